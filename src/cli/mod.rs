//! The command line: what can be said, the words of the help, and the commands that need no screen.

pub mod account;
pub mod doctor;
pub mod exit;
pub mod history;
pub mod login;
pub mod setup;
pub mod undo;

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

/// Rename Microsoft Security Copilot sessions from the keyboard, in the row, without losing a name.
#[derive(Parser, Debug)]
#[command(name = "retitle", version, about, max_term_width = 100)]
pub struct Args {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub global: Global,
}

/// Flags that every command takes.
#[derive(clap::Args, Debug)]
pub struct Global {
    /// The configuration file
    #[arg(long, global = true, value_name = "FILE", env = "RETITLE_CONFIG")]
    pub config: Option<PathBuf>,
    /// The folder for tokens, library and log
    #[arg(long, global = true, value_name = "DIR", env = "RETITLE_STATE_DIR")]
    pub state_dir: Option<PathBuf>,
    /// The profile of the configuration to use
    #[arg(long, global = true, value_name = "NAME", env = "RETITLE_PROFILE")]
    pub profile: Option<String>,
    /// The workspace, an ID or "default"
    #[arg(long, global = true, value_name = "ID")]
    pub workspace: Option<String>,
    /// Lines instead of a screen: for screen readers, and by itself where there is no terminal or only a dumb one
    #[arg(long, global = true)]
    pub plain: bool,
    /// Ask for the reading permission alone and never rename
    #[arg(long, global = true)]
    pub read_only: bool,
    /// When to use colours; `NO_COLOR` is obeyed
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: Color,
    /// Write what happens in the app into this file, names and secrets blurred, to be played again
    #[arg(long, global = true, value_name = "FILE")]
    pub record: Option<PathBuf>,
    /// What the log file holds: error, warn, info, debug, trace, off
    #[arg(long, global = true, value_name = "LEVEL", default_value = "warn")]
    pub log: String,
}

/// When to use colours.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Color {
    Auto,
    Always,
    Never,
}

/// What can be asked for besides the app.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Try it with invented sessions; no account needed
    ///
    /// The same program and the same requests, against a simulator inside it. State goes into a throw-away folder
    /// unless --state-dir names one.
    Demo,
    /// Sign in, and keep the sign-in for every later start
    Login(Login),
    /// Remove the sign-in from this machine
    Logout,
    /// Who is signed in, with which permissions, and where the tokens are; exits with 3 when nobody is
    Status {
        /// As one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Register an app step by step, and write the configuration
    Setup(Setup),
    /// Look at everything that has to be right, and report it without secrets
    Doctor,
    /// The renames so far, newest first
    History(History),
    /// Take a rename back, by default the newest with its batch; only if the server still has our name
    Undo(Undo),
    /// Erase everything that retitle keeps on this machine, and say what it was
    Purge(Purge),
    /// The configuration: where it is, whether it is right, what is in use
    Config {
        #[command(subcommand)]
        what: Config,
    },
    /// Run the simulator of Entra and Graph alone, for tests and for other clients
    Simulate(Simulate),
}

/// What about the configuration.
#[derive(Clone, Copy, PartialEq, Eq, Subcommand, Debug)]
pub enum Config {
    /// Print where the file is looked for
    Path,
    /// Read the file and tell what cannot be used; exits with 2 when something is wrong
    Check,
    /// Print the values in use and where each comes from
    Show,
    /// Print a commented file with every key and its default
    Example,
}

/// How to sign in.
#[derive(clap::Args, Debug)]
pub struct Login {
    /// By a code that is typed on a page, in any browser anywhere
    #[arg(long, conflicts_with = "browser")]
    pub device: bool,
    /// By the browser of this machine
    #[arg(long)]
    pub browser: bool,
    /// Print the code as JSON on standard output, for a program that shows it
    #[arg(long)]
    pub json: bool,
}

/// Which renames, and how.
#[derive(clap::Args, Debug)]
pub struct History {
    /// How to write them
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: history::Format,
    /// Only those with this in a name, or with an ID that begins so
    #[arg(long, value_name = "WORDS")]
    pub filter: Option<String>,
}

/// What to take back.
#[derive(clap::Args, Debug)]
pub struct Undo {
    /// The number that `retitle history` shows
    #[arg(value_name = "ENTRY")]
    pub entry: Option<i64>,
}

/// How to erase.
#[derive(clap::Args, Debug)]
pub struct Purge {
    /// Erase without asking
    #[arg(long)]
    pub yes: bool,
}

/// What setup need not ask for.
#[derive(clap::Args, Debug)]
pub struct Setup {
    /// The application (client) ID
    #[arg(long, value_name = "ID")]
    pub client_id: Option<String>,
    /// The directory (tenant) ID or a domain
    #[arg(long, value_name = "TENANT")]
    pub tenant: Option<String>,
    /// Write without asking
    #[arg(long)]
    pub yes: bool,
}

/// How the simulator behaves.
#[derive(clap::Args, Debug)]
pub struct Simulate {
    /// The port on 127.0.0.1; 0 takes a free one
    #[arg(long, default_value_t = 4711)]
    pub port: u16,
    /// Approve each device code after this many seconds
    #[arg(long, value_name = "SECONDS")]
    pub approve_after: Option<u64>,
    /// Seconds between two polls, as told to the client
    #[arg(long, value_name = "SECONDS", default_value_t = 5)]
    pub interval: u64,
    /// Seconds that a device code lives
    #[arg(long, value_name = "SECONDS", default_value_t = 900)]
    pub code_lifetime: u64,
    /// Seconds that an access token lives
    #[arg(long, value_name = "SECONDS", default_value_t = 3600)]
    pub token_lifetime: u64,
    /// Milliseconds added to each answer of Graph
    #[arg(long, value_name = "MS", default_value_t = 0)]
    pub latency: u64,
    /// Speak HTTPS, HTTP/2 included, with a throw-away authority whose certificate goes into this file
    #[arg(long, value_name = "CA_FILE")]
    pub https: Option<PathBuf>,
    /// Offer /control: faults on request, received requests
    #[arg(long)]
    pub control: bool,
}

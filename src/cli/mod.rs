//! The command line: what can be said, the words of the help, and the commands that need no screen.

pub mod account;
pub mod apply;
pub mod consent;
pub mod deed;
pub mod doctor;
pub mod exit;
pub mod ground;
pub mod history;
pub mod list;
pub mod login;
pub mod output;
pub mod pages;
pub mod plan;
pub mod rename;
pub mod setup;
pub mod shelf;
mod table;
pub mod target;
pub mod undo;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

use crate::core::fault::Fault;
use crate::core::glyph::sanitise;
pub use crate::core::session::shown;

/// A failure as it is told: what happened, what can be done, and the request's ID for whoever asks the operator.
pub fn in_full(fault: &Fault) -> String {
    let id =
        fault.request_id.as_ref().map_or_else(String::new, |id| format!(" Request ID: {}.", sanitise(id)));
    format!("{}{id}", fault.say)
}

/// Rename Microsoft Security Copilot sessions from the keyboard, in the row, without losing a name.
#[derive(Parser, Debug)]
#[command(name = "retitle", version, about, max_term_width = 100)]
pub struct Args {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub global: Global,
}

/// The variable that stands for `--config`.
pub const CONFIG: &str = "RETITLE_CONFIG";
/// The variable that stands for `--state-dir`.
pub const STATE_DIR: &str = "RETITLE_STATE_DIR";
/// The variable that stands for `--profile`.
pub const PROFILE: &str = "RETITLE_PROFILE";

/// Flags that every command takes.
#[derive(clap::Args, Debug)]
pub struct Global {
    /// The configuration file; else what `RETITLE_CONFIG` names
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The folder for tokens, library and log; else what `RETITLE_STATE_DIR` names
    #[arg(long, global = true, value_name = "DIR")]
    pub state_dir: Option<PathBuf>,
    /// The profile of the configuration to use; else what `RETITLE_PROFILE` names
    #[arg(long, global = true, value_name = "NAME")]
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
    /// Write what happens in the app into this file, to be played again: names and secrets blurred, IDs as they are
    #[arg(long, global = true, value_name = "FILE")]
    pub record: Option<PathBuf>,
    /// What the log file holds: error, warn, info, debug, trace, off
    #[arg(long, global = true, value_name = "LEVEL", default_value = "warn")]
    pub log: String,
}

impl Global {
    /// Takes what no flag named from the environment, where an empty variable is none.
    pub fn fill_in(&mut self, variable: impl Fn(&str) -> Option<OsString>) {
        let named = |name| variable(name).filter(|value| !value.is_empty());
        self.config = self.config.take().or_else(|| named(CONFIG).map(Into::into));
        self.state_dir = self.state_dir.take().or_else(|| named(STATE_DIR).map(Into::into));
        // A name that is no text is refused as one that the configuration lacks: without it, another tenant would be meant.
        self.profile = self.profile.take().or_else(|| Some(named(PROFILE)?.to_string_lossy().into_owned()));
    }
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
    #[cfg(feature = "simulator")]
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
    /// Give a session a name, and print the one that the server returned
    ///
    /// The server is asked for the session first. When its name is not the one that the list knows, nothing is sent and
    /// the exit code is 8. A name that could not be sent is kept as a draft, which the app offers again.
    Rename(Rename),
    /// The sessions in the list: ID, last change, state, name
    List(List),
    /// Look sessions up on the server and put them into the list
    Add(Add),
    /// A session as the server has it now, what is kept of it here, and its renames
    Show(Show),
    /// Open a session in the browser
    Open(Open),
    /// The renames so far, newest first
    History(History),
    /// Take a rename back, by default the newest with its batch; only if the server still has our name
    Undo(Undo),
    /// Give many sessions their names from a file, as one batch that can be taken back as one
    ///
    /// PLAN is CSV (id,name, a heading is optional) or JSON (an array of {"id", "name"}, or what list --json and export
    /// print). Nothing is sent while any line of it cannot be used. The server is read first: a session with another
    /// name than the list knows is left alone.
    Apply(Apply),
    /// Everything in the library, to standard output
    Export(Export),
    /// Erase everything that retitle keeps on this machine, and say what it was
    Purge(Purge),
    /// The configuration: where it is, whether it is right, what is in use
    Config {
        #[command(subcommand)]
        what: Config,
    },
    /// Print what makes a shell complete retitle's commands, the IDs of known sessions and profiles
    ///
    /// Let the shell ask for it at its start: `source <(retitle completions bash)` in `~/.bashrc`, the same with zsh in
    /// `~/.zshrc` behind compinit, `retitle completions fish | source` in `config.fish`,
    /// `retitle completions powershell | Out-String | Invoke-Expression` in `$PROFILE`.
    Completions(Completions),
    /// Print the manual page, or the one of a command
    Man(ManPage),
    /// Run the simulator of Entra and Graph alone, for tests and for other clients
    #[cfg(feature = "simulator")]
    Simulate(Simulate),
}

/// What about the configuration.
#[derive(Clone, Copy, PartialEq, Eq, Subcommand, Debug)]
pub enum Config {
    /// Print where the file is looked for
    Path,
    /// Read the file and tell what cannot be used; exits with 2 when an error is among it, not for warnings
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

/// Which session, and its name.
#[derive(clap::Args, Debug)]
pub struct Rename {
    /// A session ID, the beginning of a known one, or a link from the portal
    #[arg(value_name = "REF")]
    pub reference: String,
    /// The new name; one that could be a flag, like -x or --x, goes behind --
    #[arg(value_name = "NAME", allow_hyphen_values = true)]
    pub name: String,
    /// Unreachable or throttled: leave it in the journal, and the next run of the app sends it
    #[arg(long)]
    pub queue: bool,
    /// Agree to write into the profile with this label, instead of being asked when it is protected
    #[arg(long, value_name = "LABEL")]
    pub yes: Option<String>,
    /// As one JSON document
    #[arg(long)]
    pub json: bool,
}

/// Which sessions, and how.
#[derive(clap::Args, Debug)]
pub struct List {
    /// Only those that the app's filter would show: words, and is: ws: in: for states, workspaces, profiles
    #[arg(long, value_name = "WORDS")]
    pub filter: Option<String>,
    /// Ask the server for everything in the workspace, over all pages
    #[arg(long)]
    pub remote: bool,
    /// As one JSON document
    #[arg(long)]
    pub json: bool,
}

/// What to put into the list.
#[derive(clap::Args, Debug)]
pub struct Add {
    /// Session IDs or links from the portal; the token of a share link is dropped
    #[arg(value_name = "REF", required = true)]
    pub references: Vec<String>,
    /// As one JSON document
    #[arg(long)]
    pub json: bool,
}

/// What to show.
#[derive(clap::Args, Debug)]
pub struct Show {
    /// A session ID, the beginning of a known one, or a link from the portal
    #[arg(value_name = "REF")]
    pub reference: String,
    /// Only what is kept here; asks no server
    #[arg(long)]
    pub local: bool,
    /// As one JSON document
    #[arg(long)]
    pub json: bool,
}

/// What to open.
#[derive(clap::Args, Debug)]
pub struct Open {
    /// A session ID, the beginning of a known one, or a link from the portal
    #[arg(value_name = "REF")]
    pub reference: String,
    /// Print the address instead
    #[arg(long)]
    pub print: bool,
}

/// What to write out.
#[derive(clap::Args, Debug)]
pub struct Export {
    /// Which part; CSV holds one table, so it needs sessions or history
    #[arg(value_name = "WHAT", default_value = "all")]
    pub what: Part,
    /// How to write it
    #[arg(long, value_name = "FORMAT", default_value = "json")]
    pub format: ExportFormat,
}

/// A part of the library.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Part {
    All,
    Sessions,
    History,
}

/// The form of an export.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum ExportFormat {
    Json,
    Csv,
}

/// For which shell.
#[derive(clap::Args, Debug)]
pub struct Completions {
    #[arg(value_name = "SHELL")]
    pub shell: pages::Shell,
}

/// Which page.
#[derive(clap::Args, Debug)]
pub struct ManPage {
    /// A command; without it the page of retitle itself
    #[arg(value_name = "COMMAND")]
    pub command: Option<String>,
}

/// Which renames, and how.
#[derive(clap::Args, Debug)]
pub struct History {
    /// How to write them
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: history::Format,
    /// The same as --format json
    #[arg(long, conflicts_with = "format")]
    pub json: bool,
    /// Only those with this in a name, or with an ID that begins so
    #[arg(long, value_name = "WORDS")]
    pub filter: Option<String>,
}

fn entry(number: &str) -> Result<i64, &'static str> {
    number.parse().map_err(|_| "an entry is a number that retitle history shows")
}

/// What to take back.
#[derive(clap::Args, Debug)]
pub struct Undo {
    /// The number that `retitle history` shows
    #[arg(value_name = "ENTRY", value_parser = entry)]
    pub entry: Option<i64>,
    /// Agree to write into the profile with this label, instead of being asked when it is protected
    #[arg(long, value_name = "LABEL")]
    pub yes: Option<String>,
    /// As one JSON document
    #[arg(long)]
    pub json: bool,
}

/// Which names, and how.
#[derive(clap::Args, Debug)]
pub struct Apply {
    /// The file; - reads standard input
    #[arg(value_name = "PLAN")]
    pub plan: PathBuf,
    /// Show what becomes of each session, as far as is known here; ask no server and send nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Agree to write into the profile with this label, instead of being asked when it is protected
    #[arg(long, value_name = "LABEL")]
    pub yes: Option<String>,
    /// As one JSON document
    #[arg(long)]
    pub json: bool,
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
#[cfg(feature = "simulator")]
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commands_of_the_simulator_are_there_exactly_when_the_simulator_is() {
        let mut whole = <Args as clap::CommandFactory>::command();
        let help = whole.render_long_help().to_string();
        for name in ["demo", "simulate"] {
            assert_eq!(whole.find_subcommand(name).is_some(), cfg!(feature = "simulator"), "{name}");
            assert_eq!(help.contains(&format!("  {name}")), cfg!(feature = "simulator"), "{name}: {help}");
        }
    }
}

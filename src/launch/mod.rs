//! From what was asked to what runs.

mod account;
mod app;
mod apply;
mod bench;
#[cfg(feature = "simulator")]
mod demo;
mod journal;
mod pages;
mod sessions;
mod setup;
#[cfg(feature = "simulator")]
mod simulate;

pub use pages::completed;

use std::io::Write;

use anyhow::{Context, anyhow};
use retitle::cli::exit::{self, USAGE};
use retitle::cli::{self, Args, Command, Global};
use retitle::store::config::{self, Loaded, Overrides, Problem, Severity};
use retitle::store::paths::Paths;

/// Why it ended, and the exit code for it.
pub struct Failure {
    pub code: u8,
    /// `None` when all has been said.
    pub error: Option<anyhow::Error>,
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self { code: 1, error: Some(error) }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self { code: 1, error: Some(error.into()) }
    }
}

impl From<retitle::core::fault::Fault> for Failure {
    fn from(fault: retitle::core::fault::Fault) -> Self {
        Self { code: exit::code(&fault.kind), error: Some(anyhow!(cli::in_full(&fault))) }
    }
}

fn usage(words: impl Into<String>) -> Failure {
    Failure { code: USAGE, error: Some(anyhow!(words.into())) }
}

/// What every command is given beside its own arguments.
#[derive(Clone, Copy)]
struct Given<'a> {
    global: &'a Global,
    paths: &'a Paths,
    loaded: &'a Loaded,
}

/// Does what was asked for.
pub fn launch(mut args: Args) -> Result<(), Failure> {
    // Invented sessions do not come among somebody's own because a variable names their folder.
    #[cfg(feature = "simulator")]
    let apart = matches!(args.command, Some(Command::Demo));
    #[cfg(not(feature = "simulator"))]
    let apart = false;
    if !apart {
        args.global.fill_in(|name| std::env::var_os(name));
    }
    let paths = Paths::find(args.global.config.as_deref(), args.global.state_dir.as_deref())?;
    let with = |run: &dyn Fn(Given<'_>) -> Result<(), Failure>| {
        run(Given { global: &args.global, paths: &paths, loaded: &load(&args.global, &paths) })
    };
    match &args.command {
        None => with(&app::start),
        #[cfg(feature = "simulator")]
        Some(Command::Demo) => demo::start(&args.global),
        Some(Command::Login(asked)) => with(&|given| account::login(asked, given)),
        Some(Command::Logout) => with(&account::logout),
        Some(Command::Status { json }) => with(&|given| account::status(*json, given)),
        Some(Command::Doctor) => with(&account::doctor),
        Some(Command::Rename(asked)) => with(&|given| sessions::rename(asked, given)),
        Some(Command::List(asked)) => with(&|given| sessions::list(asked, given)),
        Some(Command::Apply(asked)) => with(&|given| apply::apply(asked, given)),
        Some(Command::Add(asked)) => with(&|given| sessions::add(asked, given)),
        Some(Command::Show(asked)) => with(&|given| sessions::show(asked, given)),
        Some(Command::Open(asked)) => with(&|given| sessions::open(asked, given)),
        Some(Command::Export(asked)) => with(&|given| sessions::export(asked, given)),
        Some(Command::Completions(asked)) => pages::completions(asked),
        Some(Command::Man(asked)) => pages::man(asked),
        Some(Command::History(asked)) => with(&|given| journal::history(asked, given)),
        Some(Command::Undo(asked)) => with(&|given| journal::undo(asked, given)),
        Some(Command::Purge(asked)) => with(&|given| journal::purge(asked, given)),
        Some(Command::Setup(asked)) => setup::run(asked, &args.global, &paths),
        Some(Command::Config { what }) => with(&|given| configuration(*what, given)),
        #[cfg(feature = "simulator")]
        Some(Command::Simulate(options)) => simulate::run(options, args.global.state_dir.as_deref()),
    }
}

/// Where the configuration says that the profile's name came from.
const PROFILE_FLAG: &str = "--profile or RETITLE_PROFILE";

/// The profile was asked for by a name that the configuration lacks.
fn unknown_profile(loaded: &Loaded) -> Option<&Problem> {
    loaded.problems.iter().find(|problem| problem.place == PROFILE_FLAG)
}

/// Refuses a mistyped profile: an empty answer looks like one that lost everything. What is kept of a profile outlives its
/// lines in the configuration, so where something is, reading goes on.
fn meet_unknown(problem: &Problem, kept: bool) -> Result<(), Failure> {
    if !kept {
        return Err(usage(problem.to_string()));
    }
    bench::remark(&problem.to_string());
    Ok(())
}

/// The first error of the configuration, else its first warning, and how much more there is.
fn complaint<'p>(problems: impl Iterator<Item = &'p Problem> + Clone) -> Option<String> {
    let first =
        problems.clone().find(|p| p.severity == Severity::Error).or_else(|| problems.clone().next())?;
    let more = match problems.count() {
        1 => String::new(),
        n => format!(" ({} more: retitle config check)", n - 1),
    };
    Some(format!("Configuration: {first}{more}"))
}

/// What is wrong with the configuration, or that there is none, to standard error: an answer that goes by the defaults
/// looks like one that goes by the file. An unknown profile is told by [`meet_unknown`].
fn complain(loaded: &Loaded) {
    let others = loaded.problems.iter().filter(|problem| problem.place != PROFILE_FLAG);
    if let Some(words) = complaint(others) {
        bench::remark(&words);
    } else if !loaded.found && account::unregistered(&loaded.settings) {
        let place = loaded.path.display();
        bench::remark(&format!("There is no configuration at {place} yet; retitle setup writes one."));
    }
}

fn load(global: &Global, paths: &Paths) -> Loaded {
    let overrides = Overrides {
        config: global.config.clone(),
        profile: global.profile.clone().map(|name| (name, PROFILE_FLAG)),
        workspace: global.workspace.clone(),
        read_only: global.read_only,
    };
    config::load(&paths.config, &overrides)
}

fn configuration(what: cli::Config, given: Given<'_>) -> Result<(), Failure> {
    let Given { paths, loaded, .. } = given;
    match what {
        cli::Config::Path => say(&format!("{}\n", paths.config.display())),
        cli::Config::Example => say(config::EXAMPLE),
        cli::Config::Show => {
            unknown_profile(loaded).map_or(Ok(()), |problem| meet_unknown(problem, false))?;
            say(&config::show(loaded))
        }
        cli::Config::Check => {
            say(&config::check(loaded))?;
            if loaded.broken() {
                Err(usage("the configuration has errors; each key named above keeps its default"))
            } else {
                Ok(())
            }
        }
    }
}

/// Data, to standard output. A reader that has gone away is no failure.
fn say(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        Ok(()) | Err(_) => Ok(()),
    }
}

fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    Ok(runtime.context("the system gives no event queue")?)
}

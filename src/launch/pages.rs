//! Completions and manual pages, and the candidates that are known on this machine.

use std::ffi::OsString;

use clap::{Arg, Command, CommandFactory};
use clap_complete::CompleteEnv;
use clap_complete::engine::{ArgValueCandidates, CompletionCandidate};
use retitle::cli::pages::{self, VARIABLE};
use retitle::cli::{self, Args, shelf, shown};
use retitle::core::order::Order;
use retitle::core::session::Profile;
use retitle::store::config::{self, Loaded, Overrides};
use retitle::store::library::SqliteLibrary;
use retitle::store::paths::Paths;

use super::{Failure, app, runtime, say, usage};

/// `retitle completions`.
pub(super) fn completions(asked: &cli::Completions) -> Result<(), Failure> {
    say(&pages::hook(asked.shell)?)
}

/// `retitle man`.
pub(super) fn man(asked: &cli::ManPage) -> Result<(), Failure> {
    match pages::man(Args::command(), asked.command.as_deref())? {
        Some(page) => say(&page),
        None => Err(usage("there is no such command; retitle --help lists them")),
    }
}

/// Answers a shell's hook, if it is one that asks. Nothing is sent or changed, and no failure is told: whoever presses
/// Tab wants candidates or nothing.
pub fn completed() -> bool {
    if std::env::var_os(VARIABLE).is_none() {
        return false;
    }
    let here = std::env::current_dir().ok();
    let complete = CompleteEnv::with_factory(command).var(VARIABLE);
    complete.try_complete(std::env::args_os(), here.as_deref()).unwrap_or(true)
}

/// The one command definition, with candidates where a session or a profile is named.
fn command() -> Command {
    let mut command = with_candidates(Args::command());
    let names: Vec<String> = command.get_subcommands().map(|c| c.get_name().to_owned()).collect();
    for name in &names {
        command = command.mut_subcommand(name, with_candidates);
    }
    let of = names;
    command.mut_subcommand("man", move |man| {
        man.mut_args(|arg| {
            let all = of.clone();
            arg.add(ArgValueCandidates::new(move || all.iter().map(CompletionCandidate::new).collect()))
        })
    })
}

fn with_candidates(command: Command) -> Command {
    command.mut_args(|arg: Arg| match arg.get_value_names().and_then(|names| names.first()) {
        Some(name) if name.as_str() == "REF" => arg.add(ArgValueCandidates::new(sessions)),
        Some(_) if arg.get_id() == "profile" => arg.add(ArgValueCandidates::new(profiles)),
        Some(_) | None => arg,
    })
}

/// The value of a flag on the line that is being completed.
fn flag(name: &str) -> Option<OsString> {
    let mut words = std::env::args_os().skip_while(|word| word != "--");
    let begins = format!("{name}=");
    while let Some(word) = words.next() {
        if word == name {
            return words.next();
        }
        if let Some(value) = word.to_str().and_then(|word| word.strip_prefix(&begins)) {
            return Some(value.into());
        }
    }
    None
}

fn surroundings() -> Option<(Paths, Loaded)> {
    let value = |name: &str, variable: &str| {
        flag(name).or_else(|| std::env::var_os(variable)).filter(|value| !value.is_empty())
    };
    let config = value("--config", cli::CONFIG);
    let state = value("--state-dir", cli::STATE_DIR);
    let paths = Paths::find(config.as_ref().map(AsRef::as_ref), state.as_ref().map(AsRef::as_ref)).ok()?;
    let profile = value("--profile", cli::PROFILE).and_then(|name| name.into_string().ok());
    let overrides =
        Overrides { profile: profile.map(|name| (name, "the command line")), ..Overrides::default() };
    let loaded = config::load(&paths.config, &overrides);
    Some((paths, loaded))
}

fn profiles() -> Vec<CompletionCandidate> {
    let Some((_, loaded)) = surroundings() else { return Vec::new() };
    loaded.settings.profiles.iter().map(CompletionCandidate::new).collect()
}

/// The IDs of known sessions, the last changed first, described by their names.
fn sessions() -> Vec<CompletionCandidate> {
    let Some((paths, loaded)) = surroundings() else { return Vec::new() };
    let Some(library) = SqliteLibrary::open_existing(&paths.library()) else { return Vec::new() };
    let profile = Profile::new(&loaded.settings.profile);
    let host = app::host(&loaded.settings.endpoints.graph);
    let Ok(runtime) = runtime() else { return Vec::new() };
    let Ok(snapshot) = runtime.block_on(shelf::peek(&library, vec![profile], host)) else {
        return Vec::new();
    };
    let mut sessions = snapshot.sessions;
    sessions.sort_unstable_by(|a, b| Order::default().compare(a, b));
    sessions
        .iter()
        // What a shell would have to quote, or a terminal would obey, is not offered.
        .filter(|s| s.key.id.as_str().chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)))
        .map(|s| CompletionCandidate::new(s.key.id.as_str()).help(Some(shown(s.name.as_deref()).into())))
        .collect()
}

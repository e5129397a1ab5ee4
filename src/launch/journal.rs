//! `retitle history`, `undo` and `purge`.

use std::io::{IsTerminal, Write};
use std::sync::Arc;

use retitle::auth::Auth;
use retitle::cli::{self, Global, exit, history, undo};
use retitle::core::fault::FaultKind;
use retitle::core::session::Profile;
use retitle::core::time::Stamp;
use retitle::graph::GraphClient;
use retitle::ports::{Clock, SignIns, Tokens};
use retitle::shell::clock::SystemClock;
use retitle::store::config::Loaded;
use retitle::store::library::SqliteLibrary;
use retitle::store::paths::{self, Paths};

use super::app::{self, auth_config, http_client, http_options};
use super::{Failure, runtime, say, usage};

fn library(paths: &Paths, now: Stamp) -> Result<SqliteLibrary, Failure> {
    paths.prepare()?;
    let opened = SqliteLibrary::open(&paths.library(), now)?;
    if let Some(notice) = opened.notice {
        writeln!(std::io::stderr(), "retitle: {notice}")?;
    }
    Ok(opened.library)
}

/// `retitle history`.
pub(super) fn history(asked: &cli::History, paths: &Paths, loaded: &Loaded) -> Result<(), Failure> {
    runtime()?.block_on(async {
        let library = library(paths, SystemClock::new().now())?;
        let profile = Profile::new(&loaded.settings.profile);
        let host = app::host(&loaded.settings.endpoints.graph);
        let mut entries = history::read(&library, profile, host).await?;
        if let Some(words) = &asked.filter {
            entries.retain(|entry| history::matches(entry, words));
        }
        say(&history::write(&entries, asked.format))
    })
}

/// `retitle undo`.
pub(super) fn undo(
    asked: &cli::Undo,
    global: &Global,
    paths: &Paths,
    loaded: &Loaded,
) -> Result<(), Failure> {
    let settings = &loaded.settings;
    if settings.read_only {
        return Err(usage("read-only: nothing is renamed, and so nothing is taken back"));
    }
    if let Some(problem) = loaded.problems.iter().find(|_| loaded.broken()) {
        return Err(usage(format!("the configuration has errors, so nothing is sent by it: {problem}")));
    }
    runtime()?.block_on(async {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let library = library(paths, clock.now())?;
        retitle::log::init(&paths.log(), &global.log, settings.log_size).map_err(usage)?;
        let auth = Auth::new(auth_config(paths, settings), http_client(settings)?, Arc::clone(&clock));
        let Some(signed_in) = auth.standing().await?.signed_in else {
            let words = "not signed in; retitle login signs in";
            return Err(Failure { code: 3, error: Some(anyhow::anyhow!(words)) });
        };
        let tokens: Arc<dyn Tokens> = Arc::new(auth);
        let graph = GraphClient::new(http_options(settings), settings.endpoints.graph.clone(), tokens)?;
        let outcomes = undo::Undo {
            library: &library,
            graph: &graph,
            clock: &*clock,
            who: signed_in.who,
            profile: Profile::new(&settings.profile),
            host: app::host(&settings.endpoints.graph),
        }
        .run(asked.entry)
        .await?;
        let mut failed: Vec<FaultKind> = Vec::new();
        for outcome in outcomes {
            match outcome {
                Ok(words) => say(&format!("{words}\n"))?,
                Err(fault) => {
                    writeln!(std::io::stderr(), "retitle: {}", fault.say)?;
                    failed.push(fault.kind);
                }
            }
        }
        ended(&failed)
    })
}

/// Failures of one kind exit with its code, mixed ones with 1.
fn ended(failed: &[FaultKind]) -> Result<(), Failure> {
    let mut codes: Vec<u8> = failed.iter().map(exit::code).collect();
    codes.dedup();
    match codes.as_slice() {
        [] => Ok(()),
        [code] => Err(Failure { code: *code, error: None }),
        [_, ..] => Err(Failure { code: 1, error: None }),
    }
}

/// `retitle purge`.
pub(super) fn purge(asked: &cli::Purge, paths: &Paths, loaded: &Loaded) -> Result<(), Failure> {
    let found = paths::belongings(paths);
    let mut err = std::io::stderr();
    if found.is_empty() {
        writeln!(err, "There is nothing to erase in {}.", paths.state.display())?;
        return Ok(());
    }
    if !asked.yes {
        if !std::io::stdin().is_terminal() {
            return Err(usage("nobody can be asked whether to erase; --yes erases without asking"));
        }
        for path in &found {
            writeln!(err, "{}", path.display())?;
        }
        write!(err, "Erase all of this? Names that wait to be sent and drafts go with it. [y/N] ")?;
        err.flush()?;
        let mut line = String::new();
        std::io::stdin().read_line(&mut line)?;
        if !matches!(line.trim().to_lowercase().as_str(), "y" | "yes") {
            writeln!(err, "Nothing was erased.")?;
            return Ok(());
        }
    }
    if retitle::store::library::others_run(&paths.library()) {
        let words = "a running retitle uses these files; quit it first";
        return Err(Failure { code: 1, error: Some(anyhow::anyhow!(words)) });
    }
    // The keyring's key is not a file.
    let signed_out: Result<(), Failure> = runtime()?.block_on(async {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let auth = Auth::new(auth_config(paths, &loaded.settings), http_client(&loaded.settings)?, clock);
        for gone in auth.sign_out().await? {
            say(&format!("Erased {gone}\n"))?;
        }
        Ok(())
    });
    for path in paths::belongings(paths) {
        paths::erase(&path)?;
        say(&format!("Erased {}\n", path.display()))?;
    }
    writeln!(err, "The configuration {} is left; it holds no names and no secrets.", paths.config.display())?;
    signed_out
}

//! `retitle history`, `undo` and `purge`.

use std::io::{IsTerminal, Write};
use std::sync::Arc;

use retitle::auth::Auth;
use retitle::cli::history::Format;
use retitle::cli::output::Around;
use retitle::cli::setup::said_yes;
use retitle::cli::{self, history, undo};
use retitle::core::errand::Task;
use retitle::ports::{Clock, SignIns};
use retitle::shell::clock::SystemClock;
use retitle::store::paths;

use super::app::{auth_config, http};
use super::apply::carry_out;
use super::bench::{Bench, Told, not_read_only};
use super::{Failure, Given, meet_unknown, runtime, say, unknown_profile, usage};

/// `retitle history`.
pub(super) fn history(asked: &cli::History, given: Given<'_>) -> Result<(), Failure> {
    runtime()?.block_on(async {
        let bench = Bench::open(given).await?;
        let own = vec![bench.profile()];
        let (snapshot, mut entries) = (bench.peek(own.clone()).await?, bench.journal(own).await?);
        if let Some(words) = &asked.filter {
            entries.retain(|entry| history::matches(entry, words));
        }
        let format = if asked.json { Format::Json } else { asked.format };
        say(&history::write(&entries, format, &Around::new(&snapshot, &entries, bench.portal())))
    })
}

/// `retitle undo`.
pub(super) fn undo(asked: &cli::Undo, given: Given<'_>) -> Result<(), Failure> {
    not_read_only(given.loaded)?;
    runtime()?.block_on(async {
        let bench = Bench::open(given).await?;
        let what = asked.entry.map_or_else(
            || "The newest rename is taken back, with its batch.".to_owned(),
            |number| format!("Entry {number} is taken back."),
        );
        bench.may_write(asked.yes.as_deref(), &what)?;
        let (mut sessions, mut entries) = (Vec::new(), Vec::new());
        let (mut errors, mut text) = (Vec::new(), String::new());
        let caller = match bench.caller().await? {
            Ok(caller) => caller,
            Err(fault) => {
                let told = Told { command: "undo", errors: vec![(None, fault)], ..Told::default() };
                return bench.tell(asked.json, told).await;
            }
        };
        let ground = bench.ground(&caller).await?;
        match undo::find(&ground, asked.entry).await {
            Err(fault) => errors.push((None, fault)),
            Ok(found) => match found.as_slice() {
                [one] => {
                    let fared = undo::run(&ground, one).await;
                    match fared.words {
                        Ok(words) => text.extend([words.as_str(), "\n"]),
                        Err(fault) => errors.push((Some(fared.id), fault)),
                    }
                    if let Some(done) = fared.done {
                        sessions.push(done.session);
                        entries.push(done.entry);
                    }
                }
                // A batch goes back as it went out: one walk, and a few at a time.
                _ => {
                    let told =
                        Box::pin(carry_out(&bench, ground.snapshot, Task::TakeBack(found), "undo")).await?;
                    return bench.tell(asked.json, told).await;
                }
            },
        }
        let told = Told { command: "undo", sessions, entries, errors, text, ..Told::default() };
        bench.tell(asked.json, told).await
    })
}

/// `retitle purge`.
pub(super) fn purge(asked: &cli::Purge, given: Given<'_>) -> Result<(), Failure> {
    let Given { paths, loaded, .. } = given;
    // A command line with a mistake in it erases nothing.
    unknown_profile(loaded).map_or(Ok(()), |problem| meet_unknown(problem, false))?;
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
        if !said_yes(&mut std::io::stdin().lock())? {
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
        let auth = Auth::new(auth_config(paths, &loaded.settings), http(&loaded.settings)?, clock);
        for gone in auth.sign_out().await? {
            say(&format!("Erased {gone}\n"))?;
        }
        Ok(())
    });
    for path in paths::belongings(paths) {
        paths::erase(&path)?;
        say(&format!("Erased {}\n", path.display()))?;
    }
    if paths.config.exists() {
        let path = paths.config.display();
        writeln!(err, "The configuration {path} is left; it holds no names and no secrets.")?;
    }
    signed_out
}

//! `retitle apply`, and the undo of a batch: the app's loop without a screen.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use retitle::cli::apply::{self, Table};
use retitle::cli::plan::{self, Mistake};
use retitle::cli::{self, shown};
use retitle::core::errand::{Planned, Task};
use retitle::core::glyph::sanitise;
use retitle::core::model::Model;
use retitle::core::msg::{Msg, Size};
use retitle::core::session::Key;
use retitle::core::settings::Face;
use retitle::core::store::{EntryState, Snapshot};
use retitle::ports::Library;
use retitle::shell::progress::{NoInput, ProgressLine};
use retitle::shell::run;
use retitle::shell::signals::Signals;

use super::bench::{Bench, Told, not_read_only, remark};
use super::{Failure, Given, app, runtime, usage};

/// Nothing is drawn, so there are no rows on a screen.
const NO_SCREEN: Size = Size { width: 0, height: 0 };

/// `retitle apply`.
pub(super) fn apply(asked: &cli::Apply, given: Given<'_>) -> Result<(), Failure> {
    if !asked.dry_run {
        not_read_only(given.loaded)?;
    }
    let (written, mistakes) = plan::parse(&content(&asked.plan)?);
    runtime()?.block_on(async {
        let bench = Bench::open(given).await?;
        let own = vec![bench.profile()];
        let (snapshot, journal) = (bench.peek(own.clone()).await?, bench.journal(own).await?);
        let plan::Read { rows, lines, unchanged, share_tokens_dropped, mut mistakes } =
            plan::resolve(written, mistakes, &bench.premises(&bench.profile(), &snapshot));
        if share_tokens_dropped > 0 {
            remark("Share tokens in the plan were dropped.");
        }
        let waiting: BTreeSet<Key> = journal
            .iter()
            .filter(|entry| entry.state == EntryState::Waiting)
            .map(|entry| entry.intent.key.clone())
            .collect();
        let mut model = model(&bench, snapshot.clone());
        let table_of = model.table_of(&rows);
        let table = Table { plan: &table_of, model: &model, lines: &lines, waiting: &waiting };
        mistakes.extend(table.cannot());
        mistakes.sort_unstable();
        let mut count = table_of.count();
        count.unchanged += unchanged;
        if asked.dry_run {
            let told = Told { command: "apply", text: table.text(), ..Told::default() };
            // With mistakes in the plan there is no document, as with any mistake on the command line.
            if mistakes.is_empty() {
                bench.tell_with(asked.json, told, Some(table.json())).await?;
            } else if !asked.json {
                super::say(&told.text)?;
            }
            remark(&format!("{}. Nothing was sent.", count.words()));
            return refuse(&mistakes);
        }
        refuse(&mistakes)?;
        let shown_plan = table.json();
        if rows.is_empty() {
            remark(&format!("{}. Nothing was sent.", count.words()));
            let told = Told { command: "apply", ..Told::default() };
            return bench.tell_with(asked.json, told, Some(shown_plan)).await;
        }
        bench.may_write(asked.yes.as_deref(), &what(&rows))?;
        let told = match bench.caller().await? {
            Err(fault) => Told { command: "apply", errors: vec![(None, fault)], ..Told::default() },
            Ok(_) => Box::pin(carry_out(&bench, snapshot, Task::Rename(rows), "apply")).await?,
        };
        bench.tell_with(asked.json, told, Some(shown_plan)).await
    })
}

/// The file's bytes, or standard input's.
fn content(plan: &Path) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let read = if plan == Path::new("-") {
        std::io::stdin().lock().read_to_end(&mut bytes).map(drop)
    } else {
        std::fs::read(plan).map(|read| bytes = read)
    };
    read.map_err(|error| {
        usage(format!("the plan {} cannot be read: {error}", sanitise(&plan.display().to_string())))
    })?;
    Ok(bytes)
}

/// What is about to happen, for whoever has to agree.
fn what(rows: &[Planned]) -> String {
    match rows {
        [one] => format!("{} will be “{}”.", one.key.id, shown(one.to.as_deref())),
        several => format!("{} sessions will be renamed.", several.len()),
    }
}

/// All mistakes of a plan, and the exit for them.
fn refuse(mistakes: &[Mistake]) -> Result<(), Failure> {
    for Mistake { line, words } in mistakes {
        remark(&format!("line {line}: {words}"));
    }
    match mistakes.len() {
        0 => Ok(()),
        1 => Err(usage("a line of the plan cannot be used, so nothing was sent")),
        n => Err(usage(format!("{n} lines of the plan cannot be used, so nothing was sent"))),
    }
}

/// The state that the app would begin with, for this profile alone.
fn model(bench: &Bench<'_>, snapshot: Snapshot) -> Model {
    Model::start(bench.now(), NO_SCREEN, bench.settings(Face::Errand), snapshot).0
}

/// Runs a task to its end. What it reports is as the library has it by then.
pub(super) async fn carry_out(
    bench: &Bench<'_>,
    snapshot: Snapshot,
    task: Task,
    command: &'static str,
) -> Result<Told, Failure> {
    let clock = bench.clock();
    let library: Arc<dyn Library> = bench.shared_library();
    let ports = app::ports(bench.given, &[&bench.given.loaded.settings], Arc::clone(&clock), library)?;
    let mut signals = Signals::listen()?;
    let settings = bench.settings(Face::Errand);
    let tasked = Msg::Tasked(task);
    let (mut model, mut first) = app::begin(&ports, NO_SCREEN, settings, snapshot);
    let now = clock.now();
    if let Some(recorder) = &ports.recorder {
        recorder.write(&recorder.blur().step(now, &tasked, model.types_names()));
    }
    first.extend(model.step(now, tasked));
    let mut line = ProgressLine::new();
    let model = run(model, first, ports, &mut NoInput, &mut line, &mut signals).await?;
    drop(line);
    let apply::Report { batch, sessions, errors, text, summary } = apply::report(&model);
    let mut entries = bench.journal(vec![bench.profile()]).await?;
    entries.retain(|entry| batch.is_some() && entry.intent.batch == batch);
    entries.reverse();
    let remarks = summary.into_iter().collect();
    Ok(Told { command, sessions, entries, errors, text, remarks })
}

//! `retitle apply`: the table of a plan before it is carried out, and what became of each row after it was. The same
//! report serves the undo of a batch.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::core::batch::{Fate, Item, Tally};
use crate::core::bulk::{Line, Plan, Verdict};
use crate::core::errand::Task;
use crate::core::fault::{Change, Fault, FaultKind};
use crate::core::glyph::sanitise;
use crate::core::model::Model;
use crate::core::saves::Phase;
use crate::core::session::{Key, Session, SessionId};
use crate::core::store::Deed;

use super::plan::Mistake;
use super::shown;

/// A plan's table, and on which lines of the file its rows stand.
pub struct Table<'a> {
    pub plan: &'a Plan,
    pub model: &'a Model,
    pub lines: &'a BTreeMap<Key, u64>,
    /// Sessions with a name that waits in the journal.
    pub waiting: &'a BTreeSet<Key>,
}

impl Table<'_> {
    /// The name as it is known here.
    fn now(&self, line: &Line<'_>) -> String {
        let unseen = self.model.list.get(line.key).is_none_or(|s| s.seen.is_none() && s.name.is_none());
        if unseen { "(not looked at)".to_owned() } else { shown(line.from) }
    }

    fn hints(&self, line: &Line<'_>) -> Vec<String> {
        let mut hints = line.hints.clone();
        if self.waiting.contains(line.key) {
            hints.push("another name of it waits in the journal".into());
        }
        hints
    }

    /// As lines for a person.
    pub fn text(&self) -> String {
        let lines = || self.plan.lines(0).filter(|line| line.verdict != Verdict::Unchanged);
        let wide = |text: &str| text.chars().count();
        let ids = lines().map(|line| wide(&sanitise(line.key.id.as_str()))).max().unwrap_or(0);
        let mut text = String::new();
        for line in lines() {
            let hints = self.hints(&line);
            let (mark, becomes) = match &line.verdict {
                Verdict::Cannot(why) => ("!", format!("({})", sanitise(why))),
                Verdict::Renames if hints.is_empty() => ("+", sanitise(line.to)),
                Verdict::Renames => ("?", sanitise(line.to)),
                Verdict::Unchanged | Verdict::Skipped => ("=", String::new()),
            };
            let id = sanitise(line.key.id.as_str());
            let _ = writeln!(text, "{mark} {id:<ids$}  {} -> {becomes}", self.now(&line));
            for hint in hints {
                let _ = writeln!(text, "    {}", sanitise(&hint));
            }
        }
        text
    }

    /// As a part of the document.
    pub fn json(&self) -> Value {
        let row = |line: Line<'_>| {
            let (verdict, why) = match &line.verdict {
                Verdict::Renames => ("renames", None),
                Verdict::Unchanged | Verdict::Skipped => ("unchanged", None),
                Verdict::Cannot(why) => ("cannot", Some(why)),
            };
            json!({
                "line": self.lines.get(line.key), "session": line.key.id.as_str(), "from": line.from, "to": line.to,
                "verdict": verdict, "why": why, "hints": self.hints(&line),
            })
        };
        self.plan.lines(0).map(row).collect()
    }

    /// Rows that cannot be renamed now, as mistakes of their lines.
    pub fn cannot(&self) -> Vec<Mistake> {
        let why = |line: &Line<'_>| match &line.verdict {
            Verdict::Cannot(why) => Some(why.clone()),
            Verdict::Renames | Verdict::Unchanged | Verdict::Skipped => None,
        };
        let mistake = |line: Line<'_>| {
            let id = line.key.id.short();
            Some(Mistake {
                line: self.lines.get(line.key).copied()?,
                words: format!("{id}: {}", why(&line)?),
            })
        };
        self.plan.lines(0).filter_map(mistake).collect()
    }
}

/// What came of a task.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Report {
    /// The batch's number in the journal, if it got there.
    pub batch: Option<i64>,
    pub sessions: Vec<Session>,
    pub errors: Vec<(Option<SessionId>, Fault)>,
    pub text: String,
    /// All of it in a few words, where the lines alone do not say it.
    pub summary: Option<String>,
}

/// What became of every row.
pub fn report(model: &Model) -> Report {
    let mut report = Report::default();
    let Some(errand) = &model.errand else { return report };
    let items = model.errand_items();
    report.batch = model.batch.as_ref().map(|batch| batch.id);
    let mut tally = Tally::of(&items);
    tally.failed += errand.left_out.len();
    for (key, fault) in &errand.left_out {
        report.errors.push((Some(key.id.clone()), fault.clone()));
    }
    if model.batch.is_none() {
        let stopped = errand.stopped.then(|| Fault::new(FaultKind::Refused, "Stopped. Nothing was sent."));
        report.errors.extend(errand.why().cloned().or(stopped).map(|fault| (None, fault)));
        return report;
    }
    // One missing permission, or one lost sign-in, is why all the others did not go out.
    let common = errand.why().cloned().or_else(|| {
        items.iter().find_map(|item| match &item.fate {
            Fate::Failed(fault) if fault.kind == FaultKind::Unpermitted => Some(fault.clone()),
            Fate::Failed(_)
            | Fate::Waiting
            | Fate::Going
            | Fate::Saved
            | Fate::Already
            | Fate::Changed(_)
            | Fate::Stopped
            | Fate::Replaced => None,
        })
    });
    for item in &items {
        match fared(model, item, common.as_ref()) {
            Ok(words) => {
                report.text.push_str(&words);
                report.text.push('\n');
                report.sessions.extend(model.list.get(&item.key).cloned());
            }
            Err(fault) => report.errors.push((Some(item.key.id.clone()), fault)),
        }
    }
    let renames = matches!(errand.task, Task::Rename(_));
    if renames || !report.errors.is_empty() {
        report.summary = Some(summary(tally, renames));
    }
    report
}

fn summary(mut tally: Tally, renames: bool) -> String {
    let left = std::mem::take(&mut tally.ahead);
    let mut words = match (left, tally.done()) {
        (0, _) => tally.words(),
        (left, 0) => format!("{left} left in the journal, which the app sends when it runs"),
        (left, _) => {
            format!("{}, {left} left in the journal, which the app sends when it runs", tally.words())
        }
    };
    words.push('.');
    if renames && tally.saved > 0 {
        words.push_str(" retitle undo takes it back.");
    }
    words
}

fn fared(model: &Model, item: &Item, common: Option<&Fault>) -> Result<String, Fault> {
    let id = sanitise(item.key.id.as_str());
    let there = model.list.get(&item.key).and_then(|session| session.name.as_deref());
    let renamed = matches!(item.deed, Deed::Rename);
    match &item.fate {
        Fate::Saved if renamed => {
            let stored = if there == item.to.as_deref() { "" } else { "  (as the server stored it)" };
            Ok(format!("saved  {id}  {} -> {}{stored}", shown(item.from.as_deref()), shown(there)))
        }
        Fate::Saved => Ok(format!("{id} is “{}” again.", shown(there))),
        Fate::Already if renamed => Ok(format!("same   {id}  {}", shown(there))),
        Fate::Already => Ok(format!("{id} is “{}” already.", shown(there))),
        Fate::Changed(theirs) => {
            let words = format!(
                "Changed elsewhere: the server has “{}” where “{}” was known. It is left alone.",
                shown(theirs.as_deref()),
                shown(item.from.as_deref())
            );
            let change = Change { base: item.from.clone(), theirs: theirs.clone() };
            Err(Fault::new(FaultKind::Changed(Box::new(change)), words))
        }
        Fate::Failed(fault) => Err(kept(model, item, fault.clone())),
        Fate::Replaced => Err(Fault::new(FaultKind::Refused, "A newer name for it took its place.")),
        Fate::Stopped | Fate::Waiting => {
            let fault = match common {
                Some(why) => Fault { say: format!("Not sent: {}", why.say), ..why.clone() },
                None => Fault::new(FaultKind::Refused, "Not sent: it was stopped before."),
            };
            Err(kept(model, item, fault))
        }
        Fate::Going => Err(left(model, item, common)),
    }
}

/// The fault, with where the name is.
fn kept(model: &Model, item: &Item, mut fault: Fault) -> Fault {
    if model.drafts.get(&item.key).is_some_and(|draft| draft.text == item.to.words()) {
        fault.say.push_str(" The name is kept as a draft.");
    }
    fault
}

/// Why a row is still in the journal.
fn left(model: &Model, item: &Item, common: Option<&Fault>) -> Fault {
    let of_its_own = model.saves.get(&item.key).and_then(|save| match &save.phase {
        Phase::Retrying { fault, .. } => Some(fault.clone()),
        Phase::Elsewhere { .. } => {
            let words = "A running retitle is saving this session.";
            Some(Fault::new(FaultKind::Busy { retry_after: None }, words))
        }
        Phase::Writing { .. }
        | Phase::Held { .. }
        | Phase::Ready { .. }
        | Phase::Looking { .. }
        | Phase::Sending { .. }
        | Phase::Failed { .. }
        | Phase::Saved { .. } => None,
    });
    let mut fault = common
        .cloned()
        .or(of_its_own)
        .unwrap_or_else(|| Fault::new(FaultKind::Busy { retry_after: None }, "It has not been sent yet."));
    fault.say.push_str(" It waits in the journal; the app sends it when it runs.");
    fault
}

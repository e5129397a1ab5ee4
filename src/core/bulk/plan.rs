//! The table: what each row becomes, and what is worth knowing before it is applied.

use super::names::Maker;
use super::others::Seen;
use super::{Bulk, How};
use crate::core::likeness;
use crate::core::model::Model;
use crate::core::saves::Save;
use crate::core::session::{Key, Session};
use crate::core::title::{Title, TitleError};

/// What becomes of the rows.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Plan {
    pub lines: Vec<Line>,
    /// Why there are no names yet.
    pub problem: Option<String>,
}

/// What becomes of one row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    pub key: Key,
    pub from: Option<String>,
    /// The new name, as far as it is one.
    pub to: String,
    pub verdict: Verdict,
    /// What is worth knowing. Hints, never laws.
    pub hints: Vec<String>,
}

/// Whether a row will be renamed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    Renames,
    Unchanged,
    Skipped,
    /// Cannot be, and why.
    Cannot(String),
}

impl Plan {
    /// How many rows are renamed, unchanged, skipped, impossible, and renamed with a hint.
    pub fn count(&self) -> Count {
        let mut count = Count::default();
        for line in &self.lines {
            match line.verdict {
                Verdict::Renames => {
                    count.renames += 1;
                    count.warnings += usize::from(!line.hints.is_empty());
                }
                Verdict::Unchanged => count.unchanged += 1,
                Verdict::Skipped => count.skipped += 1,
                Verdict::Cannot(_) => count.cannot += 1,
            }
        }
        count
    }
}

/// Rows by verdict.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Count {
    pub renames: usize,
    pub unchanged: usize,
    pub skipped: usize,
    pub cannot: usize,
    pub warnings: usize,
}

impl Count {
    /// The same in words, without what there is none of.
    pub fn words(self) -> String {
        let parts = [
            (self.renames, "to rename"),
            (self.unchanged, "unchanged"),
            (self.skipped, "skipped"),
            (self.cannot, "cannot"),
        ];
        let parts = parts.iter().filter(|(n, word)| *n > 0 || *word == "to rename");
        let mut words: Vec<String> = parts.map(|(n, word)| format!("{n} {word}")).collect();
        match self.warnings {
            0 => {}
            1 => words.push("1 warning".into()),
            n => words.push(format!("{n} warnings")),
        }
        words.join("  ")
    }
}

impl Model {
    /// The table for what is typed now.
    pub(in crate::core) fn plan_of(&self, bulk: &Bulk) -> Plan {
        let (template, find, with) = (bulk.template.text(), bulk.find.text(), bulk.with.text());
        let (maker, problem) = match Maker::new(bulk.how, template, find, with, bulk.tidy) {
            Ok(maker) => (Some(maker), None),
            Err(words) => (None, Some(words)),
        };
        let mut seen = Seen::default();
        let mut n = 0;
        let mut lines = Vec::with_capacity(bulk.rows.len());
        for session in bulk.rows.iter().filter_map(|key| self.list.get(key)) {
            let skipped = bulk.skipped.contains(&session.key);
            let (mut line, keeps_old) = match (&maker, bulk.how) {
                (_, How::Given) => (made_line(session, bulk.given.get(&session.key).cloned()), false),
                (Some(maker), _) => {
                    let made = self.facts(session, n).and_then(|facts| maker.make(&facts));
                    (made_line(session, made), maker.keeps_old())
                }
                (None, _) => (Line::unchanged(session), false),
            };
            if skipped {
                line.verdict = Verdict::Skipped;
            } else {
                // What is skipped takes no number, so that the rest is counted without a gap.
                n += 1;
                self.judge(session, &mut line, keeps_old, bulk, &mut seen);
            }
            lines.push(line);
        }
        Plan { lines, problem }
    }

    fn judge(&self, session: &Session, line: &mut Line, keeps_old: bool, bulk: &Bulk, seen: &mut Seen) {
        if line.verdict != Verdict::Renames {
            return;
        }
        let key = &session.key;
        let why_not = if self.read_only(key) {
            Some("read-only profile".to_owned())
        } else if self.saves.get(key).is_some_and(Save::open) {
            Some("being saved on its own".to_owned())
        } else if self.drafts.get(key).is_some_and(|draft| draft.text != line.to) {
            // With the same words it has served its purpose.
            Some("has a draft: save or empty it first".to_owned())
        } else {
            Title::parse(&line.to).err().map(|error| match error {
                TitleError::Empty => "would be empty".to_owned(),
                TitleError::Hidden { shown, .. } => format!("holds {shown}, which nobody could see"),
                TitleError::TooLong(count) => format!("{count} characters are too many"),
            })
        };
        if let Some(why) = why_not {
            line.verdict = Verdict::Cannot(why);
            return;
        }
        if keeps_old && session.name.as_deref().is_none_or(str::is_empty) {
            line.hints.push("had no name for {old}".into());
        }
        let call = |(other, same): (&Key, bool)| {
            let id = other.id.short();
            if same { format!("same name as {id}") } else { format!("looks like the name of {id}") }
        };
        let profile = &key.profile;
        line.hints
            .extend(seen.find(profile, &line.to).or_else(|| bulk.others.find(profile, &line.to)).map(call));
        seen.add(profile, &line.to, key);
        if likeness::broken(&self.rules, &line.to).is_some() {
            line.hints.push("fits no naming rule".into());
        }
    }
}

impl Line {
    fn unchanged(session: &Session) -> Self {
        let from = session.name.clone();
        let to = from.clone().unwrap_or_default();
        Self { key: session.key.clone(), from, to, verdict: Verdict::Unchanged, hints: Vec::new() }
    }
}

fn made_line(session: &Session, made: Option<String>) -> Line {
    let mut line = Line::unchanged(session);
    let Some(made) = made else { return line };
    // What a name would be trimmed of before it is sent makes no difference here either.
    let made = made.trim_matches(' ').to_owned();
    if made != line.to {
        line.verdict = Verdict::Renames;
        line.to = made;
    }
    line
}

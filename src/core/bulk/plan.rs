//! The table: what each row becomes, and what is worth knowing before it is applied.

use super::others::Double;
use crate::core::batch::{Fate, Item};
use crate::core::session::{Key, Profile, Session, UNTITLED};
use crate::core::store::Deed;
use crate::core::table::{Rows, Slot};
use crate::core::title::{NewName, Title, TitleError};

/// What becomes of the rows. Flat, so that letting go of a hundred thousand of them takes no time.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Plan {
    /// The sessions as they were when it was made.
    pub(super) rows: Rows,
    pub(super) lines: Vec<Flat>,
    /// The new names, one behind the other.
    pub(super) names: String,
    pub(super) count: Count,
    /// The profiles in which something is renamed, in order.
    pub(super) profiles: Vec<Profile>,
    /// Bytes of the longest old name.
    pub(super) longest: usize,
    /// Why there are no names yet.
    pub problem: Option<String>,
}

/// A line as it is kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Flat {
    pub(super) slot: Slot,
    /// Where its name begins and ends in the names.
    pub(super) name: (usize, usize),
    pub(super) fate: Judged,
    /// It had no name for `{old}`.
    pub(super) nameless: bool,
    pub(super) double: Option<Double>,
    /// It fits no naming rule.
    pub(super) unruly: bool,
}

/// What becomes of a row, with words only where somebody looks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Judged {
    Renames,
    Unchanged,
    Skipped,
    ReadOnly,
    Saving,
    HasDraft,
    NoName,
}

/// What becomes of one row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line<'a> {
    pub key: &'a Key,
    pub from: Option<&'a str>,
    /// The new name, as far as it is one.
    pub to: &'a str,
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

/// Rows by verdict; those that are renamed with a hint.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Count {
    pub renames: usize,
    pub unchanged: usize,
    pub skipped: usize,
    pub cannot: usize,
    pub warnings: usize,
}

impl Count {
    pub(super) fn of(lines: &[Flat]) -> Self {
        let mut count = Self::default();
        for line in lines {
            match line.fate {
                Judged::Renames => {
                    count.renames += 1;
                    count.warnings += usize::from(line.nameless || line.double.is_some() || line.unruly);
                }
                Judged::Unchanged => count.unchanged += 1,
                Judged::Skipped => count.skipped += 1,
                Judged::ReadOnly | Judged::Saving | Judged::HasDraft | Judged::NoName => count.cannot += 1,
            }
        }
        count
    }

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

impl Plan {
    /// One without lines, for the reason given.
    pub(in crate::core) fn without(problem: String) -> Self {
        Self { problem: Some(problem), ..Self::default() }
    }

    /// How many lines there are.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Rows by verdict.
    pub fn count(&self) -> Count {
        self.count
    }

    /// Bytes of the longest old name.
    pub fn longest(&self) -> usize {
        self.longest
    }

    /// The profiles in which something is renamed, in order.
    pub(in crate::core) fn profiles(&self) -> &[Profile] {
        &self.profiles
    }

    /// The lines from a number on.
    pub fn lines(&self, from: usize) -> impl Iterator<Item = Line<'_>> {
        self.lines.get(from..).unwrap_or_default().iter().filter_map(|line| self.told(line))
    }

    /// A line by its number.
    pub fn line(&self, n: usize) -> Option<Line<'_>> {
        self.told(self.lines.get(n)?)
    }

    pub(super) fn to(&self, line: &Flat) -> &str {
        self.names.get(line.name.0..line.name.1).unwrap_or_default()
    }

    fn told(&self, line: &Flat) -> Option<Line<'_>> {
        let session = self.rows.session(line.slot)?;
        let to = self.to(line);
        let cannot = |why: &str| Verdict::Cannot(why.to_owned());
        let verdict = match line.fate {
            Judged::Renames => Verdict::Renames,
            Judged::Unchanged => Verdict::Unchanged,
            Judged::Skipped => Verdict::Skipped,
            Judged::ReadOnly => cannot("read-only profile"),
            Judged::Saving => cannot("being saved on its own"),
            Judged::HasDraft => cannot("has a draft: save or empty it first"),
            Judged::NoName => Verdict::Cannot(match Title::parse(to).err() {
                Some(TitleError::Hidden { shown, .. }) => format!("holds {shown}, which nobody could see"),
                Some(TitleError::TooLong(count)) => format!("{count} characters are too many"),
                Some(TitleError::Empty) | None => "would be empty".to_owned(),
            }),
        };
        let mut hints = Vec::new();
        if line.nameless {
            hints.push("had no name for {old}".to_owned());
        }
        if let Some((other, same)) = line.double
            && let Some(other) = self.rows.kept(other)
        {
            let id = other.key.id.short();
            hints.push(if same {
                format!("same name as {id}")
            } else {
                format!("looks like the name of {id}")
            });
        }
        if line.unruly {
            hints.push("fits no naming rule".to_owned());
        }
        Some(Line { key: &session.key, from: session.name.as_deref(), to, verdict, hints })
    }

    /// The rows that are renamed, as a batch gets them.
    pub(super) fn items(&self) -> Vec<Item> {
        let renamed = self.lines.iter().filter(|line| line.fate == Judged::Renames);
        let item = |line: &Flat| {
            let session = self.rows.session(line.slot)?;
            let to: NewName = Title::parse(self.to(line)).ok()?.into();
            let (key, workspace) = (session.key.clone(), session.workspace.clone());
            let (deed, fate) = (Deed::Rename, Fate::Waiting);
            Some(Item { key, workspace, from: session.name.clone(), to, deed, look: false, fate })
        };
        renamed.filter_map(item).collect()
    }
}

/// Bytes that an old name takes in the table.
pub(super) fn bytes(session: &Session) -> usize {
    session.name.as_deref().filter(|name| !name.is_empty()).unwrap_or(UNTITLED).len()
}

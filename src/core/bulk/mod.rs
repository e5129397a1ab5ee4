//! A bulk rename before it is applied: how the names are made, and the table of what becomes of each row.

mod basis;
mod names;
mod others;
mod plan;
pub mod sheet;
#[cfg(test)]
mod tests;

pub(super) use basis::label;
pub use basis::{Basis, Made};
pub use names::{How, Tidy};
pub use others::Others;
pub use plan::{Line, Plan, Verdict};

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use super::line::LineEdit;
use super::session::Key;
use super::table::Slot;
use super::time::Stamp;

/// A bulk rename that is being prepared.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Bulk {
    /// The rows, in the order of the list when it was opened: what counts in a template counts in this order.
    pub rows: Arc<Vec<Slot>>,
    /// They were marked, rather than what the list shows.
    pub marked: bool,
    pub how: How,
    /// The template; and what is looked for, and what takes its place.
    pub template: LineEdit,
    pub find: LineEdit,
    pub with: LineEdit,
    pub tidy: Tidy,
    /// Names that were given one by one, by session.
    pub given: Arc<BTreeMap<Key, String>>,
    pub part: Part,
    /// The selected line of the table.
    pub chosen: usize,
    /// Rows that are left alone.
    pub skipped: BTreeSet<Key>,
    /// Other names, to warn about doubles. Taken once: they do not change while this is open. None until they are
    /// gathered.
    pub others: Option<Arc<Others>>,
    pub plan: Plan,
    /// The number of the newest table that was asked for.
    pub(super) asked: u64,
    /// The table is older than what is typed.
    pub behind: Option<Behind>,
}

/// How long a table has been older than what is typed, and what is to be done with the new one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Behind {
    pub(super) since: Stamp,
    /// Whether the new one is being made.
    pub(super) begun: bool,
    pub then: Then,
}

/// What is to be done with a table that is being made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Then {
    Show,
    /// It is applied, if no more has to be typed for that than was.
    Apply {
        agreed: String,
    },
}

/// So long a table may be made before that is worth a word.
const CALM: Duration = Duration::from_millis(200);

impl Behind {
    /// From when on it is worth a word.
    pub(super) fn told_at(&self) -> Stamp {
        self.since + CALM
    }

    /// What is said of it, once it takes longer than anybody would notice.
    pub fn words(&self, now: Stamp) -> Option<&'static str> {
        let words = match self.then {
            Then::Show => "Making the table …",
            Then::Apply { .. } => "To be applied … Esc: not yet",
        };
        (now >= self.told_at()).then_some(words)
    }
}

/// What has the keys.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Part {
    /// The field that makes the names; `second` is what takes the place of what is found.
    Field {
        second: bool,
    },
    Table,
    /// The label of a protected profile, which has to be typed.
    Label {
        line: LineEdit,
        wanted: String,
        wrong: bool,
    },
}

impl Bulk {
    /// One that is just being opened, without its table.
    pub(super) fn new(rows: Vec<Slot>, marked: bool, how: How, given: BTreeMap<Key, String>) -> Self {
        let part = if how == How::Given { Part::Table } else { Part::Field { second: false } };
        Self {
            rows: Arc::new(rows),
            marked,
            how,
            template: LineEdit::new("{old}"),
            find: LineEdit::new(""),
            with: LineEdit::new(""),
            tidy: Tidy::Spaces,
            given: Arc::new(given),
            part,
            chosen: 0,
            skipped: BTreeSet::new(),
            others: None,
            plan: Plan::default(),
            asked: 0,
            behind: None,
        }
    }

    /// The field that has the keys, if one has.
    pub(super) fn field(&mut self) -> Option<&mut LineEdit> {
        match (&mut self.part, self.how) {
            (Part::Label { line, .. }, _) => Some(line),
            (Part::Field { .. }, How::Template) => Some(&mut self.template),
            (Part::Field { second: false }, How::Replace | How::Regex) => Some(&mut self.find),
            (Part::Field { second: true }, How::Replace | How::Regex) => Some(&mut self.with),
            (Part::Field { .. }, How::Tidy | How::Given) | (Part::Table, _) => None,
        }
    }
}

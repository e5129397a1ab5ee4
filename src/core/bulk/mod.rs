//! A bulk rename before it is applied: how the names are made, and the table of what becomes of each row.

mod names;
mod others;
mod plan;
pub mod sheet;
#[cfg(test)]
mod tests;

pub use names::{How, Tidy};
pub use others::{Gather, Others};
pub use plan::{Line, Plan, Verdict};

use std::collections::{BTreeMap, BTreeSet};

use super::line::LineEdit;
use super::session::Key;

/// A bulk rename that is being prepared.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Bulk {
    /// The rows, in the order of the list when it was opened: what counts in a template counts in this order.
    pub rows: Vec<Key>,
    /// They were marked, rather than what the list shows.
    pub marked: bool,
    pub how: How,
    /// The template; and what is looked for, and what takes its place.
    pub template: LineEdit,
    pub find: LineEdit,
    pub with: LineEdit,
    pub tidy: Tidy,
    /// Names that were given one by one, by session.
    pub given: BTreeMap<Key, String>,
    pub part: Part,
    /// The selected line of the table.
    pub chosen: usize,
    /// Rows that are left alone.
    pub skipped: BTreeSet<Key>,
    /// Other names, to warn about doubles. Taken once: they do not change while this is open. None until they are
    /// gathered.
    pub others: Others,
    pub plan: Plan,
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
    pub(super) fn new(rows: Vec<Key>, marked: bool, how: How, given: BTreeMap<Key, String>) -> Self {
        let part = if how == How::Given { Part::Table } else { Part::Field { second: false } };
        Self {
            rows,
            marked,
            how,
            template: LineEdit::new("{old}"),
            find: LineEdit::new(""),
            with: LineEdit::new(""),
            tidy: Tidy::Spaces,
            given,
            part,
            chosen: 0,
            skipped: BTreeSet::new(),
            others: Others::default(),
            plan: Plan::default(),
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

//! Marked rows. One bit a row: marking all of a long list is as quick as marking one.

use super::Listing;
use crate::core::arrange;
use crate::core::session::Key;
use crate::core::table::Slot;

/// A set of rows, by their numbers.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Marks {
    words: Vec<u64>,
    len: usize,
}

impl Marks {
    pub(super) fn has(&self, slot: Slot) -> bool {
        self.words.get(slot.at() / 64).is_some_and(|word| word >> (slot.at() % 64) & 1 == 1)
    }

    fn set(&mut self, slot: Slot, on: bool) {
        if self.has(slot) == on {
            return;
        }
        let (at, bit) = (slot.at() / 64, 1 << (slot.at() % 64));
        if self.words.len() <= at {
            self.words.resize(at + 1, 0);
        }
        if let Some(word) = self.words.get_mut(at) {
            *word ^= bit;
            self.len = if on { self.len + 1 } else { self.len - 1 };
        }
    }

    fn slots(&self) -> impl Iterator<Item = Slot> {
        let words = self.words.iter().enumerate().filter(|(_, word)| **word != 0);
        words
            .flat_map(|(at, word)| {
                (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| at * 64 + bit)
            })
            .map(Slot::new)
    }
}

impl Listing {
    /// How many rows are marked, also those that a filter hides.
    pub fn marked_len(&self) -> usize {
        self.marks.len
    }

    /// How many of the shown rows are marked.
    pub fn marked_shown_len(&self) -> usize {
        self.marked_shown
    }

    /// Counts the marked among the shown rows: every frame tells how many they are.
    pub(super) fn count_marked_shown(&mut self) {
        self.marked_shown = self.marks.slots().filter(|slot| self.shown.position(*slot).is_some()).count();
    }

    fn mark(&mut self, slot: Slot, on: bool) {
        if self.marks.has(slot) == on {
            return;
        }
        self.marks.set(slot, on);
        if self.shown.position(slot).is_some() {
            self.marked_shown = if on { self.marked_shown + 1 } else { self.marked_shown - 1 };
        }
    }

    /// Whether a row is marked. Mostly none is, and each visible row is asked about in each frame.
    pub fn is_marked(&self, key: &Key) -> bool {
        self.marks.len > 0 && self.table.slot(key).is_some_and(|slot| self.marks.has(slot))
    }

    /// The marked rows of the scope, in order.
    pub(in crate::core) fn marked(&self) -> impl Iterator<Item = &Key> {
        self.marked_slots().into_iter().filter_map(|slot| self.key(slot))
    }

    /// The same by their numbers in the table. What is shown without a filter is the scope, and lies side by side.
    pub(in crate::core) fn marked_slots(&self) -> Vec<Slot> {
        let mut slots = Vec::with_capacity(self.marks.len);
        if self.query.is_empty() {
            slots.extend(self.shown.rows().iter().filter(|slot| self.marks.has(**slot)));
        } else {
            let held = arrange::held(self.table.rows(), self.scope, self.only.as_ref());
            let marked = self.order.iter().filter(|placed| self.marks.has(placed.slot) && held(placed));
            slots.extend(marked.map(|placed| placed.slot));
        }
        slots
    }

    /// Marks a row, or takes its mark.
    pub(in crate::core) fn set_mark(&mut self, key: &Key, on: bool) {
        if let Some(slot) = self.table.slot(key) {
            self.mark(slot, on);
        }
    }

    /// Marks all shown rows, or takes their marks.
    pub(in crate::core) fn mark_shown(&mut self, on: bool) {
        for slot in self.shown.rows() {
            self.marks.set(*slot, on);
        }
        self.marked_shown = if on { self.shown_len() } else { 0 };
    }

    /// The marks as they are, to come back to.
    pub(in crate::core) fn marks(&self) -> Marks {
        self.marks.clone()
    }

    /// These marks, and the shown rows between two others, both included.
    pub(in crate::core) fn set_marks(&mut self, marks: Marks, from: usize, to: usize) {
        self.marks = marks;
        for slot in self.shown.rows().get(from.min(to)..=from.max(to)).unwrap_or(&[]) {
            self.marks.set(*slot, true);
        }
        self.count_marked_shown();
    }

    /// Takes all marks away; how many there were.
    pub(in crate::core) fn unmark(&mut self) -> usize {
        self.marked_shown = 0;
        std::mem::take(&mut self.marks).len
    }

    /// A row has gone, and its mark with it.
    pub(super) fn forget_mark(&mut self, slot: Slot) {
        self.mark(slot, false);
    }
}

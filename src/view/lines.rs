//! Which lines of the last frame still stand. A frame is drawn on the one before it: what a line shows is told first, and
//! only where that has changed is it drawn anew.

use std::hash::{BuildHasher, Hash};

use hashbrown::DefaultHashBuilder;
use ratatui::buffer::{Buffer, Cell};

/// What each line of a screen showed in the last frame, and shows in this one.
#[derive(Debug, Default)]
pub struct Lines {
    lines: Vec<Line>,
    /// Of this run alone. That two lines look the same from here is a chance of one in 2^64.
    hashes: DefaultHashBuilder,
}

#[derive(Clone, Copy, Debug, Default)]
struct Line {
    before: Told,
    now: Told,
    opened: bool,
}

/// What was told of a line.
#[derive(Clone, Copy, Debug, Default)]
struct Told {
    /// A hash of what it shows; `None` where that was not told, or is not all that is there.
    shows: Option<u64>,
    /// A hash of what that depends on, where it was told.
    on: Option<u64>,
    /// Of a row: whether it is the selected one, and how many of its cells that makes look otherwise.
    chosen: bool,
    bar: u16,
}

/// What is known of a row before anything is worked out about it.
pub(super) enum Known {
    Stands,
    /// It shows the same, but has been selected, or is no longer; so many cells are to be turned.
    Turned {
        bar: u16,
    },
    /// It is still to be told what it shows.
    Unknown,
}

/// What tells the hash of a selected row from that of the same row.
const CHOSEN: u64 = 0x9e37_79b9_7f4a_7c15;

impl Lines {
    /// For a screen of so many lines that shows nothing that is known.
    pub fn new(height: u16) -> Self {
        Self { lines: vec![Line::default(); height.into()], hashes: DefaultHashBuilder::default() }
    }

    /// Another frame begins.
    pub fn begin(&mut self) {
        for line in &mut self.lines {
            *line = Line { before: line.now, ..Line::default() };
        }
    }

    /// What all of several lines depend on, as one number for [`Self::keep`].
    pub(super) fn mixed(&self, all: &impl Hash) -> u64 {
        self.hashes.hash_one(all)
    }

    /// Whether this line stands from the last frame, since what it depends on is the same: all that it depends on. If not,
    /// it is still to be told what it shows.
    pub(super) fn rests(&mut self, y: u16, on: &impl Hash) -> bool {
        let on = Some(self.hashes.hash_one(on));
        let Some(Line { before, now, opened }) = self.lines.get_mut(usize::from(y)) else { return false };
        debug_assert!(!*opened, "line {y} is told of twice");
        now.on = on;
        let rests = before.on == on && before.shows.is_some();
        if rests {
            (now.shows, *opened) = (before.shows, true);
        }
        rests
    }

    /// The same for a row, which also shows whether it is selected: that is not among what `on` says.
    pub(super) fn row(&mut self, y: u16, on: &impl Hash, chosen: bool) -> Known {
        let rests = self.rests(y, on);
        let Some(Line { before, now, .. }) = self.lines.get_mut(usize::from(y)) else {
            return Known::Unknown;
        };
        now.chosen = chosen;
        if !rests {
            return Known::Unknown;
        }
        now.bar = before.bar;
        if before.chosen == chosen {
            return Known::Stands;
        }
        now.shows = before.shows.map(|shows| shows ^ CHOSEN);
        Known::Turned { bar: now.bar }
    }

    /// A row was drawn; so many of its cells look otherwise when it is selected.
    pub(super) fn drew_row(&mut self, y: u16, bar: u16) {
        if let Some(line) = self.lines.get_mut(usize::from(y)) {
            line.now.bar = bar;
        }
    }

    /// Whether this line stands from the last frame, since it shows the same: all that it shows. If not, it is empty now.
    pub(super) fn keep(&mut self, y: u16, shows: &impl Hash, buffer: &mut Buffer) -> bool {
        let hash = self.hashes.hash_one(shows);
        let Some(line) = self.lines.get_mut(usize::from(y)) else { return false };
        debug_assert!(!line.opened, "line {y} is told of twice");
        let hash = if line.now.chosen { hash ^ CHOSEN } else { hash };
        (line.now.shows, line.opened) = (Some(hash), true);
        let stands = line.before.shows == line.now.shows;
        if stands {
            line.now.bar = line.before.bar;
        } else {
            empty(y, buffer);
        }
        stands
    }

    /// Empties a line of which it is not told what it shows.
    pub(super) fn renew(&mut self, y: u16, buffer: &mut Buffer) {
        if let Some(line) = self.lines.get_mut(usize::from(y)) {
            line.opened = true;
            empty(y, buffer);
        }
    }

    /// Empties every line that is not told of in this frame. What is drawn from here on may be drawn on those.
    pub fn empty_rest(&mut self, buffer: &mut Buffer) {
        for (y, line) in (0..).zip(&mut self.lines) {
            if !std::mem::replace(&mut line.opened, true) {
                empty(y, buffer);
            }
        }
    }

    /// Something is drawn over lines that were told of.
    pub(super) fn cover(&mut self) {
        for line in &mut self.lines {
            line.now.shows = None;
        }
    }

    /// Whether a line is as it was in the last frame.
    pub fn stands(&self, y: usize) -> bool {
        self.lines.get(y).is_some_and(|line| line.now.shows.is_some() && line.now.shows == line.before.shows)
    }
}

fn empty(y: u16, buffer: &mut Buffer) {
    let width = usize::from(buffer.area.width);
    let from = usize::from(y) * width;
    if let Some(cells) = buffer.content.get_mut(from..from + width) {
        cells.iter_mut().for_each(Cell::reset);
    }
}

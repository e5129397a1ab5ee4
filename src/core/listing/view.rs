//! The part of the list that is on the screen.

use super::{Line, Listing};
use crate::core::order::Group;

impl Listing {
    /// The lines on a screen of `height` lines.
    pub fn lines(&self, height: usize) -> impl Iterator<Item = Line<'_>> {
        let rows = self.shown.rows().iter().enumerate().skip(self.top).take(height);
        rows.filter_map(|(n, slot)| Some((n, self.table.rows().session(*slot)?)))
            .flat_map(|(n, row)| self.heading(n).map(Line::Heading).into_iter().chain([Line::Row(row)]))
            .take(height)
    }

    /// The number of the first row on the screen.
    pub fn top(&self) -> usize {
        self.top
    }

    /// The heading above a row, if there is one.
    fn heading(&self, row: usize) -> Option<Group> {
        if !self.headed {
            return None;
        }
        self.shown.breaks.iter().find(|(at, _)| *at == row).map(|(_, group)| *group)
    }

    /// Scrolls so that the selection, with `extra` lines below it, is on a screen of `height` lines. Groups have
    /// headings where `headed`.
    pub(crate) fn settle_view(&mut self, height: usize, extra: usize, headed: bool) {
        self.headed = headed;
        let height = height.max(1);
        let extra = extra.min(height - 1);
        self.top = self.top.min(self.shown_len().saturating_sub(1));
        let Some(at) = self.position() else {
            self.top = 0;
            return;
        };
        // A row takes a line at least, so no more of them stand above the selection than there are lines.
        self.top = self.top.min(at).max((at + 1).saturating_sub(height));
        while self.top < at && self.lines_from(self.top, at) + extra > height {
            self.top += 1;
        }
        // No empty lines at the foot while rows are above the head.
        let end = self.shown_len();
        while self.top > 0 && self.lines_from(self.top - 1, end.saturating_sub(1)) + extra <= height {
            self.top -= 1;
        }
    }

    /// Lines from one row to another, headings included. Stops counting where no screen goes.
    fn lines_from(&self, from: usize, to: usize) -> usize {
        let headings = if self.headed {
            self.shown.breaks.iter().filter(|(at, _)| (from..=to).contains(at)).count()
        } else {
            0
        };
        (to + 1).saturating_sub(from) + headings
    }
}

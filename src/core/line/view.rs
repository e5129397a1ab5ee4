//! The part of the line that fits, and where the caret is in it.

use super::LineEdit;
use crate::core::glyph::{Piece, pieces};

/// Cells kept visible on either side of the caret.
const CONTEXT: usize = 3;

/// A line as it is drawn in a field of some width.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LineView<'a> {
    pub pieces: Vec<Piece<'a>>,
    /// The caret's cell, counted from the field's left edge.
    pub caret: usize,
    /// Something is cut on the left: a mark takes the first cell.
    pub cut_left: bool,
    /// Something is cut on the right: a mark takes the last cell.
    pub cut_right: bool,
}

impl LineEdit {
    /// What to draw in a field of `width` cells. A function of text, caret and width alone.
    pub fn view(&self, width: usize) -> LineView<'_> {
        let (head, _) = self.text.split_at(self.caret);
        let caret_at = crate::core::glyph::width(head);
        let total = crate::core::glyph::width(&self.text);
        // The caret behind the last character needs a cell of its own.
        if total < width {
            return LineView {
                pieces: pieces(&self.text).collect(),
                caret: caret_at,
                cut_left: false,
                cut_right: false,
            };
        }
        // Tiny fields have no room for marks: the caret, and what is left of it.
        let marks = width >= 2 * CONTEXT + 2;
        let context = if marks { CONTEXT } else { 0 };
        // The first cell drawn: the caret stays `context` cells and a mark away from the right edge.
        let right = caret_at + context + 1;
        let mut start =
            (right + usize::from(marks)).saturating_sub(width).min((total + 1).saturating_sub(width));
        // A mark for the sake of one cell hides more than it shows, unless the caret needs the room.
        if start <= usize::from(marks) && caret_at + usize::from(total > width) < width {
            start = 0;
        }
        let cut_left = start > 0;
        let from = start + usize::from(cut_left && marks);
        let cut_right = total.saturating_sub(start) > width;
        let to = start + width - usize::from(width > 0 && cut_right && marks);
        let mut shown = Vec::new();
        let (mut at, mut first) = (0, None);
        for piece in pieces(&self.text) {
            let end = at + piece.width();
            // A wide cluster on the edge is left out whole.
            if at >= from && end <= to {
                first.get_or_insert(at);
                shown.push(piece);
            }
            at = end;
        }
        let lead = usize::from(cut_left && marks);
        let caret = lead + caret_at.saturating_sub(first.unwrap_or(caret_at));
        LineView {
            pieces: shown,
            caret: caret.min(width.saturating_sub(1)),
            cut_left: cut_left && marks,
            cut_right: cut_right && marks,
        }
    }
}

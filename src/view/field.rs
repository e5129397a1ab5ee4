//! Text fields: the name in its row, an ID, a filter.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::text::{put, put_piece, put_theirs};
use super::theme::{Role, style, theirs};
use crate::core::glyph::Piece;
use crate::core::line::LineEdit;
use crate::core::model::{Model, Renaming};

/// The field in the row, with what a completion would add behind it.
pub(super) fn in_row(
    model: &Model,
    renaming: &Renaming,
    x: u16,
    y: u16,
    cells: u16,
    buffer: &mut Buffer,
) -> Position {
    let caret = put_line(&renaming.line, x, y, cells, buffer);
    put_ghost(model, caret, x + cells, buffer);
    caret
}

/// What the completion would add, from the caret on.
pub(super) fn put_ghost(model: &Model, caret: Position, end: u16, buffer: &mut Buffer) {
    if let Some(ghost) = model.ghost() {
        put_theirs(buffer, caret.x, caret.y, end.saturating_sub(caret.x), ghost, style(Role::Ghost));
    }
}

/// A text field from the left of its room to a cell before the right, which says what it wants while it is empty; returns
/// its caret.
pub(super) fn asking(line: &LineEdit, asks: &str, room: Rect, buffer: &mut Buffer) -> Position {
    let cells = room.width.saturating_sub(1);
    let caret = put_line(line, room.x, room.y, cells, buffer);
    if line.text().is_empty() {
        put(buffer, caret.x, caret.y, cells, asks, style(Role::Ghost));
    }
    caret
}

/// A text field of `cells` cells; returns its caret.
pub(super) fn put_line(line: &LineEdit, x: u16, y: u16, cells: u16, buffer: &mut Buffer) -> Position {
    let view = line.view(usize::from(cells));
    let look = style(Role::Field);
    buffer.set_style(Rect { x, y, width: cells, height: 1 }.intersection(buffer.area), look);
    let mut at = x;
    if view.cut_left {
        at = put_piece(buffer, at, y, &Piece::Text("<"), style(Role::Quiet));
    }
    for piece in &view.pieces {
        at = put_piece(buffer, at, y, piece, theirs(look));
    }
    if view.cut_right {
        put_piece(buffer, x + cells.saturating_sub(1), y, &Piece::Text(">"), style(Role::Quiet));
    }
    Position::new(x + u16::try_from(view.caret).unwrap_or(0), y)
}

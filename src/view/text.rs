//! Writing text into cells: cut with an ellipsis, hidden characters as reversed labels.

use std::fmt::{self, Write as _};

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::theme::{Role, ours, style, theirs};
use crate::core::glyph::{self, Piece, is_plain};

/// Words that are put together for the screen: one buffer for all of a frame, since a text of its own for every cell
/// of a table is most of what drawing it costs.
pub(super) struct Words(String);

impl Words {
    pub(super) fn new() -> Self {
        Self(String::with_capacity(256))
    }

    /// The words as text, until the next are put together.
    pub(super) fn of(&mut self, words: impl fmt::Display) -> &str {
        self.0.clear();
        // Writing to a String cannot fail.
        let _ = write!(self.0, "{words}");
        &self.0
    }
}

/// Draws text in at most `cells` cells; returns the cell behind it.
pub(super) fn put(buffer: &mut Buffer, x: u16, y: u16, cells: u16, text: &str, look: Style) -> u16 {
    if is_plain(text) {
        return put_plain(buffer, x, y, cells, text, look, |_| look);
    }
    let (pieces, cut) = glyph::fit(text, usize::from(cells));
    let mut end = x;
    for piece in pieces {
        end = put_piece(buffer, end, y, &piece, look);
    }
    if cut && end < x.saturating_add(cells) {
        return put_piece(buffer, end, y, &ELLIPSIS, look);
    }
    end
}

/// Draws such a text without taking it apart: rows are what a frame consists of. `styled` is the look of a character, by
/// its number; `look` that of the ellipsis.
fn put_plain(
    buffer: &mut Buffer,
    x: u16,
    y: u16,
    cells: u16,
    text: &str,
    look: Style,
    styled: impl Fn(u32) -> Style,
) -> u16 {
    let cut = text.len() > usize::from(cells);
    let most = if cut { cells.saturating_sub(1) } else { cells };
    let mut end = x;
    for ((cell, byte), number) in line(buffer, x, y, most).iter_mut().zip(text.bytes()).zip(0..) {
        cell.set_char(byte.into()).set_style(styled(number));
        end = end.saturating_add(1);
    }
    if cut && end < x.saturating_add(cells) {
        return put_piece(buffer, end, y, &ELLIPSIS, look);
    }
    end
}

/// The cells of a line from `x` on, those of them that are on the screen.
fn line(buffer: &mut Buffer, x: u16, y: u16, count: u16) -> &mut [Cell] {
    let count = usize::from(count.min(buffer.area.right().saturating_sub(x)));
    if !buffer.area.contains((x, y).into()) {
        return &mut [];
    }
    let from = buffer.index_of(x, y);
    buffer.content.get_mut(from..from + count).unwrap_or_default()
}

const ELLIPSIS: Piece<'static> = Piece::Text("…");

/// Draws words of somebody else like [`put`]: a name, a server's words.
pub(super) fn put_theirs(buffer: &mut Buffer, x: u16, y: u16, cells: u16, text: &str, look: Style) -> u16 {
    put_marked(buffer, x, y, cells, text, &[], theirs(look))
}

/// Draws text like [`put`], with some of its characters marked, as numbers of `char`s in order.
pub(super) fn put_marked(
    buffer: &mut Buffer,
    x: u16,
    y: u16,
    cells: u16,
    text: &str,
    marked: &[u32],
    look: Style,
) -> u16 {
    let matched = style(Role::Match);
    let matched = look.patch(if look == ours(look) { matched } else { theirs(matched) });
    if is_plain(text) {
        let styled = |number| if marked.contains(&number) { matched } else { look };
        return put_plain(buffer, x, y, cells, text, ours(look), styled);
    }
    let (pieces, cut) = glyph::fit(text, usize::from(cells));
    let (mut at, mut number) = (x, 0);
    for piece in pieces {
        let characters = match &piece {
            Piece::Text(cluster) => u32::try_from(cluster.chars().count()).unwrap_or(1),
            Piece::Mark(_) => 1,
        };
        let hit = marked.iter().any(|m| (number..number + characters).contains(m));
        at = put_piece(buffer, at, y, &piece, if hit { matched } else { look });
        number += characters;
    }
    if cut && at < x.saturating_add(cells) {
        return put_piece(buffer, at, y, &ELLIPSIS, ours(look));
    }
    at
}

/// Draws text that ends at the right edge of its `cells` cells.
pub(super) fn put_right(buffer: &mut Buffer, x: u16, y: u16, cells: u16, text: &str, look: Style) {
    let width = u16::try_from(glyph::width(text)).unwrap_or(u16::MAX);
    let free = cells.saturating_sub(width);
    put(buffer, x + free, y, cells - free, text, look);
}

/// Draws one piece, if it begins on the screen; returns the cell behind it.
pub(super) fn put_piece(buffer: &mut Buffer, x: u16, y: u16, piece: &Piece<'_>, look: Style) -> u16 {
    let look = match piece {
        Piece::Text(_) => look,
        Piece::Mark(_) => look.patch(style(Role::Mark)),
    };
    if !buffer.area.contains((x, y).into()) {
        return x;
    }
    buffer.set_stringn(x, y, piece.as_str(), piece.width(), look).0
}

/// What a frame says at its foot: the parts that fit into its width, the last ones first.
pub(super) fn foot(parts: &[&str], width: u16) -> String {
    let room = usize::from(width.saturating_sub(4));
    let tails = (0..parts.len()).filter_map(|n| parts.get(n..)).map(|parts| parts.join(glyph::GAP));
    let fits = tails.into_iter().find(|words| glyph::width(words) <= room);
    fits.map_or_else(String::new, |words| format!(" {words} "))
}

/// A line across.
pub(super) fn rule(buffer: &mut Buffer, area: Rect) {
    let look = style(Role::Quiet);
    for cell in line(buffer, area.x, area.y, area.width) {
        cell.set_char('─').set_style(look);
    }
}

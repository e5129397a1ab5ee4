//! Writing text into cells: cut with an ellipsis, hidden characters as reversed labels.

use std::fmt::{self, Write as _};

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear, Widget};

use super::theme::{Role, ours, style, theirs};
use crate::core::command::{Command, Focus};
use crate::core::glyph::{self, Piece, is_plain};
use crate::core::model::Model;
use crate::core::sight::Room;

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
pub(super) fn line(buffer: &mut Buffer, x: u16, y: u16, count: u16) -> &mut [Cell] {
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

/// A place that the core has worked out.
pub(super) fn rect(room: Room) -> Rect {
    let Room { x, y, width, height } = room;
    Rect { x, y, width, height }
}

/// Cells of a text, as coordinates count them.
pub(super) fn cells(text: &str) -> u16 {
    count(glyph::width(text))
}

/// A number of cells or lines, as coordinates count them.
pub(super) fn count(number: usize) -> u16 {
    u16::try_from(number).unwrap_or(u16::MAX)
}

/// Draws text that ends at the right edge of its `cells` cells.
pub(super) fn put_right(buffer: &mut Buffer, x: u16, y: u16, cells: u16, text: &str, look: Style) {
    let free = cells.saturating_sub(self::cells(text));
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

/// Keys and what they do, as a line of a panel says them: the keys brought out, as in the footer. Each part begins with
/// its key, and no key has a space in it.
pub(super) fn hints(text: &str, gap: &'static str) -> Line<'static> {
    let mut spans = Vec::new();
    for part in text.split(glyph::GAP) {
        let (key, word) = part.split_once(' ').unwrap_or((part, ""));
        if !spans.is_empty() {
            spans.push(Span::raw(gap));
        }
        spans.push(Span::styled(key.to_owned(), style(Role::Key)));
        spans.push(Span::styled(format!(" {word}"), style(Role::Quiet)));
    }
    Line::from(spans)
}

/// What a frame of this width says at its foot: the hints that fit. The last is the way out, which is never left out.
pub(super) fn foot(model: &Model, focus: Focus, wanted: &[(Command, &str)], width: u16) -> Line<'static> {
    const GAP: &str = "  ";
    let hint = |(command, word): &(Command, &str)| {
        format!("{} {word}", model.settings.keys.key_for(focus, *command))
    };
    let mut parts: Vec<String> = wanted.iter().map(hint).collect();
    let room = usize::from(width.saturating_sub(4));
    while glyph::width(&parts.join(GAP)) > room && parts.len() > 1 {
        parts.remove(parts.len() - 2);
    }
    let mut line = hints(&parts.join(glyph::GAP), GAP);
    line.spans.insert(0, Span::raw(" "));
    line.spans.push(Span::raw(" "));
    line
}

/// A frame with its title and what it says at its foot, over whatever was there; the room in it.
pub(super) fn framed(title: &str, foot: Line<'static>, area: Rect, buffer: &mut Buffer) -> Rect {
    Clear.render(area, buffer);
    let block = Block::bordered().title_bottom(foot).style(style(Role::Plain));
    let inner = block.inner(area);
    block.render(area, buffer);
    // Not left to the block, which would cut it without a sign.
    put(buffer, inner.x, area.y, inner.width, &format!(" {title} "), style(Role::Plain));
    inner
}

/// A line across.
pub(super) fn rule(buffer: &mut Buffer, area: Rect) {
    let look = style(Role::Quiet);
    for cell in line(buffer, area.x, area.y, area.width) {
        cell.set_char('─').set_style(look);
    }
}

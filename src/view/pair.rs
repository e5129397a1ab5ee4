//! An old name and a new one, side by side.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::plan::NARROW;
use super::text::{put, put_theirs};
use super::theme::{Role, style};
use crate::core::likeness;
use crate::core::session::UNTITLED;

/// The name, or what stands in its place.
pub(super) fn named(name: Option<&str>) -> &str {
    name.filter(|name| !name.is_empty()).unwrap_or(UNTITLED)
}

/// The cells that the old names of a table get: what the longest needs, so that the new ones stand near them. By bytes,
/// which cost nothing to count in a long table and are no fewer than cells but for hidden characters.
pub(super) fn left(longest: usize, width: u16) -> u16 {
    // Where there is little room, what it becomes matters more.
    let most = if width < NARROW { width * 2 / 5 } else { width / 2 }.saturating_sub(2);
    most.min(u16::try_from(longest).unwrap_or(u16::MAX))
}

/// Now and then, side by side; `left` cells for now.
pub(super) fn pair(
    now: &str,
    (then, role): (&str, Role),
    base: Style,
    left: u16,
    area: Rect,
    buffer: &mut Buffer,
) {
    let x = area.x + left + 1;
    let right = area.right().saturating_sub(x + 3);
    let from = likeness::telling(now, then, left.into(), right.into());
    let mut side = |x, cells: u16, text: &str, role| {
        let look = base.patch(style(role));
        match text.get(from..).filter(|_| from > 0) {
            Some(rest) => {
                put(buffer, x, area.y, cells, "…", look);
                put_theirs(buffer, x + 1, area.y, cells.saturating_sub(1), rest, look);
            }
            None => {
                put_theirs(buffer, x, area.y, cells, text, look);
            }
        }
    };
    side(area.x, left, now, Role::Quiet);
    side(x + 2, right, then, role);
    put(buffer, x, area.y, 1, "→", base.patch(style(Role::Quiet)));
}

//! An old name and a new one, side by side.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_segmentation::UnicodeSegmentation;

use super::plan::NARROW;
use super::text::{put, put_theirs};
use super::theme::{Role, style};
use crate::core::glyph;
use crate::core::session::UNTITLED;

/// The name, or what stands in its place.
pub(super) fn named(name: Option<&str>) -> &str {
    name.filter(|name| !name.is_empty()).unwrap_or(UNTITLED)
}

/// The cells that the old names of a table get: what the longest needs, so that the new ones stand near them. By bytes,
/// which cost nothing to count in a long table and are no fewer than cells but for hidden characters.
pub(super) fn left<'a>(names: impl Iterator<Item = Option<&'a str>>, width: u16) -> u16 {
    let longest = names.map(|name| named(name).len()).max().unwrap_or(0);
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
    let right = area.right().saturating_sub(x + 4);
    let from = telling(now, then, left, right);
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
    side(x + 3, right, then, role);
    put(buffer, x, area.y, 2, "→", base.patch(style(Role::Quiet)));
}

/// Where to begin two long names that begin alike, a byte of both: what differs has to be in sight of the new one.
fn telling(now: &str, then: &str, left: u16, right: u16) -> usize {
    let both = now.graphemes(true).zip(then.graphemes(true)).take_while(|(a, b)| a == b);
    let alike: Vec<&str> = both.map(|(cluster, _)| cluster).collect();
    let cells = usize::from(right);
    if now == then || glyph::width(then) <= cells || glyph::width(&alike.concat()) + 2 <= cells {
        return 0;
    }
    let mut kept = 0;
    let near = |cluster: &&&str| {
        kept += glyph::width(cluster);
        kept <= usize::from(left.min(right) / 2)
    };
    let shown = alike.iter().rev().take_while(near).count();
    alike.iter().take(alike.len() - shown).map(|cluster| cluster.len()).sum()
}

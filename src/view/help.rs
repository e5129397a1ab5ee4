//! The help, over the list.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::widgets::{Block, Clear, Widget};

use super::text::put;
use super::theme::{Role, style};
use crate::core::help::{HelpLine, lines};

/// Draws the help; returns where the caret rests.
pub(super) fn draw(scroll: u16, area: Rect, buffer: &mut Buffer) -> Position {
    let width = area.width.min(76);
    let frame = Rect {
        x: area.x + (area.width - width) / 2,
        y: area.y + 1,
        width,
        height: area.height.saturating_sub(2),
    };
    Clear.render(frame, buffer);
    let block =
        Block::bordered().title(" Keys ").title_bottom(" j k scroll   Esc close ").style(style(Role::Plain));
    let inner = block.inner(frame);
    block.render(frame, buffer);
    let keys_cells = if inner.width >= 50 { 26 } else { 14 };
    for (y, line) in (inner.y..inner.bottom()).zip(lines().iter().skip(usize::from(scroll))) {
        match line {
            HelpLine::Heading(title) => {
                put(buffer, inner.x + 1, y, inner.width.saturating_sub(1), title, style(Role::Title));
            }
            HelpLine::Keys { keys, help } => {
                put(buffer, inner.x + 2, y, keys_cells, keys, style(Role::Key));
                let x = inner.x + 3 + keys_cells;
                put(buffer, x, y, inner.right().saturating_sub(x), help, style(Role::Plain));
            }
        }
    }
    Position::new(inner.x, inner.y)
}

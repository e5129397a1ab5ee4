//! A message in the corner, never over the row that somebody types in.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::widgets::{Block, Clear, Widget};

use super::plan::Plan;
use super::text::{count, put};
use super::theme::{Role, style, tone};
use crate::core::glyph;
use crate::core::model::{AddState, Adding, Mode, Model, ROOMY};
use crate::core::notice::Tone;

/// Lines of a longer message.
const MOST: usize = 3;

/// Draws the message, if there is one and there is room for it in the corner; whether it did. What it does not draw
/// belongs into the status line: everything where nothing may move by itself, and failures, which stay.
pub(super) fn draw(model: &Model, plan: &Plan, caret: Option<Position>, buffer: &mut Buffer) -> bool {
    let Some(notice) = model.notice.as_ref().filter(|_| model.overlays.is_empty()) else { return false };
    let roomy = plan.footer.width >= 80 && model.size.height >= ROOMY;
    if notice.tone == Tone::Bad || model.settings.still || !roomy {
        return false;
    }
    // Above the field of a line being typed, words of its own may stand.
    let bottom = match &model.mode {
        Mode::Create(_) => plan.status.y.saturating_sub(1),
        Mode::Add(Adding { state: AddState::Looking { .. } | AddState::Wrong(_), .. }) => return false,
        Mode::Add(Adding { state: AddState::Typing, .. })
        | Mode::Browse
        | Mode::Filter(_)
        | Mode::Rename(_) => plan.status.y,
    };
    let cells = usize::from(plan.footer.width / 2);
    let lines = glyph::wrap(&notice.text, cells, MOST);
    let widest = lines.iter().map(|line| glyph::width(line)).max().unwrap_or(0);
    let width = count(widest).saturating_add(4);
    let height = count(lines.len()).saturating_add(2);
    let frame = Rect {
        x: plan.footer.right().saturating_sub(width + 1),
        y: bottom.saturating_sub(height),
        width,
        height,
    };
    let typing = match model.mode {
        Mode::Rename(_) => true,
        Mode::Browse | Mode::Filter(_) | Mode::Add(_) | Mode::Create(_) => false,
    };
    // The edited row, and what stands below it.
    let rows = count(model.row_extra()).saturating_add(1);
    if typing && caret.is_some_and(|at| at.y + rows > frame.y && at.y < frame.bottom()) {
        return false;
    }
    Clear.render(frame, buffer);
    let block = Block::bordered().style(style(Role::Plain));
    let inner = block.inner(frame);
    block.render(frame, buffer);
    for (y, line) in (inner.y..inner.bottom()).zip(&lines) {
        put(buffer, inner.x + 1, y, inner.width, line, style(tone(notice.tone)));
    }
    true
}

//! The decision about a name that changed elsewhere.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::Line;

use super::text::{count, framed, hints, put};
use super::theme::{Role, style};
use crate::core::command::{Command, Focus};
use crate::core::glyph;
use crate::core::model::{Model, ROOMY};
use crate::core::row::RowState;
use crate::core::session::Key;

/// Draws the panel at the foot of the screen, where it hides no row above it; returns where the caret rests.
pub(super) fn draw(model: &Model, key: &Key, area: Rect, buffer: &mut Buffer) -> Position {
    let session = model.list.get(key);
    let names = session.map(|session| {
        if let RowState::Changed(fault) = model.row_state(session) {
            model.three_names(session, fault, usize::MAX)
        } else {
            Vec::new()
        }
    });
    let hint =
        |command, word: &str| format!("{} {word}", model.settings.keys.key_for(Focus::Conflict, command));
    let keys = [
        hint(Command::Mine, "send mine"),
        hint(Command::Theirs, "take theirs"),
        hint(Command::EditMine, "edit mine"),
        hint(Command::CloseConflict, "later"),
    ]
    .join(glyph::GAP);
    let cells = usize::from(area.width.saturating_sub(4));
    let keys = glyph::wrap_parts(&keys, cells, 2);
    // Who has to decide between names has to see all of them, as far as that goes.
    let most = if area.height >= ROOMY { 4 } else { 2 };
    let names = names.unwrap_or_default();
    let broken = |text: &str, most| glyph::wrap_hanging(text, cells, most);
    let needed = names.iter().map(|below| broken(&below.text, most).len()).sum::<usize>();
    let mut free = usize::from(area.height).saturating_sub(needed + keys.len() + 2);
    let mut lines: Vec<(String, Role)> = Vec::new();
    for below in &names {
        let whole = broken(&below.text, most + free);
        free -= whole.len().saturating_sub(most);
        lines.extend(whole.into_iter().map(|line| (line, Role::Plain)));
    }
    lines.extend(keys.into_iter().map(|keys| (keys, Role::Key)));
    let height = count(lines.len()).saturating_add(2).min(area.height);
    let frame = Rect { y: area.bottom().saturating_sub(height), height, ..area };
    let inner = framed("Changed elsewhere", Line::default(), frame, buffer);
    for (y, (text, role)) in (inner.y..inner.bottom()).zip(&lines) {
        let width = inner.width.saturating_sub(2);
        if *role == Role::Key {
            buffer.set_line(inner.x + 1, y, &hints(text, glyph::GAP), width);
        } else {
            put(buffer, inner.x + 1, y, width, text, style(*role));
        }
    }
    Position::new(inner.x + 1, inner.y)
}

//! Something to read, over the list; and the preview beside it, which is drawn alike.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::widgets::{Block, Clear, Widget};

use super::text::{foot, put, put_right, rule};
use super::theme::{Role, style};
use crate::core::command::{Command, Focus};
use crate::core::glyph;
use crate::core::model::Model;
use crate::core::notice::Tone;
use crate::core::preview::Preview;
use crate::core::reading::{ReadLine, Reading};

/// Draws what is read; returns where the caret rests.
pub(super) fn draw(model: &Model, reading: &Reading, area: Rect, buffer: &mut Buffer) -> Position {
    let margin = u16::from(area.height > 12);
    let frame = Rect { y: area.y + margin, height: area.height.saturating_sub(2 * margin), ..area };
    Clear.render(frame, buffer);
    let key = |command| model.settings.keys.key_for(Focus::Reading, command);
    let title = format!(" {} ", reading.title);
    let inner = Block::bordered().inner(frame);
    let more = lines(&reading.lines, reading.scroll, inner, buffer);
    let copies = reading
        .copies
        .as_ref()
        .map_or_else(String::new, |(what, _)| format!("{} copies {}", key(Command::ReadCopy), inside(what)));
    let closes = format!("{} closes", key(Command::CloseReading));
    let goes_on = format!("{} goes on", key(Command::ReadDown));
    let mut parts = vec![copies.as_str(), closes.as_str()];
    parts.retain(|part| !part.is_empty());
    if more {
        parts.push(&goes_on);
    }
    let foot = foot(&parts, frame.width);
    let block = Block::bordered().title(title).title_bottom(foot).style(style(Role::Plain));
    block.render(frame, buffer);
    Position::new(inner.x, inner.y)
}

/// Words that begin a sentence, inside one.
fn inside(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

/// Draws the preview of the selected session, with a line between it and the list.
pub(super) fn preview(model: &Model, preview: &Preview, area: Rect, buffer: &mut Buffer) {
    let Some(session) = model.chosen() else { return };
    Clear.render(area, buffer);
    buffer.set_style(area, style(Role::Plain));
    let all = model.preview_lines(session);
    let goes_on = format!(" {} goes on ", model.settings.keys.key_for(Focus::List, Command::PreviewDown));
    let hint = |y: u16, buffer: &mut Buffer| {
        put_right(buffer, area.x + 1, y, area.width.saturating_sub(2), &goes_on, style(Role::Quiet));
    };
    if model.preview_room().beside > 0 {
        for y in area.top()..area.bottom() {
            put(buffer, area.x, y, 1, "│", style(Role::Quiet));
        }
        let room = Rect { x: area.x + 1, width: area.width.saturating_sub(1), ..area };
        let above = Rect { height: room.height.saturating_sub(1), ..room };
        if lines(&all, preview.scroll, above, buffer) {
            hint(above.bottom(), buffer);
        }
    } else {
        rule(buffer, Rect { height: 1, ..area });
        let below = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
        if lines(&all, preview.scroll, below, buffer) {
            hint(area.y, buffer);
        }
    }
}

/// Draws lines, broken where they are too long; whether there are more than fit.
fn lines(all: &[ReadLine], scroll: usize, area: Rect, buffer: &mut Buffer) -> bool {
    let cells = usize::from(area.width.saturating_sub(2));
    let broken = all.iter().skip(scroll).flat_map(|line| {
        let role = match line.tone {
            Tone::Info if line.title => Role::Title,
            Tone::Info => Role::Plain,
            Tone::Good => Role::Good,
            Tone::Bad => Role::Bad,
        };
        let mut parts = glyph::wrap_hanging(&line.text, cells, 40);
        if parts.is_empty() {
            parts.push(String::new());
        }
        parts.into_iter().map(move |text| (text, role))
    });
    let broken: Vec<(String, Role)> = broken.collect();
    for ((text, role), y) in broken.iter().zip(area.y..area.bottom()) {
        put(buffer, area.x + 1, y, area.width.saturating_sub(2), text, style(*role));
    }
    broken.len() > usize::from(area.height)
}

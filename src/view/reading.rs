//! Something to read, over the list; and the preview beside it, which is drawn alike.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::Line;
use ratatui::widgets::{Clear, Widget};

use super::text::{count, foot, framed, put, rule};
use super::theme::{Role, style, tone};
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
    // First, since it makes all of its area plain.
    let inner = framed(reading.title, Line::default(), frame, buffer);
    let more = lines(&reading.lines, reading.scroll, inner, buffer);
    let copy = reading.copies.as_ref().map(|(what, _)| format!("copy {}", inside(what)));
    let mut wanted: Vec<(Command, &str)> =
        copy.iter().map(|copy| (Command::ReadCopy, copy.as_str())).collect();
    wanted.extend(more.then_some((Command::ReadDown, "more")));
    wanted.push((Command::CloseReading, "close"));
    let foot = foot(model, Focus::Reading, &wanted, frame.width);
    buffer.set_line(frame.x + 1, frame.bottom().saturating_sub(1), &foot, frame.width.saturating_sub(2));
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
    let hint = |y: u16, buffer: &mut Buffer| {
        // In a field the key would be text.
        if model.focus() == Focus::List {
            let foot = foot(model, Focus::List, &[(Command::PreviewDown, "more")], area.width);
            let cells = count(foot.width());
            buffer.set_line(area.right().saturating_sub(cells + 1), y, &foot, cells);
        }
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
        let role = if line.title && line.tone == Tone::Info { Role::Title } else { tone(line.tone) };
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

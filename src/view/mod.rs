//! What the screen shows: a function of the model and nothing else.

mod batch;
mod bulk;
mod conflict;
mod field;
mod footer;
mod header;
mod history;
pub mod lines;
mod menu;
mod pair;
mod plan;
mod reading;
mod rows;
mod sign_in;
mod text;
pub mod theme;
mod toast;

use ratatui::buffer::Buffer;
use ratatui::layout::Position;

use crate::core::command::Command;
use crate::core::model::{Mode, Model, Overlay};
use lines::Lines;
use plan::Plan;
use text::Words;
use theme::{Painter, Role};

/// Draws the whole screen on an empty buffer, painted; returns where the terminal's own caret belongs: where text goes in,
/// or on the selected row.
pub fn draw(model: &Model, buffer: &mut Buffer) -> Option<Position> {
    let caret = draw_roles(model, &mut Lines::new(buffer.area.height), buffer);
    painter(model).paint(&mut buffer.content);
    caret
}

/// The same, in roles, over the last frame: each cell says what it is, and a [`Painter`] how that looks.
pub fn draw_roles(model: &Model, lines: &mut Lines, buffer: &mut Buffer) -> Option<Position> {
    // A caret outside the screen would be a mistake of ours that a terminal answers with a scroll.
    draw_parts(model, lines, buffer).filter(|caret| buffer.area.contains(*caret))
}

/// Who paints for this person.
pub fn painter(model: &Model) -> Painter<'_> {
    Painter::new(&model.settings.theme, model.settings.ascii)
}

fn draw_parts(model: &Model, lines: &mut Lines, buffer: &mut Buffer) -> Option<Position> {
    let area = buffer.area;
    let Some(plan) = Plan::new(area, model.preview_room()) else {
        lines.empty_rest(buffer);
        return Some(too_small(model, buffer));
    };
    let words = &mut Words::new();
    header::draw(model, &plan, words, lines, buffer);
    header::still(model, &plan, lines, buffer);
    footer::hints(model, plan.footer, words, lines, buffer);
    let status = footer::still(model, &plan, lines, buffer);
    let mut caret = rows::draw(model, &plan, words, lines, buffer);
    lines.empty_rest(buffer);
    if let Some(preview) = &model.preview {
        lines.cover();
        if let Some(room) = plan.preview {
            reading::preview(model, preview, room, buffer);
        } else if !matches!(model.mode, Mode::Rename(_)) {
            // No room beside or below: over the list, until somebody types in it.
            reading::preview(model, preview, plan.list, buffer);
        }
    }
    let toast = toast::draw(model, &plan, caret, buffer);
    if toast || !model.overlays.is_empty() {
        lines.cover();
    }
    if !status && let Some(own) = footer::draw(model, &plan, toast, lines, buffer) {
        caret = Some(own);
    }
    match model.overlays.last() {
        Some(Overlay::SignIn) => caret = Some(sign_in::draw(model, area, buffer)),
        Some(Overlay::Conflict(key)) => caret = Some(conflict::draw(model, key, area, buffer)),
        Some(Overlay::History(history)) => {
            caret = Some(history::draw(model, history, area, buffer));
        }
        Some(Overlay::Bulk(bulk)) => caret = Some(bulk::draw(model, bulk, area, buffer)),
        Some(Overlay::Batch { chosen }) => {
            if let Some(batch) = &model.batch {
                caret = Some(batch::draw(model, batch, *chosen, area, buffer));
            }
        }
        Some(Overlay::Menu(menu)) => caret = Some(menu::draw(model, menu, buffer)),
        Some(Overlay::Reading(reading)) => {
            caret = Some(reading::draw(model, reading, area, buffer));
        }
        None => {}
    }
    footer::over(model, &plan, caret, buffer);
    caret
}

/// Where nothing useful fits, saying so is better than half a list, and its keys rest.
fn too_small(model: &Model, buffer: &mut Buffer) -> Position {
    let area = buffer.area;
    let words = match &model.mode {
        Mode::Rename(_) | Mode::Create(_) => "Window too small. What you typed is kept.".to_owned(),
        Mode::Browse | Mode::Filter(_) | Mode::Add(_) => {
            let quit = model.settings.keys.first_key(model.focus(), Command::Quit);
            let quit = quit.map_or_else(String::new, |key| format!(" {key} quits."));
            format!("Window too small (30x6 at least).{quit}")
        }
    };
    let lines = crate::core::glyph::wrap(&words, usize::from(area.width), usize::from(area.height));
    for (y, line) in (area.y..).zip(&lines) {
        text::put(buffer, area.x, y, area.width, line, theme::style(Role::Plain));
    }
    Position::new(area.x, area.y)
}

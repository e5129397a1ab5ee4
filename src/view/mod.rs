//! What the screen shows: a function of the model and nothing else.

mod bulk;
mod conflict;
mod footer;
mod header;
mod history;
mod menu;
mod plan;
mod reading;
mod rows;
mod sign_in;
mod text;
pub mod theme;
mod toast;

use ratatui::Frame;
use ratatui::layout::Position;

use crate::core::model::{Mode, Model, Overlay};
use plan::Plan;
use text::Words;
use theme::Role;

/// Draws the whole screen, and puts the terminal's own caret where text goes in, or on the selected row.
pub fn draw(model: &Model, frame: &mut Frame<'_>) {
    draw_roles(model, frame);
    if model.settings.ascii {
        theme::to_ascii(frame.buffer_mut());
    }
    theme::paint(frame.buffer_mut(), &model.settings.theme);
}

fn draw_roles(model: &Model, frame: &mut Frame<'_>) {
    let area = frame.area();
    let Some(plan) = Plan::new(area, model.preview_room()) else {
        too_small(model, frame);
        return;
    };
    let words = &mut Words::new();
    header::draw(model, &plan, words, frame.buffer_mut());
    let mut caret = rows::draw(model, &plan, words, frame.buffer_mut());
    if let Some(preview) = &model.preview {
        if let Some(room) = plan.preview {
            reading::preview(model, preview, room, frame.buffer_mut());
        } else if !matches!(model.mode, Mode::Rename(_)) {
            // No room beside or below: over the list, until somebody types in it.
            reading::preview(model, preview, plan.list, frame.buffer_mut());
        }
    }
    let toast = toast::draw(model, &plan, caret, frame.buffer_mut());
    if let Some(own) = footer::draw(model, &plan, toast, words, frame.buffer_mut()) {
        caret = Some(own);
    }
    match model.overlays.last() {
        Some(Overlay::SignIn) => caret = Some(sign_in::draw(model, area, frame.buffer_mut())),
        Some(Overlay::Conflict(key)) => caret = Some(conflict::draw(model, key, area, frame.buffer_mut())),
        Some(Overlay::History(history)) => {
            caret = Some(history::draw(model, history, area, frame.buffer_mut()));
        }
        Some(Overlay::Bulk(bulk)) => caret = Some(bulk::prepare(model, bulk, area, frame.buffer_mut())),
        Some(Overlay::Batch { chosen }) => {
            if let Some(batch) = &model.batch {
                caret = Some(bulk::progress(model, batch, *chosen, area, frame.buffer_mut()));
            }
        }
        Some(Overlay::Menu(menu)) => caret = Some(menu::draw(model, menu, area, frame.buffer_mut())),
        Some(Overlay::Reading(reading)) => {
            caret = Some(reading::draw(model, reading, area, frame.buffer_mut()));
        }
        None => {}
    }
    footer::over(model, &plan, frame.buffer_mut());
    if let Some(position) = caret {
        // A caret outside the screen would be a mistake of ours that a terminal answers with a scroll.
        if area.contains(position) {
            frame.set_cursor_position(position);
        }
    }
}

/// Below 30x6 nothing useful fits, and saying so is better than half a list.
fn too_small(model: &Model, frame: &mut Frame<'_>) {
    let area = frame.area();
    let words = match &model.mode {
        Mode::Rename(_) | Mode::Create(_) => "Window too small. What you typed is kept.",
        Mode::Browse | Mode::Filter(_) | Mode::Add(_) => "Window too small (30x6 at least).",
    };
    let lines = crate::core::glyph::wrap(words, usize::from(area.width), usize::from(area.height));
    for (y, line) in (area.y..).zip(&lines) {
        text::put(frame.buffer_mut(), area.x, y, area.width, line, theme::style(Role::Plain));
    }
    if area.width > 0 && area.height > 0 {
        frame.set_cursor_position(Position::new(area.x, area.y));
    }
}

//! What the screen shows: a function of the model and nothing else.

mod conflict;
mod footer;
mod header;
mod help;
mod history;
mod plan;
mod rows;
mod sign_in;
mod text;
pub mod theme;

use ratatui::Frame;
use ratatui::layout::Position;

use crate::core::model::{Model, Overlay};
use plan::Plan;
use theme::Role;

/// Draws the whole screen, and puts the terminal's own caret where text goes in, or on the selected row.
pub fn draw(model: &Model, frame: &mut Frame<'_>) {
    let area = frame.area();
    let Some(plan) = Plan::new(area) else {
        too_small(model, frame);
        return;
    };
    header::draw(model, &plan, frame.buffer_mut());
    let mut caret = rows::draw(model, &plan, frame.buffer_mut());
    if let Some(own) = footer::draw(model, &plan, frame.buffer_mut()) {
        caret = Some(own);
    }
    match model.overlays.last() {
        Some(Overlay::SignIn) => caret = Some(sign_in::draw(model, area, frame.buffer_mut())),
        Some(Overlay::Conflict(key)) => caret = Some(conflict::draw(model, key, area, frame.buffer_mut())),
        Some(Overlay::History(history)) => {
            caret = Some(history::draw(model, history, area, frame.buffer_mut()));
        }
        Some(Overlay::Help { scroll }) => caret = Some(help::draw(*scroll, area, frame.buffer_mut())),
        None => {}
    }
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
        crate::core::model::Mode::Rename(_) => "Window too small. What you typed is kept.",
        crate::core::model::Mode::Browse
        | crate::core::model::Mode::Filter(_)
        | crate::core::model::Mode::Add(_) => "Window too small (30x6 at least).",
    };
    let lines = crate::core::glyph::wrap(words, usize::from(area.width), usize::from(area.height));
    for (y, line) in (area.y..).zip(&lines) {
        text::put(frame.buffer_mut(), area.x, y, area.width, line, theme::style(Role::Plain));
    }
    if area.width > 0 && area.height > 0 {
        frame.set_cursor_position(Position::new(area.x, area.y));
    }
}

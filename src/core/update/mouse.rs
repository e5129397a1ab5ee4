//! The mouse, where the person wants it: a click selects, two rename, the wheel scrolls. Never where keys could not.

use std::time::Duration;

use super::{menu, peek, rename, undo};
use crate::core::command::{Command, Focus};
use crate::core::effect::Effect;
use crate::core::model::Model;
use crate::core::msg::Mouse;

/// Two presses within this time are a double click.
const TWICE: Duration = Duration::from_millis(400);
/// Rows that one turn of the wheel moves.
const WHEEL: isize = 3;

/// `m`.
pub(super) fn toggle(model: &mut Model, out: &mut Vec<Effect>) {
    model.mouse = !model.mouse;
    let words = if model.mouse {
        let back = model.key_of(Command::Mouse);
        format!(
            "The mouse selects, renames (double click) and scrolls. {back} gives it back to the terminal."
        )
    } else {
        "The mouse is the terminal's again: it selects text.".to_owned()
    };
    model.note(words);
    out.push(Effect::Mouse(model.mouse));
}

pub(super) fn did(model: &mut Model, what: Mouse, x: u16, y: u16, out: &mut Vec<Effect>) {
    match what {
        Mouse::WheelUp => wheel(model, -1),
        Mouse::WheelDown => wheel(model, 1),
        Mouse::Pressed => press(model, x, y, out),
    }
}

fn wheel(model: &mut Model, way: isize) {
    match model.focus() {
        Focus::List | Focus::Filter => model.list.step(way * WHEEL),
        Focus::Menu => menu::step(model, way),
        Focus::Reading => peek::read_on(model, way * WHEEL),
        Focus::History | Focus::HistoryFilter => undo::step(model, way * WHEEL),
        Focus::Bulk | Focus::BulkTable | Focus::Batch => model.step_bulk(way * WHEEL),
        // While a name is typed nothing moves away from under it.
        Focus::Rename | Focus::Add | Focus::Create | Focus::SignIn | Focus::Conflict => {}
    }
}

fn press(model: &mut Model, x: u16, y: u16, out: &mut Vec<Effect>) {
    if !matches!(model.focus(), Focus::List | Focus::Filter) {
        return;
    }
    let Some(key) = model.row_at(x, y).cloned() else { return };
    let twice =
        model.pressed.take().is_some_and(|(at, pressed)| pressed == key && model.now.since(at) < TWICE);
    model.list.choose(&key);
    if twice {
        rename::begin(model, out);
    } else {
        model.pressed = Some((model.now, key));
    }
}

//! The mouse, where the person wants it: a click selects a row or does what a line of a menu says, two rename, the wheel
//! scrolls. Never where keys could not.

use std::time::Duration;

use super::{menu, peek, rename, undo};
use crate::core::command::{Command, Focus};
use crate::core::effect::Effect;
use crate::core::model::{Model, Overlay, Pressed};
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
    let before = model.pressed.take().filter(|(at, _)| model.now.since(*at) < TWICE).map(|(_, on)| on);
    match model.overlays.last() {
        None if matches!(model.focus(), Focus::List | Focus::Filter) => press_row(model, before, x, y, out),
        Some(Overlay::Menu(menu)) => {
            if let Some(number) = model.menu_at(menu, x, y) {
                press_item(model, number, out);
            }
        }
        Some(Overlay::History(history)) => {
            let number = model.entry_at(history, x, y);
            if let Some((number, history)) = number.zip(undo::history(model)) {
                history.chosen = number;
            }
        }
        // While a name is typed nothing moves away from under it; elsewhere a click has nothing to choose.
        None
        | Some(
            Overlay::SignIn
            | Overlay::Reading(_)
            | Overlay::Conflict(_)
            | Overlay::Bulk(_)
            | Overlay::Batch { .. },
        ) => {}
    }
}

/// `before`: what the press just before this one was on.
fn press_row(model: &mut Model, before: Option<Pressed>, x: u16, y: u16, out: &mut Vec<Effect>) {
    let Some(key) = model.row_at(x, y).cloned() else { return };
    match before {
        // Who clicks twice in a menu does not mean the row that stood behind it.
        Some(Pressed::Item) => return,
        Some(Pressed::Row(row)) if row == key => {
            model.list.choose(&key);
            rename::begin(model, out);
            return;
        }
        Some(Pressed::Row(_)) | None => {}
    }
    model.list.choose(&key);
    model.pressed = Some((model.now, Pressed::Row(key)));
}

/// A line of a menu does what it says, as with Enter.
fn press_item(model: &mut Model, number: usize, out: &mut Vec<Effect>) {
    let Some(menu) = menu::menu(model) else { return };
    let other = std::mem::replace(&mut menu.chosen, number) != number;
    if other {
        // What a protected profile asked was asked of another line.
        model.sure = None;
    }
    model.run(Command::MenuRun, None, out);
    model.pressed = Some((model.now, Pressed::Item));
}

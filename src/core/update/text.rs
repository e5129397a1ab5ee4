//! Typing and pasting, in whichever field has the keys.

use crate::core::command::Focus;
use crate::core::line::{Edit, LineEdit};
use crate::core::model::{AddState, Mode, Model, Overlay};
use crate::core::update;

/// One editing step in the field that has the keys.
pub(super) fn edit(model: &mut Model, edit: Edit) {
    let Some(line) = field(model) else { return };
    let before = line.text().to_owned();
    let change = line.apply(edit);
    let changed = line.text() != before;
    if let Some(words) = change.remark() {
        model.note(words);
    }
    if !changed {
        return;
    }
    // A protected profile was asked for another text, or another line.
    model.sure = None;
    if let Some(history) = update::undo::history(model) {
        history.refiltered();
        return;
    }
    if update::bulk::field(model).is_some() {
        return update::bulk::typed(model);
    }
    if let Some(menu) = update::menu::menu(model) {
        menu.chosen = 0;
        return;
    }
    match &mut model.mode {
        Mode::Rename(_) | Mode::Create(_) => update::rename::changed(model),
        Mode::Filter(line) => {
            let text = line.text().to_owned();
            model.list.set_filter(&text);
        }
        Mode::Add(adding) => {
            // A look-up under way was for another text; its answer finds no taker.
            if let AddState::Looking { req, .. } = adding.state {
                model.pending.remove(&req);
            }
            adding.state = AddState::Typing;
        }
        Mode::Browse => {}
    }
}

fn field(model: &mut Model) -> Option<&mut LineEdit> {
    if !model.focus().is_text() {
        return None;
    }
    match model.overlays.last_mut() {
        Some(Overlay::Bulk(bulk)) => return bulk.field(),
        Some(Overlay::History(history)) => return Some(&mut history.filter),
        Some(Overlay::Menu(menu)) => return Some(&mut menu.line),
        Some(Overlay::SignIn | Overlay::Reading(_) | Overlay::Conflict(_) | Overlay::Batch { .. }) | None => {
        }
    }
    match &mut model.mode {
        Mode::Rename(renaming) => Some(&mut renaming.line),
        Mode::Filter(line) => Some(line),
        Mode::Add(adding) => Some(&mut adding.line),
        Mode::Create(creating) => Some(&mut creating.line),
        Mode::Browse => None,
    }
}

/// A paste is text, never commands. On the list, a link opens the line that adds it; where something is looked for, it
/// is looked for by its ID.
pub(super) fn paste(model: &mut Model, text: &str) {
    let text = update::add::without_share_tokens(model, text);
    let found = update::add::named(model, &text);
    match model.focus() {
        Focus::Filter | Focus::Menu | Focus::HistoryFilter => {
            edit(model, Edit::Paste(found.map_or(text, |link| link.session)));
        }
        Focus::Rename | Focus::Add | Focus::Create | Focus::Bulk => edit(model, Edit::Paste(text)),
        Focus::List => match found {
            Some(link) => update::add::open(model, &link.without_token(&model.settings.portal)),
            None => {
                model.note("Pasted text ignored: on the list, only a session ID or link is taken.");
            }
        },
        Focus::SignIn
        | Focus::Reading
        | Focus::Conflict
        | Focus::History
        | Focus::BulkTable
        | Focus::Batch => {}
    }
}

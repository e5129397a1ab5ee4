//! Typing and pasting, in whichever field has the keys.

use crate::core::command::Focus;
use crate::core::line::{Edit, LineEdit};
use crate::core::model::{AddState, Mode, Model, Overlay};
use crate::core::notice::Notice;
use crate::core::{reference, update};

/// One editing step in the field that has the keys.
pub(super) fn edit(model: &mut Model, edit: Edit) {
    let Some(line) = field(model) else { return };
    let before = line.text().to_owned();
    let change = line.apply(edit);
    let changed = line.text() != before;
    if let Some(words) = change.remark() {
        model.notice = Some(Notice::info(model.now, words));
    }
    if !changed {
        return;
    }
    if let Some(history) = update::undo::history(model) {
        history.refiltered();
        return;
    }
    if update::bulk::field(model).is_some() {
        return update::bulk::replan(model);
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
    if update::bulk::field(model).is_some() {
        return update::bulk::field(model);
    }
    match model.overlays.last_mut() {
        Some(Overlay::History(history)) => return Some(&mut history.filter),
        Some(Overlay::Menu(menu)) => return Some(&mut menu.line),
        Some(
            Overlay::SignIn
            | Overlay::Reading(_)
            | Overlay::Conflict(_)
            | Overlay::Bulk(_)
            | Overlay::Batch { .. },
        )
        | None => {}
    }
    match &mut model.mode {
        Mode::Rename(renaming) => Some(&mut renaming.line),
        Mode::Filter(line) => Some(line),
        Mode::Add(adding) => Some(&mut adding.line),
        Mode::Create(creating) => Some(&mut creating.line),
        Mode::Browse => None,
    }
}

/// A paste is text, never commands. On the list, a link opens the line that adds it.
pub(super) fn paste(model: &mut Model, text: &str) {
    if model.focus() == Focus::Add {
        let text = update::add::without_share_token(model, text);
        edit(model, Edit::Paste(text));
    } else if model.focus().is_text() {
        edit(model, Edit::Paste(text.into()));
    } else if model.overlays.is_empty() {
        if reference::parse(text, &model.settings.portal).is_ok_and(|link| !link.unusual_id) {
            update::add::open(model, text);
        } else {
            model.notice = Some(Notice::info(
                model.now,
                "Pasted text ignored: on the list, only a session ID or link is taken.",
            ));
        }
    }
}

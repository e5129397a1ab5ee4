//! Moving, filtering, copying, opening.

use super::menu;
use crate::core::address::link;
use crate::core::command::{Command, Focus};
use crate::core::effect::Effect;
use crate::core::glyph;
use crate::core::line::LineEdit;
use crate::core::model::{Mode, Model, TIP};
use crate::core::pending::Pending;
use crate::core::session::{Key, SessionId};
use crate::core::store::StoreCall;

/// Rows in one page: the height, less one for the eye.
fn page(model: &Model) -> isize {
    isize::try_from(model.list_height()).unwrap_or(isize::MAX).saturating_sub(1).max(1)
}

/// How many rows a command goes through the list, if that is what it does.
#[expect(clippy::wildcard_enum_match_arm, reason = "few commands do")]
pub(super) fn rows(model: &Model, command: Command) -> Option<isize> {
    match command {
        Command::Down | Command::FilterDown => Some(1),
        Command::Up | Command::FilterUp => Some(-1),
        Command::PageDown => Some(page(model)),
        Command::PageUp => Some(-page(model)),
        Command::Top => Some(isize::MIN),
        Command::Bottom => Some(isize::MAX),
        _ => None,
    }
}

/// Goes through the list.
pub(super) fn go_through(model: &mut Model, command: Command) {
    if let Some(rows) = rows(model, command) {
        model.list.step(rows);
    }
}

/// A key means what the words before it find, also where that is still being worked out: over a slow link they come
/// together.
pub(super) fn catch_up(model: &mut Model, focus: Focus, command: Command) {
    let moves = matches!(command, Command::FilterDown | Command::FilterUp);
    if focus == Focus::List || (focus == Focus::Filter && moves) {
        model.list.catch_up();
    }
    if focus == Focus::Menu && command == Command::MenuRun {
        menu::catch_up(model);
    }
}

pub(super) fn open_filter(model: &mut Model) {
    model.mode = Mode::Filter(LineEdit::new(model.list.filter()));
}

/// Esc on the list: the message goes, without one the filter, without that the line of advice, for good.
pub(super) fn clear(model: &mut Model, out: &mut Vec<Effect>) {
    if model.notice.take().is_some() {
        return;
    }
    if !model.list.filter().is_empty() {
        return model.list.set_filter("");
    }
    if super::bulk::unmark(model) {
        return;
    }
    if std::mem::take(&mut model.tip) {
        let req = model.ask(Pending::Remember);
        out.push(Effect::Store(req, StoreCall::Dismiss(TIP.to_owned())));
    }
}

/// Selects a row, lifting what hides it; never while a name is typed in another one.
pub(super) fn go(model: &mut Model, key: &Key) {
    if matches!(model.mode, Mode::Rename(_)) {
        return;
    }
    if model.list.only().is_some_and(|only| *only != key.profile) {
        model.list.set_only(None);
    }
    if model.list.position_of(key).is_none() {
        model.list.set_filter("");
        model.list.refilter();
    }
    if model.list.get(key).is_some_and(|s| s.opened.is_none()) && !model.shows_everything() {
        model.list.set_scope(crate::core::listing::Scope::Everything);
    }
    model.list.choose(key);
}

/// The person acted on a session: it is remembered.
pub(super) fn opened(model: &mut Model, key: &Key, out: &mut Vec<Effect>) {
    let now = model.now;
    if let Some(session) = model.list.change(key, |session| session.opened = Some(now)).cloned() {
        let req = model.ask(Pending::Remember);
        out.push(Effect::Store(req, StoreCall::Remember(vec![session])));
    }
}

pub(super) fn open_portal(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(id) = chosen_id(model) else { return };
    let Some(url) = link(&model.settings.portal, &id) else { return };
    if let Some(key) = model.chosen().map(|s| s.key.clone()) {
        opened(model, &key, out);
    }
    model.note(format!("Opening {url}"));
    out.push(Effect::OpenUrl(url));
}

pub(super) fn copy_id(model: &mut Model, out: &mut Vec<Effect>) {
    if let Some(id) = chosen_id(model) {
        copy(model, id.as_str(), "ID", out);
    }
}

pub(super) fn copy_link(model: &mut Model, out: &mut Vec<Effect>) {
    let url = chosen_id(model).and_then(|id| link(&model.settings.portal, &id));
    if let Some(url) = url {
        copy(model, &url, "Link", out);
    }
}

pub(super) fn copy_name(model: &mut Model, out: &mut Vec<Effect>) {
    let name = model.chosen().map(|session| session.name.clone());
    match name {
        Some(Some(name)) => copy(model, &name, "Name", out),
        Some(None) => model.note("It has no name to copy."),
        None => model.note("No session is selected."),
    }
}

/// Whether a terminal takes the text cannot be known, so the words do not claim it.
pub(super) fn copy(model: &mut Model, text: &str, what: &str, out: &mut Vec<Effect>) {
    if model.plain.is_some() {
        // Where lines are read, a line is the better clipboard.
        model.note(format!("{what}: {text}"));
        return;
    }
    // Where it is pasted nobody may see, or a terminal may obey, what is shown here by its label.
    let lines: Vec<String> = text.split('\n').map(glyph::sanitise).collect();
    let text = lines.join("\n");
    let shown = if text.contains('\n') { String::new() } else { format!(": {text}") };
    model.note(format!("{what}{TO_TERMINAL}{shown}"));
    out.push(Effect::Copy(text));
}

/// The system's clipboard has it, which can be known.
pub(super) fn copied(model: &mut Model) {
    if let Some(notice) = &mut model.notice {
        notice.text = notice.text.replacen(TO_TERMINAL, " copied", 1);
    }
}

const TO_TERMINAL: &str = " sent to the terminal's clipboard";

fn chosen_id(model: &mut Model) -> Option<SessionId> {
    let id = model.chosen().map(|s| s.key.id.clone());
    if id.is_none() {
        model.note("No session is selected.");
    }
    id
}

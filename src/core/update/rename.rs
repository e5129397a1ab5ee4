//! The editor in the row: begin, type, commit, leave. What was typed is on disk a moment later.

use std::time::Duration;

use super::{again, conflict, save};
use crate::core::effect::Effect;
use crate::core::fault::Fault;
use crate::core::line::{Edit, LineEdit};
use crate::core::model::{Mode, Model, Overlay, Pending, Renaming};
use crate::core::notice::{Notice, Tone};
use crate::core::saves::Base;
use crate::core::session::Key;
use crate::core::store::{Draft, StoreCall};
use crate::core::title::Title;

/// Typed text is handed to the library this long after the first key that changed it; the promise is 250 ms.
const TO_DISK_WITHIN: Duration = Duration::from_millis(150);
/// How long a save waits for the look that began with the typing.
const FRESH_WITHIN: Duration = Duration::from_millis(500);
/// A lone Esc byte followed at once by a letter is an Alt chord that a slow link tore apart.
const TORN_CHORD: Duration = Duration::from_millis(50);

pub(super) fn begin(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(session) = model.chosen() else {
        model.notice =
            Some(Notice::info(model.now, "No session is selected. a adds one, L shows the workspace."));
        return;
    };
    let key = session.key.clone();
    if model.read_only(&key) {
        model.notice = Some(Notice::info(model.now, "Read-only: this profile never renames."));
        return;
    }
    if conflict::waits(model, &key) {
        model.overlays.push(Overlay::Conflict(key));
        return;
    }
    edit(model, &key, out);
}

/// Opens the editor in the row of a session, and asks the server for its name meanwhile.
pub(super) fn edit(model: &mut Model, key: &Key, out: &mut Vec<Effect>) {
    let key = key.clone();
    let asked = conflict::ask(model, &key, out);
    let Some(session) = model.list.get(&key) else { return };
    let draft = model.drafts.get(&key).map(|d| d.text.clone());
    let text = draft.as_deref().or_else(|| model.shown_name(session)).unwrap_or("");
    let line = LineEdit::new(text);
    let base = session.name.clone();
    model.mode = Mode::Rename(Renaming {
        key,
        line,
        from_draft: draft.is_some(),
        base,
        asked,
        problem: None,
        on_disk: draft,
        save_by: None,
    });
}

/// The text in the editor is another one.
pub(super) fn changed(model: &mut Model) {
    let by = model.now + TO_DISK_WITHIN;
    if let Mode::Rename(renaming) = &mut model.mode {
        renaming.problem = None;
        renaming.save_by.get_or_insert(by);
    }
}

pub(super) fn due(model: &mut Model, out: &mut Vec<Effect>) {
    if matches!(&model.mode, Mode::Rename(r) if r.save_by.is_some_and(|by| by <= model.now)) {
        write_draft(model, out);
    }
}

/// The name to put back and to compare with: the newest wish on its way, else the server's.
fn settled_name(model: &Model, key: &Key) -> String {
    model.list.get(key).and_then(|s| model.shown_name(s)).unwrap_or("").to_owned()
}

/// Brings the draft on disk up to date with the editor.
pub(super) fn write_draft(model: &mut Model, out: &mut Vec<Effect>) {
    let Mode::Rename(renaming) = &model.mode else { return };
    let (key, text) = (renaming.key.clone(), renaming.line.text().to_owned());
    let on_disk = renaming.on_disk.clone();
    let worth_keeping = !text.trim().is_empty() && text != settled_name(model, &key);
    let now_on_disk = if worth_keeping { Some(text) } else { None };
    if now_on_disk != on_disk {
        match &now_on_disk {
            Some(text) => keep(model, &key, text.clone(), out),
            None => drop_draft(model, &key, out),
        }
    }
    if let Mode::Rename(renaming) = &mut model.mode {
        renaming.save_by = None;
        renaming.on_disk = now_on_disk;
    }
}

/// Makes words the session's draft, in memory and on disk.
pub(super) fn keep(model: &mut Model, key: &Key, text: String, out: &mut Vec<Effect>) {
    let now = model.now;
    let Some(session) = model.list.get_mut(key) else { return };
    if session.opened.is_none() {
        // A draft alone would have no row to be offered in after a restart.
        session.opened = Some(now);
        let session = session.clone();
        let req = model.ask(Pending::Remember);
        out.push(Effect::Store(req, StoreCall::Remember(vec![session])));
    }
    if let Some(draft) = make_draft(model, key, text) {
        model.drafts.insert(key.clone(), draft.clone());
        let req = model.ask(Pending::Draft(key.clone()));
        out.push(Effect::Store(req, StoreCall::SaveDraft(draft)));
    }
}

/// Forgets a session's draft, in memory and on disk.
pub(super) fn drop_draft(model: &mut Model, key: &Key, out: &mut Vec<Effect>) {
    model.drafts.remove(key);
    let req = model.ask(Pending::Draft(key.clone()));
    out.push(Effect::Store(req, StoreCall::DropDraft(key.clone())));
}

/// The library could not write a draft. The words stay in memory, and the next key tries again.
pub(super) fn draft_refused(model: &mut Model, key: &Key, fault: &Fault) {
    if let Mode::Rename(renaming) = &mut model.mode
        && renaming.key == *key
    {
        renaming.on_disk = None;
    }
    model.notice = Some(Notice::bad(format!("Your draft is not on disk: {}", fault.say)));
}

pub(super) fn original(model: &mut Model) {
    let Mode::Rename(renaming) = &model.mode else { return };
    let name = settled_name(model, &renaming.key);
    super::text::edit(model, Edit::Replace(name));
}

/// Esc: changed text is kept as a draft.
pub(super) fn leave(model: &mut Model, out: &mut Vec<Effect>) {
    write_draft(model, out);
    let Mode::Rename(renaming) = &model.mode else { return };
    let key = renaming.key.clone();
    model.mode = Mode::Browse;
    model.deaf_until = Some(model.now + TORN_CHORD);
    if model.drafts.contains_key(&key) {
        model.notice = Some(Notice::info(model.now, "Draft kept: r goes on with it."));
    } else {
        // Nothing of the words is left, so nothing of their failure is.
        again::forget_ended(model, &key);
    }
}

/// Enter.
pub(super) fn commit(model: &mut Model, out: &mut Vec<Effect>) {
    let Mode::Rename(renaming) = &mut model.mode else { return };
    let title = match Title::parse(renaming.line.text()) {
        Ok(title) => title,
        Err(error) => {
            renaming.problem = Some(error.to_string());
            return;
        }
    };
    let key = renaming.key.clone();
    let (base, asked) = (renaming.base.clone(), renaming.asked);
    model.mode = Mode::Browse;
    // What was said of an earlier draft is over.
    if model.notice.as_ref().is_some_and(|notice| notice.tone == Tone::Info) {
        model.notice = None;
    }
    if title.as_str() == settled_name(model, &key) {
        // Nothing to send. Words that failed earlier and equal the server's name need no keeping either.
        if model.drafts.contains_key(&key) {
            drop_draft(model, &key, out);
        }
        again::forget_ended(model, &key);
        return;
    }
    if let Some(fault) = conflict::at_commit(model, &key, base.as_deref(), &title) {
        return conflict::open(model, &key, title, fault, out);
    }
    let until = model.now + FRESH_WITHIN;
    let base = asked.map_or(Base::Settled, |req| Base::Asked { req, until });
    save::commit(model, &key, title, base, out);
}

/// The draft value for words of a session.
pub(super) fn make_draft(model: &Model, key: &Key, text: String) -> Option<Draft> {
    let session = model.list.get(key)?;
    Some(Draft {
        key: key.clone(),
        workspace: session.workspace.clone(),
        text,
        account: save::acting_account(model, &key.profile),
        host: model.settings.host.clone(),
        at: model.now,
    })
}

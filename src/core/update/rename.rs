//! The editor in the row: begin, type, commit, leave. What was typed is on disk a moment later.

use std::time::Duration;

use super::{again, conflict, save};
use crate::core::command::Command;
use crate::core::effect::Effect;
use crate::core::fault::Fault;
use crate::core::likeness::Alike;
use crate::core::line::{Edit, LineEdit};
use crate::core::model::{Left, Mode, Model, Overlay, Renaming};
use crate::core::notice::Tone;
use crate::core::pending::Pending;
use crate::core::recall;
use crate::core::saves::Base;
use crate::core::session::Key;
use crate::core::store::{Draft, StoreCall, StoreReply};
use crate::core::title::Title;

/// Typed text is handed to the library this long after the first key that changed it; the promise is 250 ms.
const TO_DISK_WITHIN: Duration = Duration::from_millis(150);
/// How long a save waits for a look at the name that the server has.
const FRESH_WITHIN: Duration = Duration::from_millis(500);
/// A name that was read this long ago, while somebody typed, is read again before it is written over.
const FRESH_FOR: Duration = Duration::from_secs(5);
/// A lone Esc byte followed at once by a letter is an Alt chord that a slow link tore apart.
const TORN_CHORD: Duration = Duration::from_millis(50);
/// So many entries of the journal are asked for names to take up again.
const MOST_RECALLED: u32 = 300;

pub(super) fn begin(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(session) = model.chosen() else {
        let (add, all) = (model.key_of(Command::Add), model.key_of(Command::Everything));
        let words = format!("No session is selected. {add} adds one, {all} shows the workspace.");
        model.note(words);
        return;
    };
    let key = session.key.clone();
    if model.read_only(&key) {
        model.note("Read-only: this profile never renames.");
        return;
    }
    if conflict::waits(model, &key) {
        model.overlays.push(Overlay::Conflict(key));
        return;
    }
    edit(model, &key, out);
}

/// Reads the names given before, once a run.
pub(super) fn ask_recall(model: &mut Model, out: &mut Vec<Effect>) {
    if std::mem::replace(&mut model.recall.asked, true) {
        return;
    }
    let req = model.ask(Pending::Recall);
    let (profiles, host) = (model.profiles(), model.settings.host.clone());
    out.push(Effect::Store(req, StoreCall::History { profiles, host, most: MOST_RECALLED }));
}

/// The names given before.
pub(super) fn recalled(model: &mut Model, answer: Result<StoreReply, Fault>) {
    match answer.and_then(StoreReply::entries) {
        Ok(entries) => {
            let given = entries
                .iter()
                .filter_map(|entry| Some((&entry.intent.key.profile, entry.intent.to.as_deref()?)));
            model.recall.learn(given);
        }
        Err(fault) => model.complain(fault.say),
    }
}

/// Opens the editor in the row of a session, and asks the server for its name meanwhile.
pub(super) fn edit(model: &mut Model, key: &Key, out: &mut Vec<Effect>) {
    ask_recall(model, out);
    let key = key.clone();
    model.list.choose(&key);
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
        alike: None,
        sure: false,
        walk: None,
        on_disk: draft,
        save_by: None,
    });
}

/// One step of editing in the line that holds a name.
pub(super) fn insert(model: &mut Model, edit: Edit) {
    super::text::edit(model, edit);
}

/// Up and Down: a name given before.
pub(super) fn recall(model: &mut Model, older: bool) {
    let (key, line, walk) = match &mut model.mode {
        Mode::Rename(renaming) => (&renaming.key, &renaming.line, &mut renaming.walk),
        Mode::Create(creating) => (&creating.key, &creating.line, &mut creating.walk),
        Mode::Browse | Mode::Filter(_) | Mode::Add(_) => return,
    };
    let mut going = walk.take().unwrap_or_else(|| recall::Walk::new(line.text()));
    let name = going.step(model.recall.of(&key.profile), older);
    if let Some(name) = name {
        super::text::edit(model, Edit::Replace(name));
    }
    match &mut model.mode {
        Mode::Rename(renaming) => renaming.walk = Some(going),
        Mode::Create(creating) => creating.walk = Some(going),
        Mode::Browse | Mode::Filter(_) | Mode::Add(_) => {}
    }
}

/// Right: at the end of the line, what the completion would add.
pub(super) fn right(model: &mut Model) {
    let ghost = model.ghost().map(ToOwned::to_owned);
    match ghost {
        Some(rest) => super::text::edit(model, Edit::Paste(rest)),
        None => super::text::edit(model, Edit::Right),
    }
}

/// The text in the editor is another one.
pub(super) fn changed(model: &mut Model) {
    let by = model.now + TO_DISK_WITHIN;
    match &mut model.mode {
        Mode::Rename(renaming) => {
            renaming.problem = None;
            renaming.sure = false;
            renaming.walk = None;
            renaming.save_by.get_or_insert(by);
        }
        Mode::Create(creating) => {
            creating.problem = None;
            creating.walk = None;
            creating.save_by.get_or_insert(by);
        }
        Mode::Browse | Mode::Filter(_) | Mode::Add(_) => {}
    }
}

/// Whether another session has, or seems to have, the name that is being typed: told at once, or when it is found.
pub(super) fn look_for_doubles(model: &mut Model, out: &mut Vec<Effect>) {
    let (key, name) = match &model.mode {
        Mode::Rename(renaming) => (renaming.key.clone(), renaming.line.text().to_owned()),
        Mode::Create(creating) => (creating.key.clone(), creating.line.text().to_owned()),
        Mode::Browse | Mode::Filter(_) | Mode::Add(_) => return,
    };
    let found = model.alike(&key, &name, out);
    found_double(model, &key, &name, found);
}

/// That is known now, unless other words have been typed meanwhile.
pub(super) fn found_double(model: &mut Model, key: &Key, name: &str, found: Option<Alike>) {
    match &mut model.mode {
        Mode::Rename(renaming) if renaming.key == *key && renaming.line.text() == name => {
            renaming.alike = found;
        }
        Mode::Create(creating) if creating.key == *key && creating.line.text() == name => {
            creating.alike = found;
        }
        Mode::Rename(_) | Mode::Create(_) | Mode::Browse | Mode::Filter(_) | Mode::Add(_) => {}
    }
}

pub(super) fn due(model: &mut Model, out: &mut Vec<Effect>) {
    match &model.mode {
        Mode::Rename(renaming) if renaming.save_by.is_some_and(|by| by <= model.now) => {
            look_for_doubles(model, out);
            write_draft(model, out);
        }
        Mode::Create(creating) if creating.save_by.is_some_and(|by| by <= model.now) => {
            look_for_doubles(model, out);
            super::create::write_draft(model, out);
        }
        Mode::Rename(_) | Mode::Create(_) | Mode::Browse | Mode::Filter(_) | Mode::Add(_) => {}
    }
}

/// The name to put back and to compare with: the newest wish on its way, else the server's.
fn settled_name(model: &Model, key: &Key) -> String {
    model.list.get(key).and_then(|s| model.shown_name(s)).unwrap_or("").to_owned()
}

/// Brings the draft on disk up to date with the editor.
pub(super) fn write_draft(model: &mut Model, out: &mut Vec<Effect>) {
    super::create::write_draft(model, out);
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
    if model.list.get(key).is_some_and(|session| session.opened.is_none()) {
        // A draft alone would have no row to be offered in after a restart.
        super::list::opened(model, key, out);
    }
    if let Some(draft) = make_draft(model, key, text) {
        model.drafts.insert(key.clone(), draft.clone());
        let req = model.ask(Pending::Draft(key.clone()));
        out.push(Effect::Store(req, StoreCall::SaveDraft(draft)));
    }
}

/// Words that the disk has refused become the draft, in memory for now, unless newer ones are being typed.
pub(super) fn keep_in_memory(model: &mut Model, key: &Key, words: String) {
    save::keep_unless_typing(model, key, words);
    if model.drafts.contains_key(key) {
        model.unkept.insert(key.clone());
    }
}

/// Tries the disk again for what it has refused.
pub(super) fn keep_unkept(model: &mut Model, out: &mut Vec<Effect>) {
    let unkept: Vec<Draft> = model.unkept.iter().filter_map(|key| model.drafts.get(key).cloned()).collect();
    for draft in unkept {
        let req = model.ask(Pending::Draft(draft.key.clone()));
        out.push(Effect::Store(req, StoreCall::SaveDraft(draft)));
    }
}

/// Forgets a session's draft, in memory and on disk.
pub(super) fn drop_draft(model: &mut Model, key: &Key, out: &mut Vec<Effect>) {
    model.drafts.remove(key);
    model.unkept.remove(key);
    let req = model.ask(Pending::Draft(key.clone()));
    out.push(Effect::Store(req, StoreCall::DropDraft(key.clone())));
}

/// The library could not write a draft. The words stay in memory, and the next key tries again.
pub(super) fn draft_refused(model: &mut Model, key: &Key, fault: &Fault) {
    match &mut model.mode {
        Mode::Rename(renaming) if renaming.key == *key => renaming.on_disk = None,
        Mode::Create(creating) if creating.key == *key => creating.on_disk = None,
        Mode::Rename(_) | Mode::Create(_) | Mode::Browse | Mode::Filter(_) | Mode::Add(_) => {}
    }
    if model.drafts.contains_key(key) {
        model.unkept.insert(key.clone());
    }
    model.complain(format!("Your draft is not on disk: {}", fault.say));
}

pub(super) fn original(model: &mut Model) {
    let Mode::Rename(renaming) = &model.mode else { return };
    let name = settled_name(model, &renaming.key);
    super::text::edit(model, Edit::Replace(name));
}

/// Esc: changed text is kept as a draft.
pub(super) fn leave(model: &mut Model, out: &mut Vec<Effect>) {
    write_draft(model, out);
    let renaming = match std::mem::replace(&mut model.mode, Mode::Browse) {
        Mode::Rename(renaming) => renaming,
        other @ (Mode::Browse | Mode::Filter(_) | Mode::Add(_) | Mode::Create(_)) => {
            model.mode = other;
            return;
        }
    };
    let key = renaming.key.clone();
    model.left = Some(Left { until: model.now + TORN_CHORD, renaming: Box::new(renaming) });
    if model.drafts.contains_key(&key) {
        let words = format!("Draft kept: {} goes on with it.", model.key_of(Command::Rename));
        model.note(words);
    } else {
        // Nothing of the words is left, so nothing of their failure is.
        again::forget_ended(model, &key);
    }
}

/// The Esc was the first half of an Alt chord: the editor is as if it had never been left.
pub(super) fn come_back(model: &mut Model, left: Left) {
    // The filter may have let go of the row meanwhile.
    model.list.hold(Some(left.renaming.key.clone()));
    model.list.choose(&left.renaming.key);
    model.mode = Mode::Rename(*left.renaming);
    model.notice = None;
}

/// Tab and Shift-Tab: the name is committed, and the editor goes to the next row or the one before.
pub(super) fn commit_and_go(model: &mut Model, rows: isize, out: &mut Vec<Effect>) {
    let Mode::Rename(renaming) = &model.mode else { return };
    let key = renaming.key.clone();
    commit(model, out);
    let stays = match model.mode {
        Mode::Browse => !model.overlays.is_empty(),
        Mode::Rename(_) | Mode::Create(_) | Mode::Filter(_) | Mode::Add(_) => true,
    };
    if stays {
        return;
    }
    model.list.choose(&key);
    model.list.step(rows);
    if model.list.chosen() == Some(&key) {
        model.note("That was the last row in this direction.");
    } else {
        begin(model, out);
    }
}

/// Enter.
pub(super) fn commit(model: &mut Model, out: &mut Vec<Effect>) {
    let Mode::Rename(renaming) = &model.mode else { return };
    let changes = renaming.line.text().trim_matches(' ') != settled_name(model, &renaming.key);
    let protected = model.places.get(&renaming.key.profile).filter(|place| place.config.protected);
    if let Some(place) = protected.filter(|_| changes && !renaming.sure) {
        let words = format!("{} is protected: save once more to confirm.", place.title());
        if let Mode::Rename(renaming) = &mut model.mode {
            renaming.sure = true;
            renaming.problem = Some(words);
        }
        return;
    }
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
    model.recall.given(&key.profile, title.as_str());
    if let Some(fault) = conflict::at_commit(model, &key, base.as_deref()) {
        return conflict::open(model, &key, title, fault, out);
    }
    let old = model.list.get(&key).is_some_and(|s| s.seen.is_none_or(|seen| seen + FRESH_FOR < model.now));
    let asked = asked.or_else(|| if old { conflict::ask(model, &key, out) } else { None });
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

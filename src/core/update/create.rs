//! Making a session and naming it at once. Nothing is made before Enter, and nothing twice by itself: a create that got
//! no clear answer may have made one.

use super::{list, rename, save, sign_in};
use crate::core::command::{Command, Focus};
use crate::core::effect::{Effect, GraphCall};
use crate::core::fault::{Fault, FaultKind};
use crate::core::line::LineEdit;
use crate::core::model::{Creating, Mode, Model, NEW};
use crate::core::msg::{GraphReply, ReqId};
use crate::core::notice::Notice;
use crate::core::pending::Pending;
use crate::core::session::{Key, Profile, Session, SessionId};
use crate::core::store::{Draft, StoreCall};
use crate::core::title::Title;

/// `A`.
pub(super) fn open(model: &mut Model, out: &mut Vec<Effect>) {
    let key = model.key(&SessionId::new(NEW));
    if model.read_only(&key) {
        model.note("Read-only: this profile makes no sessions.");
        return;
    }
    rename::ask_recall(model, out);
    let draft = model.drafts.get(&key).map(|d| d.text.clone());
    let line = LineEdit::new(draft.as_deref().unwrap_or(""));
    // One that is on its way is looked on at, not made a second time.
    let making = |(req, pending): (&ReqId, &Pending)| {
        matches!(pending, Pending::Create(profile, _) if *profile == key.profile).then_some(*req)
    };
    let req = model.pending.iter().find_map(making);
    model.mode = Mode::Create(Creating {
        key,
        line,
        req,
        problem: None,
        alike: None,
        walk: None,
        on_disk: draft,
        save_by: None,
    });
}

/// Brings the draft on disk up to date with the line.
pub(super) fn write_draft(model: &mut Model, out: &mut Vec<Effect>) {
    let Mode::Create(creating) = &model.mode else { return };
    let (key, text, on_disk) =
        (creating.key.clone(), creating.line.text().to_owned(), creating.on_disk.clone());
    let wanted = Some(text).filter(|text| !text.trim().is_empty());
    if wanted != on_disk {
        match &wanted {
            Some(text) => {
                let draft = Draft {
                    account: save::acting_account(model, &key.profile),
                    workspace: model.here().workspace.clone(),
                    host: model.settings.host.clone(),
                    at: model.now,
                    text: text.clone(),
                    key: key.clone(),
                };
                model.drafts.insert(key.clone(), draft.clone());
                let req = model.ask(Pending::Draft(key));
                out.push(Effect::Store(req, StoreCall::SaveDraft(draft)));
            }
            None => rename::drop_draft(model, &key, out),
        }
    }
    if let Mode::Create(creating) = &mut model.mode {
        creating.save_by = None;
        creating.on_disk = wanted;
    }
}

/// Esc. One that is on its way is not called back.
pub(super) fn close(model: &mut Model, out: &mut Vec<Effect>) {
    write_draft(model, out);
    let Mode::Create(creating) = &model.mode else { return };
    if !creating.line.text().trim().is_empty() && creating.req.is_none() {
        let again = model.key_of(Command::Create);
        model.note(format!("Draft kept: {again} goes on with it."));
    }
    model.mode = Mode::Browse;
}

/// Enter.
pub(super) fn submit(model: &mut Model, out: &mut Vec<Effect>) {
    write_draft(model, out);
    let Mode::Create(creating) = &mut model.mode else { return };
    if creating.req.is_some() {
        return;
    }
    let title = match Title::parse(creating.line.text()) {
        Ok(title) => title,
        Err(error) => {
            creating.problem = Some(error.to_string());
            return;
        }
    };
    let profile = creating.key.profile.clone();
    let Some(caller) = model.caller(&profile) else {
        let words =
            format!("Not signed in: Esc keeps the words, {} signs in.", model.key_of(Command::SignIn));
        return wrong(model, words);
    };
    if model.gate(&profile).is_some() {
        return wrong(model, "The server asks for a pause. Enter tries again.".into());
    }
    let workspace = model.here().workspace.clone();
    let req = model.ask(Pending::Create(profile, title.as_str().to_owned()));
    if let Mode::Create(creating) = &mut model.mode {
        creating.req = Some(req);
        creating.problem = None;
    }
    out.push(Effect::Graph(req, caller, GraphCall::Create { workspace, name: title.into() }));
}

fn wrong(model: &mut Model, words: String) {
    if let Mode::Create(creating) = &mut model.mode {
        creating.problem = Some(words);
        creating.req = None;
    }
}

/// It was not made: told in the line that asked for it, else in the status line.
fn failed(model: &mut Model, asked: bool, words: String) {
    if asked {
        wrong(model, words);
    } else {
        let again = model.key_of(Command::Create);
        model.complain(format!("{words} {again} has the words."));
    }
}

/// Graph made it, or did not.
pub(super) fn answered(
    model: &mut Model,
    req: ReqId,
    (profile, sent): (&Profile, &str),
    answer: Result<GraphReply, Fault>,
    out: &mut Vec<Effect>,
) {
    let asked = matches!(&model.mode, Mode::Create(creating) if creating.req == Some(req));
    match answer {
        Ok(GraphReply::Created(entity)) => {
            let key = Key { profile: profile.clone(), id: entity.id.clone() };
            let workspace = model.places.get(profile).map(|place| place.workspace.clone());
            let workspace = workspace.unwrap_or_else(|| model.here().workspace.clone());
            let session = Session {
                ours: entity.name.clone(),
                name: entity.name,
                created: entity.created,
                modified: entity.modified,
                seen: Some(model.now),
                opened: Some(model.now),
                account: save::acting_account(model, profile),
                ..Session::unseen(key.clone(), workspace, model.settings.host.clone())
            };
            let draft = Key { profile: profile.clone(), id: SessionId::new(NEW) };
            let typed = match &model.mode {
                Mode::Create(creating) if asked => Some(creating.line.text().to_owned()),
                Mode::Create(_) | Mode::Browse | Mode::Filter(_) | Mode::Add(_) | Mode::Rename(_) => {
                    model.drafts.get(&draft).map(|draft| draft.text.clone())
                }
            };
            if asked {
                model.mode = Mode::Browse;
            }
            if model.drafts.contains_key(&draft) {
                rename::drop_draft(model, &draft, out);
            }
            if let Some(name) = &session.name {
                model.recall.given(profile, name);
            }
            model.list.put(session.clone());
            let mut words = format!("Made {}.", key.id.short());
            let req = model.ask(Pending::Remember);
            out.push(Effect::Store(req, StoreCall::Remember(vec![session])));
            if let Some(more) = typed.filter(|typed| !typed.trim().is_empty() && typed.trim() != sent) {
                // Typed while it was on its way: a draft of the session's own now.
                rename::keep(model, &key, more, out);
                let rename = model.key_of(Command::Rename);
                words = format!("{words} What you typed since is its draft: {rename} goes on with it.");
            }
            if asked {
                list::go(model, &key);
            }
            model.notice = Some(Notice::good(model.now, words));
        }
        Ok(_) => failed(model, asked, GraphReply::of_another_kind().say),
        Err(fault) => {
            let words = if fault.kind == FaultKind::Unclear {
                format!(
                    "{} It may have been made all the same: {}, then {} shows the workspace before you try again.",
                    fault.say,
                    model.settings.keys.key_for(Focus::Create, Command::CloseCreate),
                    model.key_of(Command::Everything)
                )
            } else {
                format!("{} Nothing was made; Enter tries again.", fault.say)
            };
            failed(model, asked, words);
            if matches!(fault.kind, FaultKind::SignedOut) {
                sign_in::signed_out(model, profile, fault);
            }
        }
    }
}

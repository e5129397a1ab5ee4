//! Making a session and naming it at once. Nothing is made before Enter, and nothing twice by itself: a create that got
//! no clear answer may have made one.

use super::{list, rename, save, sign_in};
use crate::core::effect::{Effect, GraphCall};
use crate::core::fault::{Fault, FaultKind};
use crate::core::line::LineEdit;
use crate::core::model::{Creating, Mode, Model, NEW};
use crate::core::msg::{GraphReply, ReqId};
use crate::core::notice::Notice;
use crate::core::pending::Pending;
use crate::core::session::{Key, Presence, Session, SessionId};
use crate::core::store::{Draft, StoreCall};
use crate::core::title::Title;

/// `A`.
pub(super) fn open(model: &mut Model, out: &mut Vec<Effect>) {
    let key = model.key(&SessionId::new(NEW));
    if model.read_only(&key) {
        model.notice = Some(Notice::info(model.now, "Read-only: this profile makes no sessions."));
        return;
    }
    rename::ask_recall(model, out);
    let draft = model.drafts.get(&key).map(|d| d.text.clone());
    let line = LineEdit::new(draft.as_deref().unwrap_or(""));
    model.mode = Mode::Create(Creating {
        key,
        line,
        req: None,
        problem: None,
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
        let again = model
            .settings
            .keys
            .key_for(crate::core::command::Focus::List, crate::core::command::Command::Create);
        model.notice = Some(Notice::info(model.now, format!("Draft kept: {again} goes on with it.")));
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
        return wrong(model, "Not signed in: Esc keeps the words, S signs in.".into());
    };
    if model.gate(&profile).is_some() {
        return wrong(model, "The tenant asked for a pause. Enter tries again.".into());
    }
    let workspace = model.here().workspace.clone();
    let req = model.ask(Pending::Create(profile));
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
    } else {
        model.notice = Some(Notice::bad(words));
    }
}

/// Graph made it, or did not.
pub(super) fn answered(
    model: &mut Model,
    req: ReqId,
    profile: &crate::core::session::Profile,
    answer: Result<GraphReply, Fault>,
    out: &mut Vec<Effect>,
) {
    let asked = matches!(&model.mode, Mode::Create(creating) if creating.req == Some(req));
    match answer {
        Ok(GraphReply::Created(entity)) => {
            let key = Key { profile: profile.clone(), id: entity.id.clone() };
            let workspace = model.places.get(profile).map(|place| place.workspace.clone());
            let session = Session {
                key: key.clone(),
                workspace: workspace.unwrap_or_else(|| model.here().workspace.clone()),
                ours: entity.name.clone(),
                name: entity.name,
                created: entity.created,
                modified: entity.modified,
                presence: Presence::Here,
                seen: Some(model.now),
                opened: Some(model.now),
                pinned: false,
                account: save::acting_account(model, profile),
                host: model.settings.host.clone(),
            };
            if asked {
                model.mode = Mode::Browse;
            }
            let draft = Key { profile: profile.clone(), id: SessionId::new(NEW) };
            if model.drafts.contains_key(&draft) {
                rename::drop_draft(model, &draft, out);
            }
            if let Some(name) = &session.name {
                model.recall.given(name);
            }
            model.list.put(session.clone());
            list::go(model, &key);
            model.notice = Some(Notice::good(model.now, format!("Made {}.", key.id.short())));
            let req = model.ask(Pending::Remember);
            out.push(Effect::Store(req, StoreCall::Remember(vec![session])));
        }
        Ok(
            GraphReply::Page { .. }
            | GraphReply::Session(_)
            | GraphReply::Renamed { .. }
            | GraphReply::RenamedMany(_)
            | GraphReply::Workspaces(_)
            | GraphReply::Prompts(_),
        ) => wrong(model, "The server answered with something else.".into()),
        Err(fault) => {
            let words = match fault.kind {
                FaultKind::Unclear => format!(
                    "{} It may have been made all the same: L shows the workspace before you try again.",
                    fault.say
                ),
                FaultKind::SignedOut
                | FaultKind::Offline
                | FaultKind::Busy { .. }
                | FaultKind::Unpermitted
                | FaultKind::Forbidden
                | FaultKind::NotFound
                | FaultKind::Refused
                | FaultKind::Changed(_)
                | FaultKind::Declined
                | FaultKind::Expired
                | FaultKind::SignInBlocked
                | FaultKind::Disk
                | FaultKind::Bug => format!("{} Nothing was made; Enter tries again.", fault.say),
            };
            wrong(model, words);
            if matches!(fault.kind, FaultKind::SignedOut) {
                sign_in::signed_out(model, profile, fault);
            }
        }
    }
}

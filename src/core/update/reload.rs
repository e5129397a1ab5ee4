//! Taking in what another running copy has changed in the library.

use super::{bulk, errand, menu, turns, walk};
use crate::core::arrange::Arranged;
use crate::core::effect::Effect;
use crate::core::fault::Fault;
use crate::core::model::{Mode, Model};
use crate::core::msg::ReqId;
use crate::core::pending::Pending;
use crate::core::saves::Save;
use crate::core::session::{Key, Profile};
use crate::core::store::{Snapshot, StoreCall, StoreReply};
use crate::core::work::Work;

/// Reads the library again, once at a time; a change that comes meanwhile is read after it.
pub(super) fn ask(model: &mut Model, out: &mut Vec<Effect>) {
    if model.list.partial || model.pending.values().any(|p| *p == Pending::Reload) {
        model.reload_again = true;
        return;
    }
    let req = model.ask(Pending::Reload);
    let (profiles, host) = (model.profiles(), model.settings.host.clone());
    // A task does what was asked for; names that wait from other runs are the app's to send.
    let call = if errand::alone(model) {
        StoreCall::Peek { profiles, host }
    } else {
        StoreCall::Changes { profiles, host }
    };
    out.push(Effect::Store(req, call));
}

/// Reads all of the library, of which the first frame has shown the beginning.
pub(in crate::core) fn load(model: &mut Model, out: &mut Vec<Effect>) {
    let req = model.ask(Pending::Load);
    out.push(Effect::Store(
        req,
        StoreCall::Load { profiles: model.profiles(), host: model.settings.host.clone() },
    ));
}

/// All of it came, or did not: then what there is has to do.
pub(super) fn loaded(model: &mut Model, answer: Result<StoreReply, Fault>, out: &mut Vec<Effect>) {
    let Ok(StoreReply::Loaded(mut snapshot)) = answer else {
        answered(model, answer, out);
        return whole(model, out);
    };
    let sessions = std::mem::take(&mut snapshot.sessions);
    let long = sessions.len() > model.list.at_once;
    let arrange = model.list.begin_to_take_in(sessions, model.now, model.settings.zone);
    // Names that wait are taken up when their rows are there.
    let unsettled = std::mem::take(&mut snapshot.unsettled);
    model.unread = unsettled.into_iter().filter(|old| !turns::replaces(model, &old.intent.key)).collect();
    answered(model, Ok(StoreReply::Loaded(snapshot)), out);
    if long {
        out.push(Effect::Work(Work::Arrange(Box::new(arrange))));
    } else if let Some(all) = arrange.run(&|| false) {
        arranged(model, all, out);
    }
}

/// Whether an answer is about rows that may not be read yet. What would be made of it then takes the place of what the
/// library knows of them.
pub(super) fn must_wait(model: &Model, req: ReqId) -> bool {
    model.list.partial
        && match model.pending.get(&req) {
            Some(Pending::Add | Pending::Find(_) | Pending::History) => true,
            Some(
                Pending::Page
                | Pending::Look(_)
                | Pending::Learn(_)
                | Pending::Base(_)
                | Pending::Check(_)
                | Pending::Send(_)
                | Pending::SendMany(_)
                | Pending::Commit(_)
                | Pending::CommitAll
                | Pending::Settle(_)
                | Pending::Draft(_)
                | Pending::Remember
                | Pending::RememberSome
                | Pending::Claim(_)
                | Pending::Load
                | Pending::Reload
                | Pending::Recall
                | Pending::Renames(_)
                | Pending::Prompts(_)
                | Pending::Workspaces(_)
                | Pending::Create(..),
            )
            | None => false,
        }
}

/// Something that was worked out elsewhere broke. Where that was the library, its beginning has to do.
pub(super) fn broke(model: &mut Model, fault: Fault, out: &mut Vec<Effect>) {
    model.list.not_arranged();
    bulk::broke(model, &fault.say);
    model.complain(fault.say);
    if model.list.partial && !model.pending.values().any(|pending| *pending == Pending::Load) {
        whole(model, out);
    }
}

/// The list was arranged on another thread.
pub(super) fn arranged(model: &mut Model, arranged: Arranged, out: &mut Vec<Effect>) {
    let partial = model.list.partial;
    let before = arranged.table.is_some().then(|| model.list.rows().clone());
    model.list.arranged(arranged);
    if let Some(before) = before {
        bulk::renumbered(model, &before);
    }
    if partial && !model.list.partial {
        // The marks before it are told by numbers that rows have no more.
        model.range = None;
        whole(model, out);
    }
}

/// Now that every row is known, what had to wait for them is heard, and the names of whoever has signed in meanwhile are
/// read.
fn whole(model: &mut Model, out: &mut Vec<Effect>) {
    model.list.partial = false;
    menu::look_again(model);
    let unread = std::mem::take(&mut model.unread);
    turns::resume(model, unread, out);
    for msg in std::mem::take(&mut model.held_back) {
        model.hear(msg, out);
    }
    if std::mem::take(&mut model.reload_again) {
        ask(model, out);
    }
    let places = model.places.all().iter().filter(|place| place.who().is_some());
    let profiles: Vec<Profile> = places.map(|place| place.config.profile.clone()).collect();
    for profile in profiles {
        walk::entered(model, &profile, out);
    }
}

/// The library answered.
pub(super) fn answered(model: &mut Model, answer: Result<StoreReply, Fault>, out: &mut Vec<Effect>) {
    match answer.and_then(StoreReply::loaded) {
        Ok(snapshot) => take_in(model, snapshot, out),
        Err(fault) => model.complain(fault.say),
    }
    if std::mem::take(&mut model.reload_again) {
        ask(model, out);
    }
}

fn take_in(model: &mut Model, snapshot: Snapshot, out: &mut Vec<Effect>) {
    let mut changed = Vec::new();
    for session in snapshot.sessions {
        let known = model.list.get(&session.key);
        // What we learnt from the server ourselves is at least as new, unless theirs was seen later.
        let newer = known.is_none_or(|known| known.opened.is_none() || known.seen <= session.seen);
        let busy = model.saves.get(&session.key).is_some_and(Save::open);
        if newer && !busy {
            changed.push(session);
        }
    }
    model.list.put_all(changed);
    let mut there: Vec<Key> = Vec::new();
    for draft in snapshot.drafts {
        there.push(draft.key.clone());
        let ours_is_newer = model.drafts.get(&draft.key).is_some_and(|ours| ours.at >= draft.at);
        if !ours_is_newer && !typing(model, &draft.key) && !writing(model, &draft.key) {
            model.drafts.insert(draft.key.clone(), draft);
        }
    }
    let gone: Vec<Key> = model
        .drafts
        .keys()
        .filter(|key| {
            !there.contains(key)
                && !model.unkept.contains(*key)
                && !typing(model, key)
                && !writing(model, key)
        })
        .cloned()
        .collect();
    for key in gone {
        // Words of a failure that is still on the screen are on disk with it.
        if !model.saves.contains_key(&key) {
            model.drafts.remove(&key);
        }
    }
    for (tenant, until) in snapshot.gates {
        let gate = model.gates.entry(tenant).or_insert(until);
        *gate = (*gate).max(until);
    }
    super::rename::keep_unkept(model, out);
    turns::resume(model, snapshot.unsettled, out);
}

fn typing(model: &Model, key: &Key) -> bool {
    match &model.mode {
        Mode::Rename(renaming) => renaming.key == *key,
        Mode::Create(creating) => creating.key == *key,
        Mode::Browse | Mode::Filter(_) | Mode::Add(_) => false,
    }
}

/// Something of ours is on its way to disk, which the snapshot may not have.
fn writing(model: &Model, key: &Key) -> bool {
    model
        .pending
        .values()
        .any(|p| matches!(p, Pending::Draft(of) | Pending::Commit(of) | Pending::Settle(of) if of == key))
}

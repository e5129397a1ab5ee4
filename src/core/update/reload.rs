//! Taking in what another running copy has changed in the library.

use super::{errand, turns};
use crate::core::effect::Effect;
use crate::core::fault::Fault;
use crate::core::model::{Mode, Model};
use crate::core::notice::Notice;
use crate::core::pending::Pending;
use crate::core::saves::Save;
use crate::core::session::Key;
use crate::core::store::{Snapshot, StoreCall, StoreReply};

/// Reads the library again, once at a time; a change that comes meanwhile is read after it.
pub(super) fn ask(model: &mut Model, out: &mut Vec<Effect>) {
    if model.pending.values().any(|p| matches!(p, Pending::Reload)) {
        model.reload_again = true;
        return;
    }
    let req = model.ask(Pending::Reload);
    let (profiles, host) = (model.profiles(), model.settings.host.clone());
    // A task does what was asked for; names that wait from other runs are the app's to send.
    let call = if errand::alone(model) {
        StoreCall::Peek { profiles, host }
    } else {
        StoreCall::Load { profiles, host }
    };
    out.push(Effect::Store(req, call));
}

/// The library answered.
pub(super) fn answered(model: &mut Model, answer: Result<StoreReply, Fault>, out: &mut Vec<Effect>) {
    match answer {
        Ok(StoreReply::Loaded(snapshot)) => take_in(model, snapshot, out),
        Ok(
            StoreReply::Done
            | StoreReply::Entries(_)
            | StoreReply::AllCommitted(_)
            | StoreReply::Turn(_)
            | StoreReply::Committed { .. },
        ) => {}
        Err(fault) => model.notice = Some(Notice::bad(fault.say)),
    }
    if std::mem::take(&mut model.reload_again) {
        ask(model, out);
    }
}

fn take_in(model: &mut Model, snapshot: Snapshot, out: &mut Vec<Effect>) {
    for session in snapshot.sessions {
        let known = model.list.get(&session.key);
        // What we learnt from the server ourselves is at least as new, unless theirs was seen later.
        let newer = known.is_none_or(|known| known.opened.is_none() || known.seen <= session.seen);
        let busy = model.saves.get(&session.key).is_some_and(Save::open);
        if newer && !busy {
            model.list.put(session);
        }
    }
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

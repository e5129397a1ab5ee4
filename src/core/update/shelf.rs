//! What a person keeps in the list, and where: pins, removals, rows that need a look.

use super::list;
use crate::core::command::Command;
use crate::core::effect::Effect;
use crate::core::model::Model;
use crate::core::pending::Pending;
use crate::core::row::RowState;
use crate::core::saves::Save;
use crate::core::session::{Key, Session};
use crate::core::store::StoreCall;
use crate::core::trees;

/// `f`.
pub(super) fn pin(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(key) = model.chosen().map(|s| s.key.clone()) else { return };
    let (now, zone) = (model.now, model.settings.zone);
    let changed = model.list.change(&key, |session| {
        session.pinned = !session.pinned;
        // What is pinned is kept, so it counts as opened.
        session.opened = session.opened.or(Some(now));
    });
    let Some(session) = changed.cloned() else { return };
    let pinned = session.pinned;
    model.list.place(&key, now, zone);
    let words = if pinned { "Pinned to the top." } else { "No longer pinned." };
    model.note(words);
    remember(model, session, out);
}

fn remember(model: &mut Model, session: Session, out: &mut Vec<Effect>) {
    let req = model.ask(Pending::Remember);
    out.push(Effect::Store(req, StoreCall::Remember(vec![session])));
}

/// `d`: from this list only. What has words of the person's own stays.
pub(super) fn remove(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(key) = model.chosen().map(|s| s.key.clone()) else { return };
    if model.drafts.contains_key(&key) {
        model.note("It has a draft: save it or empty it first.");
        return;
    }
    let of_bulk = model.batch.as_ref().is_some_and(|batch| batch.item_of(&key).is_some());
    if of_bulk || model.saves.get(&key).is_some_and(Save::open) {
        model.note("It is being saved: remove it when that is done.");
        return;
    }
    model.saves.remove(&key);
    let Some(session) = model.list.remove(&key) else { return };
    let back = model.key_of(Command::PutInList);
    let words = format!("Removed from this list; the server keeps it. {back} puts it back.");
    model.note(words);
    model.removed.push(session);
    let req = model.ask(Pending::Remember);
    out.push(Effect::Store(req, StoreCall::Unlist(key)));
}

/// `D`.
pub(super) fn put_back(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(session) = model.removed.pop() else {
        model.note("Nothing was removed in this run.");
        return;
    };
    let (key, now, zone) = (session.key.clone(), model.now, model.settings.zone);
    // A walk may have brought it again meanwhile, with a newer name.
    let session = match model.list.get(&key) {
        Some(known) => {
            Session { opened: session.opened, pinned: session.pinned, ours: session.ours, ..known.clone() }
        }
        None => session,
    };
    model.list.put_in_order(session.clone(), now, zone);
    list::go(model, &key);
    model.note("Back in the list.");
    remember(model, session, out);
}

fn needs_a_look(model: &Model, key: &Key) -> bool {
    let Some(session) = model.list.get(key) else { return false };
    match model.row_state(session) {
        RowState::Draft
        | RowState::NotSaved(_)
        | RowState::Changed(_)
        | RowState::Old
        | RowState::Drifted
        | RowState::SignIn
        | RowState::OtherAccount => true,
        RowState::Clean
        | RowState::Editing
        | RowState::Queued
        | RowState::Saving
        | RowState::Retry { .. }
        | RowState::Saved
        | RowState::Elsewhere
        | RowState::Gone
        | RowState::NoAccess => false,
    }
}

/// `n` and `N`: the next row that needs a look, round the ends.
pub(super) fn next_open(model: &mut Model, forward: bool) {
    let Some(at) = model.list.position() else { return };
    // What needs a look has words of ours, or has drifted.
    let ours = model.saves.keys().chain(model.drafts.keys()).filter_map(|key| model.list.position_of(key));
    let rows = trees::set(ours.chain(model.list.drifted()));
    let (before, after) = (rows.range(..at), rows.range(at + 1..));
    let needs = |row: &&usize| {
        let key = model.list.shown_in(**row..).next();
        key.is_some_and(|key| needs_a_look(model, key))
    };
    let found =
        if forward { after.chain(before).find(needs) } else { before.rev().chain(after.rev()).find(needs) };
    match found.and_then(|row| model.list.shown_in(*row..).next().cloned()) {
        Some(key) => model.list.choose(&key),
        None => model.note("No other row needs a look."),
    }
}

//! The last bulk when this run has made none: as the journal has it. And the undo on a bulk's page, which is that bulk's.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{batch, undo};
use crate::core::batch::{Batch, Fate, Item, Stage};
use crate::core::command::Command;
use crate::core::effect::Effect;
use crate::core::fault::{Fault, FaultKind};
use crate::core::model::Model;
use crate::core::pending::Pending;
use crate::core::session::Key;
use crate::core::store::{Deed, Entry, EntryState, Newest, Outcome, StoreCall, StoreReply};
use crate::core::title::NewName;

/// `B`. What another copy or an earlier run has not ended yet is read anew each time.
pub(super) fn show(model: &mut Model, out: &mut Vec<Effect>) {
    let known = model.batch.as_ref().is_some_and(|batch| batch.runs() || batch.tally().ahead == 0);
    if known {
        return on_screen(model);
    }
    let (profiles, host, what) = (model.profiles(), model.settings.host.clone(), Newest::Batch);
    let req = model.ask(Pending::Find(what));
    out.push(Effect::Store(req, StoreCall::Find { profiles, host, what }));
}

/// The journal has told of the last bulk.
pub(super) fn came(model: &mut Model, answer: Result<StoreReply, Fault>) {
    match answer.and_then(StoreReply::entries) {
        Err(fault) => return model.complain(fault.say),
        // One that was begun meanwhile is newer.
        Ok(_) if model.batch.as_ref().is_some_and(Batch::runs) => {}
        Ok(entries) => {
            let Some(id) = entries.iter().find_map(|entry| entry.intent.batch) else {
                let begin = model.key_of(Command::Bulk);
                return model.note(format!("The history knows of no bulk. {begin} begins one."));
            };
            let mut batch = from_journal(id, &entries);
            take_up(model, &mut batch);
            model.batch = Some(batch);
        }
    }
    on_screen(model);
}

/// A bulk that an earlier run has begun and this one goes on with, is one that runs. Where any of its rows is another
/// copy's, that copy tells of it.
fn take_up(model: &Model, batch: &mut Batch) {
    let open = |item: &Item| {
        let save = model.saves.get(&item.key).filter(|save| save.open());
        save.is_some_and(|save| save.wish.to == item.to)
    };
    let waiting = || batch.items().iter().enumerate().filter(|(_, item)| item.fate == Fate::Waiting);
    if waiting().next().is_none() || !waiting().all(|(_, item)| open(item)) {
        return;
    }
    let waiting: Vec<(usize, Key)> = waiting().map(|(at, item)| (at, item.key.clone())).collect();
    batch.stage = Stage::Running { since: model.now, done: batch.tally().done() };
    for (at, key) in waiting {
        batch.set(at, Fate::Going);
        batch.going.insert(key, at);
    }
}

fn on_screen(model: &mut Model) {
    batch::show(model);
    if model.batch.as_ref().is_some_and(|batch| !batch.runs() && batch.takes_back()) {
        tell_taken_back(model);
    }
}

fn tell_taken_back(model: &mut Model) {
    let redo = model.key_of(Command::PutBack);
    model.note(format!("This took a bulk back. In the list {redo} does it again."));
}

/// `u` on the page: what it shows, and not what has been renamed since.
pub(super) fn take_back(model: &mut Model, out: &mut Vec<Effect>) {
    match &model.batch {
        Some(batch) if batch.runs() => model.note("It is still running: x stops it, then u takes it back."),
        Some(batch) if batch.takes_back() => tell_taken_back(model),
        Some(batch) => {
            let id = batch.id;
            model.overlays.pop();
            undo::find(model, Newest::OfBatch(id), out);
        }
        None => {}
    }
}

/// A bulk of an earlier run. What was sent twice counts as it ended last.
fn from_journal(id: i64, entries: &[Entry]) -> Batch {
    let mut items: Vec<Item> = Vec::new();
    let mut places: BTreeMap<&Key, usize> = BTreeMap::new();
    for entry in entries {
        let at = *places.entry(&entry.intent.key).or_insert(items.len());
        match items.get_mut(at) {
            Some(before) => *before = item(entry),
            None => items.push(item(entry)),
        }
    }
    // Who typed the names is not told: as typed ones, they come back as drafts if they are sent again and stopped.
    let mut batch = Batch::new(true, items);
    (batch.id, batch.stage) = (id, Stage::Ended { took: Duration::ZERO });
    batch
}

fn item(entry: &Entry) -> Item {
    let intent = &entry.intent;
    let fate = match &entry.state {
        EntryState::Waiting => Fate::Waiting,
        EntryState::Ended(Outcome::Saved { .. }, _) => Fate::Saved,
        EntryState::Ended(Outcome::Failed { why, .. }, _) => {
            Fate::Failed(Fault::new(FaultKind::Refused, why.clone()))
        }
        EntryState::Ended(Outcome::Cancelled | Outcome::Stopped, _) => Fate::Stopped,
        EntryState::Ended(Outcome::Replaced, _) => Fate::Replaced,
    };
    let (key, workspace) = (intent.key.clone(), intent.workspace.clone());
    if entry.undone {
        // What became of the row last.
        let deed = match intent.deed {
            Deed::Rename | Deed::Redo(_) => Deed::Undo(entry.entry),
            Deed::Undo(_) => Deed::Redo(entry.entry),
        };
        let (from, to) = (intent.to.name().cloned(), NewName::restored(intent.from.clone()));
        return Item { key, workspace, from, to, deed, look: true, fate };
    }
    Item {
        key,
        workspace,
        from: intent.from.clone(),
        to: intent.to.clone(),
        deed: intent.deed,
        look: true,
        fate,
    }
}

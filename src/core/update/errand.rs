//! Carrying out what the command line asks for: the sign-in, the walk, single looks at what it did not bring, and then
//! the batch, which is the app's own.

use std::collections::BTreeSet;

use super::{batch, save, sign_in, undo, walk};
use crate::core::batch::{Batch, Fate, Item, places_of};
use crate::core::effect::{Effect, GraphCall};
use crate::core::errand::{Errand, PATIENCE, Step, Task};
use crate::core::fault::{Fault, FaultKind};
use crate::core::listing::Walk;
use crate::core::model::Model;
use crate::core::msg::GraphReply;
use crate::core::pending::Pending;
use crate::core::place::Auth;
use crate::core::saves::{TRIES, pause};
use crate::core::session::{Key, Presence};
use crate::core::settings::Face;
use crate::core::store::{Deed, EntryId};
use crate::core::trees;

/// A server that cannot be reached is tried this often before anything is in the journal.
const OFFLINE_TRIES: u32 = 3;
/// Single looks at once.
const LOOKS_AT_ONCE: usize = 4;

/// The command line has said what it wants.
pub(super) fn asked(model: &mut Model, task: Task) {
    if let Task::Rename(rows) = &task {
        model.take_rows(rows);
    }
    model.errand = Some(Errand::new(task, model.now));
}

/// Whether the command line has the program to itself: nothing is read or looked at that it did not ask for.
pub(super) fn alone(model: &Model) -> bool {
    model.settings.face == Face::Errand
}

/// The wish to end. What is on its way is waited for; a second wish does not wait.
pub(super) fn stop(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(errand) = &mut model.errand else { return out.push(Effect::Exit) };
    if std::mem::replace(&mut errand.stopped, true) {
        out.push(Effect::Exit);
    }
}

/// What comes next, at the end of a step.
pub(super) fn follow(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(errand) = &model.errand else { return };
    match errand.step {
        Step::SigningIn => signed_in(model),
        Step::ToRead | Step::Reading | Step::Asking | Step::Running | Step::Over(_) => {}
    }
    let Some(errand) = &model.errand else { return };
    let (began, over) = (errand.step == Step::Running, matches!(errand.step, Step::Over(_)));
    if !over && !began && errand.stopped {
        walk::stop(model);
        return end(model, None, out);
    }
    if let Some(why) = signed_out(model).filter(|_| !over && flying(model) == 0) {
        return end(model, Some(why), out);
    }
    let Some(errand) = &model.errand else { return };
    match errand.step {
        Step::ToRead => read(model, out),
        Step::Asking => ask(model, out),
        Step::Running => run(model, out),
        Step::Over(_) => leave(model, out),
        Step::SigningIn | Step::Reading => {}
    }
}

/// Once it is known who is signed in, the rows are made under that account.
fn signed_in(model: &mut Model) {
    if model.here().who().is_none() {
        return;
    }
    let Some(task) = model.errand.as_ref().map(|errand| errand.task.clone()) else { return };
    let (mut items, mut barred) = (Vec::new(), Vec::new());
    match &task {
        Task::Rename(rows) => {
            for row in rows {
                let changed =
                    model.list.change(&row.key, |session| session.workspace = row.workspace.clone());
                let Some(session) = changed else { continue };
                items.push(Item {
                    key: row.key.clone(),
                    workspace: row.workspace.clone(),
                    from: session.name.clone(),
                    to: row.to.clone(),
                    deed: Deed::Rename,
                    look: false,
                    fate: Fate::Waiting,
                });
            }
        }
        Task::TakeBack(entries) => {
            for entry in entries {
                match undo::item(model, entry) {
                    Ok(item) => items.push(item),
                    Err(words) => {
                        let fault =
                            Fault::new(FaultKind::Refused, format!("Entry {}: {words}", entry.entry.0));
                        barred.push((entry.intent.key.clone(), fault));
                    }
                }
            }
        }
    }
    let never_seen = |item: &&Item| {
        model.list.get(&item.key).is_some_and(|session| session.seen.is_none() && session.name.is_none())
    };
    let unseen = match task {
        Task::Rename(_) => trees::set(items.iter().filter(never_seen).map(|item| item.key.clone())),
        Task::TakeBack(_) => BTreeSet::new(),
    };
    if let Some(errand) = &mut model.errand {
        errand.left_out.extend(barred);
        errand.unseen = unseen;
        errand.items = items;
        errand.step = Step::ToRead;
    }
}

/// Why nobody is signed in, once that is certain.
fn signed_out(model: &Model) -> Option<Fault> {
    match &model.here().auth {
        Auth::Checking { .. } | Auth::Asking { .. } | Auth::Waiting(_) | Auth::Away(_) | Auth::In(_) => None,
        Auth::Out { why: Some(why) } => Some(why.clone()),
        Auth::Unconfigured | Auth::Out { why: None } => {
            Some(Fault::new(FaultKind::SignedOut, "Not signed in. retitle login signs in."))
        }
    }
}

/// Requests to the server that are out.
fn flying(model: &Model) -> usize {
    model.saves.lively().filter(|(_, save)| save.phase.in_flight()).count()
}

fn read(model: &mut Model, out: &mut Vec<Effect>) {
    let closed = model.gate(&model.here().config.profile.clone());
    let Some(errand) = &mut model.errand else { return };
    if let Some(until) = closed {
        errand.not_before = errand.not_before.max(until);
    }
    if errand.not_before > model.now {
        return;
    }
    let places = places_of(errand.items.iter());
    if places.is_empty() {
        return end(model, None, out);
    }
    errand.step = Step::Reading;
    walk::read(model, places, out);
}

/// The walk is over, with what it found.
pub(super) fn names_read(model: &mut Model, found: &BTreeSet<Key>, out: &mut Vec<Effect>) {
    let Some(errand) = model.errand.as_mut().filter(|errand| errand.step == Step::Reading) else { return };
    if let Walk::Failed { fault, .. } = &model.list.walk
        && fault.may_pass()
    {
        let fault = fault.clone();
        errand.step = Step::ToRead;
        return once_more(model, fault, out);
    }
    errand.tries = 0;
    errand.found.clone_from(found);
    errand.to_ask = errand.unseen.iter().filter(|key| !found.contains(*key)).cloned().collect();
    errand.step = Step::Asking;
    ask(model, out);
}

/// A read failed, and another try may help; if not, nothing has been written anywhere.
fn once_more(model: &mut Model, fault: Fault, out: &mut Vec<Effect>) {
    let now = model.now;
    let profile = model.here().config.profile.clone();
    let Some(errand) = &mut model.errand else { return };
    // Several looks that one pause befell are one try.
    errand.tries += u32::from(errand.not_before <= now);
    let most = if fault.kind == FaultKind::Offline { OFFLINE_TRIES } else { TRIES };
    if errand.tries >= most {
        return end(model, Some(fault), out);
    }
    let at = now + pause(errand.tries, fault.retry_after(), EntryId(0));
    errand.not_before = errand.not_before.max(at);
    if matches!(fault.kind, FaultKind::Busy { .. }) {
        save::close_gate(model, &profile, at, out);
    }
}

/// Asks for the rows that nobody knows, and begins the batch once all of them are known.
fn ask(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(caller) = model.caller(&model.here().config.profile.clone()) else { return };
    let mut out_there = model.pending.values().filter(|p| matches!(p, Pending::Learn(_))).count();
    while let Some(errand) = model.errand.as_mut()
        && out_there < LOOKS_AT_ONCE
        && errand.not_before <= model.now
        && let Some(key) = errand.to_ask.pop_front()
    {
        let Some(workspace) = model.list.get(&key).map(|s| s.workspace.clone()) else { continue };
        let req = model.ask(Pending::Learn(key.clone()));
        out.push(Effect::Graph(req, caller.clone(), GraphCall::Get { key, workspace }));
        out_there += 1;
    }
    let Some(errand) = &mut model.errand else { return };
    if out_there > 0 || !errand.to_ask.is_empty() {
        return;
    }
    let (unseen, left_out) = (&errand.unseen, &errand.left_out);
    let mut items: Vec<Item> =
        errand.items.iter().filter(|item| !left_out.contains_key(&item.key)).cloned().collect();
    for item in &mut items {
        let unseen = unseen.contains(&item.key);
        if unseen {
            item.from = model.list.get(&item.key).and_then(|session| session.name.clone());
        }
        item.look = !unseen && !errand.found.contains(&item.key);
    }
    let typed = matches!(errand.task, Task::Rename(_));
    errand.moved = (model.now, 0);
    if items.is_empty() {
        return end(model, None, out);
    }
    errand.step = Step::Running;
    batch::begin_read(model, items, typed);
    // Where every row has its name already, nothing further comes in.
    batch::follow(model, out);
    run(model, out);
}

/// A row that was asked for on its own came, or did not.
pub(super) fn learnt(model: &mut Model, key: &Key, answer: Result<GraphReply, Fault>, out: &mut Vec<Effect>) {
    let now = model.now;
    let account = model.account_for(key).cloned();
    let fault = match answer.and_then(GraphReply::session) {
        Ok(entity) => {
            if let Some(account) = account {
                model.list.change(key, |session| session.absorb(&entity, &account, now));
            }
            if let Some(errand) = &mut model.errand {
                errand.tries = 0;
            }
            return;
        }
        Err(fault) => fault,
    };
    if fault.kind == FaultKind::SignedOut {
        return sign_in::signed_out(model, &key.profile, fault);
    }
    let Some(errand) = &mut model.errand else { return };
    if fault.may_pass() {
        errand.to_ask.push_back(key.clone());
        return once_more(model, fault, out);
    }
    if fault.kind == FaultKind::Unpermitted {
        return end(model, Some(fault), out);
    }
    let refused = fault.kind == FaultKind::Forbidden;
    errand.left_out.insert(key.clone(), fault);
    let presence = if refused { Presence::NoAccess } else { Presence::Gone };
    model.list.change(key, |session| session.presence = presence);
}

/// While the batch is on: its end, a wish to end it, and patience with a server that cannot be reached.
fn run(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(batch) = &model.batch else { return };
    let (runs, done) = (batch.runs(), batch.tally().done());
    let closed = model.gate(&model.here().config.profile.clone());
    let Some(errand) = &mut model.errand else { return };
    if !runs {
        return end(model, None, out);
    }
    if errand.moved.1 != done {
        errand.moved = (model.now, done);
    }
    if let Some(until) = closed {
        errand.moved.0 = errand.moved.0.max(until);
    }
    let (stopped, over) = (errand.stopped, errand.moved.0 + PATIENCE <= model.now);
    if stopped {
        batch::stop(model);
        batch::follow(model, out);
    }
    let writing = model.pending.values().any(|pending| *pending == Pending::CommitAll);
    let ended = !model.batch.as_ref().is_some_and(Batch::runs);
    if ended || (stopped || over) && !writing && flying(model) == 0 {
        end(model, None, out);
    }
}

fn end(model: &mut Model, why: Option<Fault>, out: &mut Vec<Effect>) {
    if let Some(errand) = &mut model.errand {
        errand.step = Step::Over(why);
    }
    leave(model, out);
}

/// The program ends once the disk has everything.
fn leave(model: &mut Model, out: &mut Vec<Effect>) {
    if !model.pending.values().any(Pending::writes_to_disk) && !out.contains(&Effect::Exit) {
        out.push(Effect::Exit);
    }
}

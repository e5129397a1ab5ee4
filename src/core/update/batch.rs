//! Running a bulk: one list walk, all of it into the journal, and then the saves like any others, a few at a time.

use std::time::Duration;

use super::{errand, rename, save, turns, walk};
use crate::core::batch::{Batch, Fate, Item, Stage};
use crate::core::effect::Effect;
use crate::core::fault::{Fault, FaultKind};
use crate::core::listing::{Listing, Walk};
use crate::core::model::{Mode, Model, Overlay, Recheck};
use crate::core::msg::ReqId;
use crate::core::notice::Notice;
use crate::core::pending::Pending;
use crate::core::saves::{Base, Phase, Save, Wish};
use crate::core::session::Key;
use crate::core::store::{Deed, EntryId, Intent, Outcome, StoreCall, StoreReply};

/// Begins a bulk. Nothing of it is sent before the walk has told that the names are what the plan was made for.
pub(super) fn begin(model: &mut Model, items: Vec<Item>, typed: bool, out: &mut Vec<Effect>) {
    if model.batch.as_ref().is_some_and(Batch::runs) {
        model.note("Another bulk is running; one at a time.");
        return;
    }
    set_up(model, items, typed);
    read_names(model, out);
}

/// Whether a row was found by a reading, so that it needs no look of its own.
pub(super) type Found<'a> = &'a dyn Fn(&Listing, &Key) -> bool;

/// Found by nothing.
const NOTHING: Found<'static> = &|_, _| false;

/// The same for rows whose names were read just now.
pub(super) fn begin_read(
    model: &mut Model,
    items: Vec<Item>,
    typed: bool,
    found: Found<'_>,
    out: &mut Vec<Effect>,
) {
    set_up(model, items, typed);
    names_read(model, found, out);
}

fn set_up(model: &mut Model, items: Vec<Item>, typed: bool) {
    let id = model.now.micros();
    model.batch = Some(Batch::new(id, typed, items));
    show(model);
}

/// Shows how it goes.
pub(super) fn show(model: &mut Model) {
    if model.batch.is_none() {
        model.note("No bulk has run yet. b begins one.");
    } else if !model.overlays.iter().any(|o| matches!(o, Overlay::Batch { .. })) {
        model.notice = None;
        model.overlays.push(Overlay::Batch { chosen: 0 });
    }
}

/// One walk over each workspace of the rows that are still to go.
fn read_names(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(batch) = &mut model.batch else { return };
    batch.stage = Stage::Reading;
    let places = batch.places(&Fate::Waiting);
    walk::read(model, places, out);
}

/// The walk is over, with what it found: what is still as planned goes into the journal, all of it at once.
pub(super) fn names_read(model: &mut Model, found: Found<'_>, out: &mut Vec<Effect>) {
    let Some(batch) = &mut model.batch else { return };
    if batch.stage != Stage::Reading {
        return;
    }
    let now = model.now;
    let mut intents = Vec::new();
    let mut there = Vec::new();
    for item in batch.items.iter_mut().filter(|item| item.fate == Fate::Waiting) {
        let Some(session) = model.list.get(&item.key) else {
            item.fate = failed("It is in the list no more.");
            continue;
        };
        if model.saves.get(&item.key).is_some_and(Save::open) {
            item.fate = failed("It was being saved on its own just then.");
            continue;
        }
        // Words of the person's own, typed since the plan was made. Those of an earlier failure are the plan's own.
        let editing = matches!(&model.mode, Mode::Rename(renaming) if renaming.key == item.key);
        let own = model.drafts.get(&item.key).is_some_and(|draft| draft.text != item.to.words());
        if item.deed == Deed::Rename && (editing || own) {
            item.fate = failed("Another name is being typed for it: save or empty that first.");
            continue;
        }
        if session.name.as_deref() == item.to.as_deref() {
            item.fate = Fate::Already;
            there.push((item.key.clone(), item.to.words().to_owned()));
            continue;
        }
        if session.name != item.from {
            item.fate = Fate::Changed(session.name.clone());
            continue;
        }
        item.look = !found(&model.list, &item.key);
        let Some(session) = model.list.change(&item.key, |session| session.opened = Some(now)) else {
            continue;
        };
        let account = model.places.get(&item.key.profile).and_then(|place| place.acting()).cloned();
        let intent = Intent {
            deed: item.deed,
            batch: Some(batch.id),
            key: item.key.clone(),
            workspace: item.workspace.clone(),
            from: item.from.clone(),
            to: item.to.clone(),
            account,
            host: model.settings.host.clone(),
            at: now,
        };
        intents.push((intent, session.clone()));
    }
    for (key, words) in there {
        if model.drafts.get(&key).is_some_and(|draft| draft.text == words) {
            rename::drop_draft(model, &key, out);
        }
    }
    if intents.is_empty() {
        return;
    }
    for (intent, _) in &intents {
        turns::replace(model, &intent.key);
    }
    let req = model.ask(Pending::CommitAll);
    if let Some(batch) = &mut model.batch {
        batch.stage = Stage::Writing(req);
    }
    out.push(Effect::Store(req, StoreCall::CommitAll(intents)));
}

/// The program ends. What was applied goes into the journal without the rest of the walk; each row is looked at on its
/// own before it is sent, now or by the next start.
pub(super) fn hurry(model: &mut Model, out: &mut Vec<Effect>) {
    names_read(model, NOTHING, out);
}

fn failed(words: &str) -> Fate {
    Fate::Failed(Fault::new(FaultKind::Refused, words))
}

/// The journal has it, or refused all of it.
pub(super) fn committed(model: &mut Model, req: ReqId, answer: Result<StoreReply, Fault>) {
    let now = model.now;
    let Some(batch) = &mut model.batch else { return };
    if batch.stage != Stage::Writing(req) {
        return;
    }
    batch.stage = Stage::Running { since: now, done: batch.tally().done() };
    let waiting = batch.items.iter_mut().enumerate().filter(|(_, item)| item.fate == Fate::Waiting);
    let entries = match answer.and_then(StoreReply::all_committed) {
        Ok(entries) => entries,
        Err(fault) => {
            let typed = batch.typed;
            let mut words = Vec::new();
            for (_, item) in waiting {
                item.fate = Fate::Failed(fault.clone());
                if typed && item.deed == Deed::Rename {
                    words.push((item.key.clone(), item.to.words().to_owned()));
                }
            }
            for (key, words) in words {
                rename::keep_in_memory(model, &key, words);
            }
            return;
        }
    };
    for ((at, item), (entry, turn)) in waiting.zip(entries) {
        // Named on its own while the journal was being written: the newer wish stands, there as here.
        if model.saves.get(&item.key).is_some_and(Save::open) {
            item.fate = Fate::Replaced;
            continue;
        }
        item.fate = Fate::Going;
        batch.going.insert(item.key.clone(), at);
        let phase = if turn {
            Phase::Ready { entry, look: item.look }
        } else {
            Phase::Elsewhere { entry, at: now + save::TURN }
        };
        let wish = Wish {
            to: item.to.clone(),
            from: item.from.clone(),
            workspace: item.workspace.clone(),
            account: model.places.get(&item.key.profile).and_then(|place| place.acting()).cloned(),
            resumed: false,
            asks: false,
            deed: item.deed,
        };
        let save = Save { wish, phase, next: None, tries: 0, ours: Vec::new(), base: Base::Settled };
        model.saves.insert(item.key.clone(), save);
        if model.drafts.get(&item.key).is_some_and(|draft| draft.text == item.to.words()) {
            model.drafts.remove(&item.key);
        }
    }
}

/// Takes down how each row fares whose save has changed, at the end of a step.
pub(super) fn follow(model: &mut Model, out: &mut Vec<Effect>) {
    let changed = model.saves.take_changed();
    let Some(batch) = &mut model.batch else { return };
    match batch.stage {
        Stage::Ended { .. } | Stage::Writing(_) => return,
        // A walk that was given up has told nothing: each row is looked at on its own.
        Stage::Reading if matches!(model.list.walk, Walk::Going(_)) => return,
        Stage::Reading => names_read(model, NOTHING, out),
        Stage::Running { .. } => {}
    }
    let Some(batch) = &mut model.batch else { return };
    let mut all_refused = None;
    for key in changed {
        let Some(item) = batch.going.get(&key).and_then(|at| batch.items.get_mut(*at)) else { continue };
        let Some(fate) = fate(item, model.saves.get(&key)) else { continue };
        if let Fate::Failed(fault) = &fate
            && fault.kind == FaultKind::Unpermitted
        {
            all_refused = Some(key.profile.clone());
        }
        item.fate = fate;
        batch.going.remove(&key);
    }
    if let Some(profile) = all_refused {
        // Every further request would meet the same.
        stop_where(model, |key| key.profile == profile, out);
    }
    end(model);
}

/// How a row has fared, by its save; `None` while that goes on.
fn fate(item: &Item, save: Option<&Save>) -> Option<Fate> {
    let Some(save) = save else { return Some(Fate::Stopped) };
    if save.wish.to != item.to {
        return Some(Fate::Replaced);
    }
    match &save.phase {
        Phase::Saved { .. } => Some(Fate::Saved),
        Phase::Failed { fault } => Some(if let FaultKind::Changed(change) = &fault.kind {
            Fate::Changed(change.theirs.clone())
        } else {
            Fate::Failed(fault.clone())
        }),
        Phase::Writing { .. }
        | Phase::Ready { .. }
        | Phase::Elsewhere { .. }
        | Phase::Looking { .. }
        | Phase::Sending { .. }
        | Phase::Retrying { .. } => None,
    }
}

fn end(model: &mut Model) {
    let now = model.now;
    let Some(batch) = model.batch.as_mut().filter(|batch| batch.going.is_empty()) else { return };
    let tally = batch.tally();
    if tally.ahead > 0 {
        return;
    }
    let took = match batch.stage {
        Stage::Running { since, .. } => now.since(since),
        Stage::Reading => Duration::ZERO,
        Stage::Writing(_) | Stage::Ended { .. } => return,
    };
    batch.stage = Stage::Ended { took };
    let places = batch.places(&Fate::Saved);
    if !places.is_empty() && !errand::alone(model) {
        model.rechecks.push_back((now + save::RECHECK, Recheck::Bulk(places)));
    }
    // Where it is on the screen it needs no message.
    if !model.overlays.iter().any(|o| matches!(o, Overlay::Batch { .. })) {
        let words = format!("Bulk done: {}. B shows each row, u takes it back.", tally.words());
        let bad = tally.failed + tally.changed > 0;
        model.notice = Some(if bad { Notice::bad(words) } else { Notice::good(now, words) });
    }
}

/// `x`: what is not on its way is not sent.
pub(super) fn stop(model: &mut Model, out: &mut Vec<Effect>) {
    stop_where(model, |_| true, out);
    follow(model, out);
}

fn stop_where(model: &mut Model, which: impl Fn(&Key) -> bool, out: &mut Vec<Effect>) {
    let now = model.now;
    let Some(batch) = &mut model.batch else { return };
    if let Stage::Writing(_) = batch.stage {
        model.note("It is being written to the journal; stop it in a moment.");
        return;
    }
    let typed = batch.typed;
    let mut entries = Vec::new();
    let mut words = Vec::new();
    for item in batch.items.iter_mut().filter(|item| which(&item.key)) {
        match item.fate {
            Fate::Waiting => item.fate = Fate::Stopped,
            Fate::Going => {
                if let Some(entry) = not_on_its_way(model.saves.get(&item.key), item) {
                    item.fate = Fate::Stopped;
                    batch.going.remove(&item.key);
                    model.saves.remove(&item.key);
                    if let Some(session) = model.list.get(&item.key) {
                        entries.push((entry, session.clone()));
                    }
                    if typed && item.deed == Deed::Rename {
                        words.push((item.key.clone(), item.to.words().to_owned()));
                    }
                }
            }
            Fate::Saved
            | Fate::Already
            | Fate::Changed(_)
            | Fate::Failed(_)
            | Fate::Stopped
            | Fate::Replaced => {}
        }
    }
    for (key, words) in words {
        save::keep_unless_typing(model, &key, words);
    }
    if !entries.is_empty() {
        let outcome = if typed { Outcome::Cancelled } else { Outcome::Stopped };
        let req = model.ask(Pending::Remember);
        out.push(Effect::Store(req, StoreCall::SettleAll { entries, outcome, at: now }));
    }
}

/// The entry of a save that waits, and that belongs to this row of the bulk.
fn not_on_its_way(save: Option<&Save>, item: &Item) -> Option<EntryId> {
    let save = save.filter(|save| save.next.is_none() && save.wish.to == item.to)?;
    match save.phase {
        Phase::Ready { entry, .. } | Phase::Retrying { entry, .. } | Phase::Elsewhere { entry, .. } => {
            Some(entry)
        }
        Phase::Writing { .. }
        | Phase::Looking { .. }
        | Phase::Sending { .. }
        | Phase::Failed { .. }
        | Phase::Saved { .. } => None,
    }
}

/// `!`: what failed or was stopped, once more, from the names that the server has now.
pub(super) fn again(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(batch) = &mut model.batch else { return };
    if batch.runs() {
        // The row that is selected behind this has no part in it.
        return super::again::hurry(model);
    }
    let mut any = false;
    for item in &mut batch.items {
        let once_more = match item.fate {
            Fate::Failed(_) | Fate::Stopped => true,
            Fate::Waiting | Fate::Going | Fate::Saved | Fate::Already | Fate::Changed(_) | Fate::Replaced => {
                false
            }
        };
        if once_more {
            item.fate = Fate::Waiting;
            any = true;
        }
    }
    if any {
        read_names(model, out);
    } else {
        model.note("Nothing failed.");
    }
}

/// Moves in the rows.
pub(super) fn step(model: &mut Model, rows: isize) {
    let last = model.batch.as_ref().map_or(0, |batch| batch.items.len()).saturating_sub(1);
    if let Some(Overlay::Batch { chosen }) = model.overlays.last_mut() {
        *chosen = chosen.saturating_add_signed(rows).min(last);
    }
}

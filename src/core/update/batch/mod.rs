//! Running a bulk: all of it into the journal, one list walk, and then the saves like any others, a few at a time.
//!
//! What goes through all of its rows goes through some of them at a time: a long bulk must not hold up a key.

mod fates;
mod rows;

use super::walk;
use crate::core::batch::{Batch, Fate, Item, Stage, Stop};
use crate::core::effect::Effect;
use crate::core::fault::Fault;
use crate::core::listing::Walk;
use crate::core::model::{Model, Overlay};
use crate::core::msg::ReqId;
use crate::core::session::Key;
use crate::core::store::StoreReply;

/// Begins a bulk. It is in the journal before anything is asked of the server, and nothing is sent before the server has
/// told that the names are what the plan was made for.
pub(super) fn begin(model: &mut Model, mut batch: Batch) {
    if model.batch.as_ref().is_some_and(Batch::runs) {
        model.note("Another bulk is running; one at a time.");
        return;
    }
    batch.id = model.now.micros();
    model.batch = Some(batch);
    show(model);
}

/// The same for rows whose names were read just now.
pub(super) fn begin_read(model: &mut Model, items: Vec<Item>, typed: bool) {
    let mut batch = Batch::new(typed, items);
    batch.read = true;
    begin(model, batch);
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

/// The journal has it, or refused all of it.
pub(super) fn committed(model: &mut Model, req: ReqId, answer: Result<StoreReply, Fault>) {
    let Some(batch) = model.batch.as_mut().filter(|batch| batch.stage == Stage::Writing(req)) else { return };
    match answer.and_then(StoreReply::all_committed) {
        Ok(entries) => {
            batch.entries = entries.into();
            batch.stage = Stage::Written { next: 0 };
        }
        Err(fault) => rows::refused(model, &fault),
    }
}

/// The walk is over.
pub(super) fn names_read(model: &mut Model, walk: u32) {
    if let Some(batch) = model.batch.as_mut().filter(|batch| batch.stage == Stage::Reading) {
        batch.stage = Stage::Comparing { next: 0, walk: Some(walk) };
    }
}

/// A person names a session: that is newer than what a bulk has for it and has not made a save of.
pub(super) fn named(model: &mut Model, key: &Key) {
    if let Some(batch) = &mut model.batch {
        batch.leave_out(key, rows::named_meanwhile());
    }
}

/// Goes on with it, and takes down how each row fares whose save has changed, at the end of a step.
pub(super) fn follow(model: &mut Model, out: &mut Vec<Effect>) {
    let changed = model.saves.take_changed();
    rows::prepare(model, out);
    rows::take_in(model, out);
    read_names(model, out);
    fates::take_down(model, &changed);
    // Before more is compared, which is of no use for what is not sent.
    fates::stop(model, out);
    rows::compare(model, out);
    fates::end(model);
    model.saves.place();
}

/// One walk over each workspace of the rows that go; or none where nothing can be read.
fn read_names(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(batch) = &mut model.batch else { return };
    if let Stage::Written { next } = batch.stage
        && next >= batch.prepared.len()
    {
        batch.prepared.clear();
        if std::mem::take(&mut batch.read) {
            return rows::run(model);
        }
        batch.stage = Stage::Reading;
        let places = std::mem::take(&mut batch.places);
        if batch.stop.is_none() && !batch.going.is_empty() && model.leaving.is_none() {
            walk::read(model, places, out);
        }
    }
    // The next start looks at each row.
    let Some(batch) = model.batch.as_mut().filter(|_| model.leaving.is_none()) else { return };
    // A walk that was given up has told nothing: each row is looked at on its own.
    if batch.stage == Stage::Reading && !matches!(model.list.walk, Walk::Going(_)) {
        batch.stage = Stage::Comparing { next: 0, walk: None };
    }
}

/// `x`: what is not on its way is not sent.
pub(super) fn stop(model: &mut Model) {
    let Some(batch) = model.batch.as_mut().filter(|batch| batch.runs()) else { return };
    if batch.stop.as_ref().is_none_or(|stop| !stop.only.is_empty()) {
        batch.stop = Some(Stop { next: 0, only: Vec::new() });
    }
    batch.stopped = true;
    if !batch.is_kept() {
        model.note("It stops as soon as the journal has it.");
    }
}

/// `!`: what failed or was stopped, once more, from the names that the server has now.
pub(super) fn again(model: &mut Model) {
    let Some(batch) = &mut model.batch else { return };
    if batch.runs() {
        // The row that is selected behind this has no part in it.
        return super::again::hurry(model);
    }
    let mut any = false;
    for at in 0..batch.items().len() {
        if let Some(Fate::Failed(_) | Fate::Stopped) = batch.items().get(at).map(|item| &item.fate) {
            batch.set(at, Fate::Waiting);
            any = true;
        }
    }
    if any {
        batch.stopped = false;
        batch.stage = Stage::Preparing { next: 0 };
    } else {
        model.note("Nothing failed.");
    }
}

/// Moves in the rows.
pub(super) fn step(model: &mut Model, rows: isize) {
    let last = model.batch.as_ref().map_or(0, |batch| batch.items().len()).saturating_sub(1);
    if let Some(Overlay::Batch { chosen }) = model.overlays.last_mut() {
        *chosen = chosen.saturating_add_signed(rows).min(last);
    }
}

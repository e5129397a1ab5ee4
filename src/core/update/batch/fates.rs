//! How the rows of a bulk fare, by their saves; that it stops, and that it is over.

use std::time::Duration;

use super::super::{errand, save};
use crate::core::batch::{Batch, Fate, Item, Stage, Stop};
use crate::core::effect::Effect;
use crate::core::fault::FaultKind;
use crate::core::model::{Model, Overlay, Recheck};
use crate::core::notice::Notice;
use crate::core::pending::Pending;
use crate::core::saves::{Phase, Save};
use crate::core::session::{Key, Session};
use crate::core::store::{EntryId, Outcome, StoreCall};

/// An entry, and its session as it is left.
pub(super) type Left = (EntryId, Session);

/// Takes down how the rows of these sessions fare.
pub(super) fn take_down(model: &mut Model, changed: &[Key]) {
    let Some(batch) = &mut model.batch else { return };
    let (mut refused, mut waits) = (Vec::new(), Vec::new());
    for key in changed {
        let Some(at) = batch.going.get(key).copied() else { continue };
        let Some(item) = batch.items().get(at).filter(|item| item.fate == Fate::Going) else { continue };
        let save = model.saves.get(key);
        let Some(fate) = fate(item, save) else {
            if batch.stopped && not_on_its_way(save, item).is_some() {
                waits.push(at);
            }
            continue;
        };
        if let Fate::Failed(fault) = &fate
            && fault.kind == FaultKind::Unpermitted
        {
            refused.push(key.profile.clone());
        }
        batch.set(at, fate);
    }
    if let Some(next) = waits.into_iter().min() {
        let next = batch.stop.take().map_or(next, |stop| stop.next.min(next));
        batch.stop = Some(Stop { next, only: Vec::new() });
    } else if !refused.is_empty() && !batch.stopped {
        // Every further request would meet the same.
        refused.extend(batch.stop.take().into_iter().flat_map(|stop| stop.only));
        batch.stop = Some(Stop { next: 0, only: refused });
    }
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
        | Phase::Held { .. }
        | Phase::Ready { .. }
        | Phase::Elsewhere { .. }
        | Phase::Looking { .. }
        | Phase::Sending { .. }
        | Phase::Retrying { .. } => None,
    }
}

/// What is not on its way is not sent, some rows of it.
pub(super) fn stop(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(batch) = model.batch.as_mut().filter(|batch| batch.is_stopping()) else { return };
    let Some(Stop { next, only }) = batch.stop.take() else { return };
    let all = batch.items().len();
    let end = next + model.portion(all - next);
    let Some(batch) = &mut model.batch else { return };
    let (mut made, mut typed) = (Vec::new(), Vec::new());
    let mut words = Vec::new();
    for at in next..end {
        let Some(item) = batch.items().get(at).filter(|item| item.fate == Fate::Going) else { continue };
        if !only.is_empty() && !only.contains(&item.key.profile) {
            continue;
        }
        let Some(entry) = not_on_its_way(model.saves.get(&item.key), item) else { continue };
        model.saves.remove(&item.key);
        let ends = model.list.get(&item.key).map(|session| (entry, session.clone()));
        if batch.is_typed(at) {
            typed.extend(ends);
            words.push((item.key.clone(), item.to.words().to_owned()));
        } else {
            made.extend(ends);
        }
        batch.set(at, Fate::Stopped);
    }
    if end < all {
        batch.stop = Some(Stop { next: end, only });
    }
    for (key, words) in words {
        save::keep_unless_typing(model, &key, words);
    }
    left_alone(model, made, typed, out);
}

/// Entries that ended without a request: what was made is nobody's, what was typed is a draft.
pub(super) fn left_alone(model: &mut Model, made: Vec<Left>, typed: Vec<Left>, out: &mut Vec<Effect>) {
    let at = model.now;
    for (entries, outcome) in [(made, Outcome::Stopped), (typed, Outcome::Cancelled)] {
        if !entries.is_empty() {
            let req = model.ask(Pending::Remember);
            out.push(Effect::Store(req, StoreCall::SettleAll { entries, outcome, at }));
        }
    }
}

/// The entry of a save that waits, and that belongs to this row of the bulk.
fn not_on_its_way(save: Option<&Save>, item: &Item) -> Option<EntryId> {
    let save = save.filter(|save| save.next.is_none() && save.wish.to == item.to)?;
    match save.phase {
        Phase::Held { entry }
        | Phase::Ready { entry, .. }
        | Phase::Retrying { entry, .. }
        | Phase::Elsewhere { entry, .. } => Some(entry),
        Phase::Writing { .. }
        | Phase::Looking { .. }
        | Phase::Sending { .. }
        | Phase::Failed { .. }
        | Phase::Saved { .. } => None,
    }
}

/// Whether it is over, and what is to be said of it then.
pub(super) fn end(model: &mut Model) {
    let now = model.now;
    let over = |batch: &&mut Batch| batch.is_kept() && batch.tally().ahead == 0;
    let Some(batch) = model.batch.as_mut().filter(over) else { return };
    let took = match batch.stage {
        Stage::Running { since, .. } => now.since(since),
        Stage::Reading | Stage::Comparing { .. } => Duration::ZERO,
        Stage::Preparing { .. } | Stage::Writing(_) | Stage::Written { .. } | Stage::Ended { .. } => return,
    };
    batch.stage = Stage::Ended { took };
    batch.stop = None;
    let tally = batch.tally();
    let places = std::mem::take(&mut batch.renamed_in);
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

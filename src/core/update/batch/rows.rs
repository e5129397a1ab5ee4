//! The rows of a bulk on their way from the plan to their saves: into the journal, and past what the walk has told.

use super::super::{rename, save, turns};
use super::fates::{self, Left};
use crate::core::batch::{Fate, Item, Prepared, Stage};
use crate::core::effect::Effect;
use crate::core::fault::{Fault, FaultKind};
use crate::core::model::{Mode, Model};
use crate::core::pending::Pending;
use crate::core::saves::{Phase, Save, Wish};
use crate::core::session::{Key, Session};
use crate::core::store::{Deed, Intent, StoreCall};

const TYPED_MEANWHILE: &str = "Another name is being typed for it: save or empty that first.";

/// What becomes of a row that a person has named while the bulk was gathered.
pub(super) fn named_meanwhile() -> Fate {
    failed("It was being saved on its own just then.")
}

fn failed(words: &str) -> Fate {
    Fate::Failed(Fault::new(FaultKind::Refused, words))
}

/// Gathers what goes into the journal, some rows of it; and then writes it, all of it at once.
pub(super) fn prepare(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(batch) = &mut model.batch else { return };
    let Stage::Preparing { next } = batch.stage else { return };
    let all = batch.items().len();
    if next == 0 {
        batch.intents = Vec::with_capacity(batch.tally().ahead);
        batch.prepared = Vec::with_capacity(batch.tally().ahead);
        batch.places.clear();
        batch.drafted.clear();
    }
    let end = next + model.portion(all - next);
    for at in next..end {
        prepare_one(model, at, out);
    }
    let Some(batch) = &mut model.batch else { return };
    batch.stage = Stage::Preparing { next: end };
    if end == all {
        write(model, out);
    }
}

fn prepare_one(model: &mut Model, at: usize, out: &mut Vec<Effect>) {
    let Some(batch) = &model.batch else { return };
    let (id, read) = (batch.id, batch.read);
    let Some(item) = batch.items().get(at).filter(|item| item.fate == Fate::Waiting).cloned() else { return };
    let fate = match model.list.get(&item.key) {
        None => Some(failed("It is in the list no more.")),
        Some(_) if model.saves.get(&item.key).is_some_and(Save::open) => Some(named_meanwhile()),
        Some(_) if has_own_words(model, &item) => Some(failed(TYPED_MEANWHILE)),
        // What the list has may be old: what the server has is asked next.
        Some(session) => told(session, &item).filter(|_| read),
    };
    if let Some(fate) = fate {
        let already = fate == Fate::Already;
        set(model, at, fate);
        if already && model.drafts.get(&item.key).is_some_and(|draft| draft.text == item.to.words()) {
            rename::drop_draft(model, &item.key, out);
        }
        return;
    }
    let now = model.now;
    let account = model.places.get(&item.key.profile).and_then(|place| place.acting()).cloned();
    let Some(session) = model.list.change(&item.key, |session| session.opened = Some(now)) else { return };
    let (session, host) = (session.clone(), model.settings.host.clone());
    let Item { key, workspace, from, to, deed, .. } = item;
    let intent = Intent { deed, batch: Some(id), key, workspace, from, to, account, host, at: now };
    let drafted = model.drafts.contains_key(&intent.key);
    if let Some(batch) = &mut model.batch {
        batch.prepare(at, intent, session);
        if drafted {
            batch.drafted.push(at);
        }
    }
}

fn set(model: &mut Model, at: usize, fate: Fate) {
    if let Some(batch) = &mut model.batch {
        batch.set(at, fate);
    }
}

/// Words of the person's own, typed since the plan was made. Those of an earlier failure are the plan's own.
fn has_own_words(model: &Model, item: &Item) -> bool {
    let editing = matches!(&model.mode, Mode::Rename(renaming) if renaming.key == item.key);
    let own = || model.drafts.get(&item.key).is_some_and(|draft| draft.text != item.to.words());
    item.deed == Deed::Rename && (editing || own())
}

/// What the name that the server has means for a row; nothing where it is the one that the plan was made for.
fn told(session: &Session, item: &Item) -> Option<Fate> {
    if session.name.as_deref() == item.to.as_deref() {
        return Some(Fate::Already);
    }
    (session.name != item.from).then(|| Fate::Changed(session.name.clone()))
}

fn write(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(batch) = &model.batch else { return };
    // While the others were gathered a person may have begun to type for some of them.
    let mut typed: Vec<Key> = model.drafts.keys().cloned().collect();
    if let Mode::Rename(renaming) = &model.mode {
        typed.push(renaming.key.clone());
    }
    let typed =
        typed.into_iter().filter(|key| batch.item_of(key).is_some_and(|item| has_own_words(model, item)));
    let typed: Vec<Key> = typed.collect();
    let Some(batch) = &mut model.batch else { return };
    for key in typed {
        batch.leave_out(&key, failed(TYPED_MEANWHILE));
    }
    let intents = std::mem::take(&mut batch.intents);
    if intents.is_empty() {
        return run(model);
    }
    if !model.unread.is_empty() {
        for (intent, _) in &intents {
            turns::replace(model, &intent.key);
        }
    }
    let req = model.ask(Pending::CommitAll);
    if let Some(batch) = &mut model.batch {
        batch.stage = Stage::Writing(req);
    }
    out.push(Effect::Store(req, StoreCall::CommitAll(intents)));
}

/// The journal refused all of it.
pub(super) fn refused(model: &mut Model, fault: &Fault) {
    let Some(batch) = &mut model.batch else { return };
    let mut words = Vec::new();
    for Prepared { at, .. } in std::mem::take(&mut batch.prepared) {
        let Some(item) = batch.items().get(at).filter(|item| item.fate == Fate::Waiting) else { continue };
        if batch.is_typed(at) {
            words.push((item.key.clone(), item.to.words().to_owned()));
        }
        batch.set(at, Fate::Failed(fault.clone()));
    }
    batch.stop = None;
    for (key, words) in words {
        rename::keep_in_memory(model, &key, words);
    }
    run(model);
}

/// What the journal has is a save from now on, some rows of it.
pub(super) fn take_in(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(batch) = &model.batch else { return };
    let Stage::Written { next } = batch.stage else { return };
    let left = batch.prepared.len().saturating_sub(next);
    let end = next + model.portion(left);
    for n in next..end {
        take_in_one(model, n, out);
    }
    if let Some(batch) = &mut model.batch {
        batch.stage = Stage::Written { next: end };
    }
}

fn take_in_one(model: &mut Model, n: usize, out: &mut Vec<Effect>) {
    let now = model.now;
    let Some(batch) = &mut model.batch else { return };
    let Some(Prepared { at, account }) = batch.prepared.get_mut(n) else { return };
    // Given away one by one, so that none is left to be let go of at the end.
    let (at, account) = (*at, account.take());
    let Some((entry, turn)) = batch.entries.pop_front() else { return };
    let Some(item) = batch.items().get(at).cloned() else { return };
    if item.fate != Fate::Waiting {
        // A newer wish stands, here and in the journal, also where the disk has refused it or another copy was busy.
        return save::settle_replaced(model, &item.key, entry, out);
    }
    match model.saves.get(&item.key).filter(|save| save.open()) {
        // Another copy has let go of it, and it was found in the library.
        Some(save) if save.phase.entry() == Some(entry) => return batch.set(at, Fate::Going),
        Some(_) => return batch.set(at, Fate::Replaced),
        None => batch.set(at, Fate::Going),
    }
    let phase = match turn {
        false => Phase::Elsewhere { entry, at: now + save::TURN },
        true if batch.read => Phase::Ready { entry, look: item.look },
        true => Phase::Held { entry },
    };
    if model.drafts.get(&item.key).is_some_and(|draft| draft.text == item.to.words()) {
        model.drafts.remove(&item.key);
    }
    let Item { key, workspace, from, to, deed, .. } = item;
    let wish = Wish { to, from, workspace, account, resumed: false, asks: false, deed };
    model.saves.insert(key, Save::new(wish, phase));
}

/// Names that turned out to be no matter of ours: which entries end, and how.
#[derive(Default)]
struct Dropped {
    /// Their words are nobody's.
    made: Vec<Left>,
    /// Their words were typed, and are kept as drafts.
    typed: Vec<Left>,
}

/// What is still as planned may be sent, and the rest is left alone; some rows of it.
pub(super) fn compare(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(batch) = &model.batch else { return };
    let Stage::Comparing { next, walk } = batch.stage else { return };
    let all = batch.items().len();
    let end = next + model.portion(all - next);
    let mut dropped = Dropped::default();
    for at in next..end {
        compare_one(model, at, walk, &mut dropped);
    }
    fates::left_alone(model, dropped.made, dropped.typed, out);
    if end == all {
        run(model);
    } else if let Some(batch) = &mut model.batch {
        batch.stage = Stage::Comparing { next: end, walk };
    }
}

/// From now on its rows are sent.
pub(super) fn run(model: &mut Model) {
    if let Some(batch) = &mut model.batch {
        batch.stage = Stage::Running { since: model.now, done: batch.tally().done() };
    }
}

fn compare_one(model: &mut Model, at: usize, walk: Option<u32>, dropped: &mut Dropped) {
    let Some(batch) = &model.batch else { return };
    let Some(item) = batch.items().get(at).filter(|item| item.fate == Fate::Going) else { return };
    let Some(save) = model.saves.get(&item.key) else { return };
    let Phase::Held { entry } = save.phase else { return };
    if save.next.is_some() {
        // Named on its own since, which comes to nothing only where the disk refuses it.
        let key = item.key.clone();
        return release(model, &key, Phase::Ready { entry, look: true });
    }
    let session = model.list.get(&item.key);
    let fate = match session {
        Some(_) if has_own_words(model, item) => Some(failed(TYPED_MEANWHILE)),
        Some(session) if walk.is_some_and(|walk| model.list.was_brought(&item.key, walk)) => {
            told(session, item)
        }
        // What no walk has read is looked at on its own before it is sent.
        Some(_) | None => {
            let (key, phase) = (item.key.clone(), Phase::Ready { entry, look: true });
            return release(model, &key, phase);
        }
    };
    let key = item.key.clone();
    let Some((fate, session)) = fate.zip(session.cloned()) else {
        return release(model, &key, Phase::Ready { entry, look: false });
    };
    let words = item.to.words().to_owned();
    if batch.is_typed(at) && fate != Fate::Already {
        dropped.typed.push((entry, session));
        save::keep_unless_typing(model, &key, words);
    } else {
        dropped.made.push((entry, session));
    }
    model.saves.remove(&key);
    set(model, at, fate);
}

fn release(model: &mut Model, key: &Key, phase: Phase) {
    if let Some(save) = model.saves.get_mut(key) {
        save.phase = phase;
    }
}

//! Taking renames back, and the history that shows them.

use super::save::{self, Order};
use super::{batch, list};
use crate::core::batch::{Batch, Fate, Item};
use crate::core::effect::Effect;
use crate::core::fault::Fault;
use crate::core::line::LineEdit;
use crate::core::model::{History, Model, Overlay};
use crate::core::pending::Pending;
use crate::core::saves::{Base, Save};
use crate::core::session::{Profile, Session, UNTITLED};
use crate::core::store::{Deed, Entry, EntryState, Newest, Outcome, StoreCall, StoreReply};
use crate::core::title::NewName;

/// So many entries are shown; the command line has all of them.
const MOST: u32 = 2_000;

/// `u` and `U`.
pub(super) fn find(model: &mut Model, what: Newest, out: &mut Vec<Effect>) {
    let profiles = writable(model);
    if profiles.is_empty() {
        model.note("Read-only: this profile never renames.");
        return;
    }
    let host = model.settings.host.clone();
    let req = model.ask(Pending::Find(what));
    out.push(Effect::Store(req, StoreCall::Find { profiles, host, what }));
}

/// The profiles that the list shows and that take writes.
fn writable(model: &Model) -> Vec<Profile> {
    let places = model.shown_places().filter(|place| !place.config.read_only);
    places.map(|place| place.config.profile.clone()).collect()
}

/// The library has found what there is to take back.
pub(super) fn found(
    model: &mut Model,
    what: Newest,
    answer: Result<StoreReply, Fault>,
    out: &mut Vec<Effect>,
) {
    let entries = match answer.and_then(StoreReply::entries) {
        Ok(entries) => entries,
        Err(fault) => {
            model.complain(fault.say);
            return;
        }
    };
    if entries.is_empty() {
        let words = match what {
            Newest::ToUndo => "There is nothing to take back.",
            Newest::ToRedo => "There is nothing to do again.",
            Newest::OfBatch(_) | Newest::Batch => "All of it has been taken back already.",
        };
        model.note(words);
        return;
    }
    take_back(model, &entries, out);
}

/// A rename to the name before, of each entry; sent only if the server still has the name that the entry left there.
fn take_back(model: &mut Model, entries: &[Entry], out: &mut Vec<Effect>) {
    let [entry] = entries else { return take_all_back(model, entries) };
    match order(model, entry) {
        Ok(order) => {
            let key = order.key.clone();
            save::order_save(model, order, out);
            list::go(model, &key);
            let back = entry.intent.from.as_deref();
            let back = back.map_or_else(|| UNTITLED.to_owned(), |name| format!("“{name}”"));
            let undone = matches!(entry.intent.deed, Deed::Undo(_));
            let verb = if undone { "Doing it again:" } else { "Taking it back to" };
            model.note(format!("{verb} {back}"));
        }
        Err(words) => model.complain(words),
    }
}

/// A bulk is taken back as one, the way it was done.
fn take_all_back(model: &mut Model, entries: &[Entry]) {
    let mut items = Vec::new();
    let mut barred = Vec::new();
    for entry in entries {
        match item(model, entry) {
            Ok(item) => items.push(item),
            Err(words) => barred.push(words),
        }
    }
    if let Some(words) = barred.first() {
        model.complain(format!("{} of {} stay: {words}", barred.len(), entries.len()));
    }
    if !items.is_empty() {
        batch::begin(model, Batch::new(false, items));
    }
}

/// A row of a batch that takes an entry back.
pub(super) fn item(model: &mut Model, entry: &Entry) -> Result<Item, String> {
    let Order { key, to, from, deed, .. } = order(model, entry)?;
    let workspace = entry.intent.workspace.clone();
    Ok(Item { key, workspace, from, to, deed, look: true, fate: Fate::Waiting })
}

fn order(model: &mut Model, entry: &Entry) -> Result<Order, String> {
    let Entry { entry: number, intent, state, .. } = entry;
    let EntryState::Ended(Outcome::Saved { stored, .. }, _) = state else {
        return Err("Only what was saved can be taken back.".into());
    };
    let ours = save::acting_account(model, &intent.key.profile);
    if intent.account.is_some() && intent.account != ours {
        return Err("That was done under another account, which alone can take it back.".into());
    }
    if model.saves.get(&intent.key).is_some_and(Save::open) {
        return Err("That row is being saved; take it back when it is done.".into());
    }
    if model.list.get(&intent.key).is_none() {
        model.list.put(Session {
            name: stored.clone(),
            opened: Some(model.now),
            ours: stored.clone(),
            account: intent.account.clone(),
            ..Session::unseen(intent.key.clone(), intent.workspace.clone(), intent.host.clone())
        });
    }
    Ok(Order {
        key: intent.key.clone(),
        to: NewName::restored(intent.from.clone()),
        from: stored.clone(),
        deed: match intent.deed {
            Deed::Rename | Deed::Redo(_) => Deed::Undo(*number),
            Deed::Undo(_) => Deed::Redo(*number),
        },
        batch: None,
        look: true,
        base: Base::Settled,
    })
}

/// `H`.
pub(super) fn open_history(model: &mut Model, out: &mut Vec<Effect>) {
    let filter = LineEdit::new("");
    model.overlays.push(Overlay::History(History { entries: None, filter, filtering: false, chosen: 0 }));
    read(model, out);
}

fn read(model: &mut Model, out: &mut Vec<Effect>) {
    let (profiles, host) = (model.profiles(), model.settings.host.clone());
    let req = model.ask(Pending::History);
    out.push(Effect::Store(req, StoreCall::History { profiles, host, most: MOST }));
}

/// The history was read.
pub(super) fn came(model: &mut Model, answer: Result<StoreReply, Fault>) {
    match answer.and_then(StoreReply::entries) {
        Ok(entries) => {
            if let Some(history) = history(model) {
                history.entries = Some(entries);
                history.step(0);
            }
        }
        Err(fault) => model.complain(fault.say),
    }
}

/// The history, if it is the topmost overlay.
pub(super) fn history(model: &mut Model) -> Option<&mut History> {
    if let Some(Overlay::History(history)) = model.overlays.last_mut() { Some(history) } else { None }
}

/// Moves in the history.
pub(super) fn step(model: &mut Model, rows: isize) {
    if let Some(history) = history(model) {
        history.step(rows);
    }
}

/// `u` in the history: the selected entry alone.
pub(super) fn take_chosen(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(entry) = history(model).and_then(|h| h.chosen_entry().cloned()) else { return };
    if model.read_only(&entry.intent.key) {
        model.note("Read-only: this profile never renames.");
        return;
    }
    if entry.undone {
        model.note("That has been taken back already.");
        return;
    }
    model.overlays.pop();
    take_back(model, &[entry], out);
}

impl History {
    /// The entries that match the filter, newest first.
    pub fn matching(&self) -> impl Iterator<Item = &Entry> {
        let needle = self.filter.text().trim().to_lowercase();
        self.entries.iter().flatten().filter(move |e| {
            let names = [e.intent.from.as_deref(), e.intent.to.as_deref()];
            needle.is_empty()
                || names.into_iter().flatten().any(|name| name.to_lowercase().contains(&needle))
                || e.intent.key.id.as_str().to_lowercase().starts_with(&needle)
        })
    }

    /// The selected entry.
    pub fn chosen_entry(&self) -> Option<&Entry> {
        self.matching().nth(self.chosen)
    }

    fn step(&mut self, rows: isize) {
        let last = self.matching().count().saturating_sub(1);
        self.chosen = self.chosen.saturating_add_signed(rows).min(last);
    }

    /// Another filter text.
    pub(super) fn refiltered(&mut self) {
        self.chosen = 0;
    }
}

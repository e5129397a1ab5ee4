//! A person's word on a save: again, not at all, or our name once more.

use super::save::{Order, commit, keep_unless_typing, order_save, settle};
use crate::core::effect::Effect;
use crate::core::model::Model;
use crate::core::saves::{Base, Phase, Save, Wish};
use crate::core::session::{Key, Session};
use crate::core::store::{Deed, Outcome};
use crate::core::title::{NewName, Title};

/// Everything that waits for a retry goes now.
pub(super) fn hurry(model: &mut Model) {
    let now = model.now;
    let chosen =
        model.chosen().map_or_else(|| model.here().config.profile.clone(), |s| s.key.profile.clone());
    if let Some(tenant) = model.places.get(&chosen).and_then(|p| p.who()).map(|w| w.tenant.clone()) {
        model.gates.remove(&tenant);
    }
    let retries = |_: &Key, save: &Save| matches!(save.phase, Phase::Retrying { .. });
    model.saves.change_where(retries, |_, save| {
        if let Phase::Retrying { at, .. } = &mut save.phase {
            *at = now;
        }
    });
}

/// `!`: everything that waits for a retry goes now, and the selected row's refused words are committed again.
pub(super) fn retry(model: &mut Model, out: &mut Vec<Effect>) {
    hurry(model);
    let Some(key) = model.chosen().map(|s| s.key.clone()) else { return };
    if let Some(save) = model.saves.get_mut(&key)
        && save.wish.asks
    {
        save.wish.asks = false;
        return;
    }
    let ended_badly = matches!(model.saves.get(&key).map(|s| &s.phase), Some(Phase::Failed { .. }));
    if !ended_badly {
        return restore(model, &key, out);
    }
    if let Some(order) = model.saves.get(&key).and_then(|s| taken_back_again(model, &key, &s.wish)) {
        return order_save(model, order, out);
    }
    let words = model.drafts.get(&key).map(|d| d.text.clone()).unwrap_or_default();
    match Title::parse(&words) {
        Ok(title) => commit(model, &key, title, Base::Settled, out),
        Err(error) => model.complain(error.to_string()),
    }
}

/// An undo or redo that failed, once more, from the name that the server has now.
pub(super) fn taken_back_again(model: &Model, key: &Key, wish: &Wish) -> Option<Order> {
    let from = model.list.get(key)?.name.clone();
    let Wish { deed, to, .. } = wish.clone();
    (deed != Deed::Rename).then(|| Order {
        key: key.clone(),
        to,
        from,
        deed,
        batch: None,
        look: true,
        base: Base::Settled,
    })
}

/// Our name again, where it drifted.
fn restore(model: &mut Model, key: &Key, out: &mut Vec<Effect>) {
    let Some(session) = model.list.get(key).filter(|s| s.drifted()) else { return };
    if model.drafts.contains_key(key) || model.read_only(key) || model.saves.get(key).is_some_and(Save::open)
    {
        return;
    }
    let (to, from) = (NewName::restored(session.ours.clone()), session.name.clone());
    let (deed, base) = (Deed::Rename, Base::Settled);
    order_save(model, Order { key: key.clone(), to, from, deed, batch: None, look: true, base }, out);
}

/// `x`: what waits in the selected row is not sent; the words stay as a draft.
pub(super) fn cancel(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(key) = model.chosen().map(|s| s.key.clone()) else { return };
    let Some(save) = model.saves.get(&key).filter(|s| s.open()) else {
        if model.list.get(&key).is_some_and(Session::drifted) {
            // Their name is all right.
            return super::conflict::no_longer_ours(model, &key, out);
        }
        model.note("Nothing waits in this row.");
        return;
    };
    let waiting = match save.phase {
        Phase::Held { entry } | Phase::Ready { entry, .. } | Phase::Retrying { entry, .. }
            if save.next.is_none() =>
        {
            Some(entry)
        }
        Phase::Held { .. }
        | Phase::Ready { .. }
        | Phase::Elsewhere { .. }
        | Phase::Retrying { .. }
        | Phase::Writing { .. }
        | Phase::Looking { .. }
        | Phase::Sending { .. }
        | Phase::Failed { .. }
        | Phase::Saved { .. } => None,
    };
    let Some(entry) = waiting else {
        model.note("It is on its way already.");
        return;
    };
    let words = save.wish.to.words().to_owned();
    model.saves.remove(&key);
    keep_unless_typing(model, &key, words);
    settle(model, &key, entry, Outcome::Cancelled, out);
    model.note("Cancelled. The words are kept as a draft.");
}

/// A failure whose words are gone has nothing left to say.
pub(super) fn forget_ended(model: &mut Model, key: &Key) {
    if model.saves.get(key).is_some_and(|s| !s.open()) {
        model.saves.remove(key);
    }
}

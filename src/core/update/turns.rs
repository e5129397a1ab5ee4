//! What other runs and other copies have left, and what time makes due.

use std::time::Duration;

use super::save::{SAVED_SHOWN, TURN, keep_unless_typing, promote, settle_replaced};
use super::{reload, walk};
use crate::core::effect::Effect;
use crate::core::fault::{Fault, FaultKind};
use crate::core::model::{Model, Recheck};
use crate::core::pending::Pending;
use crate::core::saves::{Base, Next, Phase, Save, Wish};
use crate::core::session::{Account, Key, Profile, Session};
use crate::core::store::{Intent, Outcome, StoreCall, StoreReply, Turn, Unsettled};

/// An entry that waited longer than this is not sent without a person's word: much may have happened since.
const STALE: Duration = Duration::from_secs(24 * 3600);

/// Takes over what the journal holds without an outcome: it was on its way when the program ended.
pub(in crate::core) fn resume(model: &mut Model, unsettled: Vec<Unsettled>, out: &mut Vec<Effect>) {
    let now = model.now;
    for Unsettled { entry, intent, earlier } in unsettled {
        let key = intent.key.clone();
        if replaces(model, &key) {
            continue;
        }
        if model.list.get(&key).is_none() {
            model.list.put(row_of(&intent));
        }
        let wish = Wish {
            to: intent.to,
            from: intent.from,
            workspace: intent.workspace,
            account: intent.account,
            resumed: true,
            asks: now.since(intent.at) > STALE,
            deed: intent.deed,
        };
        let mut save = Save { ours: earlier, ..Save::new(wish, Phase::Ready { entry, look: true }) };
        match model.saves.get_mut(&key) {
            // Another copy's newer wish waits for ours, like one of our own would.
            Some(older) if older.phase.in_flight() => {
                if older.next.is_none() {
                    older.next = Some(Next { wish: save.wish, entry: Ok(entry), look: true });
                }
                continue;
            }
            Some(older) => {
                save.ours.push(older.wish.to.words().to_owned());
                if let Some(entry) = older.phase.entry() {
                    settle_replaced(model, &key, entry, out);
                }
            }
            None => {}
        }
        model.saves.insert(key, save);
    }
}

/// Whether a name of this session is being written to the journal. The library carries out one call after the other, so
/// what it read before is older, and has been replaced by the time that it is heard of.
pub(super) fn replaces(model: &Model, key: &Key) -> bool {
    let writing = |pending: &Pending| matches!(pending, Pending::Commit(of) if of == key);
    model.pending.values().any(writing) || model.batch.as_ref().is_some_and(|batch| batch.writes(key))
}

/// A newer name of this session goes into the journal, which ends an older one that is not taken up yet.
pub(super) fn replace(model: &mut Model, key: &Key) {
    model.unread.retain(|old| old.intent.key != *key);
}

fn row_of(intent: &Intent) -> Session {
    Session {
        name: intent.from.clone(),
        opened: Some(intent.at),
        account: intent.account.clone(),
        ..Session::unseen(intent.key.clone(), intent.workspace.clone(), intent.host.clone())
    }
}

/// Another copy's turn has passed, or has not.
pub(super) fn turned(model: &mut Model, key: &Key, answer: Result<StoreReply, Fault>, out: &mut Vec<Effect>) {
    let now = model.now;
    let Some(save) = model.saves.get_mut(key) else { return };
    let Phase::Elsewhere { entry, .. } = save.phase else { return };
    match answer {
        Ok(StoreReply::Turn(Turn::Yours { earlier })) => {
            save.ours.extend(earlier);
            save.phase = Phase::Ready { entry, look: true };
        }
        Ok(StoreReply::Turn(Turn::Ended(Outcome::Saved { .. }))) => {
            save.phase = Phase::Saved { until: now + SAVED_SHOWN };
            reload::ask(model, out);
        }
        Ok(StoreReply::Turn(Turn::Ended(Outcome::Failed { why, request_id }))) => {
            let fault = Fault::new(FaultKind::Refused, why).with_request_id(request_id);
            let words = save.wish.to.words().to_owned();
            save.phase = Phase::Failed { fault };
            keep_unless_typing(model, key, words);
        }
        Ok(StoreReply::Turn(
            Turn::Ended(Outcome::Cancelled | Outcome::Stopped | Outcome::Replaced) | Turn::Gone,
        )) => {
            model.saves.remove(key);
            reload::ask(model, out);
        }
        Ok(
            StoreReply::Turn(Turn::NotYet)
            | StoreReply::Done
            | StoreReply::AllCommitted(_)
            | StoreReply::Loaded(_)
            | StoreReply::Entries(_)
            | StoreReply::Committed { .. },
        ) => {}
        Err(fault) => model.complain(fault.say),
    }
    promote(model, key, out);
}

/// Pauses that are over, turns to be asked for, and names to be looked at once more.
pub(super) fn due(model: &mut Model, out: &mut Vec<Effect>) {
    model.saves.place();
    let now = model.now;
    let mut turns = Vec::new();
    let is_due = |save: &Save| {
        matches!(save.base, Base::Asked { until, .. } if until <= now)
            || matches!(save.phase, Phase::Elsewhere { at, .. } | Phase::Retrying { at, .. } if at <= now)
    };
    let due: Vec<Key> =
        model.saves.lively().filter(|(_, save)| is_due(save)).map(|(key, _)| key.clone()).collect();
    for key in due {
        let Some(save) = model.saves.get_mut(&key) else { continue };
        if matches!(save.base, Base::Asked { until, .. } if until <= now) {
            save.base = Base::Settled;
        }
        match &mut save.phase {
            Phase::Elsewhere { entry, at } if *at <= now => {
                *at = now + TURN;
                turns.push((key, *entry));
            }
            Phase::Retrying { entry, at, .. } if *at <= now => {
                save.phase = Phase::Ready { entry: *entry, look: true };
            }
            Phase::Writing { .. }
            | Phase::Held { .. }
            | Phase::Ready { .. }
            | Phase::Elsewhere { .. }
            | Phase::Looking { .. }
            | Phase::Sending { .. }
            | Phase::Retrying { .. }
            | Phase::Failed { .. }
            | Phase::Saved { .. } => {}
        }
    }
    for (key, entry) in turns {
        let req = model.ask(Pending::Claim(key));
        out.push(Effect::Store(req, StoreCall::Claim(entry)));
    }
    while model.rechecks.front().is_some_and(|(at, _)| *at <= now) {
        match model.rechecks.pop_front() {
            Some((_, Recheck::Row(key)))
                if !model.saves.get(&key).is_some_and(Save::open) && model.account_for(&key).is_some() =>
            {
                model.list.looks.push_back(key);
            }
            Some((_, Recheck::Bulk(places))) => walk::take_along(model, places, out),
            Some((_, Recheck::Row(_))) | None => {}
        }
    }
}

/// What was typed in this run before anybody had signed in belongs to whoever does.
pub(super) fn adopt(model: &mut Model, profile: &Profile, account: &Account) {
    let own = |key: &Key, _: &Save| key.profile == *profile;
    model.saves.change_where(own, |_, save| {
        for wish in [Some(&mut save.wish), save.next.as_mut().map(|n| &mut n.wish)].into_iter().flatten() {
            if wish.account.is_none() && !wish.resumed {
                wish.account = Some(account.clone());
            }
        }
    });
}

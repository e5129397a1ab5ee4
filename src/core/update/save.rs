//! The life of a committed name: journal, turn, look, PATCH, answer.

use std::collections::BTreeSet;
use std::time::Duration;

use super::{batch, conflict, errand, many, rename, sign_in, turns};
use crate::core::batch::Batch;
use crate::core::effect::{Caller, Effect, GraphCall, MOST_IN_BATCH};
use crate::core::fault::{Fault, FaultKind};
use crate::core::model::{Model, Recheck};
use crate::core::msg::{GraphReply, ReqId};
use crate::core::notice::Notice;
use crate::core::pending::Pending;
use crate::core::saves::{AT_ONCE, Base, Next, Phase, Queue, Save, TRIES, Wish, pause};
use crate::core::session::{Account, Entity, Key, Name, Presence, Profile, UNTITLED};
use crate::core::store::{Deed, EntryId, Intent, Outcome, StoreCall, StoreReply};
use crate::core::time::Stamp;
use crate::core::title::{NewName, Title};

/// How often the turn is asked for while another copy is at work on a session.
pub(super) const TURN: Duration = Duration::from_secs(2);
/// How long after a save its name is looked at once more.
pub(super) const RECHECK: Duration = Duration::from_secs(10);
/// A confirmed row says "saved" at least this long.
pub(super) const SAVED_SHOWN: Duration = Duration::from_secs(3);

/// Who acts in a profile: who is signed in, or was before this run lost its sign-in.
pub(super) fn acting_account(model: &Model, profile: &Profile) -> Option<Account> {
    model.places.get(profile)?.acting().cloned()
}

/// A name to be set, and what for.
pub(super) struct Order {
    pub(super) key: Key,
    pub(super) to: NewName,
    /// The name that the server has to have for this to be sent without a question.
    pub(super) from: Option<Name>,
    pub(super) deed: Deed,
    pub(super) batch: Option<i64>,
    /// Ask the server first.
    pub(super) look: bool,
    /// The look that is under way already.
    pub(super) base: Base,
}

/// A person committed a name. `base` is the look that began with the typing.
pub(super) fn commit(model: &mut Model, key: &Key, to: Title, base: Base, out: &mut Vec<Effect>) {
    let Some(from) = model.list.get(key).map(|s| s.name.clone()) else { return };
    let (deed, batch) = (Deed::Rename, None);
    order_save(model, Order { key: key.clone(), to: to.into(), from, deed, batch, look: false, base }, out);
}

/// The intent goes to the journal first; nothing leaves before that answers.
pub(super) fn order_save(model: &mut Model, order: Order, out: &mut Vec<Effect>) {
    let Order { key, to, mut from, deed, batch, mut look, base } = order;
    let (now, account) = (model.now, acting_account(model, &key.profile));
    batch::named(model, &key);
    // What the server has is not known yet: the name that the bulk was made for is the last that anybody has seen.
    if let Some(Save { wish, phase: Phase::Held { .. }, .. }) = model.saves.get(&key) {
        from.clone_from(&wish.from);
        look = true;
    }
    // Another copy is at work on it.
    look |= matches!(model.saves.get(&key), Some(Save { phase: Phase::Elsewhere { .. }, .. }));
    let changed = model.list.change(&key, |session| session.opened = Some(now));
    let Some(session) = changed.cloned() else { return };
    let wish = Wish {
        to: to.clone(),
        from: from.clone(),
        workspace: session.workspace.clone(),
        account: account.clone(),
        resumed: false,
        asks: false,
        deed,
    };
    turns::replace(model, &key);
    let req = model.ask(Pending::Commit(key.clone()));
    let mut in_flight = None;
    match model.saves.get_mut(&key).filter(|s| s.open()) {
        Some(save) => {
            in_flight = save.phase.entry().filter(|_| save.phase.in_flight());
            save.next = Some(Next { wish, entry: Err(req), look });
        }
        None => {
            let phase = Phase::Writing { req, look };
            model.saves.insert(key.clone(), Save { base, ..Save::new(wish, phase) });
        }
    }
    // What is taken back is not what somebody has typed meanwhile.
    if deed == Deed::Rename {
        model.drafts.remove(&key);
    }
    let workspace = session.workspace.clone();
    let host = model.settings.host.clone();
    let intent = Intent { deed, batch, key, workspace, from, to, account, host, at: now };
    out.push(Effect::Store(req, StoreCall::Commit { intent, session, in_flight }));
}

/// The journal answered.
pub(super) fn committed(
    model: &mut Model,
    key: &Key,
    req: ReqId,
    answer: Result<StoreReply, Fault>,
    out: &mut Vec<Effect>,
) {
    let answer = answer.and_then(StoreReply::committed);
    let Some(save) = model.saves.get_mut(key) else { return };
    if let Phase::Writing { req: written, look } = save.phase
        && written == req
    {
        match answer {
            Ok((entry, true)) => save.phase = Phase::Ready { entry, look },
            Ok((entry, false)) => {
                save.phase = Phase::Elsewhere { entry, at: model.now + TURN };
                // The look that comes with its turn tells more.
                save.base = Base::Settled;
            }
            Err(fault) => {
                let words = save.wish.to.words().to_owned();
                let superseded = save.next.is_some();
                save.phase = Phase::Failed { fault };
                if !superseded {
                    rename::keep_in_memory(model, key, words);
                }
            }
        }
    } else if save.next.as_ref().is_some_and(|n| n.entry == Err(req)) {
        match answer {
            // While one of ours is open, no other copy is at work on the session.
            Ok((entry, _)) => {
                if let Some(next) = &mut save.next {
                    next.entry = Ok(entry);
                }
            }
            Err(fault) => {
                let words = save.next.take().map(|n| n.wish.to.words().to_owned()).unwrap_or_default();
                model.complain(format!("Not saved, your words are kept: {}", fault.say));
                rename::keep_in_memory(model, key, words);
            }
        }
    }
    promote(model, key, out);
    conflict::surprise(model, key, out);
}

/// Lets the waiting wish take the place of the one before it, once nothing of that is in flight.
pub(super) fn promote(model: &mut Model, key: &Key, out: &mut Vec<Effect>) {
    let Some(save) = model.saves.get_mut(key) else { return };
    if save.phase.in_flight() || matches!(save.phase, Phase::Writing { .. }) {
        return;
    }
    let Some(Next { wish, entry: Ok(entry), look }) = save.next.clone() else { return };
    let may_be_there = look || save.tries > 0 || matches!(save.phase, Phase::Ready { look: true, .. });
    let older = save.phase.entry();
    save.ours.push(save.wish.to.words().to_owned());
    *save = Save {
        ours: std::mem::take(&mut save.ours),
        // What was asked for the one before it, and nothing has been sent since.
        base: save.base.clone(),
        ..Save::new(wish, Phase::Ready { entry, look: may_be_there })
    };
    if let Some(older) = older {
        settle_replaced(model, key, older, out);
    }
}

/// An entry whose words a newer one has replaced: it ends, and its words are nobody's wish any more.
pub(super) fn settle_replaced(model: &mut Model, key: &Key, entry: EntryId, out: &mut Vec<Effect>) {
    settle(model, key, entry, Outcome::Replaced, out);
}

pub(super) fn settle(model: &mut Model, key: &Key, entry: EntryId, outcome: Outcome, out: &mut Vec<Effect>) {
    let Some(session) = model.list.get(key).cloned() else { return };
    let at = model.now;
    let req = model.ask(Pending::Settle(key.clone()));
    out.push(Effect::Store(req, StoreCall::Settle { entry, outcome, session, at }));
}

/// Sends what may go: on disk, under its own account, in the order of commits, a few at a time.
pub(super) fn pump(model: &mut Model, out: &mut Vec<Effect>) {
    // Rows that are about to be stopped are not sent any more.
    if model.saves.is_empty() || model.batch.as_ref().is_some_and(Batch::is_stopping) {
        return;
    }
    let sending = model.places.all().iter().filter(|place| !place.config.read_only);
    let callers: Vec<Caller> = sending.filter_map(|place| model.caller(&place.config.profile)).collect();
    for caller in callers {
        if model.gate(&caller.profile).is_none() {
            pump_as(model, &caller, out);
        }
    }
}

fn pump_as(model: &mut Model, caller: &Caller, out: &mut Vec<Effect>) {
    model.saves.place();
    let now = model.now;
    // Requests, not saves: several may share one.
    let mut busy = BTreeSet::new();
    let mut ready = Vec::new();
    for (key, save) in model.saves.lively().filter(|(key, _)| key.profile == caller.profile) {
        busy.extend(save.phase.request());
        let waits = save.next.is_some()
            || save.wish.asks
            || save.wish.account.as_ref() != Some(&caller.account)
            || matches!(save.base, Base::Asked { until, .. } if until > now);
        if let Phase::Ready { entry, look } = save.phase
            && !waits
        {
            ready.push((entry, key, look));
        }
    }
    let free = AT_ONCE.saturating_sub(busy.len());
    let own = |queue: &Queue<'_>| *queue.profile == caller.profile && queue.account == Some(&caller.account);
    let waiting = model.saves.queues().filter(own).flat_map(|queue| queue.waiting);
    // No more than fit into those requests.
    for (entry, key) in waiting.take(free * MOST_IN_BATCH) {
        if let Some(Save { phase: Phase::Ready { look, .. }, .. }) = model.saves.get(key) {
            ready.push((*entry, key, *look));
        }
    }
    for turns in many::requests(model, ready, free) {
        match turns.as_slice() {
            [(entry, key, true)] => look_first(model, key, *entry, caller, out),
            [(entry, key, false)] => send(model, key, *entry, caller, out),
            several => many::send(model, several, caller, out),
        }
    }
}

fn look_first(model: &mut Model, key: &Key, entry: EntryId, caller: &Caller, out: &mut Vec<Effect>) {
    let req = model.ask(Pending::Check(key.clone()));
    let Some(save) = model.saves.get_mut(key) else { return };
    save.phase = Phase::Looking { entry, req };
    let workspace = save.wish.workspace.clone();
    out.push(Effect::Graph(req, caller.clone(), GraphCall::Get { key: key.clone(), workspace }));
}

fn send(model: &mut Model, key: &Key, entry: EntryId, caller: &Caller, out: &mut Vec<Effect>) {
    let req = model.ask(Pending::Send(key.clone()));
    let Some(save) = model.saves.get_mut(key) else { return };
    save.phase = Phase::Sending { entry, req };
    let call = GraphCall::Rename {
        id: key.id.clone(),
        workspace: save.wish.workspace.clone(),
        name: save.wish.to.clone(),
    };
    out.push(Effect::Graph(req, caller.clone(), call));
}

/// The look before sending again: is our name there already, is the old one, or somebody else's?
pub(super) fn checked(
    model: &mut Model,
    key: &Key,
    req: ReqId,
    answer: Result<GraphReply, Fault>,
    out: &mut Vec<Effect>,
) {
    let Some(save) = model.saves.get(key) else { return };
    let Phase::Looking { entry, req: asked } = save.phase else { return };
    if asked != req {
        return;
    }
    let entity = match answer.and_then(GraphReply::session) {
        Ok(entity) => entity,
        Err(fault) => return refused(model, key, entry, fault, out),
    };
    let there = entity.name.as_deref();
    let ours = there == save.wish.to.as_deref();
    let expected = entity.name == save.wish.from || save.ours.iter().any(|name| there == Some(name));
    if ours {
        done(model, key, entry, &entity, None, out);
    } else if expected {
        // Same turn, same slot: the look was the first half of this send.
        match model.caller(&key.profile) {
            Some(caller) => send(model, key, entry, &caller, out),
            None => park(model, key, entry, true),
        }
    } else {
        confirm(model, key, &entity);
        let base = model.saves.get(key).and_then(|s| s.wish.from.clone());
        failed(model, key, entry, conflict::fault(base, entity.name), out);
    }
}

fn confirm(model: &mut Model, key: &Key, entity: &Entity) {
    let now = model.now;
    if let Some(account) = acting_account(model, &key.profile) {
        model.list.change(key, |session| session.confirm(entity, &account, now));
    }
}

/// The PATCH was answered.
pub(super) fn sent(
    model: &mut Model,
    key: &Key,
    req: ReqId,
    answer: Result<GraphReply, Fault>,
    out: &mut Vec<Effect>,
) {
    let Some(Phase::Sending { entry, req: asked }) = model.saves.get(key).map(|s| s.phase.clone()) else {
        return;
    };
    if asked != req {
        return;
    }
    match answer.and_then(GraphReply::renamed) {
        Ok((entity, request_id)) => done(model, key, entry, &entity, request_id, out),
        Err(fault) => refused(model, key, entry, fault, out),
    }
}

/// The server has our name: the row is rebuilt from what it returned.
fn done(
    model: &mut Model,
    key: &Key,
    entry: EntryId,
    entity: &Entity,
    request_id: Option<String>,
    out: &mut Vec<Effect>,
) {
    confirm(model, key, entity);
    model.list.change(key, |session| session.ours.clone_from(&entity.name));
    let until = model.now + SAVED_SHOWN;
    let Some(save) = model.saves.get_mut(key) else { return };
    let altered = save.next.is_none() && entity.name.as_deref() != save.wish.to.as_deref();
    save.phase = Phase::Saved { until };
    save.tries = 0;
    if altered {
        let stored = entity.name.as_deref().unwrap_or(UNTITLED);
        model.note(format!("The server stored it as “{stored}”."));
    }
    settle(model, key, entry, Outcome::Saved { stored: entity.name.clone(), request_id }, out);
    if model.settings.history.is_zero() {
        let before = model.now + Duration::from_micros(1);
        let req = model.ask(Pending::Remember);
        out.push(Effect::Store(req, StoreCall::Forget { before }));
    }
    // Those of a bulk are looked at together, once it is over.
    let of_bulk = model.batch.as_ref().is_some_and(|batch| batch.going.contains_key(key));
    if !of_bulk && !errand::alone(model) {
        model.rechecks.push_back((model.now + RECHECK, Recheck::Row(key.clone())));
    }
    promote(model, key, out);
}

/// No clear success: wait, park or give up, by the kind of fault.
fn refused(model: &mut Model, key: &Key, entry: EntryId, fault: Fault, out: &mut Vec<Effect>) {
    let now = model.now;
    let Some(save) = model.saves.get_mut(key) else { return };
    let again = match &fault.kind {
        FaultKind::SignedOut => {
            // A 401 was not applied, but an earlier try may have been.
            let look = save.tries > 0 || matches!(save.phase, Phase::Looking { .. });
            park(model, key, entry, look);
            sign_in::signed_out(model, &key.profile, fault);
            return promote(model, key, out);
        }
        // Without an answer there is nothing to give up on: it goes out when the network is back.
        FaultKind::Offline => Some(None),
        FaultKind::Busy { retry_after } => Some(*retry_after).filter(|_| save.tries + 1 < TRIES),
        FaultKind::Unclear => Some(None).filter(|_| save.tries + 1 < TRIES),
        FaultKind::Unpermitted
        | FaultKind::Forbidden
        | FaultKind::NotFound
        | FaultKind::Refused
        | FaultKind::Changed(_)
        | FaultKind::Declined
        | FaultKind::Expired
        | FaultKind::SignInBlocked
        | FaultKind::Disk
        | FaultKind::Bug => None,
    };
    match again {
        Some(named) => {
            save.tries = save.tries.saturating_add(1);
            let at = now + pause(save.tries, named, entry);
            let busy = matches!(fault.kind, FaultKind::Busy { .. });
            save.phase = Phase::Retrying { entry, at, fault };
            if busy {
                close_gate(model, &key.profile, at, out);
            }
            promote(model, key, out);
        }
        None => failed(model, key, entry, fault, out),
    }
}

fn park(model: &mut Model, key: &Key, entry: EntryId, look: bool) {
    if let Some(save) = model.saves.get_mut(key) {
        save.phase = Phase::Ready { entry, look };
    }
}

/// It ended badly: the words become the draft, and the row says why.
pub(super) fn failed(model: &mut Model, key: &Key, entry: EntryId, fault: Fault, out: &mut Vec<Effect>) {
    if matches!(fault.kind, FaultKind::NotFound) {
        model.list.change(key, |session| session.presence = Presence::Gone);
    }
    let Some(save) = model.saves.get_mut(key) else { return };
    if save.next.is_some() {
        // A newer wish is on its way, so these words are nobody's any more; the reason is worth a line.
        let words = fault.say.clone();
        save.phase = Phase::Failed { fault };
        model.complain(words);
        settle(model, key, entry, Outcome::Replaced, out);
        return promote(model, key, out);
    }
    let words = save.wish.to.words().to_owned();
    let typed = save.wish.deed == Deed::Rename;
    let outcome = Outcome::Failed { why: fault.say.clone(), request_id: fault.request_id.clone() };
    // The row says so too, but may be far from where the person is by now.
    let told = Notice::bad(format!("Not saved: “{words}”. {}", fault.say));
    save.phase = Phase::Failed { fault };
    model.messages.hear(model.now, &told);
    if typed {
        keep_unless_typing(model, key, words);
    }
    settle(model, key, entry, outcome, out);
}

/// A busy tenant is left alone by every copy until then.
pub(super) fn close_gate(model: &mut Model, profile: &Profile, until: Stamp, out: &mut Vec<Effect>) {
    let tenant = model.places.get(profile).and_then(|place| place.who()).map(|who| who.tenant.clone());
    let Some(tenant) = tenant else { return };
    if model.gates.get(&tenant).is_some_and(|known| *known >= until) {
        return;
    }
    model.gates.insert(tenant.clone(), until);
    let host = model.settings.host.clone();
    let req = model.ask(Pending::Remember);
    out.push(Effect::Store(req, StoreCall::CloseGate { host, tenant, until }));
}

/// Words that came back become the draft, unless newer words of the same session have become one meanwhile.
pub(super) fn keep_unless_typing(model: &mut Model, key: &Key, words: String) {
    if !model.drafts.contains_key(key)
        && let Some(draft) = rename::make_draft(model, key, words)
    {
        model.drafts.insert(key.clone(), draft);
    }
}

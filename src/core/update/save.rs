//! The life of a committed name: journal, turn, look, PATCH, answer.

use std::time::Duration;

use super::{rename, sign_in};
use crate::core::effect::{Effect, GraphCall};
use crate::core::fault::{Fault, FaultKind};
use crate::core::model::{Model, Pending};
use crate::core::msg::{GraphReply, ReqId};
use crate::core::notice::Notice;
use crate::core::saves::{AT_ONCE, Next, Phase, Save, TRIES, Wish, pause};
use crate::core::session::{Account, Entity, Key, Presence, Session};
use crate::core::store::{EntryId, Intent, Outcome, StoreCall, StoreReply, Unsettled};
use crate::core::title::Title;

/// A confirmed row says "saved" at least this long.
const SAVED_SHOWN: Duration = Duration::from_secs(3);

/// Who acts: who is signed in, or was before this run lost its sign-in.
pub(super) fn acting_account(model: &Model) -> Option<Account> {
    model.who().or(model.last_who.as_ref()).map(|w| w.account.clone())
}

/// Takes over what the journal holds without an outcome: it was on its way when the program ended.
pub(in crate::core) fn resume(model: &mut Model, unsettled: Vec<Unsettled>, out: &mut Vec<Effect>) {
    for Unsettled { entry, intent, earlier } in unsettled {
        let key = intent.key.clone();
        if model.list.get(&key).is_none() {
            model.list.put(row_of(&intent));
        }
        let wish = Wish {
            to: intent.to,
            from: intent.from,
            workspace: intent.workspace,
            account: intent.account,
            resumed: true,
        };
        let mut save =
            Save { wish, phase: Phase::Ready { entry, look: true }, next: None, tries: 0, ours: earlier };
        if let Some(older) = model.saves.remove(&key) {
            save.ours.push(older.wish.to.as_str().to_owned());
            if let Some(entry) = older.phase.entry() {
                settle_replaced(model, &key, entry, out);
            }
        }
        model.saves.insert(key, save);
    }
}

fn row_of(intent: &Intent) -> Session {
    Session {
        key: intent.key.clone(),
        workspace: intent.workspace.clone(),
        name: intent.from.clone(),
        created: None,
        modified: None,
        presence: Presence::Here,
        seen: None,
        opened: Some(intent.at),
        account: intent.account.clone(),
        host: intent.host.clone(),
    }
}

/// A person committed a name. It goes to the journal first; nothing leaves before that answers.
pub(super) fn commit(model: &mut Model, key: &Key, to: Title, out: &mut Vec<Effect>) {
    let (now, account) = (model.now, acting_account(model));
    let Some(session) = model.list.get_mut(key) else { return };
    session.opened = Some(now);
    let session = session.clone();
    let wish = Wish {
        to: to.clone(),
        from: session.name.clone(),
        workspace: session.workspace.clone(),
        account: account.clone(),
        resumed: false,
    };
    let req = model.ask(Pending::Commit(key.clone()));
    let mut in_flight = None;
    match model.saves.get_mut(key).filter(|s| s.open()) {
        Some(save) => {
            in_flight = save.phase.entry().filter(|_| save.phase.in_flight());
            save.next = Some(Next { wish, entry: Err(req) });
        }
        None => {
            let save = Save { wish, phase: Phase::Writing { req }, next: None, tries: 0, ours: Vec::new() };
            model.saves.insert(key.clone(), save);
        }
    }
    model.drafts.remove(key);
    let intent = Intent {
        key: key.clone(),
        workspace: session.workspace.clone(),
        from: session.name.clone(),
        to,
        account,
        host: model.settings.host.clone(),
        at: now,
    };
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
    let answer = answer.and_then(|reply| match reply {
        StoreReply::Committed(entry) => Ok(entry),
        StoreReply::Done | StoreReply::Loaded(_) => {
            Err(Fault::new(FaultKind::Bug, "The library gave no entry number."))
        }
    });
    let Some(save) = model.saves.get_mut(key) else { return };
    if save.phase == (Phase::Writing { req }) {
        match answer {
            Ok(entry) => save.phase = Phase::Ready { entry, look: false },
            Err(fault) => {
                let words = save.wish.to.as_str().to_owned();
                let superseded = save.next.is_some();
                save.phase = Phase::Failed { fault };
                if !superseded {
                    keep_unless_typing(model, key, words);
                }
            }
        }
    } else if save.next.as_ref().is_some_and(|n| n.entry == Err(req)) {
        match answer {
            Ok(entry) => {
                if let Some(next) = &mut save.next {
                    next.entry = Ok(entry);
                }
            }
            Err(fault) => {
                let words = save.next.take().map(|n| n.wish.to.as_str().to_owned()).unwrap_or_default();
                model.notice = Some(Notice::bad(format!("Not saved, your words are kept: {}", fault.say)));
                keep_unless_typing(model, key, words);
            }
        }
    }
    promote(model, key, out);
}

/// Lets the waiting wish take the place of the one before it, once nothing of that is in flight.
fn promote(model: &mut Model, key: &Key, out: &mut Vec<Effect>) {
    let Some(save) = model.saves.get_mut(key) else { return };
    if save.phase.in_flight() || matches!(save.phase, Phase::Writing { .. }) {
        return;
    }
    let Some(Next { wish, entry: Ok(entry) }) = save.next.clone() else { return };
    let may_be_there = save.tries > 0 || matches!(save.phase, Phase::Ready { look: true, .. });
    let older = save.phase.entry();
    save.ours.push(save.wish.to.as_str().to_owned());
    *save = Save {
        wish,
        phase: Phase::Ready { entry, look: may_be_there },
        next: None,
        tries: 0,
        ours: std::mem::take(&mut save.ours),
    };
    if let Some(older) = older {
        settle_replaced(model, key, older, out);
    }
}

/// An entry whose words a newer one has replaced: it ends, and its words are nobody's wish any more.
fn settle_replaced(model: &mut Model, key: &Key, entry: EntryId, out: &mut Vec<Effect>) {
    settle(model, key, entry, Outcome::Replaced, out);
}

fn settle(model: &mut Model, key: &Key, entry: EntryId, outcome: Outcome, out: &mut Vec<Effect>) {
    let Some(session) = model.list.get(key).cloned() else { return };
    let at = model.now;
    let req = model.ask(Pending::Settle(key.clone()));
    out.push(Effect::Store(req, StoreCall::Settle { entry, outcome, session, at }));
}

/// Sends what may go: on disk, under its own account, in the order of commits, a few at a time.
pub(super) fn pump(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(account) = model.account().cloned() else { return };
    if model.settings.read_only {
        return;
    }
    let mut free = AT_ONCE.saturating_sub(model.saves.values().filter(|s| s.phase.in_flight()).count());
    let mut ready: Vec<(EntryId, Key, bool)> = model
        .saves
        .iter()
        .filter(|(_, s)| s.next.is_none() && s.wish.account.as_ref() == Some(&account))
        .filter_map(|(key, s)| match s.phase {
            Phase::Ready { entry, look } => Some((entry, key.clone(), look)),
            Phase::Writing { .. }
            | Phase::Looking { .. }
            | Phase::Sending { .. }
            | Phase::Retrying { .. }
            | Phase::Failed { .. }
            | Phase::Saved { .. } => None,
        })
        .collect();
    ready.sort_unstable();
    for (entry, key, look) in ready {
        if free == 0 {
            return;
        }
        free -= 1;
        if look {
            look_first(model, &key, entry, &account, out);
        } else {
            send(model, &key, entry, &account, out);
        }
    }
}

fn look_first(model: &mut Model, key: &Key, entry: EntryId, account: &Account, out: &mut Vec<Effect>) {
    let req = model.ask(Pending::Check(key.clone()));
    let Some(save) = model.saves.get_mut(key) else { return };
    save.phase = Phase::Looking { entry, req };
    let workspace = save.wish.workspace.clone();
    out.push(Effect::Graph(req, account.clone(), GraphCall::Get { key: key.clone(), workspace }));
}

fn send(model: &mut Model, key: &Key, entry: EntryId, account: &Account, out: &mut Vec<Effect>) {
    let req = model.ask(Pending::Send(key.clone()));
    let Some(save) = model.saves.get_mut(key) else { return };
    save.phase = Phase::Sending { entry, req };
    let call = GraphCall::Rename {
        id: key.id.clone(),
        workspace: save.wish.workspace.clone(),
        name: save.wish.to.clone(),
    };
    out.push(Effect::Graph(req, account.clone(), call));
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
    let entity = match answer {
        Ok(GraphReply::Session(entity)) => entity,
        Ok(GraphReply::Page { .. } | GraphReply::Renamed { .. }) => {
            return refused(model, key, entry, unexpected(), out);
        }
        Err(fault) => return refused(model, key, entry, fault, out),
    };
    let there = entity.name.as_deref();
    let ours = there == Some(save.wish.to.as_str());
    let expected = entity.name == save.wish.from || save.ours.iter().any(|name| there == Some(name));
    if ours {
        done(model, key, entry, &entity, None, out);
    } else if expected {
        // Same turn, same slot: the look was the first half of this send.
        match model.account().cloned() {
            Some(account) => send(model, key, entry, &account, out),
            None => park(model, key, entry, true),
        }
    } else {
        confirm(model, key, &entity);
        let theirs = entity.name.clone();
        let shown = theirs.as_deref().map_or_else(|| "no name".to_owned(), |n| format!("“{n}”"));
        let fault =
            Fault::new(FaultKind::Changed { theirs }, format!("Changed elsewhere: the server has {shown}."));
        failed(model, key, entry, fault, out);
    }
}

fn unexpected() -> Fault {
    Fault::new(FaultKind::Bug, "The server's answer was of another kind than asked for.")
}

fn confirm(model: &mut Model, key: &Key, entity: &Entity) {
    let now = model.now;
    if let (Some(account), Some(session)) = (acting_account(model), model.list.get_mut(key)) {
        session.confirm(entity, &account, now);
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
    match answer {
        Ok(GraphReply::Renamed { entity, request_id }) => done(model, key, entry, &entity, request_id, out),
        Ok(GraphReply::Page { .. } | GraphReply::Session(_)) => refused(model, key, entry, unexpected(), out),
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
    let until = model.now + SAVED_SHOWN;
    let Some(save) = model.saves.get_mut(key) else { return };
    let typed = save.wish.to.as_str().to_owned();
    save.phase = Phase::Saved { until };
    save.tries = 0;
    if save.next.is_none() && entity.name.as_deref() != Some(&*typed) {
        let stored = entity.name.as_deref().unwrap_or("(untitled)");
        model.notice = Some(Notice::info(model.now, format!("The server stored it as “{stored}”.")));
    }
    settle(model, key, entry, Outcome::Saved { stored: entity.name.clone(), request_id }, out);
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
            sign_in::signed_out(model, fault);
            return promote(model, key, out);
        }
        // Without an answer there is nothing to give up on: it goes out when the network is back.
        FaultKind::Offline => Some(None),
        FaultKind::Busy { retry_after } => Some(*retry_after).filter(|_| save.tries + 1 < TRIES),
        FaultKind::Unclear => Some(None).filter(|_| save.tries + 1 < TRIES),
        FaultKind::Forbidden
        | FaultKind::NotFound
        | FaultKind::Refused
        | FaultKind::Changed { .. }
        | FaultKind::Declined
        | FaultKind::Expired
        | FaultKind::SignInBlocked
        | FaultKind::Disk
        | FaultKind::Bug => None,
    };
    match again {
        Some(named) => {
            save.tries = save.tries.saturating_add(1);
            let at = now + pause(save.tries, named);
            save.phase = Phase::Retrying { entry, at, fault };
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
fn failed(model: &mut Model, key: &Key, entry: EntryId, fault: Fault, out: &mut Vec<Effect>) {
    if matches!(fault.kind, FaultKind::NotFound)
        && let Some(session) = model.list.get_mut(key)
    {
        session.presence = Presence::Gone;
    }
    let Some(save) = model.saves.get_mut(key) else { return };
    if save.next.is_some() {
        // A newer wish is on its way, so these words are nobody's any more; the reason is worth a line.
        model.notice = Some(Notice::bad(fault.say.clone()));
        save.phase = Phase::Failed { fault };
        settle(model, key, entry, Outcome::Replaced, out);
        return promote(model, key, out);
    }
    let words = save.wish.to.as_str().to_owned();
    let outcome = Outcome::Failed { why: fault.say.clone(), request_id: fault.request_id.clone() };
    save.phase = Phase::Failed { fault };
    keep_unless_typing(model, key, words);
    settle(model, key, entry, outcome, out);
}

/// Words that came back become the draft, unless newer words of the same session have become one meanwhile.
fn keep_unless_typing(model: &mut Model, key: &Key, words: String) {
    if !model.drafts.contains_key(key)
        && let Some(draft) = rename::make_draft(model, key, words)
    {
        model.drafts.insert(key.clone(), draft);
    }
}

/// `!`: everything that waits for a retry goes now, and the selected row's refused words are committed again.
pub(super) fn retry(model: &mut Model, out: &mut Vec<Effect>) {
    let now = model.now;
    for save in model.saves.values_mut() {
        if let Phase::Retrying { at, .. } = &mut save.phase {
            *at = now;
        }
    }
    let Some(key) = model.chosen().map(|s| s.key.clone()) else { return };
    let ended_badly = matches!(model.saves.get(&key).map(|s| &s.phase), Some(Phase::Failed { .. }));
    if !ended_badly {
        return;
    }
    let words = model.drafts.get(&key).map(|d| d.text.clone()).unwrap_or_default();
    match Title::parse(&words) {
        Ok(title) => commit(model, &key, title, out),
        Err(error) => model.notice = Some(Notice::bad(error.to_string())),
    }
}

/// `x`: what waits in the selected row is not sent; the words stay as a draft.
pub(super) fn cancel(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(key) = model.chosen().map(|s| s.key.clone()) else { return };
    let Some(save) = model.saves.get(&key).filter(|s| s.open()) else {
        model.notice = Some(Notice::info(model.now, "Nothing waits in this row."));
        return;
    };
    let waiting = match save.phase {
        Phase::Ready { entry, .. } | Phase::Retrying { entry, .. } if save.next.is_none() => Some(entry),
        Phase::Ready { .. }
        | Phase::Retrying { .. }
        | Phase::Writing { .. }
        | Phase::Looking { .. }
        | Phase::Sending { .. }
        | Phase::Failed { .. }
        | Phase::Saved { .. } => None,
    };
    let Some(entry) = waiting else {
        model.notice = Some(Notice::info(model.now, "It is on its way already."));
        return;
    };
    let words = save.wish.to.as_str().to_owned();
    model.saves.remove(&key);
    keep_unless_typing(model, &key, words);
    settle(model, &key, entry, Outcome::Cancelled, out);
    model.notice = Some(Notice::info(model.now, "Cancelled. The words are kept as a draft."));
}

/// A failure whose words are gone has nothing left to say.
pub(super) fn forget_ended(model: &mut Model, key: &Key) {
    if model.saves.get(key).is_some_and(|s| !s.open()) {
        model.saves.remove(key);
    }
}

/// Pauses that are over.
pub(super) fn due(model: &mut Model) {
    for save in model.saves.values_mut() {
        if let Phase::Retrying { entry, at, .. } = save.phase
            && at <= model.now
        {
            save.phase = Phase::Ready { entry, look: true };
        }
    }
}

/// What was typed in this run before anybody had signed in belongs to whoever does.
pub(super) fn adopt(model: &mut Model, account: &Account) {
    for save in model.saves.values_mut() {
        for wish in [Some(&mut save.wish), save.next.as_mut().map(|n| &mut n.wish)].into_iter().flatten() {
            if wish.account.is_none() && !wish.resumed {
                wish.account = Some(account.clone());
            }
        }
    }
}

//! A name that changed elsewhere while another was typed: found by the look that opening the editor begins, told in the
//! row, decided by a person.

use super::{again, rename, save};
use crate::core::effect::{Effect, GraphCall};
use crate::core::fault::{Change, Fault, FaultKind};
use crate::core::model::{Mode, Model, Overlay};
use crate::core::msg::{GraphReply, ReqId};
use crate::core::pending::Pending;
use crate::core::saves::{Base, Phase, Save, Wish};
use crate::core::session::{Key, Name};
use crate::core::store::Deed;
use crate::core::title::{NewName, Title};

/// What stands in the row of a name that changed elsewhere.
pub(super) fn fault(base: Option<Name>, theirs: Option<Name>) -> Fault {
    let shown = theirs.as_deref().map_or_else(|| "no name".to_owned(), |n| format!("“{n}”"));
    let words = format!("Changed elsewhere: the server has {shown}.");
    Fault::new(FaultKind::Changed(Box::new(Change { base, theirs })), words)
}

/// Opening the editor asks the server for the name, so that Enter finds it fresh.
pub(super) fn ask(model: &mut Model, key: &Key, out: &mut Vec<Effect>) -> Option<ReqId> {
    let caller = model.caller(&key.profile)?;
    if model.saves.get(key).is_some_and(Save::open) || model.gate(&key.profile).is_some() {
        return None;
    }
    let workspace = model.list.get(key)?.workspace.clone();
    let req = model.ask(Pending::Base(key.clone()));
    out.push(Effect::Graph(req, caller, GraphCall::Get { key: key.clone(), workspace }));
    Some(req)
}

/// The look was answered. A failure is no reason to hold a save back: its own send will meet the same one.
pub(super) fn answered(
    model: &mut Model,
    key: &Key,
    req: ReqId,
    answer: Result<GraphReply, Fault>,
    out: &mut Vec<Effect>,
) {
    let now = model.now;
    let mut awaited = matches!(model.saves.get(key), Some(Save { base: Base::Asked { req: asked, .. }, .. }) if *asked == req);
    if let Mode::Rename(renaming) = &mut model.mode
        && renaming.asked == Some(req)
    {
        renaming.asked = None;
        awaited = true;
    }
    let entity = answer.and_then(GraphReply::session).ok();
    if let (Some(entity), Some(account)) = (&entity, model.account_for(key).cloned()) {
        model.list.change(key, |session| {
            if awaited {
                // Nothing of ours can have been sent since it was asked.
                session.confirm(entity, &account, now);
            } else {
                session.absorb(entity, &account, now);
            }
        });
    }
    let Some(save) = model.saves.get_mut(key) else { return };
    if !matches!(save.base, Base::Asked { req: asked, .. } if asked == req) {
        return;
    }
    save.base = match entity.map(|entity| entity.name) {
        Some(theirs) if is_another(save, theirs.as_deref()) => Base::Theirs(theirs),
        Some(_) | None => Base::Settled,
    };
    surprise(model, key, out);
}

fn is_another(save: &Save, theirs: Option<&str>) -> bool {
    theirs != save.wish.from.as_deref()
        && theirs != save.wish.to.as_deref()
        && !save.ours.iter().any(|ours| theirs == Some(ours))
}

/// Ends a save that is on disk and must not be sent over somebody else's name.
pub(super) fn surprise(model: &mut Model, key: &Key, out: &mut Vec<Effect>) {
    let Some(save) = model.saves.get_mut(key) else { return };
    let Base::Theirs(theirs) = save.base.clone() else { return };
    // A newer wish that is not on disk yet takes its place in a moment, and the surprise with it.
    if let Phase::Ready { entry, .. } = save.phase
        && save.next.is_none()
    {
        save.base = Base::Settled;
        let base = save.wish.from.clone();
        save::failed(model, key, entry, fault(base, theirs), out);
    }
}

/// Enter on a name whose server name is no longer the one that the editor opened on. `None` when there is no conflict.
pub(super) fn at_commit(model: &Model, key: &Key, base: Option<&str>) -> Option<Fault> {
    let session = model.list.get(key)?;
    let theirs = session.name.as_deref();
    let ours = session.ours.is_some() && session.ours == session.name;
    let open = model.saves.get(key).is_some_and(Save::open);
    (theirs != base && !ours && !open).then(|| fault(base.map(Into::into), session.name.clone()))
}

/// The words are kept, the row says why, and the person is asked.
pub(super) fn open(model: &mut Model, key: &Key, to: Title, fault: Fault, out: &mut Vec<Effect>) {
    rename::keep(model, key, to.as_str().to_owned(), out);
    let Some(session) = model.list.get(key) else { return };
    let wish = Wish {
        to: to.into(),
        from: session.name.clone(),
        workspace: session.workspace.clone(),
        account: save::acting_account(model, &key.profile),
        resumed: false,
        asks: false,
        deed: Deed::Rename,
    };
    model.saves.insert(key.clone(), Save::new(wish, Phase::Failed { fault }));
    model.overlays.push(Overlay::Conflict(key.clone()));
}

/// Whether the session waits for this decision.
pub(super) fn waits(model: &Model, key: &Key) -> bool {
    matches!(
        model.saves.get(key).map(|s| &s.phase),
        Some(Phase::Failed { fault }) if matches!(fault.kind, FaultKind::Changed(_))
    )
}

fn asked_about(model: &Model) -> Option<Key> {
    if let Some(Overlay::Conflict(key)) = model.overlays.last() { Some(key.clone()) } else { None }
}

/// `m`: ours, over the name that the server is known to have now.
pub(super) fn mine(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(key) = asked_about(model) else { return };
    model.overlays.pop();
    let again = model.saves.get(&key).and_then(|s| again::taken_back_again(model, &key, &s.wish));
    if let Some(order) = again {
        return save::order_save(model, order, out);
    }
    let words = model.drafts.get(&key).map(|d| d.text.clone());
    let words = words.or_else(|| model.saves.get(&key).map(|s| s.wish.to.words().to_owned()));
    if let (Ok(title), Some(session)) = (Title::parse(&words.unwrap_or_default()), model.list.get(&key)) {
        let from = session.name.clone();
        let (to, deed, base) = (NewName::from(title), Deed::Rename, Base::Settled);
        let order = save::Order { key, to, from, deed, batch: None, look: true, base };
        save::order_save(model, order, out);
    }
}

/// `t`: theirs is all right, and our words are dropped.
pub(super) fn theirs(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(key) = asked_about(model) else { return };
    model.overlays.pop();
    model.saves.remove(&key);
    if model.drafts.contains_key(&key) {
        rename::drop_draft(model, &key, out);
    }
    if model.list.get(&key).is_some_and(|s| s.ours.is_some()) {
        no_longer_ours(model, &key, out);
    }
}

/// Somebody else's name is all right in this row.
pub(super) fn no_longer_ours(model: &mut Model, key: &Key, out: &mut Vec<Effect>) {
    if let Some(session) = model.list.change(key, |session| session.ours = None).cloned() {
        let req = model.ask(Pending::Remember);
        out.push(Effect::Store(req, crate::core::store::StoreCall::Remember(vec![session])));
    }
}

/// `e`: our words in the editor, with theirs as the new base.
pub(super) fn edit(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(key) = asked_about(model) else { return };
    model.overlays.pop();
    model.list.choose(&key);
    rename::edit(model, &key, out);
}

//! Several renames of a bulk in one request, where the configuration wants that.

use super::save;
use crate::core::effect::{Caller, Effect, GraphCall, MOST_IN_BATCH, Part};
use crate::core::fault::{Fault, FaultKind};
use crate::core::model::Model;
use crate::core::msg::{GraphReply, ReqId};
use crate::core::pending::Pending;
use crate::core::saves::Phase;
use crate::core::session::Key;
use crate::core::store::EntryId;

/// A save that may go, and whether the server is asked first.
pub(super) type Turn = (EntryId, Key, bool);
/// The same where it stands.
pub(super) type Ready<'a> = (EntryId, &'a Key, bool);

/// The first so many requests, in the order of commits: the bulk's renames together, everything else on its own. A name
/// that was typed does not wait for a batch to fill, nor for the answers of other rows.
pub(super) fn requests(model: &Model, mut ready: Vec<Ready<'_>>, most: usize) -> Vec<Vec<Turn>> {
    if most == 0 {
        return Vec::new();
    }
    ready.sort_unstable_by_key(|(entry, ..)| *entry);
    let (together, alone): (Vec<Ready<'_>>, Vec<Ready<'_>>) =
        ready.into_iter().partition(|(_, key, look)| !look && may_share(model, key));
    let mut requests: Vec<&[Ready<'_>]> = alone.chunks(1).chain(together.chunks(MOST_IN_BATCH)).collect();
    requests.sort_unstable_by_key(|turns| turns.first().map(|(entry, ..)| *entry));
    let owned = |(entry, key, look): &Ready<'_>| (*entry, (*key).clone(), *look);
    requests.into_iter().take(most).map(|turns| turns.iter().map(owned).collect()).collect()
}

/// Whether a rename belongs to the bulk, and those may share a request.
fn may_share(model: &Model, key: &Key) -> bool {
    let batch = model.batch.as_ref().filter(|_| model.settings.json_batch);
    let item = batch.and_then(|batch| batch.item_of(key));
    item.zip(model.saves.get(key)).is_some_and(|(item, save)| save.wish.to == item.to)
}

/// Sends these in one request.
pub(super) fn send(model: &mut Model, turns: &[Turn], caller: &Caller, out: &mut Vec<Effect>) {
    let req = model.ask(Pending::SendMany(turns.iter().map(|(_, key, _)| key.clone()).collect()));
    let mut parts = Vec::new();
    for (entry, key, _) in turns {
        let Some(save) = model.saves.get_mut(key) else { continue };
        save.phase = Phase::Sending { entry: *entry, req };
        parts.push(Part {
            id: key.id.clone(),
            workspace: save.wish.workspace.clone(),
            name: save.wish.to.clone(),
        });
    }
    out.push(Effect::Graph(req, caller.clone(), GraphCall::RenameMany(parts)));
}

/// Every part of the answer is taken as the answer to a request of its own; what befell the whole befell each.
pub(super) fn answered(
    model: &mut Model,
    keys: &[Key],
    req: ReqId,
    answer: Result<GraphReply, Fault>,
    out: &mut Vec<Effect>,
) {
    let mut parts = answer.and_then(GraphReply::renamed_many).map(Vec::into_iter);
    for key in keys {
        let own = match &mut parts {
            Ok(parts) => parts.next().unwrap_or_else(|| Err(left_out())),
            Err(fault) => Err(fault.clone()),
        };
        let own = own.map(|(entity, request_id)| GraphReply::Renamed { entity, request_id });
        save::sent(model, key, req, own, out);
    }
}

/// The answer came and has nothing on one of the renames.
fn left_out() -> Fault {
    let words = "The server's answer left this rename out. Whether it was done will be looked up.";
    Fault::new(FaultKind::Unclear, words)
}

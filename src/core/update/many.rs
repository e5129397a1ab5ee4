//! Several renames of a bulk in one request, where the configuration wants that.

use std::collections::btree_map::IntoValues;
use std::collections::{BTreeMap, BTreeSet};

use super::save;
use crate::core::batch::Fate;
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

/// What goes into one request each, in the order of commits: the bulk's renames together, everything else on its own. A
/// name that was typed does not wait for a batch to fill, nor for the answers of other rows.
pub(super) fn requests(model: &Model, ready: Vec<Turn>) -> IntoValues<EntryId, Vec<Turn>> {
    let bulk = bulk(model);
    let (together, alone): (Vec<Turn>, Vec<Turn>) =
        ready.into_iter().partition(|(_, key, look)| !look && bulk.contains(key));
    let alone = alone.into_iter().map(|turn| (turn.0, vec![turn]));
    let mut requests: BTreeMap<EntryId, Vec<Turn>> = alone.collect();
    for some in together.chunks(MOST_IN_BATCH) {
        if let Some((first, ..)) = some.first() {
            requests.insert(*first, some.to_vec());
        }
    }
    requests.into_values()
}

/// The rows whose renames may share a request; none where that is off.
fn bulk(model: &Model) -> BTreeSet<&Key> {
    let batch = model.batch.as_ref().filter(|_| model.settings.json_batch);
    let going = batch.into_iter().flat_map(|batch| &batch.items).filter(|item| item.fate == Fate::Going);
    let own = going.filter(|item| model.saves.get(&item.key).is_some_and(|save| save.wish.to == item.to));
    own.map(|item| &item.key).collect()
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

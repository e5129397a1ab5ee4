//! `retitle undo`: a rename of any day, or a whole batch, taken back.

use crate::core::fault::{Change, Fault, FaultKind};
use crate::core::session::{Session, SessionId};
use crate::core::store::{Deed, Entry, EntryId, EntryState, Intent, Newest, Outcome, StoreCall};
use crate::core::title::NewName;

use super::deed::{Done, Later};
use super::ground::Ground;
use super::shelf;
use super::shown;

/// How one entry fared.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fared {
    pub id: SessionId,
    /// What to say, or why not.
    pub words: Result<String, Fault>,
    /// What came of it, where something was sent.
    pub done: Option<Done>,
}

/// Takes an entry back.
pub async fn run(ground: &Ground<'_>, entry: &Entry) -> Fared {
    let (words, done) = match take_back(ground, entry).await {
        Ok((words, done)) => (words, done),
        Err(fault) => (Err(fault), None),
    };
    Fared { id: entry.intent.key.id.clone(), words, done }
}

/// The entry of this number, or the newest that is not undone, with its batch.
///
/// # Errors
/// When there is nothing to take back, or the library cannot be used.
pub async fn find(ground: &Ground<'_>, number: Option<i64>) -> Result<Vec<Entry>, Fault> {
    let means = &ground.means;
    let (profiles, host) = (vec![means.profile.clone()], means.host.clone());
    let missing = |words: String| Fault::new(FaultKind::NotFound, words);
    let Some(number) = number else {
        let call = StoreCall::Find { profiles, host, what: Newest::ToUndo };
        let entries = means.library.call(call).await?.entries()?;
        if entries.is_empty() {
            return Err(missing("There is nothing to take back.".into()));
        }
        return Ok(entries);
    };
    let all = shelf::journal(means.library, profiles, host).await?;
    let entry = all
        .into_iter()
        .find(|entry| entry.entry == EntryId(number))
        .ok_or_else(|| missing(format!("There is no entry {number} in this profile.")))?;
    if entry.undone {
        let words = format!("Entry {number} has been taken back already.");
        return Err(Fault::new(FaultKind::Refused, words));
    }
    Ok(vec![entry])
}

type Words = Result<String, Fault>;

async fn take_back(ground: &Ground<'_>, entry: &Entry) -> Result<(Words, Option<Done>), Fault> {
    let means = &ground.means;
    let refused =
        |words: &str| Err(Fault::new(FaultKind::Refused, format!("Entry {}: {words}", entry.entry.0)));
    let intent = &entry.intent;
    let EntryState::Ended(Outcome::Saved { stored, .. }, _) = &entry.state else {
        return refused("only what was saved can be taken back.");
    };
    if intent.account.as_ref().is_some_and(|account| *account != means.who.account) {
        return refused("it was done under another account, which alone can take it back.");
    }
    let there = ground.look(&intent.key, &intent.workspace).await?;
    if there.name == intent.from {
        let words = format!("{} is “{}” already.", intent.key.id, shown(there.name.as_deref()));
        return Ok((Ok(words), None));
    }
    if there.name != *stored {
        let words = format!(
            "{} was renamed since, to “{}”; it is left alone.",
            intent.key.id,
            shown(there.name.as_deref())
        );
        let change = Change { base: stored.clone(), theirs: there.name };
        return Err(Fault::new(FaultKind::Changed(Box::new(change)), words));
    }
    let mut row = row(ground, intent);
    row.confirm(&there, &means.who.account, means.clock.now());
    let undo = Intent {
        deed: match intent.deed {
            Deed::Rename | Deed::Redo(_) => Deed::Undo(entry.entry),
            Deed::Undo(_) => Deed::Redo(entry.entry),
        },
        batch: None,
        from: stored.clone(),
        to: NewName::restored(intent.from.clone()),
        account: Some(means.who.account.clone()),
        at: means.clock.now(),
        ..intent.clone()
    };
    let done = ground.carry_out(undo, row, Later::Never).await?;
    let words = match &done.fault {
        Some(fault) => Err(fault.clone()),
        None => Ok(format!("{} is “{}” again.", intent.key.id, shown(done.session.name.as_deref()))),
    };
    Ok((words, Some(done)))
}

/// The session's row as it is known, so that a pin stays a pin; one that left the list comes back into it.
fn row(ground: &Ground<'_>, intent: &Intent) -> Session {
    let now = ground.means.clock.now();
    let unseen = || Session::unseen(intent.key.clone(), intent.workspace.clone(), intent.host.clone());
    Session { opened: Some(now), ..ground.known(&intent.key).cloned().unwrap_or_else(unseen) }
}

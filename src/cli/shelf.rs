//! What the library holds, read without taking anything over.

use std::collections::BTreeSet;

use crate::core::fault::Fault;
use crate::core::filter::{Tag, Tags};
use crate::core::session::{Host, Key, Profile, Session};
use crate::core::store::{Draft, Entry, EntryState, Outcome, Snapshot, StoreCall};
use crate::core::time::Stamp;
use crate::ports::Library;

/// Sessions, drafts and gates. Waiting entries stay with whoever has them.
///
/// # Errors
/// `Disk` when the library cannot be read.
pub async fn peek(library: &dyn Library, profiles: Vec<Profile>, host: Host) -> Result<Snapshot, Fault> {
    library.call(StoreCall::Peek { profiles, host }).await?.loaded()
}

/// The journal's entries, newest first.
///
/// # Errors
/// `Disk` when the library cannot be read.
pub async fn journal(library: &dyn Library, profiles: Vec<Profile>, host: Host) -> Result<Vec<Entry>, Fault> {
    library.call(StoreCall::History { profiles, host, most: u32::MAX }).await?.entries()
}

/// States for the filter's `is:`, as far as the library knows them. `newest_first` is the journal.
pub fn tags(drafts: &[Draft], newest_first: &[Entry]) -> Tags {
    let mut tags = Tags::new();
    for draft in drafts {
        tags.entry(draft.key.clone()).or_default().push(Tag::Draft);
    }
    let mut seen: BTreeSet<&Key> = BTreeSet::new();
    for entry in newest_first.iter().filter(|entry| seen.insert(&entry.intent.key)) {
        let tag = match &entry.state {
            EntryState::Waiting => Tag::Waiting,
            EntryState::Ended(Outcome::Failed { .. }, _) => Tag::Failed,
            EntryState::Ended(
                Outcome::Saved { .. } | Outcome::Cancelled | Outcome::Stopped | Outcome::Replaced,
                _,
            ) => continue,
        };
        tags.entry(entry.intent.key.clone()).or_default().push(tag);
    }
    tags
}

/// What became of a name that could not be sent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Kept {
    /// As the session's draft. The words that were its draft before, if those were others.
    Draft { before: Option<String> },
    /// In the journal alone: another draft of the session is left as it is.
    Journal,
    /// In the journal, waiting for the next run of the app.
    Queued,
    /// Not at all: the server knows no such session, and neither did we.
    Nowhere,
}

/// Keeps a name that could not be sent as the session's draft, and the session in the list so that it is found there.
///
/// # Errors
/// `Disk` when the library cannot be written.
pub async fn keep(
    library: &dyn Library,
    snapshot: &Snapshot,
    row: Session,
    words: &str,
    now: Stamp,
) -> Result<Kept, Fault> {
    let before = draft(snapshot, &row.key).filter(|text| *text != words).map(ToOwned::to_owned);
    let draft = Draft {
        key: row.key.clone(),
        workspace: row.workspace.clone(),
        text: words.to_owned(),
        account: row.account.clone(),
        host: row.host.clone(),
        at: now,
    };
    library.call(StoreCall::SaveDraft(draft)).await?;
    library.call(StoreCall::Remember(vec![row])).await?;
    Ok(Kept::Draft { before })
}

/// The draft of a session.
pub fn draft<'a>(snapshot: &'a Snapshot, key: &Key) -> Option<&'a str> {
    snapshot.drafts.iter().find(|draft| draft.key == *key).map(|draft| draft.text.as_str())
}

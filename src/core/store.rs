//! What the core asks of the library, as data.

use super::session::{Account, Host, Key, Profile, Session, WorkspaceId};
use super::time::Stamp;
use super::title::Title;

/// A journal entry's number. Entries are sent in this order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct EntryId(pub i64);

/// A rename that a person has committed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Intent {
    pub key: Key,
    pub workspace: WorkspaceId,
    /// The server's name when the person began.
    pub from: Option<String>,
    pub to: Title,
    /// Who typed it; `None` when nobody was signed in. It never goes out under another account.
    pub account: Option<Account>,
    pub host: Host,
    pub at: Stamp,
}

/// A journal entry that has no outcome yet, as found at start.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unsettled {
    pub entry: EntryId,
    pub intent: Intent,
    /// Names of earlier entries of the session that were still open when this one was made: the server may hold one of
    /// them, and that is no change of somebody else's.
    pub earlier: Vec<String>,
}

/// Text that was typed and not committed, or committed and refused.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Draft {
    pub key: Key,
    pub workspace: WorkspaceId,
    pub text: String,
    pub account: Option<Account>,
    pub host: Host,
    pub at: Stamp,
}

/// How a journal entry ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// The server's 200 (or a look that found our name there). `stored` is the server's own name.
    Saved { stored: Option<String>, request_id: Option<String> },
    /// The server refused, or the tries ran out. The words become the session's draft in the same transaction.
    Failed { why: String, request_id: Option<String> },
    /// The person cancelled it. The words become the session's draft in the same transaction.
    Cancelled,
    /// A newer wish took its place. Its words are kept nowhere.
    Replaced,
}

/// One request to the library. Calls are carried out in the order in which they are made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum StoreCall {
    /// Everything that the first frame needs: opened sessions, drafts, unsettled entries of one profile and host.
    Load { profile: Profile, host: Host },
    /// Writes the intent durably, drops the session's draft, marks the session (inserted if new) as opened, and marks
    /// as replaced every older unsettled entry of the session except `in_flight`. One transaction.
    Commit { intent: Intent, session: Session, in_flight: Option<EntryId> },
    /// Writes how an entry ended, and the session as the answer left it. One transaction.
    Settle { entry: EntryId, outcome: Outcome, session: Session, at: Stamp },
    /// Writes or replaces a draft.
    SaveDraft(Draft),
    /// Forgets a draft.
    DropDraft(Key),
    /// Inserts or updates sessions (only those that were opened are kept).
    Remember(Vec<Session>),
}

/// The library's answers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum StoreReply {
    Loaded(Snapshot),
    Committed(EntryId),
    Done,
}

/// The library as it stood at start.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Snapshot {
    pub sessions: Vec<Session>,
    pub drafts: Vec<Draft>,
    pub unsettled: Vec<Unsettled>,
}

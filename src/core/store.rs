//! What the core asks of the library, as data.

use super::fault::{Fault, FaultKind};
use super::session::{Account, Host, Key, Name, Profile, Session, WorkspaceId};
use super::time::Stamp;
use super::title::NewName;
use serde::{Deserialize, Serialize};

/// A journal entry's number. Entries are sent in this order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct EntryId(pub i64);

/// A rename that a person has committed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Intent {
    pub deed: Deed,
    /// Entries that were made, and are undone, together.
    pub batch: Option<i64>,
    pub key: Key,
    pub workspace: WorkspaceId,
    /// The server's name when the person began.
    pub from: Option<Name>,
    pub to: NewName,
    /// Who typed it; `None` when nobody was signed in. It never goes out under another account.
    pub account: Option<Account>,
    pub host: Host,
    pub at: Stamp,
}

/// What an entry does.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Deed {
    Rename,
    /// Takes an entry back.
    Undo(EntryId),
    /// Takes an undo back.
    Redo(EntryId),
}

impl Deed {
    /// The word for it, in the library and in tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Rename => "rename",
            Self::Undo(_) => "undo",
            Self::Redo(_) => "redo",
        }
    }

    /// The entry that it takes back.
    pub fn about(self) -> Option<EntryId> {
        match self {
            Self::Rename => None,
            Self::Undo(about) | Self::Redo(about) => Some(about),
        }
    }
}

/// A journal entry as the history shows it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Entry {
    pub entry: EntryId,
    pub intent: Intent,
    pub state: EntryState,
    /// Whether a later entry has taken it back.
    pub undone: bool,
}

/// How far an entry got.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum EntryState {
    Waiting,
    Ended(Outcome, Stamp),
}

impl EntryState {
    /// How it ended, if it has.
    pub fn outcome(&self) -> Option<&Outcome> {
        match self {
            Self::Waiting => None,
            Self::Ended(outcome, _) => Some(outcome),
        }
    }
}

/// What to look for in the journal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Newest {
    /// The newest rename or batch that is not undone.
    ToUndo,
    /// The newest undo or batch of them that nothing has followed.
    ToRedo,
    /// What of this batch is not undone.
    OfBatch(i64),
    /// The newest batch, all of it, whatever became of it.
    Batch,
}

/// A journal entry that has no outcome yet, as found at start.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Unsettled {
    pub entry: EntryId,
    pub intent: Intent,
    /// Names of earlier entries of the session that were still open when this one was made: the server may hold one of
    /// them, and that is no change of somebody else's.
    pub earlier: Vec<String>,
}

/// Text that was typed and not committed, or committed and refused.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Draft {
    pub key: Key,
    pub workspace: WorkspaceId,
    pub text: String,
    pub account: Option<Account>,
    pub host: Host,
    pub at: Stamp,
}

/// How a journal entry ended.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Outcome {
    /// The server's 200 (or a look that found our name there). `stored` is the server's own name.
    Saved { stored: Option<Name>, request_id: Option<String> },
    /// The server refused, or the tries ran out. The words become the session's draft in the same transaction.
    Failed { why: String, request_id: Option<String> },
    /// The person cancelled it. The words become the session's draft in the same transaction.
    Cancelled,
    /// A bulk was stopped before this one's turn. Its words were made, not typed, and are kept nowhere.
    Stopped,
    /// A newer wish took its place. Its words are kept nowhere.
    Replaced,
}

impl Outcome {
    /// The word for it, in the library and in documents.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Saved { .. } => "saved",
            Self::Failed { .. } => "failed",
            Self::Cancelled | Self::Stopped => "cancelled",
            Self::Replaced => "replaced",
        }
    }

    /// The ID of the request that ended it.
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::Saved { request_id, .. } | Self::Failed { request_id, .. } => request_id.as_deref(),
            Self::Cancelled | Self::Stopped | Self::Replaced => None,
        }
    }
}

/// One request to the library. Calls are carried out in the order in which they are made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum StoreCall {
    /// Opened sessions, drafts and gates of some profiles and a host, and the waiting entries that nobody alive carries out,
    /// which this copy claims.
    Load { profiles: Vec<Profile>, host: Host },
    /// What `Load` brings, but only those sessions that another copy may have changed since the last `Load` or `Changes`.
    Changes { profiles: Vec<Profile>, host: Host },
    /// For the first frame: at most so many sessions, the first in the order by last change. Claims nothing, unless these
    /// are all: then it is a `Load`.
    First { profiles: Vec<Profile>, host: Host, most: u32 },
    /// What `Load` brings, without claiming anything: for who only looks.
    Peek { profiles: Vec<Profile>, host: Host },
    /// Writes the intent durably, drops the session's draft (a rename only), marks the session (inserted if new) as opened, and marks
    /// as replaced every older unsettled entry of the session except `in_flight`. One transaction.
    Commit { intent: Intent, session: Session, in_flight: Option<EntryId> },
    /// Writes the intents of a bulk like single ones, all of them or none. One transaction.
    CommitAll(Vec<(Intent, Session)>),
    /// Writes how many entries ended, none of which was sent. One transaction.
    SettleAll { entries: Vec<(EntryId, Session)>, outcome: Outcome, at: Stamp },
    /// Writes how an entry ended, and the session as the answer left it. One transaction.
    Settle { entry: EntryId, outcome: Outcome, session: Session, at: Stamp },
    /// Writes or replaces a draft.
    SaveDraft(Draft),
    /// Forgets a draft.
    DropDraft(Key),
    /// The newest entries of a profile and host first, at most `most`.
    History { profiles: Vec<Profile>, host: Host, most: u32 },
    /// The entry, or all of the batch, that is looked for.
    Find { profiles: Vec<Profile>, host: Host, what: Newest },
    /// Forgets ended entries made before this moment.
    Forget { before: Stamp },
    /// Asks for the turn of an entry.
    Claim(EntryId),
    /// Nothing may be sent to this tenant before `until`, by any copy.
    CloseGate { host: Host, tenant: String, until: Stamp },
    /// Inserts or updates sessions (only those that were opened are kept).
    Remember(Vec<Session>),
    /// Takes a session out of the list. Its journal entries stay.
    Unlist(Key),
    /// Never shows this hint again.
    Dismiss(String),
}

/// The library's answers.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum StoreReply {
    Loaded(Snapshot),
    /// Written; `turn` is false while another running copy is at work on the session.
    Committed {
        entry: EntryId,
        turn: bool,
    },
    /// The same for each intent of a bulk, in their order.
    AllCommitted(Vec<(EntryId, bool)>),
    /// Whether it is this copy's turn now.
    Turn(Turn),
    Entries(Vec<Entry>),
    Done,
}

impl StoreReply {
    /// What the library holds.
    ///
    /// # Errors
    /// `Bug` when it is something else.
    pub fn loaded(self) -> Result<Snapshot, Fault> {
        if let Self::Loaded(snapshot) = self { Ok(snapshot) } else { Err(Self::of_another_kind()) }
    }

    /// Entries of the journal.
    ///
    /// # Errors
    /// `Bug` when it is something else.
    pub fn entries(self) -> Result<Vec<Entry>, Fault> {
        if let Self::Entries(entries) = self { Ok(entries) } else { Err(Self::of_another_kind()) }
    }

    /// The number of an entry that was made, and whether it is this copy's turn.
    ///
    /// # Errors
    /// `Bug` when it is something else.
    pub fn committed(self) -> Result<(EntryId, bool), Fault> {
        if let Self::Committed { entry, turn } = self {
            Ok((entry, turn))
        } else {
            Err(Self::of_another_kind())
        }
    }

    /// The same of each entry of a bulk.
    pub(super) fn all_committed(self) -> Result<Vec<(EntryId, bool)>, Fault> {
        if let Self::AllCommitted(entries) = self { Ok(entries) } else { Err(Self::of_another_kind()) }
    }

    fn of_another_kind() -> Fault {
        Fault::new(FaultKind::Bug, "The library's answer was of another kind than asked for.")
    }
}

/// The library as it stood at start.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Snapshot {
    pub sessions: Vec<Session>,
    pub drafts: Vec<Draft>,
    /// Entries that wait, and that this copy has claimed just now.
    pub unsettled: Vec<Unsettled>,
    /// Tenants that asked to be left alone, and until when.
    pub gates: Vec<(String, Stamp)>,
    /// Hints that are not to be shown again.
    pub dismissed: Vec<String>,
    /// Whether these are only the first sessions of more, and waiting entries were not looked for.
    #[serde(default)]
    pub partial: bool,
}

/// Who carries an entry out.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Turn {
    /// This copy. The server may hold one of these names, left there by another copy of ours.
    Yours { earlier: Vec<String> },
    /// Another copy that lives is at work on the session.
    NotYet,
    /// Another copy has carried it out.
    Ended(Outcome),
    /// It is in the journal no more.
    Gone,
}

//! Saves: what was committed and how far it got, per session.
//!
//! One request in flight per session; the newest wish waits behind it and replaces an older one that waits. Nothing
//! leaves before its journal entry is on disk.

use std::collections::BTreeMap;
use std::time::Duration;

use super::fault::Fault;
use super::msg::ReqId;
use super::session::{Account, Key, WorkspaceId};
use super::store::EntryId;
use super::time::Stamp;
use super::title::Title;

/// How many writes may be on their way at once.
pub const AT_ONCE: usize = 4;
/// How often a busy or unclear answer is tried again before the save counts as failed.
pub const TRIES: u32 = 6;

/// One committed name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wish {
    pub to: Title,
    /// The server's name when the person began.
    pub from: Option<String>,
    pub workspace: WorkspaceId,
    /// Who committed it; it goes out under this account only.
    pub account: Option<Account>,
    /// Read from the journal at start. With no account on it, nobody can tell whose it is, so it is never sent by itself.
    pub resumed: bool,
}

/// A save of one session.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Save {
    pub wish: Wish,
    pub phase: Phase,
    /// A newer wish that waits for this one.
    pub next: Option<Next>,
    /// Sends so far that brought no clear answer.
    pub tries: u32,
    /// Earlier names of ours that may have reached the server, so that finding one there is no surprise.
    pub ours: Vec<String>,
}

/// How far a save got.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Phase {
    /// Its intent is being written to the journal.
    Writing { req: ReqId },
    /// On disk, waiting for a turn, a sign-in or its account. With `look`, an earlier send may have been applied, so
    /// the server is asked first.
    Ready { entry: EntryId, look: bool },
    /// The server is asked what the name is now.
    Looking { entry: EntryId, req: ReqId },
    /// The PATCH is on its way.
    Sending { entry: EntryId, req: ReqId },
    /// To be tried again.
    Retrying { entry: EntryId, at: Stamp, fault: Fault },
    /// Ended badly. The words are the session's draft.
    Failed { fault: Fault },
    /// The server's 200 came. Shown until the first key after `until`.
    Saved { until: Stamp },
}

/// The wish that waits behind the one in flight.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Next {
    pub wish: Wish,
    /// `Err(request)` while it is being written to the journal.
    pub entry: Result<EntryId, ReqId>,
}

impl Phase {
    /// Whether a request to the server is out.
    pub fn in_flight(&self) -> bool {
        match self {
            Self::Looking { .. } | Self::Sending { .. } => true,
            Self::Writing { .. }
            | Self::Ready { .. }
            | Self::Retrying { .. }
            | Self::Failed { .. }
            | Self::Saved { .. } => false,
        }
    }

    /// Whether the save still has something ahead of it.
    pub fn open(&self) -> bool {
        match self {
            Self::Failed { .. } | Self::Saved { .. } => false,
            Self::Writing { .. }
            | Self::Ready { .. }
            | Self::Looking { .. }
            | Self::Sending { .. }
            | Self::Retrying { .. } => true,
        }
    }

    /// The journal entry that stands behind it.
    pub fn entry(&self) -> Option<EntryId> {
        match self {
            Self::Ready { entry, .. }
            | Self::Looking { entry, .. }
            | Self::Sending { entry, .. }
            | Self::Retrying { entry, .. } => Some(*entry),
            Self::Writing { .. } | Self::Failed { .. } | Self::Saved { .. } => None,
        }
    }
}

impl Save {
    /// The name that the person wants, the newest one.
    pub fn wanted(&self) -> &Title {
        self.next.as_ref().map_or(&self.wish.to, |n| &n.wish.to)
    }

    /// Whether something is still ahead.
    pub fn open(&self) -> bool {
        self.phase.open() || self.next.is_some()
    }
}

/// All saves, by session.
pub type Saves = BTreeMap<Key, Save>;

/// The pause before try number `tries` (from 1): 1, 2, 4 … 30 s, unless the server named one.
pub fn pause(tries: u32, named: Option<Duration>) -> Duration {
    named.unwrap_or_else(|| {
        Duration::from_secs(1 << tries.saturating_sub(1).min(5)).min(Duration::from_secs(30))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_half_a_minute_unless_the_server_names_one() {
        let seconds: Vec<_> = (1..=7).map(|n| pause(n, None).as_secs()).collect();
        assert_eq!(seconds, [1, 2, 4, 8, 16, 30, 30]);
        assert_eq!(pause(3, Some(Duration::from_secs(90))).as_secs(), 90);
    }
}

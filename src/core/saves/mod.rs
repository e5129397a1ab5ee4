//! Saves: what was committed and how far it got, per session.
//!
//! One request in flight per session; the newest wish waits behind it and replaces an older one that waits. Nothing
//! leaves before its journal entry is on disk.

mod all;

use std::time::Duration;

use super::fault::Fault;
use super::msg::ReqId;
use super::session::{Account, Name, WorkspaceId};
use super::store::{Deed, EntryId};
use super::time::Stamp;
use super::title::NewName;
pub use all::{Queue, Saves};

/// How many writes may be on their way at once.
pub const AT_ONCE: usize = 4;
/// How often a busy or unclear answer is tried again before the save counts as failed.
pub const TRIES: u32 = 6;

/// One committed name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wish {
    pub to: NewName,
    /// The server's name when the person began.
    pub from: Option<Name>,
    pub workspace: WorkspaceId,
    /// Who committed it; it goes out under this account only.
    pub account: Option<Account>,
    /// Read from the journal at start. With no account on it, nobody can tell whose it is, so it is never sent by itself.
    pub resumed: bool,
    /// Too old to be sent without a person's word.
    pub asks: bool,
    pub deed: Deed,
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
    /// The look that began with the typing, and is not answered yet.
    pub base: Base,
}

/// What is known of the name that the server has while somebody types another.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Base {
    /// Nothing is asked: the check is done, or was not possible.
    Settled,
    /// The server was asked when the editor opened, or at Enter. It is waited for until then.
    Asked { req: ReqId, until: Stamp },
    /// Somebody else's name is there.
    Theirs(Option<Name>),
}

/// How far a save got.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Phase {
    /// Its intent is being written to the journal.
    /// With `look`, the server is asked before it is sent.
    Writing { req: ReqId, look: bool },
    /// On disk, one of a bulk whose walk has not told yet what names the server has.
    Held { entry: EntryId },
    /// On disk, waiting for a turn, a sign-in or its account. With `look`, an earlier send may have been applied, so
    /// the server is asked first.
    Ready { entry: EntryId, look: bool },
    /// On disk, while another running copy is at work on the session. Asked again at `at`.
    Elsewhere { entry: EntryId, at: Stamp },
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
    /// Ask the server first.
    pub look: bool,
}

impl Phase {
    /// Whether a request to the server is out.
    pub fn in_flight(&self) -> bool {
        self.request().is_some()
    }

    /// The request to the server that is out. Several renames of a bulk may share one.
    pub fn request(&self) -> Option<ReqId> {
        match self {
            Self::Looking { req, .. } | Self::Sending { req, .. } => Some(*req),
            Self::Writing { .. }
            | Self::Held { .. }
            | Self::Ready { .. }
            | Self::Elsewhere { .. }
            | Self::Retrying { .. }
            | Self::Failed { .. }
            | Self::Saved { .. } => None,
        }
    }

    /// Whether the save still has something ahead of it.
    pub fn open(&self) -> bool {
        match self {
            Self::Failed { .. } | Self::Saved { .. } => false,
            Self::Writing { .. }
            | Self::Held { .. }
            | Self::Ready { .. }
            | Self::Elsewhere { .. }
            | Self::Looking { .. }
            | Self::Sending { .. }
            | Self::Retrying { .. } => true,
        }
    }

    /// The journal entry that stands behind it.
    pub fn entry(&self) -> Option<EntryId> {
        match self {
            Self::Held { entry }
            | Self::Ready { entry, .. }
            | Self::Elsewhere { entry, .. }
            | Self::Looking { entry, .. }
            | Self::Sending { entry, .. }
            | Self::Retrying { entry, .. } => Some(*entry),
            Self::Writing { .. } | Self::Failed { .. } | Self::Saved { .. } => None,
        }
    }
}

impl Save {
    /// A save that nothing has befallen yet.
    pub fn new(wish: Wish, phase: Phase) -> Self {
        Self { wish, phase, next: None, tries: 0, ours: Vec::new(), base: Base::Settled }
    }

    /// The name that the person wants, the newest one.
    pub fn wanted(&self) -> &NewName {
        self.next.as_ref().map_or(&self.wish.to, |n| &n.wish.to)
    }

    /// Whether something is still ahead.
    pub fn open(&self) -> bool {
        self.phase.open() || self.next.is_some()
    }
}

/// The pause before try number `tries` (from 1): 1, 2, 4 … 30 s, unless the server named one; with up to a quarter of
/// a second more for each second up to four, so that many do not come back at the same instant. The spread is made from
/// the entry's number, since the core throws no dice.
pub fn pause(tries: u32, named: Option<Duration>, entry: EntryId) -> Duration {
    let plain = named.unwrap_or_else(|| {
        Duration::from_secs(1 << tries.saturating_sub(1).min(5)).min(Duration::from_secs(30))
    });
    let number = entry.0.unsigned_abs().wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(tries % 64) >> 56;
    let spread = plain.min(Duration::from_secs(4)) / 4;
    plain + spread.saturating_mul(u32::try_from(number).unwrap_or(0)) / 256
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_half_a_minute_unless_the_server_names_one_and_spread_a_little() {
        let plain = [1, 2, 4, 8, 16, 30, 30];
        for (tries, least) in (1..).zip(plain) {
            let least = Duration::from_secs(least);
            let all: Vec<_> = (1..50).map(|n| pause(tries, None, EntryId(n))).collect();
            assert!(all.iter().all(|p| *p >= least && *p <= least + Duration::from_secs(1)), "{all:?}");
            assert!(all.iter().any(|p| *p != all[0]), "they do not come back together");
        }
        let named = pause(3, Some(Duration::from_secs(90)), EntryId(7));
        assert!(
            named >= Duration::from_secs(90) && named <= Duration::from_secs(91),
            "never earlier than asked"
        );
    }
}

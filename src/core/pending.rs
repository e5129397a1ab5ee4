//! Requests that are out.

use super::session::{Key, Profile};
use super::store::Newest;

/// An outstanding request: what to do with its answer. An id that is not here is stale.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Pending {
    /// A page of the list walk.
    Page,
    /// A look at one row of the list.
    Look(Key),
    /// A look at one row of a task of the command line.
    Learn(Key),
    /// The look-up of the Add line.
    Add,
    /// The look that opening the editor began.
    Base(Key),
    /// The look before sending again.
    Check(Key),
    /// A PATCH.
    Send(Key),
    /// Several in one request, in its order.
    SendMany(Vec<Key>),
    /// A journal entry being written.
    Commit(Key),
    /// The journal entries of a bulk being written.
    CommitAll,
    /// How an entry ended, being written.
    Settle(Key),
    /// A draft being written.
    Draft(Key),
    /// Sessions or a gate being remembered.
    Remember,
    /// Some of the sessions that a walk has brought being remembered.
    RememberSome,
    /// The turn of an entry being asked for.
    Claim(Key),
    /// All of the library being read, after its beginning.
    Load,
    /// The library being read again.
    Reload,
    /// What an undo or redo would take back being looked for.
    Find(Newest),
    /// The history being read.
    History,
    /// The names given before being read, for recall.
    Recall,
    /// The renames of the previewed session being read.
    Renames(Key),
    /// The prompts of the previewed session.
    Prompts(Key),
    /// The workspaces of a profile.
    Workspaces(Profile),
    /// A session being made in a profile, and its name.
    Create(Profile, String),
}

impl Pending {
    /// Whether it writes to the disk.
    pub(super) fn writes_to_disk(&self) -> bool {
        match self {
            Self::Commit(_)
            | Self::CommitAll
            | Self::Settle(_)
            | Self::Draft(_)
            | Self::Remember
            | Self::RememberSome
            | Self::Claim(_) => true,
            Self::Page
            | Self::Look(_)
            | Self::Learn(_)
            | Self::Add
            | Self::Base(_)
            | Self::Check(_)
            | Self::Send(_)
            | Self::SendMany(_)
            | Self::Load
            | Self::Reload
            | Self::Find(_)
            | Self::History
            | Self::Recall
            | Self::Renames(_)
            | Self::Prompts(_)
            | Self::Workspaces(_)
            | Self::Create(..) => false,
        }
    }

    /// Whether a person waits for its answer, rather than the program for itself.
    pub(super) fn was_asked_for(&self) -> bool {
        match self {
            Self::Add
            | Self::Page
            | Self::Find(_)
            | Self::History
            | Self::Renames(_)
            | Self::Prompts(_)
            | Self::Workspaces(_)
            | Self::Create(..) => true,
            Self::Look(_)
            | Self::Learn(_)
            | Self::Base(_)
            | Self::Check(_)
            | Self::Send(_)
            | Self::SendMany(_)
            | Self::Commit(_)
            | Self::CommitAll
            | Self::Settle(_)
            | Self::Draft(_)
            | Self::Remember
            | Self::RememberSome
            | Self::Claim(_)
            | Self::Load
            | Self::Reload
            | Self::Recall => false,
        }
    }
}

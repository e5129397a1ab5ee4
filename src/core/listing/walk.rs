//! The state of a walk over the server's lists.

use std::collections::{BTreeSet, VecDeque};

use crate::core::fault::Fault;
use crate::core::msg::ReqId;
use crate::core::session::{Profile, WorkspaceId};
use crate::core::time::Stamp;

/// Reading lists from the server.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Walk {
    /// Not reading. `as_of` is the end of the last complete walk.
    Idle { as_of: Option<Stamp> },
    /// Reading page after page.
    Going(Going),
    /// It failed; the rows are what they were.
    Failed { fault: Fault, as_of: Option<Stamp> },
}

/// A walk under way.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Going {
    pub req: ReqId,
    pub profile: Profile,
    pub workspace: WorkspaceId,
    /// Workspaces still to read.
    pub rest: VecDeque<(Profile, WorkspaceId)>,
    /// How many sessions it has brought so far.
    pub count: usize,
    /// Its number: rows remember which walk has brought them last.
    pub number: u32,
    /// Links already followed; a repeated one ends the walk.
    pub links: BTreeSet<String>,
    /// The first thing that went wrong on the way.
    pub fault: Option<Fault>,
    pub as_of: Option<Stamp>,
    /// A person asked for it, so the order may be made anew at its end.
    pub asked: bool,
}

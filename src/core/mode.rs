//! What the person is in the middle of: a mode of the list, and what lies over it.

use super::bulk::Bulk;
use super::likeness::Alike;
use super::line::LineEdit;
use super::menu::Menu;
use super::msg::ReqId;
use super::reading::Reading;
use super::recall;
use super::session::{Key, Name, WorkspaceId};
use super::store::Entry;
use super::time::Stamp;

/// What the keys work on, when no overlay is open.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Mode {
    Browse,
    Filter(LineEdit),
    Add(Adding),
    Create(Creating),
    Rename(Renaming),
}

/// The line that takes the name of a session to be made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Creating {
    /// Where the draft of it is kept; see [`NEW`].
    pub key: Key,
    pub line: LineEdit,
    /// The request that makes it, while it is on its way.
    pub req: Option<ReqId>,
    /// What was wrong, in words.
    pub problem: Option<String>,
    /// Another session with such a name, as last looked for.
    pub alike: Option<Alike>,
    pub walk: Option<recall::Walk>,
    pub on_disk: Option<String>,
    pub save_by: Option<Stamp>,
}

/// Stands for the ID of a session that is not made yet, in the key of its draft.
pub const NEW: &str = "(new)";

/// The line that takes an ID or link.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Adding {
    pub line: LineEdit,
    pub state: AddState,
}

/// How far adding got.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum AddState {
    Typing,
    /// The server is asked.
    Looking {
        req: ReqId,
        key: Key,
        workspace: WorkspaceId,
        share_token_dropped: bool,
    },
    /// What was wrong, in words.
    Wrong(String),
}

/// A name being edited in its row. It belongs to a session, never to a row number.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Renaming {
    pub key: Key,
    pub line: LineEdit,
    /// Whether the text came from a draft.
    pub from_draft: bool,
    /// The server's name when the editor opened, as far as it was known.
    pub base: Option<Name>,
    /// The look that the opening began, until it is answered.
    pub asked: Option<ReqId>,
    /// Why the text cannot be saved, after a try to.
    pub problem: Option<String>,
    /// Another session with such a name, as last looked for.
    pub alike: Option<Alike>,
    /// Enter was pressed in a protected profile, which wants it twice.
    pub sure: bool,
    /// The walk through earlier names.
    pub walk: Option<recall::Walk>,
    /// The text as it stands in the draft on disk; `None` when there is none.
    pub on_disk: Option<String>,
    /// When text not yet on disk must be there.
    pub save_by: Option<Stamp>,
}

/// An editor that was left a moment ago.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Left {
    pub until: Stamp,
    pub renaming: Box<Renaming>,
}

/// What lies over the list. The topmost takes the keys.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Overlay {
    SignIn,
    Menu(Menu),
    Reading(Reading),
    /// Ours or theirs?
    Conflict(Key),
    History(History),
    /// A bulk rename being prepared.
    Bulk(Box<Bulk>),
    /// How a bulk fares; it is `Model::batch`.
    Batch {
        chosen: usize,
    },
}

/// The renames of this profile, newest first.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct History {
    /// `None` until the library has answered.
    pub entries: Option<Vec<Entry>>,
    pub filter: LineEdit,
    /// Whether the filter has the keys.
    pub filtering: bool,
    /// The number of the selected row among the matching ones.
    pub chosen: usize,
}

/// What the mouse was pressed on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Pressed {
    Row(Key),
    /// A line of a menu.
    Item,
}

/// Leaving the program.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Leaving {
    /// When waiting for writes ends.
    pub by: Stamp,
}

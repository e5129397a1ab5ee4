//! Facts from outside, in the past tense. Nothing in here is a wish.

use serde::{Deserialize, Serialize};
use std::time::Duration;

use super::errand::Task;
use super::fault::{Fault, FaultKind};
use super::key::Key as KeyPress;
use super::menu::Workspace;
use super::preview::Prompt;
use super::session::{Account, Entity};
use super::store::StoreReply;
use super::work::Worked;

/// The identity of one request. An answer whose id is not outstanding changes nothing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct ReqId(pub u64);

/// The identity of one try to sign in.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Attempt(pub u64);

/// The terminal's size in cells.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Size {
    pub width: u16,
    pub height: u16,
}

impl Size {
    /// Whether nothing useful fits, so that nothing but that is said.
    pub fn is_too_small(self) -> bool {
        self.width < 30 || self.height < 6
    }
}

/// Something that happened.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Msg {
    /// A key was pressed (releases never get here).
    Key(KeyPress),
    /// Text was pasted, whole and unfiltered.
    Paste(String),
    /// A line was typed, in plain mode; `None` when no further line will come.
    Line(Option<String>),
    /// The command line has said what it wants done.
    Tasked(Task),
    /// The terminal has another size.
    Resized(Size),
    /// The moment that `Model::wake` had named has come.
    Woke,
    /// The system asks the program to end (SIGTERM, SIGHUP, the terminal is gone).
    Terminated,
    /// The program is back in the foreground.
    Resumed,
    /// Graph answered, or failed to.
    Graph(ReqId, Result<GraphReply, Fault>),
    /// The sign-in port answered.
    Auth(Attempt, Result<AuthReply, Fault>),
    /// The library answered.
    Store(ReqId, Result<StoreReply, Fault>),
    /// Something was worked out, or it broke on the way.
    #[serde(skip)]
    Worked(Result<Worked, Fault>),
    /// Another running copy changed the library.
    LibraryChanged,
    /// A browser call failed; the text says which and why.
    DeskFailed(Fault),
    /// The editor was closed; with the text as it was left.
    Edited(Result<String, Fault>),
    /// The system's own clipboard has taken the text.
    Copied,
    /// The mouse did something, at a cell of the screen counted from the top left.
    Mouse { what: Mouse, x: u16, y: u16 },
}

/// What a mouse does.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Mouse {
    Pressed,
    WheelUp,
    WheelDown,
}

/// What Graph answers.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum GraphReply {
    /// One page of a list walk.
    Page {
        sessions: Vec<Entity>,
        next: Option<PageLink>,
    },
    /// One session, as GET brings it.
    Session(Entity),
    /// The session as the PATCH returned it.
    Renamed {
        entity: Entity,
        request_id: Option<String>,
    },
    /// How each rename of a batch was answered, in the order in which they were asked for: what `Renamed` holds, or
    /// what went wrong with this one.
    RenamedMany(Vec<Result<Renamed, Fault>>),
    /// The session that was made.
    Created(Entity),
    Workspaces(Vec<Workspace>),
    Prompts(Vec<Prompt>),
}

/// A session as a PATCH returned it, and the request's ID.
pub type Renamed = (Entity, Option<String>);

impl GraphReply {
    /// One session, as GET brings it.
    ///
    /// # Errors
    /// `Bug` when it is something else.
    pub fn session(self) -> Result<Entity, Fault> {
        if let Self::Session(entity) = self { Ok(entity) } else { Err(Self::of_another_kind()) }
    }

    /// The session as the PATCH returned it, and the request's ID.
    ///
    /// # Errors
    /// `Bug` when it is something else.
    pub fn renamed(self) -> Result<Renamed, Fault> {
        if let Self::Renamed { entity, request_id } = self {
            Ok((entity, request_id))
        } else {
            Err(Self::of_another_kind())
        }
    }

    /// How each rename of a batch was answered.
    pub(super) fn renamed_many(self) -> Result<Vec<Result<Renamed, Fault>>, Fault> {
        if let Self::RenamedMany(parts) = self { Ok(parts) } else { Err(Self::of_another_kind()) }
    }

    /// The workspaces.
    pub(super) fn workspaces(self) -> Result<Vec<Workspace>, Fault> {
        if let Self::Workspaces(all) = self { Ok(all) } else { Err(Self::of_another_kind()) }
    }

    /// The prompts.
    pub(super) fn prompts(self) -> Result<Vec<Prompt>, Fault> {
        if let Self::Prompts(all) = self { Ok(all) } else { Err(Self::of_another_kind()) }
    }

    /// An answer of another kind than was asked for.
    pub fn of_another_kind() -> Fault {
        Fault::new(FaultKind::Bug, "The server's answer was of another kind than asked for.")
    }
}

/// `@odata.nextLink`: a whole URL, opaque to us. The Graph client refuses one that leaves its host.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PageLink(pub String);

/// What the sign-in port answers.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum AuthReply {
    /// A cached sign-in can be used (its access token may still need a refresh, which the first call does).
    Restored(Who),
    /// Nothing usable is cached; the notice tells of a cache that could not be read and was set aside.
    NothingCached { notice: Option<String> },
    /// A device code to show.
    Code(DeviceCode),
    /// A page to sign in on, in the browser of this machine.
    Page(SignInPage),
    /// The person has not finished yet.
    Pending,
    /// The server wants five more seconds between polls, from now on (RFC 8628 section 3.5).
    SlowDown,
    /// The server could not answer this time; the code is still good.
    Unreachable(Fault),
    /// Signed in, and the tokens are stored. The notice tells if they could be kept in memory only.
    SignedIn { who: Who, notice: Option<String> },
}

/// What the person needs to sign in (RFC 8628 section 3.2). The device code itself stays inside the port.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct DeviceCode {
    pub user_code: String,
    /// As the server gave it; never a constant of ours.
    pub url: String,
    /// Whether the URL may be handed to a browser (https, or loopback while the authority is).
    pub may_open: bool,
    /// Seconds of life left, counted from the answer.
    pub expires_in: Duration,
    /// The least time between two polls.
    pub interval: Duration,
}

/// Where to sign in by browser.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SignInPage {
    pub url: String,
    /// Whether the URL may be handed to a browser (https, or loopback while the authority is).
    pub may_open: bool,
    /// How long the browser is waited for.
    pub expires_in: Duration,
}

/// Who is signed in, from the `id_token`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Who {
    pub account: Account,
    /// `preferred_username`, shown in the header; it can change, so it identifies nobody.
    pub username: String,
    /// The tenant of the token really in use.
    pub tenant: String,
}

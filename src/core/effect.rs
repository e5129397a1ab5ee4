//! Wishes for the outside, compared with `==` in tests. The shell carries them out.

use super::msg::{Attempt, PageLink, ReqId};
use super::session::{Account, Key, Profile, SessionId, WorkspaceId};
use super::store::StoreCall;
use super::title::NewName;
use super::work::Work;
use serde::{Deserialize, Serialize};

/// One thing to be done outside.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Effect {
    /// Ask Graph, as this account and no other.
    Graph(ReqId, Caller, GraphCall),
    /// Ask the sign-in port of a profile.
    Auth(Profile, Attempt, AuthCall),
    /// Ask the library.
    Store(ReqId, StoreCall),
    /// Work something out away from the loop.
    Work(Work),
    /// Open an address in the browser.
    OpenUrl(String),
    /// Put text on the clipboard: through the terminal (OSC 52), where nobody can know whether it arrived, and through
    /// the system, where that is this machine's own.
    Copy(String),
    /// Take the mouse, or leave it to the terminal.
    Mouse(bool),
    /// Say these lines behind what was said so far, in plain mode.
    Say(String),
    /// Give the terminal to the person's own editor, with this text in it. `typed`: somebody's own words are in it, so
    /// that it is no leftover even if the editor never changes it.
    Edit { text: String, typed: bool },
    /// Draw the whole screen anew.
    Repaint,
    /// Stop in favour of the shell (Ctrl-Z), until it brings us back.
    Suspend,
    /// End the program.
    Exit,
}

/// Who asks Graph: an account, signed in to a profile.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Caller {
    pub profile: Profile,
    pub account: Account,
}

/// One request to Graph.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum GraphCall {
    /// One page of `GET …/sessions`.
    List { workspace: WorkspaceId, page: Option<PageLink> },
    /// `GET …/sessions/{id}`.
    Get { key: Key, workspace: WorkspaceId },
    /// `PATCH …/sessions/{id}`, the call at the heart.
    Rename { id: SessionId, workspace: WorkspaceId, name: NewName },
    /// `POST {graph}/$batch`: that call for several sessions, [`MOST_IN_BATCH`] at most, in one request.
    RenameMany(Vec<Part>),
    /// `POST …/sessions`. Never repeated by itself: a second one makes a second session.
    Create { workspace: WorkspaceId, name: NewName },
    /// `GET …/workspaces`.
    Workspaces,
    /// `GET …/sessions/{id}/prompts`.
    Prompts { key: Key, workspace: WorkspaceId },
}

/// How many requests Graph takes in one batch (Graph's page on JSON batching).
pub const MOST_IN_BATCH: usize = 20;

/// One rename of a batch.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Part {
    pub id: SessionId,
    pub workspace: WorkspaceId,
    pub name: NewName,
}

/// One request to the sign-in port.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AuthCall {
    /// Look for a cached sign-in. Needs no network.
    Resume,
    /// Begin in this way; an older attempt is forgotten.
    Begin(Way),
    /// Ask once whether the person has typed the code.
    Poll,
    /// Wait for the browser to come back.
    Return,
}

/// How to sign in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Way {
    /// A code that is typed on a page (RFC 8628).
    Device,
    /// The browser, which comes back to this machine (RFC 8252, with PKCE).
    Browser,
    /// A program of the site's own that prints a token.
    Command,
}

impl Way {
    /// The word in configuration and tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::Browser => "browser",
            Self::Command => "command",
        }
    }

    /// What to offer when this way is blocked. A site that signs in by a program of its own has no other.
    pub fn other(self) -> Option<Self> {
        match self {
            Self::Device => Some(Self::Browser),
            Self::Browser => Some(Self::Device),
            Self::Command => None,
        }
    }
}

/// Effects of one scope replace each other: starting the newer cancels the older.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Scope {
    /// The list walk.
    Walk,
    /// The prompts of the preview.
    Preview,
    /// The sign-in attempt of a profile.
    SignIn(Profile),
    /// What the list shows.
    Arrange,
    /// What becomes of the rows of a bulk.
    Plan,
    /// What the palette finds.
    Find,
    /// Names like the one that is being typed.
    Alike,
}

impl Effect {
    /// The scope in which this effect replaces an older one; `None` for what is never cancelled, writes above all.
    pub fn scope(&self) -> Option<Scope> {
        match self {
            Self::Graph(_, _, GraphCall::List { .. }) => Some(Scope::Walk),
            Self::Graph(_, _, GraphCall::Prompts { .. }) => Some(Scope::Preview),
            Self::Auth(profile, ..) => Some(Scope::SignIn(profile.clone())),
            Self::Work(Work::Arrange(_)) => Some(Scope::Arrange),
            Self::Work(Work::Plan(_)) => Some(Scope::Plan),
            Self::Work(Work::Find(_)) => Some(Scope::Find),
            Self::Work(Work::Alike(_)) => Some(Scope::Alike),
            Self::Graph(
                _,
                _,
                GraphCall::Rename { .. }
                | GraphCall::RenameMany(_)
                | GraphCall::Get { .. }
                | GraphCall::Create { .. }
                | GraphCall::Workspaces,
            )
            | Self::Mouse(_)
            | Self::Edit { .. }
            | Self::Say(_)
            | Self::Store(..)
            | Self::OpenUrl(_)
            | Self::Copy(_)
            | Self::Repaint
            | Self::Suspend
            | Self::Exit => None,
        }
    }
}

//! The profiles: one per customer, each with its own tenant, workspace and sign-in, all in one list.

use serde::{Deserialize, Serialize};
use std::time::Duration;

use super::effect::Way;
use super::fault::Fault;
use super::menu::Workspace;
use super::msg::{Attempt, DeviceCode, SignInPage, Who};
use super::pace::Pace;
use super::session::{Account, Profile, Session, WorkspaceId};
use super::template::Facts;
use super::time::Stamp;

/// What the configuration says of a profile.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PlaceConfig {
    pub profile: Profile,
    /// In words, drawn in the header.
    pub label: Option<String>,
    /// As configured; the token's own is shown once somebody is signed in.
    pub tenant: String,
    /// The workspace to begin with.
    pub workspace: WorkspaceId,
    /// The first eight characters of the client ID; `None` when none is configured.
    pub client: Option<String>,
    /// No write may leave.
    pub read_only: bool,
    /// Each write asks once more.
    pub protected: bool,
}

impl PlaceConfig {
    /// What holds without a configuration: nothing can be asked, everything local can be looked at.
    pub fn fallback() -> Self {
        Self {
            profile: Profile::new("default"),
            label: None,
            tenant: "organizations".into(),
            workspace: WorkspaceId::new("default"),
            client: None,
            read_only: false,
            protected: false,
        }
    }
}

/// A profile in use.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    pub config: PlaceConfig,
    /// The workspace in use: as configured, until the person picks another.
    pub workspace: WorkspaceId,
    /// The name of that workspace, once Graph has told it.
    pub workspace_name: Option<String>,
    /// The workspaces that Graph has told of in this run.
    pub workspaces: Vec<Workspace>,
    pub auth: Auth,
    /// Who was signed in last in this run: what is typed while signed out waits for them.
    pub last_who: Option<Who>,
    /// How to sign in next time: as configured, until the person changes over.
    pub way: Way,
}

impl Place {
    /// A profile at start.
    pub fn new(config: PlaceConfig, way: Way) -> Self {
        let workspace = config.workspace.clone();
        Self {
            config,
            workspace,
            workspace_name: None,
            workspaces: Vec::new(),
            auth: Auth::Out { why: None },
            last_who: None,
            way,
        }
    }

    /// Who is signed in.
    pub fn who(&self) -> Option<&Who> {
        match &self.auth {
            Auth::In(who) => Some(who),
            Auth::Unconfigured
            | Auth::Checking { .. }
            | Auth::Out { .. }
            | Auth::Asking { .. }
            | Auth::Waiting(_)
            | Auth::Away(_) => None,
        }
    }

    /// The account that is signed in.
    pub fn account(&self) -> Option<&Account> {
        self.who().map(|who| &who.account)
    }

    /// Who acts: who is signed in, or was before this run lost its sign-in.
    pub fn acting(&self) -> Option<&Account> {
        self.who().or(self.last_who.as_ref()).map(|who| &who.account)
    }

    /// The label, else the profile's name.
    pub fn title(&self) -> &str {
        self.config.label.as_deref().unwrap_or(self.config.profile.as_str())
    }

    /// What a template is filled with for a session of this profile.
    pub(super) fn facts<'a>(&'a self, session: &'a Session, now: Stamp, zone: i32, n: u64) -> Facts<'a> {
        let who = self.who();
        let named = self.workspace_name.as_deref().filter(|_| self.workspace == session.workspace);
        Facts {
            session,
            tenant: who.map_or(self.config.tenant.as_str(), |who| who.tenant.as_str()),
            profile: self.title(),
            workspace: named.unwrap_or(session.workspace.as_str()),
            me: who.map_or("", |who| who.username.split('@').next().unwrap_or("")),
            now,
            zone,
            n,
        }
    }

    /// Whether a sign-in attempt is one of this profile's.
    pub fn attempts(&self, attempt: Attempt) -> bool {
        match &self.auth {
            Auth::Checking { attempt: ours } | Auth::Asking { attempt: ours, .. } => *ours == attempt,
            Auth::Waiting(wait) => wait.attempt == attempt,
            Auth::Away(wait) => wait.attempt == attempt,
            Auth::Unconfigured | Auth::Out { .. } | Auth::In(_) => false,
        }
    }
}

/// Every profile, and the one in use. Never empty.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Places {
    all: Vec<Place>,
    here: usize,
}

impl Places {
    /// The profile in use at first, and the others.
    pub fn new(first: Place, others: impl IntoIterator<Item = Place>) -> Self {
        let mut all = vec![first];
        all.extend(others);
        Self { all, here: 0 }
    }

    /// Every profile, in the order of the configuration.
    pub fn all(&self) -> &[Place] {
        &self.all
    }

    /// The profile in use.
    #[expect(clippy::indexing_slicing, reason = "never empty, and `here` is only set to what exists")]
    pub fn here(&self) -> &Place {
        &self.all[self.here]
    }

    #[expect(clippy::indexing_slicing, reason = "never empty, and `here` is only set to what exists")]
    pub fn here_mut(&mut self) -> &mut Place {
        &mut self.all[self.here]
    }

    /// A profile by its name.
    pub fn get(&self, profile: &Profile) -> Option<&Place> {
        self.all.iter().find(|place| place.config.profile == *profile)
    }

    pub(crate) fn get_mut(&mut self, profile: &Profile) -> Option<&mut Place> {
        self.all.iter_mut().find(|place| place.config.profile == *profile)
    }

    /// Uses the profile of that name, if there is one; whether it is another than before.
    pub(crate) fn go(&mut self, profile: &Profile) -> bool {
        let at = self.all.iter().position(|place| place.config.profile == *profile);
        at.is_some_and(|at| std::mem::replace(&mut self.here, at) != at)
    }
}

/// Where sign-in stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Auth {
    /// No client ID is configured; nothing can be asked.
    Unconfigured,
    /// Looking for a cached sign-in.
    Checking { attempt: Attempt },
    /// Signed out; with the reason if it came to that during the run.
    Out { why: Option<Fault> },
    /// A device code or a page is on its way; `renewed` codes ran out before it.
    Asking { attempt: Attempt, way: Way, renewed: u32 },
    /// A device code is shown.
    Waiting(DeviceWait),
    /// The browser has the word.
    Away(BrowserWait),
    /// Signed in.
    In(Who),
}

/// A device code on the screen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeviceWait {
    pub attempt: Attempt,
    pub code: DeviceCode,
    pub until: Stamp,
    pub pace: Pace,
    pub poll: Poll,
    /// The last poll did not reach the server.
    pub trouble: Option<Fault>,
    /// How many codes ran out before this one.
    pub renewed: u32,
}

impl DeviceWait {
    /// When to tell about a page that says "You don't have access to this": such a block is shown in the browser and
    /// never to us, who go on waiting. Long enough for somebody who types the code at leisure.
    pub fn doubt_at(&self) -> Stamp {
        let shown = self.until.before(self.code.expires_in);
        if self.renewed > 0 { shown } else { shown + DOUBT }
    }
}

const DOUBT: Duration = Duration::from_secs(45);

/// A sign-in in the browser of this machine.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BrowserWait {
    pub attempt: Attempt,
    pub page: SignInPage,
    pub until: Stamp,
}

/// The next poll, or the one under way.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Poll {
    At(Stamp),
    Asked,
}

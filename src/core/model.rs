//! Everything that the screen shows and the rules decide on: one value, and what is derived from it.

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use super::command::Focus;
use super::effect::{Caller, Effect, Way};
use super::fault::FaultKind;
use super::line::LineEdit;
use super::listing::{Listing, Scope};
use super::msg::{Attempt, ReqId, Size, Who};
use super::notice::Notice;
use super::place::{Auth, Place, PlaceConfig, Places, Poll};
use super::saves::{Base, Phase, Save, Saves};
use super::session::{Account, Host, Key, Profile, Session, SessionId, WorkspaceId};
use super::store::{Draft, Entry, Newest, Snapshot};
use super::time::{Stamp, ago_changes};

/// What stays the same for the whole run.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Settings {
    /// The profiles; the one in use at first comes first. Never empty.
    pub places: Vec<PlaceConfig>,
    /// Where the configuration file is looked for, as text for the person.
    pub config_path: String,
    pub host: Host,
    /// The portal's base address, without a slash at the end.
    pub portal: String,
    /// How long the journal keeps what is done. Zero: not at all.
    pub history: Duration,
    /// East of UTC, in seconds, for dates on the screen.
    pub zone: i32,
    /// Draw with ASCII characters only.
    pub ascii: bool,
    /// How to sign in at first.
    pub way: Way,
    /// Where tokens are kept, and how they are protected there, as text for the person.
    pub tokens_kept: String,
    /// Shown at sign-in when somebody else will approve the code, as the demo does.
    pub sign_in_hint: Option<String>,
}

/// What the keys work on, when no overlay is open.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Mode {
    Browse,
    Filter(LineEdit),
    Add(Adding),
    Rename(Renaming),
}

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
    pub base: Option<String>,
    /// The look that the opening began, until it is answered.
    pub asked: Option<ReqId>,
    /// Why the text cannot be saved, after a try to.
    pub problem: Option<String>,
    /// The text as it stands in the draft on disk; `None` when there is none.
    pub on_disk: Option<String>,
    /// When text not yet on disk must be there.
    pub save_by: Option<Stamp>,
}

/// What lies over the list. The topmost takes the keys.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Overlay {
    SignIn,
    Help {
        scroll: u16,
    },
    /// Ours or theirs?
    Conflict(Key),
    History(History),
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

/// Leaving the program.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Leaving {
    /// When waiting for writes ends.
    pub by: Stamp,
}

/// An outstanding request: what to do with its answer. An id that is not here is stale.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Pending {
    /// A page of the list walk.
    Page,
    /// A look at one row of the list.
    Look(Key),
    /// The look-up of the Add line.
    Add,
    /// The look that opening the editor began.
    Base(Key),
    /// The look before sending again.
    Check(Key),
    /// A PATCH.
    Send(Key),
    /// A journal entry being written.
    Commit(Key),
    /// How an entry ended, being written.
    Settle(Key),
    /// A draft being written.
    Draft(Key),
    /// Sessions or a gate being remembered.
    Remember,
    /// The turn of an entry being asked for.
    Claim(Key),
    /// The library being read again.
    Reload,
    /// What an undo or redo would take back being looked for.
    Find(Newest),
    /// The history being read.
    History,
}

/// All state of the program.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Model {
    pub now: Stamp,
    pub size: Size,
    pub settings: Settings,
    pub places: Places,
    pub list: Listing,
    pub saves: Saves,
    /// Typed text that is neither saved nor on its way, by session.
    pub drafts: BTreeMap<Key, Draft>,
    pub mode: Mode,
    pub overlays: Vec<Overlay>,
    pub notice: Option<Notice>,
    pub pending: BTreeMap<ReqId, Pending>,
    pub leaving: Option<Leaving>,
    /// Until when each tenant wants to be left alone.
    pub gates: BTreeMap<String, Stamp>,
    /// Names that we have just set, to be looked at once more: a service may rename on its own.
    pub rechecks: VecDeque<(Stamp, Key)>,
    /// Another copy changed the library while it was being read.
    pub reload_again: bool,
    /// The last number given to a request or attempt.
    pub last_id: u64,
    /// Letters before this moment are the tail of an Alt chord that a slow link tore apart.
    pub deaf_until: Option<Stamp>,
    /// The last Ctrl-C, for the second one.
    pub interrupted: Option<Stamp>,
}

impl Model {
    /// The state at start, from what the library holds, and the first wishes.
    pub fn start(now: Stamp, size: Size, settings: Settings, snapshot: Snapshot) -> (Self, Vec<Effect>) {
        let mut places = settings.places.iter().map(|config| Place::new(config.clone(), settings.way));
        let first = places.next().unwrap_or_else(|| Place::new(PlaceConfig::fallback(), settings.way));
        let others: Vec<Place> = places.collect();
        let mut model = Self {
            now,
            size,
            places: Places::new(first, others),
            settings,
            list: Listing::new(snapshot.sessions),
            saves: Saves::new(),
            drafts: snapshot.drafts.into_iter().map(|d| (d.key.clone(), d)).collect(),
            mode: Mode::Browse,
            overlays: Vec::new(),
            notice: None,
            pending: BTreeMap::new(),
            leaving: None,
            gates: snapshot.gates.into_iter().collect(),
            rechecks: VecDeque::new(),
            reload_again: false,
            last_id: 0,
            deaf_until: None,
            interrupted: None,
        };
        let mut out = Vec::new();
        super::update::turns::resume(&mut model, snapshot.unsettled, &mut out);
        super::update::sign_in::start(&mut model, &mut out);
        model.list.settle_view(model.list_height(), model.row_extra());
        (model, out)
    }

    /// A session of the profile in use.
    pub(super) fn key(&self, id: &SessionId) -> Key {
        Key { profile: self.here().config.profile.clone(), id: id.clone() }
    }

    /// The profile in use.
    pub fn here(&self) -> &Place {
        self.places.here()
    }

    /// The profiles that the list shows.
    pub fn shown_places(&self) -> impl Iterator<Item = &Place> {
        let only = self.list.only().cloned();
        self.places.all().iter().filter(move |p| only.as_ref().is_none_or(|only| p.config.profile == *only))
    }

    /// Every profile by its name.
    pub(super) fn profiles(&self) -> Vec<Profile> {
        self.places.all().iter().map(|place| place.config.profile.clone()).collect()
    }

    /// Who may ask Graph in a profile, if somebody is signed in there.
    pub(super) fn caller(&self, profile: &Profile) -> Option<Caller> {
        let account = self.places.get(profile)?.account()?.clone();
        Some(Caller { profile: profile.clone(), account })
    }

    /// The account that is signed in to a session's profile.
    pub fn account_for(&self, key: &Key) -> Option<&Account> {
        self.places.get(&key.profile)?.account()
    }

    /// Whether a session's profile takes no writes.
    pub fn read_only(&self, key: &Key) -> bool {
        self.places.get(&key.profile).is_none_or(|place| place.config.read_only)
    }

    /// A fresh request id.
    pub(super) fn ask(&mut self, what: Pending) -> ReqId {
        self.last_id += 1;
        let id = ReqId(self.last_id);
        self.pending.insert(id, what);
        id
    }

    /// A fresh sign-in attempt.
    pub(super) fn attempt(&mut self) -> Attempt {
        self.last_id += 1;
        Attempt(self.last_id)
    }

    /// Where keys go.
    pub fn focus(&self) -> Focus {
        match self.overlays.last() {
            Some(Overlay::SignIn) => Focus::SignIn,
            Some(Overlay::Help { .. }) => Focus::Help,
            Some(Overlay::Conflict(_)) => Focus::Conflict,
            Some(Overlay::History(history)) if history.filtering => Focus::HistoryFilter,
            Some(Overlay::History(_)) => Focus::History,
            None => match &self.mode {
                Mode::Browse => Focus::List,
                Mode::Filter(_) => Focus::Filter,
                Mode::Add(_) => Focus::Add,
                Mode::Rename(_) => Focus::Rename,
            },
        }
    }

    /// Who is signed in to the profile in use.
    pub fn who(&self) -> Option<&Who> {
        self.here().who()
    }

    /// Until when nothing may be sent to the tenant of a profile.
    pub fn gate(&self, profile: &Profile) -> Option<Stamp> {
        let until = self.gates.get(&self.places.get(profile)?.who()?.tenant)?;
        Some(*until).filter(|until| *until > self.now)
    }

    /// The selected session.
    pub fn chosen(&self) -> Option<&Session> {
        self.list.chosen().and_then(|key| self.list.get(key))
    }

    /// How many saves are still ahead.
    pub fn open_saves(&self) -> usize {
        self.saves.values().filter(|s| s.open()).count()
    }

    /// How many saves wait for the server to be reachable.
    pub fn offline_saves(&self) -> usize {
        let offline = |save: &&Save| match &save.phase {
            Phase::Retrying { fault, .. } => matches!(fault.kind, FaultKind::Offline),
            Phase::Writing { .. }
            | Phase::Ready { .. }
            | Phase::Elsewhere { .. }
            | Phase::Looking { .. }
            | Phase::Sending { .. }
            | Phase::Failed { .. }
            | Phase::Saved { .. } => false,
        };
        self.saves.values().filter(offline).count()
    }

    /// How many rows the list can show: the screen less header, footer and status line.
    pub fn list_height(&self) -> usize {
        usize::from(self.size.height.saturating_sub(chrome(self.size.height)))
    }

    /// Rows on the screen now.
    pub fn visible(&self) -> impl Iterator<Item = &Session> {
        self.list.window(self.list_height()).filter_map(|key| self.list.get(key))
    }

    /// The earliest moment at which the state itself changes or needs something. The one timer.
    pub fn wake(&self) -> Option<Stamp> {
        let second = Duration::from_secs(1);
        let mut next: Option<Stamp> = None;
        let mut at = |moment: Stamp| next = Some(next.map_or(moment, |n: Stamp| n.min(moment)));
        for place in self.places.all() {
            match &place.auth {
                Auth::Waiting(wait) => {
                    at(wait.until);
                    if let Poll::At(poll) = wait.poll {
                        at(poll);
                    }
                    self.countdown(place, wait.until).map(&mut at);
                }
                Auth::Away(wait) => {
                    at(wait.until);
                    self.countdown(place, wait.until).map(&mut at);
                }
                Auth::Unconfigured
                | Auth::Checking { .. }
                | Auth::Out { .. }
                | Auth::Asking { .. }
                | Auth::In(_) => {}
            }
        }
        if let Mode::Rename(renaming) = &self.mode
            && let Some(by) = renaming.save_by
        {
            at(by);
        }
        for save in self.saves.values() {
            match save.phase {
                Phase::Retrying { at: due, .. } => {
                    at(due);
                    at(self.now + second.min(due.since(self.now)));
                }
                Phase::Elsewhere { at: due, .. } => at(due),
                Phase::Writing { .. }
                | Phase::Ready { .. }
                | Phase::Looking { .. }
                | Phase::Sending { .. }
                | Phase::Failed { .. }
                | Phase::Saved { .. } => {}
            }
            if let Base::Asked { until, .. } = save.base {
                at(until);
            }
        }
        for place in self.places.all() {
            let profile = &place.config.profile;
            let open = |(key, save): (&Key, &Save)| key.profile == *profile && save.open();
            if let Some(gate) = self.gate(profile).filter(|_| self.saves.iter().any(open)) {
                at(gate);
                at(self.now + second.min(gate.since(self.now)));
            }
        }
        if let Some((due, _)) = self.rechecks.front() {
            at(*due);
        }
        if let Some(until) = self.notice.as_ref().and_then(|n| n.until) {
            at(until);
        }
        // Once it is over the exit has been asked for, and there is nothing left to wake for.
        if let Some(leaving) = self.leaving.filter(|l| l.by > self.now) {
            at(leaving.by);
        }
        for session in self.visible() {
            if let Some(then) = session.modified {
                at(ago_changes(self.now, then));
            }
        }
        // Whatever is overdue is handled in the very next step; a moment in the past would spin.
        next.map(|n| n.max(self.now + Duration::from_micros(1)))
    }

    /// The next second of a countdown on the sign-in screen, if that is on the screen.
    fn countdown(&self, place: &Place, until: Stamp) -> Option<Stamp> {
        let left = until.since(self.now).as_micros();
        let into = u64::try_from(left.saturating_sub(1) % 1_000_000).unwrap_or(0) + 1;
        let shown =
            self.overlays.contains(&Overlay::SignIn) && place.config.profile == self.here().config.profile;
        shown.then(|| self.now + Duration::from_micros(into))
    }

    /// What is left undone at the end, in words for after the screen is gone.
    pub fn farewell(&self) -> Option<String> {
        let (waiting, drafts) = (self.open_saves(), self.drafts.len());
        let names = |n: usize| if n == 1 { "1 name".to_owned() } else { format!("{n} names") };
        match (waiting, drafts) {
            (0, 0) => None,
            (0, n) => Some(format!("{} kept as a draft; r in its row goes on with it.", names(n))),
            (n, _) => Some(format!(
                "{} not yet on the server, kept in the journal; the next start sends it.",
                names(n)
            )),
        }
    }

    /// Whether the list shows everything in the workspace.
    pub fn shows_everything(&self) -> bool {
        matches!(self.list.scope(), Scope::Everything)
    }
}

/// From this height on the screen has rules and column headings.
pub const ROOMY: u16 = 16;

/// Lines of the screen that are not the list: header, status line and footer; with room also two rules and the column
/// headings.
fn chrome(height: u16) -> u16 {
    if height >= ROOMY { 6 } else { 3 }
}

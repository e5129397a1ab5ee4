//! Everything that the screen shows and the rules decide on: one value, and what is derived from it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::batch::Batch;
use super::bulk::Part;
use super::bulk::sheet::Sheet;
use super::command::{Command, Focus};
use super::effect::{Caller, Effect};
use super::errand::Errand;
use super::fault::FaultKind;
use super::filter::{Tag, Tags};
use super::likeness::Rule;
use super::listing::{Line, Listing, Marks, Scope, Walk};
pub use super::mode::{
    AddState, Adding, Creating, History, Leaving, Left, Mode, NEW, Overlay, Pressed, Renaming,
};
use super::msg::{Attempt, Msg, ReqId, Size, Who};
use super::notice::Notice;
use super::pending::Pending;
use super::place::{Place, PlaceConfig, Places};
use super::plain::Plain;
use super::preview::Preview;
use super::reading::Messages;
use super::recall::Recall;
use super::saves::{Phase, Save, Saves};
use super::session::{Account, Key, Profile, Session, SessionId, WorkspaceId};
use super::settings::{Face, Settings};
use super::store::{Draft, Snapshot, Unsettled};
use super::time::Stamp;
use super::trees;
use super::update::burst::Burst;
use super::update::calm::Calm;

/// Names that we have set and that are looked at once more.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Recheck {
    /// One session's.
    Row(Key),
    /// Those of a bulk, by the lists of its workspaces.
    Bulk(VecDeque<(Profile, WorkspaceId)>),
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
    /// Drafts that the disk has refused: they are nowhere but in here, and are tried again.
    pub unkept: BTreeSet<Key>,
    pub mode: Mode,
    pub overlays: Vec<Overlay>,
    pub notice: Option<Notice>,
    pub pending: BTreeMap<ReqId, Pending>,
    pub leaving: Option<Leaving>,
    /// Until when each tenant wants to be left alone.
    pub gates: BTreeMap<String, Stamp>,
    /// Names that we have just set, to be looked at once more: a service may rename on its own.
    pub rechecks: VecDeque<(Stamp, Recheck)>,
    /// Answers about rows that may not be read yet: they are heard when all are.
    pub held_back: Vec<Msg>,
    /// Entries of the journal that wait for the same.
    pub unread: Vec<Unsettled>,
    /// Another copy changed the library while it was being read.
    pub reload_again: bool,
    /// The last number given to a request or attempt.
    pub last_id: u64,
    pub preview: Option<Preview>,
    /// Where a range of marks began, and the marks before it.
    pub range: Option<(Key, Marks)>,
    /// Names that are in an editor, or came back from it and were not applied.
    pub sheet: Option<Sheet>,
    /// The last bulk that was applied.
    pub batch: Option<Batch>,
    /// What the command line wants done; `None` in the app.
    pub errand: Option<Errand>,
    /// What plain mode keeps; `None` on a screen.
    pub plain: Option<Plain>,
    pub messages: Messages,
    /// Names given before.
    pub recall: Recall,
    pub rules: Vec<Rule>,
    /// How many templates with a number were inserted in this run, for `{n}`.
    pub templates_used: u64,
    /// Sessions that were removed from the list in this run.
    pub removed: Vec<Session>,
    /// Whether the mouse is ours.
    pub mouse: bool,
    /// The last press of the mouse, for the second of a double click.
    pub pressed: Option<(Stamp, Pressed)>,
    /// A write that a protected profile wants to be asked for twice, and was asked for once.
    pub sure: Option<Command>,
    /// Keys that may be part of a paste, where the terminal does not tell.
    pub burst: Option<Burst>,
    /// The one line of advice for a newcomer.
    pub tip: bool,
    /// The editor that Esc has just left: a letter right behind it is an Alt chord that a slow link tore apart.
    pub left: Option<Left>,
    /// The last Ctrl-C, for the second one.
    pub interrupted: Option<Stamp>,
    /// How little goes on.
    pub(super) calm: Calm,
    /// So many rows were gone through at that moment.
    gone_through: (Stamp, usize),
}

/// So many rows are gone through at one moment: a millisecond's work, on any machine of today.
const ROWS_AT_ONCE: usize = 100;

impl Model {
    /// The state at start, from what the library holds, and the first wishes.
    pub fn start(now: Stamp, size: Size, settings: Settings, snapshot: Snapshot) -> (Self, Vec<Effect>) {
        let rules = settings.rules.iter().filter_map(|pattern| Rule::parse(pattern).ok()).collect();
        let mut places = settings.places.iter().map(|config| Place::new(config.clone(), settings.way));
        let zone = settings.zone;
        let first = places.next().unwrap_or_else(|| Place::new(PlaceConfig::fallback(), settings.way));
        let others: Vec<Place> = places.collect();
        let mut model = Self {
            now,
            size,
            places: Places::new(first, others),
            settings,
            list: Listing::new(snapshot.sessions, now, zone),
            saves: Saves::default(),
            drafts: trees::map(snapshot.drafts.into_iter().map(|d| (d.key.clone(), d))),
            unkept: BTreeSet::new(),
            mode: Mode::Browse,
            overlays: Vec::new(),
            notice: None,
            pending: BTreeMap::new(),
            leaving: None,
            gates: trees::map(snapshot.gates),
            rechecks: VecDeque::new(),
            held_back: Vec::new(),
            unread: Vec::new(),
            reload_again: false,
            last_id: 0,
            preview: None,
            range: None,
            batch: None,
            errand: None,
            sheet: None,
            plain: None,
            messages: Messages::default(),
            recall: Recall::default(),
            rules,
            templates_used: 0,
            removed: Vec::new(),
            mouse: false,
            pressed: None,
            sure: None,
            burst: None,
            tip: !snapshot.dismissed.iter().any(|what| what == TIP),
            left: None,
            interrupted: None,
            calm: Calm::default(),
            gone_through: (now, 0),
        };
        if let Face::Plain { .. } = model.settings.face {
            model.plain = Some(Plain::default());
        }
        let titles = model.places.all().iter();
        let titles = titles.map(|place| (place.config.profile.clone(), place.title().to_owned()));
        model.list.set_titles(trees::map(titles));
        // Whoever reads lines, or runs a task, has no use for an answer that comes in a moment.
        if model.settings.face != Face::Screen {
            model.list.at_once = usize::MAX;
        }
        let mut out = Vec::new();
        if snapshot.partial {
            model.list.partial = true;
            super::update::reload::load(&mut model, &mut out);
        }
        super::update::turns::resume(&mut model, snapshot.unsettled, &mut out);
        super::update::sign_in::start(&mut model, &mut out);
        if model.settings.mouse {
            model.mouse = true;
            out.push(Effect::Mouse(true));
        }
        model.saves.place();
        model.settle_view();
        super::update::plain::begin(&mut model, &mut out);
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

    /// Something to know, on the status line.
    pub(super) fn note(&mut self, text: impl Into<String>) {
        self.notice = Some(Notice::info(self.now, text));
    }

    /// Something that went wrong, on the status line.
    pub(super) fn complain(&mut self, text: impl Into<String>) {
        self.notice = Some(Notice::bad(text));
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
            Some(Overlay::Menu(_)) => Focus::Menu,
            Some(Overlay::Reading(_)) => Focus::Reading,
            Some(Overlay::Conflict(_)) => Focus::Conflict,
            Some(Overlay::History(history)) if history.filtering => Focus::HistoryFilter,
            Some(Overlay::History(_)) => Focus::History,
            Some(Overlay::Bulk(bulk)) => match bulk.part {
                Part::Field { .. } | Part::Label { .. } => Focus::Bulk,
                Part::Table => Focus::BulkTable,
            },
            Some(Overlay::Batch { .. }) => Focus::Batch,
            None => match &self.mode {
                Mode::Browse => Focus::List,
                Mode::Filter(_) => Focus::Filter,
                Mode::Add(_) => Focus::Add,
                Mode::Create(_) => Focus::Create,
                Mode::Rename(_) => Focus::Rename,
            },
        }
    }

    /// The key of a command of the list, for words that say what to press; its name where it has no key.
    pub(super) fn key_of(&self, command: Command) -> String {
        let key = self.settings.keys.key_for(Focus::List, command);
        if key.is_empty() { format!("“{}”", command.name()) } else { key }
    }

    /// What to do where nobody is signed in.
    pub(super) fn not_signed_in(&self) -> String {
        format!("Not signed in: {} signs in.", self.key_of(Command::SignIn))
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

    /// Whether there will soon be more to see: a walk or a bulk brings one answer after the other, or another thread is
    /// about to have put the rows in order.
    pub fn is_busy(&self) -> bool {
        matches!(self.list.walk, Walk::Going(_))
            || self.batch.as_ref().is_some_and(Batch::runs)
            || self.list.is_being_ordered()
    }

    /// How many of so many rows are to be gone through now. However many messages a moment brings, and whatever there is to
    /// be done, it is [`ROWS_AT_ONCE`] between two keys at most. Whoever reads lines, runs a task or has left presses no keys
    /// meanwhile.
    pub(super) fn portion(&mut self, of: usize) -> usize {
        if self.settings.face != Face::Screen || self.leaving.is_some() {
            return of;
        }
        let (at, gone_through) = self.gone_through;
        let gone_through = if at == self.now { gone_through } else { 0 };
        let rows = of.min(ROWS_AT_ONCE.saturating_sub(gone_through));
        self.gone_through = (self.now, gone_through + rows);
        rows
    }

    /// How many saves are still ahead.
    pub fn open_saves(&self) -> usize {
        self.saves.open()
    }

    /// How many saves wait for the server to be reachable.
    pub fn offline_saves(&self) -> usize {
        let offline = |save: &Save| matches!(&save.phase, Phase::Retrying { fault, .. } if fault.kind == FaultKind::Offline);
        self.saves.lively().filter(|(_, save)| offline(save)).count()
    }

    /// How many rows the list can show: the screen less header, footer, status line, and a preview below it.
    pub fn list_height(&self) -> usize {
        let height = self.size.height.saturating_sub(chrome(self.size.height));
        usize::from(height.saturating_sub(self.preview_room().below))
    }

    /// The room that the preview takes from the list.
    pub fn preview_room(&self) -> PreviewRoom {
        let Size { width, height } = self.size;
        let list = height.saturating_sub(chrome(height));
        match &self.preview {
            Some(_) if width >= 100 => PreviewRoom { beside: width * 2 / 5, below: 0 },
            // Less than a handful of lines would show the name that the row shows.
            Some(_) if list >= 12 => PreviewRoom { beside: 0, below: list / 2 },
            Some(_) | None => PreviewRoom::default(),
        }
    }

    /// Scrolls the list so that the selection is on the screen.
    pub(super) fn settle_view(&mut self) {
        let headed = self.size.height >= ROOMY;
        self.list.settle_view(self.list_height(), self.row_extra(), headed);
    }

    /// Rows on the screen now.
    pub fn visible(&self) -> impl Iterator<Item = &Session> {
        self.list.lines(self.list_height()).filter_map(|line| match line {
            Line::Row(session) => Some(session),
            Line::Heading(_) => None,
        })
    }

    /// The session in whose row or field below it a cell of the screen lies.
    pub fn row_at(&self, x: u16, y: u16) -> Option<&Key> {
        let head = if self.size.height >= ROOMY { 3 } else { 1 };
        let line = usize::from(y.checked_sub(head)?);
        if line >= self.list_height() || x >= self.size.width - self.preview_room().beside {
            return None;
        }
        let mut at = 0;
        for entry in self.list.lines(self.list_height()) {
            let Line::Row(Session { key, .. }) = entry else {
                at += 1;
                continue;
            };
            let rows = if self.list.chosen() == Some(key) { 1 + self.row_extra() } else { 1 };
            if line < at + rows {
                return (line >= at).then_some(key);
            }
            at += rows;
        }
        None
    }

    /// States of saves and drafts, for the filter's `is:`.
    pub(super) fn tags(&self) -> Tags {
        let mut tags = Tags::new();
        for key in self.drafts.keys() {
            tags.entry(key.clone()).or_default().push(Tag::Draft);
        }
        for (key, save) in self.saves.iter() {
            let tag = match &save.phase {
                Phase::Failed { fault } if matches!(fault.kind, FaultKind::Changed(_)) => Tag::Changed,
                Phase::Failed { .. } => Tag::Failed,
                Phase::Saved { .. } => continue,
                Phase::Held { .. }
                | Phase::Ready { .. }
                | Phase::Retrying { .. }
                | Phase::Elsewhere { .. } => Tag::Waiting,
                Phase::Writing { .. } | Phase::Looking { .. } | Phase::Sending { .. } => Tag::Saving,
            };
            tags.entry(key.clone()).or_default().push(tag);
        }
        tags
    }

    /// What is left undone at the end, in words for after the screen is gone.
    pub fn farewell(&self) -> Option<String> {
        let (waiting, drafts) = (self.open_saves(), self.drafts.len());
        let rows = self.drafts.keys().filter(|key| key.id.as_str() != NEW).count();
        let names = |n: usize| if n == 1 { "1 name".to_owned() } else { format!("{n} names") };
        match (waiting, drafts) {
            (0, 0) => None,
            (0, n) if rows == 0 => {
                let again = self.key_of(Command::Create);
                Some(format!("{} of a new session kept as a draft; {again} goes on with it.", names(n)))
            }
            (0, n) => {
                let again = self.key_of(Command::Rename);
                Some(format!("{} kept as a draft; {again} in its row goes on with it.", names(n)))
            }
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

/// The dismissible line of advice, as the library remembers it.
pub(super) const TIP: &str = "first steps";

/// Cells that the preview takes: columns beside the list, or lines below it. Neither where there is no room: then it
/// lies over the list.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct PreviewRoom {
    pub beside: u16,
    pub below: u16,
}

/// Below this width there is room for what matters most alone: one name in a row, no columns but the state.
pub const NARROW: u16 = 60;

/// From this height on the screen has rules and column headings.
pub const ROOMY: u16 = 16;

/// Lines of the screen that are not the list: header, status line and footer; with room also two rules and the column
/// headings.
fn chrome(height: u16) -> u16 {
    if height >= ROOMY { 6 } else { 3 }
}

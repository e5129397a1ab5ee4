//! The world around the core: a server, a library and a sign-in that answer only what was really asked, when the test
//! says so, in the way the test says.

use std::collections::BTreeMap;
use std::time::Duration;

use retitle::core::effect::{AuthCall, Effect, GraphCall, Part, Way};
use retitle::core::fault::{Fault, FaultKind};
use retitle::core::key::{Code, Key as KeyPress};
use retitle::core::menu::Workspace;
use retitle::core::model::Model;
use retitle::core::msg::{
    Attempt, AuthReply, DeviceCode, GraphReply, Msg, PageLink, ReqId, SignInPage, Size, Who,
};
use retitle::core::pending::Pending;
use retitle::core::preview::Prompt;
use retitle::core::record::{Blur, Line};
use retitle::core::session::{Entity, Key, Name, Profile, Session, SessionId, WorkspaceId};
use retitle::core::settings::Settings;
use retitle::core::store::{
    Deed, Draft, Entry, EntryId, EntryState, Intent, Newest, Outcome, Snapshot, StoreCall, StoreReply, Turn,
    Unsettled,
};
use retitle::core::time::Stamp;

pub use crate::start::{at, key, place, session, settings, who, who_at};

/// The shortest time that a wish of the model's own can be away.
const MOMENT: Duration = Duration::from_micros(1);
pub const IDS: [&str; 4] = ["aaaaaaaa-1", "bbbbbbbb-2", "cccccccc-3", "dddddddd-4"];

/// How the world answers one request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum How {
    Well,
    Offline,
    Busy,
    /// Not applied, and no answer.
    LostBefore,
    /// Applied, and no answer.
    LostAfter,
    Forbidden,
    SignedOut,
}

/// The journal, drafts and sessions as they would be on disk. Calls are carried out when they are made; only the
/// answers wait.
#[derive(Clone, Default)]
pub struct Disk {
    pub sessions: BTreeMap<Key, Session>,
    pub drafts: BTreeMap<Key, Draft>,
    pub journal: Vec<(EntryId, Intent, Option<Outcome>)>,
    pub full: bool,
    /// Whether the line of advice was never dismissed.
    pub tip: bool,
}

impl Disk {
    /// What no outcome is known of.
    fn unsettled(&self) -> Vec<Unsettled> {
        self.journal
            .iter()
            .filter(|(_, _, outcome)| outcome.is_none())
            .map(|(entry, intent, _)| Unsettled {
                entry: *entry,
                intent: intent.clone(),
                earlier: self
                    .journal
                    .iter()
                    .filter(|(e, i, _)| e < entry && i.key == intent.key)
                    .filter_map(|(_, i, outcome)| match outcome {
                        Some(Outcome::Saved { stored, .. }) => stored.as_deref().map(ToOwned::to_owned),
                        Some(Outcome::Replaced) => i.to.as_deref().map(ToOwned::to_owned),
                        Some(Outcome::Failed { .. } | Outcome::Cancelled | Outcome::Stopped) | None => None,
                    })
                    .collect(),
            })
            .collect()
    }

    fn entries(&self, profiles: &[Profile]) -> Vec<Entry> {
        let undone = |entry: EntryId| {
            self.journal.iter().any(|(_, intent, outcome)| {
                let about = matches!(intent.deed, Deed::Undo(of) | Deed::Redo(of) if of == entry);
                about && matches!(outcome, None | Some(Outcome::Saved { .. }))
            })
        };
        self.journal
            .iter()
            .filter(|(_, intent, _)| profiles.contains(&intent.key.profile))
            .map(|(entry, intent, outcome)| Entry {
                entry: *entry,
                intent: intent.clone(),
                state: outcome.clone().map_or(EntryState::Waiting, |o| EntryState::Ended(o, at(0))),
                undone: undone(*entry),
            })
            .collect()
    }

    /// The newest entry that can be taken back or done again, with all of its batch that can.
    fn newest(&self, what: Newest, profiles: &[Profile]) -> Vec<Entry> {
        let all = self.entries(profiles);
        let saved = |e: &Entry| matches!(e.state, EntryState::Ended(Outcome::Saved { .. }, _));
        let undo = |e: &Entry| matches!(e.intent.deed, Deed::Undo(_));
        let last = |e: &Entry| {
            !all.iter().any(|l| {
                l.entry > e.entry
                    && l.intent.key == e.intent.key
                    && (saved(l) || l.state == EntryState::Waiting)
            })
        };
        let fits = |e: &&Entry| match what {
            Newest::ToUndo => saved(e) && !e.undone && !undo(e),
            Newest::ToRedo => saved(e) && undo(e) && last(e),
            Newest::OfBatch(batch) => saved(e) && !e.undone && !undo(e) && e.intent.batch == Some(batch),
            Newest::Batch => e.intent.batch.is_some(),
        };
        let Some(newest) = all.iter().rev().find(fits) else { return Vec::new() };
        let same = |e: &&Entry| {
            e.entry == newest.entry
                || (newest.intent.batch.is_some() && e.intent.batch == newest.intent.batch)
        };
        all.iter().filter(fits).filter(same).cloned().collect()
    }
}

pub struct Sim {
    pub model: Model,
    pub now: Stamp,
    pub disk: Disk,
    /// Name and change count by session ID.
    pub server: BTreeMap<String, (Option<Name>, i64)>,
    /// Every name that the server ever had, by session ID.
    pub ever: BTreeMap<String, Vec<String>>,
    pub outstanding: Vec<Effect>,
    /// Answers of the library that have not been told yet.
    pub told: Vec<Msg>,
    pub exited: bool,
    /// Everything that was asked for, in order.
    pub asked: Vec<Effect>,
    /// Whether the look that opening the editor begins waits like every other request, instead of being answered well
    /// at once.
    pub hold_looks: bool,
    /// How it began, and every message since with the focus that it met.
    began: (Stamp, Size, Settings, Snapshot),
    heard: Vec<(Stamp, Msg, bool)>,
    /// Who signs in.
    pub person: &'static str,
    /// Whether everything about the list takes its time.
    pub long: bool,
    /// Sessions of other profiles than `default`, by ID.
    pub homes: BTreeMap<String, Profile>,
}

impl Sim {
    /// Four known sessions, 80x24, nothing answered yet.
    pub fn new() -> Self {
        Self::with(settings(), Size { width: 80, height: 24 })
    }

    pub fn with(settings: Settings, size: Size) -> Self {
        Self::of(settings, size, false)
    }

    pub fn of(settings: Settings, size: Size, long: bool) -> Self {
        let names = [Some("alpha"), Some("beta"), None, Some("delta")];
        let mut disk = Disk::default();
        let mut server = BTreeMap::new();
        for (n, (id, name)) in IDS.iter().zip(names).enumerate() {
            let age = 60 * (i64::try_from(n).unwrap() + 1);
            disk.sessions.insert(key(id), session(id, name, age));
            server.insert((*id).to_owned(), (name.map(Into::into), 0));
        }
        Self::begun(settings, size, disk, server, at(0), long)
    }

    pub fn on(
        settings: Settings,
        size: Size,
        disk: Disk,
        server: BTreeMap<String, (Option<Name>, i64)>,
        now: Stamp,
    ) -> Self {
        Self::begun(settings, size, disk, server, now, false)
    }

    /// The same; `long` as if there were too many rows to read before the first frame, and to arrange at once.
    pub fn begun(
        settings: Settings,
        size: Size,
        disk: Disk,
        server: BTreeMap<String, (Option<Name>, i64)>,
        now: Stamp,
        long: bool,
    ) -> Self {
        let snapshot = Snapshot {
            sessions: disk.sessions.values().take(if long { 1 } else { usize::MAX }).cloned().collect(),
            drafts: disk.drafts.values().cloned().collect(),
            unsettled: if long { Vec::new() } else { disk.unsettled() },
            gates: Vec::new(),
            partial: long,
            dismissed: if disk.tip { Vec::new() } else { vec!["first steps".into()] },
        };
        let began = (now, size, settings.clone(), snapshot.clone());
        let (mut model, effects) = Model::start(now, size, settings, snapshot);
        if long {
            model.list.at_once = 0;
        }
        let mut sim = Self {
            model,
            long,
            now,
            disk,
            server,
            ever: BTreeMap::new(),
            outstanding: Vec::new(),
            told: Vec::new(),
            exited: false,
            asked: Vec::new(),
            hold_looks: false,
            began,
            heard: Vec::new(),
            person: "jo",
            homes: BTreeMap::new(),
        };
        sim.take(effects);
        sim
    }

    /// With these names and this person, for a recording.
    pub fn recording(names: [&str; 4], person: &'static str) -> Self {
        let mut disk = Disk::default();
        let mut server = BTreeMap::new();
        for (n, (id, name)) in IDS.iter().zip(names).enumerate() {
            disk.sessions.insert(key(id), session(id, Some(name), 60 * (i64::try_from(n).unwrap() + 1)));
            server.insert((*id).to_owned(), (Some(name.into()), 0));
        }
        let mut sim = Self::on(settings(), Size { width: 80, height: 24 }, disk, server, at(0));
        sim.person = person;
        sim
    }

    /// What a recorder has written.
    pub fn recorded(&self, blur: Blur) -> Vec<Line> {
        let (now, size, settings, snapshot) = &self.began;
        let start = blur.start(*now, *size, settings, snapshot);
        let steps = self.heard.iter().map(|(now, msg, names)| blur.step(*now, msg, *names));
        std::iter::once(start).chain(steps).collect()
    }

    /// The program dies here and is started again; the disk and the server are what they are.
    pub fn crash(&mut self) {
        let (settings, size) = (self.model.settings.clone(), self.model.size);
        let (disk, server) = (self.disk.clone(), self.server.clone());
        let mut next = Self::begun(settings, size, disk, server, self.now, self.long);
        next.ever = std::mem::take(&mut self.ever);
        next.hold_looks = self.hold_looks;
        next.homes = std::mem::take(&mut self.homes);
        *self = next;
    }

    pub fn send(&mut self, msg: Msg) {
        self.heard.push((self.now, msg.clone(), self.model.types_names()));
        let before = self.model.clone();
        let effects = self.model.step(self.now, msg.clone());
        if self.model.stirs() == before.stirs() {
            self.glided(before, msg, &effects);
        }
        self.model.rest();
        self.take(effects);
    }

    /// A key was taken without a look at all the rest: it must have done what it does with one.
    fn glided(&self, mut before: Model, msg: Msg, effects: &[Effect]) {
        assert_eq!(before.step(self.now, Msg::Woke), [], "something was due");
        assert_eq!(before.step(self.now, msg), effects);
        assert!(before == self.model, "going through the list did something else");
    }

    fn take(&mut self, effects: Vec<Effect>) {
        self.asked.extend(effects.iter().cloned());
        let mut looks = Vec::new();
        for effect in effects {
            match effect {
                Effect::Store(req, call) => {
                    let answer = self.carry_out(call);
                    self.told.push(Msg::Store(req, answer));
                }
                Effect::Exit => self.exited = true,
                Effect::Graph(req, ref caller, ref call @ GraphCall::Get { .. })
                    if !self.hold_looks && matches!(self.model.pending.get(&req), Some(Pending::Base(_))) =>
                {
                    let answer = self.graph(&caller.profile.clone(), call, How::Well);
                    looks.push(Msg::Graph(req, answer));
                }
                Effect::Graph(..) | Effect::Auth(..) | Effect::Work(_) => {
                    if let Some(scope) = effect.scope() {
                        self.outstanding.retain(|e| e.scope().as_ref() != Some(&scope));
                    }
                    self.outstanding.push(effect);
                }
                Effect::OpenUrl(_)
                | Effect::Copy(_)
                | Effect::Mouse(_)
                | Effect::Say(_)
                | Effect::Edit { .. }
                | Effect::Repaint
                | Effect::Suspend => {}
            }
        }
        for look in looks {
            self.send(look);
        }
    }

    fn carry_out(&mut self, call: StoreCall) -> Result<StoreReply, Fault> {
        let disk = &mut self.disk;
        if disk.full {
            return Err(Fault::new(FaultKind::Disk, "The disk is full."));
        }
        let unsettled = match call {
            StoreCall::Load { .. } => disk.unsettled(),
            _ => Vec::new(),
        };
        match call {
            StoreCall::Load { .. } | StoreCall::Peek { .. } | StoreCall::Changes { .. } => {
                let snapshot = Snapshot {
                    sessions: disk.sessions.values().cloned().collect(),
                    drafts: disk.drafts.values().cloned().collect(),
                    unsettled,
                    ..Snapshot::default()
                };
                return Ok(StoreReply::Loaded(snapshot));
            }
            StoreCall::Commit { intent, session, in_flight } => {
                for (entry, older, outcome) in &mut disk.journal {
                    if older.key == intent.key && outcome.is_none() && Some(*entry) != in_flight {
                        *outcome = Some(Outcome::Replaced);
                    }
                }
                let entry = EntryId(i64::try_from(disk.journal.len()).unwrap() + 1);
                if intent.deed == Deed::Rename {
                    disk.drafts.remove(&intent.key);
                }
                disk.sessions.insert(intent.key.clone(), session);
                disk.journal.push((entry, intent, None));
                return Ok(StoreReply::Committed { entry, turn: true });
            }
            StoreCall::CommitAll(intents) => {
                let commit = |(intent, session)| StoreCall::Commit { intent, session, in_flight: None };
                let answers = intents.into_iter().map(commit).map(|call| self.carry_out(call));
                let committed = answers.map(|answer| match answer {
                    Ok(StoreReply::Committed { entry, turn }) => (entry, turn),
                    other => panic!("{other:?}"),
                });
                return Ok(StoreReply::AllCommitted(committed.collect()));
            }
            StoreCall::SettleAll { entries, outcome, at } => {
                for (entry, session) in entries {
                    self.carry_out(StoreCall::Settle { entry, outcome: outcome.clone(), session, at })?;
                }
                return Ok(StoreReply::Done);
            }
            StoreCall::Settle { entry, outcome, session, .. } => {
                let Some((_, intent, ended)) = disk.journal.iter_mut().find(|(e, _, _)| *e == entry) else {
                    panic!("an entry that was never made")
                };
                if ended.is_none() {
                    let typed = intent.deed == Deed::Rename;
                    if typed && matches!(outcome, Outcome::Failed { .. } | Outcome::Cancelled) {
                        let draft = Draft {
                            key: intent.key.clone(),
                            workspace: intent.workspace.clone(),
                            text: intent.to.words().to_owned(),
                            account: intent.account.clone(),
                            host: intent.host.clone(),
                            at: intent.at,
                        };
                        disk.drafts.entry(intent.key.clone()).or_insert(draft);
                    }
                    *ended = Some(outcome);
                }
                disk.sessions.insert(session.key.clone(), session);
            }
            StoreCall::SaveDraft(draft) => {
                disk.drafts.insert(draft.key.clone(), draft);
            }
            StoreCall::DropDraft(key) => {
                disk.drafts.remove(&key);
            }
            StoreCall::History { profiles, .. } => {
                return Ok(StoreReply::Entries(disk.entries(&profiles).into_iter().rev().collect()));
            }
            StoreCall::Find { what, profiles, .. } => {
                return Ok(StoreReply::Entries(disk.newest(what, &profiles)));
            }
            StoreCall::First { .. } => panic!("read before there is a model"),
            // Another copy is played by the tests of the library.
            StoreCall::Claim(_) => return Ok(StoreReply::Turn(Turn::Yours { earlier: Vec::new() })),
            StoreCall::CloseGate { .. } | StoreCall::Forget { .. } => {}
            StoreCall::Dismiss(_) => disk.tip = false,
            StoreCall::Unlist(key) => {
                disk.sessions.remove(&key);
            }
            StoreCall::Remember(sessions) => {
                for session in sessions.into_iter().filter(|s| s.opened.is_some()) {
                    disk.sessions.insert(session.key.clone(), session);
                }
            }
        }
        Ok(StoreReply::Done)
    }

    /// Somebody else renames a session.
    pub fn renamed_elsewhere(&mut self, id: &str, name: &str) {
        let slot = self.server.get_mut(id).expect("a known session");
        *slot = (Some(name.into()), slot.1 + 1);
    }

    /// Tells all answers of the library.
    pub fn disk_answers(&mut self) {
        while !self.told.is_empty() {
            let msg = self.told.remove(0);
            self.send(msg);
        }
    }

    pub fn entity(&self, id: &str) -> Entity {
        let (name, changes) = &self.server[id];
        Entity {
            id: SessionId::new(id),
            name: name.clone(),
            created: Some(at(-1_000)),
            modified: Some(match IDS.iter().position(|known| *known == id) {
                Some(n) if *changes == 0 => at(-60 * (i64::try_from(n).unwrap() + 1)),
                Some(_) | None => at(-50 + *changes),
            }),
        }
    }

    /// Answers one outstanding request.
    pub fn answer(&mut self, index: usize, how: How) {
        if self.outstanding.is_empty() {
            return;
        }
        let effect = self.outstanding.remove(index % self.outstanding.len());
        match effect {
            Effect::Graph(req, caller, call) => {
                let answer = self.graph(&caller.profile, &call, how);
                self.send(Msg::Graph(req, answer));
            }
            Effect::Auth(profile, attempt, call) => self.answer_sign_in(&profile, attempt, call, how),
            Effect::Work(work) => {
                let worked = work.run(&|| false).expect("nobody stops it");
                self.send(Msg::Worked(Ok(worked)));
            }
            other => panic!("{other:?} is not answered"),
        }
    }

    /// Who signs in to a profile: each has a tenant of its own.
    fn signs_in(&self, profile: &Profile) -> Who {
        let own = profile.as_str() != "default";
        if own { who_at(profile.as_str(), self.person) } else { who(self.person) }
    }

    fn answer_sign_in(&mut self, profile: &Profile, attempt: Attempt, call: AuthCall, how: How) {
        let answer = match (call, how) {
            (AuthCall::Resume, How::Well) => Ok(AuthReply::Restored(self.signs_in(profile))),
            (AuthCall::Resume, _) => Ok(AuthReply::NothingCached { notice: None }),
            (AuthCall::Begin(Way::Device), How::Well | How::Busy) => Ok(AuthReply::Code(code())),
            (AuthCall::Begin(Way::Browser), How::Well | How::Busy) => Ok(AuthReply::Page(sign_in_page())),
            (AuthCall::Begin(Way::Command) | AuthCall::Return | AuthCall::Poll, How::Well) => {
                Ok(AuthReply::SignedIn { who: self.signs_in(profile), notice: None })
            }
            (AuthCall::Return, How::Offline) => Err(fault(FaultKind::Expired)),
            (AuthCall::Poll, How::Busy) => Ok(AuthReply::SlowDown),
            (AuthCall::Poll, How::LostBefore | How::LostAfter) => Ok(AuthReply::Pending),
            (AuthCall::Poll, How::Offline) => Ok(AuthReply::Unreachable(fault(FaultKind::Offline))),
            // Somebody else signs in.
            (AuthCall::Poll | AuthCall::Return, How::SignedOut) => {
                Ok(AuthReply::SignedIn { who: who("mia"), notice: None })
            }
            (AuthCall::Begin(_) | AuthCall::Poll | AuthCall::Return, _) => {
                Err(fault(FaultKind::SignInBlocked))
            }
        };
        self.send(Msg::Auth(attempt, answer));
    }

    fn graph(&mut self, profile: &Profile, call: &GraphCall, how: How) -> Result<GraphReply, Fault> {
        if let GraphCall::RenameMany(parts) = call {
            return self.batch(profile, parts, how);
        }
        let applied = matches!(how, How::Well | How::LostAfter);
        if let GraphCall::Rename { id, name, .. } = call
            && applied
        {
            let slot = self.server.get_mut(id.as_str()).expect("a known session");
            *slot = (name.as_deref().map(Into::into), slot.1 + 1);
            self.ever.entry(id.as_str().to_owned()).or_default().push(name.words().to_owned());
        }
        if let GraphCall::Get { key, .. } = call
            && !self.server.contains_key(key.id.as_str())
        {
            return Err(fault(FaultKind::NotFound));
        }
        match how {
            How::Well => Ok(match call {
                GraphCall::List { .. } => GraphReply::Page {
                    sessions: self
                        .server
                        .keys()
                        .filter(|id| self.home(id) == *profile)
                        .map(|id| self.entity(id))
                        .collect(),
                    next: None,
                },
                GraphCall::Get { key, .. } => GraphReply::Session(self.entity(key.id.as_str())),
                GraphCall::Rename { id, .. } => {
                    GraphReply::Renamed { entity: self.entity(id.as_str()), request_id: Some("r-1".into()) }
                }
                GraphCall::RenameMany(_) => unreachable!("taken apart above"),
                GraphCall::Create { name, .. } => {
                    let id = format!("eeeeeeee-{}", self.server.len());
                    self.server.insert(id.clone(), (name.as_deref().map(Into::into), 1));
                    self.homes.insert(id.clone(), profile.clone());
                    self.ever.entry(id.clone()).or_default().push(name.words().to_owned());
                    GraphReply::Created(self.entity(&id))
                }
                GraphCall::Workspaces => GraphReply::Workspaces(vec![
                    Workspace { id: WorkspaceId::new("w-1"), name: Some("Hunting".into()) },
                    Workspace { id: WorkspaceId::new("w-2"), name: None },
                ]),
                GraphCall::Prompts { .. } => GraphReply::Prompts(vec![
                    Prompt {
                        content: "Summarise incident 20931 for the finance team".into(),
                        created: Some(at(-900)),
                    },
                    Prompt { content: "Which accounts signed in from two countries?".into(), created: None },
                ]),
            }),
            How::Offline => Err(fault(FaultKind::Offline)),
            How::Busy => Err(fault(FaultKind::Busy { retry_after: Some(Duration::from_secs(5)) })),
            How::LostBefore | How::LostAfter => Err(fault(FaultKind::Unclear)),
            How::Forbidden => Err(fault(FaultKind::Forbidden)),
            How::SignedOut => Err(fault(FaultKind::SignedOut)),
        }
    }

    /// The profile in which the server knows a session.
    fn home(&self, id: &str) -> Profile {
        self.homes.get(id).cloned().unwrap_or_else(|| Profile::new("default"))
    }

    /// A batch: what befalls a connection or a sign-in befalls all of it, what a service answers befalls every second
    /// part; and one that is lost before is left out of the answer.
    fn batch(&mut self, profile: &Profile, parts: &[Part], how: How) -> Result<GraphReply, Fault> {
        if matches!(how, How::Offline | How::SignedOut) {
            return Err(fault(if how == How::Offline { FaultKind::Offline } else { FaultKind::SignedOut }));
        }
        let mut answers = Vec::new();
        for (n, part) in parts.iter().enumerate() {
            let own = match how {
                How::Busy | How::Forbidden if n % 2 == 0 => How::Well,
                How::LostBefore if n + 1 < parts.len() => How::Well,
                _ => how,
            };
            let call = GraphCall::Rename {
                id: part.id.clone(),
                workspace: part.workspace.clone(),
                name: part.name.clone(),
            };
            let answer = self.graph(profile, &call, own).map(|reply| match reply {
                GraphReply::Renamed { entity, request_id } => (entity, request_id),
                other => panic!("{other:?}"),
            });
            if own != How::LostBefore {
                answers.push(answer);
            }
        }
        if how == How::LostAfter {
            Err(fault(FaultKind::Unclear))
        } else {
            Ok(GraphReply::RenamedMany(answers))
        }
    }

    /// Time passes; every moment that the state named is kept.
    pub fn pass(&mut self, span: Duration) {
        let until = self.now + span;
        let mut wakes = 0;
        while let Some(wake) = self.model.wake().filter(|wake| *wake <= until) {
            self.now = wake;
            self.send(Msg::Woke);
            wakes += 1;
            assert!(wakes < 20_000, "it spins: {:?}", self.model.wake());
        }
        self.now = until;
    }

    pub fn press(&mut self, names: &str) -> &mut Self {
        for name in names.split(' ') {
            let key = KeyPress::parse(name).unwrap_or_else(|| panic!("{name} is no key"));
            self.send(Msg::Key(key));
        }
        self
    }

    pub fn types(&mut self, text: &str) -> &mut Self {
        for c in text.chars() {
            self.send(Msg::Key(KeyPress::plain(Code::Char(c))));
        }
        self
    }

    /// Signed in from the cache, everything read, nothing outstanding.
    pub fn signed_in(mut self) -> Self {
        self.answer(0, How::Well);
        self.settle();
        self
    }

    /// Everything that is outstanding is answered well, until nothing is.
    pub fn settle(&mut self) {
        for _ in 0..200 {
            self.disk_answers();
            if !self.outstanding.is_empty() {
                self.answer(0, How::Well);
            } else if self.has_more_to_do() {
                self.goes_on();
            } else {
                return;
            }
        }
        panic!("it never comes to rest: {:?}", self.outstanding);
    }

    /// Whether it goes on of itself at the next moment.
    fn has_more_to_do(&self) -> bool {
        self.model.wake().is_some_and(|wake| wake.since(self.now) <= MOMENT)
    }

    /// A moment passes, and what was too much for it is done in the next ones.
    pub fn goes_on(&mut self) -> &mut Self {
        for _ in 0..10_000 {
            self.pass(MOMENT);
            if !self.has_more_to_do() {
                return self;
            }
        }
        panic!("it never comes to rest: {:?}", self.model.wake());
    }

    /// The names and numbers of the `PATCH` requests that are out.
    pub fn renames(&self) -> Vec<(ReqId, String, String)> {
        let mut all = Vec::new();
        for effect in &self.outstanding {
            match effect {
                Effect::Graph(req, _, GraphCall::Rename { id, name, .. }) => {
                    all.push((*req, id.as_str().to_owned(), name.words().to_owned()));
                }
                Effect::Graph(req, _, GraphCall::RenameMany(parts)) => {
                    all.extend(
                        parts.iter().map(|p| (*req, p.id.as_str().to_owned(), p.name.words().to_owned())),
                    );
                }
                _ => {}
            }
        }
        all
    }

    pub fn shown(&self) -> Vec<Key> {
        self.model.list.shown().cloned().collect()
    }

    pub fn name(&self, id: &str) -> Option<&str> {
        self.model.list.get(&key(id)).and_then(|s| s.name.as_deref())
    }

    pub fn row(&self, id: &str) -> retitle::core::row::RowState<'_> {
        self.model.row_state(self.model.list.get(&key(id)).expect("a known row"))
    }
}

pub fn fault(kind: FaultKind) -> Fault {
    Fault::new(kind, "Something went wrong on purpose.").with_server("HTTP 000 OnPurpose")
}

pub fn sign_in_page() -> SignInPage {
    SignInPage {
        url: "https://login.microsoftonline.com/contoso.com/oauth2/v2.0/authorize?client_id=1".into(),
        may_open: true,
        expires_in: Duration::from_secs(180),
    }
}

pub fn code() -> DeviceCode {
    DeviceCode {
        user_code: "H7KQ9RF2C".into(),
        url: "https://login.microsoft.com/device".into(),
        may_open: true,
        expires_in: Duration::from_secs(900),
        interval: Duration::from_secs(5),
    }
}

pub fn page(sessions: Vec<Entity>, next: Option<&str>) -> GraphReply {
    GraphReply::Page { sessions, next: next.map(|l| PageLink(l.to_owned())) }
}

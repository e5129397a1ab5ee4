//! What happened in a run, written down so that it can be played again, with names and secrets blurred by their type.
//!
//! A letter of a name becomes one of six, a digit one of two, chosen anew for each recording: lengths, widths, word
//! bounds and most differences stay, and what was written cannot be read back. IDs of sessions and workspaces stay:
//! they name nothing, and one that is typed or pasted, letter by letter or inside a link, has to be the one that Graph
//! answers with.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde::{Deserialize, Serialize};
use unicode_width::UnicodeWidthChar;

use super::command::{Command, Focus};
use super::effect::Effect;
use super::errand::{Planned, Task};
use super::fault::{Change, Fault, FaultKind};
use super::key::{Code, Key};
use super::menu::Workspace;
use super::model::{Mode, Model};
use super::msg::{AuthReply, DeviceCode, GraphReply, Msg, PageLink, SignInPage, Size, Who};
use super::place::PlaceConfig;
use super::preview::Prompt;
use super::session::{Account, Entity, Session};
use super::settings::Settings;
use super::store::{Draft, Entry, EntryState, Intent, Outcome, Snapshot, StoreReply, Turn, Unsettled};
use super::time::Stamp;
use super::title::NewName;

/// One line of a recording.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Line {
    Start { now: Stamp, size: Size, settings: Settings, snapshot: Snapshot },
    Step { now: Stamp, msg: Msg },
}

/// Plays a recording; the state at its end. `None` when it does not begin with a start.
pub fn replay(lines: impl IntoIterator<Item = Line>) -> Option<Model> {
    let mut lines = lines.into_iter();
    let Line::Start { now, size, settings, snapshot } = lines.next()? else { return None };
    let (mut model, _) = Model::start(now, size, settings, snapshot);
    for line in lines {
        if let Line::Step { now, msg } = line {
            play(&mut model, now, msg);
        }
    }
    Some(model)
}

/// One step, and what it wants worked out: that is in no recording, since it follows from the rest.
fn play(model: &mut Model, now: Stamp, msg: Msg) {
    for effect in model.step(now, msg) {
        if let Effect::Work(work) = effect
            && let Some(worked) = work.run(&|| false)
        {
            play(model, now, Msg::Worked(Ok(worked)));
        }
    }
}

/// Letters that stand for all others.
const LETTERS: [char; 6] = ['a', 'e', 'n', 'o', 's', 't'];
const DIGITS: [char; 2] = ['0', '1'];

/// How one recording blurs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Blur {
    /// Random, and written nowhere.
    pub salt: u64,
}

impl Blur {
    fn number(self, of: impl Hash) -> u64 {
        let mut hasher = DefaultHasher::new();
        (self.salt, of).hash(&mut hasher);
        hasher.finish()
    }

    fn pick(self, c: char, from: &[char]) -> char {
        if from.contains(&c) {
            return c;
        }
        let at = usize::try_from(self.number(c)).unwrap_or(0) % from.len().max(1);
        from.get(at).copied().unwrap_or('a')
    }

    fn letter(self, c: char) -> char {
        if c.is_ascii_digit() {
            self.pick(c, &DIGITS)
        } else if c.is_ascii_uppercase() {
            self.pick(c.to_ascii_lowercase(), &LETTERS).to_ascii_uppercase()
        } else if c.is_ascii_alphabetic() {
            self.pick(c, &LETTERS)
        } else if c.is_alphanumeric() {
            if c.width() == Some(2) { '文' } else { 'a' }
        } else {
            c
        }
    }

    /// A name, or anything that may hold one.
    pub fn text(self, text: &str) -> String {
        text.chars().map(|c| self.letter(c)).collect()
    }

    fn name<T: From<String>>(self, name: Option<&str>) -> Option<T> {
        name.map(|name| self.text(name).into())
    }

    fn new_name(self, name: &NewName) -> NewName {
        NewName::restored(self.name::<String>(name.as_deref()))
    }

    /// Who it is, told apart but not named.
    fn tag(self, what: &str, text: &str) -> String {
        format!("{what}-{:08x}", self.number((what, text)) & 0xffff_ffff)
    }

    fn account(self, account: Option<&Account>) -> Option<Account> {
        account.map(|account| Account::new(&self.tag("account", account.as_str())))
    }

    /// The first line.
    pub fn start(self, now: Stamp, size: Size, settings: &Settings, snapshot: &Snapshot) -> Line {
        let settings = Settings {
            config_path: "config.toml".into(),
            tokens_kept: "the state folder".into(),
            places: settings
                .places
                .iter()
                .map(|place| PlaceConfig {
                    tenant: self.tag("tenant", &place.tenant),
                    label: place.label.as_ref().map(|label| self.text(label)),
                    ..place.clone()
                })
                .collect(),
            ..settings.clone()
        };
        Line::Start { now, size, settings, snapshot: self.snapshot(snapshot) }
    }

    /// A further line. `names` is what [`Model::types_names`] said before it: whether a key is a letter of a name or a
    /// command.
    pub fn step(self, now: Stamp, msg: &Msg, names: bool) -> Line {
        Line::Step { now, msg: self.msg(msg, names) }
    }

    fn msg(self, msg: &Msg, names: bool) -> Msg {
        match msg {
            Msg::Key(key) => Msg::Key(self.key(*key, names)),
            Msg::Paste(text) if names => Msg::Paste(self.text(text)),
            Msg::Line(line) => Msg::Line(line.as_deref().map(|line| self.line(line))),
            Msg::Paste(text) => {
                Msg::Paste(text.split_inclusive(char::is_whitespace).map(|word| self.pasted(word)).collect())
            }
            Msg::Tasked(task) => Msg::Tasked(self.task(task)),
            Msg::Graph(req, answer) => Msg::Graph(*req, self.answer(answer, |reply| self.graph(reply))),
            Msg::Auth(attempt, answer) => {
                Msg::Auth(*attempt, self.answer(answer, |reply| self.sign_in(reply)))
            }
            Msg::Store(req, answer) => Msg::Store(*req, self.answer(answer, |reply| self.store(reply))),
            Msg::Edited(answer) => Msg::Edited(self.answer(answer, |text| self.text(text))),
            Msg::DeskFailed(fault) => Msg::DeskFailed(self.fault(fault)),
            Msg::Resized(_)
            | Msg::Woke
            | Msg::Worked(_)
            | Msg::Terminated
            | Msg::Resumed
            | Msg::LibraryChanged
            | Msg::Copied
            | Msg::Mouse { .. } => msg.clone(),
        }
    }

    /// A word that was pasted where a link or an ID belongs. Of anything else nobody knows what it is.
    fn pasted(self, word: &str) -> String {
        let is_id = |c: char| c.is_ascii_hexdigit() || c == '-' || c.is_whitespace();
        match word.split_once('?') {
            // What stands behind the question mark may be a token.
            Some((link, _)) if link.contains("://") => link.to_owned(),
            None if word.contains("://") || word.chars().all(is_id) => word.to_owned(),
            Some(_) | None => self.text(word),
        }
    }

    fn task(self, task: &Task) -> Task {
        match task {
            Task::Rename(rows) => Task::Rename(
                rows.iter().map(|row| Planned { to: self.new_name(&row.to), ..row.clone() }).collect(),
            ),
            Task::TakeBack(entries) => {
                Task::TakeBack(entries.iter().map(|entry| self.entry(entry)).collect())
            }
        }
    }

    /// A line of plain mode: the command and a row's number or a link stay, the words of a name do not.
    fn line(self, line: &str) -> String {
        let words: Vec<String> = line
            .split(' ')
            .enumerate()
            .map(|(n, word)| {
                let told = n == 0 && (Command::named(word).is_some() || word.chars().count() == 1);
                if told || word.bytes().all(|b| b.is_ascii_digit()) {
                    word.to_owned()
                } else if word.contains("://") {
                    word.split('?').next().unwrap_or("").to_owned()
                } else {
                    self.text(word)
                }
            })
            .collect();
        words.join(" ")
    }

    fn key(self, key: Key, names: bool) -> Key {
        match (key.typed(), key.code) {
            (Some(c), Code::Char(_)) if names => Key { code: Code::Char(self.letter(c)), ..key },
            (Some(_) | None, _) => key,
        }
    }

    fn answer<T>(self, answer: &Result<T, Fault>, blur: impl FnOnce(&T) -> T) -> Result<T, Fault> {
        answer.as_ref().map(blur).map_err(|fault| self.fault(fault))
    }

    /// The kind is what the rules look at; the words may quote anything.
    fn fault(self, fault: &Fault) -> Fault {
        let kind = match &fault.kind {
            FaultKind::Changed(change) => FaultKind::Changed(Box::new(Change {
                base: self.name(change.base.as_deref()),
                theirs: self.name(change.theirs.as_deref()),
            })),
            other @ (FaultKind::Offline
            | FaultKind::Busy { .. }
            | FaultKind::Unclear
            | FaultKind::SignedOut
            | FaultKind::Unpermitted
            | FaultKind::Forbidden
            | FaultKind::NotFound
            | FaultKind::Refused
            | FaultKind::Declined
            | FaultKind::Expired
            | FaultKind::SignInBlocked
            | FaultKind::Disk
            | FaultKind::Bug) => other.clone(),
        };
        Fault { kind, say: self.text(&fault.say), server: None, report: None, ..fault.clone() }
    }

    fn graph(self, reply: &GraphReply) -> GraphReply {
        match reply {
            GraphReply::Page { sessions, next } => GraphReply::Page {
                sessions: sessions.iter().map(|entity| self.entity(entity)).collect(),
                next: next.as_ref().map(|link| PageLink(self.tag("page", &link.0))),
            },
            GraphReply::Session(entity) => GraphReply::Session(self.entity(entity)),
            GraphReply::Created(entity) => GraphReply::Created(self.entity(entity)),
            GraphReply::Workspaces(all) => GraphReply::Workspaces(
                all.iter()
                    .map(|w| Workspace { id: w.id.clone(), name: self.name(w.name.as_deref()) })
                    .collect(),
            ),
            GraphReply::Prompts(all) => GraphReply::Prompts(
                all.iter().map(|p| Prompt { content: self.text(&p.content), created: p.created }).collect(),
            ),
            GraphReply::Renamed { entity, request_id } => {
                GraphReply::Renamed { entity: self.entity(entity), request_id: request_id.clone() }
            }
            GraphReply::RenamedMany(all) => {
                let one = |part: &Result<(Entity, Option<String>), Fault>| match part {
                    Ok((entity, request_id)) => Ok((self.entity(entity), request_id.clone())),
                    Err(fault) => Err(self.fault(fault)),
                };
                GraphReply::RenamedMany(all.iter().map(one).collect())
            }
        }
    }

    fn entity(self, entity: &Entity) -> Entity {
        Entity { name: self.name(entity.name.as_deref()), ..entity.clone() }
    }

    fn who(self, who: &Who) -> Who {
        Who {
            account: Account::new(&self.tag("account", who.account.as_str())),
            username: self.text(&who.username),
            tenant: self.tag("tenant", &who.tenant),
        }
    }

    fn sign_in(self, reply: &AuthReply) -> AuthReply {
        match reply {
            AuthReply::Restored(who) => AuthReply::Restored(self.who(who)),
            AuthReply::SignedIn { who, notice } => {
                AuthReply::SignedIn { who: self.who(who), notice: self.name(notice.as_deref()) }
            }
            AuthReply::NothingCached { notice } => {
                AuthReply::NothingCached { notice: self.name(notice.as_deref()) }
            }
            AuthReply::Code(code) => AuthReply::Code(DeviceCode {
                user_code: "x".repeat(code.user_code.chars().count()),
                url: "https://sign-in.example".into(),
                ..code.clone()
            }),
            AuthReply::Page(page) => {
                AuthReply::Page(SignInPage { url: "https://sign-in.example".into(), ..page.clone() })
            }
            AuthReply::Unreachable(fault) => AuthReply::Unreachable(self.fault(fault)),
            AuthReply::Pending => AuthReply::Pending,
            AuthReply::SlowDown => AuthReply::SlowDown,
        }
    }

    fn store(self, reply: &StoreReply) -> StoreReply {
        match reply {
            StoreReply::Loaded(snapshot) => StoreReply::Loaded(self.snapshot(snapshot)),
            StoreReply::Entries(entries) => {
                StoreReply::Entries(entries.iter().map(|entry| self.entry(entry)).collect())
            }
            StoreReply::Turn(turn) => StoreReply::Turn(match turn {
                Turn::Yours { earlier } => Turn::Yours { earlier: self.all(earlier) },
                Turn::Ended(outcome) => Turn::Ended(self.outcome(outcome)),
                Turn::NotYet => Turn::NotYet,
                Turn::Gone => Turn::Gone,
            }),
            StoreReply::Committed { .. } | StoreReply::AllCommitted(_) | StoreReply::Done => reply.clone(),
        }
    }

    fn entry(self, entry: &Entry) -> Entry {
        let state = match &entry.state {
            EntryState::Waiting => EntryState::Waiting,
            EntryState::Ended(outcome, at) => EntryState::Ended(self.outcome(outcome), *at),
        };
        Entry { intent: self.intent(&entry.intent), state, ..entry.clone() }
    }

    fn all(self, names: &[String]) -> Vec<String> {
        names.iter().map(|name| self.text(name)).collect()
    }

    fn outcome(self, outcome: &Outcome) -> Outcome {
        match outcome {
            Outcome::Saved { stored, request_id } => {
                Outcome::Saved { stored: self.name(stored.as_deref()), request_id: request_id.clone() }
            }
            Outcome::Failed { why, request_id } => {
                Outcome::Failed { why: self.text(why), request_id: request_id.clone() }
            }
            Outcome::Cancelled => Outcome::Cancelled,
            Outcome::Stopped => Outcome::Stopped,
            Outcome::Replaced => Outcome::Replaced,
        }
    }

    fn intent(self, intent: &Intent) -> Intent {
        Intent {
            from: self.name(intent.from.as_deref()),
            to: self.new_name(&intent.to),
            account: self.account(intent.account.as_ref()),
            ..intent.clone()
        }
    }

    fn snapshot(self, snapshot: &Snapshot) -> Snapshot {
        Snapshot {
            partial: snapshot.partial,
            sessions: snapshot
                .sessions
                .iter()
                .map(|session| Session {
                    name: self.name(session.name.as_deref()),
                    ours: self.name(session.ours.as_deref()),
                    account: self.account(session.account.as_ref()),
                    ..session.clone()
                })
                .collect(),
            drafts: snapshot
                .drafts
                .iter()
                .map(|draft| Draft {
                    text: self.text(&draft.text),
                    account: self.account(draft.account.as_ref()),
                    ..draft.clone()
                })
                .collect(),
            unsettled: snapshot
                .unsettled
                .iter()
                .map(|open| Unsettled {
                    intent: self.intent(&open.intent),
                    earlier: self.all(&open.earlier),
                    ..open.clone()
                })
                .collect(),
            dismissed: snapshot.dismissed.clone(),
            gates: snapshot.gates.iter().map(|(t, until)| (self.tag("tenant", t), *until)).collect(),
        }
    }
}

impl Model {
    /// Whether a letter that is typed now belongs to a name, or to a link where a share token may stand.
    pub fn types_names(&self) -> bool {
        let behind_a_link = matches!(&self.mode, Mode::Add(adding) if adding.line.text().contains('?'))
            || self.burst.as_ref().is_some_and(|burst| burst.holds('?'));
        behind_a_link || names_are_typed(self.focus())
    }
}

/// Where a typed letter belongs to a name. An ID or link that is added is none.
fn names_are_typed(focus: Focus) -> bool {
    match focus {
        Focus::Rename | Focus::Filter | Focus::Create | Focus::Menu | Focus::HistoryFilter | Focus::Bulk => {
            true
        }
        Focus::List
        | Focus::Add
        | Focus::SignIn
        | Focus::Reading
        | Focus::Conflict
        | Focus::History
        | Focus::BulkTable
        | Focus::Batch => false,
    }
}

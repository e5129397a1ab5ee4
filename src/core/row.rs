//! What a row says: its name, its state, and the lines below it. All derived, nothing stored.

use std::borrow::Cow;
use std::time::Duration;

use super::command::{Command, Focus};
use super::fault::{Change, Fault, FaultKind};
use super::glyph;
use super::likeness::{self, Alike};
use super::model::{Creating, Mode, Model, NARROW, Overlay};
use super::notice::Tone;
use super::place::Place;
use super::saves::{Phase, Save};
use super::session::{Account, Presence, Profile, Session, shown};
use super::time::seconds_left;
use super::title;
use unicode_segmentation::UnicodeSegmentation;

/// The state of a row, for its glyph and word.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RowState<'a> {
    Clean,
    Editing,
    Draft,
    Queued,
    Saving,
    Retry {
        seconds: u64,
        offline: bool,
    },
    Saved,
    NotSaved(&'a Fault),
    /// The server's name is neither ours nor the one that we began with.
    Changed(&'a Fault),
    /// Another running copy is at work on it.
    Elsewhere,
    /// Waited too long to be sent without a word.
    Old,
    /// Saved, and renamed by something else since.
    Drifted,
    /// Waits for a sign-in.
    SignIn,
    /// Waits for the account that made it.
    OtherAccount,
    Gone,
    NoAccess,
}

impl RowState<'_> {
    /// The word that stands where the age stands otherwise; `None` when there is nothing to say.
    pub fn word(&self, model: &Model) -> Option<Cow<'static, str>> {
        // A countdown moves by itself; the moment at its end does not.
        let left = |seconds: &u64| {
            if model.settings.still {
                (model.now + Duration::from_secs(*seconds)).clock(model.settings.zone)
            } else {
                format!("{seconds}s")
            }
        };
        let word = match self {
            Self::Clean => return None,
            // A moment would not fit behind it, and it is tried until it is reached.
            Self::Retry { offline: true, .. } if model.settings.still => "offline",
            Self::Retry { seconds, offline: true } => {
                return Some(format!("offline {}", left(seconds)).into());
            }
            Self::Retry { seconds, offline: false } => {
                return Some(format!("retry {}", left(seconds)).into());
            }
            Self::Editing => "editing",
            Self::Draft => "draft",
            Self::Queued => "queued",
            Self::Saving => "saving",
            Self::Saved => "saved",
            Self::NotSaved(_) => "not saved",
            Self::Changed(_) => "changed",
            Self::Elsewhere => "elsewhere",
            Self::Old => "send?",
            Self::Drifted => "drifted",
            Self::SignIn => "sign in",
            Self::OtherAccount => "parked",
            Self::Gone => "gone",
            Self::NoAccess => "no access",
        };
        Some(Cow::Borrowed(word))
    }
}

/// One line below the selected row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Below {
    pub tone: Tone,
    pub text: String,
    /// Whether it goes on with what the line above it says.
    pub goes_on: bool,
}

impl Below {
    /// What is said, in at most so many lines.
    fn wrapped(tone: Tone, words: &str, cells: usize, most: usize) -> impl Iterator<Item = Self> {
        let lines = glyph::wrap(words, cells, most).into_iter().enumerate();
        lines.map(move |(n, text)| Self { tone, text, goes_on: n > 0 })
    }

    /// One line, cut where it is too long.
    fn line(tone: Tone, text: String) -> Self {
        Self { tone, text, goes_on: false }
    }
}

/// Why a row is as it is, and what can be done about it.
struct Words {
    why: String,
    help: String,
}

/// Cells left of the words below a row, in a list of this width: where it is narrow they begin as far left as names do.
pub fn indent(width: u16) -> u16 {
    if width < NARROW { 3 } else { 7 }
}

impl Model {
    /// The name to show in the row: the newest wish while it is on its way, else what the server last returned.
    pub fn shown_name<'a>(&'a self, session: &'a Session) -> Option<&'a str> {
        match self.saves.get(&session.key) {
            Some(save) if save.open() => save.wanted().as_deref(),
            Some(_) | None => session.name.as_deref(),
        }
    }

    /// The state of a row.
    pub fn row_state<'a>(&'a self, session: &'a Session) -> RowState<'a> {
        if matches!(&self.mode, Mode::Rename(r) if r.key == session.key) {
            return RowState::Editing;
        }
        if let Some(save) = self.saves.get(&session.key) {
            match &save.phase {
                // A newer wish waits behind an ended one only until its own entry is written.
                _ if !save.phase.open() && save.next.is_some() => return RowState::Queued,
                Phase::Writing { .. } | Phase::Looking { .. } | Phase::Sending { .. } => {
                    return RowState::Saving;
                }
                Phase::Held { .. } | Phase::Ready { .. } => return self.waiting_state(session, save),
                Phase::Elsewhere { .. } => return RowState::Elsewhere,
                Phase::Retrying { at, fault, .. } => {
                    return RowState::Retry {
                        seconds: seconds_left(self.now, *at),
                        offline: matches!(fault.kind, FaultKind::Offline),
                    };
                }
                Phase::Failed { fault } if matches!(fault.kind, FaultKind::Changed(_)) => {
                    return RowState::Changed(fault);
                }
                Phase::Failed { fault } => return RowState::NotSaved(fault),
                Phase::Saved { .. } if session.drifted() => return RowState::Drifted,
                Phase::Saved { .. } => return RowState::Saved,
            }
        }
        if self.drafts.contains_key(&session.key) {
            return RowState::Draft;
        }
        match session.presence {
            Presence::Here if session.drifted() => RowState::Drifted,
            Presence::Here => RowState::Clean,
            Presence::Gone => RowState::Gone,
            Presence::NoAccess => RowState::NoAccess,
        }
    }

    fn waiting_state(&self, session: &Session, save: &Save) -> RowState<'static> {
        match self.account_for(&session.key) {
            None => RowState::SignIn,
            Some(account) if save.wish.account.as_ref() != Some(account) => RowState::OtherAccount,
            Some(_) if save.wish.asks => RowState::Old,
            Some(_) => match self.gate(&session.key.profile) {
                Some(gate) => RowState::Retry { seconds: seconds_left(self.now, gate), offline: false },
                None => RowState::Queued,
            },
        }
    }

    /// How many saves wait for more than their turn: a person, another copy, a moment.
    pub fn waiting_saves(&self) -> usize {
        let of = |place: &Place| {
            let (account, paused) = (place.account(), self.gate(&place.config.profile).is_some());
            let parked = |sender: Option<&Account>| paused || account.is_none() || sender != account;
            let waits = |save: &Save| match save.phase {
                Phase::Retrying { .. } | Phase::Elsewhere { .. } => true,
                Phase::Ready { .. } => save.wish.asks || parked(save.wish.account.as_ref()),
                Phase::Writing { .. }
                | Phase::Held { .. }
                | Phase::Looking { .. }
                | Phase::Sending { .. }
                | Phase::Failed { .. }
                | Phase::Saved { .. } => false,
            };
            let own = |profile: &Profile| *profile == place.config.profile;
            let lively = self.saves.lively().filter(|(key, save)| own(&key.profile) && waits(save));
            let queues = self.saves.queues().filter(|queue| own(queue.profile) && parked(queue.account));
            lively.count() + queues.map(|queue| queue.waiting.len()).sum::<usize>()
        };
        self.places.all().iter().map(of).sum()
    }

    /// How many lines below the selected row belong to it.
    pub fn row_extra(&self) -> usize {
        self.below().len()
    }

    /// The lines below the selected row: the old name while another is typed, what is wrong, what can be done.
    pub fn below(&self) -> Vec<Below> {
        let Some(session) = self.chosen() else { return Vec::new() };
        let width = self.size.width.saturating_sub(self.preview_room().beside);
        let cells = usize::from(width.saturating_sub(indent(width) + 1)).max(8);
        match &self.mode {
            Mode::Rename(renaming) if renaming.key == session.key => {
                let mut lines = Vec::new();
                let name = self.shown_name(session);
                if session.name != renaming.base && session.name.as_deref() != Some(renaming.line.text()) {
                    let words = format!("changed elsewhere, now: {}", shown(session.name.as_deref()));
                    lines.extend(Below::wrapped(Tone::Bad, &words, cells, 2));
                } else if renaming.line.text() != name.unwrap_or("") {
                    let name = name.map_or_else(|| session.nameless().to_owned(), glyph::sanitise);
                    lines.push(Below::line(Tone::Info, format!("was: {name}")));
                    if renaming.from_draft {
                        let key = self.settings.keys.key_for(Focus::Rename, Command::Original);
                        let words = match key.as_str() {
                            "" => "draft restored".to_owned(),
                            key => format!("draft restored: {key} puts the old name back"),
                        };
                        lines.extend(Below::wrapped(Tone::Info, &words, cells, 2));
                    }
                }
                let changed = session.name.as_deref() != Some(renaming.line.text());
                let hints = self.hints(renaming.line.text(), renaming.alike.as_ref(), changed);
                lines.extend(hints.iter().flat_map(|hint| Below::wrapped(Tone::Info, hint, cells, 2)));
                let problem = renaming.problem.as_deref().unwrap_or("");
                lines.extend(Below::wrapped(Tone::Bad, problem, cells, 2));
                lines
            }
            Mode::Rename(_) | Mode::Browse | Mode::Filter(_) | Mode::Add(_) | Mode::Create(_) => {
                // The panel says it, and more.
                if matches!(self.overlays.last(), Some(Overlay::Conflict(key)) if *key == session.key) {
                    return Vec::new();
                }
                let state = self.row_state(session);
                let mut lines = Vec::new();
                if let RowState::Changed(fault) = &state {
                    lines = self.three_names(session, fault, cells);
                }
                let refused = matches!(state, RowState::NotSaved(_));
                if let Some(draft) = self.drafts.get(&session.key).filter(|_| refused) {
                    let words = format!("draft: {}", draft.text);
                    lines.extend(Below::wrapped(Tone::Info, &words, cells, 2));
                }
                if let Some(Words { why, help }) = self.explanation(session, &state) {
                    let (tone, why) = if state == RowState::Draft {
                        (Tone::Info, why.as_str())
                    } else {
                        (Tone::Bad, glyph::spare_stop(&why, cells))
                    };
                    // In a field the keys would be text.
                    let help = if self.mode == Mode::Browse { help.as_str() } else { "" };
                    let help: Vec<Below> = Below::wrapped(Tone::Info, help, cells, 2).collect();
                    let free = self.list_height().saturating_sub(1 + lines.len() + help.len());
                    lines.extend(Below::wrapped(tone, why, cells, free.clamp(2, 5)));
                    lines.extend(help);
                }
                lines
            }
        }
    }

    /// What is worth knowing of a name before it is saved. Hints, never laws.
    pub(super) fn hints(&self, text: &str, alike: Option<&Alike>, changed: bool) -> Vec<String> {
        let mut hints = Vec::new();
        if let Some(alike) = alike {
            let id = alike.key.id.short();
            hints.push(if alike.same {
                format!("{id} has the same name")
            } else {
                format!("looks like the name of {id}: {}", glyph::sanitise(&alike.name))
            });
        }
        if changed
            && !text.trim().is_empty()
            && let Some(rules) = likeness::broken(&self.rules, text)
        {
            hints.push(format!("fits no naming rule: {rules}"));
        }
        let long = text.graphemes(true).count();
        if long > title::LONG {
            hints.push(format!("{long} characters"));
        }
        hints
    }

    /// Where a session that is being named will be made, and what is worth knowing of its name.
    pub fn before_making(&self, creating: &Creating) -> Vec<String> {
        let place = self.here();
        let mut lines = vec![format!("It will be made in {} / {}.", place.title(), place.workspace)];
        lines.extend(self.hints(creating.line.text(), creating.alike.as_ref(), true));
        lines
    }

    /// What the completion would add to the name being typed.
    pub fn ghost(&self) -> Option<&str> {
        // It is taken by a key that may also mean to move: never what nobody sees.
        if self.size.is_too_small() {
            return None;
        }
        match &self.mode {
            Mode::Rename(renaming) => self.recall.ghost(&renaming.key.profile, &renaming.line),
            Mode::Create(creating) => self.recall.ghost(&creating.key.profile, &creating.line),
            Mode::Browse | Mode::Filter(_) | Mode::Add(_) => None,
        }
    }

    /// The name that was there, theirs and ours, for a decision. Where one does not fit into so many cells, it is cut so
    /// that what differs is in sight.
    pub fn three_names(&self, session: &Session, fault: &Fault, cells: usize) -> Vec<Below> {
        let FaultKind::Changed(change) = &fault.kind else { return Vec::new() };
        let Change { base, theirs } = &**change;
        let yours = self.saves.get(&session.key).map(|save| save.wish.to.clone());
        let yours = self
            .drafts
            .get(&session.key)
            .map(|d| d.text.clone())
            .or_else(|| yours.and_then(|name| name.as_deref().map(ToOwned::to_owned)));
        let [base, theirs, yours] = [base.as_deref(), theirs.as_deref(), yours.as_deref()].map(shown);
        let cells = cells.saturating_sub(8);
        [("base", &base, &yours), ("theirs", &theirs, &base), ("yours", &yours, &base)]
            .into_iter()
            .map(|(what, name, other)| {
                Below::line(Tone::Info, format!("{what:<7} {}", likeness::beside(other, name, cells)))
            })
            .collect()
    }

    /// The same in one line, for where lines are said instead of drawn.
    pub(super) fn explained(&self, session: &Session) -> String {
        let words = self.explanation(session, &self.row_state(session));
        words.map_or_else(String::new, |Words { why, help }| format!("{why} {help}").trim().to_owned())
    }

    /// What is to be said of a selected row that needs words.
    fn explanation(&self, session: &Session, state: &RowState<'_>) -> Option<Words> {
        // Looked up where a state wants them: most rows say nothing, and every step and every frame asks.
        let key = |command| self.key_of(command);
        let (send, cancel) = (|| key(Command::Retry), || key(Command::CancelSave));
        let hurry = || format!("{} sends now, {} cancels.", send(), cancel());
        let (why, help) = match state {
            RowState::NotSaved(fault) => {
                let (edit, send) = (key(Command::Rename), send());
                let help = if self.size.width < NARROW {
                    format!("{edit} edits your words, {send} sends them.")
                } else {
                    format!("Your words are kept: {edit} edits them, {send} sends them again.")
                };
                (fault.say.clone(), help)
            }
            RowState::Changed(_) => (String::new(), format!("{} decides.", key(Command::Rename))),
            RowState::Elsewhere => {
                let words = "Another running retitle is saving this row; yours goes after it.";
                (words.into(), String::new())
            }
            RowState::Old => (
                "Typed more than a day ago and never sent.".into(),
                format!("{} sends it, {} makes it a draft.", send(), cancel()),
            ),
            RowState::Drifted => {
                let ours = session.ours.as_deref().unwrap_or_default();
                let why = format!("Our name was “{ours}”. Something else renamed it since.");
                (why, format!("{} puts ours back, {} accepts theirs.", send(), cancel()))
            }
            RowState::OtherAccount => (
                "Typed under another account; it waits for that account.".into(),
                format!("{} opens it; a save sends it under your account.", key(Command::Rename)),
            ),
            RowState::SignIn => {
                ("It waits for you to sign in.".into(), format!("{} signs in.", key(Command::SignIn)))
            }
            RowState::Gone => {
                let why = format!("The server does not find it (404){}.", self.last_seen(session));
                (why, "It may be deleted, or in another workspace.".into())
            }
            RowState::NoAccess => {
                let why = format!("The server refuses access (403){}.", self.last_seen(session));
                (why, "A role in its workspace may be missing.".into())
            }
            RowState::Retry { .. } => match self.saves.get(&session.key).map(|s| &s.phase) {
                Some(Phase::Retrying { fault, .. }) => (fault.say.clone(), hurry()),
                Some(_) => ("The server asks for a pause.".into(), hurry()),
                None => return None,
            },
            RowState::Draft => {
                let draft = self.drafts.get(&session.key)?;
                (format!("draft: {}", draft.text), String::new())
            }
            RowState::Clean | RowState::Editing | RowState::Queued | RowState::Saving | RowState::Saved => {
                return None;
            }
        };
        Some(Words { why, help })
    }

    fn last_seen(&self, session: &Session) -> String {
        session.seen.map_or_else(String::new, |at| {
            format!(", last seen {}", at.calendar(self.now, self.settings.zone))
        })
    }
}

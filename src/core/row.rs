//! What a row says: its name, its state, and the lines below it. All derived, nothing stored.

use std::time::Duration;

use super::command::{Command, Focus};
use super::fault::{Change, Fault, FaultKind};
use super::glyph;
use super::likeness::{self, Alike};
use super::model::{Creating, Mode, Model};
use super::notice::Tone;
use super::saves::{Phase, Save};
use super::session::{Presence, Session};
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
    pub fn word(&self, model: &Model) -> Option<String> {
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
            Self::Retry { seconds, offline: true } => return Some(format!("offline {}", left(seconds))),
            Self::Retry { seconds, offline: false } => return Some(format!("retry {}", left(seconds))),
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
        Some(word.to_owned())
    }
}

/// One line below the selected row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Below {
    pub tone: Tone,
    pub text: String,
}

/// Cells left of and behind the lines below a row.
pub const BELOW_INDENT: usize = 7;

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
                Phase::Ready { .. } => return self.waiting_state(session, save),
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

    /// How many lines below the selected row belong to it.
    pub fn row_extra(&self) -> usize {
        self.below().len()
    }

    /// The lines below the selected row: the old name while another is typed, what is wrong, what can be done.
    pub fn below(&self) -> Vec<Below> {
        let Some(session) = self.chosen() else { return Vec::new() };
        let cells = usize::from(self.size.width).saturating_sub(BELOW_INDENT).max(8);
        match &self.mode {
            Mode::Rename(renaming) if renaming.key == session.key => {
                let mut lines = Vec::new();
                let name = self.shown_name(session);
                if session.name != renaming.base && session.name.as_deref() != Some(renaming.line.text()) {
                    let theirs =
                        session.name.as_deref().map_or_else(|| "(untitled)".to_owned(), glyph::sanitise);
                    lines.push(Below { tone: Tone::Bad, text: format!("changed elsewhere, now: {theirs}") });
                } else if renaming.line.text() != name.unwrap_or("") {
                    let name = name.map_or_else(|| "(untitled)".to_owned(), glyph::sanitise);
                    let original = self.settings.keys.key_for(Focus::Rename, Command::Original);
                    let hint = match (renaming.from_draft, original.as_str()) {
                        (false, _) => String::new(),
                        (true, "") => "  (draft restored)".to_owned(),
                        (true, key) => format!("  (draft restored, {key} undoes it)"),
                    };
                    lines.push(Below { tone: Tone::Info, text: format!("was: {name}{hint}") });
                }
                let changed = session.name.as_deref() != Some(renaming.line.text());
                let hints = self.hints(renaming.line.text(), renaming.alike.as_ref(), changed);
                let hints = hints.iter().flat_map(|hint| glyph::wrap(hint, cells, 1));
                lines.extend(hints.map(|text| Below { tone: Tone::Info, text }));
                let problem = renaming.problem.as_deref().unwrap_or("");
                let wrapped = glyph::wrap(problem, cells, 2);
                lines.extend(wrapped.into_iter().map(|text| Below { tone: Tone::Bad, text }));
                lines
            }
            Mode::Rename(_) | Mode::Browse | Mode::Filter(_) | Mode::Add(_) | Mode::Create(_) => {
                if let RowState::Changed(fault) = self.row_state(session) {
                    return self.three_names(session, fault);
                }
                let words = self.explanation(session).unwrap_or_default();
                let tone =
                    if matches!(self.row_state(session), RowState::Draft) { Tone::Info } else { Tone::Bad };
                glyph::wrap(&words, cells, 3).into_iter().map(|text| Below { tone, text }).collect()
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
        match &self.mode {
            Mode::Rename(renaming) => self.recall.ghost(&renaming.key.profile, &renaming.line),
            Mode::Create(creating) => self.recall.ghost(&creating.key.profile, &creating.line),
            Mode::Browse | Mode::Filter(_) | Mode::Add(_) => None,
        }
    }

    /// The name that was there, theirs and ours, for a decision.
    pub fn three_names(&self, session: &Session, fault: &Fault) -> Vec<Below> {
        let FaultKind::Changed(change) = &fault.kind else { return Vec::new() };
        let Change { base, theirs } = &**change;
        let yours = self.saves.get(&session.key).map(|save| save.wish.to.clone());
        let yours = self
            .drafts
            .get(&session.key)
            .map(|d| d.text.clone())
            .or_else(|| yours.and_then(|name| name.as_deref().map(ToOwned::to_owned)));
        let shown = |name: Option<&str>| name.map_or_else(|| "(untitled)".to_owned(), glyph::sanitise);
        [("base", base.as_deref()), ("theirs", theirs.as_deref()), ("yours", yours.as_deref())]
            .into_iter()
            .map(|(what, name)| Below { tone: Tone::Bad, text: format!("{what:<7} {}", shown(name)) })
            .collect()
    }

    /// What stands below a selected row that needs words.
    pub fn explanation(&self, session: &Session) -> Option<String> {
        let [edit, send, cancel] =
            [Command::Rename, Command::Retry, Command::CancelSave].map(|command| self.key_of(command));
        match self.row_state(session) {
            RowState::NotSaved(fault) => Some(format!(
                "{} Your words are kept: {edit} edits them, {send} sends them again.",
                fault.say
            )),
            RowState::Changed(fault) => Some(format!("{} Enter decides.", fault.say)),
            RowState::Elsewhere => {
                Some("Another running retitle is saving this row; yours goes after it.".into())
            }
            RowState::Old => Some(format!(
                "Typed more than a day ago and never sent. {send} sends it, {cancel} makes it a draft."
            )),
            RowState::Drifted => Some(format!(
                "Our name was “{}”. Something else renamed it since. {send} puts ours back, {cancel} accepts theirs.",
                session.ours.as_deref().unwrap_or_default()
            )),
            RowState::OtherAccount => Some(format!(
                "Typed under another account. It waits for that account; {edit} then Enter sends it under yours."
            )),
            RowState::Gone => Some(format!(
                "The server does not find it (404){}. It may be deleted, or in another workspace.",
                self.last_seen(session)
            )),
            RowState::NoAccess => Some(format!(
                "The server refuses access (403){}. A role in its workspace may be missing.",
                self.last_seen(session)
            )),
            RowState::Retry { .. } => match self.saves.get(&session.key).map(|s| &s.phase) {
                Some(Phase::Retrying { fault, .. }) => {
                    Some(format!("{} {send} sends now, {cancel} cancels.", fault.say))
                }
                Some(_) => Some(format!("The tenant asked for a pause. {send} sends now, {cancel} cancels.")),
                None => None,
            },
            RowState::Draft => self.drafts.get(&session.key).map(|d| format!("draft: {}", d.text)),
            RowState::Clean
            | RowState::Editing
            | RowState::Queued
            | RowState::Saving
            | RowState::Saved
            | RowState::SignIn => None,
        }
    }

    fn last_seen(&self, session: &Session) -> String {
        session.seen.map_or_else(String::new, |at| {
            format!(", last seen {}", at.calendar(self.now, self.settings.zone))
        })
    }
}

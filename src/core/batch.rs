//! Many renames as one: a plan that was applied, and how each row of it fares.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use super::fault::Fault;
use super::msg::ReqId;
use super::session::{Key, Profile, WorkspaceId};
use super::store::Deed;
use super::time::Stamp;
use super::title::NewName;

/// A bulk that was applied.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Batch {
    /// Its number in the journal, by which it is undone as one.
    pub id: i64,
    /// The names were typed one by one, so they come back as drafts when the bulk is stopped. Names that were made can
    /// be made again.
    pub typed: bool,
    pub stage: Stage,
    pub items: Vec<Item>,
    /// Where those stand whose saves are under way.
    pub(super) going: BTreeMap<Key, usize>,
}

/// How far a bulk got.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Stage {
    /// One list walk tells whether the names are still what they were.
    Reading,
    /// The journal is being written.
    Writing(ReqId),
    Running {
        since: Stamp,
        /// Rows that were done before: on a retry, and those that the walk has settled.
        done: usize,
    },
    Ended {
        took: Duration,
    },
}

/// One row of a bulk.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Item {
    pub key: Key,
    pub workspace: WorkspaceId,
    /// The server's name that the plan was made for.
    pub from: Option<String>,
    pub to: NewName,
    pub deed: Deed,
    /// The walk did not bring it, so it is looked at on its own before it is sent.
    pub look: bool,
    pub fate: Fate,
}

/// How a row fares.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fate {
    /// Not in the journal yet.
    Waiting,
    /// In the journal; its save tells the rest.
    Going,
    Saved,
    /// The server had the name already.
    Already,
    /// Renamed by something else since the plan was made; left alone.
    Changed(Option<String>),
    Failed(Fault),
    /// Stopped before its turn.
    Stopped,
    /// A newer name for the same row took its place.
    Replaced,
}

/// Rows by fate.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Tally {
    pub saved: usize,
    /// Saved too, but with the name before: an undo.
    pub back: usize,
    pub already: usize,
    pub changed: usize,
    pub failed: usize,
    pub stopped: usize,
    pub ahead: usize,
}

impl Tally {
    /// Rows by fate.
    pub fn of(items: &[Item]) -> Self {
        let mut tally = Self::default();
        for item in items {
            *match item.fate {
                Fate::Waiting | Fate::Going => &mut tally.ahead,
                Fate::Saved => match item.deed {
                    Deed::Undo(_) => &mut tally.back,
                    Deed::Rename | Deed::Redo(_) => &mut tally.saved,
                },
                Fate::Already => &mut tally.already,
                Fate::Changed(_) => &mut tally.changed,
                Fate::Failed(_) => &mut tally.failed,
                Fate::Stopped | Fate::Replaced => &mut tally.stopped,
            } += 1;
        }
        tally
    }

    /// Rows that need nothing more.
    pub fn done(self) -> usize {
        self.saved + self.back + self.already + self.changed + self.failed + self.stopped
    }

    /// The same in words, without what there is none of.
    pub fn words(self) -> String {
        let parts = [
            (self.saved, "saved"),
            (self.back, "taken back"),
            (self.already, "had the name already"),
            (self.changed, "changed elsewhere"),
            (self.failed, "not saved"),
            (self.stopped, "stopped"),
            (self.ahead, "to go"),
        ];
        let parts: Vec<String> =
            parts.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}")).collect();
        if parts.is_empty() { "nothing to do".to_owned() } else { parts.join(", ") }
    }
}

/// The workspaces of these rows, each once.
pub(super) fn places_of<'a>(items: impl Iterator<Item = &'a Item>) -> VecDeque<(Profile, WorkspaceId)> {
    let mut places = VecDeque::new();
    for item in items {
        let place = (item.key.profile.clone(), item.workspace.clone());
        if !places.contains(&place) {
            places.push_back(place);
        }
    }
    places
}

impl Batch {
    /// A bulk whose names are to be read first.
    pub(super) fn new(id: i64, typed: bool, items: Vec<Item>) -> Self {
        Self { id, typed, stage: Stage::Reading, items, going: BTreeMap::new() }
    }

    /// Rows by fate.
    pub fn tally(&self) -> Tally {
        Tally::of(&self.items)
    }

    /// The workspaces of the rows that fared like this.
    pub(super) fn places(&self, fate: &Fate) -> VecDeque<(Profile, WorkspaceId)> {
        places_of(self.items.iter().filter(|item| item.fate == *fate))
    }

    /// Whether all that it does is to take another back.
    pub fn takes_back(&self) -> bool {
        self.items.iter().all(|item| matches!(item.deed, Deed::Undo(_)))
    }

    /// Whether it still has something ahead of it.
    pub fn runs(&self) -> bool {
        match self.stage {
            Stage::Reading | Stage::Writing(_) | Stage::Running { .. } => true,
            Stage::Ended { .. } => false,
        }
    }

    /// Whether a name that it gives this session is being written to the journal.
    pub(super) fn writes(&self, key: &Key) -> bool {
        match self.stage {
            Stage::Writing(_) => self.items.iter().any(|item| item.fate == Fate::Waiting && item.key == *key),
            Stage::Reading | Stage::Running { .. } | Stage::Ended { .. } => false,
        }
    }

    /// How long the rest will take, at the pace so far. `None` before there is a pace.
    pub fn left(&self, now: Stamp) -> Option<Duration> {
        let Stage::Running { since, done: before } = self.stage else { return None };
        let tally = self.tally();
        let done = tally.done().saturating_sub(before);
        let done = u32::try_from(done).ok().filter(|done| *done >= 4)?;
        Some(now.since(since) / done * u32::try_from(tally.ahead).unwrap_or(u32::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::session::SessionId;

    fn key(id: &str) -> Key {
        Key { profile: Profile::new("default"), id: SessionId::new(id) }
    }

    fn item(id: &str, fate: Fate) -> Item {
        let (workspace, to) = (WorkspaceId::new("default"), NewName::restored(Some("new")));
        Item { key: key(id), workspace, from: None, to, deed: Deed::Rename, look: false, fate }
    }

    #[test]
    fn what_is_being_written_to_the_journal_are_the_rows_that_wait_and_no_others() {
        let items = vec![item("waits", Fate::Waiting), item("has-it", Fate::Already)];
        let mut batch = Batch { stage: Stage::Writing(ReqId(1)), ..Batch::new(1, false, items) };
        assert!(batch.writes(&key("waits")));
        assert!(!batch.writes(&key("has-it")), "nothing is to be done for it");
        assert!(!batch.writes(&key("elsewhere")), "it is none of the batch");
        batch.stage = Stage::Reading;
        assert!(!batch.writes(&key("waits")), "not yet");
    }
}

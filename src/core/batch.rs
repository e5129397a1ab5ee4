//! Many renames as one: a plan that was applied, and how each row of it fares.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use super::fault::Fault;
use super::msg::ReqId;
use super::session::{Account, Key, Name, Profile, Session, UNTITLED, WorkspaceId};
use super::store::{Deed, EntryId, Intent};
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
    items: Vec<Item>,
    tally: Tally,
    /// The profiles of its rows.
    profiles: Vec<Profile>,
    /// How many of its rows take an entry back.
    undos: usize,
    /// Bytes of the longest name before, or of what stands in its place.
    longest: usize,
    /// The names were read just before it began, so that no walk is needed.
    pub(super) read: bool,
    /// Where those stand that go into the journal, or whose saves are under way.
    pub(super) going: BTreeMap<Key, usize>,
    /// What is to be written to the journal, and of which rows.
    pub(super) intents: Vec<(Intent, Session)>,
    pub(super) prepared: Vec<Prepared>,
    /// The entries that these became, and whether it is our turn; as far as they are not taken in.
    pub(super) entries: VecDeque<(EntryId, bool)>,
    /// The workspaces of the rows that go, or went, in this run of it; and of those that were saved.
    pub(super) places: Places,
    pub(super) renamed_in: Places,
    /// Rows whose new name was a draft too: that is kept where the row is left alone.
    pub(super) drafted: Vec<usize>,
    /// A wish that it stops, which is carried out once the journal has it.
    pub(super) stop: Option<Stop>,
    /// It was to be stopped, so that what comes to wait again is not sent either.
    pub(super) stopped: bool,
}

/// A row that goes into the journal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Prepared {
    pub(super) at: usize,
    /// Under whose name; given to its save when the journal has it.
    pub(super) account: Option<Account>,
}

/// Workspaces, each once.
pub(super) type Places = VecDeque<(Profile, WorkspaceId)>;

/// Rows that are not to be sent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Stop {
    /// The first row that has not been looked at.
    pub(super) next: usize,
    /// Only those of these profiles; of all where none is named.
    pub(super) only: Vec<Profile>,
}

/// How far a bulk got. A long one takes some rows at a time wherever it has to go through all of them, so that keys are
/// heard meanwhile.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Stage {
    /// What goes into the journal is gathered, from this row on.
    Preparing {
        next: usize,
    },
    /// The journal is being written.
    Writing(ReqId),
    /// The journal has it, and it is taken in, from this row of those that were prepared on.
    Written {
        next: usize,
    },
    /// One list walk tells whether the names are still what they were.
    Reading,
    /// What the walk has told is looked at, from this row on. Without a walk each row is looked at on its own before it
    /// is sent.
    Comparing {
        next: usize,
        walk: Option<u32>,
    },
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
    pub from: Option<Name>,
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
    Changed(Option<Name>),
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
            *tally.place(item) += 1;
        }
        tally
    }

    /// Where a row counts.
    fn place(&mut self, item: &Item) -> &mut usize {
        match item.fate {
            Fate::Waiting | Fate::Going => &mut self.ahead,
            Fate::Saved => match item.deed {
                Deed::Undo(_) => &mut self.back,
                Deed::Rename | Deed::Redo(_) => &mut self.saved,
            },
            Fate::Already => &mut self.already,
            Fate::Changed(_) => &mut self.changed,
            Fate::Failed(_) => &mut self.failed,
            Fate::Stopped | Fate::Replaced => &mut self.stopped,
        }
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

/// The workspaces of these rows.
pub(super) fn places_of<'a>(items: impl Iterator<Item = &'a Item>) -> Places {
    let mut places = Places::new();
    for item in items {
        note_place(&mut places, item);
    }
    places
}

/// The name before, or what stands in its place.
fn name_before(item: &Item) -> &str {
    item.from.as_deref().filter(|name| !name.is_empty()).unwrap_or(UNTITLED)
}

fn note_place(places: &mut Places, item: &Item) {
    if !places.iter().any(|(profile, workspace)| (profile, workspace) == (&item.key.profile, &item.workspace))
    {
        places.push_back((item.key.profile.clone(), item.workspace.clone()));
    }
}

impl Batch {
    /// A bulk of which nothing is done yet.
    pub(super) fn new(typed: bool, items: Vec<Item>) -> Self {
        let mut profiles: Vec<Profile> = Vec::new();
        for item in &items {
            if !profiles.contains(&item.key.profile) {
                profiles.push(item.key.profile.clone());
            }
        }
        Self {
            id: 0,
            typed,
            stage: Stage::Preparing { next: 0 },
            tally: Tally::of(&items),
            undos: items.iter().filter(|item| matches!(item.deed, Deed::Undo(_))).count(),
            longest: items.iter().map(|item| name_before(item).len()).max().unwrap_or(0),
            profiles,
            items,
            read: false,
            going: BTreeMap::new(),
            intents: Vec::new(),
            prepared: Vec::new(),
            entries: VecDeque::new(),
            drafted: Vec::new(),
            places: Places::new(),
            renamed_in: Places::new(),
            stop: None,
            stopped: false,
        }
    }

    /// Its rows.
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// What became of a row.
    pub(super) fn set(&mut self, at: usize, fate: Fate) {
        let Some(item) = self.items.get_mut(at) else { return };
        *self.tally.place(item) -= 1;
        item.fate = fate;
        *self.tally.place(item) += 1;
        match item.fate {
            Fate::Waiting | Fate::Going => return,
            Fate::Saved => note_place(&mut self.renamed_in, item),
            Fate::Already | Fate::Changed(_) | Fate::Failed(_) | Fate::Stopped | Fate::Replaced => {}
        }
        self.going.remove(&item.key);
    }

    /// A row goes into the journal.
    pub(super) fn prepare(&mut self, at: usize, intent: Intent, session: Session) {
        let Some(item) = self.items.get(at) else { return };
        note_place(&mut self.places, item);
        self.going.insert(item.key.clone(), at);
        self.prepared.push(Prepared { at, account: intent.account.clone() });
        self.intents.push((intent, session));
    }

    /// A row that was to get a save gets none. Where the journal was asked for it already, its entry ends when that has
    /// answered.
    pub(super) fn leave_out(&mut self, key: &Key, fate: Fate) {
        let at = self.going.get(key).copied();
        let waits = |at: &usize| self.items.get(*at).is_some_and(|item| item.fate == Fate::Waiting);
        let Some(at) = at.filter(waits) else { return };
        if let Stage::Preparing { .. } = self.stage {
            if let Ok(n) = self.prepared.binary_search_by_key(&at, |prepared| prepared.at) {
                self.prepared.remove(n);
                drop(self.intents.remove(n));
            }
            self.set(at, fate);
        } else {
            self.set(at, Fate::Replaced);
        }
    }

    /// Whether the new name of a row was typed, and not only made.
    pub(super) fn is_typed(&self, at: usize) -> bool {
        let renames = self.items.get(at).is_some_and(|item| item.deed == Deed::Rename);
        renames && (self.typed || self.drafted.binary_search(&at).is_ok())
    }

    /// The row whose name is on its way to a session.
    pub(super) fn item_of(&self, key: &Key) -> Option<&Item> {
        self.items.get(*self.going.get(key)?)
    }

    /// Rows by fate.
    pub fn tally(&self) -> Tally {
        self.tally
    }

    /// The profiles of its rows, each once.
    pub fn profiles(&self) -> &[Profile] {
        &self.profiles
    }

    /// Whether all that it does is to take another back.
    pub fn takes_back(&self) -> bool {
        self.undos == self.items.len()
    }

    /// Bytes of the longest name before.
    pub fn longest(&self) -> usize {
        self.longest
    }

    /// Whether it still has something ahead of it.
    pub fn runs(&self) -> bool {
        match self.stage {
            Stage::Preparing { .. }
            | Stage::Writing(_)
            | Stage::Written { .. }
            | Stage::Reading
            | Stage::Comparing { .. }
            | Stage::Running { .. } => true,
            Stage::Ended { .. } => false,
        }
    }

    /// Whether all of its names are in the journal, and known here to be.
    pub(super) fn is_kept(&self) -> bool {
        match self.stage {
            Stage::Preparing { .. } | Stage::Writing(_) | Stage::Written { .. } => false,
            Stage::Reading | Stage::Comparing { .. } | Stage::Running { .. } | Stage::Ended { .. } => true,
        }
    }

    /// Whether it goes on of itself in a moment, with more of its rows.
    pub(super) fn has_more_to_do(&self) -> bool {
        match self.stage {
            Stage::Preparing { .. } | Stage::Written { .. } | Stage::Comparing { .. } => true,
            Stage::Writing(_) => false,
            Stage::Reading | Stage::Running { .. } | Stage::Ended { .. } => self.stop.is_some(),
        }
    }

    /// Whether rows of it are being stopped, so that none is sent.
    pub(super) fn is_stopping(&self) -> bool {
        self.is_kept() && self.stop.is_some()
    }

    /// Whether a name that it gives this session is being written to the journal.
    pub(super) fn writes(&self, key: &Key) -> bool {
        match self.stage {
            Stage::Preparing { .. } | Stage::Writing(_) => {
                self.item_of(key).is_some_and(|item| item.fate == Fate::Waiting)
            }
            Stage::Written { .. }
            | Stage::Reading
            | Stage::Comparing { .. }
            | Stage::Running { .. }
            | Stage::Ended { .. } => false,
        }
    }

    /// How long the rest will take, at the pace so far. `None` before there is a pace.
    pub fn left(&self, now: Stamp) -> Option<Duration> {
        let Stage::Running { since, done: before } = self.stage else { return None };
        let done = self.tally.done().saturating_sub(before);
        let done = u32::try_from(done).ok().filter(|done| *done >= 4)?;
        Some(now.since(since) / done * u32::try_from(self.tally.ahead).unwrap_or(u32::MAX))
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
        let mut batch = Batch { stage: Stage::Writing(ReqId(1)), ..Batch::new(false, items) };
        batch.going.insert(key("waits"), 0);
        assert!(batch.writes(&key("waits")));
        assert!(!batch.writes(&key("has-it")), "nothing is to be done for it");
        assert!(!batch.writes(&key("elsewhere")), "it is none of the batch");
        batch.stage = Stage::Reading;
        assert!(!batch.writes(&key("waits")), "it has it already");
    }

    #[test]
    fn rows_are_counted_as_they_fare() {
        let fates =
            || [Fate::Saved, Fate::Going, Fate::Already, Fate::Stopped, Fate::Waiting, Fate::Changed(None)];
        let mut batch = Batch::new(false, fates().map(|fate| item("a", fate)).into());
        for (at, fate) in fates().into_iter().rev().enumerate() {
            batch.set(at, fate);
            assert_eq!(batch.tally(), Tally::of(batch.items()));
        }
    }
}

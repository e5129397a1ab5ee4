//! A bulk that the command line asks for: it goes through the app's engine, without a screen and without a person.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::batch::Item;
use super::bulk::{Bulk, How, Plan, Then};
use super::fault::Fault;
use super::model::Model;
use super::session::{Key, Session, WorkspaceId};
use super::store::Entry;
use super::time::Stamp;
use super::title::NewName;
use super::trees;

/// So long nothing may move before the rest is left in the journal. A pause that the server asked for does not count.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// What the command line asks for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Task {
    /// Gives sessions these names.
    Rename(Vec<Planned>),
    /// Takes the entries of a batch back.
    TakeBack(Vec<Entry>),
}

/// One row of a plan.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Planned {
    pub key: Key,
    pub workspace: WorkspaceId,
    pub to: NewName,
}

/// A task that is being carried out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Errand {
    pub task: Task,
    pub step: Step,
    /// The rows as the batch gets them.
    pub(super) items: Vec<Item>,
    /// Rows whose name nobody here has ever seen: whatever the server says is the name they start from.
    pub(super) unseen: BTreeSet<Key>,
    /// What the walk has brought.
    pub(super) found: BTreeSet<Key>,
    /// Rows to be asked for one by one, since the walk did not bring them.
    pub(super) to_ask: VecDeque<Key>,
    /// Rows that never got into the batch, and why.
    pub left_out: BTreeMap<Key, Fault>,
    /// Failed reads in a row, and the moment before which no further one is made.
    pub(super) tries: u32,
    pub(super) not_before: Stamp,
    /// Somebody wants it to end.
    pub stopped: bool,
    /// When a row was done last, and how many were then.
    pub(super) moved: (Stamp, usize),
}

/// How far a task got.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Step {
    /// The cached sign-in is being looked at.
    SigningIn,
    /// The walk is to be begun.
    ToRead,
    Reading,
    /// Rows that the walk did not bring are asked for one by one.
    Asking,
    /// The batch is on.
    Running,
    /// All over; with what ended it, if that was not the end of the rows.
    Over(Option<Fault>),
}

impl Errand {
    /// The rows that it is about.
    pub(super) fn items(&self) -> &[Item] {
        &self.items
    }

    pub(super) fn new(task: Task, now: Stamp) -> Self {
        Self {
            task,
            step: Step::SigningIn,
            items: Vec::new(),
            unseen: BTreeSet::new(),
            found: BTreeSet::new(),
            to_ask: VecDeque::new(),
            left_out: BTreeMap::new(),
            tries: 0,
            not_before: now,
            stopped: false,
            moved: (now, 0),
        }
    }

    /// When it needs something next by itself.
    pub(super) fn due(&self, now: Stamp) -> Option<Stamp> {
        let due = match self.step {
            Step::ToRead | Step::Asking => self.not_before,
            Step::Running => self.moved.0 + PATIENCE,
            Step::SigningIn | Step::Reading | Step::Over(_) => return None,
        };
        Some(due).filter(|due| *due > now)
    }

    /// Why it came to nothing, or to an end before its rows did.
    pub fn why(&self) -> Option<&Fault> {
        match &self.step {
            Step::Over(why) => why.as_ref(),
            Step::SigningIn | Step::ToRead | Step::Reading | Step::Asking | Step::Running => None,
        }
    }
}

impl Model {
    /// The table of a plan, as the app shows one before a bulk, from what is known here.
    pub fn table_of(&mut self, rows: &[Planned]) -> Plan {
        self.take_rows(rows);
        let slots = rows.iter().filter_map(|row| self.list.slot(&row.key)).collect();
        let given = trees::map(rows.iter().map(|row| (row.key.clone(), row.to.words().to_owned())));
        let bulk = Bulk::new(slots, true, How::Given, given);
        self.basis(&bulk, 0, Then::Show).run(&|| false).map(|made| made.plan).unwrap_or_default()
    }

    /// Puts rows that nobody has seen here into the list; they are kept only once they are renamed.
    pub(super) fn take_rows(&mut self, rows: &[Planned]) {
        let unseen = rows.iter().filter(|row| self.list.get(&row.key).is_none());
        let host = &self.settings.host;
        let new: Vec<Session> =
            unseen.map(|row| Session::unseen(row.key.clone(), row.workspace.clone(), host.clone())).collect();
        self.list.append(new, None);
    }

    /// How a task goes, on one line.
    pub fn errand_words(&self) -> Option<String> {
        let errand = self.errand.as_ref()?;
        let pause = |model: &Self| {
            let gate = model.gate(&model.here().config.profile)?;
            Some(format!(
                "the server asks for a pause until {}",
                gate.format("%H:%M:%S", model.settings.zone)
            ))
        };
        let words = match &errand.step {
            Step::SigningIn | Step::Over(_) => return None,
            Step::ToRead | Step::Reading | Step::Asking => {
                pause(self).unwrap_or_else(|| "reading the names on the server".to_owned())
            }
            Step::Running => {
                let batch = self.batch.as_ref()?;
                let tally = batch.tally();
                let mut words = format!("{} of {}: {}", tally.done(), batch.items().len(), tally.words());
                let more = match (errand.stopped, pause(self), batch.left(self.now)) {
                    (true, ..) => Some("stopping".to_owned()),
                    (false, Some(pause), _) => Some(pause),
                    (false, None, Some(left)) => Some(format!("about {} s left", left.as_secs().max(1))),
                    (false, None, None) => None,
                };
                if let Some(more) = more {
                    words.push_str(", ");
                    words.push_str(&more);
                }
                words
            }
        };
        Some(words)
    }

    /// The rows of a task as they ended, those first that did not get into its batch.
    pub fn errand_items(&self) -> Vec<Item> {
        let Some(errand) = &self.errand else { return Vec::new() };
        match &self.batch {
            Some(batch) if batch.is_kept() => batch.items().to_vec(),
            Some(_) | None => {
                errand.items.iter().filter(|item| !errand.left_out.contains_key(&item.key)).cloned().collect()
            }
        }
    }
}

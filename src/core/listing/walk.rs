//! A walk over the server's lists: its state, and what it does to the rows.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use super::Listing;
use crate::core::fault::Fault;
use crate::core::msg::ReqId;
use crate::core::seats::Seat;
use crate::core::session::{Entity, Key, Profile, Session, WorkspaceId};
use crate::core::table::Slot;
use crate::core::time::Stamp;
use crate::core::trees;

/// Reading lists from the server.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Walk {
    /// Not reading. `as_of` is the end of the last complete walk.
    Idle { as_of: Option<Stamp> },
    /// Reading page after page.
    Going(Going),
    /// It failed; the rows are what they were.
    Failed { fault: Fault, as_of: Option<Stamp> },
}

/// A walk under way.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Going {
    pub req: ReqId,
    pub profile: Profile,
    pub workspace: WorkspaceId,
    /// Workspaces still to read.
    pub rest: VecDeque<(Profile, WorkspaceId)>,
    /// Workspaces read to their end: what they did not bring is there no more.
    pub read: BTreeSet<(Profile, WorkspaceId)>,
    /// How many sessions it has brought so far.
    pub count: usize,
    /// Its number: rows remember which walk has brought them last.
    pub number: u32,
    /// What the last page has brought and is not taken in yet.
    pub arrived: VecDeque<Entity>,
    /// No page of this workspace comes any more.
    pub ended: bool,
    /// Links already followed; a repeated one ends the walk.
    pub links: BTreeSet<String>,
    /// The first thing that went wrong on the way.
    pub fault: Option<Fault>,
    pub as_of: Option<Stamp>,
    /// A person asked for it, so the order may be made anew at its end.
    pub asked: bool,
}

/// The shortest time between two orders of a long list that nobody has asked for.
const BETWEEN_ORDERS: Duration = Duration::from_millis(100);

impl Listing {
    /// Adds sessions that nobody knows at the end, and notes which walk brought them.
    pub(crate) fn append(&mut self, sessions: Vec<Session>, walk: Option<u32>) {
        for session in sessions {
            let (slot, new) = self.table.put(session);
            if let Some(walk) = walk {
                self.table.brought(slot, walk);
            }
            if new {
                self.seat(slot, Seat::End);
                self.appended += 1;
            }
        }
    }

    /// Whether rows stand at the end that the order has elsewhere.
    pub(crate) fn has_a_tail(&self) -> bool {
        self.appended > 0
    }

    /// Makes the order anew if it is worth it while more rows come: of a long list not before a fifth of it is new, so
    /// that all orders together cost no more than a few of the last, and not more often than anybody would see.
    pub(crate) fn sort_a_long_tail(&mut self, now: Stamp, zone: i32) {
        let long = || self.appended * 5 >= self.table.len() && now.since(self.ordered) >= BETWEEN_ORDERS;
        if self.has_a_tail() && (self.table.len() <= self.at_once / 4 || long()) {
            self.sort(now, zone);
        }
    }

    /// Another walk begins; its number.
    pub(crate) fn begin_walk(&mut self) -> u32 {
        self.walks += 1;
        self.walks
    }

    /// A walk has brought this session; whether it is known, and then changes it.
    pub(crate) fn bring(&mut self, key: &Key, walk: u32, change: impl FnOnce(&mut Session)) -> bool {
        let slot = self.table.slot(key);
        if let Some(slot) = slot {
            self.table.change(slot, change);
            self.table.brought(slot, walk);
        }
        slot.is_some()
    }

    /// Whether a walk has brought this session.
    pub(crate) fn was_brought(&self, key: &Key, walk: u32) -> bool {
        self.table.slot(key).is_some_and(|slot| self.table.was_brought(slot, walk))
    }

    /// Forgets what only a walk brought, except rows in `keep`.
    pub(crate) fn drop_unopened<'a>(&mut self, keep: impl Iterator<Item = &'a Key>) {
        self.drop_where(keep, |_, _| true);
    }

    /// Forgets what earlier walks brought and this one did not, where it has read everything; except rows in `keep`.
    pub(crate) fn drop_missing<'a>(&mut self, keep: impl Iterator<Item = &'a Key>, walk: &Going) {
        self.drop_where(keep, |list, slot| {
            let Some(session) = list.table.rows().session(slot) else { return false };
            if list.table.was_brought(slot, walk.number) {
                return false;
            }
            walk.read.contains(&(session.key.profile.clone(), session.workspace.clone()))
        });
    }

    fn drop_where<'a>(&mut self, keep: impl Iterator<Item = &'a Key>, which: impl Fn(&Self, Slot) -> bool) {
        let rows = self.table.rows();
        if rows.all_opened() {
            return;
        }
        let keep: BTreeSet<Slot> = trees::set(keep.filter_map(|key| self.table.slot(key)));
        let unopened = rows.slots().filter(|slot| rows.brief(*slot).is_some_and(|brief| !brief.opened));
        let goes: Vec<Slot> = unopened.filter(|slot| !keep.contains(slot) && which(self, *slot)).collect();
        if goes.is_empty() {
            return;
        }
        for slot in goes {
            self.table.remove(slot);
            self.forget_mark(slot);
        }
        let rows = self.table.rows().clone();
        Arc::make_mut(&mut self.order).retain(|placed| rows.brief(placed.slot).is_some());
        self.arranging.gone();
        self.forget_gone();
    }
}

//! The rows: what is known, in which order, which of it is shown, and which row is selected.
//!
//! The order stays as it is while somebody works: a saved row does not jump. It is made anew at start and when the
//! person asks (refresh, another scope, another order). The selection is a session, never a row number.

mod elsewhere;
mod marks;
#[cfg(test)]
mod tests;
mod view;
mod walk;

use std::collections::{BTreeMap, VecDeque};
use std::slice::SliceIndex;
use std::sync::Arc;

use super::arrange::{self, Narrow, Placed, Shown};
use super::filter::{Query, Tags};
use super::order::{Days, Group, Order};
use super::seats::{self, Arranging, Seat};
use super::session::{Key, Profile, Session, WorkspaceId};
use super::table::{Rows, Slot, Table};
use super::time::Stamp;
pub use marks::Marks;
pub use walk::{Going, Walk};

/// Which sessions the list holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scope {
    /// Those that were opened or entered.
    Opened,
    /// Those, and everything that the last walk of the workspace brought.
    Everything,
}

/// One line of the list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Line<'a> {
    Heading(Group),
    Row(&'a Session),
}

/// The list of sessions.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Listing {
    table: Table,
    /// Every session of the table, once, in display order.
    order: Arc<Vec<Placed>>,
    sorted: Order,
    /// The part of `order` that scope and filter let through.
    shown: Shown,
    scope: Scope,
    /// The one profile that is shown; `None` shows all.
    only: Option<Profile>,
    filter: String,
    query: Query,
    tags: Tags,
    /// Marked rows: they outlive filters and refreshes.
    marks: Marks,
    /// How many of the shown rows are marked.
    marked_shown: usize,
    /// A row that a filter must not take away: somebody types in it.
    held: Option<Key>,
    chosen: Option<Key>,
    /// Where the person went last: a filter that hides it gives it back.
    last: Option<Key>,
    /// How each profile is called, for `in:`.
    titles: BTreeMap<Profile, String>,
    top: usize,
    headed: bool,
    /// Whether the library holds more than the first rows, which are all that is here yet.
    pub partial: bool,
    /// Up to so many rows the list is arranged at once; a longer one leaves it to another thread.
    pub at_once: usize,
    pub(super) arranging: Arranging,
    /// Rows that were put at the end since the order was last made, or asked for.
    appended: usize,
    /// When the order was last made, or asked for.
    ordered: Stamp,
    /// What is shown is not yet what the person has asked for.
    behind: bool,
    pub walk: Walk,
    /// The number of the last walk.
    walks: u32,
    /// Sessions to be asked for one by one.
    pub looks: VecDeque<Key>,
    /// Sessions of which a walk has brought news that are not on disk yet. They are read again if they never get there.
    pub(super) news: VecDeque<Key>,
}

/// As many rows are arranged in a millisecond or two.
const AT_ONCE: usize = 2_000;

impl Listing {
    /// A list of what the library holds, newest change first.
    pub fn new(sessions: Vec<Session>, now: Stamp, zone: i32) -> Self {
        let mut list = Self {
            table: Table::of(sessions),
            order: Arc::default(),
            sorted: Order::default(),
            shown: Shown::default(),
            scope: Scope::Opened,
            only: None,
            filter: String::new(),
            query: Query::default(),
            tags: Tags::new(),
            marks: Marks::default(),
            marked_shown: 0,
            held: None,
            chosen: None,
            last: None,
            titles: BTreeMap::new(),
            top: 0,
            headed: false,
            partial: false,
            at_once: usize::MAX,
            arranging: Arranging::default(),
            appended: 0,
            ordered: now,
            behind: false,
            walk: Walk::Idle { as_of: None },
            walks: 0,
            looks: VecDeque::new(),
            news: VecDeque::new(),
        };
        list.sort(now, zone);
        list.at_once = AT_ONCE;
        list
    }

    /// A session by its key.
    pub fn get(&self, key: &Key) -> Option<&Session> {
        self.table.get(key)
    }

    /// Changes a session; as it is then. It stays where it is and is shown as before; [`Self::refilter`] looks again.
    pub(crate) fn change(&mut self, key: &Key, change: impl FnOnce(&mut Session)) -> Option<&Session> {
        self.table.change(self.table.slot(key)?, change)
    }

    /// Every known session.
    pub fn all(&self) -> impl Iterator<Item = &Session> {
        self.table.iter()
    }

    /// The sessions that were opened or entered.
    pub fn opened(&self) -> impl Iterator<Item = &Session> {
        self.table.iter().filter(|s| s.opened.is_some())
    }

    /// The workspaces that sessions are in; of opened ones alone.
    pub(super) fn places(&self, opened: bool) -> impl Iterator<Item = &(Profile, WorkspaceId)> {
        self.table.places(opened)
    }

    /// The number of a session in the table.
    pub(super) fn slot(&self, key: &Key) -> Option<Slot> {
        self.table.slot(key)
    }

    /// Every row as another thread may read it.
    pub(super) fn rows(&self) -> &Rows {
        self.table.rows()
    }

    /// Whether there are more rows than are gone through between two keys.
    pub(super) fn is_long(&self) -> bool {
        self.table.len() > self.at_once
    }

    /// What the list holds.
    pub fn scope(&self) -> Scope {
        self.scope
    }

    /// The one profile that is shown; `None` when all are.
    pub fn only(&self) -> Option<&Profile> {
        self.only.as_ref()
    }

    /// Shows one profile, or all.
    pub(crate) fn set_only(&mut self, only: Option<Profile>) {
        self.only = only;
        self.show_anew(true);
    }

    /// The filter text.
    pub fn filter(&self) -> &str {
        &self.filter
    }

    /// The filter, taken apart.
    pub fn query(&self) -> &Query {
        &self.query
    }

    /// The order that the list was last put in.
    pub fn sorted(&self) -> Order {
        self.sorted
    }

    pub(super) fn key(&self, slot: Slot) -> Option<&Key> {
        self.table.rows().session(slot).map(|session| &session.key)
    }

    /// The rows that scope and filter let through, by their numbers in the table, in order.
    pub(super) fn shown_slots(&self) -> &[Slot] {
        self.shown.rows()
    }

    /// The rows that scope and filter let through, in order.
    pub fn shown(&self) -> impl DoubleEndedIterator<Item = &Key> {
        self.shown.rows().iter().filter_map(|slot| self.key(*slot))
    }

    /// Some of them, by their numbers.
    pub(super) fn shown_in(
        &self,
        rows: impl SliceIndex<[Slot], Output = [Slot]>,
    ) -> impl Iterator<Item = &Key> {
        self.shown.rows().get(rows).unwrap_or(&[]).iter().filter_map(|slot| self.key(*slot))
    }

    /// How many rows scope and filter let through.
    pub fn shown_len(&self) -> usize {
        self.shown.rows().len()
    }

    /// The number of a row that is shown.
    pub fn position_of(&self, key: &Key) -> Option<usize> {
        self.shown.position(self.table.slot(key)?)
    }

    /// The rows that are shown and have drifted, by their numbers.
    pub(super) fn drifted(&self) -> impl Iterator<Item = usize> {
        self.table.drifted().filter_map(|slot| self.shown.position(slot))
    }

    /// How many rows the scope holds, filter or not.
    pub fn in_scope(&self) -> usize {
        self.shown.in_scope
    }

    /// The selected session; `None` only when no row is shown.
    pub fn chosen(&self) -> Option<&Key> {
        self.chosen.as_ref()
    }

    /// The number of the selected row.
    pub fn position(&self) -> Option<usize> {
        self.position_of(self.chosen.as_ref()?)
    }

    /// Adds or replaces a session. A new one goes to the top, below what is pinned.
    pub(crate) fn put(&mut self, session: Session) {
        self.put_all(vec![session]);
    }

    /// The same for several.
    pub(crate) fn put_all(&mut self, sessions: Vec<Session>) {
        if sessions.is_empty() {
            return;
        }
        let put = sessions.into_iter().map(|session| self.table.put(session));
        let new: Vec<Slot> = put.filter_map(|(slot, new)| new.then_some(slot)).collect();
        if !new.is_empty() {
            seats::put_on_top(Arc::make_mut(&mut self.order), &new);
        }
        for slot in new {
            self.arranging.seated(slot, Seat::Top);
        }
        self.refilter();
    }

    /// Takes a session out of the list; gives it back for whoever wants to put it back.
    pub(crate) fn remove(&mut self, key: &Key) -> Option<Session> {
        let session = self.table.get(key)?.clone();
        let slot = self.table.slot(key)?;
        self.table.remove(slot);
        self.forget_mark(slot);
        self.seat(slot, Seat::Nowhere);
        self.forget_gone();
        self.refilter();
        Some(session)
    }

    /// Takes rows that have gone from those that are shown, where these are made anew only in a moment.
    fn forget_gone(&mut self) {
        if self.is_made_elsewhere() {
            let left = self.shown.without_gone(self.table.rows());
            self.show(left);
        }
    }

    /// Without a filter it is a matter of two bits a row, also in a long list.
    fn is_made_elsewhere(&self) -> bool {
        self.arranging.sorts() || (self.is_long() && !self.query.is_empty())
    }

    /// Another scope.
    pub(crate) fn set_scope(&mut self, scope: Scope) {
        self.scope = scope;
        self.show_anew(true);
    }

    /// How the profiles are called.
    pub(crate) fn set_titles(&mut self, titles: BTreeMap<Profile, String>) {
        self.titles = titles;
    }

    /// Another filter text.
    pub(crate) fn set_filter(&mut self, filter: &str) {
        if self.filter != filter {
            filter.clone_into(&mut self.filter);
            self.query = Query::parse(filter);
            self.show_anew(true);
        }
    }

    /// States of saves and drafts, for a filter that asks for them.
    pub(crate) fn set_tags(&mut self, tags: Tags) {
        if self.tags != tags {
            self.tags = tags;
            self.refilter();
        }
    }

    /// Keeps a row in the list whatever the filter says; or no longer.
    pub(crate) fn hold(&mut self, key: Option<Key>) {
        if self.held != key {
            self.held = key;
            if !self.query.is_empty() {
                self.refilter();
            }
        }
    }

    /// Another order.
    pub(crate) fn set_order(&mut self, order: Order, now: Stamp, zone: i32) {
        self.sorted = order;
        self.make_order(now, zone, true);
    }

    /// Makes the order anew. Ties go by ID, so that equal lists look equal.
    pub(crate) fn sort(&mut self, now: Stamp, zone: i32) {
        self.make_order(now, zone, false);
    }

    fn make_order(&mut self, now: Stamp, zone: i32, asked: bool) {
        self.ordered = now;
        self.make_order_of(self.sorted.days(now, zone), asked);
    }

    fn make_order_of(&mut self, days: Days, asked: bool) {
        self.appended = 0;
        // While pages come in one after the other, one order is made for several of them.
        if self.is_long() || (!asked && self.table.len() > self.at_once / 4) {
            return self.arranging.want(Some((self.sorted, days)), asked);
        }
        self.order = Arc::new(arrange::sorted(self.table.rows(), self.sorted, &days));
        self.arranging.give_up();
        self.show_anew(asked);
    }

    /// Adds or replaces a session, and puts it where the order has it.
    pub(crate) fn put_in_order(&mut self, session: Session, now: Stamp, zone: i32) {
        let (slot, _) = self.table.put(session);
        self.seat(slot, Seat::Sorted(self.sorted.days(now, zone)));
        self.refilter();
    }

    /// Puts one session where the order has it, and leaves every other where it is.
    pub(crate) fn place(&mut self, key: &Key, now: Stamp, zone: i32) {
        let days = self.sorted.days(now, zone);
        if let Some(slot) = self.table.slot(key) {
            self.seat(slot, Seat::Sorted(days));
        }
        self.refilter();
    }

    /// Gives one row another seat; an order that is being made meanwhile is told of it at its end.
    fn seat(&mut self, slot: Slot, seat: Seat) {
        seats::seat(Arc::make_mut(&mut self.order), self.table.rows(), self.sorted, slot, seat);
        self.arranging.seated(slot, seat);
    }

    /// Makes the shown rows anew, and keeps the selection on its session, or on the row that took its place.
    pub(crate) fn refilter(&mut self) {
        self.show_anew(false);
    }

    /// `asked` by a person, who waits for it.
    fn show_anew(&mut self, asked: bool) {
        if self.is_made_elsewhere() {
            self.behind |= asked;
            return self.arranging.want(None, asked);
        }
        self.show_here();
        self.arranging.give_up();
    }

    fn show_here(&mut self) {
        if let Some(shown) = self.narrow().show(self.table.rows(), &self.order, &|| false) {
            self.behind = false;
            self.show(shown);
        }
    }

    /// Whether what is shown is not yet what the person has asked for.
    pub(super) fn is_behind(&self) -> bool {
        self.behind
    }

    /// Shows what the person has asked for, without waiting for the other thread: somebody acts on it. That takes longer
    /// than a key may in a long list, but keys that come faster than the answer are few, and must not hit other rows.
    pub(crate) fn catch_up(&mut self) {
        if self.behind {
            self.show_here();
        }
    }

    fn narrow(&self) -> Narrow {
        Narrow {
            scope: self.scope,
            only: self.only.clone(),
            query: self.query.clone(),
            tags: self.tags.clone(),
            titles: self.titles.clone(),
            held: self.held.as_ref().and_then(|key| self.table.slot(key)),
        }
    }

    fn show(&mut self, shown: Shown) {
        // Also where it has gone: then the row that takes its place is selected.
        let chosen = self.chosen.as_ref().and_then(|key| self.table.number(key));
        let was = chosen.and_then(|slot| self.shown.position(slot)).unwrap_or(0);
        self.shown = shown;
        self.count_marked_shown();
        let (table, shown) = (&self.table, &self.shown);
        let is_shown = |key: &Key| table.slot(key).is_some_and(|slot| shown.position(slot).is_some());
        if let Some(key) = self.arranging.arrived(is_shown) {
            self.last = Some(key.clone());
            self.chosen = Some(key);
        }
        if self.position().is_none() {
            let last = self.last.clone().filter(|last| self.position_of(last).is_some());
            let row = was.min(self.shown_len().saturating_sub(1));
            let chosen = last.or_else(|| self.shown_in(row..).next().cloned());
            self.chosen = chosen;
        }
    }

    /// Selects a session, if it is shown, or will be.
    pub(crate) fn choose(&mut self, key: &Key) {
        self.arranging.unbind();
        if self.position_of(key).is_some() {
            self.chosen = Some(key.clone());
            self.last.clone_from(&self.chosen);
        } else {
            self.arranging.bind(key);
        }
    }

    /// Moves the selection by rows; stops at the ends.
    pub(crate) fn step(&mut self, rows: isize) {
        let Some(at) = self.position() else { return };
        self.arranging.unbind();
        let to = at.saturating_add_signed(rows).min(self.shown_len().saturating_sub(1));
        let key = self.shown_in(to..).next().cloned();
        self.chosen = key;
        self.last.clone_from(&self.chosen);
    }
}

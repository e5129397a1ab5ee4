//! The rows: what is known, in which order, which of it is shown, and which row is selected.
//!
//! The order stays as it is while somebody works: a saved row does not jump. It is made anew at start and when the
//! person asks (refresh, another scope, another order). The selection is a session, never a row number.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::fault::Fault;
use super::filter::{Query, Tags};
use super::fuzzy::Finder;
use super::msg::ReqId;
use super::order::{Group, Order};
use super::session::{Key, Profile, Session, WorkspaceId};
use super::time::Stamp;

/// Which sessions the list holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scope {
    /// Those that were opened or entered.
    Opened,
    /// Those, and everything that the last walk of the workspace brought.
    Everything,
}

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
    /// What it has brought so far.
    pub found: BTreeSet<Key>,
    /// Links already followed; a repeated one ends the walk.
    pub links: BTreeSet<String>,
    /// The first thing that went wrong on the way.
    pub fault: Option<Fault>,
    pub as_of: Option<Stamp>,
    /// A person asked for it, so the order may be made anew at its end.
    pub asked: bool,
}

/// A key in its place, and the group that it was in when the order was made.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Placed {
    key: Key,
    group: Option<Group>,
}

/// One line of the list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Line<'a> {
    Heading(Group),
    Row(&'a Key),
}

/// The list of sessions.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Listing {
    sessions: BTreeMap<Key, Session>,
    /// Every key of `sessions`, once, in display order.
    order: Vec<Placed>,
    sorted: Order,
    /// The part of `order` that scope and filter let through.
    shown: Vec<Key>,
    /// Where a group begins, as a row number.
    breaks: Vec<(usize, Group)>,
    scope: Scope,
    /// The one profile that is shown; `None` shows all.
    only: Option<Profile>,
    filter: String,
    query: Query,
    tags: Tags,
    /// A row that a filter must not take away: somebody types in it.
    held: Option<Key>,
    chosen: Option<Key>,
    /// Where the person went last: a filter that hides it gives it back.
    last: Option<Key>,
    /// How each profile is called, for `in:`.
    titles: BTreeMap<Profile, String>,
    top: usize,
    headed: bool,
    pub walk: Walk,
    /// Sessions to be asked for one by one.
    pub looks: VecDeque<Key>,
}

impl Listing {
    /// A list of what the library holds, newest change first.
    pub fn new(sessions: Vec<Session>, now: Stamp, zone: i32) -> Self {
        let mut list = Self {
            sessions: sessions.into_iter().map(|s| (s.key.clone(), s)).collect(),
            order: Vec::new(),
            sorted: Order::default(),
            shown: Vec::new(),
            breaks: Vec::new(),
            scope: Scope::Opened,
            only: None,
            filter: String::new(),
            query: Query::default(),
            tags: Tags::new(),
            held: None,
            chosen: None,
            last: None,
            titles: BTreeMap::new(),
            top: 0,
            headed: false,
            walk: Walk::Idle { as_of: None },
            looks: VecDeque::new(),
        };
        list.sort(now, zone);
        list
    }

    /// A session by its key.
    pub fn get(&self, key: &Key) -> Option<&Session> {
        self.sessions.get(key)
    }

    /// A session to change in place. The caller calls [`Self::refilter`] when its name changed.
    pub(crate) fn get_mut(&mut self, key: &Key) -> Option<&mut Session> {
        self.sessions.get_mut(key)
    }

    /// Every known session.
    pub fn all(&self) -> impl Iterator<Item = &Session> {
        self.sessions.values()
    }

    /// The sessions that were opened or entered.
    pub fn opened(&self) -> impl Iterator<Item = &Session> {
        self.sessions.values().filter(|s| s.opened.is_some())
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
        self.refilter();
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

    /// The rows that scope and filter let through, in order.
    pub fn shown(&self) -> &[Key] {
        &self.shown
    }

    /// Every row of the scope in order, filter or not.
    pub fn in_order(&self) -> impl Iterator<Item = &Key> {
        let placed = self.order.iter().map(|placed| &placed.key);
        placed.filter(|key| self.sessions.get(key).is_some_and(|s| self.holds(s)))
    }

    /// How many rows the scope holds, filter or not.
    pub fn in_scope(&self) -> usize {
        self.sessions.values().filter(|s| self.holds(s)).count()
    }

    /// The selected session; `None` only when no row is shown.
    pub fn chosen(&self) -> Option<&Key> {
        self.chosen.as_ref()
    }

    /// The number of the first row on the screen.
    pub fn top(&self) -> usize {
        self.top
    }

    /// The lines on a screen of `height` lines.
    pub fn lines(&self, height: usize) -> impl Iterator<Item = Line<'_>> {
        let rows = self.shown.iter().enumerate().skip(self.top).take(height);
        rows.flat_map(|(n, key)| self.heading(n).map(Line::Heading).into_iter().chain([Line::Row(key)]))
            .take(height)
    }

    /// The heading above a row, if there is one.
    fn heading(&self, row: usize) -> Option<Group> {
        if !self.headed {
            return None;
        }
        self.breaks.iter().find(|(at, _)| *at == row).map(|(_, group)| *group)
    }

    /// The number of the selected row.
    pub fn position(&self) -> Option<usize> {
        let chosen = self.chosen.as_ref()?;
        self.shown.iter().position(|k| k == chosen)
    }

    fn holds(&self, session: &Session) -> bool {
        if self.only.as_ref().is_some_and(|only| session.key.profile != *only) {
            return false;
        }
        match self.scope {
            Scope::Opened => session.opened.is_some(),
            Scope::Everything => true,
        }
    }

    /// Adds or replaces a session. A new one goes to the top, below what is pinned.
    pub(crate) fn put(&mut self, session: Session) {
        let key = session.key.clone();
        if self.sessions.insert(key.clone(), session).is_none() {
            let at =
                self.order.iter().position(|p| p.group != Some(Group::Pinned)).unwrap_or(self.order.len());
            let group = self.order.get(at).and_then(|p| p.group).map(|_| Group::Today);
            self.order.insert(at, Placed { key, group });
        }
        self.refilter();
    }

    /// Adds sessions that a walk brought, at the end.
    pub(crate) fn append(&mut self, sessions: Vec<Session>) {
        for session in sessions {
            let key = session.key.clone();
            if self.sessions.insert(key.clone(), session).is_none() {
                self.order.push(Placed { key, group: None });
            }
        }
    }

    /// Takes a session out of the list; gives it back for whoever wants to put it back.
    pub(crate) fn remove(&mut self, key: &Key) -> Option<Session> {
        let session = self.sessions.remove(key)?;
        self.order.retain(|placed| placed.key != *key);
        self.refilter();
        Some(session)
    }

    /// Forgets what only a walk brought, except rows in `keep`.
    pub(crate) fn drop_unopened(&mut self, keep: impl Fn(&Key) -> bool) {
        self.sessions.retain(|key, s| s.opened.is_some() || keep(key));
        let sessions = &self.sessions;
        self.order.retain(|placed| sessions.contains_key(&placed.key));
    }

    /// Another scope.
    pub(crate) fn set_scope(&mut self, scope: Scope) {
        self.scope = scope;
        self.refilter();
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
            self.refilter();
        }
    }

    /// States of saves and drafts, for `is:`.
    pub(crate) fn set_tags(&mut self, tags: Tags) {
        if self.tags != tags {
            self.tags = tags;
            if self.query.asks_states() {
                self.refilter();
            }
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
        self.sort(now, zone);
    }

    /// Makes the order anew. Ties go by ID, so that equal lists look equal.
    pub(crate) fn sort(&mut self, now: Stamp, zone: i32) {
        let order = self.sorted;
        let mut rows: Vec<&Session> = self.sessions.values().collect();
        rows.sort_by(|a, b| order.compare(a, b));
        let days = order.days(now, zone);
        self.order =
            rows.into_iter().map(|s| Placed { key: s.key.clone(), group: order.group(s, &days) }).collect();
        self.refilter();
    }

    /// Puts one session where the order has it, and leaves every other where it is.
    pub(crate) fn place(&mut self, key: &Key, now: Stamp, zone: i32) {
        let order = self.sorted;
        let Some(session) = self.sessions.get(key) else { return };
        self.order.retain(|placed| placed.key != *key);
        let behind = |placed: &Placed| {
            let other = self.sessions.get(&placed.key);
            other.is_some_and(|other| order.compare(session, other) == Ordering::Less)
        };
        let at = self.order.iter().position(behind).unwrap_or(self.order.len());
        // Between its neighbours: their groups are those of the day on which the order was made.
        let group = order.group(session, &order.days(now, zone));
        let before = at.checked_sub(1).and_then(|n| self.order.get(n)).and_then(|placed| placed.group);
        let after = self.order.get(at).and_then(|placed| placed.group);
        let group = group.max(before.filter(|_| group.is_some()));
        let group = after.filter(|_| group.is_some()).map_or(group, |after| group.min(Some(after)));
        self.order.insert(at, Placed { key: key.clone(), group });
        self.refilter();
    }

    /// Makes the shown rows anew, and keeps the selection on its session, or on the row that took its place.
    pub(crate) fn refilter(&mut self) {
        let was = self.position().unwrap_or(0);
        let mut shown = Vec::new();
        let mut breaks = Vec::new();
        let mut scattered: Vec<(u32, Key)> = Vec::new();
        let mut finder = Finder::new(&self.query.words);
        let narrow = !self.query.is_empty();
        let mut last = None;
        for Placed { key, group } in &self.order {
            let Some(session) = self.sessions.get(key).filter(|s| self.holds(s)) else { continue };
            if narrow && self.held.as_ref() != Some(key) {
                match self.query.score(&mut finder, session, &self.tags, self.titles.get(&key.profile)) {
                    Some((true, _)) => {}
                    Some((false, score)) => {
                        scattered.push((score, key.clone()));
                        continue;
                    }
                    None => continue,
                }
            }
            if let Some(group) = group.filter(|group| last != Some(*group)) {
                breaks.push((shown.len(), group));
                last = Some(group);
            }
            shown.push(key.clone());
        }
        // What only has the letters stands behind what has the words, the best first.
        scattered.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        shown.extend(scattered.into_iter().map(|(_, key)| key));
        self.breaks = if narrow || breaks.len() < 2 { Vec::new() } else { breaks };
        self.shown = shown;
        let still_there = self.chosen.as_ref().is_some_and(|c| self.shown.contains(c));
        if !still_there {
            let last = self.last.clone().filter(|last| self.shown.contains(last));
            self.chosen =
                last.or_else(|| self.shown.get(was.min(self.shown.len().saturating_sub(1))).cloned());
        }
    }

    /// Selects a session, if it is shown.
    pub(crate) fn choose(&mut self, key: &Key) {
        if self.shown.contains(key) {
            self.chosen = Some(key.clone());
            self.last.clone_from(&self.chosen);
        }
    }

    /// Moves the selection by rows; stops at the ends.
    pub(crate) fn step(&mut self, rows: isize) {
        let Some(at) = self.position() else { return };
        let to = at.saturating_add_signed(rows).min(self.shown.len().saturating_sub(1));
        self.chosen = self.shown.get(to).cloned();
        self.last.clone_from(&self.chosen);
    }

    /// Scrolls so that the selection, with `extra` lines below it, is on a screen of `height` lines. Groups have
    /// headings where `headed`.
    pub(crate) fn settle_view(&mut self, height: usize, extra: usize, headed: bool) {
        self.headed = headed;
        let height = height.max(1);
        let extra = extra.min(height - 1);
        self.top = self.top.min(self.shown.len().saturating_sub(1));
        let Some(at) = self.position() else {
            self.top = 0;
            return;
        };
        self.top = self.top.min(at);
        while self.top < at && self.lines_from(self.top, at) + extra > height {
            self.top += 1;
        }
        // No empty lines at the foot while rows are above the head.
        let end = self.shown.len();
        while self.top > 0 && self.lines_from(self.top - 1, end.saturating_sub(1)) + extra <= height {
            self.top -= 1;
        }
    }

    /// Lines from one row to another, headings included. Stops counting where no screen goes.
    fn lines_from(&self, from: usize, to: usize) -> usize {
        let headings = if self.headed {
            self.breaks.iter().filter(|(at, _)| (from..=to).contains(at)).count()
        } else {
            0
        };
        (to + 1).saturating_sub(from) + headings
    }
}

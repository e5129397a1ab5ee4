//! The rows: what is known, in which order, which of it is shown, and which row is selected.
//!
//! The order stays as it is while somebody works: a saved row does not jump. It is made anew at start and when the
//! person asks (refresh, another scope). The selection is a session, never a row number.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::fault::Fault;
use super::msg::ReqId;
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

/// The list of sessions.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Listing {
    sessions: BTreeMap<Key, Session>,
    /// Every key of `sessions`, once, in display order.
    order: Vec<Key>,
    /// The part of `order` that scope and filter let through.
    shown: Vec<Key>,
    scope: Scope,
    /// The one profile that is shown; `None` shows all.
    only: Option<Profile>,
    filter: String,
    chosen: Option<Key>,
    top: usize,
    pub walk: Walk,
    /// Sessions to be asked for one by one.
    pub looks: VecDeque<Key>,
}

impl Listing {
    /// A list of what the library holds, newest change first.
    pub fn new(sessions: Vec<Session>) -> Self {
        let mut list = Self {
            sessions: sessions.into_iter().map(|s| (s.key.clone(), s)).collect(),
            order: Vec::new(),
            shown: Vec::new(),
            scope: Scope::Opened,
            only: None,
            filter: String::new(),
            chosen: None,
            top: 0,
            walk: Walk::Idle { as_of: None },
            looks: VecDeque::new(),
        };
        list.sort();
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

    /// The rows that scope and filter let through, in order.
    pub fn shown(&self) -> &[Key] {
        &self.shown
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

    /// The rows on a screen of `height` lines.
    pub fn window(&self, height: usize) -> impl Iterator<Item = &Key> {
        self.shown.iter().skip(self.top).take(height)
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

    /// Adds or replaces a session. A new one goes to the top.
    pub(crate) fn put(&mut self, session: Session) {
        let key = session.key.clone();
        if self.sessions.insert(key.clone(), session).is_none() {
            self.order.insert(0, key);
        }
        self.refilter();
    }

    /// Adds sessions that a walk brought, at the end.
    pub(crate) fn append(&mut self, sessions: Vec<Session>) {
        for session in sessions {
            let key = session.key.clone();
            if self.sessions.insert(key.clone(), session).is_none() {
                self.order.push(key);
            }
        }
    }

    /// Forgets what only a walk brought, except rows in `keep`.
    pub(crate) fn drop_unopened(&mut self, keep: impl Fn(&Key) -> bool) {
        self.sessions.retain(|key, s| s.opened.is_some() || keep(key));
        let sessions = &self.sessions;
        self.order.retain(|key| sessions.contains_key(key));
    }

    /// Another scope.
    pub(crate) fn set_scope(&mut self, scope: Scope) {
        self.scope = scope;
        self.refilter();
    }

    /// Another filter text.
    pub(crate) fn set_filter(&mut self, filter: &str) {
        if self.filter != filter {
            filter.clone_into(&mut self.filter);
            self.refilter();
        }
    }

    /// Makes the order anew: last changed first, ties by ID, so that equal lists look equal.
    pub(crate) fn sort(&mut self) {
        let mut rows: Vec<&Session> = self.sessions.values().collect();
        rows.sort_by(|a, b| b.modified.cmp(&a.modified).then_with(|| a.key.cmp(&b.key)));
        self.order = rows.into_iter().map(|s| s.key.clone()).collect();
        self.refilter();
    }

    /// Makes the shown rows anew, and keeps the selection on its session, or on the row that took its place.
    pub(crate) fn refilter(&mut self) {
        let was = self.position().unwrap_or(0);
        let needle = self.filter.trim().to_lowercase();
        let shown = self
            .order
            .iter()
            .filter(|key| self.sessions.get(*key).is_some_and(|s| self.holds(s) && matches(s, &needle)))
            .cloned()
            .collect();
        self.shown = shown;
        let still_there = self.chosen.as_ref().is_some_and(|c| self.shown.contains(c));
        if !still_there {
            self.chosen = self.shown.get(was.min(self.shown.len().saturating_sub(1))).cloned();
        }
    }

    /// Selects a session, if it is shown.
    pub(crate) fn choose(&mut self, key: &Key) {
        if self.shown.contains(key) {
            self.chosen = Some(key.clone());
        }
    }

    /// Moves the selection by rows; stops at the ends.
    pub(crate) fn step(&mut self, rows: isize) {
        let Some(at) = self.position() else { return };
        let to = at.saturating_add_signed(rows).min(self.shown.len().saturating_sub(1));
        self.chosen = self.shown.get(to).cloned();
    }

    /// Scrolls so that the selection, with `extra` lines below it, is on a screen of `height` lines.
    pub(crate) fn settle_view(&mut self, height: usize, extra: usize) {
        let height = height.max(1);
        self.top = self.top.min(self.shown.len().saturating_sub(height));
        if let Some(at) = self.position() {
            let last = (at + extra.min(height - 1) + 1).saturating_sub(height);
            self.top = self.top.min(at).max(last);
        }
    }
}

/// Whether a session's name contains the text, or its ID starts with it. `needle` is in lower case.
fn matches(session: &Session, needle: &str) -> bool {
    needle.is_empty()
        || session.name.as_deref().unwrap_or("(untitled)").to_lowercase().contains(needle)
        || session.key.id.as_str().to_lowercase().starts_with(needle)
}

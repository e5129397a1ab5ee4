//! Which rows are shown, and in which order: worked out from a copy of the rows, so that another thread can do it.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::filter::{Query, Tags};
use super::fuzzy::Finder;
use super::listing::Scope;
use super::order::{Days, Group, Order};
use super::session::{Profile, Session};
use super::table::{Rows, Slot, Table};
use super::work::Worked;

/// With so many rows that have the words as typed, those that only have their letters are not looked for: nobody would
/// scroll that far.
const SCATTERED_BELOW: usize = 1_000;
/// Rows between two looks at whether the work is still wanted.
const STRIDE: usize = 1_024;

/// A row in its place, and the group that it was in when the order was made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Placed {
    pub(super) slot: Slot,
    pub(super) group: Option<Group>,
}

/// The part of the list that scope and filter let through.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Shown {
    rows: Vec<Slot>,
    /// The place of each row in `rows`, by its number, counted from one; zero where it is not shown.
    places: Vec<u32>,
    /// Where a group begins, as a row number.
    pub(super) breaks: Vec<(usize, Group)>,
    /// How many rows the scope holds, filter or not.
    pub(super) in_scope: usize,
}

impl Shown {
    fn new(rows: Vec<Slot>, breaks: Vec<(usize, Group)>, in_scope: usize, of: usize) -> Self {
        let mut places = vec![0; of];
        for (slot, n) in rows.iter().zip(1..) {
            if let Some(place) = places.get_mut(slot.at()) {
                *place = n;
            }
        }
        Self { rows, places, breaks, in_scope }
    }

    pub(super) fn rows(&self) -> &[Slot] {
        &self.rows
    }

    pub(super) fn position(&self, slot: Slot) -> Option<usize> {
        (*self.places.get(slot.at())? as usize).checked_sub(1)
    }

    /// The same without the rows that are there no more.
    pub(super) fn without_gone(&self, rows: &Rows) -> Self {
        let kept = self.rows.iter().copied().filter(|slot| rows.brief(*slot).is_some()).collect();
        Self::new(kept, Vec::new(), self.in_scope, rows.len())
    }
}

/// What lets a row through.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Narrow {
    pub(super) scope: Scope,
    pub(super) only: Option<Profile>,
    pub(super) query: Query,
    pub(super) tags: Tags,
    /// How each profile is called, for `in:`.
    pub(super) titles: BTreeMap<Profile, String>,
    /// A row that a filter must not take away: somebody types in it.
    pub(super) held: Option<Slot>,
}

/// What tells whether a scope has a row.
pub(super) fn held(rows: &Rows, scope: Scope, only: Option<&Profile>) -> impl Fn(&Placed) -> bool {
    let mark = only.and_then(|only| rows.mark(only));
    let (every, all) = (only.is_none(), scope == Scope::Everything);
    move |placed| {
        let brief = rows.brief(placed.slot);
        brief.is_some_and(|brief| (every || Rows::is_of(brief, mark)) && (all || brief.opened))
    }
}

impl Narrow {
    /// A query alone, over everything.
    fn by(query: Query, tags: Tags) -> Self {
        Self { scope: Scope::Everything, only: None, query, tags, titles: BTreeMap::new(), held: None }
    }

    /// Goes through all rows; `None` when nobody waits for it any more.
    pub(super) fn show(&self, rows: &Rows, order: &[Placed], stopped: &dyn Fn() -> bool) -> Option<Shown> {
        if self.query.is_empty() {
            return Some(self.show_all(rows, order));
        }
        let mut finder = Finder::new(&self.query.words);
        let (words, id) = (self.query.is_words(), self.query.id());
        let mut in_scope = 0;
        let mut whole = Vec::new();
        let mut rest = Vec::new();
        // Where the row stands that a filter must not take away, if it does.
        let mut held_at = None;
        let held = held(rows, self.scope, self.only.as_ref());
        for (n, Placed { slot, .. }) in order.iter().filter(|placed| held(placed)).enumerate() {
            if n % STRIDE == 0 && stopped() {
                return None;
            }
            in_scope += 1;
            if self.held == Some(*slot) {
                held_at = Some((whole.len(), *slot));
            }
            let Some(brief) = rows.brief(*slot) else { continue };
            // Most rows are told from what stands side by side, without a look at the session.
            let (may_fit, may_begin) = (finder.may_fit(brief.letters), brief.id.may_have(id));
            if words && !may_fit && !may_begin {
                continue;
            }
            let Some(session) = rows.session(*slot) else { continue };
            if !words && !self.query.fits(session, &self.tags, self.titles.get(&session.key.profile)) {
                continue;
            }
            if self.query.words.is_empty() || (may_begin && self.query.begins_id(session)) {
                whole.push(*slot);
            } else if may_fit {
                if finder.is_one_letter() || finder.stands_in(session.name_or_untitled()) {
                    whole.push(*slot);
                } else {
                    rest.push(*slot);
                }
            }
        }
        // What only has the letters stands behind what has the words, the best first.
        if whole.len() < SCATTERED_BELOW {
            let mut scattered = Vec::new();
            for (n, slot) in rest.into_iter().enumerate() {
                if n % STRIDE == 0 && stopped() {
                    return None;
                }
                let Some(session) = rows.session(slot) else { continue };
                let score = finder.scattered(session.name_or_untitled());
                scattered.extend(score.map(|score| (Reverse(score), &session.key, slot)));
            }
            scattered.sort_unstable();
            whole.extend(scattered.into_iter().map(|(.., slot)| slot));
        }
        if let Some((at, slot)) = held_at
            && !whole.contains(&slot)
        {
            whole.insert(at, slot);
        }
        Some(Shown::new(whole, Vec::new(), in_scope, rows.len()))
    }

    /// Without a filter: the scope, under its headings.
    fn show_all(&self, rows: &Rows, order: &[Placed]) -> Shown {
        // Most often every row is, and none is looked at.
        let all = (self.scope == Scope::Everything || rows.all_opened())
            && self.only.is_none()
            && order.len() == rows.there();
        let (shown, breaks) = if all {
            under_headings(order.iter(), order.len())
        } else {
            let held = held(rows, self.scope, self.only.as_ref());
            under_headings(order.iter().filter(|placed| held(placed)), order.len())
        };
        let in_scope = shown.len();
        Shown::new(shown, breaks, in_scope, rows.len())
    }
}

/// The rows, and where each of their groups begins; one group alone has no heading.
fn under_headings<'a>(
    placed: impl Iterator<Item = &'a Placed>,
    room: usize,
) -> (Vec<Slot>, Vec<(usize, Group)>) {
    let mut shown = Vec::with_capacity(room);
    let mut breaks = Vec::new();
    let mut last = None;
    for Placed { slot, group } in placed {
        if *group != last
            && let Some(group) = *group
        {
            breaks.push((shown.len(), group));
            last = Some(group);
        }
        shown.push(*slot);
    }
    if breaks.len() < 2 {
        breaks.clear();
    }
    (shown, breaks)
}

/// What a filter lets through of these sessions, in the order of the app's list.
pub fn filtered(sessions: Vec<Session>, query: &Query, tags: &Tags) -> Vec<Session> {
    let table = Table::of(sessions);
    let rows = table.rows();
    let slots = Order::default().sort(rows).into_iter();
    let order: Vec<Placed> = slots.map(|slot| Placed { slot, group: None }).collect();
    let shown = Narrow::by(query.clone(), tags.clone()).show(rows, &order, &|| false).unwrap_or_default();
    shown.rows().iter().filter_map(|slot| rows.session(*slot).cloned()).collect()
}

/// The first sessions, in the order of the list, that some words find.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Find {
    pub(super) rows: Rows,
    pub(super) order: Arc<Vec<Placed>>,
    pub(super) words: String,
    pub(super) most: usize,
}

impl Find {
    /// Finds them; `None` when nobody waits for it any more.
    pub(super) fn run(self, stopped: &dyn Fn() -> bool) -> Option<Worked> {
        let narrow = Narrow::by(Query::of_words(&self.words), Tags::new());
        let shown = narrow.show(&self.rows, &self.order, stopped)?;
        let first = shown.rows().iter().take(self.most);
        let keys = first.filter_map(|slot| self.rows.session(*slot)).map(|session| session.key.clone());
        Some(Worked::Found { keys: keys.collect(), words: self.words })
    }
}

/// All rows in an order made anew, each with its group.
pub(super) fn sorted(rows: &Rows, order: Order, days: &Days) -> Vec<Placed> {
    let group = |slot| rows.session(slot).and_then(|session| order.group(session, days));
    order.sort(rows).into_iter().map(|slot| Placed { slot, group: group(slot) }).collect()
}

/// What is to be worked out for a list that is too long to do it between two keys.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Arrange {
    /// Which arrangement it is: an older one is of no use any more.
    pub(super) number: u64,
    pub(super) of: Of,
    pub(super) sort: Option<(Order, Days)>,
    pub(super) narrow: Narrow,
}

/// The rows to be arranged.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Of {
    /// Those of the list, and the order that they have.
    List(Rows, Arc<Vec<Placed>>),
    /// All that the library holds.
    Library(Vec<Session>),
}

/// What came out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Arranged {
    pub(super) number: u64,
    /// The library as a table, where that was to be made.
    pub(super) table: Option<Table>,
    pub(super) order: Arc<Vec<Placed>>,
    pub(super) shown: Shown,
}

impl Arrange {
    /// Does it. `stopped` is asked now and then; `None` when it said so.
    pub fn run(self, stopped: &dyn Fn() -> bool) -> Option<Arranged> {
        let (table, rows, order) = match self.of {
            Of::List(rows, order) => (None, rows, order),
            Of::Library(sessions) => {
                let table = Table::of(sessions);
                let rows = table.rows().clone();
                (Some(table), rows, Arc::default())
            }
        };
        let order = match &self.sort {
            Some((by, days)) => Arc::new(sorted(&rows, *by, days)),
            None => order,
        };
        let shown = self.narrow.show(&rows, &order, stopped)?;
        Some(Arranged { number: self.number, table, order, shown })
    }
}

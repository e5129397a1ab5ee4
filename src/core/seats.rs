//! Where single rows go in an order that is made, and an order that is being made elsewhere meanwhile.

use std::cmp::Ordering;

use super::arrange::Placed;
use super::order::{Days, Group, Order};
use super::session::Key;
use super::table::{Rows, Slot};
use super::trees;

/// Where a row goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Seat {
    /// To the top, below what is pinned.
    Top,
    End,
    /// Where the order has it.
    Sorted(Days),
    Nowhere,
}

/// Gives one row its seat and leaves every other where it is.
pub(super) fn seat(order: &mut Vec<Placed>, rows: &Rows, by: Order, slot: Slot, seat: Seat) {
    match seat {
        Seat::Top => put_on_top(order, &[slot]),
        Seat::End => order.push(Placed { slot, group: None }),
        Seat::Sorted(days) => sorted(order, rows, by, slot, &days),
        Seat::Nowhere => take_out(order, slot),
    }
}

/// Puts rows to the top, below what is pinned, the last of them first.
pub(super) fn put_on_top(order: &mut Vec<Placed>, slots: &[Slot]) {
    let unpinned = |placed: &Placed| placed.group != Some(Group::Pinned);
    let at = order.iter().position(unpinned).unwrap_or(order.len());
    let group = order.get(at).and_then(|placed| placed.group).map(|_| Group::Today);
    order.splice(at..at, slots.iter().rev().map(|slot| Placed { slot: *slot, group }));
}

/// Gives rows the seats that they were given while the order was made: each its last one. Whether they had one in it or
/// not, each has one then.
pub(super) fn replay(order: &mut Vec<Placed>, rows: &Rows, by: Order, seated: &[(Slot, Seat)]) {
    let last = trees::map(seated.iter().enumerate().map(|(n, (slot, _))| (*slot, n)));
    let mut moved = vec![false; rows.len()];
    for slot in last.keys() {
        if let Some(place) = moved.get_mut(slot.at()) {
            *place = true;
        }
    }
    order.retain(|placed| moved.get(placed.slot.at()) != Some(&true));
    for (n, (slot, seat)) in seated.iter().enumerate() {
        if last.get(slot) == Some(&n) && *seat != Seat::Nowhere {
            self::seat(order, rows, by, *slot, *seat);
        }
    }
}

/// No row stands in an order twice.
fn take_out(order: &mut Vec<Placed>, slot: Slot) {
    if let Some(at) = order.iter().position(|placed| placed.slot == slot) {
        order.remove(at);
    }
}

fn sorted(order: &mut Vec<Placed>, rows: &Rows, by: Order, slot: Slot, days: &Days) {
    let Some(session) = rows.session(slot) else { return };
    take_out(order, slot);
    let before = |placed: &Placed| {
        rows.session(placed.slot).is_none_or(|other| by.compare(session, other) != Ordering::Less)
    };
    // Rows that were put to the top since may be out of order; in a long list a place near its own does.
    let at = if order.len() <= LONG {
        order.iter().position(|placed| !before(placed)).unwrap_or(order.len())
    } else {
        order.partition_point(before)
    };
    // Between its neighbours: their groups are those of the day on which the order was made.
    let group = by.group(session, days);
    let above = at.checked_sub(1).and_then(|n| order.get(n)).and_then(|placed| placed.group);
    let below = order.get(at).and_then(|placed| placed.group);
    let group = group.max(above.filter(|_| group.is_some()));
    let group = below.filter(|_| group.is_some()).map_or(group, |below| group.min(Some(below)));
    order.insert(at, Placed { slot, group });
}

/// From here on a place is looked for by halves.
const LONG: usize = 2_000;

/// What is being worked out elsewhere for the list.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Arranging {
    wanted: Option<Wanted>,
    under_way: Option<UnderWay>,
    last: u64,
    /// A row to be selected as soon as it is shown.
    bound_for: Option<Key>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Wanted {
    sort: Option<(Order, Days)>,
    /// A person waits for it: what is under way for an older wish is given up.
    asked: bool,
}

#[derive(Clone, PartialEq, Eq, Debug)]
struct UnderWay {
    number: u64,
    sort: Option<(Order, Days)>,
    /// It reads the library, which nothing else brings.
    library: bool,
    /// What was seated since, which it does not know.
    since: Vec<(Slot, Seat)>,
    /// Rows have gone since.
    gone: bool,
}

/// What has happened while an arrangement was worked out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Since {
    /// The order that was made.
    pub(super) sort: Option<(Order, Days)>,
    pub(super) seated: Vec<(Slot, Seat)>,
    pub(super) gone: bool,
}

impl Since {
    pub(super) fn nothing(&self) -> bool {
        self.seated.is_empty() && !self.gone
    }
}

impl Arranging {
    /// The rows are to be arranged anew.
    pub(super) fn want(&mut self, sort: Option<(Order, Days)>, asked: bool) {
        let before = self.wanted.take();
        let sort = sort.or(before.and_then(|wanted| wanted.sort));
        let asked = asked || before.is_some_and(|wanted| wanted.asked);
        self.wanted = Some(Wanted { sort, asked });
    }

    /// Whether an order is being made, or will be.
    pub(super) fn sorts(&self) -> bool {
        let under_way = self.under_way.as_ref().filter(|job| !job.library);
        under_way.is_some_and(|job| job.sort.is_some())
            || self.wanted.is_some_and(|wanted| wanted.sort.is_some())
    }

    /// It was done here meanwhile.
    pub(super) fn give_up(&mut self) {
        self.wanted = None;
        self.under_way.take_if(|job| !job.library);
    }

    /// What is to be begun now: its number and the order to be made.
    pub(super) fn begin(&mut self) -> Option<(u64, Option<(Order, Days)>)> {
        let wanted = self.wanted.take_if(|wanted| match &self.under_way {
            Some(job) => wanted.asked && !job.library,
            None => true,
        })?;
        // What it replaces may have been making an order, which is still to be made.
        let sort = wanted.sort.or(self.under_way.take().and_then(|job| job.sort));
        Some((self.begun(sort, false), sort))
    }

    /// The library is being read; its number.
    pub(super) fn begun(&mut self, sort: Option<(Order, Days)>, library: bool) -> u64 {
        self.last += 1;
        let number = self.last;
        self.under_way = Some(UnderWay { number, sort, library, since: Vec::new(), gone: false });
        number
    }

    /// It is done; what has happened meanwhile. `None` when it is of no use any more.
    pub(super) fn done(&mut self, number: u64) -> Option<Since> {
        let job = self.under_way.take_if(|job| job.number == number)?;
        Some(Since { sort: job.sort, seated: job.since, gone: job.gone })
    }

    /// It failed: nothing is under way, and the rows stay as they are.
    pub(super) fn failed(&mut self) {
        self.under_way = None;
    }

    /// A row was given a seat.
    pub(super) fn seated(&mut self, slot: Slot, seat: Seat) {
        if let Some(job) = &mut self.under_way {
            job.since.push((slot, seat));
        }
    }

    /// Several rows have gone.
    pub(super) fn gone(&mut self) {
        if let Some(job) = &mut self.under_way {
            job.gone = true;
        }
    }

    /// A row that is not shown yet is to be selected. Nothing comes of it where nothing is being worked out.
    pub(super) fn bind(&mut self, key: &Key) {
        if self.wanted.is_some() || self.under_way.is_some() {
            self.bound_for = Some(key.clone());
        }
    }

    /// The person has gone elsewhere meanwhile.
    pub(super) fn unbind(&mut self) {
        self.bound_for = None;
    }

    /// The row that was waited for, if it is shown now. When nothing more will come, it is waited for no longer.
    pub(super) fn arrived(&mut self, shown: impl FnOnce(&Key) -> bool) -> Option<Key> {
        let arrived = self.bound_for.take_if(|key| shown(key));
        if self.wanted.is_none() && self.under_way.is_none() {
            self.bound_for = None;
        }
        arrived
    }
}

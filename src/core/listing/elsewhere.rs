//! The list as another thread arranges it: what it is given, and how what comes back is taken in.

use std::sync::Arc;

use super::Listing;
use crate::core::arrange::{Arrange, Arranged, Find, Of, Shown};
use crate::core::order::{Days, Order};
use crate::core::seats::{self, Seat, Since};
use crate::core::session::{Key, Session};
use crate::core::table::{Slot, Table};
use crate::core::time::Stamp;

impl Listing {
    /// What another thread is to work out now, if anything.
    pub(in crate::core) fn begin_to_arrange(&mut self) -> Option<Arrange> {
        let (number, sort) = self.arranging.begin()?;
        let of = Of::List(self.table.rows().clone(), Arc::clone(&self.order));
        Some(Arrange { number, of, sort, narrow: self.narrow() })
    }

    /// Whether another thread puts the rows in order, or soon will.
    pub(in crate::core) fn is_being_ordered(&self) -> bool {
        self.arranging.sorts()
    }

    /// The first sessions that some words find, to be found here or on another thread.
    pub(in crate::core) fn find(&self, words: &str, most: usize) -> Find {
        Find {
            rows: self.table.rows().clone(),
            order: Arc::clone(&self.order),
            words: words.to_owned(),
            most,
        }
    }

    /// What another thread is to make of all that the library holds.
    pub(in crate::core) fn begin_to_take_in(
        &mut self,
        sessions: Vec<Session>,
        now: Stamp,
        zone: i32,
    ) -> Arrange {
        let sort = Some((self.sorted, self.sorted.days(now, zone)));
        let number = self.arranging.begun(sort, true);
        Arrange { number, of: Of::Library(sessions), sort, narrow: self.narrow() }
    }

    /// Another thread has worked it out.
    pub(in crate::core) fn arranged(&mut self, arranged: Arranged) {
        let Arranged { number, table, order, shown } = arranged;
        let Some(since) = self.arranging.done(number) else { return };
        self.order = order;
        match table {
            Some(table) => self.take_in(table, shown, since.sort),
            None => self.take_order(shown, &since),
        }
        // Somebody types in it, so it is selected, also where an older filter had let go of it for a moment.
        if let Some(held) = self.held.clone().filter(|held| self.position_of(held).is_some()) {
            self.chosen = Some(held);
        }
    }

    /// It broke on the way: the rows stay as they are.
    pub(in crate::core) fn not_arranged(&mut self) {
        self.arranging.failed();
    }

    fn take_order(&mut self, shown: Shown, since: &Since) {
        self.behind = false;
        if since.nothing() {
            return self.show(shown);
        }
        let order = Arc::make_mut(&mut self.order);
        seats::replay(order, self.table.rows(), self.sorted, &since.seated);
        if since.gone {
            let rows = self.table.rows();
            order.retain(|placed| rows.brief(placed.slot).is_some());
        }
        self.show(shown.without_gone(self.table.rows()));
        self.refilter();
    }

    /// The library as a whole takes the place of its first rows; what was done to those meanwhile stays done.
    fn take_in(&mut self, table: Table, mut shown: Shown, sort: Option<(Order, Days)>) {
        let chosen = self.chosen.clone();
        let known = std::mem::replace(&mut self.table, table);
        let marked = std::mem::take(&mut self.marks);
        let marked =
            known.iter().filter(|session| known.slot(&session.key).is_some_and(|slot| marked.has(slot)));
        let marked: Vec<Key> = marked.map(|session| session.key.clone()).collect();
        self.partial = false;
        let gone: Vec<Slot> = known.gone().filter_map(|key| self.table.slot(key)).collect();
        for slot in &gone {
            self.table.remove(*slot);
            self.seat(*slot, Seat::Nowhere);
        }
        if !gone.is_empty() {
            shown = shown.without_gone(self.table.rows());
        }
        for session in known.iter() {
            let stored = self.table.get(&session.key);
            if stored.is_some_and(|stored| stored == session || stored.seen > session.seen) {
                continue;
            }
            let pinned = stored.map(|stored| stored.pinned);
            let (slot, new) = self.table.put(session.clone());
            if new {
                self.seat(slot, Seat::Top);
            } else if let Some((_, days)) = sort.filter(|_| pinned != Some(session.pinned)) {
                self.seat(slot, Seat::Sorted(days));
            }
        }
        for key in &marked {
            self.set_mark(key, true);
        }
        self.show(shown);
        match sort {
            // Another order was asked for meanwhile.
            Some((by, days)) if by != self.sorted => self.make_order_of(days, true),
            Some(_) | None => self.show_anew(true),
        }
        // An older filter may not have had it.
        if let Some(key) = chosen.filter(|key| self.chosen.as_ref() != Some(key)) {
            self.choose(&key);
        }
    }
}

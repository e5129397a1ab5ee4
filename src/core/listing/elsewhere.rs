//! The list as another thread arranges it: what it is given, and how what comes back is taken in.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Listing;
use crate::core::arrange::{Arrange, Arranged, Find, Of, Shown};
use crate::core::seats::{self, Seat};
use crate::core::session::{Key, Session};
use crate::core::table::Table;
use crate::core::time::Stamp;

impl Listing {
    /// What another thread is to work out now, if anything.
    pub(in crate::core) fn begin_to_arrange(&mut self) -> Option<Arrange> {
        let (number, sort) = self.arranging.begin(self.table.rows().len())?;
        let of = Of::List(self.table.rows().clone(), Arc::clone(&self.order));
        Some(Arrange { number, of, sort, narrow: self.narrow() })
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
        let number = self.arranging.begun(sort, 0, true);
        Arrange { number, of: Of::Library(sessions), sort, narrow: self.narrow() }
    }

    /// Another thread has worked it out.
    pub(in crate::core) fn arranged(&mut self, arranged: Arranged) {
        let Arranged { number, table, order, shown } = arranged;
        let Some(since) = self.arranging.done(number) else { return };
        self.order = order;
        if let Some(table) = table {
            return self.take_in(table, shown);
        }
        let (order, rows) = (Arc::make_mut(&mut self.order), self.table.rows());
        let mut seated = BTreeSet::new();
        for (slot, seat) in &since.seated {
            // What came back after it had gone has one seat all the same; a row that is new has none to give up.
            if slot.at() < since.rows || !seated.insert(*slot) {
                seats::seat(order, rows, self.sorted, *slot, Seat::Nowhere);
            }
            seats::seat(order, rows, self.sorted, *slot, *seat);
        }
        if since.gone {
            let rows = self.table.rows().clone();
            Arc::make_mut(&mut self.order).retain(|placed| rows.brief(placed.slot).is_some());
        }
        if since.nothing() {
            self.show(shown);
        } else {
            self.show(shown.without_gone(self.table.rows()));
            self.refilter();
        }
    }

    /// It broke on the way: the rows stay as they are.
    pub(in crate::core) fn not_arranged(&mut self) {
        self.arranging.failed();
    }

    /// The library as a whole takes the place of its first rows; what was learnt of those meanwhile stays.
    fn take_in(&mut self, table: Table, shown: Shown) {
        let known = std::mem::replace(&mut self.table, table);
        let marked = std::mem::take(&mut self.marks);
        let marked =
            known.iter().filter(|session| known.slot(&session.key).is_some_and(|slot| marked.has(slot)));
        let marked: Vec<Key> = marked.map(|session| session.key.clone()).collect();
        self.partial = false;
        for session in known.iter() {
            let stored = self.table.get(&session.key);
            if stored.is_none_or(|stored| stored != session && stored.seen <= session.seen) {
                let (slot, new) = self.table.put(session.clone());
                if new {
                    self.seat(slot, Seat::Top);
                }
            }
        }
        for key in &marked {
            self.set_mark(key, true);
        }
        self.show(shown);
        self.refilter();
    }
}

//! The orders that the list can have, and the groups that a time order falls into.

use std::cmp::Ordering;

use chrono::{DateTime, Datelike, Duration, FixedOffset, Offset, TimeZone, Utc};

use super::session::{Profile, Session, WorkspaceId};
use super::table::{Rows, Slot};
use super::time::Stamp;

/// By what.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum By {
    #[default]
    Modified,
    Created,
    Opened,
    Name,
    Place,
}

impl By {
    /// Every order, as the menu shows them.
    pub const ALL: [(Self, &'static str); 5] = [
        (Self::Modified, "last changed"),
        (Self::Created, "created"),
        (Self::Opened, "last opened here"),
        (Self::Name, "name"),
        (Self::Place, "profile and workspace"),
    ];
}

/// An order: by what, and whether it runs the other way. Times run from new to old, names from A to Z.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Order {
    pub by: By,
    pub reversed: bool,
}

/// What a row stands under, from the top down.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Group {
    Pinned,
    Today,
    Week,
    Older,
}

impl Group {
    /// The heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::Pinned => "pinned",
            Self::Today => "today",
            Self::Week => "this week",
            Self::Older => "older",
        }
    }
}

/// Where today and this week begin, in the person's zone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Days {
    today: Stamp,
    week: Stamp,
}

impl Order {
    /// The order itself; what is pinned comes first.
    pub fn compare(self, a: &Session, b: &Session) -> Ordering {
        let ordering = if self.is_of_time() {
            self.time_rank(a).cmp(&self.time_rank(b))
        } else {
            self.directed(self.word_rank(a).cmp(&self.word_rank(b)))
        };
        b.pinned.cmp(&a.pinned).then(ordering).then_with(|| a.key.cmp(&b.key))
    }

    fn directed(self, ordering: Ordering) -> Ordering {
        if self.reversed { ordering.reverse() } else { ordering }
    }

    /// Puts all rows in this order. What they are compared by is worked out once for each.
    pub(super) fn sort(self, rows: &Rows) -> Vec<Slot> {
        let of_time = self.is_of_time();
        let mut words = Vec::new();
        let ranked = rows.slots().filter_map(|slot| {
            let (brief, session) = (rows.brief(slot)?, rows.session(slot)?);
            let rank = if of_time {
                self.time_rank(session)
            } else {
                words.push(self.word_rank(session));
                i64::try_from(words.len() - 1).ok()?
            };
            let mut id = [0; 8];
            id.iter_mut().zip(session.key.id.as_str().bytes()).for_each(|(to, byte)| *to = byte);
            let (unpinned, id) = (!session.pinned, u64::from_be_bytes(id));
            Some(Ranked { unpinned, profile: brief.profile, slot, rank, id })
        });
        let mut ranked: Vec<Ranked> = ranked.collect();
        let word = |of: &Ranked| usize::try_from(of.rank).ok().and_then(|at| words.get(at));
        let key = |of: &Ranked| rows.session(of.slot).map(|session| &session.key);
        ranked.sort_unstable_by(|a, b| {
            let by_rank = || if of_time { a.rank.cmp(&b.rank) } else { self.directed(word(a).cmp(&word(b))) };
            let by_id = || if a.profile == b.profile { a.id.cmp(&b.id) } else { Ordering::Equal };
            let unpinned = a.unpinned.cmp(&b.unpinned);
            unpinned.then_with(by_rank).then_with(by_id).then_with(|| key(a).cmp(&key(b)))
        });
        ranked.into_iter().map(|ranked| ranked.slot).collect()
    }

    fn is_of_time(self) -> bool {
        match self.by {
            By::Modified | By::Created | By::Opened => true,
            By::Name | By::Place => false,
        }
    }

    /// A moment as the order counts it, small numbers first: most lists are in such an order, and numbers are compared
    /// faster than anything else.
    fn time_rank(self, session: &Session) -> i64 {
        // One's complement turns the order round, and every number has one.
        let rank = self.moment(session).map_or(i64::MAX, |at| !at.micros());
        if self.reversed { !rank } else { rank }
    }

    /// `None` in an order by time.
    fn word_rank(self, session: &Session) -> Option<Words> {
        match self.by {
            By::Place => Some(Words::Place(session.key.profile.clone(), session.workspace.clone())),
            By::Name => {
                let (nameless, parts) = words(session);
                Some(Words::Name(nameless, parts))
            }
            By::Modified | By::Created | By::Opened => None,
        }
    }

    fn moment(self, session: &Session) -> Option<Stamp> {
        match self.by {
            By::Modified => session.modified,
            By::Created => session.created,
            By::Opened => session.opened,
            By::Name | By::Place => None,
        }
    }

    /// Where the groups of this moment begin.
    pub fn days(self, now: Stamp, zone: i32) -> Days {
        let zone = FixedOffset::east_opt(zone).unwrap_or_else(|| Utc.fix());
        let begin = |date: chrono::NaiveDate| {
            let midnight = zone.from_local_datetime(&date.and_time(chrono::NaiveTime::MIN)).single();
            Stamp::from_micros(midnight.map_or(0, |m| m.timestamp_micros()))
        };
        let today = DateTime::from_timestamp_micros(now.micros())
            .unwrap_or_default()
            .with_timezone(&zone)
            .date_naive();
        let monday = today - Duration::days(i64::from(today.weekday().num_days_from_monday()));
        Days { today: begin(today), week: begin(monday) }
    }

    /// The group of a session; `None` where the order has none.
    pub fn group(self, session: &Session, days: &Days) -> Option<Group> {
        if session.pinned {
            return Some(Group::Pinned);
        }
        self.is_of_time().then(|| match self.moment(session) {
            Some(at) if at >= days.today => Group::Today,
            Some(at) if at >= days.week => Group::Week,
            Some(_) | None => Group::Older,
        })
    }
}

/// A name as it is ordered: without a name last, and numbers in it by their value.
fn words(session: &Session) -> (bool, Vec<Part>) {
    let name = session.name.as_deref().unwrap_or("").to_lowercase();
    let mut parts = Vec::new();
    let mut rest = name.as_str();
    while let Some(first) = rest.chars().next() {
        let digits = first.is_ascii_digit();
        let end = rest.find(|c: char| c.is_ascii_digit() != digits).unwrap_or(rest.len());
        let (part, tail) = rest.split_at(end);
        parts.push(match part.parse() {
            Ok(number) if digits => Part::Number(number),
            Ok(_) | Err(_) => Part::Text(part.to_owned()),
        });
        rest = tail;
    }
    (name.is_empty(), parts)
}

/// A row as it is sorted: nearly all that it is compared by lies side by side.
struct Ranked {
    unpinned: bool,
    profile: u16,
    slot: Slot,
    /// Of an order by time its rank, of one by words where to find these.
    rank: i64,
    /// The first bytes of its ID, compared as they are.
    id: u64,
}

/// What a session is ordered by that is not a moment.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Words {
    Name(bool, Vec<Part>),
    Place(Profile, WorkspaceId),
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Number(u64),
    Text(String),
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::core::session::{Host, Key, SessionId};
    use crate::core::table::Table;

    /// Sessions of which many are alike in what they are ordered by.
    fn sessions() -> impl Strategy<Value = Vec<Session>> {
        let moment = || prop::option::of((-2_i64..3).prop_map(Stamp::from_micros));
        let id = prop::sample::select(vec!["a", "ab", "abcdefgh", "abcdefgh-1", "abcdefgh-2", "b", "é", ""]);
        let name = prop::option::of(prop::sample::select(vec!["", "x 2", "x 10", "X 2", "y"]));
        let place = (0..2_u8, 0..2_u8);
        let one = (place, id, name, moment(), moment(), any::<bool>());
        let one = one.prop_map(|((profile, workspace), id, name, modified, opened, pinned)| {
            let key = Key { profile: Profile::new(&format!("p{profile}")), id: SessionId::new(id) };
            let workspace = WorkspaceId::new(&format!("w{workspace}"));
            let (name, created) = (name.map(Into::into), modified);
            let unseen = Session::unseen(key, workspace, Host::new("h"));
            Session { name, created, modified, opened, pinned, ..unseen }
        });
        prop::collection::vec(one, 0..24)
    }

    proptest! {
        #![proptest_config(crate::laws::config(256))]

        #[test]
        fn rows_are_sorted_as_any_two_of_them_compare(sessions in sessions()) {
            let table = Table::of(sessions);
            let rows = table.rows();
            for ((by, _), reversed) in By::ALL.into_iter().flat_map(|by| [(by, false), (by, true)]) {
                let order = Order { by, reversed };
                let mut wanted: Vec<&Session> = table.iter().collect();
                wanted.sort_by(|a, b| order.compare(a, b));
                let sorted = order.sort(rows);
                let found: Vec<&Session> = sorted.iter().filter_map(|slot| rows.session(*slot)).collect();
                prop_assert_eq!(found, wanted, "{:?}", order);
            }
        }
    }

    #[test]
    fn what_has_no_date_is_last_and_first_where_the_order_runs_the_other_way() {
        let session = |id: &str, modified| {
            let key = Key { profile: Profile::new("p"), id: SessionId::new(id) };
            Session { modified, ..Session::unseen(key, WorkspaceId::new("w"), Host::new("h")) }
        };
        let at = |micros| Some(Stamp::from_micros(micros));
        let table = Table::of(vec![session("none", None), session("old", at(-5)), session("new", at(5))]);
        for (reversed, wanted) in [(false, "new old none"), (true, "none old new")] {
            let sorted = Order { by: By::Modified, reversed }.sort(table.rows());
            let ids = sorted.iter().filter_map(|slot| table.rows().session(*slot)).map(|s| s.key.id.as_str());
            assert_eq!(ids.collect::<Vec<_>>().join(" "), wanted);
        }
    }

    #[test]
    fn today_and_the_week_begin_at_midnight_where_the_person_is() {
        // Wednesday, 2026-11-25 00:30 in a zone two hours east.
        let now = Stamp::parse("2026-11-24T22:30:00Z").unwrap();
        let days = Order::default().days(now, 7_200);
        assert_eq!(days.today, Stamp::parse("2026-11-24T22:00:00Z").unwrap());
        assert_eq!(days.week, Stamp::parse("2026-11-22T22:00:00Z").unwrap());
    }
}

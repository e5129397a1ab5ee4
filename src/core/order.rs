//! The orders that the list can have, and the groups that a time order falls into.

use std::cmp::{Ordering, Reverse};

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
        self.compare_ranks((a.pinned, &self.rank(a)), (b.pinned, &self.rank(b)))
            .then_with(|| a.key.cmp(&b.key))
    }

    fn compare_ranks(self, a: (bool, &Rank), b: (bool, &Rank)) -> Ordering {
        let ordering = a.1.cmp(b.1);
        b.0.cmp(&a.0).then(if self.reversed { ordering.reverse() } else { ordering })
    }

    /// Puts rows in this order. What they are compared by is worked out once for each. `nearly` tells that most of them
    /// stand in it already, which is then quick, for twice the memory.
    pub(super) fn sort(self, rows: &Rows, slots: impl Iterator<Item = Slot>, nearly: bool) -> Vec<Slot> {
        let ranked = slots.filter_map(|slot| rows.session(slot).map(|s| (s.pinned, self.rank(s), slot)));
        let mut ranked: Vec<(bool, Rank, Slot)> = ranked.collect();
        let key = |slot: Slot| rows.session(slot).map(|session| &session.key);
        let compare = |a: &(bool, Rank, Slot), b: &(bool, Rank, Slot)| {
            self.compare_ranks((a.0, &a.1), (b.0, &b.1)).then_with(|| key(a.2).cmp(&key(b.2)))
        };
        if nearly {
            ranked.sort_by(compare);
        } else {
            ranked.sort_unstable_by(compare);
        }
        ranked.into_iter().map(|(.., slot)| slot).collect()
    }

    fn rank(self, session: &Session) -> Rank {
        match self.by {
            By::Modified | By::Created | By::Opened => Rank::Moment(Reverse(self.moment(session))),
            By::Name => {
                let (nameless, parts) = words(session);
                Rank::Name(nameless, parts)
            }
            By::Place => Rank::Place(session.key.profile.clone(), session.workspace.clone()),
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
        let timed = match self.by {
            By::Modified | By::Created | By::Opened => true,
            By::Name | By::Place => false,
        };
        timed.then(|| match self.moment(session) {
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

/// What a session is ordered by.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Moment(Reverse<Option<Stamp>>),
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
    use super::*;

    #[test]
    fn today_and_the_week_begin_at_midnight_where_the_person_is() {
        // Wednesday, 2026-11-25 00:30 in a zone two hours east.
        let now = Stamp::parse("2026-11-24T22:30:00Z").unwrap();
        let days = Order::default().days(now, 7_200);
        assert_eq!(days.today, Stamp::parse("2026-11-24T22:00:00Z").unwrap());
        assert_eq!(days.week, Stamp::parse("2026-11-22T22:00:00Z").unwrap());
    }
}

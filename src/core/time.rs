//! Moments as data. Nothing here reads a clock: `now` is always an argument.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::Add;
use std::time::Duration;

use chrono::{DateTime, Datelike, FixedOffset, Month, Offset, Timelike, Utc};

/// A moment in microseconds since the Unix epoch, UTC.
///
/// Graph sends up to seven fraction digits; the seventh is dropped, since nothing orders by it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
pub struct Stamp(i64);

impl Stamp {
    /// From microseconds since the Unix epoch.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since the Unix epoch.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Reads an RFC 3339 date with any number of fraction digits, as Graph's `DateTimeOffset`.
    ///
    /// `None` for rubbish and for the year-0001 sentinel that Graph uses for "not set".
    pub fn parse(text: &str) -> Option<Self> {
        let date = DateTime::parse_from_rfc3339(text).ok()?;
        (date.year() > 1).then(|| Self(date.timestamp_micros()))
    }

    /// The time since `earlier`; zero when `earlier` is later.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// The moment `span` before this one.
    #[must_use]
    pub fn before(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(span.as_micros()).unwrap_or(i64::MAX)))
    }

    /// RFC 3339 in UTC with second precision, for files and command-line output.
    pub fn to_rfc3339(self) -> String {
        self.in_zone(0).map_or_else(String::new, |d| d.format("%Y-%m-%dT%H:%M:%SZ").to_string())
    }

    fn in_zone(self, offset_seconds: i32) -> Option<DateTime<FixedOffset>> {
        let zone = FixedOffset::east_opt(offset_seconds).unwrap_or_else(|| Utc.fix());
        DateTime::from_timestamp_micros(self.0).map(|d| d.with_timezone(&zone))
    }

    /// `20 Nov 14:02` in a zone `offset_seconds` east of UTC; with the year when it is not `now`'s.
    pub fn calendar(self, now: Self, offset_seconds: i32) -> Calendar {
        self.told(now.frame(offset_seconds))
    }

    /// The same, against what is known of now.
    pub fn told(self, frame: Frame) -> Calendar {
        Calendar(self.in_zone(frame.zone).map(|date| {
            let this_year = frame.year == Some(date.year());
            let rest =
                if this_year { Rest::Time(date.hour(), date.minute()) } else { Rest::Year(date.year()) };
            (date.day(), date.month(), rest)
        }))
    }

    /// What dates are told against when it is this moment, in a zone `offset_seconds` east of UTC.
    pub fn frame(self, offset_seconds: i32) -> Frame {
        Frame { zone: offset_seconds, year: self.in_zone(offset_seconds).map(|now| now.year()) }
    }

    /// In a form of `strftime`, which the caller has checked, in a zone `offset_seconds` east of UTC.
    pub fn format(self, form: &str, offset_seconds: i32) -> String {
        self.in_zone(offset_seconds).map_or_else(String::new, |d| d.format(form).to_string())
    }

    /// `14:02` in a zone `offset_seconds` east of UTC.
    pub fn clock(self, offset_seconds: i32) -> String {
        self.in_zone(offset_seconds).map_or_else(String::new, |d| d.format("%H:%M").to_string())
    }
}

impl Add<Duration> for Stamp {
    type Output = Self;
    fn add(self, span: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(span.as_micros()).unwrap_or(i64::MAX)))
    }
}

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
const WEEK: u64 = 7 * DAY;
const YEAR: u64 = 365 * DAY;

fn unit(seconds: u64) -> (u64, &'static str) {
    match seconds {
        s if s < HOUR => (MINUTE, "m"),
        s if s < DAY => (HOUR, "h"),
        s if s < 2 * WEEK => (DAY, "d"),
        s if s < YEAR => (WEEK, "w"),
        _ => (YEAR, "y"),
    }
}

/// What dates are told against: a zone, and the year that goes without saying. Under the same one the same moment looks
/// the same.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Frame {
    zone: i32,
    year: Option<i32>,
}

/// A moment as a table shows it. Equal ones look alike.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Calendar(Option<(u32, u32, Rest)>);

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Rest {
    Time(u32, u32),
    Year(i32),
}

impl fmt::Display for Calendar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((day, month, rest)) = self.0 else { return Ok(()) };
        // Not by `format`, which would read its form anew for each row of each frame.
        let month = Month::try_from(u8::try_from(month).unwrap_or(1)).map_or("", |month| month.name());
        write!(f, "{day} {} ", month.get(..3).unwrap_or(month))?;
        match rest {
            Rest::Time(hour, minute) => write!(f, "{hour:02}:{minute:02}"),
            Rest::Year(year) => write!(f, "{year}"),
        }
    }
}

/// How long ago something was. Equal ones look alike.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Ago {
    count: u64,
    unit: &'static str,
}

impl fmt::Display for Ago {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.count == 0 { f.write_str("now") } else { write!(f, "{}{}", self.count, self.unit) }
    }
}

/// How long ago `then` was, as short as a table wants it: `now`, `2m`, `3h`, `4d`, `6w`, `2y`.
pub fn ago(now: Stamp, then: Stamp) -> Ago {
    let seconds = now.since(then).as_secs();
    let (size, unit) = unit(seconds);
    Ago { count: seconds / size, unit }
}

/// The next moment at which [`ago`] gives another answer for `then`; later than `now`.
pub fn ago_changes(now: Stamp, then: Stamp) -> Stamp {
    let seconds = now.since(then).as_secs();
    let (size, _) = unit(seconds);
    let next = (seconds / size + 1) * size;
    // A unit's last step may cross into the next unit first.
    let border = [HOUR, DAY, 2 * WEEK, YEAR].into_iter().find(|b| *b > seconds).unwrap_or(u64::MAX);
    let base = if then > now { now } else { then };
    base + Duration::from_secs(next.min(border))
}

/// Whole seconds left until `until`, rounded up, so that a countdown ends on 0 and not on 1.
pub fn seconds_left(now: Stamp, until: Stamp) -> u64 {
    u64::try_from(until.since(now).as_micros().div_ceil(1_000_000)).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Stamp {
        Stamp::from_micros(seconds * 1_000_000)
    }

    #[test]
    fn graph_dates_parse_with_none_to_seven_fraction_digits() {
        for (text, micros) in [
            ("2025-10-22T20:10:54Z", 1_761_163_854_000_000),
            ("2025-10-22T20:10:54.5Z", 1_761_163_854_500_000),
            ("2025-10-22T20:10:54.07343Z", 1_761_163_854_073_430),
            ("2025-10-22T20:10:54.4940649Z", 1_761_163_854_494_064),
            ("2025-10-22T22:10:54+02:00", 1_761_163_854_000_000),
        ] {
            assert_eq!(Stamp::parse(text), Some(Stamp::from_micros(micros)), "{text}");
        }
        for text in ["0001-01-01T00:00:00Z", "2026-07-31T05:11:26", "", "yesterday"] {
            assert_eq!(Stamp::parse(text), None, "{text}");
        }
    }

    #[test]
    fn ages_are_short_words() {
        for (seconds, word) in [
            (-5, "now"),
            (59, "now"),
            (60, "1m"),
            (3599, "59m"),
            (3600, "1h"),
            (86_400, "1d"),
            (13 * 86_400, "13d"),
            (14 * 86_400, "2w"),
            (364 * 86_400, "52w"),
            (365 * 86_400, "1y"),
        ] {
            assert_eq!(ago(at(seconds), at(0)).to_string(), word, "{seconds} s");
        }
    }

    #[test]
    fn the_next_change_of_an_age_is_later_than_now_and_really_changes_it() {
        for seconds in [0, 1, 59, 60, 61, 3_599, 3_600, 86_399, 86_400, 1_209_599, 1_209_600, 40_000_000] {
            let (now, then) = (at(seconds), at(0));
            let next = ago_changes(now, then);
            assert!(next > now, "{seconds}");
            assert_ne!(ago(next, then).to_string(), ago(now, then).to_string(), "{seconds}");
        }
        assert!(ago_changes(at(0), at(500)) > at(0), "a moment in the future still advances");
    }

    #[test]
    fn a_countdown_rounds_up() {
        assert_eq!(seconds_left(at(0), at(5)), 5);
        assert_eq!(seconds_left(Stamp::from_micros(1), at(5)), 5);
        assert_eq!(seconds_left(at(5), at(5)), 0);
        assert_eq!(seconds_left(at(9), at(5)), 0);
    }
}

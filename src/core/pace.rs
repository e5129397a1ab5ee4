//! How often the sign-in server is asked whether a code was typed.

use std::time::Duration;

/// Added to the server's interval: clocks of virtual machines run fast, and a poll too early costs five seconds.
const MARGIN: Duration = Duration::from_secs(1);
/// RFC 8628 section 3.5: each `slow_down` adds this much, for this and all later polls.
const SLOWER: Duration = Duration::from_secs(5);
/// The longest pause while the server cannot be reached.
const LONGEST: Duration = Duration::from_secs(30);

/// The pace of one code's polls.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Pace {
    every: Duration,
    /// Polls in a row that did not reach the server, or found it busy.
    misses: u32,
    /// What a busy server asked for.
    asked: Duration,
}

impl Pace {
    /// The pace for the server's `interval`.
    pub fn new(interval: Duration) -> Self {
        Self { every: interval + MARGIN, misses: 0, asked: Duration::ZERO }
    }

    /// The server answered that it is still waiting.
    pub fn reached(&mut self) {
        (self.misses, self.asked) = (0, Duration::ZERO);
    }

    /// The server answered `slow_down`.
    pub fn slower(&mut self) {
        self.reached();
        self.every += SLOWER;
    }

    /// The server could not be reached, or was busy and asked for a pause of its own.
    pub fn missed(&mut self, retry_after: Option<Duration>) {
        self.misses = self.misses.saturating_add(1);
        self.asked = retry_after.unwrap_or_default();
    }

    /// Until the next poll. RFC 8628 section 3.5 asks for an exponential pause while the server cannot be reached.
    pub fn pause(&self) -> Duration {
        let doubled = self.every.saturating_mul(1 << self.misses.min(5)).min(LONGEST.max(self.every));
        doubled.max(self.asked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slow_down_lasts_and_trouble_passes() {
        let seconds = |pace: &Pace| pace.pause().as_secs();
        let mut pace = Pace::new(Duration::from_secs(5));
        assert_eq!(seconds(&pace), 6);
        pace.slower();
        pace.slower();
        assert_eq!(seconds(&pace), 16);
        let mut seen = Vec::new();
        for _ in 0..4 {
            pace.missed(None);
            seen.push(seconds(&pace));
        }
        assert_eq!(seen, [30, 30, 30, 30], "doubled, and bounded");
        pace.missed(Some(Duration::from_secs(90)));
        assert_eq!(seconds(&pace), 90, "a busy server names its own pause");
        pace.reached();
        assert_eq!(seconds(&pace), 16, "what slow_down asked for stays");
        let mut slow = Pace::new(Duration::from_secs(60));
        slow.missed(None);
        assert_eq!(seconds(&slow), 61, "never faster than the server allows");
    }
}

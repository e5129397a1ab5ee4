//! The system's clock.

use std::pin::Pin;
use std::sync::Mutex;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

use crate::core::time::Stamp;
use crate::ports::{Clock, Timer};

/// A gap this large between the two clocks is a machine that slept, not a correction of its time.
const SLEPT: Duration = Duration::from_secs(5);

/// Runs with the monotonic clock from the wall clock's time at start, so that a corrected wall clock moves no deadline;
/// catches up when the machine has slept.
#[derive(Debug)]
pub struct SystemClock {
    base: Mutex<(Instant, Stamp)>,
    /// Microseconds by which it runs ahead of the wall clock.
    ahead: i64,
}

impl SystemClock {
    /// A clock that starts now.
    pub fn new() -> Self {
        Self::ahead_by(0)
    }

    /// A clock that starts now and runs so many microseconds ahead of the wall clock: the demo's, whose story may begin
    /// at any moment.
    pub fn ahead_by(ahead: i64) -> Self {
        Self { base: Mutex::new((monotonic(), wall(ahead))), ahead }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Stamp {
        let mut base = self.base.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let now = monotonic();
        let ours = base.1 + now.duration_since(base.0);
        let theirs = wall(self.ahead);
        if theirs.since(ours) > SLEPT {
            *base = (now, theirs);
            return theirs;
        }
        ours
    }
}

impl Timer for SystemClock {
    fn sleep(&self, span: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(tokio::time::sleep(span))
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the clock that everybody else asks")]
fn wall(ahead: i64) -> Stamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Stamp::from_micros(ahead) + since
}

fn monotonic() -> Instant {
    Instant::now()
}

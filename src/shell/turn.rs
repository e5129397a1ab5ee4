//! How long the loop is away from its input.

use std::time::Duration;

use tokio::time::Instant;
use tracing::Level;

use crate::platform;

/// A longer turn of the loop is told in the log, at level `debug`: a key would have waited meanwhile.
const LONG: Duration = Duration::from_millis(1);

/// From the message that wakes the loop to the end of the frame that follows.
pub(super) struct Turn {
    began: Instant,
    /// What this thread had used of the processor by then, where somebody wants to know.
    used: Option<Duration>,
}

impl Turn {
    pub(super) fn begin() -> Self {
        let used = tracing::enabled!(Level::DEBUG).then(platform::thread_time);
        Self { began: Instant::now(), used }
    }

    /// By the clock, and what the thread itself has used of that: the rest went to other processes, or to waiting.
    pub(super) fn end(&self) {
        let Some(used) = self.used else { return };
        let took = self.began.elapsed();
        if took > LONG {
            let milliseconds = |span: Duration| span.as_secs_f64() * 1e3;
            let used = milliseconds(platform::thread_time().saturating_sub(used));
            tracing::debug!(took_ms = milliseconds(took), used_ms = used, "a long turn of the loop");
        }
    }
}

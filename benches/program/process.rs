//! What the system says of a running process.

use std::path::Path;
use std::time::{Duration, Instant};

use super::pty::{LIMIT, Pty};

/// How much a process has done so far, all its threads together.
#[derive(Clone, Copy)]
pub struct Work {
    pub cpu: Duration,
    /// Times that a thread went to sleep; waking precedes each.
    pub waits: u64,
}

/// A number of a `/proc` file with lines like `VmRSS:     5120 kB`.
fn field(file: &Path, name: &str) -> u64 {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
    line.split_whitespace().nth(1).map_or(0, digits)
}

fn digits(text: &str) -> u64 {
    text.parse().unwrap_or(0)
}

pub fn work(pid: u32) -> Work {
    let mut sum = Work { cpu: Duration::ZERO, waits: 0 };
    for thread in std::fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten() {
        let spent = std::fs::read_to_string(thread.path().join("schedstat")).unwrap_or_default();
        sum.cpu += Duration::from_nanos(spent.split(' ').next().map_or(0, digits));
        sum.waits += field(&thread.path().join("status"), "voluntary_ctxt_switches");
    }
    sum
}

/// Resident now and at most, in MiB.
pub fn resident(pid: u32) -> (f64, f64) {
    let status = format!("/proc/{pid}/status");
    let mib = |name| field(Path::new(&status), name) as f64 / 1024.0;
    (mib("VmRSS"), mib("VmHWM"))
}

/// Waits until the app has done all that it wants to do by itself: reading the list again after the start.
pub fn at_rest(app: &mut Pty) {
    still(app, 3, Duration::from_millis(300));
}

/// Waits until nothing has been done for so many such spans.
pub fn still(app: &mut Pty, spans: usize, span: Duration) {
    let limit = Instant::now() + LIMIT;
    let mut before = work(app.pid());
    let mut still = 0;
    while still < spans && Instant::now() < limit {
        app.quiet(span);
        let now = work(app.pid());
        still = if now.cpu.saturating_sub(before.cpu) < Duration::from_micros(500) { still + 1 } else { 0 };
        before = now;
    }
}

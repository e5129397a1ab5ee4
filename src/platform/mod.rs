//! Where systems differ. Nothing outside asks which one this is: each difference has one name here, and the same meaning
//! everywhere, so that a further system is one folder's work.

pub mod files;
pub mod keyring;
pub mod signals;
pub mod tty;

use std::time::Duration;

/// Whether this is Windows.
pub const WINDOWS: bool = cfg!(windows);
/// Whether windows come up without a display server that the environment names.
pub const WINDOWED: bool = cfg!(any(windows, target_os = "macos"));
/// Whether files have owners and modes, and locales come from the environment.
pub const UNIX: bool = cfg!(unix);

/// What this thread has used of the processor so far; nothing where the system is not asked.
pub fn thread_time() -> Duration {
    #[cfg(unix)]
    let used = {
        let used = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
        Duration::try_from(used).unwrap_or_default()
    };
    #[cfg(not(unix))]
    let used = Duration::ZERO;
    used
}

//! Exit codes, by which scripts tell what happened.

use crate::core::fault::FaultKind;

/// Every exit code and what it means.
pub const ALL: [(u8, &str); 9] = [
    (0, "done"),
    (1, "another failure, or failures of several kinds"),
    (2, "a mistake in the command line or the configuration; a write that is read-only or not agreed to"),
    (3, "not signed in"),
    (4, "sign-in refused, cancelled, run out or blocked"),
    (5, "forbidden"),
    (6, "not found"),
    (7, "throttled, unreachable or busy: worth another try"),
    (8, "changed elsewhere"),
];

/// A usage or configuration mistake.
pub const USAGE: u8 = 2;

/// The exit code of a failure.
pub fn code(kind: &FaultKind) -> u8 {
    match kind {
        FaultKind::Refused | FaultKind::Disk | FaultKind::Bug => 1,
        FaultKind::SignedOut => 3,
        FaultKind::Declined | FaultKind::Expired | FaultKind::SignInBlocked => 4,
        FaultKind::Forbidden | FaultKind::Unpermitted => 5,
        FaultKind::NotFound => 6,
        FaultKind::Offline | FaultKind::Busy { .. } | FaultKind::Unclear => 7,
        FaultKind::Changed(_) => 8,
    }
}

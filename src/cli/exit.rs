//! Exit codes, by which scripts tell what happened.

use crate::core::fault::FaultKind;

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

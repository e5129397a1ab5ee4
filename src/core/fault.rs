//! What can go wrong, told so that a person can act on it.

use super::session::Name;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// One failure: what kind, during what, and what the server said.
///
/// The kind decides its one home: the row (a save), the status line (a refresh), the sign-in screen (sign-in),
/// standard error (before the screen exists).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Fault {
    pub kind: FaultKind,
    /// What happened and what the person can do, in one or two plain sentences of ours.
    pub say: String,
    /// The server's own words (code and message), for the details only. Raw: drawn with invisible characters marked.
    pub server: Option<String>,
    /// Graph's `request-id`, or Entra's correlation id.
    pub request_id: Option<String>,
    /// What to send to an admin who is to find and mend it, several lines. Without secrets.
    pub report: Option<String>,
}

/// The kinds that the rules tell apart.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum FaultKind {
    /// No HTTP status at all: connection refused, DNS, TLS, time-out before an answer. Nothing arrived there, as far
    /// as can be known; a write may or may not have been applied.
    Offline,
    /// 429, 503, 504: try again, not before the given time if there is one.
    Busy { retry_after: Option<Duration> },
    /// 500, 502, a lost or unreadable answer: the write may have been applied. Look first, then decide.
    Unclear,
    /// No usable token, or a 401 that a refresh did not cure.
    SignedOut,
    /// 403 for want of a permission of the sign-in: every request like it would meet the same.
    Unpermitted,
    /// 403 otherwise: a role, or somebody else's session.
    Forbidden,
    /// 404.
    NotFound,
    /// The server will never take this request as it is: 400, 405, 409, 412, 415, 422 …
    Refused,
    /// The name on the server is neither ours nor the one that we started from.
    Changed(Box<Change>),
    /// Sign-in was declined by the person.
    Declined,
    /// The code ran out.
    Expired,
    /// Sign-in cannot work as configured (tenant, client id, scope, consent).
    SignInBlocked,
    /// A file or database of ours: full disk, no permission, unreadable.
    Disk,
    /// Our own mistake.
    Bug,
}

/// A name that changed elsewhere.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Change {
    /// The name that we started from.
    pub base: Option<Name>,
    /// The name that is there now.
    pub theirs: Option<Name>,
}

impl Fault {
    /// A fault in our own words.
    pub fn new(kind: FaultKind, say: impl Into<String>) -> Self {
        Self { kind, say: say.into(), server: None, request_id: None, report: None }
    }

    /// Adds what the server said.
    #[must_use]
    pub fn with_server(mut self, words: impl Into<String>) -> Self {
        self.server = Some(words.into());
        self
    }

    /// Adds the id by which the operator of the server finds the request.
    #[must_use]
    pub fn with_request_id(mut self, id: Option<String>) -> Self {
        self.request_id = id;
        self
    }

    /// The pause that a busy server asked for.
    pub fn retry_after(&self) -> Option<Duration> {
        if let FaultKind::Busy { retry_after } = self.kind { retry_after } else { None }
    }

    /// Whether another try can help, with nothing changed.
    pub fn may_pass(&self) -> bool {
        match self.kind {
            FaultKind::Offline | FaultKind::Busy { .. } | FaultKind::Unclear => true,
            FaultKind::SignedOut
            | FaultKind::Unpermitted
            | FaultKind::Forbidden
            | FaultKind::NotFound
            | FaultKind::Refused
            | FaultKind::Changed(_)
            | FaultKind::Declined
            | FaultKind::Expired
            | FaultKind::SignInBlocked
            | FaultKind::Disk
            | FaultKind::Bug => false,
        }
    }

    /// Adds what an admin needs to know.
    #[must_use]
    pub fn with_report(mut self, report: impl Into<String>) -> Self {
        self.report = Some(report.into());
        self
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.say)
    }
}

impl std::error::Error for Fault {}

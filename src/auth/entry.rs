//! One sign-in as it is kept: who, what was granted, and the tokens.

use std::time::Duration;

use oauth2::TokenResponse;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, Serializer};

use super::TokenAnswer;
use crate::core::effect::Way;
use crate::core::msg::Who;
use crate::core::session::Account;
use crate::core::time::Stamp;

/// Renewed when less than this is left, as every reference client does.
const SKEW: Duration = Duration::from_secs(5 * 60);
/// A token answer without a lifetime is taken to live this long.
const DEFAULT_LIFE: Duration = Duration::from_secs(3600);

/// One sign-in. `Debug` redacts the tokens.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Entry {
    account: String,
    pub(super) username: String,
    tenant: String,
    #[serde(serialize_with = "expose", default)]
    pub(super) refresh_token: Option<SecretString>,
    #[serde(serialize_with = "expose", default)]
    pub(super) access_token: Option<SecretString>,
    pub(super) expires_at: Stamp,
    pub(super) obtained_at: Stamp,
    /// From here on a new one is fetched while the old one is still used; only long-lived tokens have it.
    #[serde(default)]
    pub(super) refresh_at: Option<Stamp>,
    /// How it was signed in: `device` or `browser`. A policy may refuse to renew what a code began.
    #[serde(default)]
    method: String,
    /// The permissions granted, as the server named them.
    #[serde(default)]
    scopes: Vec<String>,
}

#[expect(clippy::ref_option, reason = "serde's signature")]
fn expose<S: Serializer>(secret: &Option<SecretString>, to: S) -> Result<S::Ok, S::Error> {
    secret.as_ref().map(ExposeSecret::expose_secret).serialize(to)
}

impl Entry {
    /// What a sign-in leaves.
    pub(super) fn new(who: &Who, tokens: &TokenAnswer, way: Way, now: Stamp) -> Self {
        let token = SecretString::from(tokens.access_token().secret().clone());
        Self {
            refresh_token: tokens.refresh_token().map(|t| SecretString::from(t.secret().clone())),
            refresh_at: tokens.extra_fields().refresh_in.map(|seconds| now + Duration::from_secs(seconds)),
            method: way.name().to_owned(),
            scopes: tokens.scopes().into_iter().flatten().map(|s| s.as_str().to_owned()).collect(),
            ..Self::of_command(who, token, now + tokens.expires_in().unwrap_or(DEFAULT_LIFE), now)
        }
    }

    /// The same sign-in after a refresh. One that brings no new refresh token keeps the old one, and one that names no
    /// scopes grants the same (RFC 6749 section 5.1).
    pub(super) fn renewed(&self, tokens: &TokenAnswer, now: Stamp) -> Self {
        let fresh = Self::new(&self.who(), tokens, self.way(), now);
        Self {
            refresh_token: fresh.refresh_token.or_else(|| self.refresh_token.clone()),
            scopes: if fresh.scopes.is_empty() { self.scopes.clone() } else { fresh.scopes },
            ..fresh
        }
    }

    /// A token that a program printed. It is never written anywhere, and cannot be renewed but by the program.
    pub(super) fn of_command(who: &Who, token: SecretString, expires_at: Stamp, now: Stamp) -> Self {
        Self {
            account: who.account.as_str().to_owned(),
            username: who.username.clone(),
            tenant: who.tenant.clone(),
            refresh_token: None,
            access_token: Some(token),
            expires_at,
            obtained_at: now,
            refresh_at: None,
            method: Way::Command.name().to_owned(),
            scopes: Vec::new(),
        }
    }

    /// How it was signed in.
    pub(super) fn way(&self) -> Way {
        [Way::Browser, Way::Command].into_iter().find(|way| way.name() == self.method).unwrap_or(Way::Device)
    }

    /// The permissions granted.
    pub(super) fn scopes(&self) -> &[String] {
        &self.scopes
    }

    /// The tenant of the tokens.
    pub(super) fn tenant(&self) -> &str {
        &self.tenant
    }

    pub(super) fn who(&self) -> Who {
        Who {
            account: Account::new(&self.account),
            username: self.username.clone(),
            tenant: self.tenant.clone(),
        }
    }

    /// The same sign-in after its tokens were revoked: who it was stays known.
    pub(super) fn without_tokens(self) -> Self {
        Self { refresh_token: None, access_token: None, ..self }
    }

    /// Whether the server would rather see a new token already.
    pub(super) fn ages(&self, now: Stamp) -> bool {
        self.refresh_at.is_some_and(|at| at <= now) && self.refresh_token.is_some()
    }

    /// Whether the access token has five minutes left; of one that lives for less than ten, half its life, or every
    /// request would renew it. A clock that went back makes it doubtful, so not.
    pub(super) fn usable(&self, now: Stamp) -> bool {
        let skew = SKEW.min(self.expires_at.since(self.obtained_at) / 2);
        self.access_token.is_some() && self.expires_at.since(now) > skew && self.obtained_at.since(now) < SKEW
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_entry_prints_holds_no_token() {
        let who = Who { account: Account::new("t.o"), username: "jo".into(), tenant: "t".into() };
        let now = Stamp::from_micros(0);
        let entry = Entry::of_command(&who, SecretString::from("ACCESS-MARKER"), now, now);
        let entry = Entry { refresh_token: Some(SecretString::from("REFRESH-MARKER")), ..entry };
        let printed = format!("{entry:?}");
        assert!(printed.contains("jo") && !printed.contains("MARKER"), "{printed}");
    }
}

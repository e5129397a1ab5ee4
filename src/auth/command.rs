//! The third way: a program of the site's own that prints an access token. What it prints is never stored.

use std::process::Stdio;
use std::time::Duration;

use secrecy::SecretString;
use serde::Deserialize;
use tokio::process::Command;

use super::entry::Entry;
use super::{Inner, lock};
use crate::core::fault::{Fault, FaultKind};
use crate::core::msg::{AuthReply, Who};
use crate::core::session::Account;

/// A program that asks somebody something would be waited for without end.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long a token is used that does not tell its end.
const ASSUMED_LIFE: Duration = Duration::from_secs(10 * 60);
/// Longer than any token.
const MOST: usize = 64 << 10;

/// JSON as `az account get-access-token` and others print it.
#[derive(Deserialize)]
struct Printed {
    #[serde(alias = "accessToken", alias = "token")]
    access_token: SecretString,
    /// Seconds from now.
    #[serde(default)]
    expires_in: Option<u64>,
    /// Seconds since 1970 UTC.
    #[serde(default)]
    expires_on: Option<i64>,
}

impl Inner {
    /// Runs the program for the sign-in.
    pub(super) async fn run_command(&self) -> Result<AuthReply, Fault> {
        let entry = self.token_of_command().await?;
        let who = entry.who();
        *lock(&self.memory) = Some(entry);
        *lock(&self.failed) = None;
        Ok(AuthReply::SignedIn { who, notice: None })
    }

    /// Whether tokens come from a program.
    pub(super) fn commanded(&self) -> bool {
        !self.config.token_command.is_empty()
    }

    /// A fresh token from the program. Nothing that it prints gets into an error: it may be a token.
    pub(super) async fn token_of_command(&self) -> Result<Entry, Fault> {
        let blocked = |words: String| Fault::new(FaultKind::SignInBlocked, words);
        let [program, arguments @ ..] = self.config.token_command.as_slice() else {
            return Err(blocked("sign_in.method is \"command\", and sign_in.token_command is empty.".into()));
        };
        let running = Command::new(program)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .output();
        let output = tokio::time::timeout(PATIENCE, running)
            .await
            .map_err(|_| {
                blocked(format!("{program} printed no token within {} seconds.", PATIENCE.as_secs()))
            })?
            .map_err(|error| blocked(format!("{program} cannot be run: {error}.")))?;
        if !output.status.success() {
            let words = format!("{program} failed ({}). Run it by hand to see why.", output.status);
            return Err(blocked(words));
        }
        let text = String::from_utf8(output.stdout).unwrap_or_default();
        let text = text.trim();
        let now = self.clock.now();
        let (token, expires_at) = if text.starts_with('{') {
            let printed: Printed = serde_json::from_str(text)
                .map_err(|_| blocked(format!("{program} printed JSON without an access_token.")))?;
            let life = printed
                .expires_in
                .map(Duration::from_secs)
                .or_else(|| {
                    let left = printed.expires_on?.saturating_sub(now.micros() / 1_000_000);
                    u64::try_from(left).ok().map(Duration::from_secs)
                })
                .unwrap_or(ASSUMED_LIFE);
            (printed.access_token, now + life)
        } else {
            (SecretString::from(text.to_owned()), now + ASSUMED_LIFE)
        };
        if !is_a_token(secrecy::ExposeSecret::expose_secret(&token)) {
            return Err(blocked(format!("{program} printed something that is no token.")));
        }
        // The token is opaque to us, so the account is whoever the program speaks for in this tenant.
        let who = Who {
            account: Account::new(&format!("command|{}|{}", self.config.tenant, self.config.profile)),
            username: "token_command".into(),
            tenant: self.config.tenant.clone(),
        };
        Ok(Entry::of_command(&who, token, expires_at, now))
    }
}

/// What can stand in an `Authorization` header (RFC 6750 section 2.1).
fn is_a_token(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= MOST
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~+/=".contains(&b))
}

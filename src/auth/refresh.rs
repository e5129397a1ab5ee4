//! Access tokens, refreshed by one at a time: in this process by a mutex, among processes by a lock file.

use std::sync::Arc;
use std::time::Duration;

use oauth2::{RefreshToken, RequestTokenError};
use secrecy::{ExposeSecret, SecretString};

use super::adapter::Adapter;
use super::cache::Entry;
use super::{Inner, lock};
use crate::core::fault::{Fault, FaultKind};
use crate::core::session::Account;

/// A refresh that failed for good is not tried again for this long.
const COOL_DOWN: Duration = Duration::from_secs(60);

fn signed_out(words: impl Into<String>) -> Fault {
    Fault::new(FaultKind::SignedOut, words)
}

impl Inner {
    pub(super) async fn access_token(
        self: Arc<Self>,
        account: Account,
        rejected: Option<SecretString>,
    ) -> Result<SecretString, Fault> {
        if let Some(token) = self.usable(&account, rejected.as_ref())? {
            return Ok(token);
        }
        // In a task of its own: who asked may be cancelled, but a rotated refresh token must not be lost with them.
        tokio::spawn(async move { self.refresh(&account, rejected.as_ref()).await })
            .await
            .unwrap_or_else(|_| Err(Fault::new(FaultKind::Bug, "The sign-in could not be renewed.")))
    }

    /// The cached token, if it is this account's, has five minutes left and was not refused.
    fn usable(
        &self,
        account: &Account,
        rejected: Option<&SecretString>,
    ) -> Result<Option<SecretString>, Fault> {
        let entry = self.entry().ok_or_else(|| signed_out("You are signed out."))?;
        if entry.who().account != *account {
            return Err(signed_out(format!("{} is signed in now, another account.", entry.username)));
        }
        let fresh = entry.usable(self.clock.now());
        Ok(entry.access_token.filter(|token| fresh && !is(token, rejected)))
    }

    async fn refresh(
        &self,
        account: &Account,
        rejected: Option<&SecretString>,
    ) -> Result<SecretString, Fault> {
        let _alone = self.refreshing.lock().await;
        let _among_processes = self.cache.lock().await;
        // Somebody else may have done it while this one waited.
        if let Some(token) = self.usable(account, rejected)? {
            return Ok(token);
        }
        let now = self.clock.now();
        if let Some((at, fault)) = &*lock(&self.failed)
            && now.since(*at) < COOL_DOWN
        {
            return Err(fault.clone());
        }
        let Some(entry) = self.entry() else { return Err(signed_out("You are signed out.")) };
        match self.exchange(&entry).await {
            Ok(token) => Ok(token),
            Err(Failure::Now(fault)) => {
                // An access token that still lives is better than none.
                let alive = entry.access_token.filter(|t| entry.expires_at > now && !is(t, rejected));
                alive.ok_or(fault)
            }
            Err(Failure::ForGood { fault, revoked }) => {
                // A copy that does not know our lock may have renewed it meanwhile; then its token is the good one.
                let theirs =
                    self.entry().filter(|e| !same(e.refresh_token.as_ref(), entry.refresh_token.as_ref()));
                if let Some(theirs) = theirs
                    && let Ok(token) = self.exchange(&theirs).await
                {
                    return Ok(token);
                }
                *lock(&self.failed) = Some((now, fault.clone()));
                if revoked {
                    self.keep(entry.without_tokens()).await;
                }
                Err(fault)
            }
        }
    }

    async fn exchange(&self, entry: &Entry) -> Result<SecretString, Failure> {
        let for_good = |fault| Failure::ForGood { fault, revoked: false };
        let Some(secret) = &entry.refresh_token else {
            return Err(for_good(signed_out("The sign-in has run out.")));
        };
        let client = self.client().map_err(for_good)?;
        let adapter = Adapter::new(&self.http, self.config.host());
        let refresh_token = RefreshToken::new(secret.expose_secret().to_owned());
        let answer = client
            .exchange_refresh_token(&refresh_token)
            .add_scopes(self.config.scopes())
            .request_async(&adapter)
            .await;
        let tokens = match answer {
            Ok(tokens) => tokens,
            Err(RequestTokenError::ServerResponse(_)) => {
                let error = adapter.error().unwrap_or_default();
                if error.is_transient() {
                    return Err(Failure::Now(
                        error.explain(FaultKind::Busy { retry_after: None }, &self.config),
                    ));
                }
                let fault = error.explain(FaultKind::SignedOut, &self.config);
                return Err(Failure::ForGood { fault, revoked: error.revokes() });
            }
            Err(RequestTokenError::Request(fault)) => return Err(Failure::Now(fault)),
            Err(error @ (RequestTokenError::Parse(..) | RequestTokenError::Other(_))) => {
                let fault = self.failed_request(&adapter, error);
                return Err(Failure::Now(Fault { kind: FaultKind::Unclear, ..fault }));
            }
        };
        let renewed = Entry::new(&entry.who(), &tokens, entry.refresh_token.clone(), self.clock.now());
        let token = renewed.access_token.clone().unwrap_or_default();
        *lock(&self.failed) = None;
        if let Some(trouble) = self.keep(renewed).await {
            tracing::warn!(trouble, "a renewed sign-in is not on disk");
        }
        Ok(token)
    }
}

enum Failure {
    /// Trying again may help.
    Now(Fault),
    /// Only a person can help.
    ForGood { fault: Fault, revoked: bool },
}

fn is(token: &SecretString, rejected: Option<&SecretString>) -> bool {
    rejected.is_some_and(|r| r.expose_secret() == token.expose_secret())
}

fn same(a: Option<&SecretString>, b: Option<&SecretString>) -> bool {
    a.map(ExposeSecret::expose_secret) == b.map(ExposeSecret::expose_secret)
}

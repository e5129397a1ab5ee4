//! Access tokens, refreshed by one at a time: in this process by a mutex, among processes by a lock file.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use oauth2::{RefreshToken, RequestTokenError};
use secrecy::{ExposeSecret, SecretString};

use super::adapter::Adapter;
use super::entry::Entry;
use super::{Inner, claims, lock};
use crate::core::fault::{Fault, FaultKind};
use crate::core::session::Account;
use crate::ports::Rejected;

/// A refresh that failed for good is not tried again for this long.
const COOL_DOWN: Duration = Duration::from_secs(60);

fn signed_out(words: impl Into<String>) -> Fault {
    Fault::new(FaultKind::SignedOut, words)
}

impl Inner {
    pub(super) async fn access_token(
        self: Arc<Self>,
        account: Account,
        rejected: Option<Rejected>,
    ) -> Result<SecretString, Fault> {
        if let Some((token, ages)) = self.usable(&account, rejected.as_ref()).await? {
            if ages && !self.ageing.swap(true, Ordering::AcqRel) {
                // Ahead of need: whoever asked goes on with the old one, and a failure harms nobody.
                tokio::spawn(async move {
                    let _ = self.refresh(&account, None, true).await;
                    self.ageing.store(false, Ordering::Release);
                });
            }
            return Ok(token);
        }
        // In a task of its own: who asked may be cancelled, but a rotated refresh token must not be lost with them.
        tokio::spawn(async move { self.refresh(&account, rejected.as_ref(), false).await })
            .await
            .unwrap_or_else(|_| Err(Fault::new(FaultKind::Bug, "The sign-in could not be renewed.")))
    }

    /// The cached token, if it is this account's, has five minutes left and was not refused; and whether the server
    /// would rather see a new one.
    async fn usable(
        &self,
        account: &Account,
        rejected: Option<&Rejected>,
    ) -> Result<Option<(SecretString, bool)>, Fault> {
        let entry = self.entry().await.ok_or_else(|| signed_out("You are signed out."))?;
        if entry.who().account != *account {
            return Err(signed_out(format!("{} is signed in now, another account.", entry.username)));
        }
        let now = self.clock.now();
        let (fresh, ages) = (entry.usable(now), entry.ages(now));
        Ok(entry.access_token.filter(|token| fresh && !is(token, rejected)).map(|token| (token, ages)))
    }

    async fn refresh(
        &self,
        account: &Account,
        rejected: Option<&Rejected>,
        ahead: bool,
    ) -> Result<SecretString, Fault> {
        let _alone = self.refreshing.lock().await;
        let _among_processes = self.cache.lock().await;
        // Somebody else may have done it while this one waited.
        if let Some((token, ages)) = self.usable(account, rejected).await?
            && !(ahead && ages)
        {
            return Ok(token);
        }
        let now = self.clock.now();
        if let Some((at, fault)) = &*lock(&self.failed)
            && now.since(*at) < COOL_DOWN
        {
            return Err(fault.clone());
        }
        let Some(entry) = self.entry().await else { return Err(signed_out("You are signed out.")) };
        if self.commanded() {
            return self.again_by_command().await;
        }
        let challenge = rejected.and_then(|r| r.claims.as_deref());
        match self.exchange(&entry, challenge).await {
            Ok(token) => Ok(token),
            Err(Failure::Now(fault)) => {
                // An access token that still lives is better than none.
                let alive = entry.access_token.filter(|t| entry.expires_at > now && !is(t, rejected));
                alive.ok_or(fault)
            }
            Err(Failure::ForGood { fault, revoked, claims }) => {
                // A copy that does not know our lock may have renewed it meanwhile; then its token is the good one.
                let theirs = self
                    .entry()
                    .await
                    .filter(|e| !same(e.refresh_token.as_ref(), entry.refresh_token.as_ref()));
                if let Some(theirs) = theirs
                    && let Ok(token) = self.exchange(&theirs, challenge).await
                {
                    return Ok(token);
                }
                if let Some(claims) = claims.or_else(|| challenge.map(ToOwned::to_owned)) {
                    *lock(&self.challenge) = Some(claims);
                }
                *lock(&self.failed) = Some((now, fault.clone()));
                if revoked {
                    self.keep(entry.without_tokens()).await;
                }
                Err(fault)
            }
        }
    }

    async fn again_by_command(&self) -> Result<SecretString, Fault> {
        match self.token_of_command().await {
            Ok(entry) => {
                let token = entry.access_token.clone().unwrap_or_default();
                *lock(&self.memory) = Some(entry);
                Ok(token)
            }
            Err(fault) => {
                let fault = Fault { kind: FaultKind::SignedOut, ..fault };
                *lock(&self.failed) = Some((self.clock.now(), fault.clone()));
                Err(fault)
            }
        }
    }

    async fn exchange(&self, entry: &Entry, challenge: Option<&str>) -> Result<SecretString, Failure> {
        let for_good = |fault| Failure::ForGood { fault, revoked: false, claims: None };
        let Some(secret) = &entry.refresh_token else {
            return Err(for_good(signed_out("The sign-in has run out.")));
        };
        let client = self.client(self.tenant_of(entry)).map_err(for_good)?;
        let adapter = Adapter::new(&self.http, self.config.host());
        let refresh_token = RefreshToken::new(secret.expose_secret().to_owned());
        let answer = client
            .exchange_refresh_token(&refresh_token)
            .add_scopes(self.config.scopes())
            .add_extra_param("claims", claims::with(challenge))
            .request_async(&adapter)
            .await;
        let tokens = match answer {
            Ok(tokens) => tokens,
            Err(RequestTokenError::ServerResponse(_)) => {
                let error = adapter.error().unwrap_or_default();
                let during = self.during(entry.way());
                if error.is_transient() {
                    return Err(Failure::Now(error.explain(FaultKind::Busy { retry_after: None }, during)));
                }
                let fault = error.explain(FaultKind::SignedOut, during);
                return Err(Failure::ForGood { fault, revoked: error.revokes(), claims: error.claims });
            }
            Err(RequestTokenError::Request(fault)) => return Err(Failure::Now(fault)),
            Err(error @ (RequestTokenError::Parse(..) | RequestTokenError::Other(_))) => {
                let fault = self.failed_request(&adapter, entry.way(), error);
                return Err(Failure::Now(Fault { kind: FaultKind::Unclear, ..fault }));
            }
        };
        let renewed = entry.renewed(&tokens, self.clock.now());
        let token = renewed.access_token.clone().unwrap_or_default();
        *lock(&self.failed) = None;
        if let Some(trouble) = self.keep(renewed).await {
            tracing::warn!(trouble, "a renewed sign-in is not on disk");
        }
        Ok(token)
    }

    /// Where a sign-in is renewed: at the tenant that it is of, once that is known. `organizations` would lead a guest
    /// home.
    fn tenant_of<'a>(&'a self, entry: &'a Entry) -> &'a str {
        let open = ["organizations", "common"].contains(&self.config.tenant.as_str());
        if open { entry.tenant() } else { &self.config.tenant }
    }
}

enum Failure {
    /// Trying again may help.
    Now(Fault),
    /// Only a person can help.
    ForGood {
        fault: Fault,
        /// The refresh token is dead.
        revoked: bool,
        /// What the server wants the sign-in to bring along.
        claims: Option<String>,
    },
}

fn is(token: &SecretString, rejected: Option<&Rejected>) -> bool {
    rejected.is_some_and(|r| r.token.expose_secret() == token.expose_secret())
}

fn same(a: Option<&SecretString>, b: Option<&SecretString>) -> bool {
    a.map(ExposeSecret::expose_secret) == b.map(ExposeSecret::expose_secret)
}

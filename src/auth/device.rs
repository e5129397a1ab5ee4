//! The device code (RFC 8628): one request for a code, one request a poll. The pace is the core's.

use oauth2::{RequestTokenError, StandardDeviceAuthorizationResponse, TokenResponse};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::adapter::Adapter;
use super::cache::Entry;
use super::{GRAPH, Inner, TokenAnswer, id_token, lock};
use crate::core::address::is_loopback;
use crate::core::fault::{Fault, FaultKind};
use crate::core::msg::{Attempt, AuthReply, DeviceCode};

const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

impl Inner {
    /// Asks for a code; an older one is forgotten.
    pub(super) async fn begin(&self, attempt: Attempt) -> Result<AuthReply, Fault> {
        *lock(&self.waiting) = None;
        let adapter = Adapter::new(&self.http, self.config.host());
        let client = self.client()?;
        let answer: Result<StandardDeviceAuthorizationResponse, _> =
            client.exchange_device_code().add_scopes(self.config.scopes()).request_async(&adapter).await;
        let answer = answer.map_err(|error| self.failed_request(&adapter, error))?;
        *lock(&self.waiting) = Some((attempt, SecretString::from(answer.device_code().secret().clone())));
        let url = answer.verification_uri().url().clone();
        Ok(AuthReply::Code(DeviceCode {
            user_code: answer.user_code().secret().clone(),
            may_open: may_open(&url, &self.config.authority),
            url: url.as_str().trim_end_matches('/').to_owned(),
            expires_in: answer.expires_in(),
            interval: answer.interval(),
        }))
    }

    /// Asks once whether the person has finished. oauth2's own poll loop ends on any answer that it cannot read, and
    /// keeps its waits to itself, so the request is made here; its types read the answer.
    pub(super) async fn poll(&self, attempt: Attempt) -> Result<AuthReply, Fault> {
        let code = match &*lock(&self.waiting) {
            Some((current, code)) if *current == attempt => code.clone(),
            Some(_) | None => return Err(Fault::new(FaultKind::Expired, "This code is no longer in use.")),
        };
        let form = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", GRANT)
            .append_pair("client_id", &self.config.client_id)
            .append_pair("device_code", code.expose_secret())
            .finish();
        let request = ::http::Request::post(self.config.endpoint("token")?.as_str())
            .header("content-type", "application/x-www-form-urlencoded")
            .header("accept", "application/json")
            .body(form.into_bytes())
            .map_err(|_| Fault::new(FaultKind::Bug, "The poll cannot be built."))?;
        let adapter = Adapter::new(&self.http, self.config.host());
        let answer = match oauth2::AsyncHttpClient::call(&adapter, request).await {
            Ok(answer) => answer,
            Err(fault) => return Ok(AuthReply::Unreachable(fault)),
        };
        if answer.status().is_success() {
            let Ok(tokens) = serde_json::from_slice::<TokenAnswer>(answer.body()) else {
                let words = "The sign-in server's answer holds no token. n gets a new code.";
                return Err(Fault::new(FaultKind::SignInBlocked, words));
            };
            return self.signed_in(&tokens).await;
        }
        let error = adapter.error().unwrap_or_default();
        let words = |kind| error.explain(kind, &self.config);
        match error.error.as_str() {
            "authorization_pending" => Ok(AuthReply::Pending),
            "slow_down" => Ok(AuthReply::SlowDown),
            // Entra's name, and the RFC's.
            "authorization_declined" | "access_denied" => {
                let say = "The sign-in was declined on the page. n gets a new code.";
                Err(Fault { say: say.into(), ..words(FaultKind::Declined) })
            }
            "expired_token" | "code_expired" => {
                Err(Fault { say: "The code ran out. n gets a new one.".into(), ..words(FaultKind::Expired) })
            }
            _ if error.is_transient() => {
                Ok(AuthReply::Unreachable(words(FaultKind::Busy { retry_after: None })))
            }
            _ => Err(words(FaultKind::SignInBlocked)),
        }
    }

    async fn signed_in(&self, tokens: &TokenAnswer) -> Result<AuthReply, Fault> {
        let who = tokens
            .extra_fields()
            .id_token
            .as_ref()
            .and_then(|token| id_token::who(&token.0, &self.config.client_id, &self.config.tenant))
            .ok_or_else(|| {
                let words = "The sign-in server does not say who signed in. Is openid allowed for the app?";
                Fault::new(FaultKind::SignInBlocked, words)
            })?;
        if let Some(granted) = tokens.scopes() {
            let granted: Vec<String> = granted.iter().map(|s| bare(s)).collect();
            let missing: Vec<_> =
                self.config.needed().into_iter().filter(|name| !granted.contains(&bare(name))).collect();
            if !missing.is_empty() {
                let words = format!(
                    "Signed in, but without the permission {}. Add it to the app registration and consent to it.",
                    missing.join(" and ")
                );
                return Err(Fault::new(FaultKind::SignInBlocked, words));
            }
        }
        *lock(&self.waiting) = None;
        *lock(&self.failed) = None;
        let entry = Entry::new(&who, tokens, None, self.clock.now());
        let notice = self.keep(entry).await;
        Ok(AuthReply::SignedIn { who, notice })
    }

    /// An error of oauth2's as ours. Its own may hold the whole body of an answer, so nothing of it is printed.
    pub(super) fn failed_request<T: oauth2::ErrorResponse + 'static>(
        &self,
        adapter: &Adapter<'_>,
        error: RequestTokenError<Fault, T>,
    ) -> Fault {
        match error {
            RequestTokenError::Request(fault) => fault,
            RequestTokenError::ServerResponse(_) => {
                adapter.error().unwrap_or_default().explain(FaultKind::SignInBlocked, &self.config)
            }
            RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
                let words = format!("{} answered with something that cannot be read.", self.config.host());
                Fault::new(FaultKind::SignInBlocked, words)
            }
        }
    }
}

/// A permission's name without its resource, for comparing: Entra answers with either form.
fn bare(scope: &str) -> String {
    scope.strip_prefix(GRAPH).unwrap_or(scope).to_ascii_lowercase()
}

/// A server's address goes to a browser only over https, or to this machine while the authority is this machine.
fn may_open(url: &Url, authority: &Url) -> bool {
    url.scheme() == "https" || (url.scheme() == "http" && is_loopback(url) && is_loopback(authority))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_s_address_is_opened_only_if_nobody_can_have_put_himself_between() {
        let url = |text: &str| Url::parse(text).unwrap();
        let (entra, here) = (url("https://login.microsoftonline.com"), url("http://127.0.0.1:1"));
        for (address, authority, opens) in [
            ("https://login.microsoft.com/device", &entra, true),
            ("http://login.microsoft.com/device", &entra, false),
            ("http://127.0.0.1:2/device", &entra, false),
            ("http://127.0.0.1:2/device", &here, true),
            ("http://localhost:2/device", &here, true),
            ("http://example.com/device", &here, false),
            ("file:///etc/passwd", &here, false),
            ("javascript:alert(1)", &entra, false),
        ] {
            assert_eq!(may_open(&url(address), authority), opens, "{address}");
        }
    }
}

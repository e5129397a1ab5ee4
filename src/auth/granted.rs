//! What every way of signing in ends with: who it is, whether enough was granted, and keeping it.

use oauth2::{RequestTokenError, TokenResponse};
use url::Url;

use super::adapter::Adapter;
use super::entra::{During, EntraError, consent_link};
use super::entry::Entry;
use super::{GRAPH, Inner, TokenAnswer, id_token, lock};
use crate::core::address::is_loopback;
use crate::core::effect::Way;
use crate::core::fault::{Fault, FaultKind};
use crate::core::msg::AuthReply;

impl Inner {
    /// Takes in a token answer. `nonce` is the one that the `id_token` has to repeat.
    pub(super) async fn signed_in(
        &self,
        tokens: &TokenAnswer,
        way: Way,
        nonce: Option<&str>,
    ) -> Result<AuthReply, Fault> {
        let who = tokens
            .extra_fields()
            .id_token
            .as_ref()
            .and_then(|token| id_token::who(&token.0, &self.config.client_id, &self.config.tenant, nonce))
            .ok_or_else(|| {
                let words = "The sign-in server does not say who signed in, or says it of another sign-in. Is openid allowed for the app?";
                Fault::new(FaultKind::SignInBlocked, words)
            })?;
        if let Some(granted) = tokens.scopes() {
            let granted: Vec<String> = granted.iter().map(|s| bare(s)).collect();
            let needed = self.config.needed().iter();
            let missing: Vec<&str> = needed.copied().filter(|name| !granted.contains(&bare(name))).collect();
            if !missing.is_empty() {
                return Err(self.not_granted(&missing.join(" and ")));
            }
        }
        *lock(&self.waiting) = None;
        *lock(&self.failed) = None;
        // It has done its work: the same claims again would only ask for more than is needed.
        *lock(&self.challenge) = None;
        let entry = Entry::new(&who, tokens, way, self.clock.now());
        let _alone = self.refreshing.lock().await;
        let _among_processes = self.cache.lock().await;
        let notice = self.keep(entry).await;
        Ok(AuthReply::SignedIn { who, notice })
    }

    fn not_granted(&self, missing: &str) -> Fault {
        let words = format!(
            "Signed in, but without the permission {missing}. Add it to the app registration and consent to it."
        );
        let link =
            consent_link(&self.config).map_or_else(String::new, |link| format!("\nTo consent: {link}"));
        let report = format!(
            "For your admin:\nMissing permission: {missing}\nTime: {}\nTenant: {}\nClient ID: {}{link}",
            self.clock.now().to_rfc3339(),
            self.config.tenant,
            self.config.client_id
        );
        Fault::new(FaultKind::SignInBlocked, words).with_report(report)
    }

    /// What an error of Entra's needs to be explained.
    pub(super) fn during(&self, way: Way) -> During<'_> {
        During { config: &self.config, way, now: self.clock.now() }
    }

    /// An error of oauth2's as ours. Its own may hold the whole body of an answer, so nothing of it is printed.
    pub(super) fn failed_request<T: oauth2::ErrorResponse + 'static>(
        &self,
        adapter: &Adapter<'_>,
        way: Way,
        error: RequestTokenError<Fault, T>,
    ) -> Fault {
        match error {
            RequestTokenError::Request(fault) => fault,
            RequestTokenError::ServerResponse(_) => self.refused(&adapter.error().unwrap_or_default(), way),
            RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
                let words = format!("{} answered with something that cannot be read.", self.config.host());
                Fault::new(FaultKind::SignInBlocked, words)
            }
        }
    }

    /// An error of Entra's in an interactive sign-in. What it asks for goes into the next try.
    pub(super) fn refused(&self, error: &EntraError, way: Way) -> Fault {
        if let Some(claims) = &error.claims {
            *lock(&self.challenge) = Some(claims.clone());
        }
        // Entra's name, and the RFC's. A policy refuses with the RFC's too, but then it has a number.
        let declined = ["authorization_declined", "access_denied"].contains(&error.error.as_str());
        if declined && error.is_the_person_s() {
            let fault = error.explain(FaultKind::Declined, self.during(way));
            return Fault { say: "The sign-in was declined on the page.".into(), report: None, ..fault };
        }
        error.explain(FaultKind::SignInBlocked, self.during(way))
    }
}

/// A permission's name without its resource, for comparing: Entra answers with either form.
fn bare(scope: &str) -> String {
    scope.strip_prefix(GRAPH).unwrap_or(scope).to_ascii_lowercase()
}

/// A server's address goes to a browser only over https, or to this machine while the authority is this machine.
pub(super) fn may_open(url: &Url, authority: &Url) -> bool {
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

//! Signing in with the browser: authorization code with PKCE (RFC 6749, 7636), back to a port of this machine
//! (RFC 8252).

use std::time::Duration;

use oauth2::{AuthorizationCode, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl};

use super::adapter::Adapter;
use super::entra::EntraError;
use super::granted::may_open;
use super::return_page::{Came, Listener};
use super::{Inner, Waiting, lock};
use crate::core::effect::Way;
use crate::core::fault::{Fault, FaultKind};
use crate::core::msg::{Attempt, AuthReply, SignInPage};

/// How long the browser is waited for.
const PATIENCE: Duration = Duration::from_secs(180);

/// What has to come back, and what it is exchanged with.
pub(super) struct Expected {
    listener: Listener,
    redirect: RedirectUrl,
    state: CsrfToken,
    nonce: String,
    verifier: PkceCodeVerifier,
}

impl Inner {
    /// Listens, and makes the address to open.
    pub(super) async fn begin_page(&self, attempt: Attempt) -> Result<AuthReply, Fault> {
        let no_port = |why: std::io::Error| {
            let words = format!("No port of this machine can be listened on for the browser: {why}.");
            Fault::new(FaultKind::SignInBlocked, words)
        };
        let listener = Listener::bind().await.map_err(no_port)?;
        // Entra ignores the port when it compares, and wants the name, not the number (its page on redirect URIs).
        let redirect = RedirectUrl::new(format!("http://localhost:{}", listener.port()))
            .map_err(|_| Fault::new(FaultKind::Bug, "The redirect address cannot be built."))?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let nonce = CsrfToken::new_random().secret().clone();
        let client = self.client(&self.config.tenant)?;
        let claims = self.claims();
        let mut request = client
            .authorize_url(CsrfToken::new_random)
            .set_redirect_uri(std::borrow::Cow::Borrowed(&redirect))
            .set_pkce_challenge(challenge)
            .add_scopes(self.config.scopes())
            // The code must not end up in the browser's history (RFC 9700 section 4.3.1).
            .add_extra_param("response_mode", "form_post")
            .add_extra_param("prompt", "select_account")
            .add_extra_param("nonce", nonce.clone())
            .add_extra_param("claims", claims);
        if let Some(last) = self.entry().await {
            request = request.add_extra_param("login_hint", last.username);
        }
        let (url, state) = request.url();
        let page = SignInPage {
            may_open: may_open(&url, &self.config.authority),
            url: url.to_string(),
            expires_in: PATIENCE,
        };
        let expected = Expected { listener, redirect, state, nonce, verifier };
        *lock(&self.waiting) = Some((attempt, Waiting::Browser(Box::new(expected))));
        Ok(AuthReply::Page(page))
    }

    /// Waits for the browser, redeems the code, and tells the browser how it went: only then is it true.
    pub(super) async fn come_back(&self, attempt: Attempt) -> Result<AuthReply, Fault> {
        let expected = {
            let mut waiting = lock(&self.waiting);
            match waiting.take() {
                Some((current, Waiting::Browser(expected))) if current == attempt => *expected,
                other => {
                    *waiting = other;
                    let words = "This sign-in is no longer waited for.";
                    return Err(Fault::new(FaultKind::Expired, words));
                }
            }
        };
        let Expected { mut listener, redirect, state, nonce, verifier } = expected;
        let waited = tokio::time::timeout(PATIENCE, listener.next(state.secret())).await;
        let Ok(came) = waited else {
            return Err(Fault::new(FaultKind::Expired, "The browser did not come back within 3 minutes."));
        };
        let answer = match came {
            Came::Code { code, tell } => {
                let answer = self.redeem(code, redirect, verifier, &nonce).await;
                tell.outcome(answer.as_ref().err().map(|fault| fault.say.as_str()));
                answer
            }
            Came::Refused { error, description, tell } => {
                let fault = self.refused(&EntraError::from_page(error, description), Way::Browser);
                tell.outcome(Some(&fault.say));
                Err(fault)
            }
        };
        listener.finish().await;
        answer
    }

    async fn redeem(
        &self,
        code: AuthorizationCode,
        redirect: RedirectUrl,
        verifier: PkceCodeVerifier,
        nonce: &str,
    ) -> Result<AuthReply, Fault> {
        let adapter = Adapter::new(&self.http, self.config.host());
        let client = self.client(&self.config.tenant)?;
        let answer = client
            .exchange_code(code)
            .set_pkce_verifier(verifier)
            .set_redirect_uri(std::borrow::Cow::Owned(redirect))
            .add_extra_param("claims", self.claims())
            .request_async(&adapter)
            .await;
        let tokens = answer.map_err(|error| self.failed_request(&adapter, Way::Browser, error))?;
        self.signed_in(&tokens, Way::Browser, Some(nonce)).await
    }
}

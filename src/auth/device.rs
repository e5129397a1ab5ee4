//! The device code (RFC 8628): one request for a code, one request a poll. The pace is the core's.

use oauth2::StandardDeviceAuthorizationResponse;
use secrecy::{ExposeSecret, SecretString};

use super::adapter::Adapter;
use super::granted::may_open;
use super::{Inner, TokenAnswer, Waiting, lock};
use crate::core::effect::Way;
use crate::core::fault::{Fault, FaultKind};
use crate::core::msg::{Attempt, AuthReply, DeviceCode};

const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

impl Inner {
    /// Asks for a code.
    pub(super) async fn begin_code(&self, attempt: Attempt) -> Result<AuthReply, Fault> {
        let adapter = Adapter::new(&self.http, self.config.host());
        let client = self.client(&self.config.tenant)?;
        let answer: Result<StandardDeviceAuthorizationResponse, _> = client
            .exchange_device_code()
            .add_scopes(self.config.scopes())
            .add_extra_param("claims", self.claims())
            .request_async(&adapter)
            .await;
        let answer = answer.map_err(|error| self.failed_request(&adapter, Way::Device, error))?;
        let secret = SecretString::from(answer.device_code().secret().clone());
        *lock(&self.waiting) = Some((attempt, Waiting::Code(secret)));
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
            Some((current, Waiting::Code(code))) if *current == attempt => code.clone(),
            Some(_) | None => return Err(Fault::new(FaultKind::Expired, "This code is no longer in use.")),
        };
        let form = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", GRANT)
            .append_pair("client_id", &self.config.client_id)
            .append_pair("device_code", code.expose_secret())
            .append_pair("claims", &self.claims())
            .finish();
        let request = ::http::Request::post(self.config.endpoint(&self.config.tenant, "token")?.as_str())
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
                let words = "The sign-in server's answer holds no token.";
                return Err(Fault::new(FaultKind::SignInBlocked, words));
            };
            return self.signed_in(&tokens, Way::Device, None).await;
        }
        let error = adapter.error().unwrap_or_default();
        let words = |kind| error.explain(kind, self.during(Way::Device));
        match error.error.as_str() {
            "authorization_pending" => Ok(AuthReply::Pending),
            "slow_down" => Ok(AuthReply::SlowDown),
            "expired_token" | "code_expired" => {
                let say = "The code ran out.";
                Err(Fault { say: say.into(), report: None, ..words(FaultKind::Expired) })
            }
            _ if error.is_transient() => {
                Ok(AuthReply::Unreachable(words(FaultKind::Busy { retry_after: None })))
            }
            _ => Err(self.refused(&error, Way::Device)),
        }
    }
}

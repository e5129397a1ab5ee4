//! oauth2's HTTP client on our reqwest, keeping what oauth2 would drop.
//!
//! Its parser knows only the three standard fields of an error, and gives up a whole sign-in on one busy answer. So
//! busy answers become transport errors here, Entra's own error fields are kept aside, and numbers that arrive as
//! strings are made numbers.

use std::pin::Pin;
use std::sync::Mutex;

use ::http::HeaderValue;
use ::http::header::{DATE, RETRY_AFTER};
use oauth2::{AsyncHttpClient, HttpRequest, HttpResponse};
use serde_json::Value;
use uuid::Uuid;

use super::entra::EntraError;
use super::lock;
use crate::core::fault::{Fault, FaultKind};
use crate::http;

/// The most that an answer of the sign-in server is read, in bytes.
const MOST: usize = 1 << 20;

/// One exchange with the sign-in server.
pub(super) struct Adapter<'a> {
    http: &'a http::Http,
    host: &'a str,
    error: Mutex<Option<EntraError>>,
}

impl<'a> Adapter<'a> {
    pub(super) fn new(http: &'a http::Http, host: &'a str) -> Self {
        Self { http, host, error: Mutex::default() }
    }

    /// The error of the last answer, with all that Entra said.
    pub(super) fn error(&self) -> Option<EntraError> {
        lock(&self.error).take()
    }

    async fn exchange(&self, request: HttpRequest) -> Result<HttpResponse, Fault> {
        let mut request = reqwest::Request::try_from(request)
            .map_err(|_| Fault::new(FaultKind::Bug, "The sign-in request cannot be built."))?;
        if let Ok(id) = Uuid::new_v4().to_string().parse() {
            // Comes back as the correlation id, by which an admin finds the sign-in.
            request.headers_mut().insert("client-request-id", id);
        }
        let broken = |error| {
            let fault = http::unanswered(error, self.host, false);
            Fault { kind: FaultKind::Offline, ..fault }
        };
        let response = self.http.client().await?.execute(request).await.map_err(broken)?;
        let status = response.status();
        tracing::debug!(status = status.as_u16(), "the sign-in server answered");
        if status.as_u16() == 429 || status.as_u16() == 408 || status.is_server_error() {
            let text = |name| response.headers().get(name).and_then(|v: &HeaderValue| v.to_str().ok());
            let retry_after = text(RETRY_AFTER).and_then(|value| http::retry_after::parse(value, text(DATE)));
            let words = format!("{} is busy ({}).", self.host, status.as_u16());
            return Err(Fault::new(FaultKind::Busy { retry_after }, words));
        }
        let body = http::body(response, MOST).await.map_err(|(_, error)| broken(error))?;
        let Ok(mut json) = serde_json::from_slice::<Value>(&body) else {
            // A captive portal, or a proxy's own page.
            let words =
                format!("{} answered with something else than JSON ({}).", self.host, status.as_u16());
            return Err(Fault::new(FaultKind::Unclear, words));
        };
        numbers(&mut json);
        if !status.is_success() {
            *lock(&self.error) = serde_json::from_value(json.clone()).ok();
        }
        let mut answer = HttpResponse::new(json.to_string().into_bytes());
        *answer.status_mut() = status;
        answer.headers_mut().insert("content-type", HeaderValue::from_static("application/json"));
        Ok(answer)
    }
}

/// Older endpoints send these as strings.
fn numbers(json: &mut Value) {
    for name in ["expires_in", "interval", "ext_expires_in", "refresh_in"] {
        if let Some(value) = json.get_mut(name)
            && let Some(number) = value.as_str().and_then(|text| text.trim().parse::<u64>().ok())
        {
            *value = number.into();
        }
    }
}

impl<'c> AsyncHttpClient<'c> for Adapter<'_> {
    type Error = Fault;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Fault>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.exchange(request))
    }
}

//! What a tenant's admin has decided, and what Entra answers because of it.

use serde::Deserialize;
use serde_json::json;

use super::message::Reply;

/// A tenant's rules, as `/control/policy` sets them; what is left out is as an open tenant has it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of an admin's, and they are independent")]
pub(super) struct Policy {
    /// Device codes are blocked by Conditional Access: the page says so, and the program hears nothing of it, unless
    /// `tell` is set.
    pub(super) device_code_blocked: bool,
    pub(super) tell: bool,
    /// Nobody has consented to the permissions.
    pub(super) consent_missing: bool,
    /// The app registration does not allow public client flows.
    pub(super) public_client_off: bool,
    /// Renewing asks for a second factor, by a claim that the next sign-in has to bring.
    pub(super) mfa: bool,
    /// Only these permissions are granted, whatever is asked for.
    pub(super) grants: Option<Vec<String>>,
    /// Numbers of the sign-in answers come as strings, as the first version of the protocol had them.
    pub(super) strings: bool,
    /// The page for codes that is named, in place of the simulator's own.
    pub(super) verification_uri: Option<String>,
    /// Errors to answer with, each once: where, and what.
    pub(super) errors: Vec<Scripted>,
}

/// One error of Entra's, word for word.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Scripted {
    /// `devicecode`, `authorize`, or the grant: `device_code`, `authorization_code`, `refresh_token`.
    on: String,
    error: String,
    #[serde(default)]
    number: Option<u32>,
    #[serde(default)]
    suberror: Option<String>,
    #[serde(default)]
    claims: Option<String>,
    #[serde(default = "bad_request")]
    status: u16,
}

fn bad_request() -> u16 {
    400
}

/// The claim that stands for a second factor.
pub(super) const MFA: &str = r#"{"access_token":{"capolids":{"essential":true,"values":["mfa-policy"]}}}"#;

impl Policy {
    /// The next scripted error for an endpoint.
    pub(super) fn scripted(&mut self, now: i64, on: &str) -> Option<Reply> {
        let at = self.errors.iter().position(|e| e.on == on)?;
        let error = self.errors.remove(at);
        let mut reply = super::entra::refuse(
            now,
            error.status,
            &error.error,
            error.number.unwrap_or(0),
            "An error that was asked for.",
        );
        if error.number.is_none() {
            let words = json!("An error that was asked for.");
            reply = reply.saying("error_codes", json!([])).saying("error_description", words);
        }
        for (name, value) in [("suberror", error.suberror), ("claims", error.claims)] {
            if let Some(value) = value {
                reply = reply.saying(name, json!(value));
            }
        }
        Some(reply)
    }
}

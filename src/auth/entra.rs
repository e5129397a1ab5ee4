//! Entra's errors. Logic looks at `error` and `suberror`; the AADSTS number only picks the words, as Microsoft asks
//! (its reference of error codes calls the numbers subject to change).

use serde::Deserialize;
use serde_json::Value;

use super::AuthConfig;
use crate::core::fault::{Fault, FaultKind};

/// An error answer of `/devicecode` or `/token`.
#[derive(Clone, Deserialize, Default)]
pub(super) struct EntraError {
    #[serde(default)]
    pub(super) error: String,
    #[serde(default)]
    error_description: Option<String>,
    #[serde(default)]
    error_codes: Vec<Value>,
    #[serde(default)]
    suberror: Option<String>,
    #[serde(default)]
    correlation_id: Option<String>,
}

/// What a person can do about an AADSTS number.
const HINTS: &[(&[u32], &str)] = &[
    (&[70018, 90119], "That code was not accepted. n gets a new one."),
    (&[90120], "This code was used already. n gets a new one."),
    (
        &[65001, 90094, 90095],
        "The app has no consent for the Security Copilot permissions. Sign in again to give it, or ask an admin to.",
    ),
    (&[65004], "The permissions were declined on the page."),
    (
        &[90008, 650_056, 650_057, 65005],
        "The app registration does not list the Security Copilot permissions: API permissions, Graph, Delegated.",
    ),
    (
        &[65002],
        "This client ID belongs to Microsoft and may not ask for these permissions. Use an app registration of your own.",
    ),
    (&[650_052, 500_011, 50001], "Your tenant does not have this service."),
    (&[70011, 28002, 650_053], "The server does not know the permissions asked for. Is it another cloud?"),
    (
        &[7_000_218],
        "The app registration does not allow this: Authentication, Allow public client flows, Yes, with the platform Mobile and desktop applications.",
    ),
    (
        &[700_016, 700_011, 70001, 7_000_112],
        "There is no such app in this tenant. Check client_id and tenant.",
    ),
    (&[50194, 90130, 90124, 9_001_023], "The app is for one tenant only. Put your directory ID into tenant."),
    (
        &[50020, 16000, 50034, 51004, 50014, 16003, 90072],
        "This user is not in that tenant. Choose another account, or be invited as a guest.",
    ),
    (&[500_208], "Use a work or school account."),
    (&[90002, 50059, 50128, 90019], "There is no such tenant. Check tenant."),
    (&[90038], "The tenant is in another cloud; Security Copilot's API is in the global one only."),
    (
        &[50076, 50079, 50074, 50072, 50078, 50158],
        "Your organisation asks for multi-factor sign-in. Sign in again.",
    ),
    (
        &[53003],
        "Your organisation blocks this sign-in, most often the device code itself (Conditional Access). Ask your admin.",
    ),
    (
        &[530_032, 530_034, 530_035, 53002, 53004, 53010, 53011, 50053, 50131],
        "Blocked by your organisation's security policy. Ask your admin.",
    ),
    (
        &[53000, 53001, 530_003, 50097, 50005, 50129, 50155, 50187],
        "Your organisation wants a managed device, which a device code cannot prove. Ask your admin.",
    ),
    (&[50105], "You are not assigned to the app. Ask an admin: Enterprise applications, Users and groups."),
    (&[50199], "Sign in again and confirm on the page."),
    (&[50173, 50132, 50133, 50089, 70000, 50013], "The sign-in was revoked. Sign in again."),
    (&[700_082, 70008], "Signed out after a long pause. Sign in again."),
    (&[70043], "Your organisation asks to sign in again every so often."),
    (
        &[700_084],
        "The app is registered as a single-page app. Register the platform Mobile and desktop applications.",
    ),
    (&[50055, 50056, 50057, 50126, 50144], "The account or its password cannot be used now."),
];

impl EntraError {
    /// The AADSTS number: the first of `error_codes`, else the one that the description begins with.
    fn number(&self) -> Option<u32> {
        let listed = self.error_codes.first().and_then(|code| match code {
            Value::Number(number) => number.as_u64().and_then(|n| u32::try_from(n).ok()),
            Value::String(text) => text.parse().ok(),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        });
        listed.or_else(|| {
            let digits = self.error_description.as_deref()?.strip_prefix("AADSTS")?;
            digits.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
        })
    }

    /// Whether the refresh token is dead. A policy's wish for more interaction leaves it alive: after the interaction
    /// it is good again.
    pub(super) fn revokes(&self) -> bool {
        let wants_person = [
            "basic_action",
            "additional_action",
            "message_only",
            "consent_required",
            "user_password_expired",
        ];
        self.error == "invalid_grant"
            && !self.suberror.as_deref().is_some_and(|s| wants_person.contains(&s))
            && !matches!(self.number(), Some(50076 | 50079 | 50074 | 50072 | 50078 | 50158 | 53000..=53011))
    }

    /// Whether another try of the same may help.
    pub(super) fn is_transient(&self) -> bool {
        self.error == "temporarily_unavailable"
            || matches!(self.number(), Some(50033 | 50087 | 90006 | 90012 | 90024 | 90033 | 90055 | 90090))
    }

    /// The error for the person.
    pub(super) fn explain(&self, kind: FaultKind, config: &AuthConfig) -> Fault {
        let hint = self
            .number()
            .and_then(|number| HINTS.iter().find(|(numbers, _)| numbers.contains(&number)))
            .map(|(_, hint)| *hint);
        let say = match hint {
            Some(hint) => hint.to_owned(),
            None => format!("The sign-in server refuses ({}).", self.error),
        };
        // The first line names the number and the cause; the rest are ids that stand apart.
        let line = self.error_description.as_deref().and_then(|d| d.lines().next()).unwrap_or(&self.error);
        let words: String = line.chars().take(300).collect();
        let who = format!("{words} (tenant {}, client {})", config.tenant, config.client_id);
        Fault::new(kind, say).with_server(who).with_request_id(self.correlation_id.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> AuthConfig {
        AuthConfig {
            authority: "https://login.example.com".parse().unwrap(),
            tenant: "contoso.com".into(),
            client_id: "c".into(),
            profile: "default".into(),
            read_only: false,
            storage: super::super::Storage::Memory,
        }
    }

    #[test]
    fn the_number_picks_the_words_wherever_it_stands() {
        for json in [
            r#"{"error":"invalid_client","error_codes":[7000218]}"#,
            r#"{"error":"invalid_client","error_codes":["7000218"]}"#,
            r#"{"error":"invalid_client","error_description":"AADSTS7000218: The request body must contain…\r\nTrace ID: x"}"#,
        ] {
            let error: EntraError = serde_json::from_str(json).unwrap();
            let fault = error.explain(FaultKind::SignInBlocked, &config());
            assert!(fault.say.contains("Allow public client flows"), "{json}: {}", fault.say);
        }
        let unknown: EntraError = serde_json::from_str(r#"{"error":"odd"}"#).unwrap();
        assert_eq!(
            unknown.explain(FaultKind::SignInBlocked, &config()).say,
            "The sign-in server refuses (odd)."
        );
    }

    #[test]
    fn no_number_has_two_hints() {
        let mut all: Vec<u32> = HINTS.iter().flat_map(|(numbers, _)| numbers.iter().copied()).collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
    }

    #[test]
    fn a_policy_keeps_the_refresh_token_and_a_revocation_drops_it() {
        for (json, revokes) in [
            (r#"{"error":"invalid_grant","error_codes":[70000]}"#, true),
            (r#"{"error":"invalid_grant","error_codes":[50173],"suberror":"bad_token"}"#, true),
            (r#"{"error":"invalid_grant","error_codes":[50076],"suberror":"basic_action"}"#, false),
            (r#"{"error":"invalid_grant","error_codes":[53003]}"#, false),
            (r#"{"error":"interaction_required"}"#, false),
        ] {
            let error: EntraError = serde_json::from_str(json).unwrap();
            assert_eq!(error.revokes(), revokes, "{json}");
        }
    }
}

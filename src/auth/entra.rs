//! Entra's errors. Logic looks at `error`, `suberror` and `claims`; the AADSTS number only picks the words.

use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::hints::{self, Remedy};
use super::{AuthConfig, GRAPH};
use crate::core::effect::Way;
use crate::core::fault::{Fault, FaultKind};
use crate::core::time::Stamp;

/// An error answer of `/devicecode`, `/token` or `/authorize`.
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
    /// JSON that the next sign-in has to bring along.
    #[serde(default)]
    pub(super) claims: Option<String>,
}

/// What was under way when the error came.
#[derive(Clone, Copy, Debug)]
pub(super) struct During<'a> {
    pub(super) config: &'a AuthConfig,
    pub(super) way: Way,
    pub(super) now: Stamp,
}

impl EntraError {
    /// The error that a page sent back, which is a name and a description. The latter repeats the ids.
    pub(super) fn from_page(error: String, description: Option<String>) -> Self {
        let correlation_id = description.as_deref().and_then(|words| {
            let id = words.split("Correlation ID:").nth(1)?.split_whitespace().next()?;
            (id.len() <= 64).then(|| id.to_owned())
        });
        Self { error, error_description: description, correlation_id, ..Self::default() }
    }

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
        // The numbers only ever keep a token that the words would have dropped.
        self.error == "invalid_grant"
            && self.claims.is_none()
            && !self.suberror.as_deref().is_some_and(|s| wants_person.contains(&s))
            && !matches!(self.number(), Some(50076 | 50079 | 50074 | 50072 | 50078 | 50158 | 53000..=53011))
    }

    /// Whether an `access_denied` is a person's own no, rather than a policy's. Entra gives its own name to the
    /// former, so a known number means the latter.
    pub(super) fn is_the_person_s(&self) -> bool {
        self.number()
            .and_then(hints::find)
            .is_none_or(|hint| matches!(hint.remedy, Remedy::Again | Remedy::Account))
    }

    /// Whether another try of the same may help.
    pub(super) fn is_transient(&self) -> bool {
        self.error == "temporarily_unavailable"
            || matches!(self.number(), Some(50033 | 50087 | 90006 | 90012 | 90024 | 90033 | 90055 | 90090))
    }

    /// The error for the person, and what an admin needs to find it in the sign-in log.
    pub(super) fn explain(&self, kind: FaultKind, during: During<'_>) -> Fault {
        let During { config, way, now } = during;
        let hint = self.number().and_then(hints::find);
        let mut say = match hint {
            Some(hint) => hint
                .say
                .replace("{client}", &config.client_id)
                .replace("{tenant}", &config.tenant)
                .replace("{scope}", config.scope_in_words()),
            None => self.in_general(),
        };
        if let (Some(Remedy::OtherWay), Some(other)) = (hint.map(|h| h.remedy), way.other()) {
            say.push_str(match other {
                Way::Browser => " Sign in with the browser instead.",
                Way::Device | Way::Command => " Ask your admin, or try a code instead.",
            });
        }
        let consent = hint.is_some_and(|h| h.remedy == Remedy::Consent)
            || self.suberror.as_deref() == Some("consent_required")
            || self.error == "consent_required";
        let report = self.report(config, now, consent);
        // The first line names the number and the cause; the rest are ids that stand apart.
        let line = self.error_description.as_deref().and_then(|d| d.lines().next()).unwrap_or(&self.error);
        let line = line.split(" Trace ID:").next().unwrap_or(line);
        let words: String = line.chars().take(300).collect();
        Fault::new(kind, say)
            .with_server(words)
            .with_request_id(self.correlation_id.clone())
            .with_report(report)
    }

    /// For a number that nobody has words for.
    fn in_general(&self) -> String {
        match (self.error.as_str(), self.suberror.as_deref()) {
            ("interaction_required" | "login_required", _) | (_, Some("basic_action")) => {
                "Your organisation asks for something more. Sign in again.".into()
            }
            (_, Some("additional_action")) => {
                "Something outside retitle has to be done first; the server's words say what.".into()
            }
            (_, Some("message_only")) => "Signing in again cannot help here. Ask your admin.".into(),
            ("consent_required", _) | (_, Some("consent_required")) => {
                "A consent is missing. Sign in again to give it, or ask an admin to.".into()
            }
            (_, Some("user_password_expired")) => "Your password has expired. Change it in a browser.".into(),
            ("unauthorized_client", _) => {
                "The app may not sign in like this. Check client_id, tenant and the app registration.".into()
            }
            ("invalid_scope", _) => "The server does not know the permissions asked for.".into(),
            (error, _) => {
                let word = error.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && !error.is_empty();
                format!("The sign-in server refuses ({}).", if word { error } else { "without a reason" })
            }
        }
    }

    fn report(&self, config: &AuthConfig, now: Stamp, consent: bool) -> String {
        let mut lines = vec!["For your admin:".to_owned()];
        let error =
            self.number().map_or_else(|| self.error.clone(), |n| format!("AADSTS{n} ({})", self.error));
        lines.push(format!("Error: {error}"));
        if let Some(id) = &self.correlation_id {
            lines.push(format!("Correlation ID: {id}"));
        }
        lines.push(format!("Time: {}", now.to_rfc3339()));
        lines.push(format!("Tenant: {}", config.tenant));
        lines.push(format!("Client ID: {}", config.client_id));
        if consent && let Some(link) = consent_link(config) {
            lines.push(format!("To consent: {link}"));
        }
        lines.join("\n")
    }
}

/// Where an admin can consent for everybody (Microsoft, "Admin consent on the Microsoft identity platform": the
/// redirect address is required, and must be one that is registered).
pub(super) fn consent_link(config: &AuthConfig) -> Option<Url> {
    let mut url = config.authority.clone();
    url.path_segments_mut().ok()?.pop_if_empty().extend([config.tenant.as_str(), "v2.0", "adminconsent"]);
    let scopes: Vec<String> = config.needed().iter().map(|name| format!("{GRAPH}{name}")).collect();
    url.query_pairs_mut()
        .append_pair("client_id", &config.client_id)
        .append_pair("scope", &scopes.join(" "))
        .append_pair("redirect_uri", "http://localhost");
    Some(url)
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
            graph: "https://graph.example.com".into(),
            token_command: Vec::new(),
        }
    }

    fn explain(json: &str, way: Way) -> Fault {
        let error: EntraError = serde_json::from_str(json).unwrap();
        error.explain(
            FaultKind::SignInBlocked,
            During { config: &config(), way, now: Stamp::from_micros(1_800_000_000_000_000) },
        )
    }

    #[test]
    fn the_number_picks_the_words_wherever_it_stands() {
        for json in [
            r#"{"error":"invalid_client","error_codes":[7000218]}"#,
            r#"{"error":"invalid_client","error_codes":["7000218"]}"#,
            r#"{"error":"invalid_client","error_description":"AADSTS7000218: The request body must contain…\r\nTrace ID: x"}"#,
        ] {
            let fault = explain(json, Way::Device);
            assert!(fault.say.contains("Allow public client flows"), "{json}: {}", fault.say);
        }
        assert_eq!(explain(r#"{"error":"odd"}"#, Way::Device).say, "The sign-in server refuses (odd).");
        // Words of a server never get into ours.
        let rude = explain(r#"{"error":"\u001b[31m"}"#, Way::Device);
        assert_eq!(rude.say, "The sign-in server refuses (without a reason).");
    }

    #[test]
    fn a_block_offers_the_other_way_whichever_was_tried() {
        let blocked = r#"{"error":"access_denied","error_codes":[53003],"correlation_id":"c-1"}"#;
        assert!(explain(blocked, Way::Device).say.ends_with("Sign in with the browser instead."));
        assert!(explain(blocked, Way::Browser).say.ends_with("or try a code instead."));
        assert!(!explain(blocked, Way::Command).say.contains("instead"));
    }

    #[test]
    fn an_admin_gets_all_that_finds_the_sign_in_and_a_link_where_consent_is_missing() {
        let report = |json| explain(json, Way::Device).report.unwrap();
        assert_eq!(
            report(r#"{"error":"invalid_grant","error_codes":[90094],"correlation_id":"c-1"}"#),
            "For your admin:\nError: AADSTS90094 (invalid_grant)\nCorrelation ID: c-1\nTime: 2027-01-15T08:00:00Z\n\
             Tenant: contoso.com\nClient ID: c\n\
             To consent: https://login.example.com/contoso.com/v2.0/adminconsent?client_id=c&\
             scope=https%3A%2F%2Fgraph.microsoft.com%2FSecurityCopilotWorkspaces.Read.All+\
             https%3A%2F%2Fgraph.microsoft.com%2FSecurityCopilotWorkspaces.ReadWrite.All&redirect_uri=http%3A%2F%2Flocalhost"
        );
        assert!(report(r#"{"error":"x","suberror":"consent_required"}"#).contains("To consent"));
        assert!(!report(r#"{"error":"access_denied","error_codes":[53003]}"#).contains("To consent"));
    }

    #[test]
    fn a_policy_keeps_the_refresh_token_and_a_revocation_drops_it() {
        for (json, revokes) in [
            (r#"{"error":"invalid_grant","error_codes":[70000]}"#, true),
            (r#"{"error":"invalid_grant","error_codes":[50173],"suberror":"bad_token"}"#, true),
            (r#"{"error":"invalid_grant","error_codes":[50076],"suberror":"basic_action"}"#, false),
            (r#"{"error":"invalid_grant","error_codes":[53003]}"#, false),
            (r#"{"error":"invalid_grant","claims":"{}"}"#, false),
            (r#"{"error":"interaction_required"}"#, false),
        ] {
            let error: EntraError = serde_json::from_str(json).unwrap();
            assert_eq!(error.revokes(), revokes, "{json}");
        }
    }
}

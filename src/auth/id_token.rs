//! Who signed in, from the `id_token`. Read, not verified: it came over TLS from the server that we asked, and nothing
//! is granted on its word. The access token is never looked into; for Graph it is opaque.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

use crate::core::msg::Who;
use crate::core::session::Account;

#[derive(Deserialize, Default)]
struct Claims {
    oid: Option<String>,
    tid: Option<String>,
    iss: Option<String>,
    sub: Option<String>,
    aud: Option<serde_json::Value>,
    preferred_username: Option<String>,
    email: Option<String>,
    name: Option<String>,
    nonce: Option<String>,
}

/// Reads the payload. `None` when it is no token, names nobody, is meant for another app, or
/// answers another request than the one with this `nonce`.
pub(super) fn who(token: &str, client_id: &str, tenant: &str, nonce: Option<&str>) -> Option<Who> {
    let payload = token.split('.').nth(1)?;
    let bytes = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
    let claims: Claims = serde_json::from_slice(&bytes).ok()?;
    let for_us = match &claims.aud {
        None => true,
        Some(serde_json::Value::String(one)) => one == client_id,
        Some(serde_json::Value::Array(many)) => many.iter().any(|a| a.as_str() == Some(client_id)),
        Some(_) => false,
    };
    if !for_us || nonce.is_some_and(|wanted| claims.nonce.as_deref() != Some(wanted)) {
        return None;
    }
    // Other identity servers have neither tenant nor object id; issuer and subject identify as well there.
    let account = match (&claims.tid, &claims.oid, &claims.iss, &claims.sub) {
        (Some(tid), Some(oid), ..) => format!("{tid}.{oid}"),
        (_, _, Some(iss), Some(sub)) => format!("{iss}|{sub}"),
        _ => return None,
    };
    let username =
        [claims.preferred_username, claims.email, claims.name, claims.sub].into_iter().flatten().next()?;
    Some(Who {
        account: Account::new(&account),
        username,
        tenant: claims.tid.unwrap_or_else(|| tenant.to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(claims: &str) -> String {
        format!("e30.{}.", URL_SAFE_NO_PAD.encode(claims))
    }

    #[test]
    fn tenant_and_object_identify_else_issuer_and_subject() {
        let entra = token(
            r#"{"aud":"c","tid":"t","oid":"o","iss":"i","sub":"s","preferred_username":"j@contoso.com"}"#,
        );
        let found = who(&entra, "c", "organizations", None).unwrap();
        assert_eq!(
            (found.account.as_str(), found.username.as_str(), found.tenant.as_str()),
            ("t.o", "j@contoso.com", "t")
        );
        let other = token(r#"{"aud":["x","c"],"iss":"http://i","sub":"s","name":"J"}"#);
        let found = who(&other, "c", "organizations", None).unwrap();
        assert_eq!(
            (found.account.as_str(), found.username.as_str(), found.tenant.as_str()),
            ("http://i|s", "J", "organizations")
        );
    }

    #[test]
    fn the_nonce_is_repeated_or_it_is_an_answer_to_somebody_else() {
        let with = |nonce: &str| token(&format!(r#"{{"iss":"i","sub":"s","nonce":"{nonce}"}}"#));
        assert!(who(&with("n1"), "c", "t", Some("n1")).is_some());
        assert!(who(&with("n2"), "c", "t", Some("n1")).is_none());
        assert!(who(&token(r#"{"iss":"i","sub":"s"}"#), "c", "t", Some("n1")).is_none());
    }

    #[test]
    fn what_names_nobody_or_another_app_is_refused() {
        for bad in [
            "",
            "x",
            "a.b.c",
            &token("{}"),
            &token("[]"),
            &token(r#"{"aud":"other","tid":"t","oid":"o","sub":"s"}"#),
        ] {
            assert_eq!(who(bad, "c", "t", None), None, "{bad}");
        }
    }
}

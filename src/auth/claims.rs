//! The `claims` parameter: what we can do, and what a server asked for.

use serde_json::{Map, Value, json};

/// Every request declares the capability `cp1`: that this client understands claims challenges. Without it Graph would
/// never send one, and a revoked token would just fail (Microsoft, "Claims challenges, claims requests and client
/// capabilities"). `challenge` is the JSON of a server, laid under it.
pub(super) fn with(challenge: Option<&str>) -> String {
    let mut claims: Map<String, Value> =
        challenge.and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default();
    let token = claims.entry("access_token").or_insert_with(|| json!({}));
    if !token.is_object() {
        *token = json!({});
    }
    if let Some(token) = token.as_object_mut() {
        token.insert("xms_cc".into(), json!({"values": ["cp1"]}));
    }
    Value::Object(claims).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_capability_is_always_there_and_a_challenge_keeps_all_that_it_says() {
        assert_eq!(with(None), r#"{"access_token":{"xms_cc":{"values":["cp1"]}}}"#);
        let both =
            with(Some(r#"{"access_token":{"acrs":{"essential":true,"value":"c1"}},"id_token":{"x":null}}"#));
        let both: Value = serde_json::from_str(&both).unwrap();
        assert_eq!(both["access_token"]["acrs"]["value"], "c1");
        assert_eq!(both["access_token"]["xms_cc"]["values"][0], "cp1");
        assert!(both["id_token"].as_object().unwrap().contains_key("x"));
        for rubbish in ["", "[]", "{\"access_token\":7}", "{"] {
            assert_eq!(with(Some(rubbish)), with(None), "{rubbish}");
        }
    }
}

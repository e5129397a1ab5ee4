//! What a 401 asks for beyond a fresh token: continuous access evaluation (Microsoft's "claims challenge" page).

use base64::Engine;
use base64::engine::GeneralPurpose;
use base64::engine::general_purpose::{GeneralPurposeConfig, STANDARD, URL_SAFE};
use reqwest::header::{HeaderMap, WWW_AUTHENTICATE};

/// The claims of an `insufficient_claims` challenge, as JSON. There may be several headers; all that belongs together
/// stands in one.
pub(super) fn claims(headers: &HeaderMap) -> Option<String> {
    headers.get_all(WWW_AUTHENTICATE).iter().filter_map(|value| value.to_str().ok()).find_map(from_header)
}

fn from_header(header: &str) -> Option<String> {
    let parameters = parameters(header);
    let value = |name: &str| parameters.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v);
    if value("error").is_none_or(|error| error != "insufficient_claims") {
        return None;
    }
    decode(value("claims")?)
}

/// `name="value"` pairs in any order, with or without quotes. Commas inside quotes belong to the value.
fn parameters(header: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = header;
    while let Some((before, after)) = rest.split_once('=') {
        // The last word before the sign: what comes ahead of it is the scheme or a comma.
        let name = before.rsplit([' ', ',', '\t']).next().unwrap_or("").to_owned();
        let after = after.trim_start();
        let value = match after.strip_prefix('"') {
            Some(quoted) => {
                let (value, behind) = quoted.split_once('"').unwrap_or((quoted, ""));
                rest = behind;
                value
            }
            None => {
                // Base64 may end in signs of its own.
                let end = after.find([',', ' ', '\t']).unwrap_or(after.len());
                let (value, behind) = after.split_at(end);
                rest = behind;
                value
            }
        };
        found.push((name, value.to_owned()));
    }
    found
}

/// Either alphabet, padded or not, as the services vary; JSON inside, or it is no challenge.
fn decode(text: &str) -> Option<String> {
    let bare = text.trim_end_matches('=');
    let lenient = GeneralPurposeConfig::new()
        .with_decode_padding_mode(base64::engine::DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    [base64::alphabet::STANDARD, base64::alphabet::URL_SAFE]
        .iter()
        .filter_map(|alphabet| GeneralPurpose::new(alphabet, lenient).decode(bare).ok())
        .chain([STANDARD.decode(text), URL_SAFE.decode(text)].into_iter().flatten())
        .filter_map(|bytes| String::from_utf8(bytes).ok())
        .find(|json| serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(json).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    const JSON: &str =
        r#"{"access_token":{"nbf":{"essential":true,"value":"1702682181"},"x":{"value":"??>>"}}}"#;

    fn read(headers: &[String]) -> Option<String> {
        let mut map = HeaderMap::new();
        for header in headers {
            map.append(WWW_AUTHENTICATE, header.parse().unwrap());
        }
        claims(&map)
    }

    #[test]
    fn a_challenge_is_found_in_either_alphabet_any_order_and_among_other_headers() {
        let url_safe = URL_SAFE.encode(JSON);
        assert!(url_safe.contains(['-', '_']), "the alphabets differ here");
        for encoded in [STANDARD.encode(JSON), url_safe.clone(), url_safe.trim_end_matches('=').to_owned()] {
            for header in [
                format!(
                    r#"Bearer realm="", authorization_uri="https://login.example.com/a?b=c,d", error="insufficient_claims", claims="{encoded}""#
                ),
                format!(r#"Bearer claims="{encoded}",error="insufficient_claims""#),
                format!("Bearer error=insufficient_claims, claims={encoded}"),
            ] {
                assert_eq!(read(std::slice::from_ref(&header)).as_deref(), Some(JSON), "{header}");
                assert_eq!(read(&["Basic realm=\"x\"".into(), header]).as_deref(), Some(JSON));
            }
        }
    }

    #[test]
    fn fuzz_any_header_is_read_without_a_panic_and_gives_json_or_nothing() {
        bolero::check!(name = "www-authenticate").for_each(|bytes: &[u8]| {
            if let Some(json) = from_header(&String::from_utf8_lossy(bytes)) {
                serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(&json).unwrap();
            }
        });
    }

    #[test]
    fn what_is_no_challenge_is_none() {
        let encoded = STANDARD.encode(JSON);
        for header in [
            String::new(),
            "Bearer".into(),
            "Bearer error=\"insufficient_claims\"".into(),
            format!("Bearer error=\"invalid_token\", claims=\"{encoded}\""),
            "Bearer error=\"insufficient_claims\", claims=\"@@@\"".into(),
            format!("Bearer error=\"insufficient_claims\", claims=\"{}\"", STANDARD.encode("[1]")),
            "===\"\"=,,,=\"".into(),
        ] {
            assert_eq!(read(std::slice::from_ref(&header)), None, "{header}");
        }
    }
}

//! What a person may give for a session: an ID, a portal link, a share link, a Graph link.

use std::fmt;

use url::{Host, Url};

/// A session as a person named it. A share link's token is dropped while reading and stands nowhere in here.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SessionLink {
    /// In lower case when it is a GUID.
    pub session: String,
    /// The workspace, if the link names one.
    pub workspace: Option<String>,
    pub share_token_dropped: bool,
    /// Not a GUID. The model says only "string", so it is not refused.
    pub unusual_id: bool,
}

impl SessionLink {
    /// The same in text, without a share token: the ID, with its workspace where the link named one.
    pub fn without_token(&self, portal: &str) -> String {
        let in_workspace = |workspace: &str| {
            let mut url = Url::parse(portal).ok()?;
            url.path_segments_mut().ok()?.pop_if_empty().extend(["sessions", &self.session]);
            url.query_pairs_mut().append_pair("workspaceId", workspace);
            Some(url.to_string())
        };
        self.workspace.as_deref().and_then(in_workspace).unwrap_or_else(|| self.session.clone())
    }
}

/// Why a text names no session. Never quotes a query, which may hold a token.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ReferenceError {
    Empty,
    NoSession,
    /// The host that is neither the portal's nor Graph's.
    OtherHost(String),
    NotALink,
    /// What of an ID it cannot be.
    BadId(&'static str),
}

impl fmt::Display for ReferenceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("Type or paste a session ID or a link to a session."),
            Self::NoSession => f.write_str(
                "That link names no session. A session's link looks like https://securitycopilot.microsoft.com/sessions/<ID>.",
            ),
            Self::OtherHost(host) => write!(f, "{host} is not the portal of Security Copilot. Paste a session's link from the portal, or its ID."),
            Self::NotALink => f.write_str("That is no link that can be read. Paste a session's link from the portal, or its ID."),
            Self::BadId(why) => write!(f, "A session ID {why}. It looks like ecdfb9b3-58f5-457f-a18c-4a477890b252."),
        }
    }
}

impl std::error::Error for ReferenceError {}

/// The list shows eight characters of an ID; fewer than four are more likely a slip than a beginning that is meant.
pub const SHORTEST_PREFIX: usize = 4;
/// The longest ID that is taken; a GUID has 36 characters.
const LONGEST_ID: usize = 200;
const PORTAL: &str = "securitycopilot.microsoft.com";
const GRAPH: &str = "graph.microsoft.com";

/// Reads an ID or a link. `portal` is the configured portal's base address, taken beside Microsoft's own.
///
/// # Errors
/// When no session can be read from it; the words say what to do.
pub fn parse(input: &str, portal: &str) -> Result<SessionLink, ReferenceError> {
    let wrapping =
        |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>' | '`' | '\u{feff}' | '\u{200b}');
    let text = input.trim_matches(wrapping);
    if text.is_empty() {
        return Err(ReferenceError::Empty);
    }
    if text.contains("://") {
        return link(text, portal);
    }
    // A link as people type it, without its scheme.
    let known_host = [PORTAL, GRAPH]
        .iter()
        .any(|host| text.get(..host.len()).is_some_and(|t| t.eq_ignore_ascii_case(host)));
    if known_host {
        return link(&format!("https://{text}"), portal);
    }
    id(text).map(|(session, unusual_id)| SessionLink {
        session,
        workspace: None,
        share_token_dropped: false,
        unusual_id,
    })
}

fn link(text: &str, portal: &str) -> Result<SessionLink, ReferenceError> {
    let url = Url::parse(text).map_err(|_| ReferenceError::NotALink)?;
    let host = url.host().ok_or(ReferenceError::NotALink)?;
    let configured = Url::parse(portal).ok();
    let same_as_portal = configured.as_ref().is_some_and(|p| {
        p.host() == Some(host.clone()) && p.port_or_known_default() == url.port_or_known_default()
    });
    let microsoft = matches!(&host, Host::Domain(name) if *name == PORTAL || *name == GRAPH);
    let ours = same_as_portal || (microsoft && url.scheme() == "https");
    if !ours {
        return Err(ReferenceError::OtherHost(host.to_string()));
    }
    let segments: Vec<String> = url.path_segments().into_iter().flatten().map(decode).collect();
    let after = |name: &str| {
        let at = segments.iter().position(|s| s.eq_ignore_ascii_case(name))?;
        segments.get(at + 1).filter(|s| !s.is_empty()).cloned()
    };
    let session = after("sessions").ok_or(ReferenceError::NoSession)?;
    let (session, unusual_id) = id(&session)?;
    let in_query = || {
        url.query_pairs()
            .find(|(key, _)| key.eq_ignore_ascii_case("workspaceId") || key.eq_ignore_ascii_case("workspace"))
            .map(|(_, value)| value.into_owned())
    };
    let workspace = after("workspaces").or_else(in_query).map(|w| id(&w).map(|(w, _)| w)).transpose()?;
    let share_token_dropped = url.query_pairs().any(|(key, _)| key == "st");
    Ok(SessionLink { session, workspace, share_token_dropped, unusual_id })
}

fn decode(segment: &str) -> String {
    // The query parser undoes percent-encoding; a path's plus sign is a plus sign.
    let query = segment.replace('+', "%2B").replace('&', "%26").replace('=', "%3D");
    url::form_urlencoded::parse(query.as_bytes()).next().map(|(key, _)| key.into_owned()).unwrap_or_default()
}

/// An ID, and whether it is an unusual one.
fn id(text: &str) -> Result<(String, bool), ReferenceError> {
    let bare = text.strip_prefix('{').and_then(|t| t.strip_suffix('}')).unwrap_or(text);
    if is_guid(bare) {
        return Ok((bare.to_ascii_lowercase(), false));
    }
    if bare.is_empty() || bare == "." || bare == ".." {
        return Err(ReferenceError::BadId("cannot be empty or dots"));
    }
    if bare.chars().any(char::is_whitespace) {
        return Err(ReferenceError::BadId("holds no spaces"));
    }
    if bare.chars().any(|c| matches!(c, '/' | '\\' | '?' | '#') || super::glyph::label(c).is_some()) {
        return Err(ReferenceError::BadId("holds no slashes, question marks or hidden characters"));
    }
    if bare.chars().count() > LONGEST_ID {
        return Err(ReferenceError::BadId("is never that long"));
    }
    Ok((bare.to_owned(), true))
}

fn is_guid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, b)| match at {
            8 | 13 | 18 | 23 => b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ID: &str = "ecdfb9b3-58f5-457f-a18c-4a477890b252";
    const HERE: &str = "http://127.0.0.1:4711";

    fn good(text: &str) -> SessionLink {
        parse(text, HERE).unwrap_or_else(|e| panic!("{text}: {e}"))
    }

    #[test]
    fn fuzz_any_text_is_a_reference_or_words_and_a_share_token_never_gets_through() {
        bolero::check!(name = "reference").for_each(|bytes: &[u8]| {
            let text = String::from_utf8_lossy(bytes);
            if let Ok(found) = parse(&text, "https://securitycopilot.microsoft.com") {
                assert!(!found.session.is_empty());
            }
            let link = format!("https://securitycopilot.microsoft.com/sessions/abc?st=MARKER{text}");
            if let Ok(found) = parse(&link, "https://securitycopilot.microsoft.com") {
                assert!(!format!("{found:?}").contains("MARKER"), "{found:?}");
            }
        });
    }

    #[test]
    fn ids_and_links_name_the_session() {
        for text in [
            ID.to_owned(),
            ID.to_uppercase(),
            format!("  {{{ID}}}\n"),
            format!("<https://securitycopilot.microsoft.com/sessions/{ID}>"),
            format!("securitycopilot.microsoft.com/sessions/{ID}"),
            format!("https://securitycopilot.microsoft.com/sessions/{ID}/?x=1#top"),
            format!("http://127.0.0.1:4711/sessions/{ID}"),
            format!(
                "https://graph.microsoft.com/beta/security/securityCopilot/workspaces/default/sessions/{ID}"
            ),
        ] {
            let link = good(&text);
            assert_eq!((link.session.as_str(), link.unusual_id), (ID, false), "{text}");
        }
        assert_eq!(good("session-7").session, "session-7");
        assert!(good("session-7").unusual_id);
    }

    #[test]
    fn a_link_may_name_its_workspace() {
        let path = good(&format!(
            "https://graph.microsoft.com/beta/security/securityCopilot/workspaces/W1/sessions/{ID}"
        ));
        let query =
            good(&format!("https://securitycopilot.microsoft.com/sessions/{ID}?workspaceId=W1&st=MARKER"));
        assert_eq!(path.workspace.as_deref(), Some("W1"));
        assert_eq!(query.workspace.as_deref(), Some("W1"));
        assert_eq!(good(ID).workspace, None);
        let again = good(&query.without_token(HERE));
        assert_eq!(
            (again.session, again.workspace, again.share_token_dropped),
            (query.session, query.workspace, false)
        );
        assert_eq!(good(ID).without_token(HERE), ID);
    }

    #[test]
    fn a_share_token_is_dropped_and_said_to_be() {
        let link = good(&format!("https://securitycopilot.microsoft.com/sessions/{ID}?st=eyJsecret"));
        assert!(link.share_token_dropped);
        assert!(!format!("{link:?}").contains("eyJsecret"));
    }

    #[test]
    fn what_names_no_session_is_refused_with_what_to_do() {
        for (text, words) in [
            ("", "Type or paste"),
            ("https://example.com/sessions/x", "example.com is not the portal"),
            ("http://securitycopilot.microsoft.com/sessions/x", "is not the portal"),
            ("https://securitycopilot.microsoft.com/", "names no session"),
            ("https://securitycopilot.microsoft.com/sessions/", "names no session"),
            ("https://", "no link that can be read"),
            ("two words", "holds no spaces"),
            ("a/b", "holds no slashes"),
            ("..", "cannot be empty or dots"),
            ("https://securitycopilot.microsoft.com/sessions/a%2Fb", "holds no slashes"),
        ] {
            let error = parse(text, HERE).map_err(|e| e.to_string());
            assert!(error.as_ref().is_err_and(|e| e.contains(words)), "{text:?}: {error:?}");
        }
        assert!(parse(&"x".repeat(200), HERE).is_ok());
        assert!(parse(&"x".repeat(201), HERE).is_err());
    }

    proptest! {
        #![proptest_config(crate::laws::config(256))]

        #[test]
        fn nothing_makes_it_panic_or_tell_a_share_token(text in ".{0,60}", tail in "[ -~]{0,30}") {
            let _ = parse(&text, HERE);
            let link = format!("https://securitycopilot.microsoft.com/{tail}?st=MARKER");
            if let Err(error) = parse(&link, HERE) {
                prop_assert!(!error.to_string().contains("MARKER"));
            }
        }
    }
}

//! Which session a person means: an ID, a link, or the beginning of an ID that is known.

use crate::core::glyph::sanitise;
use crate::core::reference::{self, SHORTEST_PREFIX};
use crate::core::session::{Host, Key, Profile, Session, SessionId, WorkspaceId};

/// A session that was named.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Target {
    pub key: Key,
    pub workspace: WorkspaceId,
    /// As the library knows it.
    pub known: Option<Session>,
    pub share_token_dropped: bool,
}

impl Target {
    /// Its row as the library knows it, else one that nobody has looked at yet.
    pub fn row(&self, host: &Host) -> Session {
        let unseen = || Session::unseen(self.key.clone(), self.workspace.clone(), host.clone());
        self.known.clone().unwrap_or_else(unseen)
    }
}

/// Where to look, and what holds where a name says nothing.
pub struct Premises<'a> {
    /// The configured portal's address.
    pub portal: &'a str,
    pub profile: &'a Profile,
    /// The sessions of the profile that the library knows.
    pub known: &'a [Session],
    /// `--workspace`, which beats what is known.
    pub flag: Option<&'a str>,
    /// The profile's own workspace.
    pub workspace: &'a str,
}

/// A text without the tokens of share links in it: what somebody has typed in the wrong place is repeated by nobody.
pub fn without_tokens(text: &str) -> String {
    let mut safe = String::new();
    let mut rest = text;
    while let Some((before, token)) =
        ["?st=", "&st="].iter().filter_map(|mark| rest.split_once(mark)).min_by_key(|(b, _)| b.len())
    {
        safe.push_str(before);
        safe.push_str("?st=…");
        let ends = |c: char| c.is_whitespace() || matches!(c, '\'' | '"' | '`' | '&' | '#' | '<' | '>');
        rest = token.find(ends).and_then(|end| token.get(end..)).unwrap_or("");
    }
    safe + rest
}

/// Most candidates that are listed.
const MOST: usize = 20;

/// Finds the session. A whole ID that nobody knows is taken as it is, and so is whatever stands in a link: the server decides.
/// Any other text is a slip, which must not become a row.
///
/// # Errors
/// Words for the person when it names no session, or several. They never quote a link, which may hold a token.
pub fn find(named: &str, premises: &Premises<'_>) -> Result<Target, String> {
    let link = reference::parse(named, premises.portal).map_err(|error| error.to_string())?;
    let own = premises.known.iter().filter(|s| s.key.profile == *premises.profile);
    let wanted = link.session.to_lowercase();
    let lower = |s: &&Session| s.key.id.as_str().to_lowercase();
    let mut known = own.clone().find(|s| lower(s) == wanted);
    if known.is_none() && link.unusual_id {
        let begun: Vec<&Session> = own.filter(|s| lower(s).starts_with(&wanted)).collect();
        let long = wanted.chars().count() >= SHORTEST_PREFIX;
        known = match begun.as_slice() {
            // A link always has a slash in it, an ID never.
            [] if named.contains('/') => None,
            [] => return Err(nothing(&link.session)),
            [one] if long => Some(one),
            [..] => return Err(candidates(&link.session, &begun, long)),
        };
    }
    let workspace = link
        .workspace
        .as_deref()
        .or(premises.flag)
        .or_else(|| known.map(|s| s.workspace.as_str()))
        .unwrap_or(premises.workspace);
    let id = known.map_or_else(|| SessionId::new(&link.session), |s| s.key.id.clone());
    Ok(Target {
        key: Key { profile: premises.profile.clone(), id },
        workspace: WorkspaceId::new(workspace),
        known: known.cloned(),
        share_token_dropped: link.share_token_dropped,
    })
}

fn nothing(named: &str) -> String {
    let named = sanitise(named);
    format!(
        "{named} is no session that is known here, nor a whole ID like ecdfb9b3-58f5-457f-a18c-4a477890b252, nor a link from the portal"
    )
}

fn candidates(prefix: &str, begun: &[&Session], long: bool) -> String {
    let mut words = if long {
        format!("{prefix} is the beginning of {} IDs; give more of it:", begun.len())
    } else {
        format!("{prefix} is too short; give at least {SHORTEST_PREFIX} characters of:")
    };
    for session in begun.iter().take(MOST) {
        words.push_str("\n  ");
        words.push_str(session.key.id.as_str());
        words.push_str("  ");
        words.push_str(&super::shown(session.name.as_deref()));
    }
    if begun.len() > MOST {
        words.push_str("\n  and more");
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PORTAL: &str = "https://securitycopilot.microsoft.com";

    fn known(profile: &str, id: &str) -> Session {
        let key = Key { profile: Profile::new(profile), id: SessionId::new(id) };
        let workspace = WorkspaceId::new("seen-there");
        Session::unseen(key, workspace, Host::new("h"))
    }

    fn found(named: &str, flag: Option<&str>) -> Result<Target, String> {
        let all = [known("p", "abcd-1"), known("p", "abcd-2"), known("p", "xyz-12345"), known("q", "abce")];
        let profile = Profile::new("p");
        let premises =
            Premises { portal: PORTAL, profile: &profile, known: &all, flag, workspace: "default" };
        find(named, &premises)
    }

    #[test]
    fn a_whole_id_an_unambiguous_beginning_and_a_link_find_a_known_session_in_its_workspace() {
        for named in
            ["xyz-12345", "XYZ-", "https://securitycopilot.microsoft.com/sessions/xyz-12345?st=MARKER"]
        {
            let target = found(named, None).unwrap();
            assert_eq!((target.key.id.as_str(), target.workspace.as_str()), ("xyz-12345", "seen-there"));
            assert!(target.known.is_some() && !format!("{target:?}").contains("MARKER"));
        }
        assert_eq!(found("abcd-1", None).unwrap().key.id.as_str(), "abcd-1", "itself, not a beginning");
    }

    #[test]
    fn an_ambiguous_or_short_beginning_lists_its_candidates_and_other_profiles_do_not_count() {
        let words = found("abcd", None).unwrap_err();
        assert!(words.contains("2 IDs") && words.contains("abcd-1") && words.contains("abcd-2"), "{words}");
        assert!(!words.contains("abce"));
        assert!(found("xyz", None).unwrap_err().contains("too short"));
    }

    #[test]
    fn of_what_is_not_known_a_whole_id_and_a_link_are_taken_as_they_are_and_any_other_text_is_refused() {
        for sure in ["ecdfb9b3-58f5-457f-a18c-4a477890b252", "securitycopilot.microsoft.com/sessions/nobody"]
        {
            assert!(found(sure, None).unwrap().known.is_none(), "the server decides: {sure}");
        }
        for slip in ["nobody", "zz", "ecdfb9b3-58f5-457f-a18c-4a477890b25", "abce"] {
            let words = found(slip, None).unwrap_err();
            assert!(words.starts_with(&format!("{slip} is no session that is known here")), "{words}");
        }
    }

    #[test]
    fn a_share_token_is_cut_out_of_any_text() {
        let text = "unrecognized 'https://p/sessions/a?x=1&st=MARKER' and https://p?st=MARKER&y=2 st=kept";
        assert_eq!(
            without_tokens(text),
            "unrecognized 'https://p/sessions/a?x=1?st=…' and https://p?st=…&y=2 st=kept"
        );
        assert_eq!(without_tokens("nothing of it"), "nothing of it");
    }

    proptest! {
        #![proptest_config(crate::laws::config(256))]

        #[test]
        fn whatever_stands_around_it_a_share_token_is_repeated_nowhere(before in "[ -<>-~]{0,40}", after in "[ -~]{0,40}") {
            for mark in ["?st=", "&st="] {
                let safe = without_tokens(&format!("{before}{mark}MARKER{after}"));
                prop_assert!(!safe.contains("MARKER"), "{}", safe);
            }
            prop_assert_eq!(without_tokens(&before), before.clone());
        }
    }

    #[test]
    fn the_workspace_comes_from_the_link_then_the_flag_then_what_is_known_then_the_profile() {
        let link = "https://securitycopilot.microsoft.com/sessions/xyz-12345?workspaceId=W";
        assert_eq!(found(link, Some("F")).unwrap().workspace.as_str(), "W");
        assert_eq!(found("xyz-12345", Some("F")).unwrap().workspace.as_str(), "F");
        let new = "ecdfb9b3-58f5-457f-a18c-4a477890b252";
        assert_eq!(found(new, None).unwrap().workspace.as_str(), "default");
    }
}

//! A status and a body as something that a person can act on.

use reqwest::StatusCode;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

use super::wire::{ErrorBody, InnerError};
use crate::core::fault::{Fault, FaultKind};
use crate::http::retry_after;

/// What was asked, as far as the words of an error depend on it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Asked {
    List,
    Session,
    Rename,
    /// Several renames in one request: the whole of it, not its parts.
    RenameMany,
    Create,
    Workspaces,
    Prompts,
}

impl Asked {
    /// Whether it changes something on the server.
    pub(super) fn writes(self) -> bool {
        match self {
            Self::Rename | Self::RenameMany | Self::Create => true,
            Self::List | Self::Session | Self::Workspaces | Self::Prompts => false,
        }
    }
}

/// The longest text of a server that is kept for the details.
const MOST_WORDS: usize = 2_000;

/// The `request-id` of an answer.
pub(super) fn request_id(headers: &HeaderMap) -> Option<String> {
    headers.get("request-id").and_then(|v| v.to_str().ok()).map(ToOwned::to_owned)
}

/// The fault that an answer without success means. The body may be anything.
pub(super) fn from_answer(
    asked: Asked,
    workspace: &str,
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
) -> Fault {
    let error = serde_json::from_slice::<ErrorBody>(body).unwrap_or_default().error;
    let code = error.inner.as_deref().and_then(deepest_code).or(error.code).unwrap_or_default();
    let message = error.message.unwrap_or_default();
    let id = request_id(headers).or_else(|| error.inner.as_deref().and_then(inner_id));
    let (kind, say) = judge(asked, workspace, status, headers, &code, &message);
    let words: String =
        format!("HTTP {} {code} {message}", status.as_u16()).trim_end().chars().take(MOST_WORDS).collect();
    Fault::new(kind, say).with_server(words).with_request_id(id)
}

fn deepest_code(inner: &InnerError) -> Option<String> {
    inner.inner.as_deref().and_then(deepest_code).or_else(|| inner.code.clone())
}

fn inner_id(inner: &InnerError) -> Option<String> {
    inner.request_id.clone().or_else(|| inner.inner.as_deref().and_then(inner_id))
}

fn judge(
    asked: Asked,
    workspace: &str,
    status: StatusCode,
    headers: &HeaderMap,
    code: &str,
    message: &str,
) -> (FaultKind, String) {
    let text = |name| headers.get(name).and_then(|v: &reqwest::header::HeaderValue| v.to_str().ok());
    let number = status.as_u16();
    match number {
        // What is not there is the batch; no session is gone for that.
        400 | 404 | 405 | 501 if asked == Asked::RenameMany => {
            let words = format!(
                "The server takes no renames in batches ({number}{}). Set json_batch = false under [bulk].",
                detail(code)
            );
            (FaultKind::Refused, words)
        }
        401 => (FaultKind::SignedOut, "The sign-in is no longer accepted (401).".into()),
        403 => forbidden(asked, workspace, code, message),
        404 => (
            FaultKind::NotFound,
            match asked {
                Asked::Workspaces => "Graph knows no workspaces here (404). Check the tenant.".to_owned(),
                Asked::List | Asked::Create => format!(
                    "There is no workspace {workspace} here (404). Check default_workspace and the tenant."
                ),
                Asked::Session | Asked::Rename | Asked::RenameMany | Asked::Prompts => {
                    format!(
                        "No such session in workspace {workspace} (404): deleted, not yours, or in another workspace."
                    )
                }
            },
        ),
        429 => (
            FaultKind::Busy {
                retry_after: text(RETRY_AFTER).and_then(|v| retry_after::parse(v, text(DATE))),
            },
            "The server asks for a pause (429): too many requests.".into(),
        ),
        503 | 504 | 509 => (
            FaultKind::Busy {
                retry_after: text(RETRY_AFTER).and_then(|v| retry_after::parse(v, text(DATE))),
            },
            format!("The server is busy ({number})."),
        ),
        500..=599 if number != 501 && number != 505 => {
            (FaultKind::Unclear, format!("The server failed ({number}). Whether it acted will be looked up."))
        }
        300..=399 => (
            FaultKind::Refused,
            format!(
                "The server redirects ({number}), which is never followed with a sign-in. Check endpoints.graph."
            ),
        ),
        400 => (FaultKind::Refused, format!("The server refuses the request (400{}).", detail(code))),
        _ => {
            (FaultKind::Refused, format!("The server does not take this request ({number}{}).", detail(code)))
        }
    }
}

fn detail(code: &str) -> String {
    // A code is one word; anything else is prose of the server's and belongs to the details.
    let word = !code.is_empty()
        && code.len() <= 60
        && code.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
    if word { format!(" {code}") } else { String::new() }
}

/// A 403 has three usual causes. The documentation has no codes of its own for them, so all that is left of a doubt is
/// named in the order of likelihood.
fn forbidden(asked: Asked, workspace: &str, code: &str, message: &str) -> (FaultKind, String) {
    let scope = if asked.writes() {
        "SecurityCopilotWorkspaces.ReadWrite.All"
    } else {
        "SecurityCopilotWorkspaces.Read.All"
    };
    let text = format!("{code} {message}").to_lowercase();
    let names_scope =
        ["scope", "permission", "privileges", "authorization_requestdenied"].iter().any(|w| text.contains(w));
    if names_scope {
        let words = format!(
            "The sign-in lacks the permission {scope} (403). Add it to the app registration, consent, sign in again."
        );
        return (FaultKind::Unpermitted, words);
    }
    let words = if text.contains("role") {
        format!(
            "You lack the role Security Copilot Contributor in workspace {workspace} (403). Its owner can give it."
        )
    } else {
        format!(
            "Not allowed in workspace {workspace} (403): the role Security Copilot Contributor or the permission {scope} is missing, or the session is not yours."
        )
    };
    (FaultKind::Forbidden, words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(status: u16, body: &str) -> Fault {
        from_answer(
            Asked::Rename,
            "default",
            StatusCode::from_u16(status).unwrap(),
            &HeaderMap::new(),
            body.as_bytes(),
        )
    }

    #[test]
    fn fuzz_any_error_body_gives_a_fault_with_its_status_and_bounded_words() {
        bolero::check!(name = "error-body").for_each(|bytes: &[u8]| {
            let (first, body) = bytes.split_first().unwrap_or((&0, &[]));
            let status = StatusCode::from_u16(300 + u16::from(*first)).unwrap();
            let fault = from_answer(Asked::Rename, "default", status, &HeaderMap::new(), body);
            let server = fault.server.unwrap();
            assert!(server.starts_with(&format!("HTTP {}", status.as_u16())));
            assert!(server.chars().count() <= MOST_WORDS && !fault.say.is_empty());
        });
    }

    #[test]
    fn each_status_is_a_kind_of_its_own() {
        for (status, kind) in [
            (301, FaultKind::Refused),
            (400, FaultKind::Refused),
            (401, FaultKind::SignedOut),
            (403, FaultKind::Forbidden),
            (404, FaultKind::NotFound),
            (405, FaultKind::Refused),
            (409, FaultKind::Refused),
            (415, FaultKind::Refused),
            (429, FaultKind::Busy { retry_after: None }),
            (500, FaultKind::Unclear),
            (501, FaultKind::Refused),
            (502, FaultKind::Unclear),
            (503, FaultKind::Busy { retry_after: None }),
            (504, FaultKind::Busy { retry_after: None }),
            (599, FaultKind::Unclear),
        ] {
            assert_eq!(fault(status, "{}").kind, kind, "{status}");
        }
    }

    #[test]
    fn a_body_that_is_no_json_still_gives_a_useful_fault() {
        for body in [
            "",
            "<html>Bad gateway</html>",
            "{\"error\":{\"code\":\"Unkn",
            "[1,2]",
            "{\"error\":null}",
            "null",
        ] {
            let fault = fault(502, body);
            assert_eq!(fault.server.as_deref(), Some("HTTP 502"), "{body}");
            assert!(fault.say.contains("502"));
        }
    }

    #[test]
    fn a_code_of_one_word_is_said_and_prose_is_left_to_the_details() {
        let says = |code: &str| fault(400, &format!(r#"{{"error":{{"code":"{code}"}}}}"#)).say;
        assert_eq!(says("Bad_Request-2.1"), "The server refuses the request (400 Bad_Request-2.1).");
        for prose in ["", "two words", &"x".repeat(61)] {
            assert_eq!(says(prose), "The server refuses the request (400).", "{prose}");
        }
        assert!(says(&"x".repeat(60)).contains("xx"));
    }

    #[test]
    fn the_three_reasons_for_a_403_are_told_apart_where_the_server_tells_them() {
        let scope = fault(
            403,
            r#"{"error":{"code":"Forbidden","message":"Missing scope permissions on the request."}}"#,
        );
        assert!(
            scope.say.contains("lacks the permission SecurityCopilotWorkspaces.ReadWrite.All"),
            "{scope}"
        );
        assert_eq!(scope.kind, FaultKind::Unpermitted, "which stops a whole bulk");
        let role = fault(
            403,
            r#"{"error":{"code":"Forbidden","message":"The user has no role in this workspace."}}"#,
        );
        assert!(role.say.contains("lack the role Security Copilot Contributor"), "{role}");
        assert!(fault(403, "").say.contains("or the session is not yours"));
        let status = StatusCode::FORBIDDEN;
        let scope =
            from_answer(Asked::List, "default", status, &HeaderMap::new(), br#"{"error":{"code":"scope"}}"#);
        assert!(scope.say.contains("SecurityCopilotWorkspaces.Read.All"), "a list needs no more: {scope}");
    }

    #[test]
    fn codes_and_ids_are_found_in_either_spelling_and_at_any_depth() {
        let fault = fault(
            400,
            r#"{"error":{"code":"BadRequest","message":"m","innererror":{"request-id":"r-1","innerError":{"code":"NameTooLong"}}}}"#,
        );
        assert_eq!(fault.server.as_deref(), Some("HTTP 400 NameTooLong m"));
        assert_eq!(fault.request_id.as_deref(), Some("r-1"));
        assert!(fault.say.contains("400 NameTooLong"));
    }
}

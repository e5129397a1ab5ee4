//! The JSON of requests and answers. Unknown members and annotations are ignored: the API is beta.

use std::borrow::Cow;

use memchr::memmem;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};

use crate::core::msg::PageLink;
use crate::core::session::{Entity, SessionId, WorkspaceId};
use crate::core::time::Stamp;
use crate::core::{menu, preview};

/// The body of the PATCH. The service does not ask for `@odata.type`, its documentation's samples send it.
#[derive(Serialize)]
pub(super) struct Rename<'a> {
    #[serde(rename = "@odata.type")]
    kind: &'static str,
    #[serde(rename = "displayName")]
    display_name: Option<&'a str>,
}

impl<'a> Rename<'a> {
    /// `None` takes the name away: the property is nullable, and what the service makes of that is not documented.
    pub(super) fn to(display_name: Option<&'a str>) -> Self {
        Self { kind: "#microsoft.graph.security.securityCopilot.session", display_name }
    }
}

/// The body of `$batch`.
#[derive(Serialize)]
pub(super) struct Batch<'a> {
    pub(super) requests: Vec<BatchPart<'a>>,
}

/// One request of a batch, in the order of members that the documentation's samples have.
#[derive(Serialize)]
pub(super) struct BatchPart<'a> {
    pub(super) id: &'a str,
    pub(super) method: &'static str,
    /// Relative to the version: `/security/…`.
    pub(super) url: String,
    pub(super) headers: BatchHeaders,
    pub(super) body: Rename<'a>,
}

#[derive(Serialize)]
pub(super) struct BatchHeaders {
    #[serde(rename = "Content-Type")]
    pub(super) content_type: &'static str,
}

/// The answer to a batch. Each part is read on its own, so that one that makes no sense hides no other.
#[derive(Deserialize)]
pub(super) struct BatchAnswer {
    pub(super) responses: Vec<serde_json::Value>,
}

/// The answer to one part.
#[derive(Deserialize)]
pub(super) struct PartAnswer {
    pub(super) id: String,
    pub(super) status: u16,
    #[serde(default)]
    headers: Option<serde_json::Map<String, serde_json::Value>>,
    #[serde(default)]
    body: serde_json::Value,
}

impl PartAnswer {
    pub(super) fn headers(&self) -> HeaderMap {
        let text =
            |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let pairs = self.headers.iter().flatten().filter_map(|(name, value)| {
            Some((HeaderName::try_from(name).ok()?, HeaderValue::try_from(text(value)).ok()?))
        });
        pairs.collect()
    }

    /// As it would have come alone: none, JSON, or whatever else stands there in a string.
    pub(super) fn body(&self) -> Vec<u8> {
        match &self.body {
            serde_json::Value::Null => Vec::new(),
            serde_json::Value::String(text) => text.clone().into_bytes(),
            value @ (serde_json::Value::Bool(_)
            | serde_json::Value::Number(_)
            | serde_json::Value::Array(_)
            | serde_json::Value::Object(_)) => value.to_string().into_bytes(),
        }
    }
}

/// Text of an answer that becomes something else: nothing is allocated for it, unless a character of it is escaped.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl Text<'_> {
    fn date(&self) -> Option<Stamp> {
        Stamp::parse(&self.0)
    }
}

/// A session in an answer.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Session<'a> {
    #[serde(borrow)]
    id: Option<Text<'a>>,
    #[serde(borrow)]
    display_name: Option<Text<'a>>,
    #[serde(borrow)]
    created_date_time: Option<Text<'a>>,
    #[serde(borrow)]
    last_modified_date_time: Option<Text<'a>>,
}

impl Session<'_> {
    /// `None` without an ID: nothing can be done with such a session.
    pub(super) fn into_entity(self) -> Option<Entity> {
        let id = self.id.filter(|id| !id.0.is_empty())?;
        Some(Entity {
            id: SessionId::new(&id.0),
            name: self.display_name.map(|name| name.0.into()),
            created: self.created_date_time.as_ref().and_then(Text::date),
            modified: self.last_modified_date_time.as_ref().and_then(Text::date),
        })
    }
}

/// A workspace in an answer.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Workspace {
    id: Option<String>,
    display_name: Option<String>,
}

impl Workspace {
    /// `None` without an ID.
    pub(super) fn into_workspace(self) -> Option<menu::Workspace> {
        let id = self.id.filter(|id| !id.is_empty())?;
        Some(menu::Workspace { id: WorkspaceId::new(&id), name: self.display_name })
    }
}

/// A prompt in an answer.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Prompt<'a> {
    content: Option<String>,
    #[serde(borrow)]
    created_date_time: Option<Text<'a>>,
}

impl Prompt<'_> {
    pub(super) fn into_prompt(self) -> preview::Prompt {
        preview::Prompt {
            content: self.content.unwrap_or_default(),
            created: self.created_date_time.as_ref().and_then(Text::date),
        }
    }
}

/// One page of a list.
#[derive(Deserialize)]
pub(super) struct Page<T> {
    pub(super) value: Vec<T>,
    #[serde(rename = "@odata.nextLink")]
    next: Option<String>,
}

impl<T> Page<T> {
    pub(super) fn next(&self) -> Option<PageLink> {
        self.next.as_ref().filter(|link| !link.is_empty()).map(|link| PageLink(link.clone()))
    }
}

/// Where the next page most likely is, told without reading this one: what stands first under that name.
pub(super) fn next_at_a_glance(page: &[u8]) -> Option<PageLink> {
    let name = b"\"@odata.nextLink\"";
    let after = page.get(memmem::find(page, name)? + name.len()..)?;
    let link = after.trim_ascii_start().strip_prefix(b":")?;
    serde_json::Deserializer::from_slice(link).into_iter().next()?.ok().map(PageLink)
}

/// `{"error": {…}}`. Both spellings of `innerError` occur in the documentation.
#[derive(Deserialize, Default)]
pub(super) struct ErrorBody {
    #[serde(default)]
    pub(super) error: ErrorDetail,
}

#[derive(Deserialize, Default)]
pub(super) struct ErrorDetail {
    #[serde(default)]
    pub(super) code: Option<String>,
    #[serde(default)]
    pub(super) message: Option<String>,
    #[serde(default, rename = "innerError", alias = "innererror")]
    pub(super) inner: Option<Box<InnerError>>,
}

#[derive(Deserialize, Default)]
pub(super) struct InnerError {
    #[serde(default)]
    pub(super) code: Option<String>,
    #[serde(default, rename = "request-id")]
    pub(super) request_id: Option<String>,
    #[serde(default, rename = "innerError", alias = "innererror")]
    pub(super) inner: Option<Box<InnerError>>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(crate::laws::config(256))]

        #[test]
        fn a_glance_at_a_page_finds_the_link_that_reading_it_finds(
            name in prop_oneof![any::<String>(), Just("\"@odata.nextLink\":\"x\"".to_owned())],
            link in prop::option::of(any::<String>()),
            pretty: bool,
            cut in any::<prop::sample::Index>(),
        ) {
            let page = serde_json::json!({"value": [{"id": "a", "displayName": name}], "@odata.nextLink": link});
            let bytes = if pretty { serde_json::to_vec_pretty(&page) } else { serde_json::to_vec(&page) }.unwrap();
            let read: Page<Session<'_>> = serde_json::from_slice(&bytes).unwrap();
            let glance = next_at_a_glance(&bytes).filter(|link| !link.0.is_empty());
            prop_assert_eq!(glance, read.next());
            // Also of what was cut off it is told without a panic.
            next_at_a_glance(&bytes[..cut.index(bytes.len())]);
        }
    }

    #[test]
    fn where_the_next_page_is_can_be_told_without_reading_this_one() {
        for (page, link) in [
            (r#"{"@odata.nextLink":"https://g/p2","value":[{"id":"a"}]}"#, Some("https://g/p2")),
            (r#"{"value":[{"id":"a"}],"@odata.nextLink" : "https:\/\/g\/p2"}"#, Some("https://g/p2")),
            (r#"{"value":[]}"#, None),
            (r#"{"value":[],"@odata.nextLink":null}"#, None),
            (r#"{"value":[],"@odata.nextLink":"https://g/cut o"#, None),
            (r#"{"value":[],"@odata.nextLink""#, None),
            // A name is no link, whatever it looks like.
            (r#"{"value":[{"displayName":"\"@odata.nextLink\":\"https://g/x\""}]}"#, None),
            (r#"{"value":[{"displayName":"@odata.nextLink"}]}"#, None),
        ] {
            let found = next_at_a_glance(page.as_bytes());
            assert_eq!(found, link.map(|link| PageLink(link.to_owned())), "{page}");
        }
    }
}

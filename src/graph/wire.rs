//! The JSON of requests and answers. Unknown members and annotations are ignored: the API is beta.

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

/// A session in an answer.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Session {
    id: Option<String>,
    display_name: Option<String>,
    created_date_time: Option<String>,
    last_modified_date_time: Option<String>,
}

impl Session {
    /// `None` without an ID: nothing can be done with such a session.
    pub(super) fn into_entity(self) -> Option<Entity> {
        let id = self.id.filter(|id| !id.is_empty())?;
        Some(Entity {
            id: SessionId::new(&id),
            name: self.display_name,
            created: self.created_date_time.as_deref().and_then(Stamp::parse),
            modified: self.last_modified_date_time.as_deref().and_then(Stamp::parse),
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
pub(super) struct Prompt {
    content: Option<String>,
    created_date_time: Option<String>,
}

impl Prompt {
    pub(super) fn into_prompt(self) -> preview::Prompt {
        preview::Prompt {
            content: self.content.unwrap_or_default(),
            created: self.created_date_time.as_deref().and_then(Stamp::parse),
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

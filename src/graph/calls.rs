//! The requests, and the one way to send them.

use std::sync::atomic::Ordering;

use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap};
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use url::Url;
use uuid::Uuid;

use super::fault::{Asked, from_answer, request_id};
use super::wire::{Page, Prompt, Rename, Session, Workspace, next_at_a_glance};
use super::{GraphClient, challenge};
use crate::core::effect::GraphCall;
use crate::core::fault::{Fault, FaultKind};
use crate::core::msg::{GraphReply, PageLink};
use crate::core::session::{Account, Entity, SessionId, WorkspaceId};
use crate::core::title::NewName;
use crate::http;
use crate::ports::Rejected;

/// Bounds of what is read, in bytes.
const MOST_SUCCESS: usize = 8 << 20;
const MOST_ERROR: usize = 64 << 10;

/// Bytes from which on an answer is long.
const LONG: usize = 64 << 10;

/// Pages of workspaces that are read at most.
const MOST_PAGES: usize = 50;

/// The body that names a session.
fn body_of(name: &NewName) -> Result<Vec<u8>, Fault> {
    serde_json::to_vec(&Rename::to(name.as_deref()))
        .map_err(|_| Fault::new(FaultKind::Bug, "The name cannot be put into a request."))
}

/// A success.
pub(super) struct Success {
    pub(super) body: Vec<u8>,
    pub(super) headers: HeaderMap,
}

impl Success {
    /// The server's id of the request.
    pub(super) fn request_id(&self) -> Option<String> {
        request_id(&self.headers)
    }
}

/// One request, before it has a token.
pub(super) struct Request {
    pub(super) asked: Asked,
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) body: Option<Vec<u8>>,
    pub(super) workspace: WorkspaceId,
}

/// Why an attempt brought nothing.
pub(super) enum Failed {
    /// The token was refused (401); a fresh one may do, if it brings the claims asked for.
    Token {
        fault: Fault,
        claims: Option<String>,
    },
    Otherwise(Fault),
}

impl Failed {
    pub(super) fn into_fault(self) -> Fault {
        match self {
            Self::Token { fault, .. } | Self::Otherwise(fault) => fault,
        }
    }
}

impl From<Fault> for Failed {
    fn from(fault: Fault) -> Self {
        Self::Otherwise(fault)
    }
}

/// An answer that is no success.
pub(super) fn refusal(
    asked: Asked,
    workspace: &WorkspaceId,
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
) -> Failed {
    let fault = from_answer(asked, workspace.as_str(), status, headers, body);
    match status {
        StatusCode::UNAUTHORIZED => Failed::Token { fault, claims: challenge::claims(headers) },
        _ => Failed::Otherwise(fault),
    }
}

impl GraphClient {
    pub(super) async fn carry_out(&self, account: Account, call: GraphCall) -> Result<GraphReply, Fault> {
        match call {
            GraphCall::List { workspace, page } => self.list(&account, workspace, page).await,
            GraphCall::Get { key, workspace } => {
                let answer = self
                    .send(&account, self.one(Asked::Session, Method::GET, &workspace, &key.id, None)?)
                    .await?;
                self.session(&answer, &key.id).map(GraphReply::Session)
            }
            GraphCall::Rename { id, workspace, name } => {
                let body = body_of(&name)?;
                let request = self.one(Asked::Rename, Method::PATCH, &workspace, &id, Some(body))?;
                let answer = self.send(&account, request).await?;
                let entity = self.session(&answer, &id)?;
                Ok(GraphReply::Renamed { entity, request_id: answer.request_id() })
            }
            GraphCall::RenameMany(parts) => {
                self.rename_many(&account, &parts).await.map(GraphReply::RenamedMany)
            }
            GraphCall::Create { workspace, name } => {
                let body = body_of(&name)?;
                let url = self.address(&[workspace.as_str(), "sessions"])?;
                let request =
                    Request { asked: Asked::Create, method: Method::POST, url, body: Some(body), workspace };
                let answer = self.send(&account, request).await?;
                let made =
                    serde_json::from_slice::<Session<'_>>(&answer.body).ok().and_then(Session::into_entity);
                made.map(GraphReply::Created).ok_or_else(|| self.unreadable(&answer))
            }
            GraphCall::Workspaces => self.workspaces(&account).await,
            GraphCall::Prompts { key, workspace } => self.prompts(&account, &key.id, workspace).await,
        }
    }

    async fn list(
        &self,
        account: &Account,
        workspace: WorkspaceId,
        page: Option<PageLink>,
    ) -> Result<GraphReply, Fault> {
        let url = match page {
            Some(link) => self.own_link(&link)?,
            None => self.address(&[workspace.as_str(), "sessions"])?,
        };
        let of =
            |url, workspace| Request { asked: Asked::List, method: Method::GET, url, body: None, workspace };
        let mut answer = self.send_or_await(account, of(url, workspace.clone())).await?;
        // A link that leads elsewhere is refused when it is followed.
        if let Some(url) = next_at_a_glance(&answer.body).and_then(|link| self.own_link(&link).ok()) {
            self.ask_ahead(account, of(url, workspace));
            // Most often it leaves before this page is read.
            tokio::task::yield_now().await;
        }
        self.read(&mut answer, |body| {
            let page: Page<Session<'_>> = serde_json::from_slice(body).ok()?;
            let next = page.next();
            let sessions = page.value.into_iter().filter_map(Session::into_entity).collect();
            Some(GraphReply::Page { sessions, next })
        })
        .await
    }

    /// Reads the body of an answer, a long one on another thread: on this one keys wait meanwhile.
    async fn read(
        &self,
        answer: &mut Success,
        read: fn(&[u8]) -> Option<GraphReply>,
    ) -> Result<GraphReply, Fault> {
        let body = std::mem::take(&mut answer.body);
        let read = if body.len() > LONG {
            let elsewhere = tokio::task::spawn_blocking(move || read(&body)).await;
            elsewhere.map_err(|_| Fault::new(FaultKind::Bug, "An answer could not be read."))?
        } else {
            read(&body)
        };
        read.ok_or_else(|| self.unreadable(answer))
    }

    /// Every workspace that the account may see, over as many pages as there are, within reason.
    async fn workspaces(&self, account: &Account) -> Result<GraphReply, Fault> {
        let mut all = Vec::new();
        let mut url = self.address(&[])?;
        for _ in 0..MOST_PAGES {
            let workspace = WorkspaceId::new("");
            let request =
                Request { asked: Asked::Workspaces, method: Method::GET, url, body: None, workspace };
            let answer = self.send(account, request).await?;
            let page: Page<Workspace> =
                serde_json::from_slice(&answer.body).map_err(|_| self.unreadable(&answer))?;
            let next = page.next();
            all.extend(page.value.into_iter().filter_map(Workspace::into_workspace));
            let Some(next) = next else { break };
            url = self.own_link(&next)?;
        }
        Ok(GraphReply::Workspaces(all))
    }

    /// The first page of a session's prompts, which is enough to see what it was about.
    async fn prompts(
        &self,
        account: &Account,
        id: &SessionId,
        workspace: WorkspaceId,
    ) -> Result<GraphReply, Fault> {
        let url = self.address(&[workspace.as_str(), "sessions", id.as_str(), "prompts"])?;
        let request = Request { asked: Asked::Prompts, method: Method::GET, url, body: None, workspace };
        let mut answer = self.send(account, request).await?;
        self.read(&mut answer, |body| {
            let page: Page<Prompt<'_>> = serde_json::from_slice(body).ok()?;
            Some(GraphReply::Prompts(page.value.into_iter().map(Prompt::into_prompt).collect()))
        })
        .await
    }

    /// Takes the session out of an answer, and only the session that was asked for.
    pub(super) fn session(&self, answer: &Success, id: &SessionId) -> Result<Entity, Fault> {
        serde_json::from_slice::<Session<'_>>(&answer.body)
            .ok()
            .and_then(Session::into_entity)
            .filter(|entity| entity.id.as_str().eq_ignore_ascii_case(id.as_str()))
            // The caller's spelling identifies the row.
            .map(|entity| Entity { id: id.clone(), ..entity })
            .ok_or_else(|| self.unreadable(answer))
    }

    pub(super) fn unreadable(&self, answer: &Success) -> Fault {
        Fault::new(
            FaultKind::Unclear,
            format!("{} answered with something that is not the session asked for.", self.host()),
        )
        .with_request_id(answer.request_id())
    }

    fn one(
        &self,
        asked: Asked,
        method: Method,
        workspace: &WorkspaceId,
        id: &SessionId,
        body: Option<Vec<u8>>,
    ) -> Result<Request, Fault> {
        let url = self.address(&[workspace.as_str(), "sessions", id.as_str()])?;
        Ok(Request { asked, method, url, body, workspace: workspace.clone() })
    }

    /// An address below `…/workspaces`; each id is one percent-encoded segment. No slash at the end: the service
    /// answers one with an error that says nothing.
    pub(super) fn address(&self, below: &[&str]) -> Result<Url, Fault> {
        if below.iter().any(|segment| segment.is_empty() || *segment == "." || *segment == "..") {
            return Err(Fault::new(FaultKind::Refused, "An ID cannot be empty or made of dots."));
        }
        self.below_base(["security", "securityCopilot", "workspaces"].iter().chain(below))
    }

    pub(super) fn below_base<'s>(&self, segments: impl Iterator<Item = &'s &'s str>) -> Result<Url, Fault> {
        let mut url = self.base.clone();
        url.path_segments_mut()
            .map_err(|()| Fault::new(FaultKind::Bug, "endpoints.graph cannot have a path."))?
            .pop_if_empty()
            .extend(segments);
        Ok(url)
    }

    /// A page link, if it stays on the configured host: the token goes nowhere else.
    fn own_link(&self, link: &PageLink) -> Result<Url, Fault> {
        let refused = || {
            let words =
                format!("{} pointed to a page on another host. The sign-in was not sent there.", self.host());
            Fault::new(FaultKind::Refused, words)
        };
        let url = Url::parse(&link.0).map_err(|_| refused())?;
        if url.origin() == self.base.origin() { Ok(url) } else { Err(refused()) }
    }

    /// Sends a request; with a refused token once more, with a fresh one that brings what the server asked for.
    pub(super) async fn send(&self, account: &Account, request: Request) -> Result<Success, Fault> {
        self.send_with_token(account, request).await.map(|(answer, _)| answer)
    }

    /// As [`Self::send`]; also returns the token that the answer came for.
    pub(super) async fn send_with_token(
        &self,
        account: &Account,
        request: Request,
    ) -> Result<(Success, SecretString), Fault> {
        let _read = match request.asked {
            Asked::List | Asked::Session | Asked::Workspaces | Asked::Prompts => {
                Some(self.read_slots.acquire().await)
            }
            Asked::Rename | Asked::RenameMany | Asked::Create => None,
        };
        let _slot = self.slots.acquire().await;
        let token = self.tokens.access_token(account.clone(), None).await?;
        let claims = match self.attempt(&request, &token).await {
            Ok(answer) => return Ok((answer, token)),
            Err(Failed::Token { claims, .. }) => claims,
            Err(Failed::Otherwise(fault)) => return Err(fault),
        };
        let rejected = Rejected { token, claims };
        let fresh = self.tokens.access_token(account.clone(), Some(rejected)).await?;
        let answer = self.attempt(&request, &fresh).await;
        if let Err(Failed::Token { claims: Some(claims), .. }) = &answer {
            self.tokens.challenged(claims.clone());
        }
        answer.map(|answer| (answer, fresh)).map_err(Failed::into_fault)
    }

    async fn attempt(&self, request: &Request, token: &SecretString) -> Result<Success, Failed> {
        let writes = request.asked.writes();
        let http = self.http().await?;
        let response = Self::build(&http, request, token)
            .send()
            .await
            .map_err(|error| http::unanswered(error, self.host(), writes))?;
        let (status, headers) = (response.status(), response.headers().clone());
        let busy = matches!(status.as_u16(), 503 | 504);
        self.renew.store(busy, Ordering::Release);
        let id = request_id(&headers);
        tracing::debug!(asked = ?request.asked, status = status.as_u16(), request_id = id.as_deref(), "graph answered");
        let done = if request.asked == Asked::Create { StatusCode::CREATED } else { StatusCode::OK };
        if status == done {
            return match http::body(response, MOST_SUCCESS).await {
                Ok(body) => Ok(Success { body, headers }),
                Err((_, error)) => {
                    Err(http::unanswered(error, self.host(), writes).with_request_id(id).into())
                }
            };
        }
        if status.is_success() {
            return Err(self.odd_success(status).with_request_id(id).into());
        }
        let body = http::body(response, MOST_ERROR).await.unwrap_or_else(|(partial, _)| partial);
        Err(refusal(request.asked, &request.workspace, status, &headers, &body))
    }

    pub(super) fn odd_success(&self, status: StatusCode) -> Fault {
        let words = format!("{} answered {} instead of the session.", self.host(), status.as_u16());
        Fault::new(FaultKind::Unclear, words)
    }

    fn build(http: &Client, request: &Request, token: &SecretString) -> RequestBuilder {
        let mut builder = http
            .request(request.method.clone(), request.url.clone())
            .bearer_auth(token.expose_secret())
            .header(ACCEPT, "application/json")
            // Fresh for each request, retries included: Graph's support asks for it.
            .header("client-request-id", Uuid::new_v4().to_string());
        if let Some(body) = &request.body {
            builder = builder.header(CONTENT_TYPE, "application/json").body(body.clone());
        }
        builder
    }
}

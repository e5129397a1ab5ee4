use std::sync::{Arc, Mutex};
use std::time::Duration;

use retitle::core::effect::GraphCall;
use retitle::core::fault::{Fault, FaultKind};
use retitle::core::msg::{GraphReply, PageLink};
use retitle::core::session::{Account, Key, Profile, SessionId, WorkspaceId};
use retitle::core::title::Title;
use retitle::graph::GraphClient;
use retitle::http::{Http, HttpOptions};
use retitle::ports::{Answer, Graph, Rejected, Tokens};
use secrecy::{ExposeSecret, SecretString};

use crate::raw::{Raw, answer};

/// Tokens that a test hands out, and which of them came back as refused.
pub struct Purse {
    tokens: Mutex<Vec<&'static str>>,
    pub rejected: Mutex<Vec<String>>,
    pub challenges: Mutex<Vec<String>>,
}

impl Tokens for Purse {
    fn access_token(&self, _: Account, rejected: Option<Rejected>) -> Answer<SecretString> {
        if let Some(token) = rejected {
            let claims = token.claims.map_or_else(String::new, |claims| format!(" {claims}"));
            self.rejected.lock().unwrap().push(format!("{}{claims}", token.token.expose_secret()));
        }
        let mut tokens = self.tokens.lock().unwrap();
        let token = if tokens.len() > 1 { tokens.remove(0) } else { tokens[0] };
        Box::pin(async move { Ok(SecretString::from(token)) })
    }

    fn challenged(&self, claims: String) {
        self.challenges.lock().unwrap().push(claims);
    }
}

pub fn purse() -> Arc<Purse> {
    let tokens = Mutex::new(vec!["token-1", "token-2"]);
    Arc::new(Purse { tokens, rejected: Mutex::default(), challenges: Mutex::default() })
}

pub fn graph(base: &str, tokens: Arc<Purse>) -> GraphClient {
    let http = Http::new(HttpOptions { ca_file: None, loopback_only: true }).unwrap();
    GraphClient::new(http, format!("{base}/beta").parse().unwrap(), tokens)
}

pub fn account() -> Account {
    Account::new("t.o")
}

fn rename(id: &str, workspace: &str, name: &str) -> GraphCall {
    GraphCall::Rename {
        id: SessionId::new(id),
        workspace: WorkspaceId::new(workspace),
        name: Title::parse(name).unwrap().into(),
    }
}

fn get(id: &str) -> GraphCall {
    let key = Key { profile: Profile::new("default"), id: SessionId::new(id) };
    GraphCall::Get { key, workspace: WorkspaceId::new("default") }
}

fn list(page: Option<&str>) -> GraphCall {
    GraphCall::List { workspace: WorkspaceId::new("default"), page: page.map(|p| PageLink(p.to_owned())) }
}

async fn once(call: GraphCall, raw: String) -> Result<GraphReply, Fault> {
    let server = Raw::answering(vec![raw]).await;
    graph(&server.base, purse()).call(account(), call).await
}

const ENTITY: &str = r#"{"@odata.context":"https://graph.microsoft.com/beta/$metadata#x","id":"ecdfb9b3","createdDateTime":"2025-10-22T20:10:54.4940649Z","lastModifiedDateTime":"2025-10-22T20:53:40.2100304Z","displayName":"stored","new":{"a":1}}"#;

#[tokio::test]
async fn the_patch_is_what_the_documentation_says_byte_for_byte() {
    let body = ENTITY.replace("ecdfb9b3", "a/b?c#d%20é");
    let server = Raw::answering(vec![answer("200 OK", "request-id: r-1\r\n", &body)]).await;
    let call = rename("a/b?c#d%20é", "W 1", "API \"Test\": Who am I? é漢");
    let reply = graph(&server.base, purse()).call(account(), call).await.unwrap();
    let GraphReply::Renamed { entity, request_id } = reply else { panic!("{reply:?}") };
    assert_eq!((entity.name.as_deref(), request_id.as_deref()), (Some("stored"), Some("r-1")));

    let request = server.received.lock().unwrap().remove(0);
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    assert_eq!(
        body,
        r##"{"@odata.type":"#microsoft.graph.security.securityCopilot.session","displayName":"API \"Test\": Who am I? é漢"}"##
    );
    let mut lines: Vec<&str> = head.split("\r\n").collect();
    assert_eq!(
        lines.remove(0),
        "PATCH /beta/security/securityCopilot/workspaces/W%201/sessions/a%2Fb%3Fc%23d%2520%C3%A9 HTTP/1.1"
    );
    let request_id = lines.iter().find_map(|l| l.strip_prefix("client-request-id: ")).unwrap().to_owned();
    assert_eq!(request_id.len(), 36);
    let host = server.base.strip_prefix("http://").unwrap();
    let mut expected = vec![
        "accept: application/json".to_owned(),
        "accept-encoding: gzip".to_owned(),
        "authorization: Bearer token-1".to_owned(),
        format!("client-request-id: {request_id}"),
        format!("content-length: {}", body.len()),
        "content-type: application/json".to_owned(),
        format!("host: {host}"),
        format!("user-agent: retitle/{}", env!("CARGO_PKG_VERSION")),
    ];
    lines.sort_unstable();
    expected.sort_unstable();
    assert_eq!(lines, expected);
}

#[tokio::test]
async fn each_request_has_an_id_of_its_own_and_a_list_has_no_slash_at_its_end() {
    let page = r#"{"value":[]}"#;
    let server = Raw::answering(vec![answer("200 OK", "", page), answer("200 OK", "", page)]).await;
    let graph = graph(&server.base, purse());
    for _ in 0..2 {
        graph.call(account(), list(None)).await.unwrap();
    }
    let received = server.received.lock().unwrap().clone();
    let id = |n: usize| received[n].lines().find(|l| l.starts_with("client-request-id")).unwrap().to_owned();
    assert_ne!(id(0), id(1));
    assert!(
        received[0]
            .starts_with("GET /beta/security/securityCopilot/workspaces/default/sessions HTTP/1.1\r\n")
    );
}

#[tokio::test]
async fn a_refused_token_is_told_and_one_fresh_one_is_tried() {
    let server =
        Raw::answering(vec![answer("401 Unauthorized", "", "{}"), answer("200 OK", "", ENTITY)]).await;
    let tokens = purse();
    graph(&server.base, Arc::clone(&tokens)).call(account(), get("ecdfb9b3")).await.unwrap();
    assert_eq!(*tokens.rejected.lock().unwrap(), ["token-1"]);
    let received = server.received.lock().unwrap().clone();
    assert!(received[1].contains("authorization: Bearer token-2"));

    let server =
        Raw::answering(vec![answer("401 Unauthorized", "", "{}"), answer("401 Unauthorized", "", "{}")])
            .await;
    let fault = graph(&server.base, purse()).call(account(), get("ecdfb9b3")).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::SignedOut);
}

#[tokio::test]
async fn a_page_on_another_host_is_refused_and_no_token_goes_there() {
    let other = Raw::answering(vec![answer("200 OK", "", r#"{"value":[]}"#)]).await;
    let here = Raw::answering(vec![]).await;
    let fault = graph(&here.base, purse())
        .call(account(), list(Some(&format!("{}/x", other.base))))
        .await
        .unwrap_err();
    assert_eq!(fault.kind, FaultKind::Refused);
    assert!(fault.say.starts_with("127.0.0.1 pointed to a page on another host"), "{}", fault.say);
    assert!(other.received.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let other = Raw::answering(vec![answer("200 OK", "", ENTITY)]).await;
    let redirect = answer("302 Found", &format!("location: {}/x\r\n", other.base), "");
    let fault = once(rename("ecdfb9b3", "default", "n"), redirect).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Refused);
    assert!(fault.say.contains("redirects (302)") && fault.say.contains("endpoints.graph"), "{}", fault.say);
    assert!(other.received.lock().unwrap().is_empty());
}

#[tokio::test]
async fn an_id_that_would_make_another_address_is_not_sent() {
    let server = Raw::answering(vec![]).await;
    for id in ["", ".", ".."] {
        let fault = graph(&server.base, purse()).call(account(), get(id)).await.unwrap_err();
        assert_eq!(fault.kind, FaultKind::Refused, "{id:?}: {}", fault.say);
    }
    assert!(server.received.lock().unwrap().is_empty());
}

#[tokio::test]
async fn what_the_server_says_of_a_refusal_is_told() {
    let body = r#"{"error":{"code":"BadRequest","message":"No good."}}"#;
    let fault =
        once(rename("ecdfb9b3", "default", "n"), answer("400 Bad Request", "", body)).await.unwrap_err();
    assert!(fault.say.contains("(400 BadRequest)"), "{}", fault.say);
    assert_eq!(fault.server.as_deref(), Some("HTTP 400 BadRequest No good."));
}

#[tokio::test]
async fn every_answer_that_is_no_success_becomes_the_right_fault() {
    let busy = |seconds| FaultKind::Busy { retry_after: Some(Duration::from_secs(seconds)) };
    for (status, headers, body, kind) in [
        ("400 Bad Request", "", r#"{"error":{"code":"BadRequest","message":"no"}}"#, FaultKind::Refused),
        ("403 Forbidden", "", "", FaultKind::Forbidden),
        ("404 Not Found", "", "<html>", FaultKind::NotFound),
        ("415 Unsupported Media Type", "", "{}", FaultKind::Refused),
        ("429 Too Many Requests", "retry-after: 7\r\n", "{}", busy(7)),
        ("429 Too Many Requests", "retry-after: 31,120\r\n", "{}", busy(31)),
        (
            "503 Service Unavailable",
            "date: Tue, 24 Nov 2026 10:00:00 GMT\r\nretry-after: Tue, 24 Nov 2026 10:00:09 GMT\r\n",
            "",
            busy(9),
        ),
        ("504 Gateway Timeout", "", "", FaultKind::Busy { retry_after: None }),
        ("500 Internal Server Error", "", "{\"error\":{", FaultKind::Unclear),
        ("502 Bad Gateway", "", "<html>", FaultKind::Unclear),
        ("200 OK", "", "", FaultKind::Unclear),
        ("200 OK", "", r#"{"id":"another","displayName":"x"}"#, FaultKind::Unclear),
        ("204 No Content", "", "", FaultKind::Unclear),
    ] {
        let fault =
            once(rename("ecdfb9b3", "default", "n"), answer(status, headers, body)).await.unwrap_err();
        assert_eq!(fault.kind, kind, "{status} {headers} {body}");
        assert!(!fault.say.is_empty() && !format!("{fault:?}").contains("token-"));
    }
}

#[tokio::test]
async fn a_write_without_an_answer_is_unclear_and_one_that_never_got_there_is_offline() {
    // Closed without a byte, and in the middle of the body.
    let cut =
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 900\r\n\r\n{\"id\":".to_owned();
    for raw in [String::new(), cut] {
        let fault = once(rename("ecdfb9b3", "default", "n"), raw).await.unwrap_err();
        assert_eq!(fault.kind, FaultKind::Unclear, "{}", fault.say);
    }
    let fault = once(get("ecdfb9b3"), String::new()).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Offline, "a read changes nothing that would have to be looked up");
    let nobody = Raw::answering(vec![]).await.base.clone();
    let fault = graph(&nobody, purse()).call(account(), rename("x", "default", "n")).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Offline, "{}", fault.say);
}

#[tokio::test]
async fn a_session_keeps_the_spelling_of_the_id_that_it_was_asked_for_by() {
    let reply = once(get("ECDFB9B3"), answer("200 OK", "", ENTITY)).await.unwrap();
    let GraphReply::Session(entity) = reply else { panic!("{reply:?}") };
    assert_eq!(entity.id.as_str(), "ECDFB9B3", "which is what the row is known by");
}

#[tokio::test]
async fn a_huge_error_body_is_not_read_to_its_end() {
    let raw = answer("500 Internal Server Error", "", &"x".repeat(3 << 20));
    let fault = once(rename("ecdfb9b3", "default", "n"), raw).await.unwrap_err();
    assert!(fault.server.unwrap().len() < 3_000);
}

#[tokio::test]
async fn a_page_says_where_the_next_one_is() {
    let server = Raw::answering(vec![]).await;
    let next = format!("{}/next?$skiptoken=x", server.base);
    let body = format!(r#"{{"value":[],"@odata.nextLink":"{next}"}}"#);
    let reply = once(list(None), answer("200 OK", "", &body)).await.unwrap();
    assert!(matches!(reply, GraphReply::Page { next: Some(PageLink(link)), .. } if link == next));
}

/// The targets of what this server was sent, once it is so many.
async fn targets(server: &Raw, count: usize) -> Vec<String> {
    let sent = async {
        loop {
            let received = server.received.lock().unwrap().clone();
            if received.len() >= count {
                let target = |request: &String| request.split(' ').nth(1).unwrap().to_owned();
                return received.iter().map(target).collect();
            }
            tokio::task::yield_now().await;
        }
    };
    let in_time = tokio::time::timeout(Duration::from_secs(20), sent).await;
    in_time.unwrap_or_else(|_| panic!("not so many were sent: {:?}", server.received.lock().unwrap()))
}

/// An answer to a list with one session, and a next page at this address.
fn page(id: &str, next: &str) -> String {
    answer("200 OK", "", &format!(r#"{{"value":[{{"id":"{id}"}}],"@odata.nextLink":"{next}"}}"#))
}

fn ids(reply: GraphReply) -> Vec<String> {
    let GraphReply::Page { sessions, .. } = reply else { panic!("{reply:?}") };
    sessions.iter().map(|entity| entity.id.as_str().to_owned()).collect()
}

#[tokio::test]
async fn the_next_page_is_asked_for_before_anybody_wants_it_and_only_once() {
    let last = answer("200 OK", "", r#"{"value":[]}"#);
    let pages = |base: &str| vec![page("a", &format!("{base}/p2")), page("b", &format!("{base}/p3")), last];
    let server = Raw::answering_by(pages).await;
    let client = graph(&server.base, purse());
    assert_eq!(ids(client.call(account(), list(None)).await.unwrap()), ["a"]);
    assert_eq!(targets(&server, 2).await[1], "/p2", "nobody has asked for it");
    let second = list(Some(&format!("{}/p2", server.base)));
    assert_eq!(ids(client.call(account(), second).await.unwrap()), ["b"]);
    let third = list(Some(&format!("{}/p3", server.base)));
    assert!(ids(client.call(account(), third).await.unwrap()).is_empty());
    assert_eq!(targets(&server, 3).await[1..], ["/p2", "/p3"], "each once");
}

#[tokio::test]
async fn the_next_page_is_asked_for_before_the_one_that_names_it_is_read() {
    let unreadable =
        |base: &str| answer("200 OK", "", &format!(r#"{{"@odata.nextLink":"{base}/p2","value":7}}"#));
    let server = Raw::answering_by(|base| vec![unreadable(base), page("b", "")]).await;
    let client = graph(&server.base, purse());
    let fault = client.call(account(), list(None)).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Unclear);
    assert_eq!(targets(&server, 2).await[1], "/p2");
}

#[tokio::test]
async fn a_long_page_is_read_like_a_short_one() {
    let session = |n: usize| format!(r#"{{"id":"s-{n}","displayName":"Name {n}"}}"#);
    let sessions: Vec<String> = (0..5_000).map(session).collect();
    let body = |tail: &str| format!(r#"{{"value":[{}]{tail},"@odata.nextLink":"n"}}"#, sessions.join(","));
    let read = once(list(None), answer("200 OK", "", &body(""))).await.unwrap();
    assert!(matches!(&read, GraphReply::Page { next: Some(PageLink(link)), .. } if link == "n"));
    let ids = ids(read);
    assert_eq!((ids.len(), ids[4_999].as_str()), (5_000, "s-4999"));
    let fault = once(list(None), answer("200 OK", "", &body("]"))).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Unclear, "{fault:?}");
}

#[tokio::test]
async fn what_was_asked_for_ahead_answers_no_other_account_and_no_other_page() {
    for (who, url) in [(Account::new("t.somebody"), "/p2"), (account(), "/p9")] {
        let pages = |base: &str| vec![page("a", &format!("{base}/p2")), page("ahead", ""), page("own", "")];
        let server = Raw::answering_by(pages).await;
        let client = graph(&server.base, purse());
        client.call(account(), list(None)).await.unwrap();
        targets(&server, 2).await;
        let reply = client.call(who, list(Some(&format!("{}{url}", server.base)))).await.unwrap();
        assert_eq!(ids(reply), ["own"]);
    }
}

#[tokio::test]
async fn odd_entities_are_read_as_far_as_they_go() {
    let body = r#"{"value":[{"id":"a","displayName":null,"lastModifiedDateTime":"0001-01-01T00:00:00Z"},{"displayName":"no id"},{"id":"b","displayName":"x","createdDateTime":"rubbish"}],"@odata.nextLink":""}"#;
    let reply = once(list(None), answer("200 OK", "", body)).await.unwrap();
    let GraphReply::Page { sessions, next } = reply else { panic!() };
    assert_eq!(next, None);
    let ids: Vec<_> = sessions.iter().map(|s| s.id.as_str()).collect();
    assert_eq!(ids, ["a", "b"]);
    assert_eq!((sessions[0].name.as_deref(), sessions[0].modified, sessions[1].created), (None, None, None));
}

#[tokio::test]
async fn a_workspace_without_an_id_is_left_out() {
    let body = r#"{"value":[{"id":"w","displayName":"W"},{"id":""},{"displayName":"no id"}]}"#;
    let reply = once(GraphCall::Workspaces, answer("200 OK", "", body)).await.unwrap();
    let GraphReply::Workspaces(all) = reply else { panic!("{reply:?}") };
    assert_eq!(all.iter().map(|workspace| workspace.id.as_str()).collect::<Vec<_>>(), ["w"]);
}

#[tokio::test]
async fn what_a_401_asks_for_goes_into_one_refresh_and_then_into_the_next_sign_in() {
    let claims = r#"{"access_token":{"nbf":{"essential":true,"value":"1"}}}"#;
    let encoded = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, claims);
    let headers = format!(
        "WWW-Authenticate: Basic realm=\"x\"\r\nWWW-Authenticate: Bearer error=\"insufficient_claims\", claims=\"{encoded}\"\r\n"
    );
    let refusal = answer("401 Unauthorized", &headers, "{}");
    let server = Raw::answering(vec![refusal.clone(), refusal]).await;
    let purse = purse();
    let fault = graph(&server.base, Arc::clone(&purse)).call(account(), get("s")).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::SignedOut);
    assert_eq!(*purse.rejected.lock().unwrap(), [format!("token-1 {claims}")]);
    assert_eq!(*purse.challenges.lock().unwrap(), [claims.to_owned()]);
    assert_eq!(server.received.lock().unwrap().len(), 2, "one retry a request, then it is reported");
}

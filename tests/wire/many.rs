//! Several renames in one request: the client byte for byte, and against the simulator with the real core and library.

use std::sync::Arc;
use std::time::Duration;

use retitle::core::batch::Tally;
use retitle::core::effect::{GraphCall, Part};
use retitle::core::fault::{Fault, FaultKind};
use retitle::core::msg::GraphReply;
use retitle::core::session::{Entity, SessionId, WorkspaceId};
use retitle::core::title::{NewName, Title};
use retitle::ports::Graph;
use serde_json::{Value, json};

use crate::common::{ask, control};
use crate::graph::{account, graph, purse};
use crate::matrix::Program;
use crate::raw::{Raw, answer};

type Renamed = Result<(Entity, Option<String>), Fault>;

fn part(id: &str, name: &str) -> Part {
    let name = Title::parse(name).unwrap().into();
    Part { id: SessionId::new(id), workspace: WorkspaceId::new("default"), name }
}

fn parts(count: usize) -> Vec<Part> {
    (1..=count).map(|n| part(&format!("s{n}"), &format!("name {n}"))).collect()
}

/// The answer of one part that went well.
fn done(n: usize) -> Value {
    let body = json!({"id": format!("s{n}"), "displayName": format!("stored {n}")});
    json!({"id": n.to_string(), "status": 200, "headers": {"Content-Type": "application/json", "request-id": format!("r-{n}")}, "body": body})
}

fn error(n: usize, status: u16, headers: &Value) -> Value {
    let body =
        json!({"error": {"code": "X", "message": "m", "innerError": {"request-id": format!("inner-{n}")}}});
    json!({"id": n.to_string(), "status": status, "headers": headers, "body": body})
}

fn whole(responses: &[Value]) -> String {
    let head = "request-id: whole\r\ndate: Tue, 24 Nov 2026 10:00:00 GMT\r\n";
    answer("200 OK", head, &json!({ "responses": responses }).to_string())
}

async fn all(count: usize, raw: Vec<String>) -> Result<Vec<Renamed>, Fault> {
    let server = Raw::answering(raw).await;
    let reply = graph(&server.base, purse()).call(account(), GraphCall::RenameMany(parts(count))).await?;
    let GraphReply::RenamedMany(all) = reply else { panic!("{reply:?}") };
    assert_eq!(all.len(), count, "one answer each");
    Ok(all)
}

fn name(renamed: &Renamed) -> &str {
    renamed.as_ref().unwrap().0.name.as_deref().unwrap()
}

fn kind(renamed: &Renamed) -> &FaultKind {
    &renamed.as_ref().unwrap_err().kind
}

#[tokio::test]
async fn the_batch_is_what_the_documentation_says_byte_for_byte() {
    let server = Raw::answering(vec![whole(&[])]).await;
    let mut second = part("s2", "n");
    second.name = NewName::restored(None::<&str>);
    let asked = vec![part("a/b?c#d%20é", "API \"Test\" é漢"), second];
    graph(&server.base, purse()).call(account(), GraphCall::RenameMany(asked)).await.unwrap();
    let request = server.received.lock().unwrap().remove(0);
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    let expected = [
        r##"{"requests":[{"id":"1","method":"PATCH","url":"/security/securityCopilot/workspaces/default/sessions/a%2Fb%3Fc%23d%2520%C3%A9","headers":{"Content-Type":"application/json"},"body":{"@odata.type":"#microsoft.graph.security.securityCopilot.session","displayName":"API \"Test\" é漢"}},"##,
        r##"{"id":"2","method":"PATCH","url":"/security/securityCopilot/workspaces/default/sessions/s2","headers":{"Content-Type":"application/json"},"body":{"@odata.type":"#microsoft.graph.security.securityCopilot.session","displayName":null}}]}"##,
    ];
    assert_eq!(body, expected.concat());
    let mut lines: Vec<&str> = head.split("\r\n").collect();
    assert_eq!(lines.remove(0), "POST /beta/$batch HTTP/1.1");
    let request_id = lines.iter().find_map(|l| l.strip_prefix("client-request-id: ")).unwrap().to_owned();
    let mut expected = vec![
        "accept: application/json".to_owned(),
        "accept-encoding: gzip".to_owned(),
        "authorization: Bearer token-1".to_owned(),
        format!("client-request-id: {request_id}"),
        format!("content-length: {}", body.len()),
        "content-type: application/json".to_owned(),
        format!("host: {}", server.base.strip_prefix("http://").unwrap()),
        format!("user-agent: retitle/{}", env!("CARGO_PKG_VERSION")),
    ];
    lines.sort_unstable();
    expected.sort_unstable();
    assert_eq!(lines, expected);
}

#[tokio::test]
async fn parts_come_in_any_order_and_go_to_the_row_that_they_are_about() {
    let all = all(20, vec![whole(&(1..=20).rev().map(done).collect::<Vec<_>>())]).await.unwrap();
    for (n, renamed) in (1..).zip(&all) {
        assert_eq!(name(renamed), format!("stored {n}"));
        assert_eq!(renamed.as_ref().unwrap().1, Some(format!("r-{n}")), "the part's own request id");
    }
}

#[tokio::test]
async fn each_part_is_judged_by_its_own_status_headers_and_body() {
    let busy = |seconds| FaultKind::Busy { retry_after: Some(Duration::from_secs(seconds)) };
    let no_body = json!({"id": "8", "status": 404});
    let text = json!({"id": "9", "status": 502, "headers": null, "body": "PGh0bWw+"});
    let wrong = json!({"id": "10", "status": 200, "body": {"id": "s1", "displayName": "another's"}});
    let empty = json!({"id": "11", "status": 204, "headers": {}});
    let responses = vec![
        error(2, 429, &json!({"Retry-After": "7"})),
        error(3, 429, &json!({"retry-after": 9})),
        error(4, 503, &json!({"RETRY-AFTER": "Tue, 24 Nov 2026 10:00:05 GMT"})),
        error(5, 403, &json!({})),
        error(6, 400, &json!({})),
        error(7, 500, &json!({"request-id": "header-7"})),
        no_body,
        text,
        wrong,
        empty,
        done(1),
    ];
    let all = all(11, vec![whole(&responses)]).await.unwrap();
    assert_eq!(name(&all[0]), "stored 1");
    let kinds: Vec<&FaultKind> = all[1..].iter().map(kind).collect();
    let expected = [
        busy(7),
        busy(9),
        busy(5),
        FaultKind::Forbidden,
        FaultKind::Refused,
        FaultKind::Unclear,
        FaultKind::NotFound,
        FaultKind::Unclear,
        FaultKind::Unclear,
        FaultKind::Unclear,
    ];
    assert_eq!(kinds, expected.iter().collect::<Vec<_>>());
    let id = |n: usize| all[n].as_ref().unwrap_err().request_id.as_deref();
    assert_eq!((id(4), id(6)), (Some("inner-5"), Some("header-7")), "by which the part is found");
    assert!(!format!("{all:?}").contains("token-"));
}

#[tokio::test]
async fn a_part_that_is_left_out_is_unclear_and_one_of_an_unknown_or_doubled_id_is_nobody_s() {
    let unknown = json!({"id": "21", "status": 200, "body": {"id": "s3", "displayName": "x"}});
    let doubled = error(1, 500, &json!({}));
    let rubbish =
        [json!(7), json!({"id": 2, "status": 200}), json!({"id": "2"}), json!({"id": "2", "status": 7})];
    let mut responses = vec![done(1), doubled, unknown];
    responses.extend(rubbish);
    let all = all(3, vec![whole(&responses)]).await.unwrap();
    assert_eq!(name(&all[0]), "stored 1");
    assert_eq!((kind(&all[1]), kind(&all[2])), (&FaultKind::Unclear, &FaultKind::Unclear));
    assert_eq!(all[2].as_ref().unwrap_err().request_id.as_deref(), Some("whole"));
}

#[tokio::test]
async fn a_batch_that_fails_as_a_whole_fails_like_any_request() {
    let cut = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 900\r\n\r\n{\"respo";
    let busy = FaultKind::Busy { retry_after: Some(Duration::from_secs(4)) };
    for (raw, kind) in [
        (answer("503 Service Unavailable", "retry-after: 4\r\n", "{}"), busy.clone()),
        (answer("429 Too Many Requests", "retry-after: 4\r\n", "{}"), busy),
        (answer("500 Internal Server Error", "", ""), FaultKind::Unclear),
        (String::new(), FaultKind::Unclear),
        (cut.to_owned(), FaultKind::Unclear),
        (answer("200 OK", "", "<html>Bad gateway</html>"), FaultKind::Unclear),
        (answer("200 OK", "", r#"{"value":[]}"#), FaultKind::Unclear),
        (answer("207 Multi-Status", "", "{}"), FaultKind::Unclear),
        (answer("403 Forbidden", "", "{}"), FaultKind::Forbidden),
        // The batch is not there; nothing is known of a session.
        (answer("404 Not Found", "", "{}"), FaultKind::Refused),
        (answer("405 Method Not Allowed", "", "{}"), FaultKind::Refused),
    ] {
        let fault = all(3, vec![raw.clone()]).await.unwrap_err();
        assert_eq!(fault.kind, kind, "{raw}");
    }
    let fault = all(3, vec![answer("404 Not Found", "", "{}")]).await.unwrap_err();
    assert!(fault.say.contains("json_batch = false"), "{}", fault.say);
    let fault = all(2, vec![]).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Offline, "{}", fault.say);
}

#[tokio::test]
async fn more_than_twenty_are_never_sent() {
    let server = Raw::answering(vec![whole(&[])]).await;
    let call = GraphCall::RenameMany(parts(21));
    let fault = graph(&server.base, purse()).call(account(), call).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Bug);
    assert!(server.received.lock().unwrap().is_empty());
}

#[tokio::test]
async fn an_id_that_is_no_part_of_an_address_fails_alone() {
    let server = Raw::answering(vec![whole(&[done(1), done(3)])]).await;
    let mut asked = parts(3);
    asked[1].id = SessionId::new("..");
    let reply = graph(&server.base, purse()).call(account(), GraphCall::RenameMany(asked)).await.unwrap();
    let GraphReply::RenamedMany(all) = reply else { panic!("{reply:?}") };
    assert_eq!((name(&all[0]), kind(&all[1]), name(&all[2])), ("stored 1", &FaultKind::Refused, "stored 3"));
    assert!(!server.received.lock().unwrap()[0].contains("/sessions/.."));
}

#[tokio::test]
async fn a_token_that_is_refused_as_a_whole_or_in_a_part_is_renewed_once_with_what_was_asked_for() {
    let claims = r#"{"access_token":{"nbf":{"essential":true,"value":"1"}}}"#;
    let encoded = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, claims);
    let challenge = format!("Bearer error=\"insufficient_claims\", claims=\"{encoded}\"");
    let headers = json!({"WWW-Authenticate": challenge});

    let refusal = answer("401 Unauthorized", &format!("www-authenticate: {challenge}\r\n"), "{}");
    let server = Raw::answering(vec![refusal, whole(&[done(1), done(2)])]).await;
    let tokens = purse();
    let call = GraphCall::RenameMany(parts(2));
    graph(&server.base, Arc::clone(&tokens)).call(account(), call.clone()).await.unwrap();
    assert_eq!(*tokens.rejected.lock().unwrap(), [format!("token-1 {claims}")]);

    let again = json!({"id": "1", "status": 200, "body": {"id": "s2", "displayName": "stored 2"}});
    let server = Raw::answering(vec![whole(&[done(1), error(2, 401, &headers)]), whole(&[again])]).await;
    let tokens = purse();
    let reply = graph(&server.base, Arc::clone(&tokens)).call(account(), call.clone()).await.unwrap();
    let GraphReply::RenamedMany(all) = reply else { panic!("{reply:?}") };
    assert_eq!((name(&all[0]), name(&all[1])), ("stored 1", "stored 2"));
    assert_eq!(*tokens.rejected.lock().unwrap(), [format!("token-1 {claims}")]);
    let received = server.received.lock().unwrap().clone();
    assert!(received[1].contains("Bearer token-2") && received[1].contains("/sessions/s2"));
    assert!(!received[1].contains("/sessions/s1"), "what was done is not sent again");

    let refused = error(1, 401, &headers);
    let server = Raw::answering(vec![whole(&[refused.clone(), done(2)]), whole(&[refused])]).await;
    let tokens = purse();
    let reply = graph(&server.base, Arc::clone(&tokens)).call(account(), call).await.unwrap();
    let GraphReply::RenamedMany(all) = reply else { panic!("{reply:?}") };
    assert_eq!((kind(&all[0]), name(&all[1])), (&FaultKind::SignedOut, "stored 2"));
    assert_eq!(*tokens.challenges.lock().unwrap(), [claims.to_owned()], "the next sign-in brings it");
}

/// The program with everything in the list that the server has.
async fn program() -> Program {
    let mut program = Program::start_with(true).await;
    program.press("L");
    program.settle(Duration::ZERO).await;
    program
}

/// Marks the first rows and opens the table of new names for them.
fn plan(program: &mut Program, rows: usize) {
    assert!(program.model.list.shown_len() >= rows);
    program.press("g");
    (0..rows).for_each(|_| program.press("space"));
    program.press("b ctrl-u B A T C H space { n : 0 4 } enter");
}

async fn apply(program: &mut Program, rows: usize) {
    plan(program, rows);
    program.press("y");
    program.settle(Duration::from_secs(900)).await;
}

fn tally(program: &Program) -> Tally {
    program.model.batch.as_ref().unwrap().tally()
}

/// Requests of this method to an address with this in it.
async fn received(program: &Program, method: &str, address: &str) -> usize {
    let all = ask(program.base(), "requests").await;
    let own = |r: &&Value| r["method"] == method && r["target"].as_str().unwrap().contains(address);
    all.iter().filter(own).count()
}

async fn on_server(program: &Program, start: &str) -> usize {
    let all = ask(program.base(), "sessions").await;
    all.iter().filter(|s| s["name"].as_str().is_some_and(|name| name.starts_with(start))).count()
}

#[tokio::test]
async fn a_bulk_over_the_wire_goes_in_batches_and_comes_back_in_batches() {
    let (mut program, rows) = (program().await, 45);
    apply(&mut program, rows).await;
    assert_eq!((tally(&program).saved, on_server(&program, "BATCH ").await), (rows, rows));
    assert_eq!(received(&program, "POST", "/$batch").await, 3);
    let patches = received(&program, "PATCH", "/sessions/").await;
    assert_eq!(patches, rows, "parts are listed as the requests that they stand for");
    program.press("u");
    program.settle(Duration::from_secs(60)).await;
    assert_eq!(on_server(&program, "BATCH ").await, 0, "{:?}", program.model.notice);
    assert_eq!(received(&program, "POST", "/$batch").await, 6);
}

#[tokio::test]
async fn faults_of_parts_and_of_whole_batches_cost_no_row() {
    for (fault, lost) in [
        (json!({"method": "PATCH", "times": 3, "status": 429, "retry_after": "7"}), 0),
        (json!({"method": "PATCH", "times": 5, "status": 503}), 0),
        (json!({"method": "PATCH", "times": 5, "delivery": "reset"}), 0),
        (json!({"method": "PATCH", "times": 5, "delivery": "reset", "after": true}), 0),
        (json!({"method": "PATCH", "times": 5, "status": 502, "body": "html"}), 0),
        (json!({"method": "PATCH", "times": 2, "status": 401}), 0),
        (json!({"method": "PATCH", "times": 2, "status": 403}), 2),
        (json!({"method": "PATCH", "times": 2, "status": 404, "body": "empty"}), 2),
        (json!({"path": "$batch", "status": 503, "retry_after": "5"}), 0),
        (json!({"path": "$batch", "status": 401}), 0),
        (json!({"path": "$batch", "delivery": "reset"}), 0),
        (json!({"path": "$batch", "delivery": "cut", "after": true}), 0),
        (json!({"path": "$batch", "status": 200, "body": "html"}), 0),
        (json!({"path": "$batch", "status": 200, "body": "truncated"}), 0),
        (json!({"path": "$batch", "status": 404}), 20),
    ] {
        let (mut program, rows) = (program().await, 23);
        control(program.base(), "faults", json!([fault])).await;
        plan(&mut program, rows);
        program.press("y");
        // More moments than one, for all of its rows, and less than until the list is read afterwards.
        program.settle(Duration::from_secs(5)).await;
        let gone = |program: &Program| {
            let rows = program.model.saves.keys().filter_map(|key| program.model.list.get(key));
            rows.filter(|s| s.presence == retitle::core::session::Presence::Gone).count()
        };
        let part = fault["status"] == 404 && fault["method"] == "PATCH";
        let expected = if part { 2 } else { 0 };
        assert_eq!(gone(&program), expected, "{fault}: only a session's own 404 says that it is gone");
        program.settle(Duration::from_secs(900)).await;
        let all = tally(&program);
        assert_eq!((all.saved, all.failed, all.ahead), (rows - lost, lost, 0), "{fault}");
        assert_eq!(on_server(&program, "BATCH ").await, rows - lost, "{fault}");
        assert_eq!(gone(&program), 0, "{fault}: the list that is read afterwards has them");
    }
}

#[tokio::test]
async fn a_claims_challenge_and_expired_tokens_cost_no_row_of_a_bulk_either() {
    for what in ["challenge", "expire-tokens"] {
        let (mut program, rows) = (program().await, 23);
        plan(&mut program, rows);
        control(program.base(), what, json!({})).await;
        program.press("y");
        program.settle(Duration::from_secs(60)).await;
        assert_eq!(tally(&program).saved, rows, "{what}");
    }
}

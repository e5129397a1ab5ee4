//! The simulator refuses what Graph and Entra would refuse.

use reqwest::StatusCode;
use retitle::simulator::Simulator;
use serde_json::{Value, json};

use crate::common::{CLIENT, ask, control, http, simulator};

const SCOPES: &str = "openid offline_access https://graph.microsoft.com/SecurityCopilotWorkspaces.Read.All https://graph.microsoft.com/SecurityCopilotWorkspaces.ReadWrite.All";

fn form(pairs: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

async fn post_form(url: String, pairs: &[(&str, &str)]) -> (StatusCode, String) {
    let request =
        http().post(url).header("content-type", "application/x-www-form-urlencoded").body(form(pairs));
    let answer = request.send().await.unwrap();
    (answer.status(), answer.text().await.unwrap())
}

fn json_of(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| panic!("no JSON: {text}"))
}

async fn code(simulator: &Simulator, scopes: &str) -> Value {
    let url = format!("{}/organizations/oauth2/v2.0/devicecode", simulator.authority());
    let (status, text) = post_form(url, &[("client_id", CLIENT), ("scope", scopes)]).await;
    assert_eq!(status, 200, "{text}");
    json_of(&text)
}

async fn poll(simulator: &Simulator, device_code: &str) -> (StatusCode, Value) {
    let url = format!("{}/organizations/oauth2/v2.0/token", simulator.authority());
    let grant = "urn:ietf:params:oauth:grant-type:device_code";
    let pairs = [("grant_type", grant), ("client_id", CLIENT), ("device_code", device_code)];
    let (status, text) = post_form(url, &pairs).await;
    (status, json_of(&text))
}

/// An access token with these scopes.
async fn token(simulator: &Simulator, scopes: &str) -> String {
    let code = code(simulator, scopes).await;
    control(simulator.authority(), "approve", json!({"user_code": code["user_code"]})).await;
    let (status, tokens) = poll(simulator, code["device_code"].as_str().unwrap()).await;
    assert_eq!(status, 200, "{tokens}");
    tokens["access_token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_person_types_the_code_on_the_page_and_approves_or_declines() {
    let simulator = simulator().await;
    let page = format!("{}/device", simulator.authority());
    assert!(http().get(&page).send().await.unwrap().text().await.unwrap().contains("Type the code"));
    let (status, text) = post_form(page.clone(), &[("code", "<b>nonsense</b>")]).await;
    assert_eq!(status, 400);
    assert!(text.contains("not known") && !text.contains("<b>"));
    for (decision, answer) in [("approve", 200), ("deny", 400)] {
        let code = code(&simulator, SCOPES).await;
        let typed = code["user_code"].as_str().unwrap().to_lowercase();
        let typed = format!(" {}-{} ", &typed[..4], &typed[4..]);
        let (_, confirm) = post_form(page.clone(), &[("code", &typed)]).await;
        assert!(
            confirm.contains("Only continue if you started this") && confirm.contains(CLIENT),
            "{confirm}"
        );
        post_form(page.clone(), &[("code", &typed), ("decision", decision), ("person", "1")]).await;
        let (status, body) = poll(&simulator, code["device_code"].as_str().unwrap()).await;
        assert_eq!(status, answer, "{body}");
        if decision == "deny" {
            assert_eq!(body["error"], "authorization_declined");
        }
    }
}

#[tokio::test]
async fn a_code_waits_slows_down_runs_out_and_is_good_once() {
    let simulator = simulator().await;
    let first = code(&simulator, SCOPES).await;
    let secret = first["device_code"].as_str().unwrap();
    assert_eq!(poll(&simulator, secret).await.1["error"], "authorization_pending");
    assert_eq!(poll(&simulator, secret).await.1["error"], "slow_down");
    control(simulator.authority(), "expire-codes", json!({})).await;
    assert_eq!(poll(&simulator, secret).await.1["error"], "expired_token");
    assert_eq!(poll(&simulator, "made-up").await.1["error"], "bad_verification_code");
}

#[tokio::test]
async fn refresh_rotates_and_wrong_requests_are_refused_as_entra_does() {
    let simulator = simulator().await;
    let first = code(&simulator, SCOPES).await;
    control(simulator.authority(), "approve", json!({})).await;
    let (_, tokens) = poll(&simulator, first["device_code"].as_str().unwrap()).await;
    let url = format!("{}/contoso.com/oauth2/v2.0/token", simulator.authority());
    let refresh = tokens["refresh_token"].as_str().unwrap();
    let pairs = [("grant_type", "refresh_token"), ("client_id", CLIENT), ("refresh_token", refresh)];
    let (status, text) = post_form(url.clone(), &pairs).await;
    assert_eq!(status, 200);
    assert_ne!(json_of(&text)["refresh_token"], tokens["refresh_token"]);
    for (tenant, pairs, number) in [
        ("nowhere.com", &pairs[..], 90002),
        (
            "contoso.com",
            &[("grant_type", "refresh_token"), ("client_id", CLIENT), ("refresh_token", "x")],
            70000,
        ),
        ("contoso.com", &[("grant_type", "password")], 70003),
        ("contoso.com", &[("client_id", CLIENT)], 900_144),
    ] {
        let url = format!("{}/{tenant}/oauth2/v2.0/token", simulator.authority());
        let (status, text) = post_form(url, pairs).await;
        assert_eq!((status.as_u16(), &json_of(&text)["error_codes"][0]), (400, &json!(number)), "{text}");
    }
}

#[tokio::test]
async fn graph_refuses_what_graph_refuses_with_its_body_and_headers() {
    let simulator = simulator().await;
    let full = token(&simulator, SCOPES).await;
    let reading =
        token(&simulator, "openid https://graph.microsoft.com/SecurityCopilotWorkspaces.Read.All").await;
    let sessions = ask(simulator.authority(), "sessions").await;
    let id = sessions[0]["id"].as_str().unwrap();
    let closed = sessions.iter().find(|s| s["name"] == "Board investigation (restricted)").unwrap();
    let root = format!("{}/security/securityCopilot/workspaces", simulator.graph());
    let one = format!("{root}/default/sessions/{id}");
    let inside = format!("{root}/{}/sessions", closed["workspace"].as_str().unwrap());
    let body = r#"{"displayName":"x"}"#;
    for (method, url, bearer, kind, body, status, code) in [
        ("GET", one.clone(), "", "", "", 401, "InvalidAuthenticationToken"),
        ("GET", one.clone(), "made-up", "", "", 401, "InvalidAuthenticationToken"),
        ("PATCH", one.clone(), &reading, "application/json", body, 403, "Forbidden"),
        ("GET", inside, &full, "", "", 403, "Forbidden"),
        ("GET", format!("{root}/default/sessions/none"), &full, "", "", 404, "ResourceNotFound"),
        ("GET", format!("{root}/none/sessions"), &full, "", "", 404, "ResourceNotFound"),
        ("PATCH", one.clone(), &full, "text/plain", body, 415, "UnsupportedMediaType"),
        ("PATCH", one.clone(), &full, "application/json", "{", 400, "BadRequest"),
        ("PATCH", one.clone(), &full, "application/json", r#"{"displayName":5}"#, 400, "BadRequest"),
        ("PATCH", one.clone(), &full, "application/json", r#"{"id":"x"}"#, 400, "BadRequest"),
        ("DELETE", one.clone(), &full, "", "", 405, "Request_BadRequest"),
        ("GET", format!("{root}/default/sessions/"), &full, "", "", 400, "UnknownError"),
    ] {
        let mut request = http().request(method.parse().unwrap(), &url).header("client-request-id", "mine");
        if !bearer.is_empty() {
            request = request.bearer_auth(bearer);
        }
        if !kind.is_empty() {
            request = request.header("content-type", kind).body(body);
        }
        let answer = request.send().await.unwrap();
        let headers = answer.headers().clone();
        let found = answer.status().as_u16();
        let error = json_of(&answer.text().await.unwrap())["error"].clone();
        assert_eq!((found, error["code"].as_str().unwrap()), (status, code), "{method} {url}");
        assert_eq!(headers["client-request-id"], "mine");
        assert_eq!(error["innerError"]["request-id"], headers["request-id"].to_str().unwrap());
        assert!(headers.contains_key("x-ms-ags-diagnostic"));
        assert!(!error["innerError"]["date"].as_str().unwrap().ends_with('Z'), "the date has no zone");
        assert_eq!(headers.contains_key("www-authenticate"), status == 401);
    }
}

#[tokio::test]
async fn a_batch_is_taken_apart_and_refused_as_graph_does() {
    let simulator = simulator().await;
    let full = token(&simulator, SCOPES).await;
    let reading =
        token(&simulator, "openid https://graph.microsoft.com/SecurityCopilotWorkspaces.Read.All").await;
    let post = async |bearer: &str, kind: &str, body: Value| {
        let request = http().post(format!("{}/$batch", simulator.graph())).header("content-type", kind);
        let answer = request.bearer_auth(bearer).body(body.to_string()).send().await.unwrap();
        (answer.status().as_u16(), json_of(&answer.text().await.unwrap()))
    };
    let kind = "application/json";
    let url = |id: &str| format!("/security/securityCopilot/workspaces/default/sessions/{id}");
    let sessions = ask(simulator.authority(), "sessions").await;
    let id = sessions[0]["id"].as_str().unwrap();
    let patch = |n: &str, id: &str| json!({"id": n, "method": "PATCH", "url": url(id), "headers": {"Content-Type": kind}, "body": {"displayName": "x"}});
    let many =
        |count: usize| json!({"requests": (0..count).map(|n| patch(&n.to_string(), id)).collect::<Vec<_>>()});

    let (status, answer) = post(&full, kind, many(20)).await;
    assert_eq!((status, answer["responses"].as_array().unwrap().len()), (200, 20));
    assert_eq!(answer["responses"][0]["id"], "19", "not in the order of the requests");
    let nested = json!({"requests": [{"id": "1", "method": "POST", "url": "/$batch", "body": {}}]});
    let elsewhere = json!({"requests": [{"id": "1", "method": "GET", "url": "https://example.com/"}]});
    for (bearer, kind, body, status) in [
        (&full, kind, many(21), 400),
        (&full, kind, many(0), 400),
        (&full, kind, json!({"requests": [patch("a", id), patch("A", id)]}), 400),
        (&full, kind, json!({"requests": [{"method": "GET", "url": "/x"}]}), 400),
        (&full, kind, json!([]), 400),
        (&full, kind, nested, 400),
        (&full, kind, elsewhere, 400),
        (&full, "text/plain", many(1), 415),
        (&"made-up".to_owned(), kind, many(1), 401),
    ] {
        assert_eq!(post(bearer, kind, body.clone()).await.0, status, "{body}");
    }
    let untyped = json!({"id": "b", "method": "PATCH", "url": url(id), "body": {"displayName": "y"}});
    let get = json!({"id": "d", "method": "GET", "url": url(id)});
    let (_, answer) =
        post(&full, kind, json!({"requests": [patch("a", id), untyped, patch("c", "none"), get]})).await;
    let mut parts = answer["responses"].as_array().unwrap().clone();
    parts.sort_by_key(|part| part["id"].to_string());
    let found: Vec<_> = parts.iter().map(|part| part["status"].as_u64().unwrap()).collect();
    assert_eq!(found, [200, 415, 404, 200]);
    assert_eq!(parts[3]["body"]["displayName"], "x");
    assert!(parts[0]["headers"]["Request-Id"].is_string(), "{}", parts[0]);
    let (_, answer) = post(&reading, kind, json!({"requests": [patch("a", id)]})).await;
    assert_eq!(answer["responses"][0]["status"], 403, "the scope counts for each part");

    let fault = json!([{"method": "PATCH", "status": 429, "retry_after": "7"}, {"method": "PATCH", "status": 502, "body": "html"}]);
    control(simulator.authority(), "faults", fault).await;
    let (_, answer) =
        post(&full, kind, json!({"requests": [patch("a", id), patch("b", id), patch("c", id)]})).await;
    let part =
        |n: &str| answer["responses"].as_array().unwrap().iter().find(|p| p["id"] == n).unwrap().clone();
    assert_eq!((&part("a")["status"], &part("a")["headers"]["Retry-After"]), (&json!(429), &json!("7")));
    assert!(part("b")["body"].is_string() && part("c")["status"] == 200, "{answer}");
    let requests = ask(simulator.authority(), "requests").await;
    let last: Vec<&Value> = requests.iter().rev().take(4).map(|r| &r["version"]).collect();
    assert_eq!(last, ["$batch", "$batch", "$batch", "HTTP/1.1"], "the parts behind their batch");
    assert!(!requests.iter().any(|r| r["headers"].to_string().contains(&full)), "no token is told");
}

#[tokio::test]
async fn lists_come_in_pages_and_a_renamed_session_is_returned_and_kept() {
    let simulator = simulator().await;
    let bearer = token(&simulator, SCOPES).await;
    let get = async |url: &str| {
        json_of(&http().get(url).bearer_auth(&bearer).send().await.unwrap().text().await.unwrap())
    };
    let root = format!("{}/security/securityCopilot/workspaces", simulator.graph());
    let workspaces = get(&root).await;
    assert_eq!(workspaces["value"].as_array().unwrap().len(), 3);
    let mut url = format!("{root}/default/sessions");
    let mut all: Vec<Value> = Vec::new();
    loop {
        let page = get(&url).await;
        all.extend(page["value"].as_array().unwrap().clone());
        match page["@odata.nextLink"].as_str() {
            Some(next) => next.clone_into(&mut url),
            None => break,
        }
    }
    assert!(all.len() > 40);
    assert!(all.iter().any(|s| s["displayName"].is_null()), "an unnamed one is among them");
    let id = all[0]["id"].as_str().unwrap();
    let one = format!("{root}/default/sessions/{id}");
    let patch = |body: &'static str| {
        http().patch(&one).bearer_auth(&bearer).header("content-type", "application/json").body(body)
    };
    let answer = patch(r#"{"displayName":"  a   name  "}"#).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let entity = json_of(&answer.text().await.unwrap());
    assert_eq!(entity["displayName"], "a name", "the server has its own form of a name");
    assert_ne!(entity["lastModifiedDateTime"], all[0]["lastModifiedDateTime"]);
    patch(r#"{"displayName":null}"#).send().await.unwrap();
    assert!(get(&one).await["displayName"].is_null());
    assert!(!get(&format!("{one}/prompts")).await["value"].as_array().unwrap().is_empty());
    let made = http()
        .post(format!("{root}/default/sessions"))
        .bearer_auth(&bearer)
        .header("content-type", "application/json")
        .body(r#"{"displayName":"new"}"#);
    assert_eq!(made.send().await.unwrap().status(), 201);
}

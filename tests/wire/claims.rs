//! Continuous access evaluation and the claims of conditional access, from Graph's 401 to the next sign-in.

use std::sync::Arc;

use retitle::core::effect::{AuthCall, GraphCall, Way};
use retitle::core::fault::FaultKind;
use retitle::core::msg::{Attempt, AuthReply, GraphReply};
use retitle::core::session::{Account, WorkspaceId};
use retitle::graph::GraphClient;
use retitle::http::{Http, HttpOptions};
use retitle::ports::{Graph, Identity, Tokens};
use serde_json::json;

use crate::common::{ask, options};
use crate::raw::{Raw, answer};
use crate::signing::{Desk, auth_at};

fn graph(desk: &Desk, auth: &retitle::auth::Auth) -> GraphClient {
    let http = Http::new(HttpOptions { ca_file: None, loopback_only: true }).unwrap();
    let tokens: Arc<dyn Tokens> = Arc::new(auth.clone());
    GraphClient::new(http, desk.simulator.graph().parse().unwrap(), tokens)
}

fn list() -> GraphCall {
    GraphCall::List { workspace: WorkspaceId::new("default"), page: None }
}

#[tokio::test]
async fn a_challenge_costs_one_refresh_with_its_claims_and_nobody_notices() {
    let desk = Desk::new(options()).await;
    let auth = desk.auth();
    let account = desk.sign_in(&auth).await;
    desk.control("challenge").await;
    let answer = graph(&desk, &auth).call(account.clone(), list()).await.unwrap();
    assert!(matches!(answer, GraphReply::Page { .. }));
    assert_eq!(desk.refreshes().await, 1);
    graph(&desk, &auth).call(account, list()).await.unwrap();
    assert_eq!(desk.refreshes().await, 1, "the new token is good");
}

#[tokio::test]
async fn a_refresh_that_asks_for_a_second_factor_keeps_the_sign_in_and_hands_the_claims_to_the_next() {
    let desk = Desk::new(options()).await;
    let auth = desk.auth();
    let account = desk.sign_in(&auth).await;
    desk.policy(json!({"mfa": true})).await;
    desk.later(4_000);
    let fault = auth.access_token(account.clone(), None).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::SignedOut);
    assert!(fault.say.contains("multi-factor"), "{}", fault.say);
    // The refresh token may be good again after the interaction.
    assert!(matches!(desk.auth().call(Attempt(1), AuthCall::Resume).await, Ok(AuthReply::Restored(_))));
    let AuthReply::Page(page) = auth.call(Attempt(2), AuthCall::Begin(Way::Browser)).await.unwrap() else {
        panic!()
    };
    assert!(page.url.contains("mfa-policy") && page.url.contains("cp1"), "{}", page.url);
    desk.policy(json!({})).await;
    desk.sign_in(&auth).await;
    let AuthReply::Page(page) = auth.call(Attempt(3), AuthCall::Begin(Way::Browser)).await.unwrap() else {
        panic!()
    };
    assert!(!page.url.contains("mfa-policy"), "they have done their work: {}", page.url);
}

#[tokio::test]
async fn every_request_says_that_challenges_are_understood() {
    let code = r#"{"user_code":"A","device_code":"D","verification_uri":"https://x.example/","expires_in":900,"interval":5}"#;
    let tokens = r#"{"token_type":"Bearer","access_token":"A1","refresh_token":"R1","expires_in":0,"id_token":"e30.eyJpc3MiOiJpIiwic3ViIjoicyIsIm5hbWUiOiJKIn0."}"#;
    let server = Raw::answering(vec![
        answer("200 OK", "", code),
        answer("200 OK", "", tokens),
        answer("200 OK", "", &tokens.replace("A1", "A2")),
    ])
    .await;
    let auth = auth_at(&server.base, retitle::auth::Storage::Memory, &Arc::default());
    auth.call(Attempt(1), AuthCall::Begin(Way::Device)).await.unwrap();
    auth.call(Attempt(1), AuthCall::Poll).await.unwrap();
    auth.access_token(Account::new("i|s"), None).await.unwrap();
    let received = server.received.lock().unwrap();
    assert_eq!(received.len(), 3);
    for request in received.iter() {
        let body = request.split_once("\r\n\r\n").unwrap().1;
        let form: Vec<(String, String)> = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
        let claims = form.iter().find(|(name, _)| name == "claims").map(|(_, value)| value.as_str());
        assert_eq!(claims, Some(r#"{"access_token":{"xms_cc":{"values":["cp1"]}}}"#), "{request}");
    }
}

#[tokio::test]
async fn a_token_that_likes_to_be_renewed_early_is_used_until_the_new_one_is_there() {
    let desk = Desk::new(options()).await;
    let auth = desk.auth();
    let account = desk.sign_in(&auth).await;
    let path = desk.dir.path().join("tokens.json");
    let text = std::fs::read_to_string(&path).unwrap();
    let mut file: serde_json::Value = serde_json::from_str(&text).unwrap();
    for entry in file["entries"].as_object_mut().unwrap().values_mut() {
        entry["refresh_at"] = json!(1);
    }
    std::fs::write(&path, file.to_string()).unwrap();
    auth.access_token(account, None).await.unwrap();
    let renewed = async { while desk.refreshes().await == 0 {} };
    tokio::time::timeout(std::time::Duration::from_secs(60), renewed).await.expect("a new one is fetched");
    assert_eq!(desk.refreshes().await, 1);
    let requests = ask(desk.simulator.authority(), "requests").await;
    assert!(requests.len() >= 3);
}

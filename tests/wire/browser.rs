//! The browser flow, with the browser played by the test.

use std::collections::HashMap;

use retitle::auth::Storage;
use retitle::core::effect::{AuthCall, Way};
use retitle::core::fault::{Fault, FaultKind};
use retitle::core::msg::{Attempt, AuthReply};
use retitle::ports::{Identity, Tokens};
use serde_json::json;
use url::Url;

use crate::common::{http, options};
use crate::signing::{Desk, auth_at};

const ONE: Attempt = Attempt(1);

/// The address that the browser is sent to.
async fn address(auth: &retitle::auth::Auth) -> Url {
    let AuthReply::Page(page) = auth.call(ONE, AuthCall::Begin(Way::Browser)).await.unwrap() else {
        panic!()
    };
    assert!(page.may_open);
    page.url.parse().unwrap()
}

fn parameters(url: &Url) -> HashMap<String, String> {
    url.query_pairs().into_owned().collect()
}

/// The person's answer on the page, and what the page sends on: the form's fields by name.
async fn decide(url: &Url, decision: &str) -> HashMap<String, String> {
    let mut form = parameters(url);
    form.insert("decision".into(), decision.into());
    form.insert("person".into(), "1".into());
    let page = http()
        .post(url.as_str().split('?').next().unwrap())
        .body(encoded(&form))
        .header("content-type", "application/x-www-form-urlencoded")
        .send()
        .await
        .unwrap();
    let html = page.text().await.unwrap();
    html.split("name=\"")
        .skip(1)
        .map(|rest| {
            let (name, rest) = rest.split_once("\" value=\"").unwrap();
            (name.to_owned(), rest.split('"').next().unwrap().to_owned())
        })
        .collect()
}

fn encoded(form: &HashMap<String, String>) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish()
}

async fn post_back(url: &Url, form: &HashMap<String, String>) -> (u16, String) {
    let back = parameters(url)["redirect_uri"].clone();
    let request =
        http().post(back).body(encoded(form)).header("content-type", "application/x-www-form-urlencoded");
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[tokio::test]
async fn a_code_comes_back_as_a_form_is_redeemed_with_pkce_and_only_then_the_browser_is_told_so() {
    let desk = Desk::new(options()).await;
    let auth = desk.auth();
    let url = address(&auth).await;
    let asked = parameters(&url);
    assert_eq!(asked["code_challenge_method"], "S256");
    assert_eq!(asked["response_mode"], "form_post");
    assert_eq!(asked["prompt"], "select_account");
    assert!(asked["redirect_uri"].starts_with("http://localhost:"));
    assert_eq!(asked["claims"], r#"{"access_token":{"xms_cc":{"values":["cp1"]}}}"#);
    let form = decide(&url, "approve").await;
    let (reply, (status, page)) = tokio::join!(auth.call(ONE, AuthCall::Return), post_back(&url, &form));
    let Ok(AuthReply::SignedIn { who, notice: None }) = reply else { panic!("{reply:?}") };
    assert_eq!(who.username, "m.roe@contoso.com");
    assert_eq!(status, 200);
    assert!(page.contains("Signed in") && page.contains("close this tab"), "{page}");
    desk.auth().access_token(who.account, None).await.expect("in the same cache as a device code's");
    // The next sign-in suggests who it was.
    assert_eq!(parameters(&address(&auth).await)["login_hint"], "m.roe@contoso.com");
}

#[tokio::test]
async fn an_answer_in_the_address_is_taken_too() {
    let desk = Desk::new(options()).await;
    let auth = desk.auth();
    let url = address(&auth).await;
    let form = decide(&url, "approve").await;
    let mut back: Url = parameters(&url)["redirect_uri"].parse().unwrap();
    back.query_pairs_mut().extend_pairs(&form);
    let (reply, page) = tokio::join!(auth.call(ONE, AuthCall::Return), http().get(back).send());
    assert!(matches!(reply, Ok(AuthReply::SignedIn { .. })), "{reply:?}");
    assert_eq!(page.unwrap().status(), 200);
}

#[tokio::test]
async fn a_stranger_with_another_state_is_sent_away_and_cannot_end_the_wait() {
    let desk = Desk::new(options()).await;
    let auth = desk.auth();
    let url = address(&auth).await;
    let form = decide(&url, "approve").await;
    let strangers = async {
        for (name, value) in [("state", "guessed"), ("state", "")] {
            let mut wrong = form.clone();
            wrong.insert(name.into(), value.into());
            let (status, page) = post_back(&url, &wrong).await;
            assert_eq!(status, 400);
            assert!(page.contains("Not expected"), "{page}");
        }
        let elsewhere = format!("{}/favicon.ico", parameters(&url)["redirect_uri"]);
        assert_eq!(http().get(elsewhere).send().await.unwrap().status(), 404);
        post_back(&url, &form).await
    };
    let (reply, (status, _)) = tokio::join!(auth.call(ONE, AuthCall::Return), strangers);
    assert!(matches!(reply, Ok(AuthReply::SignedIn { .. })), "{reply:?}");
    assert_eq!(status, 200);
}

async fn ends_with(decision: &str, change: impl FnOnce(&mut HashMap<String, String>)) -> (Fault, String) {
    let desk = Desk::new(options()).await;
    let auth = desk.auth();
    let url = address(&auth).await;
    let mut form = decide(&url, decision).await;
    change(&mut form);
    let (reply, (_, page)) = tokio::join!(auth.call(ONE, AuthCall::Return), post_back(&url, &form));
    (reply.unwrap_err(), page)
}

#[tokio::test]
async fn a_no_on_the_page_and_a_code_that_is_not_taken_are_told_in_both_places() {
    let (fault, page) = ends_with("deny", |_| ()).await;
    assert_eq!(fault.kind, FaultKind::Declined);
    assert!(page.contains("Not signed in") && page.contains("declined on the page"), "{page}");
    let (fault, page) = ends_with("approve", |form| drop(form.insert("code".into(), "AC.x<y>".into()))).await;
    assert_eq!(fault.kind, FaultKind::SignInBlocked);
    assert!(page.contains("Not signed in") && !page.contains("<y>"), "{page}");
}

#[tokio::test]
async fn a_policy_is_explained_with_the_other_way_out() {
    let desk = Desk::new(options()).await;
    desk.policy(json!({"errors": [{"on": "authorize", "error": "access_denied", "number": 53003}]})).await;
    let auth = desk.auth();
    let url = address(&auth).await;
    let form = decide(&url, "approve").await;
    let (reply, _) = tokio::join!(auth.call(ONE, AuthCall::Return), post_back(&url, &form));
    let fault = reply.unwrap_err();
    assert_eq!(fault.kind, FaultKind::SignInBlocked);
    assert!(fault.say.ends_with("or try a code instead."), "{}", fault.say);
    assert!(fault.request_id.is_some(), "the correlation id stands in the description");
}

#[tokio::test]
async fn an_id_token_of_another_request_is_refused() {
    let desk = Desk::new(options()).await;
    let auth = desk.auth();
    let mut url = address(&auth).await;
    // The page is opened with another nonce, as if the answer had been made for somebody else.
    let mut changed = parameters(&url);
    changed.insert("nonce".into(), "somebody-else".into());
    url.query_pairs_mut().clear().extend_pairs(&changed);
    let form = decide(&url, "approve").await;
    let (reply, _) = tokio::join!(auth.call(ONE, AuthCall::Return), post_back(&url, &form));
    assert!(reply.unwrap_err().say.contains("does not say who signed in"));
}

#[tokio::test]
async fn a_wrong_verifier_is_refused_by_the_simulator() {
    let desk = Desk::new(options()).await;
    let auth = desk.auth();
    let mut url = address(&auth).await;
    let mut changed = parameters(&url);
    changed.insert("code_challenge".into(), "x".repeat(43));
    url.query_pairs_mut().clear().extend_pairs(&changed);
    let form = decide(&url, "approve").await;
    let (reply, _) = tokio::join!(auth.call(ONE, AuthCall::Return), post_back(&url, &form));
    assert!(reply.unwrap_err().server.unwrap().contains("AADSTS501481"));
}

#[tokio::test]
async fn beginning_anew_closes_the_port_of_the_attempt_before() {
    let desk = Desk::new(options()).await;
    let auth = auth_at(desk.simulator.authority(), Storage::Memory, &desk.clock);
    let first = parameters(&address(&auth).await)["redirect_uri"].clone();
    auth.call(Attempt(2), AuthCall::Begin(Way::Device)).await.unwrap();
    assert!(http().get(first).send().await.unwrap_err().is_connect());
    let fault = auth.call(ONE, AuthCall::Return).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Expired);
}

//! A simulator for a test, and its control endpoints.

pub mod library;
pub mod world;

use std::time::Duration;

use retitle::simulator::{Options, Simulator};
use serde_json::Value;

pub const CLIENT: &str = "11111111-2222-4333-8444-555555555555";

/// A client that reaches this machine and nothing else.
pub fn http() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap()
}

pub fn options() -> Options {
    Options { control: true, interval: Duration::from_secs(1), page_size: 10, ..Options::default() }
}

#[allow(dead_code, reason = "not every test binary asks")]
pub async fn simulator() -> Simulator {
    Simulator::start(options()).await.unwrap()
}

/// `POST /control/…`
pub async fn control(base: &str, what: &str, body: Value) {
    let answer = http().post(format!("{base}/control/{what}")).body(body.to_string()).send().await.unwrap();
    assert!(answer.status().is_success(), "{what}: {}", answer.text().await.unwrap());
}

/// Makes so many more sessions on the server; their IDs.
#[allow(dead_code, reason = "not every test binary asks")]
pub async fn grow(base: &str, count: usize) -> Vec<String> {
    let body = serde_json::json!({"count": count}).to_string();
    let answer = http().post(format!("{base}/control/grow")).body(body).send().await.unwrap();
    serde_json::from_str(&answer.text().await.unwrap()).unwrap()
}

/// `GET /control/…`
pub async fn ask(base: &str, what: &str) -> Vec<Value> {
    let text = http().get(format!("{base}/control/{what}")).send().await.unwrap().text().await.unwrap();
    serde_json::from_str(&text).unwrap()
}

/// The name of a session on the server.
#[allow(dead_code, reason = "not every test binary asks")]
pub async fn server_name(base: &str, id: &str) -> Option<String> {
    let sessions = ask(base, "sessions").await;
    let session = sessions.iter().find(|s| s["id"] == id).unwrap_or_else(|| panic!("no session {id}"));
    session["name"].as_str().map(ToOwned::to_owned)
}

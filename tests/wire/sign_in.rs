use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use retitle::auth::{AuthConfig, Storage};
use retitle::core::effect::{AuthCall, Way};
use retitle::core::fault::{Fault, FaultKind};
use retitle::core::msg::{Attempt, AuthReply};
use retitle::core::session::Account;
use retitle::ports::{Identity, Rejected, Tokens};
use retitle::simulator::Options;
use secrecy::ExposeSecret;

use crate::common::{CLIENT, options};
use crate::raw::{Raw, answer};
use crate::signing::{Desk, auth_at, auth_with, config, file};

#[tokio::test]
async fn a_code_is_shown_waited_for_and_signed_in_with_and_the_next_start_needs_none() {
    let desk = Desk::new(options()).await;
    let auth = desk.auth();
    assert_eq!(auth.call(Attempt(1), AuthCall::Resume).await, Ok(AuthReply::NothingCached { notice: None }));
    let AuthReply::Code(code) = auth.call(Attempt(2), AuthCall::Begin(Way::Device)).await.unwrap() else {
        panic!()
    };
    assert_eq!(code.url, format!("{}/device", desk.simulator.authority()));
    assert!(code.may_open && code.user_code.len() == 9);
    assert_eq!(auth.call(Attempt(2), AuthCall::Poll).await, Ok(AuthReply::Pending));
    assert_eq!(auth.call(Attempt(2), AuthCall::Poll).await, Ok(AuthReply::SlowDown), "polled again at once");
    desk.control("approve").await;
    // Faster than allowed, so it is told to slow down first; what counts is that the code is still good.
    assert_eq!(auth.call(Attempt(2), AuthCall::Poll).await, Ok(AuthReply::SlowDown));
    let account = {
        let fresh = desk.auth();
        desk.sign_in(&fresh).await
    };
    let again = desk.auth();
    let AuthReply::Restored(who) = again.call(Attempt(1), AuthCall::Resume).await.unwrap() else { panic!() };
    assert_eq!((who.account.clone(), who.username.as_str()), (account.clone(), "j.doe@contoso.com"));
    again.access_token(account, None).await.unwrap();
    assert_eq!(desk.refreshes().await, 0, "a token with an hour left needs no refresh");
}

#[tokio::test]
async fn both_permissions_are_asked_for_and_the_client_names_itself() {
    let server = Raw::answering(vec![answer("400 Bad Request", "", "{}")]).await;
    let auth = auth_at(&server.base, Storage::Memory, &Arc::default());
    auth.call(Attempt(1), AuthCall::Begin(Way::Device)).await.unwrap_err();
    let request = server.received.lock().unwrap().remove(0);
    assert!(request.starts_with("POST /organizations/oauth2/v2.0/devicecode HTTP/1.1\r\n"), "{request}");
    let body = request.split_once("\r\n\r\n").unwrap().1;
    let form: Vec<(String, String)> = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    let value = |name: &str| form.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
    assert_eq!(value("client_id"), Some(CLIENT));
    assert_eq!(
        value("scope"),
        Some(
            "openid profile offline_access https://graph.microsoft.com/SecurityCopilotWorkspaces.Read.All \
             https://graph.microsoft.com/SecurityCopilotWorkspaces.ReadWrite.All"
        )
    );
    assert_eq!(value("client_secret"), None);
}

async fn polled(answers: Vec<String>) -> Result<AuthReply, Fault> {
    let code = r#"{"user_code":"AAA","device_code":"MARKER-DC","verification_uri":"https://login.microsoft.com/device","expires_in":"900","interval":"5"}"#;
    let mut all = vec![answer("200 OK", "", code)];
    all.extend(answers);
    let server = Raw::answering(all).await;
    let auth = auth_at(&server.base, Storage::Memory, &Arc::default());
    auth.call(Attempt(1), AuthCall::Begin(Way::Device)).await.unwrap();
    auth.call(Attempt(1), AuthCall::Poll).await
}

#[tokio::test]
async fn every_answer_to_a_poll_means_what_rfc_and_entra_say() {
    let error = |name: &str| answer("400 Bad Request", "", &format!("{{\"error\":\"{name}\"}}"));
    assert_eq!(polled(vec![error("authorization_pending")]).await, Ok(AuthReply::Pending));
    assert_eq!(polled(vec![error("slow_down")]).await, Ok(AuthReply::SlowDown));
    for (name, kind) in [
        ("authorization_declined", FaultKind::Declined),
        ("access_denied", FaultKind::Declined),
        ("expired_token", FaultKind::Expired),
        ("code_expired", FaultKind::Expired),
        ("bad_verification_code", FaultKind::SignInBlocked),
        ("invalid_grant", FaultKind::SignInBlocked),
        ("something_new", FaultKind::SignInBlocked),
    ] {
        let fault = polled(vec![error(name)]).await.unwrap_err();
        assert_eq!(fault.kind, kind, "{name}");
        assert!(!format!("{fault:?}").contains("MARKER"));
    }
    for raw in [
        answer("503 Service Unavailable", "", "<html>"),
        answer("429 Too Many Requests", "", ""),
        answer("200 OK", "", "<html>a captive portal</html>"),
        String::new(),
        error("temporarily_unavailable"),
    ] {
        let reply = polled(vec![raw.clone()]).await;
        assert!(matches!(reply, Ok(AuthReply::Unreachable(_))), "{raw}: {reply:?}");
    }
}

#[tokio::test]
async fn an_app_that_is_no_public_client_is_told_what_to_change_with_the_ids_for_the_admin() {
    let body = r#"{"error":"invalid_client","error_description":"AADSTS7000218: The request body must contain…\r\nTrace","error_codes":[7000218],"correlation_id":"c-1"}"#;
    let fault = polled(vec![answer("401 Unauthorized", "", body)]).await.unwrap_err();
    assert!(fault.say.contains("Allow public client flows"));
    assert_eq!(fault.request_id.as_deref(), Some("c-1"));
    assert!(fault.server.unwrap().contains("AADSTS7000218"));
}

#[tokio::test]
async fn a_sign_in_without_a_needed_permission_names_it() {
    let claims = "eyJpc3MiOiJpIiwic3ViIjoicyIsIm5hbWUiOiJKIn0";
    let body = format!(
        r#"{{"token_type":"Bearer","access_token":"MARKER-AT","refresh_token":"MARKER-RT","expires_in":3600,"id_token":"e30.{claims}.","scope":"openid SecurityCopilotWorkspaces.Read.All"}}"#
    );
    let fault = polled(vec![answer("200 OK", "", &body)]).await.unwrap_err();
    assert!(
        fault.say.contains("without the permission SecurityCopilotWorkspaces.ReadWrite.All"),
        "{}",
        fault.say
    );
    assert!(!format!("{fault:?}").contains("MARKER"));
}

#[tokio::test]
async fn with_less_than_five_minutes_left_twenty_callers_make_one_refresh_and_the_new_tokens_are_kept() {
    let desk = Desk::new(options()).await;
    let auth = desk.auth();
    let account = desk.sign_in(&auth).await;
    let first = auth.access_token(account.clone(), None).await.unwrap();
    desk.clock.0.store(3_600 - 299, Ordering::SeqCst);
    let callers = (0..20).map(|_| auth.access_token(account.clone(), None));
    let tokens: Vec<_> = futures_util::future::join_all(callers).await;
    assert_eq!(desk.refreshes().await, 1);
    for token in tokens {
        assert_ne!(token.unwrap().expose_secret(), first.expose_secret());
    }
    desk.clock.0.store(2 * 3_600, Ordering::SeqCst);
    desk.auth().access_token(account, None).await.unwrap();
    assert_eq!(desk.refreshes().await, 2, "the rotated refresh token is the one on disk");
}

#[tokio::test]
async fn two_copies_with_one_folder_make_one_refresh_even_where_reuse_ends_the_sign_in() {
    let desk = Desk::new(Options { revoke_on_reuse: true, ..options() }).await;
    let account = desk.sign_in(&desk.auth()).await;
    desk.clock.0.store(4_000, Ordering::SeqCst);
    let (one, two) = (desk.auth(), desk.auth());
    let (a, b) = tokio::join!(one.access_token(account.clone(), None), two.access_token(account, None));
    assert_eq!(a.unwrap().expose_secret(), b.unwrap().expose_secret());
    assert_eq!(desk.refreshes().await, 1);
}

#[tokio::test]
async fn a_refused_token_is_renewed_though_it_looks_alive() {
    let desk = Desk::new(options()).await;
    let auth = desk.auth();
    let account = desk.sign_in(&auth).await;
    let first = auth.access_token(account.clone(), None).await.unwrap();
    let second =
        auth.access_token(account, Some(Rejected { token: first.clone(), claims: None })).await.unwrap();
    assert_ne!(first.expose_secret(), second.expose_secret());
}

#[tokio::test]
async fn a_revoked_sign_in_asks_for_a_person_once_and_not_the_server_again_and_again() {
    let desk = Desk::new(options()).await;
    let auth = desk.auth();
    let account = desk.sign_in(&auth).await;
    desk.control("revoke").await;
    desk.clock.0.store(4_000, Ordering::SeqCst);
    for _ in 0..3 {
        let fault = auth.access_token(account.clone(), None).await.unwrap_err();
        assert_eq!(fault.kind, FaultKind::SignedOut, "{}", fault.say);
    }
    assert_eq!(desk.refreshes().await, 1);
    assert_eq!(
        desk.auth().call(Attempt(1), AuthCall::Resume).await,
        Ok(AuthReply::NothingCached { notice: None })
    );
}

#[tokio::test]
async fn an_unreachable_server_is_no_reason_to_sign_in_again() {
    let desk = Desk::new(options()).await;
    let account = desk.sign_in(&desk.auth()).await;
    let Desk { simulator, dir, clock } = desk;
    let authority = simulator.authority().to_owned();
    drop(simulator);
    let auth = auth_at(&authority, file(&dir), &clock);
    clock.0.store(3_600 - 100, Ordering::SeqCst);
    auth.access_token(account.clone(), None).await.expect("100 seconds are left");
    clock.0.store(4_000, Ordering::SeqCst);
    let fault = auth.access_token(account, None).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Offline, "{}", fault.say);
    assert!(matches!(auth.call(Attempt(1), AuthCall::Resume).await, Ok(AuthReply::Restored(_))));
}

#[tokio::test]
async fn a_token_goes_only_to_the_account_that_it_belongs_to() {
    let desk = Desk::new(options()).await;
    let auth = desk.auth();
    desk.sign_in(&auth).await;
    let fault = auth.access_token(Account::new("somebody.else"), None).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::SignedOut);
}

#[tokio::test]
async fn in_memory_alone_a_sign_in_leaves_no_file() {
    let desk = Desk::new(options()).await;
    let auth = auth_at(desk.simulator.authority(), Storage::Memory, &desk.clock);
    let account = desk.sign_in(&auth).await;
    assert!(auth.access_token(account, None).await.is_ok());
    assert_eq!(std::fs::read_dir(desk.dir.path()).unwrap().count(), 0);
    let next = auth_at(desk.simulator.authority(), Storage::Memory, &desk.clock);
    let answer = next.call(Attempt(1), AuthCall::Resume).await.unwrap();
    assert!(matches!(answer, AuthReply::NothingCached { .. }), "the next start signs in again");
}

#[cfg(unix)]
#[tokio::test]
async fn the_cache_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::new(options()).await;
    desk.sign_in(&desk.auth()).await;
    let path = desk.dir.path().join("tokens.json");
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o600);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    desk.auth().call(Attempt(1), AuthCall::Resume).await.unwrap();
    assert_eq!(mode(&path), 0o600, "a wider mode, as after a restore, is put right");
}

#[tokio::test]
async fn what_becomes_of_the_cache_elsewhere_is_seen_by_the_next_request() {
    let desk = Desk::new(options()).await;
    let auth = desk.auth();
    let account = desk.sign_in(&auth).await;
    let path = desk.dir.path().join("tokens.json");
    let bytes = std::fs::read(&path).unwrap();
    assert!(auth.access_token(account.clone(), None).await.is_ok());
    std::fs::remove_file(&path).unwrap();
    assert_eq!(auth.access_token(account.clone(), None).await.unwrap_err().kind, FaultKind::SignedOut);
    std::fs::write(&path, &bytes).unwrap();
    assert!(auth.access_token(account.clone(), None).await.is_ok());
    // As long as before, and written into the same file.
    let other = String::from_utf8(bytes).unwrap().replacen("\"access_token\"", "\"access_tokem\"", 1);
    std::fs::write(&path, other).unwrap();
    auth.access_token(account, None).await.unwrap();
    assert_eq!(desk.refreshes().await, 1, "the token that was there is used no more");
}

#[tokio::test]
async fn an_unreadable_cache_is_set_aside_and_said_to_be_and_signing_in_works() {
    for garbage in ["", "{", "[]", "{\"version\":99,\"entries\":{}}"] {
        let desk = Desk::new(options()).await;
        std::fs::write(desk.dir.path().join("tokens.json"), garbage).unwrap();
        let auth = desk.auth();
        let AuthReply::NothingCached { notice: Some(words) } =
            auth.call(Attempt(1), AuthCall::Resume).await.unwrap()
        else {
            panic!("{garbage:?}")
        };
        assert!(words.contains("tokens.json.bad-"), "{words}");
        desk.sign_in(&auth).await;
    }
}

#[tokio::test]
async fn a_cache_that_cannot_be_written_leaves_the_sign_in_in_memory_and_says_so() {
    let desk = Desk::new(options()).await;
    let gone = desk.dir.path().join("gone");
    let auth = auth_at(desk.simulator.authority(), Storage::File(gone), &desk.clock);
    auth.call(Attempt(1), AuthCall::Begin(Way::Device)).await.unwrap();
    desk.control("approve").await;
    let AuthReply::SignedIn { who, notice: Some(words) } =
        auth.call(Attempt(1), AuthCall::Poll).await.unwrap()
    else {
        panic!()
    };
    assert!(words.contains("in memory only"), "{words}");
    auth.access_token(who.account, None).await.unwrap();
}

#[tokio::test]
async fn another_tenant_client_profile_right_or_host_never_finds_the_sign_in() {
    let desk = Desk::new(options()).await;
    desk.sign_in(&desk.auth()).await;
    let base = config(desk.simulator.authority(), file(&desk.dir));
    let mut others = vec![
        AuthConfig { tenant: "contoso.com".into(), ..base.clone() },
        AuthConfig { client_id: "another".into(), ..base.clone() },
        AuthConfig { profile: "another".into(), ..base.clone() },
        AuthConfig { read_only: true, ..base.clone() },
        AuthConfig { graph: "https://graph.example.com".into(), ..base.clone() },
    ];
    others.push(AuthConfig { authority: "http://127.0.0.1:1".parse().unwrap(), ..base.clone() });
    for other in others {
        let resumed = auth_with(other.clone(), &desk.clock).call(Attempt(1), AuthCall::Resume).await;
        assert_eq!(resumed, Ok(AuthReply::NothingCached { notice: None }), "{other:?}");
    }
    let same = auth_with(base, &desk.clock).call(Attempt(1), AuthCall::Resume).await;
    assert!(matches!(same, Ok(AuthReply::Restored(_))));
}

#[tokio::test]
async fn a_read_only_profile_asks_for_the_reading_permission_alone() {
    let server = Raw::answering(vec![answer("400 Bad Request", "", "{}")]).await;
    let config = AuthConfig { read_only: true, ..config(&server.base, Storage::Memory) };
    let begun = auth_with(config, &Arc::default()).call(Attempt(1), AuthCall::Begin(Way::Device)).await;
    begun.unwrap_err();
    let request = server.received.lock().unwrap().remove(0);
    assert!(request.contains("SecurityCopilotWorkspaces.Read.All"));
    assert!(!request.contains("ReadWrite"), "{request}");
}

/// A guest would be led home by `organizations`; a configured tenant is kept to.
#[tokio::test]
async fn a_refresh_goes_to_the_tenant_that_the_sign_in_is_of() {
    for (tenant, path) in [
        ("organizations", "/6babcaad-604b-40ac-a9d7-9fd97c0b779f/oauth2/v2.0/token"),
        ("contoso.com", "/contoso.com/oauth2/v2.0/token"),
    ] {
        let desk = Desk::new(options()).await;
        let base = config(desk.simulator.authority(), file(&desk.dir));
        let auth = auth_with(AuthConfig { tenant: tenant.into(), ..base }, &desk.clock);
        let account = desk.sign_in(&auth).await;
        desk.later(4_000);
        auth.access_token(account, None).await.unwrap();
        let requests = crate::common::ask(desk.simulator.authority(), "requests").await;
        let refresh = requests.iter().find(|r| r["body"] == "grant_type=refresh_token").unwrap();
        assert_eq!(refresh["target"], path);
    }
}

#[tokio::test]
async fn a_sign_in_of_the_same_account_elsewhere_ends_a_failure_at_once() {
    let desk = Desk::new(options()).await;
    let auth = desk.auth();
    let account = desk.sign_in(&auth).await;
    desk.control("revoke").await;
    desk.later(4_000);
    auth.access_token(account.clone(), None).await.unwrap_err();
    // Another copy signs in; ours, still in its pause after the failure, finds the new tokens.
    desk.sign_in(&desk.auth()).await;
    auth.access_token(account, None).await.unwrap();
}

//! Each row of Entra's errors, as a person meets it: which screen, which words, and what stays in the cache.

use retitle::core::effect::{AuthCall, Way};
use retitle::core::fault::{Fault, FaultKind};
use retitle::core::msg::{Attempt, AuthReply};
use retitle::ports::{Identity, Tokens};
use retitle::simulator::Options;
use serde_json::{Value, json};

use crate::common::{CLIENT, control, options};
use crate::signing::Desk;

/// Numbers, what they come with, and a part of the words that help.
const ROWS: &[(&[u32], &str, &str)] = &[
    (&[70018, 90119], "bad_verification_code", "not accepted. Get a new one"),
    (&[90120], "invalid_grant", "used already"),
    (&[65001], "invalid_grant", "has no consent for SecurityCopilotWorkspaces.ReadWrite.All"),
    (&[65004], "invalid_grant", "declined on the page"),
    (&[90094, 90095], "invalid_grant", "An administrator must approve"),
    (&[90008, 650_056, 650_057, 65005], "invalid_client", "does not list SecurityCopilotWorkspaces"),
    (&[65002], "invalid_grant", "belongs to Microsoft"),
    (&[650_052], "invalid_client", "has not enabled this service"),
    (&[70011, 28002, 650_053], "invalid_scope", "Is it another cloud"),
    (&[7_000_218], "invalid_client", "Allow public client flows"),
    (&[700_016, 700_011, 70001, 7_000_112], "unauthorized_client", "There is no app"),
    (&[50194, 90130, 90124, 9_001_023], "invalid_request", "for one tenant only"),
    (&[50020, 16000, 50034, 51004, 50014, 16003, 90072], "invalid_grant", "not in tenant organizations"),
    (&[500_208], "invalid_grant", "work or school account"),
    (&[90002, 50059, 50128, 90019], "invalid_request", "does not exist in this cloud"),
    (&[90038], "invalid_request", "in another cloud"),
    (&[500_011, 50001], "invalid_resource", "Microsoft Graph is not found"),
    (&[50076, 50079, 50074, 50072, 50078, 50158], "interaction_required", "multi-factor"),
    (&[53003, 530_036], "access_denied", "Sign in with the browser instead"),
    (&[530_032, 530_034, 530_035], "access_denied", "security policy"),
    (
        &[53000, 53001, 530_003, 50097, 50005, 50129, 50155, 50187],
        "interaction_required",
        "A code can never prove one",
    ),
    (&[53002, 53004, 53010, 53011, 50053, 50131], "access_denied", "Ask your admin"),
    (&[50105], "access_denied", "not assigned to app"),
    (&[50199], "interaction_required", "confirm on the page"),
    (&[50173, 50132, 50133, 50089, 70000, 50013], "invalid_grant", "was revoked"),
    (&[700_082, 70008], "invalid_grant", "after a long pause"),
    (&[70043], "invalid_grant", "every so often"),
    (&[700_084], "invalid_grant", "single-page app"),
    (&[50055, 50056, 50057, 50126, 50144], "invalid_grant", "its password"),
    (&[50196], "invalid_grant", "asked too often"),
    (&[500_021, 500_022, 500_212, 500_213], "access_denied", "restricts which tenants"),
    (&[700_022, 700_023, 700_025], "invalid_request", "please report"),
];

async fn scripted(desk: &Desk, error: Value) {
    control(desk.simulator.authority(), "policy", json!({"errors": [error]})).await;
}

async fn poll(desk: &Desk, error: Value) -> Result<AuthReply, Fault> {
    let auth = desk.auth();
    auth.call(Attempt(1), AuthCall::Begin(Way::Device)).await.unwrap();
    scripted(desk, error).await;
    auth.call(Attempt(1), AuthCall::Poll).await
}

#[tokio::test]
async fn every_number_has_words_that_help_and_a_report_for_the_admin() {
    let desk = Desk::new(options()).await;
    for (numbers, error, words) in ROWS {
        for number in *numbers {
            let answer = poll(&desk, json!({"on": "device_code", "error": error, "number": number})).await;
            let fault = answer.expect_err(&number.to_string());
            assert!(fault.say.contains(words), "{number}: {}", fault.say);
            if fault.kind == FaultKind::Declined {
                continue;
            }
            assert_eq!(fault.kind, FaultKind::SignInBlocked, "{number}");
            let report = fault.report.unwrap_or_else(|| panic!("{number} has no report"));
            for part in
                [&format!("AADSTS{number}"), "Correlation ID: ", "Time: ", "Tenant: organizations", CLIENT]
            {
                assert!(report.contains(part), "{number}: {part} is missing in {report}");
            }
            let consent = [65001, 90094, 90095].contains(number);
            assert_eq!(report.contains("adminconsent"), consent, "{number}: {report}");
        }
    }
}

#[tokio::test]
async fn busy_numbers_keep_the_code_alive() {
    let desk = Desk::new(options()).await;
    for number in [50033, 50087, 90006, 90012, 90024, 90033, 90055, 90090] {
        let answer =
            poll(&desk, json!({"on": "device_code", "error": "invalid_request", "number": number})).await;
        assert!(matches!(answer, Ok(AuthReply::Unreachable(_))), "{number}: {answer:?}");
    }
}

#[tokio::test]
async fn without_a_known_number_the_standard_names_decide_the_words() {
    let desk = Desk::new(options()).await;
    for (error, suberror, words) in [
        ("interaction_required", None, "Sign in again"),
        ("invalid_grant", Some("basic_action"), "Sign in again"),
        ("invalid_grant", Some("additional_action"), "outside retitle"),
        ("invalid_grant", Some("message_only"), "Ask your admin"),
        ("invalid_grant", Some("consent_required"), "consent is missing"),
        ("consent_required", None, "consent is missing"),
        ("invalid_grant", Some("user_password_expired"), "password has expired"),
        ("unauthorized_client", None, "Check client_id"),
        ("invalid_scope", None, "permissions asked for"),
        ("brand_new", None, "refuses (brand_new)"),
    ] {
        let answer = poll(&desk, json!({"on": "device_code", "error": error, "suberror": suberror})).await;
        let fault = answer.unwrap_err();
        assert!(fault.say.contains(words), "{error} {suberror:?}: {}", fault.say);
    }
}

#[tokio::test]
async fn an_error_before_the_code_is_explained_as_well() {
    let desk = Desk::new(options()).await;
    scripted(&desk, json!({"on": "devicecode", "error": "unauthorized_client", "number": 700_016})).await;
    let fault = desk.auth().call(Attempt(1), AuthCall::Begin(Way::Device)).await.unwrap_err();
    assert!(
        fault.say.contains(&format!("There is no app {CLIENT} in tenant organizations")),
        "{}",
        fault.say
    );
}

/// What a refresh leaves: the token is dropped only where it is dead.
#[tokio::test]
async fn a_refused_refresh_drops_the_token_only_where_it_is_dead() {
    for (error, dropped) in [
        (json!({"error": "invalid_grant", "number": 50173}), true),
        (json!({"error": "invalid_grant", "number": 70043}), true),
        (json!({"error": "invalid_grant", "number": 700_082}), true),
        (json!({"error": "invalid_grant", "number": 70000, "suberror": "bad_token"}), true),
        (json!({"error": "invalid_grant", "number": 53003}), false),
        (json!({"error": "invalid_grant", "number": 50076, "suberror": "basic_action"}), false),
        (json!({"error": "invalid_grant", "number": 65001, "suberror": "consent_required"}), false),
        (json!({"error": "invalid_grant", "claims": "{}"}), false),
        (json!({"error": "interaction_required"}), false),
        (json!({"error": "invalid_client", "number": 7_000_218, "status": 401}), false),
    ] {
        let desk = Desk::new(options()).await;
        let account = desk.sign_in(&desk.auth()).await;
        let mut scripted_error = error.clone();
        scripted_error["on"] = json!("refresh_token");
        scripted(&desk, scripted_error).await;
        desk.later(4_000);
        let fault = desk.auth().access_token(account, None).await.unwrap_err();
        assert_eq!(fault.kind, FaultKind::SignedOut, "{error}");
        let resumed = desk.auth().call(Attempt(1), AuthCall::Resume).await.unwrap();
        assert_eq!(matches!(resumed, AuthReply::NothingCached { .. }), dropped, "{error}: {resumed:?}");
    }
}

#[tokio::test]
async fn a_busy_refresh_is_no_reason_to_sign_in_again() {
    let desk = Desk::new(options()).await;
    let account = desk.sign_in(&desk.auth()).await;
    scripted(&desk, json!({"on": "refresh_token", "error": "temporarily_unavailable", "status": 503})).await;
    desk.later(4_000);
    let auth = desk.auth();
    let fault = auth.access_token(account.clone(), None).await.unwrap_err();
    assert!(matches!(fault.kind, FaultKind::Busy { .. }), "{fault:?}");
    auth.access_token(account, None).await.expect("the next try works");
}

#[tokio::test]
async fn a_tenant_that_blocks_codes_says_so_on_its_page_and_the_program_waits() {
    // Two polls, one right after the other.
    let desk = Desk::new(Options { interval: std::time::Duration::ZERO, ..options() }).await;
    desk.policy(json!({"device_code_blocked": true})).await;
    let auth = desk.auth();
    auth.call(Attempt(1), AuthCall::Begin(Way::Device)).await.unwrap();
    desk.control("approve").await;
    assert_eq!(auth.call(Attempt(1), AuthCall::Poll).await, Ok(AuthReply::Pending));
    desk.policy(json!({"device_code_blocked": true, "tell": true})).await;
    let fault = auth.call(Attempt(1), AuthCall::Poll).await.unwrap_err();
    assert!(fault.say.ends_with("Sign in with the browser instead."), "{}", fault.say);
}

#[tokio::test]
async fn numbers_as_strings_and_an_odd_page_are_taken_as_they_come() {
    let desk = Desk::new(options()).await;
    desk.policy(json!({"strings": true, "verification_uri": "ftp://example.com/odd?x=1"})).await;
    let auth = desk.auth();
    let AuthReply::Code(code) = auth.call(Attempt(1), AuthCall::Begin(Way::Device)).await.unwrap() else {
        panic!()
    };
    assert_eq!((code.url.as_str(), code.may_open), ("ftp://example.com/odd?x=1", false));
    assert_eq!(code.expires_in.as_secs(), 900);
    let account = desk.sign_in(&auth).await;
    auth.access_token(account, None).await.unwrap();
}

#[tokio::test]
async fn a_tenant_that_grants_less_than_asked_for_is_named_with_the_link_for_consent() {
    let desk = Desk::new(options()).await;
    desk.policy(json!({"grants": ["SecurityCopilotWorkspaces.Read.All"]})).await;
    let auth = desk.auth();
    auth.call(Attempt(1), AuthCall::Begin(Way::Device)).await.unwrap();
    desk.control("approve").await;
    let fault = auth.call(Attempt(1), AuthCall::Poll).await.unwrap_err();
    assert!(
        fault.say.contains("without the permission SecurityCopilotWorkspaces.ReadWrite.All"),
        "{}",
        fault.say
    );
    assert!(fault.report.unwrap().contains("adminconsent"));
}

//! Signing in, in a person's words.

use std::time::Duration;

use retitle::core::effect::{AuthCall, Effect, Way};
use retitle::core::fault::FaultKind;
use retitle::core::model::Overlay;
use retitle::core::msg::{AuthReply, Msg, Size};
use retitle::core::place::{Auth, PlaceConfig};
use retitle::core::settings::Settings;

use crate::sim::{How, IDS, Sim, code, fault, place, settings, sign_in_page, who};

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

const SIZE: Size = Size { width: 80, height: 24 };

/// With a code on the screen.
fn waiting() -> Sim {
    let mut sim = Sim::new();
    sim.answer(0, How::Busy);
    sim.answer(0, How::Well);
    sim
}

#[test]
fn a_code_that_ran_out_is_replaced_in_place_and_its_late_answer_changes_nothing() {
    let mut sim = Sim::new();
    sim.answer(0, How::Busy);
    sim.answer(0, How::Well);
    sim.pass(seconds(6));
    let Effect::Auth(_, old, AuthCall::Poll) = sim.outstanding[0].clone() else { panic!() };
    sim.pass(seconds(900));
    assert!(matches!(sim.outstanding[..], [Effect::Auth(_, _, AuthCall::Begin(_))]), "{:?}", sim.outstanding);
    sim.send(Msg::Auth(old, Ok(AuthReply::SignedIn { who: who("mia"), notice: None })));
    assert_eq!(sim.model.who(), None);
    sim.answer(0, How::Well);
    assert!(matches!(&sim.model.here().auth, Auth::Waiting(w) if w.renewed == 1));
}

#[test]
fn a_screen_left_alone_does_not_ask_for_codes_for_ever() {
    let mut sim = Sim::new();
    sim.answer(0, How::Busy);
    for _ in 0..10 {
        if matches!(sim.outstanding[..], [Effect::Auth(_, _, AuthCall::Begin(_))]) {
            sim.answer(0, How::Well);
        }
        sim.pass(seconds(901));
    }
    assert!(matches!(sim.model.here().auth, Auth::Out { why: Some(_) }));
    let begun = sim.asked.iter().filter(|e| matches!(e, Effect::Auth(_, _, AuthCall::Begin(_)))).count();
    assert_eq!(begun, 5);
}

#[test]
fn enter_on_the_sign_in_screen_opens_and_copies_but_never_an_address_that_is_not_safe() {
    let mut sim = Sim::new();
    sim.answer(0, How::Busy);
    sim.answer(0, How::Well);
    sim.asked.clear();
    sim.press("enter");
    assert_eq!(
        sim.asked,
        [Effect::Copy("H7KQ9RF2C".into()), Effect::OpenUrl("https://login.microsoft.com/device".into())]
    );
    if let Auth::Waiting(wait) = &mut sim.model.places.here_mut().auth {
        wait.code = retitle::core::msg::DeviceCode { may_open: false, ..code() };
    }
    sim.asked.clear();
    sim.press("enter");
    assert_eq!(sim.asked, [Effect::Copy("H7KQ9RF2C".into())]);
}

#[test]
fn no_screen_is_too_small_for_the_address_the_whole_code_and_the_warning() {
    let mut sim = waiting();
    for (width, height) in [(30, 6), (30, 8), (40, 9)] {
        sim.send(Msg::Resized(Size { width, height }));
        let screen = sim.screen();
        let joined: String = screen.chars().filter(|c| !c.is_whitespace() && *c != '│').collect();
        assert!(joined.contains("https://login.microsoft.com/device"), "{screen}");
        assert!(screen.contains("H 7 K Q 9 R F 2 C"), "{screen}");
        assert!(screen.contains("if you started this."), "{screen}");
        let keys = ["Enter open", "b browser", "Esc local list", "q quit"];
        assert!(height < 8 || keys.iter().all(|key| screen.contains(key)), "{screen}");
    }
    if let Auth::Waiting(wait) = &mut sim.model.places.here_mut().auth {
        let url = format!("{}/of/a/tenant/with/a/long/name/device", wait.code.url);
        wait.code = retitle::core::msg::DeviceCode { user_code: "H7KQ9RF2C".repeat(2), url, ..code() };
    }
    sim.send(Msg::Resized(Size { width: 30, height: 6 }));
    let screen = sim.screen();
    assert!(screen.contains("H7KQ9RF2CH7KQ9RF2C"), "rather close than on two lines: {screen}");
    assert!(screen.contains("…") && screen.contains("if you started this."), "the address is cut: {screen}");
}

#[test]
fn why_nobody_could_be_signed_in_is_said_once() {
    let mut sim = Sim::new();
    let Effect::Auth(_, attempt, AuthCall::Resume) = sim.outstanding[0].clone() else { panic!() };
    sim.send(Msg::Auth(attempt, Err(fault(FaultKind::SignInBlocked))));
    let screen = sim.screen();
    assert_eq!(screen.matches("went wrong on purpose").count(), 1, "{screen}");
    assert_eq!(sim.model.overlays, [Overlay::SignIn]);
}

#[test]
fn without_a_client_id_nothing_is_asked_and_the_screen_says_what_is_needed() {
    let settings = Settings { places: vec![PlaceConfig { client: None, ..place() }], ..settings() };
    let mut sim = Sim::with(settings, Size { width: 80, height: 24 });
    assert_eq!(sim.model.here().auth, Auth::Unconfigured);
    assert!(sim.outstanding.is_empty());
    for (width, height) in [(80, 24), (40, 10), (30, 8), (30, 6)] {
        sim.model.settings.has_demo = true;
        sim.send(Msg::Resized(Size { width, height }));
        assert!(sim.screen().contains("retitle setup"), "{}", sim.screen());
        assert!(sim.screen().contains("retitle demo") && sim.screen().contains("q quit"), "{}", sim.screen());
        sim.model.settings.has_demo = false;
        assert!(!sim.screen().contains("retitle demo"), "a binary without the simulator has none");
    }
    sim.press("n enter c");
    assert!(sim.outstanding.is_empty());
    sim.press("esc j");
    assert_eq!(sim.model.list.position(), Some(1), "the local list can be looked at");
}

#[test]
fn a_server_that_says_that_the_code_ran_out_is_asked_for_another() {
    let mut sim = waiting();
    sim.pass(seconds(6));
    let Effect::Auth(_, attempt, AuthCall::Poll) = sim.outstanding[0].clone() else { panic!() };
    sim.send(Msg::Auth(attempt, Err(fault(FaultKind::Expired))));
    assert!(matches!(sim.outstanding.last(), Some(Effect::Auth(_, _, AuthCall::Begin(Way::Device)))));
}

#[test]
fn n_brings_another_code_and_leaves_the_attempt_before_behind() {
    let mut sim = waiting();
    sim.pass(seconds(6));
    let Effect::Auth(_, old, AuthCall::Poll) = sim.outstanding[0].clone() else { panic!() };
    sim.press("n");
    assert!(matches!(sim.outstanding[..], [Effect::Auth(_, _, AuthCall::Begin(Way::Device))]));
    sim.send(Msg::Auth(old, Ok(AuthReply::SignedIn { who: who("mia"), notice: None })));
    assert_eq!(sim.model.who(), None);
}

#[test]
fn b_goes_to_the_browser_and_back_and_each_leaves_the_other_attempt_behind() {
    let mut sim = waiting();
    sim.pass(seconds(6));
    let Effect::Auth(_, old, AuthCall::Poll) = sim.outstanding[0].clone() else { panic!() };
    sim.press("b");
    assert!(matches!(sim.outstanding[..], [Effect::Auth(_, _, AuthCall::Begin(Way::Browser))]));
    sim.send(Msg::Auth(old, Ok(AuthReply::SignedIn { who: who("mia"), notice: None })));
    assert_eq!(sim.model.who(), None, "an answer to the code that was left changes nothing");
    sim.asked.clear();
    sim.answer(0, How::Well);
    let [Effect::Auth(_, attempt, AuthCall::Return), Effect::OpenUrl(url)] = &sim.asked[..] else {
        panic!("{:?}", sim.asked)
    };
    assert_eq!(*url, sign_in_page().url);
    let attempt = *attempt;
    sim.press("b");
    assert!(matches!(sim.outstanding[..], [Effect::Auth(_, _, AuthCall::Begin(Way::Device))]));
    sim.send(Msg::Auth(attempt, Ok(AuthReply::SignedIn { who: who("mia"), notice: None })));
    assert_eq!(sim.model.who(), None);
}

#[test]
fn the_browser_comes_back_and_the_list_is_there() {
    let mut sim = waiting();
    sim.press("b");
    sim.answer(0, How::Well);
    sim.answer(0, How::Well);
    assert_eq!(sim.model.who().unwrap().username, "jo@contoso.com");
    assert!(sim.model.overlays.is_empty());
}

#[test]
fn a_browser_that_does_not_come_back_in_three_minutes_is_no_longer_waited_for() {
    let mut sim = waiting();
    sim.press("b");
    sim.answer(0, How::Well);
    sim.pass(seconds(181));
    assert!(matches!(&sim.model.here().auth, Auth::Out { why: Some(f) } if f.kind == FaultKind::Expired));
    sim.press("enter");
    assert!(matches!(sim.outstanding.last(), Some(Effect::Auth(_, _, AuthCall::Begin(Way::Browser)))));
}

#[test]
fn the_page_s_address_is_opened_again_copied_and_never_opened_if_it_is_not_safe() {
    let mut sim = waiting();
    sim.press("b");
    sim.answer(0, How::Well);
    sim.asked.clear();
    sim.press("enter c");
    let url = sign_in_page().url;
    assert_eq!(sim.asked, [Effect::OpenUrl(url.clone()), Effect::Copy(url)]);
    if let Auth::Away(wait) = &mut sim.model.places.here_mut().auth {
        wait.page.may_open = false;
    }
    sim.asked.clear();
    sim.press("enter");
    assert_eq!(sim.asked, []);
}

#[test]
fn a_site_with_a_program_of_its_own_needs_no_client_id_and_has_no_other_way() {
    let mut sim = Sim::with(
        Settings { way: Way::Command, places: vec![PlaceConfig { client: None, ..place() }], ..settings() },
        SIZE,
    );
    sim.answer(0, How::Busy);
    assert!(matches!(sim.outstanding[..], [Effect::Auth(_, _, AuthCall::Begin(Way::Command))]));
    sim.press("b");
    assert!(matches!(sim.outstanding[..], [Effect::Auth(_, _, AuthCall::Begin(Way::Command))]));
    sim.answer(0, How::Well);
    assert!(sim.model.who().is_some());
}

#[test]
fn after_a_refusal_c_copies_what_the_admin_needs() {
    let mut sim = waiting();
    sim.pass(seconds(6));
    let Effect::Auth(_, attempt, AuthCall::Poll) = sim.outstanding[0].clone() else { panic!() };
    let refusal = fault(FaultKind::SignInBlocked).with_report("For your admin:\nError: AADSTS53003");
    sim.send(Msg::Auth(attempt, Err(refusal)));
    sim.asked.clear();
    sim.press("c");
    assert_eq!(sim.asked, [Effect::Copy("For your admin:\nError: AADSTS53003".into())]);
    sim.press("b");
    assert!(matches!(sim.outstanding.last(), Some(Effect::Auth(_, _, AuthCall::Begin(Way::Browser)))));
}

#[test]
fn a_busy_server_s_own_pause_is_kept_to() {
    let mut sim = waiting();
    sim.pass(seconds(6));
    let Effect::Auth(_, attempt, AuthCall::Poll) = sim.outstanding[0].clone() else { panic!() };
    let busy = fault(FaultKind::Busy { retry_after: Some(seconds(120)) });
    sim.outstanding.clear();
    sim.send(Msg::Auth(attempt, Ok(AuthReply::Unreachable(busy))));
    sim.pass(seconds(119));
    assert_eq!(sim.outstanding, []);
    sim.pass(seconds(1));
    assert!(matches!(sim.outstanding[..], [Effect::Auth(_, _, AuthCall::Poll)]));
}

#[test]
fn a_name_that_may_have_arrived_before_the_sign_in_expired_is_looked_for_before_it_is_sent_again() {
    let mut sim = Sim::new().signed_in();
    sim.press("r").types("!").press("enter");
    sim.disk_answers();
    // No answer; then the server does not have it yet, so it is sent again, and that is refused.
    sim.answer(0, How::LostBefore);
    sim.pass(seconds(10));
    sim.answer(0, How::Well);
    assert_eq!(sim.patches(), 2);
    sim.answer(0, How::SignedOut);
    sim.renamed_elsewhere(IDS[0], "theirs");
    sim.press("S");
    sim.answer(0, How::Well);
    sim.pass(seconds(6));
    sim.answer(0, How::Well);
    sim.settle();
    assert_eq!((sim.patches(), sim.server[IDS[0]].0.as_deref()), (2, Some("theirs")));
}

#[test]
fn an_expired_sign_in_while_typing_takes_no_key_and_the_name_goes_out_after_it() {
    let mut sim = Sim::new().signed_in();
    sim.press("r").types("!").press("enter j r").types("half a na");
    sim.disk_answers();
    sim.answer(0, How::SignedOut);
    assert!(matches!(sim.model.here().auth, Auth::Out { .. }));
    assert!(!sim.model.overlays.contains(&Overlay::SignIn), "the editor keeps the keyboard");
    sim.types("me");
    sim.press("enter");
    sim.disk_answers();
    sim.press("S");
    sim.answer(0, How::Well);
    sim.pass(seconds(6));
    sim.answer(0, How::Well);
    sim.settle();
    assert_eq!(sim.server[IDS[0]].0.as_deref(), Some("alpha!"));
    assert_eq!(sim.server[IDS[1]].0.as_deref(), Some("betahalf a name"));
}

#[test]
fn a_sign_in_that_is_needed_does_not_take_the_keys_from_somebody_who_types_in_a_menu_or_a_bulk() {
    for opens in [":", "ctrl-a b"] {
        let mut sim = Sim::new();
        sim.press(opens);
        sim.answer(0, How::Busy);
        let before = sim.model.overlays.clone();
        sim.types("q");
        assert!(sim.model.leaving.is_none(), "{opens}: the letter was text");
        assert_eq!(sim.model.overlays.len(), before.len(), "{opens}");
        assert_ne!(sim.model.overlays.last(), Some(&Overlay::SignIn), "{opens}");
        sim.press("esc S");
        assert_eq!(sim.model.overlays.last(), Some(&Overlay::SignIn), "{opens}: a key away");
    }
}

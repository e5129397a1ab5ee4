//! Signing in, each way, and everything that can be in the way of it.

use std::time::Duration;

use retitle::core::effect::{AuthCall, Effect, Way};
use retitle::core::fault::{Fault, FaultKind};
use retitle::core::msg::Msg;
use retitle::core::place::PlaceConfig;
use retitle::core::settings::Settings;

use super::{SIZES, Scene};
use crate::sim::{How, Sim, fault, place, settings};

/// After this many seconds with a code on the screen.
fn waiting(seconds: u64) -> Sim {
    let mut sim = Sim::new();
    sim.answer(0, How::Busy);
    sim.answer(0, How::Well);
    sim.pass(Duration::from_secs(seconds));
    sim
}

/// After the sign-in server answered a poll with this.
fn refused_with(fault: Fault) -> Sim {
    let mut sim = waiting(6);
    let Effect::Auth(_, attempt, AuthCall::Poll) = sim.outstanding[0].clone() else { panic!() };
    sim.send(Msg::Auth(attempt, Err(fault)));
    sim
}

pub(super) fn scenes() -> Vec<Scene> {
    let mut scenes = device();
    scenes.extend(browser_and_command());
    scenes.extend(refusals());
    scenes.extend(set_up());
    scenes
}

fn device() -> Vec<Scene> {
    let checking = Sim::new();
    let mut asking = Sim::new();
    asking.answer(0, How::Busy);
    let mut trouble = waiting(6);
    trouble.answer(0, How::Offline);
    let mut renewed = trouble_long_ago();
    renewed.answer(0, How::Well);
    let mut still = waiting(0);
    still.model.settings.still = true;
    let mut demo = waiting(0);
    demo.model.settings.sign_in_hint = Some("The demo approves this by itself after 4 seconds.".into());
    vec![
        Scene::new("sign-in-checking", &checking).only(&[(80, 24)]),
        Scene::new("sign-in-asking", &asking).only(&[(80, 24)]),
        Scene::new("sign-in", &waiting(0)),
        Scene::new("sign-in-44s", &waiting(44)).only(&[(80, 24)]),
        Scene::new("sign-in-45s", &waiting(45)),
        Scene::new("sign-in-trouble", &trouble).only(&[(80, 24)]),
        Scene::new("sign-in-renewed", &renewed).only(&[(80, 24)]),
        Scene::new("sign-in-in-still-mode", &still).only(&[(80, 24)]),
        Scene::new("sign-in-demo", &demo).only(&[(80, 24), (40, 10)]),
    ]
}

/// The code ran out after polls that did not get through.
fn trouble_long_ago() -> Sim {
    let mut sim = waiting(6);
    sim.answer(0, How::Offline);
    sim.pass(Duration::from_secs(894));
    sim
}

fn browser_and_command() -> Vec<Scene> {
    let mut asking = waiting(0);
    asking.press("b");
    let mut away = waiting(0);
    away.press("b");
    away.answer(0, How::Well);
    let mut late = waiting(0);
    late.press("b");
    late.answer(0, How::Well);
    late.pass(Duration::from_secs(181));
    let mut command = Sim::with(Settings { way: Way::Command, ..settings() }, SIZES[1]);
    command.answer(0, How::Busy);
    let mut failed = Sim::with(Settings { way: Way::Command, ..settings() }, SIZES[1]);
    failed.answer(0, How::Busy);
    failed.answer(0, How::Forbidden);
    vec![
        Scene::new("sign-in-browser-asking", &asking).only(&[(80, 24)]),
        Scene::new("sign-in-browser", &away),
        Scene::new("sign-in-browser-late", &late),
        Scene::new("sign-in-command-asking", &command).only(&[(80, 24)]),
        Scene::new("sign-in-command-failed", &failed).only(&[(80, 24)]),
    ]
}

fn refusals() -> Vec<Scene> {
    let report = "For your admin:\nError: AADSTS53003 (access_denied)\nCorrelation ID: 0f7c6a4e-1c1f-4b0e-9d5e-2f6f0b9d8a11\nTime: 2027-01-15T08:00:00Z\nTenant: contoso.com\nClient ID: 11111111-2222-4333-8444-555555555555";
    let link = format!(
        "{report}\nTo consent: https://login.microsoftonline.com/contoso.com/v2.0/adminconsent?client_id=11111111-2222-4333-8444-555555555555&scope=https%3A%2F%2Fgraph.microsoft.com%2FSecurityCopilotWorkspaces.ReadWrite.All&redirect_uri=http%3A%2F%2Flocalhost"
    );
    let blocked = fault(FaultKind::SignInBlocked).with_server("AADSTS53003: Access has been blocked.");
    let blocked = Fault { say: "Your organisation blocks this sign-in (Conditional Access), usually its method and not you. Sign in with the browser instead.".into(), ..blocked };
    let consent = Fault { say: "An administrator must approve SecurityCopilotWorkspaces.ReadWrite.All for app 11111111-2222-4333-8444-555555555555.".into(), ..fault(FaultKind::SignInBlocked) };
    let declined =
        Fault { say: "The sign-in was declined on the page.".into(), ..fault(FaultKind::Declined) };
    let words = "The keyring cannot be used: it did not answer within 3 seconds (is it locked?). Unlock it, or set sign_in.storage to \"file\" or \"memory\".";
    let mut keyring = Sim::new();
    let Effect::Auth(_, attempt, AuthCall::Resume) = keyring.outstanding[0].clone() else { panic!() };
    let locked = Fault { say: words.into(), ..fault(FaultKind::SignInBlocked) };
    keyring.send(Msg::Auth(attempt, Err(locked)));
    vec![
        Scene::new("sign-in-blocked", &refused_with(blocked.with_report(report))),
        Scene::new("sign-in-consent", &refused_with(consent.with_report(link))),
        Scene::new("sign-in-declined", &refused_with(declined)).only(&[(80, 24)]),
        Scene::new("sign-in-keyring", &keyring).only(&[(80, 24)]),
    ]
}

fn set_up() -> [Scene; 2] {
    let with = |config: PlaceConfig| Sim::with(Settings { places: vec![config], ..settings() }, SIZES[1]);
    let mut read_only = with(PlaceConfig { read_only: true, ..place() });
    read_only.answer(0, How::Busy);
    read_only.answer(0, How::Well);
    [
        Scene::new("sign-in-read-only", &read_only).only(&[(80, 24)]),
        Scene::new("not-configured", &with(PlaceConfig { client: None, ..place() })),
    ]
}

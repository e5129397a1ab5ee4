//! Every screen that a person can come to.

use std::time::Duration;

use retitle::core::effect::{AuthCall, Effect, Way};
use retitle::core::fault::{Fault, FaultKind};
use retitle::core::model::Model;
use retitle::core::msg::{Msg, Size};
use retitle::core::notice::Notice;
use retitle::core::place::PlaceConfig;
use retitle::core::settings::Settings;

use crate::golden::check;
use crate::sim::{Disk, How, IDS, Sim, at, fault, key, place, settings};

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 30), (40, 10)];

/// The same state at every size.
fn at_sizes(name: &str, model: &Model) {
    for (width, height) in SIZES {
        let mut model = model.clone();
        model.step(model.now, Msg::Resized(Size { width, height }));
        check(&format!("{name}-{width}x{height}"), &model);
    }
}

fn calm() -> Sim {
    let mut sim = Sim::new().signed_in();
    sim.model.notice = None;
    sim
}

#[test]
fn list() {
    at_sizes("list", &calm().model);
}

#[test]
fn list_in_ascii() {
    let mut sim = calm();
    sim.model.settings.ascii = true;
    sim.press("r").types("bet").press("enter");
    check("list-ascii-80x24", &sim.model);
}

#[test]
fn editor() {
    let mut sim = calm();
    sim.press("r").types(" wave 漢字 👨‍👩‍👧‍👦");
    at_sizes("editor", &sim.model);
}

#[test]
fn editor_with_a_long_name_at_start_middle_and_end() {
    let mut sim = calm();
    sim.press("r").types(&" and on and on".repeat(8));
    check("editor-long-end-80x24", &sim.model);
    sim.press("home");
    check("editor-long-start-80x24", &sim.model);
    for _ in 0..60 {
        sim.press("right");
    }
    check("editor-long-middle-80x24", &sim.model);
}

#[test]
fn editor_that_refuses() {
    let mut sim = calm();
    sim.press("r ctrl-u enter");
    at_sizes("editor-refuses", &sim.model);
}

#[test]
fn saving_failed_and_the_other_row_states() {
    let mut sim = calm();
    for _ in 0..4 {
        sim.press("r").types("!").press("enter j");
    }
    sim.disk_answers();
    sim.answer(0, How::Well);
    sim.answer(0, How::Busy);
    sim.answer(0, How::Forbidden);
    sim.model.notice = None;
    sim.press("g");
    at_sizes("saving", &sim.model);
    sim.press("j");
    at_sizes("retry", &sim.model);
    sim.press("j");
    at_sizes("failed", &sim.model);
}

#[test]
fn changed_elsewhere() {
    let mut sim = calm();
    sim.press("r").types("bet").press("enter");
    sim.crash();
    sim.server.insert(IDS[0].into(), (Some("theirs, with a \u{202e}trick".into()), 9));
    let mut sim = sim.signed_in();
    sim.model.notice = None;
    at_sizes("changed", &sim.model);
}

#[test]
fn gone_and_closed_rows() {
    let mut sim = calm();
    for (id, presence) in [
        (IDS[0], retitle::core::session::Presence::Gone),
        (IDS[1], retitle::core::session::Presence::NoAccess),
    ] {
        let mut disk = sim.disk.clone();
        disk.sessions.get_mut(&key(id)).unwrap().presence = presence;
        sim.disk = disk;
    }
    sim.crash();
    at_sizes("gone", &sim.model);
}

#[test]
fn draft() {
    let mut sim = calm();
    sim.press("r").types("bet").press("esc");
    at_sizes("draft", &sim.model);
}

#[test]
fn sign_in() {
    let mut sim = Sim::new();
    check("sign-in-checking-80x24", &sim.model);
    sim.answer(0, How::Busy);
    check("sign-in-asking-80x24", &sim.model);
    sim.answer(0, How::Well);
    at_sizes("sign-in", &sim.model);
    sim.pass(Duration::from_secs(6));
    sim.answer(0, How::Offline);
    check("sign-in-trouble-80x24", &sim.model);
    sim.pass(Duration::from_secs(894));
    sim.answer(0, How::Well);
    check("sign-in-renewed-80x24", &sim.model);
}

#[test]
fn sign_in_after_45_seconds() {
    let mut sim = Sim::new();
    sim.answer(0, How::Busy);
    sim.answer(0, How::Well);
    sim.pass(Duration::from_secs(44));
    check("sign-in-44s-80x24", &sim.model);
    sim.pass(Duration::from_secs(1));
    at_sizes("sign-in-45s", &sim.model);
}

#[test]
fn sign_in_by_browser() {
    let mut sim = Sim::new();
    sim.answer(0, How::Busy);
    sim.answer(0, How::Well);
    sim.press("b");
    check("sign-in-browser-asking-80x24", &sim.model);
    sim.answer(0, How::Well);
    at_sizes("sign-in-browser", &sim.model);
    sim.pass(Duration::from_secs(181));
    at_sizes("sign-in-browser-late", &sim.model);
}

#[test]
fn sign_in_by_command() {
    let mut sim = Sim::with(Settings { way: Way::Command, ..settings() }, Size { width: 80, height: 24 });
    sim.answer(0, How::Busy);
    check("sign-in-command-asking-80x24", &sim.model);
    sim.answer(0, How::Forbidden);
    check("sign-in-command-failed-80x24", &sim.model);
}

/// After the sign-in server answered a poll with this.
fn refused_with(fault: Fault) -> Sim {
    let mut sim = Sim::new();
    sim.answer(0, How::Busy);
    sim.answer(0, How::Well);
    sim.pass(Duration::from_secs(6));
    let Effect::Auth(_, attempt, AuthCall::Poll) = sim.outstanding[0].clone() else { panic!() };
    sim.send(Msg::Auth(attempt, Err(fault)));
    sim
}

#[test]
fn sign_in_blocked() {
    let report = "For your admin:\nError: AADSTS53003 (access_denied)\nCorrelation ID: 0f7c6a4e-1c1f-4b0e-9d5e-2f6f0b9d8a11\nTime: 2027-01-15T08:00:00Z\nTenant: contoso.com\nClient ID: 11111111-2222-4333-8444-555555555555";
    let blocked = fault(FaultKind::SignInBlocked).with_server("AADSTS53003: Access has been blocked.");
    let blocked = Fault { say: "Your organisation blocks this sign-in (Conditional Access), most often the way and not you. Sign in with the browser instead.".into(), ..blocked };
    at_sizes("sign-in-blocked", &refused_with(blocked.with_report(report)).model);
    let consent = Fault { say: "An administrator must approve SecurityCopilotWorkspaces.ReadWrite.All for app 11111111-2222-4333-8444-555555555555.".into(), ..fault(FaultKind::SignInBlocked) };
    let link = format!(
        "{report}\nTo consent: https://login.microsoftonline.com/contoso.com/v2.0/adminconsent?client_id=11111111-2222-4333-8444-555555555555&scope=https%3A%2F%2Fgraph.microsoft.com%2FSecurityCopilotWorkspaces.ReadWrite.All&redirect_uri=http%3A%2F%2Flocalhost"
    );
    at_sizes("sign-in-consent", &refused_with(consent.with_report(link)).model);
}

#[test]
fn sign_in_declined_and_read_only() {
    let declined =
        Fault { say: "The sign-in was declined on the page.".into(), ..fault(FaultKind::Declined) };
    check("sign-in-declined-80x24", &refused_with(declined).model);
    let mut sim = Sim::with(
        Settings { places: vec![PlaceConfig { read_only: true, ..place() }], ..settings() },
        Size { width: 80, height: 24 },
    );
    sim.answer(0, How::Busy);
    sim.answer(0, How::Well);
    check("sign-in-read-only-80x24", &sim.model);
}

#[test]
fn sign_in_with_a_keyring_that_cannot_be_used() {
    let mut sim = Sim::new();
    let Effect::Auth(_, attempt, AuthCall::Resume) = sim.outstanding[0].clone() else { panic!() };
    let words = "The keyring cannot be used: it did not answer within 3 seconds (is it locked?). Unlock it, or set sign_in.storage to \"file\" or \"memory\".";
    sim.send(Msg::Auth(attempt, Err(Fault { say: words.into(), ..fault(FaultKind::SignInBlocked) })));
    check("sign-in-keyring-80x24", &sim.model);
}

#[test]
fn not_configured() {
    let sim = Sim::with(
        Settings { places: vec![PlaceConfig { client: None, ..place() }], ..settings() },
        Size { width: 80, height: 24 },
    );
    at_sizes("not-configured", &sim.model);
}

#[test]
fn empty() {
    let size = Size { width: 80, height: 24 };
    let mut sim = Sim::on(settings(), size, Disk::default(), std::collections::BTreeMap::new(), at(0));
    sim.answer(0, How::Well);
    sim.settle();
    at_sizes("empty", &sim.model);
}

#[test]
fn filter() {
    let mut sim = calm();
    sim.press("/").types("ta");
    at_sizes("filter", &sim.model);
    sim.types("zzz");
    check("filter-no-match-80x24", &sim.model);
}

#[test]
fn add() {
    let mut sim = calm();
    sim.press("a").types("https://example.com/sessions/1").press("enter");
    at_sizes("add-wrong", &sim.model);
}

#[test]
fn help() {
    let mut sim = calm();
    sim.press("?");
    at_sizes("help", &sim.model);
}

#[test]
fn messages_longer_than_a_line() {
    let mut sim = calm();
    sim.model.notice =
        Some(Notice::bad(format!("Configuration: {}", "a long complaint about a file ".repeat(5))));
    at_sizes("long-message", &sim.model);
}

#[test]
fn a_refresh_that_failed() {
    let mut sim = calm();
    sim.press("R");
    sim.answer(0, How::Offline);
    sim.model.notice = None;
    at_sizes("not-refreshed", &sim.model);
}

#[test]
fn too_small() {
    let mut sim = calm();
    sim.press("r").types("x");
    sim.send(Msg::Resized(Size { width: 29, height: 5 }));
    check("too-small-29x5", &sim.model);
}

#[test]
fn hostile_names_are_shown_for_what_they_are() {
    let mut sim = calm();
    for (id, name) in
        [(IDS[0], "a\u{1b}[31mred"), (IDS[1], "a\u{202e}live\u{202c}b"), (IDS[3], "two\nlines\u{200b}")]
    {
        let session = sim.disk.sessions.get_mut(&key(id)).unwrap();
        session.name = Some(name.into());
    }
    sim.crash();
    check("hostile-80x24", &sim.model);
    let _ = fault(FaultKind::Bug);
}

#[test]
fn conflict_panel() {
    let mut sim = calm();
    sim.renamed_elsewhere(IDS[0], "theirs, from the portal");
    sim.press("r").types("!");
    at_sizes("conflict-while-typing", &sim.model);
    sim.press("enter");
    sim.model.notice = None;
    at_sizes("conflict", &sim.model);
}

#[test]
fn history() {
    let mut sim = calm();
    sim.press("H");
    check("history-reading-80x24", &sim.model);
    sim.disk_answers();
    check("history-empty-80x24", &sim.model);
    sim.press("esc r").types("bet").press("enter j j r").types("named now").press("enter");
    sim.settle();
    sim.press("u");
    sim.settle();
    sim.press("H");
    sim.disk_answers();
    at_sizes("history", &sim.model);
    sim.press("/").types("nam");
    check("history-filter-80x24", &sim.model);
    sim.types("zzz");
    check("history-no-match-80x24", &sim.model);
}

#[test]
fn drift_and_old_entries() {
    let mut sim = calm();
    sim.press("r").types("bet").press("enter");
    sim.settle();
    sim.renamed_elsewhere(IDS[0], "Auto title");
    sim.press("R");
    sim.settle();
    sim.model.notice = None;
    at_sizes("drifted", &sim.model);
    sim.press("j r").types("!").press("enter");
    sim.disk_answers();
    sim.now = sim.now + Duration::from_secs(25 * 3600);
    sim.crash();
    let mut sim = sim.signed_in();
    sim.press("g");
    sim.model.notice = None;
    let at = sim.model.list.shown().iter().position(|k| *k == key(IDS[1])).unwrap();
    for _ in 0..at {
        sim.press("j");
    }
    check("old-80x24", &sim.model);
}

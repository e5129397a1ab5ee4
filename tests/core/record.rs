//! A recording plays to the same last screen, and holds nothing that it should not.

use std::time::Duration;

use retitle::core::errand::{Planned, Task};
use retitle::core::fault::{Change, Fault, FaultKind};
use retitle::core::key::Key as KeyPress;
use retitle::core::model::Model;
use retitle::core::msg::{Attempt, AuthReply, Msg, ReqId, Size};
use retitle::core::record::{Blur, Line, replay};
use retitle::core::session::{Account, Host, Session, WorkspaceId};
use retitle::core::store::{
    Deed, Draft, Entry, EntryId, EntryState, Intent, Outcome, Snapshot, StoreReply, Turn, Unsettled,
};
use retitle::core::title::NewName;

use crate::golden::render;
use crate::sim::{How, IDS, Sim, at, fault, key, session};

/// A day's work: every kind of message. `words` is what is typed.
fn work(sim: &mut Sim, words: [&str; 3]) {
    let second = Duration::from_secs(1);
    sim.answer(0, How::Well);
    sim.settle();
    sim.press("r ctrl-u").types(words[0]).press("enter j");
    sim.disk_answers();
    sim.answer(0, How::LostAfter);
    sim.pass(second * 2);
    sim.settle();
    sim.press("r ctrl-u").types(words[1]).press("enter");
    sim.disk_answers();
    sim.answer(0, How::Busy);
    sim.pass(second * 8);
    sim.settle();
    sim.renamed_elsewhere(IDS[2], words[2]);
    sim.press("j r").types(words[0]).press("enter t");
    sim.settle();
    sim.press("u");
    sim.settle();
    sim.press("H");
    sim.disk_answers();
    sim.press("/").types(words[2]).press("enter esc a");
    sim.send(Msg::Paste("https://securitycopilot.microsoft.com/sessions/aaaaaaaa-1?st=MARKER".into()));
    sim.press("esc");
    sim.pass(second);
    sim.send(Msg::Resized(Size { width: 100, height: 20 }));
    sim.send(Msg::DeskFailed(fault(FaultKind::Bug).with_server("MARKER")));
    sim.press("r").types("!");
    sim.pass(second);
}

fn lines(sim: &Sim, blur: Blur) -> Vec<String> {
    sim.recorded(blur).iter().map(|line| serde_json::to_string(line).unwrap()).collect()
}

fn played(lines: &[String]) -> Model {
    replay(lines.iter().map(|line| serde_json::from_str::<Line>(line).unwrap())).unwrap()
}

#[test]
fn a_recording_of_names_that_blur_to_themselves_plays_to_the_very_same_screen() {
    let mut sim = Sim::recording(["sea", "stone", "nest", "ton"], "sean");
    work(&mut sim, ["a toast", "at sea 01", "not one"]);
    let model = played(&lines(&sim, Blur { salt: 7 }));
    let (mut ours, mut theirs) = (sim.model.clone(), model);
    // Tenant and person are told apart and not named.
    let blurred = theirs.who().unwrap().clone();
    ours.places.here_mut().config.clone_from(&theirs.here().config);
    for model in [&mut ours, &mut theirs] {
        if let retitle::core::place::Auth::In(who) = &mut model.places.here_mut().auth {
            who.clone_from(&blurred);
        }
    }
    assert_eq!(render(&theirs), render(&ours));
}

#[test]
fn a_recording_holds_no_name_no_account_no_code_and_no_token() {
    let names = ["Finance wave", "Zürich mail", "Kölner Bäcker", "ÄÖ 漢字"];
    let mut sim = Sim::recording(names, "vivian");
    work(&mut sim, ["Quiz phish", "Big hack 20931", "Vulkan"]);
    let all = lines(&sim, Blur { salt: 9 }).join("\n");
    for secret in [
        "Finance", "Zürich", "Bäcker", "漢字", "Quiz", "phish", "20931", "Vulkan", "vivian", "contoso.",
        "MARKER", "/home/jo",
    ] {
        assert!(!all.contains(secret), "{secret} is in the recording");
    }
    assert!(all.contains("aaaaaaaa-1"), "IDs name nothing, and are needed");
    // It can be played all the same, to a screen of the same shape.
    let model = played(&lines(&sim, Blur { salt: 9 }));
    let shape =
        |text: String| text.chars().map(|c| if c.is_alphanumeric() { 'x' } else { c }).collect::<String>();
    let list = |model: &Model| {
        let screen = render(model);
        shape(screen.split("--- styles").next().unwrap_or("").lines().skip(1).collect::<Vec<_>>().join("\n"))
    };
    assert_eq!(list(&model), list(&sim.model));
}

#[test]
fn a_command_stays_a_command_and_only_letters_of_names_are_blurred() {
    let blur = Blur { salt: 3 };
    let key = |name: &str, names| {
        let Line::Step { msg: Msg::Key(key), .. } =
            blur.step(at(0), &Msg::Key(KeyPress::parse(name).unwrap()), names)
        else {
            panic!()
        };
        key.to_string()
    };
    assert_eq!(key("q", false), "q");
    assert_eq!(key("ctrl-u", true), "Ctrl-U");
    assert_ne!(key("q", true), "q");
    let mut sim = Sim::new().signed_in();
    assert!(!sim.model.types_names(), "commands");
    sim.press("a");
    assert!(!sim.model.types_names(), "an ID is no name");
    sim.press("esc r");
    assert!(sim.model.types_names());
    assert_eq!(blur.text("Zz 9-漢!"), Blur { salt: 3 }.text("Zz 9-漢!"));
    assert_eq!(blur.text("Zz 9-漢!").chars().count(), 7);
    assert!((0..64).any(|salt| Blur { salt }.text("q") != blur.text("q")), "each recording blurs anew");
}

#[test]
fn a_file_can_be_played_by_hand() {
    // RECORDING=FILE cargo test --test core a_file_can_be_played_by_hand -- --nocapture
    let Some(path) = std::env::var_os("RECORDING") else { return };
    let text = std::fs::read_to_string(path).unwrap();
    let lines: Vec<String> = text.lines().map(ToOwned::to_owned).collect();
    println!("{}", render(&played(&lines)));
}

#[test]
fn a_token_that_was_typed_and_a_text_that_was_pasted_by_mistake_are_not_in_a_recording() {
    let link = "https://securitycopilot.microsoft.com/sessions/aaaaaaaa-1";
    let typed = |sim: &mut Sim| {
        for c in format!("{link}?st=VWXYZ").chars() {
            sim.types(&c.to_string());
        }
    };
    let mut sim = Sim::new().signed_in();
    sim.press("a");
    typed(&mut sim);
    sim.press("esc");
    sim.model.settings.bursts = true;
    typed(&mut sim);
    sim.pass(Duration::from_secs(1));
    sim.press("esc");
    sim.send(Msg::Paste(format!("VWXYZ and QUUX {link}/pasted")));
    let all = lines(&sim, Blur { salt: 5 }).join("");
    assert!(all.contains("sessions/aaaaaaaa-1/pasted"), "a link says what was meant: {all}");
    let keys: String = sim
        .recorded(Blur { salt: 5 })
        .iter()
        .filter_map(|line| match line {
            Line::Step { msg: Msg::Key(key), .. } => key.typed(),
            _ => None,
        })
        .collect();
    assert_eq!(keys.matches(link).count(), 2, "{keys}");
    for secret in ["V", "W", "X", "Y", "Z"] {
        assert!(!keys.contains(secret), "{secret}: {keys}");
    }
    assert!(!all.contains("QUUX") && !all.contains("VWXYZ"), "{all}");
}

#[test]
fn tenants_are_told_apart_and_not_named() {
    let start = |tenant: &str| {
        let sim = Sim::set(|settings| settings.places[0].tenant = tenant.into());
        lines(&sim, Blur { salt: 5 }).remove(0)
    };
    assert_eq!(start("contoso.example"), start("contoso.example"));
    assert_ne!(start("contoso.example"), start("fabrikam.example"));
    assert!(!start("contoso.example").contains("contoso.example"));
}

#[test]
fn a_failure_keeps_its_kind_and_nothing_that_it_quotes() {
    let change = Change { base: Some("MARKER".into()), theirs: Some("MARKER".into()) };
    let failed = Fault::new(FaultKind::Changed(Box::new(change)), "MARKER is taken.").with_report("MARKER");
    let line = Blur { salt: 9 }.step(at(0), &Msg::DeskFailed(failed), false);
    let text = serde_json::to_string(&line).unwrap();
    assert!(!text.contains("MARKER"), "{text}");
    assert!(text.contains("Changed"), "{text}");
}

#[test]
fn what_the_library_holds_is_recorded_without_its_names_and_accounts() {
    let marker = || Some("MARKER".into());
    let account = || Some(Account::new("MARKER"));
    let (key, workspace, host) = (key(IDS[0]), WorkspaceId::new("default"), Host::new("graph.microsoft.com"));
    let intent = Intent {
        deed: Deed::Rename,
        batch: None,
        key: key.clone(),
        workspace: workspace.clone(),
        from: marker(),
        to: NewName::restored(Some("MARKER")),
        account: account(),
        host: host.clone(),
        at: at(0),
    };
    let snapshot = Snapshot {
        sessions: vec![Session { ours: marker(), account: account(), ..session(IDS[0], Some("MARKER"), 60) }],
        drafts: vec![Draft { key, workspace, text: "MARKER".into(), account: account(), host, at: at(0) }],
        unsettled: vec![Unsettled {
            entry: EntryId(1),
            intent: intent.clone(),
            earlier: vec!["MARKER".into()],
        }],
        gates: vec![("MARKER".into(), at(9))],
        ..Snapshot::default()
    };
    let failed = Outcome::Failed { why: "MARKER".into(), request_id: None };
    let ended = |outcome| EntryState::Ended(outcome, at(1));
    let entries =
        [EntryState::Waiting, ended(failed), ended(Outcome::Saved { stored: marker(), request_id: None })]
            .map(|state| Entry { entry: EntryId(1), intent: intent.clone(), state, undone: false });
    let turn = Turn::Yours { earlier: vec!["MARKER".into()] };
    for reply in [StoreReply::Loaded(snapshot), StoreReply::Entries(entries.into()), StoreReply::Turn(turn)] {
        let line = Blur { salt: 9 }.step(at(0), &Msg::Store(ReqId(1), Ok(reply)), false);
        let text = serde_json::to_string(&line).unwrap();
        assert!(!text.contains("MARKER"), "{text}");
    }
}

#[test]
fn a_task_of_the_command_line_keeps_its_ids_and_not_the_names_that_it_gives() {
    let to = NewName::restored(Some("MARKER"));
    let row = Planned { key: key(IDS[0]), workspace: WorkspaceId::new("default"), to };
    let line = Blur { salt: 9 }.step(at(0), &Msg::Tasked(Task::Rename(vec![row])), false);
    let text = serde_json::to_string(&line).unwrap();
    assert!(!text.contains("MARKER") && text.contains(IDS[0]), "{text}");
}

#[test]
fn the_start_names_neither_a_profile_nor_where_tokens_are_kept() {
    let sim = Sim::set(|settings| {
        settings.tokens_kept = "MARKER".into();
        settings.places[0].label = Some("MARKER".into());
    });
    let start = lines(&sim, Blur { salt: 9 }).remove(0);
    assert!(!start.contains("MARKER"), "{start}");
}

#[test]
fn a_code_and_a_sign_in_page_are_not_in_a_recording() {
    for reply in [AuthReply::Code(crate::sim::code()), AuthReply::Page(crate::sim::sign_in_page())] {
        let line = Blur { salt: 9 }.step(at(0), &Msg::Auth(Attempt(1), Ok(reply)), false);
        let text = serde_json::to_string(&line).unwrap();
        assert!(!text.contains("H7KQ9RF2C") && !text.contains("login.microsoft"), "{text}");
    }
}

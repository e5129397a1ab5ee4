//! The command line beside the app: one library, one journal; and questions that only a terminal is asked.

use std::process::Command;
use std::time::Duration;

use serde_json::json;
use termlens::{Key, Terminal};

use crate::common::grow;
use crate::common::library::settled;
use crate::common::world::{FIRST, World, block};
use crate::tap::Tap;
use crate::{InTerminal, quit};

/// A command to its end, without a terminal: its exit code and what it printed.
fn run(world: &World, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_retitle"));
    command.args(arguments).env_clear().envs(world.environment()).stdin(std::process::Stdio::null());
    let output = command.output().unwrap();
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

fn ask(world: &World, arguments: &[&str]) -> Terminal {
    world.builder().args(arguments).spawn(env!("CARGO_BIN_EXE_retitle")).unwrap()
}

#[test]
fn what_the_command_line_does_appears_in_the_running_app_and_is_undone_there() {
    let world = World::new();
    let mut t = world.ready();
    assert_eq!(
        run(&world, &["rename", FIRST, "by the command line"]),
        (Some(0), "by the command line\n".into())
    );
    t.wait_until(|s| s.contains("by the command line")).unwrap();
    t.send(Key::Char('u')).unwrap();
    t.wait_until(|s| s.contains("saved") && s.contains("INC-20931 phishing wave, finance")).unwrap();
    assert_eq!(world.name(FIRST).as_deref(), Some("INC-20931 phishing wave, finance"));
    quit(t);
}

#[test]
fn a_name_that_the_command_line_left_in_the_journal_is_sent_by_the_next_app() {
    let world = World::new();
    quit(world.ready());
    world.control("faults", json!([{"path": FIRST, "delivery": "reset"}]));
    assert_eq!(run(&world, &["rename", FIRST, "queued by a script", "--queue"]), (Some(0), String::new()));
    assert_eq!((settled(&world).1, world.patches()), (1, 0));
    let mut t = world.start();
    t.wait_until(|s| s.contains("saved") && s.contains("queued by a script")).unwrap();
    assert_eq!(world.name(FIRST).as_deref(), Some("queued by a script"));
    quit(t);
}

#[test]
fn a_draft_of_the_command_line_is_offered_by_the_app() {
    let world = World::new();
    quit(world.ready());
    world.control("faults", json!([{"path": FIRST, "delivery": "reset"}]));
    assert_eq!(run(&world, &["rename", FIRST, "kept for later"]).0, Some(7));
    let mut t = world.start();
    t.wait_until(|s| s.contains("draft")).unwrap();
    t.send(Key::Char('r')).unwrap();
    t.wait_until(|s| s.contains("kept for later")).unwrap();
    t.send(Key::Esc).unwrap();
    // An Esc with a key right behind it is Alt and that key.
    t.wait_until(|s| !s.contains("editing")).unwrap();
    t.wait_stable(Duration::from_millis(80)).unwrap();
    quit(t);
}

#[test]
fn a_protected_profile_asks_a_terminal_for_its_label() {
    let world = World::new();
    world.configure("[profiles.contoso]\nprotected = true\nlabel = \"PROD\"");
    for (typed, code, words) in [("y", 2, "nothing was sent"), ("PROD", 3, "Not signed in")] {
        let mut t = ask(&world, &["--profile", "contoso", "rename", FIRST, "new name"]);
        t.wait_until(|s| s.contains("will be “new name”") && s.contains("Type PROD to go on:")).unwrap();
        t.send_str(typed).unwrap();
        t.send(Key::Enter).unwrap();
        t.wait_until(|s| s.contains(words)).unwrap();
        assert_eq!(t.wait_exit().unwrap().code(), Some(code), "{typed}");
    }
}

/// So many more sessions, and the path of a plan that names all of them.
fn plan(world: &World, count: usize) -> String {
    let ids = block(grow(&world.base, count));
    let text: String = ids.iter().enumerate().map(|(n, id)| format!("{id},planned {n}\n")).collect();
    let path = world.dir.path().join("plan.csv");
    std::fs::write(&path, text).unwrap();
    path.display().to_string()
}

#[test]
fn a_plan_that_is_applied_appears_in_the_running_app_and_is_undone_there_as_one() {
    let world = World::new();
    let mut t = world.ready();
    let path = plan(&world, 5);
    assert_eq!(run(&world, &["apply", &path]).0, Some(0));
    t.wait_until(|s| (0..5).all(|n| s.contains(&format!("planned {n}")))).unwrap();
    t.send(Key::Char('u')).unwrap();
    t.wait_until(|s| s.contains("5 taken back")).unwrap();
    let sessions = block(crate::common::ask(&world.base, "sessions"));
    assert_eq!(
        sessions.iter().filter(|s| s["name"].as_str().is_some_and(|n| n.starts_with("grown"))).count(),
        5
    );
    t.send(Key::Esc).unwrap();
    t.wait_until(|s| !s.contains("Bulk undo: done")).unwrap();
    quit(t);
}

#[test]
fn a_terminal_sees_on_one_plain_line_how_a_plan_goes_and_ctrl_c_stops_it() {
    let world = World::new();
    quit(world.ready());
    let path = plan(&world, 12);
    // Slower than frames come, so that there is something to see.
    world.control("faults", json!([{"method": "PATCH", "times": 12, "delay": 150}]));
    let all = Tap::start(&world, &[("TERM", "xterm-256color")], &["apply", &path]).ends();
    assert!(all.contains("\rreading the names on the server") && all.contains(" of 12: "), "{all:?}");
    assert!(!all.contains('\u{1b}'), "no sequence of a terminal's: {all:?}");
    assert!(all.contains("12 saved. retitle undo takes it back."), "{all:?}");

    let again = plan(&world, 12);
    world.control("faults", json!([{"method": "PATCH", "status": 429, "retry_after": "600"}]));
    let mut t = ask(&world, &["apply", &again]);
    t.wait_until(|s| s.contains("the server asks for a pause until")).unwrap();
    t.send(Key::Ctrl('c')).unwrap();
    t.wait_until(|s| s.contains("stopped.")).unwrap();
    assert_eq!(t.wait_exit().unwrap().code(), Some(1));
    assert!(t.screen().contains("The name is kept as a draft."));
    assert_eq!(settled(&world).1, 0);
}

//! The command line beside the app: one library, one journal; and questions that only a terminal is asked.

use std::process::Command;

use serde_json::json;
use termlens::{Key, Terminal};

use crate::common::library::settled;
use crate::common::world::{FIRST, World};
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
    t.wait_until(|s| !s.contains("Esc leave")).unwrap();
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

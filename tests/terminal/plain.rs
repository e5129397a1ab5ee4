//! Plain mode at a terminal: for screen readers and dumb terminals.

use serde_json::json;
use termlens::Terminal;

use crate::InTerminal;
use crate::common::world::{FIRST, World};

fn types(t: &mut Terminal, line: &str) {
    t.send_str(line).unwrap();
    t.send(termlens::Key::Enter).unwrap();
}

fn says(t: &mut Terminal, words: &str) {
    t.wait_until(|s| s.contains(words))
        .unwrap_or_else(|error| panic!("{words}: {error}\n{}", t.screen().text()));
}

#[test]
fn a_dumb_terminal_gets_lines_a_code_and_a_prompt_and_never_another_screen() {
    let world = World::new();
    let mut t = world.builder().env("TERM", "dumb").spawn(env!("CARGO_BIN_EXE_retitle")).unwrap();
    says(&mut t, "type the code");
    says(&mut t, "started this sign-in.");
    world.control("approve", json!({}));
    says(&mut t, "Signed in as j.doe@contoso.com.");
    types(&mut t, &format!("add {FIRST}"));
    says(&mut t, "Added.");
    types(&mut t, "rename 1");
    says(&mut t, "new name:");
    types(&mut t, "INC-20931 said aloud");
    says(&mut t, "Saved 1, INC-20931 said aloud.");
    assert_eq!(world.name(FIRST).as_deref(), Some("INC-20931 said aloud"));
    assert!(!t.screen().alternate_screen() && !t.screen().bracketed_paste());
    types(&mut t, "quit");
    assert!(t.wait_exit().unwrap().success());
}

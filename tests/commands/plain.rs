//! Plain mode through pipes: lines in, lines out, and not one escape sequence.

use std::io::Write;
use std::process::Stdio;

use serde_json::json;

use crate::common::world::{FIRST, World};
use crate::run::{Ran, retitle, run, sign_in, silent};

/// Runs plain mode with these lines on standard input.
fn plain(world: &World, arguments: &[&str], lines: &str) -> Ran {
    let mut child = retitle(world, arguments).stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let ran = Ran::from(child.wait_with_output().unwrap());
    silent(world, &ran);
    assert!(!ran.out.contains('\u{1b}'), "{}", ran.out);
    ran
}

#[test]
fn a_pipe_gets_lines_renames_and_a_clean_end() {
    let world = World::new();
    sign_in(&world);
    let ran = plain(&world, &[], &format!("add {FIRST}\n"));
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains("Added.") && ran.out.contains("  1  INC-20931"), "{}", ran.out);
    // The name is not lost although the lines end at once.
    let ran = plain(&world, &["--plain"], "rename 1 INC-20931 named in a pipe\n");
    assert!(ran.out.contains("Saved 1, INC-20931 named in a pipe."), "{}", ran.out);
    assert_eq!(world.name(FIRST).as_deref(), Some("INC-20931 named in a pipe"));
    let ran = plain(&world, &["--plain", "--read-only"], "rename 1 never\nquit\n");
    assert!(ran.out.contains("Read-only"), "{}", ran.out);
    assert_eq!(world.patches(), 1);
}

#[test]
fn without_a_sign_in_a_pipe_shows_no_code_and_keeps_the_words() {
    let world = World::new();
    sign_in(&world);
    plain(&world, &[], &format!("add {FIRST}\n"));
    assert_eq!(run(&world, &["logout"]).code, 0);
    let ran = plain(&world, &[], "rename 1 words without a sign-in\n");
    assert!(ran.out.contains("retitle login"), "{}", ran.out);
    assert!(!ran.out.contains("/device"), "{}", ran.out);
    assert_eq!(world.patches(), 0);
    // What was typed under nobody's name waits for a word from somebody.
    sign_in(&world);
    let ran = plain(&world, &[], "list\n");
    assert!(ran.out.contains("words without a sign-in"), "{}", ran.out);
}

#[test]
fn a_server_that_refuses_is_told_in_a_line() {
    let world = World::new();
    sign_in(&world);
    plain(&world, &[], &format!("add {FIRST}\n"));
    world.control("faults", json!([{"method": "PATCH", "status": 403}]));
    let ran = plain(&world, &[], "rename 1 refused\n");
    assert!(ran.out.contains("Not saved 1") && ran.out.contains("Your words are kept"), "{}", ran.out);
}

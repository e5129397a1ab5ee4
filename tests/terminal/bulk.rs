//! Many names at once in a real terminal: marks, the table, and the person's own editor.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde_json::json;
use termlens::{Key, Terminal};

use crate::common::world::{FIRST, World};
use crate::{InTerminal, quit};

/// An editor that is a shell script; it gets the file as its first argument.
fn editor(world: &World, script: &str) -> PathBuf {
    let path = world.dir.path().join("my editor.sh");
    std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path
}

/// Signed in with everything of the workspace in the list, and this editor.
fn ready(world: &World, script: &str) -> Terminal {
    let mut t = spawn(world, &editor(world, script));
    world.sign_in(&mut t);
    narrowed(t)
}

fn spawn(world: &World, editor: &Path) -> Terminal {
    let mut builder = world.builder().args(["--log", "trace"]);
    // As people write it: a path with a space in quotes, and an option.
    builder = builder.env("VISUAL", format!("'{}' --option", editor.display()));
    builder.spawn(env!("CARGO_BIN_EXE_retitle")).unwrap()
}

fn narrowed(mut t: Terminal) -> Terminal {
    t.send(Key::Char('L')).unwrap();
    // The whole walk, or a later page would change the screen under the test.
    t.wait_until(|s| s.contains("everything: 53") && s.contains("INC-20931")).unwrap();
    t.send(Key::Char('/')).unwrap();
    t.send_str("INC-20").unwrap();
    t.send(Key::Enter).unwrap();
    t.wait_until(|s| s.contains(" of ") && s.contains("/INC-20")).unwrap();
    t
}

/// The screen is ours again, and whole: what Ctrl-L draws anew is what stood there.
fn whole(t: &mut Terminal) {
    assert!(t.screen().alternate_screen() && t.screen().bracketed_paste());
    let before = t.screen().text();
    t.send(Key::Ctrl('l')).unwrap();
    t.wait_stable(std::time::Duration::from_millis(150)).unwrap();
    assert_eq!(t.screen().text(), before);
}

#[test]
fn names_are_changed_in_the_persons_editor_seen_in_the_table_and_then_saved() {
    let world = World::new();
    // Proves that the terminal is the editor's: it reads a key itself.
    let mut t =
        ready(&world, "printf 'EDITOR HAS IT'; read answer; sed -i 's/phishing wave/PHISHING/' \"$2\"");
    t.send(Key::Char('E')).unwrap();
    t.wait_until(|s| s.contains("EDITOR HAS IT") && !s.alternate_screen()).unwrap();
    t.send_str("q\n").unwrap();
    t.wait_until(|s| s.contains("Bulk rename") && s.contains("PHISHING")).unwrap();
    whole(&mut t);
    assert_eq!(world.patches(), 0, "nothing is sent before the table is applied");
    t.send(Key::Char('y')).unwrap();
    t.wait_until(|s| s.contains("Bulk rename: done") && s.contains("1 saved")).unwrap();
    assert_eq!(world.name(FIRST).as_deref(), Some("INC-20931 PHISHING, finance"));
    t.send(Key::Esc).unwrap();
    t.wait_until(|s| !s.contains("Bulk rename: done")).unwrap();
    // A letter right behind Esc could be a torn chord.
    t.wait_stable(std::time::Duration::from_millis(100)).unwrap();
    quit(t);
    assert!(in_editors(&world).is_empty(), "no names are left in a file of their own");
    world.log_is_silent();
}

#[test]
fn an_editor_that_fails_leaves_everything_as_it_was_and_the_screen_whole() {
    let world = World::new();
    let mut t = ready(&world, "exit 3");
    t.send(Key::Char('E')).unwrap();
    t.wait_until(|s| s.contains("The editor ended with") && s.contains("no name is changed")).unwrap();
    // Esc dismisses the message, as the next key would.
    t.send(Key::Esc).unwrap();
    t.wait_until(|s| !s.contains("The editor ended")).unwrap();
    whole(&mut t);
    quit(t);
    assert_eq!(world.patches(), 0);
}

#[test]
fn ctrl_c_in_the_editor_is_the_editors() {
    let world = World::new();
    let mut t = ready(
        &world,
        "trap 'printf CAUGHT; read answer; exit 1' INT; printf 'EDITOR HAS IT'; while :; do read answer; done",
    );
    t.send(Key::Char('E')).unwrap();
    t.wait_until(|s| s.contains("EDITOR HAS IT")).unwrap();
    t.send(Key::Ctrl('c')).unwrap();
    t.wait_until(|s| s.contains("CAUGHT")).unwrap();
    t.send_str("\n").unwrap();
    t.wait_until(|s| s.contains("The editor ended with") && s.alternate_screen()).unwrap();
    quit(t);
}

#[test]
fn a_mistake_in_the_editor_opens_it_again_with_the_line() {
    let world = World::new();
    let script = "if grep -q '^#!' \"$2\"; then head -1 \"$2\"; read answer; sed -i '/nonsense/d; s/CFO/the CFO/' \"$2\"; else echo 'nonsense here' >> \"$2\"; fi";
    let mut t = ready(&world, script);
    t.send(Key::Char('E')).unwrap();
    t.wait_until(|s| s.contains("\"nonsense\" is none of the IDs") && s.contains("line ")).unwrap();
    t.send_str("\n").unwrap();
    t.wait_until(|s| s.contains("Bulk rename") && s.contains("travel, the")).unwrap();
    quit_from_the_table(t);
}

fn quit_from_the_table(mut t: Terminal) {
    t.send(Key::Esc).unwrap();
    t.wait_until(|s| s.contains("Nothing was sent")).unwrap();
    t.wait_stable(std::time::Duration::from_millis(100)).unwrap();
    quit(t);
}

#[test]
fn a_bulk_that_is_killed_in_its_middle_is_finished_after_the_next_start_and_undone_as_one() {
    let world = World::new();
    let mut t = ready(&world, "true");
    world.control(
        "faults",
        json!([{"method": "PATCH", "delay": 60_000}, {"method": "PATCH", "delay": 60_000}]),
    );
    for key in [Key::Ctrl('a'), Key::Char('b')] {
        t.send(key).unwrap();
    }
    t.wait_until(|s| s.contains("Bulk rename")).unwrap();
    t.send_str(" x").unwrap();
    t.send(Key::Enter).unwrap();
    t.send(Key::Char('y')).unwrap();
    t.wait_until(|s| s.contains("Bulk rename: ") && s.contains("to go")).unwrap();
    t.signal(termlens::Signal::Kill).unwrap();
    t.wait_exit().unwrap();
    let mut t = world.start();
    t.wait_until(|s| s.contains("phishing wave, finance x") && s.contains("saved") && !s.contains("saving"))
        .unwrap();
    assert_eq!(world.name(FIRST).as_deref(), Some("INC-20931 phishing wave, finance x"));
    t.send(Key::Char('B')).unwrap();
    t.wait_until(|s| s.contains("Bulk rename: done") && s.contains(" 10 saved")).unwrap();
    t.send(Key::Char('u')).unwrap();
    t.wait_until(|s| {
        s.contains("Bulk undo: done") && s.contains(" 10 taken back") && !s.contains("undo all")
    })
    .unwrap();
    assert_eq!(world.name(FIRST).as_deref(), Some("INC-20931 phishing wave, finance"));
    t.send(Key::Enter).unwrap();
    t.wait_until(|s| !s.contains("Bulk undo: done")).unwrap();
    quit(t);

    let mut t = world.start();
    t.wait_until(|s| s.contains("j.doe@contoso.com")).unwrap();
    t.send(Key::Char('B')).unwrap();
    t.wait_until(|s| s.contains(" 10 taken back") && s.contains("This took a bulk back")).unwrap();
    t.send(Key::Enter).unwrap();
    t.wait_until(|s| !s.contains("Bulk undo: done")).unwrap();
    quit(t);
}

/// Killed with a file in its editor, on which the editor has done this.
fn killed_in_an_editor(does: &str) -> World {
    let world = World::new();
    let mut t = ready(&world, &format!("{does}; printf 'EDITOR HAS IT'; read answer"));
    t.send(Key::Char('E')).unwrap();
    t.wait_until(|s| s.contains("EDITOR HAS IT")).unwrap();
    assert_eq!(in_editors(&world).len(), 1);
    t.signal(termlens::Signal::Kill).unwrap();
    t.wait_exit().unwrap();
    assert_eq!(in_editors(&world).len(), 1, "nobody could clear it");
    world
}

fn in_editors(world: &World) -> Vec<PathBuf> {
    let files = std::fs::read_dir(world.state()).unwrap().map(|file| file.unwrap().path());
    files.filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with("names-")).collect()
}

#[test]
fn names_changed_in_an_editor_that_outlived_the_app_are_pointed_to_and_purged() {
    let world = killed_in_an_editor("sed -i 's/phishing/TYPED/' \"$2\"");
    let mut t = world.start();
    t.wait_until(|s| s.contains("An editor was open when retitle ended")).unwrap();
    assert!(std::fs::read_to_string(&in_editors(&world)[0]).unwrap().contains("TYPED"));
    quit(t);
    let purge = std::process::Command::new(env!("CARGO_BIN_EXE_retitle"))
        .args(["purge", "--yes"])
        .env_clear()
        .envs(world.environment())
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&purge.stdout).contains("/names-"), "{purge:?}");
}

#[test]
fn names_that_nobody_changed_in_an_editor_that_outlived_the_app_are_cleared_by_the_next_start_alone() {
    let world = killed_in_an_editor("true");
    let mut t = world.start();
    t.wait_until(|s| s.contains("j.doe@contoso.com")).unwrap();
    assert!(!t.screen().contains("An editor was open"), "{}", t.screen().text());
    assert!(in_editors(&world).is_empty());

    // Of two that run, the second leaves the file in the first one's editor alone.
    quit(t);
    let mut first = spawn(&world, &world.dir.path().join("my editor.sh"));
    first.wait_until(|s| s.contains("j.doe@contoso.com")).unwrap();
    let mut first = narrowed(first);
    first.send(Key::Char('E')).unwrap();
    first.wait_until(|s| s.contains("EDITOR HAS IT")).unwrap();
    let mut second = world.start();
    second.wait_until(|s| s.contains("j.doe@contoso.com")).unwrap();
    assert_eq!(in_editors(&world).len(), 1);
}

//! Pastes: with the terminal's brackets around them, and as bare keys.

use std::path::Path;
use std::time::Duration;

use serde_json::json;
use termlens::{Key, Terminal};

use crate::common::world::{FIRST, World};
use crate::{InTerminal, quit};

/// Lines of a ticket: line breaks of each kind, an escape sequence, a bell, a bidi override, letters that are commands.
const TICKET: &str = " d\nu q !\r\nL\tx\u{1b}[31mred\u{1b}[0m\u{7}\u{202e}evil\u{200b} z";
/// What it is as one line of text.
const LINE: &str = " d u q ! L xredevil z";
/// A paste that a terminal without brackets hands on: the escape sequences are no keys.
const RAW: &str = " d\ru q !\rL\tx z";

fn edit(t: &mut Terminal) {
    t.send(Key::Char('r')).unwrap();
    t.wait_until(|s| s.contains("editing")).unwrap();
}

/// A world whose terminal never announces a paste, as far as the configuration knows.
fn guarded(word: &str) -> World {
    let world = World::new();
    world.configure(&format!("[ui]\npaste_guard = \"{word}\"\n"));
    world
}

/// Nothing was sent, nothing is different.
fn untouched(world: &World, t: &Terminal) {
    assert_eq!(world.patches(), 0);
    assert_eq!(world.name(FIRST).as_deref(), Some("INC-20931 phishing wave, finance"));
    assert!(t.screen().alternate_screen());
    assert!(t.screen().row_text(0).trim_end().ends_with("1 session"), "{}", t.screen());
}

/// Whether any file under a folder holds the text.
fn holds(folder: &Path, text: &str) -> bool {
    std::fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return holds(&path, text);
        }
        std::fs::read(&path).unwrap().windows(text.len()).any(|part| part == text.as_bytes())
    })
}

#[test]
fn lines_pasted_into_the_editor_end_as_one_clean_line_and_save_nothing() {
    let world = World::new();
    let mut t = world.ready();
    assert!(t.screen().bracketed_paste());
    edit(&mut t);
    t.paste(TICKET).unwrap();
    t.wait_until(|s| s.contains(&format!("finance{LINE}")) && s.contains("Removed 5 hidden characters"))
        .unwrap();
    assert!(t.screen().contains("editing"));
    untouched(&world, &t);
    t.send(Key::Enter).unwrap();
    t.wait_until(|s| s.contains("saved")).unwrap();
    assert_eq!(world.name(FIRST).as_deref(), Some(&*format!("INC-20931 phishing wave, finance{LINE}")));
    assert_eq!(world.patches(), 1);
    quit(t);
}

#[test]
fn a_paste_is_undone_in_one_step() {
    let world = World::new();
    let mut t = world.ready();
    edit(&mut t);
    t.paste(TICKET).unwrap();
    t.wait_until(|s| s.contains(LINE)).unwrap();
    t.send(Key::Ctrl('z')).unwrap();
    t.wait_until(|s| !s.contains(LINE) && s.contains("phishing wave, finance ")).unwrap();
    t.send(Key::Esc).unwrap();
    t.wait_until(|s| !s.contains("editing")).unwrap();
    untouched(&world, &t);
    t.wait_stable(Duration::from_millis(80)).unwrap();
    quit(t);
}

#[test]
fn lines_pasted_on_the_list_run_no_command() {
    let world = World::new();
    let mut t = world.ready();
    t.paste("d\nu\nq\n!\nL\nr\nINC-1\n").unwrap();
    t.wait_until(|s| s.contains("Pasted text ignored")).unwrap();
    untouched(&world, &t);
    quit(t);
}

#[test]
fn a_share_link_pasted_on_the_list_opens_add_without_its_token_and_no_file_ever_holds_it() {
    let world = World::new();
    let mut t = world.start();
    world.sign_in(&mut t);
    t.paste(&format!("{}/sessions/{FIRST}?st=MARKER-SHARE\n", world.base)).unwrap();
    t.wait_until(|s| s.contains("Add:") && s.contains(FIRST) && s.contains("share token")).unwrap();
    assert!(!t.screen().contains("MARKER"));
    // Nor does undo bring it back.
    t.send(Key::Ctrl('z')).unwrap();
    t.send(Key::Ctrl('z')).unwrap();
    t.wait_until(|s| s.contains("Add:") && !s.contains(FIRST)).unwrap();
    assert!(!t.screen().contains("MARKER"));
    t.paste(&format!("{}/sessions/{FIRST}?st=MARKER-AGAIN", world.base)).unwrap();
    t.wait_until(|s| s.contains(FIRST)).unwrap();
    t.send(Key::Enter).unwrap();
    t.wait_until(|s| s.contains("Added.") && s.contains("phishing wave")).unwrap();
    quit(t);
    assert!(holds(&world.state(), FIRST), "the search finds what is there");
    assert!(world.log().contains("graph answered"));
    assert!(!holds(world.dir.path(), "MARKER"));
    let asked = json!(world.requests()).to_string();
    assert!(asked.contains(FIRST) && !asked.contains("MARKER"), "{asked}");
}

#[test]
fn bare_keys_as_fast_as_a_paste_are_text_in_the_editor_and_save_nothing() {
    for newline in ["\r", "\n"] {
        let world = guarded("on");
        let mut t = world.ready();
        edit(&mut t);
        t.send_str(&RAW.replace('\r', newline)).unwrap();
        t.wait_until(|s| s.contains("finance d u q ! L x z")).unwrap();
        assert!(t.screen().contains("editing"));
        untouched(&world, &t);
        // A lone Enter is no paste.
        t.send(Key::Enter).unwrap();
        t.wait_until(|s| s.contains("saved")).unwrap();
        assert_eq!(world.name(FIRST).as_deref(), Some("INC-20931 phishing wave, finance d u q ! L x z"));
        quit(t);
    }
}

#[test]
fn bare_keys_as_fast_as_a_paste_run_no_command_on_the_list() {
    for newline in ["\r", "\n"] {
        let world = guarded("on");
        let mut t = world.ready();
        t.send_str(&"d\ru\rq\r!\rL\rr\rINC-1\r".replace('\r', newline)).unwrap();
        t.wait_until(|s| s.contains("Pasted text ignored")).unwrap();
        untouched(&world, &t);
        quit(t);
    }
}

#[test]
fn a_link_in_bare_keys_opens_add() {
    let world = guarded("on");
    let mut t = world.start();
    world.sign_in(&mut t);
    t.send_str(&format!("{}/sessions/{FIRST}?st=MARKER-SHARE\r", world.base)).unwrap();
    t.wait_until(|s| s.contains("Add:") && s.contains(FIRST)).unwrap();
    assert!(!t.screen().contains("MARKER"));
    t.send(Key::Enter).unwrap();
    t.wait_until(|s| s.contains("Added.")).unwrap();
    quit(t);
    assert!(!holds(world.dir.path(), "MARKER"));
}

#[test]
fn typing_key_by_key_means_what_it_always_means_where_pastes_are_guarded() {
    let world = guarded("on");
    let mut t = world.ready();
    edit(&mut t);
    let mut text = "finance".to_owned();
    for key in " qu!".chars() {
        text.push(key);
        t.send(Key::Char(key)).unwrap();
        let shown = text.trim_end();
        t.wait_until(|s| s.contains(shown)).unwrap();
    }
    t.send(Key::Enter).unwrap();
    t.wait_until(|s| s.contains("saved")).unwrap();
    assert_eq!(world.name(FIRST).as_deref(), Some("INC-20931 phishing wave, finance qu!"));
    t.send(Key::Char('u')).unwrap();
    t.wait_until(|s| s.contains("saved") && !s.contains("qu!")).unwrap();
    quit(t);
}

#[test]
fn a_key_held_down_repeats_where_pastes_are_guarded() {
    let world = guarded("on");
    let mut t = world.ready();
    t.send(Key::Char('L')).unwrap();
    t.wait_until(|s| s.contains("everything: 5")).unwrap();
    let top = t.screen().find("▸").unwrap().0;
    t.send_str("jjj").unwrap();
    t.wait_until(|s| s.find("▸").is_some_and(|(row, _)| row >= top + 3)).unwrap();
    t.send_str("kkk").unwrap();
    t.wait_until(|s| s.find("▸").is_some_and(|(row, _)| row == top)).unwrap();
    edit(&mut t);
    t.send_str("xxxx").unwrap();
    t.wait_until(|s| s.contains("financexxxx")).unwrap();
    t.send(Key::Esc).unwrap();
    t.wait_until(|s| s.contains("Draft kept")).unwrap();
    t.wait_stable(Duration::from_millis(80)).unwrap();
    quit(t);
}

#[test]
fn without_the_guard_bare_keys_are_keys_however_fast_they_come() {
    let world = guarded("off");
    let mut t = world.ready();
    t.send_str("r by keys\r").unwrap();
    t.wait_until(|s| s.contains("finance by keys") && s.contains("saved")).unwrap();
    assert_eq!(world.name(FIRST).as_deref(), Some("INC-20931 phishing wave, finance by keys"));
    quit(t);
}

#[test]
fn the_console_of_linux_is_guarded_without_being_asked() {
    let world = World::new();
    let mut t = world.builder().env("TERM", "linux").spawn(env!("CARGO_BIN_EXE_retitle")).unwrap();
    world.sign_in(&mut t);
    t.send_str("L\rq\r").unwrap();
    t.wait_until(|s| s.contains("Pasted text ignored")).unwrap();
    assert!(t.screen().alternate_screen());
    quit(t);
}

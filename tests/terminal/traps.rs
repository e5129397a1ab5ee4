//! Keys that terminals garble: one byte for two chords, two bytes for one, and an Escape that may be half of another.

use std::time::Duration;

use termlens::{CursorShape, Key, Signal, Terminal};

use crate::common::world::World;
use crate::tap::Tap;
use crate::{InTerminal, quit, restored};

fn editing(world: &World, typed: &str) -> Terminal {
    let mut t = world.ready();
    t.send(Key::Char('r')).unwrap();
    t.wait_until(|s| s.contains("editing")).unwrap();
    t.send_str(typed).unwrap();
    t.wait_until(|s| s.contains(&format!("finance{typed}"))).unwrap();
    t
}

fn leave(mut t: Terminal) {
    t.send(Key::Esc).unwrap();
    t.wait_until(|s| !s.contains("editing")).unwrap();
    t.wait_stable(Duration::from_millis(80)).unwrap();
    quit(t);
}

#[test]
fn the_byte_that_is_ctrl_underscore_and_ctrl_slash_undoes_in_the_field() {
    let world = World::new();
    let mut t = editing(&world, " words");
    t.send_str("\u{1f}").unwrap();
    t.wait_until(|s| !s.contains("words") && s.contains("finance ")).unwrap();
    // Alt-_ does it again.
    t.send_str("\u{1b}_").unwrap();
    t.wait_until(|s| s.contains("finance words")).unwrap();
    assert_eq!(world.patches(), 0);
    leave(t);
}

#[test]
fn escape_and_a_letter_in_one_write_are_an_alt_chord() {
    let world = World::new();
    let mut t = editing(&world, " one two");
    t.send_str("\u{1b}b").unwrap();
    t.send_str("X").unwrap();
    t.wait_until(|s| s.contains("finance one Xtwo") && s.contains("editing")).unwrap();
    // Alt-Backspace too, in the form that most terminals send.
    t.send_str("\u{1b}\u{7f}").unwrap();
    t.wait_until(|s| s.contains("finance one two")).unwrap();
    leave(t);
}

#[test]
fn escape_alone_leaves_and_keeps_the_words() {
    let world = World::new();
    let mut t = editing(&world, " kept");
    t.send(Key::Esc).unwrap();
    t.wait_until(|s| s.contains("Draft kept") && s.contains("draft: INC-20931")).unwrap();
    t.wait_stable(Duration::from_millis(80)).unwrap();
    quit(t);
    assert_eq!(world.patches(), 0);
}

#[test]
fn a_letter_that_is_no_chord_is_a_key_right_behind_escape() {
    let world = World::new();
    let mut t = editing(&world, " torn");
    t.send(Key::Esc).unwrap();
    t.wait_until(|s| !s.contains("editing")).unwrap();
    t.send(Key::Char('r')).unwrap();
    t.wait_until(|s| s.contains("editing") && s.contains("finance torn")).unwrap();
    leave(t);
}

#[test]
fn alt_and_a_letter_that_begins_an_answer_of_the_terminals_do_not_swallow_what_is_typed_next() {
    let world = World::new();
    let mut t = editing(&world, " one");
    for chord in ["\u{1b}]", "\u{1b}P"] {
        t.send_str(chord).unwrap();
        t.send_str("!").unwrap();
    }
    t.wait_until(|s| s.contains("finance one!!")).unwrap();
    leave(t);
}

#[test]
fn a_terminal_that_is_only_lent_is_read_and_nothing_waits_for_its_keys() {
    let world = World::new();
    let mut tap = Tap::lend(&world, &[("TERM", "xterm-256color")], &[]);
    tap.reach_the_list();
    tap.send("?");
    tap.wait_for("Keys");
    tap.send("\u{1b}");
    tap.wait_for("quit");
    tap.quit();
}

#[test]
fn no_sequence_asks_the_terminal_for_anything_at_the_start() {
    // An answer comes through the keyboard's stream, and a terminal that owes one must not hold up the keys.
    let world = World::new();
    let mut tap = Tap::start(&world, &[("TERM", "xterm-256color")], &[]);
    tap.reach_the_list();
    let all = tap.quit();
    // Device attributes, caret position, keyboard flags, colours.
    for question in ["\u{1b}[c", "\u{1b}[0c", "\u{1b}[>c", "\u{1b}[6n", "\u{1b}[?u", "]10;?", "]11;?"] {
        assert!(!all.contains(question), "{question:?} in {all:?}");
    }
}

#[test]
fn what_a_killed_program_left_on_the_other_screen_is_gone_before_the_first_frame() {
    // A terminal that shows the other screen already does not empty it when it is asked for again.
    let world = World::new();
    let mut tap = Tap::start(&world, &[("TERM", "xterm-256color")], &[]);
    tap.reach_the_list();
    let all = tap.quit();
    let (_, there) = all.split_once("\u{1b}[?1049h").unwrap();
    let (before, _) = there.split_once("\u{1b}[?2026h").unwrap();
    assert!(before.contains("\u{1b}[2J"), "{before:?}");
}

#[test]
fn the_caret_stands_in_the_field_as_a_bar_and_is_the_persons_own_again_outside() {
    let world = World::new();
    let mut t = world.ready();
    let shape = t.screen().cursor_shape();
    assert_ne!(shape, CursorShape::Bar);
    t.send(Key::Char('r')).unwrap();
    t.wait_until(|s| s.contains("editing") && s.cursor_shape() == CursorShape::Bar).unwrap();
    let end = |s: &termlens::Screen, text: &str| {
        let (row, col) = s.find(text).unwrap();
        (row, col + u16::try_from(text.chars().count()).unwrap(), true)
    };
    t.wait_until(|s| s.cursor() == end(s, "wave, finance")).unwrap();
    assert_eq!(t.screen().cursor_blink(), Some(false));
    t.send_str(" 日本").unwrap();
    t.wait_until(|s| s.contains("日本")).unwrap();
    let (row, col, shown) = t.screen().cursor();
    let (text_row, text_col, _) = end(&t.screen(), "wave, finance");
    assert_eq!((row, col, shown), (text_row, text_col + 1 + 4, true), "two cells each");
    t.send(Key::Home).unwrap();
    t.wait_until(|s| s.cursor() == (row, s.find("INC-20931").unwrap().1, true)).unwrap();
    t.send(Key::Esc).unwrap();
    t.wait_until(|s| s.cursor_shape() != CursorShape::Bar && !s.contains("editing")).unwrap();
    // On the list it stands on the selected row, where screen readers look.
    t.wait_until(|s| s.find("▸").is_some_and(|(row, col)| s.cursor() == (row, col, true))).unwrap();
    t.wait_stable(Duration::from_millis(80)).unwrap();
    quit(t);
}

#[test]
fn the_last_shape_of_the_caret_is_the_persons_own_however_it_ends() {
    let world = World::new();
    let mut tap = Tap::start(&world, &[("TERM", "xterm-256color")], &[]);
    tap.reach_the_list();
    tap.send("a");
    tap.wait_for("\u{1b}[6 q");
    tap.send("\u{7}");
    tap.wait_for("\u{1b}[0 q");
    let all = tap.quit();
    let last = all.rfind(" q").unwrap();
    assert_eq!(&all[last - 3..=last + 1], "\u{1b}[0 q");
    assert!(all.rfind("\u{1b}[?1049l").is_some_and(|left| left > all.rfind("\u{1b}[?1049h").unwrap()));
}

#[test]
fn ended_in_the_middle_of_a_name_the_caret_is_the_persons_own_again() {
    let world = World::new();
    let mut t = editing(&world, " cut off");
    assert_eq!(t.screen().cursor_shape(), CursorShape::Bar);
    t.signal(Signal::Term).unwrap();
    t.wait_exit().unwrap();
    restored(&t);
    // Shape 0 is what the person has configured; it blinks or not as they like it.
    assert_ne!(t.screen().cursor_shape(), CursorShape::Bar);
}

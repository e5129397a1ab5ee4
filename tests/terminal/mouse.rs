//! The mouse: the terminal's until it is asked for, and the terminal's again whenever the screen is given back.

use std::time::Duration;

use termlens::{Key, MouseMode, Scroll, Terminal};

use crate::common::world::{FIRST, World};
use crate::tap::Tap;
use crate::{InTerminal, quit, restored};

/// How every request to report the mouse begins: modes 1000 to 1016.
const ASKS: &str = "\u{1b}[?10";
const TAKES: [&str; 2] = ["\u{1b}[?1000h", "\u{1b}[?1006h"];

fn ours(t: &mut Terminal) {
    t.send(Key::Char('m')).unwrap();
    t.wait_until(|s| s.mouse_mode() != MouseMode::None && s.contains("mouse selects")).unwrap();
}

fn with_mouse() -> World {
    let world = World::new();
    world.configure("[ui]\nmouse = true\nmotion = \"reduced\"\n");
    world
}

/// Everything in the workspace, with rows enough to move about in.
fn full(world: &World) -> Terminal {
    let mut t = world.ready();
    t.send(Key::Char('L')).unwrap();
    t.wait_until(|s| s.contains("everything: 5")).unwrap();
    t
}

fn chosen(t: &Terminal) -> u16 {
    t.screen().find("▸").unwrap().0
}

fn given_back(t: &Terminal) {
    assert!(t.screen().mouse_modes().is_empty(), "{:?}", t.screen().mouse_modes());
}

#[test]
fn the_mouse_is_not_touched_until_m_takes_it_and_m_gives_it_back() {
    let world = World::new();
    let env = [("TERM", "xterm-256color")];
    let mut tap = Tap::start(&world, &env, &[]);
    tap.reach_the_list();
    let before = tap.so_far();
    assert!(!before.contains(TAKES[0]) && !before.contains(TAKES[1]), "{before:?}");
    tap.send("m");
    tap.wait_for(TAKES[1]);
    let taken = tap.so_far().len();
    tap.send("m");
    tap.wait_for("\u{1b}[?1000l");
    let back = tap.so_far()[taken..].to_owned();
    for mode in ["1000", "1006"] {
        assert!(back.contains(&format!("\u{1b}[?{mode}l")), "{back:?}");
    }
    let all = tap.quit();
    assert_eq!(all.matches(TAKES[0]).count(), 1, "{all:?}");
    assert!(all.contains(ASKS));
}

#[test]
fn a_click_selects_and_a_double_click_renames() {
    let world = World::new();
    let mut t = full(&world);
    ours(&mut t);
    // By its name: which rows have a heading above them depends on the time of day.
    let (row, _) = t.screen().find("INC-20877").unwrap();
    t.click(10, row).unwrap();
    t.wait_until(|s| s.find("▸").is_some_and(|(at, _)| at == row)).unwrap();
    assert!(!t.screen().contains("editing"));
    let name = t.screen().row_text(row);
    t.click(10, row).unwrap();
    t.click(10, row).unwrap();
    t.wait_until(|s| s.contains("editing")).unwrap();
    let words: Vec<&str> = name.split_whitespace().filter(|word| word.len() > 3).collect();
    assert!(t.screen().row_text(row).contains(words[0]), "{name}\n{}", t.screen());
    t.send(Key::Esc).unwrap();
    t.wait_until(|s| !s.contains("editing")).unwrap();
    t.wait_stable(Duration::from_millis(80)).unwrap();
    assert_eq!(world.patches(), 0);
    quit(t);
}

#[test]
fn the_wheel_moves_three_rows_and_stops_at_the_ends() {
    let world = World::new();
    let mut t = full(&world);
    ours(&mut t);
    let top = chosen(&t);
    t.scroll(10, top, Scroll::Down).unwrap();
    t.wait_until(|s| s.find("▸").is_some_and(|(row, _)| row >= top + 3)).unwrap();
    t.scroll(10, top, Scroll::Up).unwrap();
    t.wait_until(|s| s.find("▸").is_some_and(|(row, _)| row == top)).unwrap();
    for _ in 0..5 {
        t.scroll(10, top, Scroll::Up).unwrap();
    }
    t.send(Key::Char('i')).unwrap();
    t.wait_until(|s| s.contains(FIRST)).unwrap();
    t.send(Key::Esc).unwrap();
    t.wait_until(|s| s.find("▸").is_some_and(|(row, _)| row == top)).unwrap();
    quit(t);
}

#[test]
fn a_click_does_what_a_line_of_the_palette_says_and_the_wheel_goes_through_its_lines() {
    let world = World::new();
    let mut t = full(&world);
    ours(&mut t);
    t.send(Key::Char(':')).unwrap();
    t.wait_until(|s| s.contains("type to search") && s.find("▸").is_some_and(|(row, _)| row == 3)).unwrap();
    t.scroll(10, 10, Scroll::Down).unwrap();
    t.wait_until(|s| s.find("▸").is_some_and(|(row, _)| row == 4)).unwrap();
    t.send_str("messages").unwrap();
    t.wait_until(|s| s.contains("/messages")).unwrap();
    let (row, _) = t.screen().find("read the messages so far").unwrap();
    t.click(30, row).unwrap();
    t.wait_until(|s| s.contains("─ Messages") || s.contains("Messages ─")).unwrap();
    t.send(Key::Esc).unwrap();
    t.wait_until(|s| !s.contains("Messages ─")).unwrap();
    assert_eq!(world.patches(), 0);
    quit(t);
}

#[test]
fn clicks_while_a_name_is_typed_and_clicks_on_nothing_do_no_harm() {
    let world = World::new();
    let mut t = full(&world);
    ours(&mut t);
    let row = chosen(&t);
    // Header, rules, status line, footer, and the corner.
    for (x, y) in [(0, 0), (40, 1), (5, 2), (10, 22), (10, 23), (79, 23)] {
        t.click(x, y).unwrap();
        t.click(x, y).unwrap();
    }
    t.send(Key::Char('r')).unwrap();
    t.wait_until(|s| s.contains("editing")).unwrap();
    t.send_str(" held").unwrap();
    t.wait_until(|s| s.contains("finance held")).unwrap();
    for y in 0..24 {
        t.click(12, y).unwrap();
        t.click(12, y).unwrap();
        t.scroll(12, y, Scroll::Down).unwrap();
    }
    t.send_str(" on").unwrap();
    t.wait_until(|s| s.contains("finance held on") && s.contains("editing")).unwrap();
    assert_eq!(chosen(&t), row);
    assert_eq!(world.patches(), 0);
    t.send(Key::Enter).unwrap();
    t.wait_until(|s| s.contains("saved")).unwrap();
    assert!(world.name(FIRST).unwrap().ends_with("finance held on"));
    quit(t);
}

#[test]
fn the_configuration_can_begin_with_the_mouse_and_leaving_gives_it_back() {
    let world = with_mouse();
    let mut t = world.ready();
    assert_ne!(t.screen().mouse_mode(), MouseMode::None);
    t.send(Key::Char('q')).unwrap();
    assert!(t.wait_exit().unwrap().success());
    given_back(&t);
    restored(&t);
}

/// Only debug builds can be made to panic.
#[cfg(debug_assertions)]
#[test]
fn a_panic_gives_the_mouse_back() {
    let world = with_mouse();
    let mut t =
        world.builder().env("RETITLE_PANIC_IN_HELP", "1").spawn(env!("CARGO_BIN_EXE_retitle")).unwrap();
    t.wait_until(|s| s.contains("Code good") && s.mouse_mode() != MouseMode::None).unwrap();
    t.send(Key::Char('?')).unwrap();
    assert!(!t.wait_exit().unwrap().success());
    given_back(&t);
    restored(&t);
}

#[test]
fn suspended_the_mouse_is_the_shells_and_fg_takes_it_again() {
    let world = with_mouse();
    // Job control needs a shell between the terminal and the program.
    let mut t =
        world.builder().env("PS1", "shell> ").args(["--norc", "--noprofile", "-i"]).spawn("bash").unwrap();
    t.wait_until(|s| s.contains("shell>")).unwrap();
    t.send_str(&format!("{}\r", env!("CARGO_BIN_EXE_retitle"))).unwrap();
    t.wait_until(|s| s.contains("Code good") && s.mouse_mode() != MouseMode::None).unwrap();
    t.send(Key::Ctrl('z')).unwrap();
    t.wait_until(|s| !s.alternate_screen() && s.contains("Stopped")).unwrap();
    given_back(&t);
    t.send_str("fg\r").unwrap();
    t.wait_until(|s| s.alternate_screen() && s.mouse_mode() != MouseMode::None).unwrap();
    t.send(Key::Char('q')).unwrap();
    t.wait_until(|s| !s.alternate_screen()).unwrap();
    given_back(&t);
    t.send_str("exit\r").unwrap();
    t.wait_exit().unwrap();
}

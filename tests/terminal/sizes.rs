//! Windows of every size, changing all the time.

use std::time::Duration;

use retitle::simulator::Options;
use termlens::{Key, Screen, Signal, Terminal};

use crate::common::options;
use crate::common::world::{FIRST, World};
use crate::tap::Tap;
use crate::{InTerminal, quit};

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u16) -> u16 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u16::try_from((self.0 >> 33) % u64::from(end)).unwrap()
    }

    /// Up to 300x100. The emulator does not go below 2x2.
    fn size(&mut self) -> (u16, u16) {
        (2 + self.below(299), 2 + self.below(99))
    }
}

/// What a person sees: text and colours, not how it came about.
fn picture(screen: &Screen) -> String {
    screen.with_styles().to_string()
}

/// The screen as it stands is the one that is drawn anew from nothing.
fn whole(t: &mut Terminal) {
    let mut before = t.wait_stable(Duration::from_millis(200)).unwrap();
    // The first key after a while takes "saved" away; it must not be the one below.
    while before.contains("saved") {
        t.send(Key::Up).unwrap();
        before = t.wait_stable(Duration::from_millis(500)).unwrap();
    }
    t.send(Key::Ctrl('l')).unwrap();
    t.wait_until(|s| s.repaints() > before.repaints()).unwrap();
    let after = t.screen();
    assert_eq!(picture(&before), picture(&after));
    assert!(after.contains("▸") && after.contains("quit"), "{after}");
}

/// Another size, and a frame in it.
fn drawn_at(t: &mut Terminal, (cols, rows): (u16, u16)) {
    let before = t.screen().repaints();
    t.resize(cols, rows).unwrap();
    t.wait_until(|s| s.repaints() > before).unwrap();
}

#[test]
fn two_hundred_sizes_while_names_are_typed_and_saved_cost_no_letter_and_no_line() {
    let world = World::with(Options { latency: Duration::from_millis(40), ..options() });
    world.configure("[ui]\nmotion = \"reduced\"\n");
    let mut t = world.ready();
    let mut dice = Dice(20_931);
    let mut wanted = "INC-20931 phishing wave, finance".to_owned();
    for (round, letters) in ["abcdefghij", "klmnopqrst", "uvwxyzabcd", "qdurLx!fmz"].iter().enumerate() {
        t.send(Key::Char('r')).unwrap();
        for (n, letter) in letters.chars().enumerate() {
            // Four that may run together, and one that is seen; now and then one that nothing fits on.
            for _ in 0..4 {
                let (cols, rows) = dice.size();
                t.resize(cols, rows).unwrap();
            }
            let tiny = (2 + dice.below(28), 2 + dice.below(4));
            drawn_at(&mut t, if n % 3 == 2 { tiny } else { dice.size() });
            t.send(Key::Char(letter)).unwrap();
            wanted.push(letter);
        }
        t.send(Key::Enter).unwrap();
        assert!(t.screen().alternate_screen(), "round {round}");
    }
    t.resize(80, 24).unwrap();
    t.wait_until(|s| s.contains("saved")).unwrap();
    assert_eq!(world.name(FIRST).as_deref(), Some(&*wanted));
    assert!(t.screen().contains(&wanted[..40]));
    whole(&mut t);
    quit(t);
    assert!(!world.log().contains("panicked"), "{}", world.log());
    world.log_is_silent();
}

#[test]
fn every_small_size_says_so_or_shows_the_list_and_comes_back_whole() {
    let world = World::new();
    world.configure("[ui]\nmotion = \"reduced\"\n");
    let mut t = world.ready();
    for (cols, rows) in [(2, 2), (2, 5), (29, 6), (30, 5), (30, 6), (300, 2), (5, 100), (300, 100)] {
        t.resize(cols, rows).unwrap();
        t.wait_until(|s| s.size() == (cols, rows) && !s.text().trim().is_empty()).unwrap();
        if cols >= 30 && rows >= 6 {
            t.wait_until(|s| s.contains("INC-20931")).unwrap();
        } else {
            // Cut off where not even the words fit, so the first of them has to do.
            t.wait_until(|s| s.text().starts_with('W')).unwrap();
        }
    }
    t.resize(80, 24).unwrap();
    t.wait_until(|s| s.contains("phishing wave, finance")).unwrap();
    whole(&mut t);
    quit(t);
}

#[test]
fn a_window_of_one_cell_takes_letters_like_any_other() {
    let world = World::new();
    quit(world.ready());
    let mut tap = Tap::start(&world, &[("TERM", "xterm-256color")], &["--log", "trace"]);
    tap.wait_for("phishing");
    tap.send("r");
    tap.wait_for("editing");
    let mut dice = Dice(1);
    for letter in " through the keyhole".chars() {
        for (cols, rows) in [(1, 1), (1, 1 + dice.below(100)), (1 + dice.below(300), 1)] {
            tap.resize(cols, rows);
            // A frame begins.
            tap.wait_for("\u{1b}[?2026h");
        }
        tap.send(&letter.to_string());
    }
    tap.resize(80, 24);
    tap.wait_for("eyhole");
    tap.send("\r");
    tap.wait_for("saved");
    assert!(world.name(FIRST).unwrap().ends_with("finance through the keyhole"));
    tap.quit();
    assert!(!world.log().contains("panicked"), "{}", world.log());
}

#[test]
fn a_window_too_small_says_that_the_text_is_kept_and_takes_more_of_it() {
    let world = World::new();
    let mut t = world.ready();
    t.send(Key::Char('r')).unwrap();
    t.wait_until(|s| s.contains("editing")).unwrap();
    t.send_str(" before").unwrap();
    t.wait_until(|s| s.contains("finance before")).unwrap();
    t.resize(29, 5).unwrap();
    t.wait_until(|s| s.text().replace('\n', " ").contains("What you typed is kept")).unwrap();
    t.send_str(" and in the dark").unwrap();
    t.resize(80, 24).unwrap();
    t.wait_until(|s| s.contains("finance before and in the dark") && s.contains("editing")).unwrap();
    t.send(Key::Enter).unwrap();
    t.wait_until(|s| s.contains("saved")).unwrap();
    assert!(world.name(FIRST).unwrap().ends_with("finance before and in the dark"));
    quit(t);
}

#[test]
fn killed_in_the_middle_of_changing_sizes_the_draft_is_offered() {
    let world = World::new();
    let mut t = world.ready();
    t.send(Key::Char('r')).unwrap();
    t.wait_until(|s| s.contains("editing")).unwrap();
    let mut dice = Dice(7);
    for letter in " storm".chars() {
        for _ in 0..10 {
            let (cols, rows) = dice.size();
            t.resize(cols, rows).unwrap();
        }
        drawn_at(&mut t, dice.size());
        t.send(Key::Char(letter)).unwrap();
    }
    drawn_at(&mut t, (12, 3));
    // The promise: on disk within 250 ms of the last key.
    t.wait_stable(Duration::from_millis(300)).unwrap();
    for _ in 0..10 {
        let (cols, rows) = dice.size();
        t.resize(cols, rows).unwrap();
    }
    t.signal(Signal::Kill).unwrap();
    t.wait_exit().unwrap();
    let mut t = world.start();
    t.wait_until(|s| s.contains("draft: INC-20931 phishing wave, finance storm")).unwrap();
    assert_eq!(world.patches(), 0);
    quit(t);
}

#[test]
fn a_window_that_changed_while_the_program_was_stopped_is_drawn_in_its_new_size() {
    let world = World::new();
    world.configure("[ui]\nmotion = \"reduced\"\n");
    let mut t = world.ready();
    t.send(Key::Char('L')).unwrap();
    t.wait_until(|s| s.contains("everything: 5")).unwrap();
    quit(t);
    // Job control needs a shell between the terminal and the program.
    let mut t =
        world.builder().env("PS1", "shell> ").args(["--norc", "--noprofile", "-i"]).spawn("bash").unwrap();
    t.wait_until(|s| s.contains("shell>")).unwrap();
    t.send_str(&format!("{}\r", env!("CARGO_BIN_EXE_retitle"))).unwrap();
    t.wait_until(|s| s.contains("phishing") && s.contains("j.doe@")).unwrap();
    t.send(Key::Char('L')).unwrap();
    t.wait_until(|s| s.contains("everything: 5")).unwrap();
    for (cols, rows) in [(40, 10), (100, 30)] {
        t.send(Key::Ctrl('z')).unwrap();
        t.wait_until(|s| !s.alternate_screen() && s.contains("Stopped")).unwrap();
        t.resize(cols, rows).unwrap();
        t.send_str("fg\r").unwrap();
        t.wait_until(|s| s.alternate_screen() && s.contains("quit")).unwrap();
        // As many rows down as there are: the list knows its height.
        t.send(Key::PageDown).unwrap();
        t.send(Key::PageDown).unwrap();
        t.wait_until(|s| s.find("▸").is_some_and(|(row, _)| row + 4 >= rows - 3)).unwrap();
        whole(&mut t);
        t.send(Key::Home).unwrap();
        t.wait_until(|s| s.contains("INC-20931")).unwrap();
    }
    t.send(Key::Char('q')).unwrap();
    t.wait_until(|s| !s.alternate_screen()).unwrap();
    t.send_str("exit\r").unwrap();
    t.wait_exit().unwrap();
}

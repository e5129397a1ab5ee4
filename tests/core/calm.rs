//! Going through the list while nothing else goes on: little is looked at, and everything is right. That each such key did
//! what it does with a look at all the rest is asked of every key that any of these tests presses (`sim.rs`).

use std::time::Duration;

use ratatui::layout::Position;
use retitle::core::msg::Size;
use retitle::core::time::Stamp;

use crate::golden::render;
use crate::idle::rows;
use crate::laws::Screen;
use crate::sim::Sim;

const WIDE: Size = Size { width: 80, height: 24 };

/// Draws over the last frame, which must come out like a frame drawn on nothing; returns the caret.
fn draws(screen: &mut Screen, sim: &Sim) -> Option<Position> {
    let caret = screen.draws(&sim.model);
    let mut new = Screen::of(screen.size);
    assert_eq!(caret, new.draws(&sim.model));
    assert_eq!(screen.buffer, new.buffer);
    caret
}

/// Whether a key is taken without a look at all the rest.
fn glides(sim: &mut Sim, key: &str) -> bool {
    let before = sim.model.stirs();
    sim.press(key);
    sim.model.stirs() == before
}

#[test]
fn keys_that_go_through_a_calm_list_look_at_nothing_else() {
    let mut sim = rows(&[5_000; 40], WIDE);
    let mut screen = Screen::of(WIDE);
    let lines: Vec<u16> = ["j", "j", "k", "G", "g", "pgdn", "pgup", "down"]
        .iter()
        .map(|key| {
            assert!(glides(&mut sim, key), "{key}");
            draws(&mut screen, &sim).unwrap().y
        })
        .collect();
    assert_eq!(lines, [4, 5, 4, 20, 3, 20, 3, 4]);
    for key in ["r", "esc", "space", "/", "esc", "p", "j", "p"] {
        assert!(!glides(&mut sim, key), "{key}");
        draws(&mut screen, &sim);
    }
    assert!(glides(&mut sim, "j"));
}

#[test]
fn where_it_is_narrow_the_header_goes_along_with_the_selection() {
    let narrow = Size { width: 40, height: 10 };
    let mut sim = rows(&[5_000; 3], narrow);
    let mut screen = Screen::of(narrow);
    for key in ["j", "j", "k"] {
        assert!(glides(&mut sim, key));
        draws(&mut screen, &sim);
    }
}

#[test]
fn an_age_that_rolls_over_before_a_key_is_told_anew() {
    let mut sim = rows(&[5_000, 3_590 - 10], WIDE);
    let mut screen = Screen::of(WIDE);
    draws(&mut screen, &sim);
    let wake = sim.model.wake().unwrap();
    // The key is faster than the timer.
    sim.now = wake + Duration::from_millis(1);
    assert!(!glides(&mut sim, "j"), "something was due");
    draws(&mut screen, &sim);
    assert!(glides(&mut sim, "k"));
}

#[test]
fn a_year_that_ends_between_two_keys_is_told_with_every_date() {
    let mut sim = rows(&[5_000; 3], Size { width: 120, height: 24 });
    let mut screen = Screen::of(sim.model.size);
    let new_year = Stamp::parse("2028-01-01T00:00:00Z").unwrap();
    sim.now = new_year.before(Duration::from_secs(600));
    sim.press("j");
    draws(&mut screen, &sim);
    sim.now = new_year;
    sim.press("j");
    draws(&mut screen, &sim);
    assert!(render(&sim.model).contains("15 Jan 2027"), "{}", render(&sim.model));
}

#[test]
fn a_key_into_the_profile_in_use_brings_the_hints_of_its_rows() {
    let mut sim = Sim::customers(|places| {
        places.swap(0, 1);
        places[0].read_only = true;
    });
    let mut screen = Screen::of(sim.model.size);
    draws(&mut screen, &sim);
    sim.model.rest();
    // The row at the top is of the second profile, and nobody has gone there.
    assert!(glides(&mut sim, "G"));
    draws(&mut screen, &sim);
    for key in ["g", "j", "j", "k"] {
        sim.press(key);
        draws(&mut screen, &sim);
    }
}

#[test]
fn an_age_that_rolls_over_while_other_rows_are_seen_is_told_anew() {
    let mut sim = rows(&[3_590 - 10; 20].into_iter().chain([5_000; 40]).collect::<Vec<_>>(), WIDE);
    let mut screen = Screen::of(WIDE);
    sim.press("j");
    draws(&mut screen, &sim);
    let wake = sim.model.wake().unwrap();
    sim.now = wake.before(Duration::from_millis(1));
    assert!(glides(&mut sim, "G"));
    // No frame in between: the keys came together.
    sim.now = wake + Duration::from_millis(1);
    sim.press("g");
    draws(&mut screen, &sim);
}

#[test]
fn rows_of_every_kind_are_turned_as_they_are_drawn() {
    for (width, height) in [(80, 24), (40, 10), (140, 40)] {
        let size = Size { width, height };
        let names = [
            "plain",
            "表表 wide",
            "⚠\u{fe0f} sign",
            "hidden \u{202e} mark",
            "",
            "a very long name ".repeat(9).as_str(),
        ]
        .map(ToOwned::to_owned);
        let mut sim = rows(&[5_000; 6], size);
        for (n, name) in names.iter().enumerate() {
            sim.renamed_elsewhere(&format!("{n:08}-row"), name);
        }
        sim.press("R");
        sim.settle();
        sim.press("g space j j f k esc / a enter esc");
        sim.pass(Duration::from_secs(60));
        let mut screen = Screen::of(size);
        draws(&mut screen, &sim);
        let glided = ["g", "j", "j", "j", "j", "j", "k", "k", "k", "k", "k"].map(|key| {
            let glided = glides(&mut sim, key);
            draws(&mut screen, &sim);
            glided
        });
        assert_eq!(glided[1..], [true; 10]);
        assert!(render(&sim.model).contains("表"), "{}", render(&sim.model));
    }
}

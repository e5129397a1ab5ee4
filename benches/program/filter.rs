//! Typing into the filter over a hundred thousand names.

use std::time::Duration;

use crate::Bench;
use crate::home::{Home, name};
use crate::process::at_rest;
use crate::pty::Pty;
use crate::table::Samples;

const COUNT: usize = 100_000;
const PAUSE: Duration = Duration::from_millis(150);
const WORDS: [&str; 5] = ["phish", "payroll", "INC-77", "token hr", "xq"];
const CLEAR: &str = "\u{15}";
const BACKSPACE: &str = "\u{7f}";

/// How many rows fit the filter, as the header says: `17 of 100000`.
pub fn shown(screen: &str) -> Option<usize> {
    let words: Vec<&str> = screen.lines().next().unwrap_or_default().split_whitespace().collect();
    words.windows(3).find(|three| three[1] == "of").and_then(|three| three[0].parse().ok())
}

/// The same; all of them without a filter.
fn fit(screen: &str) -> usize {
    shown(screen).unwrap_or(COUNT)
}

pub fn measure(bench: &mut Bench) {
    let home = Home::known(&bench.bin, COUNT);
    let mut app = Pty::start(&bench.bin, &[], &home.environment());
    app.shows(&name(0));
    app.shows("j.doe");
    at_rest(&mut app);
    app.send("/");
    app.quiet(PAUSE);
    let (mut typed, mut taken) = (Samples::default(), Samples::default());
    for word in &WORDS[..bench.times(WORDS.len(), 2)] {
        // Once without hurry, to learn how many fit each beginning of the word.
        let mut counts = vec![COUNT];
        for letter in word.chars() {
            app.send(&letter.to_string());
            at_rest(&mut app);
            counts.push(fit(&app.screen()));
        }
        clear(&mut app);
        for _ in 0..bench.times(3, 1) {
            for (letter, count) in word.chars().zip(&counts[1..]) {
                answered(&mut app, &letter.to_string(), *count, &mut typed);
            }
            for count in counts.iter().rev().skip(1) {
                answered(&mut app, BACKSPACE, *count, &mut taken);
            }
            clear(&mut app);
        }
    }
    app.send("\r");
    app.quiet(PAUSE);
    app.quit();
    bench.table.row(
        "a letter in the filter to the last byte of its answer, 100000",
        &typed,
        "ms",
        Some(10.0),
    );
    bench.table.row("a letter taken out of it, 100000", &taken, "ms", None);
}

fn clear(app: &mut Pty) {
    app.send(CLEAR);
    app.until("all rows again", |screen| fit(screen) == COUNT);
    app.quiet(PAUSE);
}

/// The answer is drawn when nothing more comes and the header says how many fit.
fn answered(app: &mut Pty, key: &str, count: usize, samples: &mut Samples) {
    let sent = app.send(key);
    let mut last = app.burst(PAUSE).last;
    while fit(&app.screen()) != count {
        last = app.burst(PAUSE).last;
    }
    samples.took(last - sent);
}

//! How long the loop keeps a key waiting: its longest turn while it does something big, as it notes it in the log, less what
//! other processes took meanwhile.

use std::path::PathBuf;
use std::time::Duration;

use crate::Bench;
use crate::home::{Home, name};
use crate::process::{at_rest, still};
use crate::pty::Pty;
use crate::table::Samples;

const GOAL: f64 = 2.0;
const PAUSE: Duration = Duration::from_millis(60);
/// So many are renamed at once.
const RENAMED: usize = 1_000;
/// A shorter turn is not noted.
const NOTED: f64 = 1.0;

struct Act {
    what: &'static str,
    /// Each of them is let do its work.
    keys: &'static [&'static str],
    /// What is on the screen then.
    shows: &'static str,
}

const fn act(what: &'static str, keys: &'static [&'static str], shows: &'static str) -> Act {
    Act { what, keys, shows }
}

const ACTS: [Act; 13] = [
    act("moving", &["j", "G", "g", "\u{4}", "n"], "INC-"),
    act("filtering", &["/", "p", "h", "i", "\u{1b}"], "INC-"),
    act("another order", &["s", "name\r", "s", "last changed\r"], "INC-"),
    act("a rename, undone and done again", &["r", "x", "\r", "u", "U"], "x"),
    act("pinning, removing, putting back", &["f", "f", "d", "D"], "INC-"),
    act("adding by ID", &["a", "0", "1", "\u{1b}"], "INC-"),
    act("the palette", &[":", "p", "h"], "ph"),
    act("the preview", &["\u{1b}", "p", "j"], "PROMPTS"),
    act("reading the names again", &["p", "R"], "INC-"),
    act("everything, and back", &["L", "L"], "INC-"),
    act("marking all", &["\u{1}"], "marked"),
    act(
        "a bulk of all, its table",
        &["b", "x", "y", "\t", "\t", "e", "\t", "\t", "\r", "j", "G"],
        "to rename",
    ),
    act("leaving it", &["\u{1b}", "\u{1b}", "\u{1c}"], "taken away"),
];

pub fn measure(bench: &mut Bench) {
    acts(bench);
    renaming(bench, RENAMED, false);
    if let Some(&all) = bench.sizes().last() {
        renaming(bench, all, true);
    }
}

/// A bulk of all, from its table to its end; or until some of it is saved, and then stopped.
fn renaming(bench: &mut Bench, count: usize, stopped: bool) {
    let mut longest = Samples::default();
    for _ in 0..bench.times(3, 1) {
        let home = Home::known(&bench.bin, count);
        let mut app = Pty::start(&bench.bin, &["--log", "debug"], &home.environment());
        app.shows(&name(0));
        app.shows("j.doe");
        at_rest(&mut app);
        for key in ["\u{1}", "b", "x", "\r"] {
            app.send(key);
            still(&mut app, 2, PAUSE);
        }
        let log = Log::of(&home);
        let before = log.long_turns().len();
        app.send("y");
        if stopped {
            app.shows(" saved,");
            app.send("x");
        }
        app.shows("Bulk rename: done");
        longest.push(log.longest(before));
        app.quit();
    }
    let what = if stopped { "renaming all of them, and stopping that" } else { "renaming all of them" };
    bench.table.row(&format!("longest turn of the loop, {count}: {what}"), &longest, "ms", Some(GOAL));
}

fn acts(bench: &mut Bench) {
    for &count in bench.sizes() {
        let home = Home::known(&bench.bin, count);
        let log = Log::of(&home);
        let mut start = Samples::default();
        let mut longest: Vec<Samples> = ACTS.iter().map(|_| Samples::default()).collect();
        for _ in 0..bench.times(5, 1) {
            log.begin_anew();
            let mut app = Pty::start(&bench.bin, &["--log", "debug"], &home.environment());
            app.shows(&name(0));
            app.shows("j.doe");
            at_rest(&mut app);
            start.push(log.longest(0));
            for (Act { keys, shows, .. }, samples) in ACTS.iter().zip(&mut longest) {
                let before = log.long_turns().len();
                for key in *keys {
                    app.send(key);
                    still(&mut app, 2, PAUSE);
                }
                app.shows(shows);
                samples.push(log.longest(before));
            }
            app.quit();
        }
        let what = |what: &str| format!("longest turn of the loop, {count}: {what}");
        bench.table.row(&what("starting"), &start, "ms", Some(GOAL));
        for (act, samples) in ACTS.iter().zip(&longest) {
            bench.table.row(&what(act.what), samples, "ms", Some(GOAL));
        }
    }
}

struct Log(PathBuf);

impl Log {
    fn of(home: &Home) -> Self {
        Self(home.state().join("retitle.log"))
    }

    fn begin_anew(&self) {
        let _ = std::fs::remove_file(&self.0);
    }

    /// In milliseconds.
    fn long_turns(&self) -> Vec<f64> {
        let text = std::fs::read_to_string(&self.0).expect("it keeps a log");
        assert!(text.contains("graph answered"), "the log tells nothing of what is done");
        let turns = text.lines().filter(|line| line.contains("a long turn of the loop"));
        turns.map(|line| line.split("used_ms=").nth(1).unwrap().trim().parse().unwrap()).collect()
    }

    /// Behind so many.
    fn longest(&self, before: usize) -> f64 {
        self.long_turns().into_iter().skip(before).fold(NOTED, f64::max)
    }
}

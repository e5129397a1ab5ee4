//! How long the loop keeps a key waiting: its longest turn while it does something big, as it notes it in the log.

use std::path::PathBuf;
use std::time::Duration;

use crate::Bench;
use crate::home::{Home, name};
use crate::process::{at_rest, still};
use crate::pty::Pty;
use crate::table::Samples;

const GOAL: f64 = 2.0;
const PAUSE: Duration = Duration::from_millis(60);
/// A shorter turn is not noted.
const NOTED: f64 = 1.0;

/// What is done, and with which keys, each of which is let do its work.
const ACTS: [(&str, &[&str]); 13] = [
    ("moving", &["j", "G", "g", "\u{4}", "n"]),
    ("filtering", &["/", "p", "h", "i", "\u{1b}"]),
    ("another order", &["s", "name\r", "s", "last changed\r"]),
    ("a rename, undone and done again", &["r", "x", "\r", "u", "U"]),
    ("pinning, removing, putting back", &["f", "f", "d", "D"]),
    ("adding by ID", &["a", "0", "1", "\u{1b}"]),
    ("the palette", &[":", "p", "h", "\u{1b}"]),
    ("the preview", &["p", "j", "p"]),
    ("reading the names again", &["R"]),
    ("everything, and back", &["L", "L"]),
    ("marking all", &["\u{1}"]),
    ("a bulk of all, its table", &["b", "x", "y", "\t", "\t", "e", "\t", "\t", "\r", "j", "G"]),
    ("leaving it", &["\u{1b}", "\u{1b}", "\u{1c}"]),
];

pub fn measure(bench: &mut Bench) {
    for &count in bench.sizes() {
        let home = Home::known(&bench.bin, count);
        let log = Log::of(&home);
        let mut start = Samples::default();
        let mut longest: Vec<Samples> = ACTS.iter().map(|_| Samples::default()).collect();
        for _ in 0..bench.times(5, 1) {
            let before = log.long_turns().len();
            let mut app = Pty::start(&bench.bin, &["--log", "debug"], &home.environment());
            app.shows(&name(0));
            app.shows("j.doe");
            at_rest(&mut app);
            start.push(log.longest_since(before));
            for ((_, keys), samples) in ACTS.iter().zip(&mut longest) {
                let before = log.long_turns().len();
                for key in *keys {
                    app.send(key);
                    still(&mut app, 2, PAUSE);
                }
                samples.push(log.longest_since(before));
            }
            app.quit();
        }
        let what = |what: &str| format!("longest turn of the loop, {count}: {what}");
        bench.table.row(&what("starting"), &start, "ms", Some(GOAL));
        for ((act, _), samples) in ACTS.iter().zip(&longest) {
            bench.table.row(&what(act), samples, "ms", Some(GOAL));
        }
    }
}

struct Log(PathBuf);

impl Log {
    fn of(home: &Home) -> Self {
        Self(home.state().join("retitle.log"))
    }

    /// In milliseconds.
    fn long_turns(&self) -> Vec<f64> {
        let text = std::fs::read_to_string(&self.0).unwrap_or_default();
        let turns = text.lines().filter(|line| line.contains("a long turn of the loop"));
        turns.map(|line| line.split("took=").nth(1).unwrap().trim().parse().unwrap()).collect()
    }

    fn longest_since(&self, before: usize) -> f64 {
        self.long_turns().into_iter().skip(before).fold(NOTED, f64::max)
    }
}

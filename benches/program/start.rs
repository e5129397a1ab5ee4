//! From the start of the process to the first name of the list.

use crate::Bench;
use crate::home::{Home, name};
use crate::pty::Pty;
use crate::table::Samples;

pub fn measure(bench: &mut Bench) {
    for &count in bench.sizes() {
        let goal = Some(if count > 10_000 { 20.0 } else { 12.0 });
        let mut home = Home::known(&bench.bin, count);
        runs(bench, &home, &format!("{count} known, signed in, server up"), goal);
        // What it is sent to is gone after this, for good.
        home.stop_server();
        runs(bench, &home, &format!("{count} known, signed in, server down"), goal);
        home.sign_out();
        runs(bench, &home, &format!("{count} known, signed out, server down"), goal);
        let home = Home::known(&bench.bin, count);
        home.sign_out();
        runs(bench, &home, &format!("{count} known, signed out, server up"), goal);
    }
}

fn runs(bench: &mut Bench, home: &Home, what: &str, goal: Option<f64>) {
    let mut samples = Samples::default();
    let first = name(0);
    // The first run finds cold caches, and may find work that the last one left.
    for run in 0..=bench.times(20, 3) {
        let mut app = Pty::start(&bench.bin, &[], &home.environment());
        let took = app.shows(&first) - app.began;
        if run > 0 {
            samples.took(took);
        }
        app.quit();
    }
    bench.table.row(&format!("start to the first name, {what}"), &samples, "ms", goal);
}

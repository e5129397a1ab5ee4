//! Many renames at once, on a server that takes its time.

use std::time::Duration;

use crate::Bench;
use crate::filter::shown;
use crate::home::Home;
use crate::pages::{everything, walk};
use crate::process::at_rest;
use crate::pty::Pty;
use crate::table::Samples;

const LATENCY: Duration = Duration::from_millis(50);
const AT_ONCE: u32 = 4;

pub fn measure(bench: &mut Bench) {
    let rows = bench.times(1_000, 100);
    let (mut ideal, mut whole, mut ratio) = (Samples::default(), Samples::default(), Samples::default());
    for _ in 0..bench.times(3, 1) {
        let home = Home::strange(&bench.bin, rows, 1_000, LATENCY);
        let (alone, sessions) = walk(&home);
        let mut app = Pty::start(&bench.bin, &[], &home.environment());
        app.shows("j.doe");
        at_rest(&mut app);
        everything(&mut app, sessions);
        app.send("/grown\r");
        app.until("the filtered rows", |screen| shown(screen).is_some());
        app.quiet(Duration::from_millis(300));
        // A few of the invented names may fit too.
        let fit = shown(&app.screen()).unwrap();
        app.send("\u{1}b");
        app.shows("Bulk rename");
        app.send("\u{15}{n:04}\r");
        app.quiet(Duration::from_millis(500));
        let sent = app.send("y");
        let took = app.shows("Bulk rename: done") - sent;
        app.send("\r");
        app.quiet(Duration::from_millis(300));
        app.quit();
        let best = LATENCY * u32::try_from(fit).unwrap() / AT_ONCE + alone;
        ideal.took(best);
        whole.took(took);
        ratio.push(took.as_secs_f64() / best.as_secs_f64());
    }
    let what = |what: &str| format!("{rows} renames at 50 ms, {AT_ONCE} at once, {what}");
    bench.table.row(&what("the ideal with one list walk"), &ideal, "ms", None);
    bench.table.row(&what("from y to done"), &whole, "ms", None);
    bench.table.row(&what("ratio"), &ratio, "", Some(1.05));
}

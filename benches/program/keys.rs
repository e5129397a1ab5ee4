//! One key, many keys, and none.

use std::time::Duration;

use crate::home::{Home, name};
use crate::process::{at_rest, resident, work};
use crate::pty::Pty;
use crate::table::Samples;
use crate::{Bench, process};

const PAUSE: Duration = Duration::from_millis(30);
/// Rows that are certainly on the first page.
const PAGE: usize = 18;
const HELD: usize = 10_000;
/// The runtime's spare threads end so long after their last work, and what they counted goes with them.
const SPARE_THREADS_END: Duration = Duration::from_secs(11);

pub fn measure(bench: &mut Bench) {
    for &count in bench.sizes() {
        let home = Home::known(&bench.bin, count);
        let bin = bench.bin.clone();
        let start = || {
            let mut app = Pty::start(&bin, &[], &home.environment());
            app.shows(&name(0));
            app.shows("j.doe");
            at_rest(&mut app);
            app
        };
        let mut app = start();
        if bench.wants("idle") {
            let (mut memory, mut most) = (Samples::default(), Samples::default());
            idle(bench, &app, count);
            for _ in 1..bench.times(3, 1) {
                remember(&app, &mut memory, &mut most);
                app.quit();
                app = start();
                std::thread::sleep(SPARE_THREADS_END);
            }
            remember(&app, &mut memory, &mut most);
            let goal = match count {
                1_000 => Some(12.0),
                100_000 => Some(60.0),
                _ => None,
            };
            bench.table.row(&format!("resident, {count}"), &memory, "MiB", goal);
            bench.table.row(&format!("resident at most, {count}"), &most, "MiB", None);
        }
        if bench.wants("keys") {
            keys(bench, &mut app, count);
        }
        if bench.wants("held") && count > HELD {
            held(bench, &mut app, count);
        }
        app.quit();
    }
}

fn idle(bench: &mut Bench, app: &Pty, count: usize) {
    let seconds = bench.times(10, 3);
    std::thread::sleep(SPARE_THREADS_END);
    let before = work(app.pid());
    assert!(before.cpu > Duration::ZERO && before.waits > 0, "the system tells nothing of its processes");
    std::thread::sleep(Duration::from_secs(seconds as u64));
    let process::Work { cpu, waits } = work(app.pid());
    let each = |much: f64| much / seconds as f64;
    let cpu = each(cpu.saturating_sub(before.cpu).as_secs_f64() * 1e3);
    bench.table.one(&format!("idle CPU a second, {count}"), cpu, "ms", Some(0.0));
    bench.table.one(
        &format!("idle wake-ups a second, {count}"),
        each(waits.checked_sub(before.waits).expect("no thread ends meanwhile") as f64),
        "",
        Some(0.0),
    );
}

/// How much memory it has, which differs a little from start to start.
fn remember(app: &Pty, memory: &mut Samples, most: &mut Samples) {
    let (now, peak) = resident(app.pid());
    memory.push(now);
    most.push(peak);
}

fn keys(bench: &mut Bench, app: &mut Pty, count: usize) {
    let (mut time, mut moved, mut scrolled) = (Samples::default(), Samples::default(), Samples::default());
    for _ in 0..bench.times(10, 2) {
        app.send("g");
        app.quiet(PAUSE * 5);
        for _ in 1..PAGE {
            let sent = app.send("j");
            let answer = app.burst(PAUSE);
            time.took(answer.first - sent);
            moved.push(answer.bytes as f64);
        }
    }
    // Below the page every key moves the whole list.
    for _ in PAGE..3 * PAGE {
        app.send("j");
        scrolled.push(app.burst(PAUSE).bytes as f64);
    }
    bench.table.row(&format!("one key to its first byte, {count}"), &time, "ms", Some(0.3));
    bench.table.row(&format!("bytes a key, {count}"), &moved, "", Some(250.0));
    bench.table.row(&format!("bytes a key that scrolls, {count}"), &scrolled, "", None);
}

/// A key that was held down over a slow link arrives as many keys at once.
fn held(bench: &mut Bench, app: &mut Pty, count: usize) {
    app.send("g");
    app.quiet(PAUSE * 5);
    let sent = app.send_behind("j".repeat(HELD));
    let last = name(HELD);
    let answer = app.burst(Duration::from_millis(500));
    assert!(app.screen().contains(&last), "{last} is not on the screen:\n{}", app.screen());
    let what = |unit: &str| format!("{HELD} keys at once, {unit}, {count}");
    let seconds = (answer.last - sent).as_secs_f64() * 1e3;
    bench.table.one(&what("until the last row"), seconds, "ms", None);
    bench.table.one(&what("frames"), answer.frames as f64, "", None);
    bench.table.one(&what("bytes"), answer.bytes as f64, "", None);
}

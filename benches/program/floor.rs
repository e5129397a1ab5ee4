//! What no program can be faster than, here and now.

use std::path::Path;
use std::time::Duration;

use crate::Bench;
use crate::pty::Pty;
use crate::table::Samples;

pub fn measure(bench: &mut Bench) {
    let mut spawn = Samples::default();
    for _ in 0..bench.times(50, 5) {
        let mut echo = Pty::start(Path::new("/bin/echo"), &["x"], &[]);
        spawn.took(echo.shows("x") - echo.began);
    }
    bench.table.row("floor: /bin/echo, to its first byte", &spawn, "ms", None);

    let script = "stty raw -echo; echo ready; exec cat";
    let mut cat = Pty::start(Path::new("/bin/sh"), &["-c", script], &[("PATH", "/usr/bin:/bin".into())]);
    cat.shows("ready");
    cat.quiet(Duration::from_millis(300));
    let mut key = Samples::default();
    for _ in 0..bench.times(300, 50) {
        let sent = cat.send("j");
        key.took(cat.burst(Duration::from_millis(20)).first - sent);
    }
    bench.table.row("floor: one key, echoed by cat", &key, "ms", None);
}

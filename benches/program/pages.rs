//! Everything of a large workspace, beside the bare pages of it.

use std::time::{Duration, Instant};

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::Bench;
use crate::common::http;
use crate::common::world::block;
use crate::home::Home;
use crate::process::at_rest;
use crate::pty::Pty;
use crate::table::Samples;

const COUNT: usize = 10_000;
const PAUSE: Duration = Duration::from_millis(300);

pub fn measure(bench: &mut Bench) {
    // Small pages cost the server most, large ones the client.
    for (page_size, goal) in [(100, Some(1.3)), (1_000, None)] {
        let home = Home::strange(&bench.bin, COUNT, page_size, Duration::ZERO);
        let (mut bare, mut whole, mut ratio) = (Samples::default(), Samples::default(), Samples::default());
        for _ in 0..bench.times(7, 2) {
            let (alone, sessions) = walk(&home);
            let mut app = Pty::start(&bench.bin, &[], &home.environment());
            app.shows("j.doe");
            at_rest(&mut app);
            let took = everything(&mut app, sessions);
            app.quit();
            bare.took(alone);
            whole.took(took);
            ratio.push(took.as_secs_f64() / alone.as_secs_f64());
        }
        let what = |what: &str| format!("{COUNT} sessions over pages of {page_size}, {what}");
        bench.table.row(&what("the pages alone"), &bare, "ms", None);
        bench.table.row(&what("from L to all of them in the header"), &whole, "ms", None);
        bench.table.row(&what("ratio"), &ratio, "", goal);
    }
}

/// Presses L; how long it takes until all so many are there and nothing more is drawn.
pub fn everything(app: &mut Pty, sessions: usize) -> Duration {
    let sent = app.send("L");
    let there = app.shows(&format!("everything: {sessions} sessions"));
    app.until_quiet(there, PAUSE) - sent
}

#[derive(Deserialize)]
struct Page {
    value: Vec<IgnoredAny>,
    #[serde(rename = "@odata.nextLink")]
    next: Option<String>,
}

/// The same pages over one connection, with nothing done with them; how long, and how many sessions.
pub fn walk(home: &Home) -> (Duration, usize) {
    let token = home.token();
    block(async {
        let client = http();
        let mut next =
            Some(format!("{}/beta/security/securityCopilot/workspaces/default/sessions", home.base));
        let mut sessions = 0;
        let began = Instant::now();
        while let Some(url) = next {
            let answer =
                client.get(url).bearer_auth(&token).send().await.unwrap().error_for_status().unwrap();
            let page: Page = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
            sessions += page.value.len();
            next = page.next;
        }
        (began.elapsed(), sessions)
    })
}

//! The real binary in a real pseudo-terminal, against the simulator.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::wildcard_enum_match_arm,
    clippy::disallowed_methods,
    reason = "a test that fails says so by panicking"
)]
#![cfg(unix)]

mod beside;
mod bulk;
#[path = "../common/mod.rs"]
mod common;
mod looks;
mod mouse;
mod pasting;
mod plain;
mod sizes;
mod tap;
mod together;
mod traps;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use common::world::{FIRST, SECRETS, World};
use serde_json::json;
use tempfile::TempDir;
use termlens::{Key, Signal, Terminal};

/// What the terminal adds to the world.
trait InTerminal {
    fn start(&self) -> Terminal;
    fn builder(&self) -> termlens::TerminalBuilder;
    fn ready(&self) -> Terminal;
    fn sign_in(&self, t: &mut Terminal);
    fn log_is_silent(&self);
}

impl InTerminal for World {
    fn start(&self) -> Terminal {
        // At its most talkative, so that every test is also a test of what must not be said.
        self.builder().args(["--log", "trace"]).spawn(env!("CARGO_BIN_EXE_retitle")).unwrap()
    }

    fn builder(&self) -> termlens::TerminalBuilder {
        let mut builder = Terminal::builder().size(80, 24).timeout(Duration::from_secs(20)).env_clear();
        builder = builder.env("TERM", "xterm-256color").env("RUST_BACKTRACE", "0");
        for (name, value) in self.environment() {
            builder = builder.env(name, value);
        }
        builder
    }

    /// Signed in, with the first session added: where most tests begin.
    fn ready(&self) -> Terminal {
        let mut t = self.start();
        self.sign_in(&mut t);
        add(&mut t, FIRST);
        t
    }

    fn sign_in(&self, t: &mut Terminal) {
        t.wait_until(|s| s.contains("Only continue if you started this")).unwrap();
        t.wait_until(|s| s.contains("Code good")).unwrap();
        self.control("approve", json!({}));
        t.wait_until(|s| s.contains("Signed in as j.doe@contoso.com")).unwrap();
    }

    /// The log holds neither a token, a code nor a name.
    fn log_is_silent(&self) {
        let log = self.log();
        assert!(log.contains("graph answered"), "the log is on: {log}");
        for secret in SECRETS.iter().chain(&["INC-20931", "finance", "j.doe"]) {
            assert!(!log.contains(secret), "the log holds {secret}: {log}");
        }
    }
}

fn add(t: &mut Terminal, reference: &str) {
    t.send(Key::Char('a')).unwrap();
    t.wait_until(|s| s.contains("Add:")).unwrap();
    t.paste(reference).unwrap();
    t.send(Key::Enter).unwrap();
    t.wait_until(|s| s.contains("Added.")).unwrap();
}

fn quit(mut t: Terminal) {
    t.send(Key::Char('q')).unwrap();
    let status = t.wait_exit().unwrap();
    assert!(status.success(), "{status:?}");
    restored(&t);
}

fn restored(t: &Terminal) {
    let screen = t.screen();
    assert!(!screen.alternate_screen(), "still on the alternate screen");
    assert!(!screen.bracketed_paste(), "bracketed paste is still on");
    assert!(screen.cursor_visible(), "the caret is still hidden");
}

#[test]
fn the_whole_job_sign_in_add_rename_quit_and_start_again_without_signing_in() {
    let world = World::new();
    let mut t = world.start();
    t.wait_until(|s| s.contains("No sessions here yet") || s.contains("Only continue")).unwrap();
    world.sign_in(&mut t);
    add(&mut t, &format!("{}/sessions/{FIRST}?st=MARKER-SHARE", world.base));
    assert!(t.screen().contains("INC-20931 phishing wave, finance"));
    t.send(Key::Char('r')).unwrap();
    t.wait_until(|s| s.contains("editing")).unwrap();
    t.send_str("  and   HR").unwrap();
    t.send(Key::Enter).unwrap();
    // The server's own form of the name, not what was typed.
    t.wait_until(|s| s.contains("saved") && s.contains("finance and HR ")).unwrap();
    assert_eq!(world.name(FIRST).as_deref(), Some("INC-20931 phishing wave, finance and HR"));
    quit(t);

    let mut t = world.start();
    t.wait_until(|s| s.contains("finance and HR") && s.contains("j.doe@contoso.com")).unwrap();
    assert!(!t.screen().contains("Sign in to"));
    quit(t);
    world.log_is_silent();
    for entry in ["state/library.db", "state/auth/tokens.json", "state/retitle.log"] {
        let bytes = std::fs::read(world.dir.path().join(entry)).unwrap();
        assert!(!String::from_utf8_lossy(&bytes).contains("MARKER-SHARE"), "{entry} holds the share token");
    }
}

#[test]
fn killed_between_commit_and_answer_the_rename_completes_after_the_next_start() {
    // Once the request had been carried out, once it had not.
    for (fault, patches) in [
        (json!([{"method": "PATCH", "delay": 60_000}]), 1),
        (json!([{"method": "PATCH", "delivery": "reset", "delay": 60_000}]), 2),
    ] {
        killed_before_the_answer(&fault, patches);
    }
}

/// "saving" stands in the row while the journal is written; what is to die after the request has left waits for that.
fn wait_for_a_patch(world: &World) {
    let limit = std::time::Instant::now() + Duration::from_secs(20);
    while world.patches() == 0 {
        assert!(std::time::Instant::now() < limit, "no request has left");
    }
}

fn killed_before_the_answer(fault: &serde_json::Value, patches: usize) {
    let world = World::new();
    let mut t = world.ready();
    world.control("faults", fault.clone());
    t.send(Key::Char('r')).unwrap();
    t.wait_until(|s| s.contains("editing")).unwrap();
    t.send_str(" killed").unwrap();
    t.send(Key::Enter).unwrap();
    t.wait_until(|s| s.contains("saving")).unwrap();
    wait_for_a_patch(&world);
    t.signal(Signal::Kill).unwrap();
    t.wait_exit().unwrap();

    let mut t = world.start();
    t.wait_until(|s| s.contains("finance killed") && s.contains("saved")).unwrap();
    assert_eq!(world.name(FIRST).as_deref(), Some("INC-20931 phishing wave, finance killed"));
    assert_eq!(world.patches(), patches);
    quit(t);
}

#[test]
fn killed_in_mid_typing_the_text_is_offered_again() {
    let world = World::new();
    let mut t = world.ready();
    t.send(Key::Char('r')).unwrap();
    t.wait_until(|s| s.contains("editing")).unwrap();
    t.send_str(" half a na").unwrap();
    // The promise: on disk within 250 ms of the last key.
    t.wait_stable(Duration::from_millis(300)).unwrap();
    t.signal(Signal::Kill).unwrap();
    t.wait_exit().unwrap();
    let mut t = world.start();
    t.wait_until(|s| s.contains("draft")).unwrap();
    t.send(Key::Char('r')).unwrap();
    t.wait_until(|s| s.contains("finance half a na") && s.contains("was: INC-20931")).unwrap();
    assert_eq!(world.patches(), 0);
    t.send(Key::Esc).unwrap();
    t.wait_until(|s| s.contains("Draft kept")).unwrap();
    // A letter right behind Esc counts as the tail of a torn Alt chord.
    t.wait_stable(Duration::from_millis(80)).unwrap();
    quit(t);
}

#[test]
fn a_failed_save_says_why_in_the_row_and_goes_out_on_demand() {
    let world = World::new();
    let mut t = world.ready();
    world.control("faults", json!([{"method": "PATCH", "status": 403}]));
    t.send(Key::Char('r')).unwrap();
    t.wait_until(|s| s.contains("editing")).unwrap();
    t.send_str(" refused").unwrap();
    t.send(Key::Enter).unwrap();
    t.wait_until(|s| s.contains("not saved") && s.contains("(403)")).unwrap();
    t.send(Key::Char('!')).unwrap();
    t.wait_until(|s| s.contains("finance refused") && s.contains("saved") && !s.contains("not saved"))
        .unwrap();
    assert_eq!(world.name(FIRST).as_deref(), Some("INC-20931 phishing wave, finance refused"));
    quit(t);
}

#[test]
fn an_unfinished_sign_in_leaves_the_local_list_to_look_at() {
    let world = World::new();
    let mut t = world.start();
    t.wait_until(|s| s.contains("Code good for")).unwrap();
    t.send(Key::Esc).unwrap();
    t.wait_until(|s| s.contains("No sessions here yet")).unwrap();
    t.resize(40, 10).unwrap();
    t.wait_until(|s| s.contains("S sign in")).unwrap();
    quit(t);
}

#[test]
fn sigterm_and_sighup_give_the_terminal_back_and_keep_the_words() {
    for signal in [Signal::Term, Signal::Hup] {
        let world = World::new();
        let mut t = world.ready();
        t.send(Key::Char('r')).unwrap();
        t.wait_until(|s| s.contains("editing")).unwrap();
        t.send_str(" words").unwrap();
        t.wait_until(|s| s.contains("finance words")).unwrap();
        t.signal(signal).unwrap();
        t.wait_exit().unwrap();
        restored(&t);
        let mut t = world.start();
        t.wait_until(|s| s.contains("draft: INC-20931 phishing wave, finance words")).unwrap();
        quit(t);
    }
}

/// Only debug builds can be made to panic.
#[cfg(debug_assertions)]
#[test]
fn a_panic_gives_the_terminal_back_before_it_speaks() {
    let world = World::new();
    let mut t =
        world.builder().env("RETITLE_PANIC_IN_HELP", "1").spawn(env!("CARGO_BIN_EXE_retitle")).unwrap();
    t.wait_until(|s| s.contains("Code good for")).unwrap();
    t.send(Key::Esc).unwrap();
    t.wait_until(|s| s.contains("No sessions here yet")).unwrap();
    t.send(Key::Char('?')).unwrap();
    assert!(!t.wait_exit().unwrap().success());
    restored(&t);
    assert!(t.screen().contains("on purpose"), "{}", t.screen().text());
}

#[test]
fn ctrl_z_gives_the_terminal_to_the_shell_and_fg_takes_it_back() {
    let world = World::new();
    // Job control needs a shell between the terminal and the program.
    let mut t =
        world.builder().env("PS1", "shell> ").args(["--norc", "--noprofile", "-i"]).spawn("bash").unwrap();
    t.wait_until(|s| s.contains("shell>")).unwrap();
    t.send_str(&format!("{}\r", env!("CARGO_BIN_EXE_retitle"))).unwrap();
    t.wait_until(|s| s.contains("Code good for")).unwrap();
    t.send(Key::Ctrl('z')).unwrap();
    t.wait_until(|s| !s.alternate_screen() && s.contains("Stopped")).unwrap();
    t.send_str("echo still $((40 + 2))\r").unwrap();
    t.wait_until(|s| s.contains("still 42")).unwrap();
    t.send_str("fg\r").unwrap();
    t.wait_until(|s| s.alternate_screen() && s.contains("Code good for")).unwrap();
    t.send(Key::Char('q')).unwrap();
    t.wait_until(|s| !s.alternate_screen()).unwrap();
    t.send_str("exit\r").unwrap();
    t.wait_exit().unwrap();
}

/// The process that was started with these words.
#[cfg(target_os = "linux")]
fn process(words: &str) -> rustix::process::Pid {
    let runs = |pid: &i32| {
        let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&line).into_owned();
        line.starts_with(env!("CARGO_BIN_EXE_retitle")) && line.contains(words)
    };
    let all = std::fs::read_dir("/proc").unwrap().flatten();
    let found = all.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).find(runs);
    rustix::process::Pid::from_raw(found.expect("it runs")).unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn stopped_by_somebody_else_it_hears_and_draws_again_when_the_shell_continues_it() {
    let world = World::new();
    let mut t =
        world.builder().env("PS1", "shell> ").args(["--norc", "--noprofile", "-i"]).spawn("bash").unwrap();
    t.wait_until(|s| s.contains("shell>")).unwrap();
    let state = world.state().display().to_string();
    t.send_str(&format!("{} --state-dir {state}\r", env!("CARGO_BIN_EXE_retitle"))).unwrap();
    t.wait_until(|s| s.contains("Code good for")).unwrap();
    rustix::process::kill_process(process(&state), rustix::process::Signal::TSTP).unwrap();
    t.wait_until(|s| s.contains("Stopped")).unwrap();
    t.send_str("fg\r").unwrap();
    t.wait_until(|s| s.alternate_screen() && s.contains("Code good for") && !s.contains("Stopped")).unwrap();
    t.send(Key::Char('q')).unwrap();
    t.wait_until(|s| !s.alternate_screen()).unwrap();
    t.send_str("exit\r").unwrap();
    t.wait_exit().unwrap();
}

#[test]
fn two_sign_ins_on_one_state_folder_keep_their_entries_apart() {
    let world = World::new();
    let mut t = world.ready();
    world.control("faults", json!([{"method": "PATCH", "delivery": "reset", "delay": 60_000}]));
    t.send(Key::Char('r')).unwrap();
    t.wait_until(|s| s.contains("editing")).unwrap();
    t.send_str(" by Jo").unwrap();
    t.send(Key::Enter).unwrap();
    wait_for_a_patch(&world);
    t.signal(Signal::Kill).unwrap();
    t.wait_exit().unwrap();
    std::fs::remove_file(world.dir.path().join("state/auth/tokens.json")).unwrap();

    let mut t = world.start();
    t.wait_until(|s| s.contains("Code good for")).unwrap();
    world.control("approve", json!({"person": 1}));
    t.wait_until(|s| s.contains("m.roe@contoso.com") && s.contains("parked")).unwrap();
    assert_eq!(world.patches(), 1, "the one that was cut off");
    assert_eq!(world.name(FIRST).as_deref(), Some("INC-20931 phishing wave, finance"));
    t.send(Key::Char('q')).unwrap();
    assert!(t.wait_exit().unwrap().success());
}

/// A demo whose throw-away folder lies in this one.
fn demo(dir: &TempDir) -> Terminal {
    Terminal::builder()
        .size(80, 24)
        .timeout(Duration::from_secs(30))
        .env_clear()
        .env("TERM", "xterm-256color")
        .env("HOME", dir.path())
        .env("TMPDIR", dir.path())
        .arg("demo")
        .spawn(env!("CARGO_BIN_EXE_retitle"))
        .unwrap()
}

fn inside(dir: &TempDir) -> BTreeSet<PathBuf> {
    std::fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn the_folder_of_a_killed_demo_is_cleared_by_the_next_and_no_other_folder_is() {
    let dir = TempDir::new().unwrap();
    let ready = |t: &mut Terminal| t.wait_until(|s| s.contains("The demo approves this by itself")).unwrap();
    let mut killed = demo(&dir);
    ready(&mut killed);
    let its = inside(&dir);
    assert_eq!(its.len(), 1);
    killed.signal(Signal::Kill).unwrap();
    killed.wait_exit().unwrap();
    assert_eq!(inside(&dir), its, "nobody could clear it");

    let own = dir.path().join("retitle-demo-of-mine");
    std::fs::create_dir(&own).unwrap();
    let mut alive = demo(&dir);
    ready(&mut alive);
    let left = inside(&dir);
    assert!(left.len() == 2 && left.contains(&own) && left.is_disjoint(&its), "{left:?}");
    let mut second = demo(&dir);
    ready(&mut second);
    assert!(inside(&dir).is_superset(&left), "one that runs keeps its own");
    for mut t in [second, alive] {
        t.signal(Signal::Term).unwrap();
        t.wait_exit().unwrap();
    }
    assert_eq!(inside(&dir), [own].into());
}

#[test]
fn the_demo_signs_in_by_itself_and_renames_by_keys_alone() {
    let dir = TempDir::new().unwrap();
    let mut t = demo(&dir);
    t.wait_until(|s| s.contains("The demo approves this by itself after 4 seconds.")).unwrap();
    t.wait_until(|s| s.contains("Signed in as j.doe@contoso.com")).unwrap();
    assert!(t.screen().contains("12 sessions"));
    t.send(Key::Char('r')).unwrap();
    t.wait_until(|s| s.contains("editing")).unwrap();
    t.send_str("!").unwrap();
    t.send(Key::Enter).unwrap();
    t.wait_until(|s| s.contains("finance!") && s.contains("saved")).unwrap();
    t.send(Key::Char('L')).unwrap();
    t.wait_until(|s| s.contains("everything: 5")).unwrap();
    t.send(Key::Char('q')).unwrap();
    assert!(t.wait_exit().unwrap().success());
    restored(&t);
    assert!(inside(&dir).is_empty(), "the demo leaves nothing behind: {:?}", inside(&dir));
}

#[test]
fn a_broken_configuration_is_told_with_its_line_and_the_app_still_starts() {
    let world = World::new();
    let broken =
        std::fs::read_to_string(world.config()).unwrap().replace("tenant = \"contoso.com\"", "tenant = 5");
    std::fs::write(world.config(), broken).unwrap();
    let mut t = world.start();
    t.wait_until(|s| s.contains("Code good for")).unwrap();
    t.send(Key::Esc).unwrap();
    t.wait_until(|s| s.text().replace('\n', "").contains("config.toml:2:10") && !s.contains("Code good"))
        .unwrap();
    quit(t);
}

#[test]
fn without_a_display_o_shows_the_address_instead_of_a_browser_that_nobody_sees() {
    let world = World::new();
    let mut t = world.ready();
    t.send(Key::Char('o')).unwrap();
    let address = format!("{}/sessions/{FIRST}", world.base);
    t.wait_until(|s| s.contains("No display for a browser: open") && s.contains(&address)).unwrap();
    quit(t);
}

#[test]
fn b_signs_in_with_the_browser_and_the_whole_job_goes_on_from_there() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::new();
    let (program, opened) = (world.dir.path().join("browser"), world.dir.path().join("opened"));
    std::fs::write(
        &program,
        format!("#!/bin/sh\nprintf %s \"$1\" > {}.part && mv {0}.part {0}\n", opened.display()),
    )
    .unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let mut t = world
        .builder()
        .env("BROWSER", &program)
        .args(["--log", "trace"])
        .spawn(env!("CARGO_BIN_EXE_retitle"))
        .unwrap();
    t.wait_until(|s| s.contains("Code good for")).unwrap();
    t.send(Key::Char('b')).unwrap();
    t.wait_until(|s| s.contains("Waiting for the browser")).unwrap();
    t.wait_until(|_| opened.exists()).unwrap();
    let url = std::fs::read_to_string(&opened).unwrap();
    common::world::block(walk_the_page(&url));
    t.wait_until(|s| s.contains("Signed in as j.doe@contoso.com")).unwrap();
    add(&mut t, FIRST);
    t.send(Key::Char('r')).unwrap();
    t.paste(" by browser").unwrap();
    t.send(Key::Enter).unwrap();
    t.wait_until(|s| s.contains("saved")).unwrap();
    assert!(world.name(FIRST).unwrap().ends_with(" by browser"));
    quit(t);
    world.log_is_silent();
}

/// What a browser and a person do: approve on the page, and carry its form back.
async fn walk_the_page(url: &str) {
    let (page, query) = url.split_once('?').unwrap();
    let form = |body: String| {
        common::http().post(page).header("content-type", "application/x-www-form-urlencoded").body(body)
    };
    let html = form(format!("{query}&decision=approve")).send().await.unwrap().text().await.unwrap();
    let value =
        |after: &str| html.split(after).nth(1).unwrap().split('"').next().unwrap().replace("&amp;", "&");
    let back = [("code", value("name=\"code\" value=\"")), ("state", value("name=\"state\" value=\""))];
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(back).finish();
    let sent = common::http()
        .post(value("action=\""))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body)
        .send();
    assert!(sent.await.unwrap().text().await.unwrap().contains("go back to retitle"));
}

#[test]
fn a_recording_of_a_run_is_private_holds_no_name_and_never_overwrites_a_file() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::new();
    let file = world.dir.path().join("run.jsonl");
    let start = || {
        world
            .builder()
            .args(["--record", file.to_str().unwrap()])
            .spawn(env!("CARGO_BIN_EXE_retitle"))
            .unwrap()
    };
    let mut t = start();
    world.sign_in(&mut t);
    add(&mut t, FIRST);
    t.send(Key::Char('r')).unwrap();
    t.paste(" INC-20931").unwrap();
    t.send(Key::Enter).unwrap();
    t.wait_until(|s| s.contains("saved")).unwrap();
    quit(t);
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.lines().count() > 10);
    for secret in SECRETS.iter().chain(&["INC", "20931", "j.doe", "contoso"]) {
        assert!(!text.contains(secret), "{secret} is in the recording");
    }
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let mut again = start();
    assert!(!again.wait_exit().unwrap().success());
    assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
}

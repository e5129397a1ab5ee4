//! login, status, logout, setup, doctor.

use std::io::Write;
use std::process::Stdio;
use std::time::Duration;

use retitle::simulator::Options;
use serde_json::{Value, json};

use crate::common::world::{FIRST, World};
use crate::common::{CLIENT, options};
use crate::run::{Ran, commands, retitle, run, sign_in, silent, until};

#[test]
fn login_status_and_logout_do_what_they_say_and_leave_nothing_behind() {
    let world = World::new();
    let before = run(&world, &["status"]);
    assert_eq!(before.code, 3, "{before:?}");
    assert!(before.err.contains("retitle login signs in"));
    sign_in(&world);
    let status = run(&world, &["status"]);
    assert_eq!(status.code, 0, "{status:?}");
    for part in [
        "j.doe@contoso.com",
        "6babcaad-604b-40ac-a9d7-9fd97c0b779f",
        "Signed in by device",
        "SecurityCopilotWorkspaces.ReadWrite.All",
        "renewed without asking",
        "tokens.json",
        "0600, not encrypted",
    ] {
        assert!(status.out.contains(part), "{part} is missing in {}", status.out);
    }
    let json: Value = serde_json::from_str(&run(&world, &["status", "--json"]).out).unwrap();
    assert_eq!(json["signed_in"]["account"], "j.doe@contoso.com");
    assert_eq!(json["signed_in"]["missing_scopes"], json!([]));
    assert_eq!(json["storage"], "file");
    // What an earlier accident set aside holds tokens too.
    let aside = world.tokens().with_file_name("tokens.json.bad-2026-01-01T000000Z");
    std::fs::copy(world.tokens(), &aside).unwrap();
    let logout = run(&world, &["logout"]);
    assert_eq!(logout.code, 0, "{logout:?}");
    assert!(!world.tokens().exists() && !aside.exists());
    for entry in std::fs::read_dir(world.tokens().parent().unwrap()).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(path.file_name().unwrap(), "auth.lock", "{path:?} is left");
        assert!(std::fs::read(&path).unwrap().is_empty());
    }
    assert_eq!(run(&world, &["status"]).code, 3);
    assert!(run(&world, &["logout"]).out.contains("nothing to remove"));
}

#[test]
fn one_profile_s_logout_leaves_the_other_signed_in() {
    let world = World::new();
    world.configure("[profiles.other]\nlabel = \"OTHER\"");
    sign_in(&world);
    let mut child = retitle(&world, &["--profile", "other", "login"]).spawn().unwrap();
    let (_lines, _) = until(&mut child, "Enter ");
    world.control("approve", json!({"person": 1}));
    assert!(child.wait().unwrap().success());
    assert!(run(&world, &["--profile", "other", "status"]).out.contains("m.roe@contoso.com"));
    assert_eq!(run(&world, &["logout"]).code, 0);
    assert_eq!(run(&world, &["status"]).code, 3);
    assert!(run(&world, &["--profile", "other", "status"]).out.contains("m.roe@contoso.com"));
}

#[test]
fn a_broken_cache_hinders_neither_logout_nor_login() {
    let world = World::new();
    sign_in(&world);
    std::fs::write(world.tokens(), "{ garbage").unwrap();
    let status = run(&world, &["status"]);
    assert_eq!(status.code, 3);
    assert!(status.out.contains("cannot be read"), "{}", status.out);
    assert_eq!(run(&world, &["logout"]).code, 0);
    assert!(!world.tokens().exists());
    std::fs::create_dir_all(world.tokens().parent().unwrap()).unwrap();
    std::fs::write(world.tokens(), "{ garbage").unwrap();
    sign_in(&world);
    assert_eq!(run(&world, &["status"]).code, 0);
}

#[test]
fn each_end_of_a_sign_in_has_an_exit_code_of_its_own() {
    let world = World::new();
    let mut child = retitle(&world, &["login"]).spawn().unwrap();
    let (_lines, _) = until(&mut child, "Enter ");
    world.control("deny", json!({}));
    assert_eq!(child.wait().unwrap().code(), Some(4));

    world.control(
        "policy",
        json!({"errors": [{"on": "devicecode", "error": "unauthorized_client", "number": 700_016}]}),
    );
    let blocked = run(&world, &["login"]);
    assert_eq!(blocked.code, 4);
    for part in ["There is no app", "For your admin:", "AADSTS700016", "Correlation ID: ", CLIENT] {
        assert!(blocked.err.contains(part), "{part} is missing in {}", blocked.err);
    }
    assert_eq!(blocked.out, "");

    world.control("faults", json!([{"path": "devicecode", "status": 503}]));
    assert_eq!(run(&world, &["login"]).code, 7);

    std::fs::write(world.config(), "").unwrap();
    let without = run(&world, &["login"]);
    assert_eq!(without.code, 2);
    assert!(without.err.contains("retitle setup"), "{}", without.err);
    std::fs::write(world.config(), "tenant = 7").unwrap();
    let broken = run(&world, &["login"]);
    assert_eq!(broken.code, 2);
    assert!(broken.err.contains("config.toml:1:10: tenant"), "{}", broken.err);
}

#[test]
fn a_code_that_runs_out_ends_the_login_with_four() {
    let world = World::with(Options { code_lifetime: Duration::from_secs(1), ..options() });
    let ran = run(&world, &["login"]);
    assert_eq!(ran.code, 4, "{ran:?}");
    assert!(ran.err.contains("ran out"), "{}", ran.err);
}

#[test]
fn no_code_gets_into_a_file_or_the_log_of_an_automatic_run() {
    let world = World::new();
    let automatic = Ran::from(retitle(&world, &["login"]).env("CI", "true").output().unwrap());
    assert_eq!(automatic.code, 4);
    assert!(automatic.err.contains("--browser"), "{}", automatic.err);
    let file = world.dir.path().join("err.txt");
    let mut command = retitle(&world, &["login"]);
    command.stderr(Stdio::from(std::fs::File::create(&file).unwrap()));
    assert_eq!(command.status().unwrap().code(), Some(4));
    assert!(std::fs::read_to_string(file).unwrap().contains("may stay in a log"));
    assert!(world.requests().is_empty(), "nothing was even asked for");
}

#[test]
fn a_pipe_that_a_person_may_read_gets_page_and_code_with_the_warning() {
    let world = World::new();
    let mut child = retitle(&world, &["login"]).spawn().unwrap();
    let mut lines = std::io::BufRead::lines(std::io::BufReader::new(child.stderr.take().unwrap()));
    let mut next = || lines.next().unwrap().unwrap();
    assert_eq!(next(), format!("Open   {}/device", world.base));
    let code = next().strip_prefix("Enter  ").unwrap().to_owned();
    world.control("approve", json!({"user_code": code}));
    assert_eq!(next(), "The code is good for 15 minutes. Only continue if you started this sign-in.");
    assert!(next().starts_with("Signed in as "));
    assert!(lines.all(|line| line.is_ok()));
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_program_gets_the_code_as_json_on_standard_output() {
    let world = World::new();
    let mut child = retitle(&world, &["login", "--json"]).env("CI", "true").spawn().unwrap();
    let mut line = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(child.stdout.take().unwrap()), &mut line)
        .unwrap();
    let code: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(code["verification_uri"], format!("{}/device", world.base));
    assert_eq!(code["expires_in"], 900);
    world.control("approve", json!({"user_code": code["user_code"]}));
    assert!(child.wait().unwrap().success());
}

#[test]
fn doctor_finds_what_is_wrong_and_exits_by_it() {
    let world = World::new();
    let signed_out = run(&world, &["doctor"]);
    assert_eq!(signed_out.code, 3, "{signed_out:?}");
    assert!(signed_out.out.contains("BAD  sign-in         nobody is signed in"), "{}", signed_out.out);
    sign_in(&world);
    let well = run(&world, &["doctor"]);
    assert_eq!(well.code, 0, "{well:?}");
    for part in [
        "configuration",
        "state folder",
        "clock           within",
        "a GET           workspace default",
        "Everything is as it should be",
    ] {
        assert!(well.out.contains(part), "{part} is missing in {}", well.out);
    }
    world.configure("default_workspace = \"nowhere\"");
    let lost = run(&world, &["doctor"]);
    assert_eq!(lost.code, 6, "{lost:?}");
    world.control("faults", json!([{"path": "well-known", "status": 502, "body": "html"}]));
    assert!(run(&world, &["doctor"]).out.contains("answers 502 where 200 was expected"));
    let text = std::fs::read_to_string(world.config()).unwrap();
    std::fs::write(world.config(), text.replace(&world.base, "http://127.0.0.1:9")).unwrap();
    let offline = run(&world, &["doctor"]);
    assert_eq!(offline.code, 7, "{offline:?}");
    std::fs::write(world.config(), "tenant = 7").unwrap();
    assert!(run(&world, &["doctor"]).out.contains("config.toml:1:10: tenant"));
    let mine = text.replacen("client_id", "# client_id", 1);
    std::fs::write(world.config(), mine).unwrap();
    let unregistered = run(&world, &["doctor"]);
    assert_eq!(unregistered.code, 2, "{unregistered:?}");
    assert!(unregistered.out.contains("retitle setup walks you through it"), "{unregistered:?}");
}

#[cfg(unix)]
#[test]
fn doctor_sees_a_file_that_others_can_read_and_hides_a_proxy_s_password() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::new();
    sign_in(&world);
    let open = |path: std::path::PathBuf| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o644)).unwrap();
    };
    open(world.tokens());
    let ran = run(&world, &["doctor"]);
    assert!(ran.code == 1 && ran.out.contains("tokens.json can be read by others (mode 644)"), "{ran:?}");
    assert!(ran.out.contains("tokens.json (0600, not encrypted)"), "made private again: {ran:?}");
    open(world.state().join("retitle.log"));
    let mut command = retitle(&world, &["doctor"]);
    let ran = Ran::from(command.env("HTTPS_PROXY", "http://user:MARKER@127.0.0.1:9").output().unwrap());
    assert!(ran.out.contains("retitle.log can be read by others (mode 644)"), "{}", ran.out);
    assert!(
        ran.out.contains("(credentials hidden)@127.0.0.1:9") && !ran.out.contains("MARKER"),
        "{}",
        ran.out
    );
}

#[test]
fn setup_writes_what_it_was_told_and_keeps_what_was_there() {
    let world = World::new();
    std::fs::write(world.config(), "# mine\n[ui]\nglyphs = \"ascii\"\n").unwrap();
    let bad = run(&world, &["setup", "--client-id", "a b", "--yes"]);
    assert_eq!(bad.code, 2, "{bad:?}");
    assert!(bad.err.contains("client_id"), "{}", bad.err);
    let nobody = run(&world, &["setup"]);
    assert_eq!(nobody.code, 2);
    assert!(nobody.err.contains("az ad app create") && nobody.err.contains("--client-id"), "{}", nobody.err);
    let good = run(&world, &["setup", "--client-id", "c-1", "--tenant", "contoso.com", "--yes"]);
    assert_eq!(good.code, 0, "{good:?}");
    let text = std::fs::read_to_string(world.config()).unwrap();
    assert!(text.contains("# mine") && text.contains("glyphs = \"ascii\""), "{text}");
    let show = run(&world, &["config", "show"]).out;
    assert!(show.contains("client_id = \"c-1\"") && show.contains("tenant = \"contoso.com\""), "{show}");
    let profile = run(&world, &["--profile", "x", "setup", "--client-id", "c-2", "--tenant", "t", "--yes"]);
    assert_eq!(profile.code, 0, "{profile:?}");
    assert!(run(&world, &["--profile", "x", "config", "show"]).out.contains("client_id = \"c-2\""));
    std::fs::write(world.config(), "= broken").unwrap();
    let broken = run(&world, &["setup", "--client-id", "c-1", "--yes"]);
    assert_eq!(broken.code, 2);
    assert_eq!(std::fs::read_to_string(world.config()).unwrap(), "= broken");
}

#[test]
fn answers_typed_into_setup_are_checked_one_by_one_but_writing_needs_a_person_or_yes() {
    let world = World::new();
    std::fs::remove_file(world.config()).unwrap();
    let mut child = retitle(&world, &["setup", "--yes"]).stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"a b\nc-1\nconsumers\ncontoso.com\n\n").unwrap();
    let ran = Ran::from(child.wait_with_output().unwrap());
    silent(&world, &ran);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.err.contains("personal accounts"), "{}", ran.err);
    assert!(run(&world, &["config", "show"]).out.contains("tenant = \"contoso.com\""));
}

/// Each command once, signed in; `run` looks for secrets in all that it prints and logs.
#[test]
fn no_command_prints_or_logs_a_secret_at_the_highest_verbosity() {
    let world = World::new();
    sign_in(&world);
    let plan = crate::apply::plan(&world, &format!("{FIRST},planned\n"));
    let lines: &[&[&str]] = &[
        &["status"],
        &["status", "--json"],
        &["doctor"],
        &["config", "path"],
        &["config", "show"],
        &["config", "check"],
        &["config", "example"],
        &["setup", "--client-id", "c", "--yes"],
        &["history"],
        &["add", FIRST],
        &["list", "--remote", "--json"],
        &["show", FIRST],
        &["open", FIRST, "--print"],
        &["rename", FIRST, "renamed"],
        &["export"],
        &["completions", "bash"],
        &["man"],
        &["apply", &plan],
        &["undo"],
        &["demo"],
        &["login"],
        &["logout"],
        &["purge", "--yes"],
    ];
    for line in lines {
        let mut command = retitle(&world, line);
        // Where a command would wait for a person, it ends by itself.
        let ran = Ran::from(command.env("CI", "true").output().unwrap());
        silent(&world, &ran);
        assert!(ran.code >= 0, "{line:?} was killed");
    }
    let mut simulator = retitle(&world, &["simulate", "--port", "0"]).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(500));
    simulator.kill().unwrap();
    silent(&world, &Ran::from(simulator.wait_with_output().unwrap()));
    for name in commands() {
        assert!(name == "simulate" || lines.iter().any(|line| line[0] == name), "{name} is not tried");
    }
}

//! What the environment may decide, and what it may not.

use std::process::{Command, Stdio};

use crate::common::world::{FIRST, World};
use crate::run::{Ran, retitle, run, sign_in};

/// The demo, of a binary that has it.
fn demo(world: &World, more: &[&str]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_retitle"));
    command.arg("demo").args(more).env_clear().envs(world.environment()).stdin(Stdio::null());
    Ran::from(command.output().unwrap())
}

#[test]
fn a_demo_does_not_go_into_the_folder_that_a_variable_names() {
    let world = World::new();
    sign_in(&world);
    assert_eq!(run(&world, &["add", FIRST]).code, 0);
    let before = (run(&world, &["list"]).out, std::fs::read(world.tokens()).unwrap());
    assert!(before.0.contains(&FIRST[..8]));
    assert_eq!(demo(&world, &[]).code, 0);
    assert_eq!((run(&world, &["list"]).out, std::fs::read(world.tokens()).unwrap()), before);
    assert!(!world.state().join("demo-port").exists());
}

#[test]
fn a_demo_refuses_a_folder_of_real_sessions_and_goes_on_in_one_of_its_own() {
    let world = World::new();
    sign_in(&world);
    assert_eq!(run(&world, &["add", FIRST]).code, 0);
    let real = world.state().display().to_string();
    let ran = demo(&world, &["--state-dir", &real]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("holds sessions that are no demo's"), "{}", ran.err);

    let own = world.state().with_file_name("demo");
    let own = own.to_str().unwrap();
    for _ in 0..2 {
        assert_eq!(demo(&world, &["--state-dir", own]).code, 0);
    }
}

#[test]
fn an_empty_variable_is_as_good_as_none() {
    let world = World::new();
    let mut command = retitle(&world, &["config", "path"]);
    let home = world.state().with_file_name("home");
    command.envs([("RETITLE_CONFIG", ""), ("RETITLE_PROFILE", ""), ("RETITLE_STATE_DIR", "")]);
    let ran = Ran::from(command.env("HOME", &home).env("XDG_CONFIG_HOME", "").output().unwrap());
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(ran.out.starts_with(home.to_str().unwrap()), "{}", ran.out);
}

#[test]
fn a_configuration_that_is_missing_or_broken_is_told_beside_what_is_known() {
    let world = World::new();
    sign_in(&world);
    assert_eq!(run(&world, &["add", FIRST]).code, 0);
    let good = run(&world, &["list"]);
    assert!(good.err.is_empty() && good.out.contains(FIRST), "{good:?}");

    // A mistake that leaves the hosts as they are, so that the list is the same.
    let text = std::fs::read_to_string(world.config()).unwrap();
    std::fs::write(world.config(), format!("default_workspace = 7\nbogus = 1\n{text}")).unwrap();
    let place = format!("retitle: Configuration: {}:1:21: default_workspace", world.config().display());
    for line in [&["list"][..], &["list", "--json"], &["history"], &["status"], &["show", FIRST, "--local"]] {
        let ran = run(&world, line);
        assert_eq!(ran.code, 0, "{line:?}: {ran:?}");
        assert!(ran.err.starts_with(&place), "{line:?}: {ran:?}");
        assert!(ran.err.contains("1 more: retitle config check") && ran.err.lines().count() == 1, "{ran:?}");
    }
    assert_eq!(run(&world, &["list"]).out, good.out);
    let refused = run(&world, &["rename", FIRST, "x"]);
    assert_eq!((refused.code, refused.err.lines().count()), (2, 2), "{refused:?}");

    let absent = world.dir.path().join("absent.toml");
    let named = run(&world, &["--config", absent.to_str().unwrap(), "list"]);
    assert!(named.code == 0 && named.err.contains("there is no such file"), "{named:?}");
    assert!(named.err.contains("retitle setup"), "{named:?}");
    for line in ["list", "status"] {
        let mut command = retitle(&world, &[line]);
        let bare = Ran::from(command.env_remove("RETITLE_CONFIG").output().unwrap());
        assert!(bare.err.starts_with("retitle: There is no configuration at "), "{bare:?}");
        assert!(bare.err.contains("retitle setup writes one"), "{bare:?}");
    }
}

#[test]
fn a_usage_line_asks_for_no_flag_that_a_variable_stands_for() {
    let ran = run(&World::new(), &["rename"]);
    assert_eq!(ran.code, 2);
    let usage = ran.err.lines().find(|line| line.starts_with("Usage:")).unwrap();
    assert_eq!(usage, "Usage: retitle rename <REF> <NAME>");
}

#[cfg(unix)]
#[test]
fn a_variable_that_names_a_profile_in_no_text_is_refused_and_no_other_profile_is_meant() {
    use std::os::unix::ffi::OsStrExt;
    let world = World::new();
    let mut command = retitle(&world, &["list"]);
    command.env("RETITLE_PROFILE", std::ffi::OsStr::from_bytes(b"contos\xf6"));
    let ran = Ran::from(command.output().unwrap());
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(ran.err.contains("contos\u{fffd}"), "{}", ran.err);
}

#[test]
fn doctor_tells_a_library_that_cannot_be_written() {
    // Rights do not stop every user who runs this; a folder in the place of a file does, and the other way round.
    for (name, is_folder) in [("library.db", true), ("library.db-wal", true), ("library.copies", false)] {
        let world = World::new();
        sign_in(&world);
        assert_eq!(run(&world, &["doctor"]).code, 0);
        let place = world.state().join(name);
        if is_folder { std::fs::create_dir(&place) } else { std::fs::write(&place, "") }.unwrap();
        let ran = run(&world, &["doctor"]);
        assert_eq!(ran.code, 1, "{name}");
        assert!(ran.out.contains("library.db cannot be written"), "{name}: {}", ran.out);
    }
}

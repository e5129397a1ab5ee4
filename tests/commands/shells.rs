//! Completions and manual pages.

use std::io::Write;
use std::process::{Command, Stdio};

use crate::common::world::{FIRST, World};
use crate::run::{Ran, binary, commands, run, sign_in};

/// Runs a program on a text; `None` where it is not installed.
fn reads(program: &str, arguments: &[&str], text: &str) -> Option<Ran> {
    if cfg!(windows) && program == "bash" {
        // There it may start another system.
        return None;
    }
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().ok()?;
    // One that does not want it all ends early.
    let _ = child.stdin.take().unwrap().write_all(text.as_bytes());
    Some(Ran::from(child.wait_with_output().unwrap()))
}

/// What a shell's hook gets for the last of these words.
fn candidates(world: &World, shell: &str, words: &[&str]) -> String {
    let mut command = Command::new(binary());
    command.env_clear().envs(world.environment()).env("RETITLE_COMPLETE", shell);
    command.env("_CLAP_COMPLETE_INDEX", (words.len() - 1).to_string()).env("_CLAP_IFS", "\n");
    command.arg("--").args(words);
    let ran = Ran::from(command.output().unwrap());
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{words:?}");
    ran.out
}

#[test]
fn the_hook_of_each_shell_is_one_that_it_can_read() {
    let world = World::new();
    for (shell, program, arguments) in [
        ("bash", "bash", &["-n"][..]),
        ("zsh", "zsh", &["-n"]),
        ("fish", "fish", &["--no-execute"]),
        (
            "powershell",
            "pwsh",
            &["-NoProfile", "-Command", "$null = [ScriptBlock]::Create([Console]::In.ReadToEnd())"],
        ),
    ] {
        let ran = run(&world, &["completions", shell]);
        assert_eq!(ran.code, 0, "{ran:?}");
        assert!(ran.out.contains("RETITLE_COMPLETE") && ran.out.contains("retitle"), "{}", ran.out);
        if let Some(read) = reads(program, arguments, &ran.out) {
            assert_eq!((read.code, read.err.as_str()), (0, ""), "{shell}");
        }
    }
    assert!(run(&world, &["completions", "powershell"]).out.contains("Register-ArgumentCompleter -Native"));
    assert_eq!(run(&world, &["completions", "csh"]).code, 2);
}

#[test]
fn commands_flags_known_sessions_and_profiles_are_completed_in_every_shell() {
    let world = World::new();
    world.configure("[profiles.contoso]\nlabel = \"PROD\"\n[profiles.fabrikam]\nlabel = \"MSSP\"");
    sign_in(&world);
    run(&world, &["add", FIRST]);
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let of = |words: &[&str]| candidates(&world, shell, words);
        assert!(of(&["retitle", "ren"]).starts_with("rename"), "{shell}");
        assert!(of(&["retitle", "list", "--re"]).contains("--remote"), "{shell}");
        for command in ["rename", "show", "open", "add"] {
            let ids = of(&["retitle", command, "c9"]);
            assert!(ids.starts_with(FIRST), "{shell} {command}: {ids}");
            // Where the shell shows descriptions, the name is one.
            assert_eq!(ids.contains("INC-20931 phishing wave"), shell != "bash", "{shell} {command}: {ids}");
        }
        let profiles = of(&["retitle", "--profile", ""]);
        assert!(profiles.contains("contoso") && profiles.contains("fabrikam"), "{shell}: {profiles}");
        let other = of(&["retitle", "--profile", "contoso", "show", "c9"]);
        assert!(!other.contains(FIRST), "{shell}: another profile's");
        assert!(of(&["retitle", "completions", "f"]).starts_with("fish"), "{shell}");
        assert!(
            of(&["retitle", "man", "unд"]).is_empty() && of(&["retitle", "man", "und"]).starts_with("undo")
        );
    }
}

#[test]
fn completing_makes_no_file_and_breaks_on_none() {
    let world = World::new();
    candidates(&world, "bash", &["retitle", "show", ""]);
    assert!(!world.state().exists());
    std::fs::create_dir_all(world.state()).unwrap();
    std::fs::write(world.state().join("library.db"), "no library, and long enough to be looked at as one")
        .unwrap();
    std::fs::write(world.config(), "= broken").unwrap();
    candidates(&world, "fish", &["retitle", "show", ""]);
    let left: Vec<_> = std::fs::read_dir(world.state()).unwrap().map(|f| f.unwrap().file_name()).collect();
    assert_eq!(left, ["library.db"], "nothing is set aside behind the person's back");
}

/// In the shells themselves, where they are installed and can be asked without a terminal.
#[cfg(unix)]
#[test]
fn the_hook_completes_in_the_shell_itself() {
    let world = World::new();
    sign_in(&world);
    run(&world, &["add", FIRST]);
    let folder = std::path::PathBuf::from(binary()).parent().unwrap().to_owned();
    let outside = std::env::var_os("PATH").unwrap();
    let path = std::env::join_paths(std::iter::once(folder).chain(std::env::split_paths(&outside))).unwrap();
    for (shell, arguments, ask) in [
        (
            "bash",
            &["--norc", "-c"][..],
            "COMP_WORDS=(retitle show c91); COMP_CWORD=2; COMP_TYPE=9\n_clap_complete_retitle retitle c91 show\necho \"${COMPREPLY[*]}\"",
        ),
        ("fish", &["--no-config", "-c"], "complete -C 'retitle show c91'"),
    ] {
        let script = format!("{}\n{ask}\n", run(&world, &["completions", shell]).out);
        let mut command = Command::new(shell);
        command.args(arguments).arg(script).env_clear().envs(world.environment()).env("PATH", &path);
        if let Some(libraries) = std::env::var_os("LD_LIBRARY_PATH") {
            command.env("LD_LIBRARY_PATH", libraries);
        }
        let Ok(output) = command.output() else { continue };
        let ran = Ran::from(output);
        assert!(ran.out.contains(FIRST), "{shell}: {ran:?}");
    }
}

#[test]
fn there_is_a_page_for_each_command_that_a_formatter_reads_without_a_warning() {
    let world = World::new();
    let names = commands();
    // Other programs of this name have other flags.
    let man_db = reads("man", &["--version"], "").is_some_and(|ran| ran.out.starts_with("man 2."));
    let all = std::iter::once(None).chain(names.iter().map(|name| Some(name.as_str())));
    for of in all {
        let line: Vec<&str> = std::iter::once("man").chain(of).collect();
        let ran = run(&world, &line);
        assert_eq!(ran.code, 0, "{ran:?}");
        let page = &ran.out;
        let title = of.map_or("RETITLE".to_owned(), |name| format!("RETITLE-{}", name.to_uppercase()));
        assert!(page.contains(&format!(".TH {title} 1 \"\" \"retitle ")), "{page}");
        for section in ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "\"EXIT STATUS\"", "ENVIRONMENT"] {
            assert!(page.contains(&format!("\n.SH {section}\n")), "{of:?} lacks {section}: {page}");
        }
        if let Some(read) = reads("mandoc", &["-T", "lint", "-W", "error"], page) {
            assert_eq!((read.code, read.out.as_str()), (0, ""), "{of:?}");
        }
        if let Some(read) = reads("man", &["--warnings", "-l", "-"], page).filter(|_| man_db) {
            assert_eq!((read.code, read.err.as_str()), (0, ""), "{of:?}");
        }
    }
    let whole = run(&world, &["man"]).out;
    for name in &names {
        assert!(whole.contains(&format!("retitle\\-{name}(1)")), "{name} is not in the page");
    }
    assert_eq!(run(&world, &["man", "bogus"]).code, 2);
}

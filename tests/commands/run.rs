//! Running the binary.

use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Output, Stdio};

use serde_json::json;

use crate::common::world::{SECRETS, World};

/// What a run printed.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// The binary to run. `RETITLE_BARE` names one that was built without the simulator; the one of the tests still plays the
/// server for it.
pub fn binary() -> OsString {
    std::env::var_os("RETITLE_BARE").unwrap_or_else(|| env!("CARGO_BIN_EXE_retitle").into())
}

/// The names of all commands that it has.
pub fn commands() -> Vec<String> {
    let without = std::env::var_os("RETITLE_BARE").map_or(&[][..], |_| &["demo", "simulate"]);
    let all = <retitle::cli::Args as clap::CommandFactory>::command();
    let names = all.get_subcommands().map(|command| command.get_name().to_owned());
    names.filter(|name| !without.contains(&name.as_str())).collect()
}

/// The binary at its most talkative, with nothing on standard input.
pub fn retitle(world: &World, arguments: &[&str]) -> Command {
    let mut command = Command::new(binary());
    command.args(["--log", "trace"]).args(arguments).env_clear().envs(world.environment());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs it to its end. Whatever it does, nothing secret is printed or logged.
pub fn run(world: &World, arguments: &[&str]) -> Ran {
    let ran = Ran::from(retitle(world, arguments).output().unwrap());
    silent(world, &ran);
    ran
}

/// The same with this on standard input.
pub fn run_with(world: &World, arguments: &[&str], input: &str) -> Ran {
    let mut child = retitle(world, arguments).stdin(Stdio::piped()).spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), input.as_bytes()).unwrap();
    let ran = Ran::from(child.wait_with_output().unwrap());
    silent(world, &ran);
    ran
}

pub fn silent(world: &World, ran: &Ran) {
    let log = world.log();
    for secret in SECRETS {
        for (place, text) in [("the log", &log), ("stdout", &ran.out), ("stderr", &ran.err)] {
            assert!(!text.contains(secret), "{place} holds {secret}: {text}");
        }
    }
    assert!(!log.contains("contoso.com"), "the log names somebody: {log}");
}

/// Starts a sign-in and reads standard error until a line begins with this.
pub fn until(child: &mut Child, begins: &str) -> (BufReader<std::process::ChildStderr>, String) {
    let mut lines = BufReader::new(child.stderr.take().unwrap());
    loop {
        let mut line = String::new();
        assert!(lines.read_line(&mut line).unwrap() > 0, "it ended before {begins:?}");
        if line.starts_with(begins) {
            return (lines, line);
        }
    }
}

/// Signs in by a code, approved by the control endpoint.
pub fn sign_in(world: &World) {
    let mut child = retitle(world, &["login", "--device"]).spawn().unwrap();
    let (mut lines, line) = until(&mut child, "Enter ");
    let code = line.trim_start_matches("Enter").trim().to_owned();
    world.control("approve", json!({"user_code": code}));
    let mut rest = String::new();
    std::io::Read::read_to_string(&mut lines, &mut rest).unwrap();
    assert!(child.wait().unwrap().success(), "{rest}");
    assert!(rest.contains("Signed in as j.doe@contoso.com"), "{rest}");
    assert!(!world.log().contains(&code), "the code is in the log");
}

//! The keyring: a real Secret Service if there is one to start, and a bus that never answers.

use std::io::{Read, Write};
use std::os::unix::net::UnixListener;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::common::world::World;
use crate::run::{Ran, retitle, silent, until};

#[test]
fn a_bus_that_never_answers_costs_three_seconds_and_nothing_is_stored_in_the_plain() {
    let world = World::new();
    world.configure("[sign_in]\nstorage = \"keyring\"");
    let socket = world.dir.path().join("mute");
    let listener = UnixListener::bind(&socket).unwrap();
    let _mute = std::thread::spawn(move || {
        let mut kept = Vec::new();
        while let Ok((stream, _)) = listener.accept() {
            kept.push(stream);
        }
    });
    let address = format!("unix:path={}", socket.display());
    let began = Instant::now();
    let mut command = retitle(&world, &["login"]);
    let ran = Ran::from(command.env("DBUS_SESSION_BUS_ADDRESS", address).output().unwrap());
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    silent(&world, &ran);
    assert_eq!(ran.code, 4, "{ran:?}");
    assert!(ran.err.contains("did not answer within 3 seconds"), "{}", ran.err);
    assert!(world.requests().is_empty(), "nobody is asked to sign in for nothing");
    assert!(!world.tokens().exists());
}

#[test]
fn without_a_bus_it_says_so_at_once() {
    let world = World::new();
    world.configure("[sign_in]\nstorage = \"keyring\"");
    let mut command = retitle(&world, &["login"]);
    let ran = Ran::from(command.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere").output().unwrap());
    assert_eq!(ran.code, 4, "{ran:?}");
    assert!(ran.err.contains("The keyring cannot be used"), "{}", ran.err);
    assert!(!world.tokens().exists());
}

/// A bus and a Secret Service of our own, which go with the test.
struct SecretService {
    address: String,
    children: Vec<std::process::Child>,
}

impl SecretService {
    fn start(home: &std::path::Path) -> Self {
        let socket = home.join("bus");
        let address = format!("unix:path={}", socket.display());
        let bus = Command::new("dbus-daemon")
            .args(["--session", "--nofork", "--address", &address])
            .stdout(Stdio::null())
            .spawn()
            .expect("dbus-daemon is installed");
        wait_for(|| socket.exists());
        let mut keyring = Command::new("gnome-keyring-daemon")
            .args(["--foreground", "--unlock", "--components=secrets"])
            .env("DBUS_SESSION_BUS_ADDRESS", &address)
            .env("HOME", home)
            .env("XDG_DATA_HOME", home.join("data"))
            .env("XDG_RUNTIME_DIR", home)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("gnome-keyring-daemon is installed");
        keyring.stdin.take().unwrap().write_all(b"a password").unwrap();
        Self { address, children: vec![keyring, bus] }
    }

    fn run(&self, world: &World, arguments: &[&str]) -> Ran {
        let mut command = retitle(world, arguments);
        let ran = Ran::from(command.env("DBUS_SESSION_BUS_ADDRESS", &self.address).output().unwrap());
        silent(world, &ran);
        ran
    }

    fn sign_in(&self, world: &World) -> String {
        let mut command = retitle(world, &["login"]);
        let mut child = command.env("DBUS_SESSION_BUS_ADDRESS", &self.address).spawn().unwrap();
        let (mut lines, _) = until(&mut child, "Enter ");
        world.control("approve", json!({}));
        let mut rest = String::new();
        lines.read_to_string(&mut rest).unwrap();
        assert!(child.wait().unwrap().success(), "{rest}");
        rest
    }
}

impl Drop for SecretService {
    fn drop(&mut self) {
        for child in &mut self.children {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn wait_for(mut ready: impl FnMut() -> bool) {
    let began = Instant::now();
    while !ready() {
        assert!(began.elapsed() < Duration::from_secs(10));
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
#[ignore = "needs dbus-daemon and gnome-keyring-daemon; .ci/run installs them and runs it"]
fn a_real_secret_service_keeps_the_key_and_the_file_holds_nothing_to_read() {
    let world = World::new();
    let service = SecretService::start(world.dir.path());
    wait_for(|| {
        let mut command = retitle(&world, &["doctor"]);
        world.configure("[sign_in]\nstorage = \"keyring\"");
        let ran = Ran::from(command.env("DBUS_SESSION_BUS_ADDRESS", &service.address).output().unwrap());
        !ran.out.contains("keyring cannot be used")
    });
    let said = service.sign_in(&world);
    assert!(said.contains("AES-256-GCM, its key in the keyring"), "{said}");
    let sealed = world.tokens().with_file_name("tokens.bin");
    let bytes = std::fs::read(&sealed).unwrap();
    for secret in ["AT.", "RT.", "j.doe", "entries"] {
        assert!(!bytes.windows(secret.len()).any(|w| w == secret.as_bytes()), "{secret}");
    }
    assert!(!world.tokens().exists());
    let status = service.run(&world, &["status"]);
    assert!(status.out.contains("j.doe@contoso.com") && status.out.contains("keyring"), "{status:?}");
    assert_eq!(service.run(&world, &["doctor"]).code, 0);

    // Without the key the file is worth nothing, and is set aside; without the bus it is left alone.
    let unreachable = Ran::from(
        retitle(&world, &["status"]).env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere").output().unwrap(),
    );
    assert_eq!(unreachable.code, 3);
    assert!(unreachable.out.contains("keyring cannot be used"), "{}", unreachable.out);
    assert!(sealed.exists());
    let mut changed = bytes.clone();
    changed[30] ^= 1;
    std::fs::write(&sealed, &changed).unwrap();
    assert_eq!(service.run(&world, &["status"]).code, 3);
    service.sign_in(&world);
    assert_eq!(service.run(&world, &["status"]).code, 0);

    let logout = service.run(&world, &["logout"]);
    assert!(logout.out.contains("the keyring's key"), "{logout:?}");
    assert_eq!(service.run(&world, &["status"]).code, 3);
    let left: Vec<_> =
        std::fs::read_dir(sealed.parent().unwrap()).unwrap().map(|f| f.unwrap().file_name()).collect();
    assert_eq!(left, ["auth.lock"]);
}

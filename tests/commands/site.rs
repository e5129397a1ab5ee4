//! A site that signs in by a program of its own.

use serde_json::json;

use crate::common::world::{FIRST, World};
use crate::run::{run, sign_in};

#[cfg(unix)]
#[test]
fn a_token_of_a_program_is_used_and_never_stored_and_its_words_are_never_repeated() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::new();
    // A token that the server takes, from a sign-in that is then forgotten here.
    sign_in(&world);
    let text = std::fs::read_to_string(world.tokens()).unwrap();
    let file: serde_json::Value = serde_json::from_str(&text).unwrap();
    let entry = file["entries"].as_object().unwrap().values().next().unwrap();
    let token = entry["access_token"].as_str().unwrap().to_owned();
    assert_eq!(run(&world, &["logout"]).code, 0);

    let program = world.dir.path().join("token.sh");
    let write = |body: &str| {
        std::fs::write(&program, format!("#!/bin/sh\n{body}\n")).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    };
    world.configure(&format!("[sign_in]\nmethod = \"command\"\ntoken_command = [{program:?}]"));
    let login = run(&world, &["login"]);
    assert_eq!(login.code, 2, "{login:?}");
    assert!(login.err.contains("in memory only"), "{}", login.err);
    for good in [
        format!("echo {token}"),
        format!("printf '{{\"access_token\":\"{token}\",\"expires_in\":3600}}'"),
        format!("printf '{{\"accessToken\":\"{token}\",\"expires_on\":9999999999}}'"),
    ] {
        write(&good);
        let doctor = run(&world, &["doctor"]);
        assert_eq!(doctor.code, 0, "{good}: {doctor:?}");
        let renamed = run(&world, &["rename", FIRST, &format!("by a script {}", good.len())]);
        assert_eq!(renamed.code, 0, "{good}: {renamed:?}");
    }
    for (bad, words) in [
        ("echo MARKER; echo MARKER >&2; exit 3", "failed (exit status: 3)"),
        ("echo MARKER MARKER", "no token"),
        ("printf '{\"MARKER\":1}'", "without an access_token"),
        ("true", "no token"),
    ] {
        write(bad);
        let doctor = run(&world, &["doctor"]);
        assert_eq!(doctor.code, 4, "{bad}: {doctor:?}");
        assert!(doctor.out.contains(words), "{bad}: {}", doctor.out);
        let refused = run(&world, &["rename", FIRST, "kept"]);
        assert_eq!(refused.code, 4, "{bad}: {refused:?}");
        for text in [&doctor.out, &doctor.err, &refused.out, &refused.err, &world.log()] {
            assert!(!text.contains("MARKER"), "{text}");
        }
    }
    std::fs::remove_file(&program).unwrap();
    assert!(run(&world, &["doctor"]).out.contains("cannot be run"));
    let status = run(&world, &["status", "--json"]);
    let value: serde_json::Value = serde_json::from_str(&status.out).unwrap();
    assert_eq!((value["storage"].as_str(), &value["path"]), (Some("memory"), &json!(null)));
    for path in walk(&world.state()) {
        let bytes = std::fs::read(&path).unwrap();
        assert!(!bytes.windows(token.len()).any(|w| w == token.as_bytes()), "{path:?}");
    }
}

pub fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() { found.extend(walk(&path)) } else { found.push(path) }
    }
    found
}

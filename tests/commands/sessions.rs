//! list, add, show, open and export.

use retitle::core::session::{Host, Key, Presence, Profile, Session, SessionId, WorkspaceId};
use retitle::core::store::StoreCall;
use retitle::core::time::Stamp;
use retitle::ports::Library;
use serde_json::{Value, json};

use crate::common::library::{Wanted, open, queue};
use crate::common::world::{FIRST, World, block};
use crate::run::{Ran, retitle, run, sign_in, until};
use crate::story::Story;

const SECOND: &str = "54f88e87-e6a0-4ac8-97a8-9cb634eecd52";
const UNTITLED: &str = "83fd7922-9af2-40d4-aee0-f59e408e472a";
const OTHERS: &str = "eb722d76-b138-4528-ac81-1075af297785";
const FABRIKAM: &str = "5d0c7a41-0b8e-4c57-9a39-2f6d1e8b7c10";

fn world() -> World {
    let world = World::new();
    sign_in(&world);
    world
}

/// Puts sessions into the list that no server has to know.
fn known(world: &World, profile: &str, all: &[(&str, Option<&str>)]) {
    let at =
        |n: usize| Some(Stamp::from_micros(1_790_000_000_000_000 - i64::try_from(n).unwrap() * 60_000_000));
    let sessions = all.iter().enumerate().map(|(n, (id, name))| Session {
        key: Key { profile: Profile::new(profile), id: SessionId::new(id) },
        workspace: WorkspaceId::new("default"),
        name: name.map(Into::into),
        created: at(n),
        modified: at(n),
        presence: Presence::Here,
        seen: at(0),
        opened: at(n),
        ours: None,
        pinned: false,
        account: None,
        host: Host::new(world.base.trim_start_matches("http://")),
    });
    block(open(world).call(StoreCall::Remember(sessions.collect()))).unwrap();
}

#[test]
fn sessions_are_added_listed_and_shown_as_the_server_has_them() {
    let world = world();
    let mut story = Story::of(&world);
    story.run(&["list"]);
    let link = format!("{}/sessions/{SECOND}", world.base);
    assert_eq!(story.run(&["add", FIRST, &link, UNTITLED]).code, 0);
    story.run(&["list"]);
    story.run(&["list", "--json"]);
    story.run(&["show", SECOND]);
    story.meanwhile("somebody renames it in the portal");
    world.control("rename", json!({"id": SECOND, "name": "by somebody"}));
    story.run(&["show", "54f8", "--local"]);
    story.run(&["show", "54f8"]);
    story.run(&["list", "--filter", "somebody"]);
    story.run(&["rename", "54f8", "mine"]);
    world.control("rename", json!({"id": SECOND, "name": "theirs again"}));
    story.meanwhile("and once more, after a rename of ours");
    story.run(&["show", "54f8", "--json"]);
    story.run(&["show", "54f8"]);
    story.ends("sessions");
}

#[test]
fn what_cannot_be_added_is_told_one_by_one_and_the_exit_code_is_theirs() {
    let world = world();
    let nobody = "00000000-0000-4000-8000-000000000000";
    let mut story = Story::of(&world);
    assert_eq!(story.run(&["add", nobody, FIRST]).code, 6, "one of two");
    assert_eq!(story.run(&["add", OTHERS]).code, 6, "in another workspace");
    assert_eq!(story.run(&["--workspace", FABRIKAM, "add", OTHERS]).code, 0);
    world.control("faults", json!([{"path": SECOND, "status": 403}]));
    assert_eq!(story.run(&["add", nobody, SECOND, "--json"]).code, 1, "of several kinds");
    assert_eq!(story.run(&["add", "two words", FIRST]).code, 2, "a mistake: nothing is asked");
    assert_eq!(story.run(&["add"]).code, 2);
    story.run(&["list"]);
    assert_eq!(story.run(&["show", nobody]).code, 6);
    assert_eq!(story.run(&["show", nobody, "--local", "--json"]).code, 6);
    world.control("faults", json!([{"path": FIRST, "status": 404}]));
    assert_eq!(story.run(&["show", FIRST]).code, 6, "what is kept is shown all the same");
    story.ends("not-added");
}

#[test]
fn a_prefix_must_mean_one_session_of_the_profile() {
    let world = world();
    world.configure("[profiles.other]\nlabel = \"OTHER\"");
    let all = [
        ("abcd1111-58f5-457f-a18c-4a477890b252", Some("one")),
        ("abcd2222-58f5-457f-a18c-4a477890b252", Some("two\u{202e}")),
        ("abcd2233-58f5-457f-a18c-4a477890b252", None),
    ];
    known(&world, "default", &all);
    known(&world, "other", &[("abcd3333-58f5-457f-a18c-4a477890b252", Some("other's"))]);
    let asked = world.requests().len();
    let mut story = Story::of(&world);
    for line in [
        &["rename", "abcd", "x"][..],
        &["show", "abcd22", "--local"],
        &["open", "ABCD22", "--print"],
        &["add", "abc", "--json"],
        &["--profile", "other", "show", "abcd", "--local"],
        &["show", "abcd1", "--local"],
    ] {
        story.run(line);
    }
    assert_eq!(world.requests().len(), asked, "nothing was asked");
    story.ends("prefix");
}

#[test]
fn the_filter_is_the_app_s_and_several_profiles_are_one_list() {
    let world = world();
    world.configure("[profiles.contoso]\nlabel = \"PROD\"\n[profiles.fabrikam]\nlabel = \"MSSP\"");
    known(
        &world,
        "default",
        &[("aaaa0001", Some("INC-1 phishing wave")), ("aaaa0002", Some("p-h-i-s-h scattered"))],
    );
    known(&world, "contoso", &[("bbbb0001", Some("phishing, again")), ("bbbb0002", None)]);
    queue(
        &world,
        &[Wanted {
            id: "aaaa0001".into(),
            from: Some("INC-1 phishing wave".into()),
            to: "INC-1 done".into(),
        }],
    );
    let mut story = Story::of(&world);
    for filter in ["phish", "in:contoso", "is:untitled", "is:waiting", "ws:def bbbb", "zzz"] {
        assert_eq!(story.run(&["list", "--filter", filter]).code, 0);
    }
    assert_eq!(story.run(&["--profile", "contoso", "list"]).out.lines().count(), 2);
    assert_eq!(story.run(&["list", "--filter", "is:bogus"]).code, 2);
    story.ends("filter");
}

#[test]
fn remote_reads_every_page_and_brings_the_list_up_to_date() {
    let world = world();
    run(&world, &["add", FIRST]);
    world.control("rename", json!({"id": FIRST, "name": "renamed in the portal"}));
    block(crate::common::grow(&world.base, 35));
    let all = run(&world, &["list", "--remote", "--json"]);
    assert_eq!(all.code, 0, "{all:?}");
    let json: Value = serde_json::from_str(&all.out).unwrap();
    let on_server = block(crate::common::ask(&world.base, "sessions"));
    let workspace = on_server.iter().find(|s| s["id"] == FIRST).unwrap()["workspace"].clone();
    let there = on_server.iter().filter(|s| s["workspace"] == workspace).count();
    assert_eq!(json["sessions"].as_array().unwrap().len(), there);
    assert!(there > 60, "{there} are too few to need pages");
    let listed = json["sessions"].as_array().unwrap().iter().filter(|s| !s["opened_at"].is_null()).count();
    assert_eq!(listed, 1, "what is only seen is not put into the list");
    assert!(run(&world, &["list"]).out.contains("renamed in the portal"));
    assert_eq!(run(&world, &["rename", FIRST, "over it"]).code, 0, "what was shown is what was known");
    let some = run(&world, &["list", "--remote", "--filter", "grown 34"]);
    assert_eq!(some.out.lines().count(), 1, "{some:?}");
    world.control("faults", json!([{"path": "skiptoken", "status": 500}]));
    let broken = run(&world, &["list", "--remote"]);
    assert_eq!((broken.code, broken.out.as_str()), (7, ""), "half a list is no list: {broken:?}");
    assert_eq!(run(&world, &["--workspace", "nowhere", "list", "--remote"]).code, 6);
}

#[cfg(unix)]
#[test]
fn open_hands_the_portal_s_address_to_the_browser() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::new();
    let (browser, seen) = (world.dir.path().join("browser"), world.dir.path().join("seen"));
    std::fs::write(&browser, format!("#!/bin/sh\necho \"$1\" >{}.new && mv {0}.new {0}\n", seen.display()))
        .unwrap();
    std::fs::set_permissions(&browser, std::fs::Permissions::from_mode(0o755)).unwrap();
    let open = |line: &[&str]| {
        let mut command = retitle(&world, line);
        Ran::from(command.env("BROWSER", &browser).output().unwrap())
    };
    known(&world, "default", &[("aaaa0001", Some("one"))]);
    let opened = open(&["open", "aaaa"]);
    assert_eq!((opened.code, opened.out.as_str()), (0, ""), "{opened:?}");
    let address = format!("{}/sessions/aaaa0001", world.base);
    assert!(opened.err.contains(&format!("asked to open {address}")), "{opened:?}");
    // The browser is a process of its own.
    let mut told = String::new();
    for _ in 0..600 {
        told = std::fs::read_to_string(&seen).unwrap_or_default();
        if !told.is_empty() {
            break;
        }
        std::thread::yield_now();
        let _ = run(&world, &["config", "path"]);
    }
    assert_eq!(told.trim(), address);
    let json: Value = serde_json::from_str(&run(&world, &["list", "--json"]).out).unwrap();
    assert_ne!(json["sessions"][0]["opened_at"], json["sessions"][0]["created_at"], "it counts as opened");
    assert_eq!(open(&["open", SECOND, "--print"]).out, format!("{}/sessions/{SECOND}\n", world.base));
    let before = run(&world, &["list", "--json"]).out;
    let unseen = run(&world, &["open", "aaaa"]);
    assert_eq!(unseen.code, 1, "{unseen:?}");
    assert_eq!(unseen.err, format!("retitle: No display for a browser: open {address} yourself.\n"));
    assert_eq!(run(&world, &["list", "--json"]).out, before, "what was not opened does not count as opened");
    let nobody = run(&world, &["list"]).out;
    assert_eq!(nobody.lines().count(), 1, "{nobody}");
}

#[test]
fn an_export_is_the_whole_library_as_a_document_or_one_table() {
    let world = world();
    let mut story = Story::of(&world);
    run(&world, &["add", FIRST, UNTITLED]);
    run(&world, &["rename", FIRST, "=cmd|' /C calc'!A0, \"quoted\""]);
    for line in [
        &["export"][..],
        &["export", "sessions", "--format", "csv"],
        &["export", "history", "--format", "csv"],
        &["history", "--json"],
    ] {
        assert_eq!(story.run(line).code, 0);
    }
    assert_eq!(story.run(&["export", "--format", "csv"]).code, 2);
    story.ends("export");
}

#[test]
fn what_is_neither_an_id_nor_a_link_nor_known_is_refused_by_every_command_and_leaves_no_row() {
    let world = World::new();
    known(&world, "default", &[("aaaa0001", Some("one"))]);
    let mut story = Story::of(&world);
    for line in [
        &["rename", "zzz", "x"][..],
        &["rename", "zzz", "x", "--queue"],
        &["open", "nosuch"],
        &["open", "nosuch", "--print"],
        &["add", "nosuch"],
        &["show", "nosuch"],
        &["show", "nosuch", "--local"],
        &["undo", "nosuch"],
    ] {
        assert_eq!(story.run(line).code, 2, "{line:?}");
    }
    story.run(&["list"]);
    story.ends("slips");
    for sure in ["aaaa", SECOND, &format!("{}/sessions/{SECOND}", world.base)] {
        assert_eq!(run(&world, &["open", sure, "--print"]).err, "", "{sure}");
    }
}

#[test]
fn a_mistyped_profile_is_refused_by_every_command_that_works_in_one() {
    let world = World::new();
    world.configure("[profiles.contoso]\nlabel = \"PROD\"");
    let plan = crate::apply::plan(&world, &format!("{FIRST},planned\n"));
    let lines: &[&[&str]] = &[
        &["list"],
        &["list", "--json"],
        &["history"],
        &["export"],
        &["add", FIRST],
        &["show", FIRST],
        &["show", FIRST, "--local"],
        &["open", FIRST, "--print"],
        &["rename", FIRST, "x"],
        &["rename", FIRST, "x", "--queue"],
        &["apply", &plan],
        &["apply", &plan, "--dry-run"],
        &["undo"],
        &["login"],
        &["logout"],
        &["status"],
        &["status", "--json"],
        &["config", "show"],
        &["config", "check"],
        &["purge", "--yes"],
        // The one that asks servers, to say what else is wrong.
        &["doctor"],
    ];
    for line in lines {
        let asked = world.requests().len();
        let mistyped = run(&world, &[&["--profile", "contsoo"], *line].concat());
        let said =
            if matches!(line[0], "doctor") || line[1..] == ["check"] { &mistyped.out } else { &mistyped.err };
        assert!(said.contains("there is no profile \"contsoo\"; there is contoso"), "{line:?}: {mistyped:?}");
        assert_eq!(mistyped.code, 2, "{line:?}: {mistyped:?}");
        assert!(world.requests().len() == asked || line[0] == "doctor", "{line:?} asked a server");
    }
    for name in crate::run::commands() {
        // What makes a profile, has a world of its own, or knows of none.
        let without = ["setup", "demo", "simulate", "completions", "man"].contains(&name.as_str());
        assert!(without || lines.iter().any(|line| line[0] == name), "{name} is not tried");
    }
    for line in [["list"], ["history"], ["export"], ["status"]] {
        let known = run(&world, &[&["--profile", "contoso"], &line[..]].concat());
        assert!(known.code != 2 && !known.err.contains("no profile"), "{line:?}: {known:?}");
    }
}

#[test]
fn what_is_kept_of_a_profile_can_be_read_when_its_lines_are_gone_from_the_configuration() {
    let world = World::new();
    world.configure("[profiles.contoso]\nlabel = \"PROD\"");
    let mut child = retitle(&world, &["--profile", "contoso", "login"]).spawn().unwrap();
    let (_lines, _) = until(&mut child, "Enter ");
    world.control("approve", json!({}));
    assert!(child.wait().unwrap().success());
    assert_eq!(run(&world, &["--profile", "contoso", "add", FIRST]).code, 0);
    assert_eq!(run(&world, &["--profile", "contoso", "rename", FIRST, "kept"]).code, 0);

    world.configure("");
    let asked = world.requests().len();
    for (line, told) in
        [("list", "kept"), ("history", "kept"), ("export", "kept"), ("status", "j.doe@contoso.com")]
    {
        let read = run(&world, &["--profile", "contoso", line]);
        assert!(read.code == 0 && read.out.contains(told), "{line}: {read:?}");
        assert!(read.err.contains("there is no profile \"contoso\"; none is configured"), "{line}: {read:?}");
    }
    assert_eq!(run(&world, &["--profile", "contoso", "rename", FIRST, "sent"]).code, 2);
    assert_eq!(world.requests().len(), asked, "nothing is sent by what is not configured");
    assert_eq!(run(&world, &["--profile", "contoso", "logout"]).code, 0);
    assert_eq!(
        run(&world, &["--profile", "contoso", "logout"]).code,
        2,
        "nobody is signed in to it any more"
    );
}

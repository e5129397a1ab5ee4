//! history, undo, purge.

use retitle::core::session::{Account, Host, Key, Presence, Profile, Session, SessionId, WorkspaceId};
use retitle::core::store::{Deed, Intent, Outcome, StoreCall, StoreReply};
use retitle::core::time::Stamp;
use retitle::core::title::NewName;
use retitle::ports::Library;
use retitle::store::library::SqliteLibrary;
use serde_json::{Value, json};

use crate::common::world::{FIRST, World, block};
use crate::run::{run, sign_in};

const JO: &str = "6babcaad-604b-40ac-a9d7-9fd97c0b779f.0b5c9f1e-3a64-4a0e-9e5b-6d1f0c2a7b11";

/// A rename of the past: in the journal, and on the server.
fn renamed(world: &World, id: &str, to: &str, batch: Option<i64>) -> i64 {
    let from = world.name(id);
    world.control("rename", json!({"id": id, "name": to}));
    std::fs::create_dir_all(world.state()).unwrap();
    let now = Stamp::from_micros(1_790_000_000_000_000);
    let library = SqliteLibrary::open(&world.state().join("library.db"), now).unwrap().library;
    let host = Host::new(world.base.trim_start_matches("http://"));
    let key = Key { profile: Profile::new("default"), id: SessionId::new(id) };
    let session = Session {
        key: key.clone(),
        workspace: WorkspaceId::new("default"),
        name: Some(to.into()),
        created: None,
        modified: None,
        presence: Presence::Here,
        seen: None,
        opened: Some(now),
        pinned: false,
        ours: Some(to.into()),
        account: Some(Account::new(JO)),
        host: host.clone(),
    };
    let intent = Intent {
        deed: Deed::Rename,
        batch,
        key,
        workspace: WorkspaceId::new("default"),
        from: from.map(Into::into),
        to: NewName::restored(Some(to)),
        account: Some(Account::new(JO)),
        host,
        at: now,
    };
    let call = StoreCall::Commit { intent, session: session.clone(), in_flight: None };
    let StoreReply::Committed { entry, .. } = block(library.call(call)).unwrap() else { panic!() };
    let outcome = Outcome::Saved { stored: Some(to.into()), request_id: Some("r-1".into()) };
    block(library.call(StoreCall::Settle { entry, outcome, session, at: now })).unwrap();
    entry.0
}

/// A second session of the invented world's default workspace.
fn second(world: &World) -> String {
    let sessions = block(crate::common::ask(&world.base, "sessions"));
    let first = sessions.iter().find(|s| s["id"] == FIRST).unwrap();
    let other = sessions.iter().find(|s| s["workspace"] == first["workspace"] && s["id"] != FIRST).unwrap();
    other["id"].as_str().unwrap().to_owned()
}

#[test]
fn undo_takes_the_newest_back_and_the_history_says_so_in_every_form() {
    let world = World::new();
    sign_in(&world);
    let before = world.name(FIRST);
    let number = renamed(&world, FIRST, "mine", None);
    let undo = run(&world, &["undo"]);
    assert_eq!(undo.code, 0, "{undo:?}");
    assert!(undo.out.starts_with(FIRST) && undo.out.contains("again."), "{}", undo.out);
    assert_eq!(world.name(FIRST), before);
    let json: Value = serde_json::from_str(&run(&world, &["history", "--format", "json"]).out).unwrap();
    assert_eq!((&json["entries"][0]["deed"], &json["entries"][0]["about"]), (&json!("undo"), &json!(number)));
    assert_eq!((&json["entries"][1]["undone"], &json["entries"][1]["to"]), (&json!(true), &json!("mine")));
    assert_eq!(run(&world, &["history", "--format", "csv"]).out.lines().count(), 3);
    assert!(run(&world, &["history", "--format", "md"]).out.contains("saved (undone)"));
    assert!(run(&world, &["history", "--filter", "nothing like it"]).out.is_empty());
    let again = run(&world, &["undo"]);
    assert_eq!(again.code, 6, "{again:?}");
    assert!(again.err.contains("nothing to take back"));
}

#[test]
fn undo_by_number_refuses_what_cannot_be_and_leaves_somebody_else_s_name_alone() {
    let world = World::new();
    sign_in(&world);
    let number = renamed(&world, FIRST, "mine", None).to_string();
    world.control("rename", json!({"id": FIRST, "name": "theirs"}));
    let changed = run(&world, &["undo", &number]);
    assert_eq!(changed.code, 8, "{changed:?}");
    assert_eq!(world.name(FIRST).as_deref(), Some("theirs"));
    assert_eq!(run(&world, &["undo", "99"]).code, 6);
    world.control("rename", json!({"id": FIRST, "name": "mine"}));
    world.control("faults", json!([{"method": "PATCH", "delivery": "reset", "after": true}]));
    assert_eq!(run(&world, &["undo", &number]).code, 0, "a lost answer is looked up");
    assert_eq!(run(&world, &["undo", &number]).code, 1, "once is enough");
    let number = renamed(&world, FIRST, "mine", None).to_string();
    world.control("faults", json!([{"method": "PATCH", "status": 503}]));
    assert_eq!(run(&world, &["undo", &number]).code, 7, "busy: worth another try");
    assert_eq!(run(&world, &["--read-only", "undo"]).code, 2);
    run(&world, &["logout"]);
    assert_eq!(run(&world, &["undo"]).code, 3);
}

#[test]
fn a_batch_is_taken_back_whole_and_exits_by_what_befell_it() {
    let world = World::new();
    sign_in(&world);
    let other = second(&world);
    let (a, b) = (world.name(FIRST), world.name(&other));
    renamed(&world, FIRST, "one", Some(7));
    renamed(&world, &other, "two", Some(7));
    let undo = run(&world, &["undo"]);
    assert_eq!((undo.code, undo.out.lines().count()), (0, 2), "{undo:?}");
    assert_eq!((world.name(FIRST), world.name(&other)), (a, b));
}

#[test]
fn purge_erases_all_of_ours_and_nothing_else_and_says_what() {
    let world = World::new();
    sign_in(&world);
    renamed(&world, FIRST, "mine", None);
    std::fs::write(world.state().join("notes.txt"), "somebody's").unwrap();
    let asked = run(&world, &["purge"]);
    assert_eq!(asked.code, 2, "{asked:?}");
    assert!(world.tokens().exists());
    let library = SqliteLibrary::open(&world.state().join("library.db"), Stamp::default()).unwrap();
    let busy = run(&world, &["purge", "--yes"]);
    assert_eq!(busy.code, 1);
    assert!(busy.err.contains("quit it first"), "{}", busy.err);
    drop(library);
    let done = run(&world, &["purge", "--yes"]);
    assert_eq!(done.code, 0, "{done:?}");
    for part in ["library.db", "auth", "tokens.json", "retitle.log"] {
        assert!(done.out.contains(part), "{part} is missing in {}", done.out);
    }
    let left: Vec<_> = std::fs::read_dir(world.state()).unwrap().map(|f| f.unwrap().file_name()).collect();
    assert_eq!(left, ["notes.txt"]);
    assert!(world.config().exists());
}

#[test]
fn history_days_bounds_what_is_kept() {
    let world = World::new();
    sign_in(&world);
    renamed(&world, FIRST, "long ago", None);
    assert_eq!(run(&world, &["history"]).out.lines().count(), 1);
    world.configure("[history]\ndays = 1");
    assert!(run(&world, &["config", "show"]).out.contains("days = 1"));
}

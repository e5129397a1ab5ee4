//! rename: what it sends, what it refuses, and where the name is afterwards.

use std::process::Stdio;

use retitle::core::session::{Host, Key, Profile, SessionId};
use retitle::core::store::{Draft, Snapshot, StoreCall, StoreReply};
use retitle::core::time::Stamp;
use retitle::ports::Library;
use serde_json::{Value, json};

use crate::common::library::{JO, Wanted, open, queue, settled};
use crate::common::world::{FIRST, World, block};
use crate::run::{Ran, retitle, run, sign_in, silent};
use crate::story::Story;

const SECOND: &str = "54f88e87-e6a0-4ac8-97a8-9cb634eecd52";
/// A session that the server does not have.
const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

fn world() -> World {
    let world = World::new();
    sign_in(&world);
    world
}

fn snapshot(world: &World) -> Snapshot {
    let host = Host::new(world.base.trim_start_matches("http://"));
    let call = StoreCall::Peek { profiles: vec![Profile::new("default")], host };
    match block(open(world).call(call)).unwrap() {
        StoreReply::Loaded(snapshot) => snapshot,
        other => panic!("{other:?}"),
    }
}

fn drafts(world: &World) -> Vec<(String, String)> {
    let drafts = snapshot(world).drafts.into_iter();
    drafts.map(|draft| (draft.key.id.as_str().to_owned(), draft.text)).collect()
}

fn keep_draft(world: &World, text: &str) {
    let draft = Draft {
        key: Key { profile: Profile::new("default"), id: SessionId::new(FIRST) },
        workspace: retitle::core::session::WorkspaceId::new("default"),
        text: text.to_owned(),
        account: Some(retitle::core::session::Account::new(JO)),
        host: Host::new(world.base.trim_start_matches("http://")),
        at: Stamp::from_micros(1),
    };
    block(open(world).call(StoreCall::SaveDraft(draft))).unwrap();
}

#[test]
fn a_rename_prints_the_server_s_name_stands_in_the_journal_and_can_be_taken_back() {
    let world = world();
    let before = world.name(FIRST);
    let mut story = Story::of(&world);
    assert_eq!(story.run(&["rename", FIRST, "INC-20931  closed"]).code, 0);
    assert_eq!(world.name(FIRST).as_deref(), Some("INC-20931 closed"), "as the server normalises it");
    story.run(&["history"]);
    assert_eq!(story.run(&["rename", "c91c", "INC-20931 closed"]).code, 0);
    assert_eq!(world.patches(), 1, "a name that is there already is not sent");
    story.run(&["undo"]);
    assert_eq!(world.name(FIRST), before);
    story.run(&["list"]);
    assert_eq!(story.run(&["rename", "c91c", "--json", "--", "-- dashes"]).code, 0);
    story.run(&["undo", "--json"]);
    story.run(&["undo"]);
    assert!(drafts(&world).is_empty());
    story.ends("rename");
}

#[test]
fn a_name_may_begin_with_a_dash_and_a_mistyped_flag_is_no_name() {
    let world = world();
    for name in ["-dash", "-high severity", "-- two", "---", "-1"] {
        let ran = run(&world, &["rename", FIRST, name, "--json"]);
        assert_eq!((ran.code, world.name(FIRST).as_deref()), (0, Some(name)), "{ran:?}");
    }
    let sent = world.patches();
    for slip in ["--jsn", "--ye=PROD", "-q", "--queue", "-h"] {
        let ran = run(&world, &["rename", FIRST, slip]);
        assert_eq!(ran.code, if slip == "-h" { 0 } else { 2 }, "{ran:?}");
        assert!(
            slip.starts_with("--q") || slip == "-h" || ran.err.contains(&format!("-- {slip:?}")),
            "{ran:?}"
        );
    }
    assert_eq!(world.patches(), sent);
    for line in [["rename", FIRST, "--", "--jsn"], ["rename", "--", FIRST, "-q"]] {
        assert_eq!(run(&world, &line).code, 0);
        assert_eq!(world.name(FIRST).as_deref(), Some(line[3]));
    }
}

#[test]
fn what_the_server_refuses_exits_by_its_kind_and_the_name_is_kept() {
    let world = world();
    let mut story = Story::of(&world);
    story.run(&["add", FIRST]);
    for (method, status, code) in
        [("GET", 403, 5), ("GET", 404, 6), ("PATCH", 403, 5), ("PATCH", 404, 6), ("PATCH", 400, 1)]
    {
        story.meanwhile(&format!("the next {method} is answered with {status}"));
        world.control("faults", json!([{"method": method, "path": FIRST, "status": status}]));
        assert_eq!(story.run(&["rename", FIRST, &format!("after {method} {status}")]).code, code);
        assert_eq!(drafts(&world), [(FIRST.to_owned(), format!("after {method} {status}"))]);
        story.run(&["list"]);
        // The app drops it when its words are sent or thrown away.
        run(&world, &["rename", FIRST, "INC-20931 phishing wave, finance"]);
        let key = Key { profile: Profile::new("default"), id: SessionId::new(FIRST) };
        block(open(&world).call(StoreCall::DropDraft(key))).unwrap();
    }
    story.meanwhile("a session that is known nowhere");
    assert_eq!(story.run(&["rename", NOBODY, "for nobody"]).code, 6);
    assert_eq!(story.run(&["rename", NOBODY, "for nobody", "--json"]).code, 6);
    assert!(drafts(&world).is_empty() && snapshot(&world).sessions.len() == 1);
    story.ends("rename-refused");
}

#[test]
fn a_busy_server_exits_with_seven_and_every_later_command_keeps_to_the_pause() {
    let world = world();
    let mut story = Story::of(&world);
    story.meanwhile("the next PATCH is answered with 429 and a pause of 90 s");
    world.control("faults", json!([{"method": "PATCH", "status": 429, "retry_after": "90"}]));
    assert_eq!(story.run(&["rename", FIRST, "during a pause", "--json"]).code, 7);
    assert_eq!(world.patches(), 1);
    let asked = world.requests().len();
    assert_eq!(story.run(&["rename", FIRST, "again"]).code, 7);
    assert_eq!(story.run(&["undo"]).code, 6);
    assert_eq!(story.run(&["add", SECOND]).code, 7);
    assert_eq!(world.requests().len(), asked, "nothing is sent during the pause");
    assert_eq!(story.run(&["rename", FIRST, "later", "--queue"]).code, 0);
    assert_eq!(settled(&world).1, 1);
    story.ends("rename-busy");
}

#[test]
fn unreachable_is_seven_with_a_draft_or_a_queued_entry_that_the_next_app_sends() {
    let world = world();
    run(&world, &["add", FIRST]);
    let config = std::fs::read_to_string(world.config()).unwrap();
    // Only Graph's port is dead: the host is part of what a row belongs to, so it keeps its name.
    world.control("faults", json!([{"path": FIRST, "times": 3, "delivery": "reset"}]));
    let mut story = Story::of(&world);
    story.meanwhile("Graph does not answer");
    assert_eq!(story.run(&["rename", FIRST, "typed offline"]).code, 7);
    assert_eq!(drafts(&world), [(FIRST.to_owned(), "typed offline".to_owned())]);
    assert_eq!(story.run(&["list", "--filter", "is:draft"]).code, 0);
    assert_eq!(story.run(&["rename", FIRST, "typed again"]).code, 7);
    assert_eq!(story.run(&["rename", FIRST, "queued", "--queue", "--json"]).code, 0);
    assert_eq!(settled(&world).1, 1);
    story.run(&["list", "--filter", "is:waiting"]);
    story.meanwhile("Graph answers again");
    story.run(&["rename", FIRST, "by hand"]);
    assert_eq!(world.name(FIRST).as_deref(), Some("by hand"));
    assert_eq!(settled(&world).1, 0, "the newer name has replaced the queued one");
    std::fs::write(world.config(), config.replace(&world.base, "http://127.0.0.1:9")).unwrap();
    let dead = run(&world, &["rename", NOBODY, "typed offline"]);
    assert_eq!(dead.code, 3, "the sign-in belongs to its host: {dead:?}");
    story.ends("rename-unreachable");
}

#[test]
fn a_lost_answer_is_looked_up_before_anything_else_is_said() {
    let world = world();
    world.control("faults", json!([{"method": "PATCH", "delivery": "reset", "after": true}]));
    let ran = run(&world, &["rename", FIRST, "arrived"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "arrived\n"), "{ran:?}");
    assert_eq!(world.patches(), 1);
    world.control("faults", json!([{"method": "PATCH", "delivery": "reset"}]));
    assert_eq!(run(&world, &["rename", FIRST, "lost"]).code, 7);
    assert_eq!(drafts(&world), [(FIRST.to_owned(), "lost".to_owned())]);
}

#[test]
fn without_a_sign_in_it_is_three_and_the_name_is_kept_for_whoever_signs_in() {
    let world = World::new();
    let mut story = Story::of(&world);
    assert_eq!(story.run(&["rename", FIRST, "typed too early"]).code, 3);
    story.run(&["list"]);
    assert_eq!(story.run(&["rename", FIRST, "typed too early", "--json"]).code, 3);
    for line in [&["add", FIRST][..], &["show", FIRST], &["list", "--remote"], &["undo"]] {
        assert_eq!(story.run(line).code, 3);
    }
    assert!(world.requests().is_empty(), "nothing was asked");
    story.ends("signed-out");
}

#[test]
fn read_only_is_two_and_leaves_no_trace() {
    let world = world();
    world.configure("[profiles.watch]\nread_only = true\nlabel = \"WATCH\"");
    let asked = world.requests().len();
    let mut story = Story::of(&world);
    assert_eq!(story.run(&["--read-only", "rename", FIRST, "no"]).code, 2);
    assert_eq!(story.run(&["--profile", "watch", "rename", FIRST, "no"]).code, 2);
    assert_eq!(story.run(&["--profile", "watch", "undo"]).code, 2);
    assert_eq!(story.run(&["rename", FIRST, " "]).code, 2);
    assert_eq!(story.run(&["rename", FIRST, "--jsno"]).code, 2, "a slip of the finger is no name");
    assert_eq!(story.run(&["rename", FIRST, "a\u{202e}b"]).code, 2);
    std::fs::write(world.config(), "tenant = 7").unwrap();
    assert_eq!(story.run(&["rename", FIRST, "no"]).code, 2);
    assert_eq!(world.requests().len(), asked);
    assert!(drafts(&world).is_empty());
    story.ends("read-only");
}

#[test]
fn a_protected_profile_wants_its_label_and_no_other() {
    let world = World::new();
    world.configure("[profiles.contoso]\nprotected = true\nlabel = \"PROD\"");
    let mut story = Story::of(&world);
    assert_eq!(story.run(&["--profile", "contoso", "rename", FIRST, "x"]).code, 2);
    assert_eq!(story.run(&["--profile", "contoso", "rename", FIRST, "x", "--yes", "TEST"]).code, 2);
    assert_eq!(story.run(&["--profile", "contoso", "undo"]).code, 2);
    assert_eq!(story.run(&["rename", FIRST, "x", "--yes", "PROD"]).code, 2, "another profile's label");
    assert!(drafts(&world).is_empty());
    // Agreed to; that nobody is signed in comes after it.
    assert_eq!(story.run(&["--profile", "contoso", "rename", FIRST, "x", "--yes", "PROD"]).code, 3);
    story.ends("protected");
}

#[test]
fn a_name_that_changed_elsewhere_is_eight_once_and_never_overwritten_unseen() {
    let world = world();
    let mut story = Story::of(&world);
    story.run(&["add", FIRST]);
    story.meanwhile("somebody renames it in the portal");
    world.control("rename", json!({"id": FIRST, "name": "theirs\u{202e}"}));
    let changed = story.run(&["rename", FIRST, "mine", "--json"]);
    assert_eq!(changed.code, 8);
    assert_eq!((world.patches(), world.name(FIRST).as_deref()), (0, Some("theirs\u{202e}")));
    let json: Value = serde_json::from_str(&changed.out).unwrap();
    assert_eq!(json["errors"][0]["theirs"], "theirs\u{202e}", "raw for a program");
    assert_eq!(drafts(&world), [(FIRST.to_owned(), "mine".to_owned())]);
    assert_eq!(story.run(&["rename", FIRST, "mine"]).code, 0, "told once, decided by saying it again");
    assert_eq!(world.name(FIRST).as_deref(), Some("mine"));
    story.run(&["history"]);
    story.ends("changed-elsewhere");
}

#[test]
fn a_name_that_a_run_of_ours_was_cut_off_with_is_no_change_elsewhere() {
    let world = world();
    run(&world, &["add", FIRST]);
    let from = world.name(FIRST);
    queue(&world, &[Wanted { id: FIRST.into(), from, to: "cut off".into() }]);
    world.control("rename", json!({"id": FIRST, "name": "cut off"}));
    let ran = run(&world, &["rename", FIRST, "next"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!((settled(&world).1, world.name(FIRST).as_deref()), (0, Some("next")));
}

/// Another copy that has committed a name and not heard of it yet.
#[test]
fn while_another_copy_saves_the_session_nothing_is_sent_and_it_is_worth_another_try() {
    let world = world();
    run(&world, &["add", FIRST]);
    let library = open(&world);
    let session = snapshot(&world).sessions.remove(0);
    let intent = retitle::core::store::Intent {
        deed: retitle::core::store::Deed::Rename,
        batch: None,
        key: session.key.clone(),
        workspace: session.workspace.clone(),
        from: session.name.clone(),
        to: retitle::core::title::NewName::restored(Some("the app's")),
        account: session.account.clone(),
        host: session.host.clone(),
        at: Stamp::from_micros(1_790_000_000_000_000),
    };
    block(library.call(StoreCall::Commit { intent, session, in_flight: None })).unwrap();
    let mut story = Story::of(&world);
    assert_eq!(story.run(&["rename", FIRST, "mine"]).code, 7);
    assert_eq!(world.patches(), 0);
    assert_eq!(drafts(&world), [(FIRST.to_owned(), "mine".to_owned())]);
    assert_eq!(story.run(&["rename", FIRST, "after it", "--queue"]).code, 0);
    assert_eq!(settled(&world).1, 2, "it waits behind the other");
    story.run(&["history"]);
    // When the other is done, or dead, it is anybody's.
    drop(library);
    assert_eq!(run(&world, &["rename", FIRST, "mine"]).code, 0);
    assert_eq!(settled(&world).1, 0);
    story.ends("busy-elsewhere");
}

#[test]
fn a_draft_with_other_words_outlives_a_rename_and_its_failure() {
    let world = world();
    keep_draft(&world, "half a thought");
    assert_eq!(run(&world, &["rename", FIRST, "done"]).code, 0);
    assert_eq!(drafts(&world), [(FIRST.to_owned(), "half a thought".to_owned())]);
    world.control("faults", json!([{"method": "PATCH", "status": 403}]));
    let refused = run(&world, &["rename", FIRST, "refused"]);
    assert!(refused.err.contains("kept in the history"), "{refused:?}");
    assert_eq!(drafts(&world), [(FIRST.to_owned(), "half a thought".to_owned())]);
    world.control("faults", json!([{"method": "GET", "path": FIRST, "status": 503}]));
    let busy = run(&world, &["rename", FIRST, "newer"]);
    assert!(busy.err.contains("“half a thought”"), "what it replaces is said: {busy:?}");
    assert_eq!(drafts(&world), [(FIRST.to_owned(), "newer".to_owned())]);
}

#[test]
fn a_rename_and_an_undo_leave_the_pin() {
    let world = world();
    run(&world, &["add", FIRST]);
    let mut session = snapshot(&world).sessions.remove(0);
    session.pinned = true;
    block(open(&world).call(StoreCall::Remember(vec![session]))).unwrap();
    assert_eq!(run(&world, &["rename", FIRST, "pinned still"]).code, 0);
    assert_eq!(run(&world, &["undo"]).code, 0);
    assert!(snapshot(&world).sessions[0].pinned);
}

#[test]
fn with_history_days_zero_no_name_stays_in_the_journal() {
    let world = world();
    world.configure("[history]\ndays = 0");
    assert_eq!(run(&world, &["rename", FIRST, "forgotten"]).code, 0);
    assert!(settled(&world).0.is_empty(), "not even until the next start");
    assert_eq!(run(&world, &["history"]).out, "");
    // Another name takes the place of the one that the list has; then nothing may hold the first.
    assert_eq!(run(&world, &["rename", FIRST, "present"]).code, 0);
    let holds = |name: &str| {
        let files = std::fs::read_dir(world.state()).unwrap().map(|file| file.unwrap().path());
        let library = files.filter(|path| path.to_string_lossy().contains("library.db"));
        let bytes: Vec<u8> = library.flat_map(|path| std::fs::read(path).unwrap()).collect();
        bytes.windows(name.len()).any(|part| part == name.as_bytes())
    };
    assert!(holds("present"), "the list has it");
    assert!(!holds("forgotten"), "what is forgotten is overwritten");
    // So a name that is refused is kept where names are kept, and what it replaces is said.
    keep_draft(&world, "half a thought");
    world.control("faults", json!([{"method": "PATCH", "status": 403}]));
    let refused = run(&world, &["rename", FIRST, "refused"]);
    assert!(refused.err.contains("“half a thought”"), "{refused:?}");
    assert_eq!(drafts(&world), [(FIRST.to_owned(), "refused".to_owned())]);
}

/// The token stands in the arguments alone.
#[test]
fn a_share_token_gets_into_no_output_log_or_file() {
    let world = world();
    let link = format!("{}/sessions/{FIRST}?st=eyJMARKER", world.base);
    let wrong = "https://securitycopilot.microsoft.com/nothing?x=1&st=eyJMARKER";
    let mut story = Story::of(&world);
    let lines: &[&[&str]] = &[
        &["add", &link],
        &["rename", &link, "shared"],
        &["show", &link],
        &["open", &link, "--print"],
        &["add", &link, "--json"],
        &["add", wrong],
        &["rename", wrong, "x"],
        &[&link],
        &["undo", &link],
        &["history"],
        &["export"],
    ];
    for line in lines {
        let ran = run(&world, line);
        for text in [&ran.out, &ran.err, &world.log()] {
            assert!(!text.contains("MARKER"), "{line:?}: {text}");
        }
        let shown: Vec<String> = line.iter().map(|word| word.replace("eyJMARKER", "TOKEN")).collect();
        let shown: Vec<&str> = shown.iter().map(String::as_str).collect();
        if line.first() != Some(&"export") {
            story.note(&shown, &ran);
        }
    }
    for request in world.requests() {
        assert!(!request.to_string().contains("MARKER"), "{request}");
    }
    for file in crate::site::walk(&world.state()) {
        let bytes = std::fs::read(&file).unwrap();
        assert!(!bytes.windows(6).any(|w| w == b"MARKER"), "{}", file.display());
    }
    story.ends("share-token");
}

#[test]
fn two_at_once_on_one_session_send_one_name_after_the_other_and_lose_none() {
    let world = world();
    run(&world, &["add", FIRST]);
    let running: Vec<_> = ["one", "two", "three", "four"]
        .map(|name| retitle(&world, &["rename", FIRST, name]).stdin(Stdio::null()).spawn().unwrap())
        .into_iter()
        .map(|child| Ran::from(child.wait_with_output().unwrap()))
        .collect();
    let done = running.iter().filter(|ran| ran.code == 0).count();
    for ran in &running {
        silent(&world, ran);
        // Busy, or another of the four came before: told, never silent.
        assert!([0, 7, 8].contains(&ran.code), "{ran:?}");
    }
    assert!(done >= 1 && world.patches() == done, "{done} {running:?}");
    let (saved, waiting) = settled(&world);
    assert_eq!((saved.get(FIRST).cloned().flatten(), waiting), (world.name(FIRST), 0));
}

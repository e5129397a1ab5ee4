//! apply: what a plan shows, refuses and does, and where every name is afterwards.

use retitle::core::session::{Account, Host, Key, Profile, SessionId, WorkspaceId};
use retitle::core::store::{Draft, StoreCall};
use retitle::core::time::Stamp;
use retitle::ports::Library;
use serde_json::{Value, json};

use crate::common::grow;
use crate::common::library::{JO, Wanted, open, queue, settled};
use crate::common::world::{FIRST, World, block};
use crate::output::wrong_in;
use crate::run::{Ran, retitle, run, run_with, sign_in, silent};
use crate::story::Story;

const SECOND: &str = "54f88e87-e6a0-4ac8-97a8-9cb634eecd52";
/// A session that the server does not have.
const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

fn world() -> World {
    let world = World::new();
    sign_in(&world);
    run(&world, &["add", FIRST, SECOND]);
    world
}

/// A plan in the test's own folder, by its path.
pub fn plan(world: &World, text: &str) -> String {
    let path = world.dir.path().join("plan.csv");
    std::fs::write(&path, text).unwrap();
    path.display().to_string()
}

/// So many more sessions in the default workspace, and a plan that gives each another name.
pub fn grown(world: &World, count: usize) -> (Vec<String>, String) {
    let ids = block(grow(&world.base, count));
    let text = ids.iter().enumerate().map(|(n, id)| format!("{id},planned {n}\n")).collect::<String>();
    let path = plan(world, &text);
    (ids, path)
}

fn document(ran: &Ran) -> Value {
    let document = serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {ran:?}"));
    assert_eq!(wrong_in(&document), [""; 0], "{document:#}");
    document
}

fn asked(world: &World, method: &str) -> usize {
    world
        .requests()
        .iter()
        .filter(|r| r["method"] == method && r["target"].as_str().unwrap().contains("/sessions"))
        .count()
}

#[test]
fn a_plan_is_shown_then_carried_out_and_taken_back_as_one_with_one_walk_each() {
    let world = world();
    let before = [world.name(FIRST), world.name(SECOND)];
    let mut story = Story::of(&world);
    let path = plan(&world, &format!("id,name\n{},\"INC-1, wave\"\n{SECOND},Second\n", "c91c"));
    let reads = asked(&world, "GET");
    assert_eq!(story.run(&["apply", &path, "--dry-run"]).code, 0);
    assert_eq!(asked(&world, "GET"), reads, "a dry run asks nobody");
    assert_eq!(story.run(&["apply", &path]).code, 0);
    assert_eq!([world.name(FIRST), world.name(SECOND)].map(Option::unwrap), ["INC-1, wave", "Second"]);
    let pages = asked(&world, "GET") - reads;
    let by_one = |r: &&Value| r["method"] == "GET" && r["target"].as_str().unwrap().contains(SECOND);
    assert_eq!(world.requests().iter().filter(by_one).count(), 1, "add alone has asked for it by its ID");
    story.meanwhile("the same once more");
    assert_eq!(story.run(&["apply", &path]).code, 0);
    assert_eq!(world.patches(), 2);
    let reads = asked(&world, "GET");
    assert_eq!(story.run(&["undo"]).code, 0);
    assert_eq!(asked(&world, "GET") - reads, pages, "the undo reads what the batch did");
    assert_eq!([world.name(FIRST), world.name(SECOND)], before);
    story.run(&["history"]);
    story.ends("apply");
}

#[test]
fn every_mistake_in_a_plan_is_told_with_its_line_and_nothing_is_sent() {
    let world = world();
    world.configure("[profiles.other]\nlabel = \"OTHER\"");
    let mut story = Story::of(&world);
    let bad = format!(
        "id,name,profile\n{FIRST},fine,\n{FIRST},twice,default\nzzzz-1,unknown,\nc9,short,\n{SECOND},,\n{NOBODY},a\u{202e}b,\n{NOBODY}\nhttps://example.com/x?st=MARKER,x,\n{NOBODY},not ours,other\n"
    );
    let path = plan(&world, &bad);
    let reads = world.requests().len();
    for line in [&["apply", &path][..], &["apply", &path, "--dry-run"], &["apply", &path, "--json"]] {
        let ran = story.run(line);
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(!format!("{ran:?}").contains("MARKER"), "{ran:?}");
    }
    for text in ["", "[]", "{\"sessions\": 7}", "[{\"id\": 7}]"] {
        story.meanwhile(&format!("a plan that holds {text:?}"));
        plan(&world, text);
        assert_eq!(story.run(&["apply", &path]).code, 2);
    }
    assert_eq!(story.run(&["apply", "no-such-file"]).code, 2);
    assert_eq!(story.run(&["--read-only", "apply", &path]).code, 2);
    assert_eq!(world.requests().len(), reads);
    story.ends("apply-mistakes");
}

#[test]
fn a_draft_bars_its_row_unless_it_is_the_same_name_and_doubles_are_pointed_out() {
    let world = world();
    let draft = |text: &str| {
        let draft = Draft {
            key: Key { profile: Profile::new("default"), id: SessionId::new(FIRST) },
            workspace: WorkspaceId::new("default"),
            text: text.to_owned(),
            account: Some(Account::new(JO)),
            host: Host::new(world.base.trim_start_matches("http://")),
            at: Stamp::from_micros(1),
        };
        block(open(&world).call(StoreCall::SaveDraft(draft))).unwrap();
    };
    let mut story = Story::of(&world);
    let path = plan(&world, &format!("{FIRST},paypal\n{SECOND},p\u{430}ypal\n"));
    draft("something else");
    assert_eq!(story.run(&["apply", &path, "--dry-run"]).code, 2);
    assert_eq!(story.run(&["apply", &path]).code, 2);
    assert_eq!(world.patches(), 0);
    let key = Key { profile: Profile::new("default"), id: SessionId::new(FIRST) };
    block(open(&world).call(StoreCall::DropDraft(key))).unwrap();
    draft("paypal");
    story.meanwhile("the draft holds the same name");
    assert_eq!(story.run(&["apply", &path, "--dry-run"]).code, 0);
    assert_eq!(story.run(&["apply", &path]).code, 0);
    assert_eq!(world.name(FIRST).as_deref(), Some("paypal"));
    assert!(!run(&world, &["list"]).out.contains("draft"));
    story.ends("apply-warnings");
}

#[test]
fn plans_come_from_a_pipe_from_json_and_from_what_list_and_export_print() {
    let world = world();
    let text = format!("[{{\"session\": \"{FIRST}\", \"name\": \"from a pipe\"}}]");
    let ran = run_with(&world, &["apply", "-", "--json"], &text);
    assert_eq!(ran.code, 0, "{ran:?}");
    let told = document(&ran);
    assert_eq!((&told["command"], &told["errors"]), (&json!("apply"), &json!([])));
    assert_eq!((&told["plan"][0]["line"], &told["plan"][0]["to"]), (&json!(1), &json!("from a pipe")));
    assert_eq!(told["sessions"][0]["name"], "from a pipe");
    assert_eq!(
        (&told["entries"][0]["state"], &told["entries"][0]["to"]),
        (&json!("saved"), &json!("from a pipe"))
    );
    let dry = run_with(&world, &["apply", "-", "--json", "--dry-run"], &text.replace("pipe", "tap"));
    assert_eq!((dry.code, &document(&dry)["plan"][0]["verdict"]), (0, &json!("renames")));
    for (line, name) in [
        (&["list", "--json"][..], "from a list"),
        (&["export"], "from an export"),
        (&["export", "sessions", "--format", "csv"], "as a table"),
    ] {
        let now = world.name(FIRST).unwrap();
        let text = run(&world, line).out;
        let same = run_with(&world, &["apply", "-"], &text);
        assert_eq!((same.code, same.out.as_str()), (0, ""), "nothing has changed: {same:?}");
        let ran = run_with(&world, &["apply", "-"], &text.replace(&now, name));
        assert_eq!(ran.code, 0, "{line:?}: {ran:?}");
        assert_eq!(world.name(FIRST).as_deref(), Some(name));
    }
    assert_eq!(world.patches(), 4);
}

#[test]
fn a_session_that_is_known_nowhere_is_found_by_the_walk_or_asked_for_once() {
    let world = World::new();
    sign_in(&world);
    let sessions = block(crate::common::ask(&world.base, "sessions"));
    let home = &sessions.iter().find(|s| s["id"] == FIRST).unwrap()["workspace"];
    // One of another workspace, which the walk over the default one does not bring but a GET by its ID may not either.
    let path = plan(&world, &format!("{FIRST},found\n{NOBODY},for nobody\n"));
    let mut story = Story::of(&world);
    assert_eq!(story.run(&["apply", &path, "--dry-run"]).code, 0);
    assert_eq!(story.run(&["apply", &path]).code, 6);
    assert_eq!(world.name(FIRST).as_deref(), Some("found"), "in {home}");
    assert_eq!(run(&world, &["list"]).out.lines().count(), 1, "what nobody has is not in the list");
    assert_eq!(story.run(&["undo"]).code, 0);
    story.ends("apply-unknown");
}

#[test]
fn a_batch_exits_by_what_befell_it_and_says_where_each_name_is() {
    let world = world();
    let path = plan(&world, &format!("{FIRST},one\n{SECOND},two\n"));
    let mut story = Story::of(&world);
    let both = |first: u16, second: u16| json!([{"method": "PATCH", "path": FIRST, "status": first}, {"method": "PATCH", "path": SECOND, "status": second}]);
    for (first, second, code) in [(403, 403, 5), (404, 404, 6), (400, 400, 1), (403, 404, 1)] {
        story.meanwhile(&format!("the PATCHes are answered with {first} and {second}"));
        world.control("faults", both(first, second));
        assert_eq!(story.run(&["apply", &path]).code, code);
    }
    story.meanwhile("somebody else renames one");
    world.control("rename", json!({"id": SECOND, "name": "theirs"}));
    assert_eq!(story.run(&["apply", &path]).code, 8);
    assert_eq!([world.name(FIRST), world.name(SECOND)].map(Option::unwrap), ["one", "theirs"]);
    story.meanwhile("the list knows the new name now");
    let ran = story.run(&["apply", &path, "--json"]);
    assert_eq!((ran.code, document(&ran)["entries"].as_array().unwrap().len()), (0, 1));
    story.ends("apply-failures");
}

#[test]
fn nobody_signed_in_is_three_an_unreachable_server_seven_and_nothing_is_written() {
    let world = World::new();
    let path = plan(&world, &format!("{FIRST},one\n"));
    let mut story = Story::of(&world);
    assert_eq!(story.run(&["apply", &path]).code, 3);
    assert!(world.requests().is_empty());
    sign_in(&world);
    story.meanwhile("the list cannot be read");
    world.control("faults", json!([{"method": "GET", "times": 9, "delivery": "reset"}]));
    assert_eq!(story.run(&["apply", &path]).code, 7);
    assert_eq!((world.patches(), settled(&world)), (0, (std::collections::BTreeMap::new(), 0)));
    story.ends("apply-unreachable");
}

#[test]
fn a_sign_in_that_is_lost_in_the_middle_leaves_the_names_in_the_journal() {
    let world = world();
    let (ids, path) = grown(&world, 6);
    world.control("faults", json!([{"method": "PATCH", "times": 99, "status": 401}]));
    let ran = run(&world, &["apply", &path]);
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(ran.err.contains("6 left in the journal"), "{}", ran.err);
    assert_eq!(settled(&world).1, ids.len());
}

#[test]
fn a_missing_permission_stops_all_of_it() {
    let world = world();
    let (_, path) = grown(&world, 12);
    world.control("policy", json!({"grants": ["SecurityCopilotWorkspaces.Read.All"]}));
    world.control("expire-tokens", json!({}));
    let ran = run(&world, &["apply", &path]);
    assert_eq!(ran.code, 5, "{ran:?}");
    assert!(world.patches() < 12, "the first answers have told: {}", world.patches());
    assert_eq!(ran.err.matches("lacks the permission").count(), 12, "every row says why: {}", ran.err);
}

#[test]
fn a_protected_profile_wants_its_label_and_no_other() {
    let world = World::new();
    world.configure("[profiles.contoso]\nprotected = true\nlabel = \"PROD\"");
    let path = plan(&world, &format!("{FIRST},one\n"));
    let mut story = Story::of(&world);
    assert_eq!(story.run(&["--profile", "contoso", "apply", &path, "--dry-run"]).code, 0);
    assert_eq!(story.run(&["--profile", "contoso", "apply", &path]).code, 2);
    assert_eq!(story.run(&["--profile", "contoso", "apply", &path, "--yes", "TEST"]).code, 2);
    assert_eq!(story.run(&["apply", &path, "--yes", "PROD"]).code, 2, "another profile's label");
    // Agreed to; that nobody is signed in comes after it.
    assert_eq!(story.run(&["--profile", "contoso", "apply", &path, "--yes", "PROD"]).code, 3);
    assert!(world.requests().is_empty());
    story.ends("apply-protected");
}

#[cfg(unix)]
#[test]
fn a_ctrl_c_in_the_middle_sends_nothing_more_and_keeps_the_rest_as_drafts() {
    let world = world();
    let (ids, path) = grown(&world, 20);
    world
        .control("faults", json!([{"method": "PATCH", "path": ids[5], "status": 429, "retry_after": "600"}]));
    let child = retitle(&world, &["apply", &path]).spawn().unwrap();
    // The pause is in the library once the answer was taken in; from then on nothing moves.
    let gates = || {
        let host = Host::new(world.base.trim_start_matches("http://"));
        let call = StoreCall::Peek { profiles: vec![Profile::new("default")], host };
        match block(open(&world).call(call)).unwrap() {
            retitle::core::store::StoreReply::Loaded(snapshot) => snapshot.gates.len(),
            other => panic!("{other:?}"),
        }
    };
    while gates() == 0 {
        std::thread::yield_now();
    }
    let killed = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    let ran = Ran::from(child.wait_with_output().unwrap());
    silent(&world, &ran);
    assert_eq!(ran.code, 1, "{ran:?}");
    let (saved, waiting) = settled(&world);
    assert_eq!((ran.out.lines().count(), waiting), (saved.len(), 0), "{ran:?}");
    assert!(saved.len() < ids.len());
    let drafts = run(&world, &["list", "--filter", "is:draft"]);
    assert_eq!(drafts.out.lines().count(), ids.len() - saved.len(), "{ran:?}");
}

#[test]
fn a_row_that_a_running_copy_is_at_work_on_goes_after_it() {
    let world = world();
    let other = open(&world);
    let wanted = Wanted { id: FIRST.to_owned(), from: world.name(FIRST), to: "by the other copy".to_owned() };
    // `queue` opens a copy of its own; what it left waits, and the one that lives takes it over.
    queue(&world, &[wanted]);
    let host = Host::new(world.base.trim_start_matches("http://"));
    block(other.call(StoreCall::Load { profiles: vec![Profile::new("default")], host })).unwrap();
    let path = plan(&world, &format!("{FIRST},by the plan\n{SECOND},beside it\n"));
    let dry = run(&world, &["apply", &path, "--dry-run"]);
    assert!(dry.out.contains("another name of it waits in the journal"), "{dry:?}");
    let child = retitle(&world, &["apply", &path]).spawn().unwrap();
    while world.name(SECOND).as_deref() != Some("beside it") {
        std::thread::yield_now();
    }
    assert_ne!(world.name(FIRST).as_deref(), Some("by the plan"), "not while the other has the turn");
    drop(other);
    let ran = Ran::from(child.wait_with_output().unwrap());
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(world.name(FIRST).as_deref(), Some("by the plan"));
}

//! Several copies on one library, and the journal as history.

use std::time::Duration;

use rusqlite::Connection;
use tempfile::TempDir;

use super::SqliteLibrary;
use super::tests::{NOW, Shelf, block, host, intent, profile, session};
use crate::core::session::Session;
use crate::core::store::{
    Deed, Entry, EntryId, EntryState, Intent, Newest, Outcome, StoreCall, StoreReply, Turn,
};
use crate::core::time::Stamp;
use crate::core::title::NewName;
use crate::ports::Library;

fn commit(library: &SqliteLibrary, intent: Intent) -> (EntryId, bool) {
    let session = session(intent.key.id.as_str());
    match block(library.call(StoreCall::Commit { intent, session, in_flight: None })).unwrap() {
        StoreReply::Committed { entry, turn } => (entry, turn),
        other => panic!("{other:?}"),
    }
}

fn claim(library: &SqliteLibrary, entry: EntryId) -> Turn {
    match block(library.call(StoreCall::Claim(entry))).unwrap() {
        StoreReply::Turn(turn) => turn,
        other => panic!("{other:?}"),
    }
}

fn load(library: &SqliteLibrary) -> Vec<EntryId> {
    match block(library.call(StoreCall::Load { profiles: vec![profile()], host: host() })).unwrap() {
        StoreReply::Loaded(snapshot) => snapshot.unsettled.iter().map(|u| u.entry).collect(),
        other => panic!("{other:?}"),
    }
}

fn settle(library: &SqliteLibrary, entry: EntryId, outcome: Outcome) {
    let session = Session { name: Some("n".into()), ..session("a") };
    block(library.call(StoreCall::Settle { entry, outcome, session, at: NOW })).unwrap();
}

fn saved(stored: Option<&str>) -> Outcome {
    Outcome::Saved { stored: stored.map(Into::into), request_id: Some("r-1".into()) }
}

fn entries(library: &SqliteLibrary, call: StoreCall) -> Vec<Entry> {
    match block(library.call(call)).unwrap() {
        StoreReply::Entries(entries) => entries,
        other => panic!("{other:?}"),
    }
}

fn find(library: &SqliteLibrary, what: Newest) -> Vec<i64> {
    entries(library, StoreCall::Find { profiles: vec![profile()], host: host(), what })
        .iter()
        .map(|e| e.entry.0)
        .collect()
}

fn other(shelf: &Shelf) -> SqliteLibrary {
    SqliteLibrary::open(&shelf.path(), NOW).unwrap().library
}

#[test]
fn what_a_living_copy_carries_out_is_nobody_else_s_and_what_a_dead_one_did_is_anybody_s() {
    let shelf = Shelf::new();
    let two = other(&shelf);
    let (entry, turn) = commit(&shelf.library, intent("a", "one"));
    assert!(turn);
    assert!(load(&two).is_empty());
    // Another mark without a lock is what a kill leaves.
    let raw = Connection::open(shelf.path()).unwrap();
    raw.execute("UPDATE journal SET claimed_by = '3b241101-e2bb-4255-8caf-4136c566a962'", []).unwrap();
    assert_eq!(load(&two), [entry]);
    assert!(load(&two).is_empty(), "claimed once, told once");
    assert!(load(&shelf.library).is_empty());
    raw.execute("UPDATE journal SET claimed_by = '3b241101-e2bb-4255-8caf-4136c566a962'", []).unwrap();
    let (_, turn) = commit(&two, intent("a", "another"));
    assert!(turn, "a dead copy keeps nobody from a session");
}

#[test]
fn a_copy_that_leaves_in_order_leaves_its_work_to_the_others() {
    let shelf = Shelf::new();
    let two = other(&shelf);
    let (entry, _) = commit(&two, intent("a", "one"));
    assert!(load(&shelf.library).is_empty());
    drop(two);
    assert_eq!(load(&shelf.library), [entry]);
}

#[test]
fn a_second_copy_waits_for_its_turn_on_a_session_and_hears_how_the_first_ended() {
    let shelf = Shelf::new();
    let two = other(&shelf);
    let (first, _) = commit(&shelf.library, intent("a", "one"));
    let (second, turn) = commit(&two, intent("a", "two"));
    assert!(!turn, "one copy a session at a time");
    assert!(commit(&two, intent("b", "elsewhere")).1, "other sessions are free");
    assert_eq!(claim(&two, second), Turn::NotYet);
    assert_eq!(claim(&two, first), Turn::NotYet);
    settle(&shelf.library, first, saved(Some("one")));
    assert_eq!(claim(&two, first), Turn::Ended(saved(Some("one"))));
    let Turn::Yours { earlier } = claim(&two, second) else { panic!() };
    assert_eq!(earlier, ["one"], "finding it there is no surprise");
    assert_eq!(claim(&shelf.library, second), Turn::NotYet);
    assert_eq!(claim(&two, EntryId(99)), Turn::Gone);
}

#[test]
fn the_first_copy_takes_the_second_s_newer_name_along_when_it_reads_the_library_again() {
    let shelf = Shelf::new();
    let two = other(&shelf);
    commit(&shelf.library, intent("a", "one"));
    let (second, _) = commit(&two, intent("a", "two"));
    assert_eq!(load(&shelf.library), [second]);
    assert_eq!(claim(&two, second), Turn::NotYet);
}

#[tokio::test]
async fn a_change_by_another_copy_is_told_and_one_s_own_is_not() {
    let shelf = Shelf::new();
    let two = other(&shelf);
    let heard = shelf.library.changed();
    let call = |intent: Intent| StoreCall::Commit { session: session("a"), intent, in_flight: None };
    shelf.library.call(call(intent("a", "own"))).await.unwrap();
    two.call(call(intent("b", "other"))).await.unwrap();
    tokio::time::timeout(Duration::from_secs(10), heard).await.expect("told");
    // The other copy heard of the first write, and of nothing since.
    tokio::time::timeout(Duration::from_secs(10), two.changed()).await.expect("told");
    let silence = tokio::time::timeout(Duration::from_millis(300), two.changed()).await;
    assert!(silence.is_err(), "a copy is not told of its own write");
}

#[test]
fn undo_finds_the_newest_that_is_not_undone_and_redo_the_newest_that_nothing_followed() {
    let shelf = Shelf::new();
    let library = &shelf.library;
    let (first, _) = commit(library, intent("a", "one"));
    settle(library, first, saved(Some("one")));
    let (second, _) = commit(library, intent("b", "two"));
    assert_eq!(find(library, Newest::ToUndo), [first.0], "what is not saved cannot be taken back");
    settle(library, second, saved(Some("two")));
    assert_eq!(find(library, Newest::ToUndo), [second.0]);
    let undo = Intent { deed: Deed::Undo(second), to: NewName::restored(None::<&str>), ..intent("b", "x") };
    let (undo, _) = commit(library, undo);
    assert_eq!(find(library, Newest::ToUndo), [first.0], "one under way counts");
    settle(library, undo, Outcome::Failed { why: "no".into(), request_id: None });
    assert_eq!(find(library, Newest::ToUndo), [second.0], "one that failed stays available");
    let again = Intent { deed: Deed::Undo(second), to: NewName::restored(None::<&str>), ..intent("b", "x") };
    let (again, _) = commit(library, again);
    settle(library, again, saved(None));
    assert_eq!(find(library, Newest::ToRedo), [again.0]);
    let history = entries(library, StoreCall::History { profiles: vec![profile()], host: host(), most: 10 });
    let undone: Vec<_> = history.iter().filter(|e| e.undone).map(|e| e.entry).collect();
    assert_eq!(undone, [second]);
    assert_eq!(history[0].intent.to.as_deref(), None, "an undo can take a name away");
    let (later, _) = commit(library, intent("b", "three"));
    settle(library, later, saved(Some("three")));
    assert!(find(library, Newest::ToRedo).is_empty(), "a rename has followed");
}

#[test]
fn every_name_since_the_last_confirmed_one_may_be_on_the_server() {
    let shelf = Shelf::new();
    let at = |n: i64, name: &str| Intent { at: Stamp::from_micros(n), ..intent("a", name) };
    for (n, name) in [(1, "long ago"), (2, "confirmed"), (3, "cut off"), (4, "cut off too"), (5, "now")] {
        let (entry, _) = commit(&shelf.library, at(n, name));
        if n <= 2 {
            settle(&shelf.library, entry, saved(Some(name)));
        }
    }
    let shelf = shelf.reopen();
    let earlier = shelf.load().unsettled[0].earlier.clone();
    // The helper settles at a later time than all were made, so the first is among them.
    for name in ["confirmed", "cut off", "cut off too"] {
        assert!(earlier.contains(&name.to_owned()), "{name} is missing in {earlier:?}");
    }
}

#[test]
fn a_batch_is_found_whole() {
    let shelf = Shelf::new();
    for id in ["a", "b", "c"] {
        let (entry, _) = commit(&shelf.library, Intent { batch: Some(7), ..intent(id, "n") });
        settle(&shelf.library, entry, if id == "b" { Outcome::Cancelled } else { saved(Some("n")) });
    }
    let library = &shelf.library;
    assert_eq!(find(library, Newest::ToUndo), [1, 3], "only what succeeded");
    let (alone, _) = commit(library, intent("d", "n"));
    settle(library, alone, saved(Some("n")));
    assert_eq!(find(library, Newest::ToUndo), [alone.0]);
    assert_eq!(find(library, Newest::OfBatch(7)), [1, 3], "whatever came after it");
    assert_eq!(find(library, Newest::Batch), [1, 2, 3], "all of it, whatever became of it");
    let (undo, _) = commit(library, Intent { deed: Deed::Undo(EntryId(1)), ..intent("a", "x") });
    settle(library, undo, saved(Some("x")));
    assert_eq!((find(library, Newest::OfBatch(7)), find(library, Newest::OfBatch(8))), (vec![3], vec![]));
    let (newer, _) = commit(library, Intent { batch: Some(9), ..intent("e", "n") });
    assert_eq!(find(library, Newest::Batch), [newer.0], "and still under way");
}

#[test]
fn old_entries_are_forgotten_but_never_what_waits_or_is_being_taken_back() {
    let shelf = Shelf::new();
    let library = &shelf.library;
    let old = |id: &str| Intent { at: Stamp::from_micros(5), ..intent(id, "n") };
    let (done, _) = commit(library, old("a"));
    settle(library, done, saved(Some("n")));
    let (taken, _) = commit(library, old("b"));
    settle(library, taken, saved(Some("n")));
    let (waits, _) = commit(library, old("c"));
    let (undo, _) = commit(library, Intent { deed: Deed::Undo(taken), ..intent("b", "x") });
    block(library.call(StoreCall::Forget { before: Stamp::from_micros(6) })).unwrap();
    let history = entries(library, StoreCall::History { profiles: vec![profile()], host: host(), most: 10 });
    let left: Vec<_> = history.iter().map(|e| e.entry).collect();
    assert_eq!(left, [undo, waits, taken]);
    assert!(matches!(history[0].state, EntryState::Waiting));
}

#[test]
fn a_gate_is_seen_by_every_copy_and_never_opens_early() {
    let shelf = Shelf::new();
    let two = other(&shelf);
    for until in [50, 40] {
        let call =
            StoreCall::CloseGate { host: host(), tenant: "t".into(), until: Stamp::from_micros(until) };
        block(shelf.library.call(call)).unwrap();
    }
    let reply = block(two.call(StoreCall::Load { profiles: vec![profile()], host: host() })).unwrap();
    let StoreReply::Loaded(snapshot) = reply else { panic!() };
    assert_eq!(snapshot.gates, [("t".to_owned(), Stamp::from_micros(50))]);
}

#[test]
fn a_library_of_the_first_format_is_brought_up_to_date_with_all_that_is_in_it() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("library.db");
    let old = Connection::open(&path).unwrap();
    old.execute_batch(super::schema::FIRST).unwrap();
    old.pragma_update(None, "user_version", 1).unwrap();
    old.execute(
        "INSERT INTO journal (id, profile, session, workspace, host, from_name, to_name, state, made_at)
         VALUES (41, 'default', 'a', 'w', ?1, 'f', 'waiting name', 'waiting', 4)",
        [host().as_str()],
    )
    .unwrap();
    drop(old);
    let library = SqliteLibrary::open(&path, NOW).unwrap().library;
    assert_eq!(load(&library), [EntryId(41)]);
    assert_eq!(commit(&library, intent("b", "n")).0, EntryId(42), "numbers go on");
}

#[test]
fn who_only_looks_takes_nothing_over_and_makes_nothing() {
    let shelf = Shelf::new();
    assert!(SqliteLibrary::open_existing(&shelf.path().with_file_name("none.db")).is_none());
    assert!(!shelf.path().with_file_name("none.db").exists());
    let gone = other(&shelf);
    let (entry, _) = commit(&gone, intent("a", "one"));
    drop(gone);
    let looker = SqliteLibrary::open_existing(&shelf.path()).unwrap();
    match block(looker.call(StoreCall::Peek { profiles: vec![profile()], host: host() })).unwrap() {
        StoreReply::Loaded(snapshot) => {
            assert_eq!((snapshot.sessions.len(), snapshot.unsettled.len()), (1, 0));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(load(&shelf.library), [entry], "it is still anybody's");
}

#[test]
fn a_bulk_that_is_stopped_ends_what_waits_for_another_copy_and_not_what_that_has_taken_over() {
    let shelf = Shelf::new();
    let two = other(&shelf);
    commit(&shelf.library, intent("a", "one"));
    let (waits, _) = commit(&two, intent("a", "two"));
    let (theirs, _) = commit(&shelf.library, intent("b", "three"));
    let stop = |entry| {
        let entries = vec![(entry, session("a"))];
        let call = StoreCall::SettleAll { entries, outcome: Outcome::Stopped, at: NOW };
        block(two.call(call)).unwrap();
    };
    stop(waits);
    assert_eq!(claim(&two, waits), Turn::Ended(Outcome::Cancelled));
    stop(theirs);
    assert_eq!(claim(&two, theirs), Turn::NotYet, "who carries it out ends it");
}

#[test]
fn a_copy_reads_of_another_copys_changes_only_what_is_new() {
    let ours = Shelf::new();
    let theirs = SqliteLibrary::open(&ours.path(), NOW).unwrap().library;
    let remember = |library: &SqliteLibrary, ids: &[&str]| {
        let sessions = ids.iter().map(|id| session(id)).collect();
        block(library.call(StoreCall::Remember(sessions))).unwrap();
    };
    let changes = || {
        let call = StoreCall::Changes { profiles: vec![profile()], host: host() };
        let StoreReply::Loaded(snapshot) = block(ours.library.call(call)).unwrap() else { panic!() };
        let mut ids: Vec<String> = snapshot.sessions.iter().map(|s| s.key.id.as_str().to_owned()).collect();
        ids.sort();
        ids.join(" ")
    };
    remember(&ours.library, &["a", "b", "c"]);
    assert_eq!(ours.load().sessions.len(), 3);
    assert_eq!(changes(), "", "what was read is not read again");
    remember(&theirs, &["b", "d"]);
    assert_eq!(changes(), "b d");
    remember(&ours.library, &["a"]);
    assert_eq!(changes(), "", "nor what was written here");
    // The newest row goes, and another change takes place: its number must not be one that is known.
    block(theirs.call(StoreCall::Unlist(session("d").key))).unwrap();
    remember(&theirs, &["c"]);
    assert_eq!(changes(), "c");
}

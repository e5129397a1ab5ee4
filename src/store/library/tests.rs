use super::*;
use crate::core::session::{Account, Host, Key, Presence, Profile, Session, SessionId, WorkspaceId};
use crate::core::store::{Deed, Draft, EntryId, Intent, Outcome, Snapshot};
use crate::core::title::Title;
use tempfile::TempDir;

pub(super) const NOW: Stamp = Stamp::from_micros(1_800_000_000_000_000);

pub(super) struct Shelf {
    dir: TempDir,
    pub(super) library: SqliteLibrary,
}

impl Shelf {
    pub(super) fn new() -> Self {
        let dir = TempDir::new().unwrap();
        let library = SqliteLibrary::open(&dir.path().join("library.db"), NOW).unwrap().library;
        Self { dir, library }
    }

    pub(super) fn path(&self) -> PathBuf {
        self.dir.path().join("library.db")
    }

    pub(super) fn reopen(self) -> Self {
        let Self { dir, library } = self;
        drop(library);
        let library = SqliteLibrary::open(&dir.path().join("library.db"), NOW).unwrap().library;
        Self { dir, library }
    }

    fn call(&self, call: StoreCall) -> Result<StoreReply, Fault> {
        block(self.library.call(call))
    }

    pub(super) fn load(&self) -> Snapshot {
        let reply = self.call(StoreCall::Load { profiles: vec![profile()], host: host() }).unwrap();
        let StoreReply::Loaded(snapshot) = reply else { panic!("{reply:?}") };
        snapshot
    }

    fn commit(&self, id: &str, name: &str, in_flight: Option<EntryId>) -> EntryId {
        let call = StoreCall::Commit { intent: intent(id, name), session: session(id), in_flight };
        let reply = self.call(call).unwrap();
        let StoreReply::Committed { entry, .. } = reply else { panic!("{reply:?}") };
        entry
    }

    fn settle(&self, entry: EntryId, outcome: Outcome, name: &str) {
        let session = Session { name: Some(name.into()), ..session("a") };
        self.call(StoreCall::Settle { entry, outcome, session, at: NOW }).unwrap();
    }
}

pub(super) fn block<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

pub(super) fn profile() -> Profile {
    Profile::new("default")
}

pub(super) fn host() -> Host {
    Host::new("graph.microsoft.com")
}

fn key(id: &str) -> Key {
    Key { profile: profile(), id: SessionId::new(id) }
}

pub(super) fn session(id: &str) -> Session {
    Session {
        key: key(id),
        workspace: WorkspaceId::new("default"),
        name: Some("old".into()),
        created: Some(Stamp::from_micros(1)),
        modified: None,
        presence: Presence::Here,
        seen: Some(Stamp::from_micros(3)),
        opened: Some(Stamp::from_micros(4)),
        ours: None,
        pinned: false,
        account: Some(Account::new("t.o")),
        host: host(),
    }
}

pub(super) fn intent(id: &str, name: &str) -> Intent {
    Intent {
        key: key(id),
        workspace: WorkspaceId::new("default"),
        from: Some("old".into()),
        deed: Deed::Rename,
        batch: None,
        to: Title::parse(name).unwrap().into(),
        account: Some(Account::new("t.o")),
        host: host(),
        at: NOW,
    }
}

fn draft(id: &str, text: &str, at: i64) -> Draft {
    Draft {
        key: key(id),
        workspace: WorkspaceId::new("default"),
        text: text.into(),
        account: None,
        host: host(),
        at: Stamp::from_micros(at),
    }
}

fn waiting(shelf: &Shelf) -> Vec<(EntryId, String)> {
    shelf.load().unsettled.into_iter().map(|u| (u.entry, u.intent.to.words().to_owned())).collect()
}

#[test]
fn a_committed_name_outlives_a_restart_with_everything_that_is_needed_to_send_it() {
    let shelf = Shelf::new();
    let entry = shelf.commit("a", "new name", None);
    let shelf = shelf.reopen();
    let snapshot = shelf.load();
    assert_eq!(snapshot.sessions, [session("a")]);
    assert_eq!(
        snapshot.unsettled,
        [crate::core::store::Unsettled { entry, intent: intent("a", "new name"), earlier: Vec::new() }]
    );
}

#[test]
fn a_commit_takes_the_place_of_the_draft_and_of_older_unsent_names_but_not_of_the_one_in_flight() {
    let shelf = Shelf::new();
    shelf.call(StoreCall::SaveDraft(draft("a", "typing", 5))).unwrap();
    let first = shelf.commit("a", "first", None);
    shelf.commit("a", "second", Some(first));
    let third = shelf.commit("a", "third", Some(first));
    shelf.commit("b", "other row", None);
    assert!(shelf.load().drafts.is_empty());
    let shelf = shelf.reopen();
    let open = shelf.load().unsettled;
    let names: Vec<_> = open.iter().map(|u| u.intent.to.words()).collect();
    assert_eq!(names, ["first", "third", "other row"]);
    assert_eq!(open[1].earlier, ["second", "first"], "it may have been on its way");
    let outcome = Outcome::Saved { stored: Some("FIRST".into()), request_id: None };
    shelf.settle(first, outcome, "FIRST");
    let shelf = shelf.reopen();
    assert_eq!(shelf.load().unsettled[0].earlier, ["second", "FIRST"], "it arrived after the third was made");
    assert!(third > first);
}

#[test]
fn an_entry_ends_once_and_words_that_failed_become_the_draft() {
    let shelf = Shelf::new();
    let entry = shelf.commit("a", "words", None);
    shelf.settle(entry, Outcome::Failed { why: "403".into(), request_id: None }, "old");
    assert!(waiting(&shelf).is_empty());
    assert_eq!(shelf.load().drafts[0].text, "words");
    shelf.call(StoreCall::DropDraft(key("a"))).unwrap();
    shelf.settle(entry, Outcome::Cancelled, "old");
    assert!(shelf.load().drafts.is_empty(), "the second ending changes nothing");
}

#[test]
fn words_that_failed_do_not_overwrite_words_typed_since() {
    let shelf = Shelf::new();
    let entry = shelf.commit("a", "older words", None);
    shelf.call(StoreCall::SaveDraft(draft("a", "newer words", NOW.micros() + 1))).unwrap();
    shelf.settle(entry, Outcome::Failed { why: "x".into(), request_id: None }, "old");
    assert_eq!(shelf.load().drafts[0].text, "newer words");
}

#[test]
fn a_saved_entry_leaves_the_name_that_the_server_returned() {
    let shelf = Shelf::new();
    let entry = shelf.commit("a", " typed ", None);
    let outcome = Outcome::Saved { stored: Some("stored".into()), request_id: Some("r".into()) };
    shelf.settle(entry, outcome, "stored");
    let snapshot = shelf.reopen().load();
    assert_eq!(snapshot.sessions[0].name.as_deref(), Some("stored"));
    assert!(snapshot.unsettled.is_empty() && snapshot.drafts.is_empty());
}

#[test]
fn an_older_draft_never_overwrites_a_newer_one() {
    let shelf = Shelf::new();
    shelf.call(StoreCall::SaveDraft(draft("a", "newer", 9))).unwrap();
    shelf.call(StoreCall::SaveDraft(draft("a", "older", 8))).unwrap();
    assert_eq!(shelf.load().drafts[0].text, "newer");
}

#[test]
fn only_sessions_that_were_acted_on_are_kept_and_other_places_stay_apart() {
    let shelf = Shelf::new();
    let seen_only = Session { opened: None, ..session("seen") };
    let elsewhere = Session { host: Host::new("127.0.0.1:1"), ..session("elsewhere") };
    shelf.call(StoreCall::Remember(vec![seen_only, elsewhere, session("a")])).unwrap();
    let keys: Vec<_> = shelf.load().sessions.into_iter().map(|s| s.key).collect();
    assert_eq!(keys, [key("a")]);
}

#[test]
fn calls_are_carried_out_in_order_even_if_nobody_waits_for_the_answers() {
    let shelf = Shelf::new();
    for n in 0..50 {
        drop(shelf.library.call(StoreCall::SaveDraft(draft("a", &format!("text {n}"), n))));
    }
    assert_eq!(shelf.load().drafts[0].text, "text 49");
}

#[test]
fn two_copies_share_one_library() {
    let shelf = Shelf::new();
    let other = SqliteLibrary::open(&shelf.path(), NOW).unwrap().library;
    std::thread::scope(|scope| {
        for (library, name) in [(&shelf.library, "x"), (&other, "y")] {
            scope.spawn(move || {
                for n in 0..30 {
                    let id = format!("{name}{n}");
                    let call = StoreCall::Commit {
                        intent: intent(&id, "n"),
                        session: session(&id),
                        in_flight: None,
                    };
                    block(library.call(call)).unwrap();
                }
            });
        }
    });
    assert!(waiting(&shelf).is_empty(), "each copy carries its own out");
    drop(other);
    assert_eq!(waiting(&shelf.reopen()).len(), 60);
}

#[test]
fn an_unreadable_file_is_set_aside_and_said_to_be() {
    for garbage in [b"this is not a database at all, whatever its name says".repeat(40), vec![0xff; 4096]] {
        let dir = TempDir::new().unwrap();
        let path = dir.path().join("library.db");
        std::fs::write(&path, &garbage).unwrap();
        let opened = SqliteLibrary::open(&path, NOW).unwrap();
        let notice = opened.notice.unwrap();
        let aside = dir.path().join(format!("library.db.bad-{}", NOW.to_rfc3339().replace(':', "")));
        assert!(notice.contains("library.db.bad-"), "{notice}");
        assert_eq!(std::fs::read(aside).unwrap(), garbage, "nothing of it is lost");
    }
}

#[test]
fn a_file_of_a_newer_retitle_is_left_alone() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("library.db");
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let before = std::fs::read(&path).unwrap();
    let fault = SqliteLibrary::open(&path, NOW).unwrap_err();
    assert!(fault.say.contains("newer retitle (format 99)"), "{}", fault.say);
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn a_full_disk_refuses_the_whole_call_and_says_so() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("library.db");
    let connection = connect(&path).unwrap();
    let pages: i64 = connection.pragma_query_value(None, "page_count", |r| r.get(0)).unwrap();
    connection.pragma_update(None, "max_page_count", pages).unwrap();
    let shelf = Shelf { library: SqliteLibrary::serve(connection, &path).unwrap(), dir };
    let long = "x".repeat(3_000);
    let mut refused = None;
    for n in 0..50 {
        let id = format!("id{n}");
        let before = shelf.load();
        let call = StoreCall::Commit { intent: intent(&id, &long), session: session(&id), in_flight: None };
        if let Err(fault) = shelf.call(call) {
            assert_eq!(shelf.load(), before, "nothing of a refused call is there");
            refused = Some(fault);
            break;
        }
    }
    let fault = refused.expect("the disk fills up");
    assert_eq!(fault.kind, FaultKind::Disk);
    assert!(fault.say.contains("full"), "{}", fault.say);
}

#[cfg(unix)]
#[test]
fn the_files_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let shelf = Shelf::new();
    shelf.commit("a", "n", None);
    for entry in std::fs::read_dir(shelf.dir.path()).unwrap() {
        let entry = entry.unwrap();
        let meta = entry.metadata().unwrap();
        let private = if meta.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(meta.permissions().mode() & 0o777, private, "{:?}", entry.file_name());
    }
}

#[test]
fn the_first_rows_come_in_the_lists_own_order_and_say_that_there_are_more() {
    let shelf = Shelf::new();
    let moment = |n: i64| Some(Stamp::from_micros(n));
    let row = |id: &str, modified, pinned| Session { modified, pinned, ..session(id) };
    let rows = vec![
        row("never", None, false),
        row("old", moment(1), false),
        row("b", moment(5), false),
        row("a", moment(5), false),
        row("pinned", moment(2), true),
    ];
    shelf.call(StoreCall::Remember(rows.clone())).unwrap();
    let first = |most| {
        let call = StoreCall::First { profiles: vec![profile()], host: host(), most };
        let StoreReply::Loaded(snapshot) = shelf.call(call).unwrap() else { panic!() };
        let ids: Vec<String> = snapshot.sessions.iter().map(|s| s.key.id.as_str().to_owned()).collect();
        (ids.join(" "), snapshot.partial)
    };
    assert_eq!(first(3), ("pinned a b".into(), true));
    assert_eq!(first(9), ("pinned a b old never".into(), false));
    let mut sorted = rows;
    sorted.sort_by(|a, b| crate::core::order::Order::default().compare(a, b));
    let ids: Vec<&str> = sorted.iter().map(|s| s.key.id.as_str()).collect();
    assert_eq!(ids.join(" "), "pinned a b old never", "as the list sorts them");
}

#[test]
fn where_the_first_rows_are_all_there_is_the_names_that_wait_come_with_them() {
    let shelf = Shelf::new();
    let entry = shelf.commit("a", "typed before a crash", None);
    let shelf = shelf.reopen();
    let first = || {
        let call = StoreCall::First { profiles: vec![profile()], host: host(), most: 2 };
        let StoreReply::Loaded(snapshot) = shelf.call(call).unwrap() else { panic!() };
        (snapshot.partial, snapshot.unsettled.iter().map(|u| u.entry).collect::<Vec<_>>())
    };
    shelf.call(StoreCall::Remember(vec![session("b")])).unwrap();
    assert_eq!(first(), (true, vec![]), "what is not read whole is read again, and claimed then");
    shelf.call(StoreCall::Unlist(key("b"))).unwrap();
    assert_eq!(first(), (false, vec![entry]), "nothing else would ask for them");
}

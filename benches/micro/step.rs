//! One step of the core for each kind of message. Each begins with the same model, which is made outside of the time.

use std::time::Duration;

use criterion::{BatchSize, BenchmarkId, Criterion};
use retitle::core::batch::Batch;
use retitle::core::effect::Effect;
use retitle::core::fault::{Fault, FaultKind};
use retitle::core::key::Key as KeyPress;
use retitle::core::model::Model;
use retitle::core::msg::{Attempt, AuthReply, GraphReply, Mouse, Msg, PageLink, ReqId, Size};
use retitle::core::session::Entity;
use retitle::core::store::{EntryId, Snapshot, StoreCall, StoreReply};

use crate::ROWS;
use crate::crowd::{SCREEN, entities, goes_on, press, sessions, signed_in, taken_in};
use crate::start::{at, who};

/// What is measured: a model, and the message that it meets.
type Meeting = (&'static str, Model, Msg);

fn key(name: &str) -> Msg {
    Msg::Key(KeyPress::parse(name).unwrap())
}

/// The request that one of the effects makes, if `which` says it is that one.
fn request(effects: &[Effect], which: fn(&Effect) -> Option<ReqId>) -> ReqId {
    effects.iter().find_map(which).expect("it asks")
}

fn asks_graph(effect: &Effect) -> Option<ReqId> {
    if let Effect::Graph(req, ..) = effect { Some(*req) } else { None }
}

fn commits(effect: &Effect) -> Option<ReqId> {
    if let Effect::Store(req, StoreCall::Commit { .. }) = effect { Some(*req) } else { None }
}

/// A model behind these keys, and what the last of them asked for.
fn behind(model: &Model, keys: &str) -> (Model, Vec<Effect>) {
    let mut model = model.clone();
    let mut asked = Vec::new();
    for key in keys.split(' ') {
        asked = press(&mut model, key);
    }
    (model, asked)
}

/// The first row as the server has it.
fn entity(model: &Model) -> Entity {
    let session = model.chosen().unwrap();
    entities(std::slice::from_ref(session)).remove(0)
}

/// A rename from its first key to the server's answer.
fn rename(base: &Model) -> Vec<Meeting> {
    let (opened, asked) = behind(base, "r");
    let look = request(&asked, asks_graph);
    let answer = Msg::Graph(look, Ok(GraphReply::Session(entity(&opened))));
    let mut typed = opened.clone();
    typed.step(at(2), answer.clone());
    press(&mut typed, "x");
    let mut entered = typed.clone();
    let commit = request(&press(&mut entered, "enter"), commits);
    let written = Msg::Store(commit, Ok(StoreReply::Committed { entry: EntryId(1), turn: true }));
    let mut sent = entered.clone();
    let patch = request(&sent.step(at(2), written.clone()), asks_graph);
    let entity = Entity { name: Some("as the server has it".into()), ..entity(&sent) };
    let saved = Msg::Graph(patch, Ok(GraphReply::Renamed { entity, request_id: None }));
    vec![
        ("key: a letter of a name", typed.clone(), key("y")),
        ("key: Enter", typed.clone(), key("enter")),
        ("paste into a name", typed.clone(), Msg::Paste("INC-20931 phishing wave".into())),
        ("woke: a pause in a name", typed, Msg::Woke),
        ("graph: a look", opened, answer),
        ("store: committed", entered, written),
        ("graph: renamed", sent.clone(), saved),
        (
            "graph: out of reach",
            sent,
            Msg::Graph(patch, Err(Fault::new(FaultKind::Offline, "Out of reach."))),
        ),
    ]
}

/// A bulk of all rows with its table, and what changes it.
fn bulk(base: &Model) -> Vec<Meeting> {
    let mut marked = base.clone();
    press(&mut marked, "ctrl-a");
    let mut typed = marked.clone();
    planned(&mut typed, "b");
    let mut table = typed.clone();
    planned(&mut table, "x");
    planned(&mut table, "enter");
    let mut gathering = table.clone();
    let asked = planned(&mut gathering, "y");
    let mut writing = gathering.clone();
    let commit = until(&mut writing, asked, |effect| match effect {
        Effect::Store(req, StoreCall::CommitAll(_)) => Some(*req),
        _ => None,
    });
    let entries = (1..).take(table.list.shown_len()).map(|n| (EntryId(n), true)).collect();
    let written = Msg::Store(commit, Ok(StoreReply::AllCommitted(entries)));
    let mut taking_in = writing.clone();
    let asked = taking_in.step(taking_in.now, written.clone());
    let mut reading = taking_in.clone();
    let walk = until(&mut reading, asked, asks_graph);
    let sessions: Vec<_> = reading.list.all().cloned().collect();
    let next = Some(PageLink("https://graph.microsoft.com/beta/next".into()));
    let page = GraphReply::Page { sessions: entities(&sessions), next };
    let asked = reading.step(reading.now, Msg::Graph(walk, Ok(page)));
    taken_in(&mut reading);
    let last = GraphReply::Page { sessions: Vec::new(), next: None };
    let last = Msg::Graph(request(&asked, asks_graph), Ok(last));
    let mut comparing = reading.clone();
    comparing.step(comparing.now, last.clone());
    vec![
        ("bulk: opened", marked, key("b")),
        ("bulk: a letter", typed.clone(), key("x")),
        ("bulk: another way", typed.clone(), key("tab")),
        ("bulk: closed", typed, key("esc")),
        ("bulk: down", table.clone(), key("j")),
        ("bulk: a row left alone", table.clone(), key("space")),
        ("bulk: applied", table, key("y")),
        ("bulk: some rows gathered", gathering, Msg::Woke),
        ("bulk: journal written", writing, written),
        ("bulk: some rows taken in", taking_in, Msg::Woke),
        ("bulk: names read", reading, last),
        ("bulk: some rows compared", comparing, Msg::Woke),
    ]
}

/// Goes on with a bulk until it asks for something, from what it has asked for so far.
fn until(model: &mut Model, mut asked: Vec<Effect>, which: fn(&Effect) -> Option<ReqId>) -> ReqId {
    loop {
        if let Some(req) = asked.iter().find_map(which) {
            return req;
        }
        assert!(model.batch.as_ref().is_some_and(Batch::runs), "it asks");
        asked = goes_on(model);
    }
}

/// Presses a key, and takes in the table that it asks for.
fn planned(model: &mut Model, name: &str) -> Vec<Effect> {
    let mut asked = press(model, name);
    while let Some(at_work) = asked.iter().position(|effect| matches!(effect, Effect::Work(_))) {
        let Effect::Work(work) = asked.remove(at_work) else { break };
        let worked = work.run(&|| false).unwrap();
        asked.extend(model.step(at(2), Msg::Worked(Ok(worked))));
    }
    asked
}

/// The table of such a bulk as another thread makes it, and the answer that it brings.
pub fn plan(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("bulk");
    group.sample_size(10).warm_up_time(Duration::from_millis(200)).measurement_time(Duration::from_secs(1));
    for rows in [1_000, 100_000] {
        let mut model = signed_in(rows);
        press(&mut model, "ctrl-a");
        let first = press(&mut model, "b");
        let [Effect::Work(work)] = &first[..] else { panic!("it asks for a table: {first:?}") };
        group.bench_function(BenchmarkId::new("table made", rows), |bench| {
            bench.iter_batched(|| work.clone(), |work| work.run(&|| false), BatchSize::PerIteration);
        });
        let worked = work.clone().run(&|| false).unwrap();
        group.bench_function(BenchmarkId::new("table taken in", rows), |bench| {
            bench.iter_batched(
                || (model.clone(), Msg::Worked(Ok(worked.clone()))),
                |(mut model, msg)| {
                    let effects = model.step(at(3), msg);
                    (model, effects)
                },
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

/// A page of the walk, as `R` asks for it.
fn page(base: &Model, rows: usize) -> Meeting {
    let (model, asked) = behind(base, "R");
    let sessions = entities(&sessions(rows.min(100)));
    (
        "graph: a page",
        model,
        Msg::Graph(request(&asked, asks_graph), Ok(GraphReply::Page { sessions, next: None })),
    )
}

/// What another copy has changed: a page of rows.
fn reload(base: &Model, rows: usize) -> Meeting {
    let mut model = base.clone();
    let asked = model.step(at(2), Msg::LibraryChanged);
    let req = request(&asked, |effect| match effect {
        Effect::Store(req, StoreCall::Changes { .. }) => Some(*req),
        _ => None,
    });
    let snapshot = Snapshot { sessions: sessions(rows.min(100)), ..Snapshot::default() };
    ("store: read again", model, Msg::Store(req, Ok(StoreReply::Loaded(snapshot))))
}

fn sign_in(rows: usize) -> Meeting {
    let snapshot = Snapshot { sessions: sessions(rows), ..Snapshot::default() };
    let (model, asked) = Model::start(at(0), SCREEN, crate::start::settings(), snapshot);
    let attempt = asked.iter().find_map(|effect| match effect {
        Effect::Auth(_, attempt, _) => Some(*attempt),
        _ => None,
    });
    ("auth: restored", model, Msg::Auth(attempt.unwrap_or(Attempt(0)), Ok(AuthReply::Restored(who("jo")))))
}

fn meetings(rows: usize) -> Vec<Meeting> {
    let base = signed_in(rows);
    let with = |what, keys: &str, msg| (what, behind(&base, keys).0, msg);
    let mut all = vec![
        with("key: down", "j", key("j")),
        with("key: page down", "j", key("pgdn")),
        with("key: last row", "j", key("G")),
        with("key: mark", "j", key("space")),
        with("key: a letter of the filter", "/ p h", key("i")),
        with("key: filter taken back", "/ p h i", key("backspace")),
        with("key: a letter in the palette", "ctrl-p p h", key("i")),
        with("key: unknown", "j", key("ctrl-x")),
        with("paste into the filter", "/", Msg::Paste("phishing wave".into())),
        with("resized", "j", Msg::Resized(Size { width: 100, height: 30 })),
        with("woke", "j", Msg::Woke),
        with("mouse: the wheel", "j", Msg::Mouse { what: Mouse::WheelDown, x: 10, y: 10 }),
        with("mouse: pressed", "j", Msg::Mouse { what: Mouse::Pressed, x: 10, y: 10 }),
        with("resumed", "j", Msg::Resumed),
        with("copied", "y", Msg::Copied),
        with("desk failed", "o", Msg::DeskFailed(Fault::new(FaultKind::Bug, "No browser."))),
        with("library changed", "j", Msg::LibraryChanged),
        with("stale answer", "j", Msg::Graph(ReqId(u64::MAX), Ok(GraphReply::Workspaces(Vec::new())))),
        with("terminated", "j", Msg::Terminated),
    ];
    all.extend(rename(&base));
    all.extend(bulk(&base));
    all.extend([page(&base, rows), reload(&base, rows), sign_in(rows)]);
    all
}

pub fn all(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("step");
    group.sample_size(10).warm_up_time(Duration::from_millis(200)).measurement_time(Duration::from_secs(1));
    for rows in ROWS {
        for (what, model, msg) in meetings(rows) {
            group.bench_function(BenchmarkId::new(what, rows), |bench| {
                bench.iter_batched(
                    || (model.clone(), msg.clone()),
                    // Handed back, so that dropping them is not measured either.
                    |(mut model, msg)| {
                        let effects = model.step(at(3), msg);
                        (model, effects)
                    },
                    BatchSize::PerIteration,
                );
            });
        }
    }
    group.finish();
}

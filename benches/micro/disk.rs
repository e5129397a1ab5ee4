//! The library on disk: opened, read, written. With the fsyncs that it makes, so the disk's own speed is in it.

use std::path::Path;
use std::time::Duration;

use criterion::{BatchSize, BenchmarkId, Criterion};
use retitle::core::session::{Host, Profile, Session};
use retitle::core::store::{Deed, Draft, EntryId, Intent, Outcome, StoreCall, StoreReply};
use retitle::core::title::NewName;
use retitle::ports::Library;
use retitle::store::library::SqliteLibrary;

use crate::ROWS;
use crate::crowd::sessions;
use crate::start::at;

fn open(folder: &Path) -> SqliteLibrary {
    SqliteLibrary::open(&folder.join("library.db"), at(0)).unwrap().library
}

fn call(library: &SqliteLibrary, call: StoreCall) -> StoreReply {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(library.call(call)).unwrap()
}

fn load() -> StoreCall {
    StoreCall::Load { profiles: vec![Profile::new("default")], host: Host::new("graph.microsoft.com") }
}

fn intent(session: &Session) -> Intent {
    Intent {
        deed: Deed::Rename,
        batch: None,
        key: session.key.clone(),
        workspace: session.workspace.clone(),
        from: session.name.clone(),
        to: NewName::restored(Some("INC-20931 phishing wave")),
        account: None,
        host: session.host.clone(),
        at: at(0),
    }
}

fn committed(library: &SqliteLibrary, session: &Session) -> EntryId {
    let commit = StoreCall::Commit { intent: intent(session), session: session.clone(), in_flight: None };
    match call(library, commit) {
        StoreReply::Committed { entry, .. } => entry,
        other => panic!("{other:?}"),
    }
}

pub fn all(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("library");
    group.sample_size(10).warm_up_time(Duration::from_millis(200)).measurement_time(Duration::from_secs(1));
    for rows in ROWS {
        let known = sessions(rows);
        let folder = tempfile::tempdir().unwrap();
        call(&open(folder.path()), StoreCall::Remember(known.clone()));
        group.bench_function(BenchmarkId::new("open", rows), |bench| {
            bench.iter_with_large_drop(|| open(folder.path()));
        });
        let library = open(folder.path());
        group.bench_function(BenchmarkId::new("load", rows), |bench| {
            bench.iter_with_large_drop(|| call(&library, load()));
        });
        // A page of the walk.
        let page: Vec<Session> = known.iter().take(100).cloned().collect();
        group.bench_function(BenchmarkId::new("remember a page of 100", rows), |bench| {
            bench.iter_batched(
                || page.clone(),
                |page| call(&library, StoreCall::Remember(page)),
                BatchSize::PerIteration,
            );
        });
        let session = &known[0];
        group.bench_function(BenchmarkId::new("journal: commit", rows), |bench| {
            bench.iter(|| committed(&library, session));
        });
        group.bench_function(BenchmarkId::new("journal: settle", rows), |bench| {
            bench.iter_batched(
                || committed(&library, session),
                |entry| {
                    let outcome = Outcome::Saved { stored: session.name.clone(), request_id: None };
                    call(&library, StoreCall::Settle { entry, outcome, session: session.clone(), at: at(1) })
                },
                BatchSize::PerIteration,
            );
        });
        group.bench_function(BenchmarkId::new("journal: commit a bulk of 100", rows), |bench| {
            let bulk: Vec<(Intent, Session)> = page.iter().map(|s| (intent(s), s.clone())).collect();
            bench.iter_batched(
                || bulk.clone(),
                |bulk| call(&library, StoreCall::CommitAll(bulk)),
                BatchSize::PerIteration,
            );
        });
        let draft = Draft {
            key: session.key.clone(),
            workspace: session.workspace.clone(),
            text: "half a name".into(),
            account: None,
            host: session.host.clone(),
            at: at(0),
        };
        group.bench_function(BenchmarkId::new("draft", rows), |bench| {
            bench.iter(|| call(&library, StoreCall::SaveDraft(draft.clone())));
        });
    }
    group.finish();
}

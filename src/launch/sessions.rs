//! `retitle rename`, `list`, `add`, `show`, `open` and `export`.

use retitle::cli::deed::Later;
use retitle::cli::output::{Around, Document};
use retitle::cli::rename::{self, Report};
use retitle::cli::shelf::{self, Kept};
use retitle::cli::target::Target;
use retitle::cli::{self, ExportFormat, Part, history, list, shown};
use retitle::core::address;
use retitle::core::arrange::filtered;
use retitle::core::fault::{Fault, FaultKind};
use retitle::core::session::{Session, WorkspaceId};
use retitle::core::store::{Snapshot, StoreCall};
use retitle::core::title::Title;
use retitle::desk::SystemDesk;
use retitle::ports::{Desk, Library};
use url::Url;

use super::bench::{Bench, Told, not_read_only, remark};
use super::{Failure, Given, runtime, say, usage};

/// `retitle rename`.
pub(super) fn rename(asked: &cli::Rename, given: Given<'_>) -> Result<(), Failure> {
    not_read_only(given.loaded)?;
    rename::meant(&asked.name, std::env::args_os()).map_err(usage)?;
    let name = rename::name(&asked.name).map_err(usage)?;
    runtime()?.block_on(async {
        let bench = Bench::open(given).await?;
        let snapshot = bench.peek(vec![bench.profile()]).await?;
        let target = &bench.find(&asked.reference, &snapshot)?;
        let what = format!("{} will be “{}”.", target.key.id, shown(Some(name.as_str())));
        bench.may_write(asked.yes.as_deref(), &what)?;
        let report = match bench.caller().await? {
            Ok(caller) => {
                let later = if asked.queue { Later::Queue } else { Later::Never };
                rename::run(&bench.ground(&caller).await?, target, &name, later).await?
            }
            Err(fault) => {
                let now = bench.now();
                let row = target.row(&bench.host());
                let row = Session { opened: row.opened.or(Some(now)), ..row };
                let kept = shelf::keep(&*bench.library, &snapshot, row.clone(), name.as_str(), now).await?;
                Report { session: Some(row), entry: None, failed: Some((fault, kept)) }
            }
        };
        bench.tell(asked.json, told(report, target, &name, &snapshot)).await
    })
}

fn told(report: Report, target: &Target, name: &Title, before: &Snapshot) -> Told {
    let Report { session, entry, failed } = report;
    let (mut errors, mut remarks, mut text) = (Vec::new(), Vec::new(), String::new());
    match failed {
        None => {
            let stored = session.as_ref().and_then(|s| s.name.as_deref());
            text = format!("{}\n", shown(stored));
            if entry.is_none() {
                remarks.push("It has this name already; nothing was sent.".to_owned());
            } else if stored != Some(name.as_str()) {
                remarks.push(format!("The server stored it as “{}”.", shown(stored)));
            }
            if let Some(draft) = shelf::draft(before, &target.key).filter(|draft| *draft != name.as_str()) {
                remarks.push(format!("The session's draft is left as it is: “{}”.", shown(Some(draft))));
            }
        }
        Some((fault, Kept::Queued)) => {
            let number = entry.as_ref().map_or(0, |entry| entry.entry.0);
            let waits =
                format!("The name waits as entry {number} of the history; the app sends it when it runs.");
            remarks.extend([fault.say, waits]);
        }
        Some((fault, kept)) => {
            errors.push((Some(target.key.id.clone()), fault));
            remarks.push(where_kept(&kept));
        }
    }
    let (sessions, entries) = (session.into_iter().collect(), entry.into_iter().collect());
    Told { command: "rename", sessions, entries, errors, text, remarks }
}

fn where_kept(kept: &Kept) -> String {
    match kept {
        Kept::Draft { before: None } => "The name is kept as a draft; the app offers it again.".into(),
        Kept::Draft { before: Some(before) } => format!(
            "The name is kept as a draft; the app offers it again. The draft before it was “{}”.",
            shown(Some(before))
        ),
        Kept::Journal => {
            "The name is kept in the history; another draft of the session is left as it is.".into()
        }
        Kept::Queued => "The name waits in the journal.".into(),
        Kept::Nowhere => "Nothing is kept of it: no session of this ID is known here or there.".into(),
    }
}

/// `retitle list`.
pub(super) fn list(asked: &cli::List, given: Given<'_>) -> Result<(), Failure> {
    let query = list::query(asked.filter.as_deref().unwrap_or("")).map_err(usage)?;
    runtime()?.block_on(async {
        let bench = Bench::open(given).await?;
        let mut errors = Vec::new();
        let mut sessions = Vec::new();
        if asked.remote {
            let workspace = WorkspaceId::new(&given.loaded.settings.default_workspace);
            let found = match bench.caller().await? {
                Ok(caller) => list::remote(&bench.ground(&caller).await?, &workspace).await,
                Err(fault) => Err(fault),
            };
            match found {
                Ok(found) => sessions = found,
                Err(fault) => errors.push((None, fault)),
            }
        }
        let profiles = bench.profiles();
        let (mut snapshot, journal) = (bench.peek(profiles.clone()).await?, bench.journal(profiles).await?);
        if !asked.remote {
            sessions = std::mem::take(&mut snapshot.sessions);
        }
        let sessions = filtered(sessions, &query, &shelf::tags(&snapshot.drafts, &journal));
        let text = list::lines(&sessions, &Around::new(&snapshot, &journal, bench.portal()));
        bench.tell(asked.json, Told { command: "list", sessions, errors, text, ..Told::default() }).await
    })
}

/// `retitle add`.
pub(super) fn add(asked: &cli::Add, given: Given<'_>) -> Result<(), Failure> {
    runtime()?.block_on(async {
        let bench = Bench::open(given).await?;
        let snapshot = bench.peek(vec![bench.profile()]).await?;
        let found = asked.references.iter().map(|named| bench.find(named, &snapshot));
        let found: Vec<Target> = found.collect::<Result<_, _>>()?;
        let (mut sessions, mut errors, mut text) = (Vec::new(), Vec::new(), String::new());
        match bench.caller().await? {
            Err(fault) => errors.push((None, fault)),
            Ok(caller) => {
                let ground = bench.ground(&caller).await?;
                for target in &found {
                    match list::look_up(&ground, target).await {
                        Ok(session) => {
                            text.push_str(&list::added(&session));
                            sessions.push(session);
                        }
                        Err(fault) => errors.push((Some(target.key.id.clone()), fault)),
                    }
                }
            }
        }
        bench.tell(asked.json, Told { command: "add", sessions, errors, text, ..Told::default() }).await
    })
}

/// `retitle show`.
pub(super) fn show(asked: &cli::Show, given: Given<'_>) -> Result<(), Failure> {
    runtime()?.block_on(async {
        let bench = Bench::open(given).await?;
        let own = vec![bench.profile()];
        let snapshot = bench.peek(own.clone()).await?;
        let target = &bench.find(&asked.reference, &snapshot)?;
        let mut errors = Vec::new();
        let id = Some(target.key.id.clone());
        if asked.local {
            if target.known.is_none() {
                let words = format!("Nothing is kept here of {}.", target.key.id);
                errors.push((id, Fault::new(FaultKind::NotFound, words)));
            }
        } else {
            let looked = match bench.caller().await? {
                Ok(caller) => list::look_up(&bench.ground(&caller).await?, target).await.map(drop),
                Err(fault) => Err(fault),
            };
            if let Err(fault) = looked {
                errors.push((id, fault));
            }
        }
        let (snapshot, journal) = (bench.peek(own.clone()).await?, bench.journal(own).await?);
        let sessions: Vec<Session> =
            snapshot.sessions.iter().filter(|session| session.key == target.key).cloned().collect();
        let around = Around::new(&snapshot, &journal, bench.portal());
        let entries: Vec<_> = journal.iter().filter(|entry| entry.intent.key == target.key).collect();
        let text = sessions.iter().map(|session| list::in_full(session, &entries, &around)).collect();
        let entries = entries.into_iter().cloned().collect();
        let told = Told { command: "show", sessions, entries, errors, text, ..Told::default() };
        bench.tell(asked.json, told).await
    })
}

/// `retitle open`.
pub(super) fn open(asked: &cli::Open, given: Given<'_>) -> Result<(), Failure> {
    runtime()?.block_on(async {
        let bench = Bench::open(given).await?;
        let snapshot = bench.peek(vec![bench.profile()]).await?;
        let target = &bench.find(&asked.reference, &snapshot)?;
        let address = address::link(bench.portal(), &target.key.id)
            .filter(|address| Url::parse(address).is_ok_and(|url| address::may_open(&url)))
            .ok_or_else(|| {
                usage("endpoints.portal is neither https nor on this machine, so it is not opened")
            })?;
        if asked.print {
            return say(&format!("{address}\n"));
        }
        SystemDesk::new(given.paths.state.clone()).open(address.clone()).await?;
        // Whether it shows the page is between it and the person.
        remark(&format!("The browser was asked to open {address}"));
        // What was opened stands above what was not; a session that nobody has looked at is not put into the list.
        if let Some(known) = &target.known {
            let session = Session { opened: Some(bench.now()), ..known.clone() };
            bench.library.call(StoreCall::Remember(vec![session])).await?;
        }
        Ok(())
    })
}

/// `retitle export`.
pub(super) fn export(asked: &cli::Export, given: Given<'_>) -> Result<(), Failure> {
    if (asked.what, asked.format) == (Part::All, ExportFormat::Csv) {
        return Err(usage("CSV holds one table: retitle export sessions --format csv, or history"));
    }
    runtime()?.block_on(async {
        let bench = Bench::open(given).await?;
        let profiles = bench.profiles();
        let (snapshot, journal) = (bench.peek(profiles.clone()).await?, bench.journal(profiles).await?);
        let around = Around::new(&snapshot, &journal, bench.portal());
        let query = list::query("").map_err(usage)?;
        let sessions = filtered(snapshot.sessions.clone(), &query, &shelf::tags(&[], &[]));
        let (with_sessions, with_history) = match asked.what {
            Part::All => (true, true),
            Part::Sessions => (true, false),
            Part::History => (false, true),
        };
        say(&match asked.format {
            ExportFormat::Csv if with_sessions => list::csv(&sessions, &around),
            ExportFormat::Csv => history::csv(&journal),
            ExportFormat::Json => Document {
                command: "export",
                sessions: sessions.iter().filter(|_| with_sessions).collect(),
                entries: journal.iter().filter(|_| with_history).collect(),
                errors: Vec::new(),
            }
            .write(&around),
        })
    })
}

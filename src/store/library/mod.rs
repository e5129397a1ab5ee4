//! The library: known sessions, the rename journal and drafts, in one SQLite file.
//!
//! One connection on one thread. Calls go through a channel, so they are carried out in the order in which they were
//! made, and nobody who draws ever waits for a disk.

mod claim;
mod copies;
mod history;
mod read;
mod schema;
#[cfg(test)]
mod tests;
#[cfg(test)]
#[expect(clippy::wildcard_enum_match_arm, reason = "any other reply fails the test")]
mod tests_together;
mod watch;
mod write;

use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::RecvTimeoutError;
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use copies::Copies;
use read::Which;
use rusqlite::{Connection, ErrorCode};
use tokio::sync::{Notify, oneshot};

use crate::core::fault::{Fault, FaultKind};
use crate::core::session::{Host, Profile};
use crate::core::store::{Snapshot, StoreCall, StoreReply};
use crate::core::time::Stamp;
use crate::platform::files;
use crate::ports::{Answer, Library};

/// Whether a running copy has this library open, for who has not.
pub fn others_run(path: &Path) -> bool {
    copies::any_alive(path, None)
}

/// What the library's thread is asked.
enum Job {
    Call(StoreCall, oneshot::Sender<Result<StoreReply, Fault>>),
    /// The file was written; whether by another copy only SQLite can tell.
    Look,
}

/// A commit shows a moment after its last byte was written, so that moment is looked at too.
const SETTLED: Duration = Duration::from_millis(100);

/// The library on disk. Dropping it waits until every call made so far is carried out.
#[derive(Debug)]
pub struct SqliteLibrary {
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
    changed: Arc<Notify>,
    /// The file, and the mark of this copy.
    path: PathBuf,
    copy: String,
    /// Dropped before the thread is waited for, or it would never end: its callback can send jobs too.
    watcher: Option<notify::RecommendedWatcher>,
}

/// A library, and what there is to tell about opening it.
#[derive(Debug)]
pub struct Opened {
    pub library: SqliteLibrary,
    /// An unreadable file was set aside; the words say where.
    pub notice: Option<String>,
}

impl SqliteLibrary {
    /// Opens the file, or makes it. One that cannot be read is set aside under a name made from `now`, never deleted.
    ///
    /// # Errors
    /// `Disk` when the file cannot be opened or made, or when a newer retitle wrote it. It is left as it is.
    pub fn open(path: &Path, now: Stamp) -> Result<Opened, Fault> {
        let (connection, notice) = match connect(path) {
            Ok(connection) => (connection, None),
            Err(OpenError::Unreadable) => {
                let aside = set_aside(path, now)?;
                let connection = connect(path).map_err(|e| e.into_fault(path))?;
                let words = format!(
                    "The library could not be read. It is kept as {}, and a new one was begun.",
                    aside.display()
                );
                (connection, Some(words))
            }
            Err(other) => return Err(other.into_fault(path)),
        };
        Ok(Opened { library: Self::serve(connection, path)?, notice })
    }

    /// Opens the file if it is there and can be read, and touches nothing otherwise: for who may not disturb anything.
    pub fn open_existing(path: &Path) -> Option<Self> {
        let connection = path.exists().then(|| connect(path))?.ok()?;
        Self::serve(connection, path).ok()
    }

    fn serve(connection: Connection, path: &Path) -> Result<Self, Fault> {
        let copies = Copies::join(path).map_err(|e| OpenError::Io(e).into_fault(path))?;
        let copy = copies.name().to_owned();
        let (jobs, calls) = mpsc::channel::<Job>();
        let (changed, waiting) = (Arc::new(Notify::new()), Arc::new(AtomicBool::new(false)));
        let mut shelf = Shelf { connection, copies, path: path.to_owned(), known: Known::default() };
        shelf.known.version = version(&shelf.connection);
        let (tell, looks) = (Arc::clone(&changed), Arc::clone(&waiting));
        let thread = std::thread::Builder::new()
            .name("library".into())
            .spawn(move || {
                let mut settling = false;
                loop {
                    let job =
                        if settling { calls.recv_timeout(SETTLED) } else { calls.recv().map_err(Into::into) };
                    match job {
                        Ok(Job::Call(call, answer)) => {
                            let result = shelf.carry_out(call);
                            // Whoever asked may be gone; the call was carried out all the same.
                            let _ = answer.send(result);
                        }
                        Ok(Job::Look) => {
                            looks.store(false, Ordering::Release);
                            settling = true;
                        }
                        Err(RecvTimeoutError::Timeout) => settling = false,
                        Err(RecvTimeoutError::Disconnected) => break,
                    }
                    if shelf.was_changed() {
                        tell.notify_one();
                    }
                }
                shelf.leave();
            })
            .map_err(|e| {
                Fault::new(FaultKind::Disk, format!("The library's thread cannot be started: {e}."))
            })?;
        // Without it everything works, only that another copy's changes are seen at the next refresh.
        let knock = jobs.clone();
        let watcher = watch::watch(path, waiting, move || {
            let _ = knock.send(Job::Look);
        });
        if let Err(error) = &watcher {
            tracing::warn!(%error, "the library is not watched");
        }
        let path = path.to_owned();
        Ok(Self { jobs: Some(jobs), thread: Some(thread), changed, path, copy, watcher: watcher.ok() })
    }

    /// Whether no other running copy has it open. Where files have no locks, that is never known.
    pub fn is_alone(&self) -> bool {
        !copies::any_alive(&self.path, Some(&self.copy))
    }
}

impl Library for SqliteLibrary {
    fn call(&self, call: StoreCall) -> Answer<StoreReply> {
        let (tell, hear) = oneshot::channel();
        if let Some(jobs) = &self.jobs {
            let _ = jobs.send(Job::Call(call, tell));
        }
        Box::pin(async move {
            hear.await.unwrap_or_else(|_| {
                Err(Fault::new(FaultKind::Disk, "The library has stopped. Start retitle again."))
            })
        })
    }

    fn changed(&self) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let changed = Arc::clone(&self.changed);
        Box::pin(async move { changed.notified().await })
    }
}

impl Drop for SqliteLibrary {
    fn drop(&mut self) {
        self.watcher = None;
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// The thread's side: the one connection, and this copy's mark.
struct Shelf {
    connection: Connection,
    copies: Copies,
    path: PathBuf,
    known: Known,
}

impl Shelf {
    fn carry_out(&mut self, call: StoreCall) -> Result<StoreReply, Fault> {
        self.ask(call).map_err(|error| disk_fault(&error, &self.path))
    }

    fn ask(&mut self, call: StoreCall) -> rusqlite::Result<StoreReply> {
        let Self { connection, copies, .. } = self;
        match call {
            StoreCall::Load { profiles, host } => {
                self.read(&profiles, &host, Which::All).map(StoreReply::Loaded)
            }
            StoreCall::Changes { profiles, host } => {
                let which = self.known.revision.map_or(Which::All, Which::After);
                self.read(&profiles, &host, which).map(StoreReply::Loaded)
            }
            StoreCall::First { profiles, host, most } => {
                let first = read::load(connection, &profiles, &host, Which::First(most), &[])?;
                if first.partial {
                    return Ok(StoreReply::Loaded(first));
                }
                // Nothing more will be asked for, so what waits is claimed now.
                self.read(&profiles, &host, Which::First(most)).map(StoreReply::Loaded)
            }
            StoreCall::Peek { profiles, host } => {
                read::load(connection, &profiles, &host, Which::All, &[]).map(StoreReply::Loaded)
            }
            StoreCall::Commit { intent, session, in_flight } => {
                let (entry, turn) = write::commit(connection, copies, &intent, &session, in_flight)?;
                Ok(StoreReply::Committed { entry, turn })
            }
            StoreCall::CommitAll(intents) => {
                write::commit_all(connection, copies, &intents).map(StoreReply::AllCommitted)
            }
            StoreCall::SettleAll { entries, outcome, at } => {
                write::settle_all(connection, copies, &entries, &outcome, at).map(|()| StoreReply::Done)
            }
            StoreCall::Settle { entry, outcome, session, at } => {
                write::settle(connection, entry, &outcome, &session, at).map(|()| StoreReply::Done)
            }
            StoreCall::SaveDraft(draft) => write::save_draft(connection, &draft).map(|()| StoreReply::Done),
            StoreCall::DropDraft(key) => write::drop_draft(connection, &key).map(|()| StoreReply::Done),
            StoreCall::History { profiles, host, most } => {
                history::newest(connection, &profiles, &host, most).map(StoreReply::Entries)
            }
            StoreCall::Find { profiles, host, what } => {
                history::find(connection, &profiles, &host, what).map(StoreReply::Entries)
            }
            StoreCall::Claim(entry) => claim::ask(connection, copies, entry).map(StoreReply::Turn),
            StoreCall::CloseGate { host, tenant, until } => {
                write::close_gate(connection, &host, &tenant, until).map(|()| StoreReply::Done)
            }
            StoreCall::Forget { before } => history::forget(connection, before).map(|()| StoreReply::Done),
            StoreCall::Unlist(key) => write::unlist(connection, &key).map(|()| StoreReply::Done),
            StoreCall::Dismiss(what) => write::dismiss(connection, &what).map(|()| StoreReply::Done),
            StoreCall::Remember(sessions) => {
                write::remember(connection, &sessions).map(|()| StoreReply::Done)
            }
        }
    }

    /// Claims what waits, and reads. What is known afterwards counts only if all of it was read.
    fn read(&mut self, profiles: &[Profile], host: &Host, which: Which) -> rusqlite::Result<Snapshot> {
        let Self { connection, copies, known, .. } = self;
        let claimed = claim::take_waiting(connection, copies, profiles, host)?;
        let now = Known::now(connection)?;
        let snapshot = read::load(connection, profiles, host, which, &claimed)?;
        *known = now;
        Ok(snapshot)
    }

    /// Whether another connection has written since the last look.
    fn was_changed(&mut self) -> bool {
        let newest = read::revision(&self.connection).ok();
        let now = version(&self.connection);
        let changed = std::mem::replace(&mut self.known.version, now) != now;
        self.known.behind |= changed;
        if let (Some(revision), Some(newest), false) = (&mut self.known.revision, newest, self.known.behind) {
            // All of that was written here.
            *revision = newest;
        }
        changed
    }

    fn leave(&self) {
        if let Err(error) = claim::let_go(&self.connection, &self.copies) {
            tracing::warn!(%error, "claims are left behind");
        }
    }
}

/// What whoever reads the library knows of it.
#[derive(Default)]
struct Known {
    /// SQLite's count of changes by other connections, as last seen.
    version: Option<i64>,
    /// The newest change of a session; `None` before all of them were read.
    revision: Option<i64>,
    /// Another connection has written since.
    behind: bool,
}

impl Known {
    /// Asked before the rows are read: what is written between comes twice rather than never.
    fn now(connection: &Connection) -> rusqlite::Result<Self> {
        let version = version(connection);
        Ok(Self { version, revision: Some(read::revision(connection)?), behind: false })
    }
}

fn version(connection: &Connection) -> Option<i64> {
    connection.pragma_query_value(None, "data_version", |row| row.get(0)).ok()
}

/// Why a file could not be opened.
#[derive(Debug)]
enum OpenError {
    /// Not a database, or a damaged one.
    Unreadable,
    /// Written by a version of retitle that knows more.
    Newer(i64),
    Sqlite(rusqlite::Error),
    Io(std::io::Error),
}

impl OpenError {
    fn into_fault(self, path: &Path) -> Fault {
        let place = path.display();
        match self {
            Self::Unreadable => {
                Fault::new(FaultKind::Disk, format!("{place} cannot be read, not even after a new start."))
            }
            Self::Newer(version) => Fault::new(
                FaultKind::Disk,
                format!(
                    "{place} was written by a newer retitle (format {version}). Use that one, or another --state-dir."
                ),
            ),
            Self::Sqlite(error) => disk_fault(&error, path),
            Self::Io(error) => Fault::new(
                FaultKind::Disk,
                format!("{place} cannot be opened: {error}. Check its folder's permissions."),
            ),
        }
    }
}

fn connect(path: &Path) -> Result<Connection, OpenError> {
    make_private(path).map_err(OpenError::Io)?;
    let sort = |error: rusqlite::Error| match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => OpenError::Unreadable,
        Some(_) | None => OpenError::Sqlite(error),
    };
    let mut connection = Connection::open(path).map_err(sort)?;
    match schema::prepare(&mut connection).map_err(sort)? {
        schema::Version::Ours => Ok(connection),
        schema::Version::Newer(version) => Err(OpenError::Newer(version)),
    }
}

/// SQLite gives its companion files the mode of the main one, so that one must be private before SQLite sees it.
fn make_private(path: &Path) -> std::io::Result<()> {
    files::open_or_make(path)?;
    files::tighten(path)
}

/// Moves the file and its companions out of the way.
fn set_aside(path: &Path, now: Stamp) -> Result<PathBuf, Fault> {
    let name = |suffix: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        PathBuf::from(name)
    };
    let stamp = now.to_rfc3339().replace(':', "");
    let aside = name(&format!(".bad-{stamp}"));
    std::fs::rename(path, &aside).map_err(|e| OpenError::Io(e).into_fault(path))?;
    for companion in ["-wal", "-shm"] {
        // Without a main file these mean nothing to SQLite, but a write-ahead log may still hold names.
        let _ = std::fs::rename(name(companion), name(&format!(".bad-{stamp}{companion}")));
    }
    Ok(aside)
}

fn disk_fault(error: &rusqlite::Error, path: &Path) -> Fault {
    let place = path.display();
    let words = match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => {
            format!("The disk is full, so {place} cannot grow. Make room and try again.")
        }
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => {
            format!("{place} cannot be written. Check its permissions and its folder's.")
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            format!("{place} is held by another program. Try again.")
        }
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
            format!("{place} is damaged. Start retitle again: it sets the file aside and begins a new one.")
        }
        Some(_) | None => format!("{place} cannot be used: {error}."),
    };
    Fault::new(FaultKind::Disk, words)
}

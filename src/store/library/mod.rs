//! The library: known sessions, the rename journal and drafts, in one SQLite file.
//!
//! One connection on one thread. Calls go through a channel, so they are carried out in the order in which they were
//! made, and nobody who draws ever waits for a disk.

mod read;
mod schema;
#[cfg(test)]
mod tests;
mod write;

use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread::JoinHandle;

use rusqlite::{Connection, ErrorCode};
use tokio::sync::oneshot;

use crate::core::fault::{Fault, FaultKind};
use crate::core::store::{StoreCall, StoreReply};
use crate::core::time::Stamp;
use crate::ports::{Answer, Library};

type Job = (StoreCall, oneshot::Sender<Result<StoreReply, Fault>>);

/// The library on disk. Dropping it waits until every call made so far is carried out.
#[derive(Debug)]
pub struct SqliteLibrary {
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
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

    fn serve(mut connection: Connection, path: &Path) -> Result<Self, Fault> {
        let (jobs, calls) = mpsc::channel::<Job>();
        let place = path.to_owned();
        let thread = std::thread::Builder::new()
            .name("library".into())
            .spawn(move || {
                for (call, answer) in calls {
                    let result = carry_out(&mut connection, call).map_err(|error| disk_fault(&error, &place));
                    // Whoever asked may be gone; the call was carried out all the same.
                    let _ = answer.send(result);
                }
            })
            .map_err(|e| {
                Fault::new(FaultKind::Disk, format!("The library's thread cannot be started: {e}."))
            })?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread) })
    }
}

impl Library for SqliteLibrary {
    fn call(&self, call: StoreCall) -> Answer<StoreReply> {
        let (tell, hear) = oneshot::channel();
        if let Some(jobs) = &self.jobs {
            let _ = jobs.send((call, tell));
        }
        Box::pin(async move {
            hear.await.unwrap_or_else(|_| {
                Err(Fault::new(FaultKind::Disk, "The library has stopped. Start retitle again."))
            })
        })
    }
}

impl Drop for SqliteLibrary {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn carry_out(connection: &mut Connection, call: StoreCall) -> rusqlite::Result<StoreReply> {
    match call {
        StoreCall::Load { profile, host } => read::load(connection, &profile, &host).map(StoreReply::Loaded),
        StoreCall::Commit { intent, session, in_flight } => {
            write::commit(connection, &intent, &session, in_flight).map(StoreReply::Committed)
        }
        StoreCall::Settle { entry, outcome, session, at } => {
            write::settle(connection, entry, &outcome, &session, at).map(|()| StoreReply::Done)
        }
        StoreCall::SaveDraft(draft) => write::save_draft(connection, &draft).map(|()| StoreReply::Done),
        StoreCall::DropDraft(key) => write::drop_draft(connection, &key).map(|()| StoreReply::Done),
        StoreCall::Remember(sessions) => write::remember(connection, &sessions).map(|()| StoreReply::Done),
    }
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
    let mut options = std::fs::OpenOptions::new();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
        let file = options.mode(0o600).open(path)?;
        if file.metadata()?.permissions().mode() & 0o077 != 0 {
            file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
        }
    }
    #[cfg(not(unix))]
    options.open(path)?;
    Ok(())
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

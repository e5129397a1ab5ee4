//! The token cache: one file, for its owner only, replaced as a whole; sealed when the keyring holds its key.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::entry::Entry;
use super::keyring::Keyring;
use super::{Storage, lock, seal};
use crate::core::fault::{Fault, FaultKind};
use crate::core::time::Stamp;
use crate::platform::files::{self, Version};

/// A lock that cannot be had is no reason to give up: Entra does not revoke a refresh token that was used.
const LOCK_PATIENCE: Duration = Duration::from_secs(10);
const LOCK_PAUSE: Duration = Duration::from_millis(30);

/// The file's content.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct CacheFile {
    version: u32,
    pub(super) entries: BTreeMap<String, Entry>,
}

/// The file of a cache that is not sealed.
pub(super) const PLAIN: &str = "tokens.json";

const VERSION: u32 = 1;

impl Default for CacheFile {
    fn default() -> Self {
        Self { version: VERSION, entries: BTreeMap::new() }
    }
}

/// Why the cache cannot be used. Never holds any of it.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The file cannot be read.
    Unreadable(String),
    /// The file is not ours, or is sealed with another key.
    Garbled,
    /// The keyring cannot be asked. The file may be perfectly good.
    Keyring(String),
}

/// The keyring cannot be used: an error, never a reason to store in the plain.
pub(super) fn keyring_fault(why: &str) -> Fault {
    let words = format!(
        "The keyring cannot be used: {why}. Unlock it, or set sign_in.storage to \"file\" or \"memory\"."
    );
    Fault::new(FaultKind::SignInBlocked, words)
}

/// The file, its lock, and its key.
pub(super) struct Cache {
    folder: Option<PathBuf>,
    keyring: Option<Keyring>,
    /// What was read last: every request asks for a token, and the file seldom changes.
    known: Mutex<Option<(Version, CacheFile)>>,
}

impl Cache {
    pub(super) fn new(storage: &Storage) -> Self {
        match storage {
            Storage::File(folder) => Self::of(Some(folder.clone()), None),
            Storage::Keyring(folder) => Self::of(Some(folder.clone()), Some(Keyring::new(folder))),
            Storage::Memory => Self::of(None, None),
        }
    }

    fn of(folder: Option<PathBuf>, keyring: Option<Keyring>) -> Self {
        Self { folder, keyring, known: Mutex::default() }
    }

    /// Where the tokens are, if they are on disk.
    pub(super) fn path(&self) -> Option<PathBuf> {
        let name = if self.keyring.is_some() { "tokens.bin" } else { PLAIN };
        self.folder.as_ref().map(|folder| folder.join(name))
    }

    /// Finds out before a sign-in whether its tokens could be kept, so that nobody signs in for nothing.
    pub(super) async fn probe(&self) -> Result<(), Fault> {
        match &self.keyring {
            Some(keyring) => keyring.key_or_new().await.map(drop).map_err(|why| keyring_fault(&why)),
            None => Ok(()),
        }
    }

    /// What is on disk; nothing when there is no file.
    pub(super) async fn read(&self) -> Result<CacheFile, Trouble> {
        let Some(path) = self.path() else { return Ok(CacheFile::default()) };
        // Before it is read, so that what replaces it meanwhile is read the next time.
        let version = std::fs::metadata(&path).ok().map(|meta| Version::of(&meta));
        if let Some((of, file)) = &*lock(&self.known)
            && Some(*of) == version
        {
            return Ok(file.clone());
        }
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(CacheFile::default()),
            Err(error) => return Err(Trouble::Unreadable(error.to_string())),
        };
        // It may have come out of a backup. What cannot be made private is told by `doctor`.
        let _ = files::tighten(&path);
        let plain = match &self.keyring {
            None => bytes,
            Some(keyring) => {
                let key = keyring.key().await.map_err(Trouble::Keyring)?.ok_or(Trouble::Garbled)?;
                seal::open(&key, &bytes).ok_or(Trouble::Garbled)?
            }
        };
        let file = serde_json::from_slice(&plain).ok().filter(|f: &CacheFile| f.version == VERSION);
        let file = file.ok_or(Trouble::Garbled)?;
        *lock(&self.known) = version.map(|version| (version, file.clone()));
        Ok(file)
    }

    /// Moves an unusable file out of the way; returns words about it.
    pub(super) fn set_aside(&self, why: &str, now: Stamp) -> String {
        let Some(path) = self.path() else { return String::new() };
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let aside = path.with_file_name(format!("{name}.bad-{}", now.to_rfc3339().replace(':', "")));
        match std::fs::rename(&path, &aside) {
            Ok(()) => format!(
                "The cached sign-in could not be read ({why}); it is kept as {}. Sign in again.",
                aside.display()
            ),
            Err(_) => format!("The cached sign-in {} cannot be read: {why}. Sign in again.", path.display()),
        }
    }

    /// Puts an entry into the file. The words say why it failed. Whoever calls this holds the lock, if it can be had.
    pub(super) async fn put(&self, key: &str, entry: Entry, now: Stamp) -> Result<(), String> {
        let mut file = match self.read().await {
            Ok(file) => file,
            Err(Trouble::Keyring(why)) => return Err(format!("the keyring cannot be used: {why}.")),
            Err(trouble) => {
                self.set_aside(trouble.words(), now);
                CacheFile::default()
            }
        };
        file.entries.insert(key.to_owned(), entry);
        self.write(&file).await
    }

    async fn write(&self, file: &CacheFile) -> Result<(), String> {
        let Some(path) = self.path() else { return Ok(()) };
        let words = format!("{} cannot be written", path.display());
        let mut bytes = serde_json::to_vec_pretty(file).map_err(|e| format!("{words}: {e}."))?;
        if let Some(keyring) = &self.keyring {
            let key =
                keyring.key_or_new().await.map_err(|why| format!("the keyring cannot be used: {why}."))?;
            bytes = seal::seal(&key, &bytes).ok_or_else(|| format!("{words}: it cannot be sealed."))?;
        }
        // A flush to disk takes milliseconds, which the screen's thread does not have.
        tokio::task::spawn_blocking(move || replace(&path, &bytes))
            .await
            .map_err(|e| format!("{words}: {e}."))?
            .map_err(|e| format!("{words}: {e}."))
    }

    /// Removes an entry and everything that was set aside, and with the last entry the file and its key. Works on a
    /// broken file, which goes as a whole. Returns what was removed; `Err` names what is still there.
    pub(super) async fn remove(&self, key: &str) -> Result<Vec<String>, String> {
        let Some(path) = self.path() else { return Ok(Vec::new()) };
        let mut gone = Vec::new();
        let left = match self.read().await {
            Ok(mut file) => {
                file.entries.remove(key);
                Some(file).filter(|f| !f.entries.is_empty())
            }
            Err(_) => None,
        };
        let last = left.is_none();
        match left {
            Some(file) => {
                self.write(&file).await?;
                gone.push(format!("the tokens in {} (other profiles stay)", path.display()));
            }
            None => delete(&path, &mut gone)?,
        }
        let siblings = self.folder.iter().filter_map(|f| std::fs::read_dir(f).ok()).flatten().flatten();
        for file in siblings.filter(|f| f.file_name().to_string_lossy().starts_with("tokens.")) {
            if file.path() != path {
                delete(&file.path(), &mut gone)?;
            }
        }
        if let Some(keyring) = self.keyring.as_ref().filter(|_| last)
            && keyring.forget().await.map_err(|why| format!("the keyring's key is still there: {why}"))?
        {
            gone.push("the keyring's key".to_owned());
        }
        Ok(gone)
    }

    /// Keeps other processes from refreshing at the same time. The file is never deleted: a deleted lock lets two in.
    pub(super) async fn lock(&self) -> Option<File> {
        let file = files::open_or_make(&self.folder.as_ref()?.join("auth.lock")).ok()?;
        let mut waited = Duration::ZERO;
        while waited < LOCK_PATIENCE {
            match file.try_lock() {
                Ok(()) => return Some(file),
                Err(std::fs::TryLockError::WouldBlock) => {
                    tokio::time::sleep(LOCK_PAUSE).await;
                    waited += LOCK_PAUSE;
                }
                // A file system without locks.
                Err(std::fs::TryLockError::Error(_)) => return None,
            }
        }
        None
    }
}

impl Trouble {
    /// What was wrong.
    pub(super) fn words(&self) -> &str {
        match self {
            Self::Unreadable(why) | Self::Keyring(why) => why,
            Self::Garbled => "its content is not a token cache of this version and key",
        }
    }
}

fn delete(path: &Path, gone: &mut Vec<String>) -> Result<(), String> {
    match std::fs::remove_file(path) {
        Ok(()) => gone.push(path.display().to_string()),
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(format!("{} cannot be removed: {error}", path.display())),
    }
    Ok(())
}

/// Writes a whole new file beside the old one and puts it in its place, so that a reader sees one or the other, and a
/// crash leaves one or the other.
fn replace(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    sweep(folder);
    // tempfile makes it 0600.
    let mut new = tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(folder)?;
    new.write_all(bytes)?;
    new.as_file().sync_all()?;
    new.persist(path).map_err(|e| e.error)?;
    files::sync_folder(folder)
}

/// How a file is called until it is whole. It begins like the others, so that signing out finds it.
const UNFINISHED: &str = "tokens.new-";
/// Nobody writes for so long.
const FORGOTTEN: Duration = Duration::from_secs(60);

/// Takes away what a crash in the middle of writing has left: there are tokens in it.
fn sweep(folder: &Path) {
    let old = |file: &std::fs::DirEntry| {
        let modified = file.metadata().and_then(|meta| meta.modified()).ok();
        modified.and_then(|at| at.elapsed().ok()).is_some_and(|age| age > FORGOTTEN)
    };
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    for file in files.filter(|f| f.file_name().to_string_lossy().starts_with(UNFINISHED)).filter(old) {
        let _ = std::fs::remove_file(file.path());
    }
}

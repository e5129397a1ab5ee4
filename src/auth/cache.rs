//! The token cache: `tokens.json`, for its owner only, replaced as a whole.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use oauth2::TokenResponse;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Storage, TokenAnswer};
use crate::core::msg::Who;
use crate::core::session::Account;
use crate::core::time::Stamp;

/// Renewed when less than this is left, as every reference client does.
const SKEW: Duration = Duration::from_secs(5 * 60);
/// A lock that cannot be had is no reason to give up: Entra does not revoke a refresh token that was used.
const LOCK_PATIENCE: Duration = Duration::from_secs(10);
const LOCK_PAUSE: Duration = Duration::from_millis(30);
/// A token answer without a lifetime is taken to live this long.
const DEFAULT_LIFE: Duration = Duration::from_secs(3600);

/// One sign-in. `Debug` redacts the tokens.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Entry {
    account: String,
    pub(super) username: String,
    tenant: String,
    #[serde(serialize_with = "expose", deserialize_with = "hide", default)]
    pub(super) refresh_token: Option<SecretString>,
    #[serde(serialize_with = "expose", deserialize_with = "hide", default)]
    pub(super) access_token: Option<SecretString>,
    /// Microseconds since 1970 UTC.
    #[serde(with = "moment")]
    pub(super) expires_at: Stamp,
    #[serde(with = "moment")]
    pub(super) obtained_at: Stamp,
}

mod moment {
    use super::{Deserialize, Deserializer, Serializer, Stamp};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
    pub(super) fn serialize<S: Serializer>(stamp: &Stamp, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_i64(stamp.micros())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Stamp, D::Error> {
        i64::deserialize(from).map(Stamp::from_micros)
    }
}

#[expect(clippy::ref_option, reason = "serde's signature")]
fn expose<S: Serializer>(secret: &Option<SecretString>, to: S) -> Result<S::Ok, S::Error> {
    secret.as_ref().map(ExposeSecret::expose_secret).serialize(to)
}

fn hide<'de, D: Deserializer<'de>>(from: D) -> Result<Option<SecretString>, D::Error> {
    Ok(Option::<String>::deserialize(from)?.map(SecretString::from))
}

impl Entry {
    /// What a token answer leaves. A refresh that brings no new refresh token keeps the old one.
    pub(super) fn new(who: &Who, tokens: &TokenAnswer, old: Option<SecretString>, now: Stamp) -> Self {
        Self {
            account: who.account.as_str().to_owned(),
            username: who.username.clone(),
            tenant: who.tenant.clone(),
            refresh_token: tokens.refresh_token().map(|t| SecretString::from(t.secret().clone())).or(old),
            access_token: Some(SecretString::from(tokens.access_token().secret().clone())),
            expires_at: now + tokens.expires_in().unwrap_or(DEFAULT_LIFE),
            obtained_at: now,
        }
    }

    pub(super) fn who(&self) -> Who {
        Who {
            account: Account::new(&self.account),
            username: self.username.clone(),
            tenant: self.tenant.clone(),
        }
    }

    /// The same sign-in after its tokens were revoked: who it was stays known.
    pub(super) fn without_tokens(self) -> Self {
        Self { refresh_token: None, access_token: None, ..self }
    }

    /// Whether the access token has five minutes left. A clock that went back makes it doubtful, so not.
    pub(super) fn usable(&self, now: Stamp) -> bool {
        self.access_token.is_some() && self.expires_at.since(now) > SKEW && self.obtained_at.since(now) < SKEW
    }
}

/// The file's content.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct CacheFile {
    version: u32,
    pub(super) entries: BTreeMap<String, Entry>,
}

const VERSION: u32 = 1;

impl Default for CacheFile {
    fn default() -> Self {
        Self { version: VERSION, entries: BTreeMap::new() }
    }
}

/// Why the file cannot be used. Never holds any of it.
#[derive(Debug)]
pub(super) enum Trouble {
    Unreadable(String),
    Garbled,
}

/// The file and its lock.
pub(super) struct Cache {
    folder: Option<PathBuf>,
}

impl Cache {
    pub(super) fn new(storage: &Storage) -> Self {
        Self {
            folder: match storage {
                Storage::File(folder) => Some(folder.clone()),
                Storage::Memory => None,
            },
        }
    }

    fn path(&self) -> Option<PathBuf> {
        self.folder.as_ref().map(|folder| folder.join("tokens.json"))
    }

    /// What is on disk; nothing when there is no file.
    pub(super) fn read(&self) -> Result<CacheFile, Trouble> {
        let Some(path) = self.path() else { return Ok(CacheFile::default()) };
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(CacheFile::default()),
            Err(error) => return Err(Trouble::Unreadable(error.to_string())),
        };
        tighten(&path);
        serde_json::from_slice(&bytes)
            .ok()
            .filter(|f: &CacheFile| f.version == VERSION)
            .ok_or(Trouble::Garbled)
    }

    /// Moves an unusable file out of the way; returns words about it.
    pub(super) fn set_aside(&self, trouble: &Trouble, now: Stamp) -> String {
        let Some(path) = self.path() else { return String::new() };
        let why = match trouble {
            Trouble::Unreadable(why) => why.as_str(),
            Trouble::Garbled => "its content is not a token cache of this version",
        };
        let aside = path.with_file_name(format!("tokens.json.bad-{}", now.to_rfc3339().replace(':', "")));
        match std::fs::rename(&path, &aside) {
            Ok(()) => format!(
                "The cached sign-in could not be read ({why}); it is kept as {}. Sign in again.",
                aside.display()
            ),
            Err(_) => format!("The cached sign-in {} cannot be read: {why}. Sign in again.", path.display()),
        }
    }

    /// Puts an entry into the file. The words say why it failed.
    pub(super) async fn put(&self, key: &str, entry: Entry) -> Result<(), String> {
        let Some(path) = self.path() else { return Ok(()) };
        let mut file = self.read().unwrap_or_default();
        file.entries.insert(key.to_owned(), entry);
        let words = format!("{} cannot be written", path.display());
        let bytes = serde_json::to_vec_pretty(&file).map_err(|e| format!("{words}: {e}."))?;
        // A flush to disk takes milliseconds, which the screen's thread does not have.
        tokio::task::spawn_blocking(move || replace(&path, &bytes))
            .await
            .map_err(|e| format!("{words}: {e}."))?
            .map_err(|e| format!("{words}: {e}."))
    }

    /// Keeps other processes from refreshing at the same time. The file is never deleted: a deleted lock lets two in.
    pub(super) async fn lock(&self) -> Option<File> {
        let path = self.folder.as_ref()?.join("auth.lock");
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path).ok()?;
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

/// Writes a whole new file beside the old one and puts it in its place, so that a reader sees one or the other, and a
/// crash leaves one or the other.
fn replace(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    // tempfile makes it 0600.
    let mut new = tempfile::NamedTempFile::new_in(folder)?;
    new.write_all(bytes)?;
    new.as_file().sync_all()?;
    new.persist(path).map_err(|e| e.error)?;
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    Ok(())
}

/// A file that others can read is made private at once; it may have come out of a backup.
fn tighten(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        if let Ok(meta) = std::fs::metadata(path)
            && meta.permissions().mode() & 0o077 != 0
        {
            let _ = std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600));
        }
    }
    #[cfg(not(unix))]
    let _ = path;
}

//! How the sign-in stands, and its end.

use super::cache::{PLAIN, Trouble};
use super::{Auth, Inner, Storage, lock};
use crate::core::fault::{Fault, FaultKind};
use crate::core::standing::{SignedIn, Standing};
use crate::platform::{self, files};
use crate::ports::{Answer, SignIns};

impl SignIns for Auth {
    fn standing(&self) -> Answer<Standing> {
        let inner = std::sync::Arc::clone(&self.0);
        Box::pin(async move { Ok(inner.standing().await) })
    }

    fn sign_out(&self) -> Answer<Vec<String>> {
        let inner = std::sync::Arc::clone(&self.0);
        Box::pin(async move { inner.sign_out().await })
    }
}

impl Storage {
    /// The word in configuration and tables.
    pub fn name(&self) -> &'static str {
        match self {
            Self::File(_) => "file",
            Self::Keyring(_) => "keyring",
            Self::Memory => "memory",
        }
    }

    /// How what is kept there is protected. Not every disk keeps the mode that a file was made with.
    pub fn protection(&self) -> String {
        let words = match self {
            Self::File(folder) if platform::UNIX => {
                // Before there is one: what it will be made with.
                let mode = files::mode(&folder.join(PLAIN)).unwrap_or(0o600);
                let open = if mode & 0o077 != 0 { ": others can get at it" } else { "" };
                return format!("{mode:04o}{open}, not encrypted");
            }
            Self::File(_) => "not encrypted, in your profile folder, which only your user may read",
            Self::Keyring(_) => "AES-256-GCM, its key in the keyring",
            Self::Memory => "in memory only, gone when the program ends",
        };
        words.to_owned()
    }
}

impl Inner {
    async fn standing(&self) -> Standing {
        let trouble = match self.cache.read().await {
            Ok(_) => None,
            Err(Trouble::Keyring(why)) => Some(format!("The keyring cannot be used: {why}.")),
            Err(trouble) => Some(format!("The cached sign-in cannot be read: {}.", trouble.words())),
        };
        let now = self.clock.now();
        let entry = self.entry().await.filter(|e| e.refresh_token.is_some() || e.usable(now));
        Standing {
            signed_in: entry.map(|entry| SignedIn {
                who: entry.who(),
                method: entry.way().name(),
                scopes: entry.scopes().to_vec(),
                expires_at: entry.expires_at,
                renewable: entry.refresh_token.is_some(),
            }),
            storage: self.config.storage.name(),
            path: self.cache.path().map(|path| path.display().to_string()),
            protection: self.config.storage.protection(),
            trouble,
        }
    }

    async fn sign_out(&self) -> Result<Vec<String>, Fault> {
        let _alone = self.refreshing.lock().await;
        let _among_processes = self.cache.lock().await;
        *lock(&self.memory) = None;
        *lock(&self.challenge) = None;
        self.cache.remove(&self.config.key()).await.map_err(|why| {
            Fault::new(FaultKind::Disk, format!("Not all of the sign-in could be removed: {why}."))
        })
    }
}

#[cfg(test)]
mod tests {
    #[cfg(unix)]
    #[test]
    fn the_protection_of_a_file_is_the_mode_that_it_has() {
        use super::*;
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::TempDir::new().unwrap();
        let storage = Storage::File(dir.path().to_owned());
        assert_eq!(storage.protection(), "0600, not encrypted", "as it will be made");
        let file = dir.path().join(PLAIN);
        std::fs::write(&file, "").unwrap();
        for (mode, words) in
            [(0o600, "0600, not encrypted"), (0o400, "0400, not"), (0o644, "0644: others can get at it, not")]
        {
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
            assert!(storage.protection().starts_with(words), "{}", storage.protection());
        }
    }
}

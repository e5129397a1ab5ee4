//! How the sign-in stands, and its end.

use super::cache::Trouble;
use super::{Auth, Inner, Storage, lock};
use crate::core::fault::{Fault, FaultKind};
use crate::core::standing::{SignedIn, Standing};
use crate::platform;
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

    /// How what is kept there is protected.
    pub fn protection(&self) -> &'static str {
        match self {
            Self::File(_) if platform::UNIX => "0600, not encrypted",
            Self::File(_) => "not encrypted, in your profile folder, which only your user may read",
            Self::Keyring(_) => "AES-256-GCM, its key in the keyring",
            Self::Memory => "in memory only, gone when the program ends",
        }
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
            protection: self.config.storage.protection().to_owned(),
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

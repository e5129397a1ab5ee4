//! The system's keyring, which keeps one 32-byte key and never a token: Windows takes no more than 2,560 bytes, and one
//! small secret means one prompt at most.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use keyring_core::Entry;
use secrecy::{ExposeSecret, SecretSlice};

use super::lock;
use crate::platform::keyring::store;

/// A keyring on a mute bus would be waited for without end, and a locked one asks in a window that nobody may see.
const BUDGET: Duration = Duration::from_secs(3);
const SERVICE: &str = "retitle";
/// In bytes.
pub(super) const KEY_LENGTH: usize = 32;

/// One key of the keyring.
pub(super) struct Keyring {
    /// A key for each state folder, so that signing out of one leaves the others alone.
    name: String,
    /// What was read or made once in this run.
    known: Arc<Mutex<Option<SecretSlice<u8>>>>,
}

impl Keyring {
    pub(super) fn new(folder: &Path) -> Self {
        Self { name: format!("token key of {}", folder.display()), known: Arc::default() }
    }

    /// The key, if there is one. The words say why the keyring cannot be used.
    pub(super) async fn key(&self) -> Result<Option<SecretSlice<u8>>, String> {
        if let Some(known) = lock(&self.known).clone() {
            return Ok(Some(known));
        }
        let (name, known) = (self.name.clone(), Arc::clone(&self.known));
        within_budget(move || {
            let key = match entry(&name)?.get_secret() {
                Ok(bytes) if bytes.len() == KEY_LENGTH => SecretSlice::from(bytes),
                Ok(_) => return Err("its key has another length; something else wrote it".into()),
                Err(keyring_core::Error::NoEntry) => return Ok(None),
                Err(error) => return Err(words(error)),
            };
            *lock(&known) = Some(key.clone());
            Ok(Some(key))
        })
        .await
    }

    /// The key, made if there is none, and read back: a keyring that forgets at once is found out here.
    pub(super) async fn key_or_new(&self) -> Result<SecretSlice<u8>, String> {
        if let Some(key) = self.key().await? {
            return Ok(key);
        }
        let name = self.name.clone();
        within_budget(move || {
            let mut fresh = [0; KEY_LENGTH];
            aws_lc_rs::rand::fill(&mut fresh).map_err(|_| "the system gives no random bytes".to_owned())?;
            let fresh = SecretSlice::from(fresh.to_vec());
            let entry = entry(&name)?;
            entry.set_secret(fresh.expose_secret()).map_err(words)?;
            match entry.get_secret() {
                Ok(kept) if kept == fresh.expose_secret() => Ok(()),
                Ok(_) => Err("it does not give back what it was given".into()),
                Err(error) => Err(words(error)),
            }
        })
        .await?;
        self.key().await?.ok_or_else(|| "it forgot the key at once".to_owned())
    }

    /// Takes the key out. Whether there was one.
    pub(super) async fn forget(&self) -> Result<bool, String> {
        *lock(&self.known) = None;
        let name = self.name.clone();
        within_budget(move || match entry(&name)?.delete_credential() {
            Ok(()) => Ok(true),
            Err(keyring_core::Error::NoEntry) => Ok(false),
            Err(error) => Err(words(error)),
        })
        .await
    }
}

fn entry(name: &str) -> Result<Entry, String> {
    store().and_then(|store| store.build(SERVICE, name, None)).map_err(words)
}

/// On a thread of its own, which is left behind when it hangs: a pool of the runtime would wait for it at the end.
async fn within_budget<T: Send + 'static>(
    ask: impl FnOnce() -> Result<T, String> + Send + 'static,
) -> Result<T, String> {
    let (tell, hear) = tokio::sync::oneshot::channel();
    std::thread::Builder::new()
        .name("keyring".into())
        .spawn(move || {
            let _ = tell.send(ask());
        })
        .map_err(|error| error.to_string())?;
    match tokio::time::timeout(BUDGET, hear).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(_)) => Err("asking it failed".into()),
        Err(_) => Err(format!("it did not answer within {} seconds (is it locked?)", BUDGET.as_secs())),
    }
}

/// An error of the keyring without anything that it may carry of a secret.
#[expect(clippy::wildcard_enum_match_arm, reason = "it is another's, and says that it will grow")]
fn words(error: keyring_core::Error) -> String {
    use keyring_core::Error;
    match error {
        Error::PlatformFailure(why) | Error::NoStorageAccess(why) => why.to_string(),
        Error::BadEncoding(_) | Error::BadDataFormat(..) => "it gives back something unreadable".into(),
        other => other.to_string(),
    }
}

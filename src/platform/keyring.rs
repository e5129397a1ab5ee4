//! The system's own store for secrets, behind one interface.

use std::sync::Arc;

use keyring_core::{CredentialStore, Result};

/// The Secret Service.
///
/// # Errors
/// When it cannot be reached.
#[cfg(target_os = "linux")]
pub fn store() -> Result<Arc<CredentialStore>> {
    Ok(dbus_secret_service_keyring_store::Store::new()?)
}

/// The Keychain.
///
/// # Errors
/// When it cannot be reached.
#[cfg(target_os = "macos")]
pub fn store() -> Result<Arc<CredentialStore>> {
    Ok(apple_native_keyring_store::keychain::Store::new()?)
}

/// The Credential Manager.
///
/// # Errors
/// When it cannot be reached.
#[cfg(windows)]
pub fn store() -> Result<Arc<CredentialStore>> {
    Ok(windows_native_keyring_store::Store::new()?)
}

/// None is known here.
///
/// # Errors
/// Always.
#[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
pub fn store() -> Result<Arc<CredentialStore>> {
    Err(keyring_core::Error::NotSupportedByStore("no keyring is known on this system".into()))
}

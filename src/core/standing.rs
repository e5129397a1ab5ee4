//! How a profile's sign-in stands, for people and for scripts.

use super::msg::Who;
use super::time::Stamp;

/// What the token cache holds for a profile. No secrets.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Standing {
    /// `None` when nobody is signed in, or the tokens were revoked.
    pub signed_in: Option<SignedIn>,
    /// `file`, `keyring` or `memory`.
    pub storage: &'static str,
    /// Where the tokens are, if on disk.
    pub path: Option<String>,
    /// How they are protected there.
    pub protection: String,
    /// What is wrong with the cache, if something is.
    pub trouble: Option<String>,
}

/// A sign-in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SignedIn {
    pub who: Who,
    /// `device`, `browser` or `command`.
    pub method: &'static str,
    /// As the server named them.
    pub scopes: Vec<String>,
    /// When the access token runs out.
    pub expires_at: Stamp,
    /// Whether it can be renewed without a person.
    pub renewable: bool,
}

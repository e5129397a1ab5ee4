//! Signing in to Entra, and staying signed in.

mod adapter;
pub mod cache;
mod device;
mod entra;
mod id_token;
mod refresh;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use oauth2::basic::{
    BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse, BasicTokenType,
};
use oauth2::{
    AuthType, ClientId, DeviceAuthorizationUrl, EndpointNotSet, EndpointSet, ExtraTokenFields, Scope,
    StandardRevocableToken, StandardTokenResponse, TokenUrl,
};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::core::effect::AuthCall;
use crate::core::fault::{Fault, FaultKind};
use crate::core::msg::{Attempt, AuthReply};
use crate::core::session::Account;
use crate::core::time::Stamp;
use crate::ports::{Answer, Clock, Identity, Tokens};
use cache::{Cache, Entry};

/// Where tokens are kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Storage {
    /// In `tokens.json` in this folder.
    File(PathBuf),
    /// Nowhere: the next start signs in again.
    Memory,
}

/// Whom to ask, for what, and where the answer is kept.
#[derive(Clone, Debug)]
pub struct AuthConfig {
    /// `https://login.microsoftonline.com`, without a slash at the end.
    pub authority: Url,
    pub tenant: String,
    pub client_id: String,
    pub profile: String,
    /// Ask for the reading permission alone.
    pub read_only: bool,
    pub storage: Storage,
}

impl AuthConfig {
    /// The permissions without which the program cannot do its work. Graph's data lists no GET under the writing one,
    /// so both are asked for.
    fn needed(&self) -> Vec<&'static str> {
        let mut scopes = vec!["SecurityCopilotWorkspaces.Read.All"];
        if !self.read_only {
            scopes.push("SecurityCopilotWorkspaces.ReadWrite.All");
        }
        scopes
    }

    fn scopes(&self) -> Vec<Scope> {
        let sign_in = ["openid", "profile", "offline_access"].map(str::to_owned);
        let graph = self.needed().into_iter().map(|name| format!("{GRAPH}{name}"));
        sign_in.into_iter().chain(graph).map(Scope::new).collect()
    }

    /// What tells one sign-in from another in the cache: two app registrations or tenants never mix.
    fn key(&self) -> String {
        let Self { authority, tenant, client_id, profile, read_only, .. } = self;
        let rights = if *read_only { "read" } else { "write" };
        format!("{profile}|{}|{tenant}|{client_id}|{rights}", authority.origin().ascii_serialization())
    }

    fn endpoint(&self, name: &str) -> Result<Url, Fault> {
        let mut url = self.authority.clone();
        url.path_segments_mut()
            .map_err(|()| Fault::new(FaultKind::SignInBlocked, "endpoints.authority cannot have a path."))?
            .pop_if_empty()
            .extend([self.tenant.as_str(), "oauth2", "v2.0", name]);
        Ok(url)
    }

    fn host(&self) -> &str {
        self.authority.host_str().unwrap_or("the sign-in server")
    }
}

/// The full form of a Graph permission; the only form that no server can read as another resource's.
const GRAPH: &str = "https://graph.microsoft.com/";

/// What Entra's token answers hold beside the standard fields.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Extra {
    id_token: Option<Hidden>,
}

impl ExtraTokenFields for Extra {}

/// A secret inside a type that others print.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
struct Hidden(String);

impl std::fmt::Debug for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[redacted]")
    }
}

type TokenAnswer = StandardTokenResponse<Extra, BasicTokenType>;
type Client = oauth2::Client<
    BasicErrorResponse,
    TokenAnswer,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointNotSet,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

/// Sign-in and tokens of one profile.
#[derive(Clone)]
pub struct Auth(Arc<Inner>);

struct Inner {
    config: AuthConfig,
    http: reqwest::Client,
    clock: Arc<dyn Clock>,
    cache: Cache,
    /// What is in use when nothing is on disk: by choice, or because writing failed.
    memory: Mutex<Option<Entry>>,
    /// The device code being waited for.
    waiting: Mutex<Option<(Attempt, SecretString)>>,
    /// One refresh at a time in this process; other processes are kept out by the cache's lock file.
    refreshing: tokio::sync::Mutex<()>,
    /// The last refresh that failed for good, and when: asking again at once is how apps get blocked (AADSTS50196).
    failed: Mutex<Option<(Stamp, Fault)>>,
}

impl Auth {
    /// Sign-in for one profile, over a ready HTTP client.
    pub fn new(config: AuthConfig, http: reqwest::Client, clock: Arc<dyn Clock>) -> Self {
        let cache = Cache::new(&config.storage);
        Self(Arc::new(Inner {
            config,
            http,
            clock,
            cache,
            memory: Mutex::default(),
            waiting: Mutex::default(),
            refreshing: tokio::sync::Mutex::default(),
            failed: Mutex::default(),
        }))
    }
}

impl Identity for Auth {
    fn call(&self, attempt: Attempt, call: AuthCall) -> Answer<AuthReply> {
        let inner = Arc::clone(&self.0);
        Box::pin(async move {
            match call {
                AuthCall::Resume => Ok(inner.resume()),
                AuthCall::Begin => inner.begin(attempt).await,
                AuthCall::Poll => inner.poll(attempt).await,
            }
        })
    }
}

impl Tokens for Auth {
    fn access_token(&self, account: Account, rejected: Option<SecretString>) -> Answer<SecretString> {
        let inner = Arc::clone(&self.0);
        Box::pin(async move { inner.access_token(account, rejected).await })
    }
}

impl Inner {
    /// Whether a cached sign-in can be used. Asks nobody.
    fn resume(&self) -> AuthReply {
        let (entry, notice) = match self.cache.read() {
            Ok(mut file) => (file.entries.remove(&self.config.key()), None),
            Err(trouble) => (None, Some(self.cache.set_aside(&trouble, self.clock.now()))),
        };
        match entry.filter(|e| e.refresh_token.is_some() || e.usable(self.clock.now())) {
            Some(entry) => AuthReply::Restored(entry.who()),
            None => AuthReply::NothingCached { notice },
        }
    }

    /// The entry in use: the one on disk, else the one in memory.
    fn entry(&self) -> Option<Entry> {
        let on_disk = self.cache.read().ok().and_then(|mut file| file.entries.remove(&self.config.key()));
        let in_memory = lock(&self.memory).clone();
        match (on_disk, in_memory) {
            // Memory holds something only if it could not be written, so it is the newer one.
            (Some(disk), Some(memory)) if memory.obtained_at >= disk.obtained_at => Some(memory),
            (Some(disk), _) => Some(disk),
            (None, memory) => memory,
        }
    }

    /// Keeps an entry; the words say why it could not be kept on disk.
    async fn keep(&self, entry: Entry) -> Option<String> {
        if self.config.storage == Storage::Memory {
            *lock(&self.memory) = Some(entry);
            return None;
        }
        match self.cache.put(&self.config.key(), entry.clone()).await {
            Ok(()) => {
                *lock(&self.memory) = None;
                None
            }
            Err(why) => {
                *lock(&self.memory) = Some(entry);
                Some(format!("The sign-in is kept in memory only: {why}"))
            }
        }
    }

    fn client(&self) -> Result<Client, Fault> {
        let device = DeviceAuthorizationUrl::from_url(self.config.endpoint("devicecode")?);
        let token = TokenUrl::from_url(self.config.endpoint("token")?);
        Ok(oauth2::Client::new(ClientId::new(self.config.client_id.clone()))
            // A public client has no secret, and its id goes into the body.
            .set_auth_type(AuthType::RequestBody)
            .set_device_authorization_url(device)
            .set_token_uri(token))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

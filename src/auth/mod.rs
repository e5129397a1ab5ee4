//! Signing in to Entra, and staying signed in.

mod adapter;
mod browser;
mod cache;
mod claims;
mod command;
mod device;
mod entra;
mod entry;
mod granted;
mod hints;
mod id_token;
mod keyring;
mod refresh;
mod return_page;
mod seal;
mod standing;

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use oauth2::basic::{
    BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse, BasicTokenType,
};
use oauth2::{
    AuthType, AuthUrl, ClientId, DeviceAuthorizationUrl, EndpointNotSet, EndpointSet, ExtraTokenFields,
    Scope, StandardRevocableToken, StandardTokenResponse, TokenUrl,
};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::core::effect::{AuthCall, Way};
use crate::core::fault::{Fault, FaultKind};
use crate::core::msg::{Attempt, AuthReply};
use crate::core::session::Account;
use crate::core::time::Stamp;
use crate::http::Http;
use crate::ports::{Answer, Clock, Identity, Rejected, Tokens};
use cache::{Cache, Trouble, keyring_fault};
use entry::Entry;

/// Where tokens are kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Storage {
    /// In `tokens.json` in this folder.
    File(PathBuf),
    /// In `tokens.bin` in this folder, sealed with a key that the system's keyring keeps.
    Keyring(PathBuf),
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
    /// The scheme and host of Graph: tokens obtained for one host are never used for another.
    pub graph: String,
    /// A program and its arguments that print an access token, for `Way::Command`.
    pub token_command: Vec<String>,
}

impl AuthConfig {
    /// The permissions without which the program cannot do its work. Graph's data lists no GET under the writing one,
    /// so both are asked for.
    pub fn needed(&self) -> &'static [&'static str] {
        if self.read_only { &[READ] } else { &[READ, WRITE] }
    }

    fn scopes(&self) -> Vec<Scope> {
        let sign_in = ["openid", "profile", "offline_access"].map(str::to_owned);
        let graph = self.needed().iter().map(|name| format!("{GRAPH}{name}"));
        sign_in.into_iter().chain(graph).map(Scope::new).collect()
    }

    /// The permission that the words of an error name.
    fn scope_in_words(&self) -> &'static str {
        if self.read_only { READ } else { WRITE }
    }

    /// What tells one sign-in from another in the cache: two app registrations or tenants never mix.
    fn key(&self) -> String {
        let Self { authority, graph, tenant, client_id, profile, read_only, .. } = self;
        let rights = if *read_only { "read" } else { "write" };
        let authority = authority.origin().ascii_serialization();
        format!("{profile}|{authority}|{graph}|{tenant}|{client_id}|{rights}")
    }

    /// An endpoint of a tenant: of the configured one, or of the one that a token is of.
    fn endpoint(&self, tenant: &str, name: &str) -> Result<Url, Fault> {
        let mut url = self.authority.clone();
        url.path_segments_mut()
            .map_err(|()| Fault::new(FaultKind::SignInBlocked, "endpoints.authority cannot have a path."))?
            .pop_if_empty()
            .extend([tenant, "oauth2", "v2.0", name]);
        Ok(url)
    }

    fn host(&self) -> &str {
        self.authority.host_str().unwrap_or("the sign-in server")
    }
}

const READ: &str = "SecurityCopilotWorkspaces.Read.All";
const WRITE: &str = "SecurityCopilotWorkspaces.ReadWrite.All";
/// The full form of a Graph permission; the only form that no server can read as another resource's.
const GRAPH: &str = "https://graph.microsoft.com/";

/// What Entra's token answers hold beside the standard fields.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Extra {
    id_token: Option<Hidden>,
    /// In seconds.
    #[serde(default)]
    refresh_in: Option<u64>,
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
    EndpointSet,
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
    http: Http,
    clock: Arc<dyn Clock>,
    cache: Cache,
    /// What is in use when nothing is on disk: by choice, or because writing failed.
    memory: Mutex<Option<Entry>>,
    /// What the attempt under way waits for.
    waiting: Mutex<Option<(Attempt, Waiting)>>,
    /// What a server wants the next sign-in to bring along (continuous access evaluation, conditional access).
    challenge: Mutex<Option<String>>,
    /// One refresh at a time in this process; other processes are kept out by the cache's lock file.
    refreshing: tokio::sync::Mutex<()>,
    /// A refresh ahead of need is under way.
    ageing: AtomicBool,
    /// The last refresh that failed for good, and when: asking again at once is how apps get blocked (AADSTS50196).
    failed: Mutex<Option<(Stamp, Fault)>>,
}

/// What an attempt waits for.
enum Waiting {
    Code(SecretString),
    Browser(Box<browser::Expected>),
}

impl Auth {
    /// Sign-in for one profile.
    pub fn new(config: AuthConfig, http: Http, clock: Arc<dyn Clock>) -> Self {
        let cache = Cache::new(&config.storage);
        Self(Arc::new(Inner {
            config,
            http,
            clock,
            cache,
            memory: Mutex::default(),
            waiting: Mutex::default(),
            challenge: Mutex::default(),
            refreshing: tokio::sync::Mutex::default(),
            ageing: AtomicBool::new(false),
            failed: Mutex::default(),
        }))
    }
}

impl Identity for Auth {
    fn call(&self, attempt: Attempt, call: AuthCall) -> Answer<AuthReply> {
        let inner = Arc::clone(&self.0);
        Box::pin(async move {
            match call {
                AuthCall::Resume => inner.resume().await,
                AuthCall::Begin(way) => inner.begin(attempt, way).await,
                AuthCall::Poll => inner.poll(attempt).await,
                AuthCall::Return => inner.come_back(attempt).await,
            }
        })
    }
}

impl Tokens for Auth {
    fn access_token(&self, account: Account, rejected: Option<Rejected>) -> Answer<SecretString> {
        let inner = Arc::clone(&self.0);
        Box::pin(async move { inner.access_token(account, rejected).await })
    }

    fn challenged(&self, claims: String) {
        *lock(&self.0.challenge) = Some(claims);
    }
}

impl Inner {
    /// Whether a cached sign-in can be used. Asks no server.
    async fn resume(&self) -> Result<AuthReply, Fault> {
        let now = self.clock.now();
        let (entry, notice) = match self.cache.read().await {
            Ok(mut file) => (file.entries.remove(&self.config.key()), None),
            Err(Trouble::Keyring(why)) => return Err(keyring_fault(&why)),
            Err(trouble) => (None, Some(self.cache.set_aside(trouble.words(), now))),
        };
        Ok(match entry.filter(|e| e.refresh_token.is_some() || e.usable(now)) {
            Some(entry) => AuthReply::Restored(entry.who()),
            None => AuthReply::NothingCached { notice },
        })
    }

    /// Begins in one way; what an older attempt waited for is forgotten.
    async fn begin(&self, attempt: Attempt, way: Way) -> Result<AuthReply, Fault> {
        *lock(&self.waiting) = None;
        match way {
            Way::Device => {
                self.cache.probe().await?;
                self.begin_code(attempt).await
            }
            Way::Browser => {
                self.cache.probe().await?;
                self.begin_page(attempt).await
            }
            Way::Command => self.run_command().await,
        }
    }

    /// The entry in use: the one on disk, else the one in memory.
    async fn entry(&self) -> Option<Entry> {
        let on_disk =
            self.cache.read().await.ok().and_then(|mut file| file.entries.remove(&self.config.key()));
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
        match self.cache.put(&self.config.key(), entry.clone(), self.clock.now()).await {
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

    /// oauth2's client for the endpoints of a tenant.
    fn client(&self, tenant: &str) -> Result<Client, Fault> {
        let endpoint = |name| self.config.endpoint(tenant, name);
        Ok(oauth2::Client::new(ClientId::new(self.config.client_id.clone()))
            // A public client has no secret, and its id goes into the body.
            .set_auth_type(AuthType::RequestBody)
            .set_auth_uri(AuthUrl::from_url(endpoint("authorize")?))
            .set_device_authorization_url(DeviceAuthorizationUrl::from_url(endpoint("devicecode")?))
            .set_token_uri(TokenUrl::from_url(endpoint("token")?)))
    }

    /// The `claims` parameter of an interactive request.
    fn claims(&self) -> String {
        claims::with(lock(&self.challenge).as_deref())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

//! A sign-in against the simulator, with a clock that the test sets.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use retitle::auth::{Auth, AuthConfig, Storage};
use retitle::core::effect::{AuthCall, Way};
use retitle::core::msg::{Attempt, AuthReply};
use retitle::core::session::Account;
use retitle::core::time::Stamp;
use retitle::http::{Http, HttpOptions};
use retitle::ports::{Clock, Identity};
use retitle::simulator::{Options, Simulator};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::common::{CLIENT, ask, control};

/// A clock that a test sets.
#[derive(Default)]
pub struct Hand(pub AtomicI64);

impl Clock for Hand {
    fn now(&self) -> Stamp {
        Stamp::from_micros(1_800_000_000_000_000 + self.0.load(Ordering::SeqCst) * 1_000_000)
    }
}

pub fn config(authority: &str, storage: Storage) -> AuthConfig {
    AuthConfig {
        authority: authority.parse().unwrap(),
        tenant: "organizations".into(),
        client_id: CLIENT.into(),
        profile: "default".into(),
        read_only: false,
        storage,
        graph: "https://graph.microsoft.com".into(),
        token_command: Vec::new(),
    }
}

pub fn auth_with(config: AuthConfig, clock: &Arc<Hand>) -> Auth {
    let clock: Arc<dyn Clock> = Arc::<Hand>::clone(clock);
    Auth::new(config, Http::new(HttpOptions { ca_file: None, loopback_only: true }).unwrap(), clock)
}

pub fn auth_at(authority: &str, storage: Storage, clock: &Arc<Hand>) -> Auth {
    auth_with(config(authority, storage), clock)
}

pub fn file(dir: &TempDir) -> Storage {
    Storage::File(dir.path().to_owned())
}

pub struct Desk {
    pub simulator: Simulator,
    pub dir: TempDir,
    pub clock: Arc<Hand>,
}

impl Desk {
    pub async fn new(options: Options) -> Self {
        let simulator = Simulator::start(options).await.unwrap();
        Self { simulator, dir: TempDir::new().unwrap(), clock: Arc::default() }
    }

    pub fn auth(&self) -> Auth {
        auth_at(self.simulator.authority(), file(&self.dir), &self.clock)
    }

    pub async fn control(&self, what: &str) {
        control(self.simulator.authority(), what, json!({})).await;
    }

    pub async fn policy(&self, policy: Value) {
        control(self.simulator.authority(), "policy", policy).await;
    }

    /// So many seconds after the start.
    pub fn later(&self, seconds: i64) {
        self.clock.0.store(seconds, Ordering::SeqCst);
    }

    pub async fn sign_in(&self, auth: &Auth) -> Account {
        auth.call(Attempt(1), AuthCall::Begin(Way::Device)).await.unwrap();
        self.control("approve").await;
        match auth.call(Attempt(1), AuthCall::Poll).await.unwrap() {
            AuthReply::SignedIn { who, notice: None } => who.account,
            other => panic!("{other:?}"),
        }
    }

    pub async fn refreshes(&self) -> usize {
        let requests = ask(self.simulator.authority(), "requests").await;
        requests.iter().filter(|r| r["body"] == "grant_type=refresh_token").count()
    }
}

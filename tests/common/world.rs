//! A simulator on a thread of its own, a configuration for it, and folders that go with the test.
#![allow(dead_code, reason = "not every test binary uses all of it")]

use std::ffi::OsString;
use std::path::PathBuf;

use retitle::simulator::{Options, Simulator};
use serde_json::Value;
use tempfile::TempDir;

use super::{CLIENT, ask, control, options, server_name};

/// The first opened session of the invented world, newest first.
pub const FIRST: &str = "c91cd0cf-7b4c-490b-8fd5-45e1c4cd451e";

/// How the simulator's tokens and codes begin, and what goes before a token.
pub const SECRETS: [&str; 5] = ["AT.", "RT.", "DC.", "AC.", "Bearer"];

pub struct World {
    /// Without TLS; for `/control` above all.
    pub base: String,
    /// Where the program is sent to.
    pub address: String,
    pub dir: TempDir,
    _stop: tokio::sync::oneshot::Sender<()>,
}

impl World {
    pub fn new() -> Self {
        Self::with(options())
    }

    pub fn with(options: Options) -> Self {
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let (tell, hear) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            block(async {
                let simulator = Simulator::start(options).await.unwrap();
                let texts = [simulator.plain(), simulator.authority(), simulator.ca().unwrap_or("")];
                tell.send(texts.map(ToOwned::to_owned)).unwrap();
                let _ = stopped.await;
            });
        });
        let [base, address, ca] = hear.recv().unwrap();
        let world = Self { base, address, dir: TempDir::new().unwrap(), _stop: stop };
        std::fs::write(world.ca(), ca).unwrap();
        world.configure("");
        world
    }

    /// Writes the configuration; `more` is put before its tables.
    pub fn configure(&self, more: &str) {
        let base = &self.address;
        let config = format!(
            "client_id = \"{CLIENT}\"\ntenant = \"contoso.com\"\n{more}\n[endpoints]\nauthority = \"{base}\"\ngraph = \"{base}/beta\"\nportal = \"{base}\"\n"
        );
        std::fs::write(self.config(), config).unwrap();
    }

    pub fn config(&self) -> PathBuf {
        self.dir.path().join("config.toml")
    }

    /// The certificate to trust, where TLS is spoken.
    pub fn ca(&self) -> PathBuf {
        self.dir.path().join("ca.pem")
    }

    pub fn state(&self) -> PathBuf {
        self.dir.path().join("state")
    }

    pub fn tokens(&self) -> PathBuf {
        self.state().join("auth/tokens.json")
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.state().join("retitle.log")).unwrap_or_default()
    }

    /// All that a run of the binary gets to see of its surroundings. Where lines are counted, it has to know where to.
    pub fn environment(&self) -> Vec<(&'static str, OsString)> {
        let counts = std::env::var_os("LLVM_PROFILE_FILE").map(|file| ("LLVM_PROFILE_FILE", file));
        let own = [
            ("PATH", std::env::var_os("PATH").unwrap_or_default()),
            ("HOME", self.dir.path().into()),
            ("RETITLE_CONFIG", self.config().into()),
            ("RETITLE_STATE_DIR", self.state().into()),
        ];
        own.into_iter().chain(counts).collect()
    }

    pub fn control(&self, what: &str, body: Value) {
        block(control(&self.base, what, body));
    }

    pub fn name(&self, id: &str) -> Option<String> {
        block(server_name(&self.base, id))
    }

    pub fn requests(&self) -> Vec<Value> {
        block(ask(&self.base, "requests"))
    }

    pub fn patches(&self) -> usize {
        self.requests().iter().filter(|r| r["method"] == "PATCH").count()
    }

    pub fn refreshes(&self) -> usize {
        self.requests().iter().filter(|r| r["body"] == "grant_type=refresh_token").count()
    }
}

pub fn block<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

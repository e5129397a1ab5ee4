//! Somebody's sessions: on a server, in the library, and a sign-in to go with them.

use std::ffi::OsString;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use retitle::core::session::{Account, Host, Key, Presence, Profile, Session, SessionId, WorkspaceId};
use retitle::core::store::StoreCall;
use retitle::core::time::Stamp;
use retitle::ports::Library;
use retitle::store::library::SqliteLibrary;
use serde_json::json;
use tempfile::TempDir;
use uuid::Uuid;

use crate::common::library::JO;
use crate::common::world::block;
use crate::common::{CLIENT, grow};
use crate::simulator::Running;

/// Ages count in weeks from here on, and the next one is days away: no visible age rolls over while the app is watched.
const AGE: i64 = (3 * 7 + 3) * 24 * HOUR;
const HOUR: i64 = 3_600_000_000;
const WORKSPACE: &str = "3f0c7a52-9d1e-4b7a-8c55-0a6f2f1e9b01";
const WHAT: [&str; 8] = [
    "phishing wave",
    "suspicious sign-in",
    "malware beacon",
    "data exfiltration",
    "password spray",
    "impossible travel",
    "lateral movement",
    "token theft",
];
const WHERE: [&str; 7] = ["finance", "HR", "legal", "the plant", "the CFO", "a contractor", "payroll"];

/// The name of the row with this number, counted from the top.
pub fn name(row: usize) -> String {
    format!("INC-{} {}, {}", 20_000 + row, WHAT[row % WHAT.len()], WHERE[row % WHERE.len()])
}

/// As random as real ones, and the same in every run.
fn id(row: usize) -> String {
    let high = (row as u128 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835);
    Uuid::from_u128(high ^ (high >> 61)).to_string()
}

/// Microseconds since 1970 UTC, the newest first.
fn modified(row: usize) -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros();
    i64::try_from(since).unwrap() / HOUR * HOUR - AGE - 100_000 * i64::try_from(row).unwrap()
}

pub struct Home {
    dir: TempDir,
    simulator: Option<Running>,
    /// Where the app is sent.
    pub base: String,
}

impl Home {
    /// So many sessions on the server, all of them in the library, and somebody signed in.
    pub fn known(bin: &Path, count: usize) -> Self {
        Self::known_through(bin, count, ToOwned::to_owned)
    }

    /// The same, with something before the server: given the simulator's address, `way` tells where the app is sent.
    pub fn known_through(bin: &Path, count: usize, way: impl FnOnce(&str) -> String) -> Self {
        let dir = TempDir::new().unwrap();
        let file = dir.path().join("simulator.json");
        on_server(&file, count).unwrap();
        let home = Self::with(dir, Running::start(1_000, Duration::ZERO, Some(file)), way);
        home.fill_library(count);
        home.sign_in(bin);
        home
    }

    /// So many sessions on the server, none of them in the library, and somebody signed in.
    pub fn strange(bin: &Path, count: usize, page_size: usize, latency: Duration) -> Self {
        let home =
            Self::with(TempDir::new().unwrap(), Running::start(page_size, latency, None), ToOwned::to_owned);
        block(grow(&home.base, count));
        home.sign_in(bin);
        home
    }

    fn with(dir: TempDir, simulator: Running, way: impl FnOnce(&str) -> String) -> Self {
        let base = way(&simulator.base);
        let home = Self { dir, base, simulator: Some(simulator) };
        std::fs::create_dir_all(home.state()).unwrap();
        let base = &home.base;
        let config = format!(
            "client_id = \"{CLIENT}\"\ntenant = \"contoso.com\"\n[endpoints]\nauthority = \"{base}\"\ngraph = \"{base}/beta\"\nportal = \"{base}\"\n"
        );
        std::fs::write(home.dir.path().join("config.toml"), config).unwrap();
        home
    }

    pub fn state(&self) -> PathBuf {
        self.dir.path().join("state")
    }

    fn tokens(&self) -> PathBuf {
        self.state().join("auth/tokens.json")
    }

    /// The access token of the sign-in.
    pub fn token(&self) -> String {
        let text = std::fs::read_to_string(self.tokens()).unwrap();
        let (_, after) = text.split_once("\"AT.").unwrap();
        format!("AT.{}", after.split('"').next().unwrap())
    }

    pub fn sign_out(&self) {
        std::fs::remove_file(self.tokens()).unwrap();
    }

    /// The server is gone: nothing listens at its address any more.
    pub fn stop_server(&mut self) {
        self.simulator = None;
    }

    /// All that the app gets to see of its surroundings.
    pub fn environment(&self) -> Vec<(&'static str, OsString)> {
        let folder = self.dir.path();
        vec![
            ("PATH", std::env::var_os("PATH").unwrap_or_default()),
            ("HOME", folder.into()),
            ("RETITLE_CONFIG", folder.join("config.toml").into()),
            ("RETITLE_STATE_DIR", self.state().into()),
        ]
    }

    fn sign_in(&self, bin: &Path) {
        let mut login = Command::new(bin);
        login.args(["login", "--json"]).env_clear().envs(self.environment()).stdout(Stdio::piped());
        let said = login.output().unwrap();
        assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    }

    /// Through the store itself, so that it is what a run would have left.
    fn fill_library(&self, count: usize) {
        let now = Stamp::from_micros(modified(0));
        let library = SqliteLibrary::open(&self.state().join("library.db"), now).unwrap().library;
        let host = Host::new(self.base.trim_start_matches("http://"));
        let rows: Vec<usize> = (0..count).collect();
        for rows in rows.chunks(10_000) {
            let session = |row: &usize| Session {
                key: Key { profile: Profile::new("default"), id: SessionId::new(&id(*row)) },
                workspace: WorkspaceId::new("default"),
                name: Some(name(*row).into()),
                created: Some(Stamp::from_micros(modified(*row))),
                modified: Some(Stamp::from_micros(modified(*row))),
                presence: Presence::Here,
                seen: Some(now),
                opened: Some(now),
                ours: None,
                pinned: false,
                account: Some(Account::new(JO)),
                host: host.clone(),
            };
            block(library.call(StoreCall::Remember(rows.iter().map(session).collect()))).unwrap();
        }
    }
}

/// The file that the simulator reads its world from.
fn on_server(file: &Path, count: usize) -> std::io::Result<()> {
    let mut to = BufWriter::new(File::create(file)?);
    let workspaces = json!([{"id": WORKSPACE, "name": "Contoso SOC", "access": true}]);
    write!(to, "{{\"workspaces\": {workspaces}, \"access\": {{}}, \"refresh\": {{}}, \"sessions\": [")?;
    for row in 0..count {
        let (comma, at) = (if row == 0 { "" } else { "," }, modified(row));
        let session = json!({"id": id(row), "workspace": WORKSPACE, "name": name(row), "created": at, "modified": at,
            "prompts": []});
        write!(to, "{comma}\n{session}")?;
    }
    write!(to, "]}}")?;
    to.flush()
}

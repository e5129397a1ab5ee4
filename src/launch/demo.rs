//! The demo: the app against the simulator inside it.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use retitle::cli::Global;
use retitle::core::session::{Key, Profile, Session, SessionId, WorkspaceId};
use retitle::core::store::StoreCall;
use retitle::core::time::Stamp;
use retitle::platform::files::{open_or_make, private, too_open};
use retitle::ports::{Clock, Library};
use retitle::shell::clock::SystemClock;
use retitle::simulator::{Options, Seed, Simulator};
use retitle::store::config::{self, Loaded, Overrides};
use retitle::store::library::SqliteLibrary;
use retitle::store::paths::Paths;
use tempfile::TempDir;
use url::Url;

use super::{Failure, Given, app, runtime, usage};

/// How long after the code appears it is approved, as said on the screen.
const APPROVED_AFTER: Duration = Duration::from_secs(4);
/// The simulator takes any client ID; a configuration needs one.
pub(super) const CLIENT: &str = "11111111-2222-4333-8444-555555555555";

/// Runs the demo. Without --state-dir its folder and its world go when it ends.
pub(super) fn start(global: &Global) -> Result<(), Failure> {
    let throw_away = match &global.state_dir {
        Some(_) => None,
        None => {
            clear_the_killed();
            Some(ThrowAway::new()?)
        }
    };
    let state = match (&global.state_dir, &throw_away) {
        (Some(folder), _) => folder.clone(),
        (None, Some(held)) => held.folder.path().to_owned(),
        (None, None) => std::env::temp_dir(),
    };
    let paths = Paths { config: state.join("config.toml"), state };
    if paths.library().exists() && !port_file(&paths).exists() {
        return Err(usage(format!(
            "{} holds sessions that are no demo's. Choose another folder with --state-dir, or leave it out.",
            paths.state.display()
        )));
    }
    paths.prepare()?;
    let ahead = ahead()?;
    runtime()?.block_on(async {
        let simulator = Simulator::start(Options {
            // With a folder of its own the demo goes on where it was, and its address is part of that.
            port: kept_port(&paths),
            state_file: global.state_dir.is_some().then(|| paths.state.join("simulator.json")),
            approve_after: Some(APPROVED_AFTER),
            interval: Duration::from_secs(1),
            ahead,
            ..Options::default()
        })
        .await?;
        let loaded = configuration(global, &paths, &simulator)?;
        fill_library(&paths, &loaded, simulator.opened()).await?;
        let hint = format!("The demo approves this by itself after {} seconds.", APPROVED_AFTER.as_secs());
        let given = Given { global, paths: &paths, loaded: &loaded };
        app::run_app(given, Some(hint), global.state_dir.is_some(), ahead).await
    })
}

/// How the throw-away folders of demos begin.
const BEGINS: &str = "retitle-demo-";
/// The file in one that its demo holds a lock on. The system lets go of it however the demo ends.
const LOCK: &str = "demo.lock";

/// A folder that goes with its demo, and is known for a dead one's if it cannot.
struct ThrowAway {
    /// Held, never read; let go of before the folder is removed, as some systems want it.
    _lock: File,
    folder: TempDir,
}

impl ThrowAway {
    fn new() -> Result<Self, Failure> {
        loop {
            let folder = tempfile::Builder::new().prefix(BEGINS).tempdir()?;
            let file = folder.path().join(LOCK);
            let lock = open_or_make(&file)?;
            // Another demo that looked just here has taken it for a dead one's. Where files have no locks, none does.
            let taken = matches!(lock.try_lock(), Err(TryLockError::WouldBlock)) || !file.exists();
            if !taken {
                return Ok(Self { _lock: lock, folder });
            }
        }
    }
}

/// Removes the folders of demos that were killed, as far as they are this user's and no demo holds them. What cannot be
/// removed is left for another time.
fn clear_the_killed() {
    let folders = std::fs::read_dir(std::env::temp_dir()).into_iter().flatten().flatten();
    for entry in folders.filter(|entry| entry.file_name().to_string_lossy().starts_with(BEGINS)) {
        let path = entry.path();
        let own = entry.file_type().is_ok_and(|kind| kind.is_dir()) && too_open(&path).is_none();
        // One without the file has only just been made.
        let lock = OpenOptions::new().write(true).open(path.join(LOCK)).ok().filter(|_| own);
        if lock.is_some_and(|lock| lock.try_lock().is_ok()) {
            let _ = std::fs::remove_dir_all(&path);
        }
    }
}

/// How far the demo's clocks run ahead of the machine's, in microseconds. `RETITLE_DEMO_AT` names the moment at which the
/// story begins, so that pictures of it show the same ages whenever they are taken.
fn ahead() -> Result<i64, Failure> {
    let Some(at) = std::env::var_os("RETITLE_DEMO_AT") else { return Ok(0) };
    let begins = Stamp::parse(&at.to_string_lossy());
    let begins = begins.ok_or_else(|| usage("RETITLE_DEMO_AT is no moment like 2026-11-25T14:30:00Z"))?;
    Ok(begins.micros() - SystemClock::new().now().micros())
}

/// The port of the last run with this folder, if it is still free; else any.
fn kept_port(paths: &Paths) -> u16 {
    let file = port_file(paths);
    let kept = std::fs::read_to_string(&file).ok().and_then(|text| text.trim().parse().ok());
    let free = |port: &u16| std::net::TcpListener::bind(("127.0.0.1", *port)).is_ok();
    let port = kept.filter(free).or_else(|| {
        let probe = std::net::TcpListener::bind(("127.0.0.1", 0)).ok()?;
        probe.local_addr().ok().map(|a| a.port())
    });
    let port = port.unwrap_or(0);
    let mut options = OpenOptions::new();
    let kept = private(options.write(true).create(true).truncate(true)).open(file);
    let _ = kept.and_then(|mut file| write!(file, "{port}"));
    port
}

/// Where the port of a demo's folder is kept, which also tells that the folder is a demo's.
fn port_file(paths: &Paths) -> PathBuf {
    paths.state.join("demo-port")
}

/// The defaults, with the simulator's addresses. The person's own configuration has no part in a demo.
fn configuration(global: &Global, paths: &Paths, simulator: &Simulator) -> Result<Loaded, Failure> {
    let overrides = Overrides {
        workspace: global.workspace.clone(),
        read_only: global.read_only,
        ..Overrides::default()
    };
    let mut loaded = config::load(&paths.config, &overrides);
    let url = |text: &str| Url::parse(text).map_err(anyhow::Error::from);
    let settings = &mut loaded.settings;
    settings.endpoints.authority = url(simulator.authority())?;
    settings.endpoints.graph = url(&simulator.graph())?;
    settings.endpoints.portal = url(simulator.portal())?;
    settings.client_id = CLIENT.into();
    settings.tenant = "contoso.com".into();
    settings.label = Some("DEMO".into());
    Ok(loaded)
}

/// A dozen sessions that were opened before: put there once, when the folder is new.
async fn fill_library(paths: &Paths, loaded: &Loaded, seeds: Vec<Seed>) -> Result<(), Failure> {
    let library = SqliteLibrary::open(&paths.library(), Stamp::from_micros(0))?.library;
    let profile = Profile::new(&loaded.settings.profile);
    let host = app::host(&loaded.settings.endpoints.graph);
    let load = StoreCall::Load { profiles: vec![profile.clone()], host: host.clone() };
    if !library.call(load).await?.loaded()?.sessions.is_empty() {
        return Ok(());
    }
    let sessions = seeds
        .into_iter()
        .map(|seed| {
            let key = Key { profile: profile.clone(), id: SessionId::new(&seed.id) };
            let unseen = Session::unseen(key, WorkspaceId::new(&seed.workspace), host.clone());
            Session {
                name: seed.name.map(Into::into),
                created: Some(Stamp::from_micros(seed.created)),
                modified: Some(Stamp::from_micros(seed.modified)),
                opened: Some(Stamp::from_micros(seed.opened)),
                ..unseen
            }
        })
        .collect();
    library.call(StoreCall::Remember(sessions)).await?;
    Ok(())
}

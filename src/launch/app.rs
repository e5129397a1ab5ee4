//! The app: every port made real, and the loop over them.

use std::collections::HashMap;
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use retitle::auth::{Auth, AuthConfig, Storage};
use retitle::cli::{Color, Global};
use retitle::core::address::is_loopback;
use retitle::core::effect::{Effect, Way};
use retitle::core::look::Theme;
use retitle::core::model::Model;
use retitle::core::msg::Size;
use retitle::core::notice::Notice;
use retitle::core::place::PlaceConfig;
use retitle::core::session::{Host, Profile, WorkspaceId};
use retitle::core::settings::{Face, Settings};
use retitle::core::store::{Snapshot, StoreCall};
use retitle::desk::{self, SystemDesk};
use retitle::graph::GraphClient;
use retitle::http::{Http, HttpOptions};
use retitle::platform::UNIX;
use retitle::ports::{Clock, Input, Library, Recorder, Screen, Tokens};
use retitle::shell::clock::SystemClock;
use retitle::shell::input::TerminalInput;
use retitle::shell::lines;
use retitle::shell::signals::Signals;
use retitle::shell::term::TerminalScreen;
use retitle::shell::{Office, Ports, run};
use retitle::store::config::theme::{self, Depth};
use retitle::store::config::{self, Loaded, Overrides, bare};
use retitle::store::library::SqliteLibrary;
use retitle::store::paths::{Paths, left_by_editors};
use retitle::store::record::Recording;

use super::{Failure, Given, complaint, runtime, usage};

/// Rows for the first frame: more than a screen is high.
const FIRST: u32 = 200;

/// Starts the app and stays in it.
pub(super) fn start(given: Given<'_>) -> Result<(), Failure> {
    runtime()?.block_on(run_app(given, None, true, 0))
}

/// The app inside a running runtime. `hint` is shown at sign-in; `keeps` tells whether the state folder outlives the run;
/// `ahead` is how many microseconds its clock runs ahead of the machine's.
pub(super) async fn run_app(
    given: Given<'_>,
    hint: Option<String>,
    keeps: bool,
    ahead: i64,
) -> Result<(), Failure> {
    let Given { global, paths, loaded } = given;
    paths.prepare()?;
    retitle::log::init(&paths.log(), &global.log, loaded.settings.log_size).map_err(usage)?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::ahead_by(ahead));
    let opened = SqliteLibrary::open(&paths.library(), clock.now())?;
    // Listed before it is asked who else runs: whoever has one of these open ran before. Beside another copy none is touched
    // or told of, for it may be in that one's editor.
    let left =
        Some(left_by_editors(paths)).filter(|_| opened.library.is_alone()).map_or_else(Vec::new, desk::tidy);
    let library: Arc<dyn Library> = Arc::new(opened.library);
    let others = others(given);
    let settings = settings(given, &others, hint);
    let before = clock.now().before(settings.history);
    library.call(StoreCall::Forget { before }).await?;
    let profiles = settings.places.iter().map(|place| place.profile.clone()).collect();
    let host = settings.host.clone();
    let load = match settings.face {
        // The visible page first, the rest behind it.
        Face::Screen => StoreCall::First { profiles, host, most: FIRST },
        Face::Plain { .. } | Face::Errand => StoreCall::Load { profiles, host },
    };
    let snapshot = library.call(load).await?.loaded()?;
    let all: Vec<&config::Settings> = std::iter::once(&loaded.settings).chain(&others).collect();
    let ports = ports(given, &all, Arc::clone(&clock), library)?;

    let mut signals = Signals::listen()?;
    let (mut input, mut screen, size) = ends(settings.face)?;
    let (mut model, first) = begin(&ports, size, settings, snapshot);
    let left = || left_by_an_editor(&left);
    model.notice = opened.notice.or_else(|| complaint(loaded.problems.iter())).or_else(left).map(Notice::bad);
    let ended = run(model, first, ports, &mut *input, &mut *screen, &mut signals).await;
    drop(screen);
    let farewell = ended?.farewell();
    // In a throw-away folder nothing is kept, so nothing is promised.
    if let Some(words) = farewell.filter(|_| keeps) {
        let _ = writeln!(std::io::stderr(), "retitle: {words}");
    }
    Ok(())
}

type Ends = (Box<dyn Input>, Box<dyn Screen>, Size);

/// What the person types on and looks at.
fn ends(face: Face) -> Result<Ends, Failure> {
    match face {
        Face::Screen => {
            // It hears of sizes from here on, so none that changes behind the one that is read is missed.
            let input = TerminalInput::open().context("no keys can be read from the terminal")?;
            let screen = TerminalScreen::take()?;
            let size = screen.size();
            Ok((Box::new(input), Box::new(screen), size))
        }
        Face::Plain { .. } => {
            let (input, screen) = lines::ends();
            // Nothing is drawn, so any size does.
            Ok((Box::new(input), Box::new(screen), Size { width: 80, height: 24 }))
        }
        Face::Errand => Err(usage("a task of the command line is not the app")),
    }
}

/// Plain mode where it is asked for, and where nothing can be drawn.
fn face(global: &Global) -> Face {
    let (here, there) = (std::io::stdin().is_terminal(), std::io::stdout().is_terminal());
    if global.plain || !there || variable("TERM") == "dumb" {
        Face::Plain { person: here && there }
    } else {
        Face::Screen
    }
}

/// The settings of every other profile of the file.
fn others(given: Given<'_>) -> Vec<config::Settings> {
    let Given { global, paths, loaded } = given;
    let chosen = &loaded.settings.profile;
    let names = loaded.settings.profiles.iter().filter(|name| *name != chosen);
    names
        .map(|name| {
            let overrides = Overrides {
                profile: Some((name.clone(), "the configuration")),
                read_only: global.read_only,
                ..Overrides::default()
            };
            config::load(&paths.config, &overrides).settings
        })
        .collect()
}

/// The first state and what it wants done, recorded where that is asked for.
pub(super) fn begin(
    ports: &Ports,
    size: Size,
    settings: Settings,
    snapshot: Snapshot,
) -> (Model, Vec<Effect>) {
    let now = ports.clock.now();
    if let Some(recorder) = &ports.recorder {
        recorder.write(&recorder.blur().start(now, size, &settings, &snapshot));
    }
    Model::start(now, size, settings, snapshot)
}

/// The world outside, for these profiles.
pub(super) fn ports(
    given: Given<'_>,
    all: &[&config::Settings],
    clock: Arc<dyn Clock>,
    library: Arc<dyn Library>,
) -> Result<Ports, Failure> {
    let Given { global, paths, .. } = given;
    let mut offices = HashMap::new();
    for settings in all {
        let http = http(settings)?;
        let auth = Auth::new(auth_config(paths, settings), http.clone(), Arc::clone(&clock));
        let tokens: Arc<dyn Tokens> = Arc::new(auth.clone());
        let graph = GraphClient::new(http, settings.endpoints.graph.clone(), tokens);
        let office = Office { graph: Arc::new(graph), identity: Arc::new(auth) };
        offices.insert(Profile::new(&settings.profile), office);
    }
    let recorder = match &global.record {
        Some(path) => Some(Arc::new(Recording::begin(path)?) as Arc<dyn Recorder>),
        None => None,
    };
    Ok(Ports { offices, library, desk: Arc::new(SystemDesk::new(paths.state.clone())), clock, recorder })
}

/// The way to the configured hosts.
pub(super) fn http(settings: &config::Settings) -> Result<Http, Failure> {
    let endpoints = &settings.endpoints;
    Ok(Http::new(HttpOptions {
        ca_file: endpoints.ca_file.clone(),
        loopback_only: [&endpoints.authority, &endpoints.graph]
            .iter()
            .all(|url| url.scheme() == "http" && is_loopback(url)),
    })?)
}

/// Where tokens are kept, in words.
pub(super) fn tokens_kept(paths: &Paths, settings: &config::Settings) -> String {
    let kept = storage(paths, settings);
    match &kept {
        Storage::File(folder) | Storage::Keyring(folder) => {
            format!("{} ({})", from_home(folder), kept.protection())
        }
        Storage::Memory => kept.protection(),
    }
}

/// Sign-in as configured.
pub(super) fn auth_config(paths: &Paths, settings: &config::Settings) -> AuthConfig {
    let endpoints = &settings.endpoints;
    AuthConfig {
        authority: endpoints.authority.clone(),
        tenant: settings.tenant.clone(),
        client_id: settings.client_id.clone(),
        profile: settings.profile.clone(),
        read_only: settings.read_only,
        storage: storage(paths, settings),
        graph: endpoints.graph.origin().ascii_serialization(),
        token_command: match settings.method {
            config::Method::Command => settings.token_command.clone(),
            config::Method::Auto | config::Method::Device | config::Method::Browser => Vec::new(),
        },
    }
}

fn storage(paths: &Paths, settings: &config::Settings) -> Storage {
    match settings.storage {
        // What a program printed is never stored.
        _ if settings.method == config::Method::Command => Storage::Memory,
        config::Storage::File => Storage::File(paths.auth()),
        config::Storage::Keyring => Storage::Keyring(paths.auth()),
        config::Storage::Memory => Storage::Memory,
    }
}

/// A path as people write it, with `~` for the home folder.
fn from_home(path: &std::path::Path) -> String {
    let home = directories::BaseDirs::new().map(|dirs| dirs.home_dir().to_owned());
    match home.and_then(|home| path.strip_prefix(home).ok().map(std::path::Path::to_owned)) {
        Some(below) => format!("~{}{}", std::path::MAIN_SEPARATOR, below.display()),
        None => path.display().to_string(),
    }
}

/// The way to begin with.
pub(super) fn way(method: config::Method) -> Way {
    match method {
        config::Method::Auto | config::Method::Device => Way::Device,
        config::Method::Browser => Way::Browser,
        config::Method::Command => Way::Command,
    }
}

/// What the core needs to know of a profile.
fn place(settings: &config::Settings) -> PlaceConfig {
    PlaceConfig {
        profile: Profile::new(&settings.profile),
        label: settings.label.clone(),
        tenant: settings.tenant.clone(),
        workspace: WorkspaceId::new(&settings.default_workspace),
        client: Some(settings.client_id.chars().take(8).collect::<String>()).filter(|id| !id.is_empty()),
        read_only: settings.read_only,
        protected: settings.protected,
    }
}

/// What the core needs to know of the configuration and the machine.
pub(super) fn settings(
    given: Given<'_>,
    others: &[config::Settings],
    sign_in_hint: Option<String>,
) -> Settings {
    let Given { global, paths, loaded } = given;
    let settings = &loaded.settings;
    let graph = &settings.endpoints.graph;
    Settings {
        places: std::iter::once(settings).chain(others).map(place).collect(),
        config_path: loaded.path.display().to_string(),
        host: host(graph),
        portal: bare(&settings.endpoints.portal).to_owned(),
        history: settings.history(),
        json_batch: settings.json_batch,
        zone: zone(),
        ascii: settings.ascii || glyphs_are_ascii(),
        still: settings.still || face(global) != Face::Screen,
        face: face(global),
        theme: theme(global, loaded),
        keys: settings.keys.clone(),
        mouse: settings.mouse,
        bursts: settings.paste_guard.is_on(&variable("TERM")),
        rules: settings.rules.clone(),
        templates: settings.templates.clone(),
        way: way(settings.method),
        tokens_kept: tokens_kept(paths, settings),
        sign_in_hint,
        has_demo: cfg!(feature = "simulator"),
    }
}

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_default()
}

/// A locale that says it is not UTF-8 gets no glyphs beyond ASCII.
fn glyphs_are_ascii() -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].map(variable).into_iter().find(|value| !value.is_empty());
    UNIX && locale.is_some_and(|locale| matches!(locale.as_str(), "C" | "POSIX"))
}

/// The theme, as far as the terminal can show it.
fn theme(global: &Global, loaded: &Loaded) -> Theme {
    let no_color = match global.color {
        Color::Auto => std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()),
        Color::Always => false,
        Color::Never => true,
    };
    let depth = Depth::of(no_color, &variable("TERM"), &variable("COLORTERM"));
    // What the file says was checked when it was read.
    let theme = theme::find(&loaded.settings.theme, &loaded.path).unwrap_or_else(|_| Theme::colourless());
    theme::fit(theme, depth)
}

/// The host with its port, unless that is the scheme's own.
pub(super) fn host(graph: &url::Url) -> Host {
    let name = graph.host_str().unwrap_or("");
    Host::new(&graph.port().map_or_else(|| name.to_owned(), |port| format!("{name}:{port}")))
}

/// The machine's time zone now, in seconds east of UTC. A change of it during a run is seen at the next start.
#[expect(clippy::disallowed_methods, reason = "the zone is asked for once, at start")]
fn zone() -> i32 {
    chrono::Local::now().offset().local_minus_utc()
}

/// What an editor had when the program ended: names that were typed and never came back from it.
fn left_by_an_editor(left: &[PathBuf]) -> Option<String> {
    let first = left.first()?;
    Some(format!(
        "An editor was open when retitle ended. What was saved in it is in {}: take what you need and delete it.",
        first.display()
    ))
}

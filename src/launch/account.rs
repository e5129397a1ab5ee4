//! Signing in and out, and looking at how things stand, without the screen.

use std::io::{IsTerminal, Write};
use std::sync::Arc;

use retitle::auth::Auth;
use retitle::cli::doctor::{self, Finding, Premises};
use retitle::cli::login::{Login, Reader, details};
use retitle::cli::{self, account};
use retitle::core::effect::{AuthCall, Way};
use retitle::core::fault::FaultKind;
use retitle::core::msg::Attempt;
use retitle::core::session::WorkspaceId;
use retitle::desk::SystemDesk;
use retitle::graph::GraphClient;
use retitle::http::Http;
use retitle::http::probe::HttpProbe;
use retitle::platform::files::is_file;
use retitle::ports::{Clock, Identity, SignIns, Tokens};
use retitle::shell::clock::SystemClock;
use retitle::shell::signals::Signals;
use retitle::store::config::{self, Loaded, bare};
use retitle::store::paths::{self, Paths};

use super::app::{self, auth_config};
use super::{Failure, Given, complain, meet_unknown, runtime, say, unknown_profile, usage};

/// A profile's sign-in, with all that it needs.
struct Station {
    auth: Auth,
    http: Http,
    clock: Arc<SystemClock>,
}

impl Station {
    fn open(given: Given<'_>) -> Result<Self, Failure> {
        let Given { global, paths, loaded } = given;
        paths.prepare()?;
        retitle::log::init(&paths.log(), &global.log, loaded.settings.log_size).map_err(usage)?;
        let http = app::http(&loaded.settings)?;
        let clock = Arc::new(SystemClock::new());
        let shared: Arc<dyn Clock> = Arc::<SystemClock>::clone(&clock);
        let auth = Auth::new(auth_config(paths, &loaded.settings), http.clone(), shared);
        Ok(Self { auth, http, clock })
    }

    /// The same for a profile that the configuration has, or that somebody is signed in to.
    async fn of_known(given: Given<'_>) -> Result<Self, Failure> {
        let station = Self::open(given)?;
        complain(given.loaded);
        if let Some(problem) = unknown_profile(given.loaded) {
            meet_unknown(problem, station.auth.standing().await?.signed_in.is_some())?;
        }
        Ok(station)
    }
}

/// `retitle login`.
pub(super) fn login(asked: &cli::Login, given: Given<'_>) -> Result<(), Failure> {
    let Given { paths, loaded, .. } = given;
    if let Some(problem) = loaded.problems.iter().find(|p| p.severity == config::Severity::Error) {
        // With a default in the place of a mistake it might be the wrong tenant.
        return Err(usage(format!("the configuration has errors, so nobody is signed in by it: {problem}")));
    }
    let settings = &loaded.settings;
    let way = match (asked.device, asked.browser) {
        (true, _) => Way::Device,
        (_, true) => Way::Browser,
        (false, false) => app::way(settings.method),
    };
    if settings.client_id.is_empty() && way != Way::Command {
        return Err(usage("no client_id is configured; retitle setup walks you through it"));
    }
    if settings.storage == config::Storage::Memory || way == Way::Command {
        return Err(usage(
            "nothing would stay of this sign-in: it is kept in memory only (sign_in.storage or sign_in.method); the app signs in by itself",
        ));
    }
    runtime()?.block_on(async {
        let station = Station::open(given)?;
        let reader = reader();
        let login = Login {
            identity: &station.auth,
            desk: &SystemDesk::new(paths.state.clone()),
            clock: &*station.clock,
            timer: &*station.clock,
            reader,
            json: asked.json,
            enter: if reader == Reader::Person && std::io::stdin().is_terminal() {
                Box::pin(enter())
            } else {
                Box::pin(std::future::pending())
            },
        };
        let mut signals = Signals::listen()?;
        let (mut out, mut err) = (std::io::stdout(), std::io::stderr());
        let done = tokio::select! {
            done = login.run(way, &mut out, &mut err) => done,
            _ = signals.next() => return Err(Failure { code: 4, error: Some(anyhow::anyhow!("the sign-in was cancelled")) }),
        };
        match done {
            Ok(words) => {
                writeln!(err, "{words}")?;
                let kept = app::tokens_kept(paths, settings);
                writeln!(err, "The sign-in is kept in {kept}.")?;
                Ok(())
            }
            Err(fault) => {
                if let Some(details) = details(&fault) {
                    writeln!(err, "{details}")?;
                }
                Err(fault.into())
            }
        }
    })
}

/// One press of Enter, read on a thread of its own that is left behind: reading cannot be given up.
async fn enter() -> Result<(), retitle::core::fault::Fault> {
    let (tell, hear) = tokio::sync::oneshot::channel();
    let started = std::thread::Builder::new().name("enter".into()).spawn(move || {
        let mut line = String::new();
        if std::io::stdin().read_line(&mut line).is_ok_and(|bytes| bytes > 0) {
            let _ = tell.send(());
        }
    });
    match (started, hear.await) {
        (Ok(_), Ok(())) => Ok(()),
        (Ok(_) | Err(_), _) => std::future::pending().await,
    }
}

/// Who reads standard error: a file, or an automatic run, keeps what it is told.
fn reader() -> Reader {
    let err = std::io::stderr();
    if err.is_terminal() {
        return Reader::Person;
    }
    let automatic = std::env::var_os("CI").is_some_and(|value| !value.is_empty());
    if automatic || is_file(&err) { Reader::Record } else { Reader::Pipe }
}

/// `retitle logout`.
pub(super) fn logout(given: Given<'_>) -> Result<(), Failure> {
    runtime()?.block_on(async {
        let station = Station::of_known(given).await?;
        say(&account::logout(&station.auth).await?)
    })
}

/// `retitle status`.
pub(super) fn status(as_json: bool, given: Given<'_>) -> Result<(), Failure> {
    runtime()?.block_on(async {
        let station = Station::of_known(given).await?;
        let settings = &given.loaded.settings;
        let needed = auth_config(given.paths, settings).needed();
        let (text, outcome) = account::status(&station.auth, &settings.profile, needed, as_json).await?;
        say(&text)?;
        Ok(outcome?)
    })
}

/// `retitle doctor`.
pub(super) fn doctor(given: Given<'_>) -> Result<(), Failure> {
    runtime()?.block_on(async {
        let station = Station::open(given)?;
        let Given { paths, loaded, .. } = given;
        let settings = &loaded.settings;
        let tokens: Arc<dyn Tokens> = Arc::new(station.auth.clone());
        let graph = &settings.endpoints.graph;
        let client = GraphClient::new(station.http.clone(), graph.clone(), Arc::clone(&tokens));
        let authority = bare(&settings.endpoints.authority);
        let mut findings = at_home(paths, loaded);
        if settings.method == config::Method::Command {
            findings.push(match station.auth.call(Attempt(1), AuthCall::Begin(Way::Command)).await {
                Ok(_) => Finding::good("token_command", "prints a token"),
                Err(fault) => Finding::bad("token_command", fault.kind, fault.say),
            });
        }
        let premises = Premises {
            findings,
            authority: format!("{authority}/{}/v2.0/.well-known/openid-configuration", settings.tenant),
            graph: format!("{}/security/securityCopilot/workspaces", bare(graph)),
            needed: auth_config(paths, settings).needed(),
            workspace: WorkspaceId::new(&settings.default_workspace),
            probe: &HttpProbe(station.http.clone()),
            sign_ins: &station.auth,
            tokens: &*tokens,
            client: &client,
            clock: &*station.clock,
        };
        let findings = doctor::examine(premises).await;
        say(&doctor::report(&findings))?;
        match findings.iter().find_map(|f| f.wrong.clone()) {
            None => Ok(()),
            // The report's last line has said so. A mistake in the configuration comes before all that follows from it.
            Some(_) if loaded.broken() || unregistered(settings) => {
                Err(Failure { code: cli::exit::USAGE, error: None })
            }
            Some(kind) => Err(Failure { code: cli::exit::code(&kind), error: None }),
        }
    })
}

/// What can be looked at without asking anybody.
fn at_home(paths: &Paths, loaded: &Loaded) -> Vec<Finding> {
    let settings = &loaded.settings;
    let mut findings = vec![Finding::good(
        "version",
        format!(
            "retitle {} on {} {}",
            env!("CARGO_PKG_VERSION"),
            std::env::consts::OS,
            std::env::consts::ARCH
        ),
    )];
    let file = paths.config.display();
    findings.extend(match loaded.problems.as_slice() {
        [] if loaded.found => vec![Finding::good("configuration", file.to_string())],
        [] => vec![Finding::good("configuration", format!("no file at {file}; the defaults hold"))],
        problems => {
            problems.iter().map(|p| Finding::bad("configuration", FaultKind::Disk, p.to_string())).collect()
        }
    });
    if unregistered(settings) {
        let words = "none is configured; retitle setup walks you through it";
        findings.push(Finding::bad("client ID", FaultKind::SignInBlocked, words));
    } else {
        let words =
            format!("{} in tenant {}, profile {}", settings.client_id, settings.tenant, settings.profile);
        findings.push(Finding::good("client ID", words));
    }
    let exposed = paths::exposed(paths);
    findings.push(if exposed.is_empty() {
        Finding::good("state folder", format!("{}, for your user only", paths.state.display()))
    } else {
        Finding::bad("state folder", FaultKind::Disk, exposed.join("; "))
    });
    if let Err(error) = written(paths) {
        let words = format!("{} cannot be written: {error}", paths.library().display());
        findings.push(Finding::bad("library", FaultKind::Disk, words));
    }
    findings.push(Finding::good("proxy", proxies()));
    findings
}

/// Whether the app registration that a sign-in goes by is missing.
pub(super) fn unregistered(settings: &config::Settings) -> bool {
    settings.client_id.is_empty() && settings.method != config::Method::Command
}

/// Whether the library takes what is typed, without changing anything in it. A folder that is not there yet is made at the
/// first start. What a run as another user has left beside it is enough to keep it closed.
fn written(paths: &Paths) -> std::io::Result<()> {
    let library = paths.library();
    for file in ["db", "db-wal", "db-shm"].map(|ending| library.with_extension(ending)) {
        if file.exists() {
            std::fs::OpenOptions::new().append(true).open(file)?;
        }
    }
    for folder in [paths.state.clone(), library.with_extension("copies")] {
        if folder.exists() {
            tempfile::tempfile_in(folder)?;
        }
    }
    Ok(())
}

/// The proxies that the environment names, without a password that may stand in their addresses.
fn proxies() -> String {
    let named: Vec<String> = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"]
        .iter()
        .filter_map(|name| {
            let value = std::env::var(name).ok().filter(|v| !v.is_empty())?;
            let shown = match value.rsplit_once('@') {
                Some((_, host)) => format!("(credentials hidden)@{host}"),
                None => value,
            };
            Some(format!("{name}={shown}"))
        })
        .collect();
    if named.is_empty() { "none in the environment".into() } else { named.join(" ") }
}

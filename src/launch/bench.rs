//! What every command on the library stands on, made real: files, sign-in, Graph.

use std::io::{IsTerminal, Write};
use std::sync::Arc;

use retitle::auth::Auth;
use retitle::cli::consent;
use retitle::cli::ground::{Ground, Means};
use retitle::cli::output::{Around, Document};
use retitle::cli::target::{self, Premises, Target};
use retitle::cli::{self, exit, shelf};
use retitle::core::effect::{AuthCall, Way};
use retitle::core::fault::{Fault, FaultKind};
use retitle::core::glyph::sanitise;
use retitle::core::msg::{Attempt, Who};
use retitle::core::session::{Host, Profile, Session, SessionId};
use retitle::core::settings::{Face, Settings};
use retitle::core::store::{Entry, Snapshot, StoreCall};
use retitle::core::time::Stamp;
use retitle::graph::GraphClient;
use retitle::ports::{Clock, Identity, Library, SignIns, Tokens};
use retitle::shell::clock::SystemClock;
use retitle::store::config::{self, Loaded, bare};
use retitle::store::library::SqliteLibrary;

use serde_json::Value;

use super::app::{self, auth_config};
use super::{Failure, Given, complain, meet_unknown, say, unknown_profile, usage};

/// The library and the settings of one command.
pub(super) struct Bench<'a> {
    pub(super) given: Given<'a>,
    pub(super) library: Arc<SqliteLibrary>,
    clock: Arc<dyn Clock>,
}

/// Who works, and the way to Graph.
pub(super) struct Caller {
    who: Who,
    graph: GraphClient,
}

/// What a command has to say at its end.
#[derive(Default)]
pub(super) struct Told {
    pub(super) command: &'static str,
    pub(super) sessions: Vec<Session>,
    pub(super) entries: Vec<Entry>,
    pub(super) errors: Vec<(Option<SessionId>, Fault)>,
    /// What goes to standard output when no document is asked for.
    pub(super) text: String,
    /// What is worth knowing beside it.
    pub(super) remarks: Vec<String>,
}

impl<'a> Bench<'a> {
    /// Opens the library, or makes it, and forgets what is older than the configuration wants it to be.
    pub(super) async fn open(given: Given<'a>) -> Result<Self, Failure> {
        given.paths.prepare()?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let opened = SqliteLibrary::open(&given.paths.library(), clock.now())?;
        if let Some(notice) = opened.notice {
            remark(&notice);
        }
        complain(given.loaded);
        let bench = Self { given, library: Arc::new(opened.library), clock };
        let before = bench.now().before(given.loaded.settings.history());
        bench.library.call(StoreCall::Forget { before }).await?;
        if let Some(problem) = unknown_profile(given.loaded) {
            meet_unknown(problem, bench.holds_something().await?)?;
        }
        Ok(bench)
    }

    /// Whether anything is kept of the profile in use.
    async fn holds_something(&self) -> Result<bool, Fault> {
        let own = vec![self.profile()];
        let Snapshot { sessions, drafts, .. } = self.peek(own.clone()).await?;
        Ok(!sessions.is_empty() || !drafts.is_empty() || !self.journal(own).await?.is_empty())
    }

    pub(super) fn now(&self) -> Stamp {
        self.clock.now()
    }

    pub(super) fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.clock)
    }

    /// The library for the loop, which shares it with this.
    pub(super) fn shared_library(&self) -> Arc<dyn Library> {
        Arc::<SqliteLibrary>::clone(&self.library)
    }

    /// What the core needs to know, of this profile alone.
    pub(super) fn settings(&self, face: Face) -> Settings {
        let settings = app::settings(self.given, &[], None);
        Settings { face, still: true, mouse: false, ..settings }
    }

    /// The profile in use.
    pub(super) fn profile(&self) -> Profile {
        Profile::new(&self.given.loaded.settings.profile)
    }

    /// The profile that was asked for, or all that there are.
    pub(super) fn profiles(&self) -> Vec<Profile> {
        let chosen = &self.given.loaded.settings.profile;
        let others = self.given.loaded.settings.profiles.iter().filter(|name| *name != chosen);
        let others = others.filter(|_| self.given.global.profile.is_none());
        std::iter::once(chosen).chain(others).map(|name| Profile::new(name)).collect()
    }

    pub(super) fn host(&self) -> Host {
        app::host(&self.given.loaded.settings.endpoints.graph)
    }

    /// The portal's address, without a slash at its end.
    pub(super) fn portal(&self) -> &str {
        bare(&self.given.loaded.settings.endpoints.portal)
    }

    pub(super) async fn peek(&self, profiles: Vec<Profile>) -> Result<Snapshot, Fault> {
        shelf::peek(&*self.library, profiles, self.host()).await
    }

    pub(super) async fn journal(&self, profiles: Vec<Profile>) -> Result<Vec<Entry>, Fault> {
        shelf::journal(&*self.library, profiles, self.host()).await
    }

    /// Where a session that is named is looked for.
    pub(super) fn premises<'p>(&'p self, profile: &'p Profile, snapshot: &'p Snapshot) -> Premises<'p> {
        Premises {
            portal: self.portal(),
            profile,
            known: &snapshot.sessions,
            flag: self.given.global.workspace.as_deref(),
            workspace: &self.given.loaded.settings.default_workspace,
        }
    }

    /// Finds the session that was named.
    pub(super) fn find(&self, named: &str, snapshot: &Snapshot) -> Result<Target, Failure> {
        let target = target::find(named, &self.premises(&self.profile(), snapshot)).map_err(usage)?;
        if target.share_token_dropped {
            remark("The share token in the link was dropped.");
        }
        Ok(target)
    }

    /// Who is signed in. Nobody is a fault of kind `SignedOut`.
    pub(super) async fn caller(&self) -> Result<Result<Caller, Fault>, Failure> {
        let settings = &self.given.loaded.settings;
        if self.given.loaded.broken() {
            // With a default in the place of a mistake it might be the wrong tenant or host. Which mistake has been told.
            return Err(usage("the configuration has errors, so nothing is sent by it"));
        }
        retitle::log::init(&self.given.paths.log(), &self.given.global.log, settings.log_size)
            .map_err(usage)?;
        let http = app::http(settings)?;
        let auth = Auth::new(auth_config(self.given.paths, settings), http.clone(), Arc::clone(&self.clock));
        if settings.method == config::Method::Command
            && let Err(fault) = auth.call(Attempt(1), AuthCall::Begin(Way::Command)).await
        {
            return Ok(Err(fault));
        }
        let standing = match auth.standing().await {
            Ok(standing) => standing,
            Err(fault) => return Ok(Err(fault)),
        };
        let Some(signed_in) = standing.signed_in else {
            let way_in = match (standing.trouble, settings.storage) {
                (Some(trouble), _) => trouble,
                (None, config::Storage::Memory) => {
                    "The sign-in is kept in the app's memory only (sign_in.storage), so a command has none."
                        .into()
                }
                (None, config::Storage::File | config::Storage::Keyring) => {
                    "retitle login signs in.".to_owned()
                }
            };
            return Ok(Err(Fault::new(FaultKind::SignedOut, format!("Not signed in. {way_in}"))));
        };
        let tokens: Arc<dyn Tokens> = Arc::new(auth);
        let graph = GraphClient::new(http, settings.endpoints.graph.clone(), tokens);
        Ok(Ok(Caller { who: signed_in.who, graph }))
    }

    pub(super) async fn ground<'g>(&'g self, caller: &'g Caller) -> Result<Ground<'g>, Fault> {
        Ground::open(Means {
            library: &*self.library,
            graph: &caller.graph,
            clock: &*self.clock,
            who: caller.who.clone(),
            profile: self.profile(),
            host: self.host(),
            history: self.given.loaded.settings.history(),
        })
        .await
    }

    /// Refuses to write where nothing may be written, or nobody agrees to it.
    pub(super) fn may_write(&self, given: Option<&str>, what: &str) -> Result<(), Failure> {
        let settings = &self.given.loaded.settings;
        let label = settings.label.as_deref().unwrap_or(&settings.profile);
        let (mut input, mut err) = (std::io::stdin().lock(), std::io::stderr());
        let asks: Option<(&mut dyn std::io::BufRead, &mut dyn Write)> =
            if input.is_terminal() { Some((&mut input, &mut err)) } else { None };
        consent::agreed(label, settings.protected, given, what, asks).map_err(usage)
    }

    /// Says what there is to say, as the library stands at the end, and exits by what befell.
    pub(super) async fn tell(&self, json: bool, told: Told) -> Result<(), Failure> {
        self.tell_with(json, told, None).await
    }

    /// The same, with the plan that was asked for as a part of the document.
    pub(super) async fn tell_with(&self, json: bool, told: Told, plan: Option<Value>) -> Result<(), Failure> {
        if json {
            let profiles = self.profiles();
            let (snapshot, journal) = (self.peek(profiles.clone()).await?, self.journal(profiles).await?);
            let document = Document {
                command: told.command,
                sessions: told.sessions.iter().collect(),
                entries: told.entries.iter().collect(),
                errors: told.errors.clone(),
            };
            say(&document.write_with(&Around::new(&snapshot, &journal, self.portal()), plan))?;
        } else {
            say(&told.text)?;
        }
        let several = told.sessions.len() + told.errors.len() > 1;
        for (id, fault) in &told.errors {
            let words = cli::in_full(fault);
            match id.as_ref().filter(|id| several && !words.starts_with(id.as_str())) {
                Some(id) => remark(&format!("{}: {words}", sanitise(id.as_str()))),
                None => remark(&words),
            }
        }
        for words in &told.remarks {
            remark(words);
        }
        ended(&told.errors)
    }
}

/// Words for a person, to standard error. Where nobody hears them, nothing else has failed.
pub(super) fn remark(words: &str) {
    let _ = writeln!(std::io::stderr(), "retitle: {words}");
}

/// Refuses a write under `--read-only` or a read-only profile.
pub(super) fn not_read_only(loaded: &Loaded) -> Result<(), Failure> {
    if loaded.settings.read_only {
        return Err(usage("read-only: nothing is renamed, and so nothing is taken back"));
    }
    Ok(())
}

/// Failures of one kind exit with its code, mixed ones with 1.
fn ended(errors: &[(Option<SessionId>, Fault)]) -> Result<(), Failure> {
    let mut codes: Vec<u8> = errors.iter().map(|(_, fault)| exit::code(&fault.kind)).collect();
    codes.dedup();
    match codes.as_slice() {
        [] => Ok(()),
        [code] => Err(Failure { code: *code, error: None }),
        [_, ..] => Err(Failure { code: 1, error: None }),
    }
}

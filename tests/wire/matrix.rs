//! Every fault against every request, through the real core, clients, sign-in and library: each ends in the right
//! state, and no name is lost. Time is the model's own, so that no pause is waited for.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use retitle::core::effect::Effect;
use retitle::core::key::Key as KeyPress;
use retitle::core::listing::Walk;
use retitle::core::model::{Mode, Model};
use retitle::core::msg::{Msg, Size};
use retitle::core::place::{Auth as SignIn, PlaceConfig};
use retitle::core::row::RowState;
use retitle::core::session::Host;
use retitle::core::settings::Settings;
use retitle::core::store::Snapshot;
use retitle::core::time::Stamp;
use retitle::graph::GraphClient;
use retitle::http::{Http, HttpOptions};
use retitle::ports::{Clock, Graph, Identity, Library, Tokens};
use retitle::simulator::Options;
use retitle::store::library::SqliteLibrary;
use serde_json::{Value, json};

use crate::common::{control, options, server_name};
use crate::signing::{Desk, Hand};

const FIRST: &str = "c91cd0cf-7b4c-490b-8fd5-45e1c4cd451e";

/// What the program runs with.
pub fn settings(portal: &str, json_batch: bool) -> Settings {
    Settings {
        places: vec![PlaceConfig { client: Some("11111111".into()), ..PlaceConfig::fallback() }],
        config_path: String::new(),
        host: Host::new("127.0.0.1"),
        portal: portal.to_owned(),
        history: Duration::from_secs(86_400),
        json_batch,
        zone: 0,
        ascii: false,
        still: false,
        face: retitle::core::settings::Face::Screen,
        theme: retitle::core::look::Theme::colourless(),
        keys: retitle::core::keymap::Keymap::default(),
        mouse: false,
        bursts: false,
        rules: Vec::new(),
        templates: vec!["{created:%Y-%m-%d} ".into(), "{n:02} ".into()],
        way: retitle::core::effect::Way::Device,
        tokens_kept: String::new(),
        sign_in_hint: None,
        has_demo: true,
    }
}

/// The program without its loop and screen.
pub struct Program {
    desk: Desk,
    pub model: Model,
    graph: GraphClient,
    auth: retitle::auth::Auth,
    library: SqliteLibrary,
    todo: Vec<Effect>,
    clock: Arc<Hand>,
}

impl Program {
    async fn start() -> Self {
        Self::start_with(false).await
    }

    pub async fn start_with(json_batch: bool) -> Self {
        let desk = Desk::new(Options { page_size: 100, ..options() }).await;
        let auth = desk.auth();
        desk.sign_in(&auth).await;
        let http = Http::new(HttpOptions { ca_file: None, loopback_only: true }).unwrap();
        let tokens: Arc<dyn Tokens> = Arc::new(auth.clone());
        let graph = GraphClient::new(http, desk.simulator.graph().parse().unwrap(), tokens);
        let clock = Arc::clone(&desk.clock);
        let library = SqliteLibrary::open(&desk.dir.path().join("library.db"), clock.now()).unwrap().library;
        let settings = settings(desk.simulator.portal(), json_batch);
        let size = Size { width: 80, height: 24 };
        let (model, todo) = Model::start(clock.now(), size, settings, Snapshot::default());
        let mut program = Self { desk, model, graph, auth, library, todo, clock };
        program.settle(Duration::ZERO).await;
        program.press("a");
        program.tell(Msg::Paste(FIRST.into()));
        program.press("enter");
        program.settle(Duration::ZERO).await;
        assert!(program.model.chosen().is_some(), "{:?}", program.model.notice);
        program
    }

    fn tell(&mut self, msg: Msg) {
        self.todo.extend(self.model.step(self.clock.now(), msg));
    }

    pub fn press(&mut self, keys: &str) {
        for key in keys.split(' ') {
            self.tell(Msg::Key(KeyPress::parse(key).unwrap()));
        }
    }

    /// Carries out what is to be done, and lets time pass, up to `most` in all.
    pub async fn settle(&mut self, most: Duration) {
        let end = self.clock.now() + most;
        loop {
            while !self.todo.is_empty() {
                let msg = match self.todo.remove(0) {
                    Effect::Graph(req, caller, call) => {
                        Msg::Graph(req, self.graph.call(caller.account, call).await)
                    }
                    Effect::Auth(_, attempt, call) => Msg::Auth(attempt, self.auth.call(attempt, call).await),
                    Effect::Store(req, call) => Msg::Store(req, self.library.call(call).await),
                    Effect::Work(work) => Msg::Worked(Ok(work.run(&|| false).unwrap())),
                    Effect::OpenUrl(_)
                    | Effect::Mouse(_)
                    | Effect::Say(_)
                    | Effect::Edit { .. }
                    | Effect::Copy(_)
                    | Effect::Repaint
                    | Effect::Suspend
                    | Effect::Exit => continue,
                };
                self.tell(msg);
            }
            match self.model.wake() {
                Some(wake) if wake <= end => {
                    // The clock has whole seconds.
                    let start = Stamp::from_micros(1_800_000_000_000_000);
                    let seconds = wake.since(start).as_micros().div_ceil(1_000_000);
                    self.clock.0.store(i64::try_from(seconds).unwrap(), Ordering::SeqCst);
                    self.tell(Msg::Woke);
                }
                Some(_) | None => return,
            }
        }
    }

    pub fn base(&self) -> &str {
        self.desk.simulator.authority()
    }

    async fn fault(&self, fault: Value) {
        control(self.desk.simulator.authority(), "faults", json!([fault])).await;
    }

    async fn on_server(&self) -> Option<String> {
        server_name(self.desk.simulator.authority(), FIRST).await
    }

    fn row(&self) -> &'static str {
        let session = self.model.chosen().unwrap();
        match self.model.row_state(session) {
            RowState::Clean => "clean",
            RowState::Saved => "saved",
            RowState::NotSaved(_) => "not saved",
            RowState::Changed(_) => "changed",
            RowState::SignIn => "sign in",
            RowState::Retry { .. } => "retry",
            RowState::Gone => "gone",
            RowState::NoAccess => "no access",
            RowState::Draft => "draft",
            RowState::Drifted => "drifted",
            _ => "other",
        }
    }
}

/// How a fault ends a request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum End {
    /// As if nothing had been.
    Well,
    /// Refused, said, words kept.
    Said,
    /// Nothing goes on without a person. Only an error in OAuth's own words does that; see the tests of sign-in.
    SignIn,
}

/// A fault, what it is pushed as, and how it ends a list, a single look, a PATCH and a refresh of the token.
struct Row {
    name: &'static str,
    fault: fn() -> Value,
    ends: [End; 4],
}

const ROWS: &[Row] = &[
    Row { name: "latency", fault: || json!({"delay": 30}), ends: [End::Well; 4] },
    Row {
        name: "reset before",
        fault: || json!({"delivery": "reset"}),
        ends: [End::Said, End::Said, End::Well, End::Well],
    },
    Row {
        name: "reset after",
        fault: || json!({"delivery": "reset", "after": true}),
        ends: [End::Said, End::Said, End::Well, End::Well],
    },
    Row {
        name: "cut-off body",
        fault: || json!({"delivery": "cut", "after": true}),
        ends: [End::Said, End::Said, End::Well, End::Well],
    },
    Row {
        name: "429, seconds",
        fault: || json!({"status": 429, "retry_after": "7"}),
        ends: [End::Said, End::Said, End::Well, End::Well],
    },
    Row {
        name: "429, date",
        fault: || json!({"status": 429, "retry_after": "Wed, 21 Oct 2065 07:28:00 GMT"}),
        ends: [End::Said, End::Said, End::Well, End::Well],
    },
    Row {
        name: "429, list",
        fault: || json!({"status": 429, "retry_after": "31,120"}),
        ends: [End::Said, End::Said, End::Well, End::Well],
    },
    Row {
        name: "429, rubbish",
        fault: || json!({"status": 429, "retry_after": "soon"}),
        ends: [End::Said, End::Said, End::Well, End::Well],
    },
    Row {
        name: "429, none",
        fault: || json!({"status": 429}),
        ends: [End::Said, End::Said, End::Well, End::Well],
    },
    Row { name: "500", fault: || json!({"status": 500}), ends: [End::Said, End::Said, End::Well, End::Well] },
    Row {
        name: "502, HTML",
        fault: || json!({"status": 502, "body": "html"}),
        ends: [End::Said, End::Said, End::Well, End::Well],
    },
    Row { name: "503", fault: || json!({"status": 503}), ends: [End::Said, End::Said, End::Well, End::Well] },
    Row {
        name: "504, empty",
        fault: || json!({"status": 504, "body": "empty"}),
        ends: [End::Said, End::Said, End::Well, End::Well],
    },
    Row {
        name: "200, HTML",
        fault: || json!({"status": 200, "body": "html"}),
        ends: [End::Said, End::Said, End::Well, End::Well],
    },
    Row {
        name: "200, cut JSON",
        fault: || json!({"status": 200, "body": "truncated"}),
        ends: [End::Said, End::Said, End::Well, End::Well],
    },
    Row { name: "400", fault: || json!({"status": 400}), ends: [End::Said, End::Said, End::Said, End::Well] },
    Row { name: "403", fault: || json!({"status": 403}), ends: [End::Said, End::Said, End::Said, End::Well] },
    Row { name: "404", fault: || json!({"status": 404}), ends: [End::Said, End::Said, End::Said, End::Well] },
    Row { name: "409", fault: || json!({"status": 409}), ends: [End::Said, End::Said, End::Said, End::Well] },
    Row { name: "401 once", fault: || json!({"status": 401}), ends: [End::Well; 4] },
    Row { name: "302", fault: || json!({"status": 302}), ends: [End::Said, End::Said, End::Said, End::Well] },
];

async fn list(row: &Row) -> End {
    let mut program = Program::start().await;
    let mut fault = (row.fault)();
    (fault["method"], fault["path"]) = (json!("GET"), json!("/sessions"));
    program.fault(fault).await;
    program.press("R");
    program.settle(Duration::from_secs(5)).await;
    let end = ended(&program, matches!(program.model.list.walk, Walk::Failed { .. }));
    program.press("R");
    program.settle(Duration::from_secs(5)).await;
    assert!(
        end == End::SignIn || matches!(program.model.list.walk, Walk::Idle { .. }),
        "{}: the next refresh works",
        row.name
    );
    end
}

async fn look(row: &Row) -> End {
    let mut program = Program::start().await;
    let other = "00000000-0000-4000-8000-000000000000";
    let mut fault = (row.fault)();
    (fault["method"], fault["path"]) = (json!("GET"), json!(other));
    program.fault(fault).await;
    program.press("a");
    program.tell(Msg::Paste(other.into()));
    program.press("enter");
    program.settle(Duration::from_secs(5)).await;
    // Without the fault it is a 404, which the line says too, in other words.
    let Mode::Add(adding) = &program.model.mode else { return ended(&program, false) };
    let words = format!("{:?}", adding.state);
    assert!(adding.line.text() == other, "{}: what was typed stays", row.name);
    let end = ended(&program, true);
    if end == End::Said && words.contains("(404)") && row.name != "404" { End::Well } else { end }
}

async fn patch(row: &Row) -> End {
    let mut program = Program::start().await;
    let mut fault = (row.fault)();
    (fault["method"], fault["path"]) = (json!("PATCH"), json!("/sessions/"));
    program.fault(fault).await;
    rename(&mut program).await;
    settled(&program, row).await
}

async fn refresh(row: &Row) -> End {
    let mut program = Program::start().await;
    // The token is too old, so that the first thing that happens is a refresh.
    program.desk.later(4_000);
    let mut fault = (row.fault)();
    fault["path"] = json!("/token");
    program.fault(fault).await;
    rename(&mut program).await;
    settled(&program, row).await
}

async fn rename(program: &mut Program) {
    program.press("r ctrl-u");
    program.tell(Msg::Paste("kept whatever happens".into()));
    program.press("enter");
    program.settle(Duration::from_secs(1_300)).await;
}

/// Saved, or refused with the words kept on disk.
async fn settled(program: &Program, row: &Row) -> End {
    let there = program.on_server().await;
    let key = program.model.chosen().unwrap().key.clone();
    let draft = program.model.drafts.get(&key).map(|d| d.text.clone());
    let waits = program.model.saves.get(&key).is_some_and(retitle::core::saves::Save::open);
    if there.as_deref() == Some("kept whatever happens") {
        assert!(["saved", "clean"].contains(&program.row()), "{}: {}", row.name, program.row());
        return End::Well;
    }
    assert!(draft.as_deref() == Some("kept whatever happens") || waits, "{}: the words are lost", row.name);
    ended(program, true)
}

fn ended(program: &Program, failed: bool) -> End {
    match program.model.here().auth {
        SignIn::Out { .. } => End::SignIn,
        _ if failed => End::Said,
        _ => End::Well,
    }
}

#[tokio::test]
async fn every_fault_ends_every_request_in_the_right_state_with_no_name_lost() {
    println!("{:<15} {:<8} {:<8} {:<8} refresh", "fault", "list", "get", "PATCH");
    let mut wrong = Vec::new();
    for row in ROWS {
        let ends = [list(row).await, look(row).await, patch(row).await, refresh(row).await];
        let words = ends.map(|end| format!("{end:?}"));
        println!("{:<15} {:<8} {:<8} {:<8} {}", row.name, words[0], words[1], words[2], words[3]);
        if ends != row.ends {
            wrong.push(format!("{}: {ends:?}, expected {:?}", row.name, row.ends));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn challenges_revocation_other_people_s_renames_and_odd_names_end_well_too() {
    let mut program = Program::start().await;
    program.desk.control("challenge").await;
    rename(&mut program).await;
    assert_eq!(program.on_server().await.as_deref(), Some("kept whatever happens"), "a claims challenge");

    let mut program = Program::start().await;
    program.desk.control("expire-tokens").await;
    rename(&mut program).await;
    assert_eq!(program.on_server().await.as_deref(), Some("kept whatever happens"), "expired tokens");

    let mut program = Program::start().await;
    program.desk.control("revoke").await;
    rename(&mut program).await;
    assert_eq!(program.row(), "sign in", "revoked");
    program.press("S");
    program.settle(Duration::ZERO).await;
    program.desk.control("approve").await;
    program.settle(Duration::from_secs(20)).await;
    assert_eq!(program.on_server().await.as_deref(), Some("kept whatever happens"), "after signing in again");

    let mut program = Program::start().await;
    control(program.desk.simulator.authority(), "rename", json!({"id": FIRST, "name": "theirs"})).await;
    rename(&mut program).await;
    assert_eq!(
        (program.row(), program.on_server().await.as_deref()),
        ("changed", Some("theirs")),
        "renamed elsewhere"
    );

    let mut program = Program::start().await;
    program.press("r ctrl-u");
    program.tell(Msg::Paste("two  spaces".into()));
    program.press("enter");
    program.settle(Duration::from_secs(2)).await;
    assert_eq!(
        program.model.chosen().unwrap().name.as_deref(),
        Some("two spaces"),
        "as the server normalised it"
    );

    let mut program = Program::start().await;
    control(program.desk.simulator.authority(), "rename", json!({"id": FIRST, "name": null})).await;
    program.press("R");
    program.settle(Duration::from_secs(2)).await;
    rename(&mut program).await;
    program.press("u");
    program.settle(Duration::from_secs(5)).await;
    assert_eq!(program.on_server().await, None, "a first name taken back");
    assert_eq!(program.model.chosen().unwrap().name, None);
}

//! How long a large bulk takes, one rename a request and many: real loop, core, client, sign-in and library, against a
//! simulator on a thread of its own that takes 50 ms for every answer. No test, since it says how fast this machine is:
//!
//!     cargo test --release --test wire pace -- --ignored --nocapture --test-threads 1

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use retitle::auth::{Auth, Storage};
use retitle::core::batch::Stage;
use retitle::core::effect::{AuthCall, Way};
use retitle::core::key::Key;
use retitle::core::listing::Walk;
use retitle::core::model::Model;
use retitle::core::msg::{Attempt, Size};
use retitle::core::session::Profile;
use retitle::core::store::Snapshot;
use retitle::graph::GraphClient;
use retitle::http::{Http, HttpOptions};
use retitle::ports::{Answer, Clock, Desk, Identity, Input, InputEvent, Screen, Tokens};
use retitle::shell::clock::SystemClock;
use retitle::shell::signals::Signals;
use retitle::shell::{Office, Ports, run};
use retitle::simulator::Options;
use retitle::store::library::SqliteLibrary;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::common::world::{World, block};
use crate::common::{grow, options};
use crate::matrix::settings;
use crate::signing::config;

const ROWS: usize = 1_000;
const LATENCY: Duration = Duration::from_millis(50);

struct NoDesk;

impl Desk for NoDesk {
    fn open(&self, _: String) -> Answer<()> {
        Box::pin(async { Ok(()) })
    }
    fn edit(&self, text: String, _: bool) -> Answer<String> {
        Box::pin(async { Ok(text) })
    }
    fn copy(&self, _: String) -> Answer<bool> {
        Box::pin(async { Ok(false) })
    }
}

struct Keys(mpsc::UnboundedReceiver<InputEvent>);

impl Input for Keys {
    fn next(&mut self) -> Pin<Box<dyn Future<Output = InputEvent> + Send + '_>> {
        Box::pin(async { self.0.recv().await.unwrap_or(InputEvent::Closed) })
    }
    fn release(&mut self) {}
}

/// Sees the state, and presses what comes next.
struct Person {
    keys: mpsc::UnboundedSender<InputEvent>,
    /// When each of the things to do was done.
    done: Vec<Instant>,
}

const TO_DO: [&str; 3] = ["L", "/ g r o w n enter ctrl-a b ctrl-u { n : 0 4 } enter y", "esc q"];

impl Screen for Person {
    fn draw(&mut self, model: &Model) -> std::io::Result<()> {
        let ready = match self.done.len() {
            0 => model.who().is_some(),
            1 => matches!(model.list.walk, Walk::Idle { .. }) && model.list.shown_len() >= ROWS,
            _ => model.batch.as_ref().is_some_and(|batch| !batch.runs()),
        };
        if let Some(keys) = TO_DO.get(self.done.len()).filter(|_| ready) {
            self.done.push(Instant::now());
            for key in keys.split(' ') {
                let _ = self.keys.send(InputEvent::Key(Key::parse(key).unwrap()));
            }
        }
        Ok(())
    }
    fn repaint(&mut self) -> std::io::Result<()> {
        Ok(())
    }
    fn copy(&mut self, _: &str) -> std::io::Result<()> {
        Ok(())
    }
    fn say(&mut self, _: &str) -> std::io::Result<()> {
        Ok(())
    }
    fn mouse(&mut self, _: bool) -> std::io::Result<()> {
        Ok(())
    }
    fn leave(&mut self) -> std::io::Result<()> {
        Ok(())
    }
    fn come_back(&mut self) -> std::io::Result<()> {
        Ok(())
    }
    fn suspend(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn bulk(json_batch: bool) -> String {
    let world = World::with(Options { latency: LATENCY, page_size: 1_000, ..options() });
    block(grow(&world.base, ROWS));
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let http = Http::new(HttpOptions { ca_file: None, loopback_only: true }).unwrap();
    let auth = Auth::new(
        config(&world.base, Storage::File(world.dir.path().to_owned())),
        http.clone(),
        Arc::clone(&clock),
    );
    let (model, took) = block(async {
        auth.call(Attempt(1), AuthCall::Begin(Way::Device)).await.unwrap();
        crate::common::control(&world.base, "approve", json!({})).await;
        auth.call(Attempt(1), AuthCall::Poll).await.unwrap();
        let tokens: Arc<dyn Tokens> = Arc::new(auth.clone());
        let graph = GraphClient::new(http, format!("{}/beta", world.base).parse().unwrap(), tokens);
        let library = SqliteLibrary::open(&world.dir.path().join("library.db"), clock.now()).unwrap().library;
        let office = Office { graph: Arc::new(graph), identity: Arc::new(auth) };
        let ports = Ports {
            offices: [(Profile::new("default"), office)].into(),
            library: Arc::new(library),
            desk: Arc::new(NoDesk),
            clock: Arc::clone(&clock),
            recorder: None,
        };
        let size = Size { width: 80, height: 24 };
        let settings = settings(&world.base, json_batch);
        let (model, first) = Model::start(clock.now(), size, settings, Snapshot::default());
        let (tell, hear) = mpsc::unbounded_channel();
        let mut person = Person { keys: tell, done: Vec::new() };
        let mut signals = Signals::listen().unwrap();
        let model = run(model, first, ports, &mut Keys(hear), &mut person, &mut signals).await.unwrap();
        (model, person.done[2] - person.done[1])
    });
    let batch = model.batch.unwrap();
    let Stage::Ended { took: sending } = batch.stage else { panic!("{:?}", batch.stage) };
    let rows = batch.items().len();
    assert!(batch.tally().saved == rows && rows >= ROWS);
    let requests = world.requests();
    let of = |version: bool, method: &str| {
        let own = |r: &&Value| r["method"] == method && (r["version"] == "$batch") == version;
        requests.iter().filter(own).filter(|r| r["target"].as_str().unwrap().starts_with("/beta/")).count()
    };
    format!(
        "json_batch = {json_batch}: {rows} renames in {:.2} s, {:.2} s of it sending; {} PATCH, {} $batch with {} parts",
        took.as_secs_f64(),
        sending.as_secs_f64(),
        of(false, "PATCH"),
        of(false, "POST"),
        of(true, "PATCH"),
    )
}

#[test]
#[ignore = "a measurement: it says how fast this machine is"]
fn a_thousand_renames_one_a_request() {
    println!("{}", bulk(false));
}

#[test]
#[ignore = "a measurement: it says how fast this machine is"]
fn a_thousand_renames_twenty_a_request() {
    println!("{}", bulk(true));
}

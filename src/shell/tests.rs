//! The loop on a paused clock: nothing in here sleeps for real.

#[path = "tests_idle.rs"]
mod idle;

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;

use super::run::{Office, Ports, run};
use super::signals::{Signal, Signals};
use crate::core::effect::{AuthCall, GraphCall};
use crate::core::key::{Code, Key};
use crate::core::model::Model;
use crate::core::msg::{Attempt, AuthReply, GraphReply, PageLink, Size, Who};
use crate::core::place::PlaceConfig;
use crate::core::session::{Account, Host, Key as RowKey, Profile, Session, SessionId, WorkspaceId};
use crate::core::settings::Settings;
use crate::core::store::{Snapshot, StoreCall, StoreReply};
use crate::core::time::Stamp;
use crate::ports::{Answer, Clock, Desk, Graph, Identity, Input, InputEvent, Library, Screen};

struct Fakes {
    start: Instant,
    /// What the Graph port does with a call.
    panics: bool,
}

impl Clock for Fakes {
    fn now(&self) -> Stamp {
        Stamp::from_micros(1_800_000_000_000_000) + self.start.elapsed()
    }
}

impl Graph for Fakes {
    fn call(&self, _: Account, _: GraphCall) -> Answer<GraphReply> {
        let panics = self.panics;
        Box::pin(async move {
            assert!(!panics, "on purpose");
            Ok(GraphReply::Page { sessions: Vec::new(), next: None })
        })
    }
}

impl Identity for Fakes {
    fn call(&self, _: Attempt, _: AuthCall) -> Answer<AuthReply> {
        let who = Who { account: Account::new("t.o"), username: "jo".into(), tenant: "t".into() };
        Box::pin(async move { Ok(AuthReply::Restored(who)) })
    }
}

impl Library for Fakes {
    fn call(&self, _: StoreCall) -> Answer<StoreReply> {
        Box::pin(async { Ok(StoreReply::Done) })
    }

    fn changed(&self) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(std::future::pending())
    }
}

/// Takes a second for a draft; counts those that it has taken.
#[derive(Default)]
struct SlowDisk(Arc<AtomicUsize>);

impl Library for SlowDisk {
    fn call(&self, call: StoreCall) -> Answer<StoreReply> {
        let (drafts, is_draft) = (Arc::clone(&self.0), matches!(call, StoreCall::SaveDraft(_)));
        Box::pin(async move {
            if is_draft {
                tokio::time::sleep(Duration::from_secs(1)).await;
                drafts.fetch_add(1, Ordering::SeqCst);
            }
            Ok(StoreReply::Done)
        })
    }

    fn changed(&self) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(std::future::pending())
    }
}

impl Desk for Fakes {
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

/// Keys at given moments.
struct Script {
    start: Instant,
    keys: VecDeque<(Duration, InputEvent)>,
}

impl Input for Script {
    fn next(&mut self) -> Pin<Box<dyn Future<Output = InputEvent> + Send + '_>> {
        Box::pin(async {
            let Some((at, _)) = self.keys.front() else { return std::future::pending().await };
            tokio::time::sleep_until(self.start + *at).await;
            match self.keys.pop_front() {
                Some((_, event)) => event,
                None => std::future::pending().await,
            }
        })
    }
    fn release(&mut self) {}
}

/// Counts frames.
#[derive(Default)]
struct Easel {
    frames: Arc<AtomicUsize>,
    at: Vec<Instant>,
    last: Option<Model>,
    broken: bool,
}

impl Screen for Easel {
    fn draw(&mut self, model: &Model) -> std::io::Result<()> {
        self.frames.fetch_add(1, Ordering::SeqCst);
        self.at.push(Instant::now());
        self.last = Some(model.clone());
        if self.broken { Err(std::io::Error::other("gone")) } else { Ok(()) }
    }
    fn repaint(&mut self) -> std::io::Result<()> {
        Ok(())
    }
    fn copy(&mut self, _: &str) -> std::io::Result<()> {
        Ok(())
    }
    fn mouse(&mut self, _: bool) -> std::io::Result<()> {
        Ok(())
    }
    fn say(&mut self, _: &str) -> std::io::Result<()> {
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

fn settings() -> Settings {
    Settings {
        places: vec![PlaceConfig {
            profile: Profile::new("default"),
            label: None,
            tenant: "t".into(),
            workspace: WorkspaceId::new("default"),
            client: Some("c".into()),
            read_only: false,
            protected: false,
        }],
        config_path: String::new(),
        host: Host::new("h"),
        portal: "https://p".into(),
        history: Duration::from_secs(86_400),
        json_batch: false,
        zone: 0,
        ascii: false,
        still: false,
        face: crate::core::settings::Face::Screen,
        theme: crate::core::look::Theme::colourless(),
        keys: crate::core::keymap::Keymap::default(),
        mouse: false,
        bursts: false,
        rules: Vec::new(),
        templates: Vec::new(),
        way: crate::core::effect::Way::Device,
        tokens_kept: "memory".into(),
        sign_in_hint: None,
        has_demo: true,
    }
}

fn key(c: char) -> InputEvent {
    InputEvent::Key(Key::plain(Code::Char(c)))
}

/// An outside with this Graph in it.
fn ports(fakes: &Arc<Fakes>, graph: Arc<dyn Graph>) -> Ports {
    let office = Office { graph, identity: Arc::<Fakes>::clone(fakes) };
    Ports {
        offices: [(Profile::new("default"), office)].into(),
        library: Arc::<Fakes>::clone(fakes),
        desk: Arc::<Fakes>::clone(fakes),
        clock: Arc::<Fakes>::clone(fakes),
        recorder: None,
    }
}

struct Run {
    model: Model,
    frames: usize,
    took: Duration,
    last: Option<Model>,
}

async fn played(keys: Vec<(Duration, InputEvent)>, panics: bool, broken: bool) -> Run {
    let start = Instant::now();
    let fakes = Arc::new(Fakes { start, panics });
    let ports = ports(&fakes, Arc::<Fakes>::clone(&fakes));
    let size = Size { width: 80, height: 24 };
    let (model, first) = Model::start(fakes.now(), size, settings(), Snapshot::default());
    let mut input = Script { start, keys: keys.into() };
    let mut screen = Easel { broken, ..Easel::default() };
    let (_tell, hear) = mpsc::unbounded_channel();
    let mut signals = Signals::from_channel(hear);
    let model = run(model, first, ports, &mut input, &mut screen, &mut signals).await.unwrap();
    let frames = screen.frames.load(Ordering::SeqCst);
    Run { model, frames, took: start.elapsed(), last: screen.last }
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_keys_at_once_draw_a_few_frames_and_none_is_lost() {
    let at = Duration::from_secs(1);
    let mut keys = vec![(at, key('/'))];
    keys.extend((0..10_000).map(|_| (at, key('x'))));
    keys.push((Duration::from_secs(2), InputEvent::Key(Key::plain(Code::Enter))));
    keys.push((Duration::from_secs(3), key('q')));
    let flood = played(keys, false, false).await;
    assert!(flood.frames < 1_000, "{} frames", flood.frames);
    assert_eq!(flood.model.list.filter().len(), 10_000);
    assert_eq!(flood.last.unwrap().list.filter().len(), 10_000, "the last state was drawn");
}

#[tokio::test(start_paused = true)]
async fn a_task_that_dies_is_told_and_the_program_goes_on() {
    let keys = vec![(Duration::from_secs(1), key('L')), (Duration::from_secs(2), key('q'))];
    let run = played(keys, true, false).await;
    let walk = format!("{:?}", run.model.list.walk);
    assert!(walk.contains("A part of retitle failed"), "{walk}");
}

#[tokio::test(start_paused = true)]
async fn a_terminal_that_is_gone_ends_the_program() {
    let run = played(Vec::new(), false, true).await;
    assert!(run.took < Duration::from_secs(4));
}

/// The keys end in a terminal that is gone, which says so as often as it is asked.
struct Gone {
    before: VecDeque<InputEvent>,
    asked: usize,
}

impl Input for Gone {
    fn next(&mut self) -> Pin<Box<dyn Future<Output = InputEvent> + Send + '_>> {
        Box::pin(async {
            self.asked += 1;
            assert!(self.asked < 100, "it spins");
            self.before.pop_front().unwrap_or(InputEvent::Closed)
        })
    }
    fn release(&mut self) {}
}

#[tokio::test(start_paused = true)]
async fn while_the_last_words_go_to_the_disk_a_terminal_that_is_gone_is_asked_no_more() {
    let start = Instant::now();
    let fakes = Arc::new(Fakes { start, panics: false });
    let slow = Arc::new(SlowDisk::default());
    let library: Arc<dyn Library> = Arc::<SlowDisk>::clone(&slow);
    let ports = Ports { library, ..ports(&fakes, Arc::<Fakes>::clone(&fakes)) };
    let size = Size { width: 80, height: 24 };
    let row = RowKey { profile: Profile::new("default"), id: SessionId::new("one") };
    let row = Session::unseen(row, WorkspaceId::new("default"), Host::new("h"));
    let row = Session { opened: Some(fakes.now()), ..row };
    let snapshot = Snapshot { sessions: vec![row], ..Snapshot::default() };
    let (model, first) = Model::start(fakes.now(), size, settings(), snapshot);
    let before = [key('r'), key('x')].into();
    let (mut input, mut screen) = (Gone { before, asked: 0 }, Easel::default());
    let (_tell, hear) = mpsc::unbounded_channel();
    let mut signals = Signals::from_channel(hear);
    run(model, first, ports, &mut input, &mut screen, &mut signals).await.unwrap();
    assert_eq!(input.asked, 3, "two keys and the end");
    assert_eq!(slow.0.load(Ordering::SeqCst), 1, "the words are kept");
    assert!(start.elapsed() < Duration::from_secs(3), "their answer was waited for, and no longer");
}

/// Notes how many frames were drawn when a request began.
struct Watched {
    frames: Arc<AtomicUsize>,
    at: Arc<AtomicUsize>,
}

impl Graph for Watched {
    fn call(&self, _: Account, _: GraphCall) -> Answer<GraphReply> {
        let (frames, at) = (Arc::clone(&self.frames), Arc::clone(&self.at));
        Box::pin(async move {
            at.store(frames.load(Ordering::SeqCst), Ordering::SeqCst);
            std::future::pending().await
        })
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_is_on_its_way_before_the_frame_is_drawn() {
    let start = Instant::now();
    let fakes = Arc::new(Fakes { start, panics: false });
    let (mut screen, at) = (Easel::default(), Arc::new(AtomicUsize::new(0)));
    let graph = Arc::new(Watched { frames: Arc::clone(&screen.frames), at: Arc::clone(&at) });
    let ports = ports(&fakes, graph);
    let (model, first) =
        Model::start(fakes.now(), Size { width: 80, height: 24 }, settings(), Snapshot::default());
    let second = Duration::from_secs(1);
    let mut input = Script { start, keys: [(second, key('L')), (3 * second, key('q'))].into() };
    let (_tell, hear) = mpsc::unbounded_channel();
    let mut signals = Signals::from_channel(hear);
    run(model, first, ports, &mut input, &mut screen, &mut signals).await.unwrap();
    let before = screen.at.iter().filter(|drawn| **drawn < start + second).count();
    assert!(screen.at.len() > before, "the answer to the key was drawn");
    assert_eq!(at.load(Ordering::SeqCst), before, "frames before the request");
}

/// Pages of a list that take this long each, so many of them.
struct Pages {
    each: Duration,
    left: AtomicUsize,
}

impl Graph for Pages {
    fn call(&self, _: Account, _: GraphCall) -> Answer<GraphReply> {
        let (each, left) = (self.each, self.left.fetch_sub(1, Ordering::SeqCst) - 1);
        Box::pin(async move {
            tokio::time::sleep(each).await;
            let next = (left > 0).then(|| PageLink(format!("https://h/{left}")));
            Ok(GraphReply::Page { sessions: Vec::new(), next })
        })
    }
}

#[tokio::test(start_paused = true)]
async fn a_walk_is_watched_at_thirty_frames_a_second_and_its_end_is_drawn_at_once() {
    let (start, second, each) = (Instant::now(), Duration::from_secs(1), Duration::from_millis(2));
    let fakes = Arc::new(Fakes { start, panics: false });
    let graph = Arc::new(Pages { each, left: AtomicUsize::new(200) });
    let ports = ports(&fakes, graph);
    let size = Size { width: 80, height: 24 };
    let (model, first) = Model::start(fakes.now(), size, settings(), Snapshot::default());
    let mut input = Script { start, keys: [(second, key('L')), (3 * second, key('q'))].into() };
    let mut screen = Easel::default();
    let (_tell, hear) = mpsc::unbounded_channel();
    let mut signals = Signals::from_channel(hear);
    run(model, first, ports, &mut input, &mut screen, &mut signals).await.unwrap();
    let (begins, ends) = (start + second, start + second + 200 * each);
    let during = screen.at.iter().filter(|at| (begins..ends).contains(at)).count();
    assert!((10..22).contains(&during), "{during} frames in 400 ms");
    let last = screen.at.iter().filter(|at| **at >= ends).min().unwrap();
    assert!(*last - ends < Duration::from_millis(10), "the end was drawn {:?} later", *last - ends);
}

#[tokio::test(start_paused = true)]
async fn a_signal_ends_the_program() {
    let (tell, hear) = mpsc::unbounded_channel();
    tell.send(Signal::End).unwrap();
    let mut signals = Signals::from_channel(hear);
    signals.next().await;
    let waited = tokio::time::timeout(Duration::from_secs(60), async {
        drop(tell);
        signals.next().await;
    });
    assert!(waited.await.is_err(), "no sender is no signal");
}

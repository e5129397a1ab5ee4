//! What the loop does while nobody does anything: it wakes when the state has said so, and draws when it has woken.

use std::sync::Mutex;

use super::*;
use crate::core::msg::Msg;
use crate::core::record::{Blur, Line};
use crate::core::session::{Entity, Presence};
use crate::ports::Recorder;

const HOUR: Duration = Duration::from_secs(3_600);
/// The start, and whatever the first minute brings: the sign-in, the list.
const SETTLED: Duration = Duration::from_secs(10);
/// Timers of the runtime go off in whole milliseconds.
const LATE: Duration = Duration::from_millis(2);

/// Answers a list with these, and nothing else ever.
struct Server(Vec<Entity>);

impl Graph for Server {
    fn call(&self, _: Account, call: GraphCall) -> Answer<GraphReply> {
        if !matches!(call, GraphCall::List { .. }) {
            return Box::pin(std::future::pending());
        }
        let page = GraphReply::Page { sessions: self.0.clone(), next: None };
        Box::pin(async move { Ok(page) })
    }
}

/// Keeps what the loop takes in.
#[derive(Default)]
struct Book(Mutex<Vec<Line>>);

impl Recorder for Book {
    fn write(&self, line: &Line) {
        let mut lines = self.0.lock().unwrap();
        assert!(lines.len() < 10_000, "it spins");
        lines.push(line.clone());
    }
    fn blur(&self) -> Blur {
        Blur { salt: 0 }
    }
}

fn row(age: u64, now: Stamp) -> Session {
    Session {
        key: RowKey { profile: Profile::new("default"), id: SessionId::new(&format!("{age:08}")) },
        workspace: WorkspaceId::new("default"),
        name: Some("a name".into()),
        created: Some(now.before(Duration::from_secs(age))),
        modified: Some(now.before(Duration::from_secs(age))),
        presence: Presence::Here,
        seen: Some(now),
        opened: Some(now),
        ours: None,
        pinned: false,
        account: None,
        host: Host::new("h"),
    }
}

/// An hour with rows of these ages in seconds, and `q` at its end.
struct Idle {
    /// Moments of frames, since the start.
    frames: Vec<Duration>,
    /// Moments at which the loop woke, since the start.
    woke: Vec<Duration>,
    /// Those of them that [`Model::wake`] had not named.
    unannounced: Vec<Duration>,
}

async fn an_hour(ages: &[u64]) -> Idle {
    let start = Instant::now();
    let fakes = Arc::new(Fakes { start, panics: false });
    let begun = fakes.now();
    let sessions: Vec<Session> = ages.iter().map(|age| row(*age, begun)).collect();
    let known = |s: &Session| Entity {
        id: s.key.id.clone(),
        name: s.name.clone(),
        created: s.created,
        modified: s.modified,
    };
    let server = Arc::new(Server(sessions.iter().map(known).collect()));
    let book = Arc::new(Book::default());
    let ports = Ports {
        offices: [(Profile::new("default"), Office { graph: server, identity: Arc::<Fakes>::clone(&fakes) })]
            .into(),
        library: Arc::<Fakes>::clone(&fakes),
        desk: Arc::<Fakes>::clone(&fakes),
        clock: Arc::<Fakes>::clone(&fakes),
        recorder: Some(Arc::<Book>::clone(&book)),
    };
    let size = Size { width: 80, height: 24 };
    let snapshot = Snapshot { sessions, ..Snapshot::default() };
    let (model, first) = Model::start(begun, size, settings(), snapshot);
    let mut twin = model.clone();
    let mut input = Script { start, keys: [(HOUR, key('q'))].into() };
    let mut screen = Easel::default();
    let (_tell, hear) = mpsc::unbounded_channel();
    let mut signals = Signals::from_channel(hear);
    let model = run(model, first, ports, &mut input, &mut screen, &mut signals).await.unwrap();
    assert_eq!((start.elapsed(), model.who().is_some()), (HOUR, true));
    let frames = screen.at.iter().map(|at| at.duration_since(start)).collect();
    let mut idle = Idle { frames, woke: Vec::new(), unannounced: Vec::new() };
    // A twin takes in the same, and says before each step when it wants to be woken.
    for line in book.0.lock().unwrap().drain(..) {
        let Line::Step { now, msg } = line else { continue };
        if msg == Msg::Woke {
            let named = twin.wake().is_some_and(|wake| wake <= now && now.since(wake) <= LATE);
            idle.woke.push(now.since(begun));
            if !named {
                idle.unannounced.push(now.since(begun));
            }
        } else {
            let overdue = twin.wake().filter(|wake| now.since(*wake) > LATE);
            assert_eq!(overdue, None, "a moment that the loop has missed");
        }
        twin.step(now, msg);
    }
    idle
}

#[tokio::test(start_paused = true)]
async fn an_idle_hour_has_no_wake_and_no_frame() {
    let week = 7 * 86_400;
    for ages in [vec![], vec![3 * week + 1, 5 * week + 1, 60 * week]] {
        let idle = Box::pin(an_hour(&ages)).await;
        let quiet = |at: &&Duration| **at > SETTLED && **at < HOUR;
        assert_eq!(idle.woke.iter().filter(quiet).count(), 0, "{:?}", idle.woke);
        assert_eq!(idle.frames.iter().filter(quiet).count(), 0, "{:?}", idle.frames);
        assert!(idle.unannounced.is_empty(), "{:?}", idle.unannounced);
        assert!(idle.frames.len() <= 4, "the first, signed in, read, the key at the end: {:?}", idle.frames);
    }
}

#[tokio::test(start_paused = true)]
async fn the_loop_wakes_and_draws_when_a_visible_age_rolls_over_and_at_no_other_moment() {
    // Seconds since the start at which the words of an age change: each minute while it counts minutes, then each hour.
    let ages: [u64; 4] = [30, 90, 3_000, 100_000];
    let minute = |at: &u64| {
        let seconds = ages.map(|age| age + at);
        seconds.iter().any(|s| (s % 60 == 0 && *s <= 3_600) || (s % 3_600 == 0 && *s < 86_400))
    };
    let expected: Vec<u64> = (11..3_600).filter(minute).collect();
    assert!(expected.len() > 60, "{}", expected.len());
    let idle = Box::pin(an_hour(&ages)).await;
    let quiet = |at: &&Duration| **at > SETTLED && **at < HOUR;
    let woke: Vec<u64> = idle.woke.iter().filter(quiet).map(Duration::as_secs).collect();
    assert_eq!(woke, expected);
    let frames: Vec<u64> = idle.frames.iter().filter(quiet).map(Duration::as_secs).collect();
    assert_eq!(frames, expected, "one frame each");
    assert!(idle.unannounced.is_empty(), "{:?}", idle.unannounced);
}

//! Entra's and Graph's endpoints on this machine, for the demo, for tests, and for writers of other clients.
//!
//! It shares no code with the clients: a mistake made twice in one place would prove nothing. It speaks HTTP and
//! answers as the real services do when what it is sent is wrong. All state is in `world::World`, a value with one
//! function; `server` only carries bytes to it and back.

mod authorize;
mod batch;
mod device_page;
mod entra;
mod fault;
mod graph;
mod message;
mod policy;
mod seed;
mod server;
mod tls;
mod world;

use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

pub use seed::Seed;
pub use tls::Tls;
use world::World;

/// How the simulator behaves.
#[derive(Clone, Debug)]
pub struct Options {
    /// The port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// Where the world is kept between runs; `None` forgets it.
    pub state_file: Option<PathBuf>,
    /// Approves each device code by itself after this long.
    pub approve_after: Option<Duration>,
    /// The least time between two polls, as told to the client.
    pub interval: Duration,
    pub code_lifetime: Duration,
    pub token_lifetime: Duration,
    /// Sessions on one page of a list.
    pub page_size: usize,
    /// Added to every answer of Graph.
    pub latency: Duration,
    /// Endpoints under `/control` that push faults and tell what was received.
    pub control: bool,
    /// Offer HTTPS too, on a port of its own, HTTP/2 included, as production speaks it.
    pub tls: Option<Tls>,
    /// Microseconds by which its clock runs ahead of the machine's.
    pub ahead: i64,
    /// A refresh token that is used a second time ends the whole sign-in. Entra does not do this, others do.
    pub revoke_on_reuse: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: 0,
            state_file: None,
            approve_after: None,
            interval: Duration::from_secs(5),
            code_lifetime: Duration::from_secs(900),
            token_lifetime: Duration::from_secs(3600),
            page_size: 25,
            latency: Duration::ZERO,
            control: false,
            tls: None,
            ahead: 0,
            revoke_on_reuse: false,
        }
    }
}

/// A running simulator. Dropping it ends it.
pub struct Simulator {
    base: String,
    world: Arc<Mutex<World>>,
    tasks: Vec<tokio::task::JoinHandle<()>>,
    /// Where HTTPS is offered, and the authority to trust for it.
    https: Option<(String, String)>,
}

impl Simulator {
    /// Starts on 127.0.0.1.
    ///
    /// # Errors
    /// When the port is taken, or the state file cannot be read.
    pub async fn start(options: Options) -> io::Result<Self> {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", options.port)).await?;
        let base = format!("http://{}", listener.local_addr()?);
        let asked = options.tls;
        let began = now() + options.ahead;
        let world = Arc::new(Mutex::new(World::new(options, &base, began)?));
        let mut tasks = vec![tokio::spawn(server::serve(listener, None, Arc::clone(&world)))];
        let mut https = None;
        if let Some(tls) = asked {
            let since = Duration::from_micros(u64::try_from(now()).unwrap_or(0));
            let identity = tls::Identity::make(tls, since)?;
            let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
            let base = format!("https://localhost:{}", listener.local_addr()?.port());
            lock(&world).base.clone_from(&base);
            https = Some((base, identity.ca));
            let serve = server::serve(listener, Some(identity.acceptor), Arc::clone(&world));
            tasks.push(tokio::spawn(serve));
        }
        Ok(Self { base, world, tasks, https })
    }

    /// For `endpoints.authority`.
    pub fn authority(&self) -> &str {
        self.https.as_ref().map_or(&self.base, |(base, _)| base)
    }

    /// For `endpoints.graph`.
    pub fn graph(&self) -> String {
        format!("{}/beta", self.authority())
    }

    /// Where everything is offered without TLS, `/control` above all.
    pub fn plain(&self) -> &str {
        &self.base
    }

    /// For `endpoints.ca_file`: the certificate of the throw-away authority, in PEM.
    pub fn ca(&self) -> Option<&str> {
        self.https.as_ref().map(|(_, ca)| ca.as_str())
    }

    /// For `endpoints.portal`.
    pub fn portal(&self) -> &str {
        &self.base
    }

    /// Sessions that a person has opened before the story begins.
    pub fn opened(&self) -> Vec<Seed> {
        let world = lock(&self.world);
        world.opened(now() + world.options.ahead)
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.tasks.iter().for_each(tokio::task::JoinHandle::abort);
    }
}

fn lock(world: &Mutex<World>) -> MutexGuard<'_, World> {
    world.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Microseconds since 1970 UTC.
#[expect(clippy::disallowed_methods, reason = "the simulator is a world of its own, with its own clock")]
fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

//! The HTTP client that the Graph calls and sign-in share, and what its failures mean.

pub mod probe;
pub mod retry_after;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, ClientBuilder, Response};
use tokio::sync::OnceCell;

use crate::core::fault::{Fault, FaultKind};

/// How to reach the hosts.
#[derive(Clone, Debug, Default)]
pub struct HttpOptions {
    /// Further certificates to trust, in PEM, beside the system's: for a proxy that inspects TLS.
    pub ca_file: Option<PathBuf>,
    /// Both hosts are on this machine, and speak plain HTTP: no proxy, and no trust store, which some containers lack.
    pub loopback_only: bool,
}

/// `retitle/0.1.0`, as every request says.
pub const USER_AGENT: &str = concat!("retitle/", env!("CARGO_PKG_VERSION"));

/// Clients with time-outs for connecting (10 s), reading (30 s) and the whole (60 s), and without redirects: a token must
/// never follow one. Each is made when it is first needed, since reading the system's certificates takes longer than a
/// frame.
#[derive(Clone)]
pub struct Http(Arc<Inner>);

struct Inner {
    options: HttpOptions,
    client: OnceCell<Client>,
    unpooled: OnceCell<Client>,
}

impl Http {
    /// Clients by these options.
    ///
    /// # Errors
    /// When `ca_file` cannot be read.
    pub fn new(options: HttpOptions) -> Result<Self, Fault> {
        if let Some(path) = options.ca_file.as_ref().filter(|_| !options.loopback_only) {
            certificates(path)?;
        }
        Ok(Self(Arc::new(Inner { options, client: OnceCell::new(), unpooled: OnceCell::new() })))
    }

    /// The client for every request.
    ///
    /// # Errors
    /// When the system has no trust store.
    pub async fn client(&self) -> Result<Client, Fault> {
        let made = self.0.client.get_or_try_init(|| self.make(Client::builder())).await;
        made.cloned()
    }

    /// A client whose connections serve one request each.
    ///
    /// # Errors
    /// As [`Self::client`].
    pub async fn unpooled(&self) -> Result<Client, Fault> {
        let made =
            self.0.unpooled.get_or_try_init(|| self.make(Client::builder().pool_max_idle_per_host(0))).await;
        made.cloned()
    }

    async fn make(&self, builder: ClientBuilder) -> Result<Client, Fault> {
        let options = self.0.options.clone();
        let made = tokio::task::spawn_blocking(move || build(&options, builder)).await;
        made.unwrap_or_else(|_| Err(Fault::new(FaultKind::Bug, "The HTTP client could not be made.")))
    }
}

fn build(options: &HttpOptions, builder: ClientBuilder) -> Result<Client, Fault> {
    let mut builder = builder
        .user_agent(USER_AGENT)
        .redirect(Policy::none())
        .connect_timeout(Duration::from_secs(10))
        .read_timeout(Duration::from_secs(30))
        .timeout(Duration::from_secs(60));
    if options.loopback_only {
        builder = builder.no_proxy().tls_certs_only([]);
    } else if let Some(path) = &options.ca_file {
        builder = builder.tls_certs_merge(certificates(path)?);
    }
    builder.build().map_err(|error| {
        let words = "The TLS set-up of this system cannot be used (is the ca-certificates package missing?)";
        Fault::new(FaultKind::Disk, format!("{words}: {}.", innermost(&error)))
    })
}

fn certificates(path: &Path) -> Result<Vec<Certificate>, Fault> {
    let say = |why: String| {
        Fault::new(FaultKind::Disk, format!("endpoints.ca_file {} cannot be used: {why}.", path.display()))
    };
    let pem = std::fs::read(path).map_err(|e| say(e.to_string()))?;
    let certificates = Certificate::from_pem_bundle(&pem).map_err(|e| say(innermost(&e)))?;
    if certificates.is_empty() {
        return Err(say("it holds no certificate in PEM form".into()));
    }
    Ok(certificates)
}

/// What a failure without an answer means. One that `writes` may have been acted on by the server.
pub fn unanswered(error: reqwest::Error, host: &str, writes: bool) -> Fault {
    // A URL may hold a page token.
    let error = error.without_url();
    let tls = is_tls(&error);
    if error.is_connect() || tls {
        let words = if tls {
            format!(
                "The certificate of {host} is not trusted here ({}). If a proxy inspects TLS, name its certificate in endpoints.ca_file.",
                innermost(&error)
            )
        } else if error.is_timeout() {
            format!("{host} did not answer within 10 seconds.")
        } else {
            format!("{host} cannot be reached ({}).", innermost(&error))
        };
        return Fault::new(FaultKind::Offline, words);
    }
    let what = if error.is_timeout() { "did not answer in time" } else { "broke off" };
    if writes {
        Fault::new(FaultKind::Unclear, format!("{host} {what}; whether the name arrived will be looked up."))
    } else {
        Fault::new(FaultKind::Offline, format!("{host} {what}."))
    }
}

/// What an error says, and what each says that it came from.
fn causes(error: &reqwest::Error) -> impl Iterator<Item = String> {
    let all = std::iter::successors(Some(error as &dyn std::error::Error), |error| error.source());
    all.map(ToString::to_string)
}

fn is_tls(error: &reqwest::Error) -> bool {
    let words = ["certificate", "UnknownIssuer", "HandshakeFailure", "tls"];
    causes(error).any(|cause| words.iter().any(|word| cause.contains(word)))
}

fn innermost(error: &reqwest::Error) -> String {
    causes(error).last().unwrap_or_default()
}

/// A body of at most `most` bytes; what is beyond is not read. `Err` when it broke off, with what came until then.
pub async fn body(mut response: Response, most: usize) -> Result<Vec<u8>, (Vec<u8>, reqwest::Error)> {
    let mut bytes = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) => {
                let room = most.saturating_sub(bytes.len());
                bytes.extend_from_slice(chunk.get(..room.min(chunk.len())).unwrap_or(&chunk));
                if bytes.len() >= most {
                    return Ok(bytes);
                }
            }
            Ok(None) => return Ok(bytes),
            Err(error) => return Err((bytes, error)),
        }
    }
}

//! Microsoft Graph, beta, as far as Security Copilot sessions go.

mod ahead;
mod calls;
mod challenge;
mod fault;
mod many;
mod wire;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use reqwest::Client;
use tokio::sync::Semaphore;
use url::Url;

use crate::core::effect::GraphCall;
use crate::core::fault::Fault;
use crate::core::msg::GraphReply;
use crate::core::session::Account;
use crate::http::Http;
use crate::ports::{Answer, Graph, Tokens};
use ahead::Ahead;

/// How many requests are on their way at once, of all kinds together.
const AT_ONCE: usize = 4;

/// The Graph client.
#[derive(Clone)]
pub struct GraphClient {
    http: Http,
    /// Requests at once; a run has one tenant. Graph's throttling counts by tenant and app.
    slots: Arc<Semaphore>,
    /// One fewer for reads, so that a name never waits behind them alone.
    read_slots: Arc<Semaphore>,
    /// After a 503 or 504 the next try takes a new connection, since the old one may lead to the same busy server
    /// (Graph's page of best practices).
    renew: Arc<AtomicBool>,
    /// `https://graph.microsoft.com/beta`, without a slash at the end.
    base: Url,
    tokens: Arc<dyn Tokens>,
    ahead: Arc<Ahead>,
}

impl GraphClient {
    /// A client for the Graph at `base`.
    pub fn new(http: Http, base: Url, tokens: Arc<dyn Tokens>) -> Self {
        let slots = Arc::new(Semaphore::new(AT_ONCE));
        let read_slots = Arc::new(Semaphore::new(AT_ONCE - 1));
        Self { http, slots, read_slots, renew: Arc::default(), base, tokens, ahead: Arc::default() }
    }

    /// The HTTP client for the next request.
    async fn http(&self) -> Result<Client, Fault> {
        if self.renew.load(Ordering::Acquire) { self.http.unpooled().await } else { self.http.client().await }
    }

    /// The host as people know it.
    fn host(&self) -> &str {
        self.base.host_str().unwrap_or("the server")
    }
}

impl Graph for GraphClient {
    fn call(&self, account: Account, call: GraphCall) -> Answer<GraphReply> {
        let client = self.clone();
        Box::pin(async move { client.carry_out(account, call).await })
    }
}

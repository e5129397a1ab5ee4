//! Microsoft Graph, beta, as far as Security Copilot sessions go.

mod calls;
mod challenge;
mod fault;
mod wire;

use std::sync::Arc;

use reqwest::Client;
use url::Url;

use crate::core::effect::GraphCall;
use crate::core::msg::GraphReply;
use crate::core::session::Account;
use crate::ports::{Answer, Graph, Tokens};

/// The Graph client.
#[derive(Clone)]
pub struct GraphClient {
    http: Client,
    /// `https://graph.microsoft.com/beta`, without a slash at the end.
    base: Url,
    tokens: Arc<dyn Tokens>,
}

impl GraphClient {
    /// A client for the Graph at `base`.
    pub fn new(http: Client, base: Url, tokens: Arc<dyn Tokens>) -> Self {
        Self { http, base, tokens }
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

//! The next page, asked for before it is wanted: the server makes it while this one is taken in.

use std::sync::{Mutex, PoisonError};

use tokio::task::JoinSet;
use url::Url;

use super::GraphClient;
use super::calls::{Request, Success};
use crate::core::fault::Fault;
use crate::core::session::Account;

/// A page that is on its way. Whoever asks for another first has no use for it, and it is given up.
#[derive(Default)]
pub(super) struct Ahead(Mutex<Option<Page>>);

struct Page {
    account: Account,
    url: Url,
    /// One task, which ends when this is dropped.
    answer: JoinSet<Result<Success, Fault>>,
}

impl GraphClient {
    /// Asks for a page that nobody waits for yet.
    pub(super) fn ask_ahead(&self, account: &Account, request: Request) {
        let (client, asker, url) = (self.clone(), account.clone(), request.url.clone());
        let mut answer = JoinSet::new();
        answer.spawn(async move { client.send(&asker, request).await });
        let page = Page { account: account.clone(), url, answer };
        *self.ahead.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(page);
    }

    /// Sends this request, unless its answer is on its way already.
    pub(super) async fn send_or_await(&self, account: &Account, request: Request) -> Result<Success, Fault> {
        let ahead = self.ahead.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let ahead = ahead.filter(|page| page.account == *account && page.url == request.url);
        match ahead {
            Some(mut page) => match page.answer.join_next().await {
                Some(Ok(answer)) => answer,
                Some(Err(_)) | None => self.send(account, request).await,
            },
            None => self.send(account, request).await,
        }
    }
}

//! Whether a host can be reached, and what it thinks the time is.

use reqwest::header::DATE;

use super::{Http, unanswered};
use crate::core::time::Stamp;
use crate::ports::{Answer, Probe, Reached};

/// Asks without a token.
#[derive(Clone)]
pub struct HttpProbe(pub Http);

impl Probe for HttpProbe {
    fn reach(&self, url: String) -> Answer<Reached> {
        let http = self.0.clone();
        Box::pin(async move {
            let host = url::Url::parse(&url)
                .ok()
                .and_then(|url| url.host_str().map(ToOwned::to_owned))
                .unwrap_or_default();
            let began = tokio::time::Instant::now();
            let answer = http
                .client()
                .await?
                .get(&url)
                .send()
                .await
                .map_err(|error| unanswered(error, &host, false))?;
            let date = answer.headers().get(DATE).and_then(|date| date.to_str().ok());
            let date = date.and_then(|date| chrono::DateTime::parse_from_rfc2822(date).ok());
            Ok(Reached {
                status: answer.status().as_u16(),
                date: date.map(|date| Stamp::from_micros(date.timestamp_micros())),
                took: began.elapsed(),
                host,
            })
        })
    }
}

//! The desktop around the terminal: the browser.

use webbrowser::{Browser, BrowserOptions, open_browser_with_options};

use crate::core::fault::{Fault, FaultKind};
use crate::ports::{Answer, Desk};

/// The system's browser.
#[derive(Debug, Default)]
pub struct SystemDesk;

impl Desk for SystemDesk {
    fn open(&self, url: String) -> Answer<()> {
        Box::pin(async move {
            let address = url.clone();
            let opened = tokio::task::spawn_blocking(move || {
                // A browser's own words must not land on our screen.
                let quiet = BrowserOptions::new().with_suppress_output(true).to_owned();
                open_browser_with_options(Browser::Default, &address, &quiet)
            })
            .await;
            match opened {
                Ok(Ok(())) => Ok(()),
                Ok(Err(_)) | Err(_) => Err(Fault::new(
                    FaultKind::Bug,
                    format!("No browser could be opened here. Open {url} yourself."),
                )),
            }
        })
    }
}

//! The desktop around the terminal: the browser and the clipboard.

use std::sync::{Arc, Mutex, PoisonError};

use arboard::Clipboard;
use webbrowser::{Browser, BrowserOptions, open_browser_with_options};

use crate::core::fault::{Fault, FaultKind};
use crate::ports::{Answer, Desk};

/// The system's browser and clipboard.
#[derive(Default)]
pub struct SystemDesk {
    /// Kept open: on X11 and Wayland the text lives as long as who offers it.
    clipboard: Arc<Mutex<Option<Clipboard>>>,
}

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

    fn copy(&self, text: String) -> Answer<bool> {
        let clipboard = Arc::clone(&self.clipboard);
        Box::pin(async move {
            // Over ssh this machine's clipboard is not the one under the person's hands.
            let far = ["SSH_CONNECTION", "SSH_TTY"].iter().any(|name| std::env::var_os(name).is_some());
            if far {
                return Ok(false);
            }
            let copied = tokio::task::spawn_blocking(move || {
                let mut kept = clipboard.lock().unwrap_or_else(PoisonError::into_inner);
                if kept.is_none() {
                    *kept = Clipboard::new().ok();
                }
                kept.as_mut().is_some_and(|clipboard| clipboard.set_text(text).is_ok())
            })
            .await;
            Ok(copied.unwrap_or(false))
        })
    }
}

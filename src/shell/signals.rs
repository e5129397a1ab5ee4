//! The system's wish that the program ends, or goes on.

use tokio::sync::mpsc;

pub use crate::platform::signals::Signal;
use crate::platform::signals::listen;

/// SIGTERM, SIGHUP, SIGINT and SIGCONT on Unix; Ctrl-Break and the closing window on Windows.
#[derive(Debug)]
pub struct Signals(mpsc::UnboundedReceiver<Signal>);

impl Signals {
    /// Starts listening.
    ///
    /// # Errors
    /// When the system refuses a handler.
    pub fn listen() -> std::io::Result<Self> {
        listen().map(Self)
    }

    /// Signals that a test sends.
    pub fn from_channel(hear: mpsc::UnboundedReceiver<Signal>) -> Self {
        Self(hear)
    }

    /// The next signal; waits for ever when there can be none.
    pub async fn next(&mut self) -> Signal {
        match self.0.recv().await {
            Some(signal) => signal,
            None => std::future::pending().await,
        }
    }
}

//! The system's wish that the program ends.

use tokio::sync::mpsc;

/// What the system wishes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Signal {
    /// Ctrl-C, which the whole foreground job gets.
    Interrupt,
    End,
}

/// SIGTERM, SIGHUP and SIGINT on Unix; Ctrl-Break and the closing window on Windows.
#[derive(Debug)]
pub struct Signals(mpsc::UnboundedReceiver<Signal>);

impl Signals {
    /// Starts listening.
    ///
    /// # Errors
    /// When the system refuses a handler.
    #[cfg(unix)]
    pub fn listen() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let (tell, hear) = mpsc::unbounded_channel();
        for (kind, what) in [
            (SignalKind::terminate(), Signal::End),
            (SignalKind::hangup(), Signal::End),
            (SignalKind::interrupt(), Signal::Interrupt),
        ] {
            let mut signals = signal(kind)?;
            let tell = tell.clone();
            tokio::spawn(async move { while signals.recv().await.is_some() && tell.send(what).is_ok() {} });
        }
        Ok(Self(hear))
    }

    /// Starts listening.
    ///
    /// # Errors
    /// When the system refuses a handler.
    #[cfg(windows)]
    pub fn listen() -> std::io::Result<Self> {
        use tokio::signal::windows::{ctrl_break, ctrl_close};
        let (tell, hear) = mpsc::unbounded_channel();
        let (mut breaks, mut closes) = (ctrl_break()?, ctrl_close()?);
        tokio::spawn(async move {
            loop {
                tokio::select! { _ = breaks.recv() => {}, _ = closes.recv() => {} }
                if tell.send(Signal::End).is_err() {
                    return;
                }
            }
        });
        Ok(Self(hear))
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

//! What the system sends to a program, and what a program sends to its own job.

use tokio::sync::mpsc;

/// What the system wishes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Signal {
    /// Ctrl-C, which the whole foreground job gets.
    Interrupt,
    End,
    /// The job was stopped, and goes on.
    Continued,
}

/// Starts listening for SIGTERM, SIGHUP, SIGINT and SIGCONT.
///
/// # Errors
/// When the system refuses a handler.
#[cfg(unix)]
pub fn listen() -> std::io::Result<mpsc::UnboundedReceiver<Signal>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (tell, hear) = mpsc::unbounded_channel();
    for (kind, what) in [
        (SignalKind::terminate(), Signal::End),
        (SignalKind::hangup(), Signal::End),
        (SignalKind::interrupt(), Signal::Interrupt),
        (SignalKind::from_raw(rustix::process::Signal::CONT.as_raw()), Signal::Continued),
    ] {
        let mut signals = signal(kind)?;
        let tell = tell.clone();
        tokio::spawn(async move { while signals.recv().await.is_some() && tell.send(what).is_ok() {} });
    }
    Ok(hear)
}

/// Starts listening for Ctrl-Break and the closing window.
///
/// # Errors
/// When the system refuses a handler.
#[cfg(windows)]
pub fn listen() -> std::io::Result<mpsc::UnboundedReceiver<Signal>> {
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
    Ok(hear)
}

/// Stops the whole job, as the terminal would for Ctrl-Z; returns when the shell continues it. Windows has no stopped jobs.
pub fn stop() {
    #[cfg(unix)]
    let _ = rustix::process::kill_current_process_group(rustix::process::Signal::TSTP);
}

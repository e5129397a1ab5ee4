//! What the terminal sends. Where a terminal can be waited for beside sockets it is read here and now, and from a key to
//! its frame nothing is handed from one thread to another. macOS cannot wait for `/dev/tty` so, and Windows has no bytes:
//! there a thread of crossterm's waits.

/// What a terminal brings.
pub enum Heard {
    /// So many bytes were read; none when the terminal is gone.
    Bytes(usize),
    /// One event, where the system or a library reads the bytes.
    Event(crossterm::event::Event),
    /// It has another size.
    Resized,
}

#[cfg(target_os = "linux")]
mod system {
    use std::fs::OpenOptions;
    use std::io::{ErrorKind, IsTerminal, Result, stdin};
    use std::os::unix::fs::OpenOptionsExt;

    use rustix::fs::OFlags;
    use tokio::net::unix::pipe::Receiver;
    use tokio::signal::unix::{Signal, SignalKind, signal};

    use super::Heard;

    /// The terminal that the program was started from.
    pub struct Tty {
        /// Opened anew: that a read does not wait is then a matter of this handle, and not of the shell's. It is no pipe,
        /// but nothing else is asked of it than of one.
        bytes: Receiver,
        resized: Signal,
    }

    impl Tty {
        /// Opens it.
        ///
        /// # Errors
        /// When there is none.
        pub fn open() -> Result<Self> {
            let flags = (OFlags::NONBLOCK | OFlags::NOCTTY).bits().cast_signed();
            let open = |path| OpenOptions::new().read(true).custom_flags(flags).open(path);
            // Where nothing has set up a session, as in some containers, there is a terminal but no `/dev/tty`.
            let file = open("/dev/tty")
                .or_else(|error| if stdin().is_terminal() { open("/dev/stdin") } else { Err(error) })?;
            Ok(Self {
                bytes: Receiver::from_file_unchecked(file)?,
                resized: signal(SignalKind::window_change())?,
            })
        }

        /// Waits for the next. Nothing is lost when it is no longer waited for.
        ///
        /// # Errors
        /// When the terminal is gone.
        pub async fn next(&mut self, into: &mut [u8]) -> Result<Heard> {
            loop {
                tokio::select! {
                    ready = self.bytes.readable() => ready?,
                    _ = self.resized.recv() => return Ok(Heard::Resized),
                }
                match self.bytes.try_read(into) {
                    Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                    read => return read.map(Heard::Bytes),
                }
            }
        }

        /// Leaves the keys to another program. What is not waited for is not read.
        pub fn release(&mut self) {}
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use std::io::{ErrorKind, Result};

    use crossterm::event::EventStream;
    use futures_util::StreamExt;

    use super::Heard;

    /// The terminal that the program was started from.
    pub struct Tty(Option<EventStream>);

    impl Tty {
        /// Opens it.
        ///
        /// # Errors
        /// None: a terminal that is not there ends the events.
        pub fn open() -> Result<Self> {
            Ok(Self(None))
        }

        /// Waits for the next. Nothing is lost when it is no longer waited for.
        ///
        /// # Errors
        /// When the terminal is gone.
        pub async fn next(&mut self, _: &mut [u8]) -> Result<Heard> {
            match self.0.get_or_insert_with(EventStream::new).next().await {
                Some(event) => event.map(Heard::Event),
                None => Err(ErrorKind::UnexpectedEof.into()),
            }
        }

        /// Leaves the keys to another program. The thread must be gone first, or it would steal them.
        pub fn release(&mut self) {
            self.0 = None;
        }
    }
}

pub use system::Tty;

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
    use std::os::fd::AsFd;
    use std::os::unix::fs::OpenOptionsExt;

    use rustix::fs::OFlags;
    use rustix::io::ioctl_fionread;
    use tokio::net::unix::pipe::Receiver;
    use tokio::signal::unix::{Signal, SignalKind, signal};

    use super::Heard;

    /// The terminal that the program was started from.
    pub struct Tty {
        /// It is no pipe, but nothing else is asked of it than of one.
        bytes: Receiver,
        /// The handle is standard input's, and a read with nothing to read would wait.
        lent: bool,
        resized: Signal,
    }

    impl Tty {
        /// Opens it.
        ///
        /// # Errors
        /// When there is none.
        pub fn open() -> Result<Self> {
            // Opened anew: that a read does not wait is then a matter of this handle, and not of the shell's.
            let flags = (OFlags::NONBLOCK | OFlags::NOCTTY).bits().cast_signed();
            let own = OpenOptions::new().read(true).custom_flags(flags).open("/dev/tty");
            // Where nothing has set up a session, as in some containers and under `su -c`, there is no `/dev/tty`, and
            // the terminal may be another user's: open here, and not to be opened again.
            let (file, lent) = match own {
                Err(_) if stdin().is_terminal() => (stdin().as_fd().try_clone_to_owned()?.into(), true),
                own => (own?, false),
            };
            Ok(Self {
                bytes: Receiver::from_file_unchecked(file)?,
                lent,
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
                match self.there().and_then(|()| self.bytes.try_read(into)) {
                    Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                    read => return read.map(Heard::Bytes),
                }
            }
        }

        /// Whether a read would not wait.
        fn there(&self) -> Result<()> {
            if !self.lent {
                return Ok(());
            }
            self.bytes.try_io(|| match ioctl_fionread(&self.bytes)? {
                0 => Err(ErrorKind::WouldBlock.into()),
                _ => Ok(()),
            })
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

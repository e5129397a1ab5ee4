//! A program in a pseudo-terminal of 100x30, with the moment at which each piece of its output came.

use std::ffi::OsString;
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

const COLS: u16 = 100;
const ROWS: u16 = 30;
/// Nothing that is measured here takes this long.
pub const LIMIT: Duration = Duration::from_secs(60);
/// How a synchronized update begins.
const FRAME: &[u8] = b"\x1b[?2026h";

struct Piece {
    at: Instant,
    bytes: Vec<u8>,
}

pub struct Pty {
    child: Box<dyn Child + Send + Sync>,
    keys: Arc<Mutex<Box<dyn Write + Send>>>,
    /// Each piece carries the moment of its arrival, so that it may lie here for as long as it likes.
    pieces: Receiver<Piece>,
    terminal: vt100::Parser,
    /// Just before the program was started.
    pub began: Instant,
    _master: Box<dyn MasterPty + Send>,
}

/// Output up to a pause.
pub struct Burst {
    pub first: Instant,
    pub last: Instant,
    pub bytes: usize,
    pub frames: usize,
}

impl Pty {
    pub fn start(program: &Path, args: &[&str], environment: &[(&str, OsString)]) -> Self {
        let size = PtySize { rows: ROWS, cols: COLS, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(program);
        command.args(args);
        command.env_clear();
        command.env("TERM", "xterm-256color");
        for (name, value) in environment {
            command.env(name, value);
        }
        let mut from = pair.master.try_clone_reader().unwrap();
        let (tell, pieces) = channel();
        std::thread::spawn(move || {
            let mut room = vec![0; 1 << 16];
            while let Ok(n @ 1..) = from.read(&mut room) {
                if tell.send(Piece { at: Instant::now(), bytes: room[..n].to_vec() }).is_err() {
                    break;
                }
            }
        });
        let began = Instant::now();
        let child = pair.slave.spawn_command(command).unwrap();
        let terminal = vt100::Parser::new(NonZeroU16::new(ROWS).unwrap(), NonZeroU16::new(COLS).unwrap(), 0);
        let keys = Arc::new(Mutex::new(pair.master.take_writer().unwrap()));
        Self { child, keys, pieces, terminal, began, _master: pair.master }
    }

    pub fn pid(&self) -> u32 {
        self.child.process_id().unwrap()
    }

    /// Writes keys; the moment just before.
    pub fn send(&mut self, keys: &str) -> Instant {
        let at = Instant::now();
        self.keys.lock().unwrap().write_all(keys.as_bytes()).unwrap();
        at
    }

    /// Writes more keys than the system keeps, from a thread of its own, so that output is read meanwhile.
    pub fn send_behind(&mut self, keys: String) -> Instant {
        let writer = Arc::clone(&self.keys);
        let at = Instant::now();
        std::thread::spawn(move || writer.lock().unwrap().write_all(keys.as_bytes()));
        at
    }

    fn next(&mut self, within: Duration) -> Option<Piece> {
        match self.pieces.recv_timeout(within) {
            Ok(piece) => {
                self.terminal.process(&piece.bytes);
                Some(piece)
            }
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => None,
        }
    }

    pub fn screen(&self) -> String {
        self.terminal.screen().contents()
    }

    /// When the piece came after which the screen is so.
    pub fn until(&mut self, what: &str, is: impl Fn(&str) -> bool) -> Instant {
        let mut at = Instant::now();
        while !is(&self.screen()) {
            let Some(piece) = self.next(LIMIT) else {
                panic!("{what}: never; on the screen:\n{}", self.screen())
            };
            at = piece.at;
        }
        at
    }

    /// When the screen first showed this text.
    pub fn shows(&mut self, text: &str) -> Instant {
        self.until(text, |screen| screen.contains(text))
    }

    /// What comes next, up to the first pause of this length.
    pub fn burst(&mut self, pause: Duration) -> Burst {
        let Some(piece) = self.next(LIMIT) else { panic!("no answer; on the screen:\n{}", self.screen()) };
        let (first, mut last, mut all) = (piece.at, piece.at, piece.bytes);
        while let Some(piece) = self.next(pause) {
            last = piece.at;
            all.extend(piece.bytes);
        }
        let frames = all.windows(FRAME.len()).filter(|bytes| *bytes == FRAME).count();
        Burst { first, last, bytes: all.len(), frames }
    }

    /// Takes in whatever comes until nothing does for this long; when the last of it came, or what is given.
    pub fn until_quiet(&mut self, mut last: Instant, pause: Duration) -> Instant {
        while let Some(piece) = self.next(pause) {
            last = piece.at;
        }
        last
    }

    /// Takes in whatever comes until nothing does for this long.
    pub fn quiet(&mut self, pause: Duration) {
        self.until_quiet(self.began, pause);
    }

    /// Leaves the app as a person does, so that the next run finds nothing to repair.
    pub fn quit(mut self) {
        self.send("q");
        let limit = Instant::now() + Duration::from_secs(10);
        while matches!(self.child.try_wait(), Ok(None)) && Instant::now() < limit {
            self.next(Duration::from_millis(5));
        }
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

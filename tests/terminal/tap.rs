//! The binary in a pseudo-terminal that keeps every byte it is sent. For what a screen no longer shows: which sequences
//! made it, and which were never sent.

use std::io::{Read, Write};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use crate::common::world::World;

const LIMIT: Duration = Duration::from_secs(20);

#[derive(Default)]
struct Heard {
    bytes: Mutex<(Vec<u8>, bool)>,
    more: Condvar,
}

pub struct Tap {
    child: Box<dyn Child + Send + Sync>,
    keys: Box<dyn Write + Send>,
    heard: Arc<Heard>,
    /// How much had been heard when the last key, or size, was sent.
    sent_at: usize,
    master: Box<dyn MasterPty + Send>,
}

impl Tap {
    /// Starts the binary with what a world gives it and `more` of an environment.
    pub fn start(world: &World, more: &[(&str, &str)], args: &[&str]) -> Self {
        Self::open(world, more, args, true)
    }

    /// The same in a session that has no terminal of its own, so that there is no `/dev/tty`.
    pub fn lend(world: &World, more: &[(&str, &str)], args: &[&str]) -> Self {
        Self::open(world, more, args, false)
    }

    fn open(world: &World, more: &[(&str, &str)], args: &[&str], own: bool) -> Self {
        let size = PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_retitle"));
        command.env_clear();
        command.set_controlling_tty(own);
        for (name, value) in world.environment() {
            command.env(name, value);
        }
        for (name, value) in more {
            command.env(name, value);
        }
        command.args(args);
        let child = pair.slave.spawn_command(command).unwrap();
        let mut from = pair.master.try_clone_reader().unwrap();
        let heard = Arc::<Heard>::default();
        let ear = Arc::clone(&heard);
        std::thread::spawn(move || {
            let mut piece = [0; 4096];
            while let Ok(n @ 1..) = from.read(&mut piece) {
                ear.bytes.lock().unwrap().0.extend_from_slice(&piece[..n]);
                ear.more.notify_all();
            }
            ear.bytes.lock().unwrap().1 = true;
            ear.more.notify_all();
        });
        Self { child, keys: pair.master.take_writer().unwrap(), heard, sent_at: 0, master: pair.master }
    }

    /// Another size, down to one cell, which no emulator follows.
    pub fn resize(&mut self, cols: u16, rows: u16) {
        self.sent_at = self.heard.bytes.lock().unwrap().0.len();
        self.master.resize(PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }).unwrap();
    }

    /// Sends keys, as the bytes that they are.
    pub fn send(&mut self, keys: &str) {
        self.sent_at = self.heard.bytes.lock().unwrap().0.len();
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    /// All that was sent so far, each byte as a character of its own.
    pub fn so_far(&self) -> String {
        self.heard.bytes.lock().unwrap().0.iter().map(|byte| char::from(*byte)).collect()
    }

    /// Waits until the bytes have come since the last key or size, and the frame with them is whole. A frame holds what is
    /// different, so only a word that begins where nothing stood comes in one piece.
    pub fn wait_for(&self, text: &str) {
        const FRAME_ENDS: &str = "\u{1b}[?2026l";
        let end = Instant::now() + LIMIT;
        let mut bytes = self.heard.bytes.lock().unwrap();
        loop {
            let new = String::from_utf8_lossy(&bytes.0[self.sent_at..]).into_owned();
            if new.find(text).is_some_and(|at| new[at..].contains(FRAME_ENDS)) {
                return;
            }
            let left = end.saturating_duration_since(Instant::now());
            assert!(!left.is_zero() && !bytes.1, "{text:?} was never sent: {new:?}");
            bytes = self.heard.more.wait_timeout(bytes, left).unwrap().0;
        }
    }

    /// Waits for the first screen, leaves the sign-in, and waits for the list.
    pub fn reach_the_list(&mut self) {
        self.wait_for("/device");
        self.send("\u{1b}");
        // The hints, which the sign-in had covered.
        self.wait_for("quit");
    }

    /// Leaves with `q`; everything that was sent.
    pub fn quit(mut self) -> String {
        self.send("q");
        self.ends()
    }

    /// Waits for its end; everything that was sent.
    pub fn ends(mut self) -> String {
        assert!(self.child.wait().unwrap().success());
        let end = Instant::now() + LIMIT;
        let mut bytes = self.heard.bytes.lock().unwrap();
        while !bytes.1 {
            let left = end.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "the terminal is still held");
            bytes = self.heard.more.wait_timeout(bytes, left).unwrap().0;
        }
        drop(bytes);
        self.so_far()
    }
}

impl Drop for Tap {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}

//! What the person types, from the terminal to an event of ours.

use std::io;
use std::pin::Pin;

use termina::Parser;

use super::keys::{parsed, translated};
use crate::core::msg::Size;
use crate::platform::tty::{Heard, Tty};
use crate::ports::{Input, InputEvent};

/// Bytes that are read at once. A terminal's driver holds no more.
const CHUNK: usize = 4_096;

/// The terminal's keys, pastes and sizes.
pub struct TerminalInput {
    tty: Tty,
    parser: Parser,
    /// Nobody listened for a while, and sizes that changed meanwhile are told to nobody.
    missed: bool,
}

impl TerminalInput {
    /// Begins to listen.
    ///
    /// # Errors
    /// When there is no terminal.
    pub fn open() -> io::Result<Self> {
        Ok(Self { tty: Tty::open()?, parser: Parser::default(), missed: false })
    }

    fn parsed(&mut self) -> Option<InputEvent> {
        while let Some(event) = self.parser.pop() {
            if let Some(event) = parsed(event) {
                return Some(event);
            }
        }
        None
    }
}

impl Input for TerminalInput {
    fn next(&mut self) -> Pin<Box<dyn Future<Output = InputEvent> + Send + '_>> {
        Box::pin(async {
            let mut resized = std::mem::take(&mut self.missed);
            let mut bytes = [0; CHUNK];
            loop {
                if std::mem::take(&mut resized)
                    && let Ok((width, height)) = crossterm::terminal::size()
                {
                    return InputEvent::Resized(Size { width, height });
                }
                if let Some(event) = self.parsed() {
                    return event;
                }
                match self.tty.next(&mut bytes).await {
                    Ok(Heard::Resized) => resized = true,
                    Ok(Heard::Bytes(count @ 1..)) => {
                        // Where all of the room was taken, a sequence may go on in the next bytes.
                        self.parser.parse(bytes.get(..count).unwrap_or(&bytes), count == CHUNK);
                    }
                    Ok(Heard::Event(event)) => {
                        if let Some(event) = translated(event) {
                            return event;
                        }
                    }
                    Ok(Heard::Bytes(0)) | Err(_) => return InputEvent::Closed,
                }
            }
        })
    }

    fn release(&mut self) {
        self.tty.release();
        self.parser = Parser::default();
        self.missed = true;
    }
}

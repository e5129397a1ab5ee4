//! A task of the command line: nothing is typed, and how it goes stands on one line of standard error, if that is a
//! terminal.

use std::io::{self, IsTerminal, Write, stderr};
use std::pin::Pin;

use crate::core::glyph;
use crate::core::model::Model;
use crate::ports::{Input, InputEvent, Screen};

/// Nobody types.
pub struct NoInput;

impl Input for NoInput {
    fn next(&mut self) -> Pin<Box<dyn Future<Output = InputEvent> + Send + '_>> {
        Box::pin(std::future::pending())
    }

    fn release(&mut self) {}
}

/// One line, written over and over. Spaces wipe it, so that it needs no terminal's own language.
pub struct ProgressLine {
    shows: bool,
    shown: String,
}

impl ProgressLine {
    /// For standard error as it is now.
    pub fn new() -> Self {
        Self { shows: stderr().is_terminal(), shown: String::new() }
    }

    fn write(&mut self, words: String) -> io::Result<()> {
        if !self.shows || words == self.shown {
            return Ok(());
        }
        let mut err = stderr().lock();
        let (old, new) = (glyph::width(&self.shown), glyph::width(&words));
        write!(err, "\r{words}{}", " ".repeat(old.saturating_sub(new)))?;
        if words.is_empty() {
            write!(err, "\r")?;
        }
        self.shown = words;
        err.flush()
    }
}

impl Default for ProgressLine {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for ProgressLine {
    fn drop(&mut self) {
        let _ = self.write(String::new());
    }
}

impl Screen for ProgressLine {
    fn draw(&mut self, model: &Model) -> io::Result<()> {
        if !self.shows {
            return Ok(());
        }
        let cells = crossterm::terminal::size().map_or(80, |(width, _)| usize::from(width));
        let words = model.errand_words().unwrap_or_default();
        self.write(glyph::fit_words(&words, cells.saturating_sub(1)))
    }

    fn say(&mut self, _: &str) -> io::Result<()> {
        Ok(())
    }

    fn repaint(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn copy(&mut self, _: &str) -> io::Result<()> {
        Ok(())
    }

    fn mouse(&mut self, _: bool) -> io::Result<()> {
        Ok(())
    }

    fn leave(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn come_back(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn suspend(&mut self) -> io::Result<()> {
        Ok(())
    }
}

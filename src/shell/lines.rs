//! Plain mode's ends: lines from standard input, lines to standard output.

use std::io::{self, BufRead, IsTerminal, Write, stdin, stdout};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::mpsc;

use crate::core::model::Model;
use crate::ports::{Input, InputEvent, Screen};

/// Lines as they are typed. Their end ends the program, once what they asked for is done.
pub struct LineInput {
    lines: mpsc::UnboundedReceiver<String>,
    ended: bool,
    at_prompt: Arc<AtomicBool>,
}

/// Lines as they are said, and a prompt where a person types.
pub struct LineScreen {
    prompts: bool,
    /// Something was said; a prompt before that would stand above it.
    begun: bool,
    /// The prompt stands at the end of the output.
    at_prompt: Arc<AtomicBool>,
}

/// Both ends. The person's Enter ends the prompt's line, which is why they know of each other.
pub fn ends() -> (LineInput, LineScreen) {
    let (tell, lines) = mpsc::unbounded_channel();
    // Standard input has no asynchronous form everywhere; a thread that waits in it ends with the program.
    std::thread::spawn(move || {
        for line in stdin().lock().lines() {
            let Ok(line) = line else { return };
            if tell.send(line).is_err() {
                return;
            }
        }
    });
    let at_prompt = Arc::new(AtomicBool::new(false));
    let prompts = stdin().is_terminal() && stdout().is_terminal();
    (
        LineInput { lines, ended: false, at_prompt: Arc::clone(&at_prompt) },
        LineScreen { prompts, begun: false, at_prompt },
    )
}

impl Input for LineInput {
    fn next(&mut self) -> Pin<Box<dyn Future<Output = InputEvent> + Send + '_>> {
        Box::pin(async {
            if self.ended {
                return std::future::pending().await;
            }
            let line = self.lines.recv().await;
            self.at_prompt.store(false, Ordering::SeqCst);
            self.ended = line.is_none();
            InputEvent::Line(line)
        })
    }

    fn release(&mut self) {}
}

impl Screen for LineScreen {
    fn draw(&mut self, model: &Model) -> io::Result<()> {
        let mut out = stdout().lock();
        if self.prompts
            && self.begun
            && model.leaving.is_none()
            && !self.at_prompt.swap(true, Ordering::SeqCst)
        {
            write!(out, "{}", model.plain_prompt())?;
        }
        out.flush()
    }

    fn say(&mut self, lines: &str) -> io::Result<()> {
        self.begun = true;
        let mut out = stdout().lock();
        if self.at_prompt.swap(false, Ordering::SeqCst) {
            writeln!(out)?;
        }
        writeln!(out, "{lines}")?;
        out.flush()
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

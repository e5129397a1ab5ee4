//! The terminal: taken, drawn on, given back. Given back also after a panic.

use std::io::{self, Stdout, Write, stdout};
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::clipboard::CopyToClipboard;
use crossterm::cursor::{Hide, MoveTo, SetCursorStyle, Show};
use crossterm::event::{
    DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture,
};
use crossterm::style::{Attribute, SetAttribute};
use crossterm::terminal::{
    BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate, EnterAlternateScreen,
    LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use crossterm::{execute, queue};
use ratatui::layout::Rect;

use super::canvas::Canvas;
use super::pen::Pen;
use super::task;
use crate::core::model::Model;
use crate::core::msg::Size;
use crate::platform::signals::stop;
use crate::ports::Screen;
use crate::view;

/// Whether the terminal is ours. A panic hook must know, and hooks see only statics.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// What goes to the terminal. A frame goes out whole, in one write: over a network that is one packet rather than three.
struct Whole {
    out: Stdout,
    bytes: Vec<u8>,
}

/// What the terminal is told at the beginning and at the end of a frame.
const FRAME: [&[u8]; 2] = [b"\x1b[?2026h", b"\x1b[?2026l"];

impl Write for Whole {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let [begin, end] = FRAME;
        if self.bytes.starts_with(begin) && !self.bytes.ends_with(end) {
            return Ok(());
        }
        let sent = self.out.write_all(&self.bytes).and_then(|()| self.out.flush());
        self.bytes.clear();
        sent
    }
}

fn area(size: Size) -> Rect {
    Rect::new(0, 0, size.width, size.height)
}

/// The real screen. Dropping it gives the terminal back.
pub struct TerminalScreen {
    terminal: Whole,
    pen: Pen,
    canvas: Canvas,
    bar: bool,
    mouse: bool,
}

/// Longer texts are not sent through the terminal: many cut them, and a cut ID or name is worse than none.
const MOST_COPIED: usize = 50_000;

impl TerminalScreen {
    /// Takes the terminal: raw mode, alternate screen, bracketed paste. From here on a panic gives it back first.
    ///
    /// # Errors
    /// When there is no terminal, or it refuses.
    pub fn take() -> io::Result<Self> {
        install_hook();
        enter()?;
        let open = || {
            let (width, height) = crossterm::terminal::size()?;
            let terminal = Whole { out: stdout(), bytes: Vec::with_capacity(1 << 14) };
            let canvas = Canvas::new(area(Size { width, height }));
            Ok(Self { terminal, pen: Pen::default(), canvas, bar: false, mouse: false })
        };
        open().inspect_err(|_: &io::Error| restore())
    }

    /// The terminal's size when it was taken.
    pub fn size(&self) -> Size {
        let Rect { width, height, .. } = self.canvas.area();
        Size { width, height }
    }
}

impl Drop for TerminalScreen {
    fn drop(&mut self) {
        restore();
    }
}

impl Screen for TerminalScreen {
    fn draw(&mut self, model: &Model) -> io::Result<()> {
        #[cfg(debug_assertions)]
        panic_on_purpose(model);
        queue!(self.terminal, BeginSynchronizedUpdate)?;
        if model.size != self.size() {
            queue!(self.terminal, SetAttribute(Attribute::Reset), Clear(ClearType::All))?;
            self.canvas = Canvas::new(area(model.size));
        }
        let bar = model.focus().is_text();
        if bar != self.bar {
            self.bar = bar;
            let shape = if bar { SetCursorStyle::SteadyBar } else { SetCursorStyle::DefaultUserShape };
            queue!(self.terminal, shape)?;
        }
        let Self { canvas, pen, terminal, .. } = self;
        let caret = canvas.draw(
            |lines, buffer| view::draw_roles(model, lines, buffer),
            view::painter(model),
            |run| pen.put(run),
        );
        pen.written(|text| terminal.bytes.extend_from_slice(text.as_bytes()));
        match caret {
            Some(caret) => queue!(self.terminal, Show, MoveTo(caret.x, caret.y))?,
            None => queue!(self.terminal, Hide)?,
        }
        execute!(self.terminal, EndSynchronizedUpdate)
    }

    fn repaint(&mut self) -> io::Result<()> {
        queue!(self.terminal, SetAttribute(Attribute::Reset), Clear(ClearType::All))?;
        self.canvas.clear();
        Ok(())
    }

    fn copy(&mut self, text: &str) -> io::Result<()> {
        if text.len() > MOST_COPIED {
            return Ok(());
        }
        let mut plain = Vec::new();
        queue!(plain, CopyToClipboard::to_clipboard_from(text))?;
        let out = &mut self.terminal;
        if std::env::var_os("TMUX").is_some() {
            // tmux hands on what is wrapped for it, each ESC doubled; unwrapped it takes it for itself, if it may.
            out.write_all(b"\x1bPtmux;")?;
            for byte in &plain {
                if *byte == b'\x1b' {
                    out.write_all(b"\x1b")?;
                }
                out.write_all(std::slice::from_ref(byte))?;
            }
            out.write_all(b"\x1b\\")?;
        }
        out.write_all(&plain)?;
        Write::flush(out)
    }

    fn say(&mut self, _: &str) -> io::Result<()> {
        Ok(())
    }

    fn mouse(&mut self, ours: bool) -> io::Result<()> {
        self.mouse = ours;
        if ours {
            execute!(self.terminal, EnableMouseCapture)
        } else {
            execute!(self.terminal, DisableMouseCapture)
        }
    }

    fn leave(&mut self) -> io::Result<()> {
        restore();
        Ok(())
    }

    fn suspend(&mut self) -> io::Result<()> {
        restore();
        stop();
        self.come_back()
    }

    fn come_back(&mut self) -> io::Result<()> {
        enter()?;
        self.bar = false;
        if self.mouse {
            self.mouse(true)?;
        }
        self.repaint()
    }
}

/// Lets a test see what a panic leaves of the terminal. Not in release builds.
#[cfg(debug_assertions)]
fn panic_on_purpose(model: &Model) {
    let wanted = std::env::var_os("RETITLE_PANIC_IN_HELP").is_some();
    assert!(!wanted || model.focus() != crate::core::command::Focus::Menu, "on purpose");
}

/// Asks the terminal nothing, and for no keyboard flags (kitty's protocol), which would tell Esc from half a chord:
/// whether it has them must be asked, crossterm hears the answer only by taking the key stream, for two seconds where
/// none comes, and with them the Ctrl chords of other layouts arrive as letters that no key table names.
fn enter() -> io::Result<()> {
    TAKEN.store(true, Ordering::SeqCst);
    enable_raw_mode()?;
    // A program that was killed may have left the other screen on, and what is on it.
    execute!(stdout(), EnterAlternateScreen, Clear(ClearType::All), EnableBracketedPaste)
        .inspect_err(|_| restore())
}

/// The mirror of `enter`, once. Goes on after an error: half restored is worse than restored without a word.
pub fn restore() {
    if !TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    let mut out = stdout();
    let _ = execute!(out, EndSynchronizedUpdate, SetCursorStyle::DefaultUserShape);
    let _ = execute!(out, DisableMouseCapture, DisableBracketedPaste);
    // Emptied first: a terminal that has grown meanwhile may keep rows of it above the prompt, names and all.
    let _ = execute!(out, MoveTo(0, 0), Clear(ClearType::All), LeaveAlternateScreen, Show);
    let _ = out.flush();
    let _ = disable_raw_mode();
}

/// A panic that ends the program gives the terminal back before it speaks. One in a task or on another thread is an
/// answer to somebody, so it only goes to the log.
fn install_hook() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        let told = std::panic::take_hook();
        let main = std::thread::current().id();
        std::panic::set_hook(Box::new(move |info| {
            if task::inside() || std::thread::current().id() != main {
                tracing::error!(place = ?info.location().map(ToString::to_string), "a task panicked");
                return;
            }
            restore();
            told(info);
        }));
    });
}

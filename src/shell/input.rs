//! crossterm's events as ours.

use std::collections::VecDeque;
use std::pin::Pin;
use std::time::Duration;

use crossterm::event::{
    self, Event, EventStream, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent,
    MouseEventKind,
};
use futures_util::StreamExt;

use crate::core::key::{Code, Key};
use crate::core::msg::{Mouse, Size};
use crate::ports::{Input, InputEvent};

/// The terminal's keys, pastes and sizes.
#[derive(Default)]
pub struct TerminalInput {
    stream: Option<EventStream>,
    /// Nobody listened for a while, and sizes that changed meanwhile are told to nobody.
    missed: bool,
    /// What came together with the last event.
    more: VecDeque<Event>,
}

/// So many events are taken at once.
const MOST: usize = 1_024;

impl TerminalInput {
    /// Input that begins with the first call of `next`.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Input for TerminalInput {
    fn next(&mut self) -> Pin<Box<dyn Future<Output = InputEvent> + Send + '_>> {
        Box::pin(async {
            if std::mem::take(&mut self.missed)
                && let Ok((width, height)) = crossterm::terminal::size()
            {
                return InputEvent::Resized(Size { width, height });
            }
            loop {
                while let Some(event) = self.more.pop_front() {
                    if let Some(event) = translate(event) {
                        return event;
                    }
                }
                let event = self.stream.get_or_insert_with(EventStream::new).next().await;
                // The stream hands over one event at a time, each by way of a thread of its own, and on a busy machine
                // a paste in bare keys would arrive as slowly as if it were typed.
                while self.more.len() < MOST && event::poll(Duration::ZERO).unwrap_or(false) {
                    let Ok(event) = event::read() else { break };
                    self.more.push_back(event);
                }
                match event {
                    Some(Ok(event)) => {
                        if let Some(event) = translate(event) {
                            return event;
                        }
                    }
                    Some(Err(_)) | None => return InputEvent::Closed,
                }
            }
        })
    }

    fn release(&mut self) {
        self.stream = None;
        self.missed = true;
    }
}

/// Our event for crossterm's; `None` for what we do not use.
pub fn translate(event: Event) -> Option<InputEvent> {
    match event {
        // Windows and some protocols report releases too; acting on them would double every key.
        Event::Key(key) if key.kind != KeyEventKind::Release => translate_key(key).map(InputEvent::Key),
        Event::Paste(text) => Some(InputEvent::Paste(text)),
        Event::Resize(width, height) => Some(InputEvent::Resized(Size { width, height })),
        Event::Mouse(MouseEvent { kind, column: x, row: y, .. }) => {
            let what = match kind {
                MouseEventKind::Down(MouseButton::Left) => Mouse::Pressed,
                MouseEventKind::ScrollUp => Mouse::WheelUp,
                MouseEventKind::ScrollDown => Mouse::WheelDown,
                MouseEventKind::Down(_)
                | MouseEventKind::Up(_)
                | MouseEventKind::Drag(_)
                | MouseEventKind::Moved
                | MouseEventKind::ScrollLeft
                | MouseEventKind::ScrollRight => return None,
            };
            Some(InputEvent::Mouse { what, x, y })
        }
        Event::Key(_) | Event::FocusGained | Event::FocusLost => None,
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "crossterm's keys, most of which nobody has")]
fn translate_key(event: KeyEvent) -> Option<Key> {
    let has = |m| event.modifiers.contains(m);
    let mut shift = has(KeyModifiers::SHIFT);
    let code = match event.code {
        KeyCode::Char(c) => {
            // The character carries its case itself; with Ctrl, letters come in either.
            shift = shift && has(KeyModifiers::CONTROL) && c.is_ascii_alphabetic();
            Code::Char(if has(KeyModifiers::CONTROL) { c.to_ascii_lowercase() } else { c })
        }
        KeyCode::Enter => Code::Enter,
        KeyCode::Esc => Code::Esc,
        KeyCode::Tab => Code::Tab,
        KeyCode::BackTab => {
            shift = true;
            Code::Tab
        }
        KeyCode::Backspace => Code::Backspace,
        KeyCode::Delete => Code::Delete,
        KeyCode::Left => Code::Left,
        KeyCode::Right => Code::Right,
        KeyCode::Up => Code::Up,
        KeyCode::Down => Code::Down,
        KeyCode::Home => Code::Home,
        KeyCode::End => Code::End,
        KeyCode::PageUp => Code::PageUp,
        KeyCode::PageDown => Code::PageDown,
        KeyCode::F(n) => Code::F(n),
        _ => return None,
    };
    Some(Key { code, ctrl: has(KeyModifiers::CONTROL), alt: has(KeyModifiers::ALT), shift })
}

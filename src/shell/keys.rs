//! The libraries' events as ours. Both call nearly everything alike, since one parser was made from the other.

use crate::core::key::{Code, Key};
use crate::core::msg::{Mouse, Size};
use crate::ports::InputEvent;

macro_rules! translation {
    ($($library:ident)::+, $modifiers:ident, $escape:ident, $function:ident) => {
        use $($library)::+::{KeyCode, KeyEvent, KeyEventKind, $modifiers, MouseButton, MouseEvent, MouseEventKind};

        use super::*;

        pub(super) fn key(event: KeyEvent) -> Option<InputEvent> {
            // Windows and some protocols report releases too; acting on them would double every key.
            if event.kind == KeyEventKind::Release {
                return None;
            }
            let has = |modifier| event.modifiers.contains(modifier);
            let (ctrl, alt) = (has($modifiers::CONTROL), has($modifiers::ALT));
            let mut shift = has($modifiers::SHIFT);
            let code = match event.code {
                KeyCode::Char(c) => {
                    // The character carries its case itself; with Ctrl, letters come in either.
                    shift = shift && ctrl && c.is_ascii_alphabetic();
                    Code::Char(if ctrl { c.to_ascii_lowercase() } else { c })
                }
                KeyCode::Enter => Code::Enter,
                KeyCode::$escape => Code::Esc,
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
                KeyCode::$function(n) => Code::F(n),
                _ => return None,
            };
            Some(InputEvent::Key(Key { code, ctrl, alt, shift }))
        }

        pub(super) fn mouse(MouseEvent { kind, column: x, row: y, .. }: MouseEvent) -> Option<InputEvent> {
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
    };
}

mod of_crossterm {
    translation!(crossterm::event, KeyModifiers, Esc, F);
}

mod of_termina {
    translation!(termina::event, Modifiers, Escape, Function);
}

/// What crossterm heard; `None` for what we do not use.
pub fn translated(event: crossterm::event::Event) -> Option<InputEvent> {
    use crossterm::event::Event;
    match event {
        Event::Key(key) => of_crossterm::key(key),
        Event::Mouse(mouse) => of_crossterm::mouse(mouse),
        Event::Paste(text) => Some(InputEvent::Paste(text)),
        Event::Resize(width, height) => Some(InputEvent::Resized(Size { width, height })),
        Event::FocusGained | Event::FocusLost => None,
    }
}

/// What termina's parser made of a terminal's bytes; `None` for what we do not use.
pub fn parsed(event: termina::Event) -> Option<InputEvent> {
    use termina::Event;
    match event {
        Event::Key(key) => of_termina::key(key),
        Event::Mouse(mouse) => of_termina::mouse(mouse),
        Event::Paste(text) => Some(InputEvent::Paste(text)),
        Event::WindowResized(_)
        | Event::FocusIn
        | Event::FocusOut
        | Event::Csi(_)
        | Event::Osc(_)
        | Event::Dcs(_) => None,
    }
}

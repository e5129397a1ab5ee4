//! Keys as the core sees them, and their spelling in tables, help and README.

use serde::{Deserialize, Serialize};
use std::fmt;

/// One key press with its modifiers.
///
/// A character carries its case itself (`G` is not shift + `g`), as terminals report it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Key {
    pub code: Code,
    pub ctrl: bool,
    pub alt: bool,
    pub shift: bool,
}

/// The keys that terminals can tell apart.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Code {
    Char(char),
    Enter,
    Esc,
    Tab,
    Backspace,
    Delete,
    Left,
    Right,
    Up,
    Down,
    Home,
    End,
    PageUp,
    PageDown,
    F(u8),
}

impl Key {
    /// A key without modifiers.
    pub const fn plain(code: Code) -> Self {
        Self { code, ctrl: false, alt: false, shift: false }
    }

    /// The text that this key types into a field, if it types any.
    pub fn typed(self) -> Option<char> {
        match self.code {
            // AltGr arrives as Ctrl+Alt on some systems: `@` and `{` must stay typeable.
            Code::Char(c) if self.ctrl == self.alt && !c.is_control() => Some(c),
            Code::Char(_)
            | Code::Enter
            | Code::Esc
            | Code::Tab
            | Code::Backspace
            | Code::Delete
            | Code::Left
            | Code::Right
            | Code::Up
            | Code::Down
            | Code::Home
            | Code::End
            | Code::PageUp
            | Code::PageDown
            | Code::F(_) => None,
        }
    }

    /// Reads `ctrl-k`, `alt-b`, `f2`, `G`, `/`, `space`; `None` when it names no key.
    pub fn parse(text: &str) -> Option<Self> {
        let mut key = Self::plain(Code::Esc);
        let mut rest = text;
        loop {
            if let Some(r) = rest.strip_prefix("ctrl-").filter(|r| !r.is_empty()) {
                (key.ctrl, rest) = (true, r);
            } else if let Some(r) = rest.strip_prefix("alt-").filter(|r| !r.is_empty()) {
                (key.alt, rest) = (true, r);
            } else if let Some(r) = rest.strip_prefix("shift-").filter(|r| !r.is_empty()) {
                (key.shift, rest) = (true, r);
            } else {
                break;
            }
        }
        key.code = NAMED.iter().find(|(name, _)| *name == rest).map(|(_, code)| *code).or_else(|| {
            let mut chars = rest.chars();
            match (chars.next(), chars.next()) {
                (Some(c), None) => Some(Code::Char(c)),
                _ => rest
                    .strip_prefix('f')
                    .and_then(|n| n.parse().ok())
                    .filter(|n| (1..=12).contains(n))
                    .map(Code::F),
            }
        })?;
        Some(key)
    }
}

const NAMED: [(&str, Code); 15] = [
    ("enter", Code::Enter),
    ("esc", Code::Esc),
    ("tab", Code::Tab),
    ("backspace", Code::Backspace),
    ("delete", Code::Delete),
    ("left", Code::Left),
    ("right", Code::Right),
    ("up", Code::Up),
    ("down", Code::Down),
    ("home", Code::Home),
    ("end", Code::End),
    ("pgup", Code::PageUp),
    ("pgdn", Code::PageDown),
    ("space", Code::Char(' ')),
    ("minus", Code::Char('-')),
];

impl fmt::Display for Key {
    /// The spelling for people: `Ctrl-K`, `Alt-B`, `F2`, `PgDn`, `r`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (on, name) in [(self.ctrl, "Ctrl-"), (self.alt, "Alt-"), (self.shift, "Shift-")] {
            if on {
                f.write_str(name)?;
            }
        }
        match self.code {
            Code::Char(' ') => f.write_str("Space"),
            Code::Char(c) if self.ctrl || self.alt => write!(f, "{}", c.to_uppercase()),
            Code::Char(c) => write!(f, "{c}"),
            Code::F(n) => write!(f, "F{n}"),
            Code::PageUp => f.write_str("PgUp"),
            Code::PageDown => f.write_str("PgDn"),
            Code::Enter => f.write_str("Enter"),
            Code::Esc => f.write_str("Esc"),
            Code::Tab => f.write_str("Tab"),
            Code::Backspace => f.write_str("Backspace"),
            Code::Delete => f.write_str("Del"),
            Code::Left => f.write_str("Left"),
            Code::Right => f.write_str("Right"),
            Code::Up => f.write_str("Up"),
            Code::Down => f.write_str("Down"),
            Code::Home => f.write_str("Home"),
            Code::End => f.write_str("End"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_and_spelled() {
        for (text, shown) in [
            ("r", "r"),
            ("G", "G"),
            ("ctrl-k", "Ctrl-K"),
            ("alt-backspace", "Alt-Backspace"),
            ("f2", "F2"),
            ("pgdn", "PgDn"),
            ("/", "/"),
            ("f", "f"),
            ("space", "Space"),
            ("ctrl-_", "Ctrl-_"),
        ] {
            assert_eq!(Key::parse(text).map(|k| k.to_string()).as_deref(), Some(shown), "{text}");
        }
        for text in ["", "ctrl-", "f0", "f13", "hyper-x", "xy"] {
            assert_eq!(Key::parse(text), None, "{text}");
        }
    }

    #[test]
    fn altgr_still_types() {
        let at = Key { code: Code::Char('@'), ctrl: true, alt: true, shift: false };
        assert_eq!(at.typed(), Some('@'));
        assert_eq!(Key { alt: false, ..at }.typed(), None);
    }
}

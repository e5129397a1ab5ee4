//! The one status line's message.

use std::time::Duration;

use super::time::Stamp;

/// How a message is meant; drawn as a word or glyph as well as a colour.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tone {
    Info,
    Good,
    Bad,
}

/// One message. A bad one stays until a key dismisses it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Notice {
    pub tone: Tone,
    /// Raw: may quote names; drawn with invisible characters marked.
    pub text: String,
    /// When it goes by itself; `None` stays.
    pub until: Option<Stamp>,
}

/// How long a message that needs no answer stays.
const BRIEF: Duration = Duration::from_secs(4);

impl Notice {
    /// Something to know.
    pub fn info(now: Stamp, text: impl Into<String>) -> Self {
        Self { tone: Tone::Info, text: text.into(), until: Some(now + BRIEF) }
    }
    /// Something that worked.
    pub fn good(now: Stamp, text: impl Into<String>) -> Self {
        Self { tone: Tone::Good, text: text.into(), until: Some(now + BRIEF) }
    }
    /// Something that went wrong; stays until Esc or the next message.
    pub fn bad(text: impl Into<String>) -> Self {
        Self { tone: Tone::Bad, text: text.into(), until: None }
    }
}

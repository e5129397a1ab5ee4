//! Pastes that a terminal does not announce: keys that come faster than anybody types. They are text, never commands.
//!
//! Where this is on (Windows, where there is no paste event at all, and terminals without bracketed paste), each key
//! that could be part of a paste waits for a moment of silence.

use std::time::Duration;

use crate::core::effect::Effect;
use crate::core::key::{Code, Key};
use crate::core::model::Model;
use crate::core::time::Stamp;

/// Keys that are closer together than this were not typed one by one.
const CLOSE: Duration = Duration::from_millis(10);
/// Inside of a paste, silence must last this long to be its end.
const SILENCE: Duration = Duration::from_millis(60);

/// What some terminals send for a line break in a paste.
const LINE_FEED: Key = Key { code: Code::Char('j'), ctrl: true, alt: false, shift: false };

/// Keys that wait.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Burst {
    keys: Vec<Key>,
    /// The silence that ends it.
    pub until: Stamp,
}

impl Burst {
    /// Whether the character is among them.
    pub(in crate::core) fn holds(&self, c: char) -> bool {
        self.keys.iter().any(|key| key.typed() == Some(c))
    }
}

/// Takes a key that could be part of a paste; `false` for every other, before which what waits is carried out.
pub(super) fn takes(model: &mut Model, key: Key, out: &mut Vec<Effect>) -> bool {
    if !model.settings.bursts {
        return false;
    }
    let text = match key.code {
        Code::Char(_) => key.typed().is_some() || key == LINE_FEED,
        Code::Enter | Code::Tab => !(key.ctrl || key.alt || key.shift),
        Code::Esc
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
        | Code::F(_) => false,
    };
    if !text {
        release(model, out);
        return false;
    }
    let now = model.now;
    let burst = model.burst.get_or_insert_with(|| Burst { keys: Vec::new(), until: now });
    burst.keys.push(key);
    burst.until = now + if burst.keys.len() > 1 { SILENCE } else { CLOSE };
    true
}

/// Carries out what waits, if its silence is over.
pub(super) fn due(model: &mut Model, out: &mut Vec<Effect>) {
    if model.burst.as_ref().is_some_and(|burst| burst.until <= model.now) {
        release(model, out);
    }
}

/// One key, or the same letter held down, is typed; anything else was pasted. Nobody holds Enter down, and pasted empty
/// lines must not save a name.
pub(super) fn release(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(Burst { keys, .. }) = model.burst.take() else { return };
    let held = keys
        .windows(2)
        .all(|pair| pair.first() == pair.last() && pair.first().is_some_and(|key| key.typed().is_some()));
    if held {
        for key in keys {
            model.act(key, out);
        }
        return;
    }
    let text: String = keys
        .iter()
        .map(|key| match key.code {
            Code::Char(_) if *key == LINE_FEED => '\n',
            Code::Char(c) => c,
            Code::Tab => '\t',
            Code::Enter
            | Code::Esc
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
            | Code::F(_) => '\n',
        })
        .collect();
    super::text::paste(model, &text);
}

//! The help, made from the key map.

use super::command::{Command, Focus};
use super::keymap::Keymap;

/// One line of the help.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum HelpLine {
    Heading(&'static str),
    Keys { focus: Option<Focus>, command: Command, keys: String },
}

/// All lines of the help, in order; a focus's own keys first where it is `here`.
pub fn lines(keymap: &Keymap, here: Focus) -> Vec<HelpLine> {
    let mut lines = Vec::new();
    let mut section = |title, focus, keys: &mut dyn Iterator<Item = (Command, Vec<String>)>| {
        lines.push(HelpLine::Heading(title));
        lines.extend(keys.map(|(command, keys)| HelpLine::Keys { focus, command, keys: keys.join(" ") }));
    };
    let rest = Focus::ALL.into_iter().filter(|focus| *focus != here);
    for focus in std::iter::once(here).chain(rest) {
        section(focus.title(), Some(focus), &mut keymap.own_keys(focus));
    }
    section("Every text field", None, &mut keymap.text_keys());
    lines
}

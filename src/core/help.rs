//! The help, made from the key table.

use super::command::{Focus, own_keys, text_keys};

/// One line of the help.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum HelpLine {
    Heading(&'static str),
    Keys { keys: String, help: &'static str },
}

/// All lines of the help, in order.
pub fn lines() -> Vec<HelpLine> {
    let mut lines = Vec::new();
    let mut section = |title, keys: &mut dyn Iterator<Item = (super::command::Command, Vec<String>)>| {
        lines.push(HelpLine::Heading(title));
        lines.extend(
            keys.map(|(command, keys)| HelpLine::Keys { keys: keys.join(" "), help: command.help() }),
        );
    };
    for focus in Focus::ALL {
        section(focus.title(), &mut own_keys(focus));
    }
    section("Every text field", &mut text_keys());
    lines
}

/// The key tables of the README, in Markdown, made from the same source.
pub fn markdown() -> String {
    let mut text = String::new();
    for line in lines() {
        match line {
            HelpLine::Heading(title) => {
                if !text.is_empty() {
                    text.push('\n');
                }
                text.push_str("**");
                text.push_str(title);
                text.push_str("**\n\n| Key | What it does |\n|---|---|\n");
            }
            HelpLine::Keys { keys, help } => {
                let keys: Vec<_> = keys.split(' ').map(|k| format!("`{k}`")).collect();
                text.push_str("| ");
                text.push_str(&keys.join(" "));
                text.push_str(" | ");
                text.push_str(help);
                text.push_str(" |\n");
            }
        }
    }
    text
}

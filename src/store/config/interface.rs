//! The keys of `[ui]`, `[names]` and `[keys.…]`.

use std::ops::Range;

use toml::de::DeValue;

use super::read::{Reader, Value, choose};
use super::{Severity, theme};
use crate::core::command::Focus;
use crate::core::keymap::Keymap;
use crate::core::likeness::Rule;
use crate::core::template::Template;
use crate::platform::WINDOWS;

/// When keys that come very fast are taken for a paste.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PasteGuard {
    /// Where the terminal cannot announce a paste.
    Auto,
    On,
    Off,
}

impl PasteGuard {
    /// Every choice by its word.
    pub const ALL: [(&'static str, Self); 3] = [("auto", Self::Auto), ("on", Self::On), ("off", Self::Off)];

    /// Whether it is on. `TERM=linux` is the console of Linux, which announces no paste; neither does Windows.
    pub fn is_on(self, term: &str) -> bool {
        match self {
            Self::Auto => WINDOWS || term == "linux" || term.starts_with("vt"),
            Self::On => true,
            Self::Off => false,
        }
    }
}

/// The keys of `[ui]`.
pub(super) const UI: [&str; 5] = ["theme", "glyphs", "motion", "mouse", "paste_guard"];
/// The keys of `[names]`.
pub(super) const NAMES: [&str; 2] = ["rules", "templates"];

/// What a menu of templates begins with.
pub(super) fn templates() -> Vec<String> {
    ["{created:%Y-%m-%d} ", "{workspace} ", "{me} ", "{id8} ", "{n:02} "].map(ToOwned::to_owned).to_vec()
}

impl Reader<'_> {
    pub(super) fn ui(&mut self, key: &str, value: &Value<'_>) {
        if key == "mouse" {
            if let Some(mouse) = self.truth(value, "ui.mouse") {
                self.settings.mouse = mouse;
                self.came_from("ui.mouse", &value.span());
            }
            return;
        }
        let Some(text) = self.text_of(value, key) else { return };
        let settings = &mut self.settings;
        let (full, expected) = match key {
            "glyphs" => {
                ("ui.glyphs", choose(&mut settings.ascii, &text, &[("unicode", false), ("ascii", true)]))
            }
            "motion" => {
                ("ui.motion", choose(&mut settings.still, &text, &[("full", false), ("reduced", true)]))
            }
            "paste_guard" => ("ui.paste_guard", choose(&mut settings.paste_guard, &text, &PasteGuard::ALL)),
            _ => {
                match theme::find(&text, self.path) {
                    Ok(_) => settings.theme.clone_from(&text),
                    Err(words) => {
                        let words = format!("ui.theme: {words}");
                        return self.tell(Severity::Warning, value.span(), words);
                    }
                }
                ("ui.theme", None)
            }
        };
        match expected {
            Some(expected) => {
                let words = format!("{full}: found {text:?}, expected {expected}");
                self.tell(Severity::Warning, value.span(), words);
            }
            None => self.came_from(full, &value.span()),
        }
    }

    pub(super) fn names(&mut self, key: &str, value: &Value<'_>) {
        let full = if key == "rules" { "names.rules" } else { "names.templates" };
        let Some(list) = value.get_ref().as_array() else {
            return self.wrong(value, full, "a list of texts in quotes");
        };
        let mut all = Vec::new();
        for item in list {
            let Some(text) = item.get_ref().as_str() else {
                self.wrong(item, full, "text in quotes");
                continue;
            };
            let checked =
                if key == "rules" { Rule::parse(text).map(drop) } else { Template::parse(text).map(drop) };
            match checked {
                Ok(()) => all.push(text.to_owned()),
                Err(words) => self.tell(Severity::Warning, item.span(), format!("{full}: {words}")),
            }
        }
        if key == "rules" {
            self.settings.rules = all;
        } else {
            self.settings.templates = all;
        }
        self.came_from(full, &value.span());
    }

    /// `[keys.list]` and its like: a command and its keys. Taken-away keys first, so that two can be swapped.
    pub(super) fn keys(&mut self, value: &Value<'_>) {
        let Some(sections) = value.get_ref().as_table() else {
            return self.wrong(value, "keys", "tables like [keys.list]");
        };
        let mut wanted: Vec<(String, String, Vec<String>, Range<usize>)> = Vec::new();
        for (section, value) in sections {
            let name = section.get_ref().as_ref();
            let known: Vec<&str> = Focus::ALL.iter().map(|focus| focus.section()).collect();
            if !known.contains(&name) {
                self.unknown(&format!("keys.{name}"), section.span(), &known);
                continue;
            }
            let Some(commands) = value.get_ref().as_table() else {
                self.wrong(value, &format!("keys.{name}"), "a table of commands and keys");
                continue;
            };
            for (command, value) in commands {
                let chords: Option<Vec<String>> = match value.get_ref() {
                    DeValue::String(one) => Some(vec![one.to_string()]),
                    DeValue::Array(all) => {
                        all.iter().map(|chord| chord.get_ref().as_str().map(ToOwned::to_owned)).collect()
                    }
                    DeValue::Integer(_)
                    | DeValue::Float(_)
                    | DeValue::Boolean(_)
                    | DeValue::Datetime(_)
                    | DeValue::Table(_) => None,
                };
                match chords {
                    Some(chords) => {
                        wanted.push((name.to_owned(), command.get_ref().to_string(), chords, value.span()));
                    }
                    None => {
                        let full = format!("keys.{name}.{}", command.get_ref());
                        self.wrong(value, &full, "a key like \"ctrl-x\", or a list of them");
                    }
                }
            }
        }
        let mut keymap = Keymap::default();
        for (section, command, ..) in &wanted {
            // What gets other keys gives its own away first.
            let _ = keymap.rebind(section, command, &[]);
        }
        for (section, command, chords, span) in wanted {
            let chords: Vec<&str> = chords.iter().map(String::as_str).collect();
            if let Err(words) = keymap.rebind(&section, &command, &chords) {
                self.tell(Severity::Warning, span, format!("keys.{section}.{command}: {words}"));
                // Rather its own keys than none.
                keymap.reset(&section, &command);
            }
        }
        self.settings.keys = keymap;
        self.came_from("keys", &value.span());
    }
}

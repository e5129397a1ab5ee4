//! How a bulk makes names.

use regex_lite::Regex;

use crate::core::line::{Edit, LineEdit};
use crate::core::template::{Facts, Template};

/// How the names are made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum How {
    Template,
    Replace,
    Regex,
    Tidy,
    /// One by one, in an editor.
    Given,
}

impl How {
    /// Those that can be chosen, in their order on the screen.
    pub const CHOICES: [Self; 4] = [Self::Template, Self::Replace, Self::Regex, Self::Tidy];

    /// The word on the screen.
    pub fn word(self) -> &'static str {
        match self {
            Self::Template => "template",
            Self::Replace => "find, replace",
            Self::Regex => "regex",
            Self::Tidy => "tidy",
            Self::Given => "editor",
        }
    }
}

/// What is put right about names that are otherwise kept. Each does its work once: done again, it changes nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tidy {
    Spaces,
    Upper,
    Lower,
    Words,
    First,
}

impl Tidy {
    /// All of them, with what they do.
    pub const ALL: [(Self, &'static str); 5] = [
        (Self::Spaces, "trimmed, single spaces, no hidden characters"),
        (Self::Upper, "UPPER CASE"),
        (Self::Lower, "lower case"),
        (Self::Words, "Each Word Capitalised"),
        (Self::First, "First letter capitalised"),
    ];

    /// The name, put right.
    pub fn apply(self, name: &str) -> String {
        match self {
            Self::Spaces => {
                let mut line = LineEdit::new("");
                line.apply(Edit::Paste(name.to_owned()));
                line.text().split_whitespace().collect::<Vec<_>>().join(" ")
            }
            Self::Upper => name.to_uppercase(),
            Self::Lower => name.to_lowercase(),
            Self::Words => capitals(name, true),
            Self::First => capitals(name, false),
        }
    }
}

/// The first letter of each word, or of the first one, as a capital. The rest stays: `INC` and `CFO` are not words to
/// be taught manners.
fn capitals(name: &str, each: bool) -> String {
    let mut begins = true;
    let mut done = String::with_capacity(name.len());
    for c in name.chars() {
        if begins && c.is_alphabetic() {
            done.extend(c.to_uppercase());
            begins = false;
        } else {
            done.push(c);
            if each && c.is_whitespace() {
                begins = true;
            } else if c.is_alphanumeric() {
                begins = false;
            }
        }
    }
    done
}

/// A way to make names, ready for use.
pub(super) enum Maker {
    Template(Template),
    Replace(String, String),
    Regex(Box<Regex>, String),
    Tidy(Tidy),
}

impl Maker {
    /// Reads what was typed.
    ///
    /// # Errors
    /// In words, when it cannot be used as it is.
    pub(super) fn new(how: How, template: &str, find: &str, with: &str, tidy: Tidy) -> Result<Self, String> {
        match how {
            How::Template if template.trim().is_empty() => {
                Err("Type how the names should be, like INC-{n:05=20931} {old}.".into())
            }
            How::Template => Template::parse(template).map(Self::Template),
            How::Replace | How::Regex if find.is_empty() => Err("Type what to look for.".into()),
            How::Replace => Ok(Self::Replace(find.to_owned(), with.to_owned())),
            How::Regex => match Regex::new(find) {
                Ok(regex) => Ok(Self::Regex(Box::new(regex), with.to_owned())),
                Err(error) => Err(format!("{find}: {error}")),
            },
            How::Tidy | How::Given => Ok(Self::Tidy(tidy)),
        }
    }

    /// The new name of a session, or `None` where there is nothing of its own to change.
    pub(super) fn make(&self, facts: &Facts<'_>) -> Option<String> {
        let old = facts.session.name.as_deref();
        match self {
            Self::Template(template) => Some(template.expand(facts)),
            Self::Replace(find, with) => old.map(|old| old.replace(find.as_str(), with)),
            Self::Regex(regex, with) => old.map(|old| regex.replace_all(old, with.as_str()).into_owned()),
            Self::Tidy(tidy) => old.map(|old| tidy.apply(old)),
        }
    }

    /// Whether the old name has a place in the new one.
    pub(super) fn keeps_old(&self) -> bool {
        matches!(self, Self::Template(template) if template.has_old())
    }
}

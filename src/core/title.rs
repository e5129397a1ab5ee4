//! A name that may be sent.

use serde::{Deserialize, Serialize};
use std::fmt;

use unicode_segmentation::UnicodeSegmentation;

use super::glyph;
use super::session::Name;

/// The service documents no limit; this one is only against accidents with the clipboard.
pub const LONGEST: usize = 4_000;
/// From this many characters on, a counter is worth showing.
pub const LONG: usize = 100;

/// A session name, parsed; never raw. Not empty, trimmed, and without a character that nobody could see.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Title(Name);

/// A name to be set on the server: one that a person typed, or an earlier one of the server's own to be put back, which
/// may be none at all, or hold what nobody could type.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct NewName(Option<Name>);

impl NewName {
    /// An earlier name of the server's.
    pub fn restored(name: Option<impl Into<Name>>) -> Self {
        Self(name.map(Into::into))
    }

    /// The name itself, to be shared.
    pub(super) fn name(&self) -> Option<&Name> {
        self.0.as_ref()
    }

    /// The name; `None` sets none.
    pub fn as_deref(&self) -> Option<&str> {
        self.0.as_deref()
    }

    /// The words of it, for a draft or a comparison with what is typed.
    pub fn words(&self) -> &str {
        self.0.as_deref().unwrap_or("")
    }
}

impl From<Title> for NewName {
    fn from(title: Title) -> Self {
        Self(Some(title.0))
    }
}

/// Why a text is no name, in words for the person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TitleError {
    Empty,
    /// The character as it is drawn, and its position counted from 1.
    Hidden {
        shown: String,
        position: usize,
    },
    /// The number of characters.
    TooLong(usize),
}

impl Title {
    /// Parses what was typed. White space around it is dropped.
    ///
    /// # Errors
    /// When nothing is left, when it holds a control, bidi or other invisible character, or when it is absurdly long.
    pub fn parse(text: &str) -> Result<Self, TitleError> {
        // A control character is not white space to be dropped silently.
        let trimmed = text.trim_matches(' ');
        // Most names are plain, each byte a character that can be seen, and a bulk asks for a hundred thousand of them.
        let plain = glyph::is_plain(trimmed);
        let mut count = if plain { trimmed.len() } else { 0 };
        for grapheme in trimmed.graphemes(true).take_while(|_| !plain) {
            count += 1;
            if let Some(c) = grapheme.chars().find(|c| glyph::is_hidden(*c)) {
                let shown = glyph::label(c).unwrap_or_default().into_owned();
                return Err(TitleError::Hidden { shown, position: count });
            }
        }
        let trimmed = trimmed.trim();
        if trimmed.is_empty() {
            return Err(TitleError::Empty);
        }
        if count > LONGEST {
            return Err(TitleError::TooLong(count));
        }
        Ok(Self(trimmed.into()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TitleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("A name cannot be empty. Esc leaves it as it is."),
            Self::Hidden { shown, position } => {
                write!(f, "Character {position} is {shown}, which nobody could see. Delete it to save.")
            }
            Self::TooLong(count) => write!(f, "{count} characters are too many; {LONGEST} is the most."),
        }
    }
}

impl std::error::Error for TitleError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_trimmed_and_otherwise_kept_as_typed() {
        for (typed, name) in [
            ("INC-20931 phishing", "INC-20931 phishing"),
            ("  around  ", "around"),
            ("two  spaces", "two  spaces"),
            ("café 漢字 👨‍👩‍👧‍👦 ❤\u{fe0f} שלום", "café 漢字 👨‍👩‍👧‍👦 ❤\u{fe0f} שלום"),
        ] {
            assert_eq!(Title::parse(typed).as_ref().map(Title::as_str), Ok(name));
        }
    }

    #[test]
    fn what_nobody_could_see_is_refused_by_name_and_place() {
        for (typed, message) in [
            ("", "A name cannot be empty. Esc leaves it as it is."),
            (" \u{a0} ", "A name cannot be empty. Esc leaves it as it is."),
            ("a\nb", "Character 2 is <LF>, which nobody could see. Delete it to save."),
            ("漢\u{202e}x", "Character 2 is <RLO>, which nobody could see. Delete it to save."),
            ("ab\u{1b}", "Character 3 is <ESC>, which nobody could see. Delete it to save."),
            ("ab\t", "Character 3 is <TAB>, which nobody could see. Delete it to save."),
        ] {
            assert_eq!(Title::parse(typed).map_err(|e| e.to_string()), Err(message.to_owned()), "{typed:?}");
        }
        assert!(Title::parse(&"x".repeat(4_000)).is_ok());
        assert_eq!(Title::parse(&"x".repeat(4_001)), Err(TitleError::TooLong(4_001)));
    }
}

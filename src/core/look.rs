//! What a theme says, as data: a colour for text and a ground for each role. The view knows how to paint it.

use serde::{Deserialize, Serialize};

/// What a piece of the screen is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Role {
    Plain,
    /// The program's name, headings.
    Title,
    /// The profile's label.
    Label,
    /// Less important words.
    Quiet,
    /// The selected row.
    Chosen,
    /// A name on its way.
    Pending,
    /// The text being edited.
    Field,
    /// What a completion would add.
    Ghost,
    /// What a search has matched.
    Match,
    Good,
    Warn,
    Bad,
    /// A character that could not be seen.
    Mark,
    /// A key in the hints.
    Key,
    /// The code to type.
    Code,
}

impl Role {
    /// Every role by its name in a theme.
    pub const ALL: [(&'static str, Self); 15] = [
        ("plain", Self::Plain),
        ("title", Self::Title),
        ("label", Self::Label),
        ("quiet", Self::Quiet),
        ("chosen", Self::Chosen),
        ("pending", Self::Pending),
        ("field", Self::Field),
        ("ghost", Self::Ghost),
        ("match", Self::Match),
        ("good", Self::Good),
        ("warn", Self::Warn),
        ("bad", Self::Bad),
        ("mark", Self::Mark),
        ("key", Self::Key),
        ("code", Self::Code),
    ];
}

/// A colour.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Paint {
    /// One of the terminal's own sixteen.
    Ansi(u8),
    Rgb(u8, u8, u8),
}

/// The colours of one role; `None` leaves the terminal's own.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Look {
    pub text: Option<Paint>,
    pub ground: Option<Paint>,
    /// Text and ground change places, as the terminal does it; where there are no colours for it.
    pub reversed: bool,
    pub dim: bool,
}

/// A theme: a look for each role, in the order of [`Role::ALL`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Theme {
    pub looks: Vec<Look>,
}

impl Theme {
    /// The look of a role.
    pub fn look(&self, role: Role) -> Look {
        self.looks.get(role as usize).copied().unwrap_or_default()
    }

    /// No colours: bold, dim, reversed and underlined alone.
    pub fn colourless() -> Self {
        let look = |role| Look {
            reversed: matches!(role, Role::Label | Role::Mark | Role::Chosen),
            dim: matches!(role, Role::Quiet | Role::Ghost),
            ..Look::default()
        };
        Self { looks: Role::ALL.iter().map(|(_, role)| look(*role)).collect() }
    }
}

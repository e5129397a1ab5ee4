//! Roles and what they look like. No colour stands anywhere else.
//!
//! The terminal's own foreground and background carry all text, so that light and dark both work; colour only repeats
//! what a glyph and a word already say.

use ratatui::style::{Color, Modifier, Style};

/// What a piece of the screen is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
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

/// The look of a role.
pub fn style(role: Role) -> Style {
    let plain = Style::new();
    match role {
        Role::Plain => plain,
        Role::Title | Role::Key => plain.add_modifier(Modifier::BOLD),
        Role::Label | Role::Mark | Role::Chosen => plain.add_modifier(Modifier::REVERSED),
        Role::Quiet => plain.add_modifier(Modifier::DIM),
        Role::Pending => plain.add_modifier(Modifier::ITALIC),
        Role::Field => plain.add_modifier(Modifier::UNDERLINED),
        Role::Good => plain.fg(Color::Green),
        Role::Warn => plain.fg(Color::Magenta),
        Role::Bad => plain.fg(Color::Red).add_modifier(Modifier::BOLD),
        Role::Code => plain.fg(Color::Cyan).add_modifier(Modifier::BOLD),
    }
}

//! Roles and how they are painted. Widgets draw with roles only; the theme's colours come in one pass over the finished
//! frame, so that no colour stands anywhere else.
//!
//! A role is written into a cell as a placeholder: text roles as the foreground, grounds as the background.

use ratatui::buffer::Cell;
use ratatui::style::{Color, Modifier, Style};

pub use crate::core::look::Role;
use crate::core::look::{Paint, Theme};
use crate::core::notice::Tone;

/// The look of a role, before the theme is known.
pub fn style(role: Role) -> Style {
    let text = Style::new().fg(marker(role));
    match role {
        Role::Plain | Role::Quiet | Role::Ghost | Role::Good | Role::Warn => text,
        Role::Title | Role::Key | Role::Bad | Role::Code => text.add_modifier(Modifier::BOLD),
        Role::Match => text.add_modifier(Modifier::BOLD | Modifier::UNDERLINED),
        Role::Pending => text.add_modifier(Modifier::ITALIC),
        Role::Field => text.add_modifier(Modifier::UNDERLINED),
        Role::Chosen | Role::Label | Role::Mark => text.bg(marker(role)),
    }
}

/// The role of a message.
pub(super) fn tone(tone: Tone) -> Role {
    match tone {
        Tone::Info => Role::Plain,
        Tone::Good => Role::Good,
        Tone::Bad => Role::Bad,
    }
}

/// Placeholders from here on stand for text that somebody else wrote.
const THEIRS: u8 = 64;

/// The look of words that are not ours, a name above all: they stay as they are where our own are put into ASCII.
pub fn theirs(look: Style) -> Style {
    match look.fg {
        Some(Color::Indexed(n)) if n < THEIRS => look.fg(Color::Indexed(n + THEIRS)),
        Some(_) | None => look,
    }
}

/// The look of our own words in the same colours.
pub(super) fn ours(look: Style) -> Style {
    match look.fg {
        Some(Color::Indexed(n)) => look.fg(Color::Indexed(n % THEIRS)),
        Some(_) | None => look,
    }
}

fn marker(role: Role) -> Color {
    Color::Indexed(role as u8)
}

fn role(color: Color) -> Option<Role> {
    #[expect(clippy::wildcard_enum_match_arm, reason = "every other colour is none of our placeholders")]
    match color {
        Color::Indexed(n) => Role::ALL.get(usize::from(n % THEIRS)).map(|(_, role)| *role),
        _ => None,
    }
}

/// What stands for a sign of ours on a terminal that shows ASCII alone.
fn ascii_twin(sign: &str) -> Option<&'static str> {
    Some(match sign {
        "─" => "-",
        "│" => "|",
        "┌" | "┐" | "└" | "┘" => "+",
        "▸" | "→" => ">",
        "▴" => "^",
        "░" => ".",
        "●" => "x",
        "█" => "#",
        "…" => "~",
        "“" | "”" => "\"",
        "’" => "'",
        _ => return None,
    })
}

/// The look of a terminal's own words.
pub const PLAIN: Style = Style::new().fg(Color::Reset).bg(Color::Reset);

/// The look of a cell that is painted.
pub fn look(cell: &Cell) -> Style {
    Style::new().fg(cell.fg).bg(cell.bg).add_modifier(cell.modifier)
}

/// Gives cells the characters and colours of the person's choice. What a cell becomes depends on it alone.
#[derive(Clone, Copy)]
pub struct Painter<'a> {
    theme: &'a Theme,
    ascii: bool,
}

impl<'a> Painter<'a> {
    /// For a theme; `ascii`: with our own signs in ASCII.
    pub fn new(theme: &'a Theme, ascii: bool) -> Self {
        Self { theme, ascii }
    }

    /// The look that a cell gets.
    pub fn look(self, cell: &Cell) -> Style {
        let Painted { fg, bg, adds } = painted(self.theme, (cell.fg, cell.bg));
        Style::new().fg(fg).bg(bg).add_modifier(cell.modifier.union(adds))
    }

    /// The symbol that a cell gets.
    pub fn symbol(self, cell: &Cell) -> &str {
        self.twin(cell).unwrap_or_else(|| cell.symbol())
    }

    /// What stands for a sign of ours, where that is to be ASCII. One cell stays one cell.
    fn twin(self, cell: &Cell) -> Option<&'static str> {
        let ours = !matches!(cell.fg, Color::Indexed(n) if n >= THEIRS);
        if self.ascii && ours { ascii_twin(cell.symbol()) } else { None }
    }

    /// Gives cells both.
    pub fn paint(self, cells: &mut [Cell]) {
        let mut marked = (Color::Reset, Color::Reset);
        let mut paints = painted(self.theme, marked);
        for cell in cells {
            // Most cells look like the one before.
            if (cell.fg, cell.bg) != marked {
                marked = (cell.fg, cell.bg);
                paints = painted(self.theme, marked);
            }
            if let Some(twin) = self.twin(cell) {
                cell.set_symbol(twin);
            }
            (cell.fg, cell.bg) = (paints.fg, paints.bg);
            cell.modifier.insert(paints.adds);
        }
    }
}

/// The colours of a cell.
struct Painted {
    fg: Color,
    bg: Color,
    adds: Modifier,
}

fn painted(theme: &Theme, (fg, bg): (Color, Color)) -> Painted {
    let plain = theme.look(Role::Plain);
    let text = role(fg).map_or(plain, |role| theme.look(role));
    let ground = role(bg).map(|role| theme.look(role));
    let reversed = ground.is_some_and(|look| look.reversed);
    let mut adds = Modifier::empty();
    // In a row that is reversed itself, a mark has to be told from the same letters in a name.
    adds.set(Modifier::UNDERLINED, reversed && role(bg) == Some(Role::Mark));
    // Dim and reversed at once is a stain of another colour in the selected row.
    adds.set(Modifier::DIM, text.dim && !reversed);
    adds.set(Modifier::REVERSED, reversed);
    Painted {
        fg: text.text.or(plain.text).map_or(Color::Reset, color),
        bg: ground.and_then(|look| look.ground).or(plain.ground).map_or(Color::Reset, color),
        adds,
    }
}

fn color(paint: Paint) -> Color {
    const NAMED: [Color; 16] = [
        Color::Black,
        Color::Red,
        Color::Green,
        Color::Yellow,
        Color::Blue,
        Color::Magenta,
        Color::Cyan,
        Color::Gray,
        Color::DarkGray,
        Color::LightRed,
        Color::LightGreen,
        Color::LightYellow,
        Color::LightBlue,
        Color::LightMagenta,
        Color::LightCyan,
        Color::White,
    ];
    match paint {
        Paint::Ansi(n) => NAMED.get(usize::from(n)).copied().unwrap_or(Color::Indexed(n)),
        Paint::Rgb(r, g, b) => Color::Rgb(r, g, b),
    }
}

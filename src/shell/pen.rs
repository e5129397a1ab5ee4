//! Cells as the text that shows them. What sets a look is asked of crossterm once, and kept: a frame has few looks, and most
//! cells look like the one before.

use crossterm::Command;
use crossterm::cursor::MoveTo;
use crossterm::style::{Attribute, ContentStyle, SetAttribute, SetStyle};
use ratatui::backend::IntoCrossterm as _;
use ratatui::style::{Color, Style};

use crate::view::theme::{PLAIN, Shown};

/// Writes the cells of a frame, for a terminal that writes plainly before it and shall do so after it.
#[derive(Default)]
pub struct Pen {
    text: String,
    /// Each look that was asked for, and what sets it on a terminal that writes plainly.
    looks: Vec<(Style, String)>,
    /// What is set now, if anything is.
    look: Option<Style>,
    /// The place that the next glyph has without a word.
    next: Option<(u16, u16)>,
}

impl Pen {
    /// Writes a cell.
    pub fn put(&mut self, x: u16, y: u16, shown: Shown<'_>) {
        if self.next != Some((x, y)) {
            tell(&mut self.text, MoveTo(x, y));
        }
        let look = Some(shown.look).filter(|look| *look != PLAIN);
        if self.look != look {
            self.lift();
            if let Some(look) = look {
                self.dip(look);
            }
        }
        self.text.push_str(shown.symbol);
        // How far a glyph of more than one cell has gone is the terminal's opinion: what follows one is told its place.
        self.next = Some((x.saturating_add(1), y));
    }

    /// Hands out what was written since it last did.
    pub fn written(&mut self, to: impl FnOnce(&str)) {
        self.lift();
        self.next = None;
        to(&self.text);
        self.text.clear();
    }

    fn lift(&mut self) {
        if self.look.take().is_some() {
            tell(&mut self.text, SetAttribute(Attribute::Reset));
        }
    }

    fn dip(&mut self, look: Style) {
        self.look = Some(look);
        if let Some((_, sets)) = self.looks.iter().find(|(known, _)| *known == look) {
            self.text.push_str(sets);
            return;
        }
        let set = |color: Option<Color>| color.filter(|color| *color != Color::Reset);
        let style: ContentStyle = Style { fg: set(look.fg), bg: set(look.bg), ..look }.into_crossterm();
        let mut sets = String::new();
        tell(&mut sets, SetStyle(style));
        self.text.push_str(&sets);
        self.looks.push((look, sets));
    }
}

fn tell(text: &mut String, command: impl Command) {
    // Writing to a String cannot fail.
    let _ = command.write_ansi(text);
}

#[cfg(test)]
mod tests {
    use std::num::NonZero;

    use proptest::prelude::*;
    use ratatui::backend::{Backend as _, CrosstermBackend};
    use ratatui::buffer::Cell;
    use ratatui::style::Modifier;

    use super::*;

    fn looks() -> impl Strategy<Value = Style> {
        let colors = [Color::Reset, Color::Red, Color::LightBlue, Color::Indexed(99), Color::Rgb(1, 2, 3)];
        let color = prop::sample::select(colors.to_vec());
        // Bold and dim at once is a look of its own on one terminal, and on another the one that was said last.
        let weight = prop::sample::select(vec![Modifier::empty(), Modifier::BOLD, Modifier::DIM]);
        let others = vec![Modifier::ITALIC, Modifier::UNDERLINED, Modifier::REVERSED];
        let adds = (weight, prop::sample::subsequence(others, 0..4));
        (color.clone(), color, adds).prop_map(|(fg, bg, (weight, others))| {
            let adds = others.into_iter().fold(weight, Modifier::union);
            PLAIN.fg(fg).bg(bg).add_modifier(adds)
        })
    }

    /// Runs of cells of a screen of 8x3 with one look each, in frames.
    fn frames() -> impl Strategy<Value = Vec<Vec<(u16, u16, Cell)>>> {
        let symbol = prop::sample::select(vec!["a", " ", "é", "e\u{301}", "表"]);
        let run = (0..6u16, 0..3u16, prop::collection::vec(symbol, 1..4), looks());
        let run = run.prop_map(|(x, y, symbols, look)| {
            let cell = |(x, symbol)| {
                let mut cell = Cell::new(symbol);
                cell.set_style(look);
                (x, y, cell)
            };
            (x..8).zip(symbols).map(cell).collect::<Vec<_>>()
        });
        let frame = prop::collection::vec(run, 0..8).prop_map(|runs| runs.concat());
        prop::collection::vec(frame, 1..4)
    }

    proptest! {
        #![proptest_config(crate::laws::config(1_000))]

        #[test]
        fn a_terminal_comes_to_show_what_ratatui_would_make_it_show(frames in frames()) {
            let (rows, columns) = (NonZero::new(3).unwrap(), NonZero::new(8).unwrap());
            let [mut ours, mut theirs] = [(); 2].map(|()| vt100::Parser::new(rows, columns, 0));
            let mut pen = Pen::default();
            for frame in frames {
                let mut bytes = Vec::new();
                for (x, y, cell) in &frame {
                    pen.put(*x, *y, Shown::of(cell));
                }
                pen.written(|text| ours.process(text.as_bytes()));
                let cells = frame.iter().map(|(x, y, cell)| (*x, *y, cell));
                CrosstermBackend::new(&mut bytes).draw(cells).unwrap();
                theirs.process(&bytes);
                for (x, y) in (0..8).flat_map(|x| (0..3).map(move |y| (x, y))) {
                    prop_assert_eq!(ours.screen().cell(y, x), theirs.screen().cell(y, x));
                }
                prop_assert_eq!(ours.screen().cursor_position(), theirs.screen().cursor_position());
                // What comes next, from whoever, is written plainly.
                for screen in [&mut ours, &mut theirs] {
                    screen.process(b"\x1b[1;1H!");
                }
                prop_assert_eq!(ours.screen().cell(0, 0), theirs.screen().cell(0, 0));
            }
        }
    }

    #[test]
    fn cells_of_one_look_side_by_side_are_nothing_but_their_letters() {
        let mut pen = Pen::default();
        let look = PLAIN.add_modifier(Modifier::BOLD);
        for _ in 0..2 {
            for (x, symbol) in (4..).zip(["a", "b", "c"]) {
                pen.put(x, 1, Shown { symbol, look });
            }
            pen.put(0, 2, Shown { symbol: "d", look: PLAIN });
            pen.written(|text| assert_eq!(text, "\x1b[2;5H\x1b[1mabc\x1b[3;1H\x1b[0md"));
        }
    }
}

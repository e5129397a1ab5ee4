//! Runs of cells as the text that shows them. What sets a look is asked of crossterm once, and kept: there are few.

use crossterm::Command;
use crossterm::cursor::MoveTo;
use crossterm::style::{Attribute, ContentStyle, SetAttribute, SetStyle};
use ratatui::backend::IntoCrossterm as _;
use ratatui::style::{Color, Style};

use super::canvas::Run;
use crate::view::theme::PLAIN;

/// Writes the cells of a frame, for a terminal that writes plainly before it and shall do so after it.
#[derive(Default)]
pub struct Pen {
    text: String,
    /// Each look that was asked for, and what sets it on a terminal that writes plainly.
    looks: Vec<(Style, String)>,
    /// What is set now, if anything is.
    look: Option<Style>,
    /// The place that the next run has without a word.
    next: Option<(u16, u16)>,
}

impl Pen {
    /// Writes a run.
    pub fn put(&mut self, Run { at: (x, y), next, look, text }: Run<'_>) {
        if self.next != Some((x, y)) {
            tell(&mut self.text, MoveTo(x, y));
        }
        let look = Some(look).filter(|look| *look != PLAIN);
        if self.look != look {
            self.lift();
            if let Some(look) = look {
                self.dip(look);
            }
        }
        self.text.push_str(text);
        self.next = next;
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
    use unicode_segmentation::UnicodeSegmentation;

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

    type Frame = Vec<((u16, u16), Style, String)>;

    /// Runs on a screen of 8x3, in frames. Only the last glyph of a run has two cells.
    fn frames() -> impl Strategy<Value = Vec<Frame>> {
        let letters = prop::sample::select(vec!["a", " ", "é", "e\u{301}"]);
        let text = (prop::collection::vec(letters, 0..3), prop::sample::select(vec!["z", "表"]));
        let text = text.prop_map(|(letters, last)| letters.concat() + last);
        let run = ((0..5u16, 0..3u16), looks(), text);
        prop::collection::vec(prop::collection::vec(run, 0..8), 1..4)
    }

    /// What a terminal shows, and where its caret is.
    fn seen(terminal: &vt100::Parser) -> (String, (u16, u16)) {
        (terminal.screen().contents_formatted(), terminal.screen().cursor_position())
    }

    proptest! {
        #![proptest_config(crate::laws::config(1_000))]

        #[test]
        fn a_terminal_comes_to_show_what_ratatui_would_make_it_show(frames in frames()) {
            let (rows, columns) = (NonZero::new(3).unwrap(), NonZero::new(8).unwrap());
            let [mut ours, mut theirs] = [(); 2].map(|()| vt100::Parser::new(rows, columns, 0));
            let mut pen = Pen::default();
            for frame in frames {
                for (at, look, text) in &frame {
                    let glyphs: Vec<&str> = text.graphemes(true).collect();
                    let (x, y) = *at;
                    let next = Some((x + u16::try_from(glyphs.len()).unwrap(), y));
                    pen.put(Run { at: *at, next: next.filter(|_| text.ends_with('z')), look: *look, text });
                    let mut cells = vec![Cell::EMPTY; glyphs.len()];
                    for (cell, glyph) in cells.iter_mut().zip(glyphs) {
                        cell.set_symbol(glyph).set_style(*look);
                    }
                    let mut bytes = Vec::new();
                    let placed = (x..).zip(&cells).map(|(x, cell)| (x, y, cell));
                    CrosstermBackend::new(&mut bytes).draw(placed).unwrap();
                    theirs.process(&bytes);
                }
                pen.written(|text| ours.process(text.as_bytes()));
                prop_assert_eq!(seen(&ours), seen(&theirs));
                // What comes next, from whoever, is written plainly.
                for screen in [&mut ours, &mut theirs] {
                    screen.process(b"\x1b[1;1H!");
                }
                prop_assert_eq!(seen(&ours), seen(&theirs));
            }
        }
    }

    #[test]
    fn runs_of_one_look_side_by_side_are_nothing_but_their_letters() {
        let mut pen = Pen::default();
        let look = PLAIN.add_modifier(Modifier::BOLD);
        for _ in 0..2 {
            for (x, text) in [(4, "a"), (5, "bc")] {
                let next = Some((x + u16::try_from(text.len()).unwrap(), 1));
                pen.put(Run { at: (x, 1), next, look, text });
            }
            pen.put(Run { at: (0, 2), next: None, look: PLAIN, text: "d" });
            pen.written(|text| assert_eq!(text, "\x1b[2;5H\x1b[1mabc\x1b[3;1H\x1b[0md"));
        }
    }
}

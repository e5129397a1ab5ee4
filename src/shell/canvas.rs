//! What the terminal shows, line by line. A frame is drawn whole, and most of its lines come out as they were: those are
//! told by one comparison each, and only the others are looked at cell by cell.

use std::mem;

use ratatui::backend::Backend;
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::{Position, Rect};
use ratatui::style::{Color, Modifier};

/// The frame that is drawn next, and the lines that are shown.
pub struct Canvas {
    next: Buffer,
    lines: Vec<Line>,
    print: Print,
}

struct Line {
    /// Its cells, in a buffer of this line alone.
    cells: Buffer,
    print: Print,
}

/// All that can be seen of a line, in a form that is quick to compare.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Print {
    symbols: Vec<u8>,
    /// Each look, and the cell from which on it is seen.
    looks: Vec<(usize, Look)>,
}

type Look = (Color, Color, Color, Modifier);

/// Around a symbol of more than one byte. UTF-8 has neither byte.
const LONG: [u8; 2] = [0xfe, 0xff];

impl Print {
    fn take(&mut self, cells: &[Cell]) {
        let [begin, end] = LONG;
        self.symbols.clear();
        self.looks.clear();
        let mut last = None;
        for (at, cell) in cells.iter().enumerate() {
            let look = (cell.fg, cell.bg, cell.underline_color, cell.modifier);
            if last != Some(look) {
                last = Some(look);
                self.looks.push((at, look));
            }
            if let [byte] = cell.symbol().as_bytes() {
                self.symbols.push(*byte);
            } else {
                self.symbols.push(begin);
                self.symbols.extend_from_slice(cell.symbol().as_bytes());
                self.symbols.push(end);
            }
        }
    }
}

impl Canvas {
    /// For a terminal of this size that shows nothing yet.
    pub fn new(area: Rect) -> Self {
        let mut blank = Print::default();
        let line = |y| Buffer::empty(Rect { y, height: 1, ..area });
        blank.take(&line(0).content);
        let lines = (area.top()..area.bottom()).map(|y| Line { cells: line(y), print: blank.clone() });
        Self { next: Buffer::empty(area), lines: lines.collect(), print: Print::default() }
    }

    /// The size of the terminal.
    pub fn area(&self) -> Rect {
        self.next.area
    }

    /// The terminal was cleared.
    pub fn clear(&mut self) {
        *self = Self::new(self.area());
    }

    /// Draws a frame, and hands what has changed to the terminal; returns where the caret belongs.
    ///
    /// # Errors
    /// Those of the terminal.
    pub fn draw<B: Backend>(
        &mut self,
        backend: &mut B,
        draw: impl FnOnce(&mut Buffer) -> Option<Position>,
    ) -> Result<Option<Position>, B::Error> {
        self.next.reset();
        let caret = draw(&mut self.next);
        let mut changed = Vec::new();
        // Where there is no width there are no cells.
        let width = usize::from(self.next.area.width.max(1));
        for (line, cells) in self.lines.iter_mut().zip(self.next.content.chunks_exact_mut(width)) {
            self.print.take(cells);
            if self.print == line.print {
                continue;
            }
            mem::swap(&mut self.print, &mut line.print);
            let mut new = Buffer::empty(line.cells.area);
            new.content.swap_with_slice(cells);
            changed.push((&mut line.cells, new));
        }
        backend.draw(changed.iter().flat_map(|(old, new)| old.diff_iter(new)))?;
        for (old, new) in changed {
            *old = new;
        }
        Ok(caret)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;
    use ratatui::style::Style;

    use super::*;

    const AREA: Rect = Rect { x: 0, y: 0, width: 12, height: 4 };

    #[derive(Clone, Debug)]
    struct Words {
        x: u16,
        y: u16,
        text: String,
        fg: Color,
        bold: bool,
    }

    fn frames() -> impl Strategy<Value = Vec<Vec<Words>>> {
        let part =
            prop::sample::select(vec!["a", "b", " ", "é", "e\u{301}", "表", "👩\u{200d}💻", "⚠\u{fe0f}"]);
        let text = prop::collection::vec(part, 0..8).prop_map(|parts| parts.concat());
        let fg = prop::sample::select(vec![Color::Reset, Color::Red, Color::Indexed(9), Color::Rgb(1, 2, 3)]);
        let words = (0..12u16, 0..4u16, text, fg, any::<bool>());
        let words = words.prop_map(|(x, y, text, fg, bold)| Words { x, y, text, fg, bold });
        prop::collection::vec(prop::collection::vec(words, 0..6), 1..6)
    }

    fn draw(frame: &[Words], buffer: &mut Buffer) {
        for words in frame {
            let look = Style::new().fg(words.fg);
            let look = if words.bold { look.add_modifier(Modifier::BOLD) } else { look };
            buffer.set_string(words.x, words.y, &words.text, look);
        }
    }

    proptest! {
        #[test]
        fn the_terminal_shows_what_it_would_if_every_cell_were_looked_at(frames in frames()) {
            let mut whole = Terminal::new(TestBackend::new(AREA.width, AREA.height)).unwrap();
            let (mut ours, mut canvas) = (TestBackend::new(AREA.width, AREA.height), Canvas::new(AREA));
            for frame in &frames {
                whole.draw(|to| draw(frame, to.buffer_mut())).unwrap();
                canvas.draw(&mut ours, |buffer| { draw(frame, buffer); None }).unwrap();
                prop_assert_eq!(ours.buffer(), whole.backend().buffer());
            }
        }

        #[test]
        fn lines_that_differ_have_other_prints(a in frames(), b in frames()) {
            let print = |frames: &[Vec<Words>]| {
                let mut buffer = Buffer::empty(AREA);
                for frame in frames {
                    draw(frame, &mut buffer);
                }
                let mut print = Print::default();
                print.take(&buffer.content);
                (print, buffer)
            };
            let (a, b) = (print(&a), print(&b));
            prop_assert_eq!(a.0 == b.0, a.1 == b.1);
        }
    }

    #[test]
    fn a_frame_like_the_last_sends_nothing_and_after_a_clearing_all_of_it_is_sent() {
        let mut canvas = Canvas::new(AREA);
        let sent = |canvas: &mut Canvas| {
            let mut backend = TestBackend::new(AREA.width, AREA.height);
            canvas
                .draw(&mut backend, |buffer| {
                    buffer.set_string(2, 1, "names", Style::new());
                    Some(Position::new(2, 1))
                })
                .unwrap();
            backend.buffer().content.iter().filter(|cell| cell.symbol() != " ").count()
        };
        assert_eq!([sent(&mut canvas), sent(&mut canvas)], [5, 0]);
        canvas.clear();
        assert_eq!(sent(&mut canvas), 5);
    }

    #[test]
    fn a_terminal_without_a_cell_is_drawn_on_without_a_panic() {
        for (width, height) in [(0, 0), (0, 3), (3, 0)] {
            let area = Rect { width, height, ..AREA };
            let mut canvas = Canvas::new(area);
            canvas.draw(&mut TestBackend::new(width, height), |_| None).unwrap();
        }
    }
}

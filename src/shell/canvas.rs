//! What the terminal shows, line by line. A frame is drawn over the one before, most of whose lines stand; of the others
//! only those that come out otherwise are painted, and looked at for what their cells cover and leave.

use ratatui::backend::Backend;
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::{Position, Rect};

use crate::view::lines::Lines;

/// The last frame, over which the next is drawn, and the lines that are shown.
pub struct Canvas {
    frame: Buffer,
    told: Lines,
    lines: Vec<Line>,
}

struct Line {
    /// As it was drawn; `None` where nothing was.
    drawn: Option<Buffer>,
    /// As it was painted.
    shown: Buffer,
}

/// Whether two cells look alike. What costs least, and tells most cells apart, is asked first.
fn alike(a: &Cell, b: &Cell) -> bool {
    let symbols = match (a.symbol().as_bytes(), b.symbol().as_bytes()) {
        ([a], [b]) => a == b,
        (a, b) => a == b,
    };
    symbols
        && a.modifier == b.modifier
        && a.fg == b.fg
        && a.bg == b.bg
        && a.underline_color == b.underline_color
}

impl Canvas {
    /// For a terminal of this size that shows nothing yet.
    pub fn new(area: Rect) -> Self {
        let line = |y| Line { drawn: None, shown: Buffer::empty(Rect { y, height: 1, ..area }) };
        let lines = (area.top()..area.bottom()).map(line).collect();
        Self { frame: Buffer::empty(area), told: Lines::new(area.height), lines }
    }

    /// The size of the terminal.
    pub fn area(&self) -> Rect {
        self.frame.area
    }

    /// The terminal was cleared.
    pub fn clear(&mut self) {
        *self = Self::new(self.area());
    }

    /// Draws a frame, paints the lines of it that come out otherwise than before, and hands what has changed to the
    /// terminal; returns where the caret belongs.
    ///
    /// # Errors
    /// Those of the terminal.
    pub fn draw<B: Backend>(
        &mut self,
        backend: &mut B,
        draw: impl FnOnce(&mut Lines, &mut Buffer) -> Option<Position>,
        paint: impl Fn(&mut Buffer),
    ) -> Result<Option<Position>, B::Error> {
        self.told.begin();
        let caret = draw(&mut self.told, &mut self.frame);
        let mut changed = Vec::new();
        // Where there is no width there are no cells.
        let width = usize::from(self.frame.area.width.max(1));
        for (y, (line, cells)) in
            self.lines.iter_mut().zip(self.frame.content.chunks_exact(width)).enumerate()
        {
            let same = |drawn: &Buffer| drawn.content.iter().zip(cells).all(|(old, new)| alike(old, new));
            if self.told.stands(y) || line.drawn.as_ref().is_some_and(same) {
                continue;
            }
            let area = line.shown.area;
            line.drawn.get_or_insert_with(|| Buffer::empty(area)).content.clone_from_slice(cells);
            let mut painted = Buffer { area, content: cells.to_vec() };
            paint(&mut painted);
            changed.push((line, painted));
        }
        backend.draw(changed.iter().flat_map(|(line, painted)| line.shown.diff_iter(painted)))?;
        for (line, painted) in changed {
            line.shown = painted;
        }
        Ok(caret)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;
    use ratatui::style::{Color, Modifier, Style};

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
        #![proptest_config(crate::laws::config(256))]

        #[test]
        fn the_terminal_shows_what_it_would_if_every_cell_were_looked_at(frames in frames()) {
            let mut whole = Terminal::new(TestBackend::new(AREA.width, AREA.height)).unwrap();
            let (mut ours, mut canvas) = (TestBackend::new(AREA.width, AREA.height), Canvas::new(AREA));
            for frame in &frames {
                whole.draw(|to| draw(frame, to.buffer_mut())).unwrap();
                canvas.draw(&mut ours, |lines, buffer| { lines.empty_rest(buffer); draw(frame, buffer); None }, |_| {}).unwrap();
                prop_assert_eq!(ours.buffer(), whole.backend().buffer());
            }
        }
    }

    #[test]
    fn a_frame_like_the_last_sends_nothing_and_after_a_clearing_all_of_it_is_sent() {
        let mut canvas = Canvas::new(AREA);
        let sent = |canvas: &mut Canvas| {
            let mut backend = TestBackend::new(AREA.width, AREA.height);
            let names = |lines: &mut Lines, buffer: &mut Buffer| {
                lines.empty_rest(buffer);
                buffer.set_string(2, 1, "names", Style::new());
                Some(Position::new(2, 1))
            };
            canvas.draw(&mut backend, names, |_| {}).unwrap();
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
            canvas.draw(&mut TestBackend::new(width, height), |_, _| None, |_| {}).unwrap();
        }
    }

    #[test]
    fn every_line_is_painted_also_where_nothing_is_drawn_and_later_those_alone_that_changed() {
        let mut canvas = Canvas::new(AREA);
        let mut backend = TestBackend::new(AREA.width, AREA.height);
        let painted = std::cell::RefCell::new(Vec::new());
        let paint = |line: &mut Buffer| {
            painted.borrow_mut().push(line.area.y);
            line.set_style(line.area, Style::new().bg(Color::Blue));
        };
        for (words, lines) in [("", vec![0, 1, 2, 3]), ("a", vec![2]), ("a", vec![])] {
            let draw = |lines: &mut Lines, buffer: &mut Buffer| {
                lines.empty_rest(buffer);
                buffer.set_string(0, 2, words, Style::new());
                None
            };
            canvas.draw(&mut backend, draw, paint).unwrap();
            assert_eq!(painted.take(), lines);
            assert!(backend.buffer().content.iter().all(|cell| cell.bg == Color::Blue));
        }
    }
}

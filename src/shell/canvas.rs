//! What the terminal shows, line by line. A frame is drawn over the one before, most of whose lines stand; of the others
//! only the stretch that comes out otherwise is painted, and looked at for what its cells cover and leave.

use std::ops::Range;

use ratatui::buffer::{Buffer, Cell, CellWidth};
use ratatui::layout::{Position, Rect};

use crate::view::lines::Lines;

/// The last frame, over which the next is drawn, and the lines that are shown.
pub struct Canvas {
    frame: Buffer,
    told: Lines,
    lines: Vec<Line>,
}

struct Line {
    /// As it was drawn; empty where nothing was.
    drawn: Vec<Cell>,
    /// As it was painted.
    shown: Vec<Cell>,
}

/// Some cells of a line, as they were painted and as they are.
struct Stretch {
    y: usize,
    from: usize,
    before: Buffer,
    painted: Buffer,
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

/// From where to where a line has changed, all of the glyphs there: what is wider than a cell covers the next.
fn changed(drawn: &[Cell], cells: &[Cell]) -> Option<Range<usize>> {
    if drawn.is_empty() {
        return Some(0..cells.len());
    }
    let differ = |(old, new): (&Cell, &Cell)| !alike(old, new);
    let first = drawn.iter().zip(cells).position(differ)?;
    let last = drawn.iter().zip(cells).rposition(differ)?;
    // The cell behind the glyph that begins here.
    let behind = |at: usize| {
        // A letter needs no look into the tables.
        let wide = |line: &[Cell]| line.get(at).filter(|cell| cell.symbol().len() > 1).map(Cell::cell_width);
        at + usize::from(wide(drawn).max(wide(cells)).unwrap_or(1).max(1))
    };
    let mut from = 0;
    while behind(from) <= first {
        from = behind(from);
    }
    let (mut at, mut end) = (first, last + 1);
    while at < end.min(cells.len()) {
        end = end.max(behind(at));
        at += 1;
    }
    Some(from..end.min(cells.len()))
}

impl Canvas {
    /// For a terminal of this size that shows nothing yet.
    pub fn new(area: Rect) -> Self {
        let line = |_| Line { drawn: Vec::new(), shown: vec![Cell::EMPTY; area.width.into()] };
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

    /// Draws a frame, paints what of its lines comes out otherwise than before, and hands what has changed to the terminal;
    /// returns where the caret belongs.
    ///
    /// # Errors
    /// Those of `send`.
    pub fn draw<E>(
        &mut self,
        draw: impl FnOnce(&mut Lines, &mut Buffer) -> Option<Position>,
        paint: impl Fn(&mut Buffer),
        send: impl FnOnce(&mut dyn Iterator<Item = (u16, u16, &Cell)>) -> Result<(), E>,
    ) -> Result<Option<Position>, E> {
        self.told.begin();
        let caret = draw(&mut self.told, &mut self.frame);
        let mut stretches = Vec::new();
        let area = self.frame.area;
        // Where there is no width there are no cells.
        let width = usize::from(area.width.max(1));
        for (y, (line, cells)) in
            self.lines.iter_mut().zip(self.frame.content.chunks_exact(width)).enumerate()
        {
            let range = if self.told.stands(y) { None } else { changed(&line.drawn, cells) };
            let Some(range) = range else { continue };
            line.drawn.resize(cells.len(), Cell::EMPTY);
            let all = line.drawn.get_mut(range.clone()).zip(cells.get(range.clone()));
            let Some(((drawn, new), shown)) = all.zip(line.shown.get_mut(range.clone())) else { continue };
            drawn.clone_from_slice(new);
            let at = |place: usize| u16::try_from(place).unwrap_or(u16::MAX);
            let room =
                Rect { x: area.x + at(range.start), y: area.y + at(y), width: at(range.len()), height: 1 };
            let mut painted = Buffer { area: room, content: new.to_vec() };
            paint(&mut painted);
            // They come back painted.
            let before = Buffer { area: room, content: shown.iter_mut().map(std::mem::take).collect() };
            stretches.push(Stretch { y, from: range.start, before, painted });
        }
        send(&mut stretches.iter().flat_map(|stretch| stretch.before.diff_iter(&stretch.painted)))?;
        for Stretch { y, from, painted, .. } in stretches {
            let shown = self.lines.get_mut(y).and_then(|line| line.shown.get_mut(from..));
            for (shown, painted) in shown.into_iter().flatten().zip(painted.content) {
                *shown = painted;
            }
        }
        Ok(caret)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ratatui::backend::{Backend, TestBackend};
    use ratatui::style::{Color, Modifier, Style};

    use super::*;

    const AREA: Rect = Rect { x: 0, y: 0, width: 12, height: 4 };

    #[derive(Clone, Debug)]
    struct Words {
        x: u16,
        y: u16,
        text: String,
        fg: Color,
        adds: Modifier,
    }

    /// Each frame is the one before but for some words.
    fn frames() -> impl Strategy<Value = Vec<Vec<Words>>> {
        let part = prop::sample::select(vec![
            "a",
            "b",
            " ",
            "é",
            "e\u{301}",
            "表",
            "👩\u{200d}💻",
            "⚠\u{fe0f}",
            "क्त्य",
        ]);
        let text = prop::collection::vec(part, 0..8).prop_map(|parts| parts.concat());
        let fg = prop::sample::select(vec![Color::Reset, Color::Red, Color::Indexed(9), Color::Rgb(1, 2, 3)]);
        let adds = prop::sample::select(vec![Modifier::empty(), Modifier::BOLD, Modifier::REVERSED]);
        let words = (0..12u16, 0..4u16, text, fg, adds);
        let words = words.prop_map(|(x, y, text, fg, adds)| Words { x, y, text, fg, adds });
        let changes = prop::collection::vec((any::<prop::sample::Index>(), words.clone()), 0..6);
        (prop::collection::vec(words, 1..8), changes).prop_map(|(first, changes)| {
            let mut frames = vec![first];
            for (at, words) in changes {
                let mut next = frames.last().cloned().unwrap_or_default();
                let at = at.index(next.len());
                next[at] = words;
                frames.push(next);
            }
            frames
        })
    }

    fn draw(frame: &[Words], buffer: &mut Buffer) {
        for words in frame {
            let look = Style::new().fg(words.fg).add_modifier(words.adds);
            buffer.set_string(words.x, words.y, &words.text, look);
        }
    }

    proptest! {
        #![proptest_config(crate::laws::config(2_000))]

        #[test]
        fn the_terminal_is_sent_what_it_would_be_if_every_cell_were_looked_at(frames in frames()) {
            let (mut canvas, mut before) = (Canvas::new(AREA), Buffer::empty(AREA));
            for frame in &frames {
                let mut whole = Buffer::empty(AREA);
                draw(frame, &mut whole);
                let ours = |lines: &mut Lines, buffer: &mut Buffer| {
                    lines.empty_rest(buffer);
                    draw(frame, buffer);
                    None
                };
                let mut sent = Vec::new();
                let send = |cells: &mut dyn Iterator<Item = (u16, u16, &Cell)>| {
                    sent.extend(cells.map(|(x, y, cell)| (x, y, cell.clone())));
                    Ok::<(), ()>(())
                };
                canvas.draw(ours, |_| {}, send).unwrap();
                let all: Vec<_> = before.diff_iter(&whole).map(|(x, y, cell)| (x, y, cell.clone())).collect();
                prop_assert_eq!(sent, all);
                before = whole;
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
            canvas.draw(names, |_| {}, |cells| backend.draw(cells)).unwrap();
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
            canvas.draw(|_, _| None, |_| {}, |cells| TestBackend::new(width, height).draw(cells)).unwrap();
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
            canvas.draw(draw, paint, |cells| backend.draw(cells)).unwrap();
            assert_eq!(painted.take(), lines);
            assert!(backend.buffer().content.iter().all(|cell| cell.bg == Color::Blue));
        }
    }
}

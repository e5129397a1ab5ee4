//! What the terminal shows, line by line. A frame is drawn over the one before, most of whose lines stand; of the others
//! those cells are sent that come out otherwise.

use std::ops::Range;

use ratatui::buffer::{Buffer, Cell, CellWidth};
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use crate::view::lines::Lines;
use crate::view::theme::{PLAIN, Painter, look};

/// The last frame, over which the next is drawn, and the lines that are shown.
pub struct Canvas {
    frame: Buffer,
    told: Lines,
    lines: Vec<Line>,
    /// Room for the text of a run.
    text: String,
}

/// Cells side by side that come out otherwise than before, and in one look.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Run<'a> {
    /// The column and line of the first.
    pub at: (u16, u16),
    /// Those behind the last. How far a glyph goes that has not one cell is the terminal's opinion: it ends its run, and
    /// behind it nothing is known.
    pub next: Option<(u16, u16)>,
    pub look: Style,
    pub text: &'a str,
}

/// Makes runs of cells.
struct Runs<S> {
    send: S,
    at: (u16, u16),
    next: Option<(u16, u16)>,
    look: Style,
    text: String,
}

impl<S: FnMut(Run<'_>)> Runs<S> {
    /// The cells that come from here on have this look.
    fn set_look(&mut self, look: Style) {
        if look != self.look {
            self.flush();
            self.look = look;
        }
    }

    /// A cell; `wide`: how many cells its symbol takes is the terminal's opinion.
    fn put(&mut self, x: u16, y: u16, symbol: &str, wide: bool) {
        if self.next != Some((x, y)) {
            self.flush();
            self.at = (x, y);
        }
        self.text.push_str(symbol);
        self.next = Some((x.saturating_add(1), y));
        if wide {
            self.next = None;
            self.flush();
        }
    }

    fn flush(&mut self) {
        let Self { send, at, next, look, text } = self;
        if !text.is_empty() {
            send(Run { at: *at, next: *next, look: *look, text });
            text.clear();
            *at = next.unwrap_or_default();
        }
    }
}

/// A line as it is shown.
#[derive(Clone, Default)]
struct Line {
    /// As it was drawn; empty where the terminal shows nothing yet.
    drawn: Vec<Cell>,
    /// Whether there is a glyph in it that has not one cell.
    wide: bool,
}

/// Variation selector 16.
const EMOJI: char = '\u{fe0f}';

/// What costs least, and tells most symbols apart, is asked first.
fn alike(a: &str, b: &str) -> bool {
    match (a.as_bytes(), b.as_bytes()) {
        ([a], [b]) => a == b,
        (a, b) => a == b,
    }
}

/// From where to where a line has changed.
fn changed(drawn: &[Cell], cells: &[Cell]) -> Option<Range<usize>> {
    if drawn.is_empty() {
        return Some(0..cells.len());
    }
    let differ = |(a, b): (&Cell, &Cell)| {
        !alike(a.symbol(), b.symbol()) || a.modifier != b.modifier || a.fg != b.fg || a.bg != b.bg
    };
    let first = drawn.iter().zip(cells).position(differ)?;
    let last = drawn.iter().zip(cells).rposition(differ)?;
    Some(first..last + 1)
}

/// Whether its glyph has not one cell. A letter needs no look into the tables.
fn is_wide(cell: &Cell) -> bool {
    cell.symbol().len() != 1 && cell.cell_width() != 1
}

impl Canvas {
    /// For a terminal of this size that shows nothing yet.
    pub fn new(area: Rect) -> Self {
        let lines = vec![Line::default(); area.height.into()];
        Self { frame: Buffer::empty(area), told: Lines::new(area.height), lines, text: String::new() }
    }

    /// The size of the terminal.
    pub fn area(&self) -> Rect {
        self.frame.area
    }

    /// The terminal was cleared.
    pub fn clear(&mut self) {
        *self = Self::new(self.area());
    }

    /// Draws a frame, and sends what comes out otherwise than before, painted; returns where the caret belongs.
    pub fn draw(
        &mut self,
        draw: impl FnOnce(&mut Lines, &mut Buffer) -> Option<Position>,
        painter: Painter<'_>,
        send: impl FnMut(Run<'_>),
    ) -> Option<Position> {
        self.told.begin();
        let caret = draw(&mut self.told, &mut self.frame);
        let text = std::mem::take(&mut self.text);
        let mut runs = Runs { send, at: (0, 0), next: None, look: PLAIN, text };
        let area = self.frame.area;
        // Where there is no width there are no cells.
        let width = usize::from(area.width.max(1));
        let cells = self.frame.content.chunks_exact(width);
        for (n, (line, cells)) in self.lines.iter_mut().zip(cells).enumerate() {
            let range = if self.told.stands(n) { None } else { changed(&line.drawn, cells) };
            let Some(range) = range else { continue };
            let y = area.y.saturating_add(u16::try_from(n).unwrap_or(u16::MAX));
            let new = cells.get(range.clone()).unwrap_or_default();
            if line.wide || new.iter().any(is_wide) {
                line.send_all(cells, Rect { y, height: 1, ..area }, painter, &mut runs);
            } else {
                let x = area.x.saturating_add(u16::try_from(range.start).unwrap_or(u16::MAX));
                line.send(new, range, (x, y), painter, &mut runs);
            }
        }
        runs.flush();
        self.text = runs.text;
        caret
    }
}

impl Line {
    /// Sends what has changed in a line whose glyphs have one cell each, and before had.
    fn send(
        &mut self,
        new: &[Cell],
        range: Range<usize>,
        (x, y): (u16, u16),
        painter: Painter<'_>,
        runs: &mut Runs<impl FnMut(Run<'_>)>,
    ) {
        let shown = !self.drawn.is_empty();
        self.drawn.resize(self.drawn.len().max(range.end), Cell::EMPTY);
        let old = self.drawn.get_mut(range).unwrap_or_default();
        // Most cells are like the one before, and were.
        let mut marks = None;
        let mut same = false;
        for ((old, new), x) in old.iter_mut().zip(new).zip(x..) {
            let now = Some((new.fg, new.bg, new.modifier, old.fg, old.bg, old.modifier));
            if now != marks {
                marks = now;
                let look = painter.look(new);
                same = look == if shown { painter.look(old) } else { PLAIN };
                runs.set_look(look);
            }
            let symbol = painter.symbol(new);
            if !same || !alike(symbol, if shown { painter.symbol(old) } else { " " }) {
                runs.put(x, y, symbol, false);
            }
            old.clone_from(new);
        }
    }

    /// The same where glyphs cover the cells behind them, or did: which cells that spares and which it leaves in a look
    /// that is not theirs, ratatui knows, for all glyphs whose width is the same everywhere.
    fn send_all(
        &mut self,
        new: &[Cell],
        area: Rect,
        painter: Painter<'_>,
        runs: &mut Runs<impl FnMut(Run<'_>)>,
    ) {
        let painted = |cells: &[Cell]| {
            let mut content = cells.to_vec();
            painter.paint(&mut content);
            Buffer { area, content }
        };
        let before = if self.drawn.is_empty() { Buffer::empty(area) } else { painted(&self.drawn) };
        let after = painted(new);
        // The cells up to here have been sent.
        let mut sent = area.x;
        for (x, y, cell) in before.diff_iter(&after) {
            if x < sent {
                continue;
            }
            // An emoji that a variation selector makes one has two cells on one terminal and one on another. Behind it
            // everything has its place on both; what it covers is sent before it, or it would lose its second half.
            let behind = x.saturating_add(cell.cell_width().max(1));
            if cell.symbol().contains(EMOJI) {
                for x in x.saturating_add(1)..behind.min(area.right()) {
                    let Some(covered) = after.cell((x, y)) else { continue };
                    runs.set_look(look(covered));
                    runs.put(x, y, covered.symbol(), false);
                }
                sent = behind;
            }
            runs.set_look(look(cell));
            runs.put(x, y, cell.symbol(), is_wide(cell));
        }
        self.drawn.clear();
        self.drawn.extend_from_slice(new);
        self.wide = new.iter().any(is_wide);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::core::look::{Look, Paint, Role, Theme};
    use crate::view::theme::{style, theirs};

    const AREA: Rect = Rect { x: 0, y: 0, width: 12, height: 4 };

    #[derive(Clone, Debug)]
    struct Words {
        x: u16,
        y: u16,
        text: String,
        look: Style,
    }

    type Sent = ((u16, u16), Option<(u16, u16)>, Style, String);

    /// One whose ground is not the terminal's own, and in which several roles look the same.
    fn blue() -> Theme {
        let ground = Some(Paint::Ansi(4));
        let look = |n| Look { ground, dim: n == Role::Quiet as usize, ..Look::default() };
        Theme { looks: (0..Role::ALL.len()).map(look).collect() }
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
            "…",
            "▸",
        ]);
        let text = prop::collection::vec(part, 0..8).prop_map(|parts| parts.concat());
        let roles = [Role::Plain, Role::Title, Role::Quiet, Role::Chosen, Role::Mark, Role::Field];
        let looks = roles.into_iter().flat_map(|role| [style(role), theirs(style(role))]);
        let look = prop::sample::select(looks.collect::<Vec<_>>());
        let words = (0..12u16, 0..4u16, text, look);
        let words = words.prop_map(|(x, y, text, look)| Words { x, y, text, look });
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
            buffer.set_string(words.x, words.y, &words.text, words.look);
        }
    }

    /// What ratatui would send of all cells, in runs, but for what an emoji covers, which comes before it.
    fn expected(before: &Buffer, whole: &Buffer) -> Vec<Sent> {
        let mut cells: Vec<(u16, u16, &Cell, bool)> = Vec::new();
        let diff: Vec<_> = before.diff_iter(whole).collect();
        for (x, y, cell) in &diff {
            let covered =
                |(ex, ey, e): &(u16, u16, &Cell)| ey == y && ex + 1 == *x && e.symbol().contains(EMOJI);
            if diff.iter().any(covered) {
                continue;
            }
            if cell.symbol().contains(EMOJI) && cell.cell_width() == 2 {
                cells.push((x + 1, *y, &whole[(x + 1, *y)], false));
            }
            cells.push((*x, *y, cell, cell.cell_width() != 1));
        }
        let mut all: Vec<Sent> = Vec::new();
        for (x, y, cell, ends) in cells {
            let next = Some((x + 1, y)).filter(|_| !ends);
            match all.last_mut() {
                Some((_, end, with, text)) if *end == Some((x, y)) && *with == look(cell) => {
                    *end = next;
                    text.push_str(cell.symbol());
                }
                _ => all.push(((x, y), next, look(cell), cell.symbol().to_owned())),
            }
        }
        all
    }

    proptest! {
        #![proptest_config(crate::laws::config(2_000))]

        #[test]
        fn the_terminal_is_sent_what_it_would_be_if_every_cell_were_looked_at(
            frames in frames(), plain in any::<bool>(), ascii in any::<bool>(),
        ) {
            let theme = if plain { Theme::colourless() } else { blue() };
            let painter = Painter::new(&theme, ascii);
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
                canvas.draw(ours, painter, |run| sent.push((run.at, run.next, run.look, run.text.to_owned())));
                painter.paint(&mut whole.content);
                prop_assert_eq!(sent, expected(&before, &whole));
                before = whole;
            }
        }
    }

    /// What is sent of a frame that says one thing.
    fn sent(canvas: &mut Canvas, theme: &Theme, words: &str) -> Vec<((u16, u16), String)> {
        let mut sent = Vec::new();
        let draw = |lines: &mut Lines, buffer: &mut Buffer| {
            lines.empty_rest(buffer);
            buffer.set_string(2, 1, words, Style::new());
            Some(Position::new(2, 1))
        };
        let caret =
            canvas.draw(draw, Painter::new(theme, false), |run| sent.push((run.at, run.text.to_owned())));
        assert_eq!(caret, Some(Position::new(2, 1)));
        sent
    }

    #[test]
    fn a_frame_like_the_last_sends_nothing_and_after_a_clearing_all_of_it_is_sent() {
        let (mut canvas, theme) = (Canvas::new(AREA), Theme::colourless());
        let names = [((2, 1), "names".to_owned())];
        assert_eq!(sent(&mut canvas, &theme, "names"), names);
        assert_eq!(sent(&mut canvas, &theme, "names"), []);
        assert_eq!(sent(&mut canvas, &theme, "namen"), [((6, 1), "n".to_owned())]);
        canvas.clear();
        assert_eq!(sent(&mut canvas, &theme, "names"), names);
    }

    #[test]
    fn what_an_emoji_covers_is_sent_before_it_and_what_follows_has_its_place_on_every_terminal() {
        let (mut canvas, theme) = (Canvas::new(AREA), Theme::colourless());
        let run = |x, text: &str| ((x, 1), text.to_owned());
        sent(&mut canvas, &theme, "abcd");
        assert_eq!(
            sent(&mut canvas, &theme, "⚠\u{fe0f}xy"),
            [run(3, " "), run(2, "⚠\u{fe0f}"), run(4, "xy")]
        );
    }

    #[test]
    fn a_terminal_without_a_cell_is_drawn_on_without_a_panic() {
        for (width, height) in [(0, 0), (0, 3), (3, 0)] {
            let mut canvas = Canvas::new(Rect { width, height, ..AREA });
            let theme = blue();
            canvas.draw(|_, _| None, Painter::new(&theme, false), |_| panic!("there is no cell"));
        }
    }

    #[test]
    fn a_ground_of_the_theme_is_sent_also_where_nothing_is_drawn_and_later_where_something_changed() {
        let (mut canvas, theme) = (Canvas::new(AREA), blue());
        let blank = |y| ((0, y), " ".repeat(12));
        assert_eq!(sent(&mut canvas, &theme, ""), [0, 1, 2, 3].map(blank));
        assert_eq!(sent(&mut canvas, &theme, "a"), [((2, 1), "a".to_owned())]);
        assert_eq!(sent(&mut canvas, &theme, ""), [((2, 1), " ".to_owned())]);
    }
}

//! A terminal's screen as a picture: one piece of text for each run of cells that look alike.

use std::fmt::Write as _;

use termlens::{Cell, Color, CursorShape, Screen, Style};

/// Width and height of a cell, and the letters' baseline in it.
const CELL: (u16, u16) = (9, 19);
const BASELINE: u16 = 14;
const MARGIN: u16 = 10;

/// The screen as SVG.
pub fn draw(screen: &Screen) -> String {
    let (cols, rows) = screen.size();
    let (width, height) = (cols * CELL.0 + 2 * MARGIN, rows * CELL.1 + 2 * MARGIN);
    let corner = screen.cell(0, 0).unwrap().style();
    let paper = color(corner.bg);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-family=\"ui-monospace, \
         'DejaVu Sans Mono', Menlo, Consolas, monospace\" font-size=\"15\" shape-rendering=\"crispEdges\" xml:space=\"preserve\">\n\
         <rect width=\"{width}\" height=\"{height}\" rx=\"8\" fill=\"{paper}\"/>\n"
    );
    for row in 0..rows {
        for run in runs(screen, row) {
            run.draw(row, &paper, &mut out);
        }
    }
    caret(screen, &mut out);
    out.push_str("</svg>\n");
    out
}

/// Cells side by side that look alike.
struct Run<'a> {
    col: u16,
    cells: u16,
    style: &'a Style,
    text: String,
}

fn runs(screen: &Screen, row: u16) -> Vec<Run<'_>> {
    let mut runs: Vec<Run<'_>> = Vec::new();
    let cells = (0..screen.cols()).filter_map(|col| screen.cell(row, col).map(|cell| (col, cell)));
    for (col, cell) in cells {
        let text =
            if cell.contents().is_empty() && !cell.is_wide_continuation() { " " } else { cell.contents() };
        match runs.last_mut() {
            Some(run) if run.goes_on(cell) => {
                run.cells += 1;
                run.text.push_str(text);
            }
            Some(_) | None => {
                runs.push(Run { col, cells: 1, style: cell.style(), text: text.to_owned() });
            }
        }
    }
    runs
}

impl Run<'_> {
    /// Letters of other scripts and long gaps begin a run of their own, so that no font can shift what follows them.
    fn goes_on(&self, cell: &Cell) -> bool {
        let frame = |text: &str| text.chars().any(|sign| arms(sign).is_some());
        if frame(&self.text) || frame(cell.contents()) {
            return self.style == cell.style() && self.text.ends_with('─') && cell.contents() == "─";
        }
        let gap =
            self.text.ends_with("   ") != (self.text.ends_with("  ") && cell.contents().trim().is_empty());
        cell.is_wide_continuation()
            || (self.style == cell.style() && !cell.is_wide() && self.text.is_ascii() && !gap)
            || (self.style == cell.style() && !self.text.is_ascii() && self.text.ends_with(cell.contents()))
    }

    fn draw(&self, row: u16, paper: &str, out: &mut String) {
        let (x, y) = (MARGIN + self.col * CELL.0, MARGIN + row * CELL.1);
        let width = self.cells * CELL.0;
        let (mut ink, mut ground) = (color(self.style.fg), color(self.style.bg));
        if self.style.reverse {
            std::mem::swap(&mut ink, &mut ground);
        }
        if ground != paper {
            let height = CELL.1;
            let _ = writeln!(
                out,
                "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"{ground}\"/>"
            );
        }
        if self.style.underline {
            let under = y + BASELINE + 3;
            let _ = writeln!(
                out,
                "<rect x=\"{x}\" y=\"{under}\" width=\"{width}\" height=\"1\" fill=\"{ink}\"/>"
            );
        }
        if let Some(arms) = self.text.chars().next().and_then(arms) {
            return frame(arms, (x, y), width, &ink, out);
        }
        let text = self.text.trim_end();
        if text.trim().is_empty() {
            return;
        }
        let letters = text.trim_start();
        let before = u16::try_from(text.len() - letters.len()).unwrap();
        let behind = u16::try_from(self.text.len() - text.len()).unwrap();
        let (x, y) = (x + before * CELL.0, y + BASELINE);
        // Whatever the font's own width is, the columns stand where they stand in a terminal.
        let length = (self.cells - before - behind) * CELL.0;
        let weight = if self.style.bold { " font-weight=\"bold\"" } else { "" };
        let slant = if self.style.italic { " font-style=\"italic\"" } else { "" };
        let text = letters.replace('&', "&amp;").replace('<', "&lt;");
        let _ = writeln!(
            out,
            "<text x=\"{x}\" y=\"{y}\" textLength=\"{length}\" fill=\"{ink}\"{weight}{slant}>{text}</text>"
        );
    }
}

/// Which ways a line of a frame goes from the middle of its cell: left, right, up, down.
fn arms(sign: char) -> Option<[bool; 4]> {
    Some(match sign {
        '─' => [true, true, false, false],
        '│' => [false, false, true, true],
        '┌' => [false, true, false, true],
        '┐' => [true, false, false, true],
        '└' => [false, true, true, false],
        '┘' => [true, false, true, false],
        _ => return None,
    })
}

/// Lines without the gaps that letters have between lines of text.
fn frame([left, right, up, down]: [bool; 4], (x, y): (u16, u16), width: u16, ink: &str, out: &mut String) {
    let (middle, centre) = (x + CELL.0 / 2, y + CELL.1 / 2);
    let mut rect = |x: u16, y: u16, width: u16, height: u16| {
        let _ =
            writeln!(out, "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"{ink}\"/>");
    };
    if left || right {
        let from = if left { x } else { middle };
        let to = if right { x + width } else { middle + 1 };
        rect(from, centre, to - from, 1);
    }
    if up || down {
        let from = if up { y } else { centre };
        let to = if down { y + CELL.1 } else { centre + 1 };
        rect(middle, from, 1, to - from);
    }
}

/// The bar of a text field. On a list the caret only marks the selected row, which is seen without it.
fn caret(screen: &Screen, out: &mut String) {
    let (row, col, visible) = screen.cursor();
    if !visible || screen.cursor_shape() != CursorShape::Bar {
        return;
    }
    let (x, y, height) = (MARGIN + col * CELL.0, MARGIN + row * CELL.1, CELL.1);
    let ink = color(screen.cell(row, col).unwrap().style().fg);
    let _ = writeln!(out, "<rect x=\"{x}\" y=\"{y}\" width=\"2\" height=\"{height}\" fill=\"{ink}\"/>");
}

fn color(color: Color) -> String {
    match color {
        Color::Rgb(r, g, b) => format!("#{r:02x}{g:02x}{b:02x}"),
        other @ (Color::Default | Color::Indexed(_)) => panic!("{other} is no colour of a theme"),
    }
}

/// A picture without what may differ between two runs of the same program: digits that count time, and request IDs.
pub fn masked(picture: &str) -> String {
    let mut out = String::with_capacity(picture.len());
    for line in picture.lines() {
        let Some((head, text)) = line.strip_suffix("</text>").and_then(|line| line.split_once('>')) else {
            out.push_str(line);
            out.push('\n');
            continue;
        };
        out.push_str(head);
        for word in text.split(' ') {
            let id = word.len() == 36 && word.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
            let digits = |c: char| if c.is_ascii_digit() { '0' } else { c };
            let word = if id { "ID".to_owned() } else { word.chars().map(digits).collect() };
            let _ = write!(out, " {word}");
        }
        out.push('\n');
    }
    out
}

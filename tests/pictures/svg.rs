//! Screens as pictures: one piece of text for each run of cells that look alike. Knows no terminal: the README's pictures
//! come from a pseudo-terminal, the sheets of all screens from ratatui's buffers.

use std::fmt::Write as _;

/// Width and height of a cell, and the letters' baseline in it.
const CELL: (u16, u16) = (9, 19);
const BASELINE: u16 = 14;
pub const MARGIN: u16 = 10;

/// How a cell looks, its colours as SVG names them.
#[derive(Clone, PartialEq, Eq)]
pub struct Look {
    pub ink: String,
    pub ground: String,
    pub bold: bool,
    pub italic: bool,
    pub underline: bool,
}

/// One cell; one that a wide letter reaches into has no width.
pub struct Cell {
    pub text: String,
    pub width: u16,
    pub look: Look,
}

/// A screen, row by row.
pub struct Grid {
    pub cols: u16,
    pub cells: Vec<Cell>,
    /// The colour of text that names none; empty where each names its own.
    pub ink: String,
    /// What is behind everything.
    pub paper: String,
    /// Column and row of a text field's bar. On a list the caret only marks the selected row, which is seen without it.
    pub caret: Option<(u16, u16)>,
}

impl Grid {
    fn rows(&self) -> impl Iterator<Item = (u16, &[Cell])> {
        (0..).zip(self.cells.chunks(usize::from(self.cols)))
    }

    /// Width and height of its picture.
    pub fn size(&self) -> (u16, u16) {
        let rows = u16::try_from(self.rows().count()).unwrap();
        (self.cols * CELL.0 + 2 * MARGIN, rows * CELL.1 + 2 * MARGIN)
    }

    /// What stands in the picture.
    pub fn draw(&self, out: &mut String) {
        let ((width, height), paper) = (self.size(), &self.paper);
        let _ = writeln!(out, "<rect width=\"{width}\" height=\"{height}\" rx=\"8\" fill=\"{paper}\"/>");
        for (row, cells) in self.rows() {
            for run in runs(cells) {
                run.draw(row, self, out);
            }
        }
        if let Some((col, row)) = self.caret {
            let (x, y, height) = (MARGIN + col * CELL.0, MARGIN + row * CELL.1, CELL.1);
            let ink = &self.cells[usize::from(row * self.cols + col)].look.ink;
            let _ =
                writeln!(out, "<rect x=\"{x}\" y=\"{y}\" width=\"2\" height=\"{height}\" fill=\"{ink}\"/>");
        }
    }
}

/// A whole picture of this size.
pub fn page((width, height): (u16, u16), inside: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-family=\"ui-monospace, \
         'DejaVu Sans Mono', Menlo, Consolas, monospace\" font-size=\"15\" shape-rendering=\"crispEdges\" xml:space=\"preserve\">\n\
         {inside}</svg>\n"
    )
}

/// Cells side by side that look alike.
struct Run<'a> {
    col: u16,
    cells: u16,
    look: &'a Look,
    text: String,
}

fn runs(row: &[Cell]) -> Vec<Run<'_>> {
    let mut runs: Vec<Run<'_>> = Vec::new();
    for (col, cell) in (0..).zip(row) {
        let text = if cell.text.is_empty() && cell.width > 0 { " " } else { &cell.text };
        match runs.last_mut() {
            Some(run) if run.goes_on(cell) => {
                run.cells += 1;
                run.text.push_str(text);
            }
            Some(_) | None => {
                runs.push(Run { col, cells: 1, look: &cell.look, text: text.to_owned() });
            }
        }
    }
    runs
}

impl Run<'_> {
    /// Letters of other scripts and long gaps begin a run of their own, so that no font can shift what follows them.
    fn goes_on(&self, cell: &Cell) -> bool {
        let frame = |text: &str| text.chars().any(|sign| arms(sign).is_some());
        if frame(&self.text) || frame(&cell.text) {
            return *self.look == cell.look && self.text.ends_with('─') && cell.text == "─";
        }
        let gap = self.text.ends_with("   ") != (self.text.ends_with("  ") && cell.text.trim().is_empty());
        cell.width == 0
            || (*self.look == cell.look && cell.width == 1 && self.text.is_ascii() && !gap)
            || (*self.look == cell.look && !self.text.is_ascii() && self.text.ends_with(&cell.text))
    }

    fn draw(&self, row: u16, grid: &Grid, out: &mut String) {
        let (x, y) = (MARGIN + self.col * CELL.0, MARGIN + row * CELL.1);
        let width = self.cells * CELL.0;
        let (ink, ground) = (&self.look.ink, &self.look.ground);
        if *ground != grid.paper {
            let height = CELL.1;
            let _ = writeln!(
                out,
                "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"{ground}\"/>"
            );
        }
        if self.look.underline {
            let under = y + BASELINE + 3;
            let _ = writeln!(
                out,
                "<rect x=\"{x}\" y=\"{under}\" width=\"{width}\" height=\"1\" fill=\"{ink}\"/>"
            );
        }
        if let Some(arms) = self.text.chars().next().and_then(arms) {
            return frame(arms, (x, y), width, ink, out);
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
        let weight = if self.look.bold { " font-weight=\"bold\"" } else { "" };
        let slant = if self.look.italic { " font-style=\"italic\"" } else { "" };
        let fill = if *ink == grid.ink { String::new() } else { format!(" fill=\"{ink}\"") };
        let text = letters.replace('&', "&amp;").replace('<', "&lt;");
        let _ = writeln!(
            out,
            "<text x=\"{x}\" y=\"{y}\" textLength=\"{length}\"{fill}{weight}{slant}>{text}</text>"
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

/// A line a pixel wide is gone where a page shows the picture smaller than it is.
const STROKE: u16 = 2;

/// Lines without the gaps that letters have between lines of text.
fn frame([left, right, up, down]: [bool; 4], (x, y): (u16, u16), width: u16, ink: &str, out: &mut String) {
    let (middle, centre) = (x + CELL.0 / 2, y + CELL.1 / 2);
    let mut rect = |x: u16, y: u16, width: u16, height: u16| {
        let _ =
            writeln!(out, "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"{ink}\"/>");
    };
    if left || right {
        let from = if left { x } else { middle };
        let to = if right { x + width } else { middle + STROKE };
        rect(from, centre, to - from, STROKE);
    }
    if up || down {
        let from = if up { y } else { centre };
        let to = if down { y + CELL.1 } else { centre + STROKE };
        rect(middle, from, STROKE, to - from);
    }
}

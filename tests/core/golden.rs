//! Golden screens: the text, then the runs of style, then the caret. Plain text alone would be blind to two of three.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::PathBuf;

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use ratatui::style::Color;
use retitle::core::model::Model;
use retitle::core::msg::Size;
use retitle::view;

use crate::scenes::Scene;

/// A screen as it was drawn.
pub struct Drawn {
    pub buffer: Buffer,
    pub caret: (u16, u16),
}

impl Drawn {
    pub fn of(model: &Model) -> Self {
        let Size { width, height } = model.size;
        let mut buffer = Buffer::empty(Rect { x: 0, y: 0, width, height });
        let caret = view::draw(model, &mut buffer).unwrap_or_default();
        Self { buffer, caret: (caret.x, caret.y) }
    }

    fn cells(&self, y: u16) -> impl Iterator<Item = (u16, &Cell)> {
        (0..self.buffer.area.width).map(move |x| (x, &self.buffer[(x, y)]))
    }

    /// The lines, without blanks at their ends.
    pub fn text(&self) -> Vec<String> {
        let line = |y| {
            let mut line = String::new();
            let mut behind = 0;
            for (_, cell) in self.cells(y) {
                if behind == 0 {
                    line.push_str(cell.symbol());
                    behind = unicode_width::UnicodeWidthStr::width(cell.symbol()).saturating_sub(1);
                } else {
                    behind -= 1;
                }
            }
            line.trim_end().to_owned()
        };
        (0..self.buffer.area.height).map(line).collect()
    }

    /// The runs of style, a line for each line of the screen that has any.
    pub fn styles(&self) -> Vec<String> {
        let line = |y| {
            let mut runs: Vec<(u16, u16, String)> = Vec::new();
            for (x, cell) in self.cells(y) {
                let look = look(cell);
                match runs.last_mut() {
                    Some((_, end, last)) if *last == look => *end = x,
                    Some(_) | None => runs.push((x, x, look)),
                }
            }
            let runs = runs.iter().filter(|(.., look)| !look.is_empty());
            let runs: String = runs.map(|(from, to, look)| format!(" {from}-{to} {look};")).collect();
            (!runs.is_empty()).then(|| format!("{y:>3}:{runs}"))
        };
        (0..self.buffer.area.height).filter_map(line).collect()
    }
}

fn look(cell: &Cell) -> String {
    let mut look = Vec::new();
    if cell.fg != Color::Reset {
        look.push(format!("{:?}", cell.fg));
    }
    if cell.bg != Color::Reset {
        look.push(format!("on {:?}", cell.bg));
    }
    if !cell.modifier.is_empty() {
        look.push(format!("{:?}", cell.modifier));
    }
    look.join(" ")
}

/// One state as its file holds it. Several empty lines in a row are one that counts them.
pub fn render(model: &Model) -> String {
    let drawn = Drawn::of(model);
    let mut out = String::new();
    for lines in drawn.text().chunk_by(|a, b| a.is_empty() && b.is_empty()) {
        match lines {
            [line] => drop(writeln!(out, "{line}")),
            lines => drop(writeln!(out, "⋮ {} empty lines", lines.len())),
        }
    }
    out.push_str("--- styles\n");
    for line in drawn.styles() {
        let _ = writeln!(out, "{line}");
    }
    let (x, y) = drawn.caret;
    let _ = writeln!(out, "--- caret {x},{y}");
    out
}

/// One scene at all its sizes.
pub fn of(scene: &Scene) -> String {
    let at = |size: &Size| format!("=== {}x{}\n{}", size.width, size.height, render(&scene.at(*size)));
    scene.sizes.iter().map(at).collect()
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/core/screens")
}

fn accepts() -> bool {
    std::env::var_os("UPDATE").is_some()
}

/// Compares with `tests/core/screens/NAME.golden`; `UPDATE=1` writes them.
pub fn compare(files: BTreeMap<String, String>) {
    let mut differ = String::new();
    for (name, found) in files {
        let path = folder().join(format!("{name}.golden"));
        if accepts() {
            std::fs::write(&path, &found).unwrap();
            continue;
        }
        let golden = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
        if golden == found {
            continue;
        }
        let (old, new): (Vec<_>, Vec<_>) = (golden.lines().collect(), found.lines().collect());
        let at = old.iter().zip(&new).position(|(a, b)| a != b).unwrap_or(old.len().min(new.len()));
        let around = |lines: &[&str]| {
            let from = at.saturating_sub(3);
            lines.iter().skip(from).take(9).map(|line| format!("    {line}\n")).collect::<String>()
        };
        let _ = write!(
            differ,
            "{name} differs from line {} on\n  was\n{}  is\n{}",
            at + 1,
            around(&old),
            around(&new)
        );
    }
    assert!(differ.is_empty(), "UPDATE=1 cargo test accepts, git diff shows what:\n{differ}");
}

/// Refuses a file that belongs to no scene; `UPDATE=1` removes it.
pub fn only(names: &BTreeSet<String>) {
    for file in std::fs::read_dir(folder()).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        if names.contains(&name) {
            continue;
        }
        assert!(accepts(), "{name}.golden belongs to no scene");
        std::fs::remove_file(&path).unwrap();
    }
}

//! The scenes as pictures for people: `assets/screens/all` has a sheet for each, the screen at three sizes side by side
//! with itself in the dark, in the light and without colours. `UPDATE=1` (or `scripts/pictures`) draws them anew.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use ratatui::buffer::Cell as Drew;
use ratatui::style::{Color, Modifier};
use retitle::core::look::Theme;
use retitle::core::model::Mode;
use retitle::core::model::{Model, Overlay};
use retitle::core::msg::Size;
use retitle::store::config::theme;
use unicode_width::UnicodeWidthStr;

use crate::golden::Drawn;
use crate::scenes::{Scene, TOPICS};
use crate::svg::{self, Cell, Grid, Look};

/// A big window, in the place of the goldens' wide one.
const BIG: Size = Size { width: 200, height: 60 };
/// The colours of a terminal that is asked for none: text, dim text, ground.
const PLAIN: [&str; 3] = ["#d0d0d0", "#8c8c8c", "#101010"];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/screens/all")
}

/// The themes that stand side by side.
fn looks() -> [Theme; 3] {
    let theme = |name| theme::find(name, Path::new("none")).unwrap();
    [theme("dark"), theme("light"), Theme::colourless()]
}

fn color(color: Color, plain: &str) -> String {
    match color {
        Color::Rgb(r, g, b) => format!("#{r:02x}{g:02x}{b:02x}"),
        Color::Reset => plain.to_owned(),
        other => panic!("{other} is no colour of these looks"),
    }
}

fn cell(cell: &Drew, continued: bool) -> Cell {
    let has = |modifier| cell.modifier.contains(modifier);
    let [text, dim, paper] = PLAIN;
    let mut ink = color(cell.fg, if has(Modifier::DIM) { dim } else { text });
    let mut ground = color(cell.bg, paper);
    if has(Modifier::REVERSED) {
        std::mem::swap(&mut ink, &mut ground);
    }
    let look = Look {
        ink,
        ground,
        bold: has(Modifier::BOLD),
        italic: has(Modifier::ITALIC),
        underline: has(Modifier::UNDERLINED),
    };
    let width = if continued { 0 } else { u16::try_from(cell.symbol().width()).unwrap() };
    Cell { text: if continued { String::new() } else { cell.symbol().to_owned() }, width, look }
}

/// Whether text goes in where the caret is.
fn types(model: &Model) -> bool {
    match model.overlays.last() {
        None => !matches!(model.mode, Mode::Browse),
        Some(Overlay::Menu(_)) => true,
        Some(Overlay::History(history)) => history.filtering,
        Some(Overlay::Bulk(bulk)) => !matches!(bulk.part, retitle::core::bulk::Part::Table),
        Some(Overlay::SignIn | Overlay::Reading(_) | Overlay::Conflict(_) | Overlay::Batch { .. }) => false,
    }
}

fn grid(model: &Model) -> Grid {
    let drawn = Drawn::of(model);
    let mut behind = 0;
    let cells = drawn.buffer.content.iter().map(|drew| {
        let cell = cell(drew, behind > 0);
        behind = if cell.width > 0 { cell.width - 1 } else { behind - 1 };
        cell
    });
    let cells: Vec<Cell> = cells.collect();
    let paper = cells.last().unwrap().look.ground.clone();
    let ink = cells.last().unwrap().look.ink.clone();
    let caret = types(model).then_some(drawn.caret);
    Grid { cols: model.size.width, cells, ink, paper, caret }
}

/// One scene at each size in each look.
fn sheet(scene: &Scene, looks: &[Theme]) -> String {
    let (mut inside, mut across, mut down) = (String::new(), 0, 0);
    let sizes = scene.sizes.iter().map(|size| if size.width > 100 { BIG } else { *size });
    for size in sizes {
        let (mut x, mut height) = (0, 0);
        for look in looks {
            let mut model = scene.at(size);
            model.settings.theme = look.clone();
            let grid = grid(&model);
            let ink = &grid.ink;
            let _ = writeln!(inside, "<g transform=\"translate({x} {down})\" fill=\"{ink}\">");
            grid.draw(&mut inside);
            inside.push_str("</g>\n");
            x += grid.size().0 + svg::MARGIN;
            height = grid.size().1;
        }
        across = across.max(x - svg::MARGIN);
        down += height + svg::MARGIN;
    }
    svg::page((across, down - svg::MARGIN), &inside)
}

/// The way in: every sheet by its topic.
fn index(topics: &[(&str, Vec<String>)]) -> String {
    let mut out = "# Every screen\n\n\
        One sheet for each state that a person can come to: at 200x60, 80x24 and 40x10 (or those of them that it is about), in \
        the dark theme, in the light one, and where `NO_COLOR` is set. `scripts/pictures` draws them, `cargo test` compares them.\n"
        .to_owned();
    for (topic, names) in topics {
        let _ = write!(out, "\n## {topic}\n\n");
        for name in names {
            let _ = writeln!(out, "- [{name}](all/{name}.svg)");
        }
    }
    out
}

#[test]
fn every_screen_has_a_picture_that_shows_this_program() {
    let update = std::env::var_os("UPDATE").is_some();
    let looks = looks();
    let mut topics = Vec::new();
    let mut files = vec![];
    for (topic, scenes) in TOPICS {
        let scenes = scenes();
        topics.push((topic, scenes.iter().map(|scene| scene.name.clone()).collect::<Vec<_>>()));
        files.extend(
            scenes.iter().map(|scene| (folder().join(format!("{}.svg", scene.name)), sheet(scene, &looks))),
        );
    }
    let mut wanted: BTreeSet<PathBuf> = files.iter().map(|(path, _)| path.clone()).collect();
    files.push((folder().join("../README.md"), index(&topics)));
    if update {
        std::fs::create_dir_all(folder()).unwrap();
    }
    let mut stale = Vec::new();
    for (path, now) in files {
        let kept = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
        if kept != now {
            stale.push(path.clone());
            if update {
                std::fs::write(&path, now).unwrap();
            }
        }
    }
    for file in std::fs::read_dir(folder()).unwrap() {
        let path = file.unwrap().path();
        if !wanted.remove(&path) {
            stale.push(path.clone());
            if update {
                std::fs::remove_file(&path).unwrap();
            }
        }
    }
    assert!(update || stale.is_empty(), "scripts/pictures draws these anew: {stale:#?}");
}

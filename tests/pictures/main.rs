//! The README's pictures, taken of the running demo in a real pseudo-terminal: they fail when they show another program
//! than this one. `scripts/pictures` (or `UPDATE=1`) takes them anew.
//!
//! The demo's clock begins at a moment of its own, so that ages and groups are the same whenever this runs; digits may
//! still differ, for a machine so slow that a minute passes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test that fails says so by panicking"
)]
#![cfg(unix)]

mod svg;

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use svg::{Cell, Grid, Look};
use tempfile::TempDir;
use termlens::{Color, CursorShape, Key, Screen, Terminal};

/// A Wednesday, so that the list has a today, a week and what is older.
const BEGINS: &str = "2026-11-25T14:30:00Z";
/// Wide enough for the preview beside the list.
const SIZE: (u16, u16) = (100, 22);

/// The demo in one theme, and the folder that it lives in.
struct Demo {
    t: Terminal,
    theme: &'static str,
    _folder: TempDir,
}

impl Demo {
    fn start(theme: &'static str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        // A folder as a person has it, so that its name on the sign-in screen is the same each time.
        let state = folder.path().join(".local/state/retitle");
        std::fs::create_dir_all(&state).unwrap();
        std::fs::write(state.join("config.toml"), format!("[ui]\ntheme = \"{theme}\"\n")).unwrap();
        let t = Terminal::builder()
            .size(SIZE.0, SIZE.1)
            .timeout(Duration::from_secs(60))
            .env_clear()
            .env("HOME", folder.path())
            .env("TERM", "xterm-256color")
            .env("COLORTERM", "truecolor")
            .env("LANG", "C.UTF-8")
            .env("TZ", "UTC")
            .env("RETITLE_DEMO_AT", BEGINS)
            .arg("demo")
            .arg("--state-dir")
            .arg(&state)
            .spawn(env!("CARGO_BIN_EXE_retitle"))
            .unwrap();
        Self { t, theme, _folder: folder }
    }

    /// Takes the picture of the sign-in. The demo approves it by itself after four seconds, so where a busy machine was too
    /// slow for it, another demo is begun.
    fn start_with_code(theme: &'static str) -> Self {
        for _ in 0..20 {
            let mut demo = Self::start(theme);
            demo.t
                .wait_until(|s| s.contains("approves this by itself") || s.contains("Signed in as"))
                .unwrap();
            demo.t.wait_stable(Duration::from_millis(150)).unwrap();
            let screen = demo.t.screen();
            if screen.contains("approves this by itself") {
                demo.picture_of(&screen, "sign-in");
                return demo;
            }
        }
        panic!("the demo signs in sooner than its code can be looked at");
    }

    fn press(&mut self, key: Key) {
        self.t.send(key).unwrap();
    }

    fn types(&mut self, text: &str) {
        self.t.send_str(text).unwrap();
    }

    /// Waits for all of these words, and for the screen to rest.
    fn shows(&mut self, words: &[&str]) {
        self.t.wait_until(|s| words.iter().all(|word| s.contains(word))).unwrap();
        self.t.wait_stable(Duration::from_millis(150)).unwrap();
    }

    /// Until a message has gone by itself.
    fn shows_no_more(&mut self, words: &str) {
        self.t.wait_until(|s| !s.contains(words)).unwrap();
    }

    /// Esc, and what lay over the list is gone: a letter right behind it would be one chord with it.
    fn closes(&mut self, words: &str) {
        self.press(Key::Esc);
        self.shows_no_more(words);
    }

    /// Compares the screen with its picture.
    fn picture(&self, name: &str) {
        self.picture_of(&self.t.screen(), name);
    }

    fn picture_of(&self, screen: &Screen, name: &str) {
        let name = if self.theme == "dark" { name.to_owned() } else { format!("{name}-{}", self.theme) };
        let path =
            PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("assets/screens").join(format!("{name}.svg"));
        let now = svg(screen);
        assert!(now.len() < 60_000, "{name}.svg has {} bytes", now.len());
        let kept = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
        if masked(&kept) == masked(&now) {
            return;
        }
        assert!(
            std::env::var_os("UPDATE").is_some(),
            "assets/screens/{name}.svg shows another program. scripts/pictures takes it anew.\n{}",
            screen.text()
        );
        std::fs::write(&path, &now).unwrap();
    }
}

/// A screen as a picture.
fn svg(screen: &Screen) -> String {
    let (cols, rows) = screen.size();
    let cell = |row: u16, col: u16| {
        let cell = screen.cell(row, col).unwrap();
        let style = cell.style();
        let (mut ink, mut ground) = (color(style.fg), color(style.bg));
        if style.reverse {
            std::mem::swap(&mut ink, &mut ground);
        }
        let width = if cell.is_wide_continuation() { 0 } else { 1 + u16::from(cell.is_wide()) };
        let look = Look { ink, ground, bold: style.bold, italic: style.italic, underline: style.underline };
        Cell { text: cell.contents().to_owned(), width, look }
    };
    let cells = (0..rows).flat_map(|row| (0..cols).map(move |col| cell(row, col))).collect();
    let (row, col, visible) = screen.cursor();
    let caret = (visible && screen.cursor_shape() == CursorShape::Bar).then_some((col, row));
    let grid =
        Grid { cols, cells, ink: String::new(), paper: color(screen.cell(0, 0).unwrap().style().bg), caret };
    let mut inside = String::new();
    grid.draw(&mut inside);
    svg::page(grid.size(), &inside)
}

fn color(color: Color) -> String {
    match color {
        Color::Rgb(r, g, b) => format!("#{r:02x}{g:02x}{b:02x}"),
        other @ (Color::Default | Color::Indexed(_)) => panic!("{other} is no colour of a theme"),
    }
}

/// A picture without what may differ between two runs of the same program: digits that count time, request IDs, and the
/// code of a sign-in.
fn masked(picture: &str) -> String {
    let mut out = String::with_capacity(picture.len());
    for line in picture.lines() {
        let Some((head, text)) = line.strip_suffix("</text>").and_then(|line| line.split_once('>')) else {
            out.push_str(line);
            out.push('\n');
            continue;
        };
        out.push_str(head);
        let code = text.split_once("Enter  ").filter(|(_, code)| code.len() == 17);
        let text = code.map_or(text, |(before, _)| before);
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

/// One working day, with a picture at each stop.
fn walk(theme: &'static str) {
    let mut demo = Demo::start_with_code(theme);
    demo.shows(&["Signed in as", "INC-20931"]);
    demo.shows_no_more("Signed in as");
    demo.shows(&["hides this"]);
    demo.closes("hides this");

    demo.press(Key::Char('r'));
    demo.shows(&["editing"]);
    demo.types(" and HR");
    demo.press(Key::Enter);
    demo.shows(&["finance and HR", "saved"]);
    demo.press(Key::Char('j'));
    demo.press(Key::Char('r'));
    demo.shows(&["editing"]);
    demo.press(Key::Ctrl('u'));
    demo.types("IR-115 mailbox forwarding rule");
    demo.shows(&["was: Session", "1 draft"]);
    demo.picture("rename");

    demo.press(Key::Enter);
    demo.shows(&["IR-115 mailbox"]);
    demo.t.wait_until(|s| !s.contains("saving") && !s.contains("queued")).unwrap();
    demo.press(Key::Char(':'));
    demo.types("copy");
    demo.shows(&["/ copy", "copy the session's name"]);
    demo.picture("palette");

    demo.closes("Find a command");
    demo.press(Key::Char('k'));
    demo.press(Key::Char('p'));
    demo.shows(&["PROMPTS", "1. ", "RENAMES HERE"]);
    demo.t.wait_until(|s| !s.contains("Asking Graph") && !s.contains("Reading")).unwrap();
    demo.picture("preview");

    demo.press(Key::Char('p'));
    demo.press(Key::Char('u'));
    demo.shows(&["Session 2026"]);
    demo.press(Key::Char('H'));
    demo.shows(&["History", "undone"]);
    demo.picture("history");

    demo.closes("History");
    demo.types("   b");
    demo.shows(&["Bulk rename: 3 marked"]);
    demo.press(Key::Ctrl('u'));
    demo.types("{created:%m-%d} {old}");
    demo.shows(&["3 to rename"]);
    demo.picture("bulk");

    demo.closes("Bulk rename");
    demo.press(Key::Char('q'));
    assert!(demo.t.wait_exit().unwrap().success());
}

#[test]
fn the_pictures_for_a_dark_page_show_this_program() {
    walk("dark");
}

#[test]
fn the_pictures_for_a_bright_page_show_this_program() {
    walk("light");
}

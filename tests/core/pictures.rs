//! The README's picture, made from the program's own drawing, so that it is never out of date.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::style::{Color, Modifier};
use retitle::core::model::Model;
use retitle::core::msg::Size;
use retitle::view;

use crate::sim::{Disk, How, Sim, at, key, session, settings};

const CELL: (u16, u16) = (9, 19);
const INK: &str = "#d8dee9";
const PAPER: &str = "#1d2129";

fn ink(color: Color, modifier: Modifier) -> &'static str {
    match color {
        Color::Green => "#8fd19e",
        Color::Red => "#ff8a80",
        Color::Magenta => "#d7a8e8",
        Color::Cyan => "#7fdbea",
        _ if modifier.contains(Modifier::DIM) => "#8c95a5",
        _ => INK,
    }
}

fn svg(model: &Model) -> String {
    let mut terminal = Terminal::new(TestBackend::new(model.size.width, model.size.height)).unwrap();
    terminal.draw(|frame| view::draw(model, frame)).unwrap();
    let caret = terminal.get_cursor_position().unwrap();
    let buffer = terminal.backend().buffer().clone();
    let (width, height) = (model.size.width * CELL.0 + 20, model.size.height * CELL.1 + 20);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-family=\"ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace\" font-size=\"15\">\n<rect width=\"{width}\" height=\"{height}\" rx=\"8\" fill=\"{PAPER}\"/>\n"
    );
    for y in 0..model.size.height {
        for x in 0..model.size.width {
            let cell = &buffer[(x, y)];
            let reversed = cell.modifier.contains(Modifier::REVERSED);
            let (left, top) = (10 + x * CELL.0, 10 + y * CELL.1);
            let color = ink(cell.fg, cell.modifier);
            if reversed {
                let _ = writeln!(
                    out,
                    "<rect x=\"{left}\" y=\"{top}\" width=\"{}\" height=\"{}\" fill=\"{color}\"/>",
                    CELL.0, CELL.1
                );
            }
            if (x, y) == (caret.x, caret.y) && model.focus().is_text() {
                let _ = writeln!(
                    out,
                    "<rect x=\"{left}\" y=\"{top}\" width=\"2\" height=\"{}\" fill=\"{INK}\"/>",
                    CELL.1
                );
            }
            if cell.modifier.contains(Modifier::UNDERLINED) {
                let _ = writeln!(
                    out,
                    "<rect x=\"{left}\" y=\"{}\" width=\"{}\" height=\"1\" fill=\"{INK}\"/>",
                    top + 17,
                    CELL.0
                );
            }
            if cell.symbol().trim().is_empty() {
                continue;
            }
            let text = cell.symbol().replace('&', "&amp;").replace('<', "&lt;");
            let fill = if reversed { PAPER } else { color };
            let weight = if cell.modifier.contains(Modifier::BOLD) { " font-weight=\"bold\"" } else { "" };
            let slant = if cell.modifier.contains(Modifier::ITALIC) { " font-style=\"italic\"" } else { "" };
            let _ = writeln!(
                out,
                "<text x=\"{left}\" y=\"{}\" fill=\"{fill}\"{weight}{slant}>{text}</text>",
                top + 14
            );
        }
    }
    out.push_str("</svg>\n");
    out
}

fn check(name: &str, model: &Model) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("assets/screens").join(format!("{name}.svg"));
    let picture = svg(model);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &picture).unwrap();
        return;
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert!(kept == picture, "assets/screens/{name}.svg is out of date: UPDATE=1 cargo test makes it anew");
}

#[test]
fn the_picture_in_the_readme_is_the_screen() {
    let names = [
        ("c91cd0cf", Some("INC-20931 phishing wave, finance"), 300),
        ("54f88e87", Some("INC-20877 impossible travel, CFO"), 4_000),
        ("eb722d76", Some("Session 2026-11-23T14:02:11"), 9_000),
        ("83fd7922", None, 70_000),
        (
            "48f79547",
            Some("Summarize this incident and list all affected devices, users and mailboxes"),
            90_000,
        ),
        ("c2c690c8", Some("HUNT lateral movement wk47"), 250_000),
        ("8b92628a", Some("IR-113 データ持ち出し調査 (exfiltration check)"), 500_000),
        ("a0b17395", Some("Weekly exposure review"), 2_000_000),
    ];
    let mut disk = Disk::default();
    let mut server = std::collections::BTreeMap::new();
    for (id, name, age) in names {
        disk.sessions.insert(key(id), session(id, name, age));
        server.insert(id.to_owned(), (name.map(ToOwned::to_owned), 0));
    }
    let size = Size { width: 90, height: 18 };
    let mut sim = Sim::on(settings(), size, disk, server, at(0));
    sim.answer(0, How::Well);
    // The dates of the answer would all be the same.
    sim.outstanding.clear();
    sim.press("r").types(" and HR").press("enter j");
    sim.disk_answers();
    sim.press("r").types(", mailbox").press("enter j");
    sim.answer(0, How::Well);
    sim.disk_answers();
    sim.model.notice = None;
    sim.model.list.walk = retitle::core::listing::Walk::Idle { as_of: None };
    sim.press("r ctrl-u").types("IR-114 suspicious OAuth app");
    sim.pass(Duration::from_millis(1));
    check("rename", &sim.model);
}

//! Golden screens: the text, then the runs of style, then the caret. Plain text alone would be blind to two of three.

use std::fmt::Write as _;
use std::path::PathBuf;

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use retitle::core::model::Model;
use retitle::view;

/// The screen as text with its styles and caret.
pub fn render(model: &Model) -> String {
    let mut terminal = Terminal::new(TestBackend::new(model.size.width, model.size.height)).unwrap();
    terminal.draw(|frame| view::draw(model, frame)).unwrap();
    let caret = terminal.get_cursor_position().unwrap();
    let buffer = terminal.backend().buffer().clone();
    let mut text = String::new();
    let mut styles = String::new();
    for y in 0..buffer.area.height {
        let mut line = String::new();
        let mut skip = 0;
        let mut run: Option<(u16, String)> = None;
        let mut runs = String::new();
        for x in 0..buffer.area.width {
            let cell = &buffer[(x, y)];
            if skip == 0 {
                line.push_str(cell.symbol());
                skip = unicode_width::UnicodeWidthStr::width(cell.symbol()).saturating_sub(1);
            } else {
                skip -= 1;
            }
            let mut look = String::new();
            if cell.fg != ratatui::style::Color::Reset {
                let _ = write!(look, "{:?} ", cell.fg);
            }
            if !cell.modifier.is_empty() {
                let _ = write!(look, "{:?}", cell.modifier);
            }
            let look = look.trim().to_owned();
            if run.as_ref().is_none_or(|(_, l)| *l != look) {
                finish(&mut runs, run.take(), x);
                run = Some((x, look));
            }
        }
        finish(&mut runs, run.take(), buffer.area.width);
        text.push_str(line.trim_end());
        text.push('\n');
        if !runs.is_empty() {
            let _ = writeln!(styles, "{y:>3}:{runs}");
        }
    }
    format!("{text}--- styles\n{styles}--- caret {},{}\n", caret.x, caret.y)
}

fn finish(runs: &mut String, run: Option<(u16, String)>, end: u16) {
    if let Some((start, look)) = run.filter(|(_, look)| !look.is_empty()) {
        let _ = write!(runs, " {start}-{} {look};", end - 1);
    }
}

/// Compares with `tests/core/screens/NAME.golden`; `UPDATE=1` writes it.
pub fn check(name: &str, model: &Model) {
    let path =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/core/screens").join(format!("{name}.golden"));
    let screen = render(model);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &screen).unwrap();
        return;
    }
    let golden = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert!(
        screen == golden,
        "{name} looks different now. UPDATE=1 cargo test accepts it.\n--- expected\n{golden}\n--- found\n{screen}"
    );
}

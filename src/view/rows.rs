//! The list: visible rows only, each with its state as glyph and word.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::plan::{Columns, Plan};
use super::text::{put, put_pieces};
use super::theme::{Role, style};
use crate::core::command::{Command, Focus, key_for};
use crate::core::glyph::Piece;
use crate::core::model::{Model, Renaming};
use crate::core::notice::Tone;
use crate::core::row::RowState;
use crate::core::session::Session;
use crate::core::time::ago;

/// Draws the list; returns where the caret belongs.
pub(super) fn draw(model: &Model, plan: &Plan, buffer: &mut Buffer) -> Option<Position> {
    let area = plan.list;
    let columns = Columns::new(area.width);
    if model.list.shown().is_empty() {
        return Some(empty(model, area, buffer));
    }
    let mut y = area.y;
    let mut caret = None;
    for session in model.visible() {
        if y >= area.bottom() {
            break;
        }
        let chosen = model.list.chosen() == Some(&session.key);
        let line = Rect { y, height: 1, ..area };
        let field = row(model, session, chosen, line, &columns, buffer);
        y += 1;
        if chosen {
            caret = Some(field.unwrap_or(Position::new(line.x, line.y)));
            for below in model.below() {
                if y < area.bottom() {
                    let look = style(if below.tone == Tone::Bad { Role::Bad } else { Role::Quiet });
                    let lead = if model.settings.ascii { "  ` " } else { "  └ " };
                    let x = put(buffer, area.x + columns.glyph, y, area.width, lead, style(Role::Quiet));
                    put(buffer, x, y, area.right().saturating_sub(x + 1), &below.text, look);
                    y += 1;
                }
            }
        }
    }
    caret
}

/// One row; returns the caret of the field in it, if it is the one being edited.
fn row(
    model: &Model,
    session: &Session,
    chosen: bool,
    line: Rect,
    columns: &Columns,
    buffer: &mut Buffer,
) -> Option<Position> {
    let state = model.row_state(session);
    let look = Look::of(&state, model.settings.ascii);
    let editing = match &model.mode {
        crate::core::model::Mode::Rename(renaming) if renaming.key == session.key => Some(renaming),
        crate::core::model::Mode::Rename(_)
        | crate::core::model::Mode::Browse
        | crate::core::model::Mode::Filter(_)
        | crate::core::model::Mode::Add(_) => None,
    };
    let base = if chosen && editing.is_none() { style(Role::Chosen) } else { style(Role::Plain) };
    if chosen {
        buffer.set_style(line, base);
        put(
            buffer,
            line.x,
            line.y,
            1,
            if model.settings.ascii { ">" } else { "▸" },
            base.patch(style(Role::Title)),
        );
    }
    let at = |x: u16| line.x + x;
    put(buffer, at(columns.glyph), line.y, 2, look.glyph, base.patch(style(look.role)));
    let word =
        look.word.unwrap_or_else(|| session.modified.map_or_else(String::new, |then| ago(model.now, then)));
    let quiet = if look.role == Role::Plain { style(Role::Quiet) } else { style(look.role) };
    put(buffer, at(columns.state.0), line.y, columns.state.1, &word, base.patch(quiet));
    if let Some((x, cells)) = columns.id {
        put(buffer, at(x), line.y, cells, session.key.id.short(), base.patch(style(Role::Quiet)));
    }
    if let Some((x, cells)) = columns.workspace {
        put(buffer, at(x), line.y, cells, session.workspace.as_str(), base.patch(style(Role::Quiet)));
    }
    if let (Some((x, cells)), Some(created)) = (columns.created, session.created) {
        let text = created.calendar(model.now, model.settings.zone);
        put(buffer, at(x), line.y, cells, &text, base.patch(style(Role::Quiet)));
    }
    let (x, cells) = (at(columns.name.0), columns.name.1);
    if let Some(renaming) = editing {
        return Some(field(renaming, x, line.y, cells, buffer));
    }
    match model.shown_name(session) {
        Some(name) if !name.is_empty() => {
            let role = if matches!(
                state,
                RowState::Saving
                    | RowState::Queued
                    | RowState::Elsewhere
                    | RowState::Old
                    | RowState::Retry { .. }
                    | RowState::SignIn
            ) {
                Role::Pending
            } else {
                Role::Plain
            };
            put(buffer, x, line.y, cells, name, base.patch(style(role)));
        }
        Some(_) | None => {
            let when = session.created.map_or_else(String::new, |c| {
                format!(" created {}", c.calendar(model.now, model.settings.zone))
            });
            put(buffer, x, line.y, cells, &format!("(untitled){when}"), base.patch(style(Role::Quiet)));
        }
    }
    None
}

fn field(renaming: &Renaming, x: u16, y: u16, cells: u16, buffer: &mut Buffer) -> Position {
    put_line(&renaming.line, x, y, cells, buffer)
}

/// A text field of `cells` cells; returns its caret.
pub(super) fn put_line(
    line: &crate::core::line::LineEdit,
    x: u16,
    y: u16,
    cells: u16,
    buffer: &mut Buffer,
) -> Position {
    let view = line.view(usize::from(cells));
    let look = style(Role::Field);
    buffer.set_style(Rect { x, y, width: cells, height: 1 }.intersection(buffer.area), look);
    let mut at = x;
    if view.cut_left {
        at = put_pieces(buffer, at, y, &[Piece::Text("<")], style(Role::Quiet));
    }
    put_pieces(buffer, at, y, &view.pieces, look);
    if view.cut_right {
        put_pieces(buffer, x + cells.saturating_sub(1), y, &[Piece::Text(">")], style(Role::Quiet));
    }
    Position::new(x + u16::try_from(view.caret).unwrap_or(0), y)
}

/// Glyph, word and role of a row's state. The word stands where the age stands otherwise.
struct Look {
    glyph: &'static str,
    word: Option<String>,
    role: Role,
}

impl Look {
    fn of(state: &RowState<'_>, ascii: bool) -> Self {
        let (glyph, plain, word, role) = match state {
            RowState::Clean => (" ", " ", None, Role::Plain),
            RowState::Editing => ("*", "*", Some("editing".into()), Role::Title),
            RowState::Draft => ("*", "*", Some("draft".into()), Role::Warn),
            RowState::Queued => ("…", ".", Some("queued".into()), Role::Pending),
            RowState::Saving => ("↑", ">", Some("saving".into()), Role::Pending),
            RowState::Retry { seconds, offline: true } => {
                ("⇡", "^", Some(format!("offline {seconds}s")), Role::Warn)
            }
            RowState::Retry { seconds, offline: false } => {
                ("↻", "~", Some(format!("retry {seconds}s")), Role::Warn)
            }
            RowState::Saved => ("✓", "+", Some("saved".into()), Role::Good),
            RowState::NotSaved(_) => ("!", "!", Some("not saved".into()), Role::Bad),
            RowState::Changed(_) => ("≠", "#", Some("changed".into()), Role::Bad),
            RowState::Elsewhere => ("…", ".", Some("elsewhere".into()), Role::Pending),
            RowState::Old => ("?", "?", Some("send?".into()), Role::Warn),
            RowState::Drifted => ("≈", "=", Some("drifted".into()), Role::Warn),
            RowState::SignIn => ("?", "?", Some("sign in".into()), Role::Warn),
            RowState::OtherAccount => ("?", "?", Some("parked".into()), Role::Warn),
            RowState::Gone => ("-", "-", Some("gone".into()), Role::Warn),
            RowState::NoAccess => ("-", "-", Some("no access".into()), Role::Warn),
        };
        Self { glyph: if ascii { plain } else { glyph }, word, role }
    }
}

/// An empty list says what to do next.
fn empty(model: &Model, area: Rect, buffer: &mut Buffer) -> Position {
    let key = |command| key_for(Focus::List, command);
    let lines = if model.list.filter().is_empty() {
        vec![
            "No sessions here yet.".to_owned(),
            String::new(),
            format!("{}   add one by ID or portal link, or paste it", key(Command::Add)),
            format!("{}   show everything in workspace {}", key(Command::Everything), model.here().workspace),
            format!("{}   all keys", key(Command::Help)),
            String::new(),
            "Nothing is sent anywhere until you save a name.".to_owned(),
        ]
    } else {
        vec![format!(
            "No match for “{}”. {} clears the filter.",
            model.list.filter(),
            key(Command::ClearFilter)
        )]
    };
    let height = u16::try_from(lines.len()).unwrap_or(u16::MAX);
    let top = area.y + area.height.saturating_sub(height) / 3;
    let left = area.x + if area.width >= 60 { area.width / 5 } else { 2 };
    for (y, line) in (top..area.bottom()).zip(&lines) {
        put(buffer, left, y, area.right().saturating_sub(left + 1), line, style(Role::Plain));
    }
    Position::new(left, top)
}

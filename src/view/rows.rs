//! The list: visible rows only, each with its state as glyph and word.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::header::several;
use super::plan::{Columns, Plan};
use super::text::{put, put_marked, put_pieces, put_theirs};
use super::theme::{Role, style, theirs};
use crate::core::command::{Command, Focus};
use crate::core::filter::Tag;
use crate::core::glyph::{self, Piece};
use crate::core::listing::Line;
use crate::core::model::{Mode, Model, Renaming};
use crate::core::notice::Tone;
use crate::core::order::Group;
use crate::core::row::RowState;
use crate::core::session::Session;
use crate::core::time::ago;

/// Below this width the field of an edited name takes the place of the state beside it.
const NARROW: u16 = 60;

/// Draws the list; returns where the caret belongs.
pub(super) fn draw(model: &Model, plan: &Plan, buffer: &mut Buffer) -> Option<Position> {
    let area = plan.list;
    let columns = Columns::new(area.width, several(model));
    if model.list.shown_len() == 0 {
        return Some(empty(model, area, buffer));
    }
    let mut y = area.y;
    let mut caret = None;
    for line in model.list.lines(model.list_height()) {
        if y >= area.bottom() {
            break;
        }
        let key = match line {
            Line::Row(key) => key,
            Line::Heading(group) => {
                heading(group, Rect { y, height: 1, ..area }, columns.name.0, buffer);
                y += 1;
                continue;
            }
        };
        let Some(session) = model.list.get(key) else { continue };
        let chosen = model.list.chosen() == Some(&session.key);
        let line = Rect { y, height: 1, ..area };
        let field = row(model, session, chosen, line, &columns, buffer);
        y += 1;
        if chosen {
            caret = Some(field.unwrap_or(Position::new(line.x, line.y)));
            for below in model.below() {
                if y < area.bottom() {
                    let look = style(if below.tone == Tone::Bad { Role::Bad } else { Role::Quiet });
                    let lead = if below.goes_on { "    " } else { "  └ " };
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
    let look = Look::of(model.settings.ascii, &state);
    let editing = match &model.mode {
        Mode::Rename(renaming) if renaming.key == session.key => Some(renaming),
        Mode::Rename(_) | Mode::Browse | Mode::Filter(_) | Mode::Add(_) | Mode::Create(_) => None,
    };
    let base = if chosen && editing.is_none() { style(Role::Chosen) } else { style(Role::Plain) };
    if chosen {
        buffer.set_style(line, base);
        put(buffer, line.x, line.y, 1, "▸", base.patch(style(Role::Title)));
    }
    let at = |x: u16| line.x + x;
    let narrow = line.width < NARROW;
    if session.pinned {
        // Where there is no column for it, it stands where a state would.
        let x = if narrow { columns.glyph } else { columns.glyph - 1 };
        put(buffer, at(x), line.y, 1, "•", base.patch(style(Role::Quiet)));
    }
    if model.marks.contains(&session.key) {
        // Where there is no cell for it, the mark takes the arrow's; the selected row is reversed all the same.
        let x = if narrow { 0 } else { columns.glyph - 1 };
        put(buffer, at(x), line.y, 1, "●", base.patch(style(Role::Key)));
    }
    if look.glyph != " " {
        put(buffer, at(columns.glyph), line.y, 1, look.glyph, base.patch(style(look.role)));
    }
    let word = state
        .word(model)
        .unwrap_or_else(|| session.modified.map_or_else(String::new, |then| ago(model.now, then)));
    let quiet = if look.role == Role::Plain { style(Role::Quiet) } else { style(look.role) };
    if editing.is_none() || !narrow {
        put(buffer, at(columns.state.0), line.y, columns.state.1, &word, base.patch(quiet));
    }
    if let Some((x, cells)) = columns.id {
        put(buffer, at(x), line.y, cells, session.key.id.short(), base.patch(style(Role::Quiet)));
    }
    if let (Some((x, cells)), Some(place)) = (columns.profile, model.places.get(&session.key.profile)) {
        put(buffer, at(x), line.y, cells, place.title(), base.patch(style(Role::Quiet)));
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
        // Where there is little room, the words need it more than "editing" does.
        let cells = if narrow { line.right().saturating_sub(x + 1) } else { cells };
        return Some(field(model, renaming, x, line.y, cells, buffer));
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
            let marked = model.list.query().hit(name).map(|hit| hit.at).unwrap_or_default();
            put_marked(buffer, x, line.y, cells, name, &marked, theirs(base.patch(style(role))));
        }
        Some(_) | None => {
            let created = if narrow { "" } else { "created " };
            let when = session.created.map_or_else(String::new, |c| {
                format!(" {created}{}", c.calendar(model.now, model.settings.zone))
            });
            put(
                buffer,
                x,
                line.y,
                cells,
                &format!("{}{when}", session.nameless()),
                base.patch(style(Role::Quiet)),
            );
        }
    }
    None
}

/// The field in the row, with what a completion would add behind it.
fn field(model: &Model, renaming: &Renaming, x: u16, y: u16, cells: u16, buffer: &mut Buffer) -> Position {
    let caret = put_line(&renaming.line, x, y, cells, buffer);
    put_ghost(model, caret, x + cells, buffer);
    caret
}

/// What the completion would add, from the caret on.
pub(super) fn put_ghost(model: &Model, caret: Position, end: u16, buffer: &mut Buffer) {
    if let Some(ghost) = model.ghost() {
        put_theirs(buffer, caret.x, caret.y, end.saturating_sub(caret.x), ghost, style(Role::Ghost));
    }
}

/// The name of a group, above its rows.
fn heading(group: Group, line: Rect, x: u16, buffer: &mut Buffer) {
    put(
        buffer,
        line.x + x,
        line.y,
        line.width.saturating_sub(x),
        &format!("── {} ──", group.title()),
        style(Role::Quiet),
    );
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
    put_pieces(buffer, at, y, &view.pieces, theirs(look));
    if view.cut_right {
        put_pieces(buffer, x + cells.saturating_sub(1), y, &[Piece::Text(">")], style(Role::Quiet));
    }
    Position::new(x + u16::try_from(view.caret).unwrap_or(0), y)
}

/// Glyph and role of a row's state.
struct Look {
    glyph: &'static str,
    role: Role,
}

impl Look {
    fn of(ascii: bool, state: &RowState<'_>) -> Self {
        let (glyph, plain, role) = match state {
            RowState::Clean => (" ", " ", Role::Plain),
            RowState::Editing => ("*", "*", Role::Title),
            RowState::Draft => ("*", "*", Role::Warn),
            RowState::Queued | RowState::Elsewhere => ("…", ".", Role::Pending),
            RowState::Saving => ("↑", ">", Role::Pending),
            RowState::Retry { offline: true, .. } => ("⇡", "^", Role::Warn),
            RowState::Retry { offline: false, .. } => ("↻", "~", Role::Warn),
            RowState::Saved => ("✓", "+", Role::Good),
            RowState::NotSaved(_) => ("!", "!", Role::Bad),
            RowState::Changed(_) => ("≠", "#", Role::Bad),
            RowState::Old | RowState::SignIn | RowState::OtherAccount => ("?", "?", Role::Warn),
            RowState::Drifted => ("≈", "=", Role::Warn),
            RowState::Gone | RowState::NoAccess => ("-", "-", Role::Warn),
        };
        Self { glyph: if ascii { plain } else { glyph }, role }
    }
}

/// An empty list says what to do next.
fn empty(model: &Model, area: Rect, buffer: &mut Buffer) -> Position {
    let key = |command| model.settings.keys.key_for(Focus::List, command);
    let filter = model.list.filter();
    let lines = if !filter.is_empty() {
        let mut lines = vec![match &model.list.query().unknown {
            Some(state) => {
                let known: Vec<&str> = Tag::ALL.iter().map(|(word, _)| *word).collect();
                format!("There is no is:{state}. Known: {}.", known.join(", "))
            }
            None => format!("No match for “{filter}”."),
        }];
        lines.push(format!("{} clears the filter.", key(Command::ClearFilter)));
        if !model.shows_everything() {
            lines.push(format!("{} also looks at what was never opened here.", key(Command::Everything)));
        }
        lines
    } else if let Some(only) = model.list.only() {
        let sign_in = model.who().is_none().then(|| format!("{}   sign in", key(Command::SignIn)));
        let mut lines = vec![format!("No sessions of profile {only} here yet."), String::new()];
        lines.extend(sign_in);
        lines.extend([
            format!("{}   everything in workspace {}", key(Command::Everything), model.here().workspace),
            format!("{}   all profiles", key(Command::AllPlaces)),
        ]);
        lines
    } else {
        let signed_in = model.who().is_some();
        let sign_in = format!("{}   sign in", key(Command::SignIn));
        let mut lines = vec!["No sessions here yet.".to_owned(), String::new()];
        lines.extend(Some(sign_in).filter(|_| !signed_in));
        lines.extend([
            format!("{}   everything in workspace {}", key(Command::Everything), model.here().workspace),
            format!("{}   add by ID or link, or paste it", key(Command::Add)),
            format!("{}   make a new one", key(Command::Create)),
            format!("{}   find any command", key(Command::Palette)),
            format!("{}   all keys", key(Command::Help)),
            String::new(),
            "Nothing is sent anywhere until you save a name.".to_owned(),
        ]);
        lines
    };
    let left = area.x + if area.width >= 60 { area.width / 5 } else { 2 };
    let cells = usize::from(area.right().saturating_sub(left + 1));
    let room = usize::from(area.height);
    let mut said: Vec<Vec<String>> = lines.iter().map(|line| glyph::wrap_hanging(line, cells, 4)).collect();
    let needed = said.iter().map(|lines| lines.len().max(1)).sum::<usize>();
    if needed > room {
        said.retain(|lines| !lines.is_empty());
    }
    while said.iter().map(Vec::len).sum::<usize>() > room && said.len() > 1 {
        said.pop();
    }
    let lines: Vec<String> = said
        .into_iter()
        .flat_map(|lines| if lines.is_empty() { vec![String::new()] } else { lines })
        .collect();
    let height = u16::try_from(lines.len()).unwrap_or(u16::MAX);
    let top = area.y + area.height.saturating_sub(height) / 3;
    for (y, line) in (top..area.bottom()).zip(&lines) {
        put(buffer, left, y, area.right().saturating_sub(left + 1), line, style(Role::Plain));
    }
    Position::new(left, top)
}

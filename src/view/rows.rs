//! The list: visible rows only, each with its state as glyph and word.

use std::fmt;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use super::header::several;
use super::plan::{Columns, NARROW, Plan};
use super::text::{Words, put, put_marked, put_piece, put_theirs};
use super::theme::{Role, style, theirs};
use crate::core::command::{Command, Focus};
use crate::core::filter::Tag;
use crate::core::fuzzy::Finder;
use crate::core::glyph::{self, Piece};
use crate::core::listing::Line;
use crate::core::model::{Mode, Model, Renaming};
use crate::core::notice::Tone;
use crate::core::order::Group;
use crate::core::row::{self, Below, RowState};
use crate::core::session::{Session, short};
use crate::core::time::ago;

/// Draws the list; returns where the caret belongs.
pub(super) fn draw(model: &Model, plan: &Plan, words: &mut Words, buffer: &mut Buffer) -> Option<Position> {
    let area = plan.list;
    if model.list.shown_len() == 0 {
        return Some(empty(model, area, buffer));
    }
    let columns = Columns::new(area.width, several(model));
    let asked = &model.list.query().words;
    let finder = (!asked.is_empty()).then(|| Finder::new(asked));
    let mut rows = Rows { model, columns, finder, words, buffer };
    let mut y = area.y;
    let mut caret = None;
    for line in model.list.lines(model.list_height()) {
        if y >= area.bottom() {
            break;
        }
        let session = match line {
            Line::Row(session) => session,
            Line::Heading(group) => {
                rows.heading(group, Rect { y, height: 1, ..area });
                y += 1;
                continue;
            }
        };
        let chosen = model.list.chosen() == Some(&session.key);
        let line = Rect { y, height: 1, ..area };
        let field = rows.row(session, chosen, line);
        y += 1;
        if chosen {
            caret = Some(field.unwrap_or(Position::new(line.x, line.y)));
            let state = Look::of(model.settings.ascii, &model.row_state(session)).role;
            for below in model.below() {
                if y < area.bottom() {
                    rows.below(&below, state, Rect { y, height: 1, ..area });
                    y += 1;
                }
            }
        }
    }
    caret
}

/// What drawing one row after the other needs.
struct Rows<'a> {
    model: &'a Model,
    columns: Columns,
    /// What is looked for in the names. One for all rows: making it takes longer than finding.
    finder: Option<Finder>,
    words: &'a mut Words,
    buffer: &'a mut Buffer,
}

impl Rows<'_> {
    /// One row; returns the caret of the field in it, if it is the one being edited.
    fn row(&mut self, session: &Session, chosen: bool, line: Rect) -> Option<Position> {
        let Self { model, columns, words, buffer, .. } = self;
        let mut columns = *columns;
        let state = model.row_state(session);
        let look = Look::of(model.settings.ascii, &state);
        // There the field of an edited name takes the place of the state beside it.
        let narrow = line.width < NARROW;
        let editing = match &model.mode {
            Mode::Rename(renaming) if renaming.key == session.key => Some(renaming),
            Mode::Rename(_) | Mode::Browse | Mode::Filter(_) | Mode::Add(_) | Mode::Create(_) => None,
        };
        if editing.is_none() || !narrow {
            let word = match (state.word(model), session.modified) {
                (Some(word), _) => words.of(word),
                (None, Some(then)) => words.of(ago(model.now, then)),
                (None, None) => "",
            };
            let (x, cells) = columns.state;
            // Cells that a short word leaves free are the name's.
            if narrow {
                let used = u16::try_from(glyph::width(word)).map_or(cells, |used| used.min(cells));
                columns.state = (x + cells - used, used);
                columns.name.1 += cells - used;
            }
            let (x, cells) = columns.state;
            let role = if look.role == Role::Plain { Role::Quiet } else { look.role };
            put(buffer, line.x + x, line.y, cells, word, style(role));
        }
        let base = if chosen && editing.is_none() { style(Role::Chosen) } else { style(Role::Plain) };
        if chosen {
            // What stands behind the name stays as it is: the name is what is acted on, and over a slow line half as much
            // has to be drawn.
            let bar = Rect { width: columns.name.0 + columns.name.1, ..line };
            buffer.set_style(bar.intersection(line), base);
            put(buffer, line.x, line.y, 1, "▸", base.patch(style(Role::Title)));
        }
        let at = |x: u16| line.x + x;
        let signs = [
            ("●", Role::Key, model.list.is_marked(&session.key)),
            ("▴", Role::Quiet, session.pinned),
            (look.glyph, look.role, look.glyph != " "),
        ];
        let mut x = 1;
        for (sign, role, there) in signs {
            if there {
                put(buffer, at(x), line.y, 1, sign, base.patch(style(role)));
            }
            x += u16::from(there || columns.apart);
        }
        // Few rows have more signs than stand before the other names: there the name makes room, not a sign.
        let pushed = (x + 1).saturating_sub(columns.name.0);
        columns.name = (columns.name.0 + pushed, columns.name.1.saturating_sub(pushed));
        let quiet = style(Role::Quiet);
        if let Some((x, cells)) = columns.id {
            put(buffer, at(x), line.y, cells, session.key.id.short(), quiet);
        }
        if let (Some((x, cells)), Some(place)) = (columns.profile, model.places.get(&session.key.profile)) {
            put(buffer, at(x), line.y, cells, place.title(), quiet);
        }
        if let Some((x, cells)) = columns.workspace {
            put(buffer, at(x), line.y, cells, short(session.workspace.as_str()), quiet);
        }
        if let (Some((x, cells)), Some(created)) = (columns.created, session.created) {
            let text = words.of(created.calendar(model.now, model.settings.zone));
            put(buffer, at(x), line.y, cells, text, quiet);
        }
        if let Some(renaming) = editing {
            let (x, cells) = (at(columns.name.0), columns.name.1);
            // Where there is little room, the words need it more than "editing" does.
            let cells = if narrow { line.right().saturating_sub(x + 1) } else { cells };
            return Some(field(model, renaming, x, line.y, cells, buffer));
        }
        let (x, cells) = columns.name;
        self.name(session, &state, base, Rect { x: at(x), width: cells, ..line }, narrow);
        None
    }

    /// The name of a session, or what there is instead.
    fn name(&mut self, session: &Session, state: &RowState<'_>, base: Style, room: Rect, narrow: bool) {
        let Self { model, finder, words, buffer, .. } = self;
        let Rect { x, y, width: cells, .. } = room;
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
                        | RowState::OtherAccount
                ) {
                    Role::Pending
                } else {
                    Role::Plain
                };
                let hit = finder.as_mut().and_then(|finder| finder.hit(name));
                let marked = hit.map(|hit| hit.at).unwrap_or_default();
                put_marked(buffer, x, y, cells, name, &marked, theirs(base.patch(style(role))));
            }
            Some(_) | None => {
                let quiet = base.patch(style(Role::Quiet));
                let created = if narrow { "" } else { "created " };
                let text = fmt::from_fn(|f| match session.created {
                    Some(c) => {
                        let when = c.calendar(model.now, model.settings.zone);
                        write!(f, "{} {created}{when}", session.nameless())
                    }
                    None => f.write_str(session.nameless()),
                });
                put(buffer, x, y, cells, words.of(text), quiet);
            }
        }
    }

    /// A line that belongs to the selected row.
    fn below(&mut self, below: &Below, state: Role, line: Rect) {
        let look = style(match (below.tone, state) {
            // What only waits for something is no failure, neither in the state's word nor here.
            (Tone::Bad, Role::Warn | Role::Pending) => Role::Warn,
            (Tone::Bad, _) => Role::Bad,
            (Tone::Info | Tone::Good, _) => Role::Quiet,
        });
        let lead = if below.goes_on { "  " } else { "└ " };
        let x = line.x + row::indent(line.width) - 2;
        let x = put(self.buffer, x, line.y, line.width, lead, style(Role::Quiet));
        put(self.buffer, x, line.y, line.right().saturating_sub(x + 1), &below.text, look);
    }

    /// The name of a group, above its rows.
    fn heading(&mut self, group: Group, line: Rect) {
        let x = self.columns.name.0;
        let text = self.words.of(format_args!("── {} ──", group.title()));
        put(self.buffer, line.x + x, line.y, line.width.saturating_sub(x), text, style(Role::Quiet));
    }
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

/// A text field from the left of its room to a cell before the right, which says what it wants while it is empty; returns
/// its caret.
pub(super) fn asking(
    line: &crate::core::line::LineEdit,
    asks: &str,
    room: Rect,
    buffer: &mut Buffer,
) -> Position {
    let cells = room.width.saturating_sub(1);
    let caret = put_line(line, room.x, room.y, cells, buffer);
    if line.text().is_empty() {
        put(buffer, caret.x, caret.y, cells, asks, style(Role::Ghost));
    }
    caret
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
        at = put_piece(buffer, at, y, &Piece::Text("<"), style(Role::Quiet));
    }
    for piece in &view.pieces {
        at = put_piece(buffer, at, y, piece, theirs(look));
    }
    if view.cut_right {
        put_piece(buffer, x + cells.saturating_sub(1), y, &Piece::Text(">"), style(Role::Quiet));
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
        if model.list.query().unknown.is_none() && !model.shows_everything() {
            let typing = matches!(model.mode, Mode::Filter(_));
            let keep = model.settings.keys.key_for(Focus::Filter, Command::KeepFilter);
            let keep = if typing { format!("{keep}, then ") } else { String::new() };
            let words = "also looks at what was never opened here.";
            lines.push(format!("{keep}{} {words}", key(Command::Everything)));
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
            "Nothing changes on the server until you save a name.".to_owned(),
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
        if let Some((key, _)) = line.split_once(glyph::GAP).filter(|(key, _)| !key.contains(' ')) {
            put(buffer, left, y, area.width, key, style(Role::Key));
        }
    }
    Position::new(left, top)
}

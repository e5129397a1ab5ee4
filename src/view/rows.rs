//! The list: visible rows only, each with its state as glyph and word.

use std::borrow::Cow;
use std::fmt;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Color;

use super::field;
use super::header::several;
use super::lines::{Known, Lines};
use super::plan::{Columns, NARROW, Plan};
use super::text::{Words, line, put, put_marked};
use super::theme::{Role, style, theirs};
use crate::core::command::{Command, Focus};
use crate::core::filter::Tag;
use crate::core::fuzzy::Finder;
use crate::core::glyph;
use crate::core::listing::Line;
use crate::core::model::{Mode, Model, Renaming};
use crate::core::notice::Tone;
use crate::core::order::Group;
use crate::core::place::Place;
use crate::core::row::{self, Below, RowState};
use crate::core::session::{Session, short};
use crate::core::time::{Ago, Frame, Stamp, ago};

/// Draws the list; returns where the caret belongs.
pub(super) fn draw(
    model: &Model,
    plan: &Plan,
    words: &mut Words,
    lines: &mut Lines,
    buffer: &mut Buffer,
) -> Option<Position> {
    let area = plan.list;
    if model.list.shown_len() == 0 {
        lines.empty_rest(buffer);
        return Some(empty(model, area, buffer));
    }
    let columns = Columns::new(area.width, several(model));
    let asked = &model.list.query().words;
    let frame = model.now.frame(model.settings.zone);
    let all = lines.mixed(&(columns, asked, frame));
    let mut rows = Rows { columns, frame, asked, finder: None, words, buffer };
    let mut y = area.y;
    let mut caret = None;
    let selected = model.chosen();
    let on = (model.stirs(), model.list.top());
    for (n, line) in model.list.lines(model.list_height()).enumerate() {
        if y >= area.bottom() {
            break;
        }
        let room = Rect { y, height: 1, ..area };
        y += 1;
        let session = match line {
            Line::Row(session) => session,
            Line::Heading(group) => {
                if !lines.rests(room.y, &(on, n))
                    && !lines.keep(room.y, &("heading", columns, group.title()), rows.buffer)
                {
                    rows.heading(group, room);
                }
                continue;
            }
        };
        let chosen = selected.is_some_and(|selected| std::ptr::eq(selected, session));
        let mut at = Position::new(room.x, room.y);
        match &model.mode {
            Mode::Rename(renaming) if renaming.key == session.key => {
                lines.renew(room.y, rows.buffer);
                at = rows.edited(model, &Row::of(model, session), renaming, room);
            }
            Mode::Rename(_) | Mode::Browse | Mode::Filter(_) | Mode::Add(_) | Mode::Create(_) => {
                match lines.row(room.y, &(on, n), chosen) {
                    Known::Stands => {}
                    Known::Turned { bar } => turn(rows.buffer, Rect { width: bar, ..room }, chosen),
                    Known::Unknown => {
                        let row = Row::of(model, session);
                        if !lines.keep(room.y, &(all, &row), rows.buffer) {
                            let bar = rows.row(&row, room);
                            lines.drew_row(room.y, bar);
                            if chosen {
                                turn(rows.buffer, Rect { width: bar, ..room }, true);
                            }
                        }
                    }
                }
            }
        }
        if chosen {
            caret = Some(at);
            for below in model.below() {
                if y < area.bottom() {
                    lines.renew(y, rows.buffer);
                    let state = Look::of(false, &model.row_state(session)).role;
                    rows.below(&below, state, Rect { y, height: 1, ..area });
                    y += 1;
                }
            }
        }
    }
    for y in y..area.bottom() {
        lines.keep(y, &"nothing", buffer);
    }
    caret
}

/// What stands before the selected row.
const ARROW: &str = "▸";

/// Makes the cells of a row look like those of the selected one, or no longer. Nobody sees those that a wide glyph covers.
fn turn(buffer: &mut Buffer, bar: Rect, chosen: bool) {
    let ground = style(Role::Chosen);
    let (Some(text), Some(fill)) = (ground.fg, ground.bg) else { return };
    let turned = |color: &mut Color, own: Color| {
        let [before, after] = if chosen { [Color::Reset, own] } else { [own, Color::Reset] };
        if *color == before {
            *color = after;
        }
    };
    for cell in line(buffer, bar.x, bar.y, bar.width) {
        turned(&mut cell.fg, text);
        turned(&mut cell.bg, fill);
    }
    if chosen {
        put(buffer, bar.x, bar.y, 1, ARROW, ground.patch(style(Role::Title)));
    } else if let Some(cell) = buffer.cell_mut((bar.x, bar.y)) {
        cell.reset();
    }
}

/// All that a row shows, but neither what concerns all of them nor whether it is selected, so that equal rows look alike.
#[derive(Hash)]
struct Row<'a> {
    marked: bool,
    pinned: bool,
    look: Look,
    said: Said,
    name: Name<'a>,
    id: &'a str,
    profile: &'a str,
    workspace: &'a str,
    created: Option<Stamp>,
}

/// What stands in the column of states.
#[derive(Hash)]
enum Said {
    State(Cow<'static, str>),
    Modified(Ago),
    Nothing,
}

/// What stands where a name would.
#[derive(Hash)]
enum Name<'a> {
    Is {
        name: &'a str,
        /// Not yet what the server has.
        pending: bool,
    },
    None {
        instead: &'static str,
        created: Option<Stamp>,
    },
}

impl<'a> Row<'a> {
    fn of(model: &'a Model, session: &'a Session) -> Self {
        let state = model.row_state(session);
        Self {
            marked: model.list.is_marked(&session.key),
            pinned: session.pinned,
            look: Look::of(model.settings.ascii, &state),
            said: match (state.word(model), session.modified) {
                (Some(word), _) => Said::State(word),
                (None, Some(then)) => Said::Modified(ago(model.now, then)),
                (None, None) => Said::Nothing,
            },
            name: match model.shown_name(session) {
                Some(name) if !name.is_empty() => Name::Is { name, pending: is_pending(&state) },
                Some(_) | None => Name::None { instead: session.nameless(), created: session.created },
            },
            id: session.key.id.short(),
            profile: model.places.get(&session.key.profile).map_or("", Place::title),
            workspace: short(session.workspace.as_str()),
            created: session.created,
        }
    }
}

/// Whether a name that is shown is on its way, or waits for something.
fn is_pending(state: &RowState<'_>) -> bool {
    matches!(
        state,
        RowState::Saving
            | RowState::Queued
            | RowState::Elsewhere
            | RowState::Old
            | RowState::Retry { .. }
            | RowState::SignIn
            | RowState::OtherAccount
    )
}

/// What drawing one row after the other needs.
struct Rows<'a> {
    columns: Columns,
    frame: Frame,
    /// What is looked for in the names.
    asked: &'a str,
    /// The same, ready to look. One for all rows: making it takes longer than finding.
    finder: Option<Finder>,
    words: &'a mut Words,
    buffer: &'a mut Buffer,
}

impl Rows<'_> {
    /// A row that is not selected; returns how many of its cells look otherwise when it is.
    fn row(&mut self, row: &Row<'_>, line: Rect) -> u16 {
        let columns = self.state(row, self.columns, line);
        let (x, cells) = self.around(row, columns, line);
        self.name(row, Rect { x: line.x + x, width: cells, ..line });
        // What stands behind the name stays as it is: the name is what is acted on, and over a slow line half as much has
        // to be drawn.
        (columns.name.0 + columns.name.1).min(line.width)
    }

    /// The row of a name that is being edited; returns the caret of its field.
    fn edited(&mut self, model: &Model, row: &Row<'_>, renaming: &Renaming, line: Rect) -> Position {
        // Where there is little room, the words need it more than "editing" does.
        let narrow = line.width < NARROW;
        let columns = if narrow { self.columns } else { self.state(row, self.columns, line) };
        let (x, cells) = self.around(row, columns, line);
        let x = line.x + x;
        put(self.buffer, line.x, line.y, 1, ARROW, style(Role::Title));
        let cells = if narrow { line.right().saturating_sub(x + 1) } else { cells };
        field::in_row(model, renaming, x, line.y, cells, self.buffer)
    }

    /// The state, or the age; the columns as they are with that.
    fn state(&mut self, row: &Row<'_>, mut columns: Columns, line: Rect) -> Columns {
        let word = match &row.said {
            Said::State(word) => word,
            Said::Modified(ago) => self.words.of(ago),
            Said::Nothing => "",
        };
        // Cells that a short word leaves free are the name's.
        if line.width < NARROW {
            let (x, cells) = columns.state;
            let used = u16::try_from(glyph::width(word)).map_or(cells, |used| used.min(cells));
            columns.state = (x + cells - used, used);
            columns.name.1 += cells - used;
        }
        let (x, cells) = columns.state;
        let role = if row.look.role == Role::Plain { Role::Quiet } else { row.look.role };
        put(self.buffer, line.x + x, line.y, cells, word, style(role));
        columns
    }

    /// What stands on both sides of the name; returns the room that is left for it.
    fn around(&mut self, row: &Row<'_>, columns: Columns, line: Rect) -> (u16, u16) {
        let Self { words, buffer, frame, .. } = self;
        let at = |x: u16| line.x + x;
        let signs = [
            ("●", Role::Key, row.marked),
            ("▴", Role::Quiet, row.pinned),
            (row.look.glyph, row.look.role, row.look.glyph != " "),
        ];
        let mut x = 1;
        for (sign, role, there) in signs {
            if there {
                put(buffer, at(x), line.y, 1, sign, style(role));
            }
            x += u16::from(there || columns.apart);
        }
        // Few rows have more signs than stand before the other names: there the name makes room, not a sign.
        let pushed = (x + 1).saturating_sub(columns.name.0);
        let quiet = style(Role::Quiet);
        for (column, text) in
            [(columns.id, row.id), (columns.profile, row.profile), (columns.workspace, row.workspace)]
        {
            if let Some((x, cells)) = column {
                put(buffer, at(x), line.y, cells, text, quiet);
            }
        }
        if let (Some((x, cells)), Some(created)) = (columns.created, row.created) {
            put(buffer, at(x), line.y, cells, words.of(created.told(*frame)), quiet);
        }
        (columns.name.0 + pushed, columns.name.1.saturating_sub(pushed))
    }

    /// The name of a session, or what there is instead.
    fn name(&mut self, row: &Row<'_>, room: Rect) {
        let Self { columns, frame, asked, finder, words, buffer } = self;
        let Rect { x, y, width: cells, .. } = room;
        match row.name {
            Name::Is { name, pending } => {
                let role = if pending { Role::Pending } else { Role::Plain };
                let hit = if asked.is_empty() {
                    None
                } else {
                    finder.get_or_insert_with(|| Finder::new(asked)).hit(name)
                };
                let marked = hit.map(|hit| hit.at).unwrap_or_default();
                put_marked(buffer, x, y, cells, name, &marked, theirs(style(role)));
            }
            Name::None { instead, created } => {
                let quiet = style(Role::Quiet);
                let lead = if columns.apart { "created " } else { "" };
                let text = fmt::from_fn(|f| match created {
                    Some(created) => write!(f, "{instead} {lead}{}", created.told(*frame)),
                    None => f.write_str(instead),
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

/// Glyph and role of a row's state.
#[derive(Hash)]
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

//! The status line and the key hints; while an ID or a filter is typed, its field.

use std::borrow::Cow;
use std::fmt;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::field::{asking, put_ghost, put_line};
use super::lines::Lines;
use super::plan::{NARROW, Plan};
use super::text::{Words, cells, count, put};
use super::theme::{Role, style, tone};
use crate::core::command::{Command, Focus};
use crate::core::glyph;
use crate::core::line::LineEdit;
use crate::core::listing::Walk;
use crate::core::model::{AddState, Mode, Model, Overlay, PreviewRoom};
use crate::core::notice::Notice;
use crate::core::session::{Key, Session};

/// Draws the status line where it says something short that no toast takes from it, and something else than before;
/// whether that is all there is to do.
pub(super) fn still(model: &Model, plan: &Plan, lines: &mut Lines, buffer: &mut Buffer) -> bool {
    let fields = !matches!(model.mode, Mode::Browse | Mode::Rename(_));
    if fields || model.notice.is_some() {
        return false;
    }
    // What it says of drafts depends on whether the selected row has one.
    let own = model.list.chosen().is_some_and(|key| model.drafts.contains_key(key));
    if lines.rests(plan.status.y, &(model.stirs(), own)) {
        return true;
    }
    let (text, role) = status(model, false);
    let room = plan.status.width.saturating_sub(2);
    if glyph::width(&text) > usize::from(room) {
        return false;
    }
    if !lines.keep(plan.status.y, &("status", plan.status.width, &*text, role), buffer) {
        put(buffer, plan.status.x + 1, plan.status.y, room, &text, style(role));
    }
    true
}

/// Draws the status line; returns the caret when the field has the keys.
/// `toast`: the message stands elsewhere already.
pub(super) fn draw(
    model: &Model,
    plan: &Plan,
    toast: bool,
    lines: &mut Lines,
    buffer: &mut Buffer,
) -> Option<Position> {
    match &model.mode {
        Mode::Filter(line) => {
            let asks = "words, is:draft, ws:workspace, in:profile";
            Some(asking(line, asks, prompt("/", plan.status, buffer), buffer))
        }
        Mode::Add(adding) => {
            let asks = "an ID, or a link from the portal";
            let caret = asking(&adding.line, asks, prompt("Add: ", plan.status, buffer), buffer);
            match &adding.state {
                AddState::Typing => {}
                AddState::Looking { .. } => above(model, plan, "Looking it up …", Role::Quiet, lines, buffer),
                AddState::Wrong(words) => above(model, plan, words, Role::Bad, lines, buffer),
            }
            Some(caret)
        }
        Mode::Create(creating) => {
            let room = prompt("New session: ", plan.status, buffer);
            let caret = put_line(&creating.line, room.x, room.y, room.width.saturating_sub(1), buffer);
            put_ghost(model, caret, plan.status.right().saturating_sub(1), buffer);
            match (&creating.problem, creating.req) {
                (Some(words), _) => above(model, plan, words, Role::Bad, lines, buffer),
                (None, Some(_)) => above(model, plan, "Making it …", Role::Quiet, lines, buffer),
                (None, None) => {
                    let cells = usize::from(model.size.width.saturating_sub(2));
                    let said = model.before_making(creating);
                    let said: Vec<String> =
                        said.iter().flat_map(|line| glyph::wrap(line, cells, 1)).collect();
                    block(plan, &said, Role::Quiet, lines, buffer);
                }
            }
            Some(caret)
        }
        Mode::Browse | Mode::Rename(_) => {
            let (text, role) = status(model, toast);
            let cells = usize::from(plan.status.width.saturating_sub(2));
            if glyph::width(&text) > cells && matches!(model.mode, Mode::Browse) && role != Role::Quiet {
                // A long message takes lines of the list rather than losing its end, but never from the edited row.
                // Advice is worth no line of the list: the selected row may be the one.
                let said = glyph::wrap(&text, cells, 3);
                let (last, rest) = said.split_last()?;
                block(plan, rest, role, lines, buffer);
                put(buffer, plan.status.x + 1, plan.status.y, plan.status.width - 2, last, style(role));
            } else {
                put(buffer, plan.status.x + 1, plan.status.y, plan.status.width - 2, &text, style(role));
            }
            None
        }
    }
}

/// What a field is for; the room that it leaves.
fn prompt(words: &str, area: Rect, buffer: &mut Buffer) -> Rect {
    let x = put(buffer, area.x + 1, area.y, area.width, words, style(Role::Key));
    Rect { x, width: area.right().saturating_sub(x), ..area }
}

/// Words just above the status line.
fn above(model: &Model, plan: &Plan, words: &str, role: Role, lines: &mut Lines, buffer: &mut Buffer) {
    let said = glyph::wrap(words, usize::from(model.size.width.saturating_sub(2)), 4);
    block(plan, &said, role, lines, buffer);
}

fn block(plan: &Plan, said: &[String], role: Role, lines: &mut Lines, buffer: &mut Buffer) {
    lines.cover();
    let height = count(said.len()).min(plan.list.height);
    for (y, line) in (plan.status.y - height..).zip(said) {
        for x in plan.list.left()..plan.list.right() {
            buffer.set_string(x, y, " ", style(Role::Plain));
        }
        buffer.set_style(Rect { y, height: 1, ..plan.list }, ratatui::style::Style::reset());
        put(buffer, plan.list.x + 1, y, plan.list.width - 2, line, style(role));
    }
}

/// The message on the last line of what hides the status line, where it is an answer to a key pressed there: what was
/// copied, or what a protected profile asks.
pub(super) fn over(model: &Model, plan: &Plan, caret: Option<Position>, buffer: &mut Buffer) {
    let answers = match model.overlays.last() {
        Some(Overlay::Reading(_) | Overlay::Bulk(_) | Overlay::Batch { .. }) => true,
        Some(Overlay::Menu(_) | Overlay::Conflict(_) | Overlay::History(_)) => model.sure.is_some(),
        Some(Overlay::SignIn) | None => false,
    };
    let Some(notice) = model.notice.as_ref().filter(|_| answers) else { return };
    let (words, role) = message(model, Some(notice));
    let room = Rect { x: plan.footer.x + 2, width: plan.footer.width.saturating_sub(4), ..plan.footer };
    let cells = cells(&words).min(room.width);
    let is_line = |x: u16| buffer.cell((x, room.y)).is_some_and(|cell| cell.symbol() == "─");
    let free = (room.left()..room.right()).rev().take_while(|x| is_line(*x)).count();
    let framed = buffer.cell((plan.footer.x, room.y)).is_some_and(|cell| cell.symbol() == "└");
    // Beside the hints where both fit; else above them, but not over the line that has the keys.
    let beside = usize::from(cells) + 2 <= free || free == usize::from(room.width);
    let above = room.y.saturating_sub(1);
    let (x, y) = match (beside, framed) {
        (true, _) => (room.right() - cells - 1, room.y),
        (false, false) => (room.x - 1, room.y),
        (false, true) => (room.x - 1, above.saturating_sub(caret.is_some_and(|at| at.y == above).into())),
    };
    // Nothing of what stood there shows through.
    for x in x..room.right() + u16::from(!beside) {
        buffer.set_string(x, y, " ", ratatui::style::Style::reset().patch(style(Role::Plain)));
    }
    put(buffer, x + 1, y, room.right().saturating_sub(x + 1), &words, style(role));
}

/// The one thing worth saying now; a filter is never hidden by it.
fn status(model: &Model, toast: bool) -> (Cow<'_, str>, Role) {
    let notice = model.notice.as_ref().filter(|_| !toast);
    let (words, role) = message(model, notice);
    let filter = model.list.filter();
    if filter.is_empty() || notice.is_none() {
        return (words, role);
    }
    (format!("/{filter}   {words}").into(), role)
}

fn message<'a>(model: &'a Model, notice: Option<&'a Notice>) -> (Cow<'a, str>, Role) {
    let key = |command| model.settings.keys.key_for(Focus::List, command);
    if let Some(notice) = notice {
        return (Cow::Borrowed(&notice.text), tone(notice.tone));
    }
    if !model.list.filter().is_empty() && model.list.marked_len() > 0 {
        return (format!("/{}   {}", model.list.filter(), marked(model)).into(), Role::Plain);
    }
    if !model.list.filter().is_empty() {
        let clear = key(Command::ClearFilter);
        return (format!("/{}   {clear} clears", model.list.filter()).into(), Role::Plain);
    }
    match &model.list.walk {
        Walk::Going(going) => {
            (format!("Reading {} … {} so far", going.workspace, going.count).into(), Role::Quiet)
        }
        Walk::Failed { fault, as_of } => {
            let since = as_of
                .map_or_else(String::new, |at| format!(" Names as of {}.", at.clock(model.settings.zone)));
            (format!("Not refreshed: {}{since}", fault.say).into(), Role::Warn)
        }
        Walk::Idle { .. } if model.list.marked_len() > 0 => (marked(model).into(), Role::Plain),
        Walk::Idle { .. } => {
            // In a field the key would be text.
            let list = model.focus() == Focus::List;
            let go = |to: &'static str| {
                if list { format!("   {} goes to {to}", key(Command::NextOpen)) } else { String::new() }
            };
            // The row says its own.
            let own = match &model.mode {
                Mode::Rename(renaming) => Some(&renaming.key),
                Mode::Create(creating) => Some(&creating.key),
                Mode::Browse | Mode::Filter(_) | Mode::Add(_) => model.list.chosen(),
            };
            let others = model.drafts.keys().filter(|key| Some(*key) != own).count();
            let words = match if list && others > 0 { model.drafts.len() } else { others } {
                0 if model.tip && list && model.size.width < NARROW => format!(
                    "{} names the row, {} finds commands",
                    key(Command::Rename),
                    key(Command::Palette)
                ),
                0 if model.tip && list => format!(
                    "{} names the row, {} finds any command, {} takes a rename back. ({} hides this)",
                    key(Command::Rename),
                    key(Command::Palette),
                    key(Command::TakeBack),
                    key(Command::ClearFilter),
                ),
                0 => String::new(),
                1 => format!("1 draft{}", go("it")),
                n => format!("{n} drafts{}", go("the next")),
            };
            (words.into(), Role::Quiet)
        }
    }
}

/// How many rows are marked, also those that a filter hides.
fn marked(model: &Model) -> String {
    let shown = model.list.marked_shown_len();
    let hidden = model.list.marked_len() - shown;
    let key = model.settings.keys.key_for(Focus::List, Command::MarkRange);
    let range = if model.range.is_some() { format!(" ({key} ends the range)") } else { String::new() };
    match hidden {
        0 => format!("{shown} marked{range}"),
        n => format!("{} marked, {n} of them not shown{range}", model.list.marked_len()),
    }
}

/// The field of a name being typed, whose it is, and the name that was there.
fn typed(model: &Model) -> Option<(&LineEdit, &Key, &str)> {
    let (line, key) = match &model.mode {
        Mode::Rename(renaming) => (&renaming.line, &renaming.key),
        Mode::Create(creating) => (&creating.line, &creating.key),
        Mode::Browse | Mode::Filter(_) | Mode::Add(_) => return None,
    };
    let there = model.list.get(key).and_then(|session| model.shown_name(session)).unwrap_or_default();
    Some((line, key, there))
}

/// Whether it would do nothing to this row, or to this text.
fn idle(
    model: &Model,
    row: Option<&Session>,
    typed: Option<(&LineEdit, &Key, &str)>,
    command: Command,
) -> bool {
    (command == Command::Rename && row.is_none_or(|session| model.read_only(&session.key)))
        || (row.is_none()
            && matches!(command, Command::Preview | Command::Open | Command::FilterDown | Command::TakeBack))
        || (command == Command::Filter && model.list.in_scope() == 0)
        || (command == Command::Templates && model.settings.templates.is_empty())
        || typed.is_some_and(|(line, key, there)| {
            (command == Command::Undo && !line.is_changed())
                || (command == Command::Original && line.text() == there)
                || (command == Command::RecallOlder && model.recall.of(&key.profile).is_empty())
        })
}

/// What can be done now, the most useful first; what does not fit is left out.
pub(super) fn hints(model: &Model, area: Rect, words: &mut Words, lines: &mut Lines, buffer: &mut Buffer) {
    // What the selected row is asked for them: whether its profile takes writes.
    let read_only = model.list.chosen().is_some_and(|key| model.read_only(key));
    if lines.rests(area.y, &(model.stirs(), read_only)) {
        return;
    }
    let focus = model.focus();
    let typed = typed(model);
    let keeps = typed.is_some_and(|(line, _, there)| line.text() != there && !line.text().trim().is_empty());
    let wanted: &[(Command, &str)] = match focus {
        Focus::List if model.who().is_none() => &[
            (Command::SignIn, "sign in"),
            (Command::Rename, "rename"),
            (Command::Filter, "filter"),
            (Command::Palette, "find"),
            (Command::Help, "help"),
            (Command::Quit, "quit"),
        ],
        Focus::List if model.list.marked_len() > 0 => &[
            (Command::Bulk, "rename marked"),
            (Command::EditNames, "in your editor"),
            (Command::Mark, "mark"),
            (Command::Unmark, "unmark all"),
            (Command::Palette, "find"),
            (Command::Help, "help"),
            (Command::Quit, "quit"),
        ],
        // The preview hides the list: the way back first.
        Focus::List if model.preview.is_some() && model.preview_room() == PreviewRoom::default() => &[
            (Command::Preview, "list"),
            (Command::Rename, "rename"),
            (Command::TakeBack, "undo"),
            (Command::Help, "help"),
            (Command::Quit, "quit"),
        ],
        Focus::List => &[
            (Command::Rename, "rename"),
            (Command::Filter, "filter"),
            (Command::TakeBack, "undo"),
            (Command::Add, "add"),
            (Command::Preview, if model.preview.is_some() { "hide" } else { "preview" }),
            (Command::Palette, "find"),
            (Command::Everything, if model.shows_everything() { "opened only" } else { "everything" }),
            (Command::Open, "open"),
            (Command::Help, "help"),
            (Command::Quit, "quit"),
        ],
        Focus::Rename => &[
            (Command::Save, "save"),
            (Command::Leave, if keeps { "leave (draft kept)" } else { "leave" }),
            (Command::SaveNext, "save, next"),
            (Command::Undo, "undo"),
            (Command::Templates, "templates"),
            (Command::RecallOlder, "earlier names"),
            (Command::Original, "old name"),
        ],
        Focus::Filter => {
            &[(Command::KeepFilter, "keep"), (Command::CloseFilter, "clear"), (Command::FilterDown, "next")]
        }
        Focus::Add => &[(Command::SubmitAdd, "look up and add"), (Command::CloseAdd, "close")],
        Focus::Create => &[
            (Command::SubmitCreate, "make it"),
            (Command::CloseCreate, if keeps { "close (draft kept)" } else { "close" }),
            (Command::Templates, "templates"),
        ],
        Focus::SignIn
        | Focus::Menu
        | Focus::Reading
        | Focus::Conflict
        | Focus::History
        | Focus::HistoryFilter
        | Focus::Bulk
        | Focus::BulkTable
        | Focus::Batch => &[],
    };
    // A bit for each that would do something.
    let row = model.chosen();
    let does = |command| u32::from(!idle(model, row, typed, command));
    let able = wanted.iter().rev().fold(0, |able, (command, _)| able << 1 | does(*command));
    if lines.keep(area.y, &("hints", area.width, focus, wanted, able), buffer) {
        return;
    }
    let able = (0..).zip(wanted).filter(|(n, _)| able >> n & 1 == 1).map(|(_, hint)| *hint);
    put_hints(model, focus, able, area, words, buffer);
}

/// Draws hints, as many as fit.
fn put_hints<'a>(
    model: &Model,
    focus: Focus,
    hints: impl Iterator<Item = (Command, &'a str)>,
    area: Rect,
    words: &mut Words,
    buffer: &mut Buffer,
) {
    let key = |command| {
        let key = model.settings.keys.first_key(focus, command);
        fmt::from_fn(move |f| key.map_or(Ok(()), |key| write!(f, "{key}")))
    };
    let (_, most) = hints.size_hint();
    let mut shown = Vec::with_capacity(most.unwrap_or(0));
    for (command, word) in hints {
        let cells = glyph::width(words.of(key(command))) + 1 + glyph::width(word);
        shown.push((command, word, count(cells)));
    }
    // Where not all fit, help and quit are not what is left out.
    let room = usize::from(area.width.saturating_sub(1));
    while shown.iter().map(|(.., cells)| usize::from(*cells) + 2).sum::<usize>() > room + 2 && shown.len() > 1
    {
        let kept = shown.iter().rposition(|(c, ..)| !matches!(c, Command::Help | Command::Quit));
        shown.remove(kept.unwrap_or(shown.len() - 1));
    }
    let mut x = area.x + 1;
    for (command, word, cells) in shown {
        if x + cells > area.right() {
            break;
        }
        x = put(buffer, x, area.y, cells, words.of(key(command)), style(Role::Key)) + 1;
        x = put(buffer, x, area.y, area.right().saturating_sub(x), word, style(Role::Quiet)) + 2;
    }
}

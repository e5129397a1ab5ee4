//! The history: who renamed what, when, from and to.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::field::put_line;
use super::pair::{left, named, pair};
use super::plan::NARROW;
use super::text::{cells, foot, framed, put, rect};
use super::theme::{Role, style};
use crate::core::command::{Command, Focus};
use crate::core::glyph;
use crate::core::likeness;
use crate::core::model::{History, Model};
use crate::core::session::shown;
use crate::core::store::{Deed, Entry, EntryState, Outcome};

/// Cells of a narrow row that are not the name's.
const NAMES: u16 = 22;

/// Draws the overlay; returns where the caret rests.
pub(super) fn draw(model: &Model, history: &History, area: Rect, buffer: &mut Buffer) -> Position {
    let (focus, wanted) = hints(history);
    let foot = foot(model, focus, &wanted, area.width);
    let inner = framed("History", foot, area, buffer);
    let mut caret = Position::new(inner.x, inner.y);
    let sight = model.history_sight(history);
    let list = rect(sight.entries);
    if let Some(line) = sight.filter {
        let x = put(buffer, line.x + 1, line.y, line.width, "/", style(Role::Key));
        let cells = inner.right().saturating_sub(x + 1);
        let at = put_line(&history.filter, x, line.y, cells, buffer);
        if history.filtering {
            caret = at;
        }
    }
    let Some(_) = &history.entries else {
        put(buffer, list.x + 1, list.y, list.width, "Reading …", style(Role::Quiet));
        return caret;
    };
    let mut empty = true;
    for ((n, entry), y) in history.matching().enumerate().skip(sight.top).zip(list.y..list.bottom()) {
        empty = false;
        let chosen = n == history.chosen;
        row(model, entry, chosen, Rect { y, height: 1, ..list }, buffer);
        if chosen {
            if !history.filtering {
                caret = Position::new(list.x, y);
            }
            if let Some(room) = sight.details {
                details(model, entry, rect(room), buffer);
            }
        }
    }
    if empty {
        let words = if history.filter.text().is_empty() { "No renames yet." } else { "No match." };
        put(buffer, list.x + 1, list.y, list.width, words, style(Role::Quiet));
    }
    caret
}

/// What can be done; what would only be refused is no hint.
fn hints(history: &History) -> (Focus, Vec<(Command, &'static str)>) {
    if history.filtering {
        let wanted = vec![(Command::HistoryKeepFilter, "keep"), (Command::HistoryClearFilter, "clear")];
        return (Focus::HistoryFilter, wanted);
    }
    let mut wanted = Vec::new();
    let saved = |entry: &&Entry| matches!(entry.state, EntryState::Ended(Outcome::Saved { .. }, _));
    if let Some(entry) = history.chosen_entry().filter(saved).filter(|entry| !entry.undone) {
        let undoes = matches!(entry.intent.deed, Deed::Undo(_));
        wanted.push((Command::HistoryUndo, if undoes { "redo" } else { "undo" }));
    }
    if history.entries.as_ref().is_some_and(|entries| !entries.is_empty()) {
        wanted.push((Command::HistoryFilter, "filter"));
    }
    wanted.push((Command::CloseHistory, "close"));
    (Focus::History, wanted)
}

fn row(model: &Model, entry: &Entry, chosen: bool, line: Rect, buffer: &mut Buffer) {
    let look = if chosen { Role::Chosen } else { Role::Plain };
    buffer.set_style(line, style(look));
    let mark = if chosen { "▸" } else { " " };
    put(buffer, line.x, line.y, 1, mark, style(look));
    let narrow = line.width < NARROW;
    let when = if narrow {
        entry.intent.at.format("%-d %b", model.settings.zone)
    } else {
        entry.intent.at.calendar(model.now, model.settings.zone).to_string()
    };
    let mut x = line.x + 2;
    let mut column = |cells: u16, words: &str| {
        put(buffer, x, line.y, cells, words, style(look));
        x += cells + 2;
    };
    column(if narrow { 6 } else { 12 }, &when);
    column(9, state(entry));
    let room = Rect { x, width: line.right().saturating_sub(x + 1), ..line };
    let both = both(entry);
    if narrow {
        put(buffer, x, line.y, room.width, &shown(entry.intent.to.as_deref()), style(look));
    } else if cells(&both) <= room.width {
        put(buffer, x, line.y, room.width, &both, style(look));
    } else {
        let (from, to) = (entry.intent.from.as_deref(), entry.intent.to.as_deref());
        let left = left(named(from).len(), room.width);
        pair(named(from), (named(to), Role::Plain), style(look), left, room, buffer);
    }
}

/// The old name and the new one.
fn both(entry: &Entry) -> String {
    format!("{} → {}", shown(entry.intent.from.as_deref()), shown(entry.intent.to.as_deref()))
}

fn state(entry: &Entry) -> &'static str {
    if entry.undone {
        return "undone";
    }
    match (&entry.state, entry.intent.deed) {
        (EntryState::Waiting, _) => "waiting",
        (EntryState::Ended(Outcome::Saved { .. }, _), Deed::Undo(_)) => "undo",
        (EntryState::Ended(Outcome::Saved { .. }, _), Deed::Redo(_)) => "redo",
        (EntryState::Ended(Outcome::Saved { .. }, _), Deed::Rename) => "saved",
        (EntryState::Ended(Outcome::Failed { .. }, _), _) => "not saved",
        (EntryState::Ended(Outcome::Cancelled | Outcome::Stopped, _), _) => "cancelled",
        (EntryState::Ended(Outcome::Replaced, _), _) => "replaced",
    }
}

fn details(model: &Model, entry: &Entry, area: Rect, buffer: &mut Buffer) {
    let intent = &entry.intent;
    let known = model.who().filter(|w| Some(&w.account) == intent.account.as_ref());
    let who = known.map_or_else(
        || intent.account.as_ref().map_or("nobody signed in", |a| a.as_str()).to_owned(),
        |w| w.username.clone(),
    );
    let outcome = entry.state.outcome();
    let why = if let Some(Outcome::Failed { why, .. }) = outcome { Some(why) } else { None };
    let request = outcome.and_then(Outcome::request_id);
    let [from, to] = [intent.from.as_deref(), intent.to.as_deref()].map(shown);
    let says = area.width >= NARROW || glyph::width(&to) > usize::from(area.width - NAMES);
    let cells = usize::from(area.width.saturating_sub(7));
    let was = [format!("was {}", likeness::beside(&to, &from, cells))].into_iter();
    let to = says.then(|| format!("to  {}", likeness::beside(&from, &to, cells)));
    let lines = was.chain(to).chain(why.cloned()).chain([
        if area.width < NARROW {
            format!("#{}  {}  {}", entry.entry.0, intent.key.id.short(), intent.workspace)
        } else {
            format!("#{}  session {}  workspace {}", entry.entry.0, intent.key.id, intent.workspace)
        },
        format!("by {who}"),
        request.map_or_else(String::new, |request| format!("request {request}")),
    ]);
    for (y, line) in (area.y..area.bottom()).zip(lines.filter(|line| !line.is_empty())) {
        put(buffer, area.x + 2, y, area.width.saturating_sub(3), &line, style(Role::Quiet));
    }
}

//! A bulk that runs, or has: its progress, and each row's fate.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::pair::{left, named, pair};
use super::text::{foot, framed, put};
use super::theme::{Role, style};
use crate::core::batch::{Batch, Fate, Item, Stage};
use crate::core::command::{Command, Focus};
use crate::core::glyph;
use crate::core::listing::Walk;
use crate::core::model::Model;
use crate::core::session::{UNTITLED, shown};
use crate::core::store::Deed;

/// Cells before the names: the arrow's, and what becomes of the row.
const NAMES: u16 = 14;

/// Draws how a bulk fares; returns where the caret rests.
pub(super) fn draw(model: &Model, batch: &Batch, chosen: usize, area: Rect, buffer: &mut Buffer) -> Position {
    let tally = batch.tally();
    let all = batch.items().len();
    let what = if batch.takes_back() { "Bulk undo" } else { "Bulk rename" };
    let (title, wanted): (String, &[(Command, &str)]) = if batch.runs() {
        (
            format!("{what}: {} of {all}", tally.done()),
            &[(Command::BatchStop, "stop"), (Command::CloseBatch, "to the list, it goes on")],
        )
    } else if batch.takes_back() {
        let rest = tally.failed + tally.stopped > 0;
        let wanted: &[_] = if rest {
            &[(Command::BatchRetry, "send rest"), (Command::CloseBatch, "close")]
        } else {
            &[(Command::CloseBatch, "close")]
        };
        (format!("{what}: done"), wanted)
    } else if tally.failed + tally.stopped > 0 {
        (
            "Bulk rename: done".to_owned(),
            &[
                (Command::BatchUndo, "undo all"),
                (Command::BatchRetry, "send rest"),
                (Command::CloseBatch, "close"),
            ],
        )
    } else {
        ("Bulk rename: done".to_owned(), &[(Command::BatchUndo, "undo all"), (Command::CloseBatch, "close")])
    };
    let inner = framed(&title, foot(model, Focus::Batch, wanted, area.width), area, buffer);
    bar(tally.done(), all, Rect { height: 1, ..inner }, buffer);
    let (words, role) = stage(model, batch);
    if inner.height > 1 {
        put(buffer, inner.x + 1, inner.y + 1, inner.width.saturating_sub(2), &words, style(role));
    }
    let table = Rect { y: inner.y + 2, height: inner.height.saturating_sub(2), ..inner };
    let why = batch.items().get(chosen).and_then(|item| reason(&item.fate));
    let notes =
        why.map(|why| glyph::wrap(&why, usize::from(table.width.saturating_sub(8)), 3)).unwrap_or_default();
    let room = usize::from(table.height).saturating_sub(notes.len()).max(1);
    let top = chosen.saturating_sub(room.saturating_sub(1));
    let left = left(batch.longest(), table.width.saturating_sub(NAMES));
    let mut y = table.y;
    let mut caret = Position::new(inner.x, inner.y);
    for (n, item) in batch.items().iter().enumerate().skip(top) {
        if y >= table.bottom() {
            break;
        }
        let line = Rect { y, height: 1, ..table };
        let base = if n == chosen { style(Role::Chosen) } else { style(Role::Plain) };
        buffer.set_style(line, base);
        if n == chosen {
            caret = Position::new(line.x, y);
            put(buffer, line.x, y, 1, "▸", base.patch(style(Role::Title)));
        }
        let (word, role) = fate(model, item);
        put(buffer, line.x + 2, y, 11, &word, base.patch(style(role)));
        let from = named(item.from.as_deref());
        let to = item.to.as_deref().unwrap_or(UNTITLED);
        let names = Rect { x: line.x + NAMES, width: line.width.saturating_sub(NAMES), ..line };
        pair(from, (to, Role::Plain), base, left, names, buffer);
        y += 1;
        if n == chosen {
            for note in notes.iter().take(usize::from(table.bottom().saturating_sub(y))) {
                put(buffer, table.x + 4, y, table.width.saturating_sub(6), note, style(Role::Bad));
                y += 1;
            }
        }
    }
    caret
}

fn bar(done: usize, all: usize, area: Rect, buffer: &mut Buffer) {
    let cells = usize::from(area.width.saturating_sub(2)).min(60);
    let full = (done * cells).checked_div(all).unwrap_or(cells);
    let x = put(buffer, area.x + 1, area.y, area.width, &"█".repeat(full), style(Role::Good));
    put(buffer, x, area.y, area.right().saturating_sub(x), &"░".repeat(cells - full), style(Role::Quiet));
}

fn stage(model: &Model, batch: &Batch) -> (String, Role) {
    let tally = batch.tally();
    let signed_in = |profile| model.places.get(profile).is_some_and(|place| place.account().is_some());
    let waits = !batch.profiles().iter().all(signed_in);
    match batch.stage {
        Stage::Preparing { .. } => ("Gathering the names …".into(), Role::Quiet),
        Stage::Writing(_) | Stage::Written { .. } => ("Writing the journal …".into(), Role::Quiet),
        Stage::Reading | Stage::Comparing { .. } => (checking(model), Role::Quiet),
        Stage::Running { .. } if waits => {
            (format!("{}. It waits for a sign-in: close, then S.", tally.words()), Role::Warn)
        }
        Stage::Running { .. } => {
            let gate = model.places.all().iter().filter_map(|place| model.gate(&place.config.profile)).min();
            let left = batch.left(model.now).map(|left| left.as_secs().max(1));
            match (gate, left) {
                (Some(gate), _) => {
                    let at = gate.format("%H:%M:%S", model.settings.zone);
                    (format!("{}. The server asks for a pause until {at}.", tally.words()), Role::Warn)
                }
                (None, Some(left)) => (format!("{}, about {left} s left", tally.words()), Role::Plain),
                (None, None) => (tally.words(), Role::Plain),
            }
        }
        Stage::Ended { took } => {
            let role = if tally.failed + tally.changed > 0 { Role::Warn } else { Role::Good };
            // "in 0.0 s" would be said of what is too short to tell.
            let took = took.as_millis();
            let time = if took < 100 {
                String::new()
            } else {
                format!(", in {}.{} s", took / 1_000, took % 1_000 / 100)
            };
            (format!("{}{time}", tally.words()), role)
        }
    }
}

fn checking(model: &Model) -> String {
    let words = "Checking that the names are still what they were";
    match &model.list.walk {
        Walk::Going(going) if going.count > 0 => format!("{words}: {} read …", going.count),
        Walk::Going(_) | Walk::Idle { .. } | Walk::Failed { .. } => format!("{words} …"),
    }
}

fn fate(model: &Model, item: &Item) -> (String, Role) {
    match &item.fate {
        Fate::Waiting => ("waiting".into(), Role::Quiet),
        Fate::Going => {
            let state = model.list.get(&item.key).map(|session| model.row_state(session));
            (state.and_then(|state| state.word(model)).unwrap_or_default().into_owned(), Role::Pending)
        }
        Fate::Saved => match item.deed {
            Deed::Undo(_) => ("taken back".into(), Role::Good),
            Deed::Rename | Deed::Redo(_) => ("saved".into(), Role::Good),
        },
        Fate::Already => ("same".into(), Role::Quiet),
        Fate::Changed(_) => ("changed".into(), Role::Warn),
        Fate::Failed(_) => ("not saved".into(), Role::Bad),
        Fate::Stopped => ("stopped".into(), Role::Quiet),
        Fate::Replaced => ("replaced".into(), Role::Quiet),
    }
}

/// Why a row is not saved.
fn reason(fate: &Fate) -> Option<String> {
    match fate {
        Fate::Failed(fault) => Some(fault.say.clone()),
        Fate::Changed(theirs) => {
            let theirs = shown(theirs.as_deref());
            Some(format!("Renamed by something else since the plan was made, to “{theirs}”; left alone."))
        }
        Fate::Replaced => Some("A newer name for it took its place.".to_owned()),
        Fate::Waiting | Fate::Going | Fate::Saved | Fate::Already | Fate::Stopped => None,
    }
}

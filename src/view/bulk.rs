//! A bulk rename: the fields and the table before it, the progress and each row's fate after.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::Line as TextLine;
use ratatui::widgets::{Block, Clear, Widget};

use super::rows::put_line;
use super::text::{foot, put, put_theirs};
use super::theme::{Role, style};
use crate::core::batch::{Batch, Fate, Stage};
use crate::core::bulk::{Bulk, How, Line, Part, Tidy, Verdict};
use crate::core::command::{Command, Focus};
use crate::core::glyph;
use crate::core::likeness;
use crate::core::model::Model;

/// Below this width a row's new name stands below the old one's place alone.
const WIDE: u16 = 60;
/// From this height on a line of advice takes none from the table that it needs.
const ROOMY: u16 = 16;
/// What a template may hold, as examples: nobody guesses them.
const FIELDS: &str = "such as {n} {n:03} {old} {created:%Y-%m-%d} {today} {workspace} {id8}";

fn framed(title: &str, foot: TextLine<'static>, area: Rect, buffer: &mut Buffer) -> Rect {
    Clear.render(area, buffer);
    let block = Block::bordered().title(format!(" {title} ")).title_bottom(foot).style(style(Role::Plain));
    let inner = block.inner(area);
    block.render(area, buffer);
    inner
}

/// Draws the preparation; returns where the caret belongs.
pub(super) fn prepare(model: &Model, bulk: &Bulk, area: Rect, buffer: &mut Buffer) -> Position {
    let count = bulk.plan.count();
    let what = if bulk.marked { "marked" } else { "shown" };
    let title = format!("Bulk rename: {} {what}", bulk.rows.len());
    let (focus, wanted): (Focus, &[(Command, &str)]) = match bulk.part {
        Part::Field { .. } if bulk.how == How::Tidy => (
            Focus::Bulk,
            &[
                (Command::BulkNext, "to the table"),
                (Command::BulkFieldDown, "tidy otherwise"),
                (Command::BulkHow, "another way"),
                (Command::CloseBulk, "close"),
            ],
        ),
        Part::Field { .. } => (
            Focus::Bulk,
            &[
                (Command::BulkNext, "to the table"),
                (Command::BulkHow, "another way"),
                (Command::CloseBulk, "close"),
            ],
        ),
        Part::Table => (
            Focus::BulkTable,
            &[(Command::BulkApply, "apply"), (Command::BulkSkip, "skip row"), (Command::CloseBulk, "back")],
        ),
        Part::Label { .. } => (Focus::Bulk, &[(Command::BulkNext, "apply"), (Command::CloseBulk, "back")]),
    };
    let inner = framed(&title, foot(model, focus, wanted, area.width), area, buffer);
    let mut y = inner.y;
    let mut caret = None;
    let mut way = Position::new(inner.x, inner.y);
    if bulk.how == How::Given {
        put(buffer, inner.x + 1, y, inner.width, "From your editor", style(Role::Title));
        y += 1;
    } else {
        // On the smallest screens they take the whole line.
        let mut x = inner.x + u16::from(inner.width >= WIDE);
        for how in How::CHOICES {
            let chosen = how == bulk.how;
            let word = if chosen { format!("[{}]", how.word()) } else { format!(" {} ", how.word()) };
            let role = if chosen { Role::Key } else { Role::Quiet };
            if chosen {
                way.x = x;
            }
            x = put(buffer, x, y, inner.right().saturating_sub(x), &word, style(role));
        }
        y += 1;
        (y, caret) = fields(bulk, Rect { y, ..inner }, buffer);
        if y < inner.bottom() {
            super::text::rule(buffer, Rect { y, height: 1, ..inner });
            y += 1;
        }
    }
    let last = inner.bottom().saturating_sub(1);
    let (words, role) = match (&bulk.part, &bulk.plan.problem) {
        (Part::Label { wanted, wrong, .. }, _) => {
            let words = if *wrong { "Not it. " } else { "" };
            // The field needs room too.
            let words = if inner.width < WIDE {
                format!("{words}Type {wanted}: ")
            } else {
                format!("{words}Protected: type {wanted} to rename {}: ", count.renames)
            };
            (vec![words], Role::Warn)
        }
        // The end of it says what there is instead.
        (_, Some(problem)) => (glyph::wrap(problem, inner.width.saturating_sub(2).into(), 4), Role::Bad),
        (Part::Field { .. } | Part::Table, None) => (vec![count.words()], Role::Plain),
    };
    let more = u16::try_from(words.len().saturating_sub(1)).unwrap_or(0).min(last.saturating_sub(y));
    let foot = last - more;
    let table = Rect { y, height: foot.saturating_sub(y), ..inner };
    let row = table_of(bulk, table, buffer);
    let mut end = inner.x + 1;
    for (y, line) in (foot..=last).zip(&words) {
        end = put(buffer, inner.x + 1, y, inner.width.saturating_sub(2), line, style(role));
    }
    if let Part::Label { line, .. } = &bulk.part {
        caret = Some(put_line(line, end, last, inner.right().saturating_sub(end + 1), buffer));
    }
    caret.or(row).unwrap_or(way)
}

/// The fields; the line below them, and the caret if it is in one.
fn fields(bulk: &Bulk, area: Rect, buffer: &mut Buffer) -> (u16, Option<Position>) {
    let mut caret = None;
    let mut y = area.y;
    let mut field = |label: &str, line, has_keys: bool, buffer: &mut Buffer| {
        let x = put(buffer, area.x + 1, y, area.width.saturating_sub(1), label, style(Role::Quiet));
        let at = put_line(line, x, y, area.right().saturating_sub(x + 1), buffer);
        if has_keys {
            caret = Some(at);
        }
        y += 1;
    };
    let (first, second) = match bulk.part {
        Part::Field { second } => (!second, second),
        Part::Table | Part::Label { .. } => (false, false),
    };
    match bulk.how {
        How::Template => {
            field("name ", &bulk.template, first, buffer);
            if first && area.width >= WIDE && area.height >= ROOMY {
                put(buffer, area.x + 1, y, area.width.saturating_sub(2), FIELDS, style(Role::Quiet));
                y += 1;
            }
        }
        How::Replace | How::Regex => {
            field("find ", &bulk.find, first, buffer);
            field("with ", &bulk.with, second, buffer);
        }
        How::Tidy => {
            for (tidy, words) in Tidy::ALL.iter().filter(|(tidy, _)| *tidy == bulk.tidy) {
                let number = Tidy::ALL.iter().position(|(t, _)| t == tidy).unwrap_or(0) + 1;
                let words = format!("{number} of {}: {words}", Tidy::ALL.len());
                let cells = area.width.saturating_sub(2);
                for line in glyph::wrap(&words, cells.into(), 2) {
                    put(buffer, area.x + 1, y, cells, &line, style(Role::Plain));
                    y += 1;
                }
            }
        }
        How::Given => {}
    }
    (y, caret)
}

/// The table; where the selected row is.
fn table_of(bulk: &Bulk, area: Rect, buffer: &mut Buffer) -> Option<Position> {
    let chosen = match bulk.part {
        Part::Table => Some(bulk.chosen),
        Part::Field { .. } | Part::Label { .. } => None,
    };
    let height = usize::from(area.height);
    // What the selected row has to say takes lines of its own.
    let extra = chosen.and_then(|n| bulk.plan.lines.get(n)).map_or(0, |line| notes(line).len());
    let room = height.saturating_sub(extra).max(1);
    let top = bulk.chosen.saturating_sub(room.saturating_sub(1));
    let left = left(bulk.plan.lines.iter().map(|line| line.from.as_deref()), area.width.saturating_sub(3));
    let mut y = area.y;
    let mut caret = None;
    for (n, line) in bulk.plan.lines.iter().enumerate().skip(top) {
        if y >= area.bottom() {
            break;
        }
        let is_chosen = chosen == Some(n);
        if is_chosen {
            caret = Some(Position::new(area.x, y));
        }
        plan_line(line, is_chosen, left, Rect { y, height: 1, ..area }, buffer);
        y += 1;
        if is_chosen {
            for note in notes(line).iter().take(usize::from(area.bottom().saturating_sub(y))) {
                let x = put(buffer, area.x + 1, y, area.width, "    └ ", style(Role::Quiet));
                put(buffer, x, y, area.right().saturating_sub(x + 1), note, style(Role::Warn));
                y += 1;
            }
        }
    }
    caret
}

fn notes(line: &Line) -> Vec<String> {
    match &line.verdict {
        Verdict::Cannot(why) => vec![why.clone()],
        Verdict::Renames => line.hints.clone(),
        Verdict::Unchanged | Verdict::Skipped => Vec::new(),
    }
}

fn plan_line(line: &Line, chosen: bool, left: u16, area: Rect, buffer: &mut Buffer) {
    let base = if chosen { style(Role::Chosen) } else { style(Role::Plain) };
    buffer.set_style(area, base);
    if chosen {
        put(buffer, area.x, area.y, 1, "▸", base.patch(style(Role::Title)));
    }
    let (mark, role) = match &line.verdict {
        Verdict::Renames if line.hints.is_empty() => ("+", Role::Good),
        Verdict::Renames => ("?", Role::Warn),
        Verdict::Unchanged => ("=", Role::Quiet),
        Verdict::Skipped => ("-", Role::Quiet),
        Verdict::Cannot(_) => ("!", Role::Bad),
    };
    put(buffer, area.x + 1, area.y, 1, mark, base.patch(style(role)));
    let from = named(line.from.as_deref());
    let becomes = match &line.verdict {
        Verdict::Renames => (line.to.clone(), Role::Plain),
        Verdict::Unchanged => ("(unchanged)".to_owned(), Role::Quiet),
        Verdict::Skipped => ("(skipped)".to_owned(), Role::Quiet),
        Verdict::Cannot(why) => (format!("({why})"), Role::Bad),
    };
    pair(
        from,
        (&becomes.0, becomes.1),
        base,
        left,
        Rect { x: area.x + 3, width: area.width.saturating_sub(3), ..area },
        buffer,
    );
}

fn named(name: Option<&str>) -> &str {
    name.filter(|name| !name.is_empty()).unwrap_or("(untitled)")
}

/// The cells that the old names of a table get: what the longest needs, so that the new ones stand near them. By bytes,
/// which cost nothing to count in a long table and are no fewer than cells but for hidden characters.
fn left<'a>(names: impl Iterator<Item = Option<&'a str>>, width: u16) -> u16 {
    let longest = names.map(|name| named(name).len()).max().unwrap_or(0);
    // Where there is little room, what it becomes matters more.
    let most = if width < WIDE { width * 2 / 5 } else { width / 2 }.saturating_sub(2);
    most.min(u16::try_from(longest).unwrap_or(u16::MAX))
}

/// Now and then, side by side; `left` cells for now.
fn pair(
    now: &str,
    (then, role): (&str, Role),
    base: ratatui::style::Style,
    left: u16,
    area: Rect,
    buffer: &mut Buffer,
) {
    let x = area.x + left + 1;
    let right = area.right().saturating_sub(x + 4);
    let from = likeness::telling(now, then, left.into(), right.into());
    let mut side = |x, cells: u16, text: &str, role| {
        let look = base.patch(style(role));
        match text.get(from..).filter(|_| from > 0) {
            Some(rest) => {
                put(buffer, x, area.y, cells, "…", look);
                put_theirs(buffer, x + 1, area.y, cells.saturating_sub(1), rest, look);
            }
            None => {
                put_theirs(buffer, x, area.y, cells, text, look);
            }
        }
    };
    side(area.x, left, now, Role::Quiet);
    side(x + 3, right, then, role);
    put(buffer, x, area.y, 2, "→", base.patch(style(Role::Quiet)));
}

/// Draws how a bulk fares; returns where the caret rests.
pub(super) fn progress(
    model: &Model,
    batch: &Batch,
    chosen: usize,
    area: Rect,
    buffer: &mut Buffer,
) -> Position {
    let tally = batch.tally();
    let all = batch.items.len();
    let (title, wanted): (String, &[(Command, &str)]) = if batch.runs() {
        (
            format!("Bulk rename: {} of {all}", tally.done()),
            &[(Command::BatchStop, "stop"), (Command::CloseBatch, "to the list, it goes on")],
        )
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
    let why = batch.items.get(chosen).and_then(|item| reason(&item.fate));
    let notes =
        why.map(|why| glyph::wrap(&why, usize::from(table.width.saturating_sub(8)), 3)).unwrap_or_default();
    let room = usize::from(table.height).saturating_sub(notes.len()).max(1);
    let top = chosen.saturating_sub(room.saturating_sub(1));
    let left = left(batch.items.iter().map(|item| item.from.as_deref()), table.width.saturating_sub(13));
    let mut y = table.y;
    let mut caret = Position::new(inner.x, inner.y);
    for (n, item) in batch.items.iter().enumerate().skip(top) {
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
        put(buffer, line.x + 1, y, 11, &word, base.patch(style(role)));
        let from = named(item.from.as_deref());
        let to = item.to.as_deref().unwrap_or("(untitled)");
        let names = Rect { x: line.x + 13, width: line.width.saturating_sub(13), ..line };
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
    let waits = batch.items.iter().find(|item| model.account_for(&item.key).is_none());
    match batch.stage {
        Stage::Reading => ("Checking that the names are still what they were …".into(), Role::Quiet),
        Stage::Writing(_) => ("Writing the journal …".into(), Role::Quiet),
        Stage::Running { .. } if waits.is_some() => {
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

fn fate(model: &Model, item: &crate::core::batch::Item) -> (String, Role) {
    match &item.fate {
        Fate::Waiting => ("waiting".into(), Role::Quiet),
        Fate::Going => {
            let state = model.list.get(&item.key).map(|session| model.row_state(session));
            (state.and_then(|state| state.word(model)).unwrap_or_default().into_owned(), Role::Pending)
        }
        Fate::Saved => ("saved".into(), Role::Good),
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
            let theirs = theirs.as_deref().map_or_else(|| "(untitled)".to_owned(), glyph::sanitise);
            Some(format!("Renamed by something else since the plan was made, to “{theirs}”; left alone."))
        }
        Fate::Replaced => Some("A newer name for it took its place.".to_owned()),
        Fate::Waiting | Fate::Going | Fate::Saved | Fate::Already | Fate::Stopped => None,
    }
}

//! A bulk rename before it is applied: the fields, and the table of what becomes of each row.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::field::put_line;
use super::pair::{left, named, pair};
use super::plan::NARROW;
use super::text::{foot, framed, put};
use super::theme::{Role, style};
use crate::core::bulk::{Bulk, How, Line, Part, Tidy, Verdict};
use crate::core::command::{Command, Focus};
use crate::core::glyph;
use crate::core::model::{Model, ROOMY};

/// What a template may hold, as examples: nobody guesses them.
const FIELDS: &str = "such as {n} {n:03} {old} {created:%Y-%m-%d} {today} {workspace} {id8}";

/// Draws the preparation; returns where the caret belongs.
pub(super) fn draw(model: &Model, bulk: &Bulk, area: Rect, buffer: &mut Buffer) -> Position {
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
        let mut x = inner.x + u16::from(inner.width >= NARROW);
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
            let words = if inner.width < NARROW {
                format!("{words}Type {wanted}: ")
            } else {
                format!("{words}Protected: type {wanted} to rename {}: ", count.renames)
            };
            (vec![words], Role::Warn)
        }
        // The end of it says what there is instead.
        (_, Some(problem)) => (glyph::wrap(problem, inner.width.saturating_sub(2).into(), 4), Role::Bad),
        // Before the first of them there is nothing to be counted.
        (Part::Field { .. } | Part::Table, None) if bulk.behind.is_some() && bulk.plan.is_empty() => {
            (Vec::new(), Role::Plain)
        }
        (Part::Field { .. } | Part::Table, None) => (vec![count.words()], Role::Plain),
    };
    let late = bulk.behind.as_ref().and_then(|behind| behind.words(model.now));
    let (words, role) = late.map_or((words, role), |late| (vec![late.to_owned()], Role::Quiet));
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
            if first && area.width >= NARROW && area.height >= ROOMY {
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
    let extra = chosen.and_then(|n| bulk.plan.line(n)).map_or(0, |line| notes(&line).len());
    let room = height.saturating_sub(extra).max(1);
    let top = bulk.chosen.saturating_sub(room.saturating_sub(1));
    let left = left(bulk.plan.longest(), area.width.saturating_sub(3));
    let mut y = area.y;
    let mut caret = None;
    for (n, line) in (top..).zip(bulk.plan.lines(top)) {
        if y >= area.bottom() {
            break;
        }
        let is_chosen = chosen == Some(n);
        if is_chosen {
            caret = Some(Position::new(area.x, y));
        }
        plan_line(&line, is_chosen, left, Rect { y, height: 1, ..area }, buffer);
        y += 1;
        if is_chosen {
            for note in notes(&line).iter().take(usize::from(area.bottom().saturating_sub(y))) {
                let x = put(buffer, area.x + 1, y, area.width, "    └ ", style(Role::Quiet));
                put(buffer, x, y, area.right().saturating_sub(x + 1), note, style(Role::Warn));
                y += 1;
            }
        }
    }
    caret
}

fn notes(line: &Line<'_>) -> Vec<String> {
    match &line.verdict {
        Verdict::Cannot(why) => vec![why.clone()],
        Verdict::Renames => line.hints.clone(),
        Verdict::Unchanged | Verdict::Skipped => Vec::new(),
    }
}

fn plan_line(line: &Line<'_>, chosen: bool, left: u16, area: Rect, buffer: &mut Buffer) {
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
    let from = named(line.from);
    let becomes = match &line.verdict {
        Verdict::Renames => (line.to.to_owned(), Role::Plain),
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

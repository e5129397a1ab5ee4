//! Preparing a bulk rename: marks, the fields, the table. Nothing is sent from here before the person applies it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::batch;
use crate::core::batch::Batch;
use crate::core::bulk::{self, Behind, Bulk, How, Made, Part, Plan, Then, Tidy};
use crate::core::command::{Command, Focus};
use crate::core::effect::Effect;
use crate::core::line::LineEdit;
use crate::core::model::{Model, Overlay};
use crate::core::session::Key;
use crate::core::table::{Rows, Slot};
use crate::core::work::Work;

/// Space: marks the row or takes its mark, and goes on to the next.
pub(super) fn mark(model: &mut Model) {
    let Some(key) = model.list.chosen().cloned() else { return };
    model.range = None;
    let marked = model.list.is_marked(&key);
    model.list.set_mark(&key, !marked);
    model.list.step(1);
}

/// `v`: from here on every row that the selection passes is marked, until `v` again.
pub(super) fn range(model: &mut Model) {
    if model.range.take().is_some() {
        return;
    }
    let Some(key) = model.list.chosen().cloned() else { return };
    model.range = Some((key.clone(), model.list.marks()));
    model.list.set_mark(&key, true);
}

/// Keeps the marks of a range up to date with the selection, at the end of a step.
pub(super) fn follow_range(model: &mut Model) {
    let Some((from, before)) = &model.range else { return };
    let Some(from) = model.list.position_of(from) else {
        model.range = None;
        return;
    };
    let Some(to) = model.list.position() else { return };
    model.list.set_marks(before.clone(), from, to);
}

/// Ctrl-A: all that is shown; once more takes the marks away again.
pub(super) fn mark_all(model: &mut Model) {
    model.range = None;
    let all = model.list.marked_shown_len() == model.list.shown_len();
    model.list.mark_shown(!all);
}

/// Takes all marks away; whether there were any.
pub(super) fn unmark(model: &mut Model) -> bool {
    model.range = None;
    let marked = model.list.unmark();
    if marked > 0 {
        let words =
            if marked == 1 { "1 mark taken away.".into() } else { format!("{marked} marks taken away.") };
        model.note(words);
    }
    marked > 0
}

/// What a bulk is about: the marked rows in the order of the list, else what a filter shows.
pub(super) fn rows(model: &mut Model) -> Option<(Vec<Slot>, bool)> {
    let marked = model.list.marked_slots();
    if !marked.is_empty() {
        return Some((marked, true));
    }
    if !model.list.filter().is_empty() && model.list.shown_len() > 0 {
        return Some((model.list.shown_slots().to_vec(), false));
    }
    let words = "Mark rows first (Space, v, Ctrl-A), or filter: a bulk takes what is marked, else what a filter shows.";
    model.note(words);
    None
}

/// `b`. One that still runs is shown instead.
pub(super) fn open(model: &mut Model) {
    if model.batch.as_ref().is_some_and(Batch::runs) {
        return batch::show(model);
    }
    if let Some((rows, marked)) = rows(model) {
        begin(model, Bulk::new(rows, marked, How::Template, BTreeMap::new()));
    }
}

/// Opens the table for names that were given one by one.
pub(super) fn open_given(model: &mut Model, rows: &[Key], given: BTreeMap<Key, String>) {
    let slots = rows.iter().filter_map(|key| model.list.slot(key)).collect();
    begin(model, Bulk::new(slots, true, How::Given, given));
}

fn begin(model: &mut Model, bulk: Bulk) {
    model.range = None;
    model.overlays.push(Overlay::Bulk(Box::new(bulk)));
    replan(model);
}

fn bulk(model: &mut Model) -> Option<&mut Bulk> {
    if let Some(Overlay::Bulk(bulk)) = model.overlays.last_mut() { Some(bulk) } else { None }
}

fn prepared(overlay: &Overlay) -> Option<&Bulk> {
    if let Overlay::Bulk(bulk) = overlay { Some(bulk) } else { None }
}

/// The one that is being prepared, also where something else lies over it.
fn below(model: &mut Model) -> Option<&mut Bulk> {
    let mut overlays = model.overlays.iter_mut();
    overlays.find_map(|overlay| if let Overlay::Bulk(bulk) = overlay { Some(&mut **bulk) } else { None })
}

/// The field with the keys, if a bulk is being prepared.
pub(super) fn field(model: &mut Model) -> Option<&mut LineEdit> {
    bulk(model)?.field()
}

/// Something was typed in it.
pub(super) fn typed(model: &mut Model) {
    match bulk(model) {
        Some(Bulk { part: Part::Label { wrong, .. }, behind, .. }) => {
            *wrong = false;
            not_yet(behind);
        }
        Some(_) | None => replan(model),
    }
}

/// Takes the wish to apply a table that is still being made back; whether there was one.
fn not_yet(behind: &mut Option<Behind>) -> bool {
    let applies = behind.as_mut().filter(|behind| behind.then != Then::Show);
    applies.is_some_and(|behind| {
        behind.then = Then::Show;
        true
    })
}

/// Something that the table is made from has changed. It is made anew by [`follow`]; until then nothing acts on it.
fn replan(model: &mut Model) {
    // What was said of the table before is not true of the next.
    model.notice = None;
    want(model, Then::Show);
}

fn want(model: &mut Model, then: Then) {
    let now = model.now;
    if let Some(bulk) = below(model) {
        let since = bulk.behind.as_ref().map_or(now, |behind| behind.since);
        bulk.behind = Some(Behind { since, begun: false, then });
    }
}

/// So many of the rows that are arranged between two keys are planned there: a plan is more work.
const SHARE: usize = 20;

/// Makes the table anew where that is due: here, or for many rows on another thread, where a newer one takes the place of
/// an older one that is still being made.
pub(super) fn follow(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(bulk) = model.overlays.iter().find_map(prepared) else { return };
    let Some(behind) = bulk.behind.as_ref().filter(|behind| !behind.begun) else { return };
    let number = model.last_id + 1;
    let many = bulk.rows.len() > model.list.at_once / SHARE;
    // Of few rows in a long list the table is here at once, and once more with what they could double.
    let later = !many && behind.then == Then::Show && bulk.others.is_none() && model.list.is_long();
    let mut basis = model.basis(bulk, number, behind.then.clone());
    let more = later.then(|| model.basis(bulk, number, Then::Show));
    model.last_id = number;
    if let Some(bulk) = below(model) {
        bulk.asked = number;
        if let Some(behind) = &mut bulk.behind {
            behind.begun = true;
        }
    }
    if many {
        return out.push(Effect::Work(Work::Plan(Box::new(basis))));
    }
    out.extend(more.map(|basis| Effect::Work(Work::Plan(Box::new(basis)))));
    basis.gathers = !model.list.is_long();
    if let Some(made) = basis.run(&|| false) {
        came(model, made);
    }
}

/// The table is made, unless it is of no use any more. What was to be done with it is done.
pub(super) fn came(model: &mut Model, made: Made) {
    let Made { number, plan, others, batch } = made;
    let Some(bulk) = below(model).filter(|bulk| bulk.asked == number) else { return };
    bulk.chosen = bulk.chosen.min(plan.len().saturating_sub(1));
    bulk.plan = plan;
    bulk.others = others.or(bulk.others.take());
    match bulk.behind.take().map(|behind| behind.then) {
        Some(Then::Apply { .. }) => go_on(model, batch),
        Some(Then::Show) | None => {
            let words = not_here_yet(model);
            model.notice.take_if(|notice| notice.text == words);
        }
    }
}

/// It broke on the way. What stands there is for something else than what is typed.
pub(super) fn broke(model: &mut Model, words: &str) {
    if let Some(bulk) = below(model)
        && bulk.behind.take().is_some()
    {
        bulk.plan = Plan::without(words.to_owned());
    }
}

/// The rows have other numbers now than they had in these.
pub(super) fn renumbered(model: &mut Model, before: &Rows) {
    let Some(bulk) = model.overlays.iter().find_map(prepared) else { return };
    let keys = bulk.rows.iter().filter_map(|slot| before.kept(*slot)).map(|session| &session.key);
    let rows = keys.filter_map(|key| model.list.slot(key)).collect();
    if let Some(bulk) = below(model) {
        (bulk.rows, bulk.others) = (Arc::new(rows), None);
        let then = bulk.behind.as_ref().map_or(Then::Show, |behind| behind.then.clone());
        want(model, then);
    }
}

/// Tab and Shift-Tab: another way to make the names.
pub(super) fn change_how(model: &mut Model, forward: bool) {
    let Some(bulk) = bulk(model) else { return };
    let choices = How::CHOICES;
    // From names that were given there is nothing to change to: they would be lost.
    let Some(at) = choices.iter().position(|how| *how == bulk.how) else { return };
    let step = if forward { 1 } else { choices.len() - 1 };
    bulk.how = choices.get((at + step) % choices.len()).copied().unwrap_or(How::Template);
    bulk.part = Part::Field { second: false };
    replan(model);
}

/// Up and Down in the fields: the other field, or another way to tidy.
pub(super) fn other_field(model: &mut Model, forward: bool) {
    let Some(bulk) = bulk(model) else { return };
    match (bulk.how, &mut bulk.part) {
        (How::Replace | How::Regex, Part::Field { second }) => *second = forward,
        (How::Tidy, Part::Field { .. }) => {
            let at = Tidy::ALL.iter().position(|(tidy, _)| *tidy == bulk.tidy).unwrap_or(0);
            let to = if forward { at + 1 } else { at.saturating_sub(1) };
            bulk.tidy = Tidy::ALL.get(to).map_or(bulk.tidy, |(tidy, _)| *tidy);
            replan(model);
        }
        (How::Template | How::Given, _) | (_, Part::Table | Part::Label { .. }) => {}
    }
}

/// Enter in the fields: on to the next field, then to the table. In the label: apply.
pub(super) fn submit(model: &mut Model) {
    let Some(bulk) = bulk(model) else { return };
    match &mut bulk.part {
        Part::Field { second: second @ false } if matches!(bulk.how, How::Replace | How::Regex) => {
            *second = true;
        }
        Part::Field { .. } => bulk.part = Part::Table,
        Part::Label { line, wanted, wrong } => {
            if line.text().trim() == wanted {
                // Rows may have got or lost their names since the label was asked for: then it is asked for anew.
                let agreed = wanted.clone();
                apply(model, agreed);
            } else {
                *wrong = true;
            }
        }
        Part::Table => {}
    }
}

/// Esc: one step back.
pub(super) fn back(model: &mut Model) {
    let Some(bulk) = bulk(model) else { return };
    if not_yet(&mut bulk.behind) {
        return;
    }
    model.notice = None;
    let Some(bulk) = self::bulk(model) else { return };
    match bulk.part {
        Part::Field { .. } => {
            model.overlays.pop();
        }
        Part::Label { .. } => bulk.part = Part::Table,
        Part::Table if bulk.how == How::Given => {
            model.overlays.pop();
            let words = "Nothing was sent. The names are kept as drafts; E goes on with them.";
            model.note(words);
        }
        Part::Table => bulk.part = Part::Field { second: false },
    }
}

/// Moves in the table.
pub(super) fn step(model: &mut Model, rows: isize) {
    if let Some(bulk) = bulk(model) {
        // The lines that are not here yet can be gone to as well.
        let lines = bulk.behind.as_ref().map_or(bulk.plan.len(), |_| bulk.rows.len());
        bulk.chosen = bulk.chosen.saturating_add_signed(rows).min(lines.saturating_sub(1));
    }
}

/// Space in the table: this row is left alone, or not. It is the same row in a table that is still being made.
pub(super) fn skip(model: &mut Model) {
    let Some(bulk) = bulk(model) else { return };
    let Some(key) = bulk.plan.line(bulk.chosen).map(|line| line.key.clone()) else { return };
    if !bulk.skipped.remove(&key) {
        bulk.skipped.insert(key);
    }
    replan(model);
    step(model, 1);
}

fn not_here_yet(model: &Model) -> String {
    let key = model.settings.keys.key_for(Focus::BulkTable, Command::BulkApply);
    format!("The table comes first, then {key}.")
}

/// `y`, or the label of a protected profile. Rows that nobody has seen yet are not renamed: for what was just typed the
/// table comes first.
pub(super) fn apply(model: &mut Model, agreed: String) {
    let behind = bulk(model).and_then(|bulk| bulk.behind.as_ref()).map(|behind| &behind.then);
    match behind {
        Some(Then::Show) => {
            model.note(not_here_yet(model));
        }
        Some(Then::Apply { .. }) => {}
        None => want(model, Then::Apply { agreed }),
    }
}

/// The table that was to be applied is here. A protected profile wants its label typed first.
fn go_on(model: &mut Model, batch: Option<Box<Batch>>) {
    let Some(Overlay::Bulk(bulk)) = model.overlays.last() else {
        return model.note("The bulk was not applied: something else was opened over its table.");
    };
    let profiles = bulk.plan.profiles();
    let words = if profiles.is_empty() {
        Some("There is nothing to rename.".to_owned())
    } else {
        let mut places = profiles.iter().filter_map(|profile| model.places.get(profile));
        let out = places.find(|place| place.who().is_none());
        out.map(|place| format!("Not signed in to {}: Esc, then S signs in.", place.title()))
    };
    if let Some(words) = words {
        model.complain(words);
        return;
    }
    let wanted = bulk::label(&bulk.plan, &model.places);
    match batch {
        Some(batch) => send(model, *batch),
        None => {
            if let Some(bulk) = self::bulk(model) {
                bulk.part = Part::Label { line: LineEdit::new(""), wanted, wrong: false };
            }
        }
    }
}

fn send(model: &mut Model, batch: Batch) {
    let Some(Overlay::Bulk(bulk)) = model.overlays.pop() else { return };
    model.list.unmark();
    if bulk.how == How::Given {
        model.sheet = None;
    }
    model.notice = None;
    batch::begin(model, batch);
}

//! Preparing a bulk rename: marks, the fields, the table. Nothing is sent from here before the person applies it.

use std::collections::{BTreeMap, BTreeSet};

use super::batch;
use crate::core::batch::{Batch, Fate, Item};
use crate::core::bulk::{Bulk, Gather, How, Others, Part, Tidy, Verdict};
use crate::core::effect::Effect;
use crate::core::line::LineEdit;
use crate::core::model::{Model, Overlay};
use crate::core::place::Place;
use crate::core::session::{Key, Profile};
use crate::core::store::Deed;
use crate::core::title::{NewName, Title};
use crate::core::work::{Work, Worked};

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
pub(super) fn rows(model: &mut Model) -> Option<(Vec<Key>, bool)> {
    let marked: Vec<Key> = model.list.marked().cloned().collect();
    if !marked.is_empty() {
        return Some((marked, true));
    }
    if !model.list.filter().is_empty() && model.list.shown_len() > 0 {
        return Some((model.list.shown().cloned().collect(), false));
    }
    let words = "Mark rows first (Space, v, Ctrl-A), or filter: a bulk takes what is marked, else what a filter shows.";
    model.note(words);
    None
}

/// `b`. One that still runs is shown instead.
pub(super) fn open(model: &mut Model, out: &mut Vec<Effect>) {
    if model.batch.as_ref().is_some_and(Batch::runs) {
        return batch::show(model);
    }
    if let Some((rows, marked)) = rows(model) {
        begin(model, rows, marked, How::Template, BTreeMap::new(), out);
    }
}

/// Opens the table for names that were given one by one.
pub(super) fn open_given(
    model: &mut Model,
    rows: Vec<Key>,
    given: BTreeMap<Key, String>,
    out: &mut Vec<Effect>,
) {
    begin(model, rows, true, How::Given, given, out);
}

fn begin(
    model: &mut Model,
    rows: Vec<Key>,
    marked: bool,
    how: How,
    given: BTreeMap<Key, String>,
    out: &mut Vec<Effect>,
) {
    model.range = None;
    let gather = Gather { rows: model.list.rows().clone(), keys: rows.clone() };
    let mut bulk = Bulk::new(rows, marked, how, given);
    bulk.plan = model.plan_of(&bulk);
    // What was said before is no answer to a key pressed there.
    model.notice = None;
    model.overlays.push(Overlay::Bulk(Box::new(bulk)));
    if model.list.is_long() {
        out.push(Effect::Work(Work::Others(Box::new(gather))));
    } else if let Some(Worked::Others { keys, others }) = gather.run(&|| false) {
        gathered(model, &keys, *others);
    }
}

/// The other names are here, unless another bulk is open by now.
pub(super) fn gathered(model: &mut Model, keys: &[Key], others: Others) {
    if let Some(bulk) = bulk(model).filter(|bulk| bulk.rows == keys) {
        bulk.others = others;
        replan(model);
    }
}

fn bulk(model: &mut Model) -> Option<&mut Bulk> {
    if let Some(Overlay::Bulk(bulk)) = model.overlays.last_mut() { Some(bulk) } else { None }
}

/// The field with the keys, if a bulk is being prepared.
pub(super) fn field(model: &mut Model) -> Option<&mut LineEdit> {
    bulk(model)?.field()
}

/// Makes the table anew: something that it is made from has changed.
pub(super) fn replan(model: &mut Model) {
    let Some(Overlay::Bulk(bulk)) = model.overlays.last() else { return };
    let plan = model.plan_of(bulk);
    if let Some(bulk) = self::bulk(model) {
        bulk.chosen = bulk.chosen.min(plan.lines.len().saturating_sub(1));
        bulk.plan = plan;
        if let Part::Label { wrong, .. } = &mut bulk.part {
            *wrong = false;
        }
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
        }
        (How::Template | How::Given, _) | (_, Part::Table | Part::Label { .. }) => {}
    }
    replan(model);
}

/// Enter in the fields: on to the next field, then to the table. In the label: apply.
pub(super) fn submit(model: &mut Model, out: &mut Vec<Effect>) {
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
                if label(model) == agreed { send(model, out) } else { apply(model, out) }
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
        let last = bulk.plan.lines.len().saturating_sub(1);
        bulk.chosen = bulk.chosen.saturating_add_signed(rows).min(last);
    }
}

/// Space in the table: this row is left alone, or not.
pub(super) fn skip(model: &mut Model) {
    let Some(bulk) = bulk(model) else { return };
    let Some(key) = bulk.plan.lines.get(bulk.chosen).map(|line| line.key.clone()) else { return };
    if !bulk.skipped.remove(&key) {
        bulk.skipped.insert(key);
    }
    replan(model);
    step(model, 1);
}

/// The profiles in which something is renamed.
fn profiles(bulk: &Bulk) -> BTreeSet<&Profile> {
    let renamed = bulk.plan.lines.iter().filter(|line| line.verdict == Verdict::Renames);
    renamed.map(|line| &line.key.profile).collect()
}

/// What has to be typed before the table is applied; nothing where no profile is protected.
fn label(model: &Model) -> String {
    let Some(Overlay::Bulk(bulk)) = model.overlays.last() else { return String::new() };
    let places = profiles(bulk).into_iter().filter_map(|profile| model.places.get(profile));
    let protected: Vec<&str> = places.filter(|place| place.config.protected).map(Place::title).collect();
    protected.join(" ")
}

/// `y`. A protected profile wants its label typed first.
pub(super) fn apply(model: &mut Model, out: &mut Vec<Effect>) {
    // Answers may have come since the table was made.
    replan(model);
    let Some(Overlay::Bulk(bulk)) = model.overlays.last() else { return };
    let profiles = profiles(bulk);
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
    let label = label(model);
    if label.is_empty() {
        return send(model, out);
    }
    if let Some(bulk) = self::bulk(model) {
        bulk.part = Part::Label { line: LineEdit::new(""), wanted: label, wrong: false };
    }
}

fn send(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(Overlay::Bulk(bulk)) = model.overlays.pop() else { return };
    let items = bulk
        .plan
        .lines
        .into_iter()
        .filter(|line| line.verdict == Verdict::Renames)
        .filter_map(|line| {
            let to: NewName = Title::parse(&line.to).ok()?.into();
            let workspace = model.list.get(&line.key)?.workspace.clone();
            let (deed, fate) = (Deed::Rename, Fate::Waiting);
            Some(Item { key: line.key, workspace, from: line.from, to, deed, look: false, fate })
        })
        .collect();
    model.list.unmark();
    if bulk.how == How::Given {
        model.sheet = None;
    }
    model.notice = None;
    batch::begin(model, items, bulk.how == How::Given, out);
}

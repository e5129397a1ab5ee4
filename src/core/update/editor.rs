//! `E`: the names in the person's own editor. What comes back is a plan like any other, and is sent no sooner.
//!
//! They were typed, though, so they are drafts on disk from the moment they come back until the journal has them: a
//! crash or a quit at the table, or during the list walk after it, loses none.

use std::collections::BTreeMap;

use super::{bulk, rename};
use crate::core::batch::Batch;
use crate::core::bulk::sheet::{self, Sheet};
use crate::core::effect::Effect;
use crate::core::fault::Fault;
use crate::core::model::Model;
use crate::core::session::{Key, Session};
use crate::core::trees;

/// So often in a row an editor is opened again on names with mistakes in them.
const MOST_TIMES: u32 = 10;

/// Opens the editor. Names that came back from it and were not applied go on from where they were.
pub(super) fn open(model: &mut Model, out: &mut Vec<Effect>) {
    if model.batch.as_ref().is_some_and(Batch::runs) {
        return super::batch::show(model);
    }
    let kept = model.sheet.clone();
    let (sheet, typed) = match kept {
        Some(kept) if covers(model, &kept) => (kept, true),
        Some(_) | None => {
            let Some((rows, _)) = bulk::rows(model) else { return };
            let rows = rows.into_iter().filter_map(|slot| model.list.key(slot));
            let rows: Vec<Key> = rows.cloned().collect();
            let text = sheet::write(&sessions(model, &rows));
            (Sheet { rows, text, handed_back: 0 }, false)
        }
    };
    hand_out(model, sheet, typed, out);
}

/// Whether all that is marked is among these names.
fn covers(model: &Model, kept: &Sheet) -> bool {
    let rows = trees::set(&kept.rows);
    model.list.marked().all(|key| rows.contains(key))
}

fn sessions<'a>(model: &'a Model, rows: &[Key]) -> Vec<&'a Session> {
    rows.iter().filter_map(|key| model.list.get(key)).collect()
}

fn names(model: &Model, sheet: &Sheet) -> Result<BTreeMap<Key, String>, String> {
    sheet::read(&sheet.text, &sessions(model, &sheet.rows))
}

/// Makes the names drafts, in place of those that came back the time before. A draft that was typed in the row is
/// older words of its own, and stays.
fn keep(
    model: &mut Model,
    before: &BTreeMap<Key, String>,
    after: &BTreeMap<Key, String>,
    out: &mut Vec<Effect>,
) {
    let draft = |model: &Model, key: &Key| model.drafts.get(key).map(|draft| draft.text.clone());
    for (key, name) in before {
        if !after.contains_key(key) && draft(model, key).as_ref() == Some(name) {
            rename::drop_draft(model, key, out);
        }
    }
    for (key, name) in after {
        let there = draft(model, key);
        if there.is_none() || (there.as_ref() == before.get(key) && there.as_ref() != Some(name)) {
            rename::keep(model, key, name.clone(), out);
        }
    }
}

fn hand_out(model: &mut Model, sheet: Sheet, typed: bool, out: &mut Vec<Effect>) {
    out.push(Effect::Edit { text: sheet.text.clone(), typed });
    model.sheet = Some(sheet);
}

/// The editor is closed.
pub(super) fn came_back(model: &mut Model, answer: Result<String, Fault>, out: &mut Vec<Effect>) {
    out.push(Effect::Repaint);
    let Some(sheet) = model.sheet.take() else { return };
    let before = names(model, &sheet);
    let text = match answer {
        Ok(text) => text,
        Err(fault) => {
            model.complain(fault.say);
            // The editor failed on them, which is no reason to forget what was typed in it before.
            model.sheet = Some(sheet).filter(|_| before.as_ref().is_ok_and(|names| !names.is_empty()));
            return;
        }
    };
    let unchanged = text == sheet.text;
    let sheet = Sheet { text, ..sheet };
    let after = names(model, &sheet);
    if let Ok(after) = &after {
        keep(model, &before.unwrap_or_default(), after, out);
    }
    match after {
        Ok(names) if names.is_empty() => {
            model.note("No name was changed.");
        }
        Ok(names) => {
            bulk::open_given(model, &sheet.rows, names);
            model.sheet = Some(sheet);
        }
        // Closed as it was opened: the person gives up for now.
        Err(_) if unchanged => give_up(model, sheet),
        // A program that makes the same mistake each time would never end.
        Err(_) if sheet.handed_back >= MOST_TIMES => give_up(model, sheet),
        Err(text) => {
            let handed_back = sheet.handed_back + 1;
            hand_out(model, Sheet { text, handed_back, ..sheet }, true, out);
        }
    }
}

fn give_up(model: &mut Model, sheet: Sheet) {
    let words = "There is a mistake in the names, so nothing is changed. E goes on with them.";
    model.complain(words);
    model.sheet = Some(Sheet { handed_back: 0, ..sheet });
}

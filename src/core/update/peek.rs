//! The preview beside the list, the details of a row, the messages.

use std::time::Duration;

use super::{list, sign_in};
use crate::core::effect::{Effect, GraphCall};
use crate::core::fault::{Fault, FaultKind};
use crate::core::model::{Model, Overlay};
use crate::core::msg::GraphReply;
use crate::core::pending::Pending;
use crate::core::preview::{Preview, Prompts};
use crate::core::reading::{ReadLine, Reading};
use crate::core::saves::Phase;
use crate::core::session::Key;
use crate::core::store::{StoreCall, StoreReply};

/// The selection must rest this long before Graph is asked.
const RESTS: Duration = Duration::from_millis(200);
/// Renames of one session that the preview shows.
const MOST_RENAMES: u32 = 500;

/// `p`.
pub(super) fn toggle(model: &mut Model) {
    if model.preview.take().is_some() {
        return;
    }
    match model.chosen().map(|s| s.key.clone()) {
        Some(key) => model.preview = Some(Preview::new(key, model.now)),
        None => model.note("No session is selected."),
    }
}

/// The preview follows the selection, and asks once that has rested.
pub(super) fn follow(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(preview) = &mut model.preview else { return };
    let Some(chosen) = model.list.chosen() else { return };
    if preview.key != *chosen {
        *preview = Preview::new(chosen.clone(), model.now + RESTS);
    }
    if preview.due.is_none_or(|due| due > model.now) {
        return;
    }
    preview.due = None;
    let key = preview.key.clone();
    let req = model.ask(Pending::Renames(key.clone()));
    let call = StoreCall::History {
        profiles: vec![key.profile.clone()],
        host: model.settings.host.clone(),
        most: MOST_RENAMES,
    };
    out.push(Effect::Store(req, call));
    let workspace = model.list.get(&key).map(|s| s.workspace.clone());
    match (model.caller(&key.profile), workspace) {
        (Some(caller), Some(workspace)) => {
            let req = model.ask(Pending::Prompts(key.clone()));
            out.push(Effect::Graph(req, caller, GraphCall::Prompts { key: key.clone(), workspace }));
            list::opened(model, &key, out);
        }
        _ => {
            if let Some(preview) = &mut model.preview {
                preview.prompts = Prompts::SignedOut;
            }
        }
    }
}

/// The prompts came, or did not.
pub(super) fn prompts_came(model: &mut Model, key: &Key, answer: Result<GraphReply, Fault>) {
    let prompts = match answer.and_then(GraphReply::prompts) {
        Ok(prompts) => Prompts::Here(prompts),
        Err(fault) => {
            if matches!(fault.kind, FaultKind::SignedOut) {
                sign_in::signed_out(model, &key.profile, fault.clone());
            }
            Prompts::Failed(fault)
        }
    };
    if let Some(preview) = model.preview.as_mut().filter(|preview| preview.key == *key) {
        preview.prompts = prompts;
    }
}

/// The renames were read.
pub(super) fn renames_came(model: &mut Model, key: &Key, answer: Result<StoreReply, Fault>) {
    let entries = match answer.and_then(StoreReply::entries) {
        Ok(entries) => entries,
        Err(fault) => {
            model.complain(fault.say);
            return;
        }
    };
    if let Some(preview) = model.preview.as_mut().filter(|preview| preview.key == *key) {
        preview.renames = Some(entries.into_iter().filter(|entry| entry.intent.key == *key).collect());
    }
}

/// Scrolls the preview.
pub(super) fn scroll(model: &mut Model, lines: isize) {
    let most = model.chosen().map_or(0, |s| model.preview_lines(s).len().saturating_sub(1));
    if let Some(preview) = &mut model.preview {
        preview.scroll = preview.scroll.saturating_add_signed(lines).min(most);
    }
}

/// `M`.
pub(super) fn messages(model: &mut Model) {
    let reading = model.messages.reading(model.settings.zone);
    model.overlays.push(Overlay::Reading(reading));
}

/// `i`: everything known of the row, and of what went wrong in it.
pub(super) fn details(model: &mut Model) {
    let Some(session) = model.chosen() else {
        model.note("No session is selected.");
        return;
    };
    let mut lines = model.facts_of(session);
    if let Some(ours) = session.ours.as_deref().filter(|_| session.drifted()) {
        lines.push(ReadLine::plain(format!("our name   {ours}")));
    }
    if let Some(draft) = model.drafts.get(&session.key) {
        lines.push(ReadLine::plain(format!("draft      {}", draft.text)));
    }
    let mut copies = ("Details", String::new());
    let mut said = Vec::new();
    let phase = model.saves.get(&session.key).map(|save| &save.phase);
    if let Some(Phase::Failed { fault } | Phase::Retrying { fault, .. }) = phase {
        said.push(ReadLine::bad(fault.say.clone()));
        if let Some(server) = &fault.server {
            said.push(ReadLine::plain(format!("The server said: {server}")));
        }
        if let Some(id) = &fault.request_id {
            said.push(ReadLine::plain(format!("Request ID: {id}")));
            copies = ("Request ID", id.clone());
        }
    }
    // What went wrong is what somebody looks for, and on a small screen it would be below the edge.
    if !said.is_empty() {
        said.push(ReadLine::plain(""));
        lines.splice(2..2, said);
    }
    if copies.1.is_empty() {
        copies.1 = lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join("\n");
    }
    model.overlays.push(Overlay::Reading(Reading {
        title: "Details",
        lines,
        scroll: 0,
        copies: Some(copies),
    }));
}

fn reading(model: &mut Model) -> Option<&mut Reading> {
    if let Some(Overlay::Reading(reading)) = model.overlays.last_mut() { Some(reading) } else { None }
}

/// Scrolls what is read.
pub(super) fn read_on(model: &mut Model, lines: isize) {
    if let Some(reading) = reading(model) {
        let most = reading.lines.len().saturating_sub(1);
        reading.scroll = reading.scroll.saturating_add_signed(lines).min(most);
    }
}

/// `c` there.
pub(super) fn copy(model: &mut Model, out: &mut Vec<Effect>) {
    let copies = reading(model).and_then(|reading| reading.copies.clone());
    if let Some((what, text)) = copies {
        list::copy(model, &text, what, out);
    }
}

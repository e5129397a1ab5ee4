//! What plain mode tells: whatever is new at the end of a step, once, in a line of its own.

use super::create;
use super::plain::say;
use crate::core::effect::Effect;
use crate::core::glyph;
use crate::core::listing::Walk;
use crate::core::menu::{Kind, Menu, Workspaces};
use crate::core::model::{AddState, Mode, Model, Overlay};
use crate::core::notice::Notice;
use crate::core::place::Auth;
use crate::core::plain::PAGE;
use crate::core::preview::Prompts;
use crate::core::row::RowState;
use crate::core::session::{Key, UNTITLED};

/// Tells what is new, at the end of a step.
pub(super) fn tell(model: &mut Model, out: &mut Vec<Effect>) {
    gather(model, out);
    flush(model, out);
}

/// Collects what is new. Also between two lines of one step: the second would sweep away what the first brought.
pub(super) fn gather(model: &mut Model, out: &mut Vec<Effect>) {
    if model.plain.is_none() {
        return;
    }
    overlays(model);
    fields(model, out);
    sign_ins(model);
    notice(model);
    saves(model);
    walk(model);
    preview(model);
}

fn flush(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(plain) = &mut model.plain else { return };
    let mut lines: Vec<String> = plain.lines.drain(..).map(|line| glyph::sanitise(&line)).collect();
    lines.dedup();
    if !lines.is_empty() {
        out.push(Effect::Say(lines.join("\n")));
    }
}

/// What would lie over a screen is said, and closed.
fn overlays(model: &mut Model) {
    let Some(top) = model.overlays.pop() else { return };
    match &top {
        // Still to be answered.
        Overlay::Menu(Menu { kind: Kind::Workspaces(Workspaces::Asked), .. }) => {
            return model.overlays.push(top);
        }
        Overlay::History(history) if history.entries.is_none() => return model.overlays.push(top),
        Overlay::Menu(menu) => {
            for item in model.menu_items(menu) {
                say(model, format!("{}  {}", item.side, item.text).trim().to_owned());
            }
        }
        Overlay::Reading(reading) => {
            for line in &reading.lines {
                say(model, line.text.clone());
            }
        }
        Overlay::History(history) => {
            let lines: Vec<String> =
                history.matching().take(PAGE).map(|entry| model.rename_line(entry)).collect();
            if lines.is_empty() {
                say(model, "No renames yet.");
            }
            for line in lines {
                say(model, line);
            }
        }
        // What it shows is told with the save, and again to who asks.
        Overlay::Conflict(key) => {
            if let Some(plain) = &mut model.plain {
                plain.told.saves.remove(key);
            }
        }
        // What it shows is told with the sign-in; the others are for a screen.
        Overlay::SignIn | Overlay::Bulk(_) | Overlay::Batch { .. } => {}
    }
    overlays(model);
}

/// What went wrong in a field, which is closed: its words are told and kept.
fn fields(model: &mut Model, out: &mut Vec<Effect>) {
    match &model.mode {
        Mode::Add(adding) => {
            if let AddState::Wrong(words) = adding.state.clone() {
                model.mode = Mode::Browse;
                say(model, words);
            }
        }
        Mode::Create(creating) => {
            if let Some(words) = creating.problem.clone() {
                say(model, words);
                create::close(model, out);
            }
        }
        Mode::Browse | Mode::Filter(_) | Mode::Rename(_) => {}
    }
}

fn notice(model: &mut Model) {
    let Some(plain) = &mut model.plain else { return };
    if plain.told.notice == model.notice {
        return;
    }
    plain.told.notice.clone_from(&model.notice);
    if model.leaving.is_some() && std::mem::replace(&mut plain.told.leaving, true) {
        return;
    }
    let words = model.notice.as_ref().map(|notice: &Notice| notice.text.clone());
    plain.lines.extend(words);
    // One that was just added or made has no number yet.
    if let Some(key) = model.list.chosen().filter(|key| !plain.rows.contains(key)).cloned() {
        let all_listed = plain.listed == plain.rows.len();
        plain.rows.push(key.clone());
        if all_listed {
            plain.listed = plain.rows.len();
        }
        if let Some(session) = model.list.get(&key) {
            let row = model.plain_row(session);
            say(model, row);
        }
    }
}

fn sign_ins(model: &mut Model) {
    for profile in model.profiles() {
        let Some(place) = model.places.get(&profile) else { continue };
        let named =
            if model.places.all().len() > 1 { format!(" to {}", place.title()) } else { String::new() };
        let zone = model.settings.zone;
        let words = match &place.auth {
            Auth::Unconfigured => "No app registration is configured: retitle setup helps.".to_owned(),
            Auth::Waiting(wait) => {
                let trouble =
                    wait.trouble.as_ref().map_or_else(String::new, |fault| format!(" {}", fault.say));
                let hint = model.settings.sign_in_hint.as_deref().unwrap_or("");
                format!(
                    "To sign in{named}, open {} and type the code {} there, before {}. Only continue if you started this sign-in. {hint}{trouble}",
                    wait.code.url,
                    wait.code.user_code,
                    wait.until.clock(zone)
                )
            }
            Auth::Away(wait) => format!("To sign in{named}, go on in the browser: {}", wait.page.url),
            Auth::In(who) => format!("Signed in{named} as {}.", who.username),
            Auth::Out { why: Some(fault) } => {
                format!("Not signed in{named}: {}", fault.say)
            }
            Auth::Checking { .. } | Auth::Out { why: None } | Auth::Asking { .. } => String::new(),
        };
        let Some(plain) = &mut model.plain else { return };
        let told = plain.told.sign_in.insert(profile, words.clone());
        let words = words.trim_end();
        if !words.is_empty() && told.as_deref().map(str::trim_end) != Some(words) {
            plain.lines.push(words.to_owned());
        }
    }
}

fn saves(model: &mut Model) {
    let keys: Vec<Key> = model.saves.keys().cloned().collect();
    for key in keys {
        let Some(session) = model.list.get(&key) else { continue };
        let row = format!("{}, {}", model.plain_call(&key), session.name_or_untitled());
        let wanted = model.shown_name(session).unwrap_or(UNTITLED).to_owned();
        let state = model.row_state(session);
        let words = match &state {
            RowState::Saving | RowState::Queued => {
                vec![format!("Saving {}: {wanted}", model.plain_call(&key))]
            }
            RowState::Saved => vec![format!("Saved {row}.")],
            RowState::Changed(fault) => {
                let number = model.plain_call(&key);
                let names = model.three_names(session, fault, usize::MAX).into_iter().map(|below| below.text);
                let head = format!("Not saved {row}. {}", fault.say);
                let foot = format!("mine {number} sends yours, theirs {number} takes theirs. Yours is kept.");
                std::iter::once(head).chain(names).chain([foot]).collect()
            }
            RowState::NotSaved(_) => {
                vec![format!("Not saved {row}. {}", model.explained(session))]
            }
            RowState::Retry { .. }
            | RowState::Elsewhere
            | RowState::Old
            | RowState::Drifted
            | RowState::OtherAccount => {
                vec![format!("{row}: {}", model.explained(session))]
            }
            RowState::SignIn => vec![format!("{row}: waits for a sign-in, and is kept.")],
            RowState::Editing | RowState::Clean | RowState::Draft | RowState::Gone | RowState::NoAccess => {
                continue;
            }
        };
        // A row's number is no news.
        let told = if state == RowState::Saved { format!("saved {wanted}") } else { words.join("\n") };
        let Some(plain) = &mut model.plain else { return };
        if plain.told.saves.insert(key, told.clone()).as_ref() != Some(&told) {
            plain.lines.extend(words);
        }
    }
    let saves = &model.saves;
    if let Some(plain) = &mut model.plain {
        plain.told.saves.retain(|key, _| saves.contains_key(key));
    }
}

fn walk(model: &mut Model) {
    let count = model.list.shown_len();
    let Some(plain) = &mut model.plain else { return };
    let not_read = match &model.list.walk {
        Walk::Going(going) if going.asked => {
            if !std::mem::replace(&mut plain.told.reading, true) {
                plain.lines.push(format!("Reading {} …", going.workspace));
            }
            return;
        }
        Walk::Going(_) => return,
        Walk::Idle { .. } => None,
        Walk::Failed { fault, .. } => Some(format!("Not refreshed: {}", fault.say)),
    };
    let reading = std::mem::take(&mut plain.told.reading);
    match &not_read {
        Some(words) if plain.told.not_read != not_read => plain.lines.push(words.clone()),
        None if reading => plain.lines.push(format!("Read. {count} rows; list shows them.")),
        Some(_) | None => {}
    }
    plain.told.not_read = not_read;
}

/// A preview is said once all of it is there.
fn preview(model: &mut Model) {
    let Some(preview) = &model.preview else { return };
    let ready = !matches!(preview.prompts, Prompts::Asked) && preview.renames.is_some();
    if !ready {
        return;
    }
    let lines = model.list.get(&preview.key).map(|session| model.preview_lines(session));
    model.preview = None;
    for line in lines.into_iter().flatten().filter(|line| !line.text.is_empty()) {
        say(model, line.text);
    }
}

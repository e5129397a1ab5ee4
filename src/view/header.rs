//! The header: which place this is, who acts, how much there is, what is on its way.

use ratatui::buffer::Buffer;

use super::plan::{Columns, Plan};
use super::text::{put, put_right, rule};
use super::theme::{Role, style};
use crate::core::glyph;
use crate::core::model::Model;
use crate::core::place::Auth;
use crate::core::time::seconds_left;

pub(super) fn draw(model: &Model, plan: &Plan, buffer: &mut Buffer) {
    let area = plan.header;
    let counts = counts(model);
    let right = cells(&counts).min(area.width / 2);
    put_right(buffer, area.right().saturating_sub(right + 1), area.y, right, &counts, style(Role::Plain));
    let end = area.right().saturating_sub(right + 3);
    let mut x = area.x + 1;
    let mut word = |text: &str, role: Role, keep: u16| {
        let room = end.saturating_sub(x + keep);
        if room > 0 && !text.is_empty() {
            x = put(buffer, x, area.y, room, text, style(role)) + 1;
        }
        room
    };
    let roomy = area.width >= 60;
    if roomy {
        word("retitle ", Role::Title, 0);
    }
    let here = model.here();
    // What may not be done here is never what is left out.
    let rights = match (here.config.read_only, here.config.protected) {
        (true, _) => "read-only",
        (false, true) => "protected",
        (false, false) => "",
    };
    let keep = if rights.is_empty() { 0 } else { cells(rights) + 2 };
    if let Some(label) = &here.config.label {
        word(&format!(" {label} "), Role::Label, keep);
    } else if several(model) {
        word(&format!(" {} ", here.title()), Role::Label, keep);
    }
    let room = word("", Role::Plain, keep);
    word(&place(model, usize::from(room)), Role::Plain, keep);
    let gap = if roomy && !rights.is_empty() { " " } else { "" };
    word(&format!("{gap}{rights}"), Role::Warn, 0);
    if roomy {
        let room = usize::from(word("", Role::Plain, 1));
        let person = person(model);
        let short = person.split_once('@').map_or("", |(name, _)| name);
        let fits = [person.as_str(), short].into_iter().find(|words| glyph::width(words) <= room);
        word(&format!(" {}", fits.unwrap_or("")), Role::Quiet, 0);
    }
    for line in plan.rules.into_iter().flatten() {
        rule(buffer, line);
    }
    if let Some(headings) = plan.headings {
        let columns = Columns::new(plan.list.width, several(model));
        let mut head = |(x, cells): (u16, u16), text: &str| {
            put(buffer, headings.x + x, headings.y, cells, text, style(Role::Quiet));
        };
        head(columns.name, "NAME");
        for (column, text) in [
            (columns.profile, "PROFILE"),
            (columns.workspace, "WORKSPACE"),
            (columns.created, "CREATED"),
            (columns.id, "ID"),
        ] {
            if let Some(column) = column {
                head(column, text);
            }
        }
        head(columns.state, "MODIFIED");
    }
}

/// Whether rows of more than one profile may stand in the list.
pub(super) fn several(model: &Model) -> bool {
    model.places.all().len() > 1
}

fn cells(text: &str) -> u16 {
    u16::try_from(glyph::width(text)).unwrap_or(u16::MAX)
}

/// The tenant of the token really in use, once there is one; with the name it is configured under, where that is another.
/// The workspace too, where there is room for all of it.
fn place(model: &Model, room: usize) -> String {
    let configured = model.here().config.tenant.as_str();
    let tenant = match model.who().map(|who| who.tenant.as_str()) {
        None => short(configured).to_owned(),
        Some(used) if used == configured || configured == "organizations" || configured == "common" => {
            short(used).to_owned()
        }
        Some(used) => format!("{} ({})", short(configured), short(used)),
    };
    let place = model.here();
    let workspace = place.workspace_name.as_deref().unwrap_or_else(|| short(place.workspace.as_str()));
    let both = format!("{tenant} / {workspace}");
    if glyph::width(&both) <= room { both } else { tenant }
}

/// Of a GUID its first eight characters, as IDs are shown everywhere; a name whole.
fn short(id: &str) -> &str {
    let guid = id.len() == 36 && id.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    if guid { id.get(..8).unwrap_or(id) } else { id }
}

fn person(model: &Model) -> String {
    match &model.here().auth {
        Auth::In(who) => who.username.clone(),
        Auth::Checking { .. } => "looking for a sign-in …".into(),
        Auth::Asking { .. } | Auth::Waiting(_) | Auth::Away(_) => "signing in …".into(),
        Auth::Out { .. } | Auth::Unconfigured => "not signed in".into(),
    }
}

fn counts(model: &Model) -> String {
    let (shown, all) = (model.list.shown_len(), model.list.in_scope());
    let what = if all == 1 { "session" } else { "sessions" };
    let mut text = match model.list.position() {
        _ if model.list.partial => format!("{all}+ {what}"),
        _ if !model.list.filter().is_empty() => format!("{shown} of {all}"),
        Some(at) if model.size.width < 60 => format!("{}/{all}", at + 1),
        Some(_) | None => format!("{all} {what}"),
    };
    if model.shows_everything() && model.size.width >= 60 {
        text.insert_str(0, "everything: ");
    }
    for part in under_way(model) {
        text.push_str("  ");
        text.push_str(&part);
    }
    text
}

/// What is not saved yet: on its way, or waiting for something.
fn under_way(model: &Model) -> Vec<String> {
    let open = model.open_saves();
    if open == 0 {
        return Vec::new();
    }
    let gate = model.places.all().iter().filter_map(|p| model.gate(&p.config.profile)).min();
    if let Some(gate) = gate.filter(|_| !model.settings.still) {
        return vec![format!("{open} paused {}s", seconds_left(model.now, gate))];
    }
    if model.offline_saves() == open {
        return vec![format!("{open} offline")];
    }
    let waiting = model.waiting_saves();
    if model.size.width < 60 && waiting > 0 && waiting < open {
        return vec![format!("{open} unsaved")];
    }
    let count = |n: usize, word: &str| (n > 0).then(|| format!("{n} {word}"));
    count(open - waiting, "saving").into_iter().chain(count(waiting, "waiting")).collect()
}

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
    let right = u16::try_from(glyph::width(&counts)).unwrap_or(u16::MAX).min(area.width / 2);
    put_right(buffer, area.right().saturating_sub(right + 1), area.y, right, &counts, style(Role::Plain));
    let end = area.right().saturating_sub(right + 3);
    let here = model.here();
    let marks = [(here.config.read_only, "read-only"), (here.config.protected, "protected")];
    let marks = marks.into_iter().filter_map(|(on, mark)| on.then_some(mark));
    // Whether it can be written to is worth more room than who does.
    let reserved = marks.clone().map(|mark| mark.len() + 2).sum::<usize>();
    let before_marks = end.saturating_sub(u16::try_from(reserved).unwrap_or(0));
    let mut x = area.x + 1;
    let mut word = |text: &str, role: Role, gap: u16| {
        let end = if role == Role::Warn { end } else { before_marks };
        if x < end && !text.is_empty() {
            x = put(buffer, x, area.y, end - x, text, style(role)) + gap;
        }
    };
    let roomy = area.width >= 60;
    if roomy {
        word("retitle", Role::Title, 2);
    }
    if let Some(label) = &here.config.label {
        word(&format!(" {label} "), Role::Label, 1);
    } else if several(model) {
        word(&format!(" {} ", here.title()), Role::Label, 1);
    }
    word(&place(model), Role::Plain, 2);
    if roomy {
        word(&person(model), Role::Quiet, 2);
    }
    for mark in marks {
        word(mark, Role::Warn, 1);
    }
    for line in plan.rules.into_iter().flatten() {
        rule(buffer, line, model.settings.ascii);
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

/// The tenant of the token really in use, once there is one; with the name it is configured under, where that is another.
fn place(model: &Model) -> String {
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
    format!("{tenant} / {workspace}")
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
    let (shown, all) = (model.list.shown().len(), model.list.in_scope());
    let what = if all == 1 { "session" } else { "sessions" };
    let mut text = match model.list.position() {
        _ if !model.list.filter().is_empty() => format!("{shown} of {all}"),
        Some(at) if model.size.width < 60 => format!("{}/{all}", at + 1),
        Some(_) | None => format!("{all} {what}"),
    };
    if model.shows_everything() && model.size.width >= 60 {
        text.insert_str(0, "everything: ");
    }
    let open = model.open_saves();
    if open == 0 {
        return text;
    }
    if model.settings.still && open > 0 {
        return format!("{text}  {open} saving");
    }
    if let Some(gate) = model.places.all().iter().filter_map(|p| model.gate(&p.config.profile)).min() {
        return format!("{text}  {open} paused {}s", seconds_left(model.now, gate));
    }
    let word = if model.offline_saves() == open { "offline" } else { "saving" };
    format!("{text}  {open} {word}")
}

//! The header: which place this is, who acts, how much there is, what is on its way.

use std::fmt;

use ratatui::buffer::Buffer;

use super::lines::Lines;
use super::plan::{Columns, NARROW, Plan};
use super::text::{Words, cells, put, put_right, rule};
use super::theme::{Role, style};
use crate::core::glyph;
use crate::core::model::Model;
use crate::core::place::Auth;
use crate::core::session::short;
use crate::core::time::seconds_left;

/// All that the header shows besides the counts, so that equal headers look alike.
#[derive(Hash)]
struct Head<'a> {
    width: u16,
    label: Option<&'a str>,
    /// Where there are several.
    title: Option<&'a str>,
    rights: &'static str,
    configured: &'a str,
    used: Option<&'a str>,
    workspace: &'a str,
    person: &'a str,
    everything: bool,
}

impl<'a> Head<'a> {
    fn of(model: &'a Model, width: u16) -> Self {
        let here = model.here();
        Self {
            width,
            label: here.config.label.as_deref(),
            title: several(model).then(|| here.title()),
            // What may not be done here is never what is left out.
            rights: match (here.config.read_only, here.config.protected) {
                (true, _) => "read-only",
                (false, true) => "protected",
                (false, false) => "",
            },
            configured: here.config.tenant.as_str(),
            used: model.who().map(|who| who.tenant.as_str()),
            workspace: here.workspace_name.as_deref().unwrap_or_else(|| short(here.workspace.as_str())),
            person: match &here.auth {
                Auth::In(who) => &who.username,
                Auth::Checking { .. } => "looking for a sign-in …",
                Auth::Asking { .. } | Auth::Waiting(_) | Auth::Away(_) => "signing in …",
                Auth::Out { .. } | Auth::Unconfigured => "not signed in",
            },
            everything: model.shows_everything(),
        }
    }

    /// The tenant of the token really in use, once there is one; with the name it is configured under, where that is
    /// another. The workspace too, where there is room for all of it.
    fn place<'w>(&self, room: usize, words: &'w mut Words) -> &'w str {
        let configured = self.configured;
        let tenant = fmt::from_fn(|f| match self.used {
            None => f.write_str(short(configured)),
            Some(used) if used == configured || configured == "organizations" || configured == "common" => {
                f.write_str(short(used))
            }
            Some(used) => write!(f, "{} ({})", short(configured), short(used)),
        });
        let both = fmt::from_fn(|f| write!(f, "{tenant} / {}", self.workspace));
        if glyph::width(words.of(&both)) <= room { words.of(&both) } else { words.of(&tenant) }
    }
}

/// Draws the header, where it shows something else than before.
pub(super) fn draw(model: &Model, plan: &Plan, words: &mut Words, lines: &mut Lines, buffer: &mut Buffer) {
    let area = plan.header;
    // Where it is narrow the number of the selected row is in it.
    let at = model.list.position().filter(|_| area.width < NARROW);
    if lines.rests(area.y, &(model.stirs(), at)) {
        return;
    }
    let head = Head::of(model, area.width);
    let counts = words.of(counts(model));
    if lines.keep(area.y, &("header", counts, &head), buffer) {
        return;
    }
    let right = cells(counts).min(area.width / 2);
    put_right(buffer, area.right().saturating_sub(right + 1), area.y, right, counts, style(Role::Plain));
    let end = area.right().saturating_sub(right + 3);
    let mut x = area.x + 1;
    let mut word = |text: &str, role: Role, keep: u16| {
        let room = end.saturating_sub(x + keep);
        if room > 0 && !text.is_empty() {
            x = put(buffer, x, area.y, room, text, style(role)) + 1;
        }
        room
    };
    let roomy = area.width >= NARROW;
    if roomy {
        word("retitle ", Role::Title, 0);
    }
    let keep = if head.rights.is_empty() { 0 } else { cells(head.rights) + 2 };
    if let Some(name) = head.label.or(head.title) {
        word(words.of(format_args!(" {name} ")), Role::Label, keep);
    }
    let room = word("", Role::Plain, keep);
    // Where there is no room of its own for it, it is worth more than the workspace.
    let aside = match (roomy, head.used) {
        (false, None) => head.person,
        (false, Some(_)) if head.everything => "everything",
        (true, _) | (false, Some(_)) => "",
    };
    let fits = !aside.is_empty() && cells(head.place(0, words)) + cells(aside) + 2 <= room;
    word(head.place(if fits { 0 } else { room.into() }, words), Role::Plain, keep);
    if fits {
        word(words.of(format_args!(" {aside}")), Role::Quiet, keep);
    }
    let gap = if roomy && !head.rights.is_empty() { " " } else { "" };
    word(words.of(format_args!("{gap}{}", head.rights)), Role::Warn, 0);
    if roomy {
        let room = usize::from(word("", Role::Plain, 1));
        let short = head.person.split_once('@').map_or("", |(name, _)| name);
        let fits = [head.person, short].into_iter().find(|words| glyph::width(words) <= room);
        word(words.of(format_args!(" {}", fits.unwrap_or(""))), Role::Quiet, 0);
    }
}

/// What moves only when the window does: the lines across, and the headings of the columns.
pub(super) fn still(model: &Model, plan: &Plan, lines: &mut Lines, buffer: &mut Buffer) {
    for line in plan.rules.into_iter().flatten() {
        if !lines.rests(line.y, &model.stirs()) && !lines.keep(line.y, &("rule", line), buffer) {
            rule(buffer, line);
        }
    }
    let Some(headings) = plan.headings else { return };
    if lines.rests(headings.y, &model.stirs()) {
        return;
    }
    let columns = Columns::new(plan.list.width, several(model));
    if lines.keep(headings.y, &("headings", columns), buffer) {
        return;
    }
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
    let (x, cells) = columns.state;
    if columns.apart {
        head((x, cells), "MODIFIED");
    } else {
        put_right(buffer, headings.x + x, headings.y, cells, "MODIFIED", style(Role::Quiet));
    }
}

/// Whether rows of more than one profile may stand in the list.
pub(super) fn several(model: &Model) -> bool {
    model.places.all().len() > 1
}

fn counts(model: &Model) -> impl fmt::Display {
    fmt::from_fn(|f| {
        if model.shows_everything() && model.size.width >= NARROW {
            f.write_str("everything: ")?;
        }
        let all = model.list.in_scope();
        let what = if all == 1 { "session" } else { "sessions" };
        let at = || model.list.position().filter(|_| model.size.width < NARROW);
        if model.list.partial {
            write!(f, "{all}+ {what}")?;
        } else if !model.list.filter().is_empty() {
            write!(f, "{} of {all}", model.list.shown_len())?;
        } else if let Some(at) = at() {
            write!(f, "{}/{all}", at + 1)?;
        } else {
            write!(f, "{all} {what}")?;
        }
        under_way(model, f)
    })
}

/// What is not saved yet: on its way, or waiting for something.
fn under_way(model: &Model, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let open = model.open_saves();
    if open == 0 {
        return Ok(());
    }
    let gate = model.places.all().iter().filter_map(|p| model.gate(&p.config.profile)).min();
    if let Some(gate) = gate.filter(|_| !model.settings.still) {
        return write!(f, "  {open} paused {}s", seconds_left(model.now, gate));
    }
    if model.offline_saves() == open {
        return write!(f, "  {open} offline");
    }
    let waiting = model.waiting_saves();
    if model.size.width < NARROW && waiting > 0 && waiting < open {
        return write!(f, "  {open} unsaved");
    }
    for (n, word) in [(open - waiting, "saving"), (waiting, "waiting")] {
        if n > 0 {
            write!(f, "  {n} {word}")?;
        }
    }
    Ok(())
}

//! Opening menus, and doing what their lines say.

use super::{list, places, rename};
use crate::core::command::Command;
use crate::core::effect::{Effect, GraphCall};
use crate::core::fault::{Fault, FaultKind};
use crate::core::line::Edit;
use crate::core::menu::{Act, Found, Item, Kind, MOST_SESSIONS, Menu, Workspaces};
use crate::core::model::{Model, Overlay};
use crate::core::msg::GraphReply;
use crate::core::order::Order;
use crate::core::pending::Pending;
use crate::core::session::{Key, Profile};
use crate::core::work::{Work, Worked};

pub(super) fn open(model: &mut Model, kind: Kind) {
    model.overlays.push(Overlay::Menu(Menu::new(kind)));
}

/// The help, the keys of where the person is first.
pub(super) fn open_help(model: &mut Model) {
    let focus = model.focus();
    open(model, Kind::Help(focus));
}

pub(super) fn open_templates(model: &mut Model) {
    if model.settings.templates.is_empty() {
        model.note("No templates are configured: names.templates holds them.");
        return;
    }
    open(model, Kind::Templates);
}

pub(super) fn open_workspaces(model: &mut Model, out: &mut Vec<Effect>) {
    let profile = model.here().config.profile.clone();
    let Some(caller) = model.caller(&profile) else {
        model.note(model.not_signed_in());
        return;
    };
    // What was asked for another profile answers no question of this one.
    model.pending.retain(|_, pending| !matches!(pending, Pending::Workspaces(_)));
    let req = model.ask(Pending::Workspaces(profile));
    out.push(Effect::Graph(req, caller, GraphCall::Workspaces));
    open(model, Kind::Workspaces(Workspaces::Asked));
}

/// Graph told the workspaces, or did not.
pub(super) fn workspaces_came(model: &mut Model, profile: &Profile, answer: Result<GraphReply, Fault>) {
    let came = match answer.and_then(GraphReply::workspaces) {
        Ok(all) => {
            if let Some(place) = model.places.get_mut(profile) {
                place.workspaces.clone_from(&all);
            }
            Workspaces::Here(all)
        }
        Err(fault) => {
            if matches!(fault.kind, FaultKind::SignedOut) {
                super::sign_in::signed_out(model, profile, fault.clone());
            }
            Workspaces::Failed(fault)
        }
    };
    if let Some(Menu { kind: Kind::Workspaces(workspaces), .. }) = menu(model) {
        *workspaces = came;
    }
}

/// The menu, if it is the topmost overlay.
pub(super) fn menu(model: &mut Model) -> Option<&mut Menu> {
    if let Some(Overlay::Menu(menu)) = model.overlays.last_mut() { Some(menu) } else { None }
}

/// The palette looks for sessions by what was typed: here, or in a long list on another thread, by the newest words.
pub(super) fn follow(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(words) = looked_for(model, |found| &found.asked) else { return };
    let find = model.list.find(&words, MOST_SESSIONS);
    if model.list.is_long() {
        out.push(Effect::Work(Work::Find(Box::new(find))));
    } else if let Some(Worked::Found { words, keys }) = find.run(&|| false) {
        found_sessions(model, &words, keys);
    }
    if let Some(menu) = menu(model) {
        menu.found.asked = words;
    }
}

/// What the palette looks for, unless these are the words.
fn looked_for(model: &Model, known: impl Fn(&Found) -> &String) -> Option<String> {
    let Some(Overlay::Menu(Menu { kind: Kind::Palette, line, found, .. })) = model.overlays.last() else {
        return None;
    };
    let words = line.text().trim();
    (!words.is_empty() && words != known(found)).then(|| words.to_owned())
}

/// There are more rows now: the palette looks again.
pub(super) fn look_again(model: &mut Model) {
    if let Some(menu) = menu(model) {
        menu.found.asked.clear();
    }
}

/// Somebody chooses among what the words find, so it is found here, without waiting for the other thread.
pub(super) fn catch_up(model: &mut Model) {
    let Some(words) = looked_for(model, |found| &found.words) else { return };
    if let Some(Worked::Found { words, keys }) = model.list.find(&words, MOST_SESSIONS).run(&|| false) {
        found_sessions(model, &words, keys);
    }
}

/// They are found, unless something else is looked for by now.
pub(super) fn found_sessions(model: &mut Model, words: &str, keys: Vec<Key>) {
    if let Some(menu) = menu(model).filter(|menu| menu.line.text().trim() == words) {
        words.clone_into(&mut menu.found.words);
        menu.found.keys = keys;
    }
}

/// Moves by lines that can be selected; stops at the ends.
pub(super) fn step(model: &mut Model, lines: isize) {
    let Some(Overlay::Menu(menu)) = model.overlays.last() else { return };
    let last = model.menu_items(menu).iter().filter(|item| item.live()).count().saturating_sub(1);
    if let Some(menu) = self::menu(model) {
        menu.chosen = menu.chosen.saturating_add_signed(lines).min(last);
    }
}

/// Lines in one page of what lies over the list.
pub(super) fn page(model: &Model) -> isize {
    isize::from(i16::try_from(model.size.height.saturating_sub(6)).unwrap_or(i16::MAX)).max(1)
}

/// What the selected line of the open menu does.
pub(super) fn chosen(model: &Model) -> Option<Act> {
    let Some(Overlay::Menu(menu)) = model.overlays.last() else { return None };
    model.menu_items(menu).into_iter().filter(Item::live).nth(menu.chosen).map(|item| item.act)
}

/// Enter.
pub(super) fn run(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(act) = chosen(model) else { return };
    model.overlays.pop();
    match act {
        Act::Nothing => {}
        Act::Run(command) => model.carry_out(command, None, out),
        Act::Tell(command, keys) => {
            let place =
                if keys.is_empty() { "It has no key.".to_owned() } else { format!("Its key there: {keys}") };
            model.note(format!("{}. {place}", capital(command)));
        }
        Act::Go(key) => list::go(model, &key),
        Act::Place(profile) => places::show(model, profile.as_ref()),
        Act::Workspace(workspace) => places::work_in(model, workspace, out),
        Act::Sort(order) => sort(model, order),
        Act::Insert(text, counts) => {
            model.templates_used += u64::from(counts);
            rename::insert(model, Edit::Paste(text));
        }
    }
}

fn capital(command: Command) -> String {
    let mut help = command.help().chars();
    help.next().map(|first| first.to_uppercase().chain(help).collect()).unwrap_or_default()
}

fn sort(model: &mut Model, order: Order) {
    let (now, zone) = (model.now, model.settings.zone);
    model.list.set_order(order, now, zone);
}

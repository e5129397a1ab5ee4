//! Going from one profile or workspace to another.

use super::walk;
use crate::core::command::Command;
use crate::core::effect::Effect;
use crate::core::menu::Workspace;
use crate::core::model::{Mode, Model, Overlay};
use crate::core::place::Auth;
use crate::core::session::Profile;

const ONE_PROFILE: &str = "There is one profile. More are written into the configuration as [profiles.NAME].";

/// Shows one profile and makes it the one in use, or shows all.
pub(super) fn show(model: &mut Model, profile: Option<&Profile>) {
    let several = model.places.all().len() > 1;
    if let Some(profile) = profile {
        model.places.go(profile);
        let place = model.here();
        let signed_in = match &place.auth {
            Auth::In(_) | Auth::Checking { .. } => String::new(),
            Auth::Unconfigured
            | Auth::Out { .. }
            | Auth::Asking { .. }
            | Auth::Waiting(_)
            | Auth::Away(_) => format!(" {}", model.not_signed_in()),
        };
        let words = format!("{}: {} / {}.{signed_in}", place.title(), place.config.tenant, place.workspace);
        model.note(words);
        // A sign-in screen shows the profile in use.
        if model.overlays.last() == Some(&Overlay::SignIn) && model.who().is_some() {
            model.overlays.pop();
        }
    } else {
        let words = if several { "All profiles." } else { ONE_PROFILE };
        model.note(words);
    }
    model.list.set_only(profile.filter(|_| several).cloned());
}

/// The profile of a number, counted from 1.
pub(super) fn show_number(model: &mut Model, number: usize) {
    let profile = model.places.all().get(number.saturating_sub(1)).map(|place| place.config.profile.clone());
    match profile {
        Some(profile) => show(model, Some(&profile)),
        None => {
            let words = match model.places.all().len() {
                1 => ONE_PROFILE.to_owned(),
                n => format!("There are {n} profiles: {} shows them.", model.key_of(Command::Profiles)),
            };
            model.note(words);
        }
    }
}

/// Works in another workspace of the profile in use, for this run.
pub(super) fn work_in(model: &mut Model, workspace: Workspace, out: &mut Vec<Effect>) {
    let place = model.places.here_mut();
    place.workspace = workspace.id;
    place.workspace_name = workspace.name;
    let shown = place.workspace_name.clone().unwrap_or_else(|| place.workspace.to_string());
    let words = format!("Working in {shown} now. default_workspace in the configuration makes it last.");
    model.note(words);
    if model.shows_everything() {
        walk::refresh(model, true, out);
    }
}

/// The profile in use is that of the selected row, so that the header names where the next name will go; whether it is
/// another now.
pub(super) fn follow(model: &mut Model) -> bool {
    let browsing = match model.mode {
        Mode::Browse | Mode::Rename(_) => model.overlays.is_empty(),
        Mode::Filter(_) | Mode::Add(_) | Mode::Create(_) => false,
    };
    if !browsing || model.places.all().len() < 2 {
        return false;
    }
    let profile = model.chosen().map(|session| session.key.profile.clone());
    profile.is_some_and(|profile| model.places.go(&profile))
}

//! Signing in: the cache first, else a device code, polled at the server's pace and renewed in place when it runs out,
//! or the browser. Each is the other's way out.

use super::{errand, list, turns, walk};
use crate::core::command::Command;
use crate::core::effect::{AuthCall, Effect, Way};
use crate::core::fault::{Fault, FaultKind};
use crate::core::model::{Model, Overlay};
use crate::core::msg::{Attempt, AuthReply, DeviceCode, SignInPage, Who};
use crate::core::notice::Notice;
use crate::core::pace::Pace;
use crate::core::place::{Auth, BrowserWait, DeviceWait, Place, Poll};
use crate::core::session::Profile;
use crate::core::settings::Face;

/// A screen left alone does not ask for codes for ever.
const MOST_RENEWALS: u32 = 4;

/// Looks for a cached sign-in of each profile. Only the one in use asks a person when there is none.
pub(in crate::core) fn start(model: &mut Model, out: &mut Vec<Effect>) {
    for profile in model.profiles() {
        let attempt = model.attempt();
        let Some(place) = model.places.get_mut(&profile) else { continue };
        if place.config.client.is_none() && place.way != Way::Command {
            place.auth = Auth::Unconfigured;
        } else {
            place.auth = Auth::Checking { attempt };
            out.push(Effect::Auth(profile, attempt, AuthCall::Resume));
        }
    }
    if model.here().auth == Auth::Unconfigured {
        show(model);
    }
}

/// Whether a profile is the one in use, whose sign-in may take the screen.
fn is_here(model: &Model, profile: &Profile) -> bool {
    model.here().config.profile == *profile
}

/// `S`: the profile of the selected row, if it is signed out; else the one in use.
pub(super) fn open_chosen(model: &mut Model, out: &mut Vec<Effect>) {
    let chosen = model.chosen().map(|session| session.key.profile.clone());
    if let Some(profile) =
        chosen.filter(|profile| model.places.get(profile).is_some_and(|p| p.who().is_none()))
    {
        model.places.go(&profile);
    }
    open(model, out);
}

/// Shows the screen, unless somebody is in the middle of typing.
fn show(model: &mut Model) {
    if !model.focus().is_text() && !model.overlays.contains(&Overlay::SignIn) {
        model.overlays.push(Overlay::SignIn);
    }
}

/// Signs in to the profile in use.
pub(super) fn open(model: &mut Model, out: &mut Vec<Effect>) {
    match &model.here().auth {
        Auth::In(who) => {
            model.note(format!("Signed in as {}.", who.username));
            return;
        }
        Auth::Out { .. } => begin(model, 0, out),
        Auth::Unconfigured
        | Auth::Checking { .. }
        | Auth::Asking { .. }
        | Auth::Waiting(_)
        | Auth::Away(_) => {}
    }
    show(model);
}

fn begin(model: &mut Model, renewed: u32, out: &mut Vec<Effect>) {
    let profile = model.here().config.profile.clone();
    begin_in(model, &profile, renewed, out);
}

fn begin_in(model: &mut Model, profile: &Profile, renewed: u32, out: &mut Vec<Effect>) {
    let attempt = model.attempt();
    let Some(place) = model.places.get_mut(profile) else { return };
    let way = place.way;
    // The demo's code is nobody's.
    let nobody = matches!(model.settings.face, Face::Plain { person: false } | Face::Errand);
    let unattended = nobody && model.settings.sign_in_hint.is_none();
    if unattended && way != Way::Command {
        let why = Fault::new(FaultKind::SignedOut, "Nobody is there to sign in. retitle login does it.");
        place.auth = Auth::Out { why: Some(why) };
        return;
    }
    place.auth = Auth::Asking { attempt, way, renewed };
    out.push(Effect::Auth(profile.clone(), attempt, AuthCall::Begin(way)));
}

/// `n`: from the start, in the same way.
pub(super) fn anew(model: &mut Model, out: &mut Vec<Effect>) {
    match &model.here().auth {
        Auth::Out { .. } | Auth::Waiting(_) | Auth::Away(_) => begin(model, 0, out),
        Auth::Unconfigured | Auth::Checking { .. } | Auth::Asking { .. } | Auth::In(_) => {}
    }
}

/// `b`: from the start, in the other way.
pub(super) fn change_over(model: &mut Model, out: &mut Vec<Effect>) {
    match &model.here().auth {
        Auth::Out { .. } | Auth::Asking { .. } | Auth::Waiting(_) | Auth::Away(_) => {
            if let Some(other) = model.here().way.other() {
                model.places.here_mut().way = other;
                begin(model, 0, out);
            }
        }
        Auth::Unconfigured | Auth::Checking { .. } | Auth::In(_) => {}
    }
}

/// Enter: the page in the browser, and the code on the clipboard; after a failure, another try.
pub(super) fn open_page(model: &mut Model, out: &mut Vec<Effect>) {
    match &model.here().auth {
        Auth::Waiting(wait) => {
            let DeviceCode { user_code, url, may_open, .. } = wait.code.clone();
            list::copy(model, &user_code, "Code", out);
            open_address(model, url, may_open, out);
        }
        Auth::Away(wait) => {
            let SignInPage { url, may_open, .. } = wait.page.clone();
            open_address(model, url, may_open, out);
        }
        Auth::Out { .. } => begin(model, 0, out),
        Auth::Unconfigured | Auth::Checking { .. } | Auth::Asking { .. } | Auth::In(_) => {}
    }
}

fn open_address(model: &mut Model, url: String, may_open: bool, out: &mut Vec<Effect>) {
    if may_open {
        out.push(Effect::OpenUrl(url));
    } else {
        let words = "The server's address is not https, so it is not opened for you.";
        model.complain(words);
    }
}

/// `c`: what helps most where the person stands.
pub(super) fn copy_code(model: &mut Model, out: &mut Vec<Effect>) {
    match &model.here().auth {
        Auth::Waiting(wait) => {
            let code = wait.code.user_code.clone();
            list::copy(model, &code, "Code", out);
        }
        Auth::Away(wait) => {
            let url = wait.page.url.clone();
            let words = "The address was sent to the terminal's clipboard.";
            model.note(words);
            out.push(Effect::Copy(url));
        }
        Auth::Out { why: Some(Fault { report: Some(report), .. }) } => {
            let report = report.clone();
            let words = "What to send to your admin was sent to the terminal's clipboard.";
            model.note(words);
            out.push(Effect::Copy(report));
        }
        Auth::Unconfigured | Auth::Checking { .. } | Auth::Asking { .. } | Auth::Out { .. } | Auth::In(_) => {
        }
    }
}

/// The port answered. An answer of an attempt that is no longer the one on the screen changes nothing.
pub(super) fn answered(
    model: &mut Model,
    attempt: Attempt,
    answer: Result<AuthReply, Fault>,
    out: &mut Vec<Effect>,
) {
    let Some(place) = model.places.all().iter().find(|place| place.attempts(attempt)) else { return };
    let profile = &place.config.profile.clone();
    match &place.auth {
        Auth::Checking { .. } => resumed(model, profile, answer, out),
        Auth::Asking { renewed, .. } => {
            let renewed = *renewed;
            match answer {
                Ok(AuthReply::Code(code)) => wait_for(model, profile, attempt, code, renewed),
                Ok(AuthReply::Page(page)) => go_away(model, profile, attempt, page, out),
                Ok(AuthReply::SignedIn { who, notice }) => signed_in(model, profile, who, notice, out),
                Ok(
                    AuthReply::Restored(_)
                    | AuthReply::NothingCached { .. }
                    | AuthReply::Pending
                    | AuthReply::SlowDown
                    | AuthReply::Unreachable(_),
                ) => {}
                Err(fault) => out_because(model, profile, fault),
            }
        }
        Auth::Waiting(wait) if wait.poll == Poll::Asked => polled(model, profile, answer, out),
        Auth::Away(_) => match answer {
            Ok(AuthReply::SignedIn { who, notice }) => signed_in(model, profile, who, notice, out),
            Ok(
                AuthReply::Restored(_)
                | AuthReply::NothingCached { .. }
                | AuthReply::Code(_)
                | AuthReply::Page(_)
                | AuthReply::Pending
                | AuthReply::SlowDown
                | AuthReply::Unreachable(_),
            ) => {}
            Err(fault) => out_because(model, profile, fault),
        },
        Auth::Unconfigured | Auth::Out { .. } | Auth::Waiting(_) | Auth::In(_) => {}
    }
}

fn resumed(model: &mut Model, profile: &Profile, answer: Result<AuthReply, Fault>, out: &mut Vec<Effect>) {
    match answer {
        Ok(AuthReply::Restored(who)) => enter(model, profile, who, out),
        Ok(AuthReply::NothingCached { notice }) => {
            if let Some(words) = notice {
                model.complain(words);
            }
            if is_here(model, profile) {
                begin(model, 0, out);
                show(model);
            } else if let Some(place) = model.places.get_mut(profile) {
                place.auth = Auth::Out { why: None };
            }
        }
        Ok(
            AuthReply::Code(_)
            | AuthReply::Page(_)
            | AuthReply::Pending
            | AuthReply::SlowDown
            | AuthReply::Unreachable(_)
            | AuthReply::SignedIn { .. },
        ) => {}
        Err(fault) => {
            // First, since the screen says the same as the message would.
            if is_here(model, profile) {
                show(model);
            }
            out_because(model, profile, fault);
        }
    }
}

fn wait_for(model: &mut Model, profile: &Profile, attempt: Attempt, code: DeviceCode, renewed: u32) {
    let (now, pace) = (model.now, Pace::new(code.interval));
    let Some(place) = model.places.get_mut(profile) else { return };
    place.auth = Auth::Waiting(DeviceWait {
        attempt,
        until: now + code.expires_in,
        poll: Poll::At(now + pace.pause()),
        pace,
        code,
        trouble: None,
        renewed,
    });
}

/// The browser is opened at once: unlike a code, there is nothing to read here first.
fn go_away(model: &mut Model, profile: &Profile, attempt: Attempt, page: SignInPage, out: &mut Vec<Effect>) {
    out.push(Effect::Auth(profile.clone(), attempt, AuthCall::Return));
    open_address(model, page.url.clone(), page.may_open, out);
    let until = model.now + page.expires_in;
    if let Some(place) = model.places.get_mut(profile) {
        place.auth = Auth::Away(BrowserWait { attempt, page, until });
    }
}

fn signed_in(model: &mut Model, profile: &Profile, who: Who, notice: Option<String>, out: &mut Vec<Effect>) {
    if is_here(model, profile) {
        model.overlays.retain(|o| *o != Overlay::SignIn);
    }
    let words = format!("Signed in as {}.", who.username);
    model.notice = Some(match notice {
        Some(trouble) => Notice::bad(format!("{words} {trouble}")),
        None => Notice::good(model.now, words),
    });
    enter(model, profile, who, out);
}

fn polled(model: &mut Model, profile: &Profile, answer: Result<AuthReply, Fault>, out: &mut Vec<Effect>) {
    let now = model.now;
    let Some(Place { auth: Auth::Waiting(wait), .. }) = model.places.get_mut(profile) else { return };
    match answer {
        Ok(AuthReply::SignedIn { who, notice }) => return signed_in(model, profile, who, notice, out),
        Ok(AuthReply::SlowDown) => {
            wait.pace.slower();
            wait.trouble = None;
        }
        Ok(AuthReply::Unreachable(fault)) => {
            wait.pace.missed(fault.retry_after());
            wait.trouble = Some(fault);
        }
        Ok(
            AuthReply::Pending
            | AuthReply::Restored(_)
            | AuthReply::NothingCached { .. }
            | AuthReply::Code(_)
            | AuthReply::Page(_),
        ) => {
            wait.pace.reached();
            wait.trouble = None;
        }
        Err(fault) if matches!(fault.kind, FaultKind::Expired) => return expired(model, profile, out),
        Err(fault) => return out_because(model, profile, fault),
    }
    wait.poll = Poll::At(now + wait.pace.pause());
}

/// The code ran out: a fresh one takes its place, as long as somebody seems to be looking.
fn expired(model: &mut Model, profile: &Profile, out: &mut Vec<Effect>) {
    let Some(Place { auth: Auth::Waiting(wait), .. }) = model.places.get(profile) else { return };
    let renewed = wait.renewed + 1;
    let looked_at = is_here(model, profile) && model.overlays.contains(&Overlay::SignIn);
    if renewed <= MOST_RENEWALS && looked_at {
        begin_in(model, profile, renewed, out);
    } else {
        out_because(model, profile, Fault::new(FaultKind::Expired, "The code ran out."));
    }
}

fn out_because(model: &mut Model, profile: &Profile, fault: Fault) {
    if !(is_here(model, profile) && model.overlays.contains(&Overlay::SignIn)) {
        let place = in_words(model, profile);
        let key = model.key_of(Command::SignIn);
        model.complain(format!("Not signed in{place}: {} {key} signs in.", fault.say));
    }
    if let Some(place) = model.places.get_mut(profile) {
        place.auth = Auth::Out { why: Some(fault) };
    }
}

/// Which profile a message is about, where there are several.
fn in_words(model: &Model, profile: &Profile) -> String {
    match model.places.get(profile) {
        Some(place) if model.places.all().len() > 1 => format!(" to {}", place.title()),
        Some(_) | None => String::new(),
    }
}

fn enter(model: &mut Model, profile: &Profile, who: Who, out: &mut Vec<Effect>) {
    turns::adopt(model, profile, &who.account);
    if let Some(place) = model.places.get_mut(profile) {
        place.last_who = Some(who.clone());
        place.auth = Auth::In(who);
    }
    if !errand::alone(model) {
        walk::entered(model, profile, out);
    }
}

/// Graph or the token cache says that only a person can help. This never takes the keyboard: the saves wait.
pub(super) fn signed_out(model: &mut Model, profile: &Profile, fault: Fault) {
    if model.places.get(profile).is_none_or(|place| place.who().is_none()) {
        return;
    }
    walk::stop_in(model, profile);
    let place = in_words(model, profile);
    let key = model.key_of(Command::SignIn);
    let words = format!("{} {key} signs in{place}; what you type is kept.", fault.say);
    model.complain(words);
    if let Some(place) = model.places.get_mut(profile) {
        place.auth = Auth::Out { why: Some(fault) };
    }
}

/// Polls and expiries that have come.
pub(super) fn due(model: &mut Model, out: &mut Vec<Effect>) {
    let now = model.now;
    for profile in model.profiles() {
        let Some(place) = model.places.get_mut(&profile) else { continue };
        match &mut place.auth {
            Auth::Waiting(wait) if wait.until <= now => expired(model, &profile, out),
            Auth::Waiting(DeviceWait { attempt, poll, .. }) => {
                if let Poll::At(at) = *poll
                    && at <= now
                {
                    *poll = Poll::Asked;
                    out.push(Effect::Auth(profile, *attempt, AuthCall::Poll));
                }
            }
            Auth::Away(wait) if wait.until <= now => {
                let late = Fault::new(FaultKind::Expired, "The browser did not come back in time.");
                out_because(model, &profile, late);
            }
            Auth::Unconfigured
            | Auth::Checking { .. }
            | Auth::Out { .. }
            | Auth::Asking { .. }
            | Auth::Away(_)
            | Auth::In(_) => {}
        }
    }
}

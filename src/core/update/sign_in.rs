//! Signing in: the cache first, else a device code, polled at the server's pace and renewed in place when it runs out,
//! or the browser. Each is the other's way out.

use super::{list, turns, walk};
use crate::core::effect::{AuthCall, Effect, Way};
use crate::core::fault::{Fault, FaultKind};
use crate::core::model::{Auth, BrowserWait, DeviceWait, Mode, Model, Overlay, Poll};
use crate::core::msg::{Attempt, AuthReply, DeviceCode, SignInPage, Who};
use crate::core::notice::Notice;
use crate::core::pace::Pace;

/// A screen left alone does not ask for codes for ever.
const MOST_RENEWALS: u32 = 4;

pub(in crate::core) fn start(model: &mut Model, out: &mut Vec<Effect>) {
    if model.settings.client.is_none() && model.way != Way::Command {
        model.auth = Auth::Unconfigured;
        show(model);
        return;
    }
    let attempt = model.attempt();
    model.auth = Auth::Checking { attempt };
    out.push(Effect::Auth(attempt, AuthCall::Resume));
}

/// Shows the screen, unless somebody is in the middle of typing.
fn show(model: &mut Model) {
    if matches!(model.mode, Mode::Browse) && !model.overlays.contains(&Overlay::SignIn) {
        model.overlays.push(Overlay::SignIn);
    }
}

/// `S`.
pub(super) fn open(model: &mut Model, out: &mut Vec<Effect>) {
    match &model.auth {
        Auth::In(who) => {
            model.notice = Some(Notice::info(model.now, format!("Signed in as {}.", who.username)));
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
    let (attempt, way) = (model.attempt(), model.way);
    model.auth = Auth::Asking { attempt, way, renewed };
    out.push(Effect::Auth(attempt, AuthCall::Begin(way)));
}

/// `n`: from the start, in the same way.
pub(super) fn anew(model: &mut Model, out: &mut Vec<Effect>) {
    match &model.auth {
        Auth::Out { .. } | Auth::Waiting(_) | Auth::Away(_) => begin(model, 0, out),
        Auth::Unconfigured | Auth::Checking { .. } | Auth::Asking { .. } | Auth::In(_) => {}
    }
}

/// `b`: from the start, in the other way.
pub(super) fn change_over(model: &mut Model, out: &mut Vec<Effect>) {
    match &model.auth {
        Auth::Out { .. } | Auth::Asking { .. } | Auth::Waiting(_) | Auth::Away(_) => {
            if let Some(other) = model.way.other() {
                model.way = other;
                begin(model, 0, out);
            }
        }
        Auth::Unconfigured | Auth::Checking { .. } | Auth::In(_) => {}
    }
}

/// Enter: the page in the browser, and the code on the clipboard; after a failure, another try.
pub(super) fn open_page(model: &mut Model, out: &mut Vec<Effect>) {
    match &model.auth {
        Auth::Waiting(wait) => {
            let DeviceCode { user_code, url, may_open, .. } = wait.code.clone();
            list::copy(model, user_code, "Code", out);
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
        model.notice = Some(Notice::bad(words));
    }
}

/// `c`: what helps most where the person stands.
pub(super) fn copy_code(model: &mut Model, out: &mut Vec<Effect>) {
    match &model.auth {
        Auth::Waiting(wait) => {
            let code = wait.code.user_code.clone();
            list::copy(model, code, "Code", out);
        }
        Auth::Away(wait) => {
            let url = wait.page.url.clone();
            let words = "The address was sent to the terminal's clipboard.";
            model.notice = Some(Notice::info(model.now, words));
            out.push(Effect::Copy(url));
        }
        Auth::Out { why: Some(Fault { report: Some(report), .. }) } => {
            let report = report.clone();
            let words = "What to send to your admin was sent to the terminal's clipboard.";
            model.notice = Some(Notice::info(model.now, words));
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
    match &model.auth {
        Auth::Checking { attempt: current } if *current == attempt => resumed(model, answer, out),
        Auth::Asking { attempt: current, renewed, .. } if *current == attempt => {
            let renewed = *renewed;
            match answer {
                Ok(AuthReply::Code(code)) => wait_for(model, attempt, code, renewed),
                Ok(AuthReply::Page(page)) => go_away(model, attempt, page, out),
                Ok(AuthReply::SignedIn { who, notice }) => signed_in(model, who, notice, out),
                Ok(
                    AuthReply::Restored(_)
                    | AuthReply::NothingCached { .. }
                    | AuthReply::Pending
                    | AuthReply::SlowDown
                    | AuthReply::Unreachable(_),
                ) => {}
                Err(fault) => out_because(model, fault),
            }
        }
        Auth::Waiting(wait) if wait.attempt == attempt && wait.poll == Poll::Asked => {
            polled(model, answer, out);
        }
        Auth::Away(wait) if wait.attempt == attempt => match answer {
            Ok(AuthReply::SignedIn { who, notice }) => signed_in(model, who, notice, out),
            Ok(
                AuthReply::Restored(_)
                | AuthReply::NothingCached { .. }
                | AuthReply::Code(_)
                | AuthReply::Page(_)
                | AuthReply::Pending
                | AuthReply::SlowDown
                | AuthReply::Unreachable(_),
            ) => {}
            Err(fault) => out_because(model, fault),
        },
        Auth::Unconfigured
        | Auth::Checking { .. }
        | Auth::Out { .. }
        | Auth::Asking { .. }
        | Auth::Waiting(_)
        | Auth::Away(_)
        | Auth::In(_) => {}
    }
}

fn resumed(model: &mut Model, answer: Result<AuthReply, Fault>, out: &mut Vec<Effect>) {
    match answer {
        Ok(AuthReply::Restored(who)) => enter(model, who, out),
        Ok(AuthReply::NothingCached { notice }) => {
            if let Some(words) = notice {
                model.notice = Some(Notice::bad(words));
            }
            begin(model, 0, out);
            show(model);
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
            out_because(model, fault);
            show(model);
        }
    }
}

fn wait_for(model: &mut Model, attempt: Attempt, code: DeviceCode, renewed: u32) {
    let pace = Pace::new(code.interval);
    model.auth = Auth::Waiting(DeviceWait {
        attempt,
        until: model.now + code.expires_in,
        poll: Poll::At(model.now + pace.pause()),
        pace,
        code,
        trouble: None,
        renewed,
    });
}

/// The browser is opened at once: unlike a code, there is nothing to read here first.
fn go_away(model: &mut Model, attempt: Attempt, page: SignInPage, out: &mut Vec<Effect>) {
    out.push(Effect::Auth(attempt, AuthCall::Return));
    open_address(model, page.url.clone(), page.may_open, out);
    model.auth = Auth::Away(BrowserWait { attempt, until: model.now + page.expires_in, page });
}

fn signed_in(model: &mut Model, who: Who, notice: Option<String>, out: &mut Vec<Effect>) {
    model.overlays.retain(|o| *o != Overlay::SignIn);
    let words = format!("Signed in as {}.", who.username);
    model.notice = Some(match notice {
        Some(trouble) => Notice::bad(format!("{words} {trouble}")),
        None => Notice::good(model.now, words),
    });
    enter(model, who, out);
}

fn polled(model: &mut Model, answer: Result<AuthReply, Fault>, out: &mut Vec<Effect>) {
    let now = model.now;
    let Auth::Waiting(wait) = &mut model.auth else { return };
    match answer {
        Ok(AuthReply::SignedIn { who, notice }) => return signed_in(model, who, notice, out),
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
        Err(fault) if matches!(fault.kind, FaultKind::Expired) => return expired(model, out),
        Err(fault) => return out_because(model, fault),
    }
    wait.poll = Poll::At(now + wait.pace.pause());
}

/// The code ran out: a fresh one takes its place, as long as somebody seems to be looking.
fn expired(model: &mut Model, out: &mut Vec<Effect>) {
    let Auth::Waiting(wait) = &model.auth else { return };
    let renewed = wait.renewed + 1;
    if renewed <= MOST_RENEWALS && model.overlays.contains(&Overlay::SignIn) {
        begin(model, renewed, out);
    } else {
        out_because(model, Fault::new(FaultKind::Expired, "The code ran out."));
    }
}

fn out_because(model: &mut Model, fault: Fault) {
    if !model.overlays.contains(&Overlay::SignIn) {
        model.notice = Some(Notice::bad(format!("Not signed in: {} S signs in.", fault.say)));
    }
    model.auth = Auth::Out { why: Some(fault) };
}

fn enter(model: &mut Model, who: Who, out: &mut Vec<Effect>) {
    turns::adopt(model, &who.account);
    model.last_who = Some(who.clone());
    model.auth = Auth::In(who);
    walk::refresh(model, false, out);
}

/// Graph or the token cache says that only a person can help. This never takes the keyboard: the saves wait.
pub(super) fn signed_out(model: &mut Model, fault: Fault) {
    if !matches!(model.auth, Auth::In(_)) {
        return;
    }
    walk::stop(model);
    model.notice = Some(Notice::bad(format!("{} S signs in; what you type is kept.", fault.say)));
    model.auth = Auth::Out { why: Some(fault) };
}

/// Polls and expiries that have come.
pub(super) fn due(model: &mut Model, out: &mut Vec<Effect>) {
    let now = model.now;
    match &mut model.auth {
        Auth::Waiting(wait) if wait.until <= now => expired(model, out),
        Auth::Waiting(DeviceWait { attempt, poll, .. }) => {
            if let Poll::At(at) = *poll
                && at <= now
            {
                *poll = Poll::Asked;
                out.push(Effect::Auth(*attempt, AuthCall::Poll));
            }
        }
        Auth::Away(wait) if wait.until <= now => {
            out_because(model, Fault::new(FaultKind::Expired, "The browser did not come back in time."));
        }
        Auth::Unconfigured
        | Auth::Checking { .. }
        | Auth::Out { .. }
        | Auth::Asking { .. }
        | Auth::Away(_)
        | Auth::In(_) => {}
    }
}

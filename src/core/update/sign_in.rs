//! Signing in: the cache first, else a device code, polled at the server's pace and renewed in place when it runs out.

use std::time::Duration;

use super::{list, save, walk};
use crate::core::effect::{AuthCall, Effect};
use crate::core::fault::{Fault, FaultKind};
use crate::core::model::{Auth, DeviceWait, Mode, Model, Overlay, Poll};
use crate::core::msg::{Attempt, AuthReply, DeviceCode, Who};
use crate::core::notice::Notice;

/// Added to the server's interval: clocks of virtual machines run fast, and a poll too early costs five seconds.
const MARGIN: Duration = Duration::from_secs(1);
/// RFC 8628 section 3.5: each `slow_down` adds this much, for this and all later polls.
const SLOWER: Duration = Duration::from_secs(5);
/// The longest pause while the server cannot be reached.
const LONGEST: Duration = Duration::from_secs(30);
/// A screen left alone does not ask for codes for ever.
const MOST_RENEWALS: u32 = 4;

pub(in crate::core) fn start(model: &mut Model, out: &mut Vec<Effect>) {
    if model.settings.client.is_none() {
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
        Auth::Unconfigured | Auth::Checking { .. } | Auth::Asking { .. } | Auth::Waiting(_) => {}
    }
    show(model);
}

fn begin(model: &mut Model, renewed: u32, out: &mut Vec<Effect>) {
    let attempt = model.attempt();
    model.auth = Auth::Asking { attempt, renewed };
    out.push(Effect::Auth(attempt, AuthCall::Begin));
}

/// `n`: another code.
pub(super) fn new_code(model: &mut Model, out: &mut Vec<Effect>) {
    match &model.auth {
        Auth::Out { .. } | Auth::Waiting(_) => begin(model, 0, out),
        Auth::Unconfigured | Auth::Checking { .. } | Auth::Asking { .. } | Auth::In(_) => {}
    }
}

/// Enter: the page in the browser and the code on the clipboard; without a code, a code.
pub(super) fn open_page(model: &mut Model, out: &mut Vec<Effect>) {
    match &model.auth {
        Auth::Waiting(wait) => {
            let DeviceCode { user_code, url, may_open, .. } = wait.code.clone();
            list::copy(model, user_code, "Code", out);
            if may_open {
                out.push(Effect::OpenUrl(url));
            } else {
                let words = "The server's address is not https, so it is not opened for you.";
                model.notice = Some(Notice::bad(words));
            }
        }
        Auth::Out { .. } => begin(model, 0, out),
        Auth::Unconfigured | Auth::Checking { .. } | Auth::Asking { .. } | Auth::In(_) => {}
    }
}

/// `c`.
pub(super) fn copy_code(model: &mut Model, out: &mut Vec<Effect>) {
    if let Auth::Waiting(wait) = &model.auth {
        let code = wait.code.user_code.clone();
        list::copy(model, code, "Code", out);
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
        Auth::Asking { attempt: current, renewed } if *current == attempt => {
            let renewed = *renewed;
            match answer {
                Ok(AuthReply::Code(code)) => wait_for(model, attempt, code, renewed),
                Ok(
                    AuthReply::Restored(_)
                    | AuthReply::NothingCached { .. }
                    | AuthReply::Pending
                    | AuthReply::SlowDown
                    | AuthReply::Unreachable(_)
                    | AuthReply::SignedIn { .. },
                ) => {}
                Err(fault) => out_because(model, fault),
            }
        }
        Auth::Waiting(wait) if wait.attempt == attempt && wait.poll == Poll::Asked => {
            polled(model, answer, out);
        }
        Auth::Unconfigured
        | Auth::Checking { .. }
        | Auth::Out { .. }
        | Auth::Asking { .. }
        | Auth::Waiting(_)
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
    let every = code.interval + MARGIN;
    model.auth = Auth::Waiting(DeviceWait {
        attempt,
        until: model.now + code.expires_in,
        poll: Poll::At(model.now + every),
        every,
        code,
        trouble: None,
        misses: 0,
        renewed,
    });
}

fn polled(model: &mut Model, answer: Result<AuthReply, Fault>, out: &mut Vec<Effect>) {
    let now = model.now;
    let Auth::Waiting(wait) = &mut model.auth else { return };
    match answer {
        Ok(AuthReply::SignedIn { who, notice }) => {
            model.overlays.retain(|o| *o != Overlay::SignIn);
            let words = format!("Signed in as {}.", who.username);
            model.notice = Some(match notice {
                Some(trouble) => Notice::bad(format!("{words} {trouble}")),
                None => Notice::good(now, words),
            });
            return enter(model, who, out);
        }
        Ok(AuthReply::SlowDown) => {
            wait.every += SLOWER;
            (wait.trouble, wait.misses) = (None, 0);
        }
        Ok(AuthReply::Unreachable(fault)) => {
            wait.trouble = Some(fault);
            wait.misses = wait.misses.saturating_add(1);
        }
        Ok(
            AuthReply::Pending
            | AuthReply::Restored(_)
            | AuthReply::NothingCached { .. }
            | AuthReply::Code(_),
        ) => {
            (wait.trouble, wait.misses) = (None, 0);
        }
        Err(fault) if matches!(fault.kind, FaultKind::Expired) => return expired(model, out),
        Err(fault) => return out_because(model, fault),
    }
    // RFC 8628 section 3.5 asks for an exponential pause while the server cannot be reached.
    let pause = wait.every.saturating_mul(1 << wait.misses.min(5)).min(LONGEST.max(wait.every));
    wait.poll = Poll::At(now + pause);
}

/// The code ran out: a fresh one takes its place, as long as somebody seems to be looking.
fn expired(model: &mut Model, out: &mut Vec<Effect>) {
    let Auth::Waiting(wait) = &model.auth else { return };
    let renewed = wait.renewed + 1;
    if renewed <= MOST_RENEWALS && model.overlays.contains(&Overlay::SignIn) {
        begin(model, renewed, out);
    } else {
        out_because(model, Fault::new(FaultKind::Expired, "The code ran out. n gets a new one."));
    }
}

fn out_because(model: &mut Model, fault: Fault) {
    if !model.overlays.contains(&Overlay::SignIn) {
        model.notice = Some(Notice::bad(format!("Not signed in: {} S signs in.", fault.say)));
    }
    model.auth = Auth::Out { why: Some(fault) };
}

fn enter(model: &mut Model, who: Who, out: &mut Vec<Effect>) {
    save::adopt(model, &who.account);
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
    let Auth::Waiting(wait) = &mut model.auth else { return };
    if wait.until <= now {
        return expired(model, out);
    }
    if let Poll::At(at) = wait.poll
        && at <= now
    {
        wait.poll = Poll::Asked;
        out.push(Effect::Auth(wait.attempt, AuthCall::Poll));
    }
}

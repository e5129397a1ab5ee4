//! `retitle login`: the sign-in in plain lines.

use std::io::Write;

use serde_json::json;

use crate::core::effect::{AuthCall, Way};
use crate::core::fault::{Fault, FaultKind};
use crate::core::glyph::sanitise;
use crate::core::msg::{Attempt, AuthReply, DeviceCode, SignInPage};
use crate::core::pace::Pace;
use crate::core::time::Stamp;
use crate::ports::{Answer, Clock, Desk, Identity, Timer};

use super::output::headed;

/// Where the words go, and who reads them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reader {
    /// A person at a terminal.
    Person,
    /// Something that shows them to a person.
    Pipe,
    /// A file, or the log of an automatic run: a code must not get in there.
    Record,
}

/// What `login` works with.
pub struct Login<'a> {
    pub identity: &'a dyn Identity,
    pub desk: &'a dyn Desk,
    pub clock: &'a dyn Clock,
    pub timer: &'a dyn Timer,
    pub reader: Reader,
    /// The code as one JSON object on standard output, for a program that shows it.
    pub json: bool,
    /// Resolves when Enter is pressed; never where nobody can.
    pub enter: Answer<()>,
}

const ATTEMPT: Attempt = Attempt(1);

impl Login<'_> {
    /// Signs in; returns what is to be said about it.
    ///
    /// # Errors
    /// `Declined`, `Expired`, `SignInBlocked`; `Offline`, `Busy` or `Unclear` when the server cannot be reached at all.
    pub async fn run(self, way: Way, out: &mut dyn Write, err: &mut dyn Write) -> Result<String, Fault> {
        if way == Way::Device && self.reader == Reader::Record && !self.json {
            return Err(Fault::new(
                FaultKind::SignInBlocked,
                "A code is not written where it may stay in a log. Run this on a terminal, with --browser, or with --json for a program that shows it.",
            ));
        }
        let (who, notice) = match self.identity.call(ATTEMPT, AuthCall::Begin(way)).await? {
            AuthReply::Code(code) => self.by_code(&code, out, err).await?,
            AuthReply::Page(page) => self.by_page(&page, err).await?,
            reply @ (AuthReply::Restored(_)
            | AuthReply::NothingCached { .. }
            | AuthReply::Pending
            | AuthReply::SlowDown
            | AuthReply::Unreachable(_)
            | AuthReply::SignedIn { .. }) => signed_in(reply)?,
        };
        let words = format!("Signed in as {} (tenant {}).", sanitise(&who.username), sanitise(&who.tenant));
        Ok(notice.map_or(words.clone(), |trouble| format!("{words} {trouble}")))
    }

    async fn by_code(
        mut self,
        code: &DeviceCode,
        out: &mut dyn Write,
        err: &mut dyn Write,
    ) -> Result<SignedIn, Fault> {
        self.show(code, out, err).map_err(cannot_say)?;
        let until = self.clock.now() + code.expires_in;
        let mut pace = Pace::new(code.interval);
        loop {
            self.pause(&mut pace, until, code, err).await?;
            let reply = self.identity.call(ATTEMPT, AuthCall::Poll).await?;
            match reply {
                AuthReply::Pending => pace.reached(),
                AuthReply::SlowDown => pace.slower(),
                AuthReply::Unreachable(fault) => {
                    say(err, &format!("Still trying: {}", fault.say))?;
                    pace.missed(fault.retry_after());
                }
                reply @ (AuthReply::Restored(_)
                | AuthReply::NothingCached { .. }
                | AuthReply::Code(_)
                | AuthReply::Page(_)
                | AuthReply::SignedIn { .. }) => return signed_in(reply),
            }
        }
    }

    /// Waits for the next poll, but not beyond the code's life; Enter meanwhile opens the page.
    async fn pause(
        &mut self,
        pace: &mut Pace,
        until: Stamp,
        code: &DeviceCode,
        err: &mut dyn Write,
    ) -> Result<(), Fault> {
        let left = until.since(self.clock.now());
        if left.is_zero() {
            return Err(Fault::new(FaultKind::Expired, "The code ran out. Run retitle login again."));
        }
        let mut pause = self.timer.sleep(pace.pause().min(left));
        loop {
            let pressed = futures_util::future::select(&mut pause, &mut self.enter).await;
            match pressed {
                futures_util::future::Either::Left(_) => return Ok(()),
                futures_util::future::Either::Right(_) => {
                    self.enter = Box::pin(std::future::pending());
                    if let Err(fault) = self.open(&code.url, code.may_open).await {
                        say(err, &fault.say)?;
                    }
                }
            }
        }
    }

    fn show(&self, code: &DeviceCode, out: &mut dyn Write, err: &mut dyn Write) -> std::io::Result<()> {
        let (url, user_code) = (sanitise(&code.url), sanitise(&code.user_code));
        if self.json {
            // One line, so that it can be read while the sign-in goes on.
            let line = headed(
                "login",
                json!({
                    "verification_uri": url, "user_code": user_code, "expires_in": code.expires_in.as_secs(),
                }),
            );
            writeln!(out, "{line}")?;
            return out.flush();
        }
        writeln!(err, "Open   {url}")?;
        writeln!(err, "Enter  {user_code}")?;
        let minutes = code.expires_in.as_secs().div_ceil(60);
        writeln!(err, "The code is good for {minutes} minutes. Only continue if you started this sign-in.")?;
        if self.reader == Reader::Person {
            if code.may_open {
                writeln!(err, "Press Enter to open the page in your browser.")?;
            }
            writeln!(
                err,
                "If the page says \"You don't have access to this\", press Ctrl-C and use retitle login --browser."
            )?;
        }
        err.flush()
    }

    async fn by_page(&self, page: &SignInPage, err: &mut dyn Write) -> Result<SignedIn, Fault> {
        say(err, "Sign in on the page in your browser. Only continue if you started this sign-in.")?;
        if let Err(fault) = self.open(&page.url, page.may_open).await {
            say(err, &fault.say)?;
        } else if self.reader == Reader::Person {
            say(err, &format!("If no page opened: {}", sanitise(&page.url)))?;
        }
        signed_in(self.identity.call(ATTEMPT, AuthCall::Return).await?)
    }

    async fn open(&self, url: &str, may_open: bool) -> Result<(), Fault> {
        if may_open {
            self.desk.open(url.to_owned()).await
        } else {
            let words = "The server's address is not https, so it is not opened for you.";
            Err(Fault::new(FaultKind::Refused, words))
        }
    }
}

type SignedIn = (crate::core::msg::Who, Option<String>);

fn signed_in(reply: AuthReply) -> Result<SignedIn, Fault> {
    match reply {
        AuthReply::SignedIn { who, notice } => Ok((who, notice)),
        AuthReply::Restored(who) => Ok((who, None)),
        AuthReply::NothingCached { .. }
        | AuthReply::Code(_)
        | AuthReply::Page(_)
        | AuthReply::Pending
        | AuthReply::SlowDown
        | AuthReply::Unreachable(_) => {
            Err(Fault::new(FaultKind::Bug, "The sign-in took a turn that it should not take."))
        }
    }
}

fn say(to: &mut dyn Write, words: &str) -> Result<(), Fault> {
    writeln!(to, "{words}").and_then(|()| to.flush()).map_err(cannot_say)
}

#[expect(clippy::needless_pass_by_value, reason = "map_err hands it over")]
fn cannot_say(error: std::io::Error) -> Fault {
    Fault::new(FaultKind::Disk, format!("The words of the sign-in cannot be written: {error}."))
}

/// What a person may want to know of a refusal beyond its words: what to send to the admin, and what the server said.
pub fn details(fault: &Fault) -> Option<String> {
    let server = fault.server.as_ref().map(|words| format!("The server said: {}", sanitise(words)));
    let report =
        fault.report.as_ref().map(|report| report.lines().map(sanitise).collect::<Vec<_>>().join("\n"));
    let all: Vec<String> = server.into_iter().chain(report).collect();
    (!all.is_empty()).then(|| all.join("\n"))
}

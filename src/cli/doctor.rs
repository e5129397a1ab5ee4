//! `retitle doctor`: everything that has to be right before a rename, looked at in that order.

use std::fmt::Write as _;
use std::time::Duration;

use super::account::permissions;
use super::in_full;
use crate::core::effect::GraphCall;
use crate::core::fault::FaultKind;
use crate::core::glyph::sanitise;
use crate::core::msg::GraphReply;
use crate::core::session::WorkspaceId;
use crate::core::time::Stamp;
use crate::ports::{Clock, Graph, Probe, SignIns, Tokens};

/// Beyond this, tokens look expired or not yet valid.
const SKEW: Duration = Duration::from_secs(5 * 60);

/// One thing looked at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    pub what: &'static str,
    /// `None` when it is as it should be.
    pub wrong: Option<FaultKind>,
    pub words: String,
}

impl Finding {
    /// As it should be.
    pub fn good(what: &'static str, words: impl Into<String>) -> Self {
        Self { what, wrong: None, words: words.into() }
    }

    /// Not as it should be.
    pub fn bad(what: &'static str, kind: FaultKind, words: impl Into<String>) -> Self {
        Self { what, wrong: Some(kind), words: words.into() }
    }
}

/// What is known before anything is asked.
pub struct Premises<'a> {
    /// Configuration, folders, proxy: looked at where they are at home.
    pub findings: Vec<Finding>,
    /// An address of the tenant's that needs no token.
    pub authority: String,
    /// Graph's address.
    pub graph: String,
    /// The permissions that retitle needs.
    pub needed: &'static [&'static str],
    pub workspace: WorkspaceId,
    pub probe: &'a dyn Probe,
    pub sign_ins: &'a dyn SignIns,
    pub tokens: &'a dyn Tokens,
    pub client: &'a dyn Graph,
    pub clock: &'a dyn Clock,
}

/// Looks at everything; a failure does not keep it from looking further, as far as there is a further.
pub async fn examine(premises: Premises<'_>) -> Vec<Finding> {
    let Premises {
        mut findings,
        authority,
        graph,
        needed,
        workspace,
        probe,
        sign_ins,
        tokens,
        client,
        clock,
    } = premises;
    let mut theirs = None;
    for (what, address, meant) in [
        ("sign-in server", authority, &[200][..]),
        // Without a token a refusal is the right answer.
        ("Graph", graph, &[401, 403, 404, 400, 405][..]),
    ] {
        findings.push(match probe.reach(address).await {
            Ok(reached) => {
                theirs = theirs.or(reached.date.map(|date| (date, clock.now())));
                let took = reached.took.as_millis();
                if meant.contains(&reached.status) {
                    Finding::good(what, format!("{} answers in {took} ms", reached.host))
                } else {
                    let words = format!(
                        "{} answers {} where {} was expected; is the tenant right, or a proxy in between?",
                        reached.host,
                        reached.status,
                        meant.first().copied().unwrap_or_default()
                    );
                    Finding::bad(what, FaultKind::Refused, words)
                }
            }
            Err(fault) => Finding::bad(what, fault.kind, fault.say),
        });
    }
    findings.push(match theirs {
        Some((theirs, ours)) => clock_finding(theirs, ours),
        None => Finding::good("clock", "not compared: no server told its time"),
    });
    let standing = match sign_ins.standing().await {
        Ok(standing) => standing,
        Err(fault) => {
            findings.push(Finding::bad("token cache", fault.kind, fault.say));
            return findings;
        }
    };
    let place = standing.path.clone().unwrap_or_else(|| "nowhere".to_owned());
    findings.push(match &standing.trouble {
        Some(trouble) => Finding::bad("token cache", FaultKind::Disk, trouble),
        None => {
            Finding::good("token cache", format!("{}: {place} ({})", standing.storage, standing.protection))
        }
    });
    let Some(signed_in) = standing.signed_in else {
        let words = "nobody is signed in; retitle login signs in";
        findings.push(Finding::bad("sign-in", FaultKind::SignedOut, words));
        return findings;
    };
    let who = &signed_in.who;
    match tokens.access_token(who.account.clone(), None).await {
        Ok(_) => findings.push(Finding::good(
            "sign-in",
            format!("{} in tenant {}, by {}", who.username, who.tenant, signed_in.method),
        )),
        Err(fault) => {
            findings.push(Finding::bad("sign-in", fault.kind.clone(), in_full(&fault)));
            return findings;
        }
    }
    let (granted, missing) = permissions(&signed_in, needed);
    findings.push(if missing.is_empty() {
        Finding::good("permissions", granted.join(" "))
    } else {
        let words = format!("{} is missing; consent to it and sign in again", missing.join(" and "));
        Finding::bad("permissions", FaultKind::Forbidden, words)
    });
    let list = GraphCall::List { workspace: workspace.clone(), page: None };
    findings.push(match client.call(who.account.clone(), list).await {
        Ok(GraphReply::Page { sessions, next }) => {
            let more = if next.is_some() { " and more" } else { "" };
            Finding::good(
                "a GET",
                format!("workspace {}: {} sessions{more}", workspace.as_str(), sessions.len()),
            )
        }
        Ok(_) => Finding::bad("a GET", FaultKind::Bug, "the answer is of another kind"),
        Err(fault) => Finding::bad("a GET", fault.kind.clone(), in_full(&fault)),
    });
    findings
}

fn clock_finding(theirs: Stamp, ours: Stamp) -> Finding {
    let (off, how) =
        if theirs > ours { (theirs.since(ours), "behind") } else { (ours.since(theirs), "ahead") };
    if off > SKEW {
        let words =
            format!("{} s {how} of the server's; tokens will seem expired. Set the clock.", off.as_secs());
        Finding::bad("clock", FaultKind::Disk, words)
    } else {
        Finding::good("clock", format!("within {} s of the server's", off.as_secs().max(1)))
    }
}

/// The report: a line for each finding, and how it ended.
pub fn report(findings: &[Finding]) -> String {
    let mut text = String::new();
    for Finding { what, wrong, words } in findings {
        let mark = if wrong.is_some() { "BAD " } else { "ok  " };
        let _ = writeln!(text, "{mark} {what:<15} {}", sanitise(words));
    }
    let bad = findings.iter().filter(|f| f.wrong.is_some()).count();
    let _ = match bad {
        0 => writeln!(text, "Everything is as it should be."),
        1 => writeln!(text, "1 thing is not as it should be."),
        n => writeln!(text, "{n} things are not as they should be."),
    };
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_more_than_five_minutes_off_is_told_with_its_direction() {
        let at = |s: i64| Stamp::from_micros(s * 1_000_000);
        assert_eq!(clock_finding(at(100), at(98)).words, "within 2 s of the server's");
        assert!(clock_finding(at(1_000), at(100)).words.starts_with("900 s behind"));
        assert!(clock_finding(at(100), at(1_000)).words.starts_with("900 s ahead"));
        assert!(clock_finding(at(100), at(1_000)).wrong.is_some());
    }
}

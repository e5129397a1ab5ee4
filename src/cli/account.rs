//! `retitle status` and `retitle logout`.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::core::fault::{Fault, FaultKind};
use crate::core::glyph::sanitise;
use crate::core::standing::{SignedIn, Standing};
use crate::ports::SignIns;

use super::output;

/// What `status` and `doctor` say of the permissions: granted, and missing.
pub fn permissions(signed_in: &SignedIn, needed: &[&str]) -> (Vec<String>, Vec<String>) {
    let short = |scope: &str| scope.rsplit('/').next().unwrap_or(scope).to_owned();
    let granted: Vec<String> = signed_in.scopes.iter().map(|s| short(s)).collect();
    let missing = needed
        .iter()
        .filter(|n| !granted.is_empty() && !granted.iter().any(|g| g.eq_ignore_ascii_case(n)))
        .map(|n| (*n).to_owned())
        .collect();
    (granted, missing)
}

/// The standing in lines, or as one JSON object. `Err` when nobody is signed in: the words, for standard error.
///
/// # Errors
/// `SignedOut`; the text is in both cases what goes to standard output.
pub async fn status(
    sign_ins: &dyn SignIns,
    profile: &str,
    needed: &[&str],
    as_json: bool,
) -> Result<(String, Result<(), Fault>), Fault> {
    let standing = sign_ins.standing().await?;
    let outcome = match (&standing.signed_in, &standing.trouble) {
        (Some(_), _) => Ok(()),
        (None, Some(trouble)) => Err(Fault::new(FaultKind::SignedOut, format!("Not signed in. {trouble}"))),
        (None, None) => Err(Fault::new(FaultKind::SignedOut, "Not signed in. retitle login signs in.")),
    };
    let text = if as_json {
        output::line(&output::headed("status", in_json(&standing, profile, needed)))
    } else {
        in_words(&standing, profile, needed)
    };
    Ok((text, outcome))
}

fn in_json(standing: &Standing, profile: &str, needed: &[&str]) -> Value {
    let signed_in = standing.signed_in.as_ref().map(|s| {
        let (granted, missing) = permissions(s, needed);
        json!({
            "account": s.who.username, "account_id": s.who.account.as_str(), "tenant": s.who.tenant,
            "method": s.method, "scopes": granted, "missing_scopes": missing,
            "expires_at": s.expires_at.to_rfc3339(), "renewable": s.renewable,
        })
    });
    json!({
        "profile": profile, "signed_in": signed_in, "storage": standing.storage, "path": standing.path,
        "protection": standing.protection, "trouble": standing.trouble,
    })
}

fn in_words(standing: &Standing, profile: &str, needed: &[&str]) -> String {
    let mut text = String::new();
    let mut line = |name: &str, value: &str| {
        let _ = writeln!(text, "{name:<12} {}", sanitise(value));
    };
    line("Profile", profile);
    match &standing.signed_in {
        None => line("Account", "nobody is signed in"),
        Some(s) => {
            line("Account", &s.who.username);
            line("Tenant", &s.who.tenant);
            line("Signed in by", s.method);
            let (granted, missing) = permissions(s, needed);
            let named =
                if granted.is_empty() { "not told by the server".to_owned() } else { granted.join(" ") };
            line("Permissions", &named);
            if !missing.is_empty() {
                line("Missing", &missing.join(" "));
            }
            let renews = if s.renewable { "renewed without asking" } else { "not renewable" };
            line("Token", &format!("good until {}, {renews}", s.expires_at.to_rfc3339()));
        }
    }
    line("Storage", standing.storage);
    if let Some(path) = &standing.path {
        line("Path", path);
    }
    line("Protection", &standing.protection);
    if let Some(trouble) = &standing.trouble {
        line("Trouble", trouble);
    }
    text
}

/// Signs out; returns what was removed, in lines.
///
/// # Errors
/// `Disk` when something could not be removed: the words name it.
pub async fn logout(sign_ins: &dyn SignIns) -> Result<String, Fault> {
    let gone = sign_ins.sign_out().await?;
    if gone.is_empty() {
        return Ok("Nobody was signed in; there was nothing to remove.\n".to_owned());
    }
    let lines: String = gone.iter().map(|what| format!("Removed {}.\n", sanitise(what))).collect();
    Ok(format!(
        "{lines}The sign-in ends on this machine. Names, drafts and history stay. A sign-in elsewhere is not touched.\n"
    ))
}

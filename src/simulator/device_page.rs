//! The page where a person types the code, and the portal's page of a session. Plain forms, no script.

use super::message::{Reply, Request};
use super::world::{DeviceCode, PEOPLE, Verdict, World, person};

const FRAME: &str = include_str!("../../assets/device.html");

pub(super) fn page(status: u16, title: &str, content: &str) -> Reply {
    Reply::html(status, FRAME.replace("{{title}}", title).replace("{{content}}", content))
        .with(
            "content-security-policy",
            "default-src 'none'; style-src 'unsafe-inline'; form-action 'self' http://localhost:*",
        )
        .with("x-frame-options", "DENY")
}

pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

/// A field of a form that nobody sees.
pub(super) fn hidden(name: &str, value: &str) -> String {
    format!("<input type=\"hidden\" name=\"{name}\" value=\"{}\">", escape(value))
}

/// `/device`.
pub(super) fn handle(world: &mut World, now: i64, request: &Request) -> Reply {
    if request.method == "GET" {
        return ask("");
    }
    if request.method != "POST" {
        return page(405, "Not allowed", "<p>This page takes GET and POST.</p>");
    }
    // Typed as people type: small letters, spaces, hyphens.
    let typed: String = request
        .form("code")
        .unwrap_or_default()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect::<String>()
        .to_uppercase();
    let Some(code) = world.codes.iter_mut().rev().find(|c| c.user_code == typed) else {
        return ask("That code is not known. Check it and type it again.");
    };
    if code.expires <= now {
        return ask("That code has run out. Ask the program for a new one.");
    }
    if code.verdict != Verdict::Open {
        return ask("That code was used already.");
    }
    match request.form("decision").as_deref() {
        Some("approve") if world.policy.device_code_blocked => page(
            403,
            "You don't have access to this",
            "<p>Your sign-in was successful but you can't access this resource. It uses an authentication flow that is \
             restricted by your admin. Error code 53003.</p>",
        ),
        Some("approve") => {
            code.verdict = Verdict::Approved(person(request.form("person").and_then(|p| p.parse().ok())));
            page(
                200,
                "Signed in",
                "<p>You have signed in. You may close this window and go back to the program.</p>",
            )
        }
        Some("deny") => {
            code.verdict = Verdict::Denied;
            page(200, "Declined", "<p>You declined the sign-in. Nothing was given to the program.</p>")
        }
        Some(_) | None => confirm(code),
    }
}

fn ask(problem: &str) -> Reply {
    let problem = if problem.is_empty() {
        String::new()
    } else {
        format!("<p class=\"bad\" role=\"alert\">{problem}</p>")
    };
    let form = format!(
        "{problem}<form method=\"post\" action=\"/device\"><label for=\"code\">Type the code that the program shows.</label>\
         <input id=\"code\" name=\"code\" autofocus autocomplete=\"off\" autocapitalize=\"characters\" spellcheck=\"false\" required>\
         <button>Next</button></form>"
    );
    page(if problem.is_empty() { 200 } else { 400 }, "Enter code", &form)
}

fn confirm(code: &DeviceCode) -> Reply {
    let hidden = hidden("code", &code.user_code);
    let form = consent("/device", &code.client, &code.scopes, &hidden, None);
    page(200, "Are you trying to sign in?", &form)
}

/// The form on which a person chooses an account and says yes or no. An empty `action` is the page itself.
pub(super) fn consent(
    action: &str,
    client: &str,
    scopes: &[String],
    hidden: &str,
    hint: Option<&str>,
) -> String {
    let scopes: String = scopes.iter().map(|s| format!("<li>{}</li>", escape(s))).collect();
    let people: String = PEOPLE
        .iter()
        .enumerate()
        .map(|(n, p)| {
            let chosen = if hint == Some(p.username) { " selected" } else { "" };
            format!("<option value=\"{n}\"{chosen}>{} ({})</option>", escape(p.name), escape(p.username))
        })
        .collect();
    format!(
        "<p>The app <strong>{}</strong> asks to act for you. Only continue if you started this.</p>\
         <ul>{scopes}</ul><form method=\"post\" action=\"{action}\">{hidden}\
         <label for=\"person\">Sign in as</label><select id=\"person\" name=\"person\">{people}</select>\
         <button name=\"decision\" value=\"approve\">Approve</button> \
         <button class=\"quiet\" name=\"decision\" value=\"deny\">Deny</button></form>",
        escape(client),
    )
}

/// The portal's page of a session, as far as a demo needs one.
pub(super) fn portal(world: &World, id: &str) -> Reply {
    match world.kept.sessions.iter().find(|s| s.id == id) {
        Some(session) => {
            let prompts: String = session.prompts.iter().map(|p| format!("<li>{}</li>", escape(p))).collect();
            let name = session.name.as_deref().unwrap_or("(untitled)");
            page(200, &escape(name), &format!("<p>A session of the demo.</p><ul>{prompts}</ul>"))
        }
        None => page(404, "Not found", "<p>There is no such session in the demo.</p>"),
    }
}

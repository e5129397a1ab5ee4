//! The sign-in screen.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::Line;

use super::plan::NARROW;
use super::text::{count, framed, hints, put};
use super::theme::{Role, style};
use crate::core::command::{Command, Focus};
use crate::core::effect::Way;
use crate::core::fault::Fault;
use crate::core::glyph;
use crate::core::model::Model;
use crate::core::place::{Auth, BrowserWait, DeviceWait};
use crate::core::time::{Stamp, seconds_left};

/// A line of the screen, and how badly it is needed: on a small screen the lower ones go first.
struct Row {
    text: String,
    role: Role,
    need: u8,
    /// Whether it goes on with the line above it.
    goes_on: bool,
}

/// With fewer cells a line holds two keys at most, and a sentence takes the lines of what matters more.
const TINY: usize = 32;

/// What a screen is about.
const NEEDED: u8 = 4;
/// The keys, without which nobody gets any further.
const KEYS: u8 = 5;
/// Where the code goes: the first key opens it as well.
const ADDRESS: u8 = 6;
/// The code, and the warning: a code without that is what somebody in a chat sends.
const NEVER: u8 = 7;

fn row(need: u8, role: Role, text: impl Into<String>) -> Row {
    Row { text: text.into(), role, need, goes_on: false }
}

fn blank() -> Row {
    row(0, Role::Plain, "")
}

/// Draws the screen; returns where the caret rests.
pub(super) fn draw(model: &Model, area: Rect, buffer: &mut Buffer) -> Position {
    // A few cells left over at each side would show scraps of the list.
    let width = if area.width < 90 { area.width } else { 78 };
    let margin = if width < NARROW { 1 } else { 2 };
    let cells = width.saturating_sub(2 + 2 * margin);
    let mut rows: Vec<Row> = Vec::new();
    for Row { text, role, need, .. } in content(model, cells.into()) {
        if text.is_empty() {
            rows.push(row(need, role, ""));
        }
        let lines = glyph::wrap_parts(glyph::spare_stop(&text, cells.into()), cells.into(), 5)
            .into_iter()
            .enumerate();
        // The beginning of what matters most is never left out.
        let first = |n| if n == 0 && matches!(need, NEEDED | ADDRESS) { NEVER } else { need };
        rows.extend(lines.map(|(n, text)| Row { text, role, need: first(n), goes_on: n > 0 }));
    }
    let room = usize::from(area.height.saturating_sub(2));
    for need in 0..NEVER {
        while rows.len() > room {
            let Some(at) = rows.iter().rposition(|r| r.need == need) else { break };
            // Half a sentence that is not the matter itself is none.
            let whole = rows.iter().take(at + 1).rposition(|r| !r.goes_on).filter(|_| need < NEEDED);
            rows.drain(whole.unwrap_or(at)..=at);
            // Words cut off say so.
            if matches!(need, NEEDED | ADDRESS)
                && let Some(before) = at.checked_sub(1).and_then(|at| rows.get_mut(at))
                && before.need >= NEEDED
                && !before.text.ends_with('…')
            {
                before.text.push_str(" …");
            }
        }
    }
    let height = count(rows.len()).saturating_add(2).min(area.height);
    let frame =
        Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 2, width, height };
    let label = model.here().config.label.as_ref().map(|l| format!(" ({l})")).unwrap_or_default();
    let title = format!("Sign in to {}{label}", model.here().config.tenant);
    let inner = framed(&title, Line::default(), frame, buffer);
    let mut caret = Position::new(inner.x, inner.y);
    for (y, Row { text, role, .. }) in (inner.y..inner.bottom()).zip(&rows) {
        let x = inner.x + margin;
        if *role == Role::Key {
            buffer.set_line(x, y, &hints(text, glyph::GAP), cells);
        } else {
            // A sign for what is left out may stand in the margin.
            put(buffer, x, y, cells + 1, text, style(*role));
        }
        if *role == Role::Code {
            caret = Position::new(x, y);
        }
    }
    caret
}

fn content(model: &Model, cells: usize) -> Vec<Row> {
    match &model.here().auth {
        Auth::Unconfigured => unconfigured(model, cells),
        Auth::Checking { .. } => vec![row(3, Role::Plain, "Looking for a cached sign-in …")],
        Auth::Asking { renewed, way, .. } => {
            let words = match way {
                Way::Device if *renewed > 0 => "The code ran out. Asking for a fresh one …",
                Way::Device => "Asking for a code …",
                Way::Browser => "Getting ready for the browser …",
                Way::Command => "Running the configured token_command …",
            };
            vec![
                row(3, Role::Plain, words),
                blank(),
                row(2, Role::Key, keys(model, &[(Command::CloseSignIn, "local list")])),
            ]
        }
        Auth::Waiting(wait) => waiting(model, wait, cells),
        Auth::Away(wait) => away(model, wait, cells),
        Auth::Out { why } => signed_out(model, why.as_ref()),
        Auth::In(who) => vec![row(3, Role::Plain, format!("Signed in as {}.", who.username))],
    }
}

fn waiting(model: &Model, wait: &DeviceWait, cells: usize) -> Vec<Row> {
    // Spread out, so that it can be read aloud and typed without losing the place.
    let code: Vec<String> = wait.code.user_code.chars().map(String::from).collect();
    let steps = [format!("1  Open   {}", wait.code.url), format!("2  Enter  {}", code.join(" "))];
    let fits = |text: &String| glyph::width(text) <= cells;
    let [open, enter] = if steps.iter().all(fits) {
        steps
    } else {
        let spread = Some(format!("Code  {}", code.join(" "))).filter(fits);
        [wait.code.url.clone(), spread.unwrap_or_else(|| format!("Code  {}", wait.code.user_code))]
    };
    let mut rows = vec![
        blank(),
        row(ADDRESS, Role::Plain, open),
        row(NEVER, Role::Code, enter),
        blank(),
        row(1, Role::Plain, format!("Code good {}", countdown(model, wait.until))),
        blank(),
    ];
    rows.extend(terms(model, cells));
    if wait.doubt_at() <= model.now {
        let key = model.settings.keys.key_for(Focus::SignIn, Command::OtherWay);
        let words = if cells < usize::from(NARROW) {
            format!("\"You don't have access to this\" there? {key} uses the browser.")
        } else {
            format!(
                "The page says \"You don't have access to this\"? Then your organisation blocks codes: {key} signs in with the browser."
            )
        };
        rows.push(row(2, Role::Warn, words));
    }
    if wait.renewed > 0 {
        rows.push(row(1, Role::Quiet, "The code before this one ran out; this is a fresh one."));
    }
    if let Some(trouble) = &wait.trouble {
        rows.push(row(2, Role::Warn, format!("Still trying: {}", trouble.say)));
    }
    if let Some(hint) = &model.settings.sign_in_hint {
        rows.push(row(2, Role::Good, hint.clone()));
    }
    let tiny = cells < TINY;
    let mut offered = vec![
        (Command::OpenSignIn, if tiny { "open" } else { "open and copy" }),
        (Command::CopyCode, "copy code"),
        (Command::NewCode, "new code"),
        (Command::OtherWay, "browser"),
        (Command::CloseSignIn, "local list"),
        (Command::Quit, "quit"),
    ];
    // The first key copies it too, and a line more for the rest is worth more; a code that runs out is renewed unasked.
    offered.retain(|(command, _)| cells >= usize::from(NARROW) || *command != Command::CopyCode);
    offered.retain(|(command, _)| !tiny || *command != Command::NewCode);
    rows.push(blank());
    rows.push(row(KEYS, Role::Key, keys(model, &offered)));
    rows
}

fn countdown(model: &Model, until: Stamp) -> String {
    if model.settings.still {
        return format!("until {}", until.clock(model.settings.zone));
    }
    let left = seconds_left(model.now, until);
    format!("for {}:{:02}", left / 60, left % 60)
}

/// What is asked for, by which app, and where the answer is kept.
fn terms(model: &Model, cells: usize) -> [Row; 3] {
    let client = model.here().config.client.as_deref().unwrap_or("");
    let asks = if model.here().config.read_only { "read" } else { "read and rename" };
    let warning = [
        "Only continue if you started this sign-in.",
        "Only continue if you started this.",
        "Only if you started this.",
    ];
    let warning = warning.into_iter().find(|words| words.len() <= cells).unwrap_or_default();
    [
        row(1, Role::Quiet, format!("Asks to {asks} your sessions, for app {client}.")),
        row(1, Role::Quiet, format!("Keeps the sign-in in {}.", model.settings.tokens_kept)),
        row(NEVER, Role::Warn, warning),
    ]
}

fn away(model: &Model, wait: &BrowserWait, cells: usize) -> Vec<Row> {
    let (asks, copy, other) = if cells < TINY {
        ("Sign in in your browser.", "copy", "code")
    } else {
        ("Sign in on the page in your browser, then come back here.", "copy address", "device code")
    };
    let mut rows = vec![
        blank(),
        row(NEEDED, Role::Plain, asks),
        blank(),
        row(3, Role::Plain, format!("Waiting for the browser {}", countdown(model, wait.until))),
        row(2, Role::Quiet, "The browser has to be on this machine, since it reports back to it."),
        blank(),
    ];
    rows.extend(terms(model, cells));
    if let Some(hint) = &model.settings.sign_in_hint {
        rows.push(row(2, Role::Good, hint.clone()));
    }
    rows.push(blank());
    rows.push(row(
        KEYS,
        Role::Key,
        keys(
            model,
            &[
                (Command::OpenSignIn, "reopen"),
                (Command::CopyCode, copy),
                (Command::OtherWay, other),
                (Command::CloseSignIn, "local list"),
                (Command::Quit, "quit"),
            ],
        ),
    ));
    rows
}

fn signed_out(model: &Model, why: Option<&Fault>) -> Vec<Row> {
    let mut rows = vec![blank()];
    match why {
        None => rows.push(row(NEEDED, Role::Plain, "You are not signed in.")),
        Some(fault) => {
            rows.push(row(NEEDED, Role::Bad, fault.say.clone()));
            if let Some(server) = &fault.server {
                rows.push(row(1, Role::Quiet, format!("The server said: {server}")));
            }
            match (&fault.report, &fault.request_id) {
                (Some(report), _) => {
                    rows.push(blank());
                    rows.extend(report.lines().map(|line| row(1, Role::Quiet, line)));
                }
                (None, Some(id)) => rows.push(row(1, Role::Quiet, format!("Correlation ID: {id}"))),
                (None, None) => {}
            }
        }
    }
    rows.push(blank());
    let mut offered = vec![(Command::OpenSignIn, "try again")];
    match model.here().way {
        Way::Device => offered.push((Command::OtherWay, "sign in with the browser")),
        Way::Browser => offered.push((Command::OtherWay, "sign in with a code")),
        Way::Command => {}
    }
    if why.is_some_and(|fault| fault.report.is_some()) {
        offered.push((Command::CopyCode, "copy for your admin"));
    }
    offered.extend([(Command::CloseSignIn, "local list"), (Command::Quit, "quit")]);
    rows.push(row(KEYS, Role::Key, keys(model, &offered)));
    rows
}

fn unconfigured(model: &Model, cells: usize) -> Vec<Row> {
    let demo = if model.settings.has_demo { " retitle demo needs no account." } else { "" };
    let keys = keys(model, &[(Command::CloseSignIn, "local list"), (Command::Quit, "quit")]);
    if cells < TINY {
        let demo = if model.settings.has_demo { ", or try retitle demo" } else { "" };
        return vec![
            row(3, Role::Plain, "It has no client ID yet."),
            row(NEEDED, Role::Plain, format!("Run retitle setup first{demo}.")),
            row(KEYS, Role::Key, keys),
        ];
    }
    vec![
        blank(),
        row(NEEDED, Role::Plain, "retitle needs the client ID of an app registration of your own."),
        blank(),
        row(2, Role::Plain, "1  entra.microsoft.com → App registrations → New registration, single tenant"),
        row(2, Role::Plain, "2  Authentication → Mobile and desktop applications → http://localhost"),
        row(2, Role::Plain, "3  Authentication → Allow public client flows → Yes"),
        row(
            2,
            Role::Plain,
            "4  API permissions → Graph → Delegated → SecurityCopilotWorkspaces.Read.All and .ReadWrite.All",
        ),
        row(2, Role::Plain, "5  Copy the client ID and the tenant ID into the configuration:"),
        row(3, Role::Code, model.settings.config_path.clone()),
        blank(),
        row(1, Role::Plain, "You also need the role Security Copilot Contributor in the workspace."),
        // Where the steps do not fit, this is the way.
        row(3, Role::Quiet, format!("retitle setup walks you through it and writes the file.{demo}")),
        blank(),
        row(KEYS, Role::Key, keys),
    ]
}

fn keys(model: &Model, wanted: &[(Command, &str)]) -> String {
    let hints: Vec<String> = wanted
        .iter()
        .map(|(command, word)| format!("{} {word}", model.settings.keys.key_for(Focus::SignIn, *command)))
        .collect();
    hints.join(glyph::GAP)
}

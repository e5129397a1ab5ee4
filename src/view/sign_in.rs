//! The sign-in screen.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::widgets::{Block, Clear, Widget};

use super::text::put;
use super::theme::{Role, style};
use crate::core::command::{Command, Focus, key_for};
use crate::core::glyph;
use crate::core::model::{Auth, DeviceWait, Model};
use crate::core::time::seconds_left;

/// A line of the screen, and how badly it is needed: on a small screen the lower ones go first.
struct Row {
    text: String,
    role: Role,
    need: u8,
}

fn row(need: u8, role: Role, text: impl Into<String>) -> Row {
    Row { text: text.into(), role, need }
}

/// Draws the screen; returns where the caret rests.
pub(super) fn draw(model: &Model, area: Rect, buffer: &mut Buffer) -> Position {
    let width = area.width.min(78);
    let cells = usize::from(width.saturating_sub(6));
    let mut rows: Vec<Row> = Vec::new();
    for Row { text, role, need } in content(model) {
        if text.is_empty() {
            rows.push(row(need, role, ""));
        }
        rows.extend(glyph::wrap_keeping(&text, cells, 4).into_iter().map(|text| Row { text, role, need }));
    }
    let room = usize::from(area.height.saturating_sub(2));
    for need in 0..3 {
        while rows.len() > room {
            let Some(at) = rows.iter().rposition(|r| r.need == need) else { break };
            rows.remove(at);
        }
    }
    let height = u16::try_from(rows.len()).unwrap_or(u16::MAX).saturating_add(2).min(area.height);
    let frame =
        Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 2, width, height };
    Clear.render(frame, buffer);
    let label = model.settings.label.as_ref().map(|l| format!(" ({l})")).unwrap_or_default();
    let title = format!(" Sign in to {}{label} ", model.settings.tenant);
    let block = Block::bordered().title(title).style(style(Role::Plain));
    let inner = block.inner(frame);
    block.render(frame, buffer);
    let mut caret = Position::new(inner.x, inner.y);
    for (y, Row { text, role, .. }) in (inner.y..inner.bottom()).zip(&rows) {
        put(buffer, inner.x + 2, y, inner.width.saturating_sub(3), text, style(*role));
        if *role == Role::Code {
            caret = Position::new(inner.x + 2, y);
        }
    }
    caret
}

fn content(model: &Model) -> Vec<Row> {
    match &model.auth {
        Auth::Unconfigured => unconfigured(model),
        Auth::Checking { .. } => vec![row(3, Role::Plain, "Looking for a cached sign-in …")],
        Auth::Asking { renewed, .. } => {
            let words = if *renewed > 0 {
                "The code ran out. Asking for a fresh one …"
            } else {
                "Asking for a code …"
            };
            vec![
                row(3, Role::Plain, words),
                row(0, Role::Plain, ""),
                row(2, Role::Quiet, keys(&[(Command::CloseSignIn, "local list")])),
            ]
        }
        Auth::Waiting(wait) => waiting(model, wait),
        Auth::Out { why } => signed_out(why.as_ref()),
        Auth::In(who) => vec![row(3, Role::Plain, format!("Signed in as {}.", who.username))],
    }
}

fn waiting(model: &Model, wait: &DeviceWait) -> Vec<Row> {
    let left = seconds_left(model.now, wait.until);
    let countdown = format!("{}:{:02}", left / 60, left % 60);
    // Spread out, so that it can be read aloud and typed without losing the place.
    let code: Vec<String> = wait.code.user_code.chars().map(String::from).collect();
    let client = model.settings.client.as_deref().unwrap_or("");
    let asks = if model.settings.read_only { "read" } else { "read and rename" };
    let mut rows = vec![
        row(0, Role::Plain, ""),
        row(4, Role::Plain, format!("1  Open   {}", wait.code.url)),
        row(4, Role::Code, format!("2  Enter  {}", code.join(" "))),
        row(0, Role::Plain, ""),
        row(3, Role::Plain, format!("Code good for {countdown}")),
        row(0, Role::Plain, ""),
        row(1, Role::Quiet, format!("Asks to {asks} your Security Copilot sessions, for app {client}.")),
        row(3, Role::Warn, "Only continue if you started this sign-in."),
    ];
    if wait.renewed > 0 {
        rows.push(row(1, Role::Quiet, "The code before this one ran out; this is a fresh one."));
    }
    if let Some(trouble) = &wait.trouble {
        rows.push(row(2, Role::Warn, format!("Still trying: {}", trouble.say)));
    }
    if let Some(hint) = &model.settings.sign_in_hint {
        rows.push(row(2, Role::Good, hint.clone()));
    }
    rows.push(row(0, Role::Plain, ""));
    rows.push(row(
        3,
        Role::Quiet,
        keys(&[
            (Command::OpenSignIn, "open and copy"),
            (Command::CopyCode, "copy code"),
            (Command::NewCode, "new code"),
            (Command::CloseSignIn, "local list"),
            (Command::Quit, "quit"),
        ]),
    ));
    rows
}

fn signed_out(why: Option<&crate::core::fault::Fault>) -> Vec<Row> {
    let mut rows = vec![row(0, Role::Plain, "")];
    match why {
        None => rows.push(row(4, Role::Plain, "You are not signed in.")),
        Some(fault) => {
            rows.push(row(4, Role::Bad, fault.say.clone()));
            if let Some(server) = &fault.server {
                rows.push(row(1, Role::Quiet, format!("The server said: {server}")));
            }
            if let Some(id) = &fault.request_id {
                rows.push(row(1, Role::Quiet, format!("Correlation ID: {id}")));
            }
        }
    }
    rows.push(row(0, Role::Plain, ""));
    rows.push(row(
        3,
        Role::Quiet,
        keys(&[
            (Command::NewCode, "get a code"),
            (Command::CloseSignIn, "local list"),
            (Command::Quit, "quit"),
        ]),
    ));
    rows
}

fn unconfigured(model: &Model) -> Vec<Row> {
    vec![
        row(0, Role::Plain, ""),
        row(4, Role::Plain, "retitle needs the client ID of an app registration of your own."),
        row(0, Role::Plain, ""),
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
        row(0, Role::Plain, ""),
        row(
            1,
            Role::Quiet,
            "retitle config example > that file gives a start. retitle demo needs no account.",
        ),
        row(0, Role::Plain, ""),
        row(3, Role::Quiet, keys(&[(Command::CloseSignIn, "local list"), (Command::Quit, "quit")])),
    ]
}

fn keys(wanted: &[(Command, &str)]) -> String {
    let hints: Vec<String> =
        wanted.iter().map(|(command, word)| format!("{} {word}", key_for(Focus::SignIn, *command))).collect();
    hints.join("   ")
}

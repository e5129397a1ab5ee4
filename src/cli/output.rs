//! What `--json` prints: one document for each run, of one form for all commands (`assets/output.schema.json`).

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::core::address;
use crate::core::fault::{Fault, FaultKind};
use crate::core::session::{Account, Key, Session, SessionId};
use crate::core::store::{Entry, EntryState, Snapshot};
use crate::core::time::Stamp;

use super::exit;
use super::history::Row;
use super::table::cell_of;
use crate::core::trees;

/// Goes up when a reader of the earlier form would misread the new one. New keys do not count.
pub const SCHEMA: u32 = 1;

/// One document.
pub struct Document<'a> {
    pub command: &'static str,
    pub sessions: Vec<&'a Session>,
    pub entries: Vec<&'a Entry>,
    pub errors: Vec<(Option<SessionId>, Fault)>,
}

/// What is said of a session beyond itself.
pub struct Around<'a> {
    pub snapshot: &'a Snapshot,
    pub waiting: BTreeSet<&'a Key>,
    pub portal: &'a str,
}

impl<'a> Around<'a> {
    /// From the library, and the journal's entries.
    pub fn new(snapshot: &'a Snapshot, entries: &'a [Entry], portal: &'a str) -> Self {
        let waiting = entries.iter().filter(|e| e.state == EntryState::Waiting).map(|e| &e.intent.key);
        Self { snapshot, waiting: trees::set(waiting), portal }
    }

    /// The draft of a session.
    pub fn draft(&self, key: &Key) -> Option<&str> {
        super::shelf::draft(self.snapshot, key)
    }
}

impl Document<'_> {
    /// The document, with a line break at its end.
    pub fn write(&self, around: &Around<'_>) -> String {
        self.write_with(around, None)
    }

    /// The document with a plan in it.
    pub fn write_with(&self, around: &Around<'_>, plan: Option<Value>) -> String {
        let mut document = json!({
            "schema": SCHEMA,
            "command": self.command,
            "sessions": self.sessions.iter().map(|s| session(s, around)).collect::<Vec<_>>(),
            "entries": self.entries.iter().map(|e| Row::of(e).json()).collect::<Vec<_>>(),
            "errors": self.errors.iter().map(|(id, fault)| error(id.as_ref(), fault)).collect::<Vec<_>>(),
        });
        if let (Some(plan), Some(document)) = (plan, document.as_object_mut()) {
            document.insert("plan".into(), plan);
        }
        line(&document)
    }
}

/// A JSON document as text.
pub fn line(document: &Value) -> String {
    serde_json::to_string_pretty(document).unwrap_or_default() + "\n"
}

/// A document of a command's own form, under the same two first keys.
pub fn headed(command: &'static str, body: Value) -> Value {
    let mut all = json!({"schema": SCHEMA, "command": command});
    if let (Some(all), Value::Object(body)) = (all.as_object_mut(), body) {
        all.extend(body);
    }
    all
}

/// Some of a session's values, as the cells of a table.
pub(super) fn session_cells(of: &Session, around: &Around<'_>, columns: &[&str]) -> Vec<String> {
    let object = session(of, around);
    columns.iter().map(|column| cell_of(object.get(column))).collect()
}

fn session(session: &Session, around: &Around<'_>) -> Value {
    let moment = |at: Option<Stamp>| at.map(Stamp::to_rfc3339);
    json!({
        "id": session.key.id.as_str(),
        "profile": session.key.profile.as_str(),
        "workspace": session.workspace.as_str(),
        "account": session.account.as_ref().map(Account::as_str),
        "host": session.host.as_str(),
        "name": session.name,
        "created_at": moment(session.created),
        "modified_at": moment(session.modified),
        "seen_at": moment(session.seen),
        "opened_at": moment(session.opened),
        "presence": session.presence.word().replace(' ', "_"),
        "pinned": session.pinned,
        "drifted": session.drifted(),
        "waiting": around.waiting.contains(&session.key),
        "draft": around.draft(&session.key),
        "link": address::link(around.portal, &session.key.id),
    })
}

fn error(id: Option<&SessionId>, fault: &Fault) -> Value {
    let (base, theirs) = if let FaultKind::Changed(change) = &fault.kind {
        (change.base.as_deref(), change.theirs.as_deref())
    } else {
        (None, None)
    };
    json!({
        "session": id.map(SessionId::as_str),
        "kind": kind(&fault.kind),
        "exit": exit::code(&fault.kind),
        "message": fault.say,
        "server": fault.server,
        "request_id": fault.request_id,
        "retry_after": fault.retry_after().map(|pause| pause.as_secs()),
        "base": base,
        "theirs": theirs,
    })
}

fn kind(kind: &FaultKind) -> &'static str {
    match kind {
        FaultKind::Offline => "offline",
        FaultKind::Busy { .. } => "busy",
        FaultKind::Unclear => "unclear",
        FaultKind::SignedOut => "signed_out",
        FaultKind::Unpermitted => "unpermitted",
        FaultKind::Forbidden => "forbidden",
        FaultKind::NotFound => "not_found",
        FaultKind::Refused => "refused",
        FaultKind::Changed(_) => "changed",
        FaultKind::Declined => "declined",
        FaultKind::Expired => "expired",
        FaultKind::SignInBlocked => "sign_in_blocked",
        FaultKind::Disk => "disk",
        FaultKind::Bug => "bug",
    }
}

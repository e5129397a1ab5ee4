//! `retitle history`: the journal as text, CSV, JSON or Markdown.

use std::fmt::Write as _;

use serde_json::json;

use crate::core::fault::{Fault, FaultKind};
use crate::core::glyph::sanitise;
use crate::core::session::{Host, Profile};
use crate::core::store::{Deed, Entry, EntryState, Outcome, StoreCall, StoreReply};
use crate::core::time::Stamp;
use crate::ports::Library;

/// The form of the output.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub enum Format {
    Text,
    Csv,
    Json,
    Md,
}

/// The entries of a profile, newest first.
///
/// # Errors
/// `Disk` when the library cannot be read.
pub async fn read(library: &dyn Library, profile: Profile, host: Host) -> Result<Vec<Entry>, Fault> {
    match library.call(StoreCall::History { profiles: vec![profile], host, most: u32::MAX }).await? {
        StoreReply::Entries(entries) => Ok(entries),
        StoreReply::Loaded(_)
        | StoreReply::Committed { .. }
        | StoreReply::AllCommitted(_)
        | StoreReply::Turn(_)
        | StoreReply::Done => {
            Err(Fault::new(FaultKind::Bug, "The library gave another answer than its history."))
        }
    }
}

/// Whether an entry has these words in a name, or begins with them as an ID.
pub fn matches(entry: &Entry, words: &str) -> bool {
    let words = words.to_lowercase();
    let intent = &entry.intent;
    [intent.from.as_deref(), intent.to.as_deref()]
        .into_iter()
        .flatten()
        .any(|name| name.to_lowercase().contains(&words))
        || intent.key.id.as_str().to_lowercase().starts_with(&words)
}

/// One entry as it is written out.
struct Row {
    number: i64,
    made: Stamp,
    settled: Option<Stamp>,
    state: &'static str,
    deed: &'static str,
    about: Option<i64>,
    undone: bool,
    session: String,
    workspace: String,
    account: String,
    from: Option<String>,
    to: Option<String>,
    stored: Option<String>,
    request_id: Option<String>,
    why: Option<String>,
}

impl Row {
    fn of(entry: &Entry) -> Self {
        let intent = &entry.intent;
        let (deed, about) = match intent.deed {
            Deed::Rename => ("rename", None),
            Deed::Undo(about) => ("undo", Some(about.0)),
            Deed::Redo(about) => ("redo", Some(about.0)),
        };
        let (state, settled) = match &entry.state {
            EntryState::Waiting => ("waiting", None),
            EntryState::Ended(outcome, at) => {
                let word = match outcome {
                    Outcome::Saved { .. } => "saved",
                    Outcome::Failed { .. } => "failed",
                    Outcome::Cancelled | Outcome::Stopped => "cancelled",
                    Outcome::Replaced => "replaced",
                };
                (word, Some(*at))
            }
        };
        let (stored, request_id, why) = match &entry.state {
            EntryState::Ended(Outcome::Saved { stored, request_id }, _) => {
                (stored.clone(), request_id.clone(), None)
            }
            EntryState::Ended(Outcome::Failed { why, request_id }, _) => {
                (None, request_id.clone(), Some(why.clone()))
            }
            EntryState::Ended(Outcome::Cancelled | Outcome::Stopped | Outcome::Replaced, _)
            | EntryState::Waiting => (None, None, None),
        };
        Self {
            number: entry.entry.0,
            made: intent.at,
            settled,
            state,
            deed,
            about,
            undone: entry.undone,
            session: intent.key.id.as_str().to_owned(),
            workspace: intent.workspace.as_str().to_owned(),
            account: intent.account.as_ref().map_or_else(String::new, |a| a.as_str().to_owned()),
            from: intent.from.clone(),
            to: intent.to.as_deref().map(ToOwned::to_owned),
            stored,
            request_id,
            why,
        }
    }

    fn cells(&self) -> [String; 15] {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        [
            self.number.to_string(),
            self.made.to_rfc3339(),
            self.settled.map_or_else(String::new, Stamp::to_rfc3339),
            self.state.to_owned(),
            self.deed.to_owned(),
            self.about.map_or_else(String::new, |n| n.to_string()),
            self.undone.to_string(),
            self.session.clone(),
            self.workspace.clone(),
            self.account.clone(),
            text(&self.from),
            text(&self.to),
            text(&self.stored),
            text(&self.request_id),
            text(&self.why),
        ]
    }
}

const COLUMNS: [&str; 15] = [
    "entry",
    "made_at",
    "settled_at",
    "state",
    "deed",
    "about",
    "undone",
    "session",
    "workspace",
    "account",
    "from",
    "to",
    "stored",
    "request_id",
    "why",
];

/// Writes the entries out.
pub fn write(entries: &[Entry], format: Format) -> String {
    let rows: Vec<Row> = entries.iter().map(Row::of).collect();
    match format {
        Format::Text => text(&rows),
        Format::Csv => csv(&rows),
        Format::Json => json_of(&rows),
        Format::Md => markdown(&rows),
    }
}

fn shown(name: Option<&str>) -> String {
    name.map_or_else(|| "(untitled)".to_owned(), sanitise)
}

fn text(rows: &[Row]) -> String {
    let mut text = String::new();
    for row in rows {
        let word = if row.undone { "undone" } else { row.state };
        let _ = writeln!(
            text,
            "{:>6}  {}  {:<9} {:<6} {}  {} -> {}",
            row.number,
            row.made.to_rfc3339(),
            word,
            row.deed,
            sanitise(&row.session),
            shown(row.from.as_deref()),
            shown(row.to.as_deref()),
        );
    }
    text
}

/// RFC 4180. A cell that a spreadsheet would take for a formula begins with an apostrophe.
fn csv(rows: &[Row]) -> String {
    let mut text = COLUMNS.join(",") + "\r\n";
    for row in rows {
        let cells = row.cells().map(|cell| {
            let cell = sanitise(&cell);
            let formula = cell.starts_with(['=', '+', '-', '@']);
            let cell = if formula { format!("'{cell}") } else { cell };
            if cell.contains(['"', ',', '\'', ' ']) {
                format!("\"{}\"", cell.replace('"', "\"\""))
            } else {
                cell
            }
        });
        text.push_str(&cells.join(","));
        text.push_str("\r\n");
    }
    text
}

fn json_of(rows: &[Row]) -> String {
    let all: Vec<_> = rows
        .iter()
        .map(|row| {
            json!({
                "entry": row.number, "made_at": row.made.to_rfc3339(),
                "settled_at": row.settled.map(Stamp::to_rfc3339), "state": row.state, "deed": row.deed,
                "about": row.about, "undone": row.undone, "session": row.session, "workspace": row.workspace,
                "account": row.account, "from": row.from, "to": row.to, "stored": row.stored,
                "request_id": row.request_id, "why": row.why,
            })
        })
        .collect();
    serde_json::to_string_pretty(&all).unwrap_or_default() + "\n"
}

fn markdown(rows: &[Row]) -> String {
    let cell = |text: String| text.replace('\\', "\\\\").replace('|', "\\|");
    let mut text = String::from(
        "| Entry | When | State | Session | Workspace | From | To | Request |\n|---|---|---|---|---|---|---|---|\n",
    );
    for row in rows {
        let state = if row.undone { format!("{} (undone)", row.state) } else { row.state.to_owned() };
        let _ = writeln!(
            text,
            "| {} | {} | {} {} | {} | {} | {} | {} | {} |",
            row.number,
            row.made.to_rfc3339(),
            row.deed,
            state,
            cell(sanitise(&row.session)),
            cell(sanitise(&row.workspace)),
            cell(shown(row.from.as_deref())),
            cell(shown(row.to.as_deref())),
            cell(row.request_id.as_deref().map_or_else(String::new, sanitise)),
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::session::{Account, Key, SessionId, WorkspaceId};
    use crate::core::store::{EntryId, Intent};
    use crate::core::title::NewName;

    fn entry(from: Option<&str>, to: &str) -> Entry {
        Entry {
            entry: EntryId(7),
            intent: Intent {
                deed: Deed::Rename,
                batch: None,
                key: Key { profile: Profile::new("default"), id: SessionId::new("s-1") },
                workspace: WorkspaceId::new("default"),
                from: from.map(ToOwned::to_owned),
                to: NewName::restored(Some(to)),
                account: Some(Account::new("t.o")),
                host: Host::new("h"),
                at: Stamp::from_micros(1_800_000_000_000_000),
            },
            state: EntryState::Ended(
                Outcome::Saved { stored: Some(to.into()), request_id: Some("r".into()) },
                Stamp::from_micros(1_800_000_001_000_000),
            ),
            undone: false,
        }
    }

    #[test]
    fn a_name_can_break_no_table_and_start_no_formula() {
        let all = [entry(None, "=HYPERLINK(\"x\"),|y\u{202e}")];
        let csv = write(&all, Format::Csv);
        assert_eq!(csv.lines().count(), 2);
        assert!(csv.contains("\"'=HYPERLINK(\"\"x\"\"),|y<RLO>\""), "{csv}");
        assert!(write(&all, Format::Md).contains("(untitled) | =HYPERLINK(\"x\"),\\|y<RLO> |"));
        let json: serde_json::Value = serde_json::from_str(&write(&all, Format::Json)).unwrap();
        assert_eq!(json[0]["to"], "=HYPERLINK(\"x\"),|y\u{202e}", "JSON holds the name itself");
        assert_eq!(json[0]["from"], serde_json::Value::Null);
        assert!(
            write(&all, Format::Text)
                .contains("     7  2027-01-15T08:00:00Z  saved     rename s-1  (untitled) -> =")
        );
    }

    #[test]
    fn words_and_ids_are_found() {
        let one = entry(Some("Old Name"), "new");
        assert!(matches(&one, "old n") && matches(&one, "NEW") && matches(&one, "s-"));
        assert!(!matches(&one, "other"));
    }
}

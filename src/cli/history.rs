//! `retitle history`: the journal as text, CSV, JSON or Markdown.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::core::glyph::sanitise;
use crate::core::session::Name;
use crate::core::store::{Entry, EntryState, Outcome};
use crate::core::time::Stamp;

use super::output::{Around, Document};
use super::shown;
use super::table::{Csv, cell_of};

/// The form of the output.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub enum Format {
    Text,
    Csv,
    Json,
    Md,
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
pub(super) struct Row {
    number: i64,
    batch: Option<i64>,
    made: Stamp,
    settled: Option<Stamp>,
    state: &'static str,
    deed: &'static str,
    about: Option<i64>,
    undone: bool,
    session: String,
    profile: String,
    workspace: String,
    account: Option<String>,
    from: Option<Name>,
    to: Option<String>,
    stored: Option<Name>,
    request_id: Option<String>,
    why: Option<String>,
}

impl Row {
    pub(super) fn of(entry: &Entry) -> Self {
        let intent = &entry.intent;
        let (outcome, settled) = match &entry.state {
            EntryState::Waiting => (None, None),
            EntryState::Ended(outcome, at) => (Some(outcome), Some(*at)),
        };
        let (stored, why) = match outcome {
            Some(Outcome::Saved { stored, .. }) => (stored.clone(), None),
            Some(Outcome::Failed { why, .. }) => (None, Some(why.clone())),
            Some(Outcome::Cancelled | Outcome::Stopped | Outcome::Replaced) | None => (None, None),
        };
        Self {
            number: entry.entry.0,
            batch: intent.batch,
            made: intent.at,
            settled,
            state: outcome.map_or("waiting", Outcome::word),
            deed: intent.deed.word(),
            about: intent.deed.about().map(|entry| entry.0),
            undone: entry.undone,
            session: intent.key.id.as_str().to_owned(),
            profile: intent.key.profile.as_str().to_owned(),
            workspace: intent.workspace.as_str().to_owned(),
            account: intent.account.as_ref().map(|a| a.as_str().to_owned()),
            from: intent.from.clone(),
            to: intent.to.as_deref().map(ToOwned::to_owned),
            stored,
            request_id: outcome.and_then(Outcome::request_id).map(ToOwned::to_owned),
            why,
        }
    }

    /// Its state in the words of the screen; data keeps those of its schema.
    fn word(&self) -> &'static str {
        if self.state == "failed" { "not saved" } else { self.state }
    }

    /// As `--json` and `--format json` write it.
    pub(super) fn json(&self) -> Value {
        json!({
            "entry": self.number, "batch": self.batch, "made_at": self.made.to_rfc3339(),
            "settled_at": self.settled.map(Stamp::to_rfc3339), "state": self.state, "deed": self.deed,
            "about": self.about, "undone": self.undone, "session": self.session, "profile": self.profile,
            "workspace": self.workspace, "account": self.account, "from": self.from, "to": self.to,
            "stored": self.stored, "request_id": self.request_id, "why": self.why,
        })
    }

    /// The cells of the table, in the order of its columns.
    fn cells(&self) -> Vec<String> {
        let object = self.json();
        COLUMNS.iter().map(|column| cell_of(object.get(column))).collect()
    }
}

const COLUMNS: [&str; 17] = [
    "entry",
    "batch",
    "made_at",
    "settled_at",
    "state",
    "deed",
    "about",
    "undone",
    "session",
    "profile",
    "workspace",
    "account",
    "from",
    "to",
    "stored",
    "request_id",
    "why",
];

/// Writes the entries out.
pub fn write(entries: &[Entry], format: Format, around: &Around<'_>) -> String {
    let rows = || entries.iter().map(Row::of);
    match format {
        Format::Text => text(rows()),
        Format::Csv => csv(entries),
        Format::Json => {
            let (sessions, errors) = (Vec::new(), Vec::new());
            Document { command: "history", sessions, entries: entries.iter().collect(), errors }.write(around)
        }
        Format::Md => markdown(rows()),
    }
}

/// The entries as lines for a person.
pub fn lines<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> String {
    text(entries.into_iter().map(Row::of))
}

/// The entries as CSV.
pub fn csv(entries: &[Entry]) -> String {
    let mut table = Csv::new(&COLUMNS);
    for entry in entries {
        table.row(&Row::of(entry).cells());
    }
    table.finish()
}

fn text(rows: impl Iterator<Item = Row>) -> String {
    let mut text = String::new();
    for row in rows {
        let word = if row.undone { "undone" } else { row.word() };
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

fn markdown(rows: impl Iterator<Item = Row>) -> String {
    let cell = |text: String| text.replace('\\', "\\\\").replace('|', "\\|");
    let mut text = String::from(
        "| Entry | When | State | Session | Workspace | From | To | Request |\n|---|---|---|---|---|---|---|---|\n",
    );
    for row in rows {
        let state = if row.undone { format!("{} (undone)", row.state) } else { row.word().to_owned() };
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
    use crate::core::session::{Account, Host, Key, Profile, SessionId, WorkspaceId};
    use crate::core::store::{Deed, EntryId, Intent, Snapshot};
    use crate::core::title::NewName;

    fn entry(from: Option<&str>, to: &str) -> Entry {
        Entry {
            entry: EntryId(7),
            intent: Intent {
                deed: Deed::Rename,
                batch: None,
                key: Key { profile: Profile::new("default"), id: SessionId::new("s-1") },
                workspace: WorkspaceId::new("default"),
                from: from.map(Into::into),
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
        let snapshot = Snapshot::default();
        let around = Around::new(&snapshot, &[], "https://portal");
        let write = |format| write(&all, format, &around);
        let csv = write(Format::Csv);
        assert_eq!(csv.lines().count(), 2);
        assert!(csv.contains("\"'=HYPERLINK(\"\"x\"\"),|y<RLO>\""), "{csv}");
        assert!(write(Format::Md).contains("(untitled) | =HYPERLINK(\"x\"),\\|y<RLO> |"));
        let json: Value = serde_json::from_str(&write(Format::Json)).unwrap();
        assert_eq!(json["entries"][0]["to"], "=HYPERLINK(\"x\"),|y\u{202e}", "JSON holds the name itself");
        assert_eq!(json["entries"][0]["from"], Value::Null);
        assert!(
            write(Format::Text)
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

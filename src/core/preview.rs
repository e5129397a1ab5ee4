//! The preview: what a session is about, seen while it is named. Prompts are fetched when they are asked for, and never
//! stored.

use serde::{Deserialize, Serialize};

use super::fault::Fault;
use super::session::{Key, Session, shown};
use super::store::{Deed, Entry, EntryState, Outcome};
use super::time::Stamp;

use super::model::Model;
use super::reading::ReadLine;

/// A preview that is open. It follows the selection.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Preview {
    /// The session that prompts and renames belong to.
    pub key: Key,
    /// When they are asked for: once the selection has rested.
    pub due: Option<Stamp>,
    pub prompts: Prompts,
    pub renames: Option<Vec<Entry>>,
    pub scroll: usize,
}

/// The prompts of a session.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Prompts {
    Asked,
    Here(Vec<Prompt>),
    Failed(Fault),
    SignedOut,
}

/// One prompt, as far as it is shown.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Prompt {
    pub content: String,
    pub created: Option<Stamp>,
}

impl Preview {
    /// A preview that has just come to a session.
    pub fn new(key: Key, due: Stamp) -> Self {
        Self { key, due: Some(due), prompts: Prompts::Asked, renames: None, scroll: 0 }
    }
}

/// Longer prompts are cut in the preview.
const MOST_PROMPT: usize = 2_000;

impl Model {
    /// Everything known of a session, as lines.
    pub fn facts_of(&self, session: &Session) -> Vec<ReadLine> {
        let zone = self.settings.zone;
        let when = |at: Option<Stamp>| {
            at.map_or_else(|| "unknown".to_owned(), |at| at.format("%Y-%m-%d %H:%M:%S", zone))
        };
        let mut lines = vec![
            ReadLine::title(session.name_or_untitled()),
            ReadLine::plain(""),
            ReadLine::plain(format!("ID         {}", session.key.id)),
            ReadLine::plain(format!("workspace  {}", session.workspace)),
        ];
        if let Some(place) = self.places.get(&session.key.profile) {
            let tenant = place.who().map_or(place.config.tenant.as_str(), |who| who.tenant.as_str());
            lines.push(ReadLine::plain(format!("profile    {}, tenant {tenant}", place.title())));
        }
        lines.extend([
            ReadLine::plain(format!("created    {}", when(session.created))),
            ReadLine::plain(format!("changed    {}", when(session.modified))),
            ReadLine::plain(format!("seen       {}", when(session.seen))),
        ]);
        lines
    }

    /// The lines of the preview of a session.
    pub fn preview_lines(&self, session: &Session) -> Vec<ReadLine> {
        let name = session.name_or_untitled();
        let mut lines = vec![ReadLine::title(name), ReadLine::plain(""), ReadLine::title("PROMPTS")];
        let preview = self.preview.as_ref().filter(|preview| preview.key == session.key);
        match preview.map(|preview| &preview.prompts) {
            None | Some(Prompts::Asked) => lines.push(ReadLine::plain("Asking Graph …")),
            Some(Prompts::SignedOut) => lines.push(ReadLine::plain(self.not_signed_in())),
            Some(Prompts::Failed(fault)) => {
                lines.push(ReadLine::bad(fault.say.clone()));
            }
            Some(Prompts::Here(prompts)) if prompts.is_empty() => lines.push(ReadLine::plain("None.")),
            Some(Prompts::Here(prompts)) => {
                for (n, prompt) in (1..).zip(prompts) {
                    let content: String = prompt.content.chars().take(MOST_PROMPT).collect();
                    let content = content.split_whitespace().collect::<Vec<_>>().join(" ");
                    lines.push(ReadLine::plain(format!("{n}. {content}")));
                }
            }
        }
        lines.extend([ReadLine::plain(""), ReadLine::title("RENAMES HERE")]);
        match preview.and_then(|preview| preview.renames.as_ref()) {
            None => lines.push(ReadLine::plain("Reading …")),
            Some(entries) if entries.is_empty() => lines.push(ReadLine::plain("None.")),
            Some(entries) => {
                lines.extend(entries.iter().map(|entry| ReadLine::plain(self.rename_line(entry))));
            }
        }
        lines.extend([ReadLine::plain(""), ReadLine::title("DETAILS")]);
        lines.extend(self.facts_of(session).into_iter().skip(2));
        lines
    }

    /// A rename as one line: when, from, to, and how it ended.
    pub(super) fn rename_line(&self, entry: &Entry) -> String {
        let arrow = if self.settings.ascii { "->" } else { "→" };
        let word = match (&entry.state, entry.intent.deed) {
            (EntryState::Waiting, _) => " (waiting)",
            (EntryState::Ended(Outcome::Failed { .. }, _), _) => " (not saved)",
            (EntryState::Ended(Outcome::Cancelled | Outcome::Stopped, _), _) => " (cancelled)",
            (EntryState::Ended(Outcome::Replaced, _), _) => " (replaced)",
            (EntryState::Ended(Outcome::Saved { .. }, _), Deed::Undo(_)) => " (undo)",
            (EntryState::Ended(Outcome::Saved { .. }, _), Deed::Rename | Deed::Redo(_)) => "",
        };
        format!(
            "{}  {} {arrow} {}{word}",
            entry.intent.at.calendar(self.now, self.settings.zone),
            shown(entry.intent.from.as_deref()),
            shown(entry.intent.to.as_deref())
        )
    }
}

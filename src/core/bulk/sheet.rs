//! The names as lines for an editor: an ID, a tab, a name. Order is free, and a line that is gone leaves its session
//! alone.

use std::collections::{BTreeMap, BTreeSet};

use crate::core::glyph;
use crate::core::session::{Key, Session};
use crate::core::trees;

/// Names that are, or were, in an editor.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sheet {
    pub rows: Vec<Key>,
    /// As it was handed to the editor, or came back from it.
    pub text: String,
    /// How often it was handed back for its mistakes, in a row.
    pub handed_back: u32,
}

/// How the file of such a text begins, by which it is found again after a crash.
pub const FILE_BEGINS: &str = "names-";

const HEAD: &str = "\
# One session a line: its ID, a tab, its name. Change the names and leave the IDs.
# The order is free. A line that is gone leaves its session alone; lines like this one are not read.
# Nothing is sent before you have seen what becomes of each row.
";
/// How a complaint begins. It is not read either, and the next ones take its place.
const COMPLAINT: &str = "#! ";

/// How each session is called in the text: by the beginning of its ID, where that is enough.
fn calls<'a>(sessions: &[&'a Session]) -> Vec<(&'a str, &'a Session)> {
    let mut seen = BTreeMap::new();
    for session in sessions {
        *seen.entry(session.key.id.short()).or_insert(0) += 1;
    }
    let call = |session: &&'a Session| {
        let short = session.key.id.short();
        (if seen.get(short) == Some(&1) { short } else { session.key.id.as_str() }, *session)
    };
    sessions.iter().map(call).collect()
}

/// A name as it stands in the text, which is one line: what nobody could see is shown by its label.
fn shown(session: &Session) -> String {
    session.name.as_deref().map(glyph::sanitise).unwrap_or_default()
}

/// The text for these sessions.
pub fn write(sessions: &[&Session]) -> String {
    let mut text = HEAD.to_owned();
    for (call, session) in calls(sessions) {
        text.push_str(call);
        text.push('\t');
        text.push_str(&shown(session));
        text.push('\n');
    }
    text
}

/// The names that were changed.
///
/// # Errors
/// The text with the complaints at its head, each with the number of its line there.
pub fn read(text: &str, sessions: &[&Session]) -> Result<BTreeMap<Key, String>, String> {
    let calls: BTreeMap<&str, &Session> = trees::map(calls(sessions));
    let mut names = BTreeMap::new();
    let mut met: BTreeSet<&Key> = BTreeSet::new();
    let mut complaints = Vec::new();
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with(COMPLAINT)).collect();
    for (at, line) in lines.iter().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (call, name) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let name = name.trim();
        let Some(session) = calls.get(call) else {
            complaints.push((at, format!("{call:?} is none of the IDs that were here")));
            continue;
        };
        if !met.insert(&session.key) {
            complaints.push((at, format!("{call} stands here twice")));
        } else if name != shown(session) {
            if name.is_empty() {
                complaints
                    .push((at, format!("{call} would have no name; take the line out to leave it alone")));
            } else {
                names.insert(session.key.clone(), name.to_owned());
            }
        }
    }
    if complaints.is_empty() {
        return Ok(names);
    }
    let above = complaints.len();
    let head = complaints.iter().map(|(at, words)| format!("{COMPLAINT}line {}: {words}\n", at + above + 1));
    Err(head.chain(lines.iter().map(|line| format!("{line}\n"))).collect())
}

//! `retitle list`, `show`, `export` and `add`: sessions as lines, tables and documents.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::core::address;
use crate::core::effect::GraphCall;
use crate::core::fault::{Fault, FaultKind};
use crate::core::filter::{Query, Tag};
use crate::core::glyph::sanitise;
use crate::core::msg::GraphReply;
use crate::core::session::{Key, Presence, Session, WorkspaceId};
use crate::core::store::{Entry, StoreCall};
use crate::core::time::Stamp;

use super::deed::missing;
use super::ground::Ground;
use super::history;
use super::output::Around;
use super::shown;
use super::table::Csv;
use super::target::Target;
use crate::core::trees;

/// A server that never ends its list is stopped here.
const MOST_PAGES: usize = 2_000;

/// A filter, or why it is none.
///
/// # Errors
/// Words for the person, with the states that there are.
pub fn query(words: &str) -> Result<Query, String> {
    let query = Query::parse(words);
    match &query.unknown {
        None => Ok(query),
        Some(unknown) => {
            let states: Vec<&str> = Tag::ALL.iter().map(|(word, _)| *word).collect();
            Err(format!("is:{} is no state; there are {}", sanitise(unknown), states.join(", ")))
        }
    }
}

/// A line for each session: ID, last change, state, the profile where there are several, and the name last.
pub fn lines(sessions: &[Session], around: &Around<'_>) -> String {
    let profiles = trees::set(sessions.iter().map(|s| &s.key.profile));
    let wide = |text: &str| text.chars().count();
    let ids = sessions.iter().map(|s| wide(&sanitise(s.key.id.as_str()))).max().unwrap_or(0);
    let places = profiles.iter().map(|p| wide(&sanitise(p.as_str()))).max().unwrap_or(0);
    let mut text = String::new();
    for session in sessions {
        let changed = session.modified.map_or_else(|| "-".to_owned(), Stamp::to_rfc3339);
        let id = sanitise(session.key.id.as_str());
        let _ = write!(text, "{id:<ids$}  {changed:<20}  {:<9}  ", state(session, around));
        if profiles.len() > 1 {
            let _ = write!(text, "{:<places$}  ", sanitise(session.key.profile.as_str()));
        }
        text.push_str(&named(session));
        text.push('\n');
    }
    text
}

/// The name; one that nobody has looked at is not called untitled.
fn named(session: &Session) -> String {
    match (&session.name, session.seen) {
        (None, None) => "(not looked at yet)".to_owned(),
        (name, _) => shown(name.as_deref()),
    }
}

/// The one word for what a row is, by the app's own words.
fn state(session: &Session, around: &Around<'_>) -> &'static str {
    if around.waiting.contains(&session.key) {
        return "waiting";
    }
    match session.presence {
        Presence::Gone | Presence::NoAccess => session.presence.word(),
        Presence::Here if around.draft(&session.key).is_some() => "draft",
        Presence::Here if session.drifted() => "drifted",
        Presence::Here if session.pinned => "pinned",
        Presence::Here => "-",
    }
}

/// Everything in a workspace, as the server has it now. Rows that the list has are brought up to date in it.
///
/// # Errors
/// What Graph says; nothing is changed then.
pub async fn remote(ground: &Ground<'_>, workspace: &WorkspaceId) -> Result<Vec<Session>, Fault> {
    let (mut found, mut news) = (Vec::new(), Vec::new());
    let (mut page, mut links) = (None, BTreeSet::new());
    let mut seen: BTreeSet<Key> = BTreeSet::new();
    for _ in 0..MOST_PAGES {
        let call = GraphCall::List { workspace: workspace.clone(), page };
        let GraphReply::Page { sessions, next } = ground.ask(call).await? else {
            return Err(GraphReply::of_another_kind());
        };
        let (now, account) = (ground.means.clock.now(), &ground.means.who.account);
        for entity in sessions {
            let key = Key { profile: ground.means.profile.clone(), id: entity.id.clone() };
            // A page that moved under the walk may bring one twice.
            if !seen.insert(key.clone()) {
                continue;
            }
            let known = ground.known(&key).cloned();
            let unseen = || Session::unseen(key, workspace.clone(), ground.means.host.clone());
            let mut session = known.clone().unwrap_or_else(unseen);
            session.absorb(&entity, account, now);
            if known.is_some_and(|known| known.name != session.name || known.presence != session.presence) {
                news.push(session.clone());
            }
            found.push(session);
        }
        match next {
            Some(link) if links.insert(link.0.clone()) => page = Some(link),
            Some(_) => {
                return Err(Fault::new(FaultKind::Unclear, "The server's list leads back to itself."));
            }
            None => {
                if !news.is_empty() {
                    ground.means.library.call(StoreCall::Remember(news)).await?;
                }
                return Ok(found);
            }
        }
    }
    Err(Fault::new(FaultKind::Unclear, format!("The server's list has no end after {MOST_PAGES} pages.")))
}

/// Looks at a session on the server and puts it into the list; one that is there already is brought up to date.
///
/// # Errors
/// What Graph says. A known session that is gone is shown so from then on.
pub async fn look_up(ground: &Ground<'_>, target: &Target) -> Result<Session, Fault> {
    let means = &ground.means;
    let now = means.clock.now();
    let answer = ground.look(&target.key, &target.workspace).await;
    let mut row = target.row(&means.host);
    row.opened = Some(now);
    match answer {
        Ok(entity) => {
            row.workspace.clone_from(&target.workspace);
            row.confirm(&entity, &means.who.account, now);
            means.library.call(StoreCall::Remember(vec![row.clone()])).await?;
            Ok(row)
        }
        Err(fault) => {
            let before = row.presence;
            missing(&mut row, &fault);
            if target.known.is_some() && row.presence != before {
                means.library.call(StoreCall::Remember(vec![row])).await?;
            }
            Err(fault)
        }
    }
}

/// One line for a session that was put into the list.
pub fn added(session: &Session) -> String {
    format!("{}  {}\n", sanitise(session.key.id.as_str()), shown(session.name.as_deref()))
}

/// A session in full, and its renames.
pub fn in_full(session: &Session, entries: &[&Entry], around: &Around<'_>) -> String {
    let mut text = String::new();
    let mut line = |name: &str, value: &str| {
        let _ = writeln!(text, "{name:<10} {}", sanitise(value));
    };
    let moment = |at: Option<Stamp>| at.map_or_else(|| "-".to_owned(), Stamp::to_rfc3339);
    line("ID", session.key.id.as_str());
    line("Name", &named(session));
    line("State", state(session, around));
    line("Profile", session.key.profile.as_str());
    line("Workspace", session.workspace.as_str());
    line("Created", &moment(session.created));
    line("Changed", &moment(session.modified));
    line("Seen", &moment(session.seen));
    if let Some(ours) = session.ours.as_deref().filter(|_| session.drifted()) {
        line("Our name", ours);
    }
    if let Some(draft) = around.draft(&session.key) {
        line("Draft", draft);
    }
    if let Some(link) = address::link(around.portal, &session.key.id) {
        line("Link", &link);
    }
    if !entries.is_empty() {
        text.push('\n');
        text.push_str(&history::lines(entries.iter().copied()));
    }
    text
}

const COLUMNS: [&str; 12] = [
    "id",
    "profile",
    "workspace",
    "account",
    "name",
    "created_at",
    "modified_at",
    "opened_at",
    "presence",
    "pinned",
    "drifted",
    "draft",
];

/// The sessions as CSV.
pub fn csv(sessions: &[Session], around: &Around<'_>) -> String {
    let mut table = Csv::new(&COLUMNS);
    for session in sessions {
        table.row(&super::output::session_cells(session, around, &COLUMNS));
    }
    table.finish()
}

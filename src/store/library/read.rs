//! Reading the library.

use rusqlite::{Connection, Row, params};

use crate::core::session::{Account, Host, Key, Presence, Profile, Session, SessionId, WorkspaceId};
use crate::core::store::{Draft, EntryId, Intent, Snapshot, Unsettled};
use crate::core::time::Stamp;
use crate::core::title::Title;

/// Everything that the first frame needs.
pub(super) fn load(connection: &Connection, profile: &Profile, host: &Host) -> rusqlite::Result<Snapshot> {
    let place = params![profile.as_str(), host.as_str()];
    let mut sessions = connection.prepare_cached(
        "SELECT profile, id, workspace, account, host, name, created, modified, presence, seen, opened
           FROM session WHERE profile = ?1 AND host = ?2",
    )?;
    let mut drafts = connection.prepare_cached(
        "SELECT profile, session, workspace, account, host, text, at FROM draft WHERE profile = ?1 AND host = ?2",
    )?;
    let mut waiting = connection.prepare_cached(
        "SELECT profile, session, workspace, account, host, from_name, to_name, made_at, id
           FROM journal WHERE profile = ?1 AND host = ?2 AND state = 'waiting' ORDER BY id",
    )?;
    let sessions = sessions.query_map(place, session)?.collect::<rusqlite::Result<_>>()?;
    let drafts = drafts.query_map(place, draft)?.collect::<rusqlite::Result<_>>()?;
    let waiting: Vec<Option<Unsettled>> =
        waiting.query_map(place, entry)?.collect::<rusqlite::Result<_>>()?;
    let mut unsettled: Vec<Unsettled> = waiting.into_iter().flatten().collect();
    for waiting in &mut unsettled {
        waiting.earlier = earlier(connection, waiting)?;
    }
    Ok(Snapshot { sessions, drafts, unsettled })
}

/// The names of entries that were open when this one was made, the newest few, as the server stored them where it did.
fn earlier(connection: &Connection, than: &Unsettled) -> rusqlite::Result<Vec<String>> {
    let mut names = connection.prepare_cached(
        "SELECT coalesce(stored_name, to_name) FROM journal
          WHERE profile = ?1 AND session = ?2 AND id < ?3 AND settled_at >= ?4 ORDER BY id DESC LIMIT 20",
    )?;
    let Intent { key, at, .. } = &than.intent;
    let row = params![key.profile.as_str(), key.id.as_str(), than.entry.0, at.micros()];
    names.query_map(row, |row| row.get(0))?.collect()
}

/// The columns that every table begins with: profile, session, workspace, account, host.
struct Place {
    key: Key,
    workspace: WorkspaceId,
    account: Option<Account>,
    host: Host,
}

fn place(row: &Row<'_>) -> rusqlite::Result<Place> {
    let text = |at: usize| row.get::<_, String>(at);
    Ok(Place {
        key: Key { profile: Profile::new(&text(0)?), id: SessionId::new(&text(1)?) },
        workspace: WorkspaceId::new(&text(2)?),
        account: row.get::<_, Option<String>>(3)?.map(|a| Account::new(&a)),
        host: Host::new(&text(4)?),
    })
}

fn moment(row: &Row<'_>, at: usize) -> rusqlite::Result<Option<Stamp>> {
    Ok(row.get::<_, Option<i64>>(at)?.map(Stamp::from_micros))
}

fn session(row: &Row<'_>) -> rusqlite::Result<Session> {
    let Place { key, workspace, account, host } = place(row)?;
    Ok(Session {
        key,
        workspace,
        account,
        host,
        name: row.get(5)?,
        created: moment(row, 6)?,
        modified: moment(row, 7)?,
        presence: match row.get::<_, String>(8)?.as_str() {
            "gone" => Presence::Gone,
            "no access" => Presence::NoAccess,
            _ => Presence::Here,
        },
        seen: moment(row, 9)?,
        opened: moment(row, 10)?,
    })
}

fn draft(row: &Row<'_>) -> rusqlite::Result<Draft> {
    let Place { key, workspace, account, host } = place(row)?;
    Ok(Draft { key, workspace, account, host, text: row.get(5)?, at: Stamp::from_micros(row.get(6)?) })
}

/// `None` for an entry whose name is none by today's rules: it stays in the file and is not sent.
fn entry(row: &Row<'_>) -> rusqlite::Result<Option<Unsettled>> {
    let Place { key, workspace, account, host } = place(row)?;
    let Ok(to) = Title::parse(&row.get::<_, String>(6)?) else { return Ok(None) };
    let (from, at) = (row.get(5)?, Stamp::from_micros(row.get(7)?));
    Ok(Some(Unsettled {
        entry: EntryId(row.get(8)?),
        intent: Intent { key, workspace, from, to, account, host, at },
        earlier: Vec::new(),
    }))
}

//! Reading the library.

use rusqlite::{Connection, Row, params};

use super::history::number;
use crate::core::session::{Account, Host, Key, Presence, Profile, Session, SessionId, WorkspaceId};
use crate::core::store::{Deed, Draft, Entry, EntryId, EntryState, Intent, Outcome, Snapshot, Unsettled};
use crate::core::time::Stamp;
use crate::core::title::NewName;

/// Profiles as the JSON list that `json_each` takes apart.
pub(super) fn json(profiles: &[Profile]) -> String {
    let names: Vec<&str> = profiles.iter().map(Profile::as_str).collect();
    serde_json::json!(names).to_string()
}

/// Everything that the first frame needs, with those waiting entries that were just claimed.
pub(super) fn load(
    connection: &Connection,
    profiles: &[Profile],
    host: &Host,
    claimed: &[i64],
) -> rusqlite::Result<Snapshot> {
    let profiles = json(profiles);
    let place = params![profiles, host.as_str()];
    let mut sessions = connection.prepare_cached(
        "SELECT profile, id, workspace, account, host, name, created, modified, presence, seen, opened, ours, pinned
           FROM session WHERE profile IN (SELECT value FROM json_each(?1)) AND host = ?2",
    )?;
    let mut drafts = connection.prepare_cached(
        "SELECT profile, session, workspace, account, host, text, at FROM draft WHERE profile IN (SELECT value FROM json_each(?1)) AND host = ?2",
    )?;
    let sql = format!(
        "{ENTRIES} WHERE profile IN (SELECT value FROM json_each(?1)) AND host = ?2 AND state = 'waiting' ORDER BY id"
    );
    let mut waiting = connection.prepare_cached(&sql)?;
    let mut gates = connection.prepare_cached("SELECT tenant, until FROM gate WHERE host = ?1")?;
    let sessions = sessions.query_map(place, session)?.collect::<rusqlite::Result<_>>()?;
    let drafts = drafts.query_map(place, draft)?.collect::<rusqlite::Result<_>>()?;
    let waiting: Vec<Entry> = waiting.query_map(place, entry)?.collect::<rusqlite::Result<_>>()?;
    let mut unsettled = Vec::new();
    for Entry { entry, intent, .. } in waiting.into_iter().filter(|e| claimed.contains(&e.entry.0)) {
        let earlier = earlier(connection, &intent, entry)?;
        unsettled.push(Unsettled { entry, intent, earlier });
    }
    let dismissed = connection
        .prepare_cached("SELECT what FROM dismissed")?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let gates = gates
        .query_map([host.as_str()], |row| Ok((row.get(0)?, Stamp::from_micros(row.get(1)?))))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(Snapshot { sessions, drafts, unsettled, gates, dismissed })
}

/// One entry by its number.
pub(super) fn one(connection: &Connection, number: EntryId) -> rusqlite::Result<Option<Entry>> {
    let mut entries = connection.prepare_cached(&format!("{ENTRIES} WHERE id = ?1"))?;
    entries.query_map([number.0], entry)?.next().transpose()
}

/// The names of ours that the server may have, the newest few, as it stored them where it told: of entries that were open
/// when this one was made, and of all since the last confirmed one, any of which a crash may have cut off after it
/// arrived.
pub(super) fn earlier(
    connection: &Connection,
    than: &Intent,
    entry: EntryId,
) -> rusqlite::Result<Vec<String>> {
    let mut names = connection.prepare_cached(
        "SELECT coalesce(stored_name, to_name) FROM journal
          WHERE profile = ?1 AND session = ?2 AND id < ?3
            AND (settled_at >= ?4 OR id >= coalesce((SELECT max(id) FROM journal confirmed
                   WHERE confirmed.profile = ?1 AND confirmed.session = ?2 AND confirmed.id < ?3
                     AND confirmed.state = 'saved'), 0))
            AND coalesce(stored_name, to_name) IS NOT NULL ORDER BY id DESC LIMIT 20",
    )?;
    let Intent { key, at, .. } = than;
    let row = params![key.profile.as_str(), key.id.as_str(), entry.0, at.micros()];
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
        ours: row.get(11)?,
        pinned: row.get(12)?,
    })
}

fn draft(row: &Row<'_>) -> rusqlite::Result<Draft> {
    let Place { key, workspace, account, host } = place(row)?;
    Ok(Draft { key, workspace, account, host, text: row.get(5)?, at: Stamp::from_micros(row.get(6)?) })
}

/// What `entry` reads.
pub(super) const ENTRIES: &str = "
    SELECT profile, session, workspace, account, host, from_name, to_name, made_at, id, deed, about, batch, state,
           settled_at, stored_name, request_id, why,
           EXISTS (SELECT 1 FROM journal later WHERE later.about = journal.id AND later.state IN ('waiting', 'saved'))
      FROM journal";

pub(super) fn entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
    let Place { key, workspace, account, host } = place(row)?;
    let (from, to) = (row.get(5)?, NewName::restored(row.get::<_, Option<String>>(6)?.as_deref()));
    let about = number(row, 10)?.unwrap_or(EntryId(0));
    let deed = match row.get::<_, String>(9)?.as_str() {
        "undo" => Deed::Undo(about),
        "redo" => Deed::Redo(about),
        _ => Deed::Rename,
    };
    let request_id = row.get(15)?;
    let settled = moment(row, 13)?.unwrap_or_default();
    let ended = |outcome| EntryState::Ended(outcome, settled);
    let state = match row.get::<_, String>(12)?.as_str() {
        "saved" => ended(Outcome::Saved { stored: row.get(14)?, request_id }),
        "failed" => {
            let why = row.get::<_, Option<String>>(16)?.unwrap_or_default();
            ended(Outcome::Failed { why, request_id })
        }
        "cancelled" => ended(Outcome::Cancelled),
        "replaced" => ended(Outcome::Replaced),
        _ => EntryState::Waiting,
    };
    let at = Stamp::from_micros(row.get(7)?);
    Ok(Entry {
        entry: EntryId(row.get(8)?),
        intent: Intent { deed, batch: row.get(11)?, key, workspace, from, to, account, host, at },
        state,
        undone: row.get(17)?,
    })
}

//! Reading the library.

use rusqlite::{Connection, Row, params};

use crate::core::session::{Account, Host, Key, Name, Presence, Profile, Session, SessionId, WorkspaceId};
use crate::core::store::{Deed, Draft, Entry, EntryId, EntryState, Intent, Outcome, Snapshot, Unsettled};
use crate::core::time::Stamp;
use crate::core::title::NewName;

/// Profiles as the JSON list that `json_each` takes apart.
pub(super) fn json(profiles: &[Profile]) -> String {
    let names: Vec<&str> = profiles.iter().map(Profile::as_str).collect();
    serde_json::json!(names).to_string()
}

/// Which sessions are read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Which {
    All,
    /// The first few in the list's own order.
    First(u32),
    /// Those that were changed after this revision.
    After(i64),
}

/// The number of the newest change of a session.
pub(super) fn revision(connection: &Connection) -> rusqlite::Result<i64> {
    connection.prepare_cached("SELECT revision FROM clock")?.query_row([], |row| row.get(0))
}

/// How sessions are asked for, and the number that goes with it.
///
/// The plus keeps an index away: SQLite would go by the one of profiles, which nearly all rows share. So what is new is
/// found by its revision, the first rows by their order, and all are read as they lie.
fn asked_for(which: Which) -> (String, i64) {
    let (rest, number) = match which {
        Which::All => ("+host = ?2 AND ?3 = 0", 0),
        Which::First(most) => {
            ("host = ?2 ORDER BY pinned DESC, modified DESC, profile, id LIMIT ?3", i64::from(most))
        }
        Which::After(revision) => ("+host = ?2 AND revision > ?3", revision),
    };
    let sql = format!(
        "SELECT profile, id, workspace, account, host, name, created, modified, presence, seen, opened, ours, pinned
           FROM session WHERE +profile IN (SELECT value FROM json_each(?1)) AND {rest}"
    );
    (sql, number)
}

fn sessions(
    connection: &Connection,
    profiles: &str,
    host: &Host,
    which: Which,
) -> rusqlite::Result<Vec<Session>> {
    let (sql, number) = asked_for(which);
    let mut sessions = connection.prepare_cached(&sql)?;
    let mut texts = Common::default();
    let rows =
        sessions.query_map(params![profiles, host.as_str(), number], |row| session(row, &mut texts))?;
    rows.collect()
}

/// Sessions, drafts and the rest, with those waiting entries that were just claimed.
pub(super) fn load(
    connection: &Connection,
    profiles: &[Profile],
    host: &Host,
    which: Which,
    claimed: &[i64],
) -> rusqlite::Result<Snapshot> {
    let profiles = json(profiles);
    let place = params![profiles, host.as_str()];
    let mut drafts = connection.prepare_cached(
        "SELECT profile, session, workspace, account, host, text, at FROM draft WHERE profile IN (SELECT value FROM json_each(?1)) AND host = ?2",
    )?;
    let sql = format!(
        "{ENTRIES} WHERE profile IN (SELECT value FROM json_each(?1)) AND host = ?2 AND state = 'waiting' ORDER BY id"
    );
    let mut waiting = connection.prepare_cached(&sql)?;
    let mut gates = connection.prepare_cached("SELECT tenant, until FROM gate WHERE host = ?1")?;
    let sessions = sessions(connection, &profiles, host, which)?;
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
    let partial = matches!(which, Which::First(most) if sessions.len() >= most as usize);
    Ok(Snapshot { sessions, drafts, unsettled, gates, dismissed, partial })
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

/// Texts that rows have in common, so that a hundred thousand rows hold them once.
#[derive(Default)]
struct Common {
    profiles: Vec<Profile>,
    workspaces: Vec<WorkspaceId>,
    accounts: Vec<Account>,
    hosts: Vec<Host>,
}

/// The text among the known ones, or as a new one. Where there are many it is not worth the search.
fn common<T: Clone>(known: &mut Vec<T>, text: &str, read: fn(&T) -> &str, new: fn(&str) -> T) -> T {
    if let Some(same) = known.iter().find(|one| read(one) == text) {
        return same.clone();
    }
    let new = new(text);
    if known.len() < 64 {
        known.push(new.clone());
    }
    new
}

fn place(row: &Row<'_>, texts: &mut Common) -> rusqlite::Result<Place> {
    let text = |at: usize| row.get_ref(at)?.as_str().map_err(rusqlite::Error::from);
    let account = row.get_ref(3)?.as_str_or_null()?;
    Ok(Place {
        key: Key {
            profile: common(&mut texts.profiles, text(0)?, Profile::as_str, Profile::new),
            id: SessionId::new(text(1)?),
        },
        workspace: common(&mut texts.workspaces, text(2)?, WorkspaceId::as_str, WorkspaceId::new),
        account: account.map(|text| common(&mut texts.accounts, text, Account::as_str, Account::new)),
        host: common(&mut texts.hosts, text(4)?, Host::as_str, Host::new),
    })
}

fn moment(row: &Row<'_>, at: usize) -> rusqlite::Result<Option<Stamp>> {
    Ok(row.get::<_, Option<i64>>(at)?.map(Stamp::from_micros))
}

fn session(row: &Row<'_>, texts: &mut Common) -> rusqlite::Result<Session> {
    let Place { key, workspace, account, host } = place(row, texts)?;
    Ok(Session {
        key,
        workspace,
        account,
        host,
        name: row.get(5)?,
        created: moment(row, 6)?,
        modified: moment(row, 7)?,
        presence: match row.get_ref(8)?.as_str()? {
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
    let Place { key, workspace, account, host } = place(row, &mut Common::default())?;
    Ok(Draft { key, workspace, account, host, text: row.get(5)?, at: Stamp::from_micros(row.get(6)?) })
}

/// What `entry` reads.
pub(super) const ENTRIES: &str = "
    SELECT profile, session, workspace, account, host, from_name, to_name, made_at, id, deed, about, batch, state,
           settled_at, stored_name, request_id, why,
           EXISTS (SELECT 1 FROM journal later WHERE later.about = journal.id AND later.state IN ('waiting', 'saved'))
      FROM journal";

pub(super) fn entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
    let Place { key, workspace, account, host } = place(row, &mut Common::default())?;
    let (from, to) = (row.get(5)?, NewName::restored(row.get::<_, Option<Name>>(6)?));
    let about = EntryId(row.get::<_, Option<i64>>(10)?.unwrap_or_default());
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_new_and_the_first_rows_are_found_without_a_look_at_the_others() {
        let mut connection = Connection::open_in_memory().unwrap();
        super::super::schema::prepare(&mut connection).unwrap();
        for (which, how) in [
            (Which::All, "SCAN session"),
            (Which::First(9), "SEARCH session USING INDEX session_first (host=?)"),
            (Which::After(9), "SEARCH session USING INDEX session_revision (revision>?)"),
        ] {
            let (sql, number) = asked_for(which);
            let mut plan = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
            let steps = plan.query_map(params!["[\"default\"]", "h", number], |row| row.get(3)).unwrap();
            let steps: Vec<String> = steps.collect::<rusqlite::Result<_>>().unwrap();
            assert_eq!(steps.first().map(String::as_str), Some(how));
            assert!(!steps.iter().any(|step| step.contains("TEMP B-TREE")), "{steps:?}");
        }
    }
}

//! Who carries a waiting entry out. One copy per session at a time, so that no request is doubled.

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::copies::Copies;
use super::read;
use super::write::begin;
use crate::core::session::{Host, Key, Profile};
use crate::core::store::{EntryId, EntryState, Turn};

/// Lets go of what copies had claimed that are no more.
fn bury(all: &Transaction<'_>, copies: &Copies) -> rusqlite::Result<()> {
    let mut claims = all.prepare_cached(
        "SELECT DISTINCT claimed_by FROM journal WHERE state = 'waiting' AND claimed_by IS NOT NULL AND claimed_by <> ?1",
    )?;
    let names: Vec<String> =
        claims.query_map([copies.name()], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    for name in names.iter().filter(|name| !copies.is_alive(name)) {
        bury_one(all, name)?;
    }
    Ok(())
}

fn bury_one(all: &Transaction<'_>, name: &str) -> rusqlite::Result<()> {
    all.prepare_cached("UPDATE journal SET claimed_by = NULL WHERE state = 'waiting' AND claimed_by = ?1")?
        .execute([name])?;
    Ok(())
}

/// Whether another copy that lives is at work on this session. Looks at its own entries alone: a bulk asks this of each
/// row, while as many wait.
pub(super) fn is_busy(all: &Transaction<'_>, copies: &Copies, key: &Key) -> rusqlite::Result<bool> {
    let mut claims = all.prepare_cached(
        "SELECT claimed_by FROM journal WHERE profile = ?1 AND session = ?2 AND state = 'waiting' AND claimed_by <> ?3",
    )?;
    let of = params![key.profile.as_str(), key.id.as_str(), copies.name()];
    let names: Vec<String> = claims.query_map(of, |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    let mut busy = false;
    for name in names {
        if copies.is_alive(&name) {
            busy = true;
        } else {
            bury_one(all, &name)?;
        }
    }
    Ok(busy)
}

/// Claims whatever waits and nobody alive carries out; the entries that are ours from now on.
pub(super) fn take_waiting(
    connection: &mut Connection,
    copies: &Copies,
    profiles: &[Profile],
    host: &Host,
) -> rusqlite::Result<Vec<i64>> {
    let all = begin(connection)?;
    bury(&all, copies)?;
    let taken = all
        .prepare_cached(
            "UPDATE journal SET claimed_by = ?3
              WHERE profile IN (SELECT value FROM json_each(?1)) AND host = ?2 AND state = 'waiting' AND claimed_by IS NULL
                AND NOT EXISTS (SELECT 1 FROM journal other
                     WHERE other.profile = journal.profile AND other.session = journal.session
                       AND other.state = 'waiting' AND other.claimed_by <> ?3)
             RETURNING id",
        )?
        .query_map(params![read::json(profiles), host.as_str(), copies.name()], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    all.commit()?;
    Ok(taken)
}

/// Asks for the turn of an entry that another copy kept us from.
pub(super) fn ask(connection: &mut Connection, copies: &Copies, entry: EntryId) -> rusqlite::Result<Turn> {
    let all = begin(connection)?;
    let Some(found) = read::one(&all, entry)? else { return Ok(Turn::Gone) };
    if let EntryState::Ended(outcome, _) = found.state {
        return Ok(Turn::Ended(outcome));
    }
    let busy = is_busy(&all, copies, &found.intent.key)?;
    if busy {
        return Ok(Turn::NotYet);
    }
    let claimed: Option<String> = all
        .prepare_cached("SELECT claimed_by FROM journal WHERE id = ?1")?
        .query_row([entry.0], |row| row.get(0))
        .optional()?
        .flatten();
    debug_assert!(claimed.is_none_or(|name| name == copies.name()), "a busy one was let through");
    all.prepare_cached("UPDATE journal SET claimed_by = ?2 WHERE id = ?1")?
        .execute(params![entry.0, copies.name()])?;
    let earlier = read::earlier(&all, &found.intent, entry)?;
    all.commit()?;
    Ok(Turn::Yours { earlier })
}

/// At the end: what this copy has not done is anybody's.
pub(super) fn let_go(connection: &Connection, copies: &Copies) -> rusqlite::Result<()> {
    connection
        .prepare_cached("UPDATE journal SET claimed_by = NULL WHERE state = 'waiting' AND claimed_by = ?1")?
        .execute([copies.name()])?;
    Ok(())
}

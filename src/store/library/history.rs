//! The journal as history, and what an undo would take back.

use rusqlite::{Connection, params};

use super::read::{self, json};
use crate::core::session::{Host, Profile};
use crate::core::store::{Entry, Newest};
use crate::core::time::Stamp;

/// The newest entries first.
pub(super) fn newest(
    connection: &Connection,
    profiles: &[Profile],
    host: &Host,
    most: u32,
) -> rusqlite::Result<Vec<Entry>> {
    let sql = format!(
        "{} WHERE profile IN (SELECT value FROM json_each(?1)) AND host = ?2 ORDER BY id DESC LIMIT ?3",
        read::ENTRIES
    );
    let mut entries = connection.prepare_cached(&sql)?;
    entries.query_map(params![json(profiles), host.as_str(), most], read::entry)?.collect()
}

/// An undo that failed or was cancelled has taken nothing back.
const TO_UNDO: &str = "state = 'saved' AND deed <> 'undo' AND NOT EXISTS (SELECT 1 FROM journal later
    WHERE later.about = journal.id AND later.deed = 'undo' AND later.state IN ('waiting', 'saved'))";
/// A rename that came after it has moved on.
const TO_REDO: &str = "state = 'saved' AND deed = 'undo' AND NOT EXISTS (SELECT 1 FROM journal later
    WHERE later.id > journal.id AND later.profile = journal.profile AND later.session = journal.session
      AND later.state IN ('waiting', 'saved'))";

/// The newest entry that is looked for, with all of its batch that is.
pub(super) fn find(
    connection: &Connection,
    profiles: &[Profile],
    host: &Host,
    what: Newest,
) -> rusqlite::Result<Vec<Entry>> {
    let which = match what {
        Newest::ToUndo => TO_UNDO.to_owned(),
        Newest::ToRedo => TO_REDO.to_owned(),
        Newest::OfBatch(batch) => format!("{TO_UNDO} AND batch = {batch}"),
        Newest::Batch => "batch IS NOT NULL".to_owned(),
    };
    let place = "profile IN (SELECT value FROM json_each(?1)) AND host = ?2";
    let newest: Option<(i64, Option<i64>)> = connection
        .prepare_cached(&format!(
            "SELECT id, batch FROM journal WHERE {place} AND {which} ORDER BY id DESC LIMIT 1"
        ))?
        .query_map(params![json(profiles), host.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))?
        .next()
        .transpose()?;
    let Some((id, batch)) = newest else { return Ok(Vec::new()) };
    let sql = format!(
        "{} WHERE {place} AND {which} AND (id = ?3 OR (?4 IS NOT NULL AND batch = ?4)) ORDER BY id",
        read::ENTRIES
    );
    let mut entries = connection.prepare_cached(&sql)?;
    entries.query_map(params![json(profiles), host.as_str(), id, batch], read::entry)?.collect()
}

/// Forgets ended entries made before this moment, except those that an open one takes back.
pub(super) fn forget(connection: &Connection, before: Stamp) -> rusqlite::Result<()> {
    connection.execute(
        "DELETE FROM journal WHERE state <> 'waiting' AND made_at < ?1
            AND id NOT IN (SELECT about FROM journal WHERE about IS NOT NULL AND state = 'waiting')",
        [before.micros()],
    )?;
    Ok(())
}

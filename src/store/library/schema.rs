//! The tables, and how an older file becomes a newer one.

use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior};

/// The first format.
pub(super) const FIRST: &str = "
    CREATE TABLE session (
        -- A rowid table: loading by index is twice as fast as without one.
        row       INTEGER PRIMARY KEY,
        profile   TEXT NOT NULL,
        id        TEXT NOT NULL,
        workspace TEXT NOT NULL,
        name      TEXT,
        -- Moments are microseconds since 1970 UTC, everywhere.
        created   INTEGER,
        modified  INTEGER,
        presence  TEXT NOT NULL CHECK (presence IN ('here', 'gone', 'no access')),
        seen      INTEGER,
        opened    INTEGER NOT NULL,
        account   TEXT,
        host      TEXT NOT NULL,
        UNIQUE (profile, id)
    ) STRICT;
    CREATE INDEX session_place ON session (profile, host);

    CREATE TABLE journal (
        -- AUTOINCREMENT: a number is never used twice, it is the order of sending and the person's handle for undo.
        id          INTEGER PRIMARY KEY AUTOINCREMENT,
        batch       INTEGER,
        profile     TEXT NOT NULL,
        session     TEXT NOT NULL,
        workspace   TEXT NOT NULL,
        account     TEXT,
        host        TEXT NOT NULL,
        from_name   TEXT,
        to_name     TEXT NOT NULL,
        state       TEXT NOT NULL CHECK (state IN ('waiting', 'saved', 'failed', 'cancelled', 'replaced')),
        made_at     INTEGER NOT NULL,
        settled_at  INTEGER,
        stored_name TEXT,
        request_id  TEXT,
        why         TEXT
    ) STRICT;
    CREATE INDEX journal_waiting ON journal (profile, host, id) WHERE state = 'waiting';
    CREATE INDEX journal_session ON journal (profile, session, id);

    CREATE TABLE draft (
        profile   TEXT NOT NULL,
        session   TEXT NOT NULL,
        workspace TEXT NOT NULL,
        text      TEXT NOT NULL,
        account   TEXT,
        host      TEXT NOT NULL,
        at        INTEGER NOT NULL,
        PRIMARY KEY (profile, session)
    ) STRICT;
";

/// Each step brings the file from the version before it to its own; `user_version` counts the steps taken.
const STEPS: &[&str] = &[FIRST, "
    ALTER TABLE session ADD COLUMN ours TEXT;

    -- Made anew, because a name may now be none: an undo can take one away.
    CREATE TABLE journal_anew (
        id          INTEGER PRIMARY KEY AUTOINCREMENT,
        batch       INTEGER,
        deed        TEXT NOT NULL CHECK (deed IN ('rename', 'undo', 'redo')),
        -- The entry that an undo or redo takes back.
        about       INTEGER,
        profile     TEXT NOT NULL,
        session     TEXT NOT NULL,
        workspace   TEXT NOT NULL,
        account     TEXT,
        host        TEXT NOT NULL,
        from_name   TEXT,
        to_name     TEXT,
        state       TEXT NOT NULL CHECK (state IN ('waiting', 'saved', 'failed', 'cancelled', 'replaced')),
        -- The running copy that carries it out; it holds a lock on a file of this name.
        claimed_by  TEXT,
        made_at     INTEGER NOT NULL,
        settled_at  INTEGER,
        stored_name TEXT,
        request_id  TEXT,
        why         TEXT
    ) STRICT;
    INSERT INTO journal_anew (id, batch, deed, profile, session, workspace, account, host, from_name, to_name, state,
                              made_at, settled_at, stored_name, request_id, why)
        SELECT id, batch, 'rename', profile, session, workspace, account, host, from_name, to_name, state,
               made_at, settled_at, stored_name, request_id, why FROM journal;
    DROP TABLE journal;
    ALTER TABLE journal_anew RENAME TO journal;
    CREATE INDEX journal_waiting ON journal (profile, host, id) WHERE state = 'waiting';
    CREATE INDEX journal_session ON journal (profile, session, id);
    CREATE INDEX journal_about ON journal (about) WHERE about IS NOT NULL;

    -- Not before this moment may anything be sent to this tenant.
    CREATE TABLE gate (
        host   TEXT NOT NULL,
        tenant TEXT NOT NULL,
        until  INTEGER NOT NULL,
        PRIMARY KEY (host, tenant)
    ) STRICT;
", "
    ALTER TABLE session ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;
    -- Hints that the person has seen enough of.
    CREATE TABLE dismissed (what TEXT PRIMARY KEY) STRICT;
", "
    -- Counts changes of sessions; each remembers its own, so that another copy reads what is new and no more.
    CREATE TABLE clock (revision INTEGER NOT NULL) STRICT;
    INSERT INTO clock (revision) VALUES (0);
    ALTER TABLE session ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
    CREATE INDEX session_revision ON session (revision);
    -- The first page of the list, in its order, without reading the others.
    CREATE INDEX session_first ON session (host, pinned DESC, modified DESC, profile, id);
    DROP INDEX session_place;
"];

/// Whether this program understands the file.
pub(super) enum Version {
    Ours,
    Newer(i64),
}

/// Sets the connection up and brings the file up to date.
pub(super) fn prepare(connection: &mut Connection) -> rusqlite::Result<Version> {
    connection.busy_timeout(Duration::from_secs(5))?;
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let known = i64::try_from(STEPS.len()).unwrap_or(i64::MAX);
    if version > known {
        return Ok(Version::Newer(version));
    }
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // An acknowledged rename must survive a power cut.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // A name that is forgotten is overwritten, and not only left out.
    connection.pragma_update(None, "secure_delete", true)?;
    if version < known {
        migrate(connection)?;
    }
    Ok(Version::Ours)
}

fn migrate(connection: &mut Connection) -> rusqlite::Result<()> {
    let step = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another copy may have migrated while this one waited for its turn.
    let version: u32 = step.pragma_query_value(None, "user_version", |row| row.get(0))?;
    for sql in STEPS.iter().skip(version as usize) {
        step.execute_batch(sql)?;
    }
    step.pragma_update(None, "user_version", u32::try_from(STEPS.len()).unwrap_or(u32::MAX))?;
    step.commit()
}

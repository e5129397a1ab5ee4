//! Writing the library. Each function is one transaction: all of it is on disk when it returns, or nothing.

use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use super::claim::is_busy;
use super::copies::Copies;
use crate::core::session::{Account, Host, Key, Session};
use crate::core::store::{Deed, Draft, EntryId, Intent, Outcome};
use crate::core::time::Stamp;

pub(super) fn begin(connection: &mut Connection) -> rusqlite::Result<Transaction<'_>> {
    connection.transaction_with_behavior(TransactionBehavior::Immediate)
}

/// The intent, durably; see `StoreCall::Commit`. Also whether it is this copy's turn to send it.
pub(super) fn commit(
    connection: &mut Connection,
    copies: &Copies,
    intent: &Intent,
    session: &Session,
    in_flight: Option<EntryId>,
) -> rusqlite::Result<(EntryId, bool)> {
    let all = begin(connection)?;
    let committed = commit_one(&all, copies, intent, session, in_flight)?;
    all.commit()?;
    Ok(committed)
}

/// The intents of a bulk, all of them or none.
pub(super) fn commit_all(
    connection: &mut Connection,
    copies: &Copies,
    intents: &[(Intent, Session)],
) -> rusqlite::Result<Vec<(EntryId, bool)>> {
    let all = begin(connection)?;
    let committed = intents
        .iter()
        .map(|(intent, session)| commit_one(&all, copies, intent, session, None))
        .collect::<rusqlite::Result<_>>()?;
    all.commit()?;
    Ok(committed)
}

fn commit_one(
    all: &Transaction<'_>,
    copies: &Copies,
    intent: &Intent,
    session: &Session,
    in_flight: Option<EntryId>,
) -> rusqlite::Result<(EntryId, bool)> {
    let turn = !is_busy(all, copies, &intent.key)?;
    if turn {
        all.prepare_cached(
            "UPDATE journal SET state = 'replaced', settled_at = ?4
              WHERE profile = ?1 AND session = ?2 AND state = 'waiting' AND id IS NOT ?3",
        )?
        .execute(params![
            intent.key.profile.as_str(),
            intent.key.id.as_str(),
            in_flight.map(|e| e.0),
            intent.at.micros()
        ])?;
    }
    all.prepare_cached(
        "INSERT INTO journal (deed, about, batch, profile, session, workspace, account, host, from_name, to_name,
                              state, claimed_by, made_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 'waiting', ?11, ?12)",
    )?
    .execute(params![
        intent.deed.word(),
        intent.deed.about().map(|entry| entry.0),
        intent.batch,
        intent.key.profile.as_str(),
        intent.key.id.as_str(),
        intent.workspace.as_str(),
        intent.account.as_ref().map(Account::as_str),
        intent.host.as_str(),
        intent.from,
        intent.to.as_deref(),
        turn.then(|| copies.name()),
        intent.at.micros(),
    ])?;
    let entry = EntryId(all.last_insert_rowid());
    if intent.deed == Deed::Rename {
        drop_draft(all, &intent.key)?;
    }
    keep_session(all, session)?;
    Ok((entry, turn))
}

/// How an entry ended; see `StoreCall::Settle`.
pub(super) fn settle(
    connection: &mut Connection,
    entry: EntryId,
    outcome: &Outcome,
    session: &Session,
    at: Stamp,
) -> rusqlite::Result<()> {
    let all = begin(connection)?;
    settle_one(&all, entry, outcome, session, at)?;
    all.commit()
}

/// How many entries ended; see `StoreCall::SettleAll`.
pub(super) fn settle_all(
    connection: &mut Connection,
    copies: &Copies,
    entries: &[(EntryId, Session)],
    outcome: &Outcome,
    at: Stamp,
) -> rusqlite::Result<()> {
    let all = begin(connection)?;
    for (entry, session) in entries {
        // One that another copy has taken over meanwhile is that copy's to end.
        let taken = all
            .prepare_cached("SELECT 1 FROM journal WHERE id = ?1 AND claimed_by <> ?2")?
            .exists(params![entry.0, copies.name()])?;
        if !taken {
            settle_one(&all, *entry, outcome, session, at)?;
        }
    }
    all.commit()
}

fn settle_one(
    all: &Transaction<'_>,
    entry: EntryId,
    outcome: &Outcome,
    session: &Session,
    at: Stamp,
) -> rusqlite::Result<()> {
    let (stored, why, words_come_back) = match outcome {
        Outcome::Saved { stored, .. } => (stored.as_deref(), None, false),
        Outcome::Failed { why, .. } => (None, Some(why.as_str()), true),
        Outcome::Cancelled => (None, None, true),
        Outcome::Stopped | Outcome::Replaced => (None, None, false),
    };
    // An entry ends once; whoever comes second changes nothing about it.
    let ended = all
        .prepare_cached(
            "UPDATE journal SET state = ?2, settled_at = ?3, stored_name = ?4, request_id = ?5, why = ?6
              WHERE id = ?1 AND state = 'waiting'",
        )?
        .execute(params![entry.0, outcome.word(), at.micros(), stored, outcome.request_id(), why])?;
    if ended > 0 && words_come_back {
        // Words typed since are newer, so they stay.
        all.prepare_cached(
            "INSERT INTO draft (profile, session, workspace, text, account, host, at)
             SELECT profile, session, workspace, to_name, account, host, made_at FROM journal
              WHERE id = ?1 AND deed = 'rename' AND to_name IS NOT NULL
             ON CONFLICT (profile, session) DO NOTHING",
        )?
        .execute(params![entry.0])?;
    }
    keep_session(all, session)
}

/// A draft; an older text never takes the place of a newer one.
pub(super) fn save_draft(connection: &Connection, draft: &Draft) -> rusqlite::Result<()> {
    let mut save = connection.prepare_cached(
        "INSERT INTO draft (profile, session, workspace, text, account, host, at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (profile, session) DO UPDATE SET
            workspace = excluded.workspace, text = excluded.text, account = excluded.account,
            host = excluded.host, at = excluded.at
         WHERE excluded.at >= draft.at",
    )?;
    save.execute(params![
        draft.key.profile.as_str(),
        draft.key.id.as_str(),
        draft.workspace.as_str(),
        draft.text,
        draft.account.as_ref().map(Account::as_str),
        draft.host.as_str(),
        draft.at.micros(),
    ])?;
    Ok(())
}

/// No draft any more.
pub(super) fn drop_draft(connection: &Connection, key: &Key) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM draft WHERE profile = ?1 AND session = ?2")?
        .execute(params![key.profile.as_str(), key.id.as_str()])?;
    Ok(())
}

/// Sessions as they are now. One that was never acted on is not kept.
pub(super) fn remember(connection: &mut Connection, sessions: &[Session]) -> rusqlite::Result<()> {
    let all = begin(connection)?;
    for session in sessions {
        keep_session(&all, session)?;
    }
    all.commit()
}

/// The session leaves the list; its journal entries stay.
pub(super) fn unlist(connection: &Connection, key: &Key) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM session WHERE profile = ?1 AND id = ?2")?
        .execute(params![key.profile.as_str(), key.id.as_str()])?;
    Ok(())
}

/// A hint that is not to be shown again.
pub(super) fn dismiss(connection: &mut Connection, what: &str) -> rusqlite::Result<()> {
    connection.prepare_cached("INSERT OR IGNORE INTO dismissed (what) VALUES (?1)")?.execute([what])?;
    Ok(())
}

fn keep_session(all: &Transaction<'_>, session: &Session) -> rusqlite::Result<()> {
    let Some(opened) = session.opened else { return Ok(()) };
    all.prepare_cached("UPDATE clock SET revision = revision + 1")?.execute([])?;
    all.prepare_cached(
        "INSERT INTO session (profile, id, workspace, name, created, modified, presence, seen, opened, account, host, ours,
                              pinned, revision)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, (SELECT revision FROM clock))
         ON CONFLICT (profile, id) DO UPDATE SET
            workspace = excluded.workspace, name = excluded.name, created = excluded.created,
            modified = excluded.modified, presence = excluded.presence, seen = excluded.seen,
            opened = max(opened, excluded.opened), account = excluded.account, host = excluded.host,
            ours = excluded.ours, pinned = excluded.pinned, revision = excluded.revision",
    )?
    .execute(params![
        session.key.profile.as_str(),
        session.key.id.as_str(),
        session.workspace.as_str(),
        session.name,
        session.created.map(Stamp::micros),
        session.modified.map(Stamp::micros),
        session.presence.word(),
        session.seen.map(Stamp::micros),
        opened.micros(),
        session.account.as_ref().map(Account::as_str),
        session.host.as_str(),
        session.ours,
        session.pinned,
    ])?;
    Ok(())
}

/// Not before this moment may anything be sent to this tenant; an earlier one never takes the place of a later.
pub(super) fn close_gate(
    connection: &Connection,
    host: &Host,
    tenant: &str,
    until: Stamp,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO gate (host, tenant, until) VALUES (?1, ?2, ?3)
             ON CONFLICT (host, tenant) DO UPDATE SET until = max(until, excluded.until)",
        )?
        .execute(params![host.as_str(), tenant, until.micros()])?;
    Ok(())
}

//! `retitle rename`: one session gets a name, through the same journal and gates as in the app.

use std::ffi::OsString;

use crate::core::fault::{Change, Fault, FaultKind};
use crate::core::glyph::sanitise;
use crate::core::session::{Entity, Name, Session};
use crate::core::store::{Deed, Entry, EntryState, Intent, Outcome, StoreCall};
use crate::core::title::{Title, TitleError};

use super::deed::{Done, Later, missing};
use super::ground::Ground;
use super::shelf::{self, Kept};
use super::shown;
use super::target::Target;

/// What came of a rename.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Report {
    /// The session as it is known now; `None` when there is none.
    pub session: Option<Session>,
    /// The journal's entry, where one was made.
    pub entry: Option<Entry>,
    /// Why the server does not have the name, and where it is kept.
    pub failed: Option<(Fault, Kept)>,
}

/// A name as it may be sent.
///
/// # Errors
/// Words for the person.
pub fn name(text: &str) -> Result<Title, String> {
    Title::parse(text).map_err(|error| match error {
        TitleError::Empty => "a name cannot be empty".to_owned(),
        TitleError::Hidden { shown, position } => {
            format!("character {position} of the name is {shown}, which nobody could see")
        }
        TitleError::TooLong(_) => error.to_string(),
    })
}

/// A mistyped flag where the name was left out must not become the name: what could be one counts only behind `--`, of
/// which `words`, the command line, tells.
///
/// # Errors
/// Words for the person.
pub fn meant(name: &str, mut words: impl Iterator<Item = OsString>) -> Result<(), String> {
    let letter = |rest: &str| rest.starts_with(|c: char| c.is_ascii_alphabetic());
    let long = name.strip_prefix("--").is_some_and(letter);
    let short = name.strip_prefix('-').is_some_and(|rest| rest.len() == 1 && letter(rest));
    if (long || short) && !words.any(|word| word == "--") {
        let name = sanitise(name);
        return Err(format!(
            "{name} is no flag of rename (its --help lists them); as a name it goes behind --: -- {name:?}"
        ));
    }
    Ok(())
}

/// Gives the session its name, if the server has the one that we know.
///
/// # Errors
/// `Disk` when the library cannot be used. What the server says is in the report.
pub async fn run(ground: &Ground<'_>, target: &Target, to: &Title, later: Later) -> Result<Report, Fault> {
    let means = &ground.means;
    let (now, account) = (means.clock.now(), means.who.account.clone());
    let mut row = target.row(&means.host);
    row.opened = Some(now);
    row.workspace.clone_from(&target.workspace);
    if target.known.is_none() {
        row.account = Some(account.clone());
    }
    let base = target.known.as_ref().filter(|s| s.seen.is_some() || s.name.is_some()).map(|s| s.name.clone());
    let intent = |from: Option<Name>| Intent {
        deed: Deed::Rename,
        batch: None,
        key: target.key.clone(),
        workspace: target.workspace.clone(),
        from,
        to: to.clone().into(),
        account: Some(account.clone()),
        host: means.host.clone(),
        at: now,
    };
    let there = match ground.look(&target.key, &target.workspace).await {
        Ok(there) => there,
        Err(fault) if later == Later::Queue && fault.may_pass() => {
            let intent = intent(base.unwrap_or_default());
            return report(ground, ground.queue(intent, row, fault).await?).await;
        }
        Err(fault) => {
            let definite = !fault.may_pass() && fault.kind != FaultKind::SignedOut;
            if target.known.is_none() && definite {
                return Ok(Report { session: None, entry: None, failed: Some((fault, Kept::Nowhere)) });
            }
            missing(&mut row, &fault);
            return keep(ground, row, to, fault).await;
        }
    };
    row.confirm(&there, &account, now);
    if there.name.as_deref() == Some(to.as_str()) {
        return already(ground, row, to).await;
    }
    if let Some(base) = base.filter(|base| *base != there.name)
        && !left_by_us(ground, target, &there).await?
    {
        let fault = changed(base, there.name);
        return keep(ground, row, to, fault).await;
    }
    let from = there.name.clone();
    report(ground, ground.carry_out(intent(from), row, later).await?).await
}

/// The server has the name already, so nothing is sent; a draft of the same words has served its purpose.
async fn already(ground: &Ground<'_>, row: Session, to: &Title) -> Result<Report, Fault> {
    let library = ground.means.library;
    library.call(StoreCall::Remember(vec![row.clone()])).await?;
    if shelf::draft(&ground.snapshot, &row.key) == Some(to.as_str()) {
        library.call(StoreCall::DropDraft(row.key.clone())).await?;
    }
    Ok(Report { session: Some(row), entry: None, failed: None })
}

async fn keep(ground: &Ground<'_>, row: Session, to: &Title, fault: Fault) -> Result<Report, Fault> {
    let now = ground.means.clock.now();
    let kept = shelf::keep(ground.means.library, &ground.snapshot, row.clone(), to.as_str(), now).await?;
    Ok(Report { session: Some(row), entry: None, failed: Some((fault, kept)) })
}

/// What came of it, and where the name is now.
async fn report(ground: &Ground<'_>, done: Done) -> Result<Report, Fault> {
    let Done { entry, session, fault } = done;
    let means = &ground.means;
    let words = entry.intent.to.words();
    let other_draft = shelf::draft(&ground.snapshot, &session.key).is_some_and(|text| text != words);
    let kept = match entry.state {
        EntryState::Waiting => Kept::Queued,
        EntryState::Ended(..) if fault.is_some() && other_draft => {
            if means.history.is_zero() {
                // The journal will not keep it, and of two texts the newer is the draft.
                let now = means.clock.now();
                shelf::keep(means.library, &ground.snapshot, session.clone(), words, now).await?
            } else {
                Kept::Journal
            }
        }
        EntryState::Ended(..) => Kept::Draft { before: None },
    };
    Ok(Report { session: Some(session), entry: Some(entry), failed: fault.map(|fault| (fault, kept)) })
}

/// Whether the server's name is one of ours after all: sent by a run that was cut off before it heard so.
async fn left_by_us(ground: &Ground<'_>, target: &Target, there: &Entity) -> Result<bool, Fault> {
    let means = &ground.means;
    let newest_first = shelf::journal(means.library, vec![means.profile.clone()], means.host.clone()).await?;
    let own = newest_first.iter().filter(|entry| entry.intent.key == target.key);
    for entry in own {
        let saved = if let Some(Outcome::Saved { stored, .. }) = entry.state.outcome() {
            Some(stored.as_deref())
        } else {
            None
        };
        if saved.unwrap_or(entry.intent.to.as_deref()) == there.name.as_deref() {
            return Ok(true);
        }
        if saved.is_some() {
            break;
        }
    }
    Ok(false)
}

fn changed(base: Option<Name>, theirs: Option<Name>) -> Fault {
    let words = format!(
        "Changed elsewhere: the server has “{}” where “{}” was known. Nothing was sent. The list has the new name now, so the same command again goes through.",
        shown(theirs.as_deref()),
        shown(base.as_deref())
    );
    Fault::new(FaultKind::Changed(Box::new(Change { base, theirs })), words)
}

//! One name set on the server: journal, turn, PATCH, outcome. What `rename` and `undo` share.

use std::time::Duration;

use crate::core::effect::GraphCall;
use crate::core::fault::{Fault, FaultKind};
use crate::core::session::{Entity, Presence, Session};
use crate::core::store::{Deed, Entry, EntryId, EntryState, Intent, Outcome, StoreCall};

use super::ground::Ground;

/// What came of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Done {
    /// The journal's entry as it ended.
    pub entry: Entry,
    /// The session as the last answer left it.
    pub session: Session,
    /// Why it failed.
    pub fault: Option<Fault>,
}

/// Whether a name may stay in the journal when it could not be sent now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Later {
    /// The next run of the app sends it.
    Queue,
    /// It ends here.
    Never,
}

impl Ground<'_> {
    /// Carries an intent out. `row` is the session as the server had it just now.
    ///
    /// # Errors
    /// `Disk` when the journal cannot be written; nothing is sent then. What the server says is in the result.
    pub async fn carry_out(&self, intent: Intent, row: Session, later: Later) -> Result<Done, Fault> {
        let (number, turn) = self.commit(&intent, &row).await?;
        let answer = if turn { self.send(&intent).await } else { Err(busy_elsewhere()) };
        let mut session = row;
        match answer {
            Ok((entity, request_id)) => {
                session.confirm(&entity, &self.means.who.account, self.means.clock.now());
                session.ours.clone_from(&entity.name);
                let outcome = Outcome::Saved { stored: entity.name, request_id };
                let done = self.settle(number, intent, outcome, session, None).await?;
                if self.means.history.is_zero() {
                    let before = self.means.clock.now() + Duration::from_micros(1);
                    self.means.library.call(StoreCall::Forget { before }).await?;
                }
                Ok(done)
            }
            Err(fault) if later == Later::Queue && fault.may_pass() => {
                let entry = Entry { entry: number, intent, state: EntryState::Waiting, undone: false };
                Ok(Done { entry, session, fault: Some(fault) })
            }
            Err(fault) => {
                missing(&mut session, &fault);
                let outcome = if turn {
                    Outcome::Failed { why: fault.say.clone(), request_id: fault.request_id.clone() }
                } else {
                    Outcome::Cancelled
                };
                self.settle(number, intent, outcome, session, Some(fault)).await
            }
        }
    }

    /// Leaves an intent in the journal, for the next run of the app.
    ///
    /// # Errors
    /// `Disk` when the journal cannot be written.
    pub async fn queue(&self, intent: Intent, row: Session, why: Fault) -> Result<Done, Fault> {
        let (number, _) = self.commit(&intent, &row).await?;
        let entry = Entry { entry: number, intent, state: EntryState::Waiting, undone: false };
        Ok(Done { entry, session: row, fault: Some(why) })
    }

    /// The intent, durably. A draft with other words outlives it: nobody has seen it go.
    async fn commit(&self, intent: &Intent, row: &Session) -> Result<(EntryId, bool), Fault> {
        let library = self.means.library;
        let call = StoreCall::Commit { intent: intent.clone(), session: row.clone(), in_flight: None };
        let committed = library.call(call);
        let draft = self.snapshot.drafts.iter().find(|draft| draft.key == intent.key);
        if let Some(draft) = draft.filter(|d| intent.deed == Deed::Rename && d.text != intent.to.words()) {
            library.call(StoreCall::SaveDraft(draft.clone())).await?;
        }
        committed.await?.committed()
    }

    async fn send(&self, intent: &Intent) -> Result<(Entity, Option<String>), Fault> {
        let call = GraphCall::Rename {
            id: intent.key.id.clone(),
            workspace: intent.workspace.clone(),
            name: intent.to.clone(),
        };
        match self.ask(call).await {
            Ok(reply) => reply.renamed(),
            // It may have been applied: a look tells.
            Err(fault) if fault.kind == FaultKind::Unclear => {
                match self.look(&intent.key, &intent.workspace).await {
                    Ok(entity) if entity.name.as_deref() == intent.to.as_deref() => Ok((entity, None)),
                    Ok(_) | Err(_) => Err(fault),
                }
            }
            Err(fault) => Err(fault),
        }
    }

    async fn settle(
        &self,
        number: EntryId,
        intent: Intent,
        outcome: Outcome,
        session: Session,
        fault: Option<Fault>,
    ) -> Result<Done, Fault> {
        let at = self.means.clock.now();
        let call =
            StoreCall::Settle { entry: number, outcome: outcome.clone(), session: session.clone(), at };
        self.means.library.call(call).await?;
        let entry = Entry { entry: number, intent, state: EntryState::Ended(outcome, at), undone: false };
        Ok(Done { entry, session, fault })
    }
}

/// A row that the server does not show us any more says so.
pub fn missing(session: &mut Session, fault: &Fault) {
    match fault.kind {
        FaultKind::NotFound => session.presence = Presence::Gone,
        FaultKind::Forbidden => session.presence = Presence::NoAccess,
        FaultKind::Offline
        | FaultKind::Busy { .. }
        | FaultKind::Unclear
        | FaultKind::SignedOut
        | FaultKind::Unpermitted
        | FaultKind::Refused
        | FaultKind::Changed(_)
        | FaultKind::Declined
        | FaultKind::Expired
        | FaultKind::SignInBlocked
        | FaultKind::Disk
        | FaultKind::Bug => {}
    }
}

fn busy_elsewhere() -> Fault {
    let words = "A running retitle is saving this session; try again when it is done.";
    Fault::new(FaultKind::Busy { retry_after: None }, words)
}

//! `retitle undo`: a rename of any day, or a whole batch, taken back.

use crate::core::effect::GraphCall;
use crate::core::fault::{Fault, FaultKind};
use crate::core::glyph::sanitise;
use crate::core::msg::{GraphReply, Who};
use crate::core::session::{Entity, Host, Presence, Profile, Session};
use crate::core::store::{Deed, Entry, EntryId, EntryState, Intent, Newest, Outcome, StoreCall, StoreReply};
use crate::core::title::NewName;
use crate::ports::{Clock, Graph, Library};

/// What `undo` works with.
pub struct Undo<'a> {
    pub library: &'a dyn Library,
    pub graph: &'a dyn Graph,
    pub clock: &'a dyn Clock,
    pub who: Who,
    pub profile: Profile,
    pub host: Host,
}

/// How one entry fared: what to say, or why not.
pub type Outcomes = Vec<Result<String, Fault>>;

impl Undo<'_> {
    /// Takes an entry back, or the newest that is not undone, with its batch.
    ///
    /// # Errors
    /// When there is nothing to take back, or the library cannot be read. What befell single entries is in the result.
    pub async fn run(self, number: Option<i64>) -> Result<Outcomes, Fault> {
        let entries = self.find(number).await?;
        let batch = (entries.len() > 1).then(|| self.clock.now().micros());
        let mut outcomes = Vec::new();
        for entry in &entries {
            outcomes.push(self.take_back(entry, batch).await);
        }
        Ok(outcomes)
    }

    async fn find(&self, number: Option<i64>) -> Result<Vec<Entry>, Fault> {
        let (profiles, host) = (vec![self.profile.clone()], self.host.clone());
        let missing = |words: String| Fault::new(FaultKind::NotFound, words);
        let Some(number) = number else {
            let call = StoreCall::Find { profiles, host, what: Newest::ToUndo };
            let entries = entries(self.library.call(call).await?);
            if entries.is_empty() {
                return Err(missing("There is nothing to take back.".into()));
            }
            return Ok(entries);
        };
        let call = StoreCall::History { profiles, host, most: u32::MAX };
        let found = entries(self.library.call(call).await?).into_iter().find(|e| e.entry == EntryId(number));
        let entry = found.ok_or_else(|| missing(format!("There is no entry {number} in this profile.")))?;
        if entry.undone {
            return Err(Fault::new(
                FaultKind::Refused,
                format!("Entry {number} has been taken back already."),
            ));
        }
        Ok(vec![entry])
    }

    async fn take_back(&self, entry: &Entry, batch: Option<i64>) -> Result<String, Fault> {
        let refused =
            |words: &str| Err(Fault::new(FaultKind::Refused, format!("Entry {}: {words}", entry.entry.0)));
        let intent = &entry.intent;
        let EntryState::Ended(Outcome::Saved { stored, .. }, _) = &entry.state else {
            return refused("only what was saved can be taken back.");
        };
        if intent.account.as_ref().is_some_and(|account| *account != self.who.account) {
            return refused("it was done under another account, which alone can take it back.");
        }
        let there = self.look(intent).await?;
        if there.name == intent.from {
            return Ok(format!("{} is “{}” already.", intent.key.id, shown(there.name.as_deref())));
        }
        if there.name != *stored {
            let change = crate::core::fault::Change { base: stored.clone(), theirs: there.name.clone() };
            let words = format!(
                "{} was renamed since, to “{}”; it is left alone.",
                intent.key.id,
                shown(there.name.as_deref())
            );
            return Err(Fault::new(FaultKind::Changed(Box::new(change)), words));
        }
        let undo = Intent {
            deed: match intent.deed {
                Deed::Rename | Deed::Redo(_) => Deed::Undo(entry.entry),
                Deed::Undo(_) => Deed::Redo(entry.entry),
            },
            batch,
            from: stored.clone(),
            to: NewName::restored(intent.from.as_deref()),
            account: Some(self.who.account.clone()),
            at: self.clock.now(),
            ..intent.clone()
        };
        let number = match self.commit(&undo, &there).await? {
            (number, true) => number,
            (number, false) => {
                self.settle(number, Outcome::Cancelled, &undo, &there).await?;
                return refused("a running retitle is saving this session; try again when it is done.");
            }
        };
        self.send(number, &undo, there).await
    }

    async fn send(&self, number: EntryId, undo: &Intent, there: Entity) -> Result<String, Fault> {
        let call = GraphCall::Rename {
            id: undo.key.id.clone(),
            workspace: undo.workspace.clone(),
            name: undo.to.clone(),
        };
        let answer = match self.graph.call(self.who.account.clone(), call).await {
            Err(fault) if matches!(fault.kind, FaultKind::Unclear) => match self.look(undo).await {
                Ok(entity) if entity.name.as_deref() == undo.to.as_deref() => Ok((entity, None)),
                Ok(_) | Err(_) => Err(fault),
            },
            Ok(GraphReply::Renamed { entity, request_id }) => Ok((entity, request_id)),
            Ok(
                GraphReply::Page { .. }
                | GraphReply::Session(_)
                | GraphReply::RenamedMany(_)
                | GraphReply::Created(_)
                | GraphReply::Workspaces(_)
                | GraphReply::Prompts(_),
            ) => Err(Fault::new(FaultKind::Bug, "The server's answer was of another kind than asked for.")),
            Err(fault) => Err(fault),
        };
        match answer {
            Ok((entity, request_id)) => {
                let outcome = Outcome::Saved { stored: entity.name.clone(), request_id };
                self.settle(number, outcome, undo, &entity).await?;
                Ok(format!("{} is “{}” again.", undo.key.id, shown(entity.name.as_deref())))
            }
            Err(fault) => {
                let outcome =
                    Outcome::Failed { why: fault.say.clone(), request_id: fault.request_id.clone() };
                self.settle(number, outcome, undo, &there).await?;
                Err(fault)
            }
        }
    }

    async fn look(&self, intent: &Intent) -> Result<Entity, Fault> {
        let call = GraphCall::Get { key: intent.key.clone(), workspace: intent.workspace.clone() };
        match self.graph.call(self.who.account.clone(), call).await? {
            GraphReply::Session(entity) => Ok(entity),
            GraphReply::Page { .. }
            | GraphReply::Renamed { .. }
            | GraphReply::RenamedMany(_)
            | GraphReply::Created(_)
            | GraphReply::Workspaces(_)
            | GraphReply::Prompts(_) => {
                Err(Fault::new(FaultKind::Bug, "The server's answer was of another kind than asked for."))
            }
        }
    }

    async fn commit(&self, intent: &Intent, entity: &Entity) -> Result<(EntryId, bool), Fault> {
        let session = self.session(intent, entity);
        let call = StoreCall::Commit { intent: intent.clone(), session, in_flight: None };
        match self.library.call(call).await? {
            StoreReply::Committed { entry, turn } => Ok((entry, turn)),
            StoreReply::Loaded(_)
            | StoreReply::Entries(_)
            | StoreReply::AllCommitted(_)
            | StoreReply::Turn(_)
            | StoreReply::Done => Err(Fault::new(FaultKind::Bug, "The library gave no entry number.")),
        }
    }

    async fn settle(
        &self,
        entry: EntryId,
        outcome: Outcome,
        intent: &Intent,
        entity: &Entity,
    ) -> Result<(), Fault> {
        let session = self.session(intent, entity);
        let at = self.clock.now();
        self.library.call(StoreCall::Settle { entry, outcome, session, at }).await.map(drop)
    }

    fn session(&self, intent: &Intent, entity: &Entity) -> Session {
        Session {
            key: intent.key.clone(),
            workspace: intent.workspace.clone(),
            name: entity.name.clone(),
            created: entity.created,
            modified: entity.modified,
            presence: Presence::Here,
            seen: Some(self.clock.now()),
            opened: Some(intent.at),
            ours: entity.name.clone(),
            pinned: false,
            account: Some(self.who.account.clone()),
            host: self.host.clone(),
        }
    }
}

fn entries(reply: StoreReply) -> Vec<Entry> {
    match reply {
        StoreReply::Entries(entries) => entries,
        StoreReply::Loaded(_)
        | StoreReply::Committed { .. }
        | StoreReply::AllCommitted(_)
        | StoreReply::Turn(_)
        | StoreReply::Done => Vec::new(),
    }
}

fn shown(name: Option<&str>) -> String {
    name.map_or_else(|| "(untitled)".to_owned(), sanitise)
}

//! What every command that asks Graph stands on: an account, the library, and the pauses that a tenant asked for.

use std::cell::Cell;
use std::time::Duration;

use crate::core::effect::GraphCall;
use crate::core::fault::{Fault, FaultKind};
use crate::core::msg::{GraphReply, Who};
use crate::core::saves::pause;
use crate::core::session::{Entity, Host, Key, Profile, Session, WorkspaceId};
use crate::core::store::{EntryId, Snapshot, StoreCall};
use crate::core::time::{Stamp, seconds_left};
use crate::ports::{Clock, Graph, Library};

use super::shelf;

/// The ports and who works with them.
pub struct Means<'a> {
    pub library: &'a dyn Library,
    pub graph: &'a dyn Graph,
    pub clock: &'a dyn Clock,
    pub who: Who,
    pub profile: Profile,
    pub host: Host,
    /// How long names stay in the journal after their save; zero keeps none.
    pub history: Duration,
}

/// The means, with what the library held when the command began.
pub struct Ground<'a> {
    pub means: Means<'a>,
    pub snapshot: Snapshot,
    /// Not before this moment may anything be sent to the tenant.
    gate: Cell<Option<Stamp>>,
}

impl<'a> Ground<'a> {
    /// Reads the library.
    ///
    /// # Errors
    /// `Disk` when it cannot be read.
    pub async fn open(means: Means<'a>) -> Result<Self, Fault> {
        let snapshot = shelf::peek(means.library, vec![means.profile.clone()], means.host.clone()).await?;
        let gate = snapshot.gates.iter().find(|(tenant, _)| *tenant == means.who.tenant).map(|(_, at)| *at);
        Ok(Self { means, snapshot, gate: Cell::new(gate) })
    }

    /// The session as the library knows it.
    pub fn known(&self, key: &Key) -> Option<&Session> {
        self.snapshot.sessions.iter().find(|session| session.key == *key)
    }

    /// One request, unless the tenant asked for a pause; a busy answer closes the gate for every running copy.
    ///
    /// # Errors
    /// What Graph says, or `Busy` while the gate is closed.
    pub async fn ask(&self, call: GraphCall) -> Result<GraphReply, Fault> {
        let now = self.means.clock.now();
        if let Some(until) = self.gate.get().filter(|until| *until > now) {
            let words =
                format!("The server asks for a pause; {} s of it are left.", seconds_left(now, until));
            return Err(Fault::new(FaultKind::Busy { retry_after: Some(until.since(now)) }, words));
        }
        let answer = self.means.graph.call(self.means.who.account.clone(), call).await;
        if let Err(Fault { kind: FaultKind::Busy { retry_after }, .. }) = &answer {
            let until = self.means.clock.now() + pause(1, *retry_after, EntryId(0));
            self.gate.set(Some(until));
            let (host, tenant) = (self.means.host.clone(), self.means.who.tenant.clone());
            self.means.library.call(StoreCall::CloseGate { host, tenant, until }).await?;
        }
        answer
    }

    /// The session as the server has it.
    ///
    /// # Errors
    /// What Graph says.
    pub async fn look(&self, key: &Key, workspace: &WorkspaceId) -> Result<Entity, Fault> {
        self.ask(GraphCall::Get { key: key.clone(), workspace: workspace.clone() }).await?.session()
    }
}

//! Effects in, messages out. Only dispatches: what a call does stands behind its port.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::task::{AbortHandle, JoinSet};

use super::run::Ports;
use super::task::Guarded;
use crate::core::effect::{Caller, Effect, Scope};
use crate::core::fault::{Fault, FaultKind};
use crate::core::msg::Msg;
use crate::core::work::{Work, Worked};
use crate::ports::Answer;

/// What is left for the loop itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Own {
    Copy(String),
    Mouse(bool),
    Say(String),
    Leave,
    Repaint,
    Suspend,
    Exit,
}

/// The core asks for profiles that it was started with, and for those there is an office.
fn nobody<T: Send + 'static>() -> Answer<T> {
    Box::pin(async { Err(Fault::new(FaultKind::Bug, "There is no such profile in this run.")) })
}

/// Works something out on a thread of its own. Dropping the answer tells the thread that nobody waits for it.
fn away(work: Work) -> Answer<Option<Worked>> {
    let stop = StopAtDrop::default();
    let stopped = Arc::clone(&stop.0);
    Box::pin(async move {
        let _stop = stop;
        let thread = tokio::task::spawn_blocking(move || work.run(&|| stopped.load(Ordering::Relaxed)));
        thread.await.map_err(|_| broken())
    })
}

#[derive(Default)]
struct StopAtDrop(Arc<AtomicBool>);

impl Drop for StopAtDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn broken() -> Fault {
    Fault::new(FaultKind::Bug, "A part of retitle failed. The log file says where.")
}

/// The tasks under way.
pub(super) struct Exec {
    ports: Ports,
    tasks: JoinSet<Option<Msg>>,
    latest: HashMap<Scope, AbortHandle>,
}

impl Exec {
    pub(super) fn new(ports: Ports) -> Self {
        Self { ports, tasks: JoinSet::new(), latest: HashMap::new() }
    }

    /// Starts one effect. Library calls are queued before this returns, so their order is the order of effects.
    pub(super) fn start(&mut self, effect: Effect) -> Option<Own> {
        let scope = effect.scope();
        let handle = match effect {
            Effect::Graph(req, Caller { profile, account }, call) => {
                let office = self.ports.offices.get(&profile);
                let answer = office.map_or_else(nobody, |office| office.graph.call(account, call));
                self.spawn(answer, move |answer| Some(Msg::Graph(req, answer)))
            }
            Effect::Auth(profile, attempt, call) => {
                let office = self.ports.offices.get(&profile);
                let answer = office.map_or_else(nobody, |office| office.identity.call(attempt, call));
                self.spawn(answer, move |answer| Some(Msg::Auth(attempt, answer)))
            }
            Effect::Store(req, call) => {
                let answer = self.ports.library.call(call);
                self.spawn(answer, move |answer| Some(Msg::Store(req, answer)))
            }
            Effect::Work(work) => self.spawn(away(work), |answer| match answer {
                Ok(None) => None,
                Ok(Some(worked)) => Some(Msg::Worked(Ok(worked))),
                Err(fault) => Some(Msg::Worked(Err(fault))),
            }),
            Effect::OpenUrl(url) => {
                let answer = self.ports.desk.open(url);
                self.spawn(answer, |answer| answer.err().map(Msg::DeskFailed))
            }
            Effect::Copy(text) => {
                let answer = self.ports.desk.copy(text.clone());
                // Without a clipboard of this machine's own, the terminal's is what there is; that was said already.
                self.spawn(answer, |answer| answer.ok().filter(|there| *there).map(|_| Msg::Copied));
                return Some(Own::Copy(text));
            }
            Effect::Mouse(ours) => return Some(Own::Mouse(ours)),
            Effect::Edit { text, typed } => {
                let answer = self.ports.desk.edit(text, typed);
                self.spawn(answer, |answer| Some(Msg::Edited(answer)));
                return Some(Own::Leave);
            }
            Effect::Say(lines) => return Some(Own::Say(lines)),
            Effect::Repaint => return Some(Own::Repaint),
            Effect::Suspend => return Some(Own::Suspend),
            Effect::Exit => return Some(Own::Exit),
        };
        if let Some(scope) = scope
            && let Some(older) = self.latest.insert(scope, handle)
        {
            older.abort();
        }
        None
    }

    fn spawn<T: Send + 'static>(
        &mut self,
        answer: Answer<T>,
        tell: impl FnOnce(Result<T, Fault>) -> Option<Msg> + Send + 'static,
    ) -> AbortHandle {
        self.tasks.spawn(async move {
            let answer = Guarded::new(answer).await;
            tell(answer.unwrap_or_else(|| Err(broken())))
        })
    }

    /// The next answer; waits for ever when nothing is under way. Safe to drop and call again.
    pub(super) async fn next(&mut self) -> Msg {
        loop {
            match self.tasks.join_next().await {
                Some(Ok(Some(msg))) => return msg,
                // Cancelled, or nothing to tell.
                Some(Ok(None) | Err(_)) => {}
                None => std::future::pending().await,
            }
        }
    }

    /// An answer that is there already.
    pub(super) fn ready(&mut self) -> Option<Msg> {
        while let Some(done) = self.tasks.try_join_next() {
            if let Ok(Some(msg)) = done {
                return Some(msg);
            }
        }
        None
    }
}

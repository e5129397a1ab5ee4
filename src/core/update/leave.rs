//! Quitting. Writes on their way are waited for a moment; what is not done then stays in the journal.

use std::time::Duration;

use super::rename;
use crate::core::command::Command;
use crate::core::effect::Effect;
use crate::core::model::{Leaving, Model};
use crate::core::pending::Pending;
use crate::core::place::Place;
use crate::core::saves::Phase;
use crate::core::session::{Account, Profile};

/// How long writes are waited for.
const PATIENCE: Duration = Duration::from_secs(3);
/// Two Ctrl-C within this time mean it.
const TWICE: Duration = Duration::from_secs(2);

/// `q`. A second one does not wait.
pub(super) fn quit(model: &mut Model, out: &mut Vec<Effect>) {
    if model.leaving.is_some() {
        out.push(Effect::Exit);
        return;
    }
    terminate(model, out);
}

/// The system's wish to end, and the first `q`. From here on nothing is gone through in portions, so that a bulk that was
/// applied goes into the journal in this very step.
pub(super) fn terminate(model: &mut Model, out: &mut Vec<Effect>) {
    rename::write_draft(model, out);
    if model.leaving.is_none() {
        model.leaving = Some(Leaving { by: model.now + PATIENCE });
    }
}

/// Ctrl-C: the first says how to quit, the second quits.
pub(super) fn interrupt(model: &mut Model, out: &mut Vec<Effect>) {
    let second = model.interrupted.is_some_and(|at| model.now.since(at) < TWICE);
    model.interrupted = Some(model.now);
    if second {
        terminate(model, out);
    } else {
        let again = model.key_of(Command::Interrupt);
        let words = format!("Press {again} again to quit, or {}.", model.key_of(Command::Quit));
        model.note(words);
    }
}

/// Ends the program once nothing is on its way, or the patience is over.
pub(super) fn finish(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(leaving) = model.leaving else { return };
    let waiting = on_the_way(model);
    if (waiting == 0 || leaving.by <= model.now) && !out.contains(&Effect::Exit) {
        out.push(Effect::Exit);
    } else if waiting > 0 {
        model.complain(format!("Finishing {waiting} on the way … q again leaves them in the journal."));
    }
}

/// Writes to the disk and to the server that have begun.
pub(super) fn on_the_way(model: &Model) -> usize {
    let disk = model.pending.values().filter(|pending| pending.writes_to_disk()).count();
    let goes = |profile: &Profile, sender: Option<&Account>| {
        let account = model.places.get(profile).and_then(Place::account);
        account.is_some() && sender == account && model.gate(profile).is_none()
    };
    let lively = model.saves.lively().filter(|(key, save)| match save.phase {
        Phase::Looking { .. } | Phase::Sending { .. } => true,
        Phase::Ready { .. } => !save.wish.asks && goes(&key.profile, save.wish.account.as_ref()),
        Phase::Held { .. }
        | Phase::Elsewhere { .. }
        | Phase::Writing { .. }
        | Phase::Retrying { .. }
        | Phase::Failed { .. }
        | Phase::Saved { .. } => false,
    });
    let queues = model.saves.queues().filter(|queue| goes(queue.profile, queue.account));
    let server = lively.count() + queues.map(|queue| queue.waiting.len()).sum::<usize>();
    let made = model.pending.values().filter(|pending| matches!(pending, Pending::Create(..))).count();
    disk + server + made
}

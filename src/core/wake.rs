//! The one timer: a function of the state.

use std::time::Duration;

use super::batch::Batch;
use super::listing::Walk;
use super::model::{Mode, Model, Overlay};
use super::place::{Auth, Place, Poll};
use super::saves::{Base, Phase};
use super::time::{Stamp, ago_changes};

impl Model {
    /// The earliest moment at which the state itself changes or needs something. The one timer.
    pub fn wake(&self) -> Option<Stamp> {
        let second = Duration::from_secs(1);
        let mut next: Option<Stamp> = None;
        let mut at = |moment: Stamp| next = Some(next.map_or(moment, |n: Stamp| n.min(moment)));
        for place in self.places.all() {
            match &place.auth {
                Auth::Waiting(wait) => {
                    at(wait.until);
                    if let Poll::At(poll) = wait.poll {
                        at(poll);
                    }
                    self.countdown(place, wait.until).map(&mut at);
                }
                Auth::Away(wait) => {
                    at(wait.until);
                    self.countdown(place, wait.until).map(&mut at);
                }
                Auth::Unconfigured
                | Auth::Checking { .. }
                | Auth::Out { .. }
                | Auth::Asking { .. }
                | Auth::In(_) => {}
            }
        }
        match &self.mode {
            Mode::Rename(renaming) => renaming.save_by.map(&mut at),
            Mode::Create(creating) => creating.save_by.map(&mut at),
            Mode::Browse | Mode::Filter(_) | Mode::Add(_) => None,
        };
        // Without a row there is nothing to ask for, and a moment that is over would come again and again.
        let previewed = self.preview.as_ref().filter(|_| self.list.chosen().is_some());
        if let Some(due) = previewed.and_then(|preview| preview.due) {
            at(due);
        }
        for overlay in &self.overlays {
            if let Overlay::Bulk(bulk) = overlay
                && let Some(behind) = bulk.behind.as_ref().filter(|behind| behind.told_at() > self.now)
            {
                at(behind.told_at());
            }
        }
        if let Some(burst) = &self.burst {
            at(burst.until);
        }
        for (_, save) in self.saves.lively() {
            match save.phase {
                Phase::Retrying { at: due, .. } => {
                    at(due);
                    if !self.settings.still {
                        at(self.now + second.min(due.since(self.now)));
                    }
                }
                Phase::Elsewhere { at: due, .. } => at(due),
                Phase::Writing { .. }
                | Phase::Held { .. }
                | Phase::Ready { .. }
                | Phase::Looking { .. }
                | Phase::Sending { .. }
                | Phase::Failed { .. }
                | Phase::Saved { .. } => {}
            }
            if let Base::Asked { until, .. } = save.base {
                at(until);
            }
        }
        for place in self.places.all() {
            let profile = &place.config.profile;
            let queued = || self.saves.queues().any(|queue| queue.profile == profile);
            let open = || queued() || self.saves.lively().any(|(key, _)| key.profile == *profile);
            if let Some(gate) = self.gate(profile).filter(|_| open()) {
                at(gate);
                if !self.settings.still {
                    at(self.now + second.min(gate.since(self.now)));
                }
            }
        }
        let more_arrived = matches!(&self.list.walk, Walk::Going(going) if !going.arrived.is_empty());
        if more_arrived || self.batch.as_ref().is_some_and(Batch::has_more_to_do) {
            at(self.now);
        }
        if let Some(due) = self.errand.as_ref().and_then(|errand| errand.due(self.now)) {
            at(due);
        }
        if let Some((due, _)) = self.rechecks.front() {
            at(*due);
        }
        if let Some(until) = self.notice.as_ref().and_then(|n| n.until) {
            at(until);
        }
        // Once it is over the exit has been asked for, and there is nothing left to wake for.
        if let Some(leaving) = self.leaving.filter(|l| l.by > self.now) {
            at(leaving.by);
        }
        // Plain mode says ages when it is asked for them.
        for session in self.visible().filter(|_| self.plain.is_none()) {
            if let Some(then) = session.modified {
                at(ago_changes(self.now, then));
            }
        }
        // Whatever is overdue is handled in the very next step; a moment in the past would spin.
        next.map(|n| n.max(self.now + Duration::from_micros(1)))
    }

    /// The next second of a countdown on the sign-in screen, if that is on the screen.
    fn countdown(&self, place: &Place, until: Stamp) -> Option<Stamp> {
        let left = until.since(self.now).as_micros();
        let into = u64::try_from(left.saturating_sub(1) % 1_000_000).unwrap_or(0) + 1;
        let shown =
            self.overlays.contains(&Overlay::SignIn) && place.config.profile == self.here().config.profile;
        shown.then(|| self.now + Duration::from_micros(into))
    }
}

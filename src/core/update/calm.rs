//! Going through the list while nothing else goes on, which is what most keys do. Then there is no save, bulk or walk to be
//! followed, and of the screen two rows come out otherwise.

use std::time::Duration;

use super::{list, places};
use crate::core::batch::Batch;
use crate::core::command::Focus;
use crate::core::listing::Walk;
use crate::core::model::Model;
use crate::core::msg::Msg;
use crate::core::time::Stamp;

/// How little goes on. It says nothing that the rest of the state does not say, but says it at once.
#[derive(Clone, Copy, Debug, Default)]
pub struct Calm {
    /// Until when nothing is due, and a key that goes through the list does nothing else; `None` where that is not known.
    until: Option<Stamp>,
    /// How many steps may have changed more than the selection.
    stirs: u64,
}

impl PartialEq for Calm {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Calm {}

/// Calm is not seen further ahead than this.
const AHEAD: Duration = Duration::from_secs(3_600);

impl Model {
    /// Nothing more is heard for now: [`Self::wake`], and how calm it is until then is kept in mind.
    pub fn rest(&mut self) -> Option<Stamp> {
        let wake = self.wake();
        let ahead = self.now + AHEAD;
        let until = wake.map_or(ahead, |wake| wake.min(ahead));
        let zone = self.settings.zone;
        // Dates are told against the year.
        let holds = self.is_calm() && self.now.frame(zone) == until.frame(zone);
        // Not later than was said before: the screen may still be the one that was drawn then.
        self.calm.until = holds.then(|| self.calm.until.map_or(until, |before| before.min(until)));
        wake
    }

    /// While this number, the selection and the part of the list that is seen are the same, and [`Self::wake`] has not
    /// come, the screen is the same.
    pub fn stirs(&self) -> u64 {
        self.calm.stirs
    }

    /// Something else comes than a key that goes through the list.
    pub(super) fn stir(&mut self) {
        self.calm.until = None;
        self.calm.stirs += 1;
    }

    /// Takes a message, where it is a key that goes through the list and does nothing else; whether it did.
    pub(super) fn glides(&mut self, now: Stamp, msg: &Msg) -> bool {
        let Msg::Key(key) = msg else { return false };
        if self.calm.until.is_none_or(|until| until <= now) {
            return false;
        }
        let command = self.settings.keys.resolve(Focus::List, *key);
        let Some(rows) = command.and_then(|command| list::rows(self, command)) else { return false };
        self.now = self.now.max(now);
        self.list.step(rows);
        if places::follow(self) {
            self.stir();
        }
        self.settle_view();
        true
    }

    /// Whether nothing goes on that depends on what is selected, or that any key has to follow or ends.
    fn is_calm(&self) -> bool {
        let words = self.notice.is_some() || self.preview.is_some() || self.plain.is_some();
        let asked =
            self.range.is_some() || self.sure.is_some() || self.left.is_some() || self.burst.is_some();
        let work = self.batch.as_ref().is_some_and(Batch::runs) || !self.saves.is_empty();
        let walk = matches!(self.list.walk, Walk::Going(_)) || self.list.is_behind();
        let leaving = self.leaving.is_some() || self.errand.is_some();
        let bursts = self.settings.bursts;
        self.focus() == Focus::List
            && !(words || asked || work || walk || leaving || bursts || self.size.is_too_small())
    }
}

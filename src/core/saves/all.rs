//! All saves, by session, and by what they wait for: a bulk has as many as the list has rows, and few of them are ever
//! under way.

use std::collections::{BTreeMap, BTreeSet};

use super::{Base, Phase, Save};
use crate::core::session::{Account, Key, Profile};
use crate::core::store::EntryId;
use crate::core::time::Stamp;

/// All saves. It remembers which of them were given out for a change, so that whoever follows them need not look at all.
#[derive(Clone, Debug, Default)]
pub struct Saves {
    all: BTreeMap<Key, Placed>,
    /// Those that were given out, some of them more than once.
    changed: Vec<Key>,
    /// So many of these are where they belong.
    placed: usize,
    open: usize,
    /// Where something is under way or comes due, or that a person has to be asked about.
    lively: BTreeSet<Key>,
    /// Those that have been saved, and say so on the screen.
    saved: BTreeSet<Key>,
    /// Those that wait for their turn and nothing else, by who may send them, in the order of commits.
    queues: Vec<(Sender, BTreeMap<EntryId, Key>)>,
}

type Sender = (Profile, Option<Account>);

#[derive(Clone, Debug)]
struct Placed {
    save: Save,
    seat: Seat,
}

/// Where a save is found, besides under its session.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Seat {
    /// Nowhere yet.
    Loose,
    Lively {
        open: bool,
    },
    /// In the queue of that number.
    Queued(usize, EntryId),
    /// It waits for its bulk's walk.
    Held,
    Saved,
    Failed,
}

impl Seat {
    fn open(self) -> bool {
        match self {
            Self::Lively { open } => open,
            Self::Queued(..) | Self::Held => true,
            Self::Loose | Self::Saved | Self::Failed => false,
        }
    }
}

/// Saves that wait for their turn and nothing else, of one sender.
pub struct Queue<'a> {
    pub profile: &'a Profile,
    pub account: Option<&'a Account>,
    pub waiting: &'a BTreeMap<EntryId, Key>,
}

/// So many that were shown as saved are let go of at once.
const FORGOTTEN_AT_ONCE: usize = 500;

impl PartialEq for Saves {
    /// What was given out says nothing of what there is.
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for Saves {}

impl Saves {
    /// A session's save.
    pub fn get(&self, key: &Key) -> Option<&Save> {
        self.all.get(key).map(|placed| &placed.save)
    }

    /// Whether a session has one.
    pub fn contains_key(&self, key: &Key) -> bool {
        self.all.contains_key(key)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// All of them, by session.
    pub fn iter(&self) -> impl Iterator<Item = (&Key, &Save)> {
        self.all.iter().map(|(key, placed)| (key, &placed.save))
    }

    /// The sessions that have one.
    pub fn keys(&self) -> impl Iterator<Item = &Key> {
        self.all.keys()
    }

    /// All of them.
    pub fn values(&self) -> impl Iterator<Item = &Save> {
        self.all.values().map(|placed| &placed.save)
    }

    /// A save, to be changed.
    pub fn get_mut(&mut self, key: &Key) -> Option<&mut Save> {
        let placed = self.all.get_mut(key)?;
        self.changed.push(key.clone());
        Some(&mut placed.save)
    }

    /// Begins a save, in place of the session's older one.
    pub fn insert(&mut self, key: Key, save: Save) {
        if let Some(older) = self.all.get(&key).map(|placed| placed.seat) {
            self.leave(&key, older);
        }
        self.changed.push(key.clone());
        self.all.insert(key, Placed { save, seat: Seat::Loose });
    }

    /// Forgets a save.
    pub(in crate::core) fn remove(&mut self, key: &Key) {
        if let Some(placed) = self.all.remove(key) {
            self.leave(key, placed.seat);
            self.changed.push(key.clone());
        }
    }

    /// Forgets some of those that have been shown as saved for long enough.
    pub(in crate::core) fn forget_shown(&mut self, now: Stamp) {
        let over = |key: &&Key| {
            let save = self.get(key);
            save.is_some_and(|save| matches!(save.phase, Phase::Saved { until } if until <= now))
        };
        let over: Vec<Key> = self.saved.iter().take(FORGOTTEN_AT_ONCE).filter(over).cloned().collect();
        for key in over {
            self.remove(&key);
        }
    }

    /// Changes those that are like this.
    pub(in crate::core) fn change_where(
        &mut self,
        which: impl Fn(&Key, &Save) -> bool,
        mut change: impl FnMut(&Key, &mut Save),
    ) {
        for (key, placed) in self.all.iter_mut().filter(|(key, placed)| which(key, &placed.save)) {
            self.changed.push(key.clone());
            change(key, &mut placed.save);
        }
    }

    /// The sessions whose saves may have changed since this was last asked; some of them more than once.
    pub(in crate::core) fn take_changed(&mut self) -> Vec<Key> {
        self.place();
        self.placed = 0;
        std::mem::take(&mut self.changed)
    }

    /// Puts what was given out where it belongs now. What is asked below is true from then on.
    pub fn place(&mut self) {
        for at in self.placed..self.changed.len() {
            let Some(key) = self.changed.get(at).cloned() else { break };
            let Some(placed) = self.all.get(&key) else { continue };
            let (was, seat) = (placed.seat, self.seat_of(&key));
            if was != seat {
                self.leave(&key, was);
                self.enter(&key, seat);
            }
        }
        self.placed = self.changed.len();
    }

    fn seat_of(&mut self, key: &Key) -> Seat {
        let Some(Placed { save, .. }) = self.all.get(key) else { return Seat::Loose };
        let waits = save.next.is_some() || save.wish.asks || matches!(save.base, Base::Asked { .. });
        match save.phase {
            Phase::Ready { entry, .. } if !waits => {
                let sender = (&key.profile, &save.wish.account);
                let known =
                    self.queues.iter().position(|((profile, account), _)| (profile, account) == sender);
                let queue = known.unwrap_or_else(|| {
                    self.queues.push(((key.profile.clone(), save.wish.account.clone()), BTreeMap::new()));
                    self.queues.len() - 1
                });
                Seat::Queued(queue, entry)
            }
            Phase::Held { .. } if !waits => Seat::Held,
            Phase::Saved { .. } if save.next.is_none() => Seat::Saved,
            Phase::Failed { .. } if save.next.is_none() => Seat::Failed,
            Phase::Writing { .. }
            | Phase::Held { .. }
            | Phase::Ready { .. }
            | Phase::Elsewhere { .. }
            | Phase::Looking { .. }
            | Phase::Sending { .. }
            | Phase::Retrying { .. }
            | Phase::Failed { .. }
            | Phase::Saved { .. } => Seat::Lively { open: save.open() },
        }
    }

    fn leave(&mut self, key: &Key, seat: Seat) {
        self.open -= usize::from(seat.open());
        match seat {
            Seat::Lively { .. } => drop(self.lively.remove(key)),
            Seat::Saved => drop(self.saved.remove(key)),
            Seat::Queued(queue, entry) => {
                if let Some((_, waiting)) = self.queues.get_mut(queue) {
                    waiting.remove(&entry);
                }
            }
            Seat::Loose | Seat::Held | Seat::Failed => {}
        }
    }

    fn enter(&mut self, key: &Key, seat: Seat) {
        self.open += usize::from(seat.open());
        match seat {
            Seat::Lively { .. } => drop(self.lively.insert(key.clone())),
            Seat::Saved => drop(self.saved.insert(key.clone())),
            Seat::Queued(queue, entry) => {
                if let Some((_, waiting)) = self.queues.get_mut(queue) {
                    waiting.insert(entry, key.clone());
                }
            }
            Seat::Loose | Seat::Held | Seat::Failed => {}
        }
        if let Some(placed) = self.all.get_mut(key) {
            placed.seat = seat;
        }
    }

    /// How many have something ahead of them.
    pub fn open(&self) -> usize {
        self.is_placed();
        self.open
    }

    /// Those where something is under way or comes due, or that a person has to be asked about. What is not among them
    /// waits for its turn or has ended.
    pub fn lively(&self) -> impl Iterator<Item = (&Key, &Save)> {
        self.is_placed();
        self.lively.iter().filter_map(|key| Some((key, self.get(key)?)))
    }

    /// Those that wait for their turn and nothing else.
    pub fn queues(&self) -> impl Iterator<Item = Queue<'_>> {
        self.is_placed();
        let queues = self.queues.iter().filter(|(_, waiting)| !waiting.is_empty());
        queues.map(|((profile, account), waiting)| Queue { profile, account: account.as_ref(), waiting })
    }

    fn is_placed(&self) {
        debug_assert_eq!(self.placed, self.changed.len(), "asked of saves that are not in their places");
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::core::fault::{Fault, FaultKind};
    use crate::core::msg::ReqId;
    use crate::core::saves::{Next, Wish};
    use crate::core::session::{SessionId, WorkspaceId};
    use crate::core::store::Deed;
    use crate::core::title::NewName;

    fn key(n: usize) -> Key {
        Key {
            profile: Profile::new(if n.is_multiple_of(2) { "a" } else { "b" }),
            id: SessionId::new(&n.to_string()),
        }
    }

    fn wish(asks: bool, account: Option<&str>) -> Wish {
        Wish {
            to: NewName::restored(Some("new")),
            from: None,
            workspace: WorkspaceId::new("default"),
            account: account.map(Account::new),
            resumed: false,
            asks,
            deed: Deed::Rename,
        }
    }

    fn phase(n: usize, entry: i64) -> Phase {
        let (entry, req, at) = (EntryId(entry), ReqId(1), Stamp::from_micros(7));
        match n {
            0 => Phase::Writing { req, look: false },
            1 => Phase::Held { entry },
            2 | 3 => Phase::Ready { entry, look: n == 2 },
            4 => Phase::Elsewhere { entry, at },
            5 => Phase::Looking { entry, req },
            6 => Phase::Sending { entry, req },
            7 => Phase::Retrying { entry, at, fault: Fault::new(FaultKind::Offline, "x") },
            8 => Phase::Failed { fault: Fault::new(FaultKind::Refused, "x") },
            _ => Phase::Saved { until: at },
        }
    }

    proptest! {
        #![proptest_config(crate::laws::config(256))]

        #[test]
        fn whatever_is_done_to_saves_each_is_found_by_what_it_waits_for(
            acts in prop::collection::vec((0..6usize, 0..14usize, 0..8u8), 1..40),
        ) {
            let mut saves = Saves::default();
            for (entry, (n, act, bits)) in (1..).zip(acts) {
                let account = [None, Some("jo"), Some("mia")][usize::from(bits % 3)];
                match act {
                    0..10 => {
                        let mut save = Save::new(wish(bits > 6, account), phase(act, entry));
                        if bits == 5 {
                            save.next = Some(Next { wish: wish(false, account), entry: Err(ReqId(2)), look: false });
                        }
                        saves.insert(key(n), save);
                    }
                    10 => saves.remove(&key(n)),
                    11 => drop(saves.get_mut(&key(n)).map(|save| save.phase = phase(usize::from(bits), entry))),
                    12 => saves.forget_shown(Stamp::from_micros(8)),
                    _ => saves.change_where(|_, save| save.wish.asks, |_, save| save.wish.asks = false),
                }
                if bits == 3 {
                    saves.take_changed();
                }
                saves.place();
                prop_assert_eq!(saves.open(), saves.values().filter(|save| save.open()).count());
                let turns = |save: &Save| {
                    let free = save.next.is_none() && !save.wish.asks && save.base == Base::Settled;
                    free && matches!(save.phase, Phase::Ready { .. })
                };
                let due = |save: &Save| save.open() && !turns(save) && !matches!(save.phase, Phase::Held { .. });
                let mut waiting: Vec<&Key> = Vec::new();
                for queue in saves.queues() {
                    for (entry, key) in queue.waiting {
                        let save = saves.get(key).unwrap();
                        prop_assert_eq!(save.phase.entry(), Some(*entry));
                        prop_assert_eq!((&key.profile, save.wish.account.as_ref()), (queue.profile, queue.account));
                        waiting.push(key);
                    }
                }
                waiting.sort_unstable();
                let expected: Vec<&Key> = saves.iter().filter(|(_, s)| turns(s)).map(|(key, _)| key).collect();
                prop_assert_eq!(waiting, expected);
                for (key, _) in saves.iter().filter(|(_, save)| due(save)) {
                    prop_assert!(saves.lively().any(|(lively, _)| lively == key), "{:?}", saves.get(key));
                }
                prop_assert!(saves.lively().all(|(_, save)| save.open()));
            }
        }
    }
}

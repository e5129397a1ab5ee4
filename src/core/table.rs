//! Every known session by a number, in blocks that another thread may read while the list goes on.
//!
//! A hundred thousand sessions are looked through at each letter of a filter. So what is asked of all rows at once, the
//! letters of its name among it, stands side by side, and a copy for another thread costs a few pointers: a change copies
//! the block that it falls into, and only while somebody else reads it.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::BuildHasher;
use std::sync::Arc;

use hashbrown::{DefaultHashBuilder, HashTable};

use super::filter::Beginning;
use super::fuzzy::{self, Letters};
use super::session::{Key, Profile, Session, WorkspaceId};

/// The number of a row. It belongs to one session for as long as the table lives.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Slot(u32);

impl Slot {
    pub(super) fn new(at: usize) -> Self {
        Self(u32::try_from(at).unwrap_or(u32::MAX))
    }

    /// As a place in a vector.
    pub(super) fn at(self) -> usize {
        self.0 as usize
    }
}

/// What is asked of every row at once.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Brief {
    pub(super) letters: Letters,
    pub(super) id: Beginning,
    /// The walk that brought it last.
    walk: u32,
    /// Its profile, by its place among those of the table.
    pub(super) profile: u16,
    pub(super) here: bool,
    pub(super) opened: bool,
}

/// Some rows that lie together.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Block {
    briefs: Vec<Brief>,
    sessions: Vec<Session>,
}

/// Rows in a block: few, since a change may copy them, and many, since the first change after a copy counts blocks.
const BLOCK: usize = 32;

/// The rows as another thread may read them. Copying it copies no row.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Rows {
    blocks: Arc<Vec<Arc<Block>>>,
    profiles: Arc<Vec<Profile>>,
    len: usize,
    /// How many are there, and how many of them were opened.
    here: Count,
}

impl Rows {
    pub(super) fn brief(&self, slot: Slot) -> Option<&Brief> {
        let block = self.blocks.get(slot.at() / BLOCK)?;
        block.briefs.get(slot.at() % BLOCK).filter(|brief| brief.here)
    }

    pub(super) fn session(&self, slot: Slot) -> Option<&Session> {
        let block = self.blocks.get(slot.at() / BLOCK)?;
        block.briefs.get(slot.at() % BLOCK).filter(|brief| brief.here)?;
        block.sessions.get(slot.at() % BLOCK)
    }

    /// A session by its number, also one that has gone.
    pub(super) fn kept(&self, slot: Slot) -> Option<&Session> {
        self.blocks.get(slot.at() / BLOCK)?.sessions.get(slot.at() % BLOCK)
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// How many rows are there.
    pub(super) fn there(&self) -> usize {
        self.here.all
    }

    /// How many of them were opened.
    pub(super) fn opened(&self) -> usize {
        self.here.opened
    }

    /// Whether all of them were.
    pub(super) fn all_opened(&self) -> bool {
        self.opened() == self.there()
    }

    /// Every row that is there.
    pub(super) fn slots(&self) -> impl Iterator<Item = Slot> {
        let briefs = self.blocks.iter().flat_map(|block| &block.briefs).enumerate();
        briefs.filter(|(_, brief)| brief.here).map(|(at, _)| Slot::new(at))
    }

    /// The mark by which the rows of a profile are told; `None` when it has none.
    pub(super) fn mark(&self, profile: &Profile) -> Option<u16> {
        self.profiles.iter().position(|known| known == profile).and_then(|at| u16::try_from(at).ok())
    }

    pub(super) fn is_of(brief: &Brief, mark: Option<u16>) -> bool {
        mark == Some(brief.profile)
    }
}

/// How many sessions there are of a kind.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct Count {
    all: usize,
    opened: usize,
}

impl Count {
    /// Counts one in, or out.
    fn count(&mut self, opened: bool, comes: bool) {
        let opened = usize::from(opened);
        if comes {
            (self.all, self.opened) = (self.all + 1, self.opened + opened);
        } else {
            (self.all, self.opened) = (self.all - 1, self.opened - opened);
        }
    }
}

/// Where the session of a key stands, by the numbers alone: the keys are in the rows already.
#[derive(Clone, Debug, Default)]
struct Index {
    slots: HashTable<Slot>,
    hashes: DefaultHashBuilder,
}

impl Index {
    /// By the ID alone: that two profiles have the same session is rare.
    fn hash(&self, key: &Key) -> u64 {
        self.hashes.hash_one(&key.id)
    }

    fn find(&self, hash: u64, key: &Key, rows: &Rows) -> Option<Slot> {
        let is_it = |slot: &Slot| rows.kept(*slot).is_some_and(|session| session.key == *key);
        self.slots.find(hash, is_it).copied()
    }

    /// Makes room for so many more.
    fn reserve(&mut self, more: usize, rows: &Rows) {
        self.slots.reserve(more, hash(&self.hashes, rows));
    }

    /// Adds a row that is there and not yet in here.
    fn insert(&mut self, key_hash: u64, slot: Slot, rows: &Rows) {
        self.slots.insert_unique(key_hash, slot, hash(&self.hashes, rows));
    }
}

fn hash(hashes: &DefaultHashBuilder, rows: &Rows) -> impl Fn(&Slot) -> u64 {
    move |slot| rows.kept(*slot).map_or(0, |session| hashes.hash_one(&session.key.id))
}

/// Every known session.
#[derive(Clone, Debug, Default)]
pub struct Table {
    rows: Rows,
    index: Index,
    /// How many sessions each workspace has.
    places: BTreeMap<(Profile, WorkspaceId), Count>,
    /// The few that somebody else has renamed.
    drifted: BTreeSet<Slot>,
}

impl PartialEq for Table {
    /// The rest follows from the rows.
    fn eq(&self, other: &Self) -> bool {
        self.rows == other.rows
    }
}

impl Eq for Table {}

impl Table {
    /// A table of these sessions.
    pub(super) fn of(sessions: Vec<Session>) -> Self {
        let mut table = Self::default();
        table.index.reserve(sessions.len(), &table.rows);
        for session in sessions {
            table.put(session);
        }
        table
    }

    /// The rows, for another thread.
    pub(super) fn rows(&self) -> &Rows {
        &self.rows
    }

    /// How many sessions there are.
    pub(super) fn len(&self) -> usize {
        self.rows.there()
    }

    /// The number of a session that is there.
    pub(super) fn slot(&self, key: &Key) -> Option<Slot> {
        self.number(key).filter(|slot| self.rows.brief(*slot).is_some())
    }

    /// The number of a session, also of one that has gone.
    pub(super) fn number(&self, key: &Key) -> Option<Slot> {
        self.index.find(self.index.hash(key), key, &self.rows)
    }

    pub(super) fn get(&self, key: &Key) -> Option<&Session> {
        self.rows.session(self.number(key)?)
    }

    /// Those that were there and have gone.
    pub(super) fn gone(&self) -> impl Iterator<Item = &Key> {
        let all = (0..self.rows.len()).map(Slot::new);
        let gone = all.filter(|slot| self.rows.brief(*slot).is_none());
        gone.filter_map(|slot| self.rows.kept(slot)).map(|session| &session.key)
    }

    /// Those that have drifted.
    pub(super) fn drifted(&self) -> impl Iterator<Item = Slot> {
        self.drifted.iter().copied()
    }

    /// Every session that is there.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Session> {
        self.rows.slots().filter_map(|slot| self.rows.session(slot))
    }

    /// The workspaces that sessions are in, or opened ones alone.
    pub(super) fn places(&self, opened: bool) -> impl Iterator<Item = &(Profile, WorkspaceId)> {
        let counted = move |count: &Count| if opened { count.opened } else { count.all };
        self.places.iter().filter(move |(_, count)| counted(count) > 0).map(|(place, _)| place)
    }

    /// Adds or replaces a session; whether it is new.
    pub(super) fn put(&mut self, session: Session) -> (Slot, bool) {
        let hash = self.index.hash(&session.key);
        match self.index.find(hash, &session.key, &self.rows) {
            Some(slot) => {
                let new = self.rows.brief(slot).is_none();
                self.write(slot, session);
                (slot, new)
            }
            None => {
                let slot = Slot::new(self.rows.len());
                let brief = self.brief_of(&session, 0, None);
                if self.rows.len.is_multiple_of(BLOCK) {
                    let (briefs, sessions) = (Vec::with_capacity(BLOCK), Vec::with_capacity(BLOCK));
                    Arc::make_mut(&mut self.rows.blocks).push(Arc::new(Block { briefs, sessions }));
                }
                if let Some(block) = self.block_mut(slot) {
                    block.briefs.push(brief);
                    block.sessions.push(session);
                    self.rows.len += 1;
                }
                self.index.insert(hash, slot, &self.rows);
                self.count(slot, true);
                self.note_drift(slot);
                (slot, true)
            }
        }
    }

    /// Changes a session; as it is then. What is derived from it is made anew.
    pub(super) fn change(&mut self, slot: Slot, change: impl FnOnce(&mut Session)) -> Option<&Session> {
        let known = self.rows.session(slot)?;
        let mut session = known.clone();
        change(&mut session);
        if session != *known {
            self.write(slot, session);
        }
        self.rows.session(slot)
    }

    /// Forgets a session. What it was stays readable to whoever began to read before.
    pub(super) fn remove(&mut self, slot: Slot) {
        if self.rows.brief(slot).is_some() {
            self.count(slot, false);
            self.brief_mut(slot, |brief| brief.here = false);
            self.note_drift(slot);
        }
    }

    /// A walk has brought this session.
    pub(super) fn brought(&mut self, slot: Slot, walk: u32) {
        self.brief_mut(slot, |brief| brief.walk = walk);
    }

    /// Whether a walk has brought this session.
    pub(super) fn was_brought(&self, slot: Slot, walk: u32) -> bool {
        self.rows.brief(slot).is_some_and(|brief| brief.walk == walk)
    }

    /// `known` tells the letters of its name, where these are known.
    fn brief_of(&mut self, session: &Session, walk: u32, known: Option<Letters>) -> Brief {
        let profile = self.rows.mark(&session.key.profile).unwrap_or_else(|| {
            let profiles = Arc::make_mut(&mut self.rows.profiles);
            profiles.push(session.key.profile.clone());
            u16::try_from(profiles.len() - 1).unwrap_or(u16::MAX)
        });
        Brief {
            id: Beginning::of(session.key.id.as_str()),
            letters: known.unwrap_or_else(|| Letters::of(&fuzzy::fold(session.name_or_untitled()))),
            walk,
            profile,
            here: true,
            opened: session.opened.is_some(),
        }
    }

    /// Puts a session in the place of what is known of it. Most often only the moment differs at which it was seen.
    fn write(&mut self, slot: Slot, session: Session) {
        let Some(known) = self.rows.kept(slot) else { return };
        let was = self.rows.brief(slot);
        let stays = was.is_some()
            && known.workspace == session.workspace
            && known.opened.is_some() == session.opened.is_some();
        let letters = was.filter(|_| known.name == session.name).map(|brief| brief.letters);
        let walk = was.map_or(0, |brief| brief.walk);
        if !stays {
            self.count(slot, false);
        }
        let brief = self.brief_of(&session, walk, letters);
        self.brief_mut(slot, |place| *place = brief);
        if let Some(place) = self.block_mut(slot).and_then(|block| block.sessions.get_mut(slot.at() % BLOCK))
        {
            *place = session;
        }
        if !stays {
            self.count(slot, true);
        }
        self.note_drift(slot);
    }

    fn note_drift(&mut self, slot: Slot) {
        if self.rows.session(slot).is_some_and(Session::drifted) {
            self.drifted.insert(slot);
        } else {
            self.drifted.remove(&slot);
        }
    }

    /// The block of a row, to be changed; one that somebody else reads is copied.
    fn block_mut(&mut self, slot: Slot) -> Option<&mut Block> {
        Arc::make_mut(&mut self.rows.blocks).get_mut(slot.at() / BLOCK).map(Arc::make_mut)
    }

    fn brief_mut(&mut self, slot: Slot, change: impl FnOnce(&mut Brief)) {
        if let Some(brief) = self.block_mut(slot).and_then(|block| block.briefs.get_mut(slot.at() % BLOCK)) {
            change(brief);
        }
    }

    /// Counts a row that is there in, or out.
    fn count(&mut self, slot: Slot, comes: bool) {
        let Some(session) = self.rows.session(slot) else { return };
        let place = (session.key.profile.clone(), session.workspace.clone());
        let opened = session.opened.is_some();
        self.rows.here.count(opened, comes);
        self.places.entry(place).or_default().count(opened, comes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::session::{Host, Presence, SessionId};
    use crate::core::time::Stamp;

    fn session(n: usize) -> Session {
        Session {
            key: Key { profile: Profile::new("default"), id: SessionId::new(&format!("id-{n}")) },
            workspace: WorkspaceId::new(if n.is_multiple_of(2) { "even" } else { "odd" }),
            name: Some(format!("Name {n}").into()),
            created: None,
            modified: None,
            presence: Presence::Here,
            seen: None,
            opened: Some(Stamp::from_micros(1)),
            ours: None,
            pinned: false,
            account: None,
            host: Host::new("graph.microsoft.com"),
        }
    }

    #[test]
    fn a_copy_for_another_thread_stays_as_it_was_while_the_table_changes() {
        let mut table = Table::of((0..200).map(session).collect());
        let copy = table.rows().clone();
        let key = session(70).key;
        let slot = table.slot(&key).unwrap();
        table.change(slot, |session| session.name = Some("Other".into()));
        table.remove(table.slot(&session(3).key).unwrap());
        assert_eq!(copy.session(slot).unwrap().name.as_deref(), Some("Name 70"));
        assert_eq!(copy.slots().count(), 200);
        assert_eq!(table.get(&key).unwrap().name.as_deref(), Some("Other"));
        assert_eq!((table.len(), table.iter().count()), (199, 199));
    }

    #[test]
    fn what_is_derived_follows_every_change() {
        let mut table = Table::of((0..4).map(session).collect());
        let key = session(1).key;
        let slot = table.slot(&key).unwrap();
        table.change(slot, |session| {
            session.name = Some("ÉTÉ".into());
            session.opened = None;
            session.workspace = WorkspaceId::new("elsewhere");
        });
        assert!(table.rows().brief(slot).unwrap().letters.hold(Letters::of("ete")));
        assert!(!table.rows().brief(slot).unwrap().opened);
        let names = |table: &Table, opened| {
            table.places(opened).map(|(_, w)| w.as_str()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(
            (names(&table, true), names(&table, false)),
            ("even odd".into(), "elsewhere even odd".into())
        );
        table.remove(table.slot(&session(3).key).unwrap());
        assert_eq!(
            (names(&table, true), names(&table, false)),
            ("even".into(), "elsewhere even".into()),
            "none is left there"
        );
    }

    #[test]
    fn the_rows_that_have_drifted_are_known_after_every_change() {
        let ours = |n: usize| Session { ours: Some("ours".into()), ..session(n) };
        let mut table = Table::of(vec![session(0), ours(1), ours(2)]);
        let drifted = |table: &Table| table.drifted().map(Slot::at).collect::<Vec<_>>();
        assert_eq!(drifted(&table), [1, 2]);
        table.change(Slot::new(1), |session| session.name = Some("ours".into()));
        assert_eq!(drifted(&table), [2]);
        table.put(ours(0));
        table.remove(Slot::new(2));
        assert_eq!(drifted(&table), [0]);
        table.put(ours(2));
        assert_eq!(drifted(&table), [0, 2]);
    }

    #[test]
    fn two_profiles_that_have_the_same_session_have_two_rows() {
        let of = |profile: &str| {
            let known = session(1);
            let key = Key { profile: Profile::new(profile), ..known.key };
            Session { name: Some(profile.into()), key, ..known }
        };
        let mut table = Table::of(vec![of("a"), of("b")]);
        let name = |table: &Table, profile| table.get(&of(profile).key).and_then(|found| found.name.clone());
        assert_eq!((name(&table, "a"), name(&table, "b")), (Some("a".into()), Some("b".into())));
        let (a, b) = (table.slot(&of("a").key).unwrap(), table.slot(&of("b").key).unwrap());
        table.remove(a);
        assert_eq!((name(&table, "a"), name(&table, "b"), table.len()), (None, Some("b".into()), 1));
        assert_eq!(table.put(of("a")), (a, true));
        assert_eq!((table.slot(&of("b").key), table.len()), (Some(b), 2));
    }

    #[test]
    fn a_session_that_comes_back_has_the_number_that_it_had() {
        let mut table = Table::of((0..3).map(session).collect());
        let slot = table.slot(&session(1).key).unwrap();
        table.remove(slot);
        assert_eq!((table.slot(&session(1).key), table.len()), (None, 2));
        assert_eq!(table.put(session(1)), (slot, true));
        assert_eq!((table.slot(&session(1).key), table.len()), (Some(slot), 3));
        assert_eq!(table.put(session(1)), (slot, false));
    }
}

//! Names that the rows of a bulk could double: those of the list, and those that the bulk itself makes.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::core::likeness::form;
use crate::core::session::{Key, Profile};
use crate::core::table::{Rows, Slot};
use crate::core::work::Worked;

/// The names of all rows but some, to be looked up by what they are but for case, and by the form in which look-alikes are
/// equal. Flat, so that letting go of a hundred thousand of them takes no time.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Others {
    rows: Rows,
    same: Vec<(u64, Slot)>,
    alike: Vec<(u64, Slot)>,
}

impl Others {
    /// The names of all rows but these; `None` when nobody waits for them any more.
    pub(in crate::core) fn than(keys: &[Key], rows: Rows, stopped: &dyn Fn() -> bool) -> Option<Self> {
        let keys: BTreeSet<&Key> = keys.iter().collect();
        let (mut same, mut alike) = (Vec::new(), Vec::new());
        for (n, slot) in rows.slots().enumerate() {
            if n % 1_024 == 0 && stopped() {
                return None;
            }
            let Some(session) = rows.session(slot).filter(|session| !keys.contains(&session.key)) else {
                continue;
            };
            if let Some(name) = &session.name {
                same.push((mark(&name.to_lowercase()), slot));
                alike.push((mark(&form(name)), slot));
            }
        }
        same.sort_unstable();
        alike.sort_unstable();
        Some(Self { rows, same, alike })
    }

    /// Whose name is the same, or looks the same.
    pub(super) fn find(&self, profile: &Profile, name: &str) -> Option<(&Key, bool)> {
        let (lower, formed) = (name.to_lowercase(), form(name));
        let same = self.among(&self.same, profile, &lower, str::to_lowercase).map(|key| (key, true));
        same.or_else(|| self.among(&self.alike, profile, &formed, form).map(|key| (key, false)))
    }

    fn among(
        &self,
        names: &[(u64, Slot)],
        profile: &Profile,
        wanted: &str,
        shape: impl Fn(&str) -> String,
    ) -> Option<&Key> {
        let mark = mark(wanted);
        let from = names.partition_point(|(other, _)| *other < mark);
        let alike = names.get(from..)?.iter().take_while(|(other, _)| *other == mark);
        let sessions = alike.filter_map(|(_, slot)| self.rows.session(*slot));
        let mut own = sessions.filter(|session| session.key.profile == *profile);
        let fits = |name: &String| shape(name) == wanted;
        own.find(|session| session.name.as_ref().is_some_and(fits)).map(|session| &session.key)
    }
}

fn mark(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// What [`Others`] are looked for, for the bulk that is being prepared.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Gather {
    pub(in crate::core) rows: Rows,
    pub(in crate::core) keys: Vec<Key>,
}

impl Gather {
    /// Gathers them; `None` when nobody waits for them any more.
    pub(in crate::core) fn run(self, stopped: &dyn Fn() -> bool) -> Option<Worked> {
        let others = Others::than(&self.keys, self.rows, stopped)?;
        Some(Worked::Others { keys: self.keys, others: Box::new(others) })
    }
}

/// Names that the bulk itself makes.
#[derive(Default)]
pub(super) struct Seen {
    same: BTreeMap<(Profile, String), Key>,
    alike: BTreeMap<(Profile, String), Key>,
}

impl Seen {
    pub(super) fn add(&mut self, profile: &Profile, name: &str, key: &Key) {
        let lower = (profile.clone(), name.to_lowercase());
        self.same.entry(lower).or_insert_with(|| key.clone());
        self.alike.entry((profile.clone(), form(name))).or_insert_with(|| key.clone());
    }

    /// Whose name is the same, or looks the same.
    pub(super) fn find(&self, profile: &Profile, name: &str) -> Option<(&Key, bool)> {
        let same = self.same.get(&(profile.clone(), name.to_lowercase())).map(|key| (key, true));
        same.or_else(|| self.alike.get(&(profile.clone(), form(name))).map(|key| (key, false)))
    }
}

//! Names that the rows of a bulk could double: those of the list, and those that the bulk itself makes.

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::core::likeness::form;
use crate::core::table::{Rows, Slot};

/// By what two names are the same but for case, and by what they look the same.
const SHAPES: [fn(&str) -> String; 2] = [str::to_lowercase, form];

/// The marks of a name of a profile, one of each shape. Equal names have equal marks; others hardly ever.
pub(super) fn marks(profile: u16, name: &str) -> [u64; 2] {
    SHAPES.map(|shape| {
        let mut hasher = DefaultHasher::new();
        (profile, shape(name)).hash(&mut hasher);
        hasher.finish()
    })
}

/// A double: whose name it is, and whether it is the same, letter by letter but for case.
pub(super) type Double = (Slot, bool);

/// The names of all rows but some, to be looked up by their marks. Flat, so that letting go of a hundred thousand of them
/// takes no time.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Others {
    rows: Rows,
    names: [Vec<(u64, Slot)>; 2],
}

impl Others {
    /// The names of all rows but these; `None` when nobody waits for them any more.
    pub(super) fn than(these: &[Slot], rows: &Rows, stopped: &dyn Fn() -> bool) -> Option<Self> {
        let mut ours = vec![false; rows.len()];
        for slot in these {
            if let Some(place) = ours.get_mut(slot.at()) {
                *place = true;
            }
        }
        let mut names = [Vec::new(), Vec::new()];
        let slots = rows.slots().filter(|slot| ours.get(slot.at()) == Some(&false));
        for (n, slot) in slots.enumerate() {
            if n % 1_024 == 0 && stopped() {
                return None;
            }
            let Some((profile, name)) = named(rows, slot) else { continue };
            for (names, mark) in names.iter_mut().zip(marks(profile, name)) {
                names.push((mark, slot));
            }
        }
        for names in &mut names {
            names.sort_unstable();
        }
        Some(Self { rows: rows.clone(), names })
    }

    /// Whose name is the same, or looks the same.
    pub(super) fn find(&self, profile: u16, name: &str, marks: [u64; 2]) -> Option<Double> {
        let mut found = self.names.iter().zip(marks).zip(SHAPES).map(|((names, mark), shape)| {
            let from = names.partition_point(|(other, _)| *other < mark);
            let alike = names.get(from..)?.iter().take_while(|(other, _)| *other == mark);
            let fits = |slot: &Slot| {
                let other = named(&self.rows, *slot);
                other.is_some_and(|(of, other)| of == profile && shape(other) == shape(name))
            };
            alike.map(|(_, slot)| *slot).find(fits)
        });
        let same = found.next().flatten().map(|slot| (slot, true));
        same.or_else(|| found.next().flatten().map(|slot| (slot, false)))
    }
}

fn named(rows: &Rows, slot: Slot) -> Option<(u16, &str)> {
    Some((rows.brief(slot)?.profile, rows.session(slot)?.name.as_deref()?))
}

/// For each of these names, one of each shape's marks a name, the first before it that is, or else looks, the same, by
/// its number. `name` gives a name and its profile by its number.
pub(super) fn doubles<'a>(
    made: &[(usize, [u64; 2])],
    name: impl Fn(usize) -> (u16, &'a str),
) -> Vec<(usize, usize, bool)> {
    let mut found: Vec<(usize, usize, bool)> = Vec::new();
    // What looks the same first, so that what is the same takes its place.
    for (which, shape) in SHAPES.into_iter().enumerate().rev() {
        let mark = |marks: &[u64; 2]| marks.get(which).copied().unwrap_or_default();
        let mut sorted: Vec<(u64, Slot)> = made.iter().map(|(n, m)| (mark(m), Slot::new(*n))).collect();
        sorted.sort_unstable();
        for run in sorted.chunk_by(|a, b| a.0 == b.0).filter(|run| run.len() > 1) {
            // One of them but for a wonder, so that a hundred thousand times the same name is gone through once.
            let mut first: Vec<(usize, u16, String)> = Vec::new();
            for (_, slot) in run {
                let (profile, text) = name(slot.at());
                let text = shape(text);
                match first.iter().find(|(_, of, other)| *of == profile && *other == text) {
                    Some((before, ..)) => found.push((slot.at(), *before, which == 0)),
                    None => first.push((slot.at(), profile, text)),
                }
            }
        }
    }
    found
}

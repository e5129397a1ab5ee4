//! What takes longer than a frame may: worked out from copies, away from the loop. Pure like everything in here, so where
//! it is done makes no difference.

use super::arrange::{Arrange, Arranged, Find};
use super::bulk::{Basis, Made};
use super::likeness::{Alike, Search};
use super::session::Key;

/// Something to be worked out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Work {
    /// Which rows are shown, and in which order.
    Arrange(Box<Arrange>),
    /// What becomes of each row of a bulk.
    Plan(Box<Basis>),
    /// What the words of the palette find.
    Find(Box<Find>),
    /// Whether another session has, or seems to have, the name that is being typed.
    Alike(Box<Search>),
}

/// What came out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Worked {
    Arranged(Box<Arranged>),
    Planned(Box<Made>),
    /// The sessions that these words find.
    Found {
        words: String,
        keys: Vec<Key>,
    },
    /// What is like this name of this session.
    Alike {
        key: Key,
        name: String,
        found: Option<Alike>,
    },
}

impl Work {
    /// Does it. `stopped` is asked now and then; `None` when it said so.
    pub fn run(self, stopped: &dyn Fn() -> bool) -> Option<Worked> {
        match self {
            Self::Arrange(arrange) => {
                arrange.run(stopped).map(|arranged| Worked::Arranged(Box::new(arranged)))
            }
            Self::Plan(basis) => basis.run(stopped).map(|made| Worked::Planned(Box::new(made))),
            Self::Find(find) => find.run(stopped),
            Self::Alike(search) => search.run(stopped),
        }
    }
}

//! A library with renames that wait, as a run that was cut off has left it.
#![allow(dead_code, reason = "not every test binary uses all of it")]

use std::collections::BTreeMap;

use retitle::core::session::{Account, Host, Key, Presence, Profile, Session, SessionId, WorkspaceId};
use retitle::core::store::{Deed, EntryState, Intent, Outcome, StoreCall, StoreReply};
use retitle::core::time::Stamp;
use retitle::core::title::NewName;
use retitle::ports::Library;
use retitle::store::library::SqliteLibrary;

use super::world::{World, block};

/// The account of the simulator's first person.
pub const JO: &str = "6babcaad-604b-40ac-a9d7-9fd97c0b779f.0b5c9f1e-3a64-4a0e-9e5b-6d1f0c2a7b11";

/// One rename from one name to another.
pub struct Wanted {
    pub id: String,
    pub from: Option<String>,
    pub to: String,
}

#[allow(clippy::disallowed_methods, reason = "entries of today are sent without a question")]
fn now() -> Stamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    Stamp::from_micros(since.as_micros().try_into().unwrap())
}

pub fn open(world: &World) -> SqliteLibrary {
    std::fs::create_dir_all(world.state()).unwrap();
    SqliteLibrary::open(&world.state().join("library.db"), now()).unwrap().library
}

fn parts(world: &World, wanted: &Wanted) -> (Intent, Session) {
    let host = Host::new(world.base.trim_start_matches("http://"));
    let key = Key { profile: Profile::new("default"), id: SessionId::new(&wanted.id) };
    let session = Session {
        key: key.clone(),
        workspace: WorkspaceId::new("default"),
        name: wanted.from.as_deref().map(Into::into),
        created: None,
        modified: None,
        presence: Presence::Here,
        seen: None,
        opened: Some(now()),
        ours: None,
        pinned: false,
        account: Some(Account::new(JO)),
        host: host.clone(),
    };
    let intent = Intent {
        deed: Deed::Rename,
        batch: None,
        key,
        workspace: WorkspaceId::new("default"),
        from: wanted.from.as_deref().map(Into::into),
        to: NewName::restored(Some(wanted.to.as_str())),
        account: Some(Account::new(JO)),
        host,
        at: now(),
    };
    (intent, session)
}

/// Puts renames into the journal that nobody has sent yet.
pub fn queue(world: &World, all: &[Wanted]) {
    let library = open(world);
    for wanted in all {
        let (intent, session) = parts(world, wanted);
        block(library.call(StoreCall::Commit { intent, session, in_flight: None })).unwrap();
    }
}

/// The last name that the journal says was saved, by session, and how many entries still wait.
pub fn settled(world: &World) -> (BTreeMap<String, Option<String>>, usize) {
    let library = open(world);
    let call = StoreCall::History {
        profiles: vec![Profile::new("default")],
        host: Host::new(world.base.trim_start_matches("http://")),
        most: u32::MAX,
    };
    let StoreReply::Entries(entries) = block(library.call(call)).unwrap() else { panic!() };
    let waiting = entries.iter().filter(|e| matches!(e.state, EntryState::Waiting)).count();
    let mut names = BTreeMap::new();
    for entry in entries.into_iter().rev() {
        if let EntryState::Ended(Outcome::Saved { stored, .. }, _) = entry.state {
            names.insert(entry.intent.key.id.as_str().to_owned(), stored.as_deref().map(ToOwned::to_owned));
        }
    }
    (names, waiting)
}

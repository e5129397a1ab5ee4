//! Every screen that a person can come to, as states to draw: each is looked at in three sizes and three looks by
//! `screens`, so that a new one has to be added in one place only.

mod bulk;
mod menus;
mod reading;
mod rows;
mod sign_in;
mod typing;

use std::collections::BTreeMap;

use retitle::core::listing::Walk;
use retitle::core::model::Model;
use retitle::core::msg::Size;
use retitle::core::place::PlaceConfig;
use retitle::core::session::{Key, Profile, Session, SessionId, WorkspaceId};
use retitle::core::settings::Settings;

pub use rows::{STATES, every_sign, in_state};

use crate::sim::{Disk, How, Sim, at, key, place, session, settings};

/// Wide, the terminal's old standard, and a small pane.
pub const SIZES: [Size; 3] =
    [Size { width: 120, height: 30 }, Size { width: 80, height: 24 }, Size { width: 40, height: 10 }];

/// One screen, by the name of its file.
pub struct Scene {
    pub name: String,
    pub sizes: Vec<Size>,
    model: Model,
    /// Whether its names are in other scripts, so that not all of it can be ASCII.
    pub foreign: bool,
}

impl Scene {
    fn new(name: &str, sim: &Sim) -> Self {
        Self { name: name.to_owned(), sizes: SIZES.to_vec(), model: sim.model.clone(), foreign: false }
    }

    fn foreign(self) -> Self {
        Self { foreign: true, ..self }
    }

    /// Looked at in these sizes only: it is about one of them, or hardly differs.
    fn only(self, sizes: &[(u16, u16)]) -> Self {
        let sizes = sizes.iter().map(|(width, height)| Size { width: *width, height: *height }).collect();
        Self { sizes, ..self }
    }

    /// The state on a screen of this size, as if it had been resized to it.
    pub fn at(&self, size: Size) -> Model {
        let mut model = self.model.clone();
        model.step(model.now, retitle::core::msg::Msg::Resized(size));
        // A step also sends what waits; here it goes on waiting.
        model.saves.clone_from(&self.model.saves);
        model.saves.place();
        model
    }
}

type Topic = (&'static str, fn() -> Vec<Scene>);

/// The scenes by topic.
pub const TOPICS: [Topic; 6] = [
    ("rows", rows::scenes),
    ("typing", typing::scenes),
    ("menus", menus::scenes),
    ("bulk", bulk::scenes),
    ("reading", reading::scenes),
    ("sign-in", sign_in::scenes),
];

/// Every scene.
pub fn all() -> Vec<Scene> {
    TOPICS.iter().flat_map(|(_, scenes)| scenes()).collect()
}

/// Four rows, signed in, at rest.
fn calm() -> Sim {
    let mut sim = Sim::new().signed_in();
    sim.model.notice = None;
    sim
}

/// ID, name, and how many seconds ago it was changed.
type Known = (&'static str, Option<&'static str>, i64);

const OFFICE: [Known; 9] = [
    ("c91cd0cf-7b4c-490b-8fd5-45e1c4cd451e", Some("INC-20931 phishing wave, finance"), 300),
    ("54f88e87-e6a0-4c1f-9b1e-2f6f0b9d8a11", Some("INC-20877 impossible travel, CFO"), 4_000),
    ("eb722d76-b138-4e8a-8d5e-6b1c9a7f3e20", Some("Session 2026-11-23T14:02:11"), 9_000),
    ("83fd7922-9af2-4b37-9546-56dec5ac0218", None, 70_000),
    (
        "48f79547-2a9e-47d2-a1c4-0e9b7d3f5a68",
        Some("Summarize this incident and list all affected devices, users and mailboxes"),
        90_000,
    ),
    ("c2c690c8-a269-4a90-b3e7-9c2d1f8e6b54", Some("HUNT lateral movement wk47"), 250_000),
    ("8b92628a-7fad-4d6b-8f21-7a5e3c9b0d16", Some("IR-114 suspicious OAuth app"), 500_000),
    ("a0b17395-9c22-43c8-9d0a-1b8f6e4c2a97", Some("Weekly exposure review"), 2_000_000),
    ("b9ff16a5-dfdb-4f05-8e3c-5d7a9b1c0f42", Some("who am i"), 40_000_000),
];

/// A list as people have it, signed in, at rest. What a walk brings has one date only, so there was none.
fn office() -> Sim {
    told(OFFICE.iter().map(|(id, name, age)| session(id, *name, *age)).collect(), settings())
}

fn told(sessions: Vec<Session>, settings: Settings) -> Sim {
    let server = sessions
        .iter()
        .map(|s| (s.key.id.as_str().to_owned(), (s.name.clone(), 0)))
        .collect::<BTreeMap<_, _>>();
    let disk =
        Disk { sessions: sessions.into_iter().map(|s| (s.key.clone(), s)).collect(), ..Disk::default() };
    let profiles = settings.places.len();
    let mut sim = Sim::on(settings, SIZES[1], disk, server, at(0));
    sim.hold_looks = true;
    for _ in 0..profiles {
        let asked = sim.outstanding.iter().position(|e| matches!(e, retitle::core::effect::Effect::Auth(..)));
        sim.answer(asked.unwrap(), How::Well);
    }
    sim.outstanding.clear();
    sim.disk_answers();
    sim.model.list.walk = Walk::Idle { as_of: Some(at(0)) };
    sim.model.notice = None;
    sim
}

/// Three customers in one list; the second may only be looked at, the third asks twice.
fn customers() -> Sim {
    let config = |name: &str, label: Option<&str>| PlaceConfig {
        profile: Profile::new(name),
        label: label.map(ToOwned::to_owned),
        tenant: format!("{name}.com"),
        ..place()
    };
    let settings = Settings {
        places: vec![
            config("contoso", Some("PROD")),
            PlaceConfig { read_only: true, ..config("fabrikam", Some("READ ME")) },
            PlaceConfig {
                protected: true,
                workspace: WorkspaceId::new("17aafe23-ab95-4b37-9546-56dec5ac0218"),
                ..config("woodgrove", None)
            },
        ],
        ..settings()
    };
    let sessions = OFFICE.iter().zip(["contoso", "fabrikam", "woodgrove"].iter().cycle());
    let sessions = sessions.map(|((id, name, age), profile)| Session {
        key: Key { profile: Profile::new(profile), id: SessionId::new(id) },
        workspace: WorkspaceId::new(if *profile == "woodgrove" {
            "17aafe23-ab95-4b37-9546-56dec5ac0218"
        } else {
            "default"
        }),
        ..session(id, *name, *age)
    });
    told(sessions.collect(), settings)
}

/// The first row of [`office`].
fn first() -> Key {
    key(OFFICE[0].0)
}

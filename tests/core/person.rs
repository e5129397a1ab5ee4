//! What a person reads on the screen, and worlds with more in them than one profile.

use std::time::Duration;

use retitle::core::effect::{Effect, GraphCall};
use retitle::core::key::Key as KeyPress;
use retitle::core::menu::Item;
use retitle::core::model::{Mode, Overlay};
use retitle::core::msg::{Mouse, Msg, Size};
use retitle::core::place::PlaceConfig;
use retitle::core::session::{Key, Profile, Session, SessionId, WorkspaceId};
use retitle::core::settings::Settings;

use crate::golden::render;
use crate::sim::{Disk, IDS, Sim, at, key, place, session, settings};

pub const WIDE: Size = Size { width: 80, height: 24 };

pub fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

pub fn millis(n: u64) -> Duration {
    Duration::from_millis(n)
}

/// A profile of a customer.
pub fn customer(profile: &str) -> PlaceConfig {
    PlaceConfig {
        profile: Profile::new(profile),
        label: None,
        tenant: format!("{profile}.com"),
        workspace: WorkspaceId::new("default"),
        ..place()
    }
}

/// A key in a profile.
pub fn key_in(profile: &str, id: &str) -> Key {
    Key { profile: Profile::new(profile), id: SessionId::new(id) }
}

impl Sim {
    /// Settings changed a little, everybody signed in, everything read.
    pub fn set(change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = settings();
        change(&mut settings);
        Self::with(settings, WIDE).signed_in()
    }

    /// Two customers: `acme` with the first two sessions, `fabrikam` with the others.
    pub fn customers(change: impl FnOnce(&mut [PlaceConfig])) -> Self {
        let mut places = vec![customer("acme"), customer("fabrikam")];
        change(&mut places);
        let mut disk = Disk::default();
        let mut server = std::collections::BTreeMap::new();
        let mut homes = std::collections::BTreeMap::new();
        for (n, (id, name)) in IDS.into_iter().zip(["alpha", "beta", "gamma", "delta"]).enumerate() {
            let profile = if n < 2 { "acme" } else { "fabrikam" };
            let row = Session {
                key: key_in(profile, id),
                ..session(id, Some(name), 60 * (i64::try_from(n).unwrap() + 1))
            };
            disk.sessions.insert(row.key.clone(), row);
            server.insert(id.to_owned(), (Some(name.into()), 0));
            homes.insert(id.to_owned(), Profile::new(profile));
        }
        let mut sim = Self::on(Settings { places, ..settings() }, WIDE, disk, server, at(0));
        sim.homes = homes;
        sim.settle();
        sim
    }

    /// What the status line or the corner says.
    pub fn says(&self) -> &str {
        self.model.notice.as_ref().map_or("", |n| n.text.as_str())
    }

    /// The screen as text, without its styles.
    pub fn screen(&self) -> String {
        let all = render(&self.model);
        all.split("--- styles").next().unwrap_or_default().to_owned()
    }

    /// The shown rows by the first letter of their IDs.
    pub fn rows(&self) -> String {
        self.model.list.shown().map(|key| key.id.as_str().chars().next().unwrap()).collect()
    }

    /// The selected row by the first letter of its ID.
    pub fn at(&self) -> &str {
        self.model.list.chosen().map_or("", |key| &key.id.as_str()[..1])
    }

    /// The name being typed.
    pub fn typed(&self) -> &str {
        match &self.model.mode {
            Mode::Rename(renaming) => renaming.line.text(),
            Mode::Create(creating) => creating.line.text(),
            Mode::Filter(line) => line.text(),
            Mode::Add(adding) => adding.line.text(),
            Mode::Browse => panic!("nothing is being typed"),
        }
    }

    /// Why the name being typed was not taken.
    pub fn problem(&self) -> &str {
        match &self.model.mode {
            Mode::Rename(renaming) => renaming.problem.as_deref().unwrap_or(""),
            Mode::Create(creating) => creating.problem.as_deref().unwrap_or(""),
            Mode::Browse | Mode::Filter(_) | Mode::Add(_) => panic!("no name is being typed"),
        }
    }

    /// The hints below the row, one a line.
    pub fn below(&self) -> String {
        self.model.below().into_iter().map(|line| line.text + "\n").collect()
    }

    /// The lines of the open menu.
    pub fn items(&self) -> Vec<Item> {
        match self.model.overlays.last() {
            Some(Overlay::Menu(menu)) => self.model.menu_items(menu),
            other => panic!("no menu is open: {other:?}"),
        }
    }

    /// The text that is open to be read.
    pub fn reads(&self) -> String {
        match self.model.overlays.last() {
            Some(Overlay::Reading(reading)) => reading.lines.iter().map(|l| l.text.clone() + "\n").collect(),
            other => panic!("nothing is open to be read: {other:?}"),
        }
    }

    /// The preview of the selected row.
    pub fn previewed(&self) -> String {
        let session = self.model.chosen().expect("a selected row");
        self.model.preview_lines(session).into_iter().map(|line| line.text + "\n").collect()
    }

    /// What was put on the clipboard last.
    pub fn copied(&self) -> &str {
        let copy = |effect: &Effect| matches!(effect, Effect::Copy(_));
        match self.asked.iter().rev().find(|e| copy(e)) {
            Some(Effect::Copy(text)) => text,
            _ => "",
        }
    }

    /// How many requests to Graph of a kind were made so far.
    pub fn sent(&self, kind: impl Fn(&GraphCall) -> bool) -> usize {
        self.asked.iter().filter(|e| matches!(e, Effect::Graph(_, _, call) if kind(call))).count()
    }

    /// How many PATCH requests were made so far.
    pub fn patches(&self) -> usize {
        self.sent(|call| matches!(call, GraphCall::Rename { .. }))
    }

    /// Keys that come `apart` from one another, as from a person, or from a paste that the terminal does not tell.
    pub fn comes(&mut self, names: &str, apart: Duration) -> &mut Self {
        for name in names.split(' ') {
            let key = KeyPress::parse(name).unwrap_or_else(|| panic!("{name} is no key"));
            self.send(Msg::Key(key));
            self.pass(apart);
        }
        self
    }

    pub fn click(&mut self, x: u16, y: u16) {
        self.send(Msg::Mouse { what: Mouse::Pressed, x, y });
    }

    pub fn wheel(&mut self, what: Mouse) {
        self.send(Msg::Mouse { what, x: 10, y: 10 });
    }

    /// Fails if these words stand anywhere in what was asked for or is remembered.
    pub fn never_kept(&self, words: &str) {
        for (what, text) in [
            ("an effect", format!("{:?}", self.asked)),
            ("the model", format!("{:?}", self.model)),
            ("the disk", format!("{:?} {:?} {:?}", self.disk.sessions, self.disk.drafts, self.disk.journal)),
        ] {
            assert!(!text.contains(words), "{words} stands in {what}");
        }
    }

    /// The row of an ID in a profile.
    pub fn row_in(&self, profile: &str, id: &str) -> retitle::core::row::RowState<'_> {
        self.model.row_state(self.model.list.get(&key_in(profile, id)).expect("a known row"))
    }

    /// Makes the first session's last rename fail for good.
    pub fn refuse_first(&mut self) {
        self.press("g r").types(" refused").press("enter");
        self.disk_answers();
        self.answer(0, crate::sim::How::Forbidden);
        self.disk_answers();
    }

    /// A session changed on the disk, before the program is started anew.
    pub fn restarted(mut self, change: impl FnOnce(&mut Disk)) -> Self {
        change(&mut self.disk);
        self.crash();
        self.settle();
        self
    }
}

/// The key of one of the four sessions.
pub fn row(n: usize) -> Key {
    key(IDS[n])
}

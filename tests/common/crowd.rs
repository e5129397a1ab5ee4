//! A list as long as one likes, for whatever must not grow with it.
#![allow(dead_code, reason = "not every test binary asks for all of it")]

use retitle::core::effect::{Effect, GraphCall};
use retitle::core::key::Key as KeyPress;
use retitle::core::listing::Walk;
use retitle::core::model::Model;
use retitle::core::msg::{AuthReply, GraphReply, Msg, Size};
use retitle::core::session::{Entity, Session};
use retitle::core::store::Snapshot;

use crate::start::{at, session, settings, who};

/// The screen that everything is measured on.
pub const SCREEN: Size = Size { width: 200, height: 50 };

/// Sessions from new to old over some years: most with a name, some of it in other scripts, every ninth without one.
pub fn sessions(count: usize) -> Vec<Session> {
    const NAMES: [&str; 8] = [
        "INC-{n} phishing wave",
        "Entra sign-ins from two countries {n}",
        "Résumé fraud, Müller GmbH {n}",
        "impossible travel {n}",
        "漢字のセッション {n}",
        "KQL hunting: lateral movement, week {n}",
        "triage {n}",
        "Untitled prompt from the portal, which was never given a better name by anybody at all {n}",
    ];
    (0..count)
        .map(|n| {
            let name = NAMES.get(n % 9).map(|name| name.replace("{n}", &n.to_string()));
            let id = format!("{n:08x}-0000-4000-8000-{n:012x}");
            session(&id, name.as_deref(), i64::try_from(n).unwrap_or(0) * 600)
        })
        .collect()
}

/// The same as a page of a list walk brings them.
pub fn entities(sessions: &[Session]) -> Vec<Entity> {
    let entity = |s: &Session| Entity {
        id: s.key.id.clone(),
        name: s.name.clone(),
        created: s.created,
        modified: s.modified,
    };
    sessions.iter().map(entity).collect()
}

/// A model that holds so many sessions, signed in, its walk done and nothing outstanding.
pub fn signed_in(count: usize) -> Model {
    let sessions = sessions(count);
    let page = entities(&sessions);
    let snapshot = Snapshot { sessions, dismissed: vec!["first steps".into()], ..Snapshot::default() };
    let (mut model, mut effects) = Model::start(at(0), SCREEN, settings(), snapshot);
    while let Some(effect) = effects.pop() {
        let answer = match effect {
            Effect::Auth(_, attempt, _) => Msg::Auth(attempt, Ok(AuthReply::Restored(who("jo")))),
            Effect::Graph(req, _, GraphCall::List { .. }) => {
                Msg::Graph(req, Ok(GraphReply::Page { sessions: page.clone(), next: None }))
            }
            _ => continue,
        };
        effects.extend(model.step(at(1), answer));
        effects.extend(taken_in(&mut model));
    }
    model
}

/// Takes in all of a long page.
pub fn taken_in(model: &mut Model) -> Vec<Effect> {
    let mut effects = Vec::new();
    while matches!(&model.list.walk, Walk::Going(going) if !going.arrived.is_empty()) {
        effects.extend(goes_on(model));
    }
    effects
}

/// It goes on of itself, at the moment at which it wants to.
pub fn goes_on(model: &mut Model) -> Vec<Effect> {
    let due = model.wake().expect("it has more to do");
    model.step(due, Msg::Woke)
}

/// Presses a key by its name in the key tables.
pub fn press(model: &mut Model, name: &str) -> Vec<Effect> {
    let key = KeyPress::parse(name).expect("a key of the tables");
    model.step(at(2), Msg::Key(key))
}

//! Menus: palette, help, profiles, workspaces, order, templates.

use super::{Scene, customers, office};
use crate::sim::{How, Sim};

fn pressed(mut sim: Sim, keys: &str, typed: &str) -> Sim {
    sim.press(keys).types(typed);
    sim
}

pub(super) fn scenes() -> Vec<Scene> {
    let asked = pressed(office(), "w", "");
    let mut failed = pressed(office(), "w", "");
    failed.answer(0, How::Forbidden);
    let mut here = pressed(office(), "w", "");
    here.answer(0, How::Well);
    let mut scrolled = office();
    scrolled.press("?");
    for _ in 0..30 {
        scrolled.press("down");
    }
    let mut templates = office();
    templates.model.settings.templates =
        ["INC-", "{created:%Y-%m-%d} ", "{tenant} {workspace} ", "{n:02} {old}"].map(Into::into).into();
    vec![
        Scene::new("palette", &pressed(office(), ":", "")),
        Scene::new("palette-searched", &pressed(office(), ":", "in")),
        Scene::new("palette-of-several-profiles", &pressed(customers(), ":", "wood")).only(&[(80, 24)]),
        Scene::new("palette-without-a-match", &pressed(office(), ":", "xyzzy")).only(&[(80, 24)]),
        Scene::new("help", &pressed(office(), "?", "")),
        Scene::new("help-scrolled", &scrolled).only(&[(80, 24), (40, 10)]),
        Scene::new("help-searched", &pressed(office(), "?", "undo")),
        Scene::new("profiles", &pressed(customers(), "t", "")),
        Scene::new("workspaces-asked", &asked).only(&[(80, 24)]),
        Scene::new("workspaces-failed", &failed).only(&[(80, 24), (40, 10)]),
        Scene::new("workspaces", &here),
        Scene::new("sort", &pressed(office(), "s", "")),
        Scene::new("templates", &pressed(templates, "r alt-t", "")),
    ]
}

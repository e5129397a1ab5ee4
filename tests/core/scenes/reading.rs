//! What is read over or beside the list: messages, details, the preview, the history, the decision on a conflict.

use std::time::Duration;

use super::{OFFICE, Scene, calm, in_state, office};
use crate::sim::{Disk, How, IDS, Sim};

pub(super) fn scenes() -> Vec<Scene> {
    let mut messages = office();
    messages.press("c j Y y 5 f");
    messages.pass(Duration::from_secs(70));
    messages.press("u");
    messages.disk_answers();
    messages.press("M");
    let mut none = office();
    none.press("M");
    let mut details = in_state("not-saved");
    details.press("i");
    let mut plain = office();
    plain.press("i");
    let mut scenes = vec![
        Scene::new("messages", &messages),
        Scene::new("messages-none", &none).only(&[(80, 24)]),
        Scene::new("details-of-a-failure", &details),
        Scene::new("details", &plain).only(&[(80, 24)]),
    ];
    scenes.extend(conflicts());
    scenes.extend(previews());
    scenes.extend(history());
    scenes
}

fn conflicts() -> [Scene; 2] {
    let mut open = in_state("changed");
    open.press("enter");
    let mut long = calm();
    long.renamed_elsewhere(IDS[0], &"theirs, from the portal, and a long one ".repeat(3));
    long.press("r").types(&" and mine is no shorter at all".repeat(3)).press("enter");
    long.model.notice = None;
    [Scene::new("conflict", &open), Scene::new("conflict-of-long-names", &long)]
}

/// The preview, opened on the first row after `how` the prompts were answered.
fn preview(how: Option<How>) -> Sim {
    let mut sim = office();
    sim.press("r").types(" and HR").press("enter");
    sim.disk_answers();
    sim.answer(0, How::Well);
    sim.disk_answers();
    while !sim.outstanding.is_empty() {
        sim.answer(0, How::Well);
        sim.disk_answers();
    }
    sim.model.notice = None;
    sim.press("p");
    sim.pass(Duration::from_millis(300));
    sim.disk_answers();
    if let Some(how) = how {
        let asked = sim.outstanding.iter().position(|e| {
            let call = retitle::core::effect::GraphCall::Prompts {
                key: super::first(),
                workspace: retitle::core::session::WorkspaceId::new("default"),
            };
            matches!(e, retitle::core::effect::Effect::Graph(_, _, asked) if *asked == call)
        });
        sim.answer(asked.unwrap(), how);
    }
    sim.model.notice = None;
    sim
}

fn previews() -> Vec<Scene> {
    let mut none = preview(Some(How::Well));
    if let Some(preview) = &mut none.model.preview {
        preview.prompts = retitle::core::preview::Prompts::Here(Vec::new());
    }
    let mut typing = preview(Some(How::Well));
    typing.press("r").types("!");
    let mut scrolled = preview(Some(How::Well));
    scrolled.press("J J J J");
    vec![
        Scene::new("preview", &preview(Some(How::Well))),
        Scene::new("preview-over-the-list", &preview(Some(How::Well))).only(&[(60, 8)]),
        Scene::new("preview-asked", &preview(None)).only(&[(120, 30), (40, 10)]),
        Scene::new("preview-failed", &preview(Some(How::Forbidden))).only(&[(120, 30)]),
        Scene::new("preview-none", &none).only(&[(120, 30), (80, 24)]),
        Scene::new("preview-scrolled", &scrolled).only(&[(40, 10)]),
        Scene::new("preview-while-typing", &typing),
    ]
}

fn history() -> Vec<Scene> {
    let mut reading = office();
    reading.press("H");
    let mut empty = office();
    empty.press("H");
    empty.disk = Disk::default();
    empty.disk_answers();
    let mut filtered = renamed();
    filtered.press("/").types("inc");
    let mut no_match = renamed();
    no_match.press("/").types("zzz");
    // They differ behind what fits on a line.
    let mut long = office();
    long.press("j j j j r").types(" of the second week of this month").press("enter");
    long.settle();
    long.model.notice = None;
    long.press("H");
    long.disk_answers();
    let mut down = renamed();
    down.press("j j");
    vec![
        Scene::new("history-reading", &reading).only(&[(80, 24)]),
        Scene::new("history-empty", &empty).only(&[(80, 24), (40, 10)]),
        Scene::new("history", &renamed()),
        Scene::new("history-further-down", &down).only(&[(80, 24)]),
        Scene::new("history-of-long-names", &long).only(&[(80, 24), (40, 10)]),
        Scene::new("history-filtered", &filtered),
        Scene::new("history-without-a-match", &no_match).only(&[(80, 24)]),
    ]
}

/// The history of four renames: one saved, one undone with the undo of it, one refused.
fn renamed() -> Sim {
    let mut sim = calm();
    sim.press("r").types("bet").press("enter j j r").types(OFFICE[0].1.unwrap()).press("enter");
    sim.settle();
    sim.press("u");
    sim.settle();
    sim.press("j r").types(" and a name that is refused").press("enter");
    sim.disk_answers();
    sim.answer(0, How::Forbidden);
    sim.settle();
    sim.model.notice = None;
    sim.press("H");
    sim.disk_answers();
    sim
}

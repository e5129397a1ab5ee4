//! Many renames as one: marks, the fields, the table, the progress.

use std::time::Duration;

use retitle::core::effect::{Effect, GraphCall};

use super::{Scene, customers, office};
use crate::sim::{How, Sim};

/// Five marked rows, and a bulk begun on them.
fn begun() -> Sim {
    let mut sim = office();
    sim.press("space space space space space b");
    sim
}

fn templated() -> Sim {
    let mut sim = begun();
    sim.press("ctrl-u").types("INC-{n:05=20931} {old}");
    sim
}

fn table() -> Sim {
    let mut sim = templated();
    sim.press("enter j space j j");
    sim
}

/// Something put behind a name that is wider than its column.
fn long_names() -> Sim {
    let mut sim = office();
    sim.press("j j j j space b").types(" (closed)");
    sim
}

/// Applied, and in the journal.
fn reading() -> Sim {
    let mut sim = table();
    sim.press("y");
    sim.disk_answers();
    sim
}

/// The same, and read what it is about.
fn running() -> Sim {
    let mut sim = reading();
    sim.answer(0, How::Well);
    let rename = |e: &Effect| matches!(e, Effect::Graph(_, _, GraphCall::Rename { .. }));
    for how in [How::Well, How::Forbidden] {
        let at = sim.outstanding.iter().position(rename).unwrap();
        sim.answer(at, how);
        sim.disk_answers();
    }
    sim.model.notice = None;
    sim
}

/// So many rows that the table is made elsewhere, and that takes its time.
fn being_made() -> Sim {
    let mut sim = begun();
    sim.model.list.at_once = 20;
    sim.types(" (closed)");
    sim.pass(Duration::from_millis(200));
    sim
}

pub(super) fn scenes() -> Vec<Scene> {
    let mut marked = office();
    marked.press("space j space k");
    let mut range = office();
    range.press("v j j");
    let mut hidden = marked_then_filtered();
    hidden.press("enter");
    let mut replace = begun();
    replace.press("tab").types("INC").press("enter").types("IR");
    let mut field = begun();
    field.press("ctrl-u").types("{name}");
    let long = long_names();
    let mut nothing = long_names();
    nothing.press("enter y");
    nothing.settle();
    nothing.press("!");
    let made = being_made();
    let mut too_early = being_made();
    too_early.press("enter y");
    let mut applied = table();
    applied.model.list.at_once = 20;
    applied.press("y");
    applied.pass(Duration::from_millis(200));
    let mut tidy = begun();
    tidy.press("tab tab tab");
    let mut regex = begun();
    regex.press("tab tab").types("([");
    let mut label = customers();
    label.press("j j space b ctrl-u").types("{old} again").press("enter y").types("wood");
    let mut by_editor = office();
    by_editor.press("space space space E");
    let Some(Effect::Edit { text, .. }) = by_editor.asked.last().cloned() else {
        panic!("an editor is open")
    };
    let text = text.replace("phishing wave, finance", "phishing wave, finance and HR");
    by_editor.send(retitle::core::msg::Msg::Edited(Ok(text)));
    let mut done = running();
    done.settle();
    done.model.notice = None;
    done.press("j");
    vec![
        Scene::new("marked", &marked),
        Scene::new("marked-by-range", &range).only(&[(80, 24)]),
        Scene::new("marked-and-not-shown", &hidden).only(&[(80, 24), (40, 10)]),
        Scene::new("bulk-template", &templated()),
        Scene::new("bulk-replace", &replace).only(&[(80, 24), (40, 10)]),
        Scene::new("bulk-tidy", &tidy).only(&[(80, 24), (40, 10)]),
        Scene::new("bulk-wrong-pattern", &regex).only(&[(80, 24), (40, 10)]),
        Scene::new("bulk-wrong-field", &field).only(&[(80, 24), (40, 10)]),
        Scene::new("bulk-of-long-names", &long),
        Scene::new("bulk-nothing-to-retry", &nothing).only(&[(80, 24), (40, 10)]),
        Scene::new("bulk-table", &table()),
        Scene::new("bulk-being-made", &made).only(&[(80, 24), (40, 10)]),
        Scene::new("bulk-applied-too-early", &too_early).only(&[(80, 24), (40, 10)]),
        Scene::new("bulk-to-be-applied", &applied).only(&[(80, 24), (40, 10)]),
        Scene::new("bulk-protected", &label).only(&[(80, 24), (40, 10)]),
        Scene::new("bulk-by-editor", &by_editor),
        Scene::new("bulk-looking", &reading()).only(&[(80, 24)]),
        Scene::new("bulk-running", &running()),
        Scene::new("bulk-done", &done),
    ]
}

fn marked_then_filtered() -> Sim {
    let mut sim = office();
    sim.press("space space /").types("hunt");
    sim
}

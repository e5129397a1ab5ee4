//! Where text goes in: the name in its row, the filter, an ID, a new session.

use std::time::Duration;

use retitle::core::likeness::Rule;

use super::{Scene, calm, customers, office};
use crate::sim::{How, IDS, Sim};

pub(super) fn scenes() -> Vec<Scene> {
    let mut scenes = renaming();
    scenes.extend(hints());
    scenes.extend(filters());
    scenes.extend(adding());
    scenes.extend(creating());
    scenes
}

fn renaming() -> Vec<Scene> {
    let mut begun = office();
    begun.press("j r");
    let mut typed = office();
    typed.press("j r").types(" and mailbox");
    let mut wide = calm();
    wide.press("r").types(" wave 漢字 👨‍👩‍👧‍👦");
    let mut long = office();
    long.press("r").types(&" and on and on".repeat(8));
    let mut start = office();
    start.press("r").types(&" and on and on".repeat(8)).press("home");
    let mut middle = office();
    middle.press("r").types(&" and on and on".repeat(8));
    for _ in 0..60 {
        middle.press("left");
    }
    let mut refused = office();
    refused.press("j r ctrl-u enter");
    let mut protected = customers();
    protected.press("j j r").types("!").press("enter");
    let mut draft = office();
    draft.press("j r").types(" and mailbox").press("esc r");
    draft.model.notice = None;
    let mut last = office();
    last.press("G r").types("?");
    let mut elsewhere = calm();
    elsewhere.renamed_elsewhere(IDS[0], "theirs, from the portal");
    elsewhere.press("r").types("!");
    vec![
        Scene::new("rename-begun", &begun),
        Scene::new("rename", &typed),
        Scene::new("rename-in-wide-letters", &wide).foreign(),
        Scene::new("rename-long-at-its-end", &long),
        Scene::new("rename-long-at-its-start", &start).only(&[(80, 24), (40, 10)]),
        Scene::new("rename-long-in-its-middle", &middle).only(&[(80, 24), (40, 10)]),
        Scene::new("rename-refused", &refused),
        Scene::new("rename-protected", &protected),
        Scene::new("rename-draft-restored", &draft),
        Scene::new("rename-last-row", &last).only(&[(40, 10)]),
        Scene::new("rename-changed-elsewhere-meanwhile", &elsewhere),
    ]
}

/// The editor with `names` known to it, one name typed, and time enough to look for others like it.
fn hinted(prepare: impl Fn(&mut Sim), name: &str) -> Sim {
    let mut sim = office();
    prepare(&mut sim);
    sim.press("j r ctrl-u").types(name);
    sim.pass(Duration::from_millis(200));
    sim.disk_answers();
    sim
}

fn hints() -> Vec<Scene> {
    let rules = |sim: &mut Sim| {
        let patterns = [r"^(INC|IR)-\d+ ", r"^HUNT "];
        sim.model.rules = patterns.iter().map(|rule| Rule::parse(rule).unwrap()).collect();
    };
    let given = |sim: &mut Sim| {
        let profile = retitle::core::session::Profile::new("default");
        sim.model.recall.given(&profile, "INC-20931 phishing wave, finance and HR");
    };
    vec![
        Scene::new("rename-completed-by-a-ghost", &hinted(given, "INC-2")),
        Scene::new("rename-against-the-rules", &hinted(rules, "phishing, again")),
        Scene::new("rename-same-as-another", &hinted(|_| {}, "who AM i")),
        Scene::new("rename-looks-like-another", &hinted(|_| {}, "HUNT lateral rnovement wk47")),
        Scene::new("rename-with-every-hint", &hinted(rules, &format!("{}?", "who am i and why ".repeat(7)))),
    ]
}

fn filters() -> Vec<Scene> {
    let filter = |text: &str| {
        let mut sim = office();
        sim.press("/").types(text);
        sim
    };
    let mut kept = filter("20");
    kept.press("enter");
    let mut several = customers();
    several.press("/").types("in:fabrikam");
    vec![
        Scene::new("filter", &filter("in")),
        Scene::new("filter-kept", &kept),
        Scene::new("filter-scattered-letters", &filter("iw")).only(&[(80, 24)]),
        Scene::new("filter-by-state", &filter("is:untitled")).only(&[(80, 24)]),
        Scene::new("filter-by-no-state", &filter("is:lost")),
        Scene::new("filter-by-profile", &several).only(&[(80, 24)]),
        Scene::new("filter-without-a-match", &filter("phsih")),
    ]
}

fn adding() -> Vec<Scene> {
    let mut open = office();
    open.press("a");
    let mut wrong = office();
    wrong.press("a").types("https://example.com/sessions/1").press("enter");
    let mut looking = office();
    looking.press("a").types("11111111-2222-4333-8444-555555555555").press("enter");
    vec![
        Scene::new("add", &open),
        Scene::new("add-wrong", &wrong),
        Scene::new("add-looking", &looking).only(&[(80, 24), (40, 10)]),
    ]
}

fn creating() -> Vec<Scene> {
    let mut open = office();
    open.press("A").types("INC-21007 token theft");
    let mut going = office();
    going.press("A").types("INC-21007 token theft").press("enter");
    let mut failed = office();
    failed.press("A").types("INC-21007 token theft").press("enter");
    failed.disk_answers();
    failed.answer(0, How::Forbidden);
    let mut unclear = office();
    unclear.press("A").types("INC-21007 token theft").press("enter");
    unclear.disk_answers();
    unclear.answer(0, How::LostAfter);
    vec![
        Scene::new("create", &open),
        Scene::new("create-going", &going).only(&[(80, 24), (40, 10)]),
        Scene::new("create-failed", &failed).only(&[(80, 24), (40, 10)]),
        Scene::new("create-unclear", &unclear).only(&[(80, 24), (40, 10)]),
    ]
}

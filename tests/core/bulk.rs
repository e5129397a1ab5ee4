//! Many names at once, as a person does it: mark, look at the table, apply, watch, take back.

use std::collections::BTreeMap;

use retitle::core::batch::Tally;
use retitle::core::effect::{Effect, GraphCall};
use retitle::core::fault::FaultKind;
use retitle::core::model::Overlay;
use retitle::core::msg::{Msg, Size};
use retitle::core::place::PlaceConfig;
use retitle::core::settings::Settings;
use retitle::core::store::StoreCall;
use retitle::core::work::Work;

use crate::sim::{Disk, How, IDS, Sim, at, fault, key, place, session, settings};

const SIZE: Size = Size { width: 100, height: 30 };

/// Sessions `id-000`, `id-001` … named `name 0`, `name 1` …, newest first.
pub fn world(count: usize, settings: Settings) -> Sim {
    let mut disk = Disk::default();
    let mut server = BTreeMap::new();
    for n in 0..count {
        let (id, name) = (format!("id-{n:03}"), format!("name {n}"));
        let age = 60 * (i64::try_from(n).unwrap() + 1);
        disk.sessions.insert(key(&id), session(&id, Some(&name), age));
        server.insert(id, (Some(name.into()), 0));
    }
    Sim::on(settings, SIZE, disk, server, at(0)).signed_in()
}

impl Sim {
    pub fn tally(&self) -> Tally {
        self.model.batch.as_ref().expect("a bulk").tally()
    }

    /// All that is shown, by this template, up to the table.
    pub fn plans(&mut self, template: &str) -> &mut Self {
        self.press("ctrl-a b ctrl-u").types(template).press("enter")
    }

    /// Applies what stands in the table; the journal is written and the walk read.
    pub fn applies(&mut self) -> &mut Self {
        self.press("y").planned();
        self.goes_on().disk_answers();
        self.goes_on();
        while self.outstanding.iter().any(|e| matches!(e, Effect::Graph(_, _, GraphCall::List { .. }))) {
            self.answer(0, How::Well);
            self.goes_on();
        }
        self.disk_answers();
        self
    }

    /// A table that is made elsewhere is here.
    pub fn planned(&mut self) -> &mut Self {
        let plan = |effect: &Effect| matches!(effect, Effect::Work(Work::Plan(_)));
        while let Some(at) = self.outstanding.iter().position(plan) {
            self.answer(at, How::Well);
        }
        self
    }

    pub fn renamed_since(&self, from: usize) -> usize {
        let renames = |effect: &&Effect| matches!(effect, Effect::Graph(_, _, GraphCall::Rename { .. }));
        self.asked[from..].iter().filter(renames).count()
    }

    /// The name on the server.
    pub fn there(&self, id: &str) -> &str {
        self.server[id].0.as_deref().unwrap_or("")
    }
}

#[test]
fn marks_belong_to_sessions_and_outlive_filters_and_refreshes() {
    let mut sim = Sim::new().signed_in();
    sim.press("space j j space");
    assert_eq!(sim.model.list.marked_len(), 2, "Space marks and goes on");
    assert!(sim.screen().contains("2 marked"), "{}", sim.screen());
    sim.press("/").types("delta").press("enter");
    assert!(sim.screen().contains("2 marked, 1 of them not shown"), "{}", sim.screen());
    sim.press("esc R");
    sim.settle();
    assert!(sim.model.list.is_marked(&key(IDS[0])));
    sim.press("g space");
    assert!(!sim.model.list.is_marked(&key(IDS[0])), "once more takes the mark");
    sim.press("ctrl-4");
    assert_eq!(sim.model.list.marked_len(), 0);
}

#[test]
fn a_range_grows_and_shrinks_with_the_selection_and_all_is_one_key() {
    let mut sim = world(6, settings());
    sim.press("space j v j j");
    assert_eq!(sim.model.list.marked_len(), 4, "the first, and a range of three");
    sim.press("k");
    assert_eq!(sim.model.list.marked_len(), 3);
    sim.press("v G");
    assert_eq!(sim.model.list.marked_len(), 3, "the range has ended");
    sim.press("ctrl-a");
    assert_eq!(sim.model.list.marked_len(), 6);
    sim.press("ctrl-a");
    assert_eq!(sim.model.list.marked_len(), 0);
}

#[test]
fn nothing_is_sent_before_the_table_is_applied_and_then_a_few_at_a_time_from_one_walk() {
    let mut sim = world(10, settings());
    let before = sim.asked.len();
    sim.plans("INC-{n:05=20931} {old}");
    assert!(sim.screen().contains("INC-20940 name 9"), "{}", sim.screen());
    assert!(sim.screen().contains("10 to rename"), "{}", sim.screen());
    let graph = |effect: &&Effect| matches!(effect, Effect::Graph(..));
    assert_eq!(sim.asked[before..].iter().filter(graph).count(), 0);
    sim.press("y");
    let together =
        |effect: &&Effect| matches!(effect, Effect::Store(_, StoreCall::CommitAll(all)) if all.len() == 10);
    assert_eq!(sim.asked.iter().filter(together).count(), 1, "the journal has all of it at once");
    assert!(sim.outstanding.is_empty(), "nothing leaves before the disk has answered");
    sim.disk_answers();
    assert!(matches!(sim.outstanding[..], [Effect::Graph(_, _, GraphCall::List { .. })]), "one walk first");
    sim.answer(0, How::Well);
    assert_eq!(sim.renames().len(), 4);
    assert_eq!(sim.model.list.marked_len(), 0);
    sim.settle();
    assert_eq!(sim.tally(), Tally { saved: 10, ..Tally::default() });
    assert_eq!(sim.renamed_since(before), 10, "and no row was looked at on its own");
    for n in 0..10 {
        assert_eq!(sim.there(&format!("id-{n:03}")), format!("INC-{} name {n}", 20931 + n));
    }
}

#[test]
fn rows_can_be_left_alone_and_the_rest_is_counted_without_a_gap() {
    let mut sim = world(4, settings());
    sim.plans("{n} {old}").press("j space").applies();
    sim.settle();
    assert_eq!(
        [sim.there("id-000"), sim.there("id-001"), sim.there("id-002")],
        ["1 name 0", "name 1", "2 name 2"]
    );
}

#[test]
fn the_table_warns_of_what_is_not_meant_and_refuses_what_cannot_be() {
    let rules = vec!["^INC-".to_owned()];
    let mut sim = world(4, Settings { rules, ..settings() });
    sim.press("r").types("typed").press("esc space space space space b ctrl-u").types("same").press("enter");
    let screen = sim.screen();
    assert!(screen.contains("3 to rename  1 cannot  3 warnings"), "{screen}");
    let Some(Overlay::Bulk(bulk)) = sim.model.overlays.last() else { panic!() };
    assert!(
        format!("{:?}", bulk.plan.line(0).unwrap().verdict).contains("has a draft"),
        "{:?}",
        bulk.plan.line(0).unwrap()
    );
    assert!(bulk.plan.line(1).unwrap().hints.contains(&"fits no naming rule".to_owned()));
    assert!(
        bulk.plan.line(2).unwrap().hints.contains(&"same name as id-001".to_owned()),
        "{:?}",
        bulk.plan.line(2).unwrap()
    );
    sim.press("esc ctrl-u");
    assert!(sim.screen().contains("Type how the names should be"), "{}", sim.screen());
    sim.types("{nope}");
    assert!(sim.screen().contains("no such field"), "{}", sim.screen());
    sim.press("enter y");
    assert!(sim.screen().contains("nothing to rename"), "{}", sim.screen());
    assert!(sim.model.batch.is_none());
}

#[test]
fn a_name_that_a_row_outside_the_bulk_has_is_warned_of_and_the_row_s_own_is_not() {
    let mut sim = world(3, settings());
    let hints = |sim: &Sim| {
        let Some(Overlay::Bulk(bulk)) = sim.model.overlays.last() else { panic!() };
        bulk.plan.line(0).unwrap().hints
    };
    sim.press("space b ctrl-u").types("name 2").press("enter");
    assert_eq!(hints(&sim), ["same name as id-002"]);
    sim.press("esc ctrl-u").types("NAME 0").press("enter");
    assert!(hints(&sim).is_empty(), "{:?}", hints(&sim));
}

#[test]
fn find_and_replace_regex_and_tidy_are_a_tab_away() {
    let mut sim = world(3, settings());
    sim.press("ctrl-a b tab").types("name").press("enter").types("case").press("enter").applies();
    sim.settle();
    assert_eq!(sim.there("id-001"), "case 1");
    sim.press("esc ctrl-a b tab tab")
        .types("(\\w+) (\\d)")
        .press("enter")
        .types("$2-$1")
        .press("enter")
        .applies();
    sim.settle();
    assert_eq!(sim.there("id-001"), "1-case");
    sim.press("esc ctrl-a b shift-tab down enter").applies();
    sim.settle();
    assert_eq!(sim.there("id-001"), "1-CASE");
}

#[test]
fn a_filter_stands_in_for_marks_and_without_either_a_bulk_does_not_begin() {
    let mut sim = world(4, settings());
    sim.press("b");
    assert!(
        sim.model.overlays.is_empty()
            && sim.model.notice.as_ref().unwrap().text.starts_with("Mark rows first")
    );
    sim.press("/").types("name 2").press("enter b");
    assert!(sim.screen().contains("Bulk rename: 1 shown"), "{}", sim.screen());
    sim.press("esc / ctrl-u").types("no such name").press("enter b");
    assert!(sim.model.overlays.is_empty(), "a filter that leaves no row: {}", sim.screen());
}

#[test]
fn a_protected_profile_wants_its_label_typed() {
    let places = vec![PlaceConfig { protected: true, ..place() }];
    let mut sim = world(3, Settings { places, ..settings() });
    sim.plans("{old} x").press("y");
    assert!(sim.outstanding.is_empty());
    sim.types("prod").press("enter");
    assert!(sim.screen().contains("Not it."), "{}", sim.screen());
    assert!(sim.model.batch.is_none());
    sim.press("ctrl-u").types("PROD").press("enter");
    sim.settle();
    assert_eq!(sim.tally().saved, 3);
}

#[test]
fn names_come_back_from_the_editor_as_a_plan_and_stopped_ones_stay_as_drafts() {
    let mut sim = world(8, settings());
    sim.press("ctrl-a E");
    let Some(Effect::Edit { text, .. }) = sim.asked.last().cloned() else { panic!() };
    assert!(text.contains("id-003\tname 3\n"), "{text}");
    let edited = text.replace("name ", "typed ").replace("id-007\ttyped 7\n", "");
    sim.send(Msg::Edited(Ok(edited)));
    assert!(sim.screen().contains("7 to rename  1 unchanged"), "{}", sim.screen());
    assert!(sim.disk.journal.is_empty(), "and is sent no sooner than any other");
    sim.press("esc");
    sim.press("E");
    assert!(
        matches!(sim.asked.last(), Some(Effect::Edit { text, .. }) if text.contains("typed 3")),
        "nothing typed is lost"
    );
    let Some(Effect::Edit { text, .. }) = sim.asked.last().cloned() else { panic!() };
    sim.send(Msg::Edited(Ok(text)));
    sim.applies();
    sim.press("x");
    sim.settle();
    assert_eq!(sim.tally(), Tally { saved: 4, stopped: 3, ..Tally::default() });
    assert_eq!(sim.model.drafts[&key("id-006")].text, "typed 6");
    assert_eq!(sim.disk.drafts[&key("id-006")].text, "typed 6");
}

#[test]
fn mistakes_in_the_editor_are_handed_back_with_their_lines_and_not_for_ever() {
    let mut sim = world(3, settings());
    sim.press("space E");
    sim.send(Msg::Edited(Ok("nonsense\tx\n".into())));
    let Some(Effect::Edit { text, .. }) =
        sim.asked.iter().rev().find(|e| matches!(e, Effect::Edit { .. })).cloned()
    else {
        panic!()
    };
    assert!(text.starts_with("#! line 2: \"nonsense\" is none of the IDs"), "{text}");
    sim.send(Msg::Edited(Ok(text)));
    let notice = sim.model.notice.as_ref().unwrap();
    assert!(notice.text.contains("nothing is changed"), "closed as it was opened: {notice:?}");
    let mut opened = 0;
    sim.press("E");
    while let Some(Effect::Edit { text, .. }) =
        sim.asked.iter().rev().find(|e| matches!(e, Effect::Edit { .. })).cloned()
    {
        opened += 1;
        assert!(opened < 30, "an editor that makes the same mistake each time");
        let before = sim.asked.len();
        sim.send(Msg::Edited(Ok(format!("{text}nonsense\tx\n"))));
        if !sim.asked[before..].iter().any(|e| matches!(e, Effect::Edit { .. })) {
            break;
        }
    }
    sim.send(Msg::Edited(Err(fault(FaultKind::Refused))));
    assert!(sim.model.batch.is_none());
}

#[test]
fn names_from_the_editor_that_a_full_disk_refused_are_kept_and_reach_it_later() {
    let mut sim = world(2, settings());
    sim.press("ctrl-a E");
    let Some(Effect::Edit { text, .. }) = sim.asked.last().cloned() else { panic!() };
    sim.send(Msg::Edited(Ok(text.replace("name ", "typed "))));
    sim.disk.full = true;
    sim.applies();
    sim.settle();
    assert_eq!(sim.model.drafts[&key("id-001")].text, "typed 1");
    sim.disk.full = false;
    sim.send(Msg::LibraryChanged);
    sim.disk_answers();
    assert_eq!(sim.disk.drafts[&key("id-001")].text, "typed 1", "and no other copy's news drops them");
}

#[test]
fn a_row_without_a_name_is_told_of_where_the_new_name_has_a_place_for_the_old_one() {
    for (template, hints) in [("{old} x", vec!["had no name for {old}"]), ("x {id8}", vec![])] {
        let mut sim = Sim::new().signed_in();
        sim.plans(template);
        let Some(Overlay::Bulk(bulk)) = sim.model.overlays.last() else { panic!() };
        let nameless = bulk.plan.lines(0).find(|line| *line.key == key(IDS[2])).unwrap();
        assert_eq!(nameless.hints, hints, "{template}");
    }
}

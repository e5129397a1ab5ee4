//! The table of a bulk of many rows, which another thread makes: what stands there meanwhile, and that nothing acts on a
//! table that is older than what is typed.

use std::time::Duration;

use proptest::prelude::*;
use retitle::core::bulk::{Bulk, Line, Then};
use retitle::core::effect::Effect;
use retitle::core::fault::FaultKind;
use retitle::core::model::Overlay;
use retitle::core::msg::{Msg, Size};
use retitle::core::place::PlaceConfig;
use retitle::core::settings::Settings;
use retitle::core::work::Work;

use crate::bulk::world;
use crate::sim::{Disk, Sim, at, fault, key, place, session, settings};

/// More than are planned between two keys.
const MANY: usize = 130;

impl Sim {
    pub fn bulk(&self) -> &Bulk {
        let mut overlays = self.model.overlays.iter();
        let bulk =
            overlays.find_map(|overlay| if let Overlay::Bulk(bulk) = overlay { Some(bulk) } else { None });
        bulk.expect("a bulk is being prepared")
    }

    /// What stands in the first line of the table.
    fn first(&self) -> String {
        self.bulk().plan.line(0).map(|line| line.to.to_owned()).unwrap_or_default()
    }

    /// Tables that are being made.
    fn tables(&self) -> usize {
        self.outstanding.iter().filter(|effect| matches!(effect, Effect::Work(Work::Plan(_)))).count()
    }

    /// Every table that was asked for so far is there after all, also those that nobody waits for any more; but not the
    /// newest.
    fn old_tables_come(&mut self) {
        let plan = |effect: &Effect| {
            if let Effect::Work(work @ Work::Plan(_)) = effect { Some(work.clone()) } else { None }
        };
        let mut all: Vec<Work> = self.asked.iter().filter_map(plan).collect();
        all.pop();
        for work in all {
            let worked = work.run(&|| false).expect("nobody stops it");
            self.send(Msg::Worked(Ok(worked)));
        }
    }
}

/// Rows of a bulk whose first table is here, with this template.
fn many(template: &str) -> Sim {
    let mut sim = world(MANY, settings());
    sim.press("ctrl-a b ctrl-u").types(template).planned();
    sim
}

#[test]
fn the_table_of_many_rows_is_made_elsewhere_and_what_stands_there_stays_until_it_is_here() {
    let mut sim = world(MANY, settings());
    sim.press("ctrl-a b");
    assert_eq!((sim.tables(), sim.bulk().plan.len()), (1, 0));
    assert!(!sim.screen().contains("0 to rename"), "nothing is known yet: {}", sim.screen());
    sim.planned();
    assert_eq!((sim.bulk().plan.len(), sim.first().as_str()), (MANY, "name 0"));
    assert!(sim.screen().contains("130 unchanged"), "{}", sim.screen());
    sim.types("!");
    assert_eq!((sim.tables(), sim.first().as_str()), (1, "name 0"));
    sim.planned();
    assert_eq!((sim.tables(), sim.first().as_str()), (0, "name 0!"));
    let mut few = world(20, settings());
    few.press("ctrl-a b").types("!");
    assert_eq!((few.tables(), few.first().as_str()), (0, "name 0!"), "few rows wait for nobody");
}

#[test]
fn of_letters_that_come_faster_than_tables_only_the_last_one_s_table_is_shown() {
    let mut sim = many("a");
    sim.types("bcd");
    assert_eq!(sim.tables(), 1, "the newer takes the place of the older");
    sim.old_tables_come();
    assert_eq!(sim.first(), "a");
    sim.planned();
    assert_eq!(sim.first(), "abcd");
    sim.old_tables_come();
    assert_eq!(sim.first(), "abcd");
}

#[test]
fn y_behind_a_letter_sends_no_name_that_nobody_has_seen() {
    let mut sim = many("old {n}");
    sim.press("enter esc ctrl-u").types("new {n}").press("enter y");
    assert!(sim.screen().contains("The table comes first, then y."), "{}", sim.screen());
    sim.old_tables_come();
    sim.planned();
    assert!(sim.model.batch.is_none(), "the table came a moment ago");
    assert!(!sim.screen().contains("comes first"), "{}", sim.screen());
    assert_eq!(sim.first(), "new 1");
    sim.press("y");
    assert!(matches!(sim.bulk().behind.as_ref().unwrap().then, Then::Apply { .. }));
    sim.press("y j");
    assert_eq!(sim.tables(), 1, "once is enough");
    sim.planned();
    let batch = sim.model.batch.as_ref().expect("it goes on by itself");
    assert_eq!(batch.items().len(), MANY);
    assert!(batch.items().iter().all(|item| item.to.words().starts_with("new ")), "{:?}", batch.items()[0]);
    assert_eq!(batch.items()[1].from.as_deref(), Some("name 1"));
    sim.settle();
    assert_eq!(sim.there("id-129"), "new 130");
}

#[test]
fn a_y_that_waits_is_taken_back_by_esc_and_by_whatever_changes_the_table() {
    for (keys, in_table) in [("esc", true), ("space", true)] {
        let mut sim = many("new {n}");
        sim.press("enter y").press(keys).planned();
        assert!(sim.model.batch.is_none(), "{keys}");
        assert_eq!(matches!(sim.bulk().part, retitle::core::bulk::Part::Table), in_table, "{keys}");
        sim.press("y").planned();
        assert!(sim.model.batch.is_some(), "{keys}: and y is heard again");
    }
    let mut sim = many("new {n}");
    sim.press("enter y esc esc").planned();
    assert!(
        matches!(sim.bulk().part, retitle::core::bulk::Part::Field { .. }),
        "the second Esc is a step back"
    );
}

#[test]
fn space_leaves_the_selected_row_alone_also_while_its_table_is_being_made() {
    let mut sim = many("x {n}");
    sim.press("enter esc").types("!").press("enter j space");
    sim.planned();
    let told: Vec<String> =
        sim.bulk().plan.lines(0).take(3).map(|line| format!("{:?}", line.verdict)).collect();
    assert_eq!(told, ["Renames", "Skipped", "Renames"]);
    assert_eq!(sim.bulk().plan.line(2).unwrap().to, "x 2!", "and takes no number");
    assert_eq!(sim.bulk().chosen, 2);
}

#[test]
fn a_table_that_is_not_here_yet_can_be_gone_through_and_no_row_of_it_is_left_alone_unseen() {
    let mut sim = world(MANY, settings());
    sim.press("ctrl-a b").types("!").press("enter space G").planned();
    assert_eq!(sim.bulk().chosen, MANY - 1);
    assert!(sim.bulk().skipped.is_empty());
}

#[test]
fn answers_that_came_since_the_table_was_made_are_in_what_is_applied() {
    let mut sim = many("new");
    sim.press("enter");
    let row = sim.disk.sessions.get_mut(&key("id-001")).unwrap();
    (row.name, row.seen) = (Some("new".into()), Some(at(60)));
    sim.send(Msg::LibraryChanged);
    sim.disk_answers();
    assert_eq!(sim.bulk().plan.line(1).unwrap().from, Some("name 1"), "what stands there stays");
    sim.press("y").planned();
    let batch = sim.model.batch.as_ref().unwrap();
    assert!(batch.items().iter().all(|item| item.key != key("id-001")), "it has the name already");
    assert_eq!(batch.items().len(), MANY - 1);
}

#[test]
fn a_label_is_asked_for_and_a_table_that_is_being_made_for_it_is_not_applied_by_another() {
    let places = vec![PlaceConfig { protected: true, ..place() }];
    let mut sim = world(MANY, Settings { places, ..settings() });
    sim.press("ctrl-a b").types("!").planned();
    sim.press("enter y").planned();
    assert!(sim.screen().contains("type PROD to rename 130"), "{}", sim.screen());
    sim.types("PROD");
    assert_eq!(sim.tables(), 0, "a label changes no name");
    sim.press("enter backspace").planned();
    assert!(sim.model.batch.is_none(), "another label is typed by now");
    sim.types("D").press("enter").planned();
    assert!(sim.model.batch.is_some());
}

#[test]
fn names_from_the_editor_are_planned_elsewhere_too() {
    let mut sim = world(MANY, settings());
    sim.press("ctrl-a E");
    let Some(Effect::Edit { text, .. }) = sim.asked.last().cloned() else { panic!() };
    sim.send(Msg::Edited(Ok(text.replace("name ", "typed "))));
    sim.disk_answers();
    assert_eq!((sim.tables(), sim.bulk().plan.len()), (1, 0));
    sim.planned();
    sim.press("y").planned();
    assert_eq!(sim.model.batch.as_ref().map(|batch| (batch.typed, batch.items().len())), Some((true, MANY)));
    sim.settle();
    assert_eq!(sim.there("id-129"), "typed 129");
}

#[test]
fn a_table_comes_also_below_something_else_but_is_not_applied_there() {
    let places = vec![PlaceConfig { protected: true, ..place() }];
    let mut sim = world(MANY, Settings { places, ..settings() });
    sim.press("ctrl-a b").types("!").press("f1").planned();
    assert!(matches!(sim.model.overlays.last(), Some(Overlay::Menu(_))));
    assert_eq!(sim.first(), "name 0!");
    sim.press("esc enter y").planned().types("PROD").press("enter f1").planned();
    assert!(sim.model.batch.is_none() && sim.bulk().behind.is_none());
    assert!(sim.model.notice.as_ref().unwrap().text.contains("was not applied"));
    sim.press("esc enter").planned();
    assert!(sim.model.batch.is_some());
}

#[test]
fn where_a_table_cannot_be_made_that_is_said_and_nothing_is_applied() {
    let mut sim = many("new {n}");
    sim.press("enter y");
    sim.outstanding.clear();
    sim.send(Msg::Worked(Err(fault(FaultKind::Bug))));
    assert!(sim.model.batch.is_none() && sim.bulk().plan.is_empty());
    assert!(sim.screen().contains("Something went wrong on purpose."), "{}", sim.screen());
    sim.press("y").planned();
    assert!(sim.model.batch.is_some());
}

#[test]
fn what_is_pasted_into_the_template_is_planned_also_where_the_terminal_does_not_tell_of_pastes() {
    let mut sim = world(3, Settings { bursts: true, ..settings() });
    sim.press("ctrl-a b ctrl-u").types("wave {n}");
    sim.pass(Duration::from_millis(60));
    assert_eq!(sim.first(), "wave 1");
    // Held down, and let go of at once.
    sim.press("enter");
    sim.pass(Duration::from_millis(60));
    sim.press("space space");
    sim.pass(Duration::from_millis(60));
    let told: Vec<String> = sim.bulk().plan.lines(0).map(|line| format!("{:?}", line.verdict)).collect();
    assert_eq!(told, ["Skipped", "Skipped", "Renames"]);
}

#[test]
fn a_table_that_takes_its_time_is_spoken_of_and_a_quick_one_is_not() {
    let mut sim = many("new {n}");
    sim.types("!");
    sim.pass(Duration::from_millis(199));
    assert!(sim.screen().contains("130 to rename"), "{}", sim.screen());
    // Somebody who types on does not put that off.
    sim.types("!");
    sim.pass(Duration::from_millis(1));
    assert!(sim.screen().contains("Making the table"), "{}", sim.screen());
    assert!(!sim.screen().contains("130 to rename"), "{}", sim.screen());
    sim.planned();
    sim.press("enter y");
    sim.pass(Duration::from_millis(200));
    assert!(sim.screen().contains("To be applied"), "{}", sim.screen());
    sim.press("esc").planned();
    assert!(sim.screen().contains("130 to rename"), "{}", sim.screen());
}

#[test]
fn rows_that_were_marked_before_the_rest_of_the_list_was_read_are_the_same_rows_then() {
    let mut disk = Disk::default();
    for (n, id) in ["b-row", "c-row"].iter().enumerate() {
        let age = 60 * i64::try_from(n + 1).unwrap();
        disk.sessions.insert(key(id), session(id, Some(id), age));
    }
    let server =
        disk.sessions.values().map(|s| (s.key.id.as_str().to_owned(), (s.name.clone(), 0))).collect();
    let size = Size { width: 100, height: 30 };
    let mut sim = Sim::begun(settings(), size, disk, server, at(0), true);
    // Another copy has added one before them meanwhile, so the rows have other numbers in the whole list.
    sim.press("space b").types("!");
    let Some(Msg::Store(_, Ok(retitle::core::store::StoreReply::Loaded(snapshot)))) = sim.told.first_mut()
    else {
        panic!()
    };
    snapshot.sessions.insert(0, session("a-row", Some("a-row"), 600));
    sim.disk_answers();
    while !sim.outstanding.is_empty() {
        sim.answer(0, crate::sim::How::Offline);
        sim.disk_answers();
    }
    for table in ["b-row!", "b-row!?"] {
        let lines: Vec<String> = sim.bulk().plan.lines(0).map(|line| line.to.to_owned()).collect();
        assert_eq!(lines, [table]);
        sim.types("?").planned();
    }
}

fn owned(line: &Line<'_>) -> String {
    format!("{line:?}")
}

/// The table for these names and this way to make new ones, and what is sent of it.
fn table(at_once: usize, names: &[Option<String>], texts: &str, skipped: usize) -> (Vec<String>, String) {
    let mut disk = Disk::default();
    for (n, name) in names.iter().enumerate() {
        let id = format!("id-{n:03}");
        disk.sessions.insert(key(&id), session(&id, name.as_deref(), i64::try_from(n).unwrap() * 60));
    }
    let server =
        disk.sessions.values().map(|s| (s.key.id.as_str().to_owned(), (s.name.clone(), 0))).collect();
    let rules = vec!["^[a-z]".to_owned()];
    let size = Size { width: 100, height: 30 };
    let mut sim = Sim::on(Settings { rules, ..settings() }, size, disk, server, at(0)).signed_in();
    sim.model.list.at_once = at_once;
    // The last one is no part of it, so that there is another name to meet.
    sim.press("ctrl-a G space g").settle();
    sim.press("b ctrl-u").types(texts).press("enter").planned();
    for _ in 0..skipped {
        sim.press("j");
    }
    sim.press("space").planned();
    let lines = sim.bulk().plan.lines(0).map(|line| owned(&line)).collect();
    let words = format!("{} {:?}", sim.bulk().plan.count().words(), sim.bulk().plan.problem);
    sim.press("y").planned();
    let items = sim.model.batch.map(|batch| batch.items().to_vec());
    (lines, format!("{words} {items:?}"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_same_table_comes_out_here_and_elsewhere(
        names in prop::collection::vec(prop::option::of("[aA m1l]{1,3}|p\u{430}|\\PC{1,4}"), 2..8),
        texts in "[ap{}]{0,2}|\\{old\\}|\\{n\\}[am]?|\\{old\\} ?\\{n:02\\}|\u{430}\\{old\\}",
        skipped in 0usize..6,
    ) {
        let here = table(usize::MAX, &names, &texts, skipped);
        prop_assert_eq!(&table(0, &names, &texts, skipped), &here);
        prop_assert_eq!(&table(20, &names, &texts, skipped), &here);
    }
}

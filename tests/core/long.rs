//! A list so long that its beginning is shown before the rest is read, and that is arranged on another thread: what is
//! done meanwhile is done to the rows that the person means, and takes nothing from those that are still to come.

use std::time::Duration;

use retitle::core::effect::{Effect, GraphCall};
use retitle::core::fault::{Fault, FaultKind};
use retitle::core::menu::Act as Line;
use retitle::core::model::Mode;
use retitle::core::msg::{GraphReply, Msg};
use retitle::core::order::By;
use retitle::core::session::{Entity, Session, SessionId};
use retitle::core::store::{EntryId, StoreReply};

use crate::person::WIDE;
use crate::sim::{Disk, How, IDS, Sim, at, fault, key, page, session, settings};

/// The beginning of a list is on the screen; the rest has been asked for.
fn beginning(change: impl FnOnce(&mut Disk)) -> Sim {
    let started = Sim::of(settings(), WIDE, true);
    let mut disk = Disk { sessions: started.disk.sessions, ..Disk::default() };
    change(&mut disk);
    Sim::begun(settings(), WIDE, disk, started.server, at(0), true)
}

fn row(sim: &Sim, id: &str) -> Session {
    sim.model.list.get(&key(id)).unwrap().clone()
}

/// A row that is not among the first, with everything that the library alone knows of it.
fn remembered(id: &str) -> Session {
    Session {
        ours: Some("ours".into()),
        pinned: true,
        opened: Some(at(-900)),
        ..session(id, Some("gamma"), 180)
    }
}

#[test]
fn everything_is_asked_for_once_the_whole_list_is_read_so_that_no_row_counts_as_new() {
    let mut sim = beginning(|_| {});
    sim.answer(0, How::Well);
    sim.press("L");
    while !sim.outstanding.is_empty() {
        sim.answer(0, How::Well);
    }
    sim.settle();
    assert!(sim.model.shows_everything());
    for id in IDS {
        assert!(row(&sim, id).opened.is_some(), "{id} counts as never opened");
    }
    assert_eq!(sim.rows(), "abcd");
}

#[test]
fn a_row_that_is_removed_while_the_rest_is_read_does_not_come_back_with_it() {
    let mut sim = beginning(|_| {});
    sim.press("d");
    sim.settle();
    assert_eq!((sim.rows().as_str(), sim.disk.sessions.len()), ("bcd", 3));
    sim.press("D");
    sim.settle();
    assert_eq!(sim.rows(), "abcd");
}

#[test]
fn a_row_that_loses_its_pin_while_the_rest_is_read_stands_in_its_place_then() {
    let mut sim = beginning(|disk| {
        let first = disk.sessions.get_mut(&key(IDS[0])).unwrap();
        (first.pinned, first.modified) = (true, Some(at(-9_000)));
    });
    sim.press("f");
    sim.settle();
    assert_eq!(sim.rows(), "bcda");
}

#[test]
fn an_order_that_is_chosen_while_the_rest_is_arranged_is_the_one_that_it_has() {
    let mut sim = beginning(|disk| {
        disk.sessions.get_mut(&key(IDS[3])).unwrap().name = Some("aaa".into());
    });
    sim.model.list.at_once = 2;
    sim.disk_answers();
    sim.press("s down down down enter");
    assert_eq!(sim.model.list.sorted().by, By::Name);
    while !sim.outstanding.is_empty() {
        sim.answer(0, How::Offline);
    }
    assert_eq!(sim.rows(), "dabc");
}

#[test]
fn a_session_made_while_the_rest_is_arranged_stays_on_top_whatever_the_order() {
    let mut sim = beginning(|_| {});
    sim.model.list.at_once = 2;
    sim.answer(0, How::Well);
    sim.press("s down down down enter");
    sim.disk_answers();
    sim.press("A").types("zulu").press("enter");
    let create = |effect: &Effect| matches!(effect, Effect::Graph(_, _, GraphCall::Create { .. }));
    sim.answer(sim.outstanding.iter().position(create).unwrap(), How::Well);
    assert!(sim.model.list.partial);
    while sim.model.list.partial {
        assert!(!sim.outstanding.is_empty());
        sim.answer(0, How::Well);
    }
    assert_eq!((sim.model.list.sorted().by, sim.rows().as_str()), (By::Name, "eabdc"));
}

#[test]
fn a_name_that_waits_in_a_row_that_is_not_read_yet_takes_nothing_from_what_is_known_of_it() {
    let mut before = beginning(|disk| {
        disk.sessions.insert(key(IDS[2]), remembered(IDS[2]));
    })
    .signed_in();
    before.press("g r ctrl-u").types("typed before the crash").press("enter");
    assert_eq!(before.model.list.chosen(), Some(&key(IDS[2])), "the pinned one is the first");
    before.disk_answers();
    before.crash();
    let mut sim = before;
    assert_eq!(sim.disk.journal[0].0, EntryId(1));
    let stored = sim.disk.sessions[&key(IDS[2])].clone();
    sim.answer(0, How::Well);
    sim.disk_answers();
    // Should it go out before the rest is arranged, it is refused.
    while !sim.outstanding.is_empty() {
        sim.answer(1, How::Forbidden);
        sim.disk_answers();
        let kept = &sim.disk.sessions[&key(IDS[2])];
        assert_eq!((&kept.ours, kept.pinned, kept.modified), (&stored.ours, true, stored.modified));
    }
    assert_eq!(sim.model.drafts[&key(IDS[2])].text, "typed before the crash");
}

#[test]
fn adding_a_session_that_is_not_read_yet_forgets_nothing_of_it() {
    let mut sim = beginning(|disk| {
        disk.sessions.insert(key(IDS[2]), remembered(IDS[2]));
    });
    sim.answer(0, How::Well);
    sim.press("a").types(IDS[2]).press("enter");
    while !sim.outstanding.is_empty() {
        sim.answer(0, How::Well);
    }
    sim.settle();
    for known in [&row(&sim, IDS[2]), &sim.disk.sessions[&key(IDS[2])]] {
        assert_eq!((known.ours.as_deref(), known.pinned), (Some("ours"), true));
    }
    assert_eq!(sim.model.list.chosen(), Some(&key(IDS[2])));
}

#[test]
fn where_the_rest_cannot_be_arranged_the_program_goes_on_with_the_beginning() {
    let mut sim = beginning(|_| {});
    sim.answer(0, How::Well);
    sim.disk_answers();
    sim.outstanding.clear();
    sim.send(Msg::Worked(Err(Fault::new(FaultKind::Bug, "A part of retitle failed."))));
    assert!(!sim.model.list.partial);
    assert_eq!(sim.outstanding.len(), 1, "its names are read from the server: {:?}", sim.outstanding);
}

#[test]
fn a_key_behind_a_filter_that_is_still_worked_out_means_the_rows_that_the_filter_leaves() {
    let long = || {
        let sim = beginning(|_| {}).signed_in();
        assert_eq!((sim.rows().as_str(), sim.outstanding.len()), ("abcd", 0));
        sim
    };
    let mut sim = long();
    sim.press("/").types("bet").press("enter r");
    let Mode::Rename(renaming) = &sim.model.mode else { panic!("{:?}", sim.model.mode) };
    assert_eq!(renaming.key, key(IDS[1]));
    let mut sim = long();
    sim.press("/").types("bet").press("enter ctrl-a");
    assert!(sim.model.list.is_marked(&key(IDS[1])));
    assert_eq!(sim.model.list.marked_len(), 1);
    let mut sim = long();
    sim.press("/").types("e").press("down enter r");
    let Mode::Rename(renaming) = &sim.model.mode else { panic!("{:?}", sim.model.mode) };
    let second = sim.model.list.shown().nth(1).cloned();
    assert_eq!(Some(&renaming.key), second.as_ref());
    sim.settle();
    assert_eq!(sim.model.list.chosen(), second.as_ref());
}

#[test]
fn a_key_behind_the_way_to_one_customer_means_the_rows_of_that_customer() {
    let mut sim = Sim::customers(|_| {});
    sim.model.list.at_once = 0;
    sim.press("/").types("a").press("enter");
    sim.settle();
    assert_eq!(sim.rows(), "abcd");
    sim.press("1 G r");
    let Mode::Rename(renaming) = &sim.model.mode else { panic!("{:?}", sim.model.mode) };
    assert_eq!(renaming.key.id.as_str(), IDS[1]);
}

#[test]
fn a_row_that_is_removed_from_what_a_filter_found_takes_no_other_with_it() {
    let mut sim = beginning(|_| {}).signed_in();
    sim.press("/").types("l").press("enter");
    sim.settle();
    assert_eq!(sim.rows(), "acd");
    sim.press("d");
    assert!(sim.outstanding.iter().any(|effect| matches!(effect, Effect::Work(_))), "{:?}", sim.outstanding);
    assert_eq!((sim.rows().as_str(), sim.at()), ("cd", "c"), "before the other thread has looked again");
}

#[test]
fn enter_in_the_palette_means_what_its_words_find_and_not_what_was_found_before() {
    let mut sim = beginning(|_| {}).signed_in();
    sim.press("ctrl-p").types("delta").press("enter");
    assert_eq!(sim.model.list.chosen(), Some(&key(IDS[3])));
}

#[test]
fn moving_in_the_palette_does_not_look_through_a_long_list_between_two_keys() {
    let mut sim = beginning(|_| {}).signed_in();
    sim.press("ctrl-p").types("delta").press("down");
    let found = |sim: &Sim| sim.items().iter().filter(|line| matches!(line.act, Line::Go(_))).count();
    assert_eq!(found(&sim), 0, "the other thread is still at it");
    sim.settle();
    assert_eq!(found(&sim), 1);
}

#[test]
fn what_belongs_to_a_row_being_typed_in_does_not_stand_below_another_one() {
    let mut sim = beginning(|_| {}).signed_in();
    sim.press("/").types("l").press("enter r").types("!");
    sim.settle();
    let row = sim.disk.sessions.get_mut(&key(IDS[0])).unwrap();
    (row.name, row.seen) = (Some("theirs".into()), Some(at(60)));
    sim.send(Msg::LibraryChanged);
    sim.disk_answers();
    sim.press("esc");
    sim.settle();
    assert_eq!(sim.rows(), "cd");
    // The Esc was half of a chord; until the list has the row again, another one is selected.
    sim.press("b");
    assert_eq!((sim.typed(), sim.at(), sim.below().as_str()), ("alpha!", "c", ""));
    sim.settle();
    assert_eq!(sim.at(), "a");
    assert!(sim.below().contains("changed elsewhere, now: theirs"), "{}", sim.below());
}

#[test]
fn the_palette_looks_again_when_the_rest_is_there() {
    let mut sim = beginning(|_| {});
    sim.model.list.at_once = 2;
    sim.press("ctrl-p").types("delta");
    sim.settle();
    let goes = |line: &&retitle::core::menu::Item| matches!(line.act, Line::Go(_));
    let found = sim.items();
    assert_eq!(found.iter().filter(goes).count(), 1);
}

#[test]
fn a_name_that_is_typed_before_an_older_one_is_read_is_the_one_that_the_server_gets() {
    // The older one was left by a crash. The newer one is committed before, and after, the library has been read.
    for read_first in [false, true] {
        let mut sim = beginning(|_| {}).signed_in();
        sim.press("r ctrl-u").types("older").press("enter");
        sim.disk_answers();
        sim.crash();
        sim.answer(0, How::Well);
        if read_first {
            sim.disk_answers();
        }
        sim.press("r ctrl-u").types("newer").press("enter");
        sim.disk_answers();
        while sim.outstanding.len() > 1 {
            sim.answer(1, How::Well);
            sim.disk_answers();
        }
        sim.settle();
        sim.pass(crate::person::seconds(40));
        sim.settle();
        assert_eq!(sim.server[IDS[0]].0.as_deref(), Some("newer"), "read first: {read_first}");
        assert_eq!(sim.ever[IDS[0]], ["newer"], "read first: {read_first}");
    }
}

#[test]
fn a_draft_that_is_made_while_the_rest_is_arranged_stays_one() {
    let mut sim = beginning(|_| {});
    sim.answer(0, How::Well);
    sim.disk_answers();
    sim.press("r ctrl-u").types("words").press("esc");
    sim.settle();
    assert_eq!(sim.model.drafts[&key(IDS[0])].text, "words");
}

#[test]
fn a_range_of_marks_that_was_begun_before_the_rest_is_read_marks_no_row_of_it() {
    // Another row is the first of the library than was the first on the screen.
    let mut sim = beginning(|disk| {
        disk.sessions.remove(&key(IDS[0]));
    });
    sim.disk.sessions.insert(key(IDS[0]), session(IDS[0], Some("alpha"), 60));
    sim.press("space v");
    let Some(Msg::Store(_, Ok(StoreReply::Loaded(snapshot)))) = sim.told.first_mut() else { panic!() };
    snapshot.sessions.insert(0, session(IDS[0], Some("alpha"), 60));
    sim.settle();
    let marked: Vec<_> = IDS.iter().filter(|id| sim.model.list.is_marked(&key(id))).collect();
    assert_eq!(marked, [&IDS[1]]);
}

#[test]
fn a_key_acts_on_what_the_words_before_it_find_though_that_is_still_looked_for() {
    let mut sim = beginning(|_| {}).signed_in();
    sim.model.list.at_once = 2;
    sim.press("/").types("delta").press("enter");
    assert!(sim.outstanding.iter().any(|effect| matches!(effect, Effect::Work(_))), "{:?}", sim.outstanding);
    sim.press("r");
    assert!(matches!(&sim.model.mode, Mode::Rename(renaming) if renaming.key == key(IDS[3])));
}

fn unknown(n: i64) -> Entity {
    Entity {
        id: SessionId::new(&format!("new-{n}")),
        name: None,
        created: None,
        modified: Some(at(-100 * n)),
    }
}

/// The list that was asked for brings this.
fn brings(sim: &mut Sim, reply: Result<GraphReply, Fault>) {
    let list = |effect: &Effect| matches!(effect, Effect::Graph(_, _, GraphCall::List { .. }));
    let index = sim.outstanding.iter().position(list).unwrap();
    let Effect::Graph(req, ..) = sim.outstanding.remove(index) else { panic!() };
    sim.send(Msg::Graph(req, reply));
}

#[test]
fn rows_that_came_with_the_last_pages_stand_in_order_in_the_end_also_where_the_pages_break_off() {
    for end in [Ok(page(Vec::new(), None)), Err(fault(FaultKind::Offline))] {
        let mut sim = beginning(|_| {});
        sim.settle();
        sim.press("L");
        sim.pass(Duration::from_millis(100));
        brings(&mut sim, Ok(page((1..40).map(unknown).collect(), Some("2"))));
        assert!(is_being_ordered(&sim));
        brings(&mut sim, Ok(page(vec![unknown(-1)], Some("3"))));
        brings(&mut sim, end);
        sim.settle();
        assert_eq!(sim.shown()[0], key("new--1"), "the last one changed last");
    }
}

/// Whether the rows are being put in order on another thread.
fn is_being_ordered(sim: &Sim) -> bool {
    sim.outstanding.iter().any(|effect| format!("{effect:?}").contains("sort: Some"))
}

#[test]
fn while_pages_come_the_order_is_made_anew_no_more_often_than_anybody_would_see() {
    let mut sim = beginning(|_| {});
    sim.settle();
    sim.press("L");
    sim.pass(Duration::from_millis(99));
    brings(&mut sim, Ok(page((1..40).map(unknown).collect(), Some("2"))));
    assert!(!is_being_ordered(&sim), "it was made less than a tenth of a second ago");
    sim.pass(Duration::from_millis(1));
    brings(&mut sim, Ok(page((41..80).map(unknown).collect(), Some("3"))));
    assert!(is_being_ordered(&sim));
    brings(&mut sim, Ok(page(Vec::new(), None)));
    sim.settle();
    assert_eq!(sim.shown().last(), Some(&key("new-79")));
}

#[test]
fn between_the_end_of_a_walk_and_its_order_there_is_still_more_to_come() {
    let mut sim = beginning(|_| {});
    sim.settle();
    sim.press("L");
    brings(&mut sim, Ok(page((1..40).map(unknown).collect(), None)));
    assert!(
        is_being_ordered(&sim) && sim.model.is_busy(),
        "a frame now would show rows where they do not stay"
    );
    sim.settle();
    assert!(!sim.model.is_busy());
}

#[test]
fn a_row_that_only_a_bulk_s_reading_brought_stands_in_order_too() {
    let mut sim = beginning(|_| {});
    sim.settle();
    sim.press("L");
    brings(&mut sim, Ok(page((1..40).map(unknown).collect(), None)));
    sim.settle();
    sim.server.extend((1..40).map(|n| (format!("new-{n}"), (None, 0))));
    sim.plans("{n} {old}").planned();
    sim.press("y").planned();
    sim.goes_on().disk_answers();
    let all = IDS.iter().map(|id| sim.entity(id)).chain((-1..40).map(unknown)).collect();
    brings(&mut sim, Ok(page(all, None)));
    sim.settle();
    assert_eq!(sim.shown()[0], key("new--1"));
}

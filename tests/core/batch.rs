//! A bulk that runs: refused, paused, stopped, killed, taken back.

use std::time::Duration;

use retitle::core::batch::{Fate, Stage, Tally};
use retitle::core::effect::{Effect, GraphCall};
use retitle::core::fault::FaultKind;
use retitle::core::model::Overlay;
use retitle::core::msg::Msg;
use retitle::core::session::Profile;
use retitle::core::store::Outcome;

use crate::bulk::world;
use crate::person::key_in;
use crate::sim::{How, Sim, fault, key, settings};

#[test]
fn a_bulk_is_taken_back_and_done_again_as_one() {
    let mut sim = world(6, settings());
    sim.plans("{old}!").applies();
    sim.settle();
    let batch = sim.disk.journal[0].1.batch;
    assert!(batch.is_some() && sim.disk.journal.iter().all(|(_, intent, _)| intent.batch == batch));
    sim.press("u");
    sim.settle();
    assert_eq!(sim.tally(), Tally { back: 6, ..Tally::default() });
    assert!(sim.screen().contains("6 taken back"), "{}", sim.screen());
    assert_eq!(sim.there("id-003"), "name 3");
    sim.press("esc U");
    sim.settle();
    assert_eq!(sim.there("id-003"), "name 3!");
}

/// A bulk of six of which one failed, in a run that has ended since.
fn after_a_restart() -> Sim {
    let mut sim = world(6, settings());
    sim.plans("{old}!").applies();
    sim.answer(0, How::Forbidden);
    sim.settle();
    sim.crash();
    sim.settle();
    // A batch is known by its moment.
    sim.pass(Duration::from_secs(1));
    sim
}

#[test]
fn after_a_restart_the_last_bulk_is_shown_from_the_journal_tried_again_and_taken_back() {
    let mut sim = after_a_restart();
    assert!(sim.model.batch.is_none());
    sim.press("B");
    sim.disk_answers();
    assert_eq!(sim.tally(), Tally { saved: 5, failed: 1, ..Tally::default() });
    let screen = sim.screen();
    assert!(screen.contains("5 saved, 1 not saved") && screen.contains("name 3!"), "{screen}");
    sim.press("!");
    sim.settle();
    assert_eq!(sim.tally(), Tally { saved: 6, ..Tally::default() });

    sim.crash();
    sim.settle();
    sim.press("B");
    sim.disk_answers();
    assert_eq!(sim.tally(), Tally { saved: 6, ..Tally::default() }, "as each row ended last");
    sim.press("u");
    sim.settle();
    assert_eq!((sim.there("id-000"), sim.there("id-005")), ("name 0", "name 5"));
}

#[test]
fn a_bulk_that_goes_on_after_a_restart_is_shown_as_one_that_runs_and_can_be_stopped() {
    let mut sim = world(8, settings());
    sim.plans("{old}!").applies();
    sim.answer(0, How::Well);
    sim.answer(0, How::Well);
    sim.crash();
    sim.disk_answers();
    sim.pass(Duration::from_secs(1));
    sim.press("B");
    sim.disk_answers();
    let screen = sim.screen();
    assert!(
        screen.contains("Bulk rename: ") && !screen.contains("done") && screen.contains("x stop"),
        "{screen}"
    );
    assert!(sim.tally().ahead > 0, "{:?}", sim.tally());
    sim.press("u");
    assert!(sim.screen().contains("It is still running"), "{}", sim.screen());
    sim.press("x");
    sim.settle();
    let (tally, sent) = (sim.tally(), sim.renames().len());
    assert!(tally.stopped > 0 && tally.ahead == 0, "{tally:?}");
    sim.pass(Duration::from_secs(60));
    sim.settle();
    assert_eq!(sim.renames().len(), sent, "what was stopped is not sent");
    let renamed = (0..8).filter(|n| sim.there(&format!("id-{n:03}")).ends_with('!')).count();
    assert_eq!(tally.saved, renamed);
}

#[test]
fn b_says_that_a_bulk_was_taken_back_and_u_there_takes_nothing_else_back() {
    let mut sim = after_a_restart();
    sim.press("r ctrl-u").types("one on its own").press("enter");
    sim.disk_answers();
    sim.settle();
    let alone = sim.model.list.chosen().unwrap().id.as_str().to_owned();
    sim.press("B");
    sim.disk_answers();
    sim.press("u");
    sim.settle();
    assert_eq!(sim.there(&alone), "one on its own", "u on the page is for what the page shows");
    assert_eq!(sim.tally().back + sim.tally().changed, 5, "{:?}", sim.tally());
    for restarts in [false, true] {
        if restarts {
            sim.crash();
            sim.settle();
            sim.press("B");
            sim.disk_answers();
        }
        let before = sim.asked.len();
        assert!(sim.screen().contains("taken back"), "{}", sim.screen());
        sim.press("u");
        sim.settle();
        assert!(sim.screen().contains("This took a bulk back"), "{}", sim.screen());
        assert_eq!((sim.renamed_since(before), sim.there(&alone)), (0, "one on its own"));
    }
}

#[test]
fn each_row_of_a_bulk_that_was_taken_back_alone_says_so_and_a_history_without_a_bulk_too() {
    let mut sim = world(3, settings());
    sim.press("B");
    sim.disk_answers();
    assert!(sim.screen().contains("The history knows of no bulk. b begins one."), "{}", sim.screen());
    sim.plans("{old}!").applies();
    sim.settle();
    sim.pass(Duration::from_secs(1));
    sim.press("esc H");
    sim.disk_answers();
    sim.press("u");
    sim.settle();
    sim.crash();
    sim.settle();
    sim.press("B");
    sim.disk_answers();
    assert_eq!(sim.tally(), Tally { saved: 2, back: 1, ..Tally::default() });
    assert!(sim.screen().contains("2 saved, 1 taken back"), "{}", sim.screen());
}

#[test]
fn what_is_refused_concerns_its_row_alone_and_is_tried_again_alone() {
    let mut sim = world(8, settings());
    sim.plans("{old} x").applies();
    sim.answer(0, How::Forbidden);
    sim.answer(0, How::Forbidden);
    sim.settle();
    assert_eq!(sim.tally(), Tally { saved: 6, failed: 2, ..Tally::default() });
    assert!(sim.screen().contains("6 saved, 2 not saved"), "{}", sim.screen());
    let before = sim.asked.len();
    sim.press("!");
    sim.settle();
    assert_eq!((sim.tally().saved, sim.renamed_since(before)), (8, 2), "the failed only");
    assert!(sim.model.drafts.is_empty() && sim.disk.drafts.is_empty());
    sim.press("u");
    sim.settle();
    assert_eq!(sim.there("id-000"), "name 0", "with those that came later");
}

#[test]
fn a_missing_permission_stops_all_and_a_lost_sign_in_makes_all_wait() {
    let mut sim = world(12, settings());
    sim.plans("{old} x").applies();
    let Effect::Graph(req, ..) = sim.outstanding.remove(0) else { panic!() };
    sim.send(Msg::Graph(req, Err(fault(FaultKind::Unpermitted))));
    assert_eq!(sim.tally(), Tally { failed: 1, stopped: 8, ahead: 3, ..Tally::default() });
    sim.settle();
    assert_eq!(sim.tally(), Tally { saved: 3, failed: 1, stopped: 8, ..Tally::default() });

    let mut sim = world(12, settings());
    sim.plans("{old} x").applies();
    for _ in 0..4 {
        sim.answer(0, How::SignedOut);
    }
    sim.disk_answers();
    assert!(sim.renames().is_empty(), "nothing more leaves");
    assert!(sim.screen().contains("waits for a sign-in"), "{}", sim.screen());
    sim.press("esc S");
    sim.answer(0, How::Well);
    sim.pass(Duration::from_secs(7));
    sim.settle();
    assert_eq!(sim.tally().saved, 12, "after it all of it goes on");
}

#[test]
fn a_pause_that_one_row_meets_is_kept_to_by_all() {
    let mut sim = world(12, settings());
    sim.plans("{old} x").applies();
    sim.answer(0, How::Busy);
    for _ in 0..3 {
        sim.answer(0, How::Well);
    }
    sim.disk_answers();
    assert!(sim.renames().is_empty(), "{:?}", sim.renames());
    assert!(sim.screen().contains("asks for a pause until"), "{}", sim.screen());
    sim.pass(Duration::from_secs(8));
    assert!(!sim.renames().is_empty());
    for _ in 0..6 {
        sim.settle();
        sim.pass(Duration::from_secs(8));
    }
    assert_eq!(sim.tally().saved, 12);
}

#[test]
fn stopping_sends_nothing_more_and_made_names_leave_no_drafts() {
    let mut sim = world(12, settings());
    sim.plans("{old} x").applies();
    sim.answer(0, How::Well);
    sim.disk_answers();
    sim.press("x");
    assert_eq!(
        sim.tally(),
        Tally { saved: 1, stopped: 7, ahead: 4, ..Tally::default() },
        "what is on its way goes on"
    );
    sim.settle();
    assert_eq!(sim.tally(), Tally { saved: 5, stopped: 7, ..Tally::default() });
    assert!(sim.model.drafts.is_empty() && sim.disk.drafts.is_empty());
    let stopped =
        sim.disk.journal.iter().filter(|(_, _, outcome)| *outcome == Some(Outcome::Stopped)).count();
    assert_eq!(stopped, 7);
    sim.crash();
    sim.answer(0, How::Well);
    sim.settle();
    assert_eq!(sim.there("id-011"), "name 11", "nor after the next start");
}

#[test]
fn a_name_that_changed_since_the_table_was_made_is_left_alone() {
    let mut sim = world(5, settings());
    sim.plans("{old} x");
    sim.renamed_elsewhere("id-002", "theirs");
    sim.server.get_mut("id-003").unwrap().0 = Some("name 3 x".into());
    sim.applies();
    sim.settle();
    assert_eq!(sim.tally(), Tally { saved: 3, changed: 1, already: 1, ..Tally::default() });
    assert_eq!(sim.there("id-002"), "theirs");
    let batch = sim.model.batch.as_ref().unwrap();
    assert_eq!(batch.items()[2].fate, Fate::Changed(Some("theirs".into())));
    sim.press("j j");
    assert!(sim.screen().contains("to “theirs”; left alone"), "{}", sim.screen());
}

#[test]
fn a_bulk_that_is_killed_goes_on_at_the_next_start() {
    let mut sim = world(9, settings());
    sim.plans("{old} x").applies();
    sim.answer(0, How::Well);
    sim.answer(0, How::LostAfter);
    sim.crash();
    sim.answer(0, How::Well);
    for _ in 0..4 {
        sim.settle();
        sim.pass(Duration::from_secs(3));
    }
    for n in 0..9 {
        assert_eq!(sim.there(&format!("id-{n:03}")), format!("name {n} x"));
        assert!(sim.ever[&format!("id-{n:03}")].len() <= 2, "looked at before it was sent again");
    }
    sim.press("u");
    sim.settle();
    assert_eq!(sim.there("id-008"), "name 8", "and is still one bulk");
}

#[test]
fn without_a_network_all_of_it_waits_and_goes_out_when_it_is_back() {
    let mut sim = world(5, settings());
    sim.plans("{old} x").press("y");
    sim.disk_answers();
    assert_eq!(sim.disk.journal.len(), 5, "kept");
    sim.answer(0, How::Offline);
    let looks =
        sim.outstanding.iter().filter(|e| matches!(e, Effect::Graph(_, _, GraphCall::Get { .. }))).count();
    assert_eq!(looks, 4, "what no walk has read is looked at before it is sent");
    for _ in 0..4 {
        sim.answer(0, How::Offline);
    }
    for _ in 0..12 {
        sim.pass(Duration::from_secs(31));
        sim.settle();
    }
    assert_eq!(sim.tally().saved, 5);
}

#[test]
fn the_list_can_be_used_while_a_bulk_runs_and_a_name_typed_meanwhile_is_the_newer_one() {
    let mut sim = world(10, settings());
    sim.plans("{old} x").applies();
    sim.press("esc G");
    assert_eq!(sim.model.list.chosen(), Some(&key("id-009")));
    sim.press("r ctrl-u").types("typed meanwhile").press("enter");
    sim.disk_answers();
    sim.settle();
    assert_eq!(sim.there("id-009"), "typed meanwhile");
    let tally = sim.tally();
    assert_eq!((tally.saved, tally.stopped, tally.ahead), (9, 1, 0), "{tally:?}");
    assert!(sim.model.messages.reading(0).lines.iter().any(|line| line.text.contains("Bulk done: 9 saved")));
    sim.press("B");
    assert!(matches!(sim.model.overlays.last(), Some(Overlay::Batch { .. })));
    assert!(matches!(sim.model.batch.as_ref().unwrap().stage, Stage::Ended { .. }));
}

#[test]
fn a_row_that_was_removed_is_in_the_list_again_as_soon_as_its_bulk_is_taken_back() {
    let mut sim = world(2, settings());
    sim.plans("{old} x").applies();
    sim.settle();
    sim.press("esc g d");
    sim.settle();
    assert_eq!(sim.shown(), [key("id-001")]);
    sim.press("u");
    sim.disk_answers();
    assert_eq!(sim.shown().len(), 2, "also while the names are still being read");
}

#[test]
fn a_full_disk_fails_all_of_it_and_nothing_is_sent() {
    let mut sim = world(5, settings());
    sim.disk.full = true;
    sim.plans("{old} x").applies();
    sim.settle();
    assert_eq!(sim.tally(), Tally { failed: 5, ..Tally::default() });
    assert_eq!(sim.renamed_since(0), 0);
}

#[test]
fn words_typed_for_a_row_while_its_bulk_is_still_reading_are_not_overwritten() {
    let mut sim = world(4, settings());
    sim.plans("{old} x").press("y esc g r").types(" own").press("esc");
    sim.settle();
    assert_eq!(sim.tally(), Tally { saved: 3, failed: 1, ..Tally::default() });
    assert_eq!(sim.model.drafts[&key("id-000")].text, "name 0 own");
    assert_eq!(sim.there("id-000"), "name 0");
}

/// Two customers with everything of both read: two opened rows each, and one that was only read.
fn everything_of_both() -> Sim {
    let mut sim = Sim::customers(|_| {});
    for customer in ["acme", "fabrikam"] {
        let id = format!("only-{customer}");
        sim.homes.insert(id.clone(), Profile::new(customer));
        sim.server.insert(id, (Some("only read".into()), 1));
    }
    sim.press("L");
    sim.settle();
    sim
}

#[test]
fn a_walk_takes_rows_from_the_list_only_where_it_has_read_everything() {
    let mut sim = everything_of_both();
    let there = |sim: &Sim, customer: &str| {
        sim.model.list.get(&key_in(customer, &format!("only-{customer}"))).is_some()
    };
    assert!(there(&sim, "acme") && there(&sim, "fabrikam"));
    sim.server.retain(|id, _| !id.starts_with("only-"));
    sim.press("1 g");
    for row in sim.shown() {
        sim.press(if row.id.as_str().starts_with("only-") { "j" } else { "space" });
    }
    sim.press("b ctrl-u").types("{old} x").press("enter").applies();
    assert!(!there(&sim, "acme") && there(&sim, "fabrikam"), "a bulk reads the lists of its rows alone");
    sim.settle();
    assert_eq!(sim.tally().saved, 2);

    let mut sim = everything_of_both();
    sim.press("R");
    sim.answer(0, How::Well);
    sim.answer(0, How::SignedOut);
    assert!(there(&sim, "acme") && there(&sim, "fabrikam"), "signed out, nothing is known to be gone");
    sim.server.retain(|id, _| !id.starts_with("only-"));
    sim.press("esc G S");
    sim.settle();
    sim.pass(Duration::from_secs(7));
    sim.settle();
    assert!(sim.model.places.all().iter().all(|place| place.who().is_some()), "signed in again");
    assert!(there(&sim, "acme") && !there(&sim, "fabrikam"), "whose sign-in it is, their lists are read");
}

#[test]
fn a_page_that_fails_takes_no_row_from_the_list() {
    let mut sim = everything_of_both();
    sim.server.retain(|id, _| !id.starts_with("only-"));
    let before = sim.rows();
    sim.press("R");
    while sim.outstanding.iter().any(|e| matches!(e, Effect::Graph(_, _, GraphCall::List { .. }))) {
        sim.answer(0, How::Forbidden);
    }
    assert_eq!(sim.rows(), before);
}

#[test]
fn names_of_a_bulk_are_looked_at_once_more_by_one_walk_when_it_is_over() {
    let mut sim = world(30, settings());
    sim.plans("{old} x").applies();
    for _ in 0..15 {
        sim.answer(0, How::Well);
        sim.disk_answers();
    }
    assert_eq!(sim.tally().saved, 15);
    sim.pass(Duration::from_secs(20));
    let asks = |sim: &Sim, from: usize| {
        let graph = |effect: &&Effect| matches!(effect, Effect::Graph(..));
        let renames = |effect: &&Effect| matches!(effect, Effect::Graph(_, _, GraphCall::Rename { .. }));
        let asked = &sim.asked[from..];
        (asked.iter().filter(graph).count(), asked.iter().filter(renames).count())
    };
    let before = sim.asked.len();
    sim.answer(0, How::Well);
    assert_eq!(asks(&sim, before), (1, 1), "no look takes the turn of a name");
    sim.settle();
    assert_eq!(sim.tally().saved, 30);
    sim.server.get_mut("id-007").unwrap().0 = Some("made by the service".into());
    let before = sim.asked.len();
    sim.pass(Duration::from_secs(11));
    sim.settle();
    assert_eq!(asks(&sim, before), (1, 0), "one list, and not thirty looks");
    assert!(sim.model.list.get(&key("id-007")).unwrap().drifted());
}

#[test]
fn the_time_left_counts_only_what_was_done_since_it_runs() {
    let mut sim = world(20, settings());
    for n in 0..8 {
        sim.server.get_mut(&format!("id-{n:03}")).unwrap().0 = Some(format!("name {n} x").into());
    }
    sim.plans("{old} x").applies();
    assert_eq!(sim.tally().already, 8);
    sim.pass(Duration::from_secs(10));
    let left = |sim: &Sim| sim.model.batch.as_ref().unwrap().left(sim.model.now);
    assert_eq!(left(&sim), None, "nothing is known of the pace yet");
    for _ in 0..4 {
        sim.answer(0, How::Well);
    }
    assert_eq!(left(&sim).map(|left| left.as_secs()), Some(20), "four took ten seconds, eight are ahead");
}

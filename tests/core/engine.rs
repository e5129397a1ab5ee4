//! The rename engine in a person's words: names that changed elsewhere, taking back, drift, pauses, other copies.

use std::time::Duration;

use retitle::core::effect::{Effect, GraphCall};
use retitle::core::fault::FaultKind;
use retitle::core::model::{Mode, Model, Overlay};
use retitle::core::msg::{Msg, Size};
use retitle::core::row::RowState;
use retitle::core::session::Presence;
use retitle::core::store::{Deed, Snapshot, StoreCall, StoreReply};

use crate::sim::{How, IDS, Sim, at, fault, key, session, settings};

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

fn server(sim: &Sim, n: usize) -> Option<&str> {
    sim.server[IDS[n]].0.as_deref()
}

fn saved(name: &str) -> Sim {
    let mut sim = Sim::new().signed_in();
    sim.press("r ctrl-u").types(name).press("enter");
    sim.settle();
    assert_eq!(server(&sim, 0), Some(name));
    sim
}

#[test]
fn a_name_that_changed_while_another_was_typed_is_asked_about_and_m_sends_mine() {
    let mut sim = Sim::new().signed_in();
    sim.renamed_elsewhere(IDS[0], "theirs");
    sim.press("r").types("!");
    assert!(sim.model.below()[0].text.contains("changed elsewhere, now: theirs"), "{:?}", sim.model.below());
    sim.press("enter");
    assert!(matches!(sim.model.overlays[..], [Overlay::Conflict(_)]));
    assert!(sim.renames().is_empty(), "nothing is sent over it");
    assert_eq!(sim.disk.drafts[&key(IDS[0])].text, "alpha!", "and the words are on disk");
    sim.press("m");
    sim.settle();
    assert_eq!(server(&sim, 0), Some("alpha!"));
}

#[test]
fn t_takes_theirs_and_e_goes_on_from_mine() {
    for (choice, left, editing) in [("t", Some("theirs"), false), ("e", Some("theirs"), true)] {
        let mut sim = Sim::new().signed_in();
        sim.renamed_elsewhere(IDS[0], "theirs");
        sim.press("r").types("!").press("enter").press(choice);
        sim.settle();
        assert_eq!(server(&sim, 0), left);
        assert_eq!(matches!(&sim.model.mode, Mode::Rename(r) if r.line.text() == "alpha!"), editing);
        assert_eq!(sim.disk.drafts.contains_key(&key(IDS[0])), editing);
    }
}

#[test]
fn the_same_name_on_both_sides_is_no_conflict_and_neither_is_an_unchanged_one() {
    for theirs in ["alpha", "alpha!"] {
        let mut sim = Sim::new().signed_in();
        sim.renamed_elsewhere(IDS[0], theirs);
        sim.press("r").types("!").press("enter");
        assert!(sim.model.overlays.is_empty());
        sim.settle();
        assert_eq!(server(&sim, 0), Some("alpha!"));
    }
}

#[test]
fn a_name_of_ours_that_arrives_while_the_next_one_is_typed_is_no_conflict() {
    let mut sim = Sim::new().signed_in();
    sim.press("r").types("!").press("enter r");
    sim.settle();
    assert_eq!(server(&sim, 0), Some("alpha!"));
    sim.types("?").press("enter");
    assert!(sim.model.overlays.is_empty());
    sim.settle();
    assert_eq!(server(&sim, 0), Some("alpha!?"));
}

#[test]
fn enter_waits_half_a_second_for_the_look_and_no_longer() {
    let mut sim = Sim::new().signed_in();
    sim.hold_looks = true;
    sim.press("r").types("!").press("enter");
    sim.disk_answers();
    assert!(
        matches!(sim.outstanding[..], [Effect::Graph(_, _, GraphCall::Get { .. })]),
        "{:?}",
        sim.outstanding
    );
    sim.pass(Duration::from_millis(499));
    assert!(sim.renames().is_empty());
    sim.pass(Duration::from_millis(1));
    assert_eq!(sim.renames().len(), 1);
}

#[test]
fn a_look_that_comes_in_time_lets_the_save_go_or_holds_it_back_before_or_after_it_is_on_disk() {
    for disk_first in [true, false] {
        for theirs in [None, Some("theirs")] {
            let mut sim = Sim::new().signed_in();
            sim.hold_looks = true;
            sim.press("r").types("!").press("enter");
            if let Some(name) = theirs {
                sim.renamed_elsewhere(IDS[0], name);
            }
            if disk_first {
                sim.disk_answers();
                sim.answer(0, How::Well);
            } else {
                sim.answer(0, How::Well);
                sim.disk_answers();
            }
            if theirs.is_some() {
                assert!(sim.renames().is_empty());
                assert!(matches!(sim.row(IDS[0]), RowState::Changed(_)));
                assert_eq!(sim.disk.drafts[&key(IDS[0])].text, "alpha!");
                assert!(sim.model.overlays.is_empty(), "nobody who types on is interrupted");
                sim.press("enter");
                assert!(matches!(sim.model.overlays[..], [Overlay::Conflict(_)]));
            } else {
                assert_eq!(sim.renames().len(), 1, "at once, not after half a second");
            }
        }
    }
}

#[test]
fn a_name_that_was_read_a_while_before_enter_is_read_again() {
    for (typing, looks) in [(4, 1), (6, 2)] {
        let mut sim = Sim::new().signed_in();
        sim.asked.clear();
        sim.press("r").types("!");
        sim.pass(seconds(typing));
        sim.renamed_elsewhere(IDS[0], "theirs");
        sim.press("enter");
        let gets = sim.asked.iter().filter(|call| matches!(call, Effect::Graph(_, _, GraphCall::Get { .. })));
        assert_eq!(gets.count(), looks, "after {typing} seconds");
        sim.settle();
        assert_eq!(server(&sim, 0), Some(if looks == 2 { "theirs" } else { "alpha!" }));
        assert_eq!(matches!(sim.row(IDS[0]), RowState::Changed(_)), looks == 2);
    }
}

#[test]
fn a_second_name_right_behind_the_first_waits_for_the_look_of_the_first() {
    // The look that begins with the typing, and the one at Enter; its answer before the disk's and behind it.
    for (typing, disk_first) in [(0, true), (0, false), (6, true), (6, false)] {
        let mut sim = Sim::new().signed_in();
        sim.hold_looks = typing == 0;
        sim.press("r").types("!");
        sim.pass(seconds(typing));
        sim.hold_looks = true;
        sim.renamed_elsewhere(IDS[0], "theirs");
        sim.press("enter r").types("?").press("enter");
        if disk_first {
            sim.disk_answers();
        }
        sim.hold_looks = false;
        sim.settle();
        assert_eq!(server(&sim, 0), Some("theirs"), "{typing} {disk_first}");
        assert!(matches!(sim.row(IDS[0]), RowState::Changed(_)), "{:?}", sim.row(IDS[0]));
        assert_eq!(sim.model.drafts[&key(IDS[0])].text, "alpha!?");
        assert_eq!(sim.disk.drafts[&key(IDS[0])].text, "alpha!?");
    }
}

#[test]
fn a_look_that_fails_holds_nothing_back() {
    let mut sim = Sim::new().signed_in();
    sim.hold_looks = true;
    sim.press("r").types("!").press("enter");
    sim.disk_answers();
    sim.answer(0, How::Forbidden);
    assert_eq!(sim.renames().len(), 1);
}

#[test]
fn u_takes_the_newest_back_and_moves_to_it_and_upper_u_does_it_again() {
    let mut sim = saved("first");
    sim.press("j r ctrl-u").types("second").press("enter");
    sim.settle();
    sim.press("G u");
    sim.settle();
    assert_eq!(server(&sim, 1), Some("beta"));
    assert_eq!(sim.model.list.chosen(), Some(&key(IDS[1])));
    sim.press("u");
    sim.settle();
    assert_eq!(server(&sim, 0), Some("alpha"), "the one before it is next");
    sim.press("U");
    sim.settle();
    assert_eq!(server(&sim, 0), Some("first"));
    assert_eq!(sim.disk.journal.len(), 5, "each is an entry of its own");
}

#[test]
fn taking_back_asks_the_server_first_and_stops_at_somebody_else_s_name() {
    let mut sim = saved("ours");
    sim.renamed_elsewhere(IDS[0], "theirs");
    sim.press("u");
    sim.settle();
    assert_eq!(server(&sim, 0), Some("theirs"));
    assert!(matches!(sim.row(IDS[0]), RowState::Changed(_)));
    sim.press("r m");
    sim.settle();
    assert_eq!(server(&sim, 0), Some("alpha"), "after a person's word it is taken back all the same");
}

#[test]
fn an_undo_that_failed_stays_available_and_leaves_no_draft() {
    let mut sim = saved("ours");
    sim.press("u");
    sim.disk_answers();
    sim.answer(0, How::Forbidden);
    sim.disk_answers();
    assert!(sim.model.drafts.is_empty() && sim.disk.drafts.is_empty());
    sim.press("u");
    sim.settle();
    assert_eq!(server(&sim, 0), Some("alpha"));
}

#[test]
fn taking_back_a_first_name_sends_none_and_shows_what_the_server_made_of_it() {
    let mut sim = Sim::new().signed_in();
    sim.press("j j r").types("named").press("enter");
    sim.settle();
    sim.press("u");
    sim.settle();
    let Some(Effect::Graph(_, _, GraphCall::Rename { name, .. })) =
        sim.asked.iter().rfind(|e| matches!(e, Effect::Graph(_, _, GraphCall::Rename { .. })))
    else {
        panic!()
    };
    assert_eq!(name.as_deref(), None);
    assert_eq!(sim.model.list.get(&key(IDS[2])).unwrap().name, None);
}

#[test]
fn words_typed_meanwhile_outlive_an_undo() {
    let mut sim = saved("ours");
    sim.press("r").types(" and more").press("esc");
    sim.pass(seconds(1));
    sim.press("u");
    sim.settle();
    assert_eq!(server(&sim, 0), Some("alpha"));
    assert_eq!(sim.disk.drafts[&key(IDS[0])].text, "ours and more");
}

#[test]
fn the_history_shows_filters_and_takes_one_entry_back() {
    let mut sim = saved("first");
    sim.press("j r ctrl-u").types("second").press("enter");
    sim.settle();
    sim.press("H");
    sim.disk_answers();
    let Some(Overlay::History(history)) = sim.model.overlays.last() else { panic!() };
    assert_eq!(history.matching().count(), 2);
    sim.press("/").types("alp").press("enter");
    let Some(Overlay::History(history)) = sim.model.overlays.last() else { panic!() };
    assert_eq!(history.chosen_entry().unwrap().intent.to.words(), "first");
    sim.press("u");
    sim.settle();
    assert_eq!((server(&sim, 0), server(&sim, 1)), (Some("alpha"), Some("second")));
    assert_eq!(sim.disk.journal[2].1.deed, Deed::Undo(sim.disk.journal[0].0));
}

#[test]
fn there_is_nothing_to_take_back_in_an_empty_journal() {
    let mut sim = Sim::new().signed_in();
    sim.press("u");
    sim.disk_answers();
    assert!(sim.model.notice.as_ref().unwrap().text.contains("nothing to take back"));
    sim.press("U");
    sim.disk_answers();
    assert!(sim.model.notice.as_ref().unwrap().text.contains("nothing to do again"));
}

#[test]
fn a_service_that_renames_on_its_own_is_found_out_after_ten_seconds_and_one_key_puts_ours_back() {
    let mut sim = saved("ours");
    sim.renamed_elsewhere(IDS[0], "Auto title");
    sim.pass(seconds(9));
    assert!(sim.outstanding.is_empty());
    sim.pass(seconds(2));
    sim.settle();
    assert!(matches!(sim.row(IDS[0]), RowState::Drifted));
    sim.press("!");
    sim.settle();
    assert_eq!(server(&sim, 0), Some("ours"));
    assert!(!matches!(sim.row(IDS[0]), RowState::Drifted));
}

#[test]
fn x_accepts_a_drifted_name_for_good_and_every_refresh_finds_the_drift() {
    let mut sim = saved("ours");
    sim.renamed_elsewhere(IDS[0], "Auto title");
    sim.press("R");
    sim.settle();
    assert!(matches!(sim.row(IDS[0]), RowState::Drifted));
    sim.press("x");
    sim.disk_answers();
    sim.crash();
    assert!(matches!(sim.row(IDS[0]), RowState::Clean), "{:?}", sim.row(IDS[0]));
}

#[test]
fn one_busy_answer_pauses_the_whole_tenant_and_the_pause_is_on_disk_for_every_copy() {
    let mut sim = Sim::new().signed_in();
    for _ in 0..4 {
        sim.press("r").types("!").press("enter j");
    }
    sim.disk_answers();
    sim.answer(0, How::Busy);
    let gates = |sim: &Sim| {
        sim.asked.iter().filter(|e| matches!(e, Effect::Store(_, StoreCall::CloseGate { .. }))).count()
    };
    assert_eq!(gates(&sim), 1);
    while !sim.outstanding.is_empty() {
        sim.answer(0, How::Well);
    }
    sim.press("r").types("?").press("enter");
    sim.disk_answers();
    assert!(sim.renames().is_empty(), "new saves wait as well");
    assert!(matches!(sim.row(IDS[3]), RowState::Retry { .. }), "{:?}", sim.row(IDS[3]));
    sim.pass(seconds(7));
    sim.settle();
    assert_eq!(server(&sim, 3), Some("delta!?"));
    assert_eq!(server(&sim, 0), Some("alpha!"));
}

#[test]
fn another_copy_s_gate_is_kept_to_and_a_person_may_open_it() {
    let mut sim = Sim::new().signed_in();
    let until = sim.now + seconds(300);
    let snapshot = Snapshot { gates: vec![("contoso.com".into(), until)], ..Snapshot::default() };
    let (model, _) = Model::start(sim.now, Size { width: 80, height: 24 }, settings(), snapshot);
    assert_eq!(model.gates["contoso.com"], until);
    sim.model.gates = model.gates;
    sim.press("r").types("!").press("enter");
    sim.disk_answers();
    assert!(sim.renames().is_empty());
    sim.press("!");
    assert_eq!(sim.renames().len(), 1);
}

#[test]
fn a_name_that_waited_for_more_than_a_day_is_sent_only_after_a_word() {
    let mut sim = Sim::new().signed_in();
    sim.press("r").types("!").press("enter");
    sim.disk_answers();
    sim.now = sim.now + seconds(25 * 3600);
    sim.crash();
    let mut sim = sim.signed_in();
    sim.settle();
    assert!(matches!(sim.row(IDS[0]), RowState::Old));
    assert_eq!(server(&sim, 0), Some("alpha"));
    sim.press("g !");
    sim.settle();
    assert_eq!(server(&sim, 0), Some("alpha!"));
}

#[test]
fn a_change_by_another_copy_appears_and_takes_neither_the_editor_nor_a_newer_name_away() {
    let mut sim = Sim::new().signed_in();
    sim.press("r").types(" being typed");
    sim.disk.sessions.get_mut(&key(IDS[1])).unwrap().name = Some("from the other window".into());
    sim.disk.sessions.get_mut(&key(IDS[1])).unwrap().seen = Some(sim.now + seconds(1));
    sim.disk.sessions.insert(key("new-1"), session("new-1", Some("opened there"), 0));
    sim.send(Msg::LibraryChanged);
    sim.disk_answers();
    assert_eq!(sim.model.list.get(&key(IDS[1])).unwrap().name.as_deref(), Some("from the other window"));
    assert!(sim.model.list.get(&key("new-1")).is_some());
    assert!(matches!(&sim.model.mode, Mode::Rename(r) if r.line.text() == "alpha being typed"));
}

#[test]
fn another_copy_s_older_name_of_a_row_does_not_take_the_place_of_a_newer_one() {
    let mut sim = Sim::new().signed_in();
    let older = sim.disk.sessions[&key(IDS[0])].clone();
    sim.renamed_elsewhere(IDS[0], "theirs");
    sim.pass(seconds(60));
    sim.press("R");
    sim.settle();
    sim.disk.sessions.insert(key(IDS[0]), older);
    sim.send(Msg::LibraryChanged);
    sim.disk_answers();
    assert_eq!(sim.name(IDS[0]), Some("theirs"));
}

#[test]
fn another_copy_s_news_of_a_row_that_is_being_saved_wait_for_the_answer() {
    let mut sim = Sim::new().signed_in();
    sim.press("r").types("!").press("enter");
    sim.disk_answers();
    let row = sim.disk.sessions.get_mut(&key(IDS[0])).unwrap();
    (row.name, row.seen) = (Some("theirs".into()), Some(sim.now + seconds(1)));
    sim.send(Msg::LibraryChanged);
    sim.disk_answers();
    assert_eq!(sim.name(IDS[0]), Some("alpha"));
    sim.settle();
    assert_eq!(sim.name(IDS[0]), Some("alpha!"));
}

#[test]
fn a_draft_that_another_copy_used_up_goes_and_one_that_the_disk_did_not_take_stays() {
    let mut sim = Sim::new().signed_in();
    sim.press("r").types("!").press("esc");
    sim.disk_answers();
    sim.disk.full = true;
    sim.press("j r").types("!").press("esc");
    sim.disk_answers();
    sim.disk.full = false;
    assert_eq!(sim.model.drafts.len(), 2);
    sim.disk.drafts.clear();
    sim.send(Msg::LibraryChanged);
    sim.disk_answers();
    assert_eq!(sim.model.drafts.keys().collect::<Vec<_>>(), [&key(IDS[1])]);
}

#[test]
fn a_save_of_a_row_that_another_copy_is_saving_waits_and_asks_for_its_turn() {
    let mut sim = Sim::new().signed_in();
    sim.press("r").types("!").press("enter");
    // The library says that another copy is at work on the session.
    let Some(Msg::Store(req, Ok(StoreReply::Committed { entry, .. }))) = sim.told.pop() else { panic!() };
    sim.send(Msg::Store(req, Ok(StoreReply::Committed { entry, turn: false })));
    assert!(matches!(sim.row(IDS[0]), RowState::Elsewhere));
    assert!(sim.renames().is_empty());
    sim.pass(seconds(2));
    sim.settle();
    assert_eq!(server(&sim, 0), Some("alpha!"));
}

#[test]
fn presence_is_told_apart_from_drift() {
    let mut gone = session("x", Some("theirs"), 5);
    gone.ours = Some("ours".into());
    assert!(gone.drifted());
    gone.presence = Presence::Gone;
    assert!(!gone.drifted());
    let _ = (fault(FaultKind::Bug), at(0));
}

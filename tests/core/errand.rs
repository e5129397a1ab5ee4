//! What the command line has done by the app's engine: no screen, no person, and an end in every case.

use std::collections::BTreeMap;
use std::time::Duration;

use retitle::core::batch::{Fate, Tally};
use retitle::core::effect::{Effect, GraphCall};
use retitle::core::errand::{PATIENCE, Planned, Step, Task};
use retitle::core::fault::FaultKind;
use retitle::core::msg::{Msg, Size};
use retitle::core::session::WorkspaceId;
use retitle::core::settings::{Face, Settings};
use retitle::core::title::NewName;

use crate::sim::{Disk, How, Sim, at, key, session, settings};

/// Sessions `id-0` … on the server; the first `known` of them are in the library too. All are to be renamed.
fn begun(count: usize, known: usize) -> Sim {
    let mut disk = Disk::default();
    let mut server = BTreeMap::new();
    for n in 0..count {
        let (id, name) = (format!("id-{n}"), format!("name {n}"));
        if n < known {
            disk.sessions.insert(key(&id), session(&id, Some(&name), 60));
        }
        server.insert(id, (Some(name.into()), 0));
    }
    let settings = Settings { face: Face::Errand, still: true, ..settings() };
    let mut sim = Sim::on(settings, Size { width: 0, height: 0 }, disk, server, at(0));
    sim.send(Msg::Tasked(Task::Rename((0..count).map(|n| planned(&format!("id-{n}"), n)).collect())));
    sim
}

fn planned(id: &str, n: usize) -> Planned {
    let to = NewName::restored(Some(format!("new {n}")));
    Planned { key: key(id), workspace: WorkspaceId::new("default"), to }
}

impl Sim {
    fn over(&self) -> bool {
        matches!(self.model.errand.as_ref().unwrap().step, Step::Over(_))
    }

    fn fates(&self) -> Tally {
        Tally::of(&self.model.errand_items())
    }

    fn gets(&self) -> usize {
        self.asked
            .iter()
            .filter(|effect| matches!(effect, Effect::Graph(_, _, GraphCall::Get { .. })))
            .count()
    }

    fn walks(&self) -> usize {
        self.asked
            .iter()
            .filter(|effect| matches!(effect, Effect::Graph(_, _, GraphCall::List { .. })))
            .count()
    }
}

#[test]
fn it_waits_for_the_sign_in_reads_once_and_ends_when_the_last_row_is_on_disk() {
    let mut sim = begun(6, 3);
    assert!(sim.walks() == 0 && !sim.exited, "nothing goes out before it is known who asks");
    sim.answer(0, How::Well);
    sim.answer(0, How::Well);
    assert!(sim.renames().is_empty(), "nor before the journal has it");
    sim.disk_answers();
    assert_eq!(sim.renames().len(), 4);
    sim.settle();
    assert!(sim.exited && sim.over());
    assert_eq!(sim.fates(), Tally { saved: 6, ..Tally::default() });
    assert_eq!(
        (sim.walks(), sim.gets()),
        (1, 0),
        "the unknown rows came with the walk, and nothing else is read"
    );
    assert_eq!(sim.server["id-5"].0.as_deref(), Some("new 5"));
}

#[test]
fn where_every_row_has_its_name_already_it_ends_and_writes_nothing() {
    let mut sim = begun(2, 2);
    sim.renamed_elsewhere("id-0", "new 0");
    sim.renamed_elsewhere("id-1", "new 1");
    sim.settle();
    assert!(sim.exited && sim.disk.journal.is_empty());
    assert_eq!(sim.fates(), Tally { already: 2, ..Tally::default() });
}

#[test]
fn a_row_that_is_nowhere_does_not_hold_up_the_others() {
    let mut sim = begun(2, 2);
    sim.send(Msg::Tasked(Task::Rename(vec![planned("id-0", 0), planned("nobody", 1)])));
    sim.settle();
    assert!(sim.exited);
    assert_eq!((sim.fates().saved, sim.gets()), (1, 1));
    let left_out: Vec<_> = sim.model.errand.as_ref().unwrap().left_out.iter().collect();
    assert!(
        matches!(left_out[..], [(row, fault)] if *row == key("nobody") && fault.kind == FaultKind::NotFound)
    );
    assert!(!sim.disk.sessions.contains_key(&key("nobody")));
}

#[test]
fn a_row_that_the_walk_does_not_bring_is_asked_for_and_may_have_its_name_already() {
    for (name, fates) in
        [("new 0", Tally { already: 1, ..Tally::default() }), ("old", Tally { saved: 1, ..Tally::default() })]
    {
        let mut sim = begun(1, 0);
        sim.homes.insert("id-0".to_owned(), retitle::core::session::Profile::new("elsewhere"));
        sim.renamed_elsewhere("id-0", name);
        sim.settle();
        assert!(sim.exited, "{name}");
        assert_eq!((sim.fates(), sim.walks(), sim.gets()), (fates, 1, 1));
    }
}

#[test]
fn a_busy_server_is_read_again_after_its_pause_and_an_unreachable_one_is_given_up_unwritten() {
    for (how, kind) in [(How::Busy, None), (How::LostBefore, None), (How::Offline, Some(FaultKind::Offline))]
    {
        let mut sim = begun(2, 2);
        sim.answer(0, How::Well);
        for _ in 0..2 {
            assert_eq!(sim.outstanding.len(), 1, "{how:?}");
            sim.answer(0, how);
            assert!(sim.outstanding.is_empty(), "a pause first");
            sim.pass(Duration::from_secs(10));
        }
        sim.answer(0, if kind.is_some() { how } else { How::Well });
        sim.settle();
        assert!(sim.exited, "{how:?}");
        assert_eq!(sim.model.errand.as_ref().unwrap().why().map(|why| &why.kind), kind.as_ref());
        assert_eq!(sim.disk.journal.len(), if kind.is_some() { 0 } else { 2 }, "{how:?}");
    }
}

#[test]
fn looks_that_fail_together_are_one_try() {
    let mut sim = begun(4, 0);
    for n in 0..4 {
        sim.homes.insert(format!("id-{n}"), retitle::core::session::Profile::new("elsewhere"));
    }
    sim.answer(0, How::Well);
    sim.answer(0, How::Well);
    assert_eq!(sim.gets(), 4);
    for _ in 0..4 {
        sim.answer(0, How::Offline);
    }
    assert!(!sim.exited, "{:?}", sim.model.errand);
    sim.pass(Duration::from_secs(10));
    sim.settle();
    assert!(sim.exited);
    assert_eq!(sim.fates(), Tally { saved: 4, ..Tally::default() });
}

#[test]
fn the_table_of_a_task_tells_of_a_session_outside_of_it_that_has_the_name_already() {
    let mut sim = begun(2, 2);
    let to = NewName::restored(Some("name 1"));
    let table = sim.model.table_of(&[Planned { to, ..planned("id-0", 0) }]);
    assert_eq!(table.line(0).unwrap().hints, ["same name as id-1"]);
}

#[test]
fn patience_ends_where_nothing_moves_and_the_rest_stays_in_the_journal() {
    for saved in [0, 1] {
        let mut sim = begun(8, 8);
        sim.answer(0, How::Well);
        sim.answer(0, How::Well);
        sim.disk_answers();
        for _ in 0..saved {
            sim.answer(0, How::Well);
        }
        sim.disk_answers();
        let mut passed = Duration::ZERO;
        while !sim.exited {
            while !sim.outstanding.is_empty() {
                sim.answer(0, How::Offline);
            }
            sim.disk_answers();
            sim.pass(Duration::from_secs(1));
            passed += Duration::from_secs(1);
            assert!(passed < PATIENCE * 2, "{:?}", sim.fates());
        }
        assert!(passed + Duration::from_secs(2) >= PATIENCE, "{passed:?}");
        assert_eq!(sim.fates(), Tally { saved, ahead: 8 - saved, ..Tally::default() });
        let waiting = sim.disk.journal.iter().filter(|(_, _, outcome)| outcome.is_none()).count();
        assert_eq!(waiting, 8 - saved);
    }
}

#[test]
fn patience_begins_anew_with_every_row_that_is_done() {
    let mut sim = begun(8, 8);
    sim.answer(0, How::Well);
    sim.answer(0, How::Well);
    sim.disk_answers();
    for left in (1..8).rev() {
        let until = sim.now + PATIENCE / 2;
        while sim.now < until {
            while !sim.outstanding.is_empty() {
                sim.answer(0, How::Offline);
            }
            sim.pass(Duration::from_secs(1));
        }
        while sim.outstanding.is_empty() && !sim.exited {
            sim.pass(Duration::from_secs(1));
        }
        // The look, and the name behind it.
        sim.answer(0, How::Well);
        sim.answer(sim.outstanding.len() - 1, How::Well);
        sim.disk_answers();
        assert_eq!((sim.exited, sim.fates().ahead), (false, left));
    }
}

#[test]
fn a_pause_that_the_server_asked_for_does_not_try_anybody_s_patience() {
    let mut sim = begun(2, 2);
    sim.answer(0, How::Well);
    sim.answer(0, How::Well);
    sim.disk_answers();
    let busy = || {
        let kind = FaultKind::Busy { retry_after: Some(PATIENCE * 3) };
        Err(crate::sim::fault(kind))
    };
    for (req, ..) in sim.renames() {
        sim.outstanding.clear();
        sim.send(Msg::Graph(req, busy()));
    }
    sim.disk_answers();
    sim.pass(PATIENCE * 2);
    assert!(!sim.exited && sim.outstanding.is_empty(), "all of it keeps to the pause");
    sim.pass(PATIENCE * 2);
    sim.settle();
    assert!(sim.exited);
    assert_eq!(sim.fates().saved, 2);
}

#[test]
fn a_wish_to_end_waits_for_what_is_on_its_way_and_a_second_does_not() {
    let mut sim = begun(8, 8);
    sim.answer(0, How::Well);
    sim.answer(0, How::Well);
    // While the journal is being written it is remembered, and then nothing is sent.
    sim.send(Msg::Terminated);
    assert!(!sim.exited);
    sim.settle();
    assert!(sim.exited && sim.renamed_since(0) == 0);
    assert_eq!(sim.fates(), Tally { stopped: 8, ..Tally::default() });
    assert_eq!(sim.model.drafts.len(), 8, "no name is lost");
    let mut sim = begun(8, 8);
    sim.answer(0, How::Well);
    sim.answer(0, How::Well);
    sim.disk_answers();
    assert_eq!(sim.renames().len(), 4);
    sim.send(Msg::Terminated);
    assert!(!sim.exited);
    sim.settle();
    assert!(sim.exited);
    assert_eq!(sim.fates(), Tally { saved: 4, stopped: 4, ..Tally::default() });
    assert_eq!(sim.model.drafts.len(), 4, "no name is lost");
    let mut sim = begun(1, 1);
    sim.send(Msg::Terminated);
    assert!(sim.exited && sim.disk.journal.is_empty(), "before anything was begun it ends at once");
    let mut sim = begun(1, 1);
    sim.answer(0, How::Well);
    sim.answer(0, How::Well);
    sim.disk_answers();
    sim.send(Msg::Terminated);
    assert!(!sim.exited);
    sim.send(Msg::Terminated);
    assert!(sim.exited);
}

#[test]
fn without_a_sign_in_no_code_is_asked_for_and_one_that_is_lost_ends_it() {
    let mut sim = begun(2, 2);
    // Nothing is cached.
    sim.answer(0, How::Offline);
    assert!(sim.exited && sim.outstanding.is_empty(), "{:?}", sim.outstanding);
    assert_eq!(sim.model.errand.as_ref().unwrap().why().unwrap().kind, FaultKind::SignedOut);
    let mut sim = begun(6, 6);
    sim.answer(0, How::Well);
    sim.answer(0, How::Well);
    sim.disk_answers();
    sim.answer(0, How::SignedOut);
    assert!(!sim.exited, "three are on their way");
    sim.settle();
    assert!(sim.exited);
    assert_eq!(sim.fates(), Tally { saved: 3, ahead: 3, ..Tally::default() });
    assert!(sim.model.errand_items().iter().all(|item| matches!(item.fate, Fate::Saved | Fate::Going)));
}

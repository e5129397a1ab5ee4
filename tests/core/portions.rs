//! So many rows that some of them are gone through at a moment, so that keys are heard meanwhile: of a bulk, which is in the
//! journal before anything else happens, and of a page.

use std::time::Duration;

use retitle::core::batch::{Fate, Stage, Tally};
use retitle::core::effect::{Effect, GraphCall};
use retitle::core::fault::FaultKind;
use retitle::core::listing::Walk;
use retitle::core::msg::{GraphReply, Msg, PageLink};
use retitle::core::store::{Outcome, StoreCall};

use crate::bulk::world;
use crate::sim::{How, Sim, fault, key, settings};

/// Three moments and a bit.
const MANY: usize = 350;
/// So many rows are gone through at one moment.
const STEP: usize = 100;

fn id(n: usize) -> String {
    format!("id-{n:03}")
}

/// Applied just now.
fn applied(rows: usize) -> Sim {
    let mut sim = world(rows, settings());
    sim.goes_on();
    sim.plans("{old} x").planned();
    sim.press("y").planned();
    sim
}

impl Sim {
    fn stage(&self) -> &Stage {
        &self.model.batch.as_ref().expect("a bulk").stage
    }

    fn fate(&self, n: usize) -> &Fate {
        &self.model.batch.as_ref().expect("a bulk").items()[n].fate
    }

    fn commits(&self) -> Vec<usize> {
        let commit = |effect: &Effect| {
            if let Effect::Store(_, StoreCall::CommitAll(all)) = effect { Some(all.len()) } else { None }
        };
        self.asked.iter().filter_map(commit).collect()
    }

    fn checks_names(&self) -> bool {
        self.outstanding.iter().any(|effect| matches!(effect, Effect::Graph(_, _, GraphCall::List { .. })))
    }

    /// One wake.
    fn wakes(&mut self) {
        self.now = self.model.wake().expect("it goes on of itself");
        self.send(Msg::Woke);
    }
}

#[test]
fn each_step_goes_through_some_rows_and_keys_are_heard_between_them() {
    let mut sim = applied(MANY);
    let mut seen = Vec::new();
    for _ in 0..60 {
        seen.push(sim.stage().clone());
        match sim.stage() {
            Stage::Writing(_) => sim.disk_answers(),
            Stage::Reading if sim.checks_names() => sim.answer(0, How::Well),
            Stage::Preparing { .. } | Stage::Written { .. } | Stage::Reading | Stage::Comparing { .. } => {
                sim.wakes();
            }
            Stage::Running { .. } | Stage::Ended { .. } => break,
        }
        sim.press("j");
    }
    assert!(matches!(sim.stage(), Stage::Running { .. }), "{seen:?}");
    assert_eq!(sim.commits(), [MANY], "the journal has all of it at once");
    let next = |stage: &Stage| match stage {
        Stage::Preparing { next } | Stage::Written { next } | Stage::Comparing { next, .. } => Some(*next),
        Stage::Writing(_) | Stage::Reading | Stage::Running { .. } | Stage::Ended { .. } => None,
    };
    for pair in seen.windows(2) {
        if let (Some(before), Some(after)) = (next(&pair[0]), next(&pair[1])) {
            assert!(after <= before + STEP, "{pair:?}");
        }
    }
    assert!(seen.len() > 3 * (MANY / STEP) / 2, "{seen:?}");
    assert_eq!(sim.tally().ahead, MANY);
    assert!(!sim.renames().is_empty());
}

#[test]
fn all_of_a_long_bulk_is_sent_and_found_again_as_one() {
    let mut sim = applied(MANY);
    for _ in 0..2_000 {
        sim.goes_on().disk_answers();
        if sim.outstanding.is_empty() && !sim.model.batch.as_ref().unwrap().runs() {
            break;
        }
        sim.answer(0, How::Well);
    }
    assert_eq!(sim.tally(), Tally { saved: MANY, ..Tally::default() });
    assert!((0..MANY).all(|n| sim.there(&id(n)) == format!("name {n} x")));
    assert_eq!(
        sim.asked.iter().filter(|e| matches!(e, Effect::Graph(_, _, GraphCall::Get { .. }))).count(),
        0
    );
    assert_eq!(sim.model.open_saves(), 0);
}

#[test]
fn killed_while_it_checks_the_names_it_goes_on_at_the_next_start() {
    let mut sim = applied(6);
    sim.disk_answers();
    assert!(sim.checks_names(), "{:?}", sim.outstanding);
    sim.crash();
    for _ in 0..4 {
        sim.settle();
        sim.pass(Duration::from_secs(3));
    }
    assert!((0..6).all(|n| sim.there(&id(n)) == format!("name {n} x")), "{:?}", sim.server);
    sim.press("B");
    sim.disk_answers();
    assert_eq!(sim.tally(), Tally { saved: 6, ..Tally::default() }, "and is the last bulk");
}

#[test]
fn left_while_it_is_still_being_gathered_all_of_it_is_in_the_journal() {
    let mut sim = applied(MANY);
    assert!(matches!(sim.stage(), Stage::Preparing { .. }) && sim.commits().is_empty());
    sim.press("esc q");
    assert_eq!(sim.commits(), [MANY]);
    assert!(!sim.exited, "it is being written");
    sim.disk_answers();
    assert!(sim.exited && !sim.checks_names());
    assert_eq!(sim.disk.journal.len(), MANY);
}

#[test]
fn what_a_person_goes_on_with_while_a_bulk_is_gathered_is_none_of_the_bulk() {
    let mut sim = applied(MANY);
    // The first rows have been gone through, and the journal was not asked for yet.
    assert_eq!((sim.stage(), sim.commits().len()), (&Stage::Preparing { next: STEP }, 0));
    sim.model.overlays.clear();
    sim.press("g");
    sim.press("r");
    sim.goes_on().disk_answers();
    assert!(
        matches!(sim.fate(0), Fate::Failed(fault) if fault.say.contains("being typed")),
        "{:?}",
        sim.fate(0)
    );
    assert_eq!(sim.commits(), [MANY - 1]);
    sim.types(" own").press("enter");
    sim.goes_on().disk_answers();
    for _ in 0..8 {
        sim.goes_on().answer(0, How::Well);
        sim.disk_answers();
    }
    assert_eq!(sim.there(&id(0)), "name 0 own");
    assert_eq!(sim.there(&id(1)), "name 1 x");
}

#[test]
fn a_wish_to_stop_while_the_journal_is_written_is_heard_and_nothing_is_sent() {
    for rows in [5, MANY] {
        let mut sim = applied(rows);
        let before = sim.asked.len();
        sim.press("x");
        assert!(sim.screen().contains("It stops as soon as the journal has it."), "{}", sim.screen());
        for _ in 0..20 {
            sim.goes_on().disk_answers();
        }
        assert_eq!(sim.tally(), Tally { stopped: rows, ..Tally::default() });
        assert!(
            matches!(sim.stage(), Stage::Ended { .. }) && sim.outstanding.is_empty(),
            "{:?}",
            sim.outstanding
        );
        let asks = |effect: &&Effect| matches!(effect, Effect::Graph(..));
        assert_eq!(sim.asked[before..].iter().filter(asks).count(), 0);
        assert!(sim.disk.journal.iter().all(|(_, _, outcome)| *outcome == Some(Outcome::Stopped)));
        assert_eq!(sim.model.open_saves(), 0);
    }
}

#[test]
fn stopped_while_names_are_compared_what_is_not_compared_yet_is_stopped_first() {
    let mut sim = applied(MANY);
    sim.goes_on().disk_answers();
    sim.goes_on().answer(0, How::Well);
    while !matches!(sim.stage(), Stage::Comparing { .. }) {
        sim.wakes();
    }
    sim.press("x");
    let before = sim.stage().clone();
    assert!(matches!(before, Stage::Comparing { .. }), "{before:?}");
    sim.wakes();
    assert_eq!((sim.stage(), sim.tally().stopped > 0), (&before, true));
    sim.goes_on().settle();
    assert_eq!(sim.tally().stopped + sim.tally().saved, MANY, "{:?}", sim.tally());
}

#[test]
fn a_long_bulk_that_is_stopped_sends_nothing_between_two_steps() {
    let mut sim = applied(MANY);
    sim.goes_on().disk_answers();
    sim.goes_on().answer(0, How::Well);
    sim.goes_on();
    assert_eq!(sim.renames().len(), 4);
    sim.goes_on().press("x");
    assert_eq!(sim.tally().stopped, STEP - 4, "the first step");
    sim.answer(0, How::Well);
    sim.answer(0, How::Well);
    assert_eq!(sim.renames().len(), 2, "no turn is taken meanwhile");
    sim.goes_on().settle();
    assert_eq!(sim.tally(), Tally { saved: 4, stopped: MANY - 4, ..Tally::default() });
}

#[test]
fn a_missing_permission_stops_all_of_a_long_bulk() {
    let mut sim = applied(MANY);
    sim.goes_on().disk_answers();
    sim.goes_on().answer(0, How::Well);
    sim.goes_on();
    let Effect::Graph(req, ..) = sim.outstanding.remove(0) else { panic!() };
    sim.send(Msg::Graph(req, Err(fault(FaultKind::Unpermitted))));
    sim.goes_on().settle();
    assert_eq!(sim.tally(), Tally { saved: 3, failed: 1, stopped: MANY - 4, ..Tally::default() });
}

#[test]
fn a_row_that_is_named_on_its_own_while_the_names_are_checked_has_that_name() {
    let mut sim = applied(6);
    sim.disk_answers();
    assert!(sim.checks_names());
    sim.model.overlays.clear();
    sim.press("g r ctrl-u").types("typed meanwhile").press("enter");
    sim.settle();
    assert_eq!(sim.there(&id(0)), "typed meanwhile");
    assert_eq!(*sim.fate(0), Fate::Replaced);
    assert_eq!(sim.tally(), Tally { saved: 5, stopped: 1, ..Tally::default() });
    assert!(sim.model.drafts.is_empty() && sim.disk.drafts.is_empty());
}

#[test]
fn a_row_that_has_changed_or_has_the_name_already_ends_in_the_journal_too() {
    let mut sim = world(3, settings());
    sim.plans("{old} x");
    sim.renamed_elsewhere("id-001", "theirs");
    sim.server.get_mut("id-002").unwrap().0 = Some("name 2 x".into());
    sim.applies();
    sim.settle();
    assert_eq!(sim.tally(), Tally { saved: 1, changed: 1, already: 1, ..Tally::default() });
    let open = sim.disk.journal.iter().filter(|(_, _, outcome)| outcome.is_none()).count();
    assert_eq!(open, 0, "{:?}", sim.disk.journal);
    assert!(sim.model.drafts.is_empty() && sim.disk.drafts.is_empty(), "made names are kept nowhere");
    assert!(!sim.model.saves.contains_key(&key("id-001")));
    sim.press("esc u");
    sim.settle();
    assert_eq!(sim.there("id-000"), "name 0");
    assert_eq!((sim.there("id-001"), sim.there("id-002")), ("theirs", "name 2 x"), "what was not ours stays");
}

#[test]
fn a_name_that_is_typed_while_the_names_are_checked_is_not_sent_over_somebody_else_s() {
    let mut sim = applied(6);
    sim.disk_answers();
    assert!(sim.checks_names());
    sim.renamed_elsewhere("id-000", "theirs");
    sim.model.overlays.clear();
    sim.press("g r ctrl-u").types("mine").press("enter");
    sim.settle();
    assert_eq!(sim.there(&id(0)), "theirs", "the person is asked");
    assert_eq!(sim.model.drafts.get(&key("id-000")).map(|draft| draft.text.as_str()), Some("mine"));
    assert_eq!((sim.tally().ahead, sim.there(&id(1))), (0, "name 1 x"));
}

#[test]
fn a_name_of_its_own_that_waits_is_the_newer_one_wherever_the_bulk_is_with_the_row() {
    let rows = STEP + 50;
    // How many steps the bulk has gone on before.
    for steps in 0..8 {
        let mut sim = applied(rows);
        for _ in 0..steps {
            match sim.stage() {
                Stage::Writing(_) => sim.disk_answers(),
                Stage::Preparing { .. } | Stage::Written { .. } => sim.wakes(),
                Stage::Reading | Stage::Comparing { .. } | Stage::Running { .. } | Stage::Ended { .. } => {}
            }
        }
        sim.model.overlays.clear();
        sim.model.saves.place();
        let row = key(&id(0));
        let last = key(&id(rows - 1));
        sim.press("g r ctrl-u").types("own").press("enter");
        sim.press("G r ctrl-u").types("own too").press("enter");
        sim.crash();
        for _ in 0..2_000 {
            sim.goes_on().disk_answers();
            let ours = sim.outstanding.iter().position(|effect| match effect {
                Effect::Graph(_, _, GraphCall::Get { key, .. }) => *key == row || *key == last,
                Effect::Graph(_, _, GraphCall::Rename { id, .. }) => *id == row.id || *id == last.id,
                _ => false,
            });
            if sim.outstanding.is_empty() {
                break;
            }
            sim.answer(ours.unwrap_or(0), How::Well);
        }
        let names = [sim.there(&id(0)), sim.there(&id(rows - 1))];
        let drafts: Vec<&str> = sim.model.drafts.values().map(|draft| draft.text.as_str()).collect();
        for (name, own) in names.into_iter().zip(["own", "own too"]) {
            assert!(name == own || drafts.contains(&own), "after {steps}: {names:?} {drafts:?}");
        }
    }
}

#[test]
fn a_name_of_its_own_that_the_journal_has_before_the_bulk_is_not_replaced_by_it() {
    let mut sim = applied(3 * MANY);
    sim.model.overlays.clear();
    sim.press("g r ctrl-u");
    sim.send(Msg::Paste("own".into()));
    sim.press("enter");
    sim.wakes();
    assert!(matches!(sim.stage(), Stage::Preparing { next } if *next > STEP), "{:?}", sim.stage());
    sim.goes_on();
    assert_eq!(sim.commits(), [3 * MANY - 1]);
    let waiting: Vec<&str> = sim
        .disk
        .journal
        .iter()
        .filter(|(_, intent, outcome)| intent.key == key(&id(0)) && outcome.is_none())
        .map(|(_, intent, _)| intent.to.words())
        .collect();
    assert_eq!(waiting, ["own"]);
}

#[test]
fn a_bulk_that_was_stopped_before_the_program_is_left_is_not_sent_by_the_next() {
    let mut sim = applied(MANY);
    sim.press("x esc q");
    for _ in 0..20 {
        if !sim.exited {
            sim.goes_on().disk_answers();
        }
    }
    assert!(sim.exited);
    sim.crash();
    for _ in 0..5 {
        sim.settle();
        sim.pass(Duration::from_secs(3));
    }
    assert!((0..MANY).all(|n| sim.there(&id(n)) == format!("name {n}")));
}

#[test]
fn a_disk_that_refuses_a_name_of_its_own_leaves_the_bulk_s_to_be_sent() {
    let mut sim = applied(6);
    sim.disk_answers();
    sim.model.overlays.clear();
    sim.press("g r ctrl-u").types("own");
    sim.disk.full = true;
    sim.press("enter");
    let walk = sim
        .outstanding
        .iter()
        .position(|effect| matches!(effect, Effect::Graph(_, _, GraphCall::List { .. })));
    sim.answer(walk.unwrap(), How::Well);
    sim.disk_answers();
    sim.disk.full = false;
    sim.settle();
    assert_eq!(sim.tally(), Tally { saved: 6, ..Tally::default() });
    assert_eq!(sim.model.drafts.get(&key("id-000")).map(|draft| draft.text.as_str()), Some("own"));
}

#[test]
fn a_row_that_goes_into_the_journal_cannot_be_removed_from_the_list() {
    let mut sim = applied(MANY);
    sim.model.overlays.clear();
    sim.press("g d");
    assert!(sim.screen().contains("It is being saved"), "{}", sim.screen());
    assert!(sim.model.list.get(&key("id-000")).is_some());
}

#[test]
fn a_draft_with_the_words_of_the_bulk_is_kept_where_the_row_is_left_alone() {
    let mut sim = world(3, settings());
    sim.press("g r ctrl-u").types("name 0 x").press("esc");
    sim.disk_answers();
    sim.plans("{old} x");
    sim.renamed_elsewhere("id-000", "theirs");
    sim.applies();
    sim.settle();
    assert_eq!(sim.tally(), Tally { saved: 2, changed: 1, ..Tally::default() });
    assert_eq!(sim.model.drafts.get(&key("id-000")).map(|draft| draft.text.as_str()), Some("name 0 x"));
    assert_eq!(sim.disk.drafts.get(&key("id-000")).map(|draft| draft.text.as_str()), Some("name 0 x"));
}

#[test]
fn a_long_page_is_taken_in_some_at_a_time_behind_the_request_for_the_next() {
    let mut sim = world(MANY, settings());
    sim.press("R");
    for n in 0..MANY {
        sim.renamed_elsewhere(&id(n), "seen");
    }
    let page = |sim: &mut Sim, next: Option<&str>, rows: std::ops::Range<usize>| {
        let list = |effect: &Effect| matches!(effect, Effect::Graph(_, _, GraphCall::List { .. }));
        let at = sim.outstanding.iter().position(list).expect("a page is asked for");
        let Effect::Graph(req, ..) = sim.outstanding.remove(at) else { panic!() };
        let sessions = rows.map(|n| sim.entity(&id(n))).collect();
        let next = next.map(|link| PageLink(format!("https://graph.microsoft.com/beta/{link}")));
        sim.send(Msg::Graph(req, Ok(GraphReply::Page { sessions, next })));
    };
    let seen =
        |sim: &Sim| sim.model.list.all().filter(|session| session.name.as_deref() == Some("seen")).count();
    sim.goes_on();
    page(&mut sim, Some("2"), 0..MANY - 1);
    assert!(sim.checks_names(), "the next page is asked for: {:?}", sim.outstanding);
    let mut steps = vec![seen(&sim)];
    while steps.last() < Some(&(MANY - 1)) {
        sim.wakes();
        steps.push(seen(&sim));
    }
    assert_eq!(steps, [100, 200, 300, 349]);
    let at_rest = sim.model.wake();
    assert!(at_rest.is_none_or(|wake| wake > sim.now + Duration::from_millis(1)), "{at_rest:?}");
    page(&mut sim, None, MANY - 1..MANY);
    assert!(matches!(sim.model.list.walk, Walk::Idle { as_of: Some(_) }), "{:?}", sim.model.list.walk);
    assert_eq!(seen(&sim), MANY);

    sim.press("R");
    page(&mut sim, None, 0..MANY);
    assert!(matches!(sim.model.list.walk, Walk::Going(_)), "it is over when all of it is taken in");
    sim.goes_on();
    assert!(matches!(sim.model.list.walk, Walk::Idle { .. }));
}

#[test]
fn a_name_of_its_own_that_the_disk_refuses_while_the_journal_is_written_leaves_no_entry_of_the_bulk_open() {
    let mut sim = applied(6);
    assert!(matches!(sim.stage(), Stage::Writing(_)));
    sim.model.overlays.clear();
    sim.press("g r ctrl-u").types("own");
    sim.disk.full = true;
    sim.press("enter");
    sim.disk.full = false;
    sim.settle();
    assert_eq!(*sim.fate(0), Fate::Replaced);
    let open = sim.disk.journal.iter().filter(|(_, _, outcome)| outcome.is_none()).count();
    assert_eq!(open, 0, "{:?}", sim.disk.journal);
    assert_eq!(sim.model.drafts.get(&key("id-000")).map(|draft| draft.text.as_str()), Some("own"));
    assert_eq!((sim.there(&id(0)), sim.there(&id(1))), ("name 0", "name 1 x"));
}

#[test]
fn a_row_whose_own_name_the_disk_refuses_is_not_sent_either_once_the_bulk_was_stopped() {
    let mut sim = applied(6);
    sim.disk_answers();
    sim.press("esc g r ctrl-u").types("own");
    sim.disk.full = true;
    sim.press("enter B x");
    sim.disk.full = false;
    sim.settle();
    assert_eq!(sim.tally(), Tally { stopped: 6, ..Tally::default() });
    assert_eq!(sim.renamed_since(0), 0);
    assert_eq!(sim.model.drafts.get(&key("id-000")).map(|draft| draft.text.as_str()), Some("own"));
}

#[test]
fn what_came_before_a_page_that_fails_is_taken_in() {
    let mut sim = world(MANY, settings());
    sim.press("R");
    for n in 0..MANY {
        sim.renamed_elsewhere(&id(n), "seen");
    }
    let list = |sim: &mut Sim| {
        let list = |effect: &Effect| matches!(effect, Effect::Graph(_, _, GraphCall::List { .. }));
        let at = sim.outstanding.iter().position(list).expect("a page is asked for");
        let Effect::Graph(req, ..) = sim.outstanding.remove(at) else { panic!() };
        req
    };
    let req = list(&mut sim);
    let sessions = (0..MANY).map(|n| sim.entity(&id(n))).collect();
    let next = Some(PageLink("https://graph.microsoft.com/beta/2".into()));
    sim.send(Msg::Graph(req, Ok(GraphReply::Page { sessions, next })));
    let req = list(&mut sim);
    sim.send(Msg::Graph(req, Err(fault(FaultKind::SignedOut))));
    sim.goes_on();
    assert!(sim.model.who().is_none());
    assert!(sim.model.list.all().all(|session| session.name.as_deref() == Some("seen")));
}

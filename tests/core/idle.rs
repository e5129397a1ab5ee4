//! An hour in which nobody does anything: the state asks to be woken when something on the screen changes by itself,
//! and at no other moment.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use retitle::core::effect::Effect;
use retitle::core::msg::{Msg, Size};
use retitle::core::time::{Stamp, ago};

use crate::golden::render;
use crate::sim::{Disk, How, IDS, Sim, at, session, settings};

const HOUR: Duration = Duration::from_secs(3_600);
const DAY: i64 = 86_400;

/// Signed in at `at(0)`, with a row of each of these ages in seconds, in that order.
pub fn rows(ages: &[i64], size: Size) -> Sim {
    let mut disk = Disk::default();
    let mut server = BTreeMap::new();
    for (n, age) in ages.iter().enumerate() {
        let id = format!("{n:08}-row");
        let known = session(&id, Some(&format!("row {n}")), *age);
        server.insert(id, (known.name.clone(), 0));
        disk.sessions.insert(known.key.clone(), known);
    }
    let mut sim = Sim::on(settings(), size, disk, server, at(0));
    // The list is read, and brings the dates that the library has.
    sim.answer(0, How::Well);
    sim.disk_answers();
    let walk = sim.outstanding.pop();
    assert!(matches!(walk, Some(Effect::Graph(..))), "{walk:?}");
    let Some(Effect::Graph(req, ..)) = walk else { return sim };
    sim.send(Msg::Graph(req, Ok(crate::sim::page(Vec::new(), None))));
    sim.disk_answers();
    sim.outstanding.clear();
    sim.model.pending.clear();
    sim.model.list.looks.clear();
    sim.pass(Duration::from_secs(10));
    sim
}

fn screen(height: u16) -> Size {
    Size { width: 80, height }
}

/// One wake after the other for an hour; when each was.
fn wakes_of_an_hour(sim: &mut Sim) -> Vec<Stamp> {
    let until = sim.now + HOUR;
    let mut wakes = Vec::new();
    while let Some(wake) = sim.model.wake().filter(|wake| *wake <= until) {
        assert!(wake > sim.now, "{wake:?} is over");
        let asked = sim.asked.len();
        sim.now = wake;
        sim.send(Msg::Woke);
        assert_eq!(sim.asked.len(), asked, "an age asks for nothing");
        wakes.push(wake);
    }
    wakes
}

/// When one of the visible ages becomes another word, in the hour from now on: looked for second by second.
fn rollovers(sim: &Sim) -> Vec<Stamp> {
    let dates: Vec<Stamp> = sim.model.visible().filter_map(|s| s.modified).collect();
    let words = |now: Stamp| dates.iter().map(|then| ago(now, *then).to_string()).collect::<Vec<_>>();
    let seconds = (1..=3_600).map(|n| sim.now + Duration::from_secs(n));
    let changes: BTreeSet<Stamp> =
        seconds.filter(|now| words(*now) != words(now.before(Duration::from_secs(1)))).collect();
    changes.into_iter().collect()
}

#[test]
fn an_hour_with_nothing_pending_and_no_age_about_to_roll_over_has_no_wake() {
    let old = rows(&[15 * DAY, 40 * DAY, 300 * DAY, 800 * DAY], screen(24));
    assert_eq!(old.model.wake(), Some(at(DAY)), "when 300 days become 43 weeks");
}

#[test]
fn without_a_row_that_has_a_date_there_is_no_wake_at_all() {
    let mut empty = Sim::on(settings(), screen(24), Disk::default(), BTreeMap::new(), at(0));
    assert_eq!(empty.model.wake(), None, "a cached sign-in is looked for");
    empty.answer(0, How::Well);
    empty.settle();
    assert_eq!(empty.model.wake(), None);
    let mut undated = Disk::default();
    let mut row = session(IDS[0], Some("alpha"), 60);
    row.modified = None;
    undated.sessions.insert(row.key.clone(), row);
    let mut undated = Sim::on(settings(), screen(24), undated, BTreeMap::new(), at(0));
    undated.answer(0, How::Well);
    undated.settle();
    assert_eq!(undated.model.wake(), None);
}

#[test]
fn visible_ages_wake_it_once_for_each_time_that_one_rolls_over_and_the_screen_changes_then_and_only_then() {
    // Seconds, minutes, hours and days; two that roll over together; one from a server whose clock is ahead.
    let mut sim = rows(&[5, 90, 90, 1_000, 3_500, 7_000, 86_000, 3 * DAY, 13 * DAY + 85_000], screen(24));
    let expected = rollovers(&sim);
    assert!(expected.len() > 100, "{}", expected.len());
    let mut wakes = Vec::new();
    let until = sim.now + HOUR;
    while let Some(wake) = sim.model.wake().filter(|wake| *wake <= until) {
        let before = render(&sim.model);
        sim.now = wake.before(Duration::from_micros(1));
        sim.send(Msg::Woke);
        assert_eq!(render(&sim.model), before, "nothing changes before its moment");
        assert_eq!(sim.model.wake(), Some(wake), "looking early moves no moment");
        sim.now = wake;
        sim.send(Msg::Woke);
        assert_ne!(render(&sim.model), before, "a wake that nobody sees, at {wake:?}");
        wakes.push(wake);
    }
    assert_eq!(wakes, expected);
}

#[test]
fn an_age_that_is_not_on_the_screen_wakes_nobody() {
    let ages: Vec<i64> = (0..40).map(|n| if n < 20 { 90 } else { 20 * DAY }).collect();
    let mut sim = rows(&ages, screen(24));
    assert!(!wakes_of_an_hour(&mut sim).is_empty(), "the young ones are on the screen");
    sim.press("G");
    sim.pass(Duration::from_secs(10));
    assert_eq!(wakes_of_an_hour(&mut sim), []);
}

#[test]
fn drafts_failures_and_saves_that_are_done_are_nothing_to_wake_for() {
    let mut sim = rows(&[20 * DAY, 21 * DAY, 22 * DAY, 23 * DAY], screen(24));
    sim.hold_looks = true;
    sim.press("r").types("x").press("esc j r").types("y").press("enter");
    sim.disk_answers();
    while let Some(at) = sim.outstanding.iter().position(|e| matches!(e, Effect::Graph(..))) {
        sim.answer(at, How::Forbidden);
        sim.disk_answers();
    }
    assert_eq!(sim.model.drafts.len(), 2, "one was left, one refused");
    sim.pass(Duration::from_secs(10));
    assert_eq!(wakes_of_an_hour(&mut sim), []);
}

#[test]
fn a_list_that_could_not_be_read_is_nothing_to_wake_for() {
    for how in [How::Offline, How::Busy, How::Forbidden, How::LostBefore] {
        let mut sim = rows(&[20 * DAY, 21 * DAY], screen(24));
        sim.press("R");
        assert!(!sim.outstanding.is_empty(), "it reads");
        sim.answer(0, how);
        sim.disk_answers();
        sim.pass(Duration::from_secs(10));
        assert_eq!(wakes_of_an_hour(&mut sim), [], "{how:?}");
    }
}

//! A bulk whose renames share requests, where the configuration wants that.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use retitle::core::batch::{Stage, Tally};
use retitle::core::effect::{Effect, GraphCall, Part};
use retitle::core::fault::{Fault, FaultKind};
use retitle::core::msg::{GraphReply, Msg, ReqId, Size};
use retitle::core::row::RowState;
use retitle::core::saves::Phase;
use retitle::core::settings::Settings;

use crate::sim::{Disk, How, Sim, at, fault, key, session, settings};

fn id(n: usize) -> String {
    format!("{n:08}-row")
}

/// So many rows, signed in, and a bulk over all of them applied; its renames are out as far as they may be.
fn applied(rows: usize, json_batch: bool) -> Sim {
    let mut sim = begun(rows, json_batch);
    sim.press("ctrl-a b ctrl-u").types("INC {n:03}").planned();
    sim.press("enter").applies();
    assert!(matches!(sim.model.batch.as_ref().unwrap().stage, Stage::Running { .. }));
    sim
}

fn begun(rows: usize, json_batch: bool) -> Sim {
    let (mut disk, mut server) = (Disk::default(), BTreeMap::new());
    for n in 0..rows {
        let age = i64::try_from(n).unwrap() * 60;
        disk.sessions.insert(key(&id(n)), session(&id(n), Some("old"), age));
        server.insert(id(n), (Some("old".into()), 0));
    }
    let settings = Settings { json_batch, ..settings() };
    Sim::on(settings, Size { width: 80, height: 24 }, disk, server, at(0)).signed_in()
}

fn tally(sim: &Sim) -> Tally {
    sim.model.batch.as_ref().unwrap().tally()
}

/// The batches that are out.
fn batches(sim: &Sim) -> Vec<(ReqId, Vec<Part>)> {
    let batch = |effect: &Effect| match effect {
        Effect::Graph(req, _, GraphCall::RenameMany(parts)) => Some((*req, parts.clone())),
        _ => None,
    };
    sim.outstanding.iter().filter_map(batch).collect()
}

/// Answers the oldest batch part by part; what is `None` is left out at the end, and `Ok` is carried out.
fn reply(sim: &mut Sim, how: impl Fn(usize) -> Option<Result<(), Fault>>) -> Vec<Part> {
    let (req, parts) = batches(sim).remove(0);
    sim.outstanding.retain(|e| !matches!(e, Effect::Graph(of, ..) if *of == req));
    let mut answers = Vec::new();
    for (n, part) in parts.iter().enumerate() {
        match how(n) {
            Some(Ok(())) => {
                let name = part.name.as_deref().map(Into::into);
                *sim.server.get_mut(part.id.as_str()).unwrap() = (name, 1);
                answers.push(Ok((sim.entity(part.id.as_str()), None)));
            }
            Some(Err(fault)) => answers.push(Err(fault)),
            None => {}
        }
    }
    sim.send(Msg::Graph(req, Ok(GraphReply::RenamedMany(answers))));
    parts
}

/// What was asked of Graph for one session, in order.
fn asked_for(sim: &Sim, id: &str) -> Vec<&'static str> {
    let about = |effect: &Effect| match effect {
        Effect::Graph(_, _, GraphCall::Get { key, .. }) if key.id.as_str() == id => Some("look"),
        Effect::Graph(_, _, GraphCall::Rename { id: of, .. }) if of.as_str() == id => Some("alone"),
        Effect::Graph(_, _, GraphCall::RenameMany(parts)) if parts.iter().any(|p| p.id.as_str() == id) => {
            Some("together")
        }
        _ => None,
    };
    sim.asked.iter().filter_map(about).collect()
}

#[test]
fn a_bulk_of_fifty_goes_out_in_three_requests_and_every_row_is_accounted_for() {
    let mut sim = applied(50, true);
    let sizes: Vec<usize> = batches(&sim).iter().map(|(_, parts)| parts.len()).collect();
    assert_eq!(sizes, [20, 20, 10]);
    let rows: BTreeSet<String> = sim.renames().into_iter().map(|(_, id, _)| id).collect();
    assert_eq!(rows.len(), 50, "each row once");
    assert_eq!(sim.outstanding.len(), 3, "and nothing else");

    let busy = || fault(FaultKind::Busy { retry_after: Some(Duration::from_secs(30)) });
    let first = reply(&mut sim, |n| match n {
        3 => Some(Err(fault(FaultKind::Forbidden))),
        4 => Some(Err(fault(FaultKind::NotFound))),
        5 => Some(Err(busy())),
        19 => None,
        _ => Some(Ok(())),
    });
    assert_eq!((tally(&sim).saved, tally(&sim).failed, tally(&sim).ahead), (16, 2, 32));
    let row = |n: usize| first[n].id.as_str();
    assert!(matches!(sim.row(row(0)), RowState::Saved));
    assert_eq!(sim.name(row(0)), first[0].name.as_deref(), "from the returned entity");
    assert!(matches!(sim.row(row(3)), RowState::NotSaved(_)));
    assert!(matches!(sim.row(row(4)), RowState::Gone | RowState::NotSaved(_)));
    assert_eq!(sim.model.saves.get(&key(row(0))).unwrap().tries, 0);
    let gate = sim.model.gate(&sim.model.here().config.profile).expect("one busy part closes the gate");
    assert!(gate >= sim.now + Duration::from_secs(30), "for as long as the part asked");
    let phase = |sim: &Sim, n: usize| sim.model.saves.get(&key(row(n))).unwrap().phase.clone();
    assert!(matches!(phase(&sim, 5), Phase::Retrying { .. }));
    let Phase::Retrying { fault: left_out, .. } = phase(&sim, 19) else { panic!("{:?}", phase(&sim, 19)) };
    assert_eq!(left_out.kind, FaultKind::Unclear, "{}", left_out.say);

    // The second comes back as a whole, and so does the third after all.
    let (whole, _) = batches(&sim).remove(0);
    sim.outstanding.retain(|e| !matches!(e, Effect::Graph(of, ..) if *of == whole));
    sim.send(Msg::Graph(whole, Err(busy())));
    reply(&mut sim, |_| Some(Ok(())));
    assert_eq!((tally(&sim).saved, tally(&sim).failed, tally(&sim).ahead), (26, 2, 22));
    assert!(sim.outstanding.is_empty(), "nothing passes a closed gate: {:?}", sim.outstanding);

    for _ in 0..40 {
        sim.pass(Duration::from_secs(31));
        sim.settle();
    }
    assert_eq!((tally(&sim).saved, tally(&sim).failed, tally(&sim).ahead), (48, 2, 0));
    assert!(!sim.model.batch.as_ref().unwrap().runs());
    assert_eq!(asked_for(&sim, row(0))[0], "together");
    assert_eq!(asked_for(&sim, row(5))[..3], ["together", "look", "alone"]);
    assert_eq!(
        asked_for(&sim, row(19))[..3],
        ["together", "look", "alone"],
        "looked at before it is sent again"
    );
    let renamed =
        sim.server.values().filter(|(name, _)| name.as_deref().unwrap().starts_with("INC ")).count();
    assert_eq!(renamed, 48);
    let names: BTreeSet<&str> = sim.server.values().filter_map(|(name, _)| name.as_deref()).collect();
    assert_eq!(names.len(), 49, "each its own, and two the old one");
}

#[test]
fn with_the_option_off_nothing_is_ever_sent_together() {
    let mut sim = applied(50, false);
    assert_eq!(sim.renames().len(), 4, "four requests at once");
    sim.settle();
    for _ in 0..3 {
        sim.pass(Duration::from_secs(31));
        sim.settle();
    }
    assert_eq!(tally(&sim).saved, 50);
    assert!(!sim.asked.iter().any(|e| matches!(e, Effect::Graph(_, _, GraphCall::RenameMany(_)))));
}

#[test]
fn a_batch_is_one_of_the_four_requests_at_once() {
    let mut sim = applied(120, true);
    assert_eq!((batches(&sim).len(), sim.outstanding.len(), sim.renames().len()), (4, 4, 80));
    reply(&mut sim, |_| Some(Ok(())));
    assert_eq!((batches(&sim).len(), sim.outstanding.len(), tally(&sim).saved), (4, 4, 20));
    sim.settle();
    assert_eq!(tally(&sim).saved, 120);
}

#[test]
fn one_that_is_left_over_goes_as_the_plain_patch() {
    let sim = applied(21, true);
    assert_eq!(batches(&sim)[0].1.len(), 20);
    assert!(matches!(sim.outstanding[1], Effect::Graph(_, _, GraphCall::Rename { .. })));
    let sim = applied(1, true);
    assert!(matches!(sim.outstanding[0], Effect::Graph(_, _, GraphCall::Rename { .. })));
}

#[test]
fn what_was_typed_in_its_row_shares_no_request_not_even_in_rows_of_the_bulk() {
    let mut sim = begun(30, true);
    for _ in 0..25 {
        sim.press("space");
    }
    sim.press("b ctrl-u").types("INC {n:03}").press("enter").applies();
    assert_eq!((batches(&sim).len(), sim.renames().len()), (2, 25));
    // Two rows that are on their way, and two beside the bulk.
    for (way, name) in [("esc g r", "one"), ("j r", "two"), ("G r", "three"), ("k r", "four")] {
        sim.press(way).press("ctrl-u").types(name).press("enter");
        sim.disk_answers();
    }
    let alone = |sim: &Sim| {
        let names = sim.outstanding.iter().filter_map(|effect| match effect {
            Effect::Graph(_, _, GraphCall::Rename { name, .. }) => Some(name.words().to_owned()),
            _ => None,
        });
        names.collect::<Vec<_>>()
    };
    assert_eq!(alone(&sim), ["three", "four"], "they wait for no answer of the bulk");
    sim.outstanding.retain(|e| !matches!(e, Effect::Graph(_, _, GraphCall::Rename { .. })));
    reply(&mut sim, |_| Some(Ok(())));
    assert_eq!(
        (batches(&sim).len(), alone(&sim)),
        (1, vec!["one".to_owned()]),
        "of two rows the first, as the fourth"
    );
}

#[test]
fn a_refused_sign_in_parks_every_row_and_after_it_they_go_together() {
    let mut sim = applied(40, true);
    let place = sim.outstanding.iter().position(|e| matches!(e, Effect::Graph(..))).unwrap();
    sim.answer(place, How::SignedOut);
    assert!(sim.model.who().is_none());
    reply(&mut sim, |_| Some(Err(fault(FaultKind::SignedOut))));
    assert_eq!((tally(&sim).ahead, sim.renames().len()), (40, 0));
    sim.press("esc S");
    // The code, and its approval.
    sim.answer(0, How::Well);
    sim.pass(Duration::from_secs(6));
    sim.answer(0, How::Well);
    assert_eq!(batches(&sim).len(), 2, "{:?}", sim.outstanding);
    sim.settle();
    assert_eq!(tally(&sim).saved, 40);
}

#[test]
fn an_answer_of_another_kind_or_to_nothing_saves_nothing() {
    let mut sim = applied(30, true);
    let (req, parts) = batches(&sim).remove(0);
    let before = sim.model.saves.clone();
    let entity = sim.entity(parts[0].id.as_str());
    let stale = GraphReply::RenamedMany(vec![Ok((entity.clone(), None)); 20]);
    sim.send(Msg::Graph(ReqId(9_999), Ok(stale)));
    assert_eq!(sim.model.saves, before);
    sim.send(Msg::Graph(req, Ok(GraphReply::Renamed { entity, request_id: None })));
    assert_eq!((tally(&sim).saved, tally(&sim).failed), (0, 20));
}

fn how() -> impl Strategy<Value = How> {
    prop_oneof![
        6 => Just(How::Well),
        1 => Just(How::Offline),
        2 => Just(How::Busy),
        2 => Just(How::LostBefore),
        2 => Just(How::LostAfter),
        1 => Just(How::Forbidden),
        1 => Just(How::SignedOut),
    ]
}

/// The same histories each time, so that a change is judged by itself; `CASES=5000 cargo test` plays others.
fn config() -> ProptestConfig {
    let more = std::env::var("CASES").ok().and_then(|n| n.parse().ok());
    let rng_seed = if more.is_some() { RngSeed::Random } else { RngSeed::Fixed(20_931) };
    ProptestConfig {
        cases: more.unwrap_or(40),
        rng_seed,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn whatever_becomes_of_batches_one_patch_is_out_per_row_four_requests_in_all_and_no_row_is_lost(
        rows in 2_usize..70,
        acts in proptest::collection::vec((any::<usize>(), how(), 0_u64..40), 1..30),
        crash in any::<bool>(),
    ) {
        let mut sim = applied(rows, true);
        for (n, how, seconds) in acts {
            let before = sim.outstanding.clone();
            sim.answer(n, how);
            let answered: Vec<Effect> = before.into_iter().filter(|e| !sim.outstanding.contains(e)).collect();
            for effect in answered {
                // The same answer once more.
                let saves = sim.model.saves.clone();
                if let Effect::Graph(req, _, GraphCall::RenameMany(parts)) = &effect {
                    let again = parts.iter().map(|p| Ok((sim.entity(p.id.as_str()), None))).collect();
                    sim.send(Msg::Graph(*req, Ok(GraphReply::RenamedMany(again))));
                    prop_assert_eq!(&sim.model.saves, &saves, "a stale answer changes nothing");
                }
            }
            sim.disk_answers();
            sim.pass(Duration::from_secs(seconds));
            let mut out: Vec<String> = sim.renames().into_iter().map(|(_, id, _)| id).collect();
            let all = out.len();
            out.sort();
            out.dedup();
            prop_assert_eq!(out.len(), all, "two PATCHes for one row");
            let requests: BTreeSet<ReqId> =
                sim.model.saves.values().filter_map(|save| save.phase.request()).collect();
            prop_assert!(requests.len() <= 4, "{} requests at once", requests.len());
            prop_assert!(batches(&sim).iter().all(|(_, parts)| (2..=20).contains(&parts.len())));
        }
        if crash {
            sim.crash();
        }
        for _ in 0..60 {
            sim.settle();
            if sim.model.who().is_none() {
                sim.press("esc S");
            }
            sim.pass(Duration::from_secs(31));
        }
        prop_assert!(!sim.model.saves.values().any(retitle::core::saves::Save::open), "all have ended");
        for n in 0..rows {
            let name = sim.server[&id(n)].0.clone().unwrap();
            let kept = sim.disk.drafts.contains_key(&key(&id(n)));
            prop_assert!(name.starts_with("INC ") || kept, "{}: {name}", id(n));
            prop_assert!(
                sim.name(&id(n)) == Some(&*name) || kept,
                "{} is shown as {:?}, and is {name}", id(n), sim.name(&id(n))
            );
        }
    }
}

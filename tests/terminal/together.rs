//! Copies side by side, and copies that are killed.

use std::collections::BTreeMap;
use std::time::Duration;

use retitle::simulator::Options;
use termlens::Signal;

use crate::common::library::{Wanted, queue, settled};
use crate::common::world::{World, block};
use crate::common::{ask, grow, options};
use crate::{InTerminal, quit};

fn names(world: &World) -> BTreeMap<String, Option<String>> {
    let sessions = block(ask(&world.base, "sessions"));
    let of = |s: &serde_json::Value| {
        (s["id"].as_str().unwrap().to_owned(), s["name"].as_str().map(ToOwned::to_owned))
    };
    sessions.iter().map(of).collect()
}

/// A signed-in world whose library is closed.
fn signed_in(options: Options) -> World {
    let world = World::with(options);
    let mut t = world.start();
    world.sign_in(&mut t);
    quit(t);
    world
}

fn wait_for(mut done: impl FnMut() -> bool) {
    for _ in 0..1_200 {
        if done() {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("a minute was not enough");
}

/// `COUNT` renames more or fewer.
fn count(name: &str, usual: usize) -> usize {
    std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(usual)
}

#[test]
fn two_copies_on_one_library_send_each_of_200_renames_once() {
    let world = signed_in(options());
    let ids = block(grow(&world.base, 200));
    let before = names(&world);
    let wanted: Vec<Wanted> = ids
        .iter()
        .enumerate()
        .map(|(n, id)| Wanted { id: id.clone(), from: before[id].clone(), to: format!("renamed {n}") })
        .collect();
    queue(&world, &wanted);
    let (one, two) = (world.start(), world.start());
    wait_for(|| settled(&world).1 == 0);
    let after = names(&world);
    for Wanted { id, to, .. } in &wanted {
        assert_eq!(after[id].as_deref(), Some(to.as_str()));
    }
    assert_eq!(world.patches(), 200);
    quit(one);
    quit(two);
    assert_eq!(world.patches(), 200);
}

#[test]
fn a_rename_in_one_copy_appears_in_the_other_without_a_key() {
    let world = World::new();
    let mut one = world.ready();
    let mut two = world.start();
    two.wait_until(|s| s.contains("Finance phish") || s.contains("session")).unwrap();
    one.send(termlens::Key::Char('r')).unwrap();
    one.paste(" seen by both").unwrap();
    one.send(termlens::Key::Enter).unwrap();
    one.wait_until(|s| s.contains("saved")).unwrap();
    two.wait_until(|s| s.contains("seen by both")).unwrap();
    quit(one);
    quit(two);
}

#[test]
fn kills_at_random_moments_leave_server_and_library_in_agreement_after_the_next_start() {
    let world = signed_in(Options { latency: Duration::from_millis(15), ..options() });
    let ids = block(grow(&world.base, 12));
    let mut last: BTreeMap<String, String> = BTreeMap::new();
    let mut seed: u64 = 20_931;
    for round in 0..count("KILLS", 6) {
        let before = names(&world);
        let (known, _) = settled(&world);
        let wanted: Vec<Wanted> = ids
            .iter()
            .map(|id| Wanted {
                id: id.clone(),
                from: known.get(id).cloned().unwrap_or_else(|| before[id].clone()),
                to: format!("round {round} of {}", &id[..8]),
            })
            .collect();
        queue(&world, &wanted);
        last.extend(wanted.into_iter().map(|w| (w.id, w.to)));
        let mut t = world.start();
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        std::thread::sleep(Duration::from_millis(20 + (seed >> 33) % 260));
        t.signal(Signal::Kill).unwrap();
        t.wait_exit().unwrap();
    }
    let t = world.start();
    wait_for(|| settled(&world).1 == 0);
    let (library, _) = settled(&world);
    let server = names(&world);
    for (id, to) in &last {
        assert_eq!(server[id].as_deref(), Some(to.as_str()), "the server");
        assert_eq!(library[id].as_deref(), Some(to.as_str()), "the library");
    }
    quit(t);
}

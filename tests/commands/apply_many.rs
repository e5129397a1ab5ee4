//! A thousand names at once, with everything that goes wrong on the way, and back again.

use std::collections::BTreeMap;

use retitle::simulator::Options;
use serde_json::{Value, json};

use crate::apply::grown;
use crate::common::library::settled;
use crate::common::options;
use crate::common::world::{World, block};
use crate::run::{run, sign_in};

const COUNT: usize = 1_000;

fn names(world: &World) -> BTreeMap<String, Option<String>> {
    let sessions = block(crate::common::ask(&world.base, "sessions"));
    let name = |s: &Value| (s["id"].as_str().unwrap().to_owned(), s["name"].as_str().map(ToOwned::to_owned));
    sessions.iter().map(name).collect()
}

#[test]
fn a_thousand_rows_are_all_accounted_for_and_the_server_has_the_plan_less_the_failures() {
    let world = World::with(Options { page_size: 100, ..options() });
    sign_in(&world);
    let (ids, path) = grown(&world, COUNT);
    let before = names(&world);
    // Spread over the batch: pauses, lost requests, lost answers, answers that say little, and refusals.
    let mut faults = Vec::new();
    let mut refused = Vec::new();
    for (n, id) in ids.iter().enumerate() {
        let mut fault = match n % 100 {
            3 if n < 400 => json!({"status": 429, "retry_after": "0"}),
            17 if n < 300 => json!({"delivery": "reset"}),
            31 if n < 300 => json!({"delivery": "reset", "after": true}),
            47 if n < 300 => json!({"status": 500}),
            59 | 73 => {
                refused.push(id.clone());
                json!({"status": if n % 100 == 59 { 403 } else { 404 }})
            }
            _ => continue,
        };
        fault["method"] = json!("PATCH");
        fault["path"] = json!(id);
        faults.push(fault);
    }
    world.control("faults", json!(faults));
    let ran = run(&world, &["apply", &path, "--json"]);
    assert_eq!(ran.code, 1, "refusals of two kinds: {}", ran.err);
    let told: Value = serde_json::from_str(&ran.out).unwrap();
    let of = |part: &str, key: &str| -> Vec<String> {
        told[part].as_array().unwrap().iter().map(|one| one[key].as_str().unwrap().to_owned()).collect()
    };
    let (saved, mut failed) = (of("sessions", "id"), of("errors", "session"));
    assert_eq!(saved.len() + failed.len(), COUNT, "every row is accounted for");
    failed.sort();
    refused.sort();
    assert_eq!(failed, refused);
    let there = names(&world);
    for (n, id) in ids.iter().enumerate() {
        let wanted = if refused.contains(id) { before[id].clone() } else { Some(format!("planned {n}")) };
        assert_eq!(there[id], wanted);
    }
    assert_eq!((settled(&world).0.len(), settled(&world).1), (COUNT - refused.len(), 0));
    let walks = |from: usize| {
        let requests = world.requests();
        let gets = requests[from..].iter().filter(|r| r["method"] == "GET");
        gets.filter(|r| !ids.iter().any(|id| r["target"].as_str().unwrap().contains(id))).count()
    };
    let asked = world.requests().len();
    let undo = run(&world, &["undo"]);
    assert_eq!((undo.code, undo.out.lines().count()), (0, COUNT - refused.len()), "{}", undo.err);
    assert_eq!(names(&world), before);
    assert!(walks(asked) <= 12, "one walk, page by page: {}", walks(asked));
    let gets = world.requests()[asked..].iter().filter(|r| r["method"] == "GET").count();
    assert_eq!(gets, walks(asked), "and no row on its own");
}

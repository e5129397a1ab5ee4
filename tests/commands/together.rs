//! Many processes and sudden ends: the cache stays whole, and one refresh serves all.

use std::time::Duration;

use retitle::simulator::Options;

use crate::common::options;
use crate::common::world::World;
use crate::run::{retitle, run, sign_in};

/// Makes the access token look expired long ago.
fn age(world: &World) {
    let text = std::fs::read_to_string(world.tokens()).unwrap();
    let mut file: serde_json::Value = serde_json::from_str(&text).expect("whole");
    for entry in file["entries"].as_object_mut().unwrap().values_mut() {
        entry["expires_at"] = 1.into();
    }
    std::fs::write(world.tokens(), file.to_string()).unwrap();
}

/// `doctor` needs a token and makes a GET.
#[test]
fn forty_processes_with_one_expired_token_make_one_refresh_even_where_a_second_would_end_the_sign_in() {
    let world = World::with(Options { revoke_on_reuse: true, ..options() });
    sign_in(&world);
    age(&world);
    let running: Vec<_> = (0..40).map(|_| retitle(&world, &["doctor"]).spawn().unwrap()).collect();
    for child in running {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
    assert_eq!(world.refreshes(), 1);
}

#[test]
fn a_kill_at_any_moment_of_a_refresh_leaves_a_cache_that_can_be_read() {
    let world = World::new();
    sign_in(&world);
    for delay in 0..25 {
        // Every run finds the token too old and writes a new one.
        age(&world);
        let mut child = retitle(&world, &["doctor"]).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(delay * 3));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    assert!(world.refreshes() > 3, "the kills came too early to prove anything: {}", world.refreshes());
    assert_eq!(run(&world, &["doctor"]).code, 0, "still signed in");
    // What a kill left half written holds tokens, and goes with the sign-in.
    assert_eq!(run(&world, &["logout"]).code, 0);
    let left: Vec<_> =
        std::fs::read_dir(world.state().join("auth")).unwrap().map(|f| f.unwrap().file_name()).collect();
    assert_eq!(left, ["auth.lock"]);
}

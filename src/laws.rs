//! How laws are tried in this crate's own tests.

use proptest::prelude::ProptestConfig;
use proptest::test_runner::RngSeed;

/// The same examples each time, so that a change is judged by itself; `CASES=20000 cargo test` tries others.
pub(crate) fn config(cases: u32) -> ProptestConfig {
    let more = std::env::var("CASES").ok().and_then(|n| n.parse().ok());
    let rng_seed = if more.is_some() { RngSeed::Random } else { RngSeed::Fixed(20_931) };
    ProptestConfig {
        cases: more.unwrap_or(cases),
        rng_seed,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

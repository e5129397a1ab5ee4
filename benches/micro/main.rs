//! What the parts cost, one by one: `cargo bench --bench micro`, with a name behind `--` for one part alone and `--quick`
//! for a first look. What they allocate, tests/guard counts.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    missing_docs,
    reason = "a benchmark that cannot begin says so by panicking"
)]

#[path = "../../tests/common/crowd.rs"]
mod crowd;
mod disk;
mod frame;
mod line;
mod list;
#[path = "../../tests/common/start.rs"]
mod start;
mod step;
mod wire;

use criterion::{criterion_group, criterion_main};

/// Numbers of rows: a person's list, a team's, a tenant's.
const ROWS: [usize; 3] = [100, 10_000, 100_000];

criterion_group!(parts, frame::all, step::all, step::plan, list::all, disk::all, wire::all, line::all);
criterion_main!(parts);

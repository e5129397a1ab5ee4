//! The core and the view without any outside: journeys on a virtual clock, laws, golden screens.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::wildcard_enum_match_arm,
    reason = "a test that fails says so by panicking"
)]

mod acts;
mod batch;
mod bulk;
mod calm;
mod engine;
mod errand;
mod finding;
mod golden;
mod idle;
mod journeys;
mod laws;
mod long;
mod making;
mod many;
mod mouse;
mod naming;
mod pasting;
mod person;
mod pictures;
mod places;
mod plain;
mod planning;
mod portions;
mod protected;
mod record;
mod scenes;
mod screens;
mod sheet;
mod shelf;
mod sign_in;
mod sim;
mod small;
#[path = "../common/start.rs"]
mod start;
#[path = "../pictures/svg.rs"]
mod svg;

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

mod engine;
mod golden;
mod journeys;
mod laws;
mod many;
mod pictures;
mod plain;
mod record;
mod screens;
mod sign_in;
mod sim;

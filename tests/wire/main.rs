//! The real clients over real sockets: against the simulator, and byte for byte against a listener.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::wildcard_enum_match_arm,
    reason = "a test that fails says so by panicking"
)]

mod browser;
mod claims;
#[path = "../common/mod.rs"]
mod common;
mod connections;
mod errors;
mod graph;
mod many;
mod matrix;
mod pace;
mod raw;
mod sign_in;
mod signing;
mod simulator;

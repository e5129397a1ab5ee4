//! The real binary without a screen: what it prints where, and how it exits.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::wildcard_enum_match_arm,
    clippy::disallowed_methods,
    reason = "a test that fails says so by panicking"
)]

mod apply;
mod apply_many;
#[path = "../common/mod.rs"]
mod common;
mod https;
mod journal;
#[cfg(unix)]
mod keyring;
mod output;
mod plain;
mod rename;
mod run;
mod sessions;
mod shells;
mod sign_in;
mod site;
mod story;
mod surroundings;
#[cfg(unix)]
mod together;

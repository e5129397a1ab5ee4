//! The real clients over real sockets: against the simulator, and byte for byte against a listener.

#[path = "../common/mod.rs"]
mod common;
mod graph;
mod raw;
mod sign_in;
mod simulator;

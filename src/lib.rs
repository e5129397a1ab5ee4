//! retitle: a keyboard-driven terminal session manager for Microsoft Security Copilot.

pub mod auth;
pub mod cli;
pub mod core;
pub mod desk;
pub mod graph;
pub mod http;
pub mod log;
pub mod ports;
pub mod shell;
pub mod simulator;
pub mod store;
pub mod view;

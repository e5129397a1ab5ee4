//! Everything that waits: the loop, the effects, the terminal.

pub mod canvas;
pub mod clock;
mod exec;
pub mod input;
mod keys;
pub mod lines;
mod pace;
pub mod pen;
pub mod progress;
mod run;
pub mod signals;
mod task;
pub mod term;
#[cfg(test)]
mod tests;
mod turn;

pub use run::{Office, Ports, run};

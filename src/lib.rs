//! retitle: a keyboard-driven terminal session manager for Microsoft Security Copilot.
//!
//! ```text
//! main ─▶ shell ─▶ view ─▶ core ◀─ ports ◀─ graph, auth, store          simulator: stands alone, speaks only HTTP
//!           └─────▶ ports, core         (main alone knows both sides of ports)
//! ```
//!
//! # A tour
//!
//! Read in this order; each module's own page begins with what it is for.
//!
//! 1. [`core`] is the program: state and rules, without a clock, file, network or terminal. [`core::msg::Msg`] are the
//!    facts that it hears, [`core::effect::Effect`] the wishes that it has, [`core::model::Model`] what it knows.
//!    [`core::command`] and [`core::keymap`] are the one table of what a person can ask for.
//! 2. [`view`] draws a model. The same model and size give the same screen.
//! 3. [`ports`] are the traits between that and the outside. Every fake of the tests fits them.
//! 4. [`shell`] is the loop: it hears keys and answers, and carries out effects.
//! 5. [`graph`], [`auth`] and [`store`] are the real outside: Graph's calls, the sign-in with its token cache, the SQLite
//!    library and the configuration. [`http`] is the client that the first two share, [`desk`] browser, clipboard and
//!    editor, [`log`] the log file, [`platform`] where systems differ.
//! 6. [`cli`] is the command line, and its commands that need no screen.
//! 7. `simulator` plays Entra and Graph for the demo and the tests. It shares no code with the clients.
//!
//! `main` and `launch`, in the binary, put the concrete types together.
//!
//! # One rename, from key to row
//!
//! 1. [`shell::input`] makes a [`ports::InputEvent`] of the key, the loop in [`shell`] a [`core::msg::Msg`], and hands it
//!    to [`core::model::Model::step`], the only function that changes state.
//! 2. Enter asks for one effect: write the intent to the journal ([`core::store::StoreCall::Commit`]). Nothing leaves
//!    before [`store::library`] has answered.
//! 3. Then the core asks for the PATCH ([`core::effect::GraphCall::Rename`]), as the account that typed the name and no
//!    other. [`graph`] sends it with a token from [`auth`].
//! 4. The answer comes back as a message with the request's number; an unknown number changes nothing. The row is
//!    rebuilt from the returned entity ([`core::saves`]), and [`view::draw`] shows it.
//!
//! `retitle rename` and `undo` go the same way without the loop: look, journal, turn, PATCH, outcome ([`cli::deed`]).
//! `retitle apply`, and the undo of a batch, are the app's loop and bulk without a screen ([`core::errand`]).
//!
//! # Laws
//!
//! What the tests hold the core to: what was typed is on the server, on its way, or kept; one PATCH in flight per
//! session; nothing goes out under another account; when the world gets well, the server ends with the last committed
//! name; [`core::model::Model::wake`] is the one timer, and it always advances.
//!
//! # A new command
//!
//! It begins in [`core::command`] (its name and help) and [`core::keymap`] (its keys), gets its meaning in a function
//! under `core::update`, and is tested as a journey in `tests/core`. CONTRIBUTING.md walks through one.

pub mod auth;
pub mod cli;
pub mod core;
pub mod desk;
pub mod graph;
pub mod http;
#[cfg(test)]
mod laws;
pub mod log;
pub mod platform;
pub mod ports;
pub mod shell;
#[cfg(feature = "simulator")]
pub mod simulator;
pub mod store;
pub mod view;

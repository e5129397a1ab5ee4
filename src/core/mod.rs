//! State and rules. Pure: no clock, file, network, task, terminal or ratatui in here.

pub mod address;
pub mod command;
pub mod effect;
pub mod fault;
pub mod glyph;
pub mod help;
pub mod key;
pub mod line;
pub mod listing;
pub mod model;
pub mod msg;
pub mod notice;
pub mod pace;
pub mod place;
pub mod record;
pub mod reference;
pub mod row;
pub mod saves;
pub mod session;
pub mod standing;
pub mod store;
pub mod time;
pub mod title;
pub(crate) mod update;

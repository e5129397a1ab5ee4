//! State and rules. Pure: no clock, file, network, task, terminal or ratatui in here.
//!
//! - What goes in and comes out: [`msg`], [`effect`], [`store`] (the library's part of both), [`fault`].
//! - What is known: [`model`], with [`listing`] (the rows), [`place`] (a profile and its sign-in), [`saves`] (each name
//!   on its way), [`mode`] (what has the keys), [`session`].
//! - What a person can ask for: [`command`], [`keymap`], [`help`], [`menu`].
//! - What becomes of it: `update`, one file a topic; `wake`, when the next thing is due.
//! - What is said of it: [`row`], [`notice`], [`reading`], [`glyph`] (what a terminal may be shown), [`sight`] (where
//!   lines stand that can be clicked).
//! - Names: [`title`], [`template`], [`likeness`], [`recall`], [`bulk`].

pub mod address;
pub mod arrange;
pub mod batch;
pub mod bulk;
pub mod command;
pub mod effect;
pub mod errand;
pub mod fault;
pub mod filter;
pub mod fuzzy;
pub mod glyph;
pub mod help;
pub mod key;
pub mod keymap;
pub mod likeness;
pub mod line;
pub mod listing;
pub mod look;
pub mod menu;
pub mod mode;
pub mod model;
pub mod msg;
pub mod notice;
pub mod order;
pub mod pace;
pub mod pending;
pub mod place;
pub mod plain;
pub mod preview;
pub mod reading;
pub mod recall;
pub mod record;
pub mod reference;
pub mod row;
pub mod saves;
mod seats;
pub mod session;
pub mod settings;
pub mod sight;
pub mod standing;
pub mod store;
pub mod table;
pub mod template;
pub mod time;
pub mod title;
pub mod trees;
pub(crate) mod update;
mod wake;
pub mod work;

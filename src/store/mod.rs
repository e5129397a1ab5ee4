//! What is on disk: the library, the configuration, and where they lie.

pub mod config;
pub mod library;
pub mod paths;
pub mod record;

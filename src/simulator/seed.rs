//! The invented world: `assets/demo/world.json`. Times are ages, so that it is always as fresh as today.

use serde::Deserialize;

use super::world::Workspace;

/// A session that a person has opened before the story begins. Moments are microseconds since 1970 UTC.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Seed {
    pub id: String,
    pub workspace: String,
    pub name: Option<String>,
    pub created: i64,
    pub modified: i64,
    pub opened: i64,
}

#[derive(Deserialize)]
pub(super) struct SeedWorld {
    pub(super) workspaces: Vec<Workspace>,
    pub(super) sessions: Vec<SeedSession>,
}

#[derive(Deserialize)]
pub(super) struct SeedSession {
    pub(super) id: String,
    pub(super) workspace: String,
    pub(super) name: Option<String>,
    pub(super) created_minutes_ago: i64,
    pub(super) modified_minutes_ago: i64,
    pub(super) opened_minutes_ago: Option<i64>,
    pub(super) prompts: Vec<String>,
}

const MINUTE: i64 = 60_000_000;

pub(super) fn world() -> std::io::Result<SeedWorld> {
    Ok(serde_json::from_str(include_str!("../../assets/demo/world.json"))?)
}

pub(super) fn ago(now: i64, minutes: i64) -> i64 {
    // An odd fraction, as the service has them.
    now - minutes * MINUTE - 487_311
}

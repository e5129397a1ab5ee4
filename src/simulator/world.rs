//! All state of the simulator, and the one function that changes it.

use std::collections::{BTreeMap, VecDeque};
use std::io;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::fault::Fault;
use super::message::{Delivery, Reply, Request};
use super::policy::Policy;
use super::seed::{self, Seed};
use super::{Options, device_page, entra, fault, graph};

/// How many received requests are remembered.
const REMEMBERED: usize = 20_000;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Workspace {
    pub(super) id: String,
    pub(super) name: String,
    /// Whether the signed-in people have a role in it.
    pub(super) access: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Session {
    pub(super) id: String,
    pub(super) workspace: String,
    pub(super) name: Option<String>,
    /// Microseconds since 1970 UTC, here and everywhere.
    pub(super) created: i64,
    pub(super) modified: i64,
    pub(super) prompts: Vec<String>,
}

/// A person who can sign in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Person {
    pub(super) username: &'static str,
    pub(super) name: &'static str,
    pub(super) oid: &'static str,
}

pub(super) const TENANT: &str = "6babcaad-604b-40ac-a9d7-9fd97c0b779f";
pub(super) const PEOPLE: [Person; 2] = [
    Person { username: "j.doe@contoso.com", name: "Jo Doe", oid: "0b5c9f1e-3a64-4a0e-9e5b-6d1f0c2a7b11" },
    Person { username: "m.roe@contoso.com", name: "Mia Roe", oid: "f2a7c3d4-5b6e-47f8-8a90-1c2d3e4f5a62" },
];

/// The person of this number, if there is one; else the first.
pub(super) fn person(number: Option<usize>) -> usize {
    number.filter(|number| *number < PEOPLE.len()).unwrap_or(0)
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Grant {
    /// The index of the person.
    pub(super) person: usize,
    pub(super) client: String,
    pub(super) scopes: Vec<String>,
    pub(super) expires: i64,
    /// All tokens of one sign-in share this.
    pub(super) family: String,
    /// A refresh token that was used.
    #[serde(default)]
    pub(super) used: bool,
    /// An access token that Graph answers with a claims challenge.
    #[serde(default)]
    pub(super) challenged: bool,
    /// The client declared that it understands such challenges.
    #[serde(default)]
    pub(super) cp1: bool,
}

/// What happened to a device code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Verdict {
    Open,
    Approved(usize),
    Denied,
    Redeemed,
}

#[derive(Clone, Debug)]
pub(super) struct DeviceCode {
    pub(super) secret: String,
    pub(super) user_code: String,
    pub(super) client: String,
    pub(super) scopes: Vec<String>,
    pub(super) made: i64,
    pub(super) expires: i64,
    pub(super) interval: i64,
    pub(super) polled: Option<i64>,
    pub(super) verdict: Verdict,
}

/// A code of the browser flow, on its way from the page to the program.
#[derive(Clone, Debug)]
pub(super) struct AuthCode {
    pub(super) secret: String,
    pub(super) client: String,
    pub(super) redirect: String,
    /// The S256 challenge.
    pub(super) challenge: String,
    pub(super) scopes: Vec<String>,
    pub(super) nonce: Option<String>,
    pub(super) person: usize,
    pub(super) expires: i64,
}

/// What is kept between runs.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Kept {
    pub(super) workspaces: Vec<Workspace>,
    pub(super) sessions: Vec<Session>,
    pub(super) access: BTreeMap<String, Grant>,
    pub(super) refresh: BTreeMap<String, Grant>,
}

pub(super) struct World {
    pub(super) options: Options,
    pub(super) base: String,
    pub(super) kept: Kept,
    pub(super) codes: Vec<DeviceCode>,
    pub(super) auth_codes: Vec<AuthCode>,
    pub(super) policy: Policy,
    pub(super) faults: Vec<Fault>,
    received: VecDeque<Request>,
    /// Whether `kept` changed since it was last written.
    dirty: bool,
}

impl World {
    pub(super) fn new(options: Options, base: &str, now: i64) -> io::Result<Self> {
        let kept = match options.state_file.as_ref().map(std::fs::read) {
            Some(Ok(bytes)) => serde_json::from_slice(&bytes)?,
            Some(Err(error)) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Some(Err(_)) | None => fresh(now)?,
        };
        Ok(Self {
            options,
            base: base.to_owned(),
            kept,
            codes: Vec::new(),
            auth_codes: Vec::new(),
            policy: Policy::default(),
            faults: Vec::new(),
            received: VecDeque::new(),
            dirty: true,
        })
    }

    pub(super) fn opened(&self, now: i64) -> Vec<Seed> {
        let opened: BTreeMap<String, i64> = seed::world()
            .map(|w| w.sessions)
            .unwrap_or_default()
            .into_iter()
            .filter_map(|s| s.opened_minutes_ago.map(|m| (s.id, seed::ago(now, m))))
            .collect();
        let default = self.kept.workspaces.first().map(|w| w.id.as_str());
        self.kept
            .sessions
            .iter()
            .filter_map(|s| {
                Some(Seed {
                    id: s.id.clone(),
                    workspace: if Some(s.workspace.as_str()) == default {
                        "default".into()
                    } else {
                        s.workspace.clone()
                    },
                    name: s.name.clone(),
                    created: s.created,
                    modified: s.modified,
                    opened: *opened.get(&s.id)?,
                })
            })
            .collect()
    }

    /// Takes in one request.
    pub(super) fn handle(&mut self, now: i64, request: &Request) -> Reply {
        let segments = request.segments();
        let first = segments.first().map_or("", String::as_str);
        if first == "control" && self.options.control {
            return fault::control(self, now, request, &segments);
        }
        self.remember(request);
        let fault = fault::take(&mut self.faults, request);
        if let Some(fault) = &fault
            && let Some(reply) = fault.instead(now)
        {
            return reply;
        }
        let mut reply = match first {
            "beta" => graph::handle(self, now, request, &segments),
            "device" => device_page::handle(self, now, request),
            "sessions" if request.method == "GET" => {
                device_page::portal(self, segments.get(1).map_or("", String::as_str))
            }
            _ => entra::handle(self, now, request, &segments),
        };
        if first == "beta" {
            // A batch is as slow as its slowest part, which has been counted.
            reply.delay =
                reply.delay.max(u64::try_from(self.options.latency.as_millis()).unwrap_or(u64::MAX));
        }
        if let Some(fault) = fault {
            reply = fault.applied_to(reply);
        }
        reply
    }

    fn remember(&mut self, request: &Request) {
        if self.received.len() == REMEMBERED {
            self.received.pop_front();
        }
        self.received.push_back(request.clone());
    }

    pub(super) fn received(&self) -> impl Iterator<Item = &Request> {
        self.received.iter()
    }

    pub(super) fn changed(&mut self) {
        self.dirty = true;
    }

    /// What is to be written to the state file, if anything is.
    pub(super) fn take_unwritten(&mut self) -> Option<(std::path::PathBuf, Vec<u8>)> {
        let path = self.options.state_file.clone()?;
        if !std::mem::take(&mut self.dirty) {
            return None;
        }
        serde_json::to_vec(&self.kept).ok().map(|bytes| (path, bytes))
    }

    /// The real ID behind an ID or the alias `default`.
    pub(super) fn workspace(&self, id: &str) -> Option<&Workspace> {
        if id == "default" {
            self.kept.workspaces.first()
        } else {
            self.kept.workspaces.iter().find(|w| w.id == id)
        }
    }
}

impl Delivery {
    pub(super) fn of(kind: &str) -> Self {
        match kind {
            "reset" => Self::Reset,
            "cut" => Self::Cut,
            _ => Self::Whole,
        }
    }
}

fn fresh(now: i64) -> io::Result<Kept> {
    let seed = seed::world()?;
    let sessions = seed
        .sessions
        .into_iter()
        .map(|s| Session {
            id: s.id,
            workspace: s.workspace,
            name: s.name,
            created: seed::ago(now, s.created_minutes_ago),
            modified: seed::ago(now, s.modified_minutes_ago),
            prompts: s.prompts,
        })
        .collect();
    Ok(Kept { workspaces: seed.workspaces, sessions, ..Kept::default() })
}

pub(super) fn guid() -> String {
    Uuid::new_v4().to_string()
}

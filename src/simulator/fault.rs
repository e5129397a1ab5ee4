//! Faults as data, and the endpoints under `/control` that set them and tell what was received.

use serde::Deserialize;
use serde_json::{Value, json};

use super::message::{Delivery, Reply, Request};
use super::world::{Verdict, World};

/// What goes wrong, with which requests, and how often.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Fault {
    /// The method; any when left out.
    method: Option<String>,
    /// A part of the path; any when left out.
    path: Option<String>,
    /// How many requests it strikes.
    #[serde(default = "once")]
    times: u32,
    /// Answer with this status instead of carrying the request out.
    status: Option<u16>,
    retry_after: Option<String>,
    /// `graph` (default), `html`, `empty` or `truncated`: the body that goes with the status.
    body: Option<String>,
    /// `reset` or `cut`: how the connection ends.
    delivery: Option<String>,
    /// With `delivery`: carry the request out first.
    #[serde(default)]
    after: bool,
    /// Milliseconds before the answer.
    #[serde(default)]
    delay: u64,
}

fn once() -> u32 {
    1
}

/// The first fault that strikes this request.
pub(super) fn take(faults: &mut Vec<Fault>, request: &Request) -> Option<Fault> {
    let at = faults.iter().position(|f| {
        f.method.as_ref().is_none_or(|m| *m == request.method)
            && f.path.as_ref().is_none_or(|p| request.target.contains(p))
    })?;
    let fault = faults.get_mut(at)?;
    fault.times = fault.times.saturating_sub(1);
    let struck = fault.clone();
    if struck.times == 0 {
        faults.remove(at);
    }
    Some(struck)
}

impl Fault {
    /// The answer that takes the place of the real one.
    pub(super) fn instead(&self, now: i64) -> Option<Reply> {
        let mut reply = match (self.status, self.delivery.as_deref()) {
            (Some(status), _) => self.with_status(status, now),
            (None, Some("reset")) if !self.after => Reply::html(500, String::new()),
            (None, _) => return None,
        };
        reply.delivery = Delivery::of(self.delivery.as_deref().unwrap_or(""));
        reply.delay = self.delay;
        Some(reply)
    }

    fn with_status(&self, status: u16, now: i64) -> Reply {
        let code = match status {
            429 => "TooManyRequests",
            403 => "Forbidden",
            404 => "ResourceNotFound",
            503 => "ServiceUnavailable",
            _ => "UnknownError",
        };
        let body = json!({"error": {"code": code, "message": "A fault that was asked for.",
            "innerError": {"date": super::graph::date(now), "request-id": "fault", "client-request-id": "fault"}}});
        let mut reply = match self.body.as_deref() {
            Some("html") => Reply::html(status, "<html><body><h1>Bad gateway</h1></body></html>".into()),
            Some("empty") => Reply { body: Vec::new(), ..Reply::json(status, &body) },
            Some("truncated") => Reply {
                body: body.to_string().into_bytes().into_iter().take(20).collect(),
                ..Reply::json(status, &body)
            },
            Some(_) | None => Reply::json(status, &body).with("request-id", "fault"),
        };
        if let Some(value) = &self.retry_after {
            reply = reply.with("retry-after", value);
        }
        reply
    }

    /// The real answer, delayed or lost on its way.
    pub(super) fn applied_to(&self, mut reply: Reply) -> Reply {
        reply.delay += self.delay;
        reply.delivery = Delivery::of(self.delivery.as_deref().unwrap_or(""));
        reply
    }
}

/// `/control/…`
pub(super) fn control(world: &mut World, now: i64, request: &Request, segments: &[String]) -> Reply {
    let body = || serde_json::from_slice::<Value>(&request.body).unwrap_or_default();
    let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).map(ToOwned::to_owned);
    match (request.method.as_str(), segments.get(1).map_or("", String::as_str)) {
        ("POST", "faults") => match serde_json::from_slice::<Vec<Fault>>(&request.body) {
            Ok(faults) => {
                world.faults.extend(faults.into_iter().filter(|f| f.times > 0));
                done()
            }
            Err(error) => Reply::json(400, &json!({"error": error.to_string()})),
        },
        ("POST", what @ ("approve" | "deny")) => {
            let wanted = text(&body(), "user_code");
            let person = body().get("person").and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok());
            let code =
                world.codes.iter_mut().rev().find(|c| {
                    c.verdict == Verdict::Open && wanted.as_ref().is_none_or(|w| *w == c.user_code)
                });
            match code {
                Some(code) => {
                    code.verdict = if what == "approve" {
                        Verdict::Approved(super::world::person(person))
                    } else {
                        Verdict::Denied
                    };
                    done()
                }
                None => Reply::json(404, &json!({"error": "no open code"})),
            }
        }
        ("POST", "policy") => match serde_json::from_slice(&request.body) {
            Ok(policy) => {
                world.policy = policy;
                done()
            }
            Err(error) => Reply::json(400, &json!({"error": error.to_string()})),
        },
        ("POST", "challenge") => {
            world.kept.access.values_mut().for_each(|grant| grant.challenged = true);
            done()
        }
        ("POST", "expire-codes") => {
            world.codes.iter_mut().for_each(|c| c.expires = now);
            done()
        }
        ("POST", "expire-tokens") => {
            world.kept.access.clear();
            done()
        }
        ("POST", "revoke") => {
            world.kept.access.clear();
            world.kept.refresh.clear();
            done()
        }
        ("POST", "rename") => {
            let body = body();
            let (id, name) = (text(&body, "id").unwrap_or_default(), text(&body, "name"));
            match world.kept.sessions.iter_mut().find(|s| s.id == id) {
                Some(session) => {
                    (session.name, session.modified) = (name, now);
                    world.changed();
                    done()
                }
                None => Reply::json(404, &json!({"error": "no such session"})),
            }
        }
        ("POST", "grow") => {
            // More sessions than anybody would invent by hand.
            let count = body().get("count").and_then(Value::as_u64).unwrap_or(0);
            let Some(workspace) = world.kept.workspaces.first().map(|w| w.id.clone()) else { return done() };
            let ids: Vec<String> = (0..count)
                .map(|n| {
                    let id = super::world::guid();
                    world.kept.sessions.push(super::world::Session {
                        id: id.clone(),
                        workspace: workspace.clone(),
                        name: Some(format!("grown {n}")),
                        created: now,
                        modified: now,
                        prompts: Vec::new(),
                    });
                    id
                })
                .collect();
            world.changed();
            Reply::json(200, &json!(ids))
        }
        ("GET", "sessions") => {
            let list: Vec<Value> = world
                .kept
                .sessions
                .iter()
                .map(|s| json!({"id": s.id, "workspace": s.workspace, "name": s.name}))
                .collect();
            Reply::json(200, &json!(list))
        }
        ("GET", "requests") => {
            let list: Vec<Value> = world.received().map(shown).collect();
            Reply::json(200, &json!(list))
        }
        _ => Reply::json(404, &json!({"error": "no such control"})),
    }
}

fn done() -> Reply {
    Reply::json(200, &json!({"ok": true}))
}

/// A received request without its secrets.
fn shown(request: &Request) -> Value {
    let headers: Vec<(String, String)> = request
        .headers
        .iter()
        .map(|(name, value)| {
            let value = if name == "authorization" { "Bearer <redacted>".to_owned() } else { value.clone() };
            (name.clone(), value)
        })
        .collect();
    // Forms go to the sign-in endpoints and hold codes and tokens.
    let form = request.header("content-type").is_some_and(|t| t.contains("form"));
    let body = if form {
        format!("grant_type={}", request.form("grant_type").unwrap_or_default())
    } else {
        String::from_utf8_lossy(&request.body).into_owned()
    };
    json!({"version": request.version, "method": request.method, "target": request.target, "headers": headers, "body": body})
}

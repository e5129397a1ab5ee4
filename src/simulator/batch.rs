//! `POST /beta/$batch`: several requests in one, as Graph's page on JSON batching describes it.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::graph::Refusal;
use super::message::{Delivery, Reply, Request};
use super::world::World;

/// More are refused.
const MOST: usize = 20;

/// What a part's request says of its HTTP version, so that the list of what was received tells it from one of its own.
const VERSION: &str = "$batch";

#[derive(Deserialize)]
struct Batch {
    requests: Vec<Part>,
}

#[derive(Deserialize)]
struct Part {
    id: String,
    method: String,
    url: String,
    #[serde(default)]
    headers: Map<String, Value>,
    body: Option<Value>,
}

/// Carries out each part like a request of its own. The caller has looked at the token and at the headers.
pub(super) fn handle(world: &mut World, now: i64, request: &Request) -> Result<(Value, u64), Refusal> {
    let bad = |words: String| (400, "BadRequest", words);
    let batch: Batch = serde_json::from_slice(&request.body)
        .map_err(|error| bad(format!("Invalid batch payload format: {error}.")))?;
    if batch.requests.is_empty() || batch.requests.len() > MOST {
        let count = batch.requests.len();
        return Err(bad(format!("A batch has 1 to {MOST} requests, and this one {count}.")));
    }
    let mut ids = BTreeSet::new();
    if let Some(part) = batch.requests.iter().find(|part| !ids.insert(part.id.to_lowercase())) {
        return Err(bad(format!("The id '{}' is used twice.", part.id)));
    }
    let mut responses = Vec::new();
    let mut slowest = 0;
    for part in batch.requests {
        let own = of_its_own(request, &part)?;
        let reply = world.handle(now, &own);
        slowest = slowest.max(reply.delay);
        // An answer that is lost on its way between the services: the part is left out.
        if reply.delivery == Delivery::Whole {
            responses.push(shown(&part.id, &reply));
        }
    }
    // Any order is allowed, so it is never the one that a client may hope for.
    responses.reverse();
    Ok((json!({ "responses": responses }), slowest))
}

/// The request that a part stands for, with the token of the whole.
fn of_its_own(whole: &Request, part: &Part) -> Result<Request, Refusal> {
    let relative = part.url.starts_with('/') && !part.url.starts_with("/$batch");
    if !relative {
        let words = format!("The url '{}' is not one of a request in a batch.", part.url);
        return Err((400, "BadRequest", words));
    }
    let given = part.headers.iter().map(|(name, value)| {
        (name.to_lowercase(), value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned))
    });
    let token = whole.headers.iter().filter(|(name, _)| name == "authorization").cloned();
    Ok(Request {
        version: VERSION.into(),
        method: part.method.clone(),
        target: format!("/beta{}", part.url),
        headers: token.chain(given).collect(),
        body: match &part.body {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::String(encoded)) => STANDARD.decode(encoded).unwrap_or_default(),
            Some(json @ (Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_))) => {
                json.to_string().into_bytes()
            }
        },
    })
}

/// JSON as it is, anything else in base64, nothing as nothing.
fn shown(id: &str, reply: &Reply) -> Value {
    let headers: Map<String, Value> =
        reply.headers.iter().map(|(name, value)| (titled(name), value.as_str().into())).collect();
    let mut shown = json!({"id": id, "status": reply.status, "headers": headers});
    if !reply.body.is_empty()
        && let Some(map) = shown.as_object_mut()
    {
        let body =
            serde_json::from_slice(&reply.body).unwrap_or_else(|_| STANDARD.encode(&reply.body).into());
        map.insert("body".into(), body);
    }
    shown
}

/// `Retry-After`: names of headers keep no case, and a client must not think that they do.
fn titled(name: &str) -> String {
    let words = name.split('-').map(|word| match word.split_at_checked(1) {
        Some((first, rest)) => first.to_uppercase() + rest,
        None => word.to_owned(),
    });
    words.collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::simulator::Options;
    use crate::simulator::world::Grant;

    #[test]
    fn a_batch_is_as_slow_as_its_slowest_part_and_a_refused_one_as_any_answer() {
        let options = Options { latency: Duration::from_millis(50), ..Options::default() };
        let mut world = World::new(options, "http://127.0.0.1", 0).unwrap();
        let scopes = vec!["SecurityCopilotWorkspaces.ReadWrite.All".to_owned()];
        let grant = Grant {
            person: 0,
            client: String::new(),
            scopes,
            expires: 1,
            family: String::new(),
            used: false,
            challenged: false,
            cp1: false,
        };
        world.kept.access.insert("t".into(), grant);
        let id = world.kept.sessions[0].id.clone();
        let part = |n: usize| {
            json!({"id": n.to_string(), "method": "PATCH", "body": {"displayName": "x"},
                "url": format!("/security/securityCopilot/workspaces/default/sessions/{id}"),
                "headers": {"content-type": "application/json"}})
        };
        let delay = |world: &mut World, parts: usize| {
            let body = json!({"requests": (0..parts).map(part).collect::<Vec<_>>()});
            let request = Request {
                version: String::new(),
                method: "POST".into(),
                target: "/beta/$batch".into(),
                headers: vec![
                    ("authorization".into(), "Bearer t".into()),
                    ("content-type".into(), "application/json".into()),
                ],
                body: body.to_string().into_bytes(),
            };
            let reply = world.handle(0, &request);
            (reply.status, reply.delay)
        };
        assert_eq!(delay(&mut world, 3), (200, 50));
        assert_eq!(delay(&mut world, 21), (400, 50));
        world.faults = serde_json::from_value(json!([{"method": "PATCH", "delay": 200}])).unwrap();
        assert_eq!(delay(&mut world, 3), (200, 250));
    }
}

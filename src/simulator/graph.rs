//! `/beta/security/securityCopilot/workspaces…`

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::DateTime;
use serde_json::{Value, json};

use super::batch;
use super::message::{Reply, Request};
use super::world::{Grant, Session, World, guid};

const ROOT: [&str; 4] = ["beta", "security", "securityCopilot", "workspaces"];
const KIND: &str = "#microsoft.graph.security.securityCopilot.session";
const READ: &str = "SecurityCopilotWorkspaces.Read.All";
const WRITE: &str = "SecurityCopilotWorkspaces.ReadWrite.All";

/// A moment as Graph writes it: up to seven fraction digits, zeros at the end dropped.
pub(super) fn date(micros: i64) -> String {
    let date = DateTime::from_timestamp_micros(micros).unwrap_or_default();
    let text = format!("{}.{:07}", date.format("%Y-%m-%dT%H:%M:%S"), date.timestamp_subsec_nanos() / 100);
    format!("{}Z", text.trim_end_matches('0').trim_end_matches('.'))
}

/// A refusal, as Graph words them.
pub(super) fn refuse(now: i64, request: &Request, status: u16, code: &str, message: &str) -> Reply {
    let (id, client) = (guid(), request.header("client-request-id").map_or_else(guid, ToOwned::to_owned));
    // Without a zone, as the service sends it.
    let when =
        DateTime::from_timestamp_micros(now).unwrap_or_default().format("%Y-%m-%dT%H:%M:%S").to_string();
    let body = json!({"error": {"code": code, "message": message,
        "innerError": {"date": when, "request-id": id, "client-request-id": client}}});
    with_ids(Reply::json(status, &body), &id, &client)
}

fn answer(request: &Request, status: u16, body: &Value) -> Reply {
    let (id, client) = (guid(), request.header("client-request-id").map_or_else(guid, ToOwned::to_owned));
    with_ids(Reply::json(status, body), &id, &client)
}

fn with_ids(reply: Reply, id: &str, client: &str) -> Reply {
    reply.with("request-id", id).with("client-request-id", client).with(
        "x-ms-ags-diagnostic",
        r#"{"ServerInfo":{"DataCenter":"Simulated","Slice":"E","Ring":"1","ScaleUnit":"000"}}"#,
    )
}

/// Stands for a claims challenge until it is one.
const CHALLENGE: &str = "(challenge)";
/// What continuous access evaluation asks for: a token younger than the event.
pub(super) const CAE: &str = r#"{"access_token":{"nbf":{"essential":true,"value":"1702682181"}}}"#;

/// What a refusal consists of, before it is tied to its request.
pub(super) type Refusal = (u16, &'static str, String);

pub(super) fn handle(world: &mut World, now: i64, request: &Request, segments: &[String]) -> Reply {
    match route(world, now, request, segments) {
        Ok(reply) => reply,
        Err((status, code, message)) => {
            let reply = refuse(now, request, status, code, &message);
            if code == CHALLENGE {
                let claims = STANDARD.encode(CAE);
                let header = format!(
                    "Bearer realm=\"\", authorization_uri=\"https://login.microsoftonline.com/common/oauth2/authorize\", error=\"insufficient_claims\", claims=\"{claims}\""
                );
                return refuse(now, request, 401, "InvalidAuthenticationToken", &message)
                    .with("www-authenticate", "Basic realm=\"other\"")
                    .with("www-authenticate", &header);
            }
            if status == 401 {
                let realm = "Bearer realm=\"\", authorization_uri=\"https://login.microsoftonline.com/common/oauth2/authorize\"";
                return reply.with("www-authenticate", realm);
            }
            reply
        }
    }
}

fn route(world: &mut World, now: i64, request: &Request, segments: &[String]) -> Result<Reply, Refusal> {
    let parts: Vec<&str> = segments.iter().map(String::as_str).collect();
    if parts == ["beta", "$batch"] && request.method == "POST" {
        known(world, now, request)?;
        takes_json(request)?;
        let (body, delay) = batch::handle(world, now, request)?;
        return Ok(Reply { delay, ..answer(request, 200, &body) });
    }
    let below = parts.strip_prefix(&ROOT).ok_or_else(|| {
        (400, "BadRequest", format!("Resource not found for the segment '{}'.", parts.get(1).unwrap_or(&"")))
    })?;
    let method = request.method.as_str();
    let writes = method != "GET";
    authorise(world, now, request, writes)?;
    if below.last() == Some(&"") {
        // A slash at the end is answered like this; see the service's issue list.
        return Err((400, "UnknownError", String::new()));
    }
    match (method, below) {
        ("GET", []) => Ok(workspaces(world, request)),
        ("GET", [w, "sessions"]) => sessions(world, request, &open(world, w)?, w),
        ("POST", [w, "sessions"]) => create(world, now, request, &open(world, w)?, w),
        ("GET", [w, "sessions", id]) => {
            let session = find(world, &open(world, w)?, id)?;
            Ok(answer(request, 200, &entity(session, w)))
        }
        ("PATCH", [w, "sessions", id]) => rename(world, now, request, &open(world, w)?, w, id),
        ("GET", [w, "sessions", id, "prompts"]) => {
            let session = find(world, &open(world, w)?, id)?;
            Ok(answer(request, 200, &prompts(session)))
        }
        (_, [] | [_, "sessions"] | [_, "sessions", _] | [_, "sessions", _, "prompts"]) => Err((
            405,
            "Request_BadRequest",
            format!("Specified HTTP method is not allowed for the request target ({method})."),
        )),
        _ => Err((400, "BadRequest", "Resource not found for the segment.".into())),
    }
}

/// What the request's token allows.
fn known<'w>(world: &'w World, now: i64, request: &Request) -> Result<&'w Grant, Refusal> {
    let bad = |message: &str| (401, "InvalidAuthenticationToken", message.to_owned());
    let header = request.header("authorization").ok_or_else(|| bad("Access token is empty."))?;
    let token = header.strip_prefix("Bearer ").ok_or_else(|| bad("CompactToken parsing failed."))?;
    let grant =
        world.kept.access.get(token).ok_or_else(|| bad("Access token validation failure. Invalid token."))?;
    if grant.expires <= now {
        return Err(bad("Lifetime validation failed, the token is expired."));
    }
    if grant.challenged {
        // Only who said that he understands it is challenged; for others the token is just dead.
        let code = if grant.cp1 { CHALLENGE } else { "InvalidAuthenticationToken" };
        return Err((401, code, "Continuous access evaluation resulted in challenge with result: InteractionRequired and code: TokenIssuedBeforeRevocationTimestamp.".into()));
    }
    Ok(grant)
}

fn authorise(world: &World, now: i64, request: &Request, writes: bool) -> Result<(), Refusal> {
    let grant = known(world, now, request)?;
    // By the book, the writing permission does not contain the reading one.
    let needed = if writes { WRITE } else { READ };
    let granted = grant.scopes.iter().any(|s| s.rsplit('/').next() == Some(needed));
    if granted {
        Ok(())
    } else {
        Err((
            403,
            "Forbidden",
            format!("Missing scope permissions on the request. API requires one of '{needed}'."),
        ))
    }
}

/// The real ID of a workspace that the caller may enter.
fn open(world: &World, id: &str) -> Result<String, Refusal> {
    let workspace = world
        .workspace(id)
        .ok_or_else(|| (404, "ResourceNotFound", format!("Workspace '{id}' was not found.")))?;
    if workspace.access {
        Ok(workspace.id.clone())
    } else {
        Err((403, "Forbidden", "The user does not have a Security Copilot role in this workspace.".into()))
    }
}

fn find<'w>(world: &'w World, workspace: &str, id: &str) -> Result<&'w Session, Refusal> {
    world
        .kept
        .sessions
        .iter()
        .find(|s| s.id.eq_ignore_ascii_case(id) && s.workspace == workspace)
        .ok_or_else(|| (404, "ResourceNotFound", format!("Session '{id}' was not found.")))
}

fn context(workspace: &str, tail: &str) -> String {
    format!(
        "https://graph.microsoft.com/beta/$metadata#security/securityCopilot/workspaces('{workspace}')/sessions{tail}"
    )
}

fn bare(session: &Session) -> Value {
    json!({
        "id": session.id, "createdDateTime": date(session.created), "lastModifiedDateTime": date(session.modified),
        "displayName": session.name,
    })
}

/// A session as an answer of its own.
fn entity(session: &Session, workspace: &str) -> Value {
    let mut body = bare(session);
    if let Some(map) = body.as_object_mut() {
        map.insert("@odata.context".into(), context(workspace, "/$entity").into());
    }
    body
}

fn workspaces(world: &World, request: &Request) -> Reply {
    let value: Vec<Value> = world
        .kept
        .workspaces
        .iter()
        .map(|w| json!({"@odata.type": "#microsoft.graph.security.securityCopilot.workspace", "id": w.id, "displayName": w.name}))
        .collect();
    answer(request, 200, &json!({"value": value}))
}

fn sessions(world: &World, request: &Request, workspace: &str, as_asked: &str) -> Result<Reply, Refusal> {
    let number = |name: &str| -> Result<Option<usize>, Refusal> {
        let bad = || (400, "BadRequest", format!("Invalid value of the query option '{name}'."));
        request.query(name).map(|text| text.parse().map_err(|_| bad())).transpose()
    };
    let top = number("$top")?;
    let skip = match request.query("$skiptoken") {
        None => 0,
        Some(token) => token
            .strip_prefix("simulated-")
            .and_then(|n| n.parse().ok())
            .ok_or_else(|| (400, "BadRequest", "Invalid $skiptoken.".to_owned()))?,
    };
    let size = top.unwrap_or(world.options.page_size).clamp(1, 1_000);
    let all: Vec<&Session> = world.kept.sessions.iter().filter(|s| s.workspace == workspace).collect();
    let value: Vec<Value> = all.iter().skip(skip).take(size).map(|s| bare(s)).collect();
    let mut body = json!({"@odata.context": context(as_asked, ""),
        "@microsoft.graph.tips": "Use $select to choose only the properties your app needs.", "value": value});
    if skip + size < all.len()
        && let Some(map) = body.as_object_mut()
    {
        let top = top.map_or_else(String::new, |t| format!("$top={t}&"));
        let link = format!("{}{}?{top}$skiptoken=simulated-{}", world.base, request.path(), skip + size);
        map.insert("@odata.nextLink".into(), link.into());
    }
    Ok(answer(request, 200, &body))
}

/// What a body says about the name.
enum NameIn {
    LeftOut,
    Set(Option<String>),
}

fn takes_json(request: &Request) -> Result<(), Refusal> {
    let json = request
        .header("content-type")
        .is_some_and(|t| t.split(';').next().is_some_and(|t| t.trim() == "application/json"));
    if !json {
        return Err((
            415,
            "UnsupportedMediaType",
            "Unsupported media type in the Content-Type header.".into(),
        ));
    }
    Ok(())
}

fn name_in(request: &Request) -> Result<NameIn, Refusal> {
    takes_json(request)?;
    let bad = |message: &str| (400, "BadRequest", message.to_owned());
    let body: Value =
        serde_json::from_slice(&request.body).map_err(|_| bad("Unable to read JSON request payload."))?;
    let map =
        body.as_object().ok_or_else(|| bad("Unable to read JSON request payload: an object is expected."))?;
    for (name, value) in map {
        match name.as_str() {
            "displayName" if value.is_string() || value.is_null() => {}
            "displayName" => {
                return Err(bad("A 'PrimitiveValue' of type Edm.String was expected for 'displayName'."));
            }
            "@odata.type" if value == KIND => {}
            "@odata.type" => return Err(bad("The '@odata.type' is not that of a session.")),
            other => {
                let words = format!(
                    "The property '{other}' does not exist on type 'microsoft.graph.security.securityCopilot.session' or is read-only."
                );
                return Err((400, "BadRequest", words));
            }
        }
    }
    Ok(map.get("displayName").map_or(NameIn::LeftOut, |v| NameIn::Set(v.as_str().map(normalise))))
}

/// The service's own form of a name: here, white space around it and doubled inside it goes.
fn normalise(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn create(
    world: &mut World,
    now: i64,
    request: &Request,
    workspace: &str,
    as_asked: &str,
) -> Result<Reply, Refusal> {
    let NameIn::Set(name) = name_in(request)? else {
        return Err((400, "BadRequest", "The property 'displayName' is required.".into()));
    };
    let session = Session {
        id: guid(),
        workspace: workspace.to_owned(),
        name,
        created: now,
        modified: now,
        prompts: Vec::new(),
    };
    let body = entity(&session, as_asked);
    world.kept.sessions.insert(0, session);
    world.changed();
    Ok(answer(request, 201, &body))
}

fn rename(
    world: &mut World,
    now: i64,
    request: &Request,
    workspace: &str,
    as_asked: &str,
    id: &str,
) -> Result<Reply, Refusal> {
    let name = name_in(request)?;
    let id = find(world, workspace, id)?.id.clone();
    let Some(session) = world.kept.sessions.iter_mut().find(|s| s.id == id) else {
        return Err((404, "ResourceNotFound", String::new()));
    };
    if let NameIn::Set(name) = name {
        session.name = name;
        session.modified = now;
    }
    let body = entity(session, as_asked);
    world.changed();
    Ok(answer(request, 200, &body))
}

fn prompts(session: &Session) -> Value {
    let value: Vec<Value> = session
        .prompts
        .iter()
        .enumerate()
        .map(|(n, content)| {
            json!({"id": format!("{}-{n}", session.id), "type": "prompt", "createdDateTime": date(session.created),
                "lastModifiedDateTime": date(session.created), "skillName": null, "content": content,
                "inputs": {"keyValuePairs": []}, "skillInputDescriptors": []})
        })
        .collect();
    json!({"value": value})
}

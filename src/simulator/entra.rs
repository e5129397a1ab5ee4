//! `/{tenant}/oauth2/v2.0/devicecode` and `/token`.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::authorize;
use super::message::{Reply, Request};
use super::policy::MFA;
use super::world::{DeviceCode, Grant, PEOPLE, TENANT, Verdict, World, guid};

const DEVICE_GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";
pub(super) const SECOND: i64 = 1_000_000;
/// Refresh tokens live for 90 days.
const REFRESH_LIFE: i64 = 90 * 24 * 3600 * SECOND;

fn known(tenant: &str) -> bool {
    ["organizations", "common", TENANT, "contoso.com"].contains(&tenant)
}

/// What a tenant says of itself to anybody.
fn about(world: &World, now: i64, tenant: &str) -> Reply {
    if !known(tenant) {
        return refuse(now, 400, "invalid_tenant", 90002, &format!("Tenant '{tenant}' not found."));
    }
    let base = format!("{}/{tenant}/oauth2/v2.0", world.base);
    Reply::json(
        200,
        &json!({
            "issuer": format!("{}/{TENANT}/v2.0", world.base), "token_endpoint": format!("{base}/token"),
            "authorization_endpoint": format!("{base}/authorize"),
            "device_authorization_endpoint": format!("{base}/devicecode"),
        }),
    )
}

pub(super) fn handle(world: &mut World, now: i64, request: &Request, segments: &[String]) -> Reply {
    let parts: Vec<&str> = segments.iter().map(String::as_str).collect();
    if let [tenant, "v2.0", ".well-known", "openid-configuration"] = parts.as_slice() {
        return about(world, now, tenant);
    }
    let [tenant, "oauth2", "v2.0", what] = parts.as_slice() else {
        return Reply::html(404, "<h1>404</h1><p>Nothing is here.</p>".into());
    };
    if *what == "authorize" && known(tenant) {
        return authorize::handle(world, now, request);
    }
    if request.method != "POST" {
        return refuse(now, 400, "invalid_request", 900_144, "The endpoint only accepts POST requests.");
    }
    if !known(tenant) {
        let words = format!("Tenant '{tenant}' not found.");
        return refuse(now, 400, "invalid_request", 90002, &words);
    }
    let form =
        request.header("content-type").is_some_and(|t| t.starts_with("application/x-www-form-urlencoded"));
    if !form {
        return refuse(now, 400, "invalid_request", 900_144, "The request body must be a form.");
    }
    match *what {
        "devicecode" => device_code(world, now, request),
        "token" => match request.form("grant_type").as_deref() {
            Some("authorization_code") => match tenant_says(world, now, "authorization_code") {
                Some(reply) => reply,
                None => authorize::redeem(world, now, request),
            },
            Some(DEVICE_GRANT) => redeem(world, now, request),
            Some("refresh_token") => refresh(world, now, request),
            Some(_) => refuse(
                now,
                400,
                "unsupported_grant_type",
                70003,
                "The app requested an unsupported grant type.",
            ),
            None => missing(now, "grant_type"),
        },
        _ => Reply::html(404, "<h1>404</h1>".into()),
    }
}

/// What the tenant's rules answer before anything else is looked at.
fn tenant_says(world: &mut World, now: i64, on: &str) -> Option<Reply> {
    if let Some(reply) = world.policy.scripted(now, on) {
        return Some(reply);
    }
    if world.policy.public_client_off {
        let words =
            "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.";
        return Some(refuse(now, 401, "invalid_client", 7_000_218, words));
    }
    if world.policy.consent_missing && on != "devicecode" {
        let words = "The user or administrator has not consented to use the application.";
        return Some(no_grant(now, 65001, words).saying("suberror", json!("consent_required")));
    }
    None
}

fn missing(now: i64, name: &str) -> Reply {
    let words = format!("The request body must contain the following parameter: '{name}'.");
    refuse(now, 400, "invalid_request", 900_144, &words)
}

pub(super) fn refuse(now: i64, status: u16, error: &str, number: u32, words: &str) -> Reply {
    let (trace, correlation) = (guid(), guid());
    let stamp = super::graph::date(now).replace('T', " ");
    let description =
        format!("AADSTS{number}: {words} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {stamp}");
    Reply::json(
        status,
        &json!({
            "error": error, "error_description": description, "error_codes": [number], "timestamp": stamp,
            "trace_id": trace, "correlation_id": correlation,
            "error_uri": format!("https://login.microsoftonline.com/error?code={number}"),
        }),
    )
}

/// The refusal of a code or a refresh token.
pub(super) fn no_grant(now: i64, number: u32, words: &str) -> Reply {
    refuse(now, 400, "invalid_grant", number, words)
}

fn scopes(request: &Request) -> Vec<String> {
    request.form("scope").unwrap_or_default().split_whitespace().map(ToOwned::to_owned).collect()
}

fn device_code(world: &mut World, now: i64, request: &Request) -> Reply {
    if let Some(reply) = world.policy.scripted(now, "devicecode") {
        return reply;
    }
    let Some(client) = request.form("client_id").filter(|c| !c.is_empty()) else {
        return missing(now, "client_id");
    };
    let scopes = scopes(request);
    if scopes.is_empty() {
        return missing(now, "scope");
    }
    if request.form("client_secret").is_some() {
        return refuse(
            now,
            401,
            "invalid_client",
            700_025,
            "Client is public so a 'client_secret' should not be presented.",
        );
    }
    let seconds = |span: std::time::Duration| i64::try_from(span.as_secs()).unwrap_or(i64::MAX);
    let (life, interval) = (seconds(world.options.code_lifetime), seconds(world.options.interval));
    let code = DeviceCode {
        secret: format!("DC.{}.{}", guid(), guid()),
        user_code: user_code(),
        client,
        scopes,
        made: now,
        expires: now + life * SECOND,
        interval,
        polled: None,
        verdict: Verdict::Open,
    };
    let address = world.policy.verification_uri.clone().unwrap_or_else(|| format!("{}/device", world.base));
    let message = format!(
        "To sign in, use a web browser to open the page {address} and enter the code {} to authenticate.",
        code.user_code
    );
    let mut reply = json!({
        "user_code": code.user_code, "device_code": code.secret, "verification_uri": address,
        "expires_in": life, "interval": interval, "message": message,
    });
    world.codes.retain(|c| c.expires > now);
    world.codes.push(code);
    if world.policy.strings {
        in_strings(&mut reply);
    }
    Reply::json(200, &reply)
}

/// Nine letters and digits that nobody confuses.
fn user_code() -> String {
    const ALPHABET: &[u8] = b"ACDEFGHJKLMNPQRTUVWXY34679";
    let random = uuid::Uuid::new_v4();
    random
        .as_bytes()
        .iter()
        .take(9)
        .filter_map(|b| ALPHABET.get(usize::from(*b) % ALPHABET.len()))
        .map(|b| char::from(*b))
        .collect()
}

fn redeem(world: &mut World, now: i64, request: &Request) -> Reply {
    if let Some(reply) = tenant_says(world, now, "device_code") {
        return reply;
    }
    let Some(secret) = request.form("device_code") else { return missing(now, "device_code") };
    let approve_after = world.options.approve_after.map(|d| i64::try_from(d.as_micros()).unwrap_or(i64::MAX));
    let Some(code) = world.codes.iter_mut().find(|c| c.secret == secret) else {
        return refuse(now, 400, "bad_verification_code", 70018, "Bad verification code.");
    };
    if request.form("client_id").as_deref() != Some(&*code.client) {
        return no_grant(now, 70002, "The device code was issued to another client.");
    }
    if code.expires <= now {
        return refuse(
            now,
            400,
            "expired_token",
            70020,
            "The provided value for the input parameter 'device_code' is not valid. This device code has expired.",
        );
    }
    let since_last = code.polled.map_or(i64::MAX, |at| now - at);
    code.polled = Some(now);
    if since_last < code.interval * SECOND {
        code.interval += 5;
        return refuse(now, 400, "slow_down", 70016, "Polling too often.");
    }
    if code.verdict == Verdict::Open && approve_after.is_some_and(|after| now - code.made >= after) {
        code.verdict = Verdict::Approved(0);
    }
    let blocked = world.policy.device_code_blocked;
    if blocked && world.policy.tell {
        let words = "Access has been blocked by Conditional Access policies.";
        return refuse(now, 400, "access_denied", 53003, words);
    }
    match code.verdict {
        // Where codes are blocked, the page says so and the program waits in vain.
        Verdict::Approved(_) if blocked => {
            refuse(now, 400, "authorization_pending", 70016, "Authorization is pending.")
        }
        Verdict::Open => refuse(
            now,
            400,
            "authorization_pending",
            70016,
            "OAuth 2.0 device flow error. Authorization is pending. Continue polling.",
        ),
        Verdict::Denied => refuse(
            now,
            400,
            "authorization_declined",
            70000,
            "The end user denied the authorization request.",
        ),
        Verdict::Redeemed => no_grant(now, 54005, "The device code was already redeemed."),
        Verdict::Approved(person) => {
            code.verdict = Verdict::Redeemed;
            let (client, scopes) = (code.client.clone(), code.scopes.clone());
            let claims = request.form("claims").unwrap_or_default();
            let family = guid();
            let signed = Signed { person, client, scopes, family, nonce: None, claims, challenged: false };
            grant(world, now, signed)
        }
    }
}

fn refresh(world: &mut World, now: i64, request: &Request) -> Reply {
    if let Some(reply) = tenant_says(world, now, "refresh_token") {
        return reply;
    }
    if world.policy.mfa {
        let words = "Due to a configuration change made by your administrator, you must use multi-factor authentication.";
        let reply = no_grant(now, 50076, words);
        return reply.saying("suberror", json!("basic_action")).saying("claims", json!(MFA));
    }
    let Some(secret) = request.form("refresh_token") else { return missing(now, "refresh_token") };
    let revoke_on_reuse = world.options.revoke_on_reuse;
    let Some(old) = world.kept.refresh.get_mut(&secret) else {
        return no_grant(now, 70000, "The provided refresh token is not valid or was revoked.");
    };
    if request.form("client_id").as_deref() != Some(&*old.client) {
        return no_grant(now, 70000, "The refresh token was issued to another client.");
    }
    if old.expires <= now {
        return no_grant(now, 700_082, "The refresh token has expired due to inactivity.");
    }
    let reused = std::mem::replace(&mut old.used, true);
    let old = old.clone();
    if reused && revoke_on_reuse {
        world.kept.refresh.retain(|_, g| g.family != old.family);
        world.kept.access.retain(|_, g| g.family != old.family);
        world.changed();
        return no_grant(now, 50173, "The refresh token was used before; the sign-in is revoked.");
    }
    let asked = scopes(request);
    let scopes = if asked.is_empty() { old.scopes.clone() } else { asked };
    let claims = request.form("claims").unwrap_or_default();
    // A token that does not bring what was asked for is refused like the one before it.
    let mut family = world.kept.access.values().filter(|g| g.family == old.family);
    let challenged = family.any(|g| g.challenged) && !claims.contains("nbf");
    if !challenged {
        world.kept.access.retain(|_, g| g.family != old.family || !g.challenged);
    }
    let Grant { person, client, family, .. } = old;
    grant(world, now, Signed { person, client, scopes, family, nonce: None, claims, challenged })
}

/// Who signed in, for which program, to what.
pub(super) struct Signed {
    pub(super) person: usize,
    pub(super) client: String,
    pub(super) scopes: Vec<String>,
    pub(super) family: String,
    pub(super) nonce: Option<String>,
    /// The `claims` parameter.
    pub(super) claims: String,
    pub(super) challenged: bool,
}

pub(super) fn grant(world: &mut World, now: i64, signed: Signed) -> Reply {
    let Signed { person, client, scopes, family, nonce, claims, challenged } = signed;
    let scopes = match &world.policy.grants {
        Some(granted) => scopes
            .into_iter()
            .filter(|s| !s.contains('/') || granted.iter().any(|g| s.ends_with(g.as_str())))
            .collect(),
        None => scopes,
    };
    let life = i64::try_from(world.options.token_lifetime.as_secs()).unwrap_or(3600);
    let (access, refresh) = (format!("AT.{}.{}", guid(), guid()), format!("RT.{}.{}", guid(), guid()));
    let has = |name: &str| scopes.iter().any(|s| s == name);
    let mut answer = json!({
        "token_type": "Bearer", "scope": scopes.join(" "), "expires_in": life, "ext_expires_in": life,
        "access_token": access,
    });
    if has("offline_access") {
        put(&mut answer, "refresh_token", json!(refresh));
    }
    if has("openid") {
        put(
            &mut answer,
            "id_token",
            json!(id_token(&world.base, now, life, person, &client, nonce.as_deref())),
        );
    }
    let made = Grant {
        person,
        client,
        scopes,
        expires: now + life * SECOND,
        family,
        used: false,
        challenged,
        cp1: claims.contains("cp1"),
    };
    world.kept.refresh.insert(refresh, Grant { expires: now + REFRESH_LIFE, ..made.clone() });
    world.kept.access.retain(|_, g| g.expires > now);
    world.kept.access.insert(access, made);
    world.changed();
    if world.policy.strings {
        in_strings(&mut answer);
    }
    Reply::json(200, &answer)
}

/// Numbers as the first version of the protocol sends them.
fn in_strings(answer: &mut Value) {
    for value in answer.as_object_mut().into_iter().flat_map(|map| map.values_mut()) {
        if value.is_number() {
            *value = Value::String(value.to_string());
        }
    }
}

fn put(object: &mut Value, name: &str, value: Value) {
    if let Some(map) = object.as_object_mut() {
        map.insert(name.to_owned(), value);
    }
}

/// Unsigned: a public client does not verify it either.
fn id_token(base: &str, now: i64, life: i64, person: usize, client: &str, nonce: Option<&str>) -> String {
    let who = PEOPLE.get(person).copied().unwrap_or(PEOPLE[0]);
    let mut claims = json!({
        "aud": client, "iss": format!("{base}/{TENANT}/v2.0"), "iat": now / SECOND, "exp": now / SECOND + life,
        "tid": TENANT, "oid": who.oid, "sub": format!("sub-{}", who.oid), "name": who.name,
        "preferred_username": who.username,
    });
    if let Some(nonce) = nonce {
        put(&mut claims, "nonce", json!(nonce));
    }
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.", part(&json!({"alg": "none", "typ": "JWT"})), part(&claims))
}

//! `/{tenant}/oauth2/v2.0/authorize`: the page of the browser flow, and the code that it ends with.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use url::Url;

use super::device_page::{consent, escape, hidden, page};
use super::entra::{self, SECOND, Signed};
use super::message::{Reply, Request};
use super::world::{AuthCode, World, guid, person};

/// Codes live for ten minutes, as Entra's do.
const CODE_LIFE: i64 = 600 * SECOND;

/// What the program asked for; every field travels through the page's form.
struct Asked {
    client: String,
    redirect: Url,
    scopes: Vec<String>,
    state: String,
    nonce: Option<String>,
    challenge: String,
    mode: String,
    hint: Option<String>,
}

const FIELDS: [&str; 11] = [
    "client_id",
    "response_type",
    "redirect_uri",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "response_mode",
    "login_hint",
    "claims",
];

pub(super) fn handle(world: &mut World, now: i64, request: &Request) -> Reply {
    let posted = request.method == "POST";
    let value = |name: &str| if posted { request.form(name) } else { request.query(name) };
    let asked = match read(value) {
        Ok(asked) => asked,
        // Before the redirect address is known to be good, an error stays on the page.
        Err(words) => return page(400, "Sorry, but we're having trouble signing you in.", &escape(&words)),
    };
    if let Some(reply) = world.policy.scripted(now, "authorize") {
        let body: serde_json::Value = serde_json::from_slice(&reply.body).unwrap_or_default();
        let text = |name: &str| body.get(name).and_then(|v| v.as_str()).unwrap_or("").to_owned();
        let (error, words) = (text("error"), text("error_description"));
        return send_back(&asked, &[("error", &error), ("error_description", &words)]);
    }
    match value("decision").as_deref() {
        None => ask(&asked, &FIELDS.map(|name| (name, value(name)))),
        Some("approve") => {
            let person = person(value("person").and_then(|p| p.parse().ok()));
            let secret = format!("AC.{}.{}", guid(), guid());
            world.auth_codes.retain(|c| c.expires > now);
            world.auth_codes.push(AuthCode {
                secret: secret.clone(),
                client: asked.client.clone(),
                redirect: asked.redirect.to_string(),
                challenge: asked.challenge.clone(),
                scopes: asked.scopes.clone(),
                nonce: asked.nonce.clone(),
                person,
                expires: now + CODE_LIFE,
            });
            if value("claims").is_some_and(|c| c.contains("mfa-policy")) {
                world.policy.mfa = false;
            }
            send_back(&asked, &[("code", &secret)])
        }
        Some(_) => {
            let words = "AADSTS65004: User declined to consent to access the app.";
            send_back(&asked, &[("error", "access_denied"), ("error_description", words)])
        }
    }
}

fn read(value: impl Fn(&str) -> Option<String>) -> Result<Asked, String> {
    let need = |name: &str| {
        value(name).filter(|v| !v.is_empty()).ok_or_else(|| {
            format!("AADSTS900144: The request must contain the following parameter: '{name}'.")
        })
    };
    let redirect = need("redirect_uri")?;
    let redirect = Url::parse(&redirect)
        .ok()
        // The port is ignored; the number in place of the name is another address.
        .filter(|url| url.scheme() == "http" && url.host_str() == Some("localhost"))
        .ok_or_else(|| {
            format!("AADSTS50011: The redirect URI '{redirect}' specified in the request does not match.")
        })?;
    if need("response_type")? != "code" {
        return Err("AADSTS700054: response_type is not enabled for the application.".into());
    }
    if value("code_challenge_method").as_deref() != Some("S256") {
        return Err("AADSTS501491: Invalid code challenge method.".into());
    }
    let challenge = need("code_challenge")?;
    if challenge.len() != 43 {
        return Err("AADSTS501491: Invalid size of Code_Challenge parameter.".into());
    }
    Ok(Asked {
        client: need("client_id")?,
        redirect,
        scopes: need("scope")?.split_whitespace().map(ToOwned::to_owned).collect(),
        state: need("state")?,
        nonce: value("nonce"),
        challenge,
        mode: value("response_mode").unwrap_or_else(|| "query".into()),
        hint: value("login_hint"),
    })
}

fn ask(asked: &Asked, fields: &[(&str, Option<String>)]) -> Reply {
    let hidden: String = fields
        .iter()
        .filter_map(|(name, value)| Some((name, value.as_ref()?)))
        .map(|(name, value)| hidden(name, value))
        .collect();
    let form = consent("", &asked.client, &asked.scopes, &hidden, asked.hint.as_deref());
    page(200, "Pick an account", &form)
}

/// To the program: as a form that sends itself, or in the address.
fn send_back(asked: &Asked, values: &[(&str, &str)]) -> Reply {
    let all = [values, &[("state", asked.state.as_str())]].concat();
    if asked.mode != "form_post" {
        let mut url = asked.redirect.clone();
        url.query_pairs_mut().extend_pairs(all);
        return Reply::html(302, String::new()).with("location", url.as_str());
    }
    let hidden: String = all.iter().map(|(name, value)| hidden(name, value)).collect();
    // As Entra does it: a form and one line of script. The button is for browsers without.
    let html = format!(
        "<!doctype html><title>Working...</title><form method=\"post\" action=\"{}\">{hidden}<button>Continue</button></form>\
         <script>document.forms[0].submit()</script>",
        escape(asked.redirect.as_str())
    );
    Reply::html(200, html)
}

/// A code for tokens, if the verifier fits the challenge.
pub(super) fn redeem(world: &mut World, now: i64, request: &Request) -> Reply {
    let (Some(secret), Some(verifier)) = (request.form("code"), request.form("code_verifier")) else {
        return entra::refuse(
            now,
            400,
            "invalid_request",
            900_144,
            "The request body must contain 'code' and 'code_verifier'.",
        );
    };
    let Some(at) = world.auth_codes.iter().position(|c| c.secret == secret) else {
        return entra::no_grant(now, 70000, "The provided authorization code is not valid.");
    };
    // Good for one try.
    let code = world.auth_codes.remove(at);
    let fits = URL_SAFE_NO_PAD.encode(sha256(verifier.as_bytes())) == code.challenge;
    if !fits {
        return entra::no_grant(now, 501_481, "The Code_Verifier does not match the code_challenge.");
    }
    let same = |name: &str, wanted: &str| request.form(name).is_some_and(|v| same_address(&v, wanted));
    if request.form("client_id").as_deref() != Some(&*code.client) || !same("redirect_uri", &code.redirect) {
        return entra::no_grant(now, 70000, "The code was issued to another client or address.");
    }
    if code.expires <= now {
        return entra::no_grant(now, 70008, "The provided authorization code has expired.");
    }
    let AuthCode { person, client, scopes, nonce, .. } = code;
    let claims = request.form("claims").unwrap_or_default();
    entra::grant(
        world,
        now,
        Signed { person, client, scopes, family: guid(), nonce, claims, challenged: false },
    )
}

fn same_address(one: &str, other: &str) -> bool {
    one.trim_end_matches('/') == other.trim_end_matches('/')
}

fn sha256(bytes: &[u8]) -> Vec<u8> {
    aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes).as_ref().to_vec()
}

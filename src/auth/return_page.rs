//! The port that the browser comes back to, and the small page that it shows there.

use std::convert::Infallible;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use oauth2::AuthorizationCode;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

const PAGE: &str = include_str!("../../assets/signed-in.html");
/// The longest form that is read, in bytes. Entra's codes have about 1,500.
const MOST: usize = 64 << 10;

/// What the browser brought, with the state that was expected.
pub(super) enum Came {
    Code { code: AuthorizationCode, tell: Tell },
    Refused { error: String, description: Option<String>, tell: Tell },
}

/// The browser waits for how it went.
pub(super) struct Tell(oneshot::Sender<Result<(), String>>);

impl Tell {
    /// `None` is success.
    pub(super) fn outcome(self, problem: Option<&str>) {
        // A tab that was closed hears nothing.
        let _ = self.0.send(problem.map_or(Ok(()), |words| Err(words.to_owned())));
    }
}

/// A free port on the loopback addresses, of which a browser may take either for `localhost`.
pub(super) struct Listener {
    v4: TcpListener,
    v6: Option<TcpListener>,
    port: u16,
    connections: JoinSet<()>,
}

impl Listener {
    pub(super) async fn bind() -> std::io::Result<Self> {
        let v4 = TcpListener::bind(("127.0.0.1", 0)).await?;
        let port = v4.local_addr()?.port();
        let v6 = TcpListener::bind(("::1", port)).await.ok();
        Ok(Self { v4, v6, port, connections: JoinSet::new() })
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// The first answer with the right state. Anything else that knocks is sent away, and the wait goes on: a stranger
    /// must not be able to end it.
    pub(super) async fn next(&mut self, state: &str) -> Came {
        let (tell, mut hear) = mpsc::channel(1);
        loop {
            let stream = tokio::select! {
                Some(came) = hear.recv() => return came,
                Ok((stream, _)) = self.v4.accept() => stream,
                Ok((stream, _)) = accept(self.v6.as_ref()) => stream,
            };
            let (tell, state) = (tell.clone(), state.to_owned());
            self.connections.spawn(async move {
                let service = service_fn(|request| answer(request, &state, &tell));
                // One answer a connection; a browser that goes away is its own business.
                let _ = http1::Builder::new()
                    .keep_alive(false)
                    .serve_connection(TokioIo::new(stream), service)
                    .await;
            });
        }
    }

    /// Lets the browser have its answer before the port closes.
    pub(super) async fn finish(mut self) {
        let all = async { while self.connections.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(std::time::Duration::from_secs(2), all).await;
    }
}

async fn accept(listener: Option<&TcpListener>) -> std::io::Result<(TcpStream, std::net::SocketAddr)> {
    match listener {
        Some(listener) => listener.accept().await,
        None => std::future::pending().await,
    }
}

async fn answer(
    request: Request<Incoming>,
    state: &str,
    tell: &mpsc::Sender<Came>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (parts, body) = request.into_parts();
    if parts.uri.path() != "/" {
        return Ok(page(
            StatusCode::NOT_FOUND,
            "Nothing here",
            "This address belongs to a sign-in of retitle.",
        ));
    }
    let form = match parts.method.as_str() {
        "POST" => match Limited::new(body, MOST).collect().await {
            Ok(body) => body.to_bytes().to_vec(),
            Err(_) => Vec::new(),
        },
        _ => parts.uri.query().unwrap_or("").as_bytes().to_vec(),
    };
    let pairs: Vec<(String, String)> = url::form_urlencoded::parse(&form).into_owned().collect();
    let value = |name: &str| pairs.iter().find(|(n, _)| n == name).map(|(_, value)| value.clone());
    if value("state").as_deref() != Some(state) {
        let words =
            "This is not the answer that retitle waits for. Begin the sign-in again from the terminal.";
        return Ok(page(StatusCode::BAD_REQUEST, "Not expected", words));
    }
    let (outcome, heard) = oneshot::channel();
    let came = match (value("code"), value("error")) {
        (Some(code), _) => Came::Code { code: AuthorizationCode::new(code), tell: Tell(outcome) },
        (None, Some(error)) => {
            Came::Refused { error, description: value("error_description"), tell: Tell(outcome) }
        }
        (None, None) => {
            return Ok(page(
                StatusCode::BAD_REQUEST,
                "Not expected",
                "The answer holds neither a code nor an error.",
            ));
        }
    };
    if tell.send(came).await.is_err() {
        return Ok(page(StatusCode::GONE, "Too late", "retitle no longer waits for this sign-in."));
    }
    Ok(match heard.await {
        Ok(Ok(())) => page(StatusCode::OK, "Signed in", "You may close this tab and go back to retitle."),
        Ok(Err(words)) => page(StatusCode::OK, "Not signed in", &words),
        Err(_) => page(StatusCode::GONE, "Too late", "retitle no longer waits for this sign-in."),
    })
}

fn page(status: StatusCode, title: &str, words: &str) -> Response<Full<Bytes>> {
    let html = PAGE.replace("{{title}}", &escape(title)).replace("{{words}}", &escape(words));
    let mut response = Response::new(Full::new(Bytes::from(html)));
    *response.status_mut() = status;
    let fixed = [
        ("content-type", "text/html; charset=utf-8"),
        ("cache-control", "no-store"),
        ("referrer-policy", "no-referrer"),
        ("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'"),
        ("x-frame-options", "DENY"),
    ];
    for (name, value) in fixed {
        response.headers_mut().insert(name, hyper::header::HeaderValue::from_static(value));
    }
    response
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

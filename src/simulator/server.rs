//! Bytes in, bytes out.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::message::{Delivery, Reply, Request};
use super::world::World;
use super::{lock, now};

/// The longest body that is read.
const MOST: usize = 1 << 20;

/// An answer that is never given: hyper closes the connection.
#[derive(Debug)]
struct Unanswered;

impl std::fmt::Display for Unanswered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the connection is reset on purpose")
    }
}

impl std::error::Error for Unanswered {}

pub(super) async fn serve(listener: TcpListener, tls: Option<TlsAcceptor>, world: Arc<Mutex<World>>) {
    // Connections end with the server, so that a client sees it go.
    let mut connections = tokio::task::JoinSet::new();
    let writing = Arc::new(tokio::sync::Mutex::new(()));
    loop {
        while connections.try_join_next().is_some() {}
        let Ok((stream, _)) = listener.accept().await else { continue };
        let (world, writing, tls) = (Arc::clone(&world), Arc::clone(&writing), tls.clone());
        connections.spawn(async move {
            let service = service_fn(move |request| {
                let (world, writing) = (Arc::clone(&world), Arc::clone(&writing));
                async move { answer(world, &writing, request).await }
            });
            // A client that goes away, or does not like the certificate, is its own business.
            match tls {
                None => {
                    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
                }
                Some(tls) => {
                    let Ok(stream) = tls.accept(stream).await else { return };
                    let h2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
                    let stream = TokioIo::new(stream);
                    if h2 {
                        let builder = http2::Builder::new(TokioExecutor::new());
                        let _ = builder.serve_connection(stream, service).await;
                    } else {
                        let _ = http1::Builder::new().serve_connection(stream, service).await;
                    }
                }
            }
        });
    }
}

async fn answer(
    world: Arc<Mutex<World>>,
    writing: &tokio::sync::Mutex<()>,
    request: hyper::Request<Incoming>,
) -> Result<hyper::Response<CutBody>, Unanswered> {
    #[expect(clippy::disallowed_methods, reason = "a server's own pace")]
    let began = std::time::Instant::now();
    let (parts, body) = request.into_parts();
    let Ok(body) = Limited::new(body, MOST).collect().await else {
        return Ok(response(Reply::html(413, "<h1>Too large</h1>".into())));
    };
    let request = Request {
        version: format!("{:?}", parts.version),
        method: parts.method.to_string(),
        target: parts.uri.path_and_query().map_or_else(String::new, ToString::to_string),
        headers: parts
            .headers
            .iter()
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect(),
        body: body.to_bytes().to_vec(),
    };
    let reply = {
        let mut world = lock(&world);
        let now = now() + world.options.ahead;
        world.handle(now, &request)
    };
    keep(&world, writing).await;
    if reply.delay > 0 {
        wait(began, Duration::from_millis(reply.delay)).await;
    }
    if reply.delivery == Delivery::Reset { Err(Unanswered) } else { Ok(response(reply)) }
}

/// Writes what is not written yet. What a client was told must outlive us, so it is written before the answer goes; one
/// after the other, so that no older state takes the place of a newer one.
async fn keep(world: &Mutex<World>, writing: &tokio::sync::Mutex<()>) {
    let _turn = writing.lock().await;
    let to_write = lock(world).take_unwritten();
    if let Some((path, bytes)) = to_write {
        let _ = tokio::task::spawn_blocking(move || write(&path, &bytes)).await;
    }
}

/// Waits until so long after a moment. The runtime's clock rounds up to milliseconds, and so does its wait: 50 ms would be
/// 51.6. So the last two are waited for by a thread.
#[expect(clippy::disallowed_methods, reason = "a server's own pace, on a thread of its own")]
async fn wait(began: std::time::Instant, delay: Duration) {
    const LAST: Duration = Duration::from_millis(2);
    tokio::time::sleep(delay.saturating_sub(LAST)).await;
    let _ = tokio::task::spawn_blocking(move || {
        std::thread::sleep(delay.saturating_sub(began.elapsed()).min(LAST));
    })
    .await;
}

fn write(path: &std::path::Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write;
    let folder = path.parent().unwrap_or_else(|| std::path::Path::new("."));
    let mut new = tempfile::NamedTempFile::new_in(folder)?;
    new.write_all(bytes)?;
    new.persist(path).map_err(|e| e.error)?;
    Ok(())
}

fn response(reply: Reply) -> hyper::Response<CutBody> {
    let mut response = hyper::Response::new(CutBody::new(reply.body, reply.delivery == Delivery::Cut));
    *response.status_mut() =
        hyper::StatusCode::from_u16(reply.status).unwrap_or(hyper::StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in reply.headers {
        if let (Ok(name), Ok(value)) =
            (hyper::header::HeaderName::try_from(name), hyper::header::HeaderValue::try_from(value))
        {
            response.headers_mut().append(name, value);
        }
    }
    response
}

/// A body that may break off in its middle, though its length was announced.
struct CutBody {
    whole: Full<Bytes>,
    announced: u64,
    half: Option<Bytes>,
}

impl CutBody {
    fn new(bytes: Vec<u8>, cut: bool) -> Self {
        let announced = bytes.len() as u64;
        let bytes = Bytes::from(bytes);
        let half = cut.then(|| bytes.slice(..bytes.len() / 2));
        Self { whole: Full::new(bytes), announced, half }
    }
}

impl hyper::body::Body for CutBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<hyper::body::Frame<Bytes>, Infallible>>> {
        if let Some(half) = self.half.take() {
            self.whole = Full::new(Bytes::new());
            return std::task::Poll::Ready(Some(Ok(hyper::body::Frame::data(half))));
        }
        std::pin::Pin::new(&mut self.whole).poll_frame(cx)
    }

    fn size_hint(&self) -> hyper::body::SizeHint {
        hyper::body::SizeHint::with_exact(self.announced)
    }
}

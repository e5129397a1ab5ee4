//! A page of the list from its bytes to entities: the real client, and a server on loopback that has the answer ready.
//! What a page of one session takes is the way there and back.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput};
use retitle::core::effect::GraphCall;
use retitle::core::msg::GraphReply;
use retitle::core::session::{Account, WorkspaceId};
use retitle::graph::GraphClient;
use retitle::http::{Http, HttpOptions};
use retitle::ports::{Answer, Graph, Rejected, Tokens};
use secrecy::SecretString;
use serde_json::json;

use crate::crowd::sessions;

struct Purse;

impl Tokens for Purse {
    fn access_token(&self, _: Account, _: Option<Rejected>) -> Answer<SecretString> {
        Box::pin(async { Ok(SecretString::from("token")) })
    }

    fn challenged(&self, _: String) {}
}

/// A page as Graph writes it.
fn page(count: usize) -> String {
    let value: Vec<_> = sessions(count)
        .iter()
        .map(|s| {
            json!({
                "@odata.type": "#microsoft.graph.security.securityCopilot.session",
                "id": s.key.id.as_str(),
                "displayName": s.name,
                "createdDateTime": s.created.map(retitle::core::time::Stamp::to_rfc3339),
                "lastModifiedDateTime": s.modified.map(retitle::core::time::Stamp::to_rfc3339),
            })
        })
        .collect();
    json!({"@odata.context": "https://graph.microsoft.com/beta/$metadata#sessions", "value": value})
        .to_string()
}

/// Answers every request on a connection with the same bytes.
fn answer(mut stream: TcpStream, bytes: &[u8]) {
    let _ = stream.set_nodelay(true);
    let (mut seen, mut chunk) = (Vec::new(), [0; 4_096]);
    while let Ok(read @ 1..) = stream.read(&mut chunk) {
        seen.extend_from_slice(&chunk[..read]);
        if seen.ends_with(b"\r\n\r\n") {
            seen.clear();
            if stream.write_all(bytes).is_err() {
                return;
            }
        }
    }
}

/// A server that lives as long as this process; its address.
fn serve(body: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let bytes: Arc<[u8]> = (head + body).into_bytes().into();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let bytes = Arc::clone(&bytes);
            std::thread::spawn(move || answer(stream, &bytes));
        }
    });
    base
}

pub fn all(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("wire");
    group.measurement_time(Duration::from_secs(2));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for count in [1, 100, 1_000] {
        let base = serve(&page(count));
        let http = HttpOptions { ca_file: None, loopback_only: true };
        let base = format!("{base}/beta").parse().unwrap();
        let client = GraphClient::new(Http::new(http).unwrap(), base, Arc::new(Purse));
        group.throughput(Throughput::Elements(count as u64));
        group.bench_function(BenchmarkId::new("a page of sessions", count), |bench| {
            bench.iter(|| {
                let list = GraphCall::List { workspace: WorkspaceId::new("default"), page: None };
                let reply = runtime.block_on(client.call(Account::new("t.o"), list)).unwrap();
                assert!(matches!(&reply, GraphReply::Page { sessions, .. } if sessions.len() == count));
                reply
            });
        });
    }
    group.finish();
}

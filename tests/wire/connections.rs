//! What happens below the requests: which connection they take, and how a body is packed.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use retitle::core::effect::GraphCall;
use retitle::core::fault::FaultKind;
use retitle::core::msg::GraphReply;
use retitle::core::session::{Account, Key, Profile, SessionId, WorkspaceId};
use retitle::core::title::NewName;
use retitle::graph::GraphClient;
use retitle::http::{Http, HttpOptions};
use retitle::ports::{Answer, Graph, Rejected, Tokens};
use secrecy::SecretString;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

struct OneToken;

impl Tokens for OneToken {
    fn access_token(&self, _: Account, _: Option<Rejected>) -> Answer<SecretString> {
        Box::pin(async { Ok(SecretString::from("t")) })
    }

    fn challenged(&self, _: String) {}
}

/// Answers with these, one a request, over connections that stay open; returns which connection each came on.
async fn server(answers: Vec<Vec<u8>>) -> (GraphClient, Arc<Mutex<Vec<usize>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/beta", listener.local_addr().unwrap());
    let (taken, answers) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(answers)));
    let seen = Arc::clone(&taken);
    tokio::spawn(async move {
        for number in 0.. {
            let (mut stream, _) = listener.accept().await.unwrap();
            let (seen, answers) = (Arc::clone(&seen), Arc::clone(&answers));
            tokio::spawn(async move {
                let mut head = Vec::new();
                let mut byte = [0];
                while stream.read_exact(&mut byte).await.is_ok() {
                    head.push(byte[0]);
                    if head.ends_with(b"\r\n\r\n") {
                        head.clear();
                        seen.lock().unwrap().push(number);
                        let answer = answers.lock().unwrap().remove(0);
                        stream.write_all(&answer).await.unwrap();
                    }
                }
            });
        }
    });
    (client(&base), taken)
}

fn client(base: &str) -> GraphClient {
    let http = Http::new(HttpOptions { ca_file: None, loopback_only: true }).unwrap();
    GraphClient::new(http, base.parse().unwrap(), Arc::new(OneToken))
}

fn answer(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n{headers}\r\n", body.len());
    [head.as_bytes(), body].concat()
}

fn get() -> GraphCall {
    let key = Key { profile: Profile::new("default"), id: SessionId::new("s") };
    GraphCall::Get { key, workspace: WorkspaceId::new("default") }
}

const SESSION: &[u8] = br#"{"id":"s","displayName":"n"}"#;

#[tokio::test]
async fn connections_are_kept_but_after_a_503_or_504_the_next_try_takes_a_new_one() {
    for status in ["503 Service Unavailable", "504 Gateway Timeout"] {
        let good = || answer("200 OK", "", SESSION);
        let (graph, taken) =
            server(vec![good(), good(), answer(status, "", b"{}"), good(), good(), good()]).await;
        for n in 0..6 {
            let reply = graph.call(Account::new("a"), get()).await;
            assert_eq!(reply.is_ok(), n != 2, "{reply:?}");
        }
        let taken = taken.lock().unwrap().clone();
        assert_eq!(taken[..3], [0, 0, 0], "{status}: kept while all is well");
        assert!(taken[3] > 0, "{status}: a new one, {taken:?}");
        assert_eq!(taken[4], taken[5], "{status}: and kept again, {taken:?}");
    }
}

#[tokio::test]
async fn a_gzipped_body_is_unpacked_and_one_that_lies_about_it_is_unclear() {
    let zipped: &[u8] = &[
        31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 171, 86, 202, 76, 81, 178, 82, 80, 42, 86, 210, 81, 80, 74, 201, 44,
        46, 200, 73, 172, 244, 75, 204, 77, 5, 137, 85, 101, 22, 20, 164, 166, 128, 36, 146, 139, 82, 19, 75,
        82, 83, 92, 128, 68, 72, 38, 68, 210, 200, 192, 200, 76, 215, 192, 16, 136, 66, 12, 12, 172, 192, 40,
        10, 164, 52, 39, 177, 184, 196, 55, 63, 37, 51, 45, 147, 8, 245, 181, 0, 157, 163, 113, 204, 127, 0,
        0, 0,
    ];
    let (graph, _) = server(vec![
        answer("200 OK", "content-encoding: gzip\r\n", zipped),
        answer("200 OK", "content-encoding: gzip\r\n", SESSION),
    ])
    .await;
    let GraphReply::Session(entity) = graph.call(Account::new("a"), get()).await.unwrap() else { panic!() };
    assert_eq!(entity.name.as_deref(), Some("zipped"));
    let fault = graph.call(Account::new("a"), get()).await.unwrap_err();
    assert!(matches!(fault.kind, FaultKind::Offline | FaultKind::Unclear), "{fault:?}");
}

#[tokio::test]
async fn a_huge_error_body_is_read_no_further_than_needed() {
    // Of four megabytes that are announced the rest never comes.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/beta", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        assert!(stream.read(&mut [0; 4096]).await.unwrap() > 0);
        let head =
            format!("HTTP/1.1 502 Bad Gateway\r\nrequest-id: r-1\r\ncontent-length: {}\r\n\r\n", 4 << 20);
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(&vec![b'x'; 128 << 10]).await.ok();
        std::future::pending::<()>().await;
    });
    // Who reads on gives up after half a minute.
    let answer = client(&base).call(Account::new("a"), get());
    let fault = tokio::time::timeout(Duration::from_secs(20), answer).await.unwrap().unwrap_err();
    assert_eq!((fault.kind, fault.request_id.as_deref()), (FaultKind::Unclear, Some("r-1")));
    assert!(!server.is_finished());
    server.abort();
}

/// The most requests that were open at once while these calls were made.
async fn most_at_once(calls: Vec<GraphCall>) -> usize {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/beta", listener.local_addr().unwrap());
    let (now, most) = (Arc::new(Mutex::new(0_usize)), Arc::new(Mutex::new(0_usize)));
    let (open, peak) = (Arc::clone(&now), Arc::clone(&most));
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let (open, peak) = (Arc::clone(&open), Arc::clone(&peak));
            tokio::spawn(async move {
                let mut chunk = [0; 4096];
                while stream.read(&mut chunk).await.is_ok_and(|read| read > 0) {
                    let at_once = {
                        let mut open = open.lock().unwrap();
                        *open += 1;
                        *open
                    };
                    let highest = (*peak.lock().unwrap()).max(at_once);
                    *peak.lock().unwrap() = highest;
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    *open.lock().unwrap() -= 1;
                    stream.write_all(&answer("200 OK", "", SESSION)).await.unwrap();
                }
            });
        }
    });
    let http = Http::new(HttpOptions { ca_file: None, loopback_only: true }).unwrap();
    let graph = GraphClient::new(http, base.parse().unwrap(), Arc::new(OneToken));
    let calls = calls.into_iter().map(|call| graph.call(Account::new("a"), call));
    for reply in futures_util::future::join_all(calls).await {
        reply.unwrap();
    }
    *most.lock().unwrap()
}

fn rename() -> GraphCall {
    GraphCall::Rename {
        id: SessionId::new("s"),
        workspace: WorkspaceId::new("default"),
        name: NewName::restored(Some("n")),
    }
}

#[tokio::test]
async fn no_more_than_four_requests_are_on_their_way_at_once_and_reads_leave_one_for_a_name() {
    assert_eq!(most_at_once(vec![rename(); 12]).await, 4);
    assert_eq!(most_at_once(vec![get(); 12]).await, 3);
    assert_eq!(most_at_once([vec![get(); 12], vec![rename(); 12]].concat()).await, 4);
}

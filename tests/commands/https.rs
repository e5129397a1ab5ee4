//! The real TLS stack: a throw-away authority that is trusted or not, an expired certificate, HTTP/2, a proxy.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use retitle::simulator::{Options, Tls};

use crate::common::options;
use crate::common::world::World;
use crate::run::{Ran, retitle, run, sign_in, silent};

fn world(tls: Tls) -> World {
    World::with(Options { tls: Some(tls), ..options() })
}

fn trust(world: &World) {
    let text = std::fs::read_to_string(world.config()).unwrap();
    std::fs::write(world.config(), format!("{text}ca_file = {:?}\n", world.ca().display().to_string()))
        .unwrap();
}

#[test]
fn with_its_authority_in_ca_file_everything_goes_over_http_2() {
    let world = world(Tls::Good);
    trust(&world);
    sign_in(&world);
    let doctor = run(&world, &["doctor"]);
    assert_eq!(doctor.code, 0, "{doctor:?}");
    let requests = world.requests();
    assert!(requests.len() > 4);
    assert!(requests.iter().all(|r| r["version"] == "HTTP/2.0"), "{requests:?}");
    let agent = format!("retitle/{}", env!("CARGO_PKG_VERSION"));
    for request in &requests {
        let header = |name: &str| {
            let headers = request["headers"].as_array().unwrap();
            headers.iter().find(|h| h[0] == name).map(|h| h[1].as_str().unwrap().to_owned())
        };
        assert_eq!(header("user-agent").as_deref(), Some(agent.as_str()));
        if request["target"].as_str().unwrap().contains("/sessions") {
            assert!(header("accept-encoding").unwrap().contains("gzip"));
            assert_eq!(header("client-request-id").unwrap().len(), 36);
        }
    }
}

#[test]
fn an_unknown_authority_is_refused_with_the_way_out() {
    let world = world(Tls::Good);
    let doctor = run(&world, &["doctor"]);
    assert_eq!(doctor.code, 7, "{doctor:?}");
    assert!(doctor.out.contains("certificate of localhost is not trusted"), "{}", doctor.out);
    assert!(doctor.out.contains("endpoints.ca_file"), "{}", doctor.out);
    assert!(world.requests().is_empty(), "nothing was said to a stranger");
}

#[test]
fn an_expired_certificate_is_refused_even_from_a_trusted_authority() {
    let world = world(Tls::Expired);
    trust(&world);
    let doctor = run(&world, &["doctor"]);
    assert_eq!(doctor.code, 7, "{doctor:?}");
    assert!(doctor.out.to_lowercase().contains("expired"), "{}", doctor.out);
    assert!(world.requests().is_empty());
}

#[test]
fn a_ca_file_that_is_none_is_named() {
    let world = world(Tls::Good);
    std::fs::write(world.ca(), "no certificate").unwrap();
    trust(&world);
    let doctor = run(&world, &["doctor"]);
    assert_eq!(doctor.code, 1, "{doctor:?}");
    assert!(doctor.err.contains("endpoints.ca_file") && doctor.err.contains("ca.pem"), "{}", doctor.err);
}

/// A proxy that tunnels and writes down where to.
fn proxy() -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let asked = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&asked);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let seen = Arc::clone(&seen);
            std::thread::spawn(move || tunnel(stream, &seen));
        }
    });
    (address, asked)
}

fn tunnel(mut client: TcpStream, seen: &Mutex<Vec<String>>) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && client.read_exact(&mut byte).is_ok() {
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let line = head.lines().next().unwrap_or("").to_owned();
    let target = line.split(' ').nth(1).unwrap_or("").replace("localhost", "127.0.0.1");
    seen.lock().unwrap().push(line);
    let Ok(mut server) = TcpStream::connect(target) else { return };
    client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").unwrap();
    let (mut from, mut to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
    std::thread::spawn(move || std::io::copy(&mut from, &mut to));
    let _ = std::io::copy(&mut server, &mut client);
}

#[test]
fn a_proxy_tunnels_and_sees_nothing_but_where_to() {
    let world = world(Tls::Good);
    trust(&world);
    sign_in(&world);
    let (address, asked) = proxy();
    let through = |no_proxy: &str| {
        let mut command = retitle(&world, &["doctor"]);
        let ran = Ran::from(command.env("HTTPS_PROXY", &address).env("NO_PROXY", no_proxy).output().unwrap());
        silent(&world, &ran);
        assert_eq!(ran.code, 0, "{ran:?}");
    };
    through("");
    let lines = asked.lock().unwrap().clone();
    assert!(!lines.is_empty());
    let host = world.address.trim_start_matches("https://");
    assert!(lines.iter().all(|line| *line == format!("CONNECT {host} HTTP/1.1")), "{lines:?}");
    through("localhost");
    assert_eq!(asked.lock().unwrap().len(), lines.len(), "NO_PROXY is obeyed");
}

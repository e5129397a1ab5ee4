//! From Enter on a new name to the PATCH at the server, the journal on disk before it.

use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use crate::Bench;
use crate::home::{Home, name};
use crate::process::at_rest;
use crate::pty::Pty;
use crate::table::Samples;

/// The text in the editor reaches the disk within 250 ms; after this its draft is there and the look has been answered.
const PAUSE: Duration = Duration::from_millis(450);

pub fn measure(bench: &mut Bench) {
    let (tell, patches) = channel();
    let home = Home::known_through(&bench.bin, 1_000, |simulator| gate(simulator, tell));
    let mut app = Pty::start(&bench.bin, &[], &home.environment());
    app.shows(&name(0));
    app.shows("j.doe");
    at_rest(&mut app);
    let probe = home.state().join("fsync-probe");
    let (mut whole, mut floor, mut beyond) = (Samples::default(), Samples::default(), Samples::default());
    for _ in 0..bench.times(60, 6) {
        app.send("r");
        app.shows("editing");
        app.send(" again");
        app.quiet(PAUSE);
        let sent = app.send("\r");
        let took = arrival(&patches) - sent;
        app.quiet(PAUSE);
        let disk = fsync(&probe);
        whole.took(took);
        floor.took(disk);
        beyond.push((took.as_secs_f64() - disk.as_secs_f64()) * 1e3);
        app.send("j");
        app.quiet(PAUSE / 3);
    }
    app.quit();
    bench.table.row("floor: 4 KiB written and synced there", &floor, "ms", None);
    bench.table.row("Enter on a name to its PATCH at the server", &whole, "ms", None);
    bench.table.row("the same, beyond one fsync", &beyond, "ms", Some(5.0));
}

fn arrival(patches: &Receiver<Instant>) -> Instant {
    patches.recv_timeout(Duration::from_secs(20)).expect("a PATCH")
}

/// What the disk takes for the least that a journal can write.
fn fsync(file: &std::path::Path) -> Duration {
    let mut file = OpenOptions::new().create(true).append(true).open(file).unwrap();
    let began = Instant::now();
    file.write_all(&[7; 4096]).unwrap();
    file.sync_data().unwrap();
    began.elapsed()
}

/// Stands before the simulator and tells when a PATCH comes by; its own address.
fn gate(simulator: &str, tell: Sender<Instant>) -> String {
    let target = simulator.trim_start_matches("http://").to_owned();
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for near in listener.incoming().flatten() {
            let far = TcpStream::connect(&target).unwrap();
            let _ = (near.set_nodelay(true), far.set_nodelay(true));
            let (back, front) = (far.try_clone().unwrap(), near.try_clone().unwrap());
            let tell = tell.clone();
            std::thread::spawn(move || {
                carry(near, far, |bytes, at| {
                    if bytes.starts_with(b"PATCH ") {
                        let _ = tell.send(at);
                    }
                });
            });
            std::thread::spawn(move || carry(back, front, |_, _| ()));
        }
    });
    base
}

fn carry(mut from: TcpStream, mut to: TcpStream, see: impl Fn(&[u8], Instant)) {
    let mut room = vec![0; 1 << 16];
    while let Ok(n @ 1..) = from.read(&mut room) {
        see(&room[..n], Instant::now());
        if to.write_all(&room[..n]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(std::net::Shutdown::Write);
}

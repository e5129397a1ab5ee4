//! The simulator in a process of its own, which is this program again: its memory would make every start from here slower,
//! since a fork copies the page tables.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use retitle::simulator::{Options, Simulator};

use crate::common::world::block;

/// The variable that makes a simulator of this program: page size, latency in ms, and the file with its sessions if any.
pub const ASKED: &str = "RETITLE_BENCH_SIMULATOR";

/// A running simulator. Dropping it ends it.
pub struct Running {
    child: Child,
    pub base: String,
}

impl Running {
    pub fn start(page_size: usize, latency: Duration, sessions: Option<PathBuf>) -> Self {
        let file = sessions.unwrap_or_default();
        let asked = format!("{page_size} {} {}", latency.as_millis(), file.display());
        let mut command = Command::new(std::env::current_exe().unwrap());
        // Its input ends with us, and it with its input.
        command.env(ASKED, asked).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut base = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut base).unwrap();
        Self { child, base: base.trim().to_owned() }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The child's side.
pub fn serve() {
    let asked = std::env::var(ASKED).unwrap();
    let mut parts = asked.splitn(3, ' ');
    let mut number = || parts.next().and_then(|text| text.parse::<u32>().ok()).unwrap();
    let (page_size, latency) = (number(), number());
    let file = parts.next().filter(|path| !path.is_empty()).map(PathBuf::from);
    let options = Options {
        page_size: page_size as usize,
        latency: Duration::from_millis(latency.into()),
        state_file: file,
        control: true,
        approve_after: Some(Duration::ZERO),
        interval: Duration::from_secs(1),
        ..Options::default()
    };
    block(async {
        let simulator = Simulator::start(options).await.unwrap();
        println!("{}", simulator.plain());
        std::io::stdout().flush().unwrap();
        let ended = tokio::task::spawn_blocking(|| std::io::stdin().read_line(&mut String::new()));
        let _ = ended.await;
    });
}

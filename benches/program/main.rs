//! How long a person waits: the real release binary in a real pseudo-terminal against the simulator. `scripts/bench`
//! builds both and prints the table of BENCHMARKS.md.
//!
//!     RETITLE_BIN   the binary to measure; without one nothing is measured
//!     QUICK=1       few repetitions, for a look at whether it still runs
//!     ONLY=a,b      parts of it: floor start keys idle filter rename pages bulk held turns size
//!
//! Nothing here fails for being slow: timings compare inside one run only.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    reason = "a measurement reads clocks, waits and prints, and ends when it cannot measure"
)]

mod bulk;
#[path = "../../tests/common/mod.rs"]
mod common;
mod filter;
mod floor;
mod home;
mod keys;
mod pages;
mod process;
mod pty;
mod rename;
mod simulator;
mod start;
mod table;
mod turns;

use std::path::PathBuf;

use table::Table;

/// What is measured, and how thoroughly.
pub struct Bench {
    pub bin: PathBuf,
    quick: bool,
    only: Vec<String>,
    pub table: Table,
}

impl Bench {
    /// How many times something is done.
    pub fn times(&self, thorough: usize, quick: usize) -> usize {
        if self.quick { quick } else { thorough }
    }

    pub fn sizes(&self) -> &'static [usize] {
        if self.quick { &[1_000, 100_000] } else { &[1_000, 10_000, 100_000] }
    }

    fn wants(&self, part: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|wanted| wanted == part)
    }
}

/// What it is called by, and what measures it.
type Part = (&'static [&'static str], fn(&mut Bench));

fn main() {
    if std::env::var_os(simulator::ASKED).is_some() {
        return simulator::serve();
    }
    let Some(bin) = std::env::var_os("RETITLE_BIN").map(PathBuf::from) else {
        println!("program: nothing to measure; scripts/bench names the release binary");
        return;
    };
    let only = std::env::var("ONLY").unwrap_or_default();
    let mut bench = Bench {
        bin: bin.canonicalize().expect("RETITLE_BIN names a program"),
        quick: std::env::var_os("QUICK").is_some(),
        only: only.split(',').filter(|part| !part.is_empty()).map(ToOwned::to_owned).collect(),
        table: Table::default(),
    };
    println!("{}", table::machine());
    let parts: [Part; 8] = [
        (&["floor"], floor::measure),
        (&["start"], start::measure),
        (&["keys", "idle", "held"], keys::measure),
        (&["filter"], filter::measure),
        (&["rename"], rename::measure),
        (&["pages"], pages::measure),
        (&["bulk"], bulk::measure),
        (&["turns"], turns::measure),
    ];
    for (names, measure) in parts {
        if names.iter().any(|name| bench.wants(name)) {
            eprintln!("-- {}", names.join(", "));
            measure(&mut bench);
        }
    }
    if bench.wants("size") {
        let bytes = std::fs::metadata(&bench.bin).unwrap().len() as f64;
        bench.table.one("size of the binary", bytes / f64::from(1 << 20), "MiB", Some(9.0));
        bench.table.left_open("clean release build, 2 cores", "360 s", "by hand: cargo clean, then time it");
    }
    print!("{}", bench.table);
    println!("\n{}", table::machine());
}

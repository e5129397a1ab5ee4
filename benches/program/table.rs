//! Figures, and the table that they end in.

use std::fmt;
use std::process::Command;
use std::time::Duration;

/// Many measurements of one thing.
#[derive(Default)]
pub struct Samples(Vec<f64>);

impl Samples {
    pub fn push(&mut self, value: f64) {
        self.0.push(value);
    }

    /// In milliseconds.
    pub fn took(&mut self, span: Duration) {
        self.0.push(span.as_secs_f64() * 1e3);
    }

    fn sorted(&self) -> Vec<f64> {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        sorted
    }

    /// Of an even number of samples, half way between the two in the middle.
    pub fn median(&self) -> f64 {
        let sorted = self.sorted();
        let middle = sorted.len() / 2;
        let upper = sorted.get(middle).copied().unwrap_or(f64::NAN);
        if sorted.len().is_multiple_of(2) { f64::midpoint(sorted[middle - 1], upper) } else { upper }
    }

    /// By the nearest rank; of few samples that is the worst.
    fn p95(&self) -> f64 {
        let rank = (self.0.len() * 95).div_ceil(100).max(1);
        self.sorted().get(rank - 1).copied().unwrap_or(f64::NAN)
    }
}

struct Row {
    what: String,
    cells: [String; 5],
}

/// What is printed at the end.
#[derive(Default)]
pub struct Table(Vec<Row>);

impl Table {
    /// A row of many samples; `goal` is the most that the median may be.
    pub fn row(&mut self, what: &str, samples: &Samples, unit: &str, goal: Option<f64>) {
        let median = samples.median();
        let cells = [
            samples.0.len().to_string(),
            figure(median, unit),
            figure(samples.p95(), unit),
            goal.map_or_else(String::new, |goal| format!("≤ {}", figure(goal, unit))),
            met(median, goal),
        ];
        self.put(what, cells);
    }

    /// A row of one figure.
    pub fn one(&mut self, what: &str, value: f64, unit: &str, goal: Option<f64>) {
        let mut samples = Samples::default();
        samples.push(value);
        self.row(what, &samples, unit, goal);
    }

    /// A row that a person fills in.
    pub fn left_open(&mut self, what: &str, goal: &str, how: &str) {
        self.put(what, [String::new(), how.into(), String::new(), format!("≤ {goal}"), String::new()]);
    }

    fn put(&mut self, what: &str, cells: [String; 5]) {
        eprintln!("   {what}: {}", cells.join("  "));
        self.0.push(Row { what: what.to_owned(), cells });
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n| | samples | median | p95 | goal | met? |\n|---|---:|---:|---:|---:|---|")?;
        for row in &self.0 {
            writeln!(f, "| {} | {} |", row.what, row.cells.join(" | "))?;
        }
        Ok(())
    }
}

fn met(value: f64, goal: Option<f64>) -> String {
    match goal {
        None => String::new(),
        Some(goal) if value <= goal => "yes".into(),
        Some(goal) if goal > 0.0 => format!("no, {:.2} times", value / goal),
        Some(_) => "no".into(),
    }
}

fn figure(value: f64, unit: &str) -> String {
    let places = match value.abs() {
        v if v.fract() == 0.0 || v >= 100.0 => 0,
        v if v >= 10.0 => 1,
        _ => 2,
    };
    format!("{value:.places$} {unit}").trim_end().to_owned()
}

/// When, on what, and how busy it was: without these the figures say nothing.
pub fn machine() -> String {
    let said = |program: &str, arg: &str| {
        let out = Command::new(program).arg(arg).output().map(|out| out.stdout).unwrap_or_default();
        String::from_utf8_lossy(&out).trim().to_owned()
    };
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load: Vec<&str> = load.split(' ').take(3).collect();
    format!("{}; {cores} cores, {}; load {}", said("date", "-Is"), said("uname", "-sm"), load.join(" "))
}

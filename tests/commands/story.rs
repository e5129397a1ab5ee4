//! Stories of commands: what was run, what it printed where, how it exited, compared with `tests/commands/said`.

use std::fmt::Write as _;
use std::path::PathBuf;

use regex_lite::Regex;

use crate::common::world::World;
use crate::run::{Ran, run};

/// A story as it is told so far.
pub struct Story<'w> {
    world: &'w World,
    text: String,
}

impl<'w> Story<'w> {
    pub fn of(world: &'w World) -> Self {
        Self { world, text: String::new() }
    }

    /// Runs a command and writes down what came of it.
    pub fn run(&mut self, arguments: &[&str]) -> Ran {
        let ran = run(self.world, arguments);
        self.note(arguments, &ran);
        ran
    }

    /// Writes down a run that was made elsewhere.
    pub fn note(&mut self, arguments: &[&str], ran: &Ran) {
        let said: Vec<String> = arguments
            .iter()
            .map(|word| if word.contains(' ') { format!("'{word}'") } else { (*word).to_owned() })
            .collect();
        let _ = writeln!(self.text, "$ retitle {}", said.join(" "));
        self.text.push_str(&ran.out);
        for line in ran.err.lines() {
            let _ = writeln!(self.text, "2> {line}");
        }
        let _ = writeln!(self.text, "exit {}\n", ran.code);
    }

    /// Something that happened between two commands.
    pub fn meanwhile(&mut self, words: &str) {
        let _ = writeln!(self.text, "-- {words}\n");
    }

    /// Compares with `tests/commands/said/NAME.txt`; `UPDATE=1` writes it.
    pub fn ends(self, name: &str) {
        let path =
            PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/commands/said").join(format!("{name}.txt"));
        let told = self.without_accidents();
        if std::env::var_os("UPDATE").is_some() {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, &told).unwrap();
            return;
        }
        let golden = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
        assert!(
            told == golden,
            "{name} is told differently now. UPDATE=1 cargo test accepts it.\n--- expected\n{golden}\n--- found\n{told}"
        );
    }

    /// Without what is another in every run: ports, folders, moments, request IDs.
    fn without_accidents(&self) -> String {
        let address = self.world.base.trim_start_matches("http://");
        let mut text = self.text.replace("\r\n", "\n").replace(address, "HOST");
        text = text.replace(&self.world.dir.path().display().to_string(), "DIR");
        for (pattern, with) in [
            (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "YYYY-MM-DDTHH:MM:SSZ"),
            (r#""request_id": "[0-9a-f-]{36}""#, r#""request_id": "REQUEST""#),
            (r"[0-9a-f-]{36},\n", "REQUEST,\n"),
            (r#""batch": \d+"#, r#""batch": BATCH"#),
            (r"Request ID: [0-9a-f-]{36}", "Request ID: REQUEST"),
            (r"\d+ s of it are left", "SECONDS s of it are left"),
            (r#""retry_after": \d+"#, r#""retry_after": SECONDS"#),
        ] {
            text = Regex::new(pattern).unwrap().replace_all(&text, with).into_owned();
        }
        // What nobody could see in a file either.
        let shown = |c: char| match c {
            '\n' => c.to_string(),
            c if retitle::core::glyph::is_hidden(c) => c.escape_unicode().to_string(),
            c => c.to_string(),
        };
        text.chars().map(shown).collect()
    }
}

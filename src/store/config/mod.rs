//! The configuration: the file, then the environment, then the flags; the later wins. Nothing in it is fatal: what
//! cannot be used is told with its place, and its key keeps its default.

pub mod interface;
mod read;
mod report;
#[cfg(test)]
mod tests;
pub mod theme;
pub mod write;

use std::path::{Path, PathBuf};
use std::time::Duration;

use url::Url;

use crate::core::keymap::Keymap;
use interface::PasteGuard;

pub use report::{check, show};

/// The documented default, which is also `retitle config example`.
pub const EXAMPLE: &str = include_str!("../../../config.example.toml");

/// Where tokens are kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Storage {
    File,
    Keyring,
    Memory,
}

impl Storage {
    /// Every storage by its word.
    pub const ALL: [(&'static str, Self); 3] =
        [("file", Self::File), ("keyring", Self::Keyring), ("memory", Self::Memory)];
}

/// How to sign in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Method {
    /// A code first, the browser one key away.
    Auto,
    Device,
    Browser,
    Command,
}

impl Method {
    /// Every method by its word.
    pub const ALL: [(&'static str, Self); 4] = [
        ("auto", Self::Auto),
        ("device", Self::Device),
        ("browser", Self::Browser),
        ("command", Self::Command),
    ];
}

/// The addresses in use, each without a slash at the end of its path.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Endpoints {
    pub authority: Url,
    pub graph: Url,
    pub portal: Url,
    pub ca_file: Option<PathBuf>,
}

/// What holds for this run.
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of its own; none excludes another")]
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Settings {
    /// `default` when none was chosen.
    pub profile: String,
    /// Every profile of the file by name, with `default` where the top level names a client.
    pub profiles: Vec<String>,
    pub label: Option<String>,
    pub default_workspace: String,
    pub tenant: String,
    /// Empty when none is configured.
    pub client_id: String,
    pub read_only: bool,
    /// Each write asks once more.
    pub protected: bool,
    pub method: Method,
    pub storage: Storage,
    /// The program that prints a token, and its arguments; for `Method::Command`.
    pub token_command: Vec<String>,
    pub endpoints: Endpoints,
    /// How long names stay in the journal after their save is confirmed, in days. 0 keeps none, and nothing can be
    /// taken back.
    pub history_days: u64,
    /// In bytes.
    pub log_size: u64,
    /// Renames of a bulk go out many in one request.
    pub json_batch: bool,
    pub ascii: bool,
    /// Nothing moves by itself.
    pub still: bool,
    /// The name of a theme, or of a file with one.
    pub theme: String,
    pub mouse: bool,
    pub paste_guard: PasteGuard,
    /// Regular expressions; a name should fit one.
    pub rules: Vec<String>,
    pub templates: Vec<String>,
    pub keys: Keymap,
    /// Where each key's value comes from, by its full name; a key that is not in here has its default.
    pub origins: Vec<(&'static str, String)>,
}

impl Settings {
    /// How long names stay in the journal after their save is confirmed.
    pub fn history(&self) -> Duration {
        Duration::from_secs(self.history_days.saturating_mul(24 * 3600))
    }
}

/// An address to build on: without the slash that stands for an empty path.
pub fn bare(address: &Url) -> &str {
    address.as_str().trim_end_matches('/')
}

/// How bad a problem is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Severity {
    /// The key keeps its default, and commands that write refuse to run: it could change where a name goes.
    Error,
    /// It has no effect, or only the look of the screen keeps its default.
    Warning,
}

/// Something in the configuration that cannot be used.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    pub severity: Severity,
    /// `FILE:LINE:COLUMN`, or the flag or variable.
    pub place: String,
    /// What was found and what was expected.
    pub words: String,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.place, self.words)
    }
}

/// The configuration as read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Loaded {
    pub settings: Settings,
    pub problems: Vec<Problem>,
    pub path: PathBuf,
    /// Whether there is a file at all.
    pub found: bool,
}

impl Loaded {
    /// Whether something in it is wrong enough that a writing subcommand should not go on.
    pub fn broken(&self) -> bool {
        self.problems.iter().any(|p| p.severity == Severity::Error)
    }
}

/// What flags and environment say, the flag first.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// `--config`: a file that was asked for by name has to be there.
    pub config: Option<PathBuf>,
    pub profile: Option<(String, &'static str)>,
    pub workspace: Option<String>,
    pub read_only: bool,
}

/// Reads the file at `path` and lays the overrides over it.
pub fn load(path: &Path, overrides: &Overrides) -> Loaded {
    let mut problems = Vec::new();
    let (text, found) = match std::fs::read_to_string(path) {
        Ok(text) => (text, true),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            if overrides.config.is_some() {
                let words = "there is no such file, so the defaults are used; retitle setup writes one there"
                    .to_owned();
                problems.push(Problem {
                    severity: Severity::Error,
                    place: path.display().to_string(),
                    words,
                });
            }
            (String::new(), false)
        }
        Err(error) => {
            let words = format!("cannot be read ({error}), so the defaults are used");
            problems.push(Problem { severity: Severity::Error, place: path.display().to_string(), words });
            (String::new(), false)
        }
    };
    let Loaded { settings, problems: inside, .. } = parse(&text, path, overrides);
    problems.extend(inside);
    Loaded { settings, problems, path: path.to_owned(), found }
}

/// Reads a text as if it stood in the file at `path`.
pub fn parse(text: &str, path: &Path, overrides: &Overrides) -> Loaded {
    let mut problems = Vec::new();
    let settings = read::settings(text, path, overrides, &mut problems);
    Loaded { settings, problems, path: path.to_owned(), found: true }
}

//! What the configuration and the machine say, for the whole run.

use serde::{Deserialize, Serialize};
use std::time::Duration;

use super::effect::Way;
use super::keymap::Keymap;
use super::look::Theme;
use super::place::PlaceConfig;
use super::session::Host;

/// How the program shows itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Face {
    Screen,
    /// Plain mode. Without a person at a terminal, no code is shown: a code in a file or a log helps a thief.
    Plain {
        person: bool,
    },
    /// Nothing is shown and nobody is there: a task of the command line.
    Errand,
}

/// What stays the same for the whole run.
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of its own; none excludes another")]
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Settings {
    /// The profiles; the one in use at first comes first. Never empty.
    pub places: Vec<PlaceConfig>,
    /// Where the configuration file is looked for, as text for the person.
    pub config_path: String,
    pub host: Host,
    /// The portal's base address, without a slash at the end.
    pub portal: String,
    /// How long the journal keeps what is done. Zero: not at all.
    pub history: Duration,
    /// Renames of a bulk go out many in one request.
    pub json_batch: bool,
    /// East of UTC, in seconds, for dates on the screen.
    pub zone: i32,
    /// Draw with ASCII characters only.
    pub ascii: bool,
    /// Nothing moves by itself: moments instead of countdowns.
    pub still: bool,
    /// A screen to draw, or lines to say.
    pub face: Face,
    pub theme: Theme,
    pub keys: Keymap,
    /// Begin with the mouse taken.
    pub mouse: bool,
    /// Keys that come as fast as a paste are one, since the terminal does not tell.
    pub bursts: bool,
    /// Regular expressions, one of which a name should fit.
    pub rules: Vec<String>,
    pub templates: Vec<String>,
    /// How to sign in at first.
    pub way: Way,
    /// Where tokens are kept, and how they are protected there, as text for the person.
    pub tokens_kept: String,
    /// Shown at sign-in when somebody else will approve the code, as the demo does.
    pub sign_in_hint: Option<String>,
    /// Whether this binary can be tried without an account.
    pub has_demo: bool,
}

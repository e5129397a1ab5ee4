//! The seam: what the shell needs from the outside, as traits. Every client implements one, every fake fits one.

use std::pin::Pin;
use std::time::Duration;

use secrecy::SecretString;

use crate::core::effect::{AuthCall, GraphCall};
use crate::core::fault::Fault;
use crate::core::msg::{Attempt, AuthReply, GraphReply, Mouse, Size};
use crate::core::record::{Blur, Line};
use crate::core::session::Account;
use crate::core::standing::Standing;
use crate::core::store::{StoreCall, StoreReply};
use crate::core::time::Stamp;

/// An answer that is waited for elsewhere.
pub type Answer<T> = Pin<Box<dyn Future<Output = Result<T, Fault>> + Send>>;

/// Microsoft Graph.
pub trait Graph: Send + Sync {
    /// One call as `account`. Fails with `SignedOut` when the token in use is somebody else's: a request never goes
    /// out under another account than the one that made it.
    fn call(&self, account: Account, call: GraphCall) -> Answer<GraphReply>;
}

/// Signing in, and staying so.
pub trait Identity: Send + Sync {
    /// One step of a sign-in attempt. The device code of an attempt stays inside; beginning another forgets it.
    fn call(&self, attempt: Attempt, call: AuthCall) -> Answer<AuthReply>;
}

/// Access tokens for the Graph client.
pub trait Tokens: Send + Sync {
    /// A token of `account` with at least five minutes to live, refreshed if need be, one refresh at a time.
    /// `rejected` is a token that the server has just refused: it is not handed out again, and what the server asks
    /// for beyond it goes into one refresh.
    ///
    /// Fails with `SignedOut` when only a person can help, `Offline`, `Busy` or `Unclear` when trying again can.
    fn access_token(&self, account: Account, rejected: Option<Rejected>) -> Answer<SecretString>;
    /// A refreshed token was refused as well: what the server asks for can only come from a person's next sign-in.
    fn challenged(&self, claims: String);
}

/// A token that the server refused.
#[derive(Clone, Debug)]
pub struct Rejected {
    pub token: SecretString,
    /// The claims that it asked for, as JSON (continuous access evaluation).
    pub claims: Option<String>,
}

/// What is known of the sign-in of a profile, and its end.
pub trait SignIns: Send + Sync {
    /// What the cache holds. Asks no server.
    fn standing(&self) -> Answer<Standing>;
    /// Removes every trace of the sign-in from this machine, also from a broken cache; returns what was removed.
    fn sign_out(&self) -> Answer<Vec<String>>;
}

/// The library on disk.
pub trait Library: Send + Sync {
    /// Queues the call at once, so that calls are carried out in the order in which they are made; the answer only
    /// waits. Fails with `Disk`, and then nothing of the call was done.
    fn call(&self, call: StoreCall) -> Answer<StoreReply>;
    /// Resolves when another running copy has changed something since the last time.
    fn changed(&self) -> Pin<Box<dyn Future<Output = ()> + Send>>;
}

/// The desktop around the terminal.
pub trait Desk: Send + Sync {
    /// Opens an address in the browser, without output on our screen.
    fn open(&self, url: String) -> Answer<()>;
    /// Opens the person's own editor on a text and waits until it is closed; the text as it was left. The terminal
    /// has been given up before. `typed`: the text holds somebody's own words, and must outlive a crash.
    fn edit(&self, text: String, typed: bool) -> Answer<String>;
    /// Puts text on this machine's own clipboard; `false` where it has none, or where the person sits at another one.
    fn copy(&self, text: String) -> Answer<bool>;
}

/// Moments. Never goes back, and goes on while the machine sleeps.
pub trait Clock: Send + Sync {
    /// The moment now.
    fn now(&self) -> Stamp;
}

/// Writing down what happens, to be played again.
pub trait Recorder: Send + Sync {
    /// One line. A failure is told once and ends the recording, not the program.
    fn write(&self, line: &Line);
    /// How names are blurred in it.
    fn blur(&self) -> Blur;
}

/// Waiting.
pub trait Timer: Send + Sync {
    /// Resolves after `span`.
    fn sleep(&self, span: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>>;
}

/// Looking whether a host is there.
pub trait Probe: Send + Sync {
    /// One GET without a token. Any status is an answer.
    fn reach(&self, url: String) -> Answer<Reached>;
}

/// A host that answered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reached {
    pub host: String,
    pub status: u16,
    /// The host's own time.
    pub date: Option<Stamp>,
    pub took: Duration,
}

/// What the terminal reports.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum InputEvent {
    Key(crate::core::key::Key),
    Paste(String),
    /// A line, in plain mode; `None` when no further line will come.
    Line(Option<String>),
    Resized(Size),
    Mouse {
        what: Mouse,
        x: u16,
        y: u16,
    },
    /// The terminal is gone.
    Closed,
}

/// Keys, pastes and sizes.
pub trait Input: Send {
    /// The next event; must be safe to drop and call again.
    fn next(&mut self) -> Pin<Box<dyn Future<Output = InputEvent> + Send + '_>>;
    /// Lets go of the terminal's input, so that a child or the shell can have it; `next` takes it back.
    fn release(&mut self);
}

/// What the loop draws on.
pub trait Screen {
    /// Draws one frame.
    ///
    /// # Errors
    /// When the terminal cannot be written to.
    fn draw(&mut self, model: &crate::core::model::Model) -> std::io::Result<()>;
    /// Forgets what is on the screen, so that the next frame is drawn whole.
    ///
    /// # Errors
    /// When the terminal cannot be written to.
    fn repaint(&mut self) -> std::io::Result<()>;
    /// Sends text to the terminal's clipboard (OSC 52).
    ///
    /// # Errors
    /// When the terminal cannot be written to.
    fn copy(&mut self, text: &str) -> std::io::Result<()>;
    /// Writes lines behind what was written so far; only where nothing is drawn.
    ///
    /// # Errors
    /// When they cannot be written.
    fn say(&mut self, lines: &str) -> std::io::Result<()>;
    /// Takes the mouse, or leaves it to the terminal.
    ///
    /// # Errors
    /// When the terminal cannot be written to.
    fn mouse(&mut self, ours: bool) -> std::io::Result<()>;
    /// Gives the terminal to another program, until `come_back`.
    ///
    /// # Errors
    /// When the terminal cannot be written to.
    fn leave(&mut self) -> std::io::Result<()>;
    /// Takes the terminal again.
    ///
    /// # Errors
    /// When it cannot be set up.
    fn come_back(&mut self) -> std::io::Result<()>;
    /// Gives the terminal back, stops the process until the shell continues it, and takes the terminal again.
    ///
    /// # Errors
    /// When the terminal cannot be set up again.
    fn suspend(&mut self) -> std::io::Result<()>;
}

//! State and rules. Pure: no clock, file, network, task, terminal or ratatui in here.

pub mod effect;
pub mod fault;
pub mod key;
pub mod msg;
pub mod session;
pub mod store;
pub mod time;
pub mod title;
pub mod model {
    /// Everything on the screen.
    pub struct Model;
}

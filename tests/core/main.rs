//! The core and the view without any outside: journeys on a virtual clock, laws, golden screens.

mod golden;
mod journeys;
mod laws;
mod pictures;
mod screens;
mod sim;

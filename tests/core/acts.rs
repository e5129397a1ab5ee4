//! What may happen in a history: keys, pastes, answers in any order and way, other people, crashes.

use proptest::prelude::*;
use retitle::core::msg::Mouse;

use crate::person::WIDE;
use crate::sim::{How, Sim, settings};

#[derive(Clone, Debug)]
pub enum Act {
    Press(&'static str),
    Type(char),
    Paste(String),
    Answer(usize, How),
    Disk,
    Pass(u64),
    Twice(usize),
    Crash,
    FullDisk(bool),
    /// Somebody else renames.
    Elsewhere(usize, char),
    /// Another copy has changed the library.
    Reload,
    Resize(u16, u16),
    Mouse(Mouse, u16, u16),
    /// What is marked is renamed as one, through the table.
    Bulk(char),
    /// Keys as fast as a paste.
    Burst(String),
}

const KEYS: &[&str] = &[
    "j",
    "k",
    "r",
    "enter",
    "esc",
    "ctrl-u",
    "ctrl-w",
    "backspace",
    "ctrl-_",
    "alt-o",
    "/",
    "L",
    "R",
    "a",
    "o",
    "!",
    "x",
    "S",
    "?",
    "n",
    "c",
    "G",
    "g",
    "pgdn",
    "ctrl-c",
    "ctrl-z",
    "f5",
    "left",
    "home",
    "ctrl-y",
    "ctrl-k",
    "u",
    "U",
    "H",
    "m",
    "t",
    "e",
    ":",
    "ctrl-p",
    "s",
    "f",
    "d",
    "D",
    "p",
    "i",
    "M",
    "A",
    "w",
    "0",
    "1",
    "2",
    "y",
    "N",
    "J",
    "tab",
    "shift-tab",
    "up",
    "down",
    "right",
    "alt-t",
    "alt-b",
    "alt-d",
    "alt-u",
    "ctrl-t",
    "space",
    "v",
    "ctrl-a",
    "ctrl-4",
    "b",
    "B",
    "E",
];

const SHARED: &str =
    "https://securitycopilot.microsoft.com/sessions/ecdfb9b3-58f5-457f-a18c-4a477890b252?st=MARKER";

fn how(well: u32) -> impl Strategy<Value = How> {
    prop_oneof![
        well => Just(How::Well),
        2 => Just(How::Offline),
        2 => Just(How::Busy),
        2 => Just(How::LostBefore),
        2 => Just(How::LostAfter),
        1 => Just(How::Forbidden),
        1 => Just(How::SignedOut),
    ]
}

fn pasted() -> impl Strategy<Value = String> {
    let texts =
        vec!["two\nlines", "q\nuu\n", "\n\n", "ecdfb9b3-58f5-457f-a18c-4a477890b252", "\u{202e}x", SHARED];
    prop::sample::select(texts).prop_map(ToOwned::to_owned)
}

/// One customer, two, one behind a terminal that does not tell of pastes, one who is asked twice, one with a list so long
/// that it is read and arranged bit by bit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum World {
    One,
    Two,
    Untold,
    Protected,
    Long,
}

pub fn world() -> impl Strategy<Value = World> {
    prop::sample::select(vec![World::One, World::Two, World::Untold, World::Protected, World::Long])
}

pub fn begin(world: World, signed_in: bool) -> Sim {
    let mut settings = settings();
    match world {
        World::Two => return Sim::customers(|_| {}),
        World::Untold => settings.bursts = true,
        World::Protected => settings.places[0].protected = true,
        World::One | World::Long => {}
    }
    let sim = Sim::of(settings, WIDE, world == World::Long);
    if signed_in { sim.signed_in() } else { sim }
}

pub fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        10 => prop::sample::select(KEYS).prop_map(Act::Press),
        8 => prop_oneof![Just("r"), Just("enter"), Just("j")].prop_map(Act::Press),
        4 => prop_oneof![Just("space"), Just("b"), Just("E"), Just("y")].prop_map(Act::Press),
        8 => prop_oneof![prop::char::range('a', 'f'), Just('漢'), Just('\u{301}'), Just(' ')].prop_map(Act::Type),
        1 => pasted().prop_map(Act::Paste),
        1 => pasted().prop_map(Act::Burst),
        2 => (prop::sample::select(vec![Mouse::Pressed, Mouse::Pressed, Mouse::WheelUp, Mouse::WheelDown]), 0..90u16, 0..26u16)
            .prop_map(|(what, x, y)| Act::Mouse(what, x, y)),
        10 => (any::<usize>(), how(10)).prop_map(|(n, how)| Act::Answer(n, how)),
        8 => Just(Act::Disk),
        4 => prop_oneof![Just(20u64), Just(200), Just(2_000), Just(40_000)].prop_map(Act::Pass),
        1 => any::<usize>().prop_map(Act::Twice),
        1 => Just(Act::Crash),
        1 => any::<bool>().prop_map(Act::FullDisk),
        2 => (any::<usize>(), prop::char::range('p', 't')).prop_map(|(n, c)| Act::Elsewhere(n, c)),
        2 => prop::char::range('g', 'm').prop_map(Act::Bulk),
        1 => Just(Act::Reload),
        1 => prop_oneof![Just((1u16, 1u16)), Just((20, 4)), Just((40, 10)), Just((200, 60))].prop_map(|(w, h)| Act::Resize(w, h)),
    ]
}

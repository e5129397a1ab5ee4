//! The keys: a default for every command, and what the configuration changes about it.

use serde::{Deserialize, Serialize};

use super::command::{Command, Focus};
use super::key::Key;

/// Where a row of the table applies: one focus, or every text field.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
enum Place {
    In(Focus),
    AnyText,
}

use Focus::{
    Add, Batch, Bulk, BulkTable, Conflict, Create, Filter, History, HistoryFilter, List, Menu, Reading,
    Rename, SignIn,
};
use Place::{AnyText, In};

/// The default keys. A test refuses a chord that means two things in one focus.
///
/// Traps that shaped it: terminals send `Ctrl-/` and `Ctrl-_` as one byte, which crossterm reports as `Ctrl-7`;
/// `Ctrl-Backspace` often arrives as `Ctrl-H`.
const BINDINGS: &[(Place, Command, &[&str])] = &[
    (In(List), Command::Rename, &["r", "e", "f2", "enter", "ctrl-r"]),
    (In(List), Command::Down, &["j", "down", "ctrl-n"]),
    (In(List), Command::Up, &["k", "up"]),
    (In(List), Command::PageDown, &["pgdn", "ctrl-d"]),
    (In(List), Command::PageUp, &["pgup", "ctrl-u"]),
    (In(List), Command::Top, &["g", "home"]),
    (In(List), Command::Bottom, &["G", "end"]),
    (In(List), Command::NextOpen, &["n", "]"]),
    (In(List), Command::PreviousOpen, &["N", "["]),
    (In(List), Command::Filter, &["/"]),
    (In(List), Command::ClearFilter, &["esc"]),
    (In(List), Command::Add, &["a"]),
    (In(List), Command::Create, &["A"]),
    (In(List), Command::Everything, &["L"]),
    (In(List), Command::Refresh, &["R", "f5"]),
    (In(List), Command::Sort, &["s"]),
    (In(List), Command::Pin, &["f"]),
    (In(List), Command::Remove, &["d"]),
    (In(List), Command::PutInList, &["D"]),
    (In(List), Command::Open, &["o"]),
    (In(List), Command::CopyId, &["y"]),
    (In(List), Command::CopyLink, &["Y"]),
    (In(List), Command::CopyName, &["c"]),
    (In(List), Command::Preview, &["p", "tab"]),
    (In(List), Command::PreviewDown, &["J", "shift-down"]),
    (In(List), Command::PreviewUp, &["K", "shift-up"]),
    (In(List), Command::Details, &["i"]),
    (In(List), Command::Messages, &["M"]),
    (In(List), Command::Retry, &["!"]),
    (In(List), Command::CancelSave, &["x"]),
    (In(List), Command::TakeBack, &["u", "z"]),
    (In(List), Command::PutBack, &["U", "Z"]),
    (In(List), Command::History, &["H"]),
    (In(List), Command::Mark, &["space"]),
    (In(List), Command::MarkRange, &["v"]),
    (In(List), Command::MarkAll, &["ctrl-a"]),
    (In(List), Command::Unmark, &["ctrl-\\", "ctrl-4"]),
    (In(List), Command::Bulk, &["b"]),
    (In(List), Command::EditNames, &["E"]),
    (In(List), Command::Progress, &["B"]),
    (In(List), Command::Profiles, &["t"]),
    (In(List), Command::Workspaces, &["w"]),
    (In(List), Command::OnePlace, &["1", "2", "3", "4", "5", "6", "7", "8", "9"]),
    (In(List), Command::AllPlaces, &["0"]),
    (In(List), Command::SignIn, &["S"]),
    (In(List), Command::Palette, &[":", "ctrl-p"]),
    (In(List), Command::Help, &["?", "f1"]),
    (In(List), Command::Mouse, &["m"]),
    (In(List), Command::Redraw, &["ctrl-l"]),
    (In(List), Command::Suspend, &["ctrl-z"]),
    (In(List), Command::Quit, &["q"]),
    (In(List), Command::Interrupt, &["ctrl-c"]),
    (In(Rename), Command::Save, &["enter", "ctrl-s"]),
    (In(Rename), Command::SaveNext, &["tab"]),
    (In(Rename), Command::SavePrevious, &["shift-tab"]),
    (In(Rename), Command::Leave, &["esc", "ctrl-g", "ctrl-c"]),
    (In(Rename), Command::RecallOlder, &["up", "ctrl-p"]),
    (In(Rename), Command::RecallNewer, &["down", "ctrl-n"]),
    (In(Rename), Command::Templates, &["alt-t"]),
    (In(Rename), Command::Original, &["alt-o"]),
    (In(Filter), Command::KeepFilter, &["enter"]),
    (In(Filter), Command::CloseFilter, &["esc", "ctrl-g", "ctrl-c"]),
    (In(Filter), Command::FilterDown, &["down", "ctrl-n"]),
    (In(Filter), Command::FilterUp, &["up", "ctrl-p"]),
    (In(Add), Command::SubmitAdd, &["enter"]),
    (In(Add), Command::CloseAdd, &["esc", "ctrl-g", "ctrl-c"]),
    (In(Create), Command::SubmitCreate, &["enter", "ctrl-s"]),
    (In(Create), Command::CloseCreate, &["esc", "ctrl-g", "ctrl-c"]),
    (In(Create), Command::RecallOlder, &["up", "ctrl-p"]),
    (In(Create), Command::RecallNewer, &["down", "ctrl-n"]),
    (In(Create), Command::Templates, &["alt-t"]),
    (In(Bulk), Command::BulkNext, &["enter"]),
    (In(Bulk), Command::BulkHow, &["tab"]),
    (In(Bulk), Command::BulkHowBack, &["shift-tab"]),
    (In(Bulk), Command::BulkFieldDown, &["down", "ctrl-n"]),
    (In(Bulk), Command::BulkFieldUp, &["up", "ctrl-p"]),
    (In(Bulk), Command::BulkPageDown, &["pgdn"]),
    (In(Bulk), Command::BulkPageUp, &["pgup"]),
    (In(Bulk), Command::CloseBulk, &["esc", "ctrl-g", "ctrl-c"]),
    (In(BulkTable), Command::BulkApply, &["y"]),
    (In(BulkTable), Command::BulkSkip, &["space"]),
    (In(BulkTable), Command::BulkDown, &["j", "down", "ctrl-n"]),
    (In(BulkTable), Command::BulkUp, &["k", "up", "ctrl-p"]),
    (In(BulkTable), Command::BulkPageDown, &["pgdn", "ctrl-d"]),
    (In(BulkTable), Command::BulkPageUp, &["pgup", "ctrl-u"]),
    (In(BulkTable), Command::BulkTop, &["g", "home"]),
    (In(BulkTable), Command::BulkBottom, &["G", "end"]),
    (In(BulkTable), Command::CloseBulk, &["esc", "q", "ctrl-g", "ctrl-c"]),
    (In(BulkTable), Command::Redraw, &["ctrl-l"]),
    (In(Batch), Command::BatchStop, &["x"]),
    (In(Batch), Command::BatchRetry, &["!"]),
    (In(Batch), Command::BatchUndo, &["u"]),
    (In(Batch), Command::BulkDown, &["j", "down", "ctrl-n"]),
    (In(Batch), Command::BulkUp, &["k", "up", "ctrl-p"]),
    (In(Batch), Command::BulkPageDown, &["pgdn", "ctrl-d", "space"]),
    (In(Batch), Command::BulkPageUp, &["pgup", "ctrl-u"]),
    (In(Batch), Command::BulkTop, &["g", "home"]),
    (In(Batch), Command::BulkBottom, &["G", "end"]),
    (In(Batch), Command::CloseBatch, &["esc", "enter", "q", "ctrl-g", "ctrl-c"]),
    (In(Batch), Command::Redraw, &["ctrl-l"]),
    (AnyText, Command::Left, &["left", "ctrl-b"]),
    (AnyText, Command::Right, &["right", "ctrl-f"]),
    (AnyText, Command::WordLeft, &["alt-b", "ctrl-left", "alt-left"]),
    (AnyText, Command::WordRight, &["alt-f", "ctrl-right", "alt-right"]),
    (AnyText, Command::Home, &["home", "ctrl-a"]),
    (AnyText, Command::End, &["end", "ctrl-e"]),
    (AnyText, Command::DeleteBack, &["backspace", "ctrl-h", "shift-backspace"]),
    (AnyText, Command::DeleteForward, &["delete", "ctrl-d"]),
    (AnyText, Command::DeleteWordBack, &["ctrl-w", "alt-backspace", "ctrl-backspace"]),
    (AnyText, Command::DeleteWordForward, &["alt-d", "ctrl-delete"]),
    (AnyText, Command::KillToStart, &["ctrl-u"]),
    (AnyText, Command::KillToEnd, &["ctrl-k"]),
    (AnyText, Command::Yank, &["ctrl-y"]),
    (AnyText, Command::Undo, &["ctrl-_", "ctrl-7", "ctrl-/", "ctrl-z"]),
    (AnyText, Command::Redo, &["alt-_", "alt-z", "ctrl-shift-z"]),
    (AnyText, Command::Transpose, &["ctrl-t"]),
    (AnyText, Command::Upper, &["alt-u"]),
    (AnyText, Command::Lower, &["alt-l"]),
    (AnyText, Command::Capitalise, &["alt-c"]),
    (AnyText, Command::Help, &["f1"]),
    (AnyText, Command::Redraw, &["ctrl-l"]),
    (In(Menu), Command::MenuRun, &["enter"]),
    (In(Menu), Command::MenuDown, &["down", "ctrl-n", "tab"]),
    (In(Menu), Command::MenuUp, &["up", "ctrl-p", "shift-tab"]),
    (In(Menu), Command::MenuPageDown, &["pgdn"]),
    (In(Menu), Command::MenuPageUp, &["pgup"]),
    (In(Menu), Command::CloseMenu, &["esc", "ctrl-g", "ctrl-c"]),
    (In(Reading), Command::ReadDown, &["j", "down", "ctrl-n"]),
    (In(Reading), Command::ReadUp, &["k", "up"]),
    (In(Reading), Command::ReadPageDown, &["pgdn", "ctrl-d", "space"]),
    (In(Reading), Command::ReadPageUp, &["pgup", "ctrl-u"]),
    (In(Reading), Command::ReadCopy, &["c", "y"]),
    (In(Reading), Command::CloseReading, &["esc", "q", "enter", "i", "M", "ctrl-g", "ctrl-c"]),
    (In(Reading), Command::Help, &["?", "f1"]),
    (In(Reading), Command::Redraw, &["ctrl-l"]),
    (In(SignIn), Command::OpenSignIn, &["enter", "o"]),
    (In(SignIn), Command::CopyCode, &["c", "y"]),
    (In(SignIn), Command::NewCode, &["n", "r"]),
    (In(SignIn), Command::OtherWay, &["b"]),
    (In(SignIn), Command::CloseSignIn, &["esc"]),
    (In(SignIn), Command::Profiles, &["t"]),
    (In(SignIn), Command::Help, &["?", "f1"]),
    (In(SignIn), Command::Quit, &["q"]),
    (In(SignIn), Command::Interrupt, &["ctrl-c"]),
    (In(SignIn), Command::Suspend, &["ctrl-z"]),
    (In(SignIn), Command::Redraw, &["ctrl-l"]),
    (In(Conflict), Command::Mine, &["m"]),
    (In(Conflict), Command::Theirs, &["t"]),
    (In(Conflict), Command::EditMine, &["e", "r"]),
    (In(Conflict), Command::CloseConflict, &["esc", "q", "ctrl-g", "ctrl-c"]),
    (In(Conflict), Command::Help, &["?", "f1"]),
    (In(Conflict), Command::Redraw, &["ctrl-l"]),
    (In(History), Command::HistoryUndo, &["u"]),
    (In(History), Command::HistoryDown, &["j", "down", "ctrl-n"]),
    (In(History), Command::HistoryUp, &["k", "up"]),
    (In(History), Command::HistoryPageDown, &["pgdn", "ctrl-d", "space"]),
    (In(History), Command::HistoryPageUp, &["pgup", "ctrl-u"]),
    (In(History), Command::HistoryTop, &["g", "home"]),
    (In(History), Command::HistoryBottom, &["G", "end"]),
    (In(History), Command::HistoryFilter, &["/"]),
    (In(History), Command::CloseHistory, &["esc", "q", "H", "ctrl-c"]),
    (In(History), Command::Help, &["?", "f1"]),
    (In(History), Command::Redraw, &["ctrl-l"]),
    (In(HistoryFilter), Command::HistoryKeepFilter, &["enter"]),
    (In(HistoryFilter), Command::HistoryClearFilter, &["esc", "ctrl-g", "ctrl-c"]),
];

/// One row: a command and its keys in a place.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct Binding {
    place: Place,
    command: Command,
    keys: Vec<Key>,
}

/// Every key that means something.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Keymap {
    bindings: Vec<Binding>,
}

impl Default for Keymap {
    fn default() -> Self {
        let row = |(place, command, chords): &(Place, Command, &[&str])| Binding {
            place: *place,
            command: *command,
            keys: chords.iter().filter_map(|chord| Key::parse(chord)).collect(),
        };
        Self { bindings: BINDINGS.iter().map(row).collect() }
    }
}

fn applies(place: Place, focus: Focus) -> bool {
    match place {
        In(f) => f == focus,
        AnyText => focus.is_text(),
    }
}

impl Keymap {
    /// Gives a command other keys, in the table of the configuration named `section`. `none` takes all away.
    ///
    /// # Errors
    /// In words for the person: no such command there, no such key, a plain letter where text is typed, or a key that
    /// means something else there already.
    pub fn rebind(&mut self, section: &str, command: &str, chords: &[&str]) -> Result<(), String> {
        let places = places(section);
        let at = Command::named(command).and_then(|command| {
            self.bindings.iter().position(|b| places.contains(&b.place) && b.command == command)
        });
        let Some(at) = at else {
            return Err(format!("there is no command {command:?} there"));
        };
        let mut keys = Vec::new();
        for chord in chords.iter().filter(|chord| **chord != "none") {
            let key = Key::parse(chord).ok_or_else(|| {
                format!("{chord:?} is no key; expected something like \"x\", \"ctrl-x\", \"alt-x\", \"f5\" or \"none\"")
            })?;
            let text =
                places.iter().any(|place| Focus::ALL.iter().any(|f| f.is_text() && applies(*place, *f)));
            if text && key.typed().is_some() {
                return Err(format!("{key} types text there, so it can be no command"));
            }
            if let Some(other) = self.clash(at, key) {
                return Err(format!(
                    "{key} already means {:?} there; give that \"none\" or another key first",
                    other.name()
                ));
            }
            keys.push(key);
        }
        if let Some(binding) = self.bindings.get_mut(at) {
            binding.keys = keys;
        }
        Ok(())
    }

    /// Gives a command its default keys back, as far as nothing else has got them.
    pub fn reset(&mut self, section: &str, command: &str) {
        let places = places(section);
        let mut all = BINDINGS.iter().enumerate();
        let Some((at, (.., chords))) =
            all.find(|(_, (place, c, _))| places.contains(place) && c.name() == command)
        else {
            return;
        };
        let keys: Vec<Key> = chords.iter().filter_map(|chord| Key::parse(chord)).collect();
        let free = keys.into_iter().filter(|key| self.clash(at, *key).is_none()).collect();
        if let Some(binding) = self.bindings.get_mut(at) {
            binding.keys = free;
        }
    }

    /// The other command that a key would mean in a focus where the binding at `at` applies.
    fn clash(&self, at: usize, key: Key) -> Option<Command> {
        let ours = self.bindings.get(at)?.place;
        let meets = |place| Focus::ALL.iter().any(|f| applies(ours, *f) && applies(place, *f));
        let others = self.bindings.iter().enumerate().filter(|(n, b)| *n != at && meets(b.place));
        others.filter(|(_, b)| b.keys.contains(&key)).map(|(_, b)| b.command).next()
    }

    /// What is not as by default: table, command, and its keys as they are written in the configuration.
    pub fn changed(&self) -> Vec<(&'static str, &'static str, Vec<String>)> {
        let default = Self::default();
        let others = self.bindings.iter().zip(&default.bindings).filter(|(now, then)| now.keys != then.keys);
        others
            .map(|(now, _)| {
                let section = match now.place {
                    In(focus) => focus.section(),
                    AnyText => Rename.section(),
                };
                (
                    section,
                    now.command.name(),
                    now.keys.iter().map(|key| key.to_string().to_lowercase()).collect(),
                )
            })
            .collect()
    }

    /// The command that a key means in a focus, if it means one.
    pub fn resolve(&self, focus: Focus, key: Key) -> Option<Command> {
        self.bindings.iter().find(|b| applies(b.place, focus) && b.keys.contains(&key)).map(|b| b.command)
    }

    /// The keys of one focus, spelled for people, without those that every text field shares.
    pub fn own_keys(&self, focus: Focus) -> impl Iterator<Item = (Command, Vec<String>)> {
        self.bindings.iter().filter(move |b| b.place == In(focus)).map(|b| (b.command, spell(&b.keys)))
    }

    /// The keys that every text field shares.
    pub fn text_keys(&self) -> impl Iterator<Item = (Command, Vec<String>)> {
        self.bindings.iter().filter(|b| b.place == AnyText).map(|b| (b.command, spell(&b.keys)))
    }

    /// The first key of a command in a focus, spelled for people; empty when it has none.
    pub fn key_for(&self, focus: Focus, command: Command) -> String {
        self.first_key(focus, command).as_ref().map(ToString::to_string).unwrap_or_default()
    }

    /// The first key of a command in a focus.
    pub fn first_key(&self, focus: Focus, command: Command) -> Option<Key> {
        let own = self.bindings.iter().find(|b| applies(b.place, focus) && b.command == command);
        own.and_then(|b| b.keys.first()).copied()
    }
}

/// The places that a table of the configuration covers. `edit` is the name in its row and what all fields share.
fn places(section: &str) -> Vec<Place> {
    let mut places: Vec<Place> =
        Focus::ALL.iter().filter(|focus| focus.section() == section).map(|focus| In(*focus)).collect();
    if section == Rename.section() {
        places.push(AnyText);
    }
    places
}

fn spell(keys: &[Key]) -> Vec<String> {
    // Ctrl-7 is how Ctrl-/ arrives, nobody presses it on purpose.
    let arrives = Key::parse("ctrl-7");
    keys.iter().filter(|key| Some(**key) != arrives).map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use proptest::sample::select;
    use std::collections::HashMap;

    #[test]
    fn every_chord_in_the_table_is_a_key() {
        for (_, command, chords) in BINDINGS {
            for chord in *chords {
                assert!(Key::parse(chord).is_some(), "{chord} for {}", command.name());
            }
        }
    }

    /// Fails where a chord means two things in a focus, or a letter is a command where text is typed.
    fn is_plain(keymap: &Keymap) {
        for focus in Focus::ALL {
            let mut seen: HashMap<Key, Command> = HashMap::new();
            for Binding { command, keys, .. } in keymap.bindings.iter().filter(|b| applies(b.place, focus)) {
                for key in keys {
                    let other = seen.insert(*key, *command).filter(|other| other != command);
                    let (name, place) = (command.name(), focus.title());
                    assert_eq!(other.map(Command::name), None, "{key} also means {name} in {place}");
                    assert!(!(focus.is_text() && key.typed().is_some()), "{key} is {name} in {place}");
                }
            }
        }
    }

    #[test]
    fn what_is_not_as_by_default_is_told_as_the_configuration_writes_it() {
        let mut keymap = Keymap::default();
        assert_eq!(keymap.changed(), []);
        keymap.rebind("list", "copy-name", &["f7", "alt-x"]).unwrap();
        assert_eq!(keymap.changed(), [("list", "copy-name", vec!["f7".to_owned(), "alt-x".to_owned()])]);
    }

    #[test]
    fn a_command_gets_its_own_keys_back_but_for_those_that_another_has_got() {
        let mut keymap = Keymap::default();
        keymap.rebind("list", "copy-name", &["f7"]).unwrap();
        keymap.reset("list", "copy-name");
        assert_eq!(keymap, Keymap::default());
        keymap.rebind("list", "copy-name", &["f7"]).unwrap();
        keymap.rebind("list", "pin", &["c"]).unwrap();
        keymap.reset("list", "copy-name");
        let changed = keymap.changed();
        assert!(changed.contains(&("list", "pin", vec!["c".to_owned()])), "{changed:?}");
        assert!(changed.contains(&("list", "copy-name", vec![])), "{changed:?}");
    }

    #[test]
    fn one_chord_means_one_thing_within_a_focus() {
        is_plain(&Keymap::default());
        let mut twice = Keymap::default();
        let second =
            twice.bindings.iter_mut().find(|b| b.place == In(List) && b.command == Command::Pin).unwrap();
        second.keys.push(Key::parse("r").unwrap());
        assert!(std::panic::catch_unwind(|| is_plain(&twice)).is_err(), "a clash would be seen");
    }

    proptest! {
        #![proptest_config(crate::laws::config(256))]

        #[test]
        fn no_configuration_makes_a_chord_mean_two_things(
            wanted in proptest::collection::vec(
                (select(&Focus::ALL[..]), select(Command::ALL), proptest::collection::vec(select(CHORDS), 0..3), any::<bool>()),
                1..30,
            ),
        ) {
            let mut keymap = Keymap::default();
            for (focus, command, chords, back) in wanted {
                if back {
                    keymap.reset(focus.section(), command.name());
                } else {
                    let before = keymap.clone();
                    if keymap.rebind(focus.section(), command.name(), &chords).is_err() {
                        prop_assert_eq!(&keymap, &before, "what was refused changes nothing");
                    }
                }
                is_plain(&keymap);
            }
        }
    }

    const CHORDS: &[&str] = &[
        "r", "x", "E", "enter", "esc", "tab", "ctrl-k", "ctrl-p", "alt-t", "f5", "none", "space", "?", "up",
        "hyper-x",
    ];

    #[test]
    fn no_letter_is_a_command_where_text_is_typed() {
        for (_, command, chords) in
            BINDINGS.iter().filter(|(p, ..)| Focus::ALL.iter().any(|f| f.is_text() && applies(*p, *f)))
        {
            for key in chords.iter().filter_map(|c| Key::parse(c)) {
                assert_eq!(key.typed(), None, "{key} for {}", command.name());
            }
        }
    }

    #[test]
    fn every_command_has_a_place_and_no_two_share_a_name() {
        let mut names: HashMap<&str, Command> = HashMap::new();
        for command in Command::ALL {
            assert!(BINDINGS.iter().any(|(_, c, _)| c == command), "{}", command.name());
            assert_eq!(names.insert(command.name(), *command), None, "{}", command.name());
        }
    }

    #[test]
    fn keys_can_be_given_away_and_clashes_are_told_by_name() {
        let mut keys = Keymap::default();
        let key = |chord| Key::parse(chord).unwrap();
        assert_eq!(keys.rebind("list", "open", &["ctrl-o", "O"]), Ok(()));
        assert_eq!(keys.resolve(List, key("ctrl-o")), Some(Command::Open));
        assert_eq!(keys.resolve(List, key("o")), None);
        assert_eq!(keys.key_for(List, Command::Open), "Ctrl-O");
        assert_eq!(keys.rebind("list", "quit", &["none"]), Ok(()));
        assert_eq!(keys.resolve(List, key("q")), None);
        for (section, command, chord, words) in [
            ("list", "fly", "x", "no command \"fly\""),
            ("list", "save", "x", "no command \"save\""),
            ("list", "open", "hyper-x", "is no key"),
            ("list", "open", "r", "already means \"rename\""),
            ("edit", "save", "x", "types text"),
            ("edit", "save", "ctrl-k", "already means \"kill-to-end\""),
            ("edit", "kill-to-end", "enter", "already means \"save\""),
        ] {
            let told = keys.rebind(section, command, &[chord]).unwrap_err();
            assert!(told.contains(words), "{section} {command} {chord}: {told}");
        }
    }
}

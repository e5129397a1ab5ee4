//! What a person can ask for. Keys, footer hints, help and the README's key table all come from these two tables.

use super::key::Key;

/// Where keys go.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Focus {
    /// The list of sessions.
    List,
    /// The name being edited in its row.
    Rename,
    /// The filter line.
    Filter,
    /// The line that takes an ID or link.
    Add,
    /// The sign-in screen.
    SignIn,
    /// The help.
    Help,
    /// Ours or theirs?
    Conflict,
    /// The renames so far.
    History,
    /// The filter of the history.
    HistoryFilter,
}

impl Focus {
    /// Every focus, in the order of the help.
    pub const ALL: [Self; 9] = [
        Self::List,
        Self::Rename,
        Self::Conflict,
        Self::Filter,
        Self::Add,
        Self::History,
        Self::HistoryFilter,
        Self::SignIn,
        Self::Help,
    ];

    /// The heading in help and README.
    pub fn title(self) -> &'static str {
        match self {
            Self::List => "List",
            Self::Rename => "Rename",
            Self::Filter => "Filter",
            Self::Add => "Add",
            Self::SignIn => "Sign-in",
            Self::Help => "Help",
            Self::Conflict => "Changed elsewhere",
            Self::History => "History",
            Self::HistoryFilter => "History filter",
        }
    }

    /// Whether every printable key is text here.
    pub fn is_text(self) -> bool {
        match self {
            Self::Rename | Self::Filter | Self::Add | Self::HistoryFilter => true,
            Self::List | Self::SignIn | Self::Help | Self::Conflict | Self::History => false,
        }
    }
}

macro_rules! commands {
    ($($name:ident: $id:literal, $help:literal;)*) => {
        /// A thing that a person can ask for.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum Command { $(#[doc = $help] $name,)* }

        impl Command {
            /// Every command.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The name in configuration and tables.
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => $id,)* }
            }

            /// One line of help.
            pub fn help(self) -> &'static str {
                match self { $(Self::$name => $help,)* }
            }
        }
    };
}

commands! {
    Rename: "rename", "rename the selected session in its row";
    Down: "down", "next row";
    Up: "up", "previous row";
    PageDown: "page-down", "one page down";
    PageUp: "page-up", "one page up";
    Top: "top", "first row";
    Bottom: "bottom", "last row";
    Filter: "filter", "filter by name or ID prefix";
    ClearFilter: "clear-filter", "dismiss the message, then clear the filter";
    Add: "add", "add a session by ID, portal link or share link";
    Everything: "everything", "show everything in the workspace, and back";
    Refresh: "refresh", "read the names from the server again";
    Open: "open", "open the session in the browser";
    CopyId: "copy-id", "copy the session's ID";
    CopyLink: "copy-link", "copy the session's portal link";
    Retry: "retry", "send what waits or was not saved now; put our name back where it drifted";
    CancelSave: "cancel-save", "cancel the waiting save of this row (the words stay as a draft); accept a drifted name";
    TakeBack: "undo", "take the newest rename back";
    PutBack: "redo", "do what was taken back again";
    History: "history", "show the renames so far";
    SignIn: "sign-in", "sign in";
    Help: "help", "show the keys";
    Redraw: "redraw", "draw the screen anew";
    Suspend: "suspend", "go to the background (fg comes back)";
    Quit: "quit", "quit; waits for saves on their way";
    Interrupt: "interrupt", "twice: quit at once";
    Save: "save", "save";
    Leave: "leave", "leave; changed text is kept as a draft";
    CloseFilter: "close-filter", "close and clear the filter";
    KeepFilter: "keep-filter", "back to the list, keep the filter";
    SubmitAdd: "submit-add", "look the session up and add it";
    CloseAdd: "close-add", "close without adding";
    FilterDown: "filter-down", "next row";
    FilterUp: "filter-up", "previous row";
    Original: "original", "put the server's name back";
    Left: "left", "one character left";
    Right: "right", "one character right";
    WordLeft: "word-left", "one word left";
    WordRight: "word-right", "one word right";
    Home: "home", "start of the line";
    End: "end", "end of the line";
    DeleteBack: "delete-back", "delete the character before";
    DeleteForward: "delete-forward", "delete the character after";
    DeleteWordBack: "delete-word-back", "delete the word before";
    DeleteWordForward: "delete-word-forward", "delete the word after";
    KillToStart: "kill-to-start", "cut to the start";
    KillToEnd: "kill-to-end", "cut to the end";
    Yank: "yank", "put the cut text back";
    Undo: "undo-edit", "undo in the field";
    Redo: "redo-edit", "redo in the field";
    Transpose: "transpose", "swap the two characters around the caret";
    Upper: "upper", "upper-case the word";
    Lower: "lower", "lower-case the word";
    Capitalise: "capitalise", "capitalise the word";
    OpenSignIn: "open-sign-in", "open the page in the browser and copy the code; try again";
    CopyCode: "copy-code", "copy the code or address, or what to send to your admin";
    NewCode: "new-code", "begin anew, with a new code";
    OtherWay: "other-way", "change over between code and browser";
    CloseSignIn: "close-sign-in", "look at the local list without signing in";
    Mine: "mine", "send my name";
    Theirs: "theirs", "take theirs, drop mine";
    EditMine: "edit-mine", "edit my name";
    CloseConflict: "close-conflict", "decide later (the words are kept)";
    HistoryUndo: "history-undo", "take this rename back; on an undo: do it again";
    HistoryDown: "history-down", "next entry";
    HistoryUp: "history-up", "previous entry";
    HistoryPageDown: "history-page-down", "one page down";
    HistoryPageUp: "history-page-up", "one page up";
    HistoryTop: "history-top", "newest entry";
    HistoryBottom: "history-bottom", "oldest entry";
    HistoryFilter: "history-filter", "filter by name or ID";
    HistoryKeepFilter: "history-keep-filter", "back to the entries, keep the filter";
    HistoryClearFilter: "history-clear-filter", "clear the filter";
    CloseHistory: "close-history", "close the history";
    CloseHelp: "close-help", "close the help";
    HelpDown: "help-down", "scroll down";
    HelpUp: "help-up", "scroll up";
}

/// Where a row of the table applies: one focus, or every text field.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Place {
    In(Focus),
    AnyText,
}

use Focus::{Add, Conflict, Filter, Help, History, HistoryFilter, List, Rename, SignIn};
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
    (In(List), Command::Filter, &["/"]),
    (In(List), Command::ClearFilter, &["esc"]),
    (In(List), Command::Add, &["a"]),
    (In(List), Command::Everything, &["L"]),
    (In(List), Command::Refresh, &["R", "f5"]),
    (In(List), Command::Open, &["o"]),
    (In(List), Command::CopyId, &["y"]),
    (In(List), Command::CopyLink, &["Y"]),
    (In(List), Command::Retry, &["!"]),
    (In(List), Command::CancelSave, &["x"]),
    (In(List), Command::TakeBack, &["u"]),
    (In(List), Command::PutBack, &["U"]),
    (In(List), Command::History, &["H"]),
    (In(List), Command::SignIn, &["S"]),
    (In(List), Command::Help, &["?", "f1"]),
    (In(List), Command::Redraw, &["ctrl-l"]),
    (In(List), Command::Suspend, &["ctrl-z"]),
    (In(List), Command::Quit, &["q"]),
    (In(List), Command::Interrupt, &["ctrl-c"]),
    (In(Rename), Command::Save, &["enter", "ctrl-s"]),
    (In(Rename), Command::Leave, &["esc", "ctrl-g", "ctrl-c"]),
    (In(Rename), Command::Original, &["alt-o"]),
    (In(Filter), Command::KeepFilter, &["enter"]),
    (In(Filter), Command::CloseFilter, &["esc", "ctrl-g", "ctrl-c"]),
    (In(Filter), Command::FilterDown, &["down", "ctrl-n"]),
    (In(Filter), Command::FilterUp, &["up"]),
    (In(Add), Command::SubmitAdd, &["enter"]),
    (In(Add), Command::CloseAdd, &["esc", "ctrl-g", "ctrl-c"]),
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
    (AnyText, Command::Redo, &["alt-_", "alt-z"]),
    (AnyText, Command::Transpose, &["ctrl-t"]),
    (AnyText, Command::Upper, &["alt-u"]),
    (AnyText, Command::Lower, &["alt-l"]),
    (AnyText, Command::Capitalise, &["alt-c"]),
    (In(SignIn), Command::OpenSignIn, &["enter", "o"]),
    (In(SignIn), Command::CopyCode, &["c", "y"]),
    (In(SignIn), Command::NewCode, &["n", "r"]),
    (In(SignIn), Command::OtherWay, &["b"]),
    (In(SignIn), Command::CloseSignIn, &["esc"]),
    (In(SignIn), Command::Quit, &["q"]),
    (In(SignIn), Command::Interrupt, &["ctrl-c"]),
    (In(SignIn), Command::Suspend, &["ctrl-z"]),
    (In(SignIn), Command::Redraw, &["ctrl-l"]),
    (In(Conflict), Command::Mine, &["m"]),
    (In(Conflict), Command::Theirs, &["t"]),
    (In(Conflict), Command::EditMine, &["e", "r"]),
    (In(Conflict), Command::CloseConflict, &["esc", "q", "ctrl-g", "ctrl-c"]),
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
    (In(History), Command::Redraw, &["ctrl-l"]),
    (In(HistoryFilter), Command::HistoryKeepFilter, &["enter"]),
    (In(HistoryFilter), Command::HistoryClearFilter, &["esc", "ctrl-g", "ctrl-c"]),
    (In(Help), Command::CloseHelp, &["esc", "q", "?", "f1", "enter", "ctrl-c"]),
    (In(Help), Command::HelpDown, &["j", "down", "pgdn", "space"]),
    (In(Help), Command::HelpUp, &["k", "up", "pgup"]),
    (In(Help), Command::Suspend, &["ctrl-z"]),
    (In(Help), Command::Redraw, &["ctrl-l"]),
];

fn applies(place: Place, focus: Focus) -> bool {
    match place {
        In(f) => f == focus,
        AnyText => focus.is_text(),
    }
}

/// The command that a key means in a focus, if it means one.
pub fn resolve(focus: Focus, key: Key) -> Option<Command> {
    BINDINGS
        .iter()
        .filter(|(place, ..)| applies(*place, focus))
        .find(|(_, _, chords)| chords.iter().any(|c| Key::parse(c) == Some(key)))
        .map(|(_, command, _)| *command)
}

/// The keys of a focus: each command with its chords, in the table's order, spelled for people.
pub fn keys_of(focus: Focus) -> impl Iterator<Item = (Command, Vec<String>)> {
    BINDINGS
        .iter()
        .filter(move |(place, ..)| applies(*place, focus))
        .map(|(_, command, chords)| (*command, spell(chords)))
}

/// The keys that every text field shares.
pub fn text_keys() -> impl Iterator<Item = (Command, Vec<String>)> {
    BINDINGS
        .iter()
        .filter(|(place, ..)| *place == AnyText)
        .map(|(_, command, chords)| (*command, spell(chords)))
}

/// The keys of one focus without those that every text field shares.
pub fn own_keys(focus: Focus) -> impl Iterator<Item = (Command, Vec<String>)> {
    BINDINGS
        .iter()
        .filter(move |(place, ..)| *place == In(focus))
        .map(|(_, command, chords)| (*command, spell(chords)))
}

/// The first key of a command in a focus, spelled for people; empty when it has none.
pub fn key_for(focus: Focus, command: Command) -> String {
    keys_of(focus)
        .find(|(c, _)| *c == command)
        .and_then(|(_, keys)| keys.into_iter().next())
        .unwrap_or_default()
}

fn spell(chords: &[&str]) -> Vec<String> {
    // Ctrl-7 is how Ctrl-/ arrives, nobody presses it on purpose.
    chords.iter().filter(|c| **c != "ctrl-7").filter_map(|c| Key::parse(c)).map(|k| k.to_string()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    #[test]
    fn every_chord_in_the_table_is_a_key() {
        for (_, command, chords) in BINDINGS {
            for chord in *chords {
                assert!(Key::parse(chord).is_some(), "{chord} for {}", command.name());
            }
        }
    }

    #[test]
    fn one_chord_means_one_thing_within_a_focus() {
        for focus in Focus::ALL {
            let mut seen: HashMap<Key, Command> = HashMap::new();
            for (place, command, chords) in BINDINGS {
                for key in chords.iter().filter_map(|c| Key::parse(c)).filter(|_| applies(*place, focus)) {
                    if let Some(other) = seen.insert(key, *command) {
                        panic!(
                            "{key} means both {} and {} in {}",
                            other.name(),
                            command.name(),
                            focus.title()
                        );
                    }
                }
            }
        }
    }

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
    fn every_command_has_a_key_and_a_name_of_its_own() {
        let mut names: Vec<_> = Command::ALL.iter().map(|c| c.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Command::ALL.len());
        for command in Command::ALL {
            assert!(BINDINGS.iter().any(|(_, c, _)| c == command), "{} has no key", command.name());
        }
    }
}

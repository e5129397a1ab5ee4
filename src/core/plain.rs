//! Plain mode: lines in, lines out. For screen readers, dumb terminals and pipes: nothing is drawn, nothing moves by
//! itself, and what was said stays said.
//!
//! A line is a command by its name or its key on the list, with the number of a row where it needs one. What happens
//! later (a save, a sign-in) is told in a line of its own, once.

use std::borrow::Cow;
use std::collections::{BTreeMap, VecDeque};

use super::command::{Command, Focus};
use super::key;
use super::model::{Mode, Model};
use super::notice::Notice;
use super::order::By;
use super::session::{Key, Profile, Session, UNTITLED};
use super::time::ago;

/// Rows that are listed at once; a reader has to hear each of them.
pub const PAGE: usize = 20;

/// What plain mode keeps beside the rest of the state.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Plain {
    /// The sessions behind the numbers, as they were listed last or came since. A number never changes its session.
    pub rows: Vec<Key>,
    /// How many of them were listed.
    pub listed: usize,
    /// Lines that came before it is known who is signed in.
    pub waiting: VecDeque<Option<String>>,
    /// Lines to be said at the end of this step. Raw: may quote names.
    pub lines: Vec<String>,
    pub told: Told,
}

/// What was said already, so that it is said once.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Told {
    pub notice: Option<Notice>,
    pub saves: BTreeMap<Key, String>,
    pub sign_in: BTreeMap<Profile, String>,
    /// A person's walk is being read.
    pub reading: bool,
    pub not_read: Option<String>,
    /// That the program ends, once its writes have.
    pub leaving: bool,
}

/// A line, taken apart.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Said<'a> {
    /// Nothing but spaces.
    Nothing,
    /// The list from its beginning, without a filter.
    List,
    /// The next page of it.
    More,
    /// A row by its number alone.
    Row(&'a str),
    Do(Command, &'a str),
    Unknown(&'a str),
}

impl Model {
    /// Takes a line apart.
    pub fn understand<'a>(&self, line: &'a str) -> Said<'a> {
        let line = line.trim();
        let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let by_key = || {
            let key = key::Key::parse(word).filter(|_| word.chars().count() == 1)?;
            self.settings.keys.resolve(Focus::List, key)
        };
        let named = Command::named(word).filter(|command| takes(*command) != Takes::Screen);
        match word {
            "" => Said::Nothing,
            "list" | "l" => Said::List,
            "more" => Said::More,
            _ if rest.is_empty() && word.bytes().all(|b| b.is_ascii_digit()) => Said::Row(word),
            _ => match named.or_else(by_key) {
                Some(command) => Said::Do(command, rest.trim()),
                None => Said::Unknown(word),
            },
        }
    }

    /// What stands before a line that is to be typed.
    pub fn plain_prompt(&self) -> &'static str {
        match &self.mode {
            Mode::Rename(renaming) if renaming.sure => "yes? ",
            Mode::Rename(_) => "new name: ",
            Mode::Create(_) => "name: ",
            Mode::Browse | Mode::Filter(_) | Mode::Add(_) => "> ",
        }
    }

    /// How a row is called: by its number, else by the beginning of its ID.
    pub fn plain_call(&self, key: &Key) -> String {
        let number = self.plain.as_ref().and_then(|plain| plain.rows.iter().position(|row| row == key));
        number.map_or_else(|| key.id.short().to_owned(), |at| (at + 1).to_string())
    }

    /// A row as a line.
    pub fn plain_row(&self, session: &Session) -> String {
        let name = self.shown_name(session).filter(|name| !name.is_empty()).unwrap_or(UNTITLED);
        let state = self.row_state(session).word(self);
        let age = || {
            session.modified.map(|then| match ago(self.now, then).to_string().as_str() {
                "now" => "changed just now".to_owned(),
                age => format!("changed {age} ago"),
            })
        };
        let mut parts: Vec<String> = state.map(Cow::into_owned).or_else(age).into_iter().collect();
        if session.pinned {
            parts.push("pinned".into());
        }
        if let Some(place) = self.places.get(&session.key.profile).filter(|_| self.places.all().len() > 1) {
            parts.push(place.title().to_owned());
        }
        parts.push(session.key.id.short().to_owned());
        format!("{:>3}  {name}   {}", self.plain_call(&session.key), parts.join(", "))
    }

    /// The words that `help` says, made from the one table of commands.
    pub fn plain_help(&self) -> Vec<String> {
        let line = |words: &str, help: &str| format!("{words:<24} {help}");
        let mut lines = vec![
            "A line is a command. Where it needs a row, its number follows.".to_owned(),
            line("list", "the rows from the beginning, without a filter"),
            line("more", "the next rows"),
            line("NUMBER", "everything known of a row"),
        ];
        for command in Command::ALL {
            let form = match takes(*command) {
                Takes::Screen => continue,
                Takes::Nothing => String::new(),
                Takes::Row => " NUMBER".into(),
                Takes::Words(words) => format!(" {words}"),
            };
            let key = self.settings.keys.key_for(Focus::List, *command);
            // A digit is the number of a row here.
            let is_line = key.chars().count() == 1 && !key.starts_with(|c: char| c.is_ascii_digit());
            let key = if is_line { format!(" ({key})") } else { String::new() };
            lines.push(line(&format!("{}{form}{key}", command.name()), command.help()));
        }
        lines
    }
}

/// What follows a command.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Takes {
    Nothing,
    Row,
    Words(&'static str),
    /// It moves on a screen, or works in a field of one: there is no such thing here.
    Screen,
}

/// What a command is followed by in a line.
#[expect(clippy::wildcard_enum_match_arm, reason = "most commands move on a screen")]
pub fn takes(command: Command) -> Takes {
    use Command as C;
    match command {
        C::Rename => Takes::Words("NUMBER [NAME]"),
        C::Filter => Takes::Words("WORDS"),
        C::Add => Takes::Words("REF"),
        C::Sort => Takes::Words("[ORDER]"),
        C::Create | C::Profiles => Takes::Words("[NAME]"),
        C::Workspaces => Takes::Words("[ID]"),
        C::Open
        | C::CopyId
        | C::CopyLink
        | C::CopyName
        | C::Pin
        | C::Remove
        | C::Preview
        | C::Details
        | C::CancelSave
        | C::Mine
        | C::Theirs => Takes::Row,
        C::Retry => Takes::Words("[NUMBER]"),
        C::PutInList
        | C::Everything
        | C::Refresh
        | C::TakeBack
        | C::PutBack
        | C::History
        | C::AllPlaces
        | C::SignIn
        | C::OpenSignIn
        | C::NewCode
        | C::OtherWay
        | C::Messages
        | C::Help
        | C::Quit => Takes::Nothing,
        _ => Takes::Screen,
    }
}

/// The order that a word means.
pub fn order_named(word: &str) -> Option<By> {
    By::ALL.iter().find(|(_, words)| words.split(' ').any(|w| w == word) || *words == word).map(|(by, _)| *by)
}

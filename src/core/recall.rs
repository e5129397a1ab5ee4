//! Names that were given before, to be taken up again: walked through with Up and Down, offered as a completion.

use std::collections::BTreeMap;

use super::line::LineEdit;
use super::session::Profile;

/// More are never offered.
const MOST: usize = 300;

/// The names given in each profile, newest first, each once. A name of one customer is never offered in the row of
/// another.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Recall {
    names: BTreeMap<Profile, Vec<String>>,
    /// Whether the journal has been asked for them.
    pub asked: bool,
}

impl Recall {
    /// Takes in a name that was just given.
    pub fn given(&mut self, profile: &Profile, name: &str) {
        let names = self.names.entry(profile.clone()).or_default();
        names.retain(|known| known != name);
        names.insert(0, name.to_owned());
        names.truncate(MOST);
    }

    /// Takes in names of the journal, newest first, behind those of this run.
    pub fn learn<'a>(&mut self, names: impl IntoIterator<Item = (&'a Profile, &'a str)>) {
        for (profile, name) in names {
            let names = self.names.entry(profile.clone()).or_default();
            if names.len() < MOST && !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        }
    }

    /// The names given in a profile, newest first.
    pub fn of(&self, profile: &Profile) -> &[String] {
        self.names.get(profile).map_or(&[], Vec::as_slice)
    }

    /// How a begun text would go on, by the newest name that begins with it: what is missing. Only at the end of the
    /// line, and not for less than two characters.
    pub fn ghost(&self, profile: &Profile, line: &LineEdit) -> Option<&str> {
        let text = line.text();
        if line.caret() < text.len() || text.chars().count() < 2 {
            return None;
        }
        self.of(profile).iter().find_map(|name| name.strip_prefix(text)).filter(|rest| !rest.is_empty())
    }
}

/// A walk through the names, from a text that comes back at its end.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Walk {
    began: String,
    at: Option<usize>,
}

impl Walk {
    /// A walk that begins on this text.
    pub fn new(text: &str) -> Self {
        Self { began: text.to_owned(), at: None }
    }

    /// One step: the text to show. `None` at either end.
    pub fn step(&mut self, names: &[String], older: bool) -> Option<String> {
        let next = match (self.at, older) {
            (None, true) => Some(0),
            (Some(at), true) => Some(at + 1),
            (None | Some(0), false) => None,
            (Some(at), false) => Some(at - 1),
        };
        match next {
            Some(at) => {
                let name = names.get(at)?.clone();
                self.at = Some(at);
                Some(name)
            }
            None => {
                self.at.take()?;
                Some(self.began.clone())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn up_walks_to_older_names_and_down_comes_back_to_what_was_typed() {
        let (mut recall, here) = (Recall::default(), Profile::new("here"));
        recall.learn(["old", "older", "old"].map(|name| (&here, name)));
        recall.given(&here, "new");
        let mut walk = Walk::new("typed");
        let steps: Vec<_> = [true, true, true, true, false, false, false, false]
            .into_iter()
            .map(|older| walk.step(recall.of(&here), older))
            .collect();
        let steps: Vec<_> = steps.iter().map(Option::as_deref).collect();
        assert_eq!(
            steps,
            [Some("new"), Some("old"), Some("older"), None, Some("old"), Some("new"), Some("typed"), None]
        );
    }

    #[test]
    fn a_begun_name_is_offered_whole_at_the_end_of_the_line_only() {
        let (mut recall, here) = (Recall::default(), Profile::new("here"));
        recall.learn(["INC-20931 wave", "INC-1"].map(|name| (&here, name)));
        let mut line = LineEdit::new("INC-2");
        assert_eq!(recall.ghost(&here, &line), Some("0931 wave"));
        line.apply(super::super::line::Edit::Left);
        assert_eq!(recall.ghost(&here, &line), None);
        assert_eq!(recall.ghost(&here, &LineEdit::new("I")), None, "one letter is too little");
        assert_eq!(recall.ghost(&here, &LineEdit::new("INC-20931 wave")), None, "nothing is missing");
        assert_eq!(recall.ghost(&Profile::new("there"), &LineEdit::new("INC-2")), None, "another customer's");
    }
}

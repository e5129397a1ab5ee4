//! What is typed into the filter: words for the name or the ID, and `is:`, `ws:` and `in:` for the rest.

use std::collections::BTreeMap;

use super::session::{Key, Presence, Session};

/// A state that `is:` asks for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Tag {
    Failed,
    Changed,
    Draft,
    Saving,
    Waiting,
    Drifted,
    Untitled,
    Pinned,
    Gone,
}

impl Tag {
    /// Every state by its word.
    pub const ALL: [(&'static str, Self); 9] = [
        ("failed", Self::Failed),
        ("changed", Self::Changed),
        ("draft", Self::Draft),
        ("saving", Self::Saving),
        ("waiting", Self::Waiting),
        ("drifted", Self::Drifted),
        ("untitled", Self::Untitled),
        ("pinned", Self::Pinned),
        ("gone", Self::Gone),
    ];
}

/// States that come from saves and drafts, by session.
pub type Tags = BTreeMap<Key, Vec<Tag>>;

/// A filter, taken apart.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Query {
    /// What is looked for in names and IDs.
    pub words: String,
    /// The same in lower case.
    lower: String,
    tags: Vec<Tag>,
    workspaces: Vec<String>,
    profiles: Vec<String>,
    /// A word behind `is:` that is no state.
    pub unknown: Option<String>,
}

impl Query {
    /// Takes a filter apart. A half-typed `is:` asks for nothing yet.
    pub fn parse(text: &str) -> Self {
        let mut query = Self::default();
        let mut words = Vec::new();
        for part in text.split_whitespace() {
            let lower = part.to_lowercase();
            if let Some(state) = lower.strip_prefix("is:") {
                match Tag::ALL.iter().find(|(word, _)| *word == state) {
                    Some((_, tag)) => query.tags.push(*tag),
                    None if Tag::ALL.iter().any(|(word, _)| word.starts_with(state)) => {}
                    None => query.unknown = Some(state.to_owned()),
                }
            } else if let Some(workspace) = lower.strip_prefix("ws:") {
                query.workspaces.push(workspace.to_owned());
            } else if let Some(profile) = lower.strip_prefix("in:") {
                query.profiles.push(profile.to_owned());
            } else {
                words.push(part);
            }
        }
        query.words = words.join(" ");
        query.lower = query.words.to_lowercase();
        query
    }

    /// Words alone, whatever they look like.
    pub(super) fn of_words(words: &str) -> Self {
        Self { words: words.to_owned(), lower: words.to_lowercase(), ..Self::default() }
    }

    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether states of saves and drafts are asked for.
    pub fn asks_states(&self) -> bool {
        !self.tags.is_empty()
    }

    /// Whether words are all that is asked for.
    pub(super) fn is_words(&self) -> bool {
        self.unknown.is_none()
            && self.tags.is_empty()
            && self.workspaces.is_empty()
            && self.profiles.is_empty()
    }

    /// Whether a session fits all but the words. `title` is how its profile is called.
    pub fn fits(&self, session: &Session, tags: &Tags, title: Option<&String>) -> bool {
        let has = |tag: &Tag| match tag {
            Tag::Untitled => session.name.as_deref().is_none_or(str::is_empty),
            Tag::Pinned => session.pinned,
            Tag::Gone => session.presence != Presence::Here,
            Tag::Drifted => session.drifted(),
            Tag::Failed | Tag::Changed | Tag::Draft | Tag::Saving | Tag::Waiting => {
                tags.get(&session.key).is_some_and(|tags| tags.contains(tag))
            }
        };
        self.unknown.is_none()
            && self.tags.iter().all(has)
            && self.workspaces.iter().all(|w| begins(session.workspace.as_str(), w))
            && self.profiles.iter().all(|p| {
                begins(session.key.profile.as_str(), p) || title.is_some_and(|title| begins(title, p))
            })
    }

    /// The words as an ID would begin.
    pub(super) fn id(&self) -> Beginning {
        Beginning::of(&self.lower)
    }

    /// Whether the ID of a session begins with the words.
    pub(super) fn begins_id(&self, session: &Session) -> bool {
        begins(session.key.id.as_str(), &self.lower)
    }
}

/// The first eight letters of a text in lower case: most IDs that begin otherwise are told by them alone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Beginning(u64);

impl Beginning {
    pub(super) fn of(text: &str) -> Self {
        let letters = text.bytes().take(8).enumerate();
        Self(letters.fold(0, |word, (n, byte)| word | u64::from(byte.to_ascii_lowercase()) << (8 * n)))
    }

    /// Whether a text with this beginning may begin with another one.
    pub(super) fn may_have(self, other: Self) -> bool {
        let bytes = (64 - other.0.leading_zeros()).div_ceil(8);
        let mask = if bytes == 8 { u64::MAX } else { (1 << (8 * bytes)) - 1 };
        // Letters beyond ASCII have cases of their own.
        let beyond = (self.0 | other.0) & 0x8080_8080_8080_8080 != 0;
        beyond || self.0 & mask == other.0 & mask
    }
}

/// Whether a text begins with this, which is in lower case.
pub(super) fn begins(text: &str, with: &str) -> bool {
    let mut letters = text.chars().flat_map(char::to_lowercase);
    with.chars().all(|c| letters.next() == Some(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_words_and_fields() {
        let query = Query::parse("phish is:failed ws:Def wave in:contoso");
        assert_eq!(query.words, "phish wave");
        assert_eq!(query.tags, [Tag::Failed]);
        assert_eq!(query.workspaces, ["def"]);
        assert_eq!(query.profiles, ["contoso"]);
        assert!(Query::parse("is:").is_empty() && Query::parse("is:fai").is_empty(), "half typed");
        assert_eq!(Query::parse("is:bogus").unknown.as_deref(), Some("bogus"));
    }

    #[test]
    fn each_of_the_first_eight_letters_of_an_id_counts() {
        let id = Beginning::of("ABCDEFGH-1");
        for begun in ["", "a", "abcd", "abcdefgh", "abcdefgh-2"] {
            assert!(id.may_have(Beginning::of(begun)), "{begun}");
        }
        for other in ["b", "ax", "abcx", "abcdefgx"] {
            assert!(!id.may_have(Beginning::of(other)), "{other}");
        }
        assert!(id.may_have(Beginning::of("é")), "which has a case of its own");
    }
}

//! Finding by a few letters.

use memchr::memmem;
use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str, chars};

/// A text as it is looked through: lower case, without accents, one character a cluster. What `nucleo` finds in the text
/// itself, it finds in here.
pub fn fold(text: &str) -> String {
    let mut folded = String::new();
    fold_into(text, &mut folded);
    folded
}

fn fold_into(text: &str, folded: &mut String) {
    if text.is_ascii() {
        folded.push_str(text);
        folded.make_ascii_lowercase();
    } else {
        folded.extend(chars::graphemes(text).map(|c| chars::to_lower_case(chars::normalize(c))));
    }
}

/// Which letters a text has, one bit a letter: a text without one of those that are looked for need not be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Letters(u64);

impl Letters {
    /// The letters of a folded text.
    pub fn of(folded: &str) -> Self {
        let bit = |c: char| match c {
            'a'..='z' => c as u32 - 'a' as u32,
            '0'..='9' => 26 + (c as u32 - '0' as u32),
            // Those that are left share what is left.
            c => 36 + c as u32 % 28,
        };
        Self(folded.chars().fold(0, |letters, c| letters | 1 << bit(c)))
    }

    /// Whether all of these are there.
    pub fn hold(self, these: Self) -> bool {
        self.0 & these.0 == these.0
    }
}

/// How well a text fits.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hit {
    /// Every word stands in it as typed; `false` when only its letters do, in order.
    pub whole: bool,
    /// More is better. Comparable between texts for the same words.
    pub score: u32,
    /// The characters that were matched, as numbers of `char`s, in order.
    pub at: Vec<u32>,
}

/// Words to look for. Upper and lower case are alike, and so are `é` and `e`.
pub struct Finder {
    whole: Pattern,
    scattered: Pattern,
    matcher: Matcher,
    characters: Vec<char>,
    folded: String,
    needs: Letters,
    one_letter: bool,
    /// The words as bytes to be found in a folded text, where they are plain enough for that.
    plain: Option<Vec<memmem::Finder<'static>>>,
}

impl Finder {
    /// A finder for words between spaces, all of which must be found.
    pub fn new(words: &str) -> Self {
        let pattern = |kind| Pattern::new(words, CaseMatching::Ignore, Normalization::Smart, kind);
        // A backslash keeps a space in a word, and what has an accent is looked for with it.
        let plain = words.is_ascii() && !words.contains('\\');
        let folded = fold(words);
        let bytes = folded.split_whitespace().map(|word| memmem::Finder::new(word).into_owned());
        Self {
            one_letter: matches!(folded.as_bytes(), [b'a'..=b'z' | b'0'..=b'9']),
            needs: Letters::of(&folded.replace(|c: char| c.is_whitespace() || c == '\\', "")),
            plain: plain.then(|| bytes.collect()),
            whole: pattern(AtomKind::Substring),
            scattered: pattern(AtomKind::Fuzzy),
            matcher: Matcher::new(Config::DEFAULT),
            characters: Vec::new(),
            folded: String::new(),
        }
    }

    /// Whether a text with these letters is worth a look.
    pub fn may_fit(&self, letters: Letters) -> bool {
        letters.hold(self.needs)
    }

    /// Whether the letters of a text already tell all that is asked.
    pub fn is_one_letter(&self) -> bool {
        self.one_letter
    }

    /// Whether every word stands in the text as typed.
    pub fn stands_in(&mut self, text: &str) -> bool {
        match &self.plain {
            Some(words) => {
                self.folded.clear();
                fold_into(text, &mut self.folded);
                words.iter().all(|word| word.find(self.folded.as_bytes()).is_some())
            }
            None => {
                let text = Utf32Str::new(text, &mut self.characters);
                self.whole.score(text, &mut self.matcher).is_some()
            }
        }
    }

    /// How well a text fits whose letters are those of the words, in order; `None` where they are not.
    pub fn scattered(&mut self, text: &str) -> Option<u32> {
        let text = Utf32Str::new(text, &mut self.characters);
        self.scattered.score(text, &mut self.matcher)
    }

    /// Whether and how well the text fits; for many texts, without the places.
    pub fn score(&mut self, text: &str) -> Option<(bool, u32)> {
        let text = Utf32Str::new(text, &mut self.characters);
        let whole = self.whole.score(text, &mut self.matcher).map(|score| (true, score));
        whole.or_else(|| self.scattered.score(text, &mut self.matcher).map(|score| (false, score)))
    }

    /// How the text fits, with the places to highlight.
    pub fn hit(&mut self, text: &str) -> Option<Hit> {
        let mut at = Vec::new();
        let text = Utf32Str::new(text, &mut self.characters);
        let (whole, score) = match self.whole.indices(text, &mut self.matcher, &mut at) {
            Some(score) => (true, score),
            None => {
                at.clear();
                (false, self.scattered.indices(text, &mut self.matcher, &mut at)?)
            }
        };
        at.sort_unstable();
        at.dedup();
        Some(Hit { whole, score, at })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_words_fit_better_than_scattered_letters_and_case_and_accents_do_not_matter() {
        let fits = |words: &str, text: &str| Finder::new(words).score(text).map(|(whole, _)| whole);
        assert_eq!(fits("phish", "INC-20931 Phishing wave"), Some(true));
        assert_eq!(fits("wave inc", "INC-20931 Phishing wave"), Some(true));
        assert_eq!(fits("phw", "INC-20931 Phishing wave"), Some(false));
        assert_eq!(fits("resume", "Résumé fraud"), Some(true));
        assert_eq!(fits("xyz", "INC-20931 Phishing wave"), None);
        assert_eq!(fits("", "anything"), Some(true));
    }

    #[test]
    fn the_quick_ways_find_what_the_slow_one_finds() {
        let names = [
            "INC-20931 Phishing wave",
            "Résumé fraud",
            "e\u{301}tat",
            "漢字 Ärger",
            "",
            "a\\ b",
            "ﬁnance İ ẞ ſ",
        ];
        let words = [
            "phish", "wave inc", "resume", "RÉSUMÉ", "ÉTAT", "etat", "漢", "arger", "a\\ b", "fin", "s", "i",
            "", "20931", "-",
        ];
        for (name, word) in names.iter().flat_map(|name| words.map(|word| (*name, word))) {
            let mut finder = Finder::new(word);
            let slow = finder.score(name).map(|(whole, _)| whole);
            let folded = fold(name);
            assert!(slow.is_none() || finder.may_fit(Letters::of(&folded)), "{word:?} in {name:?}");
            let quick = finder.stands_in(name);
            assert!(quick || slow != Some(true), "{word:?} in {name:?}");
            // It also finds an accent at the beginning of a word, and one that is a character of its own.
            assert!(!quick || slow.is_some() || name.contains('\u{301}'), "{word:?} in {name:?}");
        }
        for (word, name) in [("etat", "e\u{301}tat"), ("arger", "漢字 Ärger")] {
            assert!(Finder::new(word).stands_in(name));
        }
    }

    #[test]
    fn each_letter_and_figure_is_told_from_every_other() {
        let all: Vec<Letters> =
            ('a'..='z').chain('0'..='9').chain(['é', '漢']).map(|c| Letters::of(&c.to_string())).collect();
        for (n, letters) in all.iter().enumerate() {
            assert_eq!(all.iter().filter(|other| other.hold(*letters)).count(), 1, "number {n}");
        }
    }

    #[test]
    fn the_matched_characters_are_told() {
        let hit = Finder::new("wave").hit("Phishing wave").unwrap();
        assert_eq!((hit.whole, hit.at), (true, vec![9, 10, 11, 12]));
        let hit = Finder::new("漢").hit("x漢字").unwrap();
        assert_eq!(hit.at, [1]);
    }
}

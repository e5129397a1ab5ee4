//! Finding by a few letters.

use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

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
}

impl Finder {
    /// A finder for words between spaces, all of which must be found.
    pub fn new(words: &str) -> Self {
        let pattern = |kind| Pattern::new(words, CaseMatching::Ignore, Normalization::Smart, kind);
        Self {
            whole: pattern(AtomKind::Substring),
            scattered: pattern(AtomKind::Fuzzy),
            matcher: Matcher::new(Config::DEFAULT),
            characters: Vec::new(),
        }
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
    fn the_matched_characters_are_told() {
        let hit = Finder::new("wave").hit("Phishing wave").unwrap();
        assert_eq!((hit.whole, hit.at), (true, vec![9, 10, 11, 12]));
        let hit = Finder::new("漢").hit("x漢字").unwrap();
        assert_eq!(hit.at, [1]);
    }
}

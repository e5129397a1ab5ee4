//! Names that are the same or only look the same, and naming rules: hints, never laws.

use regex_lite::Regex;
use unicode_security::confusable_detection::skeleton;
use unicode_segmentation::UnicodeSegmentation;

use super::effect::Effect;
use super::fuzzy::{self, Letters};
use super::glyph::width;
use super::model::Model;
use super::session::Key;
use super::table::Rows;
use super::work::{Work, Worked};

/// Another session whose name is, or looks, the same.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Alike {
    pub key: Key,
    pub name: String,
    /// Letter by letter, but for case.
    pub same: bool,
}

/// Where to begin two names that begin alike and are too long for `right` cells, a byte of both: what differs has to be
/// in sight of the second, and as much before it as leaves room for all that differs. `left`: the first one's cells.
pub fn telling(first: &str, second: &str, left: usize, right: usize) -> usize {
    let both = first.graphemes(true).zip(second.graphemes(true)).take_while(|(a, b)| a == b);
    let alike: Vec<&str> = both.map(|(cluster, _)| cluster).collect();
    // Where what differs begins in the first half, it is in sight without a word taken away.
    if first == second || width(second) <= right || width(&alike.concat()) * 2 <= right {
        return 0;
    }
    // Behind the ellipsis, and before what differs.
    let end: usize = alike.iter().map(|cluster| cluster.len()).sum();
    let before = |name: &str, cells: usize| cells.checked_sub(1 + name.get(end..).map_or(0, width));
    let most = before(second, right).unwrap_or(left.min(right) / 4);
    let most = before(first, left).map_or(most, |cells| cells.min(most));
    let mut kept = 0;
    let near = |cluster: &&&str| {
        kept += width(cluster);
        kept <= most
    };
    let shown = alike.iter().rev().take_while(near).count();
    let from = alike.iter().take(alike.len() - shown).map(|cluster| cluster.len()).sum();
    // Rather from the beginning of a word, where at least half of what is alike stays in sight.
    let word = second.get(from..end).and_then(|alike| Some(alike.find(' ')? + 1));
    word.map(|word| from + word).filter(|word| (end - word) * 2 >= end - from).unwrap_or(from)
}

/// A name as it stands below another that may begin alike, for so many cells: with `…` for what has to go so that what
/// differs is in sight.
pub fn beside(other: &str, name: &str, cells: usize) -> String {
    match telling(other, name, cells, cells) {
        0 => name.to_owned(),
        from => format!("…{}", name.get(from..).unwrap_or_default()),
    }
}

/// The form in which look-alikes are equal (UTS 39, section 4), with the ASCII ones that it leaves apart by case. Most
/// names are ASCII, and there the tables say little: a test compares.
pub(super) fn form(name: &str) -> String {
    let mut form = String::with_capacity(name.len() + 8);
    for byte in name.bytes() {
        match byte {
            b'"' => form.push_str("''"),
            b'`' => form.push('\''),
            b'0' => form.push('o'),
            b'1' | b'I' | b'|' => form.push('l'),
            b'm' | b'M' => form.push_str("rn"),
            b'%' | 0x80.. => return form_by_tables(name),
            _ => form.push(char::from(byte.to_ascii_lowercase())),
        }
    }
    form
}

fn form_by_tables(name: &str) -> String {
    skeleton(&skeleton(name).collect::<String>().to_lowercase()).collect()
}

/// What is looked for: a session of the same profile, other than `key`, whose name is or looks like `name`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Search {
    pub(super) rows: Rows,
    pub(super) key: Key,
    pub(super) name: String,
}

/// Nobody waits for it any more.
#[derive(Debug)]
struct Stopped;

impl Search {
    /// Looks for it; `None` when nobody waits for it any more.
    pub(super) fn run(self, stopped: &dyn Fn() -> bool) -> Option<Worked> {
        let found = self.find(stopped).ok()?;
        Some(Worked::Alike { key: self.key, name: self.name, found })
    }

    /// The session, if there is one.
    fn find(&self, stopped: &dyn Fn() -> bool) -> Result<Option<Alike>, Stopped> {
        let name = self.name.trim();
        let mark = self.rows.mark(&self.key.profile);
        if name.is_empty() {
            return Ok(None);
        }
        let (lower, letters) = (name.to_lowercase(), Letters::of(&fuzzy::fold(name)));
        let length = lower.chars().count();
        let mut ours = None;
        let mut look = None;
        for (n, slot) in self.rows.slots().enumerate() {
            if n % 1_024 == 0 && stopped() {
                return Err(Stopped);
            }
            let (Some(brief), Some(session)) = (self.rows.brief(slot), self.rows.session(slot)) else {
                continue;
            };
            let Some(other) = session.name.as_deref() else { continue };
            if !Rows::is_of(brief, mark) || session.key == self.key {
                continue;
            }
            let found = |same| Alike { key: session.key.clone(), name: other.to_owned(), same };
            if letters == brief.letters && other.to_lowercase() == lower {
                return Ok(Some(found(true)));
            }
            // A look-alike is about as long: `rn` for `m` is the most that letters differ.
            if look.is_none() && other.chars().count().abs_diff(length) <= 2 {
                let ours = ours.get_or_insert_with(|| form(name));
                if form(other) == *ours {
                    look = Some(found(false));
                }
            }
        }
        Ok(look)
    }
}

impl Model {
    /// A session with a name like this, where that can be told at once; else it is asked for, and told when it is found.
    pub(super) fn alike(&self, key: &Key, name: &str, out: &mut Vec<Effect>) -> Option<Alike> {
        let search = Search { rows: self.list.rows().clone(), key: key.clone(), name: name.to_owned() };
        if self.list.is_long() {
            out.push(Effect::Work(Work::Alike(Box::new(search))));
            return None;
        }
        search.find(&|| false).unwrap_or_default()
    }
}

/// A naming rule of the configuration.
#[derive(Clone, Debug)]
pub struct Rule {
    pattern: String,
    regex: Regex,
}

impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        self.pattern == other.pattern
    }
}

impl Eq for Rule {}

impl Rule {
    /// A rule from a regular expression.
    ///
    /// # Errors
    /// In words: what is wrong with the expression.
    pub fn parse(pattern: &str) -> Result<Self, String> {
        let regex = Regex::new(pattern).map_err(|error| format!("{pattern:?}: {error}"))?;
        Ok(Self { pattern: pattern.to_owned(), regex })
    }
}

/// The rules that a name should follow, when none of them fits.
pub fn broken(rules: &[Rule], name: &str) -> Option<String> {
    if rules.is_empty() || rules.iter().any(|rule| rule.regex.is_match(name)) {
        return None;
    }
    let patterns: Vec<&str> = rules.iter().map(|rule| rule.pattern.as_str()).collect();
    Some(patterns.join("  or  "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::session::{Host, Profile, Session, SessionId, WorkspaceId};
    use crate::core::table::Table;
    use proptest::prelude::*;

    fn alike(names: &[&str], typed: &str) -> Option<Alike> {
        let key = |n: usize| Key { profile: Profile::new("default"), id: SessionId::new(&n.to_string()) };
        let session = |(n, name): (usize, &&str)| Session {
            name: Some((*name).into()),
            ..Session::unseen(key(n), WorkspaceId::new("default"), Host::new("h"))
        };
        let table = Table::of(names.iter().enumerate().map(session).collect());
        Search { rows: table.rows().clone(), key: key(0), name: typed.to_owned() }.find(&|| false).unwrap()
    }

    #[test]
    fn equal_names_and_names_that_look_equal_are_found_and_others_are_not() {
        for (there, typed, found) in [
            ("Phishing wave", "phishing WAVE", Some(true)),
            ("Phishing wave", "Phishing wave 2", None),
            ("paypal fraud", "p\u{430}yp\u{430}l fraud", Some(false)),
            ("modern", "modem", Some(false)),
            ("alpha", "beta", None),
            ("", " ", None),
        ] {
            assert_eq!(alike(&["mine", there], typed).map(|a| a.same), found, "{there} / {typed}");
        }
        assert_eq!(alike(&["mine"], "mine"), None, "a session is no double of itself");
    }

    #[test]
    fn of_ascii_the_form_is_what_the_tables_make_of_it() {
        let all = || (0..=0x7f_u8).map(char::from);
        for (a, b) in all().flat_map(|a| all().map(move |b| (a, b))) {
            let name: String = [a, b, 'm', a].into_iter().collect();
            assert_eq!(form(&name), form_by_tables(&name), "{name:?}");
        }
    }

    proptest! {
        #![proptest_config(crate::laws::config(256))]

        #[test]
        fn of_any_name_the_form_is_what_the_tables_make_of_it(name in "[ -~]{0,40}|\\PC{0,20}|[ -~\u{80}-\u{17f}]{0,20}") {
            prop_assert_eq!(form(&name), form_by_tables(&name));
        }
    }

    #[test]
    fn one_rule_that_fits_is_enough() {
        let rules = ["^INC-\\d+ ", "^HUNT "].map(|r| Rule::parse(r).unwrap());
        assert_eq!(broken(&rules, "INC-20931 wave"), None);
        assert_eq!(broken(&rules, "wave").as_deref(), Some("^INC-\\d+   or  ^HUNT "));
        assert_eq!(broken(&[], "wave"), None);
        assert_ne!(rules[0], rules[1], "a model with other rules is another model");
        assert!(Rule::parse("(").unwrap_err().contains("\"(\""));
    }

    #[test]
    fn of_two_long_names_that_begin_alike_all_that_differs_is_in_sight() {
        for (first, second, left, right, shown) in [
            ("Summary of mailboxes", "Summary of mailboxes (closed)", 14, 12, "es (closed)"),
            ("Summary of mailboxes", "Summary of mailboxes (closed)", 14, 18, "ailboxes (closed)"),
            ("Summary of mailboxes", "Summary of mailboxes (closed)", 5, 18, "oxes (closed)"),
            ("Summary of mailboxes, old", "Summary of mailboxes (new)", 8, 18, "es (new)"),
            (
                "Summary of mailboxes",
                "Summary of mailboxes and whatever else",
                16,
                12,
                "xes and whatever else",
            ),
            ("Summary of mailboxes", "Summary of mailboxes and HR", 20, 26, "of mailboxes and HR"),
            ("Summary", "Summary of mailboxes", 9, 10, "ry of mailboxes"),
            ("Summary", "Summary of mailboxes", 9, 14, "Summary of mailboxes"),
            ("Summary of mailboxes", "Summary of mails", 9, 16, "Summary of mails"),
        ] {
            assert_eq!(second.get(telling(first, second, left, right)..), Some(shown), "{first}, {second}");
        }
    }
}

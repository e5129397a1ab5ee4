use proptest::prelude::*;

use super::names::{How, Maker, Tidy};
use super::others::{Others, doubles, marks};
use super::sheet;
use crate::core::likeness::form;
use crate::core::session::{Host, Key, Profile, Session, SessionId, WorkspaceId};
use crate::core::table::{Slot, Table};
use crate::core::template::Facts;
use crate::core::time::Stamp;
use crate::core::title::Title;

fn session(id: &str, name: Option<&str>) -> Session {
    let key = Key { profile: Profile::new("default"), id: SessionId::new(id) };
    Session {
        name: name.map(Into::into),
        created: Stamp::parse("2026-11-24T23:30:00Z"),
        ..Session::unseen(key, WorkspaceId::new("default"), Host::new("h"))
    }
}

fn made(how: How, texts: [&str; 3], tidy: Tidy, name: Option<&str>) -> Result<Option<String>, String> {
    let session = session("ecdfb9b3", name);
    let facts = Facts {
        session: &session,
        tenant: "contoso.com",
        profile: "PROD",
        workspace: "Hunting",
        me: "jo",
        now: Stamp::parse("2026-11-25T10:00:00Z").unwrap(),
        zone: 0,
        n: 4,
    };
    let [template, find, with] = texts;
    Maker::new(how, template, find, with, tidy).map(|maker| maker.make(&facts))
}

#[test]
fn each_way_makes_the_names_that_its_fields_say() {
    for (how, texts, name, new) in [
        (How::Template, ["INC-{n:05=20931} {old}", "", ""], Some("wave"), Some("INC-20935 wave")),
        (How::Template, ["{workspace} {created:%Y-%m-%d}", "", ""], None, Some("Hunting 2026-11-24")),
        (How::Replace, ["", "wave", "surge"], Some("wave, wave"), Some("surge, surge")),
        (How::Replace, ["", "(a)", "$1"], Some("x(a)"), Some("x$1")),
        (How::Replace, ["", "x", ""], None, None),
        (How::Regex, ["", r"INC-(\d+)\s*(.*)", "$2 ($1)"], Some("INC-7 wave"), Some("wave (7)")),
        (How::Regex, ["", r"(?P<id>\d+)", "#${id}"], Some("a 12 b 3"), Some("a #12 b #3")),
        (How::Regex, ["", r"^\s+", ""], Some("  wave"), Some("wave")),
        (How::Regex, ["", "nothing", "x"], Some("wave"), Some("wave")),
    ] {
        let found = made(how, texts, Tidy::Spaces, name);
        assert_eq!(found.as_ref().map(Option::as_deref), Ok(new), "{how:?} {texts:?} {name:?}");
    }
}

#[test]
fn names_are_put_right_without_being_spoilt() {
    for (tidy, name, new) in [
        (Tidy::Spaces, "  two\t words\u{a0} and\u{200b} more ", "two words and more"),
        (Tidy::Upper, "straße inc", "STRASSE INC"),
        (Tidy::Lower, "INC-1 ÄPFEL", "inc-1 äpfel"),
        (Tidy::Words, "inc-20931 phishing wave, CFO mailbox", "Inc-20931 Phishing Wave, CFO Mailbox"),
        (Tidy::First, "phishing wave", "Phishing wave"),
        (Tidy::First, "3 phishing waves", "3 phishing waves"),
        (Tidy::Words, "(phishing) 2nd wave", "(Phishing) 2nd Wave"),
    ] {
        assert_eq!(tidy.apply(name), new, "{tidy:?} {name:?}");
    }
}

#[test]
fn what_cannot_be_used_is_said_before_any_name_is_made() {
    for (how, texts, words) in [
        (How::Template, [" ", "", ""], "Type how the names should be"),
        (How::Template, ["{nope}", "", ""], "there is no such field"),
        (How::Replace, ["", "", "x"], "Type what to look for"),
        (How::Regex, ["", "(", "x"], "(: "),
    ] {
        let error = made(how, texts, Tidy::Spaces, Some("n")).unwrap_err();
        assert!(error.contains(words), "{how:?}: {error}");
    }
}

#[test]
fn a_sheet_that_comes_back_as_it_was_changes_nothing_and_order_and_gaps_do_not_matter() {
    let [a, b, c] =
        [session("aaaa1111", Some("alpha")), session("bbbb2222", None), session("cccc3333", Some("x\ty"))];
    let all = [&a, &b, &c];
    let text = sheet::write(&all);
    assert_eq!(sheet::read(&text, &all), Ok([].into()));
    let edited = "cccc3333 tidy\r\n# a remark\n\naaaa1111\talpha \n";
    let names = sheet::read(edited, &all).unwrap();
    assert_eq!(names.into_iter().collect::<Vec<_>>(), [(c.key.clone(), "tidy".to_owned())]);
}

#[test]
fn every_mistake_in_a_sheet_is_told_with_the_line_that_it_has_when_it_is_opened_again() {
    let [a, b] = [session("aaaa1111", Some("alpha")), session("bbbb2222", Some("beta"))];
    let text = "aaaa1111\tone\nzzzz\tx\naaaa1111\ttwo\nbbbb2222\t\n";
    let again = sheet::read(text, &[&a, &b]).unwrap_err();
    let lines: Vec<&str> = again.lines().collect();
    assert_eq!(lines[0], "#! line 5: \"zzzz\" is none of the IDs that were here");
    assert!(lines[1].starts_with("#! line 6: aaaa1111 stands here twice"), "{again}");
    assert!(lines[2].starts_with("#! line 7: bbbb2222 would have no name"), "{again}");
    assert_eq!(lines[4], "zzzz\tx");
    assert_eq!(sheet::read(&again, &[&a, &b]).unwrap_err(), again, "complaints do not pile up");
    let mended = again.replace("zzzz\tx\n", "").replace("aaaa1111\ttwo\n", "").replace("bbbb2222\t\n", "");
    assert_eq!(sheet::read(&mended, &[&a, &b]).unwrap().len(), 1);
}

#[test]
fn sessions_whose_ids_begin_alike_are_called_by_the_whole_of_them() {
    let [a, b] = [session("aaaa1111-1", Some("alpha")), session("aaaa1111-2", Some("beta"))];
    let text = sheet::write(&[&a, &b]);
    assert!(text.contains("aaaa1111-1\talpha") && text.contains("aaaa1111-2\tbeta"), "{text}");
}

/// Names that meet each other often, in two profiles.
fn names() -> impl Strategy<Value = Vec<(u16, String)>> {
    prop::collection::vec((0u16..2, "[aAmM]{0,2}|rn|[l1I0O]{1,2}|\u{430}{1,2}"), 0..14)
}

proptest! {
    #![proptest_config(crate::laws::config(256))]

    #[test]
    fn a_double_is_the_first_before_it_that_is_the_same_or_else_looks_the_same(names in names()) {
        let made: Vec<_> =
            names.iter().enumerate().map(|(n, (profile, name))| (n, marks(*profile, name))).collect();
        let mut told = vec![None; names.len()];
        for (n, before, same) in doubles(&made, |n| (names[n].0, &names[n].1)) {
            told[n] = Some((before, same));
        }
        for (n, (profile, name)) in names.iter().enumerate() {
            let own = || names.iter().take(n).enumerate().filter(|(_, (other, _))| other == profile);
            let same = own().find(|(_, (_, other))| other.to_lowercase() == name.to_lowercase());
            let alike = own().find(|(_, (_, other))| form(other) == form(name));
            let first = same.map(|(n, _)| (n, true)).or(alike.map(|(n, _)| (n, false)));
            prop_assert_eq!(told[n], first, "{} of {:?}", n, names);
        }
    }

    #[test]
    fn among_other_rows_a_name_meets_those_of_its_profile_alone(
        names in names(), name in "[aAmM]{0,2}|rn", of in 0u16..2, left_out in 0usize..14,
    ) {
        let session = |(n, (profile, name)): (usize, &(u16, String))| {
            let plain = session(&format!("id-{n}"), Some(name));
            let key = Key { profile: Profile::new(["default", "other"][usize::from(*profile)]), ..plain.key };
            Session { key, ..plain }
        };
        // The first row says which profile has which mark.
        let first = [(0, "first of all".to_owned())];
        let names: Vec<_> = first.into_iter().chain(names).collect();
        let table = Table::of(names.iter().enumerate().map(session).collect());
        let others = Others::than(&[Slot::new(left_out)], table.rows(), &|| false).unwrap();
        let own = || names.iter().enumerate().filter(|(n, (profile, _))| *n != left_out && *profile == of);
        let same = own().find(|(_, (_, other))| other.to_lowercase() == name.to_lowercase());
        let alike = own().find(|(_, (_, other))| form(other) == form(&name));
        let first = same.map(|(n, _)| (n, true)).or(alike.map(|(n, _)| (n, false)));
        let found = others.find(of, &name, marks(of, &name)).map(|(slot, same)| (slot.at(), same));
        prop_assert_eq!(found, first, "{:?} among {:?}", name, names);
    }

    #[test]
    fn putting_right_twice_is_putting_right_once(name in "\\PC{0,40}", which in 0usize..5) {
        let (tidy, _) = Tidy::ALL[which];
        let once = tidy.apply(&name);
        prop_assert_eq!(tidy.apply(&once), once);
    }

    #[test]
    fn whatever_is_made_is_sent_only_if_it_is_a_name(
        find in "[a-z.*()\\[$]{0,6}", with in "\\PC{0,10}|[\\x00-\\x1f]{1,3}", name in "\\PC{0,30}",
    ) {
        for how in [How::Template, How::Replace, How::Regex, How::Tidy] {
            let texts = [with.as_str(), find.as_str(), with.as_str()];
            if let Ok(Some(name)) = made(how, texts, Tidy::Spaces, Some(&name))
                && let Ok(title) = Title::parse(&name)
            {
                prop_assert!(!title.as_str().trim().is_empty());
                prop_assert!(!title.as_str().chars().any(char::is_control));
            }
        }
    }

    #[test]
    fn no_sheet_panics_and_what_is_read_belongs_to_rows_that_were_there(text in "(\\PC|\n|\t){0,200}") {
        let [a, b] = [session("aaaa1111", Some("alpha")), session("bbbb2222", None)];
        for text in [text.clone(), format!("aaaa1111\t{text}")] {
            if let Ok(names) = sheet::read(&text, &[&a, &b]) {
                prop_assert!(names.values().all(|name| !name.is_empty()));
            }
        }
    }
}

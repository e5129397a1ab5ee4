//! Making a session and naming it at once: never twice, and never at the cost of a word.

use retitle::core::effect::GraphCall;
use retitle::core::model::Mode;
use retitle::core::row::RowState;
use retitle::core::session::Session;

use crate::person::{WIDE, key_in, millis, seconds};
use crate::sim::{Disk, How, Sim, at, key, session, settings, who};

fn creates(sim: &Sim) -> usize {
    sim.sent(|call| matches!(call, GraphCall::Create { .. }))
}

#[test]
fn a_session_is_made_with_its_name_at_once_and_is_the_selected_row() {
    let mut sim = Sim::new().signed_in();
    sim.press("A").types("INC-7 wave");
    assert!(sim.screen().contains("It will be made in PROD / default."), "{}", sim.screen());
    assert_eq!(creates(&sim), 0, "nothing is made before Enter");
    sim.press("enter enter enter");
    assert_eq!(creates(&sim), 1, "and nothing twice");
    sim.settle();
    assert_eq!((sim.at(), sim.name("eeeeeeee-4"), &sim.model.mode), ("e", Some("INC-7 wave"), &Mode::Browse));
    assert!(sim.says().contains("Made eeeeeeee."));
    assert!(sim.disk.sessions.contains_key(&key("eeeeeeee-4")) && sim.disk.drafts.is_empty());
    sim.press("j r ctrl-u").types("INC-7");
    assert_eq!(sim.model.ghost(), Some(" wave"), "a name like any other of one's own");
}

#[test]
fn the_words_of_a_session_that_is_not_made_yet_are_kept_like_every_draft() {
    let mut sim = Sim::new().signed_in();
    sim.press("A").types("half a na");
    sim.pass(millis(250));
    assert_eq!(sim.disk.drafts.len(), 1, "on disk within 250 ms");
    sim.press("esc");
    assert!(sim.says().contains("Draft kept: A goes on with it."), "{}", sim.says());
    assert_eq!(
        sim.model.farewell().as_deref(),
        Some("1 name of a new session kept as a draft; A goes on with it.")
    );
    let mut sim = sim.restarted(|_| {});
    sim.press("A");
    assert_eq!(sim.typed(), "half a na");
    sim.types("me").press("enter");
    sim.settle();
    assert_eq!(sim.name("eeeeeeee-4"), Some("half a name"));
    assert!(sim.disk.drafts.is_empty() && sim.model.farewell().is_none());
    sim.press("A");
    assert_eq!(sim.typed(), "");
    sim.types("x").press("ctrl-u esc");
    assert!(sim.disk.drafts.is_empty(), "emptied is emptied");
}

#[test]
fn what_is_typed_while_it_is_being_made_becomes_the_draft_of_the_new_row() {
    for leaves in [false, true] {
        let mut sim = Sim::new().signed_in();
        sim.press("A").types("wave").press("enter").types(" two");
        if leaves {
            sim.press("esc G");
        }
        sim.settle();
        assert_eq!(sim.name("eeeeeeee-4"), Some("wave"));
        assert_eq!(sim.disk.drafts[&key("eeeeeeee-4")].text, "wave two", "left before the answer: {leaves}");
        assert_eq!(sim.disk.drafts.len(), 1);
        assert_eq!(sim.at(), if leaves { "d" } else { "e" }, "nobody who went on is pulled back");
        assert!(matches!(sim.row("eeeeeeee-4"), RowState::Draft));
    }
}

#[test]
fn one_that_is_on_its_way_is_not_made_again_by_opening_the_line_again() {
    let mut sim = Sim::new().signed_in();
    sim.press("A").types("wave").press("enter esc A");
    assert!(sim.screen().contains("Making it"), "{}", sim.screen());
    sim.press("enter");
    assert_eq!(creates(&sim), 1);
    sim.answer(0, How::Offline);
    assert!(sim.problem().contains("Nothing was made; Enter tries again."), "{}", sim.problem());
    sim.press("enter");
    sim.settle();
    assert_eq!((creates(&sim), sim.name("eeeeeeee-4")), (2, Some("wave")));
}

#[test]
fn a_failure_says_whether_one_may_have_been_made_and_nothing_is_repeated_by_itself() {
    for (how, words) in [
        (How::Offline, "Nothing was made; Enter tries again."),
        (How::Busy, "Nothing was made"),
        (How::Forbidden, "Nothing was made"),
        (How::LostAfter, "It may have been made all the same: Esc, then L shows the workspace"),
    ] {
        let mut sim = Sim::new().signed_in();
        sim.press("A").types("wave").press("enter");
        sim.answer(0, how);
        assert!(sim.problem().contains(words), "{how:?}: {}", sim.problem());
        assert_eq!(sim.typed(), "wave");
        sim.pass(seconds(120));
        assert_eq!(creates(&sim), 1, "{how:?}");
        sim.press("esc A");
        assert_eq!(sim.typed(), "wave");
        let mut sim = Sim::new().signed_in();
        sim.press("A").types("wave").press("enter esc");
        sim.answer(0, how);
        assert!(
            sim.says().contains(words) && sim.says().ends_with("A has the words."),
            "{how:?}: {}",
            sim.says()
        );
    }
}

#[test]
fn a_failure_that_finds_another_profile_s_line_open_leaves_that_alone() {
    let mut sim = Sim::customers(|_| {});
    sim.press("1 A").types("acme one").press("enter esc 2 A").types("fab one").press("enter");
    assert_eq!(creates(&sim), 2);
    sim.answer(0, How::Offline);
    assert_eq!((sim.problem(), sim.typed()), ("", "fab one"));
    sim.press("enter");
    assert_eq!(creates(&sim), 2, "the second is still on its way");
    sim.settle();
    assert!(sim.model.list.get(&key_in("fabrikam", "eeeeeeee-4")).is_some());
    assert_eq!(sim.disk.drafts[&key_in("acme", "(new)")].text, "acme one");
}

#[test]
fn a_template_in_the_line_of_a_new_session_is_filled_for_that_one() {
    let empty = Sim::on(settings(), WIDE, Disk::default(), std::collections::BTreeMap::new(), at(0));
    for mut sim in [Sim::new().signed_in(), empty] {
        sim.model.settings.templates = vec!["{created:%Y-%m-%d} {modified:%H:%M} [{old}{id8}]".into()];
        sim.settle();
        sim.press("A alt-t enter");
        assert_eq!(sim.typed(), "2027-01-15 08:00 []", "not for the selected row");
    }
}

#[test]
fn what_is_worth_knowing_of_a_name_is_told_before_the_session_is_made() {
    let mut sim = Sim::set(|settings| settings.rules = vec!["^INC-\\d+ ".into()]);
    sim.press("A").types("beta");
    sim.pass(millis(200));
    let screen = sim.screen();
    assert!(
        screen.contains("bbbbbbbb has the same name") && screen.contains("fits no naming rule: ^INC"),
        "{screen}"
    );
    sim.press("home").types("INC-7 ");
    sim.pass(millis(200));
    assert!(!sim.screen().contains("same name") && !sim.screen().contains("naming rule"), "{}", sim.screen());
}

#[test]
fn a_name_that_cannot_be_saved_makes_nothing() {
    let mut sim = Sim::new().signed_in();
    for text in ["", "  ", "a\u{202e}b"] {
        sim.press("A ctrl-u").types(text).press("enter");
        assert!(!sim.problem().is_empty(), "{text:?}");
        sim.press("esc");
    }
    assert_eq!(creates(&sim), 0);
    let mut sim = Sim::new();
    sim.answer(0, How::Busy);
    sim.press("esc A").types("x").press("enter");
    assert!(sim.problem().contains("Not signed in: Esc keeps the words, S signs in."), "{}", sim.problem());
}

#[test]
fn whatever_brings_a_row_of_its_own_brings_all_that_is_known_of_it() {
    let jo = Some(who("jo").account);
    let mut sim = Sim::new().signed_in();
    // Added, and made.
    sim.server.insert("ffffffff-9".into(), (Some("added".into()), 3));
    sim.pass(seconds(30));
    sim.press("a").types("ffffffff-9").press("enter");
    sim.settle();
    sim.press("A").types("made").press("enter");
    sim.settle();
    for (id, name, ours) in [("ffffffff-9", "added", None), ("eeeeeeee-5", "made", Some("made"))] {
        let told = sim.entity(id);
        let row = Session {
            created: told.created,
            modified: told.modified,
            seen: Some(sim.now),
            opened: Some(sim.now),
            ours: ours.map(Into::into),
            account: jo.clone(),
            ..session(id, Some(name), 0)
        };
        assert_eq!(sim.model.list.get(&key(id)), Some(&row));
    }
    // Taken back, though it is in the list no more.
    sim.press("g g").press("r").types("!").press("enter");
    sim.settle();
    let named = sim.model.chosen().unwrap().clone();
    sim.press("d u");
    sim.disk_answers();
    let unseen = Session { created: None, modified: None, seen: None, pinned: false, ..named };
    assert_eq!(sim.model.list.get(&unseen.key), Some(&unseen));
    // On its way at a crash, though the library does not list it.
    sim.disk.sessions.remove(&unseen.key);
    sim.crash();
    assert_eq!(sim.model.list.get(&unseen.key), Some(&Session { ours: None, ..unseen }));
}

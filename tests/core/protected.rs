//! A profile in which every write is asked for twice.

use std::time::Duration;

use retitle::core::effect::{Effect, GraphCall};
use retitle::core::model::{Mode, Overlay};
use retitle::core::row::RowState;

use crate::person::seconds;
use crate::sim::{How, IDS, Sim, place};

fn protected() -> Sim {
    Sim::set(|settings| settings.places[0].protected = true)
}

#[test]
fn a_protected_profile_asks_once_more_and_again_for_another_text() {
    let mut sim = protected();
    sim.press("r").types("!").press("enter");
    assert!(sim.problem().contains("PROD is protected"), "{}", sim.problem());
    sim.types("?").press("enter");
    assert_eq!(sim.typed(), "alpha!?", "the text is another one, so it asks again");
    sim.press("enter");
    sim.settle();
    assert_eq!((sim.name(IDS[0]), sim.patches()), (Some("alpha!?"), 1));
    sim.press("j r enter");
    assert_eq!(sim.model.mode, Mode::Browse, "nothing is written, so nothing is asked");
    sim.press("r").types("!").press("tab tab");
    assert_eq!(sim.at(), "c");
}

/// A protected profile in which a key would write.
fn about_to_write(what: &str) -> Sim {
    let mut sim = protected();
    match what {
        "u" | "H u" => {
            sim.press("r").types("!").press("enter enter");
            sim.settle();
        }
        "U" => {
            sim.press("r").types("!").press("enter enter");
            sim.settle();
            sim.press("u u");
            sim.settle();
        }
        "!" => {
            sim.press("r").types("!").press("enter enter");
            sim.disk_answers();
            sim.answer(0, How::Forbidden);
            sim.disk_answers();
        }
        "m" => {
            sim.renamed_elsewhere(IDS[0], "theirs");
            sim.press("r").types("!").press("enter enter");
            sim.settle();
            assert!(matches!(sim.model.overlays.last(), Some(Overlay::Conflict(_))), "{:?}", sim.model.saves);
        }
        "A" => {}
        other => panic!("{other}"),
    }
    sim.pass(seconds(5));
    sim
}

#[test]
fn every_write_of_a_protected_profile_is_asked_for_twice() {
    let writes =
        |sim: &Sim| sim.sent(|call| matches!(call, GraphCall::Rename { .. } | GraphCall::Create { .. }));
    for what in ["u", "U", "H u", "!", "m", "A"] {
        let mut sim = about_to_write(what);
        let before = writes(&sim);
        let key = what.rsplit(' ').next().unwrap();
        let key = if what == "A" {
            sim.press("A").types("new one");
            "enter"
        } else {
            if what == "H u" {
                sim.press("H");
                sim.disk_answers();
            }
            key
        };
        sim.press(key);
        sim.settle();
        assert_eq!(writes(&sim), before, "{what} at once");
        assert!(sim.screen().contains("protected profile"), "{what}: {}", sim.screen());
        sim.press(key);
        sim.settle();
        assert_eq!(writes(&sim), before + 1, "{what} asked for twice");
    }
}

#[test]
fn another_key_in_between_takes_the_first_word_back() {
    let mut sim = about_to_write("u");
    let before = sim.patches();
    sim.press("u j u k u");
    sim.settle();
    assert_eq!(sim.patches(), before);
    let mut sim = protected();
    sim.press("A").types("one").press("enter").types(" two").press("enter");
    assert!(!sim.asked.iter().any(|e| matches!(e, Effect::Graph(_, _, GraphCall::Create { .. }))));
}

#[test]
fn a_question_that_has_gone_from_the_screen_is_asked_anew() {
    let mut sim = about_to_write("u");
    let before = sim.patches();
    sim.press("u");
    sim.pass(seconds(5));
    sim.press("u");
    sim.settle();
    assert_eq!(sim.patches(), before);
    sim.press("u");
    sim.settle();
    assert_eq!(sim.patches(), before + 1);
}

#[test]
fn from_the_palette_a_protected_write_is_asked_for_on_its_line() {
    let mut sim = about_to_write("u");
    sim.press(":").types("take the newest").press("enter");
    assert!(matches!(sim.model.overlays.last(), Some(Overlay::Menu(_))), "the line is still there");
    assert!(sim.screen().contains("protected profile"), "{}", sim.screen());
    sim.press("enter");
    sim.settle();
    assert_eq!(sim.name(IDS[0]), Some("alpha"));
    assert!(matches!(sim.row(IDS[0]), RowState::Saved));
}

#[test]
fn a_profile_s_label_is_in_the_question_so_that_nobody_answers_for_the_wrong_customer() {
    let mut sim = protected();
    sim.press("r").types("!").press("enter");
    assert!(sim.below().contains(place().label.as_deref().unwrap()), "{}", sim.below());
    sim.pass(Duration::from_secs(60));
    assert!(sim.below().contains("PROD"), "it stands there until it is answered");
}

#[test]
fn a_bulk_that_is_over_is_neither_taken_back_nor_tried_again_at_one_key() {
    let mut sim = protected();
    sim.press("ctrl-a b ctrl-u").types("{old} x").press("enter y").types("PROD").press("enter");
    sim.settle();
    let before = sim.patches();
    assert!(before > 0, "{}", sim.screen());
    for key in ["u", "!"] {
        sim.press(key);
        sim.settle();
        assert_eq!(sim.patches(), before, "{key} at once");
        assert!(sim.model.notice.as_ref().unwrap().text.contains("protected profile"), "{key}");
    }
    sim.press("u u");
    sim.settle();
    assert!(sim.patches() > before);
}

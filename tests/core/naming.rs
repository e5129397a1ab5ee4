//! The name in its row: what the editor helps with, what it warns of, and what it asks twice.

use retitle::core::model::Mode;
use retitle::core::msg::{Msg, Size};

use crate::person::{millis, seconds};
use crate::sim::{How, IDS, Sim};

#[test]
fn the_keys_of_readline_edit_the_name() {
    for (typed, keys, text) in [
        ("one two three", "ctrl-w", "one two "),
        ("one two three", "ctrl-w ctrl-w ctrl-y", "one two "),
        ("one two three", "alt-b alt-b ctrl-k", "one "),
        ("one two three", "alt-b ctrl-u ctrl-e ctrl-y", "threeone two "),
        ("one two three", "home alt-d", " two three"),
        ("one two three", "ctrl-a alt-f ctrl-f ctrl-k ctrl-a ctrl-y", "two threeone "),
        ("ab", "ctrl-t", "ba"),
        ("abc", "left ctrl-t", "acb"),
        ("one two", "home alt-u", "ONE two"),
        ("ONE two", "home alt-l alt-c", "one Two"),
        ("ab", "left ctrl-h", "b"),
        ("ab", "home delete ctrl-d", ""),
        ("e\u{301}x", "backspace backspace", ""),
        ("one two", "ctrl-w ctrl-_", "one two"),
        ("one two", "ctrl-w ctrl-z ctrl-shift-z", "one "),
    ] {
        let mut sim = Sim::new().signed_in();
        sim.press("r ctrl-u").types(typed).press(keys);
        assert_eq!(sim.typed(), text, "{typed:?}, then {keys}");
    }
}

#[test]
fn the_lines_below_a_row_name_no_key_while_a_field_has_the_keys() {
    let mut sim = Sim::new().signed_in();
    sim.press("r").types("!").press("enter");
    sim.disk_answers();
    sim.answer(0, How::Forbidden);
    assert!(sim.below().contains("! sends them again."), "{}", sim.below());
    for field in ["/", "a", "A"] {
        sim.press(field);
        assert!(sim.below().contains("on purpose") && !sim.below().contains("sends"), "{}", sim.below());
        sim.press("esc");
    }
}

#[test]
fn a_draft_is_counted_below_the_list_only_while_its_own_row_does_not_show_it() {
    let mut sim = Sim::new().signed_in();
    sim.press("r").types("!").press("esc");
    sim.model.notice = None;
    assert!(!sim.screen().contains("1 draft"), "the row says it: {}", sim.screen());
    sim.press("j");
    assert!(sim.screen().contains("1 draft   n goes to it"), "{}", sim.screen());
    sim.press("k r");
    assert!(sim.screen().contains("draft restored") && !sim.screen().contains("1 draft"), "{}", sim.screen());
    sim.press("esc j r");
    assert!(sim.screen().contains("1 draft"), "that of another row: {}", sim.screen());
}

#[test]
fn undo_in_the_field_undoes_the_field_and_never_a_rename() {
    let mut sim = Sim::new().signed_in();
    sim.press("r").types("!").press("enter");
    sim.settle();
    sim.press("j r").types("?").press("ctrl-z ctrl-z ctrl-z");
    assert_eq!(sim.typed(), "beta");
    sim.settle();
    assert_eq!(sim.server[IDS[0]].0.as_deref(), Some("alpha!"));
}

#[test]
fn up_recalls_earlier_names_also_after_a_restart_and_down_gives_the_typed_words_back() {
    let mut sim = Sim::new().signed_in();
    for name in ["INC-1 wave", "INC-2 wave"] {
        sim.press("r ctrl-u").types(name).press("enter");
        sim.settle();
    }
    let mut sim = sim.restarted(|_| {});
    sim.press("j r").types(" mine");
    sim.disk_answers();
    sim.press("up");
    assert_eq!(sim.typed(), "INC-2 wave");
    sim.press("ctrl-p");
    assert_eq!(sim.typed(), "INC-1 wave");
    sim.press("up up");
    assert_eq!(sim.typed(), "INC-1 wave", "there is none before it");
    sim.press("down ctrl-n");
    assert_eq!(sim.typed(), "beta mine");
    sim.press("down");
    assert_eq!(sim.typed(), "beta mine");
    sim.press("up").types("x").press("up");
    assert_eq!(sim.typed(), "INC-2 wave", "typing begins a walk anew");
    sim.press("down");
    assert_eq!(sim.typed(), "INC-2 wavex");
    sim.press("ctrl-_ ctrl-_ ctrl-_");
    assert!(!sim.typed().is_empty());
}

#[test]
fn a_begun_name_shows_how_it_goes_on_and_right_takes_it() {
    let mut sim = Sim::new().signed_in();
    sim.press("r ctrl-u").types("INC-20931 phishing wave").press("enter");
    sim.settle();
    sim.press("j r ctrl-u").types("INC-2");
    assert_eq!(sim.model.ghost(), Some("0931 phishing wave"));
    assert!(sim.screen().contains("INC-20931 phishing wave") && sim.typed() == "INC-2");
    sim.press("left");
    assert_eq!(sim.model.ghost(), None, "only behind the text");
    sim.press("right");
    assert_eq!(sim.typed(), "INC-2", "a step to the right is that first");
    sim.press("right");
    assert_eq!(sim.typed(), "INC-20931 phishing wave");
    sim.press("ctrl-_");
    assert_eq!(sim.typed(), "INC-2", "one step of undo");
    sim.press("enter");
    sim.settle();
    assert_eq!(sim.name(IDS[1]), Some("INC-2"), "what was only shown is not sent");
}

#[test]
fn names_of_one_customer_are_never_offered_in_the_row_of_another() {
    let mut sim = Sim::customers(|_| {});
    sim.press("r ctrl-u").types("acme secret merger").press("enter");
    sim.settle();
    let offered = |sim: &mut Sim| {
        sim.press("r ctrl-u").types("acme s");
        let ghost = sim.model.ghost().map(ToOwned::to_owned);
        sim.press("up");
        let recalled = sim.typed().to_owned();
        sim.press("ctrl-u esc");
        (ghost, recalled)
    };
    for again in [false, true] {
        sim.press("g j");
        let (ghost, recalled) = offered(&mut sim);
        assert_eq!((ghost.as_deref(), recalled.as_str()), (Some("ecret merger"), "acme secret merger"));
        sim.press("G");
        assert_eq!(offered(&mut sim), (None, "acme s".to_owned()), "after a restart: {again}");
        sim = sim.restarted(|_| {});
        sim.press("r esc");
        sim.disk_answers();
        sim.pass(seconds(1));
    }
}

#[test]
fn templates_are_filled_for_the_row_and_inserted_where_the_caret_is() {
    let mut sim = Sim::new().signed_in();
    sim.press("j r home alt-t");
    let items = sim.items();
    assert_eq!((items[0].text.as_str(), items[0].side.as_str()), ("2027-01-15 ", "{created:%Y-%m-%d} "));
    sim.press("enter");
    assert_eq!(sim.typed(), "2027-01-15 beta");
    sim.press("alt-t esc");
    assert_eq!(sim.typed(), "2027-01-15 beta", "Esc closes the menu and nothing else");
    sim.press("ctrl-_");
    assert_eq!(sim.typed(), "beta", "one step of undo");
}

#[test]
fn a_number_counts_its_own_template_and_no_other() {
    let mut sim = Sim::new().signed_in();
    sim.press("r home alt-t enter enter");
    for (n, row) in ["01 ", "02 ", "03 "].into_iter().enumerate() {
        sim.press("j r home alt-t").types("n:02").press("enter");
        assert!(sim.typed().starts_with(row), "row {n}: {}", sim.typed());
        sim.press("enter");
        sim.settle();
    }
}

#[test]
fn a_template_is_plain_text_at_once_and_braces_in_a_name_stay_braces() {
    let mut sim = Sim::new().signed_in();
    sim.press("r ctrl-u").types("{n:02} {nope}").press("enter");
    sim.settle();
    assert_eq!(sim.name(IDS[0]), Some("{n:02} {nope}"));
}

#[test]
fn without_templates_the_key_says_where_they_are_written() {
    let mut sim = Sim::set(|settings| settings.templates.clear());
    sim.press("r alt-t");
    assert!(sim.says().contains("names.templates"));
    assert!(sim.model.overlays.is_empty());
}

#[test]
fn alt_o_puts_the_server_s_name_back_and_undo_the_typed_one() {
    let mut sim = Sim::new().signed_in();
    sim.press("r").types("bet alt-o").press("alt-o");
    assert_eq!(sim.typed(), "alpha");
    sim.press("ctrl-_");
    assert_eq!(sim.typed(), "alphabet alt-o");
    sim.press("alt-o esc");
    assert!(sim.model.drafts.is_empty() && sim.patches() == 0);
}

#[test]
fn tab_names_row_after_row_without_leaving_the_editor_while_the_saves_run() {
    let mut sim = Sim::new().signed_in();
    sim.press("r");
    for name in ["one", "two", "three", "four"] {
        sim.press("ctrl-u").types(name).press("tab");
    }
    assert_eq!(sim.model.mode, Mode::Browse);
    assert!(sim.says().contains("last row"), "{}", sim.says());
    assert_eq!(sim.at(), "d");
    sim.settle();
    let names: Vec<_> = IDS.iter().map(|id| sim.name(id).unwrap()).collect();
    assert_eq!(names, ["one", "two", "three", "four"]);
    assert_eq!((sim.patches(), sim.rows().as_str()), (4, "abcd"));
}

#[test]
fn shift_tab_goes_up_and_a_row_that_is_as_it_was_sends_nothing() {
    let mut sim = Sim::new().signed_in();
    sim.press("j r shift-tab");
    assert_eq!((sim.typed(), sim.at()), ("alpha", "a"));
    sim.press("shift-tab");
    assert_eq!(sim.model.mode, Mode::Browse);
    sim.press("r").types("!").press("tab tab").types("named").press("ctrl-s");
    sim.settle();
    assert_eq!(
        (sim.name(IDS[0]), sim.name(IDS[1]), sim.name(IDS[2])),
        (Some("alpha!"), Some("beta"), Some("named"))
    );
    assert_eq!(sim.patches(), 2);
}

#[test]
fn tab_stays_on_a_name_that_cannot_be_saved_and_comes_back_to_a_draft() {
    let mut sim = Sim::new().signed_in();
    sim.press("r ctrl-u tab");
    assert_eq!(sim.at(), "a");
    assert!(sim.problem().contains("cannot be empty"));
    sim.types("one").press("tab").types(" two").press("esc");
    sim.pass(millis(60));
    sim.press("k r tab");
    assert_eq!(sim.typed(), "beta two", "the draft of the next row");
}

#[test]
fn a_naming_rule_is_a_hint_and_no_law() {
    let mut sim = Sim::set(|settings| settings.rules = vec!["^INC-\\d+ ".into(), "^HUNT ".into()]);
    sim.press("r");
    assert!(!sim.below().contains("naming rule"), "not for the name that is there");
    sim.types(" x");
    assert!(sim.below().contains("fits no naming rule: ^INC-\\d+ or ^HUNT"), "{}", sim.below());
    sim.press("home").types("HUNT ");
    assert!(!sim.below().contains("naming rule"));
    sim.press("ctrl-u enter");
    sim.settle();
    assert_eq!(sim.name(IDS[0]), Some("alpha x"), "it was saved all the same");
}

#[test]
fn the_same_name_and_a_look_alike_are_told_before_they_are_saved() {
    let mut sim = Sim::new().signed_in();
    for (name, words) in [
        ("Beta", "bbbbbbbb has the same name"),
        ("b\u{435}ta", "looks like the name of bbbbbbbb: beta"),
        ("beta 2", ""),
    ] {
        sim.press("r ctrl-u").types(name);
        assert!(!sim.below().contains("bbbbbbbb"), "only once the fingers rest");
        sim.pass(millis(200));
        if words.is_empty() {
            assert!(!sim.below().contains("bbbbbbbb"), "{}", sim.below());
        } else {
            assert!(sim.below().contains(words), "{name}: {}", sim.below());
        }
        sim.press("alt-o esc");
        sim.pass(millis(60));
    }
}

#[test]
fn an_undo_that_is_found_while_another_name_is_typed_moves_nothing_from_under_it() {
    let mut sim = Sim::new().signed_in();
    sim.press("G r").types("!").press("enter");
    sim.settle();
    sim.press("g u r").types("x");
    sim.settle();
    assert_eq!((sim.at(), sim.typed()), ("a", "alphax"));
    assert_eq!(sim.name(IDS[3]), Some("delta"), "and it was carried out");
}

#[test]
fn help_is_at_hand_in_the_editor_with_its_own_keys_first_and_the_words_stay() {
    let mut sim = Sim::new().signed_in();
    sim.press("r").types("?").press("f1");
    assert_eq!(sim.items()[0].text, "Rename");
    sim.types("transpose").press("esc");
    assert_eq!(sim.typed(), "alpha?");
    sim.press("f1").types("swap the two").press("enter");
    assert_eq!((sim.typed(), sim.model.overlays.len()), ("alpha?", 0));
    assert!(sim.says().contains("Ctrl-T"), "{}", sim.says());
}

#[test]
fn a_long_name_is_counted_and_an_absurd_one_refused_with_its_words_kept() {
    let mut sim = Sim::new().signed_in();
    sim.press("r ctrl-u").types(&"x".repeat(100));
    assert!(!sim.below().contains("characters"));
    sim.types("漢");
    assert!(sim.below().contains("101 characters"), "{}", sim.below());
    sim.send(Msg::Paste("y".repeat(5_000)));
    sim.press("enter");
    assert!(sim.problem().contains("too many"), "{}", sim.problem());
    assert_eq!(sim.typed().chars().count(), 5_101);
}

#[test]
fn the_old_name_stands_below_while_another_is_typed_and_hidden_characters_are_named() {
    let mut sim = Sim::new().signed_in();
    sim.press("r");
    assert_eq!(sim.below(), "");
    sim.types("\u{202e}x");
    assert_eq!(sim.below(), "was: alpha\n");
    assert!(sim.screen().contains("alpha<RLO>x"), "{}", sim.screen());
    sim.renamed_elsewhere(IDS[0], "theirs");
    sim.press("esc");
    sim.pass(seconds(1));
    sim.press("r");
    assert_eq!(sim.below(), "changed elsewhere, now: theirs\n");
    sim.press("esc");
    sim.pass(seconds(1));
    sim.press("r");
    assert_eq!(sim.below(), "was: theirs\ndraft restored: Alt-O puts the old name back\n");
}

#[test]
fn what_is_copied_shows_its_hidden_characters_as_the_screen_does() {
    let mut sim = Sim::new().signed_in();
    sim.renamed_elsewhere(IDS[0], "a\u{202e}b\u{1b}[31m\u{200b}c");
    sim.press("R");
    sim.settle();
    sim.press("c");
    assert_eq!(sim.copied(), "a<RLO>b<ESC>[31m<ZWSP>c");
    sim.press("i c");
    assert!(sim.copied().contains("a<RLO>b") && sim.copied().lines().count() > 2, "{}", sim.copied());
}

#[test]
fn the_foot_offers_no_key_that_would_do_nothing_to_the_name_being_typed() {
    let mut sim = Sim::new().signed_in();
    sim.send(Msg::Resized(Size { width: 200, height: 24 }));
    sim.model.settings.templates.clear();
    let foot = |sim: &Sim| crate::golden::Drawn::of(&sim.model).text().pop().unwrap();
    let offers = |sim: &Sim, words: [&str; 5]| words.map(|word| foot(sim).contains(word));
    let words = ["draft kept", "undo", "old name", "templates", "earlier names"];
    sim.press("r");
    assert_eq!(offers(&sim, words), [false; 5], "{}", foot(&sim));
    sim.types("!");
    assert_eq!(offers(&sim, words), [true, true, true, false, false], "{}", foot(&sim));
    sim.press("ctrl-u");
    assert_eq!(offers(&sim, words), [false, true, true, false, false], "no text is no draft: {}", foot(&sim));
    sim.types("alphabet").press("enter");
    sim.settle();
    sim.model.settings.templates = vec!["INC-".into()];
    sim.press("r");
    assert_eq!(offers(&sim, words), [false, false, false, true, true], "{}", foot(&sim));
}

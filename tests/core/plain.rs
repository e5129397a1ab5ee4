//! Plain mode, line by line.

use std::time::Duration;

use retitle::core::command::Command;
use retitle::core::effect::Effect;
use retitle::core::msg::{Msg, Size};
use retitle::core::order::By;
use retitle::core::place::PlaceConfig;
use retitle::core::plain::{Takes, order_named, takes};
use retitle::core::settings::{Face, Settings};

use crate::sim::{How, IDS, Sim, place, settings};

const SIZE: Size = Size { width: 80, height: 24 };

fn plain_settings(person: bool) -> Settings {
    Settings { face: Face::Plain { person }, still: true, ..settings() }
}

fn plain() -> Sim {
    Sim::with(plain_settings(true), SIZE).signed_in()
}

impl Sim {
    /// Types a line, lets everything be answered, and returns what was said since.
    fn answers(&mut self, line: &str) -> Vec<String> {
        let before = self.asked.len();
        self.send(Msg::Line(Some(line.to_owned())));
        self.settle();
        self.said_since(before)
    }

    fn said_since(&self, before: usize) -> Vec<String> {
        let said = self.asked[before..].iter().filter_map(|effect| match effect {
            Effect::Say(lines) => Some(lines),
            _ => None,
        });
        said.flat_map(|lines| lines.lines().map(ToOwned::to_owned)).collect()
    }
}

#[test]
fn a_save_is_told_once_whatever_the_list_does_afterwards() {
    let mut sim = plain();
    assert_eq!(sim.answers("rename 2 told").last().map(String::as_str), Some("Saved 2, told."));
    for line in ["/ told", "/ is:untitled", "/", "list"] {
        let said = sim.answers(line);
        assert!(!said.iter().any(|line| line.starts_with("Saved")), "{line}: {said:?}");
    }
}

#[test]
fn the_list_comes_first_and_the_code_after_it_with_its_warning() {
    let mut sim = Sim::with(plain_settings(true), SIZE);
    let first = sim.said_since(0);
    assert_eq!(first[0], "4 sessions.");
    assert_eq!(first[1], "  1  alpha   changed 1m ago, aaaaaaaa");
    assert_eq!(first[3], "  3  (untitled)   changed 3m ago, cccccccc");
    let before = sim.asked.len();
    sim.answer(0, How::Busy);
    sim.answer(0, How::Well);
    let code = sim.said_since(before).join(" ");
    assert!(code.contains("type the code") && code.contains("Only continue if you started"), "{code}");
    let before = sim.asked.len();
    sim.pass(Duration::from_secs(6));
    assert_eq!(sim.said_since(before), [""; 0], "nothing is said twice, and time alone says nothing");
}

#[test]
fn without_a_person_no_code_is_shown_and_lines_wait_for_nobody() {
    let mut sim = Sim::with(plain_settings(false), SIZE);
    sim.send(Msg::Line(Some("rename 1 named by a script".into())));
    assert!(sim.disk.journal.is_empty(), "a name belongs to somebody, so it waits for the sign-in");
    sim.answer(0, How::Busy);
    sim.settle();
    let said = sim.said_since(0).join("\n");
    assert!(said.contains("Not signed in: Nobody is there to sign in."), "{said}");
    assert!(!said.contains("code"), "{said}");
    assert_eq!(sim.disk.journal.len(), 1, "the words are kept all the same");
}

#[test]
fn a_row_is_renamed_by_its_number_and_each_step_is_told_once() {
    let mut sim = plain();
    let said = sim.answers("rename 2 INC-1 named in a line");
    assert_eq!(said, ["Saving 2: INC-1 named in a line", "Saved 2, INC-1 named in a line."]);
    assert_eq!(sim.server[IDS[1]].0.as_deref(), Some("INC-1 named in a line"));
    assert_eq!(
        sim.answers("undo"),
        ["Taking it back to “beta”", "Saving 2: beta", "Saved 2, beta."],
        "numbers stay with their sessions"
    );
    assert_eq!(sim.server[IDS[1]].0.as_deref(), Some("beta"));
}

#[test]
fn keys_of_the_list_are_commands_too_and_a_name_may_come_in_a_line_of_its_own() {
    let mut sim = plain();
    assert_eq!(sim.answers("r 1"), ["“alpha”. Type the new name, or nothing to leave it."]);
    assert_eq!(sim.model.plain_prompt(), "new name: ");
    assert_eq!(sim.answers("undo"), ["Saving 1: undo", "Saved 1, undo."], "there every word is a name");
    sim.answers("r 1");
    assert_eq!(sim.answers(""), [""; 0]);
    assert_eq!(sim.model.plain_prompt(), "> ");
    assert_eq!(sim.answers("u").first().map(String::as_str), Some("Taking it back to “alpha”"));
}

#[test]
fn what_cannot_be_a_name_is_told_and_kept() {
    let mut sim = plain();
    let said = sim.answers(&format!("rename 1 {}", "long ".repeat(2_000)));
    assert!(said[0].contains("characters"), "{said:?}");
    assert!(said.last().unwrap().starts_with("Draft kept"), "{said:?}");
    let said = sim.answers("rename 1");
    assert!(said[0].ends_with("; . takes the draft that was kept."), "{said:?}");
}

#[test]
fn a_refusal_says_why_and_a_change_elsewhere_is_decided_by_number() {
    let mut sim = plain();
    sim.send(Msg::Line(Some("rename 1 mine".into())));
    sim.disk_answers();
    let before = sim.asked.len();
    sim.answer(0, How::Forbidden);
    let said = sim.said_since(before);
    assert!(said[0].starts_with("Not saved 1, alpha. ") && said[0].contains("r edits"), "{said:?}");

    sim.renamed_elsewhere(IDS[1], "theirs");
    sim.send(Msg::Line(Some("rename 2".into())));
    let said = sim.answers("mine too");
    let said = said.join("\n");
    for part in ["Not saved 2", "theirs  theirs", "yours   mine too", "mine 2 sends yours"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    sim.answers("mine 2");
    assert_eq!(sim.server[IDS[1]].0.as_deref(), Some("mine too"));
}

#[test]
fn a_protected_profile_asks_with_a_word() {
    let places = vec![PlaceConfig { protected: true, ..place() }];
    let mut sim = Sim::with(Settings { places, ..plain_settings(true) }, SIZE).signed_in();
    let said = sim.answers("rename 1 careful");
    assert_eq!(said[0], "PROD is protected: save once more to confirm.");
    assert_eq!(sim.model.plain_prompt(), "yes? ");
    assert!(sim.disk.journal.is_empty());
    sim.answers("no");
    assert!(sim.disk.journal.is_empty() && sim.disk.drafts.len() == 1, "the words are kept");
    sim.answers("rename 1 careful");
    assert_eq!(sim.answers("yes").last().map(String::as_str), Some("Saved 1, careful."));
}

#[test]
fn a_hostile_name_is_said_with_its_marks() {
    let mut sim = plain();
    sim.server.insert(IDS[0].into(), (Some("a\u{202e}b\u{1b}[31m".into()), 5));
    sim.answers("refresh");
    let said = sim.answers("list");
    assert!(said.iter().any(|line| line.contains("a<RLO>b<ESC>[31m")), "{said:?}");
}

#[test]
fn filters_pages_orders_and_facts_are_lines() {
    let mut sim = plain();
    assert_eq!(sim.answers("/ bet")[0], "1 of 4 for “bet”.");
    assert_eq!(sim.answers("1")[0], "beta");
    assert_eq!(sim.answers("filter nothing-like-it"), ["No match for “nothing-like-it”. list shows all."]);
    assert_eq!(sim.answers("list").len(), 5);
    assert_eq!(sim.answers("more"), ["That was all."]);
    let by_name = sim.answers("sort name");
    assert!(by_name[1].contains("alpha") && by_name[4].contains("(untitled)"), "{by_name:?}");
    assert_eq!(sim.answers("copy-id 1"), [format!("ID: {}", IDS[0])]);
    let preview = sim.answers("preview 1").join("\n");
    assert!(preview.contains("PROMPTS") && preview.contains("RENAMES HERE"), "{preview}");
    assert!(sim.model.preview.is_none());
}

#[test]
fn nonsense_is_answered_with_a_way_on() {
    let mut sim = plain();
    for (line, words) in [
        ("bogus", "There is no command “bogus”. help lists them."),
        ("rename", "Which row? rename NUMBER; list shows the numbers."),
        ("rename 99 x", "There is no row 99. list shows the numbers."),
        ("0x1", "There is no command “0x1”. help lists them."),
        ("add https://example.com/sessions/1", "example.com is not the portal of Security Copilot."),
    ] {
        let said = sim.answers(line);
        assert!(said[0].starts_with(words), "{line}: {said:?}");
    }
    assert_eq!(sim.answers("   "), [""; 0]);
}

#[test]
fn every_command_of_plain_mode_answers_and_leaves_the_next_line_a_command() {
    for command in Command::ALL.iter().filter(|command| takes(**command) != Takes::Screen) {
        if matches!(command, Command::Quit) {
            continue;
        }
        let mut sim = plain();
        let said = sim.answers(&format!("{} 1", command.name()));
        let more = sim.answers("");
        // Opening a page is the one thing that speaks elsewhere; what has nothing to do says nothing.
        let silent = [Command::OpenSignIn, Command::NewCode, Command::OtherWay, Command::Retry];
        assert!(!said.is_empty() || silent.contains(command), "{} says nothing", command.name());
        assert!(sim.model.overlays.is_empty(), "{} leaves something open", command.name());
        assert_eq!(sim.model.plain_prompt(), "> ", "{}: {said:?} {more:?}", command.name());
    }
}

#[test]
fn help_names_every_command_and_no_key_of_the_screen() {
    let help = plain().answers("help").join("\n");
    for command in Command::ALL {
        let listed = help.lines().any(|line| line.split(' ').next() == Some(command.name()));
        assert_eq!(listed, takes(*command) != Takes::Screen, "{}", command.name());
    }
}

#[test]
fn the_end_of_the_lines_waits_for_what_they_asked_for() {
    let mut sim = plain();
    sim.send(Msg::Line(Some("rename 1 last words".into())));
    sim.send(Msg::Line(None));
    assert!(!sim.exited);
    sim.settle();
    assert!(sim.exited);
    assert_eq!(sim.server[IDS[0]].0.as_deref(), Some("last words"));
}

#[test]
fn a_line_of_a_script_waits_until_the_name_before_it_is_with_the_server() {
    let mut sim = Sim::with(plain_settings(false), SIZE).signed_in();
    sim.send(Msg::Line(Some("rename 1 first".into())));
    sim.disk_answers();
    let before = sim.asked.len();
    sim.send(Msg::Line(Some("2".into())));
    assert_eq!(sim.said_since(before), [""; 0]);
    sim.settle();
    assert!(sim.said_since(before).join("\n").contains(IDS[1]));
}

#[test]
fn a_line_of_a_script_waits_for_the_session_that_the_line_before_it_adds() {
    let mut sim = Sim::with(plain_settings(false), SIZE).signed_in();
    sim.server.insert("ffffffff-9".into(), (Some("added".into()), 0));
    let before = sim.asked.len();
    sim.send(Msg::Line(Some("add ffffffff-9".into())));
    sim.send(Msg::Line(Some("rename ffffffff named by the script".into())));
    sim.settle();
    assert_eq!(
        sim.server["ffffffff-9"].0.as_deref(),
        Some("named by the script"),
        "{:?}",
        sim.said_since(before)
    );
}

#[test]
fn a_command_that_wants_words_says_which_when_it_gets_none() {
    let mut sim = plain();
    let said = sim.answers("add");
    assert_eq!(said, ["add REF"]);
}

/// Row 2 has another name since ours was typed.
fn changed_elsewhere(places: Vec<PlaceConfig>, rows: &[usize]) -> Sim {
    let mut sim = Sim::with(Settings { places, ..plain_settings(true) }, SIZE).signed_in();
    for row in rows {
        sim.renamed_elsewhere(IDS[row - 1], "theirs");
        sim.answers(&format!("rename {row} mine"));
        sim.answers("yes");
    }
    sim
}

#[test]
fn a_name_for_a_row_that_changed_elsewhere_is_the_answer_to_that_question() {
    let mut sim = changed_elsewhere(vec![place()], &[2]);
    let said = sim.answers("rename 2").join("\n");
    assert!(said.contains("mine 2 sends yours"), "without a name it is asked again: {said}");
    let said = sim.answers("rename 2 a third name");
    assert_eq!(said.last().map(String::as_str), Some("Saved 2, a third name."), "{said:?}");
    assert_eq!(sim.server[IDS[1]].0.as_deref(), Some("a third name"));
}

#[test]
fn an_open_question_for_a_name_is_not_called_a_save() {
    let mut sim = plain();
    sim.answers("rename 2 saved");
    let said = sim.answers("rename 2");
    assert_eq!(said, ["“saved”. Type the new name, or nothing to leave it."]);
}

#[test]
fn a_line_that_is_no_answer_to_a_protected_profile_is_a_line_and_its_name_is_kept() {
    let places = vec![PlaceConfig { protected: true, ..place() }];
    let mut sim = Sim::with(Settings { places, ..plain_settings(true) }, SIZE).signed_in();
    sim.answers("rename 1 one");
    sim.answers("rename 2 two");
    assert_eq!(sim.model.plain_prompt(), "yes? ");
    sim.answers("no");
    let kept: Vec<&str> = sim.disk.drafts.values().map(|draft| draft.text.as_str()).collect();
    assert_eq!(kept, ["one", "two"]);
    assert!(sim.disk.journal.is_empty());
}

#[test]
fn a_protected_profile_is_not_asked_for_one_row_and_answered_for_another() {
    let places = vec![PlaceConfig { protected: true, ..place() }];
    let mut sim = changed_elsewhere(places, &[1, 2]);
    sim.answers("mine 1");
    sim.answers("mine 2");
    assert_eq!(sim.patches(), 0);
    sim.answers("mine 2");
    assert_eq!(sim.server[IDS[1]].0.as_deref(), Some("mine"));
    assert_eq!(sim.server[IDS[0]].0.as_deref(), Some("theirs"));
}

#[test]
fn names_in_lines_that_have_not_had_their_turn_are_kept_when_the_program_ends() {
    let mut sim = Sim::with(plain_settings(true), SIZE);
    sim.send(Msg::Line(Some("rename 1 not yet whose".into())));
    sim.send(Msg::Terminated);
    sim.disk_answers();
    assert!(sim.exited);
    sim.crash();
    assert_eq!(sim.disk.drafts.values().next().map(|draft| draft.text.as_str()), Some("not yet whose"));
    assert!(sim.disk.journal.is_empty(), "it was not carried out");

    let mut sim = plain();
    sim.send(Msg::Line(Some("rename 1 on its way".into())));
    sim.send(Msg::Line(Some("quit".into())));
    sim.send(Msg::Line(Some("rename 2 too late".into())));
    sim.disk_answers();
    assert_eq!(sim.disk.drafts.values().next().map(|draft| draft.text.as_str()), Some("too late"));
}

#[test]
fn help_offers_no_digit_as_a_command_since_it_is_the_number_of_a_row() {
    let help = plain().answers("help").join("\n");
    assert!(!help.contains("(0)"), "{help}");
    assert!(help.contains("(u)"), "{help}");
}

#[test]
fn another_line_takes_the_question_of_a_protected_profile_away() {
    let places = vec![PlaceConfig { protected: true, ..place() }];
    let mut sim = Sim::with(Settings { places, ..plain_settings(true) }, SIZE).signed_in();
    sim.answers("rename 1 one");
    sim.answers("yes");
    for between in ["list", "sort name", "filter alpha", "nonsense"] {
        let asked = sim.answers("undo");
        assert!(asked[0].contains("once more does it"), "{asked:?}");
        sim.answers(between);
    }
    assert_eq!(sim.server[IDS[0]].0.as_deref(), Some("one"), "nothing was taken back");
}

#[test]
fn lines_that_are_heard_together_are_all_answered() {
    let mut sim = Sim::with(plain_settings(false), SIZE);
    for line in ["1", "bogus", "2", "down"] {
        sim.send(Msg::Line(Some(line.into())));
    }
    let before = sim.asked.len();
    sim.answer(0, How::Well);
    sim.settle();
    let said = sim.said_since(before).join("\n");
    for words in [IDS[0], "no command “bogus”", IDS[1], "no command “down”"] {
        assert!(said.contains(words), "{words}: {said}");
    }
}

#[test]
fn an_order_is_named_by_each_of_its_words_and_by_all_of_them() {
    for (by, words) in &By::ALL {
        assert_eq!(order_named(words), Some(*by), "{words}");
        for word in words.split(' ') {
            assert!(order_named(word).is_some(), "{word}");
        }
    }
    assert_eq!(order_named("no such order"), None);
}

#[test]
fn a_row_may_be_meant_by_the_beginning_of_its_id() {
    let mut sim = plain();
    assert_eq!(sim.answers(&format!("copy-id {}", &IDS[1][..8])), [format!("ID: {}", IDS[1])]);
    let said = sim.answers(&format!("copy-id {}", &IDS[1][..2])).join("\n");
    assert!(!said.contains(IDS[1]), "too little to be sure of: {said}");
}

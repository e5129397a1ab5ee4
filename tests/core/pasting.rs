//! Pasted text is text, never commands; links find their session; a share token never gets in.

use std::time::Duration;

use proptest::prelude::*;
use retitle::core::effect::{Effect, GraphCall};
use retitle::core::model::{AddState, Mode, Overlay};
use retitle::core::msg::Msg;

use crate::person::{millis, seconds};
use crate::sim::{How, IDS, Sim};

const ID: &str = "ecdfb9b3-58f5-457f-a18c-4a477890b252";
const TOKEN: &str = "eyJhbGciOiJub25lIn0.SECRET";

fn share() -> String {
    format!("https://securitycopilot.microsoft.com/sessions/{ID}?st={TOKEN}")
}

/// Where a terminal does not tell of pastes.
fn untold() -> Sim {
    Sim::set(|settings| settings.bursts = true)
}

/// The keys of a text, as such a terminal sends them.
fn pours(sim: &mut Sim, text: &str) {
    for c in text.chars() {
        let key = match c {
            '\n' => "enter".to_owned(),
            '\t' => "tab".to_owned(),
            ' ' => "space".to_owned(),
            c => c.to_string(),
        };
        sim.comes(&key, millis(1));
    }
    sim.pass(millis(100));
}

#[test]
fn a_share_link_pasted_on_the_list_opens_add_with_its_id_and_without_its_token() {
    let mut sim = Sim::new().signed_in();
    sim.server.insert(ID.into(), (Some("shared".into()), 0));
    sim.send(Msg::Paste(share() + "\n"));
    assert_eq!(sim.typed(), ID);
    assert!(sim.says().contains("share token in the link was dropped"));
    sim.press("enter");
    sim.settle();
    assert_eq!((sim.at(), sim.name(ID)), ("e", Some("shared")));
    sim.press("M");
    sim.never_kept("SECRET");
}

#[test]
fn a_link_among_other_words_is_found_and_its_punctuation_left() {
    for text in [
        format!("See <{}>, please.", share()),
        format!("session: {ID}."),
        format!("(https://securitycopilot.microsoft.com/sessions/{ID})\n\nregards"),
        format!("\"{}\"", ID.to_uppercase()),
    ] {
        let mut sim = Sim::new().signed_in();
        sim.send(Msg::Paste(text.clone()));
        assert_eq!(sim.typed(), ID, "{text}");
        sim.never_kept("SECRET");
    }
}

#[test]
fn a_link_that_names_its_workspace_is_looked_up_there_also_without_its_token() {
    let mut sim = Sim::new().signed_in();
    sim.send(Msg::Paste(share() + "&workspaceId=w-2"));
    sim.press("enter");
    let there = |effect: &Effect| matches!(effect, Effect::Graph(_, _, GraphCall::Get { workspace, key }) if workspace.as_str() == "w-2" && key.id.as_str() == ID);
    assert!(sim.asked.iter().any(there), "{:?}", sim.asked);
    sim.never_kept("SECRET");
}

#[test]
fn a_token_that_is_typed_goes_at_enter_and_undo_does_not_bring_it_back() {
    let mut sim = Sim::new().signed_in();
    sim.press("a").types(&share()).press("enter ctrl-_ ctrl-_ ctrl-_");
    assert_eq!(sim.typed(), ID);
    sim.never_kept("SECRET");
}

#[test]
fn in_a_name_a_share_link_becomes_its_id_and_the_rest_stays() {
    for open in ["r end", "A"] {
        let mut sim = Sim::new().signed_in();
        for key in open.split(' ') {
            sim.press(key);
        }
        sim.press("ctrl-u");
        sim.send(Msg::Paste(format!("INC-7 see {} now", share())));
        assert_eq!(sim.typed(), format!("INC-7 see {ID} now"));
        sim.pass(seconds(1));
        sim.press("enter");
        sim.settle();
        sim.never_kept("SECRET");
    }
}

#[test]
fn a_link_pasted_where_something_is_looked_for_finds_its_session() {
    let id = "ecdfb9b3-58f5-457f-a18c-4a477890b252";
    let mut sim = Sim::new().signed_in();
    sim.server.insert(id.into(), (None, 0));
    sim.press("a").types(id).press("enter");
    sim.settle();
    sim.press("G /");
    sim.send(Msg::Paste(share()));
    assert_eq!(sim.rows(), "e");
    sim.press("esc G :");
    sim.send(Msg::Paste(format!("https://securitycopilot.microsoft.com/sessions/{id}")));
    sim.press("enter");
    assert_eq!(sim.at(), "e");
    sim.never_kept("SECRET");
}

#[test]
fn what_names_no_session_is_ignored_on_the_list_and_said_to_be() {
    for text in ["q\nq\nr", "dd", "https://example.com/sessions/x", "", "\u{1b}[31mq"] {
        let mut sim = Sim::new().signed_in();
        let rows = sim.rows();
        sim.send(Msg::Paste(text.into()));
        assert!(sim.says().contains("Pasted text ignored"), "{text:?}: {}", sim.says());
        assert_eq!((sim.rows(), &sim.model.mode, sim.exited), (rows, &Mode::Browse, false));
    }
}

#[test]
fn a_paste_meets_no_command_in_anything_that_lies_over_the_list() {
    for open in ["H", "M", "i", "S"] {
        let mut sim = Sim::new();
        sim.answer(0, How::Busy);
        sim.press("esc").press(open);
        sim.disk_answers();
        let (overlays, focus) = (sim.model.overlays.len(), sim.model.focus());
        assert_eq!(overlays, 1, "{open}");
        sim.send(Msg::Paste("q\nuutc".into()));
        assert_eq!((sim.model.overlays.len(), sim.model.focus(), sim.exited), (1, focus, false), "{open}");
    }
}

#[test]
fn a_pasted_line_break_is_a_space_and_hidden_characters_are_left_out_and_counted() {
    let mut sim = Sim::new().signed_in();
    sim.press("r ctrl-u");
    sim.send(Msg::Paste("two\r\nlines\tand \u{1b}[31mred\u{202e} \u{200b}end\n".into()));
    assert_eq!(sim.typed(), "two lines and red end");
    assert!(sim.says().contains("Removed 3 hidden characters."), "{}", sim.says());
    assert!(matches!(sim.model.mode, Mode::Rename(_)), "a line break saves nothing");
    sim.press("ctrl-_");
    assert_eq!(sim.typed(), "", "one step of undo");
}

#[test]
fn keys_as_fast_as_a_paste_are_no_commands_where_the_terminal_does_not_tell() {
    let mut sim = untold();
    pours(&mut sim, "dqru\nq");
    assert_eq!((sim.rows().as_str(), sim.exited, &sim.model.mode), ("abcd", false, &Mode::Browse));
    assert!(sim.says().contains("Pasted text ignored"), "{}", sim.says());
    pours(&mut sim, &(share() + "\n"));
    assert_eq!(sim.typed(), ID);
    sim.never_kept("SECRET");
}

#[test]
fn such_a_paste_saves_no_name_and_a_lone_enter_does() {
    let mut sim = untold();
    sim.comes("r", millis(50)).comes("ctrl-u", millis(50));
    pours(&mut sim, "two\nlines\tof text\n");
    assert_eq!(sim.typed(), "two lines of text");
    assert_eq!(sim.patches(), 0);
    sim.comes("enter", millis(50));
    sim.settle();
    assert_eq!(sim.name(IDS[0]), Some("two lines of text"));
}

#[test]
fn pasted_empty_lines_save_no_name_either() {
    let mut sim = untold();
    sim.comes("r ! enter", millis(50));
    sim.settle();
    sim.comes("j r ?", millis(50));
    pours(&mut sim, "\n\n\n");
    assert!(matches!(sim.model.mode, Mode::Rename(_)), "{:?}", sim.model.mode);
    pours(&mut sim, "\t\t");
    assert_eq!((sim.at(), sim.patches()), ("b", 1));
}

#[test]
fn whoever_types_fast_or_holds_a_key_down_types() {
    let mut sim = untold();
    sim.comes("j j j", millis(1));
    sim.pass(millis(100));
    assert_eq!(sim.at(), "d", "a key held down");
    sim.comes("g r", millis(15)).comes("ctrl-u", millis(15));
    sim.comes("I N C - 7", millis(15)).comes("enter", millis(15));
    sim.settle();
    assert_eq!(sim.name(IDS[0]), Some("INC-7"));
}

#[test]
fn a_key_waits_ten_milliseconds_at_most_and_the_program_wakes_for_it() {
    let mut sim = untold();
    sim.comes("j", Duration::ZERO);
    assert_eq!(sim.at(), "a");
    assert_eq!(sim.model.wake(), Some(sim.now + millis(10)));
    sim.pass(millis(10));
    assert_eq!(sim.at(), "b");
}

#[test]
fn what_waits_comes_before_the_key_behind_it_and_before_the_end() {
    let mut sim = untold();
    sim.comes("r", millis(50)).comes("! esc", millis(1));
    assert_eq!((&sim.model.mode, sim.model.drafts.len()), (&Mode::Browse, 1));
    sim.pass(millis(100));
    sim.comes("r", millis(50)).comes("? ?", Duration::ZERO);
    sim.send(Msg::Terminated);
    sim.disk_answers();
    assert!(sim.exited);
    assert_eq!(sim.disk.drafts.values().next().unwrap().text, "alpha!??");
}

#[test]
fn a_paste_in_a_menu_is_searched_for_and_runs_nothing() {
    let mut sim = untold();
    sim.comes(":", millis(50));
    pours(&mut sim, "pin\nquit\n");
    assert!(matches!(sim.model.overlays.last(), Some(Overlay::Menu(menu)) if menu.line.text() == "pin quit"));
    assert!(!sim.exited && !sim.model.chosen().unwrap().pinned);
}

#[test]
fn a_new_text_in_add_leaves_the_look_up_of_the_old_one_without_a_taker() {
    let mut sim = Sim::new().signed_in();
    sim.server.insert(ID.into(), (Some("first".into()), 0));
    sim.press("a").types(ID).press("enter");
    assert!(sim.screen().contains("Looking it up"));
    sim.press("ctrl-u");
    sim.send(Msg::Paste("other".into()));
    sim.settle();
    let Mode::Add(adding) = &sim.model.mode else { panic!("the answer took the line away") };
    assert_eq!((adding.line.text(), &adding.state), ("other", &AddState::Typing));
}

fn noise() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ -~]{0,12}",
        Just("\n".to_owned()),
        Just("\u{1b}[31m".to_owned()),
        Just("<".to_owned()),
        Just("(see: ".to_owned()),
        Just("\u{202e}".to_owned())
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_share_link_as_a_word_of_any_paste_in_any_field_leaves_no_token(
        before in noise(),
        after in noise(),
        open in prop::sample::select(vec!["esc", "r", "/", "a", "A", ":", "?", "s", "H", "M"]),
    ) {
        let mut sim = Sim::new().signed_in();
        sim.press(open);
        sim.disk_answers();
        let gap = |text: &str| !text.is_empty() && text != "<" && !text.ends_with(": ");
        let link = share();
        let text = format!(
            "{before}{}{link}{}{after}",
            if gap(&before) { " " } else { "" },
            if gap(&after) { " " } else { "" }
        );
        sim.send(Msg::Paste(text));
        sim.pass(seconds(1));
        sim.press("esc");
        sim.disk_answers();
        sim.never_kept("SECRET");
    }
}

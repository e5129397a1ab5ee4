//! What a person keeps, looks at and takes along: preview, removal, copies, details, messages,
//! the mouse.

use retitle::core::effect::{Effect, GraphCall};
use retitle::core::fault::FaultKind;
use retitle::core::model::{Mode, Overlay};
use retitle::core::msg::{GraphReply, Mouse, Msg, ReqId, Size};
use retitle::core::notice::{Notice, Tone};
use retitle::core::preview::Prompts;

use crate::person::{millis, row, seconds};
use crate::sim::{How, IDS, Sim, fault};

fn prompts(sim: &Sim) -> Vec<ReqId> {
    let asked = |effect| match effect {
        &Effect::Graph(req, _, GraphCall::Prompts { .. }) => Some(req),
        _ => None,
    };
    sim.asked.iter().filter_map(asked).collect()
}

#[test]
fn the_preview_fetches_prompts_when_it_is_opened_and_never_keeps_them() {
    let mut sim = Sim::new().signed_in();
    assert_eq!(prompts(&sim).len(), 0, "not before somebody asks");
    sim.press("p");
    assert_eq!(prompts(&sim).len(), 1);
    assert!(sim.previewed().contains("Asking Graph"));
    sim.settle();
    assert!(sim.previewed().contains("1. Summarise incident 20931"), "{}", sim.previewed());
    sim.press("j k");
    sim.disk_answers();
    let kept = format!("{:?} {:?}", sim.disk.sessions, sim.disk.journal);
    let stored = |e: &&Effect| matches!(e, Effect::Store(..)) && format!("{e:?}").contains("Summarise");
    assert!(!kept.contains("Summarise") && !sim.asked.iter().any(|e| stored(&e)));
    sim.press("p");
    assert!(sim.model.preview.is_none() && !format!("{:?}", sim.model).contains("Summarise"));
}

#[test]
fn the_preview_follows_the_selection_and_asks_once_that_rests() {
    let mut sim = Sim::new().signed_in();
    sim.press("p");
    sim.settle();
    for _ in 0..3 {
        sim.press("j");
        sim.pass(millis(100));
    }
    assert_eq!(prompts(&sim).len(), 1, "rows on the way are not asked for");
    sim.pass(millis(100));
    let asked = prompts(&sim);
    assert_eq!(asked.len(), 2);
    sim.press("g");
    sim.send(Msg::Graph(asked[1], Ok(GraphReply::Prompts(Vec::new()))));
    assert!(sim.previewed().contains("Asking Graph"), "an answer for the row before is not this one's");
    sim.pass(millis(200));
    sim.settle();
    assert!(sim.previewed().contains("Summarise"));
}

#[test]
fn the_preview_shows_renames_and_dates_and_says_what_it_could_not_fetch() {
    let mut sim = Sim::new().signed_in();
    sim.press("r").types("!").press("enter");
    sim.settle();
    sim.press("p");
    sim.disk_answers();
    sim.answer(0, How::Forbidden);
    let text = sim.previewed();
    for words in ["on purpose", "alpha → alpha!", "ID         aaaaaaaa-1", "created    2027-01-15"] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert!(sim.says().is_empty(), "a preview that fails is no message: {}", sim.says());
    let mut sim = Sim::new();
    sim.answer(0, How::Busy);
    sim.press("esc p");
    assert!(matches!(sim.model.preview.as_ref().unwrap().prompts, Prompts::SignedOut));
    assert!(sim.previewed().contains("S signs in"));
}

#[test]
fn the_preview_scrolls_within_its_lines_and_goes_with_its_last_row() {
    let mut sim = Sim::new().signed_in();
    sim.press("p");
    sim.settle();
    for _ in 0..50 {
        sim.press("J");
    }
    let lines = sim.previewed().lines().count();
    assert_eq!(sim.model.preview.as_ref().unwrap().scroll, lines - 1);
    sim.press("K shift-up j");
    assert_eq!(sim.model.preview.as_ref().unwrap().scroll, 0, "another row begins at its top");
    sim.press("/").types("nothing like it");
    sim.screen();
    sim.press("esc");
    sim.send(Msg::Resized(Size { width: 120, height: 30 }));
    assert!(sim.screen().contains("PROMPTS"));
}

#[test]
fn a_preview_whose_last_row_went_waits_for_nothing() {
    let mut sim = Sim::new().signed_in();
    sim.press("p d d d d");
    sim.settle();
    sim.pass(seconds(60));
    assert_eq!(sim.model.wake(), None);
    sim.press("D");
    sim.settle();
    sim.pass(seconds(1));
    sim.settle();
    assert!(sim.previewed().contains("Summarise"), "{}", sim.previewed());
}

#[test]
fn what_is_removed_goes_from_this_list_alone_and_comes_back_where_it_was() {
    let mut sim = Sim::new().signed_in();
    sim.press("j d");
    assert_eq!((sim.rows().as_str(), sim.at()), ("acd", "c"));
    assert!(sim.says().contains("the server keeps it. D puts it back."), "{}", sim.says());
    sim.settle();
    assert!(!sim.disk.sessions.contains_key(&row(1)) && sim.server.contains_key(IDS[1]));
    assert_eq!(sim.patches(), 0);
    sim.press("d D D");
    assert_eq!((sim.rows().as_str(), sim.at()), ("abcd", "b"));
    sim.press("D");
    assert!(sim.says().contains("Nothing was removed"));
    sim.settle();
    assert_eq!(sim.disk.sessions.len(), 4);
    let mut sim = sim.restarted(|_| {});
    assert_eq!(sim.rows(), "abcd");
    sim.press("d d d d d");
    assert_eq!(sim.rows(), "");
    assert!(sim.screen().contains("No sessions"), "{}", sim.screen());
}

#[test]
fn words_of_one_s_own_are_never_removed_with_their_row() {
    let mut sim = Sim::new().signed_in();
    sim.press("r").types("!").press("esc");
    sim.pass(millis(60));
    sim.press("d");
    assert!(sim.says().contains("It has a draft"), "{}", sim.says());
    sim.press("r enter d");
    assert!(sim.says().contains("It is being saved"), "{}", sim.says());
    sim.settle();
    assert_eq!((sim.name(IDS[0]), sim.rows().as_str()), (Some("alpha!"), "abcd"));
}

#[test]
fn what_a_walk_brought_again_meanwhile_keeps_its_newer_name() {
    let mut sim = Sim::new().signed_in();
    sim.press("r").types("!").press("enter");
    sim.settle();
    sim.press("f d");
    sim.renamed_elsewhere(IDS[0], "theirs");
    sim.press("L");
    sim.settle();
    assert_eq!(sim.name(IDS[0]), Some("theirs"));
    sim.press("D");
    assert_eq!((sim.name(IDS[0]), sim.at()), (Some("theirs"), "a"));
    let session = sim.model.chosen().unwrap();
    assert!(session.pinned && session.opened.is_some(), "as it was in the list");
    assert_eq!(session.ours.as_deref(), Some("alpha!"), "which tells that it was changed elsewhere");
}

#[test]
fn copies_say_what_is_known_of_them_and_no_more() {
    let mut sim = Sim::new().signed_in();
    for (key, text) in
        [("y", IDS[0]), ("Y", "https://securitycopilot.microsoft.com/sessions/aaaaaaaa-1"), ("c", "alpha")]
    {
        sim.press(key);
        assert_eq!(sim.copied(), text);
        assert!(sim.says().contains("sent to the terminal's clipboard"), "{}", sim.says());
        sim.send(Msg::Copied);
        assert!(sim.says().contains(" copied: ") && !sim.says().contains("terminal"), "{}", sim.says());
    }
    sim.press("j j c");
    assert!(sim.says().contains("no name to copy"));
    sim.press("/").types("zzz").press("enter y");
    assert!(sim.says().contains("No session is selected"));
}

#[test]
fn details_tell_why_a_save_failed_and_its_request_id_is_copied() {
    let mut sim = Sim::new().signed_in();
    sim.press("r").types("!").press("enter");
    sim.disk_answers();
    let Some(Effect::Graph(req, ..)) = sim.outstanding.pop() else { panic!() };
    let refused = fault(FaultKind::Forbidden).with_request_id(Some("11112222-r".into()));
    sim.send(Msg::Graph(req, Err(refused)));
    sim.settle();
    sim.press("i");
    let text = sim.reads();
    for words in [
        "draft      alpha!",
        "on purpose",
        "The server said: HTTP 000",
        "Request ID: 11112222-r",
        "aaaaaaaa-1",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    sim.press("c");
    assert_eq!(sim.copied(), "11112222-r");
    sim.press("i j i");
    assert!(sim.reads().contains("beta"), "i closes and opens");
    sim.press("y");
    assert!(sim.copied().contains("workspace  default") && sim.copied().contains("bbbbbbbb-2"));
    assert!(sim.screen().contains("sent to the terminal"), "{}", sim.screen());
}

#[test]
fn a_bad_message_stays_until_the_next_key_of_the_list() {
    let mut sim = Sim::new().signed_in();
    sim.model.notice = Some(Notice::bad("went wrong"));
    sim.pass(seconds(60));
    assert!(sim.model.notice.is_some());
    sim.press("j");
    assert!(sim.model.notice.is_none());
}

#[test]
fn every_message_can_be_read_again_the_newest_first() {
    let mut sim = Sim::new().signed_in();
    sim.press("M");
    assert!(sim.reads().contains("No messages yet."));
    sim.press("M y f");
    sim.pass(seconds(10));
    assert_eq!(sim.says(), "");
    sim.press("M");
    let text = sim.reads();
    let lines: Vec<_> = text.lines().collect();
    assert!(lines[0].contains("08:00:00  Pinned") && lines[1].contains("ID sent"), "{text}");
    sim.press("c");
    assert!(sim.copied().contains("Pinned to the top."));
    sim.press("esc");
    sim.refuse_first();
    sim.press("G M");
    assert!(
        sim.reads().contains("Not saved: “alpha refused”. Something went wrong on purpose."),
        "{}",
        sim.reads()
    );
    let Some(Overlay::Reading(read)) = sim.model.overlays.last() else { panic!("nothing is read") };
    assert_eq!((read.lines[0].tone, read.lines[1].tone), (Tone::Bad, Tone::Info));
}

#[test]
fn what_worked_goes_by_itself_and_what_went_wrong_waits_for_a_key() {
    let mut sim = Sim::new().signed_in();
    sim.press("f");
    sim.pass(millis(3_900));
    assert!(!sim.says().is_empty());
    sim.pass(millis(200));
    assert_eq!(sim.says(), "");
    sim.send(Msg::DeskFailed(fault(FaultKind::Bug)));
    sim.pass(seconds(600));
    assert_eq!(sim.model.notice.as_ref().map(|n| n.tone), Some(Tone::Bad));
    sim.press("/").types("a").press("enter");
    sim.send(Msg::DeskFailed(fault(FaultKind::Bug)));
    sim.press("esc");
    assert_eq!((sim.says(), sim.model.list.filter()), ("", "a"), "Esc takes one thing at a time");
    sim.press("esc");
    assert_eq!(sim.model.list.filter(), "");
}

#[test]
fn the_line_of_advice_goes_at_esc_for_good() {
    let mut sim = Sim::new().signed_in().restarted(|disk| disk.tip = true);
    assert!(sim.screen().contains("r names the row"), "{}", sim.screen());
    sim.press("y esc");
    assert!(sim.screen().contains("r names the row"), "that was for the message");
    sim.press("esc");
    assert!(!sim.screen().contains("r names the row"));
    let sim = sim.restarted(|_| {});
    assert!(!sim.screen().contains("r names the row"));
}

#[test]
fn n_goes_round_the_rows_that_need_a_look() {
    let mut sim = Sim::new().signed_in();
    sim.press("n");
    assert!(sim.says().contains("No other row needs a look."));
    sim.press("j r").types("!").press("enter g n");
    assert_eq!(
        (sim.at(), sim.says()),
        ("a", "No other row needs a look."),
        "one that is being saved does not"
    );
    sim.settle();
    sim.refuse_first();
    sim.press("j j r").types("words").press("esc");
    sim.pass(millis(60));
    for (key, at) in [("n", "a"), ("n", "c"), ("N", "a"), ("N", "c"), ("]", "a"), ("[", "c")] {
        sim.press(key);
        assert_eq!(sim.at(), at, "{key}");
    }
}

#[test]
fn the_mouse_selects_renames_and_scrolls_once_it_is_ours() {
    let mut sim = Sim::new().signed_in();
    sim.press("m");
    assert_eq!(sim.asked.last(), Some(&Effect::Mouse(true)));
    assert!(sim.says().contains("m gives it back"));
    // Three lines of header above the first row.
    sim.click(10, 5);
    assert_eq!(sim.at(), "c");
    sim.pass(millis(500));
    sim.click(10, 5);
    assert_eq!(sim.model.mode, Mode::Browse, "too late for a double click");
    sim.pass(millis(300));
    sim.click(10, 5);
    assert!(matches!(&sim.model.mode, Mode::Rename(renaming) if renaming.key == row(2)));
    sim.types("x");
    sim.click(10, 3);
    sim.wheel(Mouse::WheelDown);
    assert_eq!((sim.typed(), sim.at()), ("x", "c"), "nothing moves from under who types");
    sim.press("esc");
    sim.pass(millis(60));
    sim.wheel(Mouse::WheelUp);
    assert_eq!(sim.at(), "a");
    sim.click(10, 0);
    sim.click(10, 15);
    assert_eq!(sim.at(), "a", "no row, nothing happens");
    sim.press("m");
    assert_eq!(sim.asked.last(), Some(&Effect::Mouse(false)));
}

#[test]
fn a_click_in_the_preview_beside_the_list_selects_no_row() {
    let mut sim = Sim::new().signed_in();
    sim.send(Msg::Resized(Size { width: 120, height: 30 }));
    sim.press("m p");
    let list = 120 - sim.model.preview_room().beside;
    sim.click(list, 5);
    assert_eq!(sim.at(), "a");
    sim.click(list - 1, 5);
    assert_eq!(sim.at(), "c");
}

#[test]
fn the_wheel_scrolls_whatever_lies_on_top_and_pages_go_both_ways() {
    let mut sim = Sim::new().signed_in();
    sim.press(":");
    sim.wheel(Mouse::WheelDown);
    assert!(matches!(sim.model.overlays.last(), Some(Overlay::Menu(menu)) if menu.chosen == 1));
    sim.click(10, 5);
    assert_eq!(sim.model.overlays.len(), 1);
    sim.press("esc i");
    let read = |sim: &Sim| match sim.model.overlays.last() {
        Some(Overlay::Reading(reading)) => reading.scroll,
        other => panic!("{other:?}"),
    };
    sim.wheel(Mouse::WheelDown);
    assert!(read(&sim) > 0);
    sim.wheel(Mouse::WheelUp);
    assert_eq!((read(&sim), sim.at()), (0, "a"));
    sim.press("pgdn");
    assert!(read(&sim) > 0);
    sim.press("pgup");
    assert_eq!(read(&sim), 0);
}

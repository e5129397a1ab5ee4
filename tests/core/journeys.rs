//! What a person does, in order, and what they see.

use std::time::Duration;

use retitle::core::effect::{AuthCall, Effect, GraphCall};
use retitle::core::fault::FaultKind;
use retitle::core::model::{Mode, Overlay};
use retitle::core::msg::{GraphReply, Msg, Size};
use retitle::core::place::PlaceConfig;
use retitle::core::row::RowState;
use retitle::core::session::{Entity, Presence, SessionId};
use retitle::core::store::{Outcome, StoreCall};

use crate::sim::{How, IDS, Sim, fault, key, page, place, settings, who};

fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

fn notice(sim: &Sim) -> &str {
    sim.model.notice.as_ref().map_or("", |n| n.text.as_str())
}

#[test]
fn a_name_goes_to_the_journal_before_it_leaves_and_the_row_is_rebuilt_from_the_answer() {
    let mut sim = Sim::new().signed_in();
    sim.press("r").types(" wave").press("enter");
    assert!(sim.renames().is_empty(), "nothing leaves before the journal has answered");
    assert_eq!(sim.disk.journal.len(), 1);
    sim.disk_answers();
    let (req, id, name) = sim.renames().remove(0);
    assert_eq!((id.as_str(), name.as_str()), (IDS[0], "alpha wave"));
    assert!(matches!(sim.row(IDS[0]), RowState::Saving));
    let stored = Entity { name: Some("ALPHA WAVE".into()), ..sim.entity(IDS[0]) };
    sim.send(Msg::Graph(req, Ok(GraphReply::Renamed { entity: stored, request_id: None })));
    assert_eq!(sim.name(IDS[0]), Some("ALPHA WAVE"));
    assert!(matches!(sim.row(IDS[0]), RowState::Saved));
    assert_eq!(notice(&sim), "The server stored it as “ALPHA WAVE”.");
    assert!(matches!(sim.disk.journal[0].2, Some(Outcome::Saved { .. })));
}

#[test]
fn saved_stays_until_a_key_after_three_seconds() {
    let mut sim = Sim::new().signed_in();
    sim.press("r").types("x").press("enter");
    sim.settle();
    sim.press("j");
    assert!(matches!(sim.row(IDS[0]), RowState::Saved));
    sim.pass(seconds(3));
    assert!(matches!(sim.row(IDS[0]), RowState::Saved), "time alone changes nothing");
    sim.press("j");
    assert!(matches!(sim.row(IDS[0]), RowState::Clean));
}

#[test]
fn unchanged_text_sends_nothing() {
    let mut sim = Sim::new().signed_in();
    sim.press("r enter");
    assert!(sim.disk.journal.is_empty() && sim.outstanding.is_empty());
    assert_eq!(sim.model.mode, Mode::Browse);
}

#[test]
fn what_cannot_be_saved_is_refused_in_line_and_the_words_stay() {
    let mut sim = Sim::new().signed_in();
    sim.press("r ctrl-u enter");
    let Mode::Rename(renaming) = &sim.model.mode else { panic!("left the editor") };
    assert!(renaming.problem.as_deref().is_some_and(|p| p.contains("cannot be empty")));
    sim.types("a\u{202e}b").press("enter");
    let Mode::Rename(renaming) = &sim.model.mode else { panic!("left the editor") };
    assert!(renaming.problem.as_deref().is_some_and(|p| p.contains("<RLO>")), "{:?}", renaming.problem);
    assert_eq!(renaming.line.text(), "a\u{202e}b");
}

#[test]
fn esc_keeps_a_draft_that_the_next_r_offers_also_after_a_restart() {
    let mut sim = Sim::new().signed_in();
    sim.press("r").types("bet").press("esc");
    assert!(matches!(sim.row(IDS[0]), RowState::Draft));
    sim.crash();
    let mut sim = sim.signed_in();
    sim.press("r");
    let Mode::Rename(renaming) = &sim.model.mode else { panic!() };
    assert_eq!((renaming.line.text(), renaming.from_draft), ("alphabet", true));
    sim.press("alt-o esc");
    assert!(sim.disk.drafts.is_empty(), "the server's own name is no draft");
}

#[test]
fn typed_text_is_on_disk_within_250_ms_of_the_key_though_the_typing_goes_on() {
    let mut sim = Sim::new().signed_in();
    sim.press("r");
    for n in 0..20 {
        sim.types("x");
        sim.pass(Duration::from_millis(100));
        if n >= 2 {
            let on_disk = sim.disk.drafts[&key(IDS[0])].text.len();
            assert!(on_disk + 2 > "alpha".len() + n, "{on_disk} after key {n}");
        }
    }
    sim.pass(Duration::from_millis(150));
    assert_eq!(sim.disk.drafts[&key(IDS[0])].text, format!("alpha{}", "x".repeat(20)));
}

#[test]
fn a_failure_says_why_in_the_row_and_reopening_shows_the_words() {
    let mut sim = Sim::new().signed_in();
    sim.press("r").types("bet").press("enter");
    sim.disk_answers();
    sim.answer(0, How::Forbidden);
    sim.disk_answers();
    assert!(matches!(sim.row(IDS[0]), RowState::NotSaved(_)));
    assert_eq!(sim.name(IDS[0]), Some("alpha"), "the row shows what the server has");
    assert_eq!(sim.disk.drafts[&key(IDS[0])].text, "alphabet");
    sim.press("r");
    let Mode::Rename(renaming) = &sim.model.mode else { panic!() };
    assert_eq!(renaming.line.text(), "alphabet");
    sim.press("enter");
    sim.settle();
    assert_eq!(sim.name(IDS[0]), Some("alphabet"));
    assert!(sim.disk.drafts.is_empty());
}

#[test]
fn several_rows_save_at_once_and_one_row_has_one_patch_out() {
    let mut sim = Sim::new().signed_in();
    for text in ["1", "2"] {
        sim.press("r").types(text).press("enter j");
    }
    sim.press("k k r").types("3").press("enter");
    sim.disk_answers();
    let out = sim.renames();
    assert_eq!(out.len(), 2, "{out:?}");
    sim.settle();
    assert_eq!((sim.name(IDS[0]), sim.name(IDS[1])), (Some("alpha13"), Some("beta2")));
    let sent =
        sim.asked.iter().filter(|e| matches!(e, Effect::Graph(_, _, GraphCall::Rename { .. }))).count();
    assert_eq!(sent, 2, "the first name of the first row had not left when the second came");
}

#[test]
fn a_commit_that_was_cut_off_by_a_crash_is_completed_after_a_look() {
    let mut sim = Sim::new().signed_in();
    sim.press("r").types("bet").press("enter");
    sim.disk_answers();
    // Applied, but the program dies before the answer.
    sim.answer(0, How::LostAfter);
    sim.crash();
    let mut sim = sim.signed_in();
    assert!(sim.renames().is_empty());
    assert!(matches!(sim.row(IDS[0]), RowState::Saved), "the look found our name");
    assert_eq!(sim.disk.journal.len(), 1);
    sim.press("r").types("!").press("enter");
    sim.crash();
    let sim = sim.signed_in();
    assert_eq!(
        sim.server[IDS[0]].0.as_deref(),
        Some("alphabet!"),
        "the look found the old name, so it was sent"
    );
}

#[test]
fn a_name_changed_elsewhere_is_not_overwritten_by_an_old_intention() {
    let mut sim = Sim::new().signed_in();
    sim.press("r").types("bet").press("enter");
    sim.crash();
    sim.server.insert(IDS[0].into(), (Some("theirs".into()), 9));
    let mut sim = sim.signed_in();
    assert_eq!(sim.server[IDS[0]].0.as_deref(), Some("theirs"));
    assert!(matches!(sim.row(IDS[0]), RowState::Changed(_)));
    assert_eq!(sim.disk.drafts[&key(IDS[0])].text, "alphabet");
    sim.press("!");
    sim.settle();
    assert_eq!(sim.server[IDS[0]].0.as_deref(), Some("alphabet"));
}

#[test]
fn an_entry_of_one_account_waits_while_another_is_signed_in() {
    let mut sim = Sim::new().signed_in();
    sim.press("r").types("bet").press("enter");
    sim.crash();
    sim.answer(0, How::Busy);
    sim.answer(0, How::Well);
    sim.pass(seconds(7));
    // The poll is answered with somebody else.
    sim.answer(0, How::SignedOut);
    sim.settle();
    assert_eq!(sim.model.who(), Some(&who("mia")));
    assert!(matches!(sim.row(IDS[0]), RowState::OtherAccount));
    assert_eq!(sim.server[IDS[0]].0.as_deref(), Some("alpha"));
    assert!(sim.disk.journal[0].2.is_none(), "it still waits");
}

#[test]
fn what_is_typed_before_the_sign_in_goes_out_after_it() {
    let mut sim = Sim::new();
    sim.answer(0, How::Busy);
    sim.press("esc r").types("bet").press("enter");
    sim.disk_answers();
    assert!(matches!(sim.row(IDS[0]), RowState::SignIn));
    sim.answer(0, How::Well);
    sim.pass(seconds(7));
    sim.answer(0, How::Well);
    sim.settle();
    assert_eq!(sim.server[IDS[0]].0.as_deref(), Some("alphabet"));
}

#[test]
fn a_lost_sign_in_never_takes_the_keyboard_and_saves_wait_for_it() {
    let mut sim = Sim::new().signed_in();
    sim.press("r").types("bet").press("enter j r").types("x");
    sim.disk_answers();
    sim.answer(0, How::SignedOut);
    sim.types("y");
    let Mode::Rename(renaming) = &sim.model.mode else { panic!("the editor is gone") };
    assert_eq!(renaming.line.text(), "betaxy");
    assert!(sim.model.overlays.is_empty());
    assert!(matches!(sim.row(IDS[0]), RowState::SignIn));
    sim.press("esc");
    sim.pass(Duration::from_millis(60));
    sim.press("S");
    sim.settle_until_poll();
    sim.answer(0, How::Well);
    sim.settle();
    assert_eq!(sim.server[IDS[0]].0.as_deref(), Some("alphabet"));
}

impl Sim {
    /// The code is on the screen and the first poll is out.
    fn settle_until_poll(&mut self) {
        self.disk_answers();
        self.answer(0, How::Well);
        self.pass(seconds(7));
        assert!(
            matches!(self.outstanding[..], [Effect::Auth(_, _, AuthCall::Poll)]),
            "{:?}",
            self.outstanding
        );
    }
}

#[test]
fn a_busy_server_is_obeyed_and_an_unreachable_one_never_given_up() {
    let mut sim = Sim::new().signed_in();
    sim.press("r").types("bet").press("enter");
    sim.disk_answers();
    sim.answer(0, How::Busy);
    assert!(matches!(sim.row(IDS[0]), RowState::Retry { seconds: 5..=7, offline: false }));
    sim.pass(seconds(4));
    assert!(sim.outstanding.is_empty());
    for _ in 0..20 {
        sim.pass(seconds(31));
        assert_eq!(sim.outstanding.len(), 1);
        sim.answer(0, How::Offline);
        assert!(matches!(sim.row(IDS[0]), RowState::Retry { offline: true, .. }));
    }
    sim.pass(seconds(31));
    sim.settle();
    assert_eq!(sim.server[IDS[0]].0.as_deref(), Some("alphabet"));
}

#[test]
fn a_lost_answer_is_looked_up_before_anything_is_sent_again() {
    let mut sim = Sim::new().signed_in();
    sim.press("r").types("bet").press("enter");
    sim.disk_answers();
    sim.answer(0, How::LostAfter);
    sim.pass(seconds(2));
    assert!(matches!(sim.outstanding[..], [Effect::Graph(_, _, GraphCall::Get { .. })]));
    sim.settle();
    assert_eq!(sim.server[IDS[0]].1, 1, "one PATCH was enough");
    assert!(matches!(sim.row(IDS[0]), RowState::Saved));
}

#[test]
fn a_full_disk_refuses_the_save_and_keeps_the_words() {
    let mut sim = Sim::new().signed_in();
    sim.disk.full = true;
    sim.press("r").types("bet").press("enter");
    sim.disk_answers();
    assert!(sim.renames().is_empty(), "what is not in the journal does not leave");
    assert!(matches!(sim.row(IDS[0]), RowState::NotSaved(_)));
    sim.disk.full = false;
    sim.press("!");
    sim.settle();
    assert_eq!(sim.server[IDS[0]].0.as_deref(), Some("alphabet"));
}

#[test]
fn words_that_a_full_disk_refused_reach_it_with_the_next_key() {
    for (key, words) in [("r", "alpha and more"), ("A", " and more")] {
        let mut sim = Sim::new().signed_in();
        sim.press(key).types(" and more");
        sim.disk.full = true;
        sim.pass(Duration::from_millis(250));
        sim.disk_answers();
        assert!(notice(&sim).contains("not on disk"), "{}", notice(&sim));
        sim.disk.full = false;
        sim.press("esc");
        let kept: Vec<&str> = sim.disk.drafts.values().map(|draft| draft.text.as_str()).collect();
        assert_eq!(kept, [words]);
    }
}

#[test]
fn a_waiting_save_can_be_cancelled_and_its_words_stay() {
    let mut sim = Sim::new().signed_in();
    sim.press("r").types("bet").press("enter");
    sim.disk_answers();
    sim.answer(0, How::Busy);
    sim.press("x");
    sim.settle();
    sim.pass(seconds(60));
    assert!(sim.outstanding.is_empty());
    assert!(matches!(sim.row(IDS[0]), RowState::Draft));
    assert_eq!(sim.disk.journal[0].2, Some(Outcome::Cancelled));
}

#[test]
fn read_only_never_writes() {
    let settings = retitle::core::settings::Settings {
        places: vec![PlaceConfig { read_only: true, ..place() }],
        ..settings()
    };
    let mut sim = Sim::with(settings, Size { width: 80, height: 24 }).signed_in();
    sim.press("r");
    assert_eq!(sim.model.mode, Mode::Browse);
    assert!(notice(&sim).contains("Read-only"));
}

#[test]
fn the_code_is_polled_at_the_server_s_pace_and_slower_when_asked() {
    let mut sim = Sim::new();
    sim.answer(0, How::Busy);
    sim.answer(0, How::Well);
    assert!(matches!(sim.model.overlays[..], [Overlay::SignIn]));
    sim.pass(seconds(5));
    assert!(sim.outstanding.is_empty(), "five seconds and a margin");
    sim.pass(seconds(1));
    sim.answer(0, How::Busy);
    sim.pass(seconds(10));
    assert!(sim.outstanding.is_empty(), "five more, for good");
    sim.pass(seconds(1));
    sim.answer(0, How::LostBefore);
    sim.pass(seconds(11));
    sim.answer(0, How::Well);
    assert_eq!(sim.model.who(), Some(&who("jo")));
    assert!(sim.model.overlays.is_empty());
}

#[test]
fn every_letter_can_be_typed_into_the_filter() {
    let mut sim = Sim::new().signed_in();
    sim.press("/").types("jkq");
    assert_eq!(sim.model.list.filter(), "jkq");
    assert!(sim.shown().is_empty());
    sim.press("esc /").types("BET").press("enter");
    assert_eq!(sim.shown(), [key(IDS[1])]);
    sim.press("esc /").types("dddd");
    assert_eq!(sim.shown(), [key(IDS[3])], "by ID prefix");
    assert!(!sim.exited);
}

#[test]
fn the_selection_is_a_session_and_not_a_row_number() {
    let mut sim = Sim::new().signed_in();
    sim.press("j j");
    assert_eq!(sim.model.list.chosen(), Some(&key(IDS[2])));
    sim.press("/").types("untitled").press("enter esc");
    assert_eq!(sim.model.list.chosen(), Some(&key(IDS[2])));
    sim.press("g G");
    assert_eq!(sim.model.list.chosen(), Some(&key(IDS[3])));
}

#[test]
fn a_session_is_added_by_link_and_its_share_token_dropped() {
    let mut sim = Sim::new().signed_in();
    let id = "ecdfb9b3-58f5-457f-a18c-4a477890b252";
    sim.server.insert(id.into(), (Some("shared".into()), 0));
    sim.press("a");
    sim.send(Msg::Paste(format!("https://securitycopilot.microsoft.com/sessions/{id}?st=SECRET")));
    sim.press("enter");
    assert!(
        !format!("{:?}", sim.asked).contains("SECRET") && !format!("{:?}", sim.model.mode).contains("SECRET")
    );
    sim.settle();
    assert_eq!(sim.model.list.chosen(), Some(&key(id)));
    assert!(sim.disk.sessions.contains_key(&key(id)));
    sim.press("j a").types(id).press("enter");
    assert_eq!(sim.model.list.chosen(), Some(&key(id)), "already there: it is selected");
}

#[test]
fn what_cannot_be_added_says_why_and_keeps_the_text() {
    let mut sim = Sim::new().signed_in();
    sim.press("a").types("two words").press("enter");
    let Mode::Add(adding) = &sim.model.mode else { panic!() };
    assert!(format!("{:?}", adding.state).contains("holds no spaces"), "{:?}", adding.state);
    sim.press("ctrl-u").types("unknown-id").press("enter");
    let Effect::Graph(req, ..) = sim.outstanding.remove(0) else { panic!() };
    sim.send(Msg::Graph(req, Err(fault(FaultKind::NotFound))));
    let Mode::Add(adding) = &sim.model.mode else { panic!() };
    assert_eq!(adding.line.text(), "unknown-id");
    assert!(format!("{:?}", adding.state).contains("on purpose"));
}

#[test]
fn pasting_on_the_list_is_never_commands() {
    let mut sim = Sim::new().signed_in();
    sim.send(Msg::Paste("q\nq\nr".into()));
    assert!(!sim.exited && sim.model.mode == Mode::Browse);
    sim.send(Msg::Paste("ecdfb9b3-58f5-457f-a18c-4a477890b252\n".into()));
    let Mode::Add(adding) = &sim.model.mode else { panic!("a session ID opens Add") };
    assert_eq!(adding.line.text(), "ecdfb9b3-58f5-457f-a18c-4a477890b252");
}

#[test]
fn everything_is_read_over_every_page_and_goes_again() {
    let mut sim = Sim::new().signed_in();
    sim.press("L");
    let entity = |id: &str| Entity { id: SessionId::new(id), name: None, created: None, modified: None };
    for (ids, next) in [(["new-1", IDS[0]], Some("p2")), (["new-2", "new-3"], None)] {
        let Effect::Graph(req, _, GraphCall::List { page: asked, .. }) = sim.outstanding.remove(0) else {
            panic!()
        };
        assert_eq!(asked.is_some(), next.is_none());
        sim.send(Msg::Graph(req, Ok(page(ids.map(entity).to_vec(), next))));
    }
    sim.settle();
    assert_eq!(sim.shown().len(), 7);
    assert!(!sim.disk.sessions.contains_key(&key("new-1")), "only what was opened is kept");
    sim.press("L");
    assert_eq!(sim.shown().len(), 4);
}

#[test]
fn a_list_that_points_back_to_itself_ends() {
    let mut sim = Sim::new().signed_in();
    sim.press("L");
    for _ in 0..2 {
        let Effect::Graph(req, ..) = sim.outstanding.remove(0) else { panic!() };
        sim.send(Msg::Graph(req, Ok(page(Vec::new(), Some("again")))));
    }
    assert!(!sim.outstanding.iter().any(|e| matches!(e, Effect::Graph(_, _, GraphCall::List { .. }))));
}

#[test]
fn a_row_that_the_walk_did_not_bring_is_asked_for_and_shown_as_gone_or_closed() {
    let mut sim = Sim::new();
    sim.answer(0, How::Well);
    let Effect::Graph(req, ..) = sim.outstanding.remove(0) else { panic!() };
    let found = vec![sim.entity(IDS[0]), sim.entity(IDS[1])];
    sim.send(Msg::Graph(req, Ok(page(found, None))));
    for kind in [FaultKind::NotFound, FaultKind::Forbidden] {
        let Effect::Graph(req, _, GraphCall::Get { .. }) = sim.outstanding.remove(0) else { panic!() };
        sim.send(Msg::Graph(req, Err(fault(kind))));
    }
    assert!(matches!(sim.row(IDS[2]), RowState::Gone));
    assert!(matches!(sim.row(IDS[3]), RowState::NoAccess));
    assert_eq!(sim.disk.sessions[&key(IDS[2])].presence, Presence::Gone, "row, draft and history stay");
}

#[test]
fn a_page_that_was_on_its_way_does_not_bring_an_old_name_back() {
    let mut sim = Sim::new().signed_in();
    sim.press("R");
    let stale: Vec<_> = IDS.iter().map(|id| sim.entity(id)).collect();
    let list = sim.outstanding.remove(0);
    sim.press("r").types("bet").press("enter");
    sim.settle();
    let Effect::Graph(req, ..) = list else { panic!() };
    sim.send(Msg::Graph(req, Ok(page(stale, None))));
    assert_eq!(sim.name(IDS[0]), Some("alphabet"));
}

#[test]
fn opening_a_session_counts_as_acting_on_it() {
    let mut sim = Sim::new().signed_in();
    sim.pass(seconds(100));
    sim.asked.clear();
    sim.press("o");
    assert_eq!(sim.disk.sessions[&key(IDS[0])].opened, Some(sim.now));
    assert!(
        sim.asked
            .contains(&Effect::OpenUrl(format!("https://securitycopilot.microsoft.com/sessions/{}", IDS[0])))
    );
}

#[test]
fn quitting_waits_for_what_is_on_its_way_but_not_for_ever() {
    let mut sim = Sim::new().signed_in();
    sim.press("q");
    assert!(sim.exited, "nothing open, so at once");

    let mut sim = Sim::new().signed_in();
    sim.press("r").types("bet").press("enter q");
    assert!(!sim.exited);
    sim.settle();
    assert!(sim.exited, "saved, then gone");
    assert_eq!(sim.server[IDS[0]].0.as_deref(), Some("alphabet"));

    let mut sim = Sim::new().signed_in();
    sim.press("r").types("bet").press("enter");
    sim.disk_answers();
    sim.press("q");
    sim.pass(seconds(3));
    assert!(sim.exited);
    assert!(sim.disk.journal[0].2.is_none(), "it waits in the journal");
}

#[test]
fn a_signal_in_mid_typing_keeps_the_words() {
    let mut sim = Sim::new().signed_in();
    sim.press("r").types("bet");
    sim.send(Msg::Terminated);
    sim.disk_answers();
    assert!(sim.exited);
    assert_eq!(sim.disk.drafts[&key(IDS[0])].text, "alphabet");
}

#[test]
fn ctrl_c_quits_only_twice_and_never_out_of_the_editor() {
    let mut sim = Sim::new().signed_in();
    sim.press("r").types("bet").press("ctrl-c");
    assert!(!sim.exited && sim.model.mode == Mode::Browse);
    sim.disk_answers();
    sim.press("ctrl-c");
    assert!(!sim.exited);
    sim.press("ctrl-c");
    assert!(sim.exited);
}

#[test]
fn a_letter_right_behind_esc_is_the_alt_chord_that_a_slow_link_tore_apart() {
    let mut sim = Sim::new().signed_in();
    let asked = |sim: &Sim| sim.asked.iter().filter(|e| matches!(e, Effect::OpenUrl(_))).count();
    sim.press("r").types("!").press("esc b");
    assert!(
        matches!(sim.model.mode, Mode::Rename(_)),
        "Alt-B of the editor, torn apart by a slow link: {:?}",
        sim.model.mode
    );
    sim.types("x").press("esc");
    assert_eq!(sim.model.drafts[&key(IDS[0])].text, "xalpha!", "a word back, and nothing is lost");
    sim.pass(Duration::from_millis(60));
    sim.press("o");
    assert_eq!(asked(&sim), 1);
    sim.press("r esc j j");
    assert_eq!(sim.model.list.position(), Some(2), "no Alt chord, so no tail of one");
}

#[test]
fn the_editor_that_a_torn_chord_opens_again_is_in_the_selected_row_though_the_filter_had_let_go_of_it() {
    let mut sim = Sim::new().signed_in();
    sim.press("/").types("l").press("enter r").types("!");
    let row = sim.disk.sessions.get_mut(&key(IDS[0])).unwrap();
    (row.name, row.seen) = (Some("theirs".into()), Some(sim.now + seconds(1)));
    sim.send(Msg::LibraryChanged);
    sim.disk_answers();
    sim.press("esc");
    assert_eq!(sim.shown(), [key(IDS[2]), key(IDS[3])]);
    sim.press("b");
    assert!(matches!(&sim.model.mode, Mode::Rename(renaming) if renaming.key == key(IDS[0])));
    assert_eq!(sim.model.list.chosen(), Some(&key(IDS[0])));
}

#[test]
fn a_draft_on_a_row_that_was_only_seen_survives_with_its_row() {
    let mut sim = Sim::new().signed_in();
    sim.server.insert("new-1".into(), (None, 499));
    sim.press("L");
    sim.settle();
    sim.press("g");
    assert_eq!(sim.model.list.chosen(), Some(&key("new-1")));
    sim.press("r").types("words").press("esc");
    sim.crash();
    assert!(sim.model.drafts.contains_key(&key("new-1")));
    assert!(sim.model.list.get(&key("new-1")).is_some());
}

#[test]
fn the_store_is_asked_to_settle_each_entry_once() {
    let mut sim = Sim::new().signed_in();
    sim.press("r").types("bet").press("enter");
    sim.disk_answers();
    sim.press("r").types("s").press("enter");
    sim.settle();
    let settled: Vec<_> = sim
        .asked
        .iter()
        .filter_map(|e| match e {
            Effect::Store(_, StoreCall::Settle { entry, .. }) => Some(entry.0),
            _ => None,
        })
        .collect();
    assert_eq!(settled, [1, 2]);
}

#[test]
fn a_list_that_is_read_again_and_says_nothing_new_is_written_again_only_after_a_day() {
    let mut sim = Sim::new().signed_in();
    let writes = |sim: &Sim| {
        sim.asked.iter().filter(|e| matches!(e, Effect::Store(_, StoreCall::Remember(_)))).count()
    };
    sim.press("R");
    sim.settle();
    for (hours, again) in [(0, 0), (23, 0), (25, 1)] {
        let before = writes(&sim);
        sim.pass(seconds(hours * 3_600));
        sim.press("R");
        sim.settle();
        assert_eq!(writes(&sim), before + again, "{hours} hours later");
    }
    let before = writes(&sim);
    sim.renamed_elsewhere(IDS[0], "theirs");
    sim.press("R");
    sim.settle();
    assert!(writes(&sim) > before);
}

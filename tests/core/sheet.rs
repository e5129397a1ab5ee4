//! Names that were typed in an editor of the person's own are typed names: none of them is lost. And a bulk touches its
//! own rows alone.

use retitle::core::batch::{Batch, Fate, Stage};
use retitle::core::effect::{Effect, GraphCall};
use retitle::core::fault::FaultKind;
use retitle::core::msg::Msg;

use crate::sim::{How, IDS, Sim, fault, key, session};

/// The text that the editor was opened with.
fn handed_out(sim: &Sim) -> String {
    let edits = sim.asked.iter().rev().filter_map(|effect| match effect {
        Effect::Edit { text, .. } => Some(text.clone()),
        _ => None,
    });
    edits.into_iter().next().expect("an editor is open")
}

/// Two names were typed and stand in the table.
fn at_the_table() -> Sim {
    let mut sim = Sim::new().signed_in();
    sim.press("ctrl-a E");
    let text = handed_out(&sim).replace("\talpha", "\tfirst typed").replace("\tbeta", "\tsecond typed");
    sim.send(Msg::Edited(Ok(text)));
    assert!(sim.screen().contains("2 to rename"), "{}", sim.screen());
    sim
}

fn kept(sim: &Sim) -> Vec<&str> {
    sim.disk.drafts.values().map(|draft| draft.text.as_str()).collect()
}

#[test]
fn names_from_the_editor_are_on_disk_before_they_are_applied_and_a_crash_loses_none() {
    let mut sim = at_the_table();
    sim.disk_answers();
    sim.crash();
    assert_eq!(kept(&sim), ["first typed", "second typed"]);
    assert_eq!(sim.model.drafts[&key(IDS[0])].text, "first typed", "the next start offers them");
}

#[test]
fn what_the_editor_gets_is_said_to_hold_typed_words_exactly_when_it_does() {
    let typed = |sim: &Sim| {
        let edits = sim.asked.iter().rev().find_map(|effect| match effect {
            Effect::Edit { typed, .. } => Some(*typed),
            _ => None,
        });
        edits.expect("an editor is open")
    };
    let mut sim = Sim::new().signed_in();
    sim.press("ctrl-a E");
    assert!(!typed(&sim), "the names that the server has");
    let text = handed_out(&sim).replace("\tbeta", "\tbeta typed");
    sim.send(Msg::Edited(Ok(format!("{text}nobody\tx\n"))));
    assert!(handed_out(&sim).contains("#! ") && typed(&sim), "handed back for a mistake");
    sim.send(Msg::Edited(Ok(text)));
    sim.press("esc E");
    assert!(handed_out(&sim).contains("beta typed") && typed(&sim), "they go on from where they were");
}

#[test]
fn once_applied_and_saved_they_are_drafts_no_more() {
    let mut sim = at_the_table();
    sim.disk_answers();
    sim.press("y");
    sim.settle();
    assert_eq!(sim.server[IDS[0]].0.as_deref(), Some("first typed"));
    assert_eq!(sim.server[IDS[1]].0.as_deref(), Some("second typed"));
    assert!(kept(&sim).is_empty() && sim.model.drafts.is_empty(), "{:?}", sim.model.drafts);
}

#[test]
fn what_the_server_has_already_is_no_draft_either_and_what_changed_there_stays_one() {
    let mut sim = at_the_table();
    sim.disk_answers();
    sim.renamed_elsewhere(IDS[0], "first typed");
    sim.renamed_elsewhere(IDS[1], "theirs");
    sim.press("y");
    sim.settle();
    let fates: Vec<_> = sim.model.batch.as_ref().unwrap().items().iter().map(|item| &item.fate).collect();
    assert!(matches!(fates[..], [Fate::Already, Fate::Changed(_)]), "{fates:?}");
    assert_eq!(kept(&sim), ["second typed"]);
}

#[test]
fn a_name_put_back_in_the_editor_is_no_draft_and_another_one_takes_the_place_of_the_first() {
    let mut sim = at_the_table();
    sim.press("esc E");
    let text = handed_out(&sim).replace("first typed", "alpha").replace("second typed", "other words");
    sim.send(Msg::Edited(Ok(text)));
    sim.disk_answers();
    assert_eq!(kept(&sim), ["other words"]);
}

#[test]
fn a_draft_that_was_typed_in_the_row_is_not_overwritten_by_the_editor() {
    let mut sim = Sim::new().signed_in();
    sim.press("r").types(" of the row").press("esc ctrl-a E");
    let text = handed_out(&sim).replace("\talpha", "\tof the editor");
    sim.send(Msg::Edited(Ok(text)));
    sim.disk_answers();
    assert_eq!(kept(&sim), ["alpha of the row"]);
    assert!(sim.screen().contains("has a draft"), "{}", sim.screen());
}

#[test]
fn an_editor_that_fails_leaves_the_names_of_the_time_before() {
    let mut sim = at_the_table();
    sim.press("esc E");
    sim.send(Msg::Edited(Err(fault(FaultKind::Refused))));
    sim.press("E");
    assert!(handed_out(&sim).contains("first typed"), "{}", handed_out(&sim));
}

#[test]
fn a_mistake_is_handed_back_a_few_times_and_as_often_again_when_the_person_goes_on() {
    let mut sim = Sim::new().signed_in();
    let edits = |sim: &Sim| sim.asked.iter().filter(|effect| matches!(effect, Effect::Edit { .. })).count();
    sim.press("ctrl-a E");
    let mut handed_back = Vec::new();
    for _ in 0..2 {
        let before = edits(&sim);
        while !sim.says().contains("There is a mistake") {
            let wrong = format!("{}\nnobody\tname {}\n", handed_out(&sim), edits(&sim));
            sim.send(Msg::Edited(Ok(wrong)));
        }
        handed_back.push(edits(&sim) - before);
        sim.press("esc E");
    }
    assert_eq!(handed_back, [10, 10]);
}

#[test]
fn a_bulk_that_was_applied_is_in_the_journal_when_the_program_is_left_during_its_walk() {
    let mut sim = at_the_table();
    sim.disk_answers();
    sim.press("y");
    sim.disk_answers();
    let walks = |e: &Effect| matches!(e, Effect::Graph(_, _, GraphCall::List { .. }));
    assert!(sim.outstanding.iter().any(walks));
    assert_eq!(sim.disk.journal.len(), 2, "before anything is asked of the server");
    sim.press("esc q");
    assert!(sim.exited, "nothing of it is on its way");
    sim.crash();
    sim.answer(0, How::Well);
    sim.settle();
    assert_eq!(sim.server[IDS[0]].0.as_deref(), Some("first typed"), "the next start sends it");
    assert_eq!(sim.model.batch.as_ref().map(|batch| &batch.stage), None::<&Stage>);
}

#[test]
fn sending_a_bulk_now_does_not_send_the_row_that_is_selected_behind_it() {
    let mut sim = Sim::new().signed_in();
    sim.press("r").types(" refused").press("enter");
    sim.disk_answers();
    while !sim.outstanding.is_empty() {
        sim.answer(0, How::Forbidden);
        sim.disk_answers();
    }
    let before = sim.disk.journal.len();
    sim.press("j space space g b ctrl-u").types("{old} x").press("enter y");
    assert_eq!(sim.model.list.chosen(), Some(&key(IDS[0])));
    assert!(sim.model.batch.as_ref().is_some_and(Batch::runs), "{}", sim.screen());
    sim.press("!");
    sim.disk_answers();
    assert_eq!(
        sim.disk.journal.len(),
        before + 2,
        "the bulk still reads, and nothing else is in the journal"
    );
    sim.settle();
    assert_eq!(sim.server[IDS[1]].0.as_deref(), Some("beta x"));
    assert_eq!(sim.server[IDS[0]].0.as_deref(), Some("alpha"));
}

#[test]
fn a_row_of_a_sheet_is_called_by_the_beginning_of_its_id_where_no_other_begins_so() {
    let ids = ["aaaaaaaa-0001", "bbbbbbbb-0001", "bbbbbbbb-0002"];
    let mut sim = Sim::new().signed_in().restarted(|disk| {
        disk.sessions =
            ids.iter().map(|id| session(id, Some("name"), 60)).map(|s| (s.key.clone(), s)).collect();
    });
    sim.press("ctrl-a E");
    let sheet = handed_out(&sim);
    let called = |id: &str| sheet.lines().any(|line| line.split('\t').next() == Some(id));
    assert!(called("aaaaaaaa") && called(ids[1]) && called(ids[2]), "{sheet}");
}

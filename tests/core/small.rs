//! A window in which nothing useful fits: what nobody sees, no key changes.

use retitle::core::command::{Command, Focus};
use retitle::core::effect::{Effect, GraphCall};
use retitle::core::keymap::Keymap;
use retitle::core::model::{Mode, Overlay};
use retitle::core::msg::{Mouse, Msg, Size};

use crate::person::{WIDE, millis};
use crate::sim::{IDS, Sim};

const SMALL: Size = Size { width: 29, height: 6 };

fn resize(sim: &mut Sim, size: Size) {
    sim.send(Msg::Resized(size));
}

#[test]
fn a_size_that_was_another_one_for_a_moment_is_drawn_anew() {
    let mut sim = Sim::new().signed_in();
    let size = sim.model.size;
    sim.send(Msg::Resized(size));
    assert_eq!(sim.asked.last(), Some(&Effect::Repaint), "the terminal may have cut off what did not fit");
}

#[test]
fn in_a_window_too_small_keys_of_the_list_do_nothing_but_lead_out() {
    let quits = [Command::Quit, Command::Interrupt, Command::Suspend, Command::Redraw];
    for (command, keys) in Keymap::default().own_keys(Focus::List) {
        let mut sim = Sim::new().signed_in();
        sim.press("r").types("!").press("enter");
        sim.settle();
        sim.press("j space");
        sim.settle();
        sim.pass(millis(60));
        resize(&mut sim, SMALL);
        let (before, asked) = (sim.model.clone(), sim.asked.len());
        let key = &keys[0];
        sim.press(&if key.chars().count() == 1 { key.clone() } else { key.to_lowercase() });
        sim.settle();
        if quits.contains(&command) {
            continue;
        }
        assert_eq!(sim.asked[asked..], [], "{}", command.name());
        assert_eq!(sim.model.mode, Mode::Browse, "{}", command.name());
        assert_eq!(sim.model.overlays, before.overlays, "{}", command.name());
        assert_eq!(sim.model.list.chosen(), before.list.chosen(), "{}", command.name());
        assert_eq!(sim.model.list.marked_len(), before.list.marked_len(), "{}", command.name());
    }
}

#[test]
fn in_a_window_too_small_q_quits_and_so_does_ctrl_c_twice() {
    for keys in ["q", "ctrl-c ctrl-c"] {
        let mut sim = Sim::new().signed_in();
        resize(&mut sim, SMALL);
        assert!(sim.screen().replace('\n', " ").contains("q quits"), "{}", sim.screen());
        sim.press(keys);
        assert!(sim.asked.contains(&Effect::Exit), "{keys}");
    }
}

#[test]
fn what_is_typed_in_a_window_too_small_goes_in_and_waits_for_enter_to_be_seen() {
    let mut sim = Sim::new().signed_in();
    sim.press("r ctrl-u").types("in the ");
    resize(&mut sim, SMALL);
    sim.types("darj").press("backspace").types("k");
    for key in ["enter", "tab", "up", "alt-o", "alt-t"] {
        sim.press(key);
        sim.settle();
        assert_eq!(sim.typed(), "in the dark", "{key}");
    }
    assert_eq!(sim.patches(), 0);
    sim.pass(millis(300));
    sim.disk_answers();
    assert!(sim.disk.drafts.values().any(|draft| draft.text == "in the dark"), "it is on disk all the same");
    resize(&mut sim, WIDE);
    sim.press("enter");
    sim.settle();
    assert_eq!(sim.name(IDS[0]), Some("in the dark"));
}

#[test]
fn a_field_left_in_a_window_too_small_keeps_its_words() {
    let mut sim = Sim::new().signed_in();
    sim.press("r ctrl-u").types("kept");
    resize(&mut sim, SMALL);
    sim.press("ctrl-c");
    sim.settle();
    resize(&mut sim, WIDE);
    assert_eq!(sim.model.mode, Mode::Browse);
    assert!(sim.disk.drafts.values().any(|draft| draft.text == "kept"));
}

#[test]
fn a_completion_that_nobody_sees_is_not_taken() {
    let mut sim = Sim::new().signed_in();
    sim.press("r ctrl-u").types("INC-1 wave").press("enter");
    sim.settle();
    sim.press("j r ctrl-u").types("INC");
    assert!(sim.model.ghost().is_some());
    resize(&mut sim, SMALL);
    sim.press("right");
    resize(&mut sim, WIDE);
    assert_eq!(sim.typed(), "INC");
}

#[test]
fn what_lies_over_the_list_can_be_closed_in_a_window_too_small_and_does_nothing_else() {
    let mut sim = Sim::new().signed_in();
    sim.press("space space b ctrl-u").types("{old} x").press("enter");
    assert!(matches!(sim.model.overlays.last(), Some(Overlay::Bulk(_))));
    resize(&mut sim, SMALL);
    sim.press("y");
    sim.settle();
    assert_eq!(sim.patches(), 0);
    let renames = |e: &Effect| matches!(e, Effect::Graph(_, _, GraphCall::Rename { .. }));
    assert!(!sim.asked.iter().any(renames));
    sim.press("esc esc");
    assert!(sim.model.overlays.is_empty());
}

#[test]
fn in_a_window_too_small_the_mouse_has_nothing_to_press() {
    let mut sim = Sim::new().signed_in();
    sim.press("m");
    resize(&mut sim, SMALL);
    let at = sim.at().to_owned();
    for y in 0..SMALL.height {
        sim.click(5, y);
        sim.click(5, y);
        sim.wheel(Mouse::WheelDown);
    }
    assert_eq!((sim.at(), &sim.model.mode), (at.as_str(), &Mode::Browse));
}

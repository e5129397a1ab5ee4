//! The mouse, once it is ours: rows, the lines of menus, the history, the wheel.

use retitle::core::effect::Effect;
use retitle::core::line::LineEdit;
use retitle::core::menu::Act;
use retitle::core::model::{Mode, Overlay};
use retitle::core::msg::{Mouse, Msg, Size};
use retitle::core::order::By;

use crate::golden::Drawn;
use crate::person::{millis, row};
use crate::sim::Sim;

/// The line of the screen on which these words stand.
fn line(sim: &Sim, words: &str) -> u16 {
    let text = Drawn::of(&sim.model).text();
    let at = text.iter().position(|line| line.contains(words));
    u16::try_from(at.unwrap_or_else(|| panic!("{words}: {text:#?}"))).unwrap()
}

fn click_on(sim: &mut Sim, words: &str) {
    let y = line(sim, words);
    sim.click(6, y);
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
fn the_wheel_scrolls_whatever_lies_on_top_and_pages_go_both_ways() {
    let mut sim = Sim::new().signed_in();
    sim.press(":");
    sim.wheel(Mouse::WheelDown);
    assert!(matches!(sim.model.overlays.last(), Some(Overlay::Menu(menu)) if menu.chosen == 1));
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
fn a_click_does_what_a_line_of_a_menu_says() {
    let mut sim = Sim::new().signed_in();
    sim.press("m s");
    click_on(&mut sim, By::ALL[2].1);
    assert!(sim.model.overlays.is_empty());
    assert_eq!(sim.model.list.sorted().by, By::ALL[2].0);
    let at = sim.at().to_owned();
    sim.click(10, 5);
    assert_eq!(sim.at(), at, "the second half of a double click is not for the row behind the menu");
    sim.pass(millis(500));
    sim.click(10, 5);
    assert_ne!(sim.at(), at);
    sim.press(":").types("the messages");
    click_on(&mut sim, "read the messages so far");
    assert!(matches!(sim.model.overlays.last(), Some(Overlay::Reading(_))));
}

#[test]
fn in_a_menu_only_lines_that_can_be_chosen_are_clicked() {
    let mut sim = Sim::new().signed_in();
    sim.press("?");
    // The frame, the line to search in, the heading, beside it, below it.
    for (x, y) in [(0, 5), (79, 5), (10, 1), (10, 2), (10, 3), (10, 22), (10, 23)] {
        sim.click(x, y);
        assert!(matches!(sim.model.overlays[..], [Overlay::Menu(_)]), "{x},{y}");
    }
    assert_eq!(sim.model.mode, Mode::Browse);
}

#[test]
fn what_is_clicked_is_what_is_drawn_there_however_far_a_menu_is_scrolled() {
    for (width, height) in [(40, 10), (80, 24), (120, 30)] {
        let mut sim = Sim::new().signed_in();
        sim.send(Msg::Resized(Size { width, height }));
        // There a line only tells its key.
        sim.press("r f1");
        for _ in 0..40 {
            sim.press("down");
            let drawn = Drawn::of(&sim.model).text();
            let Some(Overlay::Menu(menu)) = sim.model.overlays.last() else { panic!() };
            let sight = sim.model.menu_sight(menu);
            assert!(sight.lines.iter().any(|line| line.chosen), "{drawn:#?}");
            for line in &sight.lines {
                let Act::Tell(command, _) = line.item.act else { continue };
                let first = line.room.y;
                for (y, (words, _)) in (usize::from(first)..).zip(&line.text) {
                    assert!(drawn[y].contains(words) || y + 1 >= drawn.len() - 1, "{words}: {drawn:#?}");
                }
                for y in first..first + line.room.height {
                    let mut model = sim.model.clone();
                    model.step(model.now, Msg::Mouse { what: Mouse::Pressed, x: line.room.x + 3, y });
                    let said = model.notice.unwrap().text.to_lowercase();
                    assert!(said.starts_with(&command.help().to_lowercase()), "{said}, {command:?}");
                }
            }
        }
    }
}

#[test]
fn a_click_in_the_history_selects_an_entry_and_undoes_nothing() {
    let mut sim = Sim::new().signed_in();
    for name in ["one", "two", "three"] {
        sim.press("r ctrl-u").types(name).press("enter");
        sim.settle();
    }
    sim.press("H");
    sim.disk_answers();
    let patches = sim.patches();
    for (words, chosen) in [("→ one", 2), ("→ two", 1), ("→ three", 0)] {
        click_on(&mut sim, words);
        click_on(&mut sim, words);
        let Some(Overlay::History(history)) = sim.model.overlays.last() else { panic!() };
        assert_eq!(history.chosen, chosen, "{words}");
    }
    let Some(Overlay::History(history)) = sim.model.overlays.last_mut() else { panic!() };
    history.filter = LineEdit::new("two");
    click_on(&mut sim, "→ two");
    sim.click(10, 0);
    sim.click(10, 7);
    sim.click(10, 22);
    let Some(Overlay::History(history)) = sim.model.overlays.last() else { panic!() };
    assert_eq!(
        history.chosen_entry().and_then(|e| e.intent.to.as_deref().map(ToOwned::to_owned)),
        Some("two".into())
    );
    sim.settle();
    assert_eq!(sim.patches(), patches);
}

#[test]
fn a_click_on_another_line_of_a_protected_profile_is_no_answer_to_what_was_asked() {
    let mut sim = Sim::set(|settings| settings.places[0].protected = true);
    sim.press("r").types("!").press("enter enter");
    sim.settle();
    let before = sim.patches();
    sim.press(":").types("take");
    let (undo, redo) = ("take the newest rename back", "do what was taken back again");
    for words in [undo, redo, undo] {
        click_on(&mut sim, words);
        sim.settle();
        assert!(sim.screen().contains("protected profile"), "{}", sim.screen());
        assert_eq!(sim.patches(), before, "{words}");
    }
    click_on(&mut sim, undo);
    sim.settle();
    assert_eq!(sim.patches(), before + 1);
}

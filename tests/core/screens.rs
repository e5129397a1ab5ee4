//! The scenes, looked at: as they were drawn when somebody last agreed to it, in every look, at every size.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use ratatui::style::Color;
use retitle::core::command::Focus;
use retitle::core::look::Theme;
use retitle::core::model::Model;
use retitle::core::msg::Size;

use crate::golden::{self, Drawn};
use crate::scenes::{self, STATES, Scene, TOPICS, every_sign, in_state};

/// Compares one topic with its files.
fn check(topic: &str) {
    let (_, scenes) = TOPICS.iter().find(|(name, _)| *name == topic).unwrap();
    let files = scenes().iter().map(|scene| (scene.name.clone(), golden::of(scene))).collect();
    golden::compare(files);
}

#[test]
fn rows_look_as_agreed() {
    check("rows");
}

#[test]
fn fields_look_as_agreed() {
    check("typing");
}

#[test]
fn menus_look_as_agreed() {
    check("menus");
}

#[test]
fn a_bulk_looks_as_agreed() {
    check("bulk");
}

#[test]
fn what_is_read_looks_as_agreed() {
    check("reading");
}

#[test]
fn signing_in_looks_as_agreed() {
    check("sign-in");
}

#[test]
fn every_scene_has_a_name_of_its_own_and_no_file_is_left_of_one_that_went() {
    let mut names = BTreeSet::new();
    for scene in scenes::all() {
        assert!(names.insert(scene.name.clone()), "two scenes are called {}", scene.name);
    }
    names.extend(looks().map(|(file, _)| file));
    golden::only(&names);
}

/// The name of the file that holds what a look draws otherwise.
fn looks() -> impl Iterator<Item = (String, Size)> {
    let names = ["no-color", "ascii"].into_iter();
    names.flat_map(|look| scenes::SIZES.map(|size| (format!("{look}-{}x{}", size.width, size.height), size)))
}

/// What a look draws otherwise than the usual one, scene by scene, for each size.
fn differences(look: &str, other: impl Fn(&Scene, Size) -> Vec<String>) {
    let scenes = scenes::all();
    let mut files = BTreeMap::new();
    for (file, size) in looks().filter(|(file, _)| file.starts_with(look)) {
        let mut text = String::new();
        for scene in scenes.iter().filter(|scene| scene.sizes.contains(&size)) {
            let _ = writeln!(text, "== {}", scene.name);
            for line in other(scene, size) {
                let _ = writeln!(text, "{line}");
            }
        }
        files.insert(file, text);
    }
    golden::compare(files);
}

fn without_colour(mut model: Model) -> Model {
    model.settings.theme = Theme::colourless();
    model
}

fn in_ascii(mut model: Model) -> Model {
    model.settings.ascii = true;
    model
}

#[test]
fn without_colours_the_words_are_the_same_and_only_their_weight_differs() {
    differences("no-color", |scene, size| {
        let usual = Drawn::of(&scene.at(size));
        let plain = Drawn::of(&without_colour(scene.at(size)));
        assert_eq!(usual.text(), plain.text(), "{}", scene.name);
        assert_eq!(usual.caret, plain.caret, "{}", scene.name);
        for cell in &plain.buffer.content {
            assert!(cell.fg == Color::Reset && cell.bg == Color::Reset, "{}: {cell:?}", scene.name);
        }
        let usual = usual.styles();
        plain.styles().into_iter().filter(|line| !usual.contains(line)).collect()
    });
}

#[test]
fn where_names_are_ascii_every_cell_is() {
    differences("ascii", |scene, size| {
        let usual = Drawn::of(&scene.at(size));
        let plain = Drawn::of(&in_ascii(scene.at(size)));
        assert_eq!(usual.caret, plain.caret, "{}", scene.name);
        for cell in plain.buffer.content.iter().filter(|_| !scene.foreign) {
            assert!(cell.symbol().is_ascii(), "{} at {size:?}: {}", scene.name, cell.symbol());
        }
        let lines = usual.text().into_iter().zip(plain.text()).zip(1..);
        let other = lines.filter(|((usual, plain), _)| usual != plain);
        other.map(|((_, plain), number)| format!("{number:>3}  {plain}")).collect()
    });
}

/// The mark in front of the first row, and its word.
fn mark_and_word(model: &Model) -> (String, String) {
    let drawn = Drawn::of(model);
    let text = drawn.text();
    let line = text.iter().find(|line| line.starts_with(['▸', '>'])).unwrap();
    let cells: Vec<char> = line.chars().collect();
    let mark: String = cells[1..4].iter().collect();
    let word: String = cells[58..69].iter().collect();
    (mark.trim().to_owned(), word.trim().to_owned())
}

#[test]
fn every_state_of_a_row_is_told_by_mark_and_word_and_never_by_colour_alone() {
    for look in [without_colour, |model| in_ascii(without_colour(model))] {
        let mut seen = BTreeMap::new();
        for (state, word) in STATES {
            let (mark, told) = mark_and_word(&look(in_state(state).model));
            assert_eq!(told, word, "{state}");
            assert!(!mark.is_empty() || state == "clean", "{state} has no mark");
            if let Some(other) = seen.insert((mark.clone(), told.clone()), state) {
                panic!("{state} and {other} both show {mark} {told}");
            }
        }
    }
}

#[test]
fn no_sign_of_a_row_hides_another_or_touches_its_name() {
    let mut model = every_sign().model;
    for size in scenes::SIZES {
        model.step(model.now, retitle::core::msg::Msg::Resized(size));
        let text = Drawn::of(&model).text();
        let lines: Vec<&String> = text.iter().filter(|line| line.contains("not saved")).collect();
        assert_eq!(lines.len(), 2, "{text:#?}");
        assert!(lines.iter().any(|line| line.starts_with("▸●▴! (untitled)")), "{lines:#?}");
        assert!(lines.iter().any(|line| line.starts_with(" ●▴! INC-20931")), "{lines:#?}");
    }
}

#[test]
fn nothing_of_the_help_is_cut_at_80_columns() {
    let size = scenes::SIZES[1];
    let mut model = scenes::all().iter().find(|scene| scene.name == "list").unwrap().at(size);
    for key in ["?", "down"].into_iter().chain(["down"; 200]) {
        model.step(model.now, retitle::core::msg::Msg::Key(retitle::core::key::Key::parse(key).unwrap()));
        let text = Drawn::of(&model).text();
        let help = &text[1..text.len() - 1];
        assert!(help[0].contains("Keys") && !help.iter().any(|line| line.contains('…')), "{help:#?}");
    }
    let last = Drawn::of(&model).text();
    assert!(
        last.iter().any(|line| line.starts_with("│▸ F1") || line.contains("draw the screen anew")),
        "{last:#?}"
    );
}

#[test]
fn every_place_where_keys_go_and_every_state_of_a_row_is_looked_at_in_three_sizes() {
    let whole: Vec<Scene> =
        scenes::all().into_iter().filter(|scene| scene.sizes == scenes::SIZES.to_vec()).collect();
    let models: Vec<Model> = whole.iter().map(|scene| scene.at(scenes::SIZES[1])).collect();
    for focus in Focus::ALL {
        assert!(models.iter().any(|model| model.focus() == focus), "{focus:?} is in no scene");
    }
    for (state, _) in STATES {
        let told = |scene: &Scene| scene.name == format!("row-{state}");
        let usual = ["clean", "editing"].contains(&state);
        assert!(usual || whole.iter().any(told), "row-{state} is no scene");
    }
}

#[test]
fn every_scene_draws_at_every_size() {
    for scene in scenes::all() {
        for (width, height) in [(1, 1), (20, 4), (200, 60), (30, 6), (30, 16), (99, 15), (60, 8)] {
            let drawn = Drawn::of(&scene.at(Size { width, height }));
            assert!(drawn.caret.0 < width && drawn.caret.1 < height, "{}: {:?}", scene.name, drawn.caret);
        }
    }
}

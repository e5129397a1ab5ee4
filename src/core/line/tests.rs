use proptest::prelude::*;
use unicode_segmentation::UnicodeSegmentation;

use super::*;
use crate::core::glyph::Piece;

fn with_caret(marked: &str) -> LineEdit {
    let caret = marked.find('|').unwrap();
    let mut line = LineEdit::new(&marked.replacen('|', "", 1));
    line.caret = caret;
    line
}

fn shown(line: &LineEdit) -> String {
    let mut text = line.text().to_owned();
    text.insert(line.caret(), '|');
    text
}

#[test]
fn readline_keys_do_what_readline_does() {
    use Edit::*;
    for (before, edit, after) in [
        ("ab|c", Insert('x'), "abx|c"),
        ("ab|c", Left, "a|bc"),
        ("ab|c", Right, "abc|"),
        ("|abc", Left, "|abc"),
        ("one two| three", WordLeft, "one |two three"),
        ("one |two three", WordLeft, "|one two three"),
        ("one| two three", WordRight, "one two| three"),
        ("INC-20931 x|", WordLeft, "INC-20931 |x"),
        ("ab|c", Home, "|abc"),
        ("ab|c", End, "abc|"),
        ("ab|c", DeleteBack, "a|c"),
        ("ab|c", DeleteForward, "ab|"),
        ("one two|", DeleteWordBack, "one |"),
        ("one, |", DeleteWordBack, "|"),
        ("|one two", DeleteWordForward, "| two"),
        ("one| two", KillToStart, "| two"),
        ("one| two", KillToEnd, "one|"),
        ("ab|c", Transpose, "acb|"),
        ("abc|", Transpose, "acb|"),
        ("a|", Transpose, "a|"),
        ("|abc", Transpose, "|abc"),
        ("|phishing wave", Upper, "PHISHING| wave"),
        ("|PHISHING wave", Lower, "phishing| wave"),
        ("|pHISHING wave", Capitalise, "Phishing| wave"),
        ("x|", Replace("other".into()), "other|"),
        ("e\u{301}|", DeleteBack, "|"),
        ("x👨‍👩‍👧‍👦|", DeleteBack, "x|"),
        ("🇩🇪|🇫🇷", Left, "|🇩🇪🇫🇷"),
        ("1\u{fe0f}\u{20e3}|", DeleteBack, "|"),
        ("ｶﾞ|", Left, "|ｶﾞ"),
        ("|नि", Right, "नि|"),
        ("|शি", DeleteForward, "|"),
    ] {
        let mut line = with_caret(before);
        line.apply(edit.clone());
        assert_eq!(shown(&line), after, "{edit:?} on {before}");
    }
}

#[test]
fn a_combining_mark_joins_what_stands_before_it() {
    let mut line = with_caret("e|x");
    line.apply(Edit::Insert('\u{301}'));
    assert_eq!(shown(&line), "e\u{301}|x");
    line.apply(Edit::DeleteBack);
    assert_eq!(shown(&line), "|x");
}

#[test]
fn killed_text_comes_back_with_yank() {
    let mut line = with_caret("one two|");
    line.apply(Edit::DeleteWordBack);
    line.apply(Edit::Home);
    line.apply(Edit::Yank);
    assert_eq!(shown(&line), "two|one ");
}

#[test]
fn undo_goes_word_by_word_and_redo_comes_back() {
    let mut line = LineEdit::new("x");
    for c in " phishing wave".chars() {
        line.apply(Edit::Insert(c));
    }
    line.apply(Edit::Undo);
    assert_eq!(line.text(), "x phishing ");
    line.apply(Edit::Undo);
    line.apply(Edit::Undo);
    assert_eq!(line.text(), "x ");
    line.apply(Edit::Redo);
    assert_eq!(line.text(), "x phishing");
    line.apply(Edit::Insert('!'));
    line.apply(Edit::Redo);
    assert_eq!(line.text(), "x phishing!", "a new change ends what could be redone");
}

#[test]
fn a_paste_is_one_clean_line() {
    for (paste, text, dropped) in [
        ("plain", "plain", 0),
        ("two\r\nlines\n", "two lines", 0),
        ("a\tb\u{2028}c\rd", "a b c d", 0),
        ("a\u{1b}[31mred\u{1b}[0m", "ared", 2),
        ("t\u{1b}]0;title\u{7}x", "tx", 1),
        ("t\u{1b}]8;;http://e\u{1b}\\x", "tx", 1),
        ("a\u{202e}b\u{202c}\u{200b}\u{7}", "ab", 4),
        ("👨‍👩‍👧‍👦 ❤\u{fe0f}", "👨‍👩‍👧‍👦 ❤\u{fe0f}", 0),
        ("\u{200d}alone", "alone", 1),
        ("a\u{34f}b", "ab", 1),
    ] {
        let mut line = LineEdit::new("");
        let change = line.apply(Edit::Paste(paste.into()));
        assert_eq!((line.text(), change.dropped), (text, dropped), "{paste:?}");
        line.apply(Edit::Undo);
        assert_eq!(line.text(), "", "a paste is one step");
    }
}

#[test]
fn a_hostile_paste_is_cut_and_said_to_be() {
    let mut line = LineEdit::new("");
    assert!(line.apply(Edit::Paste("漢".repeat(50_000))).cut);
    assert!(line.text().len() <= MOST_BYTES);
}

#[test]
fn a_long_line_scrolls_and_marks_what_is_cut() {
    let drawn = |line: &LineEdit, width| {
        let view = line.view(width);
        let text: String = view.pieces.iter().map(Piece::as_str).collect();
        format!(
            "{}{text}{} @{}",
            if view.cut_left { "<" } else { "" },
            if view.cut_right { ">" } else { "" },
            view.caret
        )
    };
    let mut line = LineEdit::new("abcdefghijklmnop");
    assert_eq!(drawn(&line, 17), "abcdefghijklmnop @16");
    assert_eq!(drawn(&line, 10), "<ijklmnop @9");
    line.apply(Edit::Home);
    assert_eq!(drawn(&line, 10), "abcdefghi> @0");
    for _ in 0..8 {
        line.apply(Edit::Right);
    }
    let view = line.view(10);
    assert!(view.cut_left && view.cut_right);
}

#[test]
fn the_characters_on_both_sides_of_the_caret_are_never_hidden_by_a_mark() {
    for (width, length) in (8..20).flat_map(|width| (0..40).map(move |length| (width, length))) {
        let text: String = ('a'..='z').cycle().take(length).collect();
        let mut line = LineEdit::new(&text);
        for caret in (0..=length).rev() {
            let view = line.view(width);
            let mut drawn = String::from(if view.cut_left { "<" } else { "" });
            drawn.extend(view.pieces.iter().map(Piece::as_str));
            let near = |from: usize, at: usize| (text.chars().nth(from), drawn.chars().nth(at));
            let (wanted, seen) = near(caret, view.caret);
            assert_eq!(seen, wanted, "under the caret: {caret} of {length} in {width}: {drawn}");
            if caret > 0 {
                let (wanted, seen) = near(caret - 1, view.caret - 1);
                assert_eq!(seen, wanted, "before the caret: {caret} of {length} in {width}: {drawn}");
            }
            line.apply(Edit::Left);
        }
    }
}

fn text() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        "[a-z ]{1,6}",
        Just("e\u{301}".to_owned()),
        Just("👨‍👩‍👧‍👦".to_owned()),
        Just("🇩🇪".to_owned()),
        Just("👍🏽".to_owned()),
        Just("漢字".to_owned()),
        Just("שלום".to_owned()),
        Just("नि".to_owned()),
        Just("\u{202e}".to_owned()),
        Just("\u{1b}".to_owned()),
        Just("\u{200d}".to_owned()),
        any::<char>().prop_map(String::from),
    ];
    proptest::collection::vec(part, 0..8).prop_map(|parts| parts.concat())
}

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        4 => any::<char>().prop_map(Edit::Insert),
        2 => prop_oneof![Just('a'), Just(' '), Just('\u{301}'), Just('\u{200d}'), Just('👩'), Just('🇩')].prop_map(Edit::Insert),
        2 => text().prop_map(Edit::Paste),
        1 => text().prop_map(Edit::Replace),
        8 => prop::sample::select(vec![
            Edit::Left, Edit::Right, Edit::WordLeft, Edit::WordRight, Edit::Home, Edit::End, Edit::DeleteBack,
            Edit::DeleteForward, Edit::DeleteWordBack, Edit::DeleteWordForward, Edit::KillToStart, Edit::KillToEnd,
            Edit::Yank, Edit::Undo, Edit::Redo, Edit::Transpose, Edit::Upper, Edit::Lower, Edit::Capitalise,
        ]),
    ]
}

proptest! {
    #![proptest_config(crate::laws::config(256))]

    #[test]
    fn the_caret_stands_between_clusters_and_the_drawing_fits(
        first in text(),
        edits in proptest::collection::vec(edit(), 0..30),
        width in 0usize..30,
    ) {
        let mut line = LineEdit::new(&first);
        for edit in edits {
            line.apply(edit);
            let on_boundary = line.text().grapheme_indices(true).any(|(at, _)| at == line.caret());
            prop_assert!(on_boundary || line.caret() == line.text().len(), "{line:?}");
            let view = line.view(width);
            let marks = usize::from(view.cut_left) + usize::from(view.cut_right);
            let drawn = view.pieces.iter().map(Piece::width).sum::<usize>() + marks;
            prop_assert!(drawn <= width, "{view:?} in {width}");
            prop_assert!(view.caret < width.max(1), "{view:?} in {width}");
        }
        for _ in 0..MOST_UNDO {
            line.apply(Edit::Undo);
        }
        prop_assert_eq!(line.text(), &first);
    }

    #[test]
    fn a_letter_typed_and_deleted_leaves_the_text_as_it_was(first in "[a-z ]{0,10}") {
        let mut line = LineEdit::new(&first);
        line.apply(Edit::Insert('x'));
        line.apply(Edit::DeleteBack);
        prop_assert_eq!(line.text(), &first);
    }
}

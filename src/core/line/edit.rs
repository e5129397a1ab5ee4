//! The editing steps.

use unicode_segmentation::{GraphemeCursor, UnicodeSegmentation};

use super::{LineEdit, MOST_BYTES, MOST_UNDO, Run, State};
use crate::core::glyph;

/// One step of editing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Edit {
    Insert(char),
    /// Text from the clipboard: one undo step, line breaks and tabs become spaces, hidden characters are dropped.
    Paste(String),
    Left,
    Right,
    WordLeft,
    WordRight,
    Home,
    End,
    DeleteBack,
    DeleteForward,
    DeleteWordBack,
    DeleteWordForward,
    KillToStart,
    KillToEnd,
    Yank,
    Undo,
    Redo,
    Transpose,
    Upper,
    Lower,
    Capitalise,
    /// The whole text by another, as one undo step.
    Replace(String),
}

/// What a step left out, for a word about it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Change {
    /// Hidden characters that a paste held.
    pub dropped: usize,
    /// The text would have become too long, so it was cut.
    pub cut: bool,
}

impl Change {
    /// A word about what was left out, if anything was.
    pub fn remark(self) -> Option<String> {
        match (self.dropped, self.cut) {
            (0, false) => None,
            (0, true) => Some("The text was too long and was cut.".into()),
            (1, _) => Some("Removed 1 hidden character.".into()),
            (n, _) => Some(format!("Removed {n} hidden characters.")),
        }
    }
}

impl LineEdit {
    /// Carries out one step. Steps that cannot do anything (left at the start) do nothing.
    pub fn apply(&mut self, edit: Edit) -> Change {
        let mut change = Change::default();
        match edit {
            Edit::Insert(c) => {
                let mut buffer = [0; 4];
                // A word is an undo step: the space ends it.
                let run = if c == ' ' { Run::None } else { Run::Typing };
                change.cut = self.insert(c.encode_utf8(&mut buffer), run);
            }
            Edit::Paste(text) => {
                let (text, dropped) = clean(&text);
                change.cut = self.insert(&text, Run::None);
                change.dropped = dropped;
            }
            Edit::Left => self.move_to(self.before(self.caret)),
            Edit::Right => self.move_to(self.after(self.caret)),
            Edit::WordLeft => self.move_to(self.word_before()),
            Edit::WordRight => self.move_to(self.word_after()),
            Edit::Home => self.move_to(0),
            Edit::End => self.move_to(self.text.len()),
            Edit::DeleteBack => self.delete(self.before(self.caret), self.caret, Run::Deleting),
            Edit::DeleteForward => self.delete(self.caret, self.after(self.caret), Run::Deleting),
            Edit::DeleteWordBack => self.kill(self.word_before(), self.caret),
            Edit::DeleteWordForward => self.kill(self.caret, self.word_after()),
            Edit::KillToStart => self.kill(0, self.caret),
            Edit::KillToEnd => self.kill(self.caret, self.text.len()),
            Edit::Yank => {
                let text = self.kill.clone();
                change.cut = self.insert(&text, Run::None);
            }
            Edit::Undo => self.travel(true),
            Edit::Redo => self.travel(false),
            Edit::Transpose => self.transpose(),
            Edit::Upper => self.recase(str::to_uppercase),
            Edit::Lower => self.recase(str::to_lowercase),
            Edit::Capitalise => self.recase(capitalise),
            Edit::Replace(text) => self.set(text.clone(), text.len(), Run::None),
        }
        change
    }

    fn move_to(&mut self, caret: usize) {
        self.caret = caret;
        self.run = Run::None;
    }

    /// The cluster boundary before a boundary.
    fn before(&self, at: usize) -> usize {
        GraphemeCursor::new(at, self.text.len(), true)
            .prev_boundary(&self.text, 0)
            .ok()
            .flatten()
            .unwrap_or(0)
    }

    /// The cluster boundary after a boundary.
    fn after(&self, at: usize) -> usize {
        GraphemeCursor::new(at, self.text.len(), true)
            .next_boundary(&self.text, 0)
            .ok()
            .flatten()
            .unwrap_or(self.text.len())
    }

    /// The nearest cluster boundary at or after an offset: what was typed may have joined its neighbour.
    fn settle(&self, at: usize) -> usize {
        let at = at.min(self.text.len());
        match GraphemeCursor::new(at, self.text.len(), true).is_boundary(&self.text, 0) {
            Ok(true) => at,
            Ok(false) | Err(_) => self.after(at),
        }
    }

    fn word_before(&self) -> usize {
        self.text
            .split_word_bound_indices()
            .take_while(|(at, _)| *at < self.caret)
            .filter(|(_, word)| is_word(word))
            .last()
            .map_or(0, |(at, _)| self.settle(at).min(self.caret))
    }

    fn word_after(&self) -> usize {
        self.text
            .split_word_bound_indices()
            .filter(|(_, word)| is_word(word))
            .map(|(at, word)| at + word.len())
            .find(|end| *end > self.caret)
            .map_or(self.text.len(), |end| self.settle(end))
    }

    /// Another text and caret; the old ones can be undone to, unless the step goes on.
    fn set(&mut self, text: String, caret: usize, run: Run) {
        if text == self.text {
            self.caret = self.settle(caret);
            return;
        }
        if run == Run::None || run != self.run {
            if self.undo.len() == MOST_UNDO {
                // The first text stays reachable: the second step is the one that goes.
                self.undo.remove(1);
            }
            self.undo.push(State { text: std::mem::take(&mut self.text), caret: self.caret });
        }
        self.redo.clear();
        self.run = run;
        self.text = text;
        self.caret = self.settle(caret);
    }

    /// Puts text at the caret; `true` when it had to be cut.
    fn insert(&mut self, text: &str, run: Run) -> bool {
        let room = MOST_BYTES.saturating_sub(self.text.len());
        let mut fits = text;
        while fits.len() > room {
            fits = fits.char_indices().next_back().and_then(|(at, _)| fits.get(..at)).unwrap_or("");
        }
        if !fits.is_empty() {
            let (head, tail) = self.text.split_at(self.caret);
            let caret = head.len() + fits.len();
            self.set([head, fits, tail].concat(), caret, run);
        }
        fits.len() < text.len()
    }

    fn delete(&mut self, from: usize, to: usize, run: Run) {
        if from < to {
            let head = self.text.get(..from).unwrap_or("");
            let tail = self.text.get(to..).unwrap_or("");
            self.set([head, tail].concat(), from, run);
        }
    }

    fn kill(&mut self, from: usize, to: usize) {
        if from < to {
            self.kill = self.text.get(from..to).unwrap_or("").to_owned();
            self.delete(from, to, Run::None);
        }
    }

    fn travel(&mut self, back: bool) {
        let (from, to) =
            if back { (&mut self.undo, &mut self.redo) } else { (&mut self.redo, &mut self.undo) };
        if let Some(state) = from.pop() {
            let text = std::mem::replace(&mut self.text, state.text);
            to.push(State { text, caret: self.caret });
            self.caret = state.caret;
            self.run = Run::None;
        }
    }

    /// Swaps the clusters around the caret (at the end: the last two), as readline does.
    fn transpose(&mut self) {
        let right = if self.caret == self.text.len() { self.before(self.caret) } else { self.caret };
        let (left, end) = (self.before(right), self.after(right));
        if left < right {
            let part = |from: usize, to: usize| self.text.get(from..to).unwrap_or("");
            let swapped =
                [part(0, left), part(right, end), part(left, right), part(end, self.text.len())].concat();
            self.set(swapped, end, Run::None);
        }
    }

    /// Changes the case from the caret to the end of the word, as readline does.
    fn recase(&mut self, change: impl Fn(&str) -> String) {
        let end = self.word_after();
        let word = change(self.text.get(self.caret..end).unwrap_or(""));
        let (head, tail) = (self.text.get(..self.caret).unwrap_or(""), self.text.get(end..).unwrap_or(""));
        let caret = head.len() + word.len();
        self.set([head, &word, tail].concat(), caret, Run::None);
        self.run = Run::None;
    }
}

fn is_word(part: &str) -> bool {
    part.chars().any(|c| !c.is_whitespace() && !c.is_ascii_punctuation())
}

fn capitalise(text: &str) -> String {
    let mut done = false;
    text.chars()
        .flat_map(|c| {
            let first = !done && c.is_alphabetic();
            done |= c.is_alphabetic();
            if first { c.to_uppercase().collect::<Vec<_>>() } else { c.to_lowercase().collect() }
        })
        .collect()
}

/// What a paste leaves of a text, and how many hidden characters it dropped. An escape sequence goes whole.
fn clean(text: &str) -> (String, usize) {
    let mut kept = String::with_capacity(text.len());
    let mut dropped = 0;
    let text = text.trim_matches(['\r', '\n']).replace("\r\n", "\n");
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' => kept.push(' '),
            '\u{1b}' => {
                dropped += 1;
                skip_sequence(&mut chars);
            }
            '\u{9b}' => {
                dropped += 1;
                skip_csi(&mut chars);
            }
            c if glyph::is_hidden(c) => dropped += 1,
            c => kept.push(c),
        }
    }
    // A joiner that joins nothing cannot be seen either.
    let mut clean = String::with_capacity(kept.len());
    for grapheme in kept.graphemes(true) {
        if grapheme.chars().all(|c| glyph::label(c).is_some() && c != '\u{a0}' && c != '\u{202f}') {
            dropped += 1;
        } else {
            clean.push_str(grapheme);
        }
    }
    (clean, dropped)
}

type Chars<'a> = std::iter::Peekable<std::str::Chars<'a>>;

fn skip_sequence(chars: &mut Chars<'_>) {
    match chars.peek() {
        Some('[') => {
            chars.next();
            skip_csi(chars);
        }
        // OSC, DCS, APC, PM, SOS: up to BEL or ESC \.
        Some(']' | 'P' | '_' | '^' | 'X') => {
            while let Some(c) = chars.next() {
                if c == '\u{7}' {
                    return;
                }
                if c == '\u{1b}' {
                    chars.next_if_eq(&'\\');
                    return;
                }
            }
        }
        Some('@'..='~') => {
            chars.next();
        }
        Some(_) | None => {}
    }
}

fn skip_csi(chars: &mut Chars<'_>) {
    while let Some(c) = chars.next_if(|c| (' '..='~').contains(c)) {
        if ('@'..='~').contains(&c) {
            return;
        }
    }
}

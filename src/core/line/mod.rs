//! A single-line editor: a value with `apply`. The caret stands between grapheme clusters, always.

mod edit;
#[cfg(test)]
mod tests;
mod view;

pub use edit::Edit;

/// More than this many bytes are not taken, so that a clipboard accident cannot hang the program.
const MOST_BYTES: usize = 40_000;
/// How many steps can be undone.
const MOST_UNDO: usize = 500;

/// The text of one field with its caret, its undo steps and its cut text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LineEdit {
    text: String,
    /// A byte offset on a grapheme boundary.
    caret: usize,
    undo: Vec<State>,
    redo: Vec<State>,
    /// What the last change was, so that typing on extends its step instead of making one a letter.
    run: Run,
    kill: String,
}

#[derive(Clone, PartialEq, Eq, Debug)]
struct State {
    text: String,
    caret: usize,
}

/// The kind of change that the current undo step is made of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Run {
    None,
    Typing,
    Deleting,
}

impl LineEdit {
    /// Whether there is anything to undo.
    pub fn is_changed(&self) -> bool {
        !self.undo.is_empty()
    }

    /// A field with this text, the caret behind it. This text is what undoing everything returns to.
    pub fn new(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            caret: text.len(),
            undo: Vec::new(),
            redo: Vec::new(),
            run: Run::None,
            kill: String::new(),
        }
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The caret as a byte offset.
    pub fn caret(&self) -> usize {
        self.caret
    }
}

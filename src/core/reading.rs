//! Something to read: the messages so far, or everything known of a row.

use super::notice::{Notice, Tone};
use super::time::Stamp;

/// A text that is open.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reading {
    pub title: &'static str,
    pub lines: Vec<ReadLine>,
    pub scroll: usize,
    /// What `copy` copies, and how it is called.
    pub copies: Option<(&'static str, String)>,
}

/// One line of it, unbroken. Raw: may quote names and a server's words; drawn with invisible characters marked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReadLine {
    pub tone: Tone,
    pub text: String,
    /// Whether it stands above what belongs to it.
    pub title: bool,
}

impl ReadLine {
    /// Plain words.
    pub fn plain(text: impl Into<String>) -> Self {
        Self { tone: Tone::Info, text: text.into(), title: false }
    }

    /// A heading.
    pub fn title(text: impl Into<String>) -> Self {
        Self { title: true, ..Self::plain(text) }
    }

    /// What went wrong.
    pub fn bad(text: impl Into<String>) -> Self {
        Self { tone: Tone::Bad, ..Self::plain(text) }
    }
}

/// So many messages are kept.
const MOST: usize = 200;

/// The messages of this run.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Messages {
    all: std::collections::VecDeque<(Stamp, Notice)>,
}

impl Messages {
    /// Takes in what the status line says, once.
    pub fn hear(&mut self, now: Stamp, notice: &Notice) {
        if self.all.back().is_some_and(|(_, last)| last == notice) {
            return;
        }
        if self.all.len() == MOST {
            self.all.pop_front();
        }
        self.all.push_back((now, notice.clone()));
    }

    /// All of them, the newest first.
    pub fn reading(&self, zone: i32) -> Reading {
        let mut lines: Vec<ReadLine> = self
            .all
            .iter()
            .rev()
            .map(|(at, notice)| ReadLine {
                tone: notice.tone,
                ..ReadLine::plain(format!("{}  {}", at.format("%H:%M:%S", zone), notice.text))
            })
            .collect();
        let all = lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join("\n");
        let copies = (!lines.is_empty()).then_some(("Messages", all));
        if lines.is_empty() {
            lines.push(ReadLine::plain("No messages yet."));
        }
        Reading { title: "Messages", lines, scroll: 0, copies }
    }
}

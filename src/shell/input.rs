//! What the person types, from the terminal to an event of ours.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;

use termina::Parser;

use super::keys::{parsed, translated};
use crate::core::key::{Code, Key};
use crate::core::msg::Size;
use crate::platform::tty::{Heard, Tty};
use crate::ports::{Input, InputEvent};

/// Bytes that are read at once. A terminal's driver holds no more.
const CHUNK: usize = 4_096;

const ESCAPE: u8 = b'\x1b';
const CTRL_C: u8 = b'\x03';
/// What begins a paste, and what ends it.
const BRACKETS: [&[u8]; 2] = [b"\x1b[200~", b"\x1b[201~"];

/// Bytes in, events out. Termina's parser makes them, but where it would wait for what never comes: there it begins anew.
#[derive(Default)]
struct Hearing {
    parser: Parser,
    events: VecDeque<InputEvent>,
    place: Place,
    pasting: bool,
    /// How much of the next bracket was read last.
    bracket: usize,
    /// What was read last may go on in what is read next.
    goes_on: bool,
    /// The parser waits for bytes behind a sequence that looks like a whole one: a function key of Linux's console, a click in
    /// its old form.
    owed: bool,
}

/// Where in a sequence the last byte stood.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum Place {
    #[default]
    Outside,
    /// An Escape that something follows.
    Escape,
    /// Escape and `[`, or `O`.
    Begun,
    Within,
}

impl Place {
    fn after(self, byte: u8, goes_on: bool) -> Self {
        match self {
            Self::Escape if matches!(byte, b'[' | b'O') => Self::Begun,
            Self::Outside | Self::Begun | Self::Within if byte == ESCAPE && goes_on => Self::Escape,
            // Function keys of Linux's console, and clicks in their old form, go on in ways of their own.
            Self::Begun if matches!(byte, b'[' | b'M') => Self::Outside,
            Self::Begun | Self::Within if !self.ends_by(byte) => Self::Within,
            // Also behind a second Escape: the two are one, and the parser has taken both.
            Self::Outside | Self::Escape | Self::Begun | Self::Within => Self::Outside,
        }
    }

    /// Whether this byte is the last of a control sequence (ECMA-48, section 5.4).
    fn ends_by(self, byte: u8) -> bool {
        match self {
            Self::Outside | Self::Escape => false,
            Self::Begun => matches!(byte, b'@'..=b'~') && !matches!(byte, b'[' | b'M'),
            Self::Within => matches!(byte, b'@'..=b'~'),
        }
    }
}

impl Hearing {
    /// Takes in what was read.
    fn take_in(&mut self, bytes: &[u8], more: bool) {
        if let ([letter @ b' '..=b'~'], false, false) = (bytes, more, self.goes_on) {
            // What a key mostly is needs no parser.
            self.events.push_back(InputEvent::Key(Key::plain(Code::Char(char::from(*letter)))));
            return;
        }
        if self.pasting && bytes == [CTRL_C] {
            // Of a paste whose end was lost on the way there is no other way out: what came of it is pasted.
            let [_, end] = BRACKETS;
            self.take_in(end, false);
        }
        for (n, byte) in bytes.iter().copied().enumerate() {
            let rest = bytes.get(n + 1..).unwrap_or_default();
            let goes_on = more || !rest.is_empty();
            if self.place == Place::Escape && begins_in_vain(byte, rest) {
                self.begin_anew();
                let code = Code::Char(char::from(byte));
                self.events.push_back(InputEvent::Key(Key { code, ctrl: false, alt: true, shift: false }));
                continue;
            }
            if byte == ESCAPE && matches!(self.place, Place::Begun | Place::Within) {
                // The one before was cut off, or was Alt-[ or Alt-O.
                self.begin_anew();
            }
            self.parser.parse(&[byte], goes_on);
            self.follow_brackets(byte);
            self.owed |= self.place == Place::Begun && matches!(byte, b'[' | b'M');
            if self.pasting {
                self.place = Place::Outside;
            } else if self.place.ends_by(byte) {
                self.begin_anew();
            } else {
                self.place = self.place.after(byte, goes_on);
            }
        }
        self.drain();
        let begun = self.place != Place::Outside || self.owed || self.pasting || self.bracket > 0;
        self.goes_on = more || begun || bytes.last().is_some_and(|byte| !byte.is_ascii());
    }

    fn begin_anew(&mut self) {
        self.drain();
        self.parser = Parser::default();
        (self.place, self.owed) = (Place::Outside, false);
    }

    fn follow_brackets(&mut self, byte: u8) {
        let [begin, end] = BRACKETS;
        let bracket = if self.pasting { end } else { begin };
        let goes_on = bracket.get(self.bracket) == Some(&byte);
        self.bracket = if goes_on { self.bracket + 1 } else { usize::from(byte == ESCAPE) };
        if self.bracket == bracket.len() {
            self.pasting = !self.pasting;
            self.bracket = 0;
        }
    }

    fn drain(&mut self) {
        while let Some(event) = self.parser.pop() {
            self.owed = false;
            self.events.extend(parsed(event));
        }
    }
}

/// Whether this byte behind an Escape begins an answer of the terminal that does not end in the `rest` of what was read.
/// Nothing of ours asks for one, and one that somebody else has asked for comes whole: it is Alt and a letter.
fn begins_in_vain(byte: u8, rest: &[u8]) -> bool {
    let ends = || rest.windows(2).any(|two| two == b"\x1b\\");
    match byte {
        b']' => !rest.contains(&b'\x07') && !ends(),
        b'P' => !ends(),
        _ => false,
    }
}

/// The terminal's keys, pastes and sizes.
pub struct TerminalInput {
    tty: Tty,
    /// Room for what is read. Not made anew for each key, which would cost more than reading it.
    bytes: Box<[u8; CHUNK]>,
    hearing: Hearing,
    /// Nobody listened for a while, and sizes that changed meanwhile are told to nobody.
    missed: bool,
}

impl TerminalInput {
    /// Begins to listen.
    ///
    /// # Errors
    /// When there is no terminal.
    pub fn open() -> io::Result<Self> {
        Ok(Self {
            tty: Tty::open()?,
            bytes: Box::new([0; CHUNK]),
            hearing: Hearing::default(),
            missed: false,
        })
    }
}

impl Input for TerminalInput {
    fn next(&mut self) -> Pin<Box<dyn Future<Output = InputEvent> + Send + '_>> {
        Box::pin(async {
            let mut resized = std::mem::take(&mut self.missed);
            loop {
                if std::mem::take(&mut resized)
                    && let Ok((width, height)) = crossterm::terminal::size()
                {
                    return InputEvent::Resized(Size { width, height });
                }
                if let Some(event) = self.hearing.events.pop_front() {
                    return event;
                }
                match self.tty.next(&mut *self.bytes).await {
                    Ok(Heard::Resized) => resized = true,
                    Ok(Heard::Bytes(count @ 1..)) => {
                        // Where all of the room was taken, a sequence may go on in the next bytes.
                        let read = self.bytes.get(..count).unwrap_or(&*self.bytes);
                        self.hearing.take_in(read, count == CHUNK);
                    }
                    Ok(Heard::Event(event)) => {
                        if let Some(event) = translated(event) {
                            return event;
                        }
                    }
                    Ok(Heard::Bytes(0)) | Err(_) => return InputEvent::Closed,
                }
            }
        })
    }

    fn release(&mut self) {
        self.tty.release();
        self.hearing = Hearing::default();
        self.missed = true;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::core::msg::Mouse;

    /// What is heard of these reads, one after the other.
    fn heard(reads: &[&[u8]]) -> Vec<InputEvent> {
        let mut hearing = Hearing::default();
        for read in reads {
            hearing.take_in(read, false);
        }
        hearing.events.into()
    }

    #[test]
    fn ctrl_c_ends_a_paste_whose_end_never_comes_and_no_letter_of_it_is_lost() {
        let lost: [&[u8]; 4] = [b"\x1b[200~abc", b"de", b"\x03", b"x"];
        let mut expected = vec![InputEvent::Paste("abcde".into())];
        expected.extend(keys("ctrl-c x"));
        assert_eq!(heard(&lost), expected);
        let whole: [&[u8]; 2] = [b"\x1b[200~a\x03b", b"\x1b[201~"];
        assert!(
            matches!(&heard(&whole)[..], [InputEvent::Paste(text)] if text.contains('b')),
            "one within is text"
        );
    }

    fn keys(names: &str) -> Vec<InputEvent> {
        names.split(' ').map(|name| InputEvent::Key(Key::parse(name).unwrap())).collect()
    }

    #[test]
    fn chords_that_begin_like_an_answer_of_the_terminals_are_chords_and_the_next_keys_are_keys() {
        for (reads, expected) in [
            (&[b"\x1b]" as &[u8], b"ab"] as &[&[u8]], "alt-] a b"),
            (&[b"\x1bP", b"ab"], "alt-P a b"),
            (&[b"x\x1b]ab"], "x alt-] a b"),
            (&[b"\x1b]\x1bP\x1b[A"], "alt-] alt-P up"),
            (&[b"\x1b\x1b]"], "esc ]"),
            (&[b"\x1b", b"]a"], "esc ] a"),
            (&[b"\x1b[", b"\x1b]a"], "alt-] a"),
            (&[b"\x1b[", b"\x1b[A\x1b[1;5C"], "up ctrl-right"),
            (&[b"\x1b[", b"\x1b", b"a"], "esc a"),
            (&[b"\x1bO", b"\x1bOA\x1bOF"], "up end"),
            (&[b"\x1b[[A\x1bOP\x1b[15~"], "f1 f1 f5"),
            (&[b"\x1b[[", b"A", b"a", b"\x1b[A"], "f1 a up"),
        ] {
            assert_eq!(heard(reads), keys(expected), "{expected}");
        }
    }

    #[test]
    fn a_click_in_its_old_form_is_whole_however_its_bytes_come() {
        let click = InputEvent::Mouse { what: Mouse::Pressed, x: 2, y: 4 };
        let expected = [vec![click], keys("a up")].concat();
        for reads in [
            &[b"\x1b[M #%" as &[u8], b"a", b"\x1b[A"] as &[&[u8]],
            &[b"\x1b[M", b" ", b"#", b"%", b"a", b"\x1b[A"],
            &[b"\x1b[", b"M ", b"#%", b"a", b"\x1b[A"],
        ] {
            assert_eq!(heard(reads), expected);
        }
    }

    #[test]
    fn a_letter_alone_is_what_it_is_among_others() {
        for letter in b' '..=b'~' {
            let alone = heard(&[&[letter]]);
            assert_eq!([alone.clone(), alone].concat(), heard(&[&[letter, letter]]));
        }
    }

    #[test]
    fn an_answer_that_another_program_asked_for_is_no_key() {
        for answer in [
            b"\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\" as &[u8],
            b"\x1b]11;rgb:1e1e/1e1e/1e1e\x07",
            b"\x1bP1$r0m\x1b\\",
            b"\x1b[>0;276;0c",
            b"\x1b[?62;22c",
            b"\x1b[?1;2R",
            b"\x1b[3;5R",
        ] {
            assert_eq!(heard(&[&[answer, b"a"].concat()]), keys("a"));
        }
    }

    #[test]
    fn wherever_a_read_ends_letters_pastes_and_clicks_are_whole() {
        let paste = "\u{1b}[200~one\r\u{1b}]two \u{1b}P 表\u{1b}[201~".as_bytes();
        let click = b"\x1b[<0;3;5M" as &[u8];
        let all = [paste, "é表👩".as_bytes(), click].concat();
        let mut expected = vec![InputEvent::Paste("one\r\u{1b}]two \u{1b}P 表".into())];
        expected.extend(keys("é 表 👩"));
        expected.push(InputEvent::Mouse { what: Mouse::Pressed, x: 2, y: 4 });
        for at in 0..=all.len() {
            let (one, two) = all.split_at(at);
            // An Escape that nothing follows is the key, but within a paste.
            if ![1, all.len() - click.len() + 1].contains(&at) {
                assert_eq!(heard(&[one, two]), expected, "{at}");
            }
        }
    }

    fn pieces() -> impl Strategy<Value = Vec<u8>> {
        let known =
            ["\u{1b}", "[", "]", "P", "O", "<", ">", "?", "M", "1", ";", "m", "\u{1b}\\", "\u{7}", "é", "$r"];
        let known = prop::sample::select(known.to_vec()).prop_map(|piece| piece.as_bytes().to_vec());
        prop::collection::vec(prop_oneof![4 => known, 1 => any::<u8>().prop_map(|byte| vec![byte])], 0..12)
            .prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(crate::laws::config(256))]

        #[test]
        fn whatever_was_read_the_letters_that_are_typed_soon_after_it_are_heard(reads in prop::collection::vec(pieces(), 0..4)) {
            let mut hearing = Hearing::default();
            // Three more bytes belong to a click in its old form.
            let typed = [b"a".as_slice(), b"a", b"a", b"a", b"\x1b[A"];
            for read in reads.iter().map(Vec::as_slice).chain(typed) {
                hearing.take_in(read, false);
            }
            let last: Vec<_> = hearing.events.iter().rev().take(2).rev().cloned().collect();
            prop_assert_eq!(last, keys("a up"));
        }
    }
}

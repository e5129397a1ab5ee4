//! Texts broken into lines of so many cells, as they are drawn.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::{Piece, pieces, sanitise, width};

/// The text as one line when it fits, with its spaces as they are; else as [`wrap`] breaks it.
pub fn wrap_keeping(text: &str, cells: usize, most: usize) -> Vec<String> {
    if text.is_empty() {
        Vec::new()
    } else if width(text) <= cells {
        vec![sanitise(text)]
    } else {
        wrap(text, cells, most)
    }
}

/// What keeps one key hint from the next.
pub const GAP: &str = "   ";

/// Parts with [`GAP`] between them, broken there and not within a part; a part longer than a line as [`wrap_hanging`] breaks it.
pub fn wrap_parts(text: &str, cells: usize, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for part in text.split(GAP) {
        match lines.last_mut() {
            Some(line) if width(line) + GAP.len() + width(part) <= cells => {
                line.push_str(GAP);
                line.push_str(&sanitise(part));
            }
            Some(_) | None => lines.extend(wrap_hanging(part, cells, most)),
        }
    }
    lines.truncate(most);
    lines
}

/// As many whole words as fit into `cells`, with `…` behind them when there are more; a first word that does not fit is
/// cut inside.
pub fn fit_words(text: &str, cells: usize) -> String {
    if width(text) <= cells {
        return sanitise(text);
    }
    wrap(text, cells, 1).pop().unwrap_or_default()
}

/// The text as [`wrap_keeping`] breaks it, each further line under the words of the first: behind a moment, the name of
/// a value, or a number.
pub fn wrap_hanging(text: &str, cells: usize, most: usize) -> Vec<String> {
    let column = |at| {
        let rest = text.get(at..)?.trim_start_matches(' ');
        (!rest.is_empty()).then(|| text.len() - rest.len())
    };
    let head = text.find("  ").or_else(|| {
        let numbered = text.trim_start_matches(|c: char| c.is_ascii_digit()).len() < text.len();
        text.find(". ").filter(|at| numbered && *at < 4).map(|at| at + 1)
    });
    let head = head.and_then(column).and_then(|at| text.split_at_checked(at));
    match head {
        Some((head, rest)) if width(text) > cells && width(head) <= cells / 2 => {
            let indent = width(head);
            // An ID or an address stays in one piece, also where it has to leave the column for that.
            let longest = rest.split_whitespace().map(width).max().unwrap_or(0);
            if longest > cells - indent && longest <= cells {
                let lead = " ".repeat((cells - longest).min(2));
                let lines = wrap(rest, cells - lead.len(), most.saturating_sub(1).max(1)).into_iter();
                let lines = lines.map(|line| format!("{lead}{line}"));
                return std::iter::once(sanitise(head.trim_end())).chain(lines).collect();
            }
            let lines = wrap(rest, cells - indent, most).into_iter().enumerate();
            let lead = |n| if n == 0 { sanitise(head) } else { " ".repeat(indent) };
            lines.map(|(n, line)| format!("{}{line}", lead(n))).collect()
        }
        Some(_) | None => wrap_keeping(text, cells, most),
    }
}

/// A sentence of ours without its full stop, where that alone would take one line more. A name keeps its own.
pub fn spare_stop(sentence: &str, cells: usize) -> &str {
    let lines = |text| wrap(text, cells, usize::MAX).len();
    sentence.strip_suffix('.').filter(|shorter| lines(shorter) < lines(sentence)).unwrap_or(sentence)
}

/// The text broken at spaces into lines of at most `cells`, at most `most` of them; the last ends in `…` when cut.
/// A word longer than a line is broken inside, behind a dot or a slash if it can be.
pub fn wrap(text: &str, cells: usize, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    for word in sanitise(text).split_whitespace() {
        let gap = usize::from(used > 0);
        let room = width(word);
        if used > 0 && used + gap + room > cells {
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        if used > 0 {
            line.push(' ');
            used += 1;
        }
        for piece in word.graphemes(true) {
            let size = piece.width();
            if used > 0 && used + size > cells {
                // An address or a file's path rather behind a dot or a slash, as long as that leaves not much of a hole.
                let at = line.rfind(['.', '/']).map(|at| at + 1);
                let at = at.filter(|at| line.get(..*at).map_or(0, width) * 2 >= used);
                let rest = line.split_off(at.unwrap_or(line.len()));
                lines.push(std::mem::replace(&mut line, rest));
                used = width(&line);
            }
            line.push_str(piece);
            used += size;
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    if lines.len() > most {
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            // No room for the ellipsis: rather a word less than half of one.
            if let Some(words) =
                last.rfind(' ').filter(|_| width(last) >= cells).and_then(|end| last.get(..end))
            {
                *last = words.to_owned();
            }
            let mut used = 0;
            let fits = |piece: &Piece<'_>| {
                used += piece.width();
                used < cells
            };
            let kept: String = pieces(last).take_while(fits).map(|piece| piece.as_str().to_owned()).collect();
            *last = format!("{kept}…");
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_broken_at_spaces_and_say_when_they_go_on() {
        assert_eq!(wrap("one two three", 8, 9), ["one two", "three"]);
        assert_eq!(wrap("abcdefghij", 4, 9), ["abcd", "efgh", "ij"]);
        assert_eq!(
            wrap("see https://login.example/device/x", 16, 9),
            ["see", "https://login.", "example/device/x"]
        );
        assert_eq!(wrap("a.bcdefgh", 8, 9), ["a.bcdefg", "h"], "no line is left nearly empty");
        assert_eq!(wrap("one two three four", 8, 2), ["one two", "three…"]);
        assert!(wrap("", 8, 2).is_empty());
        assert_eq!(spare_stop("one two.", 7), "one two", "no line, and no …, for a full stop");
        assert_eq!(spare_stop("one two.", 8), "one two.");
        assert_eq!(spare_stop("one two.", 6), "one two.");
        assert_eq!(wrap_parts("Enter open   q quit   Esc back", 20, 9), ["Enter open   q quit", "Esc back"]);
        assert_eq!(wrap_parts("Enter open   q quit", 8, 9), ["Enter", "open", "q quit"]);
    }

    #[test]
    fn further_lines_stand_under_the_words_of_the_first() {
        assert_eq!(wrap_hanging("08:00  one two three", 15, 9), ["08:00  one two", "       three"]);
        assert_eq!(
            wrap_hanging("created    1 2 3", 12, 9),
            ["created 1 2", "3"],
            "half of a line is the most"
        );
        assert_eq!(wrap_hanging("ID   12345678", 10, 9), ["ID", "  12345678"], "an ID stays whole");
        assert_eq!(wrap_hanging("ID   12345678", 10, 2), ["ID", "  12345678"]);
        assert_eq!(wrap_hanging("12. one two", 9, 9), ["12. one", "    two"]);
        assert_eq!(wrap_hanging("No. one two", 8, 9), ["No. one", "two"]);
        assert_eq!(wrap_hanging("short  enough", 20, 9), ["short  enough"]);
    }

    #[test]
    fn where_words_do_not_fit_whole_ones_are_left_out() {
        assert_eq!(fit_words("rename the selected session", 20), "rename the selected…");
        assert_eq!(fit_words("rename the selected session", 19), "rename the…");
        assert_eq!(fit_words("rename", 6), "rename");
        assert_eq!(fit_words("rename", 4), "ren…");
    }
}

//! What is seen is what is stored: characters that a terminal would drop or obey are drawn as labels.

use std::borrow::Cow;
use std::fmt::Write as _;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// One thing to draw: a grapheme cluster as it is, or the label of a character that nobody could see.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Piece<'a> {
    Text(&'a str),
    Mark(Cow<'static, str>),
}

impl Piece<'_> {
    /// What is drawn.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Mark(label) => label,
        }
    }

    /// Terminal cells, by the table that ratatui draws with.
    pub fn width(&self) -> usize {
        self.as_str().width()
    }
}

/// The text as pieces to draw, in order.
pub fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    text.graphemes(true).flat_map(cluster)
}

/// One cluster: itself when all of it can be seen, else its characters one by one.
fn cluster(grapheme: &str) -> impl Iterator<Item = Piece<'_>> {
    let whole = is_seen(grapheme);
    let rest = if whole { "" } else { grapheme };
    let each = rest.split_inclusive(|_: char| true).map(|one| match one.chars().next() {
        Some(c) => match label(c) {
            Some(label) => Piece::Mark(label),
            None if one.width() == 0 => Piece::Mark(code_point(c)),
            None => Piece::Text(one),
        },
        None => Piece::Text(one),
    });
    whole.then_some(Piece::Text(grapheme)).into_iter().chain(each)
}

/// Whether all of a cluster can be seen.
fn is_seen(grapheme: &str) -> bool {
    // Nearly every cluster is one such character, and every frame asks for each.
    if let [b' '..=b'~'] = grapheme.as_bytes() {
        return true;
    }
    // Joiners and selectors inside a visible cluster are what makes one emoji of several; alone they are hidden.
    let joined = grapheme.chars().any(|c| !is_joiner(c) && label(c).is_none());
    let visible = grapheme.chars().all(|c| label(c).is_none() || (joined && is_joiner(c)));
    visible && grapheme.width() > 0
}

/// Zero-width joiner, variation selectors and emoji tags: meaningful inside a cluster only.
fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0020}'..='\u{e007f}')
}

fn code_point(c: char) -> Cow<'static, str> {
    Cow::Owned(format!("<U+{:04X}>", u32::from(c)))
}

/// Whether a name may not hold the character: nobody could see it, or the terminal would obey it.
pub fn is_hidden(c: char) -> bool {
    // A no-break space can be seen to be a space, and joiners are judged by their cluster.
    label(c).is_some() && !is_joiner(c) && c != '\u{a0}' && c != '\u{202f}'
}

/// The label of a character that cannot be seen.
pub fn label(c: char) -> Option<Cow<'static, str>> {
    const C0: [&str; 32] = [
        "<NUL>", "<SOH>", "<STX>", "<ETX>", "<EOT>", "<ENQ>", "<ACK>", "<BEL>", "<BS>", "<TAB>", "<LF>",
        "<VT>", "<FF>", "<CR>", "<SO>", "<SI>", "<DLE>", "<DC1>", "<DC2>", "<DC3>", "<DC4>", "<NAK>",
        "<SYN>", "<ETB>", "<CAN>", "<EM>", "<SUB>", "<ESC>", "<FS>", "<GS>", "<RS>", "<US>",
    ];
    let name = match c {
        '\0'..='\u{1f}' => return C0.get(c as usize).map(|name| Cow::Borrowed(*name)),
        '\u{7f}' => "<DEL>",
        '\u{a0}' => "<NBSP>",
        '\u{ad}' => "<SHY>",
        '\u{61c}' => "<ALM>",
        '\u{200b}' => "<ZWSP>",
        '\u{200c}' => "<ZWNJ>",
        '\u{200d}' => "<ZWJ>",
        '\u{200e}' => "<LRM>",
        '\u{200f}' => "<RLM>",
        '\u{2028}' => "<LSEP>",
        '\u{2029}' => "<PSEP>",
        '\u{202a}' => "<LRE>",
        '\u{202b}' => "<RLE>",
        '\u{202c}' => "<PDF>",
        '\u{202d}' => "<LRO>",
        '\u{202e}' => "<RLO>",
        '\u{202f}' => "<NNBSP>",
        '\u{2060}' => "<WJ>",
        '\u{2066}' => "<LRI>",
        '\u{2067}' => "<RLI>",
        '\u{2068}' => "<FSI>",
        '\u{2069}' => "<PDI>",
        '\u{feff}' => "<BOM>",
        '\u{80}'..='\u{9f}'
        | '\u{34f}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{17b4}'
        | '\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{2061}'..='\u{2065}'
        | '\u{206a}'..='\u{206f}'
        | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{ffa0}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{fdd0}'..='\u{fdef}'
        | '\u{fffe}'
        | '\u{ffff}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{e000}'..='\u{f8ff}'
        | '\u{e0000}'..='\u{e0fff}' => return Some(code_point(c)),
        _ => return None,
    };
    Some(Cow::Borrowed(name))
}

/// Whether each byte is a character of one cell that can be seen, as in most texts.
pub fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

/// Terminal cells of the text as it is drawn.
pub fn width(text: &str) -> usize {
    if is_plain(text) {
        return text.len();
    }
    pieces(text).map(|p| p.width()).sum()
}

/// The text as it is drawn, for everything that leaves the screen library: titles, clipboard, standard output.
pub fn sanitise(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for piece in pieces(text) {
        // Writing to a String cannot fail.
        let _ = clean.write_str(piece.as_str());
    }
    clean
}

/// The longest beginning that fits into `cells`, and whether something was cut. A cut text wants one more cell for
/// its ellipsis, which is already left free.
pub fn fit(text: &str, cells: usize) -> (impl Iterator<Item = Piece<'_>>, bool) {
    let (mut used, mut count) = (0, 0);
    // How much fits when the ellipsis must too.
    let mut keep = 0;
    let mut cut = false;
    for piece in pieces(text) {
        used += piece.width();
        if used > cells {
            cut = true;
            break;
        }
        count += 1;
        if used < cells {
            keep = count;
        }
    }
    (pieces(text).take(if cut { keep } else { count }), cut)
}

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

    fn drawn(text: &str) -> String {
        sanitise(text)
    }

    #[test]
    fn hidden_characters_are_drawn_as_labels() {
        for (text, shown) in [
            ("plain", "plain"),
            ("a\u{1b}[31mb", "a<ESC>[31mb"),
            ("a\u{202e}evil\u{202c}b", "a<RLO>evil<PDF>b"),
            ("two\r\nlines", "two<CR><LF>lines"),
            ("a\u{a0}b", "a<NBSP>b"),
            ("a\u{200b}b", "a<ZWSP>b"),
            ("\u{feff}x", "<BOM>x"),
            ("\u{9b}31m", "<U+009B>31m"),
            ("\u{301}x", "<U+0301>x"),
            ("a\u{200d}", "a\u{200d}"),
            ("\u{200d}", "<ZWJ>"),
            ("soft\u{ad}hyphen", "soft<SHY>hyphen"),
        ] {
            assert_eq!(drawn(text), shown, "{text:?}");
        }
    }

    #[test]
    fn what_has_a_short_name_is_called_by_it() {
        let named = concat!(
            "\u{7f}\u{a0}\u{ad}\u{61c}\u{200b}\u{200c}\u{200d}\u{200e}\u{200f}\u{2028}\u{2029}\u{202a}\u{202b}",
            "\u{202c}\u{202d}\u{202e}\u{202f}\u{2060}\u{2066}\u{2067}\u{2068}\u{2069}\u{feff}",
        );
        let labels: String = named.chars().filter_map(label).collect();
        assert_eq!(
            labels,
            concat!(
                "<DEL><NBSP><SHY><ALM><ZWSP><ZWNJ><ZWJ><LRM><RLM><LSEP><PSEP><LRE><RLE>",
                "<PDF><LRO><RLO><NNBSP><WJ><LRI><RLI><FSI><PDI><BOM>",
            )
        );
    }

    #[test]
    fn clusters_stay_whole() {
        for (text, cells) in [
            ("e\u{301}", 1),
            ("👨‍👩‍👧‍👦", 2),
            ("🇩🇪", 2),
            ("👍🏽", 2),
            ("漢", 2),
            ("नि", 1),
            ("שלום", 4),
            ("❤\u{fe0f}", 2),
        ] {
            assert_eq!(pieces(text).count(), text.graphemes(true).count(), "{text}");
            assert_eq!(drawn(text), text);
            assert!(width(text) >= 1 && width(text) <= cells.max(2), "{text} {}", width(text));
        }
    }

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

    #[test]
    fn a_cut_text_leaves_a_cell_for_its_ellipsis() {
        let cut = |text, cells| {
            let (pieces, cut) = fit(text, cells);
            (pieces.map(|piece| piece.as_str().to_owned()).collect::<String>(), cut)
        };
        assert_eq!(cut("phishing", 8), ("phishing".into(), false));
        assert_eq!(cut("phishing", 7), ("phishi".into(), true));
        assert_eq!(cut("漢字漢字", 5), ("漢字".into(), true));
        assert_eq!(cut("漢字漢字", 4), ("漢".into(), true));
        assert_eq!(cut("x", 0), (String::new(), true));
        assert_eq!(cut("", 0), (String::new(), false));
    }
}

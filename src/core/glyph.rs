//! What is seen is what is stored: characters that a terminal would drop or obey are drawn as labels.

mod wrap;

use std::borrow::Cow;
use std::fmt::Write as _;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

pub use wrap::{GAP, fit_words, spare_stop, wrap, wrap_hanging, wrap_keeping, wrap_parts};

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
    fn plain_is_what_has_a_cell_for_each_of_its_bytes() {
        assert!(is_plain("") && is_plain(" INC-1 ~"));
        assert!(["caf\u{e9}", "\t", "\u{7f}", "\u{5b57}"].into_iter().all(|text| !is_plain(text)));
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

//! Themes from TOML: the four of ours, and files of the person's own.

use std::ops::Range;
use std::path::Path;

use toml::de::{DeTable, DeValue};

use super::read::position;
use crate::core::look::{Look, Paint, Role, Theme};
use crate::platform::WINDOWS;

/// The themes that come with the program, by name.
pub const BUILT_IN: [(&str, &str); 4] = [
    ("terminal", include_str!("../../../assets/themes/terminal.toml")),
    ("dark", include_str!("../../../assets/themes/dark.toml")),
    ("light", include_str!("../../../assets/themes/light.toml")),
    ("high-contrast", include_str!("../../../assets/themes/high-contrast.toml")),
];

/// A theme by its name, or from a file beside the configuration.
///
/// # Errors
/// In words: no such theme, a file that cannot be read, or what in it cannot be understood.
pub fn find(name: &str, beside: &Path) -> Result<Theme, String> {
    let name = if name == "auto" { "terminal" } else { name };
    if let Some((_, text)) = BUILT_IN.iter().find(|(built_in, _)| *built_in == name) {
        return read(text);
    }
    let names: Vec<&str> = BUILT_IN.iter().map(|(name, _)| *name).collect();
    let is_file = Path::new(name).extension().is_some_and(|extension| extension == "toml");
    if !is_file {
        return Err(format!(
            "found {name:?}, expected \"auto\", {} or the name of a .toml file",
            names.join(", ")
        ));
    }
    let path = beside.parent().unwrap_or(beside).join(name);
    let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    read(&text).map_err(|words| format!("{}:{words}", path.display()))
}

/// Reads a theme.
///
/// # Errors
/// In words, with line and column before them: what cannot be understood.
pub fn read(text: &str) -> Result<Theme, String> {
    let at = |span: Range<usize>, words: &str| {
        let (line, column) = position(text, span.start);
        format!("{line}:{column}: {words}")
    };
    let table =
        DeTable::parse(text).map_err(|error| at(error.span().unwrap_or(0..0), error.message().trim()))?;
    let mut looks = vec![Look::default(); Role::ALL.len()];
    for (name, value) in table.get_ref() {
        let role = Role::ALL.iter().position(|(role, _)| role == name.get_ref());
        let Some(slot) = role.and_then(|role| looks.get_mut(role)) else {
            let known: Vec<&str> = Role::ALL.iter().map(|(name, _)| *name).collect();
            let words = format!("there is no role {:?}; known are {}", name.get_ref(), known.join(", "));
            return Err(at(name.span(), &words));
        };
        let name = name.get_ref();
        let Some(of) = value.get_ref().as_table() else {
            return Err(at(value.span(), &format!("{name}: expected {{ text = …, ground = … }}")));
        };
        for (key, value) in of {
            let told = |words: String| at(value.span(), &format!("{name}.{}: {words}", key.get_ref()));
            match (key.get_ref().as_ref(), value.get_ref()) {
                ("text", DeValue::String(text)) => slot.text = Some(paint(text).map_err(told)?),
                ("ground", DeValue::String(text)) => slot.ground = Some(paint(text).map_err(told)?),
                ("reversed", DeValue::Boolean(on)) => slot.reversed = *on,
                ("dim", DeValue::Boolean(on)) => slot.dim = *on,
                _ => {
                    return Err(told("expected text or ground in quotes, reversed or dim as true".into()));
                }
            }
        }
    }
    Ok(Theme { looks })
}

const NAMES: [&str; 8] = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];

fn paint(text: &str) -> Result<Paint, String> {
    let wrong = || format!("{text:?} is no colour; expected a name like red or bright-red, or #rrggbb");
    if let Some(hex) = text.strip_prefix('#') {
        let number = u32::from_str_radix(hex, 16).ok().filter(|_| hex.len() == 6).ok_or_else(wrong)?;
        let [_, r, g, b] = number.to_be_bytes();
        return Ok(Paint::Rgb(r, g, b));
    }
    let (name, offset) = text.strip_prefix("bright-").map_or((text, 0), |name| (name, 8));
    let at = NAMES.iter().position(|known| *known == name).ok_or_else(wrong)?;
    u8::try_from(at + offset).map(Paint::Ansi).map_err(|_| wrong())
}

/// What a terminal can show.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Depth {
    Colourless,
    /// Its own sixteen.
    Sixteen,
    /// The cube of 256.
    Cube,
    True,
}

impl Depth {
    /// From the environment: `NO_COLOR`, `TERM` and `COLORTERM`.
    pub fn of(no_color: bool, term: &str, colorterm: &str) -> Self {
        if no_color || term == "dumb" {
            Self::Colourless
        } else if colorterm == "truecolor" || colorterm == "24bit" || term.ends_with("-direct") {
            Self::True
        } else if term.contains("256color") || WINDOWS {
            if WINDOWS { Self::True } else { Self::Cube }
        } else {
            Self::Sixteen
        }
    }
}

/// The theme as far as the terminal can show it. One that needs more than sixteen colours gives way to the terminal's
/// own where there are no more.
pub fn fit(theme: Theme, depth: Depth) -> Theme {
    let is_rgb = |paint: Option<Paint>| matches!(paint, Some(Paint::Rgb(..)));
    let needs_more = theme.looks.iter().any(|look| is_rgb(look.text) || is_rgb(look.ground));
    match depth {
        Depth::Colourless => Theme::colourless(),
        Depth::Sixteen if needs_more => {
            BUILT_IN.first().and_then(|(_, text)| read(text).ok()).unwrap_or_else(Theme::colourless)
        }
        Depth::Cube => Theme {
            looks: theme
                .looks
                .into_iter()
                .map(|look| Look { text: look.text.map(nearest), ground: look.ground.map(nearest), ..look })
                .collect(),
        },
        Depth::Sixteen | Depth::True => theme,
    }
}

/// The nearest of the 6×6×6 cube and the grey ramp of xterm's 256 colours.
fn nearest(paint: Paint) -> Paint {
    const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];
    let Paint::Rgb(r, g, b) = paint else { return paint };
    let step = |value: u8| {
        let best = (0u8..).zip(STEPS).min_by_key(|(_, step)| step.abs_diff(value));
        best.unwrap_or((0, 0))
    };
    let ((ri, rv), (gi, gv), (bi, bv)) = (step(r), step(g), step(b));
    let distance = |x: u8, y: u8, z: u8| {
        [(r, x), (g, y), (b, z)].iter().map(|(a, b)| u32::from(a.abs_diff(*b)).pow(2)).sum::<u32>()
    };
    let grey = (0u8..24).map(|n| (n, 8 + 10 * n)).min_by_key(|(_, v)| distance(*v, *v, *v)).unwrap_or((0, 8));
    if distance(grey.1, grey.1, grey.1) < distance(rv, gv, bv) {
        Paint::Ansi(232 + grey.0)
    } else {
        Paint::Ansi(16 + 36 * ri + 6 * gi + bi)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// WCAG 2.2, "relative luminance" and "contrast ratio".
    fn contrast(one: Paint, other: Paint) -> f64 {
        let luminance = |paint| {
            let Paint::Rgb(red, green, blue) = paint else { panic!("{paint:?} has no luminance of its own") };
            let part = |value: u8| {
                let value = f64::from(value) / 255.0;
                if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
            };
            0.2126 * part(red) + 0.7152 * part(green) + 0.0722 * part(blue)
        };
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn every_text_of_every_theme_can_be_read_on_every_ground_it_can_stand_on() {
        for (name, text) in BUILT_IN.iter().filter(|(name, _)| *name != "terminal") {
            let least = if *name == "high-contrast" { 7.0 } else { 4.5 };
            let theme = read(text).unwrap();
            let plain = theme.look(Role::Plain);
            for (role_name, role) in Role::ALL {
                let look = theme.look(role);
                let text = look.text.or(plain.text).unwrap();
                let own = matches!(role, Role::Label | Role::Mark);
                let grounds = if own {
                    vec![look.ground.unwrap()]
                } else {
                    vec![plain.ground.unwrap(), theme.look(Role::Chosen).ground.unwrap()]
                };
                for ground in grounds {
                    let ratio = contrast(text, ground);
                    assert!(ratio >= least, "{name}: {role_name} has {ratio:.2} on {ground:?}");
                }
            }
        }
    }

    #[test]
    fn a_theme_tells_what_it_does_not_understand() {
        for (text, words) in [
            ("x = 1", "1:1: there is no role \"x\""),
            ("good = 1", "1:8: good: expected"),
            ("good = { text = \"greenish\" }", "1:17: good.text: \"greenish\" is no colour"),
            ("\n\nbad = { text = \"#12\" }", "3:16: bad.text: \"#12\" is no colour"),
            ("good = { bold = true }", "1:17: good.bold: expected"),
            ("good = ", "1:8: "),
        ] {
            let told = read(text).unwrap_err();
            assert!(told.starts_with(words), "{text}: {told}");
        }
        assert!(find("nope", Path::new("/x/config.toml")).unwrap_err().contains("high-contrast"));
    }

    #[test]
    fn a_theme_gives_way_to_what_the_terminal_can_show() {
        let dark = || find("dark", Path::new("/x")).unwrap();
        assert_eq!(fit(dark(), Depth::Colourless), Theme::colourless());
        assert_eq!(fit(dark(), Depth::Sixteen), find("auto", Path::new("/x")).unwrap());
        assert!(fit(dark(), Depth::Cube).looks.iter().all(|l| !matches!(l.text, Some(Paint::Rgb(..)))));
        assert_eq!(fit(dark(), Depth::True), dark());
        assert_eq!(nearest(Paint::Rgb(255, 0, 0)), Paint::Ansi(196));
        assert_eq!(nearest(Paint::Rgb(9, 9, 9)), Paint::Ansi(232));
        assert_eq!(Depth::of(true, "xterm-256color", "truecolor"), Depth::Colourless);
        assert_eq!(Depth::of(false, "linux", ""), Depth::Sixteen);
        assert_eq!(Depth::of(false, "tmux-256color", ""), Depth::Cube);
    }
}

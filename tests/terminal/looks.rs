//! Colours as far as the terminal has them, characters as far as the locale has them, and what copying really did.

use termlens::{Color, Key, Screen, Terminal};

use crate::common::world::{FIRST, World};
use crate::tap::Tap;
use crate::{InTerminal, add, quit};

const XTERM: (&str, &str) = ("TERM", "xterm-256color");

/// The numbers of every SGR sequence that choose a colour, with what follows them in the sequence.
fn colours(bytes: &str) -> Vec<&str> {
    let graphics = bytes.split("\u{1b}[").skip(1).filter_map(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != ';' && c != ':')?;
        rest[end..].starts_with('m').then_some(&rest[..end])
    });
    let chooses =
        |part: &str| matches!(part.parse().unwrap_or(0), 30..=38 | 40..=48 | 58 | 90..=97 | 100..=107);
    graphics.filter(|numbers| numbers.split([';', ':']).any(chooses)).collect()
}

/// A run that signs in by nobody's hand, opens help, and quits: all that it sent.
fn bytes(world: &World, env: &[(&str, &str)], args: &[&str]) -> String {
    let mut tap = Tap::start(world, env, args);
    tap.reach_the_list();
    tap.send("?");
    tap.wait_for("┌");
    tap.send("\u{7}");
    tap.wait_for("yet.");
    tap.quit()
}

fn themed(theme: &str) -> World {
    let world = World::new();
    world.configure(&format!("[ui]\ntheme = \"{theme}\"\n"));
    world
}

/// Signed in with one row, in an environment of its own.
fn dressed(world: &World, env: &[(&str, &str)]) -> Terminal {
    let mut builder = world.builder();
    for (name, value) in env {
        builder = builder.env(name, value);
    }
    let mut t = builder.spawn(env!("CARGO_BIN_EXE_retitle")).unwrap();
    world.sign_in(&mut t);
    add(&mut t, FIRST);
    t
}

/// Every colour on the screen.
fn palette(screen: &Screen) -> Vec<Color> {
    let cells = (0..screen.rows()).flat_map(|row| (0..screen.cols()).map(move |col| (row, col)));
    cells
        .filter_map(|(row, col)| screen.cell(row, col))
        .flat_map(|cell| [cell.style().fg, cell.style().bg])
        .filter(|color| *color != Color::Default)
        .collect()
}

#[test]
fn no_color_and_color_never_send_no_colour_at_all() {
    let world = themed("dark");
    for (env, args) in [
        (vec![XTERM, ("COLORTERM", "truecolor"), ("NO_COLOR", "1")], vec![]),
        (vec![XTERM, ("COLORTERM", "truecolor")], vec!["--color", "never"]),
    ] {
        let sent = bytes(&world, &env, &args);
        assert_eq!(colours(&sent), Vec::<&str>::new(), "{env:?} {args:?}");
        assert!(sent.contains("\u{1b}[7m"), "the chosen row is still to be seen");
    }
    // And the search finds colours where there are some.
    for (env, args) in [
        (vec![XTERM], vec![]),
        (vec![XTERM, ("NO_COLOR", "")], vec![]),
        (vec![XTERM, ("NO_COLOR", "1")], vec!["--color", "always"]),
    ] {
        assert!(!colours(&bytes(&world, &env, &args)).is_empty(), "{env:?} {args:?}");
    }
}

#[test]
fn a_terminal_is_sent_no_more_colours_than_it_has() {
    let indexed = |color: &Color, up_to: u8| matches!(color, Color::Indexed(n) if *n <= up_to);
    let rgb = |color: &Color| matches!(color, Color::Rgb(..));
    for (theme, term, colorterm) in [
        ("dark", "linux", ""),
        ("dark", "xterm", ""),
        ("auto", "xterm-256color", "truecolor"),
        ("auto", "xterm-256color", ""),
    ] {
        let t = dressed(&themed(theme), &[("TERM", term), ("COLORTERM", colorterm)]);
        let seen = palette(&t.screen());
        assert!(!seen.is_empty() && seen.iter().all(|c| indexed(c, 15)), "{theme} {term} {seen:?}");
        quit(t);
    }
    let t = dressed(&themed("dark"), &[XTERM, ("COLORTERM", "")]);
    let seen = palette(&t.screen());
    assert!(!seen.is_empty() && seen.iter().all(|c| indexed(c, 255) && !indexed(c, 15)), "{seen:?}");
    quit(t);
    let t = dressed(&themed("dark"), &[XTERM, ("COLORTERM", "truecolor")]);
    let seen = palette(&t.screen());
    assert!(!seen.is_empty() && seen.iter().all(rgb), "{seen:?}");
    assert!(seen.contains(&Color::Rgb(0x15, 0x18, 0x1e)), "its own ground");
    quit(t);
}

#[test]
fn an_ascii_locale_gets_marks_and_lines_of_ascii_on_every_screen() {
    let world = World::new();
    let env = |name: &'static str, value: &'static str| [("TERM", "xterm"), (name, value)];
    let mut t = dressed(&world, &env("LANG", "C"));
    let ascii = |t: &Terminal| {
        let text = t.screen().text();
        let odd: Vec<char> = text.chars().filter(|c| !c.is_ascii()).collect();
        assert!(odd.is_empty(), "{odd:?}\n{text}");
    };
    ascii(&t);
    for (keys, shows) in [
        ("?", "PgDn"),
        (":", "rename"),
        ("i", "c91cd0cf-7b4c-490b"),
        ("M", "Added."),
        ("H", "History"),
        ("s", "Order of the list"),
        ("p", "PROMPTS"),
        ("/", "/"),
        ("a", "Add:"),
        ("A", "New session:"),
        ("r", "editing"),
    ] {
        t.send_str(keys).unwrap();
        t.wait_until(|s| s.contains(shows)).unwrap();
        ascii(&t);
        t.send(Key::Ctrl('c')).unwrap();
        t.wait_until(|s| s.contains("1 session")).unwrap();
        ascii(&t);
    }
    t.resize(40, 10).unwrap();
    t.wait_until(|s| s.size() == (40, 10) && s.contains("phishing")).unwrap();
    ascii(&t);
    quit(t);
    // A more particular variable has the last word.
    let t = dressed(&World::new(), &[XTERM, ("LANG", "C"), ("LC_ALL", "en_US.UTF-8")]);
    assert!(t.screen().contains("▸"));
    quit(t);
}

#[test]
fn with_reduced_motion_messages_stand_in_the_status_line_and_nothing_lies_over_the_list() {
    let world = World::new();
    world.configure("[ui]\nmotion = \"reduced\"\n");
    let t = dressed(&world, &[XTERM]);
    let (row, _) = t.screen().find("Added.").unwrap();
    assert_eq!(row, 21, "{}", t.screen());
    assert!(!t.screen().contains("│"));
    quit(t);
    let t = dressed(&World::new(), &[XTERM]);
    assert!(t.screen().find("Added.").unwrap().0 < 21 && t.screen().contains("│"), "{}", t.screen());
    quit(t);
}

#[test]
fn a_theme_of_ones_own_lies_beside_the_configuration() {
    let world = themed("mine.toml");
    let file = world.dir.path().join("mine.toml");
    std::fs::write(file, "plain = { text = \"#010203\", ground = \"#fefdfc\" }\n").unwrap();
    let t = dressed(&world, &[XTERM, ("COLORTERM", "truecolor")]);
    let seen = palette(&t.screen());
    assert!(seen.contains(&Color::Rgb(1, 2, 3)) && seen.contains(&Color::Rgb(254, 253, 252)));
    quit(t);
}

#[test]
fn a_broken_theme_is_told_with_file_line_and_key_and_the_app_runs_without_it() {
    let world = themed("mine.toml");
    let file = world.dir.path().join("mine.toml");
    std::fs::write(&file, "# mine\nplain = { text = \"#010203\" }\ngood = { text = \"purpel\" }\n").unwrap();
    let mut t = world.start();
    t.wait_until(|s| s.contains("Code good for")).unwrap();
    t.send(Key::Esc).unwrap();
    let told = |s: &Screen| s.text().replace(['\n', ' '], "");
    t.wait_until(|s| told(s).contains("mine.toml:3:17:good.text:\"purpel\"isnocolour")).unwrap();
    assert!(told(&t.screen()).contains("config.toml:4:9"), "where it is asked for: {}", t.screen());
    t.send(Key::Char('S')).unwrap();
    world.sign_in(&mut t);
    assert!(!palette(&t.screen()).contains(&Color::Rgb(1, 2, 3)));
    quit(t);
}

/// Copies the name of the selected row: the words about it, and all that was sent.
fn copied(env: &[(&str, &str)]) -> (String, String) {
    let world = World::new();
    world.configure("[ui]\nmotion = \"reduced\"\n");
    let mut t = dressed(&world, env);
    t.send(Key::Char('c')).unwrap();
    t.wait_until(|s| s.clipboard().is_some_and(|c| c.text() == Some("INC-20931 phishing wave, finance")))
        .unwrap();
    t.wait_until(|s| s.row_text(21).contains("clipboard")).unwrap();
    let words = t.screen().row_text(21);
    quit(t);
    let mut tap = Tap::start(&world, env, &[]);
    tap.wait_for("phishing");
    tap.send("c");
    tap.wait_for("\u{1b}]52;");
    (words, tap.quit())
}

/// The name in base64, as OSC 52 wants it.
const NAME: &str = "\u{1b}]52;c;SU5DLTIwOTMxIHBoaXNoaW5nIHdhdmUsIGZpbmFuY2U=\u{1b}\\";

#[test]
fn copying_goes_through_the_terminal_and_does_not_claim_more_than_that() {
    let (words, sent) = copied(&[XTERM]);
    assert_eq!(sent.matches(NAME).count(), 1, "{sent:?}");
    assert!(!sent.contains("\u{1b}Ptmux;"));
    assert!(words.contains("Name sent to the terminal's clipboard"), "{words:?}");
}

#[test]
fn inside_tmux_a_copy_is_also_wrapped_for_the_terminal_around_it() {
    let (words, sent) =
        copied(&[("TERM", "tmux-256color"), ("TMUX", "/nowhere/default,1,0"), ("SSH_TTY", "/dev/pts/9")]);
    let wrapped = format!("\u{1b}Ptmux;{}\u{1b}\\", NAME.replace('\u{1b}', "\u{1b}\u{1b}"));
    assert_eq!(sent.matches(&wrapped).count(), 1, "{sent:?}");
    // Unwrapped for tmux itself, whose own buffer may be what is pasted from.
    assert_eq!(sent.replace(&wrapped, "").matches(NAME).count(), 1);
    assert!(words.contains("Name sent to the terminal's clipboard"), "{words:?}");
}

#[test]
fn a_message_in_the_corner_and_the_words_above_a_field_do_not_cut_each_other() {
    let world = World::new();
    let mut t = dressed(&world, &[XTERM]);
    // A frame of a message has both of its lower corners, or it is not there.
    let whole = |s: &Screen| s.text().matches('┌').count() == s.text().matches('└').count();
    t.send(Key::Char('y')).unwrap();
    t.wait_until(|s| s.contains("clipboard")).unwrap();
    t.send(Key::Char('A')).unwrap();
    t.wait_until(|s| s.contains("It will be made in")).unwrap();
    assert!(whole(&t.screen()), "{}", t.screen());
    t.send(Key::Ctrl('g')).unwrap();
    t.wait_until(|s| !s.contains("It will be made in")).unwrap();
    t.send(Key::Char('y')).unwrap();
    t.send(Key::Char('a')).unwrap();
    t.wait_until(|s| s.contains("Add:")).unwrap();
    t.paste("no such id").unwrap();
    t.send(Key::Enter).unwrap();
    t.wait_until(|s| s.contains("holds no spaces")).unwrap();
    assert!(whole(&t.screen()), "{}", t.screen());
    t.send(Key::Esc).unwrap();
    t.wait_until(|s| !s.contains("Add:")).unwrap();
    quit(t);
}

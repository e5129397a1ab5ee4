//! What the documents name is there: commands, flags, keys of the configuration, files, links, tests and functions.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};
use retitle::cli::Args;

use crate::{root, sources};

const DOCUMENTS: [&str; 6] =
    ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "BENCHMARKS.md"];

fn text(name: &str) -> String {
    std::fs::read_to_string(root().join(name)).unwrap()
}

/// Whether this build is one without the simulator, of which the documents tell.
fn lacks_simulator() -> bool {
    Args::command().find_subcommand("simulate").is_none()
}

/// What stands in backticks, and each line of a block of code.
fn code(text: &str) -> (Vec<String>, Vec<String>) {
    let block = |line: &&str| line.starts_with("    ") && !line.trim_start().starts_with('|');
    let spans = text
        .lines()
        .filter(|line| !block(line))
        .flat_map(|line| line.split('`').skip(1).step_by(2))
        .map(ToOwned::to_owned)
        .collect();
    (spans, text.lines().filter(block).map(|line| line.trim().to_owned()).collect())
}

/// The words that follow `retitle` in a line of shell, as the shell takes them apart; of a form like `[ENTRY]` without
/// what may be left out.
fn invocation(line: &str) -> Option<Vec<String>> {
    let begins = ["source <(retitle", "cargo run --release -- ", "cargo run -- "];
    let line = match begins.iter().find_map(|begin| line.strip_prefix(begin)) {
        Some(rest) => rest,
        None => line.strip_prefix("retitle").filter(|rest| rest.is_empty() || rest.starts_with(' '))?,
    };
    let line = line.split([')', '|', '>', '…']).next().unwrap_or_default();
    let (mut words, mut quoted) = (Vec::new(), false);
    for part in line.split('"') {
        if quoted {
            words.push(part.to_owned());
        } else {
            let plain = part.split_whitespace().take_while(|word| *word != "#");
            words.extend(plain.map(|word| if word == "SHELL" { "bash" } else { word }.to_owned()));
        }
        quoted = !quoted;
    }
    // A remark in the form of columns.
    let remark = words.iter().position(|word| word.starts_with('['));
    words.truncate(remark.unwrap_or(words.len()));
    Some(words)
}

fn wrong(words: &[String]) -> Option<String> {
    let line = std::iter::once("retitle".to_owned()).chain(words.iter().cloned());
    match Args::try_parse_from(line) {
        Ok(_) => None,
        Err(error) if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) => None,
        // The name of a command, alone in a sentence.
        Err(error) if error.kind() == ErrorKind::MissingRequiredArgument && words.len() == 1 => None,
        Err(error) => Some(error.to_string()),
    }
}

#[test]
fn every_command_line_in_a_document_is_one_that_retitle_takes() {
    if lacks_simulator() {
        return;
    }
    let mut seen = 0;
    for name in DOCUMENTS {
        let (spans, blocks) = code(&text(name));
        for line in spans.iter().chain(&blocks) {
            // Columns: a remark stands behind two spaces.
            let line = line.split("  ").next().unwrap_or_default();
            if let Some(words) = invocation(line) {
                assert_eq!(wrong(&words), None, "{name}: {line}");
                seen += 1;
            }
        }
    }
    assert!(seen > 50, "only {seen} were found");
    assert!(wrong(&["renam".into()]).is_some() && wrong(&["list".into(), "--everything".into()]).is_some());
}

fn flags(command: &clap::Command, found: &mut BTreeSet<String>) {
    found.extend(command.get_arguments().filter_map(|arg| arg.get_long()).map(|long| format!("--{long}")));
    command.get_subcommands().for_each(|inner| flags(inner, found));
}

#[test]
fn every_flag_that_a_document_names_is_there() {
    if lacks_simulator() {
        return;
    }
    let mut known = BTreeSet::from(["--help".to_owned(), "--version".to_owned()]);
    flags(&Args::command(), &mut known);
    for name in DOCUMENTS {
        let (spans, _) = code(&text(name));
        for span in spans.iter().filter(|span| !span.contains("cargo")) {
            for word in span.split_whitespace().filter(|word| word.starts_with("--") && word.len() > 2) {
                assert!(known.contains(word), "{name}: {word} in `{span}`");
            }
        }
    }
}

#[test]
fn the_readme_tells_every_flag_that_goes_with_every_command() {
    let readme = text("README.md");
    let table = readme.split("| Flag, with every command |").nth(1).unwrap().split("\n\n").next().unwrap();
    for flag in Args::command().get_arguments().filter_map(|arg| arg.get_long()) {
        assert!(table.contains(&format!("`--{flag}")), "--{flag} is missing");
    }
}

#[test]
fn the_readme_tells_every_key_of_the_configuration_and_no_other() {
    let example: toml::Table = retitle::store::config::EXAMPLE.parse().unwrap();
    let mut tables: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (key, value) in &example {
        match value {
            toml::Value::Table(keys) => {
                tables.insert(format!("`[{key}]`"), keys.keys().cloned().collect());
            }
            _ => drop(tables.entry("top level".to_owned()).or_default().insert(key.clone())),
        }
    }
    let readme = text("README.md");
    let rows = readme.split("| Table | Keys |\n|---|---|\n").nth(1).unwrap().split("\n\n").next().unwrap();
    let told: BTreeMap<String, BTreeSet<String>> = rows
        .lines()
        .map(|row| row.trim_matches('|').split_once('|').unwrap())
        .filter(|(table, _)| !table.contains("keys.") && !table.contains("profiles."))
        .map(|(table, keys)| {
            let keys = keys.split('`').skip(1).step_by(2).map(ToOwned::to_owned).collect();
            (table.trim().to_owned(), keys)
        })
        .collect();
    assert_eq!(told, tables);
}

#[test]
fn the_readme_tells_no_exit_code_that_there_is_not() {
    let readme = text("README.md");
    let table = readme.split("| Code | Meaning |\n|---|---|\n").nth(1).unwrap().split("\n\n").next().unwrap();
    assert_eq!(table.lines().count(), retitle::cli::exit::ALL.len());
}

#[test]
fn what_the_readme_says_one_sees_is_what_the_program_says() {
    let readme = text("README.md");
    let table = readme.split("| You see | ").nth(1).unwrap().split("\n\n").next().unwrap();
    let said: String =
        sources(&root().join("src")).iter().map(|path| std::fs::read_to_string(path).unwrap()).collect();
    let quotes = |cell: &str| -> Vec<String> {
        cell.split('"').skip(1).step_by(2).map(|words| words.trim_end_matches(" …").to_owned()).collect()
    };
    let seen: Vec<String> =
        table.lines().skip(2).filter_map(|row| row.split('|').nth(1)).flat_map(quotes).collect();
    assert!(seen.len() > 5, "{seen:?}");
    for words in seen {
        assert!(said.contains(&words), "nothing says “{words}”");
    }
}

/// How GitHub makes a heading the name of a place to jump to.
fn anchors(text: &str) -> BTreeSet<String> {
    let kept = |c: &char| c.is_alphanumeric() || *c == ' ' || *c == '-';
    text.lines()
        .filter(|line| line.starts_with('#'))
        .map(|line| line.trim_start_matches('#').trim().to_lowercase())
        .map(|line| line.chars().filter(kept).collect::<String>().replace(' ', "-"))
        .collect()
}

#[test]
fn every_link_and_picture_of_a_document_is_there() {
    let mut seen = 0;
    for name in DOCUMENTS {
        let text = text(name);
        for (begin, end) in [("](", ')'), ("src=\"", '"'), ("srcset=\"", '"')] {
            for target in text.split(begin).skip(1).filter_map(|rest| rest.split(end).next()) {
                if target.starts_with("https://") {
                    continue;
                }
                let (file, place) = target.split_once('#').unwrap_or((target, ""));
                assert!(file.is_empty() || root().join(file).exists(), "{name}: {target} is not there");
                assert!(
                    place.is_empty() || anchors(&text).contains(place),
                    "{name}: no heading for {target}"
                );
                seen += 1;
            }
        }
    }
    assert!(seen > 15, "only {seen} were found");
}

#[test]
fn every_file_test_and_function_that_a_document_names_is_there() {
    let mut code_of_all = String::new();
    for folder in ["src", "tests"] {
        for path in sources(&root().join(folder)) {
            code_of_all.push_str(&std::fs::read_to_string(path).unwrap());
        }
    }
    let has = |name: &str| {
        [format!("fn {name}("), format!("fn {name}<")].iter().any(|function| code_of_all.contains(function))
    };
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut seen = 0;
    for name in &DOCUMENTS[1..] {
        for span in code(&text(name)).0 {
            let is_path =
                ["src/", "tests/", "scripts/", "assets/", ".ci/"].iter().any(|at| span.starts_with(at));
            if is_path {
                assert!(root().join(Path::new(&span)).exists(), "{name}: {span} is not there");
            } else if let Some((_, last)) =
                span.rsplit_once("::").filter(|_| span.chars().all(|c| word(c) || c == ':'))
            {
                let there =
                    if last.starts_with(char::is_uppercase) { code_of_all.contains(last) } else { has(last) };
                assert!(there, "{name}: {span} is not there");
            } else if span.len() > 25
                && span.chars().all(|c| c.is_ascii_lowercase() || word(c))
                && span.contains('_')
            {
                assert!(has(&span), "{name}: the test {span} is not there");
            } else {
                continue;
            }
            seen += 1;
        }
    }
    assert!(seen > 80, "only {seen} were found");
}

//! The rules of the house: who may import whom, and documents that say what is true.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::wildcard_enum_match_arm,
    reason = "a test that fails says so by panicking"
)]

#[path = "house/documents.rs"]
mod documents;

use std::path::{Path, PathBuf};

use retitle::core::command::Focus;
use retitle::core::help::{self, HelpLine};
use retitle::core::keymap::Keymap;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
    found
}

/// What a layer may name of ours, and what it must not name at all.
struct Layer {
    name: &'static str,
    may: &'static [&'static str],
    never: &'static [&'static str],
}

const PURE: &[&str] = &[
    "tokio::",
    "reqwest",
    "crossterm",
    "rusqlite",
    "std::fs",
    "std::net",
    "std::thread",
    "std::process",
    "std::env",
    "Instant",
    "SystemTime",
    "Utc::now",
    "Local::now",
    "spawn",
    "tracing",
    "println!",
    "async fn",
    ".await",
];

const LAYERS: &[Layer] = &[
    Layer { name: "core", may: &["core"], never: PURE },
    Layer { name: "view", may: &["core", "view"], never: PURE },
    Layer {
        name: "ports",
        may: &["core", "ports"],
        never: &["tokio::", "reqwest", "crossterm", "rusqlite", "std::fs"],
    },
    Layer {
        name: "shell",
        may: &["core", "view", "ports", "shell", "platform"],
        never: &["reqwest", "rusqlite", "oauth2::", "hyper"],
    },
    Layer {
        name: "graph",
        may: &["core", "ports", "graph", "http"],
        never: &["ratatui", "crossterm", "rusqlite", "oauth2::"],
    },
    Layer {
        name: "auth",
        may: &["core", "ports", "auth", "http", "platform"],
        never: &["ratatui", "crossterm", "rusqlite"],
    },
    Layer {
        name: "store",
        may: &["core", "ports", "store", "platform"],
        never: &["ratatui", "crossterm", "reqwest", "oauth2::"],
    },
    Layer {
        name: "http",
        may: &["core", "ports", "http"],
        never: &["ratatui", "crossterm", "rusqlite", "oauth2::"],
    },
    Layer {
        name: "desk",
        may: &["core", "ports", "desk", "platform"],
        never: &["ratatui", "crossterm", "rusqlite", "reqwest"],
    },
    Layer { name: "log", may: &["log", "platform"], never: &["ratatui", "crossterm", "rusqlite", "reqwest"] },
    Layer { name: "platform", may: &["platform"], never: &["ratatui", "rusqlite", "reqwest", "oauth2::"] },
    Layer {
        name: "cli",
        may: &["core", "ports", "cli"],
        never: &["ratatui", "rusqlite", "reqwest", "tokio::"],
    },
    Layer {
        name: "simulator",
        may: &["simulator"],
        never: &["ratatui", "crossterm", "rusqlite", "reqwest", "oauth2::"],
    },
];

/// The parts of ours that a line names: `crate::PART`.
fn named(line: &str) -> Vec<String> {
    line.split("crate::")
        .skip(1)
        .map(|rest| rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect())
        .collect()
}

fn breaches(layer: &Layer, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in text.lines().filter(|l| !l.trim_start().starts_with("//")) {
        for part in named(line) {
            if !layer.may.contains(&part.as_str()) {
                found.push(format!("names crate::{part}: {line}"));
            }
        }
        for word in layer.never {
            if line.contains(word) {
                found.push(format!("names {word}: {line}"));
            }
        }
    }
    found
}

/// A source file without its tests; `None` if there is nothing else in it.
fn untested(path: &Path) -> Option<String> {
    let is_test = path.file_name().is_some_and(|n| n.to_string_lossy().starts_with("tests"));
    let text = std::fs::read_to_string(path).unwrap();
    (!is_test).then(|| text.split("#[cfg(test)]\nmod tests {").next().unwrap_or("").to_owned())
}

#[test]
fn every_layer_keeps_to_the_parts_that_it_may_use() {
    let mut seen = 0;
    for layer in LAYERS {
        let (folder, file) =
            (root().join("src").join(layer.name), root().join("src").join(format!("{}.rs", layer.name)));
        let files = if folder.is_dir() { sources(&folder) } else { vec![file] };
        for path in files {
            // Tests may use a temporary folder and a runtime.
            let Some(code) = untested(&path) else { continue };
            let found = breaches(layer, &code);
            assert!(found.is_empty(), "{}:\n{}", path.display(), found.join("\n"));
            seen += 1;
        }
    }
    assert!(seen > 60, "only {seen} files were read");
    let listed: Vec<&str> = LAYERS.iter().map(|l| l.name).collect();
    let lib = std::fs::read_to_string(root().join("src/lib.rs")).unwrap();
    for part in lib.lines().filter_map(|l| l.strip_prefix("pub mod ")).map(|l| l.trim_end_matches(';')) {
        assert!(listed.contains(&part), "{part} is in no layer");
    }
}

#[test]
fn the_import_rule_would_notice() {
    let core = &LAYERS[0];
    assert_eq!(breaches(core, "use crate::graph::GraphClient;").len(), 1);
    assert_eq!(breaches(core, "let now = Instant::now();").len(), 1);
    assert_eq!(breaches(core, "use crate::core::time::Stamp;").len(), 0);
}

/// The lines that ask which system this is, or use what only one of them has.
fn systems(code: &str) -> Vec<&str> {
    let asks = |line: &&str| {
        let condition =
            line.contains("cfg") && ["unix", "windows", "target_"].iter().any(|s| line.contains(s));
        let only_there = ["std::os::", "tokio::signal::", "::unix", "::windows", "rustix", "_keyring_store"];
        condition || only_there.iter().any(|word| line.contains(word))
    };
    code.lines().filter(|line| !line.trim_start().starts_with("//")).filter(asks).collect()
}

#[test]
fn only_the_platform_asks_which_system_this_is() {
    let platform = root().join("src/platform");
    for path in sources(&root().join("src")).iter().filter(|path| !path.starts_with(&platform)) {
        let code = untested(path).unwrap_or_default();
        assert!(systems(&code).is_empty(), "{}: {:?}", path.display(), systems(&code));
    }
    for line in [
        "#[cfg(not(unix))]",
        "if cfg!(windows) {",
        "#[cfg(target_os = \"macos\")]",
        "use std::os::fd::AsFd;",
        "use tokio::io::unix::AsyncFd;",
    ] {
        assert_eq!(systems(line).len(), 1, "{line} would not be noticed");
    }
}

/// The key tables, in Markdown, made from what the program's own help is made from.
fn key_tables() -> String {
    let head = "| Key | What it does | Name in the configuration |\n|---|---|---|\n";
    let lines = help::lines(&Keymap::default(), Focus::List).into_iter().enumerate();
    let lines = lines.map(|(n, line)| match line {
        HelpLine::Heading(title) => format!("{}**{title}**\n\n{head}", if n == 0 { "" } else { "\n" }),
        HelpLine::Keys { keys, command, .. } => {
            let keys: Vec<String> = keys.split(' ').map(|key| format!("`{key}`")).collect();
            format!("| {} | {} | `{}` |\n", keys.join(" "), command.help(), command.name())
        }
    });
    lines.collect()
}

#[test]
fn the_readme_lists_the_keys_that_there_are() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let keys = key_tables();
    let between = readme.split("<!-- keys -->\n").nth(1).expect("the marker stands in the README");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(root().join("README.md"), readme.replace(between, &keys)).unwrap();
        return;
    }
    assert!(between == keys, "The key table is another one now. UPDATE=1 cargo test writes it:\n{keys}");
}

#[test]
fn the_example_of_a_configuration_names_every_table_of_keys() {
    let list = retitle::store::config::EXAMPLE.split("The tables are").nth(1).unwrap();
    let words: Vec<&str> = list.split(|c: char| !(c.is_alphanumeric() || c == '_')).collect();
    for focus in Focus::ALL {
        assert!(words.contains(&focus.section()), "{} is missing", focus.section());
    }
}

#[test]
fn every_dependency_says_why_it_is_there() {
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let mut inside = false;
    let mut before = "";
    for line in manifest.lines() {
        if line.starts_with('[') {
            inside = line.contains("dependencies");
        } else if inside && line.contains(" = ") && !line.starts_with('#') {
            assert!(before.starts_with('#'), "no reason above: {line}");
        }
        before = line;
    }
}

#[test]
fn no_source_file_has_become_two() {
    for path in sources(&root().join("src")) {
        let lines = std::fs::read_to_string(&path).unwrap().lines().count();
        assert!(lines <= 500, "{} has {lines} lines: which two topics are in it?", path.display());
    }
}

#[test]
fn the_readme_tells_every_command_and_exit_code() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let section = |title: &str| {
        let from = readme.split(&format!("\n## {title}\n")).nth(1).expect("the section is there");
        from.split("\n## ").next().unwrap().to_owned()
    };
    let (commands, codes) = (section("Command line"), section("Exit codes"));
    for command in <retitle::cli::Args as clap::CommandFactory>::command().get_subcommands() {
        let name = command.get_name();
        assert!(
            commands.contains(&format!("retitle {name}")) || commands.contains(&format!("`{name}")),
            "{name} is missing"
        );
    }
    for (code, meaning) in retitle::cli::exit::ALL {
        assert!(codes.contains(&format!("| {code} | {meaning} |\n")), "{code} is missing");
    }
}

//! The configuration in words, for `retitle config`.

use std::fmt::Write as _;

use super::interface::PasteGuard;
use super::{Loaded, Method, Severity, Storage};

/// What `config check` prints.
pub fn check(loaded: &Loaded) -> String {
    let mut text = String::new();
    let path = loaded.path.display();
    let _ = match (loaded.found, loaded.problems.is_empty()) {
        (true, true) => writeln!(text, "{path}: nothing to complain about."),
        (false, true) => writeln!(text, "{path}: there is no such file, so the defaults hold."),
        (_, false) => Ok(()),
    };
    for problem in &loaded.problems {
        let what = match problem.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let _ = writeln!(text, "{}: {what}: {}", problem.place, problem.words);
    }
    text
}

/// What `config show` prints: the values in use as TOML, each with where it comes from.
pub fn show(loaded: &Loaded) -> String {
    let settings = &loaded.settings;
    let mut text = String::new();
    let mut line = |section: &str, key: &str, value: String| {
        let full = if section.is_empty() { key.to_owned() } else { format!("{section}.{key}") };
        let from = settings.origins.iter().find(|(k, _)| *k == full).map_or("default", |(_, from)| from);
        let _ = writeln!(text, "{key} = {value}  # {from}");
    };
    let quoted = |value: &str| toml::Value::String(value.to_owned()).to_string();
    line("", "profile", quoted(&settings.profile));
    line("", "label", quoted(settings.label.as_deref().unwrap_or("")));
    line("", "default_workspace", quoted(&settings.default_workspace));
    line("", "tenant", quoted(&settings.tenant));
    line("", "client_id", quoted(&settings.client_id));
    line("", "read_only", settings.read_only.to_string());
    line("", "protected", settings.protected.to_string());
    let word = |words: &[(&str, bool)]| {
        quoted(words.iter().find(|(_, chosen)| *chosen).map_or("", |(word, _)| word))
    };
    let method = word(&Method::ALL.map(|(word, method)| (word, method == settings.method)));
    let storage = word(&Storage::ALL.map(|(word, storage)| (word, storage == settings.storage)));
    let command = toml::Value::from(settings.token_command.clone()).to_string();
    let mut sections = vec![
        ("sign_in", "method", method),
        ("sign_in", "storage", storage),
        ("sign_in", "token_command", command),
    ];
    let address = |url: &url::Url| quoted(url.as_str().trim_end_matches('/'));
    let endpoints = &settings.endpoints;
    sections.push(("endpoints", "authority", address(&endpoints.authority)));
    sections.push(("endpoints", "graph", address(&endpoints.graph)));
    sections.push(("endpoints", "portal", address(&endpoints.portal)));
    let ca_file = endpoints.ca_file.as_ref().map(|p| p.display().to_string()).unwrap_or_default();
    sections.push(("endpoints", "ca_file", quoted(&ca_file)));
    sections.push(("history", "days", settings.history_days.to_string()));
    sections.push(("history", "log_size", settings.log_size.to_string()));
    sections.push(("bulk", "json_batch", settings.json_batch.to_string()));
    sections.push(("ui", "glyphs", quoted(if settings.ascii { "ascii" } else { "unicode" })));
    let list = |all: &[String]| toml::Value::from(all.to_vec()).to_string();
    sections.push(("ui", "theme", quoted(&settings.theme)));
    sections.push(("ui", "motion", quoted(if settings.still { "reduced" } else { "full" })));
    sections.push(("ui", "mouse", settings.mouse.to_string()));
    let guard = PasteGuard::ALL.map(|(word, guard)| (word, guard == settings.paste_guard));
    sections.push(("ui", "paste_guard", word(&guard)));
    sections.push(("names", "rules", list(&settings.rules)));
    sections.push(("names", "templates", list(&settings.templates)));
    let mut current = "";
    for (section, key, value) in sections {
        let full = format!("{section}.{key}");
        let from =
            settings.origins.iter().find(|(k, _)| *k == full).map_or("default", |(_, from)| from.as_str());
        if section != current {
            let _ = writeln!(text, "\n[{section}]");
            current = section;
        }
        let _ = writeln!(text, "{key} = {value}  # {from}");
    }
    let changed = settings.keys.changed();
    for (section, command, keys) in changed {
        if section != current {
            let _ = writeln!(text, "\n[keys.{section}]");
            current = section;
        }
        let _ = writeln!(text, "{command} = {}", list(&keys));
    }
    text
}

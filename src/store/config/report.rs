//! The configuration in words, for `retitle config`.

use std::fmt::Write as _;

use super::interface::PasteGuard;
use super::{Loaded, Method, Severity, Storage, bare};

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
    let quoted = |value: &str| toml::Value::String(value.to_owned()).to_string();
    let list = |all: &[String]| toml::Value::from(all.to_vec()).to_string();
    let word = |words: &[(&str, bool)]| {
        quoted(words.iter().find(|(_, chosen)| *chosen).map_or("", |(word, _)| word))
    };
    let method = Method::ALL.map(|(word, method)| (word, method == settings.method));
    let storage = Storage::ALL.map(|(word, storage)| (word, storage == settings.storage));
    let guard = PasteGuard::ALL.map(|(word, guard)| (word, guard == settings.paste_guard));
    let endpoints = &settings.endpoints;
    let ca_file = endpoints.ca_file.as_ref().map(|p| p.display().to_string()).unwrap_or_default();
    let values = [
        ("", "profile", quoted(&settings.profile)),
        ("", "label", quoted(settings.label.as_deref().unwrap_or(""))),
        ("", "default_workspace", quoted(&settings.default_workspace)),
        ("", "tenant", quoted(&settings.tenant)),
        ("", "client_id", quoted(&settings.client_id)),
        ("", "read_only", settings.read_only.to_string()),
        ("", "protected", settings.protected.to_string()),
        ("sign_in", "method", word(&method)),
        ("sign_in", "storage", word(&storage)),
        ("sign_in", "token_command", list(&settings.token_command)),
        ("endpoints", "authority", quoted(bare(&endpoints.authority))),
        ("endpoints", "graph", quoted(bare(&endpoints.graph))),
        ("endpoints", "portal", quoted(bare(&endpoints.portal))),
        ("endpoints", "ca_file", quoted(&ca_file)),
        ("history", "days", settings.history_days.to_string()),
        ("history", "log_size", settings.log_size.to_string()),
        ("bulk", "json_batch", settings.json_batch.to_string()),
        ("ui", "glyphs", quoted(if settings.ascii { "ascii" } else { "unicode" })),
        ("ui", "theme", quoted(&settings.theme)),
        ("ui", "motion", quoted(if settings.still { "reduced" } else { "full" })),
        ("ui", "mouse", settings.mouse.to_string()),
        ("ui", "paste_guard", word(&guard)),
        ("names", "rules", list(&settings.rules)),
        ("names", "templates", list(&settings.templates)),
    ];
    let mut current = "";
    for (section, key, value) in values {
        let full = if section.is_empty() { key.to_owned() } else { format!("{section}.{key}") };
        let from = settings.origins.iter().find(|(k, _)| *k == full).map_or("default", |(_, from)| from);
        if section != current {
            let _ = writeln!(text, "\n[{section}]");
            current = section;
        }
        let _ = writeln!(text, "{key} = {value}  # {from}");
    }
    for (section, command, keys) in settings.keys.changed() {
        if section != current {
            let _ = writeln!(text, "\n[keys.{section}]");
            current = section;
        }
        let _ = writeln!(text, "{command} = {}", list(&keys));
    }
    text
}

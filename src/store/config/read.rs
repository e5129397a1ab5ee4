//! From TOML to settings, with the place of every mistake.

use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};
use url::Url;

use crate::core::address::is_loopback;
use crate::core::keymap::Keymap;

use super::interface::{self, NAMES, PasteGuard, UI};
use super::{Endpoints, Method, Overrides, Problem, Settings, Severity, Storage};

/// The keys of the top level that a profile may set again.
const SHARED: [&str; 3] = ["default_workspace", "tenant", "client_id"];
/// The keys that only a profile has.
const OWN: [&str; 3] = ["label", "read_only", "protected"];

pub(super) fn settings(
    text: &str,
    path: &Path,
    overrides: &Overrides,
    problems: &mut Vec<Problem>,
) -> Settings {
    let mut reader = Reader { text, path, problems, settings: defaults() };
    match DeTable::parse(text) {
        Ok(table) => reader.top(table.get_ref(), overrides),
        Err(error) => {
            let words =
                format!("{}; nothing in the file is used until this is corrected", error.message().trim());
            reader.tell(Severity::Error, error.span().unwrap_or(0..0), words);
        }
    }
    let mut settings = reader.settings;
    if settings.method == Method::Command && settings.token_command.is_empty() {
        let words = "sign_in.method is \"command\", and sign_in.token_command names no program".to_owned();
        problems.push(Problem { severity: Severity::Error, place: path.display().to_string(), words });
        settings.method = Method::Auto;
    }
    if let Some(workspace) = &overrides.workspace {
        match plain_id(workspace) {
            Ok(()) => {
                settings.default_workspace.clone_from(workspace);
                origin(&mut settings, "default_workspace", "--workspace".into());
            }
            Err(words) => {
                problems.push(Problem { severity: Severity::Error, place: "--workspace".into(), words });
            }
        }
    }
    if overrides.read_only {
        settings.read_only = true;
        origin(&mut settings, "read_only", "--read-only".into());
    }
    settings
}

fn address(text: &str) -> Url {
    #[expect(clippy::unwrap_used, reason = "three constants, read by every test that loads the defaults")]
    Url::parse(text).unwrap()
}

pub(super) fn defaults() -> Settings {
    Settings {
        profile: "default".into(),
        profiles: Vec::new(),
        label: None,
        default_workspace: "default".into(),
        tenant: "organizations".into(),
        client_id: String::new(),
        read_only: false,
        protected: false,
        method: Method::Auto,
        storage: Storage::File,
        token_command: Vec::new(),
        endpoints: Endpoints {
            authority: address("https://login.microsoftonline.com"),
            graph: address("https://graph.microsoft.com/beta"),
            portal: address("https://securitycopilot.microsoft.com"),
            ca_file: None,
        },
        history_days: 365,
        log_size: 1 << 20,
        json_batch: false,
        ascii: false,
        still: false,
        theme: "auto".into(),
        mouse: false,
        paste_guard: PasteGuard::Auto,
        rules: Vec::new(),
        templates: interface::templates(),
        keys: Keymap::default(),
        origins: Vec::new(),
    }
}

fn origin(settings: &mut Settings, key: &'static str, from: String) {
    settings.origins.retain(|(k, _)| *k != key);
    settings.origins.push((key, from));
}

pub(super) struct Reader<'a> {
    text: &'a str,
    pub(super) path: &'a Path,
    problems: &'a mut Vec<Problem>,
    pub(super) settings: Settings,
}

pub(super) type Value<'i> = Spanned<DeValue<'i>>;

/// Line and column of a byte, both counted from 1.
pub(super) fn position(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at.min(text.len())).unwrap_or("");
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    (line, column)
}

impl Reader<'_> {
    /// `FILE:LINE:COLUMN`, both counted from 1.
    fn place(&self, at: usize) -> String {
        let (line, column) = position(self.text, at);
        format!("{}:{line}:{column}", self.path.display())
    }

    pub(super) fn tell(&mut self, severity: Severity, span: Range<usize>, words: String) {
        let place = self.place(span.start);
        self.problems.push(Problem { severity, place, words });
    }

    pub(super) fn came_from(&mut self, key: &'static str, span: &Range<usize>) {
        let (line, _) = position(self.text, span.start);
        origin(&mut self.settings, key, format!("{}:{line}", self.path.display()));
    }

    fn top(&mut self, table: &DeTable<'_>, overrides: &Overrides) {
        for (key, value) in table {
            match key.get_ref().as_ref() {
                name if SHARED.contains(&name) => self.shared(name, value),
                "sign_in" => {
                    self.section(value, "sign_in", &["method", "storage", "token_command"], Self::sign_in);
                }
                "endpoints" => self.section(
                    value,
                    "endpoints",
                    &["authority", "graph", "portal", "ca_file"],
                    Self::endpoint,
                ),
                "history" => self.section(value, "history", &["days", "log_size"], Self::history),
                "bulk" => self.section(value, "bulk", &["json_batch"], Self::bulk),
                "ui" => self.section(value, "ui", &UI, Self::ui),
                "names" => self.section(value, "names", &NAMES, Self::names),
                "keys" => self.keys(value),
                "profiles" => {}
                name => {
                    let known = [
                        &SHARED[..],
                        &["sign_in", "endpoints", "history", "bulk", "names", "ui", "keys", "profiles"],
                    ]
                    .concat();
                    self.unknown(name, key.span(), &known);
                }
            }
        }
        self.profile(table, overrides);
    }

    /// The chosen profile, over the keys of the top level.
    fn profile(&mut self, table: &DeTable<'_>, overrides: &Overrides) {
        let profiles = table.get("profiles");
        let inner = profiles.and_then(|p| p.get_ref().as_table());
        if let (Some(value), None) = (profiles, inner) {
            self.wrong(value, "profiles", "tables like [profiles.contoso]");
        }
        let names: Vec<String> =
            inner.map(|t| t.keys().map(|k| k.get_ref().to_string()).collect()).unwrap_or_default();
        if !self.settings.client_id.is_empty() {
            self.settings.profiles.push("default".into());
        }
        self.settings.profiles.extend(names.iter().filter(|name| *name != "default").cloned());
        if let Some((name, from)) = overrides.profile.as_ref().filter(|(name, _)| name != "default") {
            self.settings.profile.clone_from(name);
            origin(&mut self.settings, "profile", (*from).to_owned());
            if !names.contains(name) {
                let known = if names.is_empty() {
                    "none is configured".to_owned()
                } else {
                    format!("there is {}", names.join(", "))
                };
                let words = format!("there is no profile {name:?}; {known}");
                self.problems.push(Problem { severity: Severity::Error, place: (*from).to_owned(), words });
            }
        }
        let chosen = self.settings.profile.clone();
        for (name, value) in inner.into_iter().flatten() {
            let Some(keys) = value.get_ref().as_table() else {
                self.wrong(value, &format!("profiles.{}", name.get_ref()), "a table");
                continue;
            };
            let in_use = *name.get_ref() == chosen;
            for (key, value) in keys {
                match key.get_ref().as_ref() {
                    "label" if in_use => {
                        if let Some(label) = self.text_of(value, "label") {
                            self.settings.label = Some(label).filter(|l| !l.trim().is_empty());
                            self.came_from("label", &value.span());
                        }
                    }
                    "read_only" if in_use => {
                        if let Some(read_only) = self.truth(value, "read_only") {
                            self.settings.read_only = read_only;
                            self.came_from("read_only", &value.span());
                        }
                    }
                    "protected" if in_use => {
                        if let Some(protected) = self.truth(value, "protected") {
                            self.settings.protected = protected;
                            self.came_from("protected", &value.span());
                        }
                    }
                    name if in_use && SHARED.contains(&name) => self.shared(name, value),
                    name if SHARED.contains(&name) || OWN.contains(&name) => {}
                    name => self.unknown(name, key.span(), &[&SHARED[..], &OWN[..]].concat()),
                }
            }
        }
    }

    fn bulk(&mut self, key: &str, value: &Value<'_>) {
        if let Some(json_batch) = self.truth(value, &format!("bulk.{key}")) {
            self.settings.json_batch = json_batch;
            self.came_from("bulk.json_batch", &value.span());
        }
    }

    fn section(
        &mut self,
        value: &Value<'_>,
        name: &str,
        known: &[&str],
        read: fn(&mut Self, &str, &Value<'_>),
    ) {
        let Some(table) = value.get_ref().as_table() else {
            return self.wrong(value, name, &format!("a table [{name}]"));
        };
        for (key, value) in table {
            let key_name = key.get_ref().as_ref();
            if known.contains(&key_name) {
                read(self, key_name, value);
            } else {
                self.unknown(key_name, key.span(), known);
            }
        }
    }

    fn shared(&mut self, key: &str, value: &Value<'_>) {
        let Some(text) = self.text_of(value, key) else { return };
        let checked = match key {
            "default_workspace" => plain_id(&text),
            "tenant" => tenant(&text),
            _ if text.is_empty() => Ok(()),
            _ => plain_id(&text),
        };
        if let Err(words) = checked {
            return self.tell(Severity::Error, value.span(), format!("{key}: {words}"));
        }
        let (slot, name) = match key {
            "default_workspace" => (&mut self.settings.default_workspace, "default_workspace"),
            "tenant" => (&mut self.settings.tenant, "tenant"),
            _ => (&mut self.settings.client_id, "client_id"),
        };
        *slot = text;
        self.came_from(name, &value.span());
    }

    fn sign_in(&mut self, key: &str, value: &Value<'_>) {
        if key == "token_command" {
            return self.token_command(value);
        }
        let Some(text) = self.text_of(value, key) else { return };
        let (full, words) = match key {
            "method" => ("sign_in.method", choose(&mut self.settings.method, &text, &Method::ALL)),
            _ => ("sign_in.storage", choose(&mut self.settings.storage, &text, &Storage::ALL)),
        };
        match words {
            Some(expected) => {
                let words = format!("{full}: found {text:?}, expected {expected}");
                self.tell(Severity::Error, value.span(), words);
            }
            None => self.came_from(full, &value.span()),
        }
    }

    /// A list, never a line for a shell to take apart.
    fn token_command(&mut self, value: &Value<'_>) {
        let words: Option<Vec<String>> = value.get_ref().as_array().and_then(|list| {
            list.iter().map(|word| word.get_ref().as_str().map(ToOwned::to_owned)).collect()
        });
        match words {
            Some(words) => {
                self.settings.token_command = words;
                self.came_from("sign_in.token_command", &value.span());
            }
            None => self.wrong(value, "sign_in.token_command", "a list like [\"program\", \"argument\"]"),
        }
    }

    fn endpoint(&mut self, key: &str, value: &Value<'_>) {
        let Some(text) = self.text_of(value, key) else { return };
        if key == "ca_file" {
            self.settings.endpoints.ca_file = Some(PathBuf::from(&text)).filter(|_| !text.is_empty());
            return self.came_from("endpoints.ca_file", &value.span());
        }
        match endpoint(&text) {
            Ok(url) => {
                let (slot, name) = match key {
                    "authority" => (&mut self.settings.endpoints.authority, "endpoints.authority"),
                    "graph" => (&mut self.settings.endpoints.graph, "endpoints.graph"),
                    _ => (&mut self.settings.endpoints.portal, "endpoints.portal"),
                };
                *slot = url;
                self.came_from(name, &value.span());
            }
            Err(words) => self.tell(Severity::Error, value.span(), format!("endpoints.{key}: {words}")),
        }
    }

    fn history(&mut self, key: &str, value: &Value<'_>) {
        let number = if let DeValue::Integer(number) = value.get_ref() {
            u64::from_str_radix(&number.as_str().replace('_', ""), number.radix()).ok()
        } else {
            None
        };
        match (key, number) {
            ("days", Some(days)) => {
                self.settings.history_days = days;
                self.came_from("history.days", &value.span());
            }
            (_, Some(bytes)) => {
                self.settings.log_size = bytes;
                self.came_from("history.log_size", &value.span());
            }
            ("days", None) => self.wrong(value, "history.days", "a number of days, like 365"),
            (_, None) => self.wrong(value, &format!("history.{key}"), "a number of bytes, like 1048576"),
        }
    }

    pub(super) fn truth(&mut self, value: &Value<'_>, key: &str) -> Option<bool> {
        if let DeValue::Boolean(truth) = value.get_ref() {
            return Some(*truth);
        }
        self.wrong(value, key, "true or false");
        None
    }

    pub(super) fn text_of(&mut self, value: &Value<'_>, key: &str) -> Option<String> {
        let text = value.get_ref().as_str().map(ToOwned::to_owned);
        if text.is_none() {
            self.wrong(value, key, "text in quotes");
        }
        text
    }

    pub(super) fn wrong(&mut self, value: &Value<'_>, key: &str, expected: &str) {
        let found = value.get_ref().type_str();
        self.tell(Severity::Error, value.span(), format!("{key}: found {found}, expected {expected}"));
    }

    pub(super) fn unknown(&mut self, key: &str, span: Range<usize>, known: &[&str]) {
        let lower = key.to_lowercase();
        let secret = ["secret", "password", "token", "passwd"].iter().any(|word| lower.contains(word));
        let words = if secret {
            format!("{key}: secrets are never read from the configuration; take it out of the file")
        } else {
            let near = known.iter().min_by_key(|k| distance(k, key)).filter(|k| distance(k, key) <= 2);
            let hint = near.map_or_else(
                || format!("known here: {}", known.join(", ")),
                |k| format!("did you mean {k}?"),
            );
            format!("{key}: there is no such key; {hint}")
        };
        self.tell(Severity::Warning, span, words);
    }
}

/// Takes the choice of this word; in words what is expected, where it is none of them.
pub(super) fn choose<T: Copy>(slot: &mut T, word: &str, all: &[(&'static str, T)]) -> Option<String> {
    if let Some((_, choice)) = all.iter().find(|(known, _)| *known == word) {
        *slot = *choice;
        return None;
    }
    let quoted: Vec<String> = all.iter().map(|(word, _)| format!("{word:?}")).collect();
    Some(quoted.join(" or "))
}

/// An ID that is one segment of an address.
fn plain_id(text: &str) -> Result<(), String> {
    let bad = text.is_empty()
        || text == "."
        || text == ".."
        || text.chars().any(|c| c.is_whitespace() || c.is_control() || "/\\?#".contains(c));
    if bad { Err(format!("found {text:?}, expected an ID without spaces or slashes")) } else { Ok(()) }
}

fn tenant(text: &str) -> Result<(), String> {
    match text {
        "consumers" => Err("personal accounts have no Security Copilot; expected a directory ID, a domain or \"organizations\"".into()),
        _ if plain_id(text).is_ok() && text.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c)) => Ok(()),
        _ => Err(format!("found {text:?}, expected a directory ID, a domain or \"organizations\"")),
    }
}

fn endpoint(text: &str) -> Result<Url, String> {
    let mut url = Url::parse(text)
        .map_err(|_| format!("found {text:?}, expected an address like https://graph.microsoft.com/beta"))?;
    if url.scheme() != "https" && !(url.scheme() == "http" && is_loopback(&url)) {
        return Err("expected https; http is for this machine only (127.0.0.1, localhost)".into());
    }
    if !url.username().is_empty() || url.password().is_some() {
        // The text may hold a password, so it is not repeated.
        return Err("an address with a user name or password is not taken".into());
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("expected an address without ? and #".into());
    }
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&path);
    Ok(url)
}

/// Levenshtein's distance, for "did you mean".
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut corner = i;
        let mut left = i + 1;
        for (cell, cb) in row.iter_mut().skip(1).zip(&b) {
            let best = (corner + usize::from(ca != *cb)).min(left + 1).min(*cell + 1);
            corner = *cell;
            *cell = best;
            left = best;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or(0)
}

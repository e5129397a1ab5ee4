use super::*;

fn load_text(text: &str, overrides: &Overrides) -> Loaded {
    let dir = tempfile::TempDir::new().unwrap();
    let path = dir.path().join("config.toml");
    std::fs::write(&path, text).unwrap();
    let mut loaded = load(&path, overrides);
    for problem in &mut loaded.problems {
        problem.place = problem.place.replace(&path.display().to_string(), "config.toml");
    }
    loaded
}

fn from(text: &str) -> Loaded {
    load_text(text, &Overrides::default())
}

#[test]
fn the_example_is_exactly_the_defaults() {
    let loaded = from(EXAMPLE);
    assert_eq!(loaded.problems, []);
    let stripped = Settings { origins: Vec::new(), ..loaded.settings };
    assert_eq!(stripped, read::defaults());
    assert_eq!(Settings { origins: Vec::new(), ..from("").settings }, stripped);
}

#[test]
fn every_key_is_read() {
    let loaded = from(
        r#"
        default_workspace = "w"
        tenant = "contoso.com"
        client_id = "c"
        [sign_in]
        method = "device"
        storage = "memory"
        [endpoints]
        authority = "http://127.0.0.1:1/"
        graph = "http://localhost:2/beta/"
        portal = "https://portal.example.com"
        ca_file = "/ca.pem"
        [history]
        log_size = 2_000
        [bulk]
        json_batch = true
        [ui]
        glyphs = "ascii"
        "#,
    );
    assert_eq!(loaded.problems, []);
    let s = loaded.settings;
    assert_eq!(
        (s.default_workspace.as_str(), s.tenant.as_str(), s.client_id.as_str()),
        ("w", "contoso.com", "c")
    );
    assert_eq!((s.method, s.storage, s.log_size, s.ascii), (Method::Device, Storage::Memory, 2_000, true));
    assert!(s.json_batch);
    assert_eq!(s.endpoints.graph.as_str(), "http://localhost:2/beta");
    assert_eq!(s.endpoints.ca_file, Some(PathBuf::from("/ca.pem")));
}

#[test]
fn each_mistake_names_its_place_its_key_and_what_was_expected_and_the_rest_is_used() {
    for (text, severity, message) in [
        ("tenant = 5", Severity::Error, "config.toml:1:10: tenant: found integer, expected text in quotes"),
        (
            "tenant = \"consumers\"",
            Severity::Error,
            "config.toml:1:10: tenant: personal accounts have no Security Copilot; expected a directory ID, a domain or \"organizations\"",
        ),
        (
            "default_workspace = \"a/b\"",
            Severity::Error,
            "config.toml:1:21: default_workspace: found \"a/b\", expected an ID without spaces or slashes",
        ),
        (
            "\n\ntennant = \"x\"",
            Severity::Warning,
            "config.toml:3:1: tennant: there is no such key; did you mean tenant?",
        ),
        (
            "client_secret = \"s3cret\"",
            Severity::Warning,
            "config.toml:1:1: client_secret: secrets are never read from the configuration; take it out of the file",
        ),
        (
            "sign_in = 1",
            Severity::Error,
            "config.toml:1:11: sign_in: found integer, expected a table [sign_in]",
        ),
        (
            "[sign_in]\nmethod = \"post\"",
            Severity::Error,
            "config.toml:2:10: sign_in.method: found \"post\", expected \"auto\" or \"device\" or \"browser\" or \"command\"",
        ),
        (
            "[bulk]\njson_batch = 20",
            Severity::Error,
            "config.toml:2:14: bulk.json_batch: found integer, expected true or false",
        ),
        (
            "[sign_in]\nstorage = \"cloud\"",
            Severity::Error,
            "config.toml:2:11: sign_in.storage: found \"cloud\", expected \"file\" or \"keyring\" or \"memory\"",
        ),
        (
            "[sign_in]\ntoken_command = \"az account\"",
            Severity::Error,
            "config.toml:2:17: sign_in.token_command: found string, expected a list like [\"program\", \"argument\"]",
        ),
        (
            "[sign_in]\nmethod = \"command\"",
            Severity::Error,
            "config.toml: sign_in.method is \"command\", and sign_in.token_command names no program",
        ),
        (
            "[endpoints]\ngraph = \"http://example.com\"",
            Severity::Error,
            "config.toml:2:9: endpoints.graph: expected https; http is for this machine only (127.0.0.1, localhost)",
        ),
        (
            "[endpoints]\ngraph = \"https://u:p@example.com\"",
            Severity::Error,
            "config.toml:2:9: endpoints.graph: an address with a user name or password is not taken",
        ),
        (
            "[endpoints]\nportal = \"nonsense\"",
            Severity::Error,
            "config.toml:2:10: endpoints.portal: found \"nonsense\", expected an address like https://graph.microsoft.com/beta",
        ),
        (
            "[history]\nlog_size = \"big\"",
            Severity::Error,
            "config.toml:2:12: history.log_size: found string, expected a number of bytes, like 1048576",
        ),
        (
            "[ui]\nglyphs = \"emoji\"",
            Severity::Warning,
            "config.toml:2:10: ui.glyphs: found \"emoji\", expected \"unicode\" or \"ascii\"",
        ),
        (
            "profiles = 1",
            Severity::Error,
            "config.toml:1:12: profiles: found integer, expected tables like [profiles.contoso]",
        ),
        (
            "[profiles.x]\nlable = \"P\"",
            Severity::Warning,
            "config.toml:2:1: lable: there is no such key; did you mean label?",
        ),
    ] {
        let loaded = from(text);
        let found: Vec<String> = loaded.problems.iter().map(ToString::to_string).collect();
        assert_eq!(found.first().map(String::as_str), Some(message));
        assert_eq!(loaded.problems[0].severity, severity, "{text}");
        assert!(!message.contains("s3cret"));
    }
    let rest = from("client_id = 5\ntenant = \"contoso.com\"").settings;
    assert_eq!((rest.client_id.as_str(), rest.tenant.as_str()), ("", "contoso.com"));
}

#[test]
fn a_file_that_is_no_toml_gives_its_line_and_the_defaults() {
    let loaded = from("tenant = \"contoso.com\"\ndefault_workspace = \n");
    assert_eq!(loaded.problems.len(), 1);
    assert!(loaded.problems[0].place.starts_with("config.toml:2:"), "{}", loaded.problems[0]);
    assert_eq!(loaded.settings.tenant, "organizations");
    assert!(loaded.broken());
}

#[test]
fn a_profile_lies_over_the_file_and_flags_over_both() {
    let text = "tenant = \"a.com\"\nclient_id = \"top\"\n[profiles.x]\ntenant = \"b.com\"\nlabel = \"PROD\"\nread_only = true";
    let profile = Some(("x".to_owned(), "--profile"));
    let overrides =
        Overrides { profile: profile.clone(), workspace: Some("w".into()), ..Overrides::default() };
    let s = load_text(text, &overrides).settings;
    assert_eq!(
        (s.tenant.as_str(), s.client_id.as_str(), s.default_workspace.as_str()),
        ("b.com", "top", "w")
    );
    assert_eq!((s.label.as_deref(), s.read_only, s.profile.as_str()), (Some("PROD"), true, "x"));
    let unknown = load_text("[profiles.y]", &Overrides { profile, ..Overrides::default() });
    assert_eq!(unknown.problems[0].to_string(), "--profile: there is no profile \"x\"; there is y");
}

#[test]
fn only_a_file_that_was_asked_for_must_exist() {
    let nowhere = Path::new("/nonexistent/retitle.toml");
    assert_eq!(load(nowhere, &Overrides::default()).problems, []);
    let asked = Overrides { config: Some(nowhere.to_owned()), ..Overrides::default() };
    assert!(load(nowhere, &asked).problems[0].to_string().contains("there is no such file"));
}

#[test]
fn what_is_shown_can_be_read_again_and_names_where_each_value_comes_from() {
    let loaded = from("tenant = \"contoso.com\"");
    let shown = show(&loaded);
    assert!(shown.contains("tenant = \"contoso.com\"  # "), "{shown}");
    assert!(shown.contains("config.toml:1\n"), "{shown}");
    assert!(shown.contains("default_workspace = \"default\"  # default\n"));
    shown.parse::<toml::Table>().unwrap();
}

#[test]
fn fuzz_any_text_gives_settings_and_places_and_no_panic() {
    bolero::check!(name = "config").for_each(|bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes);
        for text in [text.to_string(), format!("{text}\n{EXAMPLE}"), format!("[sign_in]\n{text}")] {
            let loaded = parse(&text, Path::new("config.toml"), &Overrides::default());
            assert!(
                loaded.problems.iter().all(|p| p.place.starts_with("config.toml") && !p.words.is_empty())
            );
            assert!(["http", "https"].contains(&loaded.settings.endpoints.graph.scheme()));
        }
    });
}

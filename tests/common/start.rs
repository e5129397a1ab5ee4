//! What a model begins with in tests and benchmarks: a moment, settings, a person, a session.
#![allow(dead_code, reason = "not every test binary asks for all of it")]

use std::time::Duration;

use retitle::core::effect::Way;
use retitle::core::msg::Who;
use retitle::core::place::PlaceConfig;
use retitle::core::session::{Account, Host, Key, Presence, Profile, Session, SessionId, WorkspaceId};
use retitle::core::settings::{Face, Settings};
use retitle::core::time::Stamp;

pub fn at(seconds: i64) -> Stamp {
    Stamp::from_micros(1_800_000_000_000_000 + seconds * 1_000_000)
}

pub fn place() -> PlaceConfig {
    PlaceConfig {
        profile: Profile::new("default"),
        label: Some("PROD".into()),
        tenant: "contoso.com".into(),
        workspace: WorkspaceId::new("default"),
        client: Some("11111111".into()),
        read_only: false,
        protected: false,
    }
}

pub fn settings() -> Settings {
    Settings {
        places: vec![place()],
        config_path: "/home/jo/.config/retitle/config.toml".into(),
        host: Host::new("graph.microsoft.com"),
        portal: "https://securitycopilot.microsoft.com".into(),
        history: Duration::from_secs(365 * 86_400),
        json_batch: false,
        zone: 0,
        ascii: false,
        still: false,
        face: Face::Screen,
        theme: retitle::store::config::theme::read(retitle::store::config::theme::BUILT_IN[0].1).unwrap(),
        keys: retitle::core::keymap::Keymap::default(),
        mouse: false,
        bursts: false,
        rules: Vec::new(),
        templates: vec!["{created:%Y-%m-%d} ".into(), "{n:02} ".into()],
        way: Way::Device,
        tokens_kept: "~/.local/state/retitle/auth (0600, not encrypted)".into(),
        sign_in_hint: None,
        has_demo: true,
    }
}

pub fn who(name: &str) -> Who {
    who_at("contoso", name)
}

pub fn who_at(tenant: &str, name: &str) -> Who {
    Who {
        account: Account::new(&format!("{tenant}.{name}")),
        username: format!("{name}@{tenant}.com"),
        tenant: format!("{tenant}.com"),
    }
}

pub fn key(id: &str) -> Key {
    Key { profile: Profile::new("default"), id: SessionId::new(id) }
}

pub fn session(id: &str, name: Option<&str>, age_seconds: i64) -> Session {
    Session {
        key: key(id),
        workspace: WorkspaceId::new("default"),
        name: name.map(Into::into),
        created: Some(at(-age_seconds - 60)),
        modified: Some(at(-age_seconds)),
        presence: Presence::Here,
        seen: Some(at(-10)),
        opened: Some(at(-5)),
        ours: None,
        pinned: false,
        account: None,
        host: Host::new("graph.microsoft.com"),
    }
}

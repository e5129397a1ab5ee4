//! Addresses, as far as trust depends on them.

use url::{Host, Url};

use super::session::SessionId;

/// The portal's address of a session.
///
/// The form stands in Microsoft's own samples and is not documented; it names no workspace.
pub fn link(portal: &str, id: &SessionId) -> Option<String> {
    let mut url = Url::parse(portal).ok()?;
    url.path_segments_mut().ok()?.pop_if_empty().extend(["sessions", id.as_str()]);
    Some(url.into())
}

/// Whether an address may be handed to a browser: https, or on this machine.
pub fn may_open(url: &Url) -> bool {
    url.scheme() == "https" || (url.scheme() == "http" && is_loopback(url))
}

/// Whether an address is on this machine: 127.0.0.0/8, `::1` or `localhost`.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_gets_https_or_this_machine() {
        for (address, may) in [
            ("https://securitycopilot.microsoft.com/sessions/a", true),
            ("http://127.0.0.1:4711/sessions/a", true),
            ("http://securitycopilot.microsoft.com/sessions/a", false),
            ("file:///etc/passwd", false),
            ("javascript:alert(1)", false),
        ] {
            assert_eq!(Url::parse(address).is_ok_and(|url| may_open(&url)), may, "{address}");
        }
        let odd = SessionId::new("a b/../c");
        assert_eq!(
            link("https://p.example/", &odd).as_deref(),
            Some("https://p.example/sessions/a%20b%2F..%2Fc")
        );
    }

    #[test]
    fn only_this_machine_is_loopback() {
        for (address, here) in [
            ("http://127.0.0.1:1", true),
            ("http://127.8.8.8", true),
            ("http://[::1]:1/x", true),
            ("http://localhost", true),
            ("http://localhost.example.com", false),
            ("http://10.0.0.1", false),
            ("http://127.0.0.1.example.com", false),
            ("file:///etc/passwd", false),
        ] {
            assert_eq!(Url::parse(address).is_ok_and(|url| is_loopback(&url)), here, "{address}");
        }
    }
}

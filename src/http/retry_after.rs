//! How long a server wants to be left alone.

use std::time::Duration;

use chrono::DateTime;

/// A hostile or mistaken server is not obeyed for longer than this.
const LONGEST: Duration = Duration::from_secs(600);

/// Reads `Retry-After`: seconds, an HTTP date, or a comma list of seconds, of which the first positive counts (seen in
/// Microsoft's own SDKs). A date is measured against the answer's own `Date`, so that a wrong clock here does no harm.
/// Rubbish is no answer.
pub fn parse(value: &str, date: Option<&str>) -> Option<Duration> {
    let seconds = value
        .split(',')
        .filter_map(|part| part.trim().parse::<f64>().ok())
        .find(|s| s.is_finite() && *s > 0.0);
    let named = match seconds {
        Some(seconds) => Duration::from_secs_f64(seconds.min(LONGEST.as_secs_f64())),
        None => {
            let until = DateTime::parse_from_rfc2822(value.trim()).ok()?;
            let now = DateTime::parse_from_rfc2822(date?.trim()).ok()?;
            (until - now).to_std().ok().filter(|wait| !wait.is_zero())?
        }
    };
    Some(named.min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fuzz_any_value_is_rubbish_or_a_bounded_pause() {
        bolero::check!(name = "retry-after").for_each(|bytes: &[u8]| {
            let text = String::from_utf8_lossy(bytes);
            let (value, date) = text.split_once('\n').unwrap_or((&text, ""));
            if let Some(pause) = parse(value, Some(date)) {
                assert!(pause <= LONGEST);
            }
        });
    }

    #[test]
    fn every_form_that_servers_send_is_read() {
        let date = Some("Tue, 24 Nov 2026 10:00:00 GMT");
        for (value, seconds) in [
            ("120", Some(120)),
            (" 7 ", Some(7)),
            ("31,120", Some(31)),
            ("0,5", Some(5)),
            ("Tue, 24 Nov 2026 10:00:30 GMT", Some(30)),
            ("99999999999", Some(600)),
            ("1e400", None),
            ("-5", None),
            ("0", None),
            ("soon", None),
            ("", None),
            ("Tue, 24 Nov 2026 09:00:00 GMT", None),
        ] {
            assert_eq!(parse(value, date).map(|d| d.as_secs()), seconds, "{value}");
        }
        assert_eq!(
            parse("Tue, 24 Nov 2026 10:00:30 GMT", None),
            None,
            "a date without the server's own says nothing"
        );
    }
}

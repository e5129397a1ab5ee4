//! Name templates: text with fields in braces, expanded to plain text at once, so that braces in a name stay what they
//! are.

use std::fmt::Write as _;

use chrono::format::{Item, StrftimeItems};

use super::session::Session;
use super::time::Stamp;

/// A template, taken apart.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Template {
    parts: Vec<Part>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Part {
    Text(String),
    Date(Date, String),
    Workspace,
    Tenant,
    Profile,
    Me,
    Id,
    Id8,
    Old,
    /// Width with leading zeros, and the first number.
    Number(usize, u64),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Date {
    Created,
    Modified,
    Today,
}

/// What a template is filled with.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    pub session: &'a Session,
    pub tenant: &'a str,
    /// The label or name of the profile.
    pub profile: &'a str,
    /// The workspace's name, where Graph has told it, else its ID.
    pub workspace: &'a str,
    /// The name before the `@` of who is signed in; empty when nobody is.
    pub me: &'a str,
    pub now: Stamp,
    /// East of UTC, in seconds.
    pub zone: i32,
    /// Counted from zero.
    pub n: u64,
}

/// The widest number.
const WIDEST: usize = 20;

impl Template {
    /// Takes a template apart. `{{` and `}}` stand for braces.
    ///
    /// # Errors
    /// In words: a field that there is not, a date form that cannot be, or a brace that is not closed.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            if let Some(tail) = rest.strip_prefix("{{") {
                literal.push('{');
                rest = tail;
            } else if let Some(tail) = rest.strip_prefix("}}") {
                literal.push('}');
                rest = tail;
            } else if let Some(inner) = rest.strip_prefix('{') {
                let (field, tail) =
                    inner.split_once('}').ok_or_else(|| format!("the field {{{inner} is not closed"))?;
                if !literal.is_empty() {
                    parts.push(Part::Text(std::mem::take(&mut literal)));
                }
                parts.push(part(field)?);
                rest = tail;
            } else {
                literal.push(c);
                rest = rest.get(c.len_utf8()..).unwrap_or("");
            }
        }
        if !literal.is_empty() {
            parts.push(Part::Text(literal));
        }
        Ok(Self { parts })
    }

    /// The text for a session. What a session has no value for is left out.
    pub fn expand(&self, facts: &Facts<'_>) -> String {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Text(literal) => text.push_str(literal),
                Part::Date(which, form) => {
                    let at = match which {
                        Date::Created => facts.session.created,
                        Date::Modified => facts.session.modified,
                        Date::Today => Some(facts.now),
                    };
                    if let Some(at) = at {
                        text.push_str(&at.format(form, facts.zone));
                    }
                }
                Part::Workspace => text.push_str(facts.workspace),
                Part::Tenant => text.push_str(facts.tenant),
                Part::Profile => text.push_str(facts.profile),
                Part::Me => text.push_str(facts.me),
                Part::Id => text.push_str(facts.session.key.id.as_str()),
                Part::Id8 => text.push_str(facts.session.key.id.short()),
                Part::Old => text.push_str(facts.session.name.as_deref().unwrap_or("")),
                Part::Number(width, first) => {
                    let _ = write!(text, "{:0width$}", first.saturating_add(facts.n)); // a String takes all
                }
            }
        }
        text
    }

    /// Whether it counts, so that two rows never get the same name from it by themselves.
    pub fn counts(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::Number(..)))
    }

    /// Whether the old name has a place in it.
    pub fn has_old(&self) -> bool {
        self.parts.contains(&Part::Old)
    }
}

fn part(field: &str) -> Result<Part, String> {
    let (name, form) = field.split_once(':').map_or((field, None), |(name, form)| (name, Some(form)));
    let date = |which| {
        let form = form.unwrap_or("%Y-%m-%d");
        if StrftimeItems::new(form).any(|item| item == Item::Error) {
            return Err(format!("{{{field}}}: {form:?} is no form of a date; %Y-%m-%d is one"));
        }
        Ok(Part::Date(which, form.to_owned()))
    };
    match (name, form) {
        ("created", _) => date(Date::Created),
        ("modified", _) => date(Date::Modified),
        ("today", _) => date(Date::Today),
        ("workspace", None) => Ok(Part::Workspace),
        ("tenant", None) => Ok(Part::Tenant),
        ("profile", None) => Ok(Part::Profile),
        ("me", None) => Ok(Part::Me),
        ("id", None) => Ok(Part::Id),
        ("id8", None) => Ok(Part::Id8),
        ("old", None) => Ok(Part::Old),
        ("n", form) => number(form.unwrap_or(""))
            .ok_or_else(|| format!("{{{field}}}: expected {{n}}, {{n:03}} or {{n:05=20931}}")),
        _ => Err(format!(
            "{{{field}}}: there is no such field; known are created, modified, today, workspace, tenant, profile, me, id, id8, old and n"
        )),
    }
}

/// `03`, `05=20931` or `=7`.
fn number(form: &str) -> Option<Part> {
    let (width, first) = form.split_once('=').unwrap_or((form, "1"));
    let width: usize = if width.is_empty() { 1 } else { width.parse().ok()? };
    (width <= WIDEST).then_some(Part::Number(width, first.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::session::{Host, Key, Profile, SessionId, WorkspaceId};
    use proptest::prelude::*;

    fn session(name: Option<&str>) -> Session {
        let key = Key { profile: Profile::new("contoso"), id: SessionId::new("ecdfb9b3-58f5-4b8e") };
        Session {
            name: name.map(Into::into),
            created: Stamp::parse("2026-11-24T23:30:00Z"),
            ..Session::unseen(key, WorkspaceId::new("default"), Host::new("h"))
        }
    }

    fn expanded(template: &str, n: u64) -> Result<String, String> {
        let session = session(Some("old {n}"));
        let facts = Facts {
            session: &session,
            tenant: "contoso.com",
            profile: "PROD",
            workspace: "Hunting",
            me: "jo",
            now: Stamp::parse("2026-11-25T10:00:00Z").unwrap(),
            zone: 3_600,
            n,
        };
        Template::parse(template).map(|template| template.expand(&facts))
    }

    #[test]
    fn fields_are_filled_and_everything_else_is_text() {
        for (template, text) in [
            ("INC-{n:05=20931} {old}", "INC-20932 old {n}"),
            ("{created:%Y-%m-%d}", "2026-11-25"),
            ("{today} {created:%H:%M}", "2026-11-25 00:30"),
            ("{workspace}/{tenant}/{profile}/{me}", "Hunting/contoso.com/PROD/jo"),
            ("{id8} {n} {n:02}", "ecdfb9b3 2 02"),
            ("{{n}} {modified}x", "{n} x"),
        ] {
            assert_eq!(expanded(template, 1).as_deref(), Ok(text), "{template}");
        }
    }

    #[test]
    fn what_cannot_be_a_template_is_told_by_name() {
        for (template, words) in [
            ("{nope}", "{nope}: there is no such field"),
            ("{created:%Q}", "is no form of a date"),
            ("{n:x}", "expected {n}"),
            ("{n:99}", "expected {n}"),
            ("INC-{n", "not closed"),
        ] {
            assert!(
                expanded(template, 0).unwrap_err().contains(words),
                "{template}: {:?}",
                expanded(template, 0)
            );
        }
    }

    proptest! {
        #![proptest_config(crate::laws::config(256))]

        #[test]
        fn no_template_panics_and_plain_text_stays_as_it_is(text in "\\PC{0,40}", plain in "[^{}]{0,30}") {
            let _ = expanded(&text, u64::MAX);
            prop_assert_eq!(expanded(&plain, 0), Ok(plain));
        }
    }
}

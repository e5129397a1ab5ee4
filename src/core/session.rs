//! A session as Graph describes it, and as the library remembers it.

use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::glyph;
use super::time::Stamp;

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
        pub struct $name(Arc<str>);

        impl Ord for $name {
            fn cmp(&self, other: &Self) -> Ordering {
                // Most often it is the same text, not only an equal one: all rows of a profile share its name.
                if Arc::ptr_eq(&self.0, &other.0) { Ordering::Equal } else { self.0.cmp(&other.0) }
            }
        }

        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
                Some(self.cmp(other))
            }
        }

        impl $name {
            /// Takes the text as it is.
            pub fn new(text: &str) -> Self {
                Self(text.into())
            }
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_id! {
    /// A session's ID. The model says only `Edm.String`; every sample is a lower-case GUID.
    SessionId
}
text_id! {
    /// A workspace's ID: a GUID, or the alias `default`, which answers never resolve.
    WorkspaceId
}
text_id! {
    /// The name of a profile in the configuration; `default` when none is chosen.
    Profile
}
text_id! {
    /// Who acts: tenant and object ID of the `id_token`, else issuer and subject. Never a name that can change.
    Account
}
text_id! {
    /// The Graph host that a row belongs to, with its port, so that a test server's rows never meet production.
    Host
}

/// A session's name. One text is shared by all that mention it: a bulk of a hundred thousand sessions mentions each several
/// times, on two threads.
pub type Name = Arc<str>;

/// Of a GUID its first eight characters, as IDs are shown everywhere; a name whole.
pub fn short(id: &str) -> &str {
    let guid = id.len() == 36 && id.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    if guid { id.get(..8).unwrap_or(id) } else { id }
}

/// What stands in the place of a name where there is none.
pub const UNTITLED: &str = "(untitled)";

/// A name as a terminal may show it.
pub fn shown(name: Option<&str>) -> String {
    name.map_or_else(|| UNTITLED.to_owned(), glyph::sanitise)
}

impl SessionId {
    /// The first eight characters, as the list shows them.
    pub fn short(&self) -> &str {
        self.0.char_indices().nth(8).map_or(&*self.0, |(end, _)| self.0.get(..end).unwrap_or(&self.0))
    }
}

/// What identifies a session: its profile and its ID. The workspace is an attribute, never part of it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Key {
    pub profile: Profile,
    pub id: SessionId,
}

/// A session as an answer of Graph brings it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Entity {
    pub id: SessionId,
    /// `None` for a session that never got a name. Raw: may hold anything that the service stores.
    pub name: Option<Name>,
    pub created: Option<Stamp>,
    pub modified: Option<Stamp>,
}

/// Whether the server still shows the session to us.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Presence {
    /// Seen in the last answer about it.
    Here,
    /// The server answered 404: deleted, or not ours.
    Gone,
    /// The server answered 403.
    NoAccess,
}

impl Presence {
    /// The word for it, in the library and in tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Here => "here",
            Self::Gone => "gone",
            Self::NoAccess => "no access",
        }
    }
}

/// When a session was seen last is worth a write a day.
const DAY: Duration = Duration::from_secs(24 * 3_600);

/// A session that retitle knows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Session {
    pub key: Key,
    pub workspace: WorkspaceId,
    /// The name that the server last returned.
    pub name: Option<Name>,
    pub created: Option<Stamp>,
    pub modified: Option<Stamp>,
    pub presence: Presence,
    /// When an answer last contained it.
    pub seen: Option<Stamp>,
    /// When the person last acted on it: renamed, added, opened in the portal. `None`: only seen in a list walk,
    /// not kept in the library.
    pub opened: Option<Stamp>,
    /// The name that our last confirmed rename left there. Another one since is somebody else's doing.
    pub ours: Option<Name>,
    /// Whether the person wants it at the top.
    pub pinned: bool,
    /// The account that last saw it.
    pub account: Option<Account>,
    pub host: Host,
}

impl Session {
    /// A row of which nothing is known but that it is, or should be, there.
    pub fn unseen(key: Key, workspace: WorkspaceId, host: Host) -> Self {
        Self {
            key,
            workspace,
            name: None,
            created: None,
            modified: None,
            presence: Presence::Here,
            seen: None,
            opened: None,
            ours: None,
            pinned: false,
            account: None,
            host,
        }
    }

    /// The name, or what stands in its place.
    pub fn name_or_untitled(&self) -> &str {
        self.name.as_deref().unwrap_or(UNTITLED)
    }

    /// What stands in its row where there is no name. That it has none is known only of one that the server has told of.
    pub fn nameless(&self) -> &'static str {
        if self.seen.is_none() && self.created.is_none() { "(not looked at yet)" } else { UNTITLED }
    }

    /// Takes over what an answer says, unless the answer is older than what is known: a page that was on its way
    /// while a rename was confirmed must not bring the old name back.
    pub fn absorb(&mut self, entity: &Entity, account: &Account, now: Stamp) {
        let older = matches!((entity.modified, self.modified), (Some(new), Some(known)) if new < known);
        if older {
            self.mark_seen(account, now);
        } else {
            self.confirm(entity, account, now);
        }
    }

    /// Takes over the entity that a write returned, whatever its dates say.
    pub fn confirm(&mut self, entity: &Entity, account: &Account, now: Stamp) {
        // Most often it is the name that is known. Its text stays where it is: a walk that exchanged the texts of all rows
        // would leave as many holes in memory.
        if self.name != entity.name {
            self.name.clone_from(&entity.name);
        }
        self.modified = entity.modified.or(self.modified);
        self.created = entity.created.or(self.created);
        self.mark_seen(account, now);
    }

    /// Whether an answer tells nothing that is worth keeping: all of it is known, and was seen in the last day.
    pub(super) fn is_as(&self, entity: &Entity, account: &Account, now: Stamp) -> bool {
        self.presence == Presence::Here
            && self.name == entity.name
            && entity.modified.is_none_or(|at| self.modified == Some(at))
            && entity.created.is_none_or(|at| self.created == Some(at))
            && self.account.as_ref() == Some(account)
            && self.seen.is_some_and(|at| now.since(at) < DAY)
    }

    /// Whether somebody or something else has renamed it since our last rename.
    pub fn drifted(&self) -> bool {
        self.presence == Presence::Here && self.ours.is_some() && self.ours != self.name
    }

    fn mark_seen(&mut self, account: &Account, now: Stamp) {
        self.presence = Presence::Here;
        self.seen = Some(now);
        self.account = Some(account.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_id_never_splits_a_character() {
        assert_eq!(SessionId::new("ecdfb9b3-58f5").short(), "ecdfb9b3");
        assert_eq!(SessionId::new("é").short(), "é");
        assert_eq!(SessionId::new("äöüäöüäöüäöü").short(), "äöüäöüäö");
    }

    #[test]
    fn an_older_answer_does_not_bring_the_old_name_back() {
        let stamp = Stamp::from_micros;
        let account = Account::new("t.o");
        let key = Key { profile: Profile::new("default"), id: SessionId::new("a") };
        let mut row = Session {
            name: Some("new".into()),
            modified: Some(stamp(20)),
            presence: Presence::Gone,
            ..Session::unseen(key, WorkspaceId::new("default"), Host::new("graph.microsoft.com"))
        };
        let answer = |name: &str, modified| Entity {
            id: SessionId::new("a"),
            name: Some(name.into()),
            created: None,
            modified: Some(stamp(modified)),
        };
        row.absorb(&answer("old", 10), &account, stamp(30));
        assert_eq!((row.name.as_deref(), row.presence), (Some("new"), Presence::Here));
        row.absorb(&answer("newer", 25), &account, stamp(31));
        assert_eq!((row.name.as_deref(), row.modified), (Some("newer"), Some(stamp(25))));
        let text = row.name.clone().unwrap();
        row.absorb(&answer("newer", 26), &account, stamp(32));
        assert!(Arc::ptr_eq(row.name.as_ref().unwrap(), &text), "its text stays where it is");
        assert_eq!(row.modified, Some(stamp(26)));
    }
}

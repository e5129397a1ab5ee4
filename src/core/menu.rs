//! Menus with a line to search in: palette, help, places, order, templates. One shape for all of them.

use super::command::{Command, Focus};
use super::fault::Fault;
use super::fuzzy::Finder;
use super::glyph::width;
use super::help::{self, HelpLine};
use super::line::LineEdit;
use super::model::{Mode, Model, NARROW};
use super::order::{By, Order};
use super::place::Place;
use super::session::{Key, Profile, Session, SessionId, WorkspaceId, short};
use super::template::{Facts, Template};

/// A menu that is open.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Menu {
    pub kind: Kind,
    /// What is searched for.
    pub line: LineEdit,
    /// The number of the selected line among those that can be selected.
    pub chosen: usize,
    pub(super) found: Found,
}

/// Sessions that the palette has found.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Found {
    /// The words by which they were looked for last.
    pub(super) asked: String,
    /// The words that have found these.
    pub(super) words: String,
    pub(super) keys: Vec<Key>,
}

/// Which menu.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Kind {
    Palette,
    /// The keys, those of this focus first.
    Help(Focus),
    Profiles,
    Workspaces(Workspaces),
    Order,
    Templates,
}

/// The workspaces of the profile in use.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Workspaces {
    Asked,
    Here(Vec<Workspace>),
    Failed(Fault),
}

/// A workspace as Graph lists it.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
pub struct Workspace {
    pub id: WorkspaceId,
    pub name: Option<String>,
}

/// What a line does.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Act {
    /// A heading, or words; cannot be selected.
    Nothing,
    Run(Command),
    /// A key of another focus: told, not run.
    Tell(Command, String),
    Go(Key),
    /// One profile, or all.
    Place(Option<Profile>),
    Workspace(Workspace),
    Sort(Order),
    /// A filled template, and whether it counts.
    Insert(String, bool),
}

/// One line of a menu.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Item {
    pub text: String,
    /// What stands beside it: keys, an ID, a state.
    pub side: String,
    pub act: Act,
    /// Matched characters of `text`, as numbers of `char`s.
    pub at: Vec<u32>,
}

impl Item {
    fn new(text: impl Into<String>, side: impl Into<String>, act: Act) -> Self {
        Self { text: text.into(), side: side.into(), act, at: Vec::new() }
    }

    /// Whether it can be selected.
    pub fn live(&self) -> bool {
        self.act != Act::Nothing
    }
}

/// Whether the ID of a session begins like this: the only way to find one without a name.
fn begins(key: &Key, words: &str) -> bool {
    key.id.as_str().to_lowercase().starts_with(&words.to_lowercase())
}

/// Whether scattered letters can be what somebody meant: close together, or each the first of a word or next to the one
/// before it. Any long line holds a few letters in order somewhere.
fn meant(text: &str, at: &[u32]) -> bool {
    let (Some(first), Some(last)) = (at.first(), at.last()) else { return true };
    let near = (last - first) as usize <= 2 * at.len();
    let letters: Vec<char> = text.chars().collect();
    let letter = |n: u32| letters.get(n as usize).is_some_and(|c| c.is_alphanumeric());
    let begins = |n: &u32| n.checked_sub(1).is_none_or(|before| at.contains(&before) || !letter(before));
    near || at.iter().all(begins)
}

/// So many sessions the palette offers at most.
pub(super) const MOST_SESSIONS: usize = 50;

impl Menu {
    /// A menu that was just opened.
    pub fn new(kind: Kind) -> Self {
        Self { kind, line: LineEdit::new(""), chosen: 0, found: Found::default() }
    }

    /// The title in the frame.
    pub fn title(&self) -> &'static str {
        match self.kind {
            Kind::Palette => "Find a command, session or profile",
            Kind::Help(_) => "Keys",
            Kind::Profiles => "Profiles",
            Kind::Workspaces(_) => "Workspaces",
            Kind::Order => "Order of the list",
            Kind::Templates => "Templates",
        }
    }
}

impl Model {
    /// The lines of a menu that fit what is searched for, the best first; headings go while searching.
    pub fn menu_items(&self, menu: &Menu) -> Vec<Item> {
        let words = menu.line.text().trim();
        let all = match &menu.kind {
            Kind::Palette => self.palette(words, &menu.found.keys),
            Kind::Help(focus) => self.keys(*focus, !words.is_empty()),
            Kind::Profiles => self.profile_items(),
            Kind::Workspaces(workspaces) => self.workspace_items(workspaces),
            Kind::Order => self.orders(),
            Kind::Templates => self.template_items(),
        };
        if words.is_empty() {
            return all;
        }
        let mut finder = Finder::new(words);
        let mut fitting: Vec<(bool, u32, Item)> = all
            .into_iter()
            .filter(Item::live)
            .filter_map(|mut item| {
                let hit = finder.hit(&item.text);
                if let Some(hit) = hit.as_ref().filter(|hit| hit.whole) {
                    item.at.clone_from(&hit.at);
                    return Some((true, hit.score, item));
                }
                if matches!(&item.act, Act::Go(key) if begins(key, words)) {
                    return Some((true, u32::MAX, item));
                }
                // A command is found by its name too, which may not stand in its help.
                let name = match &item.act {
                    Act::Run(command) | Act::Tell(command, _) => command.name(),
                    Act::Nothing
                    | Act::Go(_)
                    | Act::Place(_)
                    | Act::Workspace(_)
                    | Act::Sort(_)
                    | Act::Insert(..) => "",
                };
                if let Some((true, score)) = finder.score(name) {
                    return Some((true, score, item));
                }
                if let Some(hit) = hit.filter(|hit| meant(&item.text, &hit.at)) {
                    item.at = hit.at;
                    return Some((false, hit.score, item));
                }
                let both = format!("{} {}", item.side, item.text);
                let hit = finder.hit(&both).filter(|hit| hit.whole || meant(&both, &hit.at))?;
                Some((false, hit.score, item))
            })
            .collect();
        fitting.sort_by_key(|(whole, score, _)| std::cmp::Reverse((*whole, *score)));
        fitting.into_iter().map(|(.., item)| item).collect()
    }

    fn palette(&self, words: &str, found: &[Key]) -> Vec<Item> {
        let keys = self.settings.keys.own_keys(Focus::List);
        let useless = |c: Command| matches!(c, Command::Palette | Command::Interrupt | Command::OnePlace);
        let mut items: Vec<Item> = keys
            .filter(|(command, _)| !useless(*command))
            .map(|(command, keys)| Item::new(command.help(), keys.join(" "), Act::Run(command)))
            .collect();
        if self.places.all().len() > 1 {
            items.extend(self.profile_items());
        }
        if !words.is_empty() {
            items.extend(self.known_workspaces().into_iter().map(|workspace| {
                let name = workspace.name.as_ref().map_or_else(String::new, |name| format!("{name}  "));
                let text = format!("work in workspace {name}{}", workspace.id);
                Item::new(text, "", Act::Workspace(workspace))
            }));
            items.extend(
                found
                    .iter()
                    .filter_map(|key| self.list.get(key))
                    .map(|s| Item::new(s.name_or_untitled(), s.key.id.short(), Act::Go(s.key.clone()))),
            );
        }
        items
    }

    /// The workspaces of the profile in use that are known without asking: told by Graph, configured, or seen on a row.
    fn known_workspaces(&self) -> Vec<Workspace> {
        let place = self.here();
        let mut all = place.workspaces.clone();
        let own = self.list.places(false).filter(|(profile, _)| *profile == place.config.profile);
        let seen = [&place.config.workspace, &place.workspace]
            .into_iter()
            .chain(own.map(|(_, workspace)| workspace));
        for id in seen {
            if !all.iter().any(|workspace| workspace.id == *id) {
                all.push(Workspace { id: id.clone(), name: None });
            }
        }
        all
    }

    /// The keys under their headings; each with its place where they are `searched`.
    fn keys(&self, here: Focus, searched: bool) -> Vec<Item> {
        let runs = |focus: Option<Focus>, command: Command, keys: &str| {
            if focus == Some(Focus::List) && here == Focus::List {
                Act::Run(command)
            } else {
                Act::Tell(command, keys.to_owned())
            }
        };
        help::lines(&self.settings.keys, here)
            .into_iter()
            .map(|line| match line {
                HelpLine::Heading(title) => Item::new(title, "", Act::Nothing),
                HelpLine::Keys { focus, command, keys } => {
                    let act = runs(focus, command, &keys);
                    let place = focus.map_or("Text field", Focus::title);
                    let elsewhere = searched && focus != Some(here);
                    let help = command.help();
                    let text = if elsewhere { format!("{place}: {help}") } else { help.to_owned() };
                    Item::new(text, keys, act)
                }
            })
            .collect()
    }

    fn profile_items(&self) -> Vec<Item> {
        let mut items = Vec::new();
        if self.places.all().len() > 1 {
            items.push(Item::new("all profiles", "0", Act::Place(None)));
        }
        // Under each other where there is room for all of it.
        let name = |place: &Place| match &place.config.label {
            Some(label) => format!("{label}  {}", place.config.profile),
            None => place.config.profile.to_string(),
        };
        let rights = |place: &Place| match (place.config.read_only, place.config.protected) {
            (true, true) => "read-only  protected",
            (true, false) => "read-only",
            (false, true) => "protected",
            (false, false) => "",
        };
        let all = self.places.all().iter().filter(|_| self.size.width >= NARROW);
        let widest = all.map(|place| (width(&name(place)), rights(place).len()));
        let (names, ways) = widest.fold((0, 0), |(a, b), (c, d)| (a.max(c), b.max(d)));
        let column = |text: &str, cells: usize| match cells.saturating_sub(width(text)) {
            0 if text.is_empty() => String::new(),
            free => format!("{text}{:free$}  ", ""),
        };
        for (n, place) in (1..).zip(self.places.all()) {
            let config = &place.config;
            let who = place.who().map_or("not signed in", |who| who.username.as_str());
            // The rights before what may be cut.
            let (name, rights) = (column(&name(place), names), column(rights(place), ways));
            let (tenant, workspace) = (short(&config.tenant), short(place.workspace.as_str()));
            let text = format!("{name}{rights}{tenant} / {workspace}  {who}");
            let number = if n <= 9 { n.to_string() } else { String::new() };
            items.push(Item::new(text, number, Act::Place(Some(config.profile.clone()))));
        }
        items
    }

    fn workspace_items(&self, workspaces: &Workspaces) -> Vec<Item> {
        let words = |text: &str| vec![Item::new(text, "", Act::Nothing)];
        match workspaces {
            Workspaces::Asked => words("Asking Graph …"),
            Workspaces::Failed(fault) => words(&fault.say),
            Workspaces::Here(all) if all.is_empty() => words("Graph lists no workspace for this account."),
            Workspaces::Here(all) => {
                let alias = Workspace { id: WorkspaceId::new("default"), name: None };
                let listed = all.iter().any(|w| w.id == alias.id);
                std::iter::once(&alias)
                    .filter(|_| !listed)
                    .chain(all)
                    .map(|workspace| {
                        let here = workspace.id == self.here().workspace;
                        let mark = if here { "now" } else { "" };
                        let text = match &workspace.name {
                            Some(name) => format!("{name}  {}", workspace.id),
                            None => workspace.id.to_string(),
                        };
                        Item::new(text, mark, Act::Workspace(workspace.clone()))
                    })
                    .collect()
            }
        }
    }

    fn orders(&self) -> Vec<Item> {
        let sorted = self.list.sorted();
        By::ALL
            .into_iter()
            .map(|(by, words)| {
                let here = sorted.by == by;
                let order = Order { by, reversed: here && !sorted.reversed };
                let (side, text) = match (here, sorted.reversed) {
                    (true, false) => ("now", format!("{words}; once more turns it round")),
                    (true, true) => ("now", format!("{words}, turned round; once more turns it back")),
                    (false, _) => ("", words.to_owned()),
                };
                Item::new(text, side, Act::Sort(order))
            })
            .collect()
    }

    fn template_items(&self) -> Vec<Item> {
        let Some(session) = self.templated() else { return Vec::new() };
        let n = self.templates_used;
        self.settings
            .templates
            .iter()
            .filter_map(|text| {
                let template = Template::parse(text).ok()?;
                let expanded = template.expand(&self.facts(&session, n)?);
                Some(Item::new(expanded.clone(), text.clone(), Act::Insert(expanded, template.counts())))
            })
            .collect()
    }

    /// The session whose name is being typed; one that is not made yet begins now.
    fn templated(&self) -> Option<Session> {
        match &self.mode {
            Mode::Rename(renaming) => self.list.get(&renaming.key).cloned(),
            Mode::Create(creating) => {
                let key = Key { id: SessionId::new(""), ..creating.key.clone() };
                let (workspace, host) = (self.here().workspace.clone(), self.settings.host.clone());
                let unseen = Session::unseen(key, workspace, host);
                Some(Session { created: Some(self.now), modified: Some(self.now), ..unseen })
            }
            Mode::Browse | Mode::Filter(_) | Mode::Add(_) => None,
        }
    }

    /// What a template is filled with.
    fn facts<'a>(&'a self, session: &'a Session, n: u64) -> Option<Facts<'a>> {
        let place = self.places.get(&session.key.profile)?;
        Some(place.facts(session, self.now, self.settings.zone, n))
    }
}

//! Reading names from the server: one paged list walk per workspace, then single looks at what it did not bring.

use std::collections::{BTreeSet, VecDeque};

use super::sign_in;
use crate::core::effect::{Caller, Effect, GraphCall};
use crate::core::errand::Errand;
use crate::core::fault::{Fault, FaultKind};
use crate::core::listing::{Going, Scope, Walk};
use crate::core::model::Model;
use crate::core::msg::{GraphReply, PageLink, ReqId};
use crate::core::pending::Pending;
use crate::core::session::{Key, Presence, Profile, Session, WorkspaceId};
use crate::core::store::StoreCall;
use crate::core::trees;

/// A server that never ends its list is stopped here.
const MOST_PAGES: usize = 2_000;
/// Sessions of a walk that are written to the disk at once.
const KNOWN_AT_ONCE: usize = 500;
/// Single looks at once.
const LOOKS_AT_ONCE: usize = 4;

/// `L`: everything in the workspace, and back.
pub(super) fn toggle_everything(model: &mut Model, out: &mut Vec<Effect>) {
    match model.list.scope() {
        Scope::Opened => {
            if signed_in(model) {
                model.list.set_scope(Scope::Everything);
                let workspaces = in_use(model).collect();
                start(model, workspaces, true, out);
            }
        }
        Scope::Everything => {
            stop(model);
            let editing = match &model.mode {
                crate::core::model::Mode::Rename(renaming) => Some(renaming.key.clone()),
                crate::core::model::Mode::Browse
                | crate::core::model::Mode::Filter(_)
                | crate::core::model::Mode::Add(_)
                | crate::core::model::Mode::Create(_) => None,
            };
            model.list.drop_unopened(model.drafts.keys().chain(&editing));
            model.list.set_scope(Scope::Opened);
        }
    }
}

/// Reads again what the list shows. `asked` by a person also makes the order anew.
pub(in crate::core) fn refresh(model: &mut Model, asked: bool, out: &mut Vec<Effect>) {
    if !signed_in(model) {
        return;
    }
    let mut workspaces: VecDeque<(Profile, WorkspaceId)> = VecDeque::new();
    if model.shows_everything() {
        workspaces.extend(in_use(model));
    }
    for place in model.list.places(true) {
        let signed_in = model.places.get(&place.0).is_some_and(|of| of.account().is_some());
        if signed_in && !workspaces.contains(place) {
            workspaces.push_back(place.clone());
        }
    }
    start(model, workspaces, asked, out);
}

/// The workspaces in use in the profiles that are shown and signed in to.
fn in_use(model: &Model) -> impl Iterator<Item = (Profile, WorkspaceId)> {
    let places = model.shown_places().filter(|place| place.who().is_some());
    places.map(|place| (place.config.profile.clone(), place.workspace.clone()))
}

fn signed_in(model: &mut Model) -> bool {
    let signed_in = model.shown_places().any(|place| place.who().is_some());
    if !signed_in {
        model.note(model.not_signed_in());
    }
    signed_in
}

fn as_of(model: &Model) -> Option<crate::core::time::Stamp> {
    match &model.list.walk {
        Walk::Idle { as_of } | Walk::Failed { as_of, .. } => *as_of,
        Walk::Going(going) => going.as_of,
    }
}

/// Somebody signed in to a profile: its rows are read. A walk of other profiles under way takes it along.
pub(in crate::core) fn entered(model: &mut Model, profile: &Profile, out: &mut Vec<Effect>) {
    let mut own: VecDeque<(Profile, WorkspaceId)> = VecDeque::new();
    if model.shows_everything() {
        own.extend(in_use(model).filter(|(of, _)| of == profile));
    }
    for place in model.list.places(true).filter(|(of, _)| of == profile) {
        if !own.contains(place) {
            own.push_back(place.clone());
        }
    }
    take_along(model, own, out);
}

/// Reads these workspaces, by the walk under way if there is one.
pub(super) fn take_along(
    model: &mut Model,
    mut places: VecDeque<(Profile, WorkspaceId)>,
    out: &mut Vec<Effect>,
) {
    match &mut model.list.walk {
        Walk::Going(going) => {
            let current = (going.profile.clone(), going.workspace.clone());
            places.retain(|place| *place != current && !going.rest.contains(place));
            going.rest.extend(places);
        }
        Walk::Idle { .. } | Walk::Failed { .. } => start(model, places, false, out),
    }
}

/// Gives up the walk under way if it reads a profile, and what is left of that profile for it.
pub(in crate::core) fn stop_in(model: &mut Model, profile: &Profile) {
    if let Walk::Going(going) = &mut model.list.walk {
        going.rest.retain(|(of, _)| of != profile);
        if going.profile == *profile {
            stop(model);
        }
    }
}

/// Gives up the walk under way; its answer, if it still comes, finds no taker.
pub(in crate::core) fn stop(model: &mut Model) {
    if matches!(model.list.walk, Walk::Going(_))
        && let Walk::Going(mut going) = std::mem::replace(&mut model.list.walk, Walk::Idle { as_of: None })
    {
        model.pending.remove(&going.req);
        let all = going.arrived.len();
        take_in(model, &mut going, all);
        model.list.walk = Walk::Idle { as_of: going.as_of };
        if model.list.has_a_tail() {
            sort(model);
        }
    }
}

fn start(
    model: &mut Model,
    mut workspaces: VecDeque<(Profile, WorkspaceId)>,
    asked: bool,
    out: &mut Vec<Effect>,
) {
    if model.list.partial {
        // Not every workspace is known yet, and a row that is not read yet would count as new. Those of whoever is
        // signed in are read as soon as all are there.
        return;
    }
    let as_of = as_of(model);
    stop(model);
    let Some((profile, workspace)) = workspaces.pop_front() else { return };
    let Some(req) = ask_page(model, &profile, &workspace, None, out) else { return };
    let number = model.list.begin_walk();
    model.list.walk = Walk::Going(Going {
        req,
        profile,
        workspace,
        rest: workspaces,
        read: BTreeSet::new(),
        count: 0,
        number,
        links: BTreeSet::new(),
        arrived: VecDeque::new(),
        ended: false,
        fault: None,
        as_of,
        asked,
    });
}

fn ask_page(
    model: &mut Model,
    profile: &Profile,
    workspace: &WorkspaceId,
    page: Option<PageLink>,
    out: &mut Vec<Effect>,
) -> Option<ReqId> {
    let caller = model.caller(profile)?;
    let req = model.ask(Pending::Page);
    out.push(Effect::Graph(req, caller, GraphCall::List { workspace: workspace.clone(), page }));
    Some(req)
}

/// One page came, or failed to.
pub(super) fn page(model: &mut Model, req: ReqId, answer: Result<GraphReply, Fault>, out: &mut Vec<Effect>) {
    let walk = std::mem::replace(&mut model.list.walk, Walk::Idle { as_of: None });
    let Walk::Going(mut going) = walk else {
        model.list.walk = walk;
        return;
    };
    if going.req != req {
        model.list.walk = Walk::Going(going);
        return;
    }
    let next = match answer {
        Ok(GraphReply::Page { sessions, next }) => {
            if going.arrived.is_empty() {
                going.arrived = sessions.into();
            } else {
                going.arrived.extend(sessions);
            }
            if next.is_none() {
                going.read.insert((going.profile.clone(), going.workspace.clone()));
            }
            next
        }
        Ok(
            GraphReply::Session(_)
            | GraphReply::Renamed { .. }
            | GraphReply::RenamedMany(_)
            | GraphReply::Created(_)
            | GraphReply::Workspaces(_)
            | GraphReply::Prompts(_),
        ) => None,
        Err(fault) => {
            // What came before it came; nobody may be signed in there from here on.
            let all = going.arrived.len();
            take_in(model, &mut going, all);
            // One closed workspace must not hide the others; anything else would only fail again.
            let one_workspace =
                matches!(fault.kind, FaultKind::Forbidden | FaultKind::Unpermitted | FaultKind::NotFound);
            if !one_workspace {
                going.rest.retain(|(profile, _)| *profile != going.profile);
            }
            let signed_out = matches!(fault.kind, FaultKind::SignedOut);
            if signed_out {
                sign_in::signed_out(model, &going.profile, fault.clone());
            }
            going.fault.get_or_insert(fault);
            None
        }
    };
    // Before this one is taken in: the server works meanwhile.
    let next = next.filter(|link| going.links.len() < MOST_PAGES && going.links.insert(link.0.clone()));
    match next.and_then(|link| ask_page(model, &going.profile, &going.workspace, Some(link), out)) {
        Some(req) => going.req = req,
        None => going.ended = true,
    }
    model.list.walk = Walk::Going(going);
    go_on(model, out);
}

/// Takes in some of the page that came last. Behind the last page of a workspace comes the next workspace, or the end.
pub(super) fn go_on(model: &mut Model, out: &mut Vec<Effect>) {
    if !matches!(&model.list.walk, Walk::Going(going) if going.ended || !going.arrived.is_empty()) {
        return;
    }
    let walk = std::mem::replace(&mut model.list.walk, Walk::Idle { as_of: None });
    let Walk::Going(mut going) = walk else { return };
    let some = model.portion(going.arrived.len());
    take_in(model, &mut going, some);
    if going.arrived.is_empty() && std::mem::take(&mut going.ended) && !next_place(model, &mut going, out) {
        return finish(model, going, out);
    }
    model.list.walk = Walk::Going(going);
}

/// Asks for the first page of the next workspace; whether there is one.
fn next_place(model: &mut Model, going: &mut Going, out: &mut Vec<Effect>) -> bool {
    while let Some((profile, workspace)) = going.rest.pop_front() {
        // Somebody may have signed out there meanwhile.
        if let Some(req) = ask_page(model, &profile, &workspace, None, out) {
            (going.req, going.profile, going.workspace) = (req, profile, workspace);
            return true;
        }
    }
    false
}

/// Takes in some of what has arrived.
fn take_in(model: &mut Model, going: &mut Going, some: usize) {
    // Nobody is signed in there any more.
    let Some(Caller { account, .. }) = model.caller(&going.profile) else { return going.arrived.clear() };
    let everything = model.shows_everything();
    let now = model.now;
    going.count += some;
    let mut new = Vec::new();
    for entity in going.arrived.drain(..some) {
        let key = Key { profile: going.profile.clone(), id: entity.id.clone() };
        let mut news = false;
        let known = model.list.bring(&key, going.number, |session| {
            news = session.opened.is_some() && !session.is_as(&entity, &account, now);
            session.absorb(&entity, &account, now);
        });
        if news {
            model.list.news.push_back(key);
        } else if everything && !known {
            new.push(Session {
                name: entity.name,
                created: entity.created,
                modified: entity.modified,
                seen: Some(now),
                account: Some(account.clone()),
                ..Session::unseen(key, going.workspace.clone(), model.settings.host.clone())
            });
        }
    }
    if !new.is_empty() {
        model.list.append(new, Some(going.number));
        let (now, zone) = (model.now, model.settings.zone);
        model.list.sort_a_long_tail(now, zone);
    }
}

/// Keeps news of a walk, some at a time: pages come faster than a disk takes them in.
pub(super) fn pump_known(model: &mut Model, out: &mut Vec<Effect>) {
    let busy = || model.pending.values().any(|pending| matches!(pending, Pending::RememberSome));
    if model.list.news.is_empty() || model.leaving.is_some() || busy() {
        return;
    }
    let some = model.list.news.len().min(KNOWN_AT_ONCE);
    let keys: Vec<Key> = model.list.news.drain(..some).collect();
    let sessions: Vec<Session> = keys.iter().filter_map(|key| model.list.get(key).cloned()).collect();
    let req = model.ask(Pending::RememberSome);
    out.push(Effect::Store(req, StoreCall::Remember(sessions)));
}

fn sort(model: &mut Model) {
    let (now, zone) = (model.now, model.settings.zone);
    model.list.sort(now, zone);
}

fn remember(model: &mut Model, sessions: Vec<Session>, out: &mut Vec<Effect>) {
    if !sessions.is_empty() {
        let req = model.ask(Pending::Remember);
        out.push(Effect::Store(req, StoreCall::Remember(sessions)));
    }
}

/// Reads these workspaces for a bulk. Where nothing can be read, the bulk's rows are looked at one by one.
pub(super) fn read(model: &mut Model, workspaces: VecDeque<(Profile, WorkspaceId)>, out: &mut Vec<Effect>) {
    start(model, workspaces, false, out);
}

fn finish(model: &mut Model, going: Going, out: &mut Vec<Effect>) {
    let number = going.number;
    let errand = model.errand.iter().flat_map(Errand::items).map(|item| &item.key);
    let found = trees::set(errand.filter(|key| model.list.was_brought(key, number)).cloned());
    end(model, going);
    super::batch::names_read(model, number);
    super::errand::names_read(model, &found, out);
}

fn end(model: &mut Model, going: Going) {
    if going.asked || model.list.has_a_tail() {
        sort(model);
    }
    if let Some(fault) = going.fault {
        let partly =
            matches!(fault.kind, FaultKind::Forbidden | FaultKind::Unpermitted | FaultKind::NotFound);
        let as_of = if partly { Some(model.now) } else { going.as_of };
        model.list.walk = Walk::Failed { fault, as_of };
        if !partly {
            return;
        }
    } else {
        model.list.walk = Walk::Idle { as_of: Some(model.now) };
        if model.shows_everything() {
            model.list.drop_missing(model.drafts.keys(), &going);
            model.list.refilter();
        }
    }
    // What the walk did not bring is asked for one by one, but only what is on the screen.
    let missing = model
        .visible()
        .filter(|s| s.opened.is_some() && !model.list.was_brought(&s.key, going.number))
        .map(|s| s.key.clone())
        .collect();
    model.list.looks = missing;
}

/// Asks for single sessions, a few at a time.
pub(super) fn pump_looks(model: &mut Model, out: &mut Vec<Effect>) {
    if model.list.looks.is_empty() {
        return;
    }
    let mut going = model.pending.values().filter(|p| matches!(p, Pending::Look(_))).count();
    while going < LOOKS_AT_ONCE {
        let Some(key) = model.list.looks.pop_front() else { return };
        let Some(workspace) = model.list.get(&key).map(|s| s.workspace.clone()) else { continue };
        let Some(caller) = model.caller(&key.profile) else { continue };
        let req = model.ask(Pending::Look(key.clone()));
        out.push(Effect::Graph(req, caller, GraphCall::Get { key, workspace }));
        going += 1;
    }
}

/// A single session came, or is gone.
pub(super) fn looked(model: &mut Model, key: &Key, answer: Result<GraphReply, Fault>, out: &mut Vec<Effect>) {
    let now = model.now;
    let account = model.account_for(key).cloned();
    let changed = match answer.and_then(GraphReply::session) {
        Ok(entity) => model.list.change(key, |session| {
            if let Some(account) = account {
                session.absorb(&entity, &account, now);
            }
        }),
        Err(fault) => match fault.kind {
            FaultKind::NotFound => model.list.change(key, |session| session.presence = Presence::Gone),
            FaultKind::Forbidden | FaultKind::Unpermitted => {
                model.list.change(key, |session| session.presence = Presence::NoAccess)
            }
            FaultKind::SignedOut => return sign_in::signed_out(model, &key.profile, fault),
            FaultKind::Offline
            | FaultKind::Busy { .. }
            | FaultKind::Unclear
            | FaultKind::Refused
            | FaultKind::Changed(_)
            | FaultKind::Declined
            | FaultKind::Expired
            | FaultKind::SignInBlocked
            | FaultKind::Disk
            | FaultKind::Bug => {
                return model.complain(fault.say);
            }
        },
    };
    if let Some(session) = changed.cloned() {
        remember(model, vec![session], out);
    }
}

//! Adding a session by ID or link.

use super::{list, sign_in};
use crate::core::command::Command;
use crate::core::effect::{Effect, GraphCall};
use crate::core::fault::{Fault, FaultKind};
use crate::core::filter;
use crate::core::line::{Edit, LineEdit};
use crate::core::model::{AddState, Adding, Mode, Model};
use crate::core::msg::{GraphReply, ReqId};
use crate::core::notice::Notice;
use crate::core::pending::Pending;
use crate::core::reference::{self, SessionLink};
use crate::core::session::{Key, Session, SessionId, WorkspaceId};
use crate::core::store::StoreCall;

/// A pasted text with each share link in it as what that links to: a token is dropped before it can be shown, undone to,
/// sent or kept, whichever field has the keys.
pub(super) fn without_share_tokens(model: &mut Model, text: &str) -> String {
    let portal = &model.settings.portal;
    let mut dropped = false;
    let kept: String = text
        .split_inclusive(char::is_whitespace)
        .map(|part| {
            let word = part.trim_end();
            match linked(word, portal).filter(|link| link.share_token_dropped) {
                Some(link) => {
                    dropped = true;
                    link.without_token(portal) + part.get(word.len()..).unwrap_or("")
                }
                None => part.to_owned(),
            }
        })
        .collect();
    if dropped {
        model.note("The share token in the link was dropped.");
    }
    kept
}

/// The first session that a pasted text names without a doubt, be it among other words.
pub(super) fn named(model: &Model, text: &str) -> Option<SessionLink> {
    let portal = &model.settings.portal;
    text.split_whitespace().filter_map(|word| linked(word, portal)).find(|link| !link.unusual_id)
}

/// The session that a word names, in whatever punctuation it stands.
fn linked(word: &str, portal: &str) -> Option<SessionLink> {
    let word = word.trim_matches(|c: char| "()[]{}<>\"',;.".contains(c));
    let without_doubt =
        |link: &SessionLink| !link.unusual_id || link.share_token_dropped || word.contains("://");
    reference::parse(word, portal).ok().filter(without_doubt)
}

/// Opens the line, with pasted text in it.
pub(super) fn open(model: &mut Model, text: &str) {
    let mut line = LineEdit::new("");
    if !text.is_empty() {
        line.apply(Edit::Paste(text.to_owned()));
    }
    model.mode = Mode::Add(Adding { line, state: AddState::Typing });
}

pub(super) fn close(model: &mut Model) {
    if let Mode::Add(Adding { state: AddState::Looking { req, .. }, .. }) = &model.mode {
        model.pending.remove(req);
    }
    model.mode = Mode::Browse;
}

pub(super) fn submit(model: &mut Model, out: &mut Vec<Effect>) {
    let Mode::Add(adding) = &mut model.mode else { return };
    if matches!(adding.state, AddState::Looking { .. }) {
        return;
    }
    let link = match reference::parse(adding.line.text(), &model.settings.portal) {
        Ok(link) => link,
        Err(error) => {
            adding.state = AddState::Wrong(error.to_string());
            return;
        }
    };
    if link.share_token_dropped {
        // A fresh line: undo must not bring the token back.
        adding.line = LineEdit::new(&link.without_token(&model.settings.portal));
    }
    let key = model.key(&SessionId::new(&link.session));
    let itself = || model.list.get(&key).filter(|s| s.opened.is_some()).map(|_| key.clone());
    if let Some(known) = known(model, &link.session).or_else(itself) {
        model.mode = Mode::Browse;
        list::go(model, &known);
        model.note("Already in the list.");
        return;
    }
    let workspace =
        link.workspace.as_deref().map_or_else(|| model.here().workspace.clone(), WorkspaceId::new);
    let Some(caller) = model.caller(&key.profile) else {
        let sign_in = model.key_of(Command::SignIn);
        wrong(model, format!("Not signed in, so it cannot be looked up. Esc, then {sign_in} to sign in."));
        return;
    };
    let req = model.ask(Pending::Add);
    let looking = AddState::Looking {
        req,
        key: key.clone(),
        workspace: workspace.clone(),
        share_token_dropped: link.share_token_dropped,
    };
    if let Mode::Add(adding) = &mut model.mode {
        adding.state = looking;
    }
    out.push(Effect::Graph(req, caller, GraphCall::Get { key, workspace }));
}

/// The session in the list whose ID begins like this, if it is one and no other.
fn known(model: &Model, begins: &str) -> Option<Key> {
    let begins = begins.to_lowercase();
    let mut found = model.list.opened().filter(|s| filter::begins(s.key.id.as_str(), &begins));
    let first = found.next()?.key.clone();
    (begins.len() >= reference::SHORTEST_PREFIX && found.next().is_none()).then_some(first)
}

fn wrong(model: &mut Model, words: String) {
    if let Mode::Add(adding) = &mut model.mode {
        adding.state = AddState::Wrong(words);
    }
}

pub(super) fn answered(
    model: &mut Model,
    req: ReqId,
    answer: Result<GraphReply, Fault>,
    out: &mut Vec<Effect>,
) {
    let Mode::Add(Adding {
        state: AddState::Looking { req: asked, key, workspace, share_token_dropped },
        ..
    }) = &model.mode
    else {
        return;
    };
    if *asked != req {
        return;
    }
    let (key, workspace, share_token_dropped) = (key.clone(), workspace.clone(), *share_token_dropped);
    let profile = key.profile.clone();
    match answer.and_then(GraphReply::session) {
        Ok(entity) => {
            let known = model.list.get(&key);
            let session = Session {
                name: entity.name,
                created: entity.created,
                modified: entity.modified,
                seen: Some(model.now),
                opened: Some(model.now),
                ours: known.and_then(|known| known.ours.clone()),
                pinned: known.is_some_and(|known| known.pinned),
                account: model.account_for(&key).cloned(),
                ..Session::unseen(key.clone(), workspace, model.settings.host.clone())
            };
            model.list.put(session.clone());
            model.mode = Mode::Browse;
            list::go(model, &key);
            let remark = if share_token_dropped { " The share token in the link was dropped." } else { "" };
            let words = format!("Added.{remark} {} renames it.", model.key_of(Command::Rename));
            model.notice = Some(Notice::good(model.now, words));
            let req = model.ask(Pending::Remember);
            out.push(Effect::Store(req, StoreCall::Remember(vec![session])));
        }
        Err(fault) => {
            wrong(model, fault.say.clone());
            if matches!(fault.kind, FaultKind::SignedOut) {
                sign_in::signed_out(model, &profile, fault);
            }
        }
    }
}

//! `Model::step`: a fact in, wishes out. The dispatcher only dispatches.

pub(super) mod add;
mod again;
mod conflict;
pub(super) mod leave;
pub(super) mod list;
mod reload;
pub(super) mod rename;
pub(super) mod save;
pub(super) mod sign_in;
mod text;
pub(super) mod turns;
mod undo;
mod walk;

use super::command::{Command, Focus, resolve};
use super::effect::Effect;
use super::key::Key;
use super::line::{Edit, LineEdit};
use super::model::{Mode, Model, Overlay, Pending};
use super::msg::{GraphReply, Msg, ReqId};
use super::notice::Notice;
use super::saves::Phase;
use super::store::{Newest, StoreReply};
use super::time::Stamp;
use super::{fault::Fault, help};

impl Model {
    /// Takes in one fact and returns what is to be done about it.
    ///
    /// An effect is asked for at most once per intention; an answer with an unknown id changes nothing; a write is
    /// never cancelled, only outlived.
    pub fn step(&mut self, now: Stamp, msg: Msg) -> Vec<Effect> {
        self.now = self.now.max(now);
        let mut out = Vec::new();
        match msg {
            Msg::Key(key) => self.press(key, &mut out),
            Msg::Paste(text) => text::paste(self, &text),
            Msg::Resized(size) => self.size = size,
            Msg::Woke => {}
            Msg::Terminated => leave::terminate(self, &mut out),
            Msg::Resumed => out.push(Effect::Repaint),
            Msg::Graph(req, answer) => self.graph_answered(req, answer, &mut out),
            Msg::Auth(attempt, answer) => sign_in::answered(self, attempt, answer, &mut out),
            Msg::Store(req, answer) => self.store_answered(req, answer, &mut out),
            Msg::LibraryChanged => reload::ask(self, &mut out),
            Msg::DeskFailed(fault) => self.notice = Some(Notice::bad(fault.say)),
        }
        self.due(&mut out);
        save::pump(self, &mut out);
        walk::pump_looks(self, &mut out);
        leave::finish(self, &mut out);
        self.list.settle_view(self.list_height(), self.row_extra());
        out
    }

    /// What time alone has made due.
    fn due(&mut self, out: &mut Vec<Effect>) {
        if self.notice.as_ref().and_then(|n| n.until).is_some_and(|until| until <= self.now) {
            self.notice = None;
        }
        sign_in::due(self, out);
        rename::due(self, out);
        turns::due(self, out);
    }

    fn press(&mut self, key: Key, out: &mut Vec<Effect>) {
        let now = self.now;
        self.saves
            .retain(|_, s| s.next.is_some() || !matches!(s.phase, Phase::Saved { until } if until <= now));
        let focus = self.focus();
        let torn = key.typed().is_some() && self.deaf_until.take().is_some_and(|until| now < until);
        if torn && focus == Focus::List {
            return;
        }
        let dismisses = resolve(focus, key) == Some(Command::ClearFilter);
        if focus == Focus::List && !dismisses && self.notice.as_ref().is_some_and(|n| n.until.is_none()) {
            self.notice = None;
        }
        match resolve(focus, key) {
            Some(command) => self.run(command, out),
            None => {
                if let Some(c) = key.typed() {
                    text::edit(self, Edit::Insert(c));
                }
            }
        }
    }

    fn run(&mut self, command: Command, out: &mut Vec<Effect>) {
        match command {
            Command::Rename => rename::begin(self, out),
            Command::Down | Command::FilterDown => self.list.step(1),
            Command::Up | Command::FilterUp => self.list.step(-1),
            Command::PageDown => self.list.step(list::page(self)),
            Command::PageUp => self.list.step(-list::page(self)),
            Command::Top => self.list.step(isize::MIN),
            Command::Bottom => self.list.step(isize::MAX),
            Command::Filter => list::open_filter(self),
            Command::ClearFilter => list::clear(self),
            Command::CloseFilter => {
                self.mode = Mode::Browse;
                self.list.set_filter("");
            }
            Command::KeepFilter => self.mode = Mode::Browse,
            Command::Add => add::open(self, ""),
            Command::SubmitAdd => add::submit(self, out),
            Command::CloseAdd => add::close(self),
            Command::Everything => walk::toggle_everything(self, out),
            Command::Refresh => walk::refresh(self, true, out),
            Command::Open => list::open_portal(self, out),
            Command::CopyId => list::copy_id(self, out),
            Command::CopyLink => list::copy_link(self, out),
            Command::Retry => again::retry(self, out),
            Command::CancelSave => again::cancel(self, out),
            Command::TakeBack => undo::find(self, Newest::ToUndo, out),
            Command::PutBack => undo::find(self, Newest::ToRedo, out),
            Command::History => undo::open_history(self, out),
            Command::Mine => conflict::mine(self, out),
            Command::Theirs => conflict::theirs(self, out),
            Command::EditMine => conflict::edit(self, out),
            Command::HistoryUndo => undo::take_chosen(self, out),
            Command::HistoryDown => undo::step(self, 1),
            Command::HistoryUp => undo::step(self, -1),
            Command::HistoryPageDown => undo::step(self, undo::page(self)),
            Command::HistoryPageUp => undo::step(self, -undo::page(self)),
            Command::HistoryTop => undo::step(self, isize::MIN),
            Command::HistoryBottom => undo::step(self, isize::MAX),
            Command::HistoryFilter => {
                if let Some(history) = undo::history(self) {
                    history.filtering = true;
                }
            }
            Command::HistoryKeepFilter => {
                if let Some(history) = undo::history(self) {
                    history.filtering = false;
                }
            }
            Command::HistoryClearFilter => {
                if let Some(history) = undo::history(self) {
                    history.filtering = false;
                    history.filter = LineEdit::new("");
                    history.refiltered();
                }
            }
            Command::SignIn => sign_in::open_chosen(self, out),
            Command::OpenSignIn => sign_in::open_page(self, out),
            Command::CopyCode => sign_in::copy_code(self, out),
            Command::NewCode => sign_in::anew(self, out),
            Command::OtherWay => sign_in::change_over(self, out),
            Command::CloseSignIn | Command::CloseHelp | Command::CloseConflict | Command::CloseHistory => {
                self.overlays.pop();
            }
            Command::Help => self.overlays.push(Overlay::Help { scroll: 0 }),
            Command::HelpDown => self.scroll_help(1),
            Command::HelpUp => self.scroll_help(-1),
            Command::Redraw => out.push(Effect::Repaint),
            Command::Suspend => {
                rename::write_draft(self, out);
                out.push(Effect::Suspend);
            }
            Command::Quit => leave::quit(self, out),
            Command::Interrupt => leave::interrupt(self, out),
            Command::Save => rename::commit(self, out),
            Command::Leave => rename::leave(self, out),
            Command::Original => rename::original(self),
            Command::Left => text::edit(self, Edit::Left),
            Command::Right => text::edit(self, Edit::Right),
            Command::WordLeft => text::edit(self, Edit::WordLeft),
            Command::WordRight => text::edit(self, Edit::WordRight),
            Command::Home => text::edit(self, Edit::Home),
            Command::End => text::edit(self, Edit::End),
            Command::DeleteBack => text::edit(self, Edit::DeleteBack),
            Command::DeleteForward => text::edit(self, Edit::DeleteForward),
            Command::DeleteWordBack => text::edit(self, Edit::DeleteWordBack),
            Command::DeleteWordForward => text::edit(self, Edit::DeleteWordForward),
            Command::KillToStart => text::edit(self, Edit::KillToStart),
            Command::KillToEnd => text::edit(self, Edit::KillToEnd),
            Command::Yank => text::edit(self, Edit::Yank),
            Command::Undo => text::edit(self, Edit::Undo),
            Command::Redo => text::edit(self, Edit::Redo),
            Command::Transpose => text::edit(self, Edit::Transpose),
            Command::Upper => text::edit(self, Edit::Upper),
            Command::Lower => text::edit(self, Edit::Lower),
            Command::Capitalise => text::edit(self, Edit::Capitalise),
        }
    }

    fn scroll_help(&mut self, by: i16) {
        // The help's frame takes two lines, the screen's edge two more.
        let room = usize::from(self.size.height.saturating_sub(4)).max(1);
        let most = u16::try_from(help::lines().len().saturating_sub(room)).unwrap_or(u16::MAX);
        if let Some(Overlay::Help { scroll }) = self.overlays.last_mut() {
            *scroll = scroll.saturating_add_signed(by).min(most);
        }
    }

    fn graph_answered(&mut self, req: ReqId, answer: Result<GraphReply, Fault>, out: &mut Vec<Effect>) {
        match self.pending.remove(&req) {
            Some(Pending::Page) => walk::page(self, req, answer, out),
            Some(Pending::Look(key)) => walk::looked(self, &key, answer, out),
            Some(Pending::Add) => add::answered(self, req, answer, out),
            Some(Pending::Base(key)) => conflict::answered(self, &key, req, answer, out),
            Some(Pending::Check(key)) => save::checked(self, &key, req, answer, out),
            Some(Pending::Send(key)) => save::sent(self, &key, req, answer, out),
            // An answer to a request that was never made of Graph: put it back and change nothing.
            Some(
                other @ (Pending::Commit(_)
                | Pending::Settle(_)
                | Pending::Draft(_)
                | Pending::Remember
                | Pending::Claim(_)
                | Pending::Reload
                | Pending::Find(_)
                | Pending::History),
            ) => {
                self.pending.insert(req, other);
            }
            None => {}
        }
    }

    fn store_answered(&mut self, req: ReqId, answer: Result<StoreReply, Fault>, out: &mut Vec<Effect>) {
        match self.pending.remove(&req) {
            Some(Pending::Commit(key)) => save::committed(self, &key, req, answer, out),
            Some(Pending::Draft(key)) => {
                if let Err(fault) = answer {
                    rename::draft_refused(self, &key, &fault);
                }
            }
            Some(Pending::Claim(key)) => turns::turned(self, &key, answer, out),
            Some(Pending::Reload) => reload::answered(self, answer, out),
            Some(Pending::Find(what)) => undo::found(self, what, answer, out),
            Some(Pending::History) => undo::came(self, answer),
            Some(Pending::Settle(_) | Pending::Remember) => {
                if let Err(fault) = answer {
                    self.notice = Some(Notice::bad(fault.say));
                }
            }
            Some(
                other @ (Pending::Page
                | Pending::Look(_)
                | Pending::Add
                | Pending::Base(_)
                | Pending::Check(_)
                | Pending::Send(_)),
            ) => {
                self.pending.insert(req, other);
            }
            None => {}
        }
    }
}

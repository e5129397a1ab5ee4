//! `Model::step`: a fact in, wishes out. The dispatcher only dispatches.

pub(super) mod add;
mod again;
mod answers;
pub(super) mod batch;
mod bulk;
pub(super) mod burst;
pub(super) mod calm;
mod conflict;
mod create;
mod editor;
mod errand;
mod last;
pub(super) mod leave;
pub(super) mod list;
mod many;
mod menu;
mod mouse;
mod peek;
mod places;
pub(super) mod plain;
pub(super) mod reload;
pub(super) mod rename;
pub(super) mod save;
mod shelf;
pub(super) mod sign_in;
mod tell;
mod text;
pub(super) mod turns;
mod undo;
mod walk;

use super::command::{Command, Focus};
use super::effect::Effect;
use super::key::Key;
use super::line::{Edit, LineEdit};
use super::menu::{Act, Kind};
use super::model::{History, Left, Mode, Model, Overlay};
use super::msg::Msg;
use super::session::Profile;
use super::store::Newest;
use super::time::Stamp;
use super::work::{Work, Worked};

impl Model {
    /// Takes in one fact and returns what is to be done about it.
    ///
    /// An effect is asked for at most once per intention; an answer with an unknown id changes nothing; a write is
    /// never cancelled, only outlived.
    pub fn step(&mut self, now: Stamp, msg: Msg) -> Vec<Effect> {
        let mut out = Vec::new();
        if self.glides(now, &msg) {
            return out;
        }
        self.stir();
        self.now = self.now.max(now);
        let key_or_mouse = matches!(msg, Msg::Key(_) | Msg::Mouse { .. });
        walk::go_on(self, &mut out);
        self.hear(msg, &mut out);
        self.due(&mut out);
        // After what was pasted, where that is known only when its silence is over.
        bulk::follow(self, &mut out);
        // Before anything more is sent: what was just refused may stop the rest.
        batch::follow(self, &mut out);
        save::pump(self, &mut out);
        self.saves.place();
        walk::pump_looks(self, &mut out);
        walk::pump_known(self, &mut out);
        leave::finish(self, &mut out);
        if key_or_mouse {
            places::follow(self);
        }
        self.list.hold(match &self.mode {
            Mode::Rename(renaming) => Some(renaming.key.clone()),
            Mode::Browse | Mode::Filter(_) | Mode::Add(_) | Mode::Create(_) => None,
        });
        if self.list.query().asks_states() {
            let tags = self.tags();
            self.list.set_tags(tags);
        }
        errand::follow(self, &mut out);
        self.saves.place();
        bulk::follow_range(self);
        peek::follow(self, &mut out);
        menu::follow(self, &mut out);
        if let Some(notice) = &self.notice {
            self.messages.hear(self.now, notice);
        }
        self.settle_view();
        tell::tell(self, &mut out);
        out.extend(
            self.list.begin_to_arrange().map(|arrange| Effect::Work(Work::Arrange(Box::new(arrange)))),
        );
        out
    }

    fn hear(&mut self, msg: Msg, out: &mut Vec<Effect>) {
        match msg {
            Msg::Key(key) => self.press(key, out),
            Msg::Paste(text) => {
                burst::release(self, out);
                text::paste(self, &text);
            }
            Msg::Line(line) => plain::said(self, line, out),
            Msg::Resized(size) => {
                // It may have been another one for a moment, in which the terminal cut off what did not fit.
                if size == self.size {
                    out.push(Effect::Repaint);
                }
                self.size = size;
            }
            Msg::Woke => {}
            Msg::Tasked(task) => errand::asked(self, task),
            Msg::Terminated if errand::alone(self) => errand::stop(self, out),
            Msg::Terminated => {
                burst::release(self, out);
                plain::keep_waiting(self, out);
                leave::terminate(self, out);
            }
            Msg::Resumed => out.push(Effect::Repaint),
            Msg::Graph(req, _) | Msg::Store(req, _) if reload::must_wait(self, req) => {
                self.held_back.push(msg);
            }
            Msg::Graph(req, answer) => self.graph_answered(req, answer, out),
            Msg::Auth(attempt, answer) => sign_in::answered(self, attempt, answer, out),
            Msg::Store(req, answer) => self.store_answered(req, answer, out),
            Msg::Worked(Ok(Worked::Arranged(arranged))) => reload::arranged(self, *arranged, out),
            Msg::Worked(Ok(Worked::Found { words, keys })) => menu::found_sessions(self, &words, keys),
            Msg::Worked(Ok(Worked::Planned(made))) => bulk::came(self, *made),
            Msg::Worked(Ok(Worked::Alike { key, name, found })) => {
                rename::found_double(self, &key, &name, found);
            }
            Msg::Worked(Err(fault)) => reload::broke(self, fault, out),
            Msg::LibraryChanged => reload::ask(self, out),
            Msg::DeskFailed(fault) => self.complain(fault.say),
            Msg::Copied => list::copied(self),
            Msg::Edited(answer) => editor::came_back(self, answer, out),
            // Nothing is drawn to be pressed.
            Msg::Mouse { .. } if self.size.is_too_small() => {}
            Msg::Mouse { what, x, y } => {
                burst::release(self, out);
                mouse::did(self, what, x, y, out);
            }
        }
    }

    /// What time alone has made due.
    fn due(&mut self, out: &mut Vec<Effect>) {
        if self.notice.as_ref().and_then(|n| n.until).is_some_and(|until| until <= self.now) {
            self.notice = None;
            // What a protected profile asked is no longer on the screen, so no key answers it.
            self.sure = None;
        }
        burst::due(self, out);
        sign_in::due(self, out);
        rename::due(self, out);
        turns::due(self, out);
        plain::due(self, out);
    }

    fn press(&mut self, key: Key, out: &mut Vec<Effect>) {
        self.saves.forget_shown(self.now);
        if !burst::takes(self, key, out) {
            self.act(key, out);
        }
    }

    /// Does what a key means.
    fn act(&mut self, key: Key, out: &mut Vec<Effect>) {
        let now = self.now;
        let focus = self.focus();
        let chord = Key { alt: true, ..key };
        let torn = |left: &Left| {
            let known = self.list.get(&left.renaming.key).is_some();
            now < left.until && known && self.settings.keys.resolve(Focus::Rename, chord).is_some()
        };
        let left = self.left.take().filter(|_| focus == Focus::List && key.typed().is_some());
        if let Some(left) = left.filter(torn) {
            rename::come_back(self, left);
            return self.act(chord, out);
        }
        let dismisses = self.settings.keys.resolve(focus, key) == Some(Command::ClearFilter);
        if focus == Focus::List && !dismisses && self.notice.as_ref().is_some_and(|n| n.until.is_none()) {
            self.notice = None;
        }
        match self.settings.keys.resolve(focus, key) {
            Some(command) if self.size.is_too_small() && !command.works_unseen() => {}
            Some(command) => {
                list::catch_up(self, focus, command);
                self.run(command, Some(key), out);
            }
            None => match key.typed() {
                Some(c) if focus.is_text() => text::edit(self, Edit::Insert(c)),
                Some(_) | None => {
                    let help = self.settings.keys.key_for(Focus::List, Command::Help);
                    if focus == Focus::List && self.notice.is_none() {
                        let words = format!("{key} means nothing here. {help} shows the keys.");
                        self.note(words);
                    }
                }
            },
        }
    }

    /// Whether a write may go on in a protected profile, which wants to be asked for it twice.
    fn sure_of(&mut self, command: Command, protected: bool) -> bool {
        let asked = self.sure.replace(command) == Some(command);
        if protected && !asked {
            let words = "A protected profile: the same once more does it.";
            self.note(words);
            return false;
        }
        self.sure = None;
        true
    }

    /// Whether a write of this command would go to a protected profile.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "few commands write; a test asks each in a protected profile"
    )]
    fn meets_protected(&self, command: Command) -> bool {
        let protected_profile =
            |profile: &Profile| self.places.get(profile).is_some_and(|place| place.config.protected);
        let protected = |key: &super::session::Key| protected_profile(&key.profile);
        match command {
            Command::TakeBack | Command::PutBack => self.shown_places().any(|place| place.config.protected),
            // A line of the palette or the help asks where it is run: behind it there is no key to press again.
            Command::MenuRun => {
                matches!(menu::chosen(self), Some(Act::Run(command)) if self.meets_protected(command))
            }
            Command::Retry => self.list.chosen().is_some_and(protected),
            // Its label was typed for what was applied; this is another write.
            Command::BatchRetry | Command::BatchUndo => self
                .batch
                .as_ref()
                .is_some_and(|batch| !batch.runs() && batch.profiles().iter().any(protected_profile)),
            Command::SubmitCreate => self.here().config.protected,
            Command::Mine => matches!(self.overlays.last(), Some(Overlay::Conflict(key)) if protected(key)),
            Command::HistoryUndo => {
                let history = if let Some(Overlay::History(history)) = self.overlays.last() {
                    Some(history)
                } else {
                    None
                };
                history.and_then(History::chosen_entry).is_some_and(|entry| protected(&entry.intent.key))
            }
            _ => false,
        }
    }

    /// Does what a key or a line means, unless it is a write that wants to be asked for twice.
    fn run(&mut self, command: Command, key: Option<Key>, out: &mut Vec<Effect>) {
        let protected = self.meets_protected(command);
        if self.sure_of(command, protected) {
            self.carry_out(command, key, out);
        }
    }

    /// Does what a person asked for. `key` is how, where it was a key.
    #[expect(clippy::too_many_lines, reason = "one line a command, which is what a dispatcher is")]
    fn carry_out(&mut self, command: Command, key: Option<Key>, out: &mut Vec<Effect>) {
        match command {
            Command::Rename => rename::begin(self, out),
            Command::Down
            | Command::FilterDown
            | Command::Up
            | Command::FilterUp
            | Command::PageDown
            | Command::PageUp
            | Command::Top
            | Command::Bottom => list::go_through(self, command),
            Command::Filter => list::open_filter(self),
            Command::ClearFilter => list::clear(self, out),
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
            Command::CopyName => list::copy_name(self, out),
            Command::Create => create::open(self, out),
            Command::SubmitCreate => create::submit(self, out),
            Command::CloseCreate => create::close(self, out),
            Command::NextOpen => shelf::next_open(self, true),
            Command::PreviousOpen => shelf::next_open(self, false),
            Command::Pin => shelf::pin(self, out),
            Command::Remove => shelf::remove(self, out),
            Command::PutInList => shelf::put_back(self, out),
            Command::Preview => peek::toggle(self),
            Command::PreviewDown => peek::scroll(self, 1),
            Command::PreviewUp => peek::scroll(self, -1),
            Command::Details => peek::details(self),
            Command::Messages => peek::messages(self),
            Command::ReadDown => peek::read_on(self, 1),
            Command::ReadUp => peek::read_on(self, -1),
            Command::ReadPageDown => peek::read_on(self, menu::page(self)),
            Command::ReadPageUp => peek::read_on(self, -menu::page(self)),
            Command::ReadCopy => peek::copy(self, out),
            Command::Sort => menu::open(self, Kind::Order),
            Command::Palette => menu::open(self, Kind::Palette),
            Command::Mark => bulk::mark(self),
            Command::MarkRange => bulk::range(self),
            Command::MarkAll => bulk::mark_all(self),
            Command::Unmark => drop(bulk::unmark(self)),
            Command::Bulk => bulk::open(self),
            Command::EditNames => editor::open(self, out),
            Command::Progress => last::show(self, out),
            Command::BulkNext => bulk::submit(self),
            Command::BulkHow => bulk::change_how(self, true),
            Command::BulkHowBack => bulk::change_how(self, false),
            Command::BulkFieldDown => bulk::other_field(self, true),
            Command::BulkFieldUp => bulk::other_field(self, false),
            Command::CloseBulk => bulk::back(self),
            Command::BulkApply => bulk::apply(self, String::new()),
            Command::BulkSkip => bulk::skip(self),
            Command::BulkDown => self.step_bulk(1),
            Command::BulkUp => self.step_bulk(-1),
            Command::BulkPageDown => self.step_bulk(menu::page(self)),
            Command::BulkPageUp => self.step_bulk(-menu::page(self)),
            Command::BulkTop => self.step_bulk(isize::MIN),
            Command::BulkBottom => self.step_bulk(isize::MAX),
            Command::BatchStop => batch::stop(self),
            Command::BatchRetry => batch::again(self),
            Command::BatchUndo => last::take_back(self, out),
            Command::Profiles => menu::open(self, Kind::Profiles),
            Command::Workspaces => menu::open_workspaces(self, out),
            Command::Templates => menu::open_templates(self),
            Command::MenuRun => menu::run(self, out),
            Command::MenuDown => menu::step(self, 1),
            Command::MenuUp => menu::step(self, -1),
            Command::MenuPageDown => menu::step(self, menu::page(self)),
            Command::MenuPageUp => menu::step(self, -menu::page(self)),
            Command::OnePlace => match key.and_then(Key::typed).and_then(|c| c.to_digit(10)) {
                Some(number) => places::show_number(self, number as usize),
                None => menu::open(self, Kind::Profiles),
            },
            Command::AllPlaces => places::show(self, None),
            Command::Mouse => mouse::toggle(self, out),
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
            Command::HistoryPageDown => undo::step(self, menu::page(self)),
            Command::HistoryPageUp => undo::step(self, -menu::page(self)),
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
            Command::CloseSignIn
            | Command::CloseMenu
            | Command::CloseReading
            | Command::CloseConflict
            | Command::CloseHistory
            | Command::CloseBatch => {
                self.overlays.pop();
            }
            Command::Help => menu::open_help(self),
            Command::Redraw => out.push(Effect::Repaint),
            Command::Suspend => {
                rename::write_draft(self, out);
                out.push(Effect::Suspend);
            }
            Command::Quit => leave::quit(self, out),
            Command::Interrupt => leave::interrupt(self, out),
            Command::Save => rename::commit(self, out),
            Command::SaveNext => rename::commit_and_go(self, 1, out),
            Command::SavePrevious => rename::commit_and_go(self, -1, out),
            Command::RecallOlder => rename::recall(self, true),
            Command::RecallNewer => rename::recall(self, false),
            Command::Leave => rename::leave(self, out),
            Command::Original => rename::original(self),
            Command::Left => text::edit(self, Edit::Left),
            Command::Right => rename::right(self),
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

    /// Moves in the table of a bulk that is prepared, or of one that runs.
    fn step_bulk(&mut self, rows: isize) {
        bulk::step(self, rows);
        batch::step(self, rows);
    }
}

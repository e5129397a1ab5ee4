//! A menu, over the list: a line to search in and what it finds.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::field::asking;
use super::text::{foot, framed, put, put_marked, rect};
use super::theme::{Role, style, theirs};
use crate::core::command::{Command, Focus};
use crate::core::menu::{Act, Kind, Menu, Workspaces};
use crate::core::model::Model;
use crate::core::sight::MenuLine;

/// Draws the menu; returns where the caret belongs.
pub(super) fn draw(model: &Model, menu: &Menu, buffer: &mut Buffer) -> Position {
    let sight = model.menu_sight(menu);
    let frame = rect(sight.frame);
    let does = match menu.kind {
        Kind::Help(_) | Kind::Palette => "run",
        Kind::Profiles | Kind::Workspaces(_) => "go there",
        Kind::Order => "sort",
        Kind::Templates => "insert",
    };
    let mut wanted = vec![(Command::MenuRun, does), (Command::CloseMenu, "close")];
    wanted.retain(|(command, _)| *command != Command::MenuRun || sight.lines.iter().any(|line| line.chosen));
    let foot = foot(model, Focus::Menu, &wanted, frame.width);
    let inner = framed(menu.title(), foot, frame, buffer);
    let x = put(buffer, inner.x + 1, inner.y, inner.width, "/", style(Role::Key));
    let caret = asking(
        &menu.line,
        "type to search",
        Rect { x, width: inner.right().saturating_sub(x), height: 1, ..inner },
        buffer,
    );
    if sight.lines.is_empty() {
        put(buffer, inner.x + 1, inner.y + 1, inner.width, "No match.", style(Role::Quiet));
    }
    for line in &sight.lines {
        self::line(menu, line, sight.side, buffer);
    }
    caret
}

/// An item, on the lines that it has.
fn line(menu: &Menu, line: &MenuLine, side: u16, buffer: &mut Buffer) {
    let room = rect(line.room);
    let Some(_) = line.live else {
        let cells = room.width.saturating_sub(2);
        for (y, (words, _)) in (room.y..room.bottom()).zip(&line.text) {
            put(buffer, room.x + 1, y, cells, words, style(heading(menu)));
        }
        return;
    };
    let look = style(if line.chosen { Role::Chosen } else { Role::Plain });
    if line.chosen {
        buffer.set_style(room, look);
        put(buffer, room.x, room.y, 1, "▸", look.patch(style(Role::Title)));
    }
    for (y, words) in (room.y..room.bottom()).zip(&line.side) {
        put(buffer, room.x + 2, y, side, words, look.patch(style(Role::Key)));
    }
    let x = room.x + 2 + if side > 0 { side + 2 } else { 0 };
    let text = look.patch(style(Role::Plain));
    let text = match line.item.act {
        Act::Run(_) | Act::Tell(..) => text,
        Act::Nothing | Act::Go(_) | Act::Place(_) | Act::Workspace(_) | Act::Sort(_) | Act::Insert(..) => {
            theirs(text)
        }
    };
    for (y, (words, at)) in (room.y..room.bottom()).zip(&line.text) {
        put_marked(buffer, x, y, room.right().saturating_sub(x + 1), words, at, text);
    }
}

/// The look of a line that cannot be selected: a heading, or words.
fn heading(menu: &Menu) -> Role {
    match &menu.kind {
        Kind::Workspaces(Workspaces::Failed(_)) => Role::Bad,
        Kind::Workspaces(Workspaces::Asked | Workspaces::Here(_)) => Role::Quiet,
        Kind::Palette | Kind::Help(_) | Kind::Profiles | Kind::Order | Kind::Templates => Role::Title,
    }
}

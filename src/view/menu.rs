//! A menu, over the list: a line to search in and what it finds.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::plan::NARROW;
use super::rows::asking;
use super::text::{count, foot, framed, put, put_marked, put_theirs};
use super::theme::{Role, style, theirs};
use crate::core::command::{Command, Focus};
use crate::core::glyph;
use crate::core::menu::{Act, Item, Kind, Menu, Workspaces};
use crate::core::model::Model;

/// Draws the menu; returns where the caret belongs.
pub(super) fn draw(model: &Model, menu: &Menu, area: Rect, buffer: &mut Buffer) -> Position {
    let items = model.menu_items(menu);
    // A few cells left over at each side would show scraps of the list.
    let width = if area.width <= 100 { area.width } else { (area.width - 28).clamp(92, 132) };
    let wanted = count(items.len()).saturating_add(3).max(5);
    let margin = u16::from(area.height > 12);
    let height = wanted.min(area.height.saturating_sub(2 * margin));
    let frame = Rect { x: area.x + (area.width - width) / 2, y: area.y + margin, width, height };
    let does = match menu.kind {
        Kind::Help(_) | Kind::Palette => "run",
        Kind::Profiles | Kind::Workspaces(_) => "go there",
        Kind::Order => "sort",
        Kind::Templates => "insert",
    };
    let live = |n: &usize| items.get(*n).is_some_and(Item::live);
    let chosen = (0..items.len()).filter(live).nth(menu.chosen);
    let mut wanted = vec![(Command::MenuRun, does), (Command::CloseMenu, "close")];
    wanted.retain(|(command, _)| chosen.is_some() || *command != Command::MenuRun);
    let foot = foot(model, Focus::Menu, &wanted, width);
    let inner = framed(menu.title(), foot, frame, buffer);
    let x = put(buffer, inner.x + 1, inner.y, inner.width, "/", style(Role::Key));
    let caret = asking(
        &menu.line,
        "type to search",
        Rect { x, width: inner.right().saturating_sub(x), height: 1, ..inner },
        buffer,
    );
    let list = Rect { y: inner.y + 1, height: inner.height.saturating_sub(1), ..inner };
    if items.is_empty() {
        put(buffer, list.x + 1, list.y, list.width, "No match.", style(Role::Quiet));
        return caret;
    }
    // What those need that are in sight: one long list of keys elsewhere would cut every line.
    let height = usize::from(list.height).max(1);
    let near = items.iter().skip((chosen.unwrap_or(0) + 1).saturating_sub(height)).take(height);
    let side = near.map(|item| glyph::width(&item.side)).max().unwrap_or(0);
    let most = usize::from(inner.width / if inner.width < NARROW { 4 } else { 3 }).max(8);
    let side = count(side.min(most));
    let x = list.x + 2 + if side > 0 { side + 2 } else { 0 };
    let cells = list.right().saturating_sub(x + 1);
    // The selected line says all of what it does, on as many lines as that takes.
    let whole =
        chosen.and_then(|n| items.get(n)).map(|item| glyph::wrap_keeping(&item.text, cells.into(), 4));
    let extra = whole.as_ref().map_or(0, |lines| lines.len().saturating_sub(1));
    let last = chosen.unwrap_or(0) + extra;
    // A heading above the first line is worth its place.
    let top = (last + 1).saturating_sub(height).min(chosen.unwrap_or(0));
    let mut y = list.y;
    for (n, item) in items.iter().enumerate().skip(top) {
        if y >= list.bottom() {
            break;
        }
        let row = Rect { y, height: 1, ..list };
        y += 1;
        if !item.live() {
            y += heading(menu, item, Rect { height: list.bottom() - row.y, ..row }, buffer) - 1;
            continue;
        }
        let here = chosen == Some(n);
        let look = if here { style(Role::Chosen) } else { style(Role::Plain) };
        if here {
            buffer.set_style(row, look);
            put(buffer, row.x, row.y, 1, "▸", look.patch(style(Role::Title)));
        }
        if side > 0 {
            let words = glyph::fit_words(&item.side, side.into());
            put(buffer, row.x + 2, row.y, side, &words, look.patch(style(Role::Key)));
        }
        let text = look.patch(style(Role::Plain));
        let lines = whole.as_ref().filter(|lines| here && lines.len() > 1);
        match (lines.and_then(|lines| lines.split_first()), &item.act) {
            (Some((first, more)), _) => {
                put_theirs(buffer, x, row.y, cells, first, text);
                for line in more.iter().take(usize::from(list.bottom().saturating_sub(y))) {
                    buffer.set_style(Rect { y, ..row }, look);
                    put_theirs(buffer, x, y, cells, line, text);
                    y += 1;
                }
            }
            // Our own words are cut between them, a name anywhere.
            (None, Act::Run(_) | Act::Tell(..)) => {
                let words = glyph::fit_words(&item.text, cells.into());
                put_marked(buffer, x, row.y, cells, &words, &item.at, text);
            }
            (
                None,
                Act::Nothing
                | Act::Go(_)
                | Act::Place(_)
                | Act::Workspace(_)
                | Act::Sort(_)
                | Act::Insert(..),
            ) => {
                put_marked(buffer, x, row.y, cells, &item.text, &item.at, theirs(text));
            }
        }
    }
    caret
}

/// A line that cannot be selected: a heading, or words; on how many lines.
fn heading(menu: &Menu, item: &Item, room: Rect, buffer: &mut Buffer) -> u16 {
    let role = match &menu.kind {
        Kind::Workspaces(Workspaces::Failed(_)) => Role::Bad,
        Kind::Workspaces(Workspaces::Asked | Workspaces::Here(_)) => Role::Quiet,
        Kind::Palette | Kind::Help(_) | Kind::Profiles | Kind::Order | Kind::Templates => Role::Title,
    };
    let cells = room.width.saturating_sub(2);
    let lines = glyph::wrap(&item.text, cells.into(), room.height.into());
    for (y, line) in (room.y..).zip(&lines) {
        put(buffer, room.x + 1, y, cells, line, style(role));
    }
    count(lines.len()).max(1)
}

//! A menu, over the list: a line to search in and what it finds.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::widgets::{Block, Clear, Widget};

use super::rows::put_line;
use super::text::{put, put_marked};
use super::theme::{Role, style};
use crate::core::command::{Command, Focus};
use crate::core::glyph;
use crate::core::menu::{Item, Kind, Menu};
use crate::core::model::Model;

/// Draws the menu; returns where the caret belongs.
pub(super) fn draw(model: &Model, menu: &Menu, area: Rect, buffer: &mut Buffer) -> Position {
    let items = model.menu_items(menu);
    let width = area.width.min(92);
    let wanted = u16::try_from(items.len()).unwrap_or(u16::MAX).saturating_add(3).max(5);
    let margin = u16::from(area.height > 12);
    let height = wanted.min(area.height.saturating_sub(2 * margin));
    let frame = Rect { x: area.x + (area.width - width) / 2, y: area.y + margin, width, height };
    Clear.render(frame, buffer);
    let key = |command| model.settings.keys.key_for(Focus::Menu, command);
    let does = match menu.kind {
        Kind::Help(_) | Kind::Palette => "runs the line",
        Kind::Profiles | Kind::Workspaces(_) => "goes there",
        Kind::Order => "sorts",
        Kind::Templates => "inserts it",
    };
    let foot =
        format!(" type to search   {} {does}   {} closes ", key(Command::MenuRun), key(Command::CloseMenu));
    let block =
        Block::bordered().title(format!(" {} ", menu.title())).title_bottom(foot).style(style(Role::Plain));
    let inner = block.inner(frame);
    block.render(frame, buffer);
    let x = put(buffer, inner.x + 1, inner.y, inner.width, "/ ", style(Role::Key));
    let caret = put_line(&menu.line, x, inner.y, inner.right().saturating_sub(x + 1), buffer);
    let list = Rect { y: inner.y + 1, height: inner.height.saturating_sub(1), ..inner };
    if items.is_empty() {
        put(buffer, list.x + 1, list.y, list.width, "Nothing fits.", style(Role::Quiet));
        return caret;
    }
    let side = items.iter().map(|item| glyph::width(&item.side)).max().unwrap_or(0);
    let most = usize::from(inner.width / 3).max(8);
    let side = u16::try_from(side.min(most)).unwrap_or(0);
    let live = |n: &usize| items.get(*n).is_some_and(Item::live);
    let chosen = (0..items.len()).filter(live).nth(menu.chosen);
    let height = usize::from(list.height).max(1);
    let last = chosen.unwrap_or(0);
    // A heading above the first line is worth its place.
    let top = (last + 1).saturating_sub(height);
    for ((n, item), y) in items.iter().enumerate().skip(top).zip(list.y..list.bottom()) {
        line(model, item, chosen == Some(n), side, Rect { y, height: 1, ..list }, buffer);
    }
    caret
}

fn line(model: &Model, item: &Item, chosen: bool, side: u16, area: Rect, buffer: &mut Buffer) {
    if !item.live() {
        let role = if item.side.is_empty() && area.width > 0 { Role::Title } else { Role::Plain };
        put(buffer, area.x + 1, area.y, area.width.saturating_sub(1), &item.text, style(role));
        return;
    }
    let base = if chosen { style(Role::Chosen) } else { style(Role::Plain) };
    if chosen {
        buffer.set_style(area, base);
        let mark = if model.settings.ascii { ">" } else { "▸" };
        put(buffer, area.x, area.y, 1, mark, base.patch(style(Role::Title)));
    }
    if side > 0 {
        put(buffer, area.x + 2, area.y, side, &item.side, base.patch(style(Role::Key)));
    }
    let x = area.x + 2 + if side > 0 { side + 2 } else { 0 };
    let cells = area.right().saturating_sub(x + 1);
    put_marked(buffer, x, area.y, cells, &item.text, &item.at, base.patch(style(Role::Plain)));
}

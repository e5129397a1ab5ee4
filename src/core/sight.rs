//! Where the lines of what lies over the list stand: the view draws by it, and a click is looked up in it.

use super::glyph;
use super::menu::{Act, Item, Menu};
use super::mode::History;
use super::model::{Model, NARROW};
use super::msg::Size;

/// A rectangle of cells.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Room {
    pub x: u16,
    pub y: u16,
    pub width: u16,
    pub height: u16,
}

impl Room {
    /// The room in a frame of this size.
    fn inner(self) -> Self {
        let (width, height) = (self.width.saturating_sub(2), self.height.saturating_sub(2));
        Self { x: self.x + 1, y: self.y + 1, width, height }
    }

    /// The room without its first lines.
    fn below(self, lines: u16) -> Self {
        Self { y: self.y + lines, height: self.height.saturating_sub(lines), ..self }
    }

    fn holds(self, x: u16, y: u16) -> bool {
        (self.x..self.x + self.width).contains(&x) && (self.y..self.y + self.height).contains(&y)
    }
}

/// A menu as it is drawn.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MenuSight {
    pub frame: Room,
    /// Cells of what stands beside the lines; nothing does where it is 0.
    pub side: u16,
    /// What is in sight.
    pub lines: Vec<MenuLine>,
}

/// An item of a menu that is in sight, on as many lines of the screen as it takes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MenuLine {
    pub item: Item,
    /// Its number among those that can be selected.
    pub live: Option<usize>,
    pub chosen: bool,
    pub room: Room,
    pub side: Vec<String>,
    /// Its text, and which characters of that were searched for.
    pub text: Vec<(String, Vec<u32>)>,
}

/// Lines of the history below the entries: the details of the selected one.
const DETAILS: u16 = 4;
/// Where the row holds both names, either may be cut, so the details say the new one too.
const DETAILS_WIDE: u16 = 6;

/// The history as it is drawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct HistorySight {
    /// The filter's line, where one is typed or set.
    pub filter: Option<Room>,
    pub entries: Room,
    /// With room for them.
    pub details: Option<Room>,
    /// The number of the first entry in sight.
    pub top: usize,
}

/// What a menu's item says, broken into lines.
struct Laid {
    side: Vec<String>,
    text: Vec<(String, Vec<u32>)>,
}

impl Laid {
    /// An item in so many cells; `whole`: on as many lines as that takes, else on one.
    fn of(item: &Item, whole: bool, side: usize, cells: usize) -> Self {
        let ours = says_ours(item);
        let lines = if whole { glyph::wrap_keeping(&item.text, cells, 4) } else { Vec::new() };
        let text = if lines.len() > 1 {
            marked(lines, if ours { &item.at } else { &[] })
        } else if ours {
            // Our own words are cut between them, a name anywhere.
            vec![(glyph::fit_words(&item.text, cells), item.at.clone())]
        } else {
            vec![(item.text.clone(), item.at.clone())]
        };
        let side = if whole && side > 0 {
            glyph::wrap(&item.side, side, 4)
        } else {
            vec![glyph::fit_words(&item.side, side)]
        };
        Self { side, text }
    }

    /// A heading, or words.
    fn heading(item: &Item, cells: usize) -> Self {
        Self { side: Vec::new(), text: marked(glyph::wrap(&item.text, cells, 6), &[]) }
    }

    fn height(&self) -> u16 {
        u16::try_from(self.side.len().max(self.text.len())).unwrap_or(u16::MAX).max(1)
    }
}

/// Whether the text is the program's own.
fn says_ours(item: &Item) -> bool {
    match item.act {
        Act::Run(_) | Act::Tell(..) => true,
        Act::Nothing | Act::Go(_) | Act::Place(_) | Act::Workspace(_) | Act::Sort(_) | Act::Insert(..) => {
            false
        }
    }
}

/// Lines of a text that was broken at its spaces, each with those of the characters that stand in it.
fn marked(lines: Vec<String>, at: &[u32]) -> Vec<(String, Vec<u32>)> {
    let mut from = 0;
    let each = |line: String| {
        let to = from + u32::try_from(line.chars().count()).unwrap_or(u32::MAX);
        let here = at.iter().filter(|n| (from..to).contains(n)).map(|n| n - from).collect();
        from = to + 1;
        (line, here)
    };
    lines.into_iter().map(each).collect()
}

impl Model {
    /// Where the lines of a menu stand.
    pub fn menu_sight(&self, menu: &Menu) -> MenuSight {
        let Size { width: screen, height: tall } = self.size;
        let items = self.menu_items(menu);
        // A few cells left over at each side would show scraps of the list.
        let width = if screen <= 100 { screen } else { (screen - 28).clamp(92, 132) };
        let margin = u16::from(tall > 12);
        let most = tall.saturating_sub(2 * margin);
        let chosen = items.iter().enumerate().filter(|(_, item)| item.live()).nth(menu.chosen);
        let chosen = chosen.map(|(n, _)| n);
        let first = chosen.unwrap_or(0);
        let room = usize::from(most.saturating_sub(3)).max(1);
        // What those need that can be in sight: one long list of keys elsewhere would cut every line.
        let near = items.iter().skip((first + 1).saturating_sub(room)).take(room);
        let inner = width.saturating_sub(2);
        let widest = usize::from(inner / if inner < NARROW { 4 } else { 3 }).max(8);
        let side = near.map(|item| glyph::width(&item.side)).max().unwrap_or(0).min(widest);
        let cells = usize::from(inner).saturating_sub(3 + if side > 0 { side + 2 } else { 0 });
        let laid: Vec<Laid> = (0..)
            .zip(&items)
            .map(|(n, item)| {
                if !item.live() {
                    return Laid::heading(item, usize::from(inner).saturating_sub(2));
                }
                // The selected one says all of what it does, and with room each of ours does.
                let whole = chosen == Some(n) || (inner >= NARROW && says_ours(item));
                Laid::of(item, whole, side, cells)
            })
            .collect();
        let wanted = laid.iter().map(|laid| usize::from(laid.height())).sum::<usize>().max(2) + 3;
        let height = u16::try_from(wanted).unwrap_or(u16::MAX).min(most);
        let frame = Room { x: (screen - width) / 2, y: margin, width, height };
        let list = frame.inner().below(1);
        // As far up as leaves the selected one in sight: a heading above the first line is worth its place.
        let mut left = list.height;
        let shown = laid.iter().take(first + 1).rev().take_while(|laid| {
            let fits = laid.height() <= left;
            left = left.saturating_sub(laid.height());
            fits
        });
        let top = (first + 1).saturating_sub(shown.count().max(1));
        let (mut lines, mut numbers) = (Vec::new(), 0..);
        let (mut y, bottom) = (list.y, list.y + list.height);
        for (n, (item, laid)) in items.into_iter().zip(laid).enumerate() {
            let live = if item.live() { numbers.next() } else { None };
            if n < top || y >= bottom {
                continue;
            }
            let room = Room { y, height: laid.height().min(bottom - y), ..list };
            y += room.height;
            let Laid { side, text } = laid;
            lines.push(MenuLine { item, live, chosen: chosen == Some(n), room, side, text });
        }
        MenuSight { frame, side: u16::try_from(side).unwrap_or(u16::MAX), lines }
    }

    /// The item of a menu at a cell of the screen, by its number among those that can be selected.
    pub(super) fn menu_at(&self, menu: &Menu, x: u16, y: u16) -> Option<usize> {
        let lines = self.menu_sight(menu).lines.into_iter();
        lines.filter(|line| line.room.holds(x, y)).find_map(|line| line.live)
    }

    /// Where the lines of the history stand.
    pub fn history_sight(&self, history: &History) -> HistorySight {
        let Size { width, height } = self.size;
        let inner = Room { x: 0, y: 0, width, height }.inner();
        let filtered = history.filtering || !history.filter.text().is_empty();
        let filter = filtered.then_some(Room { height: inner.height.min(1), ..inner });
        let mut entries = inner.below(filtered.into());
        let below = if inner.width < NARROW { DETAILS } else { DETAILS_WIDE };
        let details = (entries.height > below + 3).then(|| {
            entries.height -= below;
            Room { y: entries.y + entries.height, height: below, ..inner }
        });
        let top = history.chosen.saturating_sub(usize::from(entries.height.max(1)) - 1);
        HistorySight { filter, entries, details, top }
    }

    /// The entry of the history at a cell of the screen, by its number among those that match.
    pub(super) fn entry_at(&self, history: &History, x: u16, y: u16) -> Option<usize> {
        let HistorySight { entries, top, .. } = self.history_sight(history);
        let number = entries.holds(x, y).then(|| top + usize::from(y - entries.y))?;
        history.matching().nth(number).map(|_| number)
    }
}

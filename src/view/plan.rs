//! All rectangles of the screen for a size, computed once.

use ratatui::layout::Rect;

pub(super) use crate::core::model::NARROW;
use crate::core::model::{PreviewRoom, ROOMY};
use crate::core::msg::Size;

/// Where everything goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Plan {
    pub(super) header: Rect,
    /// The column headings, with room for them.
    pub(super) headings: Option<Rect>,
    pub(super) list: Rect,
    /// The preview, with room for it.
    pub(super) preview: Option<Rect>,
    pub(super) status: Rect,
    pub(super) footer: Rect,
    /// Lines across the screen, with room for them.
    pub(super) rules: [Option<Rect>; 2],
}

impl Plan {
    /// `None` where it is too small for any.
    pub(super) fn new(area: Rect, room: PreviewRoom) -> Option<Self> {
        let mut plan = Self::without_preview(area)?;
        let PreviewRoom { beside, below } = room;
        let list = plan.list;
        if beside > 0 && beside < list.width {
            plan.list.width -= beside;
            plan.preview = Some(Rect { x: plan.list.right(), width: beside, ..list });
        } else if below > 0 && below < list.height {
            plan.list.height -= below;
            plan.preview = Some(Rect { y: plan.list.bottom(), height: below, ..list });
        }
        Some(plan)
    }

    fn without_preview(area: Rect) -> Option<Self> {
        if (Size { width: area.width, height: area.height }).is_too_small() {
            return None;
        }
        let line = |y: u16| Rect { y: area.y + y, height: 1, ..area };
        let last = area.height - 1;
        Some(if area.height >= ROOMY {
            Self {
                header: line(0),
                rules: [Some(line(1)), Some(line(last - 1))],
                headings: Some(line(2)),
                list: Rect { y: area.y + 3, height: area.height - 6, ..area },
                preview: None,
                status: line(last - 2),
                footer: line(last),
            }
        } else {
            Self {
                header: line(0),
                rules: [None, None],
                headings: None,
                list: Rect { y: area.y + 1, height: area.height - 3, ..area },
                preview: None,
                status: line(last - 1),
                footer: line(last),
            }
        })
    }
}

/// The columns of the list for a width. Every column has a fixed place, so that one emoji that a terminal measures
/// otherwise cannot shift a whole row.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Columns {
    /// Whether each of the signs before a name has a cell of its own; else they stand close, behind the arrow's.
    pub(super) apart: bool,
    pub(super) name: (u16, u16),
    pub(super) profile: Option<(u16, u16)>,
    pub(super) workspace: Option<(u16, u16)>,
    pub(super) created: Option<(u16, u16)>,
    pub(super) state: (u16, u16),
    pub(super) id: Option<(u16, u16)>,
}

/// On a wider screen the columns stand as on one of this width: a state far from its name is read in the row beside it.
const WIDEST: u16 = 156;

/// The longest word of a state is "offline 30s".
const STATE: u16 = 11;

impl Columns {
    /// `several`: rows of more than one profile stand in the list.
    pub(super) fn new(width: u16, several: bool) -> Self {
        let mut right = width.min(WIDEST).saturating_sub(1);
        let mut take = |cells: u16, wanted: bool| {
            wanted.then(|| {
                right = right.saturating_sub(cells + 2);
                (right + 2, cells)
            })
        };
        let id = take(8, width >= NARROW);
        let state = take(STATE, true).unwrap_or((0, 0));
        let created = take(12, width >= 100);
        let workspace = take(12, width >= 120);
        let profile = take(10, several && width >= NARROW);
        let apart = width >= NARROW;
        let name = if apart { 5 } else { 3 };
        Self { apart, name: (name, right.saturating_sub(name)), profile, workspace, created, state, id }
    }
}

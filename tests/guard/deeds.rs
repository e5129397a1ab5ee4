//! What is measured: each deed once to get warm, then once for the count.

use allocation_counter::{AllocationInfo, measure};
use ratatui::layout::Rect;
use retitle::core::effect::{Effect, GraphCall};
use retitle::core::listing::Walk;
use retitle::core::model::Model;
use retitle::core::msg::{GraphReply, Msg, PageLink, ReqId, Size};
use retitle::core::session::Entity;
use retitle::core::store::{EntryId, StoreCall, StoreReply};
use retitle::shell::canvas::Canvas;
use retitle::shell::pen::Pen;

use crate::crowd::{SCREEN, entities, press, sessions};
use crate::start::at;

/// A model and a screen to draw it on.
pub struct Stage {
    model: Model,
    pen: Pen,
    canvas: Canvas,
}

impl Stage {
    pub fn new(model: &Model) -> Self {
        let Size { width, height } = SCREEN;
        let canvas = Canvas::new(Rect { x: 0, y: 0, width, height });
        Self { model: model.clone(), pen: Pen::default(), canvas }
    }

    fn presses(&mut self, keys: &str) -> Vec<Effect> {
        keys.split(' ').flat_map(|key| press(&mut self.model, key)).collect()
    }

    /// One message; what it costs, and what it asks for.
    fn step(&mut self, msg: Msg) -> (AllocationInfo, Vec<Effect>) {
        let mut effects = Vec::new();
        let cost = measure(|| effects = self.model.step(at(2), msg));
        (cost, effects)
    }

    fn key(&mut self, key: &str) -> AllocationInfo {
        measure(|| drop(press(&mut self.model, key)))
    }

    fn draw(&mut self) -> AllocationInfo {
        let Self { model, pen, canvas } = self;
        let mut cost = AllocationInfo::default();
        let draw = |lines: &mut _, buffer: &mut _| {
            let mut caret = None;
            cost = measure(|| caret = retitle::view::draw_roles(model, lines, buffer));
            caret
        };
        canvas.draw(draw, retitle::view::painter(model), |run| pen.put(run));
        pen.written(|_| {});
        cost
    }

    /// The second frame behind these keys, drawn on nothing.
    fn frame_after(&mut self, keys: &str) -> AllocationInfo {
        self.presses(keys);
        self.draw();
        self.canvas.clear();
        self.draw()
    }

    /// A frame over the last one.
    fn frame_over(&mut self, keys: &str) -> AllocationInfo {
        self.draw();
        self.presses(keys);
        self.draw()
    }

    /// A name is typed and Enter pressed; what Enter costs, and the request to the journal.
    fn enter(&mut self) -> (AllocationInfo, ReqId) {
        let asked = self.presses("j r x");
        self.look(&asked);
        let mut effects = Vec::new();
        let cost = measure(|| effects = press(&mut self.model, "enter"));
        let commit = effects.iter().find_map(|effect| match effect {
            Effect::Store(req, StoreCall::Commit { .. }) => Some(*req),
            _ => None,
        });
        (cost, commit.expect("the intent goes to the journal"))
    }

    /// The look that opening the editor has begun finds the name that was there.
    fn look(&mut self, asked: &[Effect]) {
        let look = asked.iter().find_map(|effect| match effect {
            Effect::Graph(req, _, GraphCall::Get { key, .. }) => Some((*req, key.clone())),
            _ => None,
        });
        let (req, key) = look.expect("a look at the row");
        let session = self.model.list.get(&key).unwrap();
        let entity = Entity {
            id: key.id.clone(),
            name: session.name.clone(),
            created: session.created,
            modified: session.modified,
        };
        self.step(Msg::Graph(req, Ok(GraphReply::Session(entity))));
    }

    /// The journal has written it; what that costs, and the PATCH.
    fn committed(&mut self) -> (AllocationInfo, ReqId, Entity) {
        let (_, req) = self.enter();
        let answer = StoreReply::Committed { entry: EntryId(1), turn: true };
        let (cost, effects) = self.step(Msg::Store(req, Ok(answer)));
        let patch = effects.iter().find_map(|effect| match effect {
            Effect::Graph(req, _, GraphCall::Rename { id, name, .. }) => {
                let name = name.as_deref().map(Into::into);
                Some((*req, Entity { id: id.clone(), name, created: Some(at(0)), modified: Some(at(2)) }))
            }
            _ => None,
        });
        let (req, entity) = patch.expect("the PATCH leaves");
        (cost, req, entity)
    }
}

pub fn frame_step(stage: &mut Stage) -> AllocationInfo {
    stage.frame_over("j")
}

/// The same where nothing else goes on, as for most keys.
pub fn frame_glide(stage: &mut Stage) -> AllocationInfo {
    stage.presses("j");
    stage.model.rest();
    stage.frame_over("j")
}

pub fn frame_list(stage: &mut Stage) -> AllocationInfo {
    stage.frame_after("j j")
}

pub fn frame_filtered(stage: &mut Stage) -> AllocationInfo {
    stage.frame_after("/ p h i")
}

pub fn frame_marked(stage: &mut Stage) -> AllocationInfo {
    stage.frame_after("space j space")
}

pub fn frame_typing(stage: &mut Stage) -> AllocationInfo {
    stage.frame_after("j r x")
}

pub fn frame_preview(stage: &mut Stage) -> AllocationInfo {
    stage.frame_after("p")
}

pub fn frame_palette(stage: &mut Stage) -> AllocationInfo {
    stage.frame_after("ctrl-p p h i")
}

pub fn key_down(stage: &mut Stage) -> AllocationInfo {
    stage.presses("j j");
    stage.key("j")
}

/// The same where nothing else goes on, as for most keys.
pub fn key_glide(stage: &mut Stage) -> AllocationInfo {
    stage.presses("j j");
    stage.model.rest();
    stage.key("j")
}

pub fn key_page_down(stage: &mut Stage) -> AllocationInfo {
    stage.presses("pgdn pgdn");
    stage.key("pgdn")
}

pub fn key_bottom(stage: &mut Stage) -> AllocationInfo {
    stage.presses("G g");
    stage.key("G")
}

pub fn key_mark(stage: &mut Stage) -> AllocationInfo {
    stage.presses("space j");
    stage.key("space")
}

pub fn key_name(stage: &mut Stage) -> AllocationInfo {
    stage.presses("j r x");
    stage.key("y")
}

pub fn key_filter(stage: &mut Stage) -> AllocationInfo {
    stage.presses("/ p h");
    stage.key("i")
}

pub fn key_palette(stage: &mut Stage) -> AllocationInfo {
    stage.presses("ctrl-p p h");
    stage.key("i")
}

/// The first moment at which nobody types: the draft is written, and names alike are looked for.
pub fn pause(stage: &mut Stage) -> AllocationInfo {
    stage.presses("j r x");
    measure(|| drop(stage.model.step(at(3), Msg::Woke)))
}

pub fn paste(stage: &mut Stage) -> AllocationInfo {
    stage.presses("j r x");
    stage.step(Msg::Paste("INC-20931 phishing wave".into())).0
}

pub fn resized(stage: &mut Stage) -> AllocationInfo {
    stage.step(Msg::Resized(Size { width: 100, height: 30 }));
    stage.step(Msg::Resized(SCREEN)).0
}

pub fn woke(stage: &mut Stage) -> AllocationInfo {
    stage.step(Msg::Woke);
    stage.step(Msg::Woke).0
}

pub fn enter(stage: &mut Stage) -> AllocationInfo {
    stage.enter().0
}

pub fn committed(stage: &mut Stage) -> AllocationInfo {
    stage.committed().0
}

pub fn renamed(stage: &mut Stage) -> AllocationInfo {
    let (_, req, entity) = stage.committed();
    stage.step(Msg::Graph(req, Ok(GraphReply::Renamed { entity, request_id: None }))).0
}

/// A hundred rows that are known already, of a list that goes on. It is the second page: the rows of the first are still
/// those of another model.
pub fn page(stage: &mut Stage) -> AllocationInfo {
    let mut asked = stage.presses("R");
    let mut cost = AllocationInfo::default();
    for (seconds, next) in [(3, "2"), (4, "3")] {
        let list = asked.iter().find_map(|effect| match effect {
            Effect::Graph(req, _, GraphCall::List { .. }) => Some(*req),
            _ => None,
        });
        let (sessions, next) = (entities(&sessions(100)), Some(PageLink(next.into())));
        let page = Msg::Graph(list.expect("it reads the list"), Ok(GraphReply::Page { sessions, next }));
        cost = measure(|| asked = stage.model.step(at(seconds), page));
        assert!(matches!(&stage.model.list.walk, Walk::Going(going) if going.arrived.is_empty()), "taken in");
    }
    cost
}

//! When the next frame may be drawn.

use std::time::Duration;

use tokio::time::Instant;

/// The shortest time between two frames, but that one may follow another at once: the answer to a key, which was drawn
/// itself, does not wait.
const FRAME: Duration = Duration::from_millis(8);
/// The same while there will soon be more to see (a bulk or a walk brings answer after answer, the rows are being put in
/// order) and nobody has done anything for some frames: it is watched, and each frame that is not drawn is work done.
const WATCHED: Duration = Duration::from_millis(33);
/// So many frames after a key are drawn as soon as may be.
const LIVELY: u8 = 4;

/// What there is to draw, and when frames were drawn.
pub(super) struct Pace {
    /// Something has changed since the last frame.
    pub(super) dirty: bool,
    /// When the last frame was drawn, and the one before it.
    drawn: [Option<Instant>; 2],
    /// How many frames are still drawn as after a key.
    lively: u8,
}

impl Pace {
    pub(super) fn new() -> Self {
        Self { dirty: true, drawn: [None; 2], lively: LIVELY }
    }

    /// Somebody pressed a key, or the like.
    pub(super) fn acted(&mut self) {
        self.lively = LIVELY;
    }

    /// A frame was drawn just now.
    pub(super) fn drew(&mut self) {
        let [last, _] = self.drawn;
        self.drawn = [Some(Instant::now()), last];
        self.lively = self.lively.saturating_sub(1);
        self.dirty = false;
    }

    /// From when on a frame may be drawn; at once if none is told. `busy`: there will soon be more to draw.
    pub(super) fn next(&self, busy: bool) -> Option<Instant> {
        let frame = if busy && self.lively == 0 { WATCHED } else { FRAME };
        let [last, before] = self.drawn;
        Some((last? + frame).min(before? + 2 * frame))
    }
}

//! The loop. It owns the model; nothing else does. No await but the select, and a turn for what was just begun.

use std::collections::HashMap;
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;

use tokio::task::yield_now;
use tokio::time::{Instant, Sleep, sleep_until};

use super::exec::{Exec, Own};
use super::pace::Pace;
use super::signals::{Signal, Signals};
use super::turn::Turn;
use crate::core::effect::Effect;
use crate::core::model::Model;
use crate::core::msg::Msg;
use crate::core::session::Profile;
use crate::core::time::Stamp;
use crate::ports::{Clock, Desk, Graph, Identity, Input, InputEvent, Library, Recorder, Screen};

/// Messages taken in at once, so that a flood cannot starve the screen.
const BATCH: usize = 64;

/// Who is asked for one profile.
#[derive(Clone)]
pub struct Office {
    pub graph: Arc<dyn Graph>,
    pub identity: Arc<dyn Identity>,
}

/// The outside, behind traits.
#[derive(Clone)]
pub struct Ports {
    /// Graph and sign-in of each profile.
    pub offices: HashMap<Profile, Office>,
    pub library: Arc<dyn Library>,
    pub desk: Arc<dyn Desk>,
    pub clock: Arc<dyn Clock>,
    pub recorder: Option<Arc<dyn Recorder>>,
}

/// Runs the program until it is left; returns the last state.
///
/// # Errors
/// When the terminal cannot be taken back after a stop. A terminal that is gone is no error: the program ends as if
/// told to.
pub async fn run(
    model: Model,
    first: Vec<Effect>,
    ports: Ports,
    input: &mut dyn Input,
    screen: &mut dyn Screen,
    signals: &mut Signals,
) -> io::Result<Model> {
    let clock = Arc::clone(&ports.clock);
    let mut changes = ports.library.changed();
    let library = Arc::clone(&ports.library);
    let recorder = ports.recorder.clone();
    let mut state = Loop {
        model,
        recorder,
        exec: Exec::new(ports),
        pace: Pace::new(),
        done: false,
        away: false,
        begun: false,
        turn: Turn::begin(),
    };
    // A terminal that is gone says so at once whenever it is asked, and what is still on its way would never be heard.
    let mut hung_up = false;
    // Paint first, load second.
    state.paint(screen, &*clock);
    for effect in first {
        state.carry_out(effect, input, screen, &*clock)?;
    }
    // Kept, not made anew for each wait: a timer that is dropped is taken out of the runtime's wheel, and that would be done
    // between a key and its frame.
    let mut timer = pin!(sleep_until(Instant::now()));
    while !state.done {
        let wake = state.model.rest().map(|at| deadline(&*clock, at));
        if let Some(at) = wake {
            timer.as_mut().reset(at);
        }
        let frame = state.next_frame();
        let msg = tokio::select! {
            biased;
            signal = signals.next() => match signal {
                // Ctrl-C in the editor is the editor's.
                Signal::Interrupt | Signal::Continued if state.away => None,
                // Stopped by somebody else, so the terminal is the shell's, in whose modes no key is heard.
                Signal::Continued => {
                    input.release();
                    screen.leave()?;
                    screen.come_back()?;
                    Some(Msg::Resumed)
                }
                Signal::Interrupt | Signal::End => Some(Msg::Terminated),
            },
            event = input.next(), if !state.away && !hung_up => {
                hung_up = event == InputEvent::Closed;
                Some(heard(event))
            }
            msg = state.exec.next() => Some(msg),
            () = &mut changes => {
                changes = library.changed();
                Some(Msg::LibraryChanged)
            }
            () = come(wake, timer.as_mut()), if wake.is_some() => Some(Msg::Woke),
            () = wait(frame), if state.pace.dirty && !state.away && frame.is_some() => None,
        };
        state.turn = Turn::begin();
        let now = clock.now();
        if let Some(msg) = msg {
            state.take(now, msg, input, screen, &*clock)?;
            for _ in 0..BATCH {
                let Some(msg) = state.exec.ready() else { break };
                state.take(now, msg, input, screen, &*clock)?;
            }
        }
        if state.pace.dirty && !state.away && state.next_frame().is_none_or(|at| at <= Instant::now()) {
            // A request is on its way before the frame is drawn: the server works meanwhile.
            if std::mem::take(&mut state.begun) {
                yield_now().await;
            }
            state.paint(screen, &*clock);
        }
        state.turn.end();
    }
    Ok(state.model)
}

struct Loop {
    model: Model,
    recorder: Option<Arc<dyn Recorder>>,
    exec: Exec,
    pace: Pace,
    done: bool,
    /// Another program has the terminal.
    away: bool,
    /// Something was begun that has not had a turn yet.
    begun: bool,
    turn: Turn,
}

impl Loop {
    fn take(
        &mut self,
        now: Stamp,
        msg: Msg,
        input: &mut dyn Input,
        screen: &mut dyn Screen,
        clock: &dyn Clock,
    ) -> io::Result<()> {
        self.pace.dirty = true;
        if matches!(msg, Msg::Key(_) | Msg::Paste(_) | Msg::Mouse { .. } | Msg::Resized(_)) {
            self.pace.acted();
        }
        if self.away && matches!(msg, Msg::Edited(_)) {
            screen.come_back()?;
            self.away = false;
        }
        if let Some(recorder) = &self.recorder {
            recorder.write(&recorder.blur().step(now, &msg, self.model.types_names()));
        }
        for effect in self.model.step(now, msg) {
            self.carry_out(effect, input, screen, clock)?;
        }
        Ok(())
    }

    fn carry_out(
        &mut self,
        effect: Effect,
        input: &mut dyn Input,
        screen: &mut dyn Screen,
        clock: &dyn Clock,
    ) -> io::Result<()> {
        match self.exec.start(effect) {
            None => self.begun = true,
            Some(Own::Copy(text)) => {
                let _ = screen.copy(&text);
            }
            Some(Own::Mouse(ours)) => {
                let _ = screen.mouse(ours);
            }
            Some(Own::Say(lines)) => {
                let _ = screen.say(&lines);
            }
            Some(Own::Leave) => {
                // The reader must be gone first, or it would steal the editor's keys.
                input.release();
                screen.leave()?;
                self.away = true;
            }
            Some(Own::Repaint) => {
                let _ = screen.repaint();
            }
            Some(Own::Suspend) => {
                // The reader must be gone first, or it would steal the shell's keys.
                input.release();
                screen.suspend()?;
                self.turn = Turn::begin();
                self.take(clock.now(), Msg::Resumed, input, screen, clock)?;
            }
            Some(Own::Exit) => self.done = true,
        }
        Ok(())
    }

    fn next_frame(&self) -> Option<Instant> {
        self.pace.next(self.model.is_busy())
    }

    fn paint(&mut self, screen: &mut dyn Screen, clock: &dyn Clock) {
        if screen.draw(&self.model).is_err() {
            // The terminal is gone. What was typed goes to disk, and the program ends.
            for effect in self.model.step(clock.now(), Msg::Terminated) {
                if self.exec.start(effect) == Some(Own::Exit) {
                    self.done = true;
                }
            }
        }
        self.pace.drew();
    }
}

fn heard(event: InputEvent) -> Msg {
    match event {
        InputEvent::Key(key) => Msg::Key(key),
        InputEvent::Paste(text) => Msg::Paste(text),
        InputEvent::Line(line) => Msg::Line(line),
        InputEvent::Resized(size) => Msg::Resized(size),
        InputEvent::Mouse { what, x, y } => Msg::Mouse { what, x, y },
        InputEvent::Closed => Msg::Terminated,
    }
}

fn deadline(clock: &dyn Clock, at: Stamp) -> Instant {
    Instant::now() + at.since(clock.now())
}

async fn wait(until: Option<Instant>) {
    match until {
        Some(at) => come(until, pin!(sleep_until(at))).await,
        None => std::future::pending().await,
    }
}

/// Waits for a moment by a timer that is set to it. What is due already only lets everything else have a turn first: the
/// shortest sleep would take a millisecond.
async fn come(at: Option<Instant>, timer: Pin<&mut Sleep>) {
    if at.is_some_and(|at| at <= Instant::now()) {
        yield_now().await;
    } else {
        timer.await;
    }
}

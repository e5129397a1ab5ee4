//! Laws over generated histories. The world answers only what was really asked: in any order, late, or never.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use retitle::core::command::Focus;
use retitle::core::effect::{Effect, GraphCall};
use retitle::core::key::{Code, Key as KeyPress};
use retitle::core::model::{Mode, Model, NEW, Overlay};
use retitle::core::msg::{Msg, Size};
use retitle::core::saves::Phase;
use retitle::core::session::{Key, SessionId};
use retitle::core::store::{Deed, Outcome, StoreCall};
use retitle::view::draw_roles;
use retitle::view::lines::Lines;

use crate::acts::{Act, act, begin, world};
use crate::golden::render;
use crate::person::WIDE;
use crate::sim::{How, IDS, Sim};

/// The same histories each time, so that a change is judged by itself; `CASES=5000 cargo test` plays others.
fn config() -> ProptestConfig {
    let more = std::env::var("CASES").ok().and_then(|n| n.parse().ok());
    let rng_seed = if more.is_some() { RngSeed::Random } else { RngSeed::Fixed(20_931) };
    ProptestConfig {
        cases: more.unwrap_or(300),
        rng_seed,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// What the test remembers beside the program.
#[derive(Default)]
struct Witness {
    /// The last words of each row, and of the line of a new session, that a person committed or left behind with Esc.
    words: BTreeMap<Key, String>,
    /// Who committed which name of which row.
    by: BTreeSet<(String, String, Option<String>)>,
    /// Committed before anybody had signed in in this run.
    unsigned: BTreeSet<(String, String)>,
}

fn editing(model: &Model) -> Option<(Key, String)> {
    match &model.mode {
        Mode::Rename(r) => Some((r.key.clone(), r.line.text().to_owned())),
        Mode::Create(c) => Some((c.key.clone(), c.line.text().to_owned())),
        _ => None,
    }
}

fn is_new(key: &Key) -> bool {
    key.id.as_str() == NEW
}

fn play(sim: &mut Sim, witness: &mut Witness, act: &Act) {
    let before = editing(&sim.model);
    if let (Some(Overlay::Conflict(key)), Act::Press("t")) = (sim.model.overlays.last(), act) {
        // Given up by the person's own word.
        witness.words.remove(key);
    }
    let journal = sim.disk.journal.len();
    let asked = sim.asked.len();
    match act {
        Act::Press(name) => {
            sim.press(name);
        }
        Act::Type(c) => {
            sim.types(&c.to_string());
        }
        Act::Answer(n, how) => sim.answer(*n, *how),
        Act::Disk => sim.disk_answers(),
        Act::Pass(ms) => sim.pass(Duration::from_millis(*ms)),
        Act::Twice(n) => twice(sim, *n),
        Act::Crash => {
            sim.disk.full = false;
            sim.crash();
            // What was only in the editor and not yet due on disk may be gone; a draft in memory after a full disk too.
            let disk = &sim.disk;
            witness.words.retain(|key, words| {
                disk.drafts.get(key).is_some_and(|d| d.text == *words)
                    || disk
                        .journal
                        .iter()
                        .any(|(_, i, o)| i.key == *key && i.to.words() == *words && o.is_none())
            });
        }
        Act::FullDisk(full) => sim.disk.full = *full,
        Act::Elsewhere(n, c) => sim.renamed_elsewhere(IDS[n % IDS.len()], &c.to_string()),
        Act::Bulk(_) if sim.model.focus() != Focus::List => {}
        Act::Bulk(c) => {
            for key in format!("ctrl-a b ctrl-e {c} enter y").split(' ') {
                sim.press(key);
            }
        }
        Act::Reload => sim.send(Msg::LibraryChanged),
        Act::Resize(width, height) => sim.send(Msg::Resized(Size { width: *width, height: *height })),
        Act::Mouse(what, x, y) => sim.send(Msg::Mouse { what: *what, x: *x, y: *y }),
        Act::Burst(text) if sim.model.settings.bursts => {
            for c in text.chars() {
                let code = if c == '\n' { Code::Enter } else { Code::Char(c) };
                sim.send(Msg::Key(KeyPress::plain(code)));
                sim.pass(Duration::from_millis(1));
            }
            sim.pass(Duration::from_millis(100));
        }
        Act::Paste(text) | Act::Burst(text) => sim.send(Msg::Paste(text.clone())),
    }
    edited(sim, witness, asked);
    if sim.model.settings.bursts {
        // A key that might be part of a paste is carried out with its own act.
        sim.pass(Duration::from_millis(100));
    }
    heard_commits(sim, asked, witness);
    let after = editing(&sim.model);
    let (from, to) = (before.as_ref().map(|(key, _)| key), after.as_ref().map(|(key, _)| key));
    // Left without a commit: the words are what stood in the editor, if they are words at all.
    if let Some((key, text)) = before.as_ref().filter(|_| from != to)
        && sim.disk.journal.len() == journal
        && !matches!(act, Act::Crash)
    {
        let shown = sim.model.list.get(key).and_then(|s| sim.model.shown_name(s)).unwrap_or("");
        let refused = witness.words.get(key).is_some_and(|w| w == text.trim());
        if !text.trim().is_empty() && text != shown && text.trim() != shown && !refused {
            witness.words.insert(key.clone(), text.clone());
        }
    }
    // What was typed while a session was being made is the draft of the row that it became.
    let became = |(key, words): (&Key, &String)| {
        let mut drafts = sim
            .model
            .drafts
            .iter()
            .filter(|(row, _)| is_new(key) && !is_new(row) && row.profile == key.profile);
        let (row, _) = drafts.find(|(_, draft)| draft.text.trim() == words.trim())?;
        Some((key.clone(), row.clone(), words.clone()))
    };
    if let Some((new, row, words)) = witness.words.iter().find_map(became) {
        witness.words.remove(&new);
        witness.words.insert(row, words);
    }
    // Opened: from here on, the editor holds the words.
    if let Some(key) = to.filter(|_| from != to) {
        witness.words.remove(key);
    }
}

/// Takes down what was committed since: new entries, and those that a full disk refused.
fn heard_commits(sim: &Sim, asked: usize, witness: &mut Witness) {
    for effect in sim.asked.get(asked..).unwrap_or(&[]) {
        if let Effect::Graph(_, caller, GraphCall::Create { name, .. }) = effect {
            let new = Key { profile: caller.profile.clone(), id: SessionId::new(NEW) };
            witness.words.insert(new, name.words().to_owned());
        }
        // Names of a bulk take the place of what stood there: rows with words of their own are none of its rows.
        if let Effect::Store(_, StoreCall::CommitAll(intents)) = effect {
            for (intent, _) in intents {
                let (id, name) = (intent.key.id.as_str().to_owned(), intent.to.words().to_owned());
                let account = intent.account.as_ref().map(|a| a.as_str().to_owned());
                witness.by.insert((id, name, account));
                let kept = sim.model.drafts.get(&intent.key).filter(|draft| draft.text != intent.to.words());
                assert!(kept.is_none(), "a bulk takes the words {kept:?} of {:?}", intent.key);
                if witness.words.get(&intent.key).is_none_or(|words| words != intent.to.words()) {
                    witness.words.remove(&intent.key);
                }
            }
        }
        if let Effect::Store(_, StoreCall::Commit { intent, .. }) = effect {
            let (id, name) = (intent.key.id.as_str().to_owned(), intent.to.words().to_owned());
            let account = intent.account.as_ref().map(|a| a.as_str().to_owned());
            if account.is_none() {
                witness.unsigned.insert((id.clone(), name.clone()));
            }
            witness.by.insert((id.clone(), name.clone(), account));
            if intent.deed == Deed::Rename {
                witness.words.insert(intent.key.clone(), name.clone());
            }
        }
    }
}

/// Whoever opens an editor of their own types a letter behind each name in it and closes it.
fn edited(sim: &mut Sim, witness: &mut Witness, asked: usize) {
    let opened = sim.asked.get(asked..).unwrap_or(&[]).iter().find_map(|effect| match effect {
        Effect::Edit { text, .. } => Some(text.clone()),
        _ => None,
    });
    let Some(text) = opened else { return };
    let typed: Vec<String> = text
        .lines()
        .map(|line| if line.contains('\t') { format!("{line}z\n") } else { format!("{line}\n") })
        .collect();
    let before = sim.model.drafts.clone();
    sim.send(Msg::Edited(Ok(typed.concat())));
    let came = sim.model.sheet.as_ref().map(|sheet| sheet.rows.clone()).unwrap_or_default();
    for (call, name) in typed.iter().filter_map(|line| line.trim_end().split_once('\t')) {
        let key = came.iter().find(|key| key.id.as_str().starts_with(call));
        // A draft of the row itself stays what it is; the table says so.
        if let Some(key) = key.filter(|key| !before.contains_key(key)) {
            witness.words.insert(key.clone(), name.trim().to_owned());
        }
    }
}

/// An answer that comes a second time.
fn twice(sim: &mut Sim, n: usize) {
    let Some(effect) = sim.asked.get(n % sim.asked.len().max(1)).cloned() else { return };
    if sim.outstanding.contains(&effect) {
        return;
    }
    let before = sim.model.clone();
    if let Effect::Graph(req, _, GraphCall::Rename { id, .. }) = effect
        && !before.pending.contains_key(&req)
    {
        let entity = sim.entity(id.as_str());
        let answer = retitle::core::msg::GraphReply::Renamed { entity, request_id: None };
        sim.send(Msg::Graph(req, Ok(answer)));
        let mut after = sim.model.clone();
        after.now = before.now;
        assert_eq!(after.saves, before.saves, "a stale answer changes nothing");
        assert_eq!(after.list, before.list, "a stale answer changes nothing");
    }
}

fn check(sim: &Sim, witness: &Witness) {
    let model = &sim.model;
    // One PATCH in flight per row.
    let mut out: Vec<_> = sim.renames().into_iter().map(|(_, id, _)| id).collect();
    let all = out.len();
    out.sort();
    out.dedup();
    assert_eq!(out.len(), all, "two PATCHes for one row");
    // The selection exists, or the list is empty.
    match model.list.chosen() {
        Some(key) => assert!(model.list.position_of(key).is_some(), "the selection is not shown"),
        None => assert!(model.list.shown_len() == 0, "nothing is selected in a list with rows"),
    }
    // The one timer advances.
    if let Some(wake) = model.wake() {
        assert!(wake > model.now);
    }
    // Nothing leaves under another account than the one that made it.
    for effect in &sim.asked {
        if let Effect::Graph(_, account, GraphCall::Rename { id, name, .. }) = effect {
            let (id, name) = (id.as_str().to_owned(), name.words().to_owned());
            let own =
                witness.by.contains(&(id.clone(), name.clone(), Some(account.account.as_str().to_owned())));
            assert!(own || witness.unsigned.contains(&(id, name)), "sent under another account: {effect:?}");
        }
    }
    // The words law: what was typed is on the server, on its way, kept, or in the editor.
    for (key, words) in &witness.words {
        let saves = model.saves.get(key);
        let on_its_way = saves.is_some_and(|s| s.wanted().words() == words || s.wish.to.words() == words);
        let kept = model.drafts.get(key).is_some_and(|d| d.text.trim() == words.trim());
        let mut ever = sim.ever.iter().filter(|(id, _)| *id == key.id.as_str() || is_new(key));
        let arrived = ever.any(|(_, names)| names.contains(words));
        let shown = model.list.get(key).and_then(|s| s.name.as_deref()) == Some(words.as_str());
        let open = editing(model).is_some_and(|(row, _)| row == *key);
        let being_made = |effect: &Effect| matches!(effect, Effect::Graph(_, _, GraphCall::Create { name, .. }) if name.words() == words);
        let open = open || (is_new(key) && sim.outstanding.iter().any(being_made));
        // Not read yet, so nothing is said of it; but there.
        let journal = &mut sim.disk.journal.iter().filter(|_| model.list.partial);
        let unread = journal.any(|(_, intent, outcome)| {
            intent.key == *key && intent.to.words() == words && outcome.is_none()
        });
        let failed_in_memory = saves.is_some_and(|s| matches!(s.phase, Phase::Failed { .. })) && kept;
        assert!(
            on_its_way || kept || arrived || shown || open || unread || failed_in_memory,
            "the words {words:?} of {key:?} are lost; draft {:?}, save {saves:?}",
            model.drafts.get(key)
        );
    }
}

fn draws_everywhere(model: &Model) {
    for (width, height) in [(1, 1), (20, 4), (200, 60)] {
        let mut model = model.clone();
        model.step(model.now, Msg::Resized(Size { width, height }));
        render(&model);
    }
}

/// A terminal, and what is known of its lines.
pub struct Screen {
    pub size: Size,
    lines: Lines,
    pub buffer: Buffer,
}

impl Screen {
    pub fn of(size: Size) -> Self {
        let Size { width, height } = size;
        let buffer = Buffer::empty(Rect { x: 0, y: 0, width, height });
        Self { size, lines: Lines::new(height), buffer }
    }

    pub fn draws(&mut self, model: &Model) -> Option<Position> {
        self.lines.begin();
        draw_roles(model, &mut self.lines, &mut self.buffer)
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn no_history_loses_words_doubles_a_patch_or_breaks_the_screen(
        acts in proptest::collection::vec(act(), 1..120),
        world in world(),
        signed_in in any::<bool>(),
        hold_looks in any::<bool>(),
    ) {
        let mut sim = begin(world, signed_in);
        sim.hold_looks = hold_looks;
        let mut witness = Witness::default();
        for (n, act) in acts.iter().enumerate() {
            play(&mut sim, &mut witness, act);
            check(&sim, &witness);
            if n % 8 == 0 {
                draws_everywhere(&sim.model);
            }
        }
        draws_everywhere(&sim.model);
        sim.never_kept("MARKER");
    }

    #[test]
    fn a_frame_over_the_last_one_is_the_frame_that_would_be_drawn_on_nothing(
        acts in proptest::collection::vec(act(), 1..80),
        world in world(),
        signed_in in any::<bool>(),
    ) {
        let mut sim = begin(world, signed_in);
        let mut witness = Witness::default();
        let mut screen = Screen::of(sim.model.size);
        for (n, act) in acts.iter().enumerate() {
            play(&mut sim, &mut witness, act);
            if n % 4 == 3 {
                // Two keys at once, and one frame.
                continue;
            }
            if sim.model.size != screen.size {
                screen = Screen::of(sim.model.size);
            }
            let over = screen.draws(&sim.model);
            let mut new = Screen::of(sim.model.size);
            prop_assert_eq!(over, new.draws(&sim.model));
            prop_assert_eq!(&screen.buffer, &new.buffer, "after {:?}", act);
        }
    }

    #[test]
    fn a_read_only_profile_sends_no_write_whatever_is_pressed(
        acts in proptest::collection::vec(act(), 1..60),
    ) {
        let mut sim = Sim::set(|settings| settings.places[0].read_only = true);
        let mut witness = Witness::default();
        for act in &acts {
            play(&mut sim, &mut witness, act);
        }
        sim.settle();
        prop_assert_eq!(sim.sent(|call| matches!(call, GraphCall::Rename { .. } | GraphCall::Create { .. })), 0);
    }

    #[test]
    fn when_the_world_gets_well_the_server_ends_with_the_last_committed_name_of_every_row(
        acts in proptest::collection::vec(act(), 1..100),
        world in world(),
        hold_looks in any::<bool>(),
    ) {
        let mut sim = begin(world, true);
        sim.hold_looks = hold_looks;
        let mut witness = Witness::default();
        for act in &acts {
            // Whoever signs in as another person parks the names of the first; that is another law.
            let act = match act {
                Act::Answer(n, How::SignedOut | How::Forbidden) => Act::Answer(*n, How::Offline),
                // A name that somebody else set ends a save with a question; that is the words law's.
                Act::FullDisk(_) | Act::Press("x") | Act::Elsewhere(..) => Act::Disk,
                other => other.clone(),
            };
            play(&mut sim, &mut witness, &act);
        }
        // A person signs in where something can be seen.
        sim.send(Msg::Resized(WIDE));
        for _ in 0..30 {
            sim.settle();
            sim.pass(Duration::from_secs(31));
            if !sim.model.saves.values().any(retitle::core::saves::Save::open) && sim.outstanding.is_empty() {
                break;
            }
            for n in 1..=sim.model.places.all().len() {
                let apart = Duration::from_millis(100);
                sim.comes(&format!("esc esc esc {n}"), apart);
                if sim.model.who().is_none() {
                    sim.comes("S", apart);
                    sim.settle();
                    sim.pass(Duration::from_secs(31));
                }
            }
        }
        let mut committed = BTreeMap::new();
        for (_, intent, outcome) in &sim.disk.journal {
            // An undo that could not be carried out leaves everything as it was, and stays available.
            let no_undo = intent.deed != Deed::Rename && matches!(outcome, Some(Outcome::Failed { .. }));
            if !no_undo && *outcome != Some(Outcome::Stopped) {
                committed.insert(intent.key.clone(), intent.to.words().to_owned());
            }
        }
        for (key, name) in &committed {
            let id = key.id.as_str();
            let on_server = sim.server.get(id).and_then(|(name, _)| name.clone());
            // Six unclear answers in a row end a save; then the words are the draft.
            let kept = sim.disk.drafts.get(key).is_some_and(|d| d.text == *name);
            prop_assert!(
                on_server.as_deref().unwrap_or("") == name || kept || witness.unsigned.contains(&(id.to_owned(), name.clone())),
                "{id}: the server has {on_server:?}, the last committed name is {name:?}; {:?}", sim.model.saves.get(key)
            );
        }
        for (id, names) in &sim.ever {
            for name in names {
                prop_assert!(IDS.contains(&id.as_str()) || !name.is_empty());
            }
        }
    }
}

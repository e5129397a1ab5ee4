//! Laws over generated histories. The world answers only what was really asked: in any order, late, or never.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use retitle::core::effect::{Effect, GraphCall};
use retitle::core::model::{Mode, Model, Overlay};
use retitle::core::msg::{Msg, Size};
use retitle::core::saves::Phase;
use retitle::core::store::{Deed, Outcome};

use crate::golden::render;
use crate::sim::{How, IDS, Sim, key};

#[derive(Clone, Debug)]
enum Act {
    Press(&'static str),
    Type(char),
    Paste(String),
    Answer(usize, How),
    Disk,
    Pass(u64),
    Twice(usize),
    Crash,
    FullDisk(bool),
    /// Somebody else renames.
    Elsewhere(usize, char),
    /// Another copy has changed the library.
    Reload,
    Resize(u16, u16),
}

const KEYS: &[&str] = &[
    "j",
    "k",
    "r",
    "enter",
    "esc",
    "ctrl-u",
    "ctrl-w",
    "backspace",
    "ctrl-_",
    "alt-o",
    "/",
    "L",
    "R",
    "a",
    "o",
    "!",
    "x",
    "S",
    "?",
    "n",
    "c",
    "G",
    "g",
    "pgdn",
    "ctrl-c",
    "ctrl-z",
    "f5",
    "left",
    "home",
    "ctrl-y",
    "ctrl-k",
    "u",
    "U",
    "H",
    "m",
    "t",
    "e",
];

fn how(well: u32) -> impl Strategy<Value = How> {
    prop_oneof![
        well => Just(How::Well),
        2 => Just(How::Offline),
        2 => Just(How::Busy),
        2 => Just(How::LostBefore),
        2 => Just(How::LostAfter),
        1 => Just(How::Forbidden),
        1 => Just(How::SignedOut),
    ]
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        10 => prop::sample::select(KEYS).prop_map(Act::Press),
        8 => prop_oneof![Just("r"), Just("enter"), Just("j")].prop_map(Act::Press),
        8 => prop_oneof![prop::char::range('a', 'f'), Just('漢'), Just('\u{301}'), Just(' ')].prop_map(Act::Type),
        1 => prop_oneof![Just("two\nlines"), Just("ecdfb9b3-58f5-457f-a18c-4a477890b252"), Just("\u{202e}x")]
            .prop_map(|t: &str| Act::Paste(t.to_owned())),
        10 => (any::<usize>(), how(10)).prop_map(|(n, how)| Act::Answer(n, how)),
        8 => Just(Act::Disk),
        4 => prop_oneof![Just(20u64), Just(200), Just(2_000), Just(40_000)].prop_map(Act::Pass),
        1 => any::<usize>().prop_map(Act::Twice),
        1 => Just(Act::Crash),
        1 => any::<bool>().prop_map(Act::FullDisk),
        2 => (any::<usize>(), prop::char::range('p', 't')).prop_map(|(n, c)| Act::Elsewhere(n, c)),
        1 => Just(Act::Reload),
        1 => prop_oneof![Just((1u16, 1u16)), Just((20, 4)), Just((40, 10)), Just((200, 60))].prop_map(|(w, h)| Act::Resize(w, h)),
    ]
}

/// The same histories each time, so that a change is judged by itself; `CASES=5000 cargo test` plays others.
fn config() -> ProptestConfig {
    let more = std::env::var("CASES").ok().and_then(|n| n.parse().ok());
    let rng_seed = if more.is_some() { RngSeed::Random } else { RngSeed::Fixed(20_931) };
    ProptestConfig {
        cases: more.unwrap_or(400),
        rng_seed,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// What the test remembers beside the program.
#[derive(Default)]
struct Witness {
    /// The last words of each row that a person committed, or left behind with Esc.
    words: BTreeMap<String, String>,
    /// Who committed which name of which row.
    by: BTreeSet<(String, String, Option<String>)>,
    /// Committed before anybody had signed in in this run.
    unsigned: BTreeSet<(String, String)>,
}

fn editing(model: &Model) -> Option<(String, String)> {
    match &model.mode {
        Mode::Rename(r) => Some((r.key.id.as_str().to_owned(), r.line.text().to_owned())),
        _ => None,
    }
}

fn play(sim: &mut Sim, witness: &mut Witness, act: &Act) {
    let before = editing(&sim.model);
    if let (Some(Overlay::Conflict(key)), Act::Press("t")) = (sim.model.overlays.last(), act) {
        // Given up by the person's own word.
        witness.words.remove(key.id.as_str());
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
        Act::Paste(text) => sim.send(Msg::Paste(text.clone())),
        Act::Answer(n, how) => sim.answer(*n, *how),
        Act::Disk => sim.disk_answers(),
        Act::Pass(ms) => sim.pass(Duration::from_millis(*ms)),
        Act::Twice(n) => twice(sim, *n),
        Act::Crash => {
            sim.disk.full = false;
            sim.crash();
            // What was only in the editor and not yet due on disk may be gone; a draft in memory after a full disk too.
            let disk = &sim.disk;
            witness.words.retain(|id, words| {
                disk.drafts.get(&key(id)).is_some_and(|d| d.text == *words)
                    || disk
                        .journal
                        .iter()
                        .any(|(_, i, o)| i.key == key(id) && i.to.words() == *words && o.is_none())
            });
        }
        Act::FullDisk(full) => sim.disk.full = *full,
        Act::Elsewhere(n, c) => sim.renamed_elsewhere(IDS[n % IDS.len()], &c.to_string()),
        Act::Reload => sim.send(Msg::LibraryChanged),
        Act::Resize(width, height) => sim.send(Msg::Resized(Size { width: *width, height: *height })),
    }
    // A new entry, or one that a full disk refused.
    for effect in sim.asked.get(asked..).unwrap_or(&[]) {
        if let Effect::Store(_, retitle::core::store::StoreCall::Commit { intent, .. }) = effect {
            let (id, name) = (intent.key.id.as_str().to_owned(), intent.to.words().to_owned());
            let account = intent.account.as_ref().map(|a| a.as_str().to_owned());
            if account.is_none() {
                witness.unsigned.insert((id.clone(), name.clone()));
            }
            witness.by.insert((id.clone(), name.clone(), account));
            if intent.deed == Deed::Rename {
                witness.words.insert(id.clone(), name.clone());
            }
        }
    }
    match (&before, editing(&sim.model)) {
        // Opened: from here on, the editor holds the words.
        (None, Some((id, _))) => {
            witness.words.remove(&id);
        }
        // Left without a commit: the words are what stood in the editor, if they are words at all.
        (Some((id, text)), None) if sim.disk.journal.len() == journal && !matches!(act, Act::Crash) => {
            let shown = sim.model.list.get(&key(id)).and_then(|s| sim.model.shown_name(s)).unwrap_or("");
            let refused = witness.words.get(id).is_some_and(|w| w == text.trim());
            if !text.trim().is_empty() && text != shown && text.trim() != shown && !refused {
                witness.words.insert(id.clone(), text.clone());
            }
        }
        _ => {}
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
        Some(key) => assert!(model.list.shown().contains(key), "the selection is not shown"),
        None => assert!(model.list.shown().is_empty(), "nothing is selected in a list with rows"),
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
    for (id, words) in &witness.words {
        let saves = model.saves.get(&key(id));
        let on_its_way = saves.is_some_and(|s| s.wanted().words() == words || s.wish.to.words() == words);
        let kept = model.drafts.get(&key(id)).is_some_and(|d| d.text.trim() == words.trim());
        let arrived = sim.ever.get(id).is_some_and(|names| names.contains(words));
        let shown = model.list.get(&key(id)).and_then(|s| s.name.as_deref()) == Some(words.as_str());
        let open = editing(model).is_some_and(|(row, _)| row == *id);
        let failed_in_memory = saves.is_some_and(|s| matches!(s.phase, Phase::Failed { .. })) && kept;
        assert!(
            on_its_way || kept || arrived || shown || open || failed_in_memory,
            "the words {words:?} of {id} are lost; draft {:?}, save {saves:?}",
            model.drafts.get(&key(id))
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

proptest! {
    #![proptest_config(config())]

    #[test]
    fn no_history_loses_words_doubles_a_patch_or_breaks_the_screen(
        acts in proptest::collection::vec(act(), 1..120),
        signed_in in any::<bool>(),
        hold_looks in any::<bool>(),
    ) {
        let mut sim = if signed_in { Sim::new().signed_in() } else { Sim::new() };
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
    }

    #[test]
    fn when_the_world_gets_well_the_server_ends_with_the_last_committed_name_of_every_row(
        acts in proptest::collection::vec(act(), 1..100),
        hold_looks in any::<bool>(),
    ) {
        let mut sim = Sim::new().signed_in();
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
        for _ in 0..30 {
            sim.settle();
            sim.pass(Duration::from_secs(31));
            if !sim.model.saves.values().any(retitle::core::saves::Save::open) && sim.outstanding.is_empty() {
                break;
            }
            if sim.model.who().is_none() {
                sim.press("esc S");
            }
        }
        let mut committed = BTreeMap::new();
        for (_, intent, outcome) in &sim.disk.journal {
            // An undo that could not be carried out leaves everything as it was, and stays available.
            let no_undo = intent.deed != Deed::Rename && matches!(outcome, Some(Outcome::Failed { .. }));
            if !no_undo {
                committed.insert(intent.key.id.as_str().to_owned(), intent.to.words().to_owned());
            }
        }
        for (id, name) in &committed {
            let on_server = sim.server.get(id).and_then(|(name, _)| name.clone());
            // Six unclear answers in a row end a save; then the words are the draft.
            let kept = sim.disk.drafts.get(&key(id)).is_some_and(|d| d.text == *name);
            prop_assert!(
                on_server.as_deref().unwrap_or("") == name || kept || (witness.unsigned.contains(&(id.clone(), name.clone()))),
                "{id}: the server has {on_server:?}, the last committed name is {name:?}; {:?}", sim.model.saves.get(&key(id))
            );
        }
        for (id, names) in &sim.ever {
            for name in names {
                prop_assert!(IDS.contains(&id.as_str()) || !name.is_empty());
            }
        }
    }
}

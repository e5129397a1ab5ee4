//! The list: what a row can say, and what stands below it.

use std::time::Duration;

use retitle::core::fault::{Change, Fault, FaultKind};
use retitle::core::listing::{Going, Walk};
use retitle::core::model::Model;
use retitle::core::msg::ReqId;
use retitle::core::notice::Notice;
use retitle::core::place::Auth;
use retitle::core::saves::{Base, Phase, Save, Wish};
use retitle::core::session::{Account, Key, Presence, Profile, Session, WorkspaceId};
use retitle::core::store::{Deed, Draft, EntryId};
use retitle::core::title::Title;

use super::{OFFICE, Scene, calm, customers, first, office, told};
use crate::sim::{Disk, How, IDS, Sim, at, fault, key, session, settings, who};

/// Every state of a row, with the word that says it. A clean row says its age.
pub const STATES: [(&str, &str); 18] = [
    ("clean", "5m"),
    ("pinned", "5m"),
    ("editing", "editing"),
    ("draft", "draft"),
    ("queued", "queued"),
    ("saving", "saving"),
    ("retry", "retry 12s"),
    ("offline", "offline 12s"),
    ("saved", "saved"),
    ("not-saved", "not saved"),
    ("changed", "changed"),
    ("elsewhere", "elsewhere"),
    ("old", "send?"),
    ("drifted", "drifted"),
    ("sign-in", "sign in"),
    ("parked", "parked"),
    ("gone", "gone"),
    ("no-access", "no access"),
];

const TYPED: &str = "INC-20931 phishing wave, finance and HR";

fn save(phase: Phase) -> Save {
    Save {
        wish: Wish {
            to: Title::parse(TYPED).unwrap().into(),
            from: OFFICE[0].1.map(Into::into),
            workspace: WorkspaceId::new("default"),
            account: Some(who("jo").account),
            resumed: false,
            asks: false,
            deed: Deed::Rename,
        },
        phase,
        next: None,
        tries: 1,
        ours: Vec::new(),
        base: Base::Settled,
    }
}

fn draft(model: &mut Model, key: &Key) {
    let draft = Draft {
        key: key.clone(),
        workspace: WorkspaceId::new("default"),
        text: TYPED.into(),
        account: Some(who("jo").account),
        host: model.settings.host.clone(),
        at: at(0),
    };
    model.drafts.insert(key.clone(), draft);
}

/// A list whose first row is in one of [`STATES`], and selected. Set, not played: the journeys show how one comes there.
pub fn in_state(state: &str) -> Sim {
    let mut sessions: Vec<Session> = OFFICE.iter().map(|(id, name, age)| session(id, *name, *age)).collect();
    let mine = &mut sessions[0];
    match state {
        "pinned" => mine.pinned = true,
        "drifted" => mine.ours = Some(TYPED.into()),
        "gone" => mine.presence = Presence::Gone,
        "no-access" => mine.presence = Presence::NoAccess,
        _ => {}
    }
    let mut sim = told(sessions, settings());
    let mut put = |phase| sim.model.saves.insert(first(), save(phase));
    let entry = EntryId(1);
    let busy = fault(FaultKind::Busy { retry_after: Some(Duration::from_secs(12)) });
    match state {
        "editing" => drop(sim.press("r").types(" and HR")),
        "draft" => draft(&mut sim.model, &first()),
        "queued" | "sign-in" => put(Phase::Ready { entry, look: false }),
        "saving" => put(Phase::Sending { entry, req: ReqId(77) }),
        "retry" => {
            let say = "The server asks for a pause (429): too many requests.".into();
            put(Phase::Retrying { entry, at: at(12), fault: Fault { say, ..busy } });
        }
        "offline" => {
            let say = "The server cannot be reached.".into();
            put(Phase::Retrying { entry, at: at(12), fault: Fault { say, ..fault(FaultKind::Offline) } });
        }
        "saved" => put(Phase::Saved { until: at(3) }),
        "not-saved" => {
            let say = "You may not rename in this workspace (403): the role Security Copilot Contributor is missing.";
            let refused = Fault { say: say.into(), ..fault(FaultKind::Forbidden) };
            let refused = refused.with_request_id(Some("7d1c6f0e-53aa-4f4b-9a55-0d9b8c1a2e3f".into()));
            put(Phase::Failed { fault: refused });
            draft(&mut sim.model, &first());
        }
        "changed" => {
            let change = Change {
                base: OFFICE[0].1.map(Into::into),
                theirs: Some("INC-20931 renamed in the portal".into()),
            };
            put(Phase::Failed { fault: fault(FaultKind::Changed(Box::new(change))) });
            draft(&mut sim.model, &first());
        }
        "elsewhere" => put(Phase::Elsewhere { entry, at: at(5) }),
        "old" | "parked" => {
            put(Phase::Ready { entry, look: false });
            let wish = &mut sim.model.saves.get_mut(&first()).unwrap().wish;
            wish.asks = state == "old";
            if state == "parked" {
                wish.account = Some(Account::new("contoso.mia"));
            }
        }
        _ => {}
    }
    if state == "sign-in" {
        sim.model.places.here_mut().auth = Auth::Out { why: None };
    }
    sim.model.saves.place();
    sim
}

/// All states in one list, none of them selected but the last.
fn every_state() -> Sim {
    let id = |n: i64| format!("{n:08x}-0000");
    let states = (0..).zip(STATES.iter().filter(|(state, _)| !matches!(*state, "editing" | "sign-in")));
    let row = |(n, (state, _)): (i64, &(&str, &str))| {
        let donor = in_state(state);
        let from = donor.model.list.get(&first()).unwrap();
        Session {
            name: Some(format!("a row that is {state}").into()),
            pinned: from.pinned,
            presence: from.presence,
            ours: from.ours.clone(),
            ..session(&id(n), None, 300 + n)
        }
    };
    let mut sim = told(states.clone().map(row).collect(), settings());
    sim.press("G");
    for (n, (state, _)) in states {
        let donor = in_state(state);
        let to = key(&id(n));
        if let Some(save) = donor.model.saves.get(&first()) {
            sim.model.saves.insert(to.clone(), save.clone());
        }
        if donor.model.drafts.contains_key(&first()) {
            draft(&mut sim.model, &to);
        }
    }
    sim
}

pub(super) fn scenes() -> Vec<Scene> {
    let mut scenes = vec![Scene::new("list", &office()), Scene::new("every-state", &every_state())];
    for (state, _) in STATES.iter().filter(|(state, _)| !matches!(*state, "clean" | "editing")) {
        scenes.push(Scene::new(&format!("row-{state}"), &in_state(state)));
    }
    scenes.push(never_looked_at());
    scenes.extend(groups());
    scenes.extend(several());
    scenes.extend(words_at_the_foot());
    scenes.extend(nothing_to_show());
    scenes
}

/// A row that is selected, marked, pinned and not saved, and one that is all of that but selected.
pub fn every_sign() -> Sim {
    let mut sim = in_state("not-saved");
    sim.press("j j j f");
    let below = sim.model.list.chosen().cloned().unwrap();
    sim.press("space");
    let failed = sim.model.saves.get(&first()).unwrap().clone();
    sim.model.saves.insert(below, failed);
    sim.press("/").types("finance").press("enter f space esc esc j");
    sim.model.notice = None;
    sim
}

fn groups() -> [Scene; 4] {
    let mut pinned = office();
    pinned.press("G f");
    pinned.model.notice = None;
    let mut sorted = office();
    sorted.press("s down down down enter");
    let mut foreign = calm();
    let names = [
        (IDS[0], "a\u{1b}[31mred"),
        (IDS[1], "a\u{202e}live\u{202c}b"),
        (IDS[2], "IR-113 データ持ち出し調査 👨‍👩‍👧‍👦 עברית"),
        (IDS[3], "two\nlines\u{200b}"),
    ];
    for (id, name) in names {
        foreign.disk.sessions.get_mut(&key(id)).unwrap().name = Some(name.into());
    }
    foreign.crash();
    [
        Scene::new("list-groups-and-a-pin", &pinned),
        Scene::new("every-sign-at-once", &every_sign()),
        Scene::new("list-by-name", &sorted).only(&[(80, 24)]),
        Scene::new("list-of-hostile-and-foreign-names", &foreign).foreign(),
    ]
}

fn several() -> [Scene; 4] {
    let mut second = customers();
    second.press("j");
    let mut third = customers();
    third.press("j j r").types("!").press("enter");
    let mut one = customers();
    one.press("3");
    [
        Scene::new("profiles-in-one-list", &customers()),
        Scene::new("profiles-read-only", &second),
        Scene::new("profiles-protected", &third),
        Scene::new("profiles-one-alone", &one),
    ]
}

/// Toasts, status line and tip.
fn words_at_the_foot() -> Vec<Scene> {
    let mut scenes = Vec::new();
    let mut tip = office();
    tip.model.tip = true;
    scenes.push(Scene::new("tip", &tip));
    let mut toast = office();
    toast.model.notice = Some(Notice::good(at(0), format!("The server stored it as “{TYPED}”.")));
    scenes.push(Scene::new("toast", &toast));
    let mut still = toast;
    still.model.settings.still = true;
    scenes.push(Scene::new("toast-in-still-mode", &still).only(&[(80, 24)]));
    // The corner belongs to the edited row, if that is there.
    let mut typing = every_state();
    typing.press("r").types("!");
    typing.model.notice = Some(Notice::info(at(0), "Name sent to the terminal's clipboard."));
    scenes.push(Scene::new("toast-beside-typing", &typing));
    let mut bad = office();
    let words = "a long complaint about a file ".repeat(5);
    bad.model.notice = Some(Notice::bad(format!("Configuration: {words}")));
    scenes.push(Scene::new("message-longer-than-a-line", &bad));
    let mut walk = office();
    walk.model.list.walk = Walk::Going(Going {
        req: ReqId(1),
        profile: Profile::new("default"),
        workspace: WorkspaceId::new("default"),
        rest: [].into(),
        read: [].into(),
        number: 1,
        count: OFFICE.len(),
        links: [].into(),
        arrived: [].into(),
        ended: false,
        fault: None,
        as_of: None,
        asked: true,
    });
    scenes.push(Scene::new("reading-the-list", &walk).only(&[(80, 24), (40, 10)]));
    let mut failed = calm();
    failed.press("R");
    failed.answer(0, How::Offline);
    failed.model.notice = None;
    scenes.push(Scene::new("not-refreshed", &failed));
    let mut drafts = in_state("draft");
    drafts.press("j");
    draft(&mut drafts.model, &key(OFFICE[3].0));
    scenes.push(Scene::new("drafts", &drafts).only(&[(80, 24)]));
    let mut paused = in_state("queued");
    paused.model.gates.insert("contoso.com".into(), at(17));
    scenes.push(Scene::new("row-paused-by-the-tenant", &paused));
    let mut everything = office();
    everything.press("L");
    everything.outstanding.clear();
    everything.model.list.walk = Walk::Idle { as_of: Some(at(0)) };
    everything.model.notice = None;
    scenes.push(Scene::new("everything", &everything).only(&[(80, 24), (40, 10)]));
    let mut out = office();
    out.model.places.here_mut().auth = Auth::Out { why: None };
    scenes.push(Scene::new("signed-out", &out));
    scenes
}

fn nothing_to_show() -> Vec<Scene> {
    let empty = |signed_in: bool| {
        let mut sim =
            Sim::on(settings(), super::SIZES[1], Disk::default(), std::collections::BTreeMap::new(), at(0));
        if signed_in {
            sim.answer(0, How::Well);
            sim.settle();
            sim.model.notice = None;
        } else {
            sim.model.places.here_mut().auth = Auth::Out { why: None };
        }
        sim
    };
    let mut profile = customers();
    profile.press("/").types("in:nobody").press("enter");
    let mut small = office();
    small.press("r").types("x");
    vec![
        Scene::new("empty", &empty(true)),
        Scene::new("empty-signed-out", &empty(false)),
        Scene::new("empty-by-filter", &profile),
        Scene::new("too-small", &office()).only(&[(29, 5), (20, 4)]),
        Scene::new("too-small-while-typing", &small).only(&[(29, 5)]),
    ]
}

/// A session that was named on a command line while nobody was signed in: that it has no name is not known.
fn never_looked_at() -> Scene {
    let unseen = Session { created: None, modified: None, seen: None, ..session(OFFICE[0].0, None, 0) };
    let mut sim = told(vec![unseen, session("83fd7922-9af2", None, 70_000)], settings());
    sim.press("j r").types("mine");
    Scene::new("never-looked-at", &sim).only(&[(80, 24)])
}

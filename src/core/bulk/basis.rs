//! Making the table, from copies that cost next to nothing: here between two keys, or on another thread where there are
//! more rows than that allows.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::names::Maker;
use super::others::{self, Others};
use super::plan::{self, Count, Flat, Judged, Plan};
use super::{Bulk, How, Then, Tidy};
use crate::core::batch::Batch;
use crate::core::likeness::{self, Rule};
use crate::core::model::Model;
use crate::core::place::{Place, Places};
use crate::core::saves::Save;
use crate::core::session::{Key, Session};
use crate::core::table::{Rows, Slot};
use crate::core::time::Stamp;
use crate::core::title::Title;

/// What a table is made from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Basis {
    /// Which table it is: an older one is of no use any more.
    number: u64,
    rows: Rows,
    slots: Arc<Vec<Slot>>,
    how: How,
    texts: [String; 3],
    tidy: Tidy,
    given: Arc<BTreeMap<Key, String>>,
    skipped: BTreeSet<Key>,
    others: Option<Arc<Others>>,
    /// Whether the others are gathered where there are none yet.
    pub(in crate::core) gathers: bool,
    places: Places,
    rules: Vec<Rule>,
    now: Stamp,
    zone: i32,
    /// Sessions that are being saved on their own, and drafts, in order.
    saving: Vec<Key>,
    drafts: Vec<(Key, String)>,
    then: Then,
}

/// What came out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Made {
    pub(in crate::core) number: u64,
    pub(in crate::core) plan: Plan,
    pub(in crate::core) others: Option<Arc<Others>>,
    /// Its rows as they are sent, where it is to be applied and nothing has to be typed before.
    pub(in crate::core) batch: Option<Box<Batch>>,
}

/// What has to be typed before a table is applied; nothing where no profile is protected.
pub(in crate::core) fn label(plan: &Plan, places: &Places) -> String {
    let renamed = plan.profiles().iter().filter_map(|profile| places.get(profile));
    let protected: Vec<&str> = renamed.filter(|place| place.config.protected).map(Place::title).collect();
    protected.join(" ")
}

impl Model {
    /// What the table is made from, for what is typed now.
    pub(in crate::core) fn basis(&self, bulk: &Bulk, number: u64, then: Then) -> Basis {
        let open = self.saves.iter().filter(|(_, save)| Save::open(save)).map(|(key, _)| key.clone());
        // Names from an editor are drafts themselves, and in nobody's way.
        let drafts = self.drafts.iter().filter(|(key, draft)| bulk.given.get(*key) != Some(&draft.text));
        Basis {
            number,
            rows: self.list.rows().clone(),
            slots: Arc::clone(&bulk.rows),
            how: bulk.how,
            texts: [&bulk.template, &bulk.find, &bulk.with].map(|line| line.text().to_owned()),
            tidy: bulk.tidy,
            given: Arc::clone(&bulk.given),
            skipped: bulk.skipped.clone(),
            others: bulk.others.clone(),
            gathers: true,
            places: self.places.clone(),
            rules: self.rules.clone(),
            now: self.now,
            zone: self.settings.zone,
            saving: open.collect(),
            drafts: drafts.map(|(key, draft)| (key.clone(), draft.text.clone())).collect(),
            then,
        }
    }
}

impl Basis {
    /// Makes the table; `None` when nobody waits for it any more.
    pub(in crate::core) fn run(self, stopped: &dyn Fn() -> bool) -> Option<Made> {
        let others = match self.others.clone() {
            None if self.gathers => Some(Arc::new(Others::than(&self.slots, &self.rows, stopped)?)),
            known => known,
        };
        let plan = self.plan(others.as_deref().unwrap_or(&Others::default()), stopped)?;
        let batch = match &self.then {
            Then::Show => None,
            Then::Apply { agreed } => {
                let label = label(&plan, &self.places);
                let agreed = label.is_empty() || label == *agreed;
                agreed.then(|| Box::new(Batch::new(self.how == How::Given, plan.items())))
            }
        };
        Some(Made { number: self.number, plan, others, batch })
    }

    fn plan(&self, others: &Others, stopped: &dyn Fn() -> bool) -> Option<Plan> {
        let [template, find, with] = &self.texts;
        let (maker, problem) = match Maker::new(self.how, template, find, with, self.tidy) {
            Ok(maker) => (Some(maker), None),
            Err(words) => (None, Some(words)),
        };
        let keeps_old = self.how != How::Given && maker.as_ref().is_some_and(Maker::keeps_old);
        let mut plan = Plan { rows: self.rows.clone(), problem, ..Plan::default() };
        let mut made = Vec::new();
        let mut n = 0;
        for (at, slot) in self.slots.iter().enumerate() {
            if at % 1_024 == 0 && stopped() {
                return None;
            }
            let Some((brief, session)) = self.rows.brief(*slot).zip(self.rows.session(*slot)) else {
                continue;
            };
            let old = session.name.as_deref().unwrap_or_default();
            let new = self.name(maker.as_ref(), session, n);
            // What a name would be trimmed of before it is sent makes no difference here either.
            let to = new.as_deref().map_or(old, |new| new.trim_matches(' '));
            let fate = if self.skipped.contains(&session.key) {
                Judged::Skipped
            } else {
                // What is skipped takes no number, so that the rest is counted without a gap.
                n += 1;
                self.judge(session, to, to != old)
            };
            let begins = plan.names.len();
            plan.names.push_str(to);
            let renames = fate == Judged::Renames;
            let mut line = Flat {
                slot: *slot,
                name: (begins, plan.names.len()),
                fate,
                nameless: renames && keeps_old && old.is_empty(),
                double: None,
                unruly: renames && likeness::broken(&self.rules, to).is_some(),
            };
            if renames {
                let marks = others::marks(brief.profile, to);
                made.push((plan.lines.len(), marks));
                line.double = others.find(brief.profile, to, marks);
                let place = plan.profiles.partition_point(|profile| *profile < session.key.profile);
                if plan.profiles.get(place) != Some(&session.key.profile) {
                    plan.profiles.insert(place, session.key.profile.clone());
                }
            }
            plan.longest = plan.longest.max(plan::bytes(session));
            plan.lines.push(line);
        }
        self.tell_doubles(&mut plan, &made);
        plan.count = Count::of(&plan.lines);
        Some(plan)
    }

    /// The new name of a session, or `None` where there is nothing of its own to change.
    fn name(&self, maker: Option<&Maker>, session: &Session, n: u64) -> Option<String> {
        if self.how == How::Given {
            return self.given.get(&session.key).cloned();
        }
        let place = self.places.get(&session.key.profile)?;
        maker?.make(&place.facts(session, self.now, self.zone, n))
    }

    fn judge(&self, session: &Session, to: &str, differs: bool) -> Judged {
        let key = &session.key;
        let draft = || self.drafts.binary_search_by(|(other, _)| other.cmp(key)).ok();
        // With the same words a draft has served its purpose.
        let others_draft = || draft().and_then(|at| self.drafts.get(at)).is_some_and(|(_, text)| text != to);
        if !differs {
            Judged::Unchanged
        } else if self.places.get(&key.profile).is_none_or(|place| place.config.read_only) {
            Judged::ReadOnly
        } else if self.saving.binary_search(key).is_ok() {
            Judged::Saving
        } else if others_draft() {
            Judged::HasDraft
        } else if Title::parse(to).is_err() {
            Judged::NoName
        } else {
            Judged::Renames
        }
    }

    /// What the bulk itself gives twice comes before what another row has.
    fn tell_doubles(&self, plan: &mut Plan, made: &[(usize, [u64; 2])]) {
        let name = |n: usize| {
            let line = plan.lines.get(n);
            let profile = line.and_then(|line| self.rows.brief(line.slot)).map_or(0, |brief| brief.profile);
            (profile, line.map_or("", |line| plan.to(line)))
        };
        for (n, before, same) in others::doubles(made, name) {
            let before = plan.lines.get(before).map(|line| line.slot);
            if let Some(line) = plan.lines.get_mut(n) {
                line.double = before.map(|slot| (slot, same));
            }
        }
    }
}

use proptest::prelude::*;

use super::*;
use crate::core::arrange::Arrange;
use crate::core::order::By;
use crate::core::session::{Host, Presence, SessionId};

const NOW: Stamp = Stamp::from_micros(1_800_000_000_000_000);

fn key(n: usize) -> Key {
    Key { profile: Profile::new("default"), id: SessionId::new(&format!("{n:04}")) }
}

fn session(n: usize, name: &str) -> Session {
    Session {
        key: key(n),
        workspace: WorkspaceId::new("default"),
        name: Some(name.into()),
        created: None,
        modified: Some(Stamp::from_micros(1_000 * i64::try_from(n % 5).unwrap())),
        presence: Presence::Here,
        seen: None,
        opened: Some(NOW).filter(|_| !n.is_multiple_of(3)),
        ours: None,
        pinned: n.is_multiple_of(7),
        account: None,
        host: Host::new("graph.microsoft.com"),
    }
}

#[derive(Clone, Debug)]
enum Act {
    Put(usize, &'static str),
    PutInOrder(usize, &'static str),
    Append(usize),
    Remove(usize),
    Rename(usize, &'static str),
    /// It is opened, or is only seen.
    Open(usize, bool),
    Filter(&'static str),
    Everything(bool),
    Forget,
    Order(By),
    Sort,
    Place(usize),
    Choose(usize),
    Mark(usize, bool),
    MarkShown(bool),
    Step(isize),
    Hold(usize),
    /// The other thread begins with what is to be done.
    Begin,
    /// It is done with what it began first.
    Done,
}

fn act() -> impl Strategy<Value = Act> {
    let n = 0..12usize;
    let name = || prop::sample::select(vec!["alpha", "beta", "alpine", "gamma b"]);
    prop_oneof![
        3 => (n.clone(), name()).prop_map(|(n, name)| Act::Put(n, name)),
        1 => (n.clone(), name()).prop_map(|(n, name)| Act::PutInOrder(n, name)),
        1 => n.clone().prop_map(Act::Append),
        2 => n.clone().prop_map(Act::Remove),
        2 => (n.clone(), name()).prop_map(|(n, name)| Act::Rename(n, name)),
        1 => (n.clone(), any::<bool>()).prop_map(|(n, on)| Act::Open(n, on)),
        4 => prop::sample::select(vec!["", "al", "alp", "b", "gb", "zzz"]).prop_map(Act::Filter),
        1 => any::<bool>().prop_map(Act::Everything),
        1 => Just(Act::Forget),
        1 => prop::sample::select(vec![By::Modified, By::Name]).prop_map(Act::Order),
        1 => Just(Act::Sort),
        1 => n.clone().prop_map(Act::Place),
        2 => n.clone().prop_map(Act::Choose),
        2 => (-2..3isize).prop_map(Act::Step),
        2 => (n.clone(), any::<bool>()).prop_map(|(n, on)| Act::Mark(n, on)),
        1 => any::<bool>().prop_map(Act::MarkShown),
        1 => n.prop_map(Act::Hold),
        4 => Just(Act::Begin),
        4 => Just(Act::Done),
    ]
}

/// A list, and what another thread has begun for it.
struct Desk {
    list: Listing,
    begun: VecDeque<Arrange>,
}

impl Desk {
    fn new(at_once: usize) -> Self {
        let mut list = Listing::new((0..6).map(|n| session(n, "alpha")).collect(), NOW, 0);
        list.at_once = at_once;
        Self { list, begun: VecDeque::new() }
    }

    fn act(&mut self, act: &Act) {
        let list = &mut self.list;
        match *act {
            Act::Put(n, name) => list.put(session(n, name)),
            Act::PutInOrder(n, name) => list.put_in_order(session(n, name), NOW, 0),
            // A walk puts at the end only what nobody knows.
            Act::Append(n) if list.get(&key(n)).is_some() => {}
            Act::Append(n) => list.append(vec![session(n, "appended")], None),
            Act::Remove(n) => drop(list.remove(&key(n))),
            Act::Rename(n, name) => {
                list.change(&key(n), |session| session.name = Some(name.into()));
            }
            Act::Open(n, on) => {
                list.change(&key(n), |session| session.opened = on.then_some(NOW));
                list.refilter();
            }
            Act::Filter(text) => list.set_filter(text),
            Act::Everything(all) => list.set_scope(if all { Scope::Everything } else { Scope::Opened }),
            Act::Forget => {
                list.drop_unopened(std::iter::empty());
                list.refilter();
            }
            Act::Order(by) => list.set_order(Order { by, reversed: false }, NOW, 0),
            Act::Sort => list.sort(NOW, 0),
            Act::Place(n) => list.place(&key(n), NOW, 0),
            Act::Choose(n) => list.choose(&key(n)),
            Act::Step(rows) => list.step(rows),
            Act::Mark(n, on) => list.set_mark(&key(n), on),
            Act::MarkShown(on) => list.mark_shown(on),
            Act::Hold(n) => list.hold(Some(key(n)).filter(|_| n < 6)),
            Act::Begin => self.begun.extend(list.begin_to_arrange()),
            Act::Done => {
                if let Some(begun) = self.begun.pop_front() {
                    list.arranged(begun.run(&|| false).unwrap());
                }
            }
        }
    }

    /// Everything that is to be done is done.
    fn rest(&mut self) {
        for _ in 0..20 {
            self.act(&Act::Begin);
            self.act(&Act::Done);
        }
        assert!(self.begun.is_empty() && self.list.begin_to_arrange().is_none(), "it never comes to rest");
        let list = &self.list;
        if list.scope == Scope::Opened && list.held.is_none() {
            let opened = |key| list.get(key).is_some_and(|session| session.opened.is_some());
            assert!(list.shown().all(opened), "only what was opened is shown");
        }
    }

    fn holds(&self) {
        let list = &self.list;
        let mut seats: Vec<Slot> = list.order.iter().map(|placed| placed.slot).collect();
        seats.sort_unstable();
        assert_eq!(seats, list.rows().slots().collect::<Vec<_>>(), "every session has one seat");
        assert_eq!((list.rows().there(), list.opened().count()), (seats.len(), list.rows().opened()));
        assert_eq!(list.shown().count(), list.shown_len(), "every row that is shown is there");
        let marked = list.shown().filter(|key| list.is_marked(key)).count();
        assert_eq!(list.marked_shown_len(), marked);
        match list.chosen() {
            Some(key) => assert!(list.position_of(key).is_some(), "the selection is shown"),
            None => assert_eq!(list.shown_len(), 0, "a list with rows has a selection"),
        }
        for (n, key) in list.shown().enumerate() {
            assert_eq!(list.position_of(key), Some(n));
        }
    }
}

proptest! {
    #![proptest_config(crate::laws::config(250))]

    #[test]
    fn a_list_that_is_arranged_elsewhere_ends_as_one_that_is_arranged_at_once(
        acts in proptest::collection::vec(act(), 1..60),
    ) {
        let (mut quick, mut slow) = (Desk::new(usize::MAX), Desk::new(0));
        for act in &acts {
            quick.act(act);
            slow.act(act);
            quick.holds();
            slow.holds();
        }
        // The order is made when it is asked for, so that its moment is another for each.
        for desk in [&mut quick, &mut slow] {
            desk.rest();
            desk.act(&Act::Sort);
            desk.rest();
            desk.list.refilter();
            desk.rest();
            desk.holds();
        }
        let shown = |desk: &Desk| desk.list.shown().cloned().collect::<Vec<_>>();
        prop_assert_eq!(shown(&quick), shown(&slow));
        prop_assert_eq!(quick.list.in_scope(), slow.list.in_scope());
    }
}

#[test]
fn a_newer_filter_gives_up_the_older_one_and_keeps_the_order_that_was_being_made() {
    let mut desk = Desk::new(0);
    desk.act(&Act::Put(1, "beta"));
    desk.act(&Act::Order(By::Name));
    desk.act(&Act::Begin);
    desk.act(&Act::Filter("al"));
    desk.act(&Act::Begin);
    assert_eq!(desk.begun.len(), 2, "the newer one does not wait for the older");
    desk.act(&Act::Done);
    assert_eq!(desk.list.shown_len(), 4, "what the older one found is of no use any more");
    desk.rest();
    let shown: Vec<&str> = desk.list.shown().map(|key| key.id.as_str()).collect();
    assert_eq!(shown, ["0002", "0004", "0005"]);
}

#[test]
fn pages_of_a_walk_do_not_give_up_what_is_under_way_so_that_it_comes_to_an_end() {
    let mut desk = Desk::new(0);
    desk.act(&Act::Sort);
    desk.act(&Act::Begin);
    desk.act(&Act::Append(20));
    desk.act(&Act::Sort);
    desk.act(&Act::Begin);
    assert_eq!(desk.begun.len(), 1);
    desk.act(&Act::Done);
    desk.act(&Act::Begin);
    assert_eq!(desk.begun.len(), 1, "and then it begins anew");
}

#[test]
fn a_session_that_is_chosen_before_it_is_shown_is_selected_when_it_is() {
    let mut desk = Desk::new(0);
    desk.act(&Act::Filter("alp"));
    desk.rest();
    desk.act(&Act::Put(8, "alp"));
    desk.act(&Act::Choose(8));
    assert_ne!(desk.list.chosen(), Some(&key(8)));
    desk.rest();
    assert_eq!(desk.list.chosen(), Some(&key(8)));
}

#[test]
fn a_row_whose_lines_fill_the_screen_stays_on_it_below_its_heading() {
    let mut list = Listing::new((7..9).map(|n| session(n, "alpha")).collect(), NOW, 0);
    assert_eq!(list.shown.breaks.len(), 2, "a pinned one, and one that is not");
    list.choose(&key(8));
    list.settle_view(4, 3, true);
    assert_eq!(list.top, 1);
}

#[test]
fn whoever_goes_elsewhere_before_it_is_shown_stays_there() {
    for away in [Act::Step(1), Act::Choose(4)] {
        let mut desk = Desk::new(0);
        desk.act(&Act::Filter("alp"));
        desk.rest();
        desk.act(&Act::Put(8, "alp"));
        desk.act(&Act::Choose(8));
        desk.act(&away);
        let there = desk.list.chosen().cloned();
        desk.rest();
        assert!(desk.list.position_of(&key(8)).is_some());
        assert_eq!(desk.list.chosen(), there.as_ref(), "{away:?}");
    }
}

#[test]
fn the_row_that_somebody_types_in_is_selected_also_where_an_older_filter_let_go_of_it() {
    let mut desk = Desk::new(0);
    desk.act(&Act::Filter("alp"));
    desk.rest();
    desk.act(&Act::Choose(2));
    desk.act(&Act::Rename(2, "beta"));
    desk.act(&Act::Sort);
    desk.act(&Act::Begin);
    desk.act(&Act::Hold(2));
    desk.act(&Act::Done);
    desk.rest();
    assert_eq!(desk.list.chosen(), Some(&key(2)));
}

#[test]
fn the_whole_library_takes_the_place_of_its_beginning_and_what_was_learnt_meanwhile_stays() {
    let mut list = Listing::new((1..3).map(|n| session(n, "old")).collect(), NOW, 0);
    list.partial = true;
    list.choose(&key(2));
    list.set_mark(&key(2), true);
    let all = (1..9).map(|n| session(n, "old")).collect();
    let arrange = list.begin_to_take_in(all, NOW, 0);
    list.change(&key(1), |session| {
        session.name = Some("renamed meanwhile".into());
        session.seen = Some(NOW);
    });
    list.put(session(10, "added meanwhile"));
    list.set_filter("old");
    assert_eq!(list.shown_len(), 1, "the beginning is filtered at once");
    list.arranged(arrange.run(&|| false).unwrap());
    assert!(!list.partial);
    assert_eq!(list.marked().collect::<Vec<_>>(), [&key(2)]);
    assert_eq!(list.get(&key(1)).unwrap().name.as_deref(), Some("renamed meanwhile"));
    assert!(list.get(&key(10)).is_some());
    assert_eq!((list.shown_len(), list.chosen()), (5, Some(&key(2))));
}

#[test]
fn a_row_that_is_removed_while_the_whole_library_is_arranged_is_not_shown_for_a_moment_after_it() {
    let mut desk = Desk::new(0);
    desk.list.partial = true;
    desk.act(&Act::Filter("alp"));
    desk.rest();
    let arrange = desk.list.begin_to_take_in((0..9).map(|n| session(n, "alpha")).collect(), NOW, 0);
    desk.act(&Act::Remove(1));
    desk.list.arranged(arrange.run(&|| false).unwrap());
    desk.holds();
    assert!(desk.list.get(&key(1)).is_none());
}

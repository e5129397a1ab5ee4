//! Finding a session among many: filter, order, groups, pins, palette, help.

use retitle::core::command::{Command, Focus};
use retitle::core::filter::Tag;
use retitle::core::keymap::Keymap;
use retitle::core::listing::Line;
use retitle::core::menu::Act;
use retitle::core::model::{Mode, Overlay};
use retitle::core::msg::{GraphReply, Msg};
use retitle::core::order::By;
use retitle::core::session::{Entity, Presence};

use crate::person::{WIDE, row, seconds};
use crate::sim::{Disk, How, IDS, Sim, at, fault, session, settings};

/// Four rows in four states: refused, a draft, untitled, pinned.
fn mixed() -> Sim {
    let mut sim = Sim::new().signed_in();
    sim.refuse_first();
    sim.press("j r").types("words").press("esc");
    sim.pass(seconds(1));
    sim.press("G f");
    sim
}

#[test]
fn is_narrows_to_a_state_and_every_state_has_a_word() {
    let mut sim = mixed();
    for (filter, rows) in [
        ("is:failed", "a"),
        ("is:draft", "ab"),
        ("is:untitled", "c"),
        ("is:pinned", "d"),
        ("is:failed is:draft", "a"),
        ("is:failed is:pinned", ""),
        ("is:draft alp", "a"),
        ("IS:Pinned", "d"),
        ("is:", "dabc"),
        ("is:fai", "dabc"),
        ("is:bogus", ""),
    ] {
        sim.press("/ ctrl-u").types(filter);
        assert_eq!(sim.rows(), rows, "{filter}");
    }
    assert!(sim.screen().contains("There is no is:bogus. Known: failed"), "{}", sim.screen());
    sim.press("esc");
    assert_eq!(sim.rows(), "dabc");
}

#[test]
fn a_row_that_is_edited_under_a_filter_stays_where_it_is() {
    let mut sim = Sim::new().signed_in();
    // `alpha` has the word, `gamma` only its letters; so it stands behind the others.
    for filter in ["a", "aa", "lta", "ea"] {
        sim.press("/ ctrl-u").types(filter).press("enter G");
        let (rows, at) = (sim.rows(), sim.at().to_owned());
        sim.press("r");
        assert_eq!((sim.rows(), sim.at()), (rows.clone(), at.as_str()), "{filter}");
        sim.types("x").press("esc");
        sim.pass(seconds(1));
        assert_eq!(sim.rows(), rows, "{filter}");
    }
}

#[test]
fn is_follows_a_save_from_its_beginning_to_its_end() {
    let mut sim = Sim::new().signed_in();
    let shows = |sim: &mut Sim, word: &str| {
        sim.press("/ ctrl-u").types(word).press("enter");
        let rows = sim.rows();
        sim.press("/ esc");
        rows
    };
    sim.press("r").types("!").press("enter");
    sim.disk_answers();
    assert_eq!(shows(&mut sim, "is:saving"), "a");
    sim.answer(0, How::Offline);
    assert_eq!((shows(&mut sim, "is:saving"), shows(&mut sim, "is:waiting")), (String::new(), "a".into()));
    sim.pass(seconds(40));
    sim.settle();
    assert_eq!(shows(&mut sim, "is:waiting"), "");
    sim.renamed_elsewhere(IDS[0], "theirs");
    sim.press("R");
    sim.settle();
    assert_eq!(shows(&mut sim, "is:drifted"), "a");
    sim.model.list.all().for_each(|s| assert_eq!(s.presence, Presence::Here));
    assert_eq!(shows(&mut sim, "is:gone"), "");
    assert_eq!(Tag::ALL.len(), 9, "a state that is new wants a line here");
}

#[test]
fn a_name_that_was_changed_elsewhere_is_found_by_its_state() {
    let mut sim = Sim::new().signed_in();
    sim.renamed_elsewhere(IDS[0], "theirs");
    sim.press("r").types("!").press("enter");
    sim.settle();
    sim.press("esc /").types("is:changed");
    assert_eq!(sim.rows(), "a", "{:?}", sim.model.saves);
}

#[test]
fn the_screen_says_how_many_of_how_many_and_letters_in_order_are_enough() {
    let mut sim = Sim::new().signed_in();
    sim.press("/").types("lp");
    assert!(sim.screen().lines().next().unwrap().contains("1 of 4"), "{}", sim.screen());
    assert_eq!(sim.rows(), "a");
    sim.press("ctrl-u").types("da");
    assert_eq!(sim.rows(), "d", "scattered letters of delta");
    sim.press("ctrl-u").types("zzz");
    assert!(sim.screen().contains("No match for “zzz”"), "{}", sim.screen());
    assert!(sim.screen().contains("0 of 4"));
}

#[test]
fn whole_words_stand_before_scattered_letters() {
    let mut disk = Disk::default();
    let mut server = std::collections::BTreeMap::new();
    for (n, name) in [(0, "warm average"), (1, "second wave"), (2, "other")] {
        disk.sessions.insert(row(n), session(IDS[n], Some(name), 60 * (i64::try_from(n).unwrap() + 1)));
        server.insert(IDS[n].to_owned(), (Some(name.into()), 0));
    }
    let mut sim = Sim::on(settings(), WIDE, disk, server, at(0)).signed_in();
    sim.press("/").types("wave");
    assert_eq!(sim.rows(), "ba");
}

#[test]
fn a_whole_id_finds_its_row_though_its_name_has_none_of_it() {
    let mut sim = Sim::new().signed_in();
    sim.press("/").types("CCCCCCCC-3");
    assert_eq!(sim.rows(), "c");
    sim.press("/ ctrl-u").types("cccccccc-4");
    assert_eq!(sim.rows(), "", "it is another one from the tenth letter on");
}

#[test]
fn untitled_rows_are_named_one_after_another_under_a_filter_that_each_name_leaves() {
    let mut sim = Sim::new().signed_in();
    sim.press("R");
    sim.settle();
    sim.press("/").types("is:untitled").press("enter r").types("named").press("enter");
    sim.disk_answers();
    assert_eq!(sim.rows(), "c", "until the server has the name it has none");
    sim.settle();
    assert_eq!((sim.rows().as_str(), sim.name(IDS[2])), ("", Some("named")));
    sim.press("esc esc");
    assert_eq!(sim.rows().len(), 4);
}

#[test]
fn the_row_being_typed_in_stays_whatever_the_filter_says_of_its_new_name() {
    let mut sim = Sim::new().signed_in();
    sim.press("/").types("alpha").press("enter r");
    sim.renamed_elsewhere(IDS[0], "theirs");
    sim.press("R").send(Msg::LibraryChanged);
    sim.settle();
    assert_eq!((sim.rows().as_str(), sim.at()), ("a", "a"));
}

#[test]
fn a_slip_in_the_filter_that_finds_nothing_gives_the_row_back() {
    let mut sim = Sim::new().signed_in();
    sim.press("j j /").types("zzz");
    assert_eq!(sim.at(), "");
    sim.press("esc");
    assert_eq!(sim.at(), "c");
    sim.press("/").types("alpha").press("esc");
    assert_eq!(sim.at(), "a", "what was found stays found");
    sim.press("/").types("zzz").press("backspace backspace backspace");
    assert_eq!(sim.at(), "c", "where the person went last, not where a filter led");
}

#[test]
fn the_sort_menu_orders_the_list_and_again_turns_it_round_and_the_selection_stays() {
    let mut sim = Sim::new().signed_in();
    sim.press("j s").types("name").press("enter");
    assert_eq!((sim.rows().as_str(), sim.at()), ("abdc", "b"), "without a name last");
    sim.press("s");
    let now: Vec<_> = sim.items().into_iter().filter(|item| item.side.contains("now")).collect();
    assert_eq!(now.len(), 1);
    assert_eq!(now[0].text, "name; once more turns it round");
    sim.types("name").press("enter");
    assert_eq!((sim.rows().as_str(), sim.at()), ("cdba", "b"));
    sim.press("s").types("created").press("enter");
    assert_eq!(sim.model.list.sorted().by, By::Created);
    assert_eq!(sim.at(), "b");
}

#[test]
fn a_saved_row_stays_in_its_place_until_the_person_asks() {
    let mut sim = Sim::new().signed_in();
    sim.press("G r").types("!").press("enter");
    sim.settle();
    assert_eq!((sim.rows().as_str(), sim.at()), ("abcd", "d"));
    sim.press("R");
    sim.settle();
    assert_eq!((sim.rows().as_str(), sim.at()), ("dabc", "d"));
}

#[test]
fn a_pin_moves_its_own_row_and_no_other() {
    let mut sim = Sim::new().signed_in();
    sim.press("G r").types("!").press("enter");
    sim.settle();
    sim.press("k f");
    assert_eq!((sim.rows().as_str(), sim.at()), ("cabd", "c"), "the saved row has not jumped");
    assert!(sim.says().contains("Pinned"));
    sim.press("f");
    assert_eq!((sim.rows().replace('c', "").as_str(), sim.at()), ("abd", "c"));
    assert!(!sim.disk.sessions[&row(2)].pinned);
}

#[test]
fn pins_come_back_after_a_restart_and_a_new_session_goes_below_them() {
    let mut sim = Sim::new().signed_in();
    sim.press("G f");
    let mut sim = sim.restarted(|_| {});
    assert_eq!(sim.rows(), "dabc");
    sim.server.insert("ffff-new".into(), (Some("new".into()), 0));
    sim.press("a").types("ffff-new").press("enter");
    sim.settle();
    assert_eq!(sim.rows(), "dfabc");
}

fn lines(sim: &Sim) -> String {
    sim.model
        .list
        .lines(30)
        .map(|line| match line {
            Line::Heading(group) => format!("[{}]", group.title()),
            Line::Row(session) => session.key.id.as_str()[..1].to_owned(),
        })
        .collect()
}

#[test]
fn time_orders_stand_under_today_this_week_and_older_and_others_under_nothing() {
    let hour = 3_600;
    let mut disk = Disk::default();
    let mut server = std::collections::BTreeMap::new();
    // It is Friday, eight in the morning.
    for (n, age) in [(0, hour), (1, 9 * hour), (2, 3 * 24 * hour), (3, 30 * 24 * hour)] {
        disk.sessions.insert(row(n), session(IDS[n], Some("x"), age));
        server.insert(IDS[n].to_owned(), (Some("x".into()), 0));
    }
    let mut sim = Sim::on(settings(), WIDE, disk, server, at(0));
    assert_eq!(lines(&sim), "[today]a[this week]bc[older]d");
    sim.press("esc G f");
    assert_eq!(lines(&sim), "[pinned]d[today]a[this week]bc");
    sim.press("/").types("x");
    assert_eq!(lines(&sim), "dabc", "a filter has no groups");
    sim.press("esc s").types("name").press("enter");
    assert_eq!(lines(&sim), "[pinned]dabc".replace("[pinned]", ""));
}

#[test]
fn headings_count_when_the_screen_is_scrolled_and_clicked() {
    let mut sim = Sim::new().signed_in();
    let new = |n: usize| Entity {
        id: retitle::core::session::SessionId::new(&format!("new-{n:02}")),
        name: None,
        created: None,
        modified: Some(at(-90_000 * i64::try_from(n).unwrap())),
    };
    sim.press("L");
    let Some(retitle::core::effect::Effect::Graph(req, ..)) = sim.outstanding.pop() else { panic!() };
    sim.send(Msg::Graph(req, Ok(GraphReply::Page { sessions: (0..40).map(new).collect(), next: None })));
    for _ in 0..50 {
        sim.press("j");
        let height = sim.model.list_height();
        let chosen = sim.model.list.chosen().unwrap();
        let mut on_screen = sim.model.list.lines(height);
        assert!(
            on_screen.any(|line| matches!(line, Line::Row(session) if session.key == *chosen)),
            "the selection is off the screen"
        );
    }
    sim.press("g m");
    let lines: Vec<_> = sim
        .model
        .list
        .lines(10)
        .map(|line| if let Line::Row(session) = line { Some(session.key.clone()) } else { None })
        .collect();
    assert_eq!(lines.iter().filter(|line| line.is_none()).count(), 2, "headings");
    let mut chosen = sim.model.list.chosen().cloned();
    // Three lines of header above the first line of the list.
    for (y, line) in (3..).zip(lines) {
        sim.click(10, y);
        chosen = line.or(chosen);
        assert_eq!(sim.model.list.chosen(), chosen.as_ref(), "line {y}");
    }
}

#[test]
fn the_palette_runs_commands_with_every_key_shown_and_never_itself() {
    let mut sim = Sim::new().signed_in();
    sim.press(":");
    let items = sim.items();
    let has = |command| items.iter().any(|item| item.act == Act::Run(command));
    for (command, _) in Keymap::default().own_keys(Focus::List) {
        let left_out = matches!(command, Command::Palette | Command::Interrupt | Command::OnePlace);
        assert_eq!(has(command), !left_out, "{}", command.name());
    }
    sim.types("pin to the top").press("enter");
    assert!(sim.model.overlays.is_empty() && sim.model.chosen().unwrap().pinned);
    sim.press("ctrl-p").types("rename the sel").press("enter");
    assert!(matches!(sim.model.mode, Mode::Rename(_)));
}

#[test]
fn the_palette_finds_sessions_by_name_and_by_id_and_lifts_what_hides_them() {
    let mut sim = Sim::new().signed_in();
    sim.press("/").types("alpha").press("enter :").types("delta").press("enter");
    assert_eq!((sim.at(), sim.rows().as_str()), ("d", "abcd"));
    for words in ["cccc", "CCCCCCCC-3"] {
        sim.press("g :").types(words).press("enter");
        assert_eq!(sim.at(), "c", "an untitled row has nothing else to be found by: {words}");
    }
    sim.press("g :").types("delta").press("esc");
    assert_eq!(sim.at(), "a", "Esc goes nowhere");
    assert!(sim.model.overlays.is_empty());
}

#[test]
fn the_palette_finds_a_session_that_stands_behind_more_than_it_offers() {
    let others = (0..60).map(|n| session(&format!("eeeeeeee-{n}"), Some("epsilon"), -60));
    let others: Vec<_> = others.map(|other| (other.key.clone(), other)).collect();
    let mut sim = Sim::new().signed_in().restarted(|disk| disk.sessions.extend(others));
    for words in ["delta", "DDDDDDDD-4"] {
        sim.press("g :").types(words).press("enter");
        assert_eq!(sim.at(), "d", "{words}");
    }
}

#[test]
fn a_menu_stops_at_its_ends_and_a_new_letter_goes_to_the_best_line() {
    let mut sim = Sim::new().signed_in();
    let chosen = |sim: &Sim| match sim.model.overlays.last() {
        Some(Overlay::Menu(menu)) => menu.chosen,
        _ => panic!(),
    };
    sim.press("s down down");
    assert_eq!(chosen(&sim), 2);
    sim.types("n");
    assert_eq!(chosen(&sim), 0);
    sim.press("ctrl-u pgdn pgdn");
    assert_eq!(chosen(&sim), By::ALL.len() - 1);
    sim.press("pgup up up");
    assert_eq!(chosen(&sim), 0);
    sim.types("no such line").press("enter");
    assert!(matches!(sim.model.overlays.last(), Some(Overlay::Menu(_))), "nothing to do, so it stays");
}

#[test]
fn help_is_searched_and_enter_runs_the_line() {
    let mut sim = Sim::new().signed_in();
    sim.press("?");
    assert!(sim.items().iter().any(|item| item.text == "List" && !item.live()), "headings");
    sim.types("sort").press("enter");
    assert!(
        matches!(sim.model.overlays.last(), Some(Overlay::Menu(menu)) if menu.title().contains("Order")),
        "a command's name finds it before letters that are scattered over a line"
    );
    sim.press("esc ?").types("choose the order").press("enter");
    assert!(matches!(sim.model.overlays.last(), Some(Overlay::Menu(menu)) if menu.title().contains("Order")));
    sim.press("esc f1").types("ctrl-y").press("enter");
    assert!(sim.says().contains("Ctrl-Y"), "a key of a text field is told: {}", sim.says());
    assert_eq!(sim.model.mode, Mode::Browse);
}

#[test]
fn keys_from_the_configuration_are_the_keys_that_every_hint_names() {
    let mut sim = Sim::set(|settings| {
        for (command, key) in [("rename", "W"), ("filter", "F"), ("sign-in", "I"), ("retry", "T")] {
            settings.keys.rebind("list", command, &[key]).unwrap();
        }
        settings.keys.rebind("list", "pin", &["none"]).unwrap();
    });
    let first = |sim: &Sim| sim.screen().lines().last().unwrap_or_default().trim().to_owned();
    assert!(first(&sim).starts_with("W rename  F filter"), "{}", first(&sim));
    sim.press("f");
    assert!(sim.says().contains("f means nothing here") && !sim.model.chosen().unwrap().pinned);
    sim.press("W").types("!").press("esc");
    assert!(sim.says().starts_with("Draft kept: W "), "{}", sim.says());
    sim.pass(seconds(5));
    sim.press("r");
    assert_eq!(sim.model.mode, Mode::Browse);
    sim.refuse_with("W");
    let below = sim.below().replace('\n', " ");
    assert!(below.contains("W edits them, T sends them again"), "{below}");
}

impl Sim {
    fn refuse_with(&mut self, rename: &str) {
        self.press(rename).types("!").press("enter");
        self.disk_answers();
        let Some(retitle::core::effect::Effect::Graph(req, ..)) = self.outstanding.pop() else { panic!() };
        self.send(Msg::Graph(req, Err(fault(retitle::core::fault::FaultKind::Forbidden))));
    }
}

#[test]
fn the_palette_finds_workspaces_that_are_known_and_works_in_them() {
    let mut sim = Sim::new().signed_in();
    sim.press("w");
    sim.answer(0, How::Well);
    sim.press("esc :").types("hunting").press("enter");
    assert_eq!(sim.model.here().workspace.as_str(), "w-1");
    sim.press(":").types("workspace default").press("enter");
    assert_eq!(
        sim.model.here().workspace.as_str(),
        "default",
        "which is configured, and stands on every row"
    );
}

#[test]
fn letters_scattered_over_a_long_line_find_nothing_and_first_letters_of_words_do() {
    let mut sim = Sim::new().signed_in();
    let found = |sim: &mut Sim, typed: &str| {
        sim.press(":").types(typed);
        let items = sim.items();
        sim.press("esc");
        items.into_iter().map(|item| item.text).collect::<Vec<_>>()
    };
    assert_eq!(found(&mut sim, "wood"), Vec::<String>::new());
    let help = Command::CopyId.help();
    assert!(found(&mut sim, "ctsi").iter().any(|text| text == help), "{help}");
}

#[test]
fn a_page_down_and_a_page_up_end_where_they_began() {
    let mut sim = crate::bulk::world(90, settings());
    sim.press("pgdn");
    assert_eq!(sim.model.list.position(), Some(sim.model.list_height() - 1));
    sim.press("pgdn pgup pgup");
    assert_eq!(sim.model.list.position(), Some(0));
}

//! Several profiles in one list, workspaces, and profiles that take no writes.

use retitle::core::command::Focus;
use retitle::core::effect::{Effect, GraphCall};
use retitle::core::menu::{Act, Workspace};
use retitle::core::model::{Mode, Overlay};
use retitle::core::msg::{GraphReply, Msg, ReqId};
use retitle::core::place::Auth;
use retitle::core::row::RowState;
use retitle::core::session::WorkspaceId;

use crate::person::{key_in, seconds};
use crate::sim::{How, IDS, Sim, fault};

fn here(sim: &Sim) -> &str {
    sim.model.here().config.profile.as_str()
}

/// The profile and account of each PATCH so far.
fn senders(sim: &Sim) -> Vec<(&str, &str)> {
    let sent = |effect| match effect {
        &Effect::Graph(_, ref caller, GraphCall::Rename { .. }) => {
            Some((caller.profile.as_str(), caller.account.as_str()))
        }
        _ => None,
    };
    sim.asked.iter().filter_map(sent).collect()
}

#[test]
fn all_customers_stand_in_one_list_and_a_number_shows_one_alone() {
    let mut sim = Sim::customers(|_| {});
    assert_eq!(sim.rows(), "abcd");
    for (number, rows, profile) in [("2", "cd", "fabrikam"), ("1", "ab", "acme"), ("0", "abcd", "acme")] {
        sim.press(number);
        assert_eq!((sim.rows().as_str(), here(&sim)), (rows, profile), "{number}");
    }
    sim.press("3");
    assert!(sim.says().contains("There are 2 profiles: t shows them."), "{}", sim.says());
    assert_eq!(sim.rows(), "abcd");
}

#[test]
fn the_header_names_the_profile_of_the_selected_row() {
    let mut sim = Sim::customers(|places| places[1].label = Some("FAB".into()));
    let header = |sim: &Sim| sim.screen().lines().next().unwrap().to_owned();
    assert!(header(&sim).contains("acme.com"), "{}", header(&sim));
    sim.press("G");
    assert!(header(&sim).contains("FAB") && header(&sim).contains("jo@fabrikam.com"), "{}", header(&sim));
    sim.press("r");
    assert!(header(&sim).contains("FAB"), "while a name is typed too");
}

#[test]
fn a_name_goes_out_under_the_account_of_its_own_profile() {
    let mut sim = Sim::customers(|_| {});
    for keys in ["g r", "G r"] {
        sim.press(keys).types("!").press("enter");
    }
    sim.settle();
    assert_eq!(senders(&sim), [("acme", "acme.jo"), ("fabrikam", "fabrikam.jo")]);
    assert_eq!(
        (sim.server[IDS[0]].0.as_deref(), sim.server[IDS[3]].0.as_deref()),
        (Some("alpha!"), Some("delta!"))
    );
}

#[test]
fn tab_goes_from_the_rows_of_one_customer_into_those_of_another() {
    let mut sim = Sim::customers(|_| {});
    sim.press("j r").types("1").press("tab").types("2").press("enter");
    sim.settle();
    assert_eq!(senders(&sim), [("acme", "acme.jo"), ("fabrikam", "fabrikam.jo")]);
}

#[test]
fn a_pause_of_one_tenant_holds_up_no_other() {
    let mut sim = Sim::customers(|_| {});
    sim.press("r").types("!").press("enter");
    sim.disk_answers();
    sim.answer(0, How::Busy);
    sim.press("G r").types("!").press("enter");
    sim.settle();
    assert!(matches!(sim.row_in("acme", IDS[0]), RowState::Retry { .. }));
    assert_eq!(sim.server[IDS[3]].0.as_deref(), Some("delta!"));
}

#[test]
fn undo_takes_back_what_is_shown_and_nothing_of_a_customer_out_of_sight() {
    let mut sim = Sim::customers(|_| {});
    for keys in ["g r", "G r"] {
        sim.press(keys).types("!").press("enter");
        sim.settle();
    }
    sim.press("1 u");
    sim.settle();
    assert_eq!(
        (sim.server[IDS[0]].0.as_deref(), sim.server[IDS[3]].0.as_deref()),
        (Some("alpha"), Some("delta!"))
    );
}

#[test]
fn in_and_ws_narrow_to_a_profile_and_a_workspace() {
    let mut sim = Sim::customers(|places| places[1].label = Some("PROD EU".into())).restarted(|disk| {
        let key = key_in("fabrikam", IDS[3]);
        disk.sessions.get_mut(&key).unwrap().workspace = WorkspaceId::new("Hunting");
    });
    for (filter, rows) in [
        ("in:fab", "cd"),
        ("in:FABRIKAM gam", "c"),
        ("in:prod", "cd"),
        ("ws:hunt", "d"),
        ("ws:default", "abc"),
        ("in:acme ws:h", ""),
    ] {
        sim.press("/ ctrl-u").types(filter);
        assert_eq!(sim.rows(), rows, "{filter}");
    }
}

#[test]
fn the_profile_menu_goes_where_its_line_says_and_the_palette_finds_profiles_too() {
    let mut sim = Sim::customers(|places| places[1].read_only = true);
    sim.press("t");
    let lines: Vec<_> = sim.items().into_iter().map(|item| item.text).collect();
    assert_eq!(lines.len(), 3);
    assert!(
        lines[2].contains("fabrikam")
            && lines[2].contains("jo@fabrikam.com")
            && lines[2].contains("  read-only  ")
    );
    sim.types("fab").press("enter");
    assert_eq!((sim.rows().as_str(), here(&sim)), ("cd", "fabrikam"));
    sim.press(":").types("acme.com").press("enter");
    assert_eq!((sim.rows().as_str(), here(&sim)), ("ab", "acme"));
    sim.press(":").types("delta").press("enter");
    assert_eq!(
        (sim.at(), here(&sim), sim.rows().as_str()),
        ("d", "fabrikam", "abcd"),
        "what hides it is lifted"
    );
}

#[test]
fn with_one_profile_numbers_say_so_and_nothing_hides() {
    let mut sim = Sim::new().signed_in();
    sim.press("2");
    assert!(sim.says().contains("There is one profile"), "{}", sim.says());
    sim.press("1 0");
    assert_eq!(sim.rows(), "abcd");
}

#[test]
fn a_lost_sign_in_of_one_customer_is_told_by_name_and_the_other_goes_on() {
    let mut sim = Sim::customers(|_| {});
    sim.press("G r").types("!").press("enter");
    sim.disk_answers();
    sim.answer(0, How::SignedOut);
    assert!(sim.says().contains("S signs in to fabrikam"), "{}", sim.says());
    assert!(matches!(sim.row_in("fabrikam", IDS[3]), RowState::SignIn));
    sim.press("g r").types("!").press("enter");
    sim.settle();
    assert_eq!(sim.server[IDS[0]].0.as_deref(), Some("alpha!"));
    sim.press("G S");
    assert_eq!((sim.model.focus(), here(&sim)), (Focus::SignIn, "fabrikam"));
    sim.answer(0, How::Well);
    sim.pass(seconds(7));
    sim.answer(0, How::Well);
    sim.settle();
    assert_eq!(sim.server[IDS[3]].0.as_deref(), Some("delta!"));
}

#[test]
fn a_lost_sign_in_ends_the_reading_of_that_customer_s_list_and_of_no_other() {
    for (first, name) in [("g", Some("beta")), ("G", Some("theirs"))] {
        let mut sim = Sim::customers(|_| {});
        sim.press(first).press("r").types("!");
        sim.settle();
        sim.renamed_elsewhere(IDS[1], "theirs");
        sim.press("enter");
        sim.disk_answers();
        sim.press("1 R 0");
        assert!(matches!(
            sim.outstanding[..],
            [Effect::Graph(.., GraphCall::Rename { .. }), Effect::Graph(..)]
        ));
        sim.answer(0, How::SignedOut);
        sim.answer(0, How::Well);
        let read = sim.model.list.get(&key_in("acme", IDS[1])).and_then(|session| session.name.as_deref());
        assert_eq!(read, name, "{first}");
    }
}

#[test]
fn only_the_profile_in_use_asks_for_a_sign_in_at_the_start() {
    let sim = Sim::customers(|_| {});
    let mut sim =
        Sim::on(sim.model.settings.clone(), sim.model.size, sim.disk.clone(), sim.server.clone(), sim.now);
    sim.answer(0, How::Busy);
    sim.answer(0, How::Busy);
    sim.disk_answers();
    let asking: Vec<_> =
        sim.model.places.all().iter().map(|place| matches!(place.auth, Auth::Asking { .. })).collect();
    assert_eq!(asking, [true, false]);
}

fn listed(names: &[(&str, Option<&str>)]) -> GraphReply {
    let workspace = |(id, name): &(&str, Option<&str>)| Workspace {
        id: WorkspaceId::new(id),
        name: name.map(ToOwned::to_owned),
    };
    GraphReply::Workspaces(names.iter().map(workspace).collect())
}

fn asked_workspaces(sim: &Sim) -> Vec<ReqId> {
    let asked = |effect| match effect {
        &Effect::Graph(req, _, GraphCall::Workspaces) => Some(req),
        _ => None,
    };
    sim.asked.iter().filter_map(asked).collect()
}

#[test]
fn a_workspace_is_picked_from_what_graph_lists_and_new_sessions_are_made_there() {
    let mut sim = Sim::new().signed_in();
    sim.press("w");
    assert!(sim.items()[0].text.contains("Asking Graph"));
    sim.settle();
    let lines: Vec<_> = sim.items().into_iter().map(|i| (i.text, i.side)).collect();
    assert_eq!(lines[0], ("default".to_owned(), "now".to_owned()), "the alias is not lost: {lines:?}");
    sim.types("hunt").press("enter");
    assert!(sim.says().contains("Working in Hunting now."), "{}", sim.says());
    assert!(sim.screen().lines().next().unwrap().contains("contoso.com / Hunting"));
    assert_eq!(sim.rows(), "abcd", "rows stay with the workspace that they have");
    sim.asked.clear();
    sim.press("A").types("new").press("enter");
    let made = |effect: &Effect| matches!(effect, Effect::Graph(_, _, GraphCall::Create { workspace, .. }) if workspace.as_str() == "w-1");
    assert!(sim.asked.iter().any(made));
    sim.settle();
    sim.press("L");
    let listed = |effect: &Effect| matches!(effect, Effect::Graph(_, _, GraphCall::List { workspace, .. }) if workspace.as_str() == "w-1");
    assert!(sim.asked.iter().any(listed));
}

#[test]
fn workspaces_that_cannot_be_listed_say_why_and_that_of_a_row_stays_as_it_is() {
    let mut sim = Sim::new().signed_in();
    sim.press("w");
    sim.answer(0, How::Forbidden);
    assert!(sim.items()[0].text.contains("on purpose"));
    sim.press("enter");
    assert!(matches!(sim.model.overlays.last(), Some(Overlay::Menu(_))), "nothing to pick");
    sim.press("esc");
    let mut sim = Sim::new();
    sim.answer(0, How::Busy);
    sim.press("esc w");
    assert!(sim.says().contains("Not signed in: S signs in."));
}

#[test]
fn the_workspaces_of_one_customer_are_never_offered_for_another() {
    let mut sim = Sim::customers(|_| {});
    sim.press("1 w esc 2 w");
    let asked = asked_workspaces(&sim);
    assert_eq!(asked.len(), 2);
    sim.send(Msg::Graph(asked[0], Ok(listed(&[("acme-1", Some("Acme only"))]))));
    assert!(sim.items()[0].text.contains("Asking Graph"), "{:?}", sim.items());
    sim.send(Msg::Graph(asked[1], Ok(listed(&[("fab-1", Some("Fab only"))]))));
    sim.types("only").press("enter");
    assert_eq!(sim.model.here().workspace.as_str(), "fab-1");
    assert_eq!(sim.model.places.all()[0].workspace.as_str(), "default");
}

#[test]
fn a_refusal_that_comes_late_signs_nobody_else_out() {
    let mut sim = Sim::customers(|_| {});
    sim.press("1 w esc 2");
    let asked = asked_workspaces(&sim);
    sim.send(Msg::Graph(asked[0], Err(fault(retitle::core::fault::FaultKind::SignedOut))));
    let inside: Vec<_> = sim.model.places.all().iter().map(|place| place.who().is_some()).collect();
    assert_eq!(inside, [false, true]);
}

#[test]
fn a_read_only_profile_never_writes_and_everything_else_works_in_it() {
    let mut sim = Sim::set(|settings| settings.places[0].read_only = true);
    for key in ["r", "A", "u", "U"] {
        sim.press(key);
        assert!(sim.says().starts_with("Read-only:"), "{key}: {}", sim.says());
        assert_eq!((&sim.model.mode, sim.model.overlays.len()), (&Mode::Browse, 0), "{key}");
    }
    sim.press("p f o y Y c i esc / esc s esc H esc L");
    sim.settle();
    assert!(sim.model.chosen().unwrap().pinned && sim.copied() == "alpha");
    assert_eq!(sim.sent(|c| matches!(c, GraphCall::Rename { .. } | GraphCall::Create { .. })), 0);
    let header = sim.screen().lines().next().unwrap().to_owned();
    assert!(header.contains("read-only") && header.contains("everything"), "{header}");
}

#[test]
fn names_typed_before_a_profile_became_read_only_wait_and_are_not_sent() {
    let mut sim = Sim::new();
    sim.answer(0, How::Busy);
    sim.press("esc r").types("!").press("enter");
    sim.disk_answers();
    let mut settings = sim.model.settings.clone();
    settings.places[0].read_only = true;
    let mut sim =
        Sim::on(settings, sim.model.size, sim.disk.clone(), sim.server.clone(), sim.now).signed_in();
    sim.press("!");
    sim.pass(seconds(60));
    sim.settle();
    assert_eq!((sim.patches(), sim.model.open_saves()), (0, 1));
}

#[test]
fn undo_over_all_customers_leaves_a_read_only_one_alone() {
    let mut sim = Sim::customers(|_| {});
    for keys in ["g r", "G r"] {
        sim.press(keys).types("!").press("enter");
        sim.settle();
    }
    let mut settings = sim.model.settings.clone();
    settings.places[1].read_only = true;
    let homes = sim.homes.clone();
    let mut sim = Sim::on(settings, sim.model.size, sim.disk.clone(), sim.server.clone(), sim.now);
    sim.homes = homes;
    sim.settle();
    sim.press("u");
    sim.settle();
    assert_eq!(
        (sim.server[IDS[0]].0.as_deref(), sim.server[IDS[3]].0.as_deref()),
        (Some("alpha"), Some("delta!"))
    );
}

#[test]
fn one_protected_customer_does_not_make_the_others_ask_twice() {
    let mut sim = Sim::customers(|places| places[1].protected = true);
    sim.press("r").types("!").press("enter");
    sim.settle();
    assert_eq!(sim.patches(), 1);
    sim.press("G r").types("!").press("enter");
    assert!(sim.problem().contains("fabrikam is protected"));
    sim.press("enter");
    sim.settle();
    assert_eq!(sim.patches(), 2);
    let items = {
        sim.press("t");
        sim.items()
    };
    assert!(matches!(&items[2].act, Act::Place(Some(_))) && items[2].text.contains("  protected  "));
}

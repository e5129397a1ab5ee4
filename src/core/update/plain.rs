//! Plain mode: what a line does.

use super::{add, conflict, create, leave, list, menu, places, rename, text};
use crate::core::command::Command;
use crate::core::effect::Effect;
use crate::core::line::Edit;
use crate::core::menu::{Kind, Workspace};
use crate::core::model::{Mode, Model, Overlay};
use crate::core::order::{By, Order};
use crate::core::pending::Pending;
use crate::core::place::Auth;
use crate::core::plain::{PAGE, Said, Takes, order_named, takes};
use crate::core::reference::SHORTEST_PREFIX;
use crate::core::session::{Key, UNTITLED, WorkspaceId};
use crate::core::settings::Face;

pub(super) fn say(model: &mut Model, line: impl Into<String>) {
    if let Some(plain) = &mut model.plain {
        plain.lines.push(line.into());
    }
}

/// A line was typed. One that comes before it is known who is signed in waits for that: a name belongs to somebody.
pub(super) fn said(model: &mut Model, line: Option<String>, out: &mut Vec<Effect>) {
    let wait = must_wait(model);
    let Some(plain) = &mut model.plain else { return };
    if wait || !plain.waiting.is_empty() {
        plain.waiting.push_back(line);
    } else {
        hear(model, line, out);
    }
}

/// Whether the next line has to wait. A person may type on while a sign-in waits for its code or a name is on its way;
/// the lines of a script build on each other.
fn must_wait(model: &mut Model) -> bool {
    model.saves.place();
    let script = model.settings.face == Face::Plain { person: false };
    let signing_in = model.places.all().iter().any(|place| match place.auth {
        Auth::Checking { .. } => true,
        Auth::Asking { .. } | Auth::Waiting(_) | Auth::Away(_) => script,
        Auth::Unconfigured | Auth::Out { .. } | Auth::In(_) => false,
    });
    signing_in
        || script && (leave::on_the_way(model) > 0 || model.pending.values().any(Pending::was_asked_for))
}

/// Lines that waited, once they may go on.
pub(super) fn due(model: &mut Model, out: &mut Vec<Effect>) {
    while !must_wait(model)
        && let Some(line) = model.plain.as_mut().and_then(|plain| plain.waiting.pop_front())
    {
        hear(model, line, out);
    }
}

/// The program ends before the lines that wait have had their turn. They are not carried out; the names in them are kept.
pub(super) fn keep_waiting(model: &mut Model, out: &mut Vec<Effect>) {
    let waiting = model.plain.as_mut().map(|plain| std::mem::take(&mut plain.waiting)).unwrap_or_default();
    for line in waiting.into_iter().flatten() {
        keep_named(model, &line, out);
    }
}

/// Makes the name in a line that is not carried out a draft.
fn keep_named(model: &mut Model, line: &str, out: &mut Vec<Effect>) {
    let Said::Do(Command::Rename, rest) = model.understand(line) else { return };
    let Some((number, words)) = rest.split_once(char::is_whitespace) else { return };
    let words = words.trim();
    if let Some(key) = row(model, number).filter(|_| words != ".") {
        rename::keep(model, &key, words.to_owned(), out);
    }
}

fn hear(model: &mut Model, line: Option<String>, out: &mut Vec<Effect>) {
    match line {
        Some(line) => obey(model, &line, out),
        None => leave::terminate(model, out),
    }
}

fn obey(model: &mut Model, line: &str, out: &mut Vec<Effect>) {
    model.saves.forget_shown(model.now);
    if model.leaving.is_some() {
        keep_named(model, line, out);
        return leave::quit(model, out);
    }
    super::tell::gather(model, out);
    // What was said is said; a line that brings the same words on again is told them again.
    model.notice = None;
    model.overlays.clear();
    match &model.mode {
        Mode::Rename(renaming) if renaming.sure => match line.trim().to_lowercase().as_str() {
            "yes" | "y" => rename::commit(model, out),
            "" | "no" | "n" => rename::leave(model, out),
            // No answer is a no, and what stands there instead is still to be done: it may hold a name.
            _ => {
                rename::leave(model, out);
                command(model, line, out);
            }
        },
        Mode::Rename(_) => name(model, line, out),
        Mode::Create(creating) if creating.req.is_none() => new_name(model, line, out),
        Mode::Browse | Mode::Filter(_) | Mode::Add(_) | Mode::Create(_) => {
            model.mode = Mode::Browse;
            command(model, line, out);
        }
    }
}

fn command(model: &mut Model, line: &str, out: &mut Vec<Effect>) {
    if !matches!(model.understand(line), Said::Do(..)) {
        model.sure = None;
    }
    match model.understand(line) {
        Said::Nothing => {}
        Said::List => {
            model.list.set_filter("");
            list_from_the_start(model);
        }
        Said::More => more(model),
        Said::Row(number) => with_row(model, Command::Details, number, out),
        Said::Do(command, rest) => carry_out(model, command, rest, out),
        Said::Unknown(word) => say(model, format!("There is no command “{word}”. help lists them.")),
    }
}

fn carry_out(model: &mut Model, command: Command, rest: &str, out: &mut Vec<Effect>) {
    if model.sure != Some(command) {
        // What a protected profile asked is answered by the same line or by none.
        model.sure = None;
    }
    match (takes(command), command) {
        (Takes::Screen, _) => {
            say(model, format!("{} moves on a screen; here a row goes by its number.", command.name()));
        }
        (Takes::Nothing, Command::Help) => {
            for line in model.plain_help() {
                say(model, line);
            }
        }
        (Takes::Nothing, _) => model.run(command, None, out),
        (Takes::Words(_), Command::Retry) if rest.is_empty() => model.run(command, None, out),
        (Takes::Words(_), Command::Retry) | (Takes::Row, _) => with_row(model, command, rest, out),
        (Takes::Words(_), Command::Rename) => {
            let (number, words) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
            with_row(model, command, number, out);
            // The question about another name was told; a name that is given now is the answer to it.
            if !words.trim().is_empty() && matches!(model.overlays.last(), Some(Overlay::Conflict(_))) {
                model.run(Command::EditMine, None, out);
            }
            if !words.trim().is_empty() && matches!(model.mode, Mode::Rename(_)) {
                name(model, words, out);
            } else if let Mode::Rename(renaming) = &model.mode {
                let held = renaming.line.text().to_owned();
                let kept = if renaming.from_draft { "; . takes the draft that was kept" } else { "" };
                let held = if held.is_empty() { UNTITLED.to_owned() } else { format!("“{held}”") };
                say(model, format!("{held}. Type the new name, or nothing to leave it{kept}."));
            }
        }
        (Takes::Words(_), Command::Filter) => {
            model.list.set_filter(rest);
            list_from_the_start(model);
        }
        (Takes::Words(_), Command::Add) if !rest.is_empty() => {
            add::open(model, rest);
            add::submit(model, out);
        }
        (Takes::Words(_), Command::Create) => {
            model.run(command, None, out);
            if !rest.is_empty() && matches!(model.mode, Mode::Create(_)) {
                new_name(model, rest, out);
            }
        }
        (Takes::Words(_), Command::Sort) => sort(model, rest),
        (Takes::Words(_), Command::Profiles) if !rest.is_empty() => profile(model, rest),
        (Takes::Words(_), Command::Workspaces) if !rest.is_empty() => {
            places::work_in(model, Workspace { id: WorkspaceId::new(rest), name: None }, out);
        }
        (Takes::Words(_), Command::Profiles) => menu::open(model, Kind::Profiles),
        (Takes::Words(_), Command::Workspaces) => menu::open_workspaces(model, out),
        (Takes::Words(words), _) => say(model, format!("{} {words}", command.name())),
    }
}

/// Does something to the row of a number, or of the beginning of an ID.
fn with_row(model: &mut Model, command: Command, number: &str, out: &mut Vec<Effect>) {
    let Some(key) = row(model, number) else {
        let words = if number.is_empty() {
            format!("Which row? {} NUMBER; list shows the numbers.", command.name())
        } else {
            format!("There is no row {number}. list shows the numbers.")
        };
        return say(model, words);
    };
    if model.list.chosen() != Some(&key) {
        // A protected profile was asked about another row.
        model.sure = None;
    }
    list::go(model, &key);
    model.places.go(&key.profile);
    if matches!(command, Command::Mine | Command::Theirs) {
        if !conflict::waits(model, &key) {
            return say(model, format!("Row {number} waits for no decision."));
        }
        model.overlays.push(Overlay::Conflict(key));
    }
    // Toggled off it would say nothing.
    model.preview = None;
    model.run(command, None, out);
}

fn row(model: &Model, number: &str) -> Option<Key> {
    let rows = &model.plain.as_ref()?.rows;
    let counted = number.parse::<usize>().ok().and_then(|n| rows.get(n.checked_sub(1)?));
    let begins = number.to_lowercase();
    let mut by_id = model.list.all().filter(|s| s.key.id.as_str().starts_with(&begins)).map(|s| &s.key);
    let by_id = match (by_id.next(), by_id.next()) {
        (Some(only), None) if begins.len() >= SHORTEST_PREFIX => Some(only),
        _ => None,
    };
    counted.or(by_id).cloned()
}

/// The words for the name that is being edited.
fn name(model: &mut Model, words: &str, out: &mut Vec<Effect>) {
    let words = words.trim();
    if words.is_empty() {
        return rename::leave(model, out);
    }
    if words != "." {
        text::edit(model, Edit::Replace(String::new()));
        text::edit(model, Edit::Paste(words.to_owned()));
    }
    rename::look_for_doubles(model, out);
    let Mode::Rename(renaming) = &model.mode else { return };
    let changed =
        model.list.get(&renaming.key).is_some_and(|s| s.name.as_deref() != Some(renaming.line.text()));
    for hint in model.hints(renaming.line.text(), renaming.alike.as_ref(), changed) {
        say(model, format!("Note: {hint}."));
    }
    rename::commit(model, out);
    let Mode::Rename(renaming) = &model.mode else { return };
    let problem = renaming.problem.clone();
    let sure = renaming.sure;
    if let Some(problem) = problem {
        say(model, problem);
    }
    if sure {
        say(model, "yes saves; anything else keeps it as a draft.");
    } else {
        rename::leave(model, out);
    }
}

/// The words for a session to be made.
fn new_name(model: &mut Model, words: &str, out: &mut Vec<Effect>) {
    match words.trim() {
        "" => return create::close(model, out),
        "." => {}
        words => {
            text::edit(model, Edit::Replace(String::new()));
            text::edit(model, Edit::Paste(words.to_owned()));
        }
    }
    model.run(Command::SubmitCreate, None, out);
}

fn sort(model: &mut Model, word: &str) {
    let Some(by) = order_named(word) else {
        let orders: Vec<&str> = By::ALL.iter().map(|(_, words)| *words).collect();
        return say(model, format!("Orders: {}. The same once more turns it round.", orders.join(", ")));
    };
    let (sorted, now, zone) = (model.list.sorted(), model.now, model.settings.zone);
    let reversed = sorted.by == by && !sorted.reversed;
    model.list.set_order(Order { by, reversed }, now, zone);
    list_from_the_start(model);
}

fn profile(model: &mut Model, words: &str) {
    let place = model.places.all().iter().enumerate().find(|(n, place)| {
        place.config.profile.as_str() == words
            || place.config.label.as_deref() == Some(words)
            || (n + 1).to_string() == words
    });
    match place.map(|(_, place)| place.config.profile.clone()) {
        Some(profile) => {
            places::show(model, Some(&profile));
            list_from_the_start(model);
        }
        None => say(model, format!("There is no profile “{words}”.")),
    }
}

/// The first rows, with numbers anew.
fn list_from_the_start(model: &mut Model) {
    let shown: Vec<Key> = model.list.shown().cloned().collect();
    let count = match (shown.len(), model.list.filter()) {
        (0, "") => "No sessions here yet. add REF adds one, everything shows the workspace.".to_owned(),
        (n, "") => format!("{n} {}.", if n == 1 { "session" } else { "sessions" }),
        (0, filter) => format!("No match for “{filter}”. list shows all."),
        (n, filter) => format!("{n} of {} for “{filter}”.", model.list.in_scope()),
    };
    if let Some(plain) = &mut model.plain {
        plain.rows = shown;
        plain.listed = 0;
    }
    say(model, count);
    more(model);
}

fn more(model: &mut Model) {
    let Some(plain) = &model.plain else { return };
    let (from, all) = (plain.listed, plain.rows.len());
    let page: Vec<Key> = plain.rows.iter().skip(from).take(PAGE).cloned().collect();
    let lines: Vec<String> =
        page.iter().filter_map(|key| model.list.get(key)).map(|s| model.plain_row(s)).collect();
    let listed = from + page.len();
    if page.is_empty() && all > 0 {
        say(model, "That was all.");
    }
    if let Some(plain) = &mut model.plain {
        plain.lines.extend(lines);
        plain.listed = listed;
    }
    if listed < all {
        say(model, format!("{} further: more lists them.", all - listed));
    }
}

/// The list, before anything else.
pub(in crate::core) fn begin(model: &mut Model, out: &mut Vec<Effect>) {
    if model.plain.is_some() {
        list_from_the_start(model);
        super::tell::tell(model, out);
    }
}

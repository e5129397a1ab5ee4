//! What goes to programs: documents of one form, pipes that close, and names that a terminal would obey.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use serde_json::{Value, json};

use crate::common::world::{FIRST, World};
use crate::run::{Ran, retitle, run, sign_in, silent};

/// What of a document its schema does not allow. The part of JSON Schema that ours uses, and a panic on any other.
fn breaches(schema: &Value, root: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
    for (word, rule) in schema.as_object().unwrap() {
        match word.as_str() {
            "$ref" => {
                let name = rule.as_str().unwrap().strip_prefix("#/$defs/").unwrap();
                breaches(&root["$defs"][name], root, value, at, found);
            }
            "type" => {
                let kind = match value {
                    Value::Null => "null",
                    Value::Bool(_) => "boolean",
                    Value::Number(n) if n.is_i64() || n.is_u64() => "integer",
                    Value::Number(_) => "number",
                    Value::String(_) => "string",
                    Value::Array(_) => "array",
                    Value::Object(_) => "object",
                };
                if !(rule == kind || rule.as_array().is_some_and(|all| all.iter().any(|k| k == kind))) {
                    found.push(format!("{at} is {kind}"));
                }
            }
            "enum" => {
                if !rule.as_array().unwrap().contains(value) {
                    found.push(format!("{at} is {value}"));
                }
            }
            "required" => {
                for key in rule.as_array().unwrap().iter().map(|key| key.as_str().unwrap()) {
                    if value.is_object() && value.get(key).is_none() {
                        found.push(format!("{at}.{key} is missing"));
                    }
                }
            }
            "properties" => {
                for (key, inner) in value.as_object().into_iter().flatten() {
                    match rule.get(key) {
                        Some(rule) => breaches(rule, root, inner, &format!("{at}.{key}"), found),
                        None => found.push(format!("{at}.{key} is not described")),
                    }
                }
            }
            "items" => {
                for (n, inner) in value.as_array().into_iter().flatten().enumerate() {
                    breaches(rule, root, inner, &format!("{at}[{n}]"), found);
                }
            }
            "additionalProperties" => assert_eq!(rule, &json!(false)),
            "$schema" | "$defs" | "title" | "description" => {}
            other => panic!("the check knows nothing of {other}"),
        }
    }
}

fn schema() -> Value {
    let path = std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("assets/output.schema.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

pub fn wrong_in(document: &Value) -> Vec<String> {
    let (schema, mut found) = (schema(), Vec::new());
    let own = document["command"].as_str().and_then(|command| schema["$defs"].get(command));
    breaches(own.unwrap_or(&schema), &schema, document, "document", &mut found);
    found
}

#[test]
fn every_document_is_of_the_one_form_that_is_written_down() {
    let world = World::new();
    let nobody = "00000000-0000-4000-8000-000000000000";
    let lines: &[(&str, &[&str], i32)] = &[
        ("list", &["list", "--json"], 0),
        ("add", &["add", FIRST, nobody, "--json"], 6),
        ("show", &["show", FIRST, "--json"], 0),
        ("rename", &["rename", FIRST, "one", "--json"], 0),
        ("history", &["history", "--json"], 0),
        ("history", &["history", "--format", "json"], 0),
        ("undo", &["undo", "--json"], 0),
        ("undo", &["undo", "77", "--json"], 6),
        ("list", &["list", "--remote", "--json"], 0),
        ("export", &["export"], 0),
        ("export", &["export", "history"], 0),
        ("rename", &["rename", nobody, "one", "--json"], 6),
    ];
    // Signed out as well: a failure is a document too.
    for signed_in in [false, true] {
        if signed_in {
            sign_in(&world);
        }
        for (command, line, code) in lines {
            let ran = run(&world, line);
            let document: Value =
                serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{line:?}: {e}: {ran:?}"));
            assert_eq!(wrong_in(&document), [""; 0], "{line:?}");
            assert_eq!((&document["schema"], &document["command"]), (&json!(1), &json!(command)));
            assert!(!signed_in || ran.code == *code, "{line:?}: {ran:?}");
            let mut exits =
                document["errors"].as_array().unwrap().iter().map(|e| e["exit"].as_i64().unwrap());
            assert_eq!(exits.next_back().unwrap_or(0), i64::from(ran.code), "{line:?}: {ran:?}");
        }
    }
}

#[test]
fn status_and_login_keep_to_forms_of_their_own() {
    let world = World::new();
    for signed_in in [false, true] {
        if signed_in {
            sign_in(&world);
        }
        let status: Value = serde_json::from_str(&run(&world, &["status", "--json"]).out).unwrap();
        assert_eq!(wrong_in(&status), [""; 0]);
        assert_eq!((&status["schema"], &status["command"]), (&json!(1), &json!("status")));
        assert_eq!(status["signed_in"].is_object(), signed_in);
    }
    let mut login = retitle(&world, &["login", "--json"]).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(login.stdout.take().unwrap()).read_line(&mut line).unwrap();
    login.kill().unwrap();
    login.wait().unwrap();
    let code: Value = serde_json::from_str(&line).unwrap();
    assert_eq!((wrong_in(&code), &code["command"]), (Vec::new(), &json!("login")));
}

#[test]
fn the_check_of_the_form_would_notice() {
    let good = json!({"schema": 1, "command": "list", "sessions": [], "entries": [], "errors": []});
    assert_eq!(wrong_in(&good), [""; 0]);
    for (key, value) in
        [("schema", json!(2)), ("command", json!(1)), ("more", json!(1)), ("sessions", json!([{}]))]
    {
        let mut bad = good.clone();
        bad[key] = value;
        assert!(!wrong_in(&bad).is_empty(), "{bad}");
    }
}

#[test]
fn a_name_is_made_safe_for_a_terminal_and_is_itself_in_a_document() {
    let world = World::new();
    sign_in(&world);
    let evil = "evil\u{1b}[31m\u{202e}\u{7}name";
    world.control("rename", json!({"id": FIRST, "name": evil}));
    for line in [
        &["add", FIRST][..],
        &["list"],
        &["list", "--remote", "--filter", "evil"],
        &["show", FIRST],
        &["rename", FIRST, "better"],
        &["undo"],
        &["history"],
        &["history", "--format", "md"],
        &["export", "sessions", "--format", "csv"],
        &["export", "history", "--format", "csv"],
    ] {
        let ran = run(&world, line);
        assert_eq!(ran.code, 0, "{line:?}: {ran:?}");
        for text in [&ran.out, &ran.err] {
            let bad = |c: char| c != '\n' && c != '\r' && (c.is_control() || c == '\u{202e}');
            assert!(!text.contains(bad), "{line:?}: {text:?}");
        }
    }
    assert!(run(&world, &["list"]).out.contains("evil<ESC>[31m<RLO><BEL>name"));
    let json: Value = serde_json::from_str(&run(&world, &["list", "--json"]).out).unwrap();
    assert_eq!(json["sessions"][0]["name"], evil);
}

#[cfg(unix)]
#[test]
fn a_reader_that_has_gone_away_is_no_failure_and_no_words() {
    let world = World::new();
    sign_in(&world);
    run(&world, &["add", FIRST]);
    for line in [
        &["list"][..],
        &["list", "--remote", "--json"],
        &["show", FIRST],
        &["history"],
        &["export"],
        &["rename", FIRST, "unheard"],
        &["config", "example"],
        &["man"],
        &["completions", "bash"],
        &["--help"],
        &["status"],
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let ran = Ran::from(retitle(&world, line).stdout(Stdio::from(writer)).output().unwrap());
        silent(&world, &ran);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{line:?}");
    }
    assert_eq!(world.name(FIRST).as_deref(), Some("unheard"), "done all the same");
}

#[test]
fn without_a_terminal_nothing_is_coloured_and_nobody_is_asked() {
    let world = World::new();
    sign_in(&world);
    for line in [&["--help"][..], &["rename", "--help"], &["list"], &["bogus"], &["purge"], &["show"]] {
        let ran = run(&world, line);
        assert!(!ran.out.contains('\u{1b}') && !ran.err.contains('\u{1b}'), "{line:?}: {ran:?}");
    }
}

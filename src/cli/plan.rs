//! A plan of renames as a file: CSV or JSON, told apart by what is in it.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::core::errand::Planned;
use crate::core::glyph::sanitise;
use crate::core::reference;
use crate::core::session::{Key, WorkspaceId};
use crate::core::title::{NewName, Title};

use super::rename;
use super::target::{self, Premises, without_tokens};

/// One line of a plan, as it stands there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Written {
    /// Counted from 1.
    pub line: u64,
    reference: String,
    /// `None`: the session has no name there, so nothing is wanted of it.
    name: Option<String>,
    profile: Option<String>,
    workspace: Option<String>,
}

/// What cannot be used, and on which line.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Mistake {
    pub line: u64,
    pub words: String,
}

/// A plan, and all that is wrong with it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Read {
    pub rows: Vec<Planned>,
    /// On which line each row stands.
    pub lines: BTreeMap<Key, u64>,
    /// Rows that have their name already, as far as is known here.
    pub unchanged: usize,
    pub share_tokens_dropped: usize,
    pub mistakes: Vec<Mistake>,
}

fn mistake(line: u64, words: impl Into<String>) -> Mistake {
    Mistake { line, words: words.into() }
}

/// Takes the file apart.
pub fn parse(bytes: &[u8]) -> (Vec<Written>, Vec<Mistake>) {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let before = bytes.get(..error.valid_up_to()).unwrap_or(&[]);
            return (Vec::new(), vec![mistake(line_at(before), "this is not UTF-8 text")]);
        }
    };
    match text.trim_start().chars().next() {
        None => (Vec::new(), vec![mistake(1, "there is nothing in it")]),
        Some('[' | '{') => json(text),
        Some(_) => csv(text),
    }
}

/// The number of the line that begins or goes on behind this text.
fn line_at(before: &[u8]) -> u64 {
    u64::try_from(before.split(|byte| *byte == b'\n').count()).unwrap_or(1)
}

/// What the documents of `list --json` and `export` hold, as far as a plan is concerned.
#[derive(Deserialize)]
struct Document<'a> {
    schema: Option<u32>,
    #[serde(borrow)]
    sessions: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct Item {
    #[serde(alias = "session")]
    id: String,
    /// It has to stand there, so that `displayName` is not taken for a wish for nothing.
    #[serde(deserialize_with = "Option::deserialize")]
    name: Option<String>,
    profile: Option<String>,
    workspace: Option<String>,
}

fn json(text: &str) -> (Vec<Written>, Vec<Mistake>) {
    let unreadable = |error: &serde_json::Error| {
        let line = u64::try_from(error.line()).unwrap_or(1);
        (Vec::new(), vec![mistake(line, format!("this is no JSON of a plan: {}", sanitise(&safe(error))))])
    };
    let items: Vec<&RawValue> = if text.trim_start().starts_with('[') {
        match serde_json::from_str(text) {
            Ok(items) => items,
            Err(error) => return unreadable(&error),
        }
    } else {
        match serde_json::from_str::<Document<'_>>(text) {
            Ok(Document { schema: Some(newer), .. }) if newer > super::output::SCHEMA => {
                let words = format!("this document is of form {newer}, which is newer than this retitle");
                return (Vec::new(), vec![mistake(1, words)]);
            }
            Ok(document) => document.sessions,
            Err(error) => return unreadable(&error),
        }
    };
    let (mut rows, mut mistakes) = (Vec::new(), Vec::new());
    for item in items {
        // Both addresses lie in the one text, so their distance is a place in it.
        let at = (item.get().as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
        let line = line_at(text.as_bytes().get(..at).unwrap_or(&[]));
        match serde_json::from_str::<Item>(item.get()) {
            Ok(Item { id, name, profile, workspace }) => {
                rows.push(Written { line, reference: id, name, profile, workspace });
            }
            Err(error) => {
                mistakes.push(mistake(
                    line,
                    format!("this is no session with a name: {}", sanitise(&safe(&error))),
                ));
            }
        }
    }
    (rows, mistakes)
}

/// A parser's words, which may quote what it met.
fn safe(error: &serde_json::Error) -> String {
    without_tokens(&error.to_string())
}

fn csv(text: &str) -> (Vec<Written>, Vec<Mistake>) {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or("");
    // Spreadsheets of some countries write semicolons, and what is copied out of one has tabs.
    let between = [b',', b'\t', b';'].into_iter().find(|c| first.as_bytes().contains(c)).unwrap_or(b',');
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(between)
        .from_reader(text.as_bytes());
    let mut columns: Option<Columns> = None;
    let (mut rows, mut mistakes) = (Vec::new(), Vec::new());
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(1, csv::Position::line);
                mistakes.push(mistake(line, "this line cannot be read"));
                continue;
            }
        };
        // The position is where the reader stood, which may be on empty lines before.
        let line = record.position().map_or(1, |at| {
            let from = usize::try_from(at.byte()).unwrap_or(0);
            let empty = text.get(from..).unwrap_or("").bytes().take_while(|b| matches!(b, b'\n' | b'\r'));
            at.line() + u64::try_from(empty.filter(|b| *b == b'\n').count()).unwrap_or(0)
        });
        let Some(columns) = &columns else {
            let headed = Columns::of(&record);
            let is_heading = headed.is_some();
            columns = Some(headed.unwrap_or_default());
            if !is_heading {
                take(&record, line, &Columns::default(), &mut rows, &mut mistakes);
            }
            continue;
        };
        take(&record, line, columns, &mut rows, &mut mistakes);
    }
    (rows, mistakes)
}

fn take(
    record: &csv::StringRecord,
    line: u64,
    columns: &Columns,
    rows: &mut Vec<Written>,
    mistakes: &mut Vec<Mistake>,
) {
    if record.iter().all(|field| field.trim().is_empty()) {
        return;
    }
    if record.len() != columns.count {
        let words = format!(
            "this line has {} fields instead of {}; a name with a comma in it goes in quotes",
            record.len(),
            columns.count
        );
        return mistakes.push(mistake(line, words));
    }
    let field = |at: Option<usize>| at.and_then(|at| record.get(at)).map(unguarded);
    let (Some(reference), name) = (field(Some(columns.id)), field(Some(columns.name))) else { return };
    let named = |at| field(at).filter(|text| !text.is_empty());
    let (profile, workspace) = (named(columns.profile), named(columns.workspace));
    rows.push(Written { line, reference, name, profile, workspace });
}

/// Without the apostrophe that keeps a spreadsheet from taking a name for a formula, as `export` writes it.
fn unguarded(field: &str) -> String {
    let bare = field.strip_prefix('\'').filter(|rest| rest.starts_with(['=', '+', '-', '@']));
    bare.unwrap_or(field).to_owned()
}

/// Where in a line what stands.
struct Columns {
    count: usize,
    id: usize,
    name: usize,
    profile: Option<usize>,
    workspace: Option<usize>,
}

impl Default for Columns {
    fn default() -> Self {
        Self { count: 2, id: 0, name: 1, profile: None, workspace: None }
    }
}

impl Columns {
    /// The columns that a heading names; `None` when the line is none.
    fn of(record: &csv::StringRecord) -> Option<Self> {
        let find = |names: &[&str]| {
            record.iter().position(|field| names.contains(&field.trim().to_lowercase().as_str()))
        };
        let (id, name) = (find(&["id", "session"])?, find(&["name"])?);
        let (profile, workspace) = (find(&["profile"]), find(&["workspace"]));
        Some(Self { count: record.len(), id, name, profile, workspace })
    }
}

/// Finds the session of each line, and what is wrong with any of them.
pub fn resolve(written: Vec<Written>, mistakes: Vec<Mistake>, premises: &Premises<'_>) -> Read {
    let mut read = Read { mistakes, ..Read::default() };
    for row in written {
        let line = row.line;
        if let Err(words) = take_in(&mut read, row, premises) {
            read.mistakes.push(Mistake { line, words });
        }
    }
    if read.mistakes.is_empty() && read.lines.is_empty() {
        read.mistakes.push(mistake(1, "there is no session in it"));
    }
    read.mistakes.sort_unstable();
    read
}

fn take_in(read: &mut Read, row: Written, premises: &Premises<'_>) -> Result<(), String> {
    let Written { line, reference, name, profile, workspace } = row;
    if let Some(other) = profile.filter(|profile| profile != premises.profile.as_str()) {
        let other = sanitise(&other);
        return Err(format!(
            "this session belongs to the profile {other}; --profile {other} takes its lines"
        ));
    }
    let mut target = target::find(&reference, premises)?;
    read.share_tokens_dropped += usize::from(target.share_token_dropped);
    let link = reference::parse(&reference, premises.portal).map_err(|error| error.to_string())?;
    if let (None, None, None, Some(workspace)) = (&target.known, &link.workspace, premises.flag, &workspace) {
        target.workspace = WorkspaceId::new(workspace);
    }
    if let Some(before) = read.lines.get(&target.key) {
        return Err(format!("this is the session of line {before} once more"));
    }
    read.lines.insert(target.key.clone(), line);
    let Some(name) = name else {
        read.unchanged += 1;
        return Ok(());
    };
    let is = target.known.as_ref().map(|known| known.name.as_deref().unwrap_or(""));
    if is == Some(name.as_str()) {
        read.unchanged += 1;
        return Ok(());
    }
    let to: Title = rename::name(&name)?;
    read.rows.push(Planned { key: target.key, workspace: target.workspace, to: NewName::from(to) });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::session::Profile;

    fn read(text: &str) -> Read {
        let profile = Profile::new("p");
        let premises = Premises {
            portal: "https://securitycopilot.microsoft.com",
            profile: &profile,
            known: &[],
            flag: None,
            workspace: "default",
        };
        let (written, mistakes) = parse(text.as_bytes());
        resolve(written, mistakes, &premises)
    }

    const A: &str = "c91cd0cf-7b4c-490b-8fd5-45e1c4cd451e";
    const B: &str = "54f88e87-e6a0-4ac8-97a8-9cb634eecd52";

    fn names(read: &Read) -> Vec<(&str, &str)> {
        read.rows.iter().map(|row| (row.key.id.as_str(), row.to.words())).collect()
    }

    #[test]
    fn the_same_plan_is_read_from_every_form() {
        let wanted = vec![(A, "one, two"), (B, "=sum \"x\"")];
        for text in [
            format!("{A},\"one, two\"\n{B},\"=sum \"\"x\"\"\"\n"),
            format!("\u{feff}id,name\r\n{A},\"one, two\"\r\n\r\n{B},\"'=sum \"\"x\"\"\"\r\n"),
            format!("Name;ID\none, two;{A}\n\"=sum \"\"x\"\"\";{B}\n").replace("one, two;", "\"one, two\";"),
            format!("id\tname\n{A}\tone, two\n{B}\t\"=sum \"\"x\"\"\"\n"),
            format!(r#"[{{"id":"{A}","name":"one, two"}},{{"session":"{B}","name":"=sum \"x\""}}]"#),
            format!(
                r#"{{"schema":1,"command":"list","sessions":[{{"id":"{A}","name":"one, two","pinned":false}},
               {{"id":"{B}","name":"=sum \"x\""}}],"entries":[],"errors":[]}}"#
            ),
        ] {
            let read = read(&text);
            assert_eq!((names(&read), read.mistakes.as_slice()), (wanted.clone(), &[][..]), "{text}");
        }
    }

    #[test]
    fn each_mistake_has_its_line() {
        let csv =
            read(&format!("id,name\n\n{A},one\n{A},two\n{B}\nnobody,x\n{B},\n\"{B}\",\"a\u{202e}b\"\n"));
        let lines: Vec<u64> = csv.mistakes.iter().map(|mistake| mistake.line).collect();
        assert_eq!(lines, [4, 5, 6, 7, 8], "{:?}", csv.mistakes);
        let json = read(&format!(
            "[\n{{\"id\":\"{A}\",\"name\":\"x\"}},\n{{\"id\":7}},\n\n{{\"id\":\"{A}\",\"name\":\"\"}}\n]"
        ));
        let lines: Vec<u64> = json.mistakes.iter().map(|mistake| mistake.line).collect();
        assert_eq!(lines, [3, 5], "{:?}", json.mistakes);
        let graph = read(&format!("[{{\"id\":\"{A}\",\"displayName\":\"x\"}}]"));
        assert!(graph.mistakes[0].words.contains("missing field `name`"), "{:?}", graph.mistakes);
        for text in ["", " \n", "[]", "{}", "[", "{\"schema\":9,\"sessions\":[]}", "id,name\n"] {
            assert_eq!(read(text).mistakes.len(), 1, "{text:?}");
        }
        let (_, mistakes) = parse(b"a,b\nc,\xff\n");
        assert_eq!(mistakes[0].line, 2);
    }

    #[test]
    fn fuzz_no_file_makes_it_panic() {
        bolero::check!(name = "plan").for_each(|bytes: &[u8]| {
            read(&String::from_utf8_lossy(bytes));
            let _ = parse(bytes);
        });
    }

    #[test]
    fn a_share_token_is_repeated_nowhere() {
        let link = "https://securitycopilot.microsoft.com/sessions";
        for text in [
            format!("{link}/{A}?st=MARKER,one\n{link}?st=MARKER,two\n"),
            format!("{link}/{A}?st=MARKER\n"),
            format!("[{{\"id\":\"{link}/{A}?st=MARKER\",\"name\":7}},{{\"{link}?st=MARKER\":1}}]"),
        ] {
            assert!(!format!("{:?}", read(&text)).contains("MARKER"), "{text}");
        }
    }
}

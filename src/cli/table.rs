//! CSV that a spreadsheet can be trusted with.

use serde_json::Value;

use crate::core::glyph::sanitise;

/// A table in RFC 4180, begun with its column headings.
pub struct Csv(String);

impl Csv {
    /// A table with these columns.
    pub fn new(columns: &[&str]) -> Self {
        Self(columns.join(",") + "\r\n")
    }

    /// One row. A cell that a spreadsheet would take for a formula begins with an apostrophe.
    pub fn row(&mut self, cells: &[String]) {
        let cells: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
        self.0.push_str(&cells.join(","));
        self.0.push_str("\r\n");
    }

    /// The table.
    pub fn finish(self) -> String {
        self.0
    }
}

fn quoted(cell: &str) -> String {
    let cell = sanitise(cell);
    let formula = cell.starts_with(['=', '+', '-', '@']);
    let cell = if formula { format!("'{cell}") } else { cell };
    if cell.contains(['"', ',', '\'', ' ']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell }
}

/// A JSON value as the text of a cell; nothing where there is none.
pub(super) fn cell_of(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

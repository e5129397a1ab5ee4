//! A name that may be sent.
/// A session name, parsed; never raw.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Title(String);
/// Why a text is no name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TitleError {
    Empty,
}
impl Title {
    /// Parses.
    ///
    /// # Errors
    /// When it is empty.
    pub fn parse(text: &str) -> Result<Self, TitleError> {
        let text = text.trim();
        if text.is_empty() { Err(TitleError::Empty) } else { Ok(Self(text.into())) }
    }
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

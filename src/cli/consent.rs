//! Writing into a profile that is marked as protected: a person types its label, a script names it.

use std::io::{BufRead, Write};

use crate::core::glyph::sanitise;

/// Whether the command may write, by `--yes LABEL` or by asking. `asks` is where a person can be asked.
///
/// # Errors
/// Words for the person: what was typed or given is another label, or nobody can be asked.
pub fn agreed(
    label: &str,
    protected: bool,
    given: Option<&str>,
    what: &str,
    asks: Option<(&mut dyn BufRead, &mut dyn Write)>,
) -> Result<(), String> {
    if let Some(given) = given {
        // Also where nothing is protected: whoever names a label means that profile and no other.
        return if given == label {
            Ok(())
        } else {
            let (given, label) = (sanitise(given), sanitise(label));
            Err(format!("--yes {given}: this profile's label is {label}; nothing was sent"))
        };
    }
    if !protected {
        return Ok(());
    }
    let Some((input, err)) = asks else {
        return Err(format!("the profile is protected and nobody can be asked; --yes {label} agrees"));
    };
    let mut line = String::new();
    write!(err, "{label} is protected. {what}\nType {label} to go on: ")
        .and_then(|()| err.flush())
        .and_then(|()| input.read_line(&mut line))
        .map_err(|error| format!("the terminal cannot be used: {error}"))?;
    if line.trim() == label { Ok(()) } else { Err("nothing was sent".to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(text: &str) -> (Result<(), String>, String) {
        let mut input = std::io::Cursor::new(text.to_owned());
        let mut said = Vec::new();
        let result = agreed("PROD", true, None, "A rename.", Some((&mut input, &mut said)));
        (result, String::from_utf8(said).unwrap())
    }

    #[test]
    fn only_the_label_itself_agrees_typed_or_given() {
        assert!(typed("PROD\n").0.is_ok() && typed("PROD\n").1.contains("PROD is protected"));
        for wrong in ["y\n", "prod\n", "\n", ""] {
            assert_eq!(typed(wrong).0, Err("nothing was sent".to_owned()), "{wrong:?}");
        }
        assert!(agreed("PROD", true, Some("PROD"), "", None).is_ok());
        assert!(agreed("PROD", true, Some("TEST"), "", None).is_err());
        assert!(agreed("PROD", true, None, "", None).unwrap_err().contains("--yes PROD"));
    }

    #[test]
    fn without_protection_nothing_is_asked_but_a_wrong_label_is_still_wrong() {
        assert!(agreed("default", false, None, "", None).is_ok());
        assert!(agreed("default", false, Some("PROD"), "", None).is_err());
    }
}

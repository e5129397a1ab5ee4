//! Completions and manual pages, both made from the one command definition.

use clap::{Command, ValueEnum};
use clap_complete::env::{Bash, EnvCompleter, Fish, Powershell, Zsh};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use super::exit;

/// The variable by which a shell's hook asks for candidates. Of our own, so that nobody else's `COMPLETE` is obeyed.
pub const VARIABLE: &str = "RETITLE_COMPLETE";

/// The shells that are completed in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Shell {
    Bash,
    Zsh,
    Fish,
    #[value(alias = "pwsh")]
    Powershell,
}

/// The hook for a shell. It calls `retitle` back, which knows the sessions of the moment.
///
/// # Errors
/// Never, in practice: it is written into memory.
pub fn hook(shell: Shell) -> std::io::Result<String> {
    let completer: &dyn EnvCompleter = match shell {
        Shell::Bash => &Bash,
        Shell::Zsh => &Zsh,
        Shell::Fish => &Fish,
        Shell::Powershell => &Powershell,
    };
    let mut script = Vec::new();
    completer.write_registration(VARIABLE, "retitle", "retitle", "retitle", &mut script)?;
    Ok(String::from_utf8_lossy(&script).trim_start().to_owned())
}

const ENVIRONMENT: [(&str, &str); 7] = [
    (super::CONFIG, "the configuration file, as --config"),
    (super::STATE_DIR, "the folder for tokens, library and log, as --state-dir"),
    (super::PROFILE, "the profile, as --profile"),
    ("NO_COLOR", "without colours, when set and not empty"),
    ("HTTPS_PROXY, ALL_PROXY, NO_PROXY", "the proxy, and the hosts that are reached without it"),
    ("VISUAL, EDITOR", "the editor that names are given to, a line each"),
    ("CI", "when set and not empty, and without a terminal, no code to sign in with is written"),
];

/// A manual page: of a command, or of retitle itself. `None` when there is no such command.
///
/// # Errors
/// Never, in practice: it is written into memory.
pub fn man(mut whole: Command, of: Option<&str>) -> std::io::Result<Option<String>> {
    whole.build();
    let source = format!("retitle {}", whole.get_version().unwrap_or_default());
    let command = match of {
        None => whole,
        Some(name) => match whole.find_subcommand(name).cloned() {
            Some(command) => command,
            None => return Ok(None),
        },
    };
    let has_commands = command.get_subcommands().next().is_some();
    let title = command.get_display_name().unwrap_or_else(|| command.get_name()).to_uppercase();
    // An empty date, in quotes: without them the arguments behind it would move up.
    let man = Man::new(command).title(title).date("\"\"").source(source).manual("retitle");
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    if has_commands {
        man.render_subcommands_section(&mut page)?;
    }
    let mut roff = Roff::new();
    roff.control("SH", ["EXIT STATUS"]);
    for (code, meaning) in exit::ALL {
        entry(&mut roff, &code.to_string(), meaning);
    }
    roff.control("SH", ["ENVIRONMENT"]);
    for (name, meaning) in ENVIRONMENT {
        entry(&mut roff, name, meaning);
    }
    roff.to_writer(&mut page)?;
    Ok(Some(String::from_utf8_lossy(&page).into_owned()))
}

fn entry(roff: &mut Roff, name: &str, meaning: &str) {
    roff.control("TP", []);
    roff.text([bold(name)]);
    roff.text([roman(meaning)]);
}

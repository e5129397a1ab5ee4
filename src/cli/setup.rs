//! `retitle setup`: from an app registration to a configuration that works.

use std::io::{BufRead, Write};

use crate::core::fault::{Fault, FaultKind};

/// What the person has to say.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Answers {
    pub client_id: Option<String>,
    pub tenant: Option<String>,
    pub workspace: Option<String>,
}

/// The steps of registering an app, with links and one command that does the same.
pub const STEPS: &str = "\
retitle signs in as an app of your own, so that the consent page names it, and
nobody can take it away. Registering it takes five minutes and the right to
register apps in your tenant.

1  Open the portal and make a new registration for this directory only:
   https://entra.microsoft.com/#view/Microsoft_AAD_RegisteredApps
2  Authentication, Add a platform: Mobile and desktop applications,
   redirect URI http://localhost (not Web, not Single-page application).
3  Authentication, Allow public client flows: Yes. The device code needs it.
4  API permissions, Add, Microsoft Graph, Delegated permissions:
   SecurityCopilotWorkspaces.Read.All and
   SecurityCopilotWorkspaces.ReadWrite.All. Then Grant admin consent, if your
   directory wants an admin to give it.
5  Overview: copy the application (client) ID and the directory (tenant) ID.
   A secret is never needed.
Whoever uses it needs the role Security Copilot Contributor in the workspace.

Steps 1 to 3 as one command of the Azure CLI:
   az ad app create --display-name retitle --sign-in-audience AzureADMyOrg \\
     --is-fallback-public-client true \\
     --public-client-redirect-uris http://localhost

";

/// Asks for what is not known yet.
///
/// # Errors
/// `Disk` when there is nobody to answer.
pub fn ask(
    mut known: Answers,
    input: &mut dyn BufRead,
    err: &mut dyn Write,
    check: &dyn Fn(&Answers) -> Result<(), String>,
) -> Result<Answers, Fault> {
    let wanted: [Question; 3] = [
        ("Application (client) ID", "", |a| &mut a.client_id),
        ("Directory (tenant) ID or domain", "organizations", |a| &mut a.tenant),
        ("Workspace ID", "default", |a| &mut a.workspace),
    ];
    for (words, default, slot) in wanted {
        while slot(&mut known).is_none() {
            let hint = if default.is_empty() { String::new() } else { format!(" [{default}]") };
            write!(err, "{words}{hint}: ").and_then(|()| err.flush()).map_err(unusable)?;
            let mut line = String::new();
            if input.read_line(&mut line).map_err(unusable)? == 0 {
                let words = "Nobody answers here. Give --client-id, --tenant and --yes.";
                return Err(Fault::new(FaultKind::Refused, words));
            }
            let answer = line.trim();
            let answer = if answer.is_empty() { default } else { answer };
            if answer.is_empty() {
                continue;
            }
            *slot(&mut known) = Some(answer.to_owned());
            if let Err(problem) = check(&known) {
                writeln!(err, "  {problem}").map_err(unusable)?;
                *slot(&mut known) = None;
            }
        }
    }
    check(&known).map_err(|problem| Fault::new(FaultKind::Refused, problem))?;
    Ok(known)
}

type Question = (&'static str, &'static str, fn(&mut Answers) -> &mut Option<String>);

/// Shows what would be written and asks whether to.
///
/// # Errors
/// `Disk` when the terminal cannot be used.
pub fn agrees(
    path: &str,
    content: &str,
    input: &mut dyn BufRead,
    err: &mut dyn Write,
) -> Result<bool, Fault> {
    let body: String = content.lines().map(|line| format!("  {line}\n")).collect();
    write!(err, "\n{path} will be:\n\n{body}\nWrite it? [y/N] ")
        .and_then(|()| err.flush())
        .map_err(unusable)?;
    said_yes(input).map_err(unusable)
}

/// Whether the next line is a clear yes.
///
/// # Errors
/// When it cannot be read.
pub fn said_yes(input: &mut dyn BufRead) -> std::io::Result<bool> {
    let mut line = String::new();
    input.read_line(&mut line)?;
    Ok(matches!(line.trim().to_lowercase().as_str(), "y" | "yes"))
}

#[expect(clippy::needless_pass_by_value, reason = "map_err hands it over")]
fn unusable(error: std::io::Error) -> Fault {
    Fault::new(FaultKind::Disk, format!("The terminal cannot be used: {error}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_answer_is_told_and_asked_for_again_and_a_known_one_is_not_asked_for() {
        let known = Answers { workspace: Some("w".into()), ..Answers::default() };
        let mut input = std::io::Cursor::new("\nbad id\nc-1\n\n");
        let mut said = Vec::new();
        let check = |a: &Answers| match &a.client_id {
            Some(id) if id.contains(' ') => Err("no spaces".to_owned()),
            Some(_) | None => Ok(()),
        };
        let answers = ask(known, &mut input, &mut said, &check).unwrap();
        assert_eq!(answers.client_id.as_deref(), Some("c-1"));
        assert_eq!(answers.tenant.as_deref(), Some("organizations"), "the default by Enter");
        let said = String::from_utf8(said).unwrap();
        assert!(said.contains("no spaces") && !said.contains("Workspace"), "{said}");
    }

    #[test]
    fn with_nobody_to_answer_it_says_which_flags_do() {
        let fault = ask(Answers::default(), &mut std::io::empty(), &mut Vec::new(), &|_| Ok(())).unwrap_err();
        assert!(fault.say.contains("--client-id"));
    }

    #[test]
    fn only_a_clear_yes_writes() {
        for (typed, yes) in [("y\n", true), ("YES\n", true), ("\n", false), ("n\n", false), ("", false)] {
            let mut input = std::io::Cursor::new(typed);
            assert_eq!(agrees("p", "a = 1\n", &mut input, &mut Vec::new()).unwrap(), yes, "{typed:?}");
        }
    }
}

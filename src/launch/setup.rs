//! `retitle setup`.

use std::io::{IsTerminal, Write};

use retitle::cli::setup::{Answers, STEPS, agrees, ask};
use retitle::cli::{self, Global};
use retitle::store::config::{self, Overrides, write};
use retitle::store::paths::Paths;

use super::{Failure, usage};

pub(super) fn run(asked: &cli::Setup, global: &Global, paths: &Paths) -> Result<(), Failure> {
    let before = match std::fs::read_to_string(&paths.config) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(usage(format!("{} cannot be read: {error}", paths.config.display()))),
    };
    let profile = global.profile.clone().unwrap_or_else(|| "default".into());
    let made = |answers: &Answers| {
        let values: Vec<(&str, &str)> = [
            ("client_id", &answers.client_id),
            ("tenant", &answers.tenant),
            ("default_workspace", &answers.workspace),
        ]
        .into_iter()
        .filter_map(|(key, value)| Some((key, value.as_deref()?)))
        .collect();
        write::with_values(&before, &profile, &values)
    };
    made(&Answers::default()).map_err(usage)?;
    // A value is right when a configuration with it is no worse than the one before.
    let complaints = |text: &str| {
        let chosen = Some(profile.clone()).filter(|name| name != "default");
        let overrides = Overrides { profile: chosen.map(|name| (name, "--profile")), ..Overrides::default() };
        let problems = config::parse(text, &paths.config, &overrides).problems;
        problems.into_iter().map(|problem| problem.words).collect::<Vec<_>>()
    };
    let known = complaints(&before);
    let check = |answers: &Answers| {
        let fresh = complaints(&made(answers)?).into_iter().find(|words| !known.contains(words));
        fresh.map_or(Ok(()), Err)
    };

    let (mut input, mut err) = (std::io::stdin().lock(), std::io::stderr());
    let silent = asked.yes && asked.client_id.is_some();
    if !silent {
        write!(err, "{STEPS}")?;
    }
    let given = Answers {
        client_id: asked.client_id.clone(),
        tenant: asked.tenant.clone().or_else(|| silent.then(|| "organizations".into())),
        workspace: global.workspace.clone().or_else(|| silent.then(|| "default".into())),
    };
    let answers = ask(given, &mut input, &mut err, &check).map_err(|fault| usage(fault.say))?;
    let after = made(&answers).map_err(usage)?;
    if !asked.yes {
        if !std::io::stdin().is_terminal() {
            return Err(usage("nobody can be asked whether to write; --yes writes without asking"));
        }
        if !agrees(&paths.config.display().to_string(), &after, &mut input, &mut err)? {
            writeln!(err, "Nothing was written.")?;
            return Ok(());
        }
    }
    write::replace(&paths.config, &after)?;
    let again = if profile == "default" { String::new() } else { format!(" --profile {profile}") };
    writeln!(
        err,
        "Written to {}. Next: retitle{again} login, then retitle{again} doctor.",
        paths.config.display()
    )?;
    Ok(())
}

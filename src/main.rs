//! Arguments to ports to run to exit code. The only place, with `launch`, that names every concrete type.

mod launch;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use retitle::cli::target::without_tokens;
use retitle::cli::{Args, Color};

fn main() -> ExitCode {
    if launch::completed() {
        return ExitCode::SUCCESS;
    }
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            let words = error.render().to_string();
            let safe = without_tokens(&words);
            // clap's own exit code for help is 0, for a mistake 2: the same as ours.
            let _ = if safe == words { error.print() } else { std::io::stderr().write_all(safe.as_bytes()) };
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    match args.global.color {
        Color::Auto => {}
        Color::Always => crossterm::style::force_color_output(true),
        Color::Never => crossterm::style::force_color_output(false),
    }
    match launch::launch(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if let Some(error) = failure.error {
                let _ = writeln!(std::io::stderr(), "retitle: {error:#}");
            }
            ExitCode::from(failure.code)
        }
    }
}

//! The binary `lorgnon`.
//!
//! Two phases: what was typed becomes [`arguments`], without side effects; then [`settings`] says
//! what it means, given the environment and the settings file. Each command is one file that wires
//! the libraries together; this crate is the only place that names concrete back ends, and the only
//! one that prints.

mod arguments;
mod commands;
#[cfg(test)]
mod documentation;
mod encoders;
mod hints;
mod interrupt;
mod local_trainer;
mod logging;
mod outcome;
mod output;
mod progress_bar;
mod settings;
mod stores;
#[cfg(feature = "opentelemetry")]
mod telemetry;
mod training;
mod wiring;

use std::io::Write;
use std::process::ExitCode;

use crate::outcome::Outcome;

fn main() -> ExitCode {
    match arguments::parse(std::env::args_os()) {
        Ok(arguments) => {
            let result = commands::run(&arguments);
            #[cfg(feature = "opentelemetry")]
            telemetry::finish();
            finish(result)
        }
        Err(refusal) => {
            // Help and version come this way too; clap knows which goes where.
            let code = u8::try_from(refusal.exit_code()).unwrap_or(2);
            if refusal.print().is_err() { ExitCode::from(2) } else { ExitCode::from(code) }
        }
    }
}

/// The one place where a result becomes an exit code.
fn finish(result: anyhow::Result<Outcome>) -> ExitCode {
    match result {
        Ok(outcome) => outcome.into(),
        // Whoever reads our output has seen enough: `lorgnon … | head` is no failure.
        Err(error) if output::is_broken_pipe(&error) => Outcome::Done.into(),
        Err(error) => {
            let mut stderr = std::io::stderr().lock();
            // Nowhere is left to complain about a closed stderr.
            let _ = writeln!(stderr, "error: {}", hints::message(&error));
            if let Some(hint) = hints::hint(&error) {
                let _ = writeln!(stderr, "hint: {hint}");
            }
            ExitCode::from(2)
        }
    }
}

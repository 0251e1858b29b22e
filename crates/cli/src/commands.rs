//! The commands, one file each.

mod analyze;
mod config;
mod dataset;
mod demo;
mod evaluate;
mod index;
mod model;
mod serve;
mod status;
mod train;

use clap_complete::Shell;

use crate::arguments::{self, Arguments, Command, DatasetCommand};
use crate::outcome::Outcome;
use crate::settings::Settings;
use crate::{logging, output};

/// Does what was asked.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<Outcome> {
    match &arguments.command {
        Command::Completions { shell } => completions(*shell),
        Command::Man { output } => man(output.as_deref()),
        Command::Config { default: true, .. } => config::print_default(),
        command @ (Command::Demo(_)
        | Command::Train(_)
        | Command::Analyze(_)
        | Command::Serve(_)
        | Command::Evaluate(_)
        | Command::Status(_)
        | Command::Index { .. }
        | Command::Model { .. }
        | Command::Dataset { .. }
        | Command::Config { .. }) => run_with(&settings(arguments)?, command),
    }
}

fn settings(arguments: &Arguments) -> anyhow::Result<Settings> {
    let settings = Settings::resolve(arguments.flags(), arguments.common.config.as_deref())?;
    logging::start(&settings)?;
    for variable in &settings.unknown_variables {
        output::say(&format!("warning: variable `{variable}` sets nothing"));
    }
    Ok(settings)
}

fn run_with(settings: &Settings, command: &Command) -> anyhow::Result<Outcome> {
    match command {
        Command::Demo(_) => demo::run(settings),
        Command::Train(_) => train::run(settings),
        Command::Analyze(options) => analyze::run(settings, &options.images),
        Command::Serve(_) => serve::run(settings),
        Command::Evaluate(_) => evaluate::run(settings),
        Command::Status(_) => status::run(settings),
        Command::Index { command } => index::run(settings, command),
        Command::Model { command } => model::run(settings, command),
        Command::Dataset { command: DatasetCommand::Check { path, .. } } => {
            dataset::check(settings, path.as_deref())
        }
        Command::Config { .. } => config::run(settings),
        // These two need no settings and were done before.
        Command::Completions { shell } => completions(*shell),
        Command::Man { output } => man(output.as_deref()),
    }
}

fn completions(shell: Shell) -> anyhow::Result<Outcome> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut arguments::command(), "lorgnon", &mut script);
    std::io::Write::write_all(&mut std::io::stdout().lock(), &script)?;
    Ok(Outcome::Done)
}

fn man(folder: Option<&std::path::Path>) -> anyhow::Result<Outcome> {
    if let Some(folder) = folder {
        std::fs::create_dir_all(folder)?;
        clap_mangen::generate_to(arguments::command(), folder)?;
    } else {
        let mut page = Vec::new();
        clap_mangen::Man::new(arguments::command()).render(&mut page)?;
        std::io::Write::write_all(&mut std::io::stdout().lock(), &page)?;
    }
    Ok(Outcome::Done)
}

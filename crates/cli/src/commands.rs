//! The commands, one file each.

mod config;
mod status;

use anyhow::bail;
use clap_complete::Shell;

use crate::arguments::{self, Arguments, Command};
use crate::outcome::Outcome;
use crate::settings::Settings;
use crate::{logging, output};

/// Does what was asked.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<Outcome> {
    match &arguments.command {
        Command::Completions { shell } => return completions(*shell),
        Command::Man { output } => return man(output.as_deref()),
        Command::Config { default: true, .. } => return config::print_default(),
        _ => {}
    }
    let settings = Settings::resolve(arguments.flags(), arguments.common.config.as_deref())?;
    logging::start(&settings)?;
    for variable in &settings.unknown_variables {
        output::say(&format!("warning: variable `{variable}` sets nothing"));
    }
    match &arguments.command {
        Command::Status(_) => status::run(&settings),
        Command::Config { .. } => config::run(&settings),
        _ => bail!("not yet"),
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

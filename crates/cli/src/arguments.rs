//! What can be typed. No side effects: nothing here reads a file or the environment.
//!
//! Every option is optional: a value that was not typed is looked up in the environment, then in
//! the settings file, then in the defaults, which is [`crate::settings`]' work.

mod options;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use clap_complete::Shell;

pub(crate) use options::{
    AnalyzeOptions, CommonOptions, DemoOptions, EvaluateOptions, FetchOptions, FormatOption, ModelOptions,
    ServeOptions, StatusOptions, TrainOptions,
};

use crate::settings::{Key, Layer};

/// Recognises the look of a Dofus character from a picture: class, sex, six colours, items worn.
#[derive(Debug, Parser)]
#[command(
    name = "lorgnon",
    version,
    subcommand_required = true,
    arg_required_else_help = true,
    after_help = "\
Examples:
  lorgnon demo                                  draw looks, train, evaluate, serve
  lorgnon train --dataset looks/train.jsonl     learn from an export of labelled looks
  lorgnon analyze render.png                    say who is in a picture
  lorgnon serve                                 answer in the browser at http://127.0.0.1:3000

Every option can also be set by a variable, `LORGNON_` and its name in capitals, or in `lorgnon.toml`;
`lorgnon config` shows what is in force and where it comes from.
Exit codes: 0 done, 1 done with some items failed, 2 could not do it."
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) common: CommonOptions,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Draw looks, train on them, print the evaluation, serve, and print the address
    #[command(after_help = "\
Examples:
  lorgnon demo
  lorgnon demo --looks 2000 --listen 127.0.0.1:8080

Everything is kept in `demo/` in the cache folder; your own index is not touched.")]
    Demo(DemoOptions),
    /// Learn from an export of labelled looks; only what changed is read again
    #[command(after_help = "\
Examples:
  lorgnon train --dataset looks/
  lorgnon train --dataset looks.jsonl --dry-run
  LORGNON_JOBS=2 lorgnon train
  lorgnon train --worker --store postgres://lorgnon@db/looks --dataset looks/

Ctrl-C stops cleanly and the next run goes on from there.")]
    Train(TrainOptions),
    /// Say who is in each picture and what they wear
    #[command(after_help = "\
Examples:
  lorgnon analyze render.png
  lorgnon analyze --format jsonl renders/ > answers.jsonl
  curl -s https://example.org/look.png | lorgnon analyze -

A folder is walked; `-` is standard input. A picture that cannot be read gets an `error` and exit code 1.")]
    Analyze(AnalyzeOptions),
    /// Serve the API and the pages
    #[command(after_help = "\
Examples:
  lorgnon serve
  LORGNON_TOKEN=secret lorgnon serve --listen 0.0.0.0:3000")]
    Serve(ServeOptions),
    /// Measure accuracy on labelled looks
    #[command(after_help = "\
Examples:
  lorgnon evaluate --test looks/test.jsonl --report report/
  lorgnon evaluate --folds 5 --format json

Without `--test`, looks of the dataset are judged by models fitted without them (cross-validation).")]
    Evaluate(EvaluateOptions),
    /// Show the current training and the index
    #[command(after_help = "\
Examples:
  lorgnon status
  lorgnon status --follow --format jsonl")]
    Status(StatusOptions),
    /// Look at the index, check it, move it
    Index {
        #[command(subcommand)]
        command: IndexCommand,
    },
    /// Encoders: what is here, and whether it works
    Model {
        #[command(subcommand)]
        command: ModelCommand,
    },
    /// Check an export before training
    Dataset {
        #[command(subcommand)]
        command: DatasetCommand,
    },
    /// Show the settings in force and where each comes from
    #[command(after_help = "\
Examples:
  lorgnon config
  lorgnon config --default > lorgnon.toml")]
    Config {
        /// Print the commented default settings file instead
        #[arg(long)]
        default: bool,
        #[command(flatten)]
        format: FormatOption,
    },
    /// Print shell completions
    #[command(after_help = "\
Examples:
  lorgnon completions bash > /etc/bash_completion.d/lorgnon
  lorgnon completions zsh > ~/.zfunc/_lorgnon")]
    Completions {
        /// For which shell
        shell: Shell,
    },
    /// Print the manual page, or write one a command into a folder
    #[command(after_help = "\
Examples:
  lorgnon man | man -l -
  lorgnon man --output /usr/local/share/man/man1")]
    Man {
        /// Folder to write `lorgnon.1`, `lorgnon-train.1`, … into
        #[arg(long, value_name = "DIR")]
        output: Option<PathBuf>,
    },
}

/// What to do with the index.
#[derive(Debug, Subcommand)]
pub(crate) enum IndexCommand {
    /// What it holds and how large it is
    Info(FormatOption),
    /// Check every checksum and cross reference
    #[command(after_help = "Exit code 1 when something does not hold.")]
    Verify(FormatOption),
    /// Write the looks as JSON lines, or as the old system's `vision-index.json`
    #[command(after_help = "\
Examples:
  lorgnon index export > labels.jsonl
  lorgnon index export --legacy old-index.json")]
    Export {
        /// File to write; `-` is standard output
        #[arg(default_value = "-", value_name = "FILE")]
        output: PathBuf,
        /// In the old system's form, vectors included
        #[arg(long)]
        legacy: bool,
    },
    /// Read the old system's `vision-index.json`
    #[command(after_help = "\
Its vectors are used when this encoder made them; else its labels are given to the looks of the same id.")]
    Import {
        /// File to read
        #[arg(value_name = "FILE")]
        input: PathBuf,
    },
    /// Copy looks and models to another store; interrupted, it goes on where it was
    #[command(after_help = "\
Examples:
  lorgnon index copy embedded postgres://lorgnon@db.example/looks
  lorgnon index copy postgres://lorgnon@db.example/looks /srv/backup/cache

FROM and TO are `embedded` (the cache folder in force), another cache folder, or the address of a database.
A password is best kept out of the command line: the variable PGPASSWORD is read.")]
    Copy {
        /// Where looks come from
        #[arg(value_name = "FROM")]
        from: String,
        /// Where they go; what it holds of the same id is replaced, the rest stays
        #[arg(value_name = "TO")]
        to: String,
    },
    /// Give back the space of what was removed
    Compact,
}

/// What to do with encoders.
#[derive(Debug, Subcommand)]
pub(crate) enum ModelCommand {
    /// Encoders that are here
    List(FormatOption),
    /// Download a model from a hub; the only command that reaches the network for itself
    #[command(after_help = "\
Examples:
  lorgnon model fetch
  lorgnon model fetch Xenova/clip-vit-base-patch32 --precision int8
  lorgnon train --encoder clip

A download that breaks goes on where it was. Proxies are read from the environment (HTTPS_PROXY), a
token for models that need one from HF_TOKEN.")]
    Fetch(FetchOptions),
    /// Whether the encoder in force works and fits the index
    Check(ModelOptions),
}

/// What to do with an export.
#[derive(Debug, Subcommand)]
pub(crate) enum DatasetCommand {
    /// Lint an export: unreadable, contradictory, duplicate, too few
    #[command(after_help = "\
Examples:
  lorgnon dataset check looks/
  lorgnon dataset check looks.jsonl --format csv

Exit code 1 when something is wrong.")]
    Check {
        /// Folder or file; default: `--dataset`
        #[arg(value_name = "PATH")]
        path: Option<PathBuf>,
        #[command(flatten)]
        format: FormatOption,
    },
}

/// Understands a command line.
pub(crate) fn parse(typed: impl IntoIterator<Item = OsString>) -> Result<Arguments, clap::Error> {
    let matches = command().try_get_matches_from(typed)?;
    Arguments::from_arg_matches(&matches)
}

/// The command line as clap knows it, each option's variable and default told in its help.
pub(crate) fn command() -> clap::Command {
    explain(Arguments::command())
}

fn explain(mut command: clap::Command) -> clap::Command {
    let options: Vec<_> = command.get_arguments().map(|argument| argument.get_id().clone()).collect();
    for option in options {
        let Some(key) = Key::named(option.as_str()) else { continue };
        command = command.mut_arg(&option, |argument| {
            let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
            let default = key.default_text().map_or_else(String::new, |text| format!(" [default: {text}]"));
            argument.help(format!("{help} [env: {}]{default}", key.variable()))
        });
    }
    let names: Vec<_> =
        command.get_subcommands().map(|subcommand| subcommand.get_name().to_owned()).collect();
    for name in names {
        command = command.mut_subcommand(name, explain);
    }
    command
}

impl Arguments {
    /// Everything that was typed as an option, by the name of its setting.
    pub(crate) fn flags(&self) -> Layer {
        let mut layer = Layer::default();
        self.common.collect(&mut layer);
        match &self.command {
            Command::Demo(options) => options.collect(&mut layer),
            Command::Train(options) => options.collect(&mut layer),
            Command::Analyze(options) => options.collect(&mut layer),
            Command::Serve(options) => options.collect(&mut layer),
            Command::Evaluate(options) => options.collect(&mut layer),
            Command::Status(options) => options.collect(&mut layer),
            Command::Model { command: ModelCommand::Check(options) } => options.collect(&mut layer),
            Command::Model { command: ModelCommand::Fetch(options) } => options.collect(&mut layer),
            Command::Index { command: IndexCommand::Info(format) | IndexCommand::Verify(format) }
            | Command::Model { command: ModelCommand::List(format) }
            | Command::Dataset { command: DatasetCommand::Check { format, .. } }
            | Command::Config { format, .. } => format.collect(&mut layer),
            Command::Index { .. } | Command::Completions { .. } | Command::Man { .. } => {}
        }
        layer
    }
}

#[cfg(test)]
mod tests;

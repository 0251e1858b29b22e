//! `config`: what is in force and where it comes from.

use std::io::Write;

use serde::Serialize;

use crate::outcome::Outcome;
use crate::output::{Record, RecordWriter};
use crate::settings::{DEFAULT_FILE, KEYS, Origin, Settings};

/// One setting in force.
#[derive(Debug, Serialize)]
struct Line {
    key: &'static str,
    value: Option<String>,
    origin: &'static str,
    /// The file or the variable.
    source: Option<String>,
}

impl Record for Line {
    const COLUMNS: &'static [&'static str] = &["key", "value", "origin", "source"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.key.to_owned(),
            self.value.clone().unwrap_or_default(),
            self.origin.to_owned(),
            self.source.clone().unwrap_or_default(),
        ]
    }

    fn human(&self) -> String {
        let value = self.value.as_deref().unwrap_or("-");
        let source = self.source.as_ref().map_or_else(String::new, |source| format!(" `{source}`"));
        format!("{:<14} {value:<28} {}{source}", self.key, self.origin)
    }
}

/// Shows all settings.
pub(super) fn run(settings: &Settings) -> anyhow::Result<Outcome> {
    let mut writer = RecordWriter::new(settings.format, std::io::stdout().lock());
    for line in lines(settings) {
        writer.write(&line)?;
    }
    writer.finish()?;
    Ok(Outcome::Done)
}

fn lines(settings: &Settings) -> Vec<Line> {
    KEYS.iter()
        .map(|key| {
            let value = settings.layers.get(key.name);
            let (origin, source) = match settings.layers.origin(key.name) {
                None => ("not set", None),
                Some(Origin::Default) => ("default", None),
                Some(Origin::File(path)) => ("file", Some(path.display().to_string())),
                Some(Origin::Variable(variable)) => ("variable", Some(variable.clone())),
                Some(Origin::Flag) => ("flag", None),
            };
            let shown = value.map(|value| match key.name {
                _ if key.secret => "(hidden)".to_owned(),
                // An address without its user and password.
                "store" => settings.store.to_string(),
                _ => value.to_owned(),
            });
            Line { key: key.name, value: shown, origin, source }
        })
        .collect()
}

/// Prints the commented default file.
pub(super) fn print_default() -> anyhow::Result<Outcome> {
    std::io::stdout().lock().write_all(DEFAULT_FILE.as_bytes())?;
    Ok(Outcome::Done)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Layer;

    #[test]
    fn secrets_are_hidden_and_origins_shown() {
        let mut flags = Layer::default();
        flags.text("token", Some(&"hunter2".to_owned()));
        flags.text("log", Some(&"info".to_owned()));
        flags.text("store", Some(&"postgres://ann:hunter2@db/looks".to_owned()));
        let settings = Settings::resolve(flags, None).unwrap();
        let lines = lines(&settings);
        let of = |key: &str| lines.iter().find(|line| line.key == key).unwrap();
        assert_eq!(of("token").value.as_deref(), Some("(hidden)"));
        assert!(lines.iter().all(|line| !line.human().contains("hunter2")));
        assert_eq!(of("store").value.as_deref(), Some("postgres://db:5432/looks"));
        assert_eq!((of("log").value.as_deref(), of("log").origin), (Some("info"), "flag"));
        assert_eq!((of("catalogue").value.as_deref(), of("catalogue").origin), (None, "not set"));
    }
}

//! `model`: encoders: what is here, how to get one, whether the one in force works and fits the index.

mod check;
mod fetch;
mod list;

use lorgnon_embed::EncoderSpec;
use serde::Serialize;

use crate::arguments::ModelCommand;
use crate::outcome::Outcome;
use crate::output::Record;
use crate::settings::Settings;

/// Does what was asked with encoders.
pub(super) fn run(settings: &Settings, command: &ModelCommand) -> anyhow::Result<Outcome> {
    match command {
        ModelCommand::List(_) => list::run(settings),
        ModelCommand::Check(_) => check::run(settings),
        ModelCommand::Fetch(options) => fetch::run(settings, options),
    }
}

/// One encoder that is here.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Model {
    name: String,
    /// Unknown until it is loaded.
    dimensions: Option<usize>,
    /// SHA-256 of the network, where it is known without reading it.
    sha256: Option<String>,
    /// Bytes of the network; none for the built-in encoder.
    bytes: Option<u64>,
    in_force: bool,
}

impl Model {
    fn loaded(spec: &EncoderSpec, bytes: Option<u64>) -> Self {
        Self {
            name: spec.name.clone(),
            dimensions: Some(spec.dimensions),
            sha256: Some(spec.weights.clone()).filter(|digest| !digest.is_empty()),
            bytes,
            in_force: true,
        }
    }
}

impl Record for Model {
    const COLUMNS: &'static [&'static str] = &["name", "dimensions", "sha256", "bytes", "inForce"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.name.clone(),
            self.dimensions.map(|dimensions| dimensions.to_string()).unwrap_or_default(),
            self.sha256.clone().unwrap_or_default(),
            self.bytes.map(|bytes| bytes.to_string()).unwrap_or_default(),
            self.in_force.to_string(),
        ]
    }

    fn human(&self) -> String {
        let mut facts = Vec::new();
        facts.extend(self.dimensions.map(|dimensions| format!("{dimensions} dimensions")));
        facts.extend(self.bytes.map(|bytes| format!("{} MB", bytes.div_ceil(1_000_000))));
        facts.extend(self.sha256.as_ref().map(|digest| format!("SHA-256 {digest}")));
        let mark = if self.in_force { "  (in force)" } else { "" };
        format!("{}: {}{mark}", self.name, facts.join(", "))
    }
}

//! `model fetch`: downloads a model from a hub.

use std::time::Duration;

use lorgnon_embed::hub::{FetchEvent, FetchedModel, Hub, HubError};
use serde::Serialize;

use crate::arguments::FetchOptions;
use crate::hints::{self, UserError};
use crate::outcome::Outcome;
use crate::output::{Record, RecordWriter};
use crate::progress_bar::Transfer;
use crate::settings::Settings;

/// Where tokens are looked for, the first that is set: the names that the hub's own tools use.
const TOKEN_VARIABLES: [&str; 2] = ["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"];

pub(super) fn run(settings: &Settings, options: &FetchOptions) -> anyhow::Result<Outcome> {
    let token =
        TOKEN_VARIABLES.iter().filter_map(|name| std::env::var(name).ok()).find(|token| !token.is_empty());
    let hub = Hub {
        endpoint: options.endpoint.trim_end_matches('/').to_owned(),
        token,
        timeout: Duration::from_secs(options.timeout_s),
        ..Hub::default()
    };
    let mut transfer = Transfer::new();
    let fetched = hub.fetch(
        &options.id,
        &options.revision,
        settings.precision.into(),
        &settings.model_cache,
        &mut |event| match event {
            FetchEvent::Progress { file, done, total } => transfer.set(file, done, total),
            FetchEvent::Kept { file } => transfer.note(&format!("{file}: here already, and whole")),
            FetchEvent::Retrying { file, error } => {
                transfer.note(&format!("warning: {file}: {error}, trying again"));
            }
        },
    );
    transfer.finish();
    let fetched = fetched.map_err(explained)?;
    let mut writer = RecordWriter::new(settings.format, std::io::stdout().lock());
    for line in lines(&fetched) {
        writer.write(&line)?;
    }
    writer.finish()?;
    Ok(Outcome::Done)
}

/// One file of the model.
#[derive(Debug, Serialize)]
struct Line<'a> {
    model: &'a str,
    revision: &'a str,
    file: &'a str,
    bytes: u64,
    sha256: &'a str,
}

fn lines(fetched: &FetchedModel) -> impl Iterator<Item = Line<'_>> {
    fetched.files.iter().map(|file| Line {
        model: &fetched.id,
        revision: &fetched.revision,
        file: &file.name,
        bytes: file.size,
        sha256: &file.sha256,
    })
}

impl Record for Line<'_> {
    const COLUMNS: &'static [&'static str] = &["model", "revision", "file", "bytes", "sha256"];

    fn cells(&self) -> Vec<String> {
        let texts = [self.model, self.revision, self.file, &self.bytes.to_string(), self.sha256];
        texts.map(str::to_owned).to_vec()
    }

    fn human(&self) -> String {
        format!("{}: {} bytes, SHA-256 {}", self.file, self.bytes, self.sha256)
    }
}

/// A hub's error with what to do about it.
fn explained(error: HubError) -> anyhow::Error {
    let hint = match &error {
        HubError::Id { .. } => "ids are as the hub's pages have them: `Xenova/clip-vit-base-patch32`",
        HubError::NotFound { .. } => {
            "check the id and `--revision`; a model that not everybody may have needs a token in `HF_TOKEN`"
        }
        HubError::NoNetwork { .. } => "another `--precision` is another file; the model needs an ONNX export",
        HubError::Unreachable { .. } | HubError::Status { .. } | HubError::Listing { .. } => {
            "the same command goes on where this one stopped; a mirror is named with `--endpoint` or `HF_ENDPOINT`, a \
             proxy with `HTTPS_PROXY`"
        }
        HubError::Damaged { .. } => {
            "the same command tries again; a mirror may have another file than the hub"
        }
        HubError::Disk { .. } => {
            "free some space or name another folder with `TRANSFORMERS_CACHE`; what arrived is kept"
        }
        _ => "the same command tries again",
    };
    UserError::new(hints::message(&error.into()), hint).into()
}

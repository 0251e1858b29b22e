//! `model list`: the built-in encoder and the models in the model cache.

use lorgnon_embed::{BuiltinEncoder, Encoder, hub};

use super::Model;
use crate::encoders;
use crate::outcome::Outcome;
use crate::output::RecordWriter;
use crate::settings::{EncoderChoice, Settings};

pub(super) fn run(settings: &Settings) -> anyhow::Result<Outcome> {
    let mut writer = RecordWriter::new(settings.format, std::io::stdout().lock());
    let models = encoders::models(settings);
    let is_wanted = |name: &str| matches!(&settings.encoder, EncoderChoice::Model(wanted) if wanted == name);
    let builtin = BuiltinEncoder::new();
    let falls_back = settings.encoder == EncoderChoice::Auto && models.is_empty();
    writer.write(&Model {
        in_force: settings.encoder == EncoderChoice::Builtin || falls_back,
        ..Model::loaded(builtin.spec(), None)
    })?;
    for files in models {
        let relative = files.network.strip_prefix(&files.folder).unwrap_or(&files.network);
        let recorded = hub::fetched_model(&files.folder).and_then(|fetched| {
            fetched.files.into_iter().find(|file| relative == std::path::Path::new(&file.name))
        });
        writer.write(&Model {
            in_force: is_wanted(&files.name),
            dimensions: None,
            sha256: recorded.map(|file| file.sha256),
            bytes: std::fs::metadata(&files.network).ok().map(|metadata| metadata.len()),
            name: files.name,
        })?;
    }
    writer.finish()?;
    Ok(Outcome::Done)
}

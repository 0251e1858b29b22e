//! `model`: encoders, and whether the one in force works and fits the index.

use lorgnon_embed::EncoderSpec;
use lorgnon_imaging::Picture;
use lorgnon_index::Store;
use serde::Serialize;

use crate::arguments::ModelCommand;
use crate::hints::UserError;
use crate::outcome::Outcome;
use crate::output::{Record, RecordWriter, write_document};
use crate::settings::{EncoderChoice, Settings};
use crate::wiring;

/// Does what was asked with encoders.
pub(super) fn run(settings: &Settings, command: &ModelCommand) -> anyhow::Result<Outcome> {
    match command {
        ModelCommand::List(_) => list(settings),
        ModelCommand::Check(_) => check(settings),
    }
}

/// One encoder that is here.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Model {
    name: String,
    dimensions: usize,
    recipe: u32,
    in_force: bool,
}

impl Record for Model {
    const COLUMNS: &'static [&'static str] = &["name", "dimensions", "recipe", "inForce"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.name.clone(),
            self.dimensions.to_string(),
            self.recipe.to_string(),
            self.in_force.to_string(),
        ]
    }

    fn human(&self) -> String {
        let mark = if self.in_force { "  (in force)" } else { "" };
        format!("{}: {} dimensions, recipe {}{mark}", self.name, self.dimensions, self.recipe)
    }
}

fn described(spec: &EncoderSpec, in_force: bool) -> Model {
    Model { name: spec.name.clone(), dimensions: spec.dimensions, recipe: spec.recipe, in_force }
}

fn list(settings: &Settings) -> anyhow::Result<Outcome> {
    let builtin = Settings { encoder: EncoderChoice::Builtin, ..settings.clone() };
    let encoder = wiring::encoder(&builtin)?.encoder;
    let in_force = !matches!(settings.encoder, EncoderChoice::Model(_));
    let mut writer = RecordWriter::new(settings.format, std::io::stdout().lock());
    writer.write(&described(encoder.spec(), in_force))?;
    writer.finish()?;
    Ok(Outcome::Done)
}

fn check(settings: &Settings) -> anyhow::Result<Outcome> {
    let encoder = wiring::encoder(settings)?.encoder;
    let spec = encoder.spec();
    let probe = probe();
    let first = encoder.encode(std::slice::from_ref(&probe))?;
    let again = encoder.encode(&[probe])?;
    let length = first.first().map_or(0, Vec::len);
    if length != spec.dimensions || first != again {
        anyhow::bail!("encoder `{}` does not do what it says", spec.name);
    }
    if wiring::has_index(settings) {
        let reader = wiring::store(settings)?.reader()?;
        if let Some(of_index) = &reader.manifest().encoder
            && of_index != spec
        {
            return Err(UserError::new(
                format!("the index was made with encoder `{}`, not with `{}`", of_index.name, spec.name),
                "`lorgnon train` reads every look again with the new encoder",
            )
            .into());
        }
    }
    write_document(settings.format, &described(spec, true))?;
    Ok(Outcome::Done)
}

/// A small picture with something on it.
fn probe() -> Picture {
    let mut picture = Picture::filled(64, 64, [0, 0, 0, 0]);
    for (position, pixel) in picture.pixels_mut().iter_mut().enumerate() {
        let (x, y) = (position % 64, position / 64);
        if (16..48).contains(&x) && (8..60).contains(&y) {
            let shade = u8::try_from(x * 4 % 256).unwrap_or(0);
            *pixel = [shade, 200 - shade / 2, 90, 255];
        }
    }
    picture
}

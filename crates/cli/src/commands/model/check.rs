//! `model check`: loads the encoder in force, lets it prove itself, and compares it with the index.

use lorgnon_embed::Encoder;
use lorgnon_imaging::Picture;
use lorgnon_index::Store;

use super::Model;
use crate::hints::UserError;
use crate::outcome::Outcome;
use crate::output::write_document;
use crate::settings::Settings;
use crate::{encoders, wiring};

pub(super) fn run(settings: &Settings) -> anyhow::Result<Outcome> {
    let encoder = encoders::chosen(settings)?.encoder;
    let spec = encoder.spec();
    repeats_itself(encoder.as_ref())?;
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
    let files = encoders::files(settings, spec);
    let bytes = files.and_then(|files| std::fs::metadata(files.network).ok()).map(|metadata| metadata.len());
    write_document(settings.format, &Model::loaded(spec, bytes))?;
    Ok(Outcome::Done)
}

/// The same picture twice must give the same vector of the promised length.
fn repeats_itself(encoder: &dyn Encoder) -> anyhow::Result<()> {
    let probe = probe();
    let first = encoder.encode(std::slice::from_ref(&probe))?;
    let again = encoder.encode(&[probe])?;
    let length = first.first().map_or(0, Vec::len);
    if length != encoder.spec().dimensions || first != again {
        anyhow::bail!("encoder `{}` does not do what it says", encoder.spec().name);
    }
    Ok(())
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

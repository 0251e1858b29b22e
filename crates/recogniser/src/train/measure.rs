//! First pass over new looks: what each says of where its character stands and how it looks.

use lorgnon_dataset::Example;
use lorgnon_embed::Encoder;
use lorgnon_imaging::{Limits, Picture, decode};
use lorgnon_index::{Reader, Writer};
use rayon::prelude::*;

use super::failure::LookError;
use super::plan::{fingerprint, read_image};
use crate::character::{CharacterMeasurement, CharacterModel, anchor};
use crate::measurements::Pending;
use crate::{RecogniserError, measurements};

/// Measures the characters of looks, in the order of the batch.
///
/// Where `model` knows a look's class, the character is measured where the model finds it, else at
/// the outline of what stands before the plain background. `again` measures anew what was measured
/// at an outline that things worn may have shifted.
pub(super) fn measure_batch(
    reader: &dyn Reader,
    encoder: &dyn Encoder,
    model: Option<&CharacterModel>,
    again: bool,
    batch: &[Example],
) -> Vec<Result<Option<Vec<u8>>, LookError>> {
    batch.par_iter().map(|example| measure_one(reader, encoder, model, again, example)).collect()
}

/// Stores measurements to wait for their looks.
pub(super) fn store_measured(
    writer: &mut dyn Writer,
    batch: &[Example],
    measured: Vec<Result<Option<Vec<u8>>, LookError>>,
) -> Result<(), RecogniserError> {
    for (example, waiting) in batch.iter().zip(measured) {
        if let Ok(Some(bytes)) = waiting {
            writer.put_model(&measurements::pending(&example.look.id), bytes)?;
        }
    }
    Ok(())
}

/// The bytes of a new waiting measurement; `None` where the one that waits still holds, or the
/// look's character cannot be found yet.
fn measure_one(
    reader: &dyn Reader,
    encoder: &dyn Encoder,
    model: Option<&CharacterModel>,
    again: bool,
    example: &Example,
) -> Result<Option<Vec<u8>>, LookError> {
    let look = &example.look;
    let bytes = read_image(&example.image)?;
    let fingerprint = fingerprint(&bytes, encoder.spec());
    let name = measurements::pending(&look.id);
    if again && look.items.is_empty() {
        return Ok(None);
    }
    if !again
        && let Some(waiting) = reader.model(&name).map_err(RecogniserError::from)?
        && let Ok(waiting) = measurements::decode::<Pending<CharacterMeasurement>>(&name, &waiting)
        && waiting.fingerprint == fingerprint
        && waiting.measurement.is_current()
        && waiting.look == *look
    {
        return Ok(None);
    }
    let picture = decode(&bytes, &Limits::default())?;
    let located = model.and_then(|model| model.locate_labelled(&picture, look));
    let Some(frame) = located.or_else(|| anchor(&picture)) else {
        return Ok(None);
    };
    let measurement = CharacterMeasurement::measure(&picture, &frame, look);
    let measurement = if located.is_some() { measurement.located() } else { measurement };
    Ok(Some(measurements::encode(&name, &Pending { look: look.clone(), fingerprint, measurement })?))
}

/// The bytes and the picture of an example.
pub(super) fn load(example: &Example) -> Result<(Vec<u8>, Picture), LookError> {
    let bytes = read_image(&example.image)?;
    let picture = decode(&bytes, &Limits::default())?;
    Ok((bytes, picture))
}

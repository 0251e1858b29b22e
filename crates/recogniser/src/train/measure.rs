//! First pass over new looks: what each says of where its character stands and how it looks.

use lorgnon_dataset::{Dataset, Example};
use lorgnon_embed::Encoder;
use lorgnon_imaging::{Limits, Picture, decode};
use lorgnon_index::{Reader, Store};
use rayon::prelude::*;

use super::failure::LookError;
use super::plan::{Plan, fingerprint, read_image};
use super::{Stage, TrainingEvent, TrainingObserver};
use crate::character::{CharacterMeasurement, CharacterModel, anchor};
use crate::measurements::Pending;
use crate::{RecogniserError, measurements};

/// Measures the characters of all new looks; each measurement is durable once its batch is.
///
/// Where `model` knows a look's class, the character is measured where the model finds it, else at
/// the outline of what stands before the plain background. `again` measures anew what was measured
/// at an outline that things worn may have shifted.
pub(super) fn measure_characters(
    dataset: &Dataset,
    store: &dyn Store,
    encoder: &dyn Encoder,
    model: Option<&CharacterModel>,
    again: bool,
    plan: &mut Plan,
    observer: &dyn TrainingObserver,
) -> Result<(), RecogniserError> {
    let total = plan.work_count();
    let mut done = 0;
    plan.for_each_batch(dataset, observer, |progress, batch| {
        let reader = store.reader()?;
        let measured: Vec<_> = batch
            .par_iter()
            .map(|example| measure_one(reader.as_ref(), encoder, model, again, example))
            .collect();
        let mut writer = store.writer()?;
        let mut finished = Vec::with_capacity(batch.len());
        for (example, outcome) in batch.iter().zip(measured) {
            let id = example.look.id.as_str();
            match outcome {
                Ok(waiting) => {
                    if let Some(bytes) = waiting {
                        writer.put_model(&measurements::pending(id), bytes)?;
                    }
                    finished.push(false);
                }
                Err(failure) => {
                    progress.failed += 1;
                    observer.event(&TrainingEvent::Processed { id, failure: Some(&failure) });
                    finished.push(true);
                }
            }
            done += 1;
        }
        writer.commit()?;
        observer.event(&TrainingEvent::Progress { stage: Stage::Character, done, total });
        Ok(finished)
    })
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

//! First pass over new looks: what each says of where its character stands and how it looks.

use lorgnon_dataset::{Dataset, Example};
use lorgnon_imaging::{Limits, Picture, decode};
use lorgnon_index::Store;
use rayon::prelude::*;

use super::plan::{Plan, read_image};
use super::{Stage, TrainingEvent, TrainingObserver};
use crate::character::CharacterMeasurement;
use crate::{RecogniserError, measurements};

/// Measures the characters of all new looks; each measurement is durable once its batch is.
pub(super) fn measure_characters(
    dataset: &Dataset,
    store: &dyn Store,
    plan: &mut Plan,
    observer: &dyn TrainingObserver,
) -> Result<(), RecogniserError> {
    let total = plan.work_count();
    let mut done = 0;
    plan.for_each_batch(dataset, observer, |progress, batch| {
        let reader = store.reader()?;
        let measured: Vec<_> =
            batch.par_iter().map(|example| measure_one(reader.as_ref(), example)).collect();
        let mut writer = store.writer()?;
        let mut finished = Vec::with_capacity(batch.len());
        for (example, outcome) in batch.iter().zip(measured) {
            match outcome {
                Ok(None) => finished.push(false),
                Ok(Some(bytes)) => {
                    writer.put_model(&measurements::pending(&example.look.id), bytes)?;
                    finished.push(false);
                }
                Err(failure) => {
                    progress.failed += 1;
                    observer.event(&TrainingEvent::Processed {
                        id: &example.look.id,
                        failure: Some(&failure.to_string()),
                    });
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

/// Why one look could not be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum LookError {
    #[error("cannot read the picture: {0}")]
    Read(#[from] std::io::Error),
    #[error("{0}")]
    Decode(#[from] lorgnon_imaging::ImagingError),
    #[error("no character to be seen in the picture")]
    Empty,
    #[error("{0}")]
    Recogniser(#[from] RecogniserError),
}

/// The bytes and the picture of an example.
pub(super) fn load(example: &Example) -> Result<(Vec<u8>, Picture), LookError> {
    let bytes = read_image(&example.image)?;
    let picture = decode(&bytes, &Limits::default())?;
    Ok((bytes, picture))
}

//! Second pass over new looks: everything that hangs on the located character.

use lorgnon_dataset::{Dataset, Example};
use lorgnon_embed::Encoder;
use lorgnon_imaging::{Picture, encode_png};
use lorgnon_index::{Entry, LookRecord, Reader, Store, VectorSet};
use lorgnon_look::{Slot, SlotMap};
use rayon::prelude::*;

use super::measure::{LookError, load};
use super::place::standing;
use super::plan::{Plan, fingerprint, source_of};
use super::{TrainingEvent, TrainingObserver};
use crate::character::{CharacterMeasurement, CharacterModel};
use crate::colours::{ColourMeasurement, ColourModel};
use crate::items::{ItemMeasurement, Standing};
use crate::measurements::Pending;
use crate::{RecogniserError, crops, measurements};

/// Longer side of the picture shown beside an answer.
const THUMBNAIL_SIDE_PX: u32 = 192;

/// Describes all new looks and stores them; a look is durable once its batch is.
pub(super) fn describe_looks(
    dataset: &Dataset,
    store: &dyn Store,
    encoder: &dyn Encoder,
    character: &CharacterModel,
    placing: Option<&ColourModel>,
    plan: &mut Plan,
    observer: &dyn TrainingObserver,
) -> Result<(), RecogniserError> {
    plan.for_each_batch(dataset, observer, |progress, batch| {
        let reader = store.reader()?;
        let described: Vec<_> = batch
            .par_iter()
            .map(|example| describe(reader.as_ref(), encoder, character, placing, example))
            .collect();
        let mut writer = store.writer()?;
        let mut outcomes = Vec::with_capacity(batch.len());
        for (example, described) in batch.iter().zip(described) {
            outcomes.push(match described {
                Ok(entry) => {
                    writer.put(entry)?;
                    writer.remove_model(&measurements::pending(&example.look.id))?;
                    progress.added += 1;
                    None
                }
                Err(failure) => {
                    progress.failed += 1;
                    Some(failure.to_string())
                }
            });
        }
        writer.commit()?;
        for (example, failure) in batch.iter().zip(&outcomes) {
            let (id, failure) = (example.look.id.as_str(), failure.as_deref());
            observer.event(&TrainingEvent::Processed { id, failure });
        }
        Ok(vec![true; batch.len()])
    })
}

fn describe(
    reader: &dyn Reader,
    encoder: &dyn Encoder,
    character: &CharacterModel,
    placing: Option<&ColourModel>,
    example: &Example,
) -> Result<Entry, LookError> {
    let look = &example.look;
    let (bytes, picture) = load(example)?;
    let frame = standing(character, &picture, look).ok_or(LookError::Empty)?;
    let mut blobs = Vec::with_capacity(4);
    let name = measurements::pending(&look.id);
    let measured = match reader.model(&name).map_err(RecogniserError::from)? {
        Some(waiting) => measurements::decode::<Pending<CharacterMeasurement>>(&name, &waiting)?.measurement,
        // Its character could not be found before the templates were fitted.
        None => CharacterMeasurement::measure(&picture, &frame, look),
    };
    blobs.push((
        measurements::CHARACTER.to_owned(),
        measurements::encode(measurements::CHARACTER, &measured)?,
    ));
    if let Some(measured) = ColourMeasurement::measure(&picture, &frame, look) {
        blobs.push((
            measurements::COLOURS.to_owned(),
            measurements::encode(measurements::COLOURS, &measured)?,
        ));
    }
    let labels = look.class.as_ref().zip(look.gender).zip(placing);
    let solution =
        labels.and_then(|((class, gender), placing)| placing.solve(&picture, &frame, class, gender, None));
    let measured = ItemMeasurement::measure(&picture, &Standing::new(frame, solution.as_ref()), look);
    blobs.push((measurements::ITEMS.to_owned(), measurements::encode(measurements::ITEMS, &measured)?));
    let thumbnail = encode_png(&picture.fitted_within(THUMBNAIL_SIDE_PX, THUMBNAIL_SIDE_PX))?;
    blobs.push((measurements::THUMBNAIL.to_owned(), thumbnail));
    Ok(Entry {
        record: LookRecord {
            look: look.clone(),
            source: source_of(&example.origin.file),
            fingerprint: fingerprint(&bytes, encoder.spec()),
        },
        vectors: vectors(encoder, &picture, &frame)?,
        blobs,
    })
}

/// The eight vectors of a located character.
fn vectors(
    encoder: &dyn Encoder,
    picture: &Picture,
    frame: &crate::Frame,
) -> Result<VectorSet, RecogniserError> {
    let (whole, slots) = crops::cut(picture, frame);
    let mut pictures = vec![whole];
    slots.map(|_, crop| pictures.push(crop));
    let mut encoded = encoder.encode(&pictures)?.into_iter();
    let mut next = || encoded.next().unwrap_or_default();
    Ok(VectorSet { global: next(), slots: SlotMap::from_fn(|_: Slot| next()) })
}

//! Second pass over new looks: everything that hangs on the located character.

use lorgnon_dataset::Example;
use lorgnon_embed::{EmbedError, Encoder, EncoderSpec};
use lorgnon_imaging::{Picture, encode_png};
use lorgnon_index::{Entry, LookRecord, Reader, VectorSet, Writer};
use lorgnon_look::{Slot, SlotMap};
use rayon::prelude::*;

use super::failure::LookError;
use super::measure::load;
use super::place::standing;
use super::plan::{fingerprint, source_of};
use crate::character::{CharacterMeasurement, CharacterModel};
use crate::colours::{ColourMeasurement, ColourModel};
use crate::items::ItemMeasurement;
use crate::measurements::Pending;
use crate::{Frame, RecogniserError, crops, measurements};

/// Looks whose pictures are encoded in one go: enough for every core, 25 MiB of pictures.
pub(super) const LOOKS_ENCODED_TOGETHER: usize = 16;
/// Longer side of the picture shown beside an answer.
const THUMBNAIL_SIDE_PX: u32 = 192;

/// Describes looks, in the order of the batch.
pub(super) fn describe_batch(
    reader: &dyn Reader,
    encoder: &dyn Encoder,
    character: &CharacterModel,
    placing: Option<&ColourModel>,
    batch: &[Example],
) -> Result<Vec<Result<Entry, LookError>>, RecogniserError> {
    let mut described = Vec::with_capacity(batch.len());
    for few in batch.chunks(LOOKS_ENCODED_TOGETHER) {
        let measured = few
            .par_iter()
            .map(|example| describe(reader, encoder.spec(), character, placing, example))
            .collect();
        described.extend(with_vectors(encoder, measured)?);
    }
    Ok(described)
}

/// Stores described looks in the place of what waited for them.
pub(super) fn store_described(
    writer: &mut dyn Writer,
    described: Vec<Result<Entry, LookError>>,
) -> Result<(), RecogniserError> {
    for entry in described.into_iter().flatten() {
        let id = entry.record.look.id.clone();
        writer.put(entry)?;
        writer.remove_model(&measurements::pending(&id))?;
    }
    Ok(())
}

/// Measures a look and cuts what its vectors are made of; the vectors are still to come.
fn describe(
    reader: &dyn Reader,
    encoder: &EncoderSpec,
    character: &CharacterModel,
    placing: Option<&ColourModel>,
    example: &Example,
) -> Result<(Entry, Vec<Picture>), LookError> {
    let look = &example.look;
    let (bytes, picture) = load(example)?;
    let Some(frame) = standing(character, &picture, look) else {
        return Err(LookError::Empty(Box::new(picture)));
    };
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
    let measured = ItemMeasurement::measure(&picture, frame, look, placing);
    blobs.push((measurements::ITEMS.to_owned(), measurements::encode(measurements::ITEMS, &measured)?));
    let thumbnail = encode_png(&picture.fitted_within(THUMBNAIL_SIDE_PX, THUMBNAIL_SIDE_PX))?;
    blobs.push((measurements::THUMBNAIL.to_owned(), thumbnail));
    let entry = Entry {
        record: LookRecord {
            look: look.clone(),
            source: source_of(&example.origin.file),
            fingerprint: fingerprint(&bytes, encoder),
        },
        vectors: VectorSet { global: Vec::new(), slots: SlotMap::default() },
        blobs,
    };
    Ok((entry, pictures_to_encode(&picture, &frame)))
}

/// The eight pictures of a located character, in the order that [`vector_set`] takes their vectors.
pub(super) fn pictures_to_encode(picture: &Picture, frame: &Frame) -> Vec<Picture> {
    let (whole, slots) = crops::cut(picture, frame);
    let mut pictures = vec![whole];
    slots.map(|_, crop| pictures.push(crop));
    pictures
}

/// Gives looks their vectors, all in one go: encoders work best on many pictures.
fn with_vectors(
    encoder: &dyn Encoder,
    measured: Vec<Result<(Entry, Vec<Picture>), LookError>>,
) -> Result<Vec<Result<Entry, LookError>>, RecogniserError> {
    let mut pictures = Vec::new();
    let mut entries = Vec::with_capacity(measured.len());
    for look in measured {
        entries.push(look.map(|(entry, own)| {
            pictures.extend(own);
            entry
        }));
    }
    let mut vectors = encode_all(encoder, &pictures)?.into_iter();
    for entry in entries.iter_mut().flatten() {
        entry.vectors = vector_set(encoder, &mut vectors)?;
    }
    Ok(entries)
}

/// One vector a picture, or an error.
pub(super) fn encode_all(
    encoder: &dyn Encoder,
    pictures: &[Picture],
) -> Result<Vec<Vec<f32>>, RecogniserError> {
    let vectors = encoder.encode(pictures)?;
    if vectors.len() == pictures.len() { Ok(vectors) } else { Err(missing_vector(encoder)) }
}

/// The next look's vectors.
pub(super) fn vector_set(
    encoder: &dyn Encoder,
    vectors: &mut impl Iterator<Item = Vec<f32>>,
) -> Result<VectorSet, RecogniserError> {
    let mut next = || vectors.next().ok_or_else(|| missing_vector(encoder));
    let global = next()?;
    let mut slots = SlotMap::default();
    for slot in Slot::ALL {
        slots[slot] = next()?;
    }
    Ok(VectorSet { global, slots })
}

fn missing_vector(encoder: &dyn Encoder) -> RecogniserError {
    EmbedError::Engine {
        encoder: encoder.spec().name.clone(),
        source: "it gave fewer vectors than it got pictures".into(),
    }
    .into()
}

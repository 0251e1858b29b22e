//! Another encoder over looks that are known: their vectors made anew beside the old ones.
//!
//! Only vectors depend on the encoder. The index with the old ones goes on answering while each look's
//! picture is encoded again; the new vectors wait, batch by batch, where a killed run finds them. One
//! last commit exchanges them all, so that vectors of two encoders are never in one index.

use std::ops::ControlFlow;

use lorgnon_dataset::{Dataset, Example};
use lorgnon_embed::{Encoder, EncoderSpec};
use lorgnon_imaging::Picture;
use lorgnon_index::{Entry, Fingerprint, LookRecord, Manifest, Reader, Store, VectorSet};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::describe::{LOOKS_ENCODED_TOGETHER, encode_all, pictures_to_encode, vector_set};
use super::measure::load;
use super::place::standing;
use super::plan::fingerprint;
use super::{Stage, TrainingEvent, TrainingObserver};
use crate::character::CharacterModel;
use crate::{RecogniserError, measurements, models};

/// A known look's vectors by the new encoder.
#[derive(Serialize, Deserialize)]
struct Waiting {
    /// Of its picture and of the new encoder.
    fingerprint: Fingerprint,
    vectors: VectorSet,
}

/// Whether the index holds looks with vectors of another encoder than this.
pub(super) fn is_due(reader: &dyn Reader, encoder: &EncoderSpec) -> bool {
    !reader.is_empty() && reader.manifest().encoder.as_ref().is_some_and(|held| held != encoder)
}

/// Gives all known looks vectors of `encoder`. Looks whose picture changed or is gone leave the index:
/// the training that follows finds them new, or gone.
pub(super) fn change_encoder(
    dataset: &Dataset,
    store: &dyn Store,
    encoder: &dyn Encoder,
    observer: &dyn TrainingObserver,
) -> Result<(), RecogniserError> {
    let reader = store.reader()?;
    let (total, mut done) = (reader.len(), 0);
    let character: Option<CharacterModel> = models::earlier(reader.as_ref(), measurements::CHARACTER)?;
    let Some(character) = character else {
        // Looks that no model of this version was fitted from are measured anew.
        return Ok(());
    };
    tracing::info!(
        looks = total,
        encoder = encoder.spec().name,
        "encoding every look again, beside the old vectors"
    );
    let mut examples = dataset.examples().filter_map(Result::ok);
    loop {
        if observer.cancelled() {
            return Err(RecogniserError::Cancelled);
        }
        let batch: Vec<Example> = examples.by_ref().take(LOOKS_ENCODED_TOGETHER).collect();
        if batch.is_empty() {
            break;
        }
        let reader = store.reader()?;
        let prepared: Vec<_> = batch
            .par_iter()
            .map(|example| prepare(reader.as_ref(), encoder.spec(), &character, example))
            .collect::<Result<_, _>>()?;
        let mut writer = store.writer()?;
        let fresh: Vec<(&str, Fingerprint, Vec<Picture>)> = prepared
            .into_iter()
            .zip(&batch)
            .filter_map(|(prepared, example)| {
                done += u64::from(!matches!(prepared, Prepared::Unknown));
                let Prepared::Fresh(fingerprint, pictures) = prepared else { return None };
                Some((example.look.id.as_str(), fingerprint, pictures))
            })
            .collect();
        let pictures: Vec<Picture> = fresh.iter().flat_map(|(_, _, pictures)| pictures.clone()).collect();
        let mut vectors = encode_all(encoder, &pictures)?.into_iter();
        for (id, fingerprint, _) in fresh {
            let waiting = Waiting { fingerprint, vectors: vector_set(encoder, &mut vectors)? };
            let name = measurements::waiting_vectors(id);
            writer.put_model(&name, measurements::encode(&name, &waiting)?)?;
        }
        writer.commit()?;
        observer.event(&TrainingEvent::Progress { stage: Stage::Vectors, done, total });
    }
    exchange(store, encoder)
}

/// What is to be done for one example of the export.
enum Prepared {
    /// The index does not know its picture.
    Unknown,
    /// Its new vectors wait already.
    Waiting,
    /// These pictures are to be encoded.
    Fresh(Fingerprint, Vec<Picture>),
}

fn prepare(
    reader: &dyn Reader,
    encoder: &EncoderSpec,
    character: &CharacterModel,
    example: &Example,
) -> Result<Prepared, RecogniserError> {
    let Some(stored) = reader.look(&example.look.id)? else { return Ok(Prepared::Unknown) };
    // A picture that cannot be read any more is told of by the training that follows.
    let Ok((bytes, picture)) = load(example) else { return Ok(Prepared::Unknown) };
    let held = reader.manifest().encoder.as_ref();
    if held.is_none_or(|held| fingerprint(&bytes, held) != stored.fingerprint) {
        return Ok(Prepared::Unknown);
    }
    let fingerprint = fingerprint(&bytes, encoder);
    if waiting(reader, &example.look.id)?.is_some_and(|waiting| waiting.fingerprint == fingerprint) {
        return Ok(Prepared::Waiting);
    }
    let Some(frame) = standing(character, &picture, &example.look) else { return Ok(Prepared::Unknown) };
    Ok(Prepared::Fresh(fingerprint, pictures_to_encode(&picture, &frame)))
}

/// The vectors that wait for a look; `None` too for those that another version left.
fn waiting(reader: &dyn Reader, id: &str) -> Result<Option<Waiting>, RecogniserError> {
    let name = measurements::waiting_vectors(id);
    Ok(reader.model(&name)?.and_then(|bytes| measurements::decode(&name, &bytes).ok()))
}

/// Puts the new vectors in the old ones' place, all at once.
fn exchange(store: &dyn Store, encoder: &dyn Encoder) -> Result<(), RecogniserError> {
    let reader = store.reader()?;
    let mut writer = store.writer()?;
    writer.clear()?;
    writer.set_manifest(Manifest { encoder: Some(encoder.spec().clone()), ..reader.manifest().clone() })?;
    let mut outcome = Ok(());
    reader.visit(&mut |record| {
        let put = move_over(reader.as_ref(), record).and_then(|entry| match entry {
            Some(entry) => Ok(writer.put(entry)?),
            None => Ok(()),
        });
        match put {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                outcome = Err(error);
                ControlFlow::Break(())
            }
        }
    })?;
    outcome?;
    for name in reader.model_names()? {
        if !measurements::is_waiting(&name)
            && let Some(bytes) = reader.model(&name)?
        {
            writer.put_model(&name, bytes)?;
        }
    }
    writer.commit()?;
    Ok(())
}

/// A look with its new vectors; `None` where there are none.
fn move_over(reader: &dyn Reader, record: LookRecord) -> Result<Option<Entry>, RecogniserError> {
    let id = record.look.id.as_str();
    let Some(waiting) = waiting(reader, id)? else { return Ok(None) };
    let mut blobs = Vec::new();
    for name in reader.blob_names(id)? {
        if let Some(bytes) = reader.blob(id, &name)? {
            blobs.push((name, bytes));
        }
    }
    let record = LookRecord { fingerprint: waiting.fingerprint, ..record };
    Ok(Some(Entry { record, vectors: waiting.vectors, blobs }))
}

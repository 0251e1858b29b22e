//! Compares an export with the index: what is new, what changed, what is gone.
//!
//! Only a bit and a hash an example are kept, so that the size of an export does not show in
//! memory; pictures are read to be hashed, never decoded here.

use std::collections::HashSet;
use std::ops::ControlFlow;

use lorgnon_dataset::{Dataset, Example, ImageReference};
use lorgnon_embed::{Encoder, EncoderSpec};
use lorgnon_index::{Fingerprint, Reader, Store};
use lorgnon_look::{ClassLabel, Look};
use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::{TrainSettings, TrainingEvent, TrainingObserver, TrainingSummary};
use crate::{RecogniserError, measurements};

/// Examples looked at together: enough for every core, little memory.
pub(super) const BATCH: usize = 64;

/// What a run has to do.
pub(super) struct Plan {
    /// Entries of the export.
    pub(super) total: u64,
    /// Looks whose picture is in the index already.
    pub(super) reused: u64,
    /// Entries and pictures that cannot be used, so far.
    pub(super) failed: u64,
    /// Looks measured so far.
    pub(super) added: u64,
    /// Whether some new look wears items, as far as its labels say.
    pub(super) dressed: bool,
    /// Whether some new look is of the game's own classes, whose colours place them.
    pub(super) own_classes: bool,
    /// Of every example's picture and labels: a training that goes on from another must be of the same.
    pub(super) identity: [u8; 32],
    /// Whether nothing of what is stored can be kept.
    pub(super) afresh: bool,
    /// Whether the example at an ordinal is still to be done.
    work: Vec<bool>,
    /// Stored looks whose labels changed, with their source.
    relabels: Vec<(Look, String)>,
    /// Stored looks that the export no longer has.
    dropped: Vec<String>,
    relabelled: u64,
    removed: u64,
}

impl Plan {
    pub(super) fn make(
        dataset: &Dataset,
        store: &dyn Store,
        encoder: &dyn Encoder,
        settings: &TrainSettings,
        observer: &dyn TrainingObserver,
    ) -> Result<Self, RecogniserError> {
        let reader = store.reader()?;
        let mut plan = Self {
            total: 0,
            reused: 0,
            failed: 0,
            added: 0,
            dressed: false,
            own_classes: false,
            identity: [0; 32],
            afresh: settings.rebuild
                || reader.manifest().encoder.as_ref().is_some_and(|spec| spec != encoder.spec()),
            work: Vec::new(),
            relabels: Vec::new(),
            dropped: Vec::new(),
            relabelled: 0,
            removed: 0,
        };
        let mut seen = HashSet::<u64>::new();
        let mut identity = Sha256::new();
        let limit = usize::try_from(settings.limit.unwrap_or(u64::MAX)).unwrap_or(usize::MAX);
        let mut examples = dataset.examples();
        let mut skipped = Vec::new();
        loop {
            let wanted = BATCH.min(limit - plan.work.len());
            let batch = next_batch(&mut examples, wanted, &mut |entry| skipped.push(entry));
            plan.total += skipped.len() as u64;
            plan.failed += skipped.len() as u64;
            for entry in skipped.drain(..) {
                observer.event(&TrainingEvent::Skipped(&entry));
            }
            if batch.is_empty() {
                break;
            }
            if observer.cancelled() {
                return Err(RecogniserError::Cancelled);
            }
            let fingerprints: Vec<_> = batch
                .par_iter()
                .map(|example| read_image(&example.image).map(|bytes| fingerprint(&bytes, encoder.spec())))
                .collect();
            for (example, fingerprint) in batch.into_iter().zip(fingerprints) {
                seen.insert(hash_id(&example.look.id));
                identity.update(measurements::encode("look", &(&example.look, fingerprint.as_ref().ok()))?);
                plan.total += 1;
                plan.consider(reader.as_ref(), example, fingerprint.ok())?;
            }
        }
        plan.identity = identity.finalize().into();
        if plan.work.is_empty() && !reader.is_empty() && settings.limit.is_none() {
            return Err(RecogniserError::EmptyDataset { path: dataset.path().to_owned() });
        }
        if settings.limit.is_none() && !plan.afresh {
            reader.visit(&mut |record| {
                if !seen.contains(&hash_id(&record.look.id)) {
                    plan.dropped.push(record.look.id);
                }
                ControlFlow::Continue(())
            })?;
        }
        Ok(plan)
    }

    /// Files an example as work, as reused or as relabelled. A picture that cannot be read is
    /// work: reading it again then says why.
    fn consider(
        &mut self,
        reader: &dyn Reader,
        example: Example,
        fingerprint: Option<Fingerprint>,
    ) -> Result<(), RecogniserError> {
        let stored = if self.afresh { None } else { reader.look(&example.look.id)? };
        let same_picture =
            stored.as_ref().zip(fingerprint).is_some_and(|(record, found)| record.fingerprint == found);
        self.work.push(!same_picture);
        self.dressed |= !same_picture && !example.look.items.is_empty();
        self.own_classes |=
            !same_picture && example.look.class.as_ref().and_then(ClassLabel::class).is_some();
        if same_picture {
            self.reused += 1;
            if stored.is_some_and(|record| record.look != example.look) {
                self.relabels.push((example.look, source_of(&example.origin.file)));
            }
        }
        Ok(())
    }

    /// Stores changed labels and removes what the export no longer has.
    pub(super) fn apply_labels(&mut self, store: &dyn Store) -> Result<(), RecogniserError> {
        if self.relabels.is_empty() && self.dropped.is_empty() {
            return Ok(());
        }
        let mut writer = store.writer()?;
        for (look, source) in self.relabels.drain(..) {
            self.relabelled += u64::from(writer.relabel(look, source)?);
        }
        for id in self.dropped.drain(..) {
            self.removed += u64::from(writer.remove(&id)?);
        }
        writer.commit()?;
        Ok(())
    }

    /// The examples still to be done, with their ordinals in the export.
    pub(super) fn work<'a>(&self, dataset: &'a Dataset) -> impl Iterator<Item = (usize, Example)> + use<'a> {
        // A bit an example: less than the examples themselves take.
        let work = self.work.clone();
        let examples = dataset.examples().filter_map(Result::ok).take(work.len()).enumerate();
        examples.filter(move |(ordinal, _)| work[*ordinal])
    }

    /// Notes that an example was worked at; `ends` where nothing more is to be done for it.
    pub(super) fn note(&mut self, ordinal: usize, failed: bool, ends: bool) {
        if let Some(work) = self.work.get_mut(ordinal).filter(|_| failed || ends) {
            *work = false;
        }
        self.failed += u64::from(failed);
        self.added += u64::from(ends && !failed);
    }

    /// How many examples are still to be done.
    pub(super) fn work_count(&self) -> u64 {
        self.work.iter().filter(|work| **work).count() as u64
    }

    pub(super) fn summary(&self, reader: &dyn Reader) -> TrainingSummary {
        TrainingSummary {
            total: self.total,
            reused: self.reused,
            added: self.added,
            relabelled: self.relabelled + self.relabels.len() as u64,
            removed: self.removed + self.dropped.len() as u64,
            failed: self.failed,
            entries: reader.len(),
            model: reader.manifest().model.clone(),
        }
    }
}

/// Ids are remembered by hash: 64 bits, so that a collision among a million is a one in 37 million
/// chance, and then only keeps a look that should have gone.
fn hash_id(id: &str) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    hasher.finish()
}

fn next_batch(
    examples: &mut impl Iterator<Item = Result<Example, lorgnon_dataset::Skipped>>,
    wanted: usize,
    skip: &mut impl FnMut(lorgnon_dataset::Skipped),
) -> Vec<Example> {
    let mut batch = Vec::with_capacity(wanted);
    while batch.len() < wanted {
        match examples.next() {
            Some(Ok(example)) => batch.push(example),
            Some(Err(entry)) => skip(entry),
            None => break,
        }
    }
    batch
}

/// The bytes of an example's picture.
pub(crate) fn read_image(image: &ImageReference) -> std::io::Result<Vec<u8>> {
    match image {
        ImageReference::File(path) => std::fs::read(path),
        ImageReference::Inline(bytes) => Ok(bytes.clone()),
    }
}

/// SHA-256 of a picture's bytes, of the encoder that sees them and of the version that measures them.
pub(super) fn fingerprint(bytes: &[u8], encoder: &EncoderSpec) -> Fingerprint {
    let mut hash = Sha256::new();
    hash.update((bytes.len() as u64).to_le_bytes());
    hash.update(bytes);
    hash.update(encoder.name.as_bytes());
    hash.update([0]);
    hash.update(encoder.weights.as_bytes());
    hash.update([0]);
    hash.update((encoder.dimensions as u64).to_le_bytes());
    hash.update(encoder.recipe.to_le_bytes());
    hash.update(measurements::VERSION.to_le_bytes());
    Fingerprint(hash.finalize().into())
}

/// The export file's name, as answers may show it.
pub(super) fn source_of(file: &std::path::Path) -> String {
    file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

//! A training with everything that belongs to one: the lock and the state file, the old system's
//! index kept aside, the owner's wish to start anew. `train`, `demo` and `serve` run it.

mod together;

use lorgnon_dataset::{Dataset, SkipReason};
use lorgnon_embed::Encoder;
use lorgnon_look::Catalogue;
use lorgnon_recogniser::RecogniserError;
use lorgnon_recogniser::progress::{FailureReason, Interruption, Outcome, ProgressError, TrainingJournal};
use lorgnon_recogniser::train::{TrainSettings, TrainingEvent, TrainingObserver, TrainingSummary, train};

use crate::stores::IndexStore;

/// What a training works with.
pub(crate) struct Training<'a> {
    pub(crate) dataset: &'a Dataset,
    pub(crate) store: &'a IndexStore,
    pub(crate) encoder: &'a dyn Encoder,
    pub(crate) catalogue: &'a Catalogue,
    pub(crate) settings: &'a TrainSettings,
}

impl Training<'_> {
    /// Trains; `journal` records it for everybody, `observer` watches it for its user.
    pub(crate) fn run(
        &self,
        journal: TrainingJournal,
        observer: &dyn TrainingObserver,
    ) -> anyhow::Result<TrainingSummary> {
        let result = self.store.prepare_training().map_err(RecogniserError::from).and_then(|right| {
            let watched = Watched { journal: &journal, observer };
            train(self.dataset, right.store(), self.encoder, self.catalogue, self.settings, &watched)
        });
        if result.is_ok() {
            self.store.give_back_space();
        }
        close(journal, &result)?;
        Ok(result?)
    }

    /// Compares the export with the index and changes nothing.
    pub(crate) fn dry_run(&self, observer: &dyn TrainingObserver) -> anyhow::Result<TrainingSummary> {
        Ok(train(self.dataset, self.store, self.encoder, self.catalogue, self.settings, observer)?)
    }
}

/// Writes down how a training ended.
fn close(
    journal: TrainingJournal,
    result: &Result<TrainingSummary, RecogniserError>,
) -> Result<(), ProgressError> {
    match result {
        Ok(_) => journal.finish(),
        Err(RecogniserError::Cancelled) => journal.cancel(),
        Err(error) => journal.fail(interruption(error)),
    }
    .map(drop)
}

/// What everybody may know of an error. The log and the terminal know the rest.
fn interruption(error: &RecogniserError) -> Interruption {
    match error {
        RecogniserError::Dataset(_) => Interruption::DatasetUnreadable,
        RecogniserError::EmptyDataset { .. } => Interruption::DatasetEmpty,
        RecogniserError::Store(_) => Interruption::IndexUnusable,
        RecogniserError::Embed(_) | RecogniserError::EncoderMismatch { .. } => Interruption::EncoderFailed,
        RecogniserError::Fit { .. } => Interruption::LearningFailed,
        RecogniserError::CannotHelp { .. } => Interruption::OtherThanLeader,
        RecogniserError::Stored { .. } | RecogniserError::Cancelled | _ => Interruption::Internal,
    }
}

/// Tells the journal and the user's display.
struct Watched<'a> {
    journal: &'a TrainingJournal,
    observer: &'a dyn TrainingObserver,
}

impl TrainingObserver for Watched<'_> {
    fn event(&self, event: &TrainingEvent<'_>) {
        match event {
            TrainingEvent::Started { total, reused } => self.journal.started(*total, *reused),
            TrainingEvent::Skipped(skipped) => {
                let missing = matches!(skipped.reason, SkipReason::ImageNotFound { .. });
                let outcome = if missing { Outcome::ImageMissing } else { Outcome::Failed };
                let file = skipped.file.file_name().unwrap_or_default().to_string_lossy();
                let id = skipped.id.clone().unwrap_or_else(|| format!("{file}:{}", skipped.line));
                self.journal.processed(&id, outcome);
                self.journal.explain(&id, &FailureReason::from(&skipped.reason), None);
            }
            TrainingEvent::Processed { id, failure } => {
                let outcome = if failure.is_some() { Outcome::Failed } else { Outcome::Done };
                self.journal.processed(id, outcome);
                if let Some(error) = failure {
                    self.journal.explain(id, &error.reason, error.thumbnail.as_deref());
                }
            }
            // The looks are counted here; the log and the terminal name the icon.
            TrainingEvent::IconFailed { .. } => {}
            TrainingEvent::Progress { stage, done, total } => {
                self.journal.working(*stage, *done, *total);
            }
        }
        self.observer.event(event);
    }

    fn cancelled(&self) -> bool {
        self.observer.cancelled()
    }
}

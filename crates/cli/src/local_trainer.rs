//! Trainings that the pages start and stop, in a thread of the server's process.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use lorgnon_embed::Encoder;
use lorgnon_look::Catalogue;
use lorgnon_recogniser::progress::{ProgressError, TrainingJournal};
use lorgnon_recogniser::train::{TrainSettings, TrainingEvent, TrainingObserver};
use lorgnon_server::{BackendError, Trainer};

use crate::hints;
use crate::settings::Settings;
use crate::stores::IndexStore;
use crate::training::Training;
use crate::wiring;

/// Starts and stops trainings; clones are the same one.
#[derive(Clone)]
pub(crate) struct LocalTrainer(Arc<Shared>);

struct Shared {
    settings: Settings,
    store: Arc<IndexStore>,
    encoder: Arc<dyn Encoder>,
    catalogue: Arc<Catalogue>,
    running: Mutex<Option<Running>>,
}

struct Running {
    cancel: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl LocalTrainer {
    pub(crate) fn new(
        settings: &Settings,
        store: Arc<IndexStore>,
        encoder: Arc<dyn Encoder>,
        catalogue: Arc<Catalogue>,
    ) -> Self {
        let settings = settings.clone();
        Self(Arc::new(Shared { settings, store, encoder, catalogue, running: Mutex::new(None) }))
    }

    /// Stops a running training and waits until its state is usable.
    pub(crate) fn stop(&self) {
        if let Some(running) = self.running().take() {
            running.cancel.store(true, Ordering::Relaxed);
            // Its panic, if any, was recorded by its journal.
            let _ = running.thread.join();
        }
    }

    fn running(&self) -> MutexGuard<'_, Option<Running>> {
        self.0.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Trainer for LocalTrainer {
    fn start(&self) -> Result<(), BackendError> {
        let mut running = self.running();
        if running.as_ref().is_some_and(|running| !running.thread.is_finished()) {
            return Err(BackendError::TrainingRuns);
        }
        let shared = &self.0;
        let dataset = wiring::training_dataset(&shared.settings, &shared.catalogue).map_err(|error| {
            tracing::warn!(error = hints::message(&error), "cannot start a training");
            BackendError::NoDataset
        })?;
        let icons = wiring::icons(&shared.settings).unwrap_or_else(|error| {
            tracing::warn!(error = hints::message(&error), "training without icons");
            None
        });
        let manifest = shared.store.manifest_path();
        let journal =
            TrainingJournal::begin(&shared.settings.cache, dataset.path(), &manifest).map_err(|error| {
                if matches!(error, ProgressError::Busy { .. }) {
                    BackendError::TrainingRuns
                } else {
                    BackendError::Failed { action: "begin a training", source: Box::new(error) }
                }
            })?;
        let cancel = Arc::new(AtomicBool::new(false));
        let observer = Logged(Arc::clone(&cancel));
        let shared = Arc::clone(shared);
        let thread = std::thread::Builder::new()
            .name("training".to_owned())
            .spawn(move || {
                let training = Training {
                    dataset: &dataset,
                    store: &shared.store,
                    encoder: shared.encoder.as_ref(),
                    catalogue: &shared.catalogue,
                    settings: &TrainSettings { icons, ..TrainSettings::default() },
                };
                match training.run(journal, &observer) {
                    Ok(summary) => tracing::info!(looks = summary.entries, "training finished"),
                    Err(error) => tracing::error!(error = hints::message(&error), "training ended"),
                }
            })
            .map_err(|source| BackendError::Failed { action: "start a thread", source: Box::new(source) })?;
        *running = Some(Running { cancel, thread });
        Ok(())
    }

    fn cancel(&self) -> Result<bool, BackendError> {
        let running = self.running();
        let at_work = running.as_ref().filter(|running| !running.thread.is_finished());
        if let Some(running) = at_work {
            running.cancel.store(true, Ordering::Relaxed);
        }
        Ok(at_work.is_some())
    }
}

/// Writes failures to the log, and can be told to stop.
struct Logged(Arc<AtomicBool>);

impl TrainingObserver for Logged {
    fn event(&self, event: &TrainingEvent<'_>) {
        match event {
            TrainingEvent::Skipped(skipped) => tracing::warn!(%skipped, "an entry gives no look"),
            TrainingEvent::Processed { id, failure: Some(reason) } => {
                tracing::warn!(id, %reason, "a look could not be used");
            }
            TrainingEvent::IconFailed { path, error } => {
                tracing::warn!(path = %path.display(), %error, "an icon cannot be used");
            }
            TrainingEvent::Processed { failure: None, .. }
            | TrainingEvent::Started { .. }
            | TrainingEvent::Progress { .. } => {}
        }
    }

    fn cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

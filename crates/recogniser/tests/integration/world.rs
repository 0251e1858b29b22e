//! A small site: an export of drawn looks, an index, an encoder, a watcher.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{LazyLock, Mutex};

use lorgnon_dataset::{Dataset, Options};
use lorgnon_embed::{BuiltinEncoder, Encoder};
use lorgnon_index::{EmbeddedStore, Store};
use lorgnon_look::Catalogue;
use lorgnon_recogniser::train::{
    Stage, TrainSettings, TrainingEvent, TrainingObserver, TrainingSummary, train,
};
use lorgnon_recogniser::{Recogniser, RecogniserError};
use lorgnon_testing::copy_folder;
use tempfile::TempDir;

pub(crate) struct World {
    folder: TempDir,
    pub(crate) store: EmbeddedStore,
    pub(crate) encoder: BuiltinEncoder,
    pub(crate) watcher: Watcher,
}

/// Counts what it is told and may ask to stop.
#[derive(Default)]
pub(crate) struct Watcher {
    pub(crate) failures: Mutex<Vec<(String, String)>>,
    /// Icons that could not be used.
    pub(crate) bad_icons: Mutex<Vec<PathBuf>>,
    processed: AtomicU64,
    /// Batches of looks whose characters were measured.
    measured: AtomicU64,
    /// Asks to stop after this many of those; 0 is never.
    pub(crate) stop_after_measured: AtomicU64,
    /// Asks to stop after this many looks; 0 is never.
    pub(crate) stop_after: AtomicU64,
    /// Known looks that got vectors of another encoder.
    pub(crate) encoded_again: AtomicU64,
    /// Asks to stop after this many of those; 0 is never.
    pub(crate) stop_after_encoded: AtomicU64,
}

impl TrainingObserver for Watcher {
    fn event(&self, event: &TrainingEvent<'_>) {
        if let TrainingEvent::IconFailed { path, .. } = event {
            self.bad_icons.lock().unwrap().push(path.to_path_buf());
        }
        if let TrainingEvent::Progress { stage: Stage::Vectors, done, .. } = event {
            self.encoded_again.store(*done, Ordering::Relaxed);
        }
        if let TrainingEvent::Progress { stage: Stage::Character, .. } = event {
            self.measured.fetch_add(1, Ordering::Relaxed);
        }
        if let TrainingEvent::Processed { id, failure } = event {
            self.processed.fetch_add(1, Ordering::Relaxed);
            if let Some(failure) = failure {
                self.failures.lock().unwrap().push(((*id).to_owned(), failure.to_string()));
            }
        }
    }

    fn cancelled(&self) -> bool {
        let reached = |done: &AtomicU64, most: &AtomicU64| {
            let most = most.load(Ordering::Relaxed);
            most > 0 && done.load(Ordering::Relaxed) >= most
        };
        reached(&self.processed, &self.stop_after)
            || reached(&self.measured, &self.stop_after_measured)
            || reached(&self.encoded_again, &self.stop_after_encoded)
    }
}

/// Drawn looks of a few classes, several of each; more than are worked at at a time.
pub(crate) const LOOKS: u64 = 96;

/// A site that was trained once for all tests, at rest, and what that training did.
static TRAINED: LazyLock<(TempDir, TrainingSummary)> = LazyLock::new(|| {
    let world = World::new(LOOKS);
    let summary = world.train().unwrap();
    (world.folder, summary)
});

impl World {
    /// A site with this many drawn looks.
    pub(crate) fn new(looks: u64) -> Self {
        let folder = TempDir::new().unwrap();
        lorgnon_demo::write_dataset(&folder.path().join("export"), looks, 7, &mut |_| {}).unwrap();
        Self::at(folder)
    }

    /// One with [`LOOKS`] looks that it was trained on, and what that training did.
    pub(crate) fn trained() -> (Self, TrainingSummary) {
        let (at_rest, summary) = &*TRAINED;
        let folder = TempDir::new().unwrap();
        copy_folder(at_rest.path(), folder.path()).unwrap();
        (Self::at(folder), summary.clone())
    }

    fn at(folder: TempDir) -> Self {
        let store = EmbeddedStore::open(&folder.path().join("cache")).unwrap();
        Self { folder, store, encoder: BuiltinEncoder::new(), watcher: Watcher::default() }
    }

    pub(crate) fn export(&self, name: &str) -> PathBuf {
        self.folder.path().join("export").join(name)
    }

    pub(crate) fn dataset(&self, name: &str) -> Dataset {
        Dataset::open(&self.export(name), &Options::default()).unwrap()
    }

    /// Every part of the trained models.
    pub(crate) fn models(&self) -> Vec<(String, Vec<u8>)> {
        let reader = self.store.reader().unwrap();
        let names = reader.model_names().unwrap();
        names.into_iter().map(|name| (name.clone(), reader.model(&name).unwrap().unwrap())).collect()
    }

    pub(crate) fn train(&self) -> Result<TrainingSummary, RecogniserError> {
        self.train_with(&Catalogue::default(), TrainSettings::default())
    }

    pub(crate) fn train_with(
        &self,
        catalogue: &Catalogue,
        settings: TrainSettings,
    ) -> Result<TrainingSummary, RecogniserError> {
        let dataset = self.dataset("looks.jsonl");
        train(&dataset, &self.store, &self.encoder, catalogue, &settings, &self.watcher)
    }

    pub(crate) fn train_by(&self, encoder: &dyn Encoder) -> Result<TrainingSummary, RecogniserError> {
        let (dataset, settings) = (self.dataset("looks.jsonl"), TrainSettings::default());
        train(&dataset, &self.store, encoder, &Catalogue::default(), &settings, &self.watcher)
    }

    pub(crate) fn recogniser(&self) -> Recogniser {
        let encoder = std::sync::Arc::new(BuiltinEncoder::new());
        Recogniser::open(self.store.reader().unwrap(), encoder, std::sync::Arc::default()).unwrap()
    }
}

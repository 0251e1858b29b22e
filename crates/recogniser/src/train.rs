//! Training: from an export to an index that answers.
//!
//! A key design decision: pictures are read once and *measured*; models are fitted from
//! measurements. What a look contributes is stored beside it, so adding ten looks to ten thousand
//! reads ten pictures, and a killed run goes on where its last commit left off.
//!
//! The stages: *plan* (compare the export with the index), *character* (measure new looks, fit the
//! templates that find a character), *describe* (hang colours, items and vectors of the new looks
//! on the located character), *fit* (colour maps and item heads), commit.

mod describe;
mod event;
mod measure;
mod plan;

use std::time::{SystemTime, UNIX_EPOCH};

use lorgnon_dataset::Dataset;
use lorgnon_embed::Encoder;
use lorgnon_index::{Manifest, Store};
use lorgnon_look::Catalogue;

use crate::models::{self, Models};
use crate::{RecogniserError, measurements};

pub use event::{Stage, TrainingEvent, TrainingObserver, Unobserved};
use plan::Plan;

/// How to train.
#[derive(Debug, Clone, Default)]
pub struct TrainSettings {
    /// Only this many looks of the export, from its start.
    pub limit: Option<u64>,
    /// Forget what is stored and measure everything again.
    pub rebuild: bool,
    /// Compare the export with the index and stop.
    pub dry_run: bool,
}

/// What a training did.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TrainingSummary {
    /// Entries of the export, those that cannot be used included.
    pub total: u64,
    /// Looks unchanged since an earlier run.
    pub reused: u64,
    /// Looks measured now.
    pub added: u64,
    /// Looks whose labels alone changed.
    pub relabelled: u64,
    /// Looks no longer in the export.
    pub removed: u64,
    /// Entries and pictures that could not be used.
    pub failed: u64,
    /// Looks in the index now.
    pub entries: u64,
    /// Version of the trained heads.
    pub model: String,
}

/// Brings `store` up to date with `dataset` and fits the models.
///
/// Bad entries and pictures are reported to `observer`, counted, and passed over. Everything
/// committed before an error, a cancellation or a kill is kept and reused by the next run.
///
/// # Errors
/// When the dataset, the store or the encoder as a whole fail, and [`RecogniserError::Cancelled`]
/// when `observer` asks to stop.
pub fn train(
    dataset: &Dataset,
    store: &dyn Store,
    encoder: &dyn Encoder,
    catalogue: &Catalogue,
    settings: &TrainSettings,
    observer: &dyn TrainingObserver,
) -> Result<TrainingSummary, RecogniserError> {
    prepare_store(store, encoder, settings)?;
    let mut plan = Plan::make(dataset, store, encoder, settings, observer)?;
    observer.event(&TrainingEvent::Started { total: plan.total, reused: plan.reused });
    if settings.dry_run {
        return Ok(plan.summary(store.reader()?.as_ref()));
    }
    plan.apply_labels(store)?;
    measure::measure_characters(dataset, store, &mut plan, observer)?;

    let version = models::planned_version(store.reader()?.as_ref(), &plan.kept, catalogue)?;
    if version == store.reader()?.manifest().model && plan.is_unchanged() {
        return Ok(plan.summary(store.reader()?.as_ref()));
    }
    let character = models::fit_character(store.reader()?.as_ref(), &plan.kept, observer)?;
    describe::describe_looks(dataset, store, encoder, &character, &mut plan, observer)?;

    let mut writer = store.writer()?;
    for id in &plan.dropped {
        writer.remove(id)?;
    }
    measurements::remove_pending(store.reader()?.as_ref(), writer.as_mut())?;
    writer.commit()?;

    let reader = store.reader()?;
    let version = models::version(reader.as_ref(), catalogue)?;
    let models = Models::fit(reader.as_ref(), character, catalogue, &|_| true, observer)?;
    let mut writer = store.writer()?;
    models.save(writer.as_mut())?;
    writer.set_manifest(Manifest {
        updated_at_ms: now_ms(),
        dataset_path: dataset.path().display().to_string(),
        dataset_size: plan.total,
        encoder: Some(encoder.spec().clone()),
        model: version,
    })?;
    writer.commit()?;
    Ok(plan.summary(store.reader()?.as_ref()))
}

/// Empties the store when it is to be rebuilt, or when its vectors are another encoder's.
fn prepare_store(
    store: &dyn Store,
    encoder: &dyn Encoder,
    settings: &TrainSettings,
) -> Result<(), RecogniserError> {
    let reader = store.reader()?;
    let foreign = reader.manifest().encoder.as_ref().is_some_and(|spec| spec != encoder.spec());
    if (settings.rebuild || foreign) && !settings.dry_run && !reader.is_empty() {
        tracing::info!(foreign, "emptying the index: every look will be measured again");
        let mut writer = store.writer()?;
        writer.clear()?;
        writer.commit()?;
    }
    Ok(())
}

fn now_ms() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |elapsed| u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX))
}

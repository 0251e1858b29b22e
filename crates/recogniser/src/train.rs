//! Training: from an export to an index that answers.
//!
//! A key design decision: pictures are read once and *measured*; models are fitted from
//! measurements. What a look contributes is stored beside it, so adding ten looks to ten thousand
//! reads ten pictures, and a killed run goes on where its last commit left off.
//!
//! An index made with another encoder first gets all its vectors anew (`reencode`). Then the stages: *plan* (compare the export with the index), *character* (measure new looks, fit the
//! templates that find a character), *place* (fit colour maps of a few looks, which say to the pixel
//! where the others stand), *describe* (hang colours, items and vectors of the new looks
//! on the located character), *fit* (colour maps and item heads), commit.

mod describe;
mod failure;
mod measure;
mod place;
mod plan;
mod reencode;

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use lorgnon_dataset::Dataset;
use lorgnon_embed::Encoder;
use lorgnon_index::{Manifest, Store};
use lorgnon_look::Catalogue;

use crate::character::CharacterModel;
use crate::models::{self, Models};
use crate::{RecogniserError, measurements};

pub use crate::observer::{Stage, Stopped, TrainingEvent, TrainingObserver, Unobserved};
pub use failure::LookError;
use plan::Plan;
pub(crate) use plan::read_image;

/// How to train.
#[derive(Debug, Clone, Default)]
pub struct TrainSettings {
    /// Only this many looks of the export, from its start.
    pub limit: Option<u64>,
    /// Forget what is stored and measure everything again.
    pub rebuild: bool,
    /// Compare the export with the index and stop.
    pub dry_run: bool,
    /// Folder with the icons of the catalogue's items.
    pub icons: Option<PathBuf>,
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
    if !settings.rebuild && !settings.dry_run && reencode::is_due(store.reader()?.as_ref(), encoder.spec()) {
        reencode::change_encoder(dataset, store, encoder, observer)?;
    }
    let mut plan = Plan::make(dataset, store, encoder, settings, observer)?;
    observer.event(&TrainingEvent::Started { total: plan.total, reused: plan.reused });
    if settings.dry_run {
        return Ok(plan.summary(store.reader()?.as_ref()));
    }
    prepare_store(store, encoder, plan.afresh)?;
    plan.apply_labels(store)?;
    let reader = store.reader()?;
    if plan.work_count() == 0
        && reader.manifest().model == models::version(reader.as_ref(), catalogue, settings.icons.as_deref())?
    {
        return Ok(plan.summary(reader.as_ref()));
    }
    let character = learn_characters(dataset, store, encoder, &mut plan, observer)?;
    if let Some(character) = &character {
        let placing = place::placing_colours(dataset, store, character, &plan, observer)?;
        describe::describe_looks(dataset, store, encoder, character, placing.as_ref(), &mut plan, observer)?;
    }
    let items = KnownItems { catalogue, icons: settings.icons.as_deref() };
    finish(dataset, store, encoder, &items, character, &plan, observer)?;
    Ok(plan.summary(store.reader()?.as_ref()))
}

/// How often dressed looks are measured again where they are found: once where colours place them
/// afterwards.
const FURTHER_ROUNDS: usize = 2;

/// Measures the new looks' characters and fits the templates. `None` when no look, old or new,
/// has a class and a sex.
///
/// Without an earlier model the first round measures at outlines, which hats and pets shift; further
/// rounds then measure dressed looks where the templates of the round before find them.
fn learn_characters(
    dataset: &Dataset,
    store: &dyn Store,
    encoder: &dyn Encoder,
    plan: &mut Plan,
    observer: &dyn TrainingObserver,
) -> Result<Option<CharacterModel>, RecogniserError> {
    let earlier: Option<CharacterModel> = models::earlier(store.reader()?.as_ref(), measurements::CHARACTER)?;
    let model = earlier.as_ref();
    measure::measure_characters(dataset, store, encoder, model, false, plan, observer)?;
    let mut fitted = models::fit_character(store.reader()?.as_ref(), &|_| true, observer)?;
    if earlier.is_some() || !plan.dressed || plan.work_count() == 0 {
        return Ok(fitted);
    }
    let rounds = if plan.own_classes { 1 } else { FURTHER_ROUNDS };
    for _ in 0..rounds {
        measure::measure_characters(dataset, store, encoder, fitted.as_ref(), true, plan, observer)?;
        fitted = models::fit_character(store.reader()?.as_ref(), &|_| true, observer)?;
    }
    Ok(fitted)
}

/// The items that exist and where their icons are.
struct KnownItems<'a> {
    catalogue: &'a Catalogue,
    icons: Option<&'a Path>,
}

/// Fits what stands on the character, stores all models and the manifest, and commits.
fn finish(
    dataset: &Dataset,
    store: &dyn Store,
    encoder: &dyn Encoder,
    items: &KnownItems<'_>,
    character: Option<CharacterModel>,
    plan: &Plan,
    observer: &dyn TrainingObserver,
) -> Result<(), RecogniserError> {
    let reader = store.reader()?;
    let mut models = Models::fit(reader.as_ref(), character, items.catalogue, &|_| true, observer)?;
    models.refresh_icons(reader.as_ref(), items.catalogue, items.icons, observer)?;
    let version = models::version(reader.as_ref(), items.catalogue, items.icons)?;
    let mut writer = store.writer()?;
    measurements::remove_pending(reader.as_ref(), writer.as_mut())?;
    models.save(writer.as_mut())?;
    writer.set_manifest(Manifest {
        updated_at_ms: now_ms(),
        dataset_path: dataset.path().display().to_string(),
        dataset_size: plan.total,
        encoder: Some(encoder.spec().clone()),
        model: version,
    })?;
    writer.commit()?;
    Ok(())
}

/// Empties the store where every look is to be measured again, and marks it with the encoder, so
/// that an interrupted run's vectors are never mixed with another encoder's.
fn prepare_store(store: &dyn Store, encoder: &dyn Encoder, afresh: bool) -> Result<(), RecogniserError> {
    let reader = store.reader()?;
    if reader.manifest().encoder.as_ref() == Some(encoder.spec()) && !afresh {
        return Ok(());
    }
    let mut writer = store.writer()?;
    if afresh {
        tracing::info!("emptying the index: every look will be measured again");
        writer.clear()?;
    }
    writer.set_manifest(Manifest { encoder: Some(encoder.spec().clone()), ..reader.manifest().clone() })?;
    writer.commit()?;
    Ok(())
}

fn now_ms() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |elapsed| u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX))
}

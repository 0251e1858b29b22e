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
mod share;
mod stage;
mod work;

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use lorgnon_dataset::Dataset;
use lorgnon_embed::Encoder;
use lorgnon_index::{Lead, Manifest, Reader, Store};
use lorgnon_look::Catalogue;

use crate::character::{CharacterFit, CharacterModel};
use crate::colours::ColourModel;
use crate::models::{self, Models};
use crate::{RecogniserError, measurements};

pub use crate::observer::{Stage, Stopped, TrainingEvent, TrainingObserver, Unobserved};
pub(crate) use failure::LookError;
pub use failure::LookFailure;
use plan::Plan;
pub(crate) use plan::read_image;
pub use share::{Helped, Helper};
use stage::{Reached, WorkStage};
use work::{Hands, Job};

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

/// How often dressed looks are measured again where they are found: once where colours place them
/// afterwards.
const FURTHER_ROUNDS: u32 = 2;

/// What a training did.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
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
    let hands = Hands::Own(store);
    Training { dataset, encoder, items: KnownItems::new(catalogue, settings), hands, observer }.run(settings)
}

/// The same, with the work on each look offered to every process that has a [`Helper`]. The result is that of
/// [`train`].
///
/// # Errors
/// As [`train`]; and [`lorgnon_index::StoreError::Superseded`] when this process could not be heard and another
/// took over: then it may help.
pub fn lead(
    dataset: &Dataset,
    team: &dyn Lead,
    encoder: &dyn Encoder,
    catalogue: &Catalogue,
    settings: &TrainSettings,
    observer: &dyn TrainingObserver,
) -> Result<TrainingSummary, RecogniserError> {
    let hands = Hands::Shared(share::Leader::new(team, encoder));
    let training =
        Training { dataset, encoder, items: KnownItems::new(catalogue, settings), hands, observer };
    let summary = training.run(settings)?;
    if let Hands::Shared(leader) = &training.hands {
        leader.close(&summary)?;
    }
    Ok(summary)
}

/// Fits all models from what a store's looks were measured to be, as [`train`] does, and stores nothing; gives the
/// models' size in bytes. Says what a fit takes before it is needed.
///
/// # Errors
/// When the store cannot be read, nothing can be fitted, or `observer` asks to stop.
pub fn try_fit(
    reader: &dyn Reader,
    catalogue: &Catalogue,
    observer: &dyn TrainingObserver,
) -> Result<u64, RecogniserError> {
    Models::refit(reader, catalogue, &|_| true, observer)?.size_bytes()
}

/// The items that exist and where their icons are.
struct KnownItems<'a> {
    catalogue: &'a Catalogue,
    icons: Option<&'a Path>,
}

impl<'a> KnownItems<'a> {
    fn new(catalogue: &'a Catalogue, settings: &'a TrainSettings) -> Self {
        Self { catalogue, icons: settings.icons.as_deref() }
    }
}

/// What a training works with.
struct Training<'a> {
    dataset: &'a Dataset,
    encoder: &'a dyn Encoder,
    items: KnownItems<'a>,
    hands: Hands<'a>,
    observer: &'a dyn TrainingObserver,
}

impl Training<'_> {
    fn run(&self, settings: &TrainSettings) -> Result<TrainingSummary, RecogniserError> {
        let (dataset, store, encoder, observer) =
            (self.dataset, self.hands.store(), self.encoder, self.observer);
        if !settings.rebuild
            && !settings.dry_run
            && reencode::is_due(store.reader()?.as_ref(), encoder.spec())
        {
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
            && reader.manifest().model
                == models::version(reader.as_ref(), self.items.catalogue, self.items.icons)?
        {
            return Ok(plan.summary(reader.as_ref()));
        }
        let reached = Reached::of(reader.as_ref(), &plan)?;
        let (character, placing) = match reached {
            Some(Reached { stage: WorkStage::Describe, models }) => (models.character, models.placing),
            Some(Reached { stage: WorkStage::Measure(round), models }) => {
                self.learn_characters((round, models.character), &mut plan)?
            }
            None => {
                let earlier = models::earlier(reader.as_ref(), measurements::CHARACTER)?;
                self.learn_characters((0, earlier), &mut plan)?
            }
        };
        if let Some(character) = &character {
            let job = Job::Describe { character, placing: placing.as_ref() };
            self.work_at(WorkStage::Describe, &job, &mut plan)?;
        }
        self.finish(character, &plan)?;
        Ok(plan.summary(store.reader()?.as_ref()))
    }

    /// Measures the new looks' characters and fits the templates, `None` when no look, old or new, has a class
    /// and a sex; and the colour maps that place looks to the pixel.
    ///
    /// Without an earlier model the first round measures at outlines, which hats and pets shift; further
    /// rounds then measure dressed looks where the templates of the round before find them. Begins with a round and
    /// the model that it measures with.
    fn learn_characters(
        &self,
        (mut round, mut model): (u32, Option<CharacterModel>),
        plan: &mut Plan,
    ) -> Result<(Option<CharacterModel>, Option<ColourModel>), RecogniserError> {
        let store = self.hands.store();
        let is_known =
            models::earlier::<CharacterModel>(store.reader()?.as_ref(), measurements::CHARACTER)?.is_some();
        let last_round = match (is_known || !plan.dressed, plan.own_classes) {
            (true, _) => 0,
            (false, true) => 1,
            (false, false) => FURTHER_ROUNDS,
        };
        loop {
            let job = Job::Measure { model: model.as_ref(), again: round > 0 };
            self.work_at(WorkStage::Measure(round), &job, plan)?;
            let is_last = round >= last_round || plan.work_count() == 0;
            let finish = if is_last { CharacterFit::finish } else { CharacterFit::finish_placing };
            model = self.hands.alone(|| {
                models::fit_character(store.reader()?.as_ref(), &|_| true, finish, self.observer)
            })?;
            if is_last {
                break;
            }
            round += 1;
        }
        let placing = match &model {
            Some(model) => self
                .hands
                .alone(|| place::placing_colours(self.dataset, store, model, plan, self.observer))?,
            None => None,
        };
        Ok((model, placing))
    }

    /// Fits what stands on the character, stores all models and the manifest, and commits.
    fn finish(&self, character: Option<CharacterModel>, plan: &Plan) -> Result<(), RecogniserError> {
        let (store, items, observer) = (self.hands.store(), &self.items, self.observer);
        let reader = store.reader()?;
        let models = self.hands.alone(|| {
            let mut models = Models::fit(reader.as_ref(), character, items.catalogue, &|_| true, observer)?;
            models.refresh_icons(reader.as_ref(), items.catalogue, items.icons, observer)?;
            Ok(models)
        })?;
        let version = models::version(reader.as_ref(), items.catalogue, items.icons)?;
        let mut writer = store.writer()?;
        measurements::remove_pending(reader.as_ref(), writer.as_mut())?;
        models.save(writer.as_mut())?;
        writer.set_manifest(Manifest {
            updated_at_ms: now_ms(),
            dataset_path: self.dataset.path().display().to_string(),
            dataset_size: plan.total,
            encoder: Some(self.encoder.spec().clone()),
            model: version,
        })?;
        writer.commit()?;
        Ok(())
    }
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

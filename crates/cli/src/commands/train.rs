//! `train`: from an export to an index that answers.

use anyhow::Context;
use lorgnon_recogniser::progress::TrainingJournal;
use lorgnon_recogniser::train::{TrainSettings, TrainingSummary};

use crate::outcome::Outcome;
use crate::output::{Record, write_document};
use crate::progress_bar::Display;
use crate::settings::Settings;
use crate::training::Training;
use crate::{encoders, interrupt, output, wiring};

/// Trains and prints what was done.
pub(super) fn run(settings: &Settings) -> anyhow::Result<Outcome> {
    let summary = train(settings)?;
    write_document(settings.format, &summary)?;
    Ok(Outcome::with_failures(summary.failed))
}

/// Trains as the settings say.
pub(super) fn train(settings: &Settings) -> anyhow::Result<TrainingSummary> {
    // What can be wrong with the request is found before anything is touched.
    let chosen = encoders::chosen(settings)?;
    let catalogue = wiring::catalogue(settings)?;
    let dataset = wiring::training_dataset(settings, &catalogue)?;
    wiring::start_threads(settings)?;
    interrupt::catch()?;
    let store = wiring::store(settings)?;
    let train_settings = TrainSettings {
        limit: settings.limit,
        rebuild: settings.rebuild,
        dry_run: settings.dry_run,
        icons: wiring::icons(settings)?,
    };
    let training = Training {
        dataset: &dataset,
        store: &store,
        encoder: chosen.encoder.as_ref(),
        catalogue: &catalogue,
        settings: &train_settings,
    };
    let display = Display::new("reading the dataset", dataset.count());
    let begin = || TrainingJournal::begin(&settings.cache, dataset.path(), &store.manifest_path());
    let result = if settings.dry_run {
        training.dry_run(&display)
    } else if settings.worker {
        training.run_together(&begin, &display)
    } else {
        training.run(begin().context("cannot begin a training")?, &display)
    };
    display.finish();
    if result.is_err() && interrupt::requested() {
        output::say("note: what was done is kept; the next `lorgnon train` goes on from there");
    }
    result
}

impl Record for TrainingSummary {
    const COLUMNS: &'static [&'static str] =
        &["total", "reused", "added", "relabelled", "removed", "failed", "entries", "model"];

    fn cells(&self) -> Vec<String> {
        [self.total, self.reused, self.added, self.relabelled, self.removed, self.failed, self.entries]
            .iter()
            .map(ToString::to_string)
            .chain([self.model.clone()])
            .collect()
    }

    fn human(&self) -> String {
        format!(
            "{} entries: {} new, {} unchanged, {} relabelled, {} removed, {} failed\nindex: {} looks, model {}",
            self.total,
            self.added,
            self.reused,
            self.relabelled,
            self.removed,
            self.failed,
            self.entries,
            if self.model.is_empty() { "none" } else { &self.model },
        )
    }
}

//! Concrete stores and data, chosen by the settings.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use lorgnon_dataset::{Collection, Dataset, Options, read_catalogue};
use lorgnon_index::Store;
use lorgnon_look::Catalogue;
use lorgnon_recogniser::Recogniser;

use crate::encoders;
use crate::hints::UserError;
use crate::settings::Settings;
use crate::stores::{IndexStore, StoreChoice};

/// The default dataset inside the cache folder, where looks are collected.
pub(crate) const GENERATIONS: &str = "generations";

/// The items that exist; none without a catalogue.
pub(crate) fn catalogue(settings: &Settings) -> anyhow::Result<Arc<Catalogue>> {
    let catalogue = match &settings.catalogue {
        Some(path) => read_catalogue(path).context("cannot read the catalogue")?,
        None => Catalogue::default(),
    };
    Ok(Arc::new(catalogue))
}

/// The folder of the catalogue's icons: the one asked for, which must be there, else `icons` beside the
/// catalogue, which may be.
pub(crate) fn icons(settings: &Settings) -> anyhow::Result<Option<PathBuf>> {
    if let Some(folder) = &settings.icons {
        if settings.catalogue.is_none() {
            return Err(UserError::new(
                format!("the icons in `{}` belong to no catalogue", folder.display()),
                "name the catalogue too: `--catalogue FILE`",
            )
            .into());
        }
        std::fs::read_dir(folder)
            .with_context(|| format!("cannot read the icons in `{}`", folder.display()))?;
        return Ok(Some(folder.clone()));
    }
    let beside = settings.catalogue.as_ref().map(|catalogue| catalogue.with_file_name("icons"));
    Ok(beside.filter(|folder| folder.is_dir()))
}

/// Opens an export.
pub(crate) fn dataset(
    path: &Path,
    settings: &Settings,
    catalogue: &Arc<Catalogue>,
) -> anyhow::Result<Dataset> {
    let options = Options {
        allow_outside: settings.allow_outside,
        catalogue: (!catalogue.is_empty()).then(|| Arc::clone(catalogue)),
        ..Options::default()
    };
    Dataset::open(path, &options).context("cannot read the dataset")
}

/// Opens the export to train on, with what people added, corrected and removed by hand.
pub(crate) fn training_dataset(settings: &Settings, catalogue: &Arc<Catalogue>) -> anyhow::Result<Dataset> {
    let collection = Collection::new(&settings.cache.join(GENERATIONS));
    dataset(&settings.dataset, settings, catalogue)?
        .with_collection(&collection)
        .context("cannot read the collected looks")
}

/// Opens the index, which makes it where it is missing.
pub(crate) fn store(settings: &Settings) -> anyhow::Result<Arc<IndexStore>> {
    let store = IndexStore::open(&settings.store, &settings.cache).context("cannot open the index")?;
    Ok(Arc::new(store))
}

/// Whether an index was ever made; a database is asked when it is opened.
pub(crate) fn has_index(settings: &Settings) -> bool {
    settings.store != StoreChoice::Embedded || settings.cache.join("index").is_dir()
}

/// Opens an index that must have been made.
pub(crate) fn existing_store(settings: &Settings) -> anyhow::Result<Arc<IndexStore>> {
    let missing = |place: &dyn std::fmt::Display| {
        UserError::new(
            format!("there is no index in `{place}`"),
            "make one with `lorgnon train --dataset PATH`, or `lorgnon demo` to try without looks of your own",
        )
    };
    if !has_index(settings) {
        return Err(missing(&settings.cache.display()).into());
    }
    let store = store(settings)?;
    if settings.store != StoreChoice::Embedded && store.reader()?.version() == 0 {
        return Err(missing(&settings.store).into());
    }
    Ok(store)
}

/// The trained recogniser; it must have been trained.
pub(crate) fn recogniser(settings: &Settings) -> anyhow::Result<Recogniser> {
    let encoder = encoders::chosen(settings)?.encoder;
    let catalogue = catalogue(settings)?;
    let reader = existing_store(settings)?.reader()?;
    Ok(Recogniser::open(reader, encoder, catalogue)?)
}

/// Threads for heavy work, as many as were asked for.
pub(crate) fn start_threads(settings: &Settings) -> anyhow::Result<()> {
    let Some(jobs) = settings.jobs else { return Ok(()) };
    rayon::ThreadPoolBuilder::new()
        .num_threads(jobs.get())
        .build_global()
        .context("cannot start the worker threads")
}

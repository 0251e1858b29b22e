//! `demo`: the whole line on looks drawn by the program itself.

use std::path::PathBuf;

use anyhow::Context;
use lorgnon_demo::{DEMO_CLASSES, write_dataset};

use super::{evaluate, serve, train};
use crate::outcome::Outcome;
use crate::output::{Format, say, write_document};
use crate::progress_bar::Display;
use crate::settings::Settings;
use crate::stores::StoreChoice;
use crate::wiring;

/// The same looks every time.
const SEED: u64 = 1;

/// Draws, trains, evaluates, serves.
pub(super) fn run(settings: &Settings) -> anyhow::Result<Outcome> {
    // A cache of its own: a demonstration must not touch anybody's index.
    let cache = settings.cache.join("demo");
    let folder = cache.join("looks");
    let looks = u64::from(settings.looks);
    // A quarter as many again to test on, at least one a class and sex.
    let all = looks + (looks / 4).max(looks.min(2 * DEMO_CLASSES.len() as u64));
    let display = Display::new("drawing looks", all);
    let written =
        write_dataset(&folder, looks, SEED, &mut |done| display.set("drawing looks", done, all.max(done)))
            .context("cannot draw the looks")?;
    display.finish();
    say(&format!("{} looks drawn to learn from, {} to test on", written.train_looks, written.test_looks));
    let settings = Settings {
        dataset: written.train,
        test: Some(written.test.clone()),
        catalogue: Some(written.catalogue),
        cache,
        limit: None,
        rebuild: false,
        dry_run: false,
        worker: false,
        store: StoreChoice::Embedded,
        format: Format::Human,
        ..settings.clone()
    };
    let summary = train::train(&settings)?;
    write_document(settings.format, &summary)?;
    evaluate_on(&settings, written.test)?;
    say(&format!("pictures to try: {}", folder.join("scenes").display()));
    serve::run(&settings)
}

fn evaluate_on(settings: &Settings, test: PathBuf) -> anyhow::Result<()> {
    let catalogue = wiring::catalogue(settings)?;
    let dataset = wiring::dataset(&test, settings, &catalogue)?;
    let recogniser = wiring::recogniser(settings)?;
    let evaluation = evaluate::judge(&recogniser, &dataset, None)?;
    write_document(settings.format, &evaluation.score)?;
    evaluate::remember(settings, &recogniser, &test, None, &evaluation)
}

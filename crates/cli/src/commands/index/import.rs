//! `index import`: the old system's `vision-index.json`.

use std::path::Path;

use anyhow::Context;
use lorgnon_index::legacy;

use crate::encoders;
use crate::hints::UserError;
use crate::outcome::Outcome;
use crate::output::say;
use crate::settings::Settings;
use crate::wiring;

/// Takes over vectors where they can be used, else the labels of looks that the index has.
pub(super) fn run(settings: &Settings, input: &Path) -> anyhow::Result<Outcome> {
    let encoder = encoders::chosen(settings)?.encoder;
    if !input.is_file() {
        anyhow::bail!("`{}` is not a file", input.display());
    }
    let store = wiring::store(settings)?;
    let report =
        legacy::import_into(input, &*store, encoder.spec()).context("cannot import the old index")?;
    say(&report.import.message);
    say(&format!(
        "{} looks added, {} relabelled, {} not in the index",
        report.added, report.relabelled, report.without_vectors
    ));
    if report.added + report.relabelled > 0 {
        say("note: run `lorgnon train` to learn from what was imported");
    } else if report.without_vectors > 0 {
        return Err(UserError::new(
            "nothing of the old index could be taken over",
            "run `lorgnon train` on the export with the pictures first; then the labels can be imported",
        )
        .into());
    }
    Ok(Outcome::with_failures(report.without_vectors))
}

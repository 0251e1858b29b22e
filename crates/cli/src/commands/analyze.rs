//! `analyze`: who is in each picture and what they wear.

mod answer;
mod pictures;

use std::path::PathBuf;

use lorgnon_imaging::{Limits, decode};
use lorgnon_recogniser::{AnalyzeOptions, Recogniser};
use rayon::prelude::*;

use crate::hints::UserError;
use crate::outcome::Outcome;
use crate::output::RecordWriter;
use crate::settings::Settings;
use crate::{interrupt, wiring};
use answer::Answer;
use pictures::Picture;

/// Pictures worked on together, for each thread: enough to keep them busy, little memory.
const BATCH_PER_THREAD: usize = 2;

/// Analyses every picture and prints the answers in the order of the pictures.
pub(super) fn run(settings: &Settings, images: &[PathBuf]) -> anyhow::Result<Outcome> {
    let pictures = pictures::expand(images)?;
    wiring::start_threads(settings)?;
    let recogniser = wiring::recogniser(settings)?;
    if recogniser.version().is_empty() {
        return Err(UserError::new(
            format!("the index in `{}` was never trained to its end", settings.cache.display()),
            "run `lorgnon train --dataset PATH`",
        )
        .into());
    }
    interrupt::catch()?;
    let options = AnalyzeOptions { neighbours: settings.neighbours };
    let mut writer = RecordWriter::new(settings.format, std::io::stdout().lock());
    let mut failed = 0;
    for batch in pictures.chunks(BATCH_PER_THREAD * rayon::current_num_threads()) {
        if interrupt::requested() {
            writer.finish()?;
            anyhow::bail!("stopped on request");
        }
        let answers: Vec<_> =
            batch.par_iter().map(|picture| analyze(&recogniser, picture, &options)).collect();
        for answer in answers {
            let answer = answer?;
            failed += u64::from(answer.is_error());
            writer.write(&answer)?;
        }
    }
    writer.finish()?;
    Ok(Outcome::with_failures(failed))
}

/// A bad picture is an answer that says so; only the recogniser's own failure is an error.
fn analyze(recogniser: &Recogniser, picture: &Picture, options: &AnalyzeOptions) -> anyhow::Result<Answer> {
    let limits = Limits::default();
    let name = picture.name();
    let decoded = picture
        .read(limits.max_bytes)
        .map_err(|error| format!("cannot read the picture: {error}"))
        .and_then(|bytes| decode(&bytes, &limits).map_err(|error| error.to_string()));
    match decoded {
        Ok(decoded) => Ok(Answer::found(name, recogniser.analyze(&decoded, options)?)),
        Err(error) => Ok(Answer::failed(name, error)),
    }
}

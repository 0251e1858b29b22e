//! Evaluation: how right the answers are, on looks whose labels are known.
//!
//! Two ways: on a labelled test export, or, without one, by cross-validation: the index's own
//! looks are dealt into folds, and each fold is judged by models fitted without it.

mod report;
mod score;
mod stored;

use lorgnon_dataset::{Dataset, Example};
use lorgnon_imaging::{Limits, Picture, decode};
use rayon::prelude::*;

use crate::train::{LookError, LookFailure, TrainingEvent, TrainingObserver, read_image};
use crate::{Analysis, AnalyzeOptions, Recogniser, RecogniserError};

pub use report::{ReportLanguage, write_report};
pub use score::{Case, ColourScore, Rate, ReliabilityStep, Score, SlotScore};
pub use stored::{ColourFigures, StoredEvaluation, evaluation_picture, store_evaluation, stored_evaluations};

/// Pictures judged together.
const BATCH: usize = 32;
/// Worst cases shown as pictures.
const WORST_SHOWN: usize = 24;
/// Longer side of a worst case's picture.
const WORST_SIDE_PX: u32 = 200;

/// What an evaluation found.
#[derive(Debug, Clone)]
pub struct Evaluation {
    /// The figures.
    pub score: Score,
    /// Pictures of the worst cases, worst first, by look id.
    pub worst: Vec<(Case, Picture)>,
}

/// Judges `recogniser` on every look of a labelled export.
///
/// # Errors
/// When the index fails, and [`RecogniserError::Cancelled`] on request. Pictures that cannot be
/// read are counted and reported to `observer`.
pub fn evaluate(
    recogniser: &Recogniser,
    dataset: &Dataset,
    observer: &dyn TrainingObserver,
) -> Result<Evaluation, RecogniserError> {
    let mut judged = Judged::default();
    judged.run(recogniser, &mut dataset.examples(), &|_| true, observer)?;
    Ok(judged.finish())
}

/// Judges the looks of an export by models fitted without them, fold by fold.
///
/// The measurements come from the index that `recogniser` reads; the looks of `dataset` that are
/// not in it are judged by the first fold's models.
///
/// # Errors
/// As [`evaluate`].
pub fn cross_validate(
    recogniser: &Recogniser,
    dataset: &Dataset,
    folds: u32,
    observer: &dyn TrainingObserver,
) -> Result<Evaluation, RecogniserError> {
    let mut judged = Judged::default();
    for fold in 0..folds {
        let held_out = |id: &str| fold_of(id, folds) == fold;
        let refitted = recogniser.refitted_without(&held_out, observer)?;
        judged.run(&refitted, &mut dataset.examples(), &held_out, observer)?;
    }
    Ok(judged.finish())
}

/// Deals looks into folds by their id alone, so that a look keeps its fold as others come and go.
fn fold_of(id: &str, folds: u32) -> u32 {
    // FNV-1a, 32 bits: http://www.isthe.com/chongo/tech/comp/fnv/
    let hash =
        id.bytes().fold(0x811C_9DC5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    (hash >> 8) % folds.max(1)
}

struct Judged {
    score: Score,
    worst: Vec<(Case, Picture)>,
}

impl Default for Judged {
    fn default() -> Self {
        Self { score: Score::new(), worst: Vec::new() }
    }
}

impl Judged {
    fn run(
        &mut self,
        recogniser: &Recogniser,
        examples: &mut dyn Iterator<Item = Result<Example, lorgnon_dataset::Skipped>>,
        wanted: &dyn Fn(&str) -> bool,
        observer: &dyn TrainingObserver,
    ) -> Result<(), RecogniserError> {
        let mut batch = Vec::with_capacity(BATCH);
        loop {
            if observer.cancelled() {
                return Err(RecogniserError::Cancelled);
            }
            let next = examples.next();
            let ended = next.is_none();
            match next {
                Some(Ok(example)) if wanted(&example.look.id) => batch.push(example),
                Some(Err(skipped)) => {
                    self.score.failed += 1;
                    observer.event(&TrainingEvent::Skipped(&skipped));
                }
                Some(Ok(_)) | None => {}
            }
            if batch.len() == BATCH || (ended && !batch.is_empty()) {
                self.judge(recogniser, &std::mem::take(&mut batch), observer)?;
            }
            if ended {
                return Ok(());
            }
        }
    }

    fn judge(
        &mut self,
        recogniser: &Recogniser,
        batch: &[Example],
        observer: &dyn TrainingObserver,
    ) -> Result<(), RecogniserError> {
        let answers: Vec<_> = batch.par_iter().map(|example| answer(recogniser, example)).collect();
        for (example, answer) in batch.iter().zip(answers) {
            let id = example.look.id.as_str();
            match answer {
                Ok((picture, answer)) => {
                    self.score.add(&example.look, &answer);
                    if let Some(case) = self.score.cases.last() {
                        self.keep_if_bad(case.clone(), picture);
                    }
                    observer.event(&TrainingEvent::Processed { id, failure: None });
                }
                Err(Unanswered::Picture(failure)) => {
                    self.score.failed += 1;
                    let failure = LookFailure::from(&failure);
                    observer.event(&TrainingEvent::Processed { id, failure: Some(&failure) });
                }
                Err(Unanswered::Recogniser(error)) => return Err(error),
            }
        }
        Ok(())
    }

    fn keep_if_bad(&mut self, case: Case, picture: Picture) {
        let at = self.worst.partition_point(|(kept, _)| kept.badness >= case.badness);
        if at < WORST_SHOWN {
            self.worst.insert(at, (case, picture));
            self.worst.truncate(WORST_SHOWN);
        }
    }

    fn finish(mut self) -> Evaluation {
        self.score.finish();
        Evaluation { score: self.score, worst: self.worst }
    }
}

enum Unanswered {
    Picture(LookError),
    Recogniser(RecogniserError),
}

fn answer(recogniser: &Recogniser, example: &Example) -> Result<(Picture, Analysis), Unanswered> {
    let bytes = read_image(&example.image).map_err(|error| Unanswered::Picture(error.into()))?;
    let picture = decode(&bytes, &Limits::default()).map_err(|error| Unanswered::Picture(error.into()))?;
    let analysis =
        recogniser.analyze(&picture, &AnalyzeOptions::default()).map_err(Unanswered::Recogniser)?;
    Ok((picture.fitted_within(WORST_SIDE_PX, WORST_SIDE_PX), analysis))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_are_stable_and_about_even() {
        let mut sizes = [0; 3];
        for number in 0..3000 {
            sizes[fold_of(&format!("look-{number:04}"), 3) as usize] += 1;
        }
        assert!(sizes.iter().all(|size| (850..1150).contains(size)), "{sizes:?}");
        assert_eq!(fold_of("look-0001", 3), fold_of("look-0001", 3));
    }
}

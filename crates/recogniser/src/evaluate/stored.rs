//! Evaluations that are remembered beside the index, so that the pages can show them and how they
//! change from training to training.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use lorgnon_look::Slot;
use serde::{Deserialize, Serialize};

use super::{Case, Rate, ReliabilityStep, Score, SlotScore};

/// Evaluations that are kept.
const KEPT: usize = 20;
/// Worst cases that are kept of each.
const WORST: usize = 12;

/// The figures of one evaluation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StoredEvaluation {
    /// When it ended, in ms since 1970.
    pub at: u64,
    /// The model that was judged.
    pub model: String,
    /// What it was judged on: the file name of an export.
    pub dataset: String,
    /// Folds of a cross-validation; `None` on an export that was not learned.
    pub folds: Option<u32>,
    /// Looks judged.
    pub looks: u64,
    /// Pictures that could not be judged.
    pub failed: u64,
    /// Class right.
    pub class: Rate,
    /// Sex right.
    pub gender: Rate,
    /// Both right.
    pub both: Rate,
    /// Class right, by labelled class.
    pub by_class: BTreeMap<String, Rate>,
    /// How often a labelled class was answered as another; "" is no class.
    pub confusion: BTreeMap<String, BTreeMap<String, u64>>,
    /// Confidence in the class against truth.
    pub reliability: Vec<ReliabilityStep>,
    /// Expected calibration error.
    pub calibration_error: f64,
    /// The six colours.
    pub colours: Vec<ColourFigures>,
    /// Items by slot.
    pub items: BTreeMap<Slot, SlotScore>,
    /// The worst cases, worst first.
    pub worst: Vec<Case>,
}

/// How well one of the six colours was solved.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ColourFigures {
    /// Labelled colours.
    pub labelled: u64,
    /// Answered, and within 5 of the label (CIEDE2000).
    pub within5: Rate,
    /// The middle difference; `None` where none was answered.
    pub median: Option<f32>,
}

impl StoredEvaluation {
    /// The figures worth keeping of a score.
    #[must_use]
    pub fn new(score: &Score, at: u64, model: &str, dataset: &str, folds: Option<u32>) -> Self {
        let colours = score.colours.iter().map(|colour| {
            let mut sorted = colour.differences.clone();
            sorted.sort_by(f32::total_cmp);
            let near = sorted.iter().filter(|difference| **difference <= 5.0).count() as u64;
            ColourFigures {
                labelled: colour.labelled,
                within5: Rate { right: near, of: sorted.len() as u64 },
                median: sorted.get(sorted.len() / 2).copied(),
            }
        });
        Self {
            at,
            model: model.to_owned(),
            dataset: dataset.to_owned(),
            folds,
            looks: score.looks,
            failed: score.failed,
            class: score.class,
            gender: score.gender,
            both: score.both,
            by_class: score.by_class.clone(),
            confusion: score.confusion.clone(),
            reliability: score.reliability.clone(),
            calibration_error: score.expected_calibration_error(),
            colours: colours.collect(),
            items: score.items.iter().map(|(slot, figures)| (slot, *figures)).collect(),
            worst: score.cases.iter().take(WORST).cloned().collect(),
        }
    }
}

fn path(cache: &Path) -> PathBuf {
    cache.join("evaluations.json")
}

/// The evaluations of a cache folder, newest first.
///
/// # Errors
/// When the file is there and cannot be read.
pub fn stored_evaluations(cache: &Path) -> std::io::Result<Vec<StoredEvaluation>> {
    match std::fs::read(path(cache)) {
        Ok(bytes) => Ok(serde_json::from_slice(&bytes)?),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// Puts an evaluation before those of a cache folder.
///
/// # Errors
/// When the file cannot be read or written.
pub fn store_evaluation(cache: &Path, evaluation: StoredEvaluation) -> std::io::Result<()> {
    let mut all = stored_evaluations(cache)?;
    all.insert(0, evaluation);
    all.truncate(KEPT);
    let (path, beside) = (path(cache), cache.join("evaluations.json.new"));
    let mut file = std::fs::File::create(&beside)?;
    file.write_all(&serde_json::to_vec(&all)?)?;
    file.sync_all()?;
    std::fs::rename(beside, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evaluations_are_kept_newest_first_and_bounded() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(stored_evaluations(folder.path()).unwrap(), []);
        for at in 0..25 {
            let stored = StoredEvaluation::new(&Score::new(), at, "m", "test.jsonl", Some(5));
            store_evaluation(folder.path(), stored).unwrap();
        }
        let kept = stored_evaluations(folder.path()).unwrap();
        assert_eq!((kept.len(), kept[0].at, kept[19].at), (KEPT, 24, 5));
        std::fs::write(path(folder.path()), "{").unwrap();
        assert!(stored_evaluations(folder.path()).is_err());
    }
}

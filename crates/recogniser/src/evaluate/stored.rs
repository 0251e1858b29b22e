//! Evaluations that are remembered beside the index, so that the pages can show them and how they
//! change from training to training. Of the newest the pictures of the worst cases are kept too: looks of
//! a test export are nowhere else.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use lorgnon_imaging::encode_png;
use lorgnon_look::Slot;
use serde::{Deserialize, Serialize};

use crate::kept_pictures;

use super::{Case, Evaluation, Rate, ReliabilityStep, Score, SlotScore};

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

/// Puts an evaluation before those of a cache folder, with the pictures of its worst cases; those of the one
/// before it go.
///
/// # Errors
/// When the files cannot be read or written.
pub fn store_evaluation(
    cache: &Path,
    evaluation: &Evaluation,
    mut stored: StoredEvaluation,
) -> std::io::Result<()> {
    let mut all = stored_evaluations(cache)?;
    let folder = pictures(cache);
    for (number, case) in stored.worst.iter_mut().enumerate() {
        let shown = evaluation.worst.iter().find(|(shown, _)| shown.id == case.id);
        if let Some((_, picture)) = shown {
            let name = format!("{}-{number}", stored.at);
            let bytes = encode_png(picture).map_err(std::io::Error::other)?;
            kept_pictures::write(&folder, [(name.as_str(), bytes.as_slice())])?;
            case.picture = Some(name);
        }
    }
    for earlier in all.iter_mut().flat_map(|earlier| &mut earlier.worst) {
        earlier.picture = None;
    }
    let at = stored.at;
    all.insert(0, stored);
    all.truncate(KEPT);
    let (path, beside) = (path(cache), cache.join("evaluations.json.new"));
    let mut file = std::fs::File::create(&beside)?;
    file.write_all(&serde_json::to_vec(&all)?)?;
    file.sync_all()?;
    std::fs::rename(beside, path)?;
    // Last, so that what is named is there at any instant.
    kept_pictures::keep_only(&folder, &format!("{at}-"))
}

fn pictures(cache: &Path) -> PathBuf {
    cache.join("evaluation-pictures")
}

/// The picture of a worst case by its name, a PNG file; `None` where there is none.
///
/// # Errors
/// When the file is there and cannot be read.
pub fn evaluation_picture(cache: &Path, name: &str) -> std::io::Result<Option<Vec<u8>>> {
    kept_pictures::read(&pictures(cache), name)
}

#[cfg(test)]
mod tests {
    use lorgnon_imaging::Picture;

    use super::*;

    #[test]
    fn evaluations_are_kept_newest_first_and_bounded() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(stored_evaluations(folder.path()).unwrap(), []);
        let evaluation = Evaluation { score: Score::new(), worst: Vec::new() };
        for at in 0..25 {
            let stored = StoredEvaluation::new(&Score::new(), at, "m", "test.jsonl", Some(5));
            store_evaluation(folder.path(), &evaluation, stored).unwrap();
        }
        let kept = stored_evaluations(folder.path()).unwrap();
        assert_eq!((kept.len(), kept[0].at, kept[19].at), (KEPT, 24, 5));
        std::fs::write(path(folder.path()), "{").unwrap();
        assert!(stored_evaluations(folder.path()).is_err());
    }

    #[test]
    fn pictures_are_those_of_the_newest() {
        let folder = tempfile::tempdir().unwrap();
        let case = Case {
            id: "a".to_owned(),
            class: None,
            gender: None,
            answered_class: None,
            answered_gender: None,
            confidence: 0.5,
            badness: 1.5,
            picture: None,
        };
        let mut score = Score::new();
        score.cases.push(case.clone());
        let picture = Picture::filled(4, 4, [9, 9, 9, 255]);
        let evaluation = Evaluation { score, worst: vec![(case, picture)] };
        for at in [7, 8] {
            let stored = StoredEvaluation::new(&evaluation.score, at, "m", "d", None);
            store_evaluation(folder.path(), &evaluation, stored).unwrap();
        }
        let kept = stored_evaluations(folder.path()).unwrap();
        assert_eq!((kept[0].worst[0].picture.as_deref(), &kept[1].worst[0].picture), (Some("8-0"), &None));
        assert!(evaluation_picture(folder.path(), "8-0").unwrap().is_some());
        for gone in ["7-0", "../evaluations", "", "8-1"] {
            assert_eq!(evaluation_picture(folder.path(), gone).unwrap(), None, "{gone}");
        }
    }
}

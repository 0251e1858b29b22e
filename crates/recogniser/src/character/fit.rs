//! From the measurements of all looks to templates, temperature and threshold.

use std::collections::BTreeMap;

use lorgnon_look::{ClassLabel, Gender, Look};

use super::calibration::{Calibration, background_descriptions, calibrate};
use super::descriptor::{COARSE, FINE, Window};
use super::discriminant::{SingularError, Templates, Whitening, mean};
use super::measurement::CharacterMeasurement;
use super::model::{CharacterModel, TemplateLabel};

/// Descriptions that enter the scatter at most: beyond, it gets no better, only slower.
const MOST_DEVIATIONS: usize = 3600;
/// Folds of the cross-validation that sets temperature and threshold.
const FOLDS: usize = 3;

/// Why no templates could be fitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FitError {
    /// No look has both a class and a sex.
    #[error("no look has both a class and a sex")]
    NoLabels,
    /// The looks do not vary.
    #[error(transparent)]
    Singular(#[from] SingularError),
}

/// Gathers measurements.
#[derive(Default)]
pub struct CharacterFit {
    looks: BTreeMap<(ClassLabel, Gender), Vec<CharacterMeasurement>>,
}

impl CharacterFit {
    /// Nothing gathered yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a look. Looks without class or sex teach no template and are passed over.
    pub fn add(&mut self, look: &Look, measurement: CharacterMeasurement) {
        if let (Some(class), Some(gender)) = (&look.class, look.gender)
            && measurement.is_current()
        {
            self.looks.entry((class.clone(), gender)).or_default().push(measurement);
        }
    }

    /// Fits the templates.
    ///
    /// # Errors
    /// When no look has labels, or none differs from another.
    pub fn finish(self) -> Result<CharacterModel, FitError> {
        if self.looks.is_empty() {
            return Err(FitError::NoLabels);
        }
        let labels: Vec<TemplateLabel> = self
            .looks
            .iter()
            .map(|((class, gender), looks)| TemplateLabel {
                class: class.clone(),
                gender: *gender,
                extent: median_extent(looks),
            })
            .collect();
        let groups: Vec<&[CharacterMeasurement]> = self.looks.values().map(Vec::as_slice).collect();
        let fine = Fitted::new(&FINE, &groups)?;
        let coarse = Fitted::new(&COARSE, &groups)?;
        let calibration = fine.calibrate();
        Ok(CharacterModel::new(labels, fine.templates, coarse.templates, calibration))
    }
}

/// Templates of one window with what made them.
struct Fitted {
    window: Window,
    whitening: Whitening,
    templates: Templates,
    /// Per group, per look: the descriptions.
    descriptions: Vec<Vec<Vec<f32>>>,
}

impl Fitted {
    fn new(window: &Window, groups: &[&[CharacterMeasurement]]) -> Result<Self, SingularError> {
        let dimensions = window.dimensions();
        let descriptions: Vec<Vec<Vec<f32>>> =
            groups.iter().map(|looks| looks.iter().map(|look| look.placed(window)).collect()).collect();
        let means: Vec<Vec<f32>> =
            descriptions.iter().map(|looks| mean(dimensions, &looks.concat())).collect();
        let mut background = background_descriptions(window);
        for looks in groups {
            for look in *looks {
                background.extend(look.misplaced(window));
            }
        }
        let background_mean = mean(dimensions, &background);
        let mut deviations = Vec::new();
        let mut add = |descriptions: &[f32], mean: &[f32], step: usize, start: usize| {
            for description in descriptions.chunks_exact(dimensions).skip(start % step).step_by(step) {
                deviations.extend(description.iter().zip(mean).map(|(value, mean)| value - mean));
            }
        };
        let placed: usize = descriptions.iter().flatten().map(|look| look.len() / dimensions).sum();
        let step = placed.div_ceil(MOST_DEVIATIONS).max(1);
        for (looks, mean) in descriptions.iter().zip(&means) {
            for (number, look) in looks.iter().enumerate() {
                add(look, mean, step, number);
            }
        }
        let step = (background.len() / dimensions).div_ceil(MOST_DEVIATIONS / 2).max(1);
        add(&background, &background_mean, step, 0);
        let whitening = Whitening::new(dimensions, &deviations, background_mean)?;
        let templates = whitening.templates(&means);
        Ok(Self { window: *window, whitening, templates, descriptions })
    }

    /// Judges every look by templates made without it, and sets temperature and threshold from
    /// what they say.
    fn calibrate(&self) -> Calibration {
        let dimensions = self.window.dimensions();
        let mut judged = Vec::new();
        for fold in 0..FOLDS {
            let means: Vec<Vec<f32>> = self
                .descriptions
                .iter()
                .map(|looks| {
                    let kept: Vec<f32> = looks
                        .iter()
                        .enumerate()
                        .filter(|(number, _)| looks.len() < 2 || number % FOLDS != fold)
                        .flat_map(|(_, look)| look.iter().copied())
                        .collect();
                    mean(dimensions, &kept)
                })
                .collect();
            let templates = self.whitening.templates(&means);
            for (group, looks) in self.descriptions.iter().enumerate() {
                for look in looks.iter().skip(fold).step_by(FOLDS).filter(|_| looks.len() > 1) {
                    for scores in templates.score(look).chunks_exact(templates.count()) {
                        judged.push((scores.to_vec(), group));
                    }
                }
            }
        }
        calibrate(&judged, &self.templates)
    }
}

fn median_extent(looks: &[CharacterMeasurement]) -> [f32; 4] {
    std::array::from_fn(|side| {
        let mut values: Vec<f32> = looks.iter().map(|look| look.extent[side]).collect();
        let middle = values.len() / 2;
        *values.select_nth_unstable_by(middle, f32::total_cmp).1
    })
}

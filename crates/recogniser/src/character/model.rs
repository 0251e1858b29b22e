//! The fitted templates of all classes, and what their scores mean.

use std::collections::BTreeMap;

use lorgnon_look::{ClassLabel, Gender, Look};
use serde::{Deserialize, Serialize};

use super::calibration::Calibration;
use super::descriptor::{COARSE, FINE, Window};
use super::discriminant::{Sketch, Templates};
use super::fold::Folded;
use super::measurement::CharacterMeasurement;

/// What one template stands for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct TemplateLabel {
    pub(super) class: ClassLabel,
    pub(super) gender: Gender,
    /// Outline in the character's coordinates: left, top, right, bottom.
    pub(super) extent: [f32; 4],
}

/// Templates of every class and sex, straight and mirrored, at two resolutions. What is stored and read
/// again lacks what a fit held out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "Stored", into = "Stored")]
pub struct CharacterModel {
    pub(super) labels: Vec<TemplateLabel>,
    /// Straight ones first, then the mirrored in the same order.
    pub(super) fine: Templates,
    pub(super) near: Templates,
    pub(super) coarse: Templates,
    /// A cheap first look at coarse windows, by straight templates.
    pub(super) sketch: Sketch,
    /// Its directions, for both straight and mirrored ones.
    pub(super) folded: Folded,
    pub(super) calibration: Calibration,
    /// What templates made without a look said of it: only a fresh fit has it.
    pub(super) held_out: Vec<HeldOut>,
}

/// A look as templates made without it saw it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct HeldOut {
    /// Of the look's id.
    pub(crate) hash: u64,
    /// Log probabilities, by class and sex.
    pub(crate) pairs: BTreeMap<(ClassLabel, Gender), f32>,
}

/// The part that is stored: mirrored templates are made again.
#[derive(Clone, Serialize, Deserialize)]
struct Stored {
    labels: Vec<TemplateLabel>,
    fine: Templates,
    near: Templates,
    coarse: Templates,
    sketch: Sketch,
    calibration: Calibration,
}

impl From<Stored> for CharacterModel {
    fn from(stored: Stored) -> Self {
        Self::new(stored.labels, stored.fine, stored.near, stored.coarse, stored.sketch, stored.calibration)
    }
}

impl From<CharacterModel> for Stored {
    fn from(model: CharacterModel) -> Self {
        let straight = |templates: &Templates| Templates {
            dimensions: templates.dimensions,
            weights: templates.weights[..model.labels.len() * templates.dimensions].to_vec(),
            bias: templates.bias[..model.labels.len()].to_vec(),
        };
        Self {
            fine: straight(&model.fine),
            near: straight(&model.near),
            coarse: straight(&model.coarse),
            sketch: model.sketch,
            labels: model.labels,
            calibration: model.calibration,
        }
    }
}

impl CharacterModel {
    pub(super) fn new(
        labels: Vec<TemplateLabel>,
        fine: Templates,
        near: Templates,
        coarse: Templates,
        sketch: Sketch,
        calibration: Calibration,
    ) -> Self {
        Self {
            labels,
            fine: less_likely_mirrored(with_mirrored(&FINE, fine)),
            near: with_mirrored(&COARSE, near),
            coarse: with_mirrored(&COARSE, coarse),
            folded: Folded::new(&COARSE, &sketch),
            sketch,
            calibration,
            held_out: Vec::new(),
        }
    }

    /// What the fit that just made this model said of looks that it held out.
    pub(crate) fn held_out(&self) -> &[HeldOut] {
        &self.held_out
    }

    /// The number of a template among those of its class and sex.
    pub(super) fn cluster_of_template(&self, template: usize) -> u32 {
        let label = &self.labels[template];
        let before = self.labels[..template].iter();
        before.filter(|other| other.agrees(Some(&label.class), Some(label.gender))).count() as u32
    }

    /// How many templates there are, of all classes and sexes.
    #[must_use]
    pub fn template_count(&self) -> usize {
        self.labels.len()
    }

    /// Whether any class and sex has more than one template.
    #[must_use]
    pub fn has_clusters(&self) -> bool {
        (0..self.labels.len()).any(|template| self.cluster_of_template(template) > 0)
    }

    /// Which of its class's templates a training look is nearest to; 0 where there is one, or where the
    /// look lacks a label.
    #[must_use]
    pub fn cluster_of(&self, look: &Look, measurement: &CharacterMeasurement) -> u32 {
        let (Some(class), Some(gender)) = (look.class.as_ref(), look.gender) else { return 0 };
        let mine: Vec<usize> = (0..self.labels.len())
            .filter(|template| self.labels[*template].agrees(Some(class), Some(gender)))
            .collect();
        if mine.len() < 2 {
            return 0;
        }
        let untouched = measurement.untouched();
        let nearest = mine.iter().enumerate().max_by(|left, right| {
            self.fine.score_one(*left.1, &untouched).total_cmp(&self.fine.score_one(*right.1, &untouched))
        });
        nearest.map_or(0, |(cluster, _)| cluster as u32)
    }

    /// Joint probabilities of classes and sexes from each pair's best score, best first.
    pub(super) fn probabilities(&self, scores: &[f32]) -> Vec<(ClassLabel, Gender, f32)> {
        let mut best: Vec<(ClassLabel, Gender, f32)> = Vec::new();
        for (label, score) in self.labels.iter().zip(scores) {
            match best.iter_mut().find(|(class, gender, _)| *class == label.class && *gender == label.gender)
            {
                Some(pair) => pair.2 = pair.2.max(*score),
                None => best.push((label.class.clone(), label.gender, *score)),
            }
        }
        let most = best.iter().map(|pair| pair.2).fold(f32::MIN, f32::max);
        for pair in &mut best {
            pair.2 = ((pair.2 - most) / self.calibration.temperature).exp();
        }
        let sum: f32 = best.iter().map(|pair| pair.2).sum();
        for pair in &mut best {
            pair.2 /= sum;
        }
        best.sort_by(|left, right| {
            right.2.total_cmp(&left.2).then_with(|| (&left.0, left.1).cmp(&(&right.0, right.1)))
        });
        best
    }
}

impl TemplateLabel {
    pub(super) fn agrees(&self, class: Option<&ClassLabel>, gender: Option<Gender>) -> bool {
        class.is_none_or(|class| *class == self.class) && gender.is_none_or(|gender| gender == self.gender)
    }
}

/// What a mirrored template must be better by. Bodies seen from the front are nearly their own mirror
/// image, and then it is the side of the shield that a coin would decide; other bodies differ from theirs
/// by a hundred.
const MIRRORED_HANDICAP: f32 = 15.0;

/// Mirrored templates with their handicap.
fn less_likely_mirrored(mut templates: Templates) -> Templates {
    let straight = templates.bias.len() / 2;
    templates.bias[straight..].iter_mut().for_each(|bias| *bias -= MIRRORED_HANDICAP);
    templates
}

fn with_mirrored(window: &Window, mut templates: Templates) -> Templates {
    let mirrored: Vec<f32> = templates
        .weights
        .chunks_exact(templates.dimensions)
        .flat_map(|template| window.mirror(template))
        .collect();
    templates.weights.extend(mirrored);
    templates.bias.extend_from_within(..);
    templates
}

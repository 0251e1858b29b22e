//! From the measurements of all looks to templates, temperature and threshold.

use std::collections::BTreeMap;

use lorgnon_look::{ClassLabel, Gender, Look};

use super::calibration::{Calibration, calibrate};
use super::clusters::cluster;
use super::descriptor::{Pass, pack, unpack};
use super::discriminant::{SingularError, Templates, Whitening, mean};
use super::measurement::CharacterMeasurement;
use super::model::{CharacterModel, HeldOut, TemplateLabel};
use super::nobody::{Background, chances};
use crate::observer::{Stage, Steps, Stopped, TrainingObserver};
use crate::seed::seed_of;

/// Descriptions that enter the scatter at most: beyond, it gets no better, only slower.
const MOST_DEVIATIONS: usize = 2600;
/// Looks whose single descriptions are kept in memory for the scatter and the calibration; of the
/// others only the mean is.
const MOST_WHOLE: usize = 1500;
/// Descriptions that are judged to calibrate.
const MOST_JUDGED: usize = 2000;
/// Directions that the first sieve of the search looks along.
const SKETCH_DIRECTIONS: usize = 12;
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
    /// The training was told to stop.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

/// Gathers measurements. What it keeps in memory of a look is about 4 kB, beyond a fixed number
/// that are kept whole: a site of ten thousand looks is refitted without their pictures.
#[derive(Default)]
pub struct CharacterFit {
    groups: BTreeMap<(ClassLabel, Gender), Vec<Kept>>,
    whole: usize,
    /// Looks whose hash has these low bits set are kept by their mean only.
    sieve: u64,
}

/// What is kept of a look.
struct Kept {
    hash: u64,
    /// Whether its frame can be believed: see [`CharacterFit::add`].
    anchored: bool,
    extent: [f32; 4],
    coarse_mean: Vec<u8>,
    near_mean: Vec<u8>,
    fine_mean: Vec<u8>,
    whole: Option<CharacterMeasurement>,
}

impl Kept {
    fn mean(&self, pass: Pass) -> Vec<f32> {
        let packed = match pass {
            Pass::Coarse => &self.coarse_mean,
            Pass::Near => &self.near_mean,
            Pass::Fine => &self.fine_mean,
        };
        let mut features = Vec::with_capacity(packed.len());
        unpack(packed, &mut features);
        features
    }
}

impl CharacterFit {
    /// Nothing gathered yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a look. Looks without class or sex teach no template and are passed over.
    ///
    /// The outline of a look that wears something is not its body's: unless its character was
    /// located by a model ([`CharacterMeasurement::located`]), it teaches only where its class has
    /// no look without items.
    pub fn add(&mut self, look: &Look, measurement: CharacterMeasurement) {
        if let (Some(class), Some(gender)) = (&look.class, look.gender)
            && measurement.is_current()
        {
            let hash = seed_of(&look.id);
            let mean_of = |pass: Pass| pack(&mean(pass.window().dimensions(), &measurement.placed(pass)));
            let keep = hash & self.sieve == 0;
            self.whole += usize::from(keep);
            self.groups.entry((class.clone(), gender)).or_default().push(Kept {
                hash,
                anchored: measurement.is_located() || look.items.is_empty(),
                extent: measurement.extent,
                coarse_mean: mean_of(Pass::Coarse),
                near_mean: mean_of(Pass::Near),
                fine_mean: mean_of(Pass::Fine),
                whole: keep.then_some(measurement),
            });
            while self.whole > MOST_WHOLE {
                self.thin_out();
            }
        }
    }

    /// Halves the looks kept whole; which are kept does not depend on the order of adding.
    fn thin_out(&mut self) {
        self.sieve = (self.sieve << 1) | 1;
        self.whole = 0;
        for kept in self.groups.values_mut().flatten() {
            if kept.hash & self.sieve != 0 {
                kept.whole = None;
            }
            self.whole += usize::from(kept.whole.is_some());
        }
    }

    /// Fits the templates, temperature and threshold.
    ///
    /// # Errors
    /// When no look has labels, or none differs from another, or `observer` asks to stop.
    pub fn finish(self, observer: &dyn TrainingObserver) -> Result<CharacterModel, FitError> {
        self.fit(observer, true)
    }

    /// Templates that only say where looks of a known class stand: they have no threshold, so that whatever
    /// they find is somebody, and no shares.
    ///
    /// # Errors
    /// As [`Self::finish`].
    pub(crate) fn finish_placing(self, observer: &dyn TrainingObserver) -> Result<CharacterModel, FitError> {
        self.fit(observer, false)
    }

    fn fit(
        mut self,
        observer: &dyn TrainingObserver,
        is_calibrated: bool,
    ) -> Result<CharacterModel, FitError> {
        if self.groups.is_empty() {
            return Err(FitError::NoLabels);
        }
        for looks in self.groups.values_mut() {
            if looks.iter().any(|look| look.anchored) {
                looks.retain(|look| look.anchored);
            }
            looks.sort_by_key(|look| look.hash);
        }
        let groups: Vec<Group> =
            self.groups.into_iter().map(|(labels, looks)| Group::new(labels, looks)).collect();
        let steps = Steps::new(observer, Stage::Templates, if is_calibrated { 3 } else { 2 });
        steps.go_on()?;
        let background = Background::draw();
        let fitted = |pass| Fitted::new(pass, &groups, background.descriptions(pass));
        let (fine, (near, coarse)) =
            rayon::join(|| fitted(Pass::Fine), || (fitted(Pass::Near), fitted(Pass::Coarse)));
        let (fine, near, coarse) = (fine?, near?, coarse?);
        steps.advance();
        steps.go_on()?;
        let judgement = is_calibrated.then(|| fine.judge(&groups));
        let sketch = coarse.whitening.sketch(&coarse.means, &coarse.templates, SKETCH_DIRECTIONS)?;
        steps.advance();
        steps.go_on()?;
        let labels = groups.iter().flat_map(Group::labels).collect();
        let mut model = CharacterModel::new(
            labels,
            fine.templates,
            near.templates,
            coarse.templates,
            sketch,
            Calibration::open(),
        );
        let Some(Judgement { judged, untouched }) = judgement else { return Ok(model) };
        model.calibration = calibrate(&judged, &chances(&model), model.labels.len());
        model.held_out = untouched
            .into_iter()
            .map(|(hash, scores)| {
                let pairs = groups.iter().map(|group| group.labels.clone());
                let shares = log_shares(&scores, model.calibration.temperature);
                HeldOut { hash, pairs: pairs.zip(shares).collect() }
            })
            .collect();
        steps.advance();
        Ok(model)
    }
}

/// The looks of one class and sex, in clusters of the same pose, head and direction.
struct Group {
    labels: (ClassLabel, Gender),
    looks: Vec<Kept>,
    /// The cluster of each look.
    cluster: Vec<usize>,
    clusters: usize,
}

impl Group {
    fn new(labels: (ClassLabel, Gender), looks: Vec<Kept>) -> Self {
        let means: Vec<Vec<f32>> = looks.iter().map(|look| look.mean(Pass::Coarse)).collect();
        let (cluster, clusters) = cluster(&means);
        Self { labels, looks, cluster, clusters }
    }

    /// The looks of a cluster, with their numbers.
    fn members(&self, cluster: usize) -> impl Iterator<Item = (usize, &Kept)> {
        self.looks.iter().enumerate().filter(move |(number, _)| self.cluster[*number] == cluster)
    }

    fn labels(&self) -> impl Iterator<Item = TemplateLabel> {
        (0..self.clusters).map(|cluster| TemplateLabel {
            class: self.labels.0.clone(),
            gender: self.labels.1,
            extent: std::array::from_fn(|side| {
                let mut values: Vec<f32> = self.members(cluster).map(|(_, look)| look.extent[side]).collect();
                let middle = values.len() / 2;
                *values.select_nth_unstable_by(middle, f32::total_cmp).1
            }),
        })
    }

    /// The mean of every cluster, of the looks whose number `wanted` names; of all where that
    /// leaves none.
    fn means(&self, pass: Pass, wanted: &dyn Fn(usize) -> bool) -> impl Iterator<Item = Vec<f32>> {
        let mean_of = move |looks: &mut dyn Iterator<Item = (usize, &Kept)>| {
            let all: Vec<f32> = looks.flat_map(|(_, look)| look.mean(pass)).collect();
            mean(pass.window().dimensions(), &all)
        };
        (0..self.clusters).map(move |cluster| {
            if self.members(cluster).any(|(number, _)| wanted(number)) {
                mean_of(&mut self.members(cluster).filter(|(number, _)| wanted(*number)))
            } else {
                mean_of(&mut self.members(cluster))
            }
        })
    }
}

/// Templates of one pass with what made them.
struct Fitted {
    pass: Pass,
    whitening: Whitening,
    templates: Templates,
    means: Vec<Vec<f32>>,
}

impl Fitted {
    fn new(pass: Pass, groups: &[Group], background: &[f32]) -> Result<Self, SingularError> {
        let dimensions = pass.window().dimensions();
        let means: Vec<Vec<f32>> = groups.iter().flat_map(|group| group.means(pass, &|_| true)).collect();
        let mut background = background.to_vec();
        let mut whole = 0;
        for look in groups.iter().flat_map(|group| &group.looks) {
            if let Some(measurement) = &look.whole {
                background.extend(measurement.misplaced(pass));
                whole += measurement.placed_count(pass);
            }
        }
        let background_mean = mean(dimensions, &background);
        let mut deviations = Vec::new();
        let mut add = |descriptions: &[f32], mean: &[f32], step: usize, start: usize| {
            for description in descriptions.chunks_exact(dimensions).skip(start % step).step_by(step) {
                deviations.extend(description.iter().zip(mean).map(|(value, mean)| value - mean));
            }
        };
        let step = whole.div_ceil(MOST_DEVIATIONS).max(1);
        let mut first = 0;
        for group in groups {
            for (number, look) in group.looks.iter().enumerate() {
                if let Some(measurement) = &look.whole {
                    let mean = &means[first + group.cluster[number]];
                    add(&measurement.placed(pass), mean, step, number);
                }
            }
            first += group.clusters;
        }
        let step = (background.len() / dimensions).div_ceil(MOST_DEVIATIONS / 2).max(1);
        add(&background, &background_mean, step, 0);
        let whitening = Whitening::new(dimensions, &deviations, background_mean)?;
        let templates = whitening.templates(&means);
        Ok(Self { pass, whitening, templates, means })
    }

    /// Judges looks by templates made without them.
    fn judge(&self, groups: &[Group]) -> Judgement {
        let whole: usize = groups
            .iter()
            .flat_map(|group| &group.looks)
            .filter_map(|look| look.whole.as_ref())
            .map(|measurement| measurement.placed_count(self.pass))
            .sum();
        let step = whole.div_ceil(MOST_JUDGED).max(1);
        let mut judged = Vec::new();
        let mut untouched = Vec::new();
        for fold in 0..FOLDS {
            let kept = |number: usize| number % FOLDS != fold;
            let means: Vec<Vec<f32>> =
                groups.iter().flat_map(|group| group.means(self.pass, &kept)).collect();
            let templates = self.whitening.templates(&means);
            for (right, group) in groups.iter().enumerate().filter(|(_, group)| group.looks.len() > 1) {
                for (number, look) in group.looks.iter().enumerate().filter(|(number, _)| !kept(*number)) {
                    let Some(measurement) = &look.whole else { continue };
                    let scores = templates.score(&measurement.placed(self.pass));
                    let rows = scores.chunks_exact(templates.count());
                    untouched.extend(rows.clone().next().map(|row| (look.hash, best_of_groups(groups, row))));
                    let rows = rows.skip(number % step).step_by(step);
                    judged.extend(rows.map(|row| (best_of_groups(groups, row), right)));
                }
            }
        }
        Judgement { judged, untouched }
    }
}

/// Looks judged by templates made without them.
struct Judgement {
    /// For each description the score of every pair of class and sex, and which is right.
    judged: Vec<(Vec<f32>, usize)>,
    /// For each look as it is the hash of its id and the scores.
    untouched: Vec<(u64, Vec<f32>)>,
}

/// Scores as log probabilities.
fn log_shares(scores: &[f32], temperature: f32) -> Vec<f32> {
    let most = scores.iter().copied().fold(f32::MIN, f32::max);
    let sum: f32 = scores.iter().map(|score| ((score - most) / temperature).exp()).sum();
    scores.iter().map(|score| (score - most) / temperature - sum.ln()).collect()
}

/// The best score of each group's templates.
fn best_of_groups(groups: &[Group], mut scores: &[f32]) -> Vec<f32> {
    groups
        .iter()
        .map(|group| {
            let (mine, rest) = scores.split_at(group.clusters);
            scores = rest;
            mine.iter().copied().fold(f32::MIN, f32::max)
        })
        .collect()
}

//! Gathers measured looks and fits every template from them.

use std::collections::BTreeMap;

use lorgnon_look::{COLOUR_COUNT, ClassLabel, Colour, Gender, Look, Slot};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::calibration::{Calibration, Trial};
use super::common_body::{CommonBody, Taught};
use super::fit::{FitLook, MOST_LOOKS, agreement, fit_map};
use super::grid::{Canvas, grid_frame};
use super::map::ColourMap;
use super::measurement::{ColourMeasurement, known_colours};
use super::model::{ColourModel, Template};
use super::registration::{Judge, polish};
use super::suspicion::likelihood_wrong;
use super::trials::{observable, trials};
use crate::Frame;
use crate::observer::{Stage, Steps, Stopped, TrainingObserver};
use crate::seed::seed_of;

/// Kept looks that may share their colours: they show the same pixels again.
const MOST_ALIKE: usize = 4;
/// A look whose labels explain less of the map than this is left out of it and named.
const LEAST_AGREEMENT: f32 = 0.35;

/// Which template a look belongs to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct TemplateKey {
    pub(super) class: ClassLabel,
    pub(super) gender: Gender,
    pub(super) cluster: u32,
}

/// One kept look.
#[derive(Debug)]
struct Kept {
    id: String,
    colours: [Option<Colour>; COLOUR_COUNT],
    items: usize,
    costume: bool,
    measurement: ColourMeasurement,
}

impl Kept {
    fn rank(&self) -> Rank {
        rank(&self.id, self.items, &self.colours)
    }
}

/// A look whose labelled colours do not explain its picture.
#[derive(Debug, Clone, PartialEq)]
pub struct ColourSuspicion {
    /// The look's id.
    pub id: String,
    /// How likely its colours are wrong, 0 to 1.
    pub likelihood: f32,
}

/// How telling a look is of its template's colours.
pub(crate) type Rank = (usize, usize, u64);

/// Best first: few items, many colours, then a fixed order of chance.
fn rank(id: &str, items: usize, colours: &[Option<Colour>; COLOUR_COUNT]) -> Rank {
    let unknown = colours.iter().filter(|colour| colour.is_none()).count();
    (items, unknown, seed_of(id))
}

/// The rank of a look: those of the least rank are the first that a template is fitted from.
pub(crate) fn rank_of(look: &Look) -> Rank {
    rank(&look.id, look.items.len(), &known_colours(look))
}

/// Collects measured looks, then fits the colour model.
#[derive(Debug, Default)]
pub struct ColourFit {
    templates: BTreeMap<TemplateKey, Vec<Kept>>,
}

impl ColourFit {
    /// With no looks yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a look. `cluster` tells a pair's templates (poses, heads) apart; use 0 where there is
    /// one. Looks without class, sex or any colour are passed over. The order of looks does not
    /// matter, and only the most telling looks of a template are kept.
    pub fn add(&mut self, look: &Look, cluster: u32, measurement: ColourMeasurement) {
        let (Some(class), Some(gender)) = (look.class.clone(), look.gender) else { return };
        let colours = known_colours(look);
        if colours.iter().all(Option::is_none) || !measurement.is_current() {
            return;
        }
        let kept = self.templates.entry(TemplateKey { class, gender, cluster }).or_default();
        kept.push(Kept {
            id: look.id.clone(),
            colours,
            items: look.items.len(),
            costume: look.items.contains_key(&Slot::Costume),
            measurement,
        });
        if kept.len() >= 8 * MOST_LOOKS {
            trim(kept);
        }
    }

    /// Fits all templates, in parallel, and calibrates on trials. Beside the model it gives the looks that were left
    /// out of it, by id, with how surely they are mislabelled.
    ///
    /// # Errors
    /// When `observer` asks to stop.
    pub fn finish(
        self,
        observer: &dyn TrainingObserver,
    ) -> Result<(ColourModel, Vec<ColourSuspicion>), Stopped> {
        self.fit(true, observer)
    }

    /// As [`Self::finish`] for a model that only says where characters stand: its confidences are those
    /// of no game in particular.
    ///
    /// # Errors
    /// When `observer` asks to stop.
    pub fn finish_placing(self, observer: &dyn TrainingObserver) -> Result<ColourModel, Stopped> {
        Ok(self.fit(false, observer)?.0)
    }

    fn fit(
        self,
        calibrated: bool,
        observer: &dyn TrainingObserver,
    ) -> Result<(ColourModel, Vec<ColourSuspicion>), Stopped> {
        let gathered: Vec<_> = self.templates.into_iter().collect();
        let steps = Steps::new(observer, Stage::Colours, gathered.len() + 1);
        let fitted: Vec<Option<Fitted>> = gathered
            .into_par_iter()
            .map(|(key, kept)| {
                steps.go_on()?;
                let fitted = fit_template(key, kept);
                steps.advance();
                Ok(fitted)
            })
            .collect::<Result<_, Stopped>>()?;
        let fitted: Vec<Fitted> = fitted.into_iter().flatten().collect();
        steps.go_on()?;
        let calibration = if calibrated { calibrate(&fitted) } else { Calibration::learn(&[]) };
        let common = calibrated.then(|| common_body(&fitted)).flatten();
        let mut templates = Vec::with_capacity(fitted.len());
        let mut suspects: Vec<ColourSuspicion> = Vec::new();
        for fitted in fitted {
            templates.push(fitted.template);
            suspects.extend(fitted.suspects);
        }
        suspects.sort_by(|one, other| one.id.cmp(&other.id));
        steps.advance();
        let ids = suspects.iter().map(|suspect| suspect.id.clone()).collect();
        Ok((ColourModel::new(templates, calibration, ids, common), suspects))
    }
}

/// A template with the looks it was fitted from.
struct Fitted {
    template: Template,
    looks: Vec<FitLook>,
    weights: Vec<f32>,
    suspects: Vec<ColourSuspicion>,
}

/// What the fitted templates have in common.
fn common_body(fitted: &[Fitted]) -> Option<CommonBody> {
    let taught = fitted.iter().map(|fitted| Taught {
        class: &fitted.template.key.class,
        map: &fitted.template.map,
        looks: &fitted.looks,
    });
    CommonBody::learn(&taught.collect::<Vec<_>>())
}

/// Looks of which trials are made.
const MOST_TRIED: usize = 38;

/// Tries looks spread over all templates.
fn calibrate(fitted: &[Fitted]) -> Calibration {
    // A look is tried by a map of the others, so there must be others.
    let mut tried: Vec<(usize, usize)> = Vec::new();
    for (template, fitted) in fitted.iter().enumerate() {
        if fitted.weights.iter().filter(|weight| **weight > 0.0).count() > 1
            && observable(&fitted.template.map)
        {
            let looks = (0..fitted.looks.len()).filter(|look| fitted.weights[*look] > 0.0);
            tried.extend(looks.map(|look| (look, template)));
        }
    }
    // First one look of each template, then a second, and so on.
    tried.sort_unstable();
    tried.truncate(MOST_TRIED);
    let pieces: Vec<&[[u8; 4]]> =
        fitted.iter().filter_map(|fitted| fitted.looks.first()).map(|look| look.pixels.as_slice()).collect();
    let trials: Vec<Trial> = tried
        .into_par_iter()
        .enumerate()
        .flat_map_iter(|(index, (look, template))| {
            let fitted = &fitted[template];
            trials(&fitted.looks, &fitted.weights, look, &pieces, 0x4C6F_7267_6E6F_6E00 + index as u64)
        })
        .collect();
    Calibration::learn(&trials)
}

/// Keeps the best looks, not too many of the same colours.
fn trim(kept: &mut Vec<Kept>) {
    kept.sort_by(|one, two| one.rank().cmp(&two.rank()).then_with(|| one.id.cmp(&two.id)));
    let mut alike: BTreeMap<[Option<Colour>; COLOUR_COUNT], usize> = BTreeMap::new();
    kept.retain(|look| {
        let count = alike.entry(look.colours).or_default();
        *count += 1;
        *count <= MOST_ALIKE
    });
    kept.truncate(MOST_LOOKS);
}

fn fit_template(key: TemplateKey, mut kept: Vec<Kept>) -> Option<Fitted> {
    trim(&mut kept);
    let mut looks = Vec::with_capacity(kept.len());
    let mut names = Vec::with_capacity(kept.len());
    for look in kept {
        if let Some(pixels) = look.measurement.unpack() {
            let colours = look.colours.map(|colour| colour.map(|colour| colour.channels().map(f32::from)));
            looks.push(FitLook { pixels, colours });
            names.push((look.id, look.costume));
        }
    }
    if looks.is_empty() {
        return None;
    }
    let (reference, moved) = align(&mut looks);
    let mut weights = vec![1.0; looks.len()];
    let mut map = fit_map(&looks, &weights);
    if moved && realign(&map, &mut looks, reference) {
        map = fit_map(&looks, &weights);
    }
    let mut suspects = Vec::new();
    if looks.len() > 2 {
        let shares = agreement(&map, &looks);
        let mut sorted = shares.clone();
        sorted.sort_by(f32::total_cmp);
        let middle = sorted[sorted.len() / 2];
        for (index, share) in shares.iter().enumerate() {
            if *share < LEAST_AGREEMENT.min(0.5 * middle) {
                weights[index] = 0.0;
            }
        }
        if weights.contains(&0.0) {
            map = fit_map(&looks, &weights);
        }
        for ((look, weight), (id, costume)) in looks.iter().zip(&weights).zip(names) {
            if *weight == 0.0 && !costume {
                suspects.push(ColourSuspicion { id, likelihood: likelihood_wrong(&map, look) });
            }
        }
    }
    let template = Template { key, looks: looks.len(), map };
    Some(Fitted { template, looks, weights, suspects })
}

/// How well looks must agree with a reference before another is tried.
const GOOD_REFERENCE: f32 = 0.5;

/// Brings all looks to where one of them stands: frames of training looks are a detector's, and
/// off by some pixels. Gives the index of the look that did not move, and whether
/// any did.
fn align(looks: &mut [FitLook]) -> (usize, bool) {
    if looks.len() < 2 {
        return (0, false);
    }
    let mut best: Option<(f32, usize, Vec<Option<Frame>>)> = None;
    for reference in 0..looks.len().min(3) {
        let map = fit_map(&looks[reference..=reference], &[1.0]);
        let judge = Judge::new(&map);
        let mut scores: Vec<f32> = Vec::with_capacity(looks.len());
        let frames: Vec<Option<Frame>> = looks
            .iter()
            .enumerate()
            .map(|(index, look)| {
                if index == reference {
                    return None;
                }
                let (frame, score) = settle(&map, &judge, look);
                scores.push(score);
                frame
            })
            .collect();
        scores.sort_by(f32::total_cmp);
        let score = scores[scores.len() / 2];
        if best.as_ref().is_none_or(|(most, ..)| score > *most) {
            best = Some((score, reference, frames));
        }
        if score > GOOD_REFERENCE {
            break;
        }
    }
    let Some((_, reference, frames)) = best else { return (0, false) };
    let mut moved = false;
    for (look, frame) in looks.iter_mut().zip(frames) {
        if let Some(frame) = frame {
            look.pixels = Canvas::from_grid(&look.pixels).to_grid(&frame);
            moved = true;
        }
    }
    (reference, moved)
}

/// Moves looks once more, to where the map of all of them says. Whether any moved.
fn realign(map: &ColourMap, looks: &mut [FitLook], reference: usize) -> bool {
    let judge = Judge::new(map);
    let mut moved = false;
    for (index, look) in looks.iter_mut().enumerate() {
        if index != reference
            && let (Some(frame), _) = settle(map, &judge, look)
        {
            look.pixels = Canvas::from_grid(&look.pixels).to_grid(&frame);
            moved = true;
        }
    }
    moved
}

/// Where a look stands by a map, `None` for where it is, and how well the map fits there.
fn settle(map: &ColourMap, judge: &Judge, look: &FitLook) -> (Option<Frame>, f32) {
    let canvas = Canvas::from_grid(&look.pixels);
    let (frame, score) = judge.align(&canvas, &grid_frame(), &look.colours);
    let frame = polish(map, &canvas, &frame, &look.colours);
    ((frame != grid_frame()).then_some(frame), score)
}

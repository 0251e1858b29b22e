//! How far scores are to be trusted: the temperature that makes them probabilities, and the score
//! below which there is nobody. Both come from held-out looks and empty scenes, never by hand.

use fastrand::Rng;
use lorgnon_imaging::{CELL_STRIDE_PX, GradientGrid, Picture};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::descriptor::{CELL_STEP, COARSE, FINE, Opaque, Pass, Window};
use super::model::CharacterModel;
use super::occluders::{Worn, draw_before};
use crate::Frame;
use crate::scenery::{Paints, any_colour, between, scene};

/// Empty scenes whose windows teach what background is.
const SCENES: usize = 220;
/// Windows taken from each.
const WINDOWS_PER_SCENE: usize = 5;
/// Pictures of things worn by nobody.
const LOOSE_THINGS: usize = 160;
/// Share of held-out descriptions that the threshold must let through.
const ACCEPTED_SHARE: f64 = 0.98;

/// What turns scores into probabilities and verdicts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Calibration {
    /// Scores are divided by this before the softmax.
    pub(super) temperature: f32,
    /// Below this best score there is nobody: before scenery.
    threshold: f32,
    /// And cut out, or before a plain colour: there is much less in which a body can be seen by chance.
    plain_threshold: f32,
}

impl Calibration {
    /// Before anything is known: everything is somebody.
    pub(super) fn open() -> Self {
        Self { temperature: 1.0, threshold: f32::MIN, plain_threshold: f32::MIN }
    }

    /// The best score below which there is nobody, in a picture that is plain around the character or not.
    pub(super) fn threshold(&self, plain: bool) -> f32 {
        if plain { self.plain_threshold } else { self.threshold }
    }
}

/// Descriptions of what is nobody: scenes, and hats, shields and pets alone.
pub(super) struct Background {
    coarse: Vec<f32>,
    fine: Vec<f32>,
}

impl Background {
    /// Draws and describes it; always the same.
    pub(super) fn draw() -> Self {
        let (coarse, fine) = rayon::join(|| descriptions(&COARSE), || descriptions(&FINE));
        Self { coarse, fine }
    }

    /// Descriptions in the window of a pass, one after the other.
    pub(super) fn descriptions(&self, pass: Pass) -> &[f32] {
        match pass {
            Pass::Coarse | Pass::Near => &self.coarse,
            Pass::Fine => &self.fine,
        }
    }
}

fn descriptions(window: &Window) -> Vec<f32> {
    let mut random = Rng::with_seed(0x0B5E_55ED);
    let mut descriptions = Vec::new();
    let (width, height) = ((window.width_px() * 2) as u32, (window.height_px() * 2) as u32);
    for _ in 0..SCENES {
        let grid = GradientGrid::measure(&scene(width, height, Paints::Any, &mut random));
        for _ in 0..WINDOWS_PER_SCENE {
            let column = random.usize(0..=grid.columns() - window.columns * CELL_STEP);
            let row = random.usize(0..=grid.rows() - window.rows * CELL_STEP);
            window.describe(&grid, column, row, &mut descriptions);
        }
    }
    for number in 0..LOOSE_THINGS {
        loose_thing(window, number, &mut random, &mut descriptions);
    }
    descriptions
}

/// One thing worn by nobody, filling about a window.
fn loose_thing(window: &Window, number: usize, random: &mut Rng, to: &mut Vec<f32>) {
    let side = window.margin_px * 2;
    // Enlarged so that the thing takes the place of a body.
    let size = window.body_px as f32 * (1.5 + 2.0 * random.f32());
    let picture =
        thing((window.width_px() + side) as u32, (window.height_px() + side) as u32, size, number, random);
    let margin = window.margin_px / CELL_STRIDE_PX;
    window.describe(&GradientGrid::measure(&Opaque::of(&picture).picture), margin, margin, to);
}

/// A hat, cloak, shield or pet in the middle of a picture, as large as a body of `size` pixels
/// would wear it, before nothing or a flat colour.
fn thing(width: u32, height: u32, size: f32, number: usize, random: &mut Rng) -> Picture {
    let pixel = if number.is_multiple_of(2) {
        [0; 4]
    } else {
        let [red, green, blue] = any_colour(random).map(|value| value as u8);
        [red, green, blue, 255]
    };
    let mut picture = Picture::filled(width, height, pixel);
    let kind = number / 2 % 4;
    let worn = match kind {
        0 => Worn { hat: true, ..Worn::default() },
        1 => Worn { cloak: true, ..Worn::default() },
        2 => Worn { shield: true, ..Worn::default() },
        _ => Worn { pet: true, ..Worn::default() },
    };
    let middle = [(0.03, 0.0), (-0.1, 0.4), (-0.13, 0.52), (-0.27, 0.9)][kind];
    let frame = Frame {
        centre_x: width as f32 / 2.0 - middle.0 * size,
        top: height as f32 / 2.0 - middle.1 * size,
        height: size,
        mirrored: false,
        rotation_degrees: 0.0,
    };
    draw_before(&mut picture, &frame, worn, random);
    picture
}

/// Pictures of nobody that the finished search is tried on.
const EMPTY_PICTURES: usize = 128;
/// Groups of things strewn over each at most.
const STREWN: usize = 16;
/// Share of pictures of nobody that may reach the threshold.
const FALSE_ACCEPTS: f32 = 0.003;
/// And of plain ones: who is seen in them by chance is a thing that a catalogue shows, of which few are asked about.
const PLAIN_FALSE_ACCEPTS: f32 = 0.01;
/// Share of them whose scores make the tail that is extended to reach so rare a score.
const TAIL_SHARE: f32 = 0.1;
/// Where the threshold stands between what nobody reaches and what characters reach: near nobody, since
/// training pictures are easier than those that people send.
const TOWARDS_CHARACTERS: f32 = 0.25;
/// And at most this much above nobody, of what nobody reaches: where a few looks are all alike, training
/// says of characters what no picture will.
const MOST_ABOVE_NOBODY: f32 = 0.5;

/// The best score that the whole search finds in pictures of nobody.
pub(super) fn scores_of_nobody(model: &CharacterModel) -> Vec<f32> {
    (0..EMPTY_PICTURES)
        .into_par_iter()
        .map(|number| {
            let picture = empty_picture(&mut Rng::with_seed(0xE0_0E00 + number as u64));
            model.best_guess(&picture).map_or(0.0, |guess| guess.score.max(0.0))
        })
        .collect()
}

/// A scene strewn with things worn by nobody, of all sizes. Shapes alone are seen as somebody half as often as
/// what real maps and icons show; these about as often.
fn empty_picture(random: &mut Rng) -> Picture {
    let height = random.u32(240..420);
    let mut picture =
        scene((height as f32 * (0.75 + 0.75 * random.f32())) as u32, height, Paints::Any, random);
    for _ in 0..random.usize(0..STREWN) {
        let size = height as f32 * between(random, 0.1, 0.9);
        let frame = Frame {
            centre_x: random.f32() * picture.width() as f32,
            top: random.f32() * height as f32 - 0.5 * size,
            height: size,
            mirrored: random.bool(),
            rotation_degrees: 0.0,
        };
        let mut any = || random.bool();
        let worn = Worn { hat: any(), cloak: any(), shield: any(), pet: any() };
        draw_before(&mut picture, &frame, worn, random);
    }
    picture
}

/// Sets temperature and thresholds: `judged` holds for each held-out description the score of every
/// pair of class and sex, and which is right; `nobody` what the search finds where nobody is.
pub(super) fn calibrate(judged: &[(Vec<f32>, usize)], nobody: &[f32]) -> Calibration {
    let mut right: Vec<f32> = judged.iter().map(|(scores, group)| scores[*group]).collect();
    right.sort_by(f32::total_cmp);
    let reached = right.get(((1.0 - ACCEPTED_SHARE) * right.len() as f64) as usize).copied();
    let threshold = threshold_between(nobody, reached, FALSE_ACCEPTS);
    let plain_threshold = threshold_between(nobody, reached, PLAIN_FALSE_ACCEPTS);
    // Looks too few to hold any out: a temperature in the order of the scores.
    let temperature = best_temperature(judged).unwrap_or_else(|| (threshold / 4.0).max(1.0));
    tracing::debug!(reached, threshold, plain_threshold, temperature, "who is somebody");
    Calibration { temperature, threshold, plain_threshold }
}

/// The threshold between what but a `tolerated` share of nobody scores and what nearly all characters have
/// `reached`, where that is more.
fn threshold_between(nobody: &[f32], reached: Option<f32>, tolerated: f32) -> f32 {
    let empty = rare_score(nobody, tolerated);
    let above = reached.map_or(0.0, |reached| (reached - empty).max(0.0));
    empty + (TOWARDS_CHARACTERS * above).min(MOST_ABOVE_NOBODY * empty)
}

/// The score that nobody reaches but in a share of all pictures: the highest scores exceed a
/// high one by amounts that are distributed exponentially (peaks over threshold: Pickands, 1975).
fn rare_score(nobody: &[f32], false_accepts: f32) -> f32 {
    let mut sorted = nobody.to_vec();
    sorted.sort_by(f32::total_cmp);
    let tail = ((TAIL_SHARE * sorted.len() as f32) as usize).min(sorted.len());
    if tail == 0 {
        return 0.0;
    }
    let (rest, highest) = sorted.split_at(sorted.len() - tail);
    let base = rest.last().copied().unwrap_or(0.0);
    let excess = highest.iter().map(|score| score - base).sum::<f32>() / tail as f32;
    let share = tail as f32 / sorted.len() as f32;
    base + excess * (share / false_accepts).ln()
}

/// The temperature under which held-out truth is likeliest, by golden-section search over its
/// logarithm (Guo et al., 2017).
fn best_temperature(judged: &[(Vec<f32>, usize)]) -> Option<f32> {
    if judged.is_empty() {
        return None;
    }
    let loss = |logarithm: f64| -> f64 {
        let inverse = (-logarithm).exp();
        judged
            .iter()
            .map(|(scores, group)| {
                let most = scores.iter().copied().fold(f32::MIN, f32::max);
                let sum: f64 = scores.iter().map(|score| (f64::from(score - most) * inverse).exp()).sum();
                sum.ln() - f64::from(scores[*group] - most) * inverse
            })
            .sum()
    };
    const GOLDEN: f64 = 0.618_033_988_75;
    let (mut low, mut high) = (-3.0f64, 6.0f64);
    for _ in 0..40 {
        let (left, right) = (high - GOLDEN * (high - low), low + GOLDEN * (high - low));
        if loss(left) < loss(right) {
            high = right;
        } else {
            low = left;
        }
    }
    Some(f64::midpoint(low, high).exp() as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Exponential scores of mean 10: one in a thousand exceeds 69.
    fn nobody() -> Vec<f32> {
        (0..400).map(|at| -10.0 * ((at as f32 + 0.5) / 400.0).ln()).collect()
    }

    #[test]
    fn the_threshold_lies_where_nobody_hardly_comes() {
        let rare = rare_score(&nobody(), 0.001);
        assert!((rare - 69.0).abs() < 3.5, "{rare}");
        assert!(rare_score(&[], 0.001).abs() < 1e-6);
    }

    #[test]
    fn characters_who_reach_far_draw_the_threshold_up_a_little() {
        let judged = |score: f32| vec![(vec![score, 0.0], 0); 100];
        let thresholds = |score| {
            let calibration = calibrate(&judged(score), &nobody());
            [true, false].map(|plain| calibration.threshold(plain))
        };
        let [plain, busy] = thresholds(-5.0);
        assert!((plain - 46.0).abs() < 2.0 && (busy - 58.0).abs() < 2.5, "{plain} {busy}");
        assert!(thresholds(40.0).iter().zip([plain, busy]).all(|(left, right)| (left - right).abs() < 1e-3));
        let [plain_higher, higher] = thresholds(120.0);
        assert!(plain_higher > plain + 10.0 && higher > busy + 10.0 && higher < 120.0, "{higher}");
        let [_, highest] = thresholds(10_000.0);
        assert!((highest - 1.5 * busy).abs() < 1e-2, "{highest}");
    }

    #[test]
    fn overconfident_scores_are_cooled() {
        // The leader is right four times in five, whatever its lead of 10 claims.
        let judged: Vec<_> = (0..500).map(|at| (vec![10.0, 0.0], usize::from(at % 5 == 0))).collect();
        let temperature = best_temperature(&judged).unwrap();
        let probability = 1.0 / (1.0 + (-10.0 / temperature).exp());
        assert!((probability - 0.8).abs() < 0.01, "{temperature} {probability}");
    }
}

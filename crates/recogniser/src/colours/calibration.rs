//! How surely a solved colour is right.
//!
//! A colour that explains most of its part is right, one that explains little of it may be an
//! item's or the background's. How the signs weigh against each other is learnt: after the fit,
//! looks are solved by maps that never saw them, on synthetic hard pictures, and a logistic
//! regression learns when the answer was within a CIEDE2000 difference of 5.

use lorgnon_look::COLOUR_COUNT;
use serde::{Deserialize, Serialize};

use super::inversion::Inversion;
use crate::{ColourState, logistic};

/// Signs that speak for or against a colour, the constant among them.
const SIGNS: usize = 9;
/// What the weights are drawn to where trials are few: fitted on 38 pairs of real renders.
const USUAL: [f64; SIGNS] = [-5.4, 6.0, 2.1, -2.0, -1.5, 1.9, 1.0, 4.5, -0.3];
/// How strongly, in trials.
const USUAL_WEIGHT: f64 = 0.5;
/// Colours called solved are to be right this often, in trials.
const SOLVED_PRECISION: f64 = 0.985;
/// A colour less likely right than this is not told.
const LEAST_TOLD: f32 = 0.40;
/// A part of fewer pixels cannot be observed.
pub(super) const FEWEST: usize = 12;

/// The weights of the signs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Calibration {
    weights: [f64; SIGNS],
    /// From this probability on, a colour is called solved.
    solved_from: f32,
}

/// One colour solved in a trial.
#[derive(Debug, Clone, Copy)]
pub(super) struct Trial {
    pub(super) signs: [f64; SIGNS],
    /// Whether it was right.
    pub(super) right: bool,
}

impl Default for Calibration {
    fn default() -> Self {
        Self { weights: USUAL, solved_from: 0.8 }
    }
}

/// The signs of one solved colour. `least_noise` is the smallest noise among the picture's colours.
pub(super) fn signs(inversion: &Inversion, explained: f32, least_noise: f32) -> [f64; SIGNS] {
    let brightest = inversion.colour.into_iter().fold(0.0, f32::max);
    // Shading that follows the map is hard to come by without the part; an item hardly has it, and
    // darkness shows none.
    let contrast = inversion.spread * brightest;
    [
        1.0,
        inversion.share,
        (1.0 + inversion.support).ln() / 6.0,
        inversion.rival,
        inversion.noise / 7.0,
        explained,
        brightest / 255.0,
        contrast / (contrast + inversion.noise + 1.0),
        (inversion.noise - least_noise) / 7.0,
    ]
    .map(f64::from)
}

/// The smallest noise among the colours of a picture, in levels.
pub(super) fn least_noise(inversions: &[Option<Inversion>; COLOUR_COUNT]) -> f32 {
    inversions.iter().flatten().map(|inversion| inversion.noise).fold(f32::MAX, f32::min)
}

impl Calibration {
    /// Learns from trials; without any, the usual weights.
    pub(super) fn learn(trials: &[Trial]) -> Self {
        let observed: Vec<([f64; SIGNS], f64)> =
            trials.iter().map(|trial| (trial.signs, f64::from(u8::from(trial.right)))).collect();
        let weights = logistic::fit(&observed, USUAL, [USUAL_WEIGHT; SIGNS]);
        let mut calibration = Self { weights, ..Self::default() };
        calibration.solved_from = calibration.threshold(trials);
        calibration
    }

    /// The lowest probability from which on trials were right often enough.
    fn threshold(&self, trials: &[Trial]) -> f32 {
        let mut judged: Vec<(f32, bool)> =
            trials.iter().map(|trial| (self.of(&trial.signs), trial.right)).collect();
        judged.sort_by(|one, two| two.0.total_cmp(&one.0));
        let (mut right, mut lowest) = (0usize, Self::default().solved_from);
        for (index, (chance, was_right)) in judged.iter().enumerate() {
            right += usize::from(*was_right);
            if index >= 40 && right as f64 >= SOLVED_PRECISION * (index + 1) as f64 {
                lowest = *chance;
            }
        }
        lowest.clamp(0.7, 0.97)
    }

    fn of(&self, signs: &[f64; SIGNS]) -> f32 {
        logistic::logistic(logistic::log_odds(&self.weights, signs)) as f32
    }

    /// The probability that a solved colour is right, and what to call it.
    pub(super) fn judge(&self, signs: &[f64; SIGNS]) -> (ColourState, f32) {
        let chance = self.of(signs);
        let state = if chance >= self.solved_from {
            ColourState::Solved
        } else if chance >= LEAST_TOLD {
            ColourState::Uncertain
        } else {
            ColourState::Unknown
        };
        (state, chance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_trials_show_is_learnt() {
        // Right exactly when the share is above .6, whatever the usual weights say.
        let of = |share| {
            let inversion =
                Inversion { colour: [100.0; 3], share, support: 100.0, rival: 0.1, noise: 2.0, spread: 0.1 };
            signs(&inversion, 0.8, 2.0)
        };
        let trials: Vec<Trial> = (0..400)
            .map(|index| (index % 100) as f32 / 100.0)
            .map(|share| Trial { signs: of(share), right: share > 0.6 })
            .collect();
        let calibration = Calibration::learn(&trials);
        assert_eq!(calibration.judge(&of(0.8)).0, ColourState::Solved);
        assert_eq!(calibration.judge(&of(0.3)).0, ColourState::Unknown);
        assert!(calibration.judge(&of(0.7)).1 > 0.7 && calibration.judge(&of(0.5)).1 < 0.3);
    }
}

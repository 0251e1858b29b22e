//! Whether anything is worn in a slot, from all that speaks for it.
//!
//! The features of the region, those of what is left where all that is worn in front is left out, how much in it
//! is not the body, the art as it is found and how far above what others score, and features and art together as
//! items are named by them: none is the best sign in every slot and before every background. How they weigh is
//! learned from held-out looks.

use serde::{Deserialize, Serialize};

use super::calibration::drawn_to_the_middle;
use super::eye::Scores;
use super::eyes::EyeScores;
use crate::logistic::{fit, log_odds, logistic, loss};

/// What speaks for something worn; the last is 1.
const SIGNS: usize = 7;
/// Signs that are there without art: the features, how much is shown, and the constant.
const WITHOUT_ART: [usize; 4] = [0, 1, 2, SIGNS - 1];
/// What counts without any look: the features alone.
const USUAL: [f64; SIGNS] = [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];
/// How strongly, in looks.
const PULL: [f64; SIGNS] = [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.01];
/// Art must make what held true so much likelier (of log probability) to be worth asking for: one for each
/// weight that it adds (Akaike, 1974).
const ART_WORTH: f64 = (SIGNS - WITHOUT_ART.len()) as f64;
/// No sign is greater than this; one of a slot whose items no look shows would be infinite.
const GREATEST: f32 = 1e5;

/// The signs of one look.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Signs([f32; SIGNS]);

impl Signs {
    /// Of a slot's scores, its art (as it is, and above what others score) and both as they are named by.
    pub(super) fn new(scores: &EyeScores, shown_px: f32, art: [&[f32]; 2], named_by: &Scores) -> Self {
        let most = |values: &[f32]| values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let signs = [
            scores.whole.advantage(),
            scores.rest.as_ref().map_or(0.0, Scores::advantage),
            (1.0 + shown_px).ln(),
            most(art[0]),
            most(art[1]),
            named_by.advantage(),
            1.0,
        ];
        Self(signs.map(|sign| sign.clamp(-GREATEST, GREATEST)))
    }

    /// Where no art is heard.
    pub(super) fn without_art(scores: &EyeScores, shown_px: f32) -> Self {
        Self::new(scores, shown_px, [&[0.0], &[0.0]], &scores.whole)
    }
}

/// How the signs weigh.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Presence {
    /// A unit of each sign.
    weights: [f64; SIGNS],
}

impl Presence {
    /// So that whether held-out looks wear anything is likeliest; the art is left out where it adds nothing.
    pub(super) fn fit(observed: &[(Signs, bool)]) -> Self {
        let whole = Self::over(observed, |_| true);
        let plain = Self::over(observed, |sign| WITHOUT_ART.contains(&sign));
        if whole.loss(observed) + ART_WORTH < plain.loss(observed) { whole } else { plain }
    }

    /// By the signs that are asked.
    fn over(observed: &[(Signs, bool)], asked: impl Fn(usize) -> bool) -> Self {
        let looks = observed.len().max(1) as f64;
        let scale: [f64; SIGNS] = std::array::from_fn(|sign| {
            let sum: f64 = observed.iter().map(|(signs, _)| f64::from(signs.0[sign].abs())).sum();
            if asked(sign) && sum > 0.0 { looks / sum } else { 0.0 }
        });
        let targets = drawn_to_the_middle(observed.iter().map(|(_, worn)| *worn));
        let rows: Vec<([f64; SIGNS], f64)> = observed
            .iter()
            .zip(targets)
            .map(|((signs, _), target)| {
                (std::array::from_fn(|sign| f64::from(signs.0[sign]) * scale[sign]), target)
            })
            .collect();
        let fitted = fit(&rows, USUAL, PULL);
        Self { weights: std::array::from_fn(|sign| fitted[sign] * scale[sign]) }
    }

    /// Whether the art is to be asked.
    pub(super) fn hears_art(&self) -> bool {
        (0..SIGNS).any(|sign| !WITHOUT_ART.contains(&sign) && self.weights[sign].abs() > 0.0)
    }

    /// The probability that something is worn.
    pub(super) fn probability(&self, signs: &Signs) -> f32 {
        logistic(log_odds(&self.weights, &signs.0.map(f64::from))) as f32
    }

    /// Negative log probability of the truth.
    pub(super) fn loss(&self, observed: &[(Signs, bool)]) -> f64 {
        loss(observed.iter().map(|(signs, worn)| (self.probability(signs), *worn)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn observed(sign: usize) -> Vec<(Signs, bool)> {
        let mut random = fastrand::Rng::with_seed(3);
        (0..300)
            .map(|at| {
                let mut signs = [0.0; SIGNS].map(|_: f32| 20.0 * random.f32() - 10.0);
                let worn = at % 3 > 0;
                signs[sign] += if worn { 30.0 } else { -30.0 };
                signs[SIGNS - 1] = 1.0;
                (Signs(signs), worn)
            })
            .collect()
    }

    #[test]
    fn whichever_sign_tells_is_heard() {
        for sign in 0..SIGNS - 1 {
            let observed = observed(sign);
            let fitted = Presence::fit(&observed);
            assert!(fitted.loss(&observed) < 0.1 * observed.len() as f64, "{sign}");
            assert_eq!(fitted.hears_art(), !WITHOUT_ART.contains(&sign), "{sign}");
        }
    }

    #[test]
    fn without_looks_the_features_decide() {
        let fitted = Presence::fit(&[]);
        assert!(!fitted.hears_art());
        assert!((fitted.probability(&Signs([0.0, 9.0, 9.0, 9.0, 9.0, 9.0, 1.0])) - 0.5).abs() < 1e-6);
    }
}

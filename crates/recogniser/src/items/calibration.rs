//! From scores to probabilities, fitted on looks the scores have not seen.

use serde::{Deserialize, Serialize};

/// Pull of the parameters towards their start, in observations: few looks move them little.
const PRIOR: f64 = 1.0;

/// Probability that something is worn, from how much better an item explains the window.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Logistic {
    slope: f32,
    bias: f32,
    scale: f32,
}

impl Logistic {
    /// Maximum likelihood by Newton's method (Platt, 1999), targets drawn a little to the middle.
    pub(super) fn fit(observations: &[(f32, bool)]) -> Self {
        let spread = observations.iter().map(|(value, _)| f64::from(value.abs())).sum::<f64>()
            / observations.len().max(1) as f64;
        let scale = spread.max(1e-3);
        let worn = observations.iter().filter(|(_, worn)| *worn).count() as f64;
        let bare = observations.len() as f64 - worn;
        let (high, low) = ((worn + 1.0) / (worn + 2.0), 1.0 / (bare + 2.0));
        let (mut slope, mut bias) = (1.0f64, 0.0f64);
        for _ in 0..60 {
            let (mut gradient, mut hessian) = ([PRIOR * (slope - 1.0), 0.01 * bias], [PRIOR, 0.0, 0.01]);
            for (value, worn) in observations {
                let value = f64::from(*value) / scale;
                let probability = 1.0 / (1.0 + (-(slope * value + bias)).exp());
                let error = probability - if *worn { high } else { low };
                let weight = (probability * (1.0 - probability)).max(1e-6);
                gradient[0] += error * value;
                gradient[1] += error;
                hessian[0] += weight * value * value;
                hessian[1] += weight * value;
                hessian[2] += weight;
            }
            let determinant = hessian[0] * hessian[2] - hessian[1] * hessian[1];
            if determinant.abs() < 1e-9 {
                break;
            }
            let step = |change: f64| change.clamp(-2.0, 2.0);
            slope -= step((hessian[2] * gradient[0] - hessian[1] * gradient[1]) / determinant);
            bias -= step((hessian[0] * gradient[1] - hessian[1] * gradient[0]) / determinant);
            slope = slope.max(0.02);
        }
        Self { slope: slope as f32, bias: bias as f32, scale: scale as f32 }
    }

    /// The probability.
    pub(super) fn probability(&self, value: f32) -> f32 {
        1.0 / (1.0 + (-(self.slope * value / self.scale + self.bias)).exp())
    }
}

/// Divides log likelihoods before they become shares, since the directions are not independent.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Temperature(f32);

impl Temperature {
    /// When nothing can be held out.
    pub(super) const DEFAULT: Self = Self(4.0);

    /// The temperature at which held-out items were likeliest; each observation has the scores of
    /// all items and the place of the right one.
    pub(super) fn fit(observations: &[(&[f32], usize)]) -> Self {
        if observations.is_empty() {
            return Self::DEFAULT;
        }
        let loss = |temperature: f32| -> f64 {
            observations
                .iter()
                .map(|(scores, right)| f64::from(-Self(temperature).shares(scores)[*right].max(1e-9).ln()))
                .sum()
        };
        (0..40)
            .map(|step| 0.25 * 1.15f32.powi(step))
            .map(|temperature| (loss(temperature), temperature))
            .min_by(|left, right| left.0.total_cmp(&right.0))
            .map_or(Self::DEFAULT, |(_, temperature)| Self(temperature))
    }

    /// Shares of the items, summing to 1.
    pub(super) fn shares(&self, scores: &[f32]) -> Vec<f32> {
        let most = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let weights: Vec<f32> = scores.iter().map(|score| ((score - most) / self.0).exp()).collect();
        let sum: f32 = weights.iter().sum();
        weights.into_iter().map(|weight| weight / sum.max(1e-12)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_logistic_finds_where_the_sides_meet() {
        let observations: Vec<(f32, bool)> =
            (0..200).map(|at| (at as f32 / 10.0, at + (at * 7) % 40 > 120)).collect();
        let fitted = Logistic::fit(&observations);
        assert!(fitted.probability(0.0) < 0.05 && fitted.probability(19.0) > 0.95);
        assert!((0.2..0.8).contains(&fitted.probability(10.2)));
    }

    #[test]
    fn overconfident_scores_are_cooled() {
        let (right, wrong) = ([60.0, 0.0], [0.0, 60.0]);
        let observations: Vec<(&[f32], usize)> =
            (0..10).map(|at| (if at < 8 { &right[..] } else { &wrong[..] }, 0)).collect();
        let share = Temperature::fit(&observations).shares(&right)[0];
        assert!((0.75..0.9).contains(&share), "{share}");
    }
}

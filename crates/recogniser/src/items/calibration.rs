//! From scores to probabilities, fitted on looks the scores have not seen.

use serde::{Deserialize, Serialize};

use super::head::Scores;

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
        probability(self.log_odds(value))
    }

    fn log_odds(&self, value: f32) -> f32 {
        self.slope * value / self.scale + self.bias
    }
}

/// The logistic function.
pub(super) fn probability(log_odds: f32) -> f32 {
    1.0 / (1.0 + (-log_odds).exp())
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
        Self::with_loss(observations).1
    }

    /// That temperature after the negative log probability of all that held true under it.
    fn with_loss(observations: &[(&[f32], usize)]) -> (f64, Self) {
        if observations.is_empty() {
            return (0.0, Self::DEFAULT);
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
            .map_or((0.0, Self::DEFAULT), |(loss, temperature)| (loss, Self(temperature)))
    }

    /// Shares of the items, summing to 1.
    pub(super) fn shares(&self, scores: &[f32]) -> Vec<f32> {
        let most = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let weights: Vec<f32> = scores.iter().map(|score| ((score - most) / self.0).exp()).collect();
        let sum: f32 = weights.iter().sum();
        weights.into_iter().map(|weight| weight / sum.max(1e-12)).collect()
    }
}

/// Weights of the art that are tried beside the other features.
const ART_WEIGHTS: [f32; 8] = [0.0, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4];
/// How much likelier a held-out truth may be than under the weight that is taken before scenery. The
/// other features were learned from scenery made up just like that of the held-out looks; real maps
/// are not, and tell that the art is to be trusted more.
const FLATTERY: f64 = 1.3;

/// A held-out look in one slot.
pub(super) struct Observed<'a> {
    pub(super) scores: &'a Scores,
    /// By item: how much likelier its art is; and that less what others score.
    pub(super) art: [&'a [f32]; 2],
    /// 0 for nothing worn, else the item's place plus 1.
    pub(super) class: usize,
}

impl Observed<'_> {
    fn is_worn(&self) -> bool {
        self.class > 0
    }
}

/// What a slot's scores mean in one kind of picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Calibrated {
    art_weight: f32,
    /// Whether an item's art counts by how much more it scores than on others.
    is_less_usual: bool,
    presence: Logistic,
    /// What the best art alone says of that, where it is heard beside.
    presence_by_art: Option<Logistic>,
    pub(super) temperature: Temperature,
}

/// Negative log probability of the truth over held-out looks.
struct Loss {
    /// Of all that they wear.
    items: f64,
    /// Of whether they wear anything.
    presence: f64,
}

/// What both kinds of features say together.
pub(super) struct Judgement {
    pub(super) scores: Scores,
    /// Probability that anything is worn.
    pub(super) present: f32,
}

impl Calibrated {
    /// For cut-out characters: the weight of the art under which what held-out looks wear was likeliest.
    ///
    /// Whether anything is worn is learned from the same looks before scenery, too: few are held out.
    pub(super) fn cut_out(observed: &[Observed<'_>], in_scenery: &[Observed<'_>]) -> Self {
        let candidates = [false, true].into_iter().flat_map(|is_less_usual| {
            ART_WEIGHTS.map(|weight| Self::with_weight(weight, is_less_usual, observed))
        });
        let candidates = candidates.inspect(|(loss, candidate)| {
            tracing::debug!(
                art_weight = candidate.art_weight,
                is_less_usual = candidate.is_less_usual,
                looks = observed.len(),
                items_loss = loss.items,
                presence_loss = loss.presence,
                "held-out looks under a weight of the art"
            );
        });
        let both = |loss: &Loss| loss.items + loss.presence;
        let best = candidates.min_by(|left, right| both(&left.0).total_cmp(&both(&right.0)));
        let mut best = best.map_or_else(|| Self::with_weight(0.0, false, &[]).1, |(_, best)| best);
        let advantage = |look: &Observed<'_>| {
            best.fused(look.scores, look.art[usize::from(best.is_less_usual)]).advantage()
        };
        let all = observed.iter().chain(in_scenery);
        let advantages: Vec<(f32, bool)> = all.map(|look| (advantage(look), look.is_worn())).collect();
        best.presence = Logistic::fit(&advantages);
        best
    }

    /// Before scenery, where the cut-out characters were judged so.
    pub(super) fn in_scenery(observed: &[Observed<'_>], cut_out: &Self) -> Self {
        let fitted = ART_WEIGHTS.map(|weight| Self::with_weight(weight, cut_out.is_less_usual, observed));
        let least = fitted.iter().map(|(loss, _)| loss.items).fold(f64::INFINITY, f64::min);
        let [(_, without), ..] = &fitted;
        let trusted = fitted.iter().rev().find(|(loss, _)| loss.items <= FLATTERY * least);
        let mut trusted = trusted.map_or_else(|| without.clone(), |(_, trusted)| trusted.clone());
        if trusted.art_weight > 0.0 {
            let kind = usize::from(trusted.is_less_usual);
            let shown: Vec<(f32, bool)> =
                observed.iter().map(|look| (most(look.art[kind]), look.is_worn())).collect();
            trusted.presence_by_art = Some(Logistic::fit(&shown));
        }
        trusted
    }

    /// With what is lost by it.
    fn with_weight(art_weight: f32, is_less_usual: bool, observed: &[Observed<'_>]) -> (Loss, Self) {
        let mut calibrated = Self {
            art_weight,
            is_less_usual,
            presence: Logistic::fit(&[]),
            presence_by_art: None,
            temperature: Temperature::DEFAULT,
        };
        let fused: Vec<(Scores, usize)> = observed
            .iter()
            .map(|look| (calibrated.fused(look.scores, look.art[usize::from(is_less_usual)]), look.class))
            .collect();
        let advantages: Vec<(f32, bool)> =
            fused.iter().map(|(scores, class)| (scores.advantage(), *class > 0)).collect();
        let worn: Vec<(&[f32], usize)> = fused
            .iter()
            .filter(|(scores, class)| *class > 0 && scores.items[class - 1].is_finite())
            .map(|(scores, class)| (scores.items.as_slice(), class - 1))
            .collect();
        calibrated.presence = Logistic::fit(&advantages);
        let chance = |(advantage, is_worn): &(f32, bool)| {
            let present = calibrated.presence.probability(*advantage);
            if *is_worn { present } else { 1.0 - present }
        };
        let presence = advantages.iter().map(|look| -f64::from(chance(look).max(1e-6).ln())).sum();
        let (items, temperature) = Temperature::with_loss(&worn);
        calibrated.temperature = temperature;
        (Loss { items, presence }, calibrated)
    }

    fn fused(&self, scores: &Scores, art: &[f32]) -> Scores {
        scores.with(0.0, art.iter().map(|art| self.art_weight * art))
    }

    /// Judges by a slot's scores and, where it is heard, its art: as it is, and less what others score.
    pub(super) fn judge(&self, scores: &Scores, art: impl FnOnce() -> [Vec<f32>; 2]) -> Judgement {
        if self.art_weight <= 0.0 {
            let present = self.presence.probability(scores.advantage());
            return Judgement { scores: scores.clone(), present };
        }
        let art = &art()[usize::from(self.is_less_usual)];
        let scores = self.fused(scores, art);
        let together = self.presence.log_odds(scores.advantage());
        let log_odds = match &self.presence_by_art {
            // Two opinions of equal weight.
            Some(by_art) => (together + by_art.log_odds(most(art))) / 2.0,
            None => together,
        };
        Judgement { scores, present: probability(log_odds) }
    }
}

fn most(values: &[f32]) -> f32 {
    values.iter().copied().fold(f32::NEG_INFINITY, f32::max)
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

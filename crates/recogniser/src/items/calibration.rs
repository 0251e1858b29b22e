//! From scores to probabilities, fitted on looks the scores have not seen.

use serde::{Deserialize, Serialize};

use super::eye::Scores;
use super::eyes::EyeScores;
use super::presence::{Presence, Signs};
use crate::logistic;

/// Pull of the parameters towards their start, in observations: few looks move them little.
const PRIOR: f64 = 1.0;
const BIAS_PRIOR: f64 = 0.01;
/// A better score never speaks against an item.
const LEAST_SLOPE: f64 = 0.02;

/// Probability that something is worn, from how much better an item explains the window.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Logistic {
    slope: f32,
    bias: f32,
    scale: f32,
}

impl Logistic {
    /// Even odds at `middle`, e to 1 at `width` beyond.
    pub(super) fn about(middle: f32, width: f32) -> Self {
        Self { slope: 1.0, bias: -middle / width, scale: width }
    }

    /// Maximum likelihood by Newton's method (Platt, 1999), targets drawn a little to the middle.
    pub(super) fn fit(observations: &[(f32, bool)]) -> Self {
        let spread = observations.iter().map(|(value, _)| f64::from(value.abs())).sum::<f64>()
            / observations.len().max(1) as f64;
        let scale = spread.max(1e-3);
        let observed: Vec<([f64; 2], f64)> = drawn_to_the_middle(observations.iter().map(|(_, worn)| *worn))
            .zip(observations)
            .map(|(target, (value, _))| ([f64::from(*value) / scale, 1.0], target))
            .collect();
        let [slope, bias] = logistic::fit(&observed, [1.0, 0.0], [PRIOR, BIAS_PRIOR]);
        Self { slope: slope.max(LEAST_SLOPE) as f32, bias: bias as f32, scale: scale as f32 }
    }

    /// The probability.
    pub(super) fn probability(&self, value: f32) -> f32 {
        logistic::logistic(f64::from(self.slope * value / self.scale + self.bias)) as f32
    }

    /// Negative log probability of the truth.
    fn loss(&self, observations: &[(f32, bool)]) -> f64 {
        logistic::loss(observations.iter().map(|(value, worn)| (self.probability(*value), *worn)))
    }
}

/// What a regression is to reach where something is worn and where nothing is: a little less than all, by
/// how few there are of each.
pub(super) fn drawn_to_the_middle(worn: impl Iterator<Item = bool> + Clone) -> impl Iterator<Item = f64> {
    let count = |wanted: bool| worn.clone().filter(|worn| *worn == wanted).count() as f64;
    let (high, low) = ((count(true) + 1.0) / (count(true) + 2.0), 1.0 / (count(false) + 2.0));
    worn.map(move |worn| if worn { high } else { low })
}

/// Divides log likelihoods before they become shares, since the directions are not independent.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Temperature(f32);

impl Temperature {
    /// When nothing can be held out.
    pub(super) const DEFAULT: Self = Self(4.0);

    /// A given one.
    pub(super) const fn about(temperature: f32) -> Self {
        Self(temperature)
    }

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
/// Shares of the eye for what is left that are tried.
const REST_SHARES: [f32; 3] = [0.0, 0.5, 1.0];

/// A held-out look in one slot.
pub(super) struct Observed<'a> {
    pub(super) scores: &'a EyeScores,
    /// By item: how much likelier its art is; and how far that lies above what others score.
    pub(super) art: [&'a [f32]; 2],
    /// How much of its region is not the body.
    pub(super) shown_px: f32,
    /// 0 for nothing worn, else the item's place plus 1.
    pub(super) class: usize,
}

/// How the eye for what is left, and the art, are heard beside the other features.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Hearing {
    weight: f32,
    /// Whether an item's art counts by how far it scores above others.
    is_above_others: bool,
    /// How much the eye for what is left is heard, of both eyes.
    rest_share: f32,
}

impl Hearing {
    const ART_UNHEARD: Self = Self { weight: 0.0, is_above_others: false, rest_share: 0.0 };

    fn all(is_rest_seen: bool) -> impl Iterator<Item = Self> {
        let shares = REST_SHARES.into_iter().take(if is_rest_seen { REST_SHARES.len() } else { 1 });
        let eyes = shares.map(|rest_share| Self { rest_share, ..Self::ART_UNHEARD });
        let arts = |eyes: Self| [false, true].map(|is_above_others| Self { is_above_others, ..eyes });
        let heard = |art: Self| ART_WEIGHTS.map(|weight| Self { weight, ..art });
        eyes.flat_map(arts).flat_map(heard)
    }

    /// What all features say together.
    fn together(self, scores: &EyeScores, art: [&[f32]; 2]) -> Scores {
        let art = art[usize::from(self.is_above_others)];
        scores.blended(self.rest_share).with(0.0, art.iter().map(|art| self.weight * art))
    }
}

/// What a slot's scores mean in one kind of picture.
///
/// The art may be heard more in naming an item than in whether there is any: what hangs behind the body
/// shows little that is its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Calibrated {
    naming: Hearing,
    pub(super) temperature: Temperature,
    presence: Presence,
}

/// What all features say together.
pub(super) struct Judgement {
    pub(super) scores: Scores,
    /// Probability that anything is worn.
    pub(super) present: f32,
}

impl Calibrated {
    /// So that what held-out looks wear, and whether they wear anything, is likeliest.
    pub(super) fn fit(observed: &[Observed<'_>]) -> Self {
        let mut best = Self {
            naming: Hearing::ART_UNHEARD,
            temperature: Temperature::DEFAULT,
            presence: Presence::fit(&[]),
        };
        let mut least = f64::INFINITY;
        let is_rest_seen = observed.first().is_some_and(|look| look.scores.rest.is_some());
        for hearing in Hearing::all(is_rest_seen) {
            let judged: Vec<(Scores, usize)> =
                observed.iter().map(|look| (hearing.together(look.scores, look.art), look.class)).collect();
            let worn: Vec<(&[f32], usize)> = judged
                .iter()
                .filter(|(scores, class)| *class > 0 && scores.items[class - 1].is_finite())
                .map(|(scores, class)| (scores.items.as_slice(), class - 1))
                .collect();
            let advantages: Vec<(f32, bool)> =
                judged.iter().map(|(scores, class)| (scores.advantage(), *class > 0)).collect();
            // What is named must be told from nothing, too: few looks wear each item, and alone they mislead.
            let (naming, temperature) = Temperature::with_loss(&worn);
            let loss = naming + Logistic::fit(&advantages).loss(&advantages);
            if loss < least {
                (least, best.naming, best.temperature) = (loss, hearing, temperature);
            }
        }
        let signs: Vec<(Signs, bool)> = observed
            .iter()
            .map(|look| {
                let named_by = best.naming.together(look.scores, look.art);
                (Signs::new(look.scores, look.shown_px, look.art, &named_by), look.class > 0)
            })
            .collect();
        best.presence = Presence::fit(&signs);
        tracing::debug!(
            looks = observed.len(),
            naming = ?best.naming,
            naming_loss = least,
            presence = ?best.presence,
            presence_loss = best.presence.loss(&signs),
            "how the art is heard"
        );
        best
    }

    /// Judges by a slot's scores and its art: as it is, and above what others score. The art is asked for
    /// only where it is heard.
    pub(super) fn judge(
        &self,
        scores: &EyeScores,
        shown_px: f32,
        art: impl FnOnce() -> [Vec<f32>; 2],
    ) -> Judgement {
        if self.naming.weight <= 0.0 && !self.presence.hears_art() {
            let present = self.presence.probability(&Signs::without_art(scores, shown_px));
            return Judgement { scores: scores.blended(self.naming.rest_share), present };
        }
        let [raw, above_others] = &art();
        let named_by = self.naming.together(scores, [raw, above_others]);
        let present =
            self.presence.probability(&Signs::new(scores, shown_px, [raw, above_others], &named_by));
        Judgement { scores: named_by, present }
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

//! How far scores are to be trusted: the temperature that makes them probabilities, and the score
//! below which there is nobody. Both come from held-out looks and empty scenes, never by hand.

use serde::{Deserialize, Serialize};

use super::nobody::Chance;

/// Share of held-out descriptions that the threshold must let through.
const ACCEPTED_SHARE: f64 = 0.98;

/// What turns scores into probabilities and verdicts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Calibration {
    /// Scores are divided by this before the softmax.
    pub(super) temperature: f32,
    /// Below this best score there is nobody: before scenery.
    threshold: f32,
    /// And cut out, or before a plain colour: there is much less in which a body can be seen by chance.
    plain_threshold: f32,
    /// What each template's thresholds are more: shapes that are seen where nobody is must say so louder.
    handicaps: Vec<f32>,
}

impl Calibration {
    /// Before anything is known: everything is somebody.
    pub(super) fn open() -> Self {
        Self { temperature: 1.0, threshold: f32::MIN, plain_threshold: f32::MIN, handicaps: Vec::new() }
    }

    /// The best score below which there is nobody, in a picture that is plain around the character or not.
    pub(super) fn threshold(&self, plain: bool) -> f32 {
        if plain { self.plain_threshold } else { self.threshold }
    }

    /// The same for what a template says.
    pub(super) fn threshold_of(&self, template: usize, plain: bool) -> f32 {
        self.threshold(plain) + self.handicaps.get(template).copied().unwrap_or(0.0)
    }
}

/// Share of pictures of nobody that may reach the threshold.
const FALSE_ACCEPTS: f32 = 0.002;
/// And of plain ones: who is seen in them by chance is a thing that a catalogue shows, of which few are asked about.
const PLAIN_FALSE_ACCEPTS: f32 = 0.005;
/// Share of them whose scores make the tail that is extended to reach so rare a score.
const TAIL_SHARE: f32 = 0.1;
/// Share of pictures of nobody whose best score is usual: what scores more says which shapes are seen in them.
const USUAL_SHARE: f32 = 0.75;
/// Where the threshold stands between what nobody reaches and what characters reach: near nobody, since
/// training pictures are easier than those that people send.
const TOWARDS_CHARACTERS: f32 = 0.25;
/// And at most this much above nobody, of what nobody reaches: where a few looks are all alike, training
/// says of characters what no picture will.
const MOST_ABOVE_NOBODY: f32 = 0.5;

/// Sets temperature and thresholds of so many templates: `judged` holds for each held-out description the
/// score of every pair of class and sex, and which is right; `chances` what the search finds in each picture
/// of nobody, best first.
pub(super) fn calibrate(
    judged: &[(Vec<f32>, usize)],
    chances: &[Vec<Chance>],
    templates: usize,
) -> Calibration {
    let best_of = |chances: &Vec<Chance>| chances.first().map_or(0.0, |best| best.score.max(0.0));
    let mut nobody: Vec<f32> = chances.iter().map(best_of).collect();
    nobody.sort_by(f32::total_cmp);
    let mut right: Vec<f32> = judged.iter().map(|(scores, group)| scores[*group]).collect();
    right.sort_by(f32::total_cmp);
    let reached = right.get(((1.0 - ACCEPTED_SHARE) * right.len() as f64) as usize).copied();
    let threshold = threshold_between(&nobody, reached, FALSE_ACCEPTS);
    let plain_threshold = threshold_between(&nobody, reached, PLAIN_FALSE_ACCEPTS);
    // Looks too few to hold any out: a temperature in the order of the scores.
    let temperature = best_temperature(judged).unwrap_or_else(|| (threshold / 4.0).max(1.0));
    tracing::debug!(reached, threshold, plain_threshold, temperature, "who is somebody");
    let usual = nobody.get((USUAL_SHARE * nobody.len() as f32) as usize).copied().unwrap_or(0.0);
    let handicaps =
        handicaps(chances.iter().flatten().filter(|chance| chance.score > usual), usual, templates);
    Calibration { temperature, threshold, plain_threshold, handicaps }
}

/// How much more than the others each of so many templates must score to be believed, from what scored more
/// than `usual` where nobody is: so much that, if scores are distributed exponentially, none is taken for
/// somebody more often than its even share. Those that are seen less often are not believed for less: in so
/// few pictures that is chance.
fn handicaps<'a>(chances: impl Iterator<Item = &'a Chance>, usual: f32, templates: usize) -> Vec<f32> {
    // Each is taken to have been seen once more: of a few sightings little is certain.
    let mut seen = vec![1.0f32; templates];
    let (mut excess, mut count) = (0.0, 0.0f32);
    for chance in chances {
        seen[chance.template] += 1.0;
        excess += chance.score - usual;
        count += 1.0;
    }
    let even = seen.iter().sum::<f32>() / templates.max(1) as f32;
    seen.into_iter().map(|seen| excess / count.max(1.0) * (seen / even).ln().max(0.0)).collect()
}

/// The threshold between what but a `tolerated` share of nobody scores and what nearly all characters have
/// `reached`, where that is more.
fn threshold_between(nobody: &[f32], reached: Option<f32>, tolerated: f32) -> f32 {
    let empty = rare_score(nobody, tolerated);
    let above = reached.map_or(0.0, |reached| (reached - empty).max(0.0));
    empty + (TOWARDS_CHARACTERS * above).min(MOST_ABOVE_NOBODY * empty)
}

/// The score that nobody, lowest first, reaches but in a share of all pictures: the highest scores exceed a
/// high one by amounts that are distributed exponentially (peaks over threshold: Pickands, 1975).
fn rare_score(nobody: &[f32], false_accepts: f32) -> f32 {
    let tail = ((TAIL_SHARE * nobody.len() as f32) as usize).min(nobody.len());
    if tail == 0 {
        return 0.0;
    }
    let (rest, highest) = nobody.split_at(nobody.len() - tail);
    let base = rest.last().copied().unwrap_or(0.0);
    let excess = highest.iter().map(|score| score - base).sum::<f32>() / tail as f32;
    let share = tail as f32 / nobody.len() as f32;
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
        (0..400).rev().map(|at| -10.0 * ((at as f32 + 0.5) / 400.0).ln()).collect()
    }

    /// The same as two templates' chances, in turn.
    fn chances() -> Vec<Vec<Chance>> {
        let scores = nobody().into_iter().enumerate();
        scores.map(|(at, score)| vec![Chance { template: at % 2, score }]).collect()
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
            let calibration = calibrate(&judged(score), &chances(), 2);
            [true, false].map(|plain| calibration.threshold(plain))
        };
        let [plain, busy] = thresholds(-5.0);
        assert!((plain - 53.0).abs() < 2.2 && (busy - 62.1).abs() < 2.8, "{plain} {busy}");
        assert!(thresholds(40.0).iter().zip([plain, busy]).all(|(left, right)| (left - right).abs() < 1e-3));
        let [plain_higher, higher] = thresholds(120.0);
        assert!(plain_higher > plain + 10.0 && higher > busy + 10.0 && higher < 120.0, "{higher}");
        let [_, highest] = thresholds(10_000.0);
        assert!((highest - 1.5 * busy).abs() < 1e-2, "{highest}");
    }

    #[test]
    fn shapes_that_are_seen_where_nobody_is_must_score_more() {
        // The first template is seen nine times in ten, the third never.
        let scores = nobody().into_iter().enumerate();
        let chances: Vec<Vec<Chance>> =
            scores.map(|(at, score)| vec![Chance { template: usize::from(at % 10 == 0), score }]).collect();
        let calibration = calibrate(&[], &chances, 3);
        let [often, seldom, never] = [0, 1, 2].map(|template| calibration.threshold_of(template, true));
        assert!(often > seldom + 8.0 && (seldom - never).abs() < 1e-6, "{often} {seldom} {never}");
        let even = calibrate(&[], &self::chances(), 2);
        assert!((even.threshold_of(0, false) - even.threshold(false)).abs() < 1.0);
        assert!(calibrate(&[], &[], 2).threshold_of(1, true).abs() < 1e-6, "of nothing nothing is learnt");
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

//! How much vectors count beside the own features.

/// Weights that are tried.
const WEIGHTS: [f32; 8] = [0.02, 0.05, 0.1, 0.2, 0.35, 0.6, 1.0, 1.6];
/// Temperatures that are tried with each.
const TEMPERATURES: [f32; 12] = [0.5, 0.7, 1.0, 1.4, 2.0, 2.8, 4.0, 5.6, 8.0, 11.0, 16.0, 32.0];
/// The loss must fall to this share of what it was.
const WORTH: f32 = 0.95;
/// With fewer held-out looks nothing is concluded.
const LEAST_LOOKS: usize = 30;

/// A held-out look: what both say of each class, and the right one.
pub(super) struct Judged<'a> {
    pub(super) own: &'a [f32],
    pub(super) vector: &'a [f32],
    pub(super) right: usize,
}

/// The weight that makes the held-out truth likeliest, and the temperature with it; `None` where the
/// own features alone do as well, or fewer looks would be right.
pub(super) fn worth(judged: &[Judged<'_>]) -> Option<(f32, f32)> {
    if judged.len() < LEAST_LOOKS {
        return None;
    }
    let (alone, _) = best_temperature(judged, 0.0);
    let right_alone = right(judged, 0.0);
    let (loss, weight, temperature) = WEIGHTS
        .iter()
        .map(|weight| {
            let (loss, temperature) = best_temperature(judged, *weight);
            (loss, *weight, temperature)
        })
        .min_by(|left, right| left.0.total_cmp(&right.0))?;
    let right_fused = right(judged, weight);
    tracing::debug!(
        looks = judged.len(),
        own = right_alone,
        vector = vector_right(judged),
        fused = right_fused,
        own_loss = alone,
        fused_loss = loss,
        weight,
        "held-out looks that the features, the vectors and both get right"
    );
    (loss < WORTH * alone && right_fused >= right_alone).then_some((weight, temperature))
}

fn best_temperature(judged: &[Judged<'_>], weight: f32) -> (f32, f32) {
    let losses = TEMPERATURES.iter().map(|temperature| (loss(judged, weight, *temperature), *temperature));
    losses.min_by(|left, right| left.0.total_cmp(&right.0)).unwrap_or((f32::MAX, 1.0))
}

/// Mean negative log probability of the truth.
fn loss(judged: &[Judged<'_>], weight: f32, temperature: f32) -> f32 {
    let total: f32 = judged
        .iter()
        .map(|look| {
            let scores: Vec<f32> = fused(look, weight).map(|score| score / temperature).collect();
            let most = scores.iter().copied().fold(f32::MIN, f32::max);
            let sum: f32 = scores.iter().map(|score| (score - most).exp()).sum();
            (sum.ln() + most - scores[look.right]).min(20.0)
        })
        .sum();
    total / judged.len() as f32
}

/// Looks whose right class is likelier than each other one.
fn right(judged: &[Judged<'_>], weight: f32) -> usize {
    let is_right = |look: &&Judged<'_>| {
        let scores: Vec<f32> = fused(look, weight).collect();
        scores.iter().enumerate().all(|(at, score)| at == look.right || *score < scores[look.right])
    };
    judged.iter().filter(is_right).count()
}

/// Looks that vectors alone get right.
fn vector_right(judged: &[Judged<'_>]) -> usize {
    let alone = |look: &Judged<'_>| {
        right(&[Judged { own: look.vector, vector: look.vector, right: look.right }], 0.0)
    };
    judged.iter().map(alone).sum()
}

fn fused<'a>(look: &'a Judged<'_>, weight: f32) -> impl Iterator<Item = f32> + 'a {
    look.own
        .iter()
        .zip(look.vector)
        .map(move |(own, vector)| if weight > 0.0 { own + weight * vector } else { *own })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    /// Looks of two classes; `own` and `vector` tell how well each sees which.
    fn judge(own: f32, vector: f32) -> Option<(f32, f32)> {
        let mut random = Random::from_name("looks");
        let looks: Vec<(Vec<f32>, Vec<f32>, usize)> = (0..400)
            .map(|at| {
                let right = at % 2;
                let mut scores = |clarity: f32| {
                    let seen = clarity * (right as f32 - 0.5) + random.between(-1.0, 1.0);
                    vec![-2.0 * seen, 2.0 * seen]
                };
                (scores(own), scores(vector), right)
            })
            .collect();
        let judged: Vec<Judged<'_>> =
            looks.iter().map(|(own, vector, right)| Judged { own, vector, right: *right }).collect();
        worth(&judged)
    }

    #[test]
    fn a_second_eye_that_sees_counts_and_a_blind_one_does_not() {
        assert!(judge(1.0, 1.0).is_some_and(|(weight, _)| weight >= 0.6), "{:?}", judge(1.0, 1.0));
        assert_eq!(judge(1.0, 0.0), None);
        assert_eq!(judge(8.0, 1.0), None, "where the own features are sure already, nothing is added");
    }

    #[test]
    fn few_looks_conclude_nothing() {
        let judged: Vec<Judged<'_>> =
            (0..9).map(|_| Judged { own: &[0.0, 0.0], vector: &[9.0, 0.0], right: 0 }).collect();
        assert_eq!(worth(&judged), None);
    }
}

//! Logistic regression on a handful of signs: how probabilities are learned from what held true.

use crate::equations::solve;

/// The logistic function.
pub(crate) fn logistic(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
}

/// The log odds that weights give to signs.
pub(crate) fn log_odds<const N: usize>(weights: &[f64; N], signs: &[f64; N]) -> f64 {
    weights.iter().zip(signs).map(|(weight, sign)| weight * sign).sum()
}

/// The weights by which observations are likeliest: the penalised likelihood's maximum, by Newton's method
/// with bounded steps.
///
/// Each observation has its signs (one of them 1 for the bias) and its target, 0 to 1. `usual` are the
/// weights of no observations at all; `pull` says how many observations each counts for.
pub(crate) fn fit<const N: usize>(
    observations: &[([f64; N], f64)],
    usual: [f64; N],
    pull: [f64; N],
) -> [f64; N] {
    let mut weights = usual;
    for _ in 0..ROUNDS {
        let (mut normal, mut right) = ([[0f64; N]; N], [0f64; N]);
        for index in 0..N {
            normal[index][index] = pull[index];
            right[index] = pull[index] * (usual[index] - weights[index]);
        }
        for (signs, target) in observations {
            let chance = logistic(log_odds(&weights, signs));
            let miss = target - chance;
            let spread = (chance * (1.0 - chance)).max(1e-6);
            for ((line, right), &one) in normal.iter_mut().zip(&mut right).zip(signs) {
                for (value, &other) in line.iter_mut().zip(signs) {
                    *value += spread * one * other;
                }
                *right += miss * one;
            }
        }
        let Some(step) = solve(normal, right) else { break };
        let size = step.iter().fold(0f64, |most, step| most.max(step.abs()));
        let damped = (LONGEST_STEP / size).min(1.0);
        for (weight, step) in weights.iter_mut().zip(step) {
            *weight += damped * step;
        }
        if size < 1e-6 {
            break;
        }
    }
    weights
}

/// Newton's steps at most.
const ROUNDS: usize = 30;
/// No weight moves further in one.
const LONGEST_STEP: f64 = 2.0;

/// How unlikely what held true was: the negative logarithm of its probability, over all that was observed.
pub(crate) fn loss(chances: impl Iterator<Item = (f32, bool)>) -> f64 {
    let of_truth = chances.map(|(chance, held)| if held { chance } else { 1.0 - chance });
    of_truth.map(|chance| -f64::from(chance.max(1e-6).ln())).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_follow_what_held_true() {
        // True exactly where the first sign outweighs the second.
        let observations: Vec<([f64; 3], f64)> = (0..400)
            .map(|at| {
                let (one, two) = (f64::from(at % 20) / 10.0, f64::from(at / 20) / 10.0);
                ([one, two, 1.0], f64::from(u8::from(one > two)))
            })
            .collect();
        let weights = fit(&observations, [0.0; 3], [0.1; 3]);
        let chance = |one, two| logistic(log_odds(&weights, &[one, two, 1.0]));
        assert!(chance(1.5, 1.0) > 0.9 && chance(1.0, 1.5) < 0.1, "{weights:?}");
        let [one, two] = fit(&[], [1.0, -2.0], [1.0; 2]);
        assert!((one - 1.0).abs() < 1e-9 && (two + 2.0).abs() < 1e-9);
    }
}

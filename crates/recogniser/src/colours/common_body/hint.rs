//! When the first colour (skin) is told of a class that nobody taught.

use serde::{Deserialize, Serialize};

/// The fewest trials that show how often a hint is right.
const FEWEST_TRIED: usize = 20;
/// One trial in so many is less like a body than what a hint is given for.
const UNLIKE: usize = 10;
/// A hint is given where it was right as often as this in trials.
const HINT_RIGHT: f32 = 0.7;

/// When the first colour is told of an unknown class.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Hint {
    /// The least share of the pixels that must show it.
    least_share: f32,
    /// How much the picture must be like a body: an item that hides most of it is not.
    least_likelihood: f32,
    /// How often it was right in trials.
    pub(super) right: f32,
}

impl Hint {
    /// From which share on the first colour was right often enough, in trials that are like bodies.
    pub(super) fn learn(mut trials: Vec<Trial>) -> Option<Self> {
        trials.sort_by(|left, right| left.likelihood.total_cmp(&right.likelihood));
        let least_likelihood = trials.get(trials.len() / UNLIKE)?.likelihood;
        trials.retain(|trial| trial.likelihood >= least_likelihood);
        trials.sort_by(|left, right| right.share.total_cmp(&left.share));
        let mut right = 0;
        let mut told = None;
        for (index, trial) in trials.iter().enumerate() {
            right += u32::from(trial.right);
            let rate = right as f32 / (index + 1) as f32;
            if index + 1 >= FEWEST_TRIED && rate >= HINT_RIGHT {
                told = Some(Self { least_share: trial.share, least_likelihood, right: rate });
            }
        }
        told
    }

    /// Whether a first colour that so many pixels show is told.
    pub(super) fn holds(&self, share: f32, likelihood: f32) -> bool {
        share >= self.least_share && likelihood >= self.least_likelihood
    }
}

/// What was found of a first colour that is known.
pub(super) struct Trial {
    /// Share of the pixels that show it.
    pub(super) share: f32,
    /// How much the picture is like a body.
    pub(super) likelihood: f32,
    pub(super) right: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Trials that are right from a share of .3 on.
    fn trials(number: usize) -> Vec<Trial> {
        (0..number)
            .map(|at| at as f32 / number as f32)
            .map(|share| Trial { share, likelihood: 1.0 - share, right: share > 0.3 })
            .collect()
    }

    #[test]
    fn it_is_told_from_where_it_was_right_and_of_bodies_only() {
        let hint = Hint::learn(trials(100)).unwrap();
        assert!(hint.right >= HINT_RIGHT && hint.holds(0.5, 0.5));
        assert!(!hint.holds(0.01, 0.5), "too few pixels: {hint:?}");
        assert!(!hint.holds(0.5, 0.05), "hardly a body: {hint:?}");
    }

    #[test]
    fn it_is_never_told_where_it_was_wrong_or_hardly_tried() {
        let wrong = trials(100).into_iter().map(|trial| Trial { right: false, ..trial }).collect();
        assert!(Hint::learn(wrong).is_none());
        assert!(Hint::learn(trials(8)).is_none());
        assert!(Hint::learn(Vec::new()).is_none());
    }
}

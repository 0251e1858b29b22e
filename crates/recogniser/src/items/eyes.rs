//! The eyes of a slot: one sees a look without its body, and where a slot hangs behind, another what is left.
//!
//! A shield or a pet before a cape is noise to whoever asks whether there is a cape. But it is named first, and
//! its art is known: what neither the body nor anything worn in front explains speaks of the cape alone.

use serde::{Deserialize, Serialize};

use super::descriptor::Descriptor;
use super::eye::{Cells, Eye, Scores};
use crate::discriminant::Scatter;

/// What of a look an eye sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// All but the body.
    Whole,
    /// All but the body and what is worn in front.
    Rest,
}

/// The features of all looks by fold, for each eye.
pub(super) struct Folds {
    pub(super) whole: Vec<Scatter>,
    /// `None` for a slot in front.
    pub(super) rest: Option<Vec<Scatter>>,
}

impl Folds {
    /// The eyes that have seen all looks but those of a fold, of whose classes there are so many; `None` where
    /// nothing can be told apart.
    pub(super) fn eyes(&self, without: Option<usize>, looks_by_class: &[f32]) -> Option<Eyes> {
        let eye = |parts: &[Scatter]| {
            let seen = parts.iter().enumerate().filter(|(fold, _)| Some(*fold) != without);
            Eye::fit(&Scatter::sum(seen.map(|(_, part)| part))?, looks_by_class)
        };
        Some(Eyes { whole: eye(&self.whole)?, rest: self.rest.as_deref().and_then(eye) })
    }
}

/// The eyes of a slot in one kind of picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Eyes {
    pub(super) whole: Eye,
    rest: Option<Eye>,
}

impl Eyes {
    /// Judges a character by its windows at several sizes, and by what is left of it.
    pub(super) fn judge<'a>(
        &self,
        windows: impl IntoIterator<Item = &'a Descriptor>,
        rest: Option<&Descriptor>,
        cells: Cells,
        items: usize,
    ) -> EyeScores {
        let mut whole = Scores::new(items);
        for window in windows {
            self.whole.judge(window, cells, &mut whole);
        }
        let rest = self.rest.as_ref().zip(rest).map(|(eye, rest)| {
            let mut scores = Scores::new(items);
            eye.judge(rest, cells, &mut scores);
            scores
        });
        EyeScores { whole, rest }
    }
}

/// What the eyes of a slot say.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct EyeScores {
    pub(super) whole: Scores,
    pub(super) rest: Option<Scores>,
}

impl EyeScores {
    /// Both together, the eye for the rest heard for so much, 0 to 1.
    pub(super) fn blended(&self, rest_share: f32) -> Scores {
        let Some(rest) = self.rest.as_ref().filter(|_| rest_share > 0.0) else { return self.whole.clone() };
        let weighted = |share: f32, score: f32| if share > 0.0 { share * score } else { 0.0 };
        let mut whole = self.whole.clone();
        whole.nothing *= 1.0 - rest_share;
        whole.items.iter_mut().for_each(|score| *score = weighted(1.0 - rest_share, *score));
        whole.with(rest_share * rest.nothing, rest.items.iter().map(|score| weighted(rest_share, *score)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scores(nothing: f32, items: [f32; 2]) -> Scores {
        let mut even = Scores::new(2);
        (even.nothing, even.items) = (0.0, vec![0.0; 2]);
        even.with(nothing, items.into_iter())
    }

    #[test]
    fn eyes_are_heard_for_their_share() {
        let both = EyeScores {
            whole: scores(-4.0, [2.0, f32::NEG_INFINITY]),
            rest: Some(scores(8.0, [4.0, f32::NEG_INFINITY])),
        };
        assert_eq!(both.blended(0.0).items, both.whole.items);
        assert_eq!(both.blended(0.5).items, [3.0, f32::NEG_INFINITY]);
        assert_eq!(both.blended(1.0).items, [4.0, f32::NEG_INFINITY]);
        assert!((both.blended(0.5).advantage() - 1.0).abs() < 1e-6);
        let alone = EyeScores { rest: None, ..both };
        assert_eq!(alone.blended(0.5), alone.whole);
    }
}

//! Classes told apart by vectors, and how much that counts.

use serde::{Deserialize, Serialize};

use super::weight::{Judged, worth};
use crate::discriminant::{Discriminant, Predictive, Scatter};

/// Shrinkage of the within-scatter: vectors are few and long.
const SHRINKAGE: f32 = 0.3;
/// What a class without examples is given, below the least of the others.
const UNSEEN_BELOW: f32 = 4.0;

/// One look as a head is fitted from it.
pub(crate) struct VectorRow<'a> {
    /// Which class it is of.
    pub(crate) class: usize,
    /// Which part it is held out with.
    pub(crate) fold: usize,
    pub(crate) vector: &'a [f32],
    /// Log likelihoods of all classes by the own features of a model that has not seen it; `None` where
    /// there are none.
    pub(crate) own: Option<Vec<f32>>,
}

/// A discriminant over vectors, with the weight it earned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct VectorHead {
    discriminant: Discriminant,
    classes: Vec<Option<Predictive>>,
    weight: f32,
    temperature: f32,
}

impl VectorHead {
    /// Fits a head and, for each row in order, what both say together of a look that neither has seen.
    /// `None` where vectors are not worth hearing.
    pub(crate) fn fit(
        rows: &[VectorRow<'_>],
        classes: usize,
        folds: usize,
    ) -> Option<(Self, Vec<Option<Vec<f32>>>)> {
        let length = rows.first()?.vector.len();
        if rows.iter().any(|row| row.vector.len() != length) {
            return None;
        }
        let mut parts: Vec<Scatter> = (0..folds).map(|_| Scatter::new(length, classes)).collect();
        for row in rows {
            parts[row.fold].add(row.class, row.vector);
        }
        parts.iter_mut().for_each(Scatter::flush);
        let mut vectors: Vec<Option<Vec<f32>>> = rows.iter().map(|_| None).collect();
        for fold in 0..folds {
            let others = parts.iter().enumerate().filter(|(at, _)| *at != fold).map(|(_, part)| part);
            let Some(head) = Scatter::sum(others).and_then(|sum| Self::of(&sum)) else { continue };
            for (row, scores) in rows.iter().zip(&mut vectors).filter(|(row, _)| row.fold == fold) {
                *scores = Some(head.log_likelihoods(row.vector));
            }
        }
        let judged: Vec<Judged<'_>> = rows
            .iter()
            .zip(&vectors)
            .filter_map(|(row, vector)| {
                let (own, vector) = (row.own.as_ref()?, vector.as_ref()?);
                own[row.class].is_finite().then_some(Judged { own, vector, right: row.class })
            })
            .collect();
        let (weight, temperature) = worth(&judged)?;
        let whole = Scatter::sum(&parts)?;
        let head = Self { weight, temperature, ..Self::of(&whole)? };
        let fused = rows
            .iter()
            .zip(vectors)
            .map(|(row, vector)| {
                Some(
                    row.own
                        .iter()
                        .flatten()
                        .zip(vector?)
                        .map(|(own, vector)| own + weight * vector)
                        .collect(),
                )
            })
            .collect();
        Some((head, fused))
    }

    /// A head of unit weight.
    fn of(scatter: &Scatter) -> Option<Self> {
        let discriminant = Discriminant::fit(scatter, SHRINKAGE)?;
        let classes = (0..scatter.class_count())
            .map(|class| {
                let mean = scatter.class_mean(class)?;
                Some(discriminant.predictive(&discriminant.project(&mean), scatter.class_rows(class)))
            })
            .collect();
        Some(Self { discriminant, classes, weight: 1.0, temperature: 1.0 })
    }

    /// Of every class, but for a constant.
    fn log_likelihoods(&self, vector: &[f32]) -> Vec<f32> {
        let row = self.discriminant.project(vector);
        let known: Vec<Option<f32>> =
            self.classes.iter().map(|class| class.as_ref().map(|class| class.log_likelihood(&row))).collect();
        let least = known.iter().flatten().copied().fold(0.0, f32::min);
        known.into_iter().map(|score| score.unwrap_or(least - UNSEEN_BELOW)).collect()
    }

    /// What is added to the own log likelihoods of every class; `None` for a vector of another length.
    pub(crate) fn say(&self, vector: &[f32]) -> Option<Vec<f32>> {
        (vector.len() == self.discriminant.length())
            .then(|| self.log_likelihoods(vector).into_iter().map(|score| self.weight * score).collect())
    }

    /// What sums of both are divided by to be log probabilities.
    pub(crate) fn temperature(&self) -> f32 {
        self.temperature
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    #[test]
    fn vectors_that_tell_classes_apart_are_heard_and_noise_is_not() {
        let mut random = Random::from_name("vectors");
        for (clarity, heard) in [(1.0, true), (0.0, false)] {
            let vectors: Vec<Vec<f32>> = (0..200)
                .map(|at| {
                    let mut vector: Vec<f32> = (0..16).map(|_| random.between(-1.0, 1.0)).collect();
                    vector[at % 4] += 1.5 * clarity;
                    vector
                })
                .collect();
            let rows: Vec<VectorRow<'_>> = vectors
                .iter()
                .enumerate()
                .map(|(at, vector)| {
                    // The own features tell even from odd, and no more.
                    let own = (0..4).map(|class| if class % 2 == at % 2 { 2.0 } else { 0.0 }).collect();
                    VectorRow { class: at % 4, fold: at / 4 % 3, vector, own: Some(own) }
                })
                .collect();
            let fitted = VectorHead::fit(&rows, 4, 3);
            assert_eq!(fitted.is_some(), heard);
            if let Some((head, fused)) = fitted {
                assert_eq!(fused.len(), rows.len());
                let mut clear = vec![0.0; 16];
                clear[2] = 2.0;
                let said = head.say(&clear).unwrap();
                assert!((0..4).all(|class| said[class] <= said[2]), "{said:?}");
                assert!(head.say(&[1.0]).is_none());
            }
        }
    }
}

//! Class and sex by the vector of the whole character, beside its shape.

use std::collections::BTreeMap;

use lorgnon_look::{ClassLabel, Gender};
use serde::{Deserialize, Serialize};

use super::{VectorHead, VectorRow};

/// Parts that are held out in turn.
const FOLDS: usize = 3;
/// A pair that the shape has ruled out is given this log probability.
const RULED_OUT: f32 = -12.0;

/// A class and a sex.
pub(crate) type Pair = (ClassLabel, Gender);

/// A look as the head is fitted from it.
pub(crate) struct ClassLook {
    pub(crate) pair: Pair,
    /// Of the whole character.
    pub(crate) vector: Vec<f32>,
    /// Log probabilities by its shape, where the shape's fit held it out.
    pub(crate) own: Option<BTreeMap<Pair, f32>>,
}

/// See the module.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct ClassHead {
    pairs: Vec<Pair>,
    head: VectorHead,
}

impl ClassHead {
    /// `None` where vectors are not worth hearing.
    pub(crate) fn fit(looks: &[ClassLook]) -> Option<Self> {
        let mut counts: BTreeMap<&Pair, usize> = BTreeMap::new();
        for ClassLook { pair, .. } in looks {
            counts.insert(pair, 0);
        }
        let pairs: Vec<Pair> = counts.keys().map(|pair| (*pair).clone()).collect();
        let rows: Vec<VectorRow<'_>> = looks
            .iter()
            .map(|ClassLook { pair, vector, own }| {
                let seen = counts.entry(pair).or_default();
                *seen += 1;
                let class = pairs.binary_search(pair).unwrap_or_default();
                let own = own.as_ref().map(|own| {
                    pairs.iter().map(|pair| own.get(pair).copied().unwrap_or(RULED_OUT)).collect()
                });
                VectorRow { class, fold: (class + *seen) % FOLDS, vector, own }
            })
            .collect();
        let _told_with_the_label = tracing::debug_span!("class").entered();
        let (head, _) = VectorHead::fit(&rows, pairs.len(), FOLDS)?;
        Some(Self { pairs, head })
    }

    /// Weighs a character's classes again, best first; pairs that no look taught stay behind.
    pub(crate) fn reweigh(&self, detected: &mut [(ClassLabel, Gender, f32)], vector: &[f32]) {
        let Some(said) = self.head.say(vector) else { return };
        let place = |pair: &(ClassLabel, Gender, f32)| {
            self.pairs.binary_search_by(|own| (&own.0, own.1).cmp(&(&pair.0, pair.1))).ok()
        };
        let least = said.iter().copied().fold(f32::MAX, f32::min);
        let scores: Vec<f32> = detected
            .iter()
            .map(|pair| {
                let own = pair.2.max(f32::MIN_POSITIVE).ln().max(RULED_OUT);
                (own + place(pair).map_or(least, |at| said[at])) / self.head.temperature()
            })
            .collect();
        let most = scores.iter().copied().fold(f32::MIN, f32::max);
        let sum: f32 = scores.iter().map(|score| (score - most).exp()).sum();
        for (pair, score) in detected.iter_mut().zip(scores) {
            pair.2 = (score - most).exp() / sum;
        }
        detected.sort_by(|left, right| {
            right.2.total_cmp(&left.2).then_with(|| (&left.0, left.1).cmp(&(&right.0, right.1)))
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vector_decides_between_classes_that_look_alike() {
        let pair = |class: usize| (ClassLabel::new(["Cra", "Iop", "Sram"][class]), Gender::Male);
        let noise = |at: usize, along: usize| ((at * 31 + along * 17) % 13) as f32 / 13.0 - 0.5;
        let vector = |class: usize, at: usize| -> Vec<f32> {
            (0..6).map(|along| if along == class { 2.0 } else { 0.0 } + 0.6 * noise(at, along)).collect()
        };
        let looks: Vec<_> = (0..90)
            .map(|at| {
                // The shape takes Cra for Iop and Iop for Cra.
                let own = BTreeMap::from([(pair(0), -0.8), (pair(1), -0.8), (pair(2), -2.3)]);
                ClassLook { pair: pair(at % 3), vector: vector(at % 3, at), own: Some(own) }
            })
            .collect();
        let head = ClassHead::fit(&looks).expect("vectors are worth hearing here");
        let mut detected = vec![(pair(0).0, Gender::Male, 0.5), (pair(1).0, Gender::Male, 0.5)];
        head.reweigh(&mut detected, &vector(1, 7));
        assert_eq!(detected[0].0, pair(1).0);
        assert!((detected.iter().map(|pair| pair.2).sum::<f32>() - 1.0).abs() < 1e-5);
        let before = detected.clone();
        head.reweigh(&mut detected, &[1.0, 2.0]);
        assert_eq!(detected, before, "another encoder's vector says nothing");
    }
}

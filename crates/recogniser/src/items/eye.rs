//! What the features of a slot's region say: is anything worn there, and which item.
//!
//! Cut-out characters and those before scenery are told by discriminants of their own: scenery is noise
//! in directions that are the best to tell cut-out items by.

use serde::{Deserialize, Serialize};

use super::descriptor::{CellBox, Descriptor};
use crate::discriminant::{Discriminant, Predictive, Scatter};

/// Shrinkage of the within-scatter.
const SHRINKAGE: f32 = 0.2;
/// Whole cells a region is tried off its place, each way, across and down.
const REACH: isize = 1;

/// The cells of a slot that are looked at: every `step`-th of a box, across and down.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Cells {
    pub(super) bounds: CellBox,
    pub(super) step: usize,
}

impl Cells {
    /// Numbers they give.
    pub(super) fn length(self) -> usize {
        Descriptor::length(self.bounds, self.step)
    }

    pub(super) fn read(self, descriptor: &Descriptor, right: isize, down: isize, into: &mut Vec<f32>) {
        descriptor.read(self.bounds, self.step, right, down, into);
    }
}

/// A discriminant with what it predicts of nothing worn and of each item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Eye {
    discriminant: Discriminant,
    nothing: Predictive,
    /// `None` for an item without a look.
    items: Vec<Option<Predictive>>,
}

/// Log likelihoods of a window, each at its best placement.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Scores {
    /// Of nothing worn.
    pub(super) nothing: f32,
    /// By item.
    pub(super) items: Vec<f32>,
    /// The projected row at the best item's best placement.
    pub(super) best_row: Vec<f32>,
    best: f32,
}

impl Scores {
    pub(super) fn new(items: usize) -> Self {
        Self {
            nothing: f32::NEG_INFINITY,
            items: vec![f32::NEG_INFINITY; items],
            best_row: Vec::new(),
            best: f32::NEG_INFINITY,
        }
    }

    /// These, and what another eye says of nothing and of each item.
    pub(super) fn with(&self, nothing: f32, items: impl Iterator<Item = f32>) -> Self {
        let items: Vec<f32> = self.items.iter().zip(items).map(|(own, said)| own + said).collect();
        let best = items.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        Self { nothing: self.nothing + nothing, items, best, best_row: self.best_row.clone() }
    }

    /// How much better the best item explains the window than nothing does.
    pub(super) fn advantage(&self) -> f32 {
        self.best - self.nothing
    }
}

impl Eye {
    /// From flushed sums and how many looks there are of each class, nothing worn first; `None` where
    /// nothing can be told apart.
    pub(super) fn fit(scatter: &Scatter, looks: &[f32]) -> Option<Self> {
        let discriminant = Discriminant::fit(scatter, SHRINKAGE)?;
        let predict = |class: usize| {
            scatter.class_mean(class).map(|mean| {
                discriminant
                    .predictive(&discriminant.project(&mean), looks.get(class).copied().unwrap_or(0.0))
            })
        };
        let unseen = || discriminant.predictive(&vec![0.0; discriminant.dimensions()], 0.0);
        let nothing = predict(0).unwrap_or_else(unseen);
        let items = (1..scatter.class_count()).map(predict).collect();
        Some(Self { nothing, items, discriminant })
    }

    /// A row of the slot's features in the space where items are told apart.
    pub(super) fn project(&self, row: &[f32]) -> Vec<f32> {
        self.discriminant.project(row)
    }

    /// Judges a window at every placement about its own, beside what other windows of the character gave.
    pub(super) fn judge(&self, descriptor: &Descriptor, cells: Cells, scores: &mut Scores) {
        let mut row = Vec::with_capacity(cells.length());
        for down in -REACH..=REACH {
            for right in -REACH..=REACH {
                cells.read(descriptor, right, down, &mut row);
                let projected = self.project(&row);
                scores.nothing = scores.nothing.max(self.nothing.log_likelihood(&projected));
                for (best, item) in scores.items.iter_mut().zip(&self.items) {
                    let Some(item) = item else { continue };
                    let likelihood = item.log_likelihood(&projected);
                    *best = best.max(likelihood);
                    if likelihood > scores.best {
                        scores.best = likelihood;
                        scores.best_row.clone_from(&projected);
                    }
                }
            }
        }
    }
}

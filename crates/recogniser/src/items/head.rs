//! One slot's judge: is anything worn there, and which item.

use lorgnon_look::{ItemId, Slot};
use serde::{Deserialize, Serialize};

use super::art::{ArtHead, Seen};
use super::calibration::Calibrated;
use super::descriptor::{CellBox, Descriptor};
use crate::discriminant::{Discriminant, Predictive};

/// Whole cells a region is tried off its place, each way, across and down.
const REACH: isize = 1;

/// An item a head knows, with every id that looks like it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct KnownItem {
    /// The id most looks carry.
    pub(super) id: ItemId,
    /// Every id that looks the same, `id` first.
    pub(super) same: Vec<ItemId>,
    /// What it looks like.
    pub(super) predictive: Predictive,
    /// Looks that wear it, and where they lie.
    pub(super) examples: Vec<(String, Vec<f32>)>,
}

/// A fitted slot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct SlotHead {
    pub(super) bounds: CellBox,
    pub(super) step: usize,
    pub(super) discriminant: Discriminant,
    pub(super) nothing: Predictive,
    pub(super) items: Vec<KnownItem>,
    /// What the items look like, pixel by pixel.
    pub(super) art: ArtHead,
    /// What scores mean where nothing stands behind the character.
    pub(super) cut_out: Calibrated,
    /// And where something does.
    pub(super) in_scenery: Calibrated,
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

/// Judges a window at every placement about its own.
pub(super) fn score<'a>(
    descriptor: &Descriptor,
    bounds: CellBox,
    step: usize,
    discriminant: &Discriminant,
    nothing: &Predictive,
    items: impl Iterator<Item = &'a Predictive> + Clone,
    scores: &mut Scores,
) {
    let mut row = Vec::with_capacity(Descriptor::length(bounds, step));
    for down in -REACH..=REACH {
        for right in -REACH..=REACH {
            descriptor.read(bounds, step, right, down, &mut row);
            let projected = discriminant.project(&row);
            scores.nothing = scores.nothing.max(nothing.log_likelihood(&projected));
            for (best, item) in scores.items.iter_mut().zip(items.clone()) {
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

/// Whether what a slot wears hangs behind the body and what others wear.
pub(super) fn hangs_behind(slot: &Slot) -> bool {
    matches!(slot, Slot::Cape | Slot::Ailes)
}

impl SlotHead {
    /// Takes the art of the items so chosen for the body.
    pub(super) fn hide(&self, seen: &mut Seen, chosen: impl Fn(ItemId) -> bool) {
        for (at, _) in self.items.iter().enumerate().filter(|(_, item)| chosen(item.id)) {
            self.art.hide(seen, at);
        }
    }

    /// Adds a window's scores to what other windows of the same character gave.
    pub(super) fn score(&self, descriptor: &Descriptor, scores: &mut Scores) {
        let items = self.items.iter().map(|item| &item.predictive);
        score(descriptor, self.bounds, self.step, &self.discriminant, &self.nothing, items, scores);
    }

    /// The example of an item that is most like the window.
    pub(super) fn best_example(&self, item: usize, scores: &Scores) -> Option<&str> {
        let distance = |row: &[f32]| -> f32 {
            row.iter().zip(&scores.best_row).map(|(left, right)| (left - right) * (left - right)).sum()
        };
        self.items[item]
            .examples
            .iter()
            .min_by(|left, right| distance(&left.1).total_cmp(&distance(&right.1)))
            .map(|example| example.0.as_str())
    }
}

//! Items by the vectors of their slots, beside what the slots' own features say.

use lorgnon_look::{ItemId, Slot, SlotMap};
use serde::{Deserialize, Serialize};

use super::calibration::{Logistic, Temperature};
use super::eye::Scores;
use super::head::SlotHead;
use crate::fusion::{VectorHead, VectorRow};

/// The slots in which vectors are worth hearing.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct FusedItems {
    slots: SlotMap<Option<FusedSlot>>,
}

impl FusedItems {
    pub(super) fn new(slots: SlotMap<Option<FusedSlot>>) -> Self {
        Self { slots }
    }

    /// Whether vectors are heard in no slot.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.slots.iter().all(|(_, slot)| slot.is_none())
    }

    pub(super) fn slot(&self, slot: Slot) -> Option<&FusedSlot> {
        self.slots[slot].as_ref()
    }
}

/// One slot's head over vectors, and what both say calibrated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct FusedSlot {
    head: VectorHead,
    /// By class of the head: none for nothing worn, then each item.
    items: Vec<ItemId>,
    pub(super) presence: Logistic,
    pub(super) temperature: Temperature,
}

impl FusedSlot {
    /// From one row a look (class 0 wears nothing, `own` in the same order) and the items of the
    /// classes after it. `None` where vectors are not worth hearing.
    pub(super) fn fit(rows: &[VectorRow<'_>], items: &[ItemId], folds: usize) -> Option<Self> {
        let (head, fused) = VectorHead::fit(rows, items.len() + 1, folds)?;
        let held_out: Vec<(&[f32], usize)> = rows
            .iter()
            .zip(&fused)
            .filter_map(|(row, fused)| Some((fused.as_deref().filter(|fused| !fused.is_empty())?, row.class)))
            .collect();
        let advantage =
            |scores: &[f32]| scores[1..].iter().copied().fold(f32::NEG_INFINITY, f32::max) - scores[0];
        let presence: Vec<(f32, bool)> =
            held_out.iter().map(|(scores, class)| (advantage(scores), *class > 0)).collect();
        let worn: Vec<(&[f32], usize)> = held_out
            .iter()
            .filter(|(scores, class)| *class > 0 && scores[*class].is_finite())
            .map(|(scores, class)| (&scores[1..], class - 1))
            .collect();
        Some(Self {
            head,
            items: items.to_vec(),
            presence: Logistic::fit(&presence),
            temperature: Temperature::fit(&worn),
        })
    }

    /// With each item called as `own` calls the appearance that it is of.
    pub(super) fn renamed(mut self, own: &SlotHead, appearance: impl Fn(ItemId) -> ItemId) -> Self {
        for item in &mut self.items {
            let known = own.items.iter().find(|known| appearance(known.id) == *item);
            *item = known.map_or(*item, |known| known.id);
        }
        self
    }

    /// A slot's scores with what its vector says; `None` for a vector of another encoder.
    pub(super) fn heard(&self, own: &SlotHead, scores: &Scores, vector: &[f32]) -> Option<Scores> {
        let said = self.head.say(vector)?;
        let of_item = |id: &ItemId| self.items.iter().position(|item| item == id).map(|at| said[at + 1]);
        let least = said.iter().copied().fold(f32::MAX, f32::min);
        let items = own.items.iter().map(|item| of_item(&item.id).unwrap_or(least));
        Some(scores.with(said[0], items))
    }
}

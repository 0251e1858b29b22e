//! One slot's judges: is anything worn there, and which item.

use lorgnon_look::{ItemId, Slot};
use serde::{Deserialize, Serialize};

use super::art::{ArtHead, Seen};
use super::calibration::{Calibrated, Judgement};
use super::descriptor::Descriptor;
use super::eye::{Cells, Scores};
use super::eyes::Eyes;
use super::window::Behind;

/// An item a head knows, with every id that looks like it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct KnownItem {
    /// The id most looks carry.
    pub(super) id: ItemId,
    /// Every id that looks the same, `id` first.
    pub(super) same: Vec<ItemId>,
}

/// A slot's judge of one kind of picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Judge {
    pub(super) eyes: Eyes,
    /// What its scores mean.
    pub(super) calibrated: Calibrated,
    /// By item: looks that wear it, and where the eye sees them.
    pub(super) examples: Vec<Vec<(String, Vec<f32>)>>,
}

impl Judge {
    /// The example of an item that is most like the window.
    pub(super) fn best_example(&self, item: usize, scores: &Scores) -> Option<&str> {
        let distance = |row: &[f32]| -> f32 {
            row.iter().zip(&scores.best_row).map(|(left, right)| (left - right) * (left - right)).sum()
        };
        self.examples[item]
            .iter()
            .min_by(|left, right| distance(&left.1).total_cmp(&distance(&right.1)))
            .map(|example| example.0.as_str())
    }
}

/// A fitted slot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct SlotHead {
    pub(super) cells: Cells,
    pub(super) items: Vec<KnownItem>,
    /// What the items look like, pixel by pixel.
    pub(super) art: ArtHead,
    /// Judges where nothing stands behind the character.
    pub(super) cut_out: Judge,
    /// And where something does.
    pub(super) in_scenery: Judge,
}

/// Whether what a slot wears hangs behind the body and what others wear.
pub(super) fn hangs_behind(slot: &Slot) -> bool {
    matches!(slot, Slot::Cape | Slot::Ailes)
}

impl SlotHead {
    /// The judge of a view.
    pub(super) fn judge_of(&self, view: &Seen) -> &Judge {
        match view.behind() {
            Behind::Nothing => &self.cut_out,
            Behind::Scenery => &self.in_scenery,
        }
    }

    /// Judges a character by its view, its windows at several sizes and, for what hangs behind, what is left.
    pub(super) fn judge(&self, windows: &[Descriptor], rest: Option<&Descriptor>, view: &Seen) -> Judgement {
        let judge = self.judge_of(view);
        let scores = judge.eyes.judge(windows, rest, self.cells, self.items.len());
        let shown_px = view.shown_px(self.cells.bounds);
        judge.calibrated.judge(&scores, shown_px, || self.art.judge(view, &scores.whole.items))
    }

    /// The places of the items that look like one.
    fn places(&self, item: ItemId) -> impl Iterator<Item = usize> {
        self.items.iter().enumerate().filter(move |(_, known)| known.same.contains(&item)).map(|(at, _)| at)
    }

    /// How much likelier the art of an item makes a view.
    pub(super) fn art_of(&self, view: &Seen, item: ItemId) -> f32 {
        self.best_art(view, self.places(item))
    }

    /// How much likelier the art of the likeliest other item makes a view.
    pub(super) fn art_of_others(&self, view: &Seen, item: ItemId) -> f32 {
        let own: Vec<usize> = self.places(item).collect();
        self.best_art(view, (0..self.items.len()).filter(|at| !own.contains(at)))
    }

    fn best_art(&self, view: &Seen, places: impl Iterator<Item = usize>) -> f32 {
        places.map(|at| self.art.score_of(view, at)).fold(f32::NEG_INFINITY, f32::max)
    }

    /// Whether the art of an item that the head knows takes the wearer's dye.
    pub(super) fn is_dyed(&self, item: ItemId) -> bool {
        self.places(item).any(|at| self.art.is_dyed(at))
    }

    /// Takes the art of the items so chosen for the body.
    pub(super) fn hide(&self, seen: &mut Seen, chosen: impl Fn(ItemId) -> bool) {
        for (at, _) in self.items.iter().enumerate().filter(|(_, item)| chosen(item.id)) {
            self.art.hide(seen, at);
        }
    }
}

//! From the measurements of all looks to the heads of all slots.

use std::collections::BTreeMap;

use lorgnon_look::{Catalogue, ItemId, Look, Slot, SlotMap};
use rayon::prelude::*;

use super::art::{ArtHead, Seen};
use super::calibration::{Calibrated, Observed};
use super::descriptor::Descriptor;
use super::eye::{Cells, Scores};
use super::eyes::{Folds, Part};
use super::fused::{FusedItems, FusedSlot};
use super::head::{Judge, KnownItem, SlotHead, hangs_behind};
use super::held_out::{Dealt, FOLDS, held_out};
use super::lesson::Lesson;
use super::measurement::ItemMeasurement;
use super::model::ItemModel;
use super::region::Evidence;
use super::window::Behind;
use crate::discriminant::Scatter;
use crate::fusion::VectorRow;
use crate::observer::{Stage, Steps, Stopped, TrainingObserver};
use crate::random::Random;

/// Looks kept of one item; more teach nothing new.
const LOOKS_AN_ITEM: usize = 32;
/// Looks kept that wear nothing in a slot.
const LOOKS_OF_NOTHING: usize = 400;
/// Features a region is thinned out to, so that a large one stays quick to fit.
const MOST_FEATURES: usize = 2600;
/// Examples kept of an item to be shown as the reason.
const EXAMPLES: usize = 6;
/// Held-out looks of each of two items needed before they are called the same.
const LEAST_TO_GROUP: usize = 4;
/// At most this share of them is nearer its own item than the other's.
const COIN_FLIP: f32 = 0.6;

/// One look as it is kept for the fit.
struct Kept {
    id: String,
    items: BTreeMap<Slot, ItemId>,
    measurement: ItemMeasurement,
    /// Of its slots, by a learned encoder.
    vectors: Option<SlotMap<Vec<f32>>>,
}

/// A look's place, and what it scores under a judge that has not seen it.
type Judged = (usize, Scores);

/// Collects looks, then fits. The order of looks matters only where more than 32 wear an item.
#[derive(Default)]
pub struct ItemFit {
    catalogue: Catalogue,
    kept: Vec<Kept>,
    counts: BTreeMap<(Slot, Option<ItemId>), usize>,
}

impl ItemFit {
    /// An empty fit. Items that share an appearance in the catalogue are learned as one.
    #[must_use]
    pub fn new(catalogue: Option<&Catalogue>) -> Self {
        Self { catalogue: catalogue.cloned().unwrap_or_default(), ..Self::default() }
    }

    /// Adds a look, with the vectors of its slots where a learned encoder gave some. One measured by another version of the program is left out; so is one whose
    /// every item has been seen often enough.
    pub fn add(&mut self, look: &Look, measurement: ItemMeasurement, vectors: Option<SlotMap<Vec<f32>>>) {
        if !measurement.is_current() {
            return;
        }
        let mut wanted = false;
        for slot in Slot::ALL {
            let item = look.items.get(&slot).map(|item| self.appearance(*item));
            let count = self.counts.entry((slot, item)).or_default();
            *count += 1;
            wanted |= *count <= if item.is_some() { LOOKS_AN_ITEM } else { LOOKS_OF_NOTHING };
        }
        if wanted {
            self.kept.push(Kept { id: look.id.clone(), items: look.items.clone(), measurement, vectors });
        }
    }

    /// The least id that looks like an item.
    fn appearance(&self, item: ItemId) -> ItemId {
        self.catalogue.same_appearance(item).into_iter().min().unwrap_or(item)
    }

    /// Fits all slots that any look wears something in, and where vectors add to them.
    ///
    /// # Errors
    /// When `observer` asks to stop.
    pub fn finish(self, observer: &dyn TrainingObserver) -> Result<(ItemModel, FusedItems), Stopped> {
        let steps = Steps::new(observer, Stage::Items, Slot::ALL.len());
        let (mut heads, mut fused) = (SlotMap::default(), SlotMap::default());
        let (behind, before): (Vec<Slot>, Vec<Slot>) = Slot::ALL.into_iter().partition(hangs_behind);
        let whole: Vec<Lesson<'_>> =
            self.kept.iter().map(|look| Lesson::in_front(&look.measurement)).collect();
        self.fit_slots(&before, &whole, &steps, &mut heads, &mut fused)?;
        // What is worn in front hides what hangs behind, as the body does.
        let rest: Vec<Lesson<'_>> = self
            .kept
            .par_iter()
            .map(|look| {
                let mut seen = Behind::ALL.map(|behind| look.measurement.views().seen(behind));
                for (slot, item) in &look.items {
                    if let Some(head) = heads[*slot].as_ref().filter(|_| !hangs_behind(slot)) {
                        let appearance = self.appearance(*item);
                        for seen in &mut seen {
                            head.hide(seen, |id| self.appearance(id) == appearance);
                        }
                    }
                }
                seen.iter_mut().for_each(Seen::hide_body);
                Lesson::behind(&look.measurement, &seen)
            })
            .collect();
        self.fit_slots(&behind, &rest, &steps, &mut heads, &mut fused)?;
        Ok((ItemModel::new(heads), FusedItems::new(fused)))
    }

    fn fit_slots(
        &self,
        slots: &[Slot],
        lessons: &[Lesson<'_>],
        steps: &Steps<'_>,
        heads: &mut SlotMap<Option<SlotHead>>,
        fused: &mut SlotMap<Option<FusedSlot>>,
    ) -> Result<(), Stopped> {
        let fitted: Vec<Option<(SlotHead, Option<FusedSlot>)>> = slots
            .par_iter()
            .map(|slot| {
                let fitted = self.fit_slot(*slot, lessons, steps);
                steps.advance();
                fitted
            })
            .collect::<Result<_, Stopped>>()?;
        for (slot, fitted) in slots.iter().zip(fitted) {
            (heads[*slot], fused[*slot]) = fitted.map_or((None, None), |(head, fused)| (Some(head), fused));
        }
        Ok(())
    }

    /// `None` for a slot in which nobody wears anything.
    fn fit_slot(
        &self,
        slot: Slot,
        lessons: &[Lesson<'_>],
        steps: &Steps<'_>,
    ) -> Result<Option<(SlotHead, Option<FusedSlot>)>, Stopped> {
        let mut ids: BTreeMap<ItemId, BTreeMap<ItemId, usize>> = BTreeMap::new();
        for item in self.kept.iter().filter_map(|look| look.items.get(&slot)) {
            *ids.entry(self.appearance(*item)).or_default().entry(*item).or_default() += 1;
        }
        if ids.is_empty() {
            return Ok(None);
        }
        let place: BTreeMap<ItemId, usize> = ids.keys().enumerate().map(|(at, id)| (*id, at + 1)).collect();
        let class_of = |look: &Kept| look.items.get(&slot).map_or(0, |item| place[&self.appearance(*item)]);
        let dealt = Dealt::new(self.kept.iter().map(class_of).collect(), ids.len());
        let cells = self.cells(slot, &dealt);
        let arts = (0..FOLDS)
            .map(|fold| dealt.art(lessons, cells.bounds, Some(fold), hangs_behind(&slot), steps))
            .collect::<Result<Vec<ArtHead>, Stopped>>()?;
        let told_with_the_slot = tracing::debug_span!("items", slot = slot.as_str()).entered();
        let [cut_out, in_scenery] =
            Behind::ALL.map(|behind| self.fit_judge(behind, &dealt, cells, lessons, &arts, steps));
        let (Some((cut_out, held_out)), Some((in_scenery, _))) = (cut_out?, in_scenery?) else {
            return Ok(None);
        };
        let fused = self.fuse(slot, &dealt, &held_out, &ids.keys().copied().collect::<Vec<_>>());
        drop(told_with_the_slot);
        steps.go_on()?;
        let head = SlotHead {
            cells,
            items: self.known_items(&ids, &dealt, &held_out),
            art: dealt.art(lessons, cells.bounds, None, hangs_behind(&slot), steps)?,
            cut_out,
            in_scenery,
        };
        // The head knows an item by the id that most looks carry.
        let fused = fused.map(|fused| fused.renamed(&head, |id| self.appearance(id)));
        Ok(Some((head, fused)))
    }

    /// Where a slot shows.
    fn cells(&self, slot: Slot, dealt: &Dealt) -> Cells {
        let mut evidence = Evidence::new();
        for (look, class) in self.kept.iter().zip(&dealt.classes) {
            evidence.add(*class, &look.measurement.windows(Behind::Nothing)[0]);
        }
        let bounds = evidence.region(slot);
        let step = (1..).find(|step| Descriptor::length(bounds, *step) <= MOST_FEATURES).unwrap_or(1);
        Cells { bounds, step }
    }

    /// The judge of one kind of picture, and what every look scores in it under one that has not seen it.
    fn fit_judge(
        &self,
        behind: Behind,
        dealt: &Dealt,
        cells: Cells,
        lessons: &[Lesson<'_>],
        arts: &[ArtHead],
        steps: &Steps<'_>,
    ) -> Result<Option<(Judge, Vec<Judged>)>, Stopped> {
        let scatters = |part| self.scatters(part, behind, dealt, cells, lessons, steps);
        let rest = lessons.first().is_some_and(|lesson| lesson.rest(behind).is_some());
        let folds =
            Folds { whole: scatters(Part::Whole)?, rest: rest.then(|| scatters(Part::Rest)).transpose()? };
        let held_out = held_out(dealt, &folds, arts, cells, (lessons, behind), steps)?;
        let Some(eyes) = folds.eyes(None, &dealt.looks_by_class(None)) else { return Ok(None) };
        let observed: Vec<Observed<'_>> =
            held_out.iter().map(|look| look.observed(dealt.classes[look.place])).collect();
        let calibrated = Calibrated::fit(&observed);
        let judged = held_out
            .iter()
            .map(|look| {
                (look.place, calibrated.judge(&look.scores, look.shown_px, || look.art.clone()).scores)
            })
            .collect();
        let mut row = Vec::with_capacity(cells.length());
        let examples = (1..=dealt.items)
            .map(|item| {
                let looks = self.kept.iter().zip(lessons);
                let wearers = looks.zip(&dealt.classes).filter(|(_, class)| **class == item);
                let seen = wearers.take(EXAMPLES).map(|((look, lesson), _)| {
                    cells.read(lesson.window(behind), 0, 0, &mut row);
                    (look.id.clone(), eyes.whole.project(&row))
                });
                seen.collect()
            })
            .collect();
        Ok(Some((Judge { eyes, calibrated, examples }, judged)))
    }

    /// The features that an eye sees of all looks in one kind of picture, by fold. Before scenery cut-out looks
    /// are counted, too: what tells items apart there does here.
    fn scatters(
        &self,
        part: Part,
        behind: Behind,
        dealt: &Dealt,
        cells: Cells,
        lessons: &[Lesson<'_>],
        steps: &Steps<'_>,
    ) -> Result<Vec<Scatter>, Stopped> {
        let mut parts: Vec<Scatter> =
            (0..FOLDS).map(|_| Scatter::new(cells.length(), dealt.items + 1)).collect();
        let mut row = Vec::with_capacity(cells.length());
        let looks = self.kept.iter().zip(lessons);
        for (((look, lesson), class), fold) in looks.zip(&dealt.classes).zip(&dealt.folds) {
            steps.go_on()?;
            let mut random = Random::from_name(&look.id);
            let kinds = Behind::ALL.into_iter().filter(|kind| *kind == behind || behind == Behind::Scenery);
            for window in kinds.flat_map(|kind| lesson.windows(part, kind)) {
                for moved in [false, true] {
                    let mut shift = || if moved { random.below(3) as isize - 1 } else { 0 };
                    cells.read(window, shift(), shift(), &mut row);
                    parts[*fold].add(*class, &row);
                }
            }
        }
        parts.iter_mut().for_each(Scatter::flush);
        Ok(parts)
    }

    /// The items of a slot, by appearance: each with all ids that look the same.
    fn known_items(
        &self,
        ids: &BTreeMap<ItemId, BTreeMap<ItemId, usize>>,
        dealt: &Dealt,
        held_out: &[Judged],
    ) -> Vec<KnownItem> {
        let worn: Vec<(&[f32], usize)> = held_out
            .iter()
            .map(|(at, scores)| (scores.items.as_slice(), dealt.classes[*at]))
            .filter(|(scores, class)| *class > 0 && scores[class - 1].is_finite())
            .map(|(scores, class)| (scores, class - 1))
            .collect();
        let alike = never_told_apart(&worn, ids.len());
        let commonest = |counts: &BTreeMap<ItemId, usize>| {
            counts.iter().max_by_key(|(id, count)| (**count, std::cmp::Reverse(**id))).map(|(id, _)| *id)
        };
        ids.iter()
            .enumerate()
            .map(|(at, (appearance, counts))| {
                let id = commonest(counts).unwrap_or(*appearance);
                let mut same = vec![id];
                let listed = std::iter::once(*appearance)
                    .chain(self.catalogue.same_appearance(*appearance))
                    .chain(counts.keys().copied())
                    .filter(|other| self.appearance(*other) == *appearance);
                let confused =
                    ids.keys().zip(&alike).filter(|(_, group)| **group == alike[at]).map(|(id, _)| *id);
                for other in listed.chain(confused) {
                    if !same.contains(&other) {
                        same.push(other);
                    }
                }
                KnownItem { id, same }
            })
            .collect()
    }

    /// What the vectors of a slot add to what held-out looks are judged by: the scores of each as it is.
    fn fuse(&self, slot: Slot, dealt: &Dealt, held_out: &[Judged], items: &[ItemId]) -> Option<FusedSlot> {
        let mut own: BTreeMap<usize, Vec<f32>> = BTreeMap::new();
        for (at, scores) in held_out {
            own.insert(*at, std::iter::once(scores.nothing).chain(scores.items.iter().copied()).collect());
        }
        let rows: Vec<VectorRow<'_>> = self
            .kept
            .iter()
            .enumerate()
            .filter_map(|(at, look)| {
                let vector = look.vectors.as_ref()?[slot].as_slice();
                Some(VectorRow {
                    class: dealt.classes[at],
                    fold: dealt.folds[at],
                    vector,
                    own: own.remove(&at),
                })
            })
            .collect();
        FusedSlot::fit(&rows, items, FOLDS)
    }
}

/// Groups items that held-out looks cannot tell apart: the group's least place, by item.
fn never_told_apart(worn: &[(&[f32], usize)], items: usize) -> Vec<usize> {
    let mut by_item: Vec<Vec<&[f32]>> = vec![Vec::new(); items];
    for (scores, item) in worn {
        by_item[*item].push(scores);
    }
    let flips = |item: usize, other: usize| {
        let looks = &by_item[item];
        let own = looks.iter().filter(|scores| scores[item] > scores[other]).count();
        looks.len() >= LEAST_TO_GROUP && own as f32 <= COIN_FLIP * looks.len() as f32
    };
    let mut groups: Vec<usize> = (0..items).collect();
    for item in 0..items {
        for other in 0..item {
            if flips(item, other) && flips(other, item) {
                let (from, to) = (groups[item].max(groups[other]), groups[item].min(groups[other]));
                groups.iter_mut().filter(|group| **group == from).for_each(|group| *group = to);
            }
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_a_coin_would_tell_apart_are_grouped() {
        let scores = [[0.0, 1.0, -9.0], [1.0, 0.0, -9.0], [-9.0, -9.0, 5.0]];
        let mut worn: Vec<(&[f32], usize)> = Vec::new();
        for at in 0..8 {
            worn.push((&scores[at % 2], 0));
            worn.push((&scores[(at + 1) % 2], 1));
            worn.push((&scores[2], 2));
        }
        assert_eq!(never_told_apart(&worn, 3), [0, 0, 2]);
    }
}

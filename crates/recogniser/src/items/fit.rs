//! From the measurements of all looks to the heads of all slots.

use std::collections::BTreeMap;

use lorgnon_look::{Catalogue, ItemId, Look, Slot, SlotMap};
use rayon::prelude::*;

use super::art::{ArtHead, Seen, View};
use super::calibration::{Calibrated, Observed};
use super::descriptor::{CellBox, Descriptor};
use super::fused::{FusedItems, FusedSlot};
use super::head::{KnownItem, Scores, SlotHead, hangs_behind, score};
use super::measurement::ItemMeasurement;
use super::model::ItemModel;
use super::region::Evidence;
use crate::discriminant::{Discriminant, Predictive, Scatter};
use crate::fusion::VectorRow;
use crate::observer::{Stage, Steps, Stopped, TrainingObserver};
use crate::random::Random;

/// Looks kept of one item; more teach nothing new.
const LOOKS_AN_ITEM: usize = 32;
/// Looks kept that wear nothing in a slot.
const LOOKS_OF_NOTHING: usize = 400;
/// Parts that are held out in turn.
const FOLDS: usize = 3;
/// Shrinkage of the within-scatter.
const SHRINKAGE: f32 = 0.2;
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

/// What a look scores under heads that have not seen it.
struct HeldOut {
    place: usize,
    before_scenery: bool,
    scores: Scores,
    art: [Vec<f32>; 2],
}

impl HeldOut {
    fn observed(&self, class: usize) -> Observed<'_> {
        Observed { scores: &self.scores, art: [&self.art[0], &self.art[1]], class }
    }
}

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
        if measurement.variants().is_empty() {
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
        let whole: Vec<&View> = self.kept.iter().map(|look| look.measurement.view()).collect();
        self.fit_slots(&before, &whole, &steps, &mut heads, &mut fused)?;
        // What is worn in front hides what hangs behind, as the body does.
        let rest: Vec<View> = self
            .kept
            .par_iter()
            .map(|look| {
                let mut seen = Seen::cut_out(look.measurement.view());
                for (slot, item) in &look.items {
                    if let Some(head) = heads[*slot].as_ref().filter(|_| !hangs_behind(slot)) {
                        let appearance = self.appearance(*item);
                        head.hide(&mut seen, |id| self.appearance(id) == appearance);
                    }
                }
                seen.packed()
            })
            .collect();
        self.fit_slots(&behind, &rest.iter().collect::<Vec<_>>(), &steps, &mut heads, &mut fused)?;
        Ok((ItemModel::new(heads), FusedItems::new(fused)))
    }

    fn fit_slots(
        &self,
        slots: &[Slot],
        views: &[&View],
        steps: &Steps<'_>,
        heads: &mut SlotMap<Option<SlotHead>>,
        fused: &mut SlotMap<Option<FusedSlot>>,
    ) -> Result<(), Stopped> {
        let fitted: Vec<Option<(SlotHead, Option<FusedSlot>)>> = slots
            .par_iter()
            .map(|slot| {
                let fitted = self.fit_slot(*slot, views, steps);
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
        views: &[&View],
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
        let classes: Vec<usize> = self.kept.iter().map(class_of).collect();

        let mut evidence = Evidence::new();
        for (look, class) in self.kept.iter().zip(&classes) {
            evidence.add(*class, &look.measurement.variants()[0]);
        }
        let bounds = evidence.region(slot);
        let step = (1..).find(|step| Descriptor::length(bounds, *step) <= MOST_FEATURES).unwrap_or(1);

        let fold_of = folds(&classes);
        let length = Descriptor::length(bounds, step);
        let mut parts: Vec<Scatter> = (0..FOLDS).map(|_| Scatter::new(length, ids.len() + 1)).collect();
        let mut row = Vec::with_capacity(length);
        for ((look, class), fold) in self.kept.iter().zip(&classes).zip(&fold_of) {
            steps.go_on()?;
            let mut random = Random::from_name(&look.id);
            for variant in look.measurement.variants() {
                for moved in [false, true] {
                    let mut shift = || if moved { random.below(3) as isize - 1 } else { 0 };
                    variant.read(bounds, step, shift(), shift(), &mut row);
                    parts[*fold].add(*class, &row);
                }
            }
        }
        parts.iter_mut().for_each(Scatter::flush);

        let held_out = self.held_out(&parts, &classes, &fold_of, views, (bounds, step), steps)?;
        steps.go_on()?;
        let looks_by_class = self.looks_by_class(&classes, None, &fold_of);
        let Some(whole) = Scatter::sum(&parts).and_then(|sum| Trained::new(sum, &looks_by_class)) else {
            return Ok(None);
        };
        let observed = |before_scenery: bool| -> Vec<Observed<'_>> {
            let looks = held_out.iter().filter(|look| look.before_scenery == before_scenery);
            looks.map(|look| look.observed(classes[look.place])).collect()
        };
        let told_with_the_slot = tracing::debug_span!("items", slot = slot.as_str()).entered();
        let (plain, in_scenery) = (observed(false), observed(true));
        let cut_out = Calibrated::cut_out(&plain, &in_scenery);
        let in_scenery = Calibrated::in_scenery(&in_scenery, &cut_out);
        drop(told_with_the_slot);
        let plain: Vec<(usize, Scores)> = held_out
            .iter()
            .filter(|look| !look.before_scenery)
            .map(|look| (look.place, cut_out.judge(&look.scores, || look.art.clone()).scores))
            .collect();
        let fused = self.fuse(slot, &classes, &fold_of, &plain, &ids.keys().copied().collect::<Vec<_>>());
        let worn: Vec<(&[f32], usize)> = plain
            .iter()
            .filter(|(at, scores)| classes[*at] > 0 && scores.items[classes[*at] - 1].is_finite())
            .map(|(at, scores)| (scores.items.as_slice(), classes[*at] - 1))
            .collect();
        let alike = never_told_apart(&worn, ids.len());
        steps.go_on()?;
        let art = ArtHead::fit(&wearing(views, &classes, |_| true), ids.len(), bounds, steps)?;

        let mut items = Vec::with_capacity(ids.len());
        for (at, (appearance, counts)) in ids.iter().enumerate() {
            let commonest = counts.iter().max_by_key(|(id, count)| (**count, std::cmp::Reverse(**id)));
            let (Some((&id, _)), Some(predictive)) = (commonest, whole.items[at].clone()) else { continue };
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
            let wearers = self.kept.iter().zip(&classes).filter(|(_, class)| **class == at + 1);
            let examples = wearers
                .take(EXAMPLES)
                .map(|(look, _)| {
                    look.measurement.variants()[0].read(bounds, step, 0, 0, &mut row);
                    (look.id.clone(), whole.discriminant.project(&row))
                })
                .collect();
            items.push(KnownItem { id, same, predictive, examples });
        }
        let head = SlotHead {
            bounds,
            step,
            nothing: whole.nothing,
            discriminant: whole.discriminant,
            items,
            art,
            cut_out,
            in_scenery,
        };
        // The head knows an item by the id that most looks carry.
        let fused = fused.map(|fused| fused.renamed(&head, |id| self.appearance(id)));
        Ok(Some((head, fused)))
    }

    /// What the vectors of a slot add to what held-out looks are judged by: the scores of each as it is.
    fn fuse(
        &self,
        slot: Slot,
        classes: &[usize],
        fold_of: &[usize],
        held_out: &[(usize, Scores)],
        items: &[ItemId],
    ) -> Option<FusedSlot> {
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
                Some(VectorRow { class: classes[at], fold: fold_of[at], vector, own: own.remove(&at) })
            })
            .collect();
        let _told_with_the_slot = tracing::debug_span!("items", slot = slot.as_str()).entered();
        FusedSlot::fit(&rows, items, FOLDS)
    }

    /// Looks of each class outside a fold.
    fn looks_by_class(&self, classes: &[usize], without: Option<usize>, folds: &[usize]) -> Vec<f32> {
        let mut looks = vec![0.0; classes.iter().max().map_or(1, |most| most + 1)];
        for (class, fold) in classes.iter().zip(folds) {
            if Some(*fold) != without {
                looks[*class] += 1.0;
            }
        }
        looks
    }

    /// Every look's scores under a head that has not seen it: as it is, and before a background.
    fn held_out(
        &self,
        parts: &[Scatter],
        classes: &[usize],
        fold_of: &[usize],
        views: &[&View],
        (bounds, step): (CellBox, usize),
        steps: &Steps<'_>,
    ) -> Result<Vec<HeldOut>, Stopped> {
        let mut all = Vec::new();
        for fold in 0..parts.len() {
            let seen = parts.iter().enumerate().filter(|(at, _)| *at != fold).map(|(_, part)| part);
            let looks = self.looks_by_class(classes, Some(fold), fold_of);
            let Some(trained) = Scatter::sum(seen).and_then(|sum| Trained::new(sum, &looks)) else {
                continue;
            };
            let known: Vec<usize> =
                (0..trained.items.len()).filter(|at| trained.items[*at].is_some()).collect();
            let predictives: Vec<&Predictive> = trained.items.iter().flatten().collect();
            let seen = wearing(views, classes, |at| fold_of[at] != fold);
            let art = ArtHead::fit(&seen, trained.items.len(), bounds, steps)?;
            for (at, look) in self.kept.iter().enumerate().filter(|(at, _)| fold_of[*at] == fold) {
                steps.go_on()?;
                let mut random = Random::from_name(&look.id);
                let seen = [Seen::cut_out(views[at]), Seen::before_scenery(views[at], &mut random)];
                for (variant, view) in look.measurement.variants().iter().zip(seen) {
                    let mut few = Scores::new(known.len());
                    let items = predictives.iter().copied();
                    score(variant, bounds, step, &trained.discriminant, &trained.nothing, items, &mut few);
                    let mut spread = vec![f32::NEG_INFINITY; trained.items.len()];
                    for (place, value) in known.iter().zip(&few.items) {
                        spread[*place] = *value;
                    }
                    let art = art.judge(&view, &spread);
                    few.items = spread;
                    let before_scenery = all.last().is_some_and(|last: &HeldOut| last.place == at);
                    all.push(HeldOut { place: at, before_scenery, scores: few, art });
                }
            }
        }
        Ok(all)
    }
}

/// A discriminant with what it predicts of each class.
struct Trained {
    discriminant: Discriminant,
    nothing: Predictive,
    /// `None` for an item without a look.
    items: Vec<Option<Predictive>>,
}

impl Trained {
    fn new(scatter: Scatter, looks: &[f32]) -> Option<Self> {
        let discriminant = Discriminant::fit(&scatter, SHRINKAGE)?;
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
}

/// What wanted looks show, and what they wear.
fn wearing<'a>(
    views: &[&'a View],
    classes: &[usize],
    wanted: impl Fn(usize) -> bool,
) -> Vec<(&'a View, usize)> {
    let looks = views.iter().zip(classes).enumerate().filter(|(at, _)| wanted(*at));
    looks.map(|(_, (view, class))| (*view, *class)).collect()
}

/// Deals the looks of each class to the folds in turn.
fn folds(classes: &[usize]) -> Vec<usize> {
    let mut dealt: BTreeMap<usize, usize> = BTreeMap::new();
    classes
        .iter()
        .map(|class| {
            let count = dealt.entry(*class).or_insert(*class);
            *count += 1;
            *count % FOLDS
        })
        .collect()
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

    #[test]
    fn folds_share_out_every_class() {
        let fold_of = folds(&[1, 1, 1, 0, 0, 0]);
        for class in [0..3, 3..6] {
            let mut dealt = fold_of[class].to_vec();
            dealt.sort_unstable();
            assert_eq!(dealt, [0, 1, 2]);
        }
    }
}

//! What every slot of a character wears.

use std::collections::BTreeSet;

use lorgnon_imaging::{Picture, Rect};
use lorgnon_look::{ItemId, Look, Slot, SlotMap};
use serde::{Deserialize, Serialize};

use super::art::Seen;
use super::calibration::Temperature;
use super::descriptor::Descriptor;
use super::eye::Scores;
use super::fused::FusedItems;
use super::head::{SlotHead, hangs_behind};
use super::icons::{Dyes, IconIndex, IconMatch, Shown};
use super::measurement::ItemMeasurement;
use super::merging::{KnownMatch, WornMatch, with_icons};
use super::region::prior_box;
use super::window::{Behind, Placement, Scene, picture_bounds};
use super::worn::{Cut, Standing};
use crate::{Frame, ItemSource};

/// Sizes a window is tried at, times the frame's.
const SCALES: [f32; 3] = [0.95, 1.0, 1.05];
/// Which of them is the frame's own.
const EXACT: usize = 1;
/// Candidates a guess holds at most.
pub(super) const CANDIDATES: usize = 10;

/// One item that a slot may wear.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemGuess {
    /// The item.
    pub item: ItemId,
    /// Probability that it, or an item that looks the same, is worn, given that something is.
    pub probability: f32,
    /// The training look that best shows it; `None` when it was recognised otherwise.
    pub example_id: Option<String>,
    /// What it was recognised from.
    pub source: ItemSource,
    /// Every item that looks the same, `item` first.
    pub same_appearance: Vec<ItemId>,
}

/// What one slot wears.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SlotGuess {
    /// Probability that anything is worn.
    pub present: f32,
    /// Items, best first; empty where the slot was never learned.
    pub candidates: Vec<ItemGuess>,
    /// Where it was looked for, in picture pixels; `None` as for the candidates.
    pub region: Option<Rect>,
}

impl SlotGuess {
    /// The item worn, `None` when nothing is likelier.
    #[must_use]
    pub fn worn(&self) -> Option<&ItemGuess> {
        self.candidates.first().filter(|_| self.present >= 0.5)
    }
}

/// Fitted heads of the slots that training looks wear something in.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ItemModel {
    heads: SlotMap<Option<SlotHead>>,
}

/// What is seen of a character, measured once for all slots.
struct Sight {
    frame: Frame,
    /// At each of [`SCALES`].
    windows: [Descriptor; SCALES.len()],
    view: Seen,
    /// What is left of it where all that is worn in front is left out, once that is told.
    rest: Option<Descriptor>,
    dyes: Dyes,
}

impl Sight {
    fn new(picture: &Picture, standing: &Standing<'_>) -> Self {
        let scene = Scene::new(picture, &standing.frame);
        let cut = SCALES.map(|scale| standing.cut(&scene, Placement { scale, ..Placement::EXACT }));
        let view = Seen::new(&cut[EXACT].view(), scene.behind());
        let windows = cut.each_ref().map(Cut::descriptor);
        Self { frame: standing.frame, windows, view, rest: None, dyes: standing.dyes }
    }
}

impl ItemModel {
    pub(super) fn new(heads: SlotMap<Option<SlotHead>>) -> Self {
        Self { heads }
    }

    /// Whether no slot was learned.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.heads.iter().all(|(_, head)| head.is_none())
    }

    /// Names what a character wears; `icons` show items that no training look may wear, `vectors` are
    /// heard where they are worth it.
    #[must_use]
    pub fn name(
        &self,
        picture: &Picture,
        standing: &Standing<'_>,
        icons: Option<&IconIndex>,
        vectors: Option<(&FusedItems, &SlotMap<Vec<f32>>)>,
    ) -> SlotMap<SlotGuess> {
        let frame = &standing.frame;
        let icons = icons.filter(|icons| !icons.is_empty());
        if (self.is_empty() && icons.is_none()) || frame.height.is_nan() || frame.height <= 1.0 {
            return SlotMap::default();
        }
        let mut sight = Sight::new(picture, standing);
        let mut guesses = SlotMap::default();
        let (behind, before): (Vec<Slot>, Vec<Slot>) = Slot::ALL.into_iter().partition(hangs_behind);
        for slot in before {
            let guess = self.guess(slot, &sight, icons, vectors);
            if let (Some(head), Some(worn)) = (self.heads[slot].as_ref(), guess.worn()) {
                head.hide(&mut sight.view, |id| id == worn.item);
            }
            guesses[slot] = guess;
        }
        sight.view.hide_body();
        sight.rest = behind.iter().any(|slot| self.knows(*slot)).then(|| sight.view.descriptor());
        for slot in behind {
            guesses[slot] = self.guess(slot, &sight, icons, vectors);
        }
        guesses
    }

    /// Names what one slot wears.
    fn guess(
        &self,
        slot: Slot,
        sight: &Sight,
        icons: Option<&IconIndex>,
        vectors: Option<(&FusedItems, &SlotMap<Vec<f32>>)>,
    ) -> SlotGuess {
        let region = self.region(slot, &sight.frame);
        let head = self.heads[slot].as_ref();
        let guess = head.map(|head| {
            let own = head.judge(&sight.windows, sight.rest.as_ref(), &sight.view);
            let heard = vectors.and_then(|(fused, vectors)| {
                let fused = fused.slot(slot)?;
                Some((fused, fused.heard(head, &own.scores, &vectors[slot])?))
            });
            let (scores, present, temperature) = match &heard {
                Some((fused, heard)) => {
                    (heard, fused.presence.probability(heard.advantage()), &fused.temperature)
                }
                None => (&own.scores, own.present, &head.judge_of(&sight.view).calibrated.temperature),
            };
            SlotGuess {
                present,
                candidates: candidates(head, &sight.view, scores, temperature),
                region: Some(region),
            }
        });
        let Some(icons) = icons else { return guess.unwrap_or_default() };
        let shown = Shown {
            window: &sight.windows[EXACT],
            view: &sight.view,
            bounds: head.map_or_else(|| prior_box(slot), |head| head.cells.bounds),
            art: head.map(|head| &head.art),
            dyes: sight.dyes,
        };
        let answered = guess.as_ref().and_then(|guess| guess.candidates.first());
        let named = answered.map_or(&[][..], |answered| answered.same_appearance.as_slice());
        let matches = icons.matches(slot, shown, named);
        if guess.is_none() && matches.is_empty() {
            return SlotGuess::default();
        }
        let art = answered
            .zip(head)
            .map_or(f32::NEG_INFINITY, |(answered, head)| head.art_of(&sight.view, answered.item));
        with_icons(guess, art, &self.known(slot), &matches, icons.odds(slot, sight.view.behind()), region)
    }

    /// The items that looks have taught in a slot.
    fn known(&self, slot: Slot) -> BTreeSet<ItemId> {
        let items = self.heads[slot].iter().flat_map(|head| &head.items);
        items.flat_map(|item| item.same.iter().copied()).collect()
    }

    /// Whether looks have taught a slot.
    pub(crate) fn knows(&self, slot: Slot) -> bool {
        self.heads[slot].is_some()
    }

    /// What a look says of how far icons can be trusted, in each of some slots that the model knows.
    #[must_use]
    pub(crate) fn known_matches(
        &self,
        icons: &IconIndex,
        look: &Look,
        measurement: &ItemMeasurement,
        wanted: impl Fn(Slot, bool) -> bool,
    ) -> Vec<(Slot, [KnownMatch; 2])> {
        let mut seen = Vec::new();
        if !measurement.is_current() {
            return seen;
        }
        let dyes = Dyes::of(look.colours.iter().copied());
        for slot in Slot::ALL {
            let item = look.items.get(&slot).copied();
            // An icon does not show what a dye makes of it.
            let teaches =
                |head: &&SlotHead| item.is_none_or(|item| icons.shows(slot, item) && !head.is_dyed(item));
            let Some(head) = self.heads[slot].as_ref().filter(teaches) else { continue };
            if !wanted(slot, item.is_some()) {
                continue;
            }
            let known = self.known(slot);
            let is_own = |found: &IconMatch| item.is_some_and(|item| found.items.contains(&item));
            let is_known = |found: &IconMatch| found.items.iter().any(|item| known.contains(item));
            let matched = Behind::ALL.map(|behind| {
                let mut view = measurement.views().seen(behind);
                if hangs_behind(&slot) {
                    view.hide_body();
                }
                let shown = Shown {
                    window: &measurement.windows(behind)[0],
                    view: &view,
                    bounds: head.cells.bounds,
                    art: Some(&head.art),
                    dyes,
                };
                let matches = icons.matches(slot, shown, item.as_slice());
                let best = |wanted: &dyn Fn(&IconMatch) -> bool| {
                    let scores = matches.iter().filter(|found| wanted(found)).map(|found| found.score);
                    scores.fold(f32::NEG_INFINITY, f32::max)
                };
                let worn = item.map(|item| {
                    let icon = best(&is_own);
                    let other_icon = best(&|found| is_known(found) && !is_own(found));
                    WornMatch {
                        icon,
                        own: icon.max(head.art_of(shown.view, item)),
                        other: other_icon.max(head.art_of_others(shown.view, item)),
                        other_icon: best(&|found| !is_own(found)),
                    }
                });
                KnownMatch { worn, unknown: best(&|found| !is_known(found)) }
            });
            seen.push((slot, matched));
        }
        seen
    }

    /// Where a slot is looked for, in picture pixels: its learned region, else the prior one.
    #[must_use]
    pub fn region(&self, slot: Slot, frame: &Frame) -> Rect {
        let bounds = self.heads[slot].as_ref().map_or_else(|| prior_box(slot), |head| head.cells.bounds);
        picture_bounds(frame, Placement::EXACT, bounds.left, bounds.top, bounds.right, bounds.bottom)
    }
}

fn candidates(head: &SlotHead, view: &Seen, scores: &Scores, temperature: &Temperature) -> Vec<ItemGuess> {
    let judge = head.judge_of(view);
    let shares = temperature.shares(&scores.items);
    let mut order: Vec<usize> = (0..shares.len()).collect();
    order.sort_by(|left, right| scores.items[*right].total_cmp(&scores.items[*left]));
    order.truncate(CANDIDATES);
    order
        .into_iter()
        .map(|at| ItemGuess {
            item: head.items[at].id,
            probability: shares[at],
            example_id: judge.best_example(at, scores).map(str::to_owned),
            source: ItemSource::Examples,
            same_appearance: head.items[at].same.clone(),
        })
        .collect()
}

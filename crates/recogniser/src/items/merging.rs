//! Examples and icons in one answer.
//!
//! A head only knows what looks have shown it, and will name something whatever is worn. The icon
//! matcher is the arbiter: it judges the head's own answer and the best icon that the head does not
//! know by the same score, and the difference says which of the two it is.

use std::collections::BTreeSet;

use lorgnon_look::ItemId;
use serde::{Deserialize, Serialize};

use super::calibration::{Logistic, Temperature};
use super::icons::IconMatch;
use super::model::{CANDIDATES, ItemGuess, SlotGuess};
use crate::ItemSource;

/// So many times likelier is an item that looks have taught than one of which there is only an icon.
const KNOWN_LIKELIER: f32 = 2.0;
/// Fewer observations than this teach nothing.
const FEWEST: usize = 12;
/// Even odds where no look has taught a slot, and how fast they become certainty.
const USUAL_LEAD: f32 = 20.0;
const USUAL_ALONE: f32 = 90.0;
const USUAL_SPREAD: f32 = 15.0;

/// What icon scores mean in a slot. Icons of hats and pets are the worn art; capes hang, and hardly
/// look like theirs: so a slot learns from looks with known items, each also taken for unknown.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct MatchOdds {
    /// That an unknown item is worn, from how much better its icon matches than the known answer's icon and art.
    lead: Logistic,
    /// The same where the known answer has neither, from how well its icon matches.
    alone: Logistic,
    /// That anything is worn, from how well an unknown item's icon matches.
    worn: Logistic,
    /// Among icons.
    temperature: Temperature,
    /// Whether the right icon mostly matches best: otherwise icons say nothing.
    is_trusted: bool,
}

impl Default for MatchOdds {
    fn default() -> Self {
        Self {
            lead: Logistic::about(USUAL_LEAD, USUAL_SPREAD),
            alone: Logistic::about(USUAL_ALONE, USUAL_SPREAD),
            worn: Logistic::about(USUAL_ALONE, USUAL_SPREAD),
            temperature: Temperature::about(USUAL_SPREAD),
            is_trusted: true,
        }
    }
}

/// What one look says of its slot's icons.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct KnownMatch {
    /// `None` where nothing is worn.
    pub(super) worn: Option<WornMatch>,
    /// Best score of an icon that no look has taught.
    pub(super) unknown: f32,
}

/// What a look says that wears an item.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct WornMatch {
    /// Score of the item's own icon.
    pub(super) icon: f32,
    /// The better of that and of what the item's art scores.
    pub(super) own: f32,
    /// The best of icons and art of other items that looks have taught.
    pub(super) other: f32,
    /// The best icon of all others.
    pub(super) other_icon: f32,
}

impl MatchOdds {
    /// Learns from looks; the usual odds where too few wear anything.
    pub(super) fn learn(seen: impl Iterator<Item = KnownMatch> + Clone) -> Self {
        let worn: Vec<(WornMatch, f32)> = seen
            .clone()
            .filter_map(|seen| Some((seen.worn?, seen.unknown)))
            .filter(|(worn, _)| worn.icon.is_finite())
            .collect();
        if worn.len() < FEWEST {
            return Self::default();
        }
        let bare = || seen.clone().filter(|seen| seen.worn.is_none()).map(|seen| seen.unknown);
        let fit = |unknown: &mut dyn Iterator<Item = f32>, known: &mut dyn Iterator<Item = f32>| {
            let sides = unknown.map(|value| (value, true)).chain(known.map(|value| (value, false)));
            Logistic::fit(&sides.filter(|(value, _)| value.is_finite()).collect::<Vec<_>>())
        };
        let all = || worn.iter();
        let own = || all().map(|(worn, _)| worn.icon);
        let pairs: Vec<[f32; 2]> = all().map(|(worn, _)| [worn.icon, worn.other_icon]).collect();
        let observed: Vec<(&[f32], usize)> =
            pairs.iter().filter(|pair| pair[1].is_finite()).map(|pair| (&pair[..], 0)).collect();
        let lost = pairs.iter().filter(|[own, other]| other > own).count();
        Self {
            lead: fit(
                &mut all().map(|(worn, _)| worn.icon - worn.other),
                &mut all().map(|(worn, unknown)| unknown - worn.own),
            ),
            alone: fit(&mut own(), &mut all().map(|(_, unknown)| *unknown).chain(bare())),
            worn: fit(&mut own(), &mut bare()),
            temperature: Temperature::fit(&observed),
            is_trusted: 2 * lost <= worn.len(),
        }
    }
}

/// Adds icons of items no look wears to what a head says (`None` where there is no head), whose answer's art
/// scores `art`.
pub(super) fn with_icons(
    head: Option<SlotGuess>,
    art: f32,
    known: &BTreeSet<ItemId>,
    matches: &[IconMatch],
    odds: MatchOdds,
    region: lorgnon_imaging::Rect,
) -> SlotGuess {
    let is_known = |found: &&IconMatch| found.items.iter().any(|item| known.contains(item));
    let unknown: Vec<&IconMatch> = matches.iter().filter(|found| !is_known(found)).take(CANDIDATES).collect();
    let learned = head.is_some();
    let mut guess = head.unwrap_or(SlotGuess { region: Some(region), ..SlotGuess::default() });
    for candidate in &mut guess.candidates {
        let same = &mut candidate.same_appearance;
        if let Some(drawn) = matches.iter().find(|found| found.items.iter().any(|item| same.contains(item))) {
            let more: Vec<ItemId> = drawn.items.iter().filter(|item| !same.contains(item)).copied().collect();
            same.extend(more);
        }
    }
    let Some(best) = unknown.first().filter(|_| odds.is_trusted) else { return guess };
    let answered = guess.candidates.first().map_or(f32::NEG_INFINITY, |first| {
        let is_it = |found: &&IconMatch| found.items.iter().any(|item| first.same_appearance.contains(item));
        matches.iter().filter(is_it).map(|found| found.score).fold(art, f32::max)
    });
    let even = if answered.is_finite() {
        odds.lead.probability(best.score - answered)
    } else {
        odds.alone.probability(best.score)
    };
    let share = if learned { even / (even + KNOWN_LIKELIER * (1.0 - even)) } else { 1.0 };
    // A head takes what it has never seen for nothing.
    let worn = odds.worn.probability(best.score);
    guess.present = if learned { 1.0 - (1.0 - guess.present) * (1.0 - worn) } else { worn };
    let scores: Vec<f32> = unknown.iter().map(|found| found.score).collect();
    for candidate in &mut guess.candidates {
        candidate.probability *= 1.0 - share;
    }
    guess.candidates.extend(unknown.iter().zip(odds.temperature.shares(&scores)).filter_map(
        |(found, weight)| {
            Some(ItemGuess {
                item: *found.items.first()?,
                probability: share * weight,
                example_id: None,
                source: ItemSource::Icon,
                same_appearance: found.items.clone(),
            })
        },
    ));
    guess.candidates.sort_by(|left, right| right.probability.total_cmp(&left.probability));
    guess.candidates.truncate(CANDIDATES);
    guess
}

#[cfg(test)]
mod tests {
    use super::*;

    const REGION: lorgnon_imaging::Rect = lorgnon_imaging::Rect { x: 0.0, y: 0.0, width: 1.0, height: 1.0 };

    fn guess() -> SlotGuess {
        let candidate = ItemGuess {
            item: 1,
            probability: 0.9,
            example_id: Some("look".to_owned()),
            source: ItemSource::Examples,
            same_appearance: vec![1],
        };
        SlotGuess { present: 0.9, candidates: vec![candidate], region: Some(REGION) }
    }

    fn found(item: ItemId, score: f32) -> IconMatch {
        IconMatch { items: vec![item], score }
    }

    #[test]
    fn the_better_matching_side_is_answered() {
        let known = BTreeSet::from([1]);
        let answer = |matches: &[IconMatch]| {
            with_icons(Some(guess()), f32::NEG_INFINITY, &known, matches, MatchOdds::default(), REGION)
        };
        let seen = answer(&[found(1, 300.0), found(2, 100.0)]);
        assert_eq!((seen.candidates[0].item, seen.candidates[0].source), (1, ItemSource::Examples));
        let new = answer(&[found(2, 300.0), found(1, 100.0)]);
        assert_eq!((new.candidates[0].item, new.candidates[0].source), (2, ItemSource::Icon));
        let total: f32 = new.candidates.iter().map(|candidate| candidate.probability).sum();
        assert!(total <= 1.0 + 1e-5);
    }

    #[test]
    fn items_with_the_same_icon_are_one_answer() {
        let matches = [IconMatch { items: vec![1, 9], score: 300.0 }];
        let seen = with_icons(
            Some(guess()),
            f32::NEG_INFINITY,
            &BTreeSet::from([1]),
            &matches,
            MatchOdds::default(),
            REGION,
        );
        assert_eq!((seen.candidates.len(), &seen.candidates[0].same_appearance[..]), (1, &[1, 9][..]));
    }

    #[test]
    fn a_slot_whose_icons_mislead_does_not_hear_them() {
        let seen = |unknown: f32| {
            let look = |at: usize| {
                let own = 200.0 + at as f32;
                let worn = WornMatch { icon: own, own, other: 40.0, other_icon: unknown };
                KnownMatch { worn: Some(worn), unknown }
            };
            (0..50).map(look).collect::<Vec<_>>()
        };
        let known = BTreeSet::from([1]);
        let answer = |odds: MatchOdds| {
            let matches = [found(2, 200.0), found(1, 100.0)];
            with_icons(Some(guess()), f32::NEG_INFINITY, &known, &matches, odds, REGION).candidates[0].item
        };
        assert_eq!(answer(MatchOdds::learn(seen(400.0).into_iter())), 1);
        assert_eq!(answer(MatchOdds::learn(seen(60.0).into_iter())), 2);
        assert_eq!(MatchOdds::learn(seen(400.0).into_iter().take(3)), MatchOdds::default());
    }

    #[test]
    fn a_slot_never_learned_lives_on_icons() {
        let none = BTreeSet::new();
        let answer = |matches: &[IconMatch]| {
            with_icons(None, f32::NEG_INFINITY, &none, matches, MatchOdds::default(), REGION)
        };
        assert!(answer(&[found(2, 300.0)]).worn().is_some());
        assert!(answer(&[found(2, 10.0)]).worn().is_none());
        assert!(answer(&[]).candidates.is_empty());
    }
}

//! Examples and icons in one answer.
//!
//! A head only knows what looks have shown it, and will name something whatever is worn. The icon
//! matcher is the arbiter: it judges the head's own answer and the best icon that the head does not
//! know by the same score, and the difference says which of the two it is.

use std::collections::BTreeSet;

use lorgnon_look::ItemId;
use serde::{Deserialize, Serialize};

use super::calibration::probability;
use super::icons::IconMatch;
use super::model::{CANDIDATES, ItemGuess, SlotGuess};
use crate::ItemSource;

/// How fast a difference becomes certainty.
const SPREAD: f32 = 0.025;
/// Share of looks with known items whose icons may be taken for worse than an unknown one's.
const WRONGLY_UNKNOWN: f32 = 0.05;
/// No score is this high.
const NEVER: f32 = 2.0;
/// Fewer observations than this teach nothing.
const FEWEST: usize = 12;

/// What icon scores mean in a slot. Icons of hats and pets are the worn art; capes hang, and hardly
/// look like theirs: so a slot learns from looks with known items how often an unknown item's icon
/// happens to match better than the right one.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct MatchOdds {
    /// An unknown item's icon must match this much better than the known answer's.
    lead: f32,
    /// Without an icon of the known answer, or without a head: an icon that matches this well is even
    /// odds.
    good: f32,
}

impl Default for MatchOdds {
    fn default() -> Self {
        Self { lead: 0.04, good: 0.74 }
    }
}

/// What one look with a known item says of its slot's icons.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct KnownMatch {
    /// Score of the item's own icon.
    pub(super) own: f32,
    /// Best score of an icon that no look has taught.
    pub(super) unknown: f32,
}

impl MatchOdds {
    /// Learns from known items; the usual odds where too few were seen.
    pub(crate) fn learn(seen: &[KnownMatch]) -> Self {
        let usual = Self::default();
        if seen.len() < FEWEST {
            return usual;
        }
        // Where the right icon loses to a wrong one as often as not, icons say nothing.
        let lost = seen.iter().filter(|seen| seen.unknown > seen.own).count();
        if 2 * lost > seen.len() {
            return Self { lead: NEVER, good: NEVER };
        }
        let high = |value: fn(&KnownMatch) -> f32| {
            let mut values: Vec<f32> = seen.iter().map(value).collect();
            values.sort_by(f32::total_cmp);
            values[((1.0 - WRONGLY_UNKNOWN) * (values.len() - 1) as f32).round() as usize]
        };
        // Even odds lie a little beyond what known items reach.
        let beyond = 0.75 * SPREAD;
        Self {
            lead: (high(|seen| seen.unknown - seen.own) + beyond).max(0.02),
            good: (high(|seen| seen.unknown) + beyond).max(0.6),
        }
    }
}

/// Adds icons of items no look wears to what a head says (`None` where there is no head).
pub(super) fn with_icons(
    head: Option<SlotGuess>,
    known: &BTreeSet<ItemId>,
    matches: &[IconMatch],
    odds: MatchOdds,
    region: lorgnon_imaging::Rect,
) -> SlotGuess {
    let is_known = |found: &&IconMatch| found.items.iter().any(|item| known.contains(item));
    let unknown: Vec<&IconMatch> = matches.iter().filter(|found| !is_known(found)).take(CANDIDATES).collect();
    let learned = head.is_some();
    let mut guess = head.unwrap_or(SlotGuess { region: Some(region), ..SlotGuess::default() });
    let Some(best) = unknown.first() else { return guess };
    let answered = guess.candidates.first().and_then(|first| {
        matches.iter().find(|found| found.items.iter().any(|item| first.same_appearance.contains(item)))
    });
    let even = answered.map_or(odds.good, |found| found.score + odds.lead);
    let sure = probability((best.score - even) / SPREAD);
    let share = if learned { sure } else { 1.0 };
    if !learned {
        guess.present = probability((best.score - odds.good) / SPREAD);
    }
    let weights: Vec<f32> = unknown.iter().map(|found| ((found.score - best.score) / SPREAD).exp()).collect();
    let total: f32 = weights.iter().sum();
    for candidate in &mut guess.candidates {
        candidate.probability *= 1.0 - share;
    }
    guess.candidates.extend(unknown.iter().zip(weights).filter_map(|(found, weight)| {
        Some(ItemGuess {
            item: *found.items.first()?,
            probability: share * weight / total,
            example_id: None,
            source: ItemSource::Icon,
            same_appearance: found.items.clone(),
        })
    }));
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
        let seen =
            with_icons(Some(guess()), &known, &[found(1, 0.9), found(2, 0.7)], MatchOdds::default(), REGION);
        assert_eq!((seen.candidates[0].item, seen.candidates[0].source), (1, ItemSource::Examples));
        let new =
            with_icons(Some(guess()), &known, &[found(2, 0.9), found(1, 0.6)], MatchOdds::default(), REGION);
        assert_eq!((new.candidates[0].item, new.candidates[0].source), (2, ItemSource::Icon));
        let total: f32 = new.candidates.iter().map(|candidate| candidate.probability).sum();
        assert!(total <= 1.0 + 1e-5);
    }

    #[test]
    fn a_slot_whose_icons_mislead_asks_for_more() {
        let seen = |unknown| (0..50).map(|_| KnownMatch { own: 0.5, unknown }).collect::<Vec<_>>();
        let misled = MatchOdds::learn(&seen(0.7));
        let nearly = MatchOdds::learn(&seen(0.49));
        assert!(nearly.lead < 0.1 && misled.lead > 1.0, "{nearly:?} {misled:?}");
        let known = BTreeSet::from([1]);
        let matches = [found(2, 0.7), found(1, 0.5)];
        assert_eq!(with_icons(Some(guess()), &known, &matches, misled, REGION).candidates[0].item, 1);
        let trusted = MatchOdds::learn(&seen(0.3));
        assert_eq!(with_icons(Some(guess()), &known, &matches, trusted, REGION).candidates[0].item, 2);
        assert_eq!(MatchOdds::learn(&seen(0.7)[..3]), MatchOdds::default());
    }

    #[test]
    fn a_slot_never_learned_lives_on_icons() {
        let none = BTreeSet::new();
        assert!(with_icons(None, &none, &[found(2, 0.95)], MatchOdds::default(), REGION).worn().is_some());
        assert!(with_icons(None, &none, &[found(2, 0.4)], MatchOdds::default(), REGION).worn().is_none());
        assert!(with_icons(None, &none, &[], MatchOdds::default(), REGION).candidates.is_empty());
    }
}

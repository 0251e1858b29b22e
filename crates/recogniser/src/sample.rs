//! Which looks models are fitted from when there are very many.
//!
//! A thousand looks of a class and sex teach all there is to learn of them, and a few dozen of an item;
//! what is fitted from them is kept in memory. So a large index is fitted from a sample: of each class and sex
//! and of each item so many, whole classes and rare items left as they are. Which looks are in it depends on their ids
//! and labels alone, so the models do too.

use std::collections::{BTreeMap, BinaryHeap, HashSet};
use std::ops::ControlFlow;

use lorgnon_index::Reader;
use lorgnon_look::{ClassLabel, Gender, ItemId, Look, Slot};

use crate::seed::seed_of;
use crate::{RecogniserError, measurements};

/// Up to so many looks all are used.
const SAMPLED_ABOVE: u64 = 20_000;
/// Looks of one class and sex.
const A_PAIR: usize = 1_000;
/// Of those with the fewest items and the most colours, from which colours are learned.
const TELLING: usize = 50;
/// Looks that wear one item.
const AN_ITEM: usize = 48;

/// The looks to fit from.
pub(crate) struct Sample(Option<HashSet<u64>>);

impl Sample {
    /// Of the stored and the waiting looks that `wanted` names.
    pub(crate) fn of(reader: &dyn Reader, wanted: &dyn Fn(&str) -> bool) -> Result<Self, RecogniserError> {
        let waiting = measurements::pending_ids(reader)?;
        if reader.len().max(waiting.len() as u64) <= SAMPLED_ABOVE {
            return Ok(Self(None));
        }
        let mut chooser = Chooser::default();
        reader.visit(&mut |record| {
            if wanted(&record.look.id) {
                chooser.add(&record.look);
            }
            ControlFlow::Continue(())
        })?;
        for id in waiting.iter().filter(|id| wanted(id)) {
            if let Some(look) = measurements::pending_look(reader, id)? {
                chooser.add(&look);
            }
        }
        let chosen = chooser.finish();
        tracing::info!(looks = reader.len(), sample = chosen.len(), "models are fitted from a sample");
        Ok(Self(Some(chosen)))
    }

    /// Whether a look is in it.
    pub(crate) fn has(&self, id: &str) -> bool {
        self.0.as_ref().is_none_or(|chosen| chosen.contains(&seed_of(id)))
    }
}

/// What a sample has so many looks of.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Pair(Option<ClassLabel>, Option<Gender>),
    Telling(Option<ClassLabel>, Option<Gender>),
    Item(Slot, ItemId),
}

/// Goes over all looks and keeps the hashes of the chosen ones.
#[derive(Default)]
struct Chooser {
    /// The least of each kind, the greatest of them on top.
    kept: BTreeMap<Kind, BinaryHeap<(usize, u64)>>,
}

impl Chooser {
    fn add(&mut self, look: &Look) {
        let hash = seed_of(&look.id);
        let told = look.colours.iter().filter(|colour| colour.is_some()).count();
        // Fewest items first, then most colours; nobody has a hundred.
        let rank = look.items.len() * 100 + 99_usize.saturating_sub(told);
        self.keep(Kind::Pair(look.class.clone(), look.gender), A_PAIR, (0, hash));
        self.keep(Kind::Telling(look.class.clone(), look.gender), TELLING, (rank, hash));
        for (slot, item) in &look.items {
            self.keep(Kind::Item(*slot, *item), AN_ITEM, (0, hash));
        }
    }

    fn keep(&mut self, kind: Kind, most: usize, look: (usize, u64)) {
        let kept = self.kept.entry(kind).or_default();
        if kept.len() < most {
            kept.push(look);
        } else if let Some(mut greatest) = kept.peek_mut()
            && look < *greatest
        {
            *greatest = look;
        }
    }

    fn finish(self) -> HashSet<u64> {
        self.kept.into_values().flatten().map(|(_, hash)| hash).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Look 7 of every thousand is of a rare class, and one in ten thousand wears a rare item.
    fn look(number: u64) -> Look {
        let class = if number % 1_000 == 7 { "rare".to_owned() } else { (number % 19).to_string() };
        let mut look = Look { id: format!("look-{number}"), ..Look::default() };
        look.class = Some(ClassLabel::new(&class));
        look.gender = Some(Gender::ALL[(number / 19 % 2) as usize]);
        look.items.insert(Slot::Cape, number % 300);
        if number % 10_000 == 3 {
            look.items.insert(Slot::Coiffe, 9_999);
        }
        if number.is_multiple_of(50) {
            look.items.clear();
        }
        look
    }

    fn sample(numbers: impl Iterator<Item = u64>) -> HashSet<u64> {
        let mut chooser = Chooser::default();
        numbers.for_each(|number| chooser.add(&look(number)));
        chooser.finish()
    }

    #[test]
    fn a_sample_is_bounded_has_what_is_rare_and_does_not_depend_on_the_order() {
        let looks = 120_000;
        let chosen = sample(0..looks);
        assert!(chosen.len() <= 20 * 2 * (A_PAIR + TELLING) + 301 * AN_ITEM, "{}", chosen.len());
        assert_eq!(chosen, sample((0..looks).rev()));
        let chosen: Vec<Look> =
            (0..looks).map(look).filter(|look| chosen.contains(&seed_of(&look.id))).collect();
        let among = |wanted: &dyn Fn(&Look) -> bool| chosen.iter().filter(|look| wanted(look)).count();
        let is_rare = |look: &Look| look.class.as_ref().is_some_and(|class| class.as_str() == "rare");
        assert_eq!(among(&is_rare), 120);
        assert_eq!(among(&|look| look.items.contains_key(&Slot::Coiffe)), 12);
        // Those of the undressed looks' numbers are worn by nobody.
        for item in (1..300).filter(|item| item % 50 != 0) {
            let worn = among(&|look| look.items.get(&Slot::Cape) == Some(&item));
            assert!(worn >= AN_ITEM, "{item}: {worn}");
        }
        // Undressed looks are a fiftieth of all, those of a class all of one sex; they teach colours: there are enough.
        let bare = |look: &Look| look.items.is_empty() && look.class == Some(ClassLabel::new("3"));
        assert!(among(&bare) >= TELLING, "{}", among(&bare));
    }
}

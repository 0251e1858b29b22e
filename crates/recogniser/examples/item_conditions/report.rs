//! Tables by slot: top 1, top 5, presence, calibration, confusions.

use std::collections::BTreeMap;
use std::time::Duration;

use lorgnon_look::{ItemId, Slot, SlotMap};
use lorgnon_recogniser::items::SlotGuess;

#[derive(Default)]
struct Tally {
    worn: usize,
    first: usize,
    top_five: usize,
    first_if_present: usize,
    right_presence: usize,
    false_presence: usize,
    missed: usize,
    probability: f32,
    brier: f32,
    looks: usize,
    confusions: BTreeMap<(ItemId, ItemId), usize>,
}

#[derive(Default)]
pub(crate) struct Report {
    slots: SlotMap<Tally>,
    took: Vec<Duration>,
}

impl Report {
    pub(crate) fn add(
        &mut self,
        truth: &BTreeMap<Slot, ItemId>,
        guesses: &SlotMap<SlotGuess>,
        took: Duration,
    ) {
        self.took.push(took);
        for slot in Slot::ALL {
            let (guess, tally) = (&guesses[slot], &mut self.slots[slot]);
            let answered = guess.worn();
            tally.looks += 1;
            let worn = f32::from(u8::from(truth.contains_key(&slot)));
            tally.brier += (guess.present - worn).powi(2);
            let Some(item) = truth.get(&slot) else {
                tally.false_presence += usize::from(answered.is_some());
                continue;
            };
            tally.worn += 1;
            tally.right_presence += usize::from(answered.is_some());
            tally.missed += usize::from(answered.is_none());
            tally.first += usize::from(answered.is_some_and(|guess| guess.item == *item));
            tally.top_five += usize::from(guess.candidates.iter().take(5).any(|guess| guess.item == *item));
            let Some(best) = guess.candidates.first() else { continue };
            tally.first_if_present += usize::from(best.item == *item);
            tally.probability += best.probability;
            if best.item != *item {
                *tally.confusions.entry((*item, best.item)).or_default() += 1;
            }
        }
    }

    pub(crate) fn print(&mut self, condition: &str, confusions: bool) {
        self.took.sort_unstable();
        let median = self.took.get(self.took.len() / 2).copied().unwrap_or_default();
        println!("\n{condition}: median {:.1} ms a picture", 1e3 * median.as_secs_f32());
        println!("| slot | n | top 1 | top 5 | presence F1 | top 1 if worn | mean probability | Brier |");
        println!("|---|---|---|---|---|---|---|---|");
        for (slot, tally) in self.slots.iter() {
            if tally.worn == 0 && tally.false_presence == 0 {
                continue;
            }
            let share = |count: usize| count as f32 / tally.worn.max(1) as f32;
            let both = 2 * tally.right_presence;
            let f1 = both as f32 / (both + tally.false_presence + tally.missed).max(1) as f32;
            println!(
                "| {slot} | {} | {:.3} | {:.3} | {f1:.3} | {:.3} | {:.3} | {:.3} |",
                tally.worn,
                share(tally.first),
                share(tally.top_five),
                share(tally.first_if_present),
                tally.probability / tally.worn.max(1) as f32,
                tally.brier / tally.looks as f32,
            );
            if confusions {
                let mut pairs: Vec<_> = tally.confusions.iter().collect();
                pairs.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
                for ((truth, answer), count) in pairs.iter().take(6) {
                    println!("    {truth:?} taken for {answer:?}: {count}");
                }
            }
        }
    }
}

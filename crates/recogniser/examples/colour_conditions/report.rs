//! Counts what was right.

use std::fmt::Write as _;

use lorgnon_imaging::ciede2000;
use lorgnon_recogniser::ColourState;
use lorgnon_recogniser::colours::ColourSolution;

use crate::Sample;

/// One slot's outcome.
struct Outcome {
    slot: usize,
    state: ColourState,
    confidence: f32,
    difference: f32,
    exact: bool,
}

/// All outcomes under one condition.
#[derive(Default)]
pub(crate) struct Tally {
    outcomes: Vec<Outcome>,
    times_ms: Vec<f64>,
}

impl Tally {
    pub(crate) const HEADER: &'static str = "condition        slots answered  <=2    <=5    <=10  exact median | solved: share  <=5 | ms median max";

    pub(crate) fn add(&mut self, sample: &Sample, solution: &ColourSolution, time_ms: f64) {
        self.times_ms.push(time_ms);
        for (slot, solved) in solution.slots.iter().enumerate() {
            let Some(truth) = sample.look.colours.get(slot).copied().flatten() else { continue };
            let difference = solved.colour.map_or(f32::MAX, |colour| ciede2000(colour, truth));
            self.outcomes.push(Outcome {
                slot,
                state: solved.state,
                confidence: solved.confidence,
                difference,
                exact: solved.colour == Some(truth),
            });
        }
    }

    /// Takes over another's outcomes.
    pub(crate) fn extend(&mut self, other: Self) {
        self.outcomes.extend(other.outcomes);
        self.times_ms.extend(other.times_ms);
    }

    /// Shares are of the answered slots.
    pub(crate) fn row(&self, name: &str) -> String {
        let answered: Vec<&Outcome> =
            self.outcomes.iter().filter(|outcome| outcome.state != ColourState::Unknown).collect();
        let share = |count: usize, of: usize| count as f64 / of.max(1) as f64;
        let within = |limit: f32| {
            share(answered.iter().filter(|outcome| outcome.difference <= limit).count(), answered.len())
        };
        let solved: Vec<&&Outcome> =
            answered.iter().filter(|outcome| outcome.state == ColourState::Solved).collect();
        let right = solved.iter().filter(|outcome| outcome.difference <= 5.0).count();
        let mut differences: Vec<f32> = answered.iter().map(|outcome| outcome.difference).collect();
        differences.sort_by(f32::total_cmp);
        let mut times = self.times_ms.clone();
        times.sort_by(f64::total_cmp);
        format!(
            "{name:16} {:5} {:.3}    {:.3}  {:.3}  {:.3} {:.3} {:6.2} |        {:.3}  {:.3} | {:5.1} {:5.1}",
            self.outcomes.len(),
            share(answered.len(), self.outcomes.len()),
            within(2.0),
            within(5.0),
            within(10.0),
            share(answered.iter().filter(|outcome| outcome.exact).count(), answered.len()),
            differences.get(differences.len() / 2).copied().unwrap_or(f32::NAN),
            share(solved.len(), self.outcomes.len()),
            share(right, solved.len()),
            times.get(times.len() / 2).copied().unwrap_or(0.0),
            times.last().copied().unwrap_or(0.0),
        )
    }

    /// By slot, and the reliability of the confidence.
    pub(crate) fn details(&self) -> String {
        let mut text = String::new();
        for slot in 0..6 {
            let of: Vec<&Outcome> = self.outcomes.iter().filter(|outcome| outcome.slot == slot).collect();
            let answered = of.iter().filter(|outcome| outcome.state != ColourState::Unknown).count();
            let right = of.iter().filter(|outcome| outcome.difference <= 5.0).count();
            let _ = writeln!(
                text,
                "  slot {}: answered {:.3}, of these within 5 {:.3}",
                slot + 1,
                answered as f64 / of.len().max(1) as f64,
                right as f64 / answered.max(1) as f64
            );
        }
        for bin in 0..10 {
            let (low, high) = (f32::from(bin as u8) / 10.0, f32::from(bin as u8 + 1) / 10.0);
            let of: Vec<&Outcome> = self
                .outcomes
                .iter()
                .filter(|outcome| {
                    outcome.state != ColourState::Unknown
                        && outcome.confidence > low
                        && outcome.confidence <= high
                })
                .collect();
            if !of.is_empty() {
                let right = of.iter().filter(|outcome| outcome.difference <= 5.0).count();
                let _ = writeln!(
                    text,
                    "  confidence {low:.1}-{high:.1}: {} slots, within 5 {:.3}",
                    of.len(),
                    right as f64 / of.len() as f64
                );
            }
        }
        text
    }
}

/// Prints the slots that are wrong.
#[expect(clippy::print_stdout, reason = "a command-line measurement")]
pub(crate) fn describe(sample: &Sample, solution: &ColourSolution) {
    for (slot, solved) in solution.slots.iter().enumerate() {
        let Some(truth) = sample.look.colours.get(slot).copied().flatten() else { continue };
        let difference = solved.colour.map(|colour| ciede2000(colour, truth));
        if difference.is_none_or(|difference| difference > 2.0) {
            println!(
                "  {} {:?} {:?} slot {}: {:?} {:?} of {truth}, {difference:?}, confidence {:.2}, explained {:.2}",
                sample.look.id,
                solution.class.as_str(),
                solution.gender,
                slot + 1,
                solved.state,
                solved.colour.map(|colour| colour.to_string()),
                solved.confidence,
                solution.explained,
            );
        }
    }
}

/// The median of some differences, and how many are small.
pub(crate) fn shares_within(differences: &[f32]) -> String {
    let mut sorted = differences.to_vec();
    sorted.sort_by(f32::total_cmp);
    let within = |limit: f32| {
        sorted.iter().filter(|value| **value <= limit).count() as f32 / sorted.len().max(1) as f32
    };
    let median = sorted.get(sorted.len() / 2).copied().unwrap_or(f32::NAN);
    format!("median {median:5.1}, within 5 {:.3}, within 10 {:.3}", within(5.0), within(10.0))
}

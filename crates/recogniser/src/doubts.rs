//! Labels that the models doubt: what they would say of a look that they were not shown.

use std::collections::{BTreeMap, HashMap};

use lorgnon_look::{ClassLabel, Gender};
use serde::{Deserialize, Serialize};

use crate::character::HeldOut;

/// Doubts that are kept; a set with more has other troubles.
const MOST: usize = 1000;
/// How likely colours that do not explain their picture are wrong: the fit tells that, not how surely.
const COLOURS: f32 = 0.5;

/// A look whose labels are likely wrong.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Doubt {
    /// The look's id.
    pub id: String,
    /// Which of its labels.
    pub field: DoubtedField,
    /// How likely that label is wrong, 0 to 1.
    pub likelihood: f32,
}

/// A label that may be doubted, and what would be said instead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum DoubtedField {
    /// The class; this one is likelier.
    Class(ClassLabel),
    /// The sex; this one is likelier.
    Gender(Gender),
    /// The colours: they do not explain the picture.
    Colours,
}

/// Gathers what templates that were made without a look said of it.
pub(crate) struct Doubts<'a> {
    held_out: HashMap<u64, &'a HeldOut>,
    found: Vec<Doubt>,
}

impl<'a> Doubts<'a> {
    pub(crate) fn new(held_out: &'a [HeldOut]) -> Self {
        Self { held_out: held_out.iter().map(|look| (look.hash, look)).collect(), found: Vec::new() }
    }

    /// Judges a look's labels; `hash` is that of its id.
    pub(crate) fn judge(&mut self, id: &str, hash: u64, class: &ClassLabel, gender: Gender) {
        if let Some(held) = self.held_out.get(&hash)
            && let Some((field, likelihood)) = doubt(&held.pairs, class, gender)
        {
            self.found.push(Doubt { id: id.to_owned(), field, likelihood });
        }
    }

    /// The likeliest wrong first.
    pub(crate) fn finish(mut self) -> Vec<Doubt> {
        self.found.sort_by(order);
        self.found.truncate(MOST);
        self.found
    }
}

fn order(one: &Doubt, other: &Doubt) -> std::cmp::Ordering {
    other.likelihood.total_cmp(&one.likelihood).then(one.id.cmp(&other.id))
}

/// Puts the looks whose colours are doubted among those whose class or sex is; a look is doubted once.
pub(crate) fn with_colours(doubts: &[Doubt], suspects: &[String]) -> Vec<Doubt> {
    let mut all = doubts.to_vec();
    for id in suspects {
        if !doubts.iter().any(|doubt| doubt.id == *id) {
            all.push(Doubt { id: id.clone(), field: DoubtedField::Colours, likelihood: COLOURS });
        }
    }
    all.sort_by(order);
    all
}

/// What is doubted of a look, given log probabilities of every class and sex.
fn doubt(
    pairs: &BTreeMap<(ClassLabel, Gender), f32>,
    class: &ClassLabel,
    gender: Gender,
) -> Option<(DoubtedField, f32)> {
    let mut classes: BTreeMap<&ClassLabel, f32> = BTreeMap::new();
    for ((other, _), log) in pairs {
        *classes.entry(other).or_default() += log.exp();
    }
    let total: f32 = classes.values().sum();
    let own = classes.get(class).copied()?;
    let (best, _) = classes.iter().max_by(|one, other| one.1.total_cmp(other.1))?;
    if *best != class && 2.0 * own < total {
        return Some((DoubtedField::Class((*best).clone()), 1.0 - own / total));
    }
    let of = |gender: Gender| pairs.get(&(class.clone(), gender)).map_or(0.0, |log| log.exp());
    let share = of(gender) / own.max(f32::MIN_POSITIVE);
    let other = Gender::ALL.into_iter().find(|other| *other != gender)?;
    (share < 0.5).then_some((DoubtedField::Gender(other), 1.0 - share))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(shares: &[(&str, Gender, f32)]) -> BTreeMap<(ClassLabel, Gender), f32> {
        shares.iter().map(|(class, gender, share)| ((ClassLabel::new(class), *gender), share.ln())).collect()
    }

    #[test]
    fn only_what_is_likelier_wrong_is_doubted() {
        let seen = pairs(&[
            ("Iop", Gender::Male, 0.1),
            ("Iop", Gender::Female, 0.6),
            ("Sram", Gender::Male, 0.2),
            ("Sram", Gender::Female, 0.1),
        ]);
        let of = |class, gender| doubt(&seen, &ClassLabel::new(class), gender);
        assert_eq!(of("Iop", Gender::Female), None);
        let (field, likelihood) = of("Iop", Gender::Male).unwrap();
        assert_eq!(field, DoubtedField::Gender(Gender::Female));
        assert!((likelihood - 6.0 / 7.0).abs() < 1e-5);
        let (field, likelihood) = of("Sram", Gender::Male).unwrap();
        assert_eq!(field, DoubtedField::Class(ClassLabel::new("Iop")));
        assert!((likelihood - 0.7).abs() < 1e-5);
        assert_eq!(of("Féca", Gender::Male), None, "a class without templates");
    }

    #[test]
    fn doubts_come_likeliest_first_and_each_look_once() {
        let doubt =
            |id: &str, likelihood| Doubt { id: id.to_owned(), field: DoubtedField::Colours, likelihood };
        let class = [doubt("a", 0.9), doubt("c", 0.4)];
        let all = with_colours(&class, &["b".to_owned(), "a".to_owned()]);
        let ids: Vec<&str> = all.iter().map(|doubt| doubt.id.as_str()).collect();
        assert_eq!(ids, ["a", "b", "c"]);
    }
}

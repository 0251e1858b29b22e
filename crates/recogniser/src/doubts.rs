//! Labels that the models doubt: what they would say of a look that they were not shown.

use std::collections::{BTreeMap, HashMap, HashSet};

use lorgnon_look::{ClassLabel, Gender};
use serde::{Deserialize, Serialize};

use crate::character::HeldOut;
use crate::colours::ColourSuspicion;

/// Doubts that are kept; a set with more has other troubles.
const MOST: usize = 1000;

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

    /// With the looks whose colours are doubted, the likeliest wrong first. A look is doubted once: the maps of a
    /// wrong class or sex do not explain its colours either.
    pub(crate) fn finish(mut self, colours: Vec<ColourSuspicion>) -> Vec<Doubt> {
        let known: HashSet<String> = self.found.iter().map(|doubt| doubt.id.clone()).collect();
        let others = colours.into_iter().filter(|suspicion| !known.contains(&suspicion.id));
        self.found.extend(others.map(|ColourSuspicion { id, likelihood }| Doubt {
            id,
            field: DoubtedField::Colours,
            likelihood,
        }));
        self.found
            .sort_by(|one, other| other.likelihood.total_cmp(&one.likelihood).then(one.id.cmp(&other.id)));
        self.found.truncate(MOST);
        self.found
    }
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
        let class = |id: &str, likelihood| {
            let field = DoubtedField::Class(ClassLabel::new("Iop"));
            Doubt { id: id.to_owned(), field, likelihood }
        };
        let colours = |id: &str, likelihood| ColourSuspicion { id: id.to_owned(), likelihood };
        let found = vec![class("a", 0.9), class("c", 0.55), class("d", 0.6)];
        let doubts = Doubts { held_out: HashMap::new(), found };
        let all = doubts.finish(vec![colours("a", 0.7), colours("b", 0.8), colours("d", 0.85)]);
        let told: Vec<(&str, bool)> =
            all.iter().map(|doubt| (doubt.id.as_str(), doubt.field == DoubtedField::Colours)).collect();
        assert_eq!(told, [("a", false), ("b", true), ("d", false), ("c", false)]);
    }
}

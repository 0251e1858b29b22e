//! How well the colours of a class that nobody taught are told: each class is left out in turn.

use lorgnon_imaging::ciede2000;
use lorgnon_look::{ClassLabel, Colour};
use lorgnon_recogniser::palette;

use crate::Sample;
use crate::baseline::best_order;
use crate::corruption::{Chance, Condition, Corruptor};
use crate::report::shares_within;

/// What was told of one condition's pictures.
#[derive(Default)]
struct Told {
    /// Differences of swatches from the true colours, in the order that suits best.
    palette: Vec<f32>,
    /// The same of the brightest parts of clusters.
    clusters: Vec<f32>,
    /// Differences of the hints from the first colour.
    hints: Vec<f32>,
    pictures: usize,
}

/// Prints a row a condition; `fit` makes a model of the looks it is given.
pub(crate) fn report(
    train: &[&Sample],
    test: &[&Sample],
    corruptor: &Corruptor,
    fit: impl Fn(&[&Sample]) -> lorgnon_recogniser::colours::ColourModel,
) {
    let classes: std::collections::BTreeSet<&ClassLabel> =
        test.iter().filter_map(|sample| sample.look.class.as_ref()).collect();
    let mut told: Vec<Told> = Condition::ALL.iter().map(|_| Told::default()).collect();
    for class in classes {
        let others: Vec<&Sample> =
            train.iter().copied().filter(|sample| sample.look.class.as_ref() != Some(class)).collect();
        let model = fit(&others);
        for sample in test.iter().filter(|sample| sample.look.class.as_ref() == Some(class)) {
            let truth: Vec<Colour> = sample.look.colours.iter().copied().flatten().collect();
            for (condition, told) in Condition::ALL.into_iter().zip(&mut told) {
                let mut chance = Chance::new(&format!("{} {}", condition.name(), sample.look.id));
                let (picture, frame) = corruptor.corrupt(condition, sample, &mut chance);
                let loose = model.loose(&picture, &frame).expect("enough classes are left");
                let colours =
                    |list: &[(Colour, f32)]| list.iter().map(|(colour, _)| *colour).collect::<Vec<_>>();
                told.palette.extend(best_order(&truth, &colours(&loose.palette)));
                told.clusters
                    .extend(best_order(&truth, &colours(&palette(&picture, Some(&frame), truth.len()))));
                told.hints
                    .extend(loose.first.colour.zip(truth.first()).map(|(one, two)| ciede2000(one, *two)));
                told.pictures += 1;
            }
        }
    }
    for (condition, told) in Condition::ALL.into_iter().zip(told) {
        println!(
            "{:16} palette: {} | clusters: {} | first colour told {:.3}: {}",
            condition.name(),
            shares_within(&told.palette),
            shares_within(&told.clusters),
            told.hints.len() as f32 / told.pictures.max(1) as f32,
            shares_within(&told.hints),
        );
    }
}

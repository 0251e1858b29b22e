//! Asks the colours who is in the picture, where the shape alone leaves a doubt.
//!
//! A template sees edges, a colour map sees paint: a shield that has a character's outline has none of
//! its shading, and of two classes with the same outline only the right one's parts come out each in
//! one colour. So a detection whose score is near the threshold is believed when its class, in free
//! colours, explains the picture; and classes whose probabilities lie close are weighed again by how
//! much each explains.

use lorgnon_imaging::Picture;
use lorgnon_look::{ClassLabel, Gender};

use crate::character::{CharacterModel, Detection, Location};
use crate::colours::ColourModel;

/// The share of a map that a picture of nobody bears out, as a rule.
const CHANCE_EXPLAINED: f32 = 0.45;
/// Detections with scores between these, of the threshold, are asked about.
const DOUBTFUL: std::ops::Range<f32> = 0.6..1.35;
/// A first class likelier than this is not asked about.
const SURE: f32 = 0.95;
/// Classes less likely than this are not considered.
const LEAST_LIKELY: f32 = 0.02;
/// Classes considered at most.
const MOST_CONSIDERED: usize = 4;
/// Log odds for explaining all of a map against nothing of it.
const WEIGHT: f32 = 12.0;

/// Finds the characters by their shape, and lets the colours decide where that is doubtful.
pub(crate) fn locate(
    character: &CharacterModel,
    colours: Option<&ColourModel>,
    picture: &Picture,
) -> Location {
    let mut found = character.candidates(picture);
    for detection in &mut found {
        let threshold = detection.threshold;
        let share = detection.score / threshold.max(f32::MIN_POSITIVE);
        if let Some(colours) = colours.filter(|_| share >= DOUBTFUL.start) {
            let doubtful = DOUBTFUL.contains(&share);
            weigh(colours, picture, detection, doubtful.then_some(threshold));
        }
    }
    character.accept(found)
}

/// Weighs a detection's classes by what each explains; with a `threshold`, its score too.
fn weigh(colours: &ColourModel, picture: &Picture, detection: &mut Detection, threshold: Option<f32>) {
    let likely = detection.pairs.iter().take_while(|pair| pair.2 >= LEAST_LIKELY).count();
    let hesitates = detection.pairs.first().is_some_and(|best| best.2 < SURE);
    let considered = if hesitates { likely.clamp(1, MOST_CONSIDERED) } else { 1 };
    if !hesitates && threshold.is_none() {
        return;
    }
    let candidates: Vec<_> = detection.pairs[..considered.min(detection.pairs.len())]
        .iter()
        .map(|(class, gender, _)| (detection.frame, class.clone(), *gender))
        .collect();
    let explained = colours.explain(picture, &candidates);
    reweigh(&mut detection.pairs, &explained);
    let best = explained.iter().flatten().copied().reduce(f32::max);
    if let Some((threshold, best)) = threshold.zip(best) {
        detection.score += threshold * (best - CHANCE_EXPLAINED);
    }
}

/// Multiplies the likelihoods in; a class without a map is taken to explain as much as the others do.
fn reweigh(pairs: &mut [(ClassLabel, Gender, f32)], explained: &[Option<f32>]) {
    let known: Vec<f32> = explained.iter().flatten().copied().collect();
    if known.len() < 2 {
        return;
    }
    let usual = known.iter().sum::<f32>() / known.len() as f32;
    for (pair, explained) in pairs.iter_mut().zip(explained) {
        pair.2 *= (WEIGHT * (explained.unwrap_or(usual) - usual)).exp();
    }
    let sum: f32 = pairs.iter().map(|pair| pair.2).sum();
    for pair in pairs.iter_mut() {
        pair.2 /= sum;
    }
    pairs.sort_by(|left, right| {
        right.2.total_cmp(&left.2).then_with(|| (&left.0, left.1).cmp(&(&right.0, right.1)))
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(class: &str, probability: f32) -> (ClassLabel, Gender, f32) {
        (ClassLabel::new(class), Gender::Female, probability)
    }

    #[test]
    fn the_class_that_explains_the_picture_is_preferred() {
        let mut pairs = vec![pair("Iop", 0.55), pair("Cra", 0.44), pair("Sram", 0.01)];
        reweigh(&mut pairs, &[Some(0.4), Some(0.9)]);
        assert_eq!(pairs[0].0, ClassLabel::new("Cra"));
        assert!(pairs[0].2 > 0.99);
        let sum: f32 = pairs.iter().map(|pair| pair.2).sum();
        assert!((sum - 1.0).abs() < 1e-5);
    }

    #[test]
    fn a_class_without_a_map_is_neither_helped_nor_harmed() {
        let mut pairs = vec![pair("Iop", 0.6), pair("Cra", 0.4)];
        reweigh(&mut pairs, &[Some(0.4), None]);
        assert_eq!(pairs[0].0, ClassLabel::new("Iop"));
        assert!((pairs[0].2 - 0.6).abs() < 1e-6);
    }
}

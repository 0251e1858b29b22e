//! Colour maps before all others are fitted, to place the looks whose items are measured.
//!
//! Templates place a character to a fiftieth of its height, colours to a pixel, and what is worn is
//! told from what stands where: looks are measured where their own colours say, as pictures are.

use std::collections::BTreeMap;

use lorgnon_dataset::{Dataset, Example};
use lorgnon_imaging::Picture;
use lorgnon_index::Store;
use lorgnon_look::{ClassLabel, Gender, Look};
use rayon::prelude::*;

use super::TrainingObserver;
use super::measure::load;
use super::plan::Plan;
use crate::character::{CharacterModel, anchor};
use crate::colours::{ColourFit, ColourMeasurement, ColourModel, Rank, rank_of};
use crate::{Frame, RecogniserError, measurements, models};

/// Looks of each class and sex that the maps are fitted from: those that the final maps begin with.
const LOOKS_A_PAIR: usize = 6;

/// The stored maps, else maps of a few new looks of each class and sex; `None` where maps settle nothing.
pub(super) fn placing_colours(
    dataset: &Dataset,
    store: &dyn Store,
    character: &CharacterModel,
    plan: &Plan,
    observer: &dyn TrainingObserver,
) -> Result<Option<ColourModel>, RecogniserError> {
    let stored: Option<ColourModel> = models::earlier(store.reader()?.as_ref(), measurements::COLOURS)?;
    if let Some(stored) = stored.filter(|model| model.is_current() && model.template_count() > 0) {
        return Ok(Some(stored).filter(ColourModel::settles));
    }
    if !plan.own_classes {
        return Ok(None);
    }
    let measured: Vec<_> = most_telling(dataset, plan)
        .into_par_iter()
        .filter_map(|example| {
            if observer.cancelled() {
                return None;
            }
            // A picture that cannot be read is told of when it is described.
            let (_, picture) = load(&example).ok()?;
            let frame = standing(character, &picture, &example.look)?;
            Some((ColourMeasurement::measure(&picture, &frame, &example.look)?, example.look))
        })
        .collect();
    let mut fit = ColourFit::new();
    for (measurement, look) in measured {
        fit.add(&look, 0, measurement);
    }
    Ok(Some(fit.finish_placing(observer)?).filter(ColourModel::settles))
}

/// Where a labelled look's character stands, by its shape.
pub(super) fn standing(character: &CharacterModel, picture: &Picture, look: &Look) -> Option<Frame> {
    character.locate_labelled(picture, look).or_else(|| anchor(picture))
}

/// The new looks that tell most of their class's colours.
fn most_telling(dataset: &Dataset, plan: &Plan) -> Vec<Example> {
    let mut kept: BTreeMap<(ClassLabel, Gender), Vec<(Rank, Example)>> = BTreeMap::new();
    for (_, example) in plan.work(dataset) {
        let (Some(class), Some(gender)) = (example.look.class.clone(), example.look.gender) else { continue };
        let rank = rank_of(&example.look);
        let mine = kept.entry((class, gender)).or_default();
        let place = mine.partition_point(|(other, _)| *other <= rank);
        if place < LOOKS_A_PAIR {
            mine.insert(place, (rank, example));
            mine.truncate(LOOKS_A_PAIR);
        }
    }
    kept.into_values().flatten().map(|(_, example)| example).collect()
}

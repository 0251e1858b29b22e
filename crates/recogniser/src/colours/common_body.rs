//! What the bodies of all classes have in common: the colours of a class that nobody taught.
//!
//! A key design decision: an unknown class has no map to divide by, but skin is on faces and hands
//! whoever wears it, hair is above, and each colour is shaded in its own manner. So the maps of all
//! known classes together say how likely each colour shows at a place and with which gain, and the
//! six colours that make the picture likeliest are found with all pixels at once
//! ([`mixture`]). That gives paints and not merely the brightest shades, and says of the
//! first colour (skin) how likely it is found: the same is tried on every class with the others' maps.

mod hint;
mod mixture;
mod shown;

use std::collections::BTreeMap;

use lorgnon_imaging::{Picture, ciede2000};
use lorgnon_look::{COLOUR_COUNT, ClassLabel, Colour};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use self::hint::{Hint, Trial};
use self::mixture::Loose;
use self::shown::Shown;
use super::fit::FitLook;
use super::grid::COLUMNS;
use super::map::{ColourMap, NOTHING};
use super::solution::{Residual, SolvedColour, nearest_code};
use super::trials::RIGHT;
use crate::{ColourState, Frame};

/// Cells a side of the body's surroundings.
const SIDE: usize = 24;
/// Width of the surroundings, in body heights; as much lies on either side of the body's axis.
const WIDTH: f32 = 1.2;
/// Pixels' worth of what is usual anywhere, mixed into every cell.
const USUAL_PIXELS: f32 = 8.0;
/// Bins of the logarithm of the gain, and what they span.
const GAIN_BINS: usize = 64;
const GAINS: (f32, f32) = (0.2, 2.2);
/// Fewer classes have too little in common to tell of another.
const FEWEST_CLASSES: usize = 4;
/// Looks tried for the hint, at most.
const MOST_TRIED: usize = 76;

/// What all bodies have in common.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct CommonBody {
    /// How likely each colour shows in a cell, row by row, in 255ths; the rest is mixed or fixed.
    shares: Vec<[u8; COLOUR_COUNT]>,
    /// Whether most bodies fill a cell.
    usual: Vec<bool>,
    /// Of each colour the density of the logarithm of its gain, a bin each.
    gains: [Vec<f32>; COLOUR_COUNT],
    hint: Option<Hint>,
}

/// What is counted of the maps of some classes.
#[derive(Clone)]
struct Counts {
    /// By cell: pixels of each colour, then mixed and fixed ones.
    shown: Vec<[f32; COLOUR_COUNT + 1]>,
    /// By cell: pixels that show nothing.
    empty: Vec<f32>,
    /// Of each colour the pixels in each bin of its gain.
    gains: [[f32; GAIN_BINS]; COLOUR_COUNT],
}

impl Default for Counts {
    fn default() -> Self {
        Self {
            shown: vec![[0.0; COLOUR_COUNT + 1]; SIDE * SIDE],
            empty: vec![0.0; SIDE * SIDE],
            gains: [[0.0; GAIN_BINS]; COLOUR_COUNT],
        }
    }
}

impl Counts {
    /// Counts a map too.
    fn count(&mut self, map: &ColourMap) {
        for (at, cell) in map.cells.iter().enumerate() {
            let (u, v) = Residual::to_character(at % COLUMNS, at / COLUMNS);
            if cell.part == NOTHING {
                self.empty[place(u, v)] += 1.0;
                continue;
            }
            let part = usize::from(cell.part);
            // What is no multiple says nothing of the directions of colours.
            let own = cell.pure && part < COLOUR_COUNT && cell.tinting.is_multiple();
            self.shown[place(u, v)][if own { part } else { COLOUR_COUNT }] += 1.0;
            if own {
                self.gains[part][gain_bin(cell.tinting.brightness())] += 1.0;
            }
        }
    }

    /// Adds or takes away others.
    fn combine(&mut self, other: &Self, combined: impl Fn(f32, f32) -> f32) {
        let shown = self.shown.as_flattened_mut().iter_mut().zip(other.shown.as_flattened());
        let empty = self.empty.iter_mut().zip(&other.empty);
        let gains = self.gains.as_flattened_mut().iter_mut().zip(other.gains.as_flattened());
        shown.chain(empty).chain(gains).for_each(|(own, other)| *own = combined(*own, *other));
    }
}

/// The colours of a body of no known class.
#[derive(Debug, Clone, PartialEq)]
pub struct LooseColours {
    /// All that were found with their shares of the picture, greatest first.
    pub palette: Vec<(Colour, f32)>,
    /// The first colour, where it is told.
    pub first: SolvedColour,
}

impl CommonBody {
    /// From what some classes show; `None` of too few.
    fn of(classes: usize, counts: &Counts) -> Option<Self> {
        (classes >= FEWEST_CLASSES).then(|| Self {
            shares: shares(&counts.shown),
            usual: counts
                .shown
                .iter()
                .zip(&counts.empty)
                .map(|(shown, empty)| shown.iter().sum::<f32>() > *empty)
                .collect(),
            gains: std::array::from_fn(|colour| density(&counts.gains[colour])),
            hint: None,
        })
    }

    /// Learns from all fitted templates, and tries on each class what the others teach of it.
    pub(super) fn learn(templates: &[Taught<'_>]) -> Option<Self> {
        let mut by_class: BTreeMap<&ClassLabel, (Counts, Vec<&FitLook>)> = BTreeMap::new();
        for taught in templates {
            let (counts, looks) = by_class.entry(taught.class).or_default();
            counts.count(taught.map);
            looks.extend(taught.looks.iter());
        }
        let mut all = Counts::default();
        by_class.values().for_each(|(own, _)| all.combine(own, |sum, own| sum + own));
        let mut common = Self::of(by_class.len(), &all)?;
        let (classes, each) = (by_class.len(), MOST_TRIED.div_ceil(by_class.len()));
        let trials: Vec<Trial> = by_class
            .into_par_iter()
            .filter_map(|(_, (own, looks))| {
                // All numbers are whole: what is taken away leaves no trace.
                let mut others = all.clone();
                others.combine(&own, |all, own| all - own);
                Some((Self::of(classes - 1, &others)?, looks))
            })
            .flat_map_iter(|(others, looks)| {
                let tried = move |look: &&FitLook| others.trial(look);
                looks.into_iter().take(each).filter_map(move |look| tried(&look)).collect::<Vec<_>>()
            })
            .collect();
        common.hint = Hint::learn(trials);
        Some(common)
    }

    /// What is found of a training look's first colour.
    fn trial(&self, look: &FitLook) -> Option<Trial> {
        let truth = nearest_code(look.colours[0]?);
        let found = mixture::solve(self, &Shown::in_grid(&look.pixels));
        let first = found.colours[0].as_ref()?;
        let right = ciede2000(nearest_code(first.colour), truth) <= RIGHT;
        Some(Trial { share: first.share, likelihood: found.likelihood, right })
    }

    /// The colours of a body that stands at `frame`.
    pub(super) fn colours(&self, picture: &Picture, frame: &Frame) -> LooseColours {
        let (shown, cut_out) = Shown::in_picture(self, picture, frame);
        let found = mixture::solve(self, &shown);
        // Trials are cut out: before scenery nothing is known of how often a hint is right.
        let hinted = |hint: &Hint| {
            let first = found.colours[0]
                .as_ref()
                .filter(|first| cut_out && hint.holds(first.share, found.likelihood))?;
            let colour = Some(nearest_code(first.colour));
            Some(SolvedColour { colour, state: ColourState::Uncertain, confidence: hint.right })
        };
        let first = self.hint.as_ref().and_then(hinted).unwrap_or(SolvedColour::UNKNOWN);
        let mut palette: Vec<(Colour, f32)> = found
            .colours
            .iter()
            .flatten()
            .map(|Loose { colour, share }| (nearest_code(*colour), *share))
            .collect();
        palette.sort_by(|left, right| right.1.total_cmp(&left.1).then(left.0.cmp(&right.0)));
        LooseColours { palette, first }
    }
}

/// A fitted template and the looks it was fitted from.
pub(super) struct Taught<'a> {
    pub(super) class: &'a ClassLabel,
    pub(super) map: &'a ColourMap,
    pub(super) looks: &'a [FitLook],
}

/// The cell of a point of the character.
fn place(u: f32, v: f32) -> usize {
    let along = |part: f32| ((part * SIDE as f32) as usize).min(SIDE - 1);
    along(v) * SIDE + along(u / WIDTH + 0.5)
}

/// The bin of a gain.
fn gain_bin(gain: f32) -> usize {
    gain_bin_of_logarithm(gain.max(f32::MIN_POSITIVE).ln())
}

fn gain_bin_of_logarithm(logarithm: f32) -> usize {
    let (low, high) = (GAINS.0.ln(), GAINS.1.ln());
    (((logarithm - low) / (high - low) * GAIN_BINS as f32) as usize).min(GAIN_BINS - 1)
}

/// Counts to chances, each cell with its neighbours and a little of all cells.
fn shares(counts: &[[f32; COLOUR_COUNT + 1]]) -> Vec<[u8; COLOUR_COUNT]> {
    let mut total = [0f32; COLOUR_COUNT + 1];
    for counts in counts {
        total.iter_mut().zip(counts).for_each(|(total, count)| *total += count);
    }
    let all = total.iter().sum::<f32>().max(1.0);
    let cell = |at: usize| {
        let (row, column) = (at / SIDE, at % SIDE);
        let mut near = total.map(|count| USUAL_PIXELS * count / all);
        for row in row.saturating_sub(1)..=(row + 1).min(SIDE - 1) {
            for column in column.saturating_sub(1)..=(column + 1).min(SIDE - 1) {
                near.iter_mut().zip(&counts[row * SIDE + column]).for_each(|(near, count)| *near += count);
            }
        }
        let sum: f32 = near.iter().sum::<f32>().max(f32::MIN_POSITIVE);
        std::array::from_fn(|part| (near[part] / sum * 255.0).round() as u8)
    };
    (0..SIDE * SIDE).map(cell).collect()
}

/// Counts to a density over the logarithm, smoothed, nowhere zero.
fn density(counts: &[f32]) -> Vec<f32> {
    const NEAR: [f32; 5] = [0.1, 0.2, 0.4, 0.2, 0.1];
    let all = counts.iter().sum::<f32>() + 1.0;
    let width = (GAINS.1 / GAINS.0).ln() / GAIN_BINS as f32;
    let smoothed: Vec<f32> = (0..GAIN_BINS)
        .map(|bin| {
            let near = NEAR.iter().enumerate().map(|(step, weight)| {
                (bin + step).checked_sub(2).and_then(|at| counts.get(at)).map_or(0.0, |count| weight * count)
            });
            near.sum::<f32>() + 0.002 * all
        })
        .collect();
    let sum: f32 = smoothed.iter().sum();
    smoothed.iter().map(|count| count / (sum * width)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::grid::CELLS;
    use super::super::map::{Cell, EMPTY};
    use super::super::tinting::Tinting;
    use super::*;

    const PAINTS: [[f32; 3]; 3] = [[230.0, 180.0, 140.0], [200.0, 60.0, 40.0], [60.0, 90.0, 210.0]];

    /// Bands of skin, hair and cloth from the top, each shaded from one border to the other.
    fn map(shift: usize) -> ColourMap {
        let cells = (0..CELLS)
            .map(|at| {
                let (u, v) = Residual::to_character(at % COLUMNS, at / COLUMNS);
                if u.abs() > 0.2 || !(0.0..1.0).contains(&v) {
                    return EMPTY;
                }
                let part = ((v * 3.0) as usize).min(2);
                let shade = (u + 0.2) / 0.4 + shift as f32 * 0.01;
                let gain = [[0.8, 0.9, 0.6][part] + 0.3 * shade; 3];
                Cell { part: part as u8, pure: true, tinting: Tinting::multiple(gain) }
            })
            .collect();
        ColourMap::new(cells)
    }

    fn look(map: &ColourMap) -> FitLook {
        let mut colours = [None; COLOUR_COUNT];
        colours[..3].copy_from_slice(&PAINTS.map(Some));
        let told = colours.map(|colour| colour.map(nearest_code));
        let pixel = |cell: &Cell| match ColourMap::shade(cell, &told) {
            Some([red, green, blue]) => [red as u8, green as u8, blue as u8, 255],
            None => [0; 4],
        };
        FitLook { pixels: map.cells.iter().map(pixel).collect(), colours }
    }

    #[test]
    fn colours_of_an_unknown_class_are_their_paints_and_the_first_is_told() {
        let maps: Vec<ColourMap> = (0..6).map(map).collect();
        let classes: Vec<ClassLabel> = (1..7).map(|id| ClassLabel::new(&id.to_string())).collect();
        let looks: Vec<Vec<FitLook>> = maps.iter().map(|map| (0..5).map(|_| look(map)).collect()).collect();
        let taught: Vec<Taught<'_>> =
            (0..6).map(|at| Taught { class: &classes[at], map: &maps[at], looks: &looks[at] }).collect();
        let common = CommonBody::learn(&taught).unwrap();
        let hint = common.hint.unwrap();
        assert!(hint.right > 0.9, "{hint:?}");
        let found = mixture::solve(&common, &Shown::in_grid(&looks[0][0].pixels)).colours;
        for (found, paint) in found.iter().zip(PAINTS) {
            let found = nearest_code(found.as_ref().unwrap().colour);
            assert!(ciede2000(found, nearest_code(paint)) < 5.0, "{found} for {paint:?}");
        }
    }

    #[test]
    fn too_few_classes_have_nothing_in_common() {
        let (map, class) = (map(0), ClassLabel::new("1"));
        let looks = [look(&map)];
        assert!(CommonBody::learn(&[Taught { class: &class, map: &map, looks: &looks }]).is_none());
    }
}

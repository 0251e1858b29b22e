//! Fits the colour map of one template from its labelled looks.
//!
//! Every pixel is explained by each of the six colours in turn and by a fixed colour
//! ([`super::explanation`]), and the best explanation that its neighbours share wins. Where too many pixels are no
//! multiple of any colour, they are asked whether they are something else of one ([`super::affine`]). A look that
//! disagrees nearly everywhere is left out and named ([`agreement`]).

use lorgnon_look::COLOUR_COUNT;

use super::affine;
use super::explanation::{Explanation, NO_EXPLANATION, OUTLIER, SOLID, Shown, Tint, as_fixed, by_multiple};
use super::grid::{CELLS, COLUMNS, ROWS};
use super::map::{Cell, ColourMap, EMPTY, FIXED, NOTHING};
use super::steps::{Measured, settle};

/// A pixel explained worse than this (levels, root mean square) is mixed.
const MIXED: f32 = 2.0;
/// The same where a single look is all there is.
const MIXED_ALONE: f32 = 4.0;
/// Neighbours' say, for few looks more than for many.
const SMOOTHNESS: f32 = 0.35;
/// How much less the diagonal neighbours say.
const DIAGONAL: f32 = 0.7;
/// The body is there in this share of the looks; what only a few show is an item.
const BODY: f32 = 0.6;
/// Looks a map is fitted from at most: more add little to the map and much to the time.
pub(super) const MOST_LOOKS: usize = 12;

/// One look as the fit sees it.
pub(super) struct FitLook {
    /// Grid pixels.
    pub(super) pixels: Vec<[u8; 4]>,
    /// Its labelled colours, gamma-encoded, 0 to 255.
    pub(super) colours: [Option<[f32; 3]>; COLOUR_COUNT],
}

/// All explanations of a pixel: by each colour, then as fixed.
pub(super) type Explanations = [Explanation; COLOUR_COUNT + 1];

/// Explains every pixel that most looks show; gives grid positions with their explanations.
fn explain_all<const LANES: usize>(looks: &[FitLook], weights: &[f32]) -> Vec<(usize, Explanations)> {
    let total: f32 = weights.iter().sum();
    let tints = Tint::<LANES>::of(looks);
    let mut explained = Vec::new();
    for at in 0..CELLS {
        let shown = Shown::<LANES>::at(looks, weights, at);
        let weight = shown.total();
        if weight <= 0.0 || weight < BODY * total {
            continue;
        }
        let mut explanations = [NO_EXPLANATION; COLOUR_COUNT + 1];
        for (explanation, tint) in explanations.iter_mut().zip(&tints) {
            *explanation = by_multiple(&shown, tint);
        }
        explanations[COLOUR_COUNT] = as_fixed(&shown);
        explained.push((at, explanations));
    }
    explained
}

/// Fits the map of looks on the same grid. `weights`: how far each look's labels are trusted.
pub(super) fn fit_map(looks: &[FitLook], weights: &[f32]) -> ColourMap {
    match looks.len() {
        0..=4 => fit::<4>(looks, weights),
        5..=8 => fit::<8>(looks, weights),
        _ => fit::<MOST_LOOKS>(looks, weights),
    }
}

fn fit<const LANES: usize>(looks: &[FitLook], weights: &[f32]) -> ColourMap {
    let total: f32 = weights.iter().sum();
    let mut explained = explain_all::<LANES>(looks, weights);
    let (mut cells, mut tinted) = choose(&explained, total);
    if affine::explain_rest::<LANES>(looks, weights, &cells, &mut explained) {
        (cells, tinted) = choose(&explained, total);
    }
    settle(&mut cells, &tinted);
    ColourMap::new(cells)
}

/// Chooses an explanation for every pixel: all cells, and the gains of those that are surely tinted. `total`: the
/// weight of all looks.
fn choose(explained: &[(usize, Explanations)], total: f32) -> (Vec<Cell>, Vec<Measured>) {
    let mut cells = vec![EMPTY; CELLS];
    let mut place = vec![u32::MAX; CELLS];
    for (index, (at, _)) in explained.iter().enumerate() {
        place[*at] = index as u32;
    }
    let mut parts: Vec<u8> = explained
        .iter()
        .map(|(_, explanations)| {
            let mut best = 0;
            for part in 1..explanations.len() {
                if explanations[part].cost() < explanations[best].cost() {
                    best = part;
                }
            }
            best as u8
        })
        .collect();
    let say = SMOOTHNESS * (3.0 / total.max(1.0)).sqrt();
    for _ in 0..2 {
        for index in 0..explained.len() {
            let (at, explanations) = &explained[index];
            let (row, column) = (at / COLUMNS, at % COLUMNS);
            let mut votes = [0f32; COLOUR_COUNT + 1];
            for (down, across) in [(-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1)] {
                let (row, column) = (row as isize + down, column as isize + across);
                if row < 0 || column < 0 || row >= ROWS as isize || column >= COLUMNS as isize {
                    continue;
                }
                let near = place[row as usize * COLUMNS + column as usize];
                if near != u32::MAX {
                    votes[usize::from(parts[near as usize])] +=
                        if down != 0 && across != 0 { DIAGONAL } else { 1.0 };
                }
            }
            let mut best = (f32::MAX, 0u8);
            for part in 0..explanations.len() {
                let total = explanations[part].cost() - say * votes[part];
                if total < best.0 {
                    best = (total, part as u8);
                }
            }
            parts[index] = best.1;
        }
    }
    // What every pixel misses is the noise of the export, and no sign of a mixture.
    let mut least: Vec<f32> =
        explained.iter().zip(&parts).map(|((_, of), part)| of[usize::from(*part)].residual).collect();
    least.sort_by(f32::total_cmp);
    let usual = least.get(least.len() / 2).copied().unwrap_or(0.0);
    let limit = if total < 1.5 { MIXED_ALONE } else { (2.0 * usual).clamp(MIXED, 1.75 * MIXED) };
    let enough = if total < 1.5 { 1 } else { 2 };
    let mut tinted = Vec::with_capacity(explained.len());
    for ((at, explanations), &part) in explained.iter().zip(&parts) {
        let explanation = &explanations[usize::from(part)];
        let mean = explanation.tinting.brightness();
        let pure = explanation.residual < limit
            && explanation.outside < 0.5
            && (part == FIXED || ((0.12..=1.7).contains(&mean) && explanation.agreeing >= enough));
        debug_assert!(part < NOTHING);
        cells[*at] = Cell { part, pure, tinting: explanation.tinting };
        if pure && part != FIXED && explanation.tinting.is_multiple() {
            tinted.push(Measured { at: *at, gain: explanation.measured, certainty: explanation.certainty });
        }
    }
    (cells, tinted)
}

/// For each look, the share of the pure pixels that its labelled colours explain.
pub(super) fn agreement(map: &ColourMap, looks: &[FitLook]) -> Vec<f32> {
    looks
        .iter()
        .map(|look| {
            let (mut right, mut all) = (0f32, 0f32);
            for (witnesses, colour) in map.witnesses.iter().zip(&look.colours) {
                let Some(colour) = colour else { continue };
                for witness in witnesses {
                    let [red, green, blue, alpha] =
                        look.pixels[usize::from(witness.row) * COLUMNS + usize::from(witness.column)];
                    if alpha < SOLID {
                        continue;
                    }
                    let value = [f32::from(red), f32::from(green), f32::from(blue)];
                    all += witness.weight;
                    right +=
                        if witness.tinting.miss(*colour, value) < OUTLIER { witness.weight } else { 0.0 };
                }
            }
            if all > 0.0 { right / all } else { 0.0 }
        })
        .collect()
}

//! Fits the colour map of one template from its labelled looks.
//!
//! Every pixel is explained by each of the six colours in turn and by a fixed colour, and the best
//! explanation that its neighbours share wins. Looks wear items and exports hold errors, so each
//! explanation is a robust one: the gain that most looks agree on, with a limit on what a look that
//! disagrees can cost; and a look that disagrees nearly everywhere is left out and named.

#![expect(clippy::needless_range_loop, reason = "several arrays are walked together, by channel or pixel")]

use lorgnon_look::COLOUR_COUNT;

use super::grid::{CELLS, COLUMNS, ROWS};
use super::map::{Cell, ColourMap, EMPTY, FIXED, NOTHING};

/// The largest gain the game uses, with room for rounding.
const MOST_GAIN: f32 = 2.05;
/// A look that misses a pixel by more than this many levels does not show that part there.
const OUTLIER: f32 = 14.0;
/// A pixel explained worse than this (levels, root mean square) is mixed.
const MIXED: f32 = 2.0;
/// The same where a single look is all there is.
const MIXED_ALONE: f32 = 4.0;
/// What any explanation costs at most.
const MOST_COST: f32 = 12.0;
/// A fixed colour explains everything with more freedom than a gain, so it pays this much.
const FIXED_COST: f32 = 0.3;
/// What an explanation pays when all looks dissent from it: items and wrong labels are dissent.
const DISSENT: f32 = 6.0;
/// Neighbours' say, for few looks more than for many.
const SMOOTHNESS: f32 = 0.35;
/// How much less the diagonal neighbours say.
const DIAGONAL: f32 = 0.7;
/// Ridge of the channel gains towards the grey gain: levels of noise over spread of tints.
const GREY: f32 = (0.7 / 0.05) * (0.7 / 0.05);
/// Candidate gains tried at a pixel, from as many looks.
const CANDIDATES: usize = 8;

/// One look as the fit sees it.
pub(super) struct FitLook {
    /// Grid pixels.
    pub(super) pixels: Vec<[u8; 4]>,
    /// Its labelled colours, gamma-encoded, 0 to 255.
    pub(super) colours: [Option<[f32; 3]>; COLOUR_COUNT],
}

/// One explanation of a pixel.
#[derive(Debug, Clone, Copy)]
struct Explanation {
    /// Levels, root mean square, outliers left out.
    residual: f32,
    gain: [f32; 3],
    /// Looks that agree with an unsaturated pixel.
    agreeing: u8,
    /// Weight of the outliers, as a share.
    outside: f32,
}

const NO_EXPLANATION: Explanation =
    Explanation { residual: MOST_COST, gain: [0.0; 3], agreeing: 0, outside: 1.0 };

/// What looks show at one pixel.
struct Observation {
    value: [f32; 3],
    look: usize,
}

fn squared_miss(value: [f32; 3], colour: [f32; 3], gain: f32) -> f32 {
    let mut sum = 0.0;
    for (value, colour) in value.into_iter().zip(colour) {
        let miss = value - (gain * colour).min(255.0);
        sum += miss * miss;
    }
    sum / 3.0
}

fn explain_by_colour(shown: &[Observation], looks: &[FitLook], weights: &[f32], slot: usize) -> Explanation {
    let mut best = (f32::MAX, 0.0);
    let known = |seen: &Observation| {
        looks[seen.look].colours[slot].map(|colour| (seen.value, colour, weights[seen.look]))
    };
    let mut total = 0.0;
    for seen in shown {
        if known(seen).is_some() {
            total += weights[seen.look];
        }
    }
    if total <= 0.0 {
        return NO_EXPLANATION;
    }
    let mut tried = 0;
    for seen in shown {
        let Some((value, colour, weight)) = known(seen) else { continue };
        if weight <= 0.0 || tried >= CANDIDATES {
            continue;
        }
        // Clipped channels only say "at least": leave them out of the candidate.
        let (mut along, mut length) = (0.0, 0.0);
        for (value, colour) in value.into_iter().zip(colour) {
            if value < 254.0 {
                along += value * colour;
                length += colour * colour;
            }
        }
        if length < 1.0 {
            continue;
        }
        tried += 1;
        let gain = (along / length).clamp(0.0, MOST_GAIN);
        let mut cost = 0.0;
        for other in shown {
            if let Some((value, colour, weight)) = known(other) {
                cost += weight * squared_miss(value, colour, gain).min(OUTLIER * OUTLIER);
            }
            if cost >= best.0 {
                break;
            }
        }
        if cost < best.0 {
            best = (cost, gain);
        }
    }
    if best.0 >= f32::MAX {
        return NO_EXPLANATION;
    }
    // Refine on those that agree.
    let (mut along, mut length) = ([0f32; 3], [0f32; 3]);
    let mut agreeing = 0u8;
    for seen in shown {
        let Some((value, colour, weight)) = known(seen) else { continue };
        if squared_miss(value, colour, best.1) > OUTLIER * OUTLIER {
            continue;
        }
        let mut clipped = false;
        for channel in 0..3 {
            if value[channel] < 254.0 {
                along[channel] += weight * value[channel] * colour[channel];
                length[channel] += weight * colour[channel] * colour[channel];
            } else {
                clipped = true;
            }
        }
        agreeing += u8::from(!clipped);
    }
    let whole: f32 = length.iter().sum();
    if whole < 1.0 {
        return NO_EXPLANATION;
    }
    let grey = (along.iter().sum::<f32>() / whole).clamp(0.0, MOST_GAIN);
    let gain: [f32; 3] = std::array::from_fn(|channel| {
        ((along[channel] + GREY * grey) / (length[channel] + GREY)).clamp(0.0, MOST_GAIN)
    });
    let (mut cost, mut inside) = (0.0, 0.0);
    for seen in shown {
        let Some((value, colour, weight)) = known(seen) else { continue };
        let mut sum = 0.0;
        for channel in 0..3 {
            let miss = value[channel] - (gain[channel] * colour[channel]).min(255.0);
            sum += miss * miss;
        }
        if sum / 3.0 <= OUTLIER * OUTLIER {
            cost += weight * sum / 3.0;
            inside += weight;
        }
    }
    // The freedom of the channels is paid for: a gain far from grey is no tint.
    let tint: f32 = gain.iter().map(|gain| (gain - grey) * (gain - grey)).sum::<f32>() * GREY;
    // Degrees of freedom: 3 equations a look, less the gain.
    let freedom = (3.0 * inside - 1.0).max(1.0);
    let residual = ((3.0 * cost + tint) / freedom).sqrt();
    Explanation { residual, gain, agreeing, outside: 1.0 - inside / total }
}

fn explain_as_fixed(shown: &[Observation], weights: &[f32]) -> Explanation {
    let total: f32 = shown.iter().map(|seen| weights[seen.look]).sum();
    if total <= 0.0 || shown.len() < 2 {
        return NO_EXPLANATION;
    }
    let mut best = (f32::MAX, [0.0; 3]);
    for candidate in shown.iter().take(CANDIDATES) {
        let mut cost = 0.0;
        for other in shown {
            let mut sum = 0.0;
            for (one, two) in candidate.value.into_iter().zip(other.value) {
                sum += (one - two) * (one - two);
            }
            cost += weights[other.look] * (sum / 3.0).min(OUTLIER * OUTLIER);
        }
        if cost < best.0 {
            best = (cost, candidate.value);
        }
    }
    let (mut sum, mut weight) = ([0f32; 3], 0f32);
    for seen in shown {
        let miss: f32 = seen.value.into_iter().zip(best.1).map(|(one, two)| (one - two) * (one - two)).sum();
        if miss / 3.0 <= OUTLIER * OUTLIER {
            weight += weights[seen.look];
            for (sum, value) in sum.iter_mut().zip(seen.value) {
                *sum += weights[seen.look] * value;
            }
        }
    }
    let colour = sum.map(|sum| sum / weight.max(1e-6));
    let mut cost = 0.0;
    for seen in shown {
        let miss: f32 = seen.value.into_iter().zip(colour).map(|(one, two)| (one - two) * (one - two)).sum();
        if miss / 3.0 <= OUTLIER * OUTLIER {
            cost += weights[seen.look] * miss / 3.0;
        }
    }
    let residual = (3.0 * cost / (3.0 * weight - 3.0).max(1.0)).sqrt() + FIXED_COST;
    Explanation {
        residual,
        gain: colour.map(|value| value / 255.0),
        agreeing: u8::try_from(shown.len()).unwrap_or(u8::MAX),
        outside: 1.0 - weight / total,
    }
}

/// Fits the map of looks on the same grid. `weights`: how far each look's labels are trusted.
pub(super) fn fit_map(looks: &[FitLook], weights: &[f32]) -> ColourMap {
    let total: f32 = weights.iter().sum();
    let mut cells = vec![EMPTY; CELLS];
    let mut explained: Vec<(usize, [Explanation; COLOUR_COUNT + 1])> = Vec::new();
    let mut place = vec![u32::MAX; CELLS];
    let mut shown: Vec<Observation> = Vec::with_capacity(looks.len());
    for at in 0..CELLS {
        shown.clear();
        let mut weight = 0.0;
        for (look, fit) in looks.iter().enumerate() {
            let [red, green, blue, alpha] = fit.pixels[at];
            if alpha >= 250 && weights[look] > 0.0 {
                weight += weights[look];
                shown.push(Observation { value: [f32::from(red), f32::from(green), f32::from(blue)], look });
            }
        }
        // The body is there in most looks; what only a few show is an item.
        if shown.is_empty() || weight < 0.6 * total {
            continue;
        }
        let mut explanations = [NO_EXPLANATION; COLOUR_COUNT + 1];
        for (slot, explanation) in explanations.iter_mut().take(COLOUR_COUNT).enumerate() {
            *explanation = explain_by_colour(&shown, looks, weights, slot);
        }
        explanations[COLOUR_COUNT] = explain_as_fixed(&shown, weights);
        place[at] = explained.len() as u32;
        explained.push((at, explanations));
    }
    let cost =
        |explanation: &Explanation| (explanation.residual + DISSENT * explanation.outside).min(MOST_COST);
    let mut parts: Vec<u8> = explained
        .iter()
        .map(|(_, explanations)| {
            let mut best = 0;
            for part in 1..explanations.len() {
                if cost(&explanations[part]) < cost(&explanations[best]) {
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
                let total = cost(&explanations[part]) - say * votes[part];
                if total < best.0 {
                    best = (total, part as u8);
                }
            }
            parts[index] = best.1;
        }
    }
    let limit = if total < 1.5 { MIXED_ALONE } else { MIXED };
    let enough = if total < 1.5 { 1 } else { 2 };
    for ((at, explanations), &part) in explained.iter().zip(&parts) {
        let explanation = &explanations[usize::from(part)];
        let mean = explanation.gain.iter().sum::<f32>() / 3.0;
        let pure = explanation.residual < limit
            && explanation.outside < 0.5
            && (part == FIXED || ((0.12..=1.7).contains(&mean) && explanation.agreeing >= enough));
        debug_assert!(part < NOTHING);
        cells[*at] = Cell { part, pure, gain: explanation.gain };
    }
    ColourMap::new(cells)
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
                    if alpha < 250 {
                        continue;
                    }
                    let value = [f32::from(red), f32::from(green), f32::from(blue)];
                    let worst = (0..3)
                        .map(|channel| {
                            (value[channel] - (witness.gain[channel] * colour[channel]).min(255.0)).abs()
                        })
                        .fold(0.0, f32::max);
                    all += witness.weight;
                    right += if worst < OUTLIER { witness.weight } else { 0.0 };
                }
            }
            if all > 0.0 { right / all } else { 0.0 }
        })
        .collect()
}

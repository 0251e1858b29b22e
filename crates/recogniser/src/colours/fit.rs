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
use super::steps::{Measured, settle};

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
/// Looks a map is fitted from at most: more add little to the map and much to the time.
pub(super) const MOST_LOOKS: usize = 12;
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
    /// The gain as it was measured, without any wish that it be grey.
    measured: [f32; 3],
    /// Sums of squares of the colours that it was measured with.
    certainty: [f32; 3],
}

const NO_EXPLANATION: Explanation = Explanation {
    residual: MOST_COST,
    gain: [0.0; 3],
    agreeing: 0,
    outside: 1.0,
    measured: [0.0; 3],
    certainty: [0.0; 3],
};

/// What looks show at one pixel, a lane a look. Lanes that show nothing have no weight.
struct Shown<const LANES: usize> {
    /// By channel.
    value: [[f32; LANES]; 3],
    weight: [f32; LANES],
}

/// One colour of all looks, a lane a look. Looks that do not tell it have no weight.
struct Tint<const LANES: usize> {
    /// By channel.
    colour: [[f32; LANES]; 3],
    known: [f32; LANES],
}

fn times<const LANES: usize>(colour: &[[f32; LANES]; 3], gain: [f32; 3]) -> [[f32; LANES]; 3] {
    let mut out = *colour;
    for (line, gain) in out.iter_mut().zip(gain) {
        for value in line {
            *value *= gain;
        }
    }
    out
}

/// Squared misses a lane, the mean of the channels.
#[inline]
fn misses<const LANES: usize>(shown: &Shown<LANES>, expected: &[[f32; LANES]; 3]) -> [f32; LANES] {
    let mut sum = [0f32; LANES];
    for channel in 0..3 {
        for lane in 0..LANES {
            let miss = shown.value[channel][lane] - expected[channel][lane].min(255.0);
            sum[lane] += miss * miss;
        }
    }
    sum.map(|sum| sum / 3.0)
}

/// What all lanes miss, each limited.
#[inline]
fn limited_cost<const LANES: usize>(
    shown: &Shown<LANES>,
    expected: &[[f32; LANES]; 3],
    weight: &[f32; LANES],
) -> f32 {
    let mut cost = misses(shown, expected);
    for lane in 0..LANES {
        cost[lane] = weight[lane] * cost[lane].min(OUTLIER * OUTLIER);
    }
    cost.iter().sum()
}

fn explain_by_colour<const LANES: usize>(shown: &Shown<LANES>, tint: &Tint<LANES>) -> Explanation {
    let mut weight = shown.weight;
    for (weight, known) in weight.iter_mut().zip(tint.known) {
        *weight *= known;
    }
    let total: f32 = weight.iter().sum();
    if total <= 0.0 {
        return NO_EXPLANATION;
    }
    // Clipped channels only say "at least", so gains are measured on the others.
    let (mut along, mut length) = ([[0f32; LANES]; 3], [[0f32; LANES]; 3]);
    for channel in 0..3 {
        for lane in 0..LANES {
            let (value, colour) = (shown.value[channel][lane], tint.colour[channel][lane]);
            let open = if value < 254.0 { 1.0 } else { 0.0 };
            along[channel][lane] = open * value * colour;
            length[channel][lane] = open * colour * colour;
        }
    }
    let mut best = (f32::MAX, 0.0);
    let mut tried = 0;
    for lane in 0..LANES {
        let whole = length[0][lane] + length[1][lane] + length[2][lane];
        if weight[lane] <= 0.0 || whole < 1.0 {
            continue;
        }
        let gain = ((along[0][lane] + along[1][lane] + along[2][lane]) / whole).clamp(0.0, MOST_GAIN);
        let cost = limited_cost(shown, &times(&tint.colour, [gain; 3]), &weight);
        if cost < best.0 {
            best = (cost, gain);
        }
        tried += 1;
        if tried == CANDIDATES {
            break;
        }
    }
    if tried == 0 {
        return NO_EXPLANATION;
    }
    // Refine on those that agree.
    let miss = misses(shown, &times(&tint.colour, [best.1; 3]));
    let (mut sum, mut square) = ([0f32; 3], [0f32; 3]);
    let mut agreeing = 0u8;
    for lane in 0..LANES {
        if weight[lane] <= 0.0 || miss[lane] > OUTLIER * OUTLIER {
            continue;
        }
        for channel in 0..3 {
            sum[channel] += weight[lane] * along[channel][lane];
            square[channel] += weight[lane] * length[channel][lane];
        }
        agreeing += u8::from((0..3).all(|channel| shown.value[channel][lane] < 254.0));
    }
    let whole: f32 = square.iter().sum();
    if whole < 1.0 {
        return NO_EXPLANATION;
    }
    let grey = (sum.iter().sum::<f32>() / whole).clamp(0.0, MOST_GAIN);
    let gain: [f32; 3] = std::array::from_fn(|channel| {
        ((sum[channel] + GREY * grey) / (square[channel] + GREY)).clamp(0.0, MOST_GAIN)
    });
    let measured = std::array::from_fn(|channel| sum[channel] / square[channel].max(1.0));
    let (mut cost, mut inside) = (0.0, 0.0);
    for (miss, weight) in misses(shown, &times(&tint.colour, gain)).into_iter().zip(weight) {
        if miss <= OUTLIER * OUTLIER {
            cost += weight * miss;
            inside += weight;
        }
    }
    // The freedom of the channels is paid for: a gain far from grey is no tint.
    let odd: f32 = gain.iter().map(|gain| (gain - grey) * (gain - grey)).sum::<f32>() * GREY;
    // Degrees of freedom: 3 equations a look, less the gain.
    let freedom = (3.0 * inside - 1.0).max(1.0);
    let residual = ((3.0 * cost + odd) / freedom).sqrt();
    Explanation { residual, gain, agreeing, outside: 1.0 - inside / total, measured, certainty: square }
}

fn explain_as_fixed<const LANES: usize>(shown: &Shown<LANES>) -> Explanation {
    let total: f32 = shown.weight.iter().sum();
    let count = shown.weight.iter().filter(|weight| **weight > 0.0).count();
    if count < 2 {
        return NO_EXPLANATION;
    }
    let mut best = (f32::MAX, [[0.0; LANES]; 3]);
    let seen = (0..LANES).filter(|&lane| shown.weight[lane] > 0.0);
    for candidate in seen.take(CANDIDATES) {
        let expected = shown.value.map(|line| [line[candidate]; LANES]);
        let cost = limited_cost(shown, &expected, &shown.weight);
        if cost < best.0 {
            best = (cost, expected);
        }
    }
    let (mut sum, mut inside) = ([0f32; 3], 0f32);
    for (lane, miss) in misses(shown, &best.1).into_iter().enumerate() {
        if miss <= OUTLIER * OUTLIER {
            inside += shown.weight[lane];
            for (sum, line) in sum.iter_mut().zip(&shown.value) {
                *sum += shown.weight[lane] * line[lane];
            }
        }
    }
    let colour = sum.map(|sum| sum / inside.max(1e-6));
    let mut cost = 0.0;
    for (miss, weight) in misses(shown, &colour.map(|value| [value; LANES])).into_iter().zip(shown.weight) {
        if miss <= OUTLIER * OUTLIER {
            cost += weight * miss;
        }
    }
    let residual = (3.0 * cost / (3.0 * inside - 3.0).max(1.0)).sqrt() + FIXED_COST;
    Explanation {
        residual,
        gain: colour.map(|value| value / 255.0),
        agreeing: u8::try_from(count).unwrap_or(u8::MAX),
        outside: 1.0 - inside / total,
        measured: [0.0; 3],
        certainty: [0.0; 3],
    }
}

/// All explanations of a pixel: by each colour, then as fixed.
type Explanations = [Explanation; COLOUR_COUNT + 1];

/// Explains every pixel that most looks show; gives grid positions with their explanations.
fn explain_all<const LANES: usize>(looks: &[FitLook], weights: &[f32]) -> Vec<(usize, Explanations)> {
    let total: f32 = weights.iter().sum();
    let tints: [Tint<LANES>; COLOUR_COUNT] = std::array::from_fn(|slot| {
        let mut tint = Tint { colour: [[0.0; LANES]; 3], known: [0.0; LANES] };
        for (lane, look) in looks.iter().enumerate() {
            if let Some(colour) = look.colours[slot] {
                tint.known[lane] = 1.0;
                for (line, value) in tint.colour.iter_mut().zip(colour) {
                    line[lane] = value;
                }
            }
        }
        tint
    });
    let mut explained = Vec::new();
    for at in 0..CELLS {
        let mut shown = Shown { value: [[0.0; LANES]; 3], weight: [0.0; LANES] };
        let mut weight = 0.0;
        for (lane, look) in looks.iter().enumerate() {
            let [red, green, blue, alpha] = look.pixels[at];
            if alpha >= 250 {
                weight += weights[lane];
                shown.weight[lane] = weights[lane];
                for (line, value) in shown.value.iter_mut().zip([red, green, blue]) {
                    line[lane] = f32::from(value);
                }
            }
        }
        // The body is there in most looks; what only a few show is an item.
        if weight <= 0.0 || weight < 0.6 * total {
            continue;
        }
        let mut explanations = [NO_EXPLANATION; COLOUR_COUNT + 1];
        for (explanation, tint) in explanations.iter_mut().zip(&tints) {
            *explanation = explain_by_colour(&shown, tint);
        }
        explanations[COLOUR_COUNT] = explain_as_fixed(&shown);
        explained.push((at, explanations));
    }
    explained
}

/// Fits the map of looks on the same grid. `weights`: how far each look's labels are trusted.
pub(super) fn fit_map(looks: &[FitLook], weights: &[f32]) -> ColourMap {
    let total: f32 = weights.iter().sum();
    let mut cells = vec![EMPTY; CELLS];
    let explained = match looks.len() {
        0..=4 => explain_all::<4>(looks, weights),
        5..=8 => explain_all::<8>(looks, weights),
        _ => explain_all::<MOST_LOOKS>(looks, weights),
    };
    let mut place = vec![u32::MAX; CELLS];
    for (index, (at, _)) in explained.iter().enumerate() {
        place[*at] = index as u32;
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
        let mean = explanation.gain.iter().sum::<f32>() / 3.0;
        let pure = explanation.residual < limit
            && explanation.outside < 0.5
            && (part == FIXED || ((0.12..=1.7).contains(&mean) && explanation.agreeing >= enough));
        debug_assert!(part < NOTHING);
        cells[*at] = Cell { part, pure, gain: explanation.gain };
        if pure && part != FIXED {
            tinted.push(Measured { at: *at, gain: explanation.measured, certainty: explanation.certainty });
        }
    }
    settle(&mut cells, &tinted);
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

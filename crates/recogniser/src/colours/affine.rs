//! Looks of a game that tints otherwise: a pixel shows `offset + gain · colour`.
//!
//! Not every game multiplies. Ramps whose lights go towards white, a colour laid half over painted art and screens
//! show a straight line of the colour instead. With more freedom a line explains more by chance, so it is fitted
//! only where looks are enough and no multiple comes near, and must first prove itself on looks left out of
//! the fit: templates that multiply keep the very maps that they have without it.

use lorgnon_look::COLOUR_COUNT;

use super::explanation::{
    Explanation, MOST_GAIN, NO_EXPLANATION, OUTLIER, Shown, Tint, as_fixed, by_multiple, limited_cost,
    missed_by_inliers, misses,
};
use super::fit::{Explanations, FitLook};
use super::grid::{CELLS, COLUMNS, ROWS};
use super::map::{Cell, NOTHING};
use super::tinting::Tinting;

/// Looks of different colours that a line is fitted to at least: through two it always goes.
const FEWEST_LOOKS: usize = 4;
/// A line explains a pixel if so many looks at least agree with it.
const FEWEST_AGREEING: u8 = 3;
/// Parts that looks are left out in.
const FOLDS: usize = 4;
/// Pixels asked which law they follow.
const ASKED: usize = 250;
/// A look left out is explained if its pixel is missed by less than this, in levels.
const NEAR: f32 = 8.0;
/// A law explains a pixel if it explains this share of the looks left out,
const MOST: f32 = 0.5;
/// and so much more than the other law does.
const MORE: f32 = 0.25;
/// The share of the body, outlines left out, that only lines must explain.
const LAWFUL: f32 = 0.1;
/// Pixels that a multiple explains at a lower cost, in levels, are left as they are.
const GOOD: f32 = 1.0;
/// What a line pays for its freedom, in levels.
const PAID: f32 = 0.5;
/// Pairs of looks tried at a pixel, each for the line through both.
const PAIRS: usize = 24;
/// Squared difference of two looks' colours from which on they determine a line.
const APART: f32 = 20.0 * 20.0;
/// Noise, in levels, that ridges expect.
const NOISE: f32 = 2.0;
/// Ridge of the channels' gains towards their mean: noise over spread.
const GREY_GAIN: f32 = (NOISE / 0.05) * (NOISE / 0.05);
/// The same of their offsets.
const GREY_OFFSET: f32 = (NOISE / 20.0) * (NOISE / 20.0);
/// Ridge of the mean offset towards none.
const NO_OFFSET: f32 = (NOISE / 60.0) * (NOISE / 60.0);
/// A gain less certain than this explains nothing.
const UNCERTAIN: f32 = 0.1;
/// Free numbers of a line: three gains, three offsets.
const FREEDOM: f32 = 6.0;

/// Explains pixels by lines where they are better, if that is the law of these looks; `cells` is what
/// multiples make of them. Whether it is.
pub(super) fn explain_rest<const LANES: usize>(
    looks: &[FitLook],
    weights: &[f32],
    cells: &[Cell],
    explained: &mut [(usize, Explanations)],
) -> bool {
    let Some(folds) = folds(looks, weights) else { return false };
    let tints = Tint::<LANES>::of(looks);
    if !follows(looks, weights, cells, &folds, &tints) {
        return false;
    }
    for (at, explanations) in explained {
        if explanations.iter().all(|explanation| explanation.cost() > GOOD) {
            let shown = Shown::at(looks, weights, *at);
            for (explanation, tint) in explanations.iter_mut().zip(&tints) {
                let line = by_line(&shown, tint);
                if line.cost() + PAID < explanation.cost() {
                    *explanation = line;
                }
            }
        }
    }
    true
}

/// The part that each look is left out in, looks of the same colours together; `None` of too few.
fn folds(looks: &[FitLook], weights: &[f32]) -> Option<Vec<usize>> {
    let mut different: Vec<&[Option<[f32; 3]>; COLOUR_COUNT]> = Vec::new();
    let folds = looks
        .iter()
        .zip(weights)
        .map(|(look, weight)| {
            let known = different.iter().position(|colours| **colours == look.colours);
            let index = known.unwrap_or(different.len());
            if known.is_none() && *weight > 0.0 {
                different.push(&look.colours);
            }
            index % FOLDS
        })
        .collect();
    (different.len() >= FEWEST_LOOKS).then_some(folds)
}

/// Whether enough of the body is explained by lines alone, on looks left out.
fn follows<const LANES: usize>(
    looks: &[FitLook],
    weights: &[f32],
    cells: &[Cell],
    folds: &[usize],
    tints: &[Tint<LANES>; COLOUR_COUNT],
) -> bool {
    let inner: Vec<usize> = (0..CELLS).filter(|at| is_inner(cells, *at)).collect();
    let mixed: Vec<usize> = inner.iter().copied().filter(|at| !cells[*at].pure).collect();
    let needed = LAWFUL * inner.len() as f32;
    if mixed.is_empty() || (mixed.len() as f32) < needed {
        return false;
    }
    let asked = mixed.iter().step_by(mixed.len().div_ceil(ASKED));
    let (mut balance, mut count) = (0i32, 0u32);
    for at in asked {
        let shown = Shown::<LANES>::at(looks, weights, *at);
        let (multiples, lines) = shares_explained(&shown, tints, folds);
        let beats = |one: f32, other: f32| i32::from(one >= MOST && one >= other + MORE);
        balance += beats(lines, multiples) - beats(multiples, lines);
        count += 1;
    }
    balance as f32 / count as f32 * mixed.len() as f32 >= needed
}

/// Whether a pixel and all around it are the body's.
fn is_inner(cells: &[Cell], at: usize) -> bool {
    let (row, column) = (at / COLUMNS, at % COLUMNS);
    (1..ROWS - 1).contains(&row)
        && (1..COLUMNS - 1).contains(&column)
        && [row - 1, row, row + 1]
            .into_iter()
            .all(|row| cells[row * COLUMNS + column - 1..][..3].iter().all(|cell| cell.part != NOTHING))
}

/// The shares of the looks that multiples and lines of the others explain.
fn shares_explained<const LANES: usize>(
    shown: &Shown<LANES>,
    tints: &[Tint<LANES>; COLOUR_COUNT],
    folds: &[usize],
) -> (f32, f32) {
    let (mut multiples, mut lines) = (0.0, 0.0);
    for fold in 0..FOLDS {
        let mut others = shown.clone();
        for (weight, own) in others.weight.iter_mut().zip(folds) {
            if *own == fold {
                *weight = 0.0;
            }
        }
        let fixed = as_fixed(&others);
        let explained = |explain: &dyn Fn(&Tint<LANES>) -> Explanation| -> f32 {
            let (mut best, mut of) = (fixed, None);
            for tint in tints {
                let explanation = explain(tint);
                if explanation.cost() < best.cost() {
                    (best, of) = (explanation, Some(tint));
                }
            }
            let mut weight = 0.0;
            for (lane, _) in folds.iter().enumerate().filter(|(_, own)| **own == fold) {
                let seen = shown.value.map(|line| line[lane]);
                let colour = of.map_or([255.0; 3], |tint| tint.colour.map(|line| line[lane]));
                let near =
                    of.is_none_or(|tint| tint.known[lane] > 0.0) && best.tinting.miss(colour, seen) < NEAR;
                weight += if near { shown.weight[lane] } else { 0.0 };
            }
            weight
        };
        let multiple = |tint: &Tint<LANES>| by_multiple(&others, tint);
        multiples += explained(&multiple);
        lines += explained(&|tint| {
            let (multiple, line) = (multiple(tint), by_line(&others, tint));
            if line.cost() + PAID < multiple.cost() { line } else { multiple }
        });
    }
    let total = shown.total();
    (multiples / total, lines / total)
}

/// Sums of a straight line's regression.
#[derive(Clone, Copy, Default)]
struct Sums {
    count: f32,
    colour: f32,
    value: f32,
    square: f32,
    product: f32,
}

impl Sums {
    fn add(&mut self, weight: f32, colour: f32, value: f32) {
        self.count += weight;
        self.colour += weight * colour;
        self.value += weight * value;
        self.square += weight * colour * colour;
        self.product += weight * colour * value;
    }

    fn of_all(channels: &[Self; 3]) -> Self {
        let mut all = Self::default();
        for own in channels {
            all.count += own.count;
            all.colour += own.colour;
            all.value += own.value;
            all.square += own.square;
            all.product += own.product;
        }
        all
    }

    /// Gain and offset, drawn to usual ones by ridges; `None` where they are not determined.
    fn line(&self, usual: (f32, f32), ridge: (f32, f32)) -> Option<(f32, f32)> {
        let (square, count) = (self.square + ridge.0, self.count + ridge.1);
        let (product, value) = (self.product + ridge.0 * usual.0, self.value + ridge.1 * usual.1);
        let determinant = square * count - self.colour * self.colour;
        (determinant > 1e-3 * square * count).then(|| {
            let gain = ((product * count - value * self.colour) / determinant).clamp(0.0, MOST_GAIN);
            (gain, ((value - gain * self.colour) / count).clamp(-255.0, 255.0))
        })
    }

    /// Sum of squares of the colours about their mean.
    fn spread(&self) -> f32 {
        (self.square - self.colour * self.colour / self.count.max(1e-6)).max(0.0)
    }
}

/// What all lanes show by a line.
fn expected<const LANES: usize>(tint: &Tint<LANES>, tinting: &Tinting) -> [[f32; LANES]; 3] {
    std::array::from_fn(|channel| tint.colour[channel].map(|colour| tinting.channel(channel, colour)))
}

/// The line of one colour that most looks agree on.
fn by_line<const LANES: usize>(shown: &Shown<LANES>, tint: &Tint<LANES>) -> Explanation {
    let weight = tint.weight(shown);
    let total: f32 = weight.iter().sum();
    let Some(first) = best_of_pairs(shown, tint, &weight) else { return NO_EXPLANATION };
    // Refined twice on those that agree.
    let mut tinting = first;
    let mut sums = [Sums::default(); 3];
    let mut agreeing = 0u8;
    for _ in 0..2 {
        let miss = misses(shown, &expected(tint, &tinting));
        (sums, agreeing) = ([Sums::default(); 3], 0);
        for lane in (0..LANES).filter(|lane| weight[*lane] > 0.0 && miss[*lane] <= OUTLIER * OUTLIER) {
            let mut all_open = true;
            for (channel, sums) in sums.iter_mut().enumerate() {
                let value = shown.value[channel][lane];
                // Clipped channels only say "at least" and "at most".
                if (1.0..254.0).contains(&value) {
                    sums.add(weight[lane], tint.colour[channel][lane], value);
                } else {
                    all_open = false;
                }
            }
            agreeing += u8::from(all_open);
        }
        let Some(grey) = Sums::of_all(&sums).line((0.0, 0.0), (0.0, NO_OFFSET)) else {
            return NO_EXPLANATION;
        };
        let ridge = (GREY_GAIN, GREY_OFFSET);
        let lines = [0, 1, 2].map(|channel: usize| sums[channel].line(grey, ridge).unwrap_or(grey));
        tinting = Tinting { gain: lines.map(|line| line.0), offset: lines.map(|line| line.1) };
    }
    let (cost, inside) = missed_by_inliers(misses(shown, &expected(tint, &tinting)), weight);
    let residual = (3.0 * cost / (3.0 * inside - FREEDOM).max(1.0)).sqrt();
    let spread: f32 = sums.iter().map(Sums::spread).sum();
    if agreeing < FEWEST_AGREEING || residual.max(NOISE) > UNCERTAIN * spread.sqrt() {
        return NO_EXPLANATION;
    }
    let (measured, certainty) = (tinting.gain, sums.map(|sums| sums.square));
    Explanation { residual, tinting, agreeing, outside: 1.0 - inside / total, measured, certainty }
}

/// Of the lines through two looks each, of one gain for all channels, the one that most others agree with.
fn best_of_pairs<const LANES: usize>(
    shown: &Shown<LANES>,
    tint: &Tint<LANES>,
    weight: &[f32; LANES],
) -> Option<Tinting> {
    let lanes: Vec<usize> = (0..LANES).filter(|lane| weight[*lane] > 0.0).collect();
    let pairs = (1..lanes.len()).flat_map(|step| lanes.iter().zip(&lanes[step..]));
    let lines = pairs.filter_map(|(&one, &other)| {
        let (mut along, mut length) = (0.0, 0.0);
        for (value, colour) in shown.value.iter().zip(&tint.colour) {
            let apart = colour[one] - colour[other];
            along += apart * (value[one] - value[other]);
            length += apart * apart;
        }
        (length >= APART).then(|| {
            let gain = (along / length).clamp(0.0, MOST_GAIN);
            let offset = std::array::from_fn(|channel| {
                let (value, colour) = (&shown.value[channel], &tint.colour[channel]);
                0.5 * (value[one] + value[other] - gain * (colour[one] + colour[other]))
            });
            Tinting { gain: [gain; 3], offset }
        })
    });
    let judged = lines.take(PAIRS).map(|line| (limited_cost(shown, &expected(tint, &line), weight), line));
    judged.min_by(|one, two| one.0.total_cmp(&two.0)).map(|(_, line)| line)
}

#[cfg(test)]
mod tests;

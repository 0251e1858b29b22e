//! Explains what looks show at one pixel: by a multiple of one colour, or as a fixed colour.
//!
//! Each explanation is a robust one: looks wear items and exports hold errors, so the gain is one that most
//! looks agree on, with a limit on what a look that disagrees can cost.

#![expect(clippy::needless_range_loop, reason = "several arrays are walked together, by channel or lane")]

use lorgnon_look::COLOUR_COUNT;

use super::fit::FitLook;
use super::tinting::Tinting;

/// The largest gain the game uses, with room for rounding.
pub(super) const MOST_GAIN: f32 = 2.05;
/// A look that misses a pixel by more than this many levels does not show that part there.
pub(super) const OUTLIER: f32 = 14.0;
/// What any explanation costs at most.
const MOST_COST: f32 = 12.0;
/// A fixed colour explains everything with more freedom than a gain, so it pays this much.
const FIXED_COST: f32 = 0.3;
/// What an explanation pays when all looks dissent from it: items and wrong labels are dissent.
const DISSENT: f32 = 6.0;
/// Ridge of the channel gains towards the grey gain: levels of noise over spread of tints.
const GREY: f32 = (0.7 / 0.05) * (0.7 / 0.05);
/// Alpha of a pixel that shows the look and nothing behind it.
pub(super) const SOLID: u8 = 250;
/// Candidate gains tried at a pixel, from as many looks.
const CANDIDATES: usize = 8;

/// One explanation of a pixel.
#[derive(Debug, Clone, Copy)]
pub(super) struct Explanation {
    /// Levels, root mean square, outliers left out.
    pub(super) residual: f32,
    pub(super) tinting: Tinting,
    /// Looks that agree with an unsaturated pixel.
    pub(super) agreeing: u8,
    /// Weight of the outliers, as a share.
    pub(super) outside: f32,
    /// The gain as it was measured, without any wish that it be grey.
    pub(super) measured: [f32; 3],
    /// Sums of squares of the colours that it was measured with.
    pub(super) certainty: [f32; 3],
}

impl Explanation {
    /// What choosing it costs.
    pub(super) fn cost(&self) -> f32 {
        (self.residual + DISSENT * self.outside).min(MOST_COST)
    }
}

pub(super) const NO_EXPLANATION: Explanation = Explanation {
    residual: MOST_COST,
    tinting: Tinting::NONE,
    agreeing: 0,
    outside: 1.0,
    measured: [0.0; 3],
    certainty: [0.0; 3],
};

/// What looks show at one pixel, a lane a look. Lanes that show nothing have no weight.
#[derive(Clone)]
pub(super) struct Shown<const LANES: usize> {
    /// By channel.
    pub(super) value: [[f32; LANES]; 3],
    pub(super) weight: [f32; LANES],
}

impl<const LANES: usize> Shown<LANES> {
    /// What looks of such weights show at a grid pixel.
    pub(super) fn at(looks: &[FitLook], weights: &[f32], at: usize) -> Self {
        let mut shown = Self { value: [[0.0; LANES]; 3], weight: [0.0; LANES] };
        for (lane, look) in looks.iter().enumerate() {
            let [red, green, blue, alpha] = look.pixels[at];
            if alpha >= SOLID {
                shown.weight[lane] = weights[lane];
                for (line, value) in shown.value.iter_mut().zip([red, green, blue]) {
                    line[lane] = f32::from(value);
                }
            }
        }
        shown
    }

    /// The weight of the looks that show anything.
    pub(super) fn total(&self) -> f32 {
        self.weight.iter().sum()
    }
}

/// One colour of all looks, a lane a look. Looks that do not tell it have no weight.
pub(super) struct Tint<const LANES: usize> {
    /// By channel.
    pub(super) colour: [[f32; LANES]; 3],
    pub(super) known: [f32; LANES],
}

impl<const LANES: usize> Tint<LANES> {
    /// The six colours of all looks.
    pub(super) fn of(looks: &[FitLook]) -> [Self; COLOUR_COUNT] {
        std::array::from_fn(|slot| {
            let mut tint = Self { colour: [[0.0; LANES]; 3], known: [0.0; LANES] };
            for (lane, look) in looks.iter().enumerate() {
                if let Some(colour) = look.colours[slot] {
                    tint.known[lane] = 1.0;
                    for (line, value) in tint.colour.iter_mut().zip(colour) {
                        line[lane] = value;
                    }
                }
            }
            tint
        })
    }

    /// The weight of what looks show that tell the colour.
    pub(super) fn weight(&self, shown: &Shown<LANES>) -> [f32; LANES] {
        std::array::from_fn(|lane| shown.weight[lane] * self.known[lane])
    }
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
pub(super) fn misses<const LANES: usize>(shown: &Shown<LANES>, expected: &[[f32; LANES]; 3]) -> [f32; LANES] {
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
pub(super) fn limited_cost<const LANES: usize>(
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

/// What the lanes miss that are no outliers, weighted, and their weight.
pub(super) fn missed_by_inliers<const LANES: usize>(
    misses: [f32; LANES],
    weight: [f32; LANES],
) -> (f32, f32) {
    let (mut cost, mut inside) = (0.0, 0.0);
    for (miss, weight) in misses.into_iter().zip(weight) {
        if miss <= OUTLIER * OUTLIER {
            cost += weight * miss;
            inside += weight;
        }
    }
    (cost, inside)
}

pub(super) fn by_multiple<const LANES: usize>(shown: &Shown<LANES>, tint: &Tint<LANES>) -> Explanation {
    let weight = tint.weight(shown);
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
    let (cost, inside) = missed_by_inliers(misses(shown, &times(&tint.colour, gain)), weight);
    // The freedom of the channels is paid for: a gain far from grey is no tint.
    let odd: f32 = gain.iter().map(|gain| (gain - grey) * (gain - grey)).sum::<f32>() * GREY;
    // Degrees of freedom: 3 equations a look, less the gain.
    let freedom = (3.0 * inside - 1.0).max(1.0);
    let residual = ((3.0 * cost + odd) / freedom).sqrt();
    Explanation {
        residual,
        tinting: Tinting::multiple(gain),
        agreeing,
        outside: 1.0 - inside / total,
        measured,
        certainty: square,
    }
}

pub(super) fn as_fixed<const LANES: usize>(shown: &Shown<LANES>) -> Explanation {
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
    let (cost, _) = missed_by_inliers(misses(shown, &colour.map(|value| [value; LANES])), shown.weight);
    let residual = (3.0 * cost / (3.0 * inside - 3.0).max(1.0)).sqrt() + FIXED_COST;
    Explanation {
        residual,
        tinting: Tinting::multiple(colour.map(|value| value / 255.0)),
        agreeing: u8::try_from(count).unwrap_or(u8::MAX),
        outside: 1.0 - inside / total,
        measured: [0.0; 3],
        certainty: [0.0; 3],
    }
}

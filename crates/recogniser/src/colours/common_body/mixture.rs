//! The six paints that make all pixels of a body likeliest.
//!
//! Each pixel shows one of the six colours, as likely as its place says, or something else. A colour
//! gives its pixels their direction in RGB, nearly, and a brightness spread as the colour's gains are.
//! Directions and brightnesses are found by expectation and maximisation (Dempster, Laird and Rubin
//! 1977) from clusters of the pixels, given to colours by where they lie.

use lorgnon_look::COLOUR_COUNT;

use super::shown::Shown;
use super::{CommonBody, GAIN_BINS, GAINS, gain_bin_of_logarithm};
use crate::palette::{cluster, paint};

/// Clusters to begin with: more than colours, since shading and fixed parts split them.
const CLUSTERS: usize = 12;
/// A cluster of fewer pixels is no colour.
const FEWEST: usize = 8;
const ROUNDS: usize = 8;
/// Deviation of a bright pixel's direction from its paint's, and the length at which it is twice that.
const DEVIATION: f32 = 0.025;
const DARK: f32 = 20.0;
/// Logarithm of the density of what is no colour of the six.
const ELSE: f32 = -3.0;
/// Chances below this are taken for it.
const LEAST_CHANCE: f32 = 1e-4;
/// How much the size of a cluster counts when it is given to a colour.
const SIZE_COUNTS: f32 = 0.3;
/// Brightnesses that are tried, as the logarithm of a paint's length over 255.
const BRIGHTNESSES: (f32, f32, usize) = (-1.0, 1.0, 161);
/// Bins of the brightness of pixels, as such a logarithm.
const PIXEL_BINS: (f32, f32, usize) = (-3.0, 1.0, 200);

/// What was found.
pub(super) struct Found {
    /// By position; `None` where no pixels were found for one.
    pub(super) colours: [Option<Loose>; COLOUR_COUNT],
    /// The mean logarithm of the pixels' likelihoods: how much the picture is like a body.
    pub(super) likelihood: f32,
}

/// One of the six colours of an unknown class.
#[derive(Debug, Clone)]
pub(super) struct Loose {
    /// The paint, channels 0 to 255.
    pub(super) colour: [f32; 3],
    /// Share of the pixels that show it.
    pub(super) share: f32,
}

/// A paint under way: its direction, of length 1, and the logarithm of its length over 255.
#[derive(Debug, Clone, Copy)]
struct Paint {
    direction: [f32; 3],
    brightness: f32,
}

/// A pixel as paints are compared with it.
struct Seen {
    direction: [f32; 3],
    brightness: f32,
    /// Half the inverse of the variance of its direction, and the logarithm of the density's height.
    sharpness: f32,
    height: f32,
    place: usize,
}

impl Seen {
    fn new(shown: &Shown) -> Self {
        let length = shown.colour.iter().map(|value| value * value).sum::<f32>().sqrt();
        let deviation = DEVIATION * (1.0 + DARK / length);
        Self {
            direction: shown.colour.map(|value| value / length),
            brightness: (length / 255.0).ln(),
            sharpness: 0.5 / (deviation * deviation),
            height: -2.0 * deviation.ln(),
            place: shown.place,
        }
    }
}

/// The six colours of a body that shows these pixels.
pub(super) fn solve(common: &CommonBody, shown: &[Shown]) -> Found {
    let seen: Vec<Seen> = shown.iter().map(Seen::new).collect();
    let mixture = Mixture {
        places: common
            .shares
            .iter()
            .map(|cell| cell.map(|share| (f32::from(share) / 255.0 + LEAST_CHANCE).ln()))
            .collect(),
        gains: std::array::from_fn(|colour| {
            common.gains[colour].iter().map(|density| density.ln()).collect()
        }),
        middles: std::array::from_fn(|colour| middle(&common.gains[colour])),
        bins: bins(),
        seen,
    };
    let mut paints = mixture.begin(shown);
    let (mut weights, mut likelihood) = (Vec::new(), 0.0);
    for _ in 0..ROUNDS {
        (weights, likelihood) = mixture.expect(&paints);
        mixture.maximise(&weights, &mut paints);
    }
    let colours = std::array::from_fn(|colour| {
        let paint = paints[colour]?;
        let pixels: f32 = weights.iter().map(|weights| weights[colour]).sum();
        (pixels >= 3.0).then(|| Loose {
            colour: paint.direction.map(|part| (part * paint.brightness.exp() * 255.0).clamp(0.0, 255.0)),
            share: pixels / shown.len() as f32,
        })
    });
    Found { colours, likelihood }
}

/// The median of a density over the bins, as a logarithm of the gain.
fn middle(density: &[f32]) -> f32 {
    let half = 0.5 * density.iter().sum::<f32>();
    let mut sum = 0.0;
    let below = density.iter().take_while(|value| {
        sum += **value;
        sum < half
    });
    let (low, high) = (GAINS.0.ln(), GAINS.1.ln());
    low + (below.count() as f32 + 0.5) / GAIN_BINS as f32 * (high - low)
}

struct Mixture {
    /// Logarithms of chances, by place and colour.
    places: Vec<[f32; COLOUR_COUNT]>,
    /// Logarithms of densities, by colour and bin of the gain.
    gains: [Vec<f32>; COLOUR_COUNT],
    /// The middle of each colour's gains, as a logarithm.
    middles: [f32; COLOUR_COUNT],
    /// The bin of the gain of a pixel's brightness, for each that is tried of a paint.
    bins: Vec<[u8; PIXEL_BINS.2]>,
    seen: Vec<Seen>,
}

/// The brightness of a paint that is tried.
fn tried(step: usize) -> f32 {
    let (first, last, steps) = BRIGHTNESSES;
    first + (last - first) * step as f32 / (steps - 1) as f32
}

/// The bins of all brightnesses of pixels, for each that is tried of a paint.
fn bins() -> Vec<[u8; PIXEL_BINS.2]> {
    let (low, high, bins) = PIXEL_BINS;
    let middle = |bin: usize| low + (bin as f32 + 0.5) * ((high - low) / bins as f32);
    let bin = |step: usize, bin: usize| gain_bin_of_logarithm(middle(bin) - tried(step)) as u8;
    (0..BRIGHTNESSES.2).map(|step| std::array::from_fn(|pixel| bin(step, pixel))).collect()
}

type Paints = [Option<Paint>; COLOUR_COUNT];

impl Mixture {
    /// Clusters of pixels, each given to the colour whose places it lies in.
    fn begin(&self, shown: &[Shown]) -> Paints {
        let points: Vec<[f32; 4]> = shown.iter().map(|shown| paint(shown.colour)).collect();
        let members = cluster(&points, CLUSTERS);
        let clusters: Vec<Vec<&Seen>> = (0..CLUSTERS)
            .map(|cluster| {
                self.seen
                    .iter()
                    .zip(&members)
                    .filter(|(_, member)| **member == cluster)
                    .map(|(seen, _)| seen)
                    .collect()
            })
            .filter(|pixels: &Vec<&Seen>| pixels.len() >= FEWEST)
            .collect();
        let fits: Vec<[f32; COLOUR_COUNT]> = clusters
            .iter()
            .map(|pixels| {
                let size = SIZE_COUNTS * (pixels.len() as f32 / self.seen.len() as f32).ln();
                std::array::from_fn(|colour| {
                    let sum: f32 = pixels.iter().map(|seen| self.places[seen.place][colour]).sum();
                    sum / pixels.len() as f32 + size
                })
            })
            .collect();
        let mut paints = [None; COLOUR_COUNT];
        for (colour, cluster) in given(&fits) {
            let pixels = &clusters[cluster];
            let mut brightnesses: Vec<f32> = pixels.iter().map(|seen| seen.brightness).collect();
            brightnesses.sort_by(f32::total_cmp);
            let bright = brightnesses[(0.6 * (brightnesses.len() - 1) as f32) as usize];
            let direction = mean(pixels.iter().map(|seen| (1.0, seen.direction)));
            paints[colour] = Some(Paint { direction, brightness: bright - self.middles[colour] });
        }
        paints
    }

    /// How likely each pixel shows each colour, and the mean logarithm of all likelihoods.
    fn expect(&self, paints: &Paints) -> (Vec<[f32; COLOUR_COUNT]>, f32) {
        let mut total = 0.0;
        let weigh = |seen: &Seen| {
            let likelihoods: [f32; COLOUR_COUNT] = std::array::from_fn(|colour| {
                let Some(paint) = &paints[colour] else { return f32::NEG_INFINITY };
                let off: f32 = seen
                    .direction
                    .iter()
                    .zip(paint.direction)
                    .map(|(one, two)| (one - two) * (one - two))
                    .sum();
                let gain = gain_bin_of_logarithm(seen.brightness - paint.brightness);
                self.places[seen.place][colour] - off * seen.sharpness
                    + seen.height
                    + self.gains[colour][gain]
            });
            let most = likelihoods.iter().copied().fold(ELSE, f32::max);
            let chances = likelihoods.map(|likelihood| (likelihood - most).exp());
            let sum = chances.iter().sum::<f32>() + (ELSE - most).exp();
            total += most + sum.ln();
            chances.map(|chance| chance / sum)
        };
        let weights = self.seen.iter().map(weigh).collect();
        (weights, total / self.seen.len().max(1) as f32)
    }

    /// The paints that such pixels make likeliest.
    fn maximise(&self, weights: &[[f32; COLOUR_COUNT]], paints: &mut Paints) {
        let (low, high, bins) = PIXEL_BINS;
        let width = (high - low) / bins as f32;
        for (colour, paint) in paints.iter_mut().enumerate() {
            let Some(paint) = paint else { continue };
            let own = || self.seen.iter().zip(weights).map(|(seen, weights)| (seen, weights[colour]));
            if own().map(|(_, weight)| weight).sum::<f32>() < 3.0 {
                continue;
            }
            paint.direction = mean(own().map(|(seen, weight)| (weight, seen.direction)));
            let mut spread = vec![0f32; bins];
            for (seen, weight) in own() {
                let bin = ((seen.brightness - low) / width).max(0.0) as usize;
                spread[bin.min(bins - 1)] += weight;
            }
            let likelihood = |bins: &[u8; PIXEL_BINS.2]| -> f32 {
                let filled = spread.iter().zip(bins).filter(|(weight, _)| **weight > 0.0);
                filled.map(|(weight, bin)| weight * self.gains[colour][usize::from(*bin)]).sum()
            };
            let best = self.bins.iter().enumerate().map(|(step, bins)| (likelihood(bins), tried(step)));
            if let Some((_, brightness)) = best.max_by(|left, right| left.0.total_cmp(&right.0)) {
                paint.brightness = brightness;
            }
        }
    }
}

/// The direction of a weighted mean.
fn mean(weighted: impl Iterator<Item = (f32, [f32; 3])>) -> [f32; 3] {
    let mut sum = [0f32; 3];
    for (weight, direction) in weighted {
        sum.iter_mut().zip(direction).for_each(|(sum, part)| *sum += weight * part);
    }
    let length = sum.iter().map(|part| part * part).sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
    sum.map(|part| part / length)
}

/// Pairs of a colour and a row.
type Pairs = Vec<(usize, usize)>;

/// Gives each colour one of the rows, as many as there are, so that the sum of what fits is greatest.
fn given(fits: &[[f32; COLOUR_COUNT]]) -> Pairs {
    // The best sum with these colours given, and how it came about.
    let mut best: Vec<Option<(f32, Pairs)>> = vec![None; 1 << COLOUR_COUNT];
    best[0] = Some((0.0, Vec::new()));
    for (row, fits) in fits.iter().enumerate() {
        // Downwards, so that a row is given once.
        for colours in (0..best.len()).rev() {
            let Some((sum, pairs)) = best[colours].clone() else { continue };
            for (colour, fit) in fits.iter().enumerate().filter(|(colour, _)| colours >> colour & 1 == 0) {
                let with = &mut best[colours | 1 << colour];
                if with.as_ref().is_none_or(|(most, _)| sum + fit > *most) {
                    let mut pairs = pairs.clone();
                    pairs.push((colour, row));
                    *with = Some((sum + fit, pairs));
                }
            }
        }
    }
    let most = fits.len().min(COLOUR_COUNT) as u32;
    let full = best.into_iter().enumerate().filter(|(colours, _)| colours.count_ones() == most);
    let likeliest = full.filter_map(|(_, best)| best).max_by(|left, right| left.0.total_cmp(&right.0));
    likeliest.map_or_else(Vec::new, |(_, pairs)| pairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_given_to_the_greatest_sum() {
        let mut fits = vec![[-9.0; COLOUR_COUNT]; 3];
        // The first row fits both best, the second only the first colour.
        fits[0][..2].copy_from_slice(&[-1.0, -1.5]);
        fits[1][..2].copy_from_slice(&[-1.2, -8.0]);
        fits[2][5] = -1.0;
        let mut pairs = given(&fits);
        pairs.sort_unstable();
        assert_eq!(pairs, [(0, 1), (1, 0), (5, 2)]);
        assert!(given(&[]).is_empty());
    }
}

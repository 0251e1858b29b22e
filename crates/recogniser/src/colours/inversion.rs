//! Solves one colour from the pixels it tints.
//!
//! Each pixel, its tint undone, is a guess of the colour. Items, backgrounds and compression
//! make many guesses wrong, so the colour is a *mode*: the guess that explains the most pixels,
//! polished by reweighted least squares. Clipped channels count only as lower limits.

use super::tinting::Tinting;

/// One pixel: what the picture shows, the map's tint, and how far it is to be trusted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Evidence {
    /// Gamma-encoded, 0 to 255.
    pub(super) value: [f32; 3],
    /// How the colour tints it.
    pub(super) tinting: Tinting,
    /// 0 to 1.
    pub(super) weight: f32,
}

/// A colour, and what speaks for it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Inversion {
    /// Gamma-encoded, 0 to 255, not rounded.
    pub(super) colour: [f32; 3],
    /// Share of the weight that it explains within [`WIDE`], 0 to 1.
    pub(super) share: f32,
    /// Weight that it explains.
    pub(super) support: f32,
    /// Share of the weight that the best other colour explains.
    pub(super) rival: f32,
    /// Root mean square miss of what it explains, in levels.
    pub(super) noise: f32,
    /// Standard deviation of the gains of what it explains.
    pub(super) spread: f32,
}

/// A pixel missed by more than this many levels does not show the colour.
pub(super) const WIDE: f32 = 14.0;
/// A value below this may have been cut off at black.
const DARK: f32 = 1.5;
/// Guesses tried.
const SEEDS: usize = 48;
/// Pixels used to judge a guess.
const JUDGES: usize = 400;

/// The largest miss of a channel, in levels.
#[inline]
pub(super) fn miss(evidence: &Evidence, colour: [f32; 3]) -> f32 {
    evidence.tinting.miss(colour, evidence.value)
}

fn guess(evidence: &Evidence) -> [f32; 3] {
    std::array::from_fn(|channel| evidence.tinting.undone(channel, evidence.value[channel]).clamp(0.0, 255.0))
}

/// Indices of `count` pixels, each standing for the same part of the total weight.
fn spread(evidence: &[Evidence], total: f32, count: usize) -> Vec<usize> {
    let step = total / count as f32;
    let (mut sum, mut next) = (0.0, 0.5 * step);
    let mut chosen = Vec::with_capacity(count);
    for (index, pixel) in evidence.iter().enumerate() {
        sum += pixel.weight;
        if sum > next {
            chosen.push(index);
            while next < sum {
                next += step;
            }
        }
    }
    chosen
}

/// The colour that explains the most evidence; `None` without any weight.
pub(super) fn invert(evidence: &[Evidence]) -> Option<Inversion> {
    let total: f32 = evidence.iter().map(|pixel| pixel.weight).sum();
    if total <= 1e-3 {
        return None;
    }
    let judges: Vec<Evidence> = if evidence.len() <= JUDGES {
        evidence.to_vec()
    } else {
        spread(evidence, total, JUDGES)
            .into_iter()
            .map(|index| Evidence { weight: 1.0, ..evidence[index] })
            .collect()
    };
    let votes = |colour: [f32; 3]| -> f32 {
        judges.iter().map(|judge| judge.weight * (1.0 - (miss(judge, colour) / WIDE).powi(2)).max(0.0)).sum()
    };
    let mut guesses: Vec<([f32; 3], f32)> = spread(evidence, total, SEEDS)
        .into_iter()
        .map(|index| guess(&evidence[index]))
        .map(|colour| (colour, votes(colour)))
        .collect();
    guesses.sort_by(|one, two| two.1.total_cmp(&one.1));
    let mut colour = guesses.first()?.0;
    let mut tolerance = WIDE;
    let mut noise = WIDE;
    for pass in 0..8 {
        let (mut along, mut length, mut least) = ([0f32; 3], [0f32; 3], [f32::MAX; 3]);
        let (mut squares, mut inside) = (0.0, 0.0);
        for pixel in evidence {
            let worst = miss(pixel, colour);
            if worst >= tolerance {
                continue;
            }
            let weight = pixel.weight * (1.0 - (worst / tolerance).powi(2)).powi(2);
            squares += pixel.weight * worst * worst;
            inside += pixel.weight;
            for channel in 0..3 {
                let Tinting { gain, offset } = pixel.tinting;
                let (value, gain, offset) = (pixel.value[channel], gain[channel], offset[channel]);
                // What an offset below zero takes away says no more of the colour than what is clipped.
                if offset < 0.0 && value < DARK {
                    continue;
                }
                // A light offset brings all near to white, and most of it is not clipped.
                let is_open = match offset > 0.0 {
                    true => value < 254.0,
                    false => value < 244.0 && offset + gain * colour[channel] < 248.0,
                };
                if is_open {
                    along[channel] += weight * (value - offset) * gain;
                    length[channel] += weight * gain * gain;
                } else if value >= 254.0 && gain > 0.0 {
                    least[channel] = least[channel].min((255.0 - offset) / gain);
                }
            }
        }
        if inside <= 0.0 {
            break;
        }
        for channel in 0..3 {
            if length[channel] > 1e-3 {
                colour[channel] = (along[channel] / length[channel]).clamp(0.0, 255.0);
            } else if least[channel] < f32::MAX {
                colour[channel] = colour[channel].max(least[channel]).min(255.0);
            }
        }
        noise = (squares / inside).sqrt();
        if pass >= 2 {
            tolerance = (2.5 * noise).clamp(3.0, WIDE);
        }
    }
    let (mut support, mut mean, mut square) = (0f32, 0f32, 0f32);
    for pixel in evidence {
        if miss(pixel, colour) < WIDE {
            let gain = pixel.tinting.brightness();
            support += pixel.weight;
            mean += pixel.weight * gain;
            square += pixel.weight * gain * gain;
        }
    }
    mean /= support.max(1e-6);
    let spread = (square / support.max(1e-6) - mean * mean).max(0.0).sqrt();
    let apart = |other: [f32; 3]| other.iter().zip(colour).any(|(one, two)| (one - two).abs() > 2.0 * WIDE);
    let best: f32 = judges.iter().map(|judge| judge.weight).sum();
    let rival = guesses.iter().find(|(other, _)| apart(*other)).map_or(0.0, |(_, votes)| votes / best);
    Some(Inversion { colour, share: support / total, support, rival, noise, spread })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Pixels of one colour in many shades, rounded and clipped as the game does.
    fn shaded(colour: [f32; 3], count: usize, most_gain: f32) -> Vec<Evidence> {
        (0..count)
            .map(|index| {
                let gain = 0.3 + (most_gain - 0.3) * (index as f32 * 0.618_034).fract();
                Evidence {
                    value: colour.map(|value| (gain * value).round().min(255.0)),
                    tinting: Tinting::multiple([gain; 3]),
                    weight: 1.0,
                }
            })
            .collect()
    }

    proptest! {
        #[test]
        fn a_tinted_part_gives_its_colour_back(colour in prop::array::uniform3(0u8..=255), count in 20usize..500) {
            let colour = colour.map(f32::from);
            let found = invert(&shaded(colour, count, 1.0)).unwrap();
            for (got, truth) in found.colour.into_iter().zip(colour) {
                prop_assert!((got - truth).abs() <= 1.0, "{found:?} of {colour:?}");
            }
            prop_assert!(found.share > 0.99);
        }

        #[test]
        fn clipped_highlights_do_not_darken_it(colour in prop::array::uniform3(0u8..=255)) {
            let colour = colour.map(f32::from);
            let found = invert(&shaded(colour, 300, 1.6)).unwrap();
            for (got, truth) in found.colour.into_iter().zip(colour) {
                prop_assert!((got - truth).abs() <= 1.5, "{found:?} of {colour:?}");
            }
        }

        #[test]
        fn a_colour_laid_over_another_comes_back(colour in prop::array::uniform3(0u8..=255), under: [u8; 3]) {
            let colour = colour.map(f32::from);
            let mut evidence = shaded(colour, 300, 1.0);
            for pixel in &mut evidence {
                let cover = pixel.tinting.gain[0];
                pixel.tinting.offset = under.map(|under| (1.0 - cover) * f32::from(under));
                pixel.value = pixel.tinting.shown(colour).map(f32::round);
            }
            let found = invert(&evidence).unwrap();
            for (got, truth) in found.colour.into_iter().zip(colour) {
                prop_assert!((got - truth).abs() <= 1.0, "{found:?} of {colour:?} over {under:?}");
            }
        }

        #[test]
        fn what_is_cut_off_at_black_does_not_lighten_it(colour in prop::array::uniform3(90u8..=255)) {
            let colour = colour.map(f32::from);
            let mut evidence = shaded(colour, 300, 1.0);
            for pixel in &mut evidence {
                pixel.tinting.offset = [-60.0; 3];
                pixel.value = pixel.tinting.shown(colour).map(f32::round);
            }
            let found = invert(&evidence).unwrap();
            for (got, truth) in found.colour.into_iter().zip(colour) {
                prop_assert!((got - truth).abs() <= 1.5, "{found:?} of {colour:?}");
            }
        }

        #[test]
        fn an_item_over_two_fifths_does_not_change_it(
            colour in prop::array::uniform3(40u8..=255),
            item in prop::array::uniform3(0u8..=255),
        ) {
            let colour = colour.map(f32::from);
            let mut evidence = shaded(colour, 300, 1.0);
            for pixel in &mut evidence[..120] {
                pixel.value = item.map(f32::from);
            }
            let found = invert(&evidence).unwrap();
            for (got, truth) in found.colour.into_iter().zip(colour) {
                prop_assert!((got - truth).abs() <= 3.0, "{found:?} of {colour:?} under {item:?}");
            }
        }
    }

    #[test]
    fn nothing_seen_is_no_colour() {
        assert_eq!(invert(&[]), None);
    }
}

//! Which of an icon's pixels take a dye, and what a dye makes of them.
//!
//! An icon does not say so. But what the game dyes is one part of an item, painted in shades of one hue, and the
//! rest keeps its paint: so the hue that most of the icon's colour has is taken for the dye's. A dyed pixel keeps
//! its shade: the dye times how much lighter the pixel is than its part on the average.

use serde::{Deserialize, Serialize};

/// Saturation from which a pixel has a hue to speak of.
const COLOURED: f32 = 0.25;
/// Degrees from the part's hue within which a pixel belongs to it.
const NEAR_DEGREES: f32 = 30.0;
/// Degrees a step of the histogram that tells the hue.
const STEP_DEGREES: usize = 10;
const STEPS: usize = 360 / STEP_DEGREES;
/// Share of an icon that takes the dye at least: less is a detail that looks alike in any dye.
const LEAST_SHARE: f32 = 0.1;

/// The part of an icon that would take a dye.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(in crate::items) struct Dyeing {
    /// In degrees.
    hue: f32,
    /// Its mean luminance, 0 to 255.
    mean: f32,
}

impl Dyeing {
    /// Of an icon's opaque pixels; `None` where too few have a common hue.
    pub(super) fn of(pixels: impl Iterator<Item = [u8; 3]> + Clone) -> Option<Self> {
        let mut weights = [0.0; STEPS];
        for (hue, colour) in pixels.clone().filter_map(hue_of) {
            weights[(hue / STEP_DEGREES as f32) as usize % STEPS] += colour;
        }
        // A hue on the border of two steps counts in both.
        let about = |at: usize| weights[(at + STEPS - 1) % STEPS] + weights[at] + weights[(at + 1) % STEPS];
        let most = (0..STEPS).max_by(|left, right| about(*left).total_cmp(&about(*right)))?;
        let part = Self { hue: (most as f32 + 0.5) * STEP_DEGREES as f32, mean: 1.0 };
        let (mut all, mut own, mut sum) = (0.0, 0.0, 0.0);
        for pixel in pixels {
            all += 1.0;
            if let Some(luminance) = part.shade(pixel) {
                own += 1.0;
                sum += luminance;
            }
        }
        (own > LEAST_SHARE * all && sum > 0.0).then(|| Self { mean: sum / own, ..part })
    }

    /// How much of the dye a pixel shows, about 1; `None` where it keeps its paint.
    pub(in crate::items) fn shade(self, pixel: [u8; 3]) -> Option<f32> {
        let (hue, _) = hue_of(pixel)?;
        let apart = (hue - self.hue).abs();
        (apart.min(360.0 - apart) <= NEAR_DEGREES).then(|| luminance(pixel) / self.mean)
    }

    /// A pixel under a dye.
    pub(super) fn dyed(self, pixel: [u8; 3], dye: [u8; 3]) -> [u8; 3] {
        self.shade(pixel).map_or(pixel, |shade| shaded(dye, shade))
    }
}

/// So much of a dye. What would be too bright is as bright as it can be, of the same hue.
pub(in crate::items) fn shaded(dye: [u8; 3], shade: f32) -> [u8; 3] {
    let brightest = dye.into_iter().fold(1, u8::max);
    let shade = shade.min(255.0 / f32::from(brightest));
    dye.map(|channel| (f32::from(channel) * shade).round() as u8)
}

fn luminance([red, green, blue]: [u8; 3]) -> f32 {
    0.299 * f32::from(red) + 0.587 * f32::from(green) + 0.114 * f32::from(blue)
}

/// The hue of a pixel, 0 to 360 degrees, and how colourful the pixel is; `None` for a greyish one.
fn hue_of(pixel: [u8; 3]) -> Option<(f32, f32)> {
    let [red, green, blue] = pixel.map(f32::from);
    let (most, least) = (red.max(green).max(blue), red.min(green).min(blue));
    let span = most - least;
    if span <= COLOURED * most {
        return None;
    }
    let sixth = if red >= green && red >= blue {
        ((green - blue) / span).rem_euclid(6.0)
    } else if green >= blue {
        (blue - red) / span + 2.0
    } else {
        (red - green) / span + 4.0
    };
    Some((60.0 * sixth, span))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commonest_hue_takes_the_dye_and_the_rest_keeps_its_paint() {
        // Two shades of red about hue 0, white, black, and less blue.
        let red = [[220u8, 30, 20], [110, 12, 20]];
        let kept = [[250u8, 245, 250], [12, 12, 12], [30, 60, 210]];
        let pixels: Vec<[u8; 3]> =
            red.iter().flat_map(|own| [*own; 30]).chain(kept.iter().flat_map(|own| [*own; 15])).collect();
        let dyeing = Dyeing::of(pixels.iter().copied()).unwrap();
        let [light, dark] = red.map(|own| dyeing.shade(own).unwrap());
        assert!((light + dark - 2.0).abs() < 1e-3 && light > 1.7 * dark, "{light} {dark}");
        for own in kept {
            assert_eq!(dyeing.dyed(own, [0, 200, 100]), own);
        }
        let [_, green, blue] = dyeing.dyed(red[1], [0, 200, 100]);
        assert!(green.abs_diff((200.0 * dark) as u8) <= 1 && blue.abs_diff((100.0 * dark) as u8) <= 1);
    }

    #[test]
    fn grey_icons_take_no_dye() {
        let grey = (0..100u8).map(|at| [100 + at, 105 + at, 98 + at]);
        assert_eq!(Dyeing::of(grey.clone()), None);
        // Nor does a detail of them.
        assert_eq!(Dyeing::of(grey.chain([[250, 20, 10]; 5])), None);
        assert_eq!(Dyeing::of(std::iter::empty()), None);
    }

    #[test]
    fn light_shades_keep_the_hue_of_the_dye() {
        assert_eq!(shaded([200, 40, 100], 2.0), [255, 51, 128]);
        assert_eq!(shaded([200, 40, 100], 0.5), [100, 20, 50]);
        assert_eq!(shaded([0, 0, 0], 1.5), [0, 0, 0]);
    }
}

//! Colours as the eye sees them.
//!
//! Whether two colours "are the same" is a question about people, not about numbers: equal steps
//! of sRGB are far apart in the dark greens and invisible in the light yellows. Every comparison of
//! colours is therefore made in CIE L*a*b* under D65, and every error is reported as CIEDE2000,
//! where 1 is a just noticeable difference and 5 is plainly another shade.

use lorgnon_look::Colour;

/// A colour in CIE 1976 L*a*b*, white point D65.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lab {
    /// Lightness, 0 to 100.
    pub lightness: f32,
    /// Green (negative) to red (positive).
    pub a: f32,
    /// Blue (negative) to yellow (positive).
    pub b: f32,
}

/// XYZ of the D65 white, with Y = 1.
const WHITE: [f64; 3] = [0.950_47, 1.0, 1.088_83];

/// The sRGB transfer curve undone: a channel 0 to 1 to linear light 0 to 1 (IEC 61966-2-1).
fn linear(channel: f64) -> f64 {
    if channel <= 0.040_45 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) }
}

/// The cube root of CIE L*a*b*, with its straight piece near black.
fn lab_curve(value: f64) -> f64 {
    if value > 216.0 / 24_389.0 { value.cbrt() } else { (24_389.0 / 27.0 * value + 16.0) / 116.0 }
}

#[expect(clippy::cast_possible_truncation, reason = "L*a*b* needs no more than f32")]
fn lab_of(srgb: [f64; 3]) -> Lab {
    let [red, green, blue] = srgb.map(linear);
    let x = 0.412_456_4 * red + 0.357_576_1 * green + 0.180_437_5 * blue;
    let y = 0.212_672_9 * red + 0.715_152_2 * green + 0.072_175_0 * blue;
    let z = 0.019_333_9 * red + 0.119_192_0 * green + 0.950_304_1 * blue;
    let [x, y, z] = [lab_curve(x / WHITE[0]), lab_curve(y / WHITE[1]), lab_curve(z / WHITE[2])];
    Lab { lightness: (116.0 * y - 16.0) as f32, a: (500.0 * (x - y)) as f32, b: (200.0 * (y - z)) as f32 }
}

impl From<Colour> for Lab {
    fn from(colour: Colour) -> Self {
        lab_of(colour.channels().map(|channel| f64::from(channel) / 255.0))
    }
}

impl Lab {
    /// From gamma-encoded sRGB channels, 0 to 255; values outside are clipped.
    #[must_use]
    pub fn from_srgb(channels: [f32; 3]) -> Self {
        lab_of(channels.map(|channel| f64::from(channel.clamp(0.0, 255.0)) / 255.0))
    }

    /// Euclidean distance, CIE 1976: cheap, for searches whose answer is judged otherwise.
    #[must_use]
    pub fn distance(self, other: Self) -> f32 {
        let (l, a, b) = (self.lightness - other.lightness, self.a - other.a, self.b - other.b);
        (l * l + a * a + b * b).sqrt()
    }

    /// The CIEDE2000 difference, with all parametric factors 1.
    ///
    /// Sharma, Wu, Dalal: "The CIEDE2000 color-difference formula: implementation notes,
    /// supplementary test data, and mathematical observations", 2005.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "a difference needs no more than f32")]
    pub fn ciede2000(self, other: Self) -> f32 {
        let [l1, a1, b1] = [self.lightness, self.a, self.b].map(f64::from);
        let [l2, a2, b2] = [other.lightness, other.a, other.b].map(f64::from);
        let chroma_mean = f64::midpoint(a1.hypot(b1), a2.hypot(b2));
        let power = |chroma: f64| {
            let seventh = chroma.powi(7);
            (seventh / (seventh + 25f64.powi(7))).sqrt()
        };
        let stretch = 1.5 - 0.5 * power(chroma_mean);
        let (a1, a2) = (stretch * a1, stretch * a2);
        let (c1, c2) = (a1.hypot(b1), a2.hypot(b2));
        // `atan2(0, 0)` is 0, as the paper asks of a colour without hue.
        let hue = |a: f64, b: f64| b.atan2(a).to_degrees().rem_euclid(360.0);
        let (h1, h2) = (hue(a1, b1), hue(a2, b2));
        let grey = c1 * c2 <= 0.0;

        let hue_step = if grey {
            0.0
        } else if h2 - h1 > 180.0 {
            h2 - h1 - 360.0
        } else if h2 - h1 < -180.0 {
            h2 - h1 + 360.0
        } else {
            h2 - h1
        };
        let lightness_step = l2 - l1;
        let chroma_step = c2 - c1;
        let hue_distance = 2.0 * (c1 * c2).sqrt() * (hue_step / 2.0).to_radians().sin();

        let lightness_mean = f64::midpoint(l1, l2);
        let chroma_mean = f64::midpoint(c1, c2);
        let hue_mean = if grey {
            h1 + h2
        } else if (h1 - h2).abs() <= 180.0 {
            f64::midpoint(h1, h2)
        } else if h1 + h2 < 360.0 {
            (h1 + h2 + 360.0) / 2.0
        } else {
            (h1 + h2 - 360.0) / 2.0
        };
        let cosine = |degrees: f64| degrees.to_radians().cos();
        let t = 1.0 - 0.17 * cosine(hue_mean - 30.0)
            + 0.24 * cosine(2.0 * hue_mean)
            + 0.32 * cosine(3.0 * hue_mean + 6.0)
            - 0.20 * cosine(4.0 * hue_mean - 63.0);
        let turn = 30.0 * (-((hue_mean - 275.0) / 25.0).powi(2)).exp();
        let off_middle = (lightness_mean - 50.0).powi(2);
        let lightness_scale = 1.0 + 0.015 * off_middle / (20.0 + off_middle).sqrt();
        let chroma_scale = 1.0 + 0.045 * chroma_mean;
        let hue_scale = 1.0 + 0.015 * chroma_mean * t;
        let rotation = -(2.0 * turn).to_radians().sin() * 2.0 * power(chroma_mean);

        let lightness_term = lightness_step / lightness_scale;
        let chroma_term = chroma_step / chroma_scale;
        let hue_term = hue_distance / hue_scale;
        let square = lightness_term.powi(2)
            + chroma_term.powi(2)
            + hue_term.powi(2)
            + rotation * chroma_term * hue_term;
        square.max(0.0).sqrt() as f32
    }
}

/// The CIEDE2000 difference of two colour codes: 1 is just noticeable, 5 another shade.
#[must_use]
pub fn ciede2000(first: Colour, second: Colour) -> f32 {
    Lab::from(first).ciede2000(Lab::from(second))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The 34 pairs published with the paper: L1, a1, b1, L2, a2, b2, difference.
    const SHARMA: [[f32; 7]; 34] = [
        [50.0, 2.6772, -79.7751, 50.0, 0.0, -82.7485, 2.0425],
        [50.0, 3.1571, -77.2803, 50.0, 0.0, -82.7485, 2.8615],
        [50.0, 2.8361, -74.0200, 50.0, 0.0, -82.7485, 3.4412],
        [50.0, -1.3802, -84.2814, 50.0, 0.0, -82.7485, 1.0000],
        [50.0, -1.1848, -84.8006, 50.0, 0.0, -82.7485, 1.0000],
        [50.0, -0.9009, -85.5211, 50.0, 0.0, -82.7485, 1.0000],
        [50.0, 0.0, 0.0, 50.0, -1.0, 2.0, 2.3669],
        [50.0, -1.0, 2.0, 50.0, 0.0, 0.0, 2.3669],
        [50.0, 2.4900, -0.0010, 50.0, -2.4900, 0.0009, 7.1792],
        [50.0, 2.4900, -0.0010, 50.0, -2.4900, 0.0010, 7.1792],
        [50.0, 2.4900, -0.0010, 50.0, -2.4900, 0.0011, 7.2195],
        [50.0, 2.4900, -0.0010, 50.0, -2.4900, 0.0012, 7.2195],
        [50.0, -0.0010, 2.4900, 50.0, 0.0009, -2.4900, 4.8045],
        [50.0, -0.0010, 2.4900, 50.0, 0.0010, -2.4900, 4.8045],
        [50.0, -0.0010, 2.4900, 50.0, 0.0011, -2.4900, 4.7461],
        [50.0, 2.5, 0.0, 50.0, 0.0, -2.5, 4.3065],
        [50.0, 2.5, 0.0, 73.0, 25.0, -18.0, 27.1492],
        [50.0, 2.5, 0.0, 61.0, -5.0, 29.0, 22.8977],
        [50.0, 2.5, 0.0, 56.0, -27.0, -3.0, 31.9030],
        [50.0, 2.5, 0.0, 58.0, 24.0, 15.0, 19.4535],
        [50.0, 2.5, 0.0, 50.0, 3.1736, 0.5854, 1.0000],
        [50.0, 2.5, 0.0, 50.0, 3.2972, 0.0, 1.0000],
        [50.0, 2.5, 0.0, 50.0, 1.8634, 0.5757, 1.0000],
        [50.0, 2.5, 0.0, 50.0, 3.2592, 0.3350, 1.0000],
        [60.2574, -34.0099, 36.2677, 60.4626, -34.1751, 39.4387, 1.2644],
        [63.0109, -31.0961, -5.8663, 62.8187, -29.7946, -4.0864, 1.2630],
        [61.2901, 3.7196, -5.3901, 61.4292, 2.2480, -4.9620, 1.8731],
        [35.0831, -44.1164, 3.7933, 35.0232, -40.0716, 1.5901, 1.8645],
        [22.7233, 20.0904, -46.6940, 23.0331, 14.9730, -42.5619, 2.0373],
        [36.4612, 47.8580, 18.3852, 36.2715, 50.5065, 21.2231, 1.4146],
        [90.8027, -2.0831, 1.4410, 91.1528, -1.6435, 0.0447, 1.4441],
        [90.9257, -0.5406, -0.9208, 88.6381, -0.8985, -0.7239, 1.5381],
        [6.7747, -0.2908, -2.4247, 5.8714, -0.0985, -2.2286, 0.6377],
        [2.0776, 0.0795, -1.1350, 0.9033, -0.0636, -0.5514, 0.9082],
    ];

    #[test]
    fn the_published_pairs_come_out_as_published() {
        for [l1, a1, b1, l2, a2, b2, expected] in SHARMA {
            let (first, second) = (Lab { lightness: l1, a: a1, b: b1 }, Lab { lightness: l2, a: a2, b: b2 });
            for got in [first.ciede2000(second), second.ciede2000(first)] {
                assert!((got - expected).abs() < 1e-4, "{first:?} {second:?}: {got}, not {expected}");
            }
        }
    }

    #[test]
    fn primaries_have_their_known_lab_values() {
        for (code, expected) in [
            (0xFF_FFFF, [100.0, 0.0, 0.0]),
            (0x00_0000, [0.0, 0.0, 0.0]),
            (0xFF_0000, [53.24, 80.09, 67.20]),
            (0x00_FF00, [87.73, -86.18, 83.18]),
            (0x00_00FF, [32.30, 79.19, -107.86]),
        ] {
            let lab = Lab::from(Colour::from_rgb(code));
            for (got, wanted) in [lab.lightness, lab.a, lab.b].into_iter().zip(expected) {
                assert!((got - wanted).abs() < 0.02, "{code:06X}: {lab:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn a_difference_is_symmetric_and_zero_only_for_equals(one in 0u32..=0xFF_FFFF, other in 0u32..=0xFF_FFFF) {
            let (first, second) = (Colour::from_rgb(one), Colour::from_rgb(other));
            let difference = ciede2000(first, second);
            prop_assert!(difference.is_finite());
            prop_assert!((difference - ciede2000(second, first)).abs() < 1e-3);
            prop_assert_eq!(difference < 1e-6, one == other);
        }
    }
}

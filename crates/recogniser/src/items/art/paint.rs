//! One pixel of an item's art, and how far a picture's pixel is like it.
//!
//! Most art keeps its paint. Some is dyed with a colour of the wearer's, by the same law as the body:
//! gain times colour. Such art keeps the gain, and each picture is asked for the dye.

use serde::{Deserialize, Serialize};

use super::view::Seen;

/// Differences of a channel at and beyond which pixels are not alike.
const TOLERANCE: f32 = 45.0;
/// Stored steps a unit of gain.
const GAIN_STEPS: f32 = 100.0;
/// Tolerances, wide to narrow, by which a dye is sought.
const DYE_TOLERANCES: [f32; 2] = [90.0, 60.0];

/// The paint of a pixel of art.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Paint {
    /// Always this.
    Fixed([u8; 3]),
    /// This much of the dye, in hundredths.
    Dyed(u8),
}

impl Paint {
    pub(super) fn dyed(gain: f32) -> Self {
        Self::Dyed((gain * GAIN_STEPS).round().clamp(0.0, 255.0) as u8)
    }

    /// The art that a picture's pixel would be: as it is or, where art is dyed, under a white dye.
    pub(super) fn shown([red, green, blue, _]: [f32; 4], is_dyed: bool) -> Self {
        if is_dyed { Self::dyed(red.max(green).max(blue) / 255.0) } else { Self::fixed([red, green, blue]) }
    }

    pub(super) fn fixed(paint: [f32; 3]) -> Self {
        Self::Fixed(paint.map(|channel| channel.round().clamp(0.0, 255.0) as u8))
    }

    pub(super) fn is_dyed(self) -> bool {
        matches!(self, Self::Dyed(_))
    }

    /// How far a pixel shows this art under a dye, 0 to 1.
    pub(super) fn likeness(self, shown: [f32; 4], dye: Dye) -> f32 {
        let (expected, strictness) = match self {
            Self::Fixed(paint) => (paint.map(f32::from), 1.0),
            Self::Dyed(gain) => {
                let gain = f32::from(gain) / GAIN_STEPS;
                (dye.colour.map(|channel| (gain * channel).min(255.0)), dye.strictness)
            }
        };
        let apart = apart(shown, expected) * strictness;
        (1.0 - (apart / TOLERANCE).powi(2)).max(0.0) * shown[3]
    }
}

/// How far a pixel shows a paint that is no dye's, 0 to 1.
pub(super) fn likeness(shown: [f32; 4], expected: [f32; 3]) -> f32 {
    (1.0 - (apart(shown, expected) / TOLERANCE).powi(2)).max(0.0) * shown[3]
}

/// The difference of the channel that differs most.
fn apart(shown: [f32; 4], expected: [f32; 3]) -> f32 {
    (0..3).map(|at| (shown[at] - expected[at]).abs()).fold(0.0, f32::max)
}

/// A pixel of art and where it is, in view pixels.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct ArtPixel {
    pub(super) x: u8,
    pub(super) y: u8,
    pub(super) paint: Paint,
}

impl ArtPixel {
    pub(super) fn place(self, right: isize, down: isize) -> usize {
        Seen::place(usize::from(self.x), usize::from(self.y), right, down)
    }
}

/// The colour that dyes art in one picture.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Dye {
    colour: [f32; 3],
    /// A dark dye makes everything dark alike: differences count for more.
    strictness: f32,
}

impl Dye {
    pub(super) fn new(colour: [f32; 3]) -> Self {
        let brightest = colour.into_iter().fold(0.0, f32::max);
        Self { colour, strictness: (230.0 / (30.0 + brightest)).clamp(1.0, 3.0) }
    }

    /// How much of itself the dye's colour is in a picture's pixel: the gain there.
    pub(super) fn gain_of(self, shown: [f32; 4]) -> f32 {
        let product: f32 = (0..3).map(|at| self.colour[at] * shown[at]).sum();
        product / (self.colour.iter().map(|channel| channel * channel).sum::<f32>() + 1.0)
    }

    /// The dye under which moved art is likest to what is seen: least squares, then twice again over
    /// what agrees.
    pub(super) fn solve<'a>(
        art: impl Iterator<Item = (&'a ArtPixel, f32)> + Clone,
        seen: &Seen,
        (right, down): (isize, isize),
    ) -> Self {
        let fit = |before: Option<([f32; 3], f32)>| {
            let (mut sum, mut squares) = ([0f32; 3], 0f32);
            for (pixel, weight) in art.clone() {
                let Paint::Dyed(gain) = pixel.paint else { continue };
                let gain = f32::from(gain) / GAIN_STEPS;
                let shown = seen.paint(pixel.place(right, down));
                let mut weight = weight * shown[3];
                if let Some((dye, tolerance)) = before {
                    let apart =
                        (0..3).map(|at| (shown[at] - (gain * dye[at]).min(255.0)).abs()).fold(0.0, f32::max);
                    weight *= (1.0 - (apart / tolerance).powi(2)).max(1e-4);
                }
                squares += weight * gain * gain;
                for (sum, shown) in sum.iter_mut().zip(shown) {
                    *sum += weight * gain * shown;
                }
            }
            if squares > 1e-3 { sum.map(|sum| sum / squares) } else { [0.0; 3] }
        };
        Self::new(DYE_TOLERANCES.iter().fold(fit(None), |dye, tolerance| fit(Some((dye, *tolerance)))))
    }
}

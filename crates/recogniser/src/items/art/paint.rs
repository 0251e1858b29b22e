//! One pixel of an item's art, and how far a picture's pixel is like it.
//!
//! Most art keeps its paint. Some is dyed with a colour of the wearer's, by the same law as the body:
//! gain times colour. Such art keeps the gain, and each picture is asked for the dye.

use serde::{Deserialize, Serialize};

use super::search::{Offset, greater, greatest};
use super::seen::{Layout, Seen};

/// Differences of a channel at and beyond which pixels are not alike.
pub(super) const TOLERANCE: f32 = 45.0;
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
    pub(super) fn place(self, offset: Offset) -> usize {
        Seen::moved(Seen::place(usize::from(self.x), usize::from(self.y)), offset)
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
        Self { colour, strictness: strictness(colour.into_iter().fold(0.0, f32::max)) }
    }

    /// How much of itself the dye's colour is in a picture's pixel: the gain there.
    pub(super) fn gain_of(self, shown: [f32; 4]) -> f32 {
        let product: f32 = (0..3).map(|at| self.colour[at] * shown[at]).sum();
        product / (self.colour.iter().map(|channel| channel * channel).sum::<f32>() + 1.0)
    }

    /// The dye under which moved art is likest to what is seen.
    pub(super) fn solve(art: impl Iterator<Item = (ArtPixel, f32)>, seen: &Seen, offset: Offset) -> Self {
        let gains: Vec<Gain> = art
            .filter(|(pixel, _)| pixel.paint.is_dyed())
            .map(|(pixel, weight)| Gain::new(pixel, weight))
            .collect();
        let layout = Layout::Near;
        let dyes = Dyes::<1>::solve(&gains, seen.rows(layout), layout, layout.distance(offset));
        Self { colour: dyes.colours.map(|[channel]| channel), strictness: dyes.strictness[0] }
    }
}

/// How differences count under a dye whose brightest channel is this.
fn strictness(brightest: f32) -> f32 {
    (230.0 / (30.0 + brightest)).clamp(1.0, 3.0)
}

/// A dyed pixel of art.
pub(super) struct Gain {
    pub(super) places: [usize; 2],
    /// How much of the dye it shows; 0 for a pixel that is not dyed.
    pub(super) gain: f32,
    weight: f32,
}

impl Gain {
    pub(super) fn new(pixel: ArtPixel, weight: f32) -> Self {
        let gain = match pixel.paint {
            Paint::Fixed(_) => 0.0,
            Paint::Dyed(gain) => f32::from(gain) / GAIN_STEPS,
        };
        Self { places: Seen::places(usize::from(pixel.x), usize::from(pixel.y)), gain, weight }
    }
}

/// The dyes at some places side by side.
pub(super) struct Dyes<const COUNT: usize> {
    colours: [[f32; COUNT]; 3],
    pub(super) strictness: [f32; COUNT],
}

impl<const COUNT: usize> Dyes<COUNT> {
    /// Where nobody asks for them: everything shows dyed art.
    pub(super) fn none() -> Self {
        Self { colours: [[0.0; COUNT]; 3], strictness: [0.0; COUNT] }
    }

    /// The dye at each place under which moved art is likest to what is seen: least squares, then twice again
    /// over what agrees.
    #[inline(always)]
    pub(super) fn solve(art: &[Gain], rows: &[f32], layout: Layout, moved: isize) -> Self {
        let mut dyes = Self::none();
        for tolerance in std::iter::once(None).chain(DYE_TOLERANCES.map(Some)) {
            dyes.colours = dyes.fitted(tolerance, art, rows, layout, moved);
        }
        for lane in 0..COUNT {
            let brightest = greatest(dyes.colours[0][lane], dyes.colours[1][lane], dyes.colours[2][lane]);
            dyes.strictness[lane] = strictness(brightest);
        }
        dyes
    }

    #[inline(always)]
    fn fitted(
        &self,
        tolerance: Option<f32>,
        art: &[Gain],
        rows: &[f32],
        layout: Layout,
        moved: isize,
    ) -> [[f32; COUNT]; 3] {
        let (mut sums, mut squares) = ([[0.0; COUNT]; 3], [0.0; COUNT]);
        for pixel in art {
            let place = pixel.places[layout as usize].wrapping_add_signed(moved);
            let Some([red, green, blue, shown, _]) = Seen::lanes::<COUNT>(rows, place) else { continue };
            for lane in 0..COUNT {
                let seen = [red[lane], green[lane], blue[lane]];
                let mut weight = pixel.weight * shown[lane] * pixel.gain;
                if let Some(tolerance) = tolerance {
                    let apart = self.apart(pixel.gain, lane, seen) * (1.0 / tolerance);
                    weight *= greater(1.0 - apart * apart, 1e-4);
                }
                squares[lane] += weight * pixel.gain;
                for channel in 0..3 {
                    sums[channel][lane] += weight * seen[channel];
                }
            }
        }
        for sum in &mut sums {
            for lane in 0..COUNT {
                sum[lane] = if squares[lane] > 1e-3 { sum[lane] / squares[lane] } else { 0.0 };
            }
        }
        sums
    }

    /// The difference of the channel that differs most from so much of a place's dye.
    #[inline(always)]
    pub(super) fn apart(&self, gain: f32, lane: usize, seen: [f32; 3]) -> f32 {
        let apart = |channel: usize| {
            let dyed = gain * self.colours[channel][lane];
            (seen[channel] - if dyed < 255.0 { dyed } else { 255.0 }).abs()
        };
        greatest(apart(0), apart(1), apart(2))
    }
}

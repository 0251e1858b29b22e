//! Moves art over a view until the two agree.

use super::paint::ArtPixel;
use super::search::{Asked, Offset, Weight};
use super::seen::{REACH, Seen};

/// At least this share of the art must be free of the body: the rest cannot speak for a place.
const LEAST_FREE: f32 = 0.35;
/// What the farthest move costs, so that equal places are told apart by the nearest.
const MOVING: f32 = 0.05;
/// Pixels that are asked where the art lies; more say the same.
const ASKED: usize = 160;

/// Art whose pixels count differently.
pub(super) struct Weighted {
    pixels: Asked,
    total: f32,
}

impl Weighted {
    /// Pixels of weight 0 are left out, and those beyond [`ASKED`] evenly.
    pub(super) fn new(pixels: impl Iterator<Item = (ArtPixel, f32)>) -> Self {
        let all: Vec<_> = pixels.filter(|(_, weight)| *weight > 0.05).collect();
        let every = all.len().div_ceil(ASKED).max(1);
        let asked = || all.iter().step_by(every);
        let total: f32 = asked().map(|(_, weight)| weight).sum();
        let dyed: f32 = asked().filter(|(pixel, _)| pixel.paint.is_dyed()).map(|pixel| pixel.1).sum();
        let weighted =
            asked().map(|(pixel, weight)| (*pixel, Weight { alike: *weight, body: *weight, dye: *weight }));
        Self { pixels: Asked::new(weighted, dyed > 0.1 * total), total }
    }

    /// Where the art is likest to what is seen, and how alike they are there, about 0 to 1.
    pub(super) fn register(&self, seen: &Seen) -> (f32, Offset) {
        if self.total <= 0.0 {
            return (0.0, (0, 0));
        }
        self.pixels.likeliest(seen, REACH, |said, (right, down)| {
            let free = (self.total - said.body).max(LEAST_FREE * self.total);
            said.alike / free - MOVING * (right.abs() + down.abs()) as f32 / REACH as f32
        })
    }
}

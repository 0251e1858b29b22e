//! Moves art over a view until the two agree.

use super::paint::{ArtPixel, Dye};
use super::view::{REACH, Seen};

/// At least this share of the art must be free of the body: the rest cannot speak for a place.
const LEAST_FREE: f32 = 0.35;
/// What the farthest move costs, so that equal places are told apart by the nearest.
const MOVING: f32 = 0.05;
/// Pixels that are asked where the art lies; more say the same.
const ASKED: usize = 160;

/// Art whose pixels count differently.
pub(super) struct Weighted {
    pixels: Vec<(ArtPixel, f32)>,
    total: f32,
    is_dyed: bool,
}

impl Weighted {
    /// Pixels of weight 0 are left out, and those beyond [`ASKED`] evenly.
    pub(super) fn new(pixels: impl Iterator<Item = (ArtPixel, f32)>) -> Self {
        let all: Vec<_> = pixels.filter(|(_, weight)| *weight > 0.05).collect();
        let every = all.len().div_ceil(ASKED).max(1);
        let pixels: Vec<_> = all.into_iter().step_by(every).collect();
        let total: f32 = pixels.iter().map(|(_, weight)| weight).sum();
        let dyed: f32 = pixels.iter().filter(|(pixel, _)| pixel.paint.is_dyed()).map(|pixel| pixel.1).sum();
        Self { total, is_dyed: dyed > 0.1 * total, pixels }
    }

    /// Where the art is likest to what is seen, and how alike they are there, about 0 to 1.
    pub(super) fn register(&self, seen: &Seen) -> (f32, (isize, isize)) {
        if self.pixels.is_empty() {
            return (0.0, (0, 0));
        }
        likeliest(REACH, |offset| self.agreement(seen, offset))
    }

    fn agreement(&self, seen: &Seen, (right, down): (isize, isize)) -> f32 {
        let dye = if self.is_dyed {
            Dye::solve(self.pixels.iter().map(|(pixel, weight)| (pixel, *weight)), seen, (right, down))
        } else {
            Dye::default()
        };
        let (mut alike, mut free) = (0.0, 0.0);
        for (pixel, weight) in &self.pixels {
            let place = pixel.place(right, down);
            alike += weight * pixel.paint.likeness(seen.paint(place), dye);
            free += weight * (1.0 - seen.body(place));
        }
        alike / free.max(LEAST_FREE * self.total) - MOVING * (right.abs() + down.abs()) as f32 / REACH as f32
    }
}

/// The offset within `reach` of the highest score: every second one, then those about the best.
pub(super) fn likeliest(reach: usize, score: impl Fn((isize, isize)) -> f32) -> (f32, (isize, isize)) {
    let reach = reach as isize;
    let mut best = (f32::NEG_INFINITY, (0, 0));
    let ask = |offset: (isize, isize), best: &mut (f32, (isize, isize))| {
        let score = score(offset);
        if score > best.0 {
            *best = (score, offset);
        }
    };
    let first = -(reach - reach % 2);
    for down in (first..=reach).step_by(2) {
        for right in (first..=reach).step_by(2) {
            ask((right, down), &mut best);
        }
    }
    let (_, (middle_x, middle_y)) = best;
    for down in (middle_y - 1).max(-reach)..=(middle_y + 1).min(reach) {
        for right in (middle_x - 1).max(-reach)..=(middle_x + 1).min(reach) {
            if (right, down) != (middle_x, middle_y) {
                ask((right, down), &mut best);
            }
        }
    }
    best
}

//! The old system's fixed slot boxes.
//!
//! They suppose that the character fills a square canvas; kept for pictures where it was not
//! located, and as features of the built-in encoder. One box differs from the old code: a render
//! faces right and its shield hangs on the *left* of the picture, where the old box never looked.

use lorgnon_look::{Slot, SlotMap};

use crate::{Picture, Rect};

/// The side of the square canvas the boxes are fractions of, in pixels.
pub const CANVAS_SIDE_PX: u32 = 512;

/// Alpha above which a canvas pixel counts as covered.
const COVERED_ABOVE: u8 = 110;
/// A slot is visible from this coverage (share of its box, 0 to 1)...
const LEAST_COVERAGE: f32 = 0.15;
/// ...and this edge density (share of covered pixels, 0 to 1).
const LEAST_EDGE_DENSITY: f32 = 0.06;
/// A pixel is an edge when its luma gradient (0 to 255 scale, central difference) exceeds this.
const EDGE_ABOVE: f32 = 16.0;

/// A slot's box of the 512 x 512 canvas and what is in it.
#[derive(Debug, Clone, PartialEq)]
pub struct SlotCrop {
    /// The part of the canvas.
    pub picture: Picture,
    /// Share of its pixels that are covered, 0 to 1.
    pub coverage: f32,
    /// Share of the covered pixels that are edges, 0 to 1.
    pub edge_density: f32,
}

impl SlotCrop {
    /// Whether there is enough to look at.
    #[must_use]
    pub fn is_visible(&self) -> bool {
        self.coverage >= LEAST_COVERAGE && self.edge_density >= LEAST_EDGE_DENSITY
    }
}

/// A slot's box as fractions of the canvas: x, y, width, height.
#[must_use]
pub fn slot_box(slot: Slot) -> [f32; 4] {
    match slot {
        Slot::Coiffe => [0.34, 0.02, 0.32, 0.22],
        Slot::Cape => [0.28, 0.20, 0.44, 0.50],
        // The old code had x = .60, the side where no shield hangs: mirrored.
        Slot::Bouclier => [0.18, 0.36, 0.22, 0.28],
        Slot::Familier => [0.08, 0.58, 0.28, 0.30],
        Slot::Epauliere => [0.32, 0.18, 0.36, 0.28],
        Slot::Costume => [0.30, 0.32, 0.42, 0.42],
        Slot::Ailes => [0.18, 0.20, 0.64, 0.54],
    }
}

/// Cuts the seven boxes out of a square canvas (see [`Picture::contained_in`] with [`CANVAS_SIDE_PX`];
/// another picture is contained first).
#[must_use]
pub fn slot_crops(canvas: &Picture) -> SlotMap<SlotCrop> {
    let contained;
    let canvas = if (canvas.width(), canvas.height()) == (CANVAS_SIDE_PX, CANVAS_SIDE_PX) {
        canvas
    } else {
        contained = canvas.contained_in(CANVAS_SIDE_PX, CANVAS_SIDE_PX);
        &contained
    };
    SlotMap::from_fn(|slot| {
        let [x, y, width, height] = slot_box(slot).map(|fraction| fraction * CANVAS_SIDE_PX as f32);
        let picture = canvas.cropped(&Rect { x, y, width, height });
        let (coverage, edge_density) = measure(&picture);
        SlotCrop { picture, coverage, edge_density }
    })
}

fn measure(picture: &Picture) -> (f32, f32) {
    // Rec. 601 luma, weighted by alpha, so that the outline of a cut-out is an edge too.
    let luma = |x: u32, y: u32| {
        let [red, green, blue, alpha] = picture.pixel(x, y).map(f32::from);
        (0.299 * red + 0.587 * green + 0.114 * blue) * alpha / 255.0
    };
    let (right, bottom) = (picture.width() - 1, picture.height() - 1);
    let (mut covered, mut edges) = (0u32, 0u32);
    for y in 0..=bottom {
        for x in 0..=right {
            if picture.pixel(x, y)[3] <= COVERED_ABOVE {
                continue;
            }
            covered += 1;
            let across = luma((x + 1).min(right), y) - luma(x.saturating_sub(1), y);
            let down = luma(x, (y + 1).min(bottom)) - luma(x, y.saturating_sub(1));
            if across.hypot(down) / 2.0 > EDGE_ABOVE {
                edges += 1;
            }
        }
    }
    let coverage = covered as f32 / picture.pixels().len() as f32;
    let edge_density = if covered == 0 { 0.0 } else { edges as f32 / covered as f32 };
    (coverage, edge_density)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shield_on_the_left_is_seen() {
        let mut canvas = Picture::filled(CANVAS_SIDE_PX, CANVAS_SIDE_PX, [0; 4]);
        let mut shield = Picture::filled(90, 120, [200, 30, 30, 255]);
        for (index, pixel) in shield.pixels_mut().iter_mut().enumerate() {
            if index % 8 < 4 {
                *pixel = [20, 20, 20, 255];
            }
        }
        for y in 0..120 {
            for x in 0..90 {
                let at = (195 + y) * CANVAS_SIDE_PX + 105 + x;
                canvas.pixels_mut()[at as usize] = shield.pixel(x, y);
            }
        }
        let crops = slot_crops(&canvas);
        assert!(crops[Slot::Bouclier].is_visible());
        assert!(!slot_crops(&canvas.mirrored())[Slot::Bouclier].is_visible());
        assert!(!crops[Slot::Coiffe].is_visible());
    }

    #[test]
    fn plain_fill_covers_but_has_no_edges() {
        let crops = slot_crops(&Picture::filled(100, 100, [50, 60, 70, 255]));
        for (slot, crop) in crops.iter() {
            assert!(crop.coverage > 0.99 && crop.edge_density < 0.01, "{slot}");
            assert!(!crop.is_visible(), "{slot}");
        }
    }
}

//! The eight parts of a character that are turned into vectors.
//!
//! They hang on the character's [`Frame`], not on the canvas: a character that stands elsewhere,
//! smaller or mirrored gives the same crops.

use lorgnon_imaging::{Beyond, Picture, Rect};
use lorgnon_look::{Slot, SlotMap};

use crate::Frame;

/// A region in the character's coordinates, units of body height.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Region {
    /// Left edge, right of the point above the feet.
    pub(crate) u: f32,
    /// Top edge, below the top of the body.
    pub(crate) v: f32,
    /// Width.
    pub(crate) width: f32,
    /// Height.
    pub(crate) height: f32,
}

/// The whole character with room for a hat, wings and a pet.
pub(crate) const WHOLE: Region = Region { u: -0.45, v: -0.20, width: 0.90, height: 1.28 };

/// Where each slot shows on a character that faces right: the old system's boxes moved into the
/// character's frame, the shield put back on its own side.
#[must_use]
pub(crate) fn slot_region(slot: Slot) -> Region {
    let region = |u, v, width, height| Region { u, v, width, height };
    match slot {
        Slot::Coiffe => region(-0.22, -0.20, 0.46, 0.44),
        Slot::Cape => region(-0.36, 0.10, 0.60, 0.72),
        Slot::Bouclier => region(-0.32, 0.32, 0.40, 0.40),
        Slot::Familier => region(-0.48, 0.66, 0.44, 0.42),
        Slot::Epauliere => region(-0.24, 0.16, 0.48, 0.28),
        Slot::Costume => region(-0.26, 0.22, 0.52, 0.60),
        Slot::Ailes => region(-0.45, 0.02, 0.90, 0.66),
    }
}

/// Pixels of the longer side of a crop: enough for every encoder's input, cheap enough to make
/// eight of.
const CROP_SIDE_PX: u32 = 224;

/// Cuts the eight crops of a character: the whole, then one a slot. Mirrored characters are turned
/// back; rotation is undone.
#[must_use]
pub(crate) fn cut(picture: &Picture, frame: &Frame) -> (Picture, SlotMap<Picture>) {
    (
        cut_region(picture, frame, &WHOLE),
        SlotMap::from_fn(|slot| cut_region(picture, frame, &slot_region(slot))),
    )
}

fn cut_region(picture: &Picture, frame: &Frame, region: &Region) -> Picture {
    let longer = region.width.max(region.height);
    let pixels = |side: f32| ((side / longer * CROP_SIDE_PX as f32).round() as u32).max(1);
    let (width, height) = (pixels(region.width), pixels(region.height));
    picture.warp(width, height, Beyond::Clear, |x, y| {
        frame.to_picture(
            region.u + x / width as f32 * region.width,
            region.v + y / height as f32 * region.height,
        )
    })
}

/// The smallest upright rectangle of the picture that holds a region.
#[must_use]
pub(crate) fn picture_bounds(frame: &Frame, region: &Region) -> Rect {
    let corners = [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)]
        .map(|(x, y)| frame.to_picture(region.u + x * region.width, region.v + y * region.height));
    let fold = |pick: fn(&(f32, f32)) -> f32, better: fn(f32, f32) -> f32, start: f32| {
        corners.iter().map(pick).fold(start, better)
    };
    let (left, right) = (fold(|c| c.0, f32::min, f32::MAX), fold(|c| c.0, f32::max, f32::MIN));
    let (top, bottom) = (fold(|c| c.1, f32::min, f32::MAX), fold(|c| c.1, f32::max, f32::MIN));
    Rect { x: left, y: top, width: right - left, height: bottom - top }
}

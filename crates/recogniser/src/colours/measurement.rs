//! What training keeps of one look for the colour maps: its pixels, on the grid.
//!
//! Kept with the look, so that maps can be fitted again from all looks when a few more arrive,
//! without opening a single old picture.

#![expect(clippy::needless_range_loop, reason = "planes are walked channel by channel")]

use std::borrow::Cow;

use lorgnon_imaging::{Foreground, ForegroundKind, Picture};
use lorgnon_look::{COLOUR_COUNT, Colour, Look};
use serde::{Deserialize, Serialize};

use super::grid::{CELLS, COLUMNS, Canvas, ROWS};
use crate::Frame;

/// Raised whenever the grid or the packing changes; other versions are measured again.
const VERSION: u16 = 1;
/// One look's pixels in the character's frame, packed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ColourMeasurement {
    version: u16,
    /// Grid column, row, width and height of the box that holds all pixels.
    bounds: [u16; 4],
    /// Deflated planes (red, green, blue, alpha), each value less the one before.
    packed: Vec<u8>,
}

/// A measurement unpacked: straight RGBA of the whole grid, alpha 0 where there is nothing.
pub(super) type GridPixels = Vec<[u8; 4]>;

impl ColourMeasurement {
    /// Measures a labelled look whose character stands at `frame`.
    ///
    /// `None` when the look has no colours, or nothing of it is inside the picture: such a look has
    /// nothing to teach about colours.
    #[must_use]
    pub fn measure(picture: &Picture, frame: &Frame, look: &Look) -> Option<Self> {
        if known_colours(look).iter().all(Option::is_none) {
            return None;
        }
        // A flat background would be learnt as a fixed part of the class.
        let cut = match picture.foreground(200) {
            Some(Foreground { kind: ForegroundKind::Flat(_), mask, .. }) => {
                let mut cut = picture.clone();
                for (pixel, _) in cut.pixels_mut().iter_mut().zip(mask).filter(|(_, shown)| !shown) {
                    *pixel = [0; 4];
                }
                Cow::Owned(cut)
            }
            Some(Foreground { kind: ForegroundKind::Alpha, .. }) | None => Cow::Borrowed(picture),
        };
        Self::pack(&Canvas::new(&cut, frame).to_grid(frame))
    }

    /// Packs grid pixels; `None` when all are empty.
    pub(super) fn pack(pixels: &[[u8; 4]]) -> Option<Self> {
        let shown = |at: &usize| pixels[*at][3] > 0;
        let columns = (0..COLUMNS).filter(|column| (0..ROWS).any(|row| shown(&(row * COLUMNS + column))));
        let rows = (0..ROWS).filter(|row| (0..COLUMNS).any(|column| shown(&(row * COLUMNS + column))));
        let (left, right) = columns.fold((COLUMNS, 0), |(low, high), at| (low.min(at), high.max(at + 1)));
        let (top, bottom) = rows.fold((ROWS, 0), |(low, high), at| (low.min(at), high.max(at + 1)));
        if left >= right {
            return None;
        }
        let mut planes = Vec::with_capacity(4 * (right - left) * (bottom - top));
        for channel in 0..4 {
            for row in top..bottom {
                let mut before = 0u8;
                for column in left..right {
                    let value = pixels[row * COLUMNS + column][channel];
                    planes.push(value.wrapping_sub(before));
                    before = value;
                }
            }
        }
        let bounds =
            [left, top, right - left, bottom - top].map(|value| u16::try_from(value).unwrap_or(u16::MAX));
        Some(Self { version: VERSION, bounds, packed: miniz_oxide::deflate::compress_to_vec(&planes, 5) })
    }

    /// The pixels, or `None` when they were packed by another version or are damaged.
    pub(super) fn unpack(&self) -> Option<GridPixels> {
        let [left, top, width, height] = self.bounds.map(usize::from);
        if self.version != VERSION || left + width > COLUMNS || top + height > ROWS {
            return None;
        }
        let planes = miniz_oxide::inflate::decompress_to_vec_with_limit(&self.packed, 4 * CELLS).ok()?;
        if planes.len() != 4 * width * height {
            return None;
        }
        let mut pixels = vec![[0u8; 4]; CELLS];
        let mut values = planes.into_iter();
        for channel in 0..4 {
            for row in top..top + height {
                let mut before = 0u8;
                for (column, value) in (left..left + width).zip(&mut values) {
                    before = before.wrapping_add(value);
                    pixels[row * COLUMNS + column][channel] = before;
                }
            }
        }
        Some(pixels)
    }

    /// Whether this program can use it; if not, the look's picture must be measured again.
    #[must_use]
    pub fn is_current(&self) -> bool {
        self.version == VERSION
    }
}

/// The six colours of a look, `None` where the label does not say.
pub(super) fn known_colours(look: &Look) -> [Option<Colour>; COLOUR_COUNT] {
    std::array::from_fn(|slot| look.colours.get(slot).copied().flatten())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn packing_loses_nothing(seed: u64, count in 1usize..200) {
            let mut pixels = vec![[0u8; 4]; CELLS];
            let mut state = seed;
            for _ in 0..count {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let at = (state >> 33) as usize % CELLS;
                let [red, green, blue, ..] = state.to_le_bytes();
                pixels[at] = [red, green, blue, 200];
            }
            let measurement = ColourMeasurement::pack(&pixels).unwrap();
            prop_assert_eq!(measurement.unpack().unwrap(), pixels);
        }
    }

    #[test]
    fn a_look_without_colours_has_nothing_to_teach() {
        let picture = Picture::filled(40, 80, [200, 10, 10, 255]);
        let frame = Frame { centre_x: 20.0, top: 5.0, height: 70.0, mirrored: false, rotation_degrees: 0.0 };
        assert!(ColourMeasurement::measure(&picture, &frame, &Look::default()).is_none());
        let look = Look { colours: vec![Some(Colour::new(200, 10, 10))], ..Look::default() };
        let pixels = ColourMeasurement::measure(&picture, &frame, &look).unwrap().unpack().unwrap();
        assert!(pixels.contains(&[200, 10, 10, 255]));
    }
}

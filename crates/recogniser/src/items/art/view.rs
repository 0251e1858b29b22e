//! What a picture shows about a character's body, small, as it is stored.

use lorgnon_imaging::Picture;
use serde::{Deserialize, Serialize};

use super::seen::Seen;
use crate::items::descriptor::CellBox;
use crate::items::window::{Behind, HEIGHT_PX, WIDTH_PX, there};
use lorgnon_imaging::CELL_STRIDE_PX;

/// Window pixels a view's pixel holds, across and down.
const SHRINK: usize = 2;
/// Pixels of a view that a cell begins after the one before.
pub(in crate::items) const VIEW_PX_A_CELL: usize = CELL_STRIDE_PX / SHRINK;
/// Pixels across a view.
pub(super) const WIDTH: usize = WIDTH_PX as usize / SHRINK;
/// Pixels down a view.
pub(super) const HEIGHT: usize = HEIGHT_PX as usize / SHRINK;
/// Steps of the stored shares.
pub(super) const LEVELS: f32 = 15.0;
/// Bytes of an outline.
const OUTLINE_BYTES: usize = (WIDTH * HEIGHT).div_ceil(8);

/// What is worn in a window, at half its size, as it is stored: some 10 kB.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::items) struct View {
    /// A byte a pixel: how much of it shows what is not the body (high four bits), and the body.
    pub(super) cover: Vec<u8>,
    /// The paint of the pixels that show something, in order.
    pub(super) paint: Vec<[u8; 3]>,
    /// A bit a pixel: whether the body stands there, whatever is seen.
    pub(super) outline: Vec<u8>,
}

impl View {
    /// From a window, the same window with its body left out, and by pixel whether the body stands there.
    pub(in crate::items) fn measure(window: &Picture, without_body: &Picture, outline: &[bool]) -> Self {
        let (mut cover, mut paint) = (Vec::with_capacity(WIDTH * HEIGHT), Vec::new());
        let mut bits = vec![0; OUTLINE_BYTES];
        for y in 0..HEIGHT {
            for x in 0..WIDTH {
                let (mut visible, mut body, mut sum, mut outlined) = (0.0, 0.0, [0.0; 3], 0);
                for part in 0..SHRINK * SHRINK {
                    let (x, y) = (x * SHRINK + part % SHRINK, y * SHRINK + part / SHRINK);
                    let pixel = window.pixel(x as u32, y as u32);
                    let left = f32::from(without_body.pixel(x as u32, y as u32)[3]);
                    outlined += usize::from(outline[y * WIDTH_PX as usize + x]);
                    let worn = left / f32::from(pixel[3].max(1));
                    let seen = there(pixel);
                    visible += seen * worn;
                    body += seen * (1.0 - worn);
                    for (sum, channel) in sum.iter_mut().zip(pixel) {
                        *sum += seen * worn * f32::from(channel);
                    }
                }
                let at = y * WIDTH + x;
                bits[at / 8] |= u8::from(2 * outlined >= SHRINK * SHRINK) << (at % 8);
                let level = |share: f32| (share / (SHRINK * SHRINK) as f32 * LEVELS).round() as u8;
                let (shown, hidden) = (level(visible), level(body));
                cover.push(shown << 4 | hidden.min(LEVELS as u8 - shown));
                if shown > 0 {
                    paint.push(sum.map(|sum| (sum / visible).round() as u8));
                }
            }
        }
        Self { cover, paint, outline: bits }
    }

    /// Whether the lengths are those of this version.
    pub(in crate::items) fn is_whole(&self) -> bool {
        self.cover.len() == WIDTH * HEIGHT
            && self.outline.len() == OUTLINE_BYTES
            && self.paint.len() == self.cover.iter().filter(|cover| **cover >> 4 > 0).count()
    }
}

/// The views of a training look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::items) struct Views {
    cut_out: View,
    /// Before made-up scenery.
    in_scenery: View,
}

impl Views {
    pub(in crate::items) fn new(cut_out: View, in_scenery: View) -> Self {
        Self { cut_out, in_scenery }
    }

    /// Whether the lengths are those of this version.
    pub(in crate::items) fn is_whole(&self) -> bool {
        self.cut_out.is_whole() && self.in_scenery.is_whole()
    }

    /// One of them unpacked.
    pub(in crate::items) fn seen(&self, behind: Behind) -> Seen {
        match behind {
            Behind::Nothing => Seen::new(&self.cut_out, behind),
            Behind::Scenery => Seen::new(&self.in_scenery, behind),
        }
    }
}

/// The pixels of a view in a box of cells and `margin` cells about it, row by row.
pub(super) fn pixels_of(bounds: CellBox, margin: usize) -> Vec<(u8, u8)> {
    let side = VIEW_PX_A_CELL;
    // A cell's features come from the two strides it begins.
    let across = side * bounds.left.saturating_sub(margin)..(side * (bounds.right + 1 + margin)).min(WIDTH);
    let down = side * bounds.top.saturating_sub(margin)..(side * (bounds.bottom + 1 + margin)).min(HEIGHT);
    down.flat_map(|y| across.clone().map(move |x| (x as u8, y as u8))).collect()
}

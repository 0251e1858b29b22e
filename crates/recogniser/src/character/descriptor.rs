//! The description of a body: gradient features of a window around it, at two resolutions.

use std::borrow::Cow;

use lorgnon_imaging::{Beyond, CELL_FEATURES, CELL_STRIDE_PX, GradientGrid, Picture};

use crate::Frame;

/// A picture as templates see it: opaque, since windows of such are cut several times as fast.
///
/// A see-through picture stands before grey, and beyond its border there is nothing else. An opaque one is a
/// cut of something larger: it goes on as it ended, for an edge there would be no evidence.
pub(super) struct Opaque<'a> {
    pub(super) picture: Cow<'a, Picture>,
    pub(super) beyond: Beyond,
}

impl<'a> Opaque<'a> {
    pub(super) fn of(picture: &'a Picture) -> Self {
        if picture.has_alpha() {
            Self { picture: Cow::Owned(picture.over_grey()), beyond: Beyond::Painted(Picture::GREY) }
        } else {
            Self { picture: Cow::Borrowed(picture), beyond: Beyond::Repeated }
        }
    }
}

/// A window of the search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Window {
    /// Body height inside the window.
    pub(super) body_px: usize,
    /// Cells across and down; cells of a window lie [`CELL_STEP`] grid steps apart.
    pub(super) columns: usize,
    pub(super) rows: usize,
    /// Pixels above the body.
    pub(super) head_room_px: usize,
    /// Pixels around a window that its features' normalisation sees.
    pub(super) margin_px: usize,
}

/// The three looks of the search, each with templates of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pass {
    /// Over the whole picture, by templates that stand far from their mark.
    Coarse,
    /// Around each candidate: the coarse window again, by templates that want to stand right.
    Near,
    /// Where those say: tells the classes apart.
    Fine,
}

impl Pass {
    pub(super) const fn window(self) -> Window {
        match self {
            Self::Coarse | Self::Near => COARSE,
            Self::Fine => FINE,
        }
    }
}

/// Grid steps between the cells of a window: cells of a window touch, they do not overlap.
pub(super) const CELL_STEP: usize = 2;

/// Finds candidates.
pub(super) const COARSE: Window = Window { body_px: 64, columns: 7, rows: 10, head_room_px: 8, margin_px: 8 };
/// Tells them apart.
pub(super) const FINE: Window =
    Window { body_px: 128, columns: 14, rows: 20, head_room_px: 16, margin_px: 12 };

impl Window {
    /// Numbers of a description.
    pub(super) const fn dimensions(&self) -> usize {
        self.columns * self.rows * CELL_FEATURES
    }

    pub(super) const fn width_px(&self) -> usize {
        self.columns * CELL_STEP * CELL_STRIDE_PX
    }

    pub(super) const fn height_px(&self) -> usize {
        self.rows * CELL_STEP * CELL_STRIDE_PX
    }

    /// The window with its margin, around a character: the picture that [`Self::describe`] with an
    /// offset of the margin describes. `extra_px` more on each side.
    pub(super) fn cut(&self, shown: &Opaque<'_>, frame: &Frame, extra_px: usize) -> Picture {
        let around = self.margin_px + extra_px;
        let (width, height) = (self.width_px() + 2 * around, self.height_px() + 2 * around);
        let body = self.body_px as f32;
        let middle = width as f32 / 2.0;
        let top = (self.head_room_px + around) as f32;
        shown.picture.warp(width as u32, height as u32, shown.beyond, |x, y| {
            frame.to_picture((x - middle) / body, (y - top) / body)
        })
    }

    /// The description of the window whose first cell stands at a grid position. Appends
    /// [`Self::dimensions`] numbers.
    pub(super) fn describe(&self, grid: &GradientGrid, column: usize, row: usize, to: &mut Vec<f32>) {
        for down in 0..self.rows {
            for across in 0..self.columns {
                to.extend_from_slice(grid.cell(column + across * CELL_STEP, row + down * CELL_STEP));
            }
        }
    }

    /// The description of a cut window without extra border.
    pub(super) fn describe_cut(&self, cut: &Picture, to: &mut Vec<f32>) {
        let margin = self.margin_px / CELL_STRIDE_PX;
        self.describe(&GradientGrid::measure(cut), margin, margin, to);
    }

    /// The description of the mirrored window: columns reversed, orientations too.
    pub(super) fn mirror(&self, description: &[f32]) -> Vec<f32> {
        const ORIENTATIONS: usize = lorgnon_imaging::ORIENTATIONS;
        let mut mirrored = Vec::with_capacity(description.len());
        for row in description.chunks_exact(self.columns * CELL_FEATURES) {
            for cell in row.chunks_exact(CELL_FEATURES).rev() {
                mirrored.extend((0..ORIENTATIONS).map(|bin| cell[(ORIENTATIONS - bin) % ORIENTATIONS]));
                mirrored.extend_from_slice(&cell[ORIENTATIONS..]);
            }
        }
        mirrored
    }
}

/// The largest value of a feature.
const LARGEST: f32 = 0.5;

/// Packs features, 0 to [`LARGEST`], into bytes.
pub(super) fn pack(features: &[f32]) -> Vec<u8> {
    features.iter().map(|value| (value * (255.0 / LARGEST)).round().clamp(0.0, 255.0) as u8).collect()
}

/// Unpacks features.
pub(super) fn unpack(packed: &[u8], to: &mut Vec<f32>) {
    to.extend(packed.iter().map(|value| f32::from(*value) * (LARGEST / 255.0)));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gradient(width: u32, height: u32) -> Picture {
        let pixels = (0..width * height)
            .map(|at| {
                let (x, y) = (at % width, at / width);
                [(x * x / 3 + y * 7) as u8, (y * y / 5) as u8, (x * y / 11) as u8, 255]
            })
            .collect();
        Picture::new(width, height, pixels).unwrap()
    }

    #[test]
    fn windows_have_the_sizes_of_the_method() {
        assert_eq!((FINE.dimensions(), FINE.width_px(), FINE.height_px()), (2800, 112, 160));
        assert_eq!((COARSE.dimensions(), COARSE.width_px(), COARSE.height_px()), (700, 56, 80));
    }

    #[test]
    fn a_mirrored_description_is_the_mirrored_pictures() {
        let side = 2 * FINE.margin_px;
        let cut = gradient((FINE.width_px() + side) as u32, (FINE.height_px() + side) as u32);
        let (mut straight, mut mirrored) = (Vec::new(), Vec::new());
        FINE.describe_cut(&cut, &mut straight);
        FINE.describe_cut(&cut.mirrored(), &mut mirrored);
        let turned = FINE.mirror(&mirrored);
        let apart =
            straight.iter().zip(&turned).map(|(left, right)| (left - right).abs()).fold(0.0, f32::max);
        assert!(apart < 0.02, "{apart}");
        assert_eq!(FINE.mirror(&turned), mirrored);
    }

    #[test]
    fn packing_loses_little() {
        let features: Vec<f32> = (0..=100).map(|step| step as f32 / 200.0).collect();
        let mut back = Vec::new();
        unpack(&pack(&features), &mut back);
        assert!(features.iter().zip(&back).all(|(left, right)| (left - right).abs() <= 0.001));
    }
}

//! Resizing, cropping and warping.
//!
//! Colours are averaged premultiplied by alpha: a see-through pixel has no colour to give.

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};

use multiversion::multiversion;

use crate::{Picture, Rect};

/// What a warp shows beyond the border of its picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beyond {
    /// Nothing: see-through.
    Clear,
    /// The border pixels, repeated.
    Repeated,
}

impl Picture {
    /// The picture at another size: area average downwards, Catmull-Rom upwards. Sides of zero
    /// become one.
    #[must_use]
    pub fn resized(&self, width: u32, height: u32) -> Self {
        let (width, height) = (width.max(1), height.max(1));
        if (width, height) == (self.width(), self.height()) {
            return self.clone();
        }
        let down = width <= self.width() && height <= self.height();
        let filter = if down { FilterType::Box } else { FilterType::CatmullRom };
        let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(filter));
        let mut target = Image::new(width, height, PixelType::U8x4);
        let source =
            ImageRef::new(self.width(), self.height(), self.pixels().as_flattened(), PixelType::U8x4);
        let done = source.is_ok_and(|source| Resizer::new().resize(&source, &mut target, &options).is_ok());
        // Both images have the layout just given to them, which is all the resizer can refuse.
        debug_assert!(done, "a resize of matching layouts");
        let (pixels, _) = target.buffer().as_chunks::<4>();
        Self::new(width, height, pixels.to_vec()).unwrap_or_else(|| Self::filled(width, height, [0; 4]))
    }

    /// The picture made smaller, aspect kept, where a side exceeds these; else as it is.
    #[must_use]
    pub fn fitted_within(&self, width: u32, height: u32) -> Self {
        let scale = (f64::from(width) / f64::from(self.width()))
            .min(f64::from(height) / f64::from(self.height()))
            .min(1.0);
        let side = |side: u32| (f64::from(side) * scale).round() as u32;
        self.resized(side(self.width()), side(self.height()))
    }

    /// The whole picture in the middle of a see-through canvas, as large as fits, aspect kept.
    #[must_use]
    pub fn contained_in(&self, width: u32, height: u32) -> Self {
        let scale =
            (f64::from(width) / f64::from(self.width())).min(f64::from(height) / f64::from(self.height()));
        let side = |side: u32, most: u32| ((f64::from(side) * scale).round() as u32).clamp(1, most);
        let inner = self.resized(side(self.width(), width), side(self.height(), height));
        let (left, top) = ((width - inner.width()) / 2, (height - inner.height()) / 2);
        let mut canvas = Self::filled(width, height, [0; 4]);
        for y in 0..inner.height() {
            let start = (top + y) as usize * width as usize + left as usize;
            canvas.pixels_mut()[start..start + inner.width() as usize].copy_from_slice(inner.row(y));
        }
        canvas
    }

    /// The part inside a rectangle, rounded to whole pixels; what lies outside the picture is
    /// see-through.
    #[must_use]
    pub fn cropped(&self, bounds: &Rect) -> Self {
        let (left, top) = (bounds.x.round() as i64, bounds.y.round() as i64);
        let (width, height) = (bounds.width.round().max(1.0) as u32, bounds.height.round().max(1.0) as u32);
        let mut cropped = Self::filled(width, height, [0; 4]);
        for (row, line) in cropped.pixels_mut().chunks_exact_mut(width as usize).enumerate() {
            let Some(y) = inside(top + row as i64, self.height()) else { continue };
            for (column, pixel) in line.iter_mut().enumerate() {
                if let Some(x) = inside(left + column as i64, self.width()) {
                    *pixel = self.pixel(x, y);
                }
            }
        }
        cropped
    }

    /// Left becomes right.
    #[must_use]
    pub fn mirrored(&self) -> Self {
        let mut mirrored = self.clone();
        let width = self.width() as usize;
        for row in mirrored.pixels_mut().chunks_exact_mut(width) {
            row.reverse();
        }
        mirrored
    }

    /// The picture before a colour, opaque.
    #[must_use]
    pub fn over(&self, colour: [u8; 3]) -> Self {
        let mut flat = self.clone();
        for pixel in flat.pixels_mut() {
            let alpha = u32::from(pixel[3]);
            for (channel, behind) in pixel.iter_mut().zip(colour) {
                let mixed = u32::from(*channel) * alpha + u32::from(behind) * (255 - alpha);
                *channel = ((mixed + 127) / 255) as u8;
            }
            pixel[3] = 255;
        }
        flat
    }

    /// A picture of `width` by `height` that shows, at each target position, what `source` maps it
    /// to; positions are in pixels, centres at halves. `source` must be affine: it is asked for
    /// three points only. Bilinear, from the picture halved until no target pixel spans two of it.
    #[must_use]
    pub fn warp(
        &self,
        width: u32,
        height: u32,
        beyond: Beyond,
        source: impl Fn(f32, f32) -> (f32, f32),
    ) -> Self {
        let (origin, right, below) = (source(0.0, 0.0), source(1.0, 0.0), source(0.0, 1.0));
        let steps = [(right.0 - origin.0, right.1 - origin.1), (below.0 - origin.0, below.1 - origin.1)];
        let scale = steps.iter().map(|step| step.0.hypot(step.1)).fold(0.0, f32::max);
        let halvings = (scale.max(1.0).log2() + 0.3).floor() as u32;
        if halvings == 0 {
            return self.sample_affine(width, height, beyond, origin, steps);
        }
        let shrunk = |side: u32| (side >> halvings.min(31)).max(1);
        let small = self.resized(shrunk(self.width()), shrunk(self.height()));
        let across = small.width() as f32 / self.width() as f32;
        let down = small.height() as f32 / self.height() as f32;
        let shrink = |point: (f32, f32)| (point.0 * across, point.1 * down);
        small.sample_affine(width, height, beyond, shrink(origin), steps.map(shrink))
    }

    fn sample_affine(
        &self,
        width: u32,
        height: u32,
        beyond: Beyond,
        origin: (f32, f32),
        [right, below]: [(f32, f32); 2],
    ) -> Self {
        let mut warped = Self::filled(width, height, [0; 4]);
        let row_length = warped.width() as usize;
        for (row, line) in warped.pixels_mut().chunks_exact_mut(row_length).enumerate() {
            let down = row as f32 + 0.5;
            let start =
                (origin.0 + below.0 * down + right.0 * 0.5, origin.1 + below.1 * down + right.1 * 0.5);
            sample_line(self, beyond, start, right, line);
        }
        warped
    }

    /// Bilinear sample at a position, straight alpha.
    #[inline(always)]
    fn sample(&self, x: f32, y: f32) -> [u8; 4] {
        let (x, y) = (x - 0.5, y - 0.5);
        let (left, top) = (floor(x), floor(y));
        let (across, down) = (x - left as f32, y - top as f32);
        let (width, height) = (self.width() as i32, self.height() as i32);
        if left < -1 || top < -1 || left >= width || top >= height {
            return [0; 4];
        }
        let corners = if left >= 0 && top >= 0 && left + 1 < width && top + 1 < height {
            let at = top as usize * width as usize + left as usize;
            let (above, below) = (&self.pixels()[at..at + 2], &self.pixels()[at + width as usize..][..2]);
            [above[0], above[1], below[0], below[1]]
        } else {
            let at = |x: i32, y: i32| {
                let outside = x < 0 || y < 0 || x >= width || y >= height;
                if outside { [0; 4] } else { self.pixel(x as u32, y as u32) }
            };
            [at(left, top), at(left + 1, top), at(left, top + 1), at(left + 1, top + 1)]
        };
        if corners.iter().fold(255, |least, corner| least & corner[3]) == 255 {
            // Whole numbers, weights of 256ths: a quarter of the time of the general case below.
            let (x, y) = ((across * 256.0) as u32, (down * 256.0) as u32);
            let weights = [(256 - x) * (256 - y), x * (256 - y), (256 - x) * y, x * y];
            let mut sums = [1u32 << 15; 4];
            for (weight, corner) in weights.into_iter().zip(corners) {
                for (sum, channel) in sums.iter_mut().zip(corner) {
                    *sum += weight * u32::from(channel);
                }
            }
            return sums.map(|sum| (sum >> 16) as u8);
        }
        let weights =
            [(1.0 - across) * (1.0 - down), across * (1.0 - down), (1.0 - across) * down, across * down];
        let covers: [f32; 4] = std::array::from_fn(|corner| weights[corner] * f32::from(corners[corner][3]));
        let alpha: f32 = covers.iter().sum();
        if alpha <= 0.0 {
            return [0; 4];
        }
        let blend = |channel: usize| {
            let sum: f32 =
                covers.iter().zip(&corners).map(|(cover, corner)| cover * f32::from(corner[channel])).sum();
            (sum / alpha + 0.5) as u8
        };
        [blend(0), blend(1), blend(2), (alpha + 0.5) as u8]
    }
}

/// Samples a line of equal steps. No product is fused with a sum, so every machine gives the same
/// bits.
#[multiversion(targets("x86_64+avx2", "x86_64+sse4.1"))]
fn sample_line(picture: &Picture, beyond: Beyond, start: (f32, f32), step: (f32, f32), line: &mut [[u8; 4]]) {
    let (last_x, last_y) = (picture.width() as f32 - 0.5, picture.height() as f32 - 0.5);
    let (mut x, mut y) = start;
    for pixel in line {
        *pixel = match beyond {
            Beyond::Clear => picture.sample(x, y),
            Beyond::Repeated => picture.sample(x.clamp(0.5, last_x), y.clamp(0.5, last_y)),
        };
        x += step.0;
        y += step.1;
    }
}

/// The greatest whole number not above, without the library call that `f32::floor` is on machines
/// taken to be old; what is beyond `i32` ends at its border, far outside any picture.
#[inline(always)]
fn floor(value: f32) -> i32 {
    let towards_zero = value as i32;
    towards_zero.saturating_sub(i32::from(value < towards_zero as f32))
}

/// The position as an index, when it lies inside.
fn inside(position: i64, length: u32) -> Option<u32> {
    u32::try_from(position).ok().filter(|position| *position < length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn half_red() -> Picture {
        let mut picture = Picture::filled(8, 8, [0, 0, 0, 0]);
        for (at, pixel) in picture.pixels_mut().iter_mut().enumerate() {
            if at % 8 < 4 {
                *pixel = [200, 0, 0, 255];
            }
        }
        picture
    }

    #[test]
    fn averaging_does_not_darken_edges() {
        let small = half_red().resized(3, 3);
        let edge = small.pixel(1, 1);
        assert!(edge[3] > 60 && edge[3] < 200, "{edge:?}");
        assert!(edge[0] >= 198, "a see-through neighbour must not take red away: {edge:?}");
    }

    #[test]
    fn contained_pictures_are_centred() {
        let canvas = Picture::filled(10, 20, [1, 2, 3, 255]).contained_in(40, 40);
        assert_eq!(canvas.pixel(9, 20)[3], 0);
        assert_eq!(canvas.pixel(11, 20), [1, 2, 3, 255]);
        assert_eq!(canvas.pixel(31, 20)[3], 0);
    }

    #[test]
    fn cropping_outside_is_see_through() {
        let cropped = half_red().cropped(&Rect { x: -2.0, y: 0.0, width: 4.0, height: 2.0 });
        assert_eq!(cropped.pixel(0, 0), [0; 4]);
        assert_eq!(cropped.pixel(2, 0), [200, 0, 0, 255]);
    }

    proptest! {
        #[test]
        fn warping_by_nothing_changes_nothing(width in 1u32..12, height in 1u32..12, seed: u8) {
            let pixels = (0..width * height)
                .map(|at| [at as u8 ^ seed, (at * 7) as u8, seed, 255])
                .collect();
            let picture = Picture::new(width, height, pixels).unwrap();
            prop_assert_eq!(&picture.warp(width, height, Beyond::Clear, |x, y| (x, y)), &picture);
            prop_assert_eq!(&picture.mirrored().mirrored(), &picture);
        }

        #[test]
        fn any_size_resizes(width in 1u32..40, height in 1u32..40, to_width in 0u32..60, to_height in 0u32..60) {
            let resized = Picture::filled(width, height, [9, 8, 7, 255]).resized(to_width, to_height);
            prop_assert_eq!((resized.width(), resized.height()), (to_width.max(1), to_height.max(1)));
            prop_assert!(resized.pixels().iter().all(|pixel| pixel[3] > 250 && pixel[0].abs_diff(9) < 2));
        }
    }
}

//! Resizing and cropping.
//!
//! Colours are averaged premultiplied by alpha: a see-through pixel has no colour to give.

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};

use crate::{Picture, Rect};

/// How a picture's pixels are weighed when others are made of them, as the Pillow library names it:
/// image encoders say which of these their training used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resampling {
    /// The nearest pixel.
    Nearest,
    /// A triangle, widened where the picture shrinks.
    Bilinear,
    /// Catmull-Rom (a = -0.5), widened where the picture shrinks.
    Bicubic,
    /// Lanczos of three lobes, widened where the picture shrinks.
    Lanczos,
}

impl Picture {
    /// The picture at another size by a given resampling, colours and cover apart: for opaque
    /// pictures on their way to an encoder. Sides of zero become one.
    #[must_use]
    pub fn resampled(&self, width: u32, height: u32, resampling: Resampling) -> Self {
        let (width, height) = (width.max(1), height.max(1));
        if (width, height) == (self.width(), self.height()) {
            return self.clone();
        }
        let algorithm = match resampling {
            Resampling::Nearest => ResizeAlg::Nearest,
            Resampling::Bilinear => ResizeAlg::Convolution(FilterType::Bilinear),
            Resampling::Bicubic => ResizeAlg::Convolution(FilterType::CatmullRom),
            Resampling::Lanczos => ResizeAlg::Convolution(FilterType::Lanczos3),
        };
        self.resized_by(width, height, &ResizeOptions::new().resize_alg(algorithm).use_alpha(false))
    }

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
        let options =
            ResizeOptions::new().resize_alg(ResizeAlg::Convolution(filter)).use_alpha(self.has_alpha());
        self.resized_by(width, height, &options)
    }

    fn resized_by(&self, width: u32, height: u32, options: &ResizeOptions) -> Self {
        let mut target = Image::new(width, height, PixelType::U8x4);
        let source =
            ImageRef::new(self.width(), self.height(), self.pixels().as_flattened(), PixelType::U8x4);
        let done = source.is_ok_and(|source| Resizer::new().resize(&source, &mut target, options).is_ok());
        // Both images have the layout just given to them, which is all the resizer can refuse.
        debug_assert!(done, "a resize of matching layouts");
        let (pixels, _) = target.buffer().as_chunks::<4>();
        Self::new(width, height, pixels.to_vec()).unwrap_or_else(|| Self::filled(width, height, [0; 4]))
    }

    /// As [`Self::resized`], from the smallest of the picture's kept halves that is larger: for those
    /// who ask for many sizes of one picture.
    #[must_use]
    pub fn resized_from_halves(&self, width: u32, height: u32) -> Self {
        let ratio = (self.width() / width.max(1)).min(self.height() / height.max(1));
        self.halved(ratio.max(1).ilog2()).resized(width, height)
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
        fn any_size_resizes(width in 1u32..40, height in 1u32..40, to_width in 0u32..60, to_height in 0u32..60) {
            let resized = Picture::filled(width, height, [9, 8, 7, 255]).resized(to_width, to_height);
            prop_assert_eq!((resized.width(), resized.height()), (to_width.max(1), to_height.max(1)));
            prop_assert!(resized.pixels().iter().all(|pixel| pixel[3] > 250 && pixel[0].abs_diff(9) < 2));
        }
    }
}

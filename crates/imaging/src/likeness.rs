//! Whether two pictures are the same one, whatever was done to its size, its background and its bytes.
//!
//! Vectors tell what resembles each other; two looks of one class in one palette resemble each other too. Here
//! pixels are compared, once the figures of both pictures lie on each other.

use crate::{Foreground, ForegroundKind, Picture, Rect};

/// Pictures are compared at this size at most: nothing finer survives a thumbnail.
const SIDE_PX: u32 = 192;
/// Halves of cells across and down.
const HALVES: usize = 48;
const CELLS: usize = HALVES / 2;
/// A pixel this far from a flat background belongs to the figure: what JPEG scatters and faint shadows do not.
const OFF_BACKGROUND: i16 = 30;
const ALPHA: u8 = 160;
/// Rows and columns with less of the figure than this share of the fullest are not part of its box.
const FAINT: f32 = 0.04;
/// Boxes whose shapes differ by more than this factor (its logarithm) are of different pictures.
const SHAPE: f32 = 0.12;
/// What stands for the background.
const GREY: u8 = 128;

/// Pictures that differ by less than this are the same one. Of 300 looks of dofus-items, copies at half to
/// 1.4 times the size, JPEG of quality 50 to 85, before four backgrounds, differ by 31 at most and in 95 of 100
/// cases by less than 18; the nearest two different looks, of one class and palette, by 26.
pub const SAME_PICTURE: f32 = 22.0;

impl Picture {
    /// How far two pictures of figures before plain backgrounds (or two whole pictures, where the background is
    /// not plain) are apart: the root mean square over cells of the furthest channel, 0 to 255, at the best of
    /// nine half-cell shifts; infinite where their shapes differ. See [`SAME_PICTURE`].
    #[must_use]
    pub fn difference(&self, other: &Self) -> f32 {
        let (mut one, mut other) =
            (self.fitted_within(SIDE_PX, SIDE_PX), other.fitted_within(SIDE_PX, SIDE_PX));
        // A copy without alpha has the colour that shone through in its soft edges and shadows.
        match (plain(&one), plain(&other)) {
            (Some(ForegroundKind::Alpha), Some(ForegroundKind::Flat(colour))) => one = one.over(colour),
            (Some(ForegroundKind::Flat(colour)), Some(ForegroundKind::Alpha)) => other = other.over(colour),
            _ => {}
        }
        let (Some(one), Some(other)) = (figure(&one), figure(&other)) else { return f32::INFINITY };
        let shape = |figure: &Self| (figure.width() as f32 / figure.height() as f32).ln();
        if (shape(&one) - shape(&other)).abs() > SHAPE {
            return f32::INFINITY;
        }
        let halves = |figure: Self| figure.resized(HALVES as u32, HALVES as u32);
        let (one, other) = (halves(one), halves(other));
        let own = cells(&one, 0, 0);
        let shifts = (-1..=1).flat_map(|down| (-1..=1).map(move |right| (right, down)));
        shifts.map(|(right, down)| apart(&own, &cells(&other, right, down))).fold(f32::INFINITY, f32::min)
    }
}

fn plain(picture: &Picture) -> Option<ForegroundKind> {
    picture.foreground(ALPHA).map(|foreground| foreground.kind)
}

/// The figure of a picture in its box, grey around it; the whole picture where no background is plain.
fn figure(picture: &Picture) -> Option<Picture> {
    let Some(Foreground { kind, .. }) = picture.foreground(ALPHA) else {
        return Some(picture.over([GREY; 3]));
    };
    let belongs = |pixel: &[u8; 4]| match kind {
        ForegroundKind::Alpha => pixel[3] > ALPHA,
        ForegroundKind::Flat(colour) => pixel
            .iter()
            .zip(colour)
            .any(|(value, flat)| (i16::from(*value) - i16::from(flat)).abs() > OFF_BACKGROUND),
    };
    let mut masked = picture.clone();
    let width = picture.width() as usize;
    let (mut columns, mut rows) = (vec![0u32; width], vec![0u32; picture.height() as usize]);
    for (at, pixel) in masked.pixels_mut().iter_mut().enumerate() {
        if belongs(pixel) {
            columns[at % width] += 1;
            rows[at / width] += 1;
            pixel[3] = 255;
        } else {
            *pixel = [GREY, GREY, GREY, 255];
        }
    }
    let (left, right) = extent(&columns)?;
    let (top, bottom) = extent(&rows)?;
    let bounds =
        Rect { x: left as f32, y: top as f32, width: (right - left) as f32, height: (bottom - top) as f32 };
    Some(masked.cropped(&bounds))
}

/// From the first to after the last count that is not faint.
fn extent(counts: &[u32]) -> Option<(usize, usize)> {
    let most = counts.iter().copied().max().filter(|most| *most > 0)?;
    let plenty = |count: &u32| *count as f32 > FAINT * most as f32;
    Some((counts.iter().position(plenty)?, counts.iter().rposition(plenty)? + 1))
}

/// Means of two by two halves, the picture shifted by halves of cells.
fn cells(picture: &Picture, right: i64, down: i64) -> Vec<[i16; 3]> {
    let half = |x: i64, y: i64| {
        let inside = |at: i64| usize::try_from(at).ok().filter(|at| *at < HALVES);
        let at = inside(x + right).zip(inside(y + down));
        at.map_or([GREY; 4], |(x, y)| picture.pixel(x as u32, y as u32))
    };
    let mut cells = Vec::with_capacity(CELLS * CELLS);
    for row in 0..CELLS as i64 {
        for column in 0..CELLS as i64 {
            let (x, y) = (2 * column, 2 * row);
            let four = [half(x, y), half(x + 1, y), half(x, y + 1), half(x + 1, y + 1)];
            cells.push(std::array::from_fn(|channel| {
                four.iter().map(|pixel| i16::from(pixel[channel])).sum::<i16>() / 4
            }));
        }
    }
    cells
}

fn apart(one: &[[i16; 3]], other: &[[i16; 3]]) -> f32 {
    let squares: f32 = one
        .iter()
        .zip(other)
        .map(|(one, other)| {
            let furthest = one.iter().zip(other).map(|(one, other)| (one - other).abs()).max().unwrap_or(0);
            f32::from(furthest) * f32::from(furthest)
        })
        .sum();
    (squares / one.len().max(1) as f32).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A figure of three colours and a stripe, soft at its edge, on nothing.
    fn drawn(stripe: [u8; 3]) -> Picture {
        let mut picture = Picture::filled(160, 200, [0; 4]);
        for (at, pixel) in picture.pixels_mut().iter_mut().enumerate() {
            let (x, y) = ((at % 160) as f32 - 80.0, (at / 160) as f32 - 100.0);
            let far = (x / 50.0).hypot(y / 85.0);
            let [red, green, blue] = match (y as i32).div_euclid(40) {
                ..=-2 => [200, 150, 90],
                -1 => stripe,
                0 => [60, 120, 60],
                _ => [120, 40, 60],
            };
            *pixel = [red, green, blue, ((1.05 - far) * 20.0 * 255.0).clamp(0.0, 255.0) as u8];
        }
        picture
    }

    #[test]
    fn a_copy_is_known_whatever_was_done_to_it() {
        let original = drawn([30, 60, 200]);
        assert!(original.difference(&original) < 0.01);
        for (background, width, quality) in [([255; 3], 160, 85), ([255; 3], 90, 70), ([30, 40, 30], 240, 80)]
        {
            let copy = original.over(background).resized(width, width * 5 / 4).recompressed(quality).unwrap();
            let difference = original.difference(&copy);
            assert!(difference < SAME_PICTURE, "{background:?} {width} {quality}: {difference}");
            assert!((copy.difference(&original) - difference).abs() < 6.0);
        }
    }

    #[test]
    fn another_stripe_is_another_picture() {
        let difference = drawn([30, 60, 200]).difference(&drawn([200, 60, 30]));
        assert!(difference > SAME_PICTURE, "{difference}");
        let wide = drawn([30, 60, 200]).resized(300, 200);
        assert!(drawn([30, 60, 200]).difference(&wide).is_infinite());
    }

    #[test]
    fn pictures_of_nothing_are_no_copies() {
        let nothing = Picture::filled(10, 10, [0; 4]);
        assert!(nothing.difference(&drawn([0; 3])) > SAME_PICTURE);
        let tiny = Picture::filled(1, 1, [9, 9, 9, 255]);
        assert!(tiny.difference(&tiny).is_finite());
    }
}

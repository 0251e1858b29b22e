//! Whether two pictures are the same one, whatever was done to its size, its background and its bytes.
//!
//! Vectors tell what resembles each other; two looks of one class in one palette resemble each other too. Here
//! pixels are compared, once the figures of both pictures lie on each other.

use crate::{ForegroundKind, Picture, Rect};

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
/// cases by less than 18; the nearest two different looks, of one class and palette, by 20.
const SAME: f32 = 22.0;
/// No block of three by three cells may differ by more, on average: what is worn, or which pet, changes little of a
/// picture, but that much. Copies differ by up to 49 there, looks with another pet by 119 and more.
const SAME_BLOCK: f32 = 70.0;
const BLOCK: usize = 3;
/// Beyond this without a shift, no shift of half a cell makes two pictures one.
const HOPELESS: f32 = 3.0 * SAME;

/// A picture made ready to be compared with many: the root mean square over cells of the furthest channel, 0 to
/// 255, at the best of nine half-cell shifts, says whether another is the same.
#[derive(Debug, Clone)]
pub struct Likeness {
    kind: Option<ForegroundKind>,
    /// As it is, or, of a see-through picture, what of it is opaque.
    own: Option<Figure>,
    /// Of a see-through picture: as it looks before white and before black, with its soft edges and shadows.
    before_white: Option<Figure>,
    before_black: Option<Figure>,
}

impl Likeness {
    /// Of any picture; a thumbnail will do.
    #[must_use]
    pub fn new(picture: &Picture) -> Self {
        let picture = picture.fitted_within(SIDE_PX, SIDE_PX);
        let kind = picture.foreground(ALPHA).map(|foreground| foreground.kind);
        let see_through = kind == Some(ForegroundKind::Alpha);
        let before = |shade: u8| {
            let flat = see_through.then(|| picture.over([shade; 3]))?;
            Figure::new(&flat, Some(ForegroundKind::Flat([shade; 3])))
        };
        Self { kind, own: Figure::new(&picture, kind), before_white: before(255), before_black: before(0) }
    }

    /// Whether both are of the same picture, whatever was done to its size, background and bytes.
    #[must_use]
    pub fn is_of_same_picture(&self, other: &Self) -> bool {
        let [one, two] = [self.seen_beside(other), other.seen_beside(self)];
        one.zip(two).is_some_and(|(one, two)| one.is_like(two))
    }

    /// A copy without alpha has the colour that shone through in its soft edges and shadows.
    fn seen_beside(&self, other: &Self) -> Option<&Figure> {
        match (self.kind, other.kind) {
            (Some(ForegroundKind::Alpha), Some(ForegroundKind::Flat(colour))) => {
                let light = colour.iter().map(|channel| u32::from(*channel)).sum::<u32>() > 3 * 128;
                if light { self.before_white.as_ref() } else { self.before_black.as_ref() }
            }
            _ => self.own.as_ref(),
        }
    }
}

/// A figure cut out and made small.
#[derive(Debug, Clone)]
struct Figure {
    /// Logarithm of width by height.
    shape: f32,
    halves: Picture,
    cells: Vec<[i16; 3]>,
}

impl Figure {
    fn new(picture: &Picture, kind: Option<ForegroundKind>) -> Option<Self> {
        let cut = figure(picture, kind)?;
        let shape = (cut.width() as f32 / cut.height() as f32).ln();
        let halves = cut.resized(HALVES as u32, HALVES as u32);
        let cells = cells(&halves, 0, 0);
        Some(Self { shape, halves, cells })
    }

    fn is_like(&self, other: &Self) -> bool {
        if (self.shape - other.shape).abs() > SHAPE || apart(&self.cells, &other.cells) > HOPELESS {
            return false;
        }
        let mut shifts = (-1..=1).flat_map(|down| (-1..=1).map(move |right| (right, down)));
        shifts.any(|(right, down)| {
            let shifted = cells(&other.halves, right, down);
            apart(&self.cells, &shifted) < SAME && worst_block(&self.cells, &shifted) < SAME_BLOCK
        })
    }
}

/// The figure of a picture in its box, grey around it; the whole picture where no background is plain.
fn figure(picture: &Picture, kind: Option<ForegroundKind>) -> Option<Picture> {
    let Some(kind) = kind else { return Some(picture.over([GREY; 3])) };
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

/// How far the furthest channel of two cells is apart.
fn furthest(one: [i16; 3], other: [i16; 3]) -> f32 {
    let far = one.iter().zip(other).map(|(one, other)| (one - other).abs()).max();
    f32::from(far.unwrap_or(0))
}

/// The root mean square over all cells.
fn apart(one: &[[i16; 3]], other: &[[i16; 3]]) -> f32 {
    let squares: f32 = one.iter().zip(other).map(|(one, other)| furthest(*one, *other).powi(2)).sum();
    (squares / one.len().max(1) as f32).sqrt()
}

/// The mean of the block that differs most.
fn worst_block(one: &[[i16; 3]], other: &[[i16; 3]]) -> f32 {
    let far: Vec<f32> = one.iter().zip(other).map(|(one, other)| furthest(*one, *other)).collect();
    let places = (0..=CELLS - BLOCK).flat_map(|row| (0..=CELLS - BLOCK).map(move |column| (row, column)));
    let sums = places.map(|(row, column)| {
        let rows = (row..row + BLOCK).map(|row| &far[row * CELLS + column..row * CELLS + column + BLOCK]);
        rows.flatten().sum::<f32>()
    });
    sums.fold(0.0, f32::max) / (BLOCK * BLOCK) as f32
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

    fn same(one: &Picture, other: &Picture) -> bool {
        let (one, other) = (Likeness::new(one), Likeness::new(other));
        let same = one.is_of_same_picture(&other);
        assert_eq!(same, other.is_of_same_picture(&one));
        same
    }

    #[test]
    fn a_copy_is_known_whatever_was_done_to_it() {
        let original = drawn([30, 60, 200]);
        assert!(same(&original, &original));
        let mut copies = Vec::new();
        for (background, width, quality) in [([255; 3], 160, 85), ([255; 3], 90, 70), ([30, 40, 30], 240, 80)]
        {
            let copy = original.over(background).resized(width, width * 5 / 4).recompressed(quality).unwrap();
            assert!(same(&original, &copy), "{background:?} {width} {quality}");
            copies.push(copy);
        }
        assert!(same(&copies[0], &copies[1]));
    }

    #[test]
    fn another_stripe_is_another_picture() {
        let original = drawn([30, 60, 200]);
        assert!(!same(&original, &drawn([200, 60, 30])));
        assert!(!same(&original, &original.resized(300, 200)));
        assert!(!same(&original, &drawn([200, 60, 30]).over([255; 3])));
        // Something small that is worn.
        let mut worn = original.clone();
        for (at, pixel) in worn.pixels_mut().iter_mut().enumerate() {
            if (70..90).contains(&(at % 160)) && (30..55).contains(&(at / 160)) {
                *pixel = [20, 240, 240, 255];
            }
        }
        assert!(!same(&original, &worn));
    }

    #[test]
    fn pictures_of_nothing_are_no_copies() {
        let nothing = Picture::filled(10, 10, [0; 4]);
        assert!(!same(&nothing, &drawn([0; 3])));
        let tiny = Picture::filled(1, 1, [9, 9, 9, 255]);
        assert!(same(&tiny, &tiny));
    }
}

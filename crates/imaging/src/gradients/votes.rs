//! What each pixel of a picture says of its shape: its steepest gradient votes for an orientation, and the votes
//! of four by four pixels are counted.

use multiversion::multiversion;

use super::{CELL_STRIDE_PX, ORIENTATIONS};
use crate::Picture;

/// A gradient of this strength (of 1) counts half.
const HALF_STRENGTH: f32 = 0.10;
/// Alpha at and below which a pixel counts as absent: drops ground shadows.
const SHADOW_ALPHA: u32 = 140;
/// Alpha over [`SHADOW_ALPHA`] at which a pixel counts as wholly there.
const ALPHA_RAMP: u32 = 60;
/// What shows through where nothing is.
const MID_GREY: u32 = 128;
/// Pixels that are worked on at once: rows are filled up to a multiple, so that no loop has a rest.
const LANES: usize = 32;
type Lanes<T> = [T; LANES];

impl Picture {
    /// What shows through where nothing is in [`Self::over_grey`].
    pub const GREY: [u8; 3] = [MID_GREY as u8; 3];

    /// The picture before [`Self::GREY`], opaque, without ground shadows: windows are cut from it several
    /// times as fast as from a see-through one.
    #[must_use]
    pub fn over_grey(&self) -> Self {
        let mut painted = self.clone();
        for pixel in painted.pixels_mut() {
            let [red, green, blue] = over_grey(*pixel).0.map(|channel| channel as u8);
            *pixel = [red, green, blue, 255];
        }
        painted
    }
}

/// Orientation sums of blocks of four by four pixels.
pub(super) struct Blocks {
    pub(super) columns: usize,
    pub(super) rows: usize,
    /// `rows * ORIENTATIONS * columns`: a bin of a row of blocks together. In units of [`WHOLE_VOTE`].
    sums: Vec<u16>,
}

impl Blocks {
    pub(super) fn measure(picture: &Picture) -> Self {
        let (width, height) = (picture.width() as usize, picture.height() as usize);
        let (columns, rows) = (width / CELL_STRIDE_PX, height / CELL_STRIDE_PX);
        let mut blocks = Self { columns, rows, sums: vec![0; rows * ORIENTATIONS * columns] };
        if blocks.sums.is_empty() {
            return blocks;
        }
        let channels = if picture.has_alpha() { 4 } else { 3 };
        let mut lines: [Line; 3] = std::array::from_fn(|_| Line::new(width));
        lines[0].read(picture.row(0), channels);
        lines[1].read(picture.row(0), channels);
        lines[2].read(picture.row(1.min(height as u32 - 1)), channels);
        let mut steepest = Steepest::new(width);
        let mut votes: [Votes; CELL_STRIDE_PX] = std::array::from_fn(|_| Votes::new(width));
        for (row, blocks) in blocks.sums.chunks_exact_mut(ORIENTATIONS * columns).enumerate() {
            for (line, votes) in votes.iter_mut().enumerate() {
                steepest.of(&lines, channels);
                vote(&steepest, votes);
                lines.rotate_left(1);
                let next = (row * CELL_STRIDE_PX + line + 2).min(height - 1);
                lines[2].read(picture.row(next as u32), channels);
            }
            for (bin, blocks) in blocks.chunks_exact_mut(columns).enumerate() {
                count(bin, &votes, blocks);
            }
        }
        blocks
    }

    /// A bin of a row.
    pub(super) fn line(&self, row: usize, bin: usize) -> &[u16] {
        &self.sums[(row * ORIENTATIONS + bin) * self.columns..][..self.columns]
    }
}

/// One picture row as planes, edges repeated, filled up to [`LANES`]: red, green, blue, alpha, 0 to 255.
struct Line([Vec<i16>; 4]);

impl Line {
    fn new(width: usize) -> Self {
        Self(std::array::from_fn(|_| vec![0; width.next_multiple_of(LANES) + 2]))
    }

    /// Reads three channels of an opaque row, or four of another.
    fn read(&mut self, row: &[[u8; 4]], channels: usize) {
        let width = row.len();
        let [red, green, blue, cover] = &mut self.0;
        if channels == 3 {
            read_opaque(row, [&mut red[1..=width], &mut green[1..=width], &mut blue[1..=width]]);
        } else {
            let cover = &mut cover[1..=width];
            read_covered(row, [&mut red[1..=width], &mut green[1..=width], &mut blue[1..=width], cover]);
        }
        for plane in &mut self.0[..channels] {
            plane[0] = plane[1];
            plane[width + 1] = plane[width];
        }
    }
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl+avx512dq", "x86_64+avx2", "x86_64+sse4.1"))]
fn read_opaque(row: &[[u8; 4]], [red, green, blue]: [&mut [i16]; 3]) {
    for (((red, green), blue), pixel) in red.iter_mut().zip(green).zip(blue).zip(row) {
        *red = i16::from(pixel[0]);
        *green = i16::from(pixel[1]);
        *blue = i16::from(pixel[2]);
    }
}

/// See-through parts are mid-grey.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl+avx512dq", "x86_64+avx2", "x86_64+sse4.1"))]
fn read_covered(row: &[[u8; 4]], [red, green, blue, covers]: [&mut [i16]; 4]) {
    for ((((red, green), blue), cover), pixel) in red.iter_mut().zip(green).zip(blue).zip(covers).zip(row) {
        let (seen, covered) = over_grey(*pixel);
        *red = seen[0] as i16;
        *green = seen[1] as i16;
        *blue = seen[2] as i16;
        *cover = (covered * 255 / ALPHA_RAMP) as i16;
    }
}

/// A pixel over mid-grey, and how much of it is there, of [`ALPHA_RAMP`].
#[inline(always)]
fn over_grey(pixel: [u8; 4]) -> ([u32; 3], u32) {
    let covered = u32::from(pixel[3]).clamp(SHADOW_ALPHA, SHADOW_ALPHA + ALPHA_RAMP) - SHADOW_ALPHA;
    let behind = MID_GREY * (ALPHA_RAMP - covered) + ALPHA_RAMP / 2;
    let seen =
        [pixel[0], pixel[1], pixel[2]].map(|channel| (u32::from(channel) * covered + behind) / ALPHA_RAMP);
    (seen, covered)
}

/// The gradient of each pixel of a row, from the channel where it is steepest.
struct Steepest {
    along: Vec<Lanes<i16>>,
    across: Vec<Lanes<i16>>,
    /// Half its square, rounded up.
    squared: Vec<Lanes<u16>>,
}

impl Steepest {
    fn new(width: usize) -> Self {
        let blocks = width.div_ceil(LANES);
        let (lanes, squared) = (|| vec![[0; LANES]; blocks], vec![[0; LANES]; blocks]);
        Self { along: lanes(), across: lanes(), squared }
    }

    /// Central differences of the middle line.
    fn of(&mut self, lines: &[Line; 3], channels: usize) {
        self.along.fill([0; LANES]);
        self.across.fill([0; LANES]);
        self.squared.fill([0; LANES]);
        for plane in 0..channels {
            let [above, middle, below] = [0, 1, 2].map(|line: usize| &lines[line].0[plane]);
            steeper(middle, &above[1..], &below[1..], self);
        }
    }
}

/// Takes a channel's gradients where they are steeper than those so far. `middle` has a pixel more
/// on both sides.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl+avx512dq", "x86_64+avx2", "x86_64+sse4.1"))]
fn steeper(middle: &[i16], above: &[i16], below: &[i16], steepest: &mut Steepest) {
    let Steepest { along, across, squared } = steepest;
    let (along, across) = (along.as_flattened_mut(), across.as_flattened_mut());
    let squared = squared.as_flattened_mut();
    let width = squared.len();
    let (left, right) = (&middle[..width], &middle[2..width + 2]);
    let (above, below) = (&above[..width], &below[..width]);
    let (along, across) = (&mut along[..width], &mut across[..width]);
    for x in 0..width {
        let (dx, dy) = (right[x] - left[x], below[x] - above[x]);
        let (horizontal, vertical) =
            (dx.wrapping_mul(dx).cast_unsigned(), dy.wrapping_mul(dy).cast_unsigned());
        // Half the sum, rounded up: the faintest gradient is one.
        let square = (horizontal >> 1) + (vertical >> 1) + ((horizontal | vertical) & 1);
        // All bits where it is steeper: the compiler makes branches of choices.
        let taken = 0i16.wrapping_sub(i16::from(square > squared[x]));
        squared[x] = squared[x].max(square);
        along[x] = dx & taken | along[x] & !taken;
        across[x] = dy & taken | across[x] & !taken;
    }
}

/// What the strongest gradient votes: the sums of sixteen pixels still fit 16 bits.
pub(super) const WHOLE_VOTE: f32 = 4095.0;
/// Steps from one bin's middle to the next one's: those of all bins fit 16 bits.
const BIN_STEPS: u16 = 7281;

/// How much each pixel of a row votes and for which orientation, in steps of [`BIN_STEPS`]. The weight times
/// the steps that the orientation is from the next bin's middle is the vote, of [`WHOLE_VOTE`] times 2^16.
/// Whole numbers: twice as many are counted at once as floats would be.
struct Votes {
    weight: Vec<Lanes<u16>>,
    position: Vec<Lanes<u16>>,
}

impl Votes {
    fn new(width: usize) -> Self {
        let lanes = || vec![[0; LANES]; width.div_ceil(LANES)];
        Self { weight: lanes(), position: lanes() }
    }
}

/// The votes of a row.
///
/// Loops over whole rows without branches: the compiler turns them into vector instructions. No
/// product is fused with a sum, so every machine gives the same bits.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl+avx512dq", "x86_64+avx2", "x86_64+sse4.1"))]
fn vote(steepest: &Steepest, votes: &mut Votes) {
    const WHOLE: f32 = WHOLE_VOTE * 65_536.0 / BIN_STEPS as f32;
    const HALF_TURN: f32 = ORIENTATIONS as f32 * BIN_STEPS as f32;
    let votes = votes.weight.iter_mut().zip(&mut votes.position);
    for ((along, across), (weight, position)) in steepest.along.iter().zip(&steepest.across).zip(votes) {
        for x in 0..LANES {
            let (strength, turn) = strength_and_turn(f32::from(along[x]), f32::from(across[x]));
            weight[x] = rounded(strength * WHOLE);
            position[x] = rounded(turn * HALF_TURN);
        }
    }
}

/// The nearest whole number of 0 to 65,535: where a float of this size keeps its units. A cast would
/// look for infinities and be several times slower.
#[inline(always)]
fn rounded(value: f32) -> u16 {
    const UNITS_LAST: f32 = 8_388_608.0;
    (value + UNITS_LAST).to_bits() as u16
}

/// Counts the votes of four rows for a bin in blocks: each goes to the two bins it lies between, the last bin
/// being next to the first. Each [`LANES`] pixels of a row lie in a quarter as many `blocks`.
///
/// Asks every bin of every pixel, which in vector instructions is faster than to find its two.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl+avx512dq", "x86_64+avx2", "x86_64+sse4.1"))]
fn count(bin: usize, votes: &[Votes; CELL_STRIDE_PX], blocks: &mut [u16]) {
    const LAST: u16 = (ORIENTATIONS as u16 - 1) * BIN_STEPS;
    let middle = bin as u16 * BIN_STEPS;
    for (at, blocks) in blocks.chunks_mut(LANES / CELL_STRIDE_PX).enumerate() {
        let mut sums = [0u16; LANES];
        for votes in votes {
            let (weight, position) = (&votes.weight[at], &votes.position[at]);
            for x in 0..LANES {
                let apart = position[x].abs_diff(middle);
                let near = BIN_STEPS.saturating_sub(apart) | apart.saturating_sub(LAST);
                sums[x] += ((u32::from(weight[x]) * u32::from(near)) >> 16) as u16;
            }
        }
        for (block, sums) in blocks.iter_mut().zip(sums.as_chunks::<CELL_STRIDE_PX>().0) {
            *block = (sums[0] + sums[1]) + (sums[2] + sums[3]);
        }
    }
}

/// How strong a gradient is, 0 to 1, and its direction without its sign, as a share of a half turn, 0 to 1.
///
/// A polynomial, not the library's arctangent, so that every machine gives the same bits; its
/// error is below a thousandth of a half turn (Hastings, Approximations for Digital Computers).
#[inline(always)]
fn strength_and_turn(dx: f32, dy: f32) -> (f32, f32) {
    let (x, y) = (dx.abs(), dy.abs());
    let (least, most) = (x.min(y), x.max(y).max(1e-6));
    let magnitude = (dx * dx + dy * dy).sqrt();
    let softened = magnitude + 255.0 * HALF_STRENGTH;
    // Two quotients from one division, which is what takes time here.
    let inverse = 1.0 / (softened * most);
    let strength = magnitude * most * inverse;
    let ratio = least * softened * inverse;
    let squared = ratio * ratio;
    let turn = ratio * (0.317_88 + squared * (-0.103_44 + squared * 0.035_63));
    let first = if y > x { 0.5 - turn } else { turn };
    (strength, if (dx < 0.0) == (dy < 0.0) { first } else { 1.0 - first })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn angles_and_strengths_are_near_the_true_ones(dx in -255f32..255.0, dy in -255f32..255.0) {
            prop_assume!(dx.hypot(dy) > 1e-3);
            let truth = dy.atan2(dx).rem_euclid(std::f32::consts::PI) / std::f32::consts::PI;
            let (strength, turn) = strength_and_turn(dx, dy);
            let apart = (turn - truth).abs();
            prop_assert!(apart.min(1.0 - apart) < 2e-3, "{turn} {truth}");
            let truth = dx.hypot(dy) / (dx.hypot(dy) + 255.0 * HALF_STRENGTH);
            prop_assert!((strength - truth).abs() < 1e-4, "{strength} {truth}");
        }
    }
}

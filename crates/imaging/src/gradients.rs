//! Colour-blind gradient features: what a shape looks like whatever its paint.
//!
//! A variant of histograms of oriented gradients (Dalal and Triggs, 2005): the strongest channel's
//! gradient a pixel, unsigned orientation in nine bins, each cell normalised by its neighbourhood,
//! and a tenth channel for how much edge there is at all.

use multiversion::multiversion;

use crate::Picture;

/// Orientation bins.
pub const ORIENTATIONS: usize = 9;
/// Numbers a cell: the orientations and the amount of edge.
pub const CELL_FEATURES: usize = ORIENTATIONS + 1;
/// Cells start every this many pixels.
pub const CELL_STRIDE_PX: usize = 4;
/// Cells are this wide and high, so that neighbours overlap by half.
pub const CELL_SIZE_PX: usize = 8;

/// A gradient of this strength (of 1) counts half.
const HALF_STRENGTH: f32 = 0.10;
/// Keeps flat neighbourhoods from being blown up to noise.
const NORM_FLOOR: f32 = 0.05;
/// No orientation counts more than this.
const CLIP: f32 = 0.45;
/// Alpha at and below which a pixel counts as absent: drops ground shadows.
const SHADOW_ALPHA: u32 = 140;
/// Alpha over [`SHADOW_ALPHA`] at which a pixel counts as wholly there.
const ALPHA_RAMP: u32 = 60;
/// What shows through where nothing is.
const MID_GREY: u32 = 128;

/// Gradient features on a grid of overlapping cells.
#[derive(Debug, Clone, PartialEq)]
pub struct GradientGrid {
    columns: usize,
    rows: usize,
    /// `rows * columns * CELL_FEATURES`, row by row, the features of a cell together.
    features: Vec<f32>,
}

impl GradientGrid {
    /// Measures a picture. See-through parts count as mid-grey, with alpha as a fourth channel;
    /// the grid has a cell every four pixels whose eight pixels lie inside.
    #[must_use]
    pub fn measure(picture: &Picture) -> Self {
        let (width, height) = (picture.width() as usize, picture.height() as usize);
        let blocks = block_histograms(picture);
        let (block_columns, block_rows) = (width / CELL_STRIDE_PX, height / CELL_STRIDE_PX);
        let (columns, rows) = (block_columns.saturating_sub(1), block_rows.saturating_sub(1));
        let sums = cell_sums(&blocks, block_columns, columns, rows);
        let norms = neighbourhood_norms(&sums, columns, rows);
        let features = normalised(&sums, &norms);
        Self { columns, rows, features }
    }

    /// Cells across.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Cells down.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The [`CELL_FEATURES`] numbers of a cell inside the grid.
    #[must_use]
    pub fn cell(&self, column: usize, row: usize) -> &[f32] {
        let start = (row * self.columns + column) * CELL_FEATURES;
        &self.features[start..start + CELL_FEATURES]
    }

    /// All features, row by row.
    #[must_use]
    pub fn features(&self) -> &[f32] {
        &self.features
    }
}

/// Mean orientation votes of each cell: of the four blocks that make it.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl+avx512dq", "x86_64+avx2", "x86_64+sse4.1"))]
fn cell_sums(
    blocks: &[[f32; ORIENTATIONS]],
    block_columns: usize,
    columns: usize,
    rows: usize,
) -> Vec<[f32; ORIENTATIONS]> {
    let share = 1.0 / (CELL_SIZE_PX * CELL_SIZE_PX) as f32;
    let mut sums = vec![[0.0f32; ORIENTATIONS]; columns * rows];
    for (row, line) in sums.chunks_exact_mut(columns.max(1)).enumerate() {
        let above = &blocks[row * block_columns..][..columns + 1];
        let below = &blocks[(row + 1) * block_columns..][..columns + 1];
        for (column, sum) in line.iter_mut().enumerate() {
            let four = [&above[column], &above[column + 1], &below[column], &below[column + 1]];
            for (bin, value) in sum.iter_mut().enumerate() {
                *value = (four[0][bin] + four[1][bin] + four[2][bin] + four[3][bin]) * share;
            }
        }
    }
    sums
}

/// The features of all cells from their sums and their neighbourhoods' norms.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl+avx512dq", "x86_64+avx2", "x86_64+sse4.1"))]
fn normalised(sums: &[[f32; ORIENTATIONS]], norms: &[f32]) -> Vec<f32> {
    let mut features = vec![0.0f32; sums.len() * CELL_FEATURES];
    for ((to, sum), norm) in features.chunks_exact_mut(CELL_FEATURES).zip(sums).zip(norms) {
        let scale = 1.0 / (norm + NORM_FLOOR * NORM_FLOOR).sqrt();
        for (to, value) in to.iter_mut().zip(sum) {
            *to = (value * scale).min(CLIP);
        }
        to[ORIENTATIONS] = 0.5 * total(sum).min(1.0);
    }
    features
}

/// The sum of a cell's numbers, in three chains so that none waits long for the other.
#[inline(always)]
fn total(numbers: &[f32; ORIENTATIONS]) -> f32 {
    let [a, b, c, d, e, f, g, h, i] = *numbers;
    (a + b + c) + (d + e + f) + (g + h + i)
}

/// Weighted orientation sums of each block of four by four pixels.
fn block_histograms(picture: &Picture) -> Vec<[f32; ORIENTATIONS]> {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let (block_columns, block_rows) = (width / CELL_STRIDE_PX, height / CELL_STRIDE_PX);
    let mut blocks = vec![[0.0f32; ORIENTATIONS]; block_columns * block_rows];
    if blocks.is_empty() {
        return blocks;
    }
    let channels = if picture.has_alpha() { 4 } else { 3 };
    let mut lines: [Line; 3] = std::array::from_fn(|_| Line::new(width));
    lines[0].read(picture.row(0), channels);
    lines[1].read(picture.row(0), channels);
    lines[2].read(picture.row(1.min(height as u32 - 1)), channels);
    let mut steepest = Steepest::new(width);
    let mut votes: [Votes; CELL_STRIDE_PX] = std::array::from_fn(|_| Votes::new(width));
    let mut sums = vec![0.0f32; width];
    for (row, blocks) in blocks.chunks_exact_mut(block_columns).enumerate() {
        for (line, votes) in votes.iter_mut().enumerate() {
            steepest.of(&lines, channels);
            vote(&steepest, votes);
            lines.rotate_left(1);
            let next = (row * CELL_STRIDE_PX + line + 2).min(height - 1);
            lines[2].read(picture.row(next as u32), channels);
        }
        count(&votes, &mut sums, blocks);
    }
    blocks
}

/// One picture row as planes of `width + 2`, edges repeated: red, green, blue, alpha, 0 to 255.
struct Line([Vec<i16>; 4]);

impl Line {
    fn new(width: usize) -> Self {
        Self(std::array::from_fn(|_| vec![0; width + 2]))
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
        let covered = u32::from(pixel[3]).clamp(SHADOW_ALPHA, SHADOW_ALPHA + ALPHA_RAMP) - SHADOW_ALPHA;
        let behind = MID_GREY * (ALPHA_RAMP - covered) + ALPHA_RAMP / 2;
        let seen = |channel: u8| ((u32::from(channel) * covered + behind) / ALPHA_RAMP) as i16;
        *red = seen(pixel[0]);
        *green = seen(pixel[1]);
        *blue = seen(pixel[2]);
        *cover = (covered * 255 / ALPHA_RAMP) as i16;
    }
}

/// The gradient of each pixel of a row, from the channel where it is steepest.
struct Steepest {
    along: Vec<i16>,
    across: Vec<i16>,
    /// Half its square, rounded up.
    squared: Vec<u16>,
}

impl Steepest {
    fn new(width: usize) -> Self {
        Self { along: vec![0; width], across: vec![0; width], squared: vec![0; width] }
    }

    /// Central differences of the middle line.
    fn of(&mut self, lines: &[Line; 3], channels: usize) {
        self.along.fill(0);
        self.across.fill(0);
        self.squared.fill(0);
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
    let width = squared.len();
    let (left, right) = (&middle[..width], &middle[2..width + 2]);
    let (above, below) = (&above[..width], &below[..width]);
    let (along, across, squared) = (&mut along[..width], &mut across[..width], &mut squared[..width]);
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

/// How much each pixel of a row votes, and for which orientation, in bins.
struct Votes {
    weight: Vec<f32>,
    position: Vec<f32>,
}

impl Votes {
    fn new(width: usize) -> Self {
        Self { weight: vec![0.0; width], position: vec![0.0; width] }
    }
}

/// The votes of a row.
///
/// Loops over whole rows without branches: the compiler turns them into vector instructions. No
/// product is fused with a sum, so every machine gives the same bits.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl+avx512dq", "x86_64+avx2", "x86_64+sse4.1"))]
fn vote(steepest: &Steepest, votes: &mut Votes) {
    let width = votes.weight.len();
    let (along, across) = (&steepest.along[..width], &steepest.across[..width]);
    let (weight, position) = (&mut votes.weight[..width], &mut votes.position[..width]);
    for x in 0..width {
        let (dx, dy) = (f32::from(along[x]), f32::from(across[x]));
        let magnitude = (dx * dx + dy * dy).sqrt();
        weight[x] = magnitude / (magnitude + 255.0 * HALF_STRENGTH);
        position[x] = unsigned_angle(dx, dy) * ORIENTATIONS as f32;
    }
}

/// Counts the votes of four rows in blocks: each goes to the two bins it lies between, the last bin
/// being next to the first.
///
/// Asks every bin of every pixel, which in vector instructions is faster than to find its two.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl+avx512dq", "x86_64+avx2", "x86_64+sse4.1"))]
fn count(votes: &[Votes; CELL_STRIDE_PX], sums: &mut [f32], blocks: &mut [[f32; ORIENTATIONS]]) {
    let width = sums.len();
    let [first, second, third, fourth] =
        [0, 1, 2, 3].map(|row: usize| (&votes[row].weight[..width], &votes[row].position[..width]));
    for bin in 0..ORIENTATIONS {
        let middle = bin as f32;
        let share = |(weight, position): (&[f32], &[f32]), x: usize| {
            let apart = (position[x] - middle).abs();
            let near = (1.0 - apart).max(apart - (ORIENTATIONS as f32 - 1.0));
            weight[x] * near.max(0.0)
        };
        for (x, sum) in sums.iter_mut().enumerate() {
            *sum = (share(first, x) + share(second, x)) + (share(third, x) + share(fourth, x));
        }
        for (block, sums) in blocks.iter_mut().zip(sums.chunks_exact(CELL_STRIDE_PX)) {
            block[bin] = (sums[0] + sums[1]) + (sums[2] + sums[3]);
        }
    }
}

/// The direction of a gradient without its sign, as a share of a half turn, 0 to below 1.
///
/// A polynomial, not the library's arctangent, so that every machine gives the same bits; its
/// error is below a thousandth of a half turn (Hastings, Approximations for Digital Computers).
#[inline(always)]
fn unsigned_angle(dx: f32, dy: f32) -> f32 {
    let (x, y) = (dx.abs(), dy.abs());
    let (least, most) = (x.min(y), x.max(y));
    let ratio = least / most.max(1e-12);
    let squared = ratio * ratio;
    let turn = ratio * (0.317_88 + squared * (-0.103_44 + squared * 0.035_63));
    let first = if y > x { 0.5 - turn } else { turn };
    let angle = if (dx < 0.0) == (dy < 0.0) { first } else { 1.0 - first };
    if angle >= 1.0 { 0.0 } else { angle }
}

/// Mean square length of the orientation sums over five by five cells, fewer at the edges.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl+avx512dq", "x86_64+avx2", "x86_64+sse4.1"))]
fn neighbourhood_norms(sums: &[[f32; ORIENTATIONS]], columns: usize, rows: usize) -> Vec<f32> {
    const REACH: usize = 2;
    let squares: Vec<f32> = sums.iter().map(|sum| total(&sum.map(|value| value * value))).collect();
    let mut across = vec![0.0f32; squares.len()];
    let window = |at: usize, length: usize| at.saturating_sub(REACH)..(at + REACH + 1).min(length);
    for (line, to) in squares.chunks_exact(columns.max(1)).zip(across.chunks_exact_mut(columns.max(1))) {
        for (column, value) in to.iter_mut().enumerate() {
            let near = &line[window(column, columns)];
            *value = near.iter().sum::<f32>() / near.len() as f32;
        }
    }
    let mut norms = vec![0.0f32; squares.len()];
    for row in 0..rows {
        let near = window(row, rows);
        let share = 1.0 / near.len() as f32;
        let to = &mut norms[row * columns..(row + 1) * columns];
        for other in near {
            for (value, add) in to.iter_mut().zip(&across[other * columns..(other + 1) * columns]) {
                *value += add * share;
            }
        }
    }
    norms
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Stripes of the given period across or down.
    fn stripes(down: bool, colours: [[u8; 4]; 2]) -> Picture {
        let mut picture = Picture::filled(64, 64, colours[0]);
        for at in 0..64 * 64 {
            let along = if down { at / 64 } else { at % 64 };
            picture.pixels_mut()[at] = colours[along / 6 % 2];
        }
        picture
    }

    fn strongest_bin(grid: &GradientGrid) -> usize {
        let mut sums = [0.0; ORIENTATIONS];
        for cell in grid.features().chunks_exact(CELL_FEATURES) {
            for (sum, value) in sums.iter_mut().zip(cell) {
                *sum += value;
            }
        }
        (0..ORIENTATIONS).max_by(|left, right| sums[*left].total_cmp(&sums[*right])).unwrap()
    }

    #[test]
    fn orientation_is_told_and_paint_is_not() {
        let red_blue = [[200, 0, 0, 255], [0, 0, 200, 255]];
        let green_grey = [[0, 220, 0, 255], [90, 90, 90, 255]];
        assert_eq!(strongest_bin(&GradientGrid::measure(&stripes(false, red_blue))), 0);
        assert_eq!(strongest_bin(&GradientGrid::measure(&stripes(false, green_grey))), 0);
        let down = strongest_bin(&GradientGrid::measure(&stripes(true, red_blue)));
        assert!((4..=5).contains(&down), "{down}");
    }

    #[test]
    fn the_faintest_slope_counts() {
        let mut picture = Picture::filled(32, 32, [9, 9, 9, 255]);
        for at in 0..32 * 32 {
            picture.pixels_mut()[at] = [(at % 32 / 2) as u8, 9, 9, 255];
        }
        let grid = GradientGrid::measure(&picture);
        let cell = grid.cell(3, 3);
        assert!(cell[0] > 0.3 && cell[1..ORIENTATIONS].iter().all(|share| *share < 0.01), "{cell:?}");
    }

    #[test]
    fn a_picture_smaller_than_a_cell_has_no_cells() {
        for (width, height) in [(1, 1), (3, 9), (7, 7), (9, 1)] {
            let grid = GradientGrid::measure(&Picture::filled(width, height, [1, 2, 3, 255]));
            assert_eq!(grid.features().len(), grid.columns() * grid.rows() * CELL_FEATURES);
        }
    }

    proptest! {
        #[test]
        fn angles_are_near_the_true_ones(dx in -1f32..1.0, dy in -1f32..1.0) {
            prop_assume!(dx.hypot(dy) > 1e-3);
            let truth = dy.atan2(dx).rem_euclid(std::f32::consts::PI) / std::f32::consts::PI;
            let apart = (unsigned_angle(dx, dy) - truth).abs();
            prop_assert!(apart.min(1.0 - apart) < 2e-3, "{} {}", unsigned_angle(dx, dy), truth);
        }

        #[test]
        fn features_stay_in_range(seed: u32, width in 8u32..40, height in 8u32..40) {
            let pixels = (0..width * height).map(|at| (at ^ seed).wrapping_mul(2_654_435_761).to_le_bytes()).collect();
            let grid = GradientGrid::measure(&Picture::new(width, height, pixels).unwrap());
            prop_assert!(grid.features().iter().all(|value| (0.0..=0.5).contains(value)));
        }
    }
}

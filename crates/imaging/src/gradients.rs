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
const SHADOW_ALPHA: f32 = 140.0;
/// Alpha over [`SHADOW_ALPHA`] at which a pixel counts as wholly there.
const ALPHA_RAMP: f32 = 60.0;

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
#[multiversion(targets("x86_64+avx2", "x86_64+sse4.1"))]
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
#[multiversion(targets("x86_64+avx2", "x86_64+sse4.1"))]
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
    let opaque = picture.pixels().iter().all(|pixel| pixel[3] == 255);
    let kept = if opaque { 3 } else { 4 };
    let mut lines: [Planes; 3] = std::array::from_fn(|_| Planes::new(width));
    lines[0].read(picture.row(0), opaque);
    lines[1].read(picture.row(0), opaque);
    lines[2].read(picture.row(1.min(height as u32 - 1)), opaque);
    let mut votes = Votes::new(width);
    for y in 0..block_rows * CELL_STRIDE_PX {
        vote(&lines, kept, &mut votes);
        let line = &mut blocks[(y / CELL_STRIDE_PX) * block_columns..][..block_columns];
        votes.count(line);
        lines.rotate_left(1);
        lines[2].read(picture.row(((y + 2).min(height - 1)) as u32), opaque);
    }
    blocks
}

/// One picture row as planes of `width + 2`, edges repeated: red, green, blue, alpha, 0 to 1.
struct Planes([Vec<f32>; 4]);

impl Planes {
    fn new(width: usize) -> Self {
        Self(std::array::from_fn(|_| vec![0.0; width + 2]))
    }

    fn read(&mut self, row: &[[u8; 4]], opaque: bool) {
        let width = row.len();
        let [red, green, blue, alphas] = &mut self.0;
        let inside = |plane: &mut Vec<f32>| std::mem::take(plane);
        let (mut r, mut g, mut b, mut a) = (inside(red), inside(green), inside(blue), inside(alphas));
        let planes =
            r[1..=width].iter_mut().zip(&mut g[1..=width]).zip(&mut b[1..=width]).zip(&mut a[1..=width]);
        if opaque {
            for ((((red, green), blue), _), pixel) in planes.zip(row) {
                *red = f32::from(pixel[0]) / 255.0;
                *green = f32::from(pixel[1]) / 255.0;
                *blue = f32::from(pixel[2]) / 255.0;
            }
        } else {
            for ((((red, green), blue), alpha), pixel) in planes.zip(row) {
                let cover = ((f32::from(pixel[3]) - SHADOW_ALPHA) / ALPHA_RAMP).clamp(0.0, 1.0);
                let behind = 0.5 * (1.0 - cover);
                *red = f32::from(pixel[0]) / 255.0 * cover + behind;
                *green = f32::from(pixel[1]) / 255.0 * cover + behind;
                *blue = f32::from(pixel[2]) / 255.0 * cover + behind;
                *alpha = cover;
            }
        }
        self.0 = [r, g, b, a];
        for plane in &mut self.0 {
            plane[0] = plane[1];
            plane[width + 1] = plane[width];
        }
    }
}

/// What each pixel of a row adds to which orientations.
struct Votes {
    strength: Vec<f32>,
    along: Vec<f32>,
    across: Vec<f32>,
    bin: Vec<u32>,
    low: Vec<f32>,
    high: Vec<f32>,
}

impl Votes {
    fn new(width: usize) -> Self {
        let zeros = || vec![0.0; width];
        Self {
            strength: zeros(),
            along: zeros(),
            across: zeros(),
            bin: vec![0; width],
            low: zeros(),
            high: zeros(),
        }
    }

    /// Adds the votes of a row to its blocks.
    fn count(&self, blocks: &mut [[f32; ORIENTATIONS]]) {
        let four = |from: usize| from * CELL_STRIDE_PX..(from + 1) * CELL_STRIDE_PX;
        for (number, block) in blocks.iter_mut().enumerate() {
            // Sixteen bins, so that a masked index needs no check; bin nine is bin nought again.
            let mut sums = [0.0f32; 16];
            let votes =
                self.bin[four(number)].iter().zip(&self.low[four(number)]).zip(&self.high[four(number)]);
            for ((bin, low), high) in votes {
                let bin = *bin as usize;
                sums[bin & 15] += low;
                sums[(bin + 1) & 15] += high;
            }
            sums[0] += sums[ORIENTATIONS];
            for (to, sum) in block.iter_mut().zip(sums) {
                *to += sum;
            }
        }
    }
}

/// Central differences of the middle line, from the channel where they are greatest, as votes.
///
/// Loops over whole rows without branches: the compiler turns them into vector instructions. No
/// product is fused with a sum, so every machine gives the same bits.
#[multiversion(targets("x86_64+avx2", "x86_64+sse4.1"))]
fn vote(lines: &[Planes; 3], kept: usize, votes: &mut Votes) {
    let width = votes.strength.len();
    let (along, across, strength) =
        (&mut votes.along[..width], &mut votes.across[..width], &mut votes.strength[..width]);
    strength.fill(-1.0);
    for plane in 0..kept {
        let (above, below) = (&lines[0].0[plane][1..=width], &lines[2].0[plane][1..=width]);
        let (left, right) = (&lines[1].0[plane][..width], &lines[1].0[plane][2..width + 2]);
        for x in 0..width {
            let (dx, dy) = (right[x] - left[x], below[x] - above[x]);
            let squared = dx * dx + dy * dy;
            let greater = squared > strength[x];
            strength[x] = if greater { squared } else { strength[x] };
            along[x] = if greater { dx } else { along[x] };
            across[x] = if greater { dy } else { across[x] };
        }
    }
    let (bins, low, high) = (&mut votes.bin[..width], &mut votes.low[..width], &mut votes.high[..width]);
    for x in 0..width {
        let magnitude = strength[x].sqrt();
        let weight = magnitude / (magnitude + HALF_STRENGTH);
        let position = unsigned_angle(along[x], across[x]) * ORIENTATIONS as f32;
        let bin = position as i32;
        let part = position - bin as f32;
        bins[x] = bin as u32;
        low[x] = weight * (1.0 - part);
        high[x] = weight * part;
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
#[multiversion(targets("x86_64+avx2", "x86_64+sse4.1"))]
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

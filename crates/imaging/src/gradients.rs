//! Colour-blind gradient features: what a shape looks like whatever its paint.
//!
//! A variant of histograms of oriented gradients (Dalal and Triggs, 2005): the strongest channel's
//! gradient a pixel, unsigned orientation in nine bins, each cell normalised by its neighbourhood,
//! and a tenth channel for how much edge there is at all.

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
        let mut sums = vec![[0.0f32; ORIENTATIONS]; columns * rows];
        let share = 1.0 / (CELL_SIZE_PX * CELL_SIZE_PX) as f32;
        for row in 0..rows {
            for column in 0..columns {
                let at = row * block_columns + column;
                let four = [
                    &blocks[at],
                    &blocks[at + 1],
                    &blocks[at + block_columns],
                    &blocks[at + block_columns + 1],
                ];
                let sum = &mut sums[row * columns + column];
                for (bin, value) in sum.iter_mut().enumerate() {
                    *value = (four[0][bin] + four[1][bin] + four[2][bin] + four[3][bin]) * share;
                }
            }
        }
        let norms = neighbourhood_norms(&sums, columns, rows);
        let mut features = Vec::with_capacity(sums.len() * CELL_FEATURES);
        for (sum, norm) in sums.iter().zip(norms) {
            let scale = 1.0 / (norm + NORM_FLOOR * NORM_FLOOR).sqrt();
            features.extend(sum.iter().map(|value| (value * scale).min(CLIP)));
            features.push(0.5 * sum.iter().sum::<f32>().min(1.0));
        }
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

/// Weighted orientation sums of each block of four by four pixels.
fn block_histograms(picture: &Picture) -> Vec<[f32; ORIENTATIONS]> {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let (block_columns, block_rows) = (width / CELL_STRIDE_PX, height / CELL_STRIDE_PX);
    let mut blocks = vec![[0.0f32; ORIENTATIONS]; block_columns * block_rows];
    let mut lines = [planes(picture, 0), planes(picture, 0), planes(picture, 1.min(height - 1))];
    let mut strength = vec![0.0f32; width];
    let mut along = vec![0.0f32; width];
    let mut across = vec![0.0f32; width];
    for y in 0..block_rows * CELL_STRIDE_PX {
        strongest_gradients(&lines, &mut along, &mut across, &mut strength);
        let line = &mut blocks[(y / CELL_STRIDE_PX) * block_columns..][..block_columns];
        for (block, x) in line.iter_mut().zip((0..).step_by(CELL_STRIDE_PX)) {
            for at in x..x + CELL_STRIDE_PX {
                let magnitude = strength[at].sqrt();
                let weight = magnitude / (magnitude + HALF_STRENGTH);
                let position = unsigned_angle(along[at], across[at]) * ORIENTATIONS as f32;
                let low = position as usize;
                let part = position - low as f32;
                let low = if low >= ORIENTATIONS { 0 } else { low };
                let high = if low + 1 == ORIENTATIONS { 0 } else { low + 1 };
                block[low] += weight * (1.0 - part);
                block[high] += weight * part;
            }
        }
        lines.rotate_left(1);
        lines[2] = planes(picture, (y + 2).min(height - 1));
    }
    blocks
}

/// One picture row as four planes of `width + 2`, edges repeated: red, green, blue, alpha, 0 to 1.
fn planes(picture: &Picture, y: usize) -> [Vec<f32>; 4] {
    let row = picture.row(y as u32);
    let mut planes: [Vec<f32>; 4] = std::array::from_fn(|_| Vec::with_capacity(row.len() + 2));
    let edges = row.first().into_iter().chain(row).chain(row.last());
    for [red, green, blue, alpha] in edges {
        let alpha = ((f32::from(*alpha) - SHADOW_ALPHA) / ALPHA_RAMP).clamp(0.0, 1.0);
        let behind = 0.5 * (1.0 - alpha);
        for (plane, channel) in planes.iter_mut().zip([red, green, blue]) {
            plane.push(f32::from(*channel) / 255.0 * alpha + behind);
        }
        planes[3].push(alpha);
    }
    planes
}

/// Central differences of the middle line, from the channel where they are greatest.
fn strongest_gradients(
    lines: &[[Vec<f32>; 4]; 3],
    along: &mut [f32],
    across: &mut [f32],
    strength: &mut [f32],
) {
    strength.fill(-1.0);
    let width = strength.len();
    let [above, middle, below] = lines;
    for ((above, middle), below) in above.iter().zip(middle).zip(below) {
        let (left, right) = (&middle[..width], &middle[2..width + 2]);
        let (above, below) = (&above[1..=width], &below[1..=width]);
        for x in 0..width {
            let (dx, dy) = (right[x] - left[x], below[x] - above[x]);
            let squared = dx * dx + dy * dy;
            let greater = squared > strength[x];
            strength[x] = if greater { squared } else { strength[x] };
            along[x] = if greater { dx } else { along[x] };
            across[x] = if greater { dy } else { across[x] };
        }
    }
}

/// The direction of a gradient without its sign, as a share of a half turn, 0 to below 1.
///
/// A polynomial, not the library's arctangent, so that every machine gives the same bits; its
/// error is below a thousandth of a half turn (Hastings, Approximations for Digital Computers).
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
fn neighbourhood_norms(sums: &[[f32; ORIENTATIONS]], columns: usize, rows: usize) -> Vec<f32> {
    const REACH: usize = 2;
    let squares: Vec<f32> = sums.iter().map(|sum| sum.iter().map(|value| value * value).sum()).collect();
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

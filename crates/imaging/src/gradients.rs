//! Colour-blind gradient features: what a shape looks like whatever its paint.
//!
//! A variant of histograms of oriented gradients (Dalal and Triggs, 2005): the strongest channel's
//! gradient a pixel, unsigned orientation in nine bins, each cell normalised by its neighbourhood,
//! and a tenth channel for how much edge there is at all.

mod votes;

use multiversion::multiversion;

use crate::Picture;
use votes::{Blocks, WHOLE_VOTE};

/// Orientation bins.
pub const ORIENTATIONS: usize = 9;
/// Numbers a cell: the orientations and the amount of edge.
pub const CELL_FEATURES: usize = ORIENTATIONS + 1;
/// Cells start every this many pixels.
pub const CELL_STRIDE_PX: usize = 4;
/// Cells are this wide and high, so that neighbours overlap by half.
pub const CELL_SIZE_PX: usize = 8;

/// Keeps flat neighbourhoods from being blown up to noise.
const NORM_FLOOR: f32 = 0.05;
/// No orientation counts more than this.
const CLIP: f32 = 0.45;

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
        let blocks = Blocks::measure(picture);
        let (columns, rows) = (blocks.columns.saturating_sub(1), blocks.rows.saturating_sub(1));
        if columns == 0 {
            return Self { columns, rows, features: Vec::new() };
        }
        let mut cells = vec![Cells::new(columns); rows];
        for (row, cells) in cells.iter_mut().enumerate() {
            for bin in 0..ORIENTATIONS {
                cells.add(bin, blocks.line(row, bin), blocks.line(row + 1, bin));
            }
        }
        let norms = neighbourhood_norms(&cells, columns);
        let mut features = vec![0.0f32; columns * rows * CELL_FEATURES];
        let lines = features.chunks_exact_mut(columns * CELL_FEATURES);
        for ((cells, norms), line) in cells.iter().zip(norms.chunks_exact(columns)).zip(lines) {
            cells.normalised(norms, line);
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

/// A row of cells.
#[derive(Clone)]
struct Cells {
    /// Mean votes of each bin of each cell, a bin together.
    means: Vec<f32>,
    /// Their sum over the bins, and the sum of their squares, of each cell.
    totals: Vec<f32>,
    squares: Vec<f32>,
}

impl Cells {
    fn new(columns: usize) -> Self {
        Self {
            means: vec![0.0; ORIENTATIONS * columns],
            totals: vec![0.0; columns],
            squares: vec![0.0; columns],
        }
    }

    /// A bin of the two rows of blocks that make these cells.
    fn add(&mut self, bin: usize, above: &[u16], below: &[u16]) {
        let columns = self.totals.len();
        let means = &mut self.means[bin * columns..(bin + 1) * columns];
        add_bin(above, below, means, &mut self.totals, &mut self.squares);
    }

    /// The features of the cells, from the norms of their neighbourhoods.
    fn normalised(&self, norms: &[f32], features: &mut [f32]) {
        let columns = self.totals.len();
        let means: [&[f32]; ORIENTATIONS] =
            std::array::from_fn(|bin| &self.means[bin * columns..(bin + 1) * columns]);
        normalise(means, &self.totals, norms, features);
    }
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl+avx512dq", "x86_64+avx2", "x86_64+sse4.1"))]
fn add_bin(above: &[u16], below: &[u16], means: &mut [f32], totals: &mut [f32], squares: &mut [f32]) {
    const SHARE: f32 = 1.0 / ((CELL_SIZE_PX * CELL_SIZE_PX) as f32 * WHOLE_VOTE);
    let columns = means.len();
    let four = [&above[..columns], &above[1..=columns], &below[..columns], &below[1..=columns]];
    let (totals, squares) = (&mut totals[..columns], &mut squares[..columns]);
    for column in 0..columns {
        let [a, b, c, d] = four.map(|blocks| u32::from(blocks[column]));
        let mean = ((a + b) + (c + d)) as i32 as f32 * SHARE;
        means[column] = mean;
        totals[column] += mean;
        squares[column] += mean * mean;
    }
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl+avx512dq", "x86_64+avx2", "x86_64+sse4.1"))]
fn normalise(means: [&[f32]; ORIENTATIONS], totals: &[f32], norms: &[f32], features: &mut [f32]) {
    let columns = totals.len();
    let (means, norms) = (means.map(|means| &means[..columns]), &norms[..columns]);
    for (column, to) in features.as_chunks_mut::<CELL_FEATURES>().0.iter_mut().enumerate().take(columns) {
        let scale = 1.0 / (norms[column] + NORM_FLOOR * NORM_FLOOR).sqrt();
        for bin in 0..ORIENTATIONS {
            to[bin] = (means[bin][column] * scale).min(CLIP);
        }
        to[ORIENTATIONS] = 0.5 * totals[column].min(1.0);
    }
}

/// Cells to each side that a neighbourhood reaches.
const REACH: usize = 2;

/// Mean square length of the orientation sums over five by five cells, fewer at the edges: row by row.
fn neighbourhood_norms(cells: &[Cells], columns: usize) -> Vec<f32> {
    let window = |at: usize, length: usize| at.saturating_sub(REACH)..(at + REACH + 1).min(length);
    let shares: Vec<f32> = (0..columns).map(|column| 1.0 / window(column, columns).len() as f32).collect();
    let mut norms = vec![0.0f32; cells.len() * columns];
    let mut down = vec![0.0f32; columns + 2 * REACH];
    for (row, norms) in norms.chunks_exact_mut(columns).enumerate() {
        let near = &cells[window(row, cells.len())];
        sum_down(near, &mut down[REACH..REACH + columns]);
        sum_across(&down, &shares, 1.0 / near.len() as f32, norms);
    }
    norms
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl+avx512dq", "x86_64+avx2", "x86_64+sse4.1"))]
fn sum_down(near: &[Cells], down: &mut [f32]) {
    down.fill(0.0);
    for cells in near {
        for (sum, square) in down.iter_mut().zip(&cells.squares) {
            *sum += square;
        }
    }
}

/// Of sums with [`REACH`] zeros on both sides.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl+avx512dq", "x86_64+avx2", "x86_64+sse4.1"))]
fn sum_across(down: &[f32], shares: &[f32], share_down: f32, norms: &mut [f32]) {
    let columns = norms.len();
    let [a, b, c, d, e] = [0, 1, 2, 3, 4].map(|by: usize| &down[by..by + columns]);
    let shares = &shares[..columns];
    for column in 0..columns {
        let near = (a[column] + b[column]) + (d[column] + e[column]) + c[column];
        norms[column] = near * (shares[column] * share_down);
    }
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
        fn features_stay_in_range(seed: u32, width in 8u32..40, height in 8u32..40) {
            let pixels = (0..width * height).map(|at| (at ^ seed).wrapping_mul(2_654_435_761).to_le_bytes()).collect();
            let grid = GradientGrid::measure(&Picture::new(width, height, pixels).unwrap());
            prop_assert!(grid.features().iter().all(|value| (0.0..=0.5).contains(value)));
        }
    }
}

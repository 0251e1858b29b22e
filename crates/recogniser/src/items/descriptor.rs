//! What a window looks like, in numbers: gradients a cell, colour a cell, colours a block.
//!
//! Gradients tell a shape whatever its dye and place it finely; the mean colour a cell tells the
//! paint; histograms a block do too, and forgive a shift. All are quantised to a byte.

use lorgnon_imaging::{CELL_FEATURES, CELL_STRIDE_PX, GradientGrid, Picture};
use serde::{Deserialize, Serialize};

use super::window::{COLUMNS, HEIGHT_PX, ROWS, WIDTH_PX, seen};

/// Colour numbers a cell: lightness, the two opponent axes, and how much is there.
pub(super) const PAINT_FEATURES: usize = 3;
/// Pixels across and down a block of the histograms.
const BLOCK_PX: usize = 20;
const BLOCK_COLUMNS: usize = WIDTH_PX as usize / BLOCK_PX;
const BLOCK_ROWS: usize = HEIGHT_PX as usize / BLOCK_PX;
/// Levels a channel of the histograms.
const LEVELS: usize = 5;
/// Histogram bins: items keep their exact paint, so bins are fine.
pub(super) const BINS: usize = LEVELS * LEVELS * LEVELS;
/// Weight of the histograms beside the cells.
const HISTOGRAM_WEIGHT: f32 = 3.0;

/// Byte steps a unit of a gradient feature, which lies in 0 to .5.
const GRADIENT_STEPS: f32 = 510.0;

/// A box of cells; `right` and `bottom` are exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct CellBox {
    pub(super) left: usize,
    pub(super) top: usize,
    pub(super) right: usize,
    pub(super) bottom: usize,
}

impl CellBox {
    pub(super) fn columns(self) -> usize {
        self.right - self.left
    }

    pub(super) fn rows(self) -> usize {
        self.bottom - self.top
    }
}

/// One window measured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Descriptor {
    /// `ROWS * COLUMNS * CELL_FEATURES`.
    gradients: Vec<u8>,
    /// `ROWS * COLUMNS * PAINT_FEATURES`, 128 is neutral.
    paint: Vec<u8>,
    /// `BLOCK_ROWS * BLOCK_COLUMNS * BINS`, share of the block's pixels of 255.
    histograms: Vec<u8>,
}

impl Descriptor {
    /// Measures a window of [`WIDTH_PX`] by [`HEIGHT_PX`].
    pub(super) fn measure(window: &Picture) -> Self {
        let gradients = GradientGrid::measure(window)
            .features()
            .iter()
            .map(|value| (value * GRADIENT_STEPS).round() as u8)
            .collect();
        let width = window.width() as usize;
        let pixels: Vec<[f32; 4]> = window.pixels().iter().map(|pixel| seen(*pixel)).collect();
        let half = CELL_STRIDE_PX;
        let (half_columns, half_rows) = (COLUMNS + 1, ROWS + 1);
        let mut sums = vec![[0f32; PAINT_FEATURES]; half_columns * half_rows];
        let mut histograms = vec![0f32; BLOCK_COLUMNS * BLOCK_ROWS * BINS];
        for (at, pixel) in pixels.iter().enumerate() {
            let (x, y) = (at % width, at / width);
            let opponent = opponent(*pixel);
            let sum =
                &mut sums[(y / half).min(half_rows - 1) * half_columns + (x / half).min(half_columns - 1)];
            for (sum, value) in sum.iter_mut().zip(opponent) {
                *sum += value;
            }
            if pixel[3] > 0.0 {
                let block = (y / BLOCK_PX).min(BLOCK_ROWS - 1) * BLOCK_COLUMNS
                    + (x / BLOCK_PX).min(BLOCK_COLUMNS - 1);
                vote(&mut histograms[block * BINS..(block + 1) * BINS], *pixel);
            }
        }
        let mut paint = Vec::with_capacity(COLUMNS * ROWS * PAINT_FEATURES);
        let share = 127.0 / (4 * half * half) as f32;
        for row in 0..ROWS {
            for column in 0..COLUMNS {
                let at = row * half_columns + column;
                let four = [at, at + 1, at + half_columns, at + half_columns + 1].map(|at| &sums[at]);
                paint.extend((0..PAINT_FEATURES).map(|feature| {
                    let sum: f32 = four.iter().map(|sums| sums[feature]).sum();
                    (128.0 + sum * share).round().clamp(0.0, 255.0) as u8
                }));
            }
        }
        let share = 255.0 / (BLOCK_PX * BLOCK_PX) as f32;
        let histograms = histograms.iter().map(|sum| (sum * share).round().min(255.0) as u8).collect();
        Self { gradients, paint, histograms }
    }

    /// Whether the lengths are those of this version.
    pub(super) fn is_whole(&self) -> bool {
        self.gradients.len() == ROWS * COLUMNS * CELL_FEATURES
            && self.paint.len() == ROWS * COLUMNS * PAINT_FEATURES
            && self.histograms.len() == BLOCK_ROWS * BLOCK_COLUMNS * BINS
    }

    /// The gradient bytes of a cell.
    pub(super) fn gradients_at(&self, column: usize, row: usize) -> &[u8] {
        let start = (row * COLUMNS + column) * CELL_FEATURES;
        &self.gradients[start..start + CELL_FEATURES]
    }

    /// The paint bytes of a cell.
    pub(super) fn paint_at(&self, column: usize, row: usize) -> &[u8] {
        let start = (row * COLUMNS + column) * PAINT_FEATURES;
        &self.paint[start..start + PAINT_FEATURES]
    }

    /// Numbers [`Self::read`] gives for a box.
    pub(super) fn length(bounds: CellBox, step: usize) -> usize {
        let cells = bounds.columns().div_ceil(step) * bounds.rows().div_ceil(step);
        cells * (CELL_FEATURES + PAINT_FEATURES) + BINS
    }

    /// The features of a box of cells, every `step`-th cell, moved by whole cells; what lies
    /// beyond the window repeats its edge.
    pub(super) fn read(&self, bounds: CellBox, step: usize, right: isize, down: isize, into: &mut Vec<f32>) {
        into.clear();
        let clip = |at: usize, shift: isize, length: usize| at.saturating_add_signed(shift).min(length - 1);
        for row in (bounds.top..bounds.bottom).step_by(step) {
            for column in (bounds.left..bounds.right).step_by(step) {
                let (column, row) = (clip(column, right, COLUMNS), clip(row, down, ROWS));
                let cell = self.gradients_at(column, row);
                into.extend(cell.iter().map(|value| f32::from(*value) * (1.0 / GRADIENT_STEPS)));
                let cell = self.paint_at(column, row);
                into.extend(cell.iter().map(|value| (f32::from(*value) - 128.0) * (0.5 / 127.0)));
            }
        }
        let sums = self.histogram(bounds, right, down);
        let total: f32 = sums.iter().sum::<f32>().max(1.0);
        into.extend(sums.iter().map(|sum| HISTOGRAM_WEIGHT * (sum / total).sqrt()));
    }

    /// The colours of a box of cells, moved by whole cells: pixels a bin, times 255 / 400.
    pub(super) fn histogram(&self, bounds: CellBox, right: isize, down: isize) -> [f32; BINS] {
        let mut sums = [0f32; BINS];
        let cells_a_block = (BLOCK_PX / CELL_STRIDE_PX) as f32;
        let (shift_x, shift_y) = (right as f32, down as f32);
        for row in 0..BLOCK_ROWS {
            let covered =
                overlap(row, cells_a_block, bounds.top as f32 + shift_y, bounds.bottom as f32 + shift_y);
            for column in 0..BLOCK_COLUMNS {
                let weight = covered
                    * overlap(
                        column,
                        cells_a_block,
                        bounds.left as f32 + shift_x,
                        bounds.right as f32 + shift_x,
                    );
                if weight > 0.0 {
                    let start = (row * BLOCK_COLUMNS + column) * BINS;
                    for (sum, value) in sums.iter_mut().zip(&self.histograms[start..start + BINS]) {
                        *sum += weight * f32::from(*value);
                    }
                }
            }
        }
        sums
    }
}

/// How much of a block lies between two cell positions, 0 to 1.
fn overlap(block: usize, cells_a_block: f32, from: f32, to: f32) -> f32 {
    let start = block as f32 * cells_a_block;
    ((start + cells_a_block).min(to) - start.max(from)).max(0.0) / cells_a_block
}

/// Lightness and two opponent axes, each about -1 to 1; absent pixels are mid-grey.
fn opponent([red, green, blue, _]: [f32; 4]) -> [f32; PAINT_FEATURES] {
    let lightness = 0.3 * red + 0.59 * green + 0.11 * blue;
    [2.0 * lightness - 1.0, red - green, 0.5 * (red + green) - blue]
}

/// Adds a pixel to the eight bins about its colour.
pub(super) fn vote(bins: &mut [f32], [red, green, blue, there]: [f32; 4]) {
    let place = |channel: f32| {
        let position = channel.clamp(0.0, 1.0) * (LEVELS - 1) as f32;
        let low = (position as usize).min(LEVELS - 2);
        (low, position - low as f32)
    };
    let (red, green, blue) = (place(red), place(green), place(blue));
    for corner in 0..8 {
        let side = |(low, part): (usize, f32), bit: usize| {
            if corner & bit > 0 { (low + 1, part) } else { (low, 1.0 - part) }
        };
        let (red, green, blue) = (side(red, 1), side(green, 2), side(blue, 4));
        let bin = (red.0 * LEVELS + green.0) * LEVELS + blue.0;
        bins[bin] += there * red.1 * green.1 * blue.1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_descriptor_is_whole_and_reads_as_long_as_it_says() {
        let descriptor = Descriptor::measure(&Picture::filled(WIDTH_PX, HEIGHT_PX, [200, 30, 40, 255]));
        assert!(descriptor.is_whole());
        let bounds = CellBox { left: 2, top: 3, right: 9, bottom: 12 };
        let mut features = Vec::new();
        for (step, right, down) in [(1, 0, 0), (2, -4, 2), (3, 40, 60)] {
            descriptor.read(bounds, step, right, down, &mut features);
            assert_eq!(features.len(), Descriptor::length(bounds, step));
            assert!(features.iter().all(|value| value.is_finite()));
        }
    }

    #[test]
    fn paint_tells_colours_apart() {
        let read = |pixel| {
            let descriptor = Descriptor::measure(&Picture::filled(WIDTH_PX, HEIGHT_PX, pixel));
            let mut features = Vec::new();
            descriptor.read(CellBox { left: 0, top: 0, right: 4, bottom: 4 }, 1, 0, 0, &mut features);
            features
        };
        let distance = |left: &[f32], right: &[f32]| -> f32 {
            left.iter().zip(right).map(|(left, right)| (left - right).powi(2)).sum()
        };
        let (red, pale, blue) =
            (read([200, 30, 40, 255]), read([190, 40, 45, 255]), read([20, 30, 220, 255]));
        assert!(distance(&red, &pale) < 0.1 * distance(&red, &blue));
    }
}

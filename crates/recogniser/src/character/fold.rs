//! Products with directions and with their mirror images, for the price of one of them.
//!
//! A window and its mirror image are folded over each other: what a direction and its mirror image agree on
//! meets the sums of opposite numbers, what they disagree on the differences. Both products are then the sum
//! and the difference of two of half the length.

use super::descriptor::Window;
use super::discriminant::Sketch;

/// A sketch's directions, cut by rows of cells and folded.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Folded {
    /// Numbers of a row of cells that a mirror exchanges; one that it leaves is its own opposite.
    opposites: Vec<[usize; 2]>,
    /// Weights of the sums: [opposites][row of cells][direction].
    even: Vec<f32>,
    /// Of the differences, likewise.
    odd: Vec<f32>,
}

impl Folded {
    pub(super) fn new(window: &Window, sketch: &Sketch) -> Self {
        let row_length = window.dimensions() / window.rows;
        let numbers: Vec<f32> = (0..window.dimensions()).map(|number| number as f32).collect();
        let mirrored = window.mirror(&numbers);
        let opposites: Vec<[usize; 2]> = (0..row_length)
            .map(|number| [number, mirrored[number] as usize])
            .filter(|[number, opposite]| number <= opposite)
            .collect();
        let (mut even, mut odd) = (Vec::new(), Vec::new());
        for [number, opposite] in &opposites {
            // A number that is its own opposite is summed with itself.
            let share = if number == opposite { 0.25 } else { 0.5 };
            for row in 0..window.rows {
                for direction in sketch.basis.chunks_exact(sketch.dimensions) {
                    let weights = &direction[row * row_length..];
                    even.push(share * (weights[*number] + weights[*opposite]));
                    odd.push(share * (weights[*number] - weights[*opposite]));
                }
            }
        }
        Self { opposites, even, odd }
    }

    /// Numbers of a folded row of cells.
    pub(super) fn row_length(&self) -> usize {
        self.opposites.len()
    }

    /// Weights of sums and of differences.
    pub(super) fn weights(&self) -> [&[f32]; 2] {
        [&self.even, &self.odd]
    }

    /// Folds a row of cells of a window: its sums and differences.
    pub(super) fn fold(&self, cells: &[f32], sums: &mut [f32], differences: &mut [f32]) {
        for (([number, opposite], sum), difference) in self.opposites.iter().zip(sums).zip(differences) {
            (*sum, *difference) = (cells[*number] + cells[*opposite], cells[*number] - cells[*opposite]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::character::descriptor::COARSE;

    #[test]
    fn sums_and_differences_make_the_products_of_both() {
        let mut random = fastrand::Rng::with_seed(5);
        let mut numbers = |count: usize| -> Vec<f32> { (0..count).map(|_| random.f32() - 0.5).collect() };
        let (basis, window) = (numbers(2 * COARSE.dimensions()), numbers(COARSE.dimensions()));
        let sketch = Sketch { dimensions: COARSE.dimensions(), basis, mixing: vec![], bias: vec![] };
        let folded = Folded::new(&COARSE, &sketch);
        let length = folded.row_length();
        let (mut sums, mut differences) = (vec![0.0; length], vec![0.0; length]);
        let mut products = [[0.0f32; 2]; 2];
        for (row, cells) in window.chunks_exact(COARSE.dimensions() / COARSE.rows).enumerate() {
            folded.fold(cells, &mut sums, &mut differences);
            for ((products, folded_row), weights) in
                products.iter_mut().zip([&sums, &differences]).zip(folded.weights())
            {
                for (number, value) in folded_row.iter().enumerate() {
                    for (direction, product) in products.iter_mut().enumerate() {
                        *product += value * weights[(number * COARSE.rows + row) * 2 + direction];
                    }
                }
            }
        }
        let [even, odd] = products;
        for (at, direction) in sketch.basis.chunks_exact(COARSE.dimensions()).enumerate() {
            let product = |direction: &[f32]| -> f32 {
                direction.iter().zip(&window).map(|(weight, value)| weight * value).sum()
            };
            assert!((even[at] + odd[at] - product(direction)).abs() < 1e-4);
            assert!((even[at] - odd[at] - product(&COARSE.mirror(direction))).abs() < 1e-4);
        }
    }
}

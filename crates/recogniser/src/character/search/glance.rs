//! The first look: a few shared directions over every place and size.

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};
use lorgnon_imaging::CELL_FEATURES;
use rayon::prelude::*;

use super::area::{Level, SearchArea};
use super::candidate::{Wanted, apart};
use crate::character::descriptor::{CELL_STEP, COARSE, Opaque};
use crate::character::model::CharacterModel;

/// Sizes of the search lie this far apart.
const SIZE_STEP: f32 = 1.189_207_1;
/// Windows of a size nearer to each other than this, of the body height, are the same.
const SAME_WINDOW: f32 = 0.15;

/// One size of the search, and the windows where bodies of that size may stand: apart from each other, best
/// first.
pub(super) struct Sighting {
    pub(super) level: Level,
    pub(super) glances: Vec<Glance>,
}

/// A coarse window that may hold a character.
#[derive(Debug, Clone, Copy)]
pub(super) struct Glance {
    pub(super) score: f32,
    pub(super) column: usize,
    pub(super) row: usize,
}

impl Glance {
    /// Greatest score first, ties by place.
    pub(super) fn better(&self, other: &Self) -> std::cmp::Ordering {
        other.score.total_cmp(&self.score).then((self.row, self.column).cmp(&(other.row, other.column)))
    }
}

impl CharacterModel {
    /// Glances at the windows of every size; at most the `most` best of each are kept.
    pub(super) fn sightings(
        &self,
        shown: &Opaque<'_>,
        search: &SearchArea,
        most: usize,
        wanted: Wanted<'_>,
    ) -> Vec<Sighting> {
        let sizes: Vec<f32> = std::iter::successors(Some(search.largest), |height| Some(height / SIZE_STEP))
            .take_while(|height| *height >= search.smallest)
            .collect();
        sizes
            .into_par_iter()
            .map(|height| {
                let level = Level::new(shown, &search.area, height);
                let mut glances = self.glance(&level, wanted);
                glances.sort_by(Glance::better);
                let places = glances.into_iter().map(|glance| (level.frame(&glance), glance));
                let glances = apart(places, |(frame, _)| frame, most, SAME_WINDOW);
                Sighting { level, glances: glances.into_iter().map(|(_, glance)| glance).collect() }
            })
            .collect()
    }

    /// Scores every other window of a level, across and down, by the sketch.
    fn glance(&self, level: &Level, wanted: Wanted<'_>) -> Vec<Glance> {
        const CELLS: usize = COARSE.columns * CELL_FEATURES;
        let grid = &level.grid;
        // Every other cell: the cells of these windows, which touch.
        let (columns, rows) = (grid.columns().div_ceil(CELL_STEP), grid.rows().div_ceil(CELL_STEP));
        if columns < COARSE.columns || rows < COARSE.rows {
            return Vec::new();
        }
        let (across, down) = (columns + 1 - COARSE.columns, rows + 1 - COARSE.rows);
        let (rank, length) = (self.sketch.rank(), self.folded.row_length());
        let mut line = Vec::with_capacity(columns * CELL_FEATURES);
        // Of sums and of differences: see `fold`.
        let mut folded = [(); 2].map(|()| vec![0.0f32; across * length]);
        let mut products = [(); 2].map(|()| vec![0.0f32; across * down * rank]);
        let mut parts = vec![0.0f32; across * COARSE.rows * rank];
        for row in 0..rows {
            line.clear();
            for column in 0..columns {
                line.extend_from_slice(grid.cell(column * CELL_STEP, row * CELL_STEP));
            }
            let [sums, differences] = &mut folded;
            let windows = sums.chunks_exact_mut(length).zip(differences.chunks_exact_mut(length));
            for (column, (sums, differences)) in windows.enumerate() {
                self.folded.fold(&line[column * CELL_FEATURES..][..CELLS], sums, differences);
            }
            for ((products, folded), weights) in products.iter_mut().zip(&folded).zip(self.folded.weights()) {
                // A row of cells is the first row of one row of windows, the second of the one above, …
                matmul(
                    MatMut::from_row_major_slice_mut(&mut parts, across, COARSE.rows * rank),
                    Accum::Replace,
                    MatRef::from_row_major_slice(folded, across, length),
                    MatRef::from_row_major_slice(weights, length, COARSE.rows * rank),
                    1.0,
                    Par::Seq,
                );
                for part in row.saturating_sub(down - 1)..COARSE.rows.min(row + 1) {
                    let to = &mut products[(row - part) * across * rank..][..across * rank];
                    for (to, from) in to.chunks_exact_mut(rank).zip(parts.chunks_exact(COARSE.rows * rank)) {
                        for (to, from) in to.iter_mut().zip(&from[part * rank..]) {
                            *to += from;
                        }
                    }
                }
            }
        }
        let [even, odd] = products;
        let mut found = Vec::with_capacity(across * down);
        let lines = even.chunks_exact(across * rank).zip(odd.chunks_exact(across * rank));
        for (row, (even, odd)) in lines.enumerate() {
            for (column, score) in self.best_of_sides(even, odd, wanted).into_iter().enumerate() {
                found.push(Glance { score, column: column * CELL_STEP, row: row * CELL_STEP });
            }
        }
        found
    }

    /// The greatest sketched score of each window, by straight and mirrored templates.
    fn best_of_sides(&self, even: &[f32], odd: &[f32], wanted: Wanted<'_>) -> Vec<f32> {
        let pairs = || even.iter().zip(odd);
        let straight: Vec<f32> = pairs().map(|(even, odd)| even + odd).collect();
        let mirrored: Vec<f32> = pairs().map(|(even, odd)| even - odd).collect();
        let takes_part = |template: usize| wanted.is_empty() || wanted.contains(&template);
        let mut best = self.sketch.greatest(&straight, takes_part);
        let count = self.labels.len();
        let turned = self.sketch.greatest(&mirrored, |template| takes_part(template + count));
        for (best, turned) in best.iter_mut().zip(turned) {
            *best = best.max(turned);
        }
        best
    }
}

//! The first pass: coarse templates over all places and sizes.

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};
use lorgnon_imaging::CELL_FEATURES;
use rayon::prelude::*;

use super::area::{Level, SearchArea};
use super::{Candidate, Wanted, apart, greatest, leaders};
use crate::character::descriptor::{CELL_STEP, COARSE, Opaque};
use crate::character::model::CharacterModel;

/// Sizes of the search lie this far apart.
const SIZE_STEP: f32 = 1.189_207_1;
/// Best windows of every size that all templates look at, likewise.
const GLANCED: usize = 8;
const GLANCED_PLAIN: usize = 8;
/// Coarse candidates kept for the fine stage, on a busy and on a plain background.
const CANDIDATES: usize = 10;
const CANDIDATES_PLAIN: usize = 4;
/// Coarse candidates of every size that are kept whatever their rank.
const CANDIDATES_A_SIZE: usize = 4;

impl CharacterModel {
    /// The best coarse windows that are not near a better one.
    ///
    /// Three sieves: a few shared directions on every other window, all templates on the best of
    /// them and their neighbours, then the best apart from each other. There are many more small
    /// windows than large ones, whose best score higher by chance: so every size sends its own.
    pub(super) fn coarse(
        &self,
        shown: &Opaque<'_>,
        search: &SearchArea,
        wanted: Wanted<'_>,
    ) -> Vec<Candidate> {
        let (glanced, most) =
            if search.plain { (GLANCED_PLAIN, CANDIDATES_PLAIN) } else { (GLANCED, CANDIDATES) };
        let sizes: Vec<f32> = std::iter::successors(Some(search.largest), |height| Some(height / SIZE_STEP))
            .take_while(|height| *height >= search.smallest)
            .collect();
        let mut looked: Vec<(Glance, Candidate)> = sizes
            .into_par_iter()
            .flat_map_iter(|height| {
                let level = Level::new(shown, &search.area, height);
                let mut glances = self.glance(&level, wanted);
                glances.sort_by(Glance::better);
                let places = glances.into_iter().map(|glance| (glance, level.frame(&glance)));
                apart(places, |(_, frame)| frame, glanced, 0.15).into_iter().map(move |(glance, _)| {
                    let (glance, leaders) = self.look_closer(&level, &glance, wanted);
                    (glance, Candidate::at(level.frame(&glance), leaders))
                })
            })
            .collect();
        let height = |looked: &(Glance, Candidate)| looked.1.frame.height;
        looked.sort_by(|left, right| left.0.better(&right.0).then(height(right).total_cmp(&height(left))));
        let mut heights: Vec<f32> = Vec::new();
        let ranked = apart(looked, |(_, candidate)| &candidate.frame, usize::MAX, 0.2).into_iter();
        let chosen = ranked.enumerate().filter(|(rank, (_, candidate))| {
            let height = candidate.frame.height;
            let same = heights.iter().filter(|other| other.total_cmp(&height).is_eq()).count();
            heights.push(height);
            *rank < most || same < CANDIDATES_A_SIZE
        });
        chosen.map(|(_, (_, candidate))| candidate).collect()
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
        let rank = self.sketch.rank();
        let mut products = vec![0.0f32; across * down * rank];
        let mut line = Vec::with_capacity(columns * CELL_FEATURES);
        let mut windows = vec![0.0f32; across * CELLS];
        let mut parts = vec![0.0f32; across * COARSE.rows * rank];
        for row in 0..rows {
            line.clear();
            for column in 0..columns {
                line.extend_from_slice(grid.cell(column * CELL_STEP, row * CELL_STEP));
            }
            for (column, window) in windows.chunks_exact_mut(CELLS).enumerate() {
                window.copy_from_slice(&line[column * CELL_FEATURES..][..CELLS]);
            }
            // A row of cells is the first row of one row of windows, the second of the one above, …
            matmul(
                MatMut::from_row_major_slice_mut(&mut parts, across, COARSE.rows * rank),
                Accum::Replace,
                MatRef::from_row_major_slice(&windows, across, CELLS),
                MatRef::from_row_major_slice(&self.sketch_rows, CELLS, COARSE.rows * rank),
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
        let scores = self.sketch.mix(&products);
        let mut found = Vec::with_capacity(across * down);
        for (at, scores) in scores.chunks_exact(self.sketch.bias.len()).enumerate() {
            let score = greatest(scores, wanted);
            found.push(Glance { score, column: at % across * CELL_STEP, row: at / across * CELL_STEP });
        }
        found
    }

    /// Scores a window and those one grid step around it by all coarse templates; the best of them,
    /// and whose templates lead there.
    fn look_closer(&self, level: &Level, glance: &Glance, wanted: Wanted<'_>) -> (Glance, Vec<usize>) {
        let last_column = (level.grid.columns() + 1).saturating_sub(COARSE.columns * CELL_STEP);
        let last_row = (level.grid.rows() + 1).saturating_sub(COARSE.rows * CELL_STEP);
        let mut descriptions = Vec::with_capacity(9 * COARSE.dimensions());
        let mut places = Vec::with_capacity(9);
        for row in glance.row.saturating_sub(1)..=(glance.row + 1).min(last_row) {
            for column in glance.column.saturating_sub(1)..=(glance.column + 1).min(last_column) {
                COARSE.describe(&level.grid, column, row, &mut descriptions);
                places.push((column, row));
            }
        }
        let scores = self.coarse.score(&descriptions);
        let mut best = (Glance { score: f32::MIN, ..*glance }, &scores[..0]);
        for ((column, row), scores) in places.into_iter().zip(scores.chunks_exact(self.coarse.count())) {
            let score = greatest(scores, wanted);
            if score > best.0.score {
                best = (Glance { score, column, row }, scores);
            }
        }
        (best.0, leaders(best.1, wanted))
    }
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
    fn better(&self, other: &Self) -> std::cmp::Ordering {
        other.score.total_cmp(&self.score).then((self.row, self.column).cmp(&(other.row, other.column)))
    }
}

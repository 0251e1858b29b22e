//! Which parts of a character decided its class and sex.

use lorgnon_imaging::{CELL_FEATURES, Picture};

use super::descriptor::{FINE, Opaque};
use super::model::CharacterModel;
use super::{Detection, HeatMap};

impl CharacterModel {
    /// How much each cell of the window around a detection speaks for its first class and sex
    /// against the second; against background where only one is known.
    ///
    /// `None` when the detection names nobody this model knows.
    #[must_use]
    pub fn heat_map(&self, picture: &Picture, detection: &Detection) -> Option<HeatMap> {
        let mut description = Vec::with_capacity(FINE.dimensions());
        let upright = crate::Frame { mirrored: false, ..detection.frame };
        FINE.describe_cut(&FINE.cut(&Opaque::of(picture), &upright, 0), &mut description);
        let scores = self.fine.score(&description);
        let count = self.labels.len();
        let first = if detection.frame.mirrored { count } else { 0 };
        let best_of = |rank: usize| {
            let (class, gender, _) = detection.pairs.get(rank)?;
            (0..count)
                .filter(|at| self.labels[*at].agrees(Some(class), Some(*gender)))
                .map(|at| at + first)
                .max_by(|left, right| scores[*left].total_cmp(&scores[*right]))
        };
        let winner = self.fine.weights.chunks_exact(FINE.dimensions()).nth(best_of(0)?)?;
        let other = best_of(1).and_then(|at| self.fine.weights.chunks_exact(FINE.dimensions()).nth(at));
        let cells: Vec<f32> = (0..FINE.columns * FINE.rows)
            .map(|cell| {
                (cell * CELL_FEATURES..(cell + 1) * CELL_FEATURES)
                    .map(|at| description[at] * (winner[at] - other.map_or(0.0, |other| other[at])))
                    .sum()
            })
            .collect();
        let body = FINE.body_px as f32;
        Some(HeatMap {
            columns: FINE.columns,
            rows: FINE.rows,
            region: [
                -0.5 * FINE.width_px() as f32 / body,
                -(FINE.head_room_px as f32) / body,
                FINE.width_px() as f32 / body,
                FINE.height_px() as f32 / body,
            ],
            // Cells are the picture's, left to right: a mirrored character's are turned to its own.
            cells: if detection.frame.mirrored { turned(&cells) } else { cells },
        })
    }
}

fn turned(cells: &[f32]) -> Vec<f32> {
    cells.chunks_exact(FINE.columns).flat_map(|row| row.iter().rev().copied()).collect()
}

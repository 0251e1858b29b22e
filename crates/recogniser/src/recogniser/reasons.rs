//! Why it is this class and sex: the cells that spoke for the answer, where the picture shows them.
//!
//! A caller should be able to lay the map over the picture with no knowledge of bodies and frames:
//! one rectangle, one angle, cells from left to right as the picture has them, between -1 and 1.

use lorgnon_imaging::Picture;

use super::Recogniser;
use crate::character::HeatMap;
use crate::{CharacterBox, Frame, HeatMapAnswer};

impl Recogniser {
    /// Which parts of the best character of a picture spoke for its class and sex, against the next
    /// best. `None` when nobody was found.
    #[must_use]
    pub fn heat_map(&self, picture: &Picture) -> Option<HeatMapAnswer> {
        let location = self.models.locate(picture);
        let detection = location.characters.first()?;
        let map = self.models.character.as_ref()?.heat_map(picture, detection)?;
        Some(on_picture(&map, &detection.frame))
    }
}

/// A map in a character's coordinates as one on its picture.
fn on_picture(map: &HeatMap, frame: &Frame) -> HeatMapAnswer {
    let [left, top, width, height] = map.region;
    // A turn about any point is one about the middle, once that is where the turn has brought it.
    let (x, y) = frame.to_picture(left + 0.5 * width, top + 0.5 * height);
    let (width, height) = (width * frame.height, height * frame.height);
    let loudest = map.cells.iter().copied().map(f32::abs).fold(0.0, f32::max);
    let scaled = |cell: &f32| if loudest > 0.0 { (cell / loudest).clamp(-1.0, 1.0) } else { 0.0 };
    let rows = map.cells.chunks_exact(map.columns.max(1));
    let cells = if frame.mirrored {
        rows.flat_map(|row| row.iter().rev().map(scaled)).collect()
    } else {
        rows.flat_map(|row| row.iter().map(scaled)).collect()
    };
    HeatMapAnswer {
        columns: map.columns,
        rows: map.rows,
        bounds: CharacterBox { x: x - 0.5 * width, y: y - 0.5 * height, width, height },
        mirrored: frame.mirrored,
        rotation_degrees: frame.rotation_degrees,
        cells,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: usize = 4;
    const ROWS: usize = 3;

    fn map(cells: Vec<f32>) -> HeatMap {
        HeatMap { columns: COLUMNS, rows: ROWS, region: [-0.4, -0.1, 0.9, 1.2], cells }
    }

    /// The picture point of the middle of a cell, by what the answer alone tells.
    fn middle(answer: &HeatMapAnswer, column: usize, row: usize) -> (f32, f32) {
        let CharacterBox { x, y, width, height } = answer.bounds;
        let right = ((column as f32 + 0.5) / answer.columns as f32 - 0.5) * width;
        let below = ((row as f32 + 0.5) / answer.rows as f32 - 0.5) * height;
        let (sin, cos) = answer.rotation_degrees.to_radians().sin_cos();
        (x + 0.5 * width + right * cos - below * sin, y + 0.5 * height + right * sin + below * cos)
    }

    #[test]
    fn every_cell_lies_where_it_was_measured() {
        let cells: Vec<f32> = (0..COLUMNS * ROWS).map(|at| at as f32).collect();
        for (mirrored, rotation_degrees) in [(false, 0.0), (true, 0.0), (false, 12.0), (true, -9.0)] {
            let frame = Frame { centre_x: 70.0, top: 30.0, height: 120.0, mirrored, rotation_degrees };
            let map = map(cells.clone());
            let answer = on_picture(&map, &frame);
            let loudest = cells[cells.len() - 1];
            for row in 0..ROWS {
                for column in 0..COLUMNS {
                    let (x, y) = middle(&answer, column, row);
                    let (u, v) = frame.to_character(x, y);
                    let across = ((u - map.region[0]) / map.region[2] * COLUMNS as f32) as usize;
                    let down = ((v - map.region[1]) / map.region[3] * ROWS as f32) as usize;
                    let measured = cells[down * COLUMNS + across] / loudest;
                    let told = answer.cells[row * COLUMNS + column];
                    assert!((measured - told).abs() < 1e-6, "{frame:?} {column} {row}: {measured} {told}");
                }
            }
        }
    }

    #[test]
    fn the_loudest_cell_is_one_and_silence_stays_silence() {
        let frame = Frame { centre_x: 0.0, top: 0.0, height: 10.0, mirrored: false, rotation_degrees: 0.0 };
        let mut cells = vec![0.5; COLUMNS * ROWS];
        cells[5] = -2.0;
        let answer = on_picture(&map(cells), &frame);
        assert_eq!((answer.cells[0], answer.cells[5]), (0.25, -1.0));
        let silent = on_picture(&map(vec![0.0; COLUMNS * ROWS]), &frame);
        assert_eq!(silent.cells, vec![0.0; COLUMNS * ROWS]);
    }
}

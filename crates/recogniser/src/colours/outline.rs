//! Where the body of a colour map stands on its grid.
//!
//! A map's grid is that of the look it was fitted around, which a detector placed to a fiftieth of
//! its height; another map of the same class stands a little elsewhere. Told from the outline of the
//! body that they share, both say the same of where a character stands.

use super::grid::{AXIS, BODY_PX, COLUMNS, ROWS, TOP};
use super::map::{ColourMap, NOTHING};
use crate::Frame;

/// Rows with fewer pixels are strands of hair.
const LEAST_ACROSS: usize = 3;
/// The lowest part of the body, where the feet are, of its height; and how far before the point
/// above them their middle lies: as for the outline of a bare look.
const FEET: f32 = 0.15;
const FEET_FORWARD: f32 = 0.02;
/// A lower body than this, of the grid's, is a map of too little.
const LEAST_HEIGHT: f32 = 0.5;

/// The body's own frame, in the grid's, in body heights of the grid.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Outline {
    centre_u: f32,
    top_v: f32,
    height: f32,
}

impl Outline {
    /// From the measured pixels of a map; `None` where they show no body.
    pub(super) fn of(map: &ColourMap) -> Option<Self> {
        let shown = |row: usize| {
            let line = map.cells[row * COLUMNS..][..COLUMNS].iter().enumerate();
            line.filter(|(_, cell)| cell.pure && cell.part != NOTHING).map(|(column, _)| column)
        };
        let rows: Vec<usize> = (0..ROWS).filter(|row| shown(*row).count() >= LEAST_ACROSS).collect();
        let (first, last) = (*rows.first()?, *rows.last()?);
        let height = (last + 1 - first) as f32 / BODY_PX;
        if height < LEAST_HEIGHT {
            return None;
        }
        let feet = last + 1 - ((last + 1 - first) as f32 * FEET) as usize;
        let columns: Vec<usize> = (feet..=last).flat_map(shown).collect();
        let middle = columns.iter().map(|column| *column as f32 + 0.5).sum::<f32>() / columns.len() as f32;
        Some(Self {
            centre_u: (middle - AXIS as f32) / BODY_PX - FEET_FORWARD * height,
            top_v: (first as f32 - TOP as f32) / BODY_PX,
            height,
        })
    }

    /// The body's frame in a picture where the grid stands at `grid`.
    pub(super) fn in_picture(&self, grid: &Frame) -> Frame {
        let height = grid.height * self.height;
        // Frames turn about their middle.
        let (x, y) = grid.to_picture(self.centre_u, self.top_v + 0.5 * self.height);
        Frame { centre_x: x, top: y - 0.5 * height, height, ..*grid }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::colours::grid::{CELLS, grid_frame};
    use crate::colours::map::{Cell, EMPTY};
    use crate::colours::tinting::Tinting;

    /// A body of 40 by 180 pixels whose corner is there.
    fn map(left: usize, top: usize) -> ColourMap {
        let mut cells = vec![EMPTY; CELLS];
        for row in top..top + 180 {
            for column in left..left + 40 {
                cells[row * COLUMNS + column] =
                    Cell { part: 0, pure: true, tinting: Tinting::multiple([1.0; 3]) };
            }
        }
        ColourMap::new(cells)
    }

    #[test]
    fn maps_that_stand_elsewhere_say_the_same_of_a_body() {
        let [one, other] = [(90, 60), (97, 55)].map(|(left, top)| Outline::of(&map(left, top)).unwrap());
        for mirrored in [false, true] {
            let grid = Frame { mirrored, ..grid_frame() };
            let moved = if mirrored { 7.0 } else { -7.0 };
            let expected = one.in_picture(&grid);
            let found = other.in_picture(&grid.shifted(moved, 5.0));
            assert!((expected.centre_x - found.centre_x).abs() < 1e-3, "{expected:?} {found:?}");
            assert!((expected.top - found.top).abs() < 1e-3, "{expected:?} {found:?}");
            assert!((expected.height - 180.0).abs() < 1e-3 && (found.height - 180.0).abs() < 1e-3);
        }
    }

    #[test]
    fn a_map_of_little_has_no_outline() {
        assert_eq!(Outline::of(&ColourMap::new(vec![EMPTY; CELLS])), None);
    }
}

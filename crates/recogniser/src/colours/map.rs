//! A colour map: which colour tints each pixel of a class, and how strongly.
//!
//! The game multiplies: a pixel shows `min(255, gain · colour)` in each channel, with a gain that
//! belongs to the pixel of the class and is nearly grey. A map holds, for each grid pixel, which of
//! the six colours (or a fixed colour) it shows, and its gain; of games that tint otherwise also what
//! it shows of black ([`super::affine`]).

use lorgnon_imaging::Picture;
use lorgnon_look::{COLOUR_COUNT, Colour};
use serde::{Deserialize, Serialize};

use super::grid::{CELLS, COLUMNS, ROWS};
use super::storage::StoredMap;
use super::tinting::Tinting;

/// What tints a pixel: a colour's index, [`FIXED`] or [`NOTHING`].
pub(super) type Part = u8;
/// The pixel has the same colour in every look.
pub(super) const FIXED: Part = 6;
/// The class has no pixel here.
pub(super) const NOTHING: Part = 7;

/// One pixel of a map.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Cell {
    /// What tints it.
    pub(super) part: Part,
    /// Whether the part alone explains it; if not it is drawn but never measured.
    pub(super) pure: bool,
    /// How its part tints it.
    pub(super) tinting: Tinting,
}

/// No pixel of the class.
pub(super) const EMPTY: Cell = Cell { part: NOTHING, pure: false, tinting: Tinting::NONE };

/// A pixel that tells something of a colour.
#[derive(Debug, Clone, Copy)]
pub(super) struct Witness {
    /// Grid column.
    pub(super) column: u16,
    /// Grid row.
    pub(super) row: u16,
    /// How its part tints it.
    pub(super) tinting: Tinting,
    /// How far it is to be trusted, 0 to 1: little near the border of its part and in the dark.
    pub(super) weight: f32,
}

/// The colour map of one template of a class.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "StoredMap", into = "StoredMap")]
pub(super) struct ColourMap {
    /// All grid pixels.
    pub(super) cells: Vec<Cell>,
    /// The pure pixels of each colour.
    pub(super) witnesses: [Vec<Witness>; COLOUR_COUNT],
    /// The pure pixels of a fixed colour.
    pub(super) fixed: Vec<Witness>,
}

impl From<ColourMap> for StoredMap {
    fn from(map: ColourMap) -> Self {
        Self::from(&map)
    }
}

/// A distance, in pixels, from which a pixel is as far from another part as matters.
const DEEP: u8 = 3;

impl ColourMap {
    /// From its pixels, one a grid pixel.
    pub(super) fn new(cells: Vec<Cell>) -> Self {
        debug_assert_eq!(cells.len(), CELLS);
        let depth = depths(&cells);
        let mut witnesses: [Vec<Witness>; COLOUR_COUNT] = std::array::from_fn(|_| Vec::new());
        let mut fixed = Vec::new();
        for (at, cell) in cells.iter().enumerate() {
            if !cell.pure || cell.part == NOTHING {
                continue;
            }
            let inside = f32::from(depth[at]) / f32::from(DEEP);
            let bright = cell.tinting.brightness().min(1.0);
            let witness = Witness {
                column: (at % COLUMNS) as u16,
                row: (at / COLUMNS) as u16,
                tinting: cell.tinting,
                weight: (inside * if cell.part == FIXED { 1.0 } else { bright }).powi(2),
            };
            match witnesses.get_mut(usize::from(cell.part)) {
                Some(list) => list.push(witness),
                None => fixed.push(witness),
            }
        }
        Self { cells, witnesses, fixed }
    }

    /// How many pure pixels have a known colour.
    pub(super) fn cells_known(&self, known: &[Option<[f32; 3]>; COLOUR_COUNT]) -> usize {
        let told = self.witnesses.iter().zip(known).filter(|(_, colour)| colour.is_some());
        told.map(|(witnesses, _)| witnesses.len()).sum::<usize>() + self.fixed.len()
    }

    /// What the game would show of the class in these colours.
    pub(super) fn shade(cell: &Cell, colours: &[Option<Colour>; COLOUR_COUNT]) -> Option<[f32; 3]> {
        match cell.part {
            NOTHING => None,
            FIXED => Some(cell.tinting.shown([255.0; 3])),
            part => {
                let colour =
                    colours.get(usize::from(part)).copied().flatten().unwrap_or(Colour::new(128, 128, 128));
                Some(cell.tinting.shown(colour.channels().map(f32::from)))
            }
        }
    }

    /// The class drawn in these colours, cropped; parts of unknown colour are grey.
    pub(super) fn render(&self, colours: &[Option<Colour>; COLOUR_COUNT]) -> Picture {
        let drawn = |at: usize| self.cells[at].part != NOTHING;
        let columns: Vec<usize> =
            (0..COLUMNS).filter(|column| (0..ROWS).any(|row| drawn(row * COLUMNS + column))).collect();
        let rows: Vec<usize> =
            (0..ROWS).filter(|row| (0..COLUMNS).any(|column| drawn(row * COLUMNS + column))).collect();
        let (left, right) =
            (columns.first().copied().unwrap_or(0), columns.last().map_or(1, |last| last + 1));
        let (top, bottom) = (rows.first().copied().unwrap_or(0), rows.last().map_or(1, |last| last + 1));
        let mut picture = Picture::filled((right - left) as u32, (bottom - top) as u32, [0; 4]);
        let mut out = picture.pixels_mut().iter_mut();
        for row in top..bottom {
            for (column, to) in (left..right).zip(&mut out) {
                if let Some([red, green, blue]) = Self::shade(&self.cells[row * COLUMNS + column], colours) {
                    *to = [red.round() as u8, green.round() as u8, blue.round() as u8, 255];
                }
            }
        }
        picture
    }
}

/// How many steps (diagonals included) each pixel is from one of another part, at most [`DEEP`].
fn depths(cells: &[Cell]) -> Vec<u8> {
    let mut depth = vec![0u8; cells.len()];
    let alike = |one: &Cell, other: &Cell| one.part == other.part && other.pure;
    for level in 1..=DEEP {
        let before = depth.clone();
        for row in 1..ROWS - 1 {
            for column in 1..COLUMNS - 1 {
                let at = row * COLUMNS + column;
                if cells[at].part == NOTHING || !cells[at].pure {
                    continue;
                }
                let surrounded = [
                    at - COLUMNS - 1,
                    at - COLUMNS,
                    at - COLUMNS + 1,
                    at - 1,
                    at + 1,
                    at + COLUMNS - 1,
                    at + COLUMNS,
                    at + COLUMNS + 1,
                ]
                .into_iter()
                .all(|near| alike(&cells[at], &cells[near]) && before[near] + 1 >= level);
                if level == 1 || (surrounded && before[at] + 1 == level) {
                    depth[at] = level;
                }
            }
        }
    }
    depth
}

//! Colour maps as they are stored: a few kilobytes each.
//!
//! The game's art is flat: a map has few different gains, and large areas share one. So gains go
//! into a book of at most 192, each a step (see [`super::steps`]) or the mean of the pixels that use
//! it (a rounded gain would shift the colour of a whole area), and each pixel holds its number in the
//! book. Numbers are ordered by brightness and written as differences, which deflate then packs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::grid::{CELLS, COLUMNS, ROWS};
use super::map::{Cell, ColourMap, EMPTY, NOTHING};
use super::steps::{STEPS, is_step};

/// Gains in a book; fewer are tried until a map is small enough.
const CODES: [usize; 4] = [192, 96, 48, 24];
/// What a stored map should not exceed, in bytes.
const MOST_BYTES: usize = 8000;
/// Gains closer than this in every channel may share a code.
const CELL_WIDTH: f32 = 1.0 / 64.0;
/// Units of a stored gain in 1: the largest gain, 2.05, fits 16 bits.
const UNITS: f32 = 16_384.0;
/// Set on the part of a pure pixel.
const PURE: u8 = 8;

/// A map, packed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct StoredMap {
    /// Grid column, row, width and height of the box that holds all pixels.
    bounds: [u16; 4],
    /// The gains, dark first, in [`UNITS`].
    book: Vec<[u16; 3]>,
    /// Deflated: the part of each pixel, then the code of each that has one.
    packed: Vec<u8>,
}

/// A stored map that is none.
#[derive(Debug, thiserror::Error)]
#[error("a stored colour map is damaged")]
pub(super) struct DamagedMap;

fn distance(one: [f32; 3], other: [f32; 3]) -> f32 {
    one.into_iter().zip(other).map(|(one, other)| (one - other) * (one - other)).sum()
}

/// The code whose gain is nearest; `book` is ordered by green.
fn nearest(book: &[[f32; 3]], gain: [f32; 3]) -> usize {
    let start = book.partition_point(|code| code[1] < gain[1]);
    let mut best = (f32::MAX, 0);
    let mut consider = |code: usize| -> bool {
        let apart = book[code][1] - gain[1];
        if apart * apart >= best.0 {
            return false;
        }
        let far = distance(book[code], gain);
        if far < best.0 {
            best = (far, code);
        }
        true
    };
    for code in start..book.len() {
        if !consider(code) {
            break;
        }
    }
    for code in (0..start).rev() {
        if !consider(code) {
            break;
        }
    }
    best.1
}

/// The gains most used, each the mean of those near it, ordered by green.
fn book_of(cells: &[Cell], most_codes: usize) -> Vec<[f32; 3]> {
    let mut bins: BTreeMap<(bool, [i16; 3]), ([f32; 3], f32)> = BTreeMap::new();
    for cell in cells.iter().filter(|cell| cell.part != NOTHING) {
        let bin = if is_step(cell.gain) {
            (true, cell.gain.map(|gain| (gain * STEPS).round() as i16))
        } else {
            (false, cell.gain.map(|gain| (gain / CELL_WIDTH) as i16))
        };
        let (sum, count) = bins.entry(bin).or_default();
        // Measured pixels count in full; the others are only drawn.
        let weight = if cell.pure { 1.0 } else { 0.2 };
        *count += weight;
        for (sum, gain) in sum.iter_mut().zip(cell.gain) {
            *sum += weight * gain;
        }
    }
    let mut means: Vec<([f32; 3], f32)> =
        bins.into_values().map(|(sum, count)| (sum.map(|sum| sum / count), count)).collect();
    means.sort_by(|one, two| two.1.total_cmp(&one.1));
    means.truncate(most_codes);
    let mut book: Vec<[f32; 3]> = means.into_iter().map(|(mean, _)| mean).collect();
    let order = |one: &[f32; 3], two: &[f32; 3]| one[1].total_cmp(&two[1]);
    book.sort_by(order);
    // The means of those that really use each code; a step stays what it is.
    let mut sums = vec![([0f32; 3], 0f32); book.len()];
    for cell in cells.iter().filter(|cell| cell.part != NOTHING) {
        let (sum, count) = &mut sums[nearest(&book, cell.gain)];
        let weight = if cell.pure { 1.0 } else { 0.01 };
        *count += weight;
        for (sum, gain) in sum.iter_mut().zip(cell.gain) {
            *sum += weight * gain;
        }
    }
    book = book
        .into_iter()
        .zip(sums)
        .filter(|(_, (_, count))| *count > 0.0)
        .map(|(code, (sum, count))| if is_step(code) { code } else { sum.map(|sum| sum / count) })
        .collect();
    book.sort_by(order);
    book
}

impl From<&ColourMap> for StoredMap {
    fn from(map: &ColourMap) -> Self {
        let mut stored = Self::with_codes(map, CODES[0]);
        for codes in &CODES[1..] {
            if stored.packed.len() + 6 * stored.book.len() <= MOST_BYTES {
                break;
            }
            stored = Self::with_codes(map, *codes);
        }
        stored
    }
}

impl StoredMap {
    fn with_codes(map: &ColourMap, most_codes: usize) -> Self {
        let (mut left, mut right, mut top, mut bottom) = (COLUMNS, 0, ROWS, 0);
        for (at, cell) in map.cells.iter().enumerate() {
            if cell.part != NOTHING {
                (left, right) = (left.min(at % COLUMNS), right.max(at % COLUMNS + 1));
                (top, bottom) = (top.min(at / COLUMNS), bottom.max(at / COLUMNS + 1));
            }
        }
        if left >= right {
            (left, right, top, bottom) = (0, 0, 0, 0);
        }
        let inside = || (top..bottom).flat_map(|row| (left..right).map(move |column| row * COLUMNS + column));
        let mut planes: Vec<u8> =
            inside().map(|at| map.cells[at].part | if map.cells[at].pure { PURE } else { 0 }).collect();
        let book = book_of(&map.cells, most_codes);
        let mut before = [0u8; 8];
        for at in inside() {
            let cell = &map.cells[at];
            if cell.part != NOTHING {
                let code = nearest(&book, cell.gain) as u8;
                let before = &mut before[usize::from(cell.part)];
                planes.push(code.wrapping_sub(*before));
                *before = code;
            }
        }
        let bounds =
            [left, top, right - left, bottom - top].map(|value| u16::try_from(value).unwrap_or(u16::MAX));
        let book = book.into_iter().map(|code| code.map(|gain| (gain * UNITS).round() as u16)).collect();
        Self { bounds, book, packed: miniz_oxide::deflate::compress_to_vec(&planes, 9) }
    }
}

impl TryFrom<StoredMap> for ColourMap {
    type Error = DamagedMap;

    fn try_from(stored: StoredMap) -> Result<Self, DamagedMap> {
        let [left, top, width, height] = stored.bounds.map(usize::from);
        if left + width > COLUMNS || top + height > ROWS {
            return Err(DamagedMap);
        }
        let planes = miniz_oxide::inflate::decompress_to_vec_with_limit(&stored.packed, 2 * CELLS)
            .map_err(|_| DamagedMap)?;
        let (parts, codes) = planes.split_at_checked(width * height).ok_or(DamagedMap)?;
        let mut cells = vec![EMPTY; CELLS];
        let mut codes = codes.iter();
        let mut before = [0u8; 8];
        let places = (top..top + height)
            .flat_map(|row| (left..left + width).map(move |column| row * COLUMNS + column));
        for (at, &part) in places.zip(parts) {
            let (pure, part) = (part & PURE != 0, part & (PURE - 1));
            if part == NOTHING {
                continue;
            }
            let before = &mut before[usize::from(part)];
            *before = before.wrapping_add(*codes.next().ok_or(DamagedMap)?);
            let gain = stored.book.get(usize::from(*before)).ok_or(DamagedMap)?;
            cells[at] = Cell { part, pure, gain: gain.map(|units| f32::from(units) / UNITS) };
        }
        Ok(Self::new(cells))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cell() -> impl Strategy<Value = Cell> {
        (0..=NOTHING, any::<bool>(), prop::array::uniform3(0f32..2.05))
            .prop_map(|(part, pure, gain)| if part == NOTHING { EMPTY } else { Cell { part, pure, gain } })
    }

    proptest! {
        #[test]
        fn a_map_of_few_gains_comes_back(cells in prop::collection::vec(cell(), 1..150), offset in 0usize..CELLS - 150) {
            let mut all = vec![EMPTY; CELLS];
            all[offset..offset + cells.len()].copy_from_slice(&cells);
            let map = ColourMap::new(all);
            let back = ColourMap::try_from(StoredMap::from(&map)).unwrap();
            for (one, two) in map.cells.iter().zip(&back.cells) {
                prop_assert_eq!((one.part, one.pure), (two.part, two.pure));
                for channel in 0..3 {
                    prop_assert!((one.gain[channel] - two.gain[channel]).abs() <= CELL_WIDTH);
                }
            }
        }

        #[test]
        fn damage_is_an_error_not_a_panic(bounds: [u16; 4], book in prop::collection::vec(any::<[u16; 3]>(), 0..4), packed in prop::collection::vec(any::<u8>(), 0..64)) {
            let _ = ColourMap::try_from(StoredMap { bounds, book, packed });
        }
    }
}
